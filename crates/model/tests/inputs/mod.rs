//! Files that are made to be slow to read or long to answer: each at the bounds of what is read, or beyond them.

#![allow(clippy::too_many_lines, reason = "tables, a row a file")]

use lb_model::reader::MAX_BYTES;
use std::fmt::Write as _;

/// The least that a config needs, on three lines.
pub(crate) const HEAD: &str =
    "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata: {name: lb, region: us-west-2}\n";

/// A text of `count` pieces.
pub(crate) fn many(count: usize, piece: impl Fn(usize) -> String) -> String {
    (0..count).map(piece).collect()
}

/// Every file, by name.
pub(crate) fn hostile() -> Vec<(&'static str, Vec<u8>)> {
    let mut all: Vec<(&'static str, Vec<u8>)> = sizes();
    let texts = [structure(), text(), values()].into_iter().flatten();
    all.extend(texts.map(|(name, text)| (name, text.into_bytes())));
    all
}

/// As large as can be, of one character.
fn sizes() -> Vec<(&'static str, Vec<u8>)> {
    let full = MAX_BYTES;
    let behind = |start: &str, byte: u8| {
        let mut bytes = start.as_bytes().to_vec();
        bytes.resize(full, byte);
        bytes
    };
    vec![
        ("10 MB", vec![b'#'; 10_000_000]),
        ("binary", (0..full).map(|i| (i * 7 % 256) as u8).collect()),
        (
            "not UTF-8 at the end",
            behind("", b'a').into_iter().chain([0xff]).collect(),
        ),
        ("one comment", behind("", b'#')),
        ("one word", behind("", b'a')),
        ("one value", behind("kind: ", b'a')),
        ("one number", behind("kind: 1", b'1')),
        ("one open quote", behind("kind: \"", b'a')),
        ("one tag", behind("kind: !", b'a')),
        ("one anchor", behind("kind: &", b'a')),
        ("one alias", behind("kind: *", b'a')),
        ("blanks", behind("kind:", b' ')),
        ("tabs behind a word", behind("kind: a", b'\t')),
        ("tabs alone", behind("", b'\t')),
        ("pipes", behind("", b'|')),
        ("carriage returns", behind("", b'\r')),
        ("opening brackets", vec![b'['; 200_000]),
        ("opening braces", vec![b'{'; 200_000]),
        ("closing brackets", vec![b']'; 200_000]),
        ("question marks", "? ".repeat(200_000).into_bytes()),
        ("dashes", "- ".repeat(200_000).into_bytes()),
    ]
}

/// Many of one construct.
fn structure() -> Vec<(&'static str, String)> {
    let laughs = (1..10).fold(
        "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned(),
        |mut text, level| {
            let before = vec![format!("*a{}", level - 1); 9].join(", ");
            let _ = writeln!(text, "a{level}: &a{level} [{before}]");
            text
        },
    );
    let merges = many(60, |i| {
        let before = i.checked_sub(1).map_or(String::new(), |i| format!("<<: *m{i}, "));
        format!(
            "m{i}: &m{i} {{{before}{}}}\n",
            many(50, |k| format!("k{i}x{k}: 1, "))
        )
    });
    let nested = many(60, |depth| format!("{}k:\n", " ".repeat(depth)));
    let deep = many(600, |_| format!("- {}1{}\n", "[".repeat(60), "]".repeat(60)));
    let maps = |entry: &str| {
        let map = |i| format!("k{i}:\n{}", many(900, |k| entry.replace('N', &k.to_string())));
        HEAD.to_owned() + &many(4, map)
    };
    vec![
        ("100,000 keys", many(100_000, |i| format!("k{i}: 1\n"))),
        (
            "unknown keys",
            HEAD.to_owned() + &many(990, |i| format!("k{i}: 1\n")),
        ),
        (
            "unknown keys on a line",
            format!("{{{}}}", many(990, |i| format!("k{i}: 1, "))),
        ),
        ("one key many times", HEAD.to_owned() + &"vpc: 1\n".repeat(990)),
        (
            "items of another type",
            format!("{HEAD}nodeGroups:\n{}", "- 5\n".repeat(1000)),
        ),
        (
            "empty items",
            format!("{HEAD}nodeGroups:\n{}", "-\n".repeat(1000)),
        ),
        ("anchors", maps("  kN: &aN 1\n")),
        ("aliases", maps("  kN: &a 1\n  jN: *a\n")),
        ("a billion laughs", laughs),
        (
            "a list many times",
            format!("a: &a [{}]\nb: [{}]", "1, ".repeat(900), "*a, ".repeat(99)),
        ),
        (
            "a long text many times",
            format!(
                "{HEAD}a: &a {}\navailabilityZones: [{}]",
                "a".repeat(60_000),
                "*a, ".repeat(900)
            ),
        ),
        (
            "a text many times",
            format!(
                "{HEAD}a: &a {}\navailabilityZones: [{}]",
                "a".repeat(1000),
                "*a, ".repeat(900)
            ),
        ),
        ("merges of merges", HEAD.to_owned() + &merges),
        (
            "merges of one map",
            format!(
                "{HEAD}m: &m {{{}}}\n{}",
                many(90, |i| format!("k{i}: 1, ")),
                many(900, |i| format!("v{i}: {{<<: *m}}\n"))
            ),
        ),
        (
            "64 deep",
            nested.clone() + &format!("{}k: 1\n", " ".repeat(60)).repeat(900),
        ),
        ("60 deep, many times", format!("{HEAD}nodeGroups:\n{deep}")),
        ("keys that are lists", "? [a]\n: 1\n".repeat(990)),
        ("keys that are empty", ": 1\n".repeat(990)),
        ("many documents", "---\n".repeat(9_900)),
        ("many directives", "%TAG !a! tag:a\n".repeat(4_000)),
        ("maps without braces", format!("[{}]", "a: b, ".repeat(990))),
        ("colons", "a: ".repeat(9_900)),
    ]
}

/// Many odd places of the text.
fn text() -> Vec<(&'static str, String)> {
    let comments = "# lb: allow LB004 on purpose\n".repeat(4_900);
    let body = |line: &str| format!("kind: |\n{}", line.repeat(9_800));
    let wide = |count| "é".repeat(count);
    let glued = format!(
        "{}{}",
        "# a long comment\n".repeat(9_800),
        "a: [b]#c\n".repeat(20)
    );
    vec![
        ("comments", "# a\n".repeat(9_900)),
        ("long comments", format!("#{}\n", "a".repeat(50_000)).repeat(20)),
        ("allow comments", format!("{comments}{HEAD}")),
        (
            "allowed unknown keys",
            HEAD.to_owned() + &many(990, |i| format!("k{i}: 1 # lb: allow YM010 x\n")),
        ),
        ("comments without a blank", glued),
        ("comments in brackets", format!("[{}]", "a, # b\n".repeat(990))),
        ("tabs behind dashes", "-\ta\n".repeat(990)),
        (
            "tabs before comments",
            format!("a:\n{}", "  b: c\n\t# d\n".repeat(900)),
        ),
        (
            "tabs behind words",
            format!("kind: |\n{}", format!(" a{}\n", "\t".repeat(50)).repeat(1_200)),
        ),
        ("tabs between values", "[a,\t".repeat(9_900)),
        (
            "invisible characters on a line",
            format!("kind: \"{}\"\n", "\u{200b}".repeat(20_000)),
        ),
        (
            "invisible characters on lines",
            format!("kind: |\n{}", " \u{200b}\n".repeat(16_000)),
        ),
        (
            "pipes in a block's header",
            format!("kind: | #{}\n  a\n", "|".repeat(1_000_000)),
        ),
        ("blocks", many(990, |i| format!("k{i}: |\n a\n"))),
        ("a block of lines", body(" a\n")),
        ("a block of empty lines", body("\n")),
        ("a folded text", format!("kind: >\n{}", "  a b\n\n".repeat(4_900))),
        (
            "a plain text of lines",
            format!("kind: a\n{}", "  b\n".repeat(9_800)),
        ),
        (
            "a quoted text of lines",
            format!("kind: \"a\n{}\"\n", "  b\\\n".repeat(9_800)),
        ),
        ("escapes", format!("kind: \"{}\"\n", "\\u00e9\\n".repeat(100_000))),
        ("wide characters", format!("kind: {}\nkimd: 1\n", wide(30_000))),
        (
            "problems behind a long text",
            format!(
                "{{kind: {}, {}}}",
                wide(30_000),
                many(990, |i| format!("k{i}: 1, "))
            ),
        ),
        (
            "long comments before problems",
            format!("#{}\n{{{}}}", wide(400_000), many(990, |i| format!("k{i}: 1, "))),
        ),
        (
            "a byte order mark inside",
            format!("kind: a\n{}", "\u{feff}b: c\n".repeat(4_900)),
        ),
        (
            "windows",
            HEAD.replace('\n', "\r\n") + &many(990, |i| format!("k{i}: 1\r\n")),
        ),
    ]
}

/// Values that many rules look at.
fn values() -> Vec<(&'static str, String)> {
    let group = |rest: &str| format!("{HEAD}nodeGroups:\n- name: a\n{rest}");
    let groups = |count, rest: &str| {
        let group = |i| format!("- name: w{i}\n{rest}");
        format!("{HEAD}nodeGroups:\n{}", many(count, group))
    };
    let script = |text: &str| group(&format!("  overrideBootstrapCommand: |\n    {text}\n"));
    let policy = |resource: &str| {
        group(&format!(
            "  iam:\n    attachPolicy:\n      Version: '2012-10-17'\n      Statement:\n        - Effect: Allow\n          \
             Action: ['s3:*']\n          Resource:\n{resource}"
        ))
    };
    let long = "a".repeat(60_000);
    let listed = |count, item: &str| item.repeat(count);
    vec![
        ("pools", groups(1000, "  maxSize: 1\n")),
        (
            "pools on a line",
            format!(
                "{HEAD}nodeGroups: [{}]\n",
                many(1000, |i| format!("{{name: w{i}}}, "))
            ),
        ),
        (
            "pools of one name",
            format!(
                "{HEAD}managedNodeGroups:\n{}",
                "- name: w\n  instanceType: x\n".repeat(1000)
            ),
        ),
        (
            "pools of both kinds",
            groups(1000, "") + "managedNodeGroups:\n" + &many(1000, |i| format!("- name: m{i}\n")),
        ),
        (
            "pools in full",
            groups(
                110,
                "  instanceType: g5.12xlarge\n  amiFamily: Ubuntu2204\n  ami: ami-0123456789abcdef0\n  minSize: 0\n  maxSize: 4\n  \
             volumeSize: 400\n  labels: {a: b, c: d}\n  tags: {k8s.io/cluster-autoscaler/x: owned}\n  iam:\n    \
             attachPolicyARNs: ['arn:aws:iam::1:policy/a']\n    withAddonPolicies: {ebs: true}\n  preBootstrapCommands:\n  \
             - 'echo a; bootstrap.sh b --c d'\n  overrideBootstrapCommand: |\n    #!/bin/bash\n    bootstrap.sh lb\n",
            ),
        ),
        (
            "subnets",
            format!(
                "{HEAD}vpc:\n  subnets:\n    private:\n{}",
                many(1000, |i| format!("      us-west-2a{i}: {{id: subnet-{i}}}\n"))
            ),
        ),
        (
            "zones",
            format!("{HEAD}availabilityZones: [{}]\n", listed(1000, "us-west-2a, ")),
        ),
        (
            "zones of pools",
            groups(
                9,
                &format!("  availabilityZones: [{}]\n", listed(1000, "us-west-2a, ")),
            ),
        ),
        (
            "tags",
            groups(
                4,
                &format!(
                    "  tags:\n{}",
                    many(1000, |i| format!("    k8s.io/cluster-autoscaler/x{i}: owned\n"))
                ),
            ),
        ),
        (
            "labels",
            groups(
                4,
                &format!("  labels:\n{}", many(1000, |i| format!("    a b{i}: c d\n"))),
            ),
        ),
        (
            "taints",
            groups(
                2,
                &format!(
                    "  taints:\n{}",
                    many(1000, |i| format!("    - {{key: k{i}, effect: X}}\n"))
                ),
            ),
        ),
        (
            "accounts",
            format!(
                "{HEAD}iam:\n  serviceAccounts:\n{}",
                many(1000, |i| format!("  - metadata: {{name: s{i}}}\n"))
            ),
        ),
        (
            "entries",
            format!(
                "{HEAD}accessConfig:\n  accessEntries:\n{}",
                listed(1000, "  - principalARN: arn:aws:iam::1:role/a\n")
            ),
        ),
        (
            "mappings",
            format!(
                "{HEAD}iamIdentityMappings:\n{}",
                listed(1000, "- arn: arn:aws:iam::1:role/a\n")
            ),
        ),
        (
            "add-ons",
            format!("{HEAD}addons:\n{}", listed(1000, "- name: vpc-cni\n")),
        ),
        (
            "CIDRs",
            format!("{HEAD}vpc: {{extraCIDRs: [{}]}}\n", listed(1000, "10.0.0.0/8, ")),
        ),
        (
            "ARNs",
            policy(&many(1000, |i| format!("            - arn:aws:s3:::b{i}/*\n"))),
        ),
        (
            "an ARN of ARNs",
            policy(&format!("            - {}\n", "arn:".repeat(9_000))),
        ),
        ("a script of words", script(&"bootstrap.sh lb ".repeat(4_000))),
        (
            "a script of lines",
            script(&"bootstrap.sh lb\n    ".repeat(3_000)),
        ),
        ("a script of quotes", script(&"'\"`$(".repeat(12_000))),
        ("a script of substitutions", script(&"$(a ".repeat(16_000))),
        ("a script of here-documents", script(&"cat <<EOF ".repeat(6_000))),
        ("a script of variables", script(&"A=${B-$A} ".repeat(6_000))),
        ("a script of backslashes", script(&"\\".repeat(60_000))),
        ("a script of pipes", script(&"a|b;c&d ".repeat(8_000))),
        (
            "scripts of words",
            groups(
                16,
                &format!(
                    "  overrideBootstrapCommand: {}\n",
                    "bootstrap.sh lb ".repeat(3_900)
                ),
            ),
        ),
        ("a long key", format!("{HEAD}{long}: 1\n")),
        (
            "a long name",
            format!(
                "apiVersion: {long}\nkind: {long}\nmetadata: {{name: {long}, region: {long}, version: {long}}}\n"
            ),
        ),
        (
            "a long family",
            group(&format!("  amiFamily: {long}\n  instanceType: {long}\n")),
        ),
        ("a long range", format!("{HEAD}vpc: {{cidr: {long}}}\n")),
        ("a long label", group(&format!("  labels:\n    {long}: {long}\n"))),
        (
            "long items",
            format!(
                "{HEAD}availabilityZones: [{}]\n",
                listed(16, &format!("{long}, "))
            ),
        ),
        (
            "a long number",
            format!(
                "{HEAD}nodeGroups: [{{name: a, maxSize: {}}}]\n",
                "9".repeat(60_000)
            ),
        ),
        (
            "a text that is too long",
            format!("{HEAD}{}\n", "a".repeat(1_000_000)),
        ),
    ]
}
