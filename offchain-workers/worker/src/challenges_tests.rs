// SPDX-License-Identifier: Apache-2.0
//! What the worker shows is what the runtime's own referee accepts, and it shows all of it unasked.

use super::*;
use crate::{
    adapters::tests::{registered, trained},
    duties::{
        tests::{names, Court},
        MAX_REFUSALS,
    },
};
use openledger_fixed::delta;
use openledger_primitives::{
    attestation::WorkerKey,
    report::{from_scores, Blend, Evidence},
};
use openledger_runtime::{Attribution as Referee, Runtime, RuntimeCall, RuntimeOrigin};
use pallet_attribution::{
    dispute::{Challenge, Dispute, Progress},
    types::Settled,
    ChallengeKey, Challenges, ChallengesAgainst, Disputes, Settlements,
};
use sp_runtime::{traits::Dispatchable, BoundedVec};

const WORKER: AccountId32 = AccountId32::new([5; 32]);
const FEATURES: [i16; 3] = [900, -300, 64];

fn loaded() -> Loaded {
    let (head, index) = trained(3);
    Loaded::check(&head, Some((&registered(&index), index.as_bytes().to_vec()))).unwrap()
}

/// A chain on which a report of the worker is challenged for `contribution`; the report is what `loaded` says, but for
/// what `lie` makes of it.
fn challenged(loaded: &Loaded, contribution: u64, lie: impl Fn(u64, i64) -> i64) -> sp_io::TestExternalities {
    let mut ext = sp_io::TestExternalities::default();
    let (index, release) = (loaded.index.as_ref().unwrap(), loaded.release.as_ref().unwrap());
    let logits = openledger_fixed::logits(&loaded.head.weight, &loaded.head.bias, &FEATURES).unwrap();
    let scores: Vec<_> = index
        .query(&FEATURES, &loaded.head)
        .unwrap()
        .into_iter()
        .map(|(key, score)| ((key.datanet, key.contribution), lie(key.contribution, score)))
        .collect();
    let author = WorkerKey {
        account: WORKER,
        epoch: 1,
    };
    let settled = Settled::<Runtime> {
        model: 3,
        consumer: WORKER,
        fee: 0,
        from_pool: 0,
        representative: author.clone(),
        report: BoundedVec::truncate_from(from_scores(&scores, Evidence::Influence)),
        blend: Blend::DEFAULT,
        parts: Default::default(),
        taken_back: Default::default(),
        settled_at: 0,
        answer: 1,
        void: false,
    };
    let dispute = Dispute::<Runtime> {
        author,
        root: H256(release.root()),
        delta: BoundedVec::truncate_from(delta(&logits)),
        query: BoundedVec::truncate_from(FEATURES.to_vec()),
        open: 1,
        withheld: Default::default(),
    };
    let challenge = Challenge {
        challenger: AccountId32::new([6; 32]),
        bond: 0,
        deadline: 100,
        progress: Progress::Unplaced,
    };
    let key = ChallengeKey {
        request: 8,
        datanet: 7,
        contribution,
    };
    ext.execute_with(|| {
        frame_system::Pallet::<Runtime>::set_block_number(1);
        Settlements::<Runtime>::insert(8, settled);
        Disputes::<Runtime>::insert(8, dispute);
        Challenges::<Runtime>::insert(8, (7, contribution), challenge);
        ChallengesAgainst::<Runtime>::insert(&WORKER, key, ());
    });
    ext
}

/// The runtime's call of the same meaning: `runtime_tests` proves that the two are encoded alike.
fn native(call: &Call) -> RuntimeCall {
    let native = |key: &Challenged| ChallengeKey {
        request: key.request,
        datanet: key.datanet,
        contribution: key.contribution,
    };
    match call.clone() {
        Call::ShowPlace {
            key,
            header,
            table,
            rows,
            ordinal,
            places,
            proof,
        } => pallet_attribution::Call::show_place {
            key: native(&key),
            release: pallet_attribution::ShownRelease { header, table, rows },
            ordinal,
            places: BoundedVec::truncate_from(
                places
                    .iter()
                    .map(|place| pallet_attribution::ShownPlace {
                        datanet: place.datanet,
                        contribution: place.contribution,
                        registered: place.registered,
                        first: place.first,
                        rows: place.rows,
                    })
                    .collect(),
            ),
            proof: BoundedVec::truncate_from(proof),
        }
        .into(),
        Call::OpenRows {
            key,
            first,
            rows,
            proof,
        } => pallet_attribution::Call::open_rows {
            key: native(&key),
            first,
            rows: BoundedVec::truncate_from(rows),
            proof: BoundedVec::truncate_from(proof),
        }
        .into(),
        other => panic!("{} is no answer to a challenge", other.name()),
    }
}

