// SPDX-License-Identifier: Apache-2.0
//! Calling back: when, once, and by whom.

use super::*;

fn number_of(address: H160) -> U256 {
    U256::from_big_endian(address.as_bytes())
}

#[test]
fn a_contract_is_told_the_answer_and_gets_back_what_it_did_not_use() {
    build_and_execute(|| {
        let (contract, before, sum) = paid(RECORDER, 3);
        idle(Weight::MAX);
        assert_eq!(slot(contract, 2), U256::zero(), "the request is still open");
        answered(3);
        assert_eq!(slot(contract, 2), U256::zero(), "it is called in a later step");

        let pot = free(&POT);
        idle(Weight::MAX);
        assert_eq!(slot(contract, 0), 3.into());
        assert_eq!(slot(contract, 1), 1.into());
        assert_eq!(slot(contract, 2), number_of(CALLER));
        assert_eq!(slot(contract, 3), number_of(CALLER));
        let (fee, returned) = match last_event() {
            Event::Delivered {
                request: 3,
                contract: called,
                gas_used,
                fee,
                returned,
            } if called == contract => {
                assert!(gas_used > 21_000);
                assert_eq!(fee, Balance::from(gas_used) * Callbacks::gas_price());
                (fee, returned)
            }
            other => panic!("{other:?}"),
        };
        let stored = sum - fee - returned;
        assert!(stored > 0 && stored <= DEPOSIT, "{stored}");
        assert_eq!(free(&POT) - pot, fee);
        assert_eq!(held(contract), 0);
        assert_eq!(free(&account_of(&contract)), before - fee - stored);
        assert_eq!(free(&account_of(&CALLER)), 0, "nothing stays with the caller");
        assert!(!Waiting::<Test>::contains_key(3));
    });
}

#[test]
fn the_call_carries_the_answer_and_the_reports_id() {
    build_and_execute(|| {
        let outcome = Outcome::<frame_support::traits::ConstU32<64>>::Answered {
            output: b"the answer".to_vec().try_into().unwrap(),
            report: report_id(&report()),
        };
        let data = calldata::encode(9, &outcome);
        assert_eq!(data[..4], result_selector());
        assert_eq!(data[4 + 31], 9);
        assert_eq!(data[36 + 31], 1);
        assert_eq!(data[100..132], report_id(&report()).0);
        assert_eq!(&data[164..174], b"the answer");

        let refunded = Outcome::<frame_support::traits::ConstU32<64>>::Refunded;
        let data = calldata::encode(9, &refunded);
        assert_eq!(data[36..68], [0; 32]);
        assert_eq!(data[100..132], [0; 32]);
    });
}

#[test]
fn a_failed_request_is_told_as_well() {
    build_and_execute(|| {
        let (contract, _, _) = paid(RECORDER, 3);
        Callbacks::request_ended(3, Ending::Failed);
        idle(Weight::MAX);
        assert_eq!(slot(contract, 0), 3.into());
        assert_eq!(slot(contract, 1), U256::zero());
        assert_eq!(slot(contract, 2), number_of(CALLER));
    });
}

#[test]
fn nobody_is_called_twice() {
    build_and_execute(|| {
        let (_, _, _) = paid(RECORDER, 3);
        answered(3);
        idle(Weight::MAX);
        let events = System::events().len();
        answered(3);
        idle(Weight::MAX);
        assert_eq!(System::events().len(), events);
        let again = Callbacks::deliver(RuntimeOrigin::signed(BOB), 3, Weight::MAX);
        assert_noop!(again.map_err(|failed| failed.error), Error::<Test>::NotFound);
    });
}

