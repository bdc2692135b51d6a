// SPDX-License-Identifier: Apache-2.0
//! One file for each call, and one for proofs.

mod accept;
mod accept_ownership;
mod contribute;
mod create;
mod grant_access;
mod membership;
mod properties;
mod publish_version;
mod reject;
mod revoke;
mod revoke_access;
mod set_paused;
mod transfer_ownership;
mod withdraw;

use crate::{footprint, ContributionOf, Contributions, DatanetOf};
use frame_support::traits::Footprint;

pub use crate::{mock::*, AcceptancePolicy::*, Error, Event, RejectReason};
pub use frame_support::{assert_noop, assert_ok, traits::fungible::Inspect, BoundedVec};
pub use openledger_primitives::traits::Datanets as _;

/// What datanet 0 occupies.
fn datanet_footprint(grants: u32, versions: u32) -> Footprint {
    footprint::datanet::<AccountId, <Test as crate::Config>::Consideration>(grants, versions)
}

/// What a contribution occupies.
fn contribution_footprint() -> Footprint {
    footprint::contribution::<AccountId, <Test as crate::Config>::Consideration>()
}

fn datanet(id: u64) -> DatanetOf<Test> {
    crate::Datanets::<Test>::get(id).expect("the datanet exists")
}

fn contribution(id: u64) -> ContributionOf<Test> {
    Contributions::<Test>::get(0, id).expect("the contribution exists")
}
