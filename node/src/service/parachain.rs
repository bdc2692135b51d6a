// SPDX-License-Identifier: Apache-2.0
//! A node of a chain that has a relay chain: a full node, or a collator.

use super::{
    open_blobs, parachain_id, partial, rpc_address, rpc_builder, start_ethereum, Backend, Block, Client,
    Hash, ParachainBlockImport, Pool,
};
use crate::{cli::Cli, ethereum, rpc, worker};
use codec::Encode;
use cumulus_client_bootnodes::{start_bootnode_tasks, StartBootnodeTasksParams};
use cumulus_client_collator::service::CollatorService;
use cumulus_client_consensus_aura::collators::lookahead::{self, Params};
use cumulus_client_service::{
    build_network, build_relay_chain_interface, prepare_node_config, start_relay_chain_tasks,
    BuildNetworkParams, DARecoveryProfile, ParachainTracingExecuteBlock, StartRelayChainTasksParams,
};
use cumulus_primitives_core::{
    relay_chain::{CollatorPair, ValidationCode},
    ParaId,
};
use cumulus_relay_chain_interface::{OverseerHandle, RelayChainInterface};
use sc_network::{
    config::{FullNetworkConfiguration, NetworkBackendType},
    Litep2pNetworkBackend, NetworkBackend, NetworkBlock, NetworkStateInfo, NetworkWorker, PeerId,
};
use sc_service::{Configuration, Error, ImportQueue, PruningMode, TaskManager};
use sc_telemetry::TelemetryHandle;
use sp_consensus_aura::sr25519::AuthorityPair;
use sp_keystore::KeystorePtr;
use std::{sync::Arc, time::Duration};
use substrate_prometheus_endpoint::Registry;
use tracing::info;

/// How long a relay chain slot is.
const RELAY_CHAIN_SLOT: Duration = Duration::from_secs(6);
/// How much of a slot a collator may spend on making a block.
const AUTHORING_DURATION: Duration = Duration::from_millis(2_000);

/// Starts the node and the relay chain node inside.
pub async fn start(
    config: Configuration,
    relay_config: Configuration,
    cli: &Cli,
) -> Result<TaskManager, Error> {
    match config.network.network_backend {
        NetworkBackendType::Libp2p => {
            start_with::<NetworkWorker<Block, Hash>>(config, relay_config, cli).await
        }
        NetworkBackendType::Litep2p => start_with::<Litep2pNetworkBackend>(config, relay_config, cli).await,
    }
}

