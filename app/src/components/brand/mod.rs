//! The product's mark and name.

use leptos::prelude::*;

/// Mark and name; what is around them gives them their place and size.
#[component]
pub fn Brand() -> impl IntoView {
    view! {
        <span class="rail__mark" aria-hidden="true">
            "h"
        </span>
        "Hookwright"
    }
    .into_any()
}
