// SPDX-License-Identifier: Apache-2.0
//! What is sent for a registration that is missing, chilled, silent or incomplete.

use super::*;
use crate::{
    chain::{Finalized, Model, Models, Network},
    hosting::Unfit,
    transactions::{Ledger, Nonces, Rules, Status, SubmitError},
};
use futures::stream::{self, BoxStream};
use futures::StreamExt;
use openledger_primitives::{apis::OpenRequest, ModelId};
use sp_core::H256;
use std::sync::Mutex;
use tokio_util::sync::CancellationToken;

#[derive(Default)]
struct World {
    registration: Option<Registration>,
    models: Vec<ModelId>,
    calls: Vec<Call>,
    refuse: bool,
    tick: Tick,
}

/// A third of it is ten.
const HEARTBEAT_TICKS: Tick = 30;

#[derive(Default)]
struct Fake(Mutex<World>);

#[async_trait::async_trait]
impl Models for Fake {
    async fn models(&self) -> Result<Vec<ModelId>, ChainError> {
        Ok(self.0.lock().unwrap().models.clone())
    }

    async fn model(&self, model: ModelId) -> Result<Model, ChainError> {
        if self.0.lock().unwrap().models.contains(&model) {
            Ok(Model::Network(Network {
                base: H256::from_low_u64_be(model),
                ..Network::default()
            }))
        } else {
            Err(ChainError::NotFound(format!("model {model}")))
        }
    }
}

#[async_trait::async_trait]
impl Chain for Fake {
    fn genesis(&self) -> H256 {
        H256([7; 32])
    }

    async fn finalized(&self) -> Result<BoxStream<'static, Result<Finalized, ChainError>>, ChainError> {
        Ok(stream::empty().boxed())
    }

    async fn open_requests(&self, _: &AccountId32) -> Result<Vec<OpenRequest<AccountId32>>, ChainError> {
        Ok(Vec::new())
    }

    async fn tick(&self) -> Result<Tick, ChainError> {
        Ok(self.0.lock().unwrap().tick)
    }

    async fn worker_rules(&self) -> Result<WorkerRules, ChainError> {
        Ok(WorkerRules {
            heartbeat_ticks: HEARTBEAT_TICKS,
            max_hosted: 2,
        })
    }

    async fn registration(&self, _: &AccountId32) -> Result<Option<Registration>, ChainError> {
        Ok(self.0.lock().unwrap().registration.clone())
    }
}

/// Every call is in a finalized block at once.
#[async_trait::async_trait]
impl Ledger for Fake {
    async fn nonces(&self) -> Result<Nonces, SubmitError> {
        let calls = u64::try_from(self.0.lock().unwrap().calls.len()).unwrap();
        Ok(Nonces {
            finalized: calls,
            best: calls,
            pool: calls,
        })
    }

    async fn submit(&self, call: &Call, _: u64, _: u128) -> Result<BoxStream<'static, Status>, SubmitError> {
        let mut world = self.0.lock().unwrap();
        if world.refuse {
            return Err(SubmitError::Refused("no money".into()));
        }
        world.calls.push(call.clone());
        let tick = world.tick;
        match call {
            Call::Heartbeat => {
                if let Some(registration) = world.registration.as_mut() {
                    registration.heard_at = tick;
                }
            }
            Call::Unhost(model) => {
                if let Some(registration) = world.registration.as_mut() {
                    registration.hosted.retain(|hosted| hosted != model);
                }
            }
            Call::Register { .. } => world.registration = Some(registered(&[])),
            Call::Host(model) => {
                if let Some(registration) = world.registration.as_mut() {
                    registration.hosted.push(*model);
                }
            }
            Call::Resume => {
                if let Some(registration) = world.registration.as_mut() {
                    registration.chilled = false;
                }
            }
            _ => {}
        }
        Ok(stream::empty().boxed())
    }
}

fn registered(hosted: &[ModelId]) -> Registration {
    Registration {
        epoch: 1,
        hosted: hosted.to_vec(),
        chilled: false,
        leaving: false,
        heard_at: 0,
    }
}

/// Finds one model at fault.
struct AgainstSeven;

#[async_trait::async_trait]
impl Inspector for AgainstSeven {
    async fn inspect(&self, model: &Model) -> Result<(), Unfit> {
        match model.artifact() == H256::from_low_u64_be(7) {
            true => Err(Unfit::Blamed("AttributionRootMismatch".into())),
            false => Ok(()),
        }
    }

    fn blamed(&self, _: &Model) -> Option<String> {
        None
    }
}

