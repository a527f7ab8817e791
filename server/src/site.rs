//! The console's static files: inside the program (release) or in the build folder (development).

use std::{
    borrow::Cow,
    path::{Component, Path, PathBuf},
};

/// Files of a release build: path below the site folder, content. Empty in development.
static EMBEDDED: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/site.rs"));

/// Names the build that the files belong to.
const BUILD: &str = "build.txt";

/// Where the files come from.
#[derive(Debug, Clone)]
pub enum Site {
    /// The program itself.
    Embedded,
    /// A folder.
    Folder(PathBuf),
}

impl Site {
    /// The files that were built with this program.
    pub fn of_build() -> Self {
        if EMBEDDED.is_empty() { Self::Folder(env!("CONSOLE_SITE").into()) } else { Self::Embedded }
    }

    /// Address prefix of the current files, `/assets/<hash>`.
    pub fn base(&self) -> String {
        let hash = self.read(BUILD).map(|text| String::from_utf8_lossy(&text).trim().to_owned());
        format!("/assets/{}", hash.unwrap_or_else(|| "missing".into()))
    }

    /// A file, by its path with slashes below the site folder. Paths that lead out of it find nothing.
    pub fn read(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        match self {
            Self::Embedded => {
                EMBEDDED.iter().find(|(name, _)| *name == path).map(|(_, content)| Cow::Borrowed(*content))
            }
            Self::Folder(folder) => {
                let path = Path::new(path);
                let inside = path.components().all(|part| matches!(part, Component::Normal(_)));
                inside.then(|| std::fs::read(folder.join(path)).ok()).flatten().map(Cow::Owned)
            }
        }
    }
}

/// The media type of a file by its name.
pub fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        "ttf" => "font/ttf",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "json" | "map" => "application/json",
        "html" => "text/html; charset=utf-8",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_cannot_leave_the_folder() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir_all(folder.path().join("site/assets/ab")).expect("made");
        std::fs::write(folder.path().join("site/assets/ab/main.css"), "a{}").expect("written");
        std::fs::write(folder.path().join("secret"), "no").expect("written");
        let site = Site::Folder(folder.path().join("site"));
        assert!(site.read("assets/ab/main.css").is_some());
        for path in ["../secret", "assets/../../secret", "/etc/hostname", "assets/ab/../../../secret", ""] {
            assert!(site.read(path).is_none(), "{path}");
        }
    }
}
