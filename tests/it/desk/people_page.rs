//! People, as administrators look after them: invitations, roles, disabling, resets, and who may not.

use reportage::account::Role;
use reportage::account::token::Scope;
use reportage::clock::{DAY, HOUR, SECOND};

use super::{field_on, leads_to, turn_factor_on};
use crate::harness::server::PASSWORD;
use crate::harness::{Answer, Client, Person, Server};

const NEW: &str = "een heel andere zin dan eerst";

struct Desk {
    server: Server,
    boss: Person,
    admin: Client,
}

impl Desk {
    fn new() -> Self {
        let server = Server::start();
        let boss = server.person("beheer", Role::Admin);
        let admin = server.session(&boss);
        Self { server, boss, admin }
    }

    fn door(&self) -> Client {
        self.server.visitor().always("Sec-Fetch-Site", "same-origin")
    }

    async fn invite(&self, email: &str, role: &str) -> Answer {
        let fields = [("email", email), ("name", "Bram"), ("role", role)];
        self.admin.form("/desk/people", &fields).await
    }

    /// Presses a button about somebody.
    async fn press(&self, person: &Person, what: &str) -> Answer {
        let path = format!("/desk/people/{}", person.account.id);
        self.admin.form(&path, &[("do", what)]).await
    }

    async fn give_role(&self, person: &Person, role: &str) -> Answer {
        let path = format!("/desk/people/{}", person.account.id);
        self.admin.form(&path, &[("do", "role"), ("role", role)]).await
    }

    async fn join(&self, token: &str, name: &str, password: &str) -> Answer {
        let fields = [("token", token), ("name", name), ("new_password", password)];
        self.door().form("/desk/join", &fields).await
    }

    async fn sign_in(&self, name: &str, password: &str) -> Answer {
        let email = format!("{name}@example.org");
        let fields = [("email", email.as_str()), ("password", password)];
        self.door().form("/desk/sign-in", &fields).await
    }
}

/// The secret of the link that a page shows.
fn link_on(page: &Answer) -> String {
    let text = page.text();
    let link = text
        .split("/desk/join?token=")
        .nth(1)
        .unwrap_or_else(|| panic!("{text}"));
    link.split('"').next().unwrap().to_owned()
}

#[actix_web::test]
async fn pages_about_people_are_for_administrators_and_never_for_tokens() {
    let desk = Desk::new();
    let anna = desk.server.person("anna", Role::Photographer);
    let about = format!("/desk/people/{}", anna.account.id);
    let bea = desk.server.person("bea", Role::Editor);
    let all = desk.server.token(&desk.boss, Scope::ALL.as_slice());
    let forms = [
        (
            "/desk/people",
            vec![("email", "x@example.org"), ("role", "admin")],
        ),
        (about.as_str(), vec![("do", "role"), ("role", "admin")]),
        (about.as_str(), vec![("do", "disable")]),
        (about.as_str(), vec![("do", "enable")]),
        (about.as_str(), vec![("do", "reset")]),
        (about.as_str(), vec![("do", "factor-off")]),
        (
            "/desk/people/invitations/lnk_00000000000040008000000000000000/revoke",
            vec![],
        ),
    ];
    for who in [desk.server.session(&anna), desk.server.session(&bea)] {
        for page in ["/desk/people", "/desk/audit"] {
            let refused = who.get(page).await.is(403).text();
            assert!(!refused.contains("beheer@example.org"), "{refused}");
        }
        for (path, fields) in &forms {
            who.form(path, fields).await.is(403);
        }
        assert!(!who.get("/desk").await.text().contains("/desk/people"));
    }
    assert!(desk.admin.get("/desk").await.text().contains("/desk/people"));
    let own = [
        "/desk/me",
        "/desk/me/factor",
        "/desk/me/factor/qr.svg",
        "/desk/tokens",
    ];
    for page in ["/desk/people", "/desk/audit"].iter().chain(&own) {
        assert!(
            desk.door()
                .get(page)
                .await
                .is(303)
                .header("location")
                .starts_with("/desk/sign-in")
        );
        assert!(
            all.get(page)
                .await
                .is(303)
                .header("location")
                .starts_with("/desk/sign-in")
        );
    }
    let own_forms = [
        "/desk/me/name",
        "/desk/me/password",
        "/desk/me/sessions",
        "/desk/me/factor/offer",
        "/desk/tokens",
    ];
    for path in forms.iter().map(|(path, _)| *path).chain(own_forms) {
        desk.door().form(path, &[("do", "disable")]).await.is(401);
        let here = all.clone().always("Sec-Fetch-Site", "same-origin");
        here.form(path, &[("do", "disable")]).await.is(401);
        all.form(path, &[("do", "disable")]).await.is(403);
        let elsewhere = desk
            .admin
            .clone()
            .without("Sec-Fetch-Site")
            .always("Sec-Fetch-Site", "cross-site");
        elsewhere.form(path, &[("do", "disable")]).await.is(403);
    }
    desk.server.session(&anna).get("/desk").await.is(200);
}

