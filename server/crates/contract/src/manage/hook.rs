//! Hooks and their drafts.

use crate::{
    catalogue::triggers::{HookKind, OnError, Phase, Trigger},
    ids::HookId,
    record, words,
};

words! {
    /// The language of a hook's source.
    pub enum Language {
        /// TypeScript.
        TypeScript = "typescript",
        /// JavaScript.
        JavaScript = "javascript",
    }

    /// How a hook stands.
    pub enum HookState {
        /// Deployed and running.
        Enabled = "enabled",
        /// Deployed, but switched off.
        Disabled = "disabled",
        /// Never deployed.
        NotDeployed = "not_deployed",
    }
}

record! {
    /// A hook, with its draft.
    pub struct Hook {
        /// Id.
        pub id: HookId,
        /// Trigger id.
        pub trigger: Trigger,
        /// Kind.
        pub kind: HookKind,
        /// Name for people.
        pub name: String,
        /// How it stands.
        pub state: HookState,
        /// Whether it is switched on.
        pub enabled: bool,
        /// Place among the hooks of its trigger, from 0.
        pub order: u32,
        /// Settings.
        pub settings: HookSettings,
        /// What is being written.
        pub draft: Draft,
        /// Number of the live version.
        pub live_version: Option<u32>,
        /// Source of the live version.
        pub live_source: Option<String>,
        /// Number that the next version gets.
        pub next_version: u32,
        /// Whether the draft differs from what is live.
        pub draft_pending: bool,
        /// One sentence that says what the live version does (or the draft, before the first deployment).
        pub summary: String,
        /// Where the summary comes from: `code` or `ai`.
        pub summary_origin: String,
        /// When it was made, in milliseconds since 1970.
        pub created_at: i64,
        /// When it was last changed.
        pub updated_at: i64,
    }

    /// A draft: what is being written, never live.
    pub struct Draft {
        /// Source.
        pub source: String,
        /// Language of the source.
        pub language: Language,
        /// Grows with every save; send the one you started from.
        pub revision: i64,
        /// When it was last saved, in milliseconds since 1970.
        pub updated_at: i64,
        /// Who saved it.
        pub updated_by: String,
    }

    /// Settings of a hook; they go live at once.
    #[serde(deny_unknown_fields)]
    pub struct HookSettings {
        /// What happens when it throws; none: what the trigger and the handler's name say.
        pub on_error: Option<OnError>,
        /// CPU time, in milliseconds, 1 to 1000.
        pub cpu_ms: u32,
        /// Time from start to end, in milliseconds, 10 to 30000.
        pub wall_ms: u32,
        /// Memory, in MiB, 4 to 64.
        pub memory_mb: u32,
        /// Hosts it may call; empty: what the project allows.
        pub allowed_hosts: Vec<String>,
    }

    /// Makes a hook.
    #[derive(Default)]
    #[serde(deny_unknown_fields)]
    pub struct CreateHook {
        /// Trigger id, or any of its other names, such as `beforeSignup`.
        pub trigger: String,
        /// Name for people; the trigger's title when missing.
        pub name: Option<String>,
        /// Language; TypeScript when missing.
        pub language: Option<Language>,
        /// First draft; a starter with types when missing.
        pub source: Option<String>,
        /// Settings; the defaults when missing.
        pub settings: Option<HookSettings>,
    }

    /// Changes a hook; what is missing stays.
    #[derive(Default)]
    #[serde(deny_unknown_fields)]
    pub struct UpdateHook {
        /// Name for people.
        pub name: Option<String>,
        /// Whether it is switched on.
        pub enabled: Option<bool>,
        /// Settings.
        pub settings: Option<HookSettings>,
        /// Place among the hooks of its trigger, from 0.
        pub order: Option<u32>,
        /// The `updated_at` that the caller has seen: 409 `conflict` when the hook was changed since.
        pub updated_at: Option<i64>,
    }

    /// Saves a draft.
    #[serde(deny_unknown_fields)]
    pub struct SaveDraft {
        /// Source, up to 256 KiB.
        pub source: String,
        /// Language of the source; as it is when missing.
        pub language: Option<Language>,
        /// The revision that the text was made from.
        pub revision: i64,
    }

    /// What is wrong with a source.
    pub struct Problem {
        /// The message.
        pub message: String,
        /// Line, from 1.
        pub line: u32,
        /// Column, from 1.
        pub column: u32,
    }

    /// Whether a source compiles and what it exports.
    pub struct CheckResult {
        /// What is wrong; empty: it compiles.
        pub problems: Vec<Problem>,
        /// The exported function that would be called.
        pub handler: Option<String>,
        /// Secrets that the code reads and the project does not have.
        pub missing_secrets: Vec<String>,
        /// What to think about before it is deployed.
        pub warnings: Vec<String>,
    }

    /// A file of type declarations for the editor.
    pub struct TypeFile {
        /// File name.
        pub name: String,
        /// Content.
        pub text: String,
    }

    /// A ready hook to start from.
    pub struct Template {
        /// Id.
        pub id: String,
        /// Title.
        pub title: String,
        /// What it does.
        pub summary: String,
        /// Trigger id.
        pub trigger: Trigger,
        /// Source, TypeScript.
        pub source: String,
    }
}

impl Default for HookSettings {
    fn default() -> Self {
        Self { on_error: None, cpu_ms: 100, wall_ms: 5_000, memory_mb: 32, allowed_hosts: Vec::new() }
    }
}

impl crate::record::Describe for Phase {
    fn typescript() -> String {
        "string".into()
    }
    fn schema() -> serde_json::Value {
        serde_json::json!({"type": "string", "enum": ["validate", "before", "interactive", "after", "send"]})
    }
}
