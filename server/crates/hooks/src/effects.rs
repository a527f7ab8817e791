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

use crate::nesting::{MAX_NESTING, nesting};

/// Most bytes of a token's own claims together: tokens travel in headers, which servers and proxies limit.
const MAX_CLAIMS: usize = 4 << 10;
/// Most bytes of a user's metadata of either kind: it is part of every event and record about the user.
const MAX_METADATA: usize = 64 << 10;
/// Most fields of either kind of metadata, or of the token's claims, that one run writes: removing a field has no bytes
/// that would count.
const MAX_FIELDS: usize = 200;
/// Most characters of the code of a refusal.
const MAX_CODE: usize = 200;
/// Most characters of what it says to the user, as of what is thrown.
const MAX_MESSAGE: usize = 8 << 10;
/// Writes of one run that are noted in its log because they were ignored.
const MAX_NOTES: usize = 20;

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
    pub(crate) notes: Vec<Note>,
}

/// One line of a run's log that the server adds.
pub(crate) struct Note {
    pub(crate) text: String,
    /// The line of the call that it is about.
    pub(crate) line: Option<u32>,
}

/// Reads the recorded calls of a run. `event` is what the hook received, `earlier` what the hooks before it asked for.
pub(crate) fn read(
    trigger: Trigger,
    hook_name: &str,
    calls: &[Recorded],
    event: &Value,
    earlier: &Effects,
) -> Read {
    let mut user = Writes::to("user_metadata", event.pointer("/user/user_metadata"), MAX_METADATA);
    let mut app = Writes::to("app_metadata", event.pointer("/user/app_metadata"), MAX_METADATA);
    let mut claims = Writes::to("the token's claims", event.pointer("/accessToken/customClaims"), MAX_CLAIMS);
    for (name, value) in &earlier.claims {
        claims.room.take(name, &value.to_string());
    }
    let mut denial = None;
    let mut notes = Notes::default();
    for call in calls {
        let Some(method) = trigger.api().find(|method| method.path == call.method) else { continue };
        let args: Vec<&RawValue> = call.args.parse().unwrap_or_default();
        let writes = match method.effect {
            Effect::UserMetadata => &mut user,
            Effect::AppMetadata => &mut app,
            Effect::AccessTokenClaim => &mut claims,
            Effect::DenyReason | Effect::DenyCode | Effect::Cancel => {
                denial.get_or_insert_with(|| self::denial(method, hook_name, &args));
                continue;
            }
            Effect::None => continue,
        };
        let Some((name, value)) = pair(&args) else { continue };
        if method.effect == Effect::AccessTokenClaim && RESERVED.contains(&name.as_str()) {
            notes.add(call.line, || format!("the claim `{name}` is reserved and was ignored"));
        } else if let Err(ignored) = writes.put(&name, value) {
            notes.add(call.line, || writes.why(ignored, &name));
        }
    }
    let effects = Effects { user_metadata: user.fields, app_metadata: app.fields, claims: claims.fields };
    Read { effects, denial, notes: notes.finish() }
}

/// What a run writes to one map.
struct Writes {
    /// What the map is called.
    kind: &'static str,
    room: Room,
    /// The last write to each field, in the order of the first.
    fields: Vec<(String, Value)>,
    /// Where each is.
    places: HashMap<String, usize>,
}

/// Why a write is ignored.
enum Ignored {
    Deep,
    Large,
    Many,
}

impl Writes {
    fn to(kind: &'static str, map: Option<&Value>, most: usize) -> Self {
        Self { kind, room: Room::new(map, most), fields: Vec::new(), places: HashMap::new() }
    }

    fn put(&mut self, name: &str, value: &str) -> Result<(), Ignored> {
        let place = self.places.get(name).copied();
        if place.is_none() && self.fields.len() >= MAX_FIELDS {
            return Err(Ignored::Many);
        }
        if !self.room.fits(name, value) {
            return Err(Ignored::Large);
        }
        let parsed = parsed(value);
        // With the map that it is put into.
        if 1 + nesting(&parsed) > MAX_NESTING {
            return Err(Ignored::Deep);
        }
        self.room.take(name, value);
        if let Some((_, written)) = place.and_then(|place| self.fields.get_mut(place)) {
            *written = parsed;
        } else {
            self.places.insert(name.to_owned(), self.fields.len());
            self.fields.push((name.to_owned(), parsed));
        }
        Ok(())
    }

    fn why(&self, ignored: Ignored, name: &str) -> String {
        let name: String = name.chars().take(80).collect();
        let kind = self.kind;
        match ignored {
            Ignored::Deep => {
                format!(
                    "`{name}` was ignored: with it {kind} would be nested deeper than {MAX_NESTING} levels"
                )
            }
            Ignored::Large => {
                let most = self.room.most >> 10;
                format!("`{name}` was ignored: with it {kind} would have more than {most} KiB")
            }
            Ignored::Many => format!(
                "`{name}` was ignored: a run writes at most {MAX_FIELDS} fields of {kind}; write one field that is an object instead"
            ),
        }
    }
}

/// What a run's log says about ignored writes.
#[derive(Default)]
struct Notes {
    notes: Vec<Note>,
    more: usize,
}

impl Notes {
    fn add(&mut self, line: Option<u32>, text: impl FnOnce() -> String) {
        if self.notes.len() < MAX_NOTES {
            self.notes.push(Note { text: text(), line });
        } else {
            self.more += 1;
        }
    }

