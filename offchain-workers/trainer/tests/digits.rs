// SPDX-License-Identifier: Apache-2.0
//! The digits parser against good tables and every kind of bad one.

use openledger_trainer::digits::*;
use proptest::prelude::*;

fn line(label: u8) -> String {
    to_csv(&[DigitRow {
        pixels: [3; PIXELS],
        label,
    }])
}

#[test]
fn shipped_table_has_all_its_rows_and_writes_back_to_the_same_text() {
    let rows = load_gz(concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/digits.csv.gz")).unwrap();
    assert_eq!(rows.len(), 1797);
    assert!((0..10).all(|digit| rows.iter().filter(|row| row.label == digit).count() > 170));
    assert_eq!(parse_csv(&to_csv(&rows)).unwrap(), rows);
}

#[test]
fn last_line_may_lack_its_newline() {
    let text = line(1) + line(2).trim_end();
    assert_eq!(parse_csv(&text).unwrap().len(), 2);
}

#[test]
fn empty_text_is_refused() {
    assert!(matches!(parse_csv(""), Err(DigitsError::Empty)));
}

#[test]
fn blank_and_short_and_long_lines_are_refused_with_their_number() {
    assert!(matches!(
        parse_csv("\n"),
        Err(DigitsError::WrongColumnCount { line: 1, found: 1 })
    ));
    let short = line(1) + "1,2,3\n";
    assert!(matches!(
        parse_csv(&short),
        Err(DigitsError::WrongColumnCount { line: 2, found: 3 })
    ));
    let long = format!("1,{}", line(1));
    assert!(matches!(
        parse_csv(&long),
        Err(DigitsError::WrongColumnCount { line: 1, found: 66 })
    ));
    let blank = line(1) + "\n" + &line(2);
    assert!(matches!(
        parse_csv(&blank),
        Err(DigitsError::WrongColumnCount { line: 2, found: 1 })
    ));
}

#[test]
fn pixel_above_sixteen_is_refused_with_its_place() {
    for pixel in ["17", "255", "256", "99999999999999999999"] {
        let text = line(1) + &line(1).replacen('3', pixel, 1);
        assert!(
            matches!(
                parse_csv(&text),
                Err(DigitsError::PixelTooLarge { line: 2, column: 1 })
            ),
            "{pixel}"
        );
    }
}

#[test]
fn label_above_nine_is_refused_with_its_line() {
    let text = line(1) + &line(1).replace(",1\n", ",10\n");
    assert!(matches!(
        parse_csv(&text),
        Err(DigitsError::LabelTooLarge { line: 2 })
    ));
}

#[test]
fn junk_is_refused_with_its_place() {
    for junk in ["", "x", "+3", "-3", " 3", "3 ", "03", "3.0", "1e1", "٣"] {
        let text = line(1).replacen('3', junk, 1);
        assert!(
            matches!(
                parse_csv(&text),
                Err(DigitsError::NotANumber { line: 1, column: 1 })
            ),
            "{junk:?}"
        );
    }
    let windows = line(1).replace('\n', "\r\n");
    assert!(matches!(
        parse_csv(&windows),
        Err(DigitsError::NotANumber { line: 1, column: 65 })
    ));
}

#[test]
fn bytes_that_are_not_text_are_refused() {
    assert!(matches!(parse_bytes(&[0xff, 0xfe]), Err(DigitsError::NotText)));
}

#[test]
fn oversized_tables_are_refused_before_they_are_parsed() {
    assert!(matches!(
        parse_bytes(&vec![b'1'; MAX_CSV_BYTES + 1]),
        Err(DigitsError::TooLarge)
    ));
    assert!(matches!(
        parse_csv(&"1".repeat(MAX_CSV_BYTES + 1)),
        Err(DigitsError::TooLarge)
    ));
}

#[test]
fn compressed_bomb_stops_at_the_limit() {
    use std::io::Write;
    let file = tempfile::NamedTempFile::new().unwrap();
    let mut encoder = flate2::write::GzEncoder::new(file.reopen().unwrap(), flate2::Compression::fast());
    encoder.write_all(&vec![b'1'; MAX_CSV_BYTES * 2]).unwrap();
    encoder.finish().unwrap();
    assert!(matches!(load_gz(file.path()), Err(DigitsError::TooLarge)));
}

#[test]
fn missing_and_uncompressed_files_give_an_io_error() {
    assert!(matches!(load_gz("/nonexistent"), Err(DigitsError::Io(_))));
    assert!(matches!(
        load_gz(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")),
        Err(DigitsError::Io(_))
    ));
}

proptest! {
    #[test]
    fn what_is_written_reads_back(
        rows in prop::collection::vec((prop::collection::vec(0u8..=PIXEL_MAX, PIXELS), 0u8..10), 1..8)
    ) {
        let rows: Vec<DigitRow> = rows
            .into_iter()
            .map(|(pixels, label)| DigitRow { pixels: pixels.try_into().unwrap(), label })
            .collect();
        prop_assert_eq!(parse_csv(&to_csv(&rows)).unwrap(), rows);
    }

    #[test]
    fn no_text_panics_the_parser(text in "[0-9,\\n x+-]{0,400}") {
        let _ = parse_csv(&text);
    }
}
