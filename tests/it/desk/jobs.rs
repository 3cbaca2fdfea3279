//! The queue at the desk: what failed says why, and is tried again with one button.

use reportage::account::Role;
use reportage::photo::renditions;
use reportage::queue::{self, JobKind, Lane, MOST_TRIES};

use crate::harness::{NOW, Server, captioned, png_that_claims};

#[actix_web::test]
async fn what_failed_says_why_and_is_tried_again() {
    let server = Server::with(|config| config.render_threads = 0);
    let admin = server.session(&server.person("beheer", Role::Admin));
    let empty = admin.get("/desk/jobs").await.is(200).text();
    assert_eq!(empty.matches("class=\"empty\"").count(), 3, "{empty}");

    let photo = admin.photo_pending("a.jpg", &captioned(1, "Een veld.")).await;
    let id = photo.parse().unwrap();
    server
        .db()
        .write_now(|conn| {
            renditions::give_up(conn, &id, "the file ends early <b>", NOW)?;
            queue::enqueue(conn, JobKind::RenderAvif, &photo, NOW)?;
            for number in 0..MOST_TRIES {
                let job = queue::claim(conn, Lane::Patient, NOW + 60_000)?.unwrap();
                let again = queue::fail(conn, &job, "the disk was away", NOW)?;
                assert_eq!(again, number + 1 < MOST_TRIES);
            }
            Ok::<_, diesel::result::Error>(())
        })
        .unwrap();
    let page = admin.get("/desk/jobs").await.is(200).text();
    assert!(page.contains("the file ends early &#60;b&#62;"), "{page}");
    assert!(page.contains("the disk was away"), "{page}");
    assert!(page.contains(&format!("/desk/photos/{photo}")), "{page}");

    // One at a time, then all.
    admin.form("/desk/jobs", &[("again", &photo)]).await.is(303);
    let page = admin.get("/desk/jobs").await.is(200).text();
    assert!(!page.contains("ends early"), "{page}");
    // A photograph is told by the name of its file.
    assert!(
        page.contains(">a.jpg</a>") && !page.contains(&format!(">{photo}</a>")),
        "{page}"
    );
    assert!(page.contains("the disk was away"), "{page}");
    let states = |server: &Server| server.db().read_now(queue::count).unwrap();
    assert!(states(&server).contains(&("render_avif".to_owned(), "failed".to_owned(), 1)));
    admin.form("/desk/jobs", &[("again", "all")]).await.is(303);
    assert!(states(&server).iter().all(|(_, state, _)| state == "waiting"));
    let trail = admin
        .get("/desk/audit?person=&word=site.jobs_retried")
        .await
        .text();
    assert_eq!(trail.matches(">beheer</a>").count(), 2, "{trail}");

    admin.form("/desk/jobs", &[("again", "everything")]).await.is(404);
    let editor = server.editor();
    editor.get("/desk/jobs").await.is(403);
    editor.form("/desk/jobs", &[("again", "all")]).await.is(403);
}

#[actix_web::test]
async fn a_job_that_ends_the_program_each_time_is_given_up() {
    let server = Server::with(|config| config.render_threads = 0);
    let editor = server.editor();
    let photo = editor.photo_pending("a.jpg", &captioned(1, "Een veld.")).await;
    // As often as it may be tried, the program ended in the middle of it.
    for _ in 0..MOST_TRIES {
        let claimed = server.db().write_now(|conn| {
            let job = queue::claim(conn, Lane::Prompt, NOW)?;
            queue::reclaim(conn, NOW)?;
            Ok::<_, diesel::result::Error>(job)
        });
        assert!(claimed.unwrap().is_some());
    }
    let data = server.stop().await;
    let server = Server::on(data, |_| {});
    let account = server
        .db()
        .read_now(|conn| reportage::account::query::find_account_by_email(conn, "redactie@example.org"))
        .unwrap()
        .unwrap();
    let editor = server.session(&crate::harness::Person { account });
    let settled = editor.settled(&photo).await;
    assert_eq!(settled["state"], "failed", "{settled}");
    assert!(
        settled["failure"].as_str().unwrap().contains("ended each time"),
        "{settled}"
    );
}

#[actix_web::test]
async fn nobodys_many_photographs_wait_before_anothers_one() {
    let server = Server::with(|config| config.render_threads = 0);
    let editor = server.editor();
    let anna = server.session(&server.person("anna", Role::Photographer));
    let mut many = Vec::new();
    for seed in 1..=4 {
        many.push(editor.photo_pending("a.jpg", &captioned(seed, "Een veld.")).await);
    }
    // So large that it takes a thread for long.
    let huge = anna
        .photo_pending("b.png", &png_that_claims(14_000, 13_000))
        .await;
    let one = anna.photo_pending("c.jpg", &captioned(9, "Een dijk.")).await;
    let order = server
        .db()
        .write_now(|conn| {
            let mut order = Vec::new();
            while let Some(job) = queue::claim(conn, Lane::Quick, NOW)? {
                order.push(job.subject_id);
            }
            let rest = queue::claim(conn, Lane::Prompt, NOW)?;
            Ok::<_, diesel::result::Error>((order, rest.map(|job| job.subject_id)))
        })
        .unwrap();
    let place = |id: &String| order.0.iter().position(|found| found == id).unwrap();
    assert_eq!(place(&many[0]), 0);
    assert!(place(&one) < place(&many[2]), "{order:?} {one}");
    assert_eq!(order.0.len(), 5);
    assert_eq!(
        order.1,
        Some(huge),
        "it waits until nothing else does, and on one thread alone"
    );
}