/// Answers until the chain waits for nothing more; returns the report that stands then.
fn answered(loaded: &Loaded, ext: &mut sp_io::TestExternalities) -> Vec<(u64, i64)> {
    while let Some(open) = ext.execute_with(|| Referee::open_challenges(&WORKER)).pop() {
        for call in calls(loaded, &open).unwrap() {
            ext.execute_with(|| native(&call).dispatch(RuntimeOrigin::signed(WORKER)))
                .unwrap_or_else(|error| panic!("{}: {error:?}", call.name()));
        }
    }
    ext.execute_with(|| {
        let report = Settlements::<Runtime>::get(8).unwrap().report;
        report
            .iter()
            .map(|entry| (entry.contribution, entry.score))
            .collect()
    })
}

#[test]
fn the_runtime_finds_a_true_report_true_by_what_the_worker_shows() {
    let loaded = loaded();
    for contribution in [0, 1] {
        let mut ext = challenged(&loaded, contribution, |_, score| score);
        let before = ext.execute_with(|| Settlements::<Runtime>::get(8).unwrap().report);
        answered(&loaded, &mut ext);
        ext.execute_with(|| {
            assert_eq!(Settlements::<Runtime>::get(8).unwrap().report, before);
            assert!(!Disputes::<Runtime>::contains_key(8));
        });
    }
}

#[test]
fn the_runtime_corrects_a_false_report_to_what_the_index_says() {
    let loaded = loaded();
    let truth = answered(&loaded, &mut challenged(&loaded, 0, |_, score| score));
    assert!(!truth.is_empty());
    for contribution in [0, 1] {
        let lie = |n, score| {
            if n == contribution {
                score / 2 + 12_345
            } else {
                score
            }
        };
        let mut ext = challenged(&loaded, contribution, lie);
        assert_eq!(answered(&loaded, &mut ext), truth);
    }
}

#[test]
fn a_contribution_that_the_index_lacks_is_shown_absent() {
    let loaded = loaded();
    let mut ext = challenged(&loaded, 9, |_, score| score);
    answered(&loaded, &mut ext);
    assert!(ext.execute_with(|| !Challenges::<Runtime>::contains_key(8, (7, 9))));
}

#[test]
fn many_rows_go_out_in_several_calls_that_follow_each_other() {
    let loaded = loaded();
    let (index, release) = (loaded.index.as_ref().unwrap(), loaded.release.as_ref().unwrap());
    let key = Challenged {
        request: 8,
        datanet: 7,
        contribution: 0,
    };
    let whole: Vec<Call> = open_rows(index, release, key, 0, 4).collect();
    let Call::OpenRows { rows, .. } = &whole[0] else {
        panic!("it opens rows")
    };
    assert_eq!(
        (whole.len(), rows.len()),
        (1, index.len() * index.shape().row_bytes())
    );
    assert_eq!(open_rows(index, release, key, 2, 2).count(), 0);
}

struct Shelf(Arc<Loaded>);

#[async_trait::async_trait]
impl Archive for Shelf {
    async fn loaded(&self, _: &Adapter) -> Result<Arc<Loaded>, Stop> {
        Ok(self.0.clone())
    }
}

/// What a defender sends over `blocks` blocks.
async fn sent(refuses: bool, blocks: u64) -> Vec<&'static str> {
    let open = OpenChallenge {
        request: 8,
        model: 3,
        datanet: 7,
        contribution: 1,
        duty: ChallengeDuty::ShowPlace,
        deadline: 100,
    };
    let court = Court::new(open, "open_rows", refuses);
    let archive = Arc::new(Shelf(Arc::new(loaded())));
    let defender = Defender::new(court.clone(), archive, Metrics::new().unwrap(), WORKER);
    names(&court, defender, blocks).await
}

#[tokio::test]
async fn a_challenge_is_answered_at_the_next_finalized_block_and_once() {
    assert_eq!(sent(false, 6).await, ["show_place", "open_rows"]);
}

#[tokio::test]
async fn an_answer_that_the_chain_keeps_refusing_is_given_up() {
    let tries = u32::try_from(sent(true, 40).await.len()).unwrap();
    assert!((1..=2 * MAX_REFUSALS).contains(&tries), "{tries}");
}
