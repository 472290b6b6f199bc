//! The palette: one input that finds fields, pools, problems and what can be done, and goes there.

use super::{form, help, keys, saving};
use crate::{
    browser::{file, page},
    components::{Icon, dialog::Dialog, icon, note, words},
    state::{
        Action, Session, Store,
        find::{Deed, Entry, Found, Target, find},
        names::Question,
        ui::Tab,
    },
};
use std::{cell::RefCell, rc::Rc};
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// The id of the list; an option's is the same with its number.
const LIST: &str = "found";

/// The keys that the input does not take.
const KEYS: [&str; 5] = ["ArrowDown", "ArrowUp", "Home", "End", "Enter"];

/// What is typed, and which of what was found Enter goes to.
#[derive(Clone, Default)]
struct Asked {
    query: String,
    cursor: usize,
}

/// What [`Palette`] is given.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// The page's value.
    pub store: Store,
}

/// The palette, open as long as it is rendered.
#[component]
pub(crate) fn Palette(props: &Props) -> Html {
    let store = &props.store;
    // Keys come faster than renders, which Yew puts off: what was typed is known here at once, so that Enter answers it and
    // not what the list shows still.
    let asked = use_mut_ref(Asked::default);
    let shown = use_force_update();
    let Asked { query, cursor } = asked.borrow().clone();
    use_effect_with((cursor, query.clone()), |(cursor, _)| {
        page::bring(&option_id(*cursor))
    });
    let Some(session) = &store.session else {
        return Html::default();
    };
    let found = find(store, session, &query);
    let count = targets(&found).count();
    let now = cursor.min(count.saturating_sub(1));
    let oninput = {
        let (asked, shown) = (asked.clone(), shown.clone());
        Callback::from(move |event: InputEvent| {
            let query = event.target_unchecked_into::<HtmlInputElement>().value();
            asked.replace(Asked { query, cursor: 0 });
            shown.force_update();
        })
    };
    let choose = {
        let store = store.clone();
        Callback::from(move |target: Target| {
            // The focus goes back to where it was, and from there to the target.
            page::close_dialog(LIST);
            store.dispatch(Action::Find(false));
            go(&store, &target);
        })
    };
    let onkeydown = answer(store, asked, shown, choose.clone());
    let head = html! {
        <>
            { icon(Icon::Search) }
            <input role="combobox" aria-expanded={(count > 0).to_string()} aria-controls={LIST} aria-autocomplete="list"
                aria-activedescendant={(count > 0).then(|| option_id(now))} aria-label="Find a field, a problem or an action"
                value={query.clone()} autocomplete="off" autocapitalize="off" spellcheck="false" {oninput} {onkeydown} />
        </>
    };
    let mut first = 0;
    let groups = found.iter().map(|found| {
        let here = first;
        first += found.entries.len();
        group(session, found, here, now, &query, &choose)
    });
    let said = match count {
        0 => "nothing found".to_owned(),
        count => words::count(count, "result"),
    };
    html! {
        <Dialog title="Find a field or an action" head={Some(head)} on_close={store.then(Action::Find(false))}>
            <div class="found" role="listbox" id={LIST} aria-label="Results" tabindex="-1">{ for groups }</div>
            if count == 0 {
                <p class="found-none">{ "Nothing is called so. Try the name of a field, a pool, a code, or what you want to do." }</p>
            }
            <p class="sr" role="status">{ said }</p>
            <div class="found-keys hide-s" aria-hidden="true">
                <span><kbd>{ "\u{2191}" }</kbd>{ " " }<kbd>{ "\u{2193}" }</kbd>{ " choose" }</span>
                <span><kbd>{ "Enter" }</kbd>{ " go there" }</span>
                <span><kbd>{ ">" }</kbd>{ " actions only" }</span>
                <span><kbd>{ "!" }</kbd>{ " problems only" }</span>
                <span><kbd>{ ":" }</kbd>{ " go to a line" }</span>
            </div>
        </Dialog>
    }
}

/// Goes to what the cursor is at, or moves it.
fn answer(
    store: &Store,
    asked: Rc<RefCell<Asked>>,
    shown: UseForceUpdateHandle,
    choose: Callback<Target>,
) -> Callback<KeyboardEvent> {
    let store = store.clone();
    Callback::from(move |event: KeyboardEvent| {
        let (key, session) = (event.key(), store.session.as_ref());
        let Some(session) = session.filter(|_| KEYS.contains(&key.as_str())) else {
            return;
        };
        event.prevent_default();
        let Asked { query, cursor } = asked.borrow().clone();
        let found = find(&store, session, &query);
        let last = targets(&found).count().saturating_sub(1);
        let now = cursor.min(last);
        let to = match key.as_str() {
            "ArrowDown" if now < last => now + 1,
            "ArrowDown" | "Home" => 0,
            "ArrowUp" if now > 0 => now - 1,
            "ArrowUp" | "End" => last,
            _ => {
                if let Some(target) = targets(&found).nth(now) {
                    choose.emit(target.clone());
                }
                return;
            }
        };
        asked.borrow_mut().cursor = to;
        shown.force_update();
    })
}

