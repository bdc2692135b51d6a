// SPDX-License-Identifier: Apache-2.0
//! What is checked before a text answers anything, and what it answers.

use super::*;
use crate::artifacts::NoSource;
use openledger_attribution::{spans::ShardBuilder, ContributionKey};
use openledger_blobs::{Blobs, ContentId};
use openledger_fixed::{
    retrieval::MAX_TERMS,
    spans::{credits_of_query, output_tokens, NOBODY},
};

/// Tokens of an answer.
pub(crate) const TOKENS: usize = 12;

/// How kinds of evidence count here.
pub(crate) const BLEND: Blend = Blend {
    influence: 3,
    spans: 3,
    retrieval: 1,
};

/// Contributions of datanet 7 by number, the first registered first.
pub(crate) const CONTRIBUTIONS: [&str; 3] = [
    "The wheel of the mill turns the long shaft, and the long shaft turns the stones.",
    "When the water is high the wheel of the mill turns day and night, and the miller sleeps.",
    "The miller dresses the stones twice a year; then the wheel of the mill stands still.",
];

/// A text model's files, and how it is registered.
#[derive(Clone)]
pub(crate) struct Made {
    pub text: Text,
    pub corpus: Vec<u8>,
    pub tokenizer: Vec<u8>,
}

impl Made {
    /// Of documents of datanet 7.
    pub(crate) fn of(documents: &[&str]) -> Self {
        // words that stand once as well
        let twice = CONTRIBUTIONS.iter().chain(&CONTRIBUTIONS);
        let learnt: Vec<&[u8]> = twice.map(|text| text.as_bytes()).collect();
        let tokenizer = WordTokenizer::learn(&learnt).unwrap();
        let mut builder = ShardBuilder::new(tokenizer.id());
        for (number, document) in (0..).zip(documents) {
            let key = ContributionKey {
                datanet: 7,
                contribution: number,
            };
            let tokens = tokenizer.encode(document.as_bytes()).unwrap();
            builder.push(key, 100 + number, &tokens).unwrap();
        }
        let corpus = builder.finish().unwrap().to_bytes();
        let shard = Arc::new(Shard::from_bytes(corpus.clone()).unwrap());
        let root =
            TextRelease::of(shard, &Rules::default()).map_or(H256::zero(), |release| H256(release.root()));
        let id = |bytes: &[u8]| H256(ContentId::of(bytes).0);
        Self {
            text: Text {
                corpus: id(&corpus),
                tokenizer: id(tokenizer.as_bytes()),
                root,
                documents: u32::try_from(documents.len()).unwrap(),
                asked: Asked::Text,
                prompt_bytes: 64,
                passages: 0,
                output_bytes: 2 * TOKENS,
                query_len: 4 * TOKENS,
            },
            corpus,
            tokenizer: tokenizer.as_bytes().to_vec(),
        }
    }

    /// The same text, registered to be asked in tokens and to answer from passages.
    pub(crate) fn with_passages(mut self, passages: usize) -> Self {
        self.text.asked = Asked::Tokens;
        self.text.passages = passages;
        self.text.query_len = query_numbers(TOKENS, passages).unwrap();
        self
    }

    /// A question in the text's tokens.
    pub(crate) fn question(&self, question: &str) -> Vec<u8> {
        let tokenizer = WordTokenizer::from_bytes(&self.tokenizer).unwrap();
        let tokens = tokenizer.encode(question.as_bytes()).unwrap();
        tokens.into_iter().flat_map(Token::to_le_bytes).collect()
    }

    pub(crate) fn check(&self) -> Result<LoadedText, TextFault> {
        LoadedText::check(&self.text, self.corpus.clone(), &self.tokenizer)
    }

    /// Changes the corpus, and the root at its end so that it states the truth.
    fn change(&mut self, change: impl FnOnce(&mut [u8], [usize; 3])) {
        let number = |at: usize| u32::from_le_bytes(self.corpus[at..at + 4].try_into().unwrap()) as usize;
        // tokens, documents, different tokens
        let sizes = [number(8), number(12), number(16)];
        change(&mut self.corpus, sizes);
        let root = Shard::from_bytes(self.corpus.clone()).unwrap().tree().root();
        let end = self.corpus.len() - 32;
        self.corpus[end..].copy_from_slice(&root);
    }
}

