//! The Kubernetes version, by its calendar, and the images of the nodes.

use super::{images, parts::Parts};
use crate::{
    components::{
        Icon,
        field::{description, group_label, trouble},
        icon, words,
    },
    state::Action,
};
use jiff::civil::Date;
use lb_model::{
    catalog::{Catalog, Support, Version},
    path::Path,
    problem::Edit,
};
use yew::prelude::*;

/// Months that the bars span, from January of this year.
const MONTHS: i32 = 36;
/// A version whose standard support ends within so many days is said to.
const SOON_DAYS: i32 = 60;
/// Versions that are shown before the older ones are asked for.
const SHOWN: usize = 4;

/// The fields of the part.
pub(crate) fn section(parts: &Parts<'_>) -> Html {
    html! { <>{ versions(parts) }{ images::fields(parts) }</> }
}

fn versions(parts: &Parts<'_>) -> Html {
    let path = Path::root().key("metadata").key("version");
    let today = parts.store.facts.today;
    let chosen = parts.config.metadata.version.clone().unwrap_or_default();
    let open: Vec<&Version> = parts
        .catalog
        .versions()
        .iter()
        .rev()
        .filter(|v| {
            matches!(
                v.support(today),
                Support::Standard { .. } | Support::Extended { .. }
            )
        })
        .collect();
    let (new, old) = open.split_at(SHOWN.min(open.len()));
    let is_old = old.iter().any(|version| version.name == chosen);
    let rows = |versions: &[&Version]| -> Html {
        versions
            .iter()
            .map(|version| row(parts, &path, version, version.name == chosen))
            .collect()
    };
    let years = (0..3).map(|n| html! { <span>{ i32::from(today.year()) + n }</span> });
    let troubles = parts.troubles(&path);
    html! {
        <div class="field">
            { group_label("version-l", "Kubernetes version", Some("metadata.version")) }
            <fieldset class="ver" id={path.to_string()} aria-labelledby="version-l" aria-describedby={description("version")}>
                <div class="ver-axis" aria-hidden="true">
                    <span class="yrs">{ for years }</span><span class="fam-h">{ "Support and images" }</span>
                </div>
                { rows(new) }
                if !old.is_empty() {
                    <details class="ver-old" open={is_old}>
                        <summary>{ icon(Icon::Right) }{ words::count(old.len(), "older version") }</summary>
                        { rows(old) }
                    </details>
                }
                { foot(parts, &chosen) }
            </fieldset>
            <div id={description("version")}>{ for troubles.iter().map(trouble) }</div>
        </div>
    }
}

fn row(parts: &Parts<'_>, path: &Path, version: &Version, chosen: bool) -> Html {
    let name = version.name;
    let edit = Edit::Set {
        path: path.clone(),
        value: name.into(),
    };
    let onchange = parts
        .store
        .then(Action::Edit {
            edits: vec![edit],
            label: format!("choose Kubernetes {name}"),
            field: None,
        })
        .reform(|_: Event| ());
    let onfocus = parts.show(path).reform(|_: FocusEvent| ());
    html! {
        <label class="ver-row" key={name}>
            <input class="radio" type="radio" name="version" value={name} checked={chosen} {onchange} {onfocus} />
            <b>{ name }</b>
            { bar(version, parts.store.facts.today) }
            <span class="fam">
                <span class="soft">{ support(version, parts.store.facts.today, parts.catalog) }</span>
                <br />{ families(parts, version) }
            </span>
        </label>
    }
}

/// How far a day is along the bars, in percent.
fn along(day: Date, today: Date) -> f64 {
    let months = i32::from(day.year() - today.year()) * 12 + i32::from(day.month()) - 1;
    let part = f64::from(day.day() - 1) / f64::from(day.days_in_month());
    ((f64::from(months) + part) * 100.0 / f64::from(MONTHS)).clamp(0.0, 100.0)
}

fn bar(version: &Version, today: Date) -> Html {
    let (standard, gone, now) = (
        along(version.extended_from, today),
        along(version.gone_from, today),
        along(today, today),
    );
    let begin = along(version.released, today);
    let px = |n: f64| format!("{n:.1}");
    html! {
        <svg class="ver-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">
            <rect class="f-track" width="100" height="8" rx="1" />
            <rect class="f-std" x={px(begin)} width={px((standard - begin).max(0.0))} height="8" />
            <rect class="f-ext" x={px(standard)} width={px(gone - standard)} height="8" />
            <rect class="f-halo" x={px(now - 0.7)} width="2.1" height="8" />
            <rect class="f-now" x={px(now)} width="0.7" height="8" />
        </svg>
    }
}

