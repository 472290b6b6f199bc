//! Everything that `lb-model` says of a file, as one text: the same natively and as WebAssembly, byte for byte.

use jiff::civil::date;
use lb_model::{
    config::effective, document::Document, modernize::modernize, problem::Fix, rename::rename, rules::Facts,
    write::to_yaml,
};
use std::fmt::Write as _;

/// The problems of a file with their places and fixes, the config and its effective form as YAML, and the file after every
/// fix, after a rename and in today's form.
pub fn answer(text: &str) -> String {
    let document = Document::parse(text);
    let facts = Facts::on(date(2026, 11, 23));
    let config = document.config();
    let problems = document.problems(&facts);
    let mut answer = String::new();
    let mut say = |what: &str, said: &str| {
        // Writing to a string cannot fail.
        let _ = writeln!(answer, "== {what}\n{said}");
    };
    for found in &problems {
        say("problem", &format!("{found:?}"));
    }
    for (what, config) in [("config", config), ("effective", &effective(config))] {
        say(what, &to_yaml(config).unwrap_or_else(|error| error.to_string()));
    }
    let modern = modernize(&document, &facts, None);
    say("steps", &format!("{:?}", modern.steps));
    say("modernize", modern.document.text());
    let fixes = problems.iter().filter_map(|found| found.problem.fix.as_ref());
    let fixes = fixes.map(|Fix { title, edits, .. }| (title.as_str(), edits.clone()));
    let renamed = ("rename", rename(config, "staging-leaderboard-20"));
    for (what, edits) in fixes.chain([renamed]) {
        match document.edit(&edits) {
            Ok(edited) => say(what, edited.document.text()),
            Err(error) => say(what, &error.to_string()),
        }
    }
    answer
}
