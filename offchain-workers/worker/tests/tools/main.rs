// SPDX-License-Identifier: Apache-2.0
//! The model builder's commands end to end on the real digits, as a person would type them; then an answer by the
//! files they wrote, as a worker makes it.

mod texts;

use openledger_blobs::{Blobs, ContentId};
use openledger_executor::{Executor, ExecutorConfig, CHILD_ARGUMENT, REFERENCE_ISA};
use openledger_primitives::{
    apis::InputView,
    report::{self, Blend},
};
use openledger_worker::{
    artifacts::{Artifacts, NoSource},
    chain::{Adapter, Attribution, Model, Network},
    compute::Computer,
    driver::{Answerer, Computed},
    hosting::{Inspector, Unfit},
    jobs::Stop,
};
use serde_json::{json, Value};
use sp_core::H256;
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::{Arc, OnceLock},
};
use tempfile::TempDir;

const WORKER: &str = env!("CARGO_BIN_EXE_openledger-worker");
const DIGITS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/digits.csv.gz");

fn run(arguments: &[&str]) -> Output {
    Command::new(WORKER).args(arguments).output().unwrap()
}

fn tool(arguments: &[&str]) -> Value {
    report_of(arguments, run(arguments))
}

/// [`tool`] where the environment narrows tract's instruction set.
fn tool_on(isa: &str, arguments: &[&str]) -> Value {
    let mut command = Command::new(WORKER);
    command.args(arguments).env("TRACT_CPU_ISA", isa);
    report_of(arguments, command.output().unwrap())
}

fn report_of(arguments: &[&str], output: Output) -> Value {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {errors}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The message of a command that must fail.
fn refusal(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert!(!output.status.success(), "{arguments:?}");
    assert!(output.stdout.is_empty());
    String::from_utf8(output.stderr).unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A release on the real digits, made once for all tests.
struct Release {
    folder: TempDir,
    split: Value,
    base: Value,
    head: Value,
}

impl Release {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn blobs(&self) -> PathBuf {
        self.path("blobs")
    }

    /// Pixels and label of a held-out row.
    fn held_out(&self, row: usize) -> String {
        let text = fs::read_to_string(self.path("split/held-out.csv")).unwrap();
        text.lines().nth(row).unwrap().to_owned()
    }

    fn model(&self) -> Model {
        self.network().into()
    }

    fn network(&self) -> Network {
        let attribution = &self.head["attribution"];
        Network {
            base: id(&self.base["artifact"]),
            inputs: 64,
            features: 32,
            adapter: Some(Adapter {
                head: id(&self.head["artifact"]),
                attribution: Some(Attribution {
                    index: id(&attribution["index"]),
                    features: id(&attribution["features"]),
                    root: id(&attribution["root"]),
                    rows: u32::try_from(attribution["rows"].as_u64().unwrap()).unwrap(),
                }),
            }),
        }
    }
}

/// A content id in a report.
fn id(value: &Value) -> H256 {
    H256(value.as_str().unwrap().parse::<ContentId>().unwrap().0)
}

fn manifest(split: &Value) -> Value {
    let contributions = split["contributions"].as_array().unwrap();
    let entries = contributions.iter().enumerate().map(|(number, part)| {
        json!({
            "datanet": 3,
            "contribution": number,
            "file": part["file"],
            "content": part["content"],
        })
    });
    entries.collect()
}

fn release() -> &'static Release {
    static RELEASE: OnceLock<Release> = OnceLock::new();
    RELEASE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let split = tool(&["digits", "split", "--csv", DIGITS, "--out", text(&at("split"))]);
        let base = tool(&[
            "train-base",
            "--data",
            text(&at("split/base.csv")),
            "--held-out",
            text(&at("split/held-out.csv")),
            "--out",
            text(&at("base.onnx")),
        ]);
        fs::write(at("split/manifest.json"), manifest(&split).to_string()).unwrap();
        let head = tool(&[
            "train-head",
            "--base",
            text(&at("base.onnx")),
            "--manifest",
            text(&at("split/manifest.json")),
            "--held-out",
            text(&at("split/held-out.csv")),
            "--out",
            text(&at("head")),
            "--blobs",
            text(&at("blobs")),
        ]);
        Release {
            folder,
            split,
            base,
            head,
        }
    })
}