#[test]
fn a_full_block_calls_nobody_and_the_next_one_goes_on_in_order() {
    build_and_execute(|| {
        let contracts: Vec<_> = (0..3).map(|request| paid(RECORDER, request).0).collect();
        for request in [2, 0, 1] {
            answered(request);
        }
        assert_eq!(idle(Weight::zero()), Weight::zero());
        assert!(contracts.iter().all(|contract| held(*contract) > 0));

        let one = Callbacks::delivery_weight()
            .saturating_add(Callbacks::weight_of(GAS))
            .saturating_add(<() as WeightInfo>::deliver_base());
        let used = idle(one);
        assert!(one.all_gte(used), "{used:?} of {one:?}");
        let called: Vec<_> = contracts.iter().map(|contract| held(*contract) == 0).collect();
        assert_eq!(called, [false, false, true]);
        Callbacks::do_try_state().unwrap();
        idle(Weight::MAX);
        assert!(contracts.iter().all(|contract| held(*contract) == 0));
    });
}

#[test]
fn anybody_calls_back_for_free_when_blocks_do_not() {
    build_and_execute(|| {
        let (contract, _, _) = paid(RECORDER, 3);
        let by_bob =
            |weight| Callbacks::deliver(RuntimeOrigin::signed(BOB), 3, weight).map_err(|failed| failed.error);
        let weight = Callbacks::weight_of(GAS);
        assert_noop!(by_bob(weight), Error::<Test>::NotEnded);
        answered(3);
        let too_low = Weight::from_parts(weight.ref_time() - 1, weight.proof_size());
        assert_noop!(by_bob(too_low), Error::<Test>::WeightLimitTooLow);
        let post = by_bob(weight).unwrap();
        assert_eq!(post.pays_fee, Pays::No);
        assert!(post
            .actual_weight
            .unwrap()
            .all_lte(Callbacks::delivery_weight().saturating_add(weight)));
        assert_eq!(slot(contract, 0), 3.into());
        // the queue's entry is passed over
        let events = System::events().len();
        idle(Weight::MAX);
        assert_eq!(System::events().len(), events);
        assert_eq!(QueueEnds::<Test>::get(), (1, 1));
    });
}

#[test]
fn only_accounts_call_back() {
    build_and_execute(|| {
        paid(RECORDER, 3);
        answered(3);
        let by_root = Callbacks::deliver(RuntimeOrigin::root(), 3, Weight::MAX);
        assert_noop!(by_root.map_err(|failed| failed.error), DispatchError::BadOrigin);
    });
}

#[test]
fn gifts_to_the_address_that_calls_are_no_contracts() {
    build_and_execute(|| {
        let caller = account_of(&CALLER);
        assert_ok!(Balances::force_set_balance(
            RuntimeOrigin::root(),
            caller.clone(),
            777
        ));
        let (contract, before, _) = paid(INVALID, 3);
        answered(3);
        idle(Weight::MAX);
        assert_eq!(free(&caller), 777);
        assert!(free(&account_of(&contract)) < before);
    });
}

#[test]
fn the_price_is_that_of_the_day_on_which_it_was_paid() {
    build_and_execute(|| {
        let (_, _, _) = paid(RECORDER, 3);
        let price = Callbacks::gas_price();
        pallet_transaction_payment::NextFeeMultiplier::<Test>::put(sp_runtime::FixedU128::from_u32(50));
        assert!(Callbacks::gas_price() > price);
        answered(3);
        idle(Weight::MAX);
        match last_event() {
            Event::Delivered { gas_used, fee, .. } => assert_eq!(fee, Balance::from(gas_used) * price),
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn money_that_cannot_be_moved_comes_back_whole_and_the_call_is_undone() {
    new_test_ext().execute_with(|| {
        let (contract, before, sum) = paid(RECORDER, 3);
        // there is no room for the fee
        frame_system::Account::<Test>::mutate(POT, |account| account.data.free = Balance::MAX - 1);
        answered(3);
        idle(Weight::MAX);
        match last_event() {
            Event::Failed {
                failure: Failure::Undeliverable { .. },
                fee: 0,
                returned,
                ..
            } => assert_eq!(returned, sum),
            other => panic!("{other:?}"),
        }
        assert_eq!(slot(contract, 2), U256::zero());
        assert_eq!((held(contract), free(&account_of(&contract))), (0, before));
        Callbacks::do_try_state().unwrap();
    });
}
