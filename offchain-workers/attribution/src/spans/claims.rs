// SPDX-License-Identifier: Apache-2.0
//! Who is paid: the best claim of each token, by the rule of [`openledger_fixed::spans`].

use std::cell::OnceCell;

use super::{
    corpus::{Matches, Occurrence},
    query::Rules,
};

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
