// SPDX-License-Identifier: Apache-2.0
//! Jobs through a real child process, and every way in which a child can fail.

mod common;

use std::{
    io::{Read, Write},
    path::PathBuf,
    process::{Command, Stdio},
    sync::{
        atomic::{AtomicUsize, Ordering},
        Arc,
    },
    time::Duration,
};

use common::{config, executor, impostor, signal, Stored, CHILD, SCHEMA};
use nix::sys::signal::Signal;
use openledger_engine::graph::GraphBuilder;
use openledger_executor::{
    BoxError, EngineError, Executor, ExecutorConfig, ExecutorError, Job, ProcessLimits, Schema, REFERENCE_ISA,
};

/// What the kernel tells about the child.
fn proc_file(executor: &Executor, name: &str) -> Vec<u8> {
    std::fs::read(format!(
        "/proc/{}/{name}",
        executor.child_pid().expect("a child runs")
    ))
    .unwrap()
}

#[tokio::test]
async fn a_job_gives_its_numbers_and_the_bytes_are_asked_for_once() {
    let executor = executor().await;
    let model = Stored::small(2.0, "Abs");
    let asked = AtomicUsize::new(0);
    for _ in 0..3 {
        let bytes = || async {
            asked.fetch_add(1, Ordering::SeqCst);
            Ok::<_, BoxError>(&model.bytes)
        };
        assert_eq!(executor.run(model.job(), bytes).await.unwrap(), [1.0, 2.0]);
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    assert_eq!(executor.starts(), 1);
}

#[tokio::test]
async fn many_callers_share_one_child() {
    let executor = Arc::new(executor().await);
    let jobs: Vec<_> = (1u8..=20)
        .map(|factor| {
            let executor = executor.clone();
            tokio::spawn(async move { Stored::small(factor.into(), "Abs").run(&executor).await.unwrap() })
        })
        .collect();
    for (factor, job) in (1u8..).zip(jobs) {
        assert_eq!(job.await.unwrap(), [f32::from(factor) / 2.0, f32::from(factor)]);
    }
    assert_eq!(executor.starts(), 1);
}

#[tokio::test]
async fn an_error_of_the_engine_keeps_its_name_and_quarantines_nobody() {
    let executor = executor().await;
    let root = Stored::small(1.0, "Sqrt");
    let refused = root.run(&executor).await.unwrap_err();
    let expected = EngineError::NonFinite {
        place: "output".into(),
        index: 1,
    };
    assert!(matches!(refused, ExecutorError::Engine(error) if error == expected));

    let graph = GraphBuilder::new("x", 2).node("If", &["x"], "y").finish("y", 2);
    let branching = Stored {
        id: [1; 32],
        bytes: graph,
    };
    let refused = branching.run(&executor).await.unwrap_err();
    assert!(matches!(refused, ExecutorError::Engine(EngineError::UnknownOperator { op, .. }) if op == "If"));

    assert!(executor.quarantined().is_empty());
    assert_eq!(executor.starts(), 1);
}

#[tokio::test]
async fn a_model_asked_for_with_another_interface_is_checked_again() {
    let executor = executor().await;
    let model = Stored::small(1.0, "Abs");
    model.run(&executor).await.unwrap();
    let job = Job {
        schema: Schema { input: 2, output: 3 },
        ..model.job()
    };
    let refused = executor
        .run(job, || async { Ok::<_, BoxError>(&model.bytes) })
        .await
        .unwrap_err();
    assert!(
        matches!(refused, ExecutorError::Engine(EngineError::ShapeMismatch { .. })),
        "{refused}"
    );
}

#[tokio::test]
async fn bytes_that_cannot_be_had_or_are_of_another_model_are_refused() {
    let executor = executor().await;
    let model = Stored::small(1.0, "Abs");
    let refused = executor
        .run(model.job(), || async { Err::<Vec<u8>, BoxError>("gone".into()) })
        .await;
    assert!(matches!(refused, Err(ExecutorError::Bytes { .. })));
    let other = Stored::small(3.0, "Abs");
    let refused = executor
        .run(model.job(), || async { Ok::<_, BoxError>(&other.bytes) })
        .await;
    assert!(
        matches!(refused, Err(ExecutorError::WrongBytes { .. })),
        "{refused:?}"
    );
    assert_eq!(model.run(&executor).await.unwrap(), [0.5, 1.0]);
}

#[tokio::test]
async fn what_does_not_fit_a_frame_is_refused_before_it_is_sent() {
    let executor = Executor::spawn(ExecutorConfig {
        max_payload_bytes: 16,
        ..config()
    })
    .await
    .unwrap();
    let model = Stored::small(1.0, "Abs");
    let refused = model.run(&executor).await.unwrap_err();
    assert!(
        matches!(refused, ExecutorError::FrameTooLarge { limit: 16, .. }),
        "{refused}"
    );
    assert!(executor.quarantined().is_empty());
}

#[tokio::test]
async fn a_child_that_ends_between_jobs_is_replaced_and_nobody_is_blamed() {
    let executor = executor().await;
    let model = Stored::small(1.0, "Abs");
    model.run(&executor).await.unwrap();
    let stat = format!("/proc/{}/stat", executor.child_pid().unwrap());
    signal(&executor, Signal::SIGKILL);
    // Until the kernel shows a zombie (or nothing), the child may still answer.
    while std::fs::read_to_string(&stat).is_ok_and(|stat| !stat.contains(") Z ")) {
        tokio::task::yield_now().await;
    }
    assert_eq!(model.run(&executor).await.unwrap(), [0.5, 1.0]);
    assert_eq!(executor.starts(), 2);
    assert!(executor.quarantined().is_empty());
}

#[tokio::test]
async fn a_job_that_takes_too_long_loses_its_child_and_its_model() {
    let limit = Duration::from_secs(1);
    let executor = Executor::spawn(ExecutorConfig {
        run_timeout: limit,
        ..config()
    })
    .await
    .unwrap();
    let (slow, other) = (Stored::small(1.0, "Abs"), Stored::small(2.0, "Abs"));
    signal(&executor, Signal::SIGSTOP);
    let late = slow.run(&executor).await.unwrap_err();
    assert!(
        matches!(late, ExecutorError::TimedOut { stage: "running", after, .. } if after == limit),
        "{late}"
    );
    assert!(executor.child_pid().is_none());
    assert_eq!(other.run(&executor).await.unwrap(), [1.0, 2.0]);
    assert!(matches!(
        slow.run(&executor).await,
        Err(ExecutorError::Quarantined { .. })
    ));
}

#[tokio::test]
async fn a_dropped_job_takes_its_child_along_and_nobody_is_blamed() {
    let executor = executor().await;
    let model = Stored::small(1.0, "Abs");
    let mut busy = executor.busy();
    signal(&executor, Signal::SIGSTOP);
    let started = async { busy.wait_for(Option::is_some).await.map(drop) };
    tokio::select! {
        _ = model.run(&executor) => panic!("a stopped child cannot answer"),
        seen = started => seen.unwrap(),
    }
    assert!(executor.child_pid().is_none());
    assert!(executor.busy().borrow().is_none());
    assert_eq!(model.run(&executor).await.unwrap(), [0.5, 1.0]);
    assert!(executor.quarantined().is_empty());
}

#[tokio::test]
async fn a_model_that_needs_more_memory_than_the_child_has_does_not_hurt_the_parent() {
    let process = ProcessLimits {
        memory_bytes: 48 << 20,
        ..ProcessLimits::default()
    };
    let executor = Executor::spawn(ExecutorConfig { process, ..config() })
        .await
        .unwrap();
    let width = 4096;
    let schema = Schema {
        input: 2,
        output: width,
    };
    let graph = GraphBuilder::new("x", 2)
        .weight("wide", &[2, width], &vec![0.5; 2 * width])
        .weight("square", &[width, width], &vec![0.5; width * width])
        .node("MatMul", &["x", "wide"], "hidden")
        .node("MatMul", &["hidden", "square"], "y");
    let heavy = Stored {
        id: [9; 32],
        bytes: graph.finish("y", width),
    };
    let job = Job {
        schema,
        ..heavy.job()
    };
    let refused = executor
        .run(job, || async { Ok::<_, BoxError>(&heavy.bytes) })
        .await
        .unwrap_err();
    let clean = matches!(
        refused,
        ExecutorError::ChildDied { .. } | ExecutorError::Engine(_)
    );
    assert!(clean, "{refused}");
    assert_eq!(
        Stored::small(2.0, "Abs").run(&executor).await.unwrap(),
        [1.0, 2.0]
    );
}

#[tokio::test]
async fn a_job_that_spends_its_processor_time_is_ended_by_the_kernel() {
    let process = ProcessLimits {
        cpu_seconds: Some(1),
        ..ProcessLimits::default()
    };
    let minutes = Duration::from_secs(300);
    let config = ExecutorConfig {
        process,
        load_timeout: minutes,
        run_timeout: minutes,
        ..config()
    };
    let executor = Executor::spawn(config).await.unwrap();
    // 4000 times tanh on 1024 rows of 4096: many seconds of work on any machine.
    let (rows, width, steps) = (1024, 4096, 4000);
    let mut graph = GraphBuilder::new("x", 2)
        .weight("wide", &[2, width], &vec![0.5; 2 * width])
        .weight("narrow", &[width, 2], &vec![0.5; 2 * width])
        .node("MatMul", &["x", "wide"], "v0");
    for step in 0..steps {
        let (from, to) = (format!("v{step}"), format!("v{}", step + 1));
        graph = graph.node("Tanh", &[&from], &to);
    }
    let long = Stored::new(
        graph
            .node("MatMul", &[&format!("v{steps}"), "narrow"], "y")
            .finish("y", 2),
        SCHEMA,
    );
    let job = Job {
        input: &vec![0.5; 2 * rows],
        rows,
        ..long.job()
    };
    let died = executor
        .run(job, || async { Ok::<_, BoxError>(&long.bytes) })
        .await
        .unwrap_err();
    assert!(
        matches!(&died, ExecutorError::ChildDied { status, .. } if status.contains("signal: 24")),
        "{died}"
    );
    assert_eq!(
        Stored::small(2.0, "Abs").run(&executor).await.unwrap(),
        [1.0, 2.0]
    );
}

#[tokio::test]
async fn the_quarantine_outlives_the_executor_and_ends_with_a_pardon() {
    let folder = tempfile::tempdir().unwrap();
    let config = ExecutorConfig {
        quarantine: Some(folder.path().join("quarantine")),
        run_timeout: Duration::from_secs(1),
        ..config()
    };
    let model = Stored::small(1.0, "Abs");
    {
        let executor = Executor::spawn(config.clone()).await.unwrap();
        signal(&executor, Signal::SIGSTOP);
        assert!(matches!(
            model.run(&executor).await,
            Err(ExecutorError::TimedOut { .. })
        ));
    }
    let executor = Executor::spawn(ExecutorConfig {
        run_timeout: Duration::from_secs(10),
        ..config
    })
    .await
    .unwrap();
    let refused = model.run(&executor).await.unwrap_err();
    assert!(
        matches!(&refused, ExecutorError::Quarantined { reason, .. } if reason.contains("longer")),
        "{refused}"
    );
    assert_eq!(
        executor.starts(),
        1,
        "a quarantined model does not reach the child"
    );
    assert!(executor.quarantine_of(&model.id).is_some());
    assert!(executor.pardon(&model.id).unwrap());
    assert!(executor.quarantine_of(&model.id).is_none());
    assert!(!executor.pardon(&model.id).unwrap());
    assert_eq!(model.run(&executor).await.unwrap(), [0.5, 1.0]);
}

#[tokio::test]
async fn the_reference_class_uses_the_plain_architecture_only() {
    let executor = Executor::spawn(ExecutorConfig {
        reference_class: true,
        ..config()
    })
    .await
    .unwrap();
    assert_eq!(executor.instruction_set(), std::env::consts::ARCH);
    let reference = Stored::small(0.7, "Tanh").run(&executor).await.unwrap();
    let usual = Stored::small(0.7, "Tanh")
        .run(&self::executor().await)
        .await
        .unwrap();
    for (a, b) in reference.iter().zip(&usual) {
        assert!((a - b).abs() < 1e-6, "{a} and {b}");
    }
}

#[tokio::test]
async fn the_child_inherits_no_environment_and_no_open_file() {
    let wrapper = ["-c", "exec 9</dev/null; exec \"$0\"", CHILD].map(str::to_owned);
    let config = ExecutorConfig {
        reference_class: true,
        ..ExecutorConfig::new("/bin/sh", wrapper)
    };
    let executor = Executor::spawn(config).await.unwrap();
    let environment = String::from_utf8(proc_file(&executor, "environ")).unwrap();
    let variables: Vec<&str> = environment.split_terminator('\0').collect();
    assert!(
        variables.contains(&format!("TRACT_CPU_ISA={REFERENCE_ISA}").as_str()),
        "{variables:?}"
    );
    // What a shell adds by itself is allowed.
    assert!(variables
        .iter()
        .all(|v| ["TRACT_CPU_ISA=", "PWD=", "OLDPWD=", "SHLVL=", "_="]
            .iter()
            .any(|k| v.starts_with(k))));
    let folder = format!("/proc/{}/fd", executor.child_pid().unwrap());
    let files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert!(files.iter().all(|file| !file.ends_with("9")), "{files:?}");
    assert_eq!(
        files.len(),
        4,
        "standard ones and the pipe to the parent: {files:?}"
    );
}

#[tokio::test]
async fn the_kernel_knows_the_limits_of_the_child() {
    let process = ProcessLimits {
        open_files: 9,
        ..ProcessLimits::default()
    };
    let executor = Executor::spawn(ExecutorConfig { process, ..config() })
        .await
        .unwrap();
    let limits = String::from_utf8(proc_file(&executor, "limits")).unwrap();
    let limit = |name: &str| {
        let line = limits
            .lines()
            .find_map(|line| line.strip_prefix(name))
            .expect("the kernel lists it");
        line.split_whitespace()
            .take(2)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(limit("Max open files"), ["9", "9"]);
    assert_eq!(limit("Max file size"), ["0", "0"]);
    assert_eq!(limit("Max core file size"), ["0", "0"]);
    assert_ne!(limit("Max address space"), ["unlimited", "unlimited"]);
}

#[tokio::test]
async fn a_program_that_is_no_child_is_named_at_the_start() {
    let refused = Executor::spawn(ExecutorConfig::new("/nowhere/child", [])).await;
    assert!(matches!(refused, Err(ExecutorError::Start { .. })));
    let refused = Executor::spawn(ExecutorConfig::new("/bin/false", [])).await;
    assert!(matches!(refused, Err(ExecutorError::Start { .. })));
    let silent = ExecutorConfig {
        start_timeout: Duration::from_millis(50),
        ..ExecutorConfig::new("/bin/sh", ["-c".to_owned(), "read line".to_owned()])
    };
    let refused = Executor::spawn(silent).await.unwrap_err();
    assert!(refused.to_string().contains("longer"), "{refused}");
}

#[tokio::test]
async fn a_child_that_answers_with_garbage_is_ended() {
    let frames = [
        "printf 'garbage and more garbage'",
        r#"printf '\002\000\000\000\000\000\000\000{}'"#,
        r#"printf '\010\000\000\000\000\000\000\000"Loaded"'"#,
        r#"printf '\010\000\000\000\003\000\000\000"Output"abc'"#,
        r#"printf '\010\000\000\000\004\000\000\000"Output"abcd'"#,
    ];
    for frame in frames {
        let executor = Executor::spawn(impostor(frame)).await.unwrap();
        let refused = Stored::small(1.0, "Abs").run(&executor).await.unwrap_err();
        assert!(
            matches!(refused, ExecutorError::Protocol { .. }),
            "{frame}: {refused}"
        );
        assert_eq!(executor.quarantined().len(), 1);
    }
}

/// Feeds `input` to a bare child; gives its exit code and what it wrote to standard output and to standard error.
fn feed(input: &[u8]) -> (Option<i32>, Vec<u8>, String) {
    let mut child = Command::new(CHILD)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The child may leave before it has read all.
    let _ = child.stdin.take().unwrap().write_all(input);
    let (mut output, mut errors) = (Vec::new(), String::new());
    child.stdout.take().unwrap().read_to_end(&mut output).unwrap();
    child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
    (child.wait().unwrap().code(), output, errors)
}

#[test]
fn a_child_that_is_fed_garbage_says_so_and_leaves() {
    let run = br#"{"Run":{"model":[],"schema":{"input":1,"output":1},"rows":1}}"#;
    let lengths = |header: u32, payload: u32| [header.to_le_bytes(), payload.to_le_bytes()].concat();
    let cases = [
        b"garbage and more garbage".to_vec(),
        vec![0xff; 64],
        lengths(8, 1 << 30),
        [lengths(run.len() as u32, 0), run.to_vec()].concat(),
        lengths(100, 0),
    ];
    for input in cases {
        let (code, output, errors) = feed(&input);
        assert_eq!(code, Some(3), "{errors}");
        assert!(output.is_empty());
        assert!(errors.starts_with("executor child:"), "{errors}");
    }
}

#[test]
fn a_child_whose_parent_left_ends_quietly() {
    let (code, output, errors) = feed(&[]);
    assert_eq!((code, output.as_slice(), errors.as_str()), (Some(0), &[][..], ""));
}
