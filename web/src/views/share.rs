//! Sharing: a link that carries the file.

use crate::{
    browser::{address, file},
    components::{Button, Icon, button, dialog::Dialog, field::label, icon, words},
    state::{Action, Session, Store, link},
};
use yew::prelude::*;

const FIELD: &str = "share-link";

/// The dialog with the link.
pub(crate) fn dialog(store: &Store, session: &Session) -> Html {
    let close = store.then(Action::Share(false));
    let link = link::fragment(&session.name, session.text())
        .map(|fragment| format!("{}#{fragment}", address::base()));
    let Ok(link) = link else {
        return Html::default();
    };
    let copy = {
        let (store, link) = (store.clone(), link.clone());
        Callback::from(move |()| {
            file::copy(&link);
            store.dispatch(Action::Share(false));
            store.dispatch(Action::Notice("The link is copied".to_owned()));
        })
    };
    let footer = html! {
        <>
            { button(Button::with(Icon::Copy, "Copy the link", "btn-primary"), copy) }
            { button(Button::words("Close", "btn-quiet"), close.clone()) }
        </>
    };
    let long = link.len() > link::SAFE;
    html! {
        <Dialog title={format!("Share {}", session.name)} on_close={close} footer={Some(footer)}>
            <p class="soft">
                { "Who opens the link gets the file as it is now, and can change a copy of it. The file travels in the link itself, \
                   behind the #, which browsers send to no server: whoever has the link has the file." }
            </p>
            <div class="field">
                { label(FIELD, "Link", None) }
                <input class="in mono" id={FIELD} readonly=true value={link.clone()} aria-describedby="share-link-d" />
                <p class="hint" id="share-link-d">
                    { words::count(link.len(), "character") }
                    if long { { ". Some chats and mail programs cut links longer than 2,000; the page says so when one was cut." } }
                </p>
            </div>
            if address::is_local() {
                <p class="note">
                    { icon(Icon::Info) }
                    <span>{ "This page runs on this machine only, so its links open here, as long as it runs. Send the file to others instead." }</span>
                </p>
            }
        </Dialog>
    }
}
