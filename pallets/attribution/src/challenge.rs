// SPDX-License-Identifier: Apache-2.0
//! Challenging a report, showing what it rests on, and how a challenge ends.

use crate::{
    book::Book,
    dispute::{
        Challenge, ChallengeKey, Dispute, OpenedRows, Progress, RangeProof, ShownPlace, ShownPlaces,
        ShownRelease, MAX_CLASSES, ROWS_A_TICK,
    },
    pallet::*,
    places,
    types::Settled,
    verdict::{judge, Finding, Verdict},
};
use alloc::vec::Vec;
use frame_support::{
    ensure,
    traits::{
        fungible::MutateHold,
        tokens::{Fortitude, Precision, Restriction},
        Get,
    },
};
use openledger_primitives::{
    apis::{ChallengeDuty, OpenChallenge},
    fixed::{
        self,
        release::{leaf, row_bytes, row_score, verify_range, IndexShape, Place},
    },
    money::Balance,
    report::Evidence,
    shown::hashes_of,
    traits::{Answers, Bonds, Datanets, Models as _, Release, Ticks},
    RequestId, Tick,
};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::{DispatchError, DispatchResult};

/// A challenge and the dispute that it belongs to.
type Case<T> = (Challenge<<T as frame_system::Config>::AccountId>, Dispute<T>);

impl<T: Config> Pallet<T> {
    pub(crate) fn do_challenge(challenger: T::AccountId, key: ChallengeKey) -> DispatchResult {
        let settled = Settlements::<T>::get(key.request).ok_or(Error::<T>::NotFound)?;
        let age = T::Ticks::now().saturating_sub(settled.settled_at);
        ensure!(age < T::ChallengeTicks::get(), Error::<T>::WindowClosed);
        ensure!(!settled.void, Error::<T>::ReportVoid);
        ensure!(
            !Challenges::<T>::contains_key(key.request, (key.datanet, key.contribution)),
            Error::<T>::AlreadyChallenged
        );
        let release = T::Models::release(settled.model).ok_or(Error::<T>::NotAttributed)?;
        ensure!(release.evidence == Evidence::Influence, Error::<T>::WrongEvidence);
        let points = Self::points_in(&release, &key).ok_or(Error::<T>::ForeignContribution)?;
        let points_bond = T::ChallengePointBond::get().saturating_mul(points.into());
        let bond = T::ChallengeBond::get().saturating_add(points_bond);

        let mut dispute = match Disputes::<T>::get(key.request) {
            Some(dispute) => dispute,
            None => Self::open_dispute(key.request, &settled, release.root)?,
        };
        T::Currency::hold(&HoldReason::Challenge.into(), &challenger, bond)?;
        dispute.open = dispute.open.saturating_add(1);
        let author = dispute.author.clone();
        T::Workers::accuse(&author);
        Disputes::<T>::insert(key.request, dispute);
        ChallengesAgainst::<T>::insert(&author.account, key, ());
        let deadline = Self::deadline_for(points);
        let challenge = Challenge {
            challenger: challenger.clone(),
            bond,
            deadline,
            progress: Progress::Unplaced,
        };
        Self::keep(&key, challenge);
        Self::deposit_event(Event::Challenged {
            key,
            challenger,
            author,
            bond,
            deadline,
        });
        Ok(())
    }

