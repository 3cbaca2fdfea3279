//! The second factor: set up, asked for, single use of codes, recovery codes, and turning it off.

use reportage::account::Role;
use reportage::clock::{HOUR, MINUTE, SECOND};
use totp_rs::{Builder, Secret};

use super::{field_on, leads_to};
use crate::harness::server::PASSWORD;
use crate::harness::{Answer, Browser, Client, Person, Server};

/// Anna's server: an editor, signed in.
struct Desk {
    server: Server,
    anna: Person,
    here: Client,
}

impl Desk {
    fn new() -> Self {
        let server = Server::start();
        let anna = server.person("anna", Role::Editor);
        let here = server.session(&anna);
        Self { server, anna, here }
    }

    /// Asks for a secret and gives it, without its spaces.
    async fn offered(&self) -> String {
        let fields = [("present_password", PASSWORD)];
        assert_eq!(
            leads_to(self.here.form("/desk/me/factor/offer", &fields).await),
            "/desk/me/factor"
        );
        let page = self.here.get("/desk/me/factor").await.is(200).text();
        secret_on(&page)
    }

    /// Turns the second factor on; gives the secret and the recovery codes.
    async fn turned_on(&self) -> (String, Vec<String>) {
        let secret = self.offered().await;
        let code = self.code(&secret);
        let page = self
            .here
            .form("/desk/me/factor/confirm", &[("code", &code)])
            .await
            .is(200);
        assert_eq!(page.header("cache-control"), "private, no-store");
        let codes = codes_on(&page.text());
        // The code that confirmed it is used up.
        self.server.clock.advance(MINUTE);
        (secret, codes)
    }

    /// What the app shows at this moment.
    fn code(&self, secret: &str) -> String {
        let totp = Builder::new()
            .with_secret(Secret::try_from_base32(secret).unwrap())
            .build()
            .unwrap();
        let now_s = u64::try_from(self.server.clock.now() / SECOND).unwrap();
        totp.generate(now_s).to_string()
    }

    fn door(&self) -> Client {
        self.server.visitor().always("Sec-Fetch-Site", "same-origin")
    }

    /// The first step at the door.
    async fn password(&self, password: &str) -> Answer {
        let fields = [
            ("email", "anna@example.org"),
            ("password", password),
            ("next", "/desk/photos"),
        ];
        self.door().form("/desk/sign-in", &fields).await
    }

    /// What stands for the password at the second step.
    async fn pending(&self) -> String {
        let page = self.password(PASSWORD).await.is(200);
        assert!(page.header("set-cookie").is_empty(), "nobody is in yet");
        field_on(&page.text(), "pending")
    }

    async fn give(&self, pending: &str, code: &str) -> Answer {
        let fields = [("pending", pending), ("code", code), ("next", "/desk/photos")];
        self.door().form("/desk/sign-in/code", &fields).await
    }
}

fn secret_on(page: &str) -> String {
    let shown = page
        .split("<code id=\"factor-secret\">")
        .nth(1)
        .unwrap_or_else(|| panic!("{page}"));
    shown.split('<').next().unwrap().replace(' ', "")
}

fn codes_on(page: &str) -> Vec<String> {
    page.split("<li><code>")
        .skip(1)
        .map(|rest| rest.split('<').next().unwrap().to_owned())
        .collect()
}

#[actix_web::test]
async fn it_is_offered_to_whoever_knows_the_password_and_holds_when_a_code_confirms_it() {
    let desk = Desk::new();
    desk.here.get("/desk/me/factor/qr.svg").await.is(404);
    let wrong = [("present_password", "een verkeerde zin, zeker")];
    desk.here.form("/desk/me/factor/offer", &wrong).await.is(422);
    let secret = desk.offered().await;
    assert_eq!(secret.len(), 32, "160 bits");
    let qr = desk.here.get("/desk/me/factor/qr.svg").await.is(200);
    assert_eq!(qr.header("content-type"), "image/svg+xml");
    assert_eq!(qr.header("cache-control"), "private, no-store");
    assert!(
        qr.text().starts_with("<svg ") && !qr.text().contains("style"),
        "{}",
        qr.text()
    );
    desk.door().get("/desk/me/factor/qr.svg").await.is(303);
    // Until it is confirmed nothing is asked for.
    desk.password(PASSWORD).await.is(303);
    let refused = desk
        .here
        .form("/desk/me/factor/confirm", &[("code", "000000")])
        .await;
    assert!(refused.is(422).text().contains("That code is not right"));
    desk.password(PASSWORD).await.is(303);

    let code = desk.code(&secret);
    let on = desk
        .here
        .form("/desk/me/factor/confirm", &[("code", &code)])
        .await
        .is(200)
        .text();
    let codes = codes_on(&on);
    assert_eq!(codes.len(), 10, "{on}");
    desk.here.get("/desk/me/factor/qr.svg").await.is(404);
    let page = desk.here.get("/desk/me/factor").await.is(200).text();
    assert!(!page.contains(&secret) && !page.contains(&codes[0]), "shown once");
    assert!(page.contains("10 recovery codes are left"), "{page}");
    desk.password(PASSWORD).await.is(200);
    // What is on is not silently replaced.
    let again = [("present_password", PASSWORD)];
    desk.here.form("/desk/me/factor/offer", &again).await.is(409);
}