fn targets(found: &[Found]) -> impl Iterator<Item = &Target> {
    found
        .iter()
        .flat_map(|found| &found.entries)
        .map(|entry| &entry.target)
}

fn option_id(index: usize) -> String {
    format!("{LIST}-{index}")
}

/// The entries of a kind, the first of which is the `first` of all.
fn group(
    session: &Session,
    found: &Found,
    first: usize,
    now: usize,
    query: &str,
    choose: &Callback<Target>,
) -> Html {
    let label = format!("{LIST}-of-{first}");
    let options = found.entries.iter().enumerate().map(|(i, entry)| {
        let index = first + i;
        let (choose, target) = (choose.clone(), entry.target.clone());
        let onclick = Callback::from(move |_: MouseEvent| choose.emit(target.clone()));
        html! {
            <div class="opt" role="option" id={option_id(index)} aria-selected={(index == now).to_string()} {onclick}>
                { drawing(session, &entry.target) }
                <span class="opt-title">{ marked(&entry.title, query) }</span>
                if !entry.about.is_empty() { <span class="opt-about">{ &entry.about }</span> }
                { end(entry) }
            </div>
        }
    });
    html! {
        <div role="group" aria-labelledby={label.clone()} key={found.title}>
            <div class="opt-head" id={label}>{ found.title }</div>
            { for options }
        </div>
    }
}

fn end(entry: &Entry) -> Html {
    if entry.end.is_empty() {
        return Html::default();
    }
    match entry.target {
        Target::Do(_) => html! { <span class="opt-end">{ help::keys_of(&entry.end) }</span> },
        _ => html! { <span class="opt-end">{ &entry.end }</span> },
    }
}

fn drawing(session: &Session, target: &Target) -> Html {
    icon(match target {
        Target::Field(_) | Target::Pool(_) | Target::Part(_) => Icon::Form,
        Target::Problem(index) => {
            let mark = session.reading.marks.get(*index).map(|mark| mark.severity());
            return mark.map(note::mark).unwrap_or_default();
        }
        Target::Line(_) => Icon::File,
        Target::Do(_) => Icon::Right,
        Target::Explain(_) => Icon::Help,
    })
}

/// A title with the first word of the query in it shown.
fn marked(title: &str, query: &str) -> Html {
    let word = query
        .trim_start_matches(['>', '!'])
        .split_whitespace()
        .next()
        .unwrap_or_default();
    let at = title.to_ascii_lowercase().find(&word.to_ascii_lowercase());
    let parts = at.filter(|_| !word.is_empty()).and_then(|at| {
        let end = at + word.len();
        Some((title.get(..at)?, title.get(at..end)?, title.get(end..)?))
    });
    match parts {
        Some((before, found, after)) => html! { <>{ before }<mark>{ found }</mark>{ after }</> },
        None => title.into(),
    }
}

/// Goes where an entry leads.
fn go(store: &Store, target: &Target) {
    match target {
        Target::Field(path) => form::go(store, path),
        Target::Pool(pool) => {
            store.dispatch(Action::Pool(Some(*pool)));
            let name = pool.path().key("name").to_string();
            page::after_render(move || page::focus(&name));
        }
        Target::Part(section) => form::go_to_part(store, *section),
        Target::Problem(index) => store.dispatch(Action::Problem {
            index: *index,
            open: true,
        }),
        Target::Line(line) => {
            let start = store
                .session
                .as_ref()
                .map(|session| session.reading.view.line_range(*line).start);
            let start = start.unwrap_or_default();
            store.dispatch(Action::Jump(start..start));
        }
        Target::Do(deed) => act(store, *deed),
        Target::Explain(code) => store.dispatch(Action::Explain(Some(*code))),
    }
}

fn act(store: &Store, deed: Deed) {
    let action = match deed {
        Deed::Undo => Action::Undo,
        Deed::Redo => Action::Redo,
        Deed::Save => return saving::save(store),
        Deed::Share => Action::Share(true),
        Deed::Copy => return keys::copy(store),
        Deed::Open => return file::choose(),
        Deed::FixSafe => Action::Ask(Question::SafeFixes),
        Deed::File => Action::Tab(Tab::File),
        Deed::Problems => Action::Tab(Tab::Problems),
        Deed::Plan => Action::Tab(Tab::Plan),
        Deed::Cost => Action::Tab(Tab::Cost),
        Deed::Theme => Action::Dark(!store.dark),
        Deed::Shortcuts => Action::Help(true),
        Deed::Start => Action::Start,
    };
    store.dispatch(action);
}
