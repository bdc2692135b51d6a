// SPDX-License-Identifier: Apache-2.0
//! Answers that are not what the model's head gives for the revealed query vector: proved in one call, without a
//! deadline or a bond, because whoever has the head's file has the whole proof.

use crate::{book::Book, dispute::HeadFile, pallet::*};
use alloc::vec::Vec;
use frame_support::{ensure, traits::Get};
use openledger_primitives::{
    fixed::{head::read_head, logits},
    ids::content_id,
    traits::{Answers, Bonds, Models as _, Ticks},
    RequestId,
};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
    pub(crate) fn do_refute_output(
        challenger: T::AccountId,
        request: RequestId,
        head: &HeadFile,
    ) -> DispatchResult {
        let mut settled = Settlements::<T>::get(request).ok_or(Error::<T>::NotFound)?;
        let age = T::Ticks::now().saturating_sub(settled.settled_at);
        ensure!(age < T::ChallengeTicks::get(), Error::<T>::WindowClosed);
        ensure!(!settled.void, Error::<T>::ReportVoid);
        let release = T::Models::release(settled.model).ok_or(Error::<T>::NotAttributed)?;
        let file = release.head.ok_or(Error::<T>::NotAttributed)?;
        ensure!(content_id(head) == file, Error::<T>::WrongRelease);
        let author = settled.representative.clone();
        let answer = T::Answers::revealed(request, &author).ok_or(Error::<T>::AnswerForgotten)?;

        let classes = answer.output.len().checked_div(4).unwrap_or(0);
        let due = due_output(head, classes, &answer.query).ok_or(Error::<T>::WrongRelease)?;
        ensure!(due != answer.output, Error::<T>::OutputRight);

        let mut dispute = match Disputes::<T>::get(request) {
            Some(dispute) => dispute,
            None => Self::open_dispute(request, &settled, release.root)?,
        };
        let mut book = Book::<T>::open();
        let slashed = T::Workers::slash(&author, T::ReportSlash::get(), &Self::account_id());
        book.receive(slashed)?;
        // no report of this answer can be right, so nobody is paid by one
        let left = match settled.report.is_empty() {
            true => slashed,
            false => Self::correct(&mut settled, &mut dispute, Default::default(), slashed, &mut book)?,
        };
        settled.void = true;
        let reward = T::ChallengerShare::get().mul_floor(left);
        book.credit(&challenger, reward);
        book.credit(&T::DustSink::get(), left.saturating_sub(reward));
        Self::deposit_event(Event::OutputRefuted {
            request,
            challenger,
            author,
            slashed,
            given_back: slashed.saturating_sub(left),
            reward,
        });
        Self::keep_dispute(request, &settled, dispute, &mut book);
        book.close();
        Settlements::<T>::insert(request, settled);
        Ok(())
    }
}

/// What the head whose file is `head` gives for a query vector: logits of `classes`, little endian. `None` if the file is
/// of another shape.
pub(crate) fn due_output(head: &[u8], classes: usize, query: &[i16]) -> Option<Vec<u8>> {
    let (weight, bias) = read_head(head, classes, query.len())?;
    let logits = logits(&weight, &bias, query).ok()?;
    Some(logits.into_iter().flat_map(i32::to_le_bytes).collect())
}