#[actix_web::test]
async fn an_invitation_is_shown_once_and_makes_one_account_of_its_role() {
    let desk = Desk::new();
    let made = desk.invite(" Bram@Example.org", "editor").await.is(200);
    assert_eq!(made.header("cache-control"), "private, no-store");
    assert_eq!(made.header("referrer-policy"), "no-referrer");
    let token = link_on(&made);
    assert!(token.len() >= 43, "256 bits");
    let list = desk.admin.get("/desk/people").await.is(200).text();
    assert!(
        list.contains("bram@example.org") && !list.contains(&token),
        "{list}"
    );
    let db = std::fs::read(desk.server.data.path().join("reportage.db-wal")).unwrap();
    assert!(
        !db.windows(token.len()).any(|window| window == token.as_bytes()),
        "the secret is stored"
    );

    // Looking at it, as link previews do, uses nothing up.
    let path = format!("/desk/join?token={token}");
    for _ in 0..3 {
        let form = desk.server.visitor().get(&path).await.is(200);
        assert_eq!(form.header("referrer-policy"), "no-referrer");
        assert_eq!(form.header("cache-control"), "private, no-store");
        assert!(
            form.text().contains("bram@example.org") && form.text().contains("Editor"),
            "{}",
            form.text()
        );
    }
    let short = desk.join(&token, "Bram de Wit", "kort").await.is(422);
    assert!(short.text().contains("at least 15") && short.text().contains("Bram de Wit"));
    assert_eq!(short.header("referrer-policy"), "no-referrer");
    let joined = desk.join(&token, "Bram de Wit", PASSWORD).await;
    assert_eq!(joined.header("location"), "/desk");
    let cookie = joined.is(303).header("set-cookie");
    let bram = desk.door().always("Cookie", cookie.split(';').next().unwrap());
    let page = bram.get("/desk/me").await.is(200).text();
    assert!(page.contains("Bram de Wit") && page.contains("Editor"), "{page}");

    let over = desk.server.visitor().get(&path).await.is(404);
    assert!(over.text().contains("This link does not work"), "{}", over.text());
    assert_eq!(over.header("referrer-policy"), "no-referrer");
    desk.join(&token, "Nog eens", PASSWORD).await.is(404);
    let list = desk.admin.get("/desk/people").await.is(200).text();
    assert!(!list.contains("/desk/people/invitations/"), "{list}");
    desk.sign_in("bram", PASSWORD).await.is(303);
}

