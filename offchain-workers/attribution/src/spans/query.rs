// SPDX-License-Identifier: Apache-2.0
//! Spans, credits and scores of one answer.

use std::{collections::BTreeMap, ops::Range};

use openledger_fixed::{report, spans::prices, REPORT_ENTRIES};
use openledger_trainer::features::ContributionKey;

use super::{
    claims::best_claims,
    corpus::{Corpus, Matches, Occurrence, Source},
    search::Pattern,
    tokenizer::{Tokenizer, TokenizerError},
    Token, SEPARATOR,
};

/// The longest answer that is looked up at once; longer ones are cut by the caller.
pub const MAX_OUTPUT_TOKENS: usize = 8192;

/// Why an answer has no attribution.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// There is no token.
    #[error("the output is empty")]
    EmptyOutput,
    /// Too many tokens.
    #[error("an output of {found} tokens is longer than {MAX_OUTPUT_TOKENS}: cut it")]
    OutputTooLong {
        /// Tokens of the output.
        found: usize,
    },
    /// The output contains [`SEPARATOR`].
    #[error("token {index} of the output is {SEPARATOR}, which no vocabulary has")]
    SeparatorInOutput {
        /// Index of the token.
        index: usize,
    },
    /// Spans so short that every text has them.
    #[error("spans of {0} tokens prove nothing: the least is {MIN_SPAN_TOKENS}")]
    SpansTooShort(usize),
    /// A passage shorter than a span cannot be a copy.
    #[error("a copied passage of {copy_tokens} tokens would be shorter than a span of {min_tokens}")]
    CopiesTooShort {
        /// Least tokens of a copied passage.
        copy_tokens: usize,
        /// Least tokens of a span.
        min_tokens: usize,
    },
    /// The corpus was made with another tokenizer.
    #[error("the corpus was made with another tokenizer")]
    WrongTokenizer,
    /// The text has no tokens.
    #[error(transparent)]
    Tokenizer(#[from] TokenizerError),
}

/// Least value of [`Rules::min_tokens`].
pub const MIN_SPAN_TOKENS: usize = 2;

/// What counts as a span, and what as a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Spans of fewer tokens are chance.
    pub min_tokens: usize,
    /// Of passages at least this long none is better than another, so a token inside one belongs to the earliest
    /// registered document that has one around it, even if a longer passage stands only in a later one.
    pub copy_tokens: usize,
    /// Documents that are named for each span.
    pub documents: usize,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            min_tokens: 5,
            copy_tokens: 8,
            documents: 10,
        }
    }
}

/// A maximal span: some document has it, none has it with one more token at an end, and no longer span contains it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Tokens of the answer.
    pub output: Range<usize>,
    /// How often it stands in the corpus.
    pub count: u64,
    /// Its first place in each of the documents registered first.
    pub documents: Vec<Source>,
}

/// Tokens of the answer that one document is credited with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credit {
    /// Tokens of the answer; no token is credited twice.
    pub output: Range<usize>,
    /// Where the same tokens start in the document.
    pub source: Source,
    /// Sum of the tokens' prices, in bits with [`openledger_fixed::spans::PRICE_BITS`] fraction bits.
    pub weight: u64,
}

/// What an answer quotes, and from whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attribution {
    /// All maximal spans, by position; they may overlap.
    pub spans: Vec<Span>,
    /// Who is paid for what, by position: the evidence for [`Attribution::scores`].
    pub credits: Vec<Credit>,
}

impl Attribution {
    /// Sums of credits, ascending by key, without zeros.
    pub fn scores(&self) -> Vec<(ContributionKey, i64)> {
        let mut scores: BTreeMap<ContributionKey, i64> = BTreeMap::new();
        for credit in &self.credits {
            // at most MAX_OUTPUT_TOKENS times 64 bits, far below 2^63
            *scores.entry(credit.source.key).or_default() += credit.weight as i64;
        }
        scores.retain(|_, score| *score > 0);
        scores.into_iter().collect()
    }

    /// The report of an answer that is attributed by spans alone, as [`openledger_fixed::report`] makes it.
    pub fn report(&self) -> Vec<(ContributionKey, i32)> {
        report(&self.scores(), REPORT_ENTRIES)
    }

    /// The evidence for one contribution's score.
    pub fn evidence(&self, key: ContributionKey) -> impl Iterator<Item = &Credit> {
        self.credits.iter().filter(move |credit| credit.source.key == key)
    }
}

