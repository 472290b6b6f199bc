//! The editor: form and file beside each other, or one at a time.

use super::{
    calm::{self, Draw, Part},
    cost,
    file::FileView,
    form, keys, more, plan, popover, problems, rail, saving, topbar,
};
use crate::{
    browser::{clock, page, place, store as kept},
    components::{Icon, icon, words},
    state::{
        Action, Session, Store,
        outlook::Outlook,
        ui::{Pane, Tab},
    },
};
use gloo::{events::EventListener, timers::callback::Timeout};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

/// The form waits for a readable file after so long.
const WAIT_MS: u32 = 600;
/// Smallest and largest share of the form, in percent.
const SPLIT: (f64, f64) = (30.0, 70.0);

/// What lies around a control, from the inside out.
const AROUND: [&str; 4] = [".field", ".prob", ".probs", ".sec"];

/// What the editor is given.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// The page's value.
    pub store: Store,
}

/// The editor of the page's session.
#[component]
pub(crate) fn Editor(props: &Props) -> Html {
    let store = &props.store;
    use_waiting(store);
    use_way_back(store);
    use_own_scroll(store);
    use_lost_focus(store);
    let calm = calm::use_calm(store);
    let Some(session) = &store.session else {
        return Html::default();
    };
    let pane = match session.ui.pane {
        Pane::Form => "form",
        Pane::Side => "side",
        Pane::More => "more",
    };
    html! {
        <div class="app">
            <a class="skip" href="#form" onclick={keys::show_part(store, Pane::Form, "form")}>{ "To the form" }</a>
            <a class="skip" href="#result" onclick={keys::show_part(store, Pane::Side, "result")}>{ "To the file and its problems" }</a>
            <div class="head">
                { topbar::editor(store, session) }
                { saving::gone(store) }
            </div>
            <Part store={calm.clone()} draw={Draw(rail::viewbar)} />
            <main class="work" id="work" data-pane={pane}>
                <Part store={calm.clone()} draw={Draw(rail::rail)} />
                <form::Form store={calm.clone()} />
                { side(store, &calm, session) }
                if session.ui.pane == Pane::More {
                    { more::more(store, session) }
                }
            </main>
            { status(store, session) }
        </div>
    }
}

/// Tells the form to wait once the file could not be read for 600 ms.
#[hook]
fn use_waiting(store: &Store) {
    let broken = store
        .session
        .as_ref()
        .filter(|session| !session.reading.is_readable())
        .map(|s| s.revision);
    let wait = store.then(Action::Wait);
    use_effect_with(broken, move |broken| {
        let timer = broken.map(|_| Timeout::new(WAIT_MS, move || wait.emit(())));
        move || drop(timer)
    });
}

/// After undo, gives the focus to the field that was changed, if it is in view.
#[hook]
fn use_way_back(store: &Store) {
    let back = store
        .session
        .as_ref()
        .map(|session| (session.revision, session.ui.back_to.clone()));
    use_effect_with(back, |back| {
        if let Some((_, Some(id))) = back {
            page::focus(id);
        }
    });
}

/// A change may take away the button that made it. Who works by keyboard goes on at what is nearest to it then: its
/// field, its part of the form, the list of problems.
#[hook]
fn use_lost_focus(store: &Store) {
    let around = use_mut_ref(Vec::<Element>::new);
    use_effect_with((), {
        let around = around.clone();
        move |()| {
            let listener = EventListener::new(&gloo::utils::document(), "focusin", move |event| {
                let focused = event
                    .target()
                    .and_then(|target| target.dyn_into::<Element>().ok());
                // After a click nothing is to get the focus: on a phone a field would open the keyboard.
                let focused = focused.filter(|element| element.matches(":focus-visible").unwrap_or(false));
                *around.borrow_mut() = focused
                    .map(|element| page::around(&element, AROUND))
                    .unwrap_or_default();
            });
            move || drop(listener)
        }
    });
    let revision = store.session.as_ref().map(|session| session.revision);
    use_effect_with(revision, move |_| {
        // What is to get the focus anyway gets it in the same turn.
        page::after_render(move || {
            if page::is_focus_lost() {
                page::focus_within(&around.borrow());
            }
        });
    });
}

/// Where a phone is: one pane, and in it one view.
type Shown = Option<(Pane, Tab)>;

