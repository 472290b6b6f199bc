//! How values are written: sentence case, units always, dates as `27 Mar 2027`.

use jiff::civil::Date;
pub(crate) use lb_provision::words::{clock, count, figure, list, usd};
use yew::prelude::*;

/// A sentence with names in backticks, shown as code.
pub(crate) fn prose(text: &str) -> Html {
    text.split('`')
        .enumerate()
        .map(|(i, part)| {
            if i % 2 == 1 {
                html! { <code>{ part }</code> }
            } else {
                html! { { part } }
            }
        })
        .collect()
}

/// The first letter in upper case: a message becomes a sentence of the page.
pub(crate) fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// `27 Mar 2027`.
pub(crate) fn date(date: Date) -> String {
    let month = usize::try_from(date.month() - 1)
        .ok()
        .and_then(|m| MONTHS.get(m))
        .unwrap_or(&"");
    format!("{} {month} {}", date.day(), date.year())
}

/// `today, 14:02`, `yesterday, 17:40`, `19 Nov`, `19 Nov 2025`.
pub(crate) fn moment(at: jiff::civil::DateTime, today: Date) -> String {
    let time = format!("{:02}:{:02}", at.hour(), at.minute());
    if at.date() == today {
        format!("today, {time}")
    } else if Some(at.date()) == today.yesterday().ok() {
        format!("yesterday, {time}")
    } else {
        let full = date(at.date());
        let year = format!(" {}", today.year());
        full.strip_suffix(&year).unwrap_or(&full).to_owned()
    }
}

/// `$1.62`; dollars an hour are said with the unit beside it.
pub(crate) fn money(dollars: f64) -> String {
    usd(dollars, 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil;

    #[test]
    fn values_in_words() {
        assert_eq!(list(&["a"]), "a");
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
        assert_eq!(count(1, "error"), "1 error");
        assert_eq!(count(0, "error"), "0 errors");
        assert_eq!(sentence("\u{e4}rger"), "\u{c4}rger");
        let today = civil::date(2026, 11, 23);
        assert_eq!(moment(today.at(9, 5, 0, 0), today), "today, 09:05");
        assert_eq!(moment(civil::date(2026, 11, 19).at(9, 5, 0, 0), today), "19 Nov");
        assert_eq!(
            moment(civil::date(2025, 11, 19).at(9, 5, 0, 0), today),
            "19 Nov 2025"
        );
    }
}
