//! What the pods of each service account may do in AWS.

use super::{
    parts::{Parts, Text},
    policy::{self, Line},
};
use crate::{
    components::{
        Button, Icon, button,
        field::trouble,
        icon,
        menu::{Item, Menu},
        note::chip,
        tinted, words,
    },
    state::{Action, reading::Mark},
};
use lb_model::{
    config::{ClusterIAMServiceAccount, WellKnownPolicies},
    path::Path,
    policy::{Policy, policies},
    problem::{Edit, Severity},
};
use serde_json::{Value, json};
use yew::prelude::*;

/// Whether a ready-made policy is given.
type Get = fn(&WellKnownPolicies) -> Option<bool>;

/// eksctl's ready-made policies: key and what they allow.
const WELL_KNOWN: [(&str, &str, Get); 7] = [
    (
        "autoScaler",
        "reads Auto Scaling groups and sets their size",
        |w| w.auto_scaler,
    ),
    ("imageBuilder", "pushes and pulls images", |w| w.image_builder),
    ("awsLoadBalancerController", "makes load balancers", |w| {
        w.aws_load_balancer_controller
    }),
    ("externalDNS", "writes DNS records", |w| w.external_dns),
    ("certManager", "answers certificate challenges in DNS", |w| {
        w.cert_manager
    }),
    ("ebsCSIController", "makes and attaches EBS volumes", |w| {
        w.ebs_csi_controller
    }),
    ("efsCSIController", "makes EFS access points", |w| {
        w.efs_csi_controller
    }),
];

/// The part.
pub(crate) fn section(parts: &Parts<'_>) -> Html {
    let accounts = parts
        .config
        .iam
        .iter()
        .flat_map(|iam| iam.service_accounts.iter().enumerate());
    let all = policies(parts.config);
    let cards: Vec<Html> = accounts
        .map(|(i, account)| card(parts, i, account, &all))
        .collect();
    let count = cards.len();
    html! {
        <>
            if count > 0 { <div class="stack">{ for cards }</div> }
            <div class="actions">
                { button(Button::with(Icon::Plus, "Add a service account", ""), add(parts, count)) }
                { oidc(parts, count) }
            </div>
        </>
    }
}

fn list() -> Path {
    Path::root().key("iam").key("serviceAccounts")
}

/// The switch that gives service accounts roles at all.
fn oidc(parts: &Parts<'_>, accounts: usize) -> Html {
    let path = Path::root().key("iam").key("withOIDC");
    let on = parts.config.iam.as_ref().and_then(|iam| iam.with_oidc) == Some(true);
    let onchange = parts.set(&path, "the OIDC provider", move |_: Event| Some(Value::Bool(!on)));
    let note = match accounts {
        0 => String::new(),
        1 => "(1 service account needs it)".to_owned(),
        n => format!("(all {n} need it)"),
    };
    html! {
        <div class="stack">
            <label class="check small">
                <input type="checkbox" id={path.to_string()} checked={on} {onchange} />
                <span>{ "Give roles through the cluster's OIDC provider " }<span class="muted">{ note }</span></span>
            </label>
            { for parts.troubles(&path).iter().map(trouble) }
        </div>
    }
}

