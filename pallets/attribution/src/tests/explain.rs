// SPDX-License-Identifier: Apache-2.0
//! What the runtime API tells.

use super::*;
use frame_support::assert_ok;
use openledger_primitives::{
    explain::{Part, Reason, TakenBack},
    report::Evidence,
};

#[test]
fn an_explanation_names_every_part_and_its_reason() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(settle(answer(0, 1_000, &[entry(0, ONE)])));
        Registry::revoke(DATANET, 2);
        advance(5);
        let mut settlement = answer(
            1,
            1_019,
            &[
                entry(0, -200_000_000),
                entry(1, 750_000_000),
                entry(2, 250_000_000),
            ],
        );
        settlement.royalties = vec![(ANCESTOR, ANCESTOR_OWNER, 3)];
        settlement.model_owner.1 -= 3;
        assert_ok!(settle(settlement.clone()));

        let explained = Attribution::explain(1).unwrap();
        let part = |to, amount, reason| Part {
            to: Some(to),
            amount,
            reason,
        };
        assert_eq!(
            explained.parts,
            vec![
                part(TREASURY, 101, Reason::Treasury),
                part(WORKER, 203, Reason::Worker),
                part(MODEL_OWNER, 200, Reason::ModelOwner),
                part(ANCESTOR_OWNER, 3, Reason::Royalty { model: ANCESTOR }),
                part(
                    BOB,
                    382,
                    Reason::Contribution {
                        datanet: DATANET,
                        contribution: 1,
                        weight: 750_000_000,
                        evidence: Evidence::Influence
                    }
                ),
                Part {
                    to: None,
                    amount: 127,
                    reason: Reason::NextPool
                },
                part(TREASURY, 3, Reason::Dust),
            ]
        );
        assert_eq!(
            explained.parts.iter().map(|part| part.amount).sum::<Balance>(),
            1_019
        );
        assert_eq!(
            explained.taken_back,
            vec![TakenBack {
                datanet: DATANET,
                contribution: 0,
                amount: 101
            }],
            "a fifth of 509, rounded down"
        );
        assert_eq!(explained.report, settlement.report);
        assert_eq!(explained.representative, settlement.representative);
        assert_eq!(
            (explained.request, explained.model, explained.consumer),
            (1, MODEL, CONSUMER)
        );
        assert_eq!(
            (explained.fee, explained.from_pool, explained.settled_at),
            (1_019, 0, 6)
        );
        assert_eq!(next_pool(), 127 + 101);
    });
}

#[test]
fn a_request_that_was_never_settled_has_no_explanation() {
    ExtBuilder::default().build_and_execute(|| {
        assert_eq!(Attribution::explain(0), None);
    });
}

#[test]
fn claimable_counts_what_has_vested_and_pending_what_has_not() {
    ExtBuilder::default().build_and_execute(|| {
        Registry::put(DATANET, 5, ALICE);
        assert_ok!(settle(answer(0, 1_000, &[entry(0, ONE)])));
        advance(VestTicks::get() - 1);
        assert_ok!(settle(answer(1, 1_000, &[entry(5, ONE)])));
        assert_eq!(Attribution::claimable(&ALICE), 0);
        assert_eq!(Attribution::pending(MODEL, DATANET, 0), 500);
        advance(1);
        assert_eq!(Attribution::claimable(&ALICE), 500);
        assert_eq!(Attribution::pending(MODEL, DATANET, 0), 0);
        assert_eq!(Attribution::pending(MODEL, DATANET, 5), 500);
        assert_eq!(Attribution::pending(MODEL + 1, DATANET, 0), 0);
    });
}
