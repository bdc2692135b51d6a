// SPDX-License-Identifier: Apache-2.0
//! The name of an object: BLAKE2b-256 of its bytes, written as 64 lower-case hexadecimal digits.

use std::{fmt, str::FromStr};

use blake2::{digest::consts::U32, Blake2b, Digest};

/// BLAKE2b-256 of an object's bytes: the same 32 bytes that the chain stores as an `H256`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentId(pub [u8; 32]);

impl ContentId {
    /// The name of `bytes`. O(bytes).
    pub fn of(bytes: &[u8]) -> Self {
        Self(Blake2b::<U32>::digest(bytes).into())
    }
}

impl From<[u8; 32]> for ContentId {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl From<ContentId> for [u8; 32] {
    fn from(id: ContentId) -> Self {
        id.0
    }
}

impl AsRef<[u8]> for ContentId {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for ContentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ContentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContentId({self})")
    }
}

/// The text is not 64 hexadecimal digits (a leading `0x` is allowed).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a content id: expected 64 hexadecimal digits")]
pub struct InvalidContentId {
    /// What was given, cut to 80 characters.
    pub text: String,
}

impl FromStr for ContentId {
    type Err = InvalidContentId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidContentId {
            text: text.chars().take(80).collect(),
        };
        let digits = text.strip_prefix("0x").unwrap_or(text).as_bytes();
        if digits.len() != 64 {
            return Err(invalid());
        }
        let nibble = |digit: u8| {
            char::from(digit)
                .to_digit(16)
                .and_then(|value| u8::try_from(value).ok())
        };
        let mut id = [0u8; 32];
        for (byte, pair) in id.iter_mut().zip(digits.chunks_exact(2)) {
            match (nibble(pair[0]), nibble(pair[1])) {
                (Some(high), Some(low)) => *byte = high << 4 | low,
                _ => return Err(invalid()),
            }
        }
        Ok(Self(id))
    }
}