    /// Shows where the challenged contribution's rows lie, or that the release has none of it.
    pub(crate) fn do_show_place(
        key: ChallengeKey,
        release: ShownRelease,
        ordinal: u32,
        places: &ShownPlaces,
        proof: &RangeProof,
    ) -> DispatchResult {
        let (challenge, dispute) = Self::running(&key)?;
        ensure!(
            challenge.progress == Progress::Unplaced,
            Error::<T>::AlreadyPlaced
        );
        ensure!(release.root(blake2_256) == dispute.root, Error::<T>::WrongRelease);
        let shape = IndexShape::read(&release.header).ok_or(Error::<T>::WrongRelease)?;
        let fits = usize::from(shape.classes) == dispute.delta.len()
            && usize::from(shape.dims) == dispute.query.len();
        ensure!(fits, Error::<T>::WrongRelease);

        let wanted = (key.datanet, key.contribution);
        let table = &release.table.0;
        let own = places::find(table, shape.contributions, wanted, ordinal, places, proof)
            .map_err(Error::<T>::from)?;
        Self::deposit_event(Event::PlaceShown {
            key,
            first: own.map_or(0, |place| place.first),
            rows: own.map_or(0, |place| place.rows),
        });
        let Some(place) = own.filter(|place| place.rows > 0) else {
            return Self::conclude(key, challenge, dispute, Finding::Score(0));
        };
        let end = place
            .first
            .checked_add(place.rows)
            .filter(|end| *end <= shape.rows)
            .ok_or(Error::<T>::RowOutOfRange)?;
        let challenge = Challenge {
            deadline: challenge.deadline.max(Self::deadline_for(place.rows)),
            progress: Progress::Rows {
                root: release.rows,
                width: shape.rows,
                next: place.first,
                end,
                score: 0,
            },
            ..challenge
        };
        Self::keep(&key, challenge);
        Ok(())
    }

    /// Opens the next rows of the challenged contribution. The last ones end the challenge.
    pub(crate) fn do_open_rows(
        key: ChallengeKey,
        first: u32,
        rows: &OpenedRows,
        proof: &RangeProof,
    ) -> DispatchResult {
        let (challenge, dispute) = Self::running(&key)?;
        let Progress::Rows {
            root,
            width,
            next,
            end,
            score,
        } = challenge.progress
        else {
            return Err(Error::<T>::NotPlaced.into());
        };
        ensure!(first == next, Error::<T>::RowOutOfRange);
        let length = row_bytes(dispute.delta.len(), dispute.query.len());
        ensure!(
            !rows.is_empty() && rows.len().is_multiple_of(length),
            Error::<T>::RowsWrongLength
        );
        let rows: Vec<&[u8]> = rows.chunks(length).collect();
        let upto = u32::try_from(rows.len())
            .ok()
            .and_then(|count| first.checked_add(count))
            .filter(|upto| *upto <= end)
            .ok_or(Error::<T>::RowOutOfRange)?;
        let hashes = rows.iter().map(|row| leaf(blake2_256, row)).collect();
        let proved = verify_range(blake2_256, &root.0, width, first, hashes, &hashes_of(proof));
        ensure!(proved, Error::<T>::ProofInvalid);

        let score = (first..upto)
            .zip(rows)
            .try_fold(score, |sum, (number, row)| {
                let score = row_score(row, number, &dispute.delta, &dispute.query)?;
                Ok(sum.saturating_add(score))
            })
            .map_err(|_: fixed::ShapeMismatch| Error::<T>::RowsWrongLength)?;
        Self::deposit_event(Event::RowsOpened {
            key,
            next: upto,
            end,
            score,
        });
        if upto == end {
            return Self::conclude(key, challenge, dispute, Finding::Score(score));
        }
        let progress = Progress::Rows {
            root,
            width,
            next: upto,
            end,
            score,
        };
        Self::keep(
            &key,
            Challenge {
                progress,
                ..challenge
            },
        );
        Ok(())
    }

    /// Ends a challenge whose rows were not shown in time.
    pub(crate) fn do_close_challenge(key: ChallengeKey) -> DispatchResult {
        let (challenge, dispute) = Self::found(&key)?;
        let overdue = T::Ticks::now() > challenge.deadline;
        ensure!(overdue, Error::<T>::DeadlineNotPassed);
        Self::conclude(key, challenge, dispute, Finding::Silence)
    }

