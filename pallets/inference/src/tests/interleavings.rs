// SPDX-License-Identifier: Apache-2.0
//! Whatever happens in whatever order, every request ends settled or refunded, once.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

#[derive(Clone, Debug)]
enum Action {
    Ask { exact: bool, k: u8, threshold: u8 },
    Cancel { request: u64 },
    Commit { request: u64, place: usize, lie: bool },
    Reveal { request: u64, place: usize, lie: bool },
    Work { pick: usize },
    Poke { request: u64 },
    Block { full: bool, starved: bool },
    Join { who: AccountId },
    Leave { who: AccountId },
    Ledger { fails: bool },
}

fn action() -> impl Strategy<Value = Action> {
    let request = 0u64..8;
    let asked = (any::<bool>(), 1u8..=4, 1u8..=4);
    let said = (request.clone(), 0usize..4, any::<bool>());
    let block = (proptest::bool::weighted(0.2), proptest::bool::weighted(0.2));
    prop_oneof![
        3 => asked.prop_map(|(exact, k, threshold)| Action::Ask { exact, k, threshold }),
        1 => request.clone().prop_map(|request| Action::Cancel { request }),
        1 => said.clone().prop_map(|(request, place, lie)| Action::Commit { request, place, lie }),
        1 => said.prop_map(|(request, place, lie)| Action::Reveal { request, place, lie }),
        16 => any::<usize>().prop_map(|pick| Action::Work { pick }),
        1 => request.prop_map(|request| Action::Poke { request }),
        6 => block.prop_map(|(full, starved)| Action::Block { full, starved }),
        2 => (1u64..=6).prop_map(|who| Action::Join { who }),
        1 => (1u64..=6).prop_map(|who| Action::Leave { who }),
        1 => proptest::bool::weighted(0.1).prop_map(|fails| Action::Ledger { fails }),
    ]
}

/// Some worker does what it has to do next; one in five lies about a request from the beginning to the end.
fn work(pick: usize) {
    let mut duties: Vec<_> = Duties::<Test>::iter_keys().collect();
    duties.sort_unstable();
    if duties.is_empty() {
        return;
    }
    let (who, request) = duties[pick % duties.len()];
    let lie = (who + request) % 5 == 0;
    let Some(said) = said(request, lie) else { return };
    if stage(request) == Stage::Committing {
        let _ = Inference::commit(signed(who), request, said.commitment_of(who, request));
    } else {
        let _ = said.reveal(who, request);
    }
}

/// Says one thing or another about the request's model.
fn said(request: u64, lie: bool) -> Option<Said> {
    let record = Requests::<Test>::get(request)?;
    Some(match (record.model, lie) {
        (EXACT, lie) => exact(if lie { b"liar" } else { b"okay" }),
        (_, lie) => tolerant(if lie { 900 } else { 5 }),
    })
}

/// Does one thing. Refused calls are part of the game.
fn act(action: Action) {
    match action {
        Action::Ask { exact, k, threshold } => {
            let model = if exact { EXACT } else { TOLERANT };
            let consumer = if k % 2 == 0 { CONSUMER } else { OTHER_CONSUMER };
            let verification = if k == 1 {
                Verification::Single
            } else {
                quorum(k, threshold)
            };
            let _ = Inference::request(signed(consumer), model, question(), Balance::MAX, verification);
        }
        Action::Cancel { request } => {
            if let Some(record) = Requests::<Test>::get(request) {
                let _ = Inference::cancel(signed(record.consumer), request);
            }
        }
        Action::Commit { request, place, lie } => {
            if let (Some(said), Some(who)) = (said(request, lie), committee(request).get(place)) {
                let _ = Inference::commit(signed(*who), request, said.commitment_of(*who, request));
            }
        }
        Action::Reveal { request, place, lie } => {
            if let (Some(said), Some(who)) = (said(request, lie), committee(request).get(place)) {
                let _ = said.reveal(*who, request);
            }
        }
        Action::Work { pick } => work(pick),
        Action::Poke { request } => {
            let _ = Inference::poke(signed(9), request);
        }
        Action::Block { full, starved } => {
            if full {
                fill_block();
            }
            let weight = Hook::get();
            if starved {
                Hook::set(Weight::zero());
            }
            next_block();
            Hook::set(weight);
        }
        Action::Join { who } => {
            if !Pool::get().iter().any(|(_, host)| host.worker.account == who) {
                host(TOLERANT, who, 100 * Balance::from(who));
                host(EXACT, who, 100);
            }
        }
        Action::Leave { who } => Pool::mutate(|pool| pool.retain(|(_, host)| host.worker.account != who)),
        Action::Ledger { fails } => LedgerFails::set(fails),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn every_request_ends_settled_or_refunded_once(actions in proptest::collection::vec(action(), 1..120)) {
        LedgerFails::set(false);
        Builder::default().with_hosts(3).build_and_execute(|| {
            for one in actions {
                act(one);
                Inference::do_try_state().expect("the invariants hold after every action");
            }
            run_blocks(DRAW_TICKS + COMMIT_TICKS + REVEAL_TICKS + 4);

            let mut ends: BTreeMap<RequestId, u32> = BTreeMap::new();
            let mut made = 0;
            let mut paid = 0;
            for event in events() {
                match event {
                    Event::Requested { .. } => made += 1,
                    Event::Settled { request, fee, .. } => {
                        paid += fee;
                        *ends.entry(request).or_default() += 1;
                    },
                    Event::Refunded { request, .. } => *ends.entry(request).or_default() += 1,
                    _ => (),
                }
            }
            assert_eq!(ends.len(), made);
            assert!(ends.values().all(|times| *times == 1));
            assert_eq!(escrow(CONSUMER) + escrow(OTHER_CONSUMER), 0);
            assert_eq!(Balances::free_balance(TREASURY) + Balances::free_balance(LEDGER), 2 + paid);
            assert_eq!(Settlements::get().iter().map(|settlement| settlement.fee).sum::<Balance>(), paid);
            assert_eq!(Assigned::iter().count() + Duties::<Test>::iter().count(), 0);

            run_blocks(RETENTION_TICKS + 2);
            assert_eq!(Requests::<Test>::iter().count(), 0);
            assert_eq!(deposit(CONSUMER) + deposit(OTHER_CONSUMER), 0);
            assert_eq!(Balances::free_balance(CONSUMER) + Balances::free_balance(OTHER_CONSUMER), 2 * WEALTH - paid);
        });
    }
}
