//! The node pools: what they can do together, and the table in which their sizes are edited.

use super::{amounts, capacity::capacity, parts::Parts};
use crate::{
    browser::{file, page},
    components::{
        Button, Icon, button, gpus,
        menu::{Item, Menu},
        note::chip,
        words,
    },
    state::{Action, pools::Pool, reading::Mark, ui::PoolId},
};
use lb_model::problem::Edit;
use serde_json::{Value, json};
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// From so many pools on, there is a filter, and their capacity is summed up.
pub(super) const MANY: usize = 12;

/// The id of the button that adds one.
const ADD: &str = "add-pool";

/// The part.
pub(crate) fn section(parts: &Parts<'_>) -> Html {
    let pools = parts.pools();
    let (gpu, cpu): (Vec<Pool<'_>>, Vec<Pool<'_>>) = pools.iter().partition(|pool| pool.gpus().is_some());
    html! {
        <>
            if !gpu.is_empty() {
                { capacity(parts, &gpu) }
            }
            if !pools.is_empty() {
                { table(parts, &gpu, &cpu) }
            }
            <div class="actions">
                { button(Button { id: Some(ADD.into()), ..Button::with(Icon::Plus, "Add a GPU pool", "") },
                    add(parts, &pools, gpu.last(), "g5.xlarge")) }
                { button(Button::with(Icon::Plus, "Add a CPU pool", "btn-quiet"), add(parts, &pools, cpu.last(), "t3.large")) }
            </div>
        </>
    }
}

/// The pools by kind; of many, those that a filter leaves.
fn table(parts: &Parts<'_>, gpu: &[Pool<'_>], cpu: &[Pool<'_>]) -> Html {
    let total = gpu.len() + cpu.len();
    let filter = parts.session.ui.pool_filter.trim().to_lowercase();
    let left = |pools: &[Pool<'_>]| -> Vec<usize> {
        let wanted = |pool: &Pool<'_>| {
            pool.group.name.to_lowercase().contains(&filter) || pool.instance_type().contains(&filter)
        };
        (0..pools.len())
            .filter(|i| total < MANY || pools.get(*i).is_some_and(wanted))
            .collect()
    };
    let (of_gpu, of_cpu) = (left(gpu), left(cpu));
    let rows = |pools: &[Pool<'_>], left: &[usize], title: &str, about: &str| {
        let pools: Vec<&Pool<'_>> = left.iter().filter_map(|i| pools.get(*i)).collect();
        rows(parts, &pools, title, about)
    };
    html! {
        <>
            if total >= MANY {
                { filter_field(parts, of_gpu.len() + of_cpu.len(), total) }
            }
            <table class="pools">
                <caption class="sr">{ "Node pools" }</caption>
                { head() }
                <tbody>
                    { rows(gpu, &of_gpu, "GPU pools", "run the simulator and the agent, one GPU per route") }
                    { rows(cpu, &of_cpu, "CPU pools", "run coredns, the autoscaler and the monitor") }
                </tbody>
            </table>
        </>
    }
}

fn filter_field(parts: &Parts<'_>, left: usize, total: usize) -> Html {
    let oninput = parts.store.on(|event: InputEvent| {
        Action::FilterPools(event.target_unchecked_into::<HtmlInputElement>().value())
    });
    html! {
        <div class="field">
            <label class="lab" for="filter-pools">{ "Filter the pools" }</label>
            <input class="in" id="filter-pools" type="search" autocomplete="off" spellcheck="false"
                value={parts.session.ui.pool_filter.clone()} aria-describedby="filter-pools-d" {oninput} />
            <p class="hint" id="filter-pools-d">{ format!("By name or instance type: {left} of {total} pools.") }</p>
        </div>
    }
}

fn head() -> Html {
    html! {
        <thead><tr>
            <th scope="col">{ "Pool" }</th>
            <th scope="col">{ "Instance" }</th>
            <th scope="col"><span class="trio-head"><span>{ "min" }</span><span>{ "start" }</span><span>{ "max" }</span></span></th>
            <th scope="col" class="num">{ "Each" }</th>
            <th scope="col" class="num">{ "Routes" }</th>
            <th scope="col"><span class="sr">{ "Actions" }</span></th>
        </tr></thead>
    }
}

