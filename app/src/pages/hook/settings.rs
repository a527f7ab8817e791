//! The Settings tab: they go live at once.

use contract::catalogue::triggers::{OnError, Trigger};
use contract::manage::{HookSettings, UpdateHook};
use leptos::prelude::*;

use super::workbench::Workbench;
use crate::api;
use crate::components::button::{Button, Variant};
use crate::components::field::{Choice, Select, TextArea, TextField};
use crate::pages::change::{Change, ChangeError, Reload};
use crate::pages::kept;

/// Name, order, error policy, limits, hosts.
#[component]
pub(super) fn SettingsForm(
    /// The editor.
    bench: Workbench,
) -> impl IntoView {
    let hook = bench.hook.get_untracked();
    let settings = hook.settings.clone();
    let trigger = hook.trigger;
    let name = RwSignal::new(hook.name.clone());
    let on_error = RwSignal::new(settings.on_error.map(|policy| policy.to_string()).unwrap_or_default());
    let cpu = RwSignal::new(settings.cpu_ms.to_string());
    let wall = RwSignal::new(settings.wall_ms.to_string());
    let memory = RwSignal::new(settings.memory_mb.to_string());
    let hosts = RwSignal::new(settings.allowed_hosts.join("\n"));
    let order = RwSignal::new(hook.order.to_string());
    let fields = [name, on_error, cpu, wall, memory, hosts, order];
    // What the form was opened with: a hook that was moved elsewhere meanwhile is not moved back.
    let saved = RwSignal::new(fields.map(|field| field.get_untracked()));
    let kept = kept::take::<Kept>(hook.id.as_ref());
    Effect::new(move || {
        let now = fields.map(|field| field.get());
        bench.unsettled.set(saved.with(|saved| *saved != now));
    });
    // What the fields were filled with: what was changed elsewhere since is not overwritten unseen.
    let filled = StoredValue::new((hook.name.clone(), hook.settings.clone(), hook.order));
    let seen = StoredValue::new(hook.updated_at);
    if let Some(kept) = kept {
        for (field, text) in fields.into_iter().zip(kept.fields) {
            field.set(text);
        }
        saved.set(kept.saved);
        filled.set_value(kept.filled);
        seen.set_value(kept.seen);
    }
    kept::keep_when_left(
        hook.id.to_string(),
        move || bench.unsettled.try_get_untracked() == Some(true),
        move || Kept {
            fields: fields.map(|field| field.get_untracked()),
            saved: saved.get_untracked(),
            filled: filled.get_value(),
            seen: seen.get_value(),
        },
        (
            bench.toasts,
            format!("The settings of “{}” are not saved. They are kept in this window.", hook.name),
            "Open the hook",
        ),
        bench.way_back(),
    );
    Effect::new(move || {
        // A deployment, or the switch, changes the hook too, and none of this.
        bench.hook.with(|hook| {
            if filled.with_value(|(name, settings, order)| {
                *name == hook.name && *settings == hook.settings && *order == hook.order
            }) {
                seen.set_value(hook.updated_at);
            }
        });
    });
    let change = Change::new();
    let wrong = RwSignal::new(None::<String>);

    let submit = move || {
        let limits = (
            cpu.get_untracked().trim().parse(),
            wall.get_untracked().trim().parse(),
            memory.get_untracked().trim().parse(),
        );
        let (Ok(cpu_ms), Ok(wall_ms), Ok(memory_mb)) = limits else {
            return wrong.set(Some("The limits are whole numbers.".to_owned()));
        };
        wrong.set(None);
        let hosts = hosts.get_untracked();
        let update = UpdateHook {
            name: Some(name.get_untracked().trim().to_owned()),
            enabled: None,
            settings: Some(HookSettings {
                on_error: on_error.get_untracked().parse().ok(),
                cpu_ms,
                wall_ms,
                memory_mb,
                allowed_hosts: hosts.split_whitespace().map(str::to_owned).collect(),
            }),
            order: (order.get_untracked() != saved.with_untracked(|saved| saved[6].clone()))
                .then(|| order.get_untracked().parse().ok())
                .flatten(),
            updated_at: Some(seen.get_value()),
        };
        let (slug, id) = bench.place();
        let mut sent = fields.map(|field| field.get_untracked());
        change.run(api::hooks::update_hook(slug, id, update), move |hook| {
            order.set(hook.order.to_string());
            sent[6] = hook.order.to_string();
            saved.set(sent);
            filled.set_value((hook.name.clone(), hook.settings.clone(), hook.order));
            seen.set_value(hook.updated_at);
            bench.learn(hook);
            bench.current.hooks_changed();
            bench.toasts.ok("Settings saved: they are live");
        });
    };
    let reload = Callback::new(move |()| {
        let (slug, id) = bench.place();
        change.run(api::hooks::get_hook(slug, id), move |hook| {
            let settings = hook.settings.clone();
            name.set(hook.name.clone());
            on_error.set(settings.on_error.map(|policy| policy.to_string()).unwrap_or_default());
            cpu.set(settings.cpu_ms.to_string());
            wall.set(settings.wall_ms.to_string());
            memory.set(settings.memory_mb.to_string());
            hosts.set(settings.allowed_hosts.join("\n"));
            order.set(hook.order.to_string());
            saved.set(fields.map(|field| field.get_untracked()));
            filled.set_value((hook.name.clone(), settings, hook.order));
            seen.set_value(hook.updated_at);
            bench.learn(hook);
        });
    });
    view! {
        <form
            class="form"
            on:submit=move |event| {
                event.prevent_default();
                submit();
            }
        >
            <p class="form__note">"Settings go live at once, without a deployment."</p>
            <TextField name="hook-name" label="Name" value=name required=true error=change.about("name") />
            <Select
                name="on-error"
                label="On error"
                choices=policies(bench, trigger)
                value=on_error
                hint="A throw or a broken limit; a deny of the hook itself always refuses."
            />
            <Select name="order" label="Order" choices=Signal::derive(move || places(bench, trigger)) value=order />
            <div class="form__row">
                <TextField name="cpu" label="CPU, ms" kind="number" value=cpu error=change.about("settings.cpu_ms") />
                <TextField name="wall" label="Time, ms" kind="number" value=wall error=change.about("settings.wall_ms") />
                <TextField name="memory" label="Memory, MiB" kind="number" value=memory error=change.about("settings.memory_mb") />
            </div>
            <TextArea
                name="hosts"
                label="Allowed hosts"
                value=hosts
                rows=3
                mono=true
                optional=true
                hint="One a line. Empty: what the project allows."
                error=change.about("settings.allowed_hosts")
            />
            {move || wrong.get().map(|text| view! { <p class="field__error" role="alert">{text}</p> })}
            <ChangeError
                change
                fields=&["name", "settings.cpu_ms", "settings.wall_ms", "settings.memory_mb", "settings.allowed_hosts"]
            />
            <Reload change reload />
            <div>
                <Button variant=Variant::Primary kind="submit" busy=change.busy()>
                    "Save settings"
                </Button>
            </div>
        </form>
    }
    .into_any()
}

