//! `lb edit FILE` saves back, and lets nobody else do so.

use crate::{
    browser::{Browser, named},
    type_over,
};
use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    path::PathBuf,
};

const NAME: &str = "mine.yaml";

fn example() -> String {
    fs::read_to_string(lb_tests::root().join("examples/leaderboard-1.0.yaml")).unwrap()
}

async fn open(test: &str) -> Option<(Browser, PathBuf)> {
    let page = Browser::open_with(test, &[(NAME, &example())]).await?;
    page.shows("14 routes in parallel").await;
    let path = page.lb.folder().join(NAME);
    Some((page, path))
}

/// Changes the file as one who types.
async fn change(page: &Browser, old: &str, new: &str) {
    type_over(page, old, new).await;
    page.shows("not saved").await;
}

async fn save(page: &Browser) {
    let area = page.field("The file").await;
    area.send_keys("\u{e009}s\u{e000}").await.unwrap();
}

#[tokio::test]
async fn what_is_edited_is_saved_to_the_file() {
    let Some((page, path)) = open("what_is_edited_is_saved_to_the_file").await else {
        return;
    };
    page.shows("As on disk").await;
    change(&page, "name: leaderboard-10", "name: leaderboard-11").await;
    assert_eq!(fs::read_to_string(&path).unwrap(), example());
    save(&page).await;
    page.shows("Saved to disk").await;
    let saved = fs::read_to_string(&path).unwrap();
    assert_eq!(
        saved,
        example().replacen("name: leaderboard-10", "name: leaderboard-11", 1)
    );
    // A reload keeps what was not saved, and can still save it.
    change(&page, "name: leaderboard-11", "name: leaderboard-12").await;
    tokio::time::sleep(std::time::Duration::from_millis(900)).await;
    page.client.refresh().await.unwrap();
    page.shows("change not saved").await;
    page.click("Save").await;
    page.shows("Saved to disk").await;
    assert!(
        fs::read_to_string(&path)
            .unwrap()
            .contains("name: leaderboard-12")
    );
}

#[tokio::test]
async fn what_others_wrote_meanwhile_is_not_overwritten() {
    let Some((page, path)) = open("what_others_wrote_meanwhile_is_not_overwritten").await else {
        return;
    };
    // In different lines: both are kept.
    let theirs = format!("{}# theirs\n", example());
    change(&page, "name: leaderboard-10", "name: leaderboard-11").await;
    fs::write(&path, &theirs).unwrap();
    save(&page).await;
    page.shows("was changed on disk").await;
    page.shows("On disk written at").await;
    page.shows("Yours last changed at").await;
    assert_eq!(fs::read_to_string(&path).unwrap(), theirs);
    page.click("Keep both and save").await;
    page.shows("Saved to disk").await;
    let both = theirs.replacen("name: leaderboard-10", "name: leaderboard-11", 1);
    assert_eq!(fs::read_to_string(&path).unwrap(), both);
    // In the same line: mine goes into a copy, or theirs gives way.
    change(&page, "name: leaderboard-11", "name: leaderboard-12").await;
    let theirs = both.replacen("name: leaderboard-11", "name: leaderboard-13", 1);
    fs::write(&path, &theirs).unwrap();
    save(&page).await;
    page.shows("was changed on disk").await;
    assert!(!page.has(&named("Keep both and save")).await);
    page.click("Save mine as a copy").await;
    page.shows("Yours is saved as mine-mine.yaml").await;
    page.shows("As on disk").await;
    let copy = fs::read_to_string(page.lb.folder().join("mine-mine.yaml")).unwrap();
    assert!(copy.contains("name: leaderboard-12"));
    assert_eq!(page.file().await, theirs);
    change(&page, "name: leaderboard-13", "name: leaderboard-14").await;
    fs::write(&path, example()).unwrap();
    save(&page).await;
    page.click("Overwrite it").await;
    page.shows("Saved to disk").await;
    assert!(
        fs::read_to_string(&path)
            .unwrap()
            .contains("name: leaderboard-14")
    );
}

