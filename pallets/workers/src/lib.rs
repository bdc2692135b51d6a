// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs, rustdoc::broken_intra_doc_links)]
#![cfg_attr(
    not(any(test, feature = "runtime-benchmarks")),
    deny(
        clippy::arithmetic_side_effects,
        clippy::as_conversions,
        clippy::expect_used,
        clippy::float_arithmetic,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::unwrap_used
    )
)]

extern crate alloc;

mod bonds;
mod functions;
mod pool;
// The codec's derive macros cast the indices of variants.
#[allow(clippy::as_conversions)]
mod types;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;
#[cfg(any(feature = "try-runtime", test))]
mod try_state;

pub use pallet::*;
pub use types::{Capabilities, ChillReason, KernelClass, Registration, Standing};
pub use weights::WeightInfo;

/// Worker registrations, the models they host and the requests they are drawn for.
// What FRAME's macros write does both.
#[allow(clippy::as_conversions, clippy::expect_used)]
#[frame_support::pallet]
pub mod pallet {
    use super::*;
    use frame_support::{pallet_prelude::*, traits::fungible};
    use frame_system::pallet_prelude::*;
    use openledger_primitives::{
        attestation::WorkerKey,
        money::Balance,
        traits::{Models, Ticks},
        ModelId, RequestId, Tick,
    };

    /// A registration with this chain's bounds.
    pub type RegistrationOf<T> = Registration<<T as Config>::MaxHosted>;
    /// A worker's key with this chain's account type.
    pub type WorkerKeyOf<T> = WorkerKey<<T as frame_system::Config>::AccountId>;

    /// The bonded inference workers of the chain.
    #[pallet::pallet]
    pub struct Pallet<T>(_);

    /// What the runtime decides for this pallet.
    #[pallet::config]
    pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
        /// Where bonds are held.
        type Currency: fungible::Inspect<Self::AccountId, Balance = Balance>
            + fungible::Mutate<Self::AccountId>
            + fungible::MutateHold<Self::AccountId, Reason = Self::RuntimeHoldReason>;

        /// The runtime's reasons to hold money.
        type RuntimeHoldReason: From<HoldReason>;

        /// Says which models exist and may be hosted.
        type Models: Models<Self::AccountId>;

        /// The chain's clock.
        type Ticks: Ticks;

        /// The least bond of a worker, planck. It pays for the worker's storage as well, so it has to be more than
        /// a deposit for a full registration. A worker whose bond is below a raised minimum is not drawn until it
        /// bonds more.
        #[pallet::constant]
        type MinBond: Get<Balance>;

        /// The most models that one worker hosts. At least 1.
        #[pallet::constant]
        type MaxHosted: Get<u32>;

        /// The most workers that host one model. At least 1; a committee draw reads all of them.
        #[pallet::constant]
        type MaxHosts: Get<u32>;

        /// The most open requests that one worker is drawn for at a time. At least 1; a worker that has so many is
        /// left out of draws.
        #[pallet::constant]
        type MaxAssignments: Get<u32>;

        /// Ticks after which a worker that was not heard of is left out of draws. At least 1.
        #[pallet::constant]
        type HeartbeatTicks: Get<Tick>;

        /// Ticks between `unbond` and `withdraw_unbonded`. At least `LiableTicks`.
        #[pallet::constant]
        type UnbondTicks: Get<Tick>;

        /// Ticks after an answer in which its worker can be called to account for it.
        #[pallet::constant]
        type LiableTicks: Get<Tick>;

        /// Requests in a row that a worker may miss before it is chilled. At least 1.
        #[pallet::constant]
        type MaxMissed: Get<u32>;