#[actix_web::test]
async fn an_invitation_ends_after_a_week_when_revoked_or_when_another_is_made() {
    let desk = Desk::new();
    let look = async |token: &str| {
        desk.server
            .visitor()
            .get(&format!("/desk/join?token={token}"))
            .await
            .status
    };
    let first = link_on(&desk.invite("bram@example.org", "editor").await);
    let second = link_on(&desk.invite("bram@example.org", "photographer").await);
    assert_eq!((look(&first).await, look(&second).await), (404, 200));
    let list = desk.admin.get("/desk/people").await.is(200).text();
    let revoke = list.split("action=\"/desk/people/invitations/").nth(1).unwrap();
    let revoke = format!("/desk/people/invitations/{}", revoke.split('"').next().unwrap());
    assert_eq!(
        leads_to(desk.admin.form(&revoke, &[]).await),
        "/desk/people?done=revoked"
    );
    assert_eq!(look(&second).await, 404);
    desk.join(&second, "Bram", PASSWORD).await.is(404);
    desk.admin.form(&revoke, &[]).await.is(404);

    let third = link_on(&desk.invite("bram@example.org", "photographer").await);
    desk.server.clock.advance(7 * DAY - SECOND);
    assert_eq!(look(&third).await, 200);
    desk.server.clock.advance(SECOND);
    assert_eq!(look(&third).await, 404);
    desk.join(&third, "Bram", PASSWORD).await.is(404);
    for wrong in ["", "geraden", "%00"] {
        assert_eq!(look(wrong).await, 404);
    }
    desk.server.visitor().get("/desk/join").await.is(404);
}

#[actix_web::test]
async fn links_end_with_the_right_of_whoever_made_them() {
    let desk = Desk::new();
    let other = desk.server.person("tweede", Role::Admin);
    let anna = desk.server.person("anna", Role::Editor);
    let of_other = desk.server.session(&other);
    let look = async |token: &str| {
        let path = format!("/desk/join?token={token}");
        desk.server.visitor().get(&path).await.status
    };
    let fields = [("email", "weg@example.org"), ("name", "Weg"), ("role", "admin")];
    let invitation = link_on(&of_other.form("/desk/people", &fields).await);
    let path = format!("/desk/people/{}", anna.account.id);
    let reset = link_on(&of_other.form(&path, &[("do", "reset")]).await);
    assert_eq!((look(&invitation).await, look(&reset).await), (200, 200));

    desk.give_role(&other, "editor").await;
    assert_eq!((look(&invitation).await, look(&reset).await), (404, 404));
    // They do not come back with it.
    desk.give_role(&other, "admin").await;
    assert_eq!((look(&invitation).await, look(&reset).await), (404, 404));
    let of_other = desk.server.session(&other);
    let invitation = link_on(&of_other.form("/desk/people", &fields).await);
    let reset = link_on(&of_other.form(&path, &[("do", "reset")]).await);
    assert_eq!((look(&invitation).await, look(&reset).await), (200, 200));
    desk.press(&other, "disable").await;
    assert_eq!((look(&invitation).await, look(&reset).await), (404, 404));
    desk.press(&other, "enable").await;
    assert_eq!((look(&invitation).await, look(&reset).await), (404, 404));
    desk.join(&invitation, "Weg", NEW).await.is(404);
    desk.join(&reset, "Anna", NEW).await.is(404);
    let list = desk.admin.get("/desk/people").await.is(200).text();
    assert!(
        !list.contains("weg@example.org"),
        "what cannot be accepted is not open"
    );
}

#[actix_web::test]
async fn whom_one_cannot_invite_stays_in_the_form_with_the_reason() {
    let desk = Desk::new();
    let taken = desk.invite("beheer@example.org", "editor").await.is(422);
    assert!(
        taken.text().contains("an account for beheer@example.org already"),
        "{}",
        taken.text()
    );
    let wrong = desk.invite("geen adres", "editor").await.is(422).text();
    assert!(
        wrong.contains("anna@example.org") && field_on(&wrong, "email") == "geen adres",
        "{wrong}"
    );
    desk.invite("bram@example.org", "baas").await.is(422);
    // Two who were invited under one address: the account that is there stays.
    let token = link_on(&desk.invite("bram@example.org", "admin").await);
    desk.server.person("bram", Role::Photographer);
    let late = desk.join(&token, "Bram", PASSWORD).await.is(422).text();
    assert!(late.contains("already"), "{late}");
}

