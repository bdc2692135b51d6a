// SPDX-License-Identifier: Apache-2.0
//! Entry point of `openledger-node`, and of the child processes that it starts from itself.

use std::process::ExitCode;

fn main() -> ExitCode {
    // Children first, before a thread is started or a file is opened.
    if let Some(code) = openledger_executor::run_child_if_asked() {
        return code;
    }
    if let Some(code) = openledger_node::ethereum::run_child_if_asked() {
        return code;
    }
    match openledger_node::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Error: {error}");
            ExitCode::FAILURE
        }
    }
}