        /// Weights of the calls.
        type WeightInfo: WeightInfo;
    }

    /// Why this pallet holds money.
    #[pallet::composite_enum]
    pub enum HoldReason {
        /// A worker's bond. It comes back with `withdraw_unbonded`.
        #[codec(index = 0)]
        Bond,
    }

    /// The epoch of each account's last registration. Never cleared, so that a key is never used twice.
    //
    // Blake2_128Concat: accounts are chosen by users.
    #[pallet::storage]
    pub type Epochs<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, u32, ValueQuery>;

    /// The registrations. Made by `register`, cleared by `withdraw_unbonded`.
    //
    // Blake2_128Concat: accounts are chosen by users. One registration an account, so the epoch is in the value.
    #[pallet::storage]
    pub type Workers<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, RegistrationOf<T>>;

    /// Who hosts a model: the other way round of [`Registration::hosted`]. Kept by `host`, `unhost` and `unbond`.
    //
    // Twox64Concat: model ids are the registry's own counter. Bounded because a draw reads every entry.
    #[pallet::storage]
    pub type Hosts<T: Config> =
        StorageMap<_, Twox64Concat, ModelId, BoundedVec<WorkerKeyOf<T>, T::MaxHosts>, ValueQuery>;

    /// The open requests that a worker was drawn for. Set by a draw, cleared when the request closes.
    //
    // At most MaxAssignments a worker; Registration::assignments counts them.
    #[pallet::storage]
    pub type Assignments<T: Config> =
        StorageDoubleMap<_, Blake2_128Concat, WorkerKeyOf<T>, Twox64Concat, RequestId, (), OptionQuery>;

    /// How many disputes wait for an end in which a worker may be slashed. Cleared with the last of them.
    //
    // Each one is paid for by its challenger's bond.
    #[pallet::storage]
    pub type Accusations<T: Config> = StorageMap<_, Blake2_128Concat, WorkerKeyOf<T>, u32, ValueQuery>;

    /// What happened. Together the events tell the whole state but heartbeats.
    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A worker registered and its bond is held.
        Registered {
            /// The worker in this registration.
            worker: WorkerKeyOf<T>,
            /// The bond, planck.
            bond: Balance,
            /// What it says it runs on.
            capabilities: Capabilities,
        },
        /// A worker added to its bond.
        BondedMore {
            /// The worker.
            worker: WorkerKeyOf<T>,
            /// The whole bond now, planck.
            bond: Balance,
        },
        /// A worker offers a model from now on.
        Hosted {
            /// The worker.
            worker: WorkerKeyOf<T>,
            /// The model.
            model: ModelId,
        },
        /// A worker no longer offers a model.
        Unhosted {
            /// The worker.
            worker: WorkerKeyOf<T>,
            /// The model.
            model: ModelId,
        },
        /// A worker said that it is alive.
        Heard {
            /// The worker.
            worker: WorkerKeyOf<T>,
        },
        /// A worker is not drawn until it resumes.
        Chilled {
            /// The worker.
            worker: WorkerKeyOf<T>,
            /// Who asked for it.
            reason: ChillReason,
        },
        /// A chilled worker can be drawn again.
        Resumed {
            /// The worker.
            worker: WorkerKeyOf<T>,
        },
        /// A worker began to leave; it hosts nothing from now on.
        Unbonding {
            /// The worker.
            worker: WorkerKeyOf<T>,
            /// The tick from which the bond can be withdrawn.
            until: Tick,
        },
        /// A worker left and has its bond back.
        Withdrawn {
            /// The worker.
            worker: WorkerKeyOf<T>,
            /// The bond, planck.
            bond: Balance,
        },
        /// A worker lost a part of its bond in a dispute.
        Slashed {
            /// The worker.
            worker: WorkerKeyOf<T>,
            /// What it lost, planck.
            amount: Balance,
            /// What is left, planck. Below `MinBond` it is not drawn until it bonds more.
            bond: Balance,
        },
    }

    /// Why a call was refused.
    #[pallet::error]
    pub enum Error<T> {
        /// The account is not registered as a worker. Call `register` first.
        NotFound,
        /// The account is registered already. Withdraw the old registration before a new one.
        AlreadyExists,
        /// The bond is below the minimum. Bond at least `MinBond`.
        BondTooSmall,
        /// The model does not exist or may not be hosted now.
        ModelNotHostable,
        /// The worker hosts this model already.
        AlreadyHosted,
        /// The worker does not host this model.
        NotHosted,
        /// The worker hosts as many models as it may. Call `unhost` for another one first.
        TooManyHosted,
        /// The model has as many hosts as it may. Wait until one leaves.
        TooManyHosts,
        /// The worker is drawn for as many open requests as it may be.
        TooManyAssignments,
        /// The worker is drawn for this request already.
        AlreadyAssigned,
        /// The worker is chilled already.
        AlreadyChilled,
        /// The worker is not chilled, so it has nothing to resume.
        NotChilled,
        /// The worker is leaving. Withdraw when the delay is over and register again.
        AlreadyUnbonding,
        /// The worker is not leaving. Call `unbond` first.
        NotUnbonding,
        /// The delay after `unbond` is not over. The `Unbonding` event names the tick.
        TooEarly,
        /// The worker is drawn for a request that is still open. It closes without anybody's help.
        StillAssigned,
        /// The account registered too often.
        TooManyEpochs,
        /// A report of the worker is challenged. Withdraw when the challenge has ended; its deadline is in its event.
        StillAccused,
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn integrity_test() {
            assert!(T::MaxHosted::get() > 0, "a worker has to host a model");
            assert!(T::MaxHosts::get() > 0, "a model needs a host");
            assert!(T::MaxAssignments::get() > 0, "a worker has to be drawn");
            assert!(T::MaxMissed::get() > 0, "no worker could ever be drawn");
            assert!(
                T::HeartbeatTicks::get() > 0,
                "a heartbeat has to last into the next block"
            );
            assert!(
                T::UnbondTicks::get() >= T::LiableTicks::get(),
                "a bond has to last as long as its worker is liable"
            );
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }

    #[pallet::call(weight(<T as Config>::WeightInfo))]
    impl<T: Config> Pallet<T> {
        /// Registers the caller as a worker.
        ///
        /// Origin: signed. `bond` planck are held until `withdraw_unbonded`; they also cover the storage that the
        /// worker uses. The registration's epoch is one more than the account's last one.
        ///
        /// Errors: `AlreadyExists`, `BondTooSmall`, or the currency's own when there is not enough money. Event:
        /// `Registered`.
        #[pallet::call_index(0)]
        pub fn register(origin: OriginFor<T>, capabilities: Capabilities, bond: Balance) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_register(&who, capabilities, bond).map(|_| ())
        }

        /// Adds `amount` planck to the caller's bond, which is its weight in committee draws.
        ///
        /// Origin: a registered worker. Errors: `NotFound`, `AlreadyUnbonding`. Event: `BondedMore`.
        #[pallet::call_index(1)]
        pub fn bond_more(origin: OriginFor<T>, amount: Balance) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_bond_more(&who, amount)
        }

        /// Offers to answer requests for `model`.
        ///
        /// Origin: a registered worker. The bond covers the storage. Errors: `NotFound`, `AlreadyUnbonding`,
        /// `ModelNotHostable`, `AlreadyHosted`, `TooManyHosted`, `TooManyHosts`. Event: `Hosted`.
        #[pallet::call_index(2)]
        pub fn host(origin: OriginFor<T>, model: ModelId) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_host(&who, model)
        }

        /// Stops offering `model`. Requests that the worker was drawn for stay its duty.
        ///
        /// Origin: a registered worker. Errors: `NotFound`, `NotHosted`. Event: `Unhosted`.
        #[pallet::call_index(3)]
        pub fn unhost(origin: OriginFor<T>, model: ModelId) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_unhost(&who, model)
        }

        /// Says that the worker is alive. Due every `HeartbeatTicks`; answering a request counts as well.
        ///
        /// Origin: a registered worker. Errors: `NotFound`, `AlreadyUnbonding`. Event: `Heard`.
        #[pallet::call_index(4)]
        pub fn heartbeat(origin: OriginFor<T>) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_heartbeat(&who)
        }

        /// Takes the worker out of committee draws until it resumes. Open requests stay its duty.
        ///
        /// Origin: a registered worker. Errors: `NotFound`, `AlreadyChilled`, `AlreadyUnbonding`. Event:
        /// `Chilled`.
        #[pallet::call_index(5)]
        pub fn chill(origin: OriginFor<T>) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_chill(&who)
        }

        /// Lets a chilled worker be drawn again. Counts as a heartbeat and forgets missed requests.
        ///
        /// Origin: a registered worker. Errors: `NotFound`, `NotChilled`, `AlreadyUnbonding`. Event: `Resumed`.
        #[pallet::call_index(6)]
        pub fn resume(origin: OriginFor<T>) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_resume(&who)
        }

        /// Begins to leave: the worker hosts nothing from now on and may withdraw after `UnbondTicks`.
        ///
        /// Origin: a registered worker, also one that is drawn for open requests: those stay its duty. Errors:
        /// `NotFound`, `AlreadyUnbonding`. Event: `Unbonding`.
        #[pallet::call_index(7)]
        pub fn unbond(origin: OriginFor<T>) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_unbond(&who)
        }

        /// Ends the registration and returns the bond.
        ///
        /// Origin: a worker that called `unbond`. Errors: `NotFound`, `NotUnbonding`, `TooEarly`,
        /// `StillAssigned`, `StillAccused`. Event: `Withdrawn`.
        #[pallet::call_index(8)]
        pub fn withdraw_unbonded(origin: OriginFor<T>) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_withdraw_unbonded(&who)
        }
    }
}
