// SPDX-License-Identifier: Apache-2.0
//! What the contract is called with: `IInferenceCallback.onInferenceResult`.

// The macro writes the code.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    missing_docs
)]

use crate::types::Outcome;
use alloc::vec::Vec;
use frame_support::traits::Get;
use openledger_primitives::RequestId;
use pallet_revive::precompiles::alloy::{
    self,
    primitives::{Bytes, B256},
    sol_types::SolCall,
};

alloy::sol! {
    function onInferenceResult(uint64 requestId, bool settled, bytes output, bytes32 reportId) external;
}

/// The calldata for an outcome.
pub fn encode<S: Get<u32>>(request: RequestId, outcome: &Outcome<S>) -> Vec<u8> {
    let (settled, output, report) = match outcome {
        Outcome::Answered { output, report } => (true, output.to_vec(), report.0),
        Outcome::Refunded => (false, Vec::new(), [0; 32]),
    };
    onInferenceResultCall {
        requestId: request,
        settled,
        output: Bytes::from(output),
        reportId: B256::from(report),
    }
    .abi_encode()
}

/// The selector of the function that is called.
pub fn result_selector() -> [u8; 4] {
    onInferenceResultCall::SELECTOR
}
