//! Brings addresses and names that were stored before they had a normal form into it, once, after the migrations.
//!
//! Two users whose addresses turn out to be one keep both rows: the later of them keeps its old spelling as the form it
//! is looked up by, so that each signs in with the spelling that it registered.

use contract::{email::Email, ids::UserId};

use crate::{
    Conn, Db, StoreError,
    admins::{self, Admin},
    db::cell::args,
    fold, instance_settings,
    users::User,
};

/// The setting that a migration adds and this step removes.
pub(crate) const PENDING: &str = "normal_forms_pending";
const BATCH: usize = 200;
/// Users whose stored forms may differ from what this program would store.
const SUSPECTS: &str = "(email <> email_folded OR OCTET_LENGTH(email) <> LENGTH(email)
    OR OCTET_LENGTH(username) <> LENGTH(username))";

/// Does the step, unless it is done.
///
/// # Errors
/// The database is away; the step is repeated at the next start.
pub(crate) async fn bring(db: &Db) -> Result<(), StoreError> {
    let session = db.live();
    if instance_settings::get(&mut *session.read().await?, PENDING).await?.is_none() {
        return Ok(());
    }
    let mut after = (String::new(), String::new());
    loop {
        let tail =
            format!("WHERE (project_id, id) > ($1, $2) AND {SUSPECTS} ORDER BY project_id, id LIMIT {BATCH}");
        let rows: Vec<User> =
            session.read().await?.list(&tail, args![after.0.as_str(), after.1.as_str()]).await?;
        let Some(last) = rows.last() else { break };
        after = (last.project_id.to_string(), last.id.to_string());
        for row in rows {
            let mut lease = session.write().await?;
            bring_user(&mut lease, row).await?;
            lease.commit().await?;
        }
    }
    let mut lease = session.write().await?;
    for admin in admins::list(&mut lease).await? {
        bring_admin(&mut lease, admin).await?;
    }
    instance_settings::delete(&mut lease, PENDING).await?;
    lease.commit().await
}

async fn bring_user(conn: &mut Conn, row: User) -> Result<(), StoreError> {
    let mut user = row.clone();
    if let Some(email) = row.email.as_deref().and_then(|text| Email::parse(text).ok()) {
        match other(conn, &user, "email_folded", &email.folded()).await? {
            Some(other) => tracing::warn!(
                user = %user.id, %other, "two users have one e-mail address; each signs in with its own spelling"
            ),
            None => {
                user.email_folded = Some(email.folded());
                user.email = Some(email.into());
            }
        }
    }
    if let Some(name) = row.username.as_deref().map(fold)
        && other(conn, &user, "username_folded", &name).await?.is_none()
    {
        user.username_folded = Some(name);
    }
    user.index();
    if user == row {
        return Ok(());
    }
    let set = "email = $3, email_folded = $4, username_folded = $5, search_text = $6";
    let values = args![user.email, user.email_folded, user.username_folded, user.search_text];
    conn.update::<User>("project_id = $1 AND id = $2", args![user.project_id, user.id], set, values)
        .await
        .map(drop)
}

/// Another user of the project with this value in the column.
async fn other(
    conn: &mut Conn,
    user: &User,
    column: &str,
    value: &str,
) -> Result<Option<UserId>, StoreError> {
    let tail = format!("WHERE project_id = $1 AND {column} = $2 AND id <> $3");
    let found: Option<User> = conn.find(&tail, args![user.project_id, value, user.id]).await?;
    Ok(found.map(|user| user.id))
}

async fn bring_admin(conn: &mut Conn, admin: Admin) -> Result<(), StoreError> {
    let Ok(email) = Email::parse(&admin.email) else { return Ok(()) };
    let folded = email.folded();
    if folded == admin.email {
        return Ok(());
    }
    if conn.find::<Admin>("WHERE email = $1", args![folded]).await?.is_some() {
        tracing::warn!(admin = %admin.id, "two administrators have one e-mail address; each signs in with its own spelling");
        return Ok(());
    }
    conn.update::<Admin>("id = $1", args![admin.id], "email = $2", args![folded]).await.map(drop)
}
