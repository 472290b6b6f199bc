//! `lb explain`.

use crate::{
    args::Output,
    error::{Error, Exit, Result},
    ui::{BOLD, DIM, Ui, paint},
    words,
};
use lb_model::{rules::Rule, suggest::suggest};
use lb_provision::check;

/// Show the documentation of a code.
///
/// Without a code, or with the beginning of one (`LB`), lists the codes.
#[derive(Debug, clap::Args)]
pub(crate) struct Explain {
    /// A code as `lb validate` shows it, such as LB020, or the beginning of one
    #[arg(default_value = "", hide_default_value = true)]
    code: String,
    #[command(flatten)]
    output: Output,
}

/// A rule as a program reads it.
#[derive(serde::Serialize)]
struct Explained {
    version: u32,
    code: &'static str,
    title: &'static str,
    doc: &'static str,
    bad: &'static str,
    good: &'static str,
}

pub(crate) fn run(ui: &mut Ui, explain: &Explain) -> Result {
    if let Some(rule) = check::explain(&explain.code) {
        if explain.output.is_json() {
            ui.json(&explained(rule))?;
        } else {
            ui.data(text(rule, ui.width))?;
        }
        return Ok(Exit::Done);
    }
    let prefix = explain.code.to_uppercase();
    let rules: Vec<&Rule> = check::rules()
        .filter(|rule| rule.code.0.starts_with(&prefix))
        .collect();
    if rules.is_empty() {
        let near = suggest(&prefix, check::rules().map(|rule| rule.code.0));
        let hint = near.map_or_else(
            || "`lb explain` lists them all".to_owned(),
            |near| format!("did you mean `lb explain {near}`"),
        );
        return Err(Error::usage(format!("no code `{}`; {hint}", explain.code)));
    }
    if explain.output.is_json() {
        let rules: Vec<Explained> = rules.into_iter().map(explained).collect();
        ui.json(&serde_json::json!({ "version": 1, "rules": rules }))?;
    } else {
        for rule in rules {
            ui.line(format_args!("{}  {}", paint(BOLD, rule.code), rule.title))?;
        }
    }
    Ok(Exit::Done)
}

fn explained(rule: &Rule) -> Explained {
    let Rule {
        code,
        title,
        doc,
        bad,
        good,
        check: _,
    } = rule;
    Explained {
        version: 1,
        code: code.0,
        title,
        doc,
        bad,
        good,
    }
}

/// The documentation at the width of the reader's terminal; examples stay as they are.
fn text(rule: &Rule, width: usize) -> String {
    let mut text = format!("{}\n", paint(BOLD, format_args!("{}: {}", rule.code, rule.title)));
    for paragraph in rule.doc.split("\n\n") {
        text.push('\n');
        for line in words::wrap(paragraph, width) {
            text.push_str(&line);
            text.push('\n');
        }
    }
    for (heading, example) in [("Wrong:", rule.bad), ("Right:", rule.good)] {
        if example.is_empty() {
            continue;
        }
        text.push_str(&format!("\n{}\n\n", paint(DIM, heading)));
        for line in example.trim_end().lines() {
            text.push_str(&format!("    {line}\n"));
        }
    }
    text
}
