//! What the file said, at the desk: carriers, conflicts, "use this one", newer files, and what went wrong.

use serde_json::json;

use super::{leads_to, version_on};
use crate::harness::photograph::{jpeg, png_that_claims};
use crate::harness::server::eventually;
use crate::harness::{Client, Server, captioned, reportage as tale};

/// The keys that a page's "Use this one" buttons send.
async fn keys(editor: &Client, page: &str) -> Vec<String> {
    let text = editor.get(page).await.is(200).text();
    text.split("name=\"use\" value=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(str::to_owned)
        .collect()
}

/// A JPEG whose IIM says something else than its XMP.
fn contradicting() -> Vec<u8> {
    let file = captioned(1, "Zoals in XMP staat, zo is het.");
    let words = b"Zoals in XMP staat";
    let iim = file
        .windows(words.len())
        .rposition(|window| window == words)
        .unwrap();
    let mut file = file;
    file[iim..iim + words.len()].copy_from_slice(b"Zoals in IIM staat");
    file
}

#[actix_web::test]
async fn a_value_that_lost_is_shown_and_taken_over_with_one_button() {
    let server = Server::start();
    let editor = server.editor();
    let id = editor.photo("a.jpg", &contradicting()).await;
    let (page, path) = (
        format!("/desk/photos/{id}"),
        format!("/api/v1/manage/photos/{id}"),
    );
    let text = editor.get(&page).await.is(200).text();
    for part in [
        "Zoals in XMP staat",
        "Zoals in IIM staat",
        ">IPTC<",
        "Use this one",
    ] {
        assert!(text.contains(part), "{part} is missing: {text}");
    }
    let winner = editor.get(&path).await.data()["caption"].clone();
    let losing = keys(&editor, &page)
        .await
        .into_iter()
        .find(|key| key.starts_with("caption:"))
        .expect("a button beside the caption that lost");
    let version = version_on(&editor.get(&page).await);
    let fields = [("version", version.as_str()), ("use", losing.as_str())];
    assert_eq!(leads_to(editor.form(&format!("{page}/use"), &fields).await), page);
    let taken = editor.get(&path).await.data()["caption"].clone();
    assert_ne!(taken, winner);
    // Pressing it twice changes nothing more. The other one can be taken back, but not over what somebody changed meanwhile.
    leads_to(editor.form(&format!("{page}/use"), &fields).await);
    let back = keys(&editor, &page)
        .await
        .into_iter()
        .find(|key| key.starts_with("caption:") && *key != losing)
        .expect("a button beside the one that won");
    let fields = [("version", version.as_str()), ("use", back.as_str())];
    editor.form(&format!("{page}/use"), &fields).await.is(412);
    // What is no value changes nothing.
    let version = version_on(&editor.get(&page).await);
    for wrong in ["", "caption:99:x", "caption", "keywords:0:pho_x"] {
        let fields = [("version", version.as_str()), ("use", wrong)];
        editor.form(&format!("{page}/use"), &fields).await.is(422);
    }
}

#[actix_web::test]
async fn a_newer_file_offers_its_words_and_is_taken_over_by_choice() {
    let server = Server::start();
    let editor = server.editor();
    let first = editor.photo("DSC_1.jpg", &tale::original(7, 480, 320)).await;
    let (page, path) = (
        format!("/desk/photos/{first}"),
        format!("/api/v1/manage/photos/{first}"),
    );
    let tag = editor.get(&path).await.header("etag");
    editor
        .if_match(&tag)
        .patch(&path, &json!({"caption": "Met de hand verbeterd."}))
        .await
        .is(200);
    let second = editor.photo("DSC_1.jpg", &tale::original(7, 500, 320)).await;
    let text = editor.get(&page).await.text();
    assert!(
        text.contains("A newer file of this photograph has arrived"),
        "{text}"
    );
    let other = editor.get(&format!("/desk/photos/{second}")).await.text();
    assert!(other.contains("This is a newer file of"), "{other}");
    let offered = keys(&editor, &page).await;
    let newer = offered
        .iter()
        .find(|key| key.starts_with("caption:") && key.ends_with(&second))
        .unwrap();
    let version = version_on(&editor.get(&page).await);
    let fields = [("version", version.as_str()), ("use", newer.as_str())];
    leads_to(editor.form(&format!("{page}/use"), &fields).await);
    let caption = editor.get(&path).await.data()["caption"].clone();
    assert_eq!(
        caption,
        editor
            .get(&format!("/api/v1/manage/photos/{second}"))
            .await
            .data()["caption"]
    );
}

#[actix_web::test]
async fn a_photo_that_failed_says_why_and_is_tried_again_with_one_button() {
    let server = Server::start();
    let editor = server.editor();
    let id = editor.photo_pending("stuk.png", &png_that_claims(400, 300)).await;
    let settled = editor.settled(&id).await;
    assert_eq!(settled["state"], "failed", "{settled:#}");
    let page = format!("/desk/photos/{id}");
    let text = editor.get(&page).await.is(200).text();
    assert!(
        text.contains("cannot be decoded") && text.contains("Try again"),
        "{text}"
    );
    assert_eq!(leads_to(editor.form(&format!("{page}/render"), &[]).await), page);
    eventually("the second try to end", async || {
        let photo = editor.get(&format!("/api/v1/manage/photos/{id}")).await.data();
        (photo["state"] == "failed").then_some(())
    })
    .await;
}

#[actix_web::test]
async fn a_picture_that_a_model_made_is_marked_at_the_desk_and_for_readers() {
    let server = Server::start();
    let editor = server.editor();
    let made = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia";
    let packet = format!(
        "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>\
         <rdf:Description xmlns:e='http://iptc.org/std/Iptc4xmpExt/2008-02-29/' e:DigitalSourceType='{made}'/></rdf:RDF></x:xmpmeta>"
    );
    let segment = [b"http://ns.adobe.com/xap/1.0/\0", packet.as_bytes()].concat();
    let mut file = jpeg(1, 480, 320);
    let length = u16::try_from(segment.len() + 2).unwrap().to_be_bytes();
    file.splice(2..2, [&[0xff, 0xe1], &length[..], &segment].concat());
    let id = editor.photo("a.jpg", &file).await;
    assert!(
        editor
            .get(&format!("/desk/photos/{id}"))
            .await
            .text()
            .contains("Made with AI")
    );
    let story = editor.small_story("Een veld", &id).await;
    editor.publish(&story).await.is(201);
    let reader = server.visitor();
    assert!(
        reader
            .get("/stories/een-veld")
            .await
            .text()
            .contains("Gemaakt met AI")
    );
    let live = reader.get("/api/v1/stories/een-veld").await.data();
    assert_eq!(live["photos"][&id]["ai"], "made");
}
