// SPDX-License-Identifier: Apache-2.0
//! Why a call is refused, by a name that contracts can compare.
//!
//! `pallet-revive` gives precompiles one form of error data, Solidity's own `Error(string)`. The string is the name.

use crate::Config;
use alloc::{format, string::String};
use frame_support::traits::PalletsInfoAccess;
use pallet_revive::precompiles::Error;
use sp_runtime::{DispatchError, ModuleError};

/// What a precompile itself refuses, before its pallet is asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// The interface has no function with this selector.
    UnknownFunction,
    /// The arguments are too short, or one of them is not a value of its type.
    MalformedInput,
    /// The call carried value.
    NotPayable,
    /// A function that changes state, in a static call.
    StaticCall,
    /// A function that changes state, in a delegate call.
    DelegateCall,
    /// An amount that does not fit in 128 bits.
    AmountTooLarge,
    /// More than a million parts per million.
    ShareAboveOne,
    /// A text or list that is longer than the call can carry.
    TooLong,
    /// A value that its function excludes.
    InvalidArgument,
    /// The caller is not an account.
    CallerNotSigned,
    /// A contract would own a model with attribution. Its owner has to answer disputes by native calls, which no contract
    /// can make.
    OwnerIsContract,
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        named(format!("Precompile.{refusal:?}"))
    }
}

fn named(name: String) -> Error {
    Error::Revert(name.into())
}

/// The name of a pallet's error: the pallet's name in the runtime and the error's, with a dot between.
pub fn reason<T: Config>(error: impl Into<DispatchError>) -> Error {
    named(match error.into() {
        DispatchError::Module(error) => module_error::<T>(error),
        DispatchError::Token(error) => format!("Token.{error:?}"),
        DispatchError::Arithmetic(error) => format!("Arithmetic.{error:?}"),
        DispatchError::BadOrigin => "Precompile.BadOrigin".into(),
        _ => "Precompile.Unavailable".into(),
    })
}

fn module_error<T: Config>(error: ModuleError) -> String {
    let pallets = T::AllPallets::infos();
    let pallet = pallets
        .iter()
        .find(|pallet| pallet.index == usize::from(error.index))
        .map_or("Pallet", |pallet| pallet.name);
    match error.message {
        Some(name) => format!("{pallet}.{name}"),
        None => format!("{pallet}.Error{}", error.error.first().unwrap_or(&0)),
    }
}
