//! Shapes of the management API and the console. One file per resource.

mod access;
mod hook;
mod log;
mod overview;
mod project;
mod run;
mod test;
mod version;

pub use self::{access::*, hook::*, log::*, overview::*, project::*, run::*, test::*, version::*};
