//! Where `lb` refuses on purpose what eksctl, up to its first call of AWS, takes.

use super::{images, mappings, sizes, subnets};
use crate::{problem::Code, ym};

/// The reason why a code refuses a file that eksctl takes. Files refused for these alone are no disagreement with
/// eksctl.
pub static STRICTER: &[(Code, &str)] = &[
    (
        ym::DOCUMENTS,
        "eksctl reads the first document and ignores the others without a word",
    ),
    (
        ym::ENCODING,
        "eksctl takes four characters that are not seen in an editor: U+0085, U+2028 and U+2029, which end a line for it, and the byte order mark in the middle of the text",
    ),
    (
        ym::DUPLICATE,
        "of keys that only become the same text, such as `1` and `\"1\"`, eksctl keeps any one without a word",
    ),
    (
        ym::PUNCTUATION,
        "eksctl reads some of it as something else than what is meant: `[!!str, a]` has one item, `{?a: b}` the key `a`",
    ),
    (
        ym::KEY_CASE,
        "eksctl takes a key in another case and then drops it, so the setting has no effect",
    ),
    (
        ym::NULL_ITEM,
        "eksctl takes an empty item in some lists and crashes on it in others",
    ),
    (
        ym::IGNORED_KEY,
        "eksctl ignores unknown keys in subnets and identity providers, so a slip has no effect",
    ),
    (
        ym::LIMIT,
        "eksctl reads files of any size; what is far larger than any config is not worth the memory",
    ),
    (
        super::cluster::VERSION,
        "eksctl refuses it when it has asked EKS for its versions",
    ),
    (
        subnets::NEW_VPC,
        "eksctl refuses it when it has put the SSH keys into the account",
    ),
    (
        subnets::EXISTING_VPC,
        "eksctl refuses it when it has looked the subnets up, or fails while it makes the cluster",
    ),
    (images::NO_STOCK_IMAGE, "eksctl fails when it looks for the image"),
    (
        images::IMAGE_ID,
        "eksctl refuses other texts in self-managed nodegroups when it looks for the image",
    ),
    (
        images::NODE_CONFIG,
        "eksctl finds it when the cluster exists already",
    ),
    (
        sizes::SIZES,
        "eksctl finds it in self-managed nodegroups when the cluster exists already",
    ),
    (
        mappings::MAPPING,
        "eksctl finds it when the control plane exists, and then makes no nodegroups",
    ),
    (
        super::access::MODE,
        "eksctl passes it on, and EKS refuses the cluster",
    ),
    (
        super::self_managed::POLICY_RESOURCE,
        "eksctl finds it when the cluster exists already",
    ),
    (
        super::managed::BOTTLEROCKET,
        "eksctl finds it when the cluster exists already",
    ),
    (
        super::permissions::FORMAT,
        "of several values in one `configurationValues`, eksctl reads the first; EKS refuses them when the cluster exists already",
    ),
    (
        super::pod_identities::LATE_ASSOCIATION,
        "eksctl finds it when the cluster exists already",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules;
    use std::fmt::Write;

    /// The table for people.
    fn markdown() -> String {
        let mut text = "# Where `lb` is stricter than eksctl\n\n`lb validate` refuses what eksctl refuses. These codes refuse \
                        more, on purpose: what eksctl drops without a word, or finds only when it has begun to make the cluster.\n\n\
                        | code | what | why |\n| --- | --- | --- |\n"
            .to_owned();
        for (code, why) in STRICTER {
            let title = rules::explain(code.0).map_or("", |rule| rule.title);
            writeln!(text, "| {code} | {title} | {why} |").unwrap();
        }
        text
    }

    #[test]
    fn the_page_is_that_of_the_table() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/stricter.md");
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(path, markdown()).unwrap();
        }
        assert!(
            std::fs::read_to_string(path).unwrap_or_default() == markdown(),
            "docs/stricter.md is old: `UPDATE_DOCS=1 cargo test -p lb-model` writes it again"
        );
    }
}
