// SPDX-License-Identifier: Apache-2.0
//! The store on both back ends, and every way in which it refuses.

use std::{
    path::PathBuf,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use openledger_blobs::{BlobError, Blobs, Bytes, ContentId, Layered, Source};
use proptest::prelude::*;
use tempfile::TempDir;

const ROWS: &[u8] = b"0,16,7\n1,2,3\n";

fn folder() -> (TempDir, Blobs) {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(&format!("file://{}", folder.path().join("blobs").display())).unwrap();
    (folder, blobs)
}

fn object_path(folder: &TempDir, id: ContentId) -> PathBuf {
    let name = id.to_string();
    folder.path().join("blobs").join(&name[..2]).join(name)
}

/// Runs the same assertions on the memory and on the folder back end.
macro_rules! on_both_back_ends {
	($name:ident, |$blobs:ident| $body:block) => {
		#[tokio::test]
		async fn $name() {
			let (_folder, local) = folder();
			for $blobs in [Blobs::open("memory:///").unwrap(), local] $body
		}
	};
}

on_both_back_ends!(what_was_put_is_got, |blobs| {
    let id = blobs.put(ROWS).await.unwrap();
    assert_eq!(id, ContentId::of(ROWS));
    assert_eq!(blobs.get(id).await.unwrap(), ROWS);
    assert_eq!(blobs.get_sized(id, ROWS.len() as u64).await.unwrap(), ROWS);
    assert!(blobs.exists(id).await.unwrap());
});

on_both_back_ends!(putting_twice_gives_the_same_id, |blobs| {
    assert_eq!(blobs.put(ROWS).await.unwrap(), blobs.put(ROWS).await.unwrap());
});

on_both_back_ends!(the_empty_object_is_an_object, |blobs| {
    let id = blobs.put(Bytes::new()).await.unwrap();
    assert!(blobs.get(id).await.unwrap().is_empty());
});

on_both_back_ends!(an_unknown_id_is_not_found, |blobs| {
    let id = ContentId([7; 32]);
    assert!(matches!(blobs.get(id).await, Err(BlobError::NotFound { id: missing, .. }) if missing == id));
    assert!(!blobs.exists(id).await.unwrap());
});

on_both_back_ends!(a_wrong_promised_length_is_refused, |blobs| {
    let id = blobs.put(ROWS).await.unwrap();
    let answer = blobs.get_sized(id, 12).await;
    assert!(
        matches!(
            answer,
            Err(BlobError::SizeMismatch {
                expected: 12,
                found: 13,
                ..
            })
        ),
        "{answer:?}"
    );
});

on_both_back_ends!(an_object_over_the_cap_is_neither_written_nor_read, |blobs| {
    let capped = blobs.clone().with_max_bytes(12);
    assert!(matches!(
        capped.put(ROWS).await,
        Err(BlobError::TooLarge {
            size: 13,
            limit: 12,
            ..
        })
    ));
    let id = ContentId::of(ROWS);
    assert!(!blobs.exists(id).await.unwrap());
    blobs.put(ROWS).await.unwrap();
    assert!(matches!(
        capped.get(id).await,
        Err(BlobError::TooLarge {
            size: 13,
            limit: 12,
            ..
        })
    ));
});

#[tokio::test]
async fn an_object_damaged_on_disk_is_reported_and_healed_by_storing_it_again() {
    let (folder, blobs) = folder();
    let id = blobs.put(ROWS).await.unwrap();
    std::fs::write(object_path(&folder, id), b"0,16,8\n1,2,3\n").unwrap();
    let answer = blobs.get(id).await;
    let damaged = ContentId::of(b"0,16,8\n1,2,3\n");
    assert!(
        matches!(answer, Err(BlobError::Corrupt { found, .. }) if found == damaged),
        "{answer:?}"
    );
    blobs.put(ROWS).await.unwrap();
    assert_eq!(blobs.get(id).await.unwrap(), ROWS);
}

#[tokio::test]
async fn a_write_leaves_no_staging_file_behind() {
    let (folder, blobs) = folder();
    let id = blobs.put(ROWS).await.unwrap();
    let shelf = object_path(&folder, id).parent().unwrap().to_owned();
    assert_eq!(std::fs::read_dir(shelf).unwrap().count(), 1);
}

#[tokio::test]
async fn a_reopened_folder_still_has_its_objects() {
    let (folder, blobs) = folder();
    let id = blobs.put(ROWS).await.unwrap();
    let path = folder.path().join("blobs");
    assert_eq!(
        Blobs::open(path.to_str().unwrap())
            .unwrap()
            .get(id)
            .await
            .unwrap(),
        ROWS
    );
}

#[tokio::test]
async fn a_failing_back_end_is_named() {
    let (folder, blobs) = folder();
    let id = ContentId::of(ROWS);
    let shelf = object_path(&folder, id).parent().unwrap().to_owned();
    std::fs::write(shelf, b"a file where the folder should be").unwrap();
    assert!(matches!(blobs.put(ROWS).await, Err(BlobError::Backend { .. })));
}

#[test]
fn a_location_that_no_back_end_takes_is_refused() {
    for url in ["gopher://host/x", "file://host/x", "://"] {
        assert!(
            matches!(Blobs::open(url), Err(BlobError::UnknownStore { .. })),
            "{url}"
        );
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    let under_a_file = file.path().join("blobs");
    assert!(matches!(
        Blobs::open_folder(under_a_file),
        Err(BlobError::UnknownStore { .. })
    ));
}

#[test]
fn the_id_is_blake2b_256() {
    // From `printf '' | b2sum -l 256`.
    let empty = "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8";
    assert_eq!(ContentId::of(b"").to_string(), empty);
    assert_eq!(format!("0x{empty}").parse(), Ok(ContentId::of(b"")));
}

#[test]
fn text_that_is_no_id_is_refused() {
    for text in ["", "0x", "zz", &"g".repeat(64), &"0".repeat(63), &"é".repeat(32)] {
        assert!(text.parse::<ContentId>().is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn an_id_survives_its_text(bytes: [u8; 32]) {
        let id = ContentId(bytes);
        prop_assert_eq!(id.to_string().parse(), Ok(id));
        prop_assert_eq!(id.to_string().to_uppercase().parse(), Ok(id));
    }
}

/// A far source that counts how often it is asked.
struct Remote {
    answer: Option<Bytes>,
    asked: AtomicUsize,
}

impl Remote {
    fn giving(answer: &'static [u8]) -> std::sync::Arc<Self> {
        std::sync::Arc::new(Self {
            answer: Some(Bytes::from_static(answer)),
            asked: AtomicUsize::new(0),
        })
    }

    fn silent() -> std::sync::Arc<Self> {
        std::sync::Arc::new(Self {
            answer: None,
            asked: AtomicUsize::new(0),
        })
    }
}

#[async_trait::async_trait]
impl Source for Remote {
    async fn fetch(&self, _id: ContentId) -> Result<Bytes, BlobError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        match &self.answer {
            Some(bytes) => Ok(bytes.clone()),
            None => std::future::pending().await,
        }
    }
}

const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test]
async fn a_layered_source_asks_the_remote_once() {
    let remote = Remote::giving(ROWS);
    let layered = Layered::new(Blobs::open("memory:///").unwrap(), remote.clone(), PATIENCE);
    let id = ContentId::of(ROWS);
    for _ in 0..3 {
        assert_eq!(layered.fetch(id).await.unwrap(), ROWS);
    }
    assert_eq!(remote.asked.load(Ordering::SeqCst), 1);
    assert!(layered.local().exists(id).await.unwrap());
}

#[tokio::test]
async fn a_remote_that_lies_is_caught_and_its_bytes_are_not_kept() {
    let layered = Layered::new(
        Blobs::open("memory:///").unwrap(),
        Remote::giving(b"other"),
        PATIENCE,
    );
    let id = ContentId::of(ROWS);
    assert!(matches!(layered.fetch(id).await, Err(BlobError::Corrupt { .. })));
    assert!(!layered.local().exists(id).await.unwrap());
    assert!(!layered.local().exists(ContentId::of(b"other")).await.unwrap());
}

#[tokio::test]
async fn a_damaged_local_object_is_fetched_again() {
    let (folder, blobs) = folder();
    let id = blobs.put(ROWS).await.unwrap();
    std::fs::write(object_path(&folder, id), b"damage").unwrap();
    let layered = Layered::new(blobs.clone(), Remote::giving(ROWS), PATIENCE);
    assert_eq!(layered.fetch(id).await.unwrap(), ROWS);
    assert_eq!(blobs.get(id).await.unwrap(), ROWS);
}

#[tokio::test]
async fn a_remote_object_over_the_local_cap_is_refused() {
    let local = Blobs::open("memory:///").unwrap().with_max_bytes(4);
    let layered = Layered::new(local, Remote::giving(ROWS), PATIENCE);
    assert!(matches!(
        layered.fetch(ContentId::of(ROWS)).await,
        Err(BlobError::TooLarge { .. })
    ));
}

#[tokio::test]
async fn a_silent_remote_times_out() {
    let short = Duration::from_millis(10);
    let layered = Layered::new(Blobs::open("memory:///").unwrap(), Remote::silent(), short);
    let answer = layered.fetch(ContentId([1; 32])).await;
    assert!(
        matches!(answer, Err(BlobError::TimedOut { after, .. }) if after == short),
        "{answer:?}"
    );
}

#[tokio::test]
async fn an_error_of_the_remote_reaches_the_caller() {
    let remote = Blobs::open("memory:///").unwrap();
    let layered = Layered::new(Blobs::open("memory:///").unwrap(), remote, PATIENCE);
    assert!(matches!(
        layered.fetch(ContentId([1; 32])).await,
        Err(BlobError::NotFound { .. })
    ));
}
