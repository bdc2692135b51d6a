// SPDX-License-Identifier: Apache-2.0
//! `set_price`.

use super::*;
use openledger_primitives::{licence::LicenceTerms, money::Balance};

fn set_price(who: AccountId, price: Option<Balance>) -> DispatchResult {
    Registry::set_price(RuntimeOrigin::signed(who), 0, price)
}

#[test]
fn a_price_puts_a_model_on_sale_and_none_takes_it_off() {
    ExtBuilder::default().with_bases(1).build_and_execute(|| {
        assert_ok!(set_price(OWNER, Some(MIN_PRICE)));
        assert_eq!(
            last_event(),
            Event::PriceSet {
                model: 0,
                price: Some(MIN_PRICE)
            }
        );
        assert_eq!(Registry::service(0).unwrap().price, MIN_PRICE);
        assert_ok!(set_price(OWNER, None));
        assert_noop!(Registry::service(0), Error::<Test>::NotForSale);
    });
}

#[test]
fn the_version_hash_does_not_depend_on_the_price() {
    ExtBuilder::default().with_bases(1).build_and_execute(|| {
        let hash = model(0).version_hash;
        assert_ok!(set_price(OWNER, Some(MIN_PRICE)));
        assert_eq!(model(0).version_hash, hash);
    });
}

#[test]
fn a_price_is_never_too_low() {
    ExtBuilder::default().with_bases(1).build_and_execute(|| {
        for price in [0, MIN_PRICE - 1] {
            assert_noop!(set_price(OWNER, Some(price)), Error::<Test>::PriceTooLow);
        }
    });
}

#[test]
fn a_licence_that_forbids_sale_cannot_be_gone_round_by_pricing_later() {
    ExtBuilder::default().build_and_execute(|| {
        set_terms(
            0,
            LicenceTerms {
                commercial: false,
                ..terms()
            },
        );
        assert_ok!(register_base(OWNER, spec(), vec![source(0)], None));
        assert_noop!(
            set_price(OWNER, Some(MIN_PRICE)),
            Error::<Test>::LicenceForbidsCommercialUse
        );
        assert_ok!(set_price(OWNER, None));
    });
}

#[test]
fn only_the_owner_of_a_model_that_lives_sets_its_price() {
    ExtBuilder::default().with_bases(1).build_and_execute(|| {
        assert_noop!(set_price(BOB, Some(MIN_PRICE)), Error::<Test>::NotAuthorized);
        assert_noop!(
            Registry::set_price(RuntimeOrigin::signed(OWNER), 1, None),
            Error::<Test>::NotFound
        );
        assert_ok!(Registry::deprecate(RuntimeOrigin::signed(OWNER), 0));
        assert_noop!(set_price(OWNER, Some(MIN_PRICE)), Error::<Test>::Deprecated);
    });
}
