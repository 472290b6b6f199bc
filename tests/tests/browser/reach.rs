//! What a keyboard alone, and a phone, reach.

use crate::browser::Browser;
use serde_json::json;

/// Keys of the W3C protocol.
pub const TAB: &str = "\u{e004}";
pub const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";
pub const DOWN: &str = "\u{e015}";

async fn run(page: &Browser, script: &str) -> String {
    let answer = page.client.execute(script, Vec::new()).await.unwrap();
    answer.as_str().unwrap_or_default().to_owned()
}

/// What the focused element is called: its label, else its id, else its text.
const FOCUSED: &str = "const e = document.activeElement; \
                       return e.getAttribute('aria-label') || e.id || (e.closest('label') || e).textContent.trim()";

async fn focused(page: &Browser) -> String {
    run(page, FOCUSED).await
}

/// Waits until a script gives this.
pub async fn becomes(page: &Browser, script: &str, wanted: &str) {
    let mut now = String::new();
    for _ in 0..300 {
        now = run(page, script).await;
        if now == wanted {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!(
        "`{now}`, not `{wanted}`: {script}; the focus is on `{}`",
        focused(page).await
    );
}

/// Waits until this has the focus.
pub async fn focus_is(page: &Browser, wanted: &str) {
    becomes(page, FOCUSED, wanted).await;
}

/// Types into whatever has the focus.
pub async fn keys(page: &Browser, keys: &str) {
    let focused = page.client.active_element().await.unwrap();
    focused.send_keys(keys).await.unwrap();
}

/// Presses Tab until this has the focus.
async fn tab_to(page: &Browser, wanted: &str) {
    for _ in 0..120 {
        if focused(page).await == wanted {
            return;
        }
        keys(page, TAB).await;
    }
    panic!("Tab never reaches `{wanted}`");
}

async fn example(test: &str) -> Option<Browser> {
    let example = lb_tests::root().join("examples/leaderboard-1.0.yaml");
    let text = std::fs::read_to_string(example).unwrap();
    let page = Browser::open_with(test, &[("mine.yaml", &text)]).await?;
    page.shows("14 routes in parallel").await;
    Some(page)
}

/// Dialogs begin at their first field; what opens in a row, in a list or over the file takes the focus and gives it back.
#[tokio::test]
async fn a_config_is_made_and_changed_by_keyboard_alone() {
    let Some(page) = Browser::open("a_config_is_made_and_changed_by_keyboard_alone").await else {
        return;
    };
    page.shows("Leaderboard 2.0").await;
    tab_to(&page, "Start with 2.0").await;
    keys(&page, ENTER).await;
    focus_is(&page, "new-name").await;
    keys(&page, ENTER).await;
    page.shows("the account is missing; give the 12 digits").await;
    keys(&page, TAB).await;
    focus_is(&page, "new-account").await;
    keys(&page, &format!("111122223333{ENTER}")).await;
    page.shows("every rule passed").await;
    // What the name may be is said by the rule that refuses it.
    page.shows("3 to 63 lower-case letters, digits and dashes, a letter first. 10 other places")
        .await;

    tab_to(&page, "override-Bucket-leaderboard-20-b").await;
    keys(&page, ENTER).await;
    focus_is(&page, "override-Bucket-leaderboard-20").await;
    keys(&page, ESCAPE).await;
    focus_is(&page, "override-Bucket-leaderboard-20-b").await;

    tab_to(&page, "submission-worker-g5x12").await;
    keys(&page, ENTER).await;
    page.find("//*[@id='instance']").await;
    tab_to(&page, "instance").await;
    keys(&page, ENTER).await;
    focus_is(&page, "Search instance types").await;
    // From the search down to the present choice, and one further.
    keys(&page, DOWN).await;
    focus_is(&page, "g5.12xlarge").await;
    keys(&page, DOWN).await;
    focus_is(&page, "g5.4xlarge").await;
    keys(&page, ENTER).await;
    focus_is(&page, "instance").await;
    assert!(page.file().await.contains("instanceType: g5.4xlarge\n"));
    // It begins anew each time, whatever was searched for before.
    keys(&page, ENTER).await;
    focus_is(&page, "Search instance types").await;
    keys(&page, "p5").await;
    keys(&page, ESCAPE).await;
    focus_is(&page, "instance").await;
    keys(&page, ENTER).await;
    focus_is(&page, "Search instance types").await;
    assert_eq!(run(&page, "return document.activeElement.value").await, "");
}

/// The palette finds fields, problems and actions, goes there, and gives the focus back to who leaves it.
#[tokio::test]
async fn the_palette_goes_everywhere_by_keyboard() {
    let Some(page) = example("the_palette_goes_everywhere_by_keyboard").await else {
        return;
    };
    let input = "Find a field, a problem or an action";
    let open = "\u{e009}k\u{e000}";
    keys(&page, open).await;
    focus_is(&page, input).await;
    keys(&page, "maxsize").await;
    page.find("//*[@role='option'][@aria-selected='true'][contains(., 'maxSize')]")
        .await;
    keys(&page, &format!("{DOWN}{ENTER}")).await;
    focus_is(&page, "nodeGroups[1].maxSize").await;
    keys(&page, open).await;
    focus_is(&page, input).await;
    // The place that was visited last is offered first.
    page.find("//*[@role='option'][@aria-selected='true'][contains(., 'maxSize')]")
        .await;
    keys(&page, ESCAPE).await;
    focus_is(&page, "nodeGroups[1].maxSize").await;
    keys(&page, open).await;
    focus_is(&page, input).await;
    keys(&page, &format!(":7{ENTER}")).await;
    page.shows("Line 7, column 1").await;
    focus_is(&page, "The file").await;
    keys(&page, open).await;
    focus_is(&page, input).await;
    keys(&page, &format!(">dark{ENTER}")).await;
    page.find("//html[@data-theme='dark']").await;
    keys(&page, open).await;
    focus_is(&page, input).await;
    keys(&page, &format!("LB004{ENTER}")).await;
    page.find("//dialog//h2[starts-with(., 'LB004: ')]").await;
}

/// The way down takes its time, and the way sideways does not end it.
#[tokio::test]
async fn a_problem_far_down_and_far_right_comes_into_view() {
    let text = format!(
        "{}apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata: {{name: far, region: us-west-2, version: \"1.35\"}}\n\
         nodeGroups: [{{name: worker, tags: {{a: {}}}, maxSzie: 3}}]\n",
        "# far\n".repeat(90),
        "x".repeat(200),
    );
    let test = "a_problem_far_down_and_far_right_comes_into_view";
    let Some(page) = Browser::open_with(test, &[("far.yaml", &text)]).await else {
        return;
    };
    page.shows("maxSzie").await;
    // From the top on, problem by problem, until the one of the last line.
    let is_right = "return String(document.querySelector('.code-scroll').scrollLeft > 0)";
    for _ in 0..8 {
        keys(&page, "\u{e038}").await;
        if run(&page, is_right).await == "true" {
            break;
        }
    }
    becomes(&page, is_right, "true").await;
    let is_down = "return String(document.querySelector('.code-scroll').scrollTop > 600)";
    becomes(&page, is_down, "true").await;
}

/// A fix under a field takes its own button away; the focus stays at the field.
#[tokio::test]
async fn a_fix_by_keyboard_keeps_the_focus_at_its_field() {
    let Some(page) = example("a_fix_by_keyboard_keeps_the_focus_at_its_field").await else {
        return;
    };
    crate::type_over(&page, "version: \"1.35\"", "version: \"1.29\"").await;
    page.shows("cannot be created since").await;
    page.client
        .execute("document.getElementById('metadata.region').focus()", Vec::new())
        .await
        .unwrap();
    let fix = "return String([...document.querySelectorAll('#version .problem button')].includes(document.activeElement))";
    for _ in 0..30 {
        keys(&page, TAB).await;
        if run(&page, fix).await == "true" {
            break;
        }
    }
    assert_eq!(run(&page, fix).await, "true");
    keys(&page, ENTER).await;
    page.shows("every rule passed").await;
    let inside = "return String(document.getElementById('version').contains(document.activeElement))";
    becomes(&page, inside, "true").await;
}

/// After a pool is removed, the focus is on the next one's menu, or on the button that adds one.
#[tokio::test]
async fn a_removed_pool_gives_the_focus_on() {
    let Some(page) = example("a_removed_pool_gives_the_focus_on").await else {
        return;
    };
    tab_to(&page, "More for submission-worker-g5x2").await;
    keys(&page, ENTER).await;
    focus_is(&page, "Open").await;
    keys(&page, "\u{e010}").await;
    focus_is(&page, "Remove").await;
    keys(&page, ENTER).await;
    page.shows("Pool submission-worker-g5x2 removed").await;
    focus_is(&page, "More for submission-worker-g5x4").await;
    keys(&page, ENTER).await;
    focus_is(&page, "Open").await;
    keys(&page, "\u{e010}").await;
    focus_is(&page, "Remove").await;
    keys(&page, ENTER).await;
    page.shows("Pool submission-worker-g5x4 removed").await;
    focus_is(&page, "add-pool").await;
}

/// The panes of a phone share one scroll bar: each begins at its top, and comes back where it was left.
#[tokio::test]
async fn a_phone_shows_the_file_wherever_the_form_was_left() {
    let Some(page) = example("a_phone_shows_the_file_wherever_the_form_was_left").await else {
        return;
    };
    page.client.set_window_size(500, 800).await.unwrap();
    page.find("//nav[@aria-label='Views']//a[normalize-space(.)='Form']")
        .await;
    for place in [700, 1900] {
        page.client
            .execute("window.scrollTo(0, arguments[0])", vec![json!(place)])
            .await
            .unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        page.click("File").await;
        page.shows("kind: ClusterConfig").await;
        page.click("Form").await;
        becomes(
            &page,
            "return String(Math.round(window.scrollY))",
            &place.to_string(),
        )
        .await;
    }
}
