//! The strict check: the tree against the schema table, every mistake at once, as eksctl's two decoders
//! together would refuse it.
//!
//! It also makes the cleaned value that the typed config is read from: a wrong value is absent, and a wrong
//! item of a list stays as an empty one, so that indices never move.

mod words;

use crate::{
    format::{Arn, Cidr},
    path::{Path, Segment},
    problem::{Edit, Fix, Place, Problem},
    scalar::ScalarError,
    schema::{Field, Shape, Type},
    suggest::suggest,
    tree::{FieldRef, Kind, NodeId, Scalar, Style, Tree},
    ym,
};
use serde_json::{Map, Value, json};
use std::collections::HashSet;
use words::{describe, empty, found, home_of, retype};

/// How many problems of text are reported.
pub(crate) const MAX_PROBLEMS: usize = 100;

/// What the check found.
#[derive(Debug, Default)]
pub(crate) struct Checked {
    /// What is left of the value when everything wrong is taken out.
    pub(crate) value: Value,
    pub(crate) problems: Vec<Problem>,
    /// Where the cleaned value is not what is written; what rules say there is no news.
    pub(crate) broken: Vec<Path>,
}

/// Checks the whole tree against a type.
pub(crate) fn check(tree: &Tree, of: &'static Type) -> Checked {
    let mut checker = Checker {
        tree,
        path: Vec::new(),
        found: Checked::default(),
    };
    let value = match tree.root() {
        Some(root) => checker.root(root, of),
        None => checker.nothing(),
    };
    let value = value.unwrap_or_else(|| {
        checker.found.broken.push(Path::root());
        json!({})
    });
    Checked {
        value,
        ..checker.found
    }
}

struct Checker<'t> {
    tree: &'t Tree,
    path: Vec<Segment>,
    found: Checked,
}

