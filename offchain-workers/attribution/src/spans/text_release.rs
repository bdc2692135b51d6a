// SPDX-License-Identifier: Apache-2.0
//! What a release of a text commits to, and how whoever has the shard shows parts of it to somebody who knows the root.
//!
//! The definition is [`openledger_fixed::spans`], which the runtime checks with.

use std::{ops::Range, sync::Arc};

use openledger_fixed::{
    release::{Hash, Place},
    spans::{count_leaf, text_root, tokens_of, TextShape, Token, Window, HEADER_BYTES, LEAF_TOKENS},
};

use super::{
    query::{QueryError, Rules},
    shard::Shard,
};
use crate::{
    merkle::{blake2_256, leaves, Tree},
    release::{Shown, Table},
    ContributionKey,
};

/// Most leaves that are shown at once: an output's longest passage never stands in more.
pub const MAX_SHOWN_LEAVES: u32 = 2;
/// Bytes of a leaf of the text, but for the last one.
pub const LEAF_BYTES: usize = 2 * LEAF_TOKENS as usize;

/// Why a shard and rules are no release.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextReleaseError {
    /// Rules that prove nothing.
    #[error(transparent)]
    Rules(#[from] QueryError),
    /// More tokens than the header has room for.
    #[error(
        "a copied passage of {copy_tokens} tokens is longer than the {} that a release can name",
        u16::MAX
    )]
    CopiesTooLong {
        /// Least tokens of a copied passage.
        copy_tokens: usize,
    },
    /// Two documents of one contribution, so that it has no single place.
    #[error("contribution {contribution} of datanet {datanet} is there twice")]
    DuplicateContribution {
        /// Its datanet.
        datanet: u64,
        /// Its number there.
        contribution: u64,
    },
    /// All documents are empty.
    #[error("the shard's documents have no tokens")]
    NoTokens,
}

/// A text, its places, and the trees over its table, its tokens and their counts: 64 bytes for 512 tokens, about 100 a
/// document, and 64 for each different token.
#[derive(Clone, Debug)]
pub struct TextRelease {
    shard: Arc<Shard>,
    rules: Rules,
    shape: TextShape,
    table: Table,
    text: Tree,
    counts: Tree,
}

/// One or two neighbouring leaves of a text with their proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownWindow {
    /// Number of the first leaf.
    pub first_leaf: u32,
    /// The tokens, little endian.
    pub bytes: Vec<u8>,
    /// For [`openledger_fixed::release::verify_range`] against [`TextRelease::text_root`], of [`TextShape::leaves`].
    pub proof: Vec<Hash>,
}

impl ShownWindow {
    /// What is shown, for [`openledger_fixed::spans::run`].
    pub fn window(&self) -> Window {
        Window {
            first: self.first_leaf.saturating_mul(LEAF_TOKENS),
            tokens: tokens_of(&self.bytes),
        }
    }
}

/// How often a token stands in a text, with the proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownCount {
    /// Number of the token among the text's different tokens.
    pub ordinal: u32,
    /// How often it stands in the text.
    pub count: u32,
    /// For [`openledger_fixed::release::verify_range`] against [`TextRelease::counts_root`], of [`TextShape::distinct`].
    pub proof: Vec<Hash>,
}

impl TextRelease {
    /// What a release of a shard's text under `rules` commits to. O(bytes of the text + m log m); the suffix array is not
    /// read.
    ///
    /// # Errors
    /// Every variant of [`TextReleaseError`].
    pub fn of(shard: Arc<Shard>, rules: &Rules) -> Result<Self, TextReleaseError> {
        rules.check()?;
        let copy_tokens = u16::try_from(rules.copy_tokens).map_err(|_| TextReleaseError::CopiesTooLong {
            copy_tokens: rules.copy_tokens,
        })?;
        if shard.documents() == shard.len() {
            return Err(TextReleaseError::NoTokens);
        }
        // sizes of a shard are below 2^31, and no span is longer than a copy
        let shape = TextShape {
            tokens: shard.len() as u32,
            documents: shard.documents() as u32,
            distinct: shard.distinct() as u32,
            min_tokens: rules.min_tokens as u16,
            copy_tokens,
            tokenizer: shard.tokenizer(),
        };
        let places = places(&shard);
        if let Some(pair) = places.windows(2).find(|pair| pair[0].key() == pair[1].key()) {
            let (datanet, contribution) = pair[0].key();
            return Err(TextReleaseError::DuplicateContribution {
                datanet,
                contribution,
            });
        }
        let counts: Vec<[u8; 6]> = shard
            .counts()
            .map(|(token, count)| count_leaf(token, count))
            .collect();
        Ok(Self {
            rules: *rules,
            shape,
            table: Table::of(places),
            text: Tree::of_leaves(leaves(shard.text().chunks(LEAF_BYTES))),
            counts: Tree::of_leaves(leaves(counts.iter().map(|leaf| &leaf[..]))),
            shard,
        })
    }

