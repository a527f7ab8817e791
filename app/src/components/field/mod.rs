//! Form fields: a label, the control, a hint and an error, tied together for assistive technology.
//!
//! Every field has a `name`, so that a form works before the page is hydrated, and takes an optional
//! signal that it reads and writes.

mod frame;
mod select;
mod text_area;
mod text_field;
mod tick;

pub(super) use frame::typed_early;
pub use select::{Choice, Select};
pub use text_area::TextArea;
pub use text_field::TextField;
pub use tick::{Checkbox, Switch};
