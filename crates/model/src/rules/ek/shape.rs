//! Rules of one shape, as rows of tables: what a row says, and the one check that runs all rows of a shape.
//!
//! Rows name fields by their path in the file, so that a problem can point at them; a test holds every such
//! path against the schema table. Values and allowed values are not repeated here: they are the table's.

use crate::{
    config::*,
    path::Path,
    problem::{Code, Edit, Fix, Place, Problem},
    schema::{Field as SchemaField, Shape, Type},
    suggest::suggest,
};
use std::collections::{HashMap, hash_map::Entry};

/// A part of the config that rows are about: a struct, or a nodegroup of either kind.
pub(super) trait Subject: 'static {
    /// How a row sees it.
    type Of<'a>;

    /// Its fields.
    fn fields() -> &'static Type;
}

/// Structs are seen by reference.
macro_rules! subjects {
    ($($name:ident),* $(,)?) => {
        $(
            impl Subject for $name {
                type Of<'a> = &'a $name;

                fn fields() -> &'static Type {
                    $name::schema()
                }
            }
        )*
    };
}

subjects!(
    AccessEntry,
    AccessPolicy,
    Addon,
    ClusterConfig,
    IAMIdentityMapping,
    IdentityProvider,
    ManagedNodeGroup,
    NodeGroup,
    PodIdentityAssociation,
);

/// A nodegroup of either kind.
pub(super) struct AnyGroup;

impl Subject for AnyGroup {
    type Of<'a> = NodeGroupRef<'a>;

    fn fields() -> &'static Type {
        NodeGroup::schema()
    }
}

