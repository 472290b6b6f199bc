//! What an apply would do: the plan of `lb plan --offline`, searched and opened group by group.

use crate::{
    browser::{clock, page},
    components::{
        Button, Icon, button, icon,
        note::{mark, note},
        prose, words,
    },
    state::{
        Action, Session, Store,
        outlook::Outlook,
        plan::{Look, Part},
    },
};
use jiff::SignedDuration;
use lb_model::{
    path::Path,
    problem::{Problem, Severity},
};
use lb_provision::plan::{Action as Deed, Difference, Step, properties};
use web_sys::{Element, HtmlInputElement};
use yew::prelude::*;

/// The id of the list of groups.
const LIST: &str = "plan-list";

/// The view.
pub(crate) fn view(store: &Store, session: &Session) -> Html {
    match session.readable.outlook(&store.facts) {
        _ if !session.readable.is_readable() => none(html! {
            <p class="lead">{ "There is no plan until the file can be read." }</p>
        }),
        Ok(outlook) => html! {
            <div class="panel-pad">
                <div class="view-title"><h2>{ outlook.title() }</h2><p class="soft">{ about(outlook) }</p></div>
                { refused(store, session) }
                { search(store, session, outlook) }
                { list(store, session, outlook) }
                { assumed(store, outlook) }
            </div>
        },
        Err(problems) => none(unplanned(store, session, problems, "plan")),
    }
}

fn none(why: Html) -> Html {
    html! { <div class="panel-pad"><div class="view-title"><h2>{ "No plan" }</h2></div>{ why }</div> }
}

/// `About 12 min (17 min on a slow day), then $0.25/h while idle`.
fn about(outlook: &Outlook) -> String {
    format!(
        "{}, then {}/h while idle",
        words::sentence(&outlook.timeline.in_words()),
        words::money(outlook.cost.total.idle_usd_per_hour)
    )
}

/// That an apply would refuse the file as it is, with the way to its first error.
pub(super) fn refused(store: &Store, session: &Session) -> Html {
    if !session.reading.is_readable() {
        let time = clock::time(session.readable_at);
        let text = html! {
            <><b>{ "The file cannot be read now." }</b>{ format!(" What stands here is of {time}, the last time it could.") }</>
        };
        return note(Severity::Warning, text, None);
    }
    let errors = session.reading.counts().errors;
    let first = session
        .reading
        .marks
        .iter()
        .position(|mark| mark.severity() == Severity::Error);
    let Some(index) = first else {
        return Html::default();
    };
    let text = html! {
        <>
            <b>{ format!("An apply would refuse: {}.", words::count(errors, "error")) }</b>
            { " What stands here is what the file leads to as far as it is understood." }
        </>
    };
    let show = Action::Problem { index, open: true };
    note(
        Severity::Error,
        text,
        Some(button(Button::words("Show it", "btn-small"), store.then(show))),
    )
}

/// Why there is no plan, and so no `what`.
pub(super) fn unplanned(store: &Store, session: &Session, problems: &[Problem], what: &str) -> Html {
    let reading = &session.reading;
    let row = |problem: &Problem| {
        let path = problem
            .place
            .path()
            .filter(|path| reading.lines_of(path).is_some());
        let link = path.map(|path| {
            let line = reading.lines_of(path).map_or(0, |lines| lines.start) + 1;
            lines_link(store, path.clone(), format!("line {line}"))
        });
        html! {
            <li class="prob">
                { mark(problem.severity) }
                <div>
                    { prose(&problem.message) }
                    if let Some(help) = &problem.help { { "; " }{ prose(help) } }
                    <div class="meta"><span>{ problem.code.to_string() }</span>{ link }</div>
                </div>
            </li>
        }
    };
    html! {
        <>
            <p class="lead">{ format!("There is no {what}, because lb does not make all that the file asks for; eksctl may.") }</p>
            <ol>{ for problems.iter().map(row) }</ol>
        </>
    }
}