    /// Ends a challenge by what was found out. The last one of a dispute lets its money go on.
    fn conclude(
        key: ChallengeKey,
        challenge: Challenge<T::AccountId>,
        mut dispute: Dispute<T>,
        finding: Finding,
    ) -> DispatchResult {
        let mut settled = Settlements::<T>::get(key.request).ok_or(Error::<T>::NotFound)?;
        let mut book = Book::<T>::open();
        let about = (key.datanet, key.contribution, Evidence::Influence);
        match judge(&settled.report, about, finding, &settled.blend) {
            _ if settled.void => {
                Self::return_bond(&challenge)?;
                Self::deposit_event(Event::ChallengeMoot { key });
            }
            Verdict::Right => {
                Self::forfeit_bond(&challenge)?;
                book.receive(challenge.bond)?;
                book.credit(&dispute.author.account, challenge.bond);
                Self::deposit_event(Event::ReportUpheld {
                    key,
                    challenger: challenge.challenger.clone(),
                    author: dispute.author.clone(),
                    bond: challenge.bond,
                });
            }
            Verdict::Wrong(report) => {
                Self::return_bond(&challenge)?;
                let slashed = T::Workers::slash(&dispute.author, T::ReportSlash::get(), &Self::account_id());
                book.receive(slashed)?;
                let left = match report == settled.report.as_slice() {
                    true => slashed,
                    false => Self::correct(&mut settled, &mut dispute, report, slashed, &mut book)?,
                };
                let reward = T::ChallengerShare::get().mul_floor(left);
                book.credit(&challenge.challenger, reward);
                book.credit(&T::DustSink::get(), left.saturating_sub(reward));
                Self::deposit_event(Event::ReportCorrected {
                    key,
                    challenger: challenge.challenger.clone(),
                    author: dispute.author.clone(),
                    slashed,
                    given_back: slashed.saturating_sub(left),
                    reward,
                    report: settled.report.to_vec(),
                });
            }
        }
        Challenges::<T>::remove(key.request, (key.datanet, key.contribution));
        ChallengesAgainst::<T>::remove(&dispute.author.account, key);
        T::Workers::acquit(&dispute.author);
        dispute.open = dispute.open.saturating_sub(1);
        Self::keep_dispute(key.request, &settled, dispute, &mut book);
        book.close();
        Settlements::<T>::insert(key.request, settled);
        Ok(())
    }

    /// Stores a dispute, or ends it if no challenge of it is open.
    pub(crate) fn keep_dispute(
        request: RequestId,
        settled: &Settled<T>,
        dispute: Dispute<T>,
        book: &mut Book<T>,
    ) {
        if dispute.open > 0 {
            Disputes::<T>::insert(request, dispute);
        } else {
            Self::end_dispute(request, settled, &dispute, book);
            Disputes::<T>::remove(request);
        }
    }

    /// Keeps what the revealed answer says and withholds its contributors' money.
    pub(crate) fn open_dispute(
        request: RequestId,
        settled: &Settled<T>,
        root: H256,
    ) -> Result<Dispute<T>, DispatchError> {
        let author = settled.representative.clone();
        let answer = T::Answers::revealed(request, &author).ok_or(Error::<T>::AnswerForgotten)?;
        let logits: Vec<i32> = answer
            .output
            .chunks(4)
            .map(|number| number.try_into().map(i32::from_le_bytes))
            .collect::<Result<_, _>>()
            .map_err(|_| Error::<T>::NotAttributed)?;
        let most = usize::try_from(MAX_CLASSES).unwrap_or(usize::MAX);
        ensure!(logits.len() <= most, Error::<T>::NotAttributed);
        let delta = fixed::delta(&logits);
        let mut dispute = Dispute {
            author,
            root,
            delta: delta.try_into().map_err(|_| Error::<T>::NotAttributed)?,
            query: answer.query.try_into().map_err(|_| Error::<T>::NotAttributed)?,
            open: 0,
            withheld: Default::default(),
        };
        let mut book = Book::<T>::open();
        Self::withhold(request, settled, &mut dispute, &mut book)?;
        book.close();
        Ok(dispute)
    }

