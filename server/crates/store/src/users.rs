//! Users of a project.

use contract::{
    email::{self, Email},
    ids::{ProjectId, UserId},
};
use serde_json::{Map, Value};

use crate::{
    Conn, Secret, StoreError,
    db::{
        cell::{Cell, args},
        dialect,
        filter::{Filter, containing},
        record::{Record, record},
    },
    fold,
    fold::fold_as_typed,
};

record! {
    /// A user.
    pub struct User in "users" key id {
        /// Its id.
        pub id: UserId,
        /// The project.
        pub project_id: ProjectId,
        /// E-mail address in normal form (rows from before there was one: as typed); unique in the project, in any case.
        pub email: Option<String>,
        #[serde(skip)]
        pub(crate) email_folded: Option<String>,
        /// Whether the address is proven.
        pub email_verified: bool,
        /// User name as the user wrote it; unique in the project, in any case.
        pub username: Option<String>,
        #[serde(skip)]
        pub(crate) username_folded: Option<String>,
        /// Telephone number.
        pub phone: Option<String>,
        /// Full name.
        pub name: Option<String>,
        /// Given name.
        pub given_name: Option<String>,
        /// Family name.
        pub family_name: Option<String>,
        /// Nickname.
        pub nickname: Option<String>,
        /// Address of a picture.
        pub picture: Option<String>,
        /// Hash of the password, in PHC form.
        pub password_hash: Option<Secret<String>>,
        /// What the user may change.
        pub user_metadata: Value,
        /// What only the project may change.
        pub app_metadata: Value,
        /// Whether logins are refused.
        pub blocked: bool,
        /// When it was made.
        pub created_at: i64,
        /// When it last changed.
        pub updated_at: i64,
        /// When it last logged in.
        pub last_login: Option<i64>,
        /// From which address.
        pub last_ip: Option<String>,
        /// How often it has logged in.
        pub login_count: i64,
        /// When the password was last changed.
        pub last_password_reset: Option<i64>,
        #[serde(skip)]
        pub(crate) search_text: String,
    }
}

/// A user to be added.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields mean what they mean in `User`")]
pub struct NewUser {
    pub id: UserId,
    pub email: Option<Email>,
    pub email_verified: bool,
    pub username: Option<String>,
    pub phone: Option<String>,
    pub name: Option<String>,
    pub given_name: Option<String>,
    pub family_name: Option<String>,
    pub nickname: Option<String>,
    pub picture: Option<String>,
    pub password_hash: Option<Secret<String>>,
    pub user_metadata: Value,
    pub app_metadata: Value,
    pub blocked: bool,
}

impl NewUser {
    /// A user with this id and nothing else.
    pub fn new(id: UserId) -> Self {
        Self {
            id,
            email: None,
            email_verified: false,
            username: None,
            phone: None,
            name: None,
            given_name: None,
            family_name: None,
            nickname: None,
            picture: None,
            password_hash: None,
            user_metadata: Value::Object(Map::new()),
            app_metadata: Value::Object(Map::new()),
            blocked: false,
        }
    }
}

/// Changes to a user: what is `None` stays; an inner `None` clears.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "the fields mean what they mean in `User`")]
pub struct UserChanges {
    pub email: Option<Option<Email>>,
    pub email_verified: Option<bool>,
    pub username: Option<Option<String>>,
    pub phone: Option<Option<String>>,
    pub name: Option<Option<String>>,
    pub given_name: Option<Option<String>>,
    pub family_name: Option<Option<String>>,
    pub nickname: Option<Option<String>>,
    pub picture: Option<Option<String>>,
    pub blocked: Option<bool>,
    /// Replaces the whole value; see [`update_metadata`] for single keys.
    pub user_metadata: Option<Value>,
    /// Replaces the whole value.
    pub app_metadata: Option<Value>,
}

/// The user with this id.
pub async fn by_id(conn: &mut Conn, project: &ProjectId, id: &UserId) -> Result<Option<User>, StoreError> {
    conn.find("WHERE project_id = $1 AND id = $2", args![project, id]).await
}

/// The user with this e-mail address, in any spelling. Of two users from before addresses had a normal form, whose
/// addresses are one, the one who registered this spelling.
pub async fn by_email(conn: &mut Conn, project: &ProjectId, email: &str) -> Result<Option<User>, StoreError> {
    let (normal, typed) = (email::fold(email), fold_as_typed(email));
    let tail = "WHERE project_id = $1 AND email_folded IN ($2, $3)";
    let rows: Vec<User> = conn.list(tail, args![project, normal, typed]).await?;
    let exact = rows.iter().position(|user| user.email_folded.as_deref() == Some(&typed));
    Ok(rows.into_iter().nth(exact.unwrap_or(0)))
}

