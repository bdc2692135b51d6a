// SPDX-License-Identifier: Apache-2.0
//! Who is to blame when a child dies: a model that crashes it, not somebody who kills it once.

mod common;

use std::sync::Arc;

use common::{config, executor, impostor, signal, Stored};
use nix::sys::signal::Signal;
use openledger_executor::{Executor, ExecutorConfig, ExecutorError};

/// Stops the child, gives it a job of `model`, and kills the child once it is busy with it.
async fn kill_during_a_job(executor: &Arc<Executor>, model: Stored) -> Result<Vec<f32>, ExecutorError> {
    let id = model.id;
    let mut busy = executor.busy();
    signal(executor, Signal::SIGSTOP);
    let running = tokio::spawn({
        let executor = executor.clone();
        async move { model.run(&executor).await }
    });
    busy.wait_for(|model| *model == Some(id)).await.unwrap();
    signal(executor, Signal::SIGKILL);
    running.await.unwrap()
}

/// An executor whose children end in this way as soon as they were spoken to.
async fn executor_of_children_that(end: &str) -> Executor {
    let script = format!("head -c 8 >/dev/null; {end}");
    Executor::spawn(impostor(&script)).await.unwrap()
}

#[tokio::test]
async fn a_job_whose_child_is_killed_once_from_outside_is_run_again_and_nobody_is_blamed() {
    let executor = Arc::new(executor().await);
    // first of a model that the child has to be given, then of one that it has
    for starts in [2, 3] {
        let output = kill_during_a_job(&executor, Stored::small(1.0, "Abs")).await;
        assert_eq!(output.unwrap(), [0.5, 1.0]);
        assert_eq!(executor.starts(), starts);
        assert!(executor.quarantined().is_empty());
    }
}

#[tokio::test]
async fn a_kill_that_no_retry_forgives_is_reported_and_the_next_job_gets_a_new_child() {
    let config = ExecutorConfig {
        retries_after_kill: 0,
        ..config()
    };
    let executor = Arc::new(Executor::spawn(config).await.unwrap());
    let died = kill_during_a_job(&executor, Stored::small(1.0, "Abs"))
        .await
        .unwrap_err();
    assert!(
        matches!(&died, ExecutorError::ChildDied { status, .. } if status.contains("signal: 9")),
        "{died}"
    );

    let other = Stored::small(2.0, "Abs");
    assert_eq!(other.run(&executor).await.unwrap(), [1.0, 2.0]);
    assert_eq!(executor.starts(), 2);
    let refused = Stored::small(1.0, "Abs").run(&executor).await.unwrap_err();
    assert!(matches!(refused, ExecutorError::Quarantined { .. }), "{refused}");
}

#[tokio::test]
async fn a_model_whose_child_is_killed_again_at_the_retry_is_quarantined() {
    let executor = executor_of_children_that("kill -KILL $$").await;
    let died = Stored::small(1.0, "Abs").run(&executor).await.unwrap_err();
    assert!(
        matches!(&died, ExecutorError::ChildDied { status, .. } if status.contains("signal: 9")),
        "{died}"
    );
    assert_eq!(executor.quarantined().len(), 1);
}

#[tokio::test]
async fn a_child_that_crashes_by_itself_is_not_given_the_model_twice() {
    let crashes = [
        ("kill -ABRT $$", "signal: 6"),
        ("kill -SEGV $$", "signal: 11"),
        ("exit 101", "status: 101"),
    ];
    for (crash, words) in crashes {
        let executor = executor_of_children_that(crash).await;
        let died = Stored::small(1.0, "Abs").run(&executor).await.unwrap_err();
        assert!(
            matches!(&died, ExecutorError::ChildDied { status, .. } if status.contains(words)),
            "{died}"
        );
        assert_eq!(executor.quarantined().len(), 1);
    }
}
