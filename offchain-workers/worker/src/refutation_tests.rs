// SPDX-License-Identifier: Apache-2.0
//! What is shown of a false report is what the runtime itself corrects it by, until nothing is wrong.

use super::*;
use crate::{
    artifacts::NoSource,
    chain::{
        records_tests::{insert, model, stands},
        runtime_tests::chain,
        Asked, Models, Network,
    },
    texts::tests::{made, Made, BLEND, TOKENS},
    transactions::{Nonces, Status, SubmitError},
};
use codec::Decode;
use futures::{
    stream::{self, BoxStream},
    StreamExt,
};
use openledger_fixed::{
    retrieval::{terms, Cited, Log, MAX_TERMS},
    spans::{credits_of_query, credits_to_query, tokens_of, NOBODY},
};
use openledger_primitives::{
    apis::InputView,
    attestation::WorkerKey,
    report::{blended, Evidence, ReportEntry, Scored},
    traits::DatanetVersion,
    ModelId,
};
use openledger_runtime::{Runtime, RuntimeCall, RuntimeOrigin};
use pallet_attribution::{types::Settled, Corrections, Settlements};
use pallet_model_registry as registry;
use sp_core::crypto::AccountId32;
use sp_io::TestExternalities;
use sp_runtime::{traits::Dispatchable, BoundedVec};
use std::sync::{Arc, Mutex};

const WORKER: AccountId32 = AccountId32::new([5; 32]);
const CHALLENGER: AccountId32 = AccountId32::new([6; 32]);
const MODEL: ModelId = 3;
const REQUEST: RequestId = 8;
const PROMPT: &[u8] = b"Once the wheel of the mill";

/// What stands of the true answer.
fn truth(made: &Made) -> Quoted {
    truth_about(made, PROMPT)
}

/// What stands of the true answer to a prompt.
fn truth_about(made: &Made, prompt: &[u8]) -> Quoted {
    let computed = made.check().unwrap().answer(prompt, &BLEND).unwrap();
    let (credits, log) = computed.query.split_at(4 * TOKENS);
    Quoted {
        model: MODEL,
        input: InputView::Inline(prompt.to_vec()),
        output: computed.output,
        credits: credits_of_query(credits).unwrap(),
        log: Log::of_query(log, made.text.passages, MAX_TERMS).unwrap_or_default(),
        scores: computed.entries.iter().map(ReportEntry::scored).collect(),
        blend: BLEND,
        void: false,
    }
}

/// What was asked.
fn question_of(said: &Quoted) -> &[u8] {
    match &said.input {
        InputView::Inline(question) => question,
        InputView::Stored(_) => panic!("a question that the chain has"),
    }
}

fn quoting(contribution: u64, score: i64) -> Scored {
    Scored {
        datanet: 7,
        contribution,
        evidence: Evidence::Spans,
        score,
    }
}

fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap()
}

/// A chain on which the answer to a request is settled as `said`, by a worker that nobody slashes.
fn settled(made: &Made, said: &Quoted) -> TestExternalities {
    let mut record = model(registry::ModelKind::Base);
    record.parents = Default::default();
    record.sources = BoundedVec::truncate_from(vec![registry::Source {
        datanet: 7,
        version: 1,
        licence_hash: H256::zero(),
        max_share: Default::default(),
    }]);
    record.spec.artifact = made.text.corpus;
    record.spec.config = made.text.tokenizer;
    record.spec.format = registry::ArtifactFormat::Corpus;
    record.spec.input.dtype = match made.text.asked {
        Asked::Text => registry::DataType::Utf8,
        Asked::Tokens => registry::DataType::Token,
    };
    record.spec.output = registry::OutputSchema {
        output_bytes: number(2 * TOKENS),
        query_len: number(made.text.query_len),
        classes: 0,
    };
    record.spec.attribution = Some(registry::Attribution {
        root: made.text.root,
        index: made.text.corpus,
        features: made.text.tokenizer,
        rows: made.text.documents,
        evidence: Evidence::Spans,
        passages: u8::try_from(made.text.passages).unwrap(),
    });
    let author = WorkerKey {
        account: WORKER,
        epoch: 1,
    };
    let report = blended(&said.scores, &said.blend);
    let settled = Settled::<Runtime> {
        model: MODEL,
        consumer: WORKER,
        fee: 0,
        from_pool: 0,
        representative: author.clone(),
        report: BoundedVec::truncate_from(report.clone()),
        blend: said.blend,
        parts: Default::default(),
        taken_back: Default::default(),
        settled_at: 0,
        answer: 1,
        void: false,
    };
    let mut query = credits_to_query(&said.credits);
    if made.text.passages > 0 {
        query.extend(said.log.to_query(made.text.passages));
    }
    let input = pallet_inference::Input::Inline(BoundedVec::truncate_from(question_of(said).to_vec()));
    let reveal = pallet_inference::Reveal {
        output: BoundedVec::truncate_from(said.output.clone()),
        query: BoundedVec::truncate_from(query),
        entries: BoundedVec::truncate_from(report),
    };
    let seat = pallet_inference::Seat {
        worker: author,
        place: 0,
        stake: 0,
        commitment: None,
        revealed: true,
    };
    let mut ext = TestExternalities::default();
    ext.execute_with(|| {
        frame_system::Pallet::<Runtime>::set_block_number(1);
        insert(MODEL, record);
        Settlements::<Runtime>::insert(REQUEST, settled);
        pallet_inference::Committee::<Runtime>::insert(REQUEST, WORKER, seat);
        pallet_inference::Reveals::<Runtime>::insert(REQUEST, WORKER, reveal);
        pallet_inference::Inputs::<Runtime>::insert(REQUEST, input);
        let version = DatanetVersion {
            root: H256::zero(),
            leaves: 4,
            points: 4,
            published_at: 0,
        };
        pallet_datanets::Versions::<Runtime>::insert(7, 1, version);
        for leaf_index in 0..4 {
            let contribution = pallet_datanets::Contribution {
                owner: AccountId32::new([9; 32]),
                content: H256::zero(),
                size: 1,
                media_type: Default::default(),
                leaf_count: 1,
                registered_at: 0,
                bond: 0,
                state: pallet_datanets::ContributionState::Accepted { leaf_index, by: None },
                novelty: None,
                ticket: Decode::decode(&mut &[0; 64][..]).unwrap(),
            };
            pallet_datanets::Contributions::<Runtime>::insert(7, leaf_index, contribution);
        }
    });
    ext
}

