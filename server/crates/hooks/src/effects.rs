//! What hooks ask of the flow: read from the calls that a run recorded.

use std::collections::{BTreeMap, HashMap};

use contract::{
    catalogue::{
        methods::{Effect, Method},
        triggers::Trigger,
    },
    claims::RESERVED,
};
use script::Recorded;
use serde_json::{Value, value::RawValue};

/// Most bytes of a token's own claims together: tokens travel in headers, which servers and proxies limit.
const MAX_CLAIMS: usize = 4 << 10;
/// Most bytes of a user's metadata of either kind: it is part of every event and record about the user.
const MAX_METADATA: usize = 64 << 10;

/// What the hooks of a trigger asked for, in order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Effects {
    /// Writes to `user_metadata`; null removes.
    pub user_metadata: Vec<(String, Value)>,
    /// Writes to `app_metadata`; null removes.
    pub app_metadata: Vec<(String, Value)>,
    /// Claims for the access token.
    pub claims: Vec<(String, Value)>,
}

impl Effects {
    /// Applies the writes to `user_metadata`.
    pub fn apply_user(&self, metadata: &mut BTreeMap<String, Value>) {
        apply(&self.user_metadata, metadata);
    }

    /// Applies the writes to `app_metadata`.
    pub fn apply_app(&self, metadata: &mut BTreeMap<String, Value>) {
        apply(&self.app_metadata, metadata);
    }

    /// Adds what a later hook asked for.
    pub(crate) fn extend(&mut self, later: Self) {
        self.user_metadata.extend(later.user_metadata);
        self.app_metadata.extend(later.app_metadata);
        self.claims.extend(later.claims);
    }

    /// Shows the effects to the next hook of the trigger, in its event.
    pub(crate) fn show(&self, event: &mut Value) {
        for (writes, key) in [(&self.user_metadata, "user_metadata"), (&self.app_metadata, "app_metadata")] {
            if let Some(Value::Object(metadata)) = event.get_mut("user").and_then(|user| user.get_mut(key)) {
                for (name, value) in writes {
                    if value.is_null() {
                        metadata.remove(name);
                    } else {
                        metadata.insert(name.clone(), value.clone());
                    }
                }
            }
        }
        if let Some(Value::Object(claims)) =
            event.get_mut("accessToken").and_then(|t| t.get_mut("customClaims"))
        {
            claims.extend(self.claims.iter().cloned());
        }
    }
}

fn apply(writes: &[(String, Value)], metadata: &mut BTreeMap<String, Value>) {
    for (key, value) in writes {
        if value.is_null() {
            metadata.remove(key);
        } else {
            metadata.insert(key.clone(), value.clone());
        }
    }
}

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// The hook's own code.
    pub reason: String,
    /// What the user sees.
    pub message: String,
    /// The hook that refused.
    pub hook_name: String,
    /// What kind of refusal it is.
    pub kind: DenialKind,
}

/// Kinds of refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DenialKind {
    /// The hook refused, or failed where a failure refuses.
    Denied,
    /// It was `cancel()`, which answers HTTP 400.
    Cancelled,
    /// The hook could not be asked: the same request may succeed later (HTTP 503).
    Busy,
}

/// What one run asked for.
pub(crate) struct Read {
    pub(crate) effects: Effects,
    pub(crate) denial: Option<Denial>,
    /// What was ignored and why, for the run's log.
    pub(crate) notes: Vec<String>,
}

