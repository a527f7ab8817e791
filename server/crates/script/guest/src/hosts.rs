//! Names of hosts by UTS 46, for `URL`.

use idna::AsciiDenyList;
use idna::uts46::{DnsLength, Hyphens, Uts46};
use rquickjs::{Ctx, Function, Object, Result};

/// Adds the functions to the natives.
pub fn install<'js>(ctx: &Ctx<'js>, natives: &Object<'js>) -> Result<()> {
    natives.set("hostToAscii", Function::new(ctx.clone(), to_ascii)?)?;
    natives.set("hostToUnicode", Function::new(ctx.clone(), to_unicode)?)
}

/// The name in ASCII; none where it is not valid.
fn to_ascii(name: String, check_length: bool) -> Option<String> {
    let length = if check_length { DnsLength::Verify } else { DnsLength::Ignore };
    let name = Uts46::new().to_ascii(name.as_bytes(), AsciiDenyList::EMPTY, Hyphens::Allow, length);
    name.ok().map(std::borrow::Cow::into_owned)
}

/// The name in Unicode, as far as it is valid.
fn to_unicode(name: String) -> String {
    Uts46::new().to_unicode(name.as_bytes(), AsciiDenyList::EMPTY, Hyphens::Allow).0.into_owned()
}
