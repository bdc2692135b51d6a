// SPDX-License-Identifier: Apache-2.0
//! The worker inside the node: reads its key from the flags and runs the worker library as a task.

use crate::cli::{Models, WorkerParams};
use openledger_primitives::money::OPEN;
use openledger_worker::{Hosting, Signer, SignerError, WorkerConfig};
use sc_service::TaskManager;
use std::{net::SocketAddr, path::Path, time::Duration};
use substrate_prometheus_endpoint::Registry;
use tokio_util::sync::CancellationToken;
use tracing::{error, info};

const LOG_TARGET: &str = "worker";

/// The worker's account on a development chain unless a flag names another: a key of the SDK with money at genesis
/// that nothing else signs with.
pub const DEVELOPMENT_SURI: &str = "//Ferdie//stash";
/// The bond of a worker on a development chain unless a flag names another, OPEN.
const DEVELOPMENT_BOND_OPEN: u64 = 1_000;
/// The wait before a worker that failed is started again.
const RESTART_DELAY: Duration = Duration::from_secs(15);

/// The worker cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// The key's file.
    #[error("cannot read the worker's key from {file}: {error}")]
    KeyFile {
        /// The file.
        file: String,
        /// Why.
        error: std::io::Error,
    },
    /// No key was given.
    #[error("the worker has no key: give --worker-suri or --worker-suri-file")]
    NoKey,
    /// The key is none.
    #[error("the worker's key cannot be used: {0}")]
    Key(#[from] SignerError),
}

/// Where the worker finds the node and keeps its things.
pub struct Surroundings<'a> {
    /// Whether the chain is a development chain.
    pub development: bool,
    /// The node's RPC.
    pub rpc: SocketAddr,
    /// The store of content-addressed bytes, shared with the node's RPC.
    pub blobs: &'a str,
    /// The chain's folder; the worker's is `worker` in it.
    pub data: &'a Path,
    /// The node's metrics.
    pub registry: Option<&'a Registry>,
}

/// Starts the worker if the flags ask for one. It is not essential: the node goes on when it fails.
pub fn start(tasks: &TaskManager, params: &WorkerParams, around: Surroundings) -> Result<(), WorkerError> {
    if !params.worker {
        return Ok(());
    }
    let config = config(params, &around)?;
    tasks.spawn_handle().spawn("worker", None, supervise(config));
    Ok(())
}

fn config(params: &WorkerParams, around: &Surroundings) -> Result<WorkerConfig, WorkerError> {
    let signer = Signer::from_uri(&suri(params, around.development)?)?;
    let mut config = WorkerConfig::new(format!("ws://{}", around.rpc), signer, around.data.join("worker"));
    config.blobs = Some(around.blobs.to_owned());
    let bond = params
        .worker_bond
        .or(around.development.then_some(DEVELOPMENT_BOND_OPEN));
    config.bond = bond.map(|bond| u128::from(bond).saturating_mul(OPEN));
    config.hosting = match (&params.worker_host, around.development) {
        (Some(Models::All), _) | (None, true) => Hosting::All,
        (Some(Models::Listed(models)), _) => Hosting::Listed(models.clone()),
        (None, false) => Hosting::Listed(Vec::new()),
    };
    config.registry = around.registry.cloned();
    Ok(config)
}

/// Runs the worker until the node stops, starting it again when it fails.
async fn supervise(mut config: WorkerConfig) {
    // The worker's own tasks stop when this one is dropped, which is when the node stops.
    let stop = CancellationToken::new();
    let _stop_with_the_node = stop.clone().drop_guard();
    info!(target: LOG_TARGET, account = %config.signer.account(), "a worker runs inside this node");
    loop {
        match openledger_worker::run(config.clone(), stop.clone()).await {
            Ok(()) => error!(target: LOG_TARGET, "the worker ended; it is started again"),
            Err(error) => {
                error!(target: LOG_TARGET, %error, "the worker failed; the node goes on and starts it again")
            }
        }
        // Its figures cannot be registered twice.
        config.registry = None;
        tokio::time::sleep(RESTART_DELAY).await;
    }
}

