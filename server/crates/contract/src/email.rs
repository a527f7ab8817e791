//! E-mail addresses in one normal form, so that a mailbox has one spelling everywhere: in checks, lookups, uniqueness,
//! counters, events of hooks and mail.

use std::{fmt, str::FromStr};

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};

use crate::unicode;

/// Bytes of the part before the `@` (RFC 5321, section 4.5.3.1.1).
const MAX_LOCAL: usize = 64;
/// Bytes of an address (RFC 5321, section 4.5.3.1.3, less the angle brackets).
const MAX: usize = 254;
/// Bytes of a text that is looked at: characters that disappear in the normal form make it longer.
const MAX_TEXT: usize = 4 * MAX;
const SPECIALS: &str = "!#$%&'*+-/=?^_`{|}~";

/// An e-mail address in normal form, to which mail can be sent.
///
/// The domain is in the ASCII form of UTS 46 (`bücher.example` is `xn--bcher-kva.example`, `ＧMAIL。com` is `gmail.com`),
/// the part before the `@` in normalization form C with its case kept. Host names of one label (`dana@localhost`) are
/// domains; IP addresses, quoted names and comments are refused.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Email {
    text: String,
    at: usize,
}

/// The reason why a text is not an e-mail address. Completes a sentence such as "is not an e-mail address: …".
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// No `@` with something on both sides.
    #[error("it needs a name, an @ and a domain")]
    Parts,
    /// A long name.
    #[error("the part before the @ is longer than {MAX_LOCAL} bytes")]
    LongName,
    /// An empty atom in the name.
    #[error("the part before the @ has a dot at its start, at its end or next to another dot")]
    Dots,
    /// A character that a name cannot have.
    #[error("the part before the @ cannot contain U+{:04X}", u32::from(*.0))]
    Character(char),
    /// A name with full-width letters or the like.
    #[error("the part before the @ has characters in a compatibility form, such as full-width letters")]
    Compatibility,
    /// A domain that is no host name.
    #[error("the domain is not a host name")]
    Domain,
    /// A domain that is an IP address.
    #[error("the domain is an IP address")]
    Number,
    /// A long address.
    #[error("it is longer than {MAX} bytes")]
    Long,
}

impl Email {
    /// Reads an address in any spelling; white space around it is left out.
    ///
    /// # Errors
    /// The text is not an address that mail can be sent to.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        let text = text.trim();
        if text.len() > MAX_TEXT {
            return Err(EmailError::Long);
        }
        let (local, domain) = text.rsplit_once('@').ok_or(EmailError::Parts)?;
        if local.is_empty() || domain.is_empty() {
            return Err(EmailError::Parts);
        }
        let local = unicode::nfc(local);
        check_local(&local)?;
        let domain = ascii_domain(domain)?;
        if local.len() + 1 + domain.len() > MAX {
            return Err(EmailError::Long);
        }
        Ok(Self { text: format!("{local}@{domain}"), at: local.len() })
    }

    /// Returns the address in normal form.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the part before the `@`.
    pub fn local(&self) -> &str {
        &self.text[..self.at]
    }

    /// Returns the domain, in ASCII and lower case.
    pub fn domain(&self) -> &str {
        &self.text[self.at + 1..]
    }

    /// Returns the form in which addresses are compared: the whole in lower case.
    pub fn folded(&self) -> String {
        format!("{}@{}", unicode::lower(self.local()), self.domain())
    }

    /// Returns the address with its domain in Unicode, for people.
    pub fn for_people(&self) -> String {
        let (domain, _) = idna::domain_to_unicode(self.domain());
        format!("{}@{domain}", self.local())
    }
}

/// Returns the form in which addresses are compared, also of a text that is no address.
pub fn fold(text: &str) -> String {
    Email::parse(text).map_or_else(|_| unicode::lower(text.trim()), |email| email.folded())
}

fn check_local(local: &str) -> Result<(), EmailError> {
    if local.len() > MAX_LOCAL {
        return Err(EmailError::LongName);
    }
    // Marks that no letter has taken up are left out: the mail library cannot send to them.
    let good = |c: char| match c.is_ascii() {
        true => c.is_ascii_alphanumeric() || SPECIALS.contains(c),
        false => c.is_alphanumeric() && unicode::is_identifier(c),
    };
    for atom in local.split('.') {
        let first = atom.chars().next().ok_or(EmailError::Dots)?;
        let bad = if unicode::is_mark(first) { Some(first) } else { atom.chars().find(|c| !good(*c)) };
        if let Some(c) = bad {
            return Err(EmailError::Character(c));
        }
    }
    if unicode::has_compatibility_characters(local) {
        return Err(EmailError::Compatibility);
    }
    Ok(())
}

