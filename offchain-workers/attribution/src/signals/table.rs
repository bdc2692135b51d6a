// SPDX-License-Identifier: Apache-2.0
//! Rows of numbers with a label: which are new, which were there, which were there under another label, and which are
//! nearly one that was there.

use std::collections::{HashMap, HashSet};

use openledger_trainer::features::ContributionKey;

use super::{hash, millionths, simhash::Planes, simhash::SimHash};

/// Bits of a row's signature that may differ from those of a row that it nearly is, of 256: an angle of 17 degrees.
pub const NEAR: u32 = 24;
/// What is that near by its signature must also be within this part of the other row's length from it. No digit is
/// that near to an earlier one; a copy is in which every other pixel moved by up to one step of 16, and 92 of 100 copies
/// in which they moved by up to two.
pub const NEAR_PART: i64 = 5;
/// Decimal places that a number keeps.
const DECIMALS: usize = 6;
/// What a column's range becomes.
const RANGE: i128 = 4096;
/// Longest line, in bytes.
const MAX_LINE: usize = 1 << 16;

/// Why bytes are not a table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// The text is not UTF-8.
    #[error("a table is UTF-8: byte {valid_up_to} starts no character")]
    NotUtf8 {
        /// Bytes before the first wrong one.
        valid_up_to: usize,
    },
    /// A line without a comma.
    #[error("line {line} has one column: give numbers and, last, a label")]
    OneColumn {
        /// Line, from one.
        line: usize,
    },
    /// A line longer than any row.
    #[error("line {line} is longer than {MAX_LINE} bytes")]
    TooLong {
        /// Line, from one.
        line: usize,
    },
    /// A column that is no decimal number of a plain form.
    #[error("line {line} has a column that is not a decimal number below 10^12")]
    NotANumber {
        /// Line, from one.
        line: usize,
    },
    /// Rows of two widths.
    #[error("line {line} has {found} numbers where others have {expected}")]
    Width {
        /// Line, from one.
        line: usize,
        /// Numbers of the other rows.
        expected: usize,
        /// Numbers of this one.
        found: usize,
    },
}

/// A contribution of rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    width: usize,
    rows: Vec<Row>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    label: String,
    /// In millionths.
    numbers: Vec<i64>,
}

impl Row {
    /// Hash of the numbers alone.
    fn content(&self) -> u64 {
        let bytes: Vec<u8> = self.numbers.iter().flat_map(|x| x.to_le_bytes()).collect();
        hash(&bytes)
    }
}

impl Table {
    /// Reads rows of decimal numbers and a label, separated by commas, one a line, without a header. Numbers keep six
    /// decimals, so `1`, `1.0` and `+1.00` are one number. Empty lines are left out.
    ///
    /// # Errors
    /// Every variant of [`TableError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, TableError> {
        let text = std::str::from_utf8(bytes).map_err(|error| TableError::NotUtf8 {
            valid_up_to: error.valid_up_to(),
        })?;
        let mut rows: Vec<Row> = Vec::new();
        for (index, text) in text.lines().enumerate() {
            let line = index + 1;
            if text.trim().is_empty() {
                continue;
            }
            if text.len() > MAX_LINE {
                return Err(TableError::TooLong { line });
            }
            let (numbers, label) = text.rsplit_once(',').ok_or(TableError::OneColumn { line })?;
            let numbers: Option<Vec<i64>> = numbers.split(',').map(decimal).collect();
            let numbers = numbers.ok_or(TableError::NotANumber { line })?;
            if let Some(first) = rows.first() {
                let (expected, found) = (first.numbers.len(), numbers.len());
                if expected != found {
                    return Err(TableError::Width {
                        line,
                        expected,
                        found,
                    });
                }
            }
            rows.push(Row {
                label: label.trim().to_owned(),
                numbers,
            });
        }
        Ok(Self {
            width: rows.first().map_or(0, |row| row.numbers.len()),
            rows,
        })
    }

    /// Hashes of whole rows, equal ones as often as they stand there: the items of [`super::Registered`].
    pub fn items(&self) -> Vec<u64> {
        let item = |row: &Row| hash(&[&row.content().to_le_bytes(), row.label.as_bytes()].concat());
        self.rows.iter().map(item).collect()
    }

    /// Rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Numbers in a row.
    pub fn width(&self) -> usize {
        self.width
    }
}

/// A plain decimal number in millionths, further places cut off.
fn decimal(text: &str) -> Option<i64> {
    let text = text.trim();
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() + fraction.len() == 0 || whole.len() > 12 || !are_digits(whole) || !are_digits(fraction) {
        return None;
    }
    let kept = &fraction[..fraction.len().min(DECIMALS)];
    let number: i64 = format!("0{whole}{kept:0<DECIMALS$}").parse().ok()?;
    Some(if negative { -number } else { number })
}

