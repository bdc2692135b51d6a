// SPDX-License-Identifier: Apache-2.0
//! What a model takes, so that bytes which no worker could answer are refused before anybody pays or works.

use openledger_fixed::spans::{tokens_of, SEPARATOR};

/// A model's rule for inputs that a request carries itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InputRule {
    /// Exactly so many bytes of little-endian `f32`, all of them finite.
    Numbers {
        /// A multiple of four.
        bytes: u32,
    },
    /// Text in UTF-8, at least one byte.
    Text {
        /// The most bytes.
        most: u32,
    },
    /// Little-endian tokens of two bytes, at least one, none of them [`SEPARATOR`].
    Tokens {
        /// The most bytes.
        most: u32,
    },
}

/// Why an input is none of a model's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BadInput {
    /// It is longer than the model takes.
    TooLarge,
    /// It is too short, or not what the model reads: a number that is not finite, bytes that are no text, half a token
    /// or one that no text has.
    Invalid,
}

impl InputRule {
    /// The most bytes of an input.
    pub fn most(&self) -> u32 {
        match *self {
            InputRule::Numbers { bytes } => bytes,
            InputRule::Text { most } | InputRule::Tokens { most } => most,
        }
    }

    /// Checks an input. O(bytes).
    pub fn check(&self, input: &[u8]) -> Result<(), BadInput> {
        if !u32::try_from(input.len()).is_ok_and(|bytes| bytes <= self.most()) {
            return Err(BadInput::TooLarge);
        }
        let readable = match *self {
            InputRule::Numbers { bytes } => {
                u32::try_from(input.len()) == Ok(bytes) && input.chunks(4).all(is_finite)
            }
            InputRule::Text { .. } => !input.is_empty() && core::str::from_utf8(input).is_ok(),
            InputRule::Tokens { .. } => {
                !input.is_empty() && input.len().is_multiple_of(2) && !tokens_of(input).contains(&SEPARATOR)
            }
        };
        match readable {
            true => Ok(()),
            false => Err(BadInput::Invalid),
        }
    }
}

/// Whether four bytes are a finite number: its exponent has not all bits set.
fn is_finite(bytes: &[u8]) -> bool {
    const EXPONENT: u32 = 0x7f80_0000;
    let bits: Result<[u8; 4], _> = bytes.try_into();
    bits.is_ok_and(|bits| u32::from_le_bytes(bits) & EXPONENT != EXPONENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(values: &[f32]) -> Vec<u8> {
        values.iter().flat_map(|value| value.to_le_bytes()).collect()
    }

    #[test]
    fn numbers_are_as_many_as_the_model_takes_and_finite() {
        let rule = InputRule::Numbers { bytes: 8 };
        assert_eq!(rule.check(&numbers(&[f32::MAX, -0.0])), Ok(()));
        assert_eq!(rule.check(&numbers(&[f32::MIN_POSITIVE / 2.0, 1.0])), Ok(()));
        assert_eq!(rule.check(&numbers(&[1.0; 3])), Err(BadInput::TooLarge));
        for bad in [
            numbers(&[1.0]),
            numbers(&[1.0; 2])[..7].to_vec(),
            vec![],
            numbers(&[f32::NAN, 1.0]),
            numbers(&[1.0, f32::INFINITY]),
            numbers(&[1.0, f32::NEG_INFINITY]),
        ] {
            assert_eq!(rule.check(&bad), Err(BadInput::Invalid), "{bad:?}");
        }
    }

    #[test]
    fn a_text_is_utf_8_and_not_empty() {
        let rule = InputRule::Text { most: 4 };
        assert_eq!(rule.check("a".as_bytes()), Ok(()));
        assert_eq!(rule.check("é né".as_bytes()), Err(BadInput::TooLarge));
        assert_eq!(rule.check("éé".as_bytes()), Ok(()));
        for bad in [&b""[..], &[0xff], &"é".as_bytes()[..1]] {
            assert_eq!(rule.check(bad), Err(BadInput::Invalid), "{bad:?}");
        }
    }

    #[test]
    fn tokens_are_whole_and_none_is_a_separator() {
        let rule = InputRule::Tokens { most: 6 };
        assert_eq!(rule.check(&[0, 0]), Ok(()));
        assert_eq!(rule.check(&[1, 0, 255, 254, 2, 0]), Ok(()));
        assert_eq!(rule.check(&[0; 8]), Err(BadInput::TooLarge));
        for bad in [&[][..], &[1], &[1, 0, 2], &[1, 0, 255, 255]] {
            assert_eq!(rule.check(bad), Err(BadInput::Invalid), "{bad:?}");
        }
    }
}
