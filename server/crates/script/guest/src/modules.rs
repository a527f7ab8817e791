//! What `import` finds: the built-in `crypto`, and a clear error for anything else.

use rquickjs::loader::{ImportAttributes, Loader, Resolver};
use rquickjs::module::Declared;
use rquickjs::{Ctx, Error, Module, Result};

const CRYPTO: &str = "crypto";
const CRYPTO_SOURCE: &str = "const crypto = globalThis.crypto; export default crypto; \
    export const { subtle, randomUUID, getRandomValues, randomBytes, createHash, createHmac, timingSafeEqual } = crypto;";

/// Resolver and loader of the built-in modules.
#[derive(Clone, Copy)]
pub struct Builtins;

impl Resolver for Builtins {
    fn resolve<'js>(
        &mut self,
        _ctx: &Ctx<'js>,
        base: &str,
        name: &str,
        _attributes: Option<ImportAttributes<'js>>,
    ) -> Result<String> {
        if name.strip_prefix("node:").unwrap_or(name) == CRYPTO {
            return Ok(CRYPTO.to_owned());
        }
        Err(Error::new_resolving_message(
            base,
            name,
            "hooks run without npm packages; the only module is 'crypto', and fetch, URL, TextEncoder and crypto are there without import",
        ))
    }
}

impl Loader for Builtins {
    fn load<'js>(
        &mut self,
        ctx: &Ctx<'js>,
        name: &str,
        _attributes: Option<ImportAttributes<'js>>,
    ) -> Result<Module<'js, Declared>> {
        Module::declare(ctx.clone(), name, CRYPTO_SOURCE)
    }
}
