// SPDX-License-Identifier: Apache-2.0
//! `openledger-worker retrieve`: the passages of a text that a question calls for.

use super::{read, Text};
use anyhow::{ensure, Result};
use clap::Args;
use openledger_attribution::{
    retrieval::{scores, Library},
    spans::Tokenizer,
};
use serde_json::{json, Value};
use std::path::PathBuf;

/// Finds the passages of a text that a worker answers a question with, and whose they are. Needs no node.
#[derive(Args)]
pub struct Retrieve {
    /// The question.
    #[arg(env = "OPENLEDGER_QUESTION")]
    question: String,
    /// The text, the file that a text model's registration names as its artifact.
    #[arg(long, env = "OPENLEDGER_CORPUS")]
    corpus: PathBuf,
    /// The tokenizer, the file that the registration names as its config.
    #[arg(long, env = "OPENLEDGER_TOKENIZER")]
    tokenizer: PathBuf,
    /// Most passages, 1 to 4.
    #[arg(long, env = "OPENLEDGER_PASSAGES", default_value_t = 4)]
    passages: usize,
}

impl Retrieve {
    /// Runs it and returns what to print.
    pub fn run(self) -> Result<Value> {
        let text = Text::open(&self.corpus, &read(&self.tokenizer)?)?;
        let question = text.tokenizer.encode(self.question.as_bytes())?;
        ensure!(!question.is_empty(), "QuestionEmpty: the question has no words");
        let log = Library::of(&text.shard)?.retrieve(&question, self.passages)?;
        let contributions = scores(&log, &text.shard).into_iter().map(|(key, score)| {
            json!({ "datanet": key.datanet, "contribution": key.contribution, "score": score })
        });
        Ok(json!({
            "question": question,
            "citations": text.citations(&log),
            "contributions": contributions.collect::<Value>(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools::answers::tests::written;

    #[test]
    fn a_question_is_answered_with_whose_words_it_calls_for() {
        let folder = tempfile::tempdir().unwrap();
        let (corpus, tokenizer) = written(folder.path());
        let asked = |question: &str, passages| {
            Retrieve {
                question: question.to_owned(),
                corpus: corpus.clone(),
                tokenizer: tokenizer.clone(),
                passages,
            }
            .run()
        };
        let found = asked("Where does the miller sleep?", 1).unwrap();
        let cited = &found["citations"][0];
        assert_eq!(
            (&cited["datanet"], &cited["contribution"]),
            (&json!(7), &json!(1))
        );
        assert_eq!(cited["tokens"], json!([0, 5]));
        assert_eq!(cited["text"], "the miller sleeps at night");
        assert!(cited["bits"].as_f64().unwrap() > 0.0);
        assert_eq!(found["contributions"][0]["contribution"], 1);
        assert_eq!(asked("#", 4).unwrap()["citations"], json!([]));
        assert!(asked(" ", 4)
            .unwrap_err()
            .to_string()
            .starts_with("QuestionEmpty"));
        assert!(asked("miller", 5).unwrap_err().to_string().contains("5 passages"));
    }
}
