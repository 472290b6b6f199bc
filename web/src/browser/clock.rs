//! The browser's clock. Everything else gets its time from here, as an argument.

use crate::components::words;
use jiff::civil::{Date, DateTime};

/// Milliseconds since 1970.
pub(crate) fn now_ms() -> f64 {
    js_sys::Date::now()
}

/// The moment that a header of HTTP names, in milliseconds.
pub(crate) fn parse(text: &str) -> Option<f64> {
    Some(js_sys::Date::parse(text)).filter(|at| at.is_finite())
}

/// Hour and minute of a moment, as the user's clock shows it.
pub(crate) fn time(at_ms: f64) -> String {
    let at = local(at_ms);
    format!("{:02}:{:02}", at.hour(), at.minute())
}

/// The same, with the date if that is not today.
pub(crate) fn moment(at_ms: f64) -> String {
    let (time, day) = (time(at_ms), local(at_ms).date());
    if day == today() {
        time
    } else {
        format!("{time} on {}", words::date(day))
    }
}

/// The user's local date and time at a moment.
pub(crate) fn local(at_ms: f64) -> DateTime {
    let date = js_sys::Date::new(&at_ms.into());
    DateTime::new(
        i16::try_from(date.get_full_year()).unwrap_or(1970),
        i8::try_from(date.get_month() + 1).unwrap_or(1),
        i8::try_from(date.get_date()).unwrap_or(1),
        i8::try_from(date.get_hours()).unwrap_or(0),
        i8::try_from(date.get_minutes()).unwrap_or(0),
        i8::try_from(date.get_seconds()).unwrap_or(0),
        0,
    )
    .unwrap_or_default()
}

/// The user's local date.
pub(crate) fn today() -> Date {
    local(now_ms()).date()
}
