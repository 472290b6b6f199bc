//! The choice of an instance type: searched by what one looks for, sorted by the price of a GPU.

use super::comparison::comparison;
use crate::{
    browser::{page, place},
    components::{
        Icon,
        field::{Trouble, below, group_label},
        gpus, icon, words,
    },
    state::{
        Action, Store,
        pools::{self, Pool},
        ui::PoolId,
    },
};
use lb_model::{
    catalog::{Arch, Catalog, Instance},
    config::ClusterConfig,
    problem::Edit,
};
use std::collections::BTreeMap;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement};
use yew::prelude::*;

/// CPU types that are offered; all others are written in the file.
const CPU_FAMILIES: [&str; 6] = ["t3", "t3a", "m5", "m6i", "c6i", "m7i"];

/// What the picker is given.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// The page's value.
    pub store: Store,
    /// The pool.
    pub pool: PoolId,
    /// What is wrong with its type.
    pub troubles: Vec<Trouble>,
}

/// What is searched for.
#[derive(Clone, Debug, Default, PartialEq)]
struct Search {
    text: String,
    gpus: Option<u32>,
}

/// The field and, when it is open, the list under it.
#[component]
pub(crate) fn Picker(props: &Props) -> Html {
    let open = use_state_eq(|| false);
    let search = use_state_eq(Search::default);
    let cursor = use_state_eq(|| None::<&'static str>);
    let root = use_node_ref();
    use_effect_with(*open, |open| {
        if *open {
            page::focus("pick-search");
            place::center("pick", ".is-sel");
        }
    });
    let Some(session) = &props.store.session else {
        return Html::default();
    };
    let config = session.readable.document.config();
    let catalog = props.store.facts.catalog;
    let all = pools::pools(config, catalog);
    let Some(pool) = all.iter().find(|pool| pool.id == props.pool) else {
        return Html::default();
    };
    let path = pool.id.path().key("instanceType");
    let close = open.clone();
    let toggle = {
        let (open, search, cursor) = (open.clone(), search.clone(), cursor.clone());
        Callback::from(move |_: MouseEvent| {
            // Each time it begins with everything there is.
            search.set(Search::default());
            cursor.set(None);
            open.set(!*open);
        })
    };
    let choose = {
        let (store, path, open) = (props.store.clone(), path.clone(), open.clone());
        Callback::from(move |name: &'static str| {
            let edits = vec![Edit::Set {
                path: path.clone(),
                value: name.into(),
            }];
            store.dispatch(Action::Edit {
                edits,
                label: format!("choose {name}"),
                field: None,
            });
            open.set(false);
            page::focus("instance");
        })
    };
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        if event.key() == "Escape" && *close {
            event.stop_propagation();
            close.set(false);
            page::focus("instance");
        }
    });
    let onfocusout = leave(&root, &open);
    let on_focus = props.store.then(Action::Show(path)).reform(|_: FocusEvent| ());
    html! {
        <div class="field c6" ref={root} {onkeydown} {onfocusout}>
            { group_label("instance-l", "Instance", Some("instanceType")) }
            <span class="sel">
                <button type="button" class="in" id="instance" aria-labelledby="instance-l instance-v" aria-haspopup="dialog"
                    aria-expanded={(*open).to_string()} onfocus={on_focus} onclick={toggle}>
                    <span id="instance-v"><b>{ pool.instance_type() }</b>{ " " }<span class="muted">{ about(pool) }</span></span>
                </button>
                { icon(Icon::Down) }
            </span>
            if *open {
                { list(pool, config, catalog, &search, &cursor, &choose) }
            }
            { below("instance", hint(pool).into(), &props.troubles) }
        </div>
    }
}

/// Closes the list when the focus goes elsewhere.
fn leave(root: &NodeRef, open: &UseStateHandle<bool>) -> Callback<FocusEvent> {
    let (root, open) = (root.clone(), open.clone());
    Callback::from(move |event: FocusEvent| {
        let to = event
            .related_target()
            .and_then(|to| to.dyn_into::<web_sys::Node>().ok());
        let inside = root.get().is_some_and(|root| root.contains(to.as_ref()));
        if to.is_some() && !inside {
            open.set(false);
        }
    })
}

