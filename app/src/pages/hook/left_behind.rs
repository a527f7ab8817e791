//! Text that was not kept yet when its editor was left. It goes on to the server without the page; what
//! cannot be saved stays in this window until the hook is opened again.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use contract::ids::HookId;
use contract::manage::{Draft, SaveDraft};
use futures::channel::oneshot;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::saving::theirs;
use crate::api;
use crate::components::toast::Toasts;
use crate::error::ConsoleError;
use crate::pages::unload;

thread_local! {
    static LEFT: RefCell<HashMap<HookId, Left>> = RefCell::default();
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// A text without a page.
pub(super) struct Left {
    /// Slug of the project.
    pub(super) slug: String,
    /// Name of the hook, for the notice when it cannot be saved.
    pub(super) name: String,
    /// What was in the editor.
    pub(super) text: String,
    /// The revision that it was made from.
    pub(super) revision: i64,
    /// Where it is said when it cannot be saved.
    pub(super) toasts: Toasts,
    /// Leads back to the editor.
    pub(super) back: Rc<dyn Fn()>,
    /// Whether it is on its way to the server. Who opens the hook meanwhile waits here for the end.
    sending: Option<Vec<oneshot::Sender<()>>>,
}

impl Left {
    /// Not on its way.
    pub(super) fn new(
        (slug, name): (String, String),
        (text, revision): (String, i64),
        toasts: Toasts,
        back: Rc<dyn Fn()>,
    ) -> Self {
        Self { slug, name, text, revision, toasts, back, sending: None }
    }
}

/// Keeps a text while a save of its hook is still on its way: it follows when that has [`landed`].
pub(super) fn follow(id: HookId, mut left: Left) {
    left.sending = Some(Vec::new());
    keep(id, left);
}

/// Keeps a text and saves it.
pub(super) fn save(id: HookId, left: Left) {
    follow(id.clone(), left);
    send(id);
}

/// Keeps a text that cannot be saved as it is, and says so.
pub(super) fn hold(id: HookId, left: Left, why: &'static str) {
    keep(id.clone(), left);
    // Not as part of the page that is just closing: the notice outlives it.
    spawn_local(async move { say(&id, why) });
}

/// The text of a hook that is opened again.
pub(super) fn take(id: &HookId) -> Option<Left> {
    LEFT.with_borrow_mut(|left| left.remove(id))
}

/// Resolves when no text of the hook is on its way any more. None when none is.
pub(super) fn settled(id: &HookId) -> Option<oneshot::Receiver<()>> {
    LEFT.with_borrow_mut(|left| {
        let (tell, told) = oneshot::channel();
        left.get_mut(id)?.sending.as_mut()?.push(tell);
        Some(told)
    })
}

/// A save that began with the page has ended without it.
pub(super) fn landed(id: HookId, answer: Result<Draft, ConsoleError>, sent: &str) {
    let kept = answer.or_else(|error| theirs(&error).filter(|draft| draft.source == sent).ok_or(error));
    match kept {
        Ok(draft) => {
            let newer = LEFT.with_borrow_mut(|left| {
                let waiting = left.get_mut(&id)?;
                waiting.revision = draft.revision;
                if waiting.text == sent { left.remove(&id).map(|_| false) } else { Some(true) }
            });
            if newer == Some(true) {
                send(id);
            }
        }
        Err(error) => {
            LEFT.with_borrow_mut(|left| left.get_mut(&id).map(|left| left.sending.take()));
            say(&id, &error.message());
        }
    }
}

fn keep(id: HookId, text: Left) {
    LEFT.with_borrow_mut(|left| left.insert(id, text));
    unload::ask_while(&GUARDED, || LEFT.with_borrow(|left| !left.is_empty()));
}

fn send(id: HookId) {
    let what = LEFT
        .with_borrow(|left| left.get(&id).map(|left| (left.slug.clone(), left.text.clone(), left.revision)));
    let Some((slug, text, revision)) = what else { return };
    spawn_local(async move {
        let draft = SaveDraft { source: text.clone(), language: None, revision };
        let answer = api::hooks::save_draft(slug, id.clone(), draft).await;
        landed(id, answer, &text);
    });
}

fn say(id: &HookId, why: &str) {
    LEFT.with_borrow(|left| {
        let Some(left) = left.get(id) else { return };
        let text = format!("“{}” is not saved: {why} Your text is kept in this window.", left.name);
        let id = id.clone();
        let open = Callback::new(move |()| {
            // Copied out: the way back opens the editor, which takes the text.
            let back = LEFT.with_borrow(|left| left.get(&id).map(|left| left.back.clone()));
            if let Some(back) = back {
                back();
            }
        });
        left.toasts.bad_with_action(text, "Open the hook", open);
    });
}
