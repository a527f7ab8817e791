//! Projects, their users, mails and keys.

use contract::manage::{
    CreateProject as NewProject, MailPage, Project, UpdateProject as ProjectChange, UserPage,
};
use leptos::prelude::*;

use super::json::Json;
use crate::error::ConsoleError;
#[cfg(feature = "ssr")]
use crate::session;

/// Every project.
#[server(input = Json, output = Json, prefix = "/console/api", endpoint = "projects/list")]
pub(crate) async fn list_projects() -> Result<Vec<Project>, ConsoleError> {
    let (manage, actor) = session::signed_in()?;
    Ok(manage.projects(&actor).await?)
}

/// One project.
#[server(input = Json, output = Json, prefix = "/console/api", endpoint = "projects/get")]
pub(crate) async fn get_project(project: String) -> Result<Project, ConsoleError> {
    let (manage, actor) = session::signed_in()?;
    Ok(manage.project(&actor, &project).await?)
}

/// Makes a project.
#[server(input = Json, output = Json, prefix = "/console/api", endpoint = "projects/create")]
pub(crate) async fn create_project(new: NewProject) -> Result<Project, ConsoleError> {
    let (manage, actor) = session::signed_in()?;
    Ok(manage.create_project(&actor, new).await?)
}

/// Changes a project.
#[server(input = Json, output = Json, prefix = "/console/api", endpoint = "projects/update")]
pub(crate) async fn update_project(project: String, change: ProjectChange) -> Result<Project, ConsoleError> {
    let (manage, actor) = session::signed_in()?;
    Ok(manage.update_project(&actor, &project, change).await?)
}

/// Deletes a project with everything in it.
#[server(input = Json, output = Json, prefix = "/console/api", endpoint = "projects/delete")]
pub(crate) async fn delete_project(project: String) -> Result<(), ConsoleError> {
    let (manage, actor) = session::signed_in()?;
    Ok(manage.delete_project(&actor, &project).await?)
}

/// Users, newest first; `search` looks in addresses and names.
#[server(input = Json, output = Json, prefix = "/console/api", endpoint = "users/list")]
pub(crate) async fn list_users(
    project: String,
    search: Option<String>,
    cursor: Option<String>,
) -> Result<UserPage, ConsoleError> {
    let (manage, actor) = session::signed_in()?;
    Ok(manage.users(&actor, &project, search, cursor).await?)
}

/// E-mails, newest first.
#[server(input = Json, output = Json, prefix = "/console/api", endpoint = "mails/list")]
pub(crate) async fn list_mails(project: String, cursor: Option<String>) -> Result<MailPage, ConsoleError> {
    let (manage, actor) = session::signed_in()?;
    Ok(manage.mails(&actor, &project, cursor).await?)
}

/// Makes a new signing key; tokens signed with the old one stay good until they expire.
#[server(input = Json, output = Json, prefix = "/console/api", endpoint = "projects/rotate-keys")]
pub(crate) async fn rotate_keys(project: String) -> Result<(), ConsoleError> {
    let (manage, actor) = session::signed_in()?;
    Ok(manage.rotate_keys(&actor, &project).await?)
}
