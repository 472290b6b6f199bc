//! What follows from the name and the account: shown, with the way to put right what does not follow.

use super::parts::Parts;
use crate::{
    browser::{page, place},
    components::{Button, Icon, button, icon},
    state::{
        Action, Store,
        names::{self, Kind, Named},
        section::Section,
    },
};
use lb_model::{
    config::OrEmpty,
    leaderboard::{Kinship, kinship},
    path::Path,
    problem::Severity,
};
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// The group of rows.
pub(crate) fn group(parts: &Parts<'_>) -> Html {
    let named = names::named(parts.config);
    let roles = roles(parts);
    if named.is_empty() && roles.is_empty() {
        return Html::default();
    }
    html! {
        <div class="follows" role="group" aria-labelledby="follows-h">
            <div class="head">{ icon(Icon::Link) }<span id="follows-h">{ "Follows from the name and the account" }</span></div>
            <dl>
                { for named.iter().map(|named| row(parts, named)) }
                if !roles.is_empty() {
                    <div>
                        <dt>{ "Admin roles" }</dt>
                        <dd class="mono">{ roles.join(", ") }</dd>
                        <dd>{ to_access(parts) }</dd>
                    </div>
                }
            </dl>
        </div>
    }
}

fn to_access(parts: &Parts<'_>) -> Html {
    let store = parts.store.clone();
    let go = Callback::from(move |()| {
        place::reveal("form", Section::Access.id(), true);
        store.dispatch(Action::InView(Section::Access));
    });
    button(
        Button {
            label: "Edit".into(),
            class: "btn-link small",
            ..Button::default()
        },
        go,
    )
}

/// The roles that are mapped to cluster admins, without their account.
fn roles(parts: &Parts<'_>) -> Vec<String> {
    let mappings = &parts.config.iam_identity_mappings;
    let admins = mappings
        .iter()
        .filter(|mapping| mapping.groups.iter().any(|group| group == "system:masters"));
    admins
        .map(|mapping| {
            mapping
                .arn
                .or_empty()
                .rsplit(':')
                .next()
                .unwrap_or_default()
                .to_owned()
        })
        .collect()
}

fn row(parts: &Parts<'_>, named: &Named) -> Html {
    let marks: Vec<_> = named
        .paths
        .iter()
        .flat_map(|path| parts.marks(path, false))
        .collect();
    let worst = marks.iter().min_by_key(|(_, mark)| mark.severity()).copied();
    let error = worst.is_some_and(|(_, mark)| mark.severity() == Severity::Error);
    let environment = &parts.config.metadata.name;
    let label = match named.kind {
        Kind::Bucket => "Bucket",
        Kind::Table => "Table",
        Kind::AutoscalerTag => "Autoscaler tag",
    };
    let places = match (named.kind, named.paths.len()) {
        (Kind::AutoscalerTag, 1) => "in 1 pool".to_owned(),
        (Kind::AutoscalerTag, n) => format!("in {n} pools"),
        _ => String::new(),
    };
    let differs = worst.is_some().then(|| {
        let class = if error {
            "chip chip-error"
        } else {
            "chip chip-warn"
        };
        html! { <>{ " " }<span {class}>{ icon(Icon::Unlink) }{ "differs" }</span></> }
    });
    let fixed = worst.filter(|(_, mark)| mark.fix().is_some());
    let action = match fixed {
        Some((index, mark)) => {
            let title = mark.fix_title().unwrap_or_default();
            let same: Vec<usize> = marks
                .iter()
                .filter(|(_, m)| m.code() == mark.code())
                .map(|(i, _)| *i)
                .collect();
            let all = if same.is_empty() { vec![index] } else { same };
            button(
                Button::words(title, "btn-link small"),
                parts.store.then(Action::Fix(all)),
            )
        }
        None if named.kind == Kind::AutoscalerTag => show(parts, named.paths.first()),
        None => {
            let would_be = expected(named, environment);
            return html! {
                <OverrideRow key={format!("{label} {}", named.name)} {label} named={named.clone()} store={parts.store.clone()}
                    {would_be} differs={worst.is_some()} />
            };
        }
    };
    let under = if worst.is_none() {
        None
    } else if error {
        Some("u-e")
    } else {
        Some("u-w")
    };
    html! {
        <div class={error.then_some("bad")} key={format!("{label} {}", named.name)}>
            <dt>{ label }</dt>
            <dd class="mono"><span class={classes!(under)}>{ &named.name }</span>{ differs }{ " " }<span class="muted">{ places }</span></dd>
            <dd>{ action }</dd>
        </div>
    }
}

