// SPDX-License-Identifier: Apache-2.0
//! The SDK's server as a child process of the node, supervised, and the front before it.
//!
//! The server (`pallet-revive-eth-rpc`) sets up its own logger, runtime and signal handlers, so it cannot share the
//! node's process; as a child it also cannot take the node down. The child ends when its standard input does: when
//! the node stops in whatever way. If the child ends by itself the node says so and starts it again.

use super::{
    backend::SdkServer,
    methods::{Endpoint, Front},
    waiting::Node,
};
use crate::cli::EthereumParams;
use clap::Parser;
use openledger_executor::{own_name, restore_short_name, running_program};
use pallet_revive_eth_rpc::cli::CliCommand;
use sc_service::{Configuration, PruningMode};
use std::{
    ffi::OsString,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    process::{ExitCode, ExitStatus, Stdio},
    sync::Arc,
    time::Duration,
};
use tokio::{
    net::TcpStream,
    process::{Child, Command},
    sync::watch,
    time::{sleep, timeout, Instant},
};
use tracing::{error, info};

const LOG_TARGET: &str = "ethereum-rpc";

/// The first argument of a process that is the server.
const CHILD_ARGUMENT: &str = "ethereum-rpc-child";

/// The first wait before a server that ended is started again; it doubles each time.
const FIRST_RESTART_DELAY: Duration = Duration::from_secs(1);
/// The longest wait.
const LAST_RESTART_DELAY: Duration = Duration::from_secs(60);
/// A server that ran this long is trusted again.
const STEADY: Duration = Duration::from_secs(60);
/// How often a starting server is knocked at.
const KNOCK_EVERY: Duration = Duration::from_millis(200);
/// How long one knock may take.
const KNOCK_TIMEOUT: Duration = Duration::from_secs(2);
/// Blocks that the server remembers when the node does not keep every state.
const RECENT_BLOCKS: usize = 256;

/// What the server is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Not yet listening, or being started again.
    Starting,
    /// Listening there.
    Listening(SocketAddr),
    /// It ended; it will be tried again.
    Failed,
}

/// How to run the server.
#[derive(Clone, Debug)]
pub struct Server {
    /// Clients find it here.
    pub listen: SocketAddr,
    /// WebSocket URL of the node.
    pub node_url: String,
    /// Where receipts are kept.
    pub folder: PathBuf,
    /// Whether the node keeps every state, so that the server can answer about every block.
    pub archive: bool,
    /// Whether to serve the well-known development accounts, to every origin.
    pub development: bool,
    /// Origins that browsers may call from; none means all.
    pub cors: Option<Vec<String>>,
    /// Blocks that one query of logs may look through.
    pub max_log_blocks: u64,
}

impl Server {
    /// The server of a node, or none if the flags say so.
    pub fn new(params: &EthereumParams, config: &Configuration, development: bool) -> Option<Self> {
        if params.no_eth_rpc {
            return None;
        }
        let ip = if params.eth_rpc_external {
            Ipv4Addr::UNSPECIFIED
        } else {
            Ipv4Addr::LOCALHOST
        };
        Some(Self {
            listen: SocketAddr::new(ip.into(), params.eth_rpc_port),
            node_url: String::new(),
            folder: config.data_path.join("ethereum"),
            archive: matches!(
                config.state_pruning,
                Some(PruningMode::ArchiveAll | PruningMode::ArchiveCanonical)
            ),
            development,
            cors: config.rpc.cors.clone(),
            max_log_blocks: params.eth_rpc_max_log_blocks,
        })
    }

    /// The child's arguments after `CHILD_ARGUMENT`; it listens at `inner`.
    pub fn args(&self, inner: SocketAddr) -> Vec<OsString> {
        // Given as a whole endpoint, so that an occupied port is an error: with `--rpc-port` alone the server would
        // move to a random one.
        let endpoint = format!("listen-addr={inner},retry-random-port=false,optional=false");
        let pruning = if self.archive {
            "archive".into()
        } else {
            RECENT_BLOCKS.to_string()
        };
        let mut args: Vec<OsString> = vec![
            "--node-rpc-url".into(),
            self.node_url.clone().into(),
            "--eth-pruning".into(),
            pruning.into(),
            "--base-path".into(),
            self.folder.clone().into(),
            "--no-prometheus".into(),
            "--log".into(),
            "warn".into(),
            "--experimental-rpc-endpoint".into(),
            endpoint.into(),
        ];
        if self.development {
            args.push("--dev".into());
        }
        args
    }

