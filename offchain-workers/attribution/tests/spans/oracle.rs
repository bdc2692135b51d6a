// SPDX-License-Identifier: Apache-2.0
//! Spans by their definitions, with every passage looked for in every document: what the engine must give for any
//! documents, however they are divided into shards.

use std::cmp::Reverse;

use openledger_attribution::spans::{merge, Attribution, Corpus, Credit, Rules, Shard, Source, Span, Token};
use openledger_fixed::spans::prices;
use proptest::prelude::*;

use crate::{builder, shard, Text, TOKENIZER};

struct Oracle<'t> {
    texts: &'t [Text],
    output: &'t [Token],
    rules: Rules,
}

impl Oracle<'_> {
    /// All places of `output[from..to]`, by registration.
    fn places(&self, from: usize, to: usize) -> Vec<Source> {
        let passage = &self.output[from..to];
        let of_text = |text: &Text| {
            let windows = text.tokens.windows(passage.len()).enumerate();
            windows
                .filter(|(_, window)| *window == passage)
                .map(|(token, _)| Source {
                    registered: text.registered,
                    key: text.key,
                    token,
                })
                .collect::<Vec<_>>()
        };
        let mut places: Vec<Source> = self.texts.iter().flat_map(of_text).collect();
        places.sort_unstable();
        places
    }

    fn stands(&self, from: usize, to: usize) -> bool {
        from < to && !self.places(from, to).is_empty()
    }

    fn spans(&self) -> Vec<Span> {
        let len = self.output.len();
        let mut spans = Vec::new();
        for from in 0..len {
            for to in from + self.rules.min_tokens..=len {
                let grows = from > 0 && self.stands(from - 1, to) || to < len && self.stands(from, to + 1);
                if self.stands(from, to) && !grows {
                    let places = self.places(from, to);
                    let mut documents: Vec<Source> =
                        places.iter().take(16 * self.rules.documents).copied().collect();
                    documents.dedup_by_key(|source| source.key);
                    documents.truncate(self.rules.documents);
                    spans.push(Span {
                        output: from..to,
                        count: places.len() as u64,
                        documents,
                    });
                }
            }
        }
        spans
    }

    /// Tokens of output and text that agree around a place in both, one after the other.
    fn run(&self, position: usize, text: &[Token], token: usize) -> usize {
        let agree = |(a, b): &(&Token, &Token)| a == b;
        let (before, after) = (&self.output[..position], &self.output[position..]);
        let after = after.iter().zip(&text[token..]).take_while(agree).count();
        let before = before.iter().rev().zip(text[..token].iter().rev());
        match after {
            0 => 0,
            _ => after + before.take_while(agree).count(),
        }
    }

    /// The best of all claims: the one with the longer run, of equal ones the one registered first.
    fn source(&self, position: usize) -> Option<Source> {
        let of_text = |text: &Text| {
            let claims = (0..text.tokens.len()).map(|token| {
                let source = Source {
                    registered: text.registered,
                    key: text.key,
                    token,
                };
                (self.run(position, &text.tokens, token), source)
            });
            claims.collect::<Vec<_>>()
        };
        let claims = self.texts.iter().flat_map(of_text);
        claims
            .filter(|(run, _)| *run >= self.rules.min_tokens)
            .max_by_key(|(run, source)| (*run.min(&self.rules.copy_tokens), Reverse(*source)))
            .map(|(_, source)| source)
    }

    fn attribution(&self) -> Attribution {
        let spans = self.spans();
        let all = || self.texts.iter().flat_map(|text| &text.tokens);
        let prices = prices(self.output, all().count() as u64, |index| {
            all().filter(|other| **other == self.output[index]).count() as u64
        });
        let mut credits: Vec<Credit> = Vec::new();
        for (position, price) in prices.iter().enumerate() {
            let Some(source) = self.source(position) else {
                continue;
            };
            let weight = u64::from(*price);
            match credits.last_mut() {
                Some(last)
                    if last.output.end == position
                        && last.source.key == source.key
                        && last.source.token + position - last.output.start == source.token =>
                {
                    last.output.end += 1;
                    last.weight += weight;
                }
                _ => credits.push(Credit {
                    output: position..position + 1,
                    source,
                    weight,
                }),
            }
        }
        Attribution { spans, credits }
    }
}

