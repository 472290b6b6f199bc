//! Lists and maps with keys of the user's choice.

use super::{open, prose, written};
use crate::{
    components::{
        Button, Icon, button,
        choice::{Choice, select},
        field::{TextField, label},
    },
    state::{Action, Store, fields},
    views::form::parts::Parts,
};
use lb_model::{
    path::Path,
    problem::Edit,
    schema::{Field, Shape},
};
use serde_json::Value;
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// What an item is called: its name, or what stands for one.
pub(super) fn name_of(item: &Value) -> Option<String> {
    let named = [
        "name",
        "metadata",
        "arn",
        "namespace",
        "principalARN",
        "key",
        "id",
    ];
    let value = named.iter().find_map(|key| item.get(key))?;
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Object(_) => name_of(value),
        _ => None,
    }
}

/// The items of a list.
pub(super) fn list(parts: &Parts<'_>, path: &Path, item: Shape, field: Option<&'static Field>) -> Html {
    let items = fields::value_at(parts.value(), path)
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    if !fields::is_simple(item) {
        return large(parts, path, items);
    }
    let rows = items.iter().enumerate().map(|(index, value)| {
        let here = path.index(index);
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let on_change = parts.set(&here, "an item", move |text: String| {
            written(item, &text).or_else(|| Some("".into()))
        });
        html! {
            <div class="with-end" key={index}>
                <TextField id={here.to_string()} label={format!("Item {}", index + 1)} value={text} mono=true
                    troubles={parts.troubles(&here)} {on_change} on_focus={parts.show(&here)} />
                { remove(parts, &here, &format!("item {}", index + 1)) }
            </div>
        }
    });
    let values = field.map_or(&[][..], |field| field.values);
    html! {
        <div class="stack">
            if items.is_empty() { <p class="hint">{ "No items in the file." }</p> }
            { for rows }
            <Add store={parts.store.clone()} path={path.clone()} count={items.len()} {values} numeric={matches!(item, Shape::Int)} />
        </div>
    }
}

/// Items that have pages of their own.
fn large(parts: &Parts<'_>, path: &Path, items: &[Value]) -> Html {
    let rows = items.iter().enumerate().map(|(index, item)| {
        let here = path.index(index);
        let name = name_of(item).unwrap_or_else(|| format!("Item {}", index + 1));
        let link = Button {
            id: Some(here.to_string().into()),
            ..Button::words(name.clone(), "btn-link")
        };
        html! {
            <li class="field" key={index}>
                <div>{ button(link, open(parts, &here)) }<p class="hint">{ prose(&fields::in_words(Some(item))) }</p></div>
                { remove(parts, &here, &name) }
            </li>
        }
    });
    // The item is made by its first field.
    let add = open(parts, &path.index(items.len()));
    html! {
        <div class="stack">
            if items.is_empty() { <p class="hint">{ "No items in the file." }</p> } else { <ul class="ways">{ for rows }</ul> }
            <div>{ button(Button::with(Icon::Plus, "Add an item", ""), add) }</div>
        </div>
    }
}

/// The entries of a map whose values are text.
pub(super) fn map(parts: &Parts<'_>, path: &Path) -> Html {
    let entries = fields::value_at(parts.value(), path).and_then(Value::as_object);
    let rows = entries.into_iter().flatten().map(|(key, value)| {
        let here = path.key(key);
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        html! {
            <div class="with-end" key={key.clone()}>
                <TextField id={here.to_string()} label={key.clone()} value={text} mono=true troubles={parts.troubles(&here)}
                    on_change={parts.set_text(&here, key, true)} on_focus={parts.show(&here)} />
                { remove(parts, &here, key) }
            </div>
        }
    });
    html! {
        <div class="stack">
            if entries.is_none_or(serde_json::Map::is_empty) { <p class="hint">{ "No entries in the file." }</p> }
            { for rows }
            <AddEntry store={parts.store.clone()} path={path.clone()} />
        </div>
    }
}

fn remove(parts: &Parts<'_>, path: &Path, what: &str) -> Html {
    let edit = Edit::Remove { path: path.clone() };
    button(
        Button::alone(Icon::Close, format!("Remove {what}"), ""),
        parts.store.edit(format!("remove {path}"), vec![edit]),
    )
}

