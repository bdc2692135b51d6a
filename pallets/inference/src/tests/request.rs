// SPDX-License-Identifier: Apache-2.0
//! Making a request.

use super::*;

#[test]
fn a_request_holds_its_fee_and_a_deposit_and_waits() {
    Builder::default().build_and_execute(|| {
        assert_ok!(Inference::request(
            signed(CONSUMER),
            TOLERANT,
            question(),
            PRICE,
            Verification::Single
        ));
        assert_eq!(escrow(CONSUMER), PRICE);
        assert!(deposit(CONSUMER) > 0);
        assert_eq!(stage(0), Stage::Waiting);
        assert_eq!(Inputs::<Test>::get(0), Some(question()));
        System::assert_last_event(
            Event::Requested {
                request: 0,
                consumer: CONSUMER,
                model: TOLERANT,
                model_version: tolerant_service().version_hash,
                input: content_id(b"a seven?"),
                verification: Verification::Single,
                fee: PRICE,
                deadline: now() + DRAW_TICKS,
            }
            .into(),
        );
    });
}

#[test]
fn a_quorum_pays_the_price_for_each_worker() {
    Builder::default().build_and_execute(|| {
        let asked = |most| Inference::request(signed(CONSUMER), TOLERANT, question(), most, quorum(3, 2));
        assert_noop!(asked(3 * PRICE - 1), Error::<Test>::PriceAboveMaximum);
        assert_ok!(asked(3 * PRICE));
        assert_eq!(escrow(CONSUMER), 3 * PRICE);
    });
}

#[test]
fn a_fee_that_does_not_fit_is_above_every_maximum() {
    Builder::default().build_and_execute(|| {
        Services::mutate(|services| services[0].1.price = Balance::MAX / 2);
        let asked = Inference::request(signed(CONSUMER), TOLERANT, question(), Balance::MAX, quorum(3, 2));
        assert_noop!(asked, Error::<Test>::PriceAboveMaximum);
    });
}

#[test]
fn a_free_model_can_be_asked() {
    Builder::default().with_hosts(1).build_and_execute(|| {
        Services::mutate(|services| services[0].1.price = 0);
        let request = ask(TOLERANT, Verification::Single);
        assert_eq!(escrow(CONSUMER), 0);
        next_block();
        answer(request, |_| tolerant(5));
        next_block();
        assert_settled(request);
    });
}

#[test]
fn an_impossible_committee_is_refused() {
    Builder::default().build_and_execute(|| {
        for verification in [
            quorum(8, 3),
            quorum(3, 0),
            quorum(3, 4),
            quorum(0, 0),
            quorum(255, 255),
        ] {
            let asked =
                Inference::request(signed(CONSUMER), TOLERANT, question(), Balance::MAX, verification);
            assert_noop!(asked, Error::<Test>::InvalidVerification);
        }
        assert_ok!(Inference::request(
            signed(CONSUMER),
            TOLERANT,
            question(),
            Balance::MAX,
            quorum(7, 7)
        ));
    });
}

#[test]
fn the_registry_says_why_a_model_is_not_served() {
    Builder::default().build_and_execute(|| {
        let asked = Inference::request(
            signed(CONSUMER),
            99,
            question(),
            Balance::MAX,
            Verification::Single,
        );
        assert_noop!(asked, DispatchError::Other("no such model"));
    });
}

#[test]
fn an_input_that_the_model_does_not_read_is_refused() {
    Builder::default().build_and_execute(|| {
        let input = |length| Input::Inline(vec![0; length].try_into().unwrap());
        let asked = |input| {
            Inference::request(
                signed(CONSUMER),
                TOLERANT,
                input,
                Balance::MAX,
                Verification::Single,
            )
        };
        assert_noop!(asked(input(65)), Error::<Test>::InputTooLarge);
        assert_noop!(asked(input(0)), Error::<Test>::InputInvalid);
        let no_text = Input::Inline(vec![0xff].try_into().unwrap());
        assert_noop!(asked(no_text), Error::<Test>::InputInvalid);
        assert_ok!(asked(input(64)));
        assert_ok!(asked(Input::Stored(H256::repeat_byte(3))));
    });
}

#[test]
fn a_model_that_does_not_fit_into_a_request_is_refused() {
    Builder::default().build_and_execute(|| {
        let refused = |change: fn(&mut openledger_primitives::traits::Service<AccountId>)| {
            Services::set(vec![(TOLERANT, tolerant_service())]);
            Services::mutate(|services| change(&mut services[0].1));
            let asked = Inference::request(
                signed(CONSUMER),
                TOLERANT,
                question(),
                Balance::MAX,
                Verification::Single,
            );
            assert_noop!(asked, Error::<Test>::UnsupportedModel);
        };
        refused(|service| service.output_bytes = MAX_OUTPUT_BYTES + 4);
        refused(|service| service.output_bytes = 7);
        refused(|service| service.query_len = MAX_QUERY_VALUES + 1);
        refused(|service| service.sources = vec![(0, 1); 9]);
        refused(|service| service.royalties = vec![(9, PARENT, sp_runtime::Permill::zero()); 9]);
    });
}

#[test]
fn a_consumer_has_no_more_requests_open_than_it_may() {
    Builder::default().build_and_execute(|| {
        for _ in 0..MAX_OPEN {
            ask(TOLERANT, Verification::Single);
        }
        let asked = |who| {
            Inference::request(
                signed(who),
                TOLERANT,
                question(),
                Balance::MAX,
                Verification::Single,
            )
        };
        assert_noop!(asked(CONSUMER), Error::<Test>::TooManyOpenRequests);
        assert_ok!(asked(OTHER_CONSUMER));
        assert_ok!(Inference::cancel(signed(CONSUMER), 0));
        assert_ok!(asked(CONSUMER));
    });
}

#[test]
fn money_that_is_not_there_asks_nothing() {
    Builder::default().build_and_execute(|| {
        let asked = Inference::request(
            signed(1),
            TOLERANT,
            question(),
            Balance::MAX,
            Verification::Single,
        );
        assert_noop!(asked, DispatchError::Token(TokenError::FundsUnavailable));
        let unsigned = Inference::request(
            RuntimeOrigin::none(),
            TOLERANT,
            question(),
            0,
            Verification::Single,
        );
        assert_noop!(unsigned, DispatchError::BadOrigin);
    });
}

#[test]
fn a_larger_committee_pays_a_larger_deposit() {
    Builder::default().build_and_execute(|| {
        ask(TOLERANT, quorum(1, 1));
        let single = deposit(CONSUMER);
        ask(TOLERANT, quorum(7, 4));
        assert!(deposit(CONSUMER) > single * 3);
    });
}
