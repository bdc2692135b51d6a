// SPDX-License-Identifier: Apache-2.0
//! The moves of a dispute, and how it ends.

use crate::{pallet::*, InnerSums, Interval, RowBytes, RowDispute, RowKey, ShownRow, Stage, SumsBytes};
use alloc::vec::Vec;
use frame_support::{
    ensure,
    traits::{
        fungible::MutateHold,
        tokens::{Fortitude, Precision, Restriction},
        Get,
    },
};
use openledger_primitives::{
    apis::{OpenRowDispute, RowStage},
    fixed::{
        equation::{boundary, parts, Claim, Sums},
        head::read_head,
        logits,
        release::{leaf, verify_range, FeaturesRow, IndexShape, ReleasedRow},
    },
    ids::content_id,
    money::Balance,
    shown::{hashes_of, HeadFile, RangeProof, ShownRelease, MAX_HEAD_PARAMETERS},
    traits::{BondedRelease, ReleaseBonds, Ticks},
    ModelId, Tick,
};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::DispatchResult;

type AccountOf<T> = <T as frame_system::Config>::AccountId;
type Key<T> = RowKey<AccountOf<T>>;
/// A dispute and the release that it is about.
type Case<T> = (RowDispute<AccountOf<T>>, BondedRelease<AccountOf<T>>);

impl<T: Config> Pallet<T> {
    pub(crate) fn do_dispute(key: Key<T>) -> DispatchResult {
        let release = Self::disputable(key.model)?;
        ensure!(key.row < release.rows, Error::<T>::RowOutOfRange);
        ensure!(key.challenger != release.author, Error::<T>::NotAuthorized);
        ensure!(
            !Disputes::<T>::contains_key(place(&key)),
            Error::<T>::AlreadyExists
        );
        let bond = T::RowBond::get();
        T::Currency::hold(&HoldReason::RowDispute.into(), &key.challenger, bond)?;
        T::Models::accuse(key.model);
        let (author, deadline) = (release.author, Self::deadline());
        DisputesAgainst::<T>::insert(&author, &key, ());
        let dispute = RowDispute {
            author: author.clone(),
            bond,
            deadline,
            stage: Stage::Claim,
        };
        Disputes::<T>::insert(place(&key), dispute);
        Self::deposit_event(Event::RowDisputed {
            key,
            author,
            bond,
            deadline,
        });
        Ok(())
    }

    pub(crate) fn do_claim(
        who: T::AccountId,
        key: Key<T>,
        release: ShownRelease,
        row: &ShownRow,
        sums: &SumsBytes,
        head: &HeadFile,
    ) -> DispatchResult {
        let (dispute, bonded) = Self::running(&key)?;
        ensure!(who == dispute.author, Error::<T>::NotAuthorized);
        ensure!(dispute.stage == Stage::Claim, Error::<T>::WrongStage);
        let shape = Self::opened(&bonded, &release)?;
        let (released, own) = Self::opened_row(&shape, &release, key.row, row)?;
        let same = (released.ordinal, released.label) == (own.ordinal, own.label);
        ensure!(same, Error::<T>::RowsDiffer);
        let (classes, dims) = (usize::from(shape.classes), usize::from(shape.dims));
        let all = Sums::from_bytes(sums, classes, dims).ok_or(Error::<T>::SumsWrongLength)?;
        let claim = Claim {
            influence: &released.influence,
            label: own.label,
            features: &own.features,
            logits: &Self::answer(&bonded, head, &own.features)?,
            row_bits: shape.row_bits,
            lambda: shape.lambda,
            rows: shape.rows,
        };
        // a label that is no class satisfies nothing
        ensure!(claim.is_met_by(&all) == Ok(true), Error::<T>::EquationNotMet);
        let end = H256(all.commitment(blake2_256));
        let interval = Interval {
            low: 0,
            high: shape.rows,
            start: H256(Sums::zero(classes, dims).commitment(blake2_256)),
            end,
            features: H256(shape.features),
            rows: shape.rows,
            leaf: H256(leaf(blake2_256, &row.released)),
        };
        let deadline = Self::keep(&key, dispute, narrowed(interval));
        Self::deposit_event(Event::SumsClaimed {
            key,
            sums: end,
            deadline,
        });
        Ok(())
    }

