//! Notes, chips and the marks of severities.

use super::icon::{Icon, icon, spoken};
use lb_model::problem::Severity;
use yew::prelude::*;

/// How a severity is drawn and said.
pub(crate) trait Mark {
    /// Octagon, triangle, circle.
    fn icon(self) -> Icon;
    /// `Error`, `Warning`, `Note`.
    fn word(self) -> &'static str;
    /// The ending of its classes: `error`, `warn`, `info`.
    fn name(self) -> &'static str;
    /// The class of its colour.
    fn tint(self) -> &'static str;
}

impl Mark for Severity {
    fn icon(self) -> Icon {
        match self {
            Self::Error => Icon::Error,
            Self::Warning => Icon::Warning,
            Self::Info => Icon::Info,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Error => "Error",
            Self::Warning => "Warning",
            Self::Info => "Note",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warn",
            Self::Info => "info",
        }
    }

    fn tint(self) -> &'static str {
        match self {
            Self::Error => "t-error",
            Self::Warning => "t-warn",
            Self::Info => "t-info",
        }
    }
}

/// The icon of a severity, spoken.
pub(crate) fn mark(severity: Severity) -> Html {
    spoken(severity.icon(), severity.tint(), severity.word())
}

/// A chip: an icon and a word, not clickable.
pub(crate) fn chip(severity: Severity, text: impl Into<AttrValue>) -> Html {
    let text = text.into();
    html! {
        <span class={format!("chip chip-{}", severity.name())}>{ icon(severity.icon()) }{ text }</span>
    }
}

/// The chip that says that all is well.
pub(crate) fn good(text: &'static str) -> Html {
    html! { <span class="chip chip-ok">{ icon(Icon::Check) }{ text }</span> }
}

/// A note: what stands alone in bold, why, and one button.
pub(crate) fn note(severity: Severity, text: Html, action: Option<Html>) -> Html {
    html! {
        <div class={format!("note note-{}", severity.name())}>
            { mark(severity) }
            <span>{ text }</span>
            { action }
        </div>
    }
}