/// Names of the flaws that are shown of an answer settled as `said`, and what stands in the end.
fn judged(made: &Made, said: &Quoted) -> (Vec<&'static str>, Quoted) {
    let loaded = made.check().unwrap();
    let mut flaws = Vec::new();
    settled(made, said).execute_with(|| loop {
        let stands = stands(REQUEST).unwrap();
        let Some(call) = next_call(&loaded, question_of(said), REQUEST, &stands).unwrap() else {
            assert_eq!(Corrections::<Runtime>::contains_key(REQUEST), !flaws.is_empty());
            return (flaws, stands);
        };
        let Call::RefuteSpans { flaw, .. } = &call else {
            panic!("{} refutes nothing", call.name());
        };
        flaws.push(flaw.name());
        assert!(flaws.len() < 40, "{flaws:?}");
        let bytes = chain().tx().call_data(&call.payload()).unwrap();
        let call = RuntimeCall::decode(&mut &bytes[..]).unwrap();
        call.dispatch(RuntimeOrigin::signed(CHALLENGER))
            .unwrap_or_else(|error| panic!("{flaws:?}: {error:?}"));
    })
}

/// A passage of the answer credited to the same words of a later contribution: of the position and the token.
fn credited_to_a_copy(made: &Made, said: &mut Quoted) {
    let release = made.check().unwrap().release;
    let shard = release.shard();
    let later = shard.document(1).tokens;
    let tokens = output_tokens(&said.output).unwrap();
    for (token, credit) in tokens.iter().zip(&mut said.credits) {
        let copy = later
            .clone()
            .find(|at| shard.tokens(*at..*at + 1).next() == Some(*token));
        if let Some(copy) = copy {
            credit.position = number(copy);
        }
    }
}

#[test]
fn of_a_true_answer_nothing_is_shown() {
    let made = made();
    let said = truth(&made);
    assert!(!said.scores.is_empty());
    assert_eq!(judged(&made, &said), (vec![], said));
}

#[test]
fn each_flaw_is_shown_until_the_truth_stands() {
    let made = made();
    let due = truth(&made);
    let end = output_tokens(&due.output).unwrap().len();
    let mut copied = due.clone();
    credited_to_a_copy(&made, &mut copied);
    let mut nobody = due.clone();
    nobody.credits[0].position = NOBODY;
    let mut uncounted = due.clone();
    uncounted.credits[1].count += 1;
    let mut halved = due.clone();
    halved.scores[0].score /= 2;
    let mut kept = due.clone();
    kept.scores.push(quoting(3, 1 << 20));
    let mut silent = due.clone();
    silent.scores.clear();
    for (said, expected) in [
        (copied, "Claim"),
        (nobody, "Claim"),
        (uncounted, "Count"),
        (halved, "Sums"),
        (kept, "Sums"),
        (silent, "Sums"),
    ] {
        let (flaws, stands) = judged(&made, &said);
        assert_eq!(flaws.first(), Some(&expected), "{flaws:?}");
        assert_eq!(stands, due, "{expected}: {end} tokens");
    }
}

