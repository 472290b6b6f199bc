//! The text as a tree: every key, value and item with its bytes, its style and its comments.
//!
//! Nodes lie in one arena and name each other by [`NodeId`]. Aliases stay aliases; whoever walks the tree
//! follows them with [`Tree::target`], and [`Tree::fields`] lists what merge keys bring in. The reader bounds
//! depth and size with aliases followed, so every walk ends soon and may recurse.

use crate::{
    path::{Path, Segment},
    scalar::ScalarError,
};
use serde_json::Value;
use std::{collections::HashSet, ops::Range};

/// A node of a [`Tree`]; only good for the tree that it came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(usize);

/// A value, or a key, of the text.
#[derive(Clone, Debug)]
pub struct Node {
    /// The bytes of the value itself. Of a block scalar from its `|` to the end of its last line; of a block
    /// collection from the first key or dash to the end of the last value; empty where nothing is written.
    pub span: Range<usize>,
    /// Where the node begins with its anchor and tag.
    pub start: usize,
    /// Its anchor's name.
    pub anchor: Option<String>,
    /// Its tag, resolved.
    pub tag: Option<String>,
    /// What it holds.
    pub kind: Kind,
}

/// What a node holds.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A single value.
    Scalar(Scalar),
    /// A list.
    List {
        /// Whether it is written in brackets.
        flow: bool,
        /// Its items.
        items: Vec<Item>,
    },
    /// A map.
    Map {
        /// Whether it is written in braces.
        flow: bool,
        /// Its entries as written, merge keys and duplicates included.
        entries: Vec<Entry>,
    },
    /// Another mention of an anchored node.
    Alias(NodeId),
}

/// A single value.
#[derive(Clone, Debug)]
pub struct Scalar {
    /// The text after escapes, folding and indentation are undone.
    pub text: String,
    /// How it is written.
    pub style: Style,
    /// What eksctl reads.
    pub value: Result<Value, ScalarError>,
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Without quotes.
    Plain,
    /// In single quotes.
    Single,
    /// In double quotes.
    Double,
    /// A block of lines behind `|`.
    Literal,
    /// A block of lines behind `>`.
    Folded,
}

/// An item of a list.
#[derive(Clone, Debug)]
pub struct Item {
    /// Where its dash is; `None` in brackets.
    pub dash: Option<usize>,
    /// The item.
    pub value: NodeId,
}

/// An entry of a map.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Where the entry begins: its key with anchor and tag, or the `?` before it.
    pub start: usize,
    /// The key.
    pub key: NodeId,
    /// The key as eksctl reads it, which turns numbers and booleans into text; `None` for keys that are none.
    pub name: Option<String>,
    /// Whether it is a merge key (`<<`): its value's entries count as this map's.
    pub merge: bool,
    /// Where its colon is; `None` where there is none, as in `{a}`.
    pub colon: Option<usize>,
    /// The value.
    pub value: NodeId,
}

/// An entry of a map as it counts: merge keys followed.
#[derive(Clone, Copy, Debug)]
pub struct FieldRef<'a> {
    /// The key as eksctl reads it.
    pub name: &'a str,
    /// The key's node.
    pub key: NodeId,
    /// The value's node; may be an alias.
    pub value: NodeId,
    /// Whether a merge key brought it in.
    pub merged: bool,
}

/// A comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// From `#` to the end of the line.
    pub span: Range<usize>,
    /// Whether nothing else is on its line.
    pub own_line: bool,
}

/// The tree of a text.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    nodes: Vec<Node>,
    root: Option<NodeId>,
    comments: Vec<Comment>,
}

/// What a foreign id gets, so that no lookup can fail.
static NOTHING: Node = Node {
    span: 0..0,
    start: 0,
    anchor: None,
    tag: None,
    kind: Kind::Scalar(Scalar {
        text: String::new(),
        style: Style::Plain,
        value: Ok(Value::Null),
    }),
};

impl Tree {
    /// The root; `None` in an empty document.
    pub fn root(&self) -> Option<NodeId> {
        self.root
    }

    /// Every comment, in the order of the text.
    pub fn comments(&self) -> &[Comment] {
        &self.comments
    }

    /// The node as written: an alias is an alias.
    pub fn node(&self, id: NodeId) -> &Node {
        self.nodes.get(id.0).unwrap_or(&NOTHING)
    }

    /// The scalars that cannot be read, such as `.inf`: their [value](Self::value) is `null`.
    pub(crate) fn unreadable(&self) -> impl Iterator<Item = &Node> {
        let is_unreadable =
            |node: &&Node| matches!(&node.kind, Kind::Scalar(scalar) if scalar.value.is_err());
        self.nodes.iter().filter(is_unreadable)
    }

    /// The node with aliases followed.
    pub fn target(&self, id: NodeId) -> &Node {
        match &self.node(id).kind {
            Kind::Alias(target) => self.node(*target),
            _ => self.node(id),
        }
    }

