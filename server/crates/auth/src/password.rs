//! Passwords as people type them: the OpaqueString profile of RFC 8265, so that one password has one form on
//! every keyboard.

use std::fmt;

use contract::unicode;
use icu_properties::{
    CodePointMapData,
    props::{CanonicalCombiningClass, GeneralCategory, JoiningType, Script},
};
use unicode_segmentation::UnicodeSegmentation as _;

/// The longest password, in characters of the text as typed.
pub const MAX_PASSWORD: usize = 256;

const ZWNJ: char = '\u{200c}';
const ZWJ: char = '\u{200d}';

/// The reason why a text cannot be a new password. Completes a sentence such as "The password …".
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Nothing.
    #[error("is empty")]
    Empty,
    /// A long text.
    #[error("is longer than {MAX_PASSWORD} characters")]
    Long,
    /// A control character, one that shows nothing, or one that Unicode has not assigned.
    #[error("cannot contain the character U+{:04X}", u32::from(*.0))]
    Character(char),
}

/// A password to be set, in its normal form. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct NewPassword(String);

impl fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewPassword(•••)")
    }
}

impl NewPassword {
    /// Brings a typed password into its normal form.
    ///
    /// # Errors
    /// The text is empty, too long, or has a character that a password cannot have.
    pub fn parse(text: &str) -> Result<Self, PasswordError> {
        if text.chars().count() > MAX_PASSWORD {
            return Err(PasswordError::Long);
        }
        opaque_string(text).map(Self)
    }

    /// Counts the characters that a person sees.
    pub fn characters(&self) -> usize {
        self.0.graphemes(true).count()
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

/// A password to be checked. Hashes from before passwords had a normal form are of the text as it was typed, so that is
/// tried too where it differs. `Debug` shows neither.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct GivenPassword {
    normal: Option<NewPassword>,
    /// Where it differs.
    typed: Option<String>,
}

impl fmt::Debug for GivenPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GivenPassword(•••)")
    }
}

impl GivenPassword {
    pub(crate) fn new(text: &str) -> Self {
        let normal = NewPassword::parse(text).ok();
        let same = normal.as_ref().is_some_and(|normal| normal.0 == text);
        Self { typed: (!same).then(|| text.to_owned()), normal }
    }

    /// The normal form; none of a text that could not be set today.
    pub(crate) fn normal(&self) -> Option<&NewPassword> {
        self.normal.as_ref()
    }

    /// What a hash may be of: one or two texts, as the password itself says and not the user.
    pub(crate) fn forms(&self) -> impl Iterator<Item = &str> {
        self.normal.as_ref().map(NewPassword::expose).into_iter().chain(self.typed.as_deref())
    }
}

/// RFC 8265, section 4.2.2: width stays, spaces become one kind of space, case stays, normalization form C; then the
/// FreeformClass of RFC 8264 says which characters are allowed.
fn opaque_string(text: &str) -> Result<String, PasswordError> {
    let space = |c: char| unicode::category(c) == GeneralCategory::SpaceSeparator;
    let spaced: String = text.chars().map(|c| if space(c) { ' ' } else { c }).collect();
    let normal = unicode::nfc(&spaced).into_owned();
    if normal.is_empty() {
        return Err(PasswordError::Empty);
    }
    let chars: Vec<char> = normal.chars().collect();
    match (0..chars.len()).find(|at| !is_allowed(&chars, *at)) {
        Some(at) => Err(PasswordError::Character(chars[at])),
        None => Ok(normal),
    }
}

/// RFC 8264, section 8, for the FreeformClass. What needs its neighbours is decided by RFC 5892, appendix A.
fn is_allowed(chars: &[char], at: usize) -> bool {
    let c = chars[at];
    match c {
        ' '..='~' => true,
        '\u{640}' | '\u{7fa}' | '\u{302e}' | '\u{302f}' | '\u{3031}'..='\u{3035}' | '\u{303b}' => false,
        '\u{b7}' => before(chars, at) == Some('l') && after(chars, at) == Some('l'),
        '\u{375}' => after(chars, at).is_some_and(|next| script(next) == Script::Greek),
        '\u{5f3}' | '\u{5f4}' => before(chars, at).is_some_and(|last| script(last) == Script::Hebrew),
        '\u{30fb}' => {
            chars.iter().any(|c| matches!(script(*c), Script::Hiragana | Script::Katakana | Script::Han))
        }
        '\u{660}'..='\u{669}' => !chars.iter().any(|c| matches!(c, '\u{6f0}'..='\u{6f9}')),
        '\u{6f0}'..='\u{6f9}' => !chars.iter().any(|c| matches!(c, '\u{660}'..='\u{669}')),
        ZWJ => follows_virama(chars, at),
        ZWNJ => follows_virama(chars, at) || joins(chars, at),
        c => !unicode::is_old_hangul(c) && !unicode::is_invisible(c) && is_of_class(unicode::category(c)),
    }
}

fn is_of_class(category: GeneralCategory) -> bool {
    use GeneralCategory::{
        Control, Format, LineSeparator, ParagraphSeparator, PrivateUse, Surrogate, Unassigned,
    };
    !matches!(
        category,
        Control | Format | LineSeparator | ParagraphSeparator | PrivateUse | Surrogate | Unassigned
    )
}