fn search(store: &Store, session: &Session, outlook: &Outlook) -> Html {
    let oninput = store.on(|event: InputEvent| {
        let query = event.target_unchecked_into::<HtmlInputElement>().value();
        Action::Plan(Look::Search(query))
    });
    let query = &session.ui.plan.query;
    let said = if query.trim().is_empty() {
        String::new()
    } else {
        words::count(outlook.found(query).len(), "object")
    };
    html! {
        <div class="tools">
            <span class="with-icon">
                { icon(Icon::Search) }
                <input class="in" type="search" id="plan-search" aria-label="Search the plan" autocomplete="off" spellcheck="false"
                    placeholder="Search names, kinds and fields" value={query.clone()} {oninput} />
            </span>
            <span class="muted small" role="status">{ said }</span>
        </div>
    }
}

fn list(store: &Store, session: &Session, outlook: &Outlook) -> Html {
    let parts = session.ui.plan.parts(outlook);
    if parts.is_empty() {
        return html! { <p class="muted">{ "Nothing in the plan has these words. Try the name of a pool, a kind, or a value." }</p> };
    }
    let onkeydown = Callback::from(|event: KeyboardEvent| {
        let on_summary = event
            .target_dyn_into::<Element>()
            .is_some_and(|element| element.tag_name() == "SUMMARY");
        let step = match event.key().as_str() {
            "ArrowDown" => page::Step::Next,
            "ArrowUp" => page::Step::Previous,
            "Home" => page::Step::First,
            "End" => page::Step::Last,
            _ => return,
        };
        if on_summary {
            event.prevent_default();
            page::focus_among(LIST, "summary", step);
        }
    });
    let part = |part: &Part<'_>| group(store, session, outlook, part);
    html! { <div class="stack" id={LIST} {onkeydown}>{ for parts.iter().map(part) }</div> }
}

/// What opens or closes when its summary is pressed: the page's value says what is open, not the element.
fn press(store: &Store, look: Look) -> Callback<MouseEvent> {
    store.on(move |event: MouseEvent| {
        event.prevent_default();
        Action::Plan(look.clone())
    })
}

fn group(store: &Store, session: &Session, outlook: &Outlook, part: &Part<'_>) -> Html {
    let group = part.group;
    let count = if part.found == part.count {
        part.count.to_string()
    } else {
        format!("{} of {}", part.found, part.count)
    };
    let left = part.found - part.rows.len();
    let rows = || {
        let rows = part.rows.iter().map(|step| row(store, session, outlook, step));
        let whole = store.then(Action::Plan(Look::Whole(group)));
        html! {
            <>
                { for rows }
                if left > 0 {
                    <div class="obj-more">
                        <span class="muted">{ format!("and {left} more") }</span>
                        { button(Button::words(format!("Show all {}", part.found), "btn-link small"), whole) }
                    </div>
                }
            </>
        }
    };
    html! {
        <details class="grp" open={part.is_open} key={group.heading()}>
            <summary onclick={press(store, Look::Fold(group))}>
                { icon(Icon::Right) }<b>{ group.heading() }</b>
                <span class="muted">{ &part.line }</span>
                <span class="muted end">{ count }</span>
            </summary>
            if part.is_open { { rows() } }
        </details>
    }
}

/// The sign of what is done, its word, and its colour.
fn sign(action: Deed) -> (&'static str, &'static str, &'static str) {
    match action {
        Deed::Create => ("+", "create", "t-ok"),
        Deed::Update => ("~", "change in place", "t-info"),
        Deed::NewVersion => ("~", "new version", "t-info"),
        Deed::Replace => ("\u{b1}", "replace", "t-warn"),
        Deed::Roll => ("\u{b1}", "replace nodes", "t-warn"),
        Deed::Delete => ("\u{2212}", "delete", "t-error"),
        Deed::Await => (".", "wait for", "muted"),
    }
}

