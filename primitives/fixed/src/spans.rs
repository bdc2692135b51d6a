// SPDX-License-Identifier: Apache-2.0
//! What an answer of tokens quotes, and who is paid for each of them: claims, prices, and what a text's release commits
//! to.
//!
//! A *text* is the tokens of all contributions in the order in which they were registered, each followed by
//! [`SEPARATOR`]. A *claim* of an output's token `t` is a position `p` of the text. Its *run* is the longest stretch of
//! output around `t` that stands in the text aligned with it, `text[p + k] == output[t + k]`; no separator is ever part
//! of one. A run below [`TextShape::min_tokens`] is no claim, and one above [`TextShape::copy_tokens`] counts as that
//! many. Of two claims the better has the longer run, and of equal runs the lower position, which was registered
//! earlier. A token is credited to its best claim.
//!
//! So one claim that is better than the one that was credited shows that a report is wrong, and nothing else is needed to
//! judge it: the output, a window of the text, and proof that the release has it. What a token is worth is
//! [`prices`]. A contribution's score is the sum over the tokens credited to it.
//!
//! A release commits to a text by four parts: [`TextShape`], and Merkle trees by the rules of [`crate::release`] over
//! the table of contributions ([`crate::release::Place`]: first position and number of tokens, without the separator),
//! over the text ([`LEAF_TOKENS`] tokens a leaf, little endian) and over the distinct tokens with their counts
//! ([`count_leaf`]).

use alloc::{collections::BTreeMap, vec, vec::Vec};
use core::cmp::Reverse;

use crate::release::Hash;

/// A token: below [`SEPARATOR`] in an answer or a document.
pub type Token = u16;
/// Stands after every document in a text and nowhere else; fills an output after its end.
pub const SEPARATOR: Token = Token::MAX;
/// Tokens of a leaf of the text's tree; the last leaf may have fewer.
pub const LEAF_TOKENS: u32 = 512;
/// The position of a token that is credited to nobody.
pub const NOBODY: u32 = u32::MAX;
/// Most tokens of an output that is attributed by spans.
pub const MAX_OUTPUT_TOKENS: usize = 256;
/// Numbers of a query vector for each token of the output: position and count, two of 16 bits each.
pub const NUMBERS_A_TOKEN: usize = 4;
/// Bytes of a header.
pub const HEADER_BYTES: usize = 54;
/// First bytes of a header.
pub const TEXT_MAGIC: [u8; 4] = *b"OLTX";
/// The only version of a header.
pub const TEXT_VERSION: u16 = 1;
/// Fraction bits of a logarithm, a price and a score.
pub const PRICE_BITS: u32 = 16;

/// What the header of a text's release says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextShape {
    /// Tokens of the text, separators included; at least two.
    pub tokens: u32,
    /// Documents, each of a contribution of its own.
    pub documents: u32,
    /// Different tokens, the separator included.
    pub distinct: u32,
    /// Shorter runs are chance; at least two.
    pub min_tokens: u16,
    /// Longer runs are not better; at least `min_tokens`.
    pub copy_tokens: u16,
    /// Id of the tokenizer.
    pub tokenizer: Hash,
}

impl TextShape {
    /// Reads a header; `None` if it is not one: other magic or version, or sizes that no text has.
    pub fn read(header: &[u8; HEADER_BYTES]) -> Option<Self> {
        let is_header =
            header.starts_with(&TEXT_MAGIC) && u16::from_le_bytes(part(header, 4)?) == TEXT_VERSION;
        let shape = Self {
            tokens: u32::from_le_bytes(part(header, 6)?),
            documents: u32::from_le_bytes(part(header, 10)?),
            distinct: u32::from_le_bytes(part(header, 14)?),
            min_tokens: u16::from_le_bytes(part(header, 18)?),
            copy_tokens: u16::from_le_bytes(part(header, 20)?),
            tokenizer: part(header, 22)?,
        };
        let sound = shape.documents > 0
            && shape.documents < shape.tokens
            && shape.tokens < NOBODY
            && (2..=shape.copy_tokens).contains(&shape.min_tokens);
        (is_header && sound).then_some(shape)
    }

    /// The header: magic, version and the fields, little endian.
    pub fn to_bytes(&self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        let parts = TEXT_MAGIC
            .into_iter()
            .chain(TEXT_VERSION.to_le_bytes())
            .chain(
                [self.tokens, self.documents, self.distinct]
                    .into_iter()
                    .flat_map(u32::to_le_bytes),
            )
            .chain(
                [self.min_tokens, self.copy_tokens]
                    .into_iter()
                    .flat_map(u16::to_le_bytes),
            )
            .chain(self.tokenizer);
        bytes.iter_mut().zip(parts).for_each(|(byte, part)| *byte = part);
        bytes
    }

    /// Leaves of the text's tree.
    pub fn leaves(&self) -> u32 {
        self.tokens.div_ceil(LEAF_TOKENS)
    }

