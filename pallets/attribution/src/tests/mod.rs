// SPDX-License-Identifier: Apache-2.0
//! One file a call, one for each promise about pending pay, and one for attacks.

mod attacks;
mod challenge;
mod claim;
mod claim_for;
mod close_challenge;
mod collect_standing;
mod corrections;
mod explain;
mod netting;
mod open_rows;
mod properties;
mod prune;
mod refute_log;
mod refute_output;
mod refute_spans;
mod release_pool;
mod settle;
mod show_place;
mod text;
mod vesting;
mod world;

use crate::{mock::*, ClaimEntries, PendingKey};
use openledger_primitives::{money::Balance, ContributionId};

fn key(contribution: ContributionId) -> PendingKey {
    PendingKey {
        model: MODEL,
        datanet: DATANET,
        contribution,
    }
}

fn entries(contributions: &[ContributionId]) -> ClaimEntries {
    contributions
        .iter()
        .map(|contribution| key(*contribution))
        .collect::<Vec<_>>()
        .try_into()
        .unwrap()
}

/// Pending pay as stored, vested or not.
fn stored(contribution: ContributionId) -> Balance {
    crate::Pending::<Test>::get((MODEL, DATANET, contribution)).map_or(0, |pay| pay.windows.total())
}

fn next_pool() -> Balance {
    crate::Models::<Test>::get(MODEL).next_pool
}