/// Reads the recorded calls of a run. `event` is what the hook received, `earlier` what the hooks before it asked for.
pub(crate) fn read(
    trigger: Trigger,
    hook_name: &str,
    calls: &[Recorded],
    event: &Value,
    earlier: &Effects,
) -> Read {
    let mut read = Read { effects: Effects::default(), denial: None, notes: Vec::new() };
    let mut user = Room::new(event.pointer("/user/user_metadata"), MAX_METADATA);
    let mut app = Room::new(event.pointer("/user/app_metadata"), MAX_METADATA);
    let mut claims = Room::new(event.pointer("/accessToken/customClaims"), MAX_CLAIMS);
    for (name, value) in &earlier.claims {
        claims.take(name, &value.to_string());
    }
    for call in calls {
        let Some(method) = trigger.api().find(|method| method.path == call.method) else { continue };
        let args: Vec<&RawValue> = call.args.parse().unwrap_or_default();
        match method.effect {
            Effect::UserMetadata | Effect::AppMetadata => {
                let Some((name, value)) = pair(&args) else { continue };
                let (room, writes, kind) = if method.effect == Effect::UserMetadata {
                    (&mut user, &mut read.effects.user_metadata, "user_metadata")
                } else {
                    (&mut app, &mut read.effects.app_metadata, "app_metadata")
                };
                if room.take(&name, value) {
                    writes.push((name, parsed(value)));
                } else {
                    read.notes.push(too_much(kind, &name, MAX_METADATA));
                }
            }
            Effect::AccessTokenClaim => match pair(&args) {
                Some((name, _)) if RESERVED.contains(&name.as_str()) => {
                    read.notes.push(format!("the claim `{name}` is reserved and was ignored"));
                }
                Some((name, value)) if claims.take(&name, value) => {
                    read.effects.claims.push((name, parsed(value)));
                }
                Some((name, _)) => read.notes.push(too_much("the token's claims", &name, MAX_CLAIMS)),
                None => {}
            },
            Effect::DenyReason | Effect::DenyCode | Effect::Cancel if read.denial.is_none() => {
                read.denial = Some(denial(method, hook_name, &args));
            }
            Effect::DenyReason | Effect::DenyCode | Effect::Cancel | Effect::None => {}
        }
    }
    read
}

fn too_much(what: &str, name: &str, most: usize) -> String {
    let name: String = name.chars().take(80).collect();
    format!("`{name}` was ignored: with it {what} would have more than {} KiB", most >> 10)
}

/// How much of a map with a bounded size is taken.
struct Room {
    sizes: HashMap<String, usize>,
    taken: usize,
    most: usize,
}

impl Room {
    /// Of a map that may have something in it already.
    fn new(map: Option<&Value>, most: usize) -> Self {
        let mut room = Self { sizes: HashMap::new(), taken: 0, most: usize::MAX };
        for (name, value) in map.and_then(Value::as_object).into_iter().flatten() {
            room.take(name, &value.to_string());
        }
        Self { most, ..room }
    }

    /// Takes what a field with this JSON text needs in place of what it had; false, and nothing taken, when that is too much. Removing a
    /// field and making it smaller are always possible.
    fn take(&mut self, name: &str, value: &str) -> bool {
        let size = if value == "null" { 0 } else { name.len() + value.len() + 4 };
        let before = self.sizes.get(name).copied().unwrap_or_default();
        let taken = self.taken - before + size;
        if size > before && taken > self.most {
            return false;
        }
        self.taken = taken;
        self.sizes.insert(name.to_owned(), size);
        true
    }
}

/// A name, and the text of the value that it gets.
fn pair<'a>(args: &[&'a RawValue]) -> Option<(String, &'a str)> {
    let name = serde_json::from_str(args.first()?.get()).ok()?;
    Some((name, args.get(1).map_or("null", |value| value.get())))
}

/// A value that is small enough to be kept.
fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

fn text(args: &[&RawValue], index: usize) -> Option<String> {
    match args.get(index)?.get() {
        "null" => None,
        text if text.starts_with('"') => {
            serde_json::from_str(text).ok().filter(|text: &String| !text.is_empty())
        }
        other => Some(other.to_owned()),
    }
}

