// SPDX-License-Identifier: Apache-2.0
//! Emergencies: single calls can be paused, and all of them but the exempt ones for a time.
//!
//! Governance holds both, nobody can buy them, and neither stops governance, the blocks themselves, or what an account
//! needs to answer in time and to take back what it has on hold ([`ALWAYS`]).

use super::governance::{Council, Technical};
use crate::{
    constants::DAYS, AccountId, Balance, Balances, BlockNumber, Runtime, RuntimeCall, RuntimeEvent,
    RuntimeHoldReason, SafeMode, TxPause, UncheckedExtrinsic,
};
use frame_support::{
    parameter_types,
    traits::{CallMetadata, ConstU32, Contains, EitherOf, EitherOfDiverse, GetCallMetadata, InsideBoth},
};
use frame_system::{EnsureRoot, EnsureRootWithSuccess, EnsureWithSuccess};
use pallet_tx_pause::RuntimeCallNameOf;
use sp_runtime::traits::Checkable;

/// Which calls of a pallet are meant.
pub enum Calls {
    /// All of them.
    All,
    /// Those with these names.
    Named(&'static [&'static str]),
}

/// What no emergency stops, by pallet.
///
/// * the chain itself: clock, relay chain, collators, messages, upgrades that a referendum has authorised;
/// * governance, and the tools that only carry calls, which are looked at one by one;
/// * each answer to a deadline, so that nobody loses a bond or a fee for having been silenced;
/// * each way to take back what is on hold, and each one to serve no longer.
///
/// Claims from the reward ledger are not among them: what is claimable stays so, and an error in the ledger is what a
/// pause has to be able to contain.
pub const ALWAYS: &[(&str, Calls)] = &[
    ("System", Calls::All),
    ("ParachainSystem", Calls::All),
    ("Timestamp", Calls::All),
    ("Parameters", Calls::All),
    ("CollatorSelection", Calls::All),
    ("Session", Calls::All),
    ("XcmpQueue", Calls::All),
    ("MessageQueue", Calls::All),
    ("Utility", Calls::All),
    ("Proxy", Calls::All),
    ("Multisig", Calls::All),
    ("Preimage", Calls::All),
    ("Scheduler", Calls::All),
    ("Council", Calls::All),
    ("TechnicalCommittee", Calls::All),
    ("Democracy", Calls::All),
    ("TxPause", Calls::All),
    ("SafeMode", Calls::All),
    ("Vesting", Calls::Named(&["vest", "vest_other"])),
    ("Datanets", Calls::Named(&["withdraw", "revoke_access"])),
    (
        "Workers",
        Calls::Named(&["unhost", "heartbeat", "chill", "unbond", "withdraw_unbonded"]),
    ),
    ("Inference", Calls::Named(&["cancel", "commit", "reveal", "poke"])),
    (
        "Attribution",
        Calls::Named(&[
            "challenge",
            "show_place",
            "open_rows",
            "close_challenge",
            "refute_output",
            "refute_spans",
        ]),
    ),
    ("Releases", Calls::All),
    ("ModelRegistry", Calls::Named(&["reclaim_bond"])),
    // it carries a native call, which is looked at by itself
    ("Revive", Calls::Named(&["eth_substrate_call"])),
];

/// Whether no emergency stops the call.
fn is_exempt(pallet: &[u8], call: &[u8]) -> bool {
    ALWAYS.iter().any(|(name, calls)| {
        name.as_bytes() == pallet
            && match calls {
                Calls::All => true,
                Calls::Named(names) => names.iter().any(|name| name.as_bytes() == call),
            }
    })
}

/// The calls of [`ALWAYS`].
pub struct Exempt;

impl Contains<RuntimeCallNameOf<Runtime>> for Exempt {
    fn contains((pallet, call): &RuntimeCallNameOf<Runtime>) -> bool {
        is_exempt(pallet, call)
    }
}

