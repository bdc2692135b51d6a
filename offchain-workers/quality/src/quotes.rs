// SPDX-License-Identifier: Apache-2.0
//! Planted quotes: are they found, who is paid for them, and what do copies and repetitions earn?

use std::collections::HashMap;

use anyhow::Result;
use openledger_attribution::{
    spans::{Corpus, Rules, Shard, ShardBuilder, Token, Tokenizer, WordTokenizer},
    ContributionKey,
};
use openledger_fixed::{report, REPORT_ENTRIES};
use openledger_trainer::random::SplitMix64;

use crate::{
    money::{share, Ledger, Weights},
    text::Text,
};

/// Shortest and longest quote, in tokens.
const QUOTE: std::ops::RangeInclusive<usize> = 5..=30;
/// Most tokens of other text on either side of a quote.
const AROUND: usize = 60;
/// Contributions of the plays for money: few enough that ten more matter.
pub const PLAYED: usize = 50;
/// Contributions that somebody adds, as copies or as fresh text.
const ADDED: usize = 10;
/// Quotes in an answer that is paid for.
const QUOTES_IN_ANSWER: usize = 3;
/// Shares of words that a copier replaces.
pub const CHANGED: [f64; 6] = [0.0, 0.02, 0.05, 0.1, 0.2, 0.5];
/// How often a contributor repeats its text inside its contribution.
pub const REPEATED: [usize; 4] = [1, 2, 4, 8];

/// What is done to a quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Nothing.
    None,
    /// One token becomes another.
    Replaced,
    /// One token is left out.
    Dropped,
    /// One token is put in.
    Inserted,
    /// Two neighbours change places.
    Swapped,
}

impl Edit {
    /// All, in the order of the table.
    pub const ALL: [Self; 5] = [
        Self::None,
        Self::Replaced,
        Self::Dropped,
        Self::Inserted,
        Self::Swapped,
    ];

    /// What the table calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "verbatim",
            Self::Replaced => "one token replaced",
            Self::Dropped => "one token left out",
            Self::Inserted => "one token put in",
            Self::Swapped => "two neighbours swapped",
        }
    }

    fn apply(self, quote: &mut Vec<Token>, other: Token, random: &mut SplitMix64) {
        let at = random.below(quote.len());
        match self {
            Self::None => {}
            Self::Replaced => quote[at] = other,
            Self::Dropped => {
                quote.remove(at);
            }
            Self::Inserted => quote.insert(at, other),
            Self::Swapped => {
                let next = (at + 1) % quote.len();
                quote.swap(at, next);
            }
        }
    }
}

/// Shares of quotes by [`Edit::ALL`].
#[derive(Clone, Copy, Default)]
pub struct Recall {
    /// The contribution that a quote was taken from has a positive weight in the report.
    pub spans: f64,
    /// It has the largest weight.
    pub first: f64,
    /// It is among the sixteen that share most with the answer, tokens weighed by their rarity.
    pub words: f64,
    /// It is among sixteen drawn at random.
    pub random: f64,
}

/// Everything that one seed measured on a text.
pub struct Measured {
    /// Contributions.
    pub contributions: usize,
    /// Tokens of all of them.
    pub tokens: usize,
    /// Of the passages drawn, the share that an earlier contribution has as well.
    pub borrowed: f64,
    /// By [`Edit::ALL`].
    pub recall: Vec<Recall>,
    /// Share of the money of ten contributions of fresh text.
    pub honest: f64,
    /// Share that ten copies of one contribution get, by [`CHANGED`].
    pub copier: Vec<f64>,
    /// Share that the copied contribution gets beside them.
    pub owner: Vec<f64>,
    /// Share that it gets without them.
    pub before: f64,
    /// Share of a tenth of the contributions that repeat their text, by [`REPEATED`].
    pub repeated: Vec<f64>,
}

/// Contributions as tokens, registered in this order.
struct Library {
    texts: Vec<Vec<Token>>,
    corpus: Corpus,
}

impl Library {
    fn new(tokenizer: &WordTokenizer, texts: Vec<Vec<Token>>) -> Result<Self> {
        let mut builder = ShardBuilder::new(tokenizer.id());
        for (number, tokens) in (0..).zip(&texts) {
            builder.push(key(number), number, tokens)?;
        }
        let shard = Shard::from_bytes(builder.finish()?.to_bytes())?;
        Ok(Self {
            texts,
            corpus: Corpus::new(vec![shard])?,
        })
    }

    fn report(&self, output: &[Token]) -> Result<Weights> {
        let scores = self.corpus.attribute(output, &Rules::default())?.scores();
        let scores: Vec<(u64, i64)> = scores
            .into_iter()
            .map(|(key, score)| (key.contribution, score))
            .collect();
        Ok(report(&scores, REPORT_ENTRIES))
    }

