//! Rows to begin with.

use contract::ids::{HookId, ProjectId, RequestId, UserId};
use serde_json::json;
use store::{
    Lease,
    hook_runs::{HookRun, RunMode},
    hooks::{Hook, HookKind, HookSettings, NewHook},
    mails::{Mail, MailStatus},
    new_id,
    projects::{self, Project},
    refresh_tokens::RefreshToken,
    requests::RequestRecord,
    sessions::{self, UserSession},
    users::{self, NewUser, User},
};

use crate::harness::TestDb;

/// The present of all tests.
pub const NOW: i64 = 1_790_000_000_000;

impl TestDb {
    pub async fn read(&self) -> Lease {
        self.db.live().read().await.unwrap()
    }

    pub async fn write(&self) -> Lease {
        self.db.live().write().await.unwrap()
    }

    pub async fn project(&self, slug: &str) -> ProjectId {
        let project = project(slug);
        let mut lease = self.write().await;
        projects::insert(&mut lease, &project).await.unwrap();
        lease.commit().await.unwrap();
        project.id
    }

    pub async fn user(&self, project: &ProjectId, email: &str) -> User {
        let mut lease = self.write().await;
        let user = users::insert(&mut lease, project, new_user(email), NOW).await.unwrap();
        lease.commit().await.unwrap();
        user
    }

    pub async fn session(&self, user: &User) -> UserSession {
        let session = session(user);
        let mut lease = self.write().await;
        sessions::insert(&mut lease, &session).await.unwrap();
        lease.commit().await.unwrap();
        session
    }

    pub async fn hook(&self, project: &ProjectId, trigger: &str, name: &str) -> Hook {
        let mut lease = self.write().await;
        let hook = store::hooks::insert(&mut lease, project, new_hook(trigger, name), NOW).await.unwrap();
        lease.commit().await.unwrap();
        hook
    }
}

pub fn project(slug: &str) -> Project {
    Project {
        id: new_id(NOW),
        slug: slug.into(),
        name: format!("Project {slug}"),
        environment: "production".into(),
        custom_host: None,
        is_default: false,
        settings: json!({"signup": true, "limits": [1, 2.5, null, "x"]}),
        created_at: NOW,
        updated_at: NOW,
    }
}

pub fn new_user(email: &str) -> NewUser {
    NewUser {
        email: email.parse().ok(),
        password_hash: Some("$argon2id$very-secret".into()),
        user_metadata: json!({"theme": "dark"}),
        ..NewUser::new(new_id(NOW))
    }
}

pub fn session(user: &User) -> UserSession {
    UserSession {
        id: new_id(NOW),
        project_id: user.project_id.clone(),
        user_id: user.id.clone(),
        created_at: NOW,
        expires_at: NOW + 1_000_000,
        revoked_at: None,
        ip: Some("203.0.113.7".into()),
        user_agent: Some("Test/1.0".into()),
        auth_method: "password".into(),
        scope: Some("read:orders".into()),
        audience: None,
        claims: json!({"https://shop/plan": "pro"}),
    }
}

pub fn refresh_token(session: &UserSession, hash: &str) -> RefreshToken {
    RefreshToken {
        id: new_id(NOW),
        project_id: session.project_id.clone(),
        session_id: session.id.clone(),
        user_id: session.user_id.clone(),
        token_hash: hash.into(),
        created_at: NOW,
        expires_at: NOW + 100_000,
        used_at: None,
        successor: None,
    }
}

pub fn settings(name: &str) -> HookSettings {
    HookSettings {
        name: name.into(),
        on_error: None,
        cpu_ms: 100,
        wall_ms: 5_000,
        memory_mb: 32,
        allowed_hosts: vec!["api.example.com".into()],
    }
}

pub fn new_hook(trigger: &str, name: &str) -> NewHook {
    NewHook {
        id: new_id(NOW),
        trigger_id: trigger.into(),
        kind: HookKind::Code,
        settings: settings(name),
        language: "typescript".into(),
        draft_source: "export default () => {}".into(),
        author: "ada@example.com".into(),
    }
}

pub fn run(project: &ProjectId, hook: &HookId, outcome: &str, started_at: i64) -> HookRun {
    HookRun {
        id: new_id(started_at),
        project_id: project.clone(),
        hook_id: hook.clone(),
        version: Some(1),
        trigger_id: "pre-user-registration".into(),
        request_id: new_id::<RequestId>(started_at),
        endpoint: Some("register".into()),
        mode: RunMode::Live,
        outcome: outcome.into(),
        reason: None,
        detail: json!({"logs": [{"level": "info", "message": "hello"}], "input": {"a": 1}}),
        user_id: None,
        started_at,
        duration_us: 1_500,
        cpu_us: 700,
        memory_bytes: 2_000_000,
    }
}

pub fn request(project: &ProjectId, endpoint: &str, duration_us: i64, status: i64) -> RequestRecord {
    RequestRecord {
        id: new_id(NOW),
        project_id: project.clone(),
        endpoint: endpoint.into(),
        status,
        user_id: None,
        ip: Some("203.0.113.7".into()),
        started_at: NOW,
        duration_us,
        hooks_us: duration_us / 10,
        error_code: (status >= 400).then(|| "invalid_credentials".into()),
    }
}

pub fn mail(project: &ProjectId, status: MailStatus) -> Mail {
    Mail {
        id: new_id(NOW),
        project_id: project.clone(),
        recipient: "grace@example.com".into(),
        subject: "Hello".into(),
        text_body: "Hello, Grace".into(),
        html_body: Some("<p>Hello, Grace</p>".into()),
        kind: "verify_email".into(),
        status,
        error: None,
        attempts: 0,
        next_attempt_at: (status == MailStatus::Queued).then_some(NOW),
        created_at: NOW,
        sent_at: None,
    }
}

/// An id of the right form that names nothing.
pub fn unknown_user() -> UserId {
    new_id(NOW)
}
