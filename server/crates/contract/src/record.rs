//! Shapes that know how to describe themselves.
//!
//! [`record!`] declares a struct once; its serde form, its TypeScript declaration (for the hook editor), its JSON
//! schema (for OpenAPI) and its field list (for the reference pages) all come from that declaration.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// A type that can be written as TypeScript and as JSON schema.
pub trait Describe {
    /// The TypeScript type expression.
    fn typescript() -> String;
    /// The JSON schema (OpenAPI 3.1 dialect); records refer to `#/components/schemas/{name}`.
    fn schema() -> Value;
    /// Calls `visit` for every record that this type mentions, itself included.
    fn visit(_visit: &mut dyn FnMut(&'static RecordSpec)) {}
    /// Whether a field of this type may be missing.
    const OPTIONAL: bool = false;
    /// Whether this value is left out when serialised.
    fn absent(&self) -> bool {
        false
    }
}

/// What a record says of itself.
pub struct RecordSpec {
    /// Type name.
    pub name: &'static str,
    /// What it is.
    pub doc: &'static str,
    /// Its fields, in order.
    pub fields: &'static [FieldSpec],
    /// Visits the records that the fields mention.
    pub visit_fields: fn(&mut dyn FnMut(&'static RecordSpec)),
}

/// One field of a record.
pub struct FieldSpec {
    /// Name on the wire.
    pub name: &'static str,
    /// What it holds.
    pub doc: &'static str,
    /// Whether it may be missing.
    pub optional: bool,
    /// TypeScript type expression.
    pub typescript: fn() -> String,
    /// JSON schema of the value. Not in the browser, which has no use for it.
    #[cfg(not(target_arch = "wasm32"))]
    pub schema: fn() -> Value,
}

/// The name of a record in TypeScript, where the platform has a class `Request` of its own.
pub fn typescript_name(name: &str) -> &str {
    match name {
        "Request" => "HookRequest",
        name => name,
    }
}

impl RecordSpec {
    /// `interface Name { … }` with doc comments.
    pub fn interface(&self) -> String {
        let mut out = String::new();
        comment(&mut out, "", self.doc);
        out.push_str(&format!("interface {} {{\n", typescript_name(self.name)));
        for field in self.fields {
            comment(&mut out, "  ", field.doc);
            let mark = if field.optional { "?" } else { "" };
            out.push_str(&format!("  {}{mark}: {};\n", field.name, (field.typescript)()));
        }
        out.push_str("}\n");
        out
    }

    /// The JSON schema of an object with these fields.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn object_schema(&self) -> Value {
        let mut properties = serde_json::Map::new();
        for field in self.fields {
            let mut schema = (field.schema)();
            if let Some(object) = schema.as_object_mut() {
                object.insert("description".into(), json!(field.doc.trim()));
            }
            properties.insert(field.name.into(), schema);
        }
        let required: Vec<_> = self.fields.iter().filter(|f| !f.optional).map(|f| f.name).collect();
        json!({"type": "object", "description": self.doc.trim(), "properties": properties, "required": required})
    }
}

/// Writes a `/** … */` comment.
pub(crate) fn comment(out: &mut String, indent: &str, doc: &str) {
    let lines: Vec<_> = doc.lines().map(str::trim).collect();
    match lines.as_slice() {
        [] | [""] => {}
        [line] => out.push_str(&format!("{indent}/** {line} */\n")),
        lines => {
            out.push_str(&format!("{indent}/**\n"));
            for line in lines {
                out.push_str(format!("{indent} * {line}").trim_end());
                out.push('\n');
            }
            out.push_str(&format!("{indent} */\n"));
        }
    }
}

macro_rules! describe_scalar {
    ($($type:ty => $ts:literal, $schema:tt;)+) => {$(
        impl Describe for $type {
            fn typescript() -> String { $ts.into() }
            fn schema() -> Value { json!($schema) }
        }
    )+};
}

describe_scalar! {
    String => "string", {"type": "string"};
    bool => "boolean", {"type": "boolean"};
    i64 => "number", {"type": "integer", "format": "int64"};
    u64 => "number", {"type": "integer", "format": "int64", "minimum": 0};
    u32 => "number", {"type": "integer", "format": "int32", "minimum": 0};
    u16 => "number", {"type": "integer", "minimum": 0, "maximum": 65535};
    f64 => "number", {"type": "number"};
    Value => "any", {};
}

impl<T: Describe> Describe for Option<T> {
    fn typescript() -> String {
        T::typescript()
    }
    fn schema() -> Value {
        T::schema()
    }
    fn visit(visit: &mut dyn FnMut(&'static RecordSpec)) {
        T::visit(visit);
    }
    const OPTIONAL: bool = true;
    fn absent(&self) -> bool {
        self.is_none()
    }
}

impl<T: Describe> Describe for Vec<T> {
    fn typescript() -> String {
        format!("Array<{}>", T::typescript())
    }
    fn schema() -> Value {
        json!({"type": "array", "items": T::schema()})
    }
    fn visit(visit: &mut dyn FnMut(&'static RecordSpec)) {
        T::visit(visit);
    }
}

impl<T: Describe> Describe for BTreeMap<String, T> {
    fn typescript() -> String {
        format!("Record<string, {}>", T::typescript())
    }
    fn schema() -> Value {
        json!({"type": "object", "additionalProperties": T::schema()})
    }
    fn visit(visit: &mut dyn FnMut(&'static RecordSpec)) {
        T::visit(visit);
    }
}

/// Every record that `T` mentions, itself included, each once, in order of first mention.
pub fn records_of<T: Describe>() -> Vec<&'static RecordSpec> {
    let mut found: Vec<&'static RecordSpec> = Vec::new();
    T::visit(&mut |spec| collect(&mut found, spec));
    found
}

/// Adds `spec` and what it mentions to `found`, each once.
pub fn collect(found: &mut Vec<&'static RecordSpec>, spec: &'static RecordSpec) {
    if found.iter().any(|known| known.name == spec.name) {
        return;
    }
    found.push(spec);
    let mut inner = Vec::new();
    (spec.visit_fields)(&mut |spec| inner.push(spec));
    for spec in inner {
        collect(found, spec);
    }
}

/// Declares structs with public fields that describe themselves. An `Option` field is left out when it is `None`. What the
/// management API takes is marked `#[serde(deny_unknown_fields)]`: a misspelt field must not do nothing.
#[macro_export]
macro_rules! record {
    ($($(#[doc = $doc:literal])+ $(#[$meta:meta])* pub struct $name:ident {
        $($(#[doc = $fdoc:literal])+ pub $field:ident $(as $wire:literal)?: $type:ty,)*
    })+) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, Clone, PartialEq, ::serde::Serialize, ::serde::Deserialize)]
        $(#[$meta])*
        pub struct $name {
            $($(#[doc = $fdoc])+
            #[serde(skip_serializing_if = "crate::record::Describe::absent", $(rename = $wire)?)]
            pub $field: $type,)*
        }

        impl $name {
            /// This record's description of itself.
            pub const SPEC: &'static $crate::record::RecordSpec = &$crate::record::RecordSpec {
                name: stringify!($name),
                doc: concat!($($doc, "\n"),+),
                fields: &[$($crate::record::FieldSpec {
                    name: $crate::record!(@wire $field $($wire)?),
                    doc: concat!($($fdoc, "\n"),+),
                    optional: <$type as $crate::record::Describe>::OPTIONAL,
                    typescript: <$type as $crate::record::Describe>::typescript,
                    #[cfg(not(target_arch = "wasm32"))]
                    schema: <$type as $crate::record::Describe>::schema,
                }),*],
                visit_fields: |_visit| { $(<$type as $crate::record::Describe>::visit(_visit);)* },
            };
        }

        impl $crate::record::Describe for $name {
            fn typescript() -> String { $crate::record::typescript_name(stringify!($name)).into() }
            fn schema() -> ::serde_json::Value {
                ::serde_json::json!({"$ref": concat!("#/components/schemas/", stringify!($name))})
            }
            fn visit(visit: &mut dyn FnMut(&'static $crate::record::RecordSpec)) { visit($name::SPEC) }
        }
    )+};
    (@wire $field:ident) => { stringify!($field) };
    (@wire $field:ident $wire:literal) => { $wire };
}

/// Declares an enum of words: unit variants with their wire form.
#[macro_export]
macro_rules! words {
    ($($(#[doc = $doc:literal])+ pub enum $name:ident {
        $($(#[doc = $vdoc:literal])+ $variant:ident = $wire:literal,)+
    })+) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ::serde::Serialize, ::serde::Deserialize)]
        pub enum $name {
            $($(#[doc = $vdoc])+ #[serde(rename = $wire)] $variant,)+
        }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The wire form.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $wire),+ }
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::error::UnknownWord;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($wire => Ok(Self::$variant),)+
                    _ => Err($crate::error::UnknownWord {
                        given: text.chars().take(80).collect(),
                        expected: &[$($wire),+],
                    }),
                }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result { f.write_str(self.as_str()) }
        }

        impl $crate::record::Describe for $name {
            fn typescript() -> String { [$(concat!("\"", $wire, "\"")),+].join(" | ") }
            fn schema() -> ::serde_json::Value { ::serde_json::json!({"type": "string", "enum": [$($wire),+]}) }
        }
    )+};
}
