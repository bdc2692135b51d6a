// SPDX-License-Identifier: Apache-2.0
//! What can be said on the command line.

use crate::chain_spec;
use clap::{parser::ValueSource, CommandFactory, FromArgMatches};
use openledger_primitives::ModelId;
use sc_cli::{SubstrateCli, TransactionPoolType};
use sc_service::ChainType;
use std::{ffi::OsString, path::PathBuf, str::FromStr, time::Duration};

/// The longest interval that `--sealing` takes, in milliseconds (one hour).
pub const MAX_SEALING_INTERVAL_MS: u64 = 3_600_000;
/// The shortest interval that `--sealing` takes, in milliseconds.
pub const MIN_SEALING_INTERVAL_MS: u64 = 50;
/// An empty block after this long without one, in milliseconds, unless `--idle-block-ms` says otherwise.
pub const DEFAULT_IDLE_BLOCK_MS: u64 = 2_000;
/// Where Ethereum wallets expect a local node.
pub const DEFAULT_ETH_RPC_PORT: u16 = 8545;
/// Blocks that one `eth_getLogs` may look through.
const DEFAULT_MAX_LOG_BLOCKS: u64 = 10_000;

/// When the development chain makes a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sealing {
    /// As transactions come, and an empty one every few seconds.
    #[default]
    Instant,
    /// When `engine_createBlock` asks for one.
    Manual,
    /// At a fixed interval.
    Interval(Duration),
}

/// `--sealing` was neither a word it knows nor a usable interval.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealingError {
    /// Not a word we know and not a number.
    #[error("`{0}` is neither `instant`, `manual` nor a number of milliseconds")]
    Unknown(String),
    /// A number outside of what makes sense.
    #[error(
        "{0} ms is out of range: give {MIN_SEALING_INTERVAL_MS} to {MAX_SEALING_INTERVAL_MS} milliseconds, \
         or `instant`"
    )]
    OutOfRange(u64),
}

impl FromStr for Sealing {
    type Err = SealingError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "instant" => Ok(Self::Instant),
            "manual" => Ok(Self::Manual),
            number => match number.parse() {
                Ok(ms @ MIN_SEALING_INTERVAL_MS..=MAX_SEALING_INTERVAL_MS) => {
                    Ok(Self::Interval(Duration::from_millis(ms)))
                }
                Ok(ms) => Err(SealingError::OutOfRange(ms)),
                Err(_) => Err(SealingError::Unknown(number.into())),
            },
        }
    }
}

/// A combination of flags that makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FlagsError {
    /// `--dev` and a chain that has a relay chain.
    #[error("--dev runs only the development chain, not `{0}`: leave out --dev or --chain")]
    NotADevelopmentChain(String),
    /// A flag of the development chain on another one.
    #[error("{0} is for the development chain only: add --dev, or leave it out")]
    OnlyForDevelopment(&'static str),
}

/// Flags of the development chain.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Development chain")]
pub struct DevelopmentParams {
    /// When a block is made: `instant` (as transactions come), `manual` (by engine_createBlock), or every so many
    /// milliseconds. [default: instant]
    #[arg(long, value_name = "instant|manual|MS", env = "OPENLEDGER_SEALING")]
    pub sealing: Option<Sealing>,

    /// With instant sealing, make an empty block after this many milliseconds without one, so that deadlines pass.
    /// 0 makes none. [default: 2000]
    #[arg(long, value_name = "MS", env = "OPENLEDGER_IDLE_BLOCK_MS")]
    pub idle_block_ms: Option<u64>,
}

impl DevelopmentParams {
    /// How blocks are made.
    pub fn sealing(&self) -> Sealing {
        self.sealing.unwrap_or_default()
    }

    /// After how long without a block an empty one is made, with instant sealing.
    pub fn idle_block(&self) -> Option<Duration> {
        match self.idle_block_ms.unwrap_or(DEFAULT_IDLE_BLOCK_MS) {
            0 => None,
            ms => Some(Duration::from_millis(ms)),
        }
    }
}

