//! From a source to something that can be deployed.

use std::sync::Arc;

use ::hooks::{LoadedHook, ProjectInfo, settings_of, tests_of};
use contract::{
    catalogue::triggers::Trigger,
    error::{ErrorBody, ErrorCode},
    ids::ProjectId,
    manage::{CheckResult, Language, Problem},
};
use script::{CompileError, Compiled, Failure, Program};
use serde_json::json;

use crate::{Manage, Outcome, invalid, secrets::advice};

/// Largest source, in bytes.
pub(crate) const MAX_SOURCE: usize = 256 << 10;

/// A source that compiles, what that gave, and what it exports.
pub(crate) struct Ready {
    pub(crate) compiled: Compiled,
    pub(crate) program: Program,
    pub(crate) handler: Option<String>,
}

impl Manage {
    /// Compiles a source and evaluates its top level once.
    pub(crate) async fn compiled(
        &self,
        project: &ProjectId,
        trigger: Trigger,
        source: &str,
        language: Language,
    ) -> Outcome<Result<Ready, Vec<Problem>>> {
        if source.len() > MAX_SOURCE {
            return Err(invalid("source", format!("A source has at most {} KiB.", MAX_SOURCE >> 10)));
        }
        let sandbox = self.inner.hooks.sandbox();
        let language = match language {
            Language::TypeScript => script::Language::TypeScript,
            Language::JavaScript => script::Language::JavaScript,
        };
        let one = |message: String, line: Option<u32>, column: Option<u32>| {
            vec![Problem { message, line: line.unwrap_or(1), column: column.unwrap_or(1) }]
        };
        let tenant = tests_of(project);
        let compiled = match sandbox.compile(source, language, &tenant).await {
            Ok(compiled) => compiled,
            Err(CompileError::Source(diagnostics)) => {
                let problems = diagnostics
                    .into_iter()
                    .map(|d| Problem { message: d.message, line: d.line, column: d.column })
                    .collect();
                return Ok(Err(problems));
            }
            Err(CompileError::Busy) => return Err(busy()),
            Err(CompileError::Internal(reason)) => return Err(internal(&reason)),
            Err(error) => return Ok(Err(one(error.to_string(), None, None))),
        };
        let program = match sandbox.load(&compiled, &script::Limits::default(), &tenant).await {
            Ok(program) => program,
            Err(Failure::Threw(thrown)) => {
                let message = format!("{}: {}", thrown.name, thrown.message);
                return Ok(Err(one(message, thrown.line, thrown.column)));
            }
            Err(Failure::Busy) => return Err(busy()),
            Err(Failure::Internal(reason)) => return Err(internal(&reason)),
            Err(failure) => return Ok(Err(one(failure.to_string(), None, None))),
        };
        let handler = trigger.handler(program.exports()).map(|handler| handler.name.to_owned());
        Ok(Ok(Ready { compiled, program, handler }))
    }

    /// Whether a source would go live as it is.
    pub(crate) async fn check_source(
        &self,
        project: &ProjectInfo,
        trigger: Trigger,
        source: &str,
        language: Language,
    ) -> Outcome<CheckResult> {
        Ok(match self.compiled(&project.id, trigger, source, language).await? {
            Err(problems) => {
                CheckResult { problems, handler: None, missing_secrets: Vec::new(), warnings: Vec::new() }
            }
            Ok(ready) => {
                let missing_secrets = missing_secrets(project, source);
                let problems = if ready.handler.is_some() { Vec::new() } else { vec![no_handler(trigger)] };
                CheckResult {
                    problems,
                    handler: ready.handler,
                    missing_secrets,
                    warnings: warnings(project, source),
                }
            }
        })
    }