fn rows(parts: &Parts<'_>, pools: &[&Pool<'_>], title: &str, about: &str) -> Html {
    if pools.is_empty() {
        return Html::default();
    }
    html! {
        <>
            <tr class="group"><th colspan="6" scope="colgroup">{ title }{ " " }<span class="muted">{ about }</span></th></tr>
            { for pools.iter().map(|pool| row(parts, pool)) }
        </>
    }
}

fn row(parts: &Parts<'_>, pool: &Pool<'_>) -> Html {
    let open = parts.to_pool(Some(pool.id)).reform(|_: MouseEvent| ());
    let each = pool.dollars().map_or_else(|| "?".to_owned(), words::money);
    let routes = pool.routes();
    let trios = amounts::trio(parts, pool);
    let marks = parts.marks(&pool.id.path(), true);
    let worst = marks
        .iter()
        .map(|(_, mark)| *mark)
        .min_by_key(|mark: &&Mark| mark.severity());
    let name = if pool.group.name.is_empty() {
        "no name"
    } else {
        pool.group.name
    };
    html! {
        <tr key={pool.group.path().to_string()} onkeydown={by_key(parts, pool)}>
            <td>
                <button type="button" class="pool-name" onclick={open}>{ name.to_owned() }</button>
                <span class="sub">{ about(parts, pool) }</span>
                if let Some(mark) = worst {
                    { chip(mark.severity(), words::count(marks.len(), "problem")) }
                }
            </td>
            <td>{ pool.instance_type() }<span class="sub">{ hardware(pool) }</span></td>
            <td>{ trios }</td>
            <td class="num">{ each }<span class="sub">{ "per hour" }</span></td>
            if routes > 0 || pool.gpus().is_some() {
                <td class="num"><span class="figure">{ routes }</span><span class="in-card">{ " routes in parallel at max" }</span></td>
            } else {
                <td class="num none"><span class="muted"><span class="sr">{ "no GPU" }</span><span aria-hidden="true">{ "\u{2013}" }</span></span></td>
            }
            <td>{ menu(parts, pool) }</td>
        </tr>
    }
}

/// `400 GB, 2a 2b 2c, from zero`.
fn about(parts: &Parts<'_>, pool: &Pool<'_>) -> String {
    let mut about = format!("{} GB", pool.disk_gib());
    if let Some(zones) = pool
        .zones(parts.config, parts.catalog)
        .filter(|zones| !zones.is_empty())
    {
        about = format!("{about}, {}", zones.join(" "));
    }
    match pool.sizes().min {
        0 => about + ", from zero",
        _ => about + ", always on",
    }
}

/// `4 × A10G`, or vCPUs and memory.
fn hardware(pool: &Pool<'_>) -> Html {
    match (pool.gpus(), pool.instance) {
        (Some(gpu), _) => {
            html! { <>{ gpus::inline(gpu.count as usize) }{ format!(" {} × {}", gpu.count, gpu.model.to_uppercase()) }</> }
        }
        (None, Some(instance)) => {
            format!("{} vCPU, {} GiB", instance.vcpus, instance.memory_mib / 1024).into()
        }
        (None, None) => "not in the catalog".into(),
    }
}

