// SPDX-License-Identifier: Apache-2.0
//! `IWorkers`: `pallet-workers` for Solidity.

use crate::{
    calldata::Calldata,
    execution::{actor, charge_reads, dispatch, log, open},
    interfaces::IWorkers::{self, IWorkersCalls as Calls},
    place::Place,
    refusal::{reason, Refusal},
    values::{address, amount, bounded, planck, text, AccountIdOf},
    Config,
};
use alloc::vec::Vec;
use core::marker::PhantomData;
use frame_support::BoundedVec;
use pallet_revive::precompiles::{
    alloy::{primitives::Address, sol_types::SolCall},
    AddressMatcher, Error, Ext, Precompile,
};
use pallet_workers::{
    Call, Capabilities, Error as PalletError, KernelClass, RegistrationOf, Standing, WorkerKeyOf,
};

/// The precompile at [`Place::Workers`].
pub struct WorkersPrecompile<T>(PhantomData<T>);

impl<T: Config> Precompile for WorkersPrecompile<T> {
    type T = T;
    type Interface = Calldata<Calls>;
    const MATCHER: AddressMatcher = Place::Workers.matcher();
    const HAS_CONTRACT_INFO: bool = false;

    fn call(
        _: &[u8; 20],
        input: &Self::Interface,
        env: &mut impl Ext<T = Self::T>,
    ) -> Result<Vec<u8>, Error> {
        match open(input, env)? {
            Calls::register(call) => Self::register(call, env),
            Calls::bondMore(call) => Self::bond_more(call, env),
            Calls::host(call) => Self::host(call, env),
            Calls::unhost(call) => Self::unhost(call, env),
            Calls::heartbeat(_) => Self::heartbeat(env),
            Calls::chill(_) => Self::chill(env),
            Calls::resume(_) => Self::resume(env),
            Calls::unbond(_) => Self::unbond(env),
            Calls::withdrawUnbonded(_) => Self::withdraw_unbonded(env),
            Calls::isWorker(call) => Self::is_worker(call, env),
            Calls::getWorker(call) => Self::get_worker(call, env),
            Calls::hostsOf(call) => Self::hosts_of(call, env),
        }
    }
}

type Output = Result<Vec<u8>, Error>;

impl<T: Config> WorkersPrecompile<T> {
    fn register(call: IWorkers::registerCall, env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        let capabilities = Capabilities {
            kernel_class: kernel_class(call.kernelClass)?,
            memory_mib: call.memoryMib,
            engine_version: bounded(call.engineVersion.into_bytes())?,
        };
        let bond = amount(call.bond)?;
        dispatch(env, &who, Call::<T>::register { capabilities, bond })?;
        let epoch = Self::registration(env, &who)?.epoch;
        log(
            env,
            IWorkers::Registered {
                worker: address::<T>(&who),
                epoch,
                bond: planck(bond),
            },
        )?;
        Ok(IWorkers::registerCall::abi_encode_returns(&epoch))
    }

    fn bond_more(call: IWorkers::bondMoreCall, env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        let amount = amount(call.amount)?;
        dispatch(env, &who, Call::<T>::bond_more { amount })?;
        let bond = Self::registration(env, &who)?.bond;
        log(
            env,
            IWorkers::BondedMore {
                worker: address::<T>(&who),
                bond: planck(bond),
            },
        )?;
        Ok(Vec::new())
    }

    fn host(call: IWorkers::hostCall, env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        let (worker, model) = (address::<T>(&who), call.model);
        dispatch(env, &who, Call::<T>::host { model })?;
        log(env, IWorkers::Hosted { worker, model })?;
        Ok(Vec::new())
    }

    fn unhost(call: IWorkers::unhostCall, env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        let (worker, model) = (address::<T>(&who), call.model);
        dispatch(env, &who, Call::<T>::unhost { model })?;
        log(env, IWorkers::Unhosted { worker, model })?;
        Ok(Vec::new())
    }

    fn heartbeat(env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        dispatch(env, &who, Call::<T>::heartbeat {})?;
        let worker = address::<T>(&who);
        log(env, IWorkers::Heard { worker })?;
        Ok(Vec::new())
    }

    fn chill(env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        dispatch(env, &who, Call::<T>::chill {})?;
        let worker = address::<T>(&who);
        log(env, IWorkers::Chilled { worker })?;
        Ok(Vec::new())
    }

    fn resume(env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        dispatch(env, &who, Call::<T>::resume {})?;
        let worker = address::<T>(&who);
        log(env, IWorkers::Resumed { worker })?;
        Ok(Vec::new())
    }

