// SPDX-License-Identifier: Apache-2.0
//! `IInference`: `pallet-inference` for Solidity.

use crate::{
    calldata::Calldata,
    execution::{actor, charge_reads, dispatch, log, open},
    interfaces::IInference::{self, IInferenceCalls as Calls},
    place::Place,
    refusal::{reason, Refusal},
    values::{address, amount, bounded, hash, planck, word, AccountIdOf},
    Config,
};
use alloc::vec::Vec;
use core::marker::PhantomData;
use frame_support::{traits::ConstU32, BoundedVec};
use openledger_primitives::{
    money::Balance,
    report::{Evidence, ReportEntry},
    traits::{Models, MAX_ROYALTIES},
};
use pallet_callbacks::{CallbackOf, Pallet as Callbacks, WeightInfo as _};
use pallet_inference::{
    Call, Error as PalletError, Input, RefundReason, RequestOf, SeatOf, Stage, Verification, MAX_COMMITTEE,
    MAX_OUTPUT_BYTES,
};
use pallet_model_registry::ModelOf;
use pallet_revive::precompiles::{
    alloy::{
        primitives::{Address, U256},
        sol_types::SolCall,
    },
    AddressMatcher, Error, Ext, Precompile, H160,
};
use sp_runtime::ArithmeticError;

/// The precompile at [`Place::Inference`].
pub struct InferencePrecompile<T>(PhantomData<T>);

impl<T: Config> Precompile for InferencePrecompile<T> {
    type T = T;
    type Interface = Calldata<Calls>;
    const MATCHER: AddressMatcher = Place::Inference.matcher();
    const HAS_CONTRACT_INFO: bool = false;

    fn call(
        _: &[u8; 20],
        input: &Self::Interface,
        env: &mut impl Ext<T = Self::T>,
    ) -> Result<Vec<u8>, Error> {
        match open(input, env)? {
            Calls::request(call) => Self::request(call, env),
            Calls::requestStored(call) => Self::request_stored(call, env),
            Calls::requestWithCallback(call) => Self::request_with_callback(call, env),
            Calls::cancel(call) => Self::cancel(call, env),
            Calls::commit(call) => Self::commit(call, env),
            Calls::reveal(call) => Self::reveal(call, env),
            Calls::poke(call) => Self::poke(call, env),
            Calls::requestCount(_) => Self::request_count(env),
            Calls::getRequest(call) => Self::get_request(call, env),
            Calls::getAnswer(call) => Self::get_answer(call, env),
            Calls::getCommittee(call) => Self::get_committee(call, env),
            Calls::quote(call) => Self::quote(call, env),
            Calls::quoteCallback(call) => Self::quote_callback(call, env),
            Calls::callbackOf(call) => Self::callback_of(call, env),
            Calls::openRequests(call) => Self::open_requests(call, env),
            Calls::currentTick(_) => Self::current_tick(env),
        }
    }
}

type Output = Result<Vec<u8>, Error>;

impl<T: Config> InferencePrecompile<T> {
    fn request(call: IInference::requestCall, env: &mut impl Ext<T = T>) -> Output {
        let input = Input::Inline(bounded(call.input.to_vec())?);
        let verification = verification(call.committee, call.threshold);
        let id = Self::ask(env, call.model, input, call.maxFee, verification)?;
        Ok(IInference::requestCall::abi_encode_returns(&id))
    }

    fn request_stored(call: IInference::requestStoredCall, env: &mut impl Ext<T = T>) -> Output {
        let input = Input::Stored(hash(call.inputHash));
        let verification = verification(call.committee, call.threshold);
        let id = Self::ask(env, call.model, input, call.maxFee, verification)?;
        Ok(IInference::requestStoredCall::abi_encode_returns(&id))
    }

    fn request_with_callback(call: IInference::requestWithCallbackCall, env: &mut impl Ext<T = T>) -> Output {
        let input = Input::Inline(bounded(call.input.to_vec())?);
        let verification = verification(call.committee, call.threshold);
        let deposit_limit = amount(call.depositLimit)?;
        let request = Self::ask(env, call.model, input, call.maxFee, verification)?;
        let who = actor(env)?;
        let contract = address::<T>(&who);
        env.charge(<T as pallet_callbacks::Config>::WeightInfo::register())?;
        // What was asked is undone with everything else if this is refused.
        let held =
            Callbacks::<T>::register(request, H160(contract.into_array()), call.gasLimit, deposit_limit)
                .map_err(reason::<T>)?;
        log(
            env,
            IInference::CallbackRequested {
                request,
                consumer: contract,
                gasLimit: call.gasLimit,
                depositLimit: planck(deposit_limit),
                held: planck(held),
            },
        )?;
        Ok(IInference::requestWithCallbackCall::abi_encode_returns(&request))
    }

