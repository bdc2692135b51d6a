// SPDX-License-Identifier: Apache-2.0
//! The executor child as a program of its own, for services that do not start themselves again.

fn main() -> std::process::ExitCode {
    openledger_executor::child_main()
}
