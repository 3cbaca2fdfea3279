//! The outbox without a server around it: what has to come before what.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use diesel::prelude::*;
use reportage::account::manage::{self as people, NewPerson};
use reportage::account::{Account, Actor, Role};
use reportage::clock::{Clock, DAY, HOUR};
use reportage::db::schema::webhooks;
use reportage::db::{Conn, Db, DbError};
use reportage::webhook::deliver::{self, Order, Outcome};
use reportage::webhook::manage::{self, Wanted};
use reportage::webhook::post::Poster;
use reportage::webhook::{Kind, Webhook, log, tell};
use reportage::worker::Readers;
use reportage::worker::courier::{self, Scribe, Tools};
use tempfile::TempDir;

use super::receiver::Receiver;
use crate::harness::NOW;
use crate::harness::server::cheap_passwords;

/// A database with an administrator and a webhook that listens to all of stories.
struct Outbox {
    db: Db,
    actor: Actor,
    webhook: Webhook,
    _data: TempDir,
}

impl Outbox {
    fn to(url: &str) -> Self {
        let data = tempfile::tempdir().unwrap();
        let db = Db::open(&data.path().join("reportage.db")).unwrap();
        let person = NewPerson {
            email: "beheer@example.org".to_owned(),
            name: "Beheer".to_owned(),
            role: Role::Admin,
            password: "een zin die niemand raadt".to_owned(),
        };
        let account: Account = people::add(&db, &cheap_passwords(), person, NOW).unwrap();
        let actor = Actor::from(&account);
        let wanted = Wanted {
            url: Some(url.to_owned()),
            events: Some(super::ALL[..3].iter().map(|&kind| kind.to_owned()).collect()),
            ..Wanted::default()
        };
        let (webhook, _) = db
            .write_now(|conn| manage::make(conn, &actor, &wanted, true, NOW))
            .unwrap();
        Self {
            db,
            actor,
            webhook,
            _data: data,
        }
    }

    /// Something has happened to a story.
    fn happens(&self) {
        let story = "sto_00000000000040008000000000000000".parse().unwrap();
        self.db
            .write_now(|conn| {
                tell::story(conn, Kind::StoryUpdated, &story, "een-veld", Some(1), NOW).map_err(DbError::from)
            })
            .unwrap();
    }

    fn claim(&self, now: i64) -> Option<Order> {
        self.db
            .write_now(|conn| deliver::claim(conn, &[], now).map_err(DbError::from))
            .unwrap()
    }

    fn record(&self, order: &Order, status: u16, now: i64) {
        let outcome = Outcome::Answered {
            status,
            retry_after: None,
            answer: String::new(),
        };
        self.db
            .write_now(|conn| deliver::record(conn, order, &outcome, now, 1, now).map_err(DbError::from))
            .unwrap();
    }

    fn present(&self) -> Webhook {
        self.db
            .read_now(|conn| manage::find(conn, &self.actor, &self.webhook.id))
            .unwrap()
    }
}

#[actix_web::test]
async fn whoever_keeps_the_pages_hears_of_a_change_before_anybody_else_is_told() {
    let receiver = Receiver::start().await;
    let outbox = Outbox::to(&receiver.url());
    outbox.happens();
    let happened: Arc<Mutex<Vec<&str>>> = Arc::default();
    let (cleared, written) = (Arc::clone(&happened), Arc::clone(&happened));
    let courier = courier::start(Tools {
        db: outbox.db.clone(),
        clock: Clock::fixed(NOW),
        poster: Poster::new(true, Duration::from_secs(5)),
        scribe: Scribe::new(move |_| {
            written.lock().unwrap().push("written");
            "{}".to_owned()
        }),
        readers: Readers::new(move || cleared.lock().unwrap().push("cleared")),
    })
    .unwrap();
    receiver.after(1).await;
    tokio::task::spawn_blocking(move || courier.stop()).await.unwrap();
    assert_eq!(*happened.lock().unwrap(), ["cleared", "written"]);
}

#[test]
fn what_is_gone_at_the_old_address_is_sent_to_the_new_one() {
    let outbox = Outbox::to("http://127.0.0.1:9/old");
    outbox.happens();
    let order = outbox.claim(NOW).unwrap();
    let moved = Wanted {
        url: Some("http://127.0.0.1:9/new".to_owned()),
        ..Wanted::default()
    };
    let (actor, webhook) = (&outbox.actor, &outbox.webhook);
    outbox
        .db
        .write_now(|conn| manage::change(conn, actor, &webhook.id, webhook.version, &moved, true, NOW))
        .unwrap();
    outbox.record(&order, 410, NOW);
    assert!(outbox.present().is_on());
    let again = outbox.claim(NOW + HOUR).unwrap();
    assert_eq!(
        (again.id.clone(), again.url.as_str()),
        (order.id, "http://127.0.0.1:9/new")
    );
    outbox.record(&again, 410, NOW + HOUR);
    assert!(!outbox.present().is_on());
}

#[test]
fn a_secret_whose_day_is_over_is_kept_nowhere() {
    let outbox = Outbox::to("http://127.0.0.1:9/");
    let old = |conn: &mut Conn| {
        webhooks::table
            .select(webhooks::old_secret)
            .first::<Option<String>>(conn)
    };
    let (actor, webhook) = (&outbox.actor, &outbox.webhook);
    outbox
        .db
        .write_now(|conn| manage::change_secret(conn, actor, &webhook.id, webhook.version, NOW))
        .unwrap();
    let forget = |now| {
        outbox
            .db
            .write_now(|conn| log::forget_old(conn, now).map_err(DbError::from))
            .unwrap();
        outbox.db.read_now(old).unwrap()
    };
    assert!(forget(NOW + DAY - 1).is_some());
    let version = outbox.present().version;
    assert_eq!(forget(NOW + DAY), None);
    assert_eq!(outbox.present().old_secret_until, None);
    assert_eq!(outbox.present().version, version);
}
