//! Users, and the e-mails the server has made for them.

use contract::{
    catalogue::payloads::User,
    error::ErrorCode,
    manage::{MailPage, Scope, UserPage},
};
use serde::Deserialize;

use super::{
    Answer,
    access::{PageQuery, ProjectAccess, QueryOf, UserOf},
    ok,
};
use crate::http::{
    state::AppState,
    table::{Operation, Table},
};

pub(super) fn table(table: Table<AppState>) -> Table<AppState> {
    table
        .group("Users", "The project's users and the e-mails made for them.")
        .on(
            Operation::get("/users", "listUsers", "List users, newest first")
                .scope(Scope::ReadUsers)
                .query("search", "Only users whose address or name contains this.")
                .query("cursor", "`next` of the last page.")
                .answers::<UserPage>(200),
            list,
        )
        .on(
            Operation::get("/users/{id}", "getUser", "Read a user")
                .scope(Scope::ReadUsers)
                .answers::<User>(200)
                .errors(&[ErrorCode::NotFound]),
            get,
        )
        .on(
            Operation::get("/mails", "listMails", "List the e-mails, newest first")
                .scope(Scope::ReadMails)
                .query("cursor", "`next` of the last page.")
                .answers::<MailPage>(200),
            mails,
        )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UsersQuery {
    search: Option<String>,
    cursor: Option<String>,
}

async fn list(at: ProjectAccess, QueryOf(query): QueryOf<UsersQuery>) -> Answer<UserPage> {
    ok(at.manage.users(&at.actor, &at.project, query.search, query.cursor).await)
}

async fn get(at: ProjectAccess, UserOf(user): UserOf) -> Answer<User> {
    ok(at.manage.user(&at.actor, &at.project, &user).await)
}

async fn mails(at: ProjectAccess, QueryOf(query): QueryOf<PageQuery>) -> Answer<MailPage> {
    ok(at.manage.mails(&at.actor, &at.project, query.cursor).await)
}
