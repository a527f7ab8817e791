//! A user of the store, as hooks and the API see it.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat};
use contract::{
    catalogue::payloads::{Identity, User},
    ids::Id as _,
};
use serde_json::Value;

/// RFC 3339 in UTC with milliseconds.
pub fn rfc3339(milliseconds: i64) -> String {
    DateTime::from_timestamp_millis(milliseconds)
        .unwrap_or_default()
        .to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn metadata(value: &Value) -> BTreeMap<String, Value> {
    value
        .as_object()
        .map(|fields| fields.iter().map(|(k, v)| (k.clone(), v.clone())).collect())
        .unwrap_or_default()
}

/// A user without anything secret.
pub fn user_payload(row: &store::users::User) -> User {
    User {
        user_id: row.id.as_str().to_owned(),
        email: row.email.clone(),
        email_verified: row.email_verified,
        username: row.username.clone(),
        phone_number: row.phone.clone(),
        name: row.name.clone(),
        given_name: row.given_name.clone(),
        family_name: row.family_name.clone(),
        nickname: row.nickname.clone(),
        picture: row.picture.clone(),
        created_at: rfc3339(row.created_at),
        updated_at: rfc3339(row.updated_at),
        last_password_reset: row.last_password_reset.map(rfc3339),
        last_login: row.last_login.map(rfc3339),
        last_ip: row.last_ip.clone(),
        login_count: row.login_count,
        user_metadata: metadata(&row.user_metadata),
        app_metadata: metadata(&row.app_metadata),
        identities: vec![Identity {
            connection: "Username-Password-Authentication".into(),
            provider: "auth0".into(),
            user_id: row.id.as_str().to_owned(),
            is_social: false,
        }],
    }
}
