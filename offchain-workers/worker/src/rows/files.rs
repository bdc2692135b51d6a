// SPDX-License-Identifier: Apache-2.0
//! A release's three files, and every move that follows from them.

use crate::chain::{Call, RowFlaw, RowKey, ShownEntry, ShownLeaf, ShownRow};
use openledger_attribution::{
    audit::AuditError,
    flaws::{Examiner, Flaw, Found},
    index::IndexRow,
    merkle::Tree,
    sums::RowSums,
    Index, IndexError, Release,
};
use openledger_fixed::release::features_row;
use openledger_trainer::{
    adapter::{Adapter as AdapterFile, AdapterError},
    features::{Features, FeaturesError},
    head::Head,
};
use sp_core::H256;

/// Why files are no release whose rows could be disputed.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// The head's file is not canonical.
    #[error("the head cannot be read: {0}")]
    Head(#[from] AdapterError),
    /// The index's file is damaged.
    #[error("the index cannot be read: {0}")]
    Index(#[from] IndexError),
    /// The features' file is damaged.
    #[error("the features cannot be read: {0}")]
    Features(#[from] FeaturesError),
    /// They do not belong together, or there is no such row.
    #[error(transparent)]
    Audit(#[from] AuditError),
}

/// The head, index and features of a release.
#[derive(Debug)]
pub struct Files {
    head_file: Vec<u8>,
    head: Head,
    index: Index,
    release: Release,
    features: Features,
    features_tree: Tree,
}

impl Files {
    /// Reads the three files, whatever the index says of its rows. That they are what a model registered is up to whoever
    /// fetched them by content id.
    ///
    /// # Errors
    /// [`FilesError`] except for what is found wrong when a move is computed.
    pub fn read(head: Vec<u8>, index: Vec<u8>, features: &[u8]) -> Result<Self, FilesError> {
        let index = Index::as_released(index)?;
        let features = Features::from_bytes(features)?;
        Ok(Self {
            head: AdapterFile::from_bytes(&head)?.head().clone(),
            head_file: head,
            release: Release::of(&index),
            index,
            features_tree: Tree::of_features(&features),
            features,
        })
    }

    /// The root that they have.
    pub fn root(&self) -> H256 {
        H256(self.release.root())
    }

    fn sums(&self, row: u32) -> Result<RowSums<'_>, FilesError> {
        Ok(RowSums::new(
            &self.index,
            &self.features,
            &self.head,
            row as usize,
        )?)
    }

    /// Whether a row satisfies its equation. O(n·C·d).
    ///
    /// # Errors
    /// [`FilesError::Audit`].
    pub fn is_right(&self, row: u32) -> Result<bool, FilesError> {
        let sums = self.sums(row)?;
        Ok(sums.is_met_by(&sums.upto(u32::MAX)?)?)
    }

    /// The author's claim; none about a row that is wrong, because there is no true one. O(n·C·d).
    ///
    /// # Errors
    /// [`FilesError::Audit`].
    pub fn claim(&self, key: &RowKey) -> Result<Option<Call>, FilesError> {
        let sums = self.sums(key.row)?;
        let all = sums.upto(u32::MAX)?;
        if !sums.is_met_by(&all)? {
            return Ok(None);
        }
        Ok(Some(Call::ClaimSums {
            key: key.clone(),
            header: self.release.header(),
            table: H256(self.release.table_root()),
            rows: H256(self.release.rows_root()),
            row: self.shown(key.row)?,
            sums: all.to_bytes(),
            head: self.head_file.clone(),
        }))
    }

    /// The author's commitments inside an interval. O(high·C·d).
    ///
    /// # Errors
    /// [`FilesError::Audit`].
    pub fn split(&self, key: &RowKey, low: u32, high: u32) -> Result<Call, FilesError> {
        let mut ends = self.sums(key.row)?.part_ends(low, high)?;
        // that of the interval itself is known
        ends.pop();
        Ok(Call::SplitSums {
            key: key.clone(),
            inner: ends.into_iter().map(H256).collect(),
        })
    }

    /// The first part of an interval after which the sums are not those that the author committed to: the last one if
    /// there is none. O(high·C·d).
    ///
    /// # Errors
    /// [`FilesError::Audit`].
    pub fn choice(&self, key: &RowKey, low: u32, high: u32, ends: &[H256]) -> Result<Call, FilesError> {
        let own = self.sums(key.row)?.part_ends(low, high)?;
        let differs = own.iter().zip(ends).position(|(own, end)| *own != end.0);
        let last = own.len().saturating_sub(1);
        Ok(Call::ChoosePart {
            key: key.clone(),
            // at most 16 parts
            part: differs.unwrap_or(last) as u32,
        })
    }

    /// What computes the step over row `step`. O(step·C·d).
    ///
    /// # Errors
    /// [`FilesError::Audit`].
    pub fn proof(&self, key: &RowKey, step: u32) -> Result<Call, FilesError> {
        let shown = self.shown(step)?;
        Ok(Call::ProveTerm {
            key: key.clone(),
            sums: self.sums(key.row)?.upto(step)?.to_bytes(),
            released: self.shown(key.row)?.released,
            features: shown.features,
            features_proof: shown.features_proof,
            head: self.head_file.clone(),
        })
    }

    /// What proves in one call that a row is wrong beside its influence, or the row before it in its cluster's list; none if
    /// it is not. O(n·d), and the search for near-duplicates.
    ///
    /// # Errors
    /// [`FilesError::Audit`].
    pub fn refutation(&self, model: u64, row: u32) -> Result<Option<Call>, FilesError> {
        let examiner = Examiner::new(&self.index, &self.features, &self.head)?;
        let Some(Found { row, flaw }) = examiner.row(row)?.into_iter().next() else {
            return Ok(None);
        };
        let leader = self.released(row)?.leader;
        let flaw = match flaw {
            Flaw::Itself(_) => RowFlaw::Itself,
            Flaw::Leader { released, .. } => RowFlaw::Leader(self.shown(released)?),
            Flaw::Earlier { released, by } => RowFlaw::Earlier {
                number: by,
                other: self.shown(by)?,
                leader: self.leaf(released)?,
                entries: [self.entry(by)?, self.entry(released)?],
            },
            Flaw::Link { next } => RowFlaw::Link {
                next: self.leaf(next)?,
                leader: self.features_leaf(leader)?,
            },
            Flaw::Skipped { row, .. } => RowFlaw::Skipped {
                number: row,
                other: self.leaf(row)?,
            },
            Flaw::LeaveOneOut { last, .. } => RowFlaw::Probability {
                number: last,
                last: self.leaf(last)?,
                head: self.head_file.clone(),
            },
        };
        Ok(Some(Call::RefuteRow {
            model,
            number: row,
            header: self.release.header(),
            table: H256(self.release.table_root()),
            rows: H256(self.release.rows_root()),
            row: self.shown(row)?,
            flaw,
        }))
    }

    fn missing(&self, row: u32) -> AuditError {
        AuditError::NoSuchRow {
            row: row as usize,
            rows: self.index.len(),
        }
    }

    fn released(&self, row: u32) -> Result<IndexRow<'_>, FilesError> {
        let released = self.index.row(row as usize);
        Ok(released.ok_or_else(|| self.missing(row))?)
    }

    /// A row of the index with its proof.
    fn leaf(&self, row: u32) -> Result<ShownLeaf, FilesError> {
        let leaf = self.index.leaf(row as usize).zip(self.release.prove_rows(row, 1));
        let (bytes, proof) = leaf.ok_or_else(|| self.missing(row))?;
        Ok(ShownLeaf {
            bytes,
            proof: hashes(proof),
        })
    }

    /// A row of the features with its proof.
    fn features_leaf(&self, row: u32) -> Result<ShownLeaf, FilesError> {
        let number = row as usize;
        let proof = self.features_tree.prove(number);
        let proof = proof
            .filter(|_| number < self.features.len())
            .ok_or_else(|| self.missing(row))?;
        let own = self.features.row(number);
        Ok(ShownLeaf {
            bytes: features_row(own.ordinal, own.label, own.features),
            proof: hashes(proof),
        })
    }

    /// The entry of a row's contribution with its proof.
    fn entry(&self, row: u32) -> Result<ShownEntry, FilesError> {
        let place = self.release.prove_place(self.released(row)?.ordinal);
        let (place, proof) = place.ok_or_else(|| self.missing(row))?;
        Ok(ShownEntry {
            place: place.to_bytes(),
            proof: hashes(proof),
        })
    }

    fn shown(&self, row: u32) -> Result<ShownRow, FilesError> {
        let (released, features) = (self.leaf(row)?, self.features_leaf(row)?);
        Ok(ShownRow {
            released: released.bytes,
            released_proof: released.proof,
            features: features.bytes,
            features_proof: features.proof,
        })
    }
}

fn hashes(proof: Vec<[u8; 32]>) -> Vec<H256> {
    proof.into_iter().map(H256).collect()
}
