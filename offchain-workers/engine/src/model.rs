// SPDX-License-Identifier: Apache-2.0
//! A loaded model and its runs.

use std::{
    any::Any,
    panic::{catch_unwind, AssertUnwindSafe},
    sync::Arc,
};

use blake2::{digest::consts::U32, Blake2b, Digest};
use tract_onnx::{
    prelude::*,
    tract_core::{internal::TypedFact as Fact, tract_linalg},
};

use crate::{check::check, error::excerpt, EngineError, Limits, Plans, Schema};

/// BLAKE2b-256 of a model's bytes.
pub type ModelId = [u8; 32];

/// The instruction sets that tract may use in this process, for example `x86_64,avx,avx2,fma`. The environment variable
/// `TRACT_CPU_ISA` narrows them when the process starts.
pub fn instruction_set() -> String {
    format!("{:?}", tract_linalg::isa::native())
}

/// Loads models; holds the plans that they share.
#[derive(Clone, Debug)]
pub struct Engine {
    plans: Arc<Plans>,
}

impl Default for Engine {
    fn default() -> Self {
        Self::new(8)
    }
}

impl Engine {
    /// An engine that keeps at most `plans` optimised plans (one for each model and number of rows).
    pub fn new(plans: usize) -> Self {
        Self {
            plans: Arc::new(Plans::new(plans)),
        }
    }

    /// The plans kept now.
    pub fn plans(&self) -> &Plans {
        &self.plans
    }

    /// Checks `bytes`, hands them to tract and plans one row (or the number of rows that the model fixes), so that what
    /// cannot run is refused here. O(bytes) plus planning.
    ///
    /// # Errors
    /// Every variant of [`EngineError`] but `NonFinite` and `TooManyRows`.
    pub fn load(&self, bytes: &[u8], schema: &Schema, limits: &Limits) -> Result<Model, EngineError> {
        let checked = check(bytes, schema, limits)?;
        let graph = guarded("parsing", || {
            // Facts about values inside the graph name the batch symbolically; the batch is made concrete below.
            tract_onnx::onnx()
                .with_ignore_value_info(true)
                .model_for_proto_model(&checked.proto)
        })?;
        let model = Model {
            id: Blake2b::<U32>::digest(bytes).into(),
            schema: *schema,
            fixed_rows: checked.fixed_rows,
            max_rows: limits.max_rows,
            max_tensor_bytes: limits.max_tensor_bytes,
            graph,
            plans: self.plans.clone(),
        };
        model.plan(model.fixed_rows.unwrap_or(1))?;
        tracing::debug!(target: "engine", nodes = model.graph.nodes().len(), "model loaded");
        Ok(model)
    }
}

/// A checked model, ready to run.
#[derive(Debug)]
pub struct Model {
    id: ModelId,
    schema: Schema,
    fixed_rows: Option<usize>,
    max_rows: usize,
    max_tensor_bytes: u64,
    graph: InferenceModel,
    plans: Arc<Plans>,
}

impl Model {
    /// BLAKE2b-256 of the bytes it was loaded from.
    pub fn id(&self) -> ModelId {
        self.id
    }

    /// Its interface.
    pub fn schema(&self) -> Schema {
        self.schema
    }

    /// Runs `rows` rows at once: `batch` is `f32 [rows, input]` row by row, the result is `f32 [rows, output]`.
    ///
    /// The first run with a new number of rows plans it. The last bits of a row depend on `rows` (see the crate's
    /// documentation): results that are compared are computed with one row.
    ///
    /// # Errors
    /// [`EngineError::ShapeMismatch`] when `batch` does not hold `rows` rows or the model fixes another number,
    /// [`EngineError::TooManyRows`], [`EngineError::NonFinite`] for NaN or infinity in `batch` or in the result,
    /// [`EngineError::TensorTooLarge`], [`EngineError::Plan`] and [`EngineError::Panicked`].
    pub fn run(&self, batch: &[f32], rows: usize) -> Result<Vec<f32>, EngineError> {
        self.check_batch(batch, rows)?;
        let plan = self.plan(rows)?;
        let result = guarded("running", || {
            let input = Tensor::from_shape(&[rows, self.schema.input], batch)?;
            let outputs = plan.run(tvec!(input.into()))?;
            let output = &outputs[0];
            Ok((
                output.shape().to_vec(),
                output.try_as_plain_ram()?.as_slice::<f32>()?.to_vec(),
            ))
        });
        let (shape, values) = result?;
        self.check_output_shape(rows, &shape)?;
        check_finite("output", &values)?;
        Ok(values)
    }

    fn check_batch(&self, batch: &[f32], rows: usize) -> Result<(), EngineError> {
        if rows > self.max_rows {
            return Err(EngineError::TooManyRows {
                rows: rows as u64,
                limit: self.max_rows as u64,
            });
        }
        if let Some(fixed) = self.fixed_rows.filter(|fixed| *fixed != rows) {
            return Err(mismatch("rows of the batch", fixed, rows));
        }
        let expected = rows.checked_mul(self.schema.input);
        if rows == 0 || expected != Some(batch.len()) {
            let expected = format!(
                "{} numbers a row in at least one row, {rows} given",
                self.schema.input
            );
            return Err(mismatch("length of the batch", expected, batch.len()));
        }
        check_finite("input", batch)
    }

    fn plan(&self, rows: usize) -> Result<Arc<TypedRunnableModel>, EngineError> {
        self.plans.get_or_make((self.id, rows), || self.make_plan(rows))
    }