    /// A passage of a contribution drawn at random, and whose it is.
    fn passage(&self, random: &mut SplitMix64) -> (usize, Vec<Token>) {
        loop {
            let owner = random.below(self.texts.len());
            let text = &self.texts[owner];
            let len = QUOTE.start() + random.below(QUOTE.end() - QUOTE.start() + 1);
            if text.len() >= len {
                let from = random.below(text.len() - len + 1);
                return (owner, text[from..from + len].to_vec());
            }
        }
    }

    /// A token drawn as often as the texts have it.
    fn token(&self, random: &mut SplitMix64) -> Token {
        loop {
            let text = &self.texts[random.below(self.texts.len())];
            if !text.is_empty() {
                return text[random.below(text.len())];
            }
        }
    }

    fn chatter(&self, random: &mut SplitMix64) -> Vec<Token> {
        (0..random.below(AROUND)).map(|_| self.token(random)).collect()
    }

    /// Money by contribution after answers that each quote passages of contributions drawn at random.
    fn share(&self, answers: usize, seed: u64, wanted: impl Fn(u64) -> bool) -> Result<f64> {
        let mut random = SplitMix64::new(seed.wrapping_mul(86_028_121));
        let mut ledger = Ledger::default();
        for _ in 0..answers {
            let mut output = self.chatter(&mut random);
            for _ in 0..QUOTES_IN_ANSWER {
                output.extend(self.passage(&mut random).1);
                output.extend(self.chatter(&mut random));
            }
            ledger.answer(&self.report(&output)?, None);
        }
        Ok(share(&ledger.vest_all(), wanted))
    }
}

fn key(contribution: u64) -> ContributionKey {
    ContributionKey {
        datanet: 0,
        contribution,
    }
}

/// Measures a text: `quotes` planted passages for each edit, and `answers` paid ones for each play.
pub fn measure(text: &Text, quotes: usize, answers: usize, seed: u64) -> Result<Measured> {
    let mut random = SplitMix64::new(seed.wrapping_mul(2_750_159));
    let mut order: Vec<&[u8]> = text.contributions.iter().map(String::as_bytes).collect();
    random.shuffle(&mut order);
    let tokenizer = WordTokenizer::learn(&order)?;
    let mut texts: Vec<Vec<Token>> = order
        .iter()
        .map(|text| tokenizer.encode(text))
        .collect::<Result<_, _>>()?;
    // some of it comes later, as fresh text; the last ones of an order by chance
    let fresh = texts.split_off(texts.len() - ADDED);
    let library = Library::new(&tokenizer, texts)?;
    let (recall, borrowed) = recall(&library, quotes, &mut random)?;

    let (contributions, tokens) = (library.texts.len(), library.texts.iter().map(Vec::len).sum());
    let mut texts = library.texts;
    texts.truncate(PLAYED);
    let library = Library::new(&tokenizer, texts)?;
    let count = library.texts.len() as u64;
    let added = |contribution: u64| contribution >= count;
    let with = |more: Vec<Vec<Token>>| Library::new(&tokenizer, [library.texts.clone(), more].concat());
    let victim = victim(&library);
    let mut measured = Measured {
        contributions,
        tokens,
        borrowed,
        recall,
        honest: with(fresh)?.share(answers, seed, added)?,
        before: library.share(answers, seed, |contribution| contribution == victim as u64)?,
        copier: Vec::new(),
        owner: Vec::new(),
        repeated: Vec::new(),
    };
    for changed in CHANGED {
        let copies = (0..ADDED).map(|_| {
            let copy = library.texts[victim].iter().map(|token| {
                if random.symmetric() < 2.0 * changed - 1.0 {
                    library.token(&mut random)
                } else {
                    *token
                }
            });
            copy.collect()
        });
        let library = with(copies.collect())?;
        measured.copier.push(library.share(answers, seed, added)?);
        measured
            .owner
            .push(library.share(answers, seed, |contribution| contribution == victim as u64)?);
    }
    let repeating = library.texts.len() / 10;
    for times in REPEATED {
        let texts = library
            .texts
            .iter()
            .enumerate()
            .map(|(number, text)| text.repeat(if number < repeating { times } else { 1 }));
        let repeated = Library::new(&tokenizer, texts.collect())?;
        measured
            .repeated
            .push(repeated.share(answers, seed, |contribution| contribution < repeating as u64)?);
    }
    Ok(measured)
}

/// The contribution in the middle of all by length: a typical one.
fn victim(library: &Library) -> usize {
    let mut order: Vec<usize> = (0..library.texts.len()).collect();
    order.sort_by_key(|number| library.texts[*number].len());
    order[order.len() / 2]
}

