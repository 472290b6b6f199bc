//! A problem at its underline: what is wrong, what to do, the difference, one button.

use crate::{
    browser::{page, place},
    components::{
        Button, Icon, button, icon,
        note::{Mark as _, chip},
        prose, words,
    },
    state::{Action, Session, Store, lines, text::View},
};
use gloo::events::{EventListener, EventListenerOptions};
use lb_provision::check;
use std::ops::Range;
use web_sys::HtmlElement;
use yew::prelude::*;

/// The popover of the session's open problem.
pub(crate) fn of(store: &Store, session: &Session) -> Html {
    match session
        .ui
        .open_problem
        .filter(|index| *index < session.reading.marks.len())
    {
        Some(index) => html! { <Popover key={index} store={store.clone()} {index} /> },
        None => Html::default(),
    }
}

#[derive(Properties, PartialEq)]
struct Props {
    store: Store,
    index: usize,
}

#[component]
fn Popover(props: &Props) -> Html {
    let (store, index) = (&props.store, props.index);
    let node = use_node_ref();
    use_place(&node, store, index);
    let Some(session) = &store.session else {
        return Html::default();
    };
    let Some(mark) = session.reading.marks.get(index) else {
        return Html::default();
    };
    let rule = check::explain(mark.code().0);
    let title = rule.map_or("This is wrong", |rule| rule.title);
    let close = {
        let store = store.clone();
        Callback::from(move |()| {
            store.dispatch(Action::CloseProblem);
            page::focus("file-text");
        })
    };
    let fix = mark.fix_title().map(|title| {
        let onclick = store.then(Action::Fix(vec![index])).reform(|_: MouseEvent| ());
        html! {
            <button type="button" class="btn btn-primary" {onclick}>{ title }</button>
        }
    });
    let allow = mark.problem.can_be_allowed().then(|| {
        let words = Button {
            title: Some(
                format!("writes `# lb: allow {}` above the line", mark.code())
                    .replace('`', "")
                    .into(),
            ),
            ..Button::words("It is on purpose", "btn-quiet")
        };
        button(words, store.then(Action::Allow(index)))
    });
    html! {
        <div ref={node} class="pop at-line" popover="manual" role="dialog" aria-labelledby="pop-t" id="problem-pop">
            <header>
                { chip(mark.severity(), format!("{} {}", mark.severity().word(), mark.code())) }
                <span class="muted">{ format!("{} of {}, line {}", index + 1, session.reading.marks.len(), mark.line) }</span>
                { button(Button::alone(Icon::Close, "Close", "btn-small"), close) }
            </header>
            <h2 id="pop-t">{ words::sentence(title) }</h2>
            <div class="txt">
                <p>{ prose(&(words::sentence(&mark.problem.message) + ".")) }</p>
                if let Some(help) = &mark.problem.help {
                    <p>{ prose(&(words::sentence(help) + ".")) }</p>
                }
            </div>
            { difference(session, index) }
            if let Some(rule) = rule {
                <details class="explain">
                    <summary>{ icon(Icon::Right) }{ "Explain" }</summary>
                    { for rule.doc.split("\n\n").map(|part| html! { <p>{ prose(part) }</p> }) }
                </details>
            }
            if fix.is_some() || allow.is_some() {
                <footer>{ fix }{ allow }</footer>
            }
        </div>
    }
}

/// The lines that the fix changes, before and after.
fn difference(session: &Session, index: usize) -> Html {
    let fixed = session.reading.marks.get(index).and_then(|mark| mark.fix());
    let Some(Ok(edited)) = fixed.map(|fix| session.reading.document.edit(&fix.edits)) else {
        return Html::default();
    };
    lines_changed(
        &session.reading.view,
        edited.document.text(),
        12,
        "What the button changes",
    )
}