    pub(crate) fn do_split(who: T::AccountId, key: Key<T>, inner: InnerSums) -> DispatchResult {
        let (dispute, _) = Self::running(&key)?;
        ensure!(who == dispute.author, Error::<T>::NotAuthorized);
        let Stage::Split(interval) = dispute.stage else {
            return Err(Error::<T>::WrongStage.into());
        };
        let ends = u32::try_from(inner.len()).unwrap_or(u32::MAX).saturating_add(1);
        ensure!(
            ends == parts(interval.low, interval.high),
            Error::<T>::WrongNumberOfSums
        );
        let deadline = Self::keep(&key, dispute, Stage::Choose(interval, inner));
        Self::deposit_event(Event::SumsSplit { key, deadline });
        Ok(())
    }

    pub(crate) fn do_choose(who: T::AccountId, key: Key<T>, part: u32) -> DispatchResult {
        let (dispute, _) = Self::running(&key)?;
        ensure!(who == key.challenger, Error::<T>::NotAuthorized);
        let Stage::Choose(whole, inner) = &dispute.stage else {
            return Err(Error::<T>::WrongStage.into());
        };
        let (low, high) = (whole.low, whole.high);
        ensure!(part < parts(low, high), Error::<T>::PartOutOfRange);
        let end_of = |part: u32| inner.get(usize::try_from(part).ok()?).copied();
        let interval = Interval {
            low: boundary(low, high, part),
            high: boundary(low, high, part.saturating_add(1)),
            start: part.checked_sub(1).and_then(end_of).unwrap_or(whole.start),
            end: end_of(part).unwrap_or(whole.end),
            ..*whole
        };
        let deadline = Self::keep(&key, dispute, narrowed(interval));
        Self::deposit_event(Event::PartChosen {
            key,
            low: interval.low,
            high: interval.high,
            deadline,
        });
        Ok(())
    }

    pub(crate) fn do_prove(
        key: Key<T>,
        sums: &SumsBytes,
        released: &RowBytes,
        features: &RowBytes,
        features_proof: &RangeProof,
        head: &HeadFile,
    ) -> DispatchResult {
        let (dispute, bonded) = Self::running(&key)?;
        let Stage::Prove(interval) = dispute.stage else {
            return Err(Error::<T>::WrongStage.into());
        };
        let (classes, dims) = shape_of(&bonded);
        let mut sums = Sums::from_bytes(sums, classes, dims).ok_or(Error::<T>::SumsWrongLength)?;
        let agreed = H256(sums.commitment(blake2_256)) == interval.start;
        ensure!(agreed, Error::<T>::WrongSums);
        let is_disputed = H256(leaf(blake2_256, released)) == interval.leaf;
        ensure!(is_disputed, Error::<T>::ProofInvalid);
        let row = ReleasedRow::read(released, classes, dims).ok_or(Error::<T>::RowWrongLength)?;
        Self::proved(
            interval.features,
            interval.rows,
            interval.low,
            features,
            features_proof,
        )?;
        let training = FeaturesRow::read(features, dims).ok_or(Error::<T>::RowWrongLength)?;
        let answer = Self::answer(&bonded, head, &training.features)?;
        sums.add(&row.influence, &training.features, &answer)
            .map_err(|_| Error::<T>::RowWrongLength)?;
        match H256(sums.commitment(blake2_256)) == interval.end {
            true => Self::uphold(key, dispute),
            false => Self::convict(key, dispute),
        }
    }

    pub(crate) fn do_close(key: Key<T>) -> DispatchResult {
        let dispute = Disputes::<T>::get(place(&key)).ok_or(Error::<T>::NotFound)?;
        if T::Models::bonded(key.model).is_none() {
            Self::return_bond(&key, &dispute)?;
            Self::forget(&key, &dispute);
            Self::deposit_event(Event::DisputeMoot { key });
            return Ok(());
        }
        let overdue = T::Ticks::now() > dispute.deadline;
        ensure!(overdue, Error::<T>::DeadlineNotPassed);
        match dispute.stage {
            Stage::Claim | Stage::Split(_) => Self::convict(key, dispute),
            Stage::Choose(..) | Stage::Prove(_) => Self::uphold(key, dispute),
        }
    }

    /// The row was wrong: the release is refuted and the challenger rewarded.
    fn convict(key: Key<T>, dispute: RowDispute<T::AccountId>) -> DispatchResult {
        Self::return_bond(&key, &dispute)?;
        Self::forget(&key, &dispute);
        Self::punish(key, dispute.author)
    }