async fn computer(release: &Release) -> Computer {
    computer_on(&release.blobs()).await
}

async fn computer_on(blobs: &Path) -> Computer {
    let config = ExecutorConfig::new(WORKER, [CHILD_ARGUMENT.to_owned()]);
    let blobs = Blobs::open_folder(blobs).unwrap();
    let artifacts = Artifacts::new(blobs, Arc::new(NoSource));
    Computer::new(Executor::spawn(config).await.unwrap(), artifacts)
}

fn input(row: &str) -> InputView {
    let encoded = tool(&["encode-input", "--csv-row", row]);
    InputView::Inline(array_bytes::hex2bytes(encoded["input"].as_str().unwrap()).unwrap())
}

fn class(computed: &Computed) -> Value {
    let output = array_bytes::bytes2hex("0x", &computed.output);
    tool(&["decode-output", &output])["class"].clone()
}

#[test]
fn the_split_has_forty_contributions_and_no_row_twice() {
    let split = &release().split;
    let parts = split["contributions"].as_array().unwrap();
    assert_eq!(parts.len(), 40);
    assert!(parts.iter().all(|part| part["rows"] == 15));
    let rows = split["base"]["rows"].as_u64().unwrap() + split["held_out"]["rows"].as_u64().unwrap();
    assert_eq!(rows + 600, 1797);
}

#[test]
fn a_release_on_the_real_digits_is_accurate_and_at_its_optimum() {
    let Release { base, head, .. } = release();
    assert!(base["accuracy"].as_f64().unwrap() > 0.93, "{base}");
    assert!(head["accuracy"].as_f64().unwrap() > 0.93, "{head}");
    assert!(head["gradient_norm"].as_f64().unwrap() < 1e-8);
    assert_eq!(head["attribution"]["rows"], 600);
    assert_eq!(
        head["output"],
        json!({ "output_bytes": 40, "query_len": 32, "classes": 10 })
    );
    assert_eq!(head["base"], base["artifact"]);
}

#[test]
fn an_audit_finds_the_real_release_right_and_a_changed_row_of_it_wrong() {
    let release = release();
    let at = |name: &str| release.path(&format!("head/{name}"));
    let (features, head) = (at("features.olfx"), at("head.safetensors"));
    let audit = |index: &Path, rows: &str| {
        tool(&[
            "audit-release",
            "--index",
            text(index),
            "--features",
            text(&features),
            "--head",
            text(&head),
            "--rows",
            rows,
        ])
    };
    let found = audit(&at("index.olix"), "24");
    assert_eq!(found["right"], true, "{found}");
    assert_eq!((&found["rows"], &found["audited"]), (&json!(600), &json!(24)));
    assert_eq!(found["root"], release.head["attribution"]["root"]);
    assert_eq!(found["index"], release.head["attribution"]["index"]);

    // a curator's friend makes the first row believed by all
    let mut file = fs::read(at("index.olix")).unwrap();
    let contributions = release.split["contributions"].as_array().unwrap().len();
    let loo = 58 + 24 * contributions + 6;
    let praised = u16::from_le_bytes([file[loo], file[loo + 1]]) ^ 0x4000;
    file[loo..loo + 2].copy_from_slice(&praised.to_le_bytes());
    let folder = tempfile::tempdir().unwrap();
    let changed = folder.path().join("changed.olix");
    fs::write(&changed, file).unwrap();
    let found = audit(&changed, "1");
    assert_eq!(found["right"], false);
    assert_eq!(found["faults"][0]["fault"], "leave-one-out");
    assert_ne!(found["root"], release.head["attribution"]["root"]);
}

