// SPDX-License-Identifier: Apache-2.0
//! Worst cases of each call and of a settlement.

use super::*;
use crate::{
    dispute::{Dispute, Progress, MAX_CLASSES, MAX_HEAD_BYTES, MAX_OPENED_BYTES},
    output::due_output,
    spans::{Case, Corrected, Grounds, MAX_CITED, MAX_COUNTS, MAX_DOCUMENTS},
    types::MAX_CLAIM_ENTRIES,
};
use alloc::{vec, vec::Vec};
use frame_benchmarking::v2::*;
use frame_support::{
    traits::{fungible::Mutate, Get},
    BoundedVec,
};
use frame_system::RawOrigin;
use openledger_primitives::{
    attestation::WorkerKey,
    fixed::{
        release::{leaf, node, release_root, row_bytes, Hash, Place, HEADER_BYTES},
        retrieval::{Cited, Log},
        spans::{Credit, TextShape, Token, LEAF_TOKENS, MAX_OUTPUT_TOKENS, SEPARATOR},
    },
    ids::content_id,
    licence::{LicenceTerms, KNOWN_LICENCES},
    money::Balance,
    report::{from_scores, Blend, Evidence, ReportEntry, MAX_REPORT_ENTRIES},
    shown::{ShownText, ShownWindow},
    traits::{
        Answers, Datanets, Models as Registry, RewardLedger, Settlement, Ticks, MAX_ROYALTIES, MAX_SOURCES,
    },
    DatanetId, ModelId, RequestId,
};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::Permill;

const MODEL: ModelId = 1;
const HALF: u32 = MAX_REPORT_ENTRIES / 2;

/// What one account is paid: enough to open it and for any minimum.
fn share<T: Config>() -> Balance {
    T::MinimumClaim::get()
        .max(<T::Currency as frame_support::traits::fungible::Inspect<_>>::minimum_balance())
        * 1_000
}

/// A datanet with one contribution by an owner of its own.
fn datanet<T: Config>(index: u32) -> DatanetId {
    let owner = account("contributor", index, 0);
    // datanets take deposits
    let _ = T::Currency::mint_into(&owner, share::<T>() * 1_000_000);
    let terms = LicenceTerms {
        id: BoundedVec::truncate_from(KNOWN_LICENCES[0].id.to_vec()),
        training: true,
        commercial: true,
        contributor_share: Permill::from_percent(50),
        expires_at: None,
        text: H256::zero(),
    };
    T::Datanets::create_for_benchmark(&owner, terms)
}

/// A report over the first contribution of each datanet: `positive` share one, `negative` take all.
fn report_over(positive: &[DatanetId], negative: &[DatanetId]) -> Vec<ReportEntry> {
    let (gain, loss) = (negative.len().max(1) as i64, -(positive.len() as i64));
    let gains = positive.iter().map(|datanet| ((*datanet, 0), gain));
    let losses = negative.iter().map(|datanet| ((*datanet, 0), loss));
    from_scores(&gains.chain(losses).collect::<Vec<_>>(), Evidence::Influence)
}

/// A settlement with the most workers and royalties, its money in the ledger's account.
fn funded<T: Config>(request: RequestId, report: Vec<ReportEntry>) -> Settlement<T::AccountId> {
    let share = share::<T>();
    let _ = Pallet::<T>::endow_account();
    let workers: Vec<_> = (0..T::MaxWorkers::get())
        .map(|n| (account("worker", n, 0), share))
        .collect();
    let royalties: Vec<_> = (0..MAX_ROYALTIES)
        .map(|n| (ModelId::from(n), account("ancestor", n, 0), share))
        .collect();
    let contributors = share * 64;
    let incoming = share * (workers.len() + royalties.len()) as Balance + share + contributors + 1;
    T::Currency::mint_into(&Pallet::<T>::account_id(), incoming).expect("the account is endowed");
    Settlement {
        request,
        model: MODEL,
        sources: Vec::new(),
        consumer: account("consumer", 0, 0),
        fee: incoming + share,
        treasury: (account("treasury", 0, 0), share),
        representative: WorkerKey {
            account: account("worker", 0, 0),
            epoch: 1,
        },
        workers,
        model_owner: (account("owner", 0, 0), share),
        royalties,
        contributors,
        dust: 1,
        report,
        blend: Blend::DEFAULT,
    }
}

