// SPDX-License-Identifier: Apache-2.0
//! A store of objects over any `object_store` back end, with the content id as the key.

use std::{path::Path as FsPath, sync::Arc};

use bytes::Bytes;
use object_store::{local::LocalFileSystem, path::Path, ObjectStore, ObjectStoreExt};
use url::Url;

use crate::{BlobError, ContentId};

/// The cap on one object unless [`Blobs::with_max_bytes`] says otherwise: 64 MiB.
pub const DEFAULT_MAX_BYTES: u64 = 64 << 20;

/// Objects under `<prefix>/<first two digits>/<id>`. Cheap to clone; clones share the back end.
///
/// A write is atomic: the back end stages the bytes and publishes them with one rename (or one request), so a reader
/// sees the whole object or none. A folder is synced to disk before a write returns.
#[derive(Clone, Debug)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
    prefix: Path,
    place: String,
    max_bytes: u64,
}

impl Blobs {
    /// Opens the store at `url`: a folder, `file:///folder`, `memory:///`, or any other URL that this build's
    /// `object_store` knows. A folder that does not exist is made.
    ///
    /// # Errors
    /// [`BlobError::UnknownStore`] when no back end takes the URL or the folder cannot be made.
    pub fn open(url: &str) -> Result<Self, BlobError> {
        let unknown = |reason: String| BlobError::UnknownStore {
            url: url.to_owned(),
            reason,
        };
        if !url.contains("://") {
            return Self::open_folder(url);
        }
        let parsed = Url::parse(url).map_err(|error| unknown(error.to_string()))?;
        if parsed.scheme() == "file" {
            let folder = parsed
                .to_file_path()
                .map_err(|()| unknown("not a path of this machine".into()))?;
            return Self::open_folder(folder);
        }
        let (store, prefix) = object_store::parse_url(&parsed).map_err(|error| unknown(error.to_string()))?;
        Ok(Self::new(store.into(), prefix, url.to_owned()))
    }

    /// Opens the store in a local folder, making it if need be.
    ///
    /// # Errors
    /// [`BlobError::UnknownStore`] when the folder cannot be made or read.
    pub fn open_folder(folder: impl AsRef<FsPath>) -> Result<Self, BlobError> {
        let folder = folder.as_ref();
        let place = folder.display().to_string();
        let unknown = |reason: String| BlobError::UnknownStore {
            url: place.clone(),
            reason,
        };
        std::fs::create_dir_all(folder).map_err(|error| unknown(error.to_string()))?;
        let store = LocalFileSystem::new_with_prefix(folder)
            .map_err(|error| unknown(error.to_string()))?
            .with_fsync(true);
        Ok(Self::new(Arc::new(store), Path::default(), place))
    }

    fn new(store: Arc<dyn ObjectStore>, prefix: Path, place: String) -> Self {
        Self {
            store,
            prefix,
            place,
            max_bytes: DEFAULT_MAX_BYTES,
        }
    }

    /// Sets the cap on one object, in bytes.
    pub fn with_max_bytes(mut self, max_bytes: u64) -> Self {
        self.max_bytes = max_bytes;
        self
    }

    /// The cap on one object, in bytes.
    pub fn max_bytes(&self) -> u64 {
        self.max_bytes
    }

    /// Stores `bytes` and returns their id. Storing the same bytes again changes nothing, except that it heals an
    /// object that was damaged on disk.
    ///
    /// # Errors
    /// [`BlobError::TooLarge`], [`BlobError::Backend`].
    pub async fn put(&self, bytes: impl Into<Bytes>) -> Result<ContentId, BlobError> {
        let bytes = bytes.into();
        let id = ContentId::of(&bytes);
        self.store_as(id, bytes).await?;
        Ok(id)
    }

    /// Stores bytes whose id the caller has just computed.
    pub(crate) async fn store_as(&self, id: ContentId, bytes: Bytes) -> Result<(), BlobError> {
        self.check_cap(id, bytes.len() as u64)?;
        self.store
            .put(&self.path(id), bytes.into())
            .await
            .map_err(|source| self.backend(format!("storing {id}"), source))?;
        Ok(())
    }

    /// The bytes of `id`, hashed and compared before they are returned.
    ///
    /// # Errors
    /// [`BlobError::NotFound`], [`BlobError::TooLarge`] (before reading), [`BlobError::Corrupt`],
    /// [`BlobError::Backend`].
    pub async fn get(&self, id: ContentId) -> Result<Bytes, BlobError> {
        self.read(id, None).await
    }

    /// Like [`Self::get`], for an object whose length is known from elsewhere (the chain records it).
    ///
    /// # Errors
    /// Those of [`Self::get`], and [`BlobError::SizeMismatch`] (before reading).
    pub async fn get_sized(&self, id: ContentId, expected_len: u64) -> Result<Bytes, BlobError> {
        self.read(id, Some(expected_len)).await
    }

    /// Whether an object of that name is stored. Its bytes are not verified.
    ///
    /// # Errors
    /// [`BlobError::Backend`].
    pub async fn exists(&self, id: ContentId) -> Result<bool, BlobError> {
        match self.store.head(&self.path(id)).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(source) => Err(self.backend(format!("looking up {id}"), source)),
        }
    }

    async fn read(&self, id: ContentId, expected: Option<u64>) -> Result<Bytes, BlobError> {
        // The answer to `get` carries the length; the bytes are read only by `bytes()` below.
        let found = self
            .store
            .get(&self.path(id))
            .await
            .map_err(|source| match source {
                object_store::Error::NotFound { .. } => BlobError::NotFound {
                    id,
                    place: self.place.clone(),
                },
                source => self.backend(format!("reading {id}"), source),
            })?;
        let size = found.meta.size;
        self.check_cap(id, size)?;
        if let Some(expected) = expected.filter(|expected| *expected != size) {
            return Err(BlobError::SizeMismatch {
                id,
                expected,
                found: size,
                place: self.place.clone(),
            });
        }
        let bytes = found
            .bytes()
            .await
            .map_err(|source| self.backend(format!("reading {id}"), source))?;
        verify(id, bytes, &self.place)
    }

    fn check_cap(&self, id: ContentId, size: u64) -> Result<(), BlobError> {
        if size > self.max_bytes {
            return Err(BlobError::TooLarge {
                id,
                size,
                limit: self.max_bytes,
            });
        }
        Ok(())
    }

    fn path(&self, id: ContentId) -> Path {
        let name = id.to_string();
        self.prefix.clone().join(&name[..2]).join(name)
    }

    fn backend(&self, action: String, source: object_store::Error) -> BlobError {
        BlobError::Backend {
            action,
            place: self.place.clone(),
            source,
        }
    }
}

/// Gives `bytes` back only when they hash to `id`.
pub(crate) fn verify(id: ContentId, bytes: Bytes, place: &str) -> Result<Bytes, BlobError> {
    let found = ContentId::of(&bytes);
    if found != id {
        return Err(BlobError::Corrupt {
            id,
            found,
            place: place.to_owned(),
        });
    }
    Ok(bytes)
}
