// SPDX-License-Identifier: Apache-2.0
//! What is wrong with the credits of an answer that quotes, as its refuter shows it: types of the call, and a pure check.

use crate::{
    dispute::{RangeProof, ShownPlaces},
    places::{find, Misplaced},
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::ops::Range;
use frame_support::{pallet_prelude::ConstU32, BoundedVec};
use openledger_primitives::{
    fixed::{
        release::{leaf, verify_range, Hash, Place},
        retrieval::{query_numbers, Cited, Log, MAX_PASSAGES, MAX_TERMS},
        spans::{
            count_leaf, credits_of_query, prices, rank, run, score, tokens_of, Credit, Run, TextShape, Token,
            Window, LEAF_TOKENS, MAX_OUTPUT_TOKENS, NOBODY,
        },
    },
    report::Evidence,
    shown::{hashes_of, Question, ShownText, ShownWindow},
    ContributionId, DatanetId,
};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_io::hashing::blake2_256;

/// Most contributions whose sums one call corrects.
pub const MAX_DOCUMENTS: u32 = 4;
/// Most credits of an answer: one for each token.
// the codec's macros and a constant's type are the only casts
#[allow(clippy::as_conversions)]
pub const MAX_CREDITS: u32 = MAX_OUTPUT_TOKENS as u32;
/// Bytes of a leaf of the text, but for the last one.
const LEAF_BYTES: u32 = LEAF_TOKENS.saturating_mul(2);

/// Most passages of a log.
// as above
#[allow(clippy::as_conversions)]
pub const MAX_CITED: u32 = MAX_PASSAGES as u32;
/// Counts of a log: one for each term of the longest question.
// as above
#[allow(clippy::as_conversions)]
pub const MAX_COUNTS: u32 = MAX_TERMS as u32;

/// What the report of an answer of tokens rests on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Grounds {
    /// Who is paid for each token.
    pub credits: Vec<Credit>,
    /// The passages that it was made with; empty for a model without retrieval.
    pub log: Log,
}

impl Grounds {
    /// What a reveal says, of a model with so many passages. A query vector of another length says nothing.
    pub fn revealed(query: &[i16], passages: u8) -> Self {
        let most = usize::from(passages);
        let logged = query_numbers(0, most).unwrap_or(0);
        let (credits, log) = query
            .split_at_checked(query.len().saturating_sub(logged))
            .unwrap_or_default();
        Self {
            credits: credits_of_query(credits).unwrap_or_default(),
            log: Log::of_query(log, most, MAX_TERMS).unwrap_or_default(),
        }
    }
}

/// [`Grounds`] as they stand after corrections: pairs of a position and a count, or a score.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Corrected {
    /// Of each token.
    pub credits: BoundedVec<(u32, u32), ConstU32<MAX_CREDITS>>,
    /// Of each passage.
    pub cited: BoundedVec<(u32, u32), ConstU32<MAX_CITED>>,
    /// How often each term stands in the text.
    pub counts: BoundedVec<u32, ConstU32<MAX_COUNTS>>,
}

impl From<Corrected> for Grounds {
    fn from(kept: Corrected) -> Self {
        let credits = kept.credits.into_iter();
        let cited = kept.cited.into_iter();
        Self {
            credits: credits
                .map(|(position, count)| Credit { position, count })
                .collect(),
            log: Log {
                counts: kept.counts.into_inner(),
                cited: cited.map(|(position, score)| Cited { position, score }).collect(),
            },
        }
    }
}

impl From<&Grounds> for Corrected {
    // grounds are read from a reveal, so they are never longer
    fn from(grounds: &Grounds) -> Self {
        let credits = grounds.credits.iter();
        let cited = grounds.log.cited.iter();
        Self {
            credits: BoundedVec::truncate_from(
                credits.map(|credit| (credit.position, credit.count)).collect(),
            ),
            cited: BoundedVec::truncate_from(cited.map(|cited| (cited.position, cited.score)).collect()),
            counts: BoundedVec::truncate_from(grounds.log.counts.clone()),
        }
    }
}

