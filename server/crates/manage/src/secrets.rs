//! Secrets: write-only values that hooks read as `event.secrets.NAME`.

use ::hooks::Masking;
use contract::{
    error::{ErrorBody, ErrorCode},
    manage::{PutSecret, Scope, Secret},
};
use serde_json::json;
use store::{deployments, hooks, secrets};

use crate::{Actor, Manage, Outcome, audit::Act, compile::secrets_in, invalid, shortened};

const MAX_VALUE: usize = 8 << 10;
const MAX_COUNT: usize = 100;

impl Manage {
    /// Names and traces of a project's secrets, never their values.
    ///
    /// # Errors
    /// Unknown project, missing scope `read:secrets`, database away.
    pub async fn secrets(&self, actor: &Actor, slug: &str) -> Outcome<Vec<Secret>> {
        actor.require(Scope::ReadSecrets)?;
        let project = self.project_info(actor, slug)?;
        let session = self.inner.db.live();
        let mut conn = session.read().await?;
        let rows = secrets::list(&mut conn, &project.id).await?;
        let users = hooks::list(&mut conn, &project.id, None).await?;
        let live: Vec<_> = deployments::deployed(&mut conn, Some(&project.id)).await?;
        let used_by = |name: &str| {
            let reads = |source: &str| secrets_in(source).iter().any(|used| used == name);
            let mut names: Vec<String> =
                users.iter().filter(|hook| reads(&hook.draft_source)).map(|hook| hook.name.clone()).collect();
            for hook in live.iter().filter(|hook| reads(&hook.source)) {
                if !names.contains(&hook.name) {
                    names.push(hook.name.clone());
                }
            }
            names
        };
        Ok(rows
            .into_iter()
            .map(|row| Secret {
                used_by: used_by(&row.name),
                name: row.name,
                created_at: row.created_at,
                updated_at: row.updated_at,
                updated_by: row.updated_by,
                notices: Vec::new(),
            })
            .collect())
    }

    /// Sets a secret, new or not; hooks get it from the next request on. Line breaks at the end of the value are not kept:
    /// they come from a file or a copied line, and break headers unseen. The answer says so.
    ///
    /// # Errors
    /// Unknown project, missing scope `update:secrets`, invalid field, database away.
    pub async fn put_secret(
        &self,
        actor: &Actor,
        slug: &str,
        name: &str,
        request: PutSecret,
    ) -> Outcome<Secret> {
        actor.require(Scope::UpdateSecrets)?;
        let project = self.project_info(actor, slug)?;
        let name = name.trim();
        let valid = (1..=64).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
            && !name.starts_with(|c: char| c.is_ascii_digit());
        if !valid {
            return Err(invalid(
                "name",
                "A secret's name has 1 to 64 letters, digits and underscores, such as API_KEY.",
            ));
        }
        let value = request.value.trim_end_matches(['\r', '\n']);
        if value.is_empty() || value.len() > MAX_VALUE {
            return Err(invalid("value", format!("A secret's value has 1 to {MAX_VALUE} bytes.")));
        }
        let sealed = self
            .inner
            .vault
            .seal(&secrets::context(&project.id, name), value.as_bytes())
            .map_err(|error| invalid("value", error.to_string()))?;
        let session = self.inner.db.live();
        let mut conn = session.write().await?;
        let known = secrets::list(&mut conn, &project.id).await?;
        if known.len() >= MAX_COUNT && !known.iter().any(|secret| secret.name == name) {
            return Err(invalid("name", format!("A project has at most {MAX_COUNT} secrets.")));
        }
        let now = self.now();
        secrets::set(&mut conn, &project.id, name, store::Secret::new(sealed), actor.label(), now).await?;
        deployments::bump(&mut conn).await?;
        let act = Act {
            project: Some(&project.id),
            action: "secret.set",
            target_kind: "secret",
            target: name,
            details: json!({}),
        };
        self.audited(&mut conn, actor, act).await?;
        conn.commit().await?;
        self.reload(&project.id).await?;
        let found =
            self.secrets(&Actor::system(), slug).await?.into_iter().find(|secret| secret.name == name);
        let found = found.ok_or_else(|| unknown(name))?;
        Ok(Secret { notices: notices(name, &request.value, value), ..found })
    }

    /// Deletes a secret; hooks that read it get nothing from the next request on.
    ///
    /// # Errors
    /// Unknown project or secret, missing scope `update:secrets`, database away.
    pub async fn delete_secret(&self, actor: &Actor, slug: &str, name: &str) -> Outcome<()> {
        actor.require(Scope::UpdateSecrets)?;
        let project = self.project_info(actor, slug)?;
        let session = self.inner.db.live();
        let mut conn = session.write().await?;
        if !secrets::delete(&mut conn, &project.id, name).await? {
            return Err(unknown(name));
        }
        deployments::bump(&mut conn).await?;
        let act = Act {
            project: Some(&project.id),
            action: "secret.delete",
            target_kind: "secret",
            target: name,
            details: json!({}),
        };
        self.audited(&mut conn, actor, act).await?;
        conn.commit().await?;
        self.reload(&project.id).await
    }
}

/// What the answer says of a `value` that was kept of what was `given`.
fn notices(name: &str, given: &str, value: &str) -> Vec<String> {
    let mut notices = Vec::new();
    if given.len() > value.len() {
        notices.push(format!("The line break at the end of {name} was removed."));
    }
    if value.trim() != value {
        notices.push(format!("{name} begins or ends with space, which was kept."));
    }
    notices.extend(advice(name, Masking::of(value)));
    notices
}

/// What to think about when a secret of this kind is used.
pub(crate) fn advice(name: &str, masking: Masking) -> Option<String> {
    match masking {
        Masking::Full => None,
        Masking::Ordinary => Some(format!(
            "{name} looks like an ordinary word or number: run records hide it wherever it appears. Keep plain settings in the code."
        )),
        Masking::Never => Some(format!(
            "{name} is shorter than 6 bytes: run records do not hide it. Keep plain settings in the code."
        )),
    }
}

fn unknown(name: &str) -> ErrorBody {
    ErrorBody::new(ErrorCode::NotFound, format!("There is no secret “{}” in this project.", shortened(name)))
}
