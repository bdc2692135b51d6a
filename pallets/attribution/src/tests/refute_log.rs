// SPDX-License-Identifier: Apache-2.0
//! Logs of passages that are wrong, and those that are not.

use super::{text::*, world::*, *};
use crate::{spans::Flaw, Error};
use frame_support::{assert_noop, assert_ok, dispatch::Pays};
use openledger_primitives::{
    fixed::{
        retrieval::{terms, Cited, Log, PASSAGE_TOKENS},
        spans::SEPARATOR,
    },
    report::Evidence,
    shown::ShownWindow,
    ContributionId,
};
use proptest::prelude::*;

/// Passage `number` of a contribution, as it is shown.
fn retrieved(text: &Text, contribution: ContributionId, number: u32) -> Flaw {
    Flaw::Retrieved {
        question: text.question(),
        document: text.document(contribution),
        number,
        window: text.window(0, 2),
    }
}

/// The true count of a term of the question.
fn counted(text: &Text, term: u16) -> Flaw {
    let token = terms(&text.question)[usize::from(term)];
    let (ordinal, proof) = text.counted_as(token);
    Flaw::Term {
        question: text.question(),
        term,
        count: text.count(token),
        ordinal,
        proof,
    }
}

fn cited(position: u32, contribution: ContributionId, text: &Text) -> Flaw {
    Flaw::Cited {
        position,
        document: Some(text.document(contribution)),
    }
}

/// Every passage of every contribution.
fn all_shown(text: &Text) -> Vec<Flaw> {
    [(0, 0), (1, 0), (2, 0), (2, 1), (2, 2), (2, 3), (2, 4)]
        .map(|(contribution, number)| retrieved(text, contribution, number))
        .to_vec()
}

/// Settles an answer whose worker says that it was made with these passages.
fn settle_citing(text: &Text, passages: &[Cited]) {
    let log = Log::new(text.log().counts, passages.to_vec(), 2);
    text.settle_with(&text.credits(), &log, &text.report_with(&text.credits(), &log));
}

#[test]
fn the_two_best_passages_are_paid_a_quarter_beside_what_is_quoted() {
    ExtBuilder::default().build_and_execute(|| {
        let text = Text::with_passages();
        let scores: Vec<_> = text.all_passages().iter().map(|found| found.score).collect();
        assert!(scores[1] > scores[0] && scores[0] > scores[6] && scores[6] > 0);
        assert_eq!(scores[2..6], [0; 4]);
        let report = text.report(&text.credits());
        let kinds: Vec<_> = report
            .iter()
            .map(|entry| (entry.contribution, entry.evidence))
            .collect();
        assert_eq!(
            kinds,
            [
                (0, Evidence::Spans),
                (0, Evidence::Retrieval),
                (1, Evidence::Retrieval),
                (2, Evidence::Spans)
            ]
        );
        let looked_up = report
            .iter()
            .filter(|entry| entry.evidence == Evidence::Retrieval);
        assert_eq!(looked_up.map(|entry| entry.weight).sum::<i32>(), 250_000_000);
        text.settle(&text.credits(), &report);
        assert_made_right(&text);
    });
}

#[test]
fn a_true_log_cannot_be_refuted() {
    ExtBuilder::default().build_and_execute(|| {
        let text = Text::with_passages();
        text.settle(&text.credits(), &text.report(&text.credits()));
        let second = text.log().cited[1].position;
        for flaw in all_shown(&text).into_iter().chain([
            counted(&text, 1),
            counted(&text, 2),
            counted(&text, 3),
            cited(second, 0, &text),
            Flaw::Sums,
        ]) {
            assert_noop!(text.refute(flaw, &[0, 1, 2]), Error::<Test>::SpansRight);
        }
    });
}

