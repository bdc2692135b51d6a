// SPDX-License-Identifier: Apache-2.0
//! What disputes of released rows ask for.

use super::*;
use crate::{ArtifactFormat, Bonds};
use openledger_primitives::traits::{BondedRelease, ReleaseBonds};

fn released() -> ModelSpec {
    ModelSpec {
        format: ArtifactFormat::Safetensors,
        ..attributed()
    }
}

fn register() {
    assert_ok!(register_base(OWNER, released(), vec![source(0)], Some(MIN_PRICE)));
}

fn bonded(model: ModelId) -> Option<BondedRelease<AccountId>> {
    <Registry as ReleaseBonds<_>>::bonded(model)
}

fn refute(model: ModelId) -> DispatchResult {
    let share = Permill::from_percent(40);
    <Registry as ReleaseBonds<_>>::refute(model, &BOB, share, &STRANGER).map(|parts| {
        assert_eq!(parts, (2_000, 3_000));
    })
}

#[test]
fn a_head_with_attribution_answers_for_its_release() {
    ExtBuilder::default().build_and_execute(|| {
        register();
        let expected = BondedRelease {
            author: OWNER,
            root: content_id(b"root"),
            head: content_id(b"artifact"),
            classes: 10,
            dims: 32,
            rows: 1_000,
        };
        assert_eq!(bonded(0), Some(expected));
        // the logits of a network come out of no head
        assert_ok!(register_base(OWNER, attributed(), vec![source(0)], None));
        assert_eq!((bonded(1), bonded(2)), (None, None));
    });
}

#[test]
fn a_refuted_release_costs_its_owner_the_bond_and_ends_the_model() {
    ExtBuilder::default().build_and_execute(|| {
        register();
        let before = [BOB, STRANGER].map(Balances::free_balance);
        assert_ok!(Registry::transfer_ownership(RuntimeOrigin::signed(OWNER), 0, BOB));
        <Registry as ReleaseBonds<_>>::accuse(0);
        assert_ok!(refute(0));
        assert_eq!(bond_held(OWNER), 0);
        let after = [BOB, STRANGER].map(Balances::free_balance);
        assert_eq!([after[0] - before[0], after[1] - before[1]], [2_000, 3_000]);
        let slashed = 5_000;
        assert_eq!(last_event(), Event::ReleaseRefuted { model: 0, slashed });
        assert_eq!(Registry::service(0), Err(Error::<Test>::ReleaseRefuted.into()));
        assert_eq!((bonded(0), Registry::can_host(0)), (None, false));
        // what was paid by its reports can still be challenged, so what it committed to stays
        assert!(Registry::release(0).is_some());
        assert_noop!(refute(0), Error::<Test>::ReleaseRefuted);
        <Registry as ReleaseBonds<_>>::acquit(0);
        assert_eq!(Bonds::<Test>::get(0).unwrap().accused, 0);
        let reclaim = Registry::reclaim_bond(RuntimeOrigin::signed(OWNER), 0);
        assert_noop!(reclaim, Error::<Test>::NotFound);
        let accept = Registry::accept_ownership(RuntimeOrigin::signed(BOB), 0);
        assert_noop!(accept, Error::<Test>::NotFound);
        let resume = Registry::set_paused(RuntimeOrigin::signed(OWNER), 0, false);
        assert_noop!(resume, Error::<Test>::Deprecated);
    });
}

#[test]
fn a_bond_moves_with_the_ownership_unless_a_row_is_disputed() {
    ExtBuilder::default().build_and_execute(|| {
        register();
        assert_ok!(Registry::transfer_ownership(RuntimeOrigin::signed(OWNER), 0, BOB));
        <Registry as ReleaseBonds<_>>::accuse(0);
        let accept = || Registry::accept_ownership(RuntimeOrigin::signed(BOB), 0);
        assert_noop!(accept(), Error::<Test>::ReleaseDisputed);
        <Registry as ReleaseBonds<_>>::acquit(0);
        assert_ok!(accept());
        assert_eq!((bond_held(OWNER), bond_held(BOB)), (0, 5_000));
        assert_eq!(bonded(0).unwrap().author, BOB);
    });
}

#[test]
fn a_release_can_be_refuted_after_its_models_end() {
    ExtBuilder::default().build_and_execute(|| {
        register();
        assert_ok!(Registry::deprecate(RuntimeOrigin::signed(OWNER), 0));
        assert!(bonded(0).is_some());
        assert_ok!(refute(0));
        assert_noop!(refute(9), Error::<Test>::NotFound);
    });
}

#[test]
fn without_a_bond_there_is_nothing_to_lose_but_the_service() {
    ExtBuilder::default().build_and_execute(|| {
        ReleaseBond::set(0);
        register();
        let share = Permill::from_percent(40);
        let parts = <Registry as ReleaseBonds<_>>::refute(0, &BOB, share, &STRANGER);
        assert_eq!(parts, Ok((0, 0)));
        assert!(Registry::service(0).is_err());
    });
}