fn denial(method: &Method, hook_name: &str, args: &[&RawValue]) -> Denial {
    let refused = || "This request was refused.".to_owned();
    let (reason, message) = match method.effect {
        Effect::DenyCode => {
            let code = text(args, 0).unwrap_or_else(|| "access_denied".into());
            let message = text(args, 1).unwrap_or_else(|| code.clone());
            (code, message)
        }
        Effect::Cancel => ("cancelled".into(), "This operation was cancelled.".into()),
        _ => ("access_denied".into(), text(args, 0).unwrap_or_else(refused)),
    };
    let kind = if method.effect == Effect::Cancel { DenialKind::Cancelled } else { DenialKind::Denied };
    Denial { reason, message, hook_name: hook_name.into(), kind }
}

#[cfg(test)]
mod tests {
    use script::Json;
    use serde_json::json;

    use super::*;

    fn read(trigger: Trigger, hook_name: &str, calls: &[Recorded]) -> Read {
        super::read(trigger, hook_name, calls, &json!({}), &Effects::default())
    }

    fn call(method: &str, args: Value) -> Recorded {
        Recorded { method: method.into(), args: Json::of(&args).unwrap(), line: None, column: None }
    }

    #[test]
    fn k9_each_way_to_refuse_is_one_verdict() {
        let trigger = Trigger::PreUserRegistration;
        let one = read(trigger, "h", &[call("access.deny", json!(["free_email", "Use a work email"]))])
            .denial
            .unwrap();
        assert_eq!((one.reason.as_str(), one.message.as_str()), ("free_email", "Use a work email"));
        let two = read(trigger, "h", &[call("deny", json!(["No"]))]).denial.unwrap();
        assert_eq!((two.reason.as_str(), two.message.as_str()), ("access_denied", "No"));
        let three = read(Trigger::PreUserDeletion, "h", &[call("cancel", json!([]))]).denial.unwrap();
        assert_eq!(three.kind, DenialKind::Cancelled);
        let post_login = read(Trigger::PostUserLogin, "h", &[call("access.deny", json!(["Not today"]))]);
        assert_eq!(post_login.denial.unwrap().message, "Not today");
    }

    #[test]
    fn reserved_claims_are_ignored_and_noted() {
        let calls = [
            call("accessToken.setCustomClaim", json!(["sub", "x"])),
            call("accessToken.setCustomClaim", json!(["plan", "pro"])),
        ];
        let read = read(Trigger::PostUserLogin, "h", &calls);
        assert_eq!(read.effects.claims, [("plan".to_owned(), json!("pro"))]);
        assert_eq!(read.notes.len(), 1);
    }

    #[test]
    fn k3_metadata_writes_go_below_user_metadata() {
        let effects =
            read(Trigger::PreUserRegistration, "h", &[call("user.setUserMetadata", json!(["email", "x"]))])
                .effects;
        let mut metadata = BTreeMap::new();
        effects.apply_user(&mut metadata);
        assert_eq!(metadata, BTreeMap::from([("email".to_owned(), json!("x"))]));
    }

    #[test]
    fn what_would_grow_too_large_is_ignored_and_noted() {
        let long = |bytes| "x".repeat(bytes);
        let event = json!({"user": {"app_metadata": {"old": long(60 << 10)}}});
        let calls = [
            call("accessToken.setCustomClaim", json!(["a", long(3000)])),
            call("accessToken.setCustomClaim", json!(["b", long(3000)])),
            call("accessToken.setCustomClaim", json!(["c", 1])),
            call("user.setAppMetadata", json!(["new", long(5 << 10)])),
            call("user.setAppMetadata", json!(["old", null])),
            call("user.setAppMetadata", json!(["new", 1])),
        ];
        let earlier = Effects { claims: vec![("earlier".into(), json!(long(500)))], ..Effects::default() };
        let read = super::read(Trigger::PostUserLogin, "h", &calls, &event, &earlier);
        let names =
            |writes: &[(String, Value)]| writes.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&read.effects.claims), ["a", "c"]);
        assert_eq!(names(&read.effects.app_metadata), ["old", "new"]);
        assert_eq!(
            read.notes,
            [
                "`b` was ignored: with it the token's claims would have more than 4 KiB",
                "`new` was ignored: with it app_metadata would have more than 64 KiB",
            ]
        );
    }
}
