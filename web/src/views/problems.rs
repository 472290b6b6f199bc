//! The list of problems: under the file, and as a view of its own.

use crate::{
    components::{
        Button, Icon, button, icon,
        note::{Mark as _, good, mark},
        prose, tinted, words,
    },
    state::{
        Action, Session, Store,
        app::in_words,
        names::Question,
        reading::{Group, Mark},
    },
};
use lb_model::problem::Severity;
use lb_provision::check;
use yew::prelude::*;

/// Places of a row that are shown at once; the rest opens on demand.
const PLACES: usize = 20;

/// The list under the file.
pub(crate) fn docked(store: &Store, session: &Session) -> Html {
    let counts = session.reading.counts();
    let folded = session.ui.folded || counts.total() == 0;
    let numbers = [
        (Severity::Error, counts.errors),
        (Severity::Warning, counts.warnings),
        (Severity::Info, counts.infos),
    ];
    let numbers = numbers.into_iter().filter(|(_, n)| *n > 0).map(|(severity, n)| {
        html! {
            <span class={classes!("n", severity.tint())}>
                { icon(severity.icon()) }{ n }<span class="sr">{ severity.word() }</span>
            </span>
        }
    });
    html! {
        <section class="probs" id="problems" aria-label="Problems" tabindex="-1">
            <div class="probs-head">
                <h2>{ "Problems" }</h2>
                if counts.total() == 0 {
                    <span class="n t-ok">{ icon(Icon::Check) }{ "none" }</span>
                    <span class="muted">{ "every rule passed" }</span>
                } else {
                    { for numbers }
                    <span class="grow"></span>
                    { fix_safe(store, session, "btn-quiet btn-small") }
                    { fold(store, folded) }
                }
            </div>
            if !folded {
                <ol>{ for session.reading.groups().iter().map(|group| row(store, session, group, false)) }</ol>
            }
        </section>
    }
}

fn fold(store: &Store, folded: bool) -> Html {
    let (drawing, words) = if folded {
        (Icon::Up, "Show the problems")
    } else {
        (Icon::Down, "Fold the problems")
    };
    button(
        Button::alone(drawing, words, "btn-small hide-s"),
        store.then(Action::Fold(!folded)),
    )
}

/// The view of its own.
pub(crate) fn full(store: &Store, session: &Session) -> Html {
    let counts = session.reading.counts();
    let groups = session.reading.groups();
    if groups.is_empty() {
        return html! {
            <div class="panel-pad">
                <div class="view-title"><h2>{ "No problems" }</h2></div>
                <p class="lead">{ good("every rule passed") }</p>
            </div>
        };
    }
    html! {
        <div class="problems-view">
            <div class="panel-pad">
                <div class="view-title">
                    <h2>{ words::count(counts.total(), "problem") }</h2>
                    <span class="muted small">{ in_words(counts) }</span>
                    <span class="grow"></span>
                    { fix_safe(store, session, "") }
                </div>
            </div>
            <ol class="prob-full">{ for groups.iter().map(|group| row(store, session, group, true)) }</ol>
        </div>
    }
}

/// Shows what all fixes would change that cannot change what the cluster is meant to be.
fn fix_safe(store: &Store, session: &Session, class: &'static str) -> Html {
    if session.safe_fixes().is_empty() {
        return Html::default();
    }
    button(
        Button::words("Fix what is safe", class),
        store.then(Action::Ask(Question::SafeFixes)),
    )
}

