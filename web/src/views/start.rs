//! The start screen: editions as one table, because their difference is the question; opening; recent works.

use super::alert;
use crate::{
    browser::{clock, file, store, store::Work},
    components::{
        Button, Icon, button, gpus, icon,
        menu::{Item, Menu},
        note::{chip, good},
        words,
    },
    state::{
        Action, Store,
        outlook::Outlook,
        pools::{self, Capacity, Pool},
        preset,
    },
};
use lb_model::{
    catalog::{Catalog, QuotaFamily},
    document::Document,
    leaderboard::Edition,
    problem::Severity,
};
use lb_provision::plan::Hourly;
use yew::prelude::*;

/// The screen below its bar.
pub(crate) fn start(store: &Store) -> Html {
    html! {
        <>
            <div class="hero">
                <h1>{ "A Leaderboard cluster, checked before it exists" }</h1>
                <p>{ "Start from an edition or open a file. Every mistake is shown where it is, with what to do, before anything is built." }</p>
            </div>
            { alert::inline(store) }
            <div class="start-grid">
                <div class="stack">
                    <h2 id="st-new">{ "New environment" }</h2>
                    <Editions store={store.clone()} />
                </div>
                <div class="stack">
                    <h2>{ "Open a file" }</h2>
                    { drop_area(store) }
                    if !store.works.is_empty() {
                        <h2 id="st-rec">{ "Recent in this browser" }</h2>
                        <ul class="recent" aria-labelledby="st-rec">{ for store.works.iter().map(|work| recent(store, work)) }</ul>
                    }
                </div>
            </div>
            <p class="promise">
                { icon(Icon::Lock) }
                <span>{ "Nothing leaves this machine: no request after loading, no account, no tracking. It works offline." }</span>
            </p>
        </>
    }
}

fn drop_area(store: &Store) -> Html {
    let choose = Callback::from(|()| file::choose());
    html! {
        <div class={classes!("drop", store.dragging.then_some("is-over"))}>
            if store.dragging {
                <p class="strong">{ "Drop to open" }</p>
            } else {
                <p class="soft">{ "Drop an eksctl file anywhere on this page, or paste its text." }</p>
            }
            <div class="row">
                { button(Button::with(Icon::File, "Choose a file", ""), choose) }
                <span class="hint">{ "Paste " }<kbd>{ "Ctrl V" }</kbd></span>
            </div>
        </div>
    }
}

fn recent(store: &Store, work: &Work) -> Html {
    let open = store.on({
        let work = work.clone();
        move |event: MouseEvent| {
            event.prevent_default();
            Action::Reopen(work.clone())
        }
    });
    let forget = {
        let (store, work) = (store.clone(), work.clone());
        Callback::from(move |()| {
            store::forget(&work.id);
            store.dispatch(Action::Forget(work.clone()));
        })
    };
    let mut about = words::moment(clock::local(work.at_ms), store.facts.today);
    if !work.origin.is_empty() {
        about = format!("{about}, {}", work.origin);
    }
    if work.changes > 0 {
        about = format!("{about}, {} not downloaded", words::count(work.changes, "change"));
    }
    let state = match (work.errors, work.warnings) {
        (0, 0) => good("no problems"),
        (0, n) => chip(Severity::Warning, n.to_string()),
        (n, _) => chip(Severity::Error, n.to_string()),
    };
    html! {
        <li key={work.id.clone()}>
            <span class="grow">
                <a href="#" onclick={open}>{ &work.name }</a><br /><span class="sub">{ about }</span>
            </span>
            { state }
            <Menu id={format!("work-{}", work.id)} label={format!("More for {}", work.name)}
                items={vec![Item::new("Forget it", forget)]} />
        </li>
    }
}

#[derive(Properties, PartialEq)]
struct Props {
    store: Store,
}

/// What a preset makes, read once.
struct Offer {
    edition: Edition,
    document: Document,
    /// What its cluster costs; `None` if it cannot be planned, which a test keeps from being.
    outlook: Option<Outlook>,
}

impl Offer {
    fn pools<'a>(&'a self, catalog: &'a Catalog) -> Vec<Pool<'a>> {
        pools::pools(self.document.config(), catalog)
    }

    fn capacity(&self, catalog: &Catalog) -> Capacity {
        pools::capacity(&self.pools(catalog))
    }

    /// Dollars an hour.
    fn dollars(&self, of: fn(&Hourly) -> f64) -> String {
        let outlook = self.outlook.as_ref();
        outlook.map_or_else(String::new, |outlook| {
            format!("{}/h", words::money(of(&outlook.cost.total)))
        })
    }
}

