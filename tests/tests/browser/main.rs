//! The page in a real browser, driven as a person would.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    missing_docs,
    unreachable_pub,
    reason = "a test ends by a panic, helpers of tests included"
)]

mod browser;

use browser::Browser;
use serde_json::json;

/// Nothing is asked of any other machine, and the page's own policy is kept.
#[tokio::test]
async fn the_page_starts_and_asks_nobody() {
    let Some(page) = Browser::open("the_page_starts_and_asks_nobody").await else {
        return;
    };
    page.shows("Leaderboard 2.0").await;
    assert_eq!(page.foreign_requests().await, Vec::<String>::new());
}

/// What a person does in the file: selects a text and types another over it.
async fn type_over(page: &Browser, old: &str, new: &str) {
    let select = "const area = document.getElementById('file-text'); const at = area.value.indexOf(arguments[0]); \
                  area.focus(); area.setSelectionRange(at, at + arguments[0].length); return at";
    let at = page.client.execute(select, vec![json!(old)]).await.unwrap();
    assert!(
        at.as_i64().is_some_and(|at| at >= 0),
        "`{old}` is not in the file"
    );
    page.field("The file").await.send_keys(new).await.unwrap();
}

/// A new config of 2.0, with its answers given.
async fn new_config(page: &Browser) {
    page.click("Start with 2.0").await;
    page.fill("AWS account", "111122223333").await;
    page.click("Make the file").await;
    page.shows("every rule passed").await;
}

/// A config is made, broken, mended by its button and downloaded; `lb` accepts what was downloaded.
#[tokio::test]
async fn a_config_is_made_broken_mended_and_accepted() {
    let Some(page) = Browser::open("a_config_is_made_broken_mended_and_accepted").await else {
        return;
    };
    new_config(&page).await;
    type_over(&page, "table/leaderboard-20", "table/leaderboard-10").await;
    page.shows("LB004").await;
    page.click("Use leaderboard-20").await;
    page.shows("every rule passed").await;
    page.click("Download").await;
    let file = page.download().await;
    let file = file.to_str().unwrap();
    for line in [
        format!("validate {file}"),
        format!("apply {file} --sandbox --speed max --yes"),
    ] {
        let answer = page.lb.run(&line).unwrap();
        assert_eq!(answer.code, Some(0), "{answer}");
    }
}

/// While the file cannot be read, the form keeps its values and waits; undo brings everything back.
#[tokio::test]
async fn the_form_waits_for_a_file_that_can_be_read() {
    let Some(page) = Browser::open("the_form_waits_for_a_file_that_can_be_read").await else {
        return;
    };
    new_config(&page).await;
    type_over(&page, "\"1.35\"", "\"1.35").await;
    page.shows("The form waits").await;
    assert!(page.has("//fieldset[@disabled]").await);
    page.field("The file")
        .await
        .send_keys("\u{e009}z\u{e000}")
        .await
        .unwrap();
    page.shows("every rule passed").await;
    page.gone("//fieldset[@disabled]").await;
}

/// `lb edit FILE` shows the file, under its name.
#[tokio::test]
async fn lb_edit_opens_its_file() {
    let example = lb_tests::root().join("examples/leaderboard-1.0.yaml");
    let text = std::fs::read_to_string(example).unwrap();
    let Some(page) = Browser::open_with("lb_edit_opens_its_file", &[("mine.yaml", &text)]).await else {
        return;
    };
    page.shows("mine.yaml").await;
    page.shows("14 routes in parallel").await;
    assert!(page.client.current_url().await.unwrap().fragment().is_none());
}
