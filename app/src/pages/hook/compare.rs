//! What is live beside what is being written.

use leptos::prelude::*;

use super::workbench::Workbench;
use crate::components::dialog::Dialog;
use crate::editor::DiffEditor;

/// Live and draft, side by side.
#[component]
pub(super) fn CompareDialog(
    /// The editor.
    bench: Workbench,
) -> impl IntoView {
    let title = Signal::derive(move || match bench.hook.with(|hook| hook.live_version) {
        Some(version) => format!("Live v{version} and the draft"),
        None => "Nothing is live yet".to_owned(),
    });
    view! {
        <Dialog id="compare" title open=bench.comparing wide=true>
            <div class="compare">
                <DiffEditor
                    original=Signal::derive(move || {
                        bench.hook.with(|hook| hook.live_source.clone()).unwrap_or_default()
                    })
                    modified=bench.source
                    left=Signal::derive(move || {
                        bench.hook.with(|hook| hook.live_version).map_or_else(|| "Live".to_owned(), |version| format!("Live v{version}"))
                    })
                    right="Draft"
                    language=bench.language()
                    label="What is live and the draft"
                />
            </div>
        </Dialog>
    }
    .into_any()
}
