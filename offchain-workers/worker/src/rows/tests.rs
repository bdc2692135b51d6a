// SPDX-License-Identifier: Apache-2.0
//! Both sides of a dispute, judged by the runtime itself.

use super::{author::Advocate, *};
use crate::{
    chain::{
        records_tests::{insert, model},
        runtime_tests::chain,
        Call, RowFlaw, RowKey,
    },
    duties::tests::{names, Court},
    metrics::Metrics,
};
use codec::Decode;
use files::FilesError;
use openledger_attribution::{
    audit::AuditError, clusters::THRESHOLD, write_index, ContributionKey, Settings,
};
use openledger_blobs::ContentId;
use openledger_primitives::{
    apis::{OpenRowDispute, RowStage},
    report::Evidence,
    ModelId,
};
use openledger_runtime::{Balances, Inference, Releases, Runtime, RuntimeCall, RuntimeOrigin};
use openledger_trainer::{adapter::Adapter as AdapterFile, features::Features, head::train_head};
use pallet_model_registry as registry;
use sp_core::{crypto::AccountId32, H256};
use sp_runtime::{traits::Dispatchable, DispatchResult};
use std::io::Cursor;

const AUTHOR: AccountId32 = AccountId32::new([5; 32]);
const CHALLENGER: AccountId32 = AccountId32::new([6; 32]);
const MODEL: ModelId = 3;
const ROWS: u32 = 40;
const DIMS: usize = 3;
/// Where the first row of the index's file is.
const FIRST_ROW: usize = 58 + 2 * 24;
const ROW: usize = 12 + 2 * 2 * (DIMS + 1);
/// Where the first link is, and how long each.
const FIRST_LINK: usize = FIRST_ROW + ROWS as usize * ROW;
const LINK: usize = 4 + 2 * 8;

/// A head on forty rows, none near another, and its files; `spoil` changes the index.
fn release(spoil: impl Fn(&mut [u8])) -> Files {
    built(|_, _| None, THRESHOLD, spoil)
}

/// The same with rows 22, 24 and 26 near row 2, for whatever threshold the index was built with.
fn copied(threshold: u16, spoil: impl Fn(&mut [u8])) -> Files {
    let copies = |contribution, n| (contribution == 1 && [2, 4, 6].contains(&n)).then_some(n);
    built(copies, threshold, spoil)
}

/// Rows for which `copy` gives a number are that far from row 2.
fn built(copy: impl Fn(u64, i16) -> Option<i16>, threshold: u16, spoil: impl Fn(&mut [u8])) -> Files {
    let mut features = Features::new(2, DIMS as u16).unwrap();
    for contribution in 0..2 {
        let rows: Vec<_> = (0..ROWS as i16 / 2)
            .map(|n| {
                let label = (n % 2) as u16;
                let side = if label == 0 { 700 } else { -700 };
                let row = |contribution: u64, n: i16| {
                    vec![
                        side + 37 * n,
                        90 * n - 800,
                        64 - 11 * n * (contribution as i16 + 1),
                    ]
                };
                let mut features = row(contribution, n);
                if let Some(apart) = copy(contribution, n) {
                    features = row(0, 2);
                    features[0] += apart;
                }
                (label, features)
            })
            .collect();
        let key = ContributionKey {
            datanet: 7,
            contribution,
        };
        features.push_contribution(key, &rows).unwrap();
    }
    let optimum = train_head(&features, 0.01).unwrap().optimum;
    let settings = Settings {
        threshold,
        ..Settings::new(0.01)
    };
    let mut file = Cursor::new(Vec::new());
    write_index(&features, &optimum, &settings, &mut file).unwrap();
    let mut index = file.into_inner();
    spoil(&mut index);
    let head = AdapterFile::new(optimum).unwrap().to_bytes().unwrap();
    Files::read(head, index, &features.to_bytes()).unwrap()
}

/// The influence of a row with its signs turned.
fn turned(row: usize) -> impl Fn(&mut [u8]) {
    move |index| {
        let start = FIRST_ROW + row * ROW + 12;
        for pair in index[start..start + ROW - 12].chunks_exact_mut(2) {
            let number = i16::from_le_bytes([pair[0], pair[1]]);
            pair.copy_from_slice(&number.saturating_neg().to_le_bytes());
        }
    }
}

