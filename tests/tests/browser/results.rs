//! What follows from the file: the plan and the cost, the same as `lb` says.

use crate::{
    browser::Browser,
    reach::{DOWN, ENTER, TAB, becomes, focus_is, keys},
    type_over,
};
use serde_json::Value;

fn example_text() -> String {
    let example = lb_tests::root().join("examples/leaderboard-2.0.yaml");
    std::fs::read_to_string(example).unwrap()
}

async fn example(test: &str) -> Option<(Browser, String)> {
    let text = example_text();
    let page = Browser::open_with(test, &[("mine.yaml", &text)]).await?;
    page.shows("28 routes in parallel").await;
    Some((page, text))
}

/// The number of steps that `lb plan` says.
fn steps(page: &Browser) -> usize {
    let answer = page.lb.run("plan mine.yaml --offline --format json").unwrap();
    assert_eq!(answer.code, Some(0), "{answer}");
    let plan: Value = serde_json::from_str(&answer.stdout).unwrap();
    plan["plan"]["steps"].as_array().unwrap().len()
}

/// By keyboard alone: the plan has as many objects as that of `lb`, is searched, leads to the lines that ask for an object,
/// and the cost has the figures of `lb cost`.
#[tokio::test]
async fn the_plan_and_the_cost_are_those_of_lb() {
    let test = "the_plan_and_the_cost_are_those_of_lb";
    let Some((page, text)) = example(test).await else {
        return;
    };
    let count = steps(&page);
    page.shows(&format!("Plan {count} objects")).await;
    keys(&page, "gp").await;
    page.shows(&format!("{count} objects to create")).await;

    let search = page.field("Search the plan").await;
    search.click().await.unwrap();
    keys(&page, "launch template g5.12xlarge").await;
    let rows = "return [...document.querySelectorAll('.obj .name')].map(row => row.textContent).join()";
    let name = "create ng:submission-worker-g5x12/NodeGroupLaunchTemplate";
    becomes(&page, rows, name).await;
    keys(&page, TAB).await;
    let on_summary = "return String(document.activeElement.textContent.startsWith('Nodes'))";
    becomes(&page, on_summary, "true").await;
    keys(&page, DOWN).await;
    becomes(
        &page,
        "return String(document.activeElement.matches('summary.obj'))",
        "true",
    )
    .await;
    keys(&page, ENTER).await;
    page.shows("From the file").await;
    keys(&page, TAB).await;
    keys(&page, ENTER).await;
    focus_is(&page, "The file").await;
    let line = "const area = document.activeElement; const before = area.value.slice(0, area.selectionStart); \
                return area.value.split('\\n')[before.split('\\n').length - 1].trim()";
    let wanted = text
        .lines()
        .find(|line| line.contains("name: submission-worker-g5x12"))
        .unwrap();
    becomes(&page, line, wanted.trim()).await;

    keys(&page, "\u{e009}k\u{e000}").await;
    focus_is(&page, "Find a field, a problem or an action").await;
    keys(&page, &format!(">cost{ENTER}")).await;
    page.shows("What it costs").await;
    let answer = page.lb.run("cost mine.yaml").unwrap();
    let theirs: Vec<&str> = answer
        .stdout
        .split_whitespace()
        .filter(|word| word.starts_with('$'))
        .collect();
    assert!(theirs.len() > 10, "{answer}");
    let ours = "return [...document.querySelectorAll('.bill td.num:not(.wide)')].map(cell => cell.innerText.trim()).join(' ')";
    becomes(&page, ours, &theirs.join(" ")).await;
    page.shows("hours a month: about $1,745, for 1,120 GPU hours")
        .await;
}

/// A file with an error has its plan all the same, and says that an apply would refuse.
#[tokio::test]
async fn what_would_be_refused_is_planned_and_said() {
    let Some((page, _)) = example("what_would_be_refused_is_planned_and_said").await else {
        return;
    };
    let count = steps(&page);
    type_over(&page, "table/leaderboard-20", "table/leaderboard-10").await;
    page.click(&format!("Plan{count} objects")).await;
    page.shows("An apply would refuse: 1 error.").await;
    page.shows(&format!("{count} objects to create")).await;
    page.click("Show it").await;
    focus_is(&page, "The file").await;
}

/// What `lb` does not make has no plan and no cost, and the reason leads to its line.
#[tokio::test]
async fn what_cannot_be_planned_says_why() {
    let test = "what_cannot_be_planned_says_why";
    let fargate = "fargateProfiles: [{name: f, selectors: [{namespace: x}]}]\nmetadata:";
    let text = example_text().replacen("metadata:", fargate, 1);
    let Some(page) = Browser::open_with(test, &[("mine.yaml", &text)]).await else {
        return;
    };
    page.click("Costnone").await;
    page.shows("No cost").await;
    page.click("Plannone").await;
    page.shows("No plan").await;
    let before = text.lines().take_while(|line| !line.starts_with("fargate"));
    page.click(&format!("line {}", before.count() + 1)).await;
    focus_is(&page, "The file").await;
}
