//! Icons: 16 by 16, strokes in the colour of the text.

use yew::prelude::*;

/// The drawings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is named after what it shows")]
pub(crate) enum Icon {
    Undo,
    Redo,
    Search,
    Copy,
    Download,
    Theme,
    Help,
    Plus,
    Minus,
    More,
    Right,
    Left,
    Down,
    Link,
    Unlink,
    Close,
    Check,
    Error,
    Warning,
    Info,
    Lock,
    File,
    Form,
    Up,
    Below,
    Menu,
    Share,
    Plan,
    Coin,
}

impl Icon {
    fn path(self) -> &'static str {
        match self {
            Self::Undo => "M6 3 2.5 6.5 6 10M3 6.5h6.5a4 4 0 0 1 0 8H7",
            Self::Redo => "M10 3l3.5 3.5L10 10M13 6.5H6.5a4 4 0 0 0 0 8H9",
            Self::Search => "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10ZM10.7 10.7 14 14",
            Self::Copy => "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
            Self::Download => "M8 2v8.5M4.5 7.5 8 11l3.5-3.5M2.5 13.5h11",
            Self::Theme => "M8 2.5a5.5 5.5 0 1 0 0 11ZM8 2.5a5.5 5.5 0 0 1 0 11",
            Self::Help => {
                "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM6.3 6.3a1.7 1.7 0 1 1 2.4 1.6c-.5.2-.7.5-.7 1.1M8 11.2v.1"
            }
            Self::Plus => "M8 3v10M3 8h10",
            Self::Minus => "M3 8h10",
            Self::More => "M3.5 8h.01M8 8h.01M12.5 8h.01",
            Self::Right => "M6 3.5 10.5 8 6 12.5",
            Self::Left => "M10 3.5 5.5 8 10 12.5",
            Self::Down => "M3.5 6 8 10.5 12.5 6",
            Self::Link => {
                "M6.8 9.2a2.5 2.5 0 0 0 3.5 0l2.2-2.2a2.5 2.5 0 0 0-3.5-3.5l-.8.8M9.2 6.8a2.5 2.5 0 0 0-3.5 0L3.5 9a2.5 2.5 0 0 0 3.5 3.5l.8-.8"
            }
            Self::Unlink => {
                "M10.5 9.2l2-2.2a2.5 2.5 0 0 0-3.5-3.5l-.8.8M5.5 6.8 3.5 9A2.5 2.5 0 0 0 7 12.5l.8-.8M3 3l10 10"
            }
            Self::Close => "M4 4l8 8M12 4l-8 8",
            Self::Check => "M3 8.5 6.5 12 13 4.5",
            Self::Error => "M5.5 2h5L14 5.5v5L10.5 14h-5L2 10.5v-5ZM6 6l4 4M10 6l-4 4",
            Self::Warning => "M8 2.5 14.3 13.5H1.7ZM8 6.5v3.2M8 11.6v.1",
            Self::Info => "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 7.5v3.5M8 5v.1",
            Self::Lock => "M3.5 7.5h9v6h-9zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5",
            Self::File => "M3.5 2h6l3 3v9h-9zM9.5 2v3h3",
            Self::Form => "M2.5 4h4M2.5 8h4M2.5 12h4M9 2.8h4.5v2.5H9zM9 6.8h4.5v2.5H9zM9 10.8h4.5v2.5H9z",
            Self::Up => "M8 13V3M4.5 6.5 8 3l3.5 3.5",
            Self::Below => "M8 3v10M4.5 9.5 8 13l3.5-3.5",
            Self::Share => "M8 9.5V2M5 5l3-3 3 3M3.5 8v5.5h9V8",
            Self::Plan => "M2.5 3.5l1 1 1.5-2M2.5 8l1 1L5 7M2.5 12.5l1 1 1.5-2M7.5 3.5h6M7.5 8h6M7.5 12.5h6",
            Self::Coin => {
                "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM10 5.8C9.6 5.2 8.9 5 8 5c-1.2 0-2 .5-2 1.4 0 2.2 4.2 1 4.2 3.2C10.2 10.5 9.3 11 8 11c-1 0-1.8-.3-2.2-1M8 3.8V5M8 11v1.2"
            }
            Self::Menu => "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
        }
    }
}

/// An icon beside a word that says the same.
pub(crate) fn icon(icon: Icon) -> Html {
    tinted(icon, "")
}

/// An icon with a class of its own, a colour for example.
pub(crate) fn tinted(icon: Icon, class: &'static str) -> Html {
    html! {
        <svg class={classes!("i", class)} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path d={icon.path()} />
        </svg>
    }
}

/// An icon that stands alone and is spoken.
pub(crate) fn spoken(icon: Icon, class: &'static str, label: &'static str) -> Html {
    html! {
        <svg class={classes!("i", class)} viewBox="0 0 16 16" role="img" aria-label={label} focusable="false">
            <path d={icon.path()} />
        </svg>
    }
}