/// A rename changes many lines; what others wrote between them is no conflict.
#[tokio::test]
async fn a_rename_and_what_others_wrote_between_its_lines_are_both_kept() {
    let test = "a_rename_and_what_others_wrote_between_its_lines_are_both_kept";
    let Some((page, path)) = open(test).await else {
        return;
    };
    page.fill("Name", "staging-10").await;
    page.shows("1 change not saved").await;
    let theirs = example().replacen("volumeSize: 100", "volumeSize: 120", 1);
    fs::write(&path, &theirs).unwrap();
    save(&page).await;
    page.shows("was changed on disk").await;
    page.shows("volumeSize: 120").await;
    page.click("Keep both and save").await;
    page.shows("Saved to disk").await;
    let both = fs::read_to_string(&path).unwrap();
    fs::write(&path, &theirs).unwrap();
    let answer = page.lb.run(&format!("rename {NAME} staging-10 --write")).unwrap();
    assert_eq!(answer.code, Some(0), "{answer}");
    assert_eq!(both, fs::read_to_string(&path).unwrap());
}

#[tokio::test]
async fn a_page_whose_server_has_ended_says_so() {
    let Some((mut page, _)) = open("a_page_whose_server_has_ended_says_so").await else {
        return;
    };
    change(&page, "name: leaderboard-10", "name: leaderboard-11").await;
    page.end_server();
    page.shows("lb edit has ended; download to keep").await;
    page.click("Download").await;
    let kept = fs::read_to_string(page.download().await).unwrap();
    assert!(kept.contains("name: leaderboard-11"));
}

/// The status of an answer to these lines and body.
fn ask(address: &str, lines: &str, body: &[u8]) -> u16 {
    let host = address.trim_start_matches("http://").split('/').next().unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let request = format!(
        "{lines}Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    // A server that refuses early may not take all of it.
    let _ = stream.write_all(body);
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    answer
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .unwrap_or(0)
}

/// Only our own page, with the token, may read or write, and never too much.
#[tokio::test]
async fn the_server_takes_nothing_from_anybody_else() {
    let Some((page, path)) = open("the_server_takes_nothing_from_anybody_else").await else {
        return;
    };
    let (base, token) = page.address.split_once("#file=").unwrap();
    let host = base.trim_start_matches("http://").trim_end_matches('/');
    let other = "http://evil.example";
    let get = |host: &str, token: &str| {
        ask(
            base,
            &format!("GET /file HTTP/1.1\r\nHost: {host}\r\nlb-token: {token}\r\n"),
            b"",
        )
    };
    assert_eq!(get(host, token), 200);
    assert_eq!(get(host, "0"), 403);
    assert_eq!(get("evil.example", token), 421);
    let put = |host: &str, origin: &str, token: &str, body: &[u8]| {
        let lines =
            format!("PUT /file HTTP/1.1\r\nHost: {host}\r\nOrigin: {origin}\r\nlb-token: {token}\r\n");
        ask(base, &lines, body)
    };
    let ours = format!("http://{host}");
    assert_eq!(put(host, &ours, "", b"x: 1\n"), 403);
    assert_eq!(put(host, other, token, b"x: 1\n"), 403);
    assert_eq!(put("evil.example", other, token, b"x: 1\n"), 421);
    assert_eq!(put(host, &ours, token, &vec![b'a'; (4 << 20) + 1]), 413);
    assert_eq!(put(host, &ours, token, b"\xff"), 400);
    // Right in everything, but it has not seen what is on disk.
    assert_eq!(put(host, &ours, token, b"x: 1\n"), 412);
    let preflight = format!(
        "OPTIONS /file HTTP/1.1\r\nHost: {host}\r\nOrigin: {other}\r\nAccess-Control-Request-Method: PUT\r\n"
    );
    assert_eq!(ask(base, &preflight, b""), 405);
    assert_eq!(fs::read_to_string(path).unwrap(), example());
}
