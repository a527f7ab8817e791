//! `HOOKWRIGHT_*` variables, as an overlay of the settings file.

use toml::Value;

use super::ConfigError;

const PREFIX: &str = "HOOKWRIGHT_";

/// Variables that are not settings of the running server: where the settings are, and what builds and tests use.
const OTHERS: &[&str] = &["CONFIG", "ARTIFACTS", "REQUIRE_POSTGRES", "PASSWORD"];

/// What follows the prefix, and the setting that it is.
const SETTINGS: &[(&str, &str)] = &[
    ("DATA_DIR", "data_dir"),
    ("SECRET_KEY", "secret_key"),
    ("LISTEN", "server.listen"),
    ("BASE_URL", "server.base_url"),
    ("TRUSTED_PROXIES", "server.trusted_proxies"),
    ("CORS_ORIGINS", "server.cors_origins"),
    ("REQUEST_TIMEOUT_SECONDS", "server.request_timeout_seconds"),
    ("MAX_CONCURRENT_REQUESTS", "server.max_concurrent_requests"),
    ("MAX_CONNECTIONS", "server.max_connections"),
    ("MAX_CONNECTIONS_PER_ADDRESS", "server.max_connections_per_address"),
    ("HEAD_TIMEOUT_SECONDS", "server.head_timeout_seconds"),
    ("IDLE_TIMEOUT_SECONDS", "server.idle_timeout_seconds"),
    ("SHUTDOWN_SECONDS", "server.shutdown_seconds"),
    ("DATABASE_URL", "database.url"),
    ("DATABASE_MAX_CONNECTIONS", "database.max_connections"),
    ("DATABASE_ACQUIRE_TIMEOUT_MS", "database.acquire_timeout_ms"),
    ("ADMIN_EMAIL", "admin.email"),
    ("ADMIN_PASSWORD", "admin.password"),
    ("AUTH_ARGON2_MEMORY_KIB", "auth.argon2_memory_kib"),
    ("AUTH_ARGON2_ITERATIONS", "auth.argon2_iterations"),
    ("AUTH_ARGON2_PARALLELISM", "auth.argon2_parallelism"),
    ("AUTH_HASH_THREADS", "auth.hash_threads"),
    ("ALLOW_PRIVATE_ADDRESSES", "hooks.allow_private_addresses"),
    ("HOOKS_SLOTS", "hooks.slots"),
    ("HOOKS_INSTANCES", "hooks.instances"),
    ("HOOKS_SLOTS_PER_PROJECT", "hooks.slots_per_project"),
    ("HOOKS_QUEUE_TIMEOUT_MS", "hooks.queue_timeout_ms"),
    ("HOOKS_THREADS", "hooks.threads"),
    ("HOOKS_PAGE_SCAN", "hooks.page_scan"),
    ("HOOKS_WATCH_SECONDS", "hooks.watch_seconds"),
    ("SMTP_URL", "mail.smtp_url"),
    ("RETENTION_PRUNE_MINUTES", "retention.prune_minutes"),
    ("LOG", "log.filter"),
    ("LOG_FORMAT", "log.format"),
];

/// Lays the variables upon `values`, each read as the type that the setting has there.
pub(super) fn apply(
    values: &mut toml::Table,
    environment: impl IntoIterator<Item = (String, String)>,
) -> Result<(), ConfigError> {
    for (variable, text) in environment {
        let Some(name) = variable.strip_prefix(PREFIX) else { continue };
        if OTHERS.contains(&name) || name.starts_with("TEST_") {
            continue;
        }
        let Some((_, key)) = SETTINGS.iter().find(|(known, _)| *known == name) else {
            return Err(ConfigError::UnknownVariable { variable });
        };
        if let Some(slot) = slot(values, key) {
            *slot = read(slot, &variable, &text)?;
        }
    }
    Ok(())
}

fn slot<'a>(values: &'a mut toml::Table, key: &str) -> Option<&'a mut Value> {
    match key.split_once('.') {
        Some((table, key)) => values.get_mut(table)?.get_mut(key),
        None => values.get_mut(key),
    }
}

fn read(now: &Value, variable: &str, text: &str) -> Result<Value, ConfigError> {
    Ok(match now {
        Value::Integer(_) => Value::Integer(
            text.trim().parse().map_err(|_| ConfigError::value(variable, "must be a whole number"))?,
        ),
        Value::Boolean(_) => match text.trim() {
            "true" | "1" => Value::Boolean(true),
            "false" | "0" => Value::Boolean(false),
            _ => return Err(ConfigError::value(variable, "must be true or false")),
        },
        Value::Array(_) => {
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            Value::Array(parts.map(Value::from).collect())
        }
        _ => Value::String(text.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_variable_names_a_setting_and_is_documented() {
        let mut values: toml::Table = super::super::DEFAULTS.parse().expect("valid");
        for (name, key) in SETTINGS {
            assert!(slot(&mut values, key).is_some(), "{key} is not a setting");
            assert!(
                super::super::DEFAULTS.contains(&format!("# {PREFIX}{name}")),
                "{name} is not documented"
            );
        }
    }
}
