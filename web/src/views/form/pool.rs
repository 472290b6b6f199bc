//! A pool's own page.

use super::{
    amounts, images,
    parts::{Parts, Text},
    picker::Picker,
    pools,
};
use crate::{
    components::{
        Button, Icon, button,
        field::{TextField, group_label, whole_number},
        icon, words,
    },
    state::{
        Action,
        pools::{Pool, Sizes, count},
        ui::PoolId,
    },
};
use lb_model::{config::OrEmpty, leaderboard::AUTOSCALER_TAG, path::Path, problem::Edit};
use serde_json::Value;
use yew::prelude::*;

/// The taint that keeps pods away that ask for no GPU.
const GPU_TAINT: &str = "nvidia.com/gpu";

/// The page.
pub(crate) fn page(parts: &Parts<'_>, pool: &Pool<'_>) -> Html {
    let heading = "h-pool";
    let fields = html! {
        <div class="grid">
            { name(parts, pool) }
            <Picker store={parts.store.clone()} pool={pool.id} troubles={parts.troubles(&pool.id.path().key("instanceType"))} />
            { amounts::steppers(parts, pool) }
            { disk(parts, pool) }
            { image(parts, pool) }
            { tags(parts, pool) }
            { taints(parts, pool) }
            { labels(parts, pool) }
            { ssh(parts, pool) }
            { boot(parts, pool) }
        </div>
    };
    html! {
        <section class="sec" id="pool" aria-labelledby={heading} key={pool.id.path().to_string()}>
            { ways(parts, pool) }
            <div class="sec-head">
                <h2 id={heading}>{ &pool.group.name }</h2>
                <p>{ position(parts, pool) }</p>
                <span class="end row">
                    { button(Button::words("Add one like this", "btn-small"), pools::copy(parts, pool)) }
                    { pools::menu(parts, pool) }
                </span>
            </div>
            { sentence(pool) }
            { fields }
            { rest(parts, pool) }
        </section>
    }
}

/// Back to the pools, and to the neighbours.
fn ways(parts: &Parts<'_>, pool: &Pool<'_>) -> Html {
    let all = parts.pools();
    let here = all.iter().position(|other| other.id == pool.id).unwrap_or(0);
    let step = |label: &'static str, drawing: Icon, to: Option<PoolId>| {
        let mut way = Button::alone(drawing, label, "");
        way.disabled = to.is_none().then(|| "there is none".into());
        button(way, parts.to_pool(to.or(Some(pool.id))))
    };
    let before = here.checked_sub(1).and_then(|i| all.get(i)).map(|pool| pool.id);
    let next = all.get(here + 1).map(|pool| pool.id);
    html! {
        <div class="row">
            { button(Button::with(Icon::Left, "Node pools", "btn-quiet"), parts.to_pool(None)) }
            <span class="grow"></span>
            { step("Previous pool", Icon::Up, before) }
            { step("Next pool", Icon::Below, next) }
        </div>
    }
}

fn position(parts: &Parts<'_>, pool: &Pool<'_>) -> String {
    let (kind, n) = if pool.id.managed {
        ("managed nodegroup", parts.config.managed_node_groups.len())
    } else {
        ("nodegroup", parts.config.node_groups.len())
    };
    format!("{kind} {} of {n}", pool.id.index + 1)
}

/// What the pool does, in one sentence.
fn sentence(pool: &Pool<'_>) -> Html {
    let Sizes { min, start, max } = pool.sizes();
    let nodes = |n: i64| {
        if n == 0 {
            "no nodes".to_owned()
        } else {
            words::count(count(n), "node")
        }
    };
    let routes = pool.routes();
    let cost = pool.dollars().map(|each| words::money(each * count(max) as f64));
    html! {
        <p class="sentence">
            { "Starts with " }<b>{ nodes(start) }</b>
            if max > start { { " and grows to " }<b>{ max }</b>{ " when jobs wait" } }
            if routes > 0 { { ": " }<b>{ format!("{} in parallel", words::count(routes, "route")) }</b> }
            if let Some(cost) = cost { { " at " }<b>{ format!("{cost}/h") }</b> }
            { "." }
            if min == 0 { { " Back to zero, it costs nothing." } }
        </p>
    }
}

fn name(parts: &Parts<'_>, pool: &Pool<'_>) -> Html {
    let path = pool.id.path().key("name");
    parts.text(Text::new(&path, "Name", pool.group.name))
}