fn key(row: u32) -> RowKey {
    RowKey {
        model: MODEL,
        row,
        challenger: CHALLENGER,
    }
}

/// A chain on which the author's model has the release.
fn registered(files: &Files, head: H256) -> sp_io::TestExternalities {
    let mut record = model(registry::ModelKind::Adapter);
    record.owner = AUTHOR;
    record.spec.artifact = head;
    record.spec.output = registry::OutputSchema {
        output_bytes: 8,
        query_len: DIMS as u32,
        classes: 2,
    };
    record.spec.attribution = Some(registry::Attribution {
        root: files.root(),
        index: H256::zero(),
        features: H256::zero(),
        rows: ROWS,
        evidence: Evidence::Influence,
        passages: 0,
    });
    let mut ext = sp_io::TestExternalities::default();
    ext.execute_with(|| {
        use frame_support::traits::fungible::Mutate;
        frame_system::Pallet::<Runtime>::set_block_number(1);
        insert(MODEL, record);
        registry::Bonds::<Runtime>::insert(MODEL, registry::ReleaseBond::default());
        for who in [AUTHOR, CHALLENGER] {
            Balances::mint_into(&who, 1 << 90).unwrap();
        }
    });
    ext
}

fn send(call: &Call, by: &AccountId32) -> DispatchResult {
    let bytes = chain().tx().call_data(&call.payload()).unwrap();
    let call = RuntimeCall::decode(&mut &bytes[..]).unwrap();
    call.dispatch(RuntimeOrigin::signed(by.clone()))
        .map(|_| ())
        .map_err(|error| error.error)
}

fn head_of(files: &Files) -> H256 {
    let Some(Call::ClaimSums { head, .. }) = files.claim(&key(0)).unwrap() else {
        panic!("row 0 is right");
    };
    H256(ContentId::of(&head).0)
}

/// Plays a dispute by the files of both; returns how many moves it took and whether the release was refuted.
fn play(files: &Files, row: u32) -> (u32, bool) {
    let mut moves = 0;
    registered(files, head_of(files)).execute_with(|| {
        send(&Call::DisputeRow { model: MODEL, row }, &CHALLENGER).unwrap();
        while let Some(open) = Releases::dispute_view(MODEL, row, CHALLENGER) {
            moves += 1;
            let key = key(row);
            match open.stage {
                RowStage::Claim => match files.claim(&key).unwrap() {
                    Some(call) => send(&call, &AUTHOR).unwrap(),
                    None => {
                        <Inference as openledger_primitives::traits::Ticks>::set(open.deadline + 1);
                        send(&Call::CloseRow { key }, &CHALLENGER).unwrap();
                    }
                },
                RowStage::Split { low, high } => {
                    send(&files.split(&key, low, high).unwrap(), &AUTHOR).unwrap();
                }
                RowStage::Choose { low, high, ends } => {
                    let call = files.choice(&key, low, high, &ends).unwrap();
                    send(&call, &CHALLENGER).unwrap();
                }
                RowStage::Prove { row } => {
                    send(&files.proof(&key, row).unwrap(), &CHALLENGER).unwrap();
                }
            }
        }
        let refuted = registry::Bonds::<Runtime>::get(MODEL).unwrap().refuted;
        (moves, refuted)
    })
}

#[test]
fn the_runtime_upholds_every_row_of_a_true_release() {
    let files = release(|_| ());
    for row in [0, 1, 20, ROWS - 1] {
        assert!(files.is_right(row).unwrap());
        assert!(files.refutation(MODEL, row).unwrap().is_none());
        // a claim, two splits and choices of 40 rows, and a proof
        assert_eq!(play(&files, row), (6, false), "row {row}");
    }
}

