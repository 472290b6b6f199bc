//! What a search over the whole page finds: places of the form and the file, problems, and what can be done.

use super::{App, Session, fields, pools, section::Section, ui::PoolId};
use lb_model::{
    path::{Path, Segment},
    problem::Code,
};
use lb_provision::check;

/// Entries of a kind that are shown when several kinds are found.
const OF_EACH: usize = 5;
/// Entries of the only kind that was asked for.
const OF_ONE: usize = 50;

/// What can be done wherever one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    /// Take back the last step.
    Undo,
    /// Make it again.
    Redo,
    /// Download the file, or save it where it came from.
    Save,
    /// Show a link that carries the file.
    Share,
    /// Put the file on the clipboard.
    Copy,
    /// Open another file.
    Open,
    /// Show what all safe fixes would change.
    FixSafe,
    /// Show the file.
    File,
    /// Show the problems.
    Problems,
    /// Show the plan.
    Plan,
    /// Show the cost.
    Cost,
    /// Change between light and dark.
    Theme,
    /// Show the card of shortcuts.
    Shortcuts,
    /// Show the start screen.
    Start,
}

impl Deed {
    const ALL: [Self; 14] = [
        Self::Undo,
        Self::Redo,
        Self::Save,
        Self::Share,
        Self::Copy,
        Self::Open,
        Self::FixSafe,
        Self::File,
        Self::Problems,
        Self::Plan,
        Self::Cost,
        Self::Theme,
        Self::Shortcuts,
        Self::Start,
    ];

    /// Its name; `None` while there is nothing to do.
    fn title(self, app: &App, session: &Session) -> Option<String> {
        let text = match self {
            Self::Undo => return session.history.undo_label().map(|label| format!("Undo: {label}")),
            Self::Redo => return session.history.redo_label().map(|label| format!("Redo: {label}")),
            Self::FixSafe if session.safe_fixes().is_empty() => return None,
            Self::Save if session.disk.is_some() => "Save to disk",
            Self::Save => "Download the file",
            Self::Share => "Share a link",
            Self::Copy => "Copy the file",
            Self::Open => "Open another file",
            Self::FixSafe => "Fix what is safe",
            Self::File => "Show the file",
            Self::Problems => "Show the problems",
            Self::Plan => "Show the plan",
            Self::Cost => "Show the cost",
            Self::Theme if app.dark => "Light theme",
            Self::Theme => "Dark theme",
            Self::Shortcuts => "Keyboard shortcuts",
            Self::Start => "Start screen",
        };
        Some(text.to_owned())
    }

    /// The keys that do the same; `Ctrl` is `Cmd` on a Mac.
    fn keys(self) -> &'static str {
        match self {
            Self::Undo => "Ctrl Z",
            Self::Redo => "Ctrl Shift Z",
            Self::Save => "Ctrl S",
            Self::Open => "Ctrl O",
            Self::File => "g f",
            Self::Plan => "g p",
            Self::Cost => "g c",
            Self::Shortcuts => "?",
            Self::Share | Self::Copy | Self::FixSafe | Self::Problems | Self::Theme | Self::Start => "",
        }
    }
}

/// Where an entry leads.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Target {
    /// A field, or what holds fields.
    Field(Path),
    /// The page of a pool.
    Pool(PoolId),
    /// A part of the form.
    Part(Section),
    /// A problem, by its index.
    Problem(usize),
    /// A line of the file, from 0.
    Line(usize),
    /// Something to do.
    Do(Deed),
    /// What a code means.
    Explain(Code),
}

/// One line of what was found.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    /// Where it leads.
    pub target: Target,
    /// What it is called.
    pub title: String,
    /// Where it is, or what it is about.
    pub about: String,
    /// Its value, or its keys.
    pub end: String,
}

/// Entries of one kind.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Found {
    /// What they are.
    pub title: &'static str,
    /// The best first; never empty.
    pub entries: Vec<Entry>,
}

