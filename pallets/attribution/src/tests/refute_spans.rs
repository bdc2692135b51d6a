// SPDX-License-Identifier: Apache-2.0
//! Credits of quoted tokens that are wrong, and those that are not.

use super::{text::*, world::*, *};
use crate::{spans::Flaw, Corrections, Error, Event, Totals};
use frame_support::{assert_noop, assert_ok, dispatch::Pays};
use openledger_primitives::{
    attestation::WorkerKey,
    fixed::spans::{Credit, NOBODY},
    report::{from_scores, Evidence},
    traits::RevealedAnswer,
    RequestId,
};
use proptest::prelude::*;

/// Ten tokens of contribution 0 claimed for where contribution 0 has them.
fn claim_of_zero(text: &Text) -> Flaw {
    Flaw::Claim {
        from: 0,
        count: 10,
        position: text.position(0, 1),
        ours: text.window(0, 1),
        theirs: None,
    }
}

/// The first ten tokens are credited to the copy.
fn credits_of_the_copy(text: &Text) -> Vec<Credit> {
    let mut credits = text.credits();
    for (credit, token) in credits.iter_mut().zip(1..=10) {
        credit.position = text.position(1, token);
    }
    credits
}

#[test]
fn a_report_with_the_best_claims_cannot_be_refuted() {
    ExtBuilder::default().build_and_execute(|| {
        let text = Text::new();
        text.settle(&text.credits(), &text.report(&text.credits()));
        let copied = Flaw::Claim {
            from: 0,
            count: 10,
            position: text.position(1, 1),
            ours: text.window(0, 1),
            theirs: Some(text.window(0, 1)),
        };
        let passage = Flaw::Passage {
            from: 0,
            count: 10,
            theirs: text.window(0, 1),
        };
        let nobodys = Flaw::Passage {
            from: 21,
            count: 1,
            theirs: text.window(0, 1),
        };
        let count = text.count_flaw(0, text.count(1));
        for flaw in [Flaw::Sums, copied, claim_of_zero(&text), passage, nobodys, count] {
            assert_noop!(text.refute(flaw, &[0, 1, 2]), Error::<Test>::SpansRight);
        }
    });
}

#[test]
fn a_copy_that_is_paid_loses_to_who_was_first() {
    ExtBuilder::default().build_and_execute(|| {
        let text = Text::new();
        let credits = credits_of_the_copy(&text);
        text.settle(&credits, &text.report(&credits));
        assert_eq!((stored(0), stored(1) > 0), (0, true));
        assert_eq!(
            text.refute(claim_of_zero(&text), &[0, 1]).unwrap().pays_fee,
            Pays::No
        );
        assert_made_right(&text);
        assert_eq!((WorkerBond::get().0, claimable(CHALLENGER)), (600, 200));
        System::assert_has_event(
            Event::SpansRefuted {
                request: 0,
                challenger: CHALLENGER,
                author: WorkerKey {
                    account: WORKER,
                    epoch: 1,
                },
                slashed: 400,
                reward: 200,
                report: text.report(&text.credits()),
            }
            .into(),
        );
        let again = text.refute(claim_of_zero(&text), &[0, 1]);
        assert_noop!(again, Error::<Test>::SpansRight);
    });
}

#[test]
fn an_unpaid_contributor_needs_its_window_and_nothing_else() {
    ExtBuilder::default().build_and_execute(|| {
        let text = Text::new();
        let mut credits = text.credits();
        credits[10..21]
            .iter_mut()
            .for_each(|credit| credit.position = NOBODY);
        text.settle(&credits, &text.report(&credits));
        let unpaid = Flaw::Claim {
            from: 10,
            count: 11,
            position: text.position(2, 50),
            ours: text.window(1, 1),
            theirs: None,
        };
        assert_ok!(text.refute(unpaid, &[2]));
        assert_made_right(&text);
    });
}

#[test]
fn an_empty_report_of_a_quoting_answer_is_filled() {
    ExtBuilder::default().build_and_execute(|| {
        let text = Text::new();
        let mut credits = text.credits();
        credits.iter_mut().for_each(|credit| credit.position = NOBODY);
        text.settle(&credits, &[]);
        assert_eq!(Totals::<Test>::get().standing, 500);
        assert_ok!(text.refute(claim_of_zero(&text), &[0]));
        assert_eq!((stored(0), Totals::<Test>::get().standing), (500, 0));
    });
}

