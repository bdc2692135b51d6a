// SPDX-License-Identifier: Apache-2.0
//! `openledger-worker encode-input` and `decode-output`.

use anyhow::{anyhow, ensure, Result};
use clap::Args;
use openledger_fixed::{argmax, softmax, LOGIT_BITS, PROB_BITS};
use openledger_trainer::digits::{parse_csv, PIXELS};
use serde_json::{json, Value};

/// Turns a row of digits into the input of a request: 64 little-endian `f32`.
#[derive(Args)]
pub struct EncodeInput {
    /// 64 pixels of 0 to 16, separated by commas; a 65th number is the digit and is not encoded.
    #[arg(long, env = "OPENLEDGER_CSV_ROW")]
    csv_row: String,
}

impl EncodeInput {
    /// Runs it and returns what to print.
    pub fn run(self) -> Result<Value> {
        let columns = self.csv_row.trim().split(',').count();
        let line = match columns {
            PIXELS => format!("{},0\n", self.csv_row.trim()),
            _ => format!("{}\n", self.csv_row.trim()),
        };
        let rows = parse_csv(&line)?;
        let row = rows.first().ok_or_else(|| anyhow!("the row is empty"))?;
        let bytes: Vec<u8> = row.input().iter().flat_map(|pixel| pixel.to_le_bytes()).collect();
        let label = (columns > PIXELS).then_some(row.label);
        Ok(json!({ "input": array_bytes::bytes2hex("0x", &bytes), "bytes": bytes.len(), "label": label }))
    }
}

/// Turns a classifier's output into the answer.
#[derive(Args)]
pub struct DecodeOutput {
    /// The output: one little-endian `i32` for each class, hexadecimal.
    #[arg(env = "OPENLEDGER_OUTPUT")]
    output: String,
}

impl DecodeOutput {
    /// Runs it and returns what to print.
    pub fn run(self) -> Result<Value> {
        let bytes = array_bytes::hex2bytes(self.output.trim())
            .map_err(|error| anyhow!("the output is not hexadecimal: {error:?}"))?;
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

    #[test]
    fn a_row_becomes_256_bytes_with_or_without_its_digit() {
        let pixels = vec!["16"; PIXELS].join(",");
        let bare = EncodeInput {
            csv_row: pixels.clone(),
        }
        .run()
        .unwrap();
        let labelled = EncodeInput {
            csv_row: format!("{pixels},7\n"),
        }
        .run()
        .unwrap();
        assert_eq!(bare["input"], labelled["input"]);
        assert_eq!(bare["bytes"], 256);
        assert_eq!((&bare["label"], &labelled["label"]), (&Value::Null, &json!(7)));
        assert!(bare["input"].as_str().unwrap().starts_with("0x00008041"));
    }

    #[test]
    fn a_row_of_another_length_is_refused() {
        assert!(EncodeInput {
            csv_row: "1,2,3".into()
        }
        .run()
        .is_err());
    }

    #[test]
    fn the_answer_is_the_first_of_the_largest_logits() {
        let output = array_bytes::bytes2hex("0x", [[0u8, 0, 0, 0], [0, 0, 1, 0], [0, 0, 1, 0]].concat());
        let answer = DecodeOutput { output }.run().unwrap();
        assert_eq!(answer["class"], 1);
        assert_eq!(answer["logits"], json!([0.0, 1.0, 1.0]));
    }

    #[test]
    fn an_output_that_is_no_list_of_logits_is_refused() {
        for output in ["0x", "0x010203", "logits"] {
            assert!(
                DecodeOutput {
                    output: output.into()
                }
                .run()
                .is_err(),
                "{output}"
            );
        }
    }
}
