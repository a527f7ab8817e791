//! Who does something, and what they may do.

use contract::{
    error::{ErrorBody, ErrorCode},
    ids::{AdminSessionId, ApiKeyId, ProjectId},
    manage::{Admin, Scope},
};

use crate::Outcome;

/// Who does something. Every operation takes one, so none can forget to ask.
#[derive(Debug, Clone)]
pub struct Actor {
    kind: Kind,
    ip: Option<String>,
}

#[derive(Debug, Clone)]
enum Kind {
    /// Signed in to the console: may do everything.
    Admin { admin: Admin, session: AdminSessionId },
    /// The bearer of an API key.
    Key { id: ApiKeyId, name: String, project: Option<ProjectId>, scopes: Vec<Scope> },
    /// The server itself: set-up and command line.
    System,
}

impl Actor {
    pub(crate) fn admin_session(admin: Admin, session: AdminSessionId, ip: Option<String>) -> Self {
        Self { kind: Kind::Admin { admin, session }, ip }
    }

    pub(crate) fn key(
        id: ApiKeyId,
        name: String,
        project: Option<ProjectId>,
        scopes: Vec<Scope>,
        ip: Option<String>,
    ) -> Self {
        Self { kind: Kind::Key { id, name, project, scopes }, ip }
    }

    /// The server itself, or whoever runs its command line.
    pub fn system() -> Self {
        Self { kind: Kind::System, ip: None }
    }

    /// The server itself, on behalf of somebody at an address who is not signed in.
    pub(crate) fn system_for(ip: Option<String>) -> Self {
        Self { kind: Kind::System, ip }
    }

    /// The administrator, when one is signed in.
    pub fn admin(&self) -> Option<&Admin> {
        match &self.kind {
            Kind::Admin { admin, .. } => Some(admin),
            Kind::Key { .. } | Kind::System => None,
        }
    }

    pub(crate) fn session(&self) -> Option<&AdminSessionId> {
        match &self.kind {
            Kind::Admin { session, .. } => Some(session),
            Kind::Key { .. } | Kind::System => None,
        }
    }

    /// What stands as author and in the audit log.
    pub fn label(&self) -> &str {
        match &self.kind {
            Kind::Admin { admin, .. } => &admin.email,
            Kind::Key { name, .. } => name,
            Kind::System => "system",
        }
    }

    pub(crate) fn kind(&self) -> &'static str {
        match &self.kind {
            Kind::Admin { .. } => "admin",
            Kind::Key { .. } => "api_key",
            Kind::System => "system",
        }
    }

    pub(crate) fn id(&self) -> String {
        match &self.kind {
            Kind::Admin { admin, .. } => admin.id.to_string(),
            Kind::Key { id, .. } => id.to_string(),
            Kind::System => "system".into(),
        }
    }

    pub(crate) fn ip(&self) -> Option<&str> {
        self.ip.as_deref()
    }

    /// The only project that this actor may touch; none: every project.
    pub fn only_project(&self) -> Option<&ProjectId> {
        match &self.kind {
            Kind::Key { project, .. } => project.as_ref(),
            Kind::Admin { .. } | Kind::System => None,
        }
    }

    pub(crate) fn may_see(&self, project: &ProjectId) -> bool {
        self.only_project().is_none_or(|only| only == project)
    }

    /// Whether the actor has a scope.
    ///
    /// # Errors
    /// `forbidden` when it has not.
    pub fn require(&self, scope: Scope) -> Outcome<()> {
        let allowed = match &self.kind {
            Kind::Admin { .. } | Kind::System => true,
            Kind::Key { scopes, .. } => scopes.contains(&scope),
        };
        if allowed {
            return Ok(());
        }
        Err(ErrorBody::new(ErrorCode::Forbidden, format!("This API key lacks the scope `{scope}`.")))
    }

    /// Refuses keys that open one project only.
    ///
    /// # Errors
    /// `forbidden`.
    pub fn require_instance(&self) -> Outcome<()> {
        if self.only_project().is_none() {
            return Ok(());
        }
        Err(ErrorBody::new(ErrorCode::Forbidden, "This API key opens one project only."))
    }

    /// The scopes that a key made by this actor can have at most.
    pub(crate) fn grantable(&self) -> &[Scope] {
        match &self.kind {
            Kind::Key { scopes, .. } => scopes,
            Kind::Admin { .. } | Kind::System => Scope::ALL,
        }
    }
}
