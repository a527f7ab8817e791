//! What the checker found.

use serde::Deserialize;

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It cannot work; deploying is blocked.
    Error,
    /// It may be a mistake.
    Warning,
    /// Something to know.
    Info,
}

/// One problem in the edited file. Lines and columns are counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in the checker's words.
    pub message: String,
    /// Where it starts.
    pub line: u32,
    /// Where it starts.
    pub column: u32,
    /// Where it ends.
    pub end_line: u32,
    /// Where it ends.
    pub end_column: u32,
    /// The checker's number for it, such as `2322`.
    pub code: String,
}

impl Problem {
    /// Whether it blocks a deployment. A secret that the project does not have does not: the compiler names it, and
    /// whoever deploys decides.
    pub fn blocks(&self) -> bool {
        self.severity == Severity::Error && !self.message.contains("does not exist on type 'Secrets'")
    }

    /// Whether the text is not even well formed: what else is found may only follow from that. TypeScript numbers its
    /// syntax errors from 1000 to 1999.
    pub fn is_syntax(&self) -> bool {
        self.code.len() == 4 && self.code.starts_with('1')
    }

    /// Reads what the editor's module sends; nothing, should it ever send something else.
    pub(super) fn list(json: &str) -> Vec<Self> {
        crate::api::json::read(json).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::{Problem, Severity};

    #[test]
    fn problems_are_read_from_the_editors_json() {
        let json = r#"[{"severity":"error","message":"Type 'string' is not assignable.","line":3,"column":7,
            "endLine":3,"endColumn":9,"code":"2322"}]"#;
        let problems = Problem::list(json);
        assert_eq!(problems.len(), 1);
        assert_eq!((problems[0].severity, problems[0].line, problems[0].end_column), (Severity::Error, 3, 9));
        assert!(problems[0].blocks());
        assert!(Problem::list("nonsense").is_empty());
    }

    #[test]
    fn a_missing_bracket_is_told_from_a_wrong_type() {
        for (code, syntax) in [("1005", true), ("2339", false), ("18047", false), ("", false)] {
            let json = format!(
                r#"[{{"severity":"error","message":"","line":1,"column":1,"endLine":1,"endColumn":1,"code":"{code}"}}]"#
            );
            assert_eq!(Problem::list(&json)[0].is_syntax(), syntax, "{code}");
        }
    }

    #[test]
    fn a_missing_secret_does_not_block_by_its_type() {
        let json = r#"[{"severity":"error","message":"Property 'KEY' does not exist on type 'Secrets'.","line":3,
            "column":7,"endLine":3,"endColumn":9,"code":"2339"}]"#;
        assert!(Problem::list(json).iter().all(|problem| !problem.blocks()));
    }
}
