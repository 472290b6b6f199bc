//! `# lb: allow LB036 reason`: a problem that is there on purpose, said in the file.

use crate::{
    document::Document,
    edit::{EditError, Edited, Splice},
    lines::Lines,
    problem::{Located, OTHER_ACCOUNT, Place, Problem, Severity},
    reader::holds_json,
    tree::{Kind, Tree},
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

/// Every allow comment of a text, in the order of the lines they speak of. One on a line of its own speaks of the next
/// line that is no comment.
pub(crate) fn allows(text: &str, tree: &Tree, lines: &Lines) -> Vec<Allow> {
    let is_blank = |line| {
        let line = text.get(lines.range(line, text));
        line.is_some_and(|line| line.trim().is_empty())
    };
    let mut allows = Vec::new();
    // The line of the comment below, and the one that it speaks of.
    let (mut below, mut spoken_of) = (lines.len(), lines.len());
    // From the last on, for a comment above another speaks of the same line.
    for comment in tree.comments().iter().rev() {
        let mut line = lines.index(comment.span.start);
        if comment.own_line {
            let next = (line + 1..below).find(|line| !is_blank(*line));
            (below, spoken_of) = (line, next.unwrap_or(spoken_of));
            line = spoken_of;
        }
        let written = text.get(comment.span.clone()).unwrap_or_default();
        // From the last on, as the comments are.
        for (code, offset) in codes(written).into_iter().rev() {
            let start = comment.span.start + offset;
            allows.push(Allow {
                code: code.to_owned(),
                span: start..start + code.len(),
                line,
            });
        }
    }
    allows.reverse();
    allows
}

/// The codes that a comment allows, and where in the comment they stand: the first word, and those behind it that are
/// codes too, with or without a comma between them. The reason follows.
fn codes(comment: &str) -> Vec<(&str, usize)> {
    let behind = |text: &'_ str, word: &str| -> Option<usize> {
        let trimmed = text.trim_start_matches(BLANKS);
        trimmed
            .starts_with(word)
            .then(|| text.len() - trimmed.len() + word.len())
    };
    let start = || -> Option<usize> {
        let at = 1 + behind(comment.get(1..)?, "lb:")?;
        let at = at + behind(comment.get(at..)?, "allow")?;
        comment.get(at..)?.starts_with(BLANKS).then_some(at)
    };
    let Some(start) = start() else { return Vec::new() };
    let rest = comment.get(start..).unwrap_or_default();
    let mut at = start;
    let words = rest.split([' ', '\t', ',']).map(|word| {
        let found = (word, at);
        at += word.len() + 1;
        found
    });
    let words = words.filter(|(word, _)| !word.trim().is_empty());
    let mut words = words.map(|(word, at)| (word.trim_end(), at));
    let first = words.next();
    first
        .into_iter()
        .chain(words.take_while(|(word, _)| is_code(word)))
        .collect()
}

const BLANKS: [char; 2] = [' ', '\t'];

/// Whether a word has the form of a code: two letters and three digits.
fn is_code(word: &str) -> bool {
    let (letters, digits) = word.split_at_checked(2).unwrap_or_default();
    letters.bytes().all(|b| b.is_ascii_alphabetic())
        && digits.len() == 3
        && digits.bytes().all(|b| b.is_ascii_digit())
}

impl Problem {
    /// Whether an allow comment can silence it: any problem of the `LB` family, another account than the file's, and of
    /// the others what is no error.
    pub fn can_be_allowed(&self) -> bool {
        let about_reading = [ym::UNUSED_ALLOW, ym::TOO_MANY].contains(&self.code);
        let judgement = self.code.family() == "LB" || self.code == OTHER_ACCOUNT;
        !about_reading && (judgement || self.severity != Severity::Error)
    }
}

impl Document {
    /// Writes the comment that silences a problem, in a line of its own above the problem's line; of a problem inside
    /// a text of several lines, above the entry that the text belongs to. What the file means stays as it is.
    ///
    /// # Errors
    /// The problem cannot be allowed, or no comment can stand there; nothing has changed then.
    pub fn allow(&self, found: &Located) -> Result<Edited, EditError> {
        if !self.is_yaml() {
            return Err(EditError::NotYaml);
        }
        if !found.problem.can_be_allowed() {
            return Err(EditError::NotAllowed(found.problem.code));
        }
        if holds_json(self.text()) {
            return Err(EditError::NoComments);
        }
        let (text, lines) = (self.text(), self.lines());
        let line = first_line(self.tree(), lines, found.span.start);
        let range = lines.range(line, text);
        let whole = text.get(range.clone()).unwrap_or_default();
        let body = whole.strip_prefix('\u{feff}').unwrap_or(whole);
        let indentation: String = body.chars().take_while(|c| *c == ' ').collect();
        let end = match body.trim_end_matches(['\r', '\n']).len() {
            content if content < body.len() => body.get(content..).unwrap_or("\n"),
            _ => "\n",
        };
        let at = range.start + whole.len() - body.len();
        let splice = Splice {
            range: at..at,
            text: format!("{indentation}# lb: allow {}{end}", found.problem.code),
        };
        let document = Document::parse(splice.apply(text));
        let code = found.problem.code.0;
        let speaks = |allow: &Allow| allow.line == line + 1 && allow.code == code;
        let proved = document.is_yaml()
            && document.value() == self.value()
            && document.allows().len() == self.allows().len() + 1
            && document.allows().iter().any(speaks);
        if !proved {
            return Err(EditError::Refused(self.path_at(found.span.start)));
        }
        Ok(Edited {
            document,
            splices: vec![splice],
        })
    }
}

