// SPDX-License-Identifier: Apache-2.0
//! The worker as a program, and the tools of model builders, curators and auditors. Tools print JSON on standard output;
//! logs go to standard error.

mod challenger_arguments;
mod dispute_command;
mod refute_command;
mod service_command;
mod tools;

use clap::{Parser, Subcommand};
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// Serves paid inference requests of OpenLedger, and makes the models that it serves.
#[derive(Parser)]
#[command(name = "openledger-worker", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve requests until interrupted.
    Run(service_command::RunArguments),
    /// Split a table of digits into base-training, contribution and held-out parts.
    #[command(subcommand)]
    Digits(tools::digits::DigitsCommand),
    /// Train the small base network and write it as ONNX.
    TrainBase(tools::base::TrainBase),
    /// Train a head on contributions and write everything that its registration needs.
    TrainHead(tools::head::TrainHead),
    /// Make a text model of contributions and write everything that its registration needs.
    BuildCorpus(tools::corpus::BuildCorpus),
    /// Dispute a row of a model's release on the chain, from the first move to the verdict.
    DisputeRow(dispute_command::DisputeRow),
    /// Show the chain what is wrong with the report of an answer that quotes.
    RefuteSpans(refute_command::RefuteSpans),
    /// Check the rows of a release's influence index.
    AuditRelease(tools::audit::AuditRelease),
    /// Write who was paid for an answer and why, proved and signed.
    AuditRecord(tools::record::AuditRecord),
    /// Check such a record against a block header. Needs no node.
    VerifyRecord(tools::record::VerifyRecord),
    /// Say what is new in a contribution, for its curators.
    Signals(tools::signals::Signals),
    /// Find the passages of a text that a question calls for, and whose they are.
    Retrieve(tools::retrieve::Retrieve),
    /// Turn a row of digits, or a prompt, into the input of a request.
    EncodeInput(tools::answers::EncodeInput),
    /// Turn an output into the answer.
    DecodeOutput(tools::answers::DecodeOutput),
    /// Store, fetch and name bytes.
    #[command(subcommand)]
    Blob(tools::blob::BlobCommand),
    /// The executor child. Not for people.
    #[command(name = openledger_executor::CHILD_ARGUMENT, hide = true)]
    ExecutorChild,
}

fn main() -> ExitCode {
    // before any thread is started or any file is opened
    if let Some(code) = openledger_executor::run_child_if_asked() {
        return code;
    }
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("info,subxt-reconnecting-rpc-client=warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    match run(Cli::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("Error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let report = match command {
        Command::Run(arguments) => {
            runtime.block_on(service_command::run(arguments))?;
            return Ok(ExitCode::SUCCESS);
        }
        Command::Digits(command) => command.run()?,
        Command::TrainBase(command) => command.run()?,
        Command::TrainHead(command) => runtime.block_on(command.run())?,
        Command::BuildCorpus(command) => runtime.block_on(command.run())?,
        Command::AuditRelease(command) => command.run()?,
        Command::DisputeRow(command) => runtime.block_on(command.run())?,
        Command::RefuteSpans(command) => runtime.block_on(command.run())?,
        Command::AuditRecord(command) => runtime.block_on(command.run())?,
        Command::VerifyRecord(command) => return Ok(command.run()),
        Command::Signals(command) => runtime.block_on(command.run())?,
        Command::Retrieve(command) => command.run()?,
        Command::EncodeInput(command) => command.run()?,
        Command::DecodeOutput(command) => command.run()?,
        Command::Blob(command) => runtime.block_on(command.run())?,
        // handled before the arguments are parsed
        Command::ExecutorChild => return Ok(ExitCode::SUCCESS),
    };
    println!("{}", serde_json::to_string_pretty(&report)?);
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
