//! GPUs as squares: solid ones run at the start, pale ones when jobs wait.

use yew::prelude::*;

/// Side of a square, gap, and padding of the node's outline, in units of the drawing.
const SIDE: usize = 9;
const GAP: usize = 2;
const EDGE: usize = 2;
const STEP: usize = SIDE + GAP;
/// More GPUs than this become one bar.
const SQUARES: usize = 64;

/// The nodes of a pool, each with its GPUs; `on` nodes run at the start.
pub(crate) fn nodes(nodes: usize, gpus: usize, on: usize) -> Html {
    if gpus == 0 || nodes == 0 {
        return Html::default();
    }
    if nodes * gpus > SQUARES {
        return bar(nodes, on);
    }
    let rows = if gpus > 1 { 2 } else { 1 };
    let columns = gpus.div_ceil(rows);
    let (width, height) = (columns * STEP + EDGE - 1, rows * STEP + EDGE - 1);
    let pitch = width + 4;
    let drawn = (0..nodes).map(|node| {
        let x = node * pitch;
        let top = 2 * STEP + EDGE - 1 - height;
        let squares = (0..gpus).map(|gpu| {
            let class = if node < on { "g-on" } else { "g-off" };
            let (left, y) = (x + EDGE + gpu % columns * STEP, top + EDGE + gpu / columns * STEP);
            html! { <rect {class} x={left.to_string()} y={y.to_string()} width="9" height="9" rx="1" /> }
        });
        html! {
            <>
                <rect class="g-node" x={format!("{x}.5")} y={format!("{top}.5")} width={width.to_string()}
                    height={height.to_string()} rx="2.5" />
                { for squares }
            </>
        }
    });
    let total = nodes * pitch - 2;
    html! {
        <svg viewBox={format!("0 0 {total} 25")} width={total.to_string()} height="25" aria-hidden="true">
            { for drawn }
        </svg>
    }
}

/// One bar for so many nodes or GPUs: the part that runs at the start is solid.
pub(crate) fn bar(nodes: usize, on: usize) -> Html {
    let part = on.min(nodes) * 200 / nodes.max(1);
    html! {
        <svg viewBox="0 0 200 25" width="200" height="25" aria-hidden="true">
            <rect class="g-off" y="12" width="200" height="12" rx="2" />
            <rect class="g-on" y="12" width={part.to_string()} height="12" rx="2" />
        </svg>
    }
}

/// The GPUs of one node in a line of text.
pub(crate) fn inline(gpus: usize) -> Html {
    if gpus == 0 {
        return Html::default();
    }
    let width = (gpus * 7 - 2).to_string();
    let bars = (0..gpus).map(|gpu| {
        html! { <rect class="g-on" x={(gpu * 7).to_string()} width="5" height="10" rx="1" /> }
    });
    html! {
        <svg class="gpus" viewBox={format!("0 0 {width} 10")} {width} height="10" aria-hidden="true">
            { for bars }
        </svg>
    }
}
