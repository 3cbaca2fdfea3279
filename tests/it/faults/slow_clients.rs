//! A thousand clients that send a byte now and then, or nothing at all, while somebody reads.

use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Rig, arguments, editor_in};
use crate::command_line::run::Served;
use crate::harness::Client;
use crate::harness::server::{eventually, program};

/// Clients of each kind.
const SLOW: usize = 500;

/// Sends the beginning of a request, and then a byte now and then if it is to trickle; what the server says until it closes.
async fn slow(address: &str, beginning: &str, trickles: bool) -> String {
    let (mut read, mut write) = TcpStream::connect(address).await.unwrap().into_split();
    write.write_all(beginning.as_bytes()).await.unwrap();
    let (mut answer, mut bytes) = (Vec::new(), [0; 1024]);
    let began = Instant::now();
    loop {
        tokio::select! {
            read = read.read(&mut bytes) => match read {
                Ok(count) if count > 0 => answer.extend_from_slice(&bytes[..count]),
                // An error is a line that was closed under it.
                _ => break,
            },
            () = tokio::time::sleep(Duration::from_millis(500)) => {
                assert!(began.elapsed() < Duration::from_secs(100), "a slow client is never closed");
                if trickles {
                    let _ = write.write_all(b"x").await;
                }
            }
        }
    }
    String::from_utf8_lossy(&answer).into_owned()
}

/// Reads pages one after another until told to stop; how long each took, sorted.
async fn reads(reader: &Client, is_over: &AtomicBool, most: usize) -> Vec<Duration> {
    let mut took = Vec::new();
    while took.len() < most && !is_over.load(Ordering::SeqCst) {
        for path in ["/", "/stories/onder-vuur"] {
            let began = Instant::now();
            reader.get(path).await.is(200);
            took.push(began.elapsed());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    took.sort();
    took
}

fn figures(took: &[Duration]) -> String {
    let (middle, late) = (took[took.len() / 2], took[took.len() * 99 / 100]);
    format!(
        "{} answers, median {middle:?}, 99th percentile {late:?}",
        took.len()
    )
}

#[actix_web::test]
async fn a_thousand_slow_clients_are_closed_and_whoever_reads_meanwhile_is_answered() {
    // This program is the thousand clients.
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    let _ = setrlimit(Resource::Nofile, limit);
    let folder = tempfile::tempdir().unwrap();
    let secret = editor_in(folder.path());
    // With the limit on open files that services usually begin with.
    let mut shell = Command::new("sh");
    shell
        .args(["-c", "ulimit -S -n 1024 && exec \"$0\" \"$@\""])
        .arg(program())
        .args(arguments(folder.path()))
        .env_remove("REPORTAGE_DATA")
        .env_remove("RUST_LOG");
    let rig = Rig::of(Served::start_by(shell, Stdio::null()), folder.path(), secret).await;
    let reader = Client::new(&rig.served.base);
    let before = reads(&reader, &AtomicBool::new(false), 200).await;
    let files = rig.descriptors();

    let address = rig.served.base.strip_prefix("http://").unwrap();
    let header = format!("GET / HTTP/1.1\r\nHost: {address}\r\nX-Slow: ");
    let body = format!(
        "POST /api/v1/manage/photos HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\n\
         Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 5000000\r\n\r\n\
         --b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\r\nx",
        rig.kept.secret
    );
    let is_over = AtomicBool::new(false);
    let clients = async {
        let clients = (0..SLOW * 2).map(|number| {
            let is_header = number % 2 == 0;
            slow(address, if is_header { &header } else { &body }, is_header)
        });
        let answers = join_all(clients).await;
        is_over.store(true, Ordering::SeqCst);
        answers
    };
    let most_open = async {
        let mut most = 0;
        while !is_over.load(Ordering::SeqCst) {
            most = rig.descriptors().max(most);
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        most
    };
    let (answers, meanwhile, most_open) =
        tokio::join!(clients, reads(&reader, &is_over, usize::MAX), most_open);
    eprintln!("without slow clients: {}", figures(&before));
    eprintln!("beside a thousand:    {}", figures(&meanwhile));
    eprintln!("at most {most_open} files were open, {files} before");
    // The others’ last words may have been lost with the line.
    let told = answers
        .iter()
        .filter(|answer| answer.starts_with("HTTP/1.1 408 "))
        .count();
    assert!(told > SLOW * 2 * 9 / 10, "{told} of them were told why");
    assert!(most_open > files + SLOW, "at most {most_open} files were open");
    eventually("the lines to be closed", async || {
        (rig.descriptors() <= files + 20).then_some(())
    })
    .await;
    rig.is_read().await;
    rig.cut_power().still_there().await;
}
