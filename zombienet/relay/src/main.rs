// SPDX-License-Identifier: Apache-2.0
//! The relay chain's node, as the SDK has it, with the local Rococo whose sessions are short.

fn main() -> polkadot_cli::Result<()> {
    polkadot_cli::run()
}
