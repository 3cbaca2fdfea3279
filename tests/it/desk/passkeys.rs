//! Passkeys: made and used in a browser with a virtual device, single use of a ceremony, whose they are, and where there can be none.

use reportage::account::Role;
use reportage::audit::{self, Filter};
use reportage::clock::MINUTE;
use reportage::db::DbError;
use serde_json::{Value, json};

use super::{leads_to, turn_factor_on};
use crate::harness::server::PASSWORD;
use crate::harness::{Browser, Client, Server};

/// The name under which this machine can have passkeys.
fn by_name(server: &Server) -> String {
    server.base().replace("127.0.0.1", "localhost")
}

/// Makes a passkey by the page, signed in.
async fn make(browser: &Browser, name: &str) {
    browser.go("/desk/me/passkeys").await;
    browser.find("[name=name]").await.send_keys(name).await.unwrap();
    browser
        .find("[name=present_password]")
        .await
        .send_keys(PASSWORD)
        .await
        .unwrap();
    browser.click("[data-passkey] button.primary").await;
    browser.find("ul.lines").await;
}

async fn sign_out(browser: &Browser) {
    browser
        .run("document.querySelector('form[action=\"/desk/sign-out\"]').submit()")
        .await;
    browser
        .until("the door", "location.pathname === '/desk/sign-in'")
        .await;
}

/// What the browser's device answers to a ceremony that is begun at the door.
async fn answer(browser: &Browser) -> (String, String) {
    let script = "const done = arguments[arguments.length - 1];
        (async () => {
            const begun = await (await fetch('/desk/sign-in/passkey/begin', { method: 'POST' })).json();
            const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(begun.options);
            const given = await navigator.credentials.get({ publicKey });
            return [begun.ceremony, JSON.stringify(given.toJSON())];
        })().then(done, (error) => done(String(error)));";
    let given = browser.page.execute_async(script, vec![]).await.unwrap();
    let part = |at: usize| given[at].as_str().unwrap_or_else(|| panic!("{given}")).to_owned();
    (part(0), part(1))
}

async fn give(server: &Server, (ceremony, answer): (&str, &str)) -> crate::harness::Answer {
    let door = server.visitor().always("Sec-Fetch-Site", "same-origin");
    let fields = [
        ("ceremony", ceremony),
        ("answer", answer),
        ("next", "/desk/photos"),
    ];
    door.form("/desk/sign-in/passkey", &fields).await
}

