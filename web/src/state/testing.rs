//! What tests of the state begin with.

use super::{App, Session};
use lb_model::rules::Facts;

/// The page with a file open.
pub(super) fn app(text: &str) -> App {
    let mut app = App::new(Facts::on(jiff::civil::date(2026, 11, 23)), Vec::new(), false);
    let (id, name) = ("1".to_owned(), "a.yaml".to_owned());
    app.session = Some(Session::new(
        id,
        name,
        String::new(),
        text.to_owned(),
        &app.facts,
        0.0,
    ));
    app
}