#[actix_web::test]
async fn an_offer_that_nobody_confirms_is_over_after_an_hour() {
    let desk = Desk::new();
    let secret = desk.offered().await;
    desk.server.clock.advance(HOUR);
    desk.here.get("/desk/me/factor/qr.svg").await.is(404);
    let code = desk.code(&secret);
    desk.here
        .form("/desk/me/factor/confirm", &[("code", &code)])
        .await
        .is(409);
}

#[actix_web::test]
async fn the_door_asks_for_a_code_and_takes_each_once() {
    let desk = Desk::new();
    let (secret, _) = desk.turned_on().await;
    let pending = desk.pending().await;
    // What waits for a code is no session.
    let as_cookie = format!("{}={pending}", desk.server.running.app.cookie_name());
    desk.door()
        .always("Cookie", &as_cookie)
        .get("/desk")
        .await
        .is(303);
    let wrong = desk.give(&pending, "000000").await.is(403);
    assert_eq!(
        field_on(&wrong.text(), "pending"),
        pending,
        "the password need not be typed again"
    );

    let code = desk.code(&secret);
    let spaced = format!("{} {}", &code[..3], &code[3..]);
    let entered = desk.give(&pending, &spaced).await;
    assert_eq!(entered.header("location"), "/desk/photos");
    let cookie = entered.is(303).header("set-cookie");
    let inside = desk.door().always("Cookie", cookie.split(';').next().unwrap());
    inside.get("/desk").await.is(200);
    // Neither the pending sign-in nor the code opens the door a second time.
    desk.give(&pending, &code).await.is(403);
    let second = desk.pending().await;
    let replayed = desk.give(&second, &code).await.is(403).text();
    assert!(replayed.contains("was used already"), "{replayed}");
    desk.server.clock.advance(30 * SECOND);
    desk.give(&second, &desk.code(&secret)).await.is(303);
}

#[actix_web::test]
async fn a_code_that_comes_late_begins_again() {
    let desk = Desk::new();
    let (secret, _) = desk.turned_on().await;
    let pending = desk.pending().await;
    desk.server.clock.advance(10 * MINUTE);
    let late = desk.give(&pending, &desk.code(&secret)).await.is(403).text();
    assert!(
        late.contains("typed too long ago") && late.contains("name=\"password\""),
        "{late}"
    );
    desk.give("geraden", &desk.code(&secret)).await.is(403);
}

#[actix_web::test]
async fn failed_codes_are_counted_like_passwords_and_a_right_password_forgives_none() {
    let desk = Desk::new();
    let (secret, _) = desk.turned_on().await;
    for _ in 0..10 {
        let pending = desk.pending().await;
        desk.give(&pending, "000000").await.is(403);
    }
    let wait = desk.password(PASSWORD).await.is(429);
    assert!(!wait.header("retry-after").is_empty());
    desk.server.clock.advance(15 * MINUTE);
    let pending = desk.pending().await;
    desk.give(&pending, &desk.code(&secret)).await.is(303);
}

#[actix_web::test]
async fn the_eleventh_code_of_one_sign_in_is_told_to_wait_too() {
    let desk = Desk::new();
    let (secret, _) = desk.turned_on().await;
    let pending = desk.pending().await;
    for _ in 0..10 {
        desk.give(&pending, "000000").await.is(403);
    }
    desk.give(&pending, &desk.code(&secret)).await.is(429);
}

#[actix_web::test]
async fn a_recovery_code_opens_the_door_once_and_new_ones_replace_the_old() {
    let desk = Desk::new();
    let (_, codes) = desk.turned_on().await;
    let typed = codes[3].to_uppercase().replace('-', " ");
    desk.give(&desk.pending().await, &typed).await.is(303);
    desk.give(&desk.pending().await, &codes[3]).await.is(403);
    let page = desk.here.get("/desk/me").await.is(200).text();
    assert!(page.contains("9 recovery codes are left"), "{page}");

    let wrong = [("present_password", "een verkeerde zin, zeker")];
    desk.here.form("/desk/me/factor/codes", &wrong).await.is(422);
    let right = [("present_password", PASSWORD)];
    let made = desk
        .here
        .form("/desk/me/factor/codes", &right)
        .await
        .is(200)
        .text();
    let fresh = codes_on(&made);
    assert_eq!(fresh.len(), 10);
    desk.give(&desk.pending().await, &codes[4]).await.is(403);
    desk.give(&desk.pending().await, &fresh[4]).await.is(303);
    // Codes are stored hashed.
    let db = std::fs::read(desk.server.data.path().join("reportage.db-wal")).unwrap();
    for code in [fresh[5].clone(), fresh[5].replace('-', "")] {
        assert!(
            !db.windows(code.len()).any(|window| window == code.as_bytes()),
            "{code}"
        );
    }
}