impl Checker<'_> {
    fn root(&mut self, root: NodeId, of: &'static Type) -> Option<Value> {
        match &self.tree.target(root).kind {
            Kind::Map { .. } => {
                self.header(root, "apiVersion", "eksctl.io/v1alpha5", ym::API_VERSION);
                self.header(root, "kind", "ClusterConfig", ym::KIND);
                Some(self.fields(root, of))
            }
            Kind::Scalar(Scalar {
                value: Ok(Value::Null),
                ..
            }) => self.nothing(),
            _ => self.wrong_type(root, &Shape::Struct(crate::config::ClusterConfig::schema)),
        }
    }

    fn nothing(&mut self) -> Option<Value> {
        let problem = Problem::error(ym::EMPTY, Place::Text(0..0), "there is nothing in this file");
        self.report(problem.with_help("write a config, or make one with `lb init`"));
        None
    }

    /// `apiVersion` and `kind`, which have one right value each.
    fn header(&mut self, root: NodeId, key: &str, right: &str, code: crate::problem::Code) {
        let path = Path::root().key(key);
        let fields = self.tree.fields(root);
        let Some(field) = fields.iter().find(|field| field.name.eq_ignore_ascii_case(key)) else {
            let problem = Problem::error(code, Place::Key(Path::root()), format!("`{key}` is missing"));
            return self.report(with_set(problem, path, json!(right)));
        };
        let value = self.tree.value(field.value);
        // Keys in another case and values of another type have problems of their own.
        if field.name != key || !(value.is_string() || value.is_null()) || value == right {
            return;
        }
        let found = value.as_str().unwrap_or_default();
        let message = match found {
            "" => format!("`{key}` is empty"),
            _ => format!("`{key}` is `{found}`; only `{right}` is read"),
        };
        self.report(with_set(
            Problem::error(code, Place::Value(path.clone()), message),
            path,
            json!(right),
        ));
    }

    /// The value if it fits the shape; `None` if it is absent or wrong.
    fn value(&mut self, id: NodeId, shape: &Shape) -> Option<Value> {
        let tree = self.tree;
        match (&tree.target(id).kind, shape) {
            (Kind::Scalar(scalar), _) => self.scalar(id, scalar, shape),
            (_, Shape::Any) | (Kind::Map { .. }, Shape::AnyMap) => Some(self.any(id)),
            (Kind::List { .. }, Shape::List(item) | Shape::ListOrMap(item, _)) => Some(self.list(id, item)),
            (Kind::Map { .. }, Shape::Map(value) | Shape::ListOrMap(_, value)) => Some(self.map(id, value)),
            (Kind::Map { .. }, Shape::Struct(of)) => Some(self.fields(id, of())),
            _ => self.wrong_type(id, shape),
        }
    }

    fn scalar(&mut self, id: NodeId, scalar: &Scalar, shape: &Shape) -> Option<Value> {
        let value = match &scalar.value {
            Ok(value) => value,
            Err(error) => return self.unreadable(scalar, *error),
        };
        match (value, shape) {
            (Value::Null, Shape::Any) => Some(Value::Null),
            (Value::Null, _) => None,
            (Value::String(_), Shape::Str)
            | (Value::Bool(_), Shape::Bool)
            | (Value::Number(_), Shape::Float)
            | (_, Shape::Any) => Some(value.clone()),
            (Value::Number(number), Shape::Int) if number.is_i64() => Some(value.clone()),
            (Value::String(text), Shape::Cidr) => self.parsed(text, text.parse::<Cidr>().is_ok(), CIDR_FORM),
            (Value::String(text), Shape::Arn) => self.parsed(text, Arn::parse(text).is_some(), ARN_FORM),
            _ => self.wrong_type(id, shape),
        }
    }

    /// Text that eksctl parses while it decodes.
    fn parsed(&mut self, text: &str, good: bool, form: Form) -> Option<Value> {
        if good {
            return Some(Value::from(text));
        }
        let message = format!("`{text}` is not {}", form.what);
        self.report_broken(Problem::error(form.code, self.place(), message).with_help(form.help));
        None
    }

    fn unreadable(&mut self, scalar: &Scalar, error: ScalarError) -> Option<Value> {
        let (message, help) = match error {
            ScalarError::NotFinite => (
                format!("`{}` is no number that eksctl can read", scalar.text),
                "write a finite number, or quote it",
            ),
            ScalarError::Tag => (
                format!("`{}` is not what its tag says", scalar.text),
                "remove the tag",
            ),
        };
        self.report_broken(Problem::error(ym::UNREADABLE, self.place(), message).with_help(help));
        None
    }

    fn list(&mut self, id: NodeId, item: &Shape) -> Value {
        let mut values = Vec::new();
        for (index, node) in self.tree.items(id).iter().enumerate() {
            self.path.push(Segment::Index(index));
            if self.is_null(node.value) && !matches!(item, Shape::Any) {
                self.null_item(item);
            }
            let value = self.value(node.value, item);
            values.push(value.unwrap_or_else(|| empty(item)));
            self.path.pop();
        }
        Value::Array(values)
    }

    fn null_item(&mut self, item: &Shape) {
        let place = Place::Key(self.here());
        let edits = vec![Edit::Remove { path: self.here() }];
        let fix = Fix {
            title: "Remove the empty item".to_owned(),
            edits,
            safe: false,
        };
        let (problem, help) = match item {
            Shape::Struct(_) | Shape::Map(_) | Shape::List(_) => (
                Problem::error(ym::NULL_ITEM, place, "this item is empty"),
                "complete it or remove its `-`",
            ),
            _ => (
                Problem::warning(
                    ym::NULL_ITEM,
                    place,
                    "this item is empty; eksctl reads an empty text",
                ),
                "write a value, `\"\"` if it is meant to be empty, or remove the `-`",
            ),
        };
        self.report(problem.with_help(help).with_fix(fix));
    }

    fn map(&mut self, id: NodeId, shape: &Shape) -> Value {
        let mut values = Map::new();
        for field in self.tree.fields(id) {
            self.path.push(Segment::Key(field.name.to_owned()));
            self.coerced_key(&field);
            if let Some(value) = self.value(field.value, shape) {
                values.insert(field.name.to_owned(), value);
            } else if self.is_null(field.value) {
                values.insert(field.name.to_owned(), empty(shape));
            }
            self.path.pop();
        }
        Value::Object(values)
    }

    /// A free value: only what eksctl cannot read at all is wrong.
    fn any(&mut self, id: NodeId) -> Value {
        match &self.tree.target(id).kind {
            Kind::Map { .. } => self.map(id, &Shape::Any),
            Kind::List { .. } => self.list(id, &Shape::Any),
            Kind::Scalar(scalar) => self.scalar(id, scalar, &Shape::Any).unwrap_or_default(),
            Kind::Alias(_) => Value::Null,
        }
    }

    fn fields(&mut self, id: NodeId, of: &'static Type) -> Value {
        let mut values = Map::new();
        let fields = self.tree.fields(id);
        let written: HashSet<&str> = fields.iter().map(|field| field.name).collect();
        for field in &fields {
            self.path.push(Segment::Key(field.name.to_owned()));
            match of.field(field.name) {
                Some(known) => {
                    if let Some(value) = self.value(field.value, &known.shape) {
                        values.insert(field.name.to_owned(), value);
                    }
                }
                None => self.unknown_key(field, &written, of),
            }
            self.path.pop();
        }
        Value::Object(values)
    }

    fn unknown_key(&mut self, field: &FieldRef<'_>, written: &HashSet<&str>, of: &'static Type) {
        // What is not shown need not be worded: a file of nothing but unknown keys is read as fast as any.
        if self.is_full() {
            return;
        }
        let name = field.name;
        let place = Place::Key(self.here());
        let is_free = |known: &Field| !written.contains(known.key);
        let recase = of
            .fields
            .iter()
            .find(|known| known.key.eq_ignore_ascii_case(name));
        let like = recase.or_else(|| {
            let key = suggest(
                name,
                of.fields
                    .iter()
                    .filter(|known| is_free(known))
                    .map(|known| known.key),
            )?;
            of.field(key)
        });
        let mut problem = if recase.is_some() {
            let message = format!("`{name}` is in another case than the key; eksctl drops it without a word");
            Problem::error(ym::KEY_CASE, place, message)
        } else if of.open {
            Problem::warning(
                ym::IGNORED_KEY,
                place,
                format!("eksctl ignores the key `{name}` here"),
            )
        } else {
            Problem::error(
                ym::UNKNOWN_KEY,
                place,
                format!("`{name}` is not a key of {}", self.owner()),
            )
        };
        match like {
            Some(known) => {
                problem = problem.with_help(format!("did you mean `{}`", known.key));
                self.found.broken.push(self.sibling(known.key));
                if is_free(known) && !field.merged {
                    let edit = Edit::RenameKey {
                        path: self.here(),
                        key: known.key.to_owned(),
                    };
                    let title = format!("Rename it to `{}`", known.key);
                    problem = problem.with_fix(Fix {
                        title,
                        edits: vec![edit],
                        safe: recase.is_some(),
                    });
                }
            }
            None => problem = problem.with_help(home_of(name, of)),
        }
        self.report(problem);
    }

    /// A key that eksctl reads as another text than is written: `on`, `0x1F`.
    fn coerced_key(&mut self, field: &FieldRef<'_>) {
        let Kind::Scalar(key) = &self.tree.target(field.key).kind else {
            return;
        };
        if key.text == field.name || key.style != Style::Plain {
            return;
        }
        let message = format!("eksctl reads the key `{}` as `{}`", key.text, field.name);
        let edit = Edit::RenameKey {
            path: self.here(),
            key: key.text.clone(),
        };
        let fix = Fix {
            title: "Put the key in quotes".to_owned(),
            edits: vec![edit],
            safe: false,
        };
        let problem = Problem::warning(ym::KEY, Place::Key(self.here()), message);
        self.report(problem.with_help("put the key in quotes").with_fix(fix));
    }

    fn wrong_type(&mut self, id: NodeId, shape: &Shape) -> Option<Value> {
        if self.is_full() {
            self.found.broken.push(self.here());
            return None;
        }
        let node = self.tree.target(id);
        let (name, wanted) = (self.name(), describe(shape));
        let found = match &node.kind {
            Kind::List { .. } => "a list".to_owned(),
            Kind::Map { .. } => "a map".to_owned(),
            Kind::Alias(_) => "an alias".to_owned(),
            Kind::Scalar(scalar) => found(scalar, shape),
        };
        let mut problem = Problem::error(
            ym::TYPE,
            self.place(),
            format!("{name} must be {wanted}, and this is {found}"),
        );
        if let Kind::Scalar(scalar) = &node.kind
            && let Some((help, value)) = retype(scalar, shape)
        {
            problem = problem.with_help(&help);
            if matches!(self.tree.node(id).kind, Kind::Scalar(_)) {
                let title = format!("Write it as {wanted}");
                let edits = vec![Edit::Set {
                    path: self.here(),
                    value,
                }];
                problem = problem.with_fix(Fix {
                    title,
                    edits,
                    safe: true,
                });
            }
        } else {
            problem = problem.with_help(format!("write {wanted}"));
        }
        self.report_broken(problem);
        None
    }

    fn is_null(&self, id: NodeId) -> bool {
        matches!(
            &self.tree.target(id).kind,
            Kind::Scalar(Scalar {
                value: Ok(Value::Null),
                ..
            })
        )
    }

    fn here(&self) -> Path {
        self.path.iter().cloned().collect()
    }

    fn place(&self) -> Place {
        Place::Value(self.here())
    }

    /// The path of another key in the same map.
    fn sibling(&self, key: &str) -> Path {
        self.here()
            .split_last()
            .map_or_else(Path::root, |(parent, _)| parent)
            .key(key)
    }

    /// What the value here is called in a sentence.
    fn name(&self) -> String {
        match self.path.last() {
            None => "a config".to_owned(),
            Some(Segment::Key(key)) => format!("`{key}`"),
            Some(Segment::Index(_)) => "this item".to_owned(),
        }
    }

    /// What the map around the key here is called in a sentence.
    fn owner(&self) -> String {
        let around = self
            .path
            .get(..self.path.len().saturating_sub(1))
            .unwrap_or_default();
        match around.iter().rev().find_map(|segment| match segment {
            Segment::Key(key) => Some(key),
            Segment::Index(_) => None,
        }) {
            None => "a config".to_owned(),
            Some(key) => format!("`{key}`"),
        }
    }

    fn report_broken(&mut self, problem: Problem) {
        self.found.broken.push(self.here());
        self.report(problem);
    }

    /// One more than are shown is enough to say that there are more.
    fn is_full(&self) -> bool {
        self.found.problems.len() > MAX_PROBLEMS
    }

    fn report(&mut self, problem: Problem) {
        if !self.is_full() {
            self.found.problems.push(problem);
        }
    }
}

/// Text in a form that eksctl parses while it decodes.
struct Form {
    code: crate::problem::Code,
    what: &'static str,
    help: &'static str,
}

const CIDR_FORM: Form = Form {
    code: ym::CIDR,
    what: "a range of addresses",
    help: "write it as `192.168.0.0/16`",
};
const ARN_FORM: Form = Form {
    code: ym::ARN,
    what: "an ARN",
    help: "write it as `arn:aws:iam::111122223333:role/name`",
};

fn with_set(problem: Problem, path: Path, value: Value) -> Problem {
    let help = format!("write `{}: {}`", path, value.as_str().unwrap_or_default());
    let title = format!("Use `{}`", value.as_str().unwrap_or_default());
    problem.with_help(help).with_fix(Fix {
        title,
        edits: vec![Edit::Set { path, value }],
        safe: true,
    })
}