/// `count` entries with pay that has vested but was not touched since.
fn vested<T: Config>(count: u32) -> Vec<DatanetId> {
    let datanets: Vec<_> = (0..count).map(datanet::<T>).collect();
    for (request, some) in datanets.chunks(HALF as usize).enumerate() {
        Pallet::<T>::settle(funded::<T>(request as RequestId, report_over(some, &[])))
            .expect("the settlement is well-formed");
    }
    T::Ticks::set(T::Ticks::now() + T::VestTicks::get().max(T::ChallengeTicks::get()));
    datanets
}

/// A settled report of the most contributions, negative ones too, that a challenger can dispute.
fn disputable<T: Config>() -> (ChallengeKey, T::AccountId) {
    let owner: T::AccountId = account("model", 0, 0);
    let challenger: T::AccountId = account("challenger", 0, 0);
    let _ = T::Currency::mint_into(&owner, share::<T>() * 1_000_000);
    let _ = T::Currency::mint_into(&challenger, (share::<T>() + T::ChallengeBond::get()) * 1_000);
    let model = T::Models::create_released_for_benchmark(&owner);
    let sources = T::Models::release(model).expect("it has a release").sources;
    let negative: Vec<_> = (0..HALF).map(datanet::<T>).collect();
    let pay = |request, report| {
        let mut settlement = funded::<T>(request, report);
        settlement.model = model;
        Pallet::<T>::settle(settlement).expect("the settlement is well-formed");
    };
    pay(0, report_over(&negative, &[]));
    let others = (0..HALF).skip(sources.len()).map(|n| datanet::<T>(100 + n));
    let positive: Vec<_> = sources
        .iter()
        .map(|(datanet, _)| *datanet)
        .chain(others)
        .collect();
    let report = report_over(&positive, &negative);
    pay(1, report);
    let settled = Settlements::<T>::get(1).expect("it was settled");
    T::Answers::reveal_for_benchmark(1, &settled.representative);
    let key = ChallengeKey {
        request: 1,
        datanet: sources.first().expect("a release has sources").0,
        contribution: 0,
    };
    (key, challenger)
}

/// The same, challenged.
fn challenged<T: Config>() -> ChallengeKey {
    let (key, challenger) = disputable::<T>();
    Pallet::<T>::challenge(RawOrigin::Signed(challenger).into(), key).expect("it can be challenged");
    key
}

