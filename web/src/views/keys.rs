//! Shortcuts of the whole page. Those of the file stand with it.

use super::{opening::in_field, saving};
use crate::{
    browser::{file, page, store as kept},
    state::{
        Action, Session, Store,
        app::Screen,
        ui::{Pane, Tab},
    },
};
use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};
use yew::prelude::*;

/// The choice of whether single letters are shortcuts.
const LETTERS: &str = "letters";

/// Answers the page's shortcuts.
#[hook]
pub(crate) fn use_shortcuts(store: &Store) {
    let latest = use_mut_ref(|| store.clone());
    *latest.borrow_mut() = store.clone();
    let before = use_mut_ref(String::new);
    use_effect_with((), move |()| {
        let options = EventListenerOptions::enable_prevent_default();
        let listener =
            EventListener::new_with_options(&gloo::utils::window(), "keydown", options, move |event| {
                let store = latest.borrow().clone();
                let event: &KeyboardEvent = event.unchecked_ref();
                let prefix = before.replace(event.key());
                let saves =
                    command(event) && event.key().eq_ignore_ascii_case("s") && editing(&store).is_some();
                if saves {
                    leave_field();
                    // What the field held is in the state only in the next turn.
                    let latest = latest.clone();
                    page::after_render(move || saving::save(&latest.borrow()));
                }
                if saves || answer(&store, event, &prefix) {
                    event.prevent_default();
                }
            });
        move || drop(listener)
    });
}

/// Whether the key meant something; `prefix` is the key before it.
fn answer(store: &Store, event: &KeyboardEvent, prefix: &str) -> bool {
    let editing = editing(store);
    let key = event.key();
    if command(event) {
        return match (key.to_ascii_lowercase().as_str(), editing) {
            ("z", Some(_)) => then(
                store,
                if event.shift_key() {
                    Action::Redo
                } else {
                    Action::Undo
                },
            ),
            ("y", Some(_)) => then(store, Action::Redo),
            ("o", _) => {
                file::choose();
                true
            }
            ("k", Some(_)) => then(store, Action::Find(true)),
            (".", Some(session)) => fix_here(store, session),
            _ => false,
        };
    }
    match (key.as_str(), editing) {
        ("F6", Some(_)) => next_part(event.shift_key()),
        ("F8", Some(session)) => next_problem(store, session, event.shift_key()),
        ("Escape", Some(session)) if session.ui.open_problem.is_some() => then(store, Action::CloseProblem),
        ("?", _) if letter(event) => then(store, Action::Help(true)),
        ("f", Some(_)) if prefix == "g" && letter(event) => then(store, Action::Tab(Tab::File)),
        ("p", Some(_)) if prefix == "g" && letter(event) => then(store, Action::Tab(Tab::Plan)),
        ("c", Some(_)) if prefix == "g" && letter(event) => then(store, Action::Tab(Tab::Cost)),
        _ => false,
    }
}

/// Whether a letter is a shortcut here: not where it is typed, and not for who has turned them off, because speech or a
/// shaking hand presses them.
fn letter(event: &KeyboardEvent) -> bool {
    letters() && !in_field(event)
}

/// Whether single letters are shortcuts in this browser.
pub(crate) fn letters() -> bool {
    kept::choice(LETTERS).as_deref() != Some("off")
}

/// Turns shortcuts of single letters on or off.
pub(crate) fn set_letters(on: bool) {
    kept::choose(LETTERS, if on { "on" } else { "off" });
}

fn then(store: &Store, action: Action) -> bool {
    store.dispatch(action);
    true
}

fn command(event: &KeyboardEvent) -> bool {
    if page::is_mac() {
        event.meta_key()
    } else {
        event.ctrl_key()
    }
}

fn editing(store: &Store) -> Option<&Session> {
    store.session.as_ref().filter(|_| store.screen == Screen::Editor)
}

/// Leaves the field that is being typed into and comes back, so that its value is in the file.
fn leave_field() {
    if let Some(field) = page::focused().and_then(|e| e.dyn_into::<web_sys::HtmlInputElement>().ok()) {
        let _ = field.blur();
        let _ = field.focus();
    }
}

/// Gives the file to the user.
pub(crate) fn download(store: &Store) {
    if let Some(session) = &store.session {
        file::download(&session.name, session.text());
        store.dispatch(Action::Downloaded);
        store.dispatch(Action::Say("downloaded".into()));
    }
}

/// Puts the file on the clipboard.
pub(crate) fn copy(store: &Store) {
    if let Some(session) = &store.session {
        file::copy(session.text());
        store.dispatch(Action::Say("copied".into()));
    }
}

/// Opens the fixes of the problem at the caret, or of the next one.
fn fix_here(store: &Store, session: &Session) -> bool {
    let caret = session.ui.caret;
    let marks = &session.reading.marks;
    let line = session.reading.view.line_at(caret) + 1;
    let here = marks
        .iter()
        .position(|mark| mark.span.start <= caret && caret <= mark.span.end);
    match here.or_else(|| marks.iter().position(|mark| mark.line == line)) {
        Some(index) => then(store, Action::Problem { index, open: true }),
        None => next_problem(store, session, false),
    }
}

fn next_problem(store: &Store, session: &Session, back: bool) -> bool {
    let (caret, marks) = (session.ui.caret, &session.reading.marks);
    let index = if back {
        marks
            .iter()
            .rposition(|mark| mark.span.start < caret)
            .or(marks.len().checked_sub(1))
    } else {
        marks
            .iter()
            .position(|mark| mark.span.start > caret)
            .or((!marks.is_empty()).then_some(0))
    };
    match index {
        Some(index) => then(store, Action::Problem { index, open: true }),
        None => then(store, Action::Say("no problems".into())),
    }
}

/// The parts of the editor, in the order of F6.
const PARTS: [&str; 4] = ["form", "tabs", "panel", "problems"];

fn next_part(back: bool) -> bool {
    let inside = |id: &str| {
        let part = page::element(id)?;
        let focused: Element = page::focused()?;
        part.contains(Some(&focused)).then_some(())
    };
    let now = PARTS.iter().rposition(|id| inside(id).is_some());
    let count = PARTS.len();
    let shown = |id: &&str| page::element(id).is_some_and(|part| part.client_height() > 0);
    let order = (1..=count).map(|step| match (now, back) {
        (Some(now), false) => (now + step) % count,
        (Some(now), true) => (now + count - step) % count,
        (None, false) => step - 1,
        (None, true) => count - step,
    });
    if let Some(id) = order.filter_map(|i| PARTS.get(i)).find(|id| shown(id)) {
        let selected = page::element(id).and_then(|part| {
            part.query_selector("[aria-selected=true], textarea")
                .ok()
                .flatten()
        });
        match selected.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
            Some(element) => drop(element.focus()),
            None => page::focus(id),
        }
    }
    true
}

/// Shows a pane of a narrow page and gives it the focus, as a skip link does.
pub(crate) fn show_part(store: &Store, pane: Pane, id: &'static str) -> Callback<MouseEvent> {
    let store = store.clone();
    Callback::from(move |event: MouseEvent| {
        event.prevent_default();
        store.dispatch(Action::Pane(pane));
        page::after_render(move || page::focus(id));
    })
}