    /// Makes the request and returns its id.
    fn ask(
        env: &mut impl Ext<T = T>,
        model: u64,
        input: Input,
        max_fee: U256,
        verification: Verification,
    ) -> Result<u64, Error> {
        let who = actor(env)?;
        let max_fee = amount(max_fee)?;
        charge_reads::<T, u64>(env, 1)?;
        let request = pallet_inference::NextRequest::<T>::get();
        dispatch(
            env,
            &who,
            Call::<T>::request {
                model,
                input,
                max_fee,
                verification,
            },
        )?;
        let record = Self::record(env, request)?;
        log(
            env,
            IInference::Requested {
                request,
                consumer: address::<T>(&who),
                model,
                fee: planck(record.fee),
                committee: verification.committee(),
                threshold: verification.threshold(),
                deadline: record.deadline,
            },
        )?;
        Ok(request)
    }

    fn cancel(call: IInference::cancelCall, env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        let fee = Self::record(env, call.id)?.fee;
        dispatch(env, &who, Call::<T>::cancel { request: call.id })?;
        log(
            env,
            IInference::Cancelled {
                request: call.id,
                fee: planck(fee),
            },
        )?;
        Ok(Vec::new())
    }

    fn commit(call: IInference::commitCall, env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        dispatch(
            env,
            &who,
            Call::<T>::commit {
                request: call.id,
                commitment: hash(call.commitment),
            },
        )?;
        log(
            env,
            IInference::Committed {
                request: call.id,
                worker: address::<T>(&who),
                commitment: call.commitment,
            },
        )?;
        Ok(Vec::new())
    }

    fn reveal(call: IInference::revealCall, env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        dispatch(
            env,
            &who,
            Call::<T>::reveal {
                request: call.id,
                output: call.output.to_vec(),
                query: call.query,
                entries: entries(&call.entries)?,
                salt: call.salt.0,
            },
        )?;
        log(
            env,
            IInference::Revealed {
                request: call.id,
                worker: address::<T>(&who),
            },
        )?;
        Ok(Vec::new())
    }

    fn poke(call: IInference::pokeCall, env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        dispatch(env, &who, Call::<T>::poke { request: call.id })?;
        log(env, IInference::Poked { request: call.id })?;
        Ok(Vec::new())
    }

    fn request_count(env: &mut impl Ext<T = T>) -> Output {
        charge_reads::<T, u64>(env, 1)?;
        let count = pallet_inference::NextRequest::<T>::get();
        Ok(IInference::requestCountCall::abi_encode_returns(&count))
    }

    fn get_request(call: IInference::getRequestCall, env: &mut impl Ext<T = T>) -> Output {
        let record = Self::record(env, call.id)?;
        let (stage, refund, representative) = shown_stage(&record.stage);
        let request = IInference::Request {
            consumer: address::<T>(&record.consumer),
            model: record.model,
            modelVersion: word(record.terms.model_version),
            fee: planck(record.fee),
            committee: record.verification.committee(),
            threshold: record.verification.threshold(),
            stage,
            refundReason: refund,
            deadline: record.deadline,
            committed: record.committed,
            revealed: record.revealed,
            representative: representative.map(address::<T>).unwrap_or_default(),
        };
        Ok(IInference::getRequestCall::abi_encode_returns(&request))
    }

    fn get_answer(call: IInference::getAnswerCall, env: &mut impl Ext<T = T>) -> Output {
        charge_reads::<T, BoundedVec<u8, ConstU32<MAX_OUTPUT_BYTES>>>(env, 1)?;
        let answer = pallet_inference::Answers::<T>::get(call.id).ok_or_else(Self::not_found)?;
        let answer = answer.into_inner().into();
        Ok(IInference::getAnswerCall::abi_encode_returns(&answer))
    }

    fn get_committee(call: IInference::getCommitteeCall, env: &mut impl Ext<T = T>) -> Output {
        // the end of the prefix is read as well
        charge_reads::<T, SeatOf<T>>(env, u32::from(MAX_COMMITTEE).saturating_add(1))?;
        let mut seats: Vec<_> = pallet_inference::Committee::<T>::iter_prefix_values(call.id).collect();
        seats.sort_unstable_by_key(|seat| seat.place);
        let workers: Vec<Address> = seats
            .iter()
            .map(|seat| address::<T>(&seat.worker.account))
            .collect();
        Ok(IInference::getCommitteeCall::abi_encode_returns(&workers))
    }

    fn quote(call: IInference::quoteCall, env: &mut impl Ext<T = T>) -> Output {
        if !verification(call.committee, 1).is_possible() {
            return Err(reason::<T>(PalletError::<T>::InvalidVerification));
        }
        charge_reads::<T, ModelOf<T>>(env, MAX_ROYALTIES.saturating_add(1))?;
        let service = <T as pallet_inference::Config>::Models::service(call.model).map_err(reason::<T>)?;
        let fee = service
            .price
            .checked_mul(Balance::from(call.committee))
            .ok_or_else(|| reason::<T>(ArithmeticError::Overflow))?;
        Ok(IInference::quoteCall::abi_encode_returns(&planck(fee)))
    }

