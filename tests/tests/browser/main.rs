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

/// Nothing is asked of any other machine, and the page's own policy is kept.
#[tokio::test]
async fn the_page_starts_and_asks_nobody() {
    let Some(page) = Browser::open("the_page_starts_and_asks_nobody").await else {
        return;
    };
    page.shows("Leaderboard 2.0").await;
    assert_eq!(page.foreign_requests().await, Vec::<String>::new());
}
