//! The commands beside `serve`, run as programs.

use std::{
    path::Path,
    process::{Command, Output},
};

/// Runs `hookwright` with these arguments on a data folder.
fn hookwright(data: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hookwright"));
    command.args(arguments).current_dir(data).env_clear();
    command.env("HOOKWRIGHT_DATA_DIR", data.join("data")).env("HOOKWRIGHT_PASSWORD", "correct horse battery");
    command.env("HOOKWRIGHT_AUTH_ARGON2_MEMORY_KIB", "8");
    command.output().expect("run")
}

#[track_caller]
fn done(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[track_caller]
fn refused(output: &Output, reason: &str) {
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && told.contains(reason), "{told}");
}

#[test]
fn a_backup_makes_and_migrates_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let copy = folder.path().join("copy.db");
    let backup = || hookwright(folder.path(), &["backup", "copy.db"]);
    refused(&backup(), "there is no database");
    assert!(!copy.exists() && !folder.path().join("data").exists());

    // What cannot be read leaves nothing behind that is in the way of the next try.
    let database = folder.path().join("data/hookwright.db");
    std::fs::create_dir(folder.path().join("data")).expect("made");
    std::fs::write(&database, "no database ".repeat(1_000)).expect("written");
    assert!(!backup().status.success());
    assert!(!copy.exists());

    // An empty file is a database whose migrations are all still to come.
    std::fs::write(&database, "").expect("written");
    done(&backup());
    let made = std::fs::read(&copy).expect("a copy");
    assert!(!String::from_utf8_lossy(&made).contains("CREATE TABLE"));
    refused(&backup(), "copy.db");
    assert_eq!(std::fs::read(&copy).expect("a copy"), made);

    std::fs::remove_file(&copy).expect("removed");
    done(&hookwright(folder.path(), &["migrate"]));
    done(&backup());
    assert!(String::from_utf8_lossy(&std::fs::read(&copy).expect("a copy")).contains("CREATE TABLE"));
}

#[test]
fn administrators_come_and_go() {
    let folder = tempfile::tempdir().expect("a folder");
    let admin = |arguments: &[&str]| hookwright(folder.path(), &[&["admin"], arguments].concat());
    refused(&admin(&["list"]), "there is no database");
    done(&admin(&["create", "--email", "dana@example.com", "--name", "Dana"]));
    refused(&admin(&["create", "--email", "dana@example.com"]), "already");
    refused(&admin(&["remove", "--email", "dana@example.com"]), "only administrator");
    done(&admin(&["create", "--email", "erin@example.com"]));
    assert_eq!(done(&admin(&["list"])), "dana@example.com\tDana\nerin@example.com\terin@example.com\n");
    done(&admin(&["password", "--email", "dana@example.com"]));
    refused(&admin(&["password", "--email", "nobody@example.com"]), "no administrator");
    done(&admin(&["remove", "--email", "dana@example.com"]));
    assert_eq!(done(&admin(&["list"])), "erin@example.com\terin@example.com\n");
}

#[test]
fn keys_are_listed_and_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let token = |arguments: &[&str]| hookwright(folder.path(), &[&["token"], arguments].concat());
    let key = done(&token(&["create", "--name", "ci", "--scopes", "read:hooks"]));
    let listed = done(&token(&["list"]));
    let columns: Vec<_> = listed.trim_end().split('\t').collect();
    assert!(key.starts_with(columns[1].trim_end_matches('…')), "{listed}");
    assert_eq!(columns[2..], ["ci", "never used, does not expire", "read:hooks"]);
    refused(&token(&["list", "--project", "none"]), "no project");
    done(&token(&["revoke", columns[0]]));
    assert_eq!(done(&token(&["list"])), "");
    refused(&token(&["revoke", "key_none"]), "no such API key");
}
