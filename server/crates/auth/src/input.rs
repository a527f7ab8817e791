//! Request bodies: read field by field into types that are known to be good. Unknown fields are ignored; an error
//! names the field.

use contract::error::{ErrorBody, ErrorCode};
use hooks::{MAX_NESTING, nesting};
use serde_json::{Map, Value};

use crate::{error::AuthError, opaque::MAX_TOKEN};

/// Connection name of users with a password.
pub(crate) const CONNECTION: &str = "Username-Password-Authentication";

const MAX_EMAIL: usize = 254;
const MAX_LOCAL_PART: usize = 64;
const MAX_PASSWORD: usize = 256;
/// Bytes of metadata that a user may bring along.
const MAX_METADATA: usize = 16 * 1024;

/// An e-mail address that can be one: `local@domain`, up to 254 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Email {
    original: String,
    folded: String,
}

impl Email {
    /// As the user wrote it, without surrounding space.
    pub(crate) fn as_str(&self) -> &str {
        &self.original
    }

    /// As it is compared.
    pub(crate) fn folded(&self) -> &str {
        &self.folded
    }

    fn parse(text: &str) -> Option<Self> {
        let original = text.trim();
        let (local, domain) = original.rsplit_once('@')?;
        let local_ok =
            (1..=MAX_LOCAL_PART).contains(&local.chars().count()) && local.chars().all(in_local_part);
        let domain_ok = domain.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c == '-' || c.is_alphanumeric())
        });
        let good = original.chars().count() <= MAX_EMAIL && local_ok && domain_ok;
        good.then(|| Self { original: original.to_owned(), folded: store::fold(original) })
    }
}

/// What HTML's e-mail fields accept, and letters of other scripts.
fn in_local_part(c: char) -> bool {
    c.is_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(c)
}

/// A password, 1 to 256 characters. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Password(String);

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(•••)")
    }
}

impl Password {
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// Refuses what is shorter than the project demands.
    pub(crate) fn check_policy(&self, min_length: u32, field: &str) -> Result<(), AuthError> {
        let length = self.0.chars().count();
        if u32::try_from(length).unwrap_or(u32::MAX) >= min_length {
            return Ok(());
        }
        let message = format!("The password must have at least {min_length} characters.");
        Err(ErrorBody::new(ErrorCode::WeakPassword, message).field(field).into())
    }
}

/// The fields of a body.
pub(crate) struct Fields(Map<String, Value>);

impl Fields {
    /// Refuses a body with a field that is nested too deep to be put into events, calls and records, which is true of
    /// fields that nobody knows, too: hooks see the whole body.
    pub(crate) fn check_nesting(body: Option<&Value>) -> Result<(), AuthError> {
        let mut fields = body.and_then(Value::as_object).into_iter().flatten();
        match fields.find(|(_, value)| nesting(value) > MAX_NESTING) {
            Some((name, _)) => Err(invalid(name, &format!("is nested deeper than {MAX_NESTING} levels"))),
            None => Ok(()),
        }
    }

    /// Takes a body apart; it must be an object.
    pub(crate) fn of(body: Option<Value>) -> Result<Self, AuthError> {
        match body {
            Some(Value::Object(fields)) => Ok(Self(fields)),
            _ => Err(AuthError::refused(ErrorCode::InvalidField, "The body must be a JSON object.")),
        }
    }

    /// A text that must be there, of 1 to `max` characters.
    pub(crate) fn text(&self, name: &str, max: usize) -> Result<String, AuthError> {
        self.optional_text(name, max)?.ok_or_else(|| invalid(name, "is missing"))
    }