/// Flags of the Ethereum JSON-RPC server.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Ethereum JSON-RPC")]
pub struct EthereumParams {
    /// Port of the Ethereum JSON-RPC server (HTTP and WebSocket).
    #[arg(long, value_name = "PORT", default_value_t = DEFAULT_ETH_RPC_PORT, env = "OPENLEDGER_ETH_RPC_PORT")]
    pub eth_rpc_port: u16,

    /// Do not start the Ethereum JSON-RPC server.
    #[arg(long, env = "OPENLEDGER_NO_ETH_RPC")]
    pub no_eth_rpc: bool,

    /// Let the Ethereum JSON-RPC server listen on all interfaces, not only on this machine.
    #[arg(long, env = "OPENLEDGER_ETH_RPC_EXTERNAL")]
    pub eth_rpc_external: bool,

    /// How many blocks one eth_getLogs may look through.
    #[arg(
        long,
        value_name = "N",
        default_value_t = DEFAULT_MAX_LOG_BLOCKS,
        env = "OPENLEDGER_ETH_RPC_MAX_LOG_BLOCKS"
    )]
    pub eth_rpc_max_log_blocks: u64,
}

/// Flags of the store of content-addressed bytes.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Blobs")]
pub struct BlobParams {
    /// Where blobs are kept: a folder or a URL of an object store. [default: `blobs` in the chain's folder]
    #[arg(long, value_name = "PATH|URL", env = "OPENLEDGER_BLOB_DIR")]
    pub blob_dir: Option<String>,

    /// Let RPC clients store blobs (openledger_putBlob). Always on with --dev.
    #[arg(long, env = "OPENLEDGER_BLOB_WRITE")]
    pub blob_write: bool,
}

/// The models that a worker offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Models {
    /// Every model that is registered, now or later.
    All,
    /// These.
    Listed(Vec<ModelId>),
}

/// `--worker-host` is neither `all` nor a list of model ids.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither `all` nor model ids separated by commas")]
pub struct ModelsError(String);

impl FromStr for Models {
    type Err = ModelsError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "all" {
            return Ok(Self::All);
        }
        let ids: Result<_, _> = text.split(',').map(|id| id.trim().parse()).collect();
        ids.map(Self::Listed).map_err(|_| ModelsError(text.into()))
    }
}

/// Flags of the worker inside the node.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Worker")]
pub struct WorkerParams {
    /// Run an off-chain worker inside the node: it answers the paid requests that it is drawn for. Unless a flag
    /// below gives its key, it signs with the key of type `olwk` in the node's keystore (author_insertKey, `key
    /// insert`) and waits until there is one; a development chain has a well-known one.
    #[arg(long, env = "OPENLEDGER_WORKER")]
    pub worker: bool,

    /// The account the worker signs with: a secret phrase or URI. Prefer the environment variable or
    /// --worker-suri-file, which do not show in the list of processes.
    #[arg(
        long,
        value_name = "SURI",
        env = "OPENLEDGER_WORKER_SURI",
        hide_env_values = true
    )]
    pub worker_suri: Option<String>,

    /// A file with the worker's secret phrase or URI in its first line.
    #[arg(
        long,
        value_name = "FILE",
        env = "OPENLEDGER_WORKER_SURI_FILE",
        conflicts_with = "worker_suri"
    )]
    pub worker_suri_file: Option<PathBuf>,

    /// Register the account as a worker with this bond, in whole OPEN, if it is not one yet. [default: 1000 with
    /// --dev, else it is not registered]
    #[arg(long, value_name = "OPEN", env = "OPENLEDGER_WORKER_BOND")]
    pub worker_bond: Option<u64>,

    /// The models to host: `all`, the oldest first, or their ids separated by commas, the most wanted first.
    /// [default: all with --dev, else what is hosted stays]
    #[arg(long, value_name = "all|ID,…", env = "OPENLEDGER_WORKER_HOST")]
    pub worker_host: Option<Models>,
}