    fn make_plan(&self, rows: usize) -> Result<Arc<TypedRunnableModel>, EngineError> {
        let typed = guarded("planning", || {
            let mut graph = self.graph.clone();
            graph.set_input_fact(0, f32::fact([rows, self.schema.input]).into())?;
            graph.into_typed()
        })?;
        self.check_computed_sizes(&typed)?;
        let optimized = guarded("planning", || typed.into_optimized())?;
        self.check_computed_sizes(&optimized)?;
        let output = guarded("planning", || optimized.output_fact(0).cloned())?;
        let shape = output.shape.as_concrete().ok_or_else(|| {
            mismatch(
                "output",
                format!("[{rows}, {}]", self.schema.output),
                format!("{:?}", output.shape),
            )
        })?;
        self.check_output_shape(rows, shape)?;
        if output.datum_type != f32::datum_type() {
            return Err(mismatch(
                "element type of the output",
                "f32",
                format!("{:?}", output.datum_type),
            ));
        }
        guarded("planning", || optimized.into_runnable())
    }

    fn check_output_shape(&self, rows: usize, shape: &[usize]) -> Result<(), EngineError> {
        if *shape != [rows, self.schema.output] {
            return Err(mismatch(
                "output",
                format!("[{rows}, {}]", self.schema.output),
                format!("{shape:?}"),
            ));
        }
        Ok(())
    }

    /// Every value whose shape is known is under the cap, before any of them is allocated by a run.
    fn check_computed_sizes(&self, model: &TypedModel) -> Result<(), EngineError> {
        for node in model.nodes() {
            for output in &node.outputs {
                let bytes = computed_bytes(&output.fact);
                if bytes > self.max_tensor_bytes {
                    return Err(EngineError::TensorTooLarge {
                        tensor: excerpt(&node.name),
                        bytes,
                        limit: self.max_tensor_bytes,
                    });
                }
            }
        }
        Ok(())
    }
}

/// Size of a value in bytes, 0 while its shape is not known.
fn computed_bytes(fact: &Fact) -> u64 {
    let width = fact.datum_type.size_of() as u64;
    fact.shape.as_concrete().map_or(0, |shape| {
        shape.iter().fold(width, |bytes, dim| {
            if *dim == 0 {
                0
            } else {
                bytes.saturating_mul(*dim as u64)
            }
        })
    })
}

fn mismatch(what: &str, expected: impl ToString, found: impl ToString) -> EngineError {
    EngineError::ShapeMismatch {
        what: what.to_owned(),
        expected: expected.to_string(),
        found: excerpt(&found.to_string()),
    }
}

fn check_finite(place: &str, values: &[f32]) -> Result<(), EngineError> {
    // Zero times a finite number is zero, and times any other NaN, which stays in a sum. Sums side by side and without
    // an early exit become vector instructions: this is a fifth of a small model's run otherwise.
    let mut sums = [0.0f32; 16];
    let chunks = values.chunks_exact(sums.len());
    let rest = chunks.remainder();
    for chunk in chunks {
        for (sum, value) in sums.iter_mut().zip(chunk) {
            *sum += value * 0.0;
        }
    }
    if sums.iter().chain(rest).all(|value| value.is_finite()) {
        return Ok(());
    }
    let index = values.iter().take_while(|value| value.is_finite()).count();
    Err(EngineError::NonFinite {
        place: place.to_owned(),
        index: index as u64,
    })
}

/// Runs a step of tract: its errors and its panics become ours. Nothing shared is left half changed by a panic, because
/// each step works on values of its own.
fn guarded<T>(stage: &str, step: impl FnOnce() -> TractResult<T>) -> Result<T, EngineError> {
    match catch_unwind(AssertUnwindSafe(step)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(EngineError::Plan {
            stage: stage.to_owned(),
            reason: excerpt(&format!("{error:#}")),
        }),
        Err(panic) => Err(EngineError::Panicked {
            stage: stage.to_owned(),
            reason: excerpt(panic_message(&*panic)),
        }),
    }
}

fn panic_message(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_of_the_library_becomes_an_error_with_its_message() {
        let panicked = |reason: &str| EngineError::Panicked {
            stage: "running".into(),
            reason: reason.into(),
        };
        let plain = guarded("running", || -> TractResult<()> { panic!("index out of range") });
        assert_eq!(plain.unwrap_err(), panicked("index out of range"));
        let formatted = guarded("running", || -> TractResult<()> {
            panic!("index {} out of range", 3)
        });
        assert_eq!(formatted.unwrap_err(), panicked("index 3 out of range"));
        let odd = guarded("running", || -> TractResult<()> { std::panic::panic_any(3) });
        assert_eq!(odd.unwrap_err(), panicked("no message"));
    }

    #[test]
    fn the_first_number_that_is_not_finite_is_found_wherever_it_stands() {
        let mut values = vec![1.0f32; 37];
        values[3] = f32::MAX;
        values[5] = f32::MIN_POSITIVE / 2.0;
        assert_eq!(check_finite("input", &values), Ok(()));
        for odd in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            for at in 0..values.len() {
                let mut bad = values.clone();
                bad[at] = odd;
                bad[36] = f32::NAN;
                let error = EngineError::NonFinite {
                    place: "input".into(),
                    index: at as u64,
                };
                assert_eq!(check_finite("input", &bad), Err(error));
            }
        }
    }

    #[test]
    fn an_error_of_the_library_keeps_its_stage_and_its_cause() {
        let step = || -> TractResult<()> { Err(std::io::Error::other("cause").into()) };
        let failed = guarded("planning", step).unwrap_err();
        assert_eq!(
            failed,
            EngineError::Plan {
                stage: "planning".into(),
                reason: "cause".into()
            }
        );
    }
}