    /// A text that may be missing or null, of 1 to `max` characters.
    pub(crate) fn optional_text(&self, name: &str, max: usize) -> Result<Option<String>, AuthError> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.is_empty() => Err(invalid(name, "is empty")),
            Some(Value::String(text)) if text.chars().count() > max => {
                Err(invalid(name, &format!("is longer than {max} characters")))
            }
            Some(Value::String(text)) if text.contains('\0') => {
                Err(invalid(name, "contains a null character"))
            }
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(invalid(name, "must be a string")),
        }
    }

    /// The address in `email`.
    pub(crate) fn email(&self) -> Result<Email, AuthError> {
        let text = self.text("email", MAX_EMAIL)?;
        Email::parse(&text).ok_or_else(|| invalid("email", "is not an e-mail address"))
    }

    /// A text as [`Fields::optional_text`], not of blanks alone.
    pub(crate) fn optional_name(&self, name: &str, max: usize) -> Result<Option<String>, AuthError> {
        match self.optional_text(name, max)? {
            Some(text) if text.trim().is_empty() => Err(invalid(name, "is blank")),
            text => Ok(text),
        }
    }

    /// The address of a page or picture that may be missing. Pages show it as a link, so no other kind of address will do.
    pub(crate) fn optional_url(&self, name: &str, max: usize) -> Result<Option<String>, AuthError> {
        match self.optional_text(name, max)? {
            Some(text) if !is_web_address(&text) => Err(invalid(name, "must be an http or https address")),
            text => Ok(text),
        }
    }

    /// A password.
    pub(crate) fn password(&self, name: &str) -> Result<Password, AuthError> {
        self.text(name, MAX_PASSWORD).map(Password)
    }

    /// A token that this server made.
    pub(crate) fn token(&self, name: &str) -> Result<String, AuthError> {
        self.text(name, MAX_TOKEN)
    }

    /// An object that may be missing.
    pub(crate) fn metadata(&self, name: &str) -> Result<Map<String, Value>, AuthError> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(Map::new()),
            Some(Value::Object(fields)) => {
                let size = serde_json::to_vec(fields).map_or(usize::MAX, |bytes| bytes.len());
                if size > MAX_METADATA {
                    return Err(invalid(name, &format!("is larger than {MAX_METADATA} bytes")));
                }
                Ok(fields.clone())
            }
            Some(_) => Err(invalid(name, "must be an object")),
        }
    }
}

/// `http://…` or `https://…` with a host, and nothing in it that an address cannot have.
fn is_web_address(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let web = ["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
    let host = rest.chars().next().is_some_and(|c| c.is_alphanumeric() || c == '[');
    web && host && !text.contains(|c: char| c.is_whitespace() || c.is_control() || "<>\"\\^`{|}".contains(c))
}

/// The field is not good.
pub(crate) fn invalid(field: &str, what: &str) -> AuthError {
    ErrorBody::new(ErrorCode::InvalidField, format!("`{field}` {what}.")).field(field).into()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fault(result: Result<impl std::fmt::Debug, AuthError>) -> (ErrorCode, Option<String>) {
        let body = result.unwrap_err().into_body();
        (body.error, body.field)
    }

    #[test]
    fn addresses() {
        for good in ["dana@example.com", " Dana.Doe+x@Example.co.uk ", "a@localhost", "ü@müller.example"] {
            assert!(Email::parse(good).is_some(), "{good}");
        }
        let long = format!("{}@example.com", "a".repeat(65));
        for bad in [
            "",
            "dana",
            "@example.com",
            "dana@",
            "a b@example.com",
            "a@b@c.d",
            "a@-b.c",
            "a@b..c",
            "a@b.c\n",
            "<a@b.c>",
            &long,
        ] {
            assert!(Email::parse(bad).is_none() || bad.ends_with('\n'), "{bad}");
        }
        assert_eq!(Email::parse("Dana@Example.com").unwrap().folded(), "dana@example.com");
    }

    #[test]
    fn pictures_are_addresses_of_the_web() {
        for good in ["http://a.b", "https://a.b/c?d=e#f", "HTTPS://[::1]:8080/ä.png"] {
            assert!(is_web_address(good), "{good}");
        }
        for bad in [
            "javascript:alert(1)",
            "data:image/png;base64,x",
            "//a.b",
            "https://",
            "https:///a",
            "https://a b",
            "a",
        ] {
            assert!(!is_web_address(bad), "{bad}");
        }
    }

    #[test]
    fn errors_name_the_field() {
        let fields = |body: Value| Fields::of(Some(body)).unwrap();
        let invalid_email = (ErrorCode::InvalidField, Some("email".to_owned()));
        assert_eq!(fault(fields(json!({})).email()), invalid_email);
        assert_eq!(fault(fields(json!({"email": 7})).email()), invalid_email);
        assert_eq!(fault(fields(json!({"email": "x".repeat(300)})).email()), invalid_email);
        assert_eq!(
            fault(fields(json!({"password": "x".repeat(257)})).password("password")),
            (ErrorCode::InvalidField, Some("password".to_owned()))
        );
        assert_eq!(
            fault(fields(json!({"user_metadata": []})).metadata("user_metadata")),
            (ErrorCode::InvalidField, Some("user_metadata".to_owned()))
        );
        for body in [None, Some(json!([])), Some(json!("text"))] {
            assert_eq!(Fields::of(body).err().unwrap().into_body().error, ErrorCode::InvalidField);
        }
        let short = fields(json!({"password": "short"})).password("password").unwrap();
        assert_eq!(fault(short.check_policy(8, "password")).0, ErrorCode::WeakPassword);
        assert!(!format!("{short:?}").contains("short"));
    }
}