#[test]
fn a_passage_that_was_kept_quiet_takes_its_place() {
    ExtBuilder::default().build_and_execute(|| {
        let text = Text::with_passages();
        let truth = text.all_passages();
        settle_citing(&text, &[truth[0], truth[6]]);
        assert_eq!(stored(1), 0);
        let shown = text.refute(retrieved(&text, 1, 0), &[0, 1, 2]);
        assert_eq!(shown.unwrap().pays_fee, Pays::No);
        assert_made_right(&text);
        assert_eq!((WorkerBond::get().0, claimable(CHALLENGER)), (600, 200));
        assert_noop!(
            text.refute(retrieved(&text, 1, 0), &[0, 1, 2]),
            Error::<Test>::SpansRight
        );
    });
}

#[test]
fn a_passage_that_says_nothing_of_the_question_is_struck_by_its_own_score() {
    ExtBuilder::default().build_and_execute(|| {
        let text = Text::with_passages();
        let truth = text.all_passages();
        let made_up = Cited {
            score: 1 << 24,
            ..truth[2]
        };
        settle_citing(&text, &[made_up, truth[1]]);
        assert_ok!(text.refute(retrieved(&text, 2, 0), &[0, 1, 2]));
        // there is room now, and what was pushed out comes back without another slash
        let again = text.refute(retrieved(&text, 0, 0), &[0, 1, 2]);
        assert_eq!(again.unwrap().pays_fee, Pays::Yes);
        assert_made_right(&text);
        assert_eq!(WorkerBond::get().0, 600);
    });
}

/// An answer that cites something inside or behind contribution 2, or behind the text, as the best passage.
fn struck(position_of: impl Fn(&Text) -> u32) {
    ExtBuilder::default().build_and_execute(|| {
        let text = Text::with_passages();
        let position = position_of(&text);
        let made_up = Cited {
            position,
            score: 1 << 24,
        };
        settle_citing(&text, &[made_up, text.all_passages()[1]]);
        if position < text.shape().tokens {
            let unproved = Flaw::Cited {
                position,
                document: None,
            };
            for flaw in [cited(position, 1, &text), unproved] {
                assert_noop!(text.refute(flaw, &[]), Error::<Test>::TokenOutOfRange);
            }
        }
        assert_ok!(text.refute(cited(position, 2, &text), &[0, 1, 2]));
        assert_ok!(text.refute(retrieved(&text, 0, 0), &[0, 1, 2]));
        assert_made_right(&text);
    });
}

#[test]
fn what_is_no_passage_is_struck() {
    struck(|text| text.places[2].first + 1);
    struck(|text| text.places[2].first + PASSAGE_TOKENS - 1);
    struck(|text| {
        let end = text.places[2].first + text.places[2].rows;
        assert_eq!(text.text[end as usize], SEPARATOR);
        end
    });
    struck(|text| text.shape().tokens);
}

#[test]
fn a_term_that_was_counted_wrong_is_counted_and_its_passages_scored_anew() {
    ExtBuilder::default().build_and_execute(|| {
        let text = Text::with_passages();
        let mut log = text.log();
        // the term of contribution 1 alone is said to stand everywhere
        log.counts[2] = 600;
        let terms = terms(&text.question);
        let told: Vec<_> = text
            .all_passages()
            .into_iter()
            .zip(text.places.iter())
            .map(|(found, place)| {
                let passage = &text.text[place.first as usize..][..place.rows.min(PASSAGE_TOKENS) as usize];
                let total = text.shape().total();
                let score =
                    openledger_primitives::fixed::retrieval::score(&terms, &log.counts, total, passage);
                Cited { score, ..found }
            })
            .chain([text.all_passages()[6]])
            .collect();
        let log = Log::new(log.counts, told, 2);
        text.settle_with(&text.credits(), &log, &text.report_with(&text.credits(), &log));
        assert_ok!(text.refute(counted(&text, 2), &[]));
        for flaw in [retrieved(&text, 1, 0), retrieved(&text, 0, 0)] {
            let _ = text.refute(flaw, &[0, 1, 2]);
        }
        assert_made_right(&text);
    });
}

