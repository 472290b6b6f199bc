//! Finding a field by its name or its meaning.

use super::{go, rest};
use crate::{
    components::{Icon, icon, prose},
    state::{
        Store,
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

/// A search over every field of the schema, those of the file's own pools and accounts one by one.
#[component]
pub(super) fn Search(props: &Props) -> Html {
    let query = use_state_eq(String::new);
    let Some(session) = &props.store.session else {
        return Html::default();
    };
    let hits = if query.trim().is_empty() {
        Vec::new()
    } else {
        fields::search(&session.readable.document.value(), &query)
    };
    let oninput = {
        let query = query.clone();
        Callback::from(move |event: InputEvent| {
            query.set(event.target_unchecked_into::<HtmlInputElement>().value());
        })
    };
    let first = hits.first().map(|hit| hit.path.clone());
    let onkeydown = {
        let store = props.store.clone();
        Callback::from(move |event: KeyboardEvent| {
            if let (true, Some(path)) = (event.key() == "Enter", &first) {
                event.prevent_default();
                go(&store, path);
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