/// A form that was left before it was saved.
struct Kept {
    /// What is in the fields.
    fields: [String; 7],
    /// What they were filled with.
    saved: [String; 7],
    /// The same as the server knows it: name, settings, order.
    filled: (String, HookSettings, u32),
    /// When the hook was changed, as far as the form has seen it: epoch milliseconds.
    seen: i64,
}

/// The policies, the default spelled out: it depends on the handler's name.
fn policies(bench: Workbench, trigger: Trigger) -> Signal<Vec<Choice>> {
    Signal::derive(move || {
        let handler = bench.check.with(|check| check.as_ref().and_then(|check| check.handler.clone()));
        let alias =
            handler.as_ref().and_then(|name| trigger.spec().aliases.iter().find(|alias| alias.name == *name));
        let policy = alias.map_or_else(|| trigger.default_on_error(), |alias| alias.on_error);
        let means = words(policy);
        let default = match alias {
            Some(alias) => format!("Default of {}: {means}", alias.name),
            None => format!("Default: {means}"),
        };
        vec![
            Choice::new("", default),
            Choice::new(OnError::Continue.as_str(), "Log and continue"),
            Choice::new(OnError::Deny.as_str(), "Refuse the request"),
        ]
    })
}

fn words(policy: OnError) -> &'static str {
    match policy {
        OnError::Continue => "log and continue",
        OnError::Deny => "refuse the request",
    }
}

fn places(bench: Workbench, trigger: Trigger) -> Vec<Choice> {
    let own = bench.hook.with(|hook| hook.order);
    let others = bench.current.hooks().into_iter().filter(|hook| hook.trigger == trigger).count();
    let count = u32::try_from(others).unwrap_or(1).max(own + 1);
    (0..count).map(|place| Choice::new(place.to_string(), format!("{} of {count}", place + 1))).collect()
}
