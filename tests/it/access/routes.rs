//! All routes of the program × role × state of a story, decided in one table: `access/routes.table`. What the scopes of tokens open is in `matrix`.

mod ask;
mod source;
mod stage;
mod table;

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;
use reqwest::header::HeaderMap;

use crate::harness::{Answer, Client, Server};
use ask::{address, ask};
use stage::{Scene, Stage};
use table::{ROLES, Row, State, rows};

/// Lists that have no row of their own, each in another form.
const MORE_LISTS: [&str; 4] = [
    "/atom.xml",
    "/feed.json",
    "/tags/dotterbloem/atom.xml",
    "/photographers/maker-dotterbloem/feed.json",
];

#[test]
fn every_route_of_the_program_is_in_the_table() {
    let found = source::registered().unwrap_or_else(|what| panic!("{what}"));
    let names: Vec<String> = rows().iter().map(Row::name).collect();
    let listed: BTreeSet<String> = names.iter().cloned().collect();
    assert_eq!(names.len(), listed.len(), "a route has two lines");
    let missing: Vec<_> = found.routes.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&found.routes).collect();
    assert!(
        missing.is_empty() && gone.is_empty(),
        "not in routes.table: {missing:#?}; in routes.table only: {gone:#?}"
    );
    // What answers where no route does tells nobody of anything.
    let otherwise = ["methods::otherwise", "nothing"].map(str::to_owned);
    assert_eq!(found.otherwise, BTreeSet::from(otherwise));
}

#[test]
fn what_registers_a_route_in_a_way_that_is_not_known_fails() {
    let read = |text: &str| {
        let described = r#"#[get("/one")] #[must_use] pub(super) async fn one() {} const AT: &str = "/at";"#;
        let files = [("web/mod.rs", text), ("web/room.rs", described)];
        source::read(&BTreeMap::from(
            files.map(|(name, text)| (name.to_owned(), text.to_owned())),
        ))
    };
    let known = r#"
        const ROOT: &str = "/api";
        fn f(config: C) {
            config
                .route("/a/{id:\\d}", get().to(a::b))
                .route("/a", web::method(Method::OPTIONS).to(b),)
                .service(web::resource(room::AT).route(web::get().to(a)).route(patch().to(b)))
                .service(web::scope(ROOT).configure(|it| it.service(room::one)).default_service(web::to(none)));
        }
    "#;
    let routes = read(known).unwrap();
    let expected = [
        "GET /a/{id:\\d}",
        "GET /api/one",
        "GET /at",
        "OPTIONS /a",
        "PATCH /at",
    ];
    assert_eq!(routes.routes, BTreeSet::from(expected.map(str::to_owned)));
    for odd in [
        "c.service(room::one).route(PATH, get().to(a))",
        r#"c.service(room::one).route("/a", a_route())"#,
        r#"c.service(room::one).route("/a", get().guard(x).to(a))"#,
        "c.service(room::one).service(a)",
        r#"c.service(room::one).service(files("/a"))"#,
        r#"c.service(room::one).service(web::resource("/a").to(a))"#,
        r#"c.service(room::one); let own = web::resource("/a");"#,
        r#"c.service(room::one).service(web::scope("/a")).service(web::scope("/b"))"#,
        "c.service(room::one).default_service(files())",
        "c.service(room::one).service(room::two)",
        r#"c.service(room::one); #[route("/a", method = "GET")] fn a() {}"#,
        r#"c.service(room::one); #[get("/a")] fn registered_nowhere() {}"#,
        "",
    ] {
        assert!(read(odd).is_err(), "{odd}: {:?}", read(odd));
    }
}

/// Whether an answer is what a cell says.
fn fits(cell: &str, row: &Row, answer: &Answer) -> bool {
    match cell {
        "hidden" => answer.status == 404,
        "sign-in" if row.is_read() => {
            answer.status == 303 && answer.header("location").starts_with("/desk/sign-in")
        }
        "sign-in" => answer.status == 401 && answer.text().contains("name=\"password\""),
        "taken" => !matches!(answer.status, 401 | 403 | 404 | 405 | 500..),
        status => answer.status.to_string() == status,
    }
}

/// Whether a cell lets nobody in.
fn is_refusal(cell: &str) -> bool {
    matches!(cell, "hidden" | "sign-in" | "401" | "403" | "404")
}

/// Whether an answer must not be kept by anybody on its way.
fn is_private(row: &Row, answer: &Answer) -> bool {
    let rooms = [
        "/desk",
        "/drop/",
        "/preview/",
        "/api/v1/manage",
        "/api/v1/preview",
    ];
    answer.status >= 400 || rooms.iter().any(|room| row.pattern.starts_with(room))
}