    /// The text.
    pub fn shard(&self) -> &Shard {
        &self.shard
    }

    /// What counts as a claim, and as a copy.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// What the release commits to.
    pub fn root(&self) -> Hash {
        text_root(
            blake2_256,
            &self.header(),
            &self.table_root(),
            &self.text_root(),
            &self.counts_root(),
        )
    }

    /// What the header says.
    pub fn shape(&self) -> TextShape {
        self.shape
    }

    /// The header.
    pub fn header(&self) -> [u8; HEADER_BYTES] {
        self.shape.to_bytes()
    }

    /// Root of the tree over the table of contributions.
    pub fn table_root(&self) -> Hash {
        self.table.root()
    }

    /// Root of the tree over the text.
    pub fn text_root(&self) -> Hash {
        self.text.root()
    }

    /// Root of the tree over the different tokens and their counts.
    pub fn counts_root(&self) -> Hash {
        self.counts.root()
    }

    /// The place of a contribution: first position of the text, and tokens without the separator. `None` if the text has
    /// nothing of it.
    pub fn place(&self, key: ContributionKey) -> Option<Place> {
        self.table.place(key)
    }

    /// What shows a contribution's place, or that it has none; against [`TextRelease::table_root`], of
    /// [`TextShape::documents`]. O(log m).
    pub fn show(&self, key: ContributionKey) -> Shown {
        self.table.show(key)
    }

    /// The leaves in which positions of the text lie. `None` for no positions, for any beyond the text, and for more than
    /// [`MAX_SHOWN_LEAVES`] leaves. O(log n).
    pub fn window(&self, positions: Range<u32>) -> Option<ShownWindow> {
        if positions.is_empty() || positions.end > self.shape.tokens {
            return None;
        }
        let (first, end) = (positions.start / LEAF_TOKENS, positions.end.div_ceil(LEAF_TOKENS));
        if end - first > MAX_SHOWN_LEAVES {
            return None;
        }
        let text = self.shard.text();
        let bytes = &text[first as usize * LEAF_BYTES..text.len().min(end as usize * LEAF_BYTES)];
        Some(ShownWindow {
            first_leaf: first,
            bytes: bytes.to_vec(),
            proof: self.text.prove_range(first as usize..end as usize)?,
        })
    }

    /// How often a token stands in the text; `None` if it does not. O(log d).
    pub fn count(&self, token: Token) -> Option<ShownCount> {
        let ordinal = self.shard.ordinal(token)?;
        Some(ShownCount {
            // as many as tokens of 16 bits at most, each below 2^31 times
            ordinal: ordinal as u32,
            count: self.shard.count(token) as u32,
            proof: self.counts.prove_range(ordinal..ordinal + 1)?,
        })
    }
}

/// Where each contribution's tokens lie, in the order of the table.
fn places(shard: &Shard) -> Vec<Place> {
    let mut places: Vec<Place> = (0..shard.documents())
        .map(|index| {
            let document = shard.document(index);
            Place {
                datanet: document.key.datanet,
                contribution: document.key.contribution,
                registered: document.registered,
                // positions are below 2^31
                first: document.tokens.start as u32,
                rows: document.tokens.len() as u32,
            }
        })
        .collect();
    places.sort_unstable_by_key(Place::key);
    places
}