pub(crate) fn made() -> Made {
    Made::of(&CONTRIBUTIONS)
}

/// Answers of a text, decoded: tokens, credits and entries.
fn answered(prompt: &str) -> (String, Computed) {
    let made = made();
    let computed = made.check().unwrap().answer(prompt.as_bytes(), &BLEND).unwrap();
    let tokens = output_tokens(&computed.output).unwrap();
    let tokenizer = WordTokenizer::from_bytes(&made.tokenizer).unwrap();
    (tokenizer.decode(&tokens), computed)
}

#[test]
fn a_text_continues_a_prompt_and_pays_whom_it_quotes() {
    let (text, computed) = answered("Once the wheel of the mill");
    assert!(text.starts_with("turns "), "{text}");
    assert_eq!(computed.output.len(), 2 * TOKENS);
    assert_eq!(computed.query.len(), 4 * TOKENS);
    let credits = credits_of_query(&computed.query).unwrap();
    assert!(credits.iter().any(|credit| credit.position != NOBODY));
    assert!(!computed.entries.is_empty());
    assert!(computed
        .entries
        .iter()
        .all(|entry| entry.evidence == Evidence::Spans && entry.datanet == 7 && entry.weight > 0));
    openledger_primitives::report::check(&computed.entries, &BLEND).unwrap();
}

#[test]
fn an_answer_that_ends_early_is_filled_up_and_credits_nobody_after_its_end() {
    let (text, computed) = answered("then the wheel of the mill stands");
    assert_eq!(text, "still.");
    let tokens = openledger_fixed::spans::tokens_of(&computed.output);
    let end = tokens.iter().position(|token| *token == SEPARATOR).unwrap();
    assert!(end < TOKENS);
    let credits = credits_of_query(&computed.query).unwrap();
    assert!(credits[end..].iter().all(|credit| *credit == Credit::NONE));
    assert!(credits[..end].iter().all(|credit| credit.count > 0));
}

#[test]
fn what_the_text_has_no_word_of_has_an_empty_answer_and_an_empty_report() {
    for prompt in ["#", " \n"] {
        let (text, computed) = answered(prompt);
        assert_eq!(text, "", "{prompt}");
        assert_eq!(computed.output, [0xff; 2 * TOKENS]);
        let credits = credits_of_query(&computed.query).unwrap();
        assert_eq!(credits, [Credit::NONE; TOKENS]);
        assert!(computed.entries.is_empty());
    }
}

#[test]
fn prompts_that_are_none_are_refused_by_name() {
    let loaded = made().check().unwrap();
    assert_eq!(loaded.answer(b"", &BLEND), Err(PromptError::Empty));
    let error = loaded.answer(&[b'a'; 65], &BLEND).unwrap_err();
    assert_eq!(error, PromptError::TooLong { found: 65, most: 64 });
    let error = loaded.answer(b"ab\xff", &BLEND).unwrap_err();
    assert_eq!(
        error,
        PromptError::Invalid(TokenizerError::NotUtf8 { valid_up_to: 2 })
    );
    assert!(error.to_string().starts_with("PromptInvalid"), "{error}");
}

#[test]
fn questions_that_are_no_tokens_are_refused_by_name() {
    let loaded = made().with_passages(2).check().unwrap();
    let refused = |question: &[u8]| loaded.answer(question, &BLEND).unwrap_err();
    assert_eq!(refused(b""), PromptError::Empty);
    assert_eq!(refused(&[1, 0, 2]), PromptError::HalfToken { found: 3 });
    assert_eq!(refused(&[1, 0, 255, 255]), PromptError::Separator { index: 1 });
    assert_eq!(refused(&[1; 66]), PromptError::TooLong { found: 66, most: 64 });
    for error in [refused(&[1]), refused(&[255, 255])] {
        assert!(error.to_string().starts_with("PromptInvalid"), "{error}");
    }
}

