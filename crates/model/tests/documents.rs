//! Bad input and positions of a document, case by case.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use lb_model::{document::Document, path::Path, problem::Place, rules::Facts};

const HEAD: &str =
    "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata: {name: lb, region: us-west-2}\n";

/// Code, line and column of each problem of text and types.
fn problems(document: &Document) -> Vec<(&'static str, usize, usize)> {
    let located = document.problems(&Facts::on(jiff::civil::date(2026, 11, 23)));
    let ym = located.iter().filter(|found| found.problem.code.family() == "YM");
    ym.map(|found| (found.problem.code.0, found.start.line, found.start.column))
        .collect()
}

#[test]
fn hostile_text_is_one_clear_problem() {
    let laughs: String = (1..30)
        .map(|i| format!("a{i}: &a{i} [*a{0}, *a{0}]\n", i - 1))
        .collect();
    for (bytes, code) in [
        (Vec::new(), "YM003"),
        (b"# nothing\n".to_vec(), "YM003"),
        (b"\xff\xfea\0".to_vec(), "YM002"),
        (b"a: \0".to_vec(), "YM002"),
        (b"a: \xff".to_vec(), "YM002"),
        (vec![b'['; 200_000], "YM005"),
        (b"? ".repeat(50_000), "YM005"),
        (vec![b'a'; 10 << 20], "YM005"),
        (
            (0..100_000)
                .map(|i| format!("k{i}: 1\n"))
                .collect::<String>()
                .into_bytes(),
            "YM005",
        ),
        (format!("a0: &a0 [x, x]\n{laughs}").into_bytes(), "YM005"),
        (format!("{HEAD}---\n{HEAD}").into_bytes(), "YM004"),
        (b"a: &a [*a]\n".to_vec(), "YM008"),
        (format!("{HEAD}\tvpc: {{}}\n").into_bytes(), "YM001"),
    ] {
        let document = Document::from_bytes(&bytes);
        let found = problems(&document);
        assert!(found.iter().any(|problem| problem.0 == code), "{code}: {found:?}");
        assert!(found.len() <= 4, "{found:?}");
    }
}

#[test]
fn a_hundred_problems_are_shown_and_the_rest_is_mentioned() {
    let text: String = (0..500).map(|i| format!("x{i}: 1\n")).collect();
    let found = problems(&Document::parse(format!("{HEAD}{text}")));
    assert_eq!(found.len(), 101);
    assert!(found.iter().any(|problem| problem.0 == "YM020"));
}

#[test]
fn mistakes_are_found_at_once_where_they_are() {
    let text = "\u{feff}apiVersion: eksctl.io/v1alpha5\r\nkind: ClusterConfig\r\nmetadata:\r\n  name: lb\r\n  \
                region: us-west-2\r\n  version: 1.30\r\nnodegroups: []\r\nnodeGroups:\r\n- name: y\r\n  maxSzie: 2\r\n\
                - \r\n- name: a\r\n  name: b\r\n";
    let expected = [
        ("YM012", 6, 12),
        ("YM011", 7, 1),
        ("YM012", 9, 9),
        ("YM010", 10, 3),
        ("YM013", 11, 2),
        ("YM006", 13, 3),
    ];
    let document = Document::parse(text);
    let lines = |found: Vec<(&'static str, usize, usize)>| -> Vec<(&str, usize)> {
        found.into_iter().map(|(code, line, _)| (code, line)).collect()
    };
    assert_eq!(lines(problems(&document)), lines(expected.to_vec()));
    assert_eq!(problems(&document)[0], expected[0]);
    assert_eq!(document.text(), text);
    assert_eq!(document.config().node_groups.len(), 3);
}

#[test]
fn bytes_of_a_string_are_found_in_every_style() {
    for (value, needle) in [
        ("plain needle here", "needle"),
        ("'it''s a needle'", "needle"),
        (r#""tab\t \u00e9 needle""#, "needle"),
        ("|\n    one\n\n    two needle\n", "needle"),
        (">-\n    one\n    two needle\n", "needle"),
        ("plain\n    over needle\n    lines", "needle"),
        ("\"double\n\n    over needle\"", "needle"),
    ] {
        let text = format!("{HEAD}nodeGroups:\n- name: a\n  overrideBootstrapCommand: {value}\n");
        let document = Document::parse(text.clone());
        let path: Path = Path::root()
            .key("nodeGroups")
            .index(0)
            .key("overrideBootstrapCommand");
        let string = document.config().node_groups[0]
            .override_bootstrap_command
            .clone()
            .unwrap();
        let at = string.find(needle).unwrap();
        let span = document.span_of(&Place::Within(path, at..at + needle.len()));
        assert_eq!(&text[span], needle, "{value}");
    }
}

#[test]
fn allow_comments_silence_where_they_stand_and_say_when_they_do_not() {
    let text =
        format!("{HEAD}tags: # lb: allow YM010 an error stays\n# lb: allow LB999 nothing\niam: {{}}\n");
    let found: Vec<_> = problems(&Document::parse(text))
        .into_iter()
        .map(|(code, line, _)| (code, line))
        .collect();
    assert_eq!(found, [("YM010", 4), ("YM019", 4), ("YM019", 5)]);
}