/// The user with this name, in any case.
pub async fn by_username(
    conn: &mut Conn,
    project: &ProjectId,
    username: &str,
) -> Result<Option<User>, StoreError> {
    conn.find("WHERE project_id = $1 AND username_folded = $2", args![project, fold(username)]).await
}

/// Users, newest first, from behind `before`; `search` looks in address, names, telephone number and id.
pub async fn list(
    conn: &mut Conn,
    project: &ProjectId,
    search: Option<&str>,
    before: Option<&UserId>,
    limit: u32,
) -> Result<Vec<User>, StoreError> {
    let (tail, args) = searched(project, search).page(before, limit);
    conn.list(&tail, args).await
}

/// How many users there are that `search` finds.
pub async fn count(conn: &mut Conn, project: &ProjectId, search: Option<&str>) -> Result<i64, StoreError> {
    let (tail, args) = searched(project, search).finish();
    Ok(conn.value(format!("SELECT COUNT(*) AS value FROM users {tail}"), args).await?.unwrap_or(0))
}

fn searched(project: &ProjectId, search: Option<&str>) -> Filter {
    let pattern = search.map(fold).filter(|text| !text.is_empty()).map(|text| containing(&text));
    Filter::new().and("project_id = ?", project).and_some(r"search_text LIKE ? ESCAPE '\'", pattern)
}

/// Adds a user. A taken address or name is a conflict.
pub async fn insert(
    conn: &mut Conn,
    project: &ProjectId,
    new: NewUser,
    now: i64,
) -> Result<User, StoreError> {
    let mut user = User {
        id: new.id,
        project_id: project.clone(),
        email_folded: new.email.as_ref().map(Email::folded),
        email: new.email.map(String::from),
        email_verified: new.email_verified,
        username_folded: new.username.as_deref().map(fold),
        username: new.username,
        phone: new.phone,
        name: new.name,
        given_name: new.given_name,
        family_name: new.family_name,
        nickname: new.nickname,
        picture: new.picture,
        password_hash: new.password_hash,
        user_metadata: new.user_metadata,
        app_metadata: new.app_metadata,
        blocked: new.blocked,
        created_at: now,
        updated_at: now,
        last_login: None,
        last_ip: None,
        login_count: 0,
        last_password_reset: None,
        search_text: String::new(),
    };
    user.index();
    conn.insert(&user).await?;
    Ok(user)
}

/// Changes a user's fields. A taken address or name is a conflict.
pub async fn update(
    conn: &mut Conn,
    project: &ProjectId,
    id: &UserId,
    changes: UserChanges,
    now: i64,
) -> Result<Option<User>, StoreError> {
    let Some(mut user) = locked(conn, project, id).await? else { return Ok(None) };
    changes.apply(&mut user);
    user.updated_at = now;
    user.index();
    // Every column but the two that name the row.
    let columns: Vec<String> =
        User::COLUMNS.iter().zip(1..).map(|(column, n)| format!("{column} = ${n}")).skip(2).collect();
    let mut cells = user.cells();
    let values = cells.split_off(2);
    let row = one(conn, "id = $1 AND project_id = $2", cells, &columns.join(", "), values).await?;
    Ok(row)
}

/// Merges keys into the metadata: a null removes its key, any other value takes the place of the old one.
pub async fn update_metadata(
    conn: &mut Conn,
    project: &ProjectId,
    id: &UserId,
    user_metadata: &Map<String, Value>,
    app_metadata: &Map<String, Value>,
    now: i64,
) -> Result<Option<User>, StoreError> {
    let Some(mut user) = locked(conn, project, id).await? else { return Ok(None) };
    merge(&mut user.user_metadata, user_metadata);
    merge(&mut user.app_metadata, app_metadata);
    let set = "user_metadata = $3, app_metadata = $4, updated_at = $5";
    by_key(conn, project, id, set, args![user.user_metadata, user.app_metadata, now]).await
}

/// Notes a login.
pub async fn record_login(
    conn: &mut Conn,
    project: &ProjectId,
    id: &UserId,
    ip: Option<&str>,
    now: i64,
) -> Result<Option<User>, StoreError> {
    let set = "last_ip = $3, last_login = $4, login_count = login_count + 1";
    by_key(conn, project, id, set, args![ip, now]).await
}

