// SPDX-License-Identifier: Apache-2.0
//! `register_adapter`: lineage and royalties.

use super::*;
use openledger_primitives::{licence::LicenceTerms, money::Balance};

fn try_parents(parents: &[ModelId]) -> DispatchResult {
    register_adapter(BOB, spec(), parents, vec![], None)
}

/// A base, or an adapter where there are parents.
fn royal(percent: u32, parents: &[ModelId]) -> DispatchResult {
    match parents {
        [] => register_base(OWNER, spec_with_royalty(percent), vec![], None),
        _ => register_adapter(OWNER, spec_with_royalty(percent), parents, vec![], None),
    }
}

fn percent(part: u32) -> Permill {
    Permill::from_percent(part)
}

#[test]
fn an_adapter_is_recorded_below_its_parents() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(royal(10, &[]));
        assert_ok!(register_adapter(
            BOB,
            attributed(),
            &[0],
            vec![source(0)],
            Some(MIN_PRICE)
        ));
        let record = model(1);
        assert_eq!(
            (record.owner, record.kind, record.depth),
            (BOB, ModelKind::Adapter, 1)
        );
        assert_eq!(record.parents.to_vec(), vec![0]);
        assert_eq!(record.royalties.to_vec(), vec![(0, percent(10))]);
        assert_eq!(record.cumulative_royalty, percent(10));
        let parents = [model(0).version_hash];
        assert_eq!(
            record.version_hash,
            attributed().version_hash(&parents, &[source(0)])
        );
        assert_eq!(storage_held(BOB), deposit());
        assert!(matches!(
            last_event(),
            Event::ModelRegistered {
                model: 1,
                owner: BOB,
                kind: ModelKind::Adapter,
                ..
            }
        ));
    });
}

#[test]
fn royalties_reach_every_ancestor_once() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(royal(10, &[]));
        assert_ok!(royal(5, &[0]));
        assert_ok!(royal(0, &[0]));
        assert_ok!(royal(7, &[1, 2]));
        assert_ok!(try_parents(&[3]));
        assert_eq!(
            model(4).royalties.to_vec(),
            vec![(0, percent(10)), (1, percent(5)), (3, percent(7))]
        );
        assert_eq!(model(4).cumulative_royalty, percent(22));
        assert_eq!(model(4).depth, 3);
    });
}

#[test]
fn an_adapter_needs_a_parent_and_has_at_most_four() {
    ExtBuilder::default().with_bases(5).build_and_execute(|| {
        assert_noop!(try_parents(&[]), Error::<Test>::NoParent);
        assert_noop!(try_parents(&[0, 1, 2, 3, 4]), Error::<Test>::TooManyParents);
        assert_ok!(try_parents(&[0, 1, 2, 3]));
    });
}

#[test]
fn parents_that_form_a_cycle_are_refused() {
    ExtBuilder::default().with_bases(2).build_and_execute(|| {
        let own_id = 2;
        assert_noop!(try_parents(&[own_id]), Error::<Test>::LineageCycle);
        assert_noop!(try_parents(&[0, own_id]), Error::<Test>::LineageCycle);
        assert_noop!(try_parents(&[0, 1, 0]), Error::<Test>::LineageCycle);
    });
}

#[test]
fn a_parent_that_does_not_exist_yet_is_refused() {
    ExtBuilder::default().with_bases(1).build_and_execute(|| {
        assert_noop!(try_parents(&[2]), Error::<Test>::ParentNotFound);
        assert_noop!(try_parents(&[ModelId::MAX]), Error::<Test>::ParentNotFound);
    });
}

#[test]
fn a_parent_must_be_active() {
    ExtBuilder::default().with_bases(2).build_and_execute(|| {
        assert_ok!(Registry::set_paused(RuntimeOrigin::signed(OWNER), 0, true));
        assert_noop!(try_parents(&[0]), Error::<Test>::ParentNotActive);
        assert_ok!(Registry::set_paused(RuntimeOrigin::signed(OWNER), 0, false));
        assert_ok!(try_parents(&[0]));
        assert_ok!(Registry::deprecate(RuntimeOrigin::signed(OWNER), 1));
        assert_noop!(try_parents(&[1]), Error::<Test>::ParentNotActive);
    });
}

#[test]
fn a_lineage_is_at_most_8_steps_deep() {
    ExtBuilder::default().with_bases(1).build_and_execute(|| {
        for parent in 0..8 {
            assert_ok!(try_parents(&[parent]));
        }
        assert_eq!(model(8).depth, 8);
        assert_noop!(try_parents(&[8]), Error::<Test>::LineageTooDeep);
    });
}

#[test]
fn parents_that_break_the_royalty_cap_are_refused() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(royal(30, &[]));
        assert_ok!(royal(20, &[0]));
        assert_ok!(royal(1, &[]));
        assert_ok!(try_parents(&[1]));
        assert_eq!(model(3).cumulative_royalty, percent(50));
        assert_noop!(try_parents(&[1, 2]), Error::<Test>::RoyaltyCapExceeded);
        assert_noop!(try_parents(&[2, 3]), Error::<Test>::RoyaltyCapExceeded);
    });
}

#[test]
fn at_most_8_ancestors_are_paid() {
    ExtBuilder::default().build_and_execute(|| {
        for group in 0..3u64 {
            for _ in 0..4 {
                assert_ok!(royal(1, &[]));
            }
            let first = group * 5;
            assert_ok!(royal(0, &[first, first + 1, first + 2, first + 3]));
        }
        assert_noop!(try_parents(&[4, 9, 14]), Error::<Test>::TooManyAncestors);
        assert_ok!(try_parents(&[4, 9]));
        assert_eq!(model(15).royalties.len(), 8);
    });
}

#[test]
fn what_an_ancestor_may_not_sell_no_descendant_sells() {
    ExtBuilder::default().build_and_execute(|| {
        set_terms(
            0,
            LicenceTerms {
                commercial: false,
                ..terms()
            },
        );
        assert_ok!(register_base(OWNER, spec(), vec![source(0)], None));
        let laundered = |price: Option<Balance>| register_adapter(BOB, spec(), &[0], vec![source(1)], price);
        assert_noop!(
            laundered(Some(MIN_PRICE)),
            Error::<Test>::LicenceForbidsCommercialUse
        );
        assert_ok!(laundered(None));
        assert_noop!(
            register_adapter(BOB, spec(), &[1], vec![], Some(MIN_PRICE)),
            Error::<Test>::LicenceForbidsCommercialUse
        );
    });
}

#[test]
fn a_cap_that_is_lowered_later_leaves_registered_models_as_they_are() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(royal(40, &[]));
        assert_ok!(try_parents(&[0]));
        RoyaltyCap::set(percent(30));
        assert_noop!(try_parents(&[0]), Error::<Test>::RoyaltyCapExceeded);
        assert_eq!(model(1).cumulative_royalty, percent(40));
    });
}
