//! `lb explain`.

use crate::{
    args::Output,
    error::{Error, Exit, Result},
    ui::{BOLD, DIM, Ui, paint},
    words,
};
use lb_model::{
    reference::{self, Found},
    rules::Rule,
    suggest::suggest,
};
use lb_provision::check;

/// Show the documentation of a code, or of a field.
///
/// Without a code, or with the beginning of one (`LB`), lists the codes.
#[derive(Debug, clap::Args)]
pub(crate) struct Explain {
    /// A code as `lb validate` shows it, such as LB020, or the beginning of one; or a field, such as
    /// nodeGroups.ssh.allow
    #[arg(default_value = "", hide_default_value = true, value_name = "CODE|FIELD")]
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
    if rules.is_empty()
        && let Some(found) = reference::lookup(&explain.code)
        && (explain.code.contains(['.', '[']) || matches!(found, Found::Field(_)))
    {
        return field(ui, explain, found);
    }
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

/// A field of the file, and what it may hold.
fn field(ui: &mut Ui, explain: &Explain, found: Found) -> Result {
    let path = &explain.code;
    let field = match found {
        Found::Field(field) => field,
        Found::Unknown { key, of } => {
            let keys: Vec<&str> = reference::keys(path).collect();
            let (before, wrong) = (
                keys.get(..key).unwrap_or_default(),
                keys.get(key).copied().unwrap_or_default(),
            );
            let hint = suggest(wrong, of.fields.iter().map(|field| field.key)).map_or_else(
                || "`lb explain` takes a path such as `nodeGroups.ssh.allow`".to_owned(),
                |near| {
                    format!(
                        "did you mean `lb explain {}`",
                        [before, &[near]].concat().join(".")
                    )
                },
            );
            let message = format!("`{}` has no field `{wrong}`; {hint}", of.name);
            return Err(Error::usage(message));
        }
    };
    if explain.output.is_json() {
        let properties: serde_json::Map<String, serde_json::Value> = reference::properties(field)
            .into_iter()
            .map(|(name, text)| (name.to_owned(), text.into()))
            .collect();
        ui.json(&serde_json::json!({
            "version": 1, "field": path, "doc": field.doc, "required": field.required, "properties": properties,
        }))?;
        return Ok(Exit::Done);
    }
    let mut text = format!("{}\n\n", paint(BOLD, path));
    for paragraph in field.doc.split("\n\n") {
        for line in words::wrap(paragraph, ui.width) {
            text.push_str(&format!("{line}\n"));
        }
    }
    text.push('\n');
    for (name, value) in reference::properties(field) {
        text.push_str(&format!("  {name:<8} {value}\n"));
    }
    if let Some(below) = field.shape.item_type() {
        text.push_str(&format!("\n{}\n\n", paint(DIM, "Fields in it:")));
        let width = below
            .fields
            .iter()
            .map(|field| field.key.len())
            .max()
            .unwrap_or_default();
        for field in below.fields {
            let summary = words::wrap(field.summary(), ui.width.saturating_sub(width + 4));
            for (index, line) in summary.iter().enumerate() {
                let key = if index == 0 { field.key } else { "" };
                text.push_str(&format!("  {key:<width$}  {line}\n"));
            }
        }
    }
    ui.data(text)?;
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