fn hint(pool: &Pool<'_>) -> &'static str {
    if pool.gpus().is_some() {
        "Size does not order GPUs: g5.8xlarge and g5.16xlarge have 1, g5.12xlarge has 4."
    } else {
        ""
    }
}

/// `4 × A10G, 22 GiB each, $5.67/h`.
fn about(pool: &Pool<'_>) -> String {
    let price = pool
        .dollars()
        .map(|each| format!(", {}/h", words::money(each)))
        .unwrap_or_default();
    match (pool.gpus(), pool.instance) {
        (Some(gpu), _) => format!(
            "{} × {}, {} GiB each{price}",
            gpu.count,
            gpu.model.to_uppercase(),
            gpu.memory_mib / 1024
        ),
        (None, Some(instance)) => format!(
            "{} vCPU, {} GiB{price}",
            instance.vcpus,
            instance.memory_mib / 1024
        ),
        (None, None) => "not in the catalog".to_owned(),
    }
}

/// The types of the pool's kind that match a search: by model of GPU, inside it by the price of one GPU; last those that
/// the region does not have.
fn found<'a>(catalog: &'a Catalog, gpu: bool, region: &str, search: &Search) -> Vec<&'a Instance> {
    let kind = |instance: &&Instance| {
        let right = if gpu {
            instance.gpu_count() > 0
        } else {
            CPU_FAMILIES.contains(&instance.family())
        };
        right && instance.arch == Arch::X86_64
    };
    let price = |instance: &Instance| {
        let gpus = f64::from(instance.gpu_count().max(1));
        instance.usd_per_hour.map_or(f64::MAX, |each| each / gpus)
    };
    let model = |instance: &Instance| instance.gpus.map_or("", |gpu| gpu.model);
    let mut all: Vec<&Instance> = catalog
        .instances()
        .iter()
        .filter(kind)
        .filter(|instance| search.gpus.is_none_or(|n| instance.gpu_count() == n))
        .filter(|instance| matches(instance, catalog, region, &search.text))
        .collect();
    let mut cheapest: BTreeMap<&str, f64> = BTreeMap::new();
    for instance in &all {
        let least = cheapest.entry(model(instance)).or_insert(f64::MAX);
        *least = least.min(price(instance));
    }
    let of_model = |instance: &Instance| cheapest.get(model(instance)).copied().unwrap_or(f64::MAX);
    all.sort_by(|a, b| {
        let usable = is_offered(catalog, b, region).cmp(&is_offered(catalog, a, region));
        let models = of_model(a).total_cmp(&of_model(b)).then(model(a).cmp(model(b)));
        usable
            .then(models)
            .then(price(a).total_cmp(&price(b)))
            .then(a.vcpus.cmp(&b.vcpus))
    });
    all
}

/// Whether a region has a type in any zone, as far as is known.
fn is_offered(catalog: &Catalog, instance: &Instance, region: &str) -> bool {
    catalog
        .zones_offering(instance.name, region)
        .is_none_or(|zones| !zones.is_empty())
}

/// Whether a type is what the words ask for: `g5`, `4 gpus`, `under $2`, `24 gb`, `2d`.
fn matches(instance: &Instance, catalog: &Catalog, region: &str, text: &str) -> bool {
    let words: Vec<String> = text
        .to_lowercase()
        .replace(['$', ','], " ")
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    let mut i = 0;
    while let Some(word) = words.get(i) {
        let next = words.get(i + 1).map(String::as_str).unwrap_or_default();
        let number = word.parse::<f64>().ok();
        let (holds, used) = match (word.as_str(), number, next) {
            ("under", _, _) => {
                let most = next.parse::<f64>().unwrap_or(f64::MAX);
                (instance.usd_per_hour.is_some_and(|each| each < most), 2)
            }
            (_, Some(n), "gpu" | "gpus") => (f64::from(instance.gpu_count()) == n, 2),
            (_, Some(n), "gb" | "gib") => (
                instance
                    .gpus
                    .is_some_and(|gpu| gpu.memory_mib as f64 / 1024.0 >= n - 2.0),
                2,
            ),
            (_, Some(n), "vcpu" | "vcpus") => (f64::from(instance.vcpus) >= n, 2),
            (word, _, _) => {
                let model = instance.gpus.is_some_and(|gpu| gpu.model.contains(word));
                let zone = || catalog.zones_offering(instance.name, region).unwrap_or_default();
                let in_zone =
                    word.len() == 2 && zone().iter().any(|zone| pools::short_zone(zone, region) == word);
                (instance.name.contains(word) || model || in_zone, 1)
            }
        };
        if !holds {
            return false;
        }
        i += used;
    }
    true
}

