// SPDX-License-Identifier: Apache-2.0
//! Benchmarks of every call and of every step of the hooks in its worst case.

use super::*;
use alloc::{vec, vec::Vec};
use frame_benchmarking::{account, v2::*, whitelisted_caller};
use frame_support::{
    traits::{fungible::Mutate, Get, Hooks},
    weights::WeightMeter,
    BoundedVec,
};
use frame_system::RawOrigin;
use openledger_primitives::{
    attestation::{commitment, Domain, WorkerKey},
    licence::LicenceTerms,
    money::{Balance, OPEN},
    report::{from_scores, Evidence, ReportEntry},
    traits::{Datanets, Models, RewardLedger, Ticks, WorkerPool, MAX_SOURCES},
    ModelId, RequestId, Tick,
};
use sp_core::H256;
use sp_runtime::{traits::One, Permill};

const SALT: [u8; 32] = [7; 32];

fn funded<T: Config>(who: T::AccountId) -> T::AccountId {
    T::Currency::set_balance(&who, OPEN.saturating_mul(1_000_000));
    who
}

fn consumer<T: Config>() -> T::AccountId {
    funded::<T>(account("consumer", 0, 0))
}

/// A model that can be asked, with everybody who is paid for its answers.
fn model<T: Config>() -> ModelId {
    funded::<T>(T::TreasuryAccount::get());
    funded::<T>(T::Ledger::account());
    T::Models::create_for_benchmark(&account("owner", 0, 0))
}

/// As much of the longest input as the model reads.
fn input<T: Config>(model: ModelId) -> Input {
    let most = T::Models::service(model)
        .expect("the model is served")
        .input
        .most();
    Input::Inline(BoundedVec::truncate_from(vec![
        1;
        most.min(MAX_INPUT_BYTES) as usize
    ]))
}

fn full() -> Verification {
    Verification::Quorum {
        k: MAX_COMMITTEE,
        threshold: MAX_COMMITTEE,
    }
}

fn asked<T: Config>(who: T::AccountId, model: ModelId, verification: Verification) -> RequestId {
    Pallet::<T>::do_request(who, model, input::<T>(model), Balance::MAX, verification)
        .expect("a funded account can ask a served model")
}

fn next_block<T: Config>() {
    let block = frame_system::Pallet::<T>::block_number();
    frame_system::Pallet::<T>::set_block_number(block + One::one());
}

fn pass<T: Config>(ticks: Tick) {
    Pallet::<T>::set(Pallet::<T>::now() + ticks);
}

/// Live workers that host the model, as many as a draw may read.
fn crowd<T: Config>(model: ModelId, count: u32) {
    for n in 0..count {
        T::Workers::create_for_benchmark(&account("worker", n, 0), model);
    }
}

/// A request of a full committee that was drawn.
fn drawn<T: Config>() -> RequestId {
    let model = model::<T>();
    crowd::<T>(model, u32::from(MAX_COMMITTEE));
    let request = asked::<T>(consumer::<T>(), model, full());
    next_block::<T>();
    Pallet::<T>::draw_committee(request);
    assert_eq!(Requests::<T>::get(request).unwrap().stage, Stage::Committing);
    request
}

/// Makes the request's outputs and query vectors as long as they may be, with as many sources and ancestors as there
/// may be.
fn enlarge<T: Config>(request: RequestId) -> Vec<u64> {
    let datanets: Vec<u64> = (0..MAX_SOURCES)
        .map(|n| T::Datanets::create_for_benchmark(&account("curator", n, 0), terms()))
        .collect();
    Requests::<T>::mutate(request, |record| {
        let terms = &mut record.as_mut().unwrap().terms;
        terms.output_bytes = MAX_OUTPUT_BYTES;
        terms.query_len = MAX_QUERY_VALUES;
        terms.evidence = Some(Evidence::Influence);
        terms.sources = BoundedVec::truncate_from(datanets.iter().map(|id| (*id, 1)).collect());
        terms.royalties = BoundedVec::truncate_from(
            (0..8)
                .map(|n| (u64::from(n), account("ancestor", n, 0), Permill::from_percent(10)))
                .collect(),
        );
    });
    datanets
}

