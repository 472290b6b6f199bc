//! What failed and is no problem of a config: it says what to do, and that nothing was changed.

use super::keys;
use crate::{
    browser::file,
    components::{Button, Icon, button, prose, spoken},
    state::{
        Action, Store,
        files::{Alert, Offer},
    },
};
use yew::prelude::*;

/// The alert of the start screen.
pub(crate) fn inline(store: &Store) -> Html {
    store
        .alert
        .as_ref()
        .map(|alert| note(store, alert))
        .unwrap_or_default()
}

/// The alert of the editor, over the panes.
pub(crate) fn floating(store: &Store) -> Html {
    store
        .alert
        .as_ref()
        .map(|alert| html! { <div class="alert-over">{ note(store, alert) }</div> })
        .unwrap_or_default()
}

fn note(store: &Store, alert: &Alert) -> Html {
    let offer = alert.offer.as_ref().map(|offer| match offer {
        Offer::Choose => button(
            Button::words("Choose another file", "btn-small"),
            Callback::from(|()| file::choose()),
        ),
        Offer::Download => {
            let store = store.clone();
            button(
                Button::words("Download the file", "btn-small"),
                Callback::from(move |()| keys::download(&store)),
            )
        }
        Offer::Open { name, text } => {
            let (name, text) = (name.clone(), text.clone());
            let open = Action::Open {
                name,
                text,
                origin: "opened from a file",
                anyway: true,
            };
            button(
                Button::words("Open it all the same", "btn-small"),
                store.then(open),
            )
        }
    });
    let work = store
        .session
        .as_ref()
        .map(|session| format!("Your work on {} is as you left it.", session.name));
    let close = store.then(Action::CloseAlert);
    html! {
        <div class="note note-error" role="alert">
            { spoken(Icon::Error, "t-error", "Error") }
            <span class="stack">
                <span><b>{ &alert.title }</b>{ " " }{ prose(&alert.text) }</span>
                <span class="muted">{ "Nothing was changed. " }{ work }</span>
                if offer.is_some() { <span class="row">{ offer }</span> }
            </span>
            { button(Button::alone(Icon::Close, "Close", "btn-small"), close) }
        </div>
    }
}
