//! Values that a project's hooks need and nobody can read back.

use contract::ids::ProjectId;

use crate::{
    Conn, Secret, StoreError,
    db::{cell::args, record::record},
};

record! {
    /// A secret of a project.
    pub struct ProjectSecret in "secrets" key name {
        /// The project.
        pub project_id: ProjectId,
        /// Its name, as hooks use it.
        pub name: String,
        /// Its value, encrypted by the caller.
        pub value: Secret<Vec<u8>>,
        /// When it was made.
        pub created_at: i64,
        /// When the value was last set.
        pub updated_at: i64,
        /// By whom.
        pub updated_by: String,
    }
}

/// The context that a secret's value is sealed with.
pub fn context(project: &ProjectId, name: &str) -> String {
    format!("secret:{project}:{name}")
}

/// The secrets of all projects whose values are oldest.
pub(crate) async fn oldest(conn: &mut Conn, most: i64) -> Result<Vec<ProjectSecret>, StoreError> {
    conn.list("ORDER BY updated_at, project_id, name LIMIT $1", args![most]).await
}

/// A project's secrets, by name.
pub async fn list(conn: &mut Conn, project: &ProjectId) -> Result<Vec<ProjectSecret>, StoreError> {
    conn.list("WHERE project_id = $1 ORDER BY name", args![project]).await
}

/// The secret with this name.
pub async fn by_name(
    conn: &mut Conn,
    project: &ProjectId,
    name: &str,
) -> Result<Option<ProjectSecret>, StoreError> {
    conn.find("WHERE project_id = $1 AND name = $2", args![project, name]).await
}

/// Sets a secret, new or not.
pub async fn set(
    conn: &mut Conn,
    project: &ProjectId,
    name: &str,
    value: Secret<Vec<u8>>,
    author: &str,
    now: i64,
) -> Result<ProjectSecret, StoreError> {
    let secret = ProjectSecret {
        project_id: project.clone(),
        name: name.to_owned(),
        value,
        created_at: now,
        updated_at: now,
        updated_by: author.to_owned(),
    };
    conn.upsert(&secret, &["project_id", "name"], &["value", "updated_at", "updated_by"]).await
}

/// Removes a secret; `false` if there is none of this name.
pub async fn delete(conn: &mut Conn, project: &ProjectId, name: &str) -> Result<bool, StoreError> {
    Ok(conn.delete::<ProjectSecret>("project_id = $1 AND name = $2", args![project, name]).await? > 0)
}
