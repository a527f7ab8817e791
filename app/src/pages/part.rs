//! Parts of the application that the browser loads on their own: pages, and what a page shows only now and then.

use std::fmt;
use std::pin::Pin;

use leptos::prelude::*;
use leptos::reactive::computed::ScopedFuture;
use leptos::task::spawn_local;
use leptos::wasm_split::SplitLoaderError;
use send_wrapper::SendWrapper;

use crate::components::button::{Button, Variant};
use crate::components::error_panel::ErrorPanel;
use crate::components::toast::use_toasts;

/// The code of a part did not come: the server cannot be reached, or was updated and has other files now.
#[derive(Clone, Copy, Debug)]
pub struct NotLoaded;

impl fmt::Display for NotLoaded {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(
            "A part of the console did not load: the server cannot be reached, or was updated. Reload the page.",
        )
    }
}

impl std::error::Error for NotLoaded {}

impl From<SplitLoaderError> for NotLoaded {
    fn from(_: SplitLoaderError) -> Self {
        Self
    }
}

/// What a lazy function builds.
pub(crate) type Part = Result<AnyView, NotLoaded>;

/// It on its way.
pub(crate) type Loading = Pin<Box<dyn Future<Output = Part>>>;

/// In the place of a page whose code did not come.
pub(crate) fn not_loaded() -> AnyView {
    let reload = Callback::new(|_| {
        // A page that cannot be reloaded by script still can by hand, as the text says.
        drop(window().location().reload());
    });
    view! {
        <main id="content" class="alone">
            <div class="alone__wide">
                <h1 class="visually-hidden">"Hookwright"</h1>
                <ErrorPanel title="This page did not load" text=NotLoaded.to_string()>
                    <Button variant=Variant::Primary on_click=reload>"Reload"</Button>
                </ErrorPanel>
            </div>
        </main>
    }
    .into_any()
}

/// What `load` gives, from when `wanted` is first true; `waiting` while it is on its way. `load(false)` loads the code
/// and builds nothing. What does not load is said, and is tried again when it is wanted again. The server renders
/// nothing of it.
pub(crate) fn on_demand(
    wanted: Signal<bool>,
    waiting: fn() -> AnyView,
    load: impl Fn(bool) -> Loading + Copy + 'static,
) -> AnyView {
    let view = StoredValue::new(None::<SendWrapper<AnyView>>);
    let stage = RwSignal::new(Stage::Unwanted);
    let toasts = use_toasts();
    let owner = Owner::current();
    Effect::new(move || {
        if !wanted.get() || stage.get_untracked() != Stage::Unwanted {
            return;
        }
        stage.set(Stage::Loading);
        let work = async move {
            let fetched = load(false).await;
            // The page may have been left while the code was on its way.
            if stage.is_disposed() {
                return;
            }
            let built = match fetched {
                Ok(_) => load(true).await,
                failed => failed,
            };
            match built {
                Ok(built) => {
                    view.set_value(Some(SendWrapper::new(built)));
                    stage.set(Stage::There);
                }
                Err(error) => {
                    toasts.bad(error.to_string());
                    stage.set(Stage::Unwanted);
                }
            }
        };
        // It belongs to the page: what belongs to an effect goes when that runs again.
        let Some(owner) = &owner else { return };
        spawn_local(owner.with(|| ScopedFuture::new_untracked(work)));
    });
    (move || match stage.get() {
        Stage::Unwanted => ().into_any(),
        Stage::Loading => waiting(),
        Stage::There => {
            view.try_update_value(Option::take).flatten().map_or_else(|| ().into_any(), SendWrapper::take)
        }
    })
    .into_any()
}

/// How far a view on demand is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Unwanted,
    Loading,
    There,
}