    fn unbond(env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        dispatch(env, &who, Call::<T>::unbond {})?;
        let registration = Self::registration(env, &who)?;
        let until = unbonds_at(&registration.standing);
        let worker = address::<T>(&who);
        log(env, IWorkers::Unbonding { worker, until })?;
        Ok(IWorkers::unbondCall::abi_encode_returns(&until))
    }

    fn withdraw_unbonded(env: &mut impl Ext<T = T>) -> Output {
        let who = actor(env)?;
        let bond = planck(Self::registration(env, &who)?.bond);
        dispatch(env, &who, Call::<T>::withdraw_unbonded {})?;
        let worker = address::<T>(&who);
        log(env, IWorkers::Withdrawn { worker, bond })?;
        Ok(Vec::new())
    }

    fn is_worker(call: IWorkers::isWorkerCall, env: &mut impl Ext<T = T>) -> Output {
        let account = Self::named(env, call.account)?;
        charge_reads::<T, RegistrationOf<T>>(env, 1)?;
        let registered = pallet_workers::Workers::<T>::contains_key(account);
        Ok(IWorkers::isWorkerCall::abi_encode_returns(&registered))
    }

    fn get_worker(call: IWorkers::getWorkerCall, env: &mut impl Ext<T = T>) -> Output {
        let account = Self::named(env, call.account)?;
        let registration = Self::registration(env, &account)?;
        let worker = IWorkers::Worker {
            epoch: registration.epoch,
            kernelClass: shown_kernel_class(registration.capabilities.kernel_class),
            memoryMib: registration.capabilities.memory_mib,
            engineVersion: text(&registration.capabilities.engine_version),
            bond: planck(registration.bond),
            standing: shown_standing(&registration.standing),
            unbondsAt: unbonds_at(&registration.standing),
            heardAt: registration.heard_at,
            missed: registration.missed,
            assignments: registration.assignments,
            hosted: registration.hosted.into_inner(),
        };
        Ok(IWorkers::getWorkerCall::abi_encode_returns(&worker))
    }

    fn hosts_of(call: IWorkers::hostsOfCall, env: &mut impl Ext<T = T>) -> Output {
        charge_reads::<T, BoundedVec<WorkerKeyOf<T>, <T as pallet_workers::Config>::MaxHosts>>(env, 1)?;
        let hosts = pallet_workers::Hosts::<T>::get(call.model);
        let addresses: Vec<Address> = hosts.iter().map(|worker| address::<T>(&worker.account)).collect();
        Ok(IWorkers::hostsOfCall::abi_encode_returns(&addresses))
    }

    /// The account of an address, which may be nobody's.
    fn named(env: &mut impl Ext<T = T>, address: Address) -> Result<AccountIdOf<T>, Error> {
        charge_reads::<T, AccountIdOf<T>>(env, 1)?;
        Ok(env.to_account_id(&address.into_array().into()))
    }

    fn registration(env: &mut impl Ext<T = T>, account: &AccountIdOf<T>) -> Result<RegistrationOf<T>, Error> {
        charge_reads::<T, RegistrationOf<T>>(env, 1)?;
        pallet_workers::Workers::<T>::get(account).ok_or_else(|| reason::<T>(PalletError::<T>::NotFound))
    }
}

fn kernel_class(class: IWorkers::KernelClass) -> Result<KernelClass, Refusal> {
    match class {
        IWorkers::KernelClass::Generic => Ok(KernelClass::Generic),
        IWorkers::KernelClass::Avx2 => Ok(KernelClass::Avx2),
        IWorkers::KernelClass::Avx512 => Ok(KernelClass::Avx512),
        IWorkers::KernelClass::Cuda => Ok(KernelClass::Cuda),
        IWorkers::KernelClass::Other => Ok(KernelClass::Other),
        _ => Err(Refusal::MalformedInput),
    }
}

fn shown_kernel_class(class: KernelClass) -> IWorkers::KernelClass {
    match class {
        KernelClass::Generic => IWorkers::KernelClass::Generic,
        KernelClass::Avx2 => IWorkers::KernelClass::Avx2,
        KernelClass::Avx512 => IWorkers::KernelClass::Avx512,
        KernelClass::Cuda => IWorkers::KernelClass::Cuda,
        KernelClass::Other => IWorkers::KernelClass::Other,
    }
}

fn shown_standing(standing: &Standing) -> IWorkers::Standing {
    match standing {
        Standing::Active => IWorkers::Standing::Active,
        Standing::Chilled => IWorkers::Standing::Chilled,
        Standing::Unbonding { .. } => IWorkers::Standing::Unbonding,
    }
}

fn unbonds_at(standing: &Standing) -> u64 {
    match standing {
        Standing::Unbonding { until } => *until,
        Standing::Active | Standing::Chilled => 0,
    }
}
