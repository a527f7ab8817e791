//! The way to the next page of a list.

use leptos::prelude::*;

use super::change::{Change, ChangeError};
use crate::components::button::Button;

/// A button as long as there is more.
#[component]
pub(crate) fn Older(
    /// The cursor of the next page; none at the end.
    next: RwSignal<Option<String>>,
    /// The next page on its way.
    change: Change,
    /// Asks for it.
    load: Callback<()>,
) -> impl IntoView {
    view! {
        <ChangeError change />
        <Show when=move || next.with(Option::is_some)>
            <Button busy=change.busy() on_click=Callback::new(move |_| load.run(()))>"Show older"</Button>
        </Show>
    }
    .into_any()
}