/// Everything that can be said.
#[derive(Debug, clap::Parser)]
#[command(
    propagate_version = true,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true
)]
pub struct Cli {
    /// What to do instead of running a node.
    #[command(subcommand)]
    pub subcommand: Option<Subcommand>,

    /// What every parachain node understands.
    #[command(flatten)]
    pub run: cumulus_client_cli::RunCmd,

    /// Development chain.
    #[command(flatten)]
    pub development: DevelopmentParams,

    /// Ethereum JSON-RPC.
    #[command(flatten)]
    pub ethereum: EthereumParams,

    /// Blobs.
    #[command(flatten)]
    pub blobs: BlobParams,

    /// Worker.
    #[command(flatten)]
    pub worker: WorkerParams,

    /// Flags of the relay chain node inside, after `--`.
    #[arg(raw = true)]
    pub relay_chain_args: Vec<String>,
}

/// What can be done besides running a node.
#[derive(Debug, clap::Subcommand)]
#[allow(clippy::large_enum_variant)]
pub enum Subcommand {
    /// Generate, inspect and insert keys.
    #[command(subcommand)]
    Key(sc_cli::KeySubcommand),

    /// Print a chain specification.
    #[command(alias = "build-spec")]
    ExportChainSpec(sc_cli::ExportChainSpecCmd),

    /// Write the chain specifications of this repository: plain ones without the code, and raw ones.
    ChainSpecs(ChainSpecsCmd),

    /// Check a block again.
    CheckBlock(sc_cli::CheckBlockCmd),

    /// Write blocks to a file.
    ExportBlocks(sc_cli::ExportBlocksCmd),

    /// Write the state of a block as a chain specification.
    ExportState(sc_cli::ExportStateCmd),

    /// Read blocks from a file.
    ImportBlocks(sc_cli::ImportBlocksCmd),

    /// Take the chain back by some blocks.
    Revert(sc_cli::RevertCmd),

    /// Remove a chain's data.
    PurgeChain(cumulus_client_cli::PurgeChainCmd),

    /// Print the genesis head, to register the parachain with.
    #[command(alias = "export-genesis-state")]
    ExportGenesisHead(cumulus_client_cli::ExportGenesisHeadCommand),

    /// Print the genesis code, to register the parachain with.
    ExportGenesisWasm(cumulus_client_cli::ExportGenesisWasmCommand),

    /// Measure what calls weigh, in a runtime that was built for it: see `make weights`.
    #[command(subcommand)]
    Benchmark(BenchmarkCmd),
}

/// `benchmark`: what can be measured.
#[derive(Debug, clap::Subcommand)]
#[allow(clippy::large_enum_variant)]
pub enum BenchmarkCmd {
    /// The weights of the runtime's pallets.
    Pallet(frame_benchmarking_cli::PalletCmd),
}

/// `chain-specs`: remakes what is committed under `chain-specs/`.
#[derive(Debug, Clone, clap::Args)]
pub struct ChainSpecsCmd {
    /// Folder for the plain specifications, whose code is left out.
    #[arg(long, value_name = "FOLDER", default_value = "chain-specs")]
    pub plain: PathBuf,

    /// Folder for the raw specifications, ready to start a network from.
    #[arg(long, value_name = "FOLDER", default_value = "target/chain-specs")]
    pub raw: PathBuf,

    /// Write only the plain ones; needs no runtime code in this binary.
    #[arg(long)]
    pub plain_only: bool,
}

impl Cli {
    /// Parses arguments as the program does; the first is the program's name.
    pub fn parse_args(
        args: impl IntoIterator<Item = impl Into<OsString> + Clone>,
    ) -> Result<Self, clap::Error> {
        let command = prefer_parity_db(Self::setup_command(Self::command()));
        let matches = command.try_get_matches_from(args)?;
        let mut cli = Self::from_arg_matches(&matches)?;
        // The fork-aware pool loses transactions that come while blocks follow each other within milliseconds, and a
        // development chain has no forks.
        let chosen = matches
            .value_source("pool_type")
            .is_some_and(|source| source != ValueSource::DefaultValue);
        if cli.run.base.shared_params.dev && !chosen {
            cli.run.base.pool_config.pool_type = TransactionPoolType::SingleState;
        }
        Ok(cli)
    }

