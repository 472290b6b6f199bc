//! `# lb: allow LB036 reason`: a problem that is there on purpose, said in the file.

use crate::{
    lines::Lines,
    problem::{Located, Place, Problem, Severity},
    tree::Tree,
    ym,
};
use std::ops::Range;

/// An allow comment.
#[derive(Clone, Debug)]
pub(crate) struct Allow {
    code: String,
    /// The code's bytes.
    span: Range<usize>,
    /// The line that it speaks of, from 0.
    line: usize,
}

/// Every allow comment of a text. One on a line of its own speaks of the next line that is no comment.
pub(crate) fn allows(text: &str, tree: &Tree, lines: &Lines) -> Vec<Allow> {
    let comment_lines: Vec<usize> = tree
        .comments()
        .iter()
        .filter(|c| c.own_line)
        .map(|c| lines.index(c.span.start))
        .collect();
    let mut allows = Vec::new();
    for comment in tree.comments() {
        let Some((code, offset)) = text.get(comment.span.clone()).and_then(code) else {
            continue;
        };
        let mut line = lines.index(comment.span.start);
        if comment.own_line {
            let is_blank = |line| {
                text.get(lines.range(line, text))
                    .is_some_and(|line| line.trim().is_empty())
            };
            line += 1;
            while line < lines.len() && (comment_lines.binary_search(&line).is_ok() || is_blank(line)) {
                line += 1;
            }
        }
        let start = comment.span.start + offset;
        allows.push(Allow {
            code: code.to_owned(),
            span: start..start + code.len(),
            line,
        });
    }
    allows
}

/// The code that a comment allows, and where in the comment it stands.
fn code(comment: &str) -> Option<(&str, usize)> {
    let after = |text: &'_ str, word: &str| -> Option<usize> {
        let trimmed = text.trim_start_matches([' ', '\t']);
        trimmed
            .starts_with(word)
            .then(|| text.len() - trimmed.len() + word.len())
    };
    let mut at = 1;
    at += after(comment.get(at..)?, "lb:")?;
    at += after(comment.get(at..)?, "allow")?;
    let rest = comment.get(at..)?;
    let code = rest
        .split_whitespace()
        .next()
        .filter(|_| rest.starts_with([' ', '\t']))?;
    Some((code, at + rest.find(code)?))
}

/// Takes out what is allowed: any problem of the `LB` family, and of the others what is no error. An allow
/// comment that takes out nothing is a problem itself.
pub(crate) fn apply(allows: &[Allow], lines: &Lines, located: &mut Vec<Located>) -> Vec<Problem> {
    let mut used = vec![false; allows.len()];
    located.retain(|found| {
        let problem = &found.problem;
        if problem.severity == Severity::Error && problem.code.family() != "LB" {
            return true;
        }
        let line = lines.index(found.span.start);
        let mut silenced = false;
        for (allow, used) in allows.iter().zip(&mut used) {
            if allow.line == line && allow.code.eq_ignore_ascii_case(problem.code.0) {
                (*used, silenced) = (true, true);
            }
        }
        !silenced
    });
    let unused = allows
        .iter()
        .zip(used)
        .filter(|(_, used)| !used)
        .map(|(allow, _)| allow);
    unused
        .map(|allow| {
            let message = format!("`allow {}` silences nothing here", allow.code);
            let help = "remove the comment, or put it at the line of the problem or right above it; errors outside \
                        the `LB` family stay";
            Problem::info(ym::UNUSED_ALLOW, Place::Text(allow.span.clone()), message).with_help(help)
        })
        .collect()
}