    /// Tokens without the separators: what counts are parts of.
    pub fn total(&self) -> u64 {
        u64::from(self.tokens.saturating_sub(self.documents))
    }
}

/// The root of a text's release.
pub fn text_root(
    hash: impl Fn(&[u8]) -> Hash,
    header: &[u8; HEADER_BYTES],
    table: &Hash,
    text: &Hash,
    counts: &Hash,
) -> Hash {
    let mut bytes = vec![3];
    bytes.extend_from_slice(header);
    [table, text, counts]
        .into_iter()
        .for_each(|root| bytes.extend_from_slice(root));
    hash(&bytes)
}

/// A leaf of the counts' tree: how often `token` stands in the text.
pub fn count_leaf(token: Token, count: u32) -> [u8; 6] {
    let mut leaf = [0; 6];
    let parts = token.to_le_bytes().into_iter().chain(count.to_le_bytes());
    leaf.iter_mut().zip(parts).for_each(|(byte, part)| *byte = part);
    leaf
}

/// Who is paid for a token of an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Credit {
    /// Where the same token stands in the text; [`NOBODY`] if it is not quoted.
    pub position: u32,
    /// How often the token stands in the text.
    pub count: u32,
}

impl Credit {
    /// What follows the end of an output.
    pub const NONE: Self = Self {
        position: NOBODY,
        count: 0,
    };
}

/// Credits as a query vector: [`NUMBERS_A_TOKEN`] bit patterns each, position before count, low halves first.
pub fn credits_to_query(credits: &[Credit]) -> Vec<i16> {
    credits
        .iter()
        .flat_map(|credit| [credit.position, credit.count])
        .flat_map(|number| {
            let [a, b, c, d] = number.to_le_bytes();
            [i16::from_le_bytes([a, b]), i16::from_le_bytes([c, d])]
        })
        .collect()
}

/// Reads what [`credits_to_query`] wrote; `None` for a vector of another length.
pub fn credits_of_query(query: &[i16]) -> Option<Vec<Credit>> {
    let number = |low: i16, high: i16| {
        let ([a, b], [c, d]) = (low.to_le_bytes(), high.to_le_bytes());
        u32::from_le_bytes([a, b, c, d])
    };
    query
        .chunks(NUMBERS_A_TOKEN)
        .map(|chunk| match *chunk {
            [a, b, c, d] => Some(Credit {
                position: number(a, b),
                count: number(c, d),
            }),
            _ => None,
        })
        .collect()
}

/// The tokens of an output up to its end; `None` if it has half a token, too many, or one after the end.
pub fn output_tokens(output: &[u8]) -> Option<Vec<Token>> {
    if !output.len().is_multiple_of(2) || output.len() > MAX_OUTPUT_TOKENS.saturating_mul(2) {
        return None;
    }
    let tokens = tokens_of(output);
    let end = tokens.iter().position(|token| *token == SEPARATOR);
    let (text, rest) = tokens.split_at_checked(end.unwrap_or(tokens.len()))?;
    rest.iter()
        .all(|token| *token == SEPARATOR)
        .then(|| text.to_vec())
}

/// An output of exactly `most` tokens, filled with [`SEPARATOR`] after its end; `None` if there are more.
pub fn output_bytes(tokens: &[Token], most: usize) -> Option<Vec<u8>> {
    let missing = most.checked_sub(tokens.len())?;
    let filled = tokens
        .iter()
        .copied()
        .chain(core::iter::repeat_n(SEPARATOR, missing));
    Some(filled.flat_map(Token::to_le_bytes).collect())
}

/// Little-endian tokens; half a token at the end is dropped.
pub fn tokens_of(bytes: &[u8]) -> Vec<Token> {
    bytes
        .chunks_exact(2)
        .filter_map(|pair| Some(Token::from_le_bytes(pair.try_into().ok()?)))
        .collect()
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// Position of its first token.
    pub first: u32,
    /// Its tokens.
    pub tokens: Vec<Token>,
}

impl Window {
    fn at(&self, position: u32) -> Option<Token> {
        let index = usize::try_from(position.checked_sub(self.first)?).ok()?;
        self.tokens.get(index).copied()
    }
}

/// How far an output stands in a text around one of its tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// Tokens, at most as many as were asked for.
    pub tokens: u16,
    /// Whether that is all: false if it may go on beyond the window that was shown.
    pub whole: bool,
}

