// SPDX-License-Identifier: Apache-2.0
//! Starts the node: the parts that every mode shares. [`development`] and [`parachain`] hold the two modes.

pub mod development;
pub mod parachain;

use crate::{cli::Cli, ethereum, rpc};
use cumulus_client_consensus_aura::equivocation_import_queue::fully_verifying_import_queue;
use cumulus_client_consensus_common::ParachainBlockImport as GenericBlockImport;
use cumulus_primitives_core::{GetParachainInfo, ParaId};
use openledger_blobs::Blobs;
use sc_consensus::DefaultImportQueue;
use sc_executor::{HeapAllocStrategy, WasmExecutor, DEFAULT_HEAP_ALLOC_STRATEGY};
use sc_network::Multiaddr;
use sc_service::{
    ChainType, Configuration, Error, PartialComponents, RpcHandlers, TFullBackend, TFullClient, TaskManager,
};
use sc_telemetry::{Telemetry, TelemetryWorker, TelemetryWorkerHandle};
use sc_transaction_pool::TransactionPoolHandle;
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_api::ProvideRuntimeApi;
use sp_consensus_aura::sr25519::AuthorityPair;
use sp_runtime::{generic, OpaqueExtrinsic};
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
};

/// A block as the node handles it: what an extrinsic means is the runtime's business.
pub type Block = generic::Block<openledger_runtime::Header, OpaqueExtrinsic>;
/// A hash of the chain.
pub type Hash = openledger_runtime::Hash;
/// What the runtime's code may call: the standard functions of a parachain and no others.
pub type HostFunctions = cumulus_client_service::ParachainHostFunctions;
/// The chain's client.
pub type Client = TFullClient<Block, openledger_runtime::apis::RuntimeApi, WasmExecutor<HostFunctions>>;
/// The database.
pub type Backend = TFullBackend<Block>;
/// Transactions that wait.
pub type Pool = TransactionPoolHandle<Block, Client>;
/// How a collator's blocks come into the database.
pub type ParachainBlockImport = GenericBlockImport<Block, Arc<Client>, Backend>;

/// The parts that subcommands need too.
pub type Partial = PartialComponents<
    Client,
    Backend,
    (),
    DefaultImportQueue<Block>,
    Pool,
    (
        ParachainBlockImport,
        Option<Telemetry>,
        Option<TelemetryWorkerHandle>,
    ),
>;

/// Whether `config` is of a development chain, which has no relay chain.
pub fn is_development(config: &Configuration) -> bool {
    config.chain_spec.chain_type() == ChainType::Development
}

/// Opens the database and sets up what every mode and subcommand needs.
pub fn partial(config: &Configuration) -> Result<Partial, Error> {
    let telemetry = config
        .telemetry_endpoints
        .clone()
        .filter(|endpoints| !endpoints.is_empty())
        .map(|endpoints| {
            let worker = TelemetryWorker::new(16)?;
            let telemetry = worker.handle().new_telemetry(endpoints);
            Ok::<_, sc_telemetry::Error>((worker, telemetry))
        })
        .transpose()?;

    let heap_pages = config
        .executor
        .default_heap_pages
        .and_then(|pages| u32::try_from(pages).ok())
        .map_or(DEFAULT_HEAP_ALLOC_STRATEGY, |extra_pages| {
            HeapAllocStrategy::Static { extra_pages }
        });
    let executor = WasmExecutor::<HostFunctions>::builder()
        .with_execution_method(config.executor.wasm_method)
        .with_max_runtime_instances(config.executor.max_runtime_instances)
        .with_runtime_cache_size(config.executor.runtime_cache_size)
        .with_onchain_heap_alloc_strategy(heap_pages)
        .with_offchain_heap_alloc_strategy(heap_pages)
        .build();

    let (client, backend, keystore_container, task_manager) = sc_service::new_full_parts_record_import(
        config,
        telemetry.as_ref().map(|(_, telemetry)| telemetry.handle()),
        executor,
        true,
        Default::default(),
    )?;
    let client = Arc::new(client);

    let telemetry_worker_handle = telemetry.as_ref().map(|(worker, _)| worker.handle());
    let telemetry = telemetry.map(|(worker, telemetry)| {
        task_manager.spawn_handle().spawn("telemetry", None, worker.run());
        telemetry
    });

    let transaction_pool = Arc::from(
        sc_transaction_pool::Builder::new(
            task_manager.spawn_essential_handle(),
            client.clone(),
            config.role.is_authority().into(),
        )
        .with_options(config.transaction_pool.clone())
        .with_prometheus(config.prometheus_registry())
        .build(),
    );

    let block_import = ParachainBlockImport::new(client.clone(), backend.clone());
    let import_queue = if is_development(config) {
        // Blocks of a development chain have no seal to check.
        sc_consensus_manual_seal::import_queue(
            Box::new(client.clone()),
            &task_manager.spawn_essential_handle(),
            config.prometheus_registry(),
        )
    } else {
        fully_verifying_import_queue::<AuthorityPair, _, _, _, _>(
            client.clone(),
            block_import.clone(),
            |_, ()| async { Ok(sp_timestamp::InherentDataProvider::from_system_time()) },
            &task_manager.spawn_essential_handle(),
            config.prometheus_registry(),
            telemetry.as_ref().map(|telemetry| telemetry.handle()),
        )
    };

    Ok(PartialComponents {
        client,
        backend,
        import_queue,
        keystore_container,
        task_manager,
        transaction_pool,
        select_chain: (),
        other: (block_import, telemetry, telemetry_worker_handle),
    })
}

