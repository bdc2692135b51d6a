// SPDX-License-Identifier: Apache-2.0
//! Benchmarks: releases of 2^32 - 1 rows, so that proofs are the longest, and heads of up to 16,384 parameters.

use super::*;
use crate::Pallet as Releases;
use alloc::{boxed::Box, vec, vec::Vec};
use frame_benchmarking::{account, v2::*, BenchmarkError};
use frame_support::{
    assert_ok,
    traits::{fungible::Mutate, Get},
    BoundedVec,
};
use frame_system::RawOrigin;
use openledger_primitives::{
    fixed::{
        equation::{Sums, PARTS},
        release::{
            features_row, leaf, link_bytes, node, row_bytes, Hash, FEATURES_HEADER_BYTES, HEADER_BYTES,
            PLACE_BYTES,
        },
    },
    ids::content_id,
    money::Balance,
    shown::{HeadFile, RangeProof, ShownRelease, MAX_HEAD_PARAMETERS},
    traits::{BondedRelease, ReleaseBonds, Ticks},
    ModelId,
};
use sp_core::H256;
use sp_io::hashing::blake2_256;

/// As many features as an answer's query vector can have, and the bias.
const WIDEST: u32 = 1_024;
const ROWS: u32 = u32::MAX;
/// Bytes of three rows of the index and two of the features for the smallest head, and for 16 classes by [`WIDEST`].
const MIN_SHOWN_BYTES: u32 = 136;
const MAX_SHOWN_BYTES: u32 = 102_840;

/// A release of equal rows, of which the first two can be shown.
struct Released {
    classes: usize,
    dims: usize,
    release: ShownRelease,
    row: Vec<u8>,
    features: Vec<u8>,
    siblings: Vec<Hash>,
    head: HeadFile,
}

/// Hash of the tree's root over `pair` and whatever is above it.
fn root(pair: [Hash; 2], siblings: &[Hash]) -> H256 {
    let start = node(blake2_256, &pair[0], &pair[1]);
    H256(
        siblings
            .iter()
            .fold(start, |hash, sibling| node(blake2_256, &hash, sibling)),
    )
}

/// Classes and features of a head of about `parameters`.
fn shape(parameters: u32) -> (usize, usize) {
    let classes = parameters.div_ceil(WIDEST).max(2);
    let dims = (parameters / classes).saturating_sub(1).max(1);
    (classes as usize, dims as usize)
}

/// Parameters of the largest head of which three rows of the index and two of the features have at most `bytes`.
fn parameters_of(bytes: u32) -> u32 {
    let shown = |parameters: &u32| {
        let (classes, dims) = shape(*parameters);
        3 * row_bytes(classes, dims) + 2 * (FEATURES_HEADER_BYTES + 2 * dims)
    };
    let fits = |parameters: &u32| shown(parameters) <= bytes as usize;
    (4..=MAX_HEAD_PARAMETERS).rev().find(fits).unwrap_or(4)
}

impl Released {
    /// With a head of about `parameters`.
    fn new(parameters: u32) -> Self {
        let (classes, dims) = shape(parameters);
        // row 1 leads both
        let mut row = vec![0, 0, 0, 0, 0, 0, 9, 9, 1, 0, 0, 0];
        row.extend((0..classes * (dims + 1)).flat_map(|at| (at as i16).to_le_bytes()));
        row.extend(vec![0; link_bytes(classes)]);
        let features = features_row(0, 0, &vec![300; dims]);
        let siblings: Vec<Hash> = (1..32).map(|level| [level; 32]).collect();
        let leaves = [&row, &features].map(|bytes| leaf(blake2_256, bytes));
        let mut header = [0; HEADER_BYTES];
        header[..6].copy_from_slice(b"OLIX\x04\0");
        header[6..8].copy_from_slice(&(classes as u16).to_le_bytes());
        header[8..10].copy_from_slice(&(dims as u16).to_le_bytes());
        header[12..16].copy_from_slice(&ROWS.to_le_bytes());
        header[22..26].copy_from_slice(&(1u32 << 26).to_le_bytes());
        header[26..].copy_from_slice(&root([leaves[1]; 2], &siblings).0);
        let mut head = 0u64.to_le_bytes().to_vec();
        head.resize(8 + 12 * classes * (dims + 1), 1);
        Self {
            classes,
            dims,
            release: ShownRelease {
                header,
                table: H256::zero(),
                rows: root([leaves[0]; 2], &siblings),
            },
            row,
            features,
            siblings,
            head: BoundedVec::truncate_from(head),
        }
    }

