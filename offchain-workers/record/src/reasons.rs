// SPDX-License-Identifier: Apache-2.0
//! Which storage a payment rests on. One walk reads it from a node's state, when a record is written, and from a proof,
//! when it is checked: so a record cannot leave anything out.

use crate::stored::{Contribution, Input, Item, Model, Request, Reveal, Seat, Settled, Standing};
use codec::Decode;
use openledger_primitives::{
    explain::Reason, signature::AccountId, traits::DatanetVersion, ContributionId, DatanetId, ModelId,
    RequestId, VersionId,
};
use sp_core::H256;
use std::{cell::RefCell, collections::BTreeSet};

/// The state of one block.
pub trait State {
    /// Why a value could not be read.
    type Error: std::fmt::Display;
    /// The value of a key; none if the block has none.
    fn value(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Self::Error>;
}

/// Why a payment could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError<E: std::fmt::Display> {
    /// The state gives no answer.
    #[error("{item} cannot be read: {why}")]
    State {
        /// Which item.
        item: String,
        /// Why.
        why: E,
    },
    /// There is no such settlement.
    #[error("request {0} does not exist, is not settled at this block, or its explanation was pruned")]
    NotSettled(RequestId),
    /// The state lacks something that a settlement refers to.
    #[error("the state has no {0}, which the settlement refers to")]
    Missing(String),
    /// The bytes are not what this version of the format expects.
    #[error("{0} has another layout than this version reads")]
    Unreadable(String),
}

/// An item and its value, in the order in which they were read.
pub type Log = Vec<(Item, Option<Vec<u8>>)>;

/// Keys of what a record is about, each with its value.
type Keyed<K, V> = Vec<(K, V)>;
type Contributions = Keyed<(DatanetId, ContributionId), Contribution>;
type Versions = Keyed<(DatanetId, VersionId), DatanetVersion>;

/// A worker that was paid for an answer, as long as its request is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paid {
    /// Its place in the committee.
    pub seat: Seat,
    /// What it revealed.
    pub reveal: Reveal,
}

/// What a payment rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The request.
    pub request: RequestId,
    /// Hash of the chain's genesis block.
    pub genesis: H256,
    /// The payment.
    pub settled: Settled,
    /// Whether the report is challenged at this block.
    pub disputed: bool,
    /// The request itself, until it is forgotten.
    pub kept: Option<Request>,
    /// What was asked, until it is forgotten.
    pub input: Option<Input>,
    /// The workers that were paid, by account; none once the request is forgotten.
    pub workers: Vec<Paid>,
    /// The model that answered, and then the ancestors that were paid.
    pub models: Keyed<ModelId, Model>,
    /// Every contribution that the report or a payment names.
    pub contributions: Contributions,
    /// The versions that the model was trained on, or that were paid.
    pub versions: Versions,
}

/// A contribution in a version that its model was trained on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The datanet.
    pub datanet: DatanetId,
    /// The first of the model's versions that commits to it.
    pub version: VersionId,
    /// The contribution.
    pub contribution: ContributionId,
}

impl Found {
    /// What the representative committed to and revealed, until the request is forgotten.
    pub fn representative(&self) -> Option<&Paid> {
        let worker = &self.settled.representative;
        self.workers.iter().find(|paid| paid.seat.worker == *worker)
    }

    /// A version that was read.
    pub fn version(&self, datanet: DatanetId, version: VersionId) -> Option<&DatanetVersion> {
        let wanted = (datanet, version);
        self.versions
            .iter()
            .find(|(key, _)| *key == wanted)
            .map(|(_, found)| found)
    }

    /// Where each contribution is to be proved to have been trained on; `None` for one that was not.
    pub fn places(&self) -> Vec<Option<Place>> {
        let sources = self
            .models
            .first()
            .map(|(_, model)| model.sources.as_slice())
            .unwrap_or_default();
        let place = |(datanet, contribution): (DatanetId, ContributionId), leaf: Option<u64>| {
            let holds = |version| {
                self.version(datanet, version)
                    .is_some_and(|found| leaf < Some(found.leaves))
            };
            let mut sources = sources.iter().filter(|source| source.datanet == datanet);
            leaf?;
            let source = sources.find(|source| holds(source.version))?;
            Some(Place {
                datanet,
                version: source.version,
                contribution,
            })
        };
        let contributions = self.contributions.iter();
        contributions
            .map(|(key, found)| place(*key, found.leaf_index()))
            .collect()
    }
}

/// Reads what the payment of `request` rests on, and logs every item of storage that it read.
pub fn read<S: State>(state: &S, request: RequestId) -> Result<(Found, Log), ReadError<S::Error>> {
    let reader = Reader {
        state,
        log: RefCell::default(),
    };
    let found = reader.found(request)?;
    Ok((found, reader.log.into_inner()))
}