/// The parachain's id, from the chain's state.
fn parachain_id(client: &Client) -> Result<ParaId, Error> {
    let best = client.chain_info().best_hash;
    client
        .runtime_api()
        .parachain_id(best)
        .map_err(|error| Error::Application(Box::new(error)))
}

/// Where blobs are, and the store there.
fn open_blobs(cli: &Cli, config: &Configuration) -> Result<(String, Blobs), Error> {
    let place = match &cli.blobs.blob_dir {
        Some(place) => place.clone(),
        None => config.data_path.join("blobs").display().to_string(),
    };
    let blobs = Blobs::open(&place).map_err(|error| Error::Application(Box::new(error)))?;
    Ok((place, blobs))
}

/// Runs the runtime's `offchain_worker` hook after each block, if the configuration says so.
fn start_offchain_workers(
    config: &Configuration,
    task_manager: &TaskManager,
    client: Arc<Client>,
    backend: &Backend,
    keystore: sp_keystore::KeystorePtr,
    pool: Arc<Pool>,
    network: Arc<dyn sc_network::service::traits::NetworkService>,
) -> Result<(), Error> {
    if !config.offchain_worker.enabled {
        return Ok(());
    }
    let workers = sc_offchain::OffchainWorkers::new(sc_offchain::OffchainWorkerOptions {
        runtime_api_provider: client.clone(),
        keystore: Some(keystore),
        offchain_db: sc_client_api::Backend::offchain_storage(backend),
        transaction_pool: Some(OffchainTransactionPoolFactory::new(pool)),
        network_provider: Arc::new(network),
        is_validator: config.role.is_authority(),
        enable_http_requests: true,
        custom_extensions: |_| Vec::new(),
    })?;
    let run = workers.run(client, task_manager.spawn_handle());
    task_manager
        .spawn_handle()
        .spawn("offchain-workers-runner", "offchain-work", run);
    Ok(())
}

/// Builds our RPC module for each of the servers that ask for one.
#[allow(clippy::type_complexity)]
fn rpc_builder(
    deps: rpc::Deps,
) -> Box<dyn Fn(sc_rpc::SubscriptionTaskExecutor) -> Result<jsonrpsee::RpcModule<()>, Error>> {
    Box::new(move |_| rpc::module(deps.clone()))
}

/// Where clients on this machine reach the RPC server, which may have moved to another port than the one asked for.
fn rpc_address(handlers: &RpcHandlers) -> Option<SocketAddr> {
    let addresses: Vec<_> = handlers
        .listen_addresses()
        .iter()
        .filter_map(socket_address)
        .collect();
    let any_v4 = addresses.iter().find(|address| address.is_ipv4());
    any_v4.or(addresses.first()).copied().map(ethereum::reachable)
}

fn socket_address(multiaddr: &Multiaddr) -> Option<SocketAddr> {
    use sc_network::multiaddr::Protocol;
    let mut ip: Option<IpAddr> = None;
    for part in multiaddr.iter() {
        match part {
            Protocol::Ip4(address) => ip = Some(address.into()),
            Protocol::Ip6(address) => ip = Some(address.into()),
            Protocol::Tcp(port) => {
                return Some(SocketAddr::new(ip.unwrap_or(Ipv4Addr::LOCALHOST.into()), port))
            }
            _ => {}
        }
    }
    None
}

/// Starts the Ethereum JSON-RPC server against the node's own RPC.
fn start_ethereum(
    task_manager: &TaskManager,
    server: Option<ethereum::Server>,
    rpc: Option<SocketAddr>,
    node: ethereum::Node,
) -> Option<tokio::sync::watch::Receiver<ethereum::Status>> {
    let (Some(mut server), Some(rpc)) = (server, rpc) else {
        return None;
    };
    server.node_url = format!("ws://{rpc}");
    let (status, watch) = tokio::sync::watch::channel(ethereum::Status::Starting);
    // Not essential: the node goes on without it.
    task_manager
        .spawn_handle()
        .spawn("ethereum-rpc", None, server.run(node, status));
    Some(watch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listening_address_is_read_from_its_multiaddress() {
        let read = |text: &str| socket_address(&text.parse().unwrap()).map(|address| address.to_string());
        assert_eq!(read("/ip4/127.0.0.1/tcp/9944").as_deref(), Some("127.0.0.1:9944"));
        assert_eq!(read("/ip6/::1/tcp/9944").as_deref(), Some("[::1]:9944"));
        assert_eq!(read("/ip4/127.0.0.1/udp/9944"), None);
    }
}
