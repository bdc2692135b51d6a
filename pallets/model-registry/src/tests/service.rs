// SPDX-License-Identifier: Apache-2.0
//! What inference and workers ask of the registry.

use super::*;
use openledger_primitives::comparator::Comparator;

#[test]
fn a_service_names_everything_a_request_needs() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(register_base(OWNER, spec_with_royalty(10), vec![], None));
        assert_ok!(register_adapter(
            BOB,
            attributed(),
            &[0],
            vec![source(3)],
            Some(MIN_PRICE)
        ));
        let service = Registry::service(1).unwrap();
        assert_eq!((service.price, service.owner), (MIN_PRICE, BOB));
        assert_eq!(
            service.comparator,
            Comparator::Tolerance {
                absolute: 2,
                relative_ppm: 0
            }
        );
        assert_eq!(
            (service.output_bytes, service.input.most(), service.query_len),
            (40, 128, 32)
        );
        assert_eq!(service.version_hash, model(1).version_hash);
        assert_eq!(service.royalties, vec![(0, OWNER, Permill::from_percent(10))]);
        assert_eq!(service.sources, vec![(3, 1)]);
    });
}

#[test]
fn a_royalty_follows_the_ancestors_owner() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(register_base(OWNER, spec_with_royalty(10), vec![], None));
        assert_ok!(register_adapter(BOB, spec(), &[0], vec![], Some(MIN_PRICE)));
        assert_ok!(Registry::deprecate(RuntimeOrigin::signed(OWNER), 0));
        assert_ok!(Registry::transfer_ownership(
            RuntimeOrigin::signed(OWNER),
            0,
            STRANGER
        ));
        assert_ok!(Registry::accept_ownership(RuntimeOrigin::signed(STRANGER), 0));
        let royalties = Registry::service(1).unwrap().royalties;
        assert_eq!(royalties, vec![(0, STRANGER, Permill::from_percent(10))]);
    });
}

#[test]
fn what_is_not_for_sale_is_not_served() {
    ExtBuilder::default().with_bases(1).build_and_execute(|| {
        assert_noop!(Registry::service(0), Error::<Test>::NotForSale);
        assert_noop!(Registry::service(1), Error::<Test>::NotFound);
        assert!(Registry::can_host(0));
        assert!(!Registry::can_host(1));
    });
}

#[test]
fn disputes_see_what_a_release_committed_to_whatever_became_of_the_model() {
    use crate::types::ArtifactFormat;
    use openledger_primitives::traits::Release;
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(register_base(OWNER, spec_with_royalty(10), vec![], None));
        assert_ok!(register_adapter(
            BOB,
            attributed(),
            &[0],
            vec![source(3)],
            Some(MIN_PRICE)
        ));
        assert_ok!(Registry::deprecate(RuntimeOrigin::signed(BOB), 1));
        assert_eq!(
            Registry::release(1),
            Some(Release {
                evidence: Evidence::Influence,
                passages: 0,
                root: attributed().attribution.unwrap().root,
                sources: vec![(source(3).datanet, source(3).version)],
                head: (attributed().format == ArtifactFormat::Safetensors).then_some(attributed().artifact),
            })
        );
        assert_eq!(Registry::release(0), None);
        assert_eq!(Registry::release(9), None);
    });
}