    fn quote_callback(call: IInference::quoteCallbackCall, env: &mut impl Ext<T = T>) -> Output {
        // the multiplier of fees
        charge_reads::<T, u128>(env, 1)?;
        let held = Callbacks::<T>::quote(call.gasLimit, amount(call.depositLimit)?).map_err(reason::<T>)?;
        Ok(IInference::quoteCallbackCall::abi_encode_returns(&planck(held)))
    }

    fn callback_of(call: IInference::callbackOfCall, env: &mut impl Ext<T = T>) -> Output {
        charge_reads::<T, CallbackOf<T>>(env, 1)?;
        let callback = pallet_callbacks::Waiting::<T>::get(call.id)
            .ok_or_else(|| reason::<T>(pallet_callbacks::Error::<T>::NotFound))?;
        let shown = IInference::Callback {
            consumer: Address::from(callback.contract.0),
            gasLimit: callback.gas_limit,
            gasPrice: planck(callback.gas_price),
            depositLimit: planck(callback.deposit_limit),
            held: planck(callback.held),
            due: callback.ended.is_some(),
        };
        Ok(IInference::callbackOfCall::abi_encode_returns(&shown))
    }

    fn open_requests(call: IInference::openRequestsCall, env: &mut impl Ext<T = T>) -> Output {
        charge_reads::<T, AccountIdOf<T>>(env, 2)?;
        let consumer = env.to_account_id(&call.consumer.into_array().into());
        let open = pallet_inference::OpenRequests::<T>::get(consumer);
        Ok(IInference::openRequestsCall::abi_encode_returns(&open))
    }

    fn current_tick(env: &mut impl Ext<T = T>) -> Output {
        charge_reads::<T, u64>(env, 1)?;
        let tick = pallet_inference::CurrentTick::<T>::get();
        Ok(IInference::currentTickCall::abi_encode_returns(&tick))
    }

    fn record(env: &mut impl Ext<T = T>, request: u64) -> Result<RequestOf<T>, Error> {
        charge_reads::<T, RequestOf<T>>(env, 1)?;
        pallet_inference::Requests::<T>::get(request).ok_or_else(Self::not_found)
    }

    fn not_found() -> Error {
        reason::<T>(PalletError::<T>::NotFound)
    }
}

/// A committee of one is `Single`, so that a request means the same from both sides.
fn verification(committee: u8, threshold: u8) -> Verification {
    match (committee, threshold) {
        (1, 1) => Verification::Single,
        (k, threshold) => Verification::Quorum { k, threshold },
    }
}

fn entries(given: &[IInference::Entry]) -> Result<Vec<ReportEntry>, Refusal> {
    given
        .iter()
        .map(|entry| {
            Ok(ReportEntry {
                datanet: entry.datanet,
                contribution: entry.contribution,
                weight: entry.weight,
                score: entry.score,
                evidence: match entry.evidence {
                    IInference::Evidence::Influence => Evidence::Influence,
                    IInference::Evidence::Spans => Evidence::Spans,
                    IInference::Evidence::Retrieval => Evidence::Retrieval,
                    _ => return Err(Refusal::MalformedInput),
                },
            })
        })
        .collect()
}

fn shown_stage<A>(stage: &Stage<A>) -> (IInference::Stage, IInference::RefundReason, Option<&A>) {
    let none = IInference::RefundReason::None;
    match stage {
        Stage::Waiting => (IInference::Stage::Waiting, none, None),
        Stage::Committing => (IInference::Stage::Committing, none, None),
        Stage::Revealing => (IInference::Stage::Revealing, none, None),
        Stage::Revealed => (IInference::Stage::Revealed, none, None),
        Stage::Settled { representative } => {
            (IInference::Stage::Settled, none, Some(&representative.account))
        }
        Stage::Refunded { reason } => (IInference::Stage::Refunded, shown_refund(*reason), None),
    }
}

fn shown_refund(reason: RefundReason) -> IInference::RefundReason {
    match reason {
        RefundReason::Cancelled => IInference::RefundReason::Cancelled,
        RefundReason::TooFewWorkers => IInference::RefundReason::TooFewWorkers,
        RefundReason::TooFewCommitments => IInference::RefundReason::TooFewCommitments,
        RefundReason::TooFewReveals => IInference::RefundReason::TooFewReveals,
        RefundReason::Inconclusive => IInference::RefundReason::Inconclusive,
        RefundReason::PaymentFailed => IInference::RefundReason::PaymentFailed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_worker_is_a_single_request() {
        assert_eq!(verification(1, 1), Verification::Single);
        assert_eq!(verification(3, 2), Verification::Quorum { k: 3, threshold: 2 });
        assert!(!verification(0, 0).is_possible());
        assert!(!verification(1, 2).is_possible());
    }
}