#[actix_web::test]
async fn another_role_and_disabling_take_hold_with_the_next_request() {
    let desk = Desk::new();
    let anna = desk.server.person("anna", Role::Photographer);
    let before = desk.server.session(&anna);
    let token = desk.server.token(&anna, &[Scope::StoriesRead]);
    assert_eq!(
        leads_to(desk.give_role(&anna, "editor").await),
        "/desk/people?done=role"
    );
    before.get("/desk").await.is(303);
    let editor = desk.server.session(&anna);
    assert!(editor.get("/desk").await.is(200).text().contains("New story"));
    // The same role again ends nothing.
    leads_to(desk.give_role(&anna, "editor").await);
    editor.get("/desk").await.is(200);
    desk.give_role(&anna, "baas").await.is(422);

    assert_eq!(
        leads_to(desk.press(&anna, "disable").await),
        "/desk/people?done=disabled"
    );
    editor.get("/desk").await.is(303);
    token.get("/api/v1/manage/stories").await.is(401);
    desk.sign_in("anna", PASSWORD).await.is(403);
    let list = desk.admin.get("/desk/people").await.text();
    assert!(list.contains("disabled"), "{list}");
    desk.press(&anna, "reset").await.is(409);
    assert_eq!(
        leads_to(desk.press(&anna, "enable").await),
        "/desk/people?done=enabled"
    );
    desk.sign_in("anna", PASSWORD).await.is(303);
    token.get("/api/v1/manage/stories").await.is(200);
    desk.press(&anna, "onzin").await.is(400);
    let nobody = "/desk/people/usr_00000000000040008000000000000000";
    desk.admin.form(nobody, &[("do", "disable")]).await.is(404);
}

#[actix_web::test]
async fn the_last_administrator_who_can_sign_in_stays_one() {
    let desk = Desk::new();
    for refused in [
        desk.press(&desk.boss, "disable").await,
        desk.give_role(&desk.boss, "editor").await,
    ] {
        let page = refused.is(409).text();
        assert!(
            page.contains("beheer is the only administrator who can sign in"),
            "{page}"
        );
    }
    desk.admin.get("/desk").await.is(200);
    let second = desk.server.person("tweede", Role::Admin);
    desk.press(&second, "disable").await.is(303);
    desk.press(&desk.boss, "disable").await.is(409);
    desk.press(&second, "enable").await.is(303);
    desk.give_role(&desk.boss, "editor").await.is(303);
    desk.admin.get("/desk/people").await.is(303);
    let other = desk.server.session(&second);
    let path = format!("/desk/people/{}", second.account.id);
    other.form(&path, &[("do", "disable")]).await.is(409);
}

#[actix_web::test]
async fn a_reset_link_sets_a_password_once_within_a_day_and_ends_all_sessions() {
    let desk = Desk::new();
    let anna = desk.server.person("anna", Role::Editor);
    let session = desk.server.session(&anna);
    let first = link_on(&desk.press(&anna, "reset").await.is(200));
    let made = desk.press(&anna, "reset").await.is(200);
    assert_eq!(made.header("referrer-policy"), "no-referrer");
    let token = link_on(&made);
    let path = format!("/desk/join?token={token}");
    desk.server
        .visitor()
        .get(&format!("/desk/join?token={first}"))
        .await
        .is(404);
    let form = desk.server.visitor().get(&path).await.is(200);
    assert_eq!(form.header("referrer-policy"), "no-referrer");
    assert!(form.text().contains("anna@example.org") && !form.text().contains("name=\"name\""));
    // Until it is used, nothing has changed.
    session.get("/desk").await.is(200);
    desk.sign_in("anna", PASSWORD).await.is(303);

    desk.join(&token, "", "kort").await.is(422);
    // Whoever forgot the password has tried too often: the new one is taken at once.
    for _ in 0..9 {
        desk.sign_in("anna", "mis, mis, mis, mis").await.is(403);
    }
    assert_eq!(
        leads_to(desk.join(&token, "", NEW).await),
        "/desk/sign-in?reset=1"
    );
    let door = desk.door().get("/desk/sign-in?reset=1").await.is(200).text();
    assert!(door.contains("Your new password is set"), "{door}");
    session.get("/desk").await.is(303);
    desk.join(&token, "", NEW).await.is(404);
    desk.server.visitor().get(&path).await.is(404);
    desk.sign_in("anna", NEW).await.is(303);
    desk.sign_in("anna", PASSWORD).await.is(403);

    let old = link_on(&desk.press(&anna, "reset").await);
    desk.server.clock.advance(DAY);
    desk.join(&old, "", PASSWORD).await.is(404);
    let admin = desk.server.session(&desk.boss);
    let open = link_on(
        &admin
            .form(&format!("/desk/people/{}", anna.account.id), &[("do", "reset")])
            .await,
    );
    admin
        .form(&format!("/desk/people/{}", anna.account.id), &[("do", "disable")])
        .await
        .is(303);
    desk.join(&open, "", PASSWORD).await.is(404);
}