/// The editions beside each other.
#[component]
fn Editions(props: &Props) -> Html {
    let facts = props.store.facts;
    let offers = use_memo((), |_| {
        [Edition::V2, Edition::V1].map(|edition| {
            let document = Document::parse(preset::example(edition));
            Offer {
                edition,
                outlook: Outlook::of(document.config(), &facts).ok(),
                document,
            }
        })
    });
    let catalog = facts.catalog;
    let row = |label: &str, cell: &dyn Fn(&Offer) -> Html| {
        html! { <tr><th scope="row">{ label }</th>{ for offers.iter().map(|offer| html! { <td>{ cell(offer) }</td> }) }</tr> }
    };
    let heads = offers
        .iter()
        .map(|offer| html! { <th scope="col">{ format!("Leaderboard {}", offer.edition.number()) }</th> });
    let go = offers.iter().map(|offer| {
        let class = if offer.edition == Edition::V2 {
            "btn btn-primary"
        } else {
            "btn"
        };
        let onclick = props
            .store
            .then(Action::New(offer.edition))
            .reform(|_: MouseEvent| ());
        html! {
            <td><button type="button" {class} {onclick}>
                <span>{ "Start " }<span class="hide-s">{ "with " }</span>{ offer.edition.number() }</span>
            </button></td>
        }
    });
    html! {
        <div class="editions">
            <table aria-labelledby="st-new">
                <thead><tr><td></td>{ for heads }</tr></thead>
                <tbody>
                    { row("Routes in parallel", &|offer| routes(offer, catalog)) }
                    { row("Most nodes in a GPU pool", &|offer| most_nodes(offer, catalog).into()) }
                    { row("Full scale", &|offer| offer.dollars(|total| total.full_usd_per_hour).into()) }
                    { row("G vCPU quota needed", &|offer| quota(&offer.capacity(catalog)).into()) }
                    { same(&offers, catalog) }
                    <tr class="go"><td></td>{ for go }</tr>
                </tbody>
            </table>
        </div>
    }
}

fn routes(offer: &Offer, catalog: &Catalog) -> Html {
    let pools = offer.pools(catalog);
    let glyphs = pools.iter().map(|pool| {
        let sizes = pool.sizes();
        gpus::nodes(
            pools::count(sizes.max),
            pool.gpus_per_node(),
            pools::count(sizes.start),
        )
    });
    html! { <><b>{ offer.capacity(catalog).routes }</b><span class="glyphs">{ for glyphs }</span></> }
}

fn most_nodes(offer: &Offer, catalog: &Catalog) -> String {
    let gpu = offer
        .pools(catalog)
        .into_iter()
        .filter(|pool| pool.gpus().is_some());
    gpu.map(|pool| pool.sizes().max).max().unwrap_or(0).to_string()
}

fn quota(capacity: &Capacity) -> String {
    let of_g = capacity
        .vcpus
        .iter()
        .find(|(family, _)| *family == QuotaFamily::G);
    of_g.map_or(0, |(_, vcpus)| *vcpus).to_string()
}

/// What does not tell the editions from each other, from the first of them.
fn same(offers: &[Offer; 2], catalog: &Catalog) -> Html {
    let [first, second] = offers;
    let facts = |offer: &Offer| {
        let config = offer.document.config();
        let pools = offer.pools(catalog);
        let mut families: Vec<&str> = pools
            .iter()
            .filter_map(|pool| pool.instance)
            .map(|i| i.family())
            .collect();
        families.sort_unstable();
        families.dedup();
        let accounts = config.iam.as_ref().map_or(0, |iam| iam.service_accounts.len());
        [
            format!(
                "{} on {}",
                words::count(pools.len(), "pool"),
                words::list(&families)
            ),
            words::count(accounts, "service account"),
            config.metadata.region.clone(),
            format!(
                "Kubernetes {}",
                config.metadata.version.clone().unwrap_or_default()
            ),
            format!("{} idle", offer.dollars(|total| total.idle_usd_per_hour)),
        ]
    };
    let (first, second) = (facts(first), facts(second));
    let shared: Vec<String> = first
        .into_iter()
        .zip(second)
        .filter(|(a, b)| a == b)
        .map(|(a, _)| a)
        .collect();
    html! { <tr><th scope="row">{ "The same in both" }</th><td colspan="2">{ shared.join(", ") }</td></tr> }
}