/// On phones the window scrolls, so each pane begins at its top and comes back where it was left; not when something
/// else has asked for a place of it.
#[hook]
fn use_own_scroll(store: &Store) {
    let ui = store.session.as_ref().map(|session| &session.ui);
    let shown: Shown = ui.map(|ui| (ui.pane, ui.tab));
    let asked = ui.map(|ui| {
        let jump = ui.jump.as_ref().map(|jump| jump.serial);
        (jump, ui.pool, ui.fields.clone(), ui.section)
    });
    let before = use_mut_ref(|| (shown, asked.clone()));
    let tops = use_mut_ref(Vec::<(Shown, f64)>::new);
    use_effect_with((), {
        let (before, tops) = (before.clone(), tops.clone());
        move |()| {
            let listener = EventListener::new(&gloo::utils::window(), "scroll", move |_| {
                let shown = before.borrow().0;
                let mut tops = tops.borrow_mut();
                tops.retain(|(other, _)| *other != shown);
                tops.push((shown, place::window_top()));
            });
            move || drop(listener)
        }
    });
    use_effect_with((shown, asked), move |now| {
        let was = before.replace(now.clone());
        if page::is_phone() && was.0 != now.0 && was.1 == now.1 {
            let top = tops
                .borrow()
                .iter()
                .find(|(other, _)| *other == now.0)
                .map_or(0.0, |(_, top)| *top);
            place::scroll_window(top);
        }
    });
}

/// The file, and what follows from it.
fn side(store: &Store, calm: &Store, session: &Session) -> Html {
    let tab = session.ui.tab;
    let view = match tab {
        Tab::File => html! { <FileView store={store.clone()} /> },
        Tab::Problems => html! { <Part store={calm.clone()} draw={Draw(problems::full)} /> },
        Tab::Plan => html! { <Part store={calm.clone()} draw={Draw(plan::view)} /> },
        Tab::Cost => html! { <Part store={calm.clone()} draw={Draw(cost::view)} /> },
    };
    html! {
        <section class="side" id="result" aria-label="File and results" tabindex="-1">
            <Split />
            <Part store={calm.clone()} draw={Draw(tabs)} />
            <div class="panel" role="tabpanel" id="panel" aria-labelledby={tab_id(tab)} key={tab_id(tab)}>{ view }</div>
            if tab == Tab::File {
                <Part store={calm.clone()} draw={Draw(problems::docked)} />
                { popover::of(store, session) }
            }
        </section>
    }
}

fn tab_id(tab: Tab) -> &'static str {
    match tab {
        Tab::File => "tab-file",
        Tab::Problems => "tab-problems",
        Tab::Plan => "tab-plan",
        Tab::Cost => "tab-cost",
    }
}

/// What a view is called, and its answer.
fn tab_words(store: &Store, session: &Session, tab: Tab) -> (&'static str, String) {
    let followed = |label: fn(&Outlook) -> String| match session.readable.outlook(&store.facts) {
        _ if !session.reading.is_readable() => format!("of {}", clock::time(session.readable_at)),
        Ok(outlook) => label(outlook),
        Err(_) => "none".to_owned(),
    };
    match tab {
        Tab::File => ("File", words::count(session.reading.view.count(), "line")),
        Tab::Problems => {
            let total = session.reading.counts().total();
            let none = (total == 0).then(|| "none".to_owned());
            ("Problems", none.unwrap_or_else(|| total.to_string()))
        }
        Tab::Plan => ("Plan", followed(Outlook::plan_label)),
        Tab::Cost => ("Cost", followed(Outlook::cost_label)),
    }
}

