//! What the parser refuses, in words that say what to do.

use granit_parser::ErrorKind as E;

/// The message and the help for a text that is not YAML.
pub(crate) fn explain(error: &E) -> (&'static str, &'static str) {
    if let Some(explained) = explain_delimiters(error) {
        return explained;
    }
    match error {
        E::TabAtBlockScalarStart => (
            "a block of text cannot begin with a tab",
            "indent the block with spaces",
        ),
        error if is_about_tab(error) => ("a tab cannot stand here", "write spaces instead of the tab"),
        E::MappingValueNotAllowed | E::InvalidMappingValueWhitespace | E::InvalidColonPlacement => (
            "a `:` cannot stand here",
            "check the indentation of this line, or put the text in quotes if the colon belongs to it",
        ),
        E::SimpleKeyExpected | E::InvalidSimpleKey => (
            "this line is neither a key with a value nor a list item",
            "write `key: value` or `- item`, and check the indentation",
        ),
        E::ExpectedBlockMappingKey | E::InvalidIndentation | E::MappingKeyNotAllowed => (
            "a key was expected here",
            "check the indentation of this line and the end of the line before",
        ),
        E::ExpectedBlockSequenceEntry | E::BlockSequenceEntryNotAllowed | E::InvalidBlockEntryWhitespace => (
            "a list item cannot stand here",
            "check the indentation of this line; a `-` is followed by a space",
        ),
        E::InvalidBlockScalarHeader | E::ZeroBlockScalarIndent | E::InvalidBlockScalarIndent => (
            "the block of text does not begin right",
            "write nothing behind `|` but the line's end, and indent all its lines alike",
        ),
        E::UnexpectedCharacter { .. } => (
            "a value cannot begin with this character",
            "put the text in quotes",
        ),
        E::MissingAnchorOrAliasName => (
            "`&` and `*` need a name behind them",
            "put the text in quotes if the character belongs to it",
        ),
        E::BomInsideDocument => (
            "a byte order mark cannot stand here",
            "remove the invisible character",
        ),
        E::CommentInterceptedScalar | E::CommentNotSeparated => (
            "a comment cannot stand here",
            "put the text in quotes if the `#` belongs to it",
        ),
        E::UnexpectedEof | E::UnexpectedEofBlockMapping | E::UnexpectedEofBlockSequence => {
            ("the file ends in the middle of a value", "complete the last line")
        }
        E::ExpectedDocumentStart | E::InvalidDocumentEnd | E::MissingDocumentEndBeforeDirective => (
            "nothing can follow the end of the document",
            "remove what follows, or check its indentation",
        ),
        _ => (
            "this is not YAML",
            "check the quotes, brackets and indentation here and in the line before",
        ),
    }
}

/// Whether a tab is what is wrong. The parser may say where the text began that the tab stands in.
pub(crate) fn is_about_tab(error: &E) -> bool {
    matches!(
        error,
        E::TabNotAllowed
            | E::TabInBlockIndentation
            | E::TabInIndentation
            | E::TabInPlainScalar
            | E::TabAtBlockScalarStart
    )
}

/// Quotes and brackets.
fn explain_delimiters(error: &E) -> Option<(&'static str, &'static str)> {
    Some(match error {
        E::InvalidTrailingDoubleQuotedScalar | E::InvalidTrailingSingleQuotedScalar => (
            "there is text behind the closing quote",
            "remove what follows the closing quote",
        ),
        E::UnclosedQuotedScalar | E::DocumentIndicatorInQuotedScalar | E::InvalidQuotedScalarIndent => {
            ("a quote is not closed", "close the quote where its text ends")
        }
        E::UnknownQuotedScalarEscape
        | E::InvalidQuotedScalarHexEscape
        | E::InvalidLowSurrogateHexEscape
        | E::InvalidLowSurrogate
        | E::MissingLowSurrogate
        | E::UnpairedLowSurrogate
        | E::InvalidUnicodeEscape => (
            "this is no escape in double quotes",
            "write `\\\\` for a backslash, or use single quotes",
        ),
        E::UnclosedFlowCollection { .. }
        | E::UnexpectedEofFlowSequence
        | E::UnexpectedEofFlowMapping
        | E::UnexpectedEofImplicitFlowMapping => {
            ("a bracket is not closed", "close it where the list or map ends")
        }
        E::MismatchedFlowCollectionEnd { .. } | E::MisplacedFlowCollectionEnd => {
            ("this bracket closes nothing", "remove it, or open it before")
        }
        E::ExpectedFlowMappingSeparator | E::ExpectedFlowSequenceSeparator | E::InvalidFlowScalarIndent => (
            "a `,` or the closing bracket is missing",
            "separate the items with `,` and close the bracket",
        ),
        _ => return None,
    })
}