/// The run of the claim of `output[at]` to `position`, as far as `window` of a text of `length` tokens shows it. Stops
/// counting at `most` tokens. `None` if `output` has no such token.
pub fn run(
    output: &[Token],
    at: usize,
    window: &Window,
    position: u32,
    length: u32,
    most: u16,
) -> Option<Run> {
    output.get(at)?;
    let place = (at, position);
    match step(output, window, Some(place), length) {
        Step::Same => {}
        found => {
            return Some(Run {
                tokens: 0,
                whole: found == Step::Other,
            })
        }
    }
    let (mut tokens, mut whole) = (1u16, true);
    for forward in [true, false] {
        let place = Some(place);
        for place in (Side { place, forward }) {
            if tokens >= most {
                return Some(Run {
                    tokens: most,
                    whole: true,
                });
            }
            match step(output, window, place, length) {
                Step::Same => tokens = tokens.saturating_add(1),
                found => {
                    whole &= found == Step::Other;
                    break;
                }
            }
        }
    }
    Some(Run { tokens, whole })
}

/// Whether an output's token stands in the text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Same,
    Other,
    Unknown,
}

/// Compares a token of the output and its place in the text; `None` is beyond an end of either.
fn step(output: &[Token], window: &Window, place: Option<(usize, u32)>, length: u32) -> Step {
    let Some((at, position)) = place.filter(|(_, position)| *position < length) else {
        return Step::Other;
    };
    let Some(wanted) = output.get(at) else {
        return Step::Other;
    };
    match window.at(position) {
        None => Step::Unknown,
        Some(found) if found == *wanted && found != SEPARATOR => Step::Same,
        Some(_) => Step::Other,
    }
}

/// Aligned places on one side of a token, nearest first, then `None` for ever.
struct Side {
    place: Option<(usize, u32)>,
    forward: bool,
}

impl Iterator for Side {
    type Item = Option<(usize, u32)>;

    fn next(&mut self) -> Option<Self::Item> {
        self.place = self.place.and_then(|(at, position)| match self.forward {
            true => at.checked_add(1).zip(position.checked_add(1)),
            false => at.checked_sub(1).zip(position.checked_sub(1)),
        });
        Some(self.place)
    }
}

/// How good a claim is: its run, at most [`TextShape::copy_tokens`] of it, and its position. The greatest is the best.
pub fn rank(run: u16, position: u32) -> (u16, Reverse<u32>) {
    (run, Reverse(position))
}

/// `log2(x)` with [`PRICE_BITS`] fraction bits, rounded down in each of 16 squarings; never falls as `x` grows, exact for
/// powers of two. Zero for `x = 0`.
pub fn log2(x: u64) -> u32 {
    let Some(whole) = x.checked_ilog2() else {
        return 0;
    };
    // in [1, 2) with 63 fraction bits
    let mut mantissa = u128::from(x) << 63u32.saturating_sub(whole);
    let mut result = whole;
    for _ in 0..PRICE_BITS {
        // below 2^128, so below 2^65 after the shift
        let square = mantissa.saturating_mul(mantissa) >> 63;
        let above_two = u32::from(square >> 64 > 0);
        mantissa = square >> above_two;
        result = result << 1 | above_two;
    }
    result
}

/// Bits of an event that was seen `times` times in `total`; zero if it was never seen.
fn bits(times: u64, total: u64) -> u32 {
    match times {
        0 => 0,
        _ => log2(total).saturating_sub(log2(times)),
    }
}

/// Price of every token of `output`, with [`PRICE_BITS`] fraction bits.
///
/// A span's weight is its length times its mean rarity, that is the sum of its tokens' prices: the negative logarithm of
/// the product of unigram probabilities, by which infini-gram ranks spans. It adds up, so nobody gains by cutting text
/// into pieces. A token that the answer itself has repeated is worth no more than the answer so far makes it unlikely;
/// an answer of one token over and over is worth one token.
///
/// `count` says how often a token stands in the text, by its index in the output, and `total` how many tokens that has.
/// The price of the token at `i` that stands `k` times before `i` is `log2(total / count)`, or `log2(i / k)` if that is
/// less and `k` is not zero; of a token that the text lacks it is zero. O(L log L).
pub fn prices(output: &[Token], total: u64, count: impl Fn(usize) -> u64) -> Vec<u32> {
    let mut seen: BTreeMap<Token, u64> = BTreeMap::new();
    (0u64..)
        .zip(output.iter().enumerate())
        .map(|(position, (index, token))| {
            let times = seen.entry(*token).or_default();
            let rarity = bits(count(index), total);
            let price = match *times {
                0 => rarity,
                times => rarity.min(bits(times, position)),
            };
            *times = times.saturating_add(1);
            price
        })
        .collect()
}

/// The sum of the prices of those tokens whose credits lie in `rows` positions of the text from `first` on: the score of
/// the contribution that stands there.
pub fn score(credits: &[Credit], prices: &[u32], first: u32, rows: u32) -> i64 {
    credits
        .iter()
        .zip(prices)
        .filter(|(credit, _)| {
            let inside = credit.position.checked_sub(first);
            credit.position != NOBODY && inside.is_some_and(|inside| inside < rows)
        })
        .fold(0, |sum: i64, (_, price)| sum.saturating_add(i64::from(*price)))
}

/// The `N` bytes from `at` on.
fn part<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}
