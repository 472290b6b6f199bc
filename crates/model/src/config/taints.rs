//! Taints of a self-managed nodegroup, which eksctl reads in two forms.

use super::{NodeGroupTaint, OrEmpty};
use crate::schema::{Schema, Shape};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{fmt, ops::Deref};

/// Taints as a list, or in the older form as a map from key to `value:effect`.
#[derive(Default, Clone, Debug, PartialEq)]
pub struct Taints {
    /// The taints, in the order of the file.
    pub list: Vec<NodeGroupTaint>,
    /// Whether they are written as a map.
    pub is_map: bool,
}

impl Taints {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

impl Deref for Taints {
    type Target = [NodeGroupTaint];

    fn deref(&self) -> &Self::Target {
        &self.list
    }
}

impl From<Vec<NodeGroupTaint>> for Taints {
    fn from(list: Vec<NodeGroupTaint>) -> Self {
        Self { list, is_map: false }
    }
}

impl Schema for Taints {
    const SHAPE: Shape = Shape::ListOrMap(&NodeGroupTaint::SHAPE, &String::SHAPE);
}

/// A taint of the map form: `value:effect`, or the effect alone. With a second colon there is no effect, which
/// eksctl's validation then refuses.
fn from_entry(key: String, text: &str) -> NodeGroupTaint {
    let (value, effect) = match text.split(':').collect::<Vec<_>>()[..] {
        [value, effect] => (value, effect),
        [effect] => ("", effect),
        _ => (text, ""),
    };
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    NodeGroupTaint {
        key: Some(key),
        value: given(value),
        effect: given(effect),
    }
}

/// The text of the map form.
fn to_text(taint: &NodeGroupTaint) -> String {
    match &taint.effect {
        Some(effect) => format!("{}:{effect}", taint.value.or_empty()),
        None => taint.value.or_empty().to_owned(),
    }
}

impl Serialize for Taints {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.is_map {
            serializer.collect_map(
                self.list
                    .iter()
                    .map(|taint| (taint.key.or_empty(), to_text(taint))),
            )
        } else {
            self.list.serialize(serializer)
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
        let mut list = Vec::new();
        while let Some(taint) = items.next_element()? {
            list.push(taint);
        }
        Ok(Taints { list, is_map: false })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Taints, A::Error> {
        let mut list = Vec::new();
        while let Some((key, text)) = entries.next_entry::<String, String>()? {
            list.push(from_entry(key, &text));
        }
        // A map of nothing has no form to keep: it is not written.
        let is_map = !list.is_empty();
        Ok(Taints { list, is_map })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn both_forms_are_read_and_written_as_they_were() {
        let map = json!({"dedicated": "gpu:NoSchedule", "nvidia.com/gpu": ":NoExecute", "odd": "a:b:c"});
        let taints: Taints = serde_json::from_value(map.clone()).unwrap();
        let effects: Vec<_> = taints.iter().map(|taint| taint.effect.as_deref()).collect();
        assert_eq!(effects, [Some("NoSchedule"), Some("NoExecute"), None]);
        assert_eq!(serde_json::to_value(&taints).unwrap(), map);

        let bare: Taints = serde_json::from_value(json!({"bare": "NoSchedule"})).unwrap();
        assert_eq!(
            serde_json::to_value(&bare).unwrap(),
            json!({"bare": ":NoSchedule"})
        );

        let list = json!([{"key": "dedicated", "value": "gpu", "effect": "NoSchedule"}]);
        let taints: Taints = serde_json::from_value(list.clone()).unwrap();
        assert_eq!(taints.list[0].key.as_deref(), Some("dedicated"));
        assert_eq!(
            serde_json::from_value::<Taints>(json!({})).unwrap(),
            Taints::default()
        );
        assert_eq!(serde_json::to_value(&taints).unwrap(), list);
    }
}
