//! Server functions: the console's way to the server. One file per resource; each function finds out who is
//! asking and calls one method of `manage`, as the handlers of the management API do.

pub(crate) mod access;
pub(crate) mod hooks;
pub(crate) mod json;
pub(crate) mod overview;
pub(crate) mod projects;
pub(crate) mod runs;
pub(crate) mod secrets;
pub(crate) mod tests;
pub(crate) mod versions;
