// SPDX-License-Identifier: Apache-2.0
//! Does what the command line says.

use crate::{
    chain_spec,
    cli::{BenchmarkCmd, Cli, Subcommand},
    relay_chain::RelayChainCli,
    service,
};
use sc_cli::SubstrateCli;
use sp_runtime::traits::BlakeTwo256;
use tracing::info;

/// The whole program.
pub fn run() -> sc_cli::Result<()> {
    let cli = Cli::parse_args(std::env::args_os()).unwrap_or_else(|error| error.exit());
    match &cli.subcommand {
        None => run_node(&cli),
        Some(subcommand) => run_subcommand(&cli, subcommand),
    }
}

fn run_node(cli: &Cli) -> sc_cli::Result<()> {
    let runner = cli.create_runner(&cli.run.normalize())?;
    cli.check(&*runner.config().chain_spec)
        .map_err(|error| sc_cli::Error::Input(error.to_string()))?;
    runner.run_node_until_exit(|config| async move {
        if service::is_development(&config) {
            return service::development::start(config, cli).map_err(sc_cli::Error::Service);
        }
        let relay_chain =
            RelayChainCli::parse(&config, &cli.relay_chain_args).unwrap_or_else(|error| error.exit());
        let relay_config = relay_chain.configuration(config.tokio_handle.clone())?;
        info!(
            "Collating: {}",
            if config.role.is_authority() { "yes" } else { "no" }
        );
        service::parachain::start(config, relay_config, cli)
            .await
            .map_err(sc_cli::Error::Service)
    })
}

fn run_subcommand(cli: &Cli, subcommand: &Subcommand) -> sc_cli::Result<()> {
    match subcommand {
        Subcommand::Key(cmd) => cmd.run(cli),
        Subcommand::ExportChainSpec(cmd) => cmd.run(cli.load_spec(&cmd.chain)?),
        Subcommand::ChainSpecs(cmd) => {
            let raw = (!cmd.plain_only).then_some(cmd.raw.as_path());
            for file in chain_spec::write_all(&cmd.plain, raw)? {
                println!("{}", file.display());
            }
            Ok(())
        }
        Subcommand::CheckBlock(cmd) => cli.create_runner(cmd)?.async_run(|config| {
            let parts = service::partial(&config)?;
            Ok((cmd.run(parts.client, parts.import_queue), parts.task_manager))
        }),
        Subcommand::ExportBlocks(cmd) => cli.create_runner(cmd)?.async_run(|config| {
            let parts = service::partial(&config)?;
            Ok((cmd.run(parts.client, config.database), parts.task_manager))
        }),
        Subcommand::ExportState(cmd) => cli.create_runner(cmd)?.async_run(|config| {
            let parts = service::partial(&config)?;
            Ok((cmd.run(parts.client, config.chain_spec), parts.task_manager))
        }),
        Subcommand::ImportBlocks(cmd) => cli.create_runner(cmd)?.async_run(|config| {
            let parts = service::partial(&config)?;
            Ok((cmd.run(parts.client, parts.import_queue), parts.task_manager))
        }),
        Subcommand::Revert(cmd) => cli.create_runner(cmd)?.async_run(|config| {
            let parts = service::partial(&config)?;
            Ok((cmd.run(parts.client, parts.backend, None), parts.task_manager))
        }),
        Subcommand::PurgeChain(cmd) => {
            let runner = cli.create_runner(cmd)?;
            if service::is_development(runner.config()) {
                // There is no relay chain beside it.
                return runner.sync_run(|config| cmd.base.run(config.database));
            }
            let relay_chain = RelayChainCli::parse(runner.config(), &cli.relay_chain_args)
                .unwrap_or_else(|error| error.exit());
            runner.sync_run(|config| {
                let relay_config = relay_chain.configuration(config.tokio_handle.clone())?;
                cmd.run(config, relay_config)
            })
        }
        Subcommand::ExportGenesisHead(cmd) => cli.create_runner(cmd)?.sync_run(|config| {
            let parts = service::partial(&config)?;
            cmd.run(parts.client)
        }),
        Subcommand::ExportGenesisWasm(cmd) => cli
            .create_runner(cmd)?
            .sync_run(|config| cmd.run(&*config.chain_spec)),
        Subcommand::Benchmark(BenchmarkCmd::Pallet(cmd)) => {
            sc_cli::LoggerBuilder::new("info").init()?;
            cmd.run_with_spec::<BlakeTwo256, cumulus_client_service::storage_proof_size::HostFunctions>(None)
        }
    }
}
