//! Encryption at rest: what the database holds of secrets and private keys is sealed with a key that it does not hold.

use std::{fs, io::Write as _, path::Path};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead as _, KeyInit as _, OsRng, Payload, rand_core::RngCore as _},
};

use crate::private;

const NONCE: usize = 24;

/// Why something cannot be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The key file cannot be read or written.
    #[error("the key file {path} cannot be used: {reason}")]
    KeyFile {
        /// Its path.
        path: String,
        /// What the system says.
        reason: String,
    },
    /// The key is not 32 bytes in base64.
    #[error("the secret key must be 32 bytes in base64; make one with `openssl rand -base64 32`")]
    InvalidKey,
    /// The value is larger than the cipher takes.
    #[error("the value is too large to be encrypted")]
    TooLarge,
    /// The data was sealed with another key, for another purpose, or is damaged.
    #[error("this was encrypted with another key; restore the key that the data folder was made with")]
    WrongKey,
}

/// Seals and opens small values with XChaCha20-Poly1305. The context (what the value is and whose) is authenticated,
/// so that a sealed value copied to another place does not open there.
#[derive(Clone)]
pub struct Vault {
    cipher: XChaCha20Poly1305,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault")
    }
}

impl Vault {
    /// A vault with this key.
    pub fn new(key: [u8; 32]) -> Self {
        Self { cipher: XChaCha20Poly1305::new(&key.into()) }
    }

    /// A vault with a key in base64.
    ///
    /// # Errors
    /// When the text is not 32 bytes in base64.
    pub fn from_base64(text: &str) -> Result<Self, VaultError> {
        let bytes = STANDARD.decode(text.trim()).map_err(|_| VaultError::InvalidKey)?;
        Ok(Self::new(bytes.try_into().map_err(|_| VaultError::InvalidKey)?))
    }

    /// Reads the key file; none if there is no file.
    ///
    /// # Errors
    /// When the file cannot be read, or holds no key.
    pub fn load(path: &Path) -> Result<Option<Self>, VaultError> {
        match fs::read_to_string(path) {
            Ok(text) => {
                private::narrow_file(path);
                Self::from_base64(&text).map(Some)
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(unusable(path, &error)),
        }
    }

    /// Reads the key file, or makes one that only its owner can read.
    ///
    /// # Errors
    /// When the file can be neither read nor made, or holds no key.
    pub fn load_or_create(path: &Path) -> Result<Self, VaultError> {
        if let Some(vault) = Self::load(path)? {
            return Ok(vault);
        }
        let mut key = [0; 32];
        OsRng.fill_bytes(&mut key);
        // If another process was first, its key counts.
        put(path, &STANDARD.encode(key)).map_err(|error| unusable(path, &error))?;
        let gone = std::io::Error::from(std::io::ErrorKind::NotFound);
        Self::load(path)?.ok_or_else(|| unusable(path, &gone))
    }

    /// Encrypts; the result carries its nonce.
    ///
    /// # Errors
    /// [`VaultError::TooLarge`] for more than the cipher takes.
    pub fn seal(&self, context: &str, plain: &[u8]) -> Result<Vec<u8>, VaultError> {
        let mut nonce = [0; NONCE];
        OsRng.fill_bytes(&mut nonce);
        let payload = Payload { msg: plain, aad: context.as_bytes() };
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| VaultError::TooLarge)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Decrypts what [`Vault::seal`] made with the same context.
    ///
    /// # Errors
    /// [`VaultError::WrongKey`] when key, context or data do not fit.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or(VaultError::WrongKey)?;
        let payload = Payload { msg: sealed, aad: context.as_bytes() };
        self.cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| VaultError::WrongKey)
    }
}

/// Makes a file that only its owner can read, unless there is one. It has its whole content from its first moment on,
/// for a full disk or another process that reads it must not make a key of half of one.
fn put(path: &Path, text: &str) -> std::io::Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{:016x}", OsRng.next_u64()));
    let beside = Path::new(&name);
    let mut file = private::make_file(beside)?;
    let written = writeln!(file, "{text}").and_then(|()| file.sync_all());
    // Unlike renaming, linking does not replace what is there.
    let linked = match written.and_then(|()| fs::hard_link(beside, path)) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    };
    fs::remove_file(beside)?;
    linked?;
    // What is sealed with the key must not outlive it.
    private::sync_folder_of(path)
}

fn unusable(path: &Path, error: &std::io::Error) -> VaultError {
    VaultError::KeyFile { path: path.display().to_string(), reason: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_only_with_the_same_key_and_context() {
        let vault = Vault::new([7; 32]);
        let sealed = vault.seal("secret:prj_1:KEY", b"hunter2").unwrap();
        assert!(!sealed.windows(7).any(|w| w == b"hunter2"));
        assert_eq!(vault.open("secret:prj_1:KEY", &sealed).unwrap(), b"hunter2");
        assert!(matches!(vault.open("secret:prj_2:KEY", &sealed), Err(VaultError::WrongKey)));
        assert!(matches!(Vault::new([8; 32]).open("secret:prj_1:KEY", &sealed), Err(VaultError::WrongKey)));
        assert!(matches!(vault.open("secret:prj_1:KEY", b"short"), Err(VaultError::WrongKey)));
    }

    #[test]
    fn processes_that_start_at_once_agree_on_a_key() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secret.key");
        let sealed: Vec<_> = std::thread::scope(|scope| {
            let started: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| Vault::load_or_create(&path).unwrap().seal("a", b"b").unwrap()))
                .collect();
            started.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let vault = Vault::load_or_create(&path).unwrap();
        assert!(sealed.iter().all(|sealed| vault.open("a", sealed).is_ok()));
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "nothing else is left");
    }

    #[test]
    fn makes_a_private_key_file_once() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secret.key");
        let sealed = Vault::load_or_create(&path).unwrap().seal("a", b"b").unwrap();
        assert_eq!(Vault::load_or_create(&path).unwrap().open("a", &sealed).unwrap(), b"b");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}