fn tabs(store: &Store, session: &Session) -> Html {
    let tab = |tab: Tab| {
        let (title, answer) = tab_words(store, session, tab);
        let chosen = session.ui.tab == tab;
        let onclick = store.on(move |_: MouseEvent| Action::Tab(tab));
        html! {
            <button type="button" role="tab" id={tab_id(tab)} aria-selected={chosen.to_string()} aria-controls="panel"
                tabindex={if chosen { "0" } else { "-1" }} {onclick}>
                { title }<small>{ answer }</small>
            </button>
        }
    };
    let onkeydown = {
        let store = store.clone();
        Callback::from(move |event: KeyboardEvent| {
            // The tab that has the focus is known at once, the one that is shown only after a render.
            let focused = page::focused().map(|element| element.id());
            let here = |tab: &Tab| focused.as_deref() == Some(tab_id(*tab));
            let now = Tab::ALL.iter().position(here).unwrap_or(0);
            let last = Tab::ALL.len() - 1;
            let next = match event.key().as_str() {
                "ArrowLeft" => now.checked_sub(1).unwrap_or(last),
                "ArrowRight" if now < last => now + 1,
                "ArrowRight" | "Home" => 0,
                "End" => last,
                _ => return,
            };
            event.prevent_default();
            if let Some(next) = Tab::ALL.get(next) {
                page::focus(tab_id(*next));
                store.dispatch(Action::Tab(*next));
            }
        })
    };
    html! {
        <div class="tabs" id="tabs" role="tablist" aria-label="What the file means" {onkeydown}>
            { for Tab::ALL.into_iter().map(tab) }
        </div>
    }
}

fn status(store: &Store, session: &Session) -> Html {
    let view = &session.reading.view;
    let line = view.line_at(session.ui.caret);
    let start = view.line_range(line).start;
    let before = view.text().get(start..session.ui.caret).unwrap_or_default();
    let catalog = store.facts.catalog;
    let comments = session.reading.comments;
    html! {
        <footer class="status">
            <span class="row">{ icon(Icon::Lock) }{ "Nothing leaves this machine" }</span>
            <span>{ format!("Line {}, column {}", line + 1, before.chars().count() + 1) }</span>
            if comments > 0 {
                <span>{ format!("YAML, {} kept", words::count(comments, "comment")) }</span>
            }
            <span class="grow"></span>
            <span class="dates">{ format!("Prices of {}, calendar of {}", words::date(catalog.prices_known_as_of()),
                words::date(catalog.versions_known_as_of())) }</span>
        </footer>
    }
}

/// The divider between form and file: it is dragged, or moved by arrows, and kept by this browser.
#[component]
fn Split() -> Html {
    let share = use_state_eq(|| kept::choice("split").and_then(|s| s.parse().ok()).unwrap_or(50.0));
    let dragging = use_mut_ref(|| false);
    use_effect_with(*share, |share: &f64| {
        if let Some(work) = page::element("work") {
            place::set_property(&work, "--form", &format!("{share}fr"));
            place::set_property(&work, "--side", &format!("{}fr", 100.0 - share));
        }
    });
    let set = {
        let share = share.clone();
        move |to: f64| {
            let to = to.clamp(SPLIT.0, SPLIT.1);
            kept::choose("split", &format!("{to:.1}"));
            share.set(to);
        }
    };
    let onpointerdown = {
        let dragging = dragging.clone();
        Callback::from(move |event: PointerEvent| {
            event.prevent_default();
            *dragging.borrow_mut() = true;
            let element: HtmlElement = event.target_unchecked_into();
            let _ = element.set_pointer_capture(event.pointer_id());
        })
    };
    let onpointermove = {
        let (dragging, set) = (dragging.clone(), set.clone());
        Callback::from(move |event: PointerEvent| {
            if let (true, Some((left, width))) = (*dragging.borrow(), panes()) {
                set((f64::from(event.client_x()) - left) / width * 100.0);
            }
        })
    };
    let onpointerup = Callback::from(move |_: PointerEvent| *dragging.borrow_mut() = false);
    let now = *share;
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        let to = match event.key().as_str() {
            "ArrowLeft" => now - 2.0,
            "ArrowRight" => now + 2.0,
            "Home" => SPLIT.0,
            "End" => SPLIT.1,
            _ => return,
        };
        event.prevent_default();
        set(to);
    });
    html! {
        <div class="split" role="separator" aria-orientation="vertical" aria-label="Width of the form" tabindex="0"
            aria-valuenow={format!("{now:.0}")} aria-valuemin="30" aria-valuemax="70"
            {onpointerdown} {onpointermove} {onpointerup} {onkeydown}></div>
    }
}

/// The left edge of the form and the width of both panes.
fn panes() -> Option<(f64, f64)> {
    let (form, side) = (page::element("form")?, page::element("result")?);
    let left = form.get_bounding_client_rect().left();
    let right = side
        .unchecked_ref::<HtmlElement>()
        .get_bounding_client_rect()
        .right();
    Some((left, (right - left).max(1.0)))
}