#[test]
fn a_passage_that_is_not_there_is_struck_out() {
    ExtBuilder::default().build_and_execute(|| {
        let text = Text::new();
        let mut credits = text.credits();
        // four tokens of contribution 1 in front of a passage that is its own, and a token of nobody
        credits[21].position = text.position(1, 39);
        text.settle(&credits, &text.report(&credits));
        let made_up = Flaw::Passage {
            from: 21,
            count: 1,
            theirs: text.window(0, 1),
        };
        assert_ok!(text.refute(made_up, &[1]));
        assert_made_right(&text);
    });
}

#[test]
fn credits_beyond_the_end_of_the_output_or_of_the_text_are_struck_out() {
    ExtBuilder::default().build_and_execute(|| {
        let text = Text::new();
        let mut credits = text.credits();
        credits[31].position = 3;
        credits[21].position = text.text.len() as u32 + 7;
        text.settle(&credits, &text.report(&text.credits()));
        let struck = |from| Flaw::Passage {
            from,
            count: 1,
            theirs: text.window(0, 1),
        };
        assert_eq!(text.refute(struck(31), &[]).unwrap().pays_fee, Pays::No);
        // who corrects what is known to be wrong pays for it and is paid nothing
        assert_eq!(text.refute(struck(21), &[]).unwrap().pays_fee, Pays::Yes);
        assert_eq!((WorkerBond::get().0, claimable(CHALLENGER)), (600, 200));
        assert_noop!(text.refute(struck(21), &[]), Error::<Test>::SpansRight);
        assert_made_right(&text);
    });
}

#[test]
fn an_output_with_tokens_after_its_end_quotes_nothing() {
    ExtBuilder::default().build_and_execute(|| {
        let text = Text::new();
        text.settle(&text.credits(), &text.report(&text.credits()));
        Revealed::mutate(|revealed| {
            let RevealedAnswer { output, .. } = revealed.as_mut().unwrap();
            output[62] = 3;
        });
        let struck = Flaw::Passage {
            from: 0,
            count: 21,
            theirs: text.window(0, 2),
        };
        assert_ok!(text.refute(struck, &[0, 2]));
        assert!(Attribution::explain(0).unwrap().report.is_empty());
        assert_eq!((stored(0), stored(2), next_pool()), (0, 0, 500));
    });
}

#[test]
fn a_wrong_count_is_corrected_for_every_token_that_is_the_same() {
    ExtBuilder::default().build_and_execute(|| {
        let text = Text::new();
        let mut credits = text.credits();
        // a frequent token told to be rare, to the gain of contribution 0
        credits[0].count = 1;
        text.settle(&credits, &text.report(&credits));
        assert_ok!(text.refute(text.count_flaw(0, 2), &[0, 2]));
        assert_made_right(&text);
    });
}

#[test]
fn sums_that_are_not_those_of_the_credits_are_corrected() {
    ExtBuilder::default().build_and_execute(|| {
        let text = Text::new();
        let truth = text.report(&text.credits());
        let mut lies = truth
            .iter()
            .map(|entry| (entry.key(), entry.score))
            .collect::<Vec<_>>();
        lies[0].1 *= 3;
        lies.push(((DATANET, 1), 1 << 20));
        let lied = from_scores(&lies, Evidence::Spans);
        text.settle(&text.credits(), &lied);
        assert_ok!(text.refute(Flaw::Sums, &[0, 1]));
        assert_made_right(&text);
    });
}

#[test]
fn a_contribution_that_the_text_does_not_have_is_taken_off() {
    ExtBuilder::default().build_and_execute(|| {
        let text = Text::new();
        Registry::put(DATANET, 3, ALICE);
        Registry::publish(DATANET, 1, &[(0, 1), (1, 1), (2, 1), (3, 1)]);
        let truth = text.report(&text.credits());
        let mut lies = truth
            .iter()
            .map(|entry| (entry.key(), entry.score))
            .collect::<Vec<_>>();
        lies.push(((DATANET, 3), 1 << 22));
        let lied = from_scores(&lies, Evidence::Spans);
        text.settle(&text.credits(), &lied);
        assert!(stored(3) > 0);
        assert_ok!(text.refute(Flaw::Sums, &[3]));
        assert_eq!(stored(3), 0);
        assert_made_right(&text);
    });
}

#[test]
fn what_was_corrected_in_part_is_corrected_further_for_no_reward() {
    ExtBuilder::default().build_and_execute(|| {
        let text = Text::new();
        let credits = credits_of_the_copy(&text);
        text.settle(&credits, &text.report(&credits));
        // the winner is shown, the loser is not
        assert_ok!(text.refute(claim_of_zero(&text), &[0]));
        assert!(stored(0) > 0 && stored(1) > 0);
        let result = text.refute_by(BOB, Flaw::Sums, vec![text.document(1)]);
        assert_eq!(result.unwrap().pays_fee, Pays::Yes);
        assert_made_right(&text);
        assert_eq!((WorkerBond::get().0, claimable(BOB)), (600, 0));
    });
}