#[actix_web::test]
async fn eight_characters_are_enough_beside_it_and_not_when_it_goes() {
    let desk = Desk::new();
    let (secret, _) = desk.turned_on().await;
    let short = "golfslag";
    let change = async |present: &str, new: &str| {
        let fields = [("present_password", present), ("new_password", new)];
        desk.here.form("/desk/me/password", &fields).await
    };
    let refused = change(PASSWORD, "zeven77").await.is(422).text();
    assert!(refused.contains("at least 8 characters"), "{refused}");
    change(PASSWORD, short).await.is(303);
    let fields = [("present_password", short)];
    let refused = desk
        .here
        .form("/desk/me/factor/off", &fields)
        .await
        .is(409)
        .text();
    assert!(refused.contains("fewer than 15 characters"), "{refused}");
    desk.password(short).await.is(200);

    change(short, PASSWORD).await.is(303);
    let wrong = [("present_password", "een verkeerde zin, zeker")];
    desk.here.form("/desk/me/factor/off", &wrong).await.is(422);
    desk.here
        .form("/desk/me/factor/off", &[("present_password", PASSWORD)])
        .await
        .is(303);
    desk.password(PASSWORD).await.is(303);
    // Set up anew it has another secret.
    assert_ne!(desk.offered().await, secret);
}

#[actix_web::test]
async fn words_that_wait_are_still_there_after_both_steps() {
    let desk = Desk::new();
    let (secret, _) = desk.turned_on().await;
    let typed = [
        ("title", "Een titel die niet verloren mag gaan"),
        ("language", "nl"),
    ];
    let asked = desk.door().form("/desk/stories", &typed).await.is(401).text();
    let (action, body) = (
        field_on(&asked, "waiting_action"),
        field_on(&asked, "waiting_body"),
    );
    let waiting = [
        ("waiting_action", action.as_str()),
        ("waiting_body", body.as_str()),
    ];
    let mut first = vec![("email", "anna@example.org"), ("password", PASSWORD)];
    first.extend(waiting);
    let page = desk.door().form("/desk/sign-in", &first).await.is(200).text();
    let (pending, code) = (field_on(&page, "pending"), desk.code(&secret));
    let carried = [
        ("pending", pending.as_str()),
        ("code", code.as_str()),
        ("waiting_action", &field_on(&page, "waiting_action")),
        ("waiting_body", &field_on(&page, "waiting_body")),
    ];
    let back = desk.door().form("/desk/sign-in/code", &carried).await.is(200);
    assert!(
        back.text().contains("Een titel die niet verloren mag gaan"),
        "{}",
        back.text()
    );
    assert!(!back.header("set-cookie").is_empty());
}

#[actix_web::test]
async fn it_is_turned_on_and_signed_in_with_in_a_browser() {
    let desk = Desk::new();
    let Some(browser) = Browser::open(&desk.server.base()).await else {
        return;
    };
    let type_in = async |css: &str, text: &str| {
        browser.find(css).await.send_keys(text).await.unwrap();
    };
    browser.sign_in(&desk.anna.account.email).await;
    browser.click(".person summary").await;
    browser.click(".person .sheet a").await;
    browser.click("[aria-labelledby=me-factor] a.button").await;
    type_in("[name=present_password]", PASSWORD).await;
    browser.click("form .primary").await;
    browser.find(".qr img").await;
    let drawn =
        "document.querySelector('.qr img').complete && document.querySelector('.qr img').naturalWidth > 0";
    browser.until("the code to be drawn", drawn).await;
    let secret = browser
        .run("return document.getElementById('factor-secret').textContent")
        .await;
    let secret = secret.as_str().unwrap().replace(' ', "");
    type_in("[name=code]", &desk.code(&secret)).await;
    browser.click("form .primary").await;
    browser.find("#codes").await;
    let codes = browser
        .list("[...document.querySelectorAll('#codes li')].map(it => it.textContent)")
        .await;
    assert_eq!(codes.len(), 10);
    browser.click(".buttons a.primary").await;
    browser.find("[aria-labelledby=me-factor] .pill").await;

    desk.server.clock.advance(MINUTE);
    browser.click(".person summary").await;
    browser.click(".person form button").await;
    type_in("[name=email]", &desk.anna.account.email).await;
    type_in("[name=password]", PASSWORD).await;
    browser.click("button.primary").await;
    type_in("[name=code]", "000000").await;
    browser.click("button.primary").await;
    browser.find(".alert").await;
    type_in("[name=code]", &desk.code(&secret)).await;
    browser.click("button.primary").await;
    browser.find(".stories").await;
    let mishaps: Vec<String> = browser.mishaps().await;
    // The wrong code was answered 403, which the browser notes; nothing else went wrong.
    assert!(mishaps.iter().all(|line| line.contains("403")), "{mishaps:?}");
}
