//! What the console is drawn with. Components fetch nothing, know no page, work with the keyboard
//! alone and say by word or shape whatever they say by colour.
//!
//! Those with many parts end in `into_any()`: without it the type of a page is as deep as the page, and the
//! compiler gives up on it.

pub mod arrival;
pub mod brand;
pub mod button;
pub mod code_block;
pub mod copy_button;
pub mod dialog;
pub mod diff_view;
pub mod empty_state;
pub mod error_panel;
pub mod field;
pub mod icon;
pub mod kbd;
pub mod layout;
pub mod loading;
pub mod menu;
pub mod method;
pub mod palette;
pub mod panel;
pub mod pill;
pub mod rail;
pub mod relative_time;
pub mod search;
pub mod segmented;
pub mod table;
pub mod tabs;
pub mod tag;
pub mod theme_toggle;
pub mod timeline;
pub mod toast;
pub mod top_bar;
pub mod track;
pub mod verdict;
pub mod waterfall;
