//! The table of triggers: every moment at which a project's code can run.

use super::methods::{self, Method};
use super::payloads as p;
#[cfg(not(target_arch = "wasm32"))]
use super::payloads::Sample;
use crate::record::RecordSpec;

/// When a trigger fires, relative to what it is about. The phase decides what a hook may do (row K1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Before anything is known to be possible: may refuse.
    Validate,
    /// Right before the change: may refuse, and may change what is written.
    Before,
    /// After the user has proved who it is and before tokens: may refuse and add to them.
    Interactive,
    /// After the change is committed: cannot refuse; errors are logged.
    After,
    /// Delivers a message in place of the project's mail provider.
    Send,
}

impl Phase {
    /// The word on the console's pills.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Validate => "validate",
            Self::Before => "before",
            Self::Interactive => "post-login",
            Self::After => "after",
            Self::Send => "send",
        }
    }

    /// Whether the outcome of the request waits for these hooks and can be changed by them.
    pub const fn blocking(self) -> bool {
        matches!(self, Self::Validate | Self::Before | Self::Interactive)
    }
}

crate::words! {
    /// What happens when a hook throws, or breaks a limit.
    pub enum OnError {
        /// The failure is logged and the flow goes on as if the hook had not run.
        Continue = "continue",
        /// The failure refuses the request.
        Deny = "deny",
    }

    /// The kinds of hook that can be attached to a trigger.
    pub enum HookKind {
        /// TypeScript or JavaScript in the sandbox.
        Code = "code",
        /// An HTTP call.
        Webhook = "webhook",
        /// A form shown to the user.
        Form = "form",
        /// A page shown to the user.
        Page = "page",
        /// A ready-made hook with settings.
        Template = "template",
    }
}

/// How a handler is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Convention {
    /// `(event, api)`.
    EventApi,
    /// One object: `({ context, payload, Aerocall, event, api })`. A throw refuses, where the trigger can be refused.
    Bag,
    /// Positional arguments, each a dotted path into the event.
    Positional(&'static [&'static str]),
}

/// One name of a trigger's handler.
#[derive(Debug, Clone, Copy)]
pub struct Alias {
    /// The exported function's name.
    pub name: &'static str,
    /// How it is called.
    pub convention: Convention,
    /// What a throw means, unless the hook's own setting says otherwise (row K2).
    pub on_error: OnError,
}

const fn event_api(name: &'static str, on_error: OnError) -> Alias {
    Alias { name, convention: Convention::EventApi, on_error }
}
const fn bag(name: &'static str, on_error: OnError) -> Alias {
    Alias { name, convention: Convention::Bag, on_error }
}
const fn positional(name: &'static str, paths: &'static [&'static str]) -> Alias {
    Alias { name, convention: Convention::Positional(paths), on_error: OnError::Continue }
}

/// Everything the product knows about a trigger.
pub struct TriggerSpec {
    /// Canonical id, as the management API writes it.
    pub id: &'static str,
    /// Stem of its TypeScript type names.
    pub stem: &'static str,
    /// Short title.
    pub title: &'static str,
    /// One sentence: when it fires and what a hook can do.
    pub summary: &'static str,
    /// When it fires.
    pub phase: Phase,
    /// Handler names that are accepted, the preferred one first.
    pub aliases: &'static [Alias],
    /// Ids that are accepted beside the canonical one.
    pub other_ids: &'static [&'static str],
    /// Kinds of hook that may attach.
    pub kinds: &'static [HookKind],
    /// Methods of `api` beside the common ones.
    pub api: &'static [&'static Method],
    /// The event's shape.
    pub event: &'static RecordSpec,
    /// An example event.
    #[cfg(not(target_arch = "wasm32"))]
    pub sample: fn() -> serde_json::Value,
    /// Whether the server fires it; the console shows only those that are fired.
    pub wired: bool,
}

/// A payload that belongs to exactly one trigger or family, so that a wrong payload does not compile.
pub trait Payload: serde::Serialize + crate::record::Describe {}

/// The marker that ties a trigger to its payload at compile time.
pub trait Fires {
    /// What the hooks receive.
    type Payload: Payload;
    /// The trigger.
    const TRIGGER: Trigger;
}