    /// Registers it.
    fn model<T: Config>(&self) -> (T::AccountId, ModelId) {
        let author: T::AccountId = account("author", 0, 0);
        let model = T::Models::create_bonded_for_benchmark(BondedRelease {
            author: author.clone(),
            root: self.release.root(blake2_256),
            head: content_id(&self.head),
            classes: self.classes as u32,
            dims: self.dims as u32,
            rows: ROWS,
        });
        (author, model)
    }

    fn proof(&self, bytes: &[u8]) -> RangeProof {
        let other = leaf(blake2_256, bytes);
        let hashes = core::iter::once(&other).chain(&self.siblings);
        BoundedVec::truncate_from(hashes.map(|hash| H256(*hash)).collect())
    }

    fn shown(&self) -> ShownRow {
        ShownRow {
            released: BoundedVec::truncate_from(self.row.clone()),
            released_proof: self.proof(&self.row),
            features: BoundedVec::truncate_from(self.features.clone()),
            features_proof: self.proof(&self.features),
        }
    }

    /// Sums that allow anything.
    fn sums(&self) -> Sums {
        let mut sums = Sums::zero(self.classes, self.dims);
        sums.allowed
            .iter_mut()
            .for_each(|allowed| *allowed = i128::MAX / 4);
        sums
    }

    fn interval(&self, high: u32, sums: &Sums) -> Interval {
        let start = H256(sums.commitment(blake2_256));
        Interval {
            low: 0,
            high,
            start,
            end: start,
            features: H256(self.release.header[26..].try_into().unwrap_or_default()),
            rows: ROWS,
            leaf: H256(leaf(blake2_256, &self.row)),
        }
    }
}

fn funded<T: Config>(name: &'static str) -> T::AccountId {
    let who: T::AccountId = account(name, 0, 0);
    T::Currency::set_balance(&who, Balance::MAX / 1_000_000);
    who
}

/// A dispute of the first row.
fn disputed<T: Config>(model: ModelId) -> RowKey<T::AccountId> {
    let challenger = funded::<T>("challenger");
    T::Currency::set_balance(&T::DustSink::get(), Balance::MAX / 1_000_000);
    let origin = RawOrigin::Signed(challenger.clone()).into();
    assert_ok!(Releases::<T>::dispute_row(origin, model, 0));
    RowKey {
        model,
        row: 0,
        challenger,
    }
}

fn set_stage<T: Config>(key: &RowKey<T::AccountId>, stage: Stage) {
    Disputes::<T>::mutate((key.model, key.row, &key.challenger), |stored| {
        stored.as_mut().expect("it is open").stage = stage;
    });
}

fn stage_of<T: Config>(key: &RowKey<T::AccountId>) -> Option<Stage> {
    Disputes::<T>::get((key.model, key.row, &key.challenger)).map(|dispute| dispute.stage)
}

