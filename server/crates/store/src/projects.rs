//! Projects: tenants with users, settings and hooks of their own.

use contract::ids::ProjectId;
use serde_json::Value;

use crate::{
    Conn, StoreError,
    db::{cell::args, dialect, record::record},
};

record! {
    /// A project.
    pub struct Project in "projects" key id {
        /// Its id.
        pub id: ProjectId,
        /// Its name in addresses.
        pub slug: String,
        /// Its name for people.
        pub name: String,
        /// Such as `production`; hooks see it.
        pub environment: String,
        /// A host name of its own, in lower case.
        pub custom_host: Option<String>,
        /// Whether requests that name no project are for this one.
        pub is_default: bool,
        /// The project's settings.
        pub settings: Value,
        /// When it was made.
        pub created_at: i64,
        /// When it last changed.
        pub updated_at: i64,
    }
}

/// All projects, oldest first.
pub async fn list(conn: &mut Conn) -> Result<Vec<Project>, StoreError> {
    conn.list("ORDER BY id", args![]).await
}

/// The project with this id.
pub async fn by_id(conn: &mut Conn, id: &ProjectId) -> Result<Option<Project>, StoreError> {
    conn.find("WHERE id = $1", args![id]).await
}

/// The project with this id, for a transaction that changes it or its hooks: whoever else wants to waits until the end
/// of it, so that nobody overwrites with what they have read before. Traffic does not wait.
pub async fn lock(conn: &mut Conn, id: &ProjectId) -> Result<Option<Project>, StoreError> {
    let tail = format!("WHERE id = $1{}", dialect::for_change(conn));
    conn.find(&tail, args![id]).await
}

/// The project with this slug.
pub async fn by_slug(conn: &mut Conn, slug: &str) -> Result<Option<Project>, StoreError> {
    conn.find("WHERE slug = $1", args![slug]).await
}

/// The project with this host name, given in lower case.
pub async fn by_host(conn: &mut Conn, host: &str) -> Result<Option<Project>, StoreError> {
    conn.find("WHERE custom_host = $1", args![host]).await
}

/// The project of requests that name none.
pub async fn default_project(conn: &mut Conn) -> Result<Option<Project>, StoreError> {
    conn.find("WHERE is_default", args![]).await
}

/// Adds a project. A known slug or host, or a second default, is a conflict.
pub async fn insert(conn: &mut Conn, project: &Project) -> Result<(), StoreError> {
    conn.insert(project).await
}

/// Writes slug, name, environment, host and settings of the project with this id.
pub async fn update(conn: &mut Conn, project: &Project, now: i64) -> Result<Option<Project>, StoreError> {
    let set = "slug = $2, name = $3, environment = $4, custom_host = $5, settings = $6, updated_at = $7";
    let Project { slug, name, environment, custom_host, settings, .. } = project;
    let values = args![slug, name, environment, custom_host, settings, now];
    Ok(conn.update("id = $1", args![project.id], set, values).await?.into_iter().next())
}

/// Makes this project the default one, instead of any other; `false` (and no change) if it does not exist.
pub async fn set_default(conn: &mut Conn, id: &ProjectId, now: i64) -> Result<bool, StoreError> {
    if by_id(conn, id).await?.is_none() {
        return Ok(false);
    }
    let clear = "is_default = FALSE, updated_at = $2";
    conn.update::<Project>("is_default AND id <> $1", args![id], clear, args![now]).await?;
    let set = "is_default = TRUE, updated_at = $2";
    Ok(!conn.update::<Project>("id = $1", args![id], set, args![now]).await?.is_empty())
}

/// Removes a project with everything in it; `false` if it does not exist.
pub async fn delete(conn: &mut Conn, id: &ProjectId) -> Result<bool, StoreError> {
    Ok(conn.delete::<Project>("id = $1", args![id]).await? > 0)
}