/// What can be done with a pool.
pub(crate) fn menu(parts: &Parts<'_>, pool: &Pool<'_>) -> Html {
    let (id, name) = (pool.id, pool.group.name.to_owned());
    let length = list_length(parts, id);
    let yaml = {
        let reading = parts.session.reading.clone();
        let lines = reading.lines_of(&id.path());
        let store = parts.store.clone();
        Callback::from(move |()| {
            let lines = lines.clone().unwrap_or(0..0);
            let text: Vec<&str> = lines.map(|line| reading.view.line(line)).collect();
            file::copy(&(text.join("\n") + "\n"));
            store.dispatch(Action::Say("copied".into()));
        })
    };
    let remove = {
        let (store, name) = (parts.store.clone(), name.clone());
        Callback::from(move |()| {
            store.dispatch(Action::RemovePool(id, name.clone()));
            // The next pool has its place and its button now.
            let next = format!("{}-b", menu_id(id));
            page::after_render(move || {
                page::focus(if page::element(&next).is_some() {
                    &next
                } else {
                    ADD
                })
            });
        })
    };
    let items = vec![
        Item::new("Open", parts.to_pool(Some(id))),
        Item::new("Add one like this", copy(parts, pool)),
        Item::new("Move up", shift(parts, pool, true)).unless((id.index == 0).then_some("it is the first")),
        Item::new("Move down", shift(parts, pool, false))
            .unless((id.index + 1 >= length).then_some("it is the last")),
        Item::new("Copy as YAML", yaml),
        Item::new("Remove", remove),
    ];
    html! { <Menu id={menu_id(id)} label={format!("More for {name}")} {items} /> }
}

fn menu_id(pool: PoolId) -> String {
    format!("pool-{}-{}", if pool.managed { "m" } else { "s" }, pool.index)
}

