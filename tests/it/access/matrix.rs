//! The matrix of role × scope × route. A route of the OpenAPI document that is not in the table fails the test.

use std::collections::BTreeSet;

use reportage::account::Role;
use reportage::account::token::Scope;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Client, Person, Server, captioned};

/// A route, the scope a token needs, and how it answers to whom.
struct Route {
    method: Method,
    path: &'static str,
    /// None is public, or for those who are here in person.
    scope: Option<Scope>,
    /// Whether no token opens it, whatever its scopes.
    in_person: bool,
    /// To editors.
    editor: u16,
    /// To administrators: as to editors, or to them alone.
    admin: u16,
    /// To a photographer who is a member of the story and owns the photo.
    member: u16,
    /// To a photographer who is neither.
    stranger: u16,
}

const fn route(
    method: Method,
    path: &'static str,
    scope: Option<Scope>,
    (editor, member, stranger): (u16, u16, u16),
) -> Route {
    Route {
        method,
        path,
        scope,
        in_person: false,
        editor,
        admin: editor,
        member,
        stranger,
    }
}

fn for_admins(method: Method, path: &'static str, scope: Option<Scope>, admin: u16) -> Route {
    Route {
        admin,
        ..route(method, path, scope, (403, 403, 403))
    }
}

/// A route that no token opens; in the order of administrators, editors, and both photographers.
fn in_person(method: Method, path: &'static str, (admin, editor, others): (u16, u16, u16)) -> Route {
    Route {
        admin,
        in_person: true,
        ..route(method, path, None, (editor, others, others))
    }
}

impl Route {
    fn is_public(&self) -> bool {
        self.scope.is_none() && !self.in_person
    }
}

const READ: Option<Scope> = Some(Scope::StoriesRead);
const PREVIEW: Option<Scope> = Some(Scope::StoriesPreview);
const WRITE: Option<Scope> = Some(Scope::StoriesWrite);
const PUBLISH: Option<Scope> = Some(Scope::StoriesPublish);
const PHOTOS: Option<Scope> = Some(Scope::PhotosWrite);
const SITE: Option<Scope> = Some(Scope::SiteManage);

const HOOKS: Option<Scope> = Some(Scope::WebhooksManage);

const UPLOADS: &str = "/api/v1/manage/uploads";
const ONE_UPLOAD: &str = "/api/v1/manage/uploads/{id}";

