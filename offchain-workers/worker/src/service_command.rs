// SPDX-License-Identifier: Apache-2.0
//! `openledger-worker run`.

use anyhow::{bail, Context, Result};
use clap::{ArgGroup, Args};
use openledger_primitives::{
    money::{Balance, OPEN},
    ModelId,
};
use openledger_worker::{Hosting, Metrics, Signer, WorkerConfig};
use sc_keystore::LocalKeystore;
use sp_core::crypto::AccountId32;
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
};
use substrate_prometheus_endpoint::{init_prometheus, Registry};
use tokio::signal::unix::{signal, SignalKind};
use tokio_util::sync::CancellationToken;

/// How to serve.
#[derive(Args)]
#[command(group(ArgGroup::new("key").required(true).args(["suri", "suri_file", "keystore_path"])))]
pub struct RunArguments {
    /// WebSocket RPC of a node.
    #[arg(long, env = "OPENLEDGER_WORKER_URL", default_value = "ws://127.0.0.1:9944")]
    url: String,
    /// The worker's key: a phrase, a 0x… seed, or a development name such as //Worker1. Prefer --suri-file: other
    /// users of the machine can see arguments.
    #[arg(long, env = "OPENLEDGER_WORKER_SURI", hide_env_values = true)]
    suri: Option<String>,
    /// File with the worker's key in its first line.
    #[arg(long, env = "OPENLEDGER_WORKER_SURI_FILE")]
    suri_file: Option<PathBuf>,
    /// Keystore with the worker's key, of type `olwk`: the folder that `openledger-node key insert` writes to.
    #[arg(long, env = "OPENLEDGER_WORKER_KEYSTORE_PATH")]
    keystore_path: Option<PathBuf>,
    /// The worker's account, if the keystore has several keys of the type.
    #[arg(long, env = "OPENLEDGER_WORKER_PUBLIC", conflicts_with_all = ["suri", "suri_file"])]
    public: Option<AccountId32>,
    /// Folder for jobs, transactions and fetched artifacts.
    #[arg(long, env = "OPENLEDGER_WORKER_BASE_PATH")]
    base_path: PathBuf,
    /// Store of artifacts: a folder or a URL. [default: blobs in the base path]
    #[arg(long, env = "OPENLEDGER_WORKER_BLOBS")]
    blobs: Option<String>,
    /// Register the account as a worker if it is not.
    #[arg(long, env = "OPENLEDGER_WORKER_REGISTER")]
    register: bool,
    /// The bond of a new registration, OPEN.
    #[arg(long, env = "OPENLEDGER_WORKER_BOND", default_value = "1000", value_parser = parse_open)]
    bond: Balance,
    /// Models to host, separated by commas, the most wanted first, or `all`, the oldest first. Models that are not
    /// registered yet are hosted as soon as they are, and no others are. Without it, what is hosted stays.
    #[arg(long, env = "OPENLEDGER_WORKER_HOST", default_value = "", value_parser = parse_hosting)]
    host: Hosting,
    /// Answers computed at a time.
    #[arg(long, env = "OPENLEDGER_WORKER_PARALLEL", default_value_t = 2)]
    parallel: usize,
    /// Hold the engine to the instruction set of arbitration. Slower.
    #[arg(long, env = "OPENLEDGER_WORKER_REFERENCE_CLASS")]
    reference_class: bool,
    /// Show metrics at this port, path /metrics. [default: no metrics]
    #[arg(long, env = "OPENLEDGER_WORKER_PROMETHEUS_PORT")]
    prometheus_port: Option<u16>,
    /// Show metrics to other machines as well.
    #[arg(long, env = "OPENLEDGER_WORKER_PROMETHEUS_EXTERNAL")]
    prometheus_external: bool,
}

/// Serves until interrupted.
pub async fn run(arguments: RunArguments) -> Result<()> {
    let stop = CancellationToken::new();
    let registry = Registry::new();
    if let Some(port) = arguments.prometheus_port {
        let address = match arguments.prometheus_external {
            true => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            false => IpAddr::V4(Ipv4Addr::LOCALHOST),
        };
        let serving = init_prometheus(SocketAddr::new(address, port), registry.clone());
        let stop = stop.clone();
        tokio::spawn(async move {
            if let Err(error) = serving.await {
                tracing::error!(target: "metrics", %error, "cannot show metrics; choose another --prometheus-port");
                stop.cancel();
            }
        });
    }
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let stopping = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!(target: "worker", "stopping");
        stopping.cancel();
    });
    let config = config(arguments, Metrics::registered(&registry)?)?;
    openledger_worker::run(config, stop).await?;
    Ok(())
}

fn config(arguments: RunArguments, metrics: Metrics) -> Result<WorkerConfig> {
    let signer = signer(&arguments)?;
    let mut config = WorkerConfig::new(arguments.url, signer, arguments.base_path);
    config.blobs = arguments.blobs;
    config.bond = arguments.register.then_some(arguments.bond);
    config.hosting = arguments.host;
    config.parallel = arguments.parallel;
    config.reference_class = arguments.reference_class;
    config.metrics = Some(metrics);
    Ok(config)
}

