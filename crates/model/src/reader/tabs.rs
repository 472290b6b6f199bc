//! Tabs where eksctl's reader wants spaces and the parser does not mind them.
//!
//! In block context libyaml takes no tab at the beginning of a line, nor behind a `-` or `?`. Behind a plain
//! scalar or in a block of text it does, but only from the column on that the text must reach.

use crate::{
    problem::{Place, Problem},
    tree::{Kind, NodeId, Style, Tree},
    ym,
};

/// The first tab that eksctl's reader refuses.
pub(super) fn stray_tab(text: &str, tree: &Tree) -> Option<Problem> {
    if !text.contains('\t') {
        return None;
    }
    let mut walk = Walk {
        text,
        tree,
        stretches: Vec::new(),
        indicators: Vec::new(),
    };
    walk.node(tree.root()?, 0, false);
    walk.indicators.sort_unstable();
    let at = walk.first_stray()?;
    let problem = Problem::error(ym::SYNTAX, Place::Text(at..at + 1), "a tab cannot stand here");
    Some(problem.with_help("write spaces instead of the tab"))
}

/// What tabs may do from one byte on, up to where the next stretch begins.
struct Stretch {
    start: usize,
    rule: Rule,
}

#[derive(Clone, Copy, PartialEq)]
enum Rule {
    /// Inside quotes, brackets and comments.
    Anywhere,
    /// In and behind text: from this column on.
    From(usize),
    /// Between the tokens of a block.
    NotLeading,
}

struct Walk<'t> {
    text: &'t str,
    tree: &'t Tree,
    stretches: Vec<Stretch>,
    /// Dashes and question marks.
    indicators: Vec<usize>,
}

impl Walk<'_> {
    /// `column` is the least that text here must be indented by.
    fn node(&mut self, id: NodeId, column: usize, in_flow: bool) {
        let node = self.tree.node(id);
        let between = if in_flow { Rule::Anywhere } else { Rule::NotLeading };
        match &node.kind {
            Kind::Scalar(scalar) if !node.span.is_empty() => {
                let (inside, behind) = match scalar.style {
                    Style::Plain => (Rule::From(column), Rule::From(column)),
                    Style::Single | Style::Double => (Rule::Anywhere, between),
                    Style::Literal | Style::Folded => {
                        let rule = Rule::From(self.block_column(node.span.start, column));
                        (rule, rule)
                    }
                };
                self.begin(node.span.start, inside);
                self.begin(node.span.end, behind);
            }
            Kind::Scalar(_) => {}
            Kind::Alias(_) => self.begin(node.span.end, between),
            Kind::List { flow, items } => {
                self.begin(node.span.start, if *flow { Rule::Anywhere } else { between });
                for item in items {
                    let inner = item.dash.map_or(column, |dash| self.column(dash) + 1);
                    if let Some(dash) = item.dash {
                        self.indicators.push(dash);
                        self.begin(dash, between);
                    }
                    self.node(item.value, inner, in_flow || *flow);
                }
                if *flow {
                    self.begin(node.span.end, between);
                }
            }
            Kind::Map { flow, entries } => {
                self.begin(node.span.start, if *flow { Rule::Anywhere } else { between });
                for entry in entries {
                    let inner = if *flow {
                        column
                    } else {
                        self.column(entry.start) + 1
                    };
                    if !*flow && entry.start < self.tree.node(entry.key).start {
                        self.indicators.push(entry.start);
                    }
                    self.node(entry.key, inner, in_flow || *flow);
                    if let (Some(colon), false) = (entry.colon, *flow) {
                        self.begin(colon, between);
                    }
                    self.node(entry.value, inner, in_flow || *flow);
                }
                if *flow {
                    self.begin(node.span.end, between);
                }
            }
        }
    }

    fn begin(&mut self, start: usize, rule: Rule) {
        self.stretches.push(Stretch { start, rule });
    }

    /// The number of bytes between the beginning of the line and here; indentation is ASCII.
    fn column(&self, at: usize) -> usize {
        let before = self.text.get(..at).unwrap_or_default();
        let line = before.rsplit(['\n', '\r']).next().unwrap_or_default();
        line.trim_start_matches('\u{feff}').len()
    }

    /// How far the lines of the block of text with this header are indented.
    fn block_column(&self, header: usize, least: usize) -> usize {
        let block = self.text.get(header..).unwrap_or_default();
        let mut lines = block.lines();
        let header = lines.next().unwrap_or_default();
        if let Some(digit) = header.bytes().take(3).find(u8::is_ascii_digit) {
            return least.saturating_sub(1) + usize::from(digit - b'0');
        }
        let first = lines.find(|line| !line.trim().is_empty()).unwrap_or_default();
        (first.len() - first.trim_start_matches(' ').len()).max(least)
    }

    fn first_stray(&self) -> Option<usize> {
        let comments = self.tree.comments();
        let (mut rule, mut stretches) = (Rule::NotLeading, self.stretches.iter().peekable());
        let mut before = Before::default();
        for (at, c) in self.text.char_indices() {
            if c != '\t' {
                before.pass(at, c);
                continue;
            }
            while let Some(stretch) = stretches.next_if(|stretch| stretch.start <= at) {
                rule = stretch.rule;
            }
            let after = comments.partition_point(|comment| comment.span.start <= at);
            let comment = after.checked_sub(1).and_then(|i| comments.get(i));
            if comment.is_some_and(|comment| comment.span.end > at) {
                continue;
            }
            // Behind a comment, no text goes on.
            let behind_comment = comment.is_some_and(|comment| before.ink <= comment.span.end);
            let is_stray = match rule {
                Rule::Anywhere => false,
                Rule::From(column) if !behind_comment => before.leads() && at - before.line < column,
                Rule::From(_) | Rule::NotLeading => {
                    let is_indicator = |at| self.indicators.binary_search(&at).is_ok();
                    before.leads() || before.solid.is_some_and(is_indicator)
                }
            };
            if is_stray {
                return Some(at);
            }
        }
        None
    }
}

/// What stands before a byte, as far as it says whether the byte leads its line.
#[derive(Default)]
struct Before {
    /// Where the line begins.
    line: usize,
    /// Behind the last character that is no white space.
    ink: usize,
    /// The last character that is no blank.
    solid: Option<usize>,
}

impl Before {
    fn pass(&mut self, at: usize, c: char) {
        match c {
            ' ' => {}
            '\n' | '\r' => (self.line, self.solid) = (at + 1, Some(at)),
            // The mark before the text is no column of it.
            '\u{feff}' if at == 0 => self.line = c.len_utf8(),
            _ if c.is_whitespace() => self.solid = Some(at),
            _ => (self.ink, self.solid) = (at + c.len_utf8(), Some(at)),
        }
    }

    /// Whether only blanks stand before, in the line.
    fn leads(&self) -> bool {
        self.solid.is_none_or(|solid| solid < self.line)
    }
}
