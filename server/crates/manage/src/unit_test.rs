//! Running a hook alone (row A13).

use ::hooks::{MAX_EVENT_NESTING, nesting};
use contract::{
    catalogue::triggers::Trigger,
    error::{ErrorBody, ErrorCode},
    ids::{HookId, RequestId},
    manage::{Scope, UnitResult, UnitTest},
};
use serde_json::Value;
use store::users;

use crate::{
    Actor, Manage, Outcome,
    hooks_of_project::{language_of, trigger_of},
    invalid, verdict,
    versions::version_row,
};

/// Largest event that can be given, in bytes of JSON.
const MAX_EVENT: usize = 64 << 10;

impl Manage {
    /// An event to start from.
    ///
    /// # Errors
    /// Unknown project or hook, missing scope `read:hooks`, database away.
    pub async fn sample_event(&self, actor: &Actor, slug: &str, id: &HookId) -> Outcome<Value> {
        actor.require(Scope::ReadHooks)?;
        let project = self.project_info(actor, slug)?;
        let row = self.hook_row(&project.id, id).await?;
        Ok(sample(trigger_of(&row)?, &project.slug))
    }

    /// Runs the draft, a version or a given source with an event. Nothing is saved or sent; no other hook runs.
    ///
    /// # Errors
    /// Unknown project, hook, version or user, missing scope `update:hooks`, invalid field, `compile_failed`,
    /// database away.
    pub async fn unit_test(
        &self,
        actor: &Actor,
        slug: &str,
        id: &HookId,
        test: UnitTest,
    ) -> Outcome<UnitResult> {
        actor.require(Scope::UpdateHooks)?;
        let project = self.project_info(actor, slug)?;
        let row = self.hook_row(&project.id, id).await?;
        let trigger = trigger_of(&row)?;
        let (source, language, number) = match (test.version, test.source) {
            (Some(_), Some(_)) => {
                return Err(invalid("source", "Give either a version or a source, not both."));
            }
            (Some(number), None) => {
                let session = self.inner.db.live();
                let version = version_row(&mut *session.read().await?, &row, number).await?;
                (version.source, version.language, Some(number))
            }
            (None, Some(source)) => (source, row.language.clone(), None),
            (None, None) => (row.draft_source.clone(), row.language.clone(), None),
        };
        let mut event = match test.event {
            Some(event @ Value::Object(_)) => event,
            Some(_) => return Err(invalid("event", "The event must be a JSON object.")),
            None => sample(trigger, &project.slug),
        };
        if nesting(&event) > MAX_EVENT_NESTING {
            let message = format!("An event is nested at most {MAX_EVENT_NESTING} levels.");
            return Err(invalid("event", message));
        }
        if event.to_string().len() > MAX_EVENT {
            return Err(invalid("event", format!("An event has at most {} KiB.", MAX_EVENT >> 10)));
        }
        if let Some(user) = test.user_id {
            let session = self.inner.db.live();
            let found = users::by_id(&mut *session.read().await?, &project.id, &user).await?;
            let Some(found) = found else {
                return Err(ErrorBody::new(ErrorCode::NotFound, "There is no such user in this project.")
                    .field("user_id"));
            };
            event["user"] = serde_json::to_value(::hooks::user_payload(&found)).unwrap_or_default();
        }
        let hook = self.draft(&row, trigger, &source, language_of(&language), number).await?;
        let request = store::new_id::<RequestId>(self.now());
        let (run, mut denial, mut mails) =
            self.inner.hooks.unit(project.clone(), &hook, &event, request).await;
        mails.iter_mut().for_each(|mail| project.hide_secrets_of_mail(mail));
        // A user would read it as it is. The author of a test need not be allowed to read secrets.
        if let Some(denial) = &mut denial {
            project.hide_secrets_of_text(&mut denial.reason);
            project.hide_secrets_of_text(&mut denial.message);
        }
        let policy = hook.on_error(hook.declared_handler().as_ref());
        Ok(UnitResult { verdict: verdict::of_unit(&run, denial.as_ref(), policy), run, mails })
    }
}

fn sample(trigger: Trigger, slug: &str) -> Value {
    let mut event = (trigger.spec().sample)();
    if let Some(tenant) = event.get_mut("tenant") {
        tenant["id"] = slug.into();
    }
    event
}
