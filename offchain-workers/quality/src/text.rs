// SPDX-License-Identifier: Apache-2.0
//! A text file as contributions, and as a table: which frequent word stands between these others?

use std::{collections::HashMap, fs, io::Read, path::Path};

use anyhow::{bail, ensure, Context, Result};
use flate2::read::GzDecoder;
use openledger_trainer::random::SplitMix64;

use crate::data::{Labelled, Source};

/// Bytes at which a contribution of gathered paragraphs ends.
const GATHERED: usize = 400;
/// The same in a lexicon, whose entries begin contributions of their own.
const LONGEST_ENTRY: usize = 4_000;
/// Heads of entries that make a file a lexicon; also the fewest contributions that can be measured.
pub const FEWEST_CONTRIBUTIONS: usize = 60;

/// Words that are asked for: the most frequent ones.
const CLASSES: usize = 8;
/// Words on either side of the gap.
const SIDE: usize = 2;
/// Numbers that the words around a gap become.
const DIMS: usize = 31;
/// Rows of the table.
const ROWS: usize = 1_000;

/// A text file divided into contributions.
pub struct Text {
    /// What to call it.
    pub name: String,
    /// Texts of contributions, in the order of the file.
    pub contributions: Vec<String>,
}

impl Text {
    /// Reads UTF-8, decompressed if the name ends in `.gz`. Paragraphs, divided by empty lines, are gathered up to
    /// 400 bytes; in a lexicon every head of an entry (`:word:`) begins a contribution.
    pub fn read(path: &Path) -> Result<Self> {
        let context = || format!("cannot read {}", path.display());
        let mut bytes = fs::read(path).with_context(context)?;
        if path.extension().is_some_and(|extension| extension == "gz") {
            let mut plain = Vec::new();
            GzDecoder::new(bytes.as_slice())
                .read_to_end(&mut plain)
                .with_context(context)?;
            bytes = plain;
        }
        let text = String::from_utf8(bytes).with_context(|| format!("{} is not UTF-8", path.display()))?;
        let contributions = divide(&text);
        ensure!(
            contributions.len() >= FEWEST_CONTRIBUTIONS,
            "{} has text for {} contributions: at least {FEWEST_CONTRIBUTIONS} can be measured",
            path.display(),
            contributions.len()
        );
        Ok(Self {
            name: path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
            contributions,
        })
    }

    /// The text as a classification: which of its eight most frequent words stands between two words on either side?
    /// The words around become 31 numbers, each the sum of random signs, one for each word and place.
    pub fn gaps(&self) -> Result<Source> {
        let words: Vec<Vec<String>> = self.contributions.iter().map(|text| words(text)).collect();
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for word in words.iter().flatten() {
            *counts.entry(word).or_default() += 1;
        }
        let mut frequent: Vec<(&str, usize)> = counts.into_iter().collect();
        frequent.sort_unstable_by(|a, b| (b.1, a.0).cmp(&(a.1, b.0)));
        frequent.truncate(CLASSES);
        if frequent.len() < 2 {
            bail!("{} has fewer than two different words", self.name);
        }
        let classes: HashMap<&str, u16> = frequent.iter().map(|(word, _)| *word).zip(0..).collect();
        let mut rows: Vec<Labelled> = Vec::new();
        for text in &words {
            for window in text.windows(2 * SIDE + 1) {
                if let Some(class) = classes.get(window[SIDE].as_str()) {
                    rows.push((*class, numbers(window)));
                }
            }
        }
        // a sample of the whole file; which one is the same for every seed
        SplitMix64::new(20_261_121).shuffle(&mut rows);
        rows.truncate(ROWS);
        let name = format!("{}, frequent words in their gaps", self.name);
        Ok(Source::table(name, classes.len() as u16, rows))
    }
}