/// The lines that differ, at most `most` of them, each without the beginning that it shares with what it becomes;
/// `label` says whose they are.
pub(crate) fn lines_changed(before: &View, after: &str, most: usize, label: &'static str) -> Html {
    let after = View::new(after);
    let mut rows: Vec<Html> = Vec::new();
    for hunk in lines::hunks(&before.lines(), &after.lines()) {
        let removed = side(before, &hunk.old, &after, &hunk.new);
        rows.extend(
            removed
                .into_iter()
                .map(|(line, text)| row(line, "\u{2212}", text, "d-del")),
        );
        let added = side(&after, &hunk.new, before, &hunk.old);
        rows.extend(
            added
                .into_iter()
                .map(|(line, text)| row(line, "+", text, "d-add")),
        );
    }
    let more = rows.len().saturating_sub(most);
    html! {
        <div class="diff" tabindex="0" role="group" aria-label={label}>
            { for rows.into_iter().take(most) }
            if more > 0 { <div><span></span><span></span><span>{ format!("and {} more", words::count(more, "line")) }</span></div> }
        </div>
    }
}

/// Lines of one side of a difference; as many lines as before are compared one by one.
fn side(own: &View, at: &Range<usize>, other: &View, from: &Range<usize>) -> Vec<(usize, String)> {
    let paired = at.len() == from.len();
    let line = |(line, pair): (usize, Option<usize>)| {
        let pair = pair.filter(|_| paired).map(|pair| other.line(pair));
        (line, without_common(own.line(line), pair))
    };
    let pairs = from.clone().map(Some).chain(std::iter::repeat(None));
    at.clone().zip(pairs).map(line).collect()
}

fn row(line: usize, sign: &'static str, text: String, class: &'static str) -> Html {
    html! { <div {class}><span>{ line + 1 }</span><span>{ sign }</span><span>{ text }</span></div> }
}

/// Characters of a common beginning that are left standing.
const CONTEXT: usize = 24;

/// A line without its indentation, and without most of a long beginning that it shares with the other.
fn without_common(line: &str, other: Option<&str>) -> String {
    let line = line.trim_start();
    let shared = other.map_or(0, |other| {
        line.chars()
            .zip(other.trim_start().chars())
            .take_while(|(a, b)| a == b)
            .count()
    });
    if shared <= 2 * CONTEXT {
        return line.to_owned();
    }
    let rest: String = line.chars().skip(shared - CONTEXT).collect();
    format!("\u{2026}{rest}")
}

/// Opens the popover at its line, below it or above, never over it; it follows when the file scrolls.
#[hook]
fn use_place(node: &NodeRef, store: &Store, index: usize) {
    let node = node.clone();
    let mark = store.session.as_ref().and_then(|s| s.reading.marks.get(index));
    let at = mark.map_or(0, |mark| mark.line.saturating_sub(1));
    use_effect_with(at, move |line| {
        let line = *line;
        if let Some(pop) = node.cast::<HtmlElement>() {
            let _ = pop.show_popover();
            put(&pop, line);
        }
        let options = EventListenerOptions::run_in_capture_phase();
        let window = gloo::utils::window();
        let follow = EventListener::new_with_options(&window, "scroll", options, {
            let node = node.clone();
            move |_| {
                if let Some(pop) = node.cast::<HtmlElement>() {
                    put(&pop, line);
                }
            }
        });
        let resize = EventListener::new(&window, "resize", move |_| {
            if let Some(pop) = node.cast::<HtmlElement>() {
                put(&pop, line);
            }
        });
        move || drop((follow, resize))
    });
}

fn put(pop: &HtmlElement, line: usize) {
    let (Some(text), Some(side)) = (page::element("file-text"), page::element("result")) else {
        return;
    };
    let (text, side) = (text.get_bounding_client_rect(), side.get_bounding_client_rect());
    let height = place::line_height();
    let top = text.top() + line as f64 * height + 6.0;
    let size = pop.get_bounding_client_rect();
    let below = top + height + 6.0;
    let fits = below + size.height() < place::window_height() - 8.0;
    let y = if fits {
        below
    } else {
        (top - size.height() - 10.0).max(8.0)
    };
    place::set_px(pop, "--top", y);
    place::set_px(
        pop,
        "--left",
        (side.left() + 72.0)
            .min(place::window_width() - size.width() - 8.0)
            .max(8.0),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_common_beginning_is_left_out() {
        let line = "      Resource: \"arn:aws:dynamodb:us-west-2:111122223333:table/a\"";
        let other = line.replace("/a", "/b");
        assert_eq!(
            without_common(line, Some(&other)),
            "\u{2026}st-2:111122223333:table/a\""
        );
        assert_eq!(without_common("  a: 1", Some("  a: 2")), "a: 1");
        assert_eq!(without_common("  a: 1", None), "a: 1");
    }
}
