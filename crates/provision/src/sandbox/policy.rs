//! Policy documents: what IAM refuses in them, and what the rest of the account has to read in them.

use super::{Answer, Refusal};
use serde_json::Value;

fn malformed(message: impl Into<String>) -> Refusal {
    Refusal::new("MalformedPolicyDocument", message)
}

fn list(value: Option<&Value>) -> &[Value] {
    match value {
        Some(Value::Array(items)) => items,
        Some(one) => std::slice::from_ref(one),
        None => &[],
    }
}

/// Which parts a statement must have.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kind {
    /// Who may take a role.
    Trust,
    /// What a role may do.
    Identity,
}

/// The document, if IAM would take it.
pub(super) fn read(text: &str, kind: Kind) -> Answer<Value> {
    let fits = |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{ff}');
    if !text.chars().all(fits) {
        return Err(malformed("The policy contains characters that are not allowed."));
    }
    let document: Value =
        serde_json::from_str(text).map_err(|_| malformed("This policy contains invalid Json"))?;
    let statements = list(document.get("Statement"));
    if statements.is_empty() {
        return Err(malformed("Syntax errors in policy: no statement."));
    }
    for statement in statements {
        let has = |names: &[&str]| names.iter().any(|name| !list(statement.get(*name)).is_empty());
        if !matches!(
            statement.get("Effect").and_then(Value::as_str),
            Some("Allow" | "Deny")
        ) {
            return Err(malformed(
                "Syntax errors in policy: `Effect` must be `Allow` or `Deny`.",
            ));
        }
        if !has(&["Action", "NotAction"]) {
            return Err(malformed("Policy statement must contain actions."));
        }
        match kind {
            Kind::Trust if statement.get("Principal").is_none() => {
                return Err(malformed("Has prohibited field or lacks `Principal`"));
            }
            Kind::Trust if has(&["Resource", "NotResource"]) => {
                return Err(malformed("Has prohibited field Resource"));
            }
            Kind::Identity if !has(&["Resource", "NotResource"]) => {
                return Err(malformed("Policy statement must contain resources."));
            }
            Kind::Identity if statement.get("Principal").is_some() => {
                return Err(malformed("Policy document should not specify a principal."));
            }
            _ => {}
        }
        for action in list(statement.get("Action"))
            .iter()
            .chain(list(statement.get("NotAction")))
        {
            let action = action.as_str().unwrap_or_default();
            if action != "*" && !action.contains(':') {
                return Err(malformed(format!(
                    "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.: `{action}`"
                )));
            }
        }
    }
    Ok(document)
}

/// Characters that count against the limits: all but white space.
pub(super) fn counted(text: &str) -> usize {
    text.chars().filter(|c| !c.is_whitespace()).count()
}

/// The principals of one kind (`Service`, `AWS`, `Federated`) that a trust policy allows.
pub(super) fn trusted<'a>(trust: &'a Value, kind: &'a str) -> impl Iterator<Item = &'a str> {
    list(trust.get("Statement"))
        .iter()
        .filter(|statement| statement.get("Effect").and_then(Value::as_str) == Some("Allow"))
        .flat_map(move |statement| {
            list(
                statement
                    .get("Principal")
                    .and_then(|principal| principal.get(kind)),
            )
        })
        .filter_map(Value::as_str)
}

/// Whether a trust policy, as text, lets a service take the role.
pub(super) fn trusts(trust: &str, service: &str) -> bool {
    serde_json::from_str::<Value>(trust)
        .is_ok_and(|trust| trusted(&trust, "Service").any(|name| name == service))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_that_iam_refuses() {
        let trust = r#"{"Statement":[{"Effect":"Allow","Principal":{"Service":["eks.amazonaws.com"]},"Action":"sts:AssumeRole"}]}"#;
        assert!(read(trust, Kind::Trust).is_ok());
        assert!(trusts(trust, "eks.amazonaws.com") && !trusts(trust, "ec2.amazonaws.com"));
        let identity = r#"{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#;
        assert!(read(identity, Kind::Identity).is_ok());
        for (text, kind) in [
            (trust, Kind::Identity),
            (identity, Kind::Trust),
            ("{", Kind::Trust),
            ("{}", Kind::Identity),
            (
                r#"{"Statement":[{"Effect":"allow","Action":"s3:*","Resource":"*"}]}"#,
                Kind::Identity,
            ),
            (
                r#"{"Statement":[{"Effect":"Allow","Action":"s3","Resource":"*"}]}"#,
                Kind::Identity,
            ),
            (
                r#"{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"“*”"}]}"#,
                Kind::Identity,
            ),
        ] {
            assert_eq!(
                read(text, kind).err().map(|e| e.code).as_deref(),
                Some("MalformedPolicyDocument"),
                "{text}"
            );
        }
    }
}