fn show(parts: &Parts<'_>, path: Option<&Path>) -> Html {
    path.map(|path| button(Button::words("Show", "btn-link small"), parts.go_to(path)))
        .unwrap_or_default()
}

/// What a name would be if it followed; `None` if it does.
fn expected(named: &Named, environment: &str) -> Option<String> {
    match kinship(&named.name, environment) {
        Kinship::Same | Kinship::Derived => None,
        _ => Some(environment.to_owned()),
    }
}

/// Gives the focus to what is drawn only after this.
fn focus_later(id: String) {
    page::after_render(move || page::focus(&id));
}

#[derive(Properties, PartialEq)]
struct Props {
    label: &'static str,
    named: Named,
    store: Store,
    would_be: Option<String>,
    differs: bool,
}

/// A derived row, or the field that overrides it.
#[component]
fn OverrideRow(props: &Props) -> Html {
    let open = use_state_eq(|| false);
    let id = format!("override-{}-{}", props.label, props.named.name);
    let way = format!("{id}-b");
    use_effect_with(*open, {
        let id = id.clone();
        move |open| {
            if *open {
                page::select_all(&id);
            }
        }
    });
    let change = {
        let (store, named) = (props.store.clone(), props.named.clone());
        move |name: String| {
            let Some(session) = &store.session else { return };
            let edits = names::override_name(session.readable.document.config(), &named, &name);
            store.dispatch(Action::Edit {
                edits,
                label: format!("change {} to {name}", named.name),
                field: None,
            });
        }
    };
    if *open {
        let (done, change) = (open.clone(), change);
        let label = props.label;
        let onchange = Callback::from(move |event: Event| {
            let name = event.target_unchecked_into::<HtmlInputElement>().value();
            done.set(false);
            if !name.is_empty() {
                change(name.clone());
                focus_later(format!("override-{label}-{name}-b"));
            }
        });
        let close = {
            let (open, way) = (open.clone(), way);
            Callback::from(move |()| {
                open.set(false);
                focus_later(way.clone());
            })
        };
        let onkeydown = {
            let close = close.clone();
            Callback::from(move |event: KeyboardEvent| {
                if event.key() == "Escape" {
                    event.stop_propagation();
                    close.emit(());
                }
            })
        };
        return html! {
            <div>
                <dt><label for={id.clone()}>{ props.label }</label></dt>
                <dd><input class="in mono" {id} value={props.named.name.clone()} autocomplete="off" spellcheck="false" {onchange} {onkeydown} /></dd>
                <dd>{ button(Button::words("Close", "btn-link small"), close) }</dd>
            </div>
        };
    }
    let edit = button(
        Button {
            id: Some(way.into()),
            ..Button::words("Override", "btn-link small")
        },
        Callback::from(move |()| open.set(true)),
    );
    let follow = props.would_be.clone().map(|name| {
        let (title, name) = (format!("Use {name}"), name);
        button(
            Button::words(title, "btn-link small"),
            Callback::from(move |()| change(name.clone())),
        )
    });
    html! {
        <div>
            <dt>{ props.label }</dt>
            <dd class="mono">
                <span class={classes!(props.differs.then_some("u-w"))}>{ &props.named.name }</span>
                if props.would_be.is_some() {
                    { " " }<span class="chip">{ icon(Icon::Unlink) }{ "does not follow" }</span>
                }
            </dd>
            <dd>{ follow.unwrap_or(edit) }</dd>
        </div>
    }
}
