//! Who may use the cluster: mapped roles and access entries.

use super::parts::Parts;
use crate::{
    components::{
        Button, Icon, button,
        field::{TextField, trouble},
        menu::{Item, Menu},
        words,
    },
    state::{Action, Store},
};
use lb_model::{
    config::{AccessEntry, IAMIdentityMapping, OrEmpty},
    format::Arn,
    path::Path,
    problem::Edit,
};
use serde_json::{Value, json};
use yew::prelude::*;

/// The group that may do everything.
const ADMINS: &str = "system:masters";

/// The part.
pub(crate) fn section(parts: &Parts<'_>) -> Html {
    let mappings = &parts.config.iam_identity_mappings;
    let entries = parts
        .config
        .access_config
        .as_ref()
        .map_or(&[][..], |access| access.access_entries.as_slice());
    let lines: Vec<Html> = mappings
        .iter()
        .enumerate()
        .map(|(i, mapping)| {
            let path = Path::root().key("iamIdentityMappings").index(i);
            line(parts, &path, &who(mapping), rights(mapping))
        })
        .chain(entries.iter().enumerate().map(|(i, entry)| {
            let path = Path::root().key("accessConfig").key("accessEntries").index(i);
            line(
                parts,
                &path,
                name_of(entry.principal_arn.or_empty()),
                entry_rights(entry),
            )
        }))
        .collect();
    html! {
        <>
            if lines.is_empty() {
                <p class="hint">{ "Only who creates the cluster may use it." }</p>
            } else {
                <div class="kv">{ for lines }</div>
            }
            <AddRole store={parts.store.clone()} count={mappings.len()} />
        </>
    }
}

/// `LB2-eks-admin` of its ARN.
fn name_of(arn: &str) -> &str {
    Arn::parse(arn)
        .and_then(|arn| arn.resource.rsplit('/').next())
        .unwrap_or(arn)
}

fn who(mapping: &IAMIdentityMapping) -> String {
    let account = mapping.account.or_empty();
    let service = mapping.service_name.or_empty();
    match (mapping.arn.or_empty(), account, service) {
        (arn, "", "") => name_of(arn).to_owned(),
        (_, "", service) => format!("service {service}"),
        (_, account, _) => format!("everyone of account {account}"),
    }
}

fn rights(mapping: &IAMIdentityMapping) -> Html {
    let groups: Vec<String> = mapping.groups.iter().map(|group| group_name(group)).collect();
    let groups = if groups.is_empty() {
        "no group".to_owned()
    } else {
        words::list(&groups)
    };
    html! {
        <span>{ groups }
            if let Some(user) = &mapping.username { { ", as " }<b>{ user }</b> }
        </span>
    }
}

fn group_name(group: &str) -> String {
    if group == ADMINS {
        "cluster admin".to_owned()
    } else {
        format!("group {group}")
    }
}

fn entry_rights(entry: &AccessEntry) -> Html {
    let policies = entry
        .access_policies
        .iter()
        .map(|policy| name_of(policy.policy_arn.or_empty()).to_owned());
    let groups = entry.kubernetes_groups.iter().map(|group| group_name(group));
    let all: Vec<String> = policies.chain(groups).collect();
    let user = entry.kubernetes_username.clone();
    html! {
        <span>{ if all.is_empty() { "no rights yet".to_owned() } else { words::list(&all) } }
            if let Some(user) = user { { ", as " }<b>{ user }</b> }
        </span>
    }
}

fn line(parts: &Parts<'_>, path: &Path, who: &str, rights: Html) -> Html {
    let marks = parts.marks(path, true);
    let troubles: Vec<_> = marks
        .into_iter()
        .map(|(i, mark)| parts.trouble(i, mark))
        .collect();
    let remove = Edit::Remove { path: path.clone() };
    let items = vec![
        Item::new("Edit in the file", parts.go_to(path)),
        Item::new("Remove", parts.store.edit(format!("remove {who}"), vec![remove])),
    ];
    html! {
        <div key={path.to_string()}>
            <code>{ if who.is_empty() { "no role" } else { who } }</code>
            { rights }
            <Menu id={format!("access-{path}")} label={format!("More for {who}")} {items} />
            if !troubles.is_empty() {
                <div class="kv-troubles">{ for troubles.iter().map(trouble) }</div>
            }
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct Props {
    store: Store,
    count: usize,
}

/// Adds a role: its ARN is asked first, because a mapping without one is refused.
#[component]
fn AddRole(props: &Props) -> Html {
    let open = use_state_eq(|| false);
    let arn = use_state_eq(String::new);
    if !*open {
        let open = open.clone();
        let click = Callback::from(move |()| {
            open.set(true);
            crate::browser::page::after_render(|| crate::browser::page::focus("new-role"));
        });
        return html! { <div class="actions">{ button(Button::with(Icon::Plus, "Add a role", ""), click) }</div> };
    }
    let add = {
        let (store, arn, open, count) = (props.store.clone(), arn.clone(), open.clone(), props.count);
        Callback::from(move |()| {
            if not_a_role(&arn).is_some() || arn.is_empty() {
                return;
            }
            let path = Path::root().key("iamIdentityMappings");
            let value = json!({ "arn": *arn, "groups": [ADMINS], "username": name_of(&arn) });
            let edit = if count == 0 {
                Edit::Set {
                    path,
                    value: Value::Array(vec![value]),
                }
            } else {
                Edit::Insert {
                    path,
                    index: count,
                    value,
                }
            };
            store.dispatch(Action::Edit {
                edits: vec![edit],
                label: format!("add {}", name_of(&arn)),
                field: None,
            });
            arn.set(String::new());
            open.set(false);
        })
    };
    let on_change = {
        let arn = arn.clone();
        Callback::from(move |text: String| arn.set(text.trim().to_owned()))
    };
    let close = Callback::from(move |()| open.set(false));
    html! {
        <div class="stack add-role">
            <TextField id="new-role" label="ARN of the role" value={(*arn).clone()} mono=true {on_change}
                refuse={Some(Callback::from(|text: String| not_a_role(&text)))}
                hint={Html::from("It becomes a cluster admin; give it fewer rights in the file.")} />
            <div class="actions">
                { button(Button::words("Add the role", ""), add) }
                { button(Button::words("Cancel", "btn-quiet"), close) }
            </div>
        </div>
    }
}

/// Refuses what is no role or user.
fn not_a_role(text: &str) -> Option<String> {
    let right = Arn::parse(text.trim()).is_some_and(|arn| {
        let kind = arn.typed_resource().map(|(kind, _)| kind);
        arn.service == "iam" && arn.account_id().is_some() && matches!(kind, Some("role" | "user"))
    });
    (!right && !text.is_empty()).then(|| "an ARN like arn:aws:iam::111122223333:role/NAME".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_told_from_the_rest() {
        assert_eq!(not_a_role("arn:aws:iam::111122223333:role/path/x"), None);
        assert_eq!(not_a_role(""), None);
        assert!(not_a_role("arn:aws:iam::aws:policy/x").is_some());
        assert!(not_a_role("arn:aws:s3:::b").is_some());
        assert_eq!(name_of("arn:aws:iam::111122223333:role/path/x"), "x");
    }
}
