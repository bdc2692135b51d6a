// SPDX-License-Identifier: Apache-2.0
//! The worker inside the node: finds its key in the flags or in the node's keystore and runs the worker library as a
//! task.

use crate::cli::{Models, WorkerParams};
use openledger_primitives::money::OPEN;
use openledger_worker::{Hosting, Metrics, Signer, SignerError, WorkerConfig};
use sc_service::TaskManager;
use sp_keystore::KeystorePtr;
use std::{net::SocketAddr, path::Path, time::Duration};
use substrate_prometheus_endpoint::{PrometheusError, Registry};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

const LOG_TARGET: &str = "worker";

/// The worker's account on a development chain unless a flag or the keystore names another: a key of the SDK with
/// money at genesis that nothing else signs with.
pub const DEVELOPMENT_SURI: &str = "//Ferdie//stash";
/// The bond of a worker on a development chain unless a flag names another, OPEN.
const DEVELOPMENT_BOND_OPEN: u64 = 1_000;
/// The wait before a worker that failed is started again.
const RESTART_DELAY: Duration = Duration::from_secs(15);
/// The wait before the keystore is looked into again for a key.
const KEY_DELAY: Duration = Duration::from_secs(2);

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
    /// The key's file is empty.
    #[error("the first line of {0} is no key: write the worker's secret phrase or URI into it")]
    NoKey(String),
    /// The key is none.
    #[error("the worker's key cannot be used: {0}")]
    Key(#[from] SignerError),
    /// The figures are there already.
    #[error("cannot register the worker's metrics: {0}")]
    Metrics(#[from] PrometheusError),
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
    /// The node's keys.
    pub keystore: KeystorePtr,
    /// The node's metrics.
    pub registry: Option<&'a Registry>,
}

/// Starts the worker if the flags ask for one. It is not essential: the node goes on when it fails.
pub fn start(tasks: &TaskManager, params: &WorkerParams, around: Surroundings) -> Result<(), WorkerError> {
    if !params.worker {
        return Ok(());
    }
    let given = given_signer(params, &around)?;
    let metrics = around.registry.map(Metrics::registered).transpose()?;
    let make = configure(params, &around, metrics);
    let keystore = around.keystore.clone();
    tasks.spawn_handle().spawn("worker", None, async move {
        let signer = match given {
            Some(signer) => signer,
            None => key_of(keystore, KEY_DELAY).await,
        };
        supervise(make(signer)).await;
    });
    Ok(())
}

/// The configuration of a worker, but for its key.
fn configure(
    params: &WorkerParams,
    around: &Surroundings,
    metrics: Option<Metrics>,
) -> impl FnOnce(Signer) -> WorkerConfig {
    let (url, data) = (format!("ws://{}", around.rpc), around.data.join("worker"));
    let blobs = around.blobs.to_owned();
    let bond = params
        .worker_bond
        .or(around.development.then_some(DEVELOPMENT_BOND_OPEN));
    let hosting = match (&params.worker_host, around.development) {
        (Some(Models::All), _) | (None, true) => Hosting::All,
        (Some(Models::Listed(models)), _) => Hosting::Listed(models.clone()),
        (None, false) => Hosting::Listed(Vec::new()),
    };
    move |signer| {
        let mut config = WorkerConfig::new(url, signer, data);
        config.blobs = Some(blobs);
        config.bond = bond.map(|bond| u128::from(bond).saturating_mul(OPEN));
        config.hosting = hosting;
        config.metrics = metrics;
        config
    }
}

/// Runs the worker until the node stops, starting it again when it fails.
async fn supervise(config: WorkerConfig) {
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
        tokio::time::sleep(RESTART_DELAY).await;
    }
}

/// The key of the keystore, as soon as there is exactly one.
async fn key_of(keystore: KeystorePtr, delay: Duration) -> Signer {
    let mut told = false;
    loop {
        match Signer::from_keystore(keystore.clone(), None) {
            Ok(signer) => return signer,
            Err(error) if !told => {
                warn!(target: LOG_TARGET, %error, "the worker waits for its key");
                told = true;
            }
            Err(_) => {}
        }
        tokio::time::sleep(delay).await;
    }
}

/// The key that the flags give, or on a development chain that of the keystore or the well-known one; none where the
/// worker has to wait for the keystore.
fn given_signer(params: &WorkerParams, around: &Surroundings) -> Result<Option<Signer>, WorkerError> {
    let secret = match (&params.worker_suri, &params.worker_suri_file) {
        (Some(suri), _) => suri.clone(),
        (None, Some(file)) => read_first_line(file)?,
        (None, None) if !around.development => return Ok(None),
        (None, None) => {
            return match Signer::from_keystore(around.keystore.clone(), None) {
                Err(SignerError::NotFound(_)) => Ok(Some(Signer::from_uri(DEVELOPMENT_SURI)?)),
                kept => Ok(Some(kept?)),
            }
        }
    };
    Ok(Some(Signer::from_uri(&secret)?))
}

