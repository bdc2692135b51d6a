// SPDX-License-Identifier: Apache-2.0
//! A payment and its reasons in JSON, as people read them.
//!
//! Amounts and scores are decimal text. Ids, ticks and counts are numbers, and text above 2^53 - 1, where readers of JSON
//! begin to round. Bytes are hexadecimal, accounts SS58.

mod payment;
mod reasons;

pub use payment::{EntryView, EvidenceView, PartView, PaymentView, ReasonView, TakenBackView, WorkerView};
pub use reasons::{
    AnswerView, ContributionView, ModelView, NoveltyView, QuestionView, ReasonsView, ReleaseView, VersionView,
};

/// Whole numbers of 64 bits: text where a number would be rounded.
pub mod whole {
    use crate::canonical::MAX_NUMBER;
    use serde::{de::Error, Deserialize, Deserializer, Serializer};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Form {
        Number(u64),
        Text(String),
    }

    /// Writes it.
    pub fn serialize<S: Serializer>(value: &u64, to: S) -> Result<S::Ok, S::Error> {
        match *value > MAX_NUMBER {
            true => to.serialize_str(&value.to_string()),
            false => to.serialize_u64(*value),
        }
    }

    /// Reads it.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
        match Form::deserialize(from)? {
            Form::Number(value) => Ok(value),
            Form::Text(text) => text.parse().map_err(D::Error::custom),
        }
    }
}

/// Whole numbers of any width, as text.
pub mod decimal {
    use serde::{de::Error, Deserialize, Deserializer, Serializer};
    use std::{fmt::Display, str::FromStr};

    /// Writes it.
    pub fn serialize<T: Display, S: Serializer>(value: &T, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(value)
    }

    /// Reads it.
    pub fn deserialize<'de, T: FromStr<Err: Display>, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

fn all<T: Into<V>, V>(list: Vec<T>) -> Vec<V> {
    list.into_iter().map(Into::into).collect()
}
