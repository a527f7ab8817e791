//! Tables: rows on a wide screen, stacked cards on a narrow one.

use leptos::prelude::*;

/// One column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Column {
    /// Its heading; empty for a column of buttons.
    pub label: String,
    /// Aligns figures at the right.
    pub numeric: bool,
}

impl Column {
    /// A column of text.
    pub fn text(label: impl Into<String>) -> Self {
        Self { label: label.into(), numeric: false }
    }

    /// A column of figures.
    pub fn number(label: impl Into<String>) -> Self {
        Self { label: label.into(), numeric: true }
    }

    /// A column of buttons, without a visible heading.
    pub fn actions() -> Self {
        Self::default()
    }
}

/// A table. Its children are `<tr>` rows of [`Cell`]s, in the order of `columns`.
#[component]
pub fn Table(
    /// What the rows are, for assistive technology.
    #[prop(into)]
    caption: String,
    /// The columns.
    columns: Vec<Column>,
    /// The rows.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="table-frame">
            <table class="table">
                <caption class="visually-hidden">{caption}</caption>
                <thead>
                    <tr>
                        {columns
                            .into_iter()
                            .map(|column| {
                                let label = if column.label.is_empty() {
                                    view! { <span class="visually-hidden">"Actions"</span> }.into_any()
                                } else {
                                    column.label.into_any()
                                };
                                view! {
                                    <th scope="col" class:table__number=column.numeric>
                                        {label}
                                    </th>
                                }
                            })
                            .collect_view()}
                    </tr>
                </thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// One cell of a row.
#[component]
pub fn Cell(
    /// Heading of its column, shown beside the value on a narrow screen. None for the first cell and
    /// for buttons.
    #[prop(optional, into)]
    label: Option<String>,
    /// Aligns a figure at the right.
    #[prop(default = false)]
    numeric: bool,
    /// What it holds.
    children: Children,
) -> impl IntoView {
    view! {
        <td data-label=label class:table__number=numeric>
            {children()}
        </td>
    }
}