/// The field at a path such as `iam.withOIDC`.
pub(super) fn schema_field(of: &'static Type, path: &str) -> Option<&'static SchemaField> {
    match path.split_once('.') {
        None => of.field(path),
        Some((key, rest)) => schema_field(of.field(key)?.shape.item_type()?, rest),
    }
}

/// `base`, and the keys of a dotted path below it.
pub(super) fn below(base: &Path, path: &str) -> Path {
    path.split('.').fold(base.clone(), |at, key| at.key(key))
}

/// A path as a message names it.
pub(super) fn named(base: &Path, path: &str) -> String {
    format!("`{}`", below(base, path))
}

/// Whether a row's field is set.
pub(super) type Given<S> = for<'a> fn(&'a <S as Subject>::Of<'a>) -> bool;

/// A field that must not be empty.
pub(super) struct Required<S: Subject> {
    pub(super) path: &'static str,
    pub(super) missing: Given<S>,
    pub(super) help: &'static str,
}

/// Two fields that cannot both be set.
pub(super) struct Excludes<S: Subject> {
    pub(super) a: (&'static str, Given<S>),
    pub(super) b: (&'static str, Given<S>),
    pub(super) help: &'static str,
}

/// A field that can be set only together with another.
pub(super) struct Requires<S: Subject> {
    pub(super) field: (&'static str, Given<S>),
    pub(super) needs: (&'static str, Given<S>),
    pub(super) help: &'static str,
}

/// A text, or a list of texts, of which each must be one of the values in the schema table.
pub(super) struct OneOf<S: Subject> {
    pub(super) path: &'static str,
    pub(super) values: for<'a> fn(&'a S::Of<'a>) -> &'a [String],
    pub(super) any_case: bool,
    /// Whether eksctl takes the empty text for an absent one.
    pub(super) may_be_empty: bool,
}

/// A number with bounds, both of them allowed.
pub(super) struct Range<S: Subject> {
    pub(super) path: &'static str,
    pub(super) value: for<'a> fn(&'a S::Of<'a>) -> Option<i64>,
    pub(super) min: i64,
    pub(super) max: i64,
}

/// Every row of the shape [`Required`].
pub(super) fn required<'a, S: Subject>(
    code: Code,
    rows: &[Required<S>],
    base: &Path,
    subject: &'a S::Of<'a>,
    problems: &mut Vec<Problem>,
) {
    for row in rows.iter().filter(|row| (row.missing)(subject)) {
        let place = Place::Value(below(base, row.path));
        let message = format!("{} is missing", named(base, row.path));
        problems.push(Problem::error(code, place, message).with_help(row.help));
    }
}

/// Every row of the shape [`Excludes`].
pub(super) fn excludes<'a, S: Subject>(
    code: Code,
    rows: &[Excludes<S>],
    base: &Path,
    subject: &'a S::Of<'a>,
    problems: &mut Vec<Problem>,
) {
    for row in rows.iter().filter(|row| (row.a.1)(subject) && (row.b.1)(subject)) {
        let (a, b) = (named(base, row.a.0), named(base, row.b.0));
        let place = Place::Value(below(base, row.b.0));
        let problem = Problem::error(code, place, format!("{b} cannot be set together with {a}"));
        let other = Place::Value(below(base, row.a.0));
        problems.push(problem.with_help(row.help).with_related(other, "set here"));
    }
}

/// Every row of the shape [`Requires`].
pub(super) fn requires<'a, S: Subject>(
    code: Code,
    rows: &[Requires<S>],
    base: &Path,
    subject: &'a S::Of<'a>,
    problems: &mut Vec<Problem>,
) {
    for row in rows
        .iter()
        .filter(|row| (row.field.1)(subject) && !(row.needs.1)(subject))
    {
        let (field, needs) = (named(base, row.field.0), named(base, row.needs.0));
        let place = Place::Value(below(base, row.field.0));
        problems.push(Problem::error(code, place, format!("{field} needs {needs}")).with_help(row.help));
    }
}

/// Every row of the shape [`OneOf`].
pub(super) fn one_of<'a, S: Subject>(
    code: Code,
    rows: &[OneOf<S>],
    base: &Path,
    subject: &'a S::Of<'a>,
    problems: &mut Vec<Problem>,
) {
    for row in rows {
        let Some(field) = schema_field(S::fields(), row.path) else {
            continue;
        };
        for (index, value) in (row.values)(subject).iter().enumerate() {
            let at = below(base, row.path);
            let at = if matches!(field.shape, Shape::List(_)) {
                at.index(index)
            } else {
                at
            };
            if !(row.may_be_empty && value.is_empty()) {
                problems.extend(not_among(code, at, value, field.values, row.any_case));
            }
        }
    }
}

/// A problem if `value` is not one of `allowed`.
pub(super) fn not_among(
    code: Code,
    at: Path,
    value: &str,
    allowed: &[&str],
    any_case: bool,
) -> Option<Problem> {
    let same = |other: &&str| **other == *value || (any_case && other.eq_ignore_ascii_case(value));
    if allowed.iter().any(same) {
        return None;
    }
    let message = format!("`{at}` cannot be `{value}`");
    let problem = Problem::error(code, Place::Value(at.clone()), message).with_help(choose(value, allowed));
    Some(match meant(value, allowed) {
        Some(meant) => {
            let edits = vec![Edit::Set {
                path: at,
                value: meant.into(),
            }];
            problem.with_fix(Fix::on_request(format!("Write {meant}"), edits))
        }
        None => problem,
    })
}

/// The allowed value that a wrong one was probably meant to be.
fn meant<'a>(value: &str, allowed: &[&'a str]) -> Option<&'a str> {
    suggest(value.trim(), allowed.iter().copied())
}

/// What to write instead of a value that is not one of `allowed`.
pub(super) fn choose(value: &str, allowed: &[&str]) -> String {
    let list = allowed
        .iter()
        .map(|value| format!("`{value}`"))
        .collect::<Vec<_>>()
        .join(", ");
    match (meant(value, allowed), allowed) {
        (Some(meant), _) => format!("write `{meant}`"),
        (None, [_]) => format!("the only value is {list}"),
        (None, _) => format!("choose one of {list}"),
    }
}

/// Every row of the shape [`Range`].
pub(super) fn range<'a, S: Subject>(
    code: Code,
    rows: &[Range<S>],
    base: &Path,
    subject: &'a S::Of<'a>,
    problems: &mut Vec<Problem>,
) {
    for row in rows {
        let value = (row.value)(subject).filter(|value| !(row.min..=row.max).contains(value));
        if let Some(value) = value {
            problems.push(out_of_range(code, below(base, row.path), value, row.min, row.max));
        }
    }
}

