// SPDX-License-Identifier: Apache-2.0
//! `openledger-worker encode-input` and `decode-output`.

use super::{read, Text};
use anyhow::{anyhow, bail, ensure, Result};
use clap::{ArgGroup, Args};
use openledger_attribution::spans::{Token, Tokenizer, WordTokenizer};
use openledger_fixed::{
    argmax,
    retrieval::{query_numbers, Log, MAX_PASSAGES, MAX_TERMS},
    softmax,
    spans::output_tokens,
    LOGIT_BITS, PROB_BITS,
};
use openledger_trainer::digits::{parse_csv, PIXELS};
use serde_json::{json, Value};
use std::path::PathBuf;

/// Turns a row of digits into the input of a request, 64 little-endian `f32`; or a prompt for a text model, its bytes, or
/// with the model's tokenizer its tokens, which is what models take that answer from passages.
#[derive(Args)]
#[command(group(ArgGroup::new("asked").required(true).args(["csv_row", "text"])))]
pub struct EncodeInput {
    /// 64 pixels of 0 to 16, separated by commas; a 65th number is the digit and is not encoded.
    #[arg(long, env = "OPENLEDGER_CSV_ROW")]
    csv_row: Option<String>,
    /// The prompt.
    #[arg(long, env = "OPENLEDGER_PROMPT")]
    text: Option<String>,
    /// The text model's tokenizer, the file that its registration names as its config: makes tokens of the prompt.
    #[arg(long, env = "OPENLEDGER_TOKENIZER", conflicts_with = "csv_row")]
    tokenizer: Option<PathBuf>,
}

impl EncodeInput {
    /// Runs it and returns what to print.
    pub fn run(self) -> Result<Value> {
        match (&self.csv_row, &self.text) {
            (Some(row), _) => Self::of_row(row.trim()),
            (None, Some(text)) if !text.is_empty() => match &self.tokenizer {
                Some(file) => Self::of_question(text, &WordTokenizer::from_bytes(&read(file)?)?),
                None => Ok(json!({ "input": array_bytes::bytes2hex("0x", text), "bytes": text.len() })),
            },
            _ => bail!("there is nothing to continue"),
        }
    }

    fn of_question(text: &str, tokenizer: &WordTokenizer) -> Result<Value> {
        let tokens = tokenizer.encode(text.as_bytes())?;
        ensure!(!tokens.is_empty(), "there is nothing to continue");
        let bytes: Vec<u8> = tokens.iter().copied().flat_map(Token::to_le_bytes).collect();
        let input = array_bytes::bytes2hex("0x", &bytes);
        Ok(json!({ "input": input, "bytes": bytes.len(), "tokens": tokens }))
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

/// Turns a classifier's output into the answer; or, with its tokenizer, that of a text model. With the query vector of its
/// reveal and the text, an answer carries the citations of the passages that it was made with.
#[derive(Args)]
pub struct DecodeOutput {
    /// The output, hexadecimal: one little-endian `i32` for each class, or little-endian `u16` tokens.
    #[arg(env = "OPENLEDGER_OUTPUT")]
    output: String,
    /// The text model's tokenizer, the file that its registration names as its config.
    #[arg(long, env = "OPENLEDGER_TOKENIZER")]
    tokenizer: Option<PathBuf>,
    /// The query vector that was revealed with the output, numbers separated by commas.
    #[arg(
        long,
        env = "OPENLEDGER_QUERY",
        value_delimiter = ',',
        allow_hyphen_values = true,
        requires_all = ["tokenizer", "corpus"]
    )]
    query: Option<Vec<i16>>,
    /// The text, the file that the registration names as its artifact.
    #[arg(long, env = "OPENLEDGER_CORPUS", requires = "query")]
    corpus: Option<PathBuf>,
}

