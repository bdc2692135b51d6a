// SPDX-License-Identifier: Apache-2.0
//! Tunables: what a referendum may change without an upgrade, and what they are at first.
//!
//! A value that nobody has set is the default written here, which is meant for production. The development preset
//! stores short periods at genesis ([`ShortPeriods`]), so that a referendum there takes some blocks.

use crate::{
    constants::{DAYS, EXISTENTIAL_DEPOSIT, HOURS, MILLI_OPEN, MINUTES, OPEN},
    development::AtGenesis,
    AccountId, Balance, BlockNumber, Runtime, RuntimeEvent,
};
use codec::{Decode, DecodeWithMemTracking, Encode, Input, MaxEncodedLen};
use core::marker::PhantomData;
use frame_support::{
    dynamic_params::{dynamic_pallet_params, dynamic_params},
    traits::{dynamic_params::AggregatedKeyValue, AsEnsureOriginWithArg, Get},
};
use frame_system::EnsureRoot;
use openledger_primitives::{
    money::FeeShares,
    report::{Blend, Evidence},
    Tick,
};
use scale_info::TypeInfo;
use sp_runtime::Permill;

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

/// How much each kind of evidence counts in a report: every one of them something, so that none is taken out of the
/// reports that rest on it, and at most ten thousand.
///
/// Others cannot be decoded, as with [`WholeFeeShares`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct CountedBlend(Blend);

impl CountedBlend {
    /// Influence and spans three parts, retrieval one.
    pub const DEFAULT: Self = Self(Blend::DEFAULT);
    /// The most that a kind counts.
    pub const MOST: u16 = 10_000;
}

impl Decode for CountedBlend {
    fn decode<I: Input>(input: &mut I) -> Result<Self, codec::Error> {
        let blend = Blend::decode(input)?;
        let counts = |evidence| (1..=Self::MOST).contains(&blend.of(evidence));
        match Evidence::ALL.into_iter().all(counts) {
            true => Ok(Self(blend)),
            false => Err("a kind of evidence counts one to ten thousand parts".into()),
        }
    }
}

/// The blend in force.
pub struct BlendInForce;

impl Get<Blend> for BlendInForce {
    fn get() -> Blend {
        dynamic_params::rewards::EvidenceBlend::get().0
    }
}

/// The challenger's part of a slash: less than all of it, so that no worker gets its own slash back.
///
/// A larger one cannot be decoded, as with [`WholeFeeShares`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct ChallengerPart(Permill);

impl ChallengerPart {
    /// Half.
    pub const DEFAULT: Self = Self(Permill::from_percent(50));
    /// The most.
    pub const MOST: Permill = Permill::from_percent(90);
}

impl Decode for ChallengerPart {
    fn decode<I: Input>(input: &mut I) -> Result<Self, codec::Error> {
        let part = Permill::decode(input)?;
        match part <= Self::MOST {
            true => Ok(Self(part)),
            false => Err("a challenger gets at most nine tenths of a slash".into()),
        }
    }
}

/// The challenger's part in force.
pub struct ChallengerShareInForce;

impl Get<Permill> for ChallengerShareInForce {
    fn get() -> Permill {
        dynamic_params::rewards::ChallengerShare::get().0
    }
}

/// A number within bounds.
pub trait Bounded {
    /// What it is without them.
    type Number;

    /// The number.
    fn number(self) -> Self::Number;
}

