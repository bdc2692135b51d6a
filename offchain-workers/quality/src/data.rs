// SPDX-License-Identifier: Apache-2.0
//! Tables, and how a seed divides one: rows to train on, a reserve of honest rows, and questions.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{bail, ensure, Context, Result};
use openledger_trainer::{
    base::{self, BaseNetwork, Recipe},
    digits::{self, DigitRow, CLASSES},
    features::quantise_features,
    random::SplitMix64,
};

/// A training row or a question: label and features.
pub type Row = (u16, Vec<i16>);

/// Digits that the base network is trained on, that heads are trained on, and of the reserve; the rest are questions.
const DIGITS: [usize; 3] = [700, 600, 100];
/// Contributions that the training rows are divided into.
pub const CONTRIBUTIONS: usize = 60;
/// Contributions of the reserve, each as large as those of the training rows.
pub const RESERVE: usize = 10;
/// Fewest rows of a table: three a contribution, and as many questions.
pub const FEWEST_ROWS: usize = 60;
/// Standard deviations at which a column of a table is cut off: the features' grid ends at eight.
const CUT: f64 = 7.5;

/// A table with its labels as classes.
pub struct Source {
    /// What to call it.
    pub name: String,
    classes: u16,
    kind: Kind,
}

/// The number of a row's class and its numbers.
pub type Labelled = (u16, Vec<f64>);

enum Kind {
    Digits(Vec<DigitRow>),
    Table(Vec<Labelled>),
}

impl Source {
    /// The digits of the repository.
    pub fn digits(path: &Path) -> Result<Self> {
        let rows = digits::load_gz(path).with_context(|| path.display().to_string())?;
        ensure!(
            rows.len() > DIGITS.iter().sum(),
            "{} has too few digits",
            path.display()
        );
        Ok(Self {
            name: "digits".into(),
            classes: CLASSES as u16,
            kind: Kind::Digits(rows),
        })
    }

    /// A table of numbers, separated by commas, without a header; the last column is the label, of any form.
    pub fn csv(path: &Path) -> Result<Self> {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let (classes, rows) = parse(&text).with_context(|| path.display().to_string())?;
        Ok(Self::table(name, classes, rows))
    }

    /// Rows of numbers with the number of their class.
    pub fn table(name: String, classes: u16, rows: Vec<Labelled>) -> Self {
        Self {
            name,
            classes,
            kind: Kind::Table(rows),
        }
    }
}

/// The rows and the number of classes; classes are numbered in the order of their labels.
fn parse(text: &str) -> Result<(u16, Vec<Labelled>)> {
    let mut rows: Vec<(&str, Vec<f64>)> = Vec::new();
    for (index, line) in text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
    {
        let line_number = index + 1;
        let Some((numbers, label)) = line.rsplit_once(',') else {
            bail!("line {line_number} has one column: give numbers and, last, a label");
        };
        let numbers: Result<Vec<f64>, _> = numbers.split(',').map(|number| number.trim().parse()).collect();
        let numbers = numbers.with_context(|| {
            format!("line {line_number} has a column that is not a number (a header must be removed)")
        })?;
        ensure!(
            numbers.iter().all(|x| x.is_finite()),
            "line {line_number} has an infinite number"
        );
        if let Some((_, first)) = rows.first() {
            ensure!(
                first.len() == numbers.len(),
                "line {line_number} has {} numbers, the first line {}",
                numbers.len(),
                first.len()
            );
        }
        rows.push((label.trim(), numbers));
    }
    ensure!(
        rows.len() >= FEWEST_ROWS,
        "{} rows are too few to measure anything: at least {FEWEST_ROWS}",
        rows.len()
    );
    let mut classes: BTreeMap<&str, u16> = rows.iter().map(|(label, _)| (*label, 0)).collect();
    ensure!(
        (2..=64).contains(&classes.len()),
        "{} different labels in the last column: 2 to 64 can be classes",
        classes.len()
    );
    (0..)
        .zip(classes.values_mut())
        .for_each(|(number, class)| *class = number);
    let count = classes.len() as u16;
    Ok((
        count,
        rows.into_iter()
            .map(|(label, numbers)| (classes[label], numbers))
            .collect(),
    ))
}

