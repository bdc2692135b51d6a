// SPDX-License-Identifier: Apache-2.0
//! The development chain: one node, no peers, blocks as the user says, over a mocked relay chain.

use super::{
    open_blobs, parachain_id, partial, rpc_address, rpc_builder, start_ethereum, Block, Client, Hash,
};
use crate::{
    banner,
    cli::{Cli, Sealing},
    dev_clock::{self, MockedRelayChain, NextBlock},
    ethereum, rpc, sealing, worker,
};
use codec::Encode;
use cumulus_primitives_core::{CollectCollationInfo, ParaId, RelayParentOffsetApi};
use futures::Stream;
use sc_client_api::StorageProvider;
use sc_consensus::LongestChain;
use sc_consensus_manual_seal::{consensus::aura::AuraConsensusDataProvider, run_manual_seal, EngineCommand};
use sc_network::{config::FullNetworkConfiguration, Litep2pNetworkBackend, NotificationMetrics};
use sc_service::{Configuration, Error, PartialComponents, PruningMode, TaskManager};
use sp_api::ProvideRuntimeApi;
use sp_core::storage::StorageKey;
use sp_runtime::traits::Header as _;
use std::{sync::Arc, time::Duration};
use tracing::info;

/// Commands of `engine_createBlock` that may wait.
const MAX_WAITING_COMMANDS: usize = 128;
/// How long the banner waits for the Ethereum server before it is printed without it.
const ETHEREUM_PATIENCE: Duration = Duration::from_secs(60);

type Inherents = (sp_timestamp::InherentDataProvider, MockedRelayChain);
type InherentsError = Box<dyn std::error::Error + Send + Sync>;

/// Starts the chain.
pub fn start(mut config: Configuration, cli: &Cli) -> Result<TaskManager, Error> {
    // Everything that a developer looks up later should still be there.
    config.state_pruning.get_or_insert(PruningMode::ArchiveAll);
    config.network.default_peers_set.in_peers = 0;
    config.network.default_peers_set.out_peers = 0;

    let PartialComponents {
        client,
        backend,
        mut task_manager,
        import_queue,
        keystore_container,
        select_chain: (),
        transaction_pool,
        other: (_, mut telemetry, _),
    } = partial(&config)?;
    let (blob_place, blobs) = open_blobs(cli, &config)?;

    let metrics = NotificationMetrics::new(None);
    let net_config = FullNetworkConfiguration::<_, _, Litep2pNetworkBackend>::new(&config.network, None);
    let (network, system_rpc_tx, tx_handler_controller, sync_service, _bitswap) =
        sc_service::build_network(sc_service::BuildNetworkParams {
            config: &config,
            client: client.clone(),
            transaction_pool: transaction_pool.clone(),
            spawn_handle: task_manager.spawn_handle(),
            spawn_essential_handle: task_manager.spawn_essential_handle(),
            import_queue,
            net_config,
            block_announce_validator_builder: None,
            warp_sync_config: None,
            block_relay: None,
            metrics,
            gap_sync_body_policy: None,
        })?;

    super::start_offchain_workers(
        &config,
        &task_manager,
        client.clone(),
        &backend,
        keystore_container.keystore(),
        transaction_pool.clone(),
        network.clone(),
    )?;

    let (engine_sink, engine_stream) = futures::channel::mpsc::channel(MAX_WAITING_COMMANDS);
    let mode = cli.development.sealing();
    let commands: Box<dyn Stream<Item = EngineCommand<Hash>> + Send + Unpin> = match mode {
        Sealing::Instant => Box::new(sealing::instantly(
            transaction_pool.clone(),
            cli.development.idle_block(),
        )),
        Sealing::Interval(interval) => {
            let _in_runtime = config.tokio_handle.enter();
            Box::new(sealing::every(interval))
        }
        Sealing::Manual => Box::new(engine_stream),
    };
    start_sealing(
        &task_manager,
        &config,
        client.clone(),
        backend.clone(),
        transaction_pool.clone(),
        commands,
    )?;

    let ethereum_server = ethereum::Server::new(&cli.ethereum, &config, true);
    let ethereum_node = ethereum::Node::new(client.clone(), transaction_pool.clone());
    let mut facts = banner::Facts {
        rpc: ([127, 0, 0, 1], config.rpc.port).into(),
        ethereum: None,
        prometheus: config
            .prometheus_config
            .as_ref()
            .map(|prometheus| ethereum::reachable(prometheus.port)),
        data: config.data_path.display().to_string(),
        temporary: cli.run.base.tmp || cli.run.base.shared_params.base_path.is_none(),
        blobs: blob_place.clone(),
        sealing: in_words(mode, cli.development.idle_block()),
        worker: cli.worker.worker,
    };
    let deps = rpc::Deps {
        client: client.clone(),
        pool: transaction_pool.clone(),
        blobs,
        blob_write: true,
        keystore: keystore_container.keystore(),
        development: true,
        engine: (mode == Sealing::Manual).then_some(engine_sink),
    };
    let data_path = config.data_path.clone();
    let registry = config.prometheus_registry().cloned();
    let keystore = keystore_container.keystore();
    let handlers = sc_service::spawn_tasks(sc_service::SpawnTasksParams {
        network,
        client,
        keystore: keystore.clone(),
        task_manager: &mut task_manager,
        transaction_pool,
        rpc_builder: rpc_builder(deps),
        backend,
        system_rpc_tx,
        tx_handler_controller,
        sync_service,
        config,
        telemetry: telemetry.as_mut(),
        tracing_execute_block: None,
    })?;

    let rpc_address = rpc_address(&handlers);
    if let Some(address) = rpc_address {
        facts.rpc = address;
    }
    let around = worker::Surroundings {
        development: true,
        rpc: facts.rpc,
        blobs: &blob_place,
        data: &data_path,
        keystore,
        registry: registry.as_ref(),
    };
    worker::start(&task_manager, &cli.worker, around).map_err(|error| Error::Application(Box::new(error)))?;
    let ethereum = start_ethereum(&task_manager, ethereum_server, rpc_address, ethereum_node);
    task_manager
        .spawn_handle()
        .spawn("banner", None, greet(facts, ethereum));
    Ok(task_manager)
}

