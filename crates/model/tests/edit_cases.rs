//! Edits of a document, case by case.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use lb_model::{document::Document, path::Path, problem::Edit};
use serde_json::json;

/// Each text becomes the other by the edit, byte for byte.
fn check_edits<'a>(cases: impl IntoIterator<Item = (&'a str, Edit, &'a str)>) {
    for (before, edit, after) in cases {
        let edited = Document::parse(before).edit(std::slice::from_ref(&edit));
        let text = edited.map(|edited| edited.document.text().to_owned());
        assert_eq!(text.as_deref(), Ok(after), "{edit:?}");
    }
}

fn set(path: Path, value: serde_json::Value) -> Edit {
    Edit::Set { path, value }
}

fn remove(path: Path) -> Edit {
    Edit::Remove { path }
}

#[test]
fn edits_of_values_change_only_what_they_must() {
    let root = Path::root;
    check_edits([
        (
            "a: 'x' # why\nb: 1\n",
            set(root().key("a"), json!("y")),
            "a: 'y' # why\nb: 1\n",
        ),
        (
            "a: x\r\nb: 1\r\n",
            set(root().key("b"), json!("1")),
            "a: x\r\nb: \"1\"\r\n",
        ),
        ("a:\nb: 1\n", set(root().key("a"), json!("x")), "a: x\nb: 1\n"),
        (
            "a: 1",
            set(root().key("b").key("c"), json!([1])),
            "a: 1\nb:\n  c:\n    - 1",
        ),
        (
            "a: {b: 1}\n",
            set(root().key("a").key("c"), json!("y")),
            "a: {b: 1, c: \"y\"}\n",
        ),
        (
            "a: {b: 1, c: 2}\n",
            remove(root().key("a").key("b")),
            "a: {c: 2}\n",
        ),
        (
            "a: [x, z]\n",
            Edit::Insert {
                path: root().key("a"),
                index: 1,
                value: json!("q"),
            },
            "a: [x, q, z]\n",
        ),
        (
            "a: 1\nb: 2\n",
            Edit::RenameKey {
                path: root().key("a"),
                key: "yes".into(),
            },
            "\"yes\": 1\nb: 2\n",
        ),
        (
            "a: &x {k: 1}\nb: *x\n",
            set(root().key("b"), json!(2)),
            "a: &x {k: 1}\nb: 2\n",
        ),
        (
            "a: &x {k: 1}\nb: *x\n",
            set(root().key("b").key("k"), json!(2)),
            "a: &x {k: 1}\nb:\n  k: 2\n",
        ),
        (
            "a: |\n  one\nb: 1\n",
            set(root().key("a"), json!("two\nthree\n")),
            "a: |\n  two\n  three\nb: 1\n",
        ),
    ]);
}

#[test]
fn a_comment_behind_the_bar_of_a_block_stays() {
    let a = Path::root().key("a");
    check_edits([
        (
            "a: |- # why\n  x\nb: 1\n",
            set(a.clone(), json!("z")),
            "a: z # why\nb: 1\n",
        ),
        (
            "a: | # why\r\n  x\r\n  y\r\nb: 1\r\n",
            set(a.clone(), json!("x\nz\n")),
            "a: | # why\r\n  x\r\n  z\r\nb: 1\r\n",
        ),
    ]);
}

#[test]
fn edits_of_items_take_their_comments_along() {
    let root = Path::root;
    let list = "l:\n# one\n- a: 1 # x\n  b: 2\n# two\n- c\n";
    check_edits([
        (
            list,
            remove(root().key("l").index(1)),
            "l:\n# one\n- a: 1 # x\n  b: 2\n",
        ),
        (list, remove(root().key("l").index(0)), "l:\n# two\n- c\n"),
        ("a: |\n  x\nb: 1", remove(root().key("b")), "a: |\n  x\n"),
        ("a: x\nb: 1", remove(root().key("b")), "a: x"),
        (
            list,
            remove(root().key("l").index(0).key("a")),
            "l:\n# one\n- b: 2\n# two\n- c\n",
        ),
        (
            list,
            Edit::Copy {
                path: root().key("l").index(1),
            },
            "l:\n# one\n- a: 1 # x\n  b: 2\n# two\n- c\n# two\n- c\n",
        ),
    ]);
}

#[test]
fn what_would_change_something_else_is_refused() {
    for (text, edit) in [
        (
            "a: &x 1\nb: *x\n",
            Edit::Remove {
                path: Path::root().key("a"),
            },
        ),
        (
            "a: 1\nb: 2\n",
            Edit::RenameKey {
                path: Path::root().key("a"),
                key: "b".into(),
            },
        ),
        (
            "a: 1\n",
            Edit::Remove {
                path: Path::root().key("b"),
            },
        ),
        (
            "a: [\n",
            Edit::Remove {
                path: Path::root().key("a"),
            },
        ),
    ] {
        assert!(
            Document::parse(text).edit(std::slice::from_ref(&edit)).is_err(),
            "{edit:?}"
        );
    }
}

