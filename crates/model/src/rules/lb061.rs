//! `lb`'s own settings in the file.

use super::{Facts, Rule};
use crate::{
    config::ClusterConfig,
    leaderboard::{EDITION_ANNOTATION, Edition},
    path::Path,
    problem::{Code, Edit, Fix, Place, Problem},
    settings::{ANNOTATIONS, INSTALL_ANNOTATION, INSTALLABLE, QUOTAS_ANNOTATION, entries, quota},
    suggest::suggest,
};

const CODE: Code = Code("LB061");

pub(super) const RULE: Rule = Rule {
    code: CODE,
    title: "setting that `lb` does not know",
    doc: "\
What eksctl takes on its command line only, such as whether it installs the device plugin, and what eksctl does not know \
at all, `lb` reads from annotations of `metadata`, which eksctl keeps and ignores. A slip in one of them would be \
ignored as well.

A warning is an annotation that begins with `lb/` and is none of these, or has a value that means nothing: \
`lb/edition` is `1.0` or `2.0`; `lb/install` lists what is installed into the cluster, out of `device-plugin`, \
`cluster-autoscaler` and `log-shipping`; `lb/quotas` lists quotas of the account, as `g-vcpus=192`.

Several documents in one file are `YM004`.",
    bad: "metadata: {name: leaderboard-20, region: us-west-2, version: '1.35', annotations: {lb/editoin: \"2.0\"}}\n",
    good: "metadata: {name: leaderboard-20, region: us-west-2, version: '1.35', annotations: {lb/edition: \"2.0\"}}\n",
    check: Some(check),
};

fn check(config: &ClusterConfig, facts: &Facts<'_>, problems: &mut Vec<Problem>) {
    let annotations = Path::root().key("metadata").key("annotations");
    for (key, value) in config
        .metadata
        .annotations
        .iter()
        .filter(|(key, _)| key.starts_with("lb/"))
    {
        let path = annotations.key(key);
        match key.as_str() {
            EDITION_ANNOTATION => {
                if !Edition::ALL.iter().any(|edition| edition.number() == value) {
                    problems.push(unknown(path, value, "no edition", "write `\"1.0\"` or `\"2.0\"`"));
                }
            }
            INSTALL_ANNOTATION => {
                for word in entries(value).filter(|word| !INSTALLABLE.contains(word)) {
                    let help = suggest(word, INSTALLABLE.iter().copied()).map_or_else(
                        || format!("choose out of `{}`", INSTALLABLE.join("`, `")),
                        |near| format!("did you mean `{near}`"),
                    );
                    problems.push(unknown(path.clone(), word, "nothing that `lb` installs", &help));
                }
            }
            QUOTAS_ANNOTATION => {
                let is_quota =
                    |word: &str| quota(word).is_some_and(|(key, _)| facts.catalog.quota(key).is_some());
                for word in entries(value).filter(|word| !is_quota(word)) {
                    problems.push(unknown(
                        path.clone(),
                        word,
                        "no quota",
                        "write it as `g-vcpus=192`",
                    ));
                }
            }
            _ => problems.push(no_setting(path, key)),
        }
    }
}

fn no_setting(path: Path, key: &str) -> Problem {
    let message = format!("`lb` has no setting `{key}`");
    let problem = Problem::warning(CODE, Place::Key(path.clone()), message);
    match suggest(key, ANNOTATIONS.iter().copied()) {
        None => problem.with_help(format!("use one of `{}`", ANNOTATIONS.join("`, `"))),
        Some(near) => {
            let edits = vec![Edit::RenameKey {
                path,
                key: near.to_owned(),
            }];
            problem
                .with_help(format!("did you mean `{near}`"))
                .with_fix(Fix::on_request(format!("Rename it to {near}"), edits))
        }
    }
}

fn unknown(path: Path, word: &str, what: &str, help: &str) -> Problem {
    Problem::warning(CODE, Place::Value(path), format!("`{word}` is {what}")).with_help(help)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn slips_in_settings_are_told() {
        let say = |annotation: &str| -> Vec<(String, Option<String>)> {
            let text = format!("metadata: {{name: a, annotations: {{{annotation}}}}}");
            let mut problems = Vec::new();
            let facts = Facts::on(date(2026, 11, 23));
            check(&crate::testing::config(&text), &facts, &mut problems);
            problems.into_iter().map(|p| (p.message, p.help)).collect()
        };
        let one = |message: &str, help: &str| vec![(message.to_owned(), Some(help.to_owned()))];
        assert_eq!(say("'lb/install': 'device-plugin, log-shipping', owner: me"), []);
        assert_eq!(
            say("lb/install: device-plugn"),
            one(
                "`device-plugn` is nothing that `lb` installs",
                "did you mean `device-plugin`"
            )
        );
        assert_eq!(
            say("lb/edition: '3.0'"),
            one("`3.0` is no edition", "write `\"1.0\"` or `\"2.0\"`")
        );
        assert_eq!(
            say("lb/quotas: 'g-vcpus=64, gpus=3'"),
            one("`gpus=3` is no quota", "write it as `g-vcpus=192`")
        );
    }
}
