//! The lines of the file as they are seen: numbers and marks, colours and underlines.

use crate::{
    components::{icon, note::Mark as _},
    state::{
        Action, Session, Store,
        reading::{Mark, Reading},
        text::View,
    },
    views::highlight::{self, Kind},
};
use lb_model::problem::Severity;
use std::ops::Range;
use yew::prelude::*;

/// Above so many lines, the words at the ends of lines are off.
const LENSES: usize = 5_000;

/// The height of a line; `--lh-code` of the style sheets.
const LINE_REM: f64 = 1.25;

/// Room of so many lines: attributes of a drawing, because the page's policy allows no inline style.
fn room(lines: usize, columns: usize) -> Html {
    let (width, height) = (format!("{columns}ch"), format!("{}rem", lines as f64 * LINE_REM));
    html! { <svg class="room" {width} {height} aria-hidden="true" focusable="false" /> }
}

/// What gives the file its size, though only a part of it is drawn.
pub(crate) fn size(view: &View) -> Html {
    room(view.count(), view.columns())
}

/// The lines above those that are drawn.
fn above(lines: usize) -> Html {
    room(lines, 0)
}

/// The worst problem that begins in a line, by its index.
fn worst(reading: &Reading, line: usize) -> Option<(usize, &Mark)> {
    let here = reading
        .marks
        .iter()
        .enumerate()
        .filter(|(_, mark)| mark.line == line + 1);
    here.min_by_key(|(_, mark)| mark.severity())
}

/// Numbers and marks of the drawn lines. Hidden from speech: the list of problems says the same.
pub(crate) fn gutter(store: &Store, session: &Session, drawn: Range<usize>) -> Html {
    let reading = &session.reading;
    let now = reading.view.line_at(session.ui.caret);
    let above = above(drawn.start);
    let lines = drawn.map(|line| {
        let mark = worst(reading, line).map(|(index, mark)| {
            let onclick = store.then(Action::Problem { index, open: true }).reform(|_: MouseEvent| ());
            html! { <span class={classes!("gut-mark", mark.severity().tint())} {onclick}>{ icon(mark.severity().icon()) }</span> }
        });
        html! {
            <div key={line}>
                { mark.unwrap_or_else(|| html! { <span></span> }) }
                <span class={(line == now).then_some("now")}>{ line + 1 }</span>
            </div>
        }
    });
    html! { <div class="gut" aria-hidden="true">{ above }{ for lines }</div> }
}

/// The drawn lines themselves.
pub(crate) fn text(session: &Session, drawn: Range<usize>) -> Html {
    let reading = &session.reading;
    let flash = session.ui.jump.as_ref().filter(|jump| jump.flash);
    let flash = flash.map(|jump| (reading.view.line_at(jump.at.start), jump.serial));
    let shown = session.ui.shown.clone().unwrap_or(0..0);
    let above = above(drawn.start);
    let lines = drawn.map(|line| {
        let worst = worst(reading, line);
        let ground = match worst.map(|(_, mark)| mark.severity()) {
            _ if shown.contains(&line) => Some("l-here"),
            Some(Severity::Error) => Some("l-e"),
            Some(Severity::Warning) => Some("l-w"),
            _ => None,
        };
        let flashed = flash.filter(|(at, _)| *at == line);
        let key = format!("{line} {}", flashed.map_or(0, |(_, serial)| serial));
        html! {
            <span {key} class={classes!(ground, flashed.map(|_| "l-flash"))}>
                { for pieces(reading, line) }
                if let Some((_, mark)) = worst.filter(|_| reading.view.count() <= LENSES) {
                    <span class={classes!("lens", mark.severity().tint())}>{ mark.problem.message.replace('`', "") }</span>
                }
            </span>
        }
    });
    html! { <pre aria-hidden="true">{ above }{ for lines }</pre> }
}

/// The pieces of a line: one for each colour and underline.
fn pieces(reading: &Reading, line: usize) -> Vec<Html> {
    let text = reading.view.line(line);
    let range = reading.view.line_range(line);
    let begins = reading.begins.get(line).copied().unwrap_or_default();
    let marks: Vec<(Range<usize>, Severity)> = reading
        .marks
        .iter()
        .filter(|mark| mark.span.start <= range.end && range.start < mark.span.end.max(mark.span.start + 1))
        .map(|mark| {
            let start = mark.span.start.max(range.start) - range.start;
            (
                start..mark.span.end.clamp(range.start + start, range.end) - range.start,
                mark.severity(),
            )
        })
        .collect();
    split(highlight::line(text, begins).0, &marks)
        .into_iter()
        .map(|(range, kind, severity)| {
            let under = severity.map(|severity| match severity {
                Severity::Error => "u-e",
                Severity::Warning => "u-w",
                Severity::Info => "u-i",
            });
            let part = text.get(range).unwrap_or_default().to_owned();
            if kind == Kind::Plain && under.is_none() {
                html! { { part } }
            } else {
                html! { <span class={classes!(kind.class(), under)}>{ part }</span> }
            }
        })
        .collect()
}

/// A part of a line, its colour, and the worst problem that underlines it.
type Piece = (Range<usize>, Kind, Option<Severity>);

/// Cuts coloured pieces where underlines begin and end.
fn split(colours: Vec<(Range<usize>, Kind)>, marks: &[(Range<usize>, Severity)]) -> Vec<Piece> {
    let mut edges: Vec<usize> = marks
        .iter()
        .flat_map(|(range, _)| [range.start, range.end])
        .collect();
    edges.sort_unstable();
    let mut pieces = Vec::new();
    for (range, kind) in colours {
        let mut start = range.start;
        let inner = edges
            .iter()
            .copied()
            .filter(|edge| range.start < *edge && *edge < range.end);
        for end in inner.chain([range.end]) {
            if end > start {
                let under = marks
                    .iter()
                    .filter(|(mark, _)| mark.start <= start && end <= mark.end);
                pieces.push((start..end, kind, under.map(|(_, severity)| *severity).min()));
                start = end;
            }
        }
    }
    pieces
}

/// The column of a byte of the view, in characters from 0.
pub(crate) fn column(view: &View, byte: usize) -> usize {
    let start = view.line_range(view.line_at(byte)).start;
    view.text().get(start..byte).unwrap_or_default().chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn underlines_cut_the_colours() {
        let pieces = split(
            vec![(0..4, Kind::Key), (4..10, Kind::Text)],
            &[
                (2..6, Severity::Warning),
                (5..6, Severity::Error),
                (10..10, Severity::Info),
            ],
        );
        assert_eq!(
            pieces,
            [
                (0..2, Kind::Key, None),
                (2..4, Kind::Key, Some(Severity::Warning)),
                (4..5, Kind::Text, Some(Severity::Warning)),
                (5..6, Kind::Text, Some(Severity::Error)),
                (6..10, Kind::Text, None),
            ]
        );
    }
}