/// All routes. The story is a draft whose photo waits for its renditions, so publishing it answers 422 to those who may.
#[allow(clippy::too_many_lines, reason = "it is a table")]
fn table() -> Vec<Route> {
    use Method as M;
    vec![
        route(M::GET, "/api/v1/stories", None, (200, 200, 200)),
        route(M::GET, "/api/v1/stories/{slug}", None, (404, 404, 404)),
        // Nothing to look for is named.
        route(M::GET, "/api/v1/search", None, (400, 400, 400)),
        route(M::GET, "/api/v1/tags", None, (200, 200, 200)),
        route(M::GET, "/api/v1/photographers", None, (200, 200, 200)),
        route(M::GET, "/api/v1/preview/stories/{id}", PREVIEW, (200, 200, 404)),
        for_admins(M::GET, "/api/v1/manage/site", SITE, 200),
        // The tag that is sent is a story's.
        for_admins(M::PUT, "/api/v1/manage/site", SITE, 412),
        for_admins(M::GET, "/api/v1/manage/webhooks", HOOKS, 200),
        for_admins(M::POST, "/api/v1/manage/webhooks", HOOKS, 201),
        // The ids that are asked for are a story's.
        for_admins(M::GET, "/api/v1/manage/webhooks/{id}", HOOKS, 404),
        for_admins(M::PATCH, "/api/v1/manage/webhooks/{id}", HOOKS, 404),
        for_admins(M::DELETE, "/api/v1/manage/webhooks/{id}", HOOKS, 404),
        for_admins(M::POST, "/api/v1/manage/webhooks/{id}/secret", HOOKS, 404),
        for_admins(M::POST, "/api/v1/manage/webhooks/{id}/ping", HOOKS, 404),
        for_admins(M::GET, "/api/v1/manage/webhooks/{id}/deliveries", HOOKS, 404),
        for_admins(
            M::POST,
            "/api/v1/manage/webhooks/{id}/deliveries/{delivery}/redeliver",
            HOOKS,
            404,
        ),
        for_admins(M::GET, "/api/v1/manage/old-addresses", SITE, 200),
        // None is named.
        for_admins(M::DELETE, "/api/v1/manage/old-addresses", SITE, 400),
        in_person(M::GET, "/api/v1/manage/accounts", (200, 403, 403)),
        in_person(M::GET, "/api/v1/manage/sessions", (200, 200, 200)),
        // The ids that are asked for are a story's.
        in_person(M::DELETE, "/api/v1/manage/sessions/{id}", (404, 404, 404)),
        in_person(M::GET, "/api/v1/manage/tokens", (200, 200, 200)),
        in_person(M::DELETE, "/api/v1/manage/tokens/{id}", (404, 404, 404)),
        route(M::POST, "/api/v1/manage/photos", PHOTOS, (201, 201, 201)),
        route(M::GET, "/api/v1/manage/photos", READ, (200, 200, 200)),
        route(M::GET, "/api/v1/manage/photos/{id}", READ, (200, 200, 404)),
        route(M::PATCH, "/api/v1/manage/photos/{id}", PHOTOS, (200, 200, 404)),
        route(
            M::POST,
            "/api/v1/manage/photos/{id}/render",
            PHOTOS,
            (202, 202, 404),
        ),
        route(M::DELETE, "/api/v1/manage/photos/{id}", PHOTOS, (409, 409, 404)),
        route(
            M::GET,
            "/api/v1/manage/photos/{id}/original",
            PHOTOS,
            (200, 200, 404),
        ),
        route(M::OPTIONS, UPLOADS, PHOTOS, (204, 204, 204)),
        route(M::POST, UPLOADS, PHOTOS, (201, 201, 201)),
        // The upload is the member's, and nobody else's business.
        route(M::GET, ONE_UPLOAD, PHOTOS, (404, 200, 404)),
        route(M::PATCH, ONE_UPLOAD, PHOTOS, (404, 204, 404)),
        route(M::DELETE, ONE_UPLOAD, PHOTOS, (404, 204, 404)),
        route(M::POST, ONE_UPLOAD, PHOTOS, (404, 204, 404)),
        route(M::POST, "/api/v1/manage/stories", WRITE, (201, 403, 403)),
        route(M::GET, "/api/v1/manage/stories", READ, (200, 200, 200)),
        route(M::GET, "/api/v1/manage/stories/{id}", READ, (200, 200, 404)),
        route(M::PATCH, "/api/v1/manage/stories/{id}", WRITE, (200, 403, 404)),
        // Everybody may undo their own steps in a story they see; these have made none.
        route(
            M::POST,
            "/api/v1/manage/stories/{id}/undo",
            WRITE,
            (200, 200, 404),
        ),
        route(
            M::POST,
            "/api/v1/manage/stories/{id}/redo",
            WRITE,
            (200, 200, 404),
        ),
        route(M::DELETE, "/api/v1/manage/stories/{id}", WRITE, (204, 403, 404)),
        route(
            M::POST,
            "/api/v1/manage/stories/{id}/operations",
            WRITE,
            (200, 403, 404),
        ),
        route(
            M::GET,
            "/api/v1/manage/stories/{id}/members",
            READ,
            (200, 200, 404),
        ),
        route(
            M::PUT,
            "/api/v1/manage/stories/{id}/members/{user}",
            WRITE,
            (204, 403, 404),
        ),
        route(
            M::DELETE,
            "/api/v1/manage/stories/{id}/members/{user}",
            WRITE,
            (204, 403, 404),
        ),
        route(
            M::GET,
            "/api/v1/manage/stories/{id}/revisions",
            READ,
            (200, 200, 404),
        ),
        // There is none yet; that somebody may not put it back is said first.
        route(
            M::GET,
            "/api/v1/manage/stories/{id}/revisions/{number}",
            READ,
            (404, 404, 404),
        ),
        route(
            M::POST,
            "/api/v1/manage/stories/{id}/revisions/{number}/restore",
            WRITE,
            (404, 403, 404),
        ),
        route(
            M::GET,
            "/api/v1/manage/stories/{id}/checklist",
            READ,
            (200, 403, 404),
        ),
        // A photo that waits for its renditions is ready by then.
        route(
            M::PUT,
            "/api/v1/manage/stories/{id}/schedule",
            PUBLISH,
            (200, 403, 404),
        ),
        route(
            M::DELETE,
            "/api/v1/manage/stories/{id}/schedule",
            PUBLISH,
            (204, 403, 404),
        ),
        route(
            M::GET,
            "/api/v1/manage/stories/{id}/preview-links",
            PUBLISH,
            (200, 403, 404),
        ),
        route(
            M::POST,
            "/api/v1/manage/stories/{id}/preview-links",
            PUBLISH,
            (201, 403, 404),
        ),
        // A link that was never made.
        route(
            M::DELETE,
            "/api/v1/manage/stories/{id}/preview-links/{link}",
            PUBLISH,
            (404, 403, 404),
        ),
        route(
            M::GET,
            "/api/v1/manage/stories/{id}/drop-links",
            PUBLISH,
            (200, 403, 404),
        ),
        route(
            M::POST,
            "/api/v1/manage/stories/{id}/drop-links",
            PUBLISH,
            (201, 403, 404),
        ),
        // Nor was this one.
        route(
            M::DELETE,
            "/api/v1/manage/stories/{id}/drop-links/{link}",
            PUBLISH,
            (404, 403, 404),
        ),
        route(
            M::POST,
            "/api/v1/manage/stories/{id}/publication",
            PUBLISH,
            (422, 403, 404),
        ),
        route(
            M::DELETE,
            "/api/v1/manage/stories/{id}/publication",
            PUBLISH,
            (204, 403, 404),
        ),
    ]
}

