// SPDX-License-Identifier: Apache-2.0
//! Which models are offered, and which are no longer.

use super::*;
use crate::chain::Network;
use sp_core::H256;
use std::sync::{
    atomic::{AtomicUsize, Ordering},
    Mutex,
};

/// A chain with the models of these ids; a model's base is named by its id.
struct Registry(Vec<ModelId>);

fn base(model: ModelId) -> H256 {
    H256::from_low_u64_be(model)
}

#[async_trait::async_trait]
impl Models for Registry {
    async fn models(&self) -> Result<Vec<ModelId>, ChainError> {
        Ok(self.0.clone())
    }

    async fn model(&self, model: ModelId) -> Result<Model, ChainError> {
        let known = self.0.contains(&model).then(|| {
            Model::Network(Network {
                base: base(model),
                ..Network::default()
            })
        });
        known.ok_or_else(|| ChainError::NotFound(format!("model {model}")))
    }
}

/// Finds these models unfit.
#[derive(Default)]
struct Judge {
    verdicts: Mutex<Vec<(ModelId, Unfit)>>,
    blamed: Mutex<Vec<ModelId>>,
    inspections: AtomicUsize,
}

impl Judge {
    fn against(model: ModelId, verdict: Unfit) -> Self {
        Self {
            verdicts: Mutex::new(vec![(model, verdict)]),
            ..Self::default()
        }
    }
}

#[async_trait::async_trait]
impl Inspector for Judge {
    async fn inspect(&self, model: &Model) -> Result<(), Unfit> {
        self.inspections.fetch_add(1, Ordering::Relaxed);
        let verdicts = self.verdicts.lock().unwrap();
        let verdict = verdicts.iter().find(|(id, _)| base(*id) == model.artifact());
        verdict.map_or(Ok(()), |(_, verdict)| Err(verdict.clone()))
    }

    fn blamed(&self, model: &Model) -> Option<String> {
        let blamed = self.blamed.lock().unwrap();
        let found = blamed.iter().any(|id| base(*id) == model.artifact());
        found.then(|| "it killed the executor".to_owned())
    }
}

const MOST: u32 = 3;

async fn change(
    offer: &mut Offer,
    judge: &Judge,
    hosted: &[ModelId],
    block: u64,
) -> (Vec<ModelId>, Vec<ModelId>) {
    let chain = Registry(vec![1, 2, 3, 4, 5]);
    let change = offer.change(&chain, judge, hosted, MOST, block).await.unwrap();
    (change.unhost, change.host)
}

#[tokio::test]
async fn the_first_models_of_the_list_are_hosted_in_its_order_whatever_was_hosted_before() {
    let list = Hosting::Listed(vec![5, 9, 5, 2, 1, 3]);
    for hosted in [vec![], vec![3, 4], vec![1, 2, 3]] {
        let mut offer = Offer::new(list.clone());
        let (unhost, host) = change(&mut offer, &Judge::default(), &hosted, 1).await;
        let mut after: Vec<ModelId> = hosted
            .into_iter()
            .filter(|model| !unhost.contains(model))
            .collect();
        after.extend(host);
        after.sort_unstable();
        assert_eq!(after, [1, 2, 5]);
    }
    let mut offer = Offer::new(list);
    let (_, host) = change(&mut offer, &Judge::default(), &[], 1).await;
    assert_eq!(host, [5, 2, 1]);
}

#[tokio::test]
async fn all_means_the_oldest_models() {
    let mut offer = Offer::new(Hosting::All);
    let changed = change(&mut offer, &Judge::default(), &[4], 1).await;
    assert_eq!(changed, (vec![4], vec![1, 2, 3]));
}

#[tokio::test]
async fn an_empty_list_leaves_what_is_hosted_but_for_a_model_at_fault() {
    let mut offer = Offer::new(Hosting::Listed(vec![]));
    let judge = Judge::default();
    assert_eq!(change(&mut offer, &judge, &[2, 4], 1).await, (vec![], vec![]));
    judge.blamed.lock().unwrap().push(4);
    assert_eq!(change(&mut offer, &judge, &[2, 4], 2).await, (vec![4], vec![]));
    assert_eq!(offer.faults(), 1);
}

#[tokio::test]
async fn a_model_at_fault_is_not_offered_and_the_next_one_takes_its_place() {
    let judge = Judge::against(2, Unfit::Blamed("AttributionRootMismatch".into()));
    let mut offer = Offer::new(Hosting::All);
    let changed = change(&mut offer, &judge, &[2], 1).await;
    assert_eq!(changed, (vec![2], vec![1, 3, 4]));
    assert_eq!(offer.faults(), 1);
    assert_eq!(
        change(&mut offer, &judge, &[1, 3, 4], 100).await,
        (vec![], vec![])
    );
    let inspections = judge.inspections.load(Ordering::Relaxed);
    assert_eq!(inspections, 4, "nothing is inspected twice");
}

#[tokio::test]
async fn a_model_that_falls_into_quarantine_is_unhosted() {
    let judge = Judge::default();
    let mut offer = Offer::new(Hosting::Listed(vec![1]));
    assert_eq!(change(&mut offer, &judge, &[], 1).await, (vec![], vec![1]));
    assert_eq!(change(&mut offer, &judge, &[1], 4).await, (vec![], vec![]));
    judge.blamed.lock().unwrap().push(1);
    assert_eq!(change(&mut offer, &judge, &[1], 7).await, (vec![1], vec![]));
    assert_eq!(change(&mut offer, &judge, &[], 10).await, (vec![], vec![]));
}

#[tokio::test]
async fn a_model_whose_bytes_are_missing_is_tried_again_later_and_stays_where_it_is_hosted() {
    let judge = Judge::against(2, Unfit::Unavailable("no blob".into()));
    let mut offer = Offer::new(Hosting::Listed(vec![2, 3]));
    assert_eq!(change(&mut offer, &judge, &[2], 1).await, (vec![], vec![3]));
    assert_eq!(change(&mut offer, &judge, &[3], 2).await, (vec![], vec![]));
    judge.verdicts.lock().unwrap().clear();
    assert_eq!(
        change(&mut offer, &judge, &[3], RETRY_AFTER_BLOCKS).await,
        (vec![], vec![])
    );
    let changed = change(&mut offer, &judge, &[3], RETRY_AFTER_BLOCKS + 1).await;
    assert_eq!(changed, (vec![], vec![2]));
    assert_eq!(offer.faults(), 0);
}

#[tokio::test]
async fn a_model_that_the_chain_refused_is_left_alone_for_a_while() {
    let mut offer = Offer::new(Hosting::Listed(vec![1]));
    let judge = Judge::default();
    assert_eq!(change(&mut offer, &judge, &[], 1).await, (vec![], vec![1]));
    offer.refused(1, 1);
    assert_eq!(change(&mut offer, &judge, &[], 4).await, (vec![], vec![]));
    assert_eq!(change(&mut offer, &judge, &[], 40).await, (vec![], vec![1]));
}
