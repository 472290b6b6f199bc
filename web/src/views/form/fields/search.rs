//! Finding a field by its name or its meaning.

use super::{go, rest};
use crate::{
    components::{Icon, icon, prose},
    state::{
        Session, Store,
        fields::{self, Hit},
    },
};
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// Hits shown at once.
const MOST: usize = 12;

/// What [`Search`] is given.
#[derive(Properties, PartialEq)]
pub(super) struct Props {
    /// The page's value.
    pub store: Store,
}

fn searched(session: &Session, query: &str) -> Vec<Hit> {
    if query.trim().is_empty() {
        return Vec::new();
    }
    fields::search(&session.readable.document.value(), query)
}

/// A search over every field of the schema, those of the file's own pools and accounts one by one.
#[component]
pub(super) fn Search(props: &Props) -> Html {
    let query = use_state_eq(String::new);
    let Some(session) = &props.store.session else {
        return Html::default();
    };
    let hits = searched(session, &query);
    let oninput = {
        let query = query.clone();
        Callback::from(move |event: InputEvent| {
            query.set(event.target_unchecked_into::<HtmlInputElement>().value());
        })
    };
    let onkeydown = {
        let store = props.store.clone();
        Callback::from(move |event: KeyboardEvent| {
            let Some(session) = store.session.as_ref().filter(|_| event.key() == "Enter") else {
                return;
            };
            event.prevent_default();
            // What stands in the input, not what a late render shows still.
            let query = event.target_unchecked_into::<HtmlInputElement>().value();
            let hits = searched(session, &query);
            if let Some(hit) = hits.first() {
                go(&store, &hit.path);
            }
        })
    };
    let row = |hit: &Hit| {
        let (store, path) = (props.store.clone(), hit.path.clone());
        let onclick = Callback::from(move |_: MouseEvent| go(&store, &path));
        let state = if hit.written { "in the file" } else { "" };
        html! {
            <li key={hit.path.to_string()}>
                <div>
                    <button type="button" class="btn btn-link mono" {onclick}>{ hit.path.to_string() }</button>
                    <p class="hint">{ prose(hit.field.summary()) }</p>
                </div>
                <span class="small">{ state }</span>
            </li>
        }
    };
    let none = hits.is_empty() && !query.trim().is_empty();
    html! {
        <div class="field">
            <label class="lab" for="search-fields">{ "Find a field" }</label>
            <span class="with-icon">
                { icon(Icon::Search) }
                <input class="in" id="search-fields" type="search" autocomplete="off" spellcheck="false" value={(*query).clone()}
                    aria-describedby="search-fields-d" {oninput} {onkeydown} />
            </span>
            <p class="hint" id="search-fields-d">
                { if none { "No field of eksctl is called or described so." } else { "By its name or what it does: volumeEncrypted, public endpoint, log retention." } }
            </p>
            if !hits.is_empty() {
                <ul class="ways">{ for hits.iter().take(MOST).map(row) }</ul>
                if let Some(rest) = rest(MOST, hits.len()) { <p class="hint">{ rest }</p> }
            }
        </div>
    }
}