    /// The data points of a contribution that is in one of the release's datanet versions.
    pub(crate) fn points_in(release: &Release, key: &ChallengeKey) -> Option<u32> {
        let leaf = T::Datanets::contribution(key.datanet, key.contribution)?.leaf_index?;
        release
            .sources
            .iter()
            .filter(|(datanet, _)| *datanet == key.datanet)
            .find(|(datanet, version)| {
                T::Datanets::version(*datanet, *version).is_some_and(|found| leaf < found.leaves)
            })
            .map(|(datanet, version)| {
                T::Datanets::standing(*datanet, *version, key.contribution).map_or(0, |found| found.points)
            })
    }

    /// Until when so many rows have to be shown from now on.
    fn deadline_for(rows: u32) -> Tick {
        let for_rows = Tick::from(rows).checked_div(ROWS_A_TICK).unwrap_or(0);
        T::Ticks::now()
            .saturating_add(T::AnswerTicks::get())
            .saturating_add(for_rows)
    }

    fn found(key: &ChallengeKey) -> Result<Case<T>, Error<T>> {
        let challenge = Challenges::<T>::get(key.request, (key.datanet, key.contribution));
        let dispute = Disputes::<T>::get(key.request);
        challenge.zip(dispute).ok_or(Error::<T>::NotFound)
    }

    /// A challenge whose deadline has not passed.
    fn running(key: &ChallengeKey) -> Result<Case<T>, Error<T>> {
        let (challenge, dispute) = Self::found(key)?;
        ensure!(T::Ticks::now() <= challenge.deadline, Error::<T>::DeadlinePassed);
        Ok((challenge, dispute))
    }

    fn keep(key: &ChallengeKey, challenge: Challenge<T::AccountId>) {
        Challenges::<T>::insert(key.request, (key.datanet, key.contribution), challenge);
    }

    fn return_bond(challenge: &Challenge<T::AccountId>) -> DispatchResult {
        let (reason, bond) = (HoldReason::Challenge.into(), challenge.bond);
        T::Currency::release(&reason, &challenge.challenger, bond, Precision::BestEffort).map(|_| ())
    }

    /// Moves a challenger's bond to the ledger's account. It cannot fail: the bond is held, and that account exists.
    fn forfeit_bond(challenge: &Challenge<T::AccountId>) -> DispatchResult {
        if challenge.bond == 0 {
            return Ok(());
        }
        T::Currency::transfer_on_hold(
            &HoldReason::Challenge.into(),
            &challenge.challenger,
            &Self::account_id(),
            challenge.bond,
            Precision::Exact,
            Restriction::Free,
            Fortitude::Force,
        )
        .map(|_: Balance| ())
    }

    /// The challenges that `author` has to answer, for the runtime API: all that its reports are under, so never call
    /// it on-chain.
    pub fn open_challenges(author: &T::AccountId) -> Vec<OpenChallenge> {
        let mut open: Vec<OpenChallenge> = ChallengesAgainst::<T>::iter_key_prefix(author)
            .filter_map(|key| {
                let challenge = Challenges::<T>::get(key.request, (key.datanet, key.contribution))?;
                Some(OpenChallenge {
                    request: key.request,
                    model: Settlements::<T>::get(key.request)?.model,
                    datanet: key.datanet,
                    contribution: key.contribution,
                    deadline: challenge.deadline,
                    duty: match challenge.progress {
                        Progress::Unplaced => ChallengeDuty::ShowPlace,
                        Progress::Rows { next, end, .. } => ChallengeDuty::OpenRows { next, end },
                    },
                })
            })
            .collect();
        open.sort_unstable_by_key(|open| (open.deadline, open.request, open.datanet, open.contribution));
        open
    }
}

impl From<Place> for ShownPlace {
    fn from(place: Place) -> Self {
        ShownPlace {
            datanet: place.datanet,
            contribution: place.contribution,
            registered: place.registered,
            first: place.first,
            rows: place.rows,
        }
    }
}