/// What has all words of a query. `>` asks for things to do, `!` for problems, `:` for a line of the file; nothing gives the
/// last places and the problems.
pub(crate) fn find(app: &App, session: &Session, query: &str) -> Vec<Found> {
    let query = query.trim();
    let only = |prefix| query.strip_prefix(prefix).map(Words::new);
    let finder = Finder { app, session };
    let mut all = if let Some(words) = only('>') {
        vec![("Actions", finder.deeds(&words))]
    } else if let Some(words) = only('!') {
        vec![("Problems", finder.problems(&words))]
    } else if let Some(number) = query.strip_prefix(':') {
        vec![("File", finder.line(number).into_iter().collect())]
    } else if query.is_empty() {
        let places = session.ui.places.iter().map(|path| finder.place(path));
        let problems = finder.problems(&Words::new(""));
        vec![("Last places", places.collect()), ("Problems", problems)]
    } else {
        let words = Words::new(query);
        vec![
            ("Form", finder.places(&words)),
            ("Fields", finder.fields(query)),
            ("Problems", finder.problems(&words)),
            ("Actions", finder.deeds(&words)),
            ("Help", finder.help(&words)),
        ]
    };
    let most = if all.len() == 1 { OF_ONE } else { OF_EACH };
    for (_, entries) in &mut all {
        entries.truncate(most);
    }
    all.into_iter()
        .filter(|(_, entries)| !entries.is_empty())
        .map(|(title, entries)| Found { title, entries })
        .collect()
}

/// The words of a query, in lower case.
struct Words(Vec<String>);

impl Words {
    fn new(query: &str) -> Self {
        Self(query.to_lowercase().split_whitespace().map(Into::into).collect())
    }

    fn all_in(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.0.iter().all(|word| text.contains(word))
    }
}

struct Finder<'a> {
    app: &'a App,
    session: &'a Session,
}

impl Finder<'_> {
    fn deeds(&self, words: &Words) -> Vec<Entry> {
        let named = |deed: Deed| Some((deed, deed.title(self.app, self.session)?));
        let deeds = Deed::ALL.into_iter().filter_map(named);
        deeds
            .filter(|(_, title)| words.all_in(title))
            .map(|(deed, title)| Entry {
                target: Target::Do(deed),
                title,
                about: String::new(),
                end: deed.keys().to_owned(),
            })
            .collect()
    }

    fn problems(&self, words: &Words) -> Vec<Entry> {
        let reading = &self.session.reading;
        let mut marks: Vec<_> = reading.marks.iter().enumerate().collect();
        // As in the list: the worst first.
        marks.sort_by_key(|(_, mark)| mark.severity());
        marks
            .into_iter()
            .map(|(index, mark)| Entry {
                target: Target::Problem(index),
                title: mark.problem.message.replace('`', ""),
                about: mark.code().to_string(),
                end: format!("line {}", mark.line),
            })
            .filter(|entry| words.all_in(&format!("{} {} {}", entry.title, entry.about, entry.end)))
            .collect()
    }

    fn line(&self, number: &str) -> Option<Entry> {
        let line = number.trim().parse::<usize>().ok()?.checked_sub(1)?;
        let view = &self.session.reading.view;
        (line < view.count()).then(|| Entry {
            target: Target::Line(line),
            title: format!("Line {}", line + 1),
            about: view.line(line).trim().to_owned(),
            end: String::new(),
        })
    }

    /// Parts of the form and pools.
    fn places(&self, words: &Words) -> Vec<Entry> {
        let part = |section: Section| Entry {
            target: Target::Part(section),
            title: section.title().to_owned(),
            about: section.about().to_owned(),
            end: String::new(),
        };
        let parts = Section::FORM.into_iter().map(part);
        let config = self.session.readable.document.config();
        let pools = pools::pools(config, self.app.facts.catalog);
        let pools = pools.iter().map(pool);
        let named = |entry: &Entry| words.all_in(&entry.title);
        pools.chain(parts).filter(named).collect()
    }

    fn fields(&self, query: &str) -> Vec<Entry> {
        let value = self.session.readable.document.value();
        let hits = fields::search(&value, query).into_iter();
        hits.take(OF_EACH)
            .map(|hit| self.field(&hit.path, &value))
            .collect()
    }

    fn field(&self, path: &Path, root: &serde_json::Value) -> Entry {
        let parent = path.split_last().map(|(parent, _)| parent).unwrap_or_default();
        let title = match path.segments().last() {
            Some(Segment::Key(key)) => key.clone(),
            Some(Segment::Index(index)) => format!("item {}", index + 1),
            None => "file".to_owned(),
        };
        let value = fields::value_at(root, path);
        let end = value.map(|value| fields::in_words(Some(value)));
        Entry {
            target: Target::Field(path.clone()),
            title,
            about: self.holder(&parent, root),
            end: end.unwrap_or_else(|| "not in the file".to_owned()),
        }
    }

    /// What holds a field, as people call it: its own name, or its path.
    fn holder(&self, path: &Path, root: &serde_json::Value) -> String {
        let mut at = path.clone();
        loop {
            let name = fields::value_at(root, &at).and_then(|value| {
                let own = value.get("name").or_else(|| value.get("metadata")?.get("name"));
                own?.as_str()
            });
            let is_item = matches!(at.segments().last(), Some(Segment::Index(_)));
            if let Some(name) = name.filter(|_| is_item) {
                let below = path.to_string().replacen(&at.to_string(), "", 1);
                return format!("{name} {}", below.trim_start_matches('.'))
                    .trim()
                    .to_owned();
            }
            match at.split_last() {
                Some((parent, _)) => at = parent,
                None => return path.to_string(),
            }
        }
    }

    /// A place that was visited.
    fn place(&self, path: &Path) -> Entry {
        let config = self.session.readable.document.config();
        let pools = pools::pools(config, self.app.facts.catalog);
        match pools.iter().find(|pool| pool.id.path() == *path) {
            Some(found) => pool(found),
            None => self.field(path, &self.session.readable.document.value()),
        }
    }

    fn help(&self, words: &Words) -> Vec<Entry> {
        check::rules()
            .filter(|rule| words.all_in(&format!("{} {}", rule.code, rule.title)))
            .map(|rule| Entry {
                target: Target::Explain(rule.code),
                title: format!("{}: {}", rule.code, rule.title),
                about: String::new(),
                end: String::new(),
            })
            .collect()
    }
}