#[test]
fn nothing_true_can_be_claimed_for_a_wrong_row() {
    let files = release(turned(17));
    assert!(files.is_right(16).unwrap() && !files.is_right(17).unwrap());
    assert!(files.claim(&key(17)).unwrap().is_none());
    assert_eq!(play(&files, 17), (1, true));
    assert_eq!(play(&files, 16), (6, false));
}

#[test]
fn the_first_part_that_differs_is_chosen() {
    let files = release(|_| ());
    for false_from in [0, 5, 15] {
        let Call::SplitSums { mut inner, .. } = files.split(&key(2), 3, 39).unwrap() else {
            panic!("it splits");
        };
        inner.push(H256::zero());
        inner[false_from..].fill(H256::repeat_byte(9));
        let call = files.choice(&key(2), 3, 39, &inner).unwrap();
        assert!(matches!(call, Call::ChoosePart { part, .. } if part as usize == false_from));
    }
}

#[test]
fn the_runtime_convicts_an_author_whose_step_is_false() {
    let files = release(|_| ());
    registered(&files, head_of(&files)).execute_with(|| {
        let (key, row) = (key(2), 2);
        send(&Call::DisputeRow { model: MODEL, row }, &CHALLENGER).unwrap();
        send(&files.claim(&key).unwrap().unwrap(), &AUTHOR).unwrap();
        while let Some(open) = Releases::dispute_view(MODEL, row, CHALLENGER) {
            match open.stage {
                RowStage::Split { low, high } => {
                    let Call::SplitSums { key, mut inner } = files.split(&key, low, high).unwrap() else {
                        panic!("it splits");
                    };
                    // from some row on
                    inner.iter_mut().skip(7).for_each(|sums| sums.0[0] ^= 1);
                    send(&Call::SplitSums { key, inner }, &AUTHOR).unwrap();
                }
                RowStage::Choose { low, high, ends } => {
                    let call = files.choice(&key, low, high, &ends).unwrap();
                    send(&call, &CHALLENGER).unwrap();
                }
                RowStage::Prove { row } => send(&files.proof(&key, row).unwrap(), &CHALLENGER).unwrap(),
                RowStage::Claim => panic!("it was claimed"),
            }
        }
        assert!(registry::Bonds::<Runtime>::get(MODEL).unwrap().refuted);
    });
}

/// A row's leader, leave-one-out probability, next row and first sum in the file.
const LEADER: fn(usize) -> usize = |row| FIRST_ROW + row * ROW + 8;
const LOO: fn(usize) -> usize = |row| FIRST_ROW + row * ROW + 6;
const NEXT: fn(usize) -> usize = |row| FIRST_LINK + row * LINK;
const SUM: fn(usize) -> usize = |row| FIRST_LINK + row * LINK + 4;

/// What a row of these files is refuted by; the runtime convicts.
fn refuted(files: &Files, row: u32) -> (u32, RowFlaw) {
    let call = files.refutation(MODEL, row).unwrap().unwrap();
    let head = match &call {
        Call::RefuteRow {
            flaw: RowFlaw::Probability { head, .. },
            ..
        } => H256(ContentId::of(head).0),
        // nobody asks for it
        _ => H256::zero(),
    };
    registered(files, head).execute_with(|| {
        send(&call, &CHALLENGER).unwrap();
        assert!(registry::Bonds::<Runtime>::get(MODEL).unwrap().refuted);
    });
    let Call::RefuteRow { number, flaw, .. } = call else {
        panic!("it is one call");
    };
    (number, flaw)
}

#[test]
fn nothing_is_said_against_a_right_release_with_copies() {
    let files = copied(THRESHOLD, |_| ());
    for row in 0..ROWS {
        assert!(files.refutation(MODEL, row).unwrap().is_none(), "row {row}");
    }
}