#[derive(Properties, PartialEq)]
struct AddProps {
    store: Store,
    path: Path,
    count: usize,
    values: &'static [&'static str],
    numeric: bool,
}

/// A new item at the end of a list.
#[component]
fn Add(props: &AddProps) -> Html {
    let text = use_state_eq(String::new);
    let add = {
        let (store, path, index, numeric) = (
            props.store.clone(),
            props.path.clone(),
            props.count,
            props.numeric,
        );
        let text = text.clone();
        move |item: &str| {
            let shape = if numeric { Shape::Int } else { Shape::Str };
            let Some(value) = written(shape, item.trim()) else {
                return;
            };
            text.set(String::new());
            store.dispatch(Action::Edit {
                edits: vec![Edit::Insert {
                    path: path.clone(),
                    index,
                    value,
                }],
                label: format!("add to {path}"),
                field: None,
            });
        }
    };
    if !props.values.is_empty() {
        let choices: Vec<Choice> = std::iter::once(Choice::new("", "Choose one"))
            .chain(props.values.iter().map(|value| Choice::new(*value, *value)))
            .collect();
        let on = Callback::from(move |value: AttrValue| add(&value));
        return html! {
            <div class="field">{ label("new-item", "New item", None) }{ select("new-item", None, &choices, "", &on) }</div>
        };
    }
    let (now, by_button) = ((*text).clone(), add.clone());
    html! {
        <div class="field">
            { label("new-item", "New item", None) }
            <span class="row">
                <input class="in mono grow" id="new-item" autocomplete="off" spellcheck="false" value={now.clone()}
                    inputmode={props.numeric.then_some("numeric")} oninput={keep(&text)} onkeydown={on_enter(move |event| add(&value_of(event)))} />
                { button(Button::with(Icon::Plus, "Add", ""), Callback::from(move |()| by_button(&now))) }
            </span>
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct AddEntryProps {
    store: Store,
    path: Path,
}

/// A new entry of a map.
#[component]
fn AddEntry(props: &AddEntryProps) -> Html {
    let (key, value) = (use_state_eq(String::new), use_state_eq(String::new));
    let add = {
        let (store, path) = (props.store.clone(), props.path.clone());
        let (key, kept) = (key.clone(), value.clone());
        Callback::from(move |value: String| {
            let name = key.trim().to_owned();
            if name.is_empty() {
                crate::browser::page::focus("new-key");
                return;
            }
            store.dispatch(Action::Edit {
                edits: vec![Edit::Set {
                    path: path.key(name.clone()),
                    value: value.into(),
                }],
                label: format!("add {name}"),
                field: None,
            });
            key.set(String::new());
            kept.set(String::new());
        })
    };
    let (by_key, now) = (add.clone(), (*value).clone());
    html! {
        <div class="grid">
            <div class="field c3">
                { label("new-key", "New key", None) }
                <input class="in mono" id="new-key" autocomplete="off" spellcheck="false" value={(*key).clone()} oninput={keep(&key)} />
            </div>
            <div class="field c3">
                { label("new-value", "Its value", None) }
                <span class="row">
                    <input class="in mono grow" id="new-value" autocomplete="off" spellcheck="false" value={(*value).clone()}
                        oninput={keep(&value)} onkeydown={on_enter(move |event| by_key.emit(value_of(event)))} />
                    { button(Button::with(Icon::Plus, "Add", ""), add.reform(move |()| now.clone())) }
                </span>
            </div>
        </div>
    }
}

fn keep(text: &UseStateHandle<String>) -> Callback<InputEvent> {
    let text = text.clone();
    Callback::from(move |event: InputEvent| {
        text.set(event.target_unchecked_into::<HtmlInputElement>().value())
    })
}

fn value_of(event: &KeyboardEvent) -> String {
    event.target_unchecked_into::<HtmlInputElement>().value()
}

fn on_enter(act: impl Fn(&KeyboardEvent) + 'static) -> Callback<KeyboardEvent> {
    Callback::from(move |event: KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
            act(&event);
        }
    })
}