#[test]
fn a_question_is_answered_from_passages_and_both_what_is_quoted_and_what_is_cited_is_paid() {
    let made = made().with_passages(2);
    let loaded = made.check().unwrap();
    let question = made.question("When does the miller dress the stones?");
    let computed = loaded.answer(&question, &BLEND).unwrap();
    assert_eq!(computed.query.len(), made.text.query_len);
    let (credits, log) = computed.query.split_at(4 * TOKENS);
    assert!(credits_of_query(credits)
        .unwrap()
        .iter()
        .any(|credit| credit.position != NOBODY));
    let log = Log::of_query(log, 2, MAX_TERMS).unwrap();
    let library = loaded.library.as_ref().unwrap();
    let due = library.retrieve(&tokens_of(&question), 2).unwrap();
    assert_eq!((&log.cited, log.cited.len()), (&due.cited, 2));
    // the answer is the best passage from its start on
    let best = library.passage(log.cited[0].position).unwrap();
    let answer = output_tokens(&computed.output).unwrap();
    assert!(loaded.release.shard().tokens(best).take(answer.len()).eq(answer));

    openledger_primitives::report::check(&computed.entries, &BLEND).unwrap();
    let part = |evidence| {
        let of_kind = computed.entries.iter().filter(|entry| entry.evidence == evidence);
        of_kind.map(|entry| entry.weight).sum::<i32>()
    };
    assert_eq!(
        [part(Evidence::Spans), part(Evidence::Retrieval)],
        [750_000_000, 250_000_000]
    );
    let other = Blend {
        retrieval: 3,
        ..BLEND
    };
    let even = loaded.answer(&question, &other).unwrap();
    assert_eq!((&even.output, &even.query), (&computed.output, &computed.query));
    assert_ne!(even.entries, computed.entries);
}

#[test]
fn tokens_that_the_vocabulary_lacks_stand_nowhere_and_cite_nobody() {
    let made = made().with_passages(4);
    let loaded = made.check().unwrap();
    let computed = loaded.answer(&60_000u16.to_le_bytes(), &BLEND).unwrap();
    assert_eq!(computed.output, [0xff; 2 * TOKENS]);
    let log = Log::of_query(&computed.query[4 * TOKENS..], 4, 1).unwrap();
    assert_eq!((log.cited, log.counts), (vec![], vec![0]));
    assert!(computed.entries.is_empty());
}

#[test]
fn a_text_may_be_continued_in_tokens_too() {
    let made = made().with_passages(0);
    let loaded = made.check().unwrap();
    assert!(loaded.library.is_none());
    let prompt = "Once the wheel of the mill";
    let computed = loaded.answer(&made.question(prompt), &BLEND).unwrap();
    assert_eq!(computed, answered(prompt).1);
}

#[test]
fn damaged_files_are_refused_by_name() {
    let mut cut = made();
    cut.corpus.truncate(40);
    assert!(matches!(
        cut.check(),
        Err(TextFault::CorpusInvalid(ShardError::Truncated { .. }))
    ));
    let mut flipped = made();
    let last = flipped.corpus.len() - 40;
    flipped.corpus[last] ^= 1;
    assert!(matches!(
        flipped.check(),
        Err(TextFault::CorpusInvalid(ShardError::WrongRoot))
    ));
    let mut other = made();
    other.tokenizer = b"no tokenizer".to_vec();
    assert!(matches!(other.check(), Err(TextFault::TokenizerInvalid(_))));
}

#[test]
fn a_corpus_whose_suffix_array_is_not_its_texts_is_refused_by_name() {
    let mut made = made();
    made.change(|corpus, [tokens, documents, distinct]| {
        let suffixes = 52 + 28 * documents + 6 * distinct + 2 * tokens;
        // the first two suffixes are of the separator or of equal words
        let (first, second) = corpus[suffixes..suffixes + 8].split_at_mut(4);
        first.swap_with_slice(second);
    });
    let fault = made.check().unwrap_err();
    assert!(
        matches!(fault, TextFault::NotSorted(id) if id == made.text.corpus),
        "{fault}"
    );
}