fn row(store: &Store, session: &Session, outlook: &Outlook, step: &Step) -> Html {
    let (drawn, word, tint) = sign(step.action);
    let spec = step.shown();
    let noun = spec.map_or("object", |spec| spec.noun());
    let gist = spec.and_then(|spec| spec.gist());
    let about = gist.map_or_else(|| noun.to_owned(), |gist| format!("{noun}, {gist}"));
    let took = words::clock(SignedDuration::try_from(step.expected).unwrap_or_default());
    let is_open = session.ui.plan.is_open(step);
    html! {
        <details class="deed" open={is_open} key={format!("{word} {}", step.key)}>
            <summary class="obj" onclick={press(store, Look::Row(step.id()))}>
                <span class={classes!(tint, "strong")} aria-hidden="true">{ drawn }</span>
                <span class="name"><span class="sr">{ format!("{word} ") }</span>{ step.key.to_string() }</span>
                <span class="after">{ about }</span>
                <span class="num muted"><span class="sr">{ "takes " }</span>{ took }</span>
            </summary>
            if is_open { { fields(store, session, outlook, step) } }
        </details>
    }
}

/// What a step's object is, what it waits for, and the lines that ask for it.
fn fields(store: &Store, session: &Session, outlook: &Outlook, step: &Step) -> Html {
    let line = |title: &str, value: Html| {
        // A long path is broken where its parts meet.
        let parts = title
            .split_inclusive('.')
            .map(|part| html! { <>{ part.to_owned() }<wbr /></> });
        html! { <><dt>{ for parts }</dt><dd>{ value }</dd></> }
    };
    let lines = origin(store, session, outlook, step)
        .unwrap_or_else(|| html! { "no line: it follows from the defaults" });
    let needs: Vec<&str> = step.needs.iter().map(|need| need.key.as_str()).collect();
    let all = step.spec.iter().flat_map(properties);
    html! {
        <div class="fields">
            { for step.differences.iter().map(difference) }
            if let Some(disturbs) = &step.disturbs { <p>{ prose(&words::sentence(disturbs)) }</p> }
            <dl>
                { line("From the file", lines) }
                if !needs.is_empty() { { line("After", html! { needs.join(", ") }) } }
                { for all.map(|(path, value)| line(&path, html! { value })) }
            </dl>
        </div>
    }
}

fn difference(difference: &Difference) -> Html {
    html! {
        <p class="change">
            <span class="muted">{ &difference.path }</span>
            if let Some(from) = &difference.from { <del>{ from }</del> }
            if let Some(to) = &difference.to { <ins>{ to }</ins> }
        </p>
    }
}

/// The way to the lines that ask for a step's object.
fn origin(store: &Store, session: &Session, outlook: &Outlook, step: &Step) -> Option<Html> {
    let path = outlook.origin(step, session.readable.document.config())?;
    let lines = session.reading.lines_of(&path)?;
    let words = match lines.len() {
        0 | 1 => format!("line {}", lines.start + 1),
        _ => format!("lines {} to {}", lines.start + 1, lines.end),
    };
    Some(lines_link(store, path, words))
}

/// A link to the lines of a value.
pub(super) fn lines_link(store: &Store, path: Path, words: impl Into<AttrValue>) -> Html {
    let onclick = store.on(move |event: MouseEvent| {
        event.prevent_default();
        Action::Lines(path.clone())
    });
    html! { <a href="#file-text" {onclick}>{ words.into() }</a> }
}

/// What the plan rests on, where no account was asked.
fn assumed(store: &Store, outlook: &Outlook) -> Html {
    let day = words::date(store.facts.catalog.versions_known_as_of());
    if !outlook.planned.facts.assumed {
        return Html::default();
    }
    let text = format!(
        "The plan of a new cluster, as `lb plan --offline` gives it. No account was asked: images, zones and versions of \
         add-ons are those known on {day}."
    );
    html! { <p class="hint">{ prose(&text) }</p> }
}
