//! Input that is no config: one clear problem, exit code 1, nothing written.

use insta::assert_snapshot;
use lb_tests::{Answer, Lb, transcript};
use std::fmt::Write as _;

/// Every bad file, by name.
fn files() -> Vec<(&'static str, Vec<u8>)> {
    let utf16 = [0xfeff].into_iter().chain("kind: ClusterConfig\n".encode_utf16());
    let many_keys = (0..100_000).fold(String::new(), |mut text, key| {
        let _ = writeln!(text, "k{key}: 1");
        text
    });
    let laughs = (1..10).fold(
        "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned(),
        |mut text, level| {
            let before = vec![format!("*a{}", level - 1); 9].join(", ");
            let _ = writeln!(text, "a{level}: &a{level} [{before}]");
            text
        },
    );
    vec![
        ("empty.yaml", Vec::new()),
        ("comment.yaml", b"# nothing\n".to_vec()),
        ("latin1.yaml", b"metadata:\n  name: caf\xe9\n".to_vec()),
        ("utf16.yaml", utf16.flat_map(u16::to_be_bytes).collect()),
        ("nul.yaml", b"kind: Cluster\0Config\n".to_vec()),
        (
            "two.yaml",
            b"kind: ClusterConfig\n---\nkind: ClusterConfig\n".to_vec(),
        ),
        ("large.yaml", vec![b'#'; 10_000_000]),
        ("brackets.yaml", vec![b'['; 200_000]),
        ("keys.yaml", many_keys.into_bytes()),
        ("laughs.yaml", laughs.into_bytes()),
        ("list.yaml", b"- kind: ClusterConfig\n".to_vec()),
        ("word.yaml", b"leaderboard\n".to_vec()),
        ("binary.yaml", (0..=255).collect()),
    ]
}

#[test]
fn every_bad_file_has_one_clear_problem() {
    let lb = Lb::new().unwrap();
    let mut answers = Vec::new();
    for (name, bytes) in files() {
        lb.write(name, bytes).unwrap();
        let answer = lb.run(&format!("validate {name} --today 2026-11-23")).unwrap();
        assert_eq!(answer.code, Some(1), "{answer}");
        let length = answer.stdout.len() + answer.stderr.len();
        assert!(length < 2_000, "{name}: {length} bytes");
        answers.push(answer);
    }
    assert_snapshot!(transcript(&answers));
}

#[test]
fn what_cannot_be_read_is_said_by_name() {
    let lb = Lb::new().unwrap();
    lb.write("leaderboard-20.yaml", "kind: ClusterConfig\n").unwrap();
    std::fs::create_dir(lb.folder().join("folder.yaml")).unwrap();
    let files = ["leaderbord-20.yaml", "folder.yaml", "nowhere/x.yaml", "other.txt"];
    let answers: Vec<Answer> = files
        .iter()
        .map(|file| lb.run(&format!("validate {file}")).unwrap())
        .collect();
    assert!(
        answers.iter().all(|answer| answer.code == Some(1)),
        "{}",
        transcript(&answers)
    );
    assert_snapshot!(transcript(&answers));
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_are_read() {
    let lb = Lb::new().unwrap();
    let text = std::fs::read_to_string(lb_tests::root().join("examples/leaderboard-2.0.yaml")).unwrap();
    lb.write("windows.yaml", format!("\u{feff}{}", text.replace('\n', "\r\n")))
        .unwrap();
    let answer = lb.run("validate windows.yaml --today 2026-11-23").unwrap();
    assert_eq!(answer.code, Some(0), "{answer}");
}
