//! The day on which a command runs: the one place that reads the machine's clock for the calendar.

use crate::args::Calendar;
use jiff::{ZonedDateTime, civil::Date};
use lb_model::rules::Facts;

impl Calendar {
    /// The day asked for, else the machine's date.
    pub(crate) fn day(&self) -> Date {
        self.today.unwrap_or_else(|| ZonedDateTime::now().date())
    }

    /// What rules know of the world on that day.
    pub(crate) fn facts(&self) -> Facts<'static> {
        Facts::on(self.day())
    }
}
