//! A value of any form, as YAML: what eksctl passes on without looking into it, and what has several forms.

use crate::{
    components::{
        Button, button,
        field::{description, label},
        prose, words,
    },
    state::{Action, Store, fields},
};
use lb_model::{document::Document, path::Path, problem::Edit, write};
use lb_provision::check;
use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

/// Lines that the text shows at least and at most without scrolling.
const ROWS: (usize, usize) = (4, 24);

/// What [`Raw`] is given.
#[derive(Properties, PartialEq)]
pub(super) struct Props {
    /// The page's value.
    pub store: Store,
    /// Where the value stands.
    pub path: Path,
}

/// The value as text, written into the file by its button.
#[component]
pub(super) fn Raw(props: &Props) -> Html {
    let draft = use_state_eq(|| None::<String>);
    let wrong = use_state_eq(|| None::<String>);
    let Some(session) = &props.store.session else {
        return Html::default();
    };
    let root = session.readable.document.value();
    let now = fields::value_at(&root, &props.path)
        .and_then(|value| write::to_yaml(value).ok())
        .unwrap_or_default();
    let shown = (*draft).clone().unwrap_or_else(|| now.clone());
    let rows = shown.lines().count().clamp(ROWS.0, ROWS.1);
    let id = props.path.to_string();
    let oninput = {
        let draft = draft.clone();
        Callback::from(move |event: InputEvent| {
            draft.set(Some(event.target_unchecked_into::<HtmlTextAreaElement>().value()));
        })
    };
    let save = {
        let (store, path) = (props.store.clone(), props.path.clone());
        let (draft, wrong, text) = (draft.clone(), wrong.clone(), shown.clone());
        Callback::from(move |()| {
            // The same reader as for the whole file, so that a value means here what it means there.
            let read = Document::parse(text.clone());
            if !read.is_yaml() {
                let first = check::problems(&read, &store.facts).into_iter().next();
                wrong.set(first.map(|found| found.problem.message));
                return;
            }
            wrong.set(None);
            draft.set(None);
            store.dispatch(Action::Edit {
                edits: vec![Edit::Set {
                    path: path.clone(),
                    value: read.value(),
                }],
                label: format!("change {path}"),
                field: None,
            });
        })
    };
    html! {
        <div class="field">
            { label(&id, "Its value, as YAML", None) }
            <textarea class="in mono" id={id.clone()} rows={rows.to_string()} spellcheck="false" autocomplete="off"
                aria-describedby={description(&id)} aria-invalid={wrong.is_some().then_some("true")} value={shown.clone()} {oninput} />
            <div id={description(&id)}>
                if let Some(wrong) = &*wrong {
                    <p class="problem"><span>{ prose(&words::sentence(wrong)) }</span></p>
                } else {
                    <p class="hint">{ "Written into the file by the button, with the comments around it kept." }</p>
                }
            </div>
            <div class="row">
                { button(Button::words("Write it", ""), save) }
                if draft.is_some() {
                    { button(Button::words("Back to what is in the file", "btn-quiet"), Callback::from(move |()| { draft.set(None); wrong.set(None); })) }
                }
            </div>
        </div>
    }
}
