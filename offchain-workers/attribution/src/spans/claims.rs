// SPDX-License-Identifier: Apache-2.0
//! Who is paid: the best claim of each token, by the rule of [`openledger_fixed::spans`].

use std::{cell::OnceCell, collections::BTreeMap, slice};

use openledger_fixed::spans::{prices, Credit, NOBODY};
use openledger_trainer::features::ContributionKey;

use super::{
    corpus::{Matches, Occurrence},
    query::{check, QueryError, Rules},
    search::Pattern,
    shard::Shard,
    Token,
};

/// Who is paid for each token of `output`, in the text of one shard: what a reveal carries
/// ([`openledger_fixed::spans::credits_to_query`]), as many as there are tokens; nothing for no tokens. The same claims as
/// those of [`Corpus::attribute`](super::Corpus::attribute), O(L · log n) reads for `L` tokens.
///
/// # Errors
/// [`QueryError::SpansTooShort`], [`QueryError::CopiesTooShort`], [`QueryError::OutputTooLong`] and
/// [`QueryError::SeparatorInOutput`].
pub fn credits(output: &[Token], shard: &Shard, rules: &Rules) -> Result<Vec<Credit>, QueryError> {
    match check(output, rules) {
        Err(QueryError::EmptyOutput) => return Ok(Vec::new()),
        checked => checked?,
    }
    let pattern = Pattern::new(output);
    let matches = Matches::new(slice::from_ref(shard), &pattern);
    let claims = best_claims(&matches, output.len(), rules);
    let credit = |(claim, token): (Option<Occurrence>, &Token)| Credit {
        // a shard has fewer than 2^31 tokens
        position: claim.map_or(NOBODY, |claim| claim.position as u32),
        count: shard.count(*token) as u32,
    };
    Ok(claims.into_iter().zip(output).map(credit).collect())
}

/// What `credits` of `output`, right or wrong, give each contribution of the shard's text: sums of prices by the credits'
/// own counts, in bits with [`openledger_fixed::spans::PRICE_BITS`] fraction bits, ascending by key, without zeros. For
/// what [`credits`] gives these are the scores of [`Attribution::scores`](super::Attribution::scores).
pub fn scores(output: &[Token], credits: &[Credit], shard: &Shard) -> Vec<(ContributionKey, i64)> {
    let count = |index: usize| credits.get(index).map_or(0, |credit| u64::from(credit.count));
    // separators are not counted, as in [`super::Corpus::tokens`]
    let prices = prices(output, (shard.len() - shard.documents()) as u64, count);
    let mut scores: BTreeMap<ContributionKey, i64> = BTreeMap::new();
    for (credit, price) in credits.iter().zip(prices) {
        let position = credit.position as usize;
        if position < shard.len() {
            let document = shard.document(shard.document_at(position));
            if document.tokens.contains(&position) {
                *scores.entry(document.key).or_default() += i64::from(price);
            }
        }
    }
    scores.retain(|_, score| *score > 0);
    scores.into_iter().collect()
}

/// Where the best claim of each of the first `output` tokens leads; `None` for a token that is not quoted.
///
/// A token's best claims are the occurrences of the longest passages around it, of at most [`Rules::copy_tokens`]. Such
/// a passage is all that matches from its first token on, as far as that counts: with one token more it would be a longer
/// one around the same token. So there is one passage for each start, and its earliest occurrence is looked up once.
pub(super) fn best_claims(matches: &Matches<'_>, output: usize, rules: &Rules) -> Vec<Option<Occurrence>> {
    let lengths: Vec<usize> = (0..output)
        .map(|start| matches.longest(start).min(rules.copy_tokens))
        .collect();
    let mut earliest: Vec<OnceCell<Option<Occurrence>>> = Vec::new();
    earliest.resize_with(output, OnceCell::new);
    let best = |token: usize| {
        let first = (token + 1).saturating_sub(rules.copy_tokens);
        let around = || (first..=token).filter(|start| start + lengths[*start] > token);
        let longest = around().map(|start| lengths[start]).max()?;
        if longest < rules.min_tokens {
            return None;
        }
        around()
            .filter(|start| lengths[*start] == longest)
            .filter_map(|start| {
                let passage = earliest[start].get_or_init(|| matches.occurrences(start, longest).earliest());
                Some((*passage)?.onwards(token - start))
            })
            .min()
    };
    (0..output).map(best).collect()
}
