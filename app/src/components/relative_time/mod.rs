//! Points in time, as a reader says them.

use std::time::Duration;

use leptos::prelude::*;

/// How often the words are checked.
const REFRESH: Duration = Duration::from_secs(20);

/// A point in time: `2 min ago` in the browser, the date in UTC until then and in its tooltip.
#[component]
pub fn RelativeTime(
    /// Milliseconds since 1970, UTC.
    at: i64,
) -> impl IntoView {
    let date = utc(at);
    let text = RwSignal::new(date.clone());
    Effect::new(move || {
        let refresh = move || text.set(ago(at, now()));
        refresh();
        if let Ok(timer) = set_interval_with_handle(refresh, REFRESH) {
            on_cleanup(move || timer.clear());
        }
    });
    let machine = date.replace(' ', "T").replace("TUTC", "Z");
    view! {
        <time class="time" datetime=machine title=date>
            {move || text.get()}
        </time>
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the clock's milliseconds fit for some 280 million years"
)]
fn now() -> i64 {
    js_sys::Date::now() as i64
}

/// How long ago `at` is, in words. Only in the browser: a server does not know when its page is read.
pub fn said(at: i64) -> String {
    ago(at, now())
}

/// How `at` is said at `now`, both in milliseconds since 1970.
fn ago(at: i64, now: i64) -> String {
    let seconds = (now - at) / 1000;
    let (distance, past) = (seconds.unsigned_abs(), seconds >= 0);
    let words = match distance {
        0..10 => return "just now".into(),
        10..60 => format!("{distance} s"),
        60..3_600 => format!("{} min", distance / 60),
        3_600..86_400 => format!("{} h", distance / 3_600),
        86_400..2_592_000 => format!("{} d", distance / 86_400),
        _ => return utc(at).chars().take(10).collect(),
    };
    if past { format!("{words} ago") } else { format!("in {words}") }
}

/// `2026-03-05 14:02:11 UTC`.
pub fn utc(at: i64) -> String {
    let (days, second) = (at.div_euclid(86_400_000), at.rem_euclid(86_400_000) / 1000);
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC")
}

/// Year, month and day of a day counted from 1970-01-01. Counting from March of a 400-year era puts the
/// leap day last, where it needs no exception.
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::{ago, utc};

    #[test]
    fn dates_are_right_around_leap_days() {
        assert_eq!(utc(0), "1970-01-01 00:00:00 UTC");
        assert_eq!(utc(951_782_400_000), "2000-02-29 00:00:00 UTC");
        assert_eq!(utc(1_709_251_199_000), "2024-02-29 23:59:59 UTC");
        assert_eq!(utc(1_767_225_600_000), "2026-01-01 00:00:00 UTC");
    }

    #[test]
    fn distances_are_said_in_words() {
        let now = 1_767_225_600_000;
        assert_eq!(ago(now - 4_000, now), "just now");
        assert_eq!(ago(now - 130_000, now), "2 min ago");
        assert_eq!(ago(now + 28 * 60_000, now), "in 28 min");
        assert_eq!(ago(now - 90 * 86_400_000, now), "2025-10-03");
    }
}
