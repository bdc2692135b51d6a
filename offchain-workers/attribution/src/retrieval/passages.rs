// SPDX-License-Identifier: Apache-2.0
//! Documents cut into passages.

use std::ops::Range;

use openledger_trainer::features::ContributionKey;

/// Words at which gathered paragraphs end a passage.
const GATHERED_WORDS: usize = 100;
/// Most words of a passage: a longer paragraph is cut.
pub const MAX_WORDS: usize = 200;

/// A contribution's text.
#[derive(Clone, Copy, Debug)]
pub struct Document<'a> {
    /// Whose it is.
    pub key: ContributionKey,
    /// When it was registered: any number that orders registrations.
    pub registered: u64,
    /// UTF-8.
    pub text: &'a [u8],
}

/// A part of a contribution that can be cited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// Whose it is.
    pub key: ContributionKey,
    /// When it was registered.
    pub registered: u64,
    /// Bytes of the contribution.
    pub bytes: Range<u64>,
}

/// A word and where it stands.
pub(crate) struct Word {
    /// With ASCII letters in lower case.
    pub text: String,
    pub bytes: Range<usize>,
}

/// Longest runs of ASCII letters, ASCII digits and characters outside ASCII.
pub(crate) fn words(text: &str) -> Vec<Word> {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || !byte.is_ascii();
    let (bytes, mut words, mut at) = (text.as_bytes(), Vec::new(), 0);
    while at < bytes.len() {
        let len = bytes[at..].iter().take_while(|byte| is_word(byte)).count();
        if len > 0 {
            // cuts stand beside ASCII bytes, so between characters
            words.push(Word {
                text: text[at..at + len].to_ascii_lowercase(),
                bytes: at..at + len,
            });
        }
        at += len.max(1);
    }
    words
}

/// The words of each passage of a text. Passages end at an empty line once they have a hundred words, and after two
/// hundred wherever that is.
pub(crate) fn cut(text: &str) -> Vec<Vec<Word>> {
    let mut passages: Vec<Vec<Word>> = Vec::new();
    let mut current: Vec<Word> = Vec::new();
    for word in words(text) {
        let after = current.last().map_or(word.bytes.start, |last| last.bytes.end);
        let ends_paragraph = is_empty_line_between(&text[after..word.bytes.start]);
        if current.len() >= MAX_WORDS || (ends_paragraph && current.len() >= GATHERED_WORDS) {
            passages.push(std::mem::take(&mut current));
        }
        current.push(word);
    }
    if !current.is_empty() {
        passages.push(current);
    }
    passages
}

fn is_empty_line_between(gap: &str) -> bool {
    let mut lines = 0;
    gap.bytes().any(|byte| {
        match byte {
            b'\n' => lines += 1,
            byte if byte.is_ascii_whitespace() => {}
            _ => lines = 0,
        }
        lines == 2
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passages_end_at_paragraphs_and_never_grow_too_long() {
        let paragraph = |words: usize| "word ".repeat(words);
        let text = format!("{}\n\n{}\n \n{}", paragraph(60), paragraph(70), paragraph(450));
        let sizes: Vec<usize> = cut(&text).iter().map(Vec::len).collect();
        assert_eq!(sizes, [130, 200, 200, 50]);
        assert!(cut(" \n- \n").is_empty());
    }

    #[test]
    fn words_know_their_bytes() {
        let text = "Die Mühle, die KLAPPERT.";
        let found = words(text);
        assert_eq!(found.len(), 4);
        assert_eq!(
            (found[1].text.as_str(), found[3].text.as_str()),
            ("mühle", "klappert")
        );
        assert!(found
            .iter()
            .all(|word| text[word.bytes.clone()].eq_ignore_ascii_case(&word.text)));
    }
}
