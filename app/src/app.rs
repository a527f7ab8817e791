//! The application root: what every page finds in its context.

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::Router;

use crate::assets::Assets;
use crate::components::arrival::{Announcement, Announcer};
use crate::components::toast::{ToastHost, provide_toasts};
use crate::pages::Pages;
use crate::theme::Appearance;

/// The whole console. Provides [`Assets`], [`Appearance`], the [`Announcer`] and the toasts to every page.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    Assets::provide();
    Appearance::provide();
    provide_toasts();
    let announcer = Announcer::provide();
    view! {
        <Router>
            <Pages />
        </Router>
        <Announcement announcer />
        <ToastHost />
    }
}
