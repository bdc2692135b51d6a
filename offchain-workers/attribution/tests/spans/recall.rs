// SPDX-License-Identifier: Apache-2.0
//! How many planted quotes are found and paid to whom they were taken from.

use openledger_attribution::spans::Rules;
use openledger_trainer::random::SplitMix64;

use crate::{corpus, generated, generated::Zipf, Text};

const QUOTES: usize = 1_000;

/// Share of quotes of 5 to 30 tokens, each with other text around it, whose source has a positive score. Of each
/// quote, `edit` may change a part.
fn recall(texts: &[Text], mut edit: impl FnMut(&mut [u16], &mut SplitMix64)) -> f64 {
    let (mut random, zipf) = (SplitMix64::new(31), Zipf::new(5_000));
    let corpus = corpus(texts);
    let mut found = 0;
    for _ in 0..QUOTES {
        let text = &texts[random.below(texts.len())];
        let len = 5 + random.below(26);
        let from = random.below(text.tokens.len() - len + 1);
        let mut quote = text.tokens[from..from + len].to_vec();
        edit(&mut quote, &mut random);
        let (before, after) = (random.below(60), random.below(60));
        let mut output = zipf.draw_many(&mut random, before);
        output.extend(quote);
        output.extend(zipf.draw_many(&mut random, after));
        let scores = corpus.attribute(&output, &Rules::default()).unwrap().scores();
        found += usize::from(scores.iter().any(|(key, _)| *key == text.key));
    }
    found as f64 / QUOTES as f64
}

#[test]
fn verbatim_quotes_are_paid_to_their_source() {
    let texts = generated::texts(20, 1_000, 400);
    let recall = recall(&texts, |_, _| ());
    println!("recall of {QUOTES} verbatim quotes: {recall}");
    assert!(recall >= 0.99, "{recall}");
}

#[test]
fn quotes_with_one_token_changed_are_mostly_found() {
    let texts = generated::texts(20, 1_000, 400);
    let recall = recall(&texts, |quote, random| {
        let at = random.below(quote.len());
        quote[at] = 4_999 - quote[at];
    });
    println!("recall of {QUOTES} quotes with one token changed: {recall}");
    assert!(recall >= 0.7, "{recall}");
}
