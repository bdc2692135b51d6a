// SPDX-License-Identifier: Apache-2.0
//! A model whose release tests can open: contributions with rows of a chosen effect, and honest and lying reports.

use super::*;
use crate::{
    dispute::{ChallengeKey, OpenedRows, RangeProof, ShownPlace, ShownPlaces, ShownRelease},
    Challenges, Disputes,
};
use frame_support::assert_ok;
use openledger_primitives::{
    fixed::{
        delta,
        release::{leaf, link_bytes, node, release_root, row_score, Hash, HEADER_BYTES},
    },
    ids::content_id,
    report::{from_scores, Evidence, ReportEntry},
    traits::{Release, RevealedAnswer},
    DatanetId, RequestId,
};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::DispatchResult;

/// Whoever challenges.
pub const CHALLENGER: AccountId = 50;
/// Everybody's fee in these tests: 500 for contributors.
pub const FEE: Balance = 1_000;
/// Logits of the answer: two classes, the first one chosen.
pub const LOGITS: [i32; 2] = [1 << 16, 0];
/// The query vector: one feature.
const QUERY: [i16; 1] = [0];

/// The canonical file of a head whose biases are `logits` and whose weights are zero.
pub fn head_file(logits: [i32; 2]) -> Vec<u8> {
    let header = b"{\"tensors\":0}  ";
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend(header);
    // the optimum, which nobody reads
    file.extend([7; 2 * 8 + 2 * 8]);
    file.extend(logits.iter().flat_map(|bias| bias.to_le_bytes()));
    file.extend([0; 2 * 4]);
    file
}

/// A tree as a release has it, with all its levels.
pub struct Tree(Vec<Vec<Hash>>);

impl Tree {
    pub fn of<'a>(leaves: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut levels = vec![leaves.map(|bytes| leaf(blake2_256, bytes)).collect::<Vec<_>>()];
        while levels[levels.len() - 1].len() > 1 {
            let above = levels[levels.len() - 1]
                .chunks(2)
                .map(|pair| match pair {
                    [left, right] => node(blake2_256, left, right),
                    alone => alone[0],
                })
                .collect();
            levels.push(above);
        }
        Tree(levels)
    }

    pub fn root(&self) -> Hash {
        self.0[self.0.len() - 1][0]
    }

    pub fn prove(&self, first: usize, count: usize) -> RangeProof {
        let (mut first, mut end, mut proof) = (first, first + count, Vec::new());
        for level in &self.0[..self.0.len() - 1] {
            if first % 2 == 1 {
                proof.push(H256(level[first - 1]));
            }
            if end % 2 == 1 && end < level.len() {
                proof.push(H256(level[end]));
            }
            (first, end) = (first / 2, end.div_ceil(2));
        }
        proof.try_into().unwrap()
    }
}

/// A release: each contribution's rows by their effect, positive for rows that helped the answer.
#[derive(Clone)]
pub struct World {
    pub rows: Vec<Vec<u8>>,
    pub places: Vec<ShownPlace>,
    header: [u8; HEADER_BYTES],
}

impl World {
    /// Registers the model and what [`WORKER`] revealed. Contributions are those of [`DATANET`], ascending; each is
    /// owned by 100 plus its number.
    pub fn new(contributions: &[(ContributionId, &[i16])]) -> Self {
        let (mut rows, mut places) = (Vec::new(), Vec::new());
        for (contribution, effects) in contributions {
            places.push(ShownPlace {
                datanet: DATANET,
                contribution: *contribution,
                registered: 3,
                first: rows.len() as u32,
                rows: effects.len() as u32,
            });
            for effect in *effects {
                let mut row = Vec::new();
                row.extend((places.len() as u32 - 1).to_le_bytes());
                row.extend(0u16.to_le_bytes());
                row.extend(u16::MAX.to_le_bytes());
                row.extend((rows.len() as u32).to_le_bytes());
                row.extend([0, -effect, 0, 0].into_iter().flat_map(i16::to_le_bytes));
                // its link, which no score needs
                row.extend(vec![0; link_bytes(2)]);
                rows.push(row);
            }
        }
        let mut header = [0; HEADER_BYTES];
        header[..12].copy_from_slice(b"OLIX\x04\0\x02\0\x01\0\x0a\0");
        header[12..16].copy_from_slice(&(rows.len() as u32).to_le_bytes());
        header[16..20].copy_from_slice(&(places.len() as u32).to_le_bytes());
        header[20..22].copy_from_slice(&256u16.to_le_bytes());
        header[22] = 1;
        let world = World { rows, places, header };
        world.install();
        world
    }

    fn install(&self) {
        let points: Vec<_> = self.places.iter().map(|p| (p.contribution, p.rows)).collect();
        for (contribution, _) in &points {
            Registry::put(DATANET, *contribution, 100 + contribution);
        }
        // the mock's leaves are numbered like contributions
        let last = points
            .iter()
            .map(|(contribution, _)| *contribution)
            .max()
            .unwrap_or(0);
        let all: Vec<_> = (0..=last)
            .map(|n| {
                let known = points.iter().find(|(contribution, _)| *contribution == n);
                (n, known.map_or(1, |(_, points)| *points))
            })
            .collect();
        Registry::publish(DATANET, 1, &all);
        let shown = self.shown();
        let root = release_root(blake2_256, &shown.header, &shown.table.0, &shown.rows.0);
        Releases::mutate(|all| {
            all.insert(
                MODEL,
                Release {
                    evidence: Evidence::Influence,
                    passages: 0,
                    root: H256(root),
                    sources: vec![(DATANET, 1)],
                    head: Some(content_id(&head_file(LOGITS))),
                },
            )
        });
        Revealed::set(Some(RevealedAnswer {
            output: LOGITS.iter().flat_map(|logit| logit.to_le_bytes()).collect(),
            query: QUERY.to_vec(),
            input: H256::zero(),
        }));
        let _ = Balances::force_set_balance(RuntimeOrigin::root(), CHALLENGER, 10_000);
    }

