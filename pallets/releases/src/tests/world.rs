// SPDX-License-Identifier: Apache-2.0
//! A small release that satisfies its equations, whose rows tests can spoil, and the moves of both parties.

use super::*;
use openledger_primitives::{
    fixed::{
        equation::{boundary, parts, Sums},
        logits,
        release::{features_row, leaf, node, Hash, Place, HEADER_BYTES, PLACE_BYTES},
        softmax,
    },
    shown::{HeadFile, RangeProof, ShownRelease},
};

pub const CLASSES: usize = 2;
pub const DIMS: usize = 2;
pub const WIDTH: usize = DIMS + 1;
const PARAMETERS: usize = CLASSES * WIDTH;
/// A hundredth.
const LAMBDA: u32 = 42_949_673;
/// 16 fraction bits: a sixty-fourth.
pub const THRESHOLD: u16 = 1 << 10;

const ROWS_OF_CONTRIBUTION: usize = 3;

/// Contribution of a row in the table.
pub fn ordinal(row: usize) -> u32 {
    (row / ROWS_OF_CONTRIBUTION) as u32
}

/// Numbers that look like any others.
pub struct Numbers(pub u64);

impl Numbers {
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    pub fn around(&mut self, limit: i64) -> i64 {
        self.below(2 * limit as u64) as i64 - limit
    }
}

#[derive(Clone)]
pub struct World {
    pub labels: Vec<u16>,
    pub features: Vec<Vec<i16>>,
    pub influence: Vec<Vec<i16>>,
    /// Labels as the index has them.
    pub released_labels: Vec<u16>,
    /// Tick in which each contribution was registered.
    pub ticks: Vec<u64>,
    pub leaders: Vec<u32>,
    pub next: Vec<u32>,
    pub sums: Vec<Vec<i64>>,
    pub loo: Vec<u16>,
    weight: Vec<i32>,
    bias: Vec<i32>,
    pub row_bits: i16,
}

impl World {
    pub fn new(seed: u64, rows: usize) -> Self {
        let mut numbers = Numbers(seed);
        let mut world = Self {
            labels: (0..rows).map(|_| numbers.below(CLASSES as u64) as u16).collect(),
            features: (0..rows)
                .map(|_| (0..DIMS).map(|_| numbers.around(4_096) as i16).collect())
                .collect(),
            influence: vec![],
            released_labels: vec![],
            ticks: (0..rows.div_ceil(ROWS_OF_CONTRIBUTION))
                .map(|_| numbers.below(4))
                .collect(),
            leaders: vec![],
            next: vec![],
            sums: vec![],
            loo: vec![],
            weight: (0..CLASSES * DIMS)
                .map(|_| numbers.around(1 << 17) as i32)
                .collect(),
            bias: (0..CLASSES).map(|_| numbers.around(1 << 16) as i32).collect(),
            row_bits: 0,
        };
        world.released_labels = world.labels.clone();
        world.solve();
        world.link();
        world
    }

    pub fn rows(&self) -> u32 {
        self.labels.len() as u32
    }

    pub fn logits(&self, row: usize) -> Vec<i32> {
        logits(&self.weight, &self.bias, &self.features[row]).unwrap()
    }

    /// Every row's influence, by plain floats.
    fn solve(&mut self) {
        let rows = self.labels.len();
        let inputs = |row: usize| -> Vec<f64> {
            let features = self.features[row].iter().map(|x| f64::from(*x) / 4_096.0);
            features.chain([1.0]).collect()
        };
        let probabilities = |row: usize| -> Vec<f64> {
            let parts = softmax(&self.logits(row)).into_iter();
            parts.map(|p| f64::from(p) / f64::from(1u32 << 30)).collect()
        };
        let mut hessian = vec![vec![0.0; PARAMETERS]; PARAMETERS];
        for row in 0..rows {
            let (x, p) = (inputs(row), probabilities(row));
            for (a, line) in hessian.iter_mut().enumerate() {
                for (b, sum) in line.iter_mut().enumerate() {
                    let (k, l) = (a / WIDTH, b / WIDTH);
                    let own = if k == l { p[k] } else { 0.0 };
                    *sum += (own - p[k] * p[l]) * x[a % WIDTH] * x[b % WIDTH] / rows as f64;
                }
            }
        }
        (0..PARAMETERS).for_each(|a| hessian[a][a] += f64::from(LAMBDA) / 2f64.powi(32));
        let solved: Vec<Vec<f64>> = (0..rows)
            .map(|row| {
                let (x, p) = (inputs(row), probabilities(row));
                let gradient = (0..PARAMETERS).map(|a| {
                    let one = f64::from(u8::from(usize::from(self.labels[row]) == a / WIDTH));
                    (p[a / WIDTH] - one) * x[a % WIDTH]
                });
                eliminated(hessian.clone(), gradient.collect())
            })
            .collect();
        let largest = solved
            .iter()
            .flatten()
            .fold(1e-9, |most: f64, r| most.max(r.abs()));
        self.row_bits = (32_000.0 / largest).log2().floor() as i16;
        let scale = 2f64.powi(self.row_bits.into());
        let rounded = |row: &Vec<f64>| row.iter().map(|r| (r * scale).round() as i16).collect();
        self.influence = solved.iter().map(rounded).collect();
    }

