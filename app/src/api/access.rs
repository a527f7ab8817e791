//! Setup, sign-in and who is signed in.

use contract::manage::{Admin, SetupState};
use leptos::prelude::*;

use super::json::Json;
use crate::error::ConsoleError;
#[cfg(feature = "ssr")]
use crate::session;

/// Whether the instance waits for its first administrator.
#[server(output = Json, prefix = "/console/api", endpoint = "access/setup-state")]
pub(crate) async fn needs_setup() -> Result<SetupState, ConsoleError> {
    Ok(session::service().setup_state().await?)
}

/// Makes the first administrator and signs in.
#[server(output = Json, prefix = "/console/api", endpoint = "access/setup")]
pub(crate) async fn set_up(
    token: String,
    email: String,
    name: String,
    password: String,
) -> Result<(), ConsoleError> {
    let client = session::client();
    let request = contract::manage::SetupRequest { token, email, name, password };
    let signed_in = session::service().setup(request, client.client()).await?;
    session::remember(&signed_in.token, signed_in.expires_at);
    leptos_axum::redirect("/console");
    Ok(())
}

/// Signs in and leads to `next`, or to the projects.
#[server(output = Json, prefix = "/console/api", endpoint = "access/sign-in")]
pub(crate) async fn sign_in(
    email: String,
    password: String,
    next: Option<String>,
) -> Result<(), ConsoleError> {
    let client = session::client();
    let request = contract::manage::SignInRequest { email, password };
    let signed_in = session::service().sign_in(request, client.client()).await?;
    session::remember(&signed_in.token, signed_in.expires_at);
    leptos_axum::redirect(&session::local_address(next));
    Ok(())
}

/// Signs out.
#[server(output = Json, prefix = "/console/api", endpoint = "access/sign-out")]
pub(crate) async fn sign_out() -> Result<(), ConsoleError> {
    if let Ok((manage, actor)) = session::signed_in() {
        manage.sign_out(&actor).await?;
    }
    session::forget();
    leptos_axum::redirect("/console/sign-in");
    Ok(())
}

/// The administrator who is signed in.
#[server(output = Json, prefix = "/console/api", endpoint = "access/me")]
pub(crate) async fn current_admin() -> Result<Admin, ConsoleError> {
    let (_, actor) = session::signed_in()?;
    actor.admin().cloned().ok_or_else(ConsoleError::signed_out)
}
