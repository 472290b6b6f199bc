//! The file: a text area over its coloured lines, marks in the gutter, a ruler.
//!
//! The text area gives typing, input methods and screen readers; it is transparent, and what is seen are the
//! lines under it. Only the lines in view and some around them are drawn. A line is 20 pixels (at the usual
//! size of text), so positions are arithmetic.

mod lines;
mod typing;

use crate::{
    browser::{clock, page, place},
    components::note::Mark as _,
    state::{
        Action, Session, Store,
        text::View,
        ui::{Jump, Pane},
    },
};
use gloo::events::EventListener;
use lb_model::problem::Severity;
use std::{cell::RefCell, ops::Range, rc::Rc};
use web_sys::{HtmlElement, HtmlTextAreaElement};
use yew::prelude::*;

/// Lines drawn above and below those in view.
const AROUND: usize = 50;
/// The drawn part moves in steps of so many lines, so that most scrolling draws nothing anew.
const STEP: usize = 25;
/// The file does not scroll by itself so long after it was scrolled by hand.
const HANDS_MS: f64 = 2_000.0;

/// What the file is given.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// The page's value.
    pub store: Store,
}

/// The elements of the file, and when it was scrolled by hand.
#[derive(Clone, PartialEq)]
struct Nodes {
    scroll: NodeRef,
    code: NodeRef,
    area: NodeRef,
    hands: Rc<RefCell<Hands>>,
}

#[derive(Default, PartialEq)]
struct Hands {
    over: bool,
    scrolled_at: f64,
}

/// The file of the page's session.
#[component]
pub(crate) fn FileView(props: &Props) -> Html {
    let store = &props.store;
    let nodes = Nodes {
        scroll: use_node_ref(),
        code: use_node_ref(),
        area: use_node_ref(),
        hands: use_mut_ref(Hands::default),
    };
    let drawn = use_state_eq(|| 0..STEP + 2 * AROUND);
    let pane = store.session.as_ref().map(|session| session.ui.pane);
    use_drawn(&nodes, &drawn, pane);
    use_caret(&nodes, store);
    use_reveal(&nodes, store);
    use_jump(&nodes, store);
    let Some(session) = &store.session else {
        return Html::default();
    };
    let view = &session.reading.view;
    let drawn = drawn.start.min(view.count())..drawn.end.min(view.count());
    let hands = |over: bool| {
        let hands = nodes.hands.clone();
        Callback::from(move |_: PointerEvent| hands.borrow_mut().over = over)
    };
    let scrolled = {
        let hands = nodes.hands.clone();
        move || hands.borrow_mut().scrolled_at = clock::now_ms()
    };
    let (by_wheel, by_touch) = (scrolled.clone(), scrolled);
    html! {
        <div class="file">
            <div class="code-scroll" ref={nodes.scroll.clone()} onpointerenter={hands(true)} onpointerleave={hands(false)}
                onwheel={move |_| by_wheel()} ontouchmove={move |_| by_touch()}>
                <div class="code" ref={nodes.code.clone()}>
                    { lines::gutter(store, session, drawn.clone()) }
                    <div class="text">
                        { lines::size(view) }
                        { lines::text(session, drawn) }
                        { area(store, session, &nodes.area) }
                    </div>
                </div>
            </div>
            { ruler(session) }
        </div>
    }
}

/// The text area itself.
fn area(store: &Store, session: &Session, node: &NodeRef) -> Html {
    let caret = {
        let store = store.clone();
        move |area: &HtmlTextAreaElement| store.dispatch(Action::Caret(typing::selection(area)))
    };
    let (by_key, by_pointer) = (caret.clone(), caret);
    let oninput = store.on(|event: InputEvent| {
        let area: HtmlTextAreaElement = event.target_unchecked_into();
        let text = area.value();
        let key = !event.input_type().starts_with("insertFrom");
        Action::Type {
            text,
            caret: typing::selection(&area).end,
            key,
        }
    });
    let onkeydown = {
        let store = store.clone();
        Callback::from(move |event: KeyboardEvent| typing::key(&store, &event))
    };
    html! {
        <textarea ref={node.clone()} id="file-text" aria-label="The file" value={session.reading.view.text().to_owned()}
            spellcheck="false" autocapitalize="off" autocomplete="off" wrap="off" {oninput} {onkeydown}
            onkeyup={move |event: KeyboardEvent| if typing::moves(&event) { by_key(&event.target_unchecked_into()) }}
            onpointerup={move |event: PointerEvent| by_pointer(&event.target_unchecked_into())} />
    }
}

/// Marks at the right, one for each line with a problem, in the proportion of the file.
fn ruler(session: &Session) -> Html {
    let lines = session.reading.view.count().max(1);
    let mut ticks: Vec<(usize, Severity)> = Vec::new();
    for mark in &session.reading.marks {
        let y = (mark.line - 1) * 1000 / lines;
        match ticks.last_mut() {
            // Marks closer than two pixels are one; the worst colour wins.
            Some((last, worst)) if y < *last + 4 => *worst = mark.severity().min(*worst),
            _ => ticks.push((y, mark.severity())),
        }
    }
    let ticks = ticks.into_iter().map(|(y, severity)| {
        html! { <rect class={format!("r-{}", severity.name())} x="2" y={y.to_string()} width="8" height="6" /> }
    });
    html! {
        <div class="ruler" aria-hidden="true">
            <svg viewBox="0 0 12 1000" preserveAspectRatio="none" focusable="false">{ for ticks }</svg>
        </div>
    }
}

