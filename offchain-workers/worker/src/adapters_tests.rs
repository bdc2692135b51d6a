// SPDX-License-Identifier: Apache-2.0
//! What is checked before a head answers anything.

use super::*;
use crate::artifacts::NoSource;
use openledger_attribution::{build_index, ContributionKey};
use openledger_blobs::{Blobs, ContentId};
use openledger_trainer::{features::Features, head::train_head};
use tempfile::TempDir;

const LAMBDA: f64 = 0.01;

/// A head of two classes and `dims` features trained on four rows, and its index.
pub(crate) fn trained(dims: u16) -> (Vec<u8>, Index) {
    let row = |label: u16, first: i16| {
        let features = (0..dims).map(|place| if place == 0 { first } else { 64 });
        (label, features.collect::<Vec<i16>>())
    };
    let mut features = Features::new(2, dims).unwrap();
    for (contribution, first) in [(0, 2000), (1, 3000)] {
        let key = ContributionKey {
            datanet: 7,
            contribution,
        };
        features
            .push_contribution(key, &[row(0, first), row(1, -first)])
            .unwrap();
    }
    let optimum = train_head(&features, LAMBDA).unwrap().optimum;
    let index = build_index(&features, &optimum, LAMBDA).unwrap();
    let head = AdapterFile::new(optimum).unwrap().to_bytes().unwrap();
    (head, index)
}

pub(crate) fn registered(index: &Index) -> Attribution {
    Attribution {
        index: H256(ContentId::of(index.as_bytes()).0),
        features: H256::zero(),
        root: H256(Release::of(index).root()),
        rows: u32::try_from(index.len()).unwrap(),
    }
}

fn check(head: &[u8], registered: &Attribution, index: &Index) -> Result<Loaded, AdapterFault> {
    Loaded::check(head, Some((registered, index.as_bytes().to_vec())))
}

#[test]
fn an_index_that_is_what_is_registered_is_loaded() {
    let (head, index) = trained(3);
    let loaded = super::Loaded::check(&head, Some((&registered(&index), index.as_bytes().to_vec())));
    assert_eq!(loaded.unwrap().index.unwrap().len(), 4);
    assert!(super::Loaded::check(&head, None).unwrap().index.is_none());
}

#[test]
fn an_index_under_another_root_is_refused_by_name() {
    let (head, index) = trained(3);
    let wrong = Attribution {
        root: H256([1; 32]),
        ..registered(&index)
    };
    let fault = check(&head, &wrong, &index).unwrap_err();
    assert!(
        matches!(fault, AdapterFault::RootMismatch { registered, found, .. }
            if registered == wrong.root && found.0 == Release::of(&index).root()),
        "{fault}"
    );
    assert!(
        fault.to_string().starts_with("AttributionRootMismatch"),
        "{fault}"
    );
}

#[test]
fn an_index_with_one_number_changed_has_another_root() {
    let (head, index) = trained(3);
    let mut bytes = index.as_bytes().to_vec();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    let changed = Index::from_bytes(bytes).unwrap();
    let fault = check(&head, &registered(&index), &changed).unwrap_err();
    assert!(matches!(fault, AdapterFault::RootMismatch { .. }), "{fault}");
}

#[test]
fn an_index_of_other_rows_or_another_head_is_refused_by_name() {
    let (head, index) = trained(3);
    let wrong = Attribution {
        rows: 5,
        ..registered(&index)
    };
    let fault = check(&head, &wrong, &index).unwrap_err();
    assert!(
        matches!(
            fault,
            AdapterFault::RowsMismatch {
                found: 4,
                registered: 5,
                ..
            }
        ),
        "{fault}"
    );
    let (_, other) = trained(2);
    let fault = check(&head, &registered(&other), &other).unwrap_err();
    assert!(
        matches!(
            fault,
            AdapterFault::ShapeMismatch {
                found: (2, 2),
                head: (2, 3),
                ..
            }
        ),
        "{fault}"
    );
}

#[test]
fn damaged_files_are_refused_by_name() {
    let (head, index) = trained(3);
    let fault = check(&head[1..], &registered(&index), &index).unwrap_err();
    assert!(matches!(fault, AdapterFault::HeadInvalid(_)), "{fault}");
    let cut = index.as_bytes()[..40].to_vec();
    let fault = Loaded::check(&head, Some((&registered(&index), cut))).unwrap_err();
    assert!(matches!(fault, AdapterFault::IndexInvalid(_)), "{fault}");
}

/// A store with a head and its index, and the head as it is registered.
async fn stored(root: Option<H256>) -> (TempDir, Artifacts, Adapter) {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::open_folder(folder.path()).unwrap();
    let (head, index) = trained(3);
    let mut attribution = registered(&index);
    attribution.root = root.unwrap_or(attribution.root);
    blobs.put(index.as_bytes().to_vec()).await.unwrap();
    let head = H256(blobs.put(head).await.unwrap().0);
    let adapter = Adapter {
        head,
        attribution: Some(attribution),
    };
    (folder, Artifacts::new(blobs, Arc::new(NoSource)), adapter)
}

#[tokio::test]
async fn a_head_is_fetched_and_checked_once() {
    let (folder, artifacts, adapter) = stored(None).await;
    let adapters = Adapters::default();
    let first = adapters.get(&adapter, &artifacts).await.unwrap();
    drop(folder);
    let second = adapters.get(&adapter, &artifacts).await.unwrap();
    assert!(Arc::ptr_eq(&first, &second));
    assert_eq!(adapters.fault(&adapter), None);
}

#[tokio::test]
async fn a_head_with_a_wrong_root_is_refused_for_good_and_one_that_is_missing_is_not() {
    let (folder, artifacts, adapter) = stored(Some(H256([1; 32]))).await;
    let adapters = Adapters::default();
    let missing = Adapter {
        head: H256([9; 32]),
        ..adapter.clone()
    };
    let stop = adapters.get(&missing, &artifacts).await.unwrap_err();
    assert!(matches!(stop, Stop::Unavailable(_)), "{stop:?}");
    assert_eq!(adapters.fault(&missing), None);

    let stop = adapters.get(&adapter, &artifacts).await.unwrap_err();
    assert!(
        matches!(&stop, Stop::Invalid(why) if why.starts_with("AttributionRootMismatch")),
        "{stop:?}"
    );
    drop(folder);
    assert_eq!(adapters.get(&adapter, &artifacts).await.unwrap_err(), stop);
    assert!(adapters.fault(&adapter).is_some());
}