    /// Serves for as long as this future lives.
    pub async fn run(self, node: Node, status: watch::Sender<Status>) {
        let backend = Arc::new(SdkServer::default());
        let front = Arc::new(Front::new(backend.clone(), node.clone(), self.max_log_blocks));
        let _listening = self.listen(&front, &status).await;
        tokio::join!(
            self.supervise(&backend, &status),
            front.canon.follow(),
            node.watch()
        );
    }

    /// Takes the port, and waits for it if another program has it.
    async fn listen(&self, front: &Arc<Front>, status: &watch::Sender<Status>) -> impl Send + Sync + 'static {
        let endpoint = Endpoint {
            listen: self.listen,
            cors: self.cors.clone(),
        };
        let mut delay = FIRST_RESTART_DELAY;
        loop {
            match front.listen(&endpoint) {
                Ok(listening) => return listening,
                Err(error) => error!(
                    target: LOG_TARGET,
                    "Ethereum JSON-RPC cannot listen on {}: {error}; is the port taken? The node goes on without it \
                     and tries again in {} s",
                    self.listen,
                    delay.as_secs(),
                ),
            }
            status.send_replace(Status::Failed);
            sleep(delay).await;
            delay = (delay * 2).min(LAST_RESTART_DELAY);
        }
    }

    /// Runs the child, and starts it again when it ends.
    async fn supervise(&self, backend: &SdkServer, status: &watch::Sender<Status>) {
        let mut delay = FIRST_RESTART_DELAY;
        loop {
            let started = Instant::now();
            status.send_replace(Status::Starting);
            let end = match self.run_once(backend, status).await {
                Ok(exit) => format!("it ended ({exit})"),
                Err(error) => format!("it could not be started: {error}"),
            };
            error!(
                target: LOG_TARGET,
                "Ethereum JSON-RPC has no server behind it: {end}; the node goes on and starts it again in {} s",
                delay.as_secs(),
            );
            status.send_replace(Status::Failed);
            // Cannot fail: it is building a client that does.
            let _ = backend.listens(None);
            if started.elapsed() >= STEADY {
                delay = FIRST_RESTART_DELAY;
            }
            sleep(delay).await;
            delay = (delay * 2).min(LAST_RESTART_DELAY);
        }
    }

    async fn run_once(
        &self,
        backend: &SdkServer,
        status: &watch::Sender<Status>,
    ) -> std::io::Result<ExitStatus> {
        let inner = free_address()?;
        // Held until the child ends: the child takes the end of its standard input as the end of the node.
        let mut child = self.spawn(inner)?;
        let _node_lives = child.stdin.take();
        loop {
            tokio::select! {
                exit = child.wait() => return exit,
                () = sleep(KNOCK_EVERY) => {}
            }
            if answers(inner).await {
                break;
            }
        }
        backend.listens(Some(inner)).map_err(std::io::Error::other)?;
        let address = reachable(self.listen);
        info!(target: LOG_TARGET, "Ethereum JSON-RPC on http://{address} and ws://{address}");
        status.send_replace(Status::Listening(address));
        child.wait().await
    }

    fn spawn(&self, inner: SocketAddr) -> std::io::Result<Child> {
        // Also after an update put another file in the place of this program's.
        Command::new(running_program()?)
            .arg0(own_name())
            .arg(CHILD_ARGUMENT)
            .args(self.args(inner))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
    }
}

