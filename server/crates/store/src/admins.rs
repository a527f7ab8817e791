//! Administrators of the instance.

use contract::{
    email::{self, Email},
    ids::AdminId,
};

use crate::{
    Conn, Secret, StoreError,
    db::{cell::args, record::record},
    fold::fold_as_typed,
};

record! {
    /// Somebody who signs in to the console.
    pub struct Admin in "admins" key id {
        /// Its id.
        pub id: AdminId,
        /// E-mail address, folded.
        pub email: String,
        /// Shown name.
        pub name: String,
        /// Hash of the password, in PHC form.
        pub password_hash: Secret<String>,
        /// When it was made.
        pub created_at: i64,
        /// When it last signed in.
        pub last_login_at: Option<i64>,
    }
}

/// The administrator with this id.
pub async fn by_id(conn: &mut Conn, id: &AdminId) -> Result<Option<Admin>, StoreError> {
    conn.find("WHERE id = $1", args![id]).await
}

/// The administrator with this e-mail address, in any spelling; see [`users::by_email`](crate::users::by_email).
pub async fn by_email(conn: &mut Conn, email: &str) -> Result<Option<Admin>, StoreError> {
    let (normal, typed) = (email::fold(email), fold_as_typed(email));
    let rows: Vec<Admin> = conn.list("WHERE email IN ($1, $2)", args![normal, typed]).await?;
    let exact = rows.iter().position(|admin| admin.email == typed);
    Ok(rows.into_iter().nth(exact.unwrap_or(0)))
}

/// All administrators, oldest first.
pub async fn list(conn: &mut Conn) -> Result<Vec<Admin>, StoreError> {
    conn.list("ORDER BY id", args![]).await
}

/// How many there are; none means that the instance is not set up.
pub async fn count(conn: &mut Conn) -> Result<i64, StoreError> {
    Ok(conn.value("SELECT COUNT(*) AS value FROM admins", args![]).await?.unwrap_or(0))
}

/// Adds an administrator; the address is folded. A known address is a conflict.
pub async fn insert(conn: &mut Conn, admin: Admin) -> Result<Admin, StoreError> {
    let admin = Admin { email: email::fold(&admin.email), ..admin };
    conn.insert(&admin).await?;
    Ok(admin)
}

/// Changes address and name.
pub async fn update(
    conn: &mut Conn,
    id: &AdminId,
    email: &Email,
    name: &str,
) -> Result<Option<Admin>, StoreError> {
    one(conn, id, "email = $2, name = $3", args![email.folded(), name]).await
}

/// Changes the password.
pub async fn set_password(
    conn: &mut Conn,
    id: &AdminId,
    password_hash: &Secret<String>,
) -> Result<Option<Admin>, StoreError> {
    one(conn, id, "password_hash = $2", args![password_hash]).await
}

/// Puts another hash of the same password in the place of the one that it was checked against.
pub async fn rehash_password(
    conn: &mut Conn,
    id: &AdminId,
    checked: &Secret<String>,
    password_hash: &Secret<String>,
) -> Result<(), StoreError> {
    let filter = "id = $1 AND password_hash = $2";
    let args = (args![id, checked], args![password_hash]);
    conn.update::<Admin>(filter, args.0, "password_hash = $3", args.1).await.map(drop)
}

/// Notes a sign-in.
pub async fn record_login(conn: &mut Conn, id: &AdminId, now: i64) -> Result<Option<Admin>, StoreError> {
    one(conn, id, "last_login_at = $2", args![now]).await
}

/// Removes an administrator and the console sign-ins; `false` if there is none with this id.
pub async fn delete(conn: &mut Conn, id: &AdminId) -> Result<bool, StoreError> {
    Ok(conn.delete::<Admin>("id = $1", args![id]).await? > 0)
}

async fn one(
    conn: &mut Conn,
    id: &AdminId,
    set: &str,
    values: Vec<crate::db::cell::Cell>,
) -> Result<Option<Admin>, StoreError> {
    Ok(conn.update("id = $1", args![id], set, values).await?.into_iter().next())
}
