//! A diff of lines, for short changes that need no editor.

use leptos::prelude::*;

/// What a line of a diff is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiffKind {
    /// In both texts.
    Same,
    /// Only in the new text.
    Added,
    /// Only in the old text.
    Removed,
    /// In one text alone, to be looked at.
    Marked,
    /// Names a file or a place.
    Header,
}

impl DiffKind {
    fn parts(self) -> (&'static str, &'static str) {
        match self {
            Self::Same => ("diff__line", "  "),
            Self::Added => ("diff__line diff__line--added", "+ "),
            Self::Removed => ("diff__line diff__line--removed", "- "),
            Self::Marked => ("diff__line diff__line--removed", "→ "),
            Self::Header => ("diff__line diff__line--header", "@@ "),
        }
    }
}

/// Lines of a diff, marked by sign and colour.
#[component]
pub fn DiffView(
    /// What is compared, for assistive technology, such as `Live v7 and the draft`.
    #[prop(into)]
    label: String,
    /// The lines, in order.
    #[prop(into)]
    lines: Signal<Vec<(DiffKind, String)>>,
) -> impl IntoView {
    view! {
        <div class="diff" tabindex="0" role="region" aria-label=label>
            <div class="diff__lines">
                {move || {
                    lines
                        .get()
                        .into_iter()
                        .map(|(kind, text)| {
                            let (class, sign) = kind.parts();
                            view! {
                                <div class=class>
                                    <span class="diff__sign">{sign}</span>
                                    {text}
                                </div>
                            }
                        })
                        .collect_view()
                }}
            </div>
        </div>
    }
    .into_any()
}
