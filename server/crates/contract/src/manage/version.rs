//! Versions and deployments.

use crate::{manage::Language, record, words};

words! {
    /// How a version stands.
    pub enum VersionState {
        /// It serves live traffic.
        Live = "live",
        /// It has served live traffic.
        Previous = "previous",
    }
}

record! {
    /// A version in the history. A version never changes.
    pub struct Version {
        /// Number, from 1.
        pub number: u32,
        /// What the author wrote of it.
        pub note: String,
        /// Who deployed it.
        pub author: String,
        /// When, in milliseconds since 1970.
        pub created_at: i64,
        /// How it stands.
        pub state: VersionState,
        /// The version whose content it repeats, for a rollback.
        pub restored_from: Option<u32>,
        /// SHA-256 of the source, hexadecimal.
        pub hash: String,
        /// Runs while it was live.
        pub runs: u64,
        /// Failed runs while it was live.
        pub errors: u64,
    }

    /// A version with its source.
    pub struct VersionSource {
        /// The version.
        pub version: Version,
        /// Its source.
        pub source: String,
        /// Language of the source.
        pub language: Language,
    }

    /// Deploys the draft.
    #[serde(deny_unknown_fields)]
    pub struct DeployRequest {
        /// What changes, for the history.
        pub note: Option<String>,
        /// The revision that was looked at; when given, a newer draft is refused with 409.
        pub revision: Option<i64>,
        /// Deploys even though the code reads secrets that the project does not have; it reads nothing in their place.
        pub allow_missing_secrets: Option<bool>,
    }

    /// Rolls back to a version.
    #[serde(deny_unknown_fields)]
    pub struct RollbackRequest {
        /// Why, for the history.
        pub note: Option<String>,
        /// Rolls back even though the code reads secrets that the project does not have any more: for an incident.
        pub allow_missing_secrets: Option<bool>,
    }

    /// Which versions to list.
    #[serde(deny_unknown_fields)]
    pub struct VersionFilter {
        /// Only versions below this number: the last one of the page before.
        pub before: Option<u32>,
        /// How many, 1 to 200; 50 when missing.
        pub limit: Option<u32>,
    }

    /// Makes a version's source the draft.
    #[serde(deny_unknown_fields)]
    pub struct RestoreRequest {
        /// The revision of the draft that was looked at; when given, a newer draft is refused with 409.
        pub revision: Option<i64>,
    }

    /// What a deployment or a rollback did.
    pub struct Deployed {
        /// The version that is live now.
        pub version: u32,
        /// The version that was live before.
        pub previous: Option<u32>,
        /// The version whose content it repeats, for a rollback.
        pub restored_from: Option<u32>,
        /// What to think about now that it is live.
        pub warnings: Vec<String>,
    }
}
