// SPDX-License-Identifier: Apache-2.0
//! Benchmarks: every call at its worst, a mountain range that closes all its peaks included.

use super::*;
use crate::Pallet as DatanetsPallet;
use alloc::vec;
use frame_benchmarking::{account, v2::*, BenchmarkError};
use frame_support::{
    assert_ok,
    traits::{
        fungible::{Inspect, Mutate},
        Get,
    },
    BoundedVec,
};
use frame_system::RawOrigin;
use openledger_primitives::{
    licence::LicenceTerms, money::Balance, traits::Ticks, ContentId, ContributionId, DatanetId, Tick,
    VersionId,
};
use sp_core::H256;
use sp_runtime::Permill;

const BOND: Balance = 1_000_000_000_000;
const CONTENT: ContentId = H256::repeat_byte(7);

fn funded<T: Config>(name: &'static str, index: u32) -> T::AccountId {
    let who: T::AccountId = account(name, index, 0);
    fund::<T>(&who);
    who
}

fn fund<T: Config>(who: &T::AccountId) {
    T::Currency::set_balance(who, Balance::MAX / 1_000_000);
}

fn text(length: u32) -> TextArgument {
    BoundedVec::truncate_from(vec![b'/'; length as usize])
}

fn terms() -> LicenceTerms {
    LicenceTerms {
        id: BoundedVec::truncate_from(b"OPENLEDGER-TRAIN-1.0".to_vec()),
        training: true,
        commercial: true,
        contributor_share: Permill::from_percent(50),
        expires_at: Some(Tick::MAX),
        text: CONTENT,
    }
}

fn curators<T: Config>() -> AccountsArgument<T::AccountId> {
    BoundedVec::truncate_from(
        (0..MAX_CURATORS)
            .map(|index| account("curator", index, 0))
            .collect(),
    )
}

fn new_datanet<T: Config>(owner: &T::AccountId, policy: AcceptancePolicy) -> DatanetId {
    new_datanet_with::<T>(owner, policy, terms())
}

fn new_datanet_with<T: Config>(
    owner: &T::AccountId,
    policy: AcceptancePolicy,
    terms: LicenceTerms,
) -> DatanetId {
    fund::<T>(owner);
    let treasury = T::ForfeitTo::get();
    if T::Currency::balance(&treasury) < T::Currency::minimum_balance() {
        T::Currency::set_balance(&treasury, T::Currency::minimum_balance());
    }
    let datanet = NextDatanetId::<T>::get();
    let origin = RawOrigin::Signed(owner.clone()).into();
    assert_ok!(DatanetsPallet::<T>::create(
        origin,
        text(MAX_NAME_BYTES),
        Modality::Image,
        terms,
        policy,
        BOND,
        curators::<T>(),
    ));
    datanet
}

fn new_contribution<T: Config>(who: &T::AccountId, datanet: DatanetId) -> ContributionId {
    let contribution = Fillings::<T>::get(datanet).contributions;
    assert_ok!(DatanetsPallet::<T>::contribute(
        RawOrigin::Signed(who.clone()).into(),
        datanet,
        CONTENT,
        T::MaxContributionBytes::get(),
        text(MAX_MEDIA_TYPE_BYTES),
        1,
    ));
    contribution
}

/// Makes the range look as if it had 2^31 - 1 leaves, so that the next one closes 31 peaks.
fn fill<T: Config>(datanet: DatanetId) {
    let leaves = (1u64 << 31) - 1;
    for position in mmr_lib::helper::get_peaks(mountain_range::size(leaves)) {
        Nodes::<T>::insert(datanet, position, H256::repeat_byte(9));
    }
    Fillings::<T>::mutate(datanet, |counters| counters.accepted = leaves);
}

/// A datanet with the given terms, one accepted contribution by `owner` and version 1.
pub(crate) fn published_datanet<T: Config>(owner: &T::AccountId, terms: LicenceTerms) -> DatanetId {
    let datanet = new_datanet_with::<T>(owner, AcceptancePolicy::Open, terms);
    new_contribution::<T>(owner, datanet);
    assert_ok!(DatanetsPallet::<T>::publish_version(
        RawOrigin::Signed(owner.clone()).into(),
        datanet
    ));
    datanet
}

