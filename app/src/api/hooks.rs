//! Hooks and their drafts.

use contract::ids::HookId;
use contract::manage::{
    CheckResult, CreateHook as NewHook, Draft, Hook, SaveDraft as DraftText, Template, TypeFile,
    UpdateHook as HookChange,
};
use leptos::prelude::*;

use super::json::Json;
use crate::error::ConsoleError;
#[cfg(feature = "ssr")]
use crate::session;

/// Every hook of a project.
#[server(input = Json, output = Json, prefix = "/console/api", endpoint = "hooks/list")]
pub(crate) async fn list_hooks(project: String) -> Result<Vec<Hook>, ConsoleError> {
    let (manage, actor) = session::signed_in()?;
    Ok(manage.hooks(&actor, &project, None).await?)
}

/// One hook.
#[server(input = Json, output = Json, prefix = "/console/api", endpoint = "hooks/get")]
pub(crate) async fn get_hook(project: String, hook: HookId) -> Result<Hook, ConsoleError> {
    let (manage, actor) = session::signed_in()?;
    Ok(manage.hook(&actor, &project, &hook).await?)
}

/// Makes a hook with a draft and nothing live.
#[server(input = Json, output = Json, prefix = "/console/api", endpoint = "hooks/create")]
pub(crate) async fn create_hook(project: String, new: NewHook) -> Result<Hook, ConsoleError> {
    let (manage, actor) = session::signed_in()?;
    Ok(manage.create_hook(&actor, &project, new).await?)
}

/// Changes a hook; settings go live at once.
#[server(input = Json, output = Json, prefix = "/console/api", endpoint = "hooks/update")]
pub(crate) async fn update_hook(
    project: String,
    hook: HookId,
    change: HookChange,
) -> Result<Hook, ConsoleError> {
    let (manage, actor) = session::signed_in()?;
    Ok(manage.update_hook(&actor, &project, &hook, change).await?)
}

/// Deletes a hook with its versions.
#[server(input = Json, output = Json, prefix = "/console/api", endpoint = "hooks/delete")]
pub(crate) async fn delete_hook(project: String, hook: HookId) -> Result<(), ConsoleError> {
    let (manage, actor) = session::signed_in()?;
    Ok(manage.delete_hook(&actor, &project, &hook).await?)
}

/// Saves a draft; 409 with both texts when someone else has saved it.
#[server(input = Json, output = Json, prefix = "/console/api", endpoint = "hooks/draft")]
pub(crate) async fn save_draft(
    project: String,
    hook: HookId,
    draft: DraftText,
) -> Result<Draft, ConsoleError> {
    let (manage, actor) = session::signed_in()?;
    Ok(manage.save_draft(&actor, &project, &hook, draft).await?)
}

/// Compiles a source without keeping it.
#[server(input = Json, output = Json, prefix = "/console/api", endpoint = "hooks/check")]
pub(crate) async fn check_hook(
    project: String,
    hook: HookId,
    source: Option<String>,
) -> Result<CheckResult, ConsoleError> {
    let (manage, actor) = session::signed_in()?;
    Ok(manage.check(&actor, &project, &hook, source).await?)
}

/// Type declarations for the editor.
#[server(input = Json, output = Json, prefix = "/console/api", endpoint = "hooks/types")]
pub(crate) async fn hook_types(project: String, hook: HookId) -> Result<Vec<TypeFile>, ConsoleError> {
    let (manage, actor) = session::signed_in()?;
    Ok(manage.types(&actor, &project, &hook).await?)
}

/// Ready hooks to start from.
#[server(input = Json, output = Json, prefix = "/console/api", endpoint = "hooks/templates")]
pub(crate) async fn list_templates() -> Result<Vec<Template>, ConsoleError> {
    let _signed_in = session::signed_in()?;
    Ok(manage::templates())
}
