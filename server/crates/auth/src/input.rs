//! Request bodies: read field by field into types that are known to be good. Unknown fields are ignored; an error
//! names the field.

use contract::{
    email::{self, Email, EmailError},
    error::{ErrorBody, ErrorCode},
    unicode,
};
use hooks::{MAX_NESTING, nesting};
use serde_json::{Map, Value};

use crate::{
    error::AuthError,
    opaque::MAX_TOKEN,
    password::{GivenPassword, MAX_PASSWORD, NewPassword},
};

/// Connection name of users with a password.
pub(crate) const CONNECTION: &str = "Username-Password-Authentication";

/// Characters of an address that are looked at: its normal form may be shorter.
const MAX_EMAIL: usize = 1_000;
/// Characters of an address from before there was a normal form.
const MAX_OLD_EMAIL: usize = 254;
/// Characters of a token that is only looked up.
const MAX_FOREIGN_TOKEN: usize = 16 * 1024;
/// Bytes of metadata that a user may bring along.
const MAX_METADATA: usize = 16 * 1024;

/// The address of a user that may exist. Users from before addresses had a normal form may have one that could not be
/// registered today, and are found by the spelling that they registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    typed: String,
    shown: String,
    folded: String,
}

impl Address {
    /// As it was typed: what users are looked up by.
    pub(crate) fn typed(&self) -> &str {
        &self.typed
    }

    /// As hooks see it: in normal form, if it has one.
    pub(crate) fn shown(&self) -> &str {
        &self.shown
    }

    /// As it is counted.
    pub(crate) fn folded(&self) -> &str {
        &self.folded
    }

    fn parse(typed: String) -> Result<Self, EmailError> {
        let shown = match Email::parse(&typed) {
            Ok(email) => email.into(),
            Err(error) => {
                let text = typed.trim();
                let parts =
                    text.rsplit_once('@').filter(|(name, domain)| !name.is_empty() && !domain.is_empty());
                let strange = |c: char| c.is_whitespace() || c.is_control() || "<>()\",:;[]\\".contains(c);
                match parts {
                    Some(_) if !text.contains(strange) && text.chars().count() <= MAX_OLD_EMAIL => {
                        text.to_owned()
                    }
                    _ => return Err(error),
                }
            }
        };
        Ok(Self { folded: email::fold(&typed), shown, typed })
    }
}

/// Refuses what is shorter than the project demands.
pub(crate) fn check_policy(password: &NewPassword, min_length: u32, field: &str) -> Result<(), AuthError> {
    if u32::try_from(password.characters()).unwrap_or(u32::MAX) >= min_length {
        return Ok(());
    }
    let message = format!("The password must have at least {min_length} characters.");
    Err(ErrorBody::new(ErrorCode::WeakPassword, message).field(field).into())
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

    /// The address of a new user, in `email`.
    pub(crate) fn email(&self) -> Result<Email, AuthError> {
        Email::parse(&self.text("email", MAX_EMAIL)?).map_err(not_an_address)
    }

    /// The address of a user that may exist, in `email`.
    pub(crate) fn address(&self) -> Result<Address, AuthError> {
        Address::parse(self.text("email", MAX_EMAIL)?).map_err(not_an_address)
    }

    /// A text as [`Fields::optional_text`], not of blanks alone and without invisible characters.
    pub(crate) fn optional_name(&self, name: &str, max: usize) -> Result<Option<String>, AuthError> {
        match self.optional_text(name, max)? {
            Some(text) if text.trim().is_empty() => Err(invalid(name, "is blank")),
            Some(text) if text.contains(|c: char| c.is_control() || unicode::is_invisible(c)) => {
                Err(invalid(name, "contains an invisible character"))
            }
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

    /// A password to be checked.
    pub(crate) fn password(&self, name: &str) -> Result<GivenPassword, AuthError> {
        self.text(name, MAX_PASSWORD).map(|text| GivenPassword::new(&text))
    }

    /// A password to be set, as the project demands it.
    pub(crate) fn new_password(&self, name: &str, min_length: u32) -> Result<NewPassword, AuthError> {
        let text = self.text(name, MAX_PASSWORD)?;
        let password = NewPassword::parse(&text).map_err(|error| invalid(name, &error.to_string()))?;
        check_policy(&password, min_length, name)?;
        Ok(password)
    }

    /// A token that this server made.
    pub(crate) fn token(&self, name: &str) -> Result<String, AuthError> {
        self.text(name, MAX_TOKEN)
    }

    /// A token that may be missing, and that may be one of another server: those are longer.
    pub(crate) fn optional_token(&self, name: &str) -> Result<Option<String>, AuthError> {
        self.optional_text(name, MAX_FOREIGN_TOKEN)
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

fn not_an_address(error: EmailError) -> AuthError {
    invalid("email", &format!("is not an e-mail address: {error}"))
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
    fn an_address_of_old_is_looked_up_as_it_was_typed() {
        let parse = |text: &str| Address::parse(text.to_owned());
        let good = parse(" Dana@BÜCHER.example ").unwrap();
        assert_eq!(good.shown(), "Dana@xn--bcher-kva.example");
        assert_eq!(good.folded(), "dana@xn--bcher-kva.example");
        let old = parse("Da..na@example.com").unwrap();
        assert_eq!((old.shown(), old.folded()), ("Da..na@example.com", "da..na@example.com"));
        for bad in
            ["", "dana", "@example.com", "dana@", "a b@example.com", "<dana@example.com>", "\"a\"@x.example"]
        {
            assert!(parse(bad).is_err(), "{bad}");
        }
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
        for weak in ["short", "e\u{301}e\u{301}e\u{301}e\u{301}"] {
            let refused = fields(json!({"password": weak})).new_password("password", 8);
            assert_eq!(fault(refused), (ErrorCode::WeakPassword, Some("password".to_owned())));
        }
        let control = fields(json!({"password": "twelve\tchars"})).new_password("password", 8);
        assert_eq!(fault(control), (ErrorCode::InvalidField, Some("password".to_owned())));
        let given = fields(json!({"password": "short"})).password("password").unwrap();
        assert!(!format!("{given:?}").contains("short"));
    }
}
