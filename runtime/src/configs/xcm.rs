// SPDX-License-Identifier: Apache-2.0
//! Messages between chains, as little as is useful: OPEN can be sent to other chains by reserve transfer and come
//! back. No other asset is known, nothing is teleported, and messages execute only when they are paid.

use super::{
    money::{TreasuryAccount, WeightToFee},
    parachain::PriceForParentDelivery,
};
use crate::{
    AccountId, AllPalletsWithSystem, Balances, ParachainInfo, ParachainSystem, PolkadotXcm, Runtime,
    RuntimeCall, RuntimeEvent, RuntimeOrigin, XcmpQueue,
};
use frame_support::{
    parameter_types,
    traits::{tokens::imbalance::ResolveTo, ConstU32, Contains, Disabled, Everything, Nothing},
    weights::Weight,
};
use frame_system::EnsureRoot;
use pallet_collator_selection::StakingPotAccountId;
use polkadot_parachain_primitives::primitives::Sibling;
use staging_xcm_builder::{
    AccountId32Aliases, AllowKnownQueryResponses, AllowTopLevelPaidExecutionFrom, EnsureXcmOrigin,
    FixedWeightBounds, FrameTransactionalProcessor, FungibleAdapter, IsConcrete, ParentIsPreset,
    RelayChainAsNative, SendXcmFeeToAccount, SiblingParachainAsNative, SiblingParachainConvertsVia,
    SignedAccountId32AsNative, SignedToAccountId32, SovereignSignedViaLocation, TakeWeightCredit,
    TrailingSetTopicAsId, UsingComponents, WithComputedOrigin, WithUniqueTopic, XcmFeeManagerFromComponents,
};
use staging_xcm_executor::XcmExecutor;
use xcm::latest::prelude::*;

// the crate of the message format, under its usual name
use staging_xcm as xcm;

parameter_types! {
    pub const RelayLocation: Location = Location::parent();
    /// OPEN, seen from here.
    pub const HereLocation: Location = Location::here();
    // Which relay chain it will be is not known before the parachain is registered.
    pub const RelayNetwork: Option<NetworkId> = None;
    pub RelayChainOrigin: RuntimeOrigin = cumulus_pallet_xcm::Origin::Relay.into();
    pub UniversalLocation: InteriorLocation = Parachain(ParachainInfo::parachain_id().into()).into();
    /// What an instruction weighs, at least as much as the heaviest of them.
    pub const UnitWeightCost: Weight = Weight::from_parts(1_000_000_000, 64 * 1024);
    pub const MaxInstructions: u32 = 100;
    pub const MaxAssetsIntoHolding: u32 = 64;
}

/// The account of a location: the relay chain's, a sibling's, or a local account.
pub type LocationToAccountId = (
    ParentIsPreset<AccountId>,
    SiblingParachainConvertsVia<Sibling, AccountId>,
    AccountId32Aliases<RelayNetwork, AccountId>,
);

/// OPEN is the only asset.
pub type AssetTransactor =
    FungibleAdapter<Balances, IsConcrete<HereLocation>, LocationToAccountId, AccountId, ()>;

/// The origin with which a message's `Transact` is dispatched. Nobody becomes root.
pub type XcmOriginToTransactDispatchOrigin = (
    SovereignSignedViaLocation<LocationToAccountId, RuntimeOrigin>,
    RelayChainAsNative<RelayChainOrigin, RuntimeOrigin>,
    SiblingParachainAsNative<cumulus_pallet_xcm::Origin, RuntimeOrigin>,
    SignedAccountId32AsNative<RelayNetwork, RuntimeOrigin>,
);

/// The relay chain and the chains beside this one.
pub struct ParentOrSiblings;

impl Contains<Location> for ParentOrSiblings {
    fn contains(location: &Location) -> bool {
        matches!(location.unpack(), (1, []) | (1, [Parachain(_)]))
    }
}

/// Which messages execute: those that a local extrinsic has paid, answers that were asked for, and those that the
/// relay chain or a sibling pays for.
pub type Barrier = TrailingSetTopicAsId<(
    TakeWeightCredit,
    AllowKnownQueryResponses<PolkadotXcm>,
    WithComputedOrigin<AllowTopLevelPaidExecutionFrom<ParentOrSiblings>, UniversalLocation, ConstU32<8>>,
)>;