fn ascii_domain(domain: &str) -> Result<String, EmailError> {
    let ascii = Uts46::new()
        .to_ascii(domain.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast, DnsLength::Verify)
        .map_err(|_| EmailError::Domain)?;
    let last = ascii.rsplit('.').next().unwrap_or_default();
    let number = last.strip_prefix("0x").map_or_else(
        || last.bytes().all(|b| b.is_ascii_digit()),
        |hex| hex.bytes().all(|b| b.is_ascii_hexdigit()),
    );
    if number { Err(EmailError::Number) } else { Ok(ascii.into_owned()) }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Email {
    type Err = EmailError;

    fn from_str(text: &str) -> Result<Self, EmailError> {
        Self::parse(text)
    }
}

impl AsRef<str> for Email {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.text
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn normal(text: &str) -> String {
        Email::parse(text).unwrap_or_else(|error| panic!("{text:?}: {error}")).into()
    }

    #[test]
    fn a_mailbox_has_one_spelling() {
        for (typed, kept) in [
            ("dana@example.com", "dana@example.com"),
            (" Dana.Doe+x@Example.CO.uk ", "Dana.Doe+x@example.co.uk"),
            ("dana@bücher.example", "dana@xn--bcher-kva.example"),
            ("dana@BÜCHER.example", "dana@xn--bcher-kva.example"),
            ("dana@bu\u{308}cher.example", "dana@xn--bcher-kva.example"),
            ("dana@XN--BCHER-KVA.example", "dana@xn--bcher-kva.example"),
            ("dana@ｇｍａｉｌ.com", "dana@gmail.com"),
            ("dana@gmail。com", "dana@gmail.com"),
            ("dana@gmail．com", "dana@gmail.com"),
            ("dana@gm\u{ad}ail.com", "dana@gmail.com"),
            ("dana@gmail.com\u{3000}", "dana@gmail.com"),
            ("e\u{301}lodie@example.com", "élodie@example.com"),
            ("\u{212b}sa@example.com", "Åsa@example.com"),
            ("दाना@example.com", "दाना@example.com"),
            ("dana@straße.example", "dana@xn--strae-oqa.example"),
            ("a@localhost", "a@localhost"),
        ] {
            assert_eq!(normal(typed), kept, "{typed:?}");
        }
        assert_eq!(
            Email::parse("ÜNAL@Example.com").map(|email| email.folded()),
            Ok("ünal@example.com".into())
        );
        assert_eq!(fold("U\u{308}nal@bücher.example"), "ünal@xn--bcher-kva.example");
        let people = Email::parse("dana@xn--bcher-kva.example").map(|email| email.for_people());
        assert_eq!(people, Ok("dana@bücher.example".into()));
    }

    #[test]
    fn what_mail_cannot_be_sent_to_is_refused() {
        use EmailError::{Character, Compatibility, Domain, Dots, Long, LongName, Number, Parts};
        let long_name = format!("{}@example.com", "é".repeat(33));
        let long = format!("dana@{}example.com", "abcdefghi.".repeat(24));
        let label = format!("dana@{}.example", "ü".repeat(60));
        for (typed, why) in [
            ("", Parts),
            ("dana", Parts),
            ("@example.com", Parts),
            ("dana@", Parts),
            ("da..na@example.com", Dots),
            (".dana@example.com", Dots),
            ("dana.@example.com", Dots),
            ("a b@example.com", Character(' ')),
            ("a@b@example.com", Character('@')),
            ("\"dana\"@example.com", Character('"')),
            ("dana(work)@example.com", Character('(')),
            ("<dana@example.com>", Character('<')),
            ("da\nna@example.com", Character('\n')),
            ("da\u{0}na@example.com", Character('\u{0}')),
            ("da\u{200b}na@example.com", Character('\u{200b}')),
            ("da\u{ad}na@example.com", Character('\u{ad}')),
            ("da\u{202e}na@example.com", Character('\u{202e}')),
            ("dana\u{fe0f}@example.com", Character('\u{fe0f}')),
            ("\u{301}dana@example.com", Character('\u{301}')),
            ("ｄana@example.com", Compatibility),
            ("ﬁn@example.com", Compatibility),
            ("dana@gmail.com.", Domain),
            ("dana@gmail..com", Domain),
            ("dana@.gmail.com", Domain),
            ("dana@-a.example", Domain),
            ("dana@a-.example", Domain),
            ("dana@a_b.example", Domain),
            ("dana@gmail%2ecom", Domain),
            ("dana@gmail.com(x)", Domain),
            ("dana@gmail.com\r\nbcc:eve", Domain),
            ("dana@gma il.com", Domain),
            ("dana@[127.0.0.1]", Domain),
            ("dana@xn--a.example", Domain),
            ("dana@a\u{5d0}.example", Domain),
            ("dana@127.0.0.1", Number),
            ("dana@１２７.0.0.1", Number),
            ("dana@0x7f000001", Number),
            (&label, Domain),
            (&long_name, LongName),
            (&long, Long),
        ] {
            assert_eq!(Email::parse(typed), Err(why), "{typed:?}");
        }
    }

    /// Texts that are near to addresses.
    fn texts() -> impl Strategy<Value = String> {
        prop_oneof![
            "[a-zA-Zéüßσςİ\u{301}\u{308}.+]{1,12}@[a-zA-Zéüßς\u{301}\u{308}。．-]{1,12}\\.[a-zA-Z]{2,5}",
            "\\PC{0,12}@\\PC{0,16}",
            any::<String>(),
        ]
    }

    proptest! {
        #[test]
        fn the_normal_form_is_its_own_normal_form(text in texts()) {
            if let Ok(email) = Email::parse(&text) {
                prop_assert_eq!(Email::parse(email.as_str()), Ok(email.clone()));
                prop_assert_eq!(fold(&email.folded()), email.folded());
                prop_assert!(email.domain().is_ascii());
                prop_assert_eq!(Email::parse(&email.for_people()), Ok(email));
            }
        }

        #[test]
        fn equivalent_spellings_are_one_address(text in texts()) {
            let decomposed: String =
                icu_normalizer::DecomposingNormalizerBorrowed::new_nfd().normalize(&text).into_owned();
            prop_assert_eq!(Email::parse(&text), Email::parse(&decomposed));
        }

        #[test]
        fn the_case_of_the_domain_and_of_ascii_names_makes_no_other_account(
            name in "[a-z0-9+-]{1,10}", domain in "[a-z0-9]{1,10}\\.[a-z]{2,4}",
        ) {
            let typed = format!("{name}@{domain}");
            prop_assert_eq!(fold(&typed.to_uppercase()), fold(&typed));
        }
    }
}
