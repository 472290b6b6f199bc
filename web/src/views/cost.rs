//! What the cluster costs: idle, for one GPU, at full scale, and by the month; the figures of `lb cost`.

use super::plan;
use crate::{
    components::{note::note, number::NumberInput, prose, words},
    state::{
        Action, Session, Store,
        cost::{USUAL_HOURS, mix},
        outlook::Outlook,
    },
};
use lb_model::{
    catalog::{HOURS_A_MONTH, Support},
    problem::Severity,
};
use lb_provision::{
    key::Key,
    plan::{Cost, Hourly, Line},
};
use yew::prelude::*;

/// The view.
pub(crate) fn view(store: &Store, session: &Session) -> Html {
    let outlook = match session.readable.outlook(&store.facts) {
        _ if !session.readable.is_readable() => {
            return none(
                html! { <p class="lead">{ "Nothing is known of the cost until the file can be read." }</p> },
            );
        }
        Err(problems) => return none(plan::unplanned(store, session, problems, "cost")),
        Ok(outlook) => outlook,
    };
    let cost = &outlook.cost;
    html! {
        <div class="panel-pad">
            <div class="view-title">
                <h2>{ "What it costs" }</h2><p class="soft">{ "On-demand list prices, without tax and traffic" }</p>
            </div>
            { plan::refused(store, session) }
            if let Some(unknown) = cost.without_price_in_words() {
                { note(Severity::Warning, html! { <><b>{ "The sums are not complete: " }</b>{ prose(&unknown) }</> }, None) }
            }
            { cards(cost) }
            { shares(cost) }
            { month(store, session, cost) }
            { bill(store, session, outlook) }
            <p class="hint">{ rests_on(store, outlook) }</p>
        </div>
    }
}

fn none(why: Html) -> Html {
    html! { <div class="panel-pad"><div class="view-title"><h2>{ "No cost" }</h2></div>{ why }</div> }
}

fn card(title: &str, figure: String, unit: String, about: String) -> Html {
    html! {
        <div class="card">
            <span class="k">{ title.to_owned() }</span>
            <strong>{ figure }<small>{ " " }{ unit }</small></strong>
            <span class="soft">{ about }</span>
        </div>
    }
}

fn cards(cost: &Cost) -> Html {
    let Hourly {
        idle_usd_per_hour: idle,
        full_usd_per_hour: full,
        ..
    } = cost.total;
    let gpus = cost.per_gpu();
    let one = gpus
        .first()
        .zip(gpus.last())
        .map(|((least, cheapest), (most, dearest))| {
            let (unit, about) = if cheapest == dearest {
                (String::new(), format!("on {cheapest}"))
            } else {
                let about = format!("{cheapest} is cheapest, {dearest} dearest");
                (format!("to {}", words::money(*most)), about)
            };
            card("One GPU, one hour", words::money(*least), unit, about)
        });
    let nodes = usize::try_from(cost.full_nodes).unwrap_or(usize::MAX);
    let most = if cost.full_gpus > 0 {
        let routes = usize::try_from(cost.full_gpus).unwrap_or(usize::MAX);
        let each = words::money(full / cost.full_gpus as f64);
        format!(
            "{} in parallel, {each} each an hour",
            words::count(routes, "route")
        )
    } else {
        words::count(nodes, "node")
    };
    let month = words::usd(idle * HOURS_A_MONTH, 0);
    html! {
        <div class="cards">
            { card("Idle, no jobs", words::money(idle), "/h".to_owned(), format!("{month} in a forgotten month")) }
            { one }
            { card("Full scale", words::money(full), "/h".to_owned(), most) }
        </div>
    }
}

/// What the money goes to at full scale, as one bar and in words.
fn shares(cost: &Cost) -> Html {
    let shares = mix(cost);
    if shares.is_empty() {
        return Html::default();
    }
    let mut at = 0;
    let bars = shares.iter().map(|share| {
        let x = at;
        at += share.thousandths;
        // A hair between two of them.
        let width = share.thousandths.saturating_sub(2).max(1);
        html! { <rect class={share.class} x={x.to_string()} width={width.to_string()} height="14" /> }
    });
    let said: Vec<String> = shares
        .iter()
        .map(|share| format!("{}\u{a0}% {}", share.percent, share.what))
        .collect();
    html! {
        <div class="stack">
            <svg class="mixbar" viewBox="0 0 1000 14" preserveAspectRatio="none" aria-hidden="true">{ for bars }</svg>
            <p class="hint">{ format!("At full scale: {}.", words::list(&said)) }</p>
        </div>
    }
}