impl Corpus {
    /// What an answer quotes. O(L · log n) reads for `L` tokens, whatever the corpus holds; how documents are divided
    /// into shards changes nothing.
    ///
    /// # Errors
    /// All of [`QueryError`] but [`QueryError::WrongTokenizer`] and [`QueryError::Tokenizer`].
    pub fn attribute(&self, output: &[Token], rules: &Rules) -> Result<Attribution, QueryError> {
        check(output, rules)?;
        let pattern = Pattern::new(output);
        let query = Query {
            matches: self.search(&pattern),
            rules,
        };
        let spans = query.maximal_spans(output.len());
        let prices = prices(output, self.tokens(), |index| self.count(output[index]));
        Ok(Attribution {
            credits: query.credits(&prices),
            spans: spans.into_iter().map(|span| query.describe(span)).collect(),
        })
    }

    /// [`Corpus::attribute`] for text.
    ///
    /// # Errors
    /// Every variant of [`QueryError`].
    pub fn attribute_text(
        &self,
        tokenizer: &impl Tokenizer,
        output: &[u8],
        rules: &Rules,
    ) -> Result<Attribution, QueryError> {
        if tokenizer.id() != self.tokenizer() {
            return Err(QueryError::WrongTokenizer);
        }
        self.attribute(&tokenizer.encode(output)?, rules)
    }
}

impl Rules {
    /// Refuses [`QueryError::SpansTooShort`] and [`QueryError::CopiesTooShort`].
    pub(super) fn check(&self) -> Result<(), QueryError> {
        let Self {
            min_tokens,
            copy_tokens,
            ..
        } = *self;
        if min_tokens < MIN_SPAN_TOKENS {
            return Err(QueryError::SpansTooShort(min_tokens));
        }
        if copy_tokens < min_tokens {
            return Err(QueryError::CopiesTooShort {
                copy_tokens,
                min_tokens,
            });
        }
        Ok(())
    }
}

pub(super) fn check(output: &[Token], rules: &Rules) -> Result<(), QueryError> {
    rules.check()?;
    if output.is_empty() {
        return Err(QueryError::EmptyOutput);
    }
    if output.len() > MAX_OUTPUT_TOKENS {
        return Err(QueryError::OutputTooLong { found: output.len() });
    }
    match output.iter().position(|token| *token == SEPARATOR) {
        Some(index) => Err(QueryError::SeparatorInOutput { index }),
        None => Ok(()),
    }
}

struct Query<'a> {
    matches: Matches<'a>,
    rules: &'a Rules,
}

impl Query<'_> {
    /// The longest match at each position, less those that a longer one contains and those that are too short. Starts
    /// and ends both ascend.
    fn maximal_spans(&self, output: usize) -> Vec<Range<usize>> {
        let mut spans = Vec::new();
        let mut end = 0;
        for from in 0..output {
            let len = self.matches.longest(from);
            if from + len > end {
                end = from + len;
                if len >= self.rules.min_tokens {
                    spans.push(from..end);
                }
            }
        }
        spans
    }

    fn describe(&self, output: Range<usize>) -> Span {
        let found = self.matches.occurrences(output.start, output.len());
        Span {
            count: found.count(),
            documents: found.documents(self.rules.documents),
            output,
        }
    }

    /// Each token goes to its best claim.
    fn credits(&self, prices: &[u32]) -> Vec<Credit> {
        let mut credits: Vec<Credit> = Vec::new();
        let claims = best_claims(&self.matches, prices.len(), self.rules);
        for (position, (claim, price)) in claims.into_iter().zip(prices).enumerate() {
            let Some(Occurrence { source, .. }) = claim else {
                continue;
            };
            match credits.last_mut() {
                Some(last) if continues(last, position, &source) => {
                    last.output.end += 1;
                    last.weight += u64::from(*price);
                }
                _ => credits.push(Credit {
                    output: position..position + 1,
                    source,
                    weight: u64::from(*price),
                }),
            }
        }
        credits
    }
}

/// Whether a token at `position` that stands at `source` is the one after those of `credit`, in both texts.
fn continues(credit: &Credit, position: usize, source: &Source) -> bool {
    credit.output.end == position
        && credit.source.key == source.key
        && credit.source.token + credit.output.len() == source.token
}
