//! The document around the application, as the server renders it.

use leptos::prelude::*;
use leptos_meta::MetaTags;

use crate::app::App;
use crate::assets::{Assets, META};
use crate::pages::Page;
use crate::theme::Theme;

/// The whole HTML document. `assets` is the address prefix of the static files, `/assets/<hash>`.
///
/// The theme is read from the request's cookie, so the first paint is already right and no inline
/// script is needed. `start.js` loads the application and marks `<html data-hydrated="true">` once
/// clicks are heard.
pub fn shell(assets: &str) -> impl IntoView + use<> {
    let assets = Assets::new(assets);
    let theme = Theme::of_request();
    let part = use_context::<http::request::Parts>().and_then(|request| Page::at(request.uri.path()));
    // The editor's module is the longest of its page: it need not wait until the page takes over.
    let editor = (part == Some(Page::Hook))
        .then(|| view! { <link rel="modulepreload" href=assets.url(crate::editor::MODULE) /> });
    let part = part.map(Page::part);
    provide_context(assets.clone());
    view! {
        <!DOCTYPE html>
        <html lang="en" class=theme.as_str()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <meta name=META content=assets.url("").trim_end_matches('/').to_owned() />
                <link rel="icon" type="image/svg+xml" href=assets.url("favicon.svg") />
                <link rel="stylesheet" href=assets.url("main.css") />
                <link rel="modulepreload" href=assets.url("hookwright.js") />
                {editor}
                <link
                    rel="preload"
                    href=assets.url("hookwright_bg.wasm")
                    r#as="fetch"
                    r#type="application/wasm"
                    crossorigin="anonymous"
                />
                <script type="module" src=assets.url("start.js") data-part=part></script>
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}
