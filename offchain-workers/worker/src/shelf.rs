// SPDX-License-Identifier: Apache-2.0
//! Registered files that were fetched, checked and read: the last few in memory, and the faults of those that failed.

use crate::{artifacts::Artifacts, jobs::Stop};
use openledger_blobs::Bytes;
use openledger_primitives::apis::InputView;
use sp_core::H256;
use std::{
    collections::HashMap,
    fmt::Display,
    future::Future,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// How many are kept in memory.
const KEPT: usize = 8;

/// What is in use, by what names it, and what is refused until the worker starts again.
#[derive(Debug)]
pub struct Shelf<K, V>(Mutex<Kept<K, V>>);

#[derive(Debug)]
struct Kept<K, V> {
    /// Last used first.
    values: Vec<(K, Arc<V>)>,
    faults: HashMap<K, String>,
}

impl<K, V> Default for Shelf<K, V> {
    fn default() -> Self {
        Self(Mutex::new(Kept {
            values: Vec::new(),
            faults: HashMap::new(),
        }))
    }
}

impl<K: Clone + Eq + Hash, V: Send + 'static> Shelf<K, V> {
    /// What `key` names: from memory, or what `check` makes of the bytes that `fetch` gives. One that failed its check is
    /// not fetched again.
    ///
    /// # Errors
    /// [`Stop::Invalid`] for a fault, and what `fetch` stops with.
    pub async fn get<T, E>(
        &self,
        key: &K,
        fetch: impl Future<Output = Result<T, Stop>>,
        check: impl FnOnce(T) -> Result<V, E> + Send + 'static,
    ) -> Result<Arc<V>, Stop>
    where
        T: Send + 'static,
        E: Display + Send + 'static,
    {
        if let Some(fault) = self.fault(key) {
            return Err(Stop::Invalid(fault));
        }
        if let Some(value) = self.kept(key) {
            return Ok(value);
        }
        let fetched = fetch.await?;
        // there may be gigabytes to hash
        match tokio::task::spawn_blocking(move || check(fetched)).await {
            Ok(Ok(value)) => Ok(self.keep(key, value)),
            Ok(Err(fault)) => {
                let fault = fault.to_string();
                tracing::error!(target: "worker", fault, "a model is not what is registered");
                self.lock().faults.insert(key.clone(), fault.clone());
                Err(Stop::Invalid(fault))
            }
            Err(error) => Err(Stop::Invalid(format!("the files could not be checked: {error}"))),
        }
    }

    /// What is wrong with `key`, if its check failed.
    pub fn fault(&self, key: &K) -> Option<String> {
        self.lock().faults.get(key).cloned()
    }

    fn kept(&self, key: &K) -> Option<Arc<V>> {
        let kept = &mut self.lock().values;
        let position = kept.iter().position(|(name, _)| name == key)?;
        kept[..=position].rotate_right(1);
        kept.first().map(|(_, value)| value.clone())
    }

    fn keep(&self, key: &K, value: V) -> Arc<V> {
        let value = Arc::new(value);
        let kept = &mut self.lock().values;
        kept.insert(0, (key.clone(), value.clone()));
        kept.truncate(KEPT);
        value
    }

    fn lock(&self) -> MutexGuard<'_, Kept<K, V>> {
        // every change is a whole one
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The bytes of `id`.
///
/// # Errors
/// [`Stop::Unavailable`] while they are missing.
pub(crate) async fn fetch(artifacts: &Artifacts, id: H256) -> Result<Bytes, Stop> {
    let fetched = artifacts.get(id).await;
    fetched.map_err(|error| Stop::Unavailable(error.to_string()))
}

/// The bytes of a request's input.
///
/// # Errors
/// [`Stop::Unavailable`] while they are missing.
pub(crate) async fn asked(artifacts: &Artifacts, input: &InputView) -> Result<Bytes, Stop> {
    match input {
        InputView::Inline(bytes) => Ok(Bytes::copy_from_slice(bytes)),
        InputView::Stored(id) => fetch(artifacts, *id).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `key` names, if it is below 100.
    async fn get(shelf: &Shelf<u32, u32>, key: u32, fetched: &Mutex<Vec<u32>>) -> Result<Arc<u32>, Stop> {
        let fetch = async {
            fetched.lock().unwrap().push(key);
            Ok(key)
        };
        let check = |key| if key < 100 { Ok(key) } else { Err("TooLarge") };
        shelf.get(&key, fetch, check).await
    }

    #[tokio::test]
    async fn the_last_ones_are_kept_and_faults_are_remembered() {
        let (shelf, fetched) = (Shelf::default(), Mutex::default());
        for key in (0..8).chain([0, 8, 0, 1]) {
            assert_eq!(*get(&shelf, key, &fetched).await.unwrap(), key);
        }
        let expected: Vec<u32> = (0..9).chain([1]).collect();
        assert_eq!(*fetched.lock().unwrap(), expected, "1 was used longest ago");
        for _ in 0..2 {
            let stop = get(&shelf, 100, &fetched).await.unwrap_err();
            assert_eq!(stop, Stop::Invalid("TooLarge".into()));
        }
        assert_eq!(fetched.lock().unwrap().len(), 11);
        assert_eq!(shelf.fault(&100).as_deref(), Some("TooLarge"));
    }

    #[tokio::test]
    async fn what_is_not_there_yet_and_a_check_that_panics_are_no_faults() {
        let shelf: Shelf<u32, u32> = Shelf::default();
        let missing = async { Err::<u32, _>(Stop::Unavailable("no blob".into())) };
        let stop = shelf.get(&1, missing, Ok::<_, String>).await.unwrap_err();
        assert!(matches!(stop, Stop::Unavailable(_)));
        let panics = |_: u32| -> Result<u32, String> { panic!("a bug") };
        let stop = shelf.get(&1, async { Ok(1) }, panics).await.unwrap_err();
        assert!(matches!(stop, Stop::Invalid(_)));
        assert_eq!(shelf.fault(&1), None);
    }
}
