//! Help: the card of shortcuts, and what a code means.

use super::keys;
use crate::{
    browser::page,
    components::{dialog::Dialog, prose},
    state::{Action, Store},
};
use lb_model::problem::Code;
use lb_provision::check;
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// Parts of the card: title, and lines of keys and what they do.
const KEYS: [(&str, &[(&str, &str)]); 4] = [
    (
        "Anywhere",
        &[
            ("Ctrl K", "Find a field, a problem or an action"),
            ("Ctrl Z", "Undo, also across form and file"),
            ("Ctrl Shift Z", "Redo"),
            ("Ctrl S", "Download, or save where lb edit serves the file"),
            ("Ctrl O", "Open a file"),
            ("F6", "Next part: form, views, file, problems"),
            ("?", "This card"),
            ("Esc", "Close what lies on top"),
        ],
    ),
    (
        "Problems",
        &[
            ("F8", "Next problem"),
            ("Shift F8", "Previous problem"),
            ("Ctrl .", "Fixes for the one at the cursor"),
        ],
    ),
    ("Views", &[("g f", "File"), ("g p", "Plan"), ("g c", "Cost")]),
    (
        "In the file",
        &[
            ("Tab", "Leave the file"),
            ("Ctrl ]", "Indent the lines"),
            ("Ctrl [", "Take the indentation back"),
            ("Alt \u{2191}", "Move the line up; in the list of pools, the pool"),
            ("Alt \u{2193}", "Move it down"),
        ],
    ),
];

/// The card.
pub(crate) fn card(store: &Store) -> Html {
    let parts = KEYS.iter().map(|(title, lines)| {
        let lines = lines
            .iter()
            .map(|(names, what)| html! { <div><dt>{ keys_of(names) }</dt><dd>{ *what }</dd></div> });
        html! { <section><h3>{ *title }</h3><dl>{ for lines }</dl></section> }
    });
    html! {
        <Dialog title="Keyboard shortcuts" wide=true on_close={store.then(Action::Help(false))}>
            <div class="keys">{ for parts }</div>
            <Letters />
        </Dialog>
    }
}

/// The switch of the shortcuts that are single letters.
#[component]
fn Letters() -> Html {
    let on = use_state_eq(keys::letters);
    let onchange = {
        let on = on.clone();
        Callback::from(move |event: Event| {
            let checked = event.target_unchecked_into::<HtmlInputElement>().checked();
            keys::set_letters(checked);
            on.set(checked);
        })
    };
    html! {
        <label class="row"><input type="checkbox" checked={*on} {onchange} />{ "Shortcuts of single letters: g f, g p, g c and ?" }</label>
    }
}

/// Keys by their names, parted by spaces; `Ctrl` is `Cmd` on a Mac.
pub(crate) fn keys_of(names: &str) -> Html {
    let command = if page::is_mac() { "Cmd" } else { "Ctrl" };
    let keys = names.split(' ').map(|key| {
        let key = if key == "Ctrl" { command } else { key };
        html! { <><kbd>{ key.to_owned() }</kbd>{ " " }</> }
    });
    html! { <>{ for keys }</> }
}

/// What a code means, with a bad and a good example.
pub(crate) fn explained(store: &Store, code: Code) -> Html {
    let Some(rule) = check::explain(code.0) else {
        return Html::default();
    };
    let example = |title: &'static str, text: &'static str| {
        if text.is_empty() {
            return Html::default();
        }
        html! { <div class="stack"><h3>{ title }</h3><pre class="example" tabindex="0">{ text }</pre></div> }
    };
    html! {
        <Dialog title={format!("{code}: {}", rule.title)} on_close={store.then(Action::Explain(None))}>
            { for rule.doc.split("\n\n").map(|part| html! { <p>{ prose(part) }</p> }) }
            { example("With the problem", rule.bad) }
            { example("Without it", rule.good) }
        </Dialog>
    }
}
