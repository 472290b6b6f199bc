//! From text to tree: the events of granit-parser, with positions, anchors and comments, under bounds that
//! hold on any input.
//!
//! granit-parser reads YAML 1.2 and is the one reader of users' files. Where eksctl's reader (libyaml's rules,
//! YAML 1.1) refuses more, this module does so too.

mod bounds;
mod error;
mod json;
mod maps;
mod punctuation;
mod scalars;
mod scan;
mod tabs;

use crate::{
    problem::{Place, Problem},
    tree::{Comment, Entry, Item, Kind, Node, NodeId, Scalar, Style, Tree},
    ym,
};
use bounds::Measure;
use granit_parser::{Event, Options, Parser, Placement, ScalarStyle, Span, StructureStyle, Tag};
pub(crate) use json::holds_json;
use serde_json::Value;
use std::{borrow::Cow, collections::HashMap, ops::Range};

/// The largest text that is read, in bytes.
pub const MAX_BYTES: usize = 1 << 20;
/// How deep lists and maps may be nested, aliases followed.
pub const MAX_DEPTH: usize = 64;
/// How many values and keys there may be, aliases followed.
pub const MAX_NODES: usize = 100_000;

/// How many entries one list or map may have. No object of AWS takes as many of anything.
pub const MAX_ENTRIES: usize = 1000;
/// The longest text or key, in bytes. Of all fields, user data has the longest, and EC2 takes 16 KiB of it.
pub const MAX_TEXT: usize = 64 << 10;

/// How many comments without a blank before them are read. The parser stops at each and begins again.
const MAX_GLUED_COMMENTS: usize = 16;
/// How many bytes are read again for them.
const MAX_READ_AGAIN: usize = 512 << 10;

/// What was read.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    /// Everything up to the point where reading stopped.
    pub(crate) tree: Tree,
    /// What is wrong with the text itself.
    pub(crate) problems: Vec<Problem>,
    /// Whether the whole text was read, so that its content can be judged.
    pub(crate) complete: bool,
}

/// The value that a text of YAML holds, as eksctl's reader has it; `None` if it is not YAML.
pub fn value(text: &str) -> Option<Value> {
    let reading = read(text);
    let good = reading.complete && reading.problems.is_empty();
    let root = reading.tree.root().filter(|_| good);
    match root {
        Some(root) => Some(reading.tree.value(root)),
        None => good.then_some(Value::Null),
    }
}

/// Reads a whole file, which may be JSON.
pub(crate) fn read_file(text: &str) -> Reading {
    let is_json = json::is_json(text);
    let mut reading = read_as(text, is_json);
    if is_json && reading.complete {
        reading.problems.extend(json::refuse(text));
    }
    reading
}

/// Reads a text of YAML.
pub(crate) fn read(text: &str) -> Reading {
    read_as(text, false)
}

fn read_as(text: &str, is_json: bool) -> Reading {
    let mut reading = Reading::default();
    if let Some(problem) = scan::refuse(text) {
        reading.problems.push(problem);
        return reading;
    }
    let mut glued = Vec::new();
    let mut masked = Cow::Borrowed(text);
    loop {
        let mut reader = Reader {
            text: &masked,
            glued: glued.len(),
            is_json,
            ..Reader::default()
        };
        // Everything that can stop the reading has pushed its problem.
        let complete = reader.run().is_some();
        if let Some(comment) = reader.glued_comment.take() {
            masked = Cow::Owned(scan::mask(&masked, &comment));
            glued.push(Comment {
                span: comment,
                own_line: false,
            });
            continue;
        }
        reading = Reading {
            tree: reader.tree,
            problems: reader.problems,
            complete,
        };
        break;
    }
    reading.tree.add_comments(glued);
    if reading.complete {
        reading.problems.extend(scan::before_document(text));
        reading.problems.extend(tabs::stray_tab(text, &reading.tree));
        reading.problems.extend(scan::invisible(text));
    }
    reading
}