/// A number within bounds: another one cannot be decoded, as with [`WholeFeeShares`].
macro_rules! within {
    ($(#[$doc:meta])* $name:ident($number:ty), $least:expr, $most:expr, $why:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
        pub struct $name($number);

        impl $name {
            /// The least.
            pub const LEAST: $number = $least;
            /// The most.
            pub const MOST: $number = $most;

            /// The number, or the bound that is next to it.
            pub const fn within(number: $number) -> Self {
                if number < Self::LEAST {
                    Self(Self::LEAST)
                } else if number > Self::MOST {
                    Self(Self::MOST)
                } else {
                    Self(number)
                }
            }
        }

        impl Bounded for $name {
            type Number = $number;

            fn number(self) -> $number {
                self.0
            }
        }

        impl Decode for $name {
            fn decode<I: Input>(input: &mut I) -> Result<Self, codec::Error> {
                let number = <$number>::decode(input)?;
                match (Self::LEAST..=Self::MOST).contains(&number) {
                    true => Ok(Self(number)),
                    false => Err($why.into()),
                }
            }
        }
    };
}

within!(
    /// A time in blocks: at least one, because some pallets divide by it, and at most a year.
    Blocks(BlockNumber), 1, 365 * DAYS, "a time is one block to a year"
);
within!(
    /// A time in ticks: at least one, and at most a year in which no block is full.
    Ticks(Tick), 1, 365 * TICKS_A_DAY, "a time is one tick to a year"
);
within!(
    /// A number of answers, from one to a million.
    Answers(u32), 1, 1_000_000, "one to a million answers"
);
within!(
    /// The least amount of something that everybody does, or a price for one data point: at most 10 OPEN, so that
    /// nobody can be kept out by it. Planck.
    Least(Balance), 0, 10 * OPEN, "at most 10 OPEN"
);
within!(
    /// What somebody puts down or loses: an existential deposit to a million OPEN. Planck.
    Bond(Balance), EXISTENTIAL_DEPOSIT, 1_000_000 * OPEN, "an existential deposit to a million OPEN"
);

/// The number of a bounded tunable that is in force.
pub struct InForce<B, T>(PhantomData<(B, T)>);

impl<B: Bounded, T: Get<B>> Get<B::Number> for InForce<B, T> {
    fn get() -> B::Number {
        T::get().number()
    }
}

/// Blocks of a tunable.
pub type BlocksOf<T> = InForce<Blocks, T>;
/// Ticks of a tunable.
pub type TicksOf<T> = InForce<Ticks, T>;
/// Planck of a tunable that is a least amount.
pub type LeastOf<T> = InForce<Least, T>;
/// Planck of a tunable that is put down or lost.
pub type BondOf<T> = InForce<Bond, T>;

/// A time that is never shorter than another one, whatever a referendum says of either.
pub struct NotShorterThan<Other, T>(PhantomData<(Other, T)>);

impl<Number: Ord, Other: Get<Number>, T: Get<Number>> Get<Number> for NotShorterThan<Other, T> {
    fn get() -> Number {
        T::get().max(Other::get())
    }
}

/// Ticks in a minute in which no block is full.
const TICKS_A_MINUTE: Tick = MINUTES as Tick;
/// Ticks in a day in which no block is full.
const TICKS_A_DAY: Tick = DAYS as Tick;

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
        pub static LaunchPeriod: Blocks = Blocks::within(7 * DAYS);
        /// How long a referendum is voted on.
        #[codec(index = 1)]
        pub static VotingPeriod: Blocks = Blocks::within(7 * DAYS);
        /// The least of it when the technical committee hurries one.
        #[codec(index = 2)]
        pub static FastTrackVotingPeriod: Blocks = Blocks::within(3 * HOURS);
        /// From a referendum's end to what it decided.
        #[codec(index = 3)]
        pub static EnactmentPeriod: Blocks = Blocks::within(2 * DAYS);
        /// How long the winners' votes stay locked for each step of conviction. At least the enactment period.
        #[codec(index = 4)]
        pub static VoteLockingPeriod: Blocks = Blocks::within(7 * DAYS);
        /// How long a vetoed proposal may not come back.
        #[codec(index = 5)]
        pub static CooloffPeriod: Blocks = Blocks::within(7 * DAYS);
        /// How long the council and the technical committee vote on a motion.
        #[codec(index = 6)]
        pub static MotionPeriod: Blocks = Blocks::within(5 * DAYS);
    }

    /// Deadlines of requests, in ticks: blocks that were not full.
    #[dynamic_pallet_params]
    #[codec(index = 2)]
    pub mod requests {
        /// How long a request waits for enough live workers.
        #[codec(index = 0)]
        pub static DrawTicks: Ticks = Ticks::within(10 * TICKS_A_MINUTE);
        /// How long a committee has to fetch the model, to run it and to commit.
        #[codec(index = 1)]
        pub static CommitTicks: Ticks = Ticks::within(10 * TICKS_A_MINUTE);
        /// How long a committee has to reveal.
        #[codec(index = 2)]
        pub static RevealTicks: Ticks = Ticks::within(5 * TICKS_A_MINUTE);
        /// How long a closed request is kept for its reader.
        #[codec(index = 3)]
        pub static RetentionTicks: Ticks = Ticks::within(7 * TICKS_A_DAY);
    }

    /// When contributors' pay vests.
    #[dynamic_pallet_params]
    #[codec(index = 3)]
    pub mod rewards {
        /// Further answers of the model after which pay has vested.
        #[codec(index = 0)]
        pub static VestAnswers: Answers = Answers::within(1_000);
        /// Ticks after which pay has vested though the model gave fewer answers.
        #[codec(index = 1)]
        pub static VestTicks: Ticks = Ticks::within(7 * TICKS_A_DAY);
        /// Ticks in which a report can be challenged; no pay vests earlier.
        #[codec(index = 2)]
        pub static ChallengeTicks: Ticks = Ticks::within(TICKS_A_DAY);
        /// Ticks for which the explanation of a payment is kept. Longer than pay can take to vest.
        #[codec(index = 3)]
        pub static RetentionTicks: Ticks = Ticks::within(30 * TICKS_A_DAY);
        /// The least that one claim pays out, planck.
        #[codec(index = 4)]
        pub static MinimumClaim: Least = Least::within(EXISTENTIAL_DEPOSIT);
        /// Ticks without an attributed answer after which anybody may release a model's next pool.
        #[codec(index = 5)]
        pub static PoolTicks: Ticks = Ticks::within(90 * TICKS_A_DAY);
        /// What a challenge of a report costs if it is wrong, planck.
        #[codec(index = 6)]
        pub static ChallengeBond: Bond = Bond::within(10 * OPEN);
        /// What it costs more for each data point of the contribution, planck: more than the fee for showing a row.
        #[codec(index = 7)]
        pub static ChallengePointBond: Least = Least::within(MILLI_OPEN);
        /// Ticks in which a challenged worker has to show what its report rests on, beside those for the rows.
        #[codec(index = 8)]
        pub static AnswerTicks: Ticks = Ticks::within(360 * TICKS_A_MINUTE);
        /// What a worker loses of its bond for each wrong entry of a report, planck. More than an answer pays to
        /// contributors, so that wrong debits can be given back out of it.
        #[codec(index = 9)]
        pub static ReportSlash: Bond = Bond::within(100 * OPEN);
        /// The challenger's part of a slash.
        #[codec(index = 10)]
        pub static ChallengerShare: ChallengerPart = ChallengerPart::DEFAULT;
        /// How much each kind of evidence counts in the reports of requests that are made from now on.
        #[codec(index = 11)]
        pub static EvidenceBlend: CountedBlend = CountedBlend::DEFAULT;
    }

    /// What is asked of workers.
    #[dynamic_pallet_params]
    #[codec(index = 4)]
    pub mod workers {
        /// The least bond, planck.
        #[codec(index = 0)]
        pub static MinimumBond: Bond = Bond::within(1_000 * OPEN);
        /// Ticks after which a worker that was not heard of is not drawn.
        #[codec(index = 1)]
        pub static HeartbeatTicks: Ticks = Ticks::within(60 * TICKS_A_MINUTE);
        /// Ticks between leaving and getting the bond back. Longer than a dispute about past work.
        #[codec(index = 2)]
        pub static UnbondTicks: Ticks = Ticks::within(14 * TICKS_A_DAY);
    }

    /// What is asked of models.
    #[dynamic_pallet_params]
    #[codec(index = 5)]
    pub mod models {
        /// The most that all ancestors of a model get of the lineage's share.
        #[codec(index = 0)]
        pub static MaxCumulativeRoyalty: Permill = Permill::from_percent(50);
        /// The lowest price of an answer, planck.
        #[codec(index = 1)]
        pub static MinimumPrice: Least = Least::within(EXISTENTIAL_DEPOSIT);
        /// What the owner of a model with attribution puts down for its release, planck. Models keep what they were
        /// registered with.
        #[codec(index = 2)]
        pub static ReleaseBond: Bond = Bond::within(100 * OPEN);
        /// Ticks after a model's end in which its release can still be disputed.
        #[codec(index = 3)]
        pub static ReleaseTicks: Ticks = Ticks::within(14 * TICKS_A_DAY);
        /// What a dispute of a released row costs if the row is right, planck: more than the author's fees for answering.
        #[codec(index = 4)]
        pub static RowBond: Bond = Bond::within(20 * OPEN);
    }

    /// When the treasury pays, in blocks.
    #[dynamic_pallet_params]
    #[codec(index = 6)]
    pub mod treasury {
        /// From one payment of what was approved for the treasury's own account to the next one.
        #[codec(index = 0)]
        pub static SpendPeriod: Blocks = Blocks::within(7 * DAYS);
        /// How long an approved spend can be paid out.
        #[codec(index = 1)]
        pub static PayoutPeriod: Blocks = Blocks::within(30 * DAYS);
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
        use dynamic_params::{models, requests, rewards, treasury, voting, workers};
        let voting = [
            voting::Parameters::LaunchPeriod(voting::LaunchPeriod, Some(Blocks::within(5))),
            voting::Parameters::VotingPeriod(voting::VotingPeriod, Some(Blocks::within(10))),
            voting::Parameters::FastTrackVotingPeriod(voting::FastTrackVotingPeriod, Some(Blocks::within(3))),
            voting::Parameters::EnactmentPeriod(voting::EnactmentPeriod, Some(Blocks::within(2))),
            voting::Parameters::VoteLockingPeriod(voting::VoteLockingPeriod, Some(Blocks::within(5))),
            voting::Parameters::CooloffPeriod(voting::CooloffPeriod, Some(Blocks::within(10))),
            voting::Parameters::MotionPeriod(voting::MotionPeriod, Some(Blocks::within(50))),
        ]
        .map(RuntimeParameters::Voting);
        // Every transaction makes a block there, so traffic moves the ticks as well as time does.
        let requests = [
            requests::Parameters::DrawTicks(requests::DrawTicks, Some(Ticks::within(15))),
            requests::Parameters::CommitTicks(requests::CommitTicks, Some(Ticks::within(60))),
            requests::Parameters::RevealTicks(requests::RevealTicks, Some(Ticks::within(60))),
        ]
        .map(RuntimeParameters::Requests);
        let rewards = [
            rewards::Parameters::VestAnswers(rewards::VestAnswers, Some(Answers::within(3))),
            rewards::Parameters::VestTicks(rewards::VestTicks, Some(Ticks::within(10))),
            rewards::Parameters::ChallengeTicks(rewards::ChallengeTicks, Some(Ticks::within(3))),
            rewards::Parameters::PoolTicks(rewards::PoolTicks, Some(Ticks::within(30))),
            rewards::Parameters::AnswerTicks(rewards::AnswerTicks, Some(Ticks::within(30))),
        ]
        .map(RuntimeParameters::Rewards);
        let workers = [workers::Parameters::UnbondTicks(
            workers::UnbondTicks,
            Some(Ticks::within(20)),
        )]
        .map(RuntimeParameters::Workers);
        let models = [models::Parameters::ReleaseTicks(
            models::ReleaseTicks,
            Some(Ticks::within(20)),
        )]
        .map(RuntimeParameters::Models);
        let treasury = [treasury::Parameters::SpendPeriod(
            treasury::SpendPeriod,
            Some(Blocks::within(5)),
        )]
        .map(RuntimeParameters::Treasury);
        let votes_and_requests = voting.into_iter().chain(requests);
        let of_models = rewards.into_iter().chain(workers).chain(models);
        votes_and_requests.chain(of_models).chain(treasury)
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
