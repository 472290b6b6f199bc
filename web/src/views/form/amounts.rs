//! The sizes of a pool, in the table and on its page: least nodes, nodes at the start, most nodes.

use super::parts::Parts;
use crate::{
    components::{
        field::{below, label},
        number::{NumberInput, Stepper},
    },
    state::{
        Action, Store,
        pools::{Pool, Sizes},
        ui::PoolId,
    },
};
use lb_model::{
    path::Path,
    problem::{Edit, Severity},
};
use yew::prelude::*;

/// One of the three sizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Size {
    /// Least nodes.
    Min,
    /// Nodes at the start.
    Start,
    /// Most nodes.
    Max,
}

impl Size {
    /// All, in the order of the page.
    pub(crate) const ALL: [Self; 3] = [Self::Min, Self::Start, Self::Max];

    fn key(self) -> &'static str {
        match self {
            Self::Min => "minSize",
            Self::Start => "desiredCapacity",
            Self::Max => "maxSize",
        }
    }

    fn short(self) -> &'static str {
        match self {
            Self::Min => "min",
            Self::Start => "start",
            Self::Max => "max",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Min => "Least nodes",
            Self::Start => "At the start",
            Self::Max => "Most nodes",
        }
    }

    fn of(self, sizes: Sizes) -> i64 {
        match self {
            Self::Min => sizes.min,
            Self::Start => sizes.start,
            Self::Max => sizes.max,
        }
    }

    fn written(self, pool: &Pool<'_>) -> Option<i64> {
        match self {
            Self::Min => *pool.group.min_size,
            Self::Start => *pool.group.desired_capacity,
            Self::Max => *pool.group.max_size,
        }
    }
}

fn path(pool: PoolId, size: Size) -> Path {
    pool.path().key(size.key())
}

fn change(store: &Store, pool: PoolId, size: Size) -> Callback<i64> {
    let path = path(pool, size);
    store.on(move |n: i64| Action::Edit {
        edits: vec![Edit::Set {
            path: path.clone(),
            value: n.into(),
        }],
        label: format!("change {}", size.title().to_lowercase()),
        field: Some(path.to_string()),
    })
}

/// Moves the neighbours when a size that was left has passed them, and says so.
fn repair(store: &Store, pool: &Pool<'_>, left: Size) -> Callback<()> {
    let (id, sizes) = (pool.id, pool.sizes());
    let store = store.clone();
    Callback::from(move |()| {
        let moved = repaired(sizes, left);
        let edits: Vec<Edit> = moved
            .iter()
            .map(|(size, n)| Edit::Set {
                path: path(id, *size),
                value: (*n).into(),
            })
            .collect();
        if edits.is_empty() {
            return;
        }
        let said: Vec<String> = moved
            .iter()
            .map(|(size, n)| {
                let verb = if *n > size.of(sizes) { "raised" } else { "lowered" };
                format!("{} {verb} to {n}", size.short())
            })
            .collect();
        let said = said.join(", ");
        store.dispatch(Action::Edit {
            edits,
            label: said.clone(),
            field: None,
        });
        store.dispatch(Action::Say(said));
    })
}

/// The neighbours of a size that have to move, and where to.
fn repaired(sizes: Sizes, left: Size) -> Vec<(Size, i64)> {
    let own = left.of(sizes);
    let order = |size: Size| Size::ALL.iter().position(|other| *other == size);
    Size::ALL
        .into_iter()
        .filter(|other| *other != left)
        .filter(|other| {
            if order(*other) < order(left) {
                other.of(sizes) > own
            } else {
                other.of(sizes) < own
            }
        })
        .map(|other| (other, own))
        .collect()
}

/// The three inputs of a row.
pub(crate) fn trio(parts: &Parts<'_>, pool: &Pool<'_>) -> Html {
    let inputs = Size::ALL.map(|size| {
        let path = path(pool.id, size);
        let invalid = parts.marks(&path, false).iter().any(|(_, mark)| mark.severity() == Severity::Error);
        html! {
            <NumberInput label={size.short()} value={size.written(pool)} otherwise={Some(size.of(pool.sizes()))} {invalid}
                on_change={change(parts.store, pool.id, size)} on_leave={repair(parts.store, pool, size)}
                on_focus={parts.show(&path)} />
        }
    });
    html! { <span class="trio" role="group" aria-label={format!("Nodes of {}", pool.group.name)}>{ for inputs }</span> }
}

/// The three steppers of a pool's page.
pub(crate) fn steppers(parts: &Parts<'_>, pool: &Pool<'_>) -> Html {
    Size::ALL
        .into_iter()
        .map(|size| {
            let path = path(pool.id, size);
            let id = path.to_string();
            let troubles = parts.troubles(&path);
            let invalid = troubles.iter().any(|trouble| trouble.severity == Severity::Error);
            html! {
                <div class="field c2" key={id.clone()}>
                    { label(&id, size.title(), None) }
                    <Stepper id={id.clone()} what={size.title().to_lowercase()} value={size.written(pool)}
                        otherwise={Some(size.of(pool.sizes()))} {invalid} on_change={change(parts.store, pool.id, size)}
                        on_leave={repair(parts.store, pool, size)} on_focus={parts.show(&path)} />
                    if !troubles.is_empty() { { below(&id, Html::default(), &troubles) } }
                </div>
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_give_way_to_what_was_typed() {
        let sizes = |min, start, max| Sizes { min, start, max };
        assert_eq!(
            repaired(sizes(3, 0, 2), Size::Min),
            [(Size::Start, 3), (Size::Max, 3)]
        );
        assert_eq!(
            repaired(sizes(1, 2, 0), Size::Max),
            [(Size::Min, 0), (Size::Start, 0)]
        );
        assert_eq!(repaired(sizes(0, 5, 4), Size::Start), [(Size::Max, 5)]);
        assert_eq!(repaired(sizes(0, 1, 4), Size::Start), []);
    }
}
