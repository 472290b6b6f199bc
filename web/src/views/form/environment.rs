//! Which cluster this file describes: its name, edition, account and region, and what follows from them.

use super::{derived, parts::Parts};
use crate::{
    components::{
        choice::{Choice, segments, select},
        field::{self, TextField, group_label},
        words,
    },
    state::{Action, names, pools},
};
use lb_model::{leaderboard::Edition, path::Path, rename};
use yew::prelude::*;

/// The fields of the part.
pub(crate) fn section(parts: &Parts<'_>) -> Html {
    html! {
        <>
            <div class="grid">
                { name(parts) }
                { edition(parts) }
                { account(parts) }
                { region(parts) }
            </div>
            { derived::group(parts) }
        </>
    }
}

/// The name, which many other places follow; so it is written when the field is left.
fn name(parts: &Parts<'_>) -> Html {
    let path = Path::root().key("metadata").key("name");
    let config = parts.config;
    let others = rename::name_followers(config).len();
    let form = words::sentence(rename::name_form(config));
    let hint = match others {
        0 => format!("{form}."),
        1 => format!("{form}. 1 other place in the file follows it."),
        n => format!("{form}. {n} other places in the file follow it."),
    };
    let on_change = {
        let reading = parts.session.readable.clone();
        parts.store.on(move |name: String| Action::Edit {
            label: format!("rename the environment to {name}"),
            edits: rename::rename(reading.document.config(), &name),
            field: None,
        })
    };
    let refuse = {
        let reading = parts.session.readable.clone();
        Callback::from(move |name: String| rename::refuse_name(reading.document.config(), &name))
    };
    html! {
        <TextField id={path.to_string()} label="Name" value={config.metadata.name.clone()} hint={Html::from(hint)} live=false
            class="field c4" troubles={parts.troubles(&path)} refuse={Some(refuse)} {on_change} on_focus={parts.show(&path)} />
    }
}

fn edition(parts: &Parts<'_>) -> Html {
    let choices: Vec<Choice> = Edition::ALL
        .iter()
        .map(|e| Choice::new(e.number(), e.number()))
        .collect();
    let now = Edition::of(parts.config);
    let on = {
        let reading = parts.session.readable.clone();
        parts.store.on(move |number: AttrValue| {
            let to = Edition::ALL
                .into_iter()
                .find(|edition| edition.number() == number);
            match to {
                Some(to) => Action::Ask(names::change_edition(reading.document.config(), to)),
                None => Action::Say("unknown edition".into()),
            }
        })
    };
    html! {
        <div class="field c2">
            { group_label("edition-l", "Edition", None) }
            { segments("edition", "edition-l", &choices, now.map(Edition::number), &on) }
            if now.is_none() {
                <p class="hint">{ "Not said in the file." }</p>
            }
        </div>
    }
}

fn account(parts: &Parts<'_>) -> Html {
    let shown = rename::account(parts.config).unwrap_or_default();
    let hint = match rename::account_followers(parts.config).len() {
        0 => "The file names none; an apply takes the account of your credentials.".to_owned(),
        1 => "12 digits. 1 place in the file uses it.".to_owned(),
        n => format!("12 digits. {n} places in the file use it."),
    };
    let on_change = {
        let reading = parts.session.readable.clone();
        parts.store.on(move |account: String| Action::Edit {
            label: format!("change the account to {account}"),
            edits: rename::change_account(reading.document.config(), &account),
            field: None,
        })
    };
    html! {
        <TextField id="account" label="AWS account" value={shown} hint={Html::from(hint)} live=false class="field c3"
            inputmode={Some("numeric")} refuse={Some(Callback::from(|text: String| not_an_account(&text)))} {on_change} />
    }
}

/// Refuses what is not an account's number.
fn not_an_account(text: &str) -> Option<String> {
    let right = text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
    (!right && !text.is_empty()).then(|| "an account has 12 digits".to_owned())
}

fn region(parts: &Parts<'_>) -> Html {
    let path = Path::root().key("metadata").key("region");
    let here = &parts.config.metadata.region;
    let choices: Vec<Choice> = parts
        .catalog
        .regions()
        .iter()
        .map(|region| Choice::new(region.name, region.name))
        .collect();
    let on = {
        let reading = parts.session.readable.clone();
        parts.store.on(move |region: AttrValue| Action::Edit {
            edits: rename::change_region(reading.document.config(), &region),
            label: format!("change the region to {region}"),
            field: None,
        })
    };
    let id = path.to_string();
    html! {
        <div class="field c3">
            { field::label(&id, "Region", None) }
            { select(&id, Some(field::description(&id)), &choices, here, &on) }
            { field::below(&id, region_hint(parts, here).into(), &parts.troubles(&path)) }
        </div>
    }
}

/// `Has g5 in 3 of 4 zones: 2a, 2b, 2c.` for the GPU types of the pools.
fn region_hint(parts: &Parts<'_>, region: &str) -> String {
    let pools = parts.pools();
    let Some(all) = parts.catalog.zones(region) else {
        return "The catalog does not know its zones.".into();
    };
    let Some(pool) = pools.iter().find(|pool| pool.gpus().is_some()) else {
        return format!("Has {}.", words::count(all.len(), "zone"));
    };
    let family = pool.instance.map_or("", |instance| instance.family());
    let with = parts
        .catalog
        .zones_offering(pool.instance_type(), region)
        .unwrap_or_default();
    let short: Vec<String> = with.iter().map(|zone| pools::short_zone(zone, region)).collect();
    if short.is_empty() {
        format!("Has no {family} in any of its {} zones.", all.len())
    } else {
        format!(
            "Has {family} in {} of {} zones: {}.",
            short.len(),
            all.len(),
            short.join(", ")
        )
    }
}
