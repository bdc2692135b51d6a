// SPDX-License-Identifier: Apache-2.0
//! Reveals.

use super::*;
use openledger_primitives::{
    comparator::Comparator,
    report::{Blend, Evidence, ReportEntry},
    traits::Service,
};

/// A request for one worker that committed to `said`.
fn committed(said: &Said) -> RequestId {
    let request = ask(TOLERANT, Verification::Single);
    next_block();
    said.commit(1, request);
    request
}

fn refused(said: Said, error: Error<Test>) {
    Builder::default().with_hosts(1).build_and_execute(|| {
        let request = committed(&said);
        assert_noop!(
            said.reveal(1, request),
            DispatchErrorWithPostInfo::from(DispatchError::from(error))
        );
    });
}

#[test]
fn a_worker_reveals_for_free_and_the_answer_waits_for_the_next_block() {
    Builder::default().with_hosts(1).build_and_execute(|| {
        let request = committed(&tolerant(1));
        assert_eq!(tolerant(1).reveal(1, request).unwrap().pays_fee, Pays::No);
        System::assert_last_event(
            Event::Revealed {
                request,
                worker: key(1),
            }
            .into(),
        );
        assert_eq!(stage(request), Stage::Revealed);
        let stored = Reveals::<Test>::get(request, 1).unwrap();
        assert_eq!(stored.query.into_inner(), tolerant(1).query);
        assert_eq!(stored.entries.into_inner(), tolerant(1).entries);
    });
}

#[test]
fn nobody_reveals_while_others_may_still_commit() {
    Builder::default().with_hosts(2).build_and_execute(|| {
        let request = ask(TOLERANT, quorum(2, 1));
        next_block();
        let workers = committee(request);
        tolerant(1).commit(workers[0], request);
        assert_noop!(tolerant(1).reveal(workers[0], request), Error::<Test>::TooEarly);
        assert_noop!(
            tolerant(1).reveal(workers[1], request),
            Error::<Test>::NotCommitted
        );
        assert_noop!(tolerant(1).reveal(9, request), Error::<Test>::NotDrawn);
        let unknown = Inference::reveal(signed(1), 99, vec![], vec![], vec![], [0; 32]);
        assert_noop!(unknown, Error::<Test>::NotFound);
    });
}

#[test]
fn a_worker_reveals_once() {
    Builder::default().with_hosts(2).build_and_execute(|| {
        let request = ask(TOLERANT, quorum(2, 1));
        next_block();
        let workers = committee(request);
        workers.iter().for_each(|who| tolerant(1).commit(*who, request));
        assert_ok!(tolerant(1).reveal(workers[0], request));
        assert_noop!(
            tolerant(1).reveal(workers[0], request),
            Error::<Test>::AlreadyRevealed
        );
        assert_ok!(tolerant(1).reveal(workers[1], request));
        next_block();
        assert_noop!(
            tolerant(1).reveal(workers[1], request),
            Error::<Test>::AlreadyRevealed
        );
    });
}

#[test]
fn a_reveal_after_the_deadline_is_refused() {
    Builder::default().with_hosts(1).build_and_execute(|| {
        let request = committed(&tolerant(1));
        run_blocks(REVEAL_TICKS);
        CurrentTick::<Test>::mutate(|tick| *tick += 1);
        assert_noop!(tolerant(1).reveal(1, request), Error::<Test>::DeadlinePassed);
        next_block();
        assert_refunded(request, RefundReason::TooFewReveals);
        assert_noop!(tolerant(1).reveal(1, request), Error::<Test>::DeadlinePassed);
    });
}

#[test]
fn a_reveal_at_the_deadline_counts() {
    Builder::default().with_hosts(1).build_and_execute(|| {
        let request = committed(&tolerant(1));
        run_blocks(REVEAL_TICKS);
        assert_ok!(tolerant(1).reveal(1, request));
        next_block();
        assert_settled(request);
    });
}

#[test]
fn a_reveal_that_is_not_what_was_committed_is_refused() {
    Builder::default().with_hosts(1).build_and_execute(|| {
        let request = committed(&tolerant(1));
        let mismatch = || DispatchError::from(Error::<Test>::CommitmentMismatch);
        assert_noop!(tolerant(2).reveal(1, request), mismatch());
        assert_noop!(
            Said {
                query: vec![1, 2, 4],
                ..tolerant(1)
            }
            .reveal(1, request),
            mismatch()
        );
        assert_noop!(
            Said {
                entries: vec![],
                ..tolerant(1)
            }
            .reveal(1, request),
            mismatch()
        );
        assert_noop!(
            Said {
                salt: [8; 32],
                ..tolerant(1)
            }
            .reveal(1, request),
            mismatch()
        );
        assert_ok!(tolerant(1).reveal(1, request));
    });
}

#[test]
fn an_output_that_is_too_large_is_refused() {
    let output = vec![0; MAX_OUTPUT_BYTES as usize + 1];
    refused(
        Said {
            output,
            ..tolerant(1)
        },
        Error::OutputTooLarge,
    );
}

#[test]
fn an_output_of_the_wrong_shape_is_refused() {
    refused(
        Said {
            output: vec![0; 4],
            ..tolerant(1)
        },
        Error::OutputWrongLength,
    );
    refused(
        Said {
            output: vec![],
            ..tolerant(1)
        },
        Error::OutputWrongLength,
    );
}

#[test]
fn a_query_vector_of_the_wrong_length_is_refused() {
    refused(
        Said {
            query: vec![1, 2],
            ..tolerant(1)
        },
        Error::QueryWrongLength,
    );
    refused(
        Said {
            query: vec![0; MAX_QUERY_VALUES as usize + 1],
            ..tolerant(1)
        },
        Error::QueryWrongLength,
    );
}