fn insert(path: Path, index: usize, value: serde_json::Value) -> Edit {
    Edit::Insert { path, index, value }
}

#[test]
fn a_new_item_is_written_as_its_neighbours_are() {
    let list = || Path::root().key("l");
    let account = json!({"metadata": {"name": "b"}, "attachPolicy": {"Action": ["s3:Get"]}});
    check_edits([
        // Quotes, and the indent of lists in lists.
        (
            "l:\n- \"a\"\n",
            insert(list(), 1, json!("b")),
            "l:\n- \"a\"\n- \"b\"\n",
        ),
        ("l: ['a']\n", insert(list(), 0, json!("b")), "l: ['b', 'a']\n"),
        (
            "l:\n- metadata:\n    name: a\n  attachPolicy:\n    Action:\n    - x # why\n# end\n",
            insert(list(), 1, account.clone()),
            "l:\n- metadata:\n    name: a\n  attachPolicy:\n    Action:\n    - x # why\n- metadata:\n    name: b\n  \
             attachPolicy:\n    Action:\n    - s3:Get\n# end\n",
        ),
        (
            "l:\n  - metadata:\n      name: a\n    attachPolicy:\n      Action:\n        - x\nm: 1\n",
            insert(list(), 1, account.clone()),
            "l:\n  - metadata:\n      name: a\n    attachPolicy:\n      Action:\n        - x\n  - metadata:\n      name: \
             b\n    attachPolicy:\n      Action:\n        - s3:Get\nm: 1\n",
        ),
        // Four blanks, and content far behind its dash.
        (
            "l:\n    -   metadata:\n            name: a\n",
            insert(list(), 0, json!({"metadata": {"name": "b"}})),
            "l:\n    -   metadata:\n            name: b\n    -   metadata:\n            name: a\n",
        ),
        // Brackets with a line for each item.
        (
            "l: [\n  a,\n  b,\n]\n",
            insert(list(), 1, json!("c")),
            "l: [\n  a,\n  c,\n  b,\n]\n",
        ),
        (
            "l: [\n  a,\n  b,\n]\n",
            insert(list(), 2, json!("c")),
            "l: [\n  a,\n  b,\n  c,\n]\n",
        ),
        // The file's line ends, and a last line without one.
        (
            "l:\r\n- a\r\n",
            insert(list(), 1, json!("b")),
            "l:\r\n- a\r\n- b\r\n",
        ),
        ("l:\n- a", insert(list(), 1, json!("b")), "l:\n- a\n- b"),
        // A block of text at the end keeps its own line ends.
        (
            "l:\n- |\n  one\n\nm: 1\n",
            insert(list(), 1, json!("b")),
            "l:\n- |\n  one\n- b\n\nm: 1\n",
        ),
    ]);
}

#[test]
fn a_list_that_is_set_changes_only_where_it_differs() {
    let list = || Path::root().key("l");
    let text = "l:\n# one\n- 'a'\n# two\n- b # why\n# three\n- c\n";
    check_edits([
        (
            text,
            set(list(), json!(["a", "c"])),
            "l:\n# one\n- 'a'\n# three\n- c\n",
        ),
        (
            text,
            set(list(), json!(["a", "x", "b", "c"])),
            "l:\n# one\n- 'a'\n- x\n# two\n- b # why\n# three\n- c\n",
        ),
        (
            text,
            set(list(), json!(["a", "b", "d"])),
            "l:\n# one\n- 'a'\n# two\n- b # why\n# three\n- d\n",
        ),
    ]);
}

#[test]
fn first_entries_behind_a_dash_and_empty_values_are_edited_right() {
    let first = || Path::root().key("l").index(0);
    check_edits([
        (
            "l:\n- a: 1\n  b: 2\n",
            set(first().key("a"), json!({"c": "x"})),
            "l:\n- a:\n    c: x\n  b: 2\n",
        ),
        ("l:\n- a: 1\n", remove(first().key("a")), "l:\n- {}\n"),
        ("l:\n- a: 1\n", remove(first()), "{}\n"),
        (
            "# why\na: {b: {c: 1}}\n",
            remove(Path::root().key("a").key("b").key("c")),
            "# why\n{}\n",
        ),
        (
            "k: 1\n# why\na:\n  b:\n    c: 1\n",
            remove(Path::root().key("a").key("b").key("c")),
            "k: 1\n",
        ),
        (
            "l:\n- attachPolicy:\n    a: 1\n  b: 1\n",
            remove(first().key("attachPolicy").key("a")),
            "l:\n- attachPolicy: {}\n  b: 1\n",
        ),
        ("{}\n", set(Path::root().key("a"), json!(1)), "a: 1\n"),
        ("l:\n-\n- b\n", set(first(), json!("x")), "l:\n- x\n- b\n"),
        (
            "l:\n- # none\n- b\n",
            set(first(), json!("x")),
            "l:\n- x # none\n- b\n",
        ),
        (
            "a: # none\nb: 1\n",
            set(Path::root().key("a"), json!("x")),
            "a: x # none\nb: 1\n",
        ),
        (
            "a:\nb: 1\n",
            set(Path::root().key("a").key("c"), json!(1)),
            "a:\n  c: 1\nb: 1\n",
        ),
        (
            "a: {}\n",
            set(Path::root().key("a").key("c"), json!(1)),
            "a:\n  c: 1\n",
        ),
        (
            "a: []\n",
            insert(Path::root().key("a"), 0, json!("x")),
            "a:\n  - x\n",
        ),
        ("a: \"\"\n", set(Path::root().key("a"), json!("x")), "a: \"x\"\n"),
        (
            "{a: 1}\n",
            set(Path::root().key("b"), json!("x")),
            "{a: 1, b: x}\n",
        ),
    ]);
}

