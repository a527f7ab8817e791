//! When each step of a run took place and how long it took.

use leptos::prelude::*;

/// What a step of a run did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpanKind {
    /// A hook ran.
    Hook,
    /// The endpoint's own work.
    Core,
    /// It did not run; the note says why.
    Skipped,
    /// A hook ran and failed.
    Failed,
}

impl SpanKind {
    fn modifier(self) -> &'static str {
        match self {
            Self::Hook => "hook",
            Self::Core => "core",
            Self::Skipped => "skipped",
            Self::Failed => "failed",
        }
    }
}

/// One step of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    /// Name of the step.
    pub label: String,
    /// What it did.
    pub kind: SpanKind,
    /// Start, in microseconds since the run began.
    pub start_us: u64,
    /// Length in microseconds.
    pub duration_us: u64,
    /// In place of the length, such as `not reached`.
    pub note: Option<String>,
}

/// The steps of a run as bars on one time axis.
#[component]
pub fn Waterfall(
    /// The steps, in order.
    #[prop(into)]
    spans: Signal<Vec<Span>>,
) -> impl IntoView {
    view! {
        <ol class="waterfall">
            {move || {
                let spans = spans.get();
                let end = spans.iter().map(|span| span.start_us + span.duration_us).max().unwrap_or(0).max(1);
                spans.into_iter().map(|span| row(span, end)).collect_view()
            }}
        </ol>
    }
    .into_any()
}

fn row(span: Span, end_us: u64) -> impl IntoView {
    let (left, width) = match span.kind {
        SpanKind::Skipped => (0.0, 30.0),
        _ => (percent(span.start_us, end_us), percent(span.duration_us, end_us)),
    };
    let style = format!("margin-inline-start: {left:.2}%; width: max(3px, {width:.2}%)");
    view! {
        <li class="waterfall__row">
            <span class="waterfall__label">{span.label}</span>
            <span class="waterfall__lane" aria-hidden="true">
                <span class=format!("waterfall__bar waterfall__bar--{}", span.kind.modifier()) style=style></span>
            </span>
            <span class="waterfall__time">{span.note.unwrap_or_else(|| duration(span.duration_us))}</span>
        </li>
    }
}

#[expect(clippy::cast_precision_loss, reason = "a run lasts seconds, far from where f64 loses microseconds")]
fn percent(part: u64, whole: u64) -> f64 {
    part as f64 * 100.0 / whole as f64
}

/// A length of time with the unit that suits it: `740 µs`, `2.1 ms`, `36 ms`, `1.4 s`.
#[expect(clippy::cast_precision_loss, reason = "a run lasts seconds, far from where f64 loses microseconds")]
pub fn duration(us: u64) -> String {
    match us {
        0..1_000 => format!("{us} µs"),
        1_000..10_000 => format!("{:.1} ms", us as f64 / 1e3),
        10_000..1_000_000 => format!("{:.0} ms", us as f64 / 1e3),
        _ => format!("{:.1} s", us as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn durations_have_the_unit_that_suits_them() {
        let read = [740, 2_100, 36_400, 1_400_000].map(duration);
        assert_eq!(read, ["740 µs", "2.1 ms", "36 ms", "1.4 s"]);
    }
}
