//! What the parser knows and hooks cannot have: found here, where it has a line, before the engine fails on it.

use oxc::allocator::Allocator;
use oxc::ast::ast::{
    AccessorProperty, Decorator, ExportAllDeclaration, ExportFromDeclaration, ImportDeclaration, JSXElement,
    JSXFragment, Program, StringLiteral,
};
use oxc::ast_visit::{Visit, walk};
use oxc::parser::Parser;
use oxc::span::{GetSpan, SourceType};
use serde::Deserialize;

use crate::position::Lines;
use crate::reply::Diagnostic;

/// The one module that can be imported.
const CRYPTO: &str = "crypto";

/// What hooks have instead.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Absent {
    decorators: String,
    accessors: String,
    jsx: String,
    no_modules: String,
    modules: serde_json::Map<String, serde_json::Value>,
}

impl Absent {
    fn read() -> Self {
        serde_json::from_str(include_str!("../../platform/absent.json")).unwrap_or_default()
    }
}

/// Syntax that the engine does not know.
pub fn syntax(program: &Program<'_>, lines: &Lines<'_>) -> Vec<Diagnostic> {
    let mut found = Syntax::default();
    found.visit_program(program);
    if found.decorators.is_empty() && found.accessors.is_empty() {
        return Vec::new();
    }
    let absent = Absent::read();
    let decorators = found.decorators.iter().map(|at| (*at, absent.decorators.clone()));
    let accessors = found.accessors.iter().map(|at| (*at, absent.accessors.clone()));
    diagnostics(lines, decorators.chain(accessors))
}

/// Imports that find nothing; `import()` may be tried, and fails when it runs. Of TypeScript, look after it has been transformed: imports of types are gone then.
pub fn modules(program: &Program<'_>, lines: &Lines<'_>) -> Vec<Diagnostic> {
    let mut found = Modules(Vec::new());
    found.visit_program(program);
    if found.0.is_empty() {
        return Vec::new();
    }
    let absent = Absent::read();
    let unknown = found.0.into_iter().map(|(at, name)| {
        let known = absent.modules.get(plain(&name)).and_then(|advice| advice.as_str());
        (at, format!("Cannot find module '{name}': {}", known.unwrap_or(&absent.no_modules)))
    });
    diagnostics(lines, unknown)
}

/// The first JSX of a source that is right but for that.
pub fn jsx(source: &str, language: SourceType, lines: &Lines<'_>) -> Option<Diagnostic> {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, source, language.with_jsx(true)).parse();
    if parsed.panicked || !parsed.diagnostics.is_empty() {
        return None;
    }
    let mut first = FirstJsx(None);
    first.visit_program(&parsed.program);
    diagnostics(lines, [(first.0?, Absent::read().jsx)]).pop()
}

fn diagnostics(lines: &Lines<'_>, found: impl IntoIterator<Item = (u32, String)>) -> Vec<Diagnostic> {
    let diagnostic = |(at, message)| {
        let (line, column) = lines.position(at);
        Diagnostic { message, line, column }
    };
    found.into_iter().map(diagnostic).collect()
}

fn plain(module: &str) -> &str {
    module.strip_prefix("node:").unwrap_or(module)
}

/// Offsets of decorators and of `accessor` fields.
#[derive(Default)]
struct Syntax {
    decorators: Vec<u32>,
    accessors: Vec<u32>,
}

impl<'a> Visit<'a> for Syntax {
    fn visit_decorator(&mut self, decorator: &Decorator<'a>) {
        self.decorators.push(decorator.span.start);
    }

    fn visit_accessor_property(&mut self, accessor: &AccessorProperty<'a>) {
        self.accessors.push(accessor.span.start);
        walk::walk_accessor_property(self, accessor);
    }
}

/// Imported modules that do not exist, and where they are named.
struct Modules(Vec<(u32, String)>);

impl Modules {
    fn named(&mut self, module: &StringLiteral<'_>) {
        if plain(&module.value) != CRYPTO {
            self.0.push((module.span.start, module.value.to_string()));
        }
    }
}

impl<'a> Visit<'a> for Modules {
    fn visit_import_declaration(&mut self, import: &ImportDeclaration<'a>) {
        if !import.import_kind.is_type() {
            self.named(&import.source);
        }
    }

    fn visit_export_all_declaration(&mut self, export: &ExportAllDeclaration<'a>) {
        if !export.export_kind.is_type() {
            self.named(&export.source);
        }
    }

    fn visit_export_from_declaration(&mut self, export: &ExportFromDeclaration<'a>) {
        if !export.export_kind.is_type() {
            self.named(&export.source);
        }
    }
}

struct FirstJsx(Option<u32>);

impl<'a> Visit<'a> for FirstJsx {
    fn visit_jsx_element(&mut self, element: &JSXElement<'a>) {
        self.0.get_or_insert(element.span().start);
    }

    fn visit_jsx_fragment(&mut self, fragment: &JSXFragment<'a>) {
        self.0.get_or_insert(fragment.span().start);
    }
}
