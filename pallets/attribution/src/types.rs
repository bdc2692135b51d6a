// SPDX-License-Identifier: Apache-2.0
//! What the ledger stores.

use crate::{netting::Windows, Config};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
    pallet_prelude::ConstU32, traits::Get, BoundedVec, CloneNoBound, DebugNoBound, EqNoBound,
    PartialEqNoBound,
};
use openledger_primitives::{
    attestation::WorkerKey,
    explain::{Part, TakenBack},
    money::Balance,
    report::{Blend, ReportEntry, MAX_REPORT_ENTRIES},
    traits::{MAX_ROYALTIES, MAX_SOURCES},
    ContributionId, DatanetId, ModelId, Tick, VersionId,
};
use scale_info::TypeInfo;

/// The most pending entries that one claim vests.
pub const MAX_CLAIM_ENTRIES: u32 = 64;

/// A contribution as a source of one model's answers: what pending pay belongs to.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Debug,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub struct PendingKey {
    /// The model that answered.
    pub model: ModelId,
    /// The datanet of the contribution.
    pub datanet: DatanetId,
    /// The contribution inside it.
    pub contribution: ContributionId,
}

/// Pay that later answers of the same model can still take back.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct PendingPay<AccountId> {
    /// Whom it becomes claimable for: the contribution's earliest registered owner when it was credited.
    pub owner: AccountId,
    /// The pay.
    pub windows: Windows,
}

/// The datanet versions that a model was trained on.
pub type SourceList = BoundedVec<(DatanetId, VersionId), ConstU32<MAX_SOURCES>>;

/// What the ledger keeps for a model.
#[derive(
    Clone, Default, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct ModelBook {
    /// Planck that the next attributed answer adds to its contributors' part.
    pub next_pool: Balance,
    /// Answers settled with a report that names contributions.
    pub answers: u64,
    /// When the last of them was settled.
    pub attributed_at: Tick,
    /// Who gets the next pool if no other of them comes.
    pub sources: SourceList,
}

/// The ledger's sums. `credited = claimed + claimable + pending + pools + standing + disputed` at all times; dust is
/// part of `claimable`, it belongs to the dust sink's account.
#[derive(
    Clone, Copy, Default, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct LedgerTotals {
    /// All that settlements and disputes ever brought in, planck.
    pub credited: Balance,
    /// All that was ever paid out, planck.
    pub claimed: Balance,
    /// Claimable now, all accounts, planck.
    pub claimable: Balance,
    /// Pending, all contributions, planck.
    pub pending: Balance,
    /// In the models' next pools, planck.
    pub pools: Balance,
    /// In the datanet versions' pools, planck.
    pub standing: Balance,
    /// Withheld while reports are disputed, planck.
    pub disputed: Balance,
}

impl LedgerTotals {
    /// What the ledger owes: its account holds at least this much.
    pub fn owed(&self) -> Balance {
        self.claimable
            .saturating_add(self.pending)
            .saturating_add(self.pools)
            .saturating_add(self.standing)
            .saturating_add(self.disputed)
    }
}

/// The most parts of one payment: workers, royalties, contributions or datanet versions, and one each for treasury,
/// model owner, next pool, unattributed part and dust.
pub struct MaxParts<T>(core::marker::PhantomData<T>);

impl<T: Config> Get<u32> for MaxParts<T> {
    fn get() -> u32 {
        T::MaxWorkers::get()
            .saturating_add(MAX_ROYALTIES)
            .saturating_add(MAX_REPORT_ENTRIES)
            .saturating_add(5)
    }
}

/// A settled request, for explanations.
#[derive(
    CloneNoBound, PartialEqNoBound, EqNoBound, DebugNoBound, Encode, Decode, MaxEncodedLen, TypeInfo,
)]
#[scale_info(skip_type_params(T))]
#[codec(mel_bound())]
pub struct Settled<T: Config> {
    /// The model that answered.
    pub model: ModelId,
    /// Who paid.
    pub consumer: T::AccountId,
    /// The fee, planck.
    pub fee: Balance,
    /// What the model's pool of earlier answers added, planck.
    pub from_pool: Balance,
    /// The worker whose reveal gave the report.
    pub representative: WorkerKey<T::AccountId>,
    /// The report.
    pub report: BoundedVec<ReportEntry, ConstU32<MAX_REPORT_ENTRIES>>,
    /// How much each kind of evidence counts in it.
    pub blend: Blend,
    /// Every payment.
    pub parts: BoundedVec<Part<T::AccountId>, MaxParts<T>>,
    /// What negative entries took back.
    pub taken_back: BoundedVec<TakenBack, ConstU32<MAX_REPORT_ENTRIES>>,
    /// When it was settled.
    pub settled_at: Tick,
    /// The model's count of attributed answers then, this one included.
    pub answer: u64,
    /// Its output was refuted: the report is empty for good.
    pub void: bool,
}

/// A contribution as a part of a version of its datanet: what pay by standing belongs to.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct StandingKey {
    /// The datanet of the contribution.
    pub datanet: DatanetId,
    /// The version of the datanet that a model was trained on.
    pub version: VersionId,
    /// The contribution inside it.
    pub contribution: ContributionId,
}

/// The shares that one call collects.
pub type CollectEntries = BoundedVec<StandingKey, ConstU32<MAX_CLAIM_ENTRIES>>;

/// The entries that a claim vests first.
pub type ClaimEntries = BoundedVec<PendingKey, ConstU32<MAX_CLAIM_ENTRIES>>;