/// Who asks what, for what went wrong.
fn asked(row: &Row, state: Option<State>, role: usize) -> String {
    let state = state.map_or_else(String::new, |state| format!(" ({state:?})"));
    format!("{}{state} by {}", row.name(), ROLES[role])
}

/// What is wrong with an answer.
fn judge(row: &Row, cell: &str, what: &str, answer: &Answer) -> Option<String> {
    if !fits(cell, row, answer) {
        return Some(format!("{what}: {} instead of {cell}", answer.status));
    }
    let may_be_kept = !answer.header("cache-control").contains("no-store");
    (is_private(row, answer) && may_be_kept).then(|| format!("{what}: it may be stored"))
}

/// All of an answer but when it was made and whether the line stays open. What a form or a redirect says again of the address is left out too.
fn bare(row: &Row, cell: &str, answer: &Answer, scene: &Scene) -> (u16, HeaderMap, String) {
    let mut headers = answer.headers.clone();
    headers.remove("date");
    headers.remove("connection");
    let is_exact = row.is_read() && cell == "hidden";
    if is_exact {
        return (answer.status, headers, answer.text());
    }
    let never = scene.never();
    let blank = |text: &str| {
        let names = scene.names().into_iter().chain(never.names());
        names
            .filter(|(name, _)| !name.is_empty())
            .fold(text.to_owned(), |text, (name, place)| text.replace(name, place))
    };
    headers.remove("content-length");
    let location = headers.remove("location");
    let location = location.map(|value| blank(value.to_str().unwrap()));
    let text = blank(&answer.text());
    (
        answer.status,
        headers,
        format!("{}{text}", location.unwrap_or_default()),
    )
}

/// Whether what is refused must look like what never was.
fn must_look_like_nothing(row: &Row, cell: &str, role: usize) -> bool {
    let is_about_something = row.pattern.contains('{') || row.pattern == "/oembed";
    is_about_something && is_refusal(cell) && (cell == "hidden" || role < 2)
}

/// Asks one role for a route in all its states, and says what is wrong.
async fn read_as(stage: &Stage, row: &Row, role: usize, lists: &mut Vec<String>) -> Vec<String> {
    let (who, mut wrong) = (&stage.clients[role], Vec::new());
    let mut nothing: Option<Answer> = None;
    for state in row.asked_in() {
        let (scene, cell) = (stage.standing(row, state), row.cell(state, role));
        let answer = ask(stage, who, row, &address(stage, row, &scene), &scene).await;
        let what = asked(row, state, role);
        wrong.extend(judge(row, cell, &what, &answer));
        if must_look_like_nothing(row, cell, role) {
            let never = match &nothing {
                Some(never) if !address(stage, row, &scene).contains('?') => never.clone(),
                _ => ask(stage, who, row, &address(stage, row, &scene.never()), &scene).await,
            };
            if bare(row, cell, &answer, &scene) != bare(row, cell, &never, &scene) {
                wrong.push(format!("{what}: not like what never was"));
            }
            nothing = Some(never);
        }
        // Whoever holds a link sees the draft's pictures, with the words in their files.
        if role < 2 && answer.status < 400 && !row.pattern.starts_with("/preview/") {
            wrong.extend(tells(&what, &answer));
            lists.push(answer.text());
        }
    }
    wrong
}

/// Of which stories an answer tells that no reader may know of.
fn tells(what: &str, answer: &Answer) -> Vec<String> {
    let text = answer.text().to_lowercase();
    let hidden = State::ALL.into_iter().filter(|state| *state != State::Live);
    hidden
        .filter(|state| text.contains(stage::word(*state)))
        .map(|state| format!("{what}: tells of the story that is {state:?}"))
        .collect()
}

