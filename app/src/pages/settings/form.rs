//! The form of a project's settings.

use contract::manage::{Project, ProjectSettings, UpdateProject};
use leptos::ev;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::api;
use crate::components::arrival::not_yet;
use crate::components::button::{Button, Variant};
use crate::components::field::{Switch, TextArea, TextField};
use crate::components::panel::Panel;
use crate::components::toast::use_toasts;
use crate::pages::address;
use crate::pages::change::{Change, ChangeError, Reload};
use crate::pages::kept;
use crate::pages::layout::CurrentProject;

/// Fields that show their own sentence.
const FIELDS: &[&str] = &[
    "name",
    "environment",
    "custom_host",
    "settings.password_min_length",
    "settings.access_token_seconds",
    "settings.refresh_token_seconds",
    "settings.refresh_reuse_seconds",
    "settings.retention_days",
    "settings.mail_from",
    "settings.verify_email_url",
    "settings.reset_password_url",
    "settings.allowed_hosts",
];

/// Everything but what destroys.
#[component]
pub(super) fn SettingsForm(
    /// The project.
    project: Project,
    /// Reads it again, and builds the form anew.
    reload: Callback<()>,
) -> impl IntoView {
    let current = CurrentProject::current();
    let toasts = use_toasts();
    let change = Change::new();
    let wrong = RwSignal::new(None::<String>);
    let settings = project.settings;
    // What the fields were filled with.
    let before = StoredValue::new(settings.clone());
    let (old_name, old_environment, old_host) =
        (project.name.clone(), project.environment.clone(), project.custom_host.clone().unwrap_or_default());
    let old_names = StoredValue::new((old_name, old_environment, old_host));
    let seen = StoredValue::new(project.updated_at);

    let name = RwSignal::new(project.name);
    let environment = RwSignal::new(project.environment);
    let host = RwSignal::new(project.custom_host.unwrap_or_default());
    let signup = RwSignal::new(settings.signup_enabled);
    let verify = RwSignal::new(settings.verify_email_on_signup);
    let length = RwSignal::new(settings.password_min_length.to_string());
    let access = RwSignal::new(settings.access_token_seconds.to_string());
    let refresh = RwSignal::new(settings.refresh_token_seconds.to_string());
    let reuse = RwSignal::new(settings.reuse_seconds().to_string());
    let from = RwSignal::new(settings.mail_from);
    let verify_url = RwSignal::new(settings.verify_email_url);
    let reset_url = RwSignal::new(settings.reset_password_url);
    let hosts = RwSignal::new(settings.allowed_hosts.join("\n"));
    let days = RwSignal::new(settings.retention_days.to_string());

    let texts =
        [name, environment, host, length, access, refresh, reuse, from, verify_url, reset_url, hosts, days];
    let switches = [signup, verify];
    let read = move || (texts.map(|text| text.get()), switches.map(|switch| switch.get()));
    let saved = RwSignal::new(untrack(read));
    let key = key(&current.slug_now());
    if let Some(kept) = kept::take::<Kept>(&key) {
        texts.into_iter().zip(kept.now.0).for_each(|(text, typed)| text.set(typed));
        switches.into_iter().zip(kept.now.1).for_each(|(switch, on)| switch.set(on));
        saved.set(kept.saved);
        before.set_value(kept.before);
        old_names.set_value(kept.old_names);
        seen.set_value(kept.seen);
    }
    let reload = Callback::new(move |()| {
        // What was typed is given up: nothing is left to keep.
        saved.set(untrack(read));
        reload.run(());
    });
    let unsaved = move || saved.with(|saved| *saved != read());
    let back = {
        let (navigate, there) = (use_navigate(), address::page(&current.slug_now(), "settings"));
        move || navigate(&there, NavigateOptions::default())
    };
    kept::keep_when_left(
        key,
        move || untrack(unsaved),
        move || Kept {
            now: untrack(read),
            saved: saved.get_untracked(),
            before: before.get_value(),
            old_names: old_names.get_value(),
            seen: seen.get_value(),
        },
        (
            toasts,
            format!(
                "The settings of {} are not saved. They are kept in this window.",
                untrack(|| current.name())
            ),
            "Open the settings",
        ),
        back,
    );
    Effect::new(move || {
        let guard = window_event_listener(ev::beforeunload, move |event| {
            if untrack(unsaved) {
                event.prevent_default();
            }
        });
        on_cleanup(move || guard.remove());
    });

    let save = move || {
        let number = |signal: RwSignal<String>| signal.get_untracked().trim().parse::<u32>();
        let numbers = (number(length), number(access), number(refresh), number(reuse), number(days));
        let (
            Ok(password_min_length),
            Ok(access_token_seconds),
            Ok(refresh_token_seconds),
            Ok(refresh_reuse_seconds),
            Ok(retention_days),
        ) = numbers
        else {
            return wrong.set(Some("Lengths and times are whole numbers.".to_owned()));
        };
        wrong.set(None);
        let text = |signal: RwSignal<String>| signal.get_untracked().trim().to_owned();
        let typed = ProjectSettings {
            signup_enabled: signup.get_untracked(),
            verify_email_on_signup: verify.get_untracked(),
            password_min_length,
            access_token_seconds,
            refresh_token_seconds,
            refresh_reuse_seconds: Some(refresh_reuse_seconds),
            mail_from: text(from),
            verify_email_url: text(verify_url),
            reset_password_url: text(reset_url),
            allowed_hosts: hosts.get_untracked().split_whitespace().map(str::to_owned).collect(),
            bypass_hooks: before.with_value(|before| before.bypass_hooks),
            retention_days,
        };
        let names = (text(name), text(environment), text(host));
        let olds = old_names.get_value();
        let changed = |new: &String, old: &String| (new != old).then(|| new.clone());
        let mut update = UpdateProject {
            name: changed(&names.0, &olds.0),
            environment: changed(&names.1, &olds.1),
            custom_host: changed(&names.2, &olds.2),
            settings: None,
            // What the reader has seen; or, in what follows, what was seen to be compatible.
            updated_at: Some(seen.get_value()),
        };
        let slug = current.slug_now();
        let (old, new) = (before.get_value(), typed.clone());
        let sent = untrack(read);
        let work = async move {
            // Someone else may have saved other settings since the page was loaded; theirs stay. What both have
            // changed is refused by the server, which knows that it is newer than what was seen.
            let now = api::projects::get_project(slug.clone()).await?;
            let names_now = (now.name, now.environment, now.custom_host.unwrap_or_default());
            if let Some(settings) = overlay(new, &old, now.settings).filter(|_| names_now == olds) {
                update.settings = Some(settings);
                update.updated_at = Some(now.updated_at);
            }
            api::projects::update_project(slug, update).await
        };
        change.run(work, move |project| {
            before.set_value(typed);
            saved.set(sent);
            old_names.set_value(names);
            seen.set_value(project.updated_at);
            toasts.ok("Settings saved");
            current.reload();
        });
    };

    view! {
        <form
            on:submit=move |event| {
                event.prevent_default();
                save();
            }
        >
            <Panel title="Project" padded=true>
                <div class="form">
                    <TextField name="name" label="Name" value=name required=true error=change.about("name") />
                    <TextField name="environment" label="Environment" value=environment error=change.about("environment") />
                    <TextField
                        name="custom-host"
                        label="Custom host"
                        value=host
                        optional=true
                        mono=true
                        placeholder="auth.example.com"
                        hint="A host name that belongs to this project alone."
                        error=change.about("custom_host")
                    />
                </div>
            </Panel>
            <Panel title="Sign-up and passwords" padded=true>
                <div class="form">
                    <Switch name="signup" label="Anybody may sign up" value=signup />
                    <Switch name="verify" label="A new user gets a verification e-mail" value=verify />
                    <TextField
                        name="password-length"
                        label="Shortest password"
                        kind="number"
                        value=length
                        error=change.about("settings.password_min_length")
                    />
                </div>
            </Panel>
            <Panel title="Tokens" padded=true>
                <div class="form">
                    <div class="form__row">
                        <TextField
                            name="access-seconds"
                            label="Life of an access token, seconds"
                            kind="number"
                            value=access
                            error=change.about("settings.access_token_seconds")
                        />
                        <TextField
                            name="refresh-seconds"
                            label="Life of a refresh token, seconds"
                            kind="number"
                            value=refresh
                            error=change.about("settings.refresh_token_seconds")
                        />
                    </div>
                    <TextField
                        name="refresh-reuse"
                        label="Reuse of a refresh token, seconds"
                        kind="number"
                        value=reuse
                        hint="How long a used token still gets its answer. 0: a second use ends the session."
                        error=change.about("settings.refresh_reuse_seconds")
                    />
                </div>
            </Panel>
            <Panel title="E-mails" padded=true>
                <div class="form">
                    <TextField name="mail-from" label="Sender" value=from error=change.about("settings.mail_from") />
                    <TextField
                        name="verify-url"
                        label="Link in verification e-mails"
                        value=verify_url
                        optional=true
                        mono=true
                        hint="{token} is replaced. Empty: the e-mail carries the token alone."
                        error=change.about("settings.verify_email_url")
                    />
                    <TextField
                        name="reset-url"
                        label="Link in reset e-mails"
                        value=reset_url
                        optional=true
                        mono=true
                        hint="{token} is replaced. Empty: the e-mail carries the token alone."
                        error=change.about("settings.reset_password_url")
                    />
                </div>
            </Panel>
            <Panel title="Hooks and records" padded=true>
                <div class="form">
                    <TextArea
                        name="allowed-hosts"
                        label="Hosts that hooks may call"
                        value=hosts
                        rows=3
                        mono=true
                        optional=true
                        hint="One a line. Empty: any public host."
                        error=change.about("settings.allowed_hosts")
                    />
                    <TextField
                        name="retention"
                        label="Days for which runs and logs are kept"
                        kind="number"
                        value=days
                        error=change.about("settings.retention_days")
                    />
                </div>
            </Panel>
            {move || wrong.get().map(|text| view! { <p class="field__error" role="alert">{text}</p> })}
            <ChangeError change fields=FIELDS />
            <Reload change reload />
            <p class="form__end">
                <Button variant=Variant::Primary kind="submit" busy=change.busy() disabled=not_yet()>
                    "Save settings"
                </Button>
                <span class="form__note" hidden=move || !unsaved()>
                    "Changed, not saved yet."
                </span>
            </p>
        </form>
    }
    .into_any()
}

