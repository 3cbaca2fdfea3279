//! What Prometheus is told, at an address of its own.

use crate::harness::{Client, Server, captioned, server::eventually};

/// The value of a series.
#[track_caller]
fn value(text: &str, series: &str) -> f64 {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("{series} is missing in\n{text}"))
        .parse()
        .unwrap()
}

#[actix_web::test]
async fn metrics_count_work_by_route_and_name_nobody() {
    let server = Server::with(|config| config.metrics_listen = Some("127.0.0.1:0".parse().unwrap()));
    let address = server.running.metrics_address().unwrap();
    let telling = Client::new(&format!("http://{address}"));
    let editor = server.editor();
    let photo = editor.photo("geheime-naam.jpg", &captioned(1, "Een veld.")).await;
    let story = editor.small_story("Telskuf", &photo).await;
    let published = editor.publish(&story).await.is(201);
    let path = published.data()["url"].as_str().unwrap().to_owned();
    let path = path.strip_prefix(&server.base()).unwrap_or(&path).to_owned();
    let reader = server.visitor();
    reader
        .get("/preview/rpv_A2345678901234567890123456789012345678901234")
        .await
        .is(404);
    // The page is made by the first who asks, or was by then; the second finds it ready.
    eventually("the page lies ready", async || {
        reader.get(&path).await.is(200);
        let text = telling.get("/metrics").await.is(200).text();
        (value(&text, "reportage_ready_pages_total") > 0.0).then_some(())
    })
    .await;
    let answer = telling.get("/metrics").await.is(200);
    assert!(
        answer
            .header("content-type")
            .starts_with("application/openmetrics-text")
    );
    let text = answer.text();
    assert!(text.ends_with("# EOF\n"), "{text}");
    for (series, least) in [
        (
            "reportage_requests_total{method=\"GET\",route=\"/preview/{secret}\",status=\"404\"}",
            1.0,
        ),
        ("reportage_request_seconds_count{audience=\"api\"}", 3.0),
        (
            "reportage_jobs_total{kind=\"render_photo\",outcome=\"done\"}",
            1.0,
        ),
        ("reportage_job_seconds_count{kind=\"render_photo\"}", 1.0),
        ("reportage_photos", 1.0),
        ("reportage_originals", 1.0),
        ("reportage_originals_bytes", 100.0),
        ("reportage_disk_free_bytes", 1.0),
        ("reportage_store_writable", 1.0),
        ("reportage_database_up", 1.0),
        ("process_resident_memory_bytes", 1e6),
        ("process_cpu_seconds_total", 0.0),
        ("process_open_fds", 10.0),
    ] {
        assert!(value(&text, series) >= least, "{series} in\n{text}");
    }
    assert!(value(&text, "reportage_queue_late_seconds{lane=\"prompt\"}").abs() < 1.0);
    for word in [
        "geheime",
        "rpv_",
        "Telskuf",
        "example.org",
        story.as_str(),
        photo.as_str(),
    ] {
        assert!(!text.contains(word), "“{word}” is told:\n{text}");
    }
    telling.get("/").await.is(404);
    reader.get("/metrics").await.is(404);
}
