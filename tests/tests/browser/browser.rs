//! A headless Chromium with the page in it, both of which end with the test.

use fantoccini::{Client, ClientBuilder, Locator, elements::Element, error::CmdError};
use hyper_util::client::legacy::connect::HttpConnector;
use lb_tests::Lb;
use serde_json::json;
use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};
use tempfile::TempDir;

/// Ends with the value; a browser that nobody closes would stay for ever.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The browser's folder. The browser outlives the driver that started it, so it ends with its folder.
struct Profile(TempDir);

impl Drop for Profile {
    fn drop(&mut self) {
        let _ = Command::new("pkill")
            .args(["-KILL", "-f"])
            .arg(self.0.path())
            .status();
    }
}

/// A browser, the page's server behind it, and a folder for its downloads.
pub struct Browser {
    pub client: Client,
    pub lb: Lb,
    /// What `lb edit` printed.
    pub address: String,
    server: Option<Process>,
    downloads: TempDir,
    _driver: Process,
    _profile: Profile,
}

/// How long the page may take for anything that it shows.
const PATIENCE: Duration = Duration::from_secs(15);

impl Browser {
    /// The page in a new browser, or `None`, with a message, where there is no Chromium or no page.
    pub async fn open(test: &str) -> Option<Self> {
        Self::open_with(test, &[]).await
    }

    /// The same on these files, each a name and a text; `lb edit` opens the first.
    pub async fn open_with(test: &str, files: &[(&str, &str)]) -> Option<Self> {
        let Some(_) = lb_tests::page() else {
            println!("skipped: {test}: the page is not built; `cargo xtask page` builds it");
            return None;
        };
        let Some(driver) = find("chromedriver") else {
            println!("skipped: {test}: there is no chromedriver; `apt-get install chromium chromium-driver`");
            return None;
        };
        let lb = Lb::new().unwrap();
        let (server, address) = serve(&lb, files);
        let (driver, port) = start(&driver);
        let (downloads, profile) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let client = connect(port, downloads.path(), profile.path()).await;
        client.set_window_size(1280, 900).await.unwrap();
        go(&client, &address).await;
        Some(Self {
            client,
            lb,
            address,
            server: Some(server),
            downloads,
            _driver: driver,
            _profile: Profile(profile),
        })
    }

    /// Ends `lb edit`.
    pub fn end_server(&mut self) {
        self.server = None;
    }

    /// The text of the file as the page has it.
    pub async fn file(&self) -> String {
        let script = "return document.getElementById('file-text').value";
        let text = self.client.execute(script, Vec::new()).await.unwrap();
        text.as_str().unwrap_or_default().to_owned()
    }

    /// The first element that shows, by XPath; waits for it.
    pub async fn find(&self, xpath: &str) -> Element {
        match self
            .client
            .wait()
            .at_most(PATIENCE)
            .for_element(Locator::XPath(xpath))
            .await
        {
            Ok(element) => element,
            Err(error) => panic!("no {xpath}: {error}\n{}", self.text().await),
        }
    }

    /// Whether there is such an element at this moment.
    pub async fn has(&self, xpath: &str) -> bool {
        self.client.find(Locator::XPath(xpath)).await.is_ok()
    }

