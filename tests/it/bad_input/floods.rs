//! Little that would become much: forms of strangers, codes in codes, words that are written a thousand times, methods of one's own making.

use reportage::account::Role;
use reportage::config;
use reqwest::Method;
use serde_json::json;

use crate::harness::server::eventually;
use crate::harness::{Client, Server, captioned};

/// A form as a browser sends it from the site's own page.
async fn send_form(client: &Client, path: &str, body: String) -> crate::harness::Answer {
    client
        .clone()
        .always("Content-Type", "application/x-www-form-urlencoded")
        .bytes(Method::POST, path, body.into_bytes())
        .await
}

#[actix_web::test]
async fn a_strangers_form_is_small_and_so_is_what_comes_back() {
    let server = Server::start();
    let stranger = server.visitor().always("Sec-Fetch-Site", "same-origin");
    for path in ["/desk/stories", "/desk/sign-in", "/desk/join"] {
        for body in [
            "a=b&".repeat(2 * 1024 * 1024),
            format!("a={}", "b".repeat(1400 * 1024)),
        ] {
            let refused = send_form(&stranger, path, body).await.is(413);
            assert!(refused.body.len() < 100_000, "{path}: {}", refused.body.len());
        }
        let many = send_form(&stranger, path, "a=b&".repeat(30_000)).await.is(413);
        assert!(many.body.len() < 100_000, "{path}: {}", many.body.len());
    }
    // The longest text there is comes back whole, in letters that take six characters each.
    let text = "я".repeat(50_000);
    let body = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("words", &text)
        .finish();
    let back = send_form(&stranger, "/desk/stories", body).await.is(401);
    assert!(back.text().contains(&text), "nothing of it is lost");
    assert!(back.body.len() < 4_000_000, "{}", back.body.len());
    // Whoever is known sends more, but not endlessly many fields.
    let editor = server.session(&server.person("redactie", Role::Editor));
    send_form(&editor, "/desk/stories", "a=b&".repeat(20_001))
        .await
        .is(413);
    let long = format!("title=Een+veld&language=nl&x={}", "b".repeat(1024 * 1024));
    send_form(&editor, "/desk/stories", long).await.is(303);
}

#[actix_web::test]
async fn words_that_would_be_written_again_and_again_are_bounded() {
    let server = Server::with(|config| config.render_threads = 0);
    let person = server.person("redactie", Role::Editor);
    let editor = server.session(&person);
    // A line of its own for each: in a slow hour a server is so long at one of these that it takes the line for forgotten behind it.
    let fresh = || server.session(&person);
    let photo = editor.photo_pending("a.jpg", &captioned(1, "Een veld.")).await;
    let frame = json!({"photo": photo, "caption": "aaaa aaaa"});
    let blocks = vec![json!({"type": "photo", "frame": frame}); 50];
    let story = editor
        .story(&json!({"title": "T", "language": "nl", "blocks": blocks}))
        .await;
    let desk = format!("/desk/stories/{story}");
    let draft = editor.draft(&story).await.data();
    let frames: Vec<String> = draft["blocks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|block| block["frame"]["id"].as_str().unwrap().to_owned())
        .collect();

    let long = "x".repeat(5_001);
    let with_long = [("find", "a"), ("with", long.as_str())];
    fresh()
        .form(&format!("{desk}/captions/replace"), &with_long)
        .await
        .is(422);
    let most = "x".repeat(5_000);
    let with_most = [("find", "a"), ("with", most.as_str())];
    let page = fresh()
        .form(&format!("{desk}/captions/replace"), &with_most)
        .await
        .is(200);
    assert!(page.body.len() < 20_000_000, "{}", page.body.len());

    let codes: Vec<String> = (0..40)
        .map(|level| format!("c{level}=\\c{next}\\\\c{next}\\", next = level + 1))
        .collect();
    let codes = format!("{}\nlang={}", codes.join("\n"), "y".repeat(15_000));
    fresh()
        .form(&format!("{desk}/codes"), &[("codes", &codes)])
        .await
        .is(303);
    for (caption, inside) in [("\\c0\\", "\\c1\\\\c1\\"), ("\\lang\\", "yyy")] {
        let fields = [
            ("frame", frames[0].as_str()),
            ("set-caption", "on"),
            ("mode-caption", "replace"),
            ("caption", caption),
        ];
        let page = fresh()
            .form(&format!("{desk}/captions/apply"), &fields)
            .await
            .is(200);
        assert!(page.text().contains(inside));
        assert!(page.body.len() < 500_000, "{}", page.body.len());
    }
    let mut everything: Vec<(&str, &str)> = frames.iter().map(|id| ("frame", id.as_str())).collect();
    let many = "\\lang\\".repeat(800);
    everything.extend([
        ("set-caption", "on"),
        ("mode-caption", "replace"),
        ("caption", many.as_str()),
    ]);
    let refused = fresh()
        .form(&format!("{desk}/captions/apply"), &everything)
        .await
        .is(422);
    assert!(refused.text().contains("Choose fewer photographs"));

    let sheet = format!("frame,caption\n{0},een\n{0},twee\n", frames[0]);
    let refused = fresh()
        .form(&format!("{desk}/captions.csv"), &[("sheet", &sheet)])
        .await
        .is(422);
    assert!(refused.text().contains("more than one row"), "{}", refused.text());
}

#[actix_web::test]
async fn methods_of_a_strangers_making_are_one_series() {
    let server = Server::with(|config: &mut config::Config| {
        config.metrics_listen = Some("127.0.0.1:0".parse().unwrap());
    });
    let address = server.running.metrics_address().unwrap();
    let telling = Client::new(&format!("http://{address}"));
    let stranger = server.visitor();
    for name in ["ZZQ1", "ZZQ2"] {
        let method = Method::from_bytes(name.as_bytes()).unwrap();
        stranger.send(method, "/", None).await;
    }
    let told = eventually("the requests to be counted", async || {
        let text = telling.get("/metrics").await.is(200).text();
        text.contains("method=\"other\"").then_some(text)
    })
    .await;
    assert!(!told.contains("ZZQ"), "{told}");
}
