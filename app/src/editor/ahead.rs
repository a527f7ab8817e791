//! Fetching the editor before it is asked for.

use std::time::Duration;

use leptos::prelude::*;

use crate::assets::Assets;

/// How long a page stands before it fetches what the next one needs: its own work goes first.
const QUIET: Duration = Duration::from_millis(600);

/// Path of the editor's module among the static files.
pub(crate) const MODULE: &str = "monaco/host.js";

/// Files that the module asks for as soon as it runs.
const FOLLOWING: [&str; 3] = ["monaco/host.css", "monaco/ts.worker.js", "monaco/editor.worker.js"];

/// Has the browser fetch and compile the editor's module, and fetch what it needs, once this page is quiet: for a page
/// from which readers go on to an editor. Then `also`.
pub(crate) fn fetch_ahead(also: impl Fn() + Copy + 'static) {
    let assets = expect_context::<Assets>();
    Effect::new(move || {
        let assets = assets.clone();
        let waiting = set_timeout_with_handle(
            move || {
                link("modulepreload", &assets.url(MODULE));
                for file in FOLLOWING {
                    link("prefetch", &assets.url(file));
                }
                also();
            },
            QUIET,
        );
        on_cleanup(move || {
            if let Ok(waiting) = waiting {
                waiting.clear();
            }
        });
    });
}

/// Adds a `<link>` to the document's head, unless it is there.
fn link(rel: &str, href: &str) {
    let there = document().query_selector(&format!("link[rel='{rel}'][href='{href}']"));
    let (Ok(None), Some(head)) = (there, document().head()) else { return };
    // Only a hint: without it the editor fetches the file when it opens.
    let _added = document().create_element("link").and_then(|link| {
        link.set_attribute("rel", rel)?;
        link.set_attribute("href", href)?;
        head.append_child(&link)
    });
}
