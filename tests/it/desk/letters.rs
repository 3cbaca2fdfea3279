//! Invitations and new passwords by e-mail, taken by a mail server that is not ours (aiosmtpd); and what is said when none takes them.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use reportage::account::Role;
use reportage::config::Mail;
use serde_json::Value;

use crate::harness::{Server, tools};

/// Takes every letter and prints it as a line of JSON; its port first.
const POST_OFFICE: &str = "
import json, sys, asyncio, email, email.policy
from aiosmtpd.smtp import SMTP
class Office:
    async def handle_DATA(self, server, session, envelope):
        letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
        print(json.dumps({'to': envelope.rcpt_tos, 'from': str(letter['from']), 'subject': str(letter['subject']), 'text': letter.get_content(), 'names': sorted({name.lower() for name in letter.keys()}), 'type': letter.get_content_type()}), flush=True)
        return '250 taken'
async def main():
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(Office()), '127.0.0.1', 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())
";

struct Office {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
    port: u16,
}

impl Drop for Office {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Office {
    fn open() -> Option<Self> {
        let interpreter = tools::python_with(&["aiosmtpd"])?;
        let mut child = Command::new(interpreter)
            .args(["-c", POST_OFFICE])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = lines.next().unwrap().unwrap().parse().unwrap();
        Some(Self { child, lines, port })
    }

    fn letter(&mut self) -> Value {
        serde_json::from_str(&self.lines.next().unwrap().unwrap()).unwrap()
    }
}

fn server(port: u16) -> Server {
    Server::with(|config| {
        config.mail = Some(Mail {
            server: format!("smtp://127.0.0.1:{port}").parse().unwrap(),
            from: "De Kade <redactie@kade.example>".to_owned(),
        });
    })
}

#[actix_web::test]
async fn invitations_and_new_passwords_go_out_by_e_mail_and_their_links_work() {
    let Some(mut office) = Office::open() else { return };
    let server = server(office.port);
    let admin = server.session(&server.person("beheer", Role::Admin));
    let page = admin
        .form(
            "/desk/people",
            &[
                ("email", "Bram@example.org"),
                ("name", "Bram"),
                ("role", "editor"),
            ],
        )
        .await
        .is(200)
        .text();
    assert!(page.contains("was sent to bram@example.org"), "{page}");
    let letter = office.letter();
    assert_eq!(letter["to"][0], "bram@example.org");
    assert_eq!(letter["from"], "De Kade <redactie@kade.example>");
    assert!(
        letter["subject"].as_str().unwrap().contains("invites you"),
        "{letter}"
    );
    let text = letter["text"].as_str().unwrap();
    let link = text.lines().find(|line| line.starts_with("http")).unwrap();
    assert!(page.contains(link), "the page shows the same link");
    let path = link.strip_prefix(&server.base()).unwrap();
    server.visitor().get(path).await.is(200);

    let anna = server.person("anna", Role::Photographer);
    let path = format!("/desk/people/{}", anna.account.id);
    admin.form(&path, &[("do", "reset")]).await.is(200);
    let letter = office.letter();
    assert_eq!(letter["to"][0], "anna@example.org");
    assert!(
        letter["subject"].as_str().unwrap().contains("new password"),
        "{letter}"
    );
}

#[actix_web::test]
async fn a_letter_that_nobody_takes_is_told_and_the_link_is_there() {
    // A port on which nobody listens.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let server = server(port);
    let admin = server.session(&server.person("beheer", Role::Admin));
    let page = admin
        .form(
            "/desk/people",
            &[
                ("email", "bram@example.org"),
                ("name", "Bram"),
                ("role", "editor"),
            ],
        )
        .await
        .is(200)
        .text();
    assert!(
        page.contains("could not be sent") && page.contains("/desk/join"),
        "{page}"
    );
}

#[actix_web::test]
async fn names_from_outside_are_words_in_letters_too() {
    let Some(mut office) = Office::open() else { return };
    let server = server(office.port);
    let hostile = "<b>Bram</b>\r\nBcc: spion@example.org\r\n\r\n.\r\nMAIL FROM:<x@example.org>";
    let admin = server.person("beheer", Role::Admin);
    let admin_id = admin.account.id.clone();
    // However it came there.
    server
        .db()
        .write_now(|conn| {
            use diesel::prelude::*;
            use reportage::db::schema::accounts;
            diesel::update(accounts::table.find(&admin_id))
                .set(accounts::name.eq(hostile))
                .execute(conn)
        })
        .unwrap();
    let admin = server.session(&admin);
    let fields = [
        ("email", "bram@example.org"),
        ("name", hostile),
        ("role", "editor"),
    ];
    admin.form("/desk/people", &fields).await;
    let fields = [
        ("email", "carla@example.org"),
        ("name", "Carla"),
        ("role", "editor"),
    ];
    admin.form("/desk/people", &fields).await.is(200);
    // The first may have been refused for its name; the second may not.
    loop {
        let letter = office.letter();
        assert_eq!(letter["to"].as_array().unwrap().len(), 1, "{letter}");
        assert_eq!(letter["type"], "text/plain", "{letter}");
        let names = letter["names"].as_array().unwrap();
        assert!(!names.iter().any(|name| name == "bcc"), "{letter}");
        if letter["to"][0] == "carla@example.org" {
            break;
        }
    }
}

#[actix_web::test]
async fn what_a_mail_server_says_is_not_repeated() {
    use std::io::{BufRead as _, Write as _};

    // One that quotes what it refuses.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let office = std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut answers = stream.try_clone().unwrap();
        let mut say = |words: &str| answers.write_all(format!("{words}\r\n").as_bytes()).unwrap();
        say("220 post");
        for line in BufReader::new(stream).lines() {
            let Ok(line) = line else { break };
            match line.get(..4) {
                Some("EHLO") => say("250 post"),
                Some("MAIL") => say("250 well"),
                Some("RCPT") => say(
                    "550 5.1.1 <bram@example.org> is unknown, and so is https://desk.example/join?token=geheim",
                ),
                _ => {
                    say("221 bye");
                    break;
                }
            }
        }
    });
    let server = server(port);
    let admin = server.session(&server.person("beheer", Role::Admin));
    let fields = [
        ("email", "bram@example.org"),
        ("name", "Bram"),
        ("role", "editor"),
    ];
    let page = admin.form("/desk/people", &fields).await.is(200).text();
    assert!(page.contains("refuses it (550 5.1.1)"), "{page}");
    assert!(!page.contains("geheim") && !page.contains("is unknown"), "{page}");
    drop(server);
    office.join().unwrap();
}
