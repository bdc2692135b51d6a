// SPDX-License-Identifier: Apache-2.0
//! What the node, its RPC and its Ethereum RPC ask of the runtime.

use crate::{
    configs::{
        emergency::{is_stopped, STOPPED},
        parachain::VelocityHook,
        xcm as xcm_config,
    },
    constants::SLOT_DURATION,
    genesis_config_presets, AccountId, Attribution, Balance, Block, BlockNumber, Datanets, Executive,
    Inference, InherentDataExt as _, Nonce, ParachainInfo, ParachainSystem, PolkadotXcm, Releases, Runtime,
    RuntimeCall, RuntimeEvent, RuntimeGenesisConfig, SessionKeys, System, TransactionPayment, VERSION,
};
use alloc::{vec, vec::Vec};
use cumulus_primitives_core::{ParaId, RelayProofRequest};
use frame_support::{
    genesis_builder_helper::{build_state, get_preset},
    weights::{Weight, WeightToFee as _},
};
use openledger_primitives::{
    apis::{OpenChallenge, OpenRequest, OpenRowDispute},
    explain::Explanation,
    membership::{ContributionLeaf, MembershipError, MembershipProof},
    ContributionId, DatanetId, ModelId, RequestId, Tick, VersionId,
};
use pallet_transaction_payment::{FeeDetails, RuntimeDispatchInfo};
use sp_api::impl_runtime_apis;
use sp_consensus_aura::sr25519::AuthorityId as AuraId;
use sp_core::{crypto::KeyTypeId, OpaqueMetadata};
use sp_inherents::{CheckInherentsResult, InherentData};
use sp_runtime::{
    traits::Block as BlockT,
    transaction_validity::{InvalidTransaction, TransactionSource, TransactionValidity},
    ApplyExtrinsicResult, ExtrinsicInclusionMode,
};
use sp_session::OpaqueGeneratedSessionKeys;
use sp_version::RuntimeVersion;
use staging_xcm::{
    latest::AssetId, IntoVersion as _, Version as XcmVersion, VersionedAsset, VersionedAssetId,
    VersionedAssets, VersionedLocation, VersionedXcm,
};
use staging_xcm_executor::traits::ConvertLocation;
use xcm_runtime_apis::{
    conversions::Error as LocationToAccountError,
    dry_run::{CallDryRunEffects, Error as DryRunError, XcmDryRunEffects},
    fees::Error as XcmPaymentError,
    trusted_query::Error as TrustedQueryError,
};

/// One candidate ahead in the claim queue: what asynchronous backing needs.
const MAX_CLAIM_QUEUE_OFFSET: u8 = 1;

