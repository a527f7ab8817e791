//! Light, dark, or as the system says.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::cookie;

/// Cookie that holds the choice, so that the server can render the first paint right.
const COOKIE: &str = "hw_theme";

/// What the admin chose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Always light.
    Light,
    /// Always dark.
    Dark,
    /// As the operating system says.
    #[default]
    System,
}

impl Theme {
    /// Every theme, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Light, Self::Dark, Self::System];

    /// The class on `<html>` and the value of the cookie.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::System => "system",
        }
    }

    /// The theme called `name`, if there is one.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.as_str() == name)
    }

    /// What the request being rendered asks for.
    #[cfg(feature = "ssr")]
    pub(crate) fn of_request() -> Self {
        cookie::remembered(COOKIE).and_then(|name| Self::parse(&name)).unwrap_or_default()
    }

    /// What the document was rendered with.
    #[cfg(not(feature = "ssr"))]
    fn of_request() -> Self {
        document().document_element().and_then(|html| Self::parse(&html.class_name())).unwrap_or_default()
    }
}

/// The look of the page now. In the context of every page.
#[derive(Clone, Copy, Debug)]
pub struct Appearance {
    theme: RwSignal<Theme>,
    system_dark: RwSignal<bool>,
}

impl Appearance {
    /// Puts the appearance into the context and follows the system's setting.
    pub(crate) fn provide() {
        let appearance =
            Self { theme: RwSignal::new(Theme::of_request()), system_dark: RwSignal::new(false) };
        provide_context(appearance);
        Effect::new(move || {
            if let Ok(Some(query)) = window().match_media("(prefers-color-scheme: dark)") {
                appearance.system_dark.set(query.matches());
                appearance.follow(&query);
            }
        });
    }

    /// The appearance of this page.
    pub fn current() -> Self {
        expect_context()
    }

    /// The choice.
    pub fn theme(self) -> Theme {
        self.theme.get()
    }

    /// Whether the page is dark now. Follows the choice and the system.
    pub fn dark(self) -> bool {
        match self.theme.get() {
            Theme::Light => false,
            Theme::Dark => true,
            Theme::System => self.system_dark.get(),
        }
    }

    /// [`dark`](Self::dark) without following it.
    pub(crate) fn dark_untracked(self) -> bool {
        untrack(|| self.dark())
    }

    /// Changes the choice, shows it, and remembers it for a year. Browser only.
    pub fn choose(self, theme: Theme) {
        self.theme.set(theme);
        let name = theme.as_str();
        if let Some(html) = document().document_element() {
            html.set_class_name(name);
        }
        cookie::remember(COOKIE, name);
    }

    fn follow(self, query: &web_sys::MediaQueryList) {
        let listened = query.clone();
        let system_dark = self.system_dark;
        let handler = wasm_bindgen::closure::Closure::<dyn Fn()>::new(move || {
            system_dark.set(listened.matches());
        });
        query.set_onchange(Some(handler.as_ref().unchecked_ref()));
        // The page has one appearance for as long as it lives.
        handler.forget();
    }
}
