// SPDX-License-Identifier: Apache-2.0
//! Calldata that is decoded after its weight was charged.
//!
//! `pallet-revive` decodes a call before it asks the precompile, for free, and answers what it cannot decode with a
//! panic code that says nothing. [`Calldata`] takes every input as it is, so that the precompile itself charges,
//! decodes and says what is wrong.

use crate::refusal::Refusal;
use alloc::vec::Vec;
use core::marker::PhantomData;
use pallet_revive::precompiles::alloy::sol_types::{abi::AbiDecoderConfig, Result, SolInterface};

/// A call of the interface `I` that was not decoded yet.
pub struct Calldata<I> {
    bytes: Vec<u8>,
    interface: PhantomData<I>,
}

impl<I: SolInterface> Calldata<I> {
    fn new(bytes: Vec<u8>) -> Self {
        Calldata {
            bytes,
            interface: PhantomData,
        }
    }

    /// The length, bytes.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether there is nothing at all.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The call. Every value is checked to be one of its type.
    pub fn decode(&self) -> core::result::Result<I, Refusal> {
        let known = self
            .bytes
            .first_chunk()
            .is_some_and(|selector| I::valid_selector(*selector));
        if !known {
            return Err(Refusal::UnknownFunction);
        }
        I::abi_decode_validate(&self.bytes).map_err(|_| Refusal::MalformedInput)
    }
}

impl<I: SolInterface> SolInterface for Calldata<I> {
    const NAME: &'static str = I::NAME;
    const MIN_DATA_LENGTH: usize = 0;
    const COUNT: usize = I::COUNT;

    fn selector(&self) -> [u8; 4] {
        self.bytes.first_chunk().copied().unwrap_or_default()
    }

    fn selector_at(i: usize) -> Option<[u8; 4]> {
        I::selector_at(i)
    }

    fn valid_selector(_: [u8; 4]) -> bool {
        true
    }

    fn abi_decode_raw(selector: [u8; 4], data: &[u8]) -> Result<Self> {
        Ok(Calldata::new([selector.as_slice(), data].concat()))
    }

    fn abi_decode_raw_with_config(selector: [u8; 4], data: &[u8], _: AbiDecoderConfig) -> Result<Self> {
        Self::abi_decode_raw(selector, data)
    }

    fn abi_encoded_size(&self) -> usize {
        self.bytes.len().saturating_sub(4)
    }

    fn abi_encode_raw(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.bytes.get(4..).unwrap_or_default());
    }

    fn abi_decode(data: &[u8]) -> Result<Self> {
        Ok(Calldata::new(data.to_vec()))
    }

    fn abi_decode_with_config(data: &[u8], _: AbiDecoderConfig) -> Result<Self> {
        Self::abi_decode(data)
    }

    fn abi_decode_validate(data: &[u8]) -> Result<Self> {
        Self::abi_decode(data)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interfaces::IDatanets::{acceptCall, createCall, IDatanetsCalls};
    use pallet_revive::precompiles::alloy::sol_types::SolCall;

    fn decode(bytes: &[u8]) -> core::result::Result<IDatanetsCalls, Refusal> {
        Calldata::<IDatanetsCalls>::abi_decode_validate(bytes)
            .expect("every input is taken")
            .decode()
    }

    fn refusal(bytes: &[u8]) -> Refusal {
        decode(bytes).expect_err("it is refused")
    }

    #[test]
    fn a_call_is_what_was_encoded() {
        let call = acceptCall {
            datanet: 3,
            contribution: 4,
        };
        let Ok(IDatanetsCalls::accept(decoded)) = decode(&call.abi_encode()) else {
            panic!("it is a call of accept");
        };
        assert_eq!(decoded, call);
    }

    #[test]
    fn what_has_no_known_selector_is_an_unknown_function() {
        assert_eq!(refusal(&[]), Refusal::UnknownFunction);
        assert_eq!(refusal(&acceptCall::SELECTOR[..3]), Refusal::UnknownFunction);
        assert_eq!(refusal(&[0xff; 68]), Refusal::UnknownFunction);
    }

    #[test]
    fn every_truncation_of_a_call_is_malformed() {
        let call = acceptCall {
            datanet: 3,
            contribution: 4,
        }
        .abi_encode();
        for length in 4..call.len() {
            assert_eq!(refusal(&call[..length]), Refusal::MalformedInput, "{length}");
        }
    }

    #[test]
    fn a_value_outside_its_type_is_malformed() {
        let mut call = acceptCall {
            datanet: 3,
            contribution: 4,
        }
        .abi_encode();
        // the highest byte of a uint64's word
        call[4] = 1;
        assert_eq!(refusal(&call), Refusal::MalformedInput);
    }

    #[test]
    fn a_list_that_claims_more_than_there_is_takes_no_memory() {
        // six words of arguments, the last of which points to a list of 2^64 - 1 accounts
        let mut call = createCall::SELECTOR.to_vec();
        for word in [0xc0u64, 0, 0xc0, 0, 0, 0xc0, u64::MAX] {
            call.extend([0; 24]);
            call.extend(word.to_be_bytes());
        }
        assert_eq!(refusal(&call), Refusal::MalformedInput);
    }
}
