//! The source of one version.

use contract::ids::HookId;
use leptos::prelude::*;

use crate::api;
use crate::components::code_block::CodeBlock;
use crate::components::dialog::Dialog;
use crate::components::loading::Skeleton;
use crate::pages::change::{Change, ChangeError};
use crate::pages::layout::CurrentProject;

/// Which version is looked at.
#[derive(Clone, Copy)]
pub(super) struct Viewing {
    hook: StoredValue<HookId>,
    current: CurrentProject,
    open: RwSignal<bool>,
    number: RwSignal<u32>,
    source: RwSignal<Option<String>>,
    change: Change,
}

impl Viewing {
    /// Nothing is looked at.
    pub(super) fn new(hook: HookId) -> Self {
        Self {
            hook: StoredValue::new(hook),
            current: CurrentProject::current(),
            open: RwSignal::new(false),
            number: RwSignal::new(0),
            source: RwSignal::new(None),
            change: Change::new(),
        }
    }

    /// Shows a version.
    pub(super) fn open(self, number: u32) {
        self.number.set(number);
        self.source.set(None);
        self.open.set(true);
        let work = api::versions::get_version(self.current.slug_now(), self.hook.get_value(), number);
        self.change.run(work, move |version| self.source.set(Some(version.source)));
    }
}

/// The dialog.
#[component]
pub(super) fn SourceDialog(
    /// What it shows.
    viewing: Viewing,
) -> impl IntoView {
    view! {
        <Dialog
            id="source"
            title=Signal::derive(move || format!("v{}", viewing.number.get()))
            open=viewing.open
            wide=true
        >
            <ChangeError change=viewing.change />
            {move || match viewing.source.get() {
                Some(source) => {
                    view! { <CodeBlock text=Signal::stored(source) label="Source" lines=28 /> }.into_any()
                }
                None => {
                    view! {
                        <Show when=move || viewing.change.busy().get()>
                            <Skeleton />
                        </Show>
                    }
                        .into_any()
                }
            }}
        </Dialog>
    }
    .into_any()
}
