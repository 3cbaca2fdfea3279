//! Who has a story open right now. Kept in memory: whoever is here says so by keeping a connection open, and is gone when it ends.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::account::Actor;
use crate::id::{AccountId, StoryId};

/// Connections that one person may keep open, over all stories.
const MOST_SEATS: usize = 24;

/// Somebody who has a story open.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Present {
    /// Their account.
    pub id: AccountId,
    /// Their name.
    pub name: String,
}

/// Everybody in every story; clones share one.
#[derive(Debug, Clone, Default)]
pub struct Presence(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    rooms: HashMap<StoryId, Room>,
    next: u64,
    closed: bool,
}

/// A story that somebody has open.
#[derive(Debug)]
struct Room {
    seats: Vec<(u64, Present)>,
    /// Moved whenever somebody comes or goes.
    bell: watch::Sender<()>,
}

/// One's being there; ends when it is dropped.
#[derive(Debug)]
pub struct Seat {
    presence: Presence,
    story: StoryId,
    person: AccountId,
    number: u64,
    bell: watch::Receiver<()>,
}

impl Presence {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a seat in a story; none if the server is stopping or this person has too many already.
    #[must_use]
    pub fn enter(&self, story: &StoryId, actor: &Actor) -> Option<Seat> {
        let mut inner = self.inner();
        let all = inner.rooms.values().flat_map(|room| &room.seats);
        let own = all.filter(|(_, present)| present.id == actor.id).count();
        if inner.closed || own >= MOST_SEATS {
            return None;
        }
        inner.next += 1;
        let number = inner.next;
        let room = inner.rooms.entry(story.clone()).or_insert_with(|| Room {
            seats: Vec::new(),
            bell: watch::Sender::new(()),
        });
        let present = Present {
            id: actor.id.clone(),
            name: actor.name.clone(),
        };
        room.seats.push((number, present));
        let bell = room.bell.subscribe();
        room.bell.send_replace(());
        Some(Seat {
            presence: self.clone(),
            story: story.clone(),
            person: actor.id.clone(),
            number,
            bell,
        })
    }

    /// Who else has a story open, each once, in the order in which they came.
    #[must_use]
    pub fn others(&self, story: &StoryId, person: &AccountId) -> Vec<Present> {
        let inner = self.inner();
        let mut others: Vec<Present> = Vec::new();
        for (_, present) in inner.rooms.get(story).into_iter().flat_map(|room| &room.seats) {
            if present.id != *person && others.iter().all(|other| other.id != present.id) {
                others.push(present.clone());
            }
        }
        others
    }

    /// Ends all connections, and lets nobody in any more: the server stops.
    pub fn close(&self) {
        let mut inner = self.inner();
        inner.closed = true;
        inner.rooms.clear();
    }
}

impl Seat {
    /// Who else is here.
    #[must_use]
    pub fn others(&self) -> Vec<Present> {
        self.presence.others(&self.story, &self.person)
    }

    /// Waits until somebody comes or goes. `false`: the server is stopping.
    pub async fn changed(&mut self) -> bool {
        self.bell.changed().await.is_ok()
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut inner = self.presence.inner();
        let Some(room) = inner.rooms.get_mut(&self.story) else {
            return;
        };
        room.seats.retain(|(number, _)| *number != self.number);
        if room.seats.is_empty() {
            inner.rooms.remove(&self.story);
        } else {
            room.bell.send_replace(());
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use super::*;
    use crate::account::Role;

    fn actor(name: &str) -> Actor {
        Actor {
            id: AccountId::random(),
            name: name.to_owned(),
            role: Role::Editor,
            by_link: false,
        }
    }

    fn names(others: &[Present]) -> Vec<&str> {
        others.iter().map(|present| present.name.as_str()).collect()
    }

    #[tokio::test]
    async fn others_are_told_who_comes_and_goes_and_a_person_is_one_however_many_windows() {
        let (presence, story) = (Presence::default(), StoryId::random());
        let (anna, bram) = (actor("Anna"), actor("Bram"));
        let mut here = presence.enter(&story, &anna).unwrap();
        assert!(here.changed().await, "of one's own coming");
        let windows = [(); 2].map(|()| presence.enter(&story, &bram).unwrap());
        assert!(here.changed().await);
        assert_eq!(names(&here.others()), ["Bram"]);
        assert_eq!(names(&windows[0].others()), ["Anna"]);
        let elsewhere = presence.enter(&StoryId::random(), &actor("Cees")).unwrap();
        assert_eq!(names(&here.others()), ["Bram"]);
        assert!(elsewhere.others().is_empty());
        drop(windows);
        assert!(here.changed().await);
        assert!(here.others().is_empty());
        presence.close();
        assert!(!here.changed().await);
        assert!(presence.enter(&story, &anna).is_none());
    }

    #[test]
    fn one_person_has_so_many_seats_and_no_more() {
        let presence = Presence::default();
        let anna = actor("Anna");
        let mut seats: Vec<_> = (0..MOST_SEATS)
            .map(|_| presence.enter(&StoryId::random(), &anna).unwrap())
            .collect();
        assert!(presence.enter(&StoryId::random(), &anna).is_none());
        assert!(presence.enter(&StoryId::random(), &actor("Bram")).is_some());
        seats.pop();
        assert!(presence.enter(&StoryId::random(), &anna).is_some());
        drop(seats);
        assert!(presence.inner().rooms.is_empty());
    }
}