fn before(chars: &[char], at: usize) -> Option<char> {
    chars.get(at.checked_sub(1)?).copied()
}

fn after(chars: &[char], at: usize) -> Option<char> {
    chars.get(at + 1).copied()
}

fn script(c: char) -> Script {
    CodePointMapData::<Script>::new().get(c)
}

fn follows_virama(chars: &[char], at: usize) -> bool {
    let class = |c| CodePointMapData::<CanonicalCombiningClass>::new().get(c);
    before(chars, at).is_some_and(|last| class(last) == CanonicalCombiningClass::Virama)
}

/// Whether the letters on both sides, marks left out, would join without the character between them.
fn joins(chars: &[char], at: usize) -> bool {
    let kind = |c: &char| CodePointMapData::<JoiningType>::new().get(*c);
    let letter = |kind: &JoiningType| *kind != JoiningType::Transparent;
    let left = chars[..at].iter().rev().map(kind).find(letter);
    let right = chars[at + 1..].iter().map(kind).find(letter);
    matches!(left, Some(JoiningType::LeftJoining | JoiningType::DualJoining))
        && matches!(right, Some(JoiningType::RightJoining | JoiningType::DualJoining))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn normal(text: &str) -> Result<String, PasswordError> {
        NewPassword::parse(text).map(|password| password.0)
    }

    #[test]
    fn a_password_has_one_form() {
        for (typed, form) in [
            // The examples of RFC 8265, section 4.3.
            ("correct horse battery staple", "correct horse battery staple"),
            ("Correct Horse Battery Staple", "Correct Horse Battery Staple"),
            ("πßå", "πßå"),
            ("Jack of ♦s", "Jack of ♦s"),
            ("foo\u{1680}bar", "foo bar"),
            ("Cafe\u{301}-blau-17", "Café-blau-17"),
            ("a\u{a0}b\u{3000}c\u{2003}d", "a b c d"),
            ("Ｐａｓｓ", "Ｐａｓｓ"),
            ("ﬁ①", "ﬁ①"),
            ("l·l", "l·l"),
            ("क्\u{200d}ष", "क्\u{200d}ष"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("🦀🇩🇪", "🦀🇩🇪"),
            ("\u{1100}\u{1161}", "가"),
            ("  ", "  "),
        ] {
            assert_eq!(normal(typed).as_deref(), Ok(form), "{typed:?}");
        }
    }

    #[test]
    fn what_a_keyboard_cannot_repeat_is_refused() {
        use PasswordError::{Character, Empty, Long};
        let long = "x".repeat(257);
        for (typed, why) in [
            ("", Empty),
            ("my cat is a \t by", Character('\t')),
            ("a\u{0}b", Character('\u{0}')),
            ("a\nb", Character('\n')),
            ("a\u{7f}b", Character('\u{7f}')),
            ("a\u{85}b", Character('\u{85}')),
            ("a\u{200b}b", Character('\u{200b}')),
            ("a\u{ad}b", Character('\u{ad}')),
            ("a\u{202e}b", Character('\u{202e}')),
            ("a\u{feff}b", Character('\u{feff}')),
            ("a\u{200d}b", Character('\u{200d}')),
            ("a\u{200c}b", Character('\u{200c}')),
            ("a\u{2028}b", Character('\u{2028}')),
            ("a\u{fe0f}b", Character('\u{fe0f}')),
            ("a\u{378}b", Character('\u{378}')),
            ("a\u{e000}b", Character('\u{e000}')),
            ("a\u{ffff}b", Character('\u{ffff}')),
            ("a\u{1100}b", Character('\u{1100}')),
            ("a·b", Character('·')),
            (&long, Long),
        ] {
            assert_eq!(normal(typed), Err(why), "{typed:?}");
        }
    }

    #[test]
    fn characters_are_counted_as_a_person_sees_them() {
        let count = |text: &str| NewPassword::parse(text).map(|password| password.characters());
        assert_eq!(count("e\u{301}e\u{301}e\u{301}e\u{301}"), Ok(4));
        assert_eq!(count("x\u{301}x\u{301}x\u{301}x\u{301}"), Ok(4), "without composed forms");
        assert_eq!(count("x\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}"), Ok(1));
        assert_eq!(count("Café-blau"), Ok(9));
        assert_eq!(count("12345678"), Ok(8));
    }

    #[test]
    fn a_given_password_is_tried_as_typed_where_that_differs() {
        let forms = |text: &str| GivenPassword::new(text).forms().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(forms("Café"), ["Café"]);
        assert_eq!(forms("Cafe\u{301}"), ["Café", "Cafe\u{301}"]);
        assert_eq!(forms("a\tb"), ["a\tb"]);
    }

    proptest! {
        #[test]
        fn the_form_is_its_own_form(text in any::<String>()) {
            if let Ok(form) = normal(&text) {
                prop_assert_eq!(normal(&form), Ok(form.clone()));
            }
        }

        #[test]
        fn equivalent_texts_are_one_password(text in "[\\PC\u{301}\u{308}\u{3099}]{1,20}") {
            let composed = unicode::nfc(&text).into_owned();
            prop_assert_eq!(normal(&text), normal(&composed));
        }
    }
}
