//! Reads data out of a parsed JSON document.
//!
//! `serde_json` writes its parser into the code of every type that is read with it, which came to a tenth of what the
//! browser loads. Here the text becomes a [`Value`] first, by code that is there once; what each type adds is to take
//! its fields out of it. A record is read from an object and from nothing else, and why something cannot be read is not
//! told in detail: both ends are of one build.

use std::fmt::Display;

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess,
    Visitor,
};
use serde_json::{Map, Value};

/// Reads a `T` from JSON text.
///
/// # Errors
/// When the text is not JSON, or not that of a `T`.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<T, Unreadable> {
    T::deserialize(Reader(parse(text)?))
}

fn parse(text: &str) -> Result<Value, Unreadable> {
    serde_json::from_str(text).map_err(|_| Unreadable("it is not JSON"))
}

/// The text is not that of the wanted type.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(&'static str);

impl Error for Unreadable {
    fn custom<T: Display>(_: T) -> Self {
        Self("a value is not of the expected form")
    }

    fn missing_field(field: &'static str) -> Self {
        Self(field)
    }
}

const UNEXPECTED: Unreadable = Unreadable("a value is not of the expected type");

struct Reader(Value);

type Read<T> = Result<T, Unreadable>;

macro_rules! numbers {
    ($($method:ident $get:ident $visit:ident;)+) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
            visitor.$visit(self.0.$get().ok_or(UNEXPECTED)?)
        }
    )+};
}

impl<'de> Deserializer<'de> for Reader {
    type Error = Unreadable;

