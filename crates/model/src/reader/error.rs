//! What stops the parser, as a problem that says what to do.

use super::{MAX_GLUED_COMMENTS, MAX_READ_AGAIN, Reader, Step, scan};
use crate::{
    lines::line_end,
    problem::{Place, Problem},
    syntax, ym,
};
use granit_parser::{ErrorKind, ScanError};

impl Reader<'_> {
    pub(super) fn syntax_error(&mut self, error: &ScanError) -> Step {
        let at = error
            .marker()
            .byte_offset()
            .unwrap_or(self.text.len())
            .min(self.text.len());
        if matches!(error.kind(), ErrorKind::RecursionLimitExceeded) {
            return self.too_deep(at..at);
        }
        let at = if syntax::is_about_tab(error.kind()) {
            scan::tab_from(self.text, at)
        } else {
            at
        };
        let rest = self.text.get(at..).unwrap_or_default();
        let word = rest.find(|c: char| c.is_whitespace()).unwrap_or(rest.len());
        let is_comment = matches!(error.kind(), ErrorKind::CommentNotSeparated) && rest.starts_with('#');
        let may_begin_again =
            self.glued < MAX_GLUED_COMMENTS && (self.glued + 1) * self.text.len() <= MAX_READ_AGAIN;
        if is_comment && may_begin_again {
            self.glued_comment = Some(at..line_end(self.text, at));
            return None;
        }
        if matches!(error.kind(), ErrorKind::MissingDocumentEndBeforeDirective) {
            return self.more_documents(at..at + word);
        }
        if self.punctuation_error(error.kind(), at) {
            return None;
        }
        let code = match error.kind() {
            ErrorKind::BomInsideDocument => ym::ENCODING,
            ErrorKind::ExpectedDocumentStart => ym::DOCUMENTS,
            _ => ym::SYNTAX,
        };
        let (message, help) = syntax::explain(error.kind());
        self.problems
            .push(Problem::error(code, Place::Text(at..at + word), message).with_help(help));
        None
    }
}