/// Recall by edit, over passages that no earlier contribution has; and the share of those drawn that one has.
fn recall(library: &Library, quotes: usize, random: &mut SplitMix64) -> Result<(Vec<Recall>, f64)> {
    let bags = Bags::new(&library.texts);
    let (mut drawn, mut borrowed) = (0u32, 0u32);
    let mut recalls = Vec::new();
    for edit in Edit::ALL {
        let (mut recall, mut planted) = (Recall::default(), 0);
        while planted < quotes {
            let (owner, mut quote) = library.passage(random);
            drawn += 1;
            if !is_first(library, owner, &quote)? {
                borrowed += 1;
                continue;
            }
            planted += 1;
            edit.apply(&mut quote, library.token(random), random);
            let mut output = library.chatter(random);
            output.extend(quote);
            output.extend(library.chatter(random));
            let report = library.report(&output)?;
            let weight = |wanted: usize| {
                let entry = report
                    .iter()
                    .find(|(contribution, _)| *contribution == wanted as u64);
                entry.map_or(0, |(_, weight)| *weight)
            };
            let found = weight(owner);
            let largest = report.iter().map(|(_, weight)| *weight).max().unwrap_or(0);
            recall.spans += f64::from(u8::from(found > 0));
            recall.first += f64::from(u8::from(found > 0 && found == largest));
            recall.words += f64::from(u8::from(bags.nearest(&output).contains(&owner)));
        }
        let quotes = quotes as f64;
        recalls.push(Recall {
            spans: recall.spans / quotes,
            first: recall.first / quotes,
            words: recall.words / quotes,
            random: REPORT_ENTRIES as f64 / library.texts.len() as f64,
        });
    }
    Ok((recalls, f64::from(borrowed) / f64::from(drawn)))
}

/// Whether `owner` is the earliest registered of all that have the passage.
fn is_first(library: &Library, owner: usize, passage: &[Token]) -> Result<bool> {
    let rules = Rules {
        documents: 1,
        ..Rules::default()
    };
    let spans = library.corpus.attribute(passage, &rules)?.spans;
    Ok(spans
        .first()
        .and_then(|span| span.documents.first())
        .is_some_and(|source| source.key == key(owner as u64)))
}

/// Contributions as bags of tokens: the baseline that knows words and not their order.
struct Bags {
    /// By token, whose it is.
    owners: HashMap<Token, Vec<usize>>,
    contributions: usize,
}

impl Bags {
    fn new(texts: &[Vec<Token>]) -> Self {
        let mut owners: HashMap<Token, Vec<usize>> = HashMap::new();
        for (number, text) in texts.iter().enumerate() {
            let mut tokens = text.clone();
            tokens.sort_unstable();
            tokens.dedup();
            for token in tokens {
                owners.entry(token).or_default().push(number);
            }
        }
        Self {
            owners,
            contributions: texts.len(),
        }
    }

    /// The sixteen with the largest sum of `log(n / number that have it)` over the different tokens of an answer.
    fn nearest(&self, output: &[Token]) -> Vec<usize> {
        let mut tokens = output.to_vec();
        tokens.sort_unstable();
        tokens.dedup();
        let mut scores = vec![0.0; self.contributions];
        for owners in tokens.iter().filter_map(|token| self.owners.get(token)) {
            let rarity = (self.contributions as f64 / owners.len() as f64).ln();
            owners.iter().for_each(|owner| scores[*owner] += rarity);
        }
        let mut order: Vec<usize> = (0..self.contributions).collect();
        order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
        order.truncate(REPORT_ENTRIES);
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text() -> Text {
        let mut random = SplitMix64::new(5);
        let contribution = |_| {
            let words: Vec<String> = (0..60).map(|_| format!("w{}", random.below(400))).collect();
            words.join(" ")
        };
        Text {
            name: "generated".into(),
            contributions: (0..80).map(contribution).collect(),
        }
    }

    #[test]
    fn verbatim_quotes_are_found_and_exact_copies_earn_nothing() {
        let measured = measure(&text(), 100, 200, 1).unwrap();
        assert_eq!(measured.contributions, 70);
        assert!(measured.before > 0.0);
        assert!(measured.recall[0].spans > 0.99 && measured.recall[0].first > 0.9);
        assert!(measured.recall[1].spans < 1.0);
        assert_eq!(measured.copier[0], 0.0);
        assert!(measured.copier[5] > 0.0 && measured.honest > 0.0);
        assert!(measured.owner[0] >= measured.before);
    }

    #[test]
    fn edits_change_what_they_say() {
        let mut random = SplitMix64::new(1);
        let quote: Vec<Token> = (0..9).collect();
        for (edit, len) in Edit::ALL.into_iter().zip([9, 9, 8, 10, 9]) {
            let mut changed = quote.clone();
            edit.apply(&mut changed, 99, &mut random);
            assert_eq!(changed.len(), len);
            assert_eq!(changed == quote, edit == Edit::None);
        }
    }
}