fn list(
    pool: &Pool<'_>,
    config: &ClusterConfig,
    catalog: &'static Catalog,
    search: &UseStateHandle<Search>,
    cursor: &UseStateHandle<Option<&'static str>>,
    choose: &Callback<&'static str>,
) -> Html {
    let gpu = pool.gpus().is_some();
    let region = &config.metadata.region;
    let types = found(catalog, gpu, region, search);
    let oninput = {
        let search = search.clone();
        Callback::from(move |event: InputEvent| {
            let text = event.target_unchecked_into::<HtmlInputElement>().value();
            search.set(Search {
                text,
                ..(*search).clone()
            });
        })
    };
    let mut title = String::new();
    let rows: Vec<Html> = types
        .iter()
        .map(|instance| {
            let own = match instance.gpus {
                _ if !is_offered(catalog, instance, region) => format!("Not in {region}"),
                Some(gpu) => format!("{}, {} GiB each", gpu.model.to_uppercase(), gpu.memory_mib / 1024),
                None => String::new(),
            };
            let head = (own != title).then(|| {
                title = own;
                html! { <tr class="fam"><td colspan="7">{ title.clone() }</td></tr> }
            });
            html! { <>{ head }{ row(instance, pool, region, catalog, cursor, choose) }</> }
        })
        .collect();
    let placeholder = if gpu {
        "g5, 4 GPUs, under $2"
    } else {
        "t3, 4 vCPU, under $1"
    };
    let now = cursor.and_then(|name| types.iter().copied().find(|instance| instance.name == name));
    html! {
        <div class="pick" id="pick" role="dialog" aria-label="Choose an instance type">
            <div class="pick-bar">
                <span class="with-icon">
                    { icon(Icon::Search) }
                    <input class="in" id="pick-search" aria-label="Search instance types" {placeholder} autocomplete="off"
                        value={search.text.clone()} {oninput} onkeydown={into_list()} />
                </span>
                if gpu { { filters(search) } }
            </div>
            <div class="pick-scroll" tabindex="0" role="group" aria-label="Instance types">
                <table>
                    <caption class="sr">{ format!("Instance types in {region}") }</caption>
                    <thead><tr>
                        <th scope="col">{ "Type" }</th><th scope="col">{ "GPUs" }</th>
                        <th scope="col" class="num hide-s">{ "vCPU" }</th><th scope="col" class="num hide-s">{ "Memory" }</th>
                        <th scope="col" class="num hide-s">{ "$/h" }</th>
                        <th scope="col" class="num" aria-sort="ascending">{ if gpu { "$/GPU h" } else { "$/h" } }</th>
                        <th scope="col" class="hide-s">{ "Zones" }</th>
                    </tr></thead>
                    <tbody>{ for rows }</tbody>
                </table>
                if types.is_empty() { <p class="pick-none muted">{ "No type is like that; ask for less." }</p> }
            </div>
            <p class="pick-foot">{ comparison(pool, now, config, catalog) }</p>
        </div>
    }
}

/// The arrow down goes from the search into the list.
fn into_list() -> Callback<KeyboardEvent> {
    Callback::from(|event: KeyboardEvent| {
        if event.key() == "ArrowDown" {
            event.prevent_default();
            let list = page::element("pick");
            // The chosen one, else the first.
            let first = list.and_then(|list| {
                let find = |selector| list.query_selector(selector).ok().flatten();
                find("input[type=radio]:checked").or_else(|| find("input[type=radio]:enabled"))
            });
            if let Some(first) = first.and_then(|first| first.dyn_into::<HtmlElement>().ok()) {
                let _ = first.focus();
            }
        }
    })
}

