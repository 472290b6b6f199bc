//! Taints of a self-managed nodegroup, which eksctl reads in two forms.

use super::NodeGroupTaint;
use crate::schema::{Schema, Shape};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::{fmt, ops::Deref};

/// Taints as a list, or in the older form as a map from key to `value:effect`. Written as a list.
#[derive(Serialize, Default, Clone, Debug, PartialEq)]
#[serde(transparent)]
pub struct Taints(pub Vec<NodeGroupTaint>);

impl Taints {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Deref for Taints {
    type Target = [NodeGroupTaint];

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl Schema for Taints {
    const SHAPE: Shape = Shape::ListOrMap(&NodeGroupTaint::SHAPE, &String::SHAPE);
}

impl NodeGroupTaint {
    /// A taint of the map form: `value:effect`, `:effect`, or an effect alone. With more than one colon eksctl
    /// reads no effect at all, which its validation then refuses.
    pub fn from_entry(key: String, text: &str) -> Self {
        let (value, effect) = match text.split(':').collect::<Vec<_>>()[..] {
            [effect] => ("", effect),
            [value, effect] => (value, effect),
            _ => ("", ""),
        };
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Self {
            key: given(&key),
            value: given(value),
            effect: given(effect),
        }
    }
}

impl<'de> Deserialize<'de> for Taints {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TaintsVisitor)
    }
}

struct TaintsVisitor;

impl<'de> Visitor<'de> for TaintsVisitor {
    type Value = Taints;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of taints, or a map from key to `value:effect`")
    }

    fn visit_unit<E>(self) -> Result<Taints, E> {
        Ok(Taints::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Taints, A::Error> {
        let mut taints = Vec::new();
        while let Some(taint) = items.next_element()? {
            taints.push(taint);
        }
        Ok(Taints(taints))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Taints, A::Error> {
        let mut taints = Vec::new();
        while let Some((key, text)) = entries.next_entry::<String, String>()? {
            taints.push(NodeGroupTaint::from_entry(key, &text));
        }
        Ok(Taints(taints))
    }
}
