//! Form fields: a label, the control, a hint and an error, tied together for assistive technology.
//!
//! Every field has a `name`, so that a form works before the page is hydrated, and takes an optional
//! signal that it reads and writes.

mod checkbox;
mod frame;
mod select;
mod switch;
mod text_area;
mod text_field;

pub use checkbox::Checkbox;
pub use select::{Choice, Select};
pub use switch::Switch;
pub use text_area::TextArea;
pub use text_field::TextField;
