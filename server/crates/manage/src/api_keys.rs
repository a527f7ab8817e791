//! Keys for the management API.

use contract::{
    error::{ErrorBody, ErrorCode},
    ids::ApiKeyId,
    manage::{ApiKey, CreateApiKey, CreatedApiKey, Scope},
};
use serde_json::json;
use store::{Secret, api_keys};

use crate::{Actor, Manage, Outcome, access::new_token, audit::Act, invalid, token};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// How much of a key is kept in the clear, to recognise it by.
const SHOWN: usize = 10;

impl Manage {
    /// The keys of a project that work.
    ///
    /// # Errors
    /// Unknown project, missing scope `update:projects`, database away.
    pub async fn api_keys(&self, actor: &Actor, slug: &str) -> Outcome<Vec<ApiKey>> {
        actor.require(Scope::UpdateProjects)?;
        let project = self.project_info(actor, slug)?;
        let session = self.inner.db.live();
        let mut conn = session.read().await?;
        let rows = api_keys::list(&mut conn, Some(&project.id)).await?;
        Ok(rows.iter().filter(|row| row.revoked_at.is_none()).map(|row| dto(row, Some(slug))).collect())
    }

    /// Makes a key for one project, or for the whole instance. A key cannot make a stronger key.
    ///
    /// # Errors
    /// Unknown project, missing scope, invalid field, database away.
    pub async fn create_api_key(
        &self,
        actor: &Actor,
        slug: Option<&str>,
        request: CreateApiKey,
    ) -> Outcome<CreatedApiKey> {
        actor.require(Scope::UpdateProjects)?;
        let project = match slug {
            Some(slug) => Some(self.project_info(actor, slug)?),
            None => {
                actor.require_instance()?;
                None
            }
        };
        let name = request.name.trim();
        if name.is_empty() || name.len() > 100 {
            return Err(invalid("name", "Give the key a name of 1 to 100 characters."));
        }
        let scopes = request.scopes.unwrap_or_else(|| actor.grantable().to_vec());
        if let Some(missing) = scopes.iter().find(|scope| !actor.grantable().contains(scope)) {
            return Err(invalid(
                "scopes",
                format!("You cannot give the scope `{missing}`, which you do not have."),
            ));
        }
        let now = self.now();
        let token = new_token("hwk_")?;
        let row = api_keys::ApiKey {
            id: store::new_id::<ApiKeyId>(now),
            project_id: project.as_ref().map(|project| project.id.clone()),
            name: name.to_owned(),
            prefix: token.chars().take(SHOWN).collect(),
            token_hash: Secret::new(token::hash(&token)),
            scopes: scopes.iter().map(|scope| scope.as_str().to_owned()).collect(),
            created_by: actor.label().to_owned(),
            created_at: now,
            expires_at: request.expires_in_days.map(|days| now + i64::from(days) * DAY_MS),
            last_used_at: None,
            revoked_at: None,
        };
        let session = self.inner.db.live();
        let mut conn = session.write().await?;
        api_keys::insert(&mut conn, &row).await?;
        let act = Act {
            project: row.project_id.as_ref(),
            action: "api_key.create",
            target_kind: "api_key",
            target: name,
            details: json!({"id": row.id, "scopes": scopes}),
        };
        self.audited(&mut conn, actor, act).await?;
        conn.commit().await?;
        Ok(CreatedApiKey { key: dto(&row, slug), token })
    }

    /// Ends a key.
    ///
    /// # Errors
    /// Unknown project or key, missing scope, database away.
    pub async fn revoke_api_key(&self, actor: &Actor, slug: &str, id: &ApiKeyId) -> Outcome<()> {
        actor.require(Scope::UpdateProjects)?;
        let project = self.project_info(actor, slug)?;
        let session = self.inner.db.live();
        let mut conn = session.write().await?;
        let found = api_keys::by_id(&mut conn, id).await?;
        let Some(key) = found.filter(|key| key.project_id.as_ref() == Some(&project.id)) else {
            return Err(ErrorBody::new(ErrorCode::NotFound, "There is no such API key in this project."));
        };
        api_keys::revoke(&mut conn, id, self.now()).await?;
        let act = Act {
            project: Some(&project.id),
            action: "api_key.revoke",
            target_kind: "api_key",
            target: &key.name,
            details: json!({"id": id}),
        };
        self.audited(&mut conn, actor, act).await?;
        conn.commit().await?;
        Ok(())
    }
}

fn dto(row: &api_keys::ApiKey, project: Option<&str>) -> ApiKey {
    ApiKey {
        id: row.id.clone(),
        name: row.name.clone(),
        prefix: row.prefix.clone(),
        project: project.map(str::to_owned),
        scopes: row.scopes.iter().filter_map(|scope| scope.parse().ok()).collect(),
        created_by: row.created_by.clone(),
        created_at: row.created_at,
        expires_at: row.expires_at,
        last_used_at: row.last_used_at,
    }
}
