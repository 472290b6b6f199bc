//! Whose account it is.

use crate::support;
use lb_model::{
    document::Document,
    format::Arn,
    path::{Path, Segment},
    problem::{Place, Problem, Severity},
    rename,
};

/// Says that a config was written for another account than the caller's: all of its ARNs name another.
/// An error, unless those ARNs are only principals that it maps, which may belong to anybody; nothing where a comment
/// in the file says that it is on purpose.
pub fn other_account(document: &Document, caller: &str) -> Option<Problem> {
    let config = document.config();
    let named: Vec<(Path, String)> = rename::texts(config)
        .into_iter()
        .flat_map(|(path, text)| {
            let ids: Vec<String> = Arn::find(&text)
                .filter_map(|(_, arn)| arn.account_id().map(str::to_owned))
                .collect();
            ids.into_iter().map(move |id| (path.clone(), id))
        })
        .collect();
    let (first, _) = named.first()?;
    if named.iter().any(|(_, id)| id == caller) {
        return None;
    }
    let account = rename::account(config)?;
    let mapped = named.iter().all(|(path, _)| is_principal(path));
    let problem = Problem {
        code: support::ACCOUNT,
        severity: if mapped {
            Severity::Warning
        } else {
            Severity::Error
        },
        place: Place::Value(first.clone()),
        message: format!("the file is for account {account}, your credentials are for {caller}"),
        help: Some(format!(
            "use credentials of {account}, such as by `AWS_PROFILE`, or write {caller} into the file; if it is on \
             purpose, say so there with `# lb: allow {}`",
            support::ACCOUNT
        )),
        fix: None,
        related: Vec::new(),
    };
    Some(problem).filter(|problem| !document.says_on_purpose(problem))
}

/// Whether a path is that of a principal that the config maps.
fn is_principal(path: &Path) -> bool {
    matches!(path.split_last(), Some((_, Segment::Key(key))) if key == "arn" || key == "principalARN")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(text: &str, caller: &str) -> Option<Severity> {
        other_account(&Document::parse(text), caller).map(|problem| problem.severity)
    }

    #[test]
    fn a_file_for_another_account_is_refused_unless_it_only_maps_its_principals() {
        let head =
            "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata: {name: a, region: us-west-2}\n";
        let mapped =
            format!("{head}iamIdentityMappings: [{{arn: 'arn:aws:iam::111122223333:role/operator'}}]\n");
        assert_eq!(judged(&mapped, "111122223333"), None);
        assert_eq!(judged(&mapped, "444455556666"), Some(Severity::Warning));
        let role = format!("{head}iam: {{serviceRoleARN: 'arn:aws:iam::111122223333:role/cluster'}}\n");
        assert_eq!(judged(&role, "444455556666"), Some(Severity::Error));
        let on_purpose = role.replace("iam:", "# lb: allow AC004 the role is shared\niam:");
        assert_eq!(judged(&on_purpose, "444455556666"), None);
        let both = format!("{mapped}iam: {{serviceRoleARN: 'arn:aws:iam::444455556666:role/cluster'}}\n");
        assert_eq!(judged(&both, "444455556666"), None);
        let aws = format!(
            "{head}nodeGroups: [{{name: a, iam: {{attachPolicyARNs: ['arn:aws:iam::aws:policy/ReadOnlyAccess']}}}}]\n"
        );
        assert_eq!(judged(&aws, "444455556666"), None);
    }
}
