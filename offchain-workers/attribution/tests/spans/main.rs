// SPDX-License-Identifier: Apache-2.0
//! Text spans: the file, the answers, what they pay, and bad input.

mod continuation;
mod flaws;
mod generated;
mod log_flaws;
mod oracle;
mod payment;
mod query;
mod recall;
mod shard;
mod text_release;
#[cfg(feature = "tokenizer")]
mod text_tokenizer;

use openledger_attribution::{
    spans::{Corpus, Shard, ShardBuilder, Token},
    ContributionKey,
};

/// Id of the tokenizer that made the tokens of these tests.
const TOKENIZER: [u8; 32] = [7; 32];

/// A document before it is in a shard.
#[derive(Clone, Debug)]
struct Text {
    key: ContributionKey,
    registered: u64,
    tokens: Vec<Token>,
}

fn key(contribution: u64) -> ContributionKey {
    ContributionKey {
        datanet: 1,
        contribution,
    }
}

/// Documents registered in the order given.
fn texts(tokens: &[&[Token]]) -> Vec<Text> {
    (0..)
        .zip(tokens)
        .map(|(number, tokens)| Text {
            key: key(number),
            registered: number,
            tokens: tokens.to_vec(),
        })
        .collect()
}

fn builder<'t>(texts: impl IntoIterator<Item = &'t Text>) -> ShardBuilder {
    let mut builder = ShardBuilder::new(TOKENIZER);
    for text in texts {
        builder.push(text.key, text.registered, &text.tokens).unwrap();
    }
    builder
}

fn shard<'t>(texts: impl IntoIterator<Item = &'t Text>) -> Shard {
    Shard::from_bytes(builder(texts).finish().unwrap().to_bytes()).unwrap()
}

fn corpus(texts: &[Text]) -> Corpus {
    Corpus::new(vec![shard(texts)]).unwrap()
}
