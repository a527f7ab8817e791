//! Unicode forms in which texts of people are compared.

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::{
    CodePointMapData, CodePointSetData,
    props::{DefaultIgnorableCodePoint, GeneralCategory, HangulSyllableType},
};

/// Returns the text in normalization form C: one spelling of each composed character.
pub fn nfc(text: &str) -> Cow<'_, str> {
    ComposingNormalizerBorrowed::new_nfc().normalize(text)
}

/// Returns the text in lower case and in normalization form C.
pub fn lower(text: &str) -> String {
    nfc(&nfc(text).to_lowercase()).into_owned()
}

/// Reports whether normalization form KC changes the text: it has full-width letters, ligatures or the like.
pub fn has_compatibility_characters(text: &str) -> bool {
    ComposingNormalizerBorrowed::new_nfkc().normalize(text) != nfc(text)
}

/// Returns the general category of a character.
pub fn category(c: char) -> GeneralCategory {
    CodePointMapData::<GeneralCategory>::new().get(c)
}

/// Reports whether fonts show nothing in place of the character: zero-width space, soft hyphen, variation selectors.
pub fn is_invisible(c: char) -> bool {
    CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
}

/// Reports whether the character is a conjoining letter of old Hangul.
pub fn is_old_hangul(c: char) -> bool {
    matches!(
        CodePointMapData::<HangulSyllableType>::new().get(c),
        HangulSyllableType::LeadingJamo | HangulSyllableType::VowelJamo | HangulSyllableType::TrailingJamo
    )
}

/// Reports whether the character is a mark that combines with the one before it.
pub fn is_mark(c: char) -> bool {
    use GeneralCategory::{EnclosingMark, NonspacingMark, SpacingMark};
    matches!(category(c), NonspacingMark | SpacingMark | EnclosingMark)
}

/// Reports whether the character may be part of an identifier: RFC 8264, section 4.2, beyond ASCII.
pub fn is_identifier(c: char) -> bool {
    use GeneralCategory::{
        DecimalNumber, LowercaseLetter, ModifierLetter, NonspacingMark, OtherLetter, SpacingMark,
        UppercaseLetter,
    };
    let letter = matches!(
        category(c),
        LowercaseLetter
            | UppercaseLetter
            | OtherLetter
            | ModifierLetter
            | DecimalNumber
            | NonspacingMark
            | SpacingMark
    );
    letter && !is_invisible(c) && !is_old_hangul(c)
}
