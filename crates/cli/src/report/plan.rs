//! A plan in words: what is made in groups, what changes one by one.

use crate::{
    ui::{BOLD, DIM, GREEN, RED, YELLOW, paint},
    words,
};
use lb_provision::plan::{Action, Plan, Step, Summary};
use std::fmt::Write as _;

/// Columns of a section's words; longer ones go on below.
const WORDS_WIDTH: usize = 50;
/// Up to so many new or deleted objects are listed one by one.
const LISTED: usize = 12;

/// The steps of a plan. With `objects`, what is made is listed one by one, with its fields.
pub(crate) fn steps(plan: &Plan, objects: bool, width: usize, ellipsis: &str) -> String {
    let mut text = String::new();
    if objects {
        for step in &plan.steps {
            one(&mut text, step, true, width, ellipsis);
        }
        return text;
    }
    let few = |action| plan.steps.iter().filter(|step| step.action == action).count() <= LISTED;
    for line in plan
        .summary()
        .iter()
        .filter(|line| line.action != Action::Update && !few(line.action))
    {
        grouped(&mut text, line, width);
    }
    for step in plan
        .steps
        .iter()
        .filter(|step| is_made_or_gone(step.action) && few(step.action))
    {
        one(&mut text, step, false, width, ellipsis);
    }
    for step in plan.steps.iter().filter(|step| !is_made_or_gone(step.action)) {
        one(&mut text, step, true, width, ellipsis);
    }
    text
}

fn is_made_or_gone(action: Action) -> bool {
    matches!(action, Action::Create | Action::Delete)
}

fn grouped(text: &mut String, summary: &Summary, width: usize) {
    let mark = if summary.action == Action::Delete {
        paint(RED, "-")
    } else {
        paint(GREEN, "+")
    };
    let (title, count) = (summary.group.title(), summary.count);
    if width < 78 {
        let _ = writeln!(text, "  {mark} {title}: {count}");
        for line in words::wrap(&summary.line, width.saturating_sub(6)) {
            let _ = writeln!(text, "      {line}");
        }
        return;
    }
    let mut lines = words::wrap(&summary.line, WORDS_WIDTH).into_iter();
    let first = lines.next().unwrap_or_default();
    let _ = writeln!(text, "  {mark} {title:<16}  {first:<WORDS_WIDTH$}{count:>5}");
    for line in lines {
        let _ = writeln!(text, "    {:<16}  {line}", "");
    }
}

/// One step: `~ Auto Scaling group `gpu``, and below it what changes.
fn one(text: &mut String, step: &Step, fields: bool, width: usize, ellipsis: &str) {
    let (style, mark) = match step.action {
        Action::Create => (GREEN, "+"),
        Action::Delete => (RED, "-"),
        Action::Update | Action::NewVersion => (YELLOW, "~"),
        Action::Replace | Action::Roll => (RED, "!"),
        Action::Await => (DIM, "."),
    };
    let what = match step.action {
        Action::NewVersion => ", new version",
        Action::Replace => ", replaced",
        Action::Roll => ", rolled",
        Action::Await => ", waited for",
        _ => "",
    };
    let noun = step.shown().map_or("object", |spec| spec.noun());
    let key = words::cut(
        step.key.as_str(),
        width.saturating_sub(noun.len() + what.len() + 8),
        ellipsis,
    );
    let _ = writeln!(
        text,
        "  {} {noun} {}{what}",
        paint(style, mark),
        paint(BOLD, format_args!("`{key}`"))
    );
    if fields {
        for difference in &step.differences {
            let _ = writeln!(
                text,
                "      {}",
                change(difference, width.saturating_sub(6), ellipsis)
            );
        }
    }
    if let Some(disturbs) = step.disturbs.as_deref().filter(|disturbs| !disturbs.is_empty()) {
        let _ = writeln!(text, "      {} {disturbs}", paint(DIM, "disturbs:"));
    }
}

fn change(difference: &lb_provision::plan::Difference, width: usize, ellipsis: &str) -> String {
    let path = &difference.path;
    let room = width.saturating_sub(path.chars().count() + 3);
    let short = |value: &str, room: usize| words::cut(value, room.max(12), ellipsis);
    match (&difference.from, &difference.to) {
        (Some(from), Some(to)) => {
            let half = room.saturating_sub(4) / 2;
            format!("{path}   {} -> {}", short(from, half), short(to, half))
        }
        (None, Some(to)) => format!("{path}   {}", short(to, room)),
        (Some(from), None) => format!("{path}   {} -> nothing", short(from, room.saturating_sub(11))),
        (None, None) => path.clone(),
    }
}
