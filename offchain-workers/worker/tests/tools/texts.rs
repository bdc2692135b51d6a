// SPDX-License-Identifier: Apache-2.0
//! A text model from contributions to an answer, as its builder, a worker and a consumer make it.

use super::{computer_on, id, refusal, report, text, tool, Blend, Model, Stop, Unfit};
use openledger_blobs::ContentId;
use openledger_primitives::{
    apis::InputView,
    report::{Evidence, ReportEntry},
};
use openledger_worker::{
    chain::{Asked, Text},
    driver::{Answerer, Computed},
    hosting::Inspector,
};
use serde_json::{json, Value};
use sp_core::H256;
use std::{fs, path::PathBuf};
use tempfile::TempDir;

/// The first registered quotes nobody; the last one quotes both.
const TEXTS: [&str; 3] = [
    "The wheel of the mill turns the long shaft, and the long shaft turns the stones all day.",
    "The miller dresses the stones twice a year; then the wheel of the mill stands still.",
    "They say that the wheel of the mill turns the long shaft. The miller dresses the stones twice a year.",
];

/// Contributions with a manifest, and what was made of them.
struct Built {
    folder: TempDir,
    report: Value,
}

fn contributions(texts: &[&[u8]]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (number, content) in texts.iter().enumerate() {
        fs::write(folder.path().join(format!("{number}.txt")), content).unwrap();
    }
    // the list is not in the order of registration
    let entries = texts.iter().enumerate().rev().map(|(number, content)| {
        json!({
            "datanet": 7,
            "contribution": number,
            "file": format!("{number}.txt"),
            "content": format!("0x{}", ContentId::of(content)),
            "registered": 50 + number,
        })
    });
    let manifest: Value = entries.collect();
    fs::write(folder.path().join("manifest.json"), manifest.to_string()).unwrap();
    folder
}

fn arguments(folder: &TempDir, more: &[&str]) -> Vec<String> {
    let at = |name: &str| text(&folder.path().join(name)).to_owned();
    let command = [
        "build-corpus",
        "--manifest",
        &at("manifest.json"),
        "--out",
        &at("out"),
    ];
    command.iter().chain(more).map(|part| part.to_string()).collect()
}

