// SPDX-License-Identifier: Apache-2.0
//! What the pallet tells: a section of it, so that its table of contents stays short.

use frame_support::pallet_macros::pallet_section;

/// The pallet's events.
#[pallet_section]
mod events {
    #[pallet::event]
    #[pallet::generate_deposit(pub(super) fn deposit_event)]
    pub enum Event<T: Config> {
        /// An account can claim a part of a request's payment.
        Credited {
            request: RequestId,
            to: T::AccountId,
            amount: Balance,
            reason: Reason,
        },
        /// A contribution earned a part of a request's payment. It is pending until it vests.
        Accrued {
            request: RequestId,
            model: ModelId,
            datanet: DatanetId,
            contribution: ContributionId,
            owner: T::AccountId,
            amount: Balance,
        },
        /// A negative entry of a request's report took pending pay back into the model's next pool.
        TakenBack {
            request: RequestId,
            model: ModelId,
            datanet: DatanetId,
            contribution: ContributionId,
            amount: Balance,
        },
        /// Pending pay has vested: its owner can claim it.
        Vested {
            model: ModelId,
            datanet: DatanetId,
            contribution: ContributionId,
            owner: T::AccountId,
            amount: Balance,
        },
        /// The contributions of a datanet version earned a part of a request's payment by their standing, or of a
        /// released pool if there is no request.
        StandingAccrued {
            request: Option<RequestId>,
            model: ModelId,
            datanet: DatanetId,
            version: VersionId,
            amount: Balance,
        },
        /// A contribution's share of what its datanet version earned can be claimed: by its owner, or by the dust sink
        /// for one that was revoked.
        StandingPaid {
            datanet: DatanetId,
            version: VersionId,
            contribution: ContributionId,
            to: T::AccountId,
            amount: Balance,
        },
        /// A model's next pool went to the datanet versions that it was trained on, but for `dust` that went to the
        /// sink because none of them has data points.
        PoolReleased {
            model: ModelId,
            amount: Balance,
            dust: Balance,
        },
        /// A request's payment was recorded. `from_pool` came out of the model's pool into this answer, `next_pool`
        /// is what the next one will find there.
        Settled {
            request: RequestId,
            model: ModelId,
            consumer: T::AccountId,
            fee: Balance,
            from_pool: Balance,
            next_pool: Balance,
            report: Vec<ReportEntry>,
        },
        /// An account was paid what it could claim, by its own call or somebody else's.
        Claimed {
            account: T::AccountId,
            by: T::AccountId,
            amount: Balance,
        },
        /// The explanation of an old settlement was removed.
        Pruned { request: RequestId },
        /// The contributors' money of an answer is held back until no challenge of its report is open.
        PayWithheld {
            request: RequestId,
            shares: Vec<Withheld>,
        },
        /// No challenge of a report is open any more, and its contributors' money went where it belongs.
        PayReleased {
            request: RequestId,
            shares: Vec<Withheld>,
        },
        /// Somebody says that a report is wrong about a contribution. Its rows have to be shown until `deadline`.
        Challenged {
            key: ChallengeKey,
            challenger: T::AccountId,
            author: WorkerKey<T::AccountId>,
            bond: Balance,
            deadline: Tick,
        },
        /// Where the rows of a challenged contribution lie; none if its release has none of it.
        PlaceShown {
            key: ChallengeKey,
            first: u32,
            rows: u32,
        },
        /// The rows up to `next` are open; their scores sum to `score`.
        RowsOpened {
            key: ChallengeKey,
            next: u32,
            end: u32,
            score: i64,
        },
        /// A challenged report was right. The author can claim the challenger's bond.
        ReportUpheld {
            key: ChallengeKey,
            challenger: T::AccountId,
            author: WorkerKey<T::AccountId>,
            bond: Balance,
        },
        /// A report was wrong, or nobody showed in time that it was right; `report` stands instead. Of `slashed`,
        /// `given_back` went to contributions that it had wrongly debited and `reward` to the challenger.
        ReportCorrected {
            key: ChallengeKey,
            challenger: T::AccountId,
            author: WorkerKey<T::AccountId>,
            slashed: Balance,
            given_back: Balance,
            reward: Balance,
            report: Vec<ReportEntry>,
        },
        /// An answer's output was not what the model's head gives for its query vector. Its report is void. Of
        /// `slashed`, `given_back` went to contributions that it had wrongly debited and `reward` to the challenger.
        OutputRefuted {
            request: RequestId,
            challenger: T::AccountId,
            author: WorkerKey<T::AccountId>,
            slashed: Balance,
            given_back: Balance,
            reward: Balance,
        },
        /// The credits of an answer that quotes were wrong, or the sums of its report. It has this report now. The first
        /// time its author lost `slashed`, of which `reward` went to the challenger; later corrections only move pay.
        SpansRefuted {
            request: RequestId,
            challenger: T::AccountId,
            author: WorkerKey<T::AccountId>,
            slashed: Balance,
            reward: Balance,
            report: Vec<ReportEntry>,
        },
        /// A challenge ended without a verdict, because the answer's output was refuted meanwhile. The challenger has
        /// its bond back.
        ChallengeMoot { key: ChallengeKey },
    }
}