#[actix_web::test]
async fn an_administrator_turns_off_the_second_factor_of_somebody_who_lost_it() {
    let desk = Desk::new();
    let anna = desk.server.person("anna", Role::Editor);
    turn_factor_on(&desk.server, &anna).await;
    let list = desk.admin.get("/desk/people").await.text();
    assert!(
        list.contains("second factor on") && list.contains("no second factor"),
        "{list}"
    );
    assert!(
        desk.sign_in("anna", PASSWORD)
            .await
            .is(200)
            .text()
            .contains("name=\"code\"")
    );
    // A reset sets the password and leaves the second factor.
    let token = link_on(&desk.press(&anna, "reset").await);
    desk.join(&token, "", "golfslag").await.is(303);
    assert!(
        desk.sign_in("anna", "golfslag")
            .await
            .is(200)
            .text()
            .contains("name=\"code\"")
    );

    // Without it a short password does not stand alone: it is taken away, and the link for a new one is there at once.
    let session = desk.server.session(&anna);
    let off = desk.press(&anna, "factor-off").await.is(200);
    assert!(off.text().contains("too short to stand alone"), "{}", off.text());
    session.get("/desk").await.is(303);
    desk.sign_in("anna", "golfslag").await.is(403);
    desk.sign_in("anna", "").await.is(403);
    let token = link_on(&off);
    desk.join(&token, "", "golfslag").await.is(422);
    desk.join(&token, "", NEW).await.is(303);
    desk.sign_in("anna", NEW).await.is(303);

    let bram = desk.server.person("bram", Role::Editor);
    turn_factor_on(&desk.server, &bram).await;
    assert_eq!(
        leads_to(desk.press(&bram, "factor-off").await),
        "/desk/people?done=factor-off"
    );
    desk.sign_in("bram", PASSWORD).await.is(303);
}

#[actix_web::test]
async fn the_list_tells_when_somebody_was_last_here() {
    let desk = Desk::new();
    let anna = desk.server.person("anna", Role::Editor);
    assert!(
        desk.admin
            .get("/desk/people")
            .await
            .text()
            .contains("never here yet")
    );
    let session = desk.server.session(&anna);
    desk.server.clock.advance(HOUR);
    session.get("/desk").await.is(200);
    leads_to(session.form("/desk/sign-out", &[]).await);
    let list = desk.admin.get("/desk/people").await.text();
    assert!(
        list.contains("2024-01-19T11:00:00Z") && !list.contains("never here yet"),
        "{list}"
    );
    let listed = desk.admin.get("/api/v1/manage/accounts").await.is(200).json();
    let anna = listed["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["name"] == "anna")
        .unwrap();
    assert_eq!(anna["seen_at"], "2024-01-19T11:00:00Z");
    assert_eq!(
        (&anna["role"], &anna["second_factor"]),
        (&"editor".into(), &false.into())
    );
}