impl Contains<RuntimeCall> for Exempt {
    fn contains(call: &RuntimeCall) -> bool {
        let CallMetadata {
            pallet_name,
            function_name,
        } = call.get_call_metadata();
        is_exempt(pallet_name.as_bytes(), function_name.as_bytes())
    }
}

/// What every transaction, and every call that a contract makes, has to pass. Referenda do not: they act as root.
pub type NotStopped = InsideBoth<crate::TxPause, crate::SafeMode>;

/// The number by which an Ethereum transaction is refused that is stopped ([`is_stopped`]).
pub const STOPPED: u8 = 83;

/// Whether an Ethereum transaction would do what is stopped. It is refused before it is in a block: inside, it would fail
/// after it had taken its number and all of its gas, and leave no receipt.
pub fn is_stopped(extrinsic: &UncheckedExtrinsic) -> bool {
    let wrapped = &extrinsic.0.function;
    if !matches!(
        wrapped,
        RuntimeCall::Revive(pallet_revive::Call::eth_transact { .. })
    ) {
        return false;
    }
    if !TxPause::contains(wrapped) {
        return true;
    }
    let paused = |call: &[u8]| TxPause::is_paused_unbound(b"Revive".to_vec(), call.to_vec());
    let any = SafeMode::is_entered() || paused(b"eth_call") || paused(b"eth_instantiate_with_code");
    // what is no transaction is refused by what checks it next
    any && extrinsic
        .clone()
        .check(&frame_system::ChainContext::<Runtime>::default())
        .is_ok_and(|checked| !NotStopped::contains(&checked.function))
}

/// Who may stop: a referendum, or two thirds of the technical committee.
type MayPause = EitherOfDiverse<EnsureRoot<AccountId>, Technical<2, 3>>;
/// Who may let go on: a referendum, half of the council, or two thirds of the technical committee.
type MayResume = EitherOfDiverse<EnsureRoot<AccountId>, EitherOfDiverse<Council<1, 2>, Technical<2, 3>>>;

impl pallet_tx_pause::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type RuntimeCall = RuntimeCall;
    type PauseOrigin = MayPause;
    type UnpauseOrigin = MayResume;
    type WhitelistedCalls = Exempt;
    // longer than any name of a pallet or a call
    type MaxNameLen = ConstU32<256>;
    type WeightInfo = pallet_tx_pause::weights::SubstrateWeight<Runtime>;
}

parameter_types! {
    pub const SafeModeDuration: BlockNumber = DAYS;
    // Nobody enters or extends it for a deposit, so there are no deposits to give back.
    pub const NotForSale: Option<Balance> = None;
    pub const NoRelease: Option<BlockNumber> = None;
}

/// A day for a referendum, and for the whole technical committee.
type MayEnter = EitherOf<
    EnsureRootWithSuccess<AccountId, SafeModeDuration>,
    EnsureWithSuccess<Technical<1, 1>, AccountId, SafeModeDuration>,
>;
/// Another day for a referendum, and for two thirds of the council.
type MayExtend = EitherOf<
    EnsureRootWithSuccess<AccountId, SafeModeDuration>,
    EnsureWithSuccess<Council<2, 3>, AccountId, SafeModeDuration>,
>;

impl pallet_safe_mode::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type WhitelistedCalls = Exempt;
    type EnterDuration = SafeModeDuration;
    type ExtendDuration = SafeModeDuration;
    type EnterDepositAmount = NotForSale;
    type ExtendDepositAmount = NotForSale;
    type ForceEnterOrigin = MayEnter;
    type ForceExtendOrigin = MayExtend;
    type ForceExitOrigin = MayResume;
    type ForceDepositOrigin = EnsureRoot<AccountId>;
    type Notify = ();
    type ReleaseDelay = NoRelease;
    type WeightInfo = pallet_safe_mode::weights::SubstrateWeight<Runtime>;
}