#[test]
fn anchors_and_comments_of_others_are_never_lost() {
    let root = Path::root;
    for (text, edit) in [
        // What an alias repeats would change too.
        ("a: &x {k: 1}\nb: *x\n", set(root().key("a").key("k"), json!(2))),
        ("a: &x [1]\nb: *x\n", remove(root().key("a").index(0))),
        (
            "base: &x {k: 1}\nl:\n- <<: *x\n  m: 1\n",
            set(root().key("base").key("k"), json!(2)),
        ),
    ] {
        assert!(
            Document::parse(text).edit(std::slice::from_ref(&edit)).is_err(),
            "{edit:?}"
        );
    }
    // In one call both change at once.
    let edited = Document::parse("a: &x 1\nb: *x\nc: [*x, 2]\n").edit(&[
        set(root().key("a"), json!(3)),
        set(root().key("c").index(0), json!(3)),
        set(root().key("b"), json!(3)),
    ]);
    assert_eq!(edited.unwrap().document.text(), "a: &x 3\nb: *x\nc: [*x, 2]\n");
    // One key of what a merge key brings in is written out beside nothing else.
    let merged = Document::parse("base: &x {k: 1}\nl: # keep\n- <<: *x\n  m: 1 # keep\n");
    if let Ok(edited) = merged.edit(&[set(root().key("l").index(0).key("k"), json!(2))]) {
        assert_eq!(edited.document.text().matches("# keep").count(), 2);
    }
}

#[test]
fn new_lines_end_as_the_first_one_does() {
    let root = Path::root;
    for end in ["\n", "\r\n", "\r"] {
        let text = format!("a: 1{end}b: 2{end}");
        let edited = Document::parse(text.as_str()).edit(&[set(root().key("c").key("d"), json!(["x\ny\n"]))]);
        let after = format!("{text}c:{end}  d:{end}    - |{end}      x{end}      y{end}");
        assert_eq!(edited.unwrap().document.text(), after);
    }
}

#[test]
fn what_is_new_in_json_is_json() {
    let root = Path::root;
    let groups = || root().key("nodeGroups");
    check_edits([
        (
            "{\n  \"metadata\": {\n    \"name\": \"lb\"\n  }\n}\n",
            set(root().key("metadata").key("tags").key("a b"), json!("c")),
            "{\n  \"metadata\": {\n    \"name\": \"lb\",\n    \"tags\": {\"a b\": \"c\"}\n  }\n}\n",
        ),
        (
            "{\"nodeGroups\": [{\"name\": \"a\", \"maxSize\": 1}]}",
            set(groups().index(0).key("maxSize"), json!("x\ny")),
            "{\"nodeGroups\": [{\"name\": \"a\", \"maxSize\": \"x\\ny\"}]}",
        ),
        (
            "{\"nodeGroups\": [\n  1\n]}",
            insert(groups(), 1, json!({"name": "b"})),
            "{\"nodeGroups\": [\n  1,\n  {\"name\": \"b\"}\n]}",
        ),
        (
            "{\"iam\": {}}",
            Edit::RenameKey {
                path: root().key("iam"),
                key: "vpc".to_owned(),
            },
            "{\"vpc\": {}}",
        ),
    ]);
}

/// Each of these could only be made by writing the whole value again, without what is written there beside its meaning.
#[test]
fn what_is_written_again_loses_neither_comments_nor_what_cannot_be_read() {
    let list = || Path::root().key("l");
    let copy = |index| Edit::Copy {
        path: list().index(index),
    };
    for (text, edit) in [
        // A line end behind the last block would be part of it.
        ("l:\n- a # keep\n- |\n  one", insert(list(), 2, json!("b"))),
        // A copy would be one mistake more.
        ("l:\n- a: 1 # keep\n  b: 2\n  b: 3\n", copy(0)),
        ("l:\n- a: 1\n  a: 2\n", copy(0)),
        ("l:\n- a: .inf\n- |\n  one", insert(list(), 2, json!("b"))),
    ] {
        let edited = Document::parse(text).edit(std::slice::from_ref(&edit));
        assert!(edited.is_err(), "{edit:?}\n{}", edited.unwrap().document.text());
    }
}
