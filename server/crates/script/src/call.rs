//! One call of a loaded program: which function, with what, and which methods it sees.

use std::borrow::Cow;

use serde::{Serialize, Serializer};
use serde_json::Value;

/// One call of an exported function. It is handed to the sandbox as JSON.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Call {
    /// Name of the exported function; `a.b` names a function of an exported object.
    pub handler: String,
    /// The function's arguments, in order.
    pub arguments: Vec<Argument>,
    /// What happened.
    pub event: Value,
    /// Where it happened: project, environment, request.
    pub context: Value,
    /// The endpoint's own data.
    pub payload: Value,
    /// Methods of the `api` object.
    pub api: Vec<Method>,
    /// Methods of the `Aerocall` object.
    pub sdk: Vec<Method>,
}

/// What one argument of the function is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Argument {
    /// [`Call::event`].
    Event,
    /// The `api` object.
    Api,
    /// One object `{event, api, context, payload, Aerocall}`.
    Bag,
    /// A value inside the event by its dotted path (`user.id`); `undefined` where there is none.
    Path(String),
    /// `(event, api)` for a function that declares two or more parameters, else the bag with the event's fields in it.
    Auto,
}

/// One method that the code finds on `api` or `Aerocall`; a dotted path makes nested objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method {
    /// Path below the object: `access.deny`.
    pub path: Cow<'static, str>,
    /// What calling it does.
    pub behaviour: Behaviour,
    /// The parameters of a recording method, as TypeScript writes them: `key: string, value: any`. Arguments that do not
    /// fit throw. Empty where any arguments are taken.
    pub params: Cow<'static, str>,
}

impl Serialize for Method {
    /// Adds the parts of the path, which every call would have to take apart otherwise.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Sent<'a> {
            path: &'a str,
            parts: Vec<&'a str>,
            behaviour: Behaviour,
            #[serde(skip_serializing_if = "str::is_empty")]
            params: &'a str,
        }
        let Self { path, behaviour, params } = self;
        Sent { path, parts: path.split('.').collect(), behaviour: *behaviour, params }.serialize(serializer)
    }
}

/// What calling a [`Method`] does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Behaviour {
    /// Noted in [`Run::recorded`](crate::Run::recorded) by its path; returns `api` (or `Aerocall`), so that calls chain.
    Record,
    /// The same; a call whose arguments do not fit throws and is noted all the same, with the strings among them.
    RecordAlways,
    /// Like [`Behaviour::Record`], but returns a resolved promise.
    RecordAsync,
    /// Calls the [`Host`](crate::Host) with the object's name and the path, since `api.cache.get` and
    /// `Aerocall.cache.get` differ; returns a promise of its answer.
    Host,
    /// Calls the host and waits: the code gets the answer, not a promise.
    HostSync,
}
