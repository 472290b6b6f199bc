//! Problems with the lines that they are about, as compilers show them.

use crate::{
    ui::{BOLD, DIM, RED, YELLOW, paint},
    words,
};
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use lb_model::{
    document::Document,
    problem::{Located, Severity},
};
use std::{collections::HashMap, fmt::Write as _, ops::Range};

/// More places than these are only counted.
const PLACES_SHOWN: usize = 12;
/// A longer line tells nothing to a reader, and is no part of a config.
const LONGEST_LINE: usize = 4_000;

/// More entries than these are only counted: nobody reads them, and the first ones often explain the others.
const ENTRIES_SHOWN: usize = 50;

/// All problems of one file, in document order, each with an empty line behind it. The same code at several
/// places with the same help is one entry.
pub(crate) fn render(name: &str, document: &Document, problems: &[Located], width: usize) -> String {
    let mut text = String::new();
    let groups = grouped(problems);
    for group in groups.iter().take(ENTRIES_SHOWN) {
        text.push_str(&match group.as_slice() {
            [one] => snippet(name, document, one, width),
            several => places(name, several, width),
        });
        text.push_str("\n\n");
    }
    let more = groups.iter().skip(ENTRIES_SHOWN).map(Vec::len).sum();
    if more > 0 {
        let more = words::count(more, "more problem");
        let _ = write!(
            text,
            "{name}: {more} not shown; correct these first, or take `--format json`\n\n"
        );
    }
    text
}

/// Problems that say the same and have the same help together, where the first of them stands.
fn grouped(problems: &[Located]) -> Vec<Vec<&Located>> {
    let mut groups: Vec<Vec<&Located>> = Vec::new();
    let mut by_words: HashMap<_, usize> = HashMap::new();
    for located in problems {
        let problem = &located.problem;
        // What points at other places needs its lines.
        if !problem.related.is_empty() {
            groups.push(vec![located]);
            continue;
        }
        let same = (problem.code, &problem.help, without_names(&problem.message));
        let at = *by_words.entry(same).or_insert(groups.len());
        match groups.get_mut(at) {
            Some(group) => group.push(located),
            None => groups.push(vec![located]),
        }
    }
    groups
}

/// What a message says, whoever it says it of.
fn without_names(message: &str) -> Vec<&str> {
    message.split('`').step_by(2).collect()
}

fn snippet(name: &str, document: &Document, located: &Located, width: usize) -> String {
    let problem = &located.problem;
    let (_, word) = severity(problem.severity);
    let level = match problem.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    };
    let marked = first_line(document.text(), located);
    let related: Vec<_> = problem
        .related
        .iter()
        .map(|(place, words)| (document.span_of(place), words.as_str()))
        .collect();
    let all = related.iter().map(|(span, _)| span).chain([&marked]);
    let window = lines_around(document.text(), all);
    let text = document.text().get(window.clone()).unwrap_or_default();
    let within = |span: &Range<usize>| span.start - window.start..span.end - window.start;
    let message = words::folded(&problem.message, width, word.len() + problem.code.0.len() + 4);
    let title = level.primary_title(&message).id(problem.code.0);
    if text.lines().any(|line| line.len() > LONGEST_LINE) {
        return places(name, &[located], width);
    }
    let source = Snippet::source(text)
        .path(name)
        .line_start(document.position(window.start).line)
        .annotation(AnnotationKind::Primary.span(within(&marked)))
        .annotations(
            related
                .iter()
                .map(|(span, words)| AnnotationKind::Context.span(within(span)).label(*words)),
        );
    let mut group = Group::with_title(title).element(source);
    let help = problem.help.as_ref().map(|help| words::folded(help, width, 15));
    if let Some(help) = &help {
        group = group.element(Level::HELP.message(help));
    }
    Renderer::styled().term_width(width).render(&[group])
}

/// The whole lines that hold all spans: what is far from any of them need not be looked at.
fn lines_around<'a>(text: &str, spans: impl Iterator<Item = &'a Range<usize>> + Clone) -> Range<usize> {
    let first = spans.clone().map(|span| span.start).min().unwrap_or_default();
    let last = spans.map(|span| span.end).max().unwrap_or_default();
    let start = text
        .get(..first)
        .and_then(|before| before.rfind('\n'))
        .map_or(0, |at| at + 1);
    let end = text
        .get(last..)
        .and_then(|after| after.find('\n'))
        .map_or(text.len(), |at| last + at);
    start..end.max(start)
}

/// The part of the place that is on its first line: a whole nodegroup below a mark tells nothing more.
fn first_line(text: &str, located: &Located) -> Range<usize> {
    let span = located.span.clone();
    let end = text
        .get(span.clone())
        .and_then(|part| part.find(['\r', '\n']))
        .map(|length| span.start + length);
    span.start..end.unwrap_or(span.end)
}

fn places(name: &str, problems: &[&Located], width: usize) -> String {
    let Some(first) = problems.first().map(|located| &located.problem) else {
        return String::new();
    };
    let (style, word) = severity(first.severity);
    let head = format!("{word}[{}]", first.code);
    let same = problems
        .iter()
        .all(|located| located.problem.message == first.message);
    let more = if same {
        String::new()
    } else {
        format!(" (and {} more)", problems.len() - 1)
    };
    let mut places: Vec<String> = problems
        .iter()
        .take(PLACES_SHOWN)
        .map(|located| format!("{}:{}", located.start.line, located.start.column))
        .collect();
    if problems.len() > PLACES_SHOWN {
        places.push(format!("and {} more", problems.len() - PLACES_SHOWN));
    }
    let title = words::indented(&format!("{}{more}", first.message), width, head.len() + 2);
    let mut text = format!(
        "{}{}",
        paint(style.bold(), head),
        paint(BOLD, format_args!(": {title}"))
    );
    let beside = if name.len() < width / 2 { name.len() + 7 } else { 6 };
    let places = words::indented(&places.join(", "), width, beside);
    let _ = write!(text, "\n  {} {name}:{places}", paint(DIM, "-->"));
    if let Some(help) = &first.help {
        let _ = write!(
            text,
            "\n   {} help: {}",
            paint(DIM, "="),
            words::indented(help, width, 11)
        );
    }
    text
}

/// How a severity is shown.
pub(crate) fn severity(severity: Severity) -> (anstyle::Style, &'static str) {
    match severity {
        Severity::Error => (RED, "error"),
        Severity::Warning => (YELLOW, "warning"),
        Severity::Info => (DIM, "info"),
    }
}
