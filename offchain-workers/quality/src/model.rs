// SPDX-License-Identifier: Apache-2.0
//! A head with its index, trained on contributions.

use std::io::Cursor;

use anyhow::Result;
use openledger_attribution::{write_index, ContributionKey, Index, Settings};
use openledger_fixed::{argmax, logits};
use openledger_trainer::{
    features::Features,
    head::{train_head, Head, Objective, Optimum},
};

use crate::data::Row;

/// A trained head, as the worker's `train-head` makes it. Contribution `i` is number `i` of datanet 0, and they were
/// registered in that order.
pub struct Model {
    pub features: Features,
    pub objective: Objective,
    pub optimum: Optimum,
    pub head: Head,
    pub index: Index,
}

impl Model {
    /// Trains on lists of rows, one for each contribution.
    pub fn train<L: AsRef<[Row]>>(classes: u16, lists: &[L], lambda: f64) -> Result<Self> {
        let features = features(classes, lists)?;
        let optimum = train_head(&features, lambda)?.optimum;
        let mut file = Cursor::new(Vec::new());
        write_index(&features, &optimum, &Settings::new(lambda), &mut file)?;
        Ok(Self {
            objective: Objective::new(&features, lambda)?,
            head: optimum.quantise()?,
            index: Index::from_bytes(file.into_inner())?,
            features,
            optimum,
        })
    }

    /// The model's own answer.
    pub fn answer(&self, question: &[i16]) -> Result<usize> {
        let logits = logits(&self.head.weight, &self.head.bias, question)?;
        Ok(argmax(&logits).unwrap_or_default())
    }

    /// Share of questions that it answers as their label says.
    pub fn accuracy(&self, questions: &[Row]) -> Result<f64> {
        let mut right = 0;
        for (label, question) in questions {
            right += usize::from(self.answer(question)? == usize::from(*label));
        }
        Ok(right as f64 / questions.len() as f64)
    }
}

/// Rows as a problem, one contribution for each list.
pub fn features<L: AsRef<[Row]>>(classes: u16, lists: &[L]) -> Result<Features> {
    let dims = lists
        .iter()
        .find_map(|list| list.as_ref().first())
        .map_or(0, |row| row.1.len());
    let mut features = Features::new(classes, u16::try_from(dims)?)?;
    for (contribution, rows) in (0..).zip(lists) {
        let key = ContributionKey {
            datanet: 0,
            contribution,
        };
        features.push_contribution(key, rows.as_ref())?;
    }
    Ok(features)
}