/// One row: problems of one code with the same fix.
fn row(store: &Store, session: &Session, group: &Group, full: bool) -> Html {
    let marks = &session.reading.marks;
    let places: Vec<&Mark> = group.marks.iter().filter_map(|i| marks.get(*i)).collect();
    let (Some(first), Some(index)) = (places.first(), group.marks.first().copied()) else {
        return Html::default();
    };
    let current = session
        .ui
        .open_problem
        .is_some_and(|open| group.marks.contains(&open));
    let link = |index: usize, words: Html| {
        let onclick = store.on(move |event: MouseEvent| {
            event.prevent_default();
            Action::Problem { index, open: !full }
        });
        html! { <a href="#file-text" {onclick}>{ words }</a> }
    };
    let lines: Vec<Html> = group
        .marks
        .iter()
        .zip(&places)
        .enumerate()
        .map(|(i, (index, mark))| {
            let comma = if i > 0 && i != PLACES { ", " } else { "" };
            html! { <>{ comma }{ link(*index, format!("{}:{}", mark.line, mark.column).into()) }</> }
        })
        .collect();
    let (named, rest) = lines.split_at(lines.len().min(PLACES));
    // Of a text that cannot be read, nothing belongs to a part of the form.
    let part = session.reading.is_readable().then(|| first.section.title());
    html! {
        <li class={classes!("prob", current.then_some("is-cur"))} key={index}>
            { mark(first.severity()) }
            <div>
                { link(index, prose(&first.problem.message)) }
                <div class="meta">
                    <span>{ first.code().to_string() }</span>
                    <span>{ "line " }{ for named.iter().cloned() }</span>
                    { more(rest) }
                    if let Some(part) = part { <span>{ part }</span> }
                </div>
            </div>
            if full {
                { why(first) }
            }
            { actions(store, group, first, full) }
        </li>
    }
}

/// Further places, on demand.
fn more(places: &[Html]) -> Html {
    if places.is_empty() {
        return Html::default();
    }
    html! { <details><summary>{ format!("and {} more", places.len()) }</summary>{ for places.iter().cloned() }</details> }
}

/// What to do, and the first paragraph of the rule's documentation.
fn why(mark: &Mark) -> Html {
    let doc = check::explain(mark.code().0).and_then(|rule| rule.doc.split("\n\n").next());
    html! {
        <div class="why">
            if let Some(help) = &mark.problem.help {
                <p>{ prose(&(words::sentence(help) + ".")) }</p>
            }
            if let Some(doc) = doc {
                <p>{ prose(doc) }</p>
            }
        </div>
    }
}

fn actions(store: &Store, group: &Group, first: &Mark, full: bool) -> Html {
    let fix = first.fix_title().map(|title| {
        button(
            Button::words(title, "btn-small"),
            store.then(Action::Fix(group.marks.clone())),
        )
    });
    let show = (full && first.fix().is_none()).then(|| {
        let index = group.marks.first().copied().unwrap_or(0);
        button(
            Button::words("Show the place", "btn-small btn-quiet"),
            store.then(Action::Problem { index, open: false }),
        )
    });
    if fix.is_none() && show.is_none() {
        return html! { <div></div> };
    }
    html! { <div class="acts">{ fix }{ show }</div> }
}

/// The banner of the form while the file cannot be read.
pub(crate) fn waiting(store: &Store, session: &Session) -> Html {
    let shown = if session.readable.is_readable() {
        let time = crate::browser::clock::time(session.readable_at);
        format!(
            "The form shows the last readable version, from {time}, and can be changed again once the file can be read."
        )
    } else {
        "The form is empty until the file can be read.".to_owned()
    };
    let first = session.reading.marks.first();
    let line = first.map_or(1, |mark| mark.line);
    let show = button(
        Button::words("Show the place", "btn-small"),
        store.then(Action::Problem {
            index: 0,
            open: false,
        }),
    );
    let fix = first.and_then(Mark::fix_title).map(|title| {
        button(
            Button::words(title, "btn-small"),
            store.then(Action::Fix(vec![0])),
        )
    });
    html! {
        <div class="note note-error" role="alert">
            { tinted(Icon::Error, "t-error") }
            <span>
                <b>{ format!("The form waits: line {line} cannot be read. ") }</b>
                if let Some(mark) = first { { prose(&(words::sentence(&mark.problem.message) + ". ")) } }
                { shown }
            </span>
            { fix.unwrap_or(show) }
        </div>
    }
}