/// A list or map that is not closed yet.
struct Frame {
    id: NodeId,
    flow: bool,
    content: Content,
    measure: Measure,
}

enum Content {
    List(Vec<Item>),
    Map(Vec<Entry>, Option<PendingKey>),
}

/// A key whose value is not there yet.
struct PendingKey {
    id: NodeId,
    /// Where its `?` is.
    question: Option<usize>,
}

#[derive(Default)]
struct Reader<'t> {
    text: &'t str,
    is_json: bool,
    tree: Tree,
    problems: Vec<Problem>,
    frames: Vec<Frame>,
    /// Behind everything that is already in the tree.
    cursor: usize,
    /// Behind the dash, colon or `?` of the last node.
    behind_indicator: usize,
    anchors: HashMap<usize, NodeId>,
    /// How much each closed node holds, by index.
    measures: Vec<Measure>,
    last: Option<NodeId>,
    /// A comment without a blank before it, which ended the reading.
    glued_comment: Option<Range<usize>>,
    /// How many of them were read so far.
    glued: usize,
}

/// `None` stops the reading; the reason is among the problems.
type Step = Option<()>;

impl<'t> Reader<'t> {
    fn run(&mut self) -> Step {
        let mut options = Options::default();
        options.block_scalar_eof_without_line_feed = true;
        options.emit_anchor_events = true;
        options.emit_unresolved_aliases = true;
        options.max_buffered_comment_events = usize::MAX;
        options.flow_nesting_limit = MAX_DEPTH;
        options.block_nesting_limit = MAX_DEPTH;
        let mut documents = 0;
        let mut start_of_second = 0..0;
        for event in Parser::new_from_str_with_options(self.text, options) {
            let (event, span) = match event {
                Ok(event) => event,
                Err(error) => return self.syntax_error(&error),
            };
            let bytes = span.byte_range().unwrap_or_default();
            if documents > 1 && self.second_document(&event, &start_of_second).is_none() {
                return None;
            }
            match event {
                Event::DocumentStart(_, version) => {
                    documents += 1;
                    if documents > 1 {
                        start_of_second = bytes;
                        continue;
                    }
                    self.cursor = bytes.end;
                    if version.is_some_and(|version| (version.major, version.minor) != (1, 1)) {
                        let message = "eksctl reads YAML 1.1 only".to_owned();
                        self.problems.push(
                            Problem::error(ym::SYNTAX, Place::Text(0..bytes.start), message)
                                .with_help("remove the `%YAML` line"),
                        );
                    }
                }
                Event::Comment(_, placement) => {
                    let own_line = placement != Placement::Right;
                    self.tree.push_comment(Comment {
                        span: bytes,
                        own_line,
                    });
                }
                event if documents == 1 => self.content(event, &span, bytes)?,
                _ => {}
            }
        }
        Some(())
    }

    /// A second document is refused, unless nothing is in it.
    fn second_document(&mut self, event: &Event<'_>, start: &Range<usize>) -> Step {
        let empty = match event {
            Event::Scalar(text, ScalarStyle::Plain, 0, None) => text == "~",
            Event::Comment(..) | Event::DocumentEnd | Event::StreamEnd | Event::DocumentStart(..) => true,
            _ => false,
        };
        if empty {
            return Some(());
        }
        self.more_documents(start.clone())
    }

    fn more_documents(&mut self, start: Range<usize>) -> Step {
        let message = "here the file's first document ends; eksctl reads it and ignores the rest";
        self.problems.push(
            Problem::error(ym::DOCUMENTS, Place::Text(start), message)
                .with_help("keep one cluster a file: remove this line, or what follows it"),
        );
        None
    }

