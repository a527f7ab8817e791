//! Source text to JavaScript.

use std::path::{Path, PathBuf};

use oxc::allocator::Allocator;
use oxc::ast::ast::{Program, Statement};
use oxc::ast_visit::Visit;
use oxc::codegen::{Codegen, CodegenOptions};
use oxc::diagnostics::OxcDiagnostic;
use oxc::parser::Parser;
use oxc::semantic::SemanticBuilder;
use oxc::span::SourceType;
use oxc::transformer::{TransformOptions, Transformer};

use crate::calls::Calls;
use crate::exports;
use crate::position::Lines;
use crate::reply::{Compiled, Diagnostic, Reply};
use crate::unsupported;

/// What the host passes for TypeScript; anything else is JavaScript.
pub const LANGUAGE_TYPESCRIPT: u32 = 1;
/// The author's name of a TypeScript source in the source map.
const FILE: &str = "hook.ts";
/// More diagnostics than this help nobody.
const MOST_DIAGNOSTICS: usize = 50;

/// Parses, checks, and for TypeScript transforms and prints. JavaScript stays as it is written,
/// so that its positions need no map.
pub fn compile(source: &str, typescript: bool) -> Reply {
    let lines = Lines::new(source);
    let allocator = Allocator::default();
    let language = if typescript { SourceType::ts() } else { SourceType::default() };
    let language = language.with_unambiguous(true);
    let parsed = Parser::new(&allocator, source, language).parse();
    if parsed.panicked || !parsed.diagnostics.is_empty() {
        let found = match unsupported::jsx(source, language, &lines) {
            Some(jsx) => vec![jsx],
            None => diagnostics(&lines, &parsed.diagnostics),
        };
        return Reply::Diagnostics(found);
    }
    let mut program = parsed.program;
    let checked = SemanticBuilder::new().with_check_syntax_error(true).with_enum_eval(true).build(&program);
    if !checked.diagnostics.is_empty() {
        return Reply::Diagnostics(diagnostics(&lines, &checked.diagnostics));
    }
    let unsupported = unsupported::syntax(&program, &lines);
    if !unsupported.is_empty() {
        return Reply::Diagnostics(unsupported);
    }
    let mut calls = Calls::new(&lines);
    calls.visit_program(&program);
    let calls = calls.found;

    // `export = x` is TypeScript's way to write `module.exports = x`, and becomes that.
    let assigned = program.body.iter().any(|statement| matches!(statement, Statement::TSExportAssignment(_)));
    let module = program.source_type.is_module() && !assigned;
    let (javascript, source_map) = if typescript {
        let options = TransformOptions::default();
        let scoping = checked.semantic.into_scoping();
        let transformed =
            Transformer::new(&allocator, Path::new(FILE), &options).build_with_scoping(scoping, &mut program);
        if !transformed.diagnostics.is_empty() {
            return Reply::Diagnostics(diagnostics(&lines, &transformed.diagnostics));
        }
        if assigned {
            // What is left of imports of types: it would be a module again.
            let empty = |statement: &Statement<'_>| matches!(statement, Statement::ExportNamedDeclaration(export) if export.specifiers.is_empty());
            program.body.retain(|statement| !empty(statement));
        }
        print(&program)
    } else {
        (source.to_owned(), String::new())
    };
    let missing = unsupported::modules(&program, &lines);
    if !missing.is_empty() {
        return Reply::Diagnostics(missing);
    }
    let (format, exports) = if module {
        ("module", exports::of_module(&program))
    } else {
        ("commonjs", exports::of_commonjs(&program))
    };
    Reply::Compiled(Compiled { javascript, source_map, exports, calls, format })
}

/// JavaScript and its source map, without the copy of the source that maps usually carry.
fn print(program: &Program<'_>) -> (String, String) {
    let options = CodegenOptions { source_map_path: Some(PathBuf::from(FILE)), ..CodegenOptions::default() };
    let printed = Codegen::new().with_options(options).build(program);
    let map = printed.map.map(|map| map.to_json_string()).unwrap_or_default();
    let mut map: serde_json::Value = serde_json::from_str(&map).unwrap_or_default();
    if let Some(fields) = map.as_object_mut() {
        fields.remove("sourcesContent");
    }
    (printed.code, map.to_string())
}

fn diagnostics<'d>(lines: &Lines<'_>, found: impl IntoIterator<Item = &'d OxcDiagnostic>) -> Vec<Diagnostic> {
    let mut list: Vec<Diagnostic> = found
        .into_iter()
        .take(MOST_DIAGNOSTICS)
        .map(|diagnostic| {
            let offset = diagnostic.labels.first().map_or(0, |label| label.offset());
            let (line, column) = lines.position(offset);
            Diagnostic { message: diagnostic.message.to_string(), line, column }
        })
        .collect();
    if list.is_empty() {
        list.push(Diagnostic { message: "the source cannot be parsed".to_owned(), line: 1, column: 1 });
    }
    list
}
