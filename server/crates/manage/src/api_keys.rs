//! Keys for the management API.

use contract::{
    error::{ErrorBody, ErrorCode},
    ids::ApiKeyId,
    manage::{ApiKey, CreateApiKey, CreatedApiKey, Scope},
};
use serde_json::json;
use store::{Secret, api_keys};

use crate::{Actor, Instance, Manage, Outcome, access::new_token, audit::Act, invalid, token};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// Most days that a key with an end lives.
const MAX_DAYS: u32 = 3650;
/// How much of a key is kept in the clear, to recognise it by.
const SHOWN: usize = 10;

impl Manage {
    /// The keys of a project that work.
    ///
    /// # Errors
    /// As [`Instance::api_keys`].
    pub async fn api_keys(&self, actor: &Actor, slug: &str) -> Outcome<Vec<ApiKey>> {
        self.inner.instance.api_keys(actor, Some(slug)).await
    }

    /// Makes a key for one project, or for the whole instance.
    ///
    /// # Errors
    /// As [`Instance::create_api_key`].
    pub async fn create_api_key(
        &self,
        actor: &Actor,
        slug: Option<&str>,
        request: CreateApiKey,
    ) -> Outcome<CreatedApiKey> {
        self.inner.instance.create_api_key(actor, slug, request).await
    }

    /// Ends a key of a project.
    ///
    /// # Errors
    /// As [`Instance::revoke_api_key`].
    pub async fn revoke_api_key(&self, actor: &Actor, slug: &str, id: &ApiKeyId) -> Outcome<()> {
        self.inner.instance.revoke_api_key(actor, Some(slug), id).await
    }
}

impl Instance {
    /// The keys of a project, or for no slug those of the whole instance, that are not revoked.
    ///
    /// # Errors
    /// Unknown project, missing scope `update:projects`, `forbidden` for keys of one project, database away.
    pub async fn api_keys(&self, actor: &Actor, slug: Option<&str>) -> Outcome<Vec<ApiKey>> {
        actor.require(Scope::UpdateProjects)?;
        let project = self.place(actor, slug).await?;
        let session = self.db.live();
        let mut conn = session.read().await?;
        let rows = api_keys::list(&mut conn, project.as_ref().map(|project| &project.id)).await?;
        Ok(rows.iter().filter(|row| row.revoked_at.is_none()).map(|row| dto(row, slug)).collect())
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
        let project = self.place(actor, slug).await?;
        let name = request.name.trim();
        if name.is_empty() || name.len() > 100 {
            return Err(invalid("name", "Give the key a name of 1 to 100 characters."));
        }
        let scopes = request.scopes;
        if scopes.is_empty() {
            return Err(invalid("scopes", "Name at least one scope."));
        }
        if let Some(missing) = scopes.iter().find(|scope| !actor.grantable().contains(scope)) {
            return Err(invalid(
                "scopes",
                format!("You cannot give the scope `{missing}`, which you do not have."),
            ));
        }
        if request.expires_in_days.is_some_and(|days| !(1..=MAX_DAYS).contains(&days)) {
            return Err(invalid("expires_in_days", format!("A key lives 1 to {MAX_DAYS} days.")));
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
        let session = self.db.live();
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

    /// Ends a key of a project, or for no slug one of the instance.
    ///
    /// # Errors
    /// Unknown project or key, missing scope, `forbidden` for keys of one project, database away.
    pub async fn revoke_api_key(&self, actor: &Actor, slug: Option<&str>, id: &ApiKeyId) -> Outcome<()> {
        actor.require(Scope::UpdateProjects)?;
        let project = self.place(actor, slug).await?.map(|project| project.id);
        let session = self.db.live();
        let mut conn = session.write().await?;
        let found = api_keys::by_id(&mut conn, id).await?;
        let Some(key) = found.filter(|key| key.project_id == project) else {
            return Err(ErrorBody::new(ErrorCode::NotFound, "There is no such API key here."));
        };
        api_keys::revoke(&mut conn, id, self.now()).await?;
        let act = Act {
            project: project.as_ref(),
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