    /// Takes the bond of a release that is wrong.
    pub(crate) fn punish(key: Key<T>, author: T::AccountId) -> DispatchResult {
        let (share, sink) = (T::ChallengerShare::get(), T::DustSink::get());
        let (reward, rest) = T::Models::refute(key.model, &key.challenger, share, &sink)?;
        Self::deposit_event(Event::RowRefuted {
            key,
            author,
            reward,
            rest,
        });
        Ok(())
    }

    /// The row was right: the author gets the challenger's bond.
    fn uphold(key: Key<T>, dispute: RowDispute<T::AccountId>) -> DispatchResult {
        if dispute.bond > 0 {
            T::Currency::transfer_on_hold(
                &HoldReason::RowDispute.into(),
                &key.challenger,
                &dispute.author,
                dispute.bond,
                Precision::Exact,
                Restriction::Free,
                Fortitude::Force,
            )
            .map(|_: Balance| ())?;
        }
        Self::forget(&key, &dispute);
        Self::deposit_event(Event::RowUpheld {
            key,
            author: dispute.author,
            bond: dispute.bond,
        });
        Ok(())
    }

    fn return_bond(key: &Key<T>, dispute: &RowDispute<T::AccountId>) -> DispatchResult {
        let reason = HoldReason::RowDispute.into();
        T::Currency::release(&reason, &key.challenger, dispute.bond, Precision::BestEffort).map(|_| ())
    }

    fn forget(key: &Key<T>, dispute: &RowDispute<T::AccountId>) {
        Disputes::<T>::remove(place(key));
        DisputesAgainst::<T>::remove(&dispute.author, key);
        T::Models::acquit(key.model);
    }

    /// A release that answers for its rows and whose rows the chain can compute.
    pub(crate) fn disputable(model: ModelId) -> Result<BondedRelease<T::AccountId>, Error<T>> {
        let release = T::Models::bonded(model).ok_or(Error::<T>::NotDisputable)?;
        let width = release.dims.saturating_add(1);
        let fits = release.classes > 0 && release.classes.saturating_mul(width) <= MAX_HEAD_PARAMETERS;
        ensure!(fits, Error::<T>::NotDisputable);
        Ok(release)
    }

    /// A dispute whose deadline has not passed.
    fn running(key: &Key<T>) -> Result<Case<T>, Error<T>> {
        let dispute = Disputes::<T>::get(place(key)).ok_or(Error::<T>::NotFound)?;
        let release = Self::disputable(key.model)?;
        ensure!(T::Ticks::now() <= dispute.deadline, Error::<T>::DeadlinePassed);
        Ok((dispute, release))
    }

    /// Goes on to a stage, with a new deadline.
    fn keep(key: &Key<T>, dispute: RowDispute<T::AccountId>, stage: Stage) -> Tick {
        let deadline = Self::deadline();
        let dispute = RowDispute {
            deadline,
            stage,
            ..dispute
        };
        Disputes::<T>::insert(place(key), dispute);
        deadline
    }

    fn deadline() -> Tick {
        T::Ticks::now().saturating_add(T::AnswerTicks::get())
    }

    /// What a release's header says, if the release is the model's and has the shape that was registered.
    pub(crate) fn opened(
        bonded: &BondedRelease<T::AccountId>,
        release: &ShownRelease,
    ) -> Result<IndexShape, Error<T>> {
        ensure!(release.root(blake2_256) == bonded.root, Error::<T>::WrongRelease);
        let shape = IndexShape::read(&release.header).ok_or(Error::<T>::WrongRelease)?;
        let as_registered = (u32::from(shape.classes), u32::from(shape.dims), shape.rows)
            == (bonded.classes, bonded.dims, bonded.rows);
        ensure!(as_registered, Error::<T>::WrongRelease);
        Ok(shape)
    }

    /// A row of the index and of its features, proved.
    pub(crate) fn opened_row(
        shape: &IndexShape,
        release: &ShownRelease,
        number: u32,
        shown: &ShownRow,
    ) -> Result<(ReleasedRow, FeaturesRow), Error<T>> {
        Ok((
            Self::released_row(shape, release, number, &shown.released, &shown.released_proof)?,
            Self::features_row(shape, number, &shown.features, &shown.features_proof)?,
        ))
    }