fn build(folder: &TempDir, more: &[&str]) -> Value {
    let arguments = arguments(folder, more);
    tool(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
}

fn refused(texts: &[&[u8]], more: &[&str]) -> String {
    let folder = contributions(texts);
    let arguments = arguments(&folder, more);
    refusal(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
}

fn built() -> Built {
    built_with(&[])
}

fn built_with(more: &[&str]) -> Built {
    let folder = contributions(&TEXTS.map(str::as_bytes));
    let blobs = text(&folder.path().join("blobs")).to_owned();
    let arguments = ["--tokens", "24", "--prompt-bytes", "200", "--blobs", &blobs];
    let report = build(&folder, &[&arguments[..], more].concat());
    Built { folder, report }
}

impl Built {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self) -> Text {
        let number = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
        let (report, attribution) = (&self.report, &self.report["attribution"]);
        let width = number(&report["input"]["width"]);
        let (asked, prompt_bytes) = match report["input"]["dtype"].as_str() {
            Some("Token") => (Asked::Tokens, 2 * width),
            _ => (Asked::Text, width),
        };
        Text {
            corpus: id(&report["artifact"]),
            tokenizer: id(&report["config"]),
            root: id(&attribution["root"]),
            documents: u32::try_from(number(&attribution["rows"])).unwrap(),
            asked,
            prompt_bytes,
            passages: number(&attribution["passages"]),
            output_bytes: number(&report["output"]["output_bytes"]),
            query_len: number(&report["output"]["query_len"]),
        }
    }

    fn model(&self) -> Model {
        self.text().into()
    }

    /// What the model says after `prompt`, and who is paid for it.
    async fn answer(&self, prompt: &str) -> (String, Vec<ReportEntry>) {
        let answer = self.computed(&tool(&["encode-input", "--text", prompt])).await;
        assert_eq!((answer.output.len(), answer.query.len()), (48, 96));
        let output = array_bytes::bytes2hex("0x", &answer.output);
        let tokenizer = self.path("out/tokenizer.olwt");
        let decoded = tool(&["decode-output", &output, "--tokenizer", text(&tokenizer)]);
        (decoded["text"].as_str().unwrap().to_owned(), answer.entries)
    }

    /// What the model makes of an encoded input.
    async fn computed(&self, encoded: &Value) -> Computed {
        let input = array_bytes::hex2bytes(encoded["input"].as_str().unwrap()).unwrap();
        let computer = computer_on(&self.path("blobs")).await;
        let input = InputView::Inline(input);
        let answer = computer.answer(&self.model(), &input, &Blend::DEFAULT).await;
        answer.unwrap()
    }
}

#[test]
fn a_corpus_comes_with_everything_that_its_registration_needs() {
    let built = built();
    let report = &built.report;
    assert_eq!(report["format"], "Corpus");
    assert_eq!(report["comparator"], "Exact");
    assert_eq!(report["input"], json!({ "dtype": "Utf8", "width": 200 }));
    let output = json!({ "output_bytes": 48, "query_len": 96, "classes": 0 });
    assert_eq!(report["output"], output);
    let attribution = &report["attribution"];
    assert_eq!(
        (&attribution["rows"], &attribution["evidence"]),
        (&json!(3), &json!("Spans"))
    );
    assert_eq!(attribution["passages"], 0);
    for (file, name) in [
        ("corpus.olsa", &report["artifact"]),
        ("corpus.olsa", &attribution["index"]),
        ("tokenizer.olwt", &report["config"]),
        ("tokenizer.olwt", &attribution["features"]),
        ("training.json", &report["training_config"]),
    ] {
        let bytes = fs::read(built.path("out").join(file)).unwrap();
        assert_eq!(*name, format!("0x{}", ContentId::of(&bytes)));
        let stored = built.path("fetched");
        let blobs = built.path("blobs");
        let name = name.as_str().unwrap();
        tool(&[
            "blob",
            "get",
            "--blobs",
            text(&blobs),
            name,
            "--out",
            text(&stored),
        ]);
        assert_eq!(fs::read(stored).unwrap(), bytes);
    }
    let saved: Value = serde_json::from_slice(&fs::read(built.path("out/release.json")).unwrap()).unwrap();
    assert_eq!(saved, *report);
    // the same contributions and vocabulary give the same release
    let vocabulary = built.path("out/tokenizer.olwt");
    let again = contributions(&TEXTS.map(str::as_bytes));
    let again = build(&again, &["--tokenizer", text(&vocabulary)]);
    assert_eq!(again["attribution"], *attribution);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_continues_the_prompt_and_pays_the_first_who_said_it() {
    let built = built();
    let (said, entries) = built.answer("Tell me: the wheel of the mill turns").await;
    assert!(said.starts_with("the long shaft. The miller dresses"), "{said}");
    assert_eq!(report::check(&entries, &Blend::DEFAULT), Ok(()));
    assert!(!entries.is_empty());
    assert!(entries
        .iter()
        .all(|entry| entry.evidence == Evidence::Spans && entry.datanet == 7));
    // the last one goes on so, but most of what it says the second one said before
    let paid: Vec<_> = entries
        .iter()
        .map(|entry| (entry.contribution, entry.weight))
        .collect();
    assert!(
        matches!(paid[..], [(1, first), (2, copy)] if first > copy),
        "{paid:?}"
    );
    let nothing = built.answer("#").await;
    assert_eq!(nothing, (String::new(), Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_from_passages_carries_its_citations() {
    let built = built_with(&["--passages", "2"]);
    assert_eq!(built.report["input"], json!({ "dtype": "Token", "width": 100 }));
    assert_eq!(built.report["output"]["query_len"], 4 * 24 + 2 * 4 + 2 * 32);
    let [corpus, tokenizer] = ["out/corpus.olsa", "out/tokenizer.olwt"].map(|name| built.path(name));
    let question = "What dresses the stones twice?";
    let with_files = |arguments: &[&str]| {
        let files = ["--corpus", text(&corpus), "--tokenizer", text(&tokenizer)];
        tool(&[arguments, &files].concat())
    };
    let found = with_files(&["retrieve", question, "--passages", "2"]);
    let cited: Vec<_> = found["citations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|cited| cited["contribution"].as_u64().unwrap())
        .collect();
    assert_eq!(cited, [1, 2], "the shorter passage that has the words first");

    let answer = built
        .computed(&tool(&[
            "encode-input",
            "--text",
            question,
            "--tokenizer",
            text(&tokenizer),
        ]))
        .await;
    assert_eq!(report::check(&answer.entries, &Blend::DEFAULT), Ok(()));
    let kinds: Vec<_> = answer
        .entries
        .iter()
        .map(|entry| (entry.contribution, entry.evidence))
        .collect();
    assert!(
        kinds.contains(&(1, Evidence::Spans)) && kinds.contains(&(2, Evidence::Retrieval)),
        "{kinds:?}"
    );
    let output = array_bytes::bytes2hex("0x", &answer.output);
    let query: Vec<String> = answer.query.iter().map(i16::to_string).collect();
    let said = with_files(&["decode-output", &output, "--query", &query.join(",")]);
    assert_eq!(said["citations"], found["citations"]);
    assert!(said["text"]
        .as_str()
        .unwrap()
        .starts_with("The miller dresses the stones"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_is_tried_before_it_is_offered_and_prompts_that_are_none_fail() {
    let built = built();
    let computer = computer_on(&built.path("blobs")).await;
    assert_eq!(computer.inspect(&built.model()).await, Ok(()));
    assert_eq!(computer.blamed(&built.model()), None);
    let missing = Text {
        corpus: H256([1; 32]),
        ..built.text()
    };
    let unfit = computer.inspect(&missing.into()).await;
    assert!(matches!(unfit, Err(Unfit::Unavailable(_))), "{unfit:?}");
    let wrong = Model::from(Text {
        root: H256([1; 32]),
        ..built.text()
    });
    let Err(Unfit::Blamed(fault)) = computer.inspect(&wrong).await else {
        panic!("a text under a wrong root passes");
    };
    assert!(fault.starts_with("AttributionRootMismatch"), "{fault}");
    assert_eq!(computer.blamed(&wrong), Some(fault));
    for (prompt, name) in [
        (vec![], "PromptEmpty"),
        (vec![b'a'; 201], "PromptTooLong"),
        (vec![0xff], "PromptInvalid"),
    ] {
        let answer = computer
            .answer(&built.model(), &InputView::Inline(prompt), &Blend::DEFAULT)
            .await;
        let Err(Stop::Invalid(why)) = answer else {
            panic!("{name}: {answer:?}");
        };
        assert!(why.starts_with(name), "{why}");
    }
}

#[test]
fn contributions_that_are_no_corpus_are_refused_by_name() {
    let good: &[u8] = b"The wheel turns.";
    let error = refused(&[good, b"caf\xe9"], &[]);
    assert!(
        error.contains("TextInvalid: contribution 1 of datanet 7"),
        "{error}"
    );
    assert!(error.contains("byte 3"), "{error}");
    for empty in [&b""[..], b" \n\t"] {
        let error = refused(&[empty, good], &[]);
        assert!(
            error.contains("TextEmpty: contribution 0 of datanet 7"),
            "{error}"
        );
    }
    for tokens in ["0", "257"] {
        let error = refused(&[good], &["--tokens", tokens]);
        assert!(error.contains("TokensOutOfRange"), "{error}");
    }
    let error = refused(&[good], &["--passages", "5"]);
    assert!(error.contains("PassagesOutOfRange"), "{error}");
    for bytes in ["1", "4097"] {
        let error = refused(&[good], &["--passages", "1", "--prompt-bytes", bytes]);
        assert!(error.contains("PromptOutOfRange"), "{error}");
    }
    // one word more than tokens of 16 bits can name
    let words: Vec<String> = (0..=u16::MAX - 256).map(|n| format!("w{n}")).collect();
    let folder = tempfile::tempdir().unwrap();
    let vocabulary = folder.path().join("large.olwt");
    fs::write(&vocabulary, format!("OLWT 1\n{}", words.join("\n"))).unwrap();
    let error = refused(&[good], &["--tokenizer", text(&vocabulary)]);
    assert!(
        error.contains("TokenizerInvalid") && error.contains("65535"),
        "{error}"
    );
    let error = refused(&[], &[]);
    assert!(error.contains("names no contributions"), "{error}");
}

#[test]
fn a_refuter_says_who_it_is() {
    let error = refusal(&["refute-spans", "--blobs", "store", "--request", "7"]);
    assert!(error.contains("--suri-file"), "{error}");
}
