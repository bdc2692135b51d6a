// SPDX-License-Identifier: Apache-2.0
//! Collects what contracts write into the log while they run.
//!
//! `pallet-revive` tells tracers of every log when it is written. A log of a frame that fails afterwards is undone with
//! the frame, so this keeps, for each open frame, how many logs there were when it began.

use crate::types::Log;
use alloc::vec::Vec;
use frame_support::weights::Weight;
use pallet_revive::{tracing::Tracing, ExecReturnValue};
use sp_core::{H160, H256, U256};
use sp_runtime::DispatchError;

/// The logs of one execution, in order.
#[derive(Default)]
pub(crate) struct Logs {
    pub written: Vec<Log>,
    /// Logs before each open frame.
    before: Vec<usize>,
}

impl Logs {
    fn end_frame(&mut self, keep: bool) {
        let before = self.before.pop().unwrap_or_default();
        if !keep {
            self.written.truncate(before);
        }
    }
}

impl Tracing for Logs {
    fn enter_child_span(&mut self, _: H160, _: H160, _: Option<H160>, _: bool, _: U256, _: &[u8], _: u64) {
        self.before.push(self.written.len());
    }

    fn log_event(&mut self, address: H160, topics: &[H256], data: &[u8], _: u32) {
        self.written.push(Log {
            address,
            topics: topics.to_vec(),
            data: data.to_vec(),
        });
    }

    fn exit_child_span(&mut self, output: &ExecReturnValue, _: u64, _: Weight) {
        self.end_frame(!output.did_revert());
    }

    fn exit_child_span_with_error(&mut self, _: DispatchError, _: u64, _: Weight) {
        self.end_frame(false);
    }
}