fn divide(text: &str) -> Vec<String> {
    let paragraphs: Vec<&str> = text
        .split("\n\n")
        .map(str::trim)
        .filter(|paragraph| !paragraph.is_empty())
        .collect();
    let heads = paragraphs.iter().filter(|paragraph| is_head(paragraph)).count();
    let longest = if heads >= FEWEST_CONTRIBUTIONS {
        LONGEST_ENTRY
    } else {
        GATHERED
    };
    let mut contributions: Vec<String> = Vec::new();
    let mut full = true;
    for paragraph in paragraphs {
        let begins = full || (longest == LONGEST_ENTRY && is_head(paragraph));
        match contributions.last_mut() {
            Some(last) if !begins => {
                last.push_str("\n\n");
                last.push_str(paragraph);
            }
            _ => contributions.push(paragraph.to_owned()),
        }
        full = contributions.last().is_some_and(|last| last.len() >= longest);
    }
    contributions
}

/// `:word:` at the start of a line begins an entry of a lexicon.
fn is_head(paragraph: &str) -> bool {
    let line = paragraph.lines().next().unwrap_or_default();
    line.strip_prefix(':')
        .is_some_and(|rest| rest.find(':').is_some_and(|end| end > 0))
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric() && c != '\'')
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

fn numbers(window: &[String]) -> Vec<f64> {
    let mut numbers = vec![0.0; DIMS];
    for (place, word) in window.iter().enumerate().filter(|(place, _)| *place != SIDE) {
        let seed = word.bytes().fold(place as u64 + 1, |seed, byte| {
            (seed ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
        });
        let mut signs = SplitMix64::new(seed).next_u64();
        for number in &mut numbers {
            *number += if signs & 1 == 1 { 1.0 } else { -1.0 };
            signs >>= 1;
        }
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_are_gathered_until_they_are_long_enough() {
        let paragraph = "word ".repeat(50);
        let contributions = divide(&format!("{paragraph}\n\n\n\n{paragraph}\n\nlast\n"));
        assert_eq!(contributions.len(), 2);
        assert_eq!(contributions[1], "last");
        assert!(divide(" \n\n \n").is_empty());
    }

    #[test]
    fn entries_of_a_lexicon_are_contributions_of_their_own() {
        let entries: Vec<String> = (0..60)
            .map(|n| format!("   :entry {n}: n.\n\n   What it means."))
            .collect();
        let contributions = divide(&format!("Preface.\n\n{}", entries.join("\n\n")));
        assert_eq!(contributions.len(), 61);
        assert_eq!(contributions[60], ":entry 59: n.\n\nWhat it means.");
    }

    #[test]
    fn gaps_know_their_word_by_the_words_around() {
        let contributions = vec!["Up the hill and down the road, up the hill and down.".to_owned(); 60];
        let text = Text {
            name: "t".into(),
            contributions,
        };
        assert!(text.gaps().unwrap().name.starts_with("t, "));
        let window: Vec<String> = words("a b GAP c d");
        let other: Vec<String> = words("a b other c d");
        assert_eq!(numbers(&window), numbers(&other));
        assert_ne!(numbers(&window), numbers(&words("b a gap c d")));
        let mute = Text {
            name: "mute".into(),
            contributions: vec!["same same".into(); 60],
        };
        assert!(mute.gaps().is_err());
    }

    #[test]
    fn files_that_cannot_be_measured_are_refused_by_name() {
        let folder = std::env::temp_dir().join(format!("openledger-quality-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let refused = |name: &str, bytes: &[u8]| {
            let path = folder.join(name);
            fs::write(&path, bytes).unwrap();
            format!("{:#}", Text::read(&path).map(|_| ()).unwrap_err())
        };
        assert!(refused("short.txt", b"one\n\ntwo").contains("text for 1 contributions"));
        assert!(refused("bytes.txt", &[0xff; 9]).contains("is not UTF-8"));
        assert!(refused("plain.gz", b"not compressed").contains("cannot read"));
        fs::remove_dir_all(folder).unwrap();
    }
}
