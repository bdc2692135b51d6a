// SPDX-License-Identifier: Apache-2.0
//! What the calls do.

use crate::{
    pallet::*,
    types::{Input, RefundReason, Request, Reveal, Stage, Terms, Verification, MAX_OUTPUT_BYTES},
    Lane, Seat, WeightInfo,
};
use alloc::vec::Vec;
use codec::{Encode, MaxEncodedLen};
use frame_support::{
    ensure,
    traits::{fungible::MutateHold, Consideration, Footprint, Get},
    weights::Weight,
};
use frame_system::pallet_prelude::BlockNumberFor;
use openledger_primitives::{
    attestation::{commitment, Domain},
    ids::content_id,
    money::Balance,
    report::{self, ReportEntry},
    traits::{Datanets, Models, OnRequestEnd, RewardLedger},
    ModelId, RequestId,
};
use sp_core::H256;
use sp_runtime::{traits::Zero, DispatchError, DispatchResult};

impl<T: Config> Pallet<T> {
    /// Makes a request and returns its id: the call [`Pallet::request`] for other pallets and precompiles.
    pub fn do_request(
        consumer: T::AccountId,
        model: ModelId,
        input: Input,
        max_fee: Balance,
        verification: Verification,
    ) -> Result<RequestId, DispatchError> {
        ensure!(verification.is_possible(), Error::<T>::InvalidVerification);
        let service = T::Models::service(model)?;
        let input_hash = match &input {
            Input::Inline(bytes) => {
                service.input.check(bytes).map_err(Error::<T>::from)?;
                content_id(bytes)
            }
            Input::Stored(hash) => *hash,
        };
        // A fee that does not fit is above every maximum.
        let fee = service.price.checked_mul(Balance::from(verification.committee()));
        let fee = fee
            .filter(|fee| *fee <= max_fee)
            .ok_or(Error::<T>::PriceAboveMaximum)?;
        let terms = Terms::new(service, T::Blend::get()).ok_or(Error::<T>::UnsupportedModel)?;
        let open = OpenRequests::<T>::get(&consumer);
        ensure!(open < T::MaxOpenRequests::get(), Error::<T>::TooManyOpenRequests);

        let footprint = Self::footprint(&input, &terms, verification);
        T::Currency::hold(&HoldReason::Escrow.into(), &consumer, fee)?;
        let deposit = T::Consideration::new(&consumer, footprint)?;

        let request = NextRequest::<T>::get();
        let deadline = CurrentTick::<T>::get().saturating_add(T::DrawTicks::get());
        let model_version = terms.model_version;
        NextRequest::<T>::put(request.saturating_add(1));
        OpenRequests::<T>::insert(&consumer, open.saturating_add(1));
        Inputs::<T>::insert(request, input);
        Requests::<T>::insert(
            request,
            Request {
                consumer: consumer.clone(),
                model,
                terms,
                verification,
                fee,
                deposit,
                stage: Stage::Waiting,
                since: Self::block(),
                deadline,
                committed: 0,
                revealed: 0,
            },
        );
        Deadlines::<T>::insert(deadline, request, ());
        Self::enqueue(Lane::Draw, request);
        Self::deposit_event(Event::Requested {
            request,
            consumer,
            model,
            model_version,
            input: input_hash,
            verification,
            fee,
            deadline,
        });
        Ok(request)
    }

    pub(crate) fn do_cancel(who: &T::AccountId, request: RequestId) -> DispatchResult {
        let record = Requests::<T>::get(request).ok_or(Error::<T>::NotFound)?;
        ensure!(record.consumer == *who, Error::<T>::NotAuthorized);
        ensure!(record.stage == Stage::Waiting, Error::<T>::AlreadyDrawn);
        Self::refund(request, record, RefundReason::Cancelled);
        Ok(())
    }

    pub(crate) fn do_commit(who: &T::AccountId, request: RequestId, commitment: H256) -> DispatchResult {
        let mut record = Requests::<T>::get(request).ok_or(Error::<T>::NotFound)?;
        let mut seat = Committee::<T>::get(request, who).ok_or(Error::<T>::NotDrawn)?;
        ensure!(seat.commitment.is_none(), Error::<T>::AlreadyCommitted);
        ensure!(record.stage == Stage::Committing, Error::<T>::DeadlinePassed);
        ensure!(
            CurrentTick::<T>::get() <= record.deadline,
            Error::<T>::DeadlinePassed
        );

        let worker = seat.worker.clone();
        seat.commitment = Some(commitment);
        record.committed = record.committed.saturating_add(1);
        Committee::<T>::insert(request, who, seat);
        Self::deposit_event(Event::Committed {
            request,
            worker,
            commitment,
        });
        if record.committed >= record.verification.committee() {
            Self::start_revealing(request, record);
        } else {
            Requests::<T>::insert(request, record);
        }
        Ok(())
    }