    numbers! {
        deserialize_bool as_bool visit_bool;
        deserialize_i8 as_i64 visit_i64;
        deserialize_i16 as_i64 visit_i64;
        deserialize_i32 as_i64 visit_i64;
        deserialize_i64 as_i64 visit_i64;
        deserialize_u8 as_u64 visit_u64;
        deserialize_u16 as_u64 visit_u64;
        deserialize_u32 as_u64 visit_u64;
        deserialize_u64 as_u64 visit_u64;
        deserialize_f32 as_f64 visit_f64;
        deserialize_f64 as_f64 visit_f64;
        deserialize_char as_str visit_str;
        deserialize_identifier as_str visit_str;
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(value),
            Value::Number(number) => match (number.as_u64(), number.as_i64()) {
                (Some(value), _) => visitor.visit_u64(value),
                (None, Some(value)) => visitor.visit_i64(value),
                (None, None) => visitor.visit_f64(number.as_f64().ok_or(UNEXPECTED)?),
            },
            Value::String(text) => visitor.visit_string(text),
            Value::Array(items) => visitor.visit_seq(Items(items.into_iter())),
            Value::Object(fields) => visitor.visit_map(Fields::of(fields)),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.deserialize_string(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        match self.0 {
            Value::String(text) => visitor.visit_string(text),
            _ => Err(UNEXPECTED),
        }
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        if self.0.is_null() { visitor.visit_unit() } else { Err(UNEXPECTED) }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Read<V::Value> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Read<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        match self.0 {
            Value::Array(items) => visitor.visit_seq(Items(items.into_iter())),
            _ => Err(UNEXPECTED),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Read<V::Value> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Read<V::Value> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        match self.0 {
            Value::Object(fields) => visitor.visit_map(Fields::of(fields)),
            _ => Err(UNEXPECTED),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Read<V::Value> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Read<V::Value> {
        match self.0 {
            Value::String(name) => visitor.visit_enum(Variant { name, value: Value::Null }),
            Value::Object(fields) => {
                let (name, value) = fields.into_iter().next().ok_or(UNEXPECTED)?;
                visitor.visit_enum(Variant { name, value })
            }
            _ => Err(UNEXPECTED),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        visitor.visit_unit()
    }
}

/// The items of an array.
struct Items(std::vec::IntoIter<Value>);

impl<'de> SeqAccess<'de> for Items {
    type Error = Unreadable;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Read<Option<S::Value>> {
        self.0.next().map(|item| seed.deserialize(Reader(item))).transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.0.len())
    }
}

/// The fields of an object.
struct Fields {
    rest: serde_json::map::IntoIter,
    value: Value,
}

impl Fields {
    fn of(fields: Map<String, Value>) -> Self {
        Self { rest: fields.into_iter(), value: Value::Null }
    }

    fn next_name(&mut self) -> Option<Value> {
        let (name, value) = self.rest.next()?;
        self.value = value;
        Some(Value::String(name))
    }
}

impl<'de> MapAccess<'de> for Fields {
    type Error = Unreadable;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Read<Option<S::Value>> {
        self.next_name().map(|name| seed.deserialize(Reader(name))).transpose()
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Read<S::Value> {
        seed.deserialize(Reader(self.value.take()))
    }
}

/// A variant of an enum: its name alone, or an object of which it is the only field.
struct Variant {
    name: String,
    value: Value,
}

impl<'de> EnumAccess<'de> for Variant {
    type Error = Unreadable;
    type Variant = Reader;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Read<(S::Value, Reader)> {
        Ok((seed.deserialize(Reader(Value::String(self.name)))?, Reader(self.value)))
    }
}

impl<'de> VariantAccess<'de> for Reader {
    type Error = Unreadable;

    fn unit_variant(self) -> Read<()> {
        if self.0.is_null() { Ok(()) } else { Err(UNEXPECTED) }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Read<S::Value> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Read<V::Value> {
        self.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Read<V::Value> {
        self.deserialize_map(visitor)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use contract::catalogue::endpoints::Endpoint;
    use contract::error::{ErrorBody, ErrorCode};
    use contract::manage::{HookSettings, UnitTest};
    use serde::{Deserialize, Serialize};
    use serde_json::json;

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Plain,
        Of(u8),
        Pair(i32, f64),
        Named { text: String },
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(tag = "type")]
    enum Tagged {
        A { x: i64 },
        B,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct All {
        number: u32,
        small: i64,
        part: f64,
        whole: f64,
        yes: bool,
        text: String,
        none: Option<String>,
        some: Option<Vec<u8>>,
        nothing: (),
        pair: (String, u64),
        map: BTreeMap<String, Kind>,
        kinds: Vec<Kind>,
        tagged: Vec<Tagged>,
        any: Value,
        #[serde(default)]
        defaulted: u8,
    }

    fn all() -> All {
        All {
            number: u32::MAX,
            small: i64::MIN,
            part: 0.25,
            whole: 3.0,
            yes: true,
            text: "ü \u{1f600} \"".into(),
            none: None,
            some: Some(vec![1, 2]),
            nothing: (),
            pair: ("a".into(), u64::MAX),
            map: BTreeMap::from([("k".into(), Kind::Of(7))]),
            kinds: vec![Kind::Plain, Kind::Pair(-1, 2.5), Kind::Named { text: "t".into() }],
            tagged: vec![Tagged::A { x: -4 }, Tagged::B],
            any: json!({"a": [1, -2, 0.5, null, "x", {"b": false}]}),
            defaulted: 9,
        }
    }

    #[test]
    fn everything_that_serde_writes_is_read() {
        let text = serde_json::to_string(&all()).unwrap();
        assert_eq!(read::<All>(&text).unwrap(), all());
    }

    #[test]
    fn unknown_fields_are_passed_over_and_missing_ones_take_their_default() {
        let mut value = serde_json::to_value(all()).unwrap();
        value["later"] = json!({"deep": [1, 2, {"x": null}]});
        value.as_object_mut().unwrap().remove("defaulted");
        let found: All = read(&value.to_string()).unwrap();
        assert_eq!(found, All { defaulted: 0, ..all() });
        value.as_object_mut().unwrap().remove("number");
        assert_eq!(read::<All>(&value.to_string()).unwrap_err().to_string(), "number");
    }

    #[test]
    fn what_is_of_another_form_is_refused() {
        for text in ["", "{", "[]", "\"text\"", "null", "{\"number\": \"7\"}"] {
            assert!(read::<All>(text).is_err(), "{text}");
        }
        assert!(read::<u8>("256").is_err());
        assert!(read::<u32>("-1").is_err());
        assert!(read::<Kind>("\"other\"").is_err());
        assert!(read::<Kind>("\"of\"").is_err());
        assert!(read::<Endpoint>("\"nowhere\"").is_err());
    }

    #[test]
    fn the_contract_is_read_as_serde_json_reads_it() {
        fn same<T: Serialize + DeserializeOwned>(value: &T) {
            let text = serde_json::to_string(value).unwrap();
            let (ours, theirs): (T, T) = (read(&text).unwrap(), serde_json::from_str(&text).unwrap());
            assert_eq!(serde_json::to_value(ours).unwrap(), serde_json::to_value(theirs).unwrap());
        }
        same(&Endpoint::Register);
        same(&HookSettings::default());
        same(&ErrorBody::new(ErrorCode::InvalidField, "…").field("name"));
        same(&UnitTest { version: Some(3), source: None, event: Some(json!({"a": 1})), user_id: None });
    }
}