/// Sets the password. Each password of a user has a `last_password_reset` of its own, so that two of one millisecond
/// are told apart.
pub async fn set_password(
    conn: &mut Conn,
    project: &ProjectId,
    id: &UserId,
    password_hash: &Secret<String>,
    now: i64,
) -> Result<Option<User>, StoreError> {
    let set = "password_hash = $3, updated_at = $4,
        last_password_reset = CASE WHEN last_password_reset >= $4 THEN last_password_reset + 1 ELSE $4 END";
    by_key(conn, project, id, set, args![password_hash, now]).await
}

/// Puts another hash of the same password in the place of the one that it was checked against.
pub async fn rehash_password(
    conn: &mut Conn,
    project: &ProjectId,
    id: &UserId,
    checked: &Secret<String>,
    password_hash: &Secret<String>,
) -> Result<Option<User>, StoreError> {
    let filter = "project_id = $1 AND id = $2 AND password_hash = $3";
    one(conn, filter, args![project, id, checked], "password_hash = $4", args![password_hash]).await
}

/// Says whether the e-mail address is proven.
pub async fn set_email_verified(
    conn: &mut Conn,
    project: &ProjectId,
    id: &UserId,
    verified: bool,
    now: i64,
) -> Result<Option<User>, StoreError> {
    by_key(conn, project, id, "email_verified = $3, updated_at = $4", args![verified, now]).await
}

/// Removes a user with sessions, tokens and tickets; `false` if there is none with this id.
pub async fn delete(conn: &mut Conn, project: &ProjectId, id: &UserId) -> Result<bool, StoreError> {
    Ok(conn.delete::<User>("project_id = $1 AND id = $2", args![project, id]).await? > 0)
}

/// The user as it is now; on PostgreSQL nobody else can change it until the commit. (SQLite has one writer anyway.)
pub async fn locked(conn: &mut Conn, project: &ProjectId, id: &UserId) -> Result<Option<User>, StoreError> {
    let tail = format!("WHERE project_id = $1 AND id = $2{}", dialect::for_update(conn));
    conn.find(&tail, args![project, id]).await
}

async fn by_key(
    conn: &mut Conn,
    project: &ProjectId,
    id: &UserId,
    set: &str,
    values: Vec<Cell>,
) -> Result<Option<User>, StoreError> {
    one(conn, "project_id = $1 AND id = $2", args![project, id], set, values).await
}

async fn one(
    conn: &mut Conn,
    filter: &str,
    keys: Vec<Cell>,
    set: &str,
    values: Vec<Cell>,
) -> Result<Option<User>, StoreError> {
    Ok(conn.update(filter, keys, set, values).await?.into_iter().next())
}

fn merge(metadata: &mut Value, changes: &Map<String, Value>) {
    if !metadata.is_object() {
        *metadata = Value::Object(Map::new());
    }
    let Value::Object(fields) = metadata else { return };
    for (key, value) in changes {
        if value.is_null() {
            fields.remove(key);
        } else {
            fields.insert(key.clone(), value.clone());
        }
    }
}

impl User {
    /// Writes down what the console's search looks at.
    pub(crate) fn index(&mut self) {
        let shown = self.email.as_deref().and_then(|email| Email::parse(email).ok());
        let shown = shown.map(|email| email.for_people()).filter(|shown| Some(shown) != self.email.as_ref());
        let searched = [
            &self.email,
            &shown,
            &self.username,
            &self.phone,
            &self.name,
            &self.given_name,
            &self.family_name,
            &self.nickname,
        ];
        let mut text = self.id.to_string();
        for field in searched.into_iter().flatten() {
            text.push('\n');
            text.push_str(&fold(field));
        }
        self.search_text = text;
    }
}

impl UserChanges {
    fn apply(self, user: &mut User) {
        fn set<T>(field: &mut T, change: Option<T>) {
            if let Some(value) = change {
                *field = value;
            }
        }
        // What did not change keeps its folded form, which may be one from before there was a normal form.
        if let Some(email) = self.email {
            user.email_folded = email.as_ref().map(Email::folded);
            user.email = email.map(String::from);
        }
        set(&mut user.email_verified, self.email_verified);
        if let Some(username) = self.username {
            user.username_folded = username.as_deref().map(fold);
            user.username = username;
        }
        set(&mut user.phone, self.phone);
        set(&mut user.name, self.name);
        set(&mut user.given_name, self.given_name);
        set(&mut user.family_name, self.family_name);
        set(&mut user.nickname, self.nickname);
        set(&mut user.picture, self.picture);
        set(&mut user.blocked, self.blocked);
        set(&mut user.user_metadata, self.user_metadata);
        set(&mut user.app_metadata, self.app_metadata);
    }
}
