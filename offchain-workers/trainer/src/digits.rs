// SPDX-License-Identifier: Apache-2.0
//! Rows of the digits table: 64 pixels 0..16 and a label 0..9, as CSV text without a header.
//!
//! Contributions are untrusted, so the form is strict: plain decimal numbers without signs, spaces or leading zeros,
//! commas between, `\n` after each row (the last one may lack it). The same table then always has the same bytes.

use std::{fs::File, io::Read, path::Path};

use flate2::read::GzDecoder;

use crate::random::SplitMix64;

/// Pixels of an image, row by row of its 8×8 grid.
pub const PIXELS: usize = 64;
/// Largest pixel value.
pub const PIXEL_MAX: u8 = 16;
/// Classes: the digits 0 to 9.
pub const CLASSES: usize = 10;
/// Most bytes of one CSV text, after decompression.
pub const MAX_CSV_BYTES: usize = 16 * 1024 * 1024;

/// One image and its label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DigitRow {
    /// Pixels, 0 to [`PIXEL_MAX`].
    pub pixels: [u8; PIXELS],
    /// The digit, 0 to 9.
    pub label: u8,
}

impl DigitRow {
    /// The pixels as the base model's input takes them: raw values, not scaled.
    pub fn input(&self) -> [f32; PIXELS] {
        self.pixels.map(f32::from)
    }
}

/// Why a text is not a digits table. Lines and columns count from one.
#[derive(Debug, thiserror::Error)]
pub enum DigitsError {
    /// No rows at all.
    #[error("the table is empty: give at least one row of {PIXELS} pixels and a label")]
    Empty,
    /// Longer than [`MAX_CSV_BYTES`].
    #[error("the table is larger than {MAX_CSV_BYTES} bytes: split it into several contributions")]
    TooLarge,
    /// Not UTF-8.
    #[error("the table is not UTF-8 text")]
    NotText,
    /// A row with a wrong number of columns; an empty line has one.
    #[error("line {line} has {found} columns instead of {}: {PIXELS} pixels, then the label", PIXELS + 1)]
    WrongColumnCount {
        /// Line, from one.
        line: usize,
        /// Columns found.
        found: usize,
    },
    /// Something that is not a plain decimal number.
    #[error(
        "line {line}, column {column} is not a plain decimal number without sign, spaces or leading zeros"
    )]
    NotANumber {
        /// Line, from one.
        line: usize,
        /// Column, from one.
        column: usize,
    },
    /// A pixel above [`PIXEL_MAX`].
    #[error("line {line}, column {column}: a pixel is at most {PIXEL_MAX}")]
    PixelTooLarge {
        /// Line, from one.
        line: usize,
        /// Column, from one.
        column: usize,
    },
    /// A label above nine.
    #[error("line {line}: the label is at most 9")]
    LabelTooLarge {
        /// Line, from one.
        line: usize,
    },
    /// The file could not be read or decompressed.
    #[error("cannot read the digits file: {0}")]
    Io(#[from] std::io::Error),
}

/// Parses a table. O(bytes); allocates at most what the text itself takes.
///
/// # Errors
/// Every variant of [`DigitsError`] except [`DigitsError::Io`] and [`DigitsError::NotText`].
pub fn parse_csv(text: &str) -> Result<Vec<DigitRow>, DigitsError> {
    if text.len() > MAX_CSV_BYTES {
        return Err(DigitsError::TooLarge);
    }
    if text.is_empty() {
        return Err(DigitsError::Empty);
    }
    let body = text.strip_suffix('\n').unwrap_or(text);
    body.split('\n')
        .enumerate()
        .map(|(index, line)| parse_line(line, index + 1))
        .collect()
}

/// Parses the bytes of a contribution: [`parse_csv`] after a check that they are text.
///
/// # Errors
/// As [`parse_csv`], and [`DigitsError::NotText`].
pub fn parse_bytes(bytes: &[u8]) -> Result<Vec<DigitRow>, DigitsError> {
    if bytes.len() > MAX_CSV_BYTES {
        return Err(DigitsError::TooLarge);
    }
    parse_csv(std::str::from_utf8(bytes).map_err(|_| DigitsError::NotText)?)
}

/// Reads a gzip-compressed table; decompression stops at [`MAX_CSV_BYTES`].
///
/// # Errors
/// As [`parse_bytes`], and [`DigitsError::Io`].
pub fn load_gz(path: impl AsRef<Path>) -> Result<Vec<DigitRow>, DigitsError> {
    let mut bytes = Vec::new();
    GzDecoder::new(File::open(path)?)
        .take(MAX_CSV_BYTES as u64 + 1)
        .read_to_end(&mut bytes)?;
    parse_bytes(&bytes)
}

/// Writes rows as the CSV text that [`parse_csv`] reads back.
pub fn to_csv(rows: &[DigitRow]) -> String {
    let mut text = String::with_capacity(rows.len() * 160);
    for row in rows {
        for pixel in row.pixels {
            text.push_str(&pixel.to_string());
            text.push(',');
        }
        text.push_str(&row.label.to_string());
        text.push('\n');
    }
    text
}

/// Puts rows in a random order that depends only on their number and `seed`.
///
/// The published table is ordered by writer: parts of it that are not shuffled first hold different handwritings, and
/// a model trained on one part looks 5 points worse on another.
pub fn shuffle(rows: &mut [DigitRow], seed: u64) {
    SplitMix64::new(seed).shuffle(rows);
}

fn parse_line(line: &str, number: usize) -> Result<DigitRow, DigitsError> {
    let found = line.split(',').count();
    if found != PIXELS + 1 {
        return Err(DigitsError::WrongColumnCount { line: number, found });
    }
    let mut row = DigitRow {
        pixels: [0; PIXELS],
        label: 0,
    };
    for (index, field) in line.split(',').enumerate() {
        let column = index + 1;
        let value = plain_number(field).ok_or(DigitsError::NotANumber { line: number, column })?;
        match row.pixels.get_mut(index) {
            Some(_) if value > PIXEL_MAX => return Err(DigitsError::PixelTooLarge { line: number, column }),
            Some(pixel) => *pixel = value,
            None if usize::from(value) >= CLASSES => return Err(DigitsError::LabelTooLarge { line: number }),
            None => row.label = value,
        }
    }
    Ok(row)
}

/// A plain decimal number; anything above 255 becomes 255, which no column allows.
fn plain_number(field: &str) -> Option<u8> {
    let digits = field.as_bytes();
    let plain = !digits.is_empty()
        && digits.iter().all(u8::is_ascii_digit)
        && (digits.len() == 1 || digits.first() != Some(&b'0'));
    plain.then(|| field.parse().unwrap_or(u8::MAX))
}