/// A story with a member, and the member's photo in it; new for each request that might change it.
struct Scene {
    story: String,
    photo: String,
    tag: String,
    photo_tag: String,
    member: Person,
}

struct Cast {
    server: Server,
    editor: Client,
    member: (Person, Client),
    stranger: Client,
    photo: String,
}

impl Cast {
    async fn new() -> Self {
        // Nobody renders: the matrix is about doors, not about pictures.
        let server = Server::with(|config| config.render_threads = 0);
        let editor = server.editor();
        let member = server.person("anna", Role::Photographer);
        let session = server.session(&member);
        let photo = session.photo_pending("a.jpg", &captioned(1, "Een veld.")).await;
        Self {
            stranger: server.session(&server.person("bram", Role::Photographer)),
            member: (member, session),
            editor,
            photo,
            server,
        }
    }

    async fn scene(&self) -> Scene {
        let story = self.editor.small_story("Een veld", &self.photo).await;
        let member = format!(
            "/api/v1/manage/stories/{story}/members/{}",
            self.member.0.account.id
        );
        self.editor.put(&member).await.is(204);
        let photo_path = format!("/api/v1/manage/photos/{}", self.photo);
        Scene {
            tag: self.editor.draft(&story).await.header("etag"),
            photo_tag: self.editor.get(&photo_path).await.header("etag"),
            member: self.member.0.clone(),
            photo: self.photo.clone(),
            story,
        }
    }

    /// Asks about an upload that the member has begun.
    async fn ask_upload(&self, who: &Client, route: &Route) -> Answer {
        let tus = |who: &Client| {
            who.clone()
                .always("Tus-Resumable", "1.0.0")
                .always("Upload-Length", "5000")
        };
        let begun = tus(&self.member.1).bytes(Method::POST, UPLOADS, Vec::new()).await;
        let path = match route.path {
            ONE_UPLOAD => begun.is(201).header("location"),
            path => path.to_owned(),
        };
        let mut who = tus(who)
            .always("Upload-Offset", "0")
            .always("X-HTTP-Method-Override", "DELETE");
        if route.path == ONE_UPLOAD {
            who = who.always("Content-Type", "application/offset+octet-stream");
        }
        who.bytes(route.method.clone(), &path, Vec::new()).await
    }

    async fn ask(&self, who: &Client, route: &Route) -> Answer {
        if route.path.starts_with(UPLOADS) {
            return self.ask_upload(who, route).await;
        }
        let scene = self.scene().await;
        let is_photo = route.path.contains("/photos");
        let id = if is_photo { &scene.photo } else { &scene.story };
        let path = route
            .path
            .replace("{id}", id)
            .replace("{slug}", "een-veld")
            .replace("{delivery}", "dlv_00000000000040008000000000000000")
            .replace(
                "preview-links/{link}",
                "preview-links/prv_00000000000040008000000000000000",
            )
            .replace(
                "drop-links/{link}",
                "drop-links/drp_00000000000040008000000000000000",
            )
            .replace("{number}", "1")
            .replace("{user}", scene.member.account.id.as_str());
        let who = who.if_match(if is_photo { &scene.photo_tag } else { &scene.tag });
        if route.path == "/api/v1/manage/photos" && route.method == Method::POST {
            return who.upload("a.jpg", &captioned(1, "Een veld.")).await;
        }
        who.send(route.method.clone(), &path, body(route).as_ref()).await
    }
}