impl DecodeOutput {
    /// Runs it and returns what to print.
    pub fn run(self) -> Result<Value> {
        let bytes = array_bytes::hex2bytes(self.output.trim())
            .map_err(|error| anyhow!("the output is not hexadecimal: {error:?}"))?;
        let Some(tokenizer) = &self.tokenizer else {
            return Self::of_logits(&bytes);
        };
        let tokenizer = read(tokenizer)?;
        let mut answer = Self::of_text(&bytes, &WordTokenizer::from_bytes(&tokenizer)?)?;
        if let (Some(query), Some(corpus)) = (&self.query, &self.corpus) {
            let log = log_of(query, bytes.len() / 2)?;
            answer["citations"] = Text::open(corpus, &tokenizer)?.citations(&log).into();
        }
        Ok(answer)
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

/// The log at the end of the query vector of an answer of so many tokens.
fn log_of(query: &[i16], tokens: usize) -> Result<Log> {
    let passages = (1..=MAX_PASSAGES).find(|passages| query_numbers(tokens, *passages) == Some(query.len()));
    let log = passages.and_then(|passages| {
        let (_, log) = query.split_at_checked(query_numbers(tokens, 0)?)?;
        Log::of_query(log, passages, MAX_TERMS)
    });
    log.ok_or_else(|| {
        anyhow!(
            "NoCitations: {} numbers are no query vector of {tokens} tokens and the log of 1 to {MAX_PASSAGES} passages",
            query.len()
        )
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use openledger_attribution::{spans::ShardBuilder, ContributionKey};
    use openledger_fixed::retrieval::Cited;
    use std::path::Path;

    fn encoded(csv_row: Option<String>, text: Option<&str>) -> Result<Value> {
        let text = text.map(str::to_owned);
        let tokenizer = None;
        EncodeInput {
            csv_row,
            text,
            tokenizer,
        }
        .run()
    }

    fn decoded(output: &str, tokenizer: Option<PathBuf>) -> Result<Value> {
        let output = output.to_owned();
        DecodeOutput {
            output,
            tokenizer,
            query: None,
            corpus: None,
        }
        .run()
    }

    /// A corpus of two contributions of datanet 7, and its tokenizer.
    pub fn written(folder: &Path) -> (PathBuf, PathBuf) {
        let texts = ["the wheel turns the stones", "the miller sleeps at night"];
        let learnt: Vec<&[u8]> = texts.iter().chain(&texts).map(|text| text.as_bytes()).collect();
        let tokenizer = WordTokenizer::learn(&learnt).unwrap();
        let mut builder = ShardBuilder::new(tokenizer.id());
        for (contribution, text) in (0..).zip(texts) {
            let key = ContributionKey {
                datanet: 7,
                contribution,
            };
            let tokens = tokenizer.encode(text.as_bytes()).unwrap();
            builder.push(key, contribution, &tokens).unwrap();
        }
        let files = (folder.join("corpus.olsa"), folder.join("tokenizer.olwt"));
        std::fs::write(&files.0, builder.finish().unwrap().to_bytes()).unwrap();
        std::fs::write(&files.1, tokenizer.as_bytes()).unwrap();
        files
    }

    #[test]
    fn a_question_becomes_the_tokens_that_the_chain_can_read() {
        let folder = tempfile::tempdir().unwrap();
        let (_, tokenizer) = written(folder.path());
        let encoded = |text: &str| {
            EncodeInput {
                csv_row: None,
                text: Some(text.into()),
                tokenizer: Some(tokenizer.clone()),
            }
            .run()
        };
        let question = encoded("the miller?").unwrap();
        let tokens: Vec<Token> = serde_json::from_value(question["tokens"].clone()).unwrap();
        assert_eq!((tokens.len(), tokens[2]), (3, u16::from(b'?')));
        assert_eq!(question["bytes"], 6);
        let bytes: Vec<u8> = tokens.iter().copied().flat_map(Token::to_le_bytes).collect();
        assert_eq!(question["input"], array_bytes::bytes2hex("0x", bytes));
        assert!(encoded(" ").is_err());
    }

    #[test]
    fn an_answer_carries_the_citations_of_its_query_vector() {
        let folder = tempfile::tempdir().unwrap();
        let (corpus, tokenizer) = written(folder.path());
        let decoded = |query: Vec<i16>| {
            DecodeOutput {
                output: "0x000101ff".into(),
                tokenizer: Some(tokenizer.clone()),
                query: Some(query),
                corpus: Some(corpus.clone()),
            }
            .run()
        };
        let log = |position| {
            let cited = Cited {
                position,
                score: 3 << 15,
            };
            let log = Log::new(vec![], [cited], 2);
            [vec![0; 8], log.to_query(2)].concat()
        };
        let cited = &decoded(log(6)).unwrap()["citations"];
        assert_eq!(cited.as_array().unwrap().len(), 1);
        assert_eq!(
            (&cited[0]["contribution"], &cited[0]["bits"]),
            (&json!(1), &json!(1.5))
        );
        assert_eq!(cited[0]["text"], "the miller sleeps at night");
        for nowhere in [7, 5, 900] {
            let cited = &decoded(log(nowhere)).unwrap()["citations"][0];
            assert_eq!(
                *cited,
                json!({ "position": nowhere, "bits": 1.5 }),
                "a lie names nobody"
            );
        }
        let error = decoded(vec![0; 8]).unwrap_err().to_string();
        assert!(error.starts_with("NoCitations"), "{error}");
    }

    #[test]
    fn a_corpus_of_another_tokenizer_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (corpus, _) = written(folder.path());
        let error = Text::open(&corpus, b"OLWT 1\nthe").err().unwrap().to_string();
        assert!(error.starts_with("TokenizerMismatch"), "{error}");
        assert!(Text::open(Path::new("nowhere"), b"OLWT 1").is_err());
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