/// The secret that the flags give, or the well-known one of a development chain.
pub fn suri(params: &WorkerParams, development: bool) -> Result<String, WorkerError> {
    if let Some(suri) = &params.worker_suri {
        return Ok(suri.clone());
    }
    match &params.worker_suri_file {
        Some(file) => read_first_line(file),
        None if development => Ok(DEVELOPMENT_SURI.into()),
        None => Err(WorkerError::NoKey),
    }
}

fn read_first_line(file: &Path) -> Result<String, WorkerError> {
    let text = std::fs::read_to_string(file).map_err(|error| WorkerError::KeyFile {
        file: file.display().to_string(),
        error,
    })?;
    match text.lines().next().map(str::trim) {
        Some(line) if !line.is_empty() => Ok(line.to_owned()),
        _ => Err(WorkerError::NoKey),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_comes_from_the_flag_the_file_or_development() {
        let mut params = WorkerParams::default();
        assert_eq!(suri(&params, true).unwrap(), DEVELOPMENT_SURI);
        assert!(matches!(suri(&params, false), Err(WorkerError::NoKey)));

        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key");
        std::fs::write(&file, "  //Charlie \nsecond line\n").unwrap();
        params.worker_suri_file = Some(file);
        assert_eq!(suri(&params, false).unwrap(), "//Charlie");

        params.worker_suri = Some("//Dave".into());
        assert_eq!(suri(&params, false).unwrap(), "//Dave");
    }

    fn around(development: bool) -> Surroundings<'static> {
        Surroundings {
            development,
            rpc: "127.0.0.1:9944".parse().unwrap(),
            blobs: "/data/blobs",
            data: Path::new("/data"),
            registry: None,
        }
    }

    #[test]
    fn a_development_worker_registers_and_hosts_everything() {
        let config = config(&WorkerParams::default(), &around(true)).unwrap();
        assert_eq!(config.url, "ws://127.0.0.1:9944");
        assert_eq!(config.blobs.as_deref(), Some("/data/blobs"));
        assert_eq!(config.bond, Some(1_000 * OPEN));
        assert_eq!(config.hosting, Hosting::All);
    }

    #[test]
    fn another_worker_registers_and_hosts_only_what_it_is_told() {
        let mut params = WorkerParams {
            worker_suri: Some("//Dave".into()),
            ..Default::default()
        };
        let quiet = config(&params, &around(false)).unwrap();
        assert_eq!(quiet.bond, None);
        assert_eq!(quiet.hosting, Hosting::Listed(Vec::new()));

        params.worker_bond = Some(5);
        params.worker_host = Some(Models::Listed(vec![3]));
        let told = config(&params, &around(false)).unwrap();
        assert_eq!(told.bond, Some(5 * OPEN));
        assert_eq!(told.hosting, Hosting::Listed(vec![3]));
    }

    #[test]
    fn a_key_that_is_none_is_an_error_by_name() {
        let params = WorkerParams {
            worker_suri: Some("not a key at all".into()),
            ..Default::default()
        };
        assert!(matches!(config(&params, &around(true)), Err(WorkerError::Key(_))));
    }

    #[test]
    fn the_development_key_has_money_at_genesis() {
        let account = Signer::from_uri(DEVELOPMENT_SURI).unwrap().account();
        let funded = openledger_runtime::genesis_config_presets::test_accounts();
        assert!(funded.contains(&account));
    }

    #[test]
    fn an_empty_or_missing_key_file_is_an_error_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let mut params = WorkerParams {
            worker_suri_file: Some(folder.path().join("none")),
            ..Default::default()
        };
        assert!(matches!(suri(&params, true), Err(WorkerError::KeyFile { .. })));
        let empty = folder.path().join("empty");
        std::fs::write(&empty, "\n").unwrap();
        params.worker_suri_file = Some(empty);
        assert!(matches!(suri(&params, true), Err(WorkerError::NoKey)));
    }
}
