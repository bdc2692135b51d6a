// SPDX-License-Identifier: Apache-2.0
//! Signals on real data: honest contributions, copies, and copies that were changed.

use std::io::Read;

use flate2::read::GzDecoder;
use openledger_attribution::{
    signals::{shingles, Registered, RegisteredRows, Table},
    ContributionKey,
};
use openledger_trainer::random::SplitMix64;

fn unpacked(name: &str) -> String {
    let path = format!("{}/../../data/{name}", env!("CARGO_MANIFEST_DIR"));
    let mut text = String::new();
    GzDecoder::new(std::fs::File::open(path).unwrap())
        .read_to_string(&mut text)
        .unwrap();
    text
}

fn key(contribution: u64) -> ContributionKey {
    ContributionKey {
        datanet: 1,
        contribution,
    }
}

/// Rows of digits with each pixel moved by up to `most` with a probability of a half.
fn moved(rows: &[&str], most: i64, random: &mut SplitMix64) -> String {
    let row = |row: &&str| {
        let (pixels, label) = row.rsplit_once(',').unwrap();
        let pixels: Vec<String> = pixels
            .split(',')
            .map(|pixel| {
                let step = random.below(2) as i64 * (random.below(2 * most as usize + 1) as i64 - most);
                (pixel.parse::<i64>().unwrap() + step).clamp(0, 16).to_string()
            })
            .collect();
        format!("{},{label}\n", pixels.join(","))
    };
    rows.iter().map(row).collect()
}

#[test]
fn honest_digits_are_new_and_moved_copies_are_near() {
    let text = unpacked("digits.csv.gz");
    let rows: Vec<&str> = text.lines().collect();
    let mut registered = RegisteredRows::default();
    for (number, rows) in (0..).zip(rows[..900].chunks(15)) {
        registered.push(key(number), &Table::parse(rows.join("\n").as_bytes()).unwrap());
    }
    let compare = |text: &str| registered.compare(&Table::parse(text.as_bytes()).unwrap());
    let honest = compare(&rows[900..].join("\n"));
    println!("honest: {} of {} rows are new", honest.new, honest.rows);
    assert!(honest.novelty >= 990_000, "{honest:?}");
    let mut random = SplitMix64::new(11);
    for (most, least_near) in [(1, 99), (2, 90)] {
        let copy = compare(&moved(&rows[..300], most, &mut random));
        println!("pixels moved by up to {most}: {copy:?}");
        assert!(
            100 * (copy.near + copy.known) >= least_near * copy.rows,
            "{copy:?}"
        );
    }
}

#[test]
fn novelty_of_an_edited_text_falls_with_what_was_kept() {
    let text = unpacked("jargon.txt.gz");
    let entries: Vec<&str> = text.split("\n   :").filter(|entry| entry.len() > 200).collect();
    let (earlier, later) = entries.split_at(entries.len() / 2);
    let mut registered = Registered::default();
    for (number, entry) in (0..).zip(earlier) {
        registered.push(key(number), &shingles(entry));
    }
    let novelty = |text: &str| registered.compare(&shingles(text), 1);
    let mean = |texts: &[&str]| -> u64 {
        let sum: u64 = texts.iter().map(|text| u64::from(novelty(text).novelty)).sum();
        sum / texts.len() as u64
    };
    let honest = mean(later);
    println!("{} entries; honest novelty {honest} ppm", entries.len());
    assert!(honest > 950_000, "{honest}");
    assert_eq!(mean(&earlier[..50]), 0);
    let mut random = SplitMix64::new(3);
    let mut named = 0;
    for (number, entry) in (0..).zip(&earlier[..100]) {
        // every tenth word becomes another
        let words: Vec<&str> = entry
            .split_whitespace()
            .map(|word| if random.below(10) == 0 { "changed" } else { word })
            .collect();
        let found = novelty(&words.join(" "));
        named += u32::from(found.nearest.first().is_some_and(|near| near.key == key(number)));
    }
    assert!(named >= 98, "{named} of 100 copies named their source");
}
