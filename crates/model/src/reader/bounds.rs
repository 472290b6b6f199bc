//! How much of a text is read: bounds that hold on any input, aliases followed.

use super::{MAX_BYTES, MAX_DEPTH, MAX_NODES, Reader, Step};
use crate::{
    problem::{Place, Problem},
    tree::NodeId,
    ym,
};
use std::ops::Range;

/// How much a node holds, aliases followed.
#[derive(Clone, Copy, Default)]
pub(super) struct Measure {
    /// Values and keys, itself included.
    pub(super) nodes: usize,
    /// Levels of lists and maps, itself included.
    pub(super) height: usize,
    /// Bytes of text.
    pub(super) bytes: usize,
}

impl Measure {
    pub(super) fn of_text(text: &str) -> Self {
        Self {
            nodes: 1,
            height: 0,
            bytes: text.len(),
        }
    }
}

impl Reader<'_> {
    /// Notes how much a finished node holds, and adds it to the one around it.
    pub(super) fn close_node(&mut self, id: NodeId, measure: Measure) -> Step {
        if let Some(own) = self.measures.get_mut(id.index()) {
            *own = measure;
        }
        let depth = self.frames.len();
        let span = self.tree.node(id).span.clone();
        if let Some(around) = self.frames.last_mut().map(|frame| &mut frame.measure) {
            around.nodes = around.nodes.saturating_add(measure.nodes);
            around.bytes = around.bytes.saturating_add(measure.bytes);
            around.height = around.height.max(measure.height + 1);
            let much = if around.nodes > MAX_NODES {
                Some(format!("{MAX_NODES} values and keys"))
            } else if around.bytes > MAX_BYTES {
                Some(format!("{} MiB of text", MAX_BYTES >> 20))
            } else {
                None
            };
            if let Some(much) = much {
                return self.limit(
                    span,
                    format!("with all aliases followed, there are more than {much}"),
                );
            }
        }
        if depth + measure.height > MAX_DEPTH {
            return self.too_deep(span);
        }
        Some(())
    }

    pub(super) fn too_deep(&mut self, span: Range<usize>) -> Step {
        self.limit(
            span,
            format!("lists and maps nested more than {MAX_DEPTH} deep are not read"),
        )
    }

    pub(super) fn limit<T>(&mut self, span: Range<usize>, message: String) -> Option<T> {
        let place = Place::Text(span.start..span.start);
        self.problems
            .push(Problem::error(ym::LIMIT, place, message).with_help("make the config smaller"));
        None
    }
}
