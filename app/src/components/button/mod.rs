//! Buttons and links that look like buttons.

use leptos::ev::MouseEvent;
use leptos::prelude::*;

use super::kbd::Kbd;
use super::loading::Spinner;

/// How much a button asks to be pressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Variant {
    /// An ordinary action.
    #[default]
    Default,
    /// The one action the screen is for.
    Primary,
    /// An action beside the others, without a frame.
    Ghost,
    /// Destroys something.
    Danger,
}

impl Variant {
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Default => "btn",
            Self::Primary => "btn btn--primary",
            Self::Ghost => "btn btn--ghost",
            Self::Danger => "btn btn--danger",
        }
    }
}

/// A button, or a link that looks like one when `href` is given.
#[component]
pub fn Button(
    /// How it looks.
    #[prop(optional)]
    variant: Variant,
    /// Makes it a link to this address, which works before the page is hydrated.
    #[prop(optional, into)]
    href: Option<String>,
    /// `submit` sends the form around it.
    #[prop(default = "button")]
    kind: &'static str,
    /// Shows the keys that do the same, such as `mod+enter`. It does not listen to them.
    #[prop(optional, into)]
    keys: Option<String>,
    /// Called on a click, or on Enter and Space.
    #[prop(optional, into)]
    on_click: Option<Callback<MouseEvent>>,
    /// Cannot be pressed.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Its action is running: shows a spinner and cannot be pressed again.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Name for assistive technology, when what it shows is only an icon.
    #[prop(optional, into)]
    label: Option<String>,
    /// Name and value that are sent with the form when this button sends it.
    #[prop(optional, into)]
    value: Option<(String, String)>,
    /// What it shows.
    children: Children,
) -> impl IntoView {
    let class = variant.class();
    let hint = keys.map(|keys| view! { <Kbd keys /> });
    if let Some(href) = href {
        return view! {
            <a class=class href=href aria-label=label on:click=move |event| run(on_click, event)>
                {children()}
                {hint}
            </a>
        }
        .into_any();
    }
    let (name, value) = value.unzip();
    view! {
        <button
            class=class
            type=kind
            name=name
            value=value
            aria-label=label
            aria-busy=move || busy.get().then_some("true")
            aria-disabled=move || busy.get().then_some("true")
            disabled=move || disabled.get()
            on:click=move |event| {
                // Not `disabled`, which would take the focus away from it.
                if busy.get_untracked() {
                    event.prevent_default();
                } else {
                    run(on_click, event);
                }
            }
        >
            <Show when=move || busy.get()>
                <Spinner />
            </Show>
            {children()}
            {hint}
        </button>
    }
    .into_any()
}

fn run(on_click: Option<Callback<MouseEvent>>, event: MouseEvent) {
    if let Some(on_click) = on_click {
        on_click.run(event);
    }
}
