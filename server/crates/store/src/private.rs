//! Files and folders that only their owner can read, under every umask.

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::Path,
};

/// What the data folder holds. A folder with anything else in it is not this server's alone.
const OURS: [&str; 2] = ["hookwright.", "secret.key"];

/// Makes a folder, and those above it, for its owner alone; narrows one that others can enter.
///
/// # Errors
/// What the system says.
pub fn make_folder(folder: &Path) -> io::Result<()> {
    if folder.as_os_str().is_empty() {
        return Ok(());
    }
    if folder.is_dir() {
        narrow_folder(folder);
        return Ok(());
    }
    if let Some(above) = folder.parent()
        && !above.as_os_str().is_empty()
        && !above.is_dir()
    {
        make_folder(above)?;
    }
    match fs::create_dir(folder) {
        Ok(()) => set_mode(folder, 0o700),
        // Another process was first.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
        Err(error) => Err(error),
    }
}

/// Makes a file that does not exist yet, for its owner alone, and opens it for writing.
///
/// # Errors
/// What the system says; that it exists already, too.
pub fn make_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    // The umask can only have taken away from the mode: what the owner needs is given back.
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    Ok(file)
}

/// Takes other users' access to a file away, or says in the log that it could not.
pub fn narrow_file(path: &Path) {
    narrow(path, 0o600, "Other users could read this file.");
}

/// Makes sure that the names of the files in the folder of `path` survive a power cut.
///
/// # Errors
/// What the system says.
pub fn sync_folder_of(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

fn narrow_folder(folder: &Path) {
    let Some(mode) = wide_mode(folder) else { return };
    let ours = fs::read_dir(folder).is_ok_and(|entries| {
        entries.flatten().all(|entry| {
            let name = entry.file_name();
            OURS.iter().any(|ours| name.to_string_lossy().starts_with(ours))
        })
    });
    if ours {
        narrow(folder, 0o700, "Other users could list this folder.");
    } else {
        // Other programs may need what is in it.
        tracing::warn!(folder = %folder.display(), mode, "store.folder.open_to_others");
    }
}

fn narrow(path: &Path, most: u32, message: &str) {
    let Some(mode) = wide_mode(path) else { return };
    let path_text = path.display();
    match set_mode(path, most) {
        Ok(()) => tracing::warn!(path = %path_text, mode, "store.permissions.narrowed: {message}"),
        Err(error) => {
            tracing::warn!(path = %path_text, mode, %error, "store.permissions.too_wide: {message}");
        }
    }
}

/// The mode of what others than the owner can use, for people.
#[cfg(unix)]
fn wide_mode(path: &Path) -> Option<String> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(path).ok()?.permissions().mode() & 0o7777;
    (mode & 0o077 != 0).then(|| format!("{mode:04o}"))
}

#[cfg(not(unix))]
fn wide_mode(_: &Path) -> Option<String> {
    None
}

fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode))?;
    #[cfg(not(unix))]
    let _ = (path, mode);
    Ok(())
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    fn set(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_folder_is_made_for_its_owner_alone_with_those_above_it() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("a/b");
        make_folder(&inner).unwrap();
        assert_eq!([mode(&inner), mode(&folder.path().join("a"))], [0o700; 2]);
    }

    #[test]
    fn a_wide_data_folder_is_narrowed_and_a_shared_one_left() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("hookwright.db"), "").unwrap();
        set(folder.path(), 0o755);
        make_folder(folder.path()).unwrap();
        assert_eq!(mode(folder.path()), 0o700);

        fs::write(folder.path().join("holiday.jpg"), "").unwrap();
        set(folder.path(), 0o1777);
        make_folder(folder.path()).unwrap();
        assert_eq!(mode(folder.path()), 0o1777);
    }

    #[test]
    fn a_wide_file_is_narrowed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret.key");
        make_file(&file).unwrap();
        assert_eq!(mode(&file), 0o600);
        set(&file, 0o644);
        narrow_file(&file);
        assert_eq!(mode(&file), 0o600);
        assert!(make_file(&file).is_err());
    }
}
