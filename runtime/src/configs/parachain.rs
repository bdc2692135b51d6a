// SPDX-License-Identifier: Apache-2.0
//! What makes the chain a parachain: the relay chain's data, message queues, and the consensus hook.

use super::{parameters::ShortPeriods, xcm::XcmOriginToTransactDispatchOrigin};
use crate::{
    constants::{
        BLOCK_PROCESSING_VELOCITY, GIGA_PLANCK, MAXIMUM_BLOCK_WEIGHT, RELAY_CHAIN_SLOT_DURATION_MILLIS,
        UNINCLUDED_SEGMENT_CAPACITY,
    },
    development::LiftVelocity,
    draw_seed::KeepRelayRandomness,
    AccountId, Balance, MessageQueue, ParachainSystem, Runtime, RuntimeEvent, XcmpQueue,
};
use cumulus_pallet_aura_ext::FixedVelocityConsensusHook;
use cumulus_pallet_parachain_system::RelayNumberMonotonicallyIncreases;
use cumulus_primitives_core::{AggregateMessageOrigin, ParaId};
use frame_support::{
    parameter_types,
    traits::{ConstU32, TransformOrigin},
    weights::Weight,
};
use frame_system::EnsureRoot;
use parachains_common::message_queue::{NarrowOriginToSibling, ParaIdToSibling};
use polkadot_runtime_common::xcm_sender::ExponentialPrice;
use sp_runtime::Perbill;
use staging_xcm::latest::prelude::{AssetId, Location};

/// Holds collators to the relay chain's slots; lets a development chain make more blocks in one of them.
pub type VelocityHook = LiftVelocity<
    Runtime,
    FixedVelocityConsensusHook<
        Runtime,
        RELAY_CHAIN_SLOT_DURATION_MILLIS,
        BLOCK_PROCESSING_VELOCITY,
        UNINCLUDED_SEGMENT_CAPACITY,
    >,
>;

/// What looks at the relay chain's state in each block.
pub type ConsensusHook = KeepRelayRandomness<Runtime, VelocityHook>;

parameter_types! {
    pub const ReservedXcmpWeight: Weight = MAXIMUM_BLOCK_WEIGHT.saturating_div(4);
    pub const ReservedDmpWeight: Weight = MAXIMUM_BLOCK_WEIGHT.saturating_div(4);
    pub const RelayOrigin: AggregateMessageOrigin = AggregateMessageOrigin::Parent;
}

impl cumulus_pallet_parachain_system::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type OnSystemEvent = ();
    type SelfParaId = staging_parachain_info::Pallet<Runtime>;
    type OutboundXcmpMessageSource = XcmpQueue;
    type DmpQueue = frame_support::traits::EnqueueWithOrigin<MessageQueue, RelayOrigin>;
    type ReservedDmpWeight = ReservedDmpWeight;
    type XcmpMessageHandler = XcmpQueue;
    type ReservedXcmpWeight = ReservedXcmpWeight;
    type CheckAssociatedRelayNumber = RelayNumberMonotonicallyIncreases;
    type ConsensusHook = ConsensusHook;
    type WeightInfo = cumulus_pallet_parachain_system::weights::SubstrateWeight<Runtime>;
    type RelayParentOffset = ConstU32<0>;
    // The third version of candidates is not ready upstream.
    type SchedulingSignatureVerifier = ();
}

impl staging_parachain_info::Config for Runtime {}

impl crate::draw_seed::Config for Runtime {}

impl crate::development::Config for Runtime {
    type ShortPeriods = ShortPeriods;
}

parameter_types! {
    pub MessageQueueServiceWeight: Weight = Perbill::from_percent(35) * MAXIMUM_BLOCK_WEIGHT;
    pub MessageQueueIdleServiceWeight: Weight = Perbill::from_percent(20) * MAXIMUM_BLOCK_WEIGHT;
}

impl pallet_message_queue::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type WeightInfo = pallet_message_queue::weights::SubstrateWeight<Runtime>;
    #[cfg(feature = "runtime-benchmarks")]
    type MessageProcessor = pallet_message_queue::mock_helpers::NoopMessageProcessor<AggregateMessageOrigin>;
    #[cfg(not(feature = "runtime-benchmarks"))]
    type MessageProcessor = staging_xcm_builder::ProcessXcmMessage<
        AggregateMessageOrigin,
        staging_xcm_executor::XcmExecutor<super::xcm::XcmConfig>,
        crate::RuntimeCall,
    >;
    type Size = u32;
    type QueueChangeHandler = NarrowOriginToSibling<XcmpQueue>;
    type QueuePausedQuery = NarrowOriginToSibling<XcmpQueue>;
    type HeapSize = ConstU32<{ 103 * 1024 }>;
    type MaxStale = ConstU32<8>;
    type ServiceWeight = MessageQueueServiceWeight;
    type IdleMaxServiceWeight = MessageQueueIdleServiceWeight;
}

parameter_types! {
    /// Messages to siblings are paid in OPEN.
    pub FeeAssetId: AssetId = AssetId(Location::here());
    /// A message's price when the queue is short.
    pub const BaseDeliveryFee: Balance = 100_000 * GIGA_PLANCK;
    /// The price of a message's byte.
    pub const MessageByteFee: Balance = 100 * GIGA_PLANCK;
}

/// What a message to a sibling costs.
pub type PriceForSiblingDelivery = ExponentialPrice<FeeAssetId, BaseDeliveryFee, MessageByteFee, XcmpQueue>;
/// What a message to the relay chain costs.
pub type PriceForParentDelivery =
    ExponentialPrice<FeeAssetId, BaseDeliveryFee, MessageByteFee, ParachainSystem>;

impl cumulus_pallet_xcmp_queue::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type ChannelInfo = ParachainSystem;
    type VersionWrapper = crate::PolkadotXcm;
    type XcmpQueue = TransformOrigin<MessageQueue, AggregateMessageOrigin, ParaId, ParaIdToSibling>;
    type MaxInboundSuspended = ConstU32<1_000>;
    type MaxActiveOutboundChannels = ConstU32<128>;
    // A page holds the largest message of a channel on the relay chains of today (100 KiB).
    type MaxPageSize = ConstU32<{ 103 * 1024 }>;
    type ControllerOrigin = EnsureRoot<AccountId>;
    type ControllerOriginConverter = XcmOriginToTransactDispatchOrigin;
    type PriceForSiblingDelivery = PriceForSiblingDelivery;
    type WeightInfo = cumulus_pallet_xcmp_queue::weights::SubstrateWeight<Runtime>;
}