/// Rows of all registered contributions.
#[derive(Clone, Debug, Default)]
pub struct RegisteredRows {
    rows: Vec<(ContributionKey, Row)>,
}

/// How many rows of a contribution are new. The five counts add up to all rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowNovelty {
    /// Rows.
    pub rows: u64,
    /// Rows that were there, number for number and with their label, in a registered contribution.
    pub known: u64,
    /// Rows that stand earlier in the contribution itself.
    pub repeated: u64,
    /// Rows whose numbers were there under other labels only, there or in the contribution itself.
    pub relabelled: u64,
    /// Rows that are none of these and nearly a registered row of their label: within [`NEAR`] bits of its signature
    /// and within a fifth ([`NEAR_PART`]) of its length.
    pub near: u64,
    /// All others.
    pub new: u64,
    /// `new / rows`, in millionths.
    pub novelty: u32,
    /// Whose rows the near ones are near to, with how many; most first, equal ones by key.
    pub near_to: Vec<(ContributionKey, u64)>,
}

impl RegisteredRows {
    /// Adds a contribution. Contributions are pushed in the order of their registration: of two that a row is equally
    /// near to, the earlier is named.
    pub fn push(&mut self, key: ContributionKey, table: &Table) {
        self.rows.extend(table.rows.iter().map(|row| (key, row.clone())));
    }

    /// Compares a new contribution with all registered rows of its width; rows of other widths have nothing in common
    /// with it. O(n·m) signatures compared for `n` new and `m` registered rows, and O((n + m) · 256 · width).
    pub fn compare(&self, table: &Table) -> RowNovelty {
        let earlier: Vec<&(ContributionKey, Row)> = self
            .rows
            .iter()
            .filter(|(_, row)| row.numbers.len() == table.width)
            .collect();
        let mut labels: HashMap<u64, HashSet<&str>> = HashMap::new();
        for (_, row) in &earlier {
            labels.entry(row.content()).or_default().insert(&row.label);
        }
        let columns = Columns::new(earlier.iter().map(|(_, row)| row), table.width);
        let planes = Planes::new(table.width);
        let signed = |row: &Row| {
            let scaled = columns.scale(row);
            (planes.hash(&scaled), scaled)
        };
        let signatures: Vec<(SimHash, Vec<i32>)> = earlier.iter().map(|(_, row)| signed(row)).collect();

        let mut novelty = RowNovelty {
            rows: table.rows.len() as u64,
            ..RowNovelty::default()
        };
        let mut own: HashMap<u64, HashSet<&str>> = HashMap::new();
        let mut near_to: HashMap<ContributionKey, u64> = HashMap::new();
        for row in &table.rows {
            let (content, label) = (row.content(), row.label.as_str());
            let has =
                |labels: &HashMap<u64, HashSet<&str>>| labels.get(&content).map(|of| of.contains(label));
            let (there, here) = (has(&labels), has(&own));
            own.entry(content).or_default().insert(label);
            if there == Some(true) {
                novelty.known += 1;
            } else if here == Some(true) {
                novelty.repeated += 1;
            } else if there.is_some() || here.is_some() {
                novelty.relabelled += 1;
            } else {
                let (signature, scaled) = signed(row);
                let nearest = earlier
                    .iter()
                    .zip(&signatures)
                    .filter(|((_, other), _)| other.label == label)
                    .map(|((key, _), (other, numbers))| (signature.distance(other), numbers, *key))
                    .filter(|(distance, numbers, _)| *distance <= NEAR && is_within(numbers, &scaled))
                    // the first of equals
                    .min_by_key(|(distance, ..)| *distance);
                match nearest {
                    Some((.., key)) => {
                        novelty.near += 1;
                        *near_to.entry(key).or_default() += 1;
                    }
                    None => novelty.new += 1,
                }
            }
        }
        novelty.novelty = millionths(novelty.new, novelty.rows);
        novelty.near_to = near_to.into_iter().collect();
        novelty
            .near_to
            .sort_by_key(|(key, rows)| (std::cmp::Reverse(*rows), *key));
        novelty
    }
}

/// Whether `row` lies within a fifth of the length of `other` from it.
fn is_within(other: &[i32], row: &[i32]) -> bool {
    let square = |x: i64| x * x;
    let distance: i64 = other
        .iter()
        .zip(row)
        .map(|(a, b)| square(i64::from(*a) - i64::from(*b)))
        .sum();
    let length: i64 = other.iter().map(|x| square(i64::from(*x))).sum();
    // numbers are below 2^14 and rows have fewer than 2^16 of them
    distance * square(NEAR_PART) <= length
}