#[test]
fn what_is_shown_wrongly_changes_nothing() {
    ExtBuilder::default().build_and_execute(|| {
        let text = Text::with_passages();
        let truth = text.all_passages();
        settle_citing(&text, &[truth[0], truth[6]]);
        let other = Text {
            question: vec![3, 35, 50],
            ..Text::with_passages()
        };
        let shown = |window: ShownWindow, number| Flaw::Retrieved {
            question: text.question(),
            document: text.document(2),
            number,
            window,
        };
        let mut false_window = text.window(0, 2);
        false_window.bytes[0] ^= 1;
        let Flaw::Term {
            question,
            count,
            ordinal,
            proof,
            ..
        } = counted(&text, 1)
        else {
            unreachable!("it is one")
        };
        let of_term = |term, count| Flaw::Term {
            question: question.clone(),
            term,
            count,
            ordinal,
            proof: proof.clone(),
        };
        for (flaw, error) in [
            (retrieved(&other, 1, 0), Error::<Test>::WrongQuestion),
            (counted(&other, 1), Error::<Test>::WrongQuestion),
            (retrieved(&text, 1, 1), Error::<Test>::TokenOutOfRange),
            (shown(text.window(0, 1), 4), Error::<Test>::WindowTooShort),
            (shown(false_window, 4), Error::<Test>::ProofInvalid),
            (of_term(1, count + 1), Error::<Test>::ProofInvalid),
            (of_term(9, count), Error::<Test>::TokenOutOfRange),
            (cited(truth[2].position, 2, &text), Error::<Test>::TokenOutOfRange),
        ] {
            assert_noop!(text.refute(flaw, &[1]), error);
        }
        let absent = Flaw::Retrieved {
            question: text.question(),
            document: text.document(7),
            number: 0,
            window: text.window(0, 2),
        };
        assert_noop!(text.refute(absent, &[]), Error::<Test>::TokenOutOfRange);
    });
}

#[test]
fn a_model_without_passages_has_no_log_to_refute() {
    ExtBuilder::default().build_and_execute(|| {
        let text = Text::new();
        text.settle(&text.credits(), &text.report(&text.credits()));
        assert_noop!(
            text.refute(retrieved(&text, 1, 0), &[]),
            Error::<Test>::SpansRight
        );
        let beyond = Flaw::Cited {
            position: u32::MAX,
            document: None,
        };
        assert_noop!(text.refute(beyond, &[]), Error::<Test>::TokenOutOfRange);
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever log a worker makes up, showing everything that is wrong leads to the honest report at one slash.
    #[test]
    fn any_false_log_is_led_back_to_the_truth(
        lies in prop::collection::vec((prop_oneof![0u32..700, (0usize..7).prop_map(|n| [0, 21, 42, 170, 298, 426, 554][n])], 1u32..1 << 22), 0..3),
        counts in prop::collection::vec((1usize..4, 0u32..40), 0..3),
    ) {
        ExtBuilder::default().build_and_execute(|| {
            let text = Text::with_passages();
            let (credits, honest) = (text.credits(), text.log());
            let mut told = honest.counts.clone();
            counts.iter().for_each(|(term, count)| told[*term] = *count);
            let found = lies.iter().map(|(position, score)| Cited { position: *position, score: *score });
            let log = Log::new(told, found, 2);
            text.settle_with(&credits, &log, &text.report_with(&credits, &log));
            let all = [0, 1, 2];
            let mut refuted = 0;
            let mut show = |flaw| refuted += usize::from(text.refute(flaw, &all).is_ok());
            (1..4).for_each(|term| show(counted(&text, term)));
            for (position, _) in &lies {
                (0..3).for_each(|contribution| show(cited(*position, contribution, &text)));
                show(Flaw::Cited { position: *position, document: None });
            }
            // those that are cited first: a false score stands in the way of an equal one
            all_shown(&text).into_iter().for_each(&mut show);
            all_shown(&text).into_iter().for_each(&mut show);
            show(Flaw::Sums);
            assert_eq!(refuted > 0, log != honest);
            assert_eq!(WorkerBond::get().0, if log == honest { 1_000 } else { 600 });
            assert_eq!(Attribution::explain(0).unwrap().report, text.report(&credits));
        });
    }
}
