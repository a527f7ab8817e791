//! What compiling a source text yields.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::limits::LimitKind;

/// The language a hook is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// TypeScript.
    #[serde(rename = "typescript")]
    TypeScript,
    /// JavaScript.
    #[serde(rename = "javascript")]
    JavaScript,
}

/// A compiled hook. It may be stored and loaded again by any later version of this crate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compiled {
    /// What runs.
    pub javascript: String,
    /// Source map (version 3) from `javascript` to the author's source; empty where they are the same text.
    pub source_map: String,
    /// Names that the source exports, as far as its text tells.
    pub exports: Vec<String>,
    /// Calls that the source makes, in order, as far as its text tells; at most 500.
    pub calls: Vec<CallSite>,
    /// How the text is evaluated.
    #[serde(default)]
    pub format: Format,
}

/// How a program's text is evaluated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// An ECMAScript module.
    #[default]
    Module,
    /// A CommonJS module: `exports`, `module` and `require` are there.
    CommonJs,
}

/// One call in the source text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallSite {
    /// What is called, dotted: `api.access.deny`, `fetch`.
    pub callee: String,
    /// Its literal arguments in order, strings and numbers as text.
    pub literals: Vec<String>,
    /// Line in the author's source, from 1.
    pub line: u32,
    /// Column in the author's source, from 1.
    pub column: u32,
}

/// What is wrong at one place of the source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// What is wrong.
    pub message: String,
    /// Line in the author's source, from 1.
    pub line: u32,
    /// Column in the author's source, from 1.
    pub column: u32,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (line {}, column {})", self.message, self.line, self.column)
    }
}

/// Why a source text could not be compiled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CompileError {
    /// The source is wrong; at least one diagnostic.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Source(Vec<Diagnostic>),
    /// The source is longer than can be compiled.
    #[error("the source has {size} bytes, more than {limit}")]
    TooLarge {
        /// Length of the source in bytes.
        size: usize,
        /// The most that is compiled.
        limit: usize,
    },
    /// Compiling took more than it may, usually by nesting too deep.
    #[error("compiling {0}")]
    Limit(LimitKind),
    /// Too much is being compiled.
    #[error("the compiler is busy")]
    Busy,
    /// The compiler itself failed.
    #[error("compiler: {0}")]
    Internal(String),
}