/// What is known of a column of the registered rows.
struct Column {
    least: i128,
    range: i128,
    mean: i128,
    /// Mean absolute deviation.
    spread: i128,
}

/// The scale on which rows are compared: each number less its column's mean, in parts of the column's range, times the
/// part of the range that its numbers usually lie apart. So columns of any unit count alike, and one that is nearly
/// always the same counts little, whatever its rare exceptions are.
struct Columns {
    columns: Vec<Column>,
}

impl Columns {
    fn new<'a>(rows: impl Iterator<Item = &'a Row> + Clone, width: usize) -> Self {
        let count = rows.clone().count() as i128;
        let column = |column: usize| {
            let numbers = || rows.clone().map(|row| i128::from(row.numbers[column]));
            let mean = |numbers: i128| numbers.checked_div(count).unwrap_or(0);
            let centre = mean(numbers().sum());
            let least = numbers().min().unwrap_or(0);
            Column {
                least,
                range: numbers().max().unwrap_or(0) - least,
                mean: centre,
                spread: mean(numbers().map(|x| (x - centre).abs()).sum()),
            }
        };
        Self {
            columns: (0..width).map(column).collect(),
        }
    }

    fn scale(&self, row: &Row) -> Vec<i32> {
        let scaled = row.numbers.iter().zip(&self.columns).map(|(x, column)| {
            let x = i128::from(*x).clamp(column.least - column.range, column.least + 2 * column.range);
            let parts = ((x - column.mean) * RANGE * RANGE).checked_div(column.range);
            let weighed = parts.map(|parts| parts * column.spread / column.range / RANGE);
            // at most twice the range away from the mean, times a spread of at most half of it
            weighed.unwrap_or(0) as i32
        });
        scaled.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(contribution: u64) -> ContributionKey {
        ContributionKey {
            datanet: 2,
            contribution,
        }
    }

    fn table(text: &str) -> Table {
        Table::parse(text.as_bytes()).unwrap()
    }

    fn registered() -> RegisteredRows {
        let mut registered = RegisteredRows::default();
        registered.push(key(0), &table("10,0,3,a\n0,10,3,b\n-10,5,3,a\n"));
        registered.push(key(1), &table("0,-10,3,b\n10,10,3,a\n"));
        registered
    }

    #[test]
    fn every_row_is_one_of_five() {
        let new = "10.0,+0,3.0,a\n10,0,3,b\n5,-9,3,c\n5,-9.00,3,c\n5,-9,3,d\n1000000,1,3,a\n10.1,10.1,3,a\n";
        let found = registered().compare(&table(new));
        let counts = (
            found.known,
            found.relabelled,
            found.repeated,
            found.near,
            found.new,
        );
        assert_eq!((found.rows, counts), (7, (1, 2, 1, 1, 2)));
        assert_eq!(found.near_to, [(key(1), 1)]);
        assert_eq!(found.novelty, 285_714);
    }

    #[test]
    fn without_registered_rows_all_rows_are_new_once() {
        let found = RegisteredRows::default().compare(&table("1,2,a\n1,2,a\n"));
        assert_eq!((found.new, found.repeated, found.novelty), (1, 1, 500_000));
        let found = registered().compare(&table("1,2,a\n"));
        assert_eq!(found.new, 1, "another width has nothing in common");
        let nothing = registered().compare(&table("\n"));
        assert_eq!((nothing.rows, nothing.novelty), (0, 0));
    }

    #[test]
    fn numbers_have_one_form() {
        for (text, millionths) in [
            ("1", 1_000_000),
            (" -0.5 ", -500_000),
            ("+.25", 250_000),
            ("3.", 3_000_000),
            ("0.1234567", 123_456),
            ("999999999999", 999_999_999_999_000_000),
        ] {
            assert_eq!(decimal(text), Some(millionths), "{text}");
        }
        for text in ["", ".", "-", "1e5", "1.2.3", "0x1", "1000000000000", "NaN", "١"] {
            assert_eq!(decimal(text), None, "{text}");
        }
    }

    #[test]
    fn bytes_that_are_no_table_are_refused_with_their_line() {
        let refused = |bytes: &[u8]| Table::parse(bytes).unwrap_err();
        assert_eq!(refused(&[b'1', 0xff]), TableError::NotUtf8 { valid_up_to: 1 });
        assert_eq!(refused(b"1,a\n\n2\n"), TableError::OneColumn { line: 3 });
        assert_eq!(refused(b"x,y\n"), TableError::NotANumber { line: 1 });
        assert_eq!(refused(&[b'1'; MAX_LINE + 1]), TableError::TooLong { line: 1 });
        assert_eq!(
            refused(b"1,a\n1,2,a\n"),
            TableError::Width {
                line: 2,
                expected: 1,
                found: 2
            }
        );
    }
}