#[test]
fn credits_beyond_the_answers_end_are_shown_to_be_unfounded() {
    let made = made();
    let due = truth_about(&made, b"then the wheel of the mill stands");
    let mut said = due.clone();
    said.credits[TOKENS - 1].position = 4;
    let (flaws, stands) = judged(&made, &said);
    assert_eq!((flaws, stands), (vec!["Passage"], due));
}

#[test]
fn all_that_is_wrong_is_shown_in_turn() {
    let made = made();
    let due = truth(&made);
    let mut said = due.clone();
    credited_to_a_copy(&made, &mut said);
    let tokens = output_tokens(&said.output).unwrap().len();
    said.credits[..tokens]
        .iter_mut()
        .for_each(|credit| credit.count += 7);
    said.scores = vec![quoting(1, 5), quoting(3, 9)];
    let (flaws, stands) = judged(&made, &said);
    assert!(flaws.contains(&"Claim") && flaws.contains(&"Count"), "{flaws:?}");
    assert_eq!(stands, due);
}

const QUESTION: &str = "When does the miller dress the stones?";

/// A text that answers from passages, and what stands of its true answer.
fn from_passages() -> (Made, Quoted) {
    let made = made().with_passages(2);
    let due = truth_about(&made, &made.question(QUESTION));
    assert_eq!(due.log.cited.len(), 2);
    (made, due)
}

/// Without counts of terms that the text lacks, and of none at all: they score nothing.
fn counted(made: &Made, quoted: &Quoted) -> Quoted {
    let mut quoted = quoted.clone();
    let terms = terms(&tokens_of(question_of(&quoted)));
    let release = made.check().unwrap().release;
    for (at, count) in quoted.log.counts.iter_mut().enumerate() {
        let stands = terms.get(at).is_some_and(|term| release.shard().count(*term) > 0);
        *count *= u32::from(stands);
    }
    quoted
}

#[test]
fn each_flaw_of_a_log_is_shown_until_the_truth_stands() {
    let (made, due) = from_passages();
    assert_eq!(judged(&made, &due), (vec![], due.clone()));
    let lied = |lie: &dyn Fn(&mut Quoted)| {
        let mut said = due.clone();
        lie(&mut said);
        said
    };
    let best = due.log.cited[0];
    let (beyond, inside) = (60_000, best.position + 1);
    let cite = |position| {
        move |said: &mut Quoted| {
            let score = 1 << 24;
            said.log = said.log.with(Cited { position, score }, 2);
        }
    };
    let silent = |said: &mut Quoted| {
        let scores = &mut said.scores;
        scores.retain(|scored| scored.evidence != Evidence::Retrieval);
    };
    for (said, expected) in [
        (
            lied(&|said| said.log = said.log.without(best.position)),
            "Retrieved",
        ),
        (lied(&|said| said.log.cited[0].score += 9), "Retrieved"),
        (lied(&|said| said.log.counts[1] += 5), "Term"),
        (lied(&cite(beyond)), "Cited"),
        (lied(&cite(inside)), "Cited"),
        (lied(&silent), "Sums"),
    ] {
        let (flaws, stands) = judged(&made, &said);
        assert_eq!(flaws.first(), Some(&expected), "{flaws:?}");
        assert_eq!(counted(&made, &stands), counted(&made, &due), "{expected}");
    }
}

#[test]
fn credits_and_passages_that_are_wrong_together_are_shown_in_turn() {
    let (made, due) = from_passages();
    let mut said = due.clone();
    credited_to_a_copy(&made, &mut said);
    said.credits[0].count += 1;
    said.log.counts.iter_mut().for_each(|count| *count += 2);
    said.log.cited.remove(0);
    said.scores = vec![quoting(3, 9)];
    let (flaws, stands) = judged(&made, &said);
    assert_eq!(flaws.first(), Some(&"Count"), "{flaws:?}");
    assert!(
        flaws.contains(&"Term") && flaws.contains(&"Retrieved"),
        "{flaws:?}"
    );
    assert_eq!(counted(&made, &stands), counted(&made, &due));
}

/// A chain on which the answer stands as the first of these, and as the next after each call; what is final lags behind for
/// some looks.
struct Bench {
    model: Model,
    states: Mutex<Vec<Option<Quoted>>>,
    lag: Mutex<u32>,
    refuses: bool,
}

#[async_trait::async_trait]
impl Models for Bench {
    async fn models(&self) -> Result<Vec<ModelId>, ChainError> {
        Ok(vec![MODEL])
    }

