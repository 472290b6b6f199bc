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
mod links;
mod reach;
mod results;
mod saving;

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

/// Takes steps back until the file is as it was.
async fn undo_to(page: &Browser, text: &str) {
    // Keys that come slowly are steps of their own.
    for _ in 0..40 {
        if page.file().await == text {
            return;
        }
        let undo = page.find("//button[starts-with(@aria-label, 'Undo: ')]").await;
        undo.click().await.unwrap();
    }
    assert_eq!(page.file().await, text);
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
}

/// What is there on purpose is said in the file by a button; an error of eksctl's offers no such thing.
#[tokio::test]
async fn a_problem_on_purpose_is_allowed_in_the_file() {
    let Some(page) = Browser::open("a_problem_on_purpose_is_allowed_in_the_file").await else {
        return;
    };
    new_config(&page).await;
    let before = page.file().await;
    type_over(&page, "table/leaderboard-20", "table/leaderboard-10").await;
    page.shows("LB004").await;
    page.find("//*[@id='problems']//li//a")
        .await
        .click()
        .await
        .unwrap();
    page.click("It is on purpose").await;
    page.shows("every rule passed").await;
    assert!(page.file().await.contains("# lb: allow LB004\n"));
    page.click("Download").await;
    let answer = page
        .lb
        .run(&format!("validate {}", page.download().await.display()))
        .unwrap();
    assert_eq!(answer.code, Some(0), "{answer}");
    undo_to(&page, &before).await;
    type_over(&page, "maxSize:", "maxSzie:").await;
    page.shows("YM010").await;
    page.find("//*[@id='problems']//li//a")
        .await
        .click()
        .await
        .unwrap();
    page.find("//*[@id='problem-pop']").await;
    assert!(!page.has(&browser::named("It is on purpose")).await);
}

/// What is safe to fix is shown problem by problem, and changed only then; one undo takes all of it back.
#[tokio::test]
async fn what_is_safe_is_shown_before_it_is_fixed() {
    let Some(page) = Browser::open("what_is_safe_is_shown_before_it_is_fixed").await else {
        return;
    };
    new_config(&page).await;
    let whole = page.file().await;
    type_over(&page, "table/leaderboard-20", "table/leaderboard-10").await;
    type_over(
        &page,
        "cluster-autoscaler/leaderboard-20",
        "cluster-autoscaler/leaderboard-10",
    )
    .await;
    page.shows("LB001").await;
    page.shows("LB004").await;
    let broken = page.file().await;
    page.click("Fix what is safe").await;
    page.shows("Fix 2 problems?").await;
    page.find("//dialog//*[contains(@class, 'd-add')]").await;
    assert_eq!(page.file().await, broken);
    page.click("Keep it as it is").await;
    page.gone("//dialog").await;
    assert_eq!(page.file().await, broken);
    page.click("Fix what is safe").await;
    page.click("Apply 2 changes").await;
    page.shows("every rule passed").await;
    assert_eq!(page.file().await, whole);
    page.click("Undo: fix 2 problems").await;
    page.shows("LB004").await;
    assert_eq!(page.file().await, broken);
}

/// One field renames the environment exactly as `lb rename` does; one undo takes it back.
#[tokio::test]
async fn a_rename_is_that_of_the_command_line() {
    let example = lb_tests::root().join("examples/leaderboard-1.0.yaml");
    let text = std::fs::read_to_string(example).unwrap();
    let files = [("mine.yaml", text.as_str()), ("other.yaml", text.as_str())];
    let Some(page) = Browser::open_with("a_rename_is_that_of_the_command_line", &files).await else {
        return;
    };
    page.shows("14 routes in parallel").await;
    page.fill("Name", "staging-10").await;
    page.find("//button[starts-with(@aria-label, 'Undo: rename')]")
        .await;
    let answer = page.lb.run("rename other.yaml staging-10 --write").unwrap();
    assert_eq!(answer.code, Some(0), "{answer}");
    let renamed = std::fs::read_to_string(page.lb.folder().join("other.yaml")).unwrap();
    assert_eq!(page.file().await, renamed);
    page.find("//button[starts-with(@aria-label, 'Undo')]")
        .await
        .click()
        .await
        .unwrap();
    page.gone("//button[starts-with(@aria-label, 'Undo: rename')]")
        .await;
    assert_eq!(page.file().await, text);
}

/// A field that has no part of its own is found by what it does, set, read and removed.
#[tokio::test]
async fn every_field_is_within_reach() {
    let Some(page) = Browser::open("every_field_is_within_reach").await else {
        return;
    };
    new_config(&page).await;
    let before = page.file().await;
    page.fill("Find a field", "logRetention").await;
    page.click("cloudWatch.clusterLogging.logRetentionInDays").await;
    page.shows("clusterLogging").await;
    page.fill("logRetentionInDays", "30").await;
    assert!(page.file().await.contains("logRetentionInDays: 30\n"));
    page.click("Remove from the file").await;
    page.gone("//*[@id='cloudWatch.clusterLogging.logRetentionInDays']")
        .await;
    // The narrow page has a way of the same name, which does not show here.
    let back = "//*[@id='fields-page']//button[normalize-space(.)='Form']";
    page.find(back).await.click().await.unwrap();
    page.click("secretsEncryption").await;
    page.fill("keyARN", "arn:aws:kms:us-west-2:111122223333:key/1")
        .await;
    // A beginning that goes into the file while keys pause may need quotes, and keeps them.
    let file = page.file().await.replace('"', "");
    assert!(
        file.contains("secretsEncryption:\n  keyARN: arn:aws:kms:us-west-2:111122223333:key/1\n"),
        "{file}"
    );
    page.click("Remove from the file").await;
    page.shows("Find a field").await;
    assert_eq!(
        page.file().await.contains("secretsEncryption"),
        before.contains("secretsEncryption")
    );
}

/// What `lb` does not provision is said in the page as in `lb validate`: the same problems at the same lines.
#[tokio::test]
async fn the_page_finds_what_lb_validate_finds() {
    let example = lb_tests::root().join("examples/leaderboard-1.0.yaml");
    let text = std::fs::read_to_string(example).unwrap()
        + "fargateProfiles:\n  - name: web\n    selectors: [{namespace: web}]\n";
    let Some(page) =
        Browser::open_with("the_page_finds_what_lb_validate_finds", &[("mine.yaml", &text)]).await
    else {
        return;
    };
    page.shows("NP001").await;
    let answer = page.lb.run("validate mine.yaml --format json").unwrap();
    let answer: serde_json::Value = answer.json().unwrap();
    let mut expected: Vec<String> = answer["files"][0]["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|problem| {
            format!(
                "{} {}:{}",
                problem["code"].as_str().unwrap(),
                problem["line"],
                problem["column"]
            )
        })
        .collect();
    let script = "return [...document.querySelectorAll('#problems .prob')].flatMap(row => \
                  [...row.querySelectorAll('.meta a')].map(place => row.querySelector('.meta span').textContent + ' ' + \
                  place.textContent))";
    let shown = page.client.execute(script, Vec::new()).await.unwrap();
    let mut shown: Vec<String> = serde_json::from_value(shown).unwrap();
    expected.sort();
    shown.sort();
    assert_eq!(shown, expected);
}