/// What a month costs with so many hours at full scale.
fn month(store: &Store, session: &Session, cost: &Cost) -> Html {
    let hours = session.ui.full_hours.unwrap_or(USUAL_HOURS);
    let too_many = hours as f64 > HOURS_A_MONTH;
    let hours_counted = (hours as f64).min(HOURS_A_MONTH);
    let sum = words::usd(cost.usd_of_month(hours_counted), 0);
    let gpus = cost.full_gpus as f64 * hours_counted;
    let ending = if too_many {
        format!("; a month has {HOURS_A_MONTH} hours")
    } else if cost.full_gpus > 0 {
        format!(", for {} GPU hours", words::figure(gpus, 0))
    } else {
        String::new()
    };
    html! {
        <div class="whatif">
            <label for="full-hours">{ "At full scale for" }</label>
            <NumberInput id="full-hours" value={hours} invalid={too_many} described_by="full-hours-d"
                on_change={store.on(Action::FullHours)} />
            <span id="full-hours-d">{ "hours a month: about " }<b>{ sum }</b>{ ending }</span>
        </div>
    }
}

fn bill(store: &Store, session: &Session, outlook: &Outlook) -> Html {
    let cost = &outlook.cost;
    let sum = |title: String, hours: f64, digits: usize| {
        let of = |usd: f64| words::usd(usd * hours, digits);
        html! {
            <tr>
                <th scope="row">{ title }</th><td class="wide"></td><td class="wide"></td>
                <td class="num">{ of(cost.total.idle_usd_per_hour) }</td><td class="num">{ of(cost.total.full_usd_per_hour) }</td>
            </tr>
        }
    };
    html! {
        <table class="bill">
            <caption class="sr">{ "Cost by item" }</caption>
            <thead><tr>
                <th scope="col">{ "Item" }</th><th scope="col" class="num wide">{ "Count" }</th>
                <th scope="col" class="num wide">{ "Each /h" }</th><th scope="col" class="num">{ "Idle /h" }</th>
                <th scope="col" class="num">{ "Full /h" }</th>
            </tr></thead>
            <tbody>{ for cost.lines.iter().map(|line| item(store, session, outlook, line)) }</tbody>
            <tfoot>
                { sum("An hour".to_owned(), 1.0, 2) }
                { sum(format!("A month of {HOURS_A_MONTH} hours"), HOURS_A_MONTH, 0) }
            </tfoot>
        </table>
    }
}

fn item(store: &Store, session: &Session, outlook: &Outlook, line: &Line) -> Html {
    let usd = |usd: f64| words::usd(usd, 3);
    let (name, about) = match &line.instance_type {
        Some(instance_type) => (group(store, session, outlook, &line.what), instance_type.clone()),
        None => (html! { words::sentence(line.part.title()) }, line.what.clone()),
    };
    let count = line.nodes.map(|nodes| match nodes {
        nodes if nodes.min == nodes.max => nodes.max.to_string(),
        nodes => format!("{} to {}", nodes.min, nodes.max),
    });
    html! {
        <tr>
            <th scope="row">{ name }{ " " }<span class="muted">{ about }</span></th>
            <td class="num wide">{ count }</td>
            <td class="num wide">{ line.nodes.map(|nodes| nodes.machine_usd_per_hour.map_or_else(|| "?".to_owned(), usd)) }</td>
            <td class="num">{ usd(line.hourly.idle_usd_per_hour) }</td>
            <td class="num">{ usd(line.hourly.full_usd_per_hour) }</td>
        </tr>
    }
}

/// The name of a nodegroup, which leads to its lines.
fn group(store: &Store, session: &Session, outlook: &Outlook, name: &str) -> Html {
    let config = session.readable.document.config();
    let path = outlook
        .planned
        .desired
        .origin(&Key::nodegroup(name, "NodeGroup"), config)
        .filter(|path| session.reading.lines_of(path).is_some());
    match path {
        Some(path) => plan::lines_link(store, path, name.to_owned()),
        None => html! { name },
    }
}

/// Which prices they are, of which day, and when one of them changes.
fn rests_on(store: &Store, outlook: &Outlook) -> String {
    let catalog = store.facts.catalog;
    let day = words::date(catalog.prices_known_as_of());
    let changes = match catalog.support(outlook.version(), store.facts.today) {
        Support::Standard { until } => {
            let usd = words::money(catalog.usd_per_hour("control-plane-extended"));
            format!(" After {} the control plane costs {usd}/h.", words::date(until))
        }
        _ => String::new(),
    };
    format!(
        "List prices of Linux on demand in us-east-1, of {day}; spot, savings plans and other regions differ.{changes}"
    )
}