    /// The entries of a map that count, merge keys followed and the first of duplicates only; empty for what
    /// is no map.
    pub fn fields(&self, id: NodeId) -> Vec<FieldRef<'_>> {
        let mut seen = HashSet::new();
        let mut fields = self.fields_with_duplicates(id);
        fields.retain(|field| seen.insert(field.name));
        fields
    }

    /// The entries of a map, merge keys followed, duplicates too.
    pub(crate) fn fields_with_duplicates(&self, id: NodeId) -> Vec<FieldRef<'_>> {
        let mut fields = Vec::new();
        self.collect_fields(id, false, &mut fields);
        fields
    }

    fn collect_fields<'a>(&'a self, id: NodeId, merged: bool, into: &mut Vec<FieldRef<'a>>) {
        match &self.target(id).kind {
            Kind::Map { entries, .. } => {
                for entry in entries {
                    if entry.merge {
                        self.collect_fields(entry.value, true, into);
                    } else if let Some(name) = &entry.name {
                        into.push(FieldRef {
                            name,
                            key: entry.key,
                            value: entry.value,
                            merged,
                        });
                    }
                }
            }
            Kind::List { items, .. } if merged => {
                for item in items {
                    self.collect_fields(item.value, true, into);
                }
            }
            _ => {}
        }
    }

    /// The items of a list; empty for what is no list.
    pub fn items(&self, id: NodeId) -> &[Item] {
        match &self.target(id).kind {
            Kind::List { items, .. } => items,
            _ => &[],
        }
    }

    /// The key's node, for an entry of a map, and the value's node at a path.
    pub fn get(&self, path: &Path) -> Option<(Option<NodeId>, NodeId)> {
        let root = self.root?;
        path.segments()
            .iter()
            .try_fold((None, root), |(_, id), segment| self.child(id, segment))
    }

    /// The nodes at the longest part of the path that exists, from the root on, and that part's length.
    pub fn nearest(&self, path: &Path) -> Option<(Option<NodeId>, NodeId, usize)> {
        let mut at = (None, self.root?, 0);
        for segment in path.segments() {
            let Some((key, value)) = self.child(at.1, segment) else {
                break;
            };
            at = (key, value, at.2 + 1);
        }
        Some(at)
    }

    fn child(&self, id: NodeId, segment: &Segment) -> Option<(Option<NodeId>, NodeId)> {
        match segment {
            Segment::Key(name) => self.entry(id, name),
            Segment::Index(index) => self.items(id).get(*index).map(|item| (None, item.value)),
        }
    }

    /// The first entry of a map with this key, merge keys followed.
    fn entry(&self, id: NodeId, name: &str) -> Option<(Option<NodeId>, NodeId)> {
        let Kind::Map { entries, .. } = &self.target(id).kind else {
            return None;
        };
        if !entries.iter().any(|entry| entry.merge) {
            let entry = entries.iter().find(|entry| entry.name.as_deref() == Some(name))?;
            return Some((Some(entry.key), entry.value));
        }
        let fields = self.fields_with_duplicates(id);
        let field = fields.iter().find(|field| field.name == name)?;
        Some((Some(field.key), field.value))
    }

    /// The value that eksctl reads, aliases and merge keys followed; what it cannot read is `null`.
    pub fn value(&self, id: NodeId) -> Value {
        match &self.target(id).kind {
            Kind::Scalar(scalar) => scalar.value.clone().unwrap_or_default(),
            Kind::List { items, .. } => items.iter().map(|item| self.value(item.value)).collect(),
            Kind::Map { .. } => {
                let fields = self.fields(id);
                fields
                    .iter()
                    .map(|field| (field.name.to_owned(), self.value(field.value)))
                    .collect()
            }
            // An alias names what it stands for directly, so its target is none.
            Kind::Alias(_) => Value::Null,
        }
    }

    /// The path of the deepest value whose entry or item covers this byte.
    pub fn path_at(&self, byte: usize) -> Path {
        let mut segments = Vec::new();
        let mut at = self.root;
        while let Some(id) = at {
            let covers = |start: usize, end: NodeId| (start..=self.node(end).span.end).contains(&byte);
            // The last that covers it: the byte between two entries belongs to the second.
            let next = match &self.node(id).kind {
                Kind::List { items, .. } => items.iter().enumerate().rev().find_map(|(i, item)| {
                    let start = item.dash.unwrap_or(self.node(item.value).start);
                    covers(start, item.value).then_some((Segment::Index(i), item.value))
                }),
                Kind::Map { entries, .. } => entries.iter().rev().find_map(|entry| {
                    let name = entry.name.as_ref().filter(|_| covers(entry.start, entry.value))?;
                    Some((Segment::Key(name.clone()), entry.value))
                }),
                Kind::Scalar(_) | Kind::Alias(_) => None,
            };
            at = next.map(|(segment, value)| {
                segments.push(segment);
                value
            });
        }
        segments.into_iter().collect()
    }

    /// Adds a node; for the reader.
    pub(crate) fn push(&mut self, node: Node) -> NodeId {
        self.nodes.push(node);
        NodeId(self.nodes.len() - 1)
    }

    /// For the reader, which learns of ends and anchors after the beginning.
    pub(crate) fn node_mut(&mut self, id: NodeId) -> Option<&mut Node> {
        self.nodes.get_mut(id.0)
    }

    pub(crate) fn set_root(&mut self, id: NodeId) {
        self.root = Some(id);
    }

    pub(crate) fn push_comment(&mut self, comment: Comment) {
        self.comments.push(comment);
    }

    /// Adds comments that the parser did not give, in their places.
    pub(crate) fn add_comments(&mut self, comments: Vec<Comment>) {
        self.comments.extend(comments);
        self.comments.sort_by_key(|comment| comment.span.start);
    }

    /// How many nodes are written.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether nothing is written.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }
}

impl NodeId {
    /// Its place in the arena, for tables beside the tree.
    pub(crate) fn index(self) -> usize {
        self.0
    }
}
