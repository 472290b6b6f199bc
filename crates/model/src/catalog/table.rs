//! Data files: lines of fields parted by tabs, comments behind `#`, and the day on which they were true.

use jiff::civil::Date;

/// One line of a data file as a value.
pub(super) trait Row: Sized {
    /// Reads the fields; `None` if they are not such a row.
    fn read(fields: &[&'static str]) -> Option<Self>;
}

/// The rows of one data file.
#[derive(Clone, Debug)]
pub(super) struct Table<T> {
    known_as_of: Date,
    rows: Vec<T>,
    skipped: usize,
}

impl<T> Table<T> {
    /// The day on which the rows were true.
    pub(super) fn known_as_of(&self) -> Date {
        self.known_as_of
    }

    /// The rows, in the file's order.
    pub(super) fn rows(&self) -> &[T] {
        &self.rows
    }

    /// How many lines are not rows: none, which a test holds.
    #[cfg(test)]
    pub(super) fn skipped(&self) -> usize {
        self.skipped
    }
}

impl<T: Row> Table<T> {
    /// Reads a file whose first line is `# known as of YYYY-MM-DD`.
    pub(super) fn read(text: &'static str) -> Self {
        let dated = text
            .lines()
            .next()
            .and_then(|line| line.strip_prefix("# known as of "));
        let known_as_of = dated.and_then(|day| day.parse().ok());
        let mut table = Self {
            known_as_of: known_as_of.unwrap_or(Date::MIN),
            rows: Vec::new(),
            skipped: usize::from(known_as_of.is_none()),
        };
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let fields: Vec<&str> = line.split('\t').collect();
            match T::read(&fields) {
                Some(row) => table.rows.push(row),
                None => table.skipped += 1,
            }
        }
        table
    }
}

/// A field that may be left out: absent or empty is `None`, anything unreadable fails the row.
pub(super) fn optional<T: std::str::FromStr>(field: Option<&&str>) -> Option<Option<T>> {
    match field {
        None | Some(&"") => Some(None),
        Some(text) => text.parse().ok().map(Some),
    }
}