/// A row before it became features, to be changed as a contributor could.
#[derive(Clone)]
enum Raw {
    Digit(DigitRow),
    Numbers(u16, Vec<f64>),
}

/// From raw rows to features; fitted on rows that are not questions.
enum Extractor {
    Network(BaseNetwork),
    /// Mean and standard deviation of each column.
    Standard(Vec<(f64, f64)>),
}

impl Extractor {
    /// Features of a row whose data was multiplied by `scale`, as far as its format lets it.
    fn row(&self, raw: &Raw, scale: f64) -> Result<Row> {
        let (label, features) = match (self, raw) {
            (Self::Network(network), Raw::Digit(row)) => {
                let grown = |pixel: u8| {
                    (f64::from(pixel) * scale)
                        .round()
                        .min(f64::from(digits::PIXEL_MAX))
                };
                let pixels = row.pixels.map(|pixel| grown(pixel) as f32);
                (u16::from(row.label), network.features(&pixels))
            }
            (Self::Standard(columns), Raw::Numbers(label, numbers)) => {
                let standard = |(x, (mean, deviation)): (&f64, &(f64, f64))| {
                    ((x * scale - mean) / deviation).clamp(-CUT, CUT) as f32
                };
                (*label, numbers.iter().zip(columns).map(standard).collect())
            }
            _ => bail!("a row of another table"),
        };
        Ok((label, quantise_features(&features)?))
    }
}

/// A table divided by a seed.
pub struct Split {
    /// Classes.
    pub classes: u16,
    /// What heads are trained on.
    pub train: Vec<Row>,
    /// Honest rows that a later contributor may bring.
    pub reserve: Vec<Row>,
    /// What is asked. Never trained or tuned on.
    pub questions: Vec<Row>,
    raw: Vec<Raw>,
    extractor: Extractor,
}

impl Split {
    /// Divides the table: 60 % training, 10 % reserve and 30 % questions, the digits as [`DIGITS`] says.
    pub fn of(source: &Source, seed: u64) -> Result<Self> {
        let mut random = SplitMix64::new(seed.wrapping_mul(1_000_003));
        let (extractor, mut raw) = match &source.kind {
            Kind::Digits(rows) => {
                let mut rows = rows.clone();
                random.shuffle(&mut rows);
                let rest = rows.split_off(DIGITS[0]);
                let network = base::train(&rows, &Recipe::default())?;
                (
                    Extractor::Network(network),
                    rest.into_iter().map(Raw::Digit).collect::<Vec<_>>(),
                )
            }
            Kind::Table(rows) => {
                let mut rows = rows.clone();
                random.shuffle(&mut rows);
                let known = rows.len() * 7 / 10;
                let extractor = Extractor::Standard(columns(&rows[..known]));
                let raw = |(label, numbers)| Raw::Numbers(label, numbers);
                (extractor, rows.into_iter().map(raw).collect())
            }
        };
        let (train, reserve) = match &source.kind {
            Kind::Digits(_) => (DIGITS[1], DIGITS[2]),
            Kind::Table(rows) => (rows.len() * 6 / 10, rows.len() / 10),
        };
        let rows: Result<Vec<Row>> = raw.iter().map(|raw| extractor.row(raw, 1.0)).collect();
        let mut rows = rows?;
        let questions = rows.split_off(train + reserve);
        let reserve = rows.split_off(train);
        raw.truncate(train);
        Ok(Self {
            classes: source.classes,
            train: rows,
            reserve,
            questions,
            raw,
            extractor,
        })
    }

    /// Features of a row.
    pub fn dims(&self) -> usize {
        self.train.first().map_or(0, |(_, features)| features.len())
    }

    /// Training row `row` as it had become had its contributor multiplied the data by `scale`.
    pub fn scaled(&self, row: usize, scale: f64) -> Result<Row> {
        self.extractor.row(&self.raw[row], scale)
    }

