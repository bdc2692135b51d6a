// SPDX-License-Identifier: Apache-2.0
//! Words as tokens: learnt in one pass, without dependencies, and the same on every machine.

use std::collections::HashMap;

use super::{
    tokenizer::{content_id, utf8, Tokenizer, TokenizerError, MAX_TOKENIZER_BYTES},
    Token, MAX_VOCABULARY,
};
use crate::merkle::Hash;

/// First line of the file.
const HEADER: &str = "OLWT 1";
/// Tokens below this are bytes.
const BYTES: usize = 256;

/// A vocabulary of words. A *word* is a longest run of ASCII letters, ASCII digits and bytes outside ASCII; every
/// other byte is a token of its own, and whitespace is none. A word that the vocabulary lacks is spelt in bytes, so no
/// text is unknown, and texts that differ in more than whitespace have different tokens.
#[derive(Clone, Debug)]
pub struct WordTokenizer {
    words: HashMap<String, Token>,
    /// The same, by token less [`BYTES`].
    list: Vec<String>,
    file: Vec<u8>,
    id: Hash,
}

impl WordTokenizer {
    /// Learns the words that texts have at least twice, the most frequent ones if a vocabulary cannot hold all, of
    /// equally frequent ones those that come first as bytes. The order of the texts does not matter. O(n + w log w).
    ///
    /// # Errors
    /// [`TokenizerError::NotUtf8`] of the first text that is not.
    pub fn learn(texts: &[&[u8]]) -> Result<Self, TokenizerError> {
        let mut counts: HashMap<&str, u64> = HashMap::new();
        for text in texts {
            for piece in pieces(utf8(text)?) {
                if let Piece::Word(word) = piece {
                    *counts.entry(word).or_default() += 1;
                }
            }
        }
        let mut words: Vec<(&str, u64)> = counts.into_iter().filter(|(_, count)| *count > 1).collect();
        words.sort_unstable_by(|a, b| (b.1, a.0).cmp(&(a.1, b.0)));
        words.truncate(MAX_VOCABULARY - BYTES);
        let mut file = HEADER.to_owned();
        for (word, _) in words {
            file.push('\n');
            file.push_str(word);
        }
        Self::from_bytes(file.as_bytes())
    }

    /// Reads what [`WordTokenizer::as_bytes`] gave: a header and the words, one a line.
    ///
    /// # Errors
    /// [`TokenizerError::TooLong`], [`TokenizerError::NotUtf8`], [`TokenizerError::Invalid`] where a line is no word
    /// or is there twice, and [`TokenizerError::VocabularyTooLarge`].
    pub fn from_bytes(file: &[u8]) -> Result<Self, TokenizerError> {
        if file.len() > MAX_TOKENIZER_BYTES {
            return Err(TokenizerError::TooLong { found: file.len() });
        }
        let mut lines = utf8(file)?.split('\n');
        if lines.next() != Some(HEADER) {
            return Err(TokenizerError::Invalid(format!(
                "it does not start with {HEADER}"
            )));
        }
        let (mut words, mut list) = (HashMap::new(), Vec::new());
        for (line, word) in lines.enumerate() {
            let id = BYTES + line;
            if id >= MAX_VOCABULARY {
                return Err(TokenizerError::VocabularyTooLarge { highest: id as u64 });
            }
            let is_word = !word.is_empty() && word.bytes().all(is_word_byte);
            // below MAX_VOCABULARY
            if !is_word || words.insert(word.to_owned(), id as Token).is_some() {
                return Err(TokenizerError::Invalid(format!(
                    "line {} is no word, or one that is there twice",
                    line + 2
                )));
            }
            list.push(word.to_owned());
        }
        Ok(Self {
            words,
            list,
            file: file.to_vec(),
            id: content_id(file),
        })
    }

    /// The file that [`WordTokenizer::from_bytes`] reads.
    pub fn as_bytes(&self) -> &[u8] {
        &self.file
    }

    /// Text of tokens; for people, not for payment. Whitespace is no token, so it is put where English has it; words that
    /// are spelt one after the other run together. What is no character or no token of the vocabulary becomes U+FFFD.
    pub fn decode(&self, tokens: &[Token]) -> String {
        let (mut text, mut last): (Vec<u8>, &[u8]) = (Vec::new(), b"");
        let bytes: Vec<u8> = (0..=u8::MAX).collect();
        let mut spelling = false;
        for token in tokens {
            let token = usize::from(*token);
            let piece = match bytes.get(token..=token) {
                Some(byte) => byte,
                None => self
                    .list
                    .get(token - BYTES)
                    .map_or("\u{fffd}", String::as_str)
                    .as_bytes(),
            };
            let spelt = token < BYTES && piece.iter().copied().all(is_word_byte);
            let joined = spelling && spelt || OPENING.contains(&last) || CLOSING.contains(&piece);
            if !text.is_empty() && !joined {
                text.push(b' ');
            }
            text.extend_from_slice(piece);
            (last, spelling) = (piece, spelt);
        }
        String::from_utf8_lossy(&text).into_owned()
    }

    /// Number of tokens that there are: bytes and words.
    pub fn vocabulary(&self) -> usize {
        BYTES + self.words.len()
    }
}

impl Tokenizer for WordTokenizer {
    fn id(&self) -> Hash {
        self.id
    }