async fn begin_at_the_door(server: &Server) -> String {
    let door = server.visitor().always("Sec-Fetch-Site", "same-origin");
    let begun = door.form("/desk/sign-in/passkey/begin", &[]).await.is(200).json();
    begun["ceremony"].as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn one_is_made_signs_in_without_password_or_code_and_is_removed() {
    let server = Server::start();
    let anna = server.person("anna", Role::Editor);
    let Some(browser) = Browser::open(&by_name(&server)).await else {
        return;
    };
    browser.own_a_key_ring().await;
    browser.sign_in(&anna.account.email).await;
    make(&browser, "Telefoon van Anna").await;
    let page = server
        .session(&anna)
        .get("/desk/me/passkeys")
        .await
        .is(200)
        .text();
    assert!(
        page.contains("Telefoon van Anna") && page.contains("never used"),
        "{page}"
    );
    sign_out(&browser).await;
    // To where one wanted to go.
    browser.go("/desk/sign-in?next=/desk/photos").await;
    browser.click("[data-passkey] button").await;
    browser
        .until("the library", "location.pathname === '/desk/photos'")
        .await;
    browser.go("/desk/me/passkeys").await;
    let lines = browser
        .list("[...document.querySelectorAll('ul.lines li')].map((line) => line.innerText)")
        .await;
    assert!(lines.len() == 1 && lines[0].contains("last used"), "{lines:?}");
    browser.click("ul.lines button").await;
    browser
        .until("an empty list", "!document.querySelector('ul.lines')")
        .await;
    sign_out(&browser).await;
    // The device still has it; the desk does not.
    browser.click("[data-passkey] button").await;
    browser.until("a refusal", "document.querySelector('p.alert:not([hidden])')?.textContent.includes('does not open this desk')").await;
    assert_eq!(browser.mishaps().await.len(), 1, "the refusal itself");
}

#[actix_web::test]
async fn an_answer_is_good_for_its_own_ceremony_once() {
    let server = Server::start();
    let anna = server.person("anna", Role::Editor);
    let Some(browser) = Browser::open(&by_name(&server)).await else {
        return;
    };
    browser.own_a_key_ring().await;
    browser.sign_in(&anna.account.email).await;
    make(&browser, "Sleutel").await;
    let (ceremony, given) = answer(&browser).await;
    // Another ceremony's challenge was not signed by it.
    let other = begin_at_the_door(&server).await;
    assert!(
        give(&server, (&other, &given))
            .await
            .is(403)
            .text()
            .contains("does not open this desk")
    );
    assert_eq!(leads_to(give(&server, (&ceremony, &given)).await), "/desk/photos");
    give(&server, (&ceremony, &given)).await.is(403);
    // What was changed on the way is refused, whatever is changed.
    for change in ["signature", "authenticatorData", "clientDataJSON", "userHandle"] {
        let (ceremony, given) = answer(&browser).await;
        let mut given: Value = serde_json::from_str(&given).unwrap();
        let old = given["response"][change].as_str().unwrap().to_owned();
        let first = if old.starts_with('A') { "B" } else { "A" };
        given["response"][change] = json!(format!("{first}{}", &old[1..]));
        let refused = give(&server, (&ceremony, &given.to_string())).await;
        refused.is(403);
    }
    // One that took longer than five minutes is over.
    let (ceremony, given) = answer(&browser).await;
    server.clock.advance(5 * MINUTE);
    give(&server, (&ceremony, &given)).await.is(403);
    for nonsense in ["", "{}", "null", "[]", "\u{0}", &"[".repeat(100_000)] {
        let ceremony = begin_at_the_door(&server).await;
        give(&server, (&ceremony, nonsense)).await.is(403);
    }
}

#[actix_web::test]
async fn it_opens_its_owners_account_alone_and_none_that_is_disabled() {
    let server = Server::start();
    let (anna, bert) = (
        server.person("anna", Role::Editor),
        server.person("bert", Role::Photographer),
    );
    let Some(browser) = Browser::open(&by_name(&server)).await else {
        return;
    };
    browser.own_a_key_ring().await;
    browser.sign_in(&anna.account.email).await;
    make(&browser, "Sleutel").await;
    // Somebody else can neither remove it nor finish what she began.
    let page = server
        .session(&anna)
        .get("/desk/me/passkeys")
        .await
        .is(200)
        .text();
    let id = page
        .split("value=\"psk_")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let his = server.session(&bert);
    his.form("/desk/me/passkeys/remove", &[("passkey", &format!("psk_{id}"))])
        .await
        .is(303);
    assert!(
        server
            .session(&anna)
            .get("/desk/me/passkeys")
            .await
            .text()
            .contains("Sleutel")
    );
    let begun = begin(&server.session(&anna), "Tweede", PASSWORD)
        .await
        .is(200)
        .json();
    let ceremony = begun["ceremony"].as_str().unwrap();
    his.form("/desk/me/passkeys", &[("ceremony", ceremony), ("answer", "{}")])
        .await
        .is(409);
    // The same device is not asked twice for one account.
    assert_eq!(
        begun["options"]["excludeCredentials"].as_array().unwrap().len(),
        1
    );
    let (ceremony, given) = answer(&browser).await;
    reportage::account::manage::disable(server.db(), &anna.account.email, server.clock.now()).unwrap();
    give(&server, (&ceremony, &given)).await.is(403);
}

async fn begin(client: &Client, name: &str, password: &str) -> crate::harness::Answer {
    client
        .form(
            "/desk/me/passkeys/begin",
            &[("name", name), ("present_password", password)],
        )
        .await
}

#[actix_web::test]
async fn making_one_asks_for_the_password_and_a_name() {
    let server = Server::start();
    let here = server.session(&server.person("anna", Role::Editor));
    let wrong = begin(&here, "Sleutel", "een verkeerde zin, zeker")
        .await
        .is(422)
        .json();
    assert!(wrong["detail"].as_str().unwrap().contains("password"), "{wrong}");
    for name in ["", "   ", &"x".repeat(121)] {
        let unnamed = begin(&here, name, PASSWORD).await.is(422).json();
        assert!(
            unnamed["detail"].as_str().unwrap().contains("1 to 120"),
            "{unnamed}"
        );
    }
    let options = begin(&here, "Sleutel", PASSWORD).await.is(200).json()["options"].clone();
    assert_eq!(options["rp"]["id"], "localhost");
    assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
    assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
    // Nothing of it names the person to a device that is lost.
    let handle = options["user"]["id"].as_str().unwrap();
    assert!(handle.len() < 30, "{handle}");
    for answer in ["", "{}", "null"] {
        let begun = begin(&here, "Sleutel", PASSWORD).await.is(200).json();
        let fields = [
            ("ceremony", begun["ceremony"].as_str().unwrap()),
            ("answer", answer),
        ];
        let refused = here.form("/desk/me/passkeys", &fields).await.is(409);
        assert!(refused.text().contains("could not be kept"));
    }
    server.visitor().get("/desk/me/passkeys").await.is(303);
}

#[actix_web::test]
async fn a_site_without_a_domain_has_none_and_says_so() {
    let server = Server::with(|config| config.base_url = Some("http://192.0.2.7:8080".parse().unwrap()));
    let here = server.session(&server.person("anna", Role::Editor));
    let page = here.get("/desk/me/passkeys").await.is(200).text();
    assert!(
        page.contains("--base-url") && !page.contains("data-passkey"),
        "{page}"
    );
    begin(&here, "Sleutel", PASSWORD).await.is(409);
    let door = server.visitor().get("/desk/sign-in").await.is(200).text();
    assert!(!door.contains("data-passkey"), "{door}");
}

#[actix_web::test]
async fn making_one_takes_the_second_factor_too_where_there_is_one() {
    let server = Server::start();
    let anna = server.person("anna", Role::Editor);
    let codes = turn_factor_on(&server, &anna).await;
    let here = server.session(&anna);
    let page = here.get("/desk/me/passkeys").await.is(200).text();
    assert!(page.contains("name=\"code\""), "{page}");
    begin(&here, "Sleutel", PASSWORD).await.is(422);
    let with = |code: String| {
        let here = here.clone();
        async move {
            let fields = [
                ("name", "Sleutel"),
                ("present_password", PASSWORD),
                ("code", &code),
            ];
            here.form("/desk/me/passkeys/begin", &fields).await
        }
    };
    with("000000".to_owned()).await.is(422);
    with(codes[0].clone()).await.is(200);
    // It is used up.
    with(codes[0].clone()).await.is(422);
}

#[actix_web::test]
async fn nothing_of_it_is_done_for_another_site() {
    let server = Server::start();
    let anna = server.session(&server.person("anna", Role::Editor));
    let own = [
        "/desk/me/passkeys",
        "/desk/me/passkeys/begin",
        "/desk/me/passkeys/remove",
    ];
    let door = ["/desk/sign-in/passkey", "/desk/sign-in/passkey/begin"];
    for (client, paths) in [(anna.clone(), &own[..]), (anna, &door), (server.visitor(), &door)] {
        let elsewhere = client.always("Sec-Fetch-Site", "cross-site");
        for path in paths {
            elsewhere.form(path, &[]).await.is(403);
        }
    }
}

#[actix_web::test]
async fn a_lost_device_opens_nothing_any_more() {
    let server = Server::start();
    let anna = server.person("anna", Role::Editor);
    let admin = server.session(&server.person("adam", Role::Admin));
    let Some(browser) = Browser::open(&by_name(&server)).await else {
        return;
    };
    browser.own_a_key_ring().await;
    browser.sign_in(&anna.account.email).await;
    make(&browser, "Telefoon").await;
    let (ceremony, given) = answer(&browser).await;
    assert!(
        admin
            .get("/desk/people")
            .await
            .is(200)
            .text()
            .contains("<span>passkey</span>")
    );
    let path = format!("/desk/people/{}", anna.account.id);
    assert_eq!(
        leads_to(admin.form(&path, &[("do", "factor-off")]).await),
        "/desk/people?done=factor-off"
    );
    give(&server, (&ceremony, &given)).await.is(403);
    let entries = server
        .db()
        .read_now(|conn| audit::list(conn, &Filter::default(), 100).map_err(DbError::from))
        .unwrap();
    let words: Vec<String> = entries.iter().map(|entry| entry.word.clone()).collect();
    let has = |word: &str| words.iter().any(|one| one == word);
    assert!(
        has("account.passkey_made") && has("account.passkey_removed"),
        "{words:?}"
    );
    assert!(!has("account.second_factor_off"), "there was none: {words:?}");
}
