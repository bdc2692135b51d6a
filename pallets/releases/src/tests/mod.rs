// SPDX-License-Identifier: Apache-2.0
//! One file a call, one for whole games, and the release that they are about.

mod choose;
mod claim_sums;
mod close;
mod dispute_row;
mod games;
mod links;
mod prove_term;
mod refute_row;
mod split;
mod world;

use crate::{
    mock::*, Disputes, Error, Event, RowFlaw, RowKey, ShownEntry, ShownLeaf, ShownRow, Stage, SumsBytes,
};
use frame_support::{assert_noop, assert_ok};
use openledger_primitives::{ids::content_id, traits::BondedRelease};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::DispatchResult;
