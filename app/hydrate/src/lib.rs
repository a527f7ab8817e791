//! What the browser runs: it takes over the page the server rendered.

use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

/// Attaches the application to the document. Called once by the start script.
///
/// # Errors
/// When the code of the page does not load: the page then stays as the server rendered it.
#[wasm_bindgen]
pub async fn hydrate() -> Result<(), JsError> {
    console_error_panic_hook::set_once();
    app::pages::load_current().await?;
    leptos::mount::hydrate_body(app::App);
    Ok(())
}