#[test]
fn a_short_run_yields_to_a_longer_one_wherever_that_stands() {
    ExtBuilder::default().build_and_execute(|| {
        let mut text = Text::new();
        // seven tokens of contribution 0 and what contribution 1 has after its copy: 4 to 10, 30 to 33
        text.output = (4..=10).chain(30..=33).collect();
        let mut credits: Vec<_> = (4..=10)
            .map(|token| Credit {
                position: text.position(0, token),
                count: 2,
            })
            .collect();
        credits.extend((30..=33).map(|token| Credit {
            position: text.position(1, token),
            count: 1,
        }));
        credits.resize(TOKENS, Credit::NONE);
        text.settle(&credits, &text.report(&credits));
        let claim = |theirs| Flaw::Claim {
            from: 0,
            count: 7,
            position: text.position(1, 4),
            ours: text.window(0, 1),
            theirs,
        };
        assert_noop!(text.refute(claim(None), &[0, 1]), Error::<Test>::WindowTooShort);
        assert_noop!(
            text.refute(claim(Some(text.window(1, 1))), &[0, 1]),
            Error::<Test>::WindowTooShort
        );
        assert_ok!(text.refute(claim(Some(text.window(0, 1))), &[0, 1]));
        assert_eq!((stored(0), stored(1)), (0, 500));
    });
}

#[test]
fn what_proves_nothing_is_refused_by_name() {
    ExtBuilder::default().build_and_execute(|| {
        let text = Text::new();
        let credits = credits_of_the_copy(&text);
        text.settle(&credits, &text.report(&credits));
        let claim = |ours, count| Flaw::Claim {
            from: 0,
            count,
            position: 0,
            ours,
            theirs: None,
        };
        let mut window = text.window(0, 1);
        window.bytes[0] ^= 1;
        assert_noop!(
            text.refute(claim(window, 10), &[0, 1]),
            Error::<Test>::ProofInvalid
        );
        let mut window = text.window(0, 1);
        window.first_leaf = 1;
        assert_noop!(
            text.refute(claim(window, 10), &[0, 1]),
            Error::<Test>::ProofInvalid
        );
        // eleven tokens: the last one is not contribution 0's
        let one_too_many = claim(text.window(0, 1), 11);
        assert_noop!(text.refute(one_too_many, &[0, 1]), Error::<Test>::SpansRight);
        let beyond = claim(text.window(0, 1), 64);
        assert_noop!(text.refute(beyond, &[0, 1]), Error::<Test>::SpansRight);
        let nowhere = Flaw::Passage {
            from: 32,
            count: 1,
            theirs: text.window(0, 1),
        };
        assert_noop!(text.refute(nowhere, &[]), Error::<Test>::TokenOutOfRange);
        let unseen = Flaw::Passage {
            from: 0,
            count: 1,
            theirs: text.window(1, 1),
        };
        assert_noop!(text.refute(unseen, &[]), Error::<Test>::WindowTooShort);
        assert_noop!(
            text.refute(text.count_flaw(0, 3), &[]),
            Error::<Test>::ProofInvalid
        );
        let no_token = Flaw::Count {
            token: 22,
            count: 3,
            ordinal: 0,
            proof: Default::default(),
        };
        assert_noop!(text.refute(no_token, &[]), Error::<Test>::TokenOutOfRange);
    });
}

#[test]
fn places_that_are_not_the_contributions_are_refused_by_name() {
    ExtBuilder::default().build_and_execute(|| {
        let text = Text::new();
        let credits = credits_of_the_copy(&text);
        text.settle(&credits, &text.report(&credits));
        let refute = |document| text.refute_by(CHALLENGER, claim_of_zero(&text), vec![document]);
        let mut moved = text.document(0);
        moved.places[0].first += 1;
        assert_noop!(refute(moved), Error::<Test>::ProofInvalid);
        let mut beyond = text.document(2);
        beyond.ordinal = 3;
        assert_noop!(refute(beyond), Error::<Test>::RowOutOfRange);
        let mut another = text.document(1);
        another.contribution = 0;
        assert_noop!(refute(another), Error::<Test>::WrongPlace);
        let mut foreign = text.document(2);
        foreign.contribution = 9;
        assert_noop!(refute(foreign), Error::<Test>::ForeignContribution);
    });
}