    async fn model(&self, _: ModelId) -> Result<Model, ChainError> {
        Ok(self.model.clone())
    }
}

#[async_trait::async_trait]
impl QuoteDocket for Bench {
    async fn quoted(&self, _: RequestId, at: At) -> Result<Option<Quoted>, ChainError> {
        let states = self.states.lock().unwrap();
        let mut lag = self.lag.lock().unwrap();
        if at == At::Finalized && *lag > 0 {
            *lag -= 1;
            return Ok(states.last().unwrap().clone());
        }
        Ok(states[0].clone())
    }
}

#[async_trait::async_trait]
impl Ledger for Bench {
    async fn nonces(&self) -> Result<Nonces, SubmitError> {
        Ok(Nonces {
            finalized: 0,
            best: 0,
            pool: 0,
        })
    }

    async fn submit(&self, _: &Call, _: u64, _: u128) -> Result<BoxStream<'static, Status>, SubmitError> {
        if self.refuses {
            let failed = Status::InBlock(Err("Attribution::WindowClosed".into()));
            return Ok(stream::iter([failed]).boxed());
        }
        self.states.lock().unwrap().rotate_left(1);
        Ok(stream::iter([Status::InBlock(Ok(()))]).boxed())
    }
}

/// Judges an answer that stands as these, one after the other; a single one stays, which is not waited for.
async fn refuted(states: Vec<Option<Quoted>>, model: Model, refuses: bool) -> Result<Refuted, RefuteError> {
    let made = made();
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::open_folder(folder.path()).unwrap();
    for file in [made.corpus, made.tokenizer] {
        blobs.put(file).await.unwrap();
    }
    let bench = Bench {
        model,
        states: Mutex::new(states),
        lag: Mutex::new(1),
        refuses,
    };
    let artifacts = Artifacts::new(blobs, Arc::new(NoSource));
    let patience = match bench.states.lock().unwrap().len() {
        1 => Duration::ZERO,
        _ => INCLUSION_TIMEOUT,
    };
    refute_on(&bench, &artifacts, REQUEST, patience).await
}

#[tokio::test]
async fn calls_are_sent_until_what_stands_is_final_and_nothing_is_wrong() {
    let made = made();
    let due = truth(&made);
    let mut said = due.clone();
    said.scores.clear();
    let model = Model::Text(made.text);
    let refuted_once = refuted(vec![Some(said), Some(due.clone())], model.clone(), false);
    let ended = refuted_once.await.unwrap();
    assert_eq!((ended.calls.len(), &ended.stands), (1, &due));
    let ended = refuted(vec![Some(due.clone())], model, false).await.unwrap();
    assert_eq!((ended.calls, ended.stands), (vec![], due));
}

#[tokio::test]
async fn what_cannot_be_judged_says_why_by_name() {
    let made = made();
    let due = truth(&made);
    let text = || Model::Text(made.text.clone());
    let forgotten = refuted(vec![None], text(), false).await.unwrap_err();
    assert!(matches!(forgotten, RefuteError::AnswerForgotten(REQUEST)));
    let void = Quoted {
        void: true,
        ..due.clone()
    };
    let void = refuted(vec![Some(void)], text(), false).await.unwrap_err();
    assert!(matches!(void, RefuteError::ReportVoid(REQUEST)));
    let network = Model::Network(Network::default());
    let other = refuted(vec![Some(due.clone())], network, false)
        .await
        .unwrap_err();
    assert!(matches!(other, RefuteError::WrongEvidence(MODEL)));
    let mut missing = made.text.clone();
    missing.corpus = H256::zero();
    let missing = refuted(vec![Some(due.clone())], missing.into(), false).await;
    assert!(matches!(
        missing.unwrap_err(),
        RefuteError::Files(Stop::Unavailable(_))
    ));
    let (asked, answer) = from_passages();
    let stored = Quoted {
        input: InputView::Stored(H256::zero()),
        ..answer
    };
    let unread = refuted(vec![Some(stored)], asked.text.into(), false).await;
    assert!(matches!(
        unread.unwrap_err(),
        RefuteError::QuestionUnavailable(Stop::Unavailable(_))
    ));
    let mut short = due.clone();
    short.credits.truncate(1);
    let short = refuted(vec![Some(short)], text(), false).await.unwrap_err();
    assert!(matches!(short, RefuteError::AnswerInvalid(_)));
    let mut said = due;
    said.scores.clear();
    let ignored = refuted(vec![Some(said.clone())], text(), false)
        .await
        .unwrap_err();
    assert!(matches!(ignored, RefuteError::NoEffect { calls: 1, .. }));
    let refused = refuted(vec![Some(said)], text(), true).await.unwrap_err();
    assert!(refused.to_string().contains("WindowClosed"), "{refused}");
}
