//! Migrations are embedded by a macro; this makes Cargo notice when one is added.

fn main() {
    for folder in ["sqlite", "postgres"] {
        // Cargo reads build scripts' standard output; there is no other way to talk to it.
        write_line(&format!("cargo:rerun-if-changed=../../../migrations/{folder}"));
    }
}

fn write_line(line: &str) {
    use std::io::Write;
    // A closed pipe means that Cargo is gone, and with it the only reader.
    let _ = writeln!(std::io::stdout(), "{line}");
}
