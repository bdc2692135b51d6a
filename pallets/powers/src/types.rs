// SPDX-License-Identifier: Apache-2.0
//! Powers, and the arithmetic of their bounds, without storage.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
    traits::Get, BoundedVec, CloneNoBound, DebugNoBound, DefaultNoBound, EqNoBound, PartialEqNoBound,
};
use openledger_primitives::money::{Balance, FeeShares};
use scale_info::TypeInfo;
use sp_runtime::{traits::AtLeast32BitUnsigned, Permill};

/// What an account may be given to do.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Power<BlockNumber> {
    /// To spend the treasury's money: at most `cap` in any `period` blocks in a row.
    #[codec(index = 0)]
    TreasurySpend {
        /// Planck.
        cap: Balance,
        /// Blocks, at least one.
        period: BlockNumber,
    },
    /// To set how fees are split, within bounds.
    #[codec(index = 1)]
    FeeSplit(FeeBounds),
    /// To choose the datanets that clients show first.
    #[codec(index = 2)]
    FeaturedDatanets,
}

/// A power's name.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum PowerKind {
    /// See [`Power::TreasurySpend`].
    #[codec(index = 0)]
    TreasurySpend,
    /// See [`Power::FeeSplit`].
    #[codec(index = 1)]
    FeeSplit,
    /// See [`Power::FeaturedDatanets`].
    #[codec(index = 2)]
    FeaturedDatanets,
}

/// The least and the most of each part of a fee. The bounds themselves need not sum to one.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct FeeBounds {
    /// No part is smaller.
    pub least: FeeShares,
    /// No part is larger.
    pub most: FeeShares,
}

/// The four parts, always in the same order.
fn parts(shares: &FeeShares) -> [Permill; 4] {
    [
        shares.platform,
        shares.workers,
        shares.lineage,
        shares.contributors,
    ]
}

fn sum(shares: &FeeShares) -> u32 {
    // at most four million
    parts(shares)
        .iter()
        .fold(0, |sum: u32, part| sum.saturating_add(part.deconstruct()))
}

fn no_part_above(low: &FeeShares, high: &FeeShares) -> bool {
    parts(low).iter().zip(parts(high)).all(|(low, high)| *low <= high)
}

impl FeeBounds {
    /// Whether any whole split lies within.
    pub fn can_be_met(&self) -> bool {
        let one = Permill::one().deconstruct();
        no_part_above(&self.least, &self.most) && sum(&self.least) <= one && one <= sum(&self.most)
    }

    /// Whether these shares lie within.
    pub fn contain(&self, shares: &FeeShares) -> bool {
        no_part_above(&self.least, shares) && no_part_above(shares, &self.most)
    }
}

/// Money that left the treasury.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Spend<BlockNumber> {
    /// In this block.
    pub at: BlockNumber,
    /// Planck.
    pub amount: Balance,
}

/// Why an allowance does not allow it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exhausted {
    /// More than is left of the cap.
    Cap,
    /// No place to remember one more spend.
    Memory,
}

/// A cap on what may be spent in any `period` blocks in a row, and what was.
#[derive(
    CloneNoBound, PartialEqNoBound, EqNoBound, DebugNoBound, Encode, Decode, MaxEncodedLen, TypeInfo,
)]
#[scale_info(skip_type_params(MaxSpends))]
pub struct Allowance<BlockNumber: Clone + PartialEq + Eq + core::fmt::Debug, MaxSpends: Get<u32>> {
    /// Planck.
    pub cap: Balance,
    /// Blocks.
    pub period: BlockNumber,
    /// Spends that may still count, oldest first.
    pub spends: BoundedVec<Spend<BlockNumber>, MaxSpends>,
}

impl<BlockNumber: AtLeast32BitUnsigned + Copy + core::fmt::Debug, MaxSpends: Get<u32>>
    Allowance<BlockNumber, MaxSpends>
{
    /// Whether a spend still counts in block `now`.
    fn counts(&self, spend: &Spend<BlockNumber>, now: BlockNumber) -> bool {
        spend.at.saturating_add(self.period) > now
    }

    /// What may be spent in block `now`, planck.
    pub fn left(&self, now: BlockNumber) -> Balance {
        let spent = self
            .spends
            .iter()
            .filter(|spend| self.counts(spend, now))
            .fold(0, |spent: Balance, spend| spent.saturating_add(spend.amount));
        self.cap.saturating_sub(spent)
    }

    /// Spends `amount` in block `now`, and says what is left.
    pub fn spend(&mut self, now: BlockNumber, amount: Balance) -> Result<Balance, Exhausted> {
        let left = self.left(now).checked_sub(amount).ok_or(Exhausted::Cap)?;
        let period = self.period;
        self.spends.retain(|spend| spend.at.saturating_add(period) > now);
        match self.spends.last_mut().filter(|last| last.at == now) {
            Some(last) => last.amount = last.amount.saturating_add(amount),
            None => self
                .spends
                .try_push(Spend { at: now, amount })
                .map_err(|_| Exhausted::Memory)?,
        }
        Ok(left)
    }
}

/// All that one account may do.
#[derive(
    CloneNoBound,
    PartialEqNoBound,
    EqNoBound,
    DebugNoBound,
    DefaultNoBound,
    Encode,
    Decode,
    MaxEncodedLen,
    TypeInfo,
)]
#[scale_info(skip_type_params(MaxSpends))]
pub struct Powers<BlockNumber: Clone + PartialEq + Eq + core::fmt::Debug, MaxSpends: Get<u32>> {
    /// See [`Power::TreasurySpend`].
    pub treasury_spend: Option<Allowance<BlockNumber, MaxSpends>>,
    /// See [`Power::FeeSplit`].
    pub fee_split: Option<FeeBounds>,
    /// See [`Power::FeaturedDatanets`].
    pub featured_datanets: bool,
}

impl<BlockNumber: Clone + PartialEq + Eq + core::fmt::Debug, MaxSpends: Get<u32>>
    Powers<BlockNumber, MaxSpends>
{
    /// Adds a power. What was spent before still counts.
    pub fn add(&mut self, power: Power<BlockNumber>) {
        match power {
            Power::TreasurySpend { cap, period } => {
                let spends = self
                    .treasury_spend
                    .take()
                    .map(|old| old.spends)
                    .unwrap_or_default();
                self.treasury_spend = Some(Allowance { cap, period, spends });
            }
            Power::FeeSplit(bounds) => self.fee_split = Some(bounds),
            Power::FeaturedDatanets => self.featured_datanets = true,
        }
    }

    /// Removes a power, if it is there.
    pub fn remove(&mut self, kind: PowerKind) -> bool {
        match kind {
            PowerKind::TreasurySpend => self.treasury_spend.take().is_some(),
            PowerKind::FeeSplit => self.fee_split.take().is_some(),
            PowerKind::FeaturedDatanets => core::mem::take(&mut self.featured_datanets),
        }
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.treasury_spend.is_none() && self.fee_split.is_none() && !self.featured_datanets
    }
}