fn disk(parts: &Parts<'_>, pool: &Pool<'_>) -> Html {
    let path = pool.id.path().key("volumeSize");
    let kind = pool.group.volume_type.as_deref().unwrap_or("gp3");
    let cost = pool
        .disk_dollars(parts.catalog)
        .map(|cost| format!(", {}/h each", words::money(cost)))
        .unwrap_or_default();
    let on_change = parts.set(&path, "disk", |text: String| {
        text.parse::<i64>().ok().map(Value::from)
    });
    let hint = if pool.gpus().is_some() {
        "Simulator images need at least 200 GB."
    } else {
        ""
    };
    html! {
        <TextField id={path.to_string()} label="Disk of each node" path={"volumeSize"} value={pool.disk_gib().to_string()}
            hint={Html::from(hint)} class="field c3" inputmode={Some("numeric")} refuse={Some(whole_number())}
            unit={Some(Html::from(format!("GB {kind}{cost}")))} troubles={parts.troubles(&path)} {on_change} on_focus={parts.show(&path)} />
    }
}

fn image(parts: &Parts<'_>, pool: &Pool<'_>) -> Html {
    let path = pool.id.path().key("amiFamily");
    let gpu = pool.gpus().is_some();
    let family = pool.group.ami_family.as_deref().unwrap_or("AmazonLinux2023");
    let hint = images::hint(parts, family, pool.group.ami.is_some(), gpu);
    parts.choice(
        &path,
        "Image",
        "field c3",
        &images::choices(parts, gpu),
        family,
        hint.into(),
    )
}

/// Lines of keys and values in a frame.
fn pairs(id: &'static str, lines: Vec<Html>, none: &str) -> Html {
    html! {
        <div class="kv" role="group" aria-labelledby={id}>
            if lines.is_empty() { <div class="kv-none"><span class="muted">{ none }</span></div> }
            { for lines }
        </div>
    }
}

fn remove(parts: &Parts<'_>, path: &Path, what: &str) -> Html {
    let edit = Edit::Remove { path: path.clone() };
    button(
        Button::alone(Icon::Close, format!("Remove {what}"), "btn-small"),
        parts.store.edit(format!("remove {what}"), vec![edit]),
    )
}

fn tags(parts: &Parts<'_>, pool: &Pool<'_>) -> Html {
    let path = pool.id.path().key("tags");
    let wanted = [
        format!("{AUTOSCALER_TAG}enabled"),
        format!("{AUTOSCALER_TAG}{}", parts.config.metadata.name),
    ];
    let line = |(key, value): (&String, &String)| {
        let here = path.key(key.clone());
        let troubles = parts.troubles(&here);
        let end = if wanted.contains(key) {
            html! { <span class="chip chip-derived">{ icon(Icon::Link) }{ "derived" }</span> }
        } else {
            remove(parts, &here, &format!("tag {key}"))
        };
        html! {
            <div key={key.clone()}><code>{ key }</code><span class="mono">{ format!("{value:?}") }</span>{ end }
                { for troubles.iter().map(crate::components::field::trouble) }
            </div>
        }
    };
    let missing: Vec<Edit> = wanted
        .iter()
        .zip(["true", "owned"])
        .filter(|(key, _)| !pool.group.tags.contains_key(*key))
        .map(|(key, value)| Edit::Set {
            path: path.key(key.clone()),
            value: value.into(),
        })
        .collect();
    let scales = pool.sizes().max > pool.sizes().min;
    html! {
        <div class="field c6">
            { group_label("tags-l", "Tags", Some("tags")) }
            { pairs("tags-l", pool.group.tags.iter().map(line).collect(), "none") }
            if scales && !missing.is_empty() {
                <p class="hint">
                    { "The autoscaler finds this pool only by its tags. " }
                    { button(Button::words("Add them", "btn-link small"), parts.store.edit("add the autoscaler's tags", missing)) }
                </p>
            }
        </div>
    }
}