    /// A row of the index, proved.
    pub(crate) fn released_row(
        shape: &IndexShape,
        release: &ShownRelease,
        number: u32,
        bytes: &RowBytes,
        proof: &RangeProof,
    ) -> Result<ReleasedRow, Error<T>> {
        let (classes, dims) = (usize::from(shape.classes), usize::from(shape.dims));
        let row = ReleasedRow::read(bytes, classes, dims).ok_or(Error::<T>::RowWrongLength)?;
        Self::proved(release.rows, shape.rows, number, bytes, proof)?;
        Ok(row)
    }

    /// A row of the features, proved.
    pub(crate) fn features_row(
        shape: &IndexShape,
        number: u32,
        bytes: &RowBytes,
        proof: &RangeProof,
    ) -> Result<FeaturesRow, Error<T>> {
        let row = FeaturesRow::read(bytes, shape.dims.into()).ok_or(Error::<T>::RowWrongLength)?;
        Self::proved(H256(shape.features), shape.rows, number, bytes, proof)?;
        Ok(row)
    }

    /// Checks that `bytes` are leaf `number` of `width` under `root`.
    pub(crate) fn proved(
        root: H256,
        width: u32,
        number: u32,
        bytes: &[u8],
        proof: &RangeProof,
    ) -> Result<(), Error<T>> {
        let leaves = Vec::from([leaf(blake2_256, bytes)]);
        let proved = verify_range(blake2_256, &root.0, width, number, leaves, &hashes_of(proof));
        ensure!(proved, Error::<T>::ProofInvalid);
        Ok(())
    }

    /// What the model's head, whose file is `head`, gives for features.
    pub(crate) fn answer(
        bonded: &BondedRelease<T::AccountId>,
        head: &HeadFile,
        features: &[i16],
    ) -> Result<Vec<i32>, Error<T>> {
        ensure!(content_id(head) == bonded.head, Error::<T>::WrongHead);
        let (classes, dims) = shape_of(bonded);
        let (weight, bias) = read_head(head, classes, dims).ok_or(Error::<T>::WrongHead)?;
        logits(&weight, &bias, features).map_err(|_| Error::<T>::WrongHead)
    }

    /// The disputes that `author` has to answer, for the runtime API: all of its models' releases, so never call it
    /// on-chain. The most urgent first.
    pub fn disputes_against(author: &T::AccountId) -> Vec<OpenRowDispute<T::AccountId>> {
        let mut open: Vec<_> = DisputesAgainst::<T>::iter_key_prefix(author)
            .filter_map(|key| Self::dispute_view(key.model, key.row, key.challenger))
            .collect();
        open.sort_unstable_by_key(|open| (open.deadline, open.model, open.row));
        open
    }

    /// An open dispute, for the runtime API.
    pub fn dispute_view(
        model: ModelId,
        row: u32,
        challenger: T::AccountId,
    ) -> Option<OpenRowDispute<T::AccountId>> {
        let dispute = Disputes::<T>::get((model, row, &challenger))?;
        let stage = match dispute.stage {
            Stage::Claim => RowStage::Claim,
            Stage::Split(interval) => RowStage::Split {
                low: interval.low,
                high: interval.high,
            },
            Stage::Choose(interval, inner) => RowStage::Choose {
                low: interval.low,
                high: interval.high,
                ends: inner.into_iter().chain([interval.end]).collect(),
            },
            Stage::Prove(interval) => RowStage::Prove { row: interval.low },
        };
        Some(OpenRowDispute {
            model,
            row,
            challenger,
            author: dispute.author,
            stage,
            deadline: dispute.deadline,
            moot: T::Models::bonded(model).is_none(),
        })
    }
}

/// The key of a dispute in storage.
pub(crate) fn place<AccountId>(key: &RowKey<AccountId>) -> (ModelId, u32, &AccountId) {
    (key.model, key.row, &key.challenger)
}

fn shape_of<AccountId>(bonded: &BondedRelease<AccountId>) -> (usize, usize) {
    let size = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    (size(bonded.classes), size(bonded.dims))
}

/// What follows when both parties look at an interval.
fn narrowed(interval: Interval) -> Stage {
    match interval.high.saturating_sub(interval.low) {
        ..=1 => Stage::Prove(interval),
        _ => Stage::Split(interval),
    }
}