/// Keeps `drawn` around what is in view. While another pane of a narrow page is shown, the file has no place; so it is
/// measured again with each pane.
#[hook]
fn use_drawn(nodes: &Nodes, drawn: &UseStateHandle<Range<usize>>, pane: Option<Pane>) {
    let (nodes, drawn) = (nodes.clone(), drawn.clone());
    use_effect_with(pane, move |_| {
        let measure = Rc::new(move || {
            if let (Some(scroll), Some(code)) = (
                nodes.scroll.cast::<HtmlElement>(),
                nodes.code.cast::<HtmlElement>(),
            ) {
                let (top, height) = place::in_view(&scroll, &code);
                let line = place::line_height();
                let first = ((-top).max(0.0) / line) as usize;
                let start = first.saturating_sub(AROUND) / STEP * STEP;
                drawn.set(start..first + (height / line) as usize + AROUND + STEP);
            }
        });
        measure();
        let on = |target: &web_sys::EventTarget, name: &'static str| {
            let measure = measure.clone();
            EventListener::new(target, name, move |_| measure())
        };
        let window = gloo::utils::window();
        let mut listeners = vec![on(&window, "scroll"), on(&window, "resize")];
        listeners.extend(
            page::element("panel")
                .and_then(|panel| panel.query_selector(".code-scroll").ok().flatten())
                .map(|e| on(&e, "scroll")),
        );
        move || drop(listeners)
    });
}

/// Selects what the state has selected, unless keys came since it was rendered: these have put the caret on.
fn place_caret(area: &HtmlTextAreaElement, view: &View, units: Range<usize>) {
    if area.value() == view.text() {
        typing::select(area, units);
    }
}

/// Puts the caret where the state has it, when something else than the text area moved it.
#[hook]
fn use_caret(nodes: &Nodes, store: &Store) {
    let area = nodes.area.clone();
    let at = store
        .session
        .as_ref()
        .map(|s| (s.revision, s.ui.caret, s.ui.typed));
    let store = store.clone();
    use_effect_with(at, move |_| {
        let session = store.session.as_ref().filter(|session| !session.ui.typed);
        if let (Some(session), Some(area)) = (session, area.cast::<HtmlTextAreaElement>()) {
            let view = &session.reading.view;
            let units = view.to_units(session.ui.caret);
            place_caret(&area, view, units..units);
        }
    });
}

/// Shows the lines of the field that has the focus in the form; not while the file is in the user's hands.
#[hook]
fn use_reveal(nodes: &Nodes, store: &Store) {
    let nodes = nodes.clone();
    let asked = store
        .session
        .as_ref()
        .map(|session| (session.ui.reveal, session.ui.shown.clone()));
    use_effect_with(asked, move |asked| {
        let Some((_, Some(lines))) = asked else { return };
        let free = {
            let hands = nodes.hands.borrow();
            !hands.over && clock::now_ms() - hands.scrolled_at > HANDS_MS
        };
        if free && !page::is_phone() {
            nodes.show(lines.start, 0);
        }
    });
}

/// Goes to a place: selects it, shows it, and gives the focus if it was asked for.
#[hook]
fn use_jump(nodes: &Nodes, store: &Store) {
    let nodes = nodes.clone();
    let jump = store.session.as_ref().and_then(|session| session.ui.jump.clone());
    let store = store.clone();
    use_effect_with(jump, move |jump: &Option<Jump>| {
        let (Some(jump), Some(session)) = (jump, &store.session) else {
            return;
        };
        let view = &session.reading.view;
        if let Some(area) = nodes.area.cast::<HtmlTextAreaElement>() {
            if jump.focus {
                let calm = web_sys::FocusOptions::new();
                calm.set_prevent_scroll(true);
                let _ = area.focus_with_options(&calm);
            }
            place_caret(
                &area,
                view,
                view.to_units(jump.at.start)..view.to_units(jump.at.end),
            );
        }
        nodes.show(view.line_at(jump.at.start), lines::column(view, jump.at.start));
    });
}

impl Nodes {
    /// Scrolls so that a place is in view.
    fn show(&self, line: usize, column: usize) {
        // Sideways at once, and before: it would end the way down, which takes its time.
        self.show_column(column);
        self.scroll_to(line);
    }

    /// Scrolls so that a line is in view, at a third of the height; not if it already is.
    fn scroll_to(&self, line: usize) {
        let (Some(scroll), Some(code)) = (self.scroll.cast::<HtmlElement>(), self.code.cast::<HtmlElement>())
        else {
            return;
        };
        let (top, height) = place::in_view(&scroll, &code);
        let at = line as f64 * place::line_height();
        let bars = if page::is_phone() { 120.0 } else { 24.0 };
        if top + at < bars || top + at > height - bars {
            let base = if page::is_phone() {
                gloo::utils::window().scroll_y().unwrap_or(0.0) + top
            } else {
                0.0
            };
            place::scroll_to(&scroll, base + at - height / 3.0, true);
        }
    }

    /// Scrolls sideways so that a column is in view.
    fn show_column(&self, column: usize) {
        let Some(scroll) = self.scroll.cast::<HtmlElement>() else {
            return;
        };
        // The width of a character is 0.6 of its size in every common fixed-width font.
        let x = column as f64 * place::line_height() * 0.375;
        let width = f64::from(scroll.client_width()) - 120.0;
        let left = f64::from(scroll.scroll_left());
        if x < left || x > left + width {
            scroll.set_scroll_left((x - width / 2.0).max(0.0) as i32);
        }
    }
}
