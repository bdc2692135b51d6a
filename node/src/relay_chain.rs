// SPDX-License-Identifier: Apache-2.0
//! The flags of the relay chain node inside a collator, given after `--`.

use crate::{
    chain_spec::Extensions,
    cli::{prefer_parity_db, Cli},
};
use clap::{CommandFactory, FromArgMatches};
use sc_cli::{
    ChainSpec, CliConfiguration, DefaultConfigurationValues, ImportParams, KeystoreParams, NetworkParams,
    Result, RpcEndpoint, SharedParams, SubstrateCli,
};
use sc_service::{
    config::{PrometheusConfig, TelemetryEndpoints},
    BasePath, Configuration, TransactionPoolOptions,
};
use std::path::PathBuf;

/// The relay chain's command line.
pub struct RelayChainCli {
    base: polkadot_cli::RunCmd,
    chain_id: Option<String>,
    base_path: PathBuf,
}

impl RelayChainCli {
    /// Parses `args`; the chain's name and folder come from the parachain unless they are given.
    pub fn parse(parachain: &Configuration, args: &[String]) -> std::result::Result<Self, clap::Error> {
        let command = prefer_parity_db(polkadot_cli::RunCmd::command().no_binary_name(true));
        let base = polkadot_cli::RunCmd::from_arg_matches(&command.try_get_matches_from(args)?)?;
        Ok(Self {
            base,
            chain_id: Extensions::of(&*parachain.chain_spec).map(|extensions| extensions.relay_chain.clone()),
            base_path: parachain.base_path.path().join("polkadot"),
        })
    }

    /// The relay chain node's configuration.
    pub fn configuration(&self, tokio_handle: tokio::runtime::Handle) -> Result<Configuration> {
        SubstrateCli::create_configuration(self, self, tokio_handle)
            .map_err(|error| format!("Relay chain argument error: {error}").into())
    }
}

impl SubstrateCli for RelayChainCli {
    fn impl_name() -> String {
        Cli::impl_name()
    }

    fn impl_version() -> String {
        Cli::impl_version()
    }

    fn description() -> String {
        Cli::description()
    }

    fn author() -> String {
        Cli::author()
    }

    fn support_url() -> String {
        Cli::support_url()
    }

    fn copyright_start_year() -> i32 {
        Cli::copyright_start_year()
    }

    fn load_spec(&self, id: &str) -> std::result::Result<Box<dyn ChainSpec>, String> {
        polkadot_cli::Cli::from_iter([Self::executable_name()].iter()).load_spec(id)
    }
}

impl DefaultConfigurationValues for RelayChainCli {
    fn p2p_listen_port() -> u16 {
        30334
    }

    fn rpc_listen_port() -> u16 {
        9945
    }

    fn prometheus_listen_port() -> u16 {
        9616
    }
}

impl CliConfiguration<Self> for RelayChainCli {
    fn shared_params(&self) -> &SharedParams {
        self.base.base.shared_params()
    }

    fn import_params(&self) -> Option<&ImportParams> {
        self.base.base.import_params()
    }

    fn network_params(&self) -> Option<&NetworkParams> {
        self.base.base.network_params()
    }

    fn keystore_params(&self) -> Option<&KeystoreParams> {
        self.base.base.keystore_params()
    }

    fn base_path(&self) -> Result<Option<BasePath>> {
        Ok(self
            .shared_params()
            .base_path()?
            .or_else(|| Some(self.base_path.clone().into())))
    }

    fn rpc_addr(&self, default_listen_port: u16) -> Result<Option<Vec<RpcEndpoint>>> {
        self.base.base.rpc_addr(default_listen_port)
    }

    fn prometheus_config(
        &self,
        default_listen_port: u16,
        chain_spec: &Box<dyn ChainSpec>,
    ) -> Result<Option<PrometheusConfig>> {
        self.base.base.prometheus_config(default_listen_port, chain_spec)
    }

    fn init<F>(&self, _support_url: &String, _impl_version: &String, _logger_hook: F) -> Result<()>
    where
        F: FnOnce(&mut sc_cli::LoggerBuilder),
    {
        Err("the relay chain node inside has no process of its own to set up".into())
    }

    fn chain_id(&self, is_dev: bool) -> Result<String> {
        let given = self.base.base.chain_id(is_dev)?;
        Ok(if given.is_empty() {
            self.chain_id.clone().unwrap_or_default()
        } else {
            given
        })
    }

    fn role(&self, is_dev: bool) -> Result<sc_service::Role> {
        self.base.base.role(is_dev)
    }

    fn transaction_pool(&self, is_dev: bool) -> Result<TransactionPoolOptions> {
        self.base.base.transaction_pool(is_dev)
    }

    fn trie_cache_maximum_size(&self) -> Result<Option<usize>> {
        self.base.base.trie_cache_maximum_size()
    }

    fn rpc_methods(&self) -> Result<sc_service::config::RpcMethods> {
        self.base.base.rpc_methods()
    }

    fn rpc_max_connections(&self) -> Result<u32> {
        self.base.base.rpc_max_connections()
    }

    fn rpc_cors(&self, is_dev: bool) -> Result<Option<Vec<String>>> {
        self.base.base.rpc_cors(is_dev)
    }

    fn default_heap_pages(&self) -> Result<Option<u64>> {
        self.base.base.default_heap_pages()
    }

    fn force_authoring(&self) -> Result<bool> {
        self.base.base.force_authoring()
    }

    fn disable_grandpa(&self) -> Result<bool> {
        self.base.base.disable_grandpa()
    }

    fn max_runtime_instances(&self) -> Result<Option<usize>> {
        self.base.base.max_runtime_instances()
    }

    fn announce_block(&self) -> Result<bool> {
        self.base.base.announce_block()
    }

    fn telemetry_endpoints(&self, chain_spec: &Box<dyn ChainSpec>) -> Result<Option<TelemetryEndpoints>> {
        self.base.base.telemetry_endpoints(chain_spec)
    }

    fn node_name(&self) -> Result<String> {
        self.base.base.node_name()
    }
}