    fn finish(mut self) -> Vec<Note> {
        if self.more > 0 {
            self.notes.push(Note { text: format!("{} more writes were ignored", self.more), line: None });
        }
        self.notes
    }
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
        let mut room = Self { sizes: HashMap::new(), taken: 0, most };
        for (name, value) in map.and_then(Value::as_object).into_iter().flatten() {
            room.take(name, &value.to_string());
        }
        room
    }

    /// What a field with this JSON text needs, and what it has now.
    fn needs(&self, name: &str, value: &str) -> (usize, usize) {
        let size = if value == "null" { 0 } else { name.len() + value.len() + 4 };
        (size, self.sizes.get(name).copied().unwrap_or_default())
    }

    /// Whether there is room for that in place of what it has. Removing a field and making it smaller are always possible.
    fn fits(&self, name: &str, value: &str) -> bool {
        let (size, before) = self.needs(name, value);
        size <= before || self.taken - before + size <= self.most
    }

    /// Takes it.
    fn take(&mut self, name: &str, value: &str) {
        let (size, before) = self.needs(name, value);
        self.taken = self.taken - before + size;
        self.sizes.insert(name.to_owned(), size);
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

/// At most so many characters of a text.
fn first(mut text: String, most: usize) -> String {
    if let Some((end, _)) = text.char_indices().nth(most) {
        text.truncate(text.floor_char_boundary(end.saturating_sub('…'.len_utf8())));
        text.push('…');
    }
    text
}

fn denial(method: &Method, hook_name: &str, args: &[&RawValue]) -> Denial {
    let refused = || "This request was refused.".to_owned();
    let (reason, message) = match method.effect {
        Effect::DenyCode => {
            let code = text(args, 0);
            let message = text(args, 1).or_else(|| code.clone()).unwrap_or_else(refused);
            (code.unwrap_or_else(|| "access_denied".into()), message)
        }
        Effect::Cancel => ("cancelled".into(), "This operation was cancelled.".into()),
        _ => ("access_denied".into(), text(args, 0).unwrap_or_else(refused)),
    };
    let (reason, message) = (first(reason, MAX_CODE), first(message, MAX_MESSAGE));
    let kind = if method.effect == Effect::Cancel { DenialKind::Cancelled } else { DenialKind::Denied };
    Denial { reason, message, hook_name: hook_name.into(), kind }
}

#[cfg(test)]
mod tests {
    use contract::catalogue::methods;
    use script::Json;
    use serde_json::json;

    use super::*;

    fn read(trigger: Trigger, hook_name: &str, calls: &[Recorded]) -> Read {
        super::read(trigger, hook_name, calls, &json!({}), &Effects::default())
    }

    fn texts(read: &Read) -> Vec<&str> {
        read.notes.iter().map(|note| note.text.as_str()).collect()
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
    fn code_and_message_of_a_refusal_have_a_bound() {
        let args = json!(["ü".repeat(100_000), "x".repeat(100_000)]);
        let denial = read(Trigger::PreUserRegistration, "h", &[call("access.deny", args)]).denial.unwrap();
        let (code, message) = (denial.reason.chars().count(), denial.message.chars().count());
        assert!(code <= MAX_CODE && message <= MAX_MESSAGE, "{code} {message}");
        assert!(denial.reason.starts_with("ü") && denial.reason.ends_with('…'));
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
    fn of_a_field_that_is_written_again_and_again_the_last_write_counts() {
        let calls: Vec<Recorded> = (0..3 * MAX_FIELDS)
            .map(|number| call("user.setAppMetadata", json!(["step", number])))
            .chain([call("user.setAppMetadata", json!(["done", true]))])
            .collect();
        let read = read(Trigger::PostUserLogin, "h", &calls);
        let expected = [("step".to_owned(), json!(3 * MAX_FIELDS - 1)), ("done".to_owned(), json!(true))];
        assert_eq!(read.effects.app_metadata, expected);
        assert_eq!(texts(&read), [""; 0]);
    }

    #[test]
    fn what_would_be_nested_too_deep_is_ignored_and_noted() {
        let nested = |levels: usize| (0..levels).fold(json!(1), |inner, _| json!([inner]));
        let calls = [
            call("user.setUserMetadata", json!(["fits", nested(MAX_NESTING - 1)])),
            call("user.setUserMetadata", json!(["deep", nested(MAX_NESTING)])),
            call("user.setAppMetadata", json!(["deep", nested(100)])),
            call("accessToken.setCustomClaim", json!(["deep", nested(100)])),
        ];
        let read = read(Trigger::PostUserLogin, "h", &calls);
        assert_eq!(read.effects.user_metadata.len(), 1);
        assert!(read.effects.app_metadata.is_empty() && read.effects.claims.is_empty());
        assert_eq!(read.notes.len(), 3);
        assert!(
            texts(&read).iter().all(|note| note.contains("nested deeper than 32 levels")),
            "{:?}",
            texts(&read)
        );
    }

    #[test]
    fn authors_are_told_how_much_a_run_writes() {
        for method in [methods::USER_METADATA, methods::APP_METADATA, methods::ACCESS_TOKEN_CLAIM] {
            assert!(method.doc.contains(&format!("at most {MAX_FIELDS}")), "{}", method.doc);
        }
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
            texts(&read),
            [
                "`b` was ignored: with it the token's claims would have more than 4 KiB",
                "`new` was ignored: with it app_metadata would have more than 64 KiB",
            ]
        );
    }
}