fn a_text() -> impl Strategy<Value = (u64, u64, Vec<Token>)> {
    (0..3u64, 0..4u64, prop::collection::vec(0..3u16, 0..30))
}

/// Documents in order of registration: few tokens, so that they have much in common, and one of them the highest.
pub fn some_texts() -> impl Strategy<Value = Vec<Text>> {
    prop::collection::vec(a_text(), 1..8).prop_map(|parts| {
        let mut texts: Vec<Text> = (0..)
            .zip(parts)
            .map(|(contribution, (datanet, registered, tokens))| Text {
                key: openledger_attribution::ContributionKey {
                    datanet,
                    contribution,
                },
                registered,
                tokens: tokens.into_iter().map(of_digit).collect(),
            })
            .collect();
        texts.sort_by_key(|text| (text.registered, text.key));
        texts
    })
}

pub fn of_digit(digit: u16) -> Token {
    [0, 300, 65_534, 9][usize::from(digit)]
}

pub fn some_rules() -> impl Strategy<Value = Rules> {
    (2..5usize, 0..5usize, 0..4usize).prop_map(|(min_tokens, more, documents)| Rules {
        min_tokens,
        copy_tokens: min_tokens + more,
        documents,
    })
}

pub fn some_output() -> impl Strategy<Value = Vec<Token>> {
    prop::collection::vec((0..4u16).prop_map(of_digit), 1..40)
}

proptest! {
    #[test]
    fn answers_are_those_of_the_definitions(
        texts in some_texts(),
        output in some_output(),
        rules in some_rules(),
        parts in prop::collection::vec(0..3usize, 8),
    ) {
        let wanted = Oracle { texts: &texts, output: &output, rules }.attribution();
        let shards: Vec<Shard> = (0..3)
            .map(|part| texts.iter().zip(&parts).filter(move |(_, of)| **of == part).map(|(text, _)| text))
            .map(Iterator::collect::<Vec<&Text>>)
            .filter(|texts| !texts.is_empty())
            .map(shard)
            .collect();

        let merged = merge(&shards.iter().collect::<Vec<_>>()).unwrap().finish().unwrap().to_bytes();
        prop_assert!(merged == builder(&texts).finish().unwrap().to_bytes(), "merging is building at once");

        let found = Corpus::new(shards).unwrap().attribute(&output, &rules).unwrap();
        prop_assert_eq!(&found, &wanted);
        let one = Corpus::new(vec![Shard::from_bytes(merged).unwrap()]).unwrap();
        prop_assert_eq!(one.attribute(&output, &rules).unwrap(), found);
        prop_assert_eq!(one.tokenizer(), TOKENIZER);
    }

    #[test]
    fn no_token_is_paid_twice_and_every_credit_is_what_it_says(
        texts in some_texts(),
        output in some_output(),
        rules in some_rules(),
    ) {
        let corpus = Corpus::new(vec![shard(&texts)]).unwrap();
        let found = corpus.attribute(&output, &rules).unwrap();
        let mut end = 0;
        for credit in &found.credits {
            prop_assert!(credit.output.start >= end && !credit.output.is_empty());
            end = credit.output.end;
            let text = texts.iter().find(|text| text.key == credit.source.key).unwrap();
            let there = &text.tokens[credit.source.token..][..credit.output.len()];
            prop_assert_eq!(there, &output[credit.output.clone()]);
        }
        let prices = prices(&output, corpus.tokens(), |index| corpus.count(output[index]));
        let all: u64 = prices.into_iter().map(u64::from).sum();
        prop_assert!(found.scores().into_iter().map(|(_, score)| score as u64).sum::<u64>() <= all);
    }
}