fn pool(pool: &pools::Pool<'_>) -> Entry {
    Entry {
        target: Target::Pool(pool.id),
        title: pool.group.name.to_owned(),
        about: "node pool".to_owned(),
        end: pool.instance_type().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::testing::app, *};

    const TEXT: &str = "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata:\n  name: leaderboard-20\n  region: us-west-2\n\
                        nodeGroups:\n  - name: worker\n    maxSize: 4\n    maxSzie: 3\n";

    fn found(app: &App, query: &str) -> Vec<(&'static str, Vec<String>)> {
        let session = app.session.as_ref().unwrap();
        let all = find(app, session, query).into_iter();
        all.map(|found| {
            (
                found.title,
                found.entries.into_iter().map(|entry| entry.title).collect(),
            )
        })
        .collect()
    }

    #[test]
    fn a_field_is_found_by_its_key_with_its_holder_and_value() {
        let app = app(TEXT);
        let all = find(&app, app.session.as_ref().unwrap(), "maxsize");
        let fields = all.iter().find(|found| found.title == "Fields").unwrap();
        let first = &fields.entries[0];
        assert_eq!(
            (first.title.as_str(), first.about.as_str(), first.end.as_str()),
            ("maxSize", "worker", "4")
        );
    }

    #[test]
    fn a_prefix_asks_for_one_kind() {
        let app = app(TEXT);
        assert!(found(&app, ">theme").contains(&("Actions", vec!["Dark theme".to_owned()])));
        let kinds = |query| {
            found(&app, query)
                .into_iter()
                .map(|(kind, _)| kind)
                .collect::<Vec<_>>()
        };
        assert_eq!(kinds(">"), ["Actions"]);
        assert_eq!(kinds("!"), ["Problems"]);
        assert!(found(&app, "!maxSzie")[0].1[0].contains("maxSzie"));
        assert_eq!(found(&app, ":4"), [("File", vec!["Line 4".to_owned()])]);
        assert_eq!(found(&app, ":400"), []);
        assert_eq!(found(&app, ":0"), []);
        assert_eq!(found(&app, "no such thing anywhere"), []);
    }

    #[test]
    fn nothing_asked_gives_the_last_places_and_the_problems() {
        let mut app = app(TEXT);
        let path = Path::root().key("metadata").key("region");
        app.reduce_at(crate::state::Action::Show(path), 0.0);
        let all = found(&app, "");
        assert_eq!(all[0], ("Last places", vec!["region".to_owned()]));
        assert_eq!(all[1].0, "Problems");
    }
}
