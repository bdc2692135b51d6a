// SPDX-License-Identifier: Apache-2.0
//! `openledger-worker encode-input` and `decode-output`.

use super::read;
use anyhow::{anyhow, bail, ensure, Result};
use clap::{ArgGroup, Args};
use openledger_attribution::spans::WordTokenizer;
use openledger_fixed::{argmax, softmax, spans::output_tokens, LOGIT_BITS, PROB_BITS};
use openledger_trainer::digits::{parse_csv, PIXELS};
use serde_json::{json, Value};
use std::path::PathBuf;

/// Turns a row of digits into the input of a request, 64 little-endian `f32`; or a prompt for a text model, its bytes.
#[derive(Args)]
#[command(group(ArgGroup::new("asked").required(true).args(["csv_row", "text"])))]
pub struct EncodeInput {
    /// 64 pixels of 0 to 16, separated by commas; a 65th number is the digit and is not encoded.
    #[arg(long, env = "OPENLEDGER_CSV_ROW")]
    csv_row: Option<String>,
    /// The prompt.
    #[arg(long, env = "OPENLEDGER_PROMPT")]
    text: Option<String>,
}

impl EncodeInput {
    /// Runs it and returns what to print.
    pub fn run(self) -> Result<Value> {
        match (&self.csv_row, &self.text) {
            (Some(row), _) => Self::of_row(row.trim()),
            (None, Some(text)) if !text.is_empty() => {
                Ok(json!({ "input": array_bytes::bytes2hex("0x", text), "bytes": text.len() }))
            }
            _ => bail!("there is nothing to continue"),
        }
    }

    fn of_row(row: &str) -> Result<Value> {
        let columns = row.split(',').count();
        let line = match columns {
            PIXELS => format!("{row},0\n"),
            _ => format!("{row}\n"),
        };
        let rows = parse_csv(&line)?;
        let row = rows.first().ok_or_else(|| anyhow!("the row is empty"))?;
        let bytes: Vec<u8> = row.input().iter().flat_map(|pixel| pixel.to_le_bytes()).collect();
        let label = (columns > PIXELS).then_some(row.label);
        Ok(json!({ "input": array_bytes::bytes2hex("0x", &bytes), "bytes": bytes.len(), "label": label }))
    }
}

/// Turns a classifier's output into the answer; or, with its tokenizer, that of a text model.
#[derive(Args)]
pub struct DecodeOutput {
    /// The output, hexadecimal: one little-endian `i32` for each class, or little-endian `u16` tokens.
    #[arg(env = "OPENLEDGER_OUTPUT")]
    output: String,
    /// The text model's tokenizer, the file that its registration names as its config.
    #[arg(long, env = "OPENLEDGER_TOKENIZER")]
    tokenizer: Option<PathBuf>,
}

impl DecodeOutput {
    /// Runs it and returns what to print.
    pub fn run(self) -> Result<Value> {
        let bytes = array_bytes::hex2bytes(self.output.trim())
            .map_err(|error| anyhow!("the output is not hexadecimal: {error:?}"))?;
        match &self.tokenizer {
            Some(tokenizer) => Self::of_text(&bytes, &WordTokenizer::from_bytes(&read(tokenizer)?)?),
            None => Self::of_logits(&bytes),
        }
    }

    fn of_text(bytes: &[u8], tokenizer: &WordTokenizer) -> Result<Value> {
        let tokens = output_tokens(bytes).ok_or_else(|| {
            anyhow!("the output is no list of tokens of 16 bits with nothing but separators after its end")
        })?;
        Ok(json!({
            "text": tokenizer.decode(&tokens),
            "tokens": tokens,
            // a shorter answer came to its end by itself
            "ended": 2 * tokens.len() < bytes.len(),
        }))
    }

    fn of_logits(bytes: &[u8]) -> Result<Value> {
        ensure!(
            !bytes.is_empty() && bytes.len().is_multiple_of(4),
            "the output has {} bytes, which are no list of 32-bit logits",
            bytes.len()
        );
        let logits: Vec<i32> = bytes
            .chunks_exact(4)
            .map(|four| i32::from_le_bytes([four[0], four[1], four[2], four[3]]))
            .collect();
        let class = argmax(&logits);
        let real = |number: f64, bits: u32| number / f64::from(1u32 << bits);
        let probability = class.map(|class| real(f64::from(softmax(&logits)[class]), PROB_BITS));
        let logits: Vec<f64> = logits.iter().map(|z| real(f64::from(*z), LOGIT_BITS)).collect();
        Ok(json!({ "class": class, "probability": probability, "logits": logits }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(csv_row: Option<String>, text: Option<&str>) -> Result<Value> {
        let text = text.map(str::to_owned);
        EncodeInput { csv_row, text }.run()
    }

    fn decoded(output: &str, tokenizer: Option<PathBuf>) -> Result<Value> {
        let output = output.to_owned();
        DecodeOutput { output, tokenizer }.run()
    }

    #[test]
    fn a_row_becomes_256_bytes_with_or_without_its_digit() {
        let pixels = vec!["16"; PIXELS].join(",");
        let bare = encoded(Some(pixels.clone()), None).unwrap();
        let labelled = encoded(Some(format!("{pixels},7\n")), None).unwrap();
        assert_eq!(bare["input"], labelled["input"]);
        assert_eq!(bare["bytes"], 256);
        assert_eq!((&bare["label"], &labelled["label"]), (&Value::Null, &json!(7)));
        assert!(bare["input"].as_str().unwrap().starts_with("0x00008041"));
    }

    #[test]
    fn a_prompt_becomes_its_bytes() {
        let prompt = encoded(None, Some("Mühle")).unwrap();
        assert_eq!(prompt, json!({ "input": "0x4dc3bc686c65", "bytes": 6 }));
    }

    #[test]
    fn a_row_of_another_length_and_an_empty_prompt_are_refused() {
        assert!(encoded(Some("1,2,3".into()), None).is_err());
        assert!(encoded(None, Some("")).is_err());
    }

    #[test]
    fn the_answer_is_the_first_of_the_largest_logits() {
        let output = array_bytes::bytes2hex("0x", [[0u8, 0, 0, 0], [0, 0, 1, 0], [0, 0, 1, 0]].concat());
        let answer = decoded(&output, None).unwrap();
        assert_eq!(answer["class"], 1);
        assert_eq!(answer["logits"], json!([0.0, 1.0, 1.0]));
    }

    #[test]
    fn the_answer_of_a_text_is_its_tokens_as_text() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("tokenizer.olwt");
        std::fs::write(&file, "OLWT 1\nthe\nwheel").unwrap();
        let answer = decoded("0x000101012e00ffffffff", Some(file.clone())).unwrap();
        let expected = json!({ "text": "the wheel.", "tokens": [256, 257, 46], "ended": true });
        assert_eq!(answer, expected);
        assert_eq!(decoded("0x0001", Some(file.clone())).unwrap()["ended"], false);
        for output in ["0x00", "0xffff0001"] {
            assert!(decoded(output, Some(file.clone())).is_err(), "{output}");
        }
        std::fs::write(&file, "no tokenizer").unwrap();
        assert!(decoded("0x0001", Some(file)).is_err());
    }

    #[test]
    fn an_output_that_is_no_list_of_logits_is_refused() {
        for output in ["0x", "0x010203", "logits"] {
            assert!(decoded(output, None).is_err(), "{output}");
        }
    }
}
