// SPDX-License-Identifier: Apache-2.0
//! Reports that rest on spans: whoever has a better claim of a token than the one that was credited shows it in one call,
//! without a deadline or a bond, because what it shows is the whole proof.

use crate::{
    book::Book,
    dispute::Dispute,
    pallet::*,
    places::Misplaced,
    spans::{Case, Corrected, Flaw, Grounds, ShownDocuments, Unproved},
    types::Settled,
    verdict::{judge, Finding, Verdict},
    ChallengeKey,
};
use alloc::vec::Vec;
use frame_support::{
    dispatch::{DispatchResultWithPostInfo, Pays},
    ensure,
    traits::Get,
};
use openledger_primitives::{
    fixed::spans::output_tokens,
    money::Balance,
    report::{Evidence, ReportEntry},
    shown::ShownText,
    traits::{Answers, Bonds, Models as _, Release, Ticks},
    RequestId,
};
use sp_io::hashing::blake2_256;
use sp_runtime::DispatchError;

impl<T> From<Unproved> for Error<T> {
    fn from(unproved: Unproved) -> Self {
        match unproved {
            Unproved::Release => Error::WrongRelease,
            Unproved::Proof => Error::ProofInvalid,
            Unproved::Place(misplaced) => misplaced.into(),
            Unproved::OutOfRange => Error::TokenOutOfRange,
            Unproved::WindowTooShort => Error::WindowTooShort,
            Unproved::Question => Error::WrongQuestion,
            Unproved::Right => Error::SpansRight,
        }
    }
}

impl<T> From<Misplaced> for Error<T> {
    fn from(misplaced: Misplaced) -> Self {
        match misplaced {
            Misplaced::OutOfRange => Error::RowOutOfRange,
            Misplaced::Unproved => Error::ProofInvalid,
            Misplaced::Elsewhere => Error::WrongPlace,
        }
    }
}

impl<T: Config> Pallet<T> {
    pub(crate) fn do_refute_spans(
        challenger: T::AccountId,
        request: RequestId,
        shown: &ShownText,
        flaw: &Flaw,
        documents: &ShownDocuments,
    ) -> DispatchResultWithPostInfo {
        let mut settled = Settlements::<T>::get(request).ok_or(Error::<T>::NotFound)?;
        let age = T::Ticks::now().saturating_sub(settled.settled_at);
        ensure!(age < T::ChallengeTicks::get(), Error::<T>::WindowClosed);
        let release = T::Models::release(settled.model).ok_or(Error::<T>::NotAttributed)?;
        ensure!(release.evidence == Evidence::Spans, Error::<T>::WrongEvidence);
        ensure!(shown.root(blake2_256) == release.root, Error::<T>::WrongRelease);
        let answer =
            T::Answers::revealed(request, &settled.representative).ok_or(Error::<T>::AnswerForgotten)?;

        // an output with tokens after its end is no text, so nothing of it is quoted
        let output = output_tokens(&answer.output).unwrap_or_default();
        let before = Corrections::<T>::get(request).map_or_else(
            || Grounds::revealed(&answer.query, release.passages),
            Grounds::from,
        );
        let case = Case::new(shown, &output, answer.input, release.passages).map_err(Error::<T>::from)?;
        let grounds = case.corrected(&before, flaw).map_err(Error::<T>::from)?;
        let mut report = settled.report.to_vec();
        for document in documents {
            let key = ChallengeKey {
                request,
                datanet: document.datanet,
                contribution: document.contribution,
            };
            Self::points_in(&release, &key).ok_or(Error::<T>::ForeignContribution)?;
            let scores = case.scores_of(&grounds, document).map_err(Error::<T>::from)?;
            for (evidence, score) in scores {
                let about = (document.datanet, document.contribution, evidence);
                let finding = Finding::Score(score);
                if let Verdict::Wrong(right) = judge(&report, about, finding, &settled.blend) {
                    report = right;
                }
            }
        }
        let same = report == settled.report.as_slice();
        ensure!(!same || grounds != before, Error::<T>::SpansRight);

        let first = !Corrections::<T>::contains_key(request);
        Corrections::<T>::insert(request, Corrected::from(&grounds));
        let report = (!same).then_some(report);
        Self::punish(request, challenger, &mut settled, &release, report, first)?;
        Settlements::<T>::insert(request, settled);
        Ok(if first { Pays::No } else { Pays::Yes }.into())
    }

    /// Slashes the author for the `first` flaw that was shown, and shares the answer's money by the corrected report.
    fn punish(
        request: RequestId,
        challenger: T::AccountId,
        settled: &mut Settled<T>,
        release: &Release,
        report: Option<Vec<ReportEntry>>,
        first: bool,
    ) -> Result<(), DispatchError> {
        let author = settled.representative.clone();
        let mut book = Book::<T>::open();
        let slashed = match first {
            true => T::Workers::slash(&author, T::ReportSlash::get(), &Self::account_id()),
            false => 0,
        };
        book.receive(slashed)?;
        let mut left = slashed;
        if let Some(report) = report {
            let mut dispute = Dispute {
                author: author.clone(),
                root: release.root,
                delta: Default::default(),
                query: Default::default(),
                open: 0,
                withheld: Default::default(),
            };
            Self::withhold(request, settled, &mut dispute, &mut book)?;
            left = Self::correct(settled, &mut dispute, report, slashed, &mut book)?;
            Self::keep_dispute(request, settled, dispute, &mut book);
        }
        let reward: Balance = T::ChallengerShare::get().mul_floor(left);
        book.credit(&challenger, reward);
        book.credit(&T::DustSink::get(), left.saturating_sub(reward));
        book.close();
        Self::deposit_event(Event::SpansRefuted {
            request,
            challenger,
            author,
            slashed,
            reward,
            report: settled.report.to_vec(),
        });
        Ok(())
    }
}
