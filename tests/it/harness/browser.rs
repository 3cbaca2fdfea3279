//! A real browser: headless Chromium, driven through its driver, with a profile of its own.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fantoccini::actions::{InputSource, KeyAction, KeyActions, MouseActions, PointerAction};
use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value, json};
use tempfile::TempDir;

use super::server::eventually;
use super::tools::is_there;

/// A browser that ends with its test.
pub struct Browser {
    pub page: Client,
    base: String,
    driver: Child,
    profile: TempDir,
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        // A driver that is ended like this leaves its browser behind, which is known by its profile.
        let profile = self.profile.path().display().to_string();
        let _ = Command::new("pkill").args(["-KILL", "-f", &profile]).status();
    }
}

impl Browser {
    /// A browser on the pages below `base`; nothing where the driver is not installed, which fails the test in CI.
    pub async fn open(base: &str) -> Option<Self> {
        Self::with(base, json!({})).await
    }

    /// A browser in which scripts are switched off.
    pub async fn without_scripts(base: &str) -> Option<Self> {
        Self::with(
            base,
            json!({"profile.managed_default_content_settings.javascript": 2}),
        )
        .await
    }

    async fn with(base: &str, preferences: Value) -> Option<Self> {
        if !is_there("chromedriver", "--version", "chromium-driver")
            || !is_there("chromium", "--version", "chromium")
        {
            return None;
        }
        let profile = tempfile::tempdir().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let driver = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let capabilities = json!({
            "goog:chromeOptions": {
                "args": [
                    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
                    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
                    format!("--user-data-dir={}", profile.path().display()),
                ],
                "prefs": preferences,
            },
            "goog:loggingPrefs": {"browser": "ALL"},
            "unhandledPromptBehavior": "accept",
        });
        let capabilities: Map<String, Value> = capabilities.as_object().unwrap().clone();
        let address = format!("http://127.0.0.1:{port}");
        let page = eventually("the browser's driver", async || {
            let mut builder = ClientBuilder::new(HttpConnector::new());
            builder
                .capabilities(capabilities.clone())
                .connect(&address)
                .await
                .ok()
        })
        .await;
        page.set_window_size(1440, 1000).await.unwrap();
        Some(Self {
            page,
            base: base.to_owned(),
            driver,
            profile,
        })
    }

    pub async fn go(&self, path: &str) {
        self.page.goto(&format!("{}{path}", self.base)).await.unwrap();
        // The driver comes back from a browser's first journey while the empty page that it began with is still there, now and then.
        let there = "location.protocol !== 'data:' && document.readyState === 'complete'";
        self.until(path, there).await;
    }

    /// Signs in by the page, as a person does.
    pub async fn sign_in(&self, email: &str) {
        self.sign_in_with(email, super::server::PASSWORD).await;
    }

    pub async fn sign_in_with(&self, email: &str, password: &str) {
        self.go("/desk/sign-in").await;
        self.find("[name=email]").await.send_keys(email).await.unwrap();
        self.find("[name=password]")
            .await
            .send_keys(password)
            .await
            .unwrap();
        self.click("button.primary").await;
        self.find(".stories").await;
    }

    /// The first element that fits, once it is there.
    pub async fn find(&self, css: &str) -> Element {
        self.page
            .wait()
            .at_most(Duration::from_secs(20))
            .for_element(Locator::Css(css))
            .await
            .unwrap_or_else(|error| panic!("{css}: {error}"))
    }

    /// Clicks on an element, looking again where the page put a new one in its place meanwhile.
    pub async fn click(&self, css: &str) {
        for _ in 0..20 {
            match self.find(css).await.click().await {
                Err(error) if error.is_stale_element_reference() => {}
                clicked => return clicked.unwrap_or_else(|error| panic!("{css}: {error}")),
            }
        }
        panic!("{css} never stands still");
    }

    /// Runs a script on the page and gives what it returns.
    pub async fn run(&self, script: &str) -> Value {
        self.page.execute(script, vec![]).await.unwrap_or(Value::Null)
    }

    /// Waits until a script's expression is true on the page.
    pub async fn until(&self, what: &str, expression: &str) {
        let script = format!("return Boolean({expression})");
        eventually(what, async || {
            (self.run(&script).await == Value::Bool(true)).then_some(())
        })
        .await;
    }