fn assert_last<T: Config>(event: Event<T>) {
    frame_system::Pallet::<T>::assert_last_event(event.into());
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn create() -> Result<(), BenchmarkError> {
        let owner = funded::<T>("owner", 0);
        #[extrinsic_call]
        _(
            RawOrigin::Signed(owner.clone()),
            text(MAX_NAME_BYTES),
            Modality::Image,
            terms(),
            AcceptancePolicy::Curated,
            BOND,
            curators::<T>(),
        );
        assert!(Datanets::<T>::get(0).is_some_and(|record| record.owner == owner));
        Ok(())
    }

    #[benchmark]
    fn contribute() -> Result<(), BenchmarkError> {
        let (owner, who) = (funded::<T>("owner", 0), funded::<T>("contributor", 0));
        let datanet = new_datanet::<T>(&owner, AcceptancePolicy::Open);
        fill::<T>(datanet);
        let leaf_index = Fillings::<T>::get(datanet).accepted;
        #[extrinsic_call]
        _(
            RawOrigin::Signed(who),
            datanet,
            CONTENT,
            T::MaxContributionBytes::get(),
            text(MAX_MEDIA_TYPE_BYTES),
            1,
        );
        assert_last::<T>(Event::ContributionAccepted {
            datanet,
            contribution: 0,
            leaf_index,
            by: None,
            novelty: None,
        });
        Ok(())
    }

    #[benchmark]
    fn accept() -> Result<(), BenchmarkError> {
        let (owner, who) = (funded::<T>("owner", 0), funded::<T>("contributor", 0));
        let datanet = new_datanet::<T>(&owner, AcceptancePolicy::Curated);
        let contribution = new_contribution::<T>(&who, datanet);
        fill::<T>(datanet);
        let leaf_index = Fillings::<T>::get(datanet).accepted;
        let curator: T::AccountId = account("curator", MAX_CURATORS - 1, 0);
        let novelty = Some(Novelty {
            share: Permill::one(),
            method: NoveltyMethod::Rows,
            against: leaf_index,
            evidence: Some(CONTENT),
        });
        #[extrinsic_call]
        _(RawOrigin::Signed(curator.clone()), datanet, contribution, novelty);
        assert_last::<T>(Event::ContributionAccepted {
            datanet,
            contribution,
            leaf_index,
            by: Some(curator),
            novelty,
        });
        Ok(())
    }

    #[benchmark]
    fn reject() -> Result<(), BenchmarkError> {
        let (owner, who) = (funded::<T>("owner", 0), funded::<T>("contributor", 0));
        let datanet = new_datanet::<T>(&owner, AcceptancePolicy::Curated);
        let contribution = new_contribution::<T>(&who, datanet);
        let by: T::AccountId = account("curator", MAX_CURATORS - 1, 0);
        let reason = RejectReason::Junk;
        #[extrinsic_call]
        _(
            RawOrigin::Signed(by.clone()),
            datanet,
            contribution,
            reason.clone(),
        );
        assert_last::<T>(Event::ContributionRejected {
            datanet,
            contribution,
            by,
            reason,
            forfeited: BOND,
        });
        Ok(())
    }

    #[benchmark]
    fn withdraw() -> Result<(), BenchmarkError> {
        let (owner, who) = (funded::<T>("owner", 0), funded::<T>("contributor", 0));
        let datanet = new_datanet::<T>(&owner, AcceptancePolicy::Curated);
        let contribution = new_contribution::<T>(&who, datanet);
        #[extrinsic_call]
        _(RawOrigin::Signed(who), datanet, contribution);
        assert_last::<T>(Event::ContributionWithdrawn {
            datanet,
            contribution,
        });
        Ok(())
    }

    #[benchmark]
    fn revoke() -> Result<(), BenchmarkError> {
        let (owner, by) = (funded::<T>("owner", 0), funded::<T>("contributor", 0));
        let datanet = new_datanet::<T>(&owner, AcceptancePolicy::Open);
        let contribution = new_contribution::<T>(&by, datanet);
        #[extrinsic_call]
        _(RawOrigin::Signed(by.clone()), datanet, contribution);
        assert_last::<T>(Event::ContributionRevoked {
            datanet,
            contribution,
            by,
        });
        Ok(())
    }

    #[benchmark]
    fn publish_version() -> Result<(), BenchmarkError> {
        let owner = funded::<T>("owner", 0);
        let datanet = published_datanet::<T>(&owner, terms());
        fill::<T>(datanet);
        #[extrinsic_call]
        _(RawOrigin::Signed(owner), datanet);
        let version: VersionId = 2;
        assert!(Versions::<T>::contains_key(datanet, version));
        Ok(())
    }

    #[benchmark]
    fn grant_access() -> Result<(), BenchmarkError> {
        let (owner, who) = (funded::<T>("owner", 0), funded::<T>("holder", 0));
        let datanet = new_datanet::<T>(&owner, AcceptancePolicy::Curated);
        let expires_at = Some(Tick::MAX);
        #[extrinsic_call]
        _(RawOrigin::Signed(owner), datanet, who.clone(), expires_at);
        assert_last::<T>(Event::AccessGranted {
            datanet,
            who,
            expires_at,
        });
        Ok(())
    }

    #[benchmark]
    fn revoke_access() -> Result<(), BenchmarkError> {
        let (owner, who) = (funded::<T>("owner", 0), funded::<T>("holder", 0));
        let datanet = new_datanet::<T>(&owner, AcceptancePolicy::Curated);
        let origin = RawOrigin::Signed(owner.clone()).into();
        let expires_at = T::Ticks::now().saturating_add(1);
        assert_ok!(DatanetsPallet::<T>::grant_access(
            origin,
            datanet,
            who.clone(),
            Some(expires_at)
        ));
        #[extrinsic_call]
        _(RawOrigin::Signed(owner.clone()), datanet, who.clone());
        assert_last::<T>(Event::AccessRevoked {
            datanet,
            who,
            by: owner,
        });
        Ok(())
    }

    #[benchmark]
    fn transfer_ownership() -> Result<(), BenchmarkError> {
        let (owner, to) = (funded::<T>("owner", 0), funded::<T>("buyer", 0));
        let datanet = new_datanet::<T>(&owner, AcceptancePolicy::Curated);
        #[extrinsic_call]
        _(RawOrigin::Signed(owner), datanet, to.clone());
        assert_last::<T>(Event::OwnershipOffered {
            datanet,
            to: Some(to),
        });
        Ok(())
    }

    #[benchmark]
    fn accept_ownership() -> Result<(), BenchmarkError> {
        let (from, to) = (funded::<T>("owner", 0), funded::<T>("buyer", 0));
        let datanet = new_datanet::<T>(&from, AcceptancePolicy::Curated);
        let origin = RawOrigin::Signed(from.clone()).into();
        assert_ok!(DatanetsPallet::<T>::transfer_ownership(
            origin,
            datanet,
            to.clone()
        ));
        #[extrinsic_call]
        _(RawOrigin::Signed(to.clone()), datanet);
        assert_last::<T>(Event::OwnershipTransferred { datanet, from, to });
        Ok(())
    }

    #[benchmark]
    fn set_paused() -> Result<(), BenchmarkError> {
        let owner = funded::<T>("owner", 0);
        let datanet = new_datanet::<T>(&owner, AcceptancePolicy::Curated);
        #[extrinsic_call]
        _(RawOrigin::Signed(owner), datanet, true);
        assert_last::<T>(Event::PausedSet {
            datanet,
            paused: true,
        });
        Ok(())
    }

    impl_benchmark_test_suite!(
        DatanetsPallet,
        crate::mock::ExtBuilder::default().build(),
        crate::mock::Test
    );
}
