//! Any field by its path, out of the schema's table: for what has no part of its own in the form.

mod lists;
mod raw;
mod search;

use super::parts::Parts;
use crate::{
    browser::page,
    components::{
        Button, Icon, button,
        choice::{Choice, select},
        field::{self, TextField, whole_number},
        prose, words,
    },
    state::{
        Action,
        fields::{self, Place},
        section::Section,
    },
};
use lb_model::{
    path::{Path, Segment},
    problem::Edit,
    schema::{Field, Shape},
};
use serde_json::Value;
use yew::prelude::*;

/// The fields of a part: those of the file itself that belong to it.
pub(super) fn section(parts: &Parts<'_>, section: Section) -> Html {
    let Some(place) = fields::place(&Path::root()) else {
        return Html::default();
    };
    let Shape::Struct(of) = place.shape else {
        return Html::default();
    };
    let own = of()
        .fields
        .iter()
        .filter(|field| Section::of(&Path::root().key(field.key)) == section);
    html! { { rows(parts, &Path::root(), own) } }
}

/// The part that reaches every field.
pub(super) fn all(parts: &Parts<'_>) -> Html {
    html! {
        <>
            <search::Search store={parts.store.clone()} />
            { section(parts, Section::Fields) }
        </>
    }
}

/// The page of what stands at a path.
pub(super) fn page(parts: &Parts<'_>, path: &Path) -> Html {
    let Some(place) = fields::place(path) else {
        return Html::default();
    };
    let heading = "h-fields";
    let title = title(parts, path);
    html! {
        <section class="sec" id="fields-page" aria-labelledby={heading} key={path.to_string()}>
            { ways(parts, path) }
            <div class="sec-head">
                <h2 id={heading}>{ title }</h2>
                if path.segments().len() > 1 {
                    <p class="mono">{ path.to_string() }</p>
                }
                <span class="end">{ remove(parts, path) }</span>
            </div>
            { about(place.field.filter(|_| !is_item(path))) }
            { body(parts, path, place) }
            { parts.unplaced_under(path) }
        </section>
    }
}

fn is_item(path: &Path) -> bool {
    matches!(path.segments().last(), Some(Segment::Index(_)))
}

/// The last key; of an item its name, else its number.
fn title(parts: &Parts<'_>, path: &Path) -> String {
    match path.segments().last() {
        Some(Segment::Key(key)) => key.clone(),
        Some(Segment::Index(index)) => {
            let value = fields::value_at(parts.value(), path);
            let name = value.and_then(lists::name_of);
            name.unwrap_or_else(|| format!("Item {}", index + 1))
        }
        None => "All fields".to_owned(),
    }
}

/// Back to the form, and to what holds this.
fn ways(parts: &Parts<'_>, path: &Path) -> Html {
    let mut above = Vec::new();
    let mut at = path.clone();
    while let Some((parent, _)) = at.split_last() {
        at = parent;
        // A pool has a page that says more.
        if !at.segments().is_empty() {
            above.push(at.clone());
        }
    }
    let crumbs = above.into_iter().rev().map(|at| {
        let words = title(parts, &at);
        button(Button::words(words, "btn-quiet"), open(parts, &at))
    });
    let back = match parts.open_pool() {
        Some(pool) => format!("Pool {}", pool.group.name),
        None => "Form".to_owned(),
    };
    html! {
        <nav class="row" aria-label="Where this field is">
            { button(Button::with(Icon::Left, back, "btn-quiet"), parts.store.then(Action::Fields(None))) }
            { for crumbs }
        </nav>
    }
}

fn open(parts: &Parts<'_>, path: &Path) -> Callback<()> {
    parts.store.then(Action::Fields(Some(path.clone())))
}

/// Takes the value out of the file, if it is there.
fn remove(parts: &Parts<'_>, path: &Path) -> Html {
    if fields::value_at(parts.value(), path).is_none() || path.segments().is_empty() {
        return Html::default();
    }
    let edits = vec![Edit::Remove { path: path.clone() }];
    let up = path.split_last().map(|(parent, _)| parent);
    let (store, label) = (parts.store.clone(), format!("remove {path}"));
    let go = Callback::from(move |()| {
        store.dispatch(Action::Edit {
            edits: edits.clone(),
            label: label.clone(),
            field: None,
        });
        let up = up.clone().filter(|up| !up.segments().is_empty());
        store.dispatch(Action::Fields(up));
    });
    html! {
        <span class="row">
            { button(Button::words("Show its lines", "btn-small btn-quiet"), parts.go_to(path)) }
            { button(Button::words("Remove from the file", "btn-small"), go) }
        </span>
    }
}

/// The documentation of a field, its default and where that is from.
fn about(field: Option<&'static Field>) -> Html {
    let Some(field) = field else {
        return Html::default();
    };
    html! {
        <div class="stack about">
            { for field.doc.split("\n\n").map(|part| html! { <p class="soft">{ prose(part) }</p> }) }
            if let Some(default) = field.default {
                <p class="hint">{ "Not in the file: " }{ prose(default) }{ "." }</p>
            }
            if let Some(source) = field.source {
                <p class="hint">{ "Source: " }{ source }</p>
            }
        </div>
    }
}

fn body(parts: &Parts<'_>, path: &Path, place: Place) -> Html {
    match place.shape {
        Shape::Struct(of) => rows(parts, path, of().fields.iter()),
        Shape::List(item) => lists::list(parts, path, *item, place.field),
        Shape::Map(item) if fields::is_simple(*item) => lists::map(parts, path),
        shape if fields::is_simple(shape) => match place.field {
            Some(field) => html! { <div class="grid">{ simple(parts, path, field) }</div> },
            None => Html::default(),
        },
        _ => html! { <raw::Raw key={path.to_string()} store={parts.store.clone()} path={path.clone()} /> },
    }
}

