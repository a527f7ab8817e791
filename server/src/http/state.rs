//! What every handler can reach.

use std::sync::Arc;

use auth::Auth;
use hooks::Hooks;
use manage::Manage;
use store::{Clock, Db};

use super::openapi::Documentation;
use crate::{config::Config, site::Site};

/// The server's services. Cheap to clone.
#[derive(Clone)]
pub struct AppState(Arc<Services>);

/// What [`AppState`] shares.
pub struct Services {
    /// Settings.
    pub config: Config,
    /// Database.
    pub db: Db,
    /// Clock.
    pub clock: Arc<dyn Clock>,
    /// Hook engine.
    pub hooks: Hooks,
    /// Auth flows.
    pub auth: Auth,
    /// Management.
    pub manage: Manage,
    /// Static files of the console.
    pub site: Site,
    /// What the API reference is made from.
    pub documentation: Documentation,
}

impl AppState {
    /// Shares the services.
    pub fn new(services: Services) -> Self {
        Self(Arc::new(services))
    }

    /// Settings.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// Database.
    pub fn db(&self) -> &Db {
        &self.0.db
    }

    /// Clock.
    pub fn clock(&self) -> &dyn Clock {
        &*self.0.clock
    }

    /// Hook engine.
    pub fn hooks(&self) -> &Hooks {
        &self.0.hooks
    }

    /// Auth flows.
    pub fn auth(&self) -> &Auth {
        &self.0.auth
    }

    /// Management.
    pub fn manage(&self) -> &Manage {
        &self.0.manage
    }

    /// Static files of the console.
    pub fn site(&self) -> &Site {
        &self.0.site
    }

    /// What the API reference is made from.
    pub fn documentation(&self) -> &Documentation {
        &self.0.documentation
    }
}