    /// A list of texts that an expression gives.
    pub async fn list(&self, expression: &str) -> Vec<String> {
        let value = self.run(&format!("return {expression}")).await;
        value
            .as_array()
            .unwrap_or_else(|| panic!("{expression}: {value}"))
            .iter()
            .map(|it| it.as_str().unwrap().to_owned())
            .collect()
    }

    /// Presses a key while another is held, wherever the focus is.
    pub async fn chord(&self, held: char, key: char) {
        let keys = [
            KeyAction::Down { value: held },
            KeyAction::Down { value: key },
            KeyAction::Up { value: key },
            KeyAction::Up { value: held },
        ];
        let chord = keys
            .into_iter()
            .fold(KeyActions::new("keys".into()), InputSource::then);
        self.page.perform_actions(chord).await.unwrap();
    }

    /// Drags from the middle of one element to a point of the window, in steps.
    pub async fn drag(&self, from: &Element, to: (f64, f64)) {
        let step = |x: f64, y: f64| PointerAction::MoveTo {
            duration: Some(Duration::from_millis(60)),
            x,
            y,
        };
        let mouse = MouseActions::new("mouse".into())
            .then(PointerAction::MoveToElement {
                element: from.clone(),
                duration: None,
                x: 0.0,
                y: 0.0,
            })
            .then(PointerAction::Down { button: 0 })
            .then(step(to.0, to.1 + 30.0))
            .then(step(to.0, to.1 + 10.0))
            .then(step(to.0, to.1))
            .then(PointerAction::Up { button: 0 });
        self.page.perform_actions(mouse).await.unwrap();
    }

    /// Sets the width and height of what is seen.
    pub async fn size(&self, width: u32, height: u32) {
        self.page.set_window_size(width, height).await.unwrap();
    }

    /// Makes the line as slow as this, or cuts it; `None` is a good line again.
    pub async fn line(&self, upload_bytes_a_second: Option<u32>, offline: bool) {
        let throughput = upload_bytes_a_second.map_or(-1, i64::from);
        self.page
            .issue_cmd(SetLine(json!({"network_conditions": {
                "offline": offline, "latency": 0, "download_throughput": -1, "upload_throughput": throughput,
            }})))
            .await
            .unwrap();
    }

    /// Gives the browser a device that keeps passkeys and is unlocked whenever it is asked to.
    pub async fn own_a_key_ring(&self) {
        self.page.issue_cmd(AddKeyRing).await.unwrap();
    }

    /// What went wrong since the browser started: script errors, refused styles and scripts, requests that failed.
    pub async fn mishaps(&self) -> Vec<String> {
        let log = self.page.issue_cmd(ReadLog).await.unwrap();
        log.as_array()
            .unwrap()
            .iter()
            .filter(|entry| entry["level"] == "SEVERE")
            .map(|entry| entry["message"].as_str().unwrap_or_default().to_owned())
            .collect()
    }
}

/// The driver's own command for the quality of the line.
#[derive(Debug)]
struct SetLine(Value);

impl fantoccini::wd::WebDriverCompatibleCommand for SetLine {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!(
            "session/{}/chromium/network_conditions",
            session.unwrap_or_default()
        ))
    }

    fn method_and_body(&self, _: &url::Url) -> (reqwest::Method, Option<String>) {
        (reqwest::Method::POST, Some(self.0.to_string()))
    }
}

/// The driver's own command for the browser's log.
#[derive(Debug)]
struct ReadLog;

impl fantoccini::wd::WebDriverCompatibleCommand for ReadLog {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/se/log", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (reqwest::Method, Option<String>) {
        (
            reqwest::Method::POST,
            Some(json!({"type": "browser"}).to_string()),
        )
    }
}

/// A virtual authenticator. Source: W3C Web Authentication, level 3, section 11.3.
#[derive(Debug)]
struct AddKeyRing;

impl fantoccini::wd::WebDriverCompatibleCommand for AddKeyRing {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!(
            "session/{}/webauthn/authenticator",
            session.unwrap_or_default()
        ))
    }

    fn method_and_body(&self, _: &url::Url) -> (reqwest::Method, Option<String>) {
        let device = json!({
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": true, "hasUserVerification": true,
            "isUserConsenting": true, "isUserVerified": true,
        });
        (reqwest::Method::POST, Some(device.to_string()))
    }
}