    pub(crate) fn do_reveal(
        who: &T::AccountId,
        request: RequestId,
        output: Vec<u8>,
        query: Vec<i16>,
        entries: Vec<ReportEntry>,
        salt: [u8; 32],
    ) -> DispatchResult {
        let mut record = Requests::<T>::get(request).ok_or(Error::<T>::NotFound)?;
        let mut seat = Committee::<T>::get(request, who).ok_or(Error::<T>::NotDrawn)?;
        let committed = seat.commitment.ok_or(Error::<T>::NotCommitted)?;
        ensure!(!seat.revealed, Error::<T>::AlreadyRevealed);
        ensure!(record.stage != Stage::Committing, Error::<T>::TooEarly);
        ensure!(record.stage == Stage::Revealing, Error::<T>::DeadlinePassed);
        ensure!(
            CurrentTick::<T>::get() <= record.deadline,
            Error::<T>::DeadlinePassed
        );

        Self::ensure_shape(&record.terms, &output, &query, &entries)?;
        let domain = Domain {
            // The genesis hash is the one block hash that is never pruned.
            genesis: frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero()),
            request,
            model_version: record.terms.model_version,
            worker: seat.worker.clone(),
        };
        let opened = commitment(&domain, &output, &query, &entries, &salt);
        ensure!(opened == committed, Error::<T>::CommitmentMismatch);
        report::check(&entries, &record.terms.blend).map_err(Error::<T>::from)?;
        Self::ensure_in_sources(&record.terms, &entries)?;
        let reveal = Reveal {
            output: output.try_into().map_err(|_| Error::<T>::OutputTooLarge)?,
            query: query.try_into().map_err(|_| Error::<T>::QueryWrongLength)?,
            entries: entries.try_into().map_err(|_| Error::<T>::ReportInvalid)?,
        };

        let worker = seat.worker.clone();
        seat.revealed = true;
        record.revealed = record.revealed.saturating_add(1);
        Reveals::<T>::insert(request, who, reveal);
        Committee::<T>::insert(request, who, seat);
        Self::deposit_event(Event::Revealed { request, worker });
        if record.revealed >= record.committed {
            record.stage = Stage::Revealed;
            record.since = Self::block();
            Self::enqueue(Lane::Settle, request);
        }
        Requests::<T>::insert(request, record);
        Ok(())
    }

    pub(crate) fn do_poke(request: RequestId) -> DispatchResult {
        let record = Requests::<T>::get(request).ok_or(Error::<T>::NotFound)?;
        let overdue = CurrentTick::<T>::get() > record.deadline;
        let complete = record.stage == Stage::Revealed && Self::is_later_block(record.since);
        ensure!(overdue || complete, Error::<T>::NotDue);
        if record.stage.is_open() {
            Self::expire(request, record);
        } else {
            Self::forget(request, record);
        }
        Ok(())
    }

    /// What a reveal must look like before anything is hashed.
    fn ensure_shape(
        terms: &Terms<T::AccountId>,
        output: &[u8],
        query: &[i16],
        entries: &[ReportEntry],
    ) -> DispatchResult {
        let is = |length: usize, expected: u32| u32::try_from(length) == Ok(expected);
        let most = usize::try_from(MAX_OUTPUT_BYTES).unwrap_or(usize::MAX);
        ensure!(output.len() <= most, Error::<T>::OutputTooLarge);
        ensure!(
            is(output.len(), terms.output_bytes),
            Error::<T>::OutputWrongLength
        );
        ensure!(is(query.len(), terms.query_len), Error::<T>::QueryWrongLength);
        let most = usize::try_from(report::MAX_REPORT_ENTRIES).unwrap_or(usize::MAX);
        ensure!(entries.len() <= most, Error::<T>::ReportInvalid);
        let fits = |entry: &ReportEntry| {
            let own = terms.evidence;
            own.is_some_and(|own| entry.evidence.is_of(own, terms.passages))
        };
        ensure!(entries.iter().all(fits), Error::<T>::ReportInvalid);
        Ok(())
    }

    /// Every entry has to be a leaf of one of the versions that the model was trained on.
    fn ensure_in_sources(terms: &Terms<T::AccountId>, entries: &[ReportEntry]) -> DispatchResult {
        let leaves: Vec<_> = terms
            .sources
            .iter()
            .filter_map(|(datanet, version)| {
                Some((*datanet, T::Datanets::version(*datanet, *version)?.leaves))
            })
            .collect();
        for entry in entries {
            let leaf = T::Datanets::contribution(entry.datanet, entry.contribution)
                .and_then(|contribution| contribution.leaf_index)
                .ok_or(Error::<T>::EntryNotInSources)?;
            let known = leaves
                .iter()
                .any(|(datanet, leaves)| *datanet == entry.datanet && leaf < *leaves);
            ensure!(known, Error::<T>::EntryNotInSources);
        }
        Ok(())
    }

    /// The most that a request will ever store, for its deposit.
    fn footprint(input: &Input, terms: &Terms<T::AccountId>, verification: Verification) -> Footprint {
        let length = |length: u32| usize::try_from(length).unwrap_or(usize::MAX);
        let output = length(terms.output_bytes);
        let query = length(terms.query_len).saturating_mul(i16::max_encoded_len());
        let report = match terms.query_len {
            0 => 0,
            _ => length(report::MAX_REPORT_ENTRIES).saturating_mul(ReportEntry::max_encoded_len()),
        };
        let worker = Seat::<T::AccountId>::max_encoded_len()
            .saturating_add(output)
            .saturating_add(query)
            .saturating_add(report);
        let bytes = RequestOf::<T>::max_encoded_len()
            .saturating_add(input.encoded_size())
            .saturating_add(output)
            .saturating_add(worker.saturating_mul(usize::from(verification.committee())));
        Footprint::from_parts(1, bytes)
    }

    /// The most that settling or refunding a request weighs, with what the ledger and those who are told do.
    pub(crate) fn conclude_weight() -> Weight {
        T::WeightInfo::conclude()
            .saturating_add(T::Ledger::settle_weight())
            .saturating_add(T::OnEnd::weight())
    }

    /// The present block.
    pub(crate) fn block() -> BlockNumberFor<T> {
        frame_system::Pallet::<T>::block_number()
    }

    /// Whether a stage that began in block `since` may use the seed of this block.
    pub(crate) fn is_later_block(since: BlockNumberFor<T>) -> bool {
        Self::block() > since
    }
}
