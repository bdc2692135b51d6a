// SPDX-License-Identifier: Apache-2.0
//! Weights that were measured for this runtime, one file a pallet.
//!
//! Our own pallets' weights are in their crates, measured with this runtime by `make weights`. Pallets of the SDK without
//! a file here use the weights that they were published with, which their authors measured on the SDK's reference
//! hardware and which read and write at this runtime's prices.