struct Reader<'a, S> {
    state: &'a S,
    log: RefCell<Log>,
}

impl<S: State> Reader<'_, S> {
    fn value(&self, item: Item) -> Result<Option<Vec<u8>>, ReadError<S::Error>> {
        let value = self.state.value(&item.key).map_err(|why| ReadError::State {
            item: item.name.clone(),
            why,
        })?;
        self.log.borrow_mut().push((item, value.clone()));
        Ok(value)
    }

    fn optional<T: Decode>(&self, item: Item) -> Result<Option<T>, ReadError<S::Error>> {
        let name = item.name.clone();
        let value = self.value(item)?;
        let decoded = value.map(|bytes| T::decode(&mut &bytes[..])).transpose();
        decoded.map_err(|_| ReadError::Unreadable(name))
    }

    fn required<T: Decode>(&self, item: Item) -> Result<T, ReadError<S::Error>> {
        let name = item.name.clone();
        self.optional(item)?.ok_or(ReadError::Missing(name))
    }

    fn found(&self, request: RequestId) -> Result<Found, ReadError<S::Error>> {
        let settled: Settled = self
            .optional(Item::settlement(request))?
            .ok_or(ReadError::NotSettled(request))?;
        let genesis = self.required(Item::genesis())?;
        let disputed = self.value(Item::dispute(request))?.is_some();
        let kept: Option<Request> = self.optional(Item::request(request))?;
        let input = self.optional(Item::input(request))?;
        let workers = match kept {
            Some(_) => self.workers(request, &settled)?,
            None => Vec::new(),
        };
        let models = self.models(&settled)?;
        let contributions = self.contributions(&settled)?;
        let versions = self.versions(&settled, &models)?;
        Ok(Found {
            request,
            genesis,
            settled,
            disputed,
            kept,
            input,
            workers,
            models,
            contributions,
            versions,
        })
    }

    fn workers(&self, request: RequestId, settled: &Settled) -> Result<Vec<Paid>, ReadError<S::Error>> {
        let paid = settled.parts.iter().filter(|part| part.reason == Reason::Worker);
        let mut accounts: BTreeSet<&AccountId> = paid.filter_map(|part| part.to.as_ref()).collect();
        accounts.insert(&settled.representative.account);
        let read = |account: &AccountId| {
            Ok(Paid {
                seat: self.required(Item::seat(request, account))?,
                reveal: self.required(Item::reveal(request, account))?,
            })
        };
        accounts.into_iter().map(read).collect()
    }

    fn models(&self, settled: &Settled) -> Result<Keyed<ModelId, Model>, ReadError<S::Error>> {
        let ancestors = settled.parts.iter().filter_map(|part| match part.reason {
            Reason::Royalty { model } => Some(model),
            _ => None,
        });
        let ids = std::iter::once(settled.model).chain(ancestors.collect::<BTreeSet<_>>());
        ids.map(|id| Ok((id, self.required(Item::model(id))?))).collect()
    }

    fn contributions(&self, settled: &Settled) -> Result<Contributions, ReadError<S::Error>> {
        let mut keys: BTreeSet<_> = settled.report.iter().map(|entry| entry.key()).collect();
        keys.extend(
            settled
                .taken_back
                .iter()
                .map(|taken| (taken.datanet, taken.contribution)),
        );
        keys.extend(settled.parts.iter().filter_map(|part| match part.reason {
            Reason::Contribution {
                datanet,
                contribution,
                ..
            } => Some((datanet, contribution)),
            _ => None,
        }));
        let read =
            |key: (DatanetId, ContributionId)| Ok((key, self.required(Item::contribution(key.0, key.1))?));
        keys.into_iter().map(read).collect()
    }

    fn versions(
        &self,
        settled: &Settled,
        models: &[(ModelId, Model)],
    ) -> Result<Versions, ReadError<S::Error>> {
        let sources = models.iter().take(1).flat_map(|(_, model)| &model.sources);
        let mut keys: BTreeSet<_> = sources.map(|source| (source.datanet, source.version)).collect();
        keys.extend(settled.parts.iter().filter_map(|part| match part.reason {
            Reason::Standing { datanet, version } => Some((datanet, version)),
            _ => None,
        }));
        let read = |key: (DatanetId, VersionId)| Ok((key, self.required(Item::version(key.0, key.1))?));
        keys.into_iter().map(read).collect()
    }
}

impl Contribution {
    /// In a word: `pending`, `accepted` or `revoked`.
    pub fn standing(&self) -> &'static str {
        match self.state {
            Standing::Pending => "pending",
            Standing::Accepted { .. } => "accepted",
            Standing::Revoked { .. } => "revoked",
        }
    }
}