    /// A draft, or a `version`, as the engine runs it.
    pub(crate) async fn draft(
        &self,
        hook: &store::hooks::Hook,
        trigger: Trigger,
        source: &str,
        language: Language,
        version: Option<u32>,
    ) -> Outcome<Arc<LoadedHook>> {
        let ready = self.compiled(&hook.project_id, trigger, source, language).await?;
        let Ready { compiled, program, .. } = ready.map_err(compile_failed)?;
        let (id, name) = (hook.id.clone(), hook.name.clone());
        Ok(Arc::new(LoadedHook::draft(
            id,
            name,
            trigger,
            version,
            settings_of(hook),
            compiled.exports,
            program,
        )))
    }
}

fn busy() -> ErrorBody {
    ErrorBody::new(ErrorCode::Busy, "Too many sources are being compiled. Try again in a moment.")
}

fn internal(reason: &str) -> ErrorBody {
    tracing::error!(reason, "the sandbox failed to compile or load a source");
    ErrorBody::new(ErrorCode::Internal, "Something went wrong on the server.")
}

/// The answer to a source that does not compile.
pub(crate) fn compile_failed(problems: Vec<Problem>) -> ErrorBody {
    let message = match problems.first() {
        Some(first) => format!(
            "The code does not compile: {} (line {}, column {}).",
            first.message.trim_end_matches('.'),
            first.line,
            first.column
        ),
        None => "The code does not compile.".into(),
    };
    ErrorBody::new(ErrorCode::CompileFailed, message).details(json!({"problems": problems}))
}

/// A module that exports nothing the trigger knows.
pub(crate) fn no_handler(trigger: Trigger) -> Problem {
    let names: Vec<&str> = trigger.spec().aliases.iter().map(|alias| alias.name).collect();
    Problem { message: format!("Export a function named {}.", names.join(", or ")), line: 1, column: 1 }
}

/// Names after `secrets.` or in `secrets["…"]`, but for what is called, since a secret is a text, and for lines that are
/// comments.
pub(crate) fn secrets_in(source: &str) -> Vec<String> {
    let comment = |line: &&str| line.trim_start().starts_with("//") || line.trim_start().starts_with('*');
    let code: Vec<&str> = source.lines().filter(|line| !comment(line)).collect();
    let code = code.join("\n");
    let mut names: Vec<String> = Vec::new();
    for (at, _) in code.match_indices("secrets") {
        let rest = &code[at + "secrets".len()..];
        let rest = rest.strip_prefix('?').unwrap_or(rest);
        let rest = if let Some(rest) = rest.strip_prefix('.') {
            rest.trim_start_matches('[').trim_start_matches(['"', '\''])
        } else if let Some(rest) = rest.strip_prefix("[\"").or_else(|| rest.strip_prefix("['")) {
            rest
        } else {
            continue;
        };
        let after = rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
        let name = &rest[..rest.len() - after.len()];
        let called = after.trim_start_matches("?.").starts_with('(');
        if !name.is_empty() && !called && !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

/// Secrets that the code reads and the project does not have.
pub(crate) fn missing_secrets(project: &ProjectInfo, source: &str) -> Vec<String> {
    secrets_in(source).into_iter().filter(|name| !project.secret_names().any(|known| known == name)).collect()
}

/// What to think about before a source goes live.
pub(crate) fn warnings(project: &ProjectInfo, source: &str) -> Vec<String> {
    let advice = |name: String| project.masking(&name).and_then(|masking| advice(&name, masking));
    secrets_in(source).into_iter().filter_map(advice).collect()
}

#[cfg(test)]
mod tests {
    use super::secrets_in;

    #[test]
    fn finds_the_secrets_that_code_reads() {
        let source =
            r#"event.secrets.API_KEY; event.secrets["OTHER"]; const { secrets } = event; secrets?.THIRD"#;
        assert_eq!(secrets_in(source), ["API_KEY", "OTHER", "THIRD"]);
    }

    #[test]
    fn what_only_looks_like_a_secret_is_none() {
        let source = "// never log event.secrets.password
/**
 * event.secrets.TOKEN
 */
const secrets = [];
secrets.push(1);
if (event.secrets.hasOwnProperty('A')) log(event.secrets.KEY, 'https://example.com');";
        assert_eq!(secrets_in(source), ["KEY"]);
    }
}