/// `Standard until 27 Mar 2027`, `9 days left, until 2 Dec 2026`, `Extended: $0.60/h, not $0.10`.
fn support(version: &Version, today: Date, catalog: &Catalog) -> Html {
    match version.support(today) {
        Support::Standard { until } => {
            let left = today.until(until).map_or(0, |span| span.get_days());
            let day = words::date(until);
            if left <= SOON_DAYS {
                html! { <><span class="t-warn strong">{ format!("{} left", words::count(left.unsigned_abs() as usize, "day")) }</span>{ format!(", until {day}") }</> }
            } else {
                format!("Standard until {day}").into()
            }
        }
        Support::Extended { .. } => html! { <span class="t-warn">{ extended_price(catalog) }</span> },
        Support::NotYet { from } => format!("From {}", words::date(from)).into(),
        Support::Gone { since } => format!("Gone since {}", words::date(since)).into(),
        Support::Unknown => "Not in the calendar".into(),
    }
}

/// `Extended: $0.60/h, not $0.10`, which is for the control plane.
fn extended_price(catalog: &Catalog) -> String {
    match (
        catalog.cost("control-plane-extended"),
        catalog.cost("control-plane"),
    ) {
        (Some(extended), Some(standard)) => {
            format!(
                "Extended: {}/h, not {}",
                words::money(extended.usd),
                words::money(standard.usd)
            )
        }
        _ => "Extended support".to_owned(),
    }
}

/// The images that exist for a version: `Amazon Linux 2023, Ubuntu 22+`.
fn families(parts: &Parts<'_>, version: &Version) -> String {
    let has = |name: &str| {
        parts
            .catalog
            .family(name)
            .is_some_and(|family| family.has_image_for(version.name))
    };
    let mut names = Vec::new();
    if has("AmazonLinux2") {
        names.push("Amazon Linux 2".to_owned());
    }
    names.push("Amazon Linux 2023".to_owned());
    if let Some(oldest) = ["Ubuntu2004", "Ubuntu2204", "Ubuntu2404"]
        .into_iter()
        .find(|name| has(name))
    {
        names.push(format!("Ubuntu {}+", oldest.get(6..8).unwrap_or_default()));
    }
    names.join(", ")
}

/// What the colours mean, and what is said of a chosen version that cannot be created.
fn foot(parts: &Parts<'_>, chosen: &str) -> Html {
    let today = parts.store.facts.today;
    let key = |class: &'static str, x: &'static str, width: &'static str, word: &'static str| {
        html! { <span class="key"><svg viewBox="0 0 16 8" aria-hidden="true"><rect {class} {x} {width} height="8" rx="1" /></svg>{ word }</span> }
    };
    let said = match parts.catalog.support(chosen, today) {
        Support::Gone { since } => format!(
            "{chosen}, which the file asks for, has been gone since {}.",
            words::date(since)
        ),
        Support::NotYet { from } => format!(
            "{chosen}, which the file asks for, comes on {}.",
            words::date(from)
        ),
        Support::Unknown if !chosen.is_empty() => {
            format!("{chosen}, which the file asks for, is not in the calendar.")
        }
        Support::Unknown => "The file names none; eksctl takes its own default.".to_owned(),
        _ => String::new(),
    };
    html! {
        <div class="ver-foot">
            { key("f-std", "0", "16", "standard") }{ key("f-ext", "0", "16", "extended") }{ key("f-now", "7", "2", "today") }
            <span class="grow"></span>
            <span>{ said }</span>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn bars_span_three_years() {
        let today = date(2026, 11, 23);
        assert!(along(date(2026, 1, 1), today).abs() < 0.01);
        assert!((along(date(2027, 7, 1), today) - 50.0).abs() < 0.01);
        assert!((along(date(2030, 1, 1), today) - 100.0).abs() < 0.01);
        assert!(along(date(2020, 1, 1), today).abs() < 0.01);
    }
}