/// The fields of a type: those of one value as controls, the others as ways to their pages.
fn rows(parts: &Parts<'_>, path: &Path, of: impl Iterator<Item = &'static Field>) -> Html {
    let (simple_ones, others): (Vec<_>, Vec<_>) = of.partition(|field| fields::is_simple(field.shape));
    let controls = simple_ones
        .iter()
        .map(|field| simple(parts, &path.key(field.key), field));
    html! {
        <>
            if !simple_ones.is_empty() { <div class="grid">{ for controls }</div> }
            if !others.is_empty() {
                <ul class="ways">{ for others.iter().map(|field| way(parts, &path.key(field.key), field)) }</ul>
            }
        </>
    }
}

/// The way to a value that has a page of its own.
fn way(parts: &Parts<'_>, path: &Path, field: &'static Field) -> Html {
    let value = fields::value_at(parts.value(), path);
    let marks = parts.marks(path, true);
    let worst = marks.iter().map(|(_, mark)| mark.severity()).min();
    let state = match (value, field.default) {
        (None, Some(default)) => format!("by default {default}"),
        (value, _) => fields::in_words(value),
    };
    let name = Button {
        id: Some(path.to_string().into()),
        ..Button::words(field.key, "btn-link mono")
    };
    html! {
        <li class="field" key={field.key}>
            <div>
                { button(name, open(parts, path)) }
                if let Some(severity) = worst { { " " }{ crate::components::note::mark(severity) } }
                <p class="hint">{ prose(field.summary()) }</p>
            </div>
            <span class={classes!("small", value.is_none().then_some("muted"))}>{ prose(&state) }</span>
        </li>
    }
}

/// A control for one value.
fn simple(parts: &Parts<'_>, path: &Path, field: &'static Field) -> Html {
    let value = fields::value_at(parts.value(), path);
    let text = match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    };
    let values: &[&str] = match field.shape {
        Shape::Bool => &["true", "false"],
        _ => field.values,
    };
    if values.is_empty() {
        typed(parts, path, field, text)
    } else {
        chosen(parts, path, field, values, &text)
    }
}

/// What stands under a control: its meaning and its default.
fn hint(field: &Field) -> Html {
    let required = field.required.then_some(" Required.");
    html! {
        <>
            { prose(field.summary()) }{ required }
            if let Some(default) = field.default { { " By default " }{ prose(default) }{ "." } }
        </>
    }
}

fn typed(parts: &Parts<'_>, path: &Path, field: &'static Field, text: String) -> Html {
    let shape = field.shape;
    let numeric = matches!(shape, Shape::Int | Shape::Float);
    let on_change = parts.set(path, field.key, move |text: String| written(shape, &text));
    let refuse = match shape {
        Shape::Int => Some(whole_number()),
        Shape::Float => Some(Callback::from(|text: String| {
            let wrong = !text.is_empty() && text.parse::<f64>().is_err();
            wrong.then(|| "use a number".to_owned())
        })),
        _ => None,
    };
    html! {
        <TextField key={field.key} id={path.to_string()} label={field.key} value={text} hint={hint(field)} class="field c3"
            inputmode={numeric.then_some("numeric")} {refuse} unit={field.unit.map(Html::from)} mono={!numeric}
            troubles={parts.troubles(path)} {on_change} on_focus={parts.show(path)} />
    }
}

/// What is written for a typed text; nothing for an empty one.
fn written(shape: Shape, text: &str) -> Option<Value> {
    match shape {
        _ if text.is_empty() => None,
        Shape::Int => text.parse::<i64>().ok().map(Value::from),
        Shape::Float => text.parse::<f64>().ok().map(Value::from),
        Shape::Bool => text.parse::<bool>().ok().map(Value::from),
        _ => Some(text.into()),
    }
}

fn chosen(
    parts: &Parts<'_>,
    path: &Path,
    field: &'static Field,
    values: &[&'static str],
    text: &str,
) -> Html {
    let id = path.to_string();
    let shape = field.shape;
    let choices: Vec<Choice> = std::iter::once(Choice::new("", "Not in the file"))
        .chain(values.iter().map(|value| Choice::new(*value, *value)))
        .collect();
    let on = parts
        .set(path, field.key, move |text: String| written(shape, &text))
        .reform(|value: AttrValue| value.to_string());
    html! {
        <div class="field c3" key={field.key}>
            { field::label(&id, field.key, None) }
            { select(&id, Some(field::description(&id)), &choices, text, &on) }
            { field::below(&id, hint(field), &parts.troubles(path)) }
        </div>
    }
}

/// Shows a field: the page of what holds it, with the focus on it.
pub(super) fn go(parts_store: &crate::state::Store, path: &Path) {
    let place = fields::place(path);
    let simple = place.is_some_and(|place| fields::is_simple(place.shape));
    let holder = path.split_last().map(|(parent, _)| parent).unwrap_or_default();
    let at = if simple { holder } else { path.clone() };
    parts_store.dispatch(Action::Fields(Some(at)));
    let id = path.to_string();
    page::after_render(move || page::focus(&id));
}

/// `3 of 40 shown`, when not all are.
fn rest(shown: usize, all: usize) -> Option<String> {
    (all > shown).then(|| format!("and {} more; add a word", words::count(all - shown, "field")))
}
