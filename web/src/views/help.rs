//! The card of shortcuts.

use crate::{
    browser::page,
    components::dialog::Dialog,
    state::{Action, Store},
};
use yew::prelude::*;

/// Parts of the card: title, and lines of keys and what they do.
const KEYS: [(&str, &[(&str, &str)]); 4] = [
    (
        "Anywhere",
        &[
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
    ("Views", &[("g f", "File"), ("g p", "Problems")]),
    (
        "In the file",
        &[
            ("Tab", "Leave the file"),
            ("Ctrl ]", "Indent the lines"),
            ("Ctrl [", "Take the indentation back"),
            ("Alt \u{2191}", "Move the line up"),
            ("Alt \u{2193}", "Move the line down"),
        ],
    ),
];

/// The card.
pub(crate) fn card(store: &Store) -> Html {
    let command = if page::is_mac() { "Cmd" } else { "Ctrl" };
    let parts = KEYS.iter().map(|(title, lines)| {
        let lines = lines.iter().map(|(keys, what)| {
            let keys = keys.split(' ').map(|key| {
                let key = if key == "Ctrl" { command } else { key };
                html! { <><kbd>{ key }</kbd>{ " " }</> }
            });
            html! { <div><dt>{ for keys }</dt><dd>{ *what }</dd></div> }
        });
        html! { <section><h3>{ *title }</h3><dl>{ for lines }</dl></section> }
    });
    html! {
        <Dialog title="Keyboard shortcuts" wide=true on_close={store.then(Action::Help(false))}>
            <div class="keys">{ for parts }</div>
        </Dialog>
    }
}
