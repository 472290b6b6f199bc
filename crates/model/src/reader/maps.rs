//! What can be wrong with the keys of a finished map.

use super::Reader;
use crate::{
    problem::{Place, Problem},
    tree::{Kind, NodeId},
    ym,
};
use std::collections::HashMap;

impl Reader<'_> {
    pub(super) fn check_merges(&mut self, id: NodeId) {
        let is_map = |id: NodeId| matches!(self.tree.target(id).kind, Kind::Map { .. });
        let Kind::Map { entries, .. } = &self.tree.node(id).kind else {
            return;
        };
        let wrong = |value: NodeId| match &self.tree.node(value).kind {
            Kind::List { items, .. } => !items.iter().all(|item| is_map(item.value)),
            _ => !is_map(value),
        };
        let wrong: Vec<NodeId> = entries
            .iter()
            .filter(|entry| entry.merge && wrong(entry.value))
            .map(|entry| entry.key)
            .collect();
        for key in wrong {
            let place = Place::Text(self.tree.node(key).span.clone());
            let message = "`<<` needs a map, or a list of maps, to take entries from".to_owned();
            self.problems
                .push(Problem::error(ym::ALIAS, place, message).with_help("give it an alias of a map"));
        }
    }

    /// eksctl refuses a key that is set twice in one map, also by way of merge keys.
    pub(super) fn check_duplicates(&mut self, id: NodeId) {
        let mut first: HashMap<&str, NodeId> = HashMap::new();
        let mut twice = Vec::new();
        for field in self.tree.fields_with_duplicates(id) {
            match first.get(field.name) {
                None => {
                    first.insert(field.name, field.key);
                }
                Some(before) => twice.push((field.name.to_owned(), *before, field.key)),
            }
        }
        for (name, before, key) in twice {
            // With merge keys, the later one of the text is the one to look at.
            let (a, b) = (
                self.tree.node(before).span.clone(),
                self.tree.node(key).span.clone(),
            );
            let (before, key) = if a.start <= b.start { (a, b) } else { (b, a) };
            let message = format!("the key `{name}` is set twice in one map");
            let mut problem = Problem::error(ym::DUPLICATE, Place::Text(key), message)
                .with_help("keep the one that is meant and remove the other");
            problem
                .related
                .push((Place::Text(before), "first set here".to_owned()));
            self.problems.push(problem);
        }
    }
}