    fn table(&self) -> Tree {
        let leaves: Vec<_> = self
            .places
            .iter()
            .map(|place| openledger_primitives::fixed::release::Place::from(*place).to_bytes())
            .collect();
        Tree::of(leaves.iter().map(|leaf| leaf.as_slice()))
    }

    fn tree(&self) -> Tree {
        Tree::of(self.rows.iter().map(Vec::as_slice))
    }

    pub fn shown(&self) -> ShownRelease {
        ShownRelease {
            header: self.header,
            table: H256(self.table().root()),
            rows: H256(self.tree().root()),
        }
    }

    /// All true scores.
    pub fn scores(&self) -> Vec<((DatanetId, ContributionId), i64)> {
        let delta = delta(&LOGITS);
        self.places
            .iter()
            .map(|place| {
                let rows = place.first..place.first + place.rows;
                let score = rows
                    .map(|row| row_score(&self.rows[row as usize], row, &delta, &QUERY).unwrap())
                    .sum();
                ((place.datanet, place.contribution), score)
            })
            .collect()
    }

    /// What an honest worker reports.
    pub fn truth(&self) -> Vec<ReportEntry> {
        from_scores(&self.scores(), Evidence::Influence)
    }

    /// What a worker reports that says `lie` of the contributions it names, and nothing of those with a lie of zero.
    pub fn lie(&self, lies: &[(ContributionId, i64)]) -> Vec<ReportEntry> {
        let scores: Vec<_> = self
            .scores()
            .into_iter()
            .map(|(key, score)| {
                let lie = lies.iter().find(|(contribution, _)| *contribution == key.1);
                (key, lie.map_or(score, |(_, lie)| *lie))
            })
            .collect();
        from_scores(&scores, Evidence::Influence)
    }

    /// Shows a contribution's place, or its absence.
    pub fn show_place(&self, request: RequestId, contribution: ContributionId) -> DispatchResult {
        let (ordinal, places) = match self
            .places
            .binary_search_by_key(&contribution, |place| place.contribution)
        {
            Ok(ordinal) => (ordinal, vec![self.places[ordinal]]),
            Err(before) => {
                let range = before.saturating_sub(1)..(before + 1).min(self.places.len());
                (range.start, self.places[range].to_vec())
            }
        };
        self.show(request, contribution, ordinal, &places)
    }

    pub fn show(
        &self,
        request: RequestId,
        contribution: ContributionId,
        ordinal: usize,
        places: &[ShownPlace],
    ) -> DispatchResult {
        let proof = match ordinal + places.len() <= self.places.len() && !places.is_empty() {
            true => self.table().prove(ordinal, places.len()),
            false => Default::default(),
        };
        Attribution::show_place(
            RuntimeOrigin::signed(WORKER),
            challenged(request, contribution),
            self.shown(),
            ordinal as u32,
            ShownPlaces::truncate_from(places.to_vec()),
            proof,
        )
    }

    /// Opens `count` rows from `first` on.
    pub fn open(
        &self,
        request: RequestId,
        contribution: ContributionId,
        first: u32,
        count: u32,
    ) -> DispatchResult {
        Attribution::open_rows(
            RuntimeOrigin::signed(WORKER),
            challenged(request, contribution),
            first,
            self.opened(first, count),
            self.proof(first, count),
        )
    }

    pub fn opened(&self, first: u32, count: u32) -> OpenedRows {
        let rows = &self.rows[first as usize..(first + count) as usize];
        rows.concat().try_into().unwrap()
    }

    pub fn proof(&self, first: u32, count: u32) -> RangeProof {
        self.tree().prove(first as usize, count as usize)
    }

    /// Shows everything about a challenged contribution, two rows at a time.
    pub fn answer(&self, request: RequestId, contribution: ContributionId) {
        assert_ok!(self.show_place(request, contribution));
        let place = self
            .places
            .iter()
            .find(|place| place.contribution == contribution);
        let Some(place) = place else { return };
        let end = place.first + place.rows;
        for first in (place.first..end).step_by(2) {
            assert_ok!(self.open(request, contribution, first, 2.min(end - first)));
        }
    }
}

pub fn challenged(request: RequestId, contribution: ContributionId) -> ChallengeKey {
    ChallengeKey {
        request,
        datanet: DATANET,
        contribution,
    }
}

pub fn challenge(request: RequestId, contribution: ContributionId) -> DispatchResult {
    Attribution::challenge(
        RuntimeOrigin::signed(CHALLENGER),
        challenged(request, contribution),
    )
}

/// Settles an answer of the model with its sources.
pub fn settle_with(request: RequestId, report: &[ReportEntry]) {
    let mut settlement = answer(request, FEE, report);
    settlement.sources = vec![(DATANET, 1)];
    assert_ok!(settle(settlement));
}

pub fn is_open(request: RequestId, contribution: ContributionId) -> bool {
    Challenges::<Test>::contains_key(request, (DATANET, contribution))
}

pub fn is_disputed(request: RequestId) -> bool {
    Disputes::<Test>::contains_key(request)
}

/// What the challenger has on hold.
pub fn bonded() -> Balance {
    use frame_support::traits::fungible::InspectHold;
    Balances::balance_on_hold(&crate::HoldReason::Challenge.into(), &CHALLENGER)
}

pub fn claimable(who: AccountId) -> Balance {
    crate::Claimable::<Test>::get(who)
}