fn taints(parts: &Parts<'_>, pool: &Pool<'_>) -> Html {
    let path = pool.id.path().key("taints");
    let all = pool.group.taints();
    let line = |(i, taint): (usize, &lb_model::config::NodeGroupTaint)| {
        let value = format!("{:?}, {}", taint.value.or_empty(), taint.effect.or_empty());
        html! {
            <div key={i}><code>{ taint.key.or_empty() }</code><span class="mono">{ value }</span>{ remove(parts, &path.index(i), "this taint") }</div>
        }
    };
    let edit = {
        let taint = serde_json::json!({ "key": GPU_TAINT, "value": "true", "effect": "NoSchedule" });
        if all.is_empty() {
            Edit::Set {
                path: path.clone(),
                value: Value::Array(vec![taint]),
            }
        } else {
            Edit::Insert {
                path: path.clone(),
                index: all.len(),
                value: taint,
            }
        }
    };
    let gpu = pool.gpus().is_some() && !all.iter().any(|taint| taint.key.or_empty() == GPU_TAINT);
    let each = pool.dollars().map(words::money).unwrap_or_default();
    html! {
        <div class="field c6">
            { group_label("taints-l", "Keep other pods away", Some("taints")) }
            { pairs("taints-l", all.iter().enumerate().map(line).collect(), "any pod may run here") }
            if gpu {
                <p class="hint">
                    { format!("Without a taint, coredns may keep a {each}/h node alive; with it, jobs have to tolerate it. ") }
                    { button(Button::words("Keep them away", "btn-link small"), parts.store.edit("add the taint", vec![edit])) }
                </p>
            }
        </div>
    }
}

fn labels(parts: &Parts<'_>, pool: &Pool<'_>) -> Html {
    let path = pool.id.path().key("labels");
    let line = |(key, value): (&String, &String)| {
        let here = path.key(key.clone());
        html! {
            <div key={key.clone()}><code>{ key }</code><span class="mono">{ value }</span>{ remove(parts, &here, &format!("label {key}")) }</div>
        }
    };
    html! {
        <div class="field c6">
            { group_label("labels-l", "Labels", Some("labels")) }
            { pairs("labels-l", pool.group.labels.iter().map(line).collect(), "none") }
        </div>
    }
}

fn ssh(parts: &Parts<'_>, pool: &Pool<'_>) -> Html {
    let path = pool.id.path().key("ssh");
    let marks = parts.marks(&path, true);
    let troubles: Vec<_> = marks
        .into_iter()
        .map(|(i, mark)| parts.trouble(i, mark))
        .collect();
    let words = match &pool.group.ssh {
        Some(ssh) if ssh.allow == Some(false) => "off",
        Some(ssh) if !ssh.source_security_group_ids.is_empty() => "on, from the named security groups only",
        Some(_) => "on, port 22",
        None => "off: sessions work through SSM without a port",
    };
    html! {
        <div class="field c6">
            { group_label("ssh-l", "Remote access", Some("ssh")) }
            <div class="kv" role="group" aria-labelledby="ssh-l">
                <div>
                    <span>{ words }</span><span></span>
                    if pool.group.ssh.is_some() { { remove(parts, &path, "remote access") } }
                </div>
            </div>
            { for troubles.iter().map(crate::components::field::trouble) }
        </div>
    }
}

/// Commands of the boot, which are edited in the file.
fn boot(parts: &Parts<'_>, pool: &Pool<'_>) -> Html {
    let commands = [
        (
            "overrideBootstrapCommand",
            pool.group.override_bootstrap_command.or_empty().lines().count(),
        ),
        (
            "preBootstrapCommands",
            pool.group.pre_bootstrap_commands.iter().flatten().count(),
        ),
    ];
    let shown = commands.iter().filter(|(_, lines)| *lines > 0).map(|(key, lines)| {
        let path = pool.id.path().key(*key);
        let troubles = parts.troubles(&path);
        html! {
            <div class="field c6" key={*key}>
                { group_label(key, "Boot commands", Some(key)) }
                <div class="kv" role="group" aria-labelledby={*key}>
                    <div>
                        <span>{ words::count(*lines, "line") }</span><span></span>
                        { button(Button::words("Edit in the file", "btn-link small"), parts.go_to(&path)) }
                    </div>
                </div>
                { for troubles.iter().map(crate::components::field::trouble) }
            </div>
        }
    });
    html! { <>{ for shown }</> }
}

/// Problems of this pool that no field has shown, and the way to all other fields.
fn rest(parts: &Parts<'_>, pool: &Pool<'_>) -> Html {
    let notes = parts.unplaced_under(&pool.id.path());
    html! {
        <>
            { notes }
            <p class="hint">
                { button(Button::words("All other fields of this pool", "btn-link small"),
                    parts.store.then(Action::Fields(Some(pool.id.path())))) }
                { " or " }
                { button(Button::words("show its lines", "btn-link small"), parts.go_to(&pool.id.path())) }
            </p>
        </>
    }
}