#[test]
fn the_files_are_what_the_report_names_and_lie_in_the_store() {
    let release = release();
    let files = [
        "features.olfx",
        "head.safetensors",
        "adapter_config.json",
        "training.json",
        "index.olix",
    ];
    let named = [
        &release.head["attribution"]["features"],
        &release.head["artifact"],
        &release.head["config"],
        &release.head["training_config"],
        &release.head["attribution"]["index"],
    ];
    for (file, content) in files.into_iter().zip(named) {
        let path = release.path("head").join(file);
        let id = tool(&["blob", "id", text(&path)]);
        assert_eq!(id[0]["content"], *content, "{file}");
        let copy = release.path("copy");
        let content = content.as_str().unwrap();
        tool(&[
            "blob",
            "get",
            "--blobs",
            text(&release.blobs()),
            content,
            "--out",
            text(&copy),
        ]);
        assert_eq!(fs::read(copy).unwrap(), fs::read(path).unwrap());
    }
}

#[test]
fn the_same_contributions_give_the_same_release_whatever_instruction_set_the_environment_names() {
    let release = release();
    let (base, manifest) = (release.path("base.onnx"), release.path("split/manifest.json"));
    let (held_out, again) = (release.path("split/held-out.csv"), release.path("again"));
    let arguments = [
        "train-head",
        "--base",
        text(&base),
        "--manifest",
        text(&manifest),
        "--held-out",
        text(&held_out),
        "--out",
        text(&again),
    ];
    for isa in ["", REFERENCE_ISA] {
        assert_eq!(tool_on(isa, &arguments), release.head, "TRACT_CPU_ISA={isa}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_is_tried_before_it_is_offered() {
    let release = release();
    let computer = computer(release).await;
    let model = release.model();
    assert_eq!(computer.inspect(&model).await, Ok(()));
    assert_eq!(computer.blamed(&model), None);

    let missing = Network {
        base: H256([1; 32]),
        ..release.network()
    };
    assert!(matches!(
        computer.inspect(&missing.into()).await,
        Err(Unfit::Unavailable(_))
    ));
    let not_onnx = Network {
        base: model.adapter().unwrap().head,
        ..release.network()
    };
    assert!(matches!(
        computer.inspect(&not_onnx.into()).await,
        Err(Unfit::Blamed(_))
    ));

    let mut wrong = release.network();
    let adapter = wrong.adapter.as_mut().unwrap();
    adapter.attribution.as_mut().unwrap().root = H256([1; 32]);
    let wrong = Model::from(wrong);
    let Err(Unfit::Blamed(fault)) = computer.inspect(&wrong).await else {
        panic!("a model under a wrong root passes");
    };
    assert!(fault.starts_with("AttributionRootMismatch"), "{fault}");
    assert_eq!(computer.blamed(&wrong), Some(fault.clone()));
    let answer = computer
        .answer(&wrong, &input(&release.held_out(0)), &Blend::DEFAULT)
        .await;
    assert_eq!(answer, Err(Stop::Invalid(fault)));
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_by_the_release_are_right_and_carry_a_report() {
    let release = release();
    let computer = computer(release).await;
    let mut right = 0;
    for row in 0..20 {
        let row = release.held_out(row);
        let answer = computer
            .answer(&release.model(), &input(&row), &Blend::DEFAULT)
            .await
            .unwrap();
        assert_eq!((answer.output.len(), answer.query.len()), (40, 32));
        assert_eq!(report::check(&answer.entries, &Blend::DEFAULT), Ok(()));
        assert!(!answer.entries.is_empty());
        assert!(answer
            .entries
            .iter()
            .all(|entry| entry.datanet == 3 && entry.contribution < 40));
        let label: u64 = row.rsplit(',').next().unwrap().parse().unwrap();
        right += u32::from(class(&answer) == label);
    }
    assert!(right >= 18, "{right} of 20");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_input_gives_the_same_answer_inline_and_stored() {
    let release = release();
    let computer = computer(release).await;
    let inline = input(&release.held_out(1));
    let InputView::Inline(bytes) = &inline else {
        unreachable!()
    };
    let blobs = Blobs::open_folder(release.blobs()).unwrap();
    let id = blobs.put(bytes.clone()).await.unwrap();
    let model = release.model();
    let first = computer.answer(&model, &inline, &Blend::DEFAULT).await.unwrap();
    let stored = InputView::Stored(H256(id.0));
    assert_eq!(
        computer.answer(&model, &stored, &Blend::DEFAULT).await.unwrap(),
        first
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_base_alone_answers_with_its_features_and_no_report() {
    let release = release();
    let computer = computer(release).await;
    let alone = Network {
        adapter: None,
        ..release.network()
    };
    let answer = computer
        .answer(&alone.into(), &input(&release.held_out(0)), &Blend::DEFAULT)
        .await
        .unwrap();
    assert_eq!(answer.output.len(), 32 * 4);
    assert!(answer.query.is_empty() && answer.entries.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_answered_is_told_from_what_is_not_there_yet() {
    let release = release();
    let computer = computer(release).await;
    let good = input(&release.held_out(0));
    let short = InputView::Inline(vec![0; 8]);
    let not_a_number = InputView::Inline(f32::NAN.to_le_bytes().repeat(64));
    for bad in [short, not_a_number] {
        let answer = computer.answer(&release.model(), &bad, &Blend::DEFAULT).await;
        assert!(matches!(answer, Err(Stop::Invalid(_))), "{answer:?}");
    }
    let missing = Network {
        base: H256([1; 32]),
        ..release.network()
    };
    let answer = computer.answer(&missing.into(), &good, &Blend::DEFAULT).await;
    assert!(matches!(answer, Err(Stop::Unavailable(_))), "{answer:?}");
    // a file that is no ONNX model
    let network = release.network();
    let base = network.adapter.as_ref().unwrap().head;
    let not_onnx = Network { base, ..network };
    let answer = computer.answer(&not_onnx.into(), &good, &Blend::DEFAULT).await;
    assert!(matches!(answer, Err(Stop::Invalid(_))), "{answer:?}");
    // and after all that the next answer is a good one
    assert!(computer
        .answer(&release.model(), &good, &Blend::DEFAULT)
        .await
        .is_ok());
}

#[test]
fn a_manifest_with_other_bytes_or_a_repeat_is_refused() {
    let release = release();
    let train = |manifest: &Value| {
        let path = release.path("split").join(format!(
            "bad-{}.json",
            ContentId::of(manifest.to_string().as_bytes())
        ));
        fs::write(&path, manifest.to_string()).unwrap();
        refusal(&[
            "train-head",
            "--base",
            text(&release.path("base.onnx")),
            "--manifest",
            text(&path),
            "--held-out",
            text(&release.path("split/held-out.csv")),
            "--out",
            text(&release.path("bad")),
        ])
    };
    let mut lie = manifest(&release.split);
    lie[0]["content"] = lie[1]["content"].clone();
    assert!(train(&lie).contains("hashes to"));
    let mut repeat = manifest(&release.split);
    repeat[1]["contribution"] = json!(0);
    assert!(train(&repeat).contains("twice"));
    assert!(train(&json!([])).contains("no contributions"));
    let mut junk = manifest(&release.split);
    fs::write(release.path("split/junk.csv"), "this is no digit\n").unwrap();
    junk[0] = json!({ "datanet": 3, "contribution": 0, "file": "junk.csv" });
    assert!(train(&junk).contains("contribution 0 of datanet 3"));
}

#[test]
fn run_without_a_key_says_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let path = text(folder.path());
    assert!(refusal(&["run", "--base-path", path]).contains("--suri-file"));
    assert!(refusal(&["run", "--base-path", path, "--suri", "not a key"]).contains("no sr25519 key"));
}

#[test]
fn signals_name_what_a_contribution_copies_and_how_much_of_it_is_new() {
    let release = release();
    let manifest = text(&release.path("split/manifest.json")).to_owned();
    let rows = |number: usize| {
        let file = release.split["contributions"][number]["file"].as_str().unwrap();
        fs::read_to_string(release.path("split").join(file)).unwrap()
    };
    let at = |name: &str, content: &str| {
        let path = release.path(name);
        fs::write(&path, content).unwrap();
        text(&path).to_owned()
    };
    let signals = |file: &str, more: &[&str]| {
        tool(&[&["signals", "--file", file, "--manifest", &manifest][..], more].concat())
    };
    let held_out: String = (0..15).map(|row| release.held_out(row) + "\n").collect();
    let fresh = signals(&at("fresh.csv", &held_out), &[]);
    assert_eq!(
        (&fresh["kind"], &fresh["rows"]["all"]),
        (&json!("table"), &json!(15))
    );
    assert!(fresh["novelty_ppm"].as_u64().unwrap() > 900_000, "{fresh}");
    assert_eq!(fresh["compared_with"], 40);

    // one row of another label among copies of two contributions
    let relabelled = rows(8)
        .lines()
        .next()
        .unwrap()
        .rsplit_once(',')
        .unwrap()
        .0
        .to_owned()
        + ",x\n";
    let copy = at("copy.csv", &(rows(7) + &relabelled));
    let blobs = release.path("evidence");
    let out = release.path("signals.json");
    let copied = signals(&copy, &["--blobs", text(&blobs), "--out", text(&out)]);
    assert_eq!(
        (&copied["rows"]["known"], &copied["rows"]["relabelled"]),
        (&json!(15), &json!(1))
    );
    assert_eq!(copied["novelty_ppm"], 0);
    assert_eq!(copied["nearest"][0]["contribution"], 7);
    assert_eq!(copied["nearest"][0]["shared"], 15);
    let evidence = fs::read(&out).unwrap();
    let id = format!("0x{}", ContentId::of(&evidence));
    assert_eq!(copied["evidence"], id);
    assert!(copied.get("on_chain").is_none(), "of several datanets");
    let alone = signals(&copy, &["--datanet", "4"]);
    assert_eq!(alone["compared_with"], 0);
    let due = json!({ "share": alone["novelty_ppm"], "method": "Rows", "against": 0, "evidence": null });
    assert_eq!(alone["on_chain"], due);

    let prose = at("prose.txt", "Where the race is steep the wheel is overshot.");
    let as_text = signals(&prose, &[]);
    assert_eq!(
        (&as_text["kind"], &as_text["novelty_ppm"]),
        (&json!("text"), &json!(1_000_000))
    );
    let refused = refusal(&["signals", "--file", &prose, "--kind", "table"]);
    assert!(refused.contains("line 1 has one column"), "{refused}");
    assert!(refusal(&["signals", "--file", &at("empty", "")]).contains("is empty"));
}

#[test]
fn signals_fetch_registered_contributions_by_content_id() {
    let release = release();
    let blobs = release.path("registered");
    let file = text(&release.path("split").join("contributions-one.csv")).to_owned();
    fs::write(&file, release.held_out(0) + "\n").unwrap();
    let stored = tool(&["blob", "put", "--blobs", text(&blobs), &file]);
    let manifest = release.path("by-content.json");
    let entry = json!([{ "datanet": 1, "contribution": 5, "content": stored[0]["content"] }]);
    fs::write(&manifest, entry.to_string()).unwrap();
    let arguments = ["signals", "--file", &file, "--manifest", text(&manifest)];
    let found = tool(&[&arguments[..], &["--blobs", text(&blobs)]].concat());
    assert_eq!(
        (&found["novelty_ppm"], &found["nearest"][0]["contribution"]),
        (&json!(0), &json!(5))
    );
    assert!(refusal(&arguments).contains("neither a file nor a content id"));
}