/// What is wrong with the grounds of a report. Tokens are numbered from the output's first.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Flaw {
    /// No credit, but an entry's score is not the sum of its contribution's credits.
    #[codec(index = 0)]
    Sums,
    /// Tokens are credited to positions around which too few tokens of the output stand.
    #[codec(index = 1)]
    Passage {
        /// The first of them.
        from: u16,
        /// How many.
        count: u16,
        /// The text around the credited positions.
        theirs: ShownWindow,
    },
    /// Tokens have better claims at other positions.
    #[codec(index = 2)]
    Claim {
        /// The first of them.
        from: u16,
        /// How many.
        count: u16,
        /// The better position of the first; of each next one it is the next.
        position: u32,
        /// The text around the better positions.
        ours: ShownWindow,
        /// The text around the credited positions. Needed for tokens whose better position is higher, or whose run there
        /// is below the text's `copy_tokens`.
        theirs: Option<ShownWindow>,
    },
    /// A token stands more or less often in the text.
    #[codec(index = 3)]
    Count {
        /// One of the output's tokens that are this one.
        token: u16,
        /// How often it stands in the text.
        count: u32,
        /// Its number among the text's distinct tokens.
        ordinal: u32,
        /// That the release counts so.
        proof: RangeProof,
    },
    /// A term of the question stands more or less often in the text.
    #[codec(index = 4)]
    Term {
        /// What was asked.
        question: Question,
        /// Its number among the question's terms.
        term: u16,
        /// How often it stands in the text.
        count: u32,
        /// Its number among the text's distinct tokens.
        ordinal: u32,
        /// That the release counts so.
        proof: RangeProof,
    },
    /// A passage has another score, or should be cited.
    #[codec(index = 5)]
    Retrieved {
        /// What was asked.
        question: Question,
        /// Whose it is.
        document: ShownDocument,
        /// Its number among that contribution's passages.
        number: u32,
        /// The text around it.
        window: ShownWindow,
    },
    /// What is cited is no passage.
    #[codec(index = 6)]
    Cited {
        /// Its position in the text.
        position: u32,
        /// The contribution whose tokens, or the separator behind them, stand there. Not needed beyond the text's end.
        document: Option<ShownDocument>,
    },
}

/// Where a contribution stands in the table of a text's release, or that it does not.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct ShownDocument {
    /// The datanet.
    pub datanet: DatanetId,
    /// The contribution inside it.
    pub contribution: ContributionId,
    /// Number of the first of `places` in the table.
    pub ordinal: u32,
    /// Its own place, or the one or two beside where it would be.
    pub places: ShownPlaces,
    /// That the table has them.
    pub proof: RangeProof,
}

/// The contributions whose sums are corrected.
pub type ShownDocuments = BoundedVec<ShownDocument, ConstU32<MAX_DOCUMENTS>>;

/// Why what was shown proves nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unproved {
    /// The header is none.
    Release,
    /// A proof does not lead to its root.
    Proof,
    /// A place is not the contribution's.
    Place(Misplaced),
    /// The output has no such tokens.
    OutOfRange,
    /// What decides lies outside of the windows.
    WindowTooShort,
    /// What is shown as the question is not what was asked.
    Question,
    /// What is shown is what the grounds say already, or worse.
    Right,
}

impl From<Misplaced> for Unproved {
    fn from(misplaced: Misplaced) -> Self {
        Unproved::Place(misplaced)
    }
}

/// An answer, and the release that it is judged by.
pub struct Case<'a> {
    /// Roots of the release.
    pub release: &'a ShownText,
    /// The header, read.
    pub shape: TextShape,
    /// Tokens of the output up to its end.
    pub output: &'a [Token],
    /// BLAKE2b-256 of what was asked.
    pub asked: H256,
    /// Most passages that the answer was made with.
    pub passages: u8,
}

impl<'a> Case<'a> {
    /// A case by the release that was shown.
    pub fn new(
        release: &'a ShownText,
        output: &'a [Token],
        asked: H256,
        passages: u8,
    ) -> Result<Self, Unproved> {
        let shape = TextShape::read(&release.header).ok_or(Unproved::Release)?;
        Ok(Self {
            release,
            shape,
            output,
            asked,
            passages,
        })
    }

    /// The grounds without the flaw. Changes everything that the flaw names, or nothing of it.
    pub fn corrected(&self, grounds: &Grounds, flaw: &Flaw) -> Result<Grounds, Unproved> {
        Ok(match flaw {
            Flaw::Term {
                question,
                term,
                count,
                ordinal,
                proof,
            } => Grounds {
                log: self.recounted(&grounds.log, question, *term, (*count, *ordinal, proof))?,
                ..grounds.clone()
            },
            Flaw::Retrieved {
                question,
                document,
                number,
                window,
            } => Grounds {
                log: self.ranked(&grounds.log, question, (document, *number), window)?,
                ..grounds.clone()
            },
            Flaw::Cited { position, document } => Grounds {
                log: self.struck(&grounds.log, *position, document.as_ref())?,
                ..grounds.clone()
            },
            _ => Grounds {
                credits: self.credited(&grounds.credits, flaw)?,
                ..grounds.clone()
            },
        })
    }

