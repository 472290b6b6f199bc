//! What has no room in a phone's bars.

use super::keys;
use crate::{
    browser::file,
    components::{Icon, icon, words},
    state::{Action, Session, Store, ui::Tab},
};
use yew::prelude::*;

/// The pane `More` of a phone.
pub(crate) fn more(store: &Store, session: &Session) -> Html {
    let download = {
        let store = store.clone();
        Callback::from(move |()| keys::download(&store))
    };
    let copy = {
        let store = store.clone();
        Callback::from(move |()| keys::copy(&store))
    };
    let dark = store.dark;
    let cost = session.readable.outlook(&store.facts).map(|outlook| {
        let total = &outlook.cost.total;
        let (idle, full) = (total.idle_usd_per_hour, total.full_usd_per_hour);
        format!("{} to {} an hour", words::money(idle), words::money(full))
    });
    let lines = words::count(session.reading.view.count(), "line");
    html! {
        <section class="side more" id="more" aria-label="More" tabindex="-1">
            <ul class="recent">
                { line(Icon::Coin, "Cost", &cost.unwrap_or_default(), store.then(Action::Tab(Tab::Cost))) }
                { line(Icon::Download, "Download", &session.name, download) }
                { line(Icon::Share, "Share a link", "it carries the file", store.then(Action::Share(true))) }
                { line(Icon::Copy, "Copy the file", &lines, copy) }
                { line(Icon::File, "Open another file", "this one is kept under Recent", Callback::from(|()| file::choose())) }
                { line(Icon::Theme, if dark { "Light theme" } else { "Dark theme" }, "", store.then(Action::Dark(!dark))) }
                { line(Icon::Help, "Keyboard shortcuts", "", store.then(Action::Help(true))) }
                { line(Icon::Left, "Start screen", "", store.then(Action::Start)) }
            </ul>
        </section>
    }
}

fn line(drawing: Icon, words: &'static str, about: &str, on: Callback<()>) -> Html {
    let onclick = on.reform(|_: MouseEvent| ());
    html! {
        <li>
            { icon(drawing) }
            <span class="grow">
                <button type="button" class="line" {onclick}>{ words }</button>
                if !about.is_empty() { <br /><span class="sub">{ about.to_owned() }</span> }
            </span>
        </li>
    }
}