/// Prints the banner once the Ethereum server is up, or has failed, or takes too long.
async fn greet(mut facts: banner::Facts, ethereum: Option<tokio::sync::watch::Receiver<ethereum::Status>>) {
    if let Some(mut status) = ethereum {
        let settled = status.wait_for(|status| *status != ethereum::Status::Starting);
        if let Ok(Ok(status)) = tokio::time::timeout(ETHEREUM_PATIENCE, settled).await {
            if let ethereum::Status::Listening(address) = *status {
                facts.ethereum = Some(address);
            }
        }
    }
    println!("{}", banner::text(&facts));
}

fn in_words(mode: Sealing, idle: Option<Duration>) -> String {
    match (mode, idle) {
        (Sealing::Instant, Some(idle)) => {
            format!(
                "blocks come with transactions, and an empty one after {} ms",
                idle.as_millis()
            )
        }
        (Sealing::Instant, None) => "blocks come with transactions".into(),
        (Sealing::Manual, _) => "blocks come when engine_createBlock asks for one".into(),
        (Sealing::Interval(interval), _) => format!("a block every {} ms", interval.as_millis()),
    }
}

fn start_sealing(
    task_manager: &TaskManager,
    config: &Configuration,
    client: Arc<Client>,
    backend: Arc<super::Backend>,
    pool: Arc<super::Pool>,
    commands_stream: Box<dyn Stream<Item = EngineCommand<Hash>> + Send + Unpin>,
) -> Result<(), Error> {
    let proposer = sc_basic_authorship::ProposerFactory::new(
        task_manager.spawn_handle(),
        client.clone(),
        pool.clone(),
        config.prometheus_registry(),
        None,
    );
    let slot_duration = sc_consensus_aura::slot_duration(&*client)?;
    let para_id = parachain_id(&client)?;
    info!("Parachain {para_id}, over a mocked relay chain that follows the wall clock");

    let inherents_client = client.clone();
    let seal = run_manual_seal(sc_consensus_manual_seal::ManualSealParams {
        block_import: client.clone(),
        env: proposer,
        client,
        pool,
        select_chain: LongestChain::new(backend),
        commands_stream,
        // Writes the slot of the block's timestamp into its header, as Aura wants it.
        consensus_data_provider: Some(Box::new(
            AuraConsensusDataProvider::<Block>::new_with_slot_duration(slot_duration),
        )),
        create_inherent_data_providers: move |parent, ()| {
            let inherents = inherents(&inherents_client, para_id, parent);
            async move { inherents }
        },
    });
    task_manager
        .spawn_essential_handle()
        .spawn_blocking("development-sealing", None, seal);
    Ok(())
}

/// What the block after `parent` is told about the time and the relay chain.
fn inherents(client: &Client, para_id: ParaId, parent: Hash) -> Result<Inherents, InherentsError> {
    let header = client
        .header(parent)?
        .ok_or_else(|| format!("no header of the parent {parent}"))?;
    let stored = client.storage(parent, &StorageKey(dev_clock::timestamp_key()))?;
    let parent_ms = dev_clock::decode_timestamp_ms(stored.as_ref().map(|value| value.0.as_slice()));
    let timestamp_ms = dev_clock::next_timestamp_ms(dev_clock::wall_clock_ms(), parent_ms);

    let api = client.runtime_api();
    let relay_chain = MockedRelayChain::new(NextBlock {
        para_id,
        number: header.number().saturating_add(1),
        parent,
        parent_head: header.encode(),
        timestamp_ms,
        relay_parent_offset: api.relay_parent_offset(parent)?,
        upgrade_waits: api
            .collect_collation_info(parent, &header)?
            .new_validation_code
            .is_some(),
    });
    Ok((
        sp_timestamp::InherentDataProvider::new(timestamp_ms.into()),
        relay_chain,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_banner_tells_when_blocks_come() {
        let idle = Some(Duration::from_secs(3));
        assert!(in_words(Sealing::Instant, idle).contains("3000 ms"));
        assert!(!in_words(Sealing::Instant, None).contains("ms"));
        assert!(in_words(Sealing::Manual, idle).contains("engine_createBlock"));
        assert!(in_words(Sealing::Interval(Duration::from_millis(500)), idle).contains("500 ms"));
    }
}