/// Under which a project's form is kept when it is left.
pub(super) fn key(slug: &str) -> String {
    format!("project/{slug}")
}

/// What is in the fields: texts and switches.
type Fields = ([String; 12], [bool; 2]);

/// A form that was left before it was saved.
struct Kept {
    now: Fields,
    saved: Fields,
    before: ProjectSettings,
    old_names: (String, String, String),
    seen: i64,
}

/// The settings as they are `now`, with what the reader has changed from `old` to `new`; none when somebody else has
/// changed the same to something else.
fn overlay(new: ProjectSettings, old: &ProjectSettings, now: ProjectSettings) -> Option<ProjectSettings> {
    fn pick<T: PartialEq>(new: T, old: &T, now: T) -> Option<T> {
        match new == *old {
            true => Some(now),
            false => (now == *old || now == new).then_some(new),
        }
    }
    Some(ProjectSettings {
        signup_enabled: pick(new.signup_enabled, &old.signup_enabled, now.signup_enabled)?,
        verify_email_on_signup: pick(
            new.verify_email_on_signup,
            &old.verify_email_on_signup,
            now.verify_email_on_signup,
        )?,
        password_min_length: pick(
            new.password_min_length,
            &old.password_min_length,
            now.password_min_length,
        )?,
        access_token_seconds: pick(
            new.access_token_seconds,
            &old.access_token_seconds,
            now.access_token_seconds,
        )?,
        refresh_token_seconds: pick(
            new.refresh_token_seconds,
            &old.refresh_token_seconds,
            now.refresh_token_seconds,
        )?,
        refresh_reuse_seconds: pick(
            new.refresh_reuse_seconds,
            &old.refresh_reuse_seconds,
            now.refresh_reuse_seconds,
        )?,
        mail_from: pick(new.mail_from, &old.mail_from, now.mail_from)?,
        verify_email_url: pick(new.verify_email_url, &old.verify_email_url, now.verify_email_url)?,
        reset_password_url: pick(new.reset_password_url, &old.reset_password_url, now.reset_password_url)?,
        allowed_hosts: pick(new.allowed_hosts, &old.allowed_hosts, now.allowed_hosts)?,
        bypass_hooks: now.bypass_hooks,
        retention_days: pick(new.retention_days, &old.retention_days, now.retention_days)?,
    })
}

#[cfg(test)]
mod tests {
    use contract::manage::ProjectSettings;

    use super::overlay;

    #[test]
    fn what_others_changed_stays_and_what_both_changed_is_a_conflict() {
        let old = ProjectSettings::default();
        let mine = ProjectSettings { retention_days: 7, ..old.clone() };
        let theirs = ProjectSettings { password_min_length: 12, bypass_hooks: true, ..old.clone() };
        let both = ProjectSettings { retention_days: 7, ..theirs.clone() };
        assert_eq!(overlay(mine.clone(), &old, theirs), Some(both));
        let same = ProjectSettings { retention_days: 9, ..old.clone() };
        assert_eq!(overlay(mine.clone(), &old, same), None);
        assert_eq!(overlay(mine.clone(), &old, mine.clone()), Some(mine));
    }
}