    fn content(&mut self, event: Event<'t>, span: &Span, bytes: Range<usize>) -> Step {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let id = self.open_node(bytes, span, tag.as_deref(), anchor)?;
                if text.len() > MAX_TEXT {
                    let start = self.tree.node(id).span.start;
                    return self.limit(
                        start..start,
                        format!("a text or key of more than {} KiB is not read", MAX_TEXT >> 10),
                    );
                }
                self.scalar(id, &text, style);
                self.check_plain(id);
                self.close_node(id, Measure::of_text(&text))
            }
            Event::SequenceStart(style, anchor, tag) => {
                let id = self.open_node(bytes, span, tag.as_deref(), anchor)?;
                self.push_frame(id, style, Content::List(Vec::new()))
            }
            Event::MappingStart(style, anchor, tag) => {
                let id = self.open_node(bytes, span, tag.as_deref(), anchor)?;
                self.push_frame(id, style, Content::Map(Vec::new(), None))
            }
            Event::SequenceEnd | Event::MappingEnd => self.close_frame(bytes.end),
            Event::Anchor(_, name) => {
                self.cursor = self.cursor.max(bytes.end);
                self.check_anchor(&name, &bytes);
                if let Some(node) = self.last.and_then(|id| self.tree.node_mut(id)) {
                    node.start = node.start.min(bytes.start);
                    node.anchor = Some(name.into_owned());
                }
                Some(())
            }
            Event::Alias(anchor) => self.alias(self.anchors.get(&anchor).copied(), span, bytes),
            Event::UnresolvedAlias(_) => self.alias(None, span, bytes),
            _ => Some(()),
        }
    }

    /// Puts a node into the tree and finds the dash, colon or `?` that it stands behind.
    fn open_node(
        &mut self,
        bytes: Range<usize>,
        span: &Span,
        tag: Option<&Tag>,
        anchor: usize,
    ) -> Option<NodeId> {
        if self.tree.len() >= MAX_NODES {
            return self.limit(
                bytes,
                format!("more than {MAX_NODES} values and keys are not read"),
            );
        }
        let tag_bytes = span.tag_span().and_then(|span| span.byte_range());
        let start = tag_bytes
            .as_ref()
            .map_or(bytes.start, |tag| tag.start.min(bytes.start));
        let indicator = self.find_indicator();
        self.behind_indicator = self.cursor;
        // A block list begins behind its first dash to the parser, which is still to be found.
        let end = if bytes.is_empty() { self.cursor } else { bytes.end };
        let tag = tag.map(|tag| format!("{}{}", tag.handle(), tag.suffix()));
        let kind = Kind::List {
            flow: false,
            items: Vec::new(),
        };
        let id = self.tree.push(Node {
            span: bytes,
            start,
            anchor: None,
            tag,
            kind,
        });
        self.measures.push(Measure::default());
        if anchor > 0 {
            self.anchors.insert(anchor, id);
        }
        self.attach(id, indicator)?;
        if let Some(tag) = tag_bytes {
            self.check_tag(&tag);
            self.cursor = self.cursor.max(tag.end);
        }
        self.cursor = self.cursor.max(end);
        self.last = Some(id);
        Some(id)
    }

    /// The dash before an item, the `?` before a key or the colon before a value, where there is one. The
    /// cursor moves behind it.
    fn find_indicator(&mut self) -> Option<usize> {
        let frame = self.frames.last()?;
        let wanted = match &frame.content {
            Content::List(_) if frame.flow => return None,
            Content::List(_) => b'-',
            Content::Map(_, None) => b'?',
            Content::Map(_, Some(_)) => b':',
        };
        let at = scan::skip_blanks(self.text, self.cursor, wanted)?;
        self.cursor = at + 1;
        Some(at)
    }

    /// Puts a node into the list or map around it.
    fn attach(&mut self, id: NodeId, indicator: Option<usize>) -> Step {
        let (key, count) = match self.frames.last_mut().map(|frame| &mut frame.content) {
            None => {
                self.tree.set_root(id);
                return Some(());
            }
            Some(Content::List(items)) => {
                items.push(Item {
                    dash: indicator,
                    value: id,
                });
                (None, items.len())
            }
            Some(Content::Map(_, pending @ None)) => {
                *pending = Some(PendingKey {
                    id,
                    question: indicator,
                });
                return Some(());
            }
            Some(Content::Map(entries, pending)) => (pending.take(), entries.len() + 1),
        };
        if count > MAX_ENTRIES {
            let start = self.tree.node(id).span.start;
            let message = format!("more than {MAX_ENTRIES} entries of one list or map are not read");
            return self.limit(start..start, message);
        }
        let Some(key) = key else { return Some(()) };
        self.check_key(&key, indicator);
        let start = key.question.unwrap_or(self.tree.node(key.id).start);
        let (name, merge) = self.key_name(key.id);
        let entry = Entry {
            start,
            key: key.id,
            name,
            merge,
            colon: indicator,
            value: id,
        };
        if let Some(Content::Map(entries, _)) = self.frames.last_mut().map(|frame| &mut frame.content) {
            entries.push(entry);
        }
        Some(())
    }

    fn alias(&mut self, target: Option<NodeId>, span: &Span, bytes: Range<usize>) -> Step {
        let place = Place::Text(bytes.clone());
        let id = self.open_node(bytes, span, None, 0)?;
        let open = |target: NodeId| self.frames.iter().any(|frame| frame.id == target);
        let problem = match target {
            None => Some((
                "no anchor of this name stands before this alias",
                "define the anchor with `&` first",
            )),
            Some(target) if open(target) => Some((
                "this alias stands inside what it repeats",
                "write the value out instead",
            )),
            Some(_) => None,
        };
        let kind = match target.filter(|_| problem.is_none()) {
            Some(target) => Kind::Alias(target),
            None => Kind::Scalar(Scalar {
                text: String::new(),
                style: Style::Plain,
                value: Ok(Value::Null),
            }),
        };
        let measure = match kind {
            Kind::Alias(target) => self.measures.get(target.index()).copied(),
            _ => None,
        };
        if let Some(node) = self.tree.node_mut(id) {
            node.kind = kind;
        }
        if let Some((message, help)) = problem {
            self.problems
                .push(Problem::error(ym::ALIAS, place, message.to_owned()).with_help(help));
        }
        self.close_node(id, measure.unwrap_or(Measure::of_text("")))
    }

    fn push_frame(&mut self, id: NodeId, style: StructureStyle, content: Content) -> Step {
        let span = self.tree.node(id).span.clone();
        if self.frames.len() >= MAX_DEPTH {
            return self.too_deep(span);
        }
        // `[a: b]` holds a map without braces, which begins at its key.
        let flow = style == StructureStyle::Flow;
        self.frames.push(Frame {
            id,
            flow,
            content,
            measure: Measure {
                nodes: 1,
                height: 1,
                bytes: 0,
            },
        });
        Some(())
    }

    fn close_frame(&mut self, end: usize) -> Step {
        let Some(frame) = self.frames.pop() else {
            return Some(());
        };
        let start = self.tree.node(frame.id).span.start;
        let bracketed = frame.flow
            && self
                .text
                .get(start..)
                .is_some_and(|rest| rest.starts_with(['[', '{']));
        let (first, last) = match &frame.content {
            Content::List(items) => (
                items
                    .first()
                    .map(|item| item.dash.unwrap_or(self.tree.node(item.value).start)),
                items.last().map(|item| item.value),
            ),
            Content::Map(entries, _) => (
                entries.first().map(|entry| entry.start),
                entries.last().map(|entry| entry.value),
            ),
        };
        let span = match (bracketed, first, last) {
            (false, Some(first), Some(last)) => first..self.tree.node(last).span.end.max(first),
            _ => start..end.max(start),
        };
        self.cursor = self.cursor.max(span.end);
        if let Some(node) = self.tree.node_mut(frame.id) {
            node.start = node.start.min(span.start);
            node.span = span;
            node.kind = match frame.content {
                Content::List(items) => Kind::List {
                    flow: frame.flow,
                    items,
                },
                Content::Map(entries, _) => Kind::Map {
                    flow: frame.flow,
                    entries,
                },
            };
        }
        self.check_merges(frame.id);
        self.check_duplicates(frame.id);
        self.close_node(frame.id, frame.measure)
    }
}
