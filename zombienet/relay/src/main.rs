// SPDX-License-Identifier: Apache-2.0
//! The relay chain's node, as the SDK has it, with the local Rococo whose sessions are short.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    polkadot_cli::run().map_err(Into::into)
}
