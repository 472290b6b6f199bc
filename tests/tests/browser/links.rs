//! Links that carry a file.

use crate::{browser::Browser, type_over};
use serde_json::json;

/// A link opens the file that it carries, in the page of whoever has it; one that was cut short says so.
#[tokio::test]
async fn a_link_carries_the_file() {
    let Some(page) = Browser::open("a_link_carries_the_file").await else {
        return;
    };
    crate::new_config(&page).await;
    type_over(&page, "name: leaderboard-20", "name: shared-20").await;
    page.shows("LB004").await;
    let text = page.file().await;
    page.click("Share a link").await;
    let link = page.field("Link").await.prop("value").await.unwrap().unwrap();
    assert!(link.starts_with("http://127.0.0.1:"), "{link}");
    page.click("Close").await;
    page.click("lb, start screen").await;
    open(&page, &link).await;
    page.shows("leaderboard-20.yaml").await;
    page.shows("LB004").await;
    assert_eq!(page.file().await, text);
    assert_eq!(page.foreign_requests().await, Vec::<String>::new());
    open(&page, &link[..link.len() - 20]).await;
    page.shows("This link was cut short.").await;
    assert_eq!(page.file().await, text);
    open(&page, &link.replacen("#lb1=", "#lb2=", 1)).await;
    page.shows("This link was made by a newer version.").await;
    assert_eq!(page.file().await, text);
}

/// Follows a link within the page.
async fn open(page: &Browser, link: &str) {
    let script = "window.location.hash = arguments[0]";
    let (_, fragment) = link.split_once('#').unwrap();
    page.client.execute(script, vec![json!(fragment)]).await.unwrap();
}
