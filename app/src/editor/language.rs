//! What can be edited.

/// The language of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// Checked strictly.
    #[default]
    TypeScript,
    /// Checked too, but parameters need no types.
    JavaScript,
    /// Forms, pages and mail templates.
    Html,
    /// Styles of a form or page.
    Css,
}

impl Language {
    /// Monaco's name for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TypeScript => "typescript",
            Self::JavaScript => "javascript",
            Self::Html => "html",
            Self::Css => "css",
        }
    }
}

/// A file that the type checker knows beside the one being edited: declarations, or a shared file that
/// can be imported by its relative name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Library {
    /// Name relative to the edited file, such as `hookwright.d.ts` or `_domains.ts`.
    pub file: String,
    /// Its text.
    pub text: String,
}

/// The address of file `name` of `scope`.
pub(super) fn address(scope: &str, name: &str) -> String {
    format!("file:///{scope}/{name}")
}