/// How messages leave.
pub type XcmRouter = WithUniqueTopic<(
    cumulus_primitives_utility::ParentAsUmp<ParachainSystem, PolkadotXcm, PriceForParentDelivery>,
    XcmpQueue,
)>;

/// What a message weighs.
pub type Weigher = FixedWeightBounds<UnitWeightCost, RuntimeCall, MaxInstructions>;

/// The executor's settings.
pub struct XcmConfig;

impl staging_xcm_executor::Config for XcmConfig {
    type RuntimeCall = RuntimeCall;
    type XcmSender = XcmRouter;
    type XcmEventEmitter = PolkadotXcm;
    type AssetTransactor = AssetTransactor;
    type OriginConverter = XcmOriginToTransactDispatchOrigin;
    // OPEN comes home out of the sovereign account of the chain that holds it; there is no foreign reserve.
    type IsReserve = ();
    type IsTeleporter = ();
    type Aliasers = Nothing;
    type UniversalLocation = UniversalLocation;
    type Barrier = Barrier;
    type Weigher = Weigher;
    type Trader = UsingComponents<
        WeightToFee,
        HereLocation,
        AccountId,
        Balances,
        ResolveTo<StakingPotAccountId<Runtime>, Balances>,
    >;
    type ResponseHandler = PolkadotXcm;
    type AssetTrap = PolkadotXcm;
    type AssetLocker = ();
    type AssetExchanger = ();
    type SubscriptionService = PolkadotXcm;
    type PalletInstancesInfo = AllPalletsWithSystem;
    type MaxAssetsIntoHolding = MaxAssetsIntoHolding;
    type FeeManager =
        XcmFeeManagerFromComponents<Nothing, SendXcmFeeToAccount<AssetTransactor, TreasuryAccount>>;
    type MessageExporter = ();
    type UniversalAliases = Nothing;
    type CallDispatcher = RuntimeCall;
    // No call can be made by message yet.
    type SafeCallFilter = Nothing;
    type TransactionalProcessor = FrameTransactionalProcessor;
    type HrmpNewChannelOpenRequestHandler = ();
    type HrmpChannelAcceptedHandler = ();
    type HrmpChannelClosingHandler = ();
    type XcmRecorder = PolkadotXcm;
}

/// A local account as a location.
pub type LocalOriginToLocation = SignedToAccountId32<RuntimeOrigin, AccountId, RelayNetwork>;

impl pallet_xcm::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type Currency = Balances;
    type CurrencyMatcher = ();
    type AuthorizedAliasConsideration = Disabled;
    // Raw messages come from no account; transfers have calls of their own.
    type SendXcmOrigin = EnsureXcmOrigin<RuntimeOrigin, ()>;
    type XcmRouter = XcmRouter;
    type ExecuteXcmOrigin = EnsureXcmOrigin<RuntimeOrigin, LocalOriginToLocation>;
    type XcmExecuteFilter = Nothing;
    type XcmExecutor = XcmExecutor<XcmConfig>;
    type XcmTeleportFilter = Nothing;
    type XcmReserveTransferFilter = Everything;
    type Weigher = Weigher;
    type UniversalLocation = UniversalLocation;
    type RuntimeOrigin = RuntimeOrigin;
    type RuntimeCall = RuntimeCall;
    const VERSION_DISCOVERY_QUEUE_SIZE: u32 = 100;
    type AdvertisedXcmVersion = pallet_xcm::CurrentXcmVersion;
    type AdminOrigin = EnsureRoot<AccountId>;
    type TrustedLockers = ();
    type SovereignAccountOf = LocationToAccountId;
    type MaxLockers = ConstU32<8>;
    type MaxRemoteLockConsumers = ConstU32<0>;
    type RemoteLockConsumerIdentifier = ();
    // The SDK publishes no weights of this pallet for other chains than its own.
    type WeightInfo = pallet_xcm::TestWeightInfo;
}

impl cumulus_pallet_xcm::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type XcmExecutor = XcmExecutor<XcmConfig>;
}
