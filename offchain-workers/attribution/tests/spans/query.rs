// SPDX-License-Identifier: Apache-2.0
//! Answers that are no answers, and answers made to be slow.

use std::time::{Duration, Instant};

use openledger_attribution::spans::{
    query::MAX_OUTPUT_TOKENS, ByteTokenizer, Corpus, QueryError, Rules, Shard, ShardBuilder, Tokenizer,
    TokenizerError, SEPARATOR,
};

use crate::{corpus, key, texts, TOKENIZER};

fn error(output: &[u16], rules: Rules) -> QueryError {
    corpus(&texts(&[&[1, 2, 3, 4, 5, 6]]))
        .attribute(output, &rules)
        .unwrap_err()
}

#[test]
fn an_empty_output_is_named() {
    assert_eq!(error(&[], Rules::default()), QueryError::EmptyOutput);
}

#[test]
fn an_output_above_the_longest_is_named() {
    let found = MAX_OUTPUT_TOKENS + 1;
    assert_eq!(
        error(&vec![1; found], Rules::default()),
        QueryError::OutputTooLong { found }
    );
}

#[test]
fn an_output_above_the_vocabulary_is_named() {
    assert_eq!(
        error(&[1, SEPARATOR], Rules::default()),
        QueryError::SeparatorInOutput { index: 1 }
    );
}

#[test]
fn spans_too_short_to_prove_anything_are_named() {
    let rules = Rules {
        min_tokens: 1,
        ..Rules::default()
    };
    assert_eq!(error(&[1], rules), QueryError::SpansTooShort(1));
}

#[test]
fn copies_shorter_than_spans_are_named() {
    let rules = Rules {
        copy_tokens: 4,
        ..Rules::default()
    };
    assert_eq!(
        error(&[1], rules),
        QueryError::CopiesTooShort {
            copy_tokens: 4,
            min_tokens: 5
        }
    );
}

#[test]
fn an_output_shorter_than_a_span_quotes_nothing() {
    let found = corpus(&texts(&[&[1, 2, 3, 4, 5, 6]]))
        .attribute(&[1, 2, 3, 4], &Rules::default())
        .unwrap();
    assert!(found.spans.is_empty() && found.credits.is_empty() && found.report().is_empty());
}

fn of_bytes(texts: &[&str]) -> Corpus {
    let mut builder = ShardBuilder::new(ByteTokenizer.id());
    for (number, text) in (0..).zip(texts) {
        let tokens = ByteTokenizer.encode(text.as_bytes()).unwrap();
        builder.push(key(number), number, &tokens).unwrap();
    }
    Corpus::new(vec![
        Shard::from_bytes(builder.finish().unwrap().to_bytes()).unwrap()
    ])
    .unwrap()
}

#[test]
fn an_output_that_is_not_utf_8_is_named() {
    let found = of_bytes(&["text"]).attribute_text(&ByteTokenizer, b"te\xffxt", &Rules::default());
    assert_eq!(
        found,
        Err(QueryError::Tokenizer(TokenizerError::NotUtf8 { valid_up_to: 2 }))
    );
}

#[test]
fn an_output_of_another_tokenizer_is_named() {
    let corpus = corpus(&texts(&[&[1]]));
    assert_eq!(corpus.tokenizer(), TOKENIZER);
    assert_eq!(
        corpus.attribute_text(&ByteTokenizer, b"text", &Rules::default()),
        Err(QueryError::WrongTokenizer)
    );
}

#[test]
fn a_span_does_not_run_from_one_document_into_the_next() {
    let corpus = corpus(&texts(&[&[1, 2, 3, 4, 5], &[6, 7, 8, 9, 10]]));
    let found = corpus
        .attribute(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], &Rules::default())
        .unwrap();
    let spans: Vec<_> = found.spans.iter().map(|span| span.output.clone()).collect();
    assert_eq!(spans, [0..5, 5..10]);
}

#[test]
fn one_token_repeated_is_found_in_time_and_worth_one_token() {
    let long = vec![7; 50_000];
    let mut documents: Vec<&[u16]> = vec![&long; 20];
    let short: Vec<Vec<u16>> = (1..400).map(|len| vec![7; 10 * len]).collect();
    documents.extend(short.iter().map(Vec::as_slice));
    let others: Vec<u16> = (0..60_000).collect();
    documents.push(&others);
    for texts in [texts(&documents), texts(&documents[20..])] {
        let corpus = corpus(&texts);
        let start = Instant::now();
        let found = corpus
            .attribute(&[7; MAX_OUTPUT_TOKENS], &Rules::default())
            .unwrap();
        // a tenth of a second; hours if every match were read from its start
        println!("{MAX_OUTPUT_TOKENS} times one token: {:?}", start.elapsed());
        assert!(start.elapsed() < Duration::from_secs(60));
        let all: i64 = found.scores().iter().map(|(_, score)| score).sum();
        assert!(all < 32 << 16, "{all}");
    }
}