    /// The same with a fifth of the training labels, chosen at random, replaced by other ones.
    pub fn with_flips(&self, seed: u64) -> Flipped {
        let mut random = SplitMix64::new(seed.wrapping_mul(7_368_787));
        let mut flipped: Vec<bool> = (0..self.train.len()).map(|row| row % 5 == 0).collect();
        random.shuffle(&mut flipped);
        let mut train = self.train.clone();
        for ((label, _), _) in train.iter_mut().zip(&flipped).filter(|(_, flipped)| **flipped) {
            *label = (*label + 1 + random.below(usize::from(self.classes) - 1) as u16) % self.classes;
        }
        Flipped {
            split: Split {
                classes: self.classes,
                train,
                reserve: self.reserve.clone(),
                questions: self.questions.clone(),
                raw: self.raw.clone(),
                extractor: match &self.extractor {
                    Extractor::Network(network) => Extractor::Network(network.clone()),
                    Extractor::Standard(columns) => Extractor::Standard(columns.clone()),
                },
            },
            flipped,
        }
    }
}

/// A split with wrong labels, and which they are.
pub struct Flipped {
    /// The split.
    pub split: Split,
    /// Per training row.
    pub flipped: Vec<bool>,
}

/// Mean and standard deviation of each column; one for a column of equal numbers.
fn columns(rows: &[(u16, Vec<f64>)]) -> Vec<(f64, f64)> {
    let count = rows.len() as f64;
    let width = rows.first().map_or(0, |(_, numbers)| numbers.len());
    (0..width)
        .map(|column| {
            let mean = rows.iter().map(|(_, x)| x[column]).sum::<f64>() / count;
            let square = rows.iter().map(|(_, x)| (x[column] - mean).powi(2)).sum::<f64>() / count;
            (mean, if square > 0.0 { square.sqrt() } else { 1.0 })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: usize) -> String {
        (0..rows)
            .map(|row| format!("{},{}.5,{}\n", row % 7, row, ["b", "a", "c"][row % 3]))
            .collect()
    }

    #[test]
    fn labels_of_any_form_become_classes_in_their_order() {
        let (classes, rows) = parse(&table(60)).unwrap();
        assert_eq!((classes, rows.len()), (3, 60));
        assert_eq!(rows[..3].iter().map(|row| row.0).collect::<Vec<_>>(), [1, 0, 2]);
        assert_eq!(rows[1].1, [1.0, 1.5]);
    }

    #[test]
    fn tables_that_cannot_be_measured_are_refused_with_their_line() {
        let error = |text: &str| format!("{:#}", parse(text).unwrap_err());
        assert!(error(&table(59)).contains("59 rows"));
        assert!(error(&format!("x,y,label\n{}", table(60))).contains("line 1"));
        assert!(error(&format!("{}1,a\n", table(60))).contains("line 61 has 1 numbers"));
        assert!(error(&format!("{}1\n", table(60))).contains("line 61 has one column"));
        assert!(error(&format!("{}1,inf,a\n", table(60))).contains("line 61 has an infinite"));
        assert!(error(&"1,2,same\n".repeat(60)).contains("1 different labels"));
    }

    #[test]
    fn parts_of_a_split_are_disjoint_and_depend_on_the_seed_only() {
        let rows = parse(&table(200)).unwrap();
        let source = Source::table("test".into(), rows.0, rows.1);
        let (a, b) = (Split::of(&source, 1).unwrap(), Split::of(&source, 1).unwrap());
        assert_eq!((a.train.len(), a.reserve.len(), a.questions.len()), (120, 20, 60));
        assert_eq!(a.train, b.train);
        assert_ne!(a.train, Split::of(&source, 2).unwrap().train);
        assert_eq!(a.scaled(3, 1.0).unwrap(), a.train[3]);
        let flipped = a.with_flips(1);
        let wrong = a.train.iter().zip(&flipped.split.train).map(|(a, b)| a.0 != b.0);
        assert!(wrong.eq(flipped.flipped.iter().copied()));
        assert_eq!(flipped.flipped.iter().filter(|flipped| **flipped).count(), 24);
    }
}