fn reporting(entries: Vec<ReportEntry>) -> Said {
    Said {
        entries,
        ..tolerant(1)
    }
}

#[test]
fn a_report_that_is_none_is_refused() {
    refused(reporting(vec![entry(0, 0, 1)]), Error::WeightsDoNotSum);
    for twice_or_falling in [0, 1] {
        let entries = vec![entry(0, twice_or_falling, 500_000_000), entry(0, 0, 500_000_000)];
        refused(reporting(entries), Error::EntriesNotAscending);
    }
    refused(
        reporting(vec![entry(0, 0, 1_000_000_000), entry(0, 1, 0)]),
        Error::ScoreIsZero,
    );
    // nobody helped: such a worker sends an empty report
    refused(
        reporting(vec![entry(0, 0, -1_000_000_000)]),
        Error::WeightsDoNotSum,
    );
    refused(
        reporting((0..33).map(|n| entry(0, n, 1)).collect()),
        Error::ReportInvalid,
    );
}

#[test]
fn a_report_whose_weights_are_not_the_shares_of_its_scores_is_refused() {
    let entries = [(600_000_000, 1), (400_000_000, 2)]
        .into_iter()
        .zip(0..)
        .map(|((weight, score), n)| ReportEntry {
            score,
            ..entry(0, n, weight)
        })
        .collect();
    refused(reporting(entries), Error::WeightsNotOfScores);
}

#[test]
fn an_entry_outside_of_the_models_sources_is_refused() {
    // accepted after the version, never accepted, unknown, of another datanet
    for (datanet, contribution) in [(0, 3), (0, 5), (0, 9), (1, 0)] {
        let entries = vec![entry(datanet, contribution, 1_000_000_000)];
        refused(reporting(entries), Error::EntryNotInSources);
    }
}

#[test]
fn an_entry_of_a_contribution_that_is_no_longer_paid_is_left_to_the_ledger() {
    Builder::default().with_hosts(1).build_and_execute(|| {
        let said = reporting(vec![entry(0, 2, 1_000_000_000)]);
        let request = committed(&said);
        assert_ok!(said.reveal(1, request));
    });
}

#[test]
fn a_report_that_rests_on_other_evidence_than_the_models_is_refused() {
    let quoted = ReportEntry {
        evidence: Evidence::Spans,
        ..entry(0, 0, 1_000_000_000)
    };
    refused(reporting(vec![quoted]), Error::ReportInvalid);
}

/// Lets the tolerant model answer with passages of its text.
fn quoting() {
    let service = Service {
        evidence: Some(Evidence::Spans),
        passages: 2,
        ..tolerant_service()
    };
    Services::set(vec![(TOLERANT, service)]);
}

/// A report of one contribution that is quoted and another that was looked up, which has one part in four.
fn blended() -> Said {
    let of = |evidence, contribution, weight| ReportEntry {
        evidence,
        ..entry(0, contribution, weight)
    };
    reporting(vec![
        of(Evidence::Spans, 0, 750_000_000),
        of(Evidence::Retrieval, 0, 125_000_000),
        of(Evidence::Retrieval, 1, 125_000_000),
    ])
}

#[test]
fn a_report_divides_between_kinds_of_evidence_by_the_blend_in_force_at_the_request() {
    Builder::default().with_hosts(1).build_and_execute(|| {
        quoting();
        let before = committed(&blended());
        Blended::set(Blend {
            retrieval: 3,
            ..Blend::DEFAULT
        });
        assert_ok!(blended().reveal(1, before));
        let after = committed(&blended());
        assert_noop!(blended().reveal(1, after), Error::<Test>::WeightsNotOfScores);
    });
}

#[test]
fn a_model_without_passages_has_no_evidence_by_retrieval() {
    refused(blended(), Error::ReportInvalid);
}

#[test]
fn an_empty_report_is_a_report() {
    Builder::default().with_hosts(1).build_and_execute(|| {
        let said = reporting(vec![]);
        let request = committed(&said);
        assert_ok!(said.reveal(1, request));
    });
}

#[test]
fn a_model_without_attribution_has_no_report() {
    Builder::default().with_hosts(1).build_and_execute(|| {
        let reveal_with = |entries: Vec<ReportEntry>, query: Vec<i16>| {
            let said = Said {
                entries,
                query,
                ..exact(b"okay")
            };
            let request = ask(EXACT, Verification::Single);
            next_block();
            said.commit(1, request);
            said.reveal(1, request)
        };
        assert!(matches!(
            reveal_with(vec![entry(0, 0, 1_000_000_000)], vec![]),
            Err(error) if error.error == Error::<Test>::ReportInvalid.into()
        ));
        assert!(matches!(
            reveal_with(vec![], vec![1]),
            Err(error) if error.error == Error::<Test>::QueryWrongLength.into()
        ));
        assert_ok!(reveal_with(vec![], vec![]));
    });
}

#[test]
fn the_terms_of_the_request_hold_although_the_model_changes() {
    Builder::default().with_hosts(1).build_and_execute(|| {
        let request = committed(&tolerant(1));
        Services::mutate(|services| {
            services[0].1.output_bytes = 4;
            services[0].1.comparator = Comparator::Exact;
            services[0].1.version_hash = H256::zero();
        });
        assert_ok!(tolerant(1).reveal(1, request));
        Services::set(vec![]);
        next_block();
        assert_settled(request);
    });
}
