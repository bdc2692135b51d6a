// SPDX-License-Identifier: Apache-2.0
//! Tunables: what a referendum may change without an upgrade, and what they are at first.
//!
//! A value that nobody has set is the default written here, which is meant for production. The development preset
//! stores short periods at genesis ([`ShortPeriods`]), so that a referendum there takes some blocks.

use crate::{
    constants::{DAYS, HOURS},
    development::AtGenesis,
    AccountId, BlockNumber, Runtime, RuntimeEvent,
};
use codec::{Decode, DecodeWithMemTracking, Encode, Input, MaxEncodedLen};
use core::marker::PhantomData;
use frame_support::{
    dynamic_params::{dynamic_pallet_params, dynamic_params},
    traits::{dynamic_params::AggregatedKeyValue, AsEnsureOriginWithArg, Get},
};
use frame_system::EnsureRoot;
use openledger_primitives::money::FeeShares;
use scale_info::TypeInfo;

/// Fee shares that sum to one.
///
/// Others cannot be decoded: an extrinsic, a preimage or a scheduled call that would set them is malformed, so a
/// referendum cannot bring them about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct WholeFeeShares(FeeShares);

impl WholeFeeShares {
    /// 10 % platform, 20 % workers, 20 % lineage, 50 % contributors.
    pub const DEFAULT: Self = Self(FeeShares::DEFAULT);

    /// The shares, if they sum to one.
    pub const fn new(shares: FeeShares) -> Option<Self> {
        if shares.is_whole() {
            Some(Self(shares))
        } else {
            None
        }
    }
}

impl Decode for WholeFeeShares {
    fn decode<I: Input>(input: &mut I) -> Result<Self, codec::Error> {
        Self::new(FeeShares::decode(input)?).ok_or_else(|| "the fee shares do not sum to one".into())
    }
}

/// The fee shares in force.
pub struct FeeSharesInForce;

impl Get<FeeShares> for FeeSharesInForce {
    fn get() -> FeeShares {
        dynamic_params::payments::Shares::get().0
    }
}

/// A period of at least one block or tick: some pallets divide by it.
pub struct AtLeastOne<T>(PhantomData<T>);

impl<T: Get<BlockNumber>> Get<BlockNumber> for AtLeastOne<T> {
    fn get() -> BlockNumber {
        T::get().max(1)
    }
}

/// The tunables. Indices and the order of types are part of the chain's interface.
#[dynamic_params(RuntimeParameters, pallet_parameters::Parameters::<Runtime>)]
pub mod dynamic_params {
    use super::*;

    /// How a fee is split.
    #[dynamic_pallet_params]
    #[codec(index = 0)]
    pub mod payments {
        /// The parts of platform, workers, lineage and contributors.
        #[codec(index = 0)]
        pub static Shares: WholeFeeShares = WholeFeeShares::DEFAULT;
    }

    /// How long votes take, in blocks.
    #[dynamic_pallet_params]
    #[codec(index = 1)]
    pub mod voting {
        /// From one public referendum's start to the next one's.
        #[codec(index = 0)]
        pub static LaunchPeriod: BlockNumber = 7 * DAYS;
        /// How long a referendum is voted on.
        #[codec(index = 1)]
        pub static VotingPeriod: BlockNumber = 7 * DAYS;
        /// The least of it when the technical committee hurries one.
        #[codec(index = 2)]
        pub static FastTrackVotingPeriod: BlockNumber = 3 * HOURS;
        /// From a referendum's end to what it decided.
        #[codec(index = 3)]
        pub static EnactmentPeriod: BlockNumber = 2 * DAYS;
        /// How long the winners' votes stay locked for each step of conviction. At least the enactment period.
        #[codec(index = 4)]
        pub static VoteLockingPeriod: BlockNumber = 7 * DAYS;
        /// How long a vetoed proposal may not come back.
        #[codec(index = 5)]
        pub static CooloffPeriod: BlockNumber = 7 * DAYS;
        /// How long the council and the technical committee vote on a motion.
        #[codec(index = 6)]
        pub static MotionPeriod: BlockNumber = 5 * DAYS;
    }
}

impl pallet_parameters::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type RuntimeParameters = RuntimeParameters;
    // A referendum changes them.
    type AdminOrigin = AsEnsureOriginWithArg<EnsureRoot<AccountId>>;
    type WeightInfo = ();
}

#[cfg(feature = "runtime-benchmarks")]
impl Default for RuntimeParameters {
    fn default() -> Self {
        RuntimeParameters::Payments(dynamic_params::payments::Parameters::Shares(
            dynamic_params::payments::Shares,
            Some(WholeFeeShares::DEFAULT),
        ))
    }
}

/// The development chain's periods: a referendum from proposal to enactment takes some twenty blocks.
pub struct ShortPeriods;

impl ShortPeriods {
    /// Every tunable that differs from its default.
    pub fn parameters() -> impl Iterator<Item = RuntimeParameters> {
        use dynamic_params::voting;
        [
            voting::Parameters::LaunchPeriod(voting::LaunchPeriod, Some(5)),
            voting::Parameters::VotingPeriod(voting::VotingPeriod, Some(10)),
            voting::Parameters::FastTrackVotingPeriod(voting::FastTrackVotingPeriod, Some(3)),
            voting::Parameters::EnactmentPeriod(voting::EnactmentPeriod, Some(2)),
            voting::Parameters::VoteLockingPeriod(voting::VoteLockingPeriod, Some(5)),
            voting::Parameters::CooloffPeriod(voting::CooloffPeriod, Some(10)),
            voting::Parameters::MotionPeriod(voting::MotionPeriod, Some(50)),
        ]
        .into_iter()
        .map(RuntimeParameters::Voting)
    }
}

impl AtGenesis for ShortPeriods {
    fn at_genesis() {
        for parameter in Self::parameters() {
            let (key, value) = parameter.into_parts();
            pallet_parameters::Parameters::<Runtime>::set(key, value);
        }
    }
}
