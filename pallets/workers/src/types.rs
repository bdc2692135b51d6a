// SPDX-License-Identifier: Apache-2.0
//! What is stored of a worker.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
    pallet_prelude::ConstU32, BoundedVec, CloneNoBound, DebugNoBound, EqNoBound, PartialEqNoBound,
};
use openledger_primitives::{money::Balance, ModelId, Tick};
use scale_info::TypeInfo;
use sp_runtime::traits::Get;

/// Longest name of an engine version, bytes.
pub const MAX_ENGINE_VERSION_BYTES: u32 = 32;

/// The kernels that a worker's engine picks. Two workers of one class give the same bits.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum KernelClass {
    /// Portable kernels: the reference class of arbitration.
    #[codec(index = 0)]
    Generic,
    /// x86 with AVX2 and FMA.
    #[codec(index = 1)]
    Avx2,
    /// x86 with AVX-512.
    #[codec(index = 2)]
    Avx512,
    /// An NVIDIA GPU.
    #[codec(index = 3)]
    Cuda,
    /// Anything else.
    #[codec(index = 4)]
    Other,
}

/// What a worker says it runs on. A claim for clients to choose models by; nothing is paid for it.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Capabilities {
    /// Its kernels.
    pub kernel_class: KernelClass,
    /// Memory that a model may use, MiB.
    pub memory_mib: u32,
    /// The engine's version, UTF-8.
    pub engine_version: BoundedVec<u8, ConstU32<MAX_ENGINE_VERSION_BYTES>>,
}

/// Whether a worker can be drawn.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum Standing {
    /// It can.
    #[codec(index = 0)]
    Active,
    /// Not until it resumes.
    #[codec(index = 1)]
    Chilled,
    /// It is leaving.
    #[codec(index = 2)]
    Unbonding {
        /// The tick from which the bond can be withdrawn.
        until: Tick,
    },
}

/// Why a worker was chilled.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum ChillReason {
    /// It asked for it.
    #[codec(index = 0)]
    OwnWish,
    /// It missed `MaxMissed` requests in a row.
    #[codec(index = 1)]
    Missed,
}

/// A worker from `register` to `withdraw_unbonded`.
#[derive(
    CloneNoBound, PartialEqNoBound, EqNoBound, DebugNoBound, Encode, Decode, MaxEncodedLen, TypeInfo,
)]
#[scale_info(skip_type_params(MaxHosted))]
#[codec(mel_bound())]
pub struct Registration<MaxHosted: Get<u32>> {
    /// Counted up at each registration of the account, from 1.
    pub epoch: u32,
    /// What it says it runs on.
    pub capabilities: Capabilities,
    /// Held under `HoldReason::Bond`, planck.
    pub bond: Balance,
    /// Whether it can be drawn.
    pub standing: Standing,
    /// When it was last heard of.
    pub heard_at: Tick,
    /// Requests missed since the last one that it served.
    pub missed: u32,
    /// Open requests that it is drawn for.
    pub assignments: u32,
    /// The models it offers, ascending.
    pub hosted: BoundedVec<ModelId, MaxHosted>,
}
