// SPDX-License-Identifier: Apache-2.0
//! A small cache of optimised plans, one for each model and number of rows.

use std::sync::{Arc, Mutex, PoisonError};

use tract_onnx::prelude::TypedRunnableModel;

use crate::ModelId;

type Key = (ModelId, usize);
type Plan = Arc<TypedRunnableModel>;

/// The plans used last. A plan repacks the weights, so a model costs about its size again for each number of rows:
/// keep the capacity small.
#[derive(Debug)]
pub struct Plans {
    capacity: usize,
    /// Most recently used first.
    entries: Mutex<Vec<(Key, Plan)>>,
}

impl Plans {
    /// A cache of at most `capacity` plans; at least one.
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity: capacity.max(1),
            entries: Mutex::new(Vec::new()),
        }
    }

    /// How many plans are kept now.
    pub fn len(&self) -> usize {
        self.lock().len()
    }

    /// Whether no plan is kept.
    pub fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    /// Forgets the plans of one model.
    pub fn forget(&self, model: ModelId) {
        self.lock().retain(|((id, _), _)| *id != model);
    }

    /// The plan of `key`, made by `plan` if it is not kept. O(capacity).
    pub(crate) fn get_or_make<E>(&self, key: Key, plan: impl FnOnce() -> Result<Plan, E>) -> Result<Plan, E> {
        if let Some(found) = self.take_to_front(key) {
            return Ok(found);
        }
        // Made without the lock: planning may take seconds and may panic.
        let made = plan()?;
        let mut entries = self.lock();
        entries.retain(|(other, _)| *other != key);
        entries.insert(0, (key, made.clone()));
        entries.truncate(self.capacity);
        Ok(made)
    }

    fn take_to_front(&self, key: Key) -> Option<Plan> {
        let mut entries = self.lock();
        let position = entries.iter().position(|(other, _)| *other == key)?;
        entries[..=position].rotate_right(1);
        entries.first().map(|(_, plan)| plan.clone())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<(Key, Plan)>> {
        // Every change to the list is a whole one, so a poisoned list is still a valid one.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