pallet_revive::impl_runtime_apis_plus_revive_traits!(
    Runtime,
    Revive,
    Executive,
    EthExtraImpl,

    impl sp_api::Core<Block> for Runtime {
        fn version() -> RuntimeVersion {
            VERSION
        }

        fn execute_block(block: <Block as BlockT>::LazyBlock) {
            Executive::execute_block(block)
        }

        fn initialize_block(header: &<Block as BlockT>::Header) -> ExtrinsicInclusionMode {
            Executive::initialize_block(header)
        }
    }

    impl sp_api::Metadata<Block> for Runtime {
        fn metadata() -> OpaqueMetadata {
            OpaqueMetadata::new(Runtime::metadata().into())
        }

        fn metadata_at_version(version: u32) -> Option<OpaqueMetadata> {
            Runtime::metadata_at_version(version)
        }

        fn metadata_versions() -> Vec<u32> {
            Runtime::metadata_versions()
        }
    }

    impl frame_support::view_functions::runtime_api::RuntimeViewFunction<Block> for Runtime {
        fn execute_view_function(
            id: frame_support::view_functions::ViewFunctionId,
            input: Vec<u8>,
        ) -> Result<Vec<u8>, frame_support::view_functions::ViewFunctionDispatchError> {
            Runtime::execute_view_function(id, input)
        }
    }

    impl sp_block_builder::BlockBuilder<Block> for Runtime {
        fn apply_extrinsic(extrinsic: <Block as BlockT>::Extrinsic) -> ApplyExtrinsicResult {
            if is_stopped(&extrinsic) {
                return Err(InvalidTransaction::Custom(STOPPED).into());
            }
            Executive::apply_extrinsic(extrinsic)
        }

        fn finalize_block() -> <Block as BlockT>::Header {
            Executive::finalize_block()
        }

        fn inherent_extrinsics(data: InherentData) -> Vec<<Block as BlockT>::Extrinsic> {
            data.create_extrinsics()
        }

        fn check_inherents(block: <Block as BlockT>::LazyBlock, data: InherentData) -> CheckInherentsResult {
            data.check_extrinsics(&block)
        }
    }

    impl sp_transaction_pool::runtime_api::TaggedTransactionQueue<Block> for Runtime {
        fn validate_transaction(
            source: TransactionSource,
            transaction: <Block as BlockT>::Extrinsic,
            block_hash: <Block as BlockT>::Hash,
        ) -> TransactionValidity {
            if is_stopped(&transaction) {
                return Err(InvalidTransaction::Custom(STOPPED).into());
            }
            Executive::validate_transaction(source, transaction, block_hash)
        }
    }

    impl sp_offchain::OffchainWorkerApi<Block> for Runtime {
        fn offchain_worker(header: &<Block as BlockT>::Header) {
            Executive::offchain_worker(header)
        }
    }

    impl sp_session::SessionKeys<Block> for Runtime {
        fn generate_session_keys(owner: Vec<u8>, seed: Option<Vec<u8>>) -> OpaqueGeneratedSessionKeys {
            SessionKeys::generate(&owner, seed).into()
        }

        fn decode_session_keys(encoded: Vec<u8>) -> Option<Vec<(Vec<u8>, KeyTypeId)>> {
            SessionKeys::decode_into_raw_public_keys(&encoded)
        }
    }

    impl sp_consensus_aura::AuraApi<Block, AuraId> for Runtime {
        fn slot_duration() -> sp_consensus_aura::SlotDuration {
            sp_consensus_aura::SlotDuration::from_millis(SLOT_DURATION)
        }

        fn authorities() -> Vec<AuraId> {
            pallet_aura::Authorities::<Runtime>::get().into_inner()
        }
    }

    impl cumulus_primitives_aura::AuraUnincludedSegmentApi<Block> for Runtime {
        fn can_build_upon(
            included_hash: <Block as BlockT>::Hash,
            slot: cumulus_primitives_aura::Slot,
        ) -> bool {
            VelocityHook::can_build_upon(included_hash, slot)
        }
    }

    impl cumulus_primitives_core::RelayParentOffsetApi<Block> for Runtime {
        fn relay_parent_offset() -> u32 {
            0
        }

        fn max_claim_queue_offset() -> u8 {
            MAX_CLAIM_QUEUE_OFFSET
        }
    }

    impl cumulus_primitives_core::SchedulingV3EnabledApi<Block> for Runtime {
        fn scheduling_v3_enabled() -> bool {
            false
        }
    }

    impl cumulus_primitives_core::TargetBlockRate<Block> for Runtime {
        fn target_block_rate() -> u32 {
            crate::constants::BLOCK_PROCESSING_VELOCITY
        }
    }

    impl cumulus_primitives_core::KeyToIncludeInRelayProof<Block> for Runtime {
        fn keys_to_prove() -> RelayProofRequest {
            RelayProofRequest::default()
        }
    }

    impl cumulus_primitives_core::CollectCollationInfo<Block> for Runtime {
        fn collect_collation_info(header: &<Block as BlockT>::Header) -> cumulus_primitives_core::CollationInfo {
            ParachainSystem::collect_collation_info(header)
        }
    }

    impl cumulus_primitives_core::GetParachainInfo<Block> for Runtime {
        fn parachain_id() -> ParaId {
            ParachainInfo::parachain_id()
        }
    }

    impl frame_system_rpc_runtime_api::AccountNonceApi<Block, AccountId, Nonce> for Runtime {
        fn account_nonce(account: AccountId) -> Nonce {
            System::account_nonce(account)
        }
    }

    impl pallet_transaction_payment_rpc_runtime_api::TransactionPaymentApi<Block, Balance> for Runtime {
        fn query_info(transaction: <Block as BlockT>::Extrinsic, len: u32) -> RuntimeDispatchInfo<Balance> {
            TransactionPayment::query_info(transaction, len)
        }

        fn query_fee_details(transaction: <Block as BlockT>::Extrinsic, len: u32) -> FeeDetails<Balance> {
            TransactionPayment::query_fee_details(transaction, len)
        }

        fn query_weight_to_fee(weight: Weight) -> Balance {
            TransactionPayment::weight_to_fee(weight)
        }

        fn query_length_to_fee(length: u32) -> Balance {
            TransactionPayment::length_to_fee(length)
        }
    }

    impl pallet_transaction_payment_rpc_runtime_api::TransactionPaymentCallApi<Block, Balance, RuntimeCall>
        for Runtime
    {
        fn query_call_info(call: RuntimeCall, len: u32) -> RuntimeDispatchInfo<Balance> {
            TransactionPayment::query_call_info(call, len)
        }

        fn query_call_fee_details(call: RuntimeCall, len: u32) -> FeeDetails<Balance> {
            TransactionPayment::query_call_fee_details(call, len)
        }

        fn query_weight_to_fee(weight: Weight) -> Balance {
            TransactionPayment::weight_to_fee(weight)
        }

        fn query_length_to_fee(length: u32) -> Balance {
            TransactionPayment::length_to_fee(length)
        }
    }

    impl openledger_primitives::apis::DatanetsApi<Block, AccountId> for Runtime {
        fn membership_proof(
            datanet: DatanetId,
            version: VersionId,
            contribution: ContributionId,
        ) -> Result<(ContributionLeaf<AccountId>, MembershipProof), MembershipError> {
            Datanets::membership_proof(datanet, version, contribution)
        }

        fn verify_membership(
            version: VersionId,
            leaf: ContributionLeaf<AccountId>,
            proof: MembershipProof,
        ) -> Result<(), MembershipError> {
            Datanets::verify_membership(version, leaf, proof)
        }
    }

    impl openledger_primitives::apis::InferenceApi<Block, AccountId> for Runtime {
        fn open_requests(worker: AccountId) -> Vec<OpenRequest<AccountId>> {
            Inference::open_requests(&worker)
        }

        fn tick() -> Tick {
            Inference::tick()
        }
    }

    impl openledger_primitives::apis::AttributionApi<Block, AccountId> for Runtime {
        fn explain(request: RequestId) -> Option<Explanation<AccountId>> {
            Attribution::explain(request)
        }

        fn claimable(account: AccountId) -> Balance {
            Attribution::claimable(&account)
        }

        fn pending(model: ModelId, datanet: DatanetId, contribution: ContributionId) -> Balance {
            Attribution::pending(model, datanet, contribution)
        }

        fn standing(datanet: DatanetId, version: VersionId, contribution: ContributionId) -> Balance {
            Attribution::standing(datanet, version, contribution)
        }

        fn open_challenges(author: AccountId) -> Vec<OpenChallenge> {
            Attribution::open_challenges(&author)
        }
    }

    impl openledger_primitives::apis::ReleasesApi<Block, AccountId> for Runtime {
        fn row_disputes(author: AccountId) -> Vec<OpenRowDispute<AccountId>> {
            Releases::disputes_against(&author)
        }

        fn row_dispute(model: ModelId, row: u32, challenger: AccountId) -> Option<OpenRowDispute<AccountId>> {
            Releases::dispute_view(model, row, challenger)
        }
    }

    impl xcm_runtime_apis::fees::XcmPaymentApi<Block> for Runtime {
        fn query_acceptable_payment_assets(version: XcmVersion) -> Result<Vec<VersionedAssetId>, XcmPaymentError> {
            let open = VersionedAssetId::from(AssetId(xcm_config::HereLocation::get()));
            Ok(vec![open.into_version(version).map_err(|_| XcmPaymentError::VersionedConversionFailed)?])
        }

        fn query_xcm_weight(message: VersionedXcm<()>) -> Result<Weight, XcmPaymentError> {
            PolkadotXcm::query_xcm_weight(message)
        }

        fn query_weight_to_asset_fee(weight: Weight, asset: VersionedAssetId) -> Result<u128, XcmPaymentError> {
            let asset = AssetId::try_from(asset).map_err(|_| XcmPaymentError::VersionedConversionFailed)?;
            if asset.0 == xcm_config::HereLocation::get() {
                Ok(crate::configs::WeightToFee::weight_to_fee(&weight))
            } else {
                Err(XcmPaymentError::AssetNotFound)
            }
        }

        fn query_delivery_fees(
            destination: VersionedLocation,
            message: VersionedXcm<()>,
            asset: VersionedAssetId,
        ) -> Result<VersionedAssets, XcmPaymentError> {
            type AssetExchanger = <xcm_config::XcmConfig as staging_xcm_executor::Config>::AssetExchanger;
            PolkadotXcm::query_delivery_fees::<AssetExchanger>(destination, message, asset)
        }
    }

    impl xcm_runtime_apis::dry_run::DryRunApi<Block, RuntimeCall, RuntimeEvent, crate::OriginCaller> for Runtime {
        fn dry_run_call(
            origin: crate::OriginCaller,
            call: RuntimeCall,
            result_version: XcmVersion,
        ) -> Result<CallDryRunEffects<RuntimeEvent>, DryRunError> {
            PolkadotXcm::dry_run_call::<Runtime, xcm_config::XcmRouter, crate::OriginCaller, RuntimeCall>(
                origin,
                call,
                result_version,
            )
        }

        fn dry_run_xcm(
            origin: VersionedLocation,
            message: VersionedXcm<RuntimeCall>,
        ) -> Result<XcmDryRunEffects<RuntimeEvent>, DryRunError> {
            PolkadotXcm::dry_run_xcm::<xcm_config::XcmRouter>(origin, message)
        }
    }

    impl xcm_runtime_apis::conversions::LocationToAccountApi<Block, AccountId> for Runtime {
        fn convert_location(location: VersionedLocation) -> Result<AccountId, LocationToAccountError> {
            let location = location.try_into().map_err(|_| LocationToAccountError::VersionedConversionFailed)?;
            xcm_config::LocationToAccountId::convert_location(&location).ok_or(LocationToAccountError::Unsupported)
        }
    }

    impl xcm_runtime_apis::trusted_query::TrustedQueryApi<Block> for Runtime {
        fn is_trusted_reserve(asset: VersionedAsset, location: VersionedLocation) -> Result<bool, TrustedQueryError> {
            PolkadotXcm::is_trusted_reserve(asset, location)
        }

        fn is_trusted_teleporter(
            asset: VersionedAsset,
            location: VersionedLocation,
        ) -> Result<bool, TrustedQueryError> {
            PolkadotXcm::is_trusted_teleporter(asset, location)
        }
    }

    impl sp_genesis_builder::GenesisBuilder<Block> for Runtime {
        fn build_state(config: Vec<u8>) -> sp_genesis_builder::Result {
            build_state::<RuntimeGenesisConfig>(config)
        }

        fn get_preset(id: &Option<sp_genesis_builder::PresetId>) -> Option<Vec<u8>> {
            get_preset::<RuntimeGenesisConfig>(id, genesis_config_presets::get_preset)
        }

        fn preset_names() -> Vec<sp_genesis_builder::PresetId> {
            genesis_config_presets::preset_names()
        }
    }

    #[cfg(feature = "try-runtime")]
    impl frame_try_runtime::TryRuntime<Block> for Runtime {
        fn on_runtime_upgrade(checks: frame_try_runtime::UpgradeCheckSelect) -> (Weight, Weight) {
            let weight = Executive::try_runtime_upgrade(checks).expect("an upgrade that fails its checks must not go on");
            (weight, crate::constants::RuntimeBlockWeights::get().max_block)
        }

        fn execute_block(
            block: <Block as BlockT>::LazyBlock,
            state_root_check: bool,
            signature_check: bool,
            select: frame_try_runtime::TryStateSelect,
        ) -> Weight {
            Executive::try_execute_block(block, state_root_check, signature_check, select)
                .expect("a block that fails its checks must not go on")
        }
    }

    #[cfg(feature = "runtime-benchmarks")]
    impl frame_benchmarking::Benchmark<Block> for Runtime {
        fn benchmark_metadata(
            extra: bool,
        ) -> (Vec<frame_benchmarking::BenchmarkList>, Vec<frame_support::traits::StorageInfo>) {
            crate::benchmarks::metadata(extra)
        }

        #[allow(non_local_definitions)]
        fn dispatch_benchmark(
            config: frame_benchmarking::BenchmarkConfig,
        ) -> Result<Vec<frame_benchmarking::BenchmarkBatch>, alloc::string::String> {
            crate::benchmarks::dispatch(config)
        }
    }
);