/// The problem of a number outside its bounds.
pub(super) fn out_of_range(code: Code, at: Path, value: i64, min: i64, max: i64) -> Problem {
    let message = format!("`{at}` cannot be {value}");
    let help = match (min, max) {
        (_, i64::MAX) => format!("choose {min} or more"),
        _ => format!("choose a number from {min} to {max}"),
    };
    Problem::error(code, Place::Value(at), message).with_help(help)
}

/// A problem for each text that another place had before; the empty text does not count. `says` goes on after
/// the text: `is the name of another nodegroup`.
pub(super) fn unique(
    code: Code,
    says: &str,
    help: &str,
    texts: impl IntoIterator<Item = (String, Path)>,
    problems: &mut Vec<Problem>,
) {
    let mut seen: HashMap<String, Path> = HashMap::new();
    for (text, at) in texts.into_iter().filter(|(text, _)| !text.is_empty()) {
        match seen.entry(text) {
            Entry::Vacant(place) => drop(place.insert(at)),
            Entry::Occupied(first) => problems.push(
                Problem::error(code, Place::Value(at), format!("`{}` {says}", first.key()))
                    .with_help(help)
                    .with_related(Place::Value(first.get().clone()), "the first one"),
            ),
        }
    }
}

/// The items of a list with their places, for [`unique`].
pub(super) fn items(list: &Path, items: &[String]) -> Vec<(String, Path)> {
    items
        .iter()
        .enumerate()
        .map(|(index, item)| (item.clone(), list.index(index)))
        .collect()
}

/// Whether something is set, where eksctl takes an empty value for an absent one.
pub(super) trait IsGiven {
    /// Whether it is set and not empty.
    fn is_given(&self) -> bool;
}

impl IsGiven for Option<String> {
    fn is_given(&self) -> bool {
        self.as_ref().is_some_and(|text| !text.is_empty())
    }
}

impl<T> IsGiven for Vec<T> {
    fn is_given(&self) -> bool {
        !self.is_empty()
    }
}

/// Whether an ARN is given. eksctl takes one with nothing between its colons for an absent one.
pub(super) fn is_arn(text: Option<&str>) -> bool {
    text.is_some_and(|text| text.trim_end_matches(':') != "arn")
}

/// Yes, and not only present.
pub(super) fn yes(flag: Option<bool>) -> bool {
    flag == Some(true)
}

/// No, and not only absent.
pub(super) fn no(flag: Option<bool>) -> bool {
    flag == Some(false)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The paths that a row names.
    pub(in crate::rules::ek) trait Row {
        fn paths(&self) -> Vec<&'static str>;
        fn fields() -> &'static Type;
    }

    macro_rules! rows {
        ($($name:ident => $paths:expr;)*) => {
            $(
                impl<S: Subject> Row for $name<S> {
                    fn paths(&self) -> Vec<&'static str> {
                        let paths: fn(&Self) -> Vec<&'static str> = $paths;
                        paths(self)
                    }

                    fn fields() -> &'static Type {
                        S::fields()
                    }
                }
            )*
        };
    }

    rows! {
        Required => |row| vec![row.path];
        Excludes => |row| vec![row.a.0, row.b.0];
        Requires => |row| vec![row.field.0, row.needs.0];
        OneOf => |row| vec![row.path];
        Range => |row| vec![row.path];
    }

    /// Fails if a row names a field that is not in the schema.
    pub(in crate::rules::ek) fn assert_fields<R: Row>(rows: &[R]) {
        for path in rows.iter().flat_map(Row::paths) {
            assert_path(R::fields(), path);
        }
    }

    /// Fails if there is no such field in the schema.
    pub(in crate::rules::ek) fn assert_path(of: &'static Type, path: &str) {
        assert!(schema_field(of, path).is_some(), "{path} is not in {}", of.name);
    }

    /// Fails if a row has no values to choose from.
    pub(in crate::rules::ek) fn assert_values<S: Subject>(rows: &[OneOf<S>]) {
        assert_fields(rows);
        for row in rows {
            assert!(
                !schema_field(S::fields(), row.path).unwrap().values.is_empty(),
                "{}",
                row.path
            );
        }
    }
}