#[test]
fn documents_that_no_corpus_has_are_refused_by_name() {
    let mut inside = made();
    inside.change(|corpus, [_, documents, distinct]| {
        let text = 52 + 28 * documents + 6 * distinct;
        corpus[text..text + 2].copy_from_slice(&SEPARATOR.to_le_bytes());
    });
    let fault = inside.check().unwrap_err();
    assert!(matches!(fault, TextFault::DocumentsInvalid(_)), "{fault}");
    let fault = Made::of(&[""]).check().unwrap_err();
    assert!(matches!(fault, TextFault::ReleaseInvalid(_)), "{fault}");
    assert!(fault.to_string().starts_with("CorpusInvalid"), "{fault}");
}

#[test]
fn a_corpus_of_another_tokenizer_is_refused_by_name() {
    let mut made = made();
    let other = WordTokenizer::learn(&[b"two two"]).unwrap();
    made.tokenizer = other.as_bytes().to_vec();
    let fault = made.check().unwrap_err();
    assert!(
        matches!(fault, TextFault::TokenizerMismatch { found, registered, .. }
            if registered.0 == other.id() && found == made.text.tokenizer),
        "{fault}"
    );
}

#[test]
fn a_corpus_under_another_registration_is_refused_by_name() {
    let under = |change: fn(&mut Text)| {
        let mut made = made();
        change(&mut made.text);
        made.check().unwrap_err()
    };
    let fault = under(|text| text.root = H256([1; 32]));
    let name = "AttributionRootMismatch";
    assert!(matches!(fault, TextFault::RootMismatch { .. }) && fault.to_string().starts_with(name));
    let fault = under(|text| text.documents = 4);
    assert!(
        matches!(
            fault,
            TextFault::DocumentsMismatch {
                found: 3,
                registered: 4,
                ..
            }
        ),
        "{fault}"
    );
    let fault = under(|text| text.query_len = 4);
    assert!(
        matches!(fault, TextFault::QueryLength { query_len: 4, .. }),
        "{fault}"
    );
    let fault = under(|text| text.output_bytes += 1);
    assert!(matches!(fault, TextFault::QueryLength { .. }), "{fault}");
    for passages in [1, 5] {
        let mut made = made();
        made.text.passages = passages;
        let fault = made.check().unwrap_err();
        assert!(fault.to_string().starts_with("QueryLengthMismatch"), "{fault}");
    }
    let mut unreadable = made().with_passages(3);
    unreadable.text.asked = Asked::Text;
    let fault = unreadable.check().unwrap_err();
    assert!(matches!(fault, TextFault::QuestionUnreadable), "{fault}");
}

#[tokio::test]
async fn a_text_is_fetched_and_checked_once_and_a_fault_is_remembered() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::open_folder(folder.path()).unwrap();
    let made = made();
    blobs.put(made.corpus).await.unwrap();
    let artifacts = Artifacts::new(blobs.clone(), Arc::new(NoSource));
    let texts = Texts::default();
    let stop = texts.get(&made.text, &artifacts).await.unwrap_err();
    assert!(matches!(stop, Stop::Unavailable(_)), "{stop:?}");
    assert_eq!(texts.fault(&made.text), None);

    blobs.put(made.tokenizer).await.unwrap();
    let wrong = Text {
        root: H256([1; 32]),
        ..made.text.clone()
    };
    let first = texts.get(&made.text, &artifacts).await.unwrap();
    let stop = texts.get(&wrong, &artifacts).await.unwrap_err();
    drop(folder);
    let second = texts.get(&made.text, &artifacts).await.unwrap();
    assert!(Arc::ptr_eq(&first, &second));
    assert_eq!(texts.get(&wrong, &artifacts).await.unwrap_err(), stop);
    assert!(texts
        .fault(&wrong)
        .unwrap()
        .starts_with("AttributionRootMismatch"));
}

/// Every token of an output is one of a continuation that stands in the text.
#[test]
fn an_answer_is_what_the_text_says_next() {
    let made = made();
    let shard = Shard::from_bytes(made.corpus.clone()).unwrap();
    let tokenizer = WordTokenizer::from_bytes(&made.tokenizer).unwrap();
    let prompt = tokenizer.encode(b"the wheel of the mill turns").unwrap();
    let expected: Vec<Token> = continuation(&shard, &prompt, TOKENS, &[]);
    let computed = made
        .check()
        .unwrap()
        .answer(b"the wheel of the mill turns", &BLEND)
        .unwrap();
    assert_eq!(output_tokens(&computed.output).unwrap(), expected);
}