fn signer(arguments: &RunArguments) -> Result<Signer> {
    let RunArguments {
        suri,
        suri_file,
        keystore_path,
        public,
        ..
    } = arguments;
    match (suri, suri_file, keystore_path) {
        (Some(suri), _, _) => Ok(Signer::from_uri(suri)?),
        (_, Some(file), _) => {
            let text = std::fs::read_to_string(file)
                .with_context(|| format!("cannot read the key file {}", file.display()))?;
            Ok(Signer::from_uri(text.lines().next().unwrap_or_default())?)
        }
        (_, _, Some(folder)) => {
            let keystore = LocalKeystore::open(folder, None)
                .with_context(|| format!("cannot open the keystore {}", folder.display()))?;
            let signer = Signer::from_keystore(Arc::new(keystore), public.as_ref());
            signer.with_context(|| format!("keystore {}", folder.display()))
        }
        _ => bail!("give the worker's key by --suri-file, --keystore-path or --suri"),
    }
}

/// Whole OPEN, or with up to 18 decimals.
fn parse_open(text: &str) -> Result<Balance, String> {
    let wrong = || format!("`{text}` is not an amount of OPEN with at most 18 decimals");
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let plain = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || decimals.len() > 18 || !plain(whole) || !plain(decimals) {
        return Err(wrong());
    }
    let whole: Balance = whole.parse().map_err(|_| wrong())?;
    let decimals: Balance = format!("{decimals:0<18}").parse().map_err(|_| wrong())?;
    whole
        .checked_mul(OPEN)
        .and_then(|planck| planck.checked_add(decimals))
        .ok_or_else(wrong)
}

fn parse_hosting(text: &str) -> Result<Hosting, String> {
    match text.trim() {
        "" => Ok(Hosting::Listed(Vec::new())),
        "all" => Ok(Hosting::All),
        list => {
            let models: Result<Vec<ModelId>, _> = list.split(',').map(|id| id.trim().parse()).collect();
            models
                .map(Hosting::Listed)
                .map_err(|_| format!("`{text}` is neither `all` nor a list of model ids"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use openledger_worker::KEY_TYPE;
    use sp_keystore::Keystore;
    use std::path::Path;

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        run: RunArguments,
    }

    fn parse(key: &[&str]) -> Result<RunArguments, clap::Error> {
        let arguments = ["run", "--base-path", "worker"].iter().chain(key);
        Program::try_parse_from(arguments).map(|program| program.run)
    }

    fn account(uri: &str) -> AccountId32 {
        Signer::from_uri(uri).unwrap().account()
    }

    #[test]
    fn the_key_comes_from_one_place_exactly() {
        use clap::error::ErrorKind::{ArgumentConflict, MissingRequiredArgument};
        assert_eq!(parse(&[]).err().unwrap().kind(), MissingRequiredArgument);
        for both in [
            ["--suri", "//A", "--suri-file", "key"],
            ["--suri-file", "key", "--keystore-path", "keys"],
        ] {
            assert_eq!(parse(&both).err().unwrap().kind(), ArgumentConflict);
        }
        let nowhere = account("//A").to_string();
        assert!(parse(&["--suri", "//A", "--public", &nowhere]).is_err());
    }

    #[test]
    fn the_first_line_of_a_file_is_the_key() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key");
        std::fs::write(&file, "//A\nsecond line\n").unwrap();
        let arguments = parse(&["--suri-file", file.to_str().unwrap()]).unwrap();
        assert_eq!(signer(&arguments).unwrap().account(), account("//A"));
    }

    /// Writes a key as `openledger-node key insert` does.
    fn insert(folder: &Path, uri: &str) {
        let keystore = LocalKeystore::open(folder, None).unwrap();
        let public = account(uri);
        keystore.insert(KEY_TYPE, uri, public.as_ref()).unwrap();
    }

    #[test]
    fn a_keystore_gives_its_only_key_or_the_one_that_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_str().unwrap();
        let from = |more: &[&str]| signer(&parse(&[&["--keystore-path", path], more].concat()).unwrap());
        assert!(from(&[]).is_err());
        insert(folder.path(), "//A");
        assert_eq!(from(&[]).unwrap().account(), account("//A"));
        insert(folder.path(), "//B");
        assert!(from(&[]).is_err());
        let named = account("//B").to_string();
        assert_eq!(from(&["--public", &named]).unwrap().account(), account("//B"));
    }

    #[test]
    fn amounts_of_open_are_read_to_the_planck() {
        assert_eq!(parse_open("1000"), Ok(1000 * OPEN));
        assert_eq!(parse_open("0.000000000000000001"), Ok(1));
        assert_eq!(parse_open("1.5"), Ok(OPEN / 2 * 3));
        for text in [
            "",
            ".5",
            "-1",
            "1e3",
            "0.0000000000000000001",
            "9999999999999999999999999",
        ] {
            assert!(parse_open(text).is_err(), "{text}");
        }
    }

    #[test]
    fn hosted_models_are_a_list_or_all() {
        assert_eq!(parse_hosting("1, 2"), Ok(Hosting::Listed(vec![1, 2])));
        assert_eq!(parse_hosting("all"), Ok(Hosting::All));
        assert!(parse_hosting("one").is_err());
    }
}