    /// Refuses flags that do not go together with the chain.
    pub fn check(&self, chain: &dyn sc_service::ChainSpec) -> Result<(), FlagsError> {
        let development = chain.chain_type() == ChainType::Development;
        if self.run.base.shared_params.dev && !development {
            return Err(FlagsError::NotADevelopmentChain(chain.id().into()));
        }
        if !development && self.development.sealing.is_some() {
            return Err(FlagsError::OnlyForDevelopment("--sealing"));
        }
        if !development && self.development.idle_block_ms.is_some() {
            return Err(FlagsError::OnlyForDevelopment("--idle-block-ms"));
        }
        Ok(())
    }
}

/// Makes ParityDB the database of `command` and of its subcommands unless the user names another.
pub(crate) fn prefer_parity_db(command: clap::Command) -> clap::Command {
    const DATABASE: &str = "database";
    let names: Vec<String> = command
        .get_subcommands()
        .map(|sub| sub.get_name().to_owned())
        .collect();
    let command = if command.get_arguments().any(|arg| arg.get_id() == DATABASE) {
        command.mut_arg(DATABASE, |arg| arg.default_value("paritydb"))
    } else {
        command
    };
    names.into_iter().fold(command, |command, name| {
        command.mut_subcommand(name, prefer_parity_db)
    })
}

impl SubstrateCli for Cli {
    fn impl_name() -> String {
        "OpenLedger Node".into()
    }

    fn impl_version() -> String {
        env!("CARGO_PKG_VERSION").into()
    }

    fn description() -> String {
        format!(
            "Runs a node of the OpenLedger chain.\n\n\
             A development chain on this machine:   {name} --dev\n\
             A collator:                            {name} --collator --chain spec.json -- --chain relay.json\n\n\
             Flags after `--` go to the relay chain node inside.",
            name = Self::executable_name(),
        )
    }

    fn author() -> String {
        "The OpenLedger developers".into()
    }

    fn support_url() -> String {
        "docs/operations.md".into()
    }

    fn copyright_start_year() -> i32 {
        2026
    }