fn terms() -> LicenceTerms {
    LicenceTerms {
        id: BoundedVec::truncate_from(b"OPENLEDGER-TRAIN-1.0".to_vec()),
        training: true,
        commercial: true,
        contributor_share: Permill::from_percent(50),
        expires_at: None,
        text: H256::zero(),
    }
}

/// A report of `count` entries, one of each datanet, every other one negative.
fn report(datanets: &[u64], count: usize) -> Vec<ReportEntry> {
    let mut ids: Vec<u64> = datanets.iter().copied().take(count).collect();
    ids.sort_unstable();
    let scores: Vec<_> = ids
        .iter()
        .zip([1, -1].into_iter().cycle())
        .map(|(datanet, score)| ((*datanet, 0), score))
        .collect();
    from_scores(&scores, Evidence::Influence)
}

/// A worker's reveal of the greatest length.
pub(crate) fn largest_reveal<T: Config>(request: RequestId, worker: &WorkerKey<T::AccountId>) {
    let seat = Seat {
        worker: worker.clone(),
        place: 0,
        stake: 0,
        commitment: None,
        revealed: true,
    };
    let reveal = Reveal {
        output: vec![0; MAX_OUTPUT_BYTES as usize].try_into().unwrap(),
        query: vec![0; MAX_QUERY_VALUES as usize].try_into().unwrap(),
        entries: Default::default(),
    };
    let longest = vec![0; MAX_INPUT_BYTES as usize];
    Inputs::<T>::insert(request, Input::Inline(BoundedVec::truncate_from(longest)));
    Committee::<T>::insert(request, &worker.account, seat);
    Reveals::<T>::insert(request, &worker.account, reveal);
}

fn committee<T: Config>(request: RequestId) -> Vec<SeatOf<T>> {
    let mut seats: Vec<_> = Committee::<T>::iter_prefix_values(request).collect();
    seats.sort_by_key(|seat| seat.place);
    seats
}

fn said() -> (Vec<u8>, Vec<i16>) {
    (
        vec![1; MAX_OUTPUT_BYTES as usize],
        vec![1; MAX_QUERY_VALUES as usize],
    )
}

fn commitment_of<T: Config>(request: RequestId, seat: &SeatOf<T>, entries: &[ReportEntry]) -> H256 {
    let domain = Domain {
        genesis: frame_system::Pallet::<T>::block_hash(
            frame_system::pallet_prelude::BlockNumberFor::<T>::default(),
        ),
        request,
        model_version: Requests::<T>::get(request).unwrap().terms.model_version,
        worker: seat.worker.clone(),
    };
    let (output, query) = said();
    commitment(&domain, &output, &query, entries, &SALT)
}

/// Everybody committed, and all but the last one revealed. Returns the last seat and the report.
fn nearly_revealed<T: Config>(entries: u32) -> (RequestId, SeatOf<T>, Vec<ReportEntry>) {
    let request = drawn::<T>();
    let entries = report(&enlarge::<T>(request), entries as usize);
    let mut seats = committee::<T>(request);
    for seat in &seats {
        let commitment = commitment_of::<T>(request, seat, &entries);
        Pallet::<T>::do_commit(&seat.worker.account, request, commitment).unwrap();
    }
    let last = seats.pop().unwrap();
    for seat in &seats {
        let (output, query) = said();
        Pallet::<T>::do_reveal(
            &seat.worker.account,
            request,
            output,
            query,
            entries.clone(),
            SALT,
        )
        .unwrap();
    }
    (request, last, entries)
}

/// Everybody revealed the same.
fn revealed<T: Config>() -> RequestId {
    let (request, last, entries) = nearly_revealed::<T>(MAX_SOURCES);
    let (output, query) = said();
    Pallet::<T>::do_reveal(&last.worker.account, request, output, query, entries, SALT).unwrap();
    next_block::<T>();
    request
}

