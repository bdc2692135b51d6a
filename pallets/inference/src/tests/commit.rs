// SPDX-License-Identifier: Apache-2.0
//! Commitments.

use super::*;

#[test]
fn a_drawn_worker_commits_for_free() {
    Builder::default().with_hosts(3).build_and_execute(|| {
        let request = ask(TOLERANT, quorum(3, 2));
        next_block();
        let who = committee(request)[0];
        let paid = Inference::commit(signed(who), request, H256::repeat_byte(1)).unwrap();
        assert_eq!(paid.pays_fee, Pays::No);
        let commitment = H256::repeat_byte(1);
        System::assert_last_event(
            Event::Committed {
                request,
                worker: key(who),
                commitment,
            }
            .into(),
        );
        assert_eq!(
            Committee::<Test>::get(request, who).unwrap().commitment,
            Some(commitment)
        );
        assert_eq!(stage(request), Stage::Committing);
    });
}

#[test]
fn the_last_commitment_starts_the_reveals() {
    Builder::default().with_hosts(2).build_and_execute(|| {
        let request = ask(TOLERANT, quorum(2, 2));
        next_block();
        for who in committee(request) {
            tolerant(1).commit(who, request);
        }
        assert_eq!(stage(request), Stage::Revealing);
        let deadline = now() + REVEAL_TICKS;
        System::assert_last_event(
            Event::RevealingStarted {
                request,
                committed: 2,
                deadline,
            }
            .into(),
        );
    });
}

#[test]
fn a_commitment_cannot_be_changed() {
    Builder::default().with_hosts(2).build_and_execute(|| {
        let request = ask(TOLERANT, quorum(2, 1));
        next_block();
        let who = committee(request)[0];
        tolerant(1).commit(who, request);
        let again = Inference::commit(signed(who), request, H256::zero());
        assert_noop!(again, Error::<Test>::AlreadyCommitted);
    });
}

#[test]
fn a_worker_that_was_not_drawn_cannot_commit() {
    Builder::default().with_hosts(1).build_and_execute(|| {
        let waiting = ask(EXACT, quorum(2, 1));
        let request = ask(TOLERANT, Verification::Single);
        next_block();
        assert_noop!(
            Inference::commit(signed(2), request, H256::zero()),
            Error::<Test>::NotDrawn
        );
        assert_noop!(
            Inference::commit(signed(1), waiting, H256::zero()),
            Error::<Test>::NotDrawn
        );
        assert_noop!(
            Inference::commit(signed(1), 99, H256::zero()),
            Error::<Test>::NotFound
        );
    });
}

#[test]
fn a_commitment_after_the_deadline_is_refused() {
    Builder::default().with_hosts(2).build_and_execute(|| {
        let request = ask(TOLERANT, quorum(2, 1));
        next_block();
        let workers = committee(request);
        let late = |who| Inference::commit(signed(who), request, H256::zero());
        run_blocks(COMMIT_TICKS);
        assert_eq!(now(), Requests::<Test>::get(request).unwrap().deadline);
        tolerant(1).commit(workers[0], request);
        // in the tick after the deadline, before any block dealt with it
        CurrentTick::<Test>::mutate(|tick| *tick += 1);
        assert_noop!(late(workers[1]), Error::<Test>::DeadlinePassed);
        next_block();
        assert_eq!(stage(request), Stage::Revealing);
        assert_noop!(late(workers[1]), Error::<Test>::DeadlinePassed);
    });
}
