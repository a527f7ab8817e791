//! What hooks have instead of the modules that they cannot have. Missing globals are told by the guest.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// Modules that authors look for, and the way around.
#[derive(Default, Deserialize)]
struct Absent {
    modules: HashMap<String, String>,
}

static ABSENT: LazyLock<Absent> =
    LazyLock::new(|| serde_json::from_str(include_str!("../platform/absent.json")).unwrap_or_default());

/// Adds the way around to the message about a module that is missing.
pub fn advised(message: String) -> String {
    unknown(&message).unwrap_or(message)
}

fn unknown(message: &str) -> Option<String> {
    let (name, _) = message.strip_prefix("Cannot find module '")?.split_once('\'')?;
    let advice = ABSENT.modules.get(name.strip_prefix("node:").unwrap_or(name))?;
    Some(format!("Cannot find module '{name}': {advice}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_is_given_for_modules_that_are_known_to_be_missing() {
        let module = advised("Cannot find module 'node:fs': general".to_owned());
        assert!(module.contains("Aerocall.cache") && !module.contains("general"), "{module}");
        for message in ["mine is not defined", "Cannot find module 'left-pad': general"] {
            assert_eq!(advised(message.to_owned()), message);
        }
    }
}