fn add(parts: &Parts<'_>, count: usize) -> Callback<()> {
    let taken = |name: &str| {
        let mut accounts = parts.config.iam.iter().flat_map(|iam| &iam.service_accounts);
        accounts.any(|account| {
            account
                .metadata
                .as_ref()
                .is_some_and(|metadata| metadata.name == name)
        })
    };
    let name = std::iter::once("worker".to_owned())
        .chain((2..).map(|n| format!("worker-{n}")))
        .find(|name| !taken(name));
    let value = json!({ "metadata": { "name": name, "namespace": "default" }, "attachPolicyARNs": ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"] });
    let mut edits = Vec::new();
    if parts.config.iam.as_ref().and_then(|iam| iam.with_oidc) != Some(true) {
        edits.push(Edit::Set {
            path: Path::root().key("iam").key("withOIDC"),
            value: Value::Bool(true),
        });
    }
    edits.push(if count == 0 {
        Edit::Set {
            path: list(),
            value: Value::Array(vec![value]),
        }
    } else {
        Edit::Insert {
            path: list(),
            index: count,
            value,
        }
    });
    let store = parts.store.clone();
    Callback::from(move |()| {
        store.dispatch(Action::Edit {
            edits: edits.clone(),
            label: "add a service account".into(),
            field: None,
        });
        let id = format!("sa-{count}");
        crate::browser::page::after_render(move || crate::browser::page::open_details(&id));
    })
}

fn card(parts: &Parts<'_>, index: usize, account: &ClusterIAMServiceAccount, all: &[Policy<'_>]) -> Html {
    let path = list().index(index);
    let policy = all.iter().find(|policy| policy.path.starts_with(&path));
    let lines = policy.map(policy::lines).unwrap_or_default();
    let marks = parts.marks(&path, true);
    let worst = marks.iter().map(|(_, mark)| mark.severity()).min();
    let name = account
        .metadata
        .as_ref()
        .map_or("", |metadata| metadata.name.as_str());
    let namespace = account
        .metadata
        .as_ref()
        .and_then(|metadata| metadata.namespace.as_deref())
        .unwrap_or("default");
    let granted = well_known(account);
    html! {
        <details class="sa" id={format!("sa-{index}")} key={index}>
            <summary>
                { icon(Icon::Right) }
                <span class="grow">
                    <span class="strong">{ if name.is_empty() { "no name" } else { name } }</span>{ " " }
                    <span class="muted small">{ format!("in {namespace}") }</span>
                    <br /><span class="what">{ words::sentence(&what(account, &lines, &granted)) }</span>
                </span>
                if let Some(severity) = worst { { chip(severity, words::count(marks.len(), "problem")) } }
                { for granted.iter().map(|(key, _)| html! { <span class="chip">{ *key }</span> }) }
            </summary>
            <div class="body">
                { identity(parts, &path, name, namespace) }
                { body(parts, account, policy, &lines, &granted) }
                { others(parts, &marks, &lines) }
                { actions(parts, &path, account, name) }
            </div>
        </details>
    }
}

fn identity(parts: &Parts<'_>, path: &Path, name: &str, namespace: &str) -> Html {
    let (name_path, space_path) = (
        path.key("metadata").key("name"),
        path.key("metadata").key("namespace"),
    );
    html! {
        <div class="grid">
            { parts.text(Text { class: "field c3", shows_path: false, ..Text::new(&name_path, "Name", name) }) }
            { parts.text(Text { class: "field c3", shows_path: false, ..Text::new(&space_path, "Namespace", namespace) }) }
        </div>
    }
}

/// The ready-made policies that an account has.
fn well_known(account: &ClusterIAMServiceAccount) -> Vec<(&'static str, &'static str)> {
    let has = |get: Get| account.well_known_policies.as_ref().and_then(get) == Some(true);
    WELL_KNOWN
        .iter()
        .filter(|(_, _, get)| has(*get))
        .map(|(key, what, _)| (*key, *what))
        .collect()
}

/// What an account may do, in a few words.
fn what(account: &ClusterIAMServiceAccount, lines: &[Line], granted: &[(&str, &str)]) -> String {
    let mut parts: Vec<String> = granted.iter().map(|(_, what)| (*what).to_owned()).collect();
    if !lines.is_empty() {
        parts.push(policy::summary(lines));
    }
    let names = account
        .attach_policy_arns
        .iter()
        .filter_map(|arn| arn.rsplit('/').next());
    parts.extend(names.map(|name| format!("has {name}")));
    if let Some(role) = &account.attach_role_arn {
        parts.push(format!(
            "uses the role {}",
            role.rsplit('/').next().unwrap_or(role)
        ));
    }
    if parts.is_empty() {
        "nothing yet".to_owned()
    } else {
        parts.join("; ")
    }
}

fn body(
    parts: &Parts<'_>,
    account: &ClusterIAMServiceAccount,
    policy: Option<&Policy<'_>>,
    lines: &[Line],
    granted: &[(&str, &str)],
) -> Html {
    let name = account
        .metadata
        .as_ref()
        .map_or("", |metadata| metadata.name.as_str());
    let denials = policy.map_or(0, policy::denials);
    html! {
        <>
            if !lines.is_empty() {
                <p class="sentence">
                    { "Pods that run as " }<b>{ name.to_owned() }</b>{ " may " }<b>{ policy::summary(lines) }</b>{ "." }
                    if granted.is_empty() && account.attach_policy_arns.is_empty() { { " They may do nothing else in the account." } }
                </p>
                { table(parts, name, lines) }
            }
            if denials > 0 {
                <p class="hint">{ format!("{} what is named there; see the file.", if denials == 1 { "1 statement denies".to_owned() } else { format!("{denials} statements deny") }) }</p>
            }
            if !account.attach_policy_arns.is_empty() {
                <ul class="plain-list small">
                    { for account.attach_policy_arns.iter().map(|arn| html! { <li>{ "Policy " }<code>{ arn }</code></li> }) }
                </ul>
            }
        </>
    }
}

fn table(parts: &Parts<'_>, name: &str, lines: &[Line]) -> Html {
    let manages = lines.iter().any(|line| line.verbs.manage);
    html! {
        <table class="may">
            <caption class="sr">{ format!("What {name} may do") }</caption>
            <thead><tr>
                <th scope="col">{ "Resource" }</th><th scope="col" class="yn">{ "Read" }</th>
                <th scope="col" class="yn">{ "Write" }</th><th scope="col" class="yn">{ "Delete" }</th>
                if manages { <th scope="col" class="yn">{ "Manage" }</th> }
            </tr></thead>
            <tbody>{ for lines.iter().map(|line| table_row(parts, line, manages)) }</tbody>
        </table>
    }
}

fn table_row(parts: &Parts<'_>, line: &Line, manages: bool) -> Html {
    let marks: Vec<(usize, &Mark)> = line
        .paths
        .iter()
        .flat_map(|path| parts.marks(path, false))
        .collect();
    let error = marks.iter().any(|(_, mark)| mark.severity() == Severity::Error);
    let mut troubles: Vec<_> = marks.iter().map(|(i, mark)| parts.trouble(*i, mark)).collect();
    troubles.dedup_by(|a, b| a.message == b.message);
    let cell = |may: bool| {
        html! {
            <td class="yn">
                if may {
                    { tinted(Icon::Check, "t-ok") }<span class="sr">{ "yes" }</span>
                } else {
                    <span class="muted" aria-hidden="true">{ "\u{2013}" }</span><span class="sr">{ "no" }</span>
                }
            </td>
        }
    };
    let under = if error {
        Some("u-e")
    } else {
        (!marks.is_empty()).then_some("u-w")
    };
    html! {
        <tr class={error.then_some("bad")} key={format!("{} {}", line.what, line.name)}>
            <th scope="row">
                { line.what }{ " " }
                if !line.name.is_empty() { <code class={classes!(under)}>{ &line.name }</code> }
                <br /><span class="muted">{ &line.about }</span>
                { for troubles.iter().map(trouble) }
            </th>
            { cell(line.verbs.read) }{ cell(line.verbs.write) }{ cell(line.verbs.delete) }
            if manages { { cell(line.verbs.manage) } }
        </tr>
    }
}

/// Problems of an account that its table has not shown.
fn others(parts: &Parts<'_>, marks: &[(usize, &Mark)], lines: &[Line]) -> Html {
    let in_table = |mark: &Mark| {
        lines
            .iter()
            .flat_map(|line| &line.paths)
            .any(|path| *path == mark.path)
    };
    let identity = |mark: &Mark| mark.path.to_string().contains(".metadata.");
    let rest = marks
        .iter()
        .filter(|(_, mark)| !in_table(mark) && !identity(mark));
    html! { <>{ for rest.map(|(i, mark)| trouble(&parts.trouble(*i, mark))) }</> }
}

fn actions(parts: &Parts<'_>, path: &Path, account: &ClusterIAMServiceAccount, name: &str) -> Html {
    let known = WELL_KNOWN.iter().map(|(key, what, get)| {
        let on = account.well_known_policies.as_ref().and_then(*get) == Some(true);
        let at = path.key("wellKnownPolicies").key(*key);
        let edit = if on {
            Edit::Remove { path: at }
        } else {
            Edit::Set {
                path: at,
                value: Value::Bool(true),
            }
        };
        let verb = if on { "Take away" } else { "Give" };
        Item::new(
            format!("{verb} {key}: {what}"),
            parts
                .store
                .edit(format!("{} {key}", verb.to_lowercase()), vec![edit]),
        )
    });
    let mut items: Vec<Item> = known.collect();
    let remove = Edit::Remove { path: path.clone() };
    items.push(Item::new(
        format!("Remove {name}"),
        parts
            .store
            .edit(format!("remove service account {name}"), vec![remove]),
    ));
    let lines = parts.session.reading.lines_of(path).unwrap_or(0..1);
    let about = format!("Show its lines, {} to {}", lines.start + 1, lines.end);
    html! {
        <div class="actions">
            { button(Button::words(about, "btn-quiet"), parts.go_to(path)) }
            <span class="grow"></span>
            <Menu id={format!("sa-menu-{path}")} label={format!("More for {name}")} {items} />
        </div>
    }
}