#[test]
fn each_kind_of_report_has_its_own_way_to_be_disputed() {
    ExtBuilder::default().build_and_execute(|| {
        let text = Text::new();
        let credits = credits_of_the_copy(&text);
        text.settle(&credits, &text.report(&credits));
        assert_noop!(challenge(0, 0), Error::<Test>::WrongEvidence);
        let mut other = text.shown();
        other.counts = Default::default();
        let refute = |request: RequestId, shown| {
            Attribution::refute_spans(
                RuntimeOrigin::signed(CHALLENGER),
                request,
                shown,
                claim_of_zero(&text),
                Default::default(),
            )
        };
        assert_noop!(refute(0, other), Error::<Test>::WrongRelease);
        assert_noop!(refute(9, text.shown()), Error::<Test>::NotFound);
        let revealed = Revealed::take();
        assert_noop!(refute(0, text.shown()), Error::<Test>::AnswerForgotten);
        Revealed::set(revealed);
        let releases = Releases::take();
        assert_noop!(refute(0, text.shown()), Error::<Test>::NotAttributed);
        Releases::set(releases);
        World::new(&[(0, &[4])]);
        assert_noop!(refute(0, text.shown()), Error::<Test>::WrongEvidence);
        advance(10);
        assert_noop!(refute(0, text.shown()), Error::<Test>::WindowClosed);
    });
}

#[test]
fn corrected_credits_go_with_the_explanation() {
    ExtBuilder::default().build_and_execute(|| {
        let text = Text::new();
        let credits = credits_of_the_copy(&text);
        text.settle(&credits, &text.report(&credits));
        assert_ok!(text.refute(claim_of_zero(&text), &[0, 1]));
        assert!(Corrections::<Test>::contains_key(0));
        advance(200);
        assert_ok!(Attribution::prune(RuntimeOrigin::signed(BOB), 0));
        assert!(!Corrections::<Test>::contains_key(0));
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever credits and sums a worker makes up, showing everything that is wrong leads to the honest report, costs
    /// the worker one slash, and conserves the money.
    #[test]
    fn any_lie_is_led_back_to_the_truth(
        positions in prop::collection::vec((0usize..22, prop_oneof![0u32..700, Just(NOBODY)]), 0..12),
        counts in prop::collection::vec((0usize..22, 1u32..50), 0..4),
        sums in prop::collection::vec((0u64..3, 1i64..1 << 24), 0..3),
    ) {
        ExtBuilder::default().build_and_execute(|| {
            let text = Text::new();
            let honest = text.credits();
            let mut credits = honest.clone();
            positions.iter().for_each(|(at, position)| credits[*at].position = *position);
            counts.iter().for_each(|(at, count)| credits[*at].count = *count);
            let mut scores: Vec<_> =
                text.report(&credits).iter().map(|entry| (entry.key(), entry.score)).collect();
            for (contribution, sum) in &sums {
                scores.retain(|(key, _)| key.1 != *contribution);
                scores.push(((DATANET, *contribution), *sum));
            }
            scores.sort_unstable();
            let told = from_scores(&scores, Evidence::Spans);
            text.settle(&credits, &told);
            let mut refuted = 0;
            let all = [0, 1, 2];
            for at in 0..22u16 {
                let index = usize::from(at);
                let strike = Flaw::Passage { from: at, count: 1, theirs: text.window(0, 2) };
                refuted += usize::from(text.refute(strike, &all).is_ok());
                if honest[index].position != NOBODY {
                    let claim = Flaw::Claim {
                        from: at,
                        count: 1,
                        position: honest[index].position,
                        ours: text.window(0, 2),
                        theirs: Some(text.window(0, 2)),
                    };
                    refuted += usize::from(text.refute(claim, &all).is_ok());
                }
                if text.count(text.output[index]) > 0 {
                    let count = text.count_flaw(at, honest[index].count);
                    refuted += usize::from(text.refute(count, &all).is_ok());
                }
            }
            refuted += usize::from(text.refute(Flaw::Sums, &all).is_ok());
            // a count of a token that nobody has is worth nothing to anybody
            let credited = |credits: &[Credit]| -> Vec<_> {
                credits.iter().filter(|credit| credit.position != NOBODY).copied().collect()
            };
            let was_wrong = credited(&credits) != credited(&honest)
                || told != text.report(&honest)
                || credits.iter().zip(&honest).any(|(told, due)| due.count > 0 && told != due);
            assert_eq!(refuted > 0, was_wrong);
            assert_eq!(WorkerBond::get().0, if was_wrong { 600 } else { 1_000 });
            assert_eq!(Attribution::explain(0).unwrap().report, text.report(&honest));
            assert_noop!(text.refute(Flaw::Sums, &all), Error::<Test>::SpansRight);
        });
    }
}