    fn encode(&self, text: &[u8]) -> Result<Vec<Token>, TokenizerError> {
        let mut tokens = Vec::with_capacity(text.len() / 4);
        for piece in pieces(utf8(text)?) {
            match piece {
                Piece::Other(byte) => tokens.push(Token::from(byte)),
                Piece::Word(word) => match self.words.get(word) {
                    Some(token) => tokens.push(*token),
                    None => tokens.extend(word.bytes().map(Token::from)),
                },
            }
        }
        Ok(tokens)
    }
}

/// No space follows these,
const OPENING: [&[u8]; 7] = [b"(", b"[", b"{", b"'", b"-", b"/", b"@"];
/// and none precedes these.
const CLOSING: [&[u8]; 12] = [
    b".", b",", b";", b":", b"!", b"?", b")", b"]", b"}", b"'", b"-", b"/",
];

enum Piece<'a> {
    Word(&'a str),
    Other(u8),
}

fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || !byte.is_ascii()
}

/// Words and single other bytes, without whitespace.
fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || loop {
        let first = *rest.as_bytes().first()?;
        // cuts stand beside ASCII bytes, so between characters
        let end = rest
            .bytes()
            .position(|byte| !is_word_byte(byte))
            .unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end.max(1));
        rest = after;
        if end > 0 {
            return Some(Piece::Word(piece));
        }
        if !first.is_ascii_whitespace() {
            return Some(Piece::Other(first));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "The wheel turns the wheel; the Mühle dreht, the Mühle (x2) turns.";

    fn learnt() -> WordTokenizer {
        WordTokenizer::learn(&[TEXT.as_bytes()]).unwrap()
    }

    #[test]
    fn frequent_words_are_tokens_and_the_rest_is_spelt() {
        let tokenizer = learnt();
        assert_eq!(
            tokenizer.as_bytes(),
            "OLWT 1\nthe\nMühle\nturns\nwheel".as_bytes()
        );
        assert_eq!(tokenizer.vocabulary(), 260);
        let tokens = tokenizer.encode("the wheel(of \n Mühle)".as_bytes()).unwrap();
        let byte = |byte: u8| Token::from(byte);
        let expected = [256, 259, byte(b'('), byte(b'o'), byte(b'f'), 257, byte(b')')];
        assert_eq!(tokens, expected);
        assert!(tokenizer.encode(b" \n ").unwrap().is_empty());
    }

    #[test]
    fn tokens_become_text_again_but_for_whitespace() {
        let tokenizer = learnt();
        for text in ["the Mühle (x2) turns, the wheel!", "don't", "Räder", "the"] {
            let tokens = tokenizer.encode(text.as_bytes()).unwrap();
            assert_eq!(tokenizer.decode(&tokens), text);
        }
        let spelt = tokenizer.encode(b"ab  cd\nthe wheel ,").unwrap();
        assert_eq!(tokenizer.decode(&spelt), "abcd the wheel,");
        assert_eq!(tokenizer.decode(&[260, 0xc3]), "\u{fffd} \u{fffd}");
        assert_eq!(tokenizer.decode(&[]), "");
    }

    #[test]
    fn the_file_names_the_tokenizer_and_gives_it_back() {
        let tokenizer = learnt();
        let again = WordTokenizer::from_bytes(tokenizer.as_bytes()).unwrap();
        assert_eq!(again.id(), tokenizer.id());
        assert_eq!(
            again.encode(TEXT.as_bytes()).unwrap(),
            tokenizer.encode(TEXT.as_bytes()).unwrap()
        );
        let other = WordTokenizer::learn(&[TEXT.as_bytes(), b"grain grain"]).unwrap();
        assert_ne!(other.id(), tokenizer.id());
    }

    #[test]
    fn order_of_texts_does_not_matter() {
        let (a, b) = (b"one two two".as_slice(), b"three one three".as_slice());
        let (first, second) = (WordTokenizer::learn(&[a, b]), WordTokenizer::learn(&[b, a]));
        assert_eq!(first.unwrap().id(), second.unwrap().id());
    }

    #[test]
    fn files_that_are_no_vocabulary_are_refused() {
        let refused = |file: &str| WordTokenizer::from_bytes(file.as_bytes()).unwrap_err();
        for bad in ["", "OLWT 2\na", "OLWT 1\na\na", "OLWT 1\n", "OLWT 1\ntwo words"] {
            assert!(matches!(refused(bad), TokenizerError::Invalid(_)), "{bad}");
        }
        let words: Vec<String> = (0..=MAX_VOCABULARY - BYTES).map(|n| n.to_string()).collect();
        let error = refused(&format!("OLWT 1\n{}", words.join("\n")));
        assert_eq!(
            error,
            TokenizerError::VocabularyTooLarge {
                highest: MAX_VOCABULARY as u64
            }
        );
        assert!(matches!(
            WordTokenizer::from_bytes(&[0xff]),
            Err(TokenizerError::NotUtf8 { .. })
        ));
        let long = vec![b'a'; MAX_TOKENIZER_BYTES + 1];
        assert!(matches!(
            WordTokenizer::from_bytes(&long),
            Err(TokenizerError::TooLong { .. })
        ));
    }

    #[test]
    fn text_that_is_not_utf8_is_refused() {
        assert_eq!(
            learnt().encode(&[b'a', 0xff]).unwrap_err(),
            TokenizerError::NotUtf8 { valid_up_to: 1 }
        );
    }
}