fn is_settled<T: Config>(request: RequestId) -> bool {
    matches!(Requests::<T>::get(request).unwrap().stage, Stage::Settled { .. })
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn request() {
        let model = model::<T>();
        let input = input::<T>(model);
        let caller = funded::<T>(whitelisted_caller());
        #[extrinsic_call]
        _(RawOrigin::Signed(caller), model, input, Balance::MAX, full());
        assert_eq!(
            Requests::<T>::iter_values()
                .filter(|record| record.stage == Stage::Waiting)
                .count(),
            1
        );
    }

    #[benchmark]
    fn cancel() {
        let caller = funded::<T>(whitelisted_caller());
        let id = asked::<T>(caller.clone(), model::<T>(), full());
        #[extrinsic_call]
        _(RawOrigin::Signed(caller), id);
        assert!(!Requests::<T>::get(id).unwrap().stage.is_open());
    }

    #[benchmark]
    fn commit() {
        let id = drawn::<T>();
        enlarge::<T>(id);
        let mut seats = committee::<T>(id);
        let last = seats.pop().unwrap();
        for seat in seats {
            Pallet::<T>::do_commit(&seat.worker.account, id, H256::zero()).unwrap();
        }
        #[extrinsic_call]
        _(RawOrigin::Signed(last.worker.account), id, H256::zero());
        assert_eq!(Requests::<T>::get(id).unwrap().stage, Stage::Revealing);
    }

    #[benchmark]
    fn reveal(e: Linear<1, 8>) {
        let (id, last, entries) = nearly_revealed::<T>(e);
        let (output, query) = said();
        #[extrinsic_call]
        _(
            RawOrigin::Signed(last.worker.account),
            id,
            output,
            query,
            entries,
            SALT,
        );
        assert_eq!(Requests::<T>::get(id).unwrap().stage, Stage::Revealed);
    }

    #[benchmark]
    fn poke() {
        let id = revealed::<T>();
        let caller: T::AccountId = whitelisted_caller();
        #[extrinsic_call]
        _(RawOrigin::Signed(caller), id);
        assert!(is_settled::<T>(id));
    }

    #[benchmark]
    fn on_finalize() {
        let before = Pallet::<T>::now();
        #[block]
        {
            Pallet::<T>::turn_clock();
        }
        assert_eq!(Pallet::<T>::now(), before + 1);
    }

    #[benchmark]
    fn advance_base() {
        let mut budget = WeightMeter::new();
        #[block]
        {
            Pallet::<T>::advance_requests(&mut budget);
        }
    }

    #[benchmark]
    fn calendar_step() {
        DeadlinesFrom::<T>::put(Pallet::<T>::now());
        pass::<T>(1);
        let mut budget = WeightMeter::new();
        #[block]
        {
            Pallet::<T>::advance_requests(&mut budget);
        }
        assert_eq!(DeadlinesFrom::<T>::get(), Pallet::<T>::now());
    }

    #[benchmark]
    fn draw(h: Linear<7, 64>) {
        let model = model::<T>();
        crowd::<T>(model, h.min(T::MaxHosts::get()));
        let id = asked::<T>(consumer::<T>(), model, full());
        next_block::<T>();
        #[block]
        {
            Pallet::<T>::draw_committee(id);
        }
        assert_eq!(committee::<T>(id).len(), usize::from(MAX_COMMITTEE));
    }

    #[benchmark]
    fn conclude() {
        let id = revealed::<T>();
        #[block]
        {
            Pallet::<T>::settle_complete(id);
        }
        assert!(is_settled::<T>(id));
    }

    #[benchmark]
    fn forget() {
        let id = revealed::<T>();
        Pallet::<T>::settle_complete(id);
        pass::<T>(T::RetentionTicks::get() + 1);
        RetainedFrom::<T>::put(Pallet::<T>::now() - 1);
        let block = frame_system::Pallet::<T>::block_number();
        #[block]
        {
            Pallet::<T>::on_idle(block, frame_support::weights::Weight::MAX);
        }
        assert!(Requests::<T>::get(id).is_none());
    }

    impl_benchmark_test_suite!(Pallet, mock::new_test_ext(), mock::Test);
}
