// SPDX-License-Identifier: Apache-2.0
//! Contracts that revert, burn, trap, or store more than they paid for.

use super::*;

/// The last event is a failure: how, its fee, and what came back.
fn failed() -> (Failure, Balance, Balance) {
    match last_event() {
        Event::Failed {
            failure,
            fee,
            returned,
            ..
        } => (failure, fee, returned),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_contract_that_reverts_pays_for_the_gas_and_is_left_alone() {
    build_and_execute(|| {
        let (contract, before, sum) = paid(REVERTER, 3);
        answered(3);
        idle(Weight::MAX);
        let (failure, fee, returned) = failed();
        match failure {
            Failure::Reverted { data } => assert_eq!(U256::from_big_endian(&data), 42.into()),
            other => panic!("{other:?}"),
        }
        assert_eq!(slot(contract, 0), U256::zero(), "what it stored is undone");
        assert_eq!(returned, sum - fee);
        assert_eq!(free(&account_of(&contract)), before - fee);
        assert_eq!(held(contract), 0);
        idle(Weight::MAX);
        assert_eq!(failed(), (failed().0, fee, returned), "it is not called again");
    });
}

#[test]
fn a_contract_that_burns_all_gas_pays_for_its_limit_and_no_more() {
    build_and_execute(|| {
        let (contract, before, sum) = paid(BURNER, 3);
        answered(3);
        let most = Callbacks::delivery_weight()
            .saturating_add(Callbacks::weight_of(GAS))
            .saturating_add(<() as WeightInfo>::deliver_base());
        let used = idle(Weight::MAX);
        assert!(most.all_gte(used), "{used:?}");
        let (failure, fee, returned) = failed();
        assert!(matches!(failure, Failure::Trapped { .. }), "{failure:?}");
        assert_eq!(returned, sum - fee);
        assert!(returned >= DEPOSIT + RECORD);
        assert!(fee > Callbacks::gas_price() * Balance::from(GAS) / 2);
        assert_eq!(free(&account_of(&contract)), before - fee);
    });
}

#[test]
fn a_contract_that_traps_costs_no_other_its_turn() {
    build_and_execute(|| {
        let (trap, _, _) = paid(INVALID, 1);
        let (good, _, _) = paid(RECORDER, 2);
        answered(1);
        answered(2);
        idle(Weight::MAX);
        assert_eq!(held(trap), 0);
        assert_eq!(slot(good, 0), 2.into());
    });
}

#[test]
fn a_contract_stores_no_more_than_it_paid_for() {
    build_and_execute(|| {
        let contract = contract(RECORDER);
        let before = free(&account_of(&contract));
        let sum = Callbacks::register(3, contract, GAS, 1).unwrap();
        answered(3);
        idle(Weight::MAX);
        let (failure, fee, returned) = failed();
        assert!(matches!(failure, Failure::Trapped { .. }), "{failure:?}");
        assert_eq!(slot(contract, 0), U256::zero());
        assert_eq!(returned, sum - fee);
        assert_eq!(free(&account_of(&contract)), before - fee);
    });
}

#[test]
fn too_little_gas_to_start_is_a_failure_like_any_other() {
    build_and_execute(|| {
        let contract = contract(RECORDER);
        let sum = Callbacks::register(3, contract, 1, DEPOSIT).unwrap();
        answered(3);
        idle(Weight::MAX);
        let (failure, fee, returned) = failed();
        assert!(matches!(failure, Failure::Trapped { .. }), "{failure:?}");
        assert_eq!(fee + returned, sum);
    });
}

#[test]
fn what_was_freed_comes_back_to_the_contract() {
    build_and_execute(|| {
        // sets its first slot to the request's id, which is zero for the second call
        let setter = [0x60, 0x04, 0x35, 0x5f, 0x55];
        let (contract, _, _) = paid(&setter, 1);
        answered(1);
        idle(Weight::MAX);
        assert_eq!(slot(contract, 0), 1.into());
        let sum = pay_for(0, contract);
        answered(0);
        idle(Weight::MAX);
        assert_eq!(slot(contract, 0), U256::zero());
        match last_event() {
            Event::Delivered { fee, returned, .. } => assert!(returned > sum - fee),
            other => panic!("{other:?}"),
        }
    });
}