    /// Waits until there is no such element any more.
    pub async fn gone(&self, xpath: &str) {
        for _ in 0..150 {
            if !self.has(xpath).await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("still there: {xpath}\n{}", self.text().await);
    }

    /// Clicks what is called so: a button, a link or a tab, by its text or its label.
    pub async fn click(&self, name: &str) {
        let element = self.find(&named(name)).await;
        self.retry(|| element.click()).await;
    }

    /// The input that a label with this text belongs to, or that is labelled so itself.
    pub async fn field(&self, label: &str) -> Element {
        let xpath = format!(
            "//*[self::input or self::select or self::textarea][@aria-label={0} or @id=//label[normalize-space(.)={0} \
             or starts-with(normalize-space(.), {0})]/@for]",
            quoted(label)
        );
        self.find(&xpath).await
    }

    /// Types a new value over the old one.
    pub async fn fill(&self, label: &str, value: &str) {
        let field = self.field(label).await;
        field.click().await.unwrap();
        field.send_keys("\u{e009}a\u{e000}").await.unwrap();
        field.send_keys(&format!("{value}\u{e004}")).await.unwrap();
    }

    /// Everything that shows.
    pub async fn text(&self) -> String {
        let body = self.client.find(Locator::Css("body")).await.unwrap();
        body.text().await.unwrap_or_default()
    }

    /// Waits until the page shows this text.
    pub async fn shows(&self, wanted: &str) {
        let wanted = wanted.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut text = String::new();
        for _ in 0..150 {
            text = self.text().await.split_whitespace().collect::<Vec<_>>().join(" ");
            if text.contains(&wanted) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("the page never shows `{wanted}`:\n{text}");
    }

    /// What was downloaded, once it is whole.
    pub async fn download(&self) -> PathBuf {
        for _ in 0..150 {
            let files = std::fs::read_dir(self.downloads.path())
                .unwrap()
                .map(|entry| entry.unwrap().path());
            let whole = |path: &PathBuf| path.extension().is_some_and(|end| end == "yaml");
            if let Some(file) = files.into_iter().find(whole) {
                return file;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("nothing was downloaded");
    }

    /// What the page asked of anyone but its own server.
    pub async fn foreign_requests(&self) -> Vec<String> {
        let script = "return window.performance.getEntriesByType('resource').map(entry => entry.name)";
        let requests = self.client.execute(script, Vec::new()).await.unwrap();
        let requests: Vec<String> = serde_json::from_value(requests).unwrap();
        requests
            .into_iter()
            .filter(|name| !name.starts_with("http://127.0.0.1:"))
            .collect()
    }

    /// An element may move while it is found.
    async fn retry<F: Future<Output = Result<(), CmdError>>>(&self, act: impl Fn() -> F) {
        let mut last = None;
        for _ in 0..20 {
            match act().await {
                Ok(()) => return,
                Err(error) => last = Some(error),
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{}", last.unwrap());
    }
}

/// Opens a page. A browser that is still starting may put its own page over it, so that is looked at.
async fn go(client: &Client, address: &str) {
    for _ in 0..5 {
        client.goto(address).await.unwrap();
        tokio::time::sleep(Duration::from_millis(200)).await;
        let now = client.current_url().await.unwrap();
        if address.starts_with(now.origin().ascii_serialization().as_str()) {
            return;
        }
    }
    panic!("the browser does not stay at {address}");
}

/// Something to click, by what a person or a screen reader calls it.
pub fn named(name: &str) -> String {
    let name = quoted(name);
    format!(
        "//*[self::button or self::a or @role='tab' or @role='menuitem' or self::summary]\
         [normalize-space(.)={name} or @aria-label={name}]"
    )
}

/// A text inside an XPath; none of ours has both kinds of quotes.
fn quoted(text: &str) -> String {
    if text.contains('\'') {
        format!("\"{text}\"")
    } else {
        format!("'{text}'")
    }
}

fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

/// `lb edit` on a free port, and its address: the last line that it prints.
fn serve(lb: &Lb, files: &[(&str, &str)]) -> (Process, String) {
    for (name, text) in files {
        lb.write(name, text).unwrap();
    }
    let first = files.first().map(|(name, _)| *name);
    let mut command = lb.command(["edit", "--port", "0"].into_iter().chain(first));
    let mut server = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut address = String::new();
    BufReader::new(server.stdout.take().unwrap())
        .read_line(&mut address)
        .unwrap();
    (Process(server), address.trim().to_owned())
}

/// A chromedriver on a port that it chooses itself. It looks for one that is free for IPv4 and ends if IPv6 has it in
/// use, as another test beside this one may: then it is started again.
fn start(program: &Path) -> (Process, u16) {
    let mut said = Vec::new();
    for _ in 0..5 {
        let mut driver = Command::new(program)
            .arg("--port=0")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(driver.stdout.take().unwrap());
        let driver = Process(driver);
        for line in output.lines().map_while(Result::ok) {
            let port = line.strip_prefix("ChromeDriver was started successfully on port ");
            if let Some(port) = port.and_then(|port| port.trim_end_matches('.').parse().ok()) {
                return (driver, port);
            }
            said.push(line);
        }
    }
    panic!("chromedriver does not say its port: {}", said.join("; "));
}

async fn connect(port: u16, downloads: &Path, profile: &Path) -> Client {
    // Chromium runs in no sandbox of its own as root; the rest keeps it from asking the network for anything.
    let arguments = [
        "--headless=new".to_owned(),
        "--no-sandbox".to_owned(),
        "--disable-gpu".to_owned(),
        "--disable-dev-shm-usage".to_owned(),
        "--disable-background-networking".to_owned(),
        "--disable-component-update".to_owned(),
        "--disable-sync".to_owned(),
        "--disable-quic".to_owned(),
        "--no-first-run".to_owned(),
        format!("--user-data-dir={}", profile.display()),
    ];
    let options = json!({
        "args": arguments,
        "prefs": { "download.default_directory": downloads, "download.prompt_for_download": false },
    });
    let capabilities = json!({ "goog:chromeOptions": options });
    ClientBuilder::new(HttpConnector::new())
        .capabilities(capabilities.as_object().unwrap().clone())
        .connect(&format!("http://127.0.0.1:{port}"))
        .await
        .expect("chromedriver starts Chromium")
}
