// SPDX-License-Identifier: Apache-2.0
//! What runtime APIs and disputes see.

use crate::{
    pallet::*,
    types::{Input, Stage},
};
use alloc::vec::Vec;
use openledger_primitives::{
    apis::{InputView, OpenRequest, WorkerDuty},
    attestation::WorkerKey,
    traits::{Answers, RevealedAnswer},
    RequestId, Tick,
};

impl<T: Config> Pallet<T> {
    /// The open requests that wait for `worker`, by ascending id. A request that goes on without the worker, because
    /// it did not commit in time, is not among them.
    pub fn open_requests(worker: &T::AccountId) -> Vec<OpenRequest<T::AccountId>> {
        let mut ids: Vec<_> = Duties::<T>::iter_key_prefix(worker).collect();
        ids.sort_unstable();
        ids.into_iter()
            .filter_map(|request| {
                let record = Requests::<T>::get(request)?;
                let seat = Committee::<T>::get(request, worker)?;
                let duty = match (&record.stage, seat.commitment, seat.revealed) {
                    (Stage::Committing, None, _) => WorkerDuty::Commit,
                    (Stage::Committing, Some(_), _) => WorkerDuty::Committed,
                    (Stage::Revealing, Some(_), false) => WorkerDuty::Reveal,
                    (Stage::Revealing | Stage::Revealed, _, true) => WorkerDuty::Revealed,
                    _ => return None,
                };
                let input = match Inputs::<T>::get(request)? {
                    Input::Inline(bytes) => InputView::Inline(bytes.into_inner()),
                    Input::Stored(hash) => InputView::Stored(hash),
                };
                Some(OpenRequest {
                    request,
                    model: record.model,
                    model_version: record.terms.model_version,
                    input,
                    blend: record.terms.blend,
                    worker: seat.worker,
                    duty,
                    deadline: record.deadline,
                })
            })
            .collect()
    }

    /// The chain's tick.
    pub fn tick() -> Tick {
        CurrentTick::<T>::get()
    }
}

impl<T: Config> Answers<T::AccountId> for Pallet<T> {
    fn revealed(request: RequestId, worker: &WorkerKey<T::AccountId>) -> Option<RevealedAnswer> {
        let seat = Committee::<T>::get(request, &worker.account)?;
        let reveal = Reveals::<T>::get(request, &worker.account).filter(|_| seat.worker == *worker)?;
        Some(RevealedAnswer {
            output: reveal.output.into_inner(),
            query: reveal.query.into_inner(),
            input: Inputs::<T>::get(request)?.hash(),
        })
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn reveal_for_benchmark(request: RequestId, worker: &WorkerKey<T::AccountId>) {
        crate::benchmarking::largest_reveal::<T>(request, worker)
    }
}
