//! What `import` finds: the built-in `crypto`, and a clear error for anything else.

use rquickjs::loader::{ImportAttributes, Loader, Resolver};
use rquickjs::module::Declared;
use rquickjs::{Ctx, Exception, Module, Result};

const CRYPTO: &str = "crypto";
const CRYPTO_SOURCE: &str = "const crypto = globalThis.crypto; export default crypto; \
    export const { subtle, randomUUID, getRandomValues, randomBytes, createHash, createHmac, timingSafeEqual } = crypto;";

/// Resolver and loader of the built-in modules.
#[derive(Clone, Copy)]
pub struct Builtins;

impl Resolver for Builtins {
    fn resolve<'js>(
        &mut self,
        ctx: &Ctx<'js>,
        _base: &str,
        name: &str,
        _attributes: Option<ImportAttributes<'js>>,
    ) -> Result<String> {
        if name.strip_prefix("node:").unwrap_or(name) == CRYPTO {
            return Ok(CRYPTO.to_owned());
        }
        Err(Exception::throw_reference(
            ctx,
            &format!(
                "Cannot find module '{name}': hooks run without npm packages and other files; the only module is crypto"
            ),
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
