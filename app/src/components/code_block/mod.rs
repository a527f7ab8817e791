//! Text as machines write it: JSON, headers, curl commands.

use leptos::prelude::*;

use super::copy_button::CopyButton;

/// A block of text in the code font, scrolled where it is too wide, without ligatures.
#[component]
pub fn CodeBlock(
    /// The text.
    #[prop(into)]
    text: Signal<String>,
    /// What it is, for assistive technology, such as `Response body`.
    #[prop(into)]
    label: String,
    /// Offers to copy it.
    #[prop(default = true)]
    copy: bool,
    /// Highest it gets before it scrolls, in lines.
    #[prop(default = 24)]
    lines: u32,
) -> impl IntoView {
    let height = format!("max-height: calc({lines} * 18px + 22px)");
    view! {
        <div class="code-block">
            <pre class="code-block__text" tabindex="0" role="region" aria-label=label style=height>
                {move || text.get()}
            </pre>
            {copy.then(|| view! { <CopyButton text compact=true /> })}
        </div>
    }
    .into_any()
}