    /// Turns the largest number of a row around, which no rounding explains.
    pub fn spoil(mut self, row: usize) -> Self {
        let numbers = &mut self.influence[row];
        let largest = (0..PARAMETERS)
            .max_by_key(|at| numbers[*at].unsigned_abs())
            .unwrap();
        numbers[largest] = match numbers[largest] {
            0 => 30_000,
            number => number.saturating_neg(),
        };
        self
    }

    /// Makes this the model's release.
    pub fn install(self) -> Self {
        Released::set(Some(BondedRelease {
            author: AUTHOR,
            root: self.release().root(blake2_256),
            head: content_id(&self.head()),
            classes: CLASSES as u32,
            dims: DIMS as u32,
            rows: self.rows(),
        }));
        self
    }

    pub fn head(&self) -> HeadFile {
        let header = b"{\"tensors\":0}  ";
        let mut file = (header.len() as u64).to_le_bytes().to_vec();
        file.extend(header);
        // the optimum, which nobody reads
        file.extend(vec![7; 8 * PARAMETERS]);
        let integers = self.bias.iter().chain(&self.weight);
        file.extend(integers.flat_map(|number| number.to_le_bytes()));
        file.try_into().unwrap()
    }

    pub fn released_row(&self, row: usize) -> Vec<u8> {
        let mut bytes = ordinal(row).to_le_bytes().to_vec();
        bytes.extend(self.released_labels[row].to_le_bytes());
        bytes.extend(self.loo[row].to_le_bytes());
        bytes.extend(self.leaders[row].to_le_bytes());
        bytes.extend(self.influence[row].iter().flat_map(|r| r.to_le_bytes()));
        bytes.extend(self.next[row].to_le_bytes());
        bytes.extend(self.sums[row].iter().flat_map(|sum| sum.to_le_bytes()));
        bytes
    }

    pub fn features_row(&self, row: usize) -> Vec<u8> {
        features_row(ordinal(row), self.labels[row], &self.features[row])
    }

    fn leaves(&self, row: impl Fn(&Self, usize) -> Vec<u8>) -> Vec<Hash> {
        (0..self.labels.len())
            .map(|number| leaf(blake2_256, &row(self, number)))
            .collect()
    }

    pub fn place(&self, contribution: usize) -> [u8; PLACE_BYTES] {
        let first = contribution * ROWS_OF_CONTRIBUTION;
        let place = Place {
            datanet: 0,
            contribution: contribution as u64,
            registered: self.ticks[contribution],
            first: first as u32,
            rows: (self.labels.len() - first).min(ROWS_OF_CONTRIBUTION) as u32,
        };
        place.to_bytes()
    }

    fn places(&self) -> Vec<Hash> {
        (0..self.ticks.len())
            .map(|contribution| leaf(blake2_256, &self.place(contribution)))
            .collect()
    }

    pub fn release(&self) -> ShownRelease {
        let mut header = [0; HEADER_BYTES];
        header[..4].copy_from_slice(b"OLIX");
        for (at, number) in [(4, 4), (6, CLASSES as u16), (8, DIMS as u16), (20, THRESHOLD)] {
            header[at..at + 2].copy_from_slice(&number.to_le_bytes());
        }
        header[10..12].copy_from_slice(&self.row_bits.to_le_bytes());
        header[12..16].copy_from_slice(&self.rows().to_le_bytes());
        header[16..20].copy_from_slice(&(self.ticks.len() as u32).to_le_bytes());
        header[22..26].copy_from_slice(&LAMBDA.to_le_bytes());
        header[26..].copy_from_slice(&root(self.leaves(Self::features_row)));
        ShownRelease {
            header,
            table: H256(root(self.places())),
            rows: H256(root(self.leaves(Self::released_row))),
        }
    }

    pub fn features_proof(&self, row: u32) -> RangeProof {
        proof(self.leaves(Self::features_row), row as usize)
    }

    pub fn shown(&self, row: u32) -> ShownRow {
        ShownRow {
            released: self.released_row(row as usize).try_into().unwrap(),
            released_proof: proof(self.leaves(Self::released_row), row as usize),
            features: self.features_row(row as usize).try_into().unwrap(),
            features_proof: self.features_proof(row),
        }
    }

    /// The row of the index alone.
    pub fn leaf(&self, row: u32) -> ShownLeaf {
        let ShownRow {
            released,
            released_proof,
            ..
        } = self.shown(row);
        ShownLeaf {
            bytes: released,
            proof: released_proof,
        }
    }

    /// The row of the features alone.
    pub fn features_leaf(&self, row: u32) -> ShownLeaf {
        ShownLeaf {
            bytes: self.features_row(row as usize).try_into().unwrap(),
            proof: self.features_proof(row),
        }
    }

