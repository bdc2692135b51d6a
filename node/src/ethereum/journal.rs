// SPDX-License-Identifier: Apache-2.0
//! A journal of what happened, which any number of readers follow at their own pace, each from its own place.
//!
//! A reader sees every entry after its place once and in order, or is told that it came too late: there is no third
//! way, so nothing built on it can skip or repeat.

use std::{
    collections::VecDeque,
    sync::{PoisonError, RwLock},
};
use tokio::sync::watch;

/// A reader's place: the number of the entry it reads next.
pub type Place = u64;

/// What a reader wanted is no longer kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FellBehind;

struct Entries<T> {
    /// With the weight of each.
    kept: VecDeque<(usize, T)>,
    /// Number of the first kept one.
    first: Place,
    weight: usize,
}

/// The journal. Old entries go when the kept ones weigh more than the cap.
pub struct Journal<T> {
    entries: RwLock<Entries<T>>,
    max_weight: usize,
    end: watch::Sender<Place>,
}

impl<T: Clone> Journal<T> {
    /// An empty journal that keeps entries of `max_weight` in sum, and always the last one.
    pub fn new(max_weight: usize) -> Self {
        let entries = Entries {
            kept: VecDeque::new(),
            first: 0,
            weight: 0,
        };
        Self {
            entries: RwLock::new(entries),
            max_weight,
            end: watch::Sender::new(0),
        }
    }

    /// Writes an entry and wakes who waits for it.
    pub fn write(&self, weight: usize, entry: T) {
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        entries.kept.push_back((weight, entry));
        entries.weight = entries.weight.saturating_add(weight);
        while entries.weight > self.max_weight && entries.kept.len() > 1 {
            if let Some((gone, _)) = entries.kept.pop_front() {
                entries.weight = entries.weight.saturating_sub(gone);
                entries.first = entries.first.saturating_add(1);
            }
        }
        let end = entries.first.saturating_add(entries.kept.len() as u64);
        drop(entries);
        self.end.send_replace(end);
    }

    /// The place after the last entry.
    pub fn end(&self) -> Place {
        *self.end.borrow()
    }

    /// What was written from `place` on, and the place after it.
    pub fn read(&self, place: Place) -> Result<(Vec<T>, Place), FellBehind> {
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        let skip = place.checked_sub(entries.first).ok_or(FellBehind)?;
        let skip = usize::try_from(skip).unwrap_or(usize::MAX);
        let news: Vec<T> = entries
            .kept
            .iter()
            .skip(skip)
            .map(|(_, entry)| entry.clone())
            .collect();
        let next = place.saturating_add(news.len() as u64);
        Ok((news, next))
    }

    /// Waits until there is something at `place`.
    pub async fn wait(&self, place: Place) {
        let mut end = self.end.subscribe();
        // Fails only when the journal is gone, and then nobody waits.
        let _ = end.wait_for(|end| *end > place).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_see_every_entry_once_and_in_order() {
        let journal = Journal::new(100);
        journal.write(1, 'a');
        let place = journal.end();
        assert_eq!(journal.read(place), Ok((vec![], place)));
        journal.write(1, 'b');
        journal.write(1, 'c');
        assert_eq!(journal.read(0), Ok((vec!['a', 'b', 'c'], 3)));
        let (news, place) = journal.read(place).unwrap();
        assert_eq!(news, ['b', 'c']);
        assert_eq!(journal.read(place), Ok((vec![], place)));
    }

    #[test]
    fn a_reader_that_comes_too_late_is_told() {
        let journal = Journal::new(3);
        for entry in 0..4 {
            journal.write(1, entry);
        }
        assert_eq!(journal.read(0), Err(FellBehind));
        assert_eq!(journal.read(1), Ok((vec![1, 2, 3], 4)));
    }

    #[test]
    fn an_entry_heavier_than_the_cap_is_kept_alone() {
        let journal = Journal::new(3);
        journal.write(1, 'a');
        journal.write(10, 'b');
        assert_eq!(journal.read(0), Err(FellBehind));
        assert_eq!(journal.read(1), Ok((vec!['b'], 2)));
    }

    #[tokio::test]
    async fn waiting_ends_with_the_next_entry() {
        let journal = std::sync::Arc::new(Journal::new(3));
        journal.write(1, 'a');
        journal.wait(0).await;
        let waiting = tokio::spawn({
            let journal = journal.clone();
            async move { journal.wait(1).await }
        });
        journal.write(1, 'b');
        waiting.await.unwrap();
    }
}