    /// The credits without a flaw of theirs.
    fn credited(&self, credits: &[Credit], flaw: &Flaw) -> Result<Vec<Credit>, Unproved> {
        let mut corrected = credits.to_vec();
        match flaw {
            Flaw::Sums | Flaw::Term { .. } | Flaw::Retrieved { .. } | Flaw::Cited { .. } => {}
            Flaw::Passage { from, count, theirs } => {
                let theirs = self.window(theirs)?;
                for at in named(*from, *count) {
                    let credit = corrected.get_mut(at).ok_or(Unproved::OutOfRange)?;
                    let unfounded = credit.position != NOBODY
                        && self.run(at, &theirs, credit.position, self.shape.min_tokens, true)?
                            < self.shape.min_tokens;
                    if !unfounded {
                        return Err(Unproved::Right);
                    }
                    credit.position = NOBODY;
                }
            }
            Flaw::Claim {
                from,
                count,
                position,
                ours,
                theirs,
            } => {
                let ours = self.window(ours)?;
                let theirs = theirs.as_ref().map(|theirs| self.window(theirs)).transpose()?;
                for (at, position) in named(*from, *count).zip(*position..) {
                    let credit = corrected.get_mut(at).ok_or(Unproved::OutOfRange)?;
                    if !self.is_better(at, &ours, position, credit.position, theirs.as_ref())? {
                        return Err(Unproved::Right);
                    }
                    credit.position = position;
                }
            }
            Flaw::Count {
                token,
                count,
                ordinal,
                proof,
            } => {
                let token = self.output.get(usize::from(*token)).ok_or(Unproved::OutOfRange)?;
                self.check_count(*token, *count, *ordinal, proof)?;
                let mut wrong = false;
                for (credit, _) in corrected
                    .iter_mut()
                    .zip(self.output)
                    .filter(|(_, found)| *found == token)
                {
                    wrong |= credit.count != *count;
                    credit.count = *count;
                }
                if !wrong {
                    return Err(Unproved::Right);
                }
            }
        }
        Ok(corrected)
    }

    /// What a contribution's tokens and passages sum to: its scores by each kind of evidence.
    pub fn scores_of(
        &self,
        grounds: &Grounds,
        document: &ShownDocument,
    ) -> Result<[(Evidence, i64); 2], Unproved> {
        let credits = &grounds.credits;
        let count = |index: usize| credits.get(index).map_or(0, |credit| u64::from(credit.count));
        let prices = prices(self.output, self.shape.total(), count);
        let (spans, passages) = self.place_of(document)?.map_or((0, 0), |place| {
            (
                score(credits, &prices, place.first, place.rows),
                grounds.log.score_of(place.first, place.rows),
            )
        });
        Ok([(Evidence::Spans, spans), (Evidence::Retrieval, passages)])
    }

    /// Where a contribution's tokens stand; `None` if the text has none of it.
    pub(crate) fn place_of(&self, document: &ShownDocument) -> Result<Option<Place>, Unproved> {
        Ok(find(
            &self.release.table.0,
            self.shape.documents,
            (document.datanet, document.contribution),
            document.ordinal,
            &document.places,
            &document.proof,
        )?)
    }

    fn is_better(
        &self,
        at: usize,
        ours: &Window,
        position: u32,
        credited: u32,
        theirs: Option<&Window>,
    ) -> Result<bool, Unproved> {
        if position == credited {
            return Ok(false);
        }
        let copy = self.shape.copy_tokens;
        let found = self.run(at, ours, position, copy, false)?;
        if found < self.shape.min_tokens {
            return Ok(false);
        }
        if credited == NOBODY || (found == copy && position < credited) {
            return Ok(true);
        }
        let theirs = theirs.ok_or(Unproved::WindowTooShort)?;
        let before = self.run(at, theirs, credited, copy, true)?;
        Ok(rank(found, position) > rank(before, credited))
    }

    /// The run of a token's claim, at most `most`. Of `all` of it a part is not enough.
    fn run(&self, at: usize, window: &Window, position: u32, most: u16, all: bool) -> Result<u16, Unproved> {
        // beyond the output's end stands nothing
        let none = Run {
            tokens: 0,
            whole: true,
        };
        let found = run(self.output, at, window, position, self.shape.tokens, most).unwrap_or(none);
        match found.whole || !all {
            true => Ok(found.tokens),
            false => Err(Unproved::WindowTooShort),
        }
    }

    /// A window of the text, once it is proved.
    pub(crate) fn window(&self, shown: &ShownWindow) -> Result<Window, Unproved> {
        let width = self.shape.leaves();
        let leaf_bytes = usize::try_from(LEAF_BYTES).unwrap_or(usize::MAX);
        let hashes: Vec<Hash> = shown
            .bytes
            .chunks(leaf_bytes)
            .map(|bytes| leaf(blake2_256, bytes))
            .collect();
        let proved = verify_range(
            blake2_256,
            &self.release.text.0,
            width,
            shown.first_leaf,
            hashes,
            &hashes_of(&shown.proof),
        );
        match proved {
            true => Ok(Window {
                first: shown.first_leaf.saturating_mul(LEAF_TOKENS),
                tokens: tokens_of(&shown.bytes),
            }),
            false => Err(Unproved::Proof),
        }
    }

    pub(crate) fn check_count(
        &self,
        token: Token,
        count: u32,
        ordinal: u32,
        proof: &[H256],
    ) -> Result<(), Unproved> {
        let hashes = [leaf(blake2_256, &count_leaf(token, count))].to_vec();
        let counts = &self.release.counts.0;
        let width = self.shape.distinct;
        match verify_range(blake2_256, counts, width, ordinal, hashes, &hashes_of(proof)) {
            true => Ok(()),
            false => Err(Unproved::Proof),
        }
    }
}

/// The tokens that a flaw names.
fn named(from: u16, count: u16) -> Range<usize> {
    let from = usize::from(from);
    from..from.saturating_add(usize::from(count))
}