fn body(route: &Route) -> Option<Value> {
    match (route.method.as_str(), route.path) {
        ("PATCH", "/api/v1/manage/photos/{id}") => Some(json!({"caption": "Een veld."})),
        ("PUT", "/api/v1/manage/stories/{id}/schedule") => {
            Some(json!({"at": "2024-02-01T09:00", "zone": "Europe/Amsterdam"}))
        }
        ("PUT", "/api/v1/manage/site") => Some(json!({"name": "De Kade"})),
        ("PATCH", "/api/v1/manage/webhooks/{id}") => Some(json!({"enabled": false})),
        ("POST", "/api/v1/manage/webhooks") => {
            Some(json!({"url": "https://example.org/hooks", "events": ["photo.ready"]}))
        }
        ("PATCH", _) => Some(json!({"title": "Een veld"})),
        ("POST", "/api/v1/manage/stories") => Some(json!({"title": "Nieuw", "language": "nl"})),
        ("POST", path) if path.ends_with("/drop-links") => Some(json!({"label": "Bram"})),
        ("POST", path) if path.ends_with("/operations") => {
            Some(json!({"operations": [{"op": "insert", "block": {"type": "text", "markdown": "Tekst."}}]}))
        }
        _ => None,
    }
}

#[actix_web::test]
async fn every_route_of_the_api_is_in_the_table() {
    let document = Server::start()
        .visitor()
        .get("/api/openapi.json")
        .await
        .is(200)
        .json();
    let described: BTreeSet<String> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().unwrap().keys();
            methods.map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .collect();
    let listed: BTreeSet<String> = table()
        .iter()
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    assert_eq!(described, listed);
}

#[actix_web::test]
async fn every_role_gets_what_the_table_says() {
    let cast = Cast::new().await;
    let admin = cast.server.session(&cast.server.person("beheer", Role::Admin));
    let mut wrong = Vec::new();
    for route in table() {
        let nobody = if route.is_public() { route.editor } else { 401 };
        let visitor = cast.server.visitor();
        let expected = [
            ("visitor", &visitor, nobody),
            ("admin", &admin, route.admin),
            ("editor", &cast.editor, route.editor),
            ("member", &cast.member.1, route.member),
            ("stranger", &cast.stranger, route.stranger),
        ];
        for (name, who, status) in expected {
            let answer = cast.ask(who, &route).await;
            if answer.status != status {
                wrong.push(format!(
                    "{} {} by {name}: {} instead of {status}",
                    route.method, route.path, answer.status
                ));
            }
            if !route.is_public() {
                assert_eq!(
                    answer.header("cache-control"),
                    "private, no-store",
                    "{}",
                    route.path
                );
            }
            if answer.status == 401 {
                assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"reportage\"");
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[actix_web::test]
async fn a_token_opens_what_its_scopes_name_and_nothing_else() {
    let cast = Cast::new().await;
    let editor = cast.server.person("eindredactie", Role::Editor);
    let mut wrong = Vec::new();
    for scope in Scope::ALL {
        let token = cast.server.token(&editor, &[scope]);
        for route in table() {
            let may = !route.in_person && route.scope.is_none_or(|needed| needed == scope);
            let answer = cast.ask(&token, &route).await;
            let expected = if may { route.editor } else { 403 };
            if answer.status != expected {
                wrong.push(format!(
                    "{} {} with {scope}: {} instead of {expected}",
                    route.method, route.path, answer.status
                ));
            }
            if route.in_person {
                answer.fails(403, "forbidden");
            } else if !may {
                let needed = route.scope.unwrap();
                let answer = answer.fails(403, "missing_scope");
                assert_eq!(answer.json()["scope"], needed.as_str());
                assert!(
                    answer
                        .header("www-authenticate")
                        .contains(&format!("scope=\"{needed}\""))
                );
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[actix_web::test]
async fn a_token_of_all_scopes_is_no_more_than_its_person() {
    let cast = Cast::new().await;
    let token = cast.server.token(&cast.member.0, &Scope::ALL);
    for route in table() {
        let answer = cast.ask(&token, &route).await;
        let expected = if route.in_person { 403 } else { route.member };
        assert_eq!(
            answer.status,
            expected,
            "{} {}: {}",
            route.method,
            route.path,
            answer.text()
        );
    }
}