fn filters(search: &UseStateHandle<Search>) -> Html {
    let pill = |label: &'static str, gpus: Option<u32>| {
        let on = search.gpus == gpus;
        let search = search.clone();
        let onclick = Callback::from(move |_: MouseEvent| {
            search.set(Search {
                gpus,
                ..(*search).clone()
            })
        });
        html! { <button type="button" aria-pressed={on.to_string()} {onclick}>{ label }</button> }
    };
    html! {
        <div class="filters" role="group" aria-label="GPUs per node">
            { pill("Any", None) }{ pill("1 GPU", Some(1)) }{ pill("4 GPUs", Some(4)) }{ pill("8 GPUs", Some(8)) }
        </div>
    }
}

fn row(
    instance: &Instance,
    pool: &Pool<'_>,
    region: &str,
    catalog: &Catalog,
    cursor: &UseStateHandle<Option<&'static str>>,
    choose: &Callback<&'static str>,
) -> Html {
    let name = instance.name;
    let zones = catalog.zones_offering(name, region);
    let short: Vec<String> = zones
        .iter()
        .flatten()
        .map(|zone| pools::short_zone(zone, region))
        .collect();
    let open = is_offered(catalog, instance, region);
    let chosen = pool.instance_type() == name;
    let at = **cursor == Some(name);
    let number = instance.gpu_count().max(1);
    let each = |dollars: Option<f64>, digits: usize| {
        dollars.map_or_else(|| "\u{2013}".to_owned(), |d| format!("{d:.digits$}"))
    };
    let per_gpu = each(
        instance.usd_per_hour.map(|dollars| dollars / f64::from(number)),
        2,
    );
    let pick = choose.reform(move |()| name);
    let (by_click, by_key) = (pick.clone(), pick);
    let over = {
        let cursor = cursor.clone();
        move || cursor.set(Some(name))
    };
    let (by_pointer, by_focus) = (over.clone(), over);
    // Arrow keys move between the radios; only Enter, Space or a click choose, so that walking changes nothing.
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        let next = match event.key().as_str() {
            "Enter" | " " => {
                // The key belongs to the list: the button that gets the focus now would open it again.
                event.prevent_default();
                return by_key.emit(());
            }
            "ArrowDown" => page::Step::Next,
            "ArrowUp" => page::Step::Previous,
            _ => return,
        };
        event.prevent_default();
        page::focus_among("pick", "input[type=radio]:not(:disabled)", next);
    });
    let onclick = Callback::from(move |event: MouseEvent| {
        // A click that the keyboard made has no position.
        if event.detail() > 0 {
            by_click.emit(());
        }
    });
    html! {
        <tr key={name} class={classes!(chosen.then_some("is-sel"), at.then_some("is-cursor"), (!open).then_some("is-off"))}
            onpointerenter={move |_| by_pointer()}>
            <td><label>
                <input class="radio" type="radio" name="instance-type" checked={chosen} disabled={!open} {onkeydown} {onclick}
                    onfocus={move |_| by_focus()} />{ name }
            </label></td>
            <td>{ gpus::inline(instance.gpu_count() as usize) }{ format!(" {}", instance.gpu_count()) }</td>
            <td class="num hide-s">{ instance.vcpus }</td>
            <td class="num hide-s">{ format!("{} GiB", instance.memory_mib / 1024) }</td>
            <td class="num hide-s">{ each(instance.usd_per_hour, 3) }</td>
            <td class="num strong">{ per_gpu }</td>
            <td class="hide-s">{ if open { short.join(" ") } else { "not in this region".to_owned() } }</td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str, gpus: Option<u32>) -> Vec<&'static str> {
        let search = Search {
            text: text.into(),
            gpus,
        };
        found(Catalog::builtin(), true, "us-west-2", &search)
            .iter()
            .map(|instance| instance.name)
            .collect()
    }

    #[test]
    fn a_search_says_what_it_means() {
        assert_eq!(names("g5 4 gpus", None).first(), Some(&"g5.12xlarge"));
        assert!(names("g5 under $2", None).contains(&"g5.xlarge"));
        assert!(!names("g5 under $2", None).contains(&"g5.12xlarge"));
        assert!(names("a10g", Some(8)).iter().all(|name| *name == "g5.48xlarge"));
        assert!(names("nothing at all", None).is_empty());
    }

    #[test]
    fn the_cheapest_gpu_of_a_model_comes_first() {
        let g5: Vec<_> = names("a10g", None);
        assert_eq!(g5.first(), Some(&"g5.xlarge"));
    }
}