    fn load_spec(&self, id: &str) -> Result<Box<dyn sc_service::ChainSpec>, String> {
        chain_spec::load(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Result<Cli, clap::Error> {
        Cli::parse_args(["openledger-node"].iter().chain(args))
    }

    #[test]
    fn sealing_knows_its_words_and_milliseconds() {
        assert_eq!("instant".parse(), Ok(Sealing::Instant));
        assert_eq!("manual".parse(), Ok(Sealing::Manual));
        assert_eq!("6000".parse(), Ok(Sealing::Interval(Duration::from_secs(6))));
    }

    #[test]
    fn sealing_refuses_other_words_by_name() {
        assert_eq!(
            "sometimes".parse::<Sealing>(),
            Err(SealingError::Unknown("sometimes".into()))
        );
        assert_eq!("-5".parse::<Sealing>(), Err(SealingError::Unknown("-5".into())));
        assert_eq!("".parse::<Sealing>(), Err(SealingError::Unknown(String::new())));
    }

    #[test]
    fn sealing_refuses_intervals_that_would_stall_or_flood() {
        assert_eq!("0".parse::<Sealing>(), Err(SealingError::OutOfRange(0)));
        assert_eq!("49".parse::<Sealing>(), Err(SealingError::OutOfRange(49)));
        assert_eq!(
            "3600001".parse::<Sealing>(),
            Err(SealingError::OutOfRange(3_600_001))
        );
    }

    #[test]
    fn a_wrong_sealing_value_is_explained_on_the_command_line() {
        let error = parse(&["--dev", "--sealing", "often"]).unwrap_err();
        assert_eq!(error.kind(), clap::error::ErrorKind::ValueValidation);
        assert!(
            error
                .to_string()
                .contains("neither `instant`, `manual` nor a number of milliseconds"),
            "{error}"
        );
    }

    #[test]
    fn instant_sealing_with_idle_blocks_is_the_default() {
        let cli = parse(&["--dev"]).unwrap();
        assert_eq!(cli.development.sealing(), Sealing::Instant);
        assert_eq!(
            cli.development.idle_block(),
            Some(Duration::from_millis(DEFAULT_IDLE_BLOCK_MS))
        );
        assert_eq!(cli.ethereum.eth_rpc_port, 8545);
    }

    #[test]
    fn idle_blocks_can_be_switched_off() {
        assert_eq!(
            parse(&["--dev", "--idle-block-ms", "0"])
                .unwrap()
                .development
                .idle_block(),
            None
        );
    }

    #[test]
    fn parity_db_is_the_default_everywhere_and_can_be_overridden() {
        use sc_cli::Database;
        let database = |cli: &Cli| cli.run.base.import_params.database_params.database;
        assert!(matches!(
            database(&parse(&["--dev"]).unwrap()),
            Some(Database::ParityDb)
        ));
        assert!(matches!(
            database(&parse(&["--dev", "--database", "auto"]).unwrap()),
            Some(Database::Auto)
        ));
        let purge = parse(&["purge-chain", "--chain", "dev"]).unwrap();
        let Some(Subcommand::PurgeChain(purge)) = purge.subcommand else {
            panic!("another subcommand")
        };
        assert!(matches!(
            purge.base.database_params.database,
            Some(Database::ParityDb)
        ));
    }

    #[test]
    fn a_development_chain_has_the_pool_without_forks_unless_another_is_asked_for() {
        let is_single = |args: &[&str]| {
            matches!(
                parse(args).unwrap().run.base.pool_config.pool_type,
                TransactionPoolType::SingleState
            )
        };
        assert!(is_single(&["--dev"]));
        assert!(!is_single(&["--dev", "--pool-type", "fork-aware"]));
        assert!(!is_single(&["--collator"]));
    }

    #[test]
    fn relay_chain_flags_come_after_two_dashes() {
        let cli = parse(&["--collator", "--chain", "local", "--", "--chain", "relay.json"]).unwrap();
        assert_eq!(cli.relay_chain_args, ["--chain", "relay.json"]);
    }

    #[test]
    fn development_flags_are_refused_on_other_chains() {
        let chain = chain_spec::without_code(chain_spec::Chain::LocalTestnet);
        let check = |args: &[&str]| parse(args).unwrap().check(&chain);
        assert_eq!(
            check(&["--dev"]),
            Err(FlagsError::NotADevelopmentChain("local_testnet".into()))
        );
        assert_eq!(
            check(&["--sealing", "manual"]),
            Err(FlagsError::OnlyForDevelopment("--sealing"))
        );
        assert_eq!(
            check(&["--idle-block-ms", "1"]),
            Err(FlagsError::OnlyForDevelopment("--idle-block-ms"))
        );
        assert_eq!(check(&["--worker"]), Ok(()), "its key may come into the keystore");
        assert_eq!(check(&["--collator"]), Ok(()));
    }

    #[test]
    fn the_worker_has_one_key_only() {
        let error = parse(&[
            "--worker",
            "--worker-suri",
            "//Worker",
            "--worker-suri-file",
            "key",
        ])
        .unwrap_err();
        assert_eq!(error.kind(), clap::error::ErrorKind::ArgumentConflict);
    }

    #[test]
    fn hosted_models_are_all_or_a_list() {
        assert_eq!("all".parse(), Ok(Models::All));
        assert_eq!("1, 2".parse(), Ok(Models::Listed(vec![1, 2])));
        assert_eq!("one".parse::<Models>(), Err(ModelsError("one".into())));
    }

    #[test]
    fn the_command_line_is_well_formed() {
        prefer_parity_db(Cli::setup_command(Cli::command())).debug_assert();
    }
}