fn inner() -> InnerSums {
    BoundedVec::truncate_from(vec![H256::zero(); PARTS as usize - 1])
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn dispute_row() -> Result<(), BenchmarkError> {
        let (_, model) = Released::new(20).model::<T>();
        let challenger = funded::<T>("challenger");
        #[extrinsic_call]
        _(RawOrigin::Signed(challenger.clone()), model, 7);
        assert!(Disputes::<T>::contains_key((model, 7u32, challenger)));
        Ok(())
    }

    #[benchmark]
    fn claim_sums(p: Linear<4, MAX_HEAD_PARAMETERS>) -> Result<(), BenchmarkError> {
        let released = Released::new(p);
        let (author, model) = released.model::<T>();
        let key = disputed::<T>(model);
        let sums = BoundedVec::truncate_from(released.sums().to_bytes());
        #[extrinsic_call]
        _(
            RawOrigin::Signed(author),
            key.clone(),
            released.release,
            released.shown(),
            sums,
            released.head.clone(),
        );
        assert!(matches!(stage_of::<T>(&key), Some(Stage::Split(_))));
        Ok(())
    }

    #[benchmark]
    fn split() -> Result<(), BenchmarkError> {
        let released = Released::new(20);
        let (author, model) = released.model::<T>();
        let key = disputed::<T>(model);
        set_stage::<T>(&key, Stage::Split(released.interval(ROWS, &released.sums())));
        #[extrinsic_call]
        _(RawOrigin::Signed(author), key.clone(), inner());
        assert!(matches!(stage_of::<T>(&key), Some(Stage::Choose(..))));
        Ok(())
    }

    #[benchmark]
    fn choose() -> Result<(), BenchmarkError> {
        let released = Released::new(20);
        let (_, model) = released.model::<T>();
        let key = disputed::<T>(model);
        let interval = released.interval(ROWS, &released.sums());
        set_stage::<T>(&key, Stage::Choose(interval, inner()));
        #[extrinsic_call]
        _(RawOrigin::Signed(key.challenger.clone()), key.clone(), PARTS - 1);
        assert!(matches!(stage_of::<T>(&key), Some(Stage::Split(_))));
        Ok(())
    }

    #[benchmark]
    fn prove_term(p: Linear<4, MAX_HEAD_PARAMETERS>) -> Result<(), BenchmarkError> {
        let released = Released::new(p);
        let (_, model) = released.model::<T>();
        let key = disputed::<T>(model);
        let sums = Sums::zero(released.classes, released.dims);
        set_stage::<T>(&key, Stage::Prove(released.interval(1, &sums)));
        let shown = released.shown();
        #[extrinsic_call]
        _(
            RawOrigin::Signed(key.challenger.clone()),
            key.clone(),
            BoundedVec::truncate_from(sums.to_bytes()),
            shown.released,
            shown.features,
            shown.features_proof,
            released.head.clone(),
        );
        assert_eq!(stage_of::<T>(&key), None);
        Ok(())
    }

    #[benchmark]
    fn conclude() -> Result<(), BenchmarkError> {
        let (_, model) = Released::new(20).model::<T>();
        let key = disputed::<T>(model);
        T::Ticks::set(
            T::Ticks::now()
                .saturating_add(T::AnswerTicks::get())
                .saturating_add(1),
        );
        #[extrinsic_call]
        close(RawOrigin::Signed(key.challenger.clone()), key.clone());
        assert_eq!(stage_of::<T>(&key), None);
        Ok(())
    }

    #[benchmark]
    fn refute_row(b: Linear<MIN_SHOWN_BYTES, MAX_SHOWN_BYTES>) -> Result<(), BenchmarkError> {
        // the first two rows are nearly the same, and both lead themselves
        let mut released = Released::new(parameters_of(b));
        let second = released.row.clone();
        let mut first = second.clone();
        first[8] = 0;
        let leaves = [&first, &second].map(|bytes| leaf(blake2_256, bytes));
        released.release.rows = root(leaves, &released.siblings);
        let place = [7; PLACE_BYTES];
        let entry = leaf(blake2_256, &place);
        released.release.table = root([entry; 2], &released.siblings);
        released.release.header[16..20].copy_from_slice(&ROWS.to_le_bytes());
        let (_, model) = released.model::<T>();
        let challenger = funded::<T>("challenger");
        T::Currency::set_balance(&T::DustSink::get(), Balance::MAX / 1_000_000);
        let row = ShownRow {
            released_proof: released.proof(&first),
            ..released.shown()
        };
        let leader = ShownLeaf {
            bytes: row.released.clone(),
            proof: row.released_proof.clone(),
        };
        let other = ShownRow {
            released: BoundedVec::truncate_from(first),
            released_proof: released.proof(&second),
            ..released.shown()
        };
        let entry = ShownEntry {
            place,
            proof: released.proof(&place),
        };
        let flaw = RowFlaw::Earlier {
            number: 0,
            other,
            leader,
            entries: [entry.clone(), entry],
        };
        #[extrinsic_call]
        _(
            RawOrigin::Signed(challenger),
            model,
            1,
            released.release,
            row,
            Box::new(flaw),
        );
        assert!(T::Models::bonded(model).is_none());
        Ok(())
    }

    #[benchmark]
    fn refute_probability(p: Linear<4, MAX_HEAD_PARAMETERS>) -> Result<(), BenchmarkError> {
        // the first row leads itself, alone, and nobody believes it
        let mut released = Released::new(p);
        released.row[8] = 0;
        let leaves = [leaf(blake2_256, &released.row); 2];
        released.release.rows = root(leaves, &released.siblings);
        let (_, model) = released.model::<T>();
        let challenger = funded::<T>("challenger");
        T::Currency::set_balance(&T::DustSink::get(), Balance::MAX / 1_000_000);
        let row = released.shown();
        let flaw = RowFlaw::Probability {
            number: 0,
            last: ShownLeaf {
                bytes: row.released.clone(),
                proof: row.released_proof.clone(),
            },
            head: released.head.clone(),
        };
        #[extrinsic_call]
        refute_row(
            RawOrigin::Signed(challenger),
            model,
            0,
            released.release,
            row,
            Box::new(flaw),
        );
        assert!(T::Models::bonded(model).is_none());
        Ok(())
    }

    impl_benchmark_test_suite!(Releases, crate::mock::ExtBuilder.build(), crate::mock::Test);
}