/// Alt with an arrow moves a pool, and the focus with it.
fn by_key(parts: &Parts<'_>, pool: &Pool<'_>) -> Callback<KeyboardEvent> {
    let id = pool.id;
    let last = list_length(parts, id).saturating_sub(1);
    let (up, down) = (shift(parts, pool, true), shift(parts, pool, false));
    Callback::from(move |event: KeyboardEvent| {
        let (shift, to) = match event.key().as_str() {
            "ArrowUp" if event.alt_key() && id.index > 0 => (&up, id.index - 1),
            "ArrowDown" if event.alt_key() && id.index < last => (&down, id.index + 1),
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        shift.emit(());
        let moved = PoolId { index: to, ..id };
        page::after_render(move || page::focus(&format!("{}-b", menu_id(moved))));
    })
}

/// How many pools stand in the list of this one.
fn list_length(parts: &Parts<'_>, id: PoolId) -> usize {
    if id.managed {
        parts.config.managed_node_groups.len()
    } else {
        parts.config.node_groups.len()
    }
}

/// Exchanges a pool with its neighbour: a copy of the text, so that comments go with it.
fn shift(parts: &Parts<'_>, pool: &Pool<'_>, up: bool) -> Callback<()> {
    let id = pool.id;
    let reading = parts.session.reading.clone();
    parts.store.on(move |()| {
        let first = if up { id.index.saturating_sub(1) } else { id.index };
        let (upper, lower) = (id.list().index(first), id.list().index(first + 1));
        match exchanged(&reading, &upper, &lower) {
            Some(text) => Action::Replace {
                text,
                label: "move the pool".into(),
            },
            None => Action::Say("it cannot be moved here; move its lines in the file".into()),
        }
    })
}

/// The text with two items that follow each other exchanged, whole lines at a time.
fn exchanged(
    reading: &crate::state::reading::Reading,
    upper: &lb_model::path::Path,
    lower: &lb_model::path::Path,
) -> Option<String> {
    let (a, b) = (reading.lines_of(upper)?, reading.lines_of(lower)?);
    let view = &reading.view;
    // In flow form, or where an item shares a line with something else, lines are not items.
    let alone = |line: usize| view.line(line).trim_start().starts_with("- ");
    if a.end > b.start || !alone(a.start) || !alone(b.start) {
        return None;
    }
    let byte = |line: usize| view.to_document(view.line_range(line).start);
    let end = |line: usize| view.to_document(view.line_range(line).end);
    let text = reading.document.text();
    let (first, between, second) = (
        text.get(byte(a.start)..end(a.end - 1))?,
        text.get(end(a.end - 1)..byte(b.start))?,
        text.get(byte(b.start)..end(b.end - 1))?,
    );
    Some(
        [
            text.get(..byte(a.start))?,
            second,
            between,
            first,
            text.get(end(b.end - 1)..)?,
        ]
        .concat(),
    )
}

/// A name that no pool has yet: `worker-2` after `worker`.
fn fresh(pools: &[Pool<'_>], like: &str) -> String {
    let taken = |name: &str| pools.iter().any(|pool| pool.group.name == name);
    if !taken(like) {
        return like.to_owned();
    }
    let stem = like
        .trim_end_matches(|c: char| c.is_ascii_digit())
        .trim_end_matches('-');
    let stem = if like.ends_with(|c: char| c.is_ascii_digit()) && like.contains('-') {
        like
    } else {
        stem
    };
    (2..)
        .map(|n| format!("{stem}-{n}"))
        .find(|name| !taken(name))
        .unwrap_or_default()
}

/// Copies a pool with everything it says, under a new name, and opens it.
pub(crate) fn copy(parts: &Parts<'_>, pool: &Pool<'_>) -> Callback<()> {
    let name = fresh(&parts.pools(), pool.group.name);
    let next = PoolId {
        index: pool.id.index + 1,
        ..pool.id
    };
    let edits = vec![
        Edit::Copy { path: pool.id.path() },
        Edit::Set {
            path: next.path().key("name"),
            value: name.clone().into(),
        },
    ];
    open_new(parts, edits, name, next)
}

fn open_new(parts: &Parts<'_>, edits: Vec<Edit>, name: String, pool: PoolId) -> Callback<()> {
    let store = parts.store.clone();
    Callback::from(move |()| {
        store.dispatch(Action::Edit {
            edits: edits.clone(),
            label: format!("add pool {name}"),
            field: None,
        });
        store.dispatch(Action::Pool(Some(pool)));
        let id = pool.path().key("name").to_string();
        page::after_render(move || page::select_all(&id));
    })
}

/// Adds a pool: like the last of its kind, else a new one.
fn add(
    parts: &Parts<'_>,
    pools: &[Pool<'_>],
    like: Option<&Pool<'_>>,
    instance: &'static str,
) -> Callback<()> {
    if let Some(pool) = like {
        return copy(parts, pool);
    }
    let stem = if instance.starts_with('g') {
        "submission-worker"
    } else {
        "basic-worker"
    };
    let name = fresh(pools, stem);
    let index = parts.config.node_groups.len();
    let id = PoolId {
        managed: false,
        index,
    };
    let value = new_pool(parts, &name, instance);
    let edit = if index == 0 {
        Edit::Set {
            path: id.list(),
            value: Value::Array(vec![value]),
        }
    } else {
        Edit::Insert {
            path: id.list(),
            index,
            value,
        }
    };
    open_new(parts, vec![edit], name, id)
}

/// A pool that scales from zero and that the autoscaler finds.
fn new_pool(parts: &Parts<'_>, name: &str, instance: &str) -> Value {
    let gpu = instance.starts_with('g');
    let cluster = format!(
        "{}{}",
        lb_model::leaderboard::AUTOSCALER_TAG,
        parts.config.metadata.name
    );
    let enabled = format!("{}enabled", lb_model::leaderboard::AUTOSCALER_TAG);
    json!({
        "name": name,
        "instanceType": instance,
        "amiFamily": "AmazonLinux2023",
        "desiredCapacity": i32::from(!gpu),
        "minSize": i32::from(!gpu),
        "maxSize": if gpu { 4 } else { 1 },
        "volumeSize": if gpu { 400 } else { 100 },
        "tags": { enabled: "true", cluster: "owned" },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::reading::Reading;
    use lb_model::{path::Path, rules::Facts};

    #[test]
    fn items_change_places_with_their_comments() {
        let text = "nodeGroups:\n  - name: a # one\n    minSize: 1\n\n  - name: b\nkind: x\n";
        let reading = Reading::new(text.into(), &Facts::on(jiff::civil::date(2026, 11, 23)));
        let item = |i| Path::root().key("nodeGroups").index(i);
        assert_eq!(
            exchanged(&reading, &item(0), &item(1)).unwrap(),
            "nodeGroups:\n  - name: b\n\n  - name: a # one\n    minSize: 1\nkind: x\n"
        );
        assert_eq!(exchanged(&reading, &item(0), &item(7)), None);
    }
}