/// Runs a registrar over `blocks` blocks and returns what it sent.
async fn sent(world: World, bond: Option<Balance>, hosting: Hosting, blocks: u64) -> Vec<Call> {
    let chain = Arc::new(Fake(Mutex::new(world)));
    let folder = tempfile::tempdir().unwrap();
    let (numbers, seen) = watch::channel(0);
    let stop = CancellationToken::new();
    let (transactions, task) = Transactions::start(
        chain.clone(),
        folder.path().join("transactions.scale"),
        Rules::default(),
        seen.clone(),
        Metrics::new().unwrap(),
        stop.clone(),
    )
    .unwrap();
    let capabilities = Capabilities::of("x86_64", 1 << 30);
    let register = bond.map(|bond| (bond, capabilities));
    let worker = AccountId32::new([5; 32]);
    let metrics = Metrics::new().unwrap();
    let inspector = Arc::new(AgainstSeven);
    let registrar = Registrar::new(
        chain.clone(),
        inspector,
        transactions,
        metrics,
        worker,
        register,
        hosting,
    );
    let task = tokio::spawn(task);
    let running = tokio::spawn(registrar.run(seen));
    for block in 1..=blocks {
        chain.0.lock().unwrap().tick = block;
        numbers.send_replace(block);
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
    }
    stop.cancel();
    drop(numbers);
    running.await.unwrap();
    task.await.unwrap();
    let world = chain.0.lock().unwrap();
    world.calls.clone()
}

fn names(calls: &[Call]) -> Vec<&'static str> {
    calls.iter().map(Call::name).collect()
}

#[tokio::test]
async fn an_unregistered_worker_registers_then_hosts_what_exists() {
    let world = World {
        models: vec![3],
        ..World::default()
    };
    let calls = sent(world, Some(5), Hosting::Listed(vec![3, 4]), 9).await;
    assert_eq!(names(&calls), ["register", "host"]);
    assert_eq!(calls[1], Call::Host(3));
}

#[tokio::test]
async fn a_worker_without_a_bond_never_registers_by_itself() {
    let calls = sent(World::default(), None, Hosting::All, 9).await;
    assert!(calls.is_empty());
}

#[tokio::test]
async fn a_worker_that_hosts_all_hosts_as_many_models_as_it_may_once() {
    let world = World {
        registration: Some(registered(&[0])),
        models: vec![0, 1, 2],
        ..World::default()
    };
    let calls = sent(world, None, Hosting::All, 6).await;
    assert_eq!(calls, [Call::Host(1)]);
}

#[tokio::test]
async fn a_hosted_model_at_fault_is_unhosted_and_the_next_one_hosted() {
    let world = World {
        registration: Some(registered(&[7])),
        models: vec![3, 7],
        ..World::default()
    };
    let calls = sent(world, None, Hosting::Listed(vec![7, 3]), 9).await;
    assert_eq!(calls, [Call::Unhost(7), Call::Host(3)]);
}

#[tokio::test]
async fn a_silent_worker_is_heard_three_times_in_the_chains_period() {
    let world = World {
        registration: Some(registered(&[])),
        ..World::default()
    };
    // every third block is looked at: 10, 22 and 34 are the first ones ten ticks later
    let calls = sent(world, None, Hosting::Listed(vec![]), 36).await;
    assert_eq!(names(&calls), ["heartbeat", "heartbeat", "heartbeat"]);
}

#[tokio::test]
async fn a_worker_that_answers_needs_no_heartbeat() {
    let world = World {
        registration: Some(Registration {
            heard_at: 30,
            ..registered(&[])
        }),
        ..World::default()
    };
    assert!(sent(world, None, Hosting::Listed(vec![]), 36).await.is_empty());
}

#[tokio::test]
async fn a_chilled_worker_resumes() {
    let world = World {
        registration: Some(Registration {
            chilled: true,
            ..registered(&[])
        }),
        ..World::default()
    };
    let calls = sent(world, None, Hosting::Listed(vec![]), 9).await;
    assert_eq!(names(&calls), ["resume"]);
}

#[tokio::test]
async fn a_leaving_worker_sends_nothing() {
    let world = World {
        registration: Some(Registration {
            leaving: true,
            ..registered(&[])
        }),
        models: vec![1],
        ..World::default()
    };
    assert!(sent(world, None, Hosting::All, 40).await.is_empty());
}

#[tokio::test]
async fn a_refused_registration_is_not_repeated_at_every_block() {
    let world = World {
        refuse: true,
        ..World::default()
    };
    assert!(sent(world, Some(5), Hosting::All, 40).await.is_empty());
}