/// A proof for `leaves` from `first` on of `width` leaves, with siblings of zeros, and the root that it leads to.
fn path(leaves: Vec<Hash>, width: u32, first: u32) -> (H256, RangeProof) {
    let (mut level, mut first, mut width) = (leaves, first, width);
    let mut proof = Vec::new();
    while width > 1 {
        let end = first + level.len() as u32;
        if first % 2 == 1 {
            level.insert(0, [0; 32]);
            proof.push(H256::zero());
        }
        if end % 2 == 1 && end < width {
            level.push([0; 32]);
            proof.push(H256::zero());
        }
        level = level
            .chunks(2)
            .map(|pair| match pair {
                [left, right] => node(blake2_256, left, right),
                alone => alone[0],
            })
            .collect();
        first /= 2;
        width = width.div_ceil(2);
    }
    (H256(level[0]), RangeProof::truncate_from(proof))
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn settle(p: Linear<1, HALF>, n: Linear<0, HALF>) {
        // every negative entry finds a window that vests and, from a later answer, one to take from
        let negative: Vec<_> = vested::<T>(n);
        if n > 0 {
            Pallet::<T>::settle(funded::<T>(1_000, report_over(&negative, &[])))
                .expect("the settlement is well-formed");
        }
        let positive: Vec<_> = (100..100 + p).map(datanet::<T>).collect();
        let settlement = funded::<T>(1_001, report_over(&positive, &negative));

        #[block]
        {
            Pallet::<T>::settle(settlement).expect("the settlement is well-formed");
        }

        assert!(Settlements::<T>::contains_key(1_001));
    }

    #[benchmark]
    fn claim(e: Linear<0, MAX_CLAIM_ENTRIES>) {
        let entries: Vec<_> = vested::<T>(e)
            .into_iter()
            .map(|datanet| PendingKey {
                model: MODEL,
                datanet,
                contribution: 0,
            })
            .collect();
        let who: T::AccountId = account("worker", 0, 0);
        Pallet::<T>::settle(funded::<T>(1_000, Vec::new())).expect("the settlement is well-formed");
        let amount = Claimable::<T>::get(&who);

        #[extrinsic_call]
        _(
            RawOrigin::Signed(who.clone()),
            entries.try_into().expect("not more than a claim takes"),
        );

        let event = Event::<T>::Claimed {
            account: who.clone(),
            by: who,
            amount,
        };
        frame_system::Pallet::<T>::assert_last_event(
            <T as frame_system::Config>::RuntimeEvent::from(event).into(),
        );
    }

    #[benchmark]
    fn prune() {
        let datanets: Vec<_> = (0..HALF).map(datanet::<T>).collect();
        Pallet::<T>::settle(funded::<T>(0, report_over(&datanets, &[])))
            .expect("the settlement is well-formed");
        T::Ticks::set(T::Ticks::now() + T::RetentionTicks::get());

        #[extrinsic_call]
        _(RawOrigin::Signed(whitelisted_caller()), 0);

        let event = Event::<T>::Pruned { request: 0 };
        frame_system::Pallet::<T>::assert_last_event(
            <T as frame_system::Config>::RuntimeEvent::from(event).into(),
        );
    }

    #[benchmark]
    fn collect_standing(c: Linear<1, MAX_CLAIM_ENTRIES>) {
        let datanets: Vec<_> = (0..c).map(datanet::<T>).collect();
        for (request, some) in datanets.chunks(MAX_SOURCES as usize).enumerate() {
            let mut settlement = funded::<T>(request as RequestId, Vec::new());
            settlement.sources = some.iter().map(|datanet| (*datanet, 1)).collect();
            Pallet::<T>::settle(settlement).expect("the settlement is well-formed");
        }
        T::Ticks::set(T::Ticks::now() + T::ChallengeTicks::get());
        let entries: Vec<_> = datanets
            .iter()
            .map(|datanet| StandingKey {
                datanet: *datanet,
                version: 1,
                contribution: 0,
            })
            .collect();

        #[extrinsic_call]
        _(
            RawOrigin::Signed(whitelisted_caller()),
            entries.try_into().expect("not more than a call takes"),
        );

        assert_eq!(StandingCollected::<T>::iter_keys().count(), c as usize);
    }

    #[benchmark]
    fn release_pool() {
        let datanets: Vec<_> = (0..MAX_SOURCES).map(datanet::<T>).collect();
        for (request, report) in [report_over(&datanets, &[]), Vec::new()].into_iter().enumerate() {
            let mut settlement = funded::<T>(request as RequestId, report);
            settlement.sources = datanets.iter().map(|datanet| (*datanet, 1)).collect();
            Pallet::<T>::settle(settlement).expect("the settlement is well-formed");
        }
        T::Ticks::set(T::Ticks::now() + T::PoolTicks::get());
        let amount = Models::<T>::get(MODEL).next_pool;

        #[extrinsic_call]
        _(RawOrigin::Signed(whitelisted_caller()), MODEL);

        let event = Event::<T>::PoolReleased {
            model: MODEL,
            amount,
            dust: 0,
        };
        frame_system::Pallet::<T>::assert_last_event(
            <T as frame_system::Config>::RuntimeEvent::from(event).into(),
        );
    }

    #[benchmark]
    fn challenge() {
        let (key, challenger) = disputable::<T>();

        #[extrinsic_call]
        _(RawOrigin::Signed(challenger), key);

        assert_eq!(
            Disputes::<T>::get(key.request).map(|found| found.withheld.len()),
            Some(HALF as usize)
        );
    }

    #[benchmark]
    fn show_place() {
        let key = challenged::<T>();
        // the largest table
        let width = u32::MAX;
        let mut header = [0; HEADER_BYTES];
        header[..6].copy_from_slice(b"OLIX\x04\0");
        header[22] = 1;
        let dispute = Disputes::<T>::get(key.request).expect("it is challenged");
        header[6..8].copy_from_slice(&(dispute.delta.len() as u16).to_le_bytes());
        header[8..10].copy_from_slice(&(dispute.query.len() as u16).to_le_bytes());
        header[12..16].copy_from_slice(&width.to_le_bytes());
        header[16..20].copy_from_slice(&width.to_le_bytes());
        let own = ShownPlace {
            datanet: key.datanet,
            contribution: key.contribution,
            registered: 0,
            first: 0,
            rows: 2,
        };
        let leaves = vec![leaf(blake2_256, &Place::from(own).to_bytes())];
        let (table, proof) = path(leaves, width, 1);
        let release = ShownRelease {
            header,
            table,
            rows: H256::zero(),
        };
        let root = release_root(blake2_256, &release.header, &release.table.0, &release.rows.0);
        Disputes::<T>::insert(
            key.request,
            Dispute {
                root: H256(root),
                ..dispute
            },
        );
        let shown = ShownPlaces::truncate_from(vec![own]);

        #[extrinsic_call]
        _(
            RawOrigin::Signed(whitelisted_caller()),
            key,
            release,
            1,
            shown,
            proof,
        );

        let found = Challenges::<T>::get(key.request, (key.datanet, key.contribution));
        assert!(found.is_some_and(|found| found.progress != Progress::Unplaced));
    }

    #[benchmark]
    fn open_rows(b: Linear<1, MAX_OPENED_BYTES>) {
        let key = challenged::<T>();
        // rows of the least length that sum to about so many bytes, or the largest row there is
        let dispute = Disputes::<T>::get(key.request).expect("it is challenged");
        let features = ((b as usize).saturating_sub(12) / 2).clamp(2, 2 * 1_025) / 2 - 1;
        let query: Vec<i16> = dispute.query.iter().copied().take(features.max(1)).collect();
        let classes =
            ((b as usize).saturating_sub(12) / 2 / (query.len() + 1)).clamp(1, MAX_CLASSES as usize);
        let delta: Vec<i16> = core::iter::repeat_n(-7, classes).collect();
        let row = vec![1u8; row_bytes(delta.len(), query.len())];
        let (root, proof) = path(vec![leaf(blake2_256, &row)], u32::MAX, 1);
        Disputes::<T>::insert(
            key.request,
            Dispute {
                delta: BoundedVec::truncate_from(delta),
                query: BoundedVec::truncate_from(query),
                ..dispute
            },
        );
        Challenges::<T>::mutate(key.request, (key.datanet, key.contribution), |stored| {
            stored.as_mut().expect("it is open").progress = Progress::Rows {
                root,
                width: u32::MAX,
                next: 1,
                end: 9,
                score: 0,
            };
        });

        #[extrinsic_call]
        _(
            RawOrigin::Signed(whitelisted_caller()),
            key,
            1,
            OpenedRows::truncate_from(row),
            proof,
        );

        let found = Challenges::<T>::get(key.request, (key.datanet, key.contribution));
        assert!(found.is_some_and(|found| matches!(found.progress, Progress::Rows { next: 2, .. })));
    }

    #[benchmark]
    fn refute_output(b: Linear<32, MAX_HEAD_BYTES>) {
        // what is done with the file; what follows is measured as an end of a dispute
        let dims = (b as usize / 12).saturating_sub(1).clamp(1, 1_024);
        let classes = (b as usize / 12 / (dims + 1)).max(1);
        let mut head = 0u64.to_le_bytes().to_vec();
        head.resize(8 + 12 * classes * (dims + 1), 1);
        let query = vec![3i16; dims];
        let output;

        #[block]
        {
            let _ = content_id(&head);
            output = due_output(&head, classes, &query);
        }

        assert!(output.is_some());
    }

    #[benchmark]
    fn refute_spans() {
        // every token of the longest output has a better claim by a whole run over one of seven tokens
        let (key, _) = disputable::<T>();
        let output: Vec<Token> = (0..MAX_OUTPUT_TOKENS as Token).collect();
        let theirs: Vec<Token> = output
            .iter()
            .map(|token| if token % 8 == 7 { SEPARATOR } else { *token })
            .collect();
        let leaves = |tokens: &[Token]| -> Vec<Vec<u8>> {
            let mut tokens = tokens.to_vec();
            tokens.resize(2 * LEAF_TOKENS as usize, 0);
            tokens
                .chunks(LEAF_TOKENS as usize)
                .map(|leaf| leaf.iter().flat_map(|token| token.to_le_bytes()).collect())
                .collect()
        };
        let shape = TextShape {
            tokens: u32::MAX - 1,
            documents: u32::MAX / 2,
            distinct: 1,
            min_tokens: 5,
            copy_tokens: 8,
            tokenizer: [0; 32],
        };
        // two windows of two leaves, one after the other, and then as many leaves as a text can have
        let (high, low) = (leaves(&output), leaves(&theirs));
        let width = shape.leaves();
        let hash = |leaves: &[Vec<u8>]| -> Vec<Hash> {
            leaves.iter().map(|bytes| leaf(blake2_256, bytes)).collect()
        };
        let (above, below) = (hash(&high), hash(&low));
        let pair = |hashes: &[Hash]| node(blake2_256, &hashes[0], &hashes[1]);
        let quad = node(blake2_256, &pair(&below), &pair(&above));
        let (text, rest) = path(vec![quad], width.div_ceil(4), 0);
        let window = |first_leaf, leaves: &[Vec<u8>], sibling| ShownWindow {
            first_leaf,
            bytes: BoundedVec::truncate_from(leaves.concat()),
            proof: RangeProof::truncate_from(
                core::iter::once(H256(sibling))
                    .chain(rest.iter().copied())
                    .collect(),
            ),
        };
        let own = ShownPlace {
            datanet: key.datanet,
            contribution: key.contribution,
            registered: 0,
            first: 0,
            rows: u32::MAX,
        };
        let place = vec![leaf(blake2_256, &Place::from(own).to_bytes())];
        let (table, proof) = path(place, shape.documents, 1);
        let document = ShownDocument {
            datanet: key.datanet,
            contribution: key.contribution,
            ordinal: 1,
            places: ShownPlaces::truncate_from(vec![own]),
            proof,
        };
        let documents = ShownDocuments::truncate_from(vec![document; MAX_DOCUMENTS as usize]);
        let shown = ShownText {
            header: shape.to_bytes(),
            table,
            text,
            counts: H256::zero(),
        };
        let flaw = Flaw::Claim {
            from: 0,
            count: MAX_OUTPUT_TOKENS as u16,
            position: 2 * LEAF_TOKENS,
            ours: window(2, &high, pair(&below)),
            theirs: Some(window(0, &low, pair(&above))),
        };
        let credits: Vec<_> = (0..MAX_OUTPUT_TOKENS as u32)
            .map(|position| Credit { position, count: 1 })
            .collect();
        let cited = (0..MAX_CITED).map(|position| Cited {
            position,
            score: position + 1,
        });
        let log = Log::new(vec![1; MAX_COUNTS as usize], cited, MAX_CITED as usize);
        let grounds = Grounds { credits, log };
        let (mut corrected, mut sum) = (grounds.clone(), 0);

        #[block]
        {
            let settled = Settlements::<T>::get(key.request).expect("it is settled");
            let release = T::Models::release(settled.model).expect("it has a release");
            let _ = T::Answers::revealed(key.request, &settled.representative);
            let _ = Corrections::<T>::get(key.request);
            let _ = shown.root(blake2_256);
            let case = Case::new(&shown, &output, H256::zero(), MAX_CITED as u8).expect("the header is one");
            if let Ok(found) = case.corrected(&grounds, &flaw) {
                corrected = found;
            }
            for document in &documents {
                let _ = Pallet::<T>::points_in(&release, &key);
                let scores = case.scores_of(&corrected, document).expect("it is in the table");
                sum += scores.iter().map(|(_, score)| score).sum::<i64>();
            }
            Corrections::<T>::insert(key.request, Corrected::from(&corrected));
        }

        assert!(corrected != grounds && sum > 0);
    }

    #[benchmark]
    fn conclude() {
        let key = challenged::<T>();
        T::Ticks::set(T::Ticks::now() + T::AnswerTicks::get() + 1);

        #[extrinsic_call]
        close_challenge(RawOrigin::Signed(whitelisted_caller()), key);

        assert!(!Disputes::<T>::contains_key(key.request));
    }

    impl_benchmark_test_suite!(
        Pallet,
        crate::mock::ExtBuilder::default().build(),
        crate::mock::Test
    );
}
