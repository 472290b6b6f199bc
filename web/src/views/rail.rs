//! Ways through the editor: the rail beside the form, and the bar of narrow pages.

use super::form;
use crate::{
    components::{Icon, icon, note::Mark},
    state::{
        Action, Session, Store,
        reading::Counts,
        section::Section,
        ui::{Pane, Tab},
    },
};
use lb_model::problem::Severity;
use yew::prelude::*;

/// The parts of the form, each with its worst mark or its one figure.
pub(crate) fn rail(store: &Store, session: &Session) -> Html {
    // A field's own page belongs to a part, wherever the form behind it was scrolled to.
    let of_fields = session.ui.fields.as_ref().map(Section::of);
    let current = of_fields.or(session.ui.section).unwrap_or(Section::Environment);
    let link = |section: &Section| {
        let section = *section;
        let onclick = to_section(store, section);
        let here = (section == current).then_some("true");
        html! {
            <li><a href={format!("#{}", section.id())} aria-current={here} {onclick}>
                { section.title() }{ end(session, section) }
            </a></li>
        }
    };
    let (often, rare) = Section::FORM.split_at(Section::RARE);
    html! {
        <nav class="rail" aria-label="Sections of the form">
            <ol>{ for often.iter().map(link) }</ol>
            <div class="rule"></div>
            <ol>{ for rare.iter().map(link) }</ol>
        </nav>
    }
}

/// Shows a part of the form.
fn to_section(store: &Store, section: Section) -> Callback<MouseEvent> {
    let store = store.clone();
    Callback::from(move |event: MouseEvent| {
        event.prevent_default();
        form::go_to_part(&store, section);
    })
}

fn end(session: &Session, section: Section) -> Html {
    let counts = session
        .reading
        .is_readable()
        .then(|| session.reading.counts_in(section));
    if let Some((severity, n)) = counts.and_then(Counts::worst) {
        return dot(severity, n);
    }
    let config = session.readable.document.config();
    let figure = match section {
        Section::Version => config.metadata.version.clone(),
        Section::Pools => Some(config.all_node_groups().count().to_string()),
        _ => None,
    };
    figure
        .map(|figure| html! { <span class="count">{ figure }</span> })
        .unwrap_or_default()
}

fn dot(severity: Severity, n: usize) -> Html {
    let word = crate::components::words::count(n, &severity.word().to_lowercase());
    html! { <span class={classes!("dot", severity.tint())}>{ icon(severity.icon()) }<span class="sr">{ word }</span></span> }
}

/// The bar of narrow pages: one pane at a time.
pub(crate) fn viewbar(store: &Store, session: &Session) -> Html {
    let ui = &session.ui;
    let link = |drawing,
                words: &'static str,
                here: bool,
                action: Action,
                badge: Html,
                class: &'static str| {
        let onclick = store.on(move |event: MouseEvent| {
            event.prevent_default();
            action.clone()
        });
        html! {
            <a href="#" {class} aria-current={here.then_some("page")} {onclick}>{ icon(drawing) }{ words }{ badge }</a>
        }
    };
    let side = ui.pane == Pane::Side;
    html! {
        <nav class="viewbar" aria-label="Views">
            { link(Icon::Form, "Form", ui.pane == Pane::Form, Action::Pane(Pane::Form), Html::default(), "") }
            { link(Icon::File, "File", side && ui.tab == Tab::File, Action::Tab(Tab::File), Html::default(), "") }
            { link(Icon::Error, "Problems", side && ui.tab == Tab::Problems, Action::Tab(Tab::Problems),
                badge(session.reading.counts()), "") }
            { link(Icon::Plan, "Plan", side && ui.tab == Tab::Plan, Action::Tab(Tab::Plan), Html::default(), "") }
            { link(Icon::Coin, "Cost", side && ui.tab == Tab::Cost, Action::Tab(Tab::Cost), Html::default(), "only-l") }
            { link(Icon::Menu, "More", ui.pane == Pane::More || (side && ui.tab == Tab::Cost), Action::Pane(Pane::More), Html::default(), "only-s") }
        </nav>
    }
}

fn badge(counts: Counts) -> Html {
    let Some((severity, n)) = counts.worst() else {
        return Html::default();
    };
    let word = severity.word().to_lowercase();
    html! {
        <span class={format!("badge badge-{}", severity.name())}>{ n }<span class="sr">{ format!(" {word}") }</span></span>
    }
}