async fn start_with<Net: NetworkBackend<Block, Hash>>(
    config: Configuration,
    relay_config: Configuration,
    cli: &Cli,
) -> Result<TaskManager, Error> {
    let mut config = prepare_node_config(config);
    if !cli.ethereum.no_eth_rpc {
        // Ethereum clients expect receipts and logs of every block, before and after a restart.
        config.state_pruning.get_or_insert(PruningMode::ArchiveCanonical);
    }
    let fork_id = config.chain_spec.fork_id().map(ToString::to_string);
    let relay_fork_id = relay_config.chain_spec.fork_id().map(ToString::to_string);
    let public_addresses = config.network.public_addresses.clone();
    let advertise_non_global_ips = config.network.allow_non_globals_in_dht;

    let params = partial(&config)?;
    let (block_import, mut telemetry, telemetry_worker_handle) = params.other;
    let client = params.client.clone();
    let backend = params.backend.clone();
    let pool = params.transaction_pool.clone();
    let mut task_manager = params.task_manager;
    let (blob_place, blobs) = open_blobs(cli, &config)?;
    let para_id = parachain_id(&client)?;
    info!("Parachain {para_id}");

    let collator_options = cli.run.collator_options();
    let (relay_chain, collator_key, relay_network, paranode_requests) = build_relay_chain_interface(
        relay_config,
        &config,
        telemetry_worker_handle,
        &mut task_manager,
        collator_options.clone(),
        None,
    )
    .await
    .map_err(|error| Error::Application(Box::new(error)))?;

    let is_collator = config.role.is_authority();
    let registry = config.prometheus_registry().cloned();
    let import_queue_service = params.import_queue.service();
    let net_config = FullNetworkConfiguration::<_, _, Net>::new(&config.network, registry.clone());
    let metrics = Net::register_notification_metrics(registry.as_ref());
    let (network, system_rpc_tx, tx_handler_controller, sync_service, _bitswap) =
        build_network(BuildNetworkParams {
            parachain_config: &config,
            net_config,
            client: client.clone(),
            transaction_pool: pool.clone(),
            para_id,
            spawn_handle: task_manager.spawn_handle(),
            spawn_essential_handle: task_manager.spawn_essential_handle(),
            relay_chain_interface: relay_chain.clone(),
            import_queue: params.import_queue,
            metrics,
            gap_sync_body_policy: None,
        })
        .await?;

    super::start_offchain_workers(
        &config,
        &task_manager,
        client.clone(),
        &backend,
        params.keystore_container.keystore(),
        pool.clone(),
        network.clone(),
    )?;

    let ethereum_server = ethereum::Server::new(&cli.ethereum, &config, false);
    let data_path = config.data_path.clone();
    let deps = rpc::Deps {
        client: client.clone(),
        pool: pool.clone(),
        blobs,
        blob_write: cli.blobs.blob_write,
        keystore: params.keystore_container.keystore(),
        development: false,
        engine: None,
    };
    let handlers = sc_service::spawn_tasks(sc_service::SpawnTasksParams {
        rpc_builder: rpc_builder(deps),
        client: client.clone(),
        transaction_pool: pool.clone(),
        task_manager: &mut task_manager,
        config,
        keystore: params.keystore_container.keystore(),
        backend: backend.clone(),
        network: network.clone(),
        sync_service: sync_service.clone(),
        system_rpc_tx,
        tx_handler_controller,
        telemetry: telemetry.as_mut(),
        tracing_execute_block: Some(Arc::new(ParachainTracingExecuteBlock::new(client.clone()))),
    })?;
    let rpc_address = rpc_address(&handlers);
    let ethereum_node = ethereum::Node::new(client.clone(), pool.clone());
    start_ethereum(&task_manager, ethereum_server, rpc_address, ethereum_node);
    if let Some(rpc) = rpc_address {
        let around = worker::Surroundings {
            development: false,
            rpc,
            blobs: &blob_place,
            data: &data_path,
            keystore: params.keystore_container.keystore(),
            registry: registry.as_ref(),
        };
        worker::start(&task_manager, &cli.worker, around)
            .map_err(|error| Error::Application(Box::new(error)))?;
    }

    let announce_block: AnnounceBlock = {
        let sync_service = sync_service.clone();
        Arc::new(move |hash, data| sync_service.announce_block(hash, data))
    };
    let overseer_handle = relay_chain
        .overseer_handle()
        .map_err(|error| Error::Application(Box::new(error)))?;
    start_relay_chain_tasks(StartRelayChainTasksParams {
        client: client.clone(),
        announce_block: announce_block.clone(),
        para_id,
        relay_chain_interface: relay_chain.clone(),
        task_manager: &mut task_manager,
        da_recovery_profile: if is_collator {
            DARecoveryProfile::Collator
        } else {
            DARecoveryProfile::FullNode
        },
        import_queue: import_queue_service,
        relay_chain_slot_duration: RELAY_CHAIN_SLOT,
        recovery_handle: Box::new(overseer_handle.clone()),
        sync_service,
        prometheus_registry: registry.as_ref(),
    })?;
    let collator_peer_id = relay_network.local_peer_id();
    start_bootnode_tasks(StartBootnodeTasksParams {
        embedded_dht_bootnode: collator_options.embedded_dht_bootnode,
        dht_bootnode_discovery: collator_options.dht_bootnode_discovery,
        para_id,
        task_manager: &mut task_manager,
        relay_chain_interface: relay_chain.clone(),
        relay_chain_fork_id: relay_fork_id,
        relay_chain_network: relay_network,
        request_receiver: paranode_requests,
        parachain_network: network,
        advertise_non_global_ips,
        parachain_genesis_hash: client.chain_info().genesis_hash.encode(),
        parachain_fork_id: fork_id,
        parachain_public_addresses: public_addresses,
    });

    if is_collator {
        let collator_key = collator_key.ok_or("a collator's relay chain node gives it a key")?;
        start_collating(
            &task_manager,
            Collator {
                client,
                backend,
                block_import,
                pool,
                relay_chain,
                announce_block,
                para_id,
                keystore: params.keystore_container.keystore(),
                collator_key,
                collator_peer_id,
                overseer_handle,
                max_pov_percentage: cli.run.experimental_max_pov_percentage,
            },
            registry.as_ref(),
            telemetry.as_ref().map(|telemetry| telemetry.handle()),
        );
    }
    Ok(task_manager)
}

type AnnounceBlock = Arc<dyn Fn(Hash, Option<Vec<u8>>) + Send + Sync>;

struct Collator {
    client: Arc<Client>,
    backend: Arc<Backend>,
    block_import: ParachainBlockImport,
    pool: Arc<Pool>,
    relay_chain: Arc<dyn RelayChainInterface>,
    announce_block: AnnounceBlock,
    para_id: ParaId,
    keystore: KeystorePtr,
    collator_key: CollatorPair,
    collator_peer_id: PeerId,
    overseer_handle: OverseerHandle,
    max_pov_percentage: Option<u32>,
}

/// Makes blocks when it is this collator's turn.
fn start_collating(
    task_manager: &TaskManager,
    collator: Collator,
    registry: Option<&Registry>,
    telemetry: Option<TelemetryHandle>,
) {
    let client = collator.client;
    let proposer = sc_basic_authorship::ProposerFactory::new(
        task_manager.spawn_handle(),
        client.clone(),
        collator.pool,
        registry,
        telemetry,
    );
    let code_client = client.clone();
    let params = Params {
        // The timestamp and the parachain's inherents are the collator's own.
        create_inherent_data_providers: |_, ()| async { Ok(()) },
        block_import: collator.block_import,
        para_client: client.clone(),
        para_backend: collator.backend,
        relay_client: collator.relay_chain,
        code_hash_provider: move |block| {
            code_client
                .code_at(block)
                .ok()
                .map(|code| ValidationCode::from(code).hash())
        },
        keystore: collator.keystore,
        collator_key: collator.collator_key,
        collator_peer_id: collator.collator_peer_id,
        para_id: collator.para_id,
        overseer_handle: collator.overseer_handle,
        relay_chain_slot_duration: RELAY_CHAIN_SLOT,
        proposer,
        collator_service: CollatorService::new(client.clone(), collator.announce_block, client),
        authoring_duration: AUTHORING_DURATION,
        reinitialize: false,
        max_pov_percentage: collator.max_pov_percentage,
    };
    let collate = lookahead::run::<Block, AuthorityPair, _, _, _, _, _, _, _, _>(params);
    task_manager.spawn_essential_handle().spawn("aura", None, collate);
}