macro_rules! triggers {
    ($($variant:ident($payload:ident) = $id:literal, $phase:ident, $wired:literal, $title:literal,
        [$($alias:expr),* $(,)?], [$($other:literal),*], [$($kind:ident),*], [$($method:expr),*],
        $summary:literal;)+) => {
        crate::words! {
            /// A trigger of the catalogue.
            pub enum Trigger { $(#[doc = $summary] $variant = $id,)+ }
        }

        impl Trigger {
            /// What the catalogue says of it.
            pub fn spec(self) -> &'static TriggerSpec {
                match self {
                    $(Self::$variant => {
                        const SPEC: &TriggerSpec = &TriggerSpec {
                            id: $id,
                            stem: stringify!($variant),
                            title: $title,
                            summary: $summary,
                            phase: Phase::$phase,
                            aliases: &[$($alias),*],
                            other_ids: &[$($other),*],
                            kinds: &[$(HookKind::$kind),*],
                            api: &[$($method),*],
                            event: p::$payload::SPEC,
                            #[cfg(not(target_arch = "wasm32"))]
                            sample: || serde_json::to_value(p::$payload::sample()).unwrap_or_default(),
                            wired: $wired,
                        };
                        SPEC
                    })+
                }
            }
        }

        /// One type per trigger, for dispatch.
        pub mod fires {
            use super::{Fires, Trigger, p};
            $(
                #[doc = $summary]
                pub struct $variant;
                impl Fires for $variant {
                    type Payload = p::$payload;
                    const TRIGGER: Trigger = Trigger::$variant;
                }
            )+
        }
    };
}

macro_rules! payloads { ($($name:ident),+ $(,)?) => { $(impl Payload for p::$name {})+ }; }
payloads!(
    ValidateRegistrationUsernameEvent,
    PreUserRegistrationEvent,
    PostUserRegistrationEvent,
    PreUserLoginEvent,
    PostUserLoginEvent,
    CredentialsExchangeEvent,
    UserEvent,
    LogoutEvent,
    SendEmailEvent,
    PreUserUpdateEvent,
    UserDeletionEvent,
    OAuthEvent,
    RecordEvent,
    EntityEvent,
    WebhookInvocationEvent,
    QueueMessageEvent,
);

use OnError::{Continue, Deny};
use methods as m;

triggers! {
    ValidateRegistrationUsername(ValidateRegistrationUsernameEvent) = "validate-registration-username", Validate, true,
        "Validate sign-up address",
        [event_api("onExecuteValidateRegistrationUsername", Deny), bag("validateRegistrationUsername", Deny)],
        [], [Code, Webhook], [m::DENY, m::ACCESS_DENY],
        "Runs first, with only an address: decides whether it may sign up.";
    PreUserRegistration(PreUserRegistrationEvent) = "pre-user-registration", Before, true,
        "Before sign-up",
        [event_api("onExecutePreUserRegistration", Continue), bag("beforeSignup", Deny),
         event_api("preUserRegistrationHook", Deny)],
        ["before-signup"], [Code, Webhook],
        [m::DENY, m::ACCESS_DENY, m::VALIDATION_ERROR, m::USER_METADATA, m::APP_METADATA],
        "Runs right before a user is created: can refuse, and can set metadata.";
    PostUserRegistration(PostUserRegistrationEvent) = "post-user-registration", After, true,
        "After sign-up",
        [event_api("onExecutePostUserRegistration", Continue), bag("afterSignup", Continue),
         positional("after_register", &["user"]), positional("afterRegister", &["user"])],
        ["after-signup", "after-register"], [Code, Webhook, Template], [],
        "Runs after a user has been created: welcome mail, default resources, analytics. Cannot refuse.";
    PreUserLogin(PreUserLoginEvent) = "pre-user-login", Before, true,
        "Before login",
        [event_api("onExecutePreLogin", Continue), bag("beforeLogin", Deny)],
        ["before-login"], [Code], [m::DENY, m::ACCESS_DENY],
        "Runs before the password is checked: can refuse.";
    PostUserLogin(PostUserLoginEvent) = "post-user-login", Interactive, true,
        "Post-login",
        [event_api("onExecutePostLogin", Continue)],
        ["post-login"], [Code, Webhook, Form, Page, Template],
        [m::ACCESS_DENY_REASON, m::ACCESS_TOKEN_CLAIM, m::USER_METADATA, m::APP_METADATA],
        "Runs after the password has been checked and before tokens are issued: can refuse, add claims and set metadata.";
    CredentialsExchange(CredentialsExchangeEvent) = "credentials-exchange", Interactive, true,
        "Credentials exchange",
        [event_api("onExecuteCredentialsExchange", Continue)],
        [], [Code, Template], [m::ACCESS_DENY, m::ACCESS_TOKEN_CLAIM],
        "Runs whenever tokens are about to be issued, at login and at refresh: can refuse and add claims.";
    AfterLogin(UserEvent) = "after-login", After, true,
        "After login",
        [bag("afterLogin", Continue), positional("after_login", &["user"])],
        [], [Code], [],
        "Runs after a login with a password has been completed. Cannot refuse.";
    AfterLogout(LogoutEvent) = "after-logout", After, true,
        "After logout",
        [bag("onLogout", Continue), positional("after_logout", &["user_id"]), positional("afterLogout", &["user_id"])],
        [], [Code], [],
        "Runs after the access token has been revoked. Cannot refuse.";
    AfterPasswordChange(UserEvent) = "after-password-change", After, true,
        "After password change",
        [event_api("onExecutePostChangePassword", Continue), positional("after_password_change", &["user"]),
         positional("afterPasswordChange", &["user"])],
        ["post-change-password"], [Code], [],
        "Runs after a user has changed the password. Cannot refuse.";
    PasswordResetRequested(UserEvent) = "password-reset-requested", After, true,
        "Password reset requested",
        [bag("onPasswordResetRequested", Continue), positional("after_password_reset_request", &["user"]),
         positional("afterPasswordResetRequest", &["user"])],
        [], [Code], [],
        "Runs after a password reset has been asked for. Cannot refuse.";
    AfterPasswordReset(UserEvent) = "after-password-reset", After, true,
        "After password reset",
        [bag("onPasswordReset", Continue), positional("after_password_reset", &["user"]),
         positional("afterPasswordReset", &["user"])],
        [], [Code], [],
        "Runs after a password has been reset with a one-time token. Cannot refuse.";
    EmailVerificationRequested(UserEvent) = "email-verification-requested", After, true,
        "E-mail verification requested",
        [bag("onEmailVerificationRequested", Continue), positional("after_email_verify_request", &["user"]),
         positional("afterEmailVerifyRequest", &["user"])],
        [], [Code], [],
        "Runs after an e-mail verification has been asked for. Cannot refuse.";
    AfterEmailVerify(UserEvent) = "after-email-verify", After, true,
        "After e-mail verification",
        [bag("onEmailVerified", Continue), positional("after_email_verify", &["user"]),
         positional("afterEmailVerify", &["user"])],
        [], [Code], [],
        "Runs after an address has been verified. Cannot refuse.";
    SendVerificationEmail(SendEmailEvent) = "send-verification-email", Send, true,
        "Send verification e-mail",
        [positional("send_verification_email", &["email", "token"]),
         positional("sendVerificationEmail", &["email", "token"])],
        [], [Code], [],
        "Delivers the verification e-mail in place of the project's mail provider.";
    SendPasswordResetEmail(SendEmailEvent) = "send-password-reset-email", Send, true,
        "Send password reset e-mail",
        [positional("send_password_reset_email", &["email", "token"]),
         positional("sendPasswordResetEmail", &["email", "token"])],
        [], [Code], [],
        "Delivers the password reset e-mail in place of the project's mail provider.";

    PreUserUpdate(PreUserUpdateEvent) = "pre-user-update", Before, false,
        "Before user update",
        [event_api("onExecutePreUserUpdate", Deny)],
        [], [Code], [m::CANCEL, m::USER_METADATA],
        "Runs before a user is changed: can refuse, and can set metadata.";
    PostUserUpdate(UserEvent) = "post-user-update", After, false,
        "After user update",
        [event_api("onExecutePostUserUpdate", Continue)],
        [], [Code, Webhook, Template], [],
        "Runs after a user has been changed. Cannot refuse.";
    PreUserDeletion(UserDeletionEvent) = "pre-user-deletion", Before, false,
        "Before user deletion",
        [event_api("onExecutePreUserDeletion", Deny)],
        [], [Code, Webhook], [m::CANCEL],
        "Runs before a user is deleted: can refuse.";
    PostUserDeletion(UserDeletionEvent) = "post-user-deletion", After, false,
        "After user deletion",
        [event_api("onExecutePostUserDeletion", Continue)],
        [], [Code, Webhook], [],
        "Runs after a user has been deleted. Cannot refuse.";
    AfterOAuthLogin(OAuthEvent) = "after-oauth-login", After, false,
        "After OAuth login",
        [positional("after_oauth_login", &["user", "provider", "is_new_user"]),
         positional("afterOAuthLogin", &["user", "provider", "is_new_user"])],
        [], [Code], [],
        "Runs after a login through a provider has succeeded. Cannot refuse.";
    AfterOAuthRegister(OAuthEvent) = "after-oauth-register", After, false,
        "After OAuth sign-up",
        [positional("after_oauth_register", &["user", "user_info"]),
         positional("afterOAuthRegister", &["user", "user_info"])],
        [], [Code], [],
        "Runs after a user has been created through a provider. Cannot refuse.";
    OnRecordCreate(RecordEvent) = "on-record-create", After, false,
        "Record created",
        [positional("on_record_create", &[""]), positional("onRecordCreate", &[""])],
        [], [Code], [], "Runs after a record has been created.";
    OnRecordUpdate(RecordEvent) = "on-record-update", After, false,
        "Record updated",
        [positional("on_record_update", &[""]), positional("onRecordUpdate", &[""])],
        [], [Code], [], "Runs after a record has been changed.";
    OnRecordDelete(RecordEvent) = "on-record-delete", After, false,
        "Record deleted",
        [positional("on_record_delete", &[""]), positional("onRecordDelete", &[""])],
        [], [Code], [], "Runs after a record has been deleted.";
    OnAnyEvent(RecordEvent) = "on-any-event", After, false,
        "Any record event",
        [positional("on_any_event", &[""]), positional("onAnyEvent", &[""])],
        [], [Code], [], "Runs after any change of a record.";
    RoleBeforeCreate(EntityEvent) = "roles.before-create", Before, false, "Before a role is created",
        [positional("beforeCreate", &["context", "data"])], [], [Code], [], "Can change the data, or throw to stop.";
    RoleAfterCreate(EntityEvent) = "roles.after-create", After, false, "After a role has been created",
        [positional("afterCreate", &["context", "data"])], [], [Code], [], "For side effects.";
    RoleBeforeUpdate(EntityEvent) = "roles.before-update", Before, false, "Before a role is changed",
        [positional("beforeUpdate", &["context", "id", "data"])], [], [Code], [], "Can change the data, or throw to stop.";
    RoleAfterUpdate(EntityEvent) = "roles.after-update", After, false, "After a role has been changed",
        [positional("afterUpdate", &["context", "data"])], [], [Code], [], "For side effects.";
    RoleBeforeDelete(EntityEvent) = "roles.before-delete", Before, false, "Before a role is deleted",
        [positional("beforeDelete", &["context", "id"])], [], [Code], [], "Can throw to stop.";
    RoleAfterDelete(EntityEvent) = "roles.after-delete", After, false, "After a role has been deleted",
        [positional("afterDelete", &["context", "id"])], [], [Code], [], "For side effects.";
    ConnectionBeforeCreate(EntityEvent) = "connections.before-create", Before, false, "Before a connection is created",
        [positional("beforeCreate", &["context", "data"])], [], [Code], [], "Can change the data, or throw to stop.";
    ConnectionAfterCreate(EntityEvent) = "connections.after-create", After, false, "After a connection has been created",
        [positional("afterCreate", &["context", "data"])], [], [Code], [], "For side effects.";
    ConnectionBeforeUpdate(EntityEvent) = "connections.before-update", Before, false, "Before a connection is changed",
        [positional("beforeUpdate", &["context", "id", "data"])], [], [Code], [], "Can change the data, or throw to stop.";
    ConnectionAfterUpdate(EntityEvent) = "connections.after-update", After, false, "After a connection has been changed",
        [positional("afterUpdate", &["context", "data"])], [], [Code], [], "For side effects.";
    ConnectionBeforeDelete(EntityEvent) = "connections.before-delete", Before, false, "Before a connection is deleted",
        [positional("beforeDelete", &["context", "id"])], [], [Code], [], "Can throw to stop.";
    ConnectionAfterDelete(EntityEvent) = "connections.after-delete", After, false, "After a connection has been deleted",
        [positional("afterDelete", &["context", "id"])], [], [Code], [], "For side effects.";
    ResourceServerBeforeCreate(EntityEvent) = "resource-servers.before-create", Before, false,
        "Before a resource server is created",
        [positional("beforeCreate", &["context", "data"])], [], [Code], [], "Can change the data, or throw to stop.";
    ResourceServerAfterCreate(EntityEvent) = "resource-servers.after-create", After, false,
        "After a resource server has been created",
        [positional("afterCreate", &["context", "data"])], [], [Code], [], "For side effects.";
    ResourceServerBeforeUpdate(EntityEvent) = "resource-servers.before-update", Before, false,
        "Before a resource server is changed",
        [positional("beforeUpdate", &["context", "id", "data"])], [], [Code], [], "Can change the data, or throw to stop.";
    ResourceServerAfterUpdate(EntityEvent) = "resource-servers.after-update", After, false,
        "After a resource server has been changed",
        [positional("afterUpdate", &["context", "data"])], [], [Code], [], "For side effects.";
    ResourceServerBeforeDelete(EntityEvent) = "resource-servers.before-delete", Before, false,
        "Before a resource server is deleted",
        [positional("beforeDelete", &["context", "id"])], [], [Code], [], "Can throw to stop.";
    ResourceServerAfterDelete(EntityEvent) = "resource-servers.after-delete", After, false,
        "After a resource server has been deleted",
        [positional("afterDelete", &["context", "id"])], [], [Code], [], "For side effects.";
    RolePermissionsBeforeAssign(EntityEvent) = "role-permissions.before-assign", Before, false,
        "Before permissions are assigned",
        [positional("beforeAssign", &["context", "id", "data"])], [], [Code], [], "Can change the list, or throw to stop.";
    RolePermissionsAfterAssign(EntityEvent) = "role-permissions.after-assign", After, false,
        "After permissions have been assigned",
        [positional("afterAssign", &["context", "id", "data"])], [], [Code], [], "For side effects.";
    RolePermissionsBeforeRemove(EntityEvent) = "role-permissions.before-remove", Before, false,
        "Before permissions are removed",
        [positional("beforeRemove", &["context", "id", "data"])], [], [Code], [], "Can change the list, or throw to stop.";
    RolePermissionsAfterRemove(EntityEvent) = "role-permissions.after-remove", After, false,
        "After permissions have been removed",
        [positional("afterRemove", &["context", "id", "data"])], [], [Code], [], "For side effects.";
    WebhookInvoker(WebhookInvocationEvent) = "webhook-invoker", Send, false,
        "Webhook invoker",
        [event_api("webhookInvoker", Continue)], [], [Code], [],
        "Replaces how the project's webhooks are called.";
    QueueMessage(QueueMessageEvent) = "queue-message", After, false,
        "Queue message",
        [bag("onMessage", Continue)], [], [Code], [],
        "Runs when a background job is due.";
}

impl Trigger {
    /// The triggers that the server fires.
    pub fn wired() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(|trigger| trigger.spec().wired)
    }

    /// Whether what a handler returns means something: changed data of an entity, the answer of a webhook. Everywhere
    /// else hooks act through `api`.
    pub fn takes_a_value(self) -> bool {
        let of_entity =
            self.spec().event.name == p::EntityEvent::SPEC.name && self.spec().phase == Phase::Before;
        of_entity || self == Self::WebhookInvoker
    }

    /// Finds a trigger by its id, another accepted id, or any of its handler names (row K15). Names that several
    /// triggers share (`beforeCreate`) find none.
    pub fn find(name: &str) -> Option<Self> {
        if let Some(by_id) =
            Self::ALL.iter().find(|t| t.as_str() == name || t.spec().other_ids.contains(&name))
        {
            return Some(*by_id);
        }
        let mut named = Self::ALL.iter().filter(|t| t.spec().aliases.iter().any(|a| a.name == name));
        match (named.next(), named.next()) {
            (Some(only), None) => Some(*only),
            _ => None,
        }
    }

    /// Picks the handler to call among a module's exported functions: the first alias that is there, else `default`.
    pub fn handler(self, exports: &[String]) -> Option<Handler> {
        let alias = self.spec().aliases.iter().find(|alias| exports.iter().any(|name| name == alias.name));
        match alias {
            Some(alias) => Some(Handler { name: alias.name, alias: Some(alias) }),
            None => exports
                .iter()
                .any(|name| name == "default")
                .then_some(Handler { name: "default", alias: None }),
        }
    }

    /// What a throw means when neither the hook's setting nor an alias decides.
    pub fn default_on_error(self) -> OnError {
        self.spec().aliases.first().map_or(OnError::Continue, |alias| alias.on_error)
    }

    /// Name of the event's TypeScript type.
    pub fn event_type(self) -> String {
        format!("{}Event", self.spec().stem)
    }

    /// Name of the api's TypeScript type.
    pub fn api_type(self) -> String {
        format!("{}Api", self.spec().stem)
    }

    /// Every method of this trigger's `api`, the common ones included.
    pub fn api(self) -> impl Iterator<Item = &'static Method> {
        self.spec().api.iter().chain(methods::COMMON).copied()
    }
}

/// The exported function that serves a trigger.
#[derive(Debug, Clone, Copy)]
pub struct Handler {
    /// Its name.
    pub name: &'static str,
    /// The alias it was found by; none for a default export.
    pub alias: Option<&'static Alias>,
}
