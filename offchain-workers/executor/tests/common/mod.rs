// SPDX-License-Identifier: Apache-2.0
//! Small models, and children that are real, stopped, killed or false.

use nix::{
    sys::signal::{kill, Signal},
    unistd::Pid,
};
use openledger_engine::{graph::GraphBuilder, Engine};
use openledger_executor::{BoxError, Executor, ExecutorConfig, ExecutorError, Job, Limits, ModelId, Schema};

pub const CHILD: &str = env!("CARGO_BIN_EXE_openledger-executor");
pub const SCHEMA: Schema = Schema { input: 2, output: 2 };
const ROW: [f32; 2] = [0.5, -1.0];

pub fn config() -> ExecutorConfig {
    ExecutorConfig::new(CHILD, [])
}

pub async fn executor() -> Executor {
    Executor::spawn(config()).await.unwrap()
}

/// A model and its content id.
pub struct Stored {
    pub id: ModelId,
    pub bytes: Vec<u8>,
}

impl Stored {
    pub fn new(bytes: Vec<u8>, schema: Schema) -> Self {
        let limits = Limits {
            max_model_bytes: u64::MAX,
            max_tensor_bytes: u64::MAX,
            ..Limits::default()
        };
        let id = Engine::default().load(&bytes, &schema, &limits).unwrap().id();
        Self { id, bytes }
    }

    /// `operator(factor * x)` on rows of 2.
    pub fn small(factor: f32, operator: &str) -> Self {
        let graph = GraphBuilder::new("x", 2).weight("factor", &[1], &[factor]);
        let graph = graph
            .node("Mul", &["x", "factor"], "scaled")
            .node(operator, &["scaled"], "y");
        Self::new(graph.finish("y", 2), SCHEMA)
    }

    pub fn job(&self) -> Job<'static> {
        Job {
            model: self.id,
            schema: SCHEMA,
            input: &ROW,
            rows: 1,
        }
    }

    pub async fn run(&self, executor: &Executor) -> Result<Vec<f32>, ExecutorError> {
        executor
            .run(self.job(), || async { Ok::<_, BoxError>(self.bytes.clone()) })
            .await
    }
}

pub fn signal(executor: &Executor, signal: Signal) {
    let pid = i32::try_from(executor.child_pid().expect("a child runs")).unwrap();
    kill(Pid::from_raw(pid), signal).unwrap();
}

/// A shell that greets like a child and then does `rest`.
pub fn impostor(rest: &str) -> ExecutorConfig {
    let greeting = r#"{"Ready":{"instruction_set":"none"}}"#;
    let script = format!(
        "printf '\\{:03o}\\000\\000\\000\\000\\000\\000\\000%s' '{greeting}'; {rest}; cat >/dev/null",
        greeting.len()
    );
    ExecutorConfig::new("/bin/sh", ["-c".to_owned(), script])
}