    /// The entry of a row's contribution in the table.
    pub fn entry(&self, row: u32) -> ShownEntry {
        let contribution = ordinal(row as usize) as usize;
        ShownEntry {
            place: self.place(contribution),
            proof: proof(self.places(), contribution),
        }
    }

    /// The true sums of the first `upto` rows about row `row`.
    pub fn sums(&self, row: u32, upto: u32) -> Sums {
        let mut sums = Sums::zero(CLASSES, DIMS);
        for other in 0..upto as usize {
            sums.add(
                &self.influence[row as usize],
                &self.features[other],
                &self.logits(other),
            )
            .unwrap();
        }
        sums
    }

    /// What `sums` would have to differ by so that the equation of `row` holds exactly.
    pub fn missing(&self, row: u32) -> Vec<i128> {
        let answer = self.logits(row as usize);
        let claim = openledger_primitives::fixed::equation::Claim {
            influence: &self.influence[row as usize],
            label: self.labels[row as usize],
            features: &self.features[row as usize],
            logits: &answer,
            row_bits: self.row_bits,
            lambda: LAMBDA,
            rows: self.rows(),
        };
        let residual = claim.residual(&self.sums(row, self.rows())).unwrap();
        residual.into_iter().map(|(side, _)| -side).collect()
    }

    pub fn claim(&self, row: u32, sums: &Sums) -> DispatchResult {
        Releases::claim_sums(
            RuntimeOrigin::signed(AUTHOR),
            key(row),
            self.release(),
            self.shown(row),
            bytes_of(sums),
            self.head(),
        )
    }

    /// Proves the step over `step` from `before`, by the challenger.
    pub fn prove(&self, row: u32, step: u32, before: &Sums) -> DispatchResult {
        Releases::prove_term(
            RuntimeOrigin::signed(CHALLENGER),
            key(row),
            bytes_of(before),
            self.released_row(row as usize).try_into().unwrap(),
            self.features_row(step as usize).try_into().unwrap(),
            self.features_proof(step),
            self.head(),
        )
    }
}

pub fn key(row: u32) -> RowKey<AccountId> {
    RowKey {
        model: MODEL,
        row,
        challenger: CHALLENGER,
    }
}

pub fn bytes_of(sums: &Sums) -> SumsBytes {
    sums.to_bytes().try_into().unwrap()
}

pub fn commitment(sums: &Sums) -> H256 {
    H256(sums.commitment(blake2_256))
}

pub fn dispute(row: u32) -> DispatchResult {
    Releases::dispute_row(RuntimeOrigin::signed(CHALLENGER), MODEL, row)
}

pub fn split(row: u32, inner: Vec<H256>) -> DispatchResult {
    Releases::split(RuntimeOrigin::signed(AUTHOR), key(row), inner.try_into().unwrap())
}

pub fn choose(row: u32, part: u32) -> DispatchResult {
    Releases::choose(RuntimeOrigin::signed(CHALLENGER), key(row), part)
}

pub fn close(row: u32) -> frame_support::dispatch::DispatchResultWithPostInfo {
    Releases::close(RuntimeOrigin::signed(STRANGER), key(row))
}

pub fn stage(row: u32) -> Option<Stage> {
    Disputes::<Test>::get((MODEL, row, CHALLENGER)).map(|dispute| dispute.stage)
}

/// The inner ends of an interval's parts.
pub fn inner_ends(low: u32, high: u32) -> impl Iterator<Item = u32> {
    (1..parts(low, high)).map(move |part| boundary(low, high, part))
}

/// Whether the release was refuted.
pub fn is_refuted() -> bool {
    Released::get().is_none()
}

fn eliminated(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Vec<f64> {
    for pivot in 0..PARAMETERS {
        let (above, below) = matrix.split_at_mut(pivot + 1);
        let pivots = &above[pivot];
        for (row, numbers) in below.iter_mut().enumerate() {
            let factor = numbers[pivot] / pivots[pivot];
            numbers
                .iter_mut()
                .zip(pivots)
                .for_each(|(number, of_pivot)| *number -= factor * of_pivot);
            right[pivot + 1 + row] -= factor * right[pivot];
        }
    }
    for row in (0..PARAMETERS).rev() {
        let known: f64 = (row + 1..PARAMETERS)
            .map(|column| matrix[row][column] * right[column])
            .sum();
        right[row] = (right[row] - known) / matrix[row][row];
    }
    right
}

fn above(level: &[Hash]) -> Vec<Hash> {
    level
        .chunks(2)
        .map(|pair| match pair {
            [left, right] => node(blake2_256, left, right),
            alone => alone[0],
        })
        .collect()
}

fn root(mut level: Vec<Hash>) -> Hash {
    while level.len() > 1 {
        level = above(&level);
    }
    level[0]
}

fn proof(mut level: Vec<Hash>, mut at: usize) -> RangeProof {
    let mut siblings = Vec::new();
    while level.len() > 1 {
        siblings.extend(level.get(at ^ 1).copied().map(H256));
        level = above(&level);
        at /= 2;
    }
    siblings.try_into().unwrap()
}