/// The first line of what stands at a byte: inside a text of several lines, which takes no comment, it is the line
/// where its entry begins.
fn first_line(tree: &Tree, lines: &Lines, byte: usize) -> usize {
    let here = lines.index(byte);
    let Some((key, value)) = tree.get(&tree.path_at(byte)) else {
        return here;
    };
    let node = tree.node(value);
    if !matches!(node.kind, Kind::Scalar(_)) {
        return here;
    }
    let start = key.map_or(node.start, |key| tree.node(key).start);
    here.min(lines.index(start))
}

/// The allow comments that speak of a problem, by their number.
pub(crate) fn speaking<'a>(
    allows: &'a [Allow],
    tree: &Tree,
    lines: &Lines,
    found: &'a Located,
) -> impl Iterator<Item = usize> + use<'a> {
    let here = lines.index(found.span.start);
    let first = first_line(tree, lines, found.span.start);
    let of_line = move |line| {
        let start = allows.partition_point(|allow| allow.line < line);
        let numbered = allows.iter().enumerate().skip(start);
        numbered.take_while(move |(_, allow)| allow.line == line)
    };
    let both = [Some(here), Some(first).filter(|first| *first != here)];
    let spoken = both.into_iter().flatten().flat_map(of_line);
    spoken
        .filter(|(_, allow)| allow.code.eq_ignore_ascii_case(found.problem.code.0))
        .map(|(index, _)| index)
}

/// Takes out what is allowed. An allow comment that takes out nothing is a problem itself.
pub(crate) fn apply(
    allows: &[Allow],
    tree: &Tree,
    lines: &Lines,
    located: &mut Vec<Located>,
) -> Vec<Problem> {
    if allows.is_empty() {
        return Vec::new();
    }
    let mut used = vec![false; allows.len()];
    located.retain(|found| {
        let problem = &found.problem;
        if !problem.can_be_allowed() {
            return true;
        }
        let mut silenced = false;
        for index in speaking(allows, tree, lines, found) {
            if let Some(used) = used.get_mut(index) {
                (*used, silenced) = (true, true);
            }
        }
        !silenced
    });
    let unused = allows
        .iter()
        .zip(used)
        // What only an account shows is not looked for here.
        .filter(|(allow, used)| !used && !allow.code.to_ascii_uppercase().starts_with("AC"))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{self, Facts};

    fn problems(document: &Document) -> Vec<Located> {
        document.problems(&Facts::on(jiff::civil::date(2026, 11, 23)))
    }

    #[test]
    fn whatever_a_rule_finds_can_be_said_to_be_on_purpose() {
        let mut tried = 0;
        for rule in rules::all() {
            for text in [rule.bad.to_owned(), rule.bad.replace('\n', "\r\n")] {
                let document = Document::parse(text);
                for found in problems(&document).iter().filter(|f| f.problem.can_be_allowed()) {
                    let of_code = |document: &Document| {
                        let all = problems(document);
                        all.iter()
                            .filter(|other| other.problem.code == found.problem.code)
                            .count()
                    };
                    let allowed = document.allow(found).unwrap().document;
                    assert!(of_code(&allowed) < of_code(&document), "{}", allowed.text());
                    assert_eq!(allowed.value(), document.value());
                    assert_eq!(allowed.text().contains('\r'), document.text().contains('\r'));
                    tried += 1;
                }
            }
        }
        assert!(tried > 40, "{tried}");
    }

    #[test]
    fn a_script_is_allowed_above_its_entry() {
        let text = "\u{feff}metadata: {name: lb-20, region: us-west-2, version: '1.35'}\nnodeGroups:\n  - name: gpu\n    \
                    overrideBootstrapCommand: |\n      #!/bin/bash\n      /etc/eks/bootstrap.sh lb-10\n";
        let document = Document::parse(text);
        let all = problems(&document);
        let found = all.iter().find(|found| found.problem.code.0 == "LB003").unwrap();
        let allowed = document.allow(found).unwrap().document;
        let comment = "    # lb: allow LB003\n    overrideBootstrapCommand";
        assert_eq!(
            allowed.text(),
            text.replace("    overrideBootstrapCommand", comment)
        );
        let left = problems(&allowed);
        assert!(left.iter().all(|found| found.problem.code.0 != "LB003"));
    }

    #[test]
    fn a_comment_can_name_several_codes_before_its_reason() {
        for (comment, expected) in [
            ("# lb: allow LB036 why", vec![("LB036", 12)]),
            ("#lb:allow LB036", vec![("LB036", 10)]),
            ("# lb: allow LB036, LB037 why", vec![("LB036", 12), ("LB037", 19)]),
            (
                "#\tlb:\tallow\tLB036 ,lb037\tLB038, why LB039",
                vec![("LB036", 12), ("lb037", 19), ("LB038", 25)],
            ),
            ("# lb: allow everything, why LB036", vec![("everything", 12)]),
            ("# lb: allow LB036\r", vec![("LB036", 12)]),
            ("# lb: allow", vec![]),
            ("# lb: allow, LB036", vec![]),
            ("# lb: allowed LB036", vec![]),
        ] {
            assert_eq!(codes(comment), expected, "{comment:?}");
        }
    }

    #[test]
    fn what_cannot_be_allowed_says_why() {
        let refused = |text: &str, code: &str| {
            let document = Document::parse(text);
            let all = problems(&document);
            let found = all.iter().find(|found| found.problem.code.0 == code).unwrap();
            document.allow(found).unwrap_err()
        };
        assert_eq!(
            refused("metadata: {name: lb, regoin: us-west-2}\n", "YM010"),
            EditError::NotAllowed(ym::UNKNOWN_KEY)
        );
        let json = r#"{"metadata": {"name": "lb", "region": "us-west-2", "version": "1.29"}}"#;
        assert_eq!(refused(json, "LB020"), EditError::NoComments);
    }
}
