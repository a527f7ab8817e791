//! The demo project of a fresh instance: something to try the console with.

use contract::{
    catalogue::triggers::Trigger,
    manage::{CreateHook, CreateProject, DeployRequest},
};

use crate::{Actor, Manage, Outcome, templates};

impl Manage {
    /// Makes the default project “Demo” with a deployed hook, if there is no project yet. Says whether it did.
    ///
    /// # Errors
    /// Database away.
    pub async fn seed_demo(&self) -> Outcome<bool> {
        let actor = Actor::system();
        if !self.projects(&actor).await?.is_empty() {
            return Ok(false);
        }
        let request = CreateProject { name: "Demo".into(), slug: Some("demo".into()), environment: None };
        let project = self.create_project(&actor, request).await?;
        let template =
            templates().into_iter().find(|template| template.trigger == Trigger::PreUserRegistration);
        if let Some(template) = template {
            let request = CreateHook {
                trigger: template.trigger.as_str().into(),
                name: Some("Refuse free e-mail".into()),
                language: None,
                source: Some(template.source),
                settings: None,
            };
            let hook = self.create_hook(&actor, &project.slug, request).await?;
            let request = DeployRequest {
                note: Some("Ready to try".into()),
                revision: None,
                allow_missing_secrets: None,
            };
            self.deploy(&actor, &project.slug, &hook.id, request).await?;
        }
        Ok(true)
    }
}