#[test]
fn the_runtime_refutes_in_one_call_whatever_is_false_beside_the_influence() {
    let lie = |row: u32, spoil: &dyn Fn(&mut [u8])| refuted(&copied(THRESHOLD, spoil), row);
    let relabelled = lie(9, &|index| index[LEADER(9) - 4] ^= 1);
    assert_eq!(relabelled, (9, RowFlaw::Itself));
    let praised = lie(24, &|index| index[LOO(24)] = 1);
    assert_eq!(praised, (24, RowFlaw::Itself));
    let promoted = lie(24, &|index| index[LEADER(24)] = 24);
    assert_eq!(promoted, (24, RowFlaw::Itself));
    // row 9 is far from row 1, and of its label
    let far = lie(9, &|index| {
        (index[LEADER(9)], index[NEXT(9)]) = (1, 10);
        index[LOO(9)..LOO(9) + 2].fill(0);
    });
    assert!(matches!(far, (9, RowFlaw::Leader(_))));
    let elsewhere = lie(22, &|index| index[NEXT(22)] = 23);
    assert!(matches!(elsewhere, (22, RowFlaw::Link { .. })));
    // the row before shows it
    let sums = lie(24, &|index| index[SUM(24) + 3] ^= 1);
    assert!(matches!(sums, (22, RowFlaw::Link { .. })));
    let left_out = lie(24, &|index| index[NEXT(24)] = 2);
    assert!(matches!(left_out, (24, RowFlaw::Skipped { number: 26, .. })));
    let believed = lie(2, &|index| index[LOO(2) + 1] ^= 0x40);
    assert!(matches!(believed, (2, RowFlaw::Probability { number: 26, .. })));
    // an index that takes copies for rows of their own
    let apart = copied(0, |index| {
        index[20..22].copy_from_slice(&THRESHOLD.to_le_bytes());
    });
    assert!(apart.refutation(MODEL, 2).unwrap().is_none());
    let own = refuted(&apart, 24);
    assert!(matches!(own, (24, RowFlaw::Earlier { number: 2, .. })));
}

#[test]
fn files_that_do_not_belong_together_and_rows_that_are_not_there_are_refused() {
    let files = release(|_| ());
    let beyond = files.is_right(ROWS);
    assert!(matches!(
        beyond,
        Err(FilesError::Audit(AuditError::NoSuchRow { row: 40, rows: 40 }))
    ));
    assert!(files.refutation(MODEL, ROWS).is_err());
    // the index names the root of other features
    let other = release(|index| index[30] ^= 1);
    assert!(matches!(
        other.is_right(0),
        Err(FilesError::Audit(AuditError::Features))
    ));
    assert!(Files::read(vec![], vec![], &[]).is_err());
}

struct Shelf(Arc<Files>);

#[async_trait::async_trait]
impl Library for Shelf {
    async fn files(&self, _: &Adapter) -> Result<Arc<Files>, Stop> {
        Ok(self.0.clone())
    }
}

/// What an advocate sends over `blocks` blocks about row 17.
async fn sent(files: Files, stage: RowStage, refuses: bool, blocks: u64) -> Vec<&'static str> {
    let answer = match stage {
        RowStage::Split { .. } => "split",
        _ => "claim_sums",
    };
    let open = OpenRowDispute {
        model: MODEL,
        row: 17,
        challenger: CHALLENGER,
        author: AUTHOR,
        stage,
        deadline: 100,
        moot: false,
    };
    let court = Court::new(open, answer, refuses);
    let library = Arc::new(Shelf(Arc::new(files)));
    let advocate = Advocate::new(court.clone(), library, Metrics::new().unwrap(), AUTHOR);
    names(&court, advocate, blocks).await
}

#[tokio::test]
async fn an_advocate_answers_when_it_is_its_turn_and_once() {
    let files = || release(|_| ());
    assert_eq!(sent(files(), RowStage::Claim, false, 4).await, ["claim_sums"]);
    let split = RowStage::Split { low: 0, high: 40 };
    assert_eq!(sent(files(), split, false, 4).await, ["split"]);
    let others = RowStage::Prove { row: 3 };
    assert!(sent(files(), others, false, 4).await.is_empty());
}

#[tokio::test]
async fn an_advocate_says_nothing_false_and_gives_up_what_the_chain_refuses() {
    assert!(sent(release(turned(17)), RowStage::Claim, false, 4)
        .await
        .is_empty());
    let refused = sent(release(|_| ()), RowStage::Claim, true, 20).await.len();
    assert!((1..=10).contains(&refused), "{refused}");
}
