//! What the host reads: the same shapes as in `script`'s `compiled.rs`.

use serde::Serialize;

/// The result of one compilation.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// It compiled.
    Compiled(Compiled),
    /// The source is wrong.
    Diagnostics(Vec<Diagnostic>),
}

/// A compiled program.
#[derive(Serialize)]
pub struct Compiled {
    /// What runs.
    pub javascript: String,
    /// Source map (version 3); empty where the text is unchanged.
    pub source_map: String,
    /// Exported names.
    pub exports: Vec<String>,
    /// Calls in the source.
    pub calls: Vec<CallSite>,
    /// `module` or `commonjs`.
    pub format: &'static str,
}

/// One call in the source.
#[derive(Serialize)]
pub struct CallSite {
    /// Dotted name of what is called.
    pub callee: String,
    /// Literal arguments as text.
    pub literals: Vec<String>,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
}

/// What is wrong at one place.
#[derive(Serialize)]
pub struct Diagnostic {
    /// What is wrong.
    pub message: String,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
}