/// An address of this machine alone that nobody listens at. Should somebody take it before the child does, the child
/// ends and is started with another one.
fn free_address() -> std::io::Result<SocketAddr> {
    std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

/// Where a client on this machine reaches a server that listens at `listen`.
pub fn reachable(listen: SocketAddr) -> SocketAddr {
    match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => SocketAddr::new(Ipv4Addr::LOCALHOST.into(), listen.port()),
        IpAddr::V6(ip) if ip.is_unspecified() => {
            SocketAddr::new(std::net::Ipv6Addr::LOCALHOST.into(), listen.port())
        }
        _ => listen,
    }
}

async fn answers(address: SocketAddr) -> bool {
    matches!(
        timeout(KNOCK_TIMEOUT, TcpStream::connect(address)).await,
        Ok(Ok(_))
    )
}

/// Becomes the server when the program's first argument is `CHILD_ARGUMENT`; `main` returns the code at once.
pub fn run_child_if_asked() -> Option<ExitCode> {
    let mut args = std::env::args_os().skip(1);
    (args.next()? == CHILD_ARGUMENT).then(|| match run_child(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Ethereum JSON-RPC server: {error:#}");
            ExitCode::FAILURE
        }
    })
}

/// Serves until the node is gone.
fn run_child(args: impl Iterator<Item = OsString>) -> anyhow::Result<()> {
    restore_short_name();
    let command = CliCommand::try_parse_from(std::iter::once(CHILD_ARGUMENT.into()).chain(args))?;
    std::thread::Builder::new().name("node-watch".into()).spawn(|| {
        // The node never writes: this returns when its end of the pipe is closed.
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        std::process::exit(0);
    })?;
    pallet_revive_eth_rpc::cli::run(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server() -> Server {
        Server {
            listen: "127.0.0.1:8545".parse().unwrap(),
            node_url: "ws://127.0.0.1:9944".into(),
            folder: "/data/ethereum".into(),
            archive: true,
            development: true,
            cors: Some(vec!["https://example.org".into()]),
            max_log_blocks: 10_000,
        }
    }

    fn inner() -> SocketAddr {
        "127.0.0.1:40000".parse().unwrap()
    }

    fn parse(server: &Server) -> CliCommand {
        CliCommand::try_parse_from(std::iter::once(CHILD_ARGUMENT.into()).chain(server.args(inner())))
            .unwrap()
    }

    #[test]
    fn the_server_understands_what_the_node_tells_it() {
        let command = parse(&server());
        assert_eq!(command.node_rpc_url, "ws://127.0.0.1:9944");
        assert!(command.eth_pruning.is_archive());
        assert!(command.shared_params.dev);
        assert_eq!(
            command.shared_params.base_path.as_deref(),
            Some("/data/ethereum".as_ref())
        );
        let endpoint = &command.rpc_params.experimental_rpc_endpoint[0];
        assert_eq!(endpoint.listen_addr, inner(), "clients only reach the front");
        assert!(!endpoint.retry_random_port, "an occupied port must be an error");
    }

    #[test]
    fn a_node_without_old_states_gives_a_server_of_recent_blocks() {
        let command = parse(&Server {
            archive: false,
            development: false,
            cors: None,
            ..server()
        });
        assert_eq!(command.eth_pruning.keep_latest(), Some(RECENT_BLOCKS));
        assert!(!command.shared_params.dev);
    }

    #[test]
    fn an_address_of_all_interfaces_is_reached_on_this_machine() {
        assert_eq!(
            reachable("0.0.0.0:1".parse().unwrap()),
            "127.0.0.1:1".parse().unwrap()
        );
        assert_eq!(reachable("[::]:1".parse().unwrap()), "[::1]:1".parse().unwrap());
        assert_eq!(
            reachable("10.0.0.1:1".parse().unwrap()),
            "10.0.0.1:1".parse().unwrap()
        );
    }

    #[test]
    fn the_address_for_the_child_is_of_this_machine_alone() {
        let address = free_address().unwrap();
        assert!(address.ip().is_loopback());
        assert_ne!(address.port(), 0);
    }

    #[tokio::test]
    async fn a_closed_port_does_not_answer() {
        let open = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = open.local_addr().unwrap();
        assert!(answers(address).await);
        drop(open);
        assert!(!answers(address).await);
    }
}
