//! Everything that the console and the management API can do. Both call the same functions with an [`Actor`], so the
//! console can do nothing that the API cannot.
//!
//! It must not know HTTP or Leptos: it takes and gives the shapes of `contract::manage` and answers errors as
//! [`ErrorBody`]. Every change is written to the audit log, in the same transaction; saved drafts once for a while of
//! writing.
//!
//! To add an operation: its shapes in `contract::manage`, a method of [`Manage`] in the file of its resource that
//! starts by asking the actor for a scope, and then its route and its server function.

mod access;
mod actor;
mod api_keys;
mod attempts;
mod audit;
mod clock_watch;
mod compile;
mod convert;
mod custom_host;
mod demo;
mod endpoint_test;
mod hooks_of_project;
mod instance;
mod logs;
mod overview;
mod page;
mod projects;
mod pruning;
mod reference;
mod runs;
mod secrets;
mod summary;
mod templates;
mod token;
mod unit_test;
mod verdict;
mod versions;

use std::sync::Arc;

use ::hooks::{Hooks, ProjectInfo};
use auth::Auth;
use contract::error::{ErrorBody, ErrorCode};
use store::{Clock, Db, vault::Vault};

pub use self::{
    access::{ClientInfo, SignedIn},
    actor::Actor,
    clock_watch::ClockWatch,
    instance::Instance,
    templates::templates,
};

/// What can be done. Cheap to clone.
#[derive(Clone)]
pub struct Manage {
    inner: Arc<Inner>,
}

struct Inner {
    db: Db,
    clock: Arc<dyn Clock>,
    vault: Vault,
    hooks: Hooks,
    auth: Auth,
    base_url: String,
    instance: Instance,
    attempts: attempts::Attempts,
    /// Wrong passwords per administrator.
    accounts: auth::Accounts,
    dry_runs: endpoint_test::DryRuns,
}

/// The result of every operation.
pub type Outcome<T> = Result<T, ErrorBody>;

impl Manage {
    /// Puts the parts together. `base_url` is the address of the instance, without a slash at its end.
    pub fn new(
        db: Db,
        clock: Arc<dyn Clock>,
        vault: Vault,
        hooks: Hooks,
        auth: Auth,
        base_url: String,
    ) -> Self {
        let instance = Instance::new(db.clone(), clock.clone(), auth.clone());
        let attempts = attempts::Attempts::default();
        let accounts = auth::Accounts::default();
        let dry_runs = endpoint_test::DryRuns::new(&db);
        let inner = Inner { db, clock, vault, hooks, auth, base_url, instance, attempts, accounts, dry_runs };
        Self { inner: Arc::new(inner) }
    }

    /// Administrators and API keys of the instance.
    pub fn instance(&self) -> &Instance {
        &self.inner.instance
    }

    fn now(&self) -> i64 {
        self.inner.clock.now_ms()
    }

    /// Checks that there is a project of this slug, and that the actor may see it.
    ///
    /// # Errors
    /// Unknown project.
    pub fn require_project(&self, actor: &Actor, slug: &str) -> Outcome<()> {
        self.project_info(actor, slug).map(drop)
    }

    /// The project of a slug, for an actor that may see it.
    fn project_info(&self, actor: &Actor, slug: &str) -> Outcome<Arc<ProjectInfo>> {
        let found = self.inner.hooks.project_by_slug(slug).filter(|project| actor.may_see(&project.id));
        found.ok_or_else(|| unknown_project(slug))
    }

    /// Makes a change of one project visible to traffic at once.
    async fn reload(&self, project: &contract::ids::ProjectId) -> Outcome<()> {
        self.inner.hooks.reload_project(project).await.map_err(not_live)
    }
}

fn not_live(error: ::hooks::HooksError) -> ErrorBody {
    tracing::error!(%error, "the change is saved but could not be made live");
    ErrorBody::new(
        ErrorCode::Unavailable,
        "The change is saved, but this server could not read it back yet; it goes live within seconds.",
    )
}

fn unknown_project(slug: &str) -> ErrorBody {
    ErrorBody::new(ErrorCode::UnknownProject, format!("There is no project “{}”.", shortened(slug)))
}

/// At most 80 characters of what somebody sent, for a message.
fn shortened(text: &str) -> String {
    text.chars().take(80).collect()
}

/// Refuses a change of what was changed since the caller has `seen` it, if it says when that was.
fn unchanged(what: &str, seen: Option<i64>, updated_at: i64) -> Outcome<()> {
    if seen.is_none_or(|seen| seen == updated_at) {
        return Ok(());
    }
    let message = format!("This {what} was changed after you had read it. Read it again, then change it.");
    Err(ErrorBody::new(ErrorCode::Conflict, message).details(serde_json::json!({"updated_at": updated_at})))
}

/// Refuses a field.
fn invalid(field: &str, message: impl Into<String>) -> ErrorBody {
    ErrorBody::new(ErrorCode::InvalidField, message).field(field)
}