fn read_first_line(file: &Path) -> Result<String, WorkerError> {
    let text = std::fs::read_to_string(file).map_err(|error| WorkerError::KeyFile {
        file: file.display().to_string(),
        error,
    })?;
    match text.lines().next().map(str::trim) {
        Some(line) if !line.is_empty() => Ok(line.to_owned()),
        _ => Err(WorkerError::NoKey(file.display().to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use openledger_worker::KEY_TYPE;
    use sp_keystore::{testing::MemoryKeystore, Keystore};
    use std::sync::Arc;

    fn around(development: bool) -> Surroundings<'static> {
        Surroundings {
            development,
            rpc: "127.0.0.1:9944".parse().unwrap(),
            blobs: "/data/blobs",
            data: Path::new("/data"),
            keystore: Arc::new(MemoryKeystore::new()),
            registry: None,
        }
    }

    fn insert(keystore: &KeystorePtr, uri: &str) {
        keystore.sr25519_generate_new(KEY_TYPE, Some(uri)).unwrap();
    }

    fn named(uri: &str) -> Signer {
        Signer::from_uri(uri).unwrap()
    }

    /// The account of the key that is found without waiting.
    fn account(params: &WorkerParams, around: &Surroundings) -> Option<String> {
        let given = given_signer(params, around).unwrap();
        given.map(|signer| signer.account().to_string())
    }

    fn is(uri: &str) -> Option<String> {
        Some(named(uri).account().to_string())
    }

    fn config(params: &WorkerParams, around: &Surroundings) -> WorkerConfig {
        configure(params, around, None)(named("//Dave"))
    }

    #[test]
    fn the_key_comes_from_the_flag_the_file_the_keystore_or_development() {
        let mut params = WorkerParams::default();
        assert_eq!(account(&params, &around(true)), is(DEVELOPMENT_SURI));
        let keeping = around(true);
        insert(&keeping.keystore, "//Eve");
        assert_eq!(account(&params, &keeping), is("//Eve"));

        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key");
        std::fs::write(&file, "  //Charlie \nsecond line\n").unwrap();
        params.worker_suri_file = Some(file);
        assert_eq!(account(&params, &keeping), is("//Charlie"));

        params.worker_suri = Some("//Dave".into());
        assert_eq!(account(&params, &around(false)), is("//Dave"));
    }

    #[tokio::test]
    async fn a_worker_without_a_key_waits_until_exactly_one_is_in_the_keystore() {
        let around = around(false);
        assert_eq!(account(&WorkerParams::default(), &around), None);
        let delay = Duration::from_millis(1);
        let mut waiting = tokio::spawn(key_of(around.keystore.clone(), delay));
        assert!(tokio::time::timeout(20 * delay, &mut waiting).await.is_err());
        insert(&around.keystore, "//Eve");
        let found = waiting.await.unwrap().account().to_string();
        assert_eq!(Some(found), is("//Eve"));
    }

    #[test]
    fn two_keys_on_a_development_chain_are_an_error_by_name() {
        let around = around(true);
        insert(&around.keystore, "//Eve");
        insert(&around.keystore, "//Dave");
        assert!(matches!(
            given_signer(&WorkerParams::default(), &around),
            Err(WorkerError::Key(SignerError::TooMany(2)))
        ));
    }

    #[test]
    fn a_development_worker_registers_and_hosts_everything() {
        let config = config(&WorkerParams::default(), &around(true));
        assert_eq!(config.url, "ws://127.0.0.1:9944");
        assert_eq!(config.blobs.as_deref(), Some("/data/blobs"));
        assert_eq!(config.bond, Some(1_000 * OPEN));
        assert_eq!(config.hosting, Hosting::All);
    }

    #[test]
    fn another_worker_registers_and_hosts_only_what_it_is_told() {
        let mut params = WorkerParams::default();
        let quiet = config(&params, &around(false));
        assert_eq!(quiet.bond, None);
        assert_eq!(quiet.hosting, Hosting::Listed(Vec::new()));

        params.worker_bond = Some(5);
        params.worker_host = Some(Models::Listed(vec![3]));
        let told = config(&params, &around(false));
        assert_eq!(told.bond, Some(5 * OPEN));
        assert_eq!(told.hosting, Hosting::Listed(vec![3]));
    }

    #[test]
    fn a_key_that_is_none_is_an_error_by_name() {
        let params = WorkerParams {
            worker_suri: Some("not a key at all".into()),
            ..Default::default()
        };
        assert!(matches!(
            given_signer(&params, &around(true)),
            Err(WorkerError::Key(SignerError::Secret(_)))
        ));
    }

    #[test]
    fn the_development_key_has_money_at_genesis() {
        let account = named(DEVELOPMENT_SURI).account();
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
        let missing = given_signer(&params, &around(true));
        assert!(matches!(missing, Err(WorkerError::KeyFile { .. })));
        let empty = folder.path().join("empty");
        std::fs::write(&empty, "\n").unwrap();
        params.worker_suri_file = Some(empty);
        assert!(matches!(
            given_signer(&params, &around(true)),
            Err(WorkerError::NoKey(_))
        ));
    }
}
