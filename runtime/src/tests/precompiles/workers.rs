// SPDX-License-Identifier: Apache-2.0
//! `IWorkers`: from the bond to its return.

use super::{
    development_chain, last_log, model_registry::base, next_block, planck, refused, Somebody, ALITH,
    CHARLETH, DOROTHY,
};
use crate::{constants::OPEN, Balances, Runtime};
use frame_support::traits::{fungible::InspectHold, Get};
use openledger_precompiles::{
    interfaces::IWorkers::{self, *},
    Place::{self, Workers as AT},
};
use pallet_revive::precompiles::alloy::primitives::U256;

const BOND: crate::Balance = 1_000 * OPEN;

fn registration(bond: U256) -> registerCall {
    registerCall {
        kernelClass: KernelClass::Avx2,
        memoryMib: 2_048,
        engineVersion: "test".into(),
        bond,
    }
}

/// Registers `worker`, which offers `model`.
pub fn a_host(worker: Somebody, model: u64) {
    worker.does(AT, registration(planck(BOND)));
    worker.does(AT, hostCall { model });
}

fn shown(worker: Somebody) -> IWorkers::Worker {
    let account = worker.address();
    ALITH
        .calls(AT, getWorkerCall { account })
        .expect("it is registered")
}

#[test]
fn a_worker_registers_hosts_rests_and_leaves() {
    development_chain().execute_with(|| {
        CHARLETH.does(Place::ModelRegistry, base(planck(10 * OPEN)));
        let account = DOROTHY.address();
        assert_eq!(ALITH.calls(AT, isWorkerCall { account }), Ok(false));
        refused(ALITH.calls(AT, getWorkerCall { account }), "Workers.NotFound");

        assert_eq!(DOROTHY.calls(AT, registration(planck(BOND))), Ok(1));
        let log: Registered = last_log(AT);
        assert_eq!((log.worker, log.epoch, log.bond), (account, 1, planck(BOND)));
        assert_eq!(Balances::total_balance_on_hold(&DOROTHY.account()), BOND);
        assert_eq!(ALITH.calls(AT, isWorkerCall { account }), Ok(true));
        refused(
            DOROTHY.calls(AT, registration(planck(BOND))),
            "Workers.AlreadyExists",
        );

        DOROTHY.does(AT, bondMoreCall { amount: planck(OPEN) });
        let log: BondedMore = last_log(AT);
        assert_eq!(log.bond, planck(BOND + OPEN));

        DOROTHY.does(AT, hostCall { model: 0 });
        let log: Hosted = last_log(AT);
        assert_eq!((log.worker, log.model), (account, 0));
        assert_eq!(ALITH.calls(AT, hostsOfCall { model: 0 }), Ok(vec![account]));
        refused(
            DOROTHY.calls(AT, hostCall { model: 9 }),
            "Workers.ModelNotHostable",
        );

        let worker = shown(DOROTHY);
        assert_eq!((worker.epoch, worker.bond), (1, planck(BOND + OPEN)));
        assert_eq!((worker.kernelClass, worker.memoryMib), (KernelClass::Avx2, 2_048));
        assert_eq!((worker.engineVersion.as_str(), worker.hosted), ("test", vec![0]));
        assert_eq!((worker.standing, worker.unbondsAt), (Standing::Active, 0));

        DOROTHY.does(AT, heartbeatCall {});
        let log: Heard = last_log(AT);
        assert_eq!(log.worker, account);
        refused(DOROTHY.calls(AT, resumeCall {}), "Workers.NotChilled");
        DOROTHY.does(AT, chillCall {});
        let log: Chilled = last_log(AT);
        assert_eq!(log.worker, account);
        assert_eq!(shown(DOROTHY).standing, Standing::Chilled);
        DOROTHY.does(AT, resumeCall {});
        let log: Resumed = last_log(AT);
        assert_eq!(log.worker, account);

        DOROTHY.does(AT, unhostCall { model: 0 });
        let log: Unhosted = last_log(AT);
        assert_eq!(log.model, 0);
        assert_eq!(ALITH.calls(AT, hostsOfCall { model: 0 }), Ok(vec![]));

        refused(DOROTHY.calls(AT, withdrawUnbondedCall {}), "Workers.NotUnbonding");
        let until = DOROTHY.calls(AT, unbondCall {}).expect("it leaves");
        let log: Unbonding = last_log(AT);
        assert_eq!((log.until, shown(DOROTHY).unbondsAt), (until, until));
        let delay: u64 = <Runtime as pallet_workers::Config>::UnbondTicks::get();
        assert_eq!(until, crate::Inference::tick() + delay);
        refused(DOROTHY.calls(AT, withdrawUnbondedCall {}), "Workers.TooEarly");
        pallet_inference::CurrentTick::<Runtime>::put(until);
        next_block();
        DOROTHY.does(AT, withdrawUnbondedCall {});
        let log: Withdrawn = last_log(AT);
        assert_eq!(log.bond, planck(BOND + OPEN));
        assert_eq!(Balances::total_balance_on_hold(&DOROTHY.account()), 0);
    });
}

#[test]
fn what_the_pallet_refuses_has_the_pallets_name() {
    development_chain().execute_with(|| {
        refused(ALITH.calls(AT, registration(planck(1))), "Workers.BondTooSmall");
        refused(
            ALITH.calls(AT, registration(planck(u128::MAX))),
            "Token.FundsUnavailable",
        );
        let long = registerCall {
            engineVersion: "1".repeat(33),
            ..registration(planck(BOND))
        };
        refused(ALITH.calls(AT, long), "Precompile.TooLong");
        refused(ALITH.calls(AT, heartbeatCall {}), "Workers.NotFound");
    });
}