#[actix_web::test]
async fn every_role_reads_what_the_table_says_in_every_state_and_reading_writes_nothing() {
    let stage = Stage::raise().await;
    let before = stage.dump();
    assert!(before["stories"].len() == 5 && before["audit"].len() > 10);
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for row in rows().iter().filter(|row| row.is_read()) {
        let roles = (0..ROLES.len()).map(|role| {
            let stage = &stage;
            async move {
                let mut read = Vec::new();
                let wrong = read_as(stage, row, role, &mut read).await;
                (wrong, read)
            }
        });
        for (more, read) in join_all(roles).await {
            wrong.extend(more);
            seen += read
                .iter()
                .filter(|text| text.contains(stage::word(State::Live)))
                .count();
        }
    }
    for path in MORE_LISTS {
        for who in &stage.clients[..2] {
            wrong.extend(tells(path, &who.get(path).await.is(200)));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(
        seen > 20,
        "what is live is told of {seen} times only: the words are not looked for rightly"
    );
    let after = stage.dump();
    for (table, rows) in &after {
        assert_eq!(&before[table], rows, "reading wrote into {table}");
    }
}

/// What is refused is refused in every state of what stands.
async fn refused_as(stage: &Stage, row: &Row, role: usize) -> Vec<String> {
    let (who, mut wrong) = (&stage.clients[role], Vec::new());
    for state in row.asked_in() {
        let cell = row.cell(state, role);
        if !is_refusal(cell) {
            continue;
        }
        let scene = match state {
            Some(_) => stage.standing(row, state),
            None => stage.fresh(row, None).await,
        };
        let answer = ask(stage, who, row, &address(stage, row, &scene), &scene).await;
        let what = asked(row, state, role);
        wrong.extend(judge(row, cell, &what, &answer));
        if must_look_like_nothing(row, cell, role) {
            let never = ask(stage, who, row, &address(stage, row, &scene.never()), &scene).await;
            if bare(row, cell, &answer, &scene) != bare(row, cell, &never, &scene) {
                wrong.push(format!("{what}: not like what never was"));
            }
        }
    }
    wrong
}

/// What is not refused, on something that was made for it, which is in this state.
async fn taken_as(stage: &Stage, row: &Row, role: usize, state: Option<State>) -> Option<String> {
    let cell = row.cell(state, role);
    if is_refusal(cell) {
        return None;
    }
    let scene = stage.fresh(row, state).await;
    // Whoever signs out is needed again.
    let who: Client = match stage.person(role) {
        Some(person) if row.pattern == "/desk/sign-out" => stage.server.session(person),
        _ => stage.clients[role].clone(),
    };
    let answer = ask(stage, &who, row, &address(stage, row, &scene), &scene).await;
    let what = asked(row, state, role);
    judge(row, cell, &what, &answer).map(|wrong| format!("{wrong}: {}", answer.text()))
}

#[actix_web::test]
async fn every_write_is_refused_to_whom_the_table_says_and_to_nobody_else() {
    let stage = Stage::raise().await;
    let rows = rows();
    let writes = || rows.iter().filter(|row| !row.is_read());
    let before = stage.dump();
    let mut wrong = Vec::new();
    for row in writes() {
        if row.states().is_empty() {
            // One after another: no more than two passwords are looked at at once.
            for role in 0..ROLES.len() {
                wrong.extend(refused_as(&stage, row, role).await);
            }
        } else {
            let refused = join_all((0..ROLES.len()).map(|role| refused_as(&stage, row, role))).await;
            wrong.extend(refused.into_iter().flatten());
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let after = stage.dump();
    for table in [
        "stories",
        "blocks",
        "frames",
        "photos",
        "story_members",
        "publications",
    ] {
        assert_eq!(
            before[table], after[table],
            "what was refused was written into {table}"
        );
    }
    // In turn in each state: every role has all of them, and every route more than one.
    for (at, row) in writes().enumerate() {
        let states = row.asked_in();
        for role in 0..ROLES.len() {
            let state = states[(at + role) % states.len()];
            wrong.extend(taken_as(&stage, row, role, state).await);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// An administrator's browser on a page of another site, as browsers of all ages tell of it.
fn elsewhere(server: &Server, admin: &Client) -> Vec<Client> {
    let bare = admin.clone().without("sec-fetch-site");
    let scheme = server.base().replace("http://", "https://");
    vec![
        bare.clone(),
        bare.clone().always("Sec-Fetch-Site", "cross-site"),
        bare.clone().always("Sec-Fetch-Site", "same-site"),
        bare.clone().always("Sec-Fetch-Site", "none"),
        bare.clone().always("Origin", "https://evil.example"),
        bare.clone().always("Origin", &scheme),
        bare.always("Origin", "null"),
    ]
}

#[actix_web::test]
async fn no_write_of_the_table_is_taken_with_a_cookie_from_another_site() {
    let stage = Stage::raise().await;
    let before = stage.dump();
    let mut wrong = Vec::new();
    for row in rows() {
        // Where no cookie counts, a page elsewhere can do what whoever knows the secret can do without one.
        if row.from_elsewhere != Some("403") {
            continue;
        }
        let scene = stage.standing(&row, row.states().first().copied());
        let scene = Scene {
            id: if scene.id.is_empty() {
                "none".to_owned()
            } else {
                scene.id
            },
            ..scene
        };
        let path = address(&stage, &row, &scene);
        for who in elsewhere(&stage.server, stage.admin()) {
            let answer = ask(&stage, &who, &row, &path, &scene).await;
            if answer.status != 403 {
                wrong.push(format!("{} from elsewhere: {}", row.name(), answer.status));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let after = stage.dump();
    for (table, rows) in &after {
        assert_eq!(&before[table], rows, "another site wrote into {table}");
    }
}
