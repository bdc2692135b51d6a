// SPDX-License-Identifier: Apache-2.0
//! When a report is wrong, and what is right instead: pure functions.

use alloc::{collections::BTreeMap, vec::Vec};
use openledger_primitives::{
    explain::TakenBack,
    money::Balance,
    report::{blended, Blend, Evidence, ReportEntry, Scored},
    ContributionId, DatanetId,
};

use crate::netting::debit_limit;

/// What is paid, and what it owes.
type Key = (DatanetId, ContributionId);
/// What reports are ordered by.
type Place = (DatanetId, ContributionId, Evidence);

/// What a challenge found out about a contribution.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Finding {
    /// Its score, from all of its rows.
    Score(i64),
    /// Nothing: its rows were not shown in time.
    Silence,
}

/// Whether a report is right about a contribution.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It is.
    Right,
    /// It is not; this is the report that stands instead.
    Wrong(Vec<ReportEntry>),
}

/// Judges `report` by what was found out about a contribution by one kind of evidence.
///
/// A listed contribution is right when its score is. One that is not listed is right unless the report would list it,
/// by the rule of the strongest of each sign, with its score added. A contribution whose rows were not shown is taken
/// off the list, and the report was wrong either way.
///
/// The report of whoever computed all scores is always right: what is not listed there is weaker than everything
/// listed of its sign and kind. Kinds count in what stands instead as `blend` says.
pub fn judge(report: &[ReportEntry], about: Place, finding: Finding, blend: &Blend) -> Verdict {
    let others = || {
        report
            .iter()
            .filter(|entry| entry.place() != about)
            .map(ReportEntry::scored)
    };
    let listed = report.iter().find(|entry| entry.place() == about);
    let with = |score: i64| {
        let (datanet, contribution, evidence) = about;
        let found = Scored {
            datanet,
            contribution,
            evidence,
            score,
        };
        let scores: Vec<_> = others().chain(core::iter::once(found)).collect();
        blended(&scores, blend)
    };
    match (listed, finding) {
        (Some(entry), Finding::Score(score)) if entry.score == score => Verdict::Right,
        (Some(_), Finding::Score(score)) => Verdict::Wrong(with(score)),
        (None, Finding::Score(score)) => {
            let with = with(score);
            match with.iter().any(|entry| entry.place() == about) {
                true => Verdict::Wrong(with),
                false => Verdict::Right,
            }
        }
        (Some(_), Finding::Silence) => {
            let rest: Vec<_> = others().collect();
            Verdict::Wrong(blended(&rest, blend))
        }
        (None, Finding::Silence) => Verdict::Wrong(report.to_vec()),
    }
}

/// What a corrected report means for one contribution's earlier pay.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Debit {
    /// The contribution.
    pub key: Key,
    /// What the answer took from it, planck.
    pub taken: Balance,
    /// How much of that it should not have taken, planck.
    pub owed: Balance,
    /// How much more it may take, planck.
    pub more: Balance,
}

/// The debits of an answer whose report `before` becomes `after`, by contribution. `taken` is what it took, out of
/// `contributors` that it paid.
///
/// In sum, `taken - owed + more` is at most `contributors`, as the negative weights of a report are at most one.
pub fn debits(
    before: &[ReportEntry],
    after: &[ReportEntry],
    taken: &[TakenBack],
    contributors: Balance,
) -> Vec<Debit> {
    let limits = |report: &[ReportEntry]| -> BTreeMap<Key, Balance> {
        let mut limits: BTreeMap<Key, Balance> = BTreeMap::new();
        for entry in report.iter().filter(|entry| entry.weight < 0) {
            let limit = limits.entry(entry.key()).or_default();
            *limit = limit.saturating_add(debit_limit(entry.weight, contributors));
        }
        limits
    };
    let (old, new) = (limits(before), limits(after));
    let mut debits: BTreeMap<Key, Debit> = BTreeMap::new();
    let takes = taken
        .iter()
        .map(|entry| ((entry.datanet, entry.contribution), entry.amount));
    for (key, taken) in takes.chain(new.keys().map(|key| (*key, 0))) {
        let debit = debits.entry(key).or_insert(Debit {
            key,
            taken: 0,
            owed: 0,
            more: 0,
        });
        debit.taken = debit.taken.saturating_add(taken);
    }
    for (key, debit) in &mut debits {
        let limit = |limits: &BTreeMap<Key, Balance>| limits.get(key).copied().unwrap_or(0);
        debit.owed = debit.taken.saturating_sub(limit(&new));
        debit.more = limit(&new).saturating_sub(limit(&old).max(debit.taken));
    }
    debits.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use openledger_primitives::report::ReportError;
    use proptest::prelude::*;

    const BLEND: Blend = Blend::DEFAULT;

    fn scored(contribution: u64, evidence: Evidence, score: i64) -> Scored {
        Scored {
            datanet: 0,
            contribution,
            evidence,
            score,
        }
    }

    fn report(scores: &[i64]) -> Vec<ReportEntry> {
        let scores: Vec<_> = (0u64..)
            .zip(scores)
            .map(|(n, score)| scored(n, Evidence::Influence, *score))
            .collect();
        blended(&scores, &BLEND)
    }

    fn check(report: &[ReportEntry]) -> Result<(), ReportError> {
        openledger_primitives::report::check(report, &BLEND)
    }

    fn judge(report: &[ReportEntry], (datanet, contribution): Key, finding: Finding) -> Verdict {
        let about = (datanet, contribution, Evidence::Influence);
        super::judge(report, about, finding, &BLEND)
    }

    fn wrong(verdict: Verdict) -> Vec<ReportEntry> {
        match verdict {
            Verdict::Wrong(report) => report,
            Verdict::Right => panic!("the report is right"),
        }
    }

    fn scores(report: &[ReportEntry]) -> Vec<(u64, i64)> {
        report
            .iter()
            .map(|entry| (entry.contribution, entry.score))
            .collect()
    }

    #[test]
    fn a_listed_score_is_right_or_replaced() {
        let given = report(&[30, 10, -5]);
        assert_eq!(judge(&given, (0, 0), Finding::Score(30)), Verdict::Right);
        let corrected = wrong(judge(&given, (0, 0), Finding::Score(40)));
        assert_eq!(scores(&corrected), [(0, 40), (1, 10), (2, -5)]);
        let corrected = wrong(judge(&given, (0, 0), Finding::Score(0)));
        assert_eq!(scores(&corrected), [(1, 10), (2, -5)]);
        let corrected = wrong(judge(&given, (0, 1), Finding::Score(-9)));
        assert_eq!(scores(&corrected), [(0, 30), (1, -9), (2, -5)]);
    }

    #[test]
    fn an_omitted_contribution_counts_when_it_is_strong_enough() {
        let full: Vec<i64> = (0..16).map(|n| 100 + n).collect();
        let given = report(&full);
        assert_eq!(judge(&given, (0, 99), Finding::Score(99)), Verdict::Right);
        assert_eq!(
            judge(&given, (0, 99), Finding::Score(100)),
            Verdict::Right,
            "of equals the lower goes first"
        );
        let corrected = wrong(judge(&given, (0, 99), Finding::Score(101)));
        assert!(!corrected.iter().any(|entry| entry.contribution == 0));
        assert!(corrected
            .iter()
            .any(|entry| entry.key() == (0, 99) && entry.score == 101));
        assert_eq!(corrected.len(), 16);
        assert_eq!(judge(&given, (0, 99), Finding::Score(0)), Verdict::Right);
        // there is room for a negative one
        assert_eq!(wrong(judge(&given, (0, 99), Finding::Score(-1))).len(), 17);
    }

    #[test]
    fn an_empty_report_is_right_unless_a_contribution_helped() {
        assert_eq!(judge(&[], (0, 1), Finding::Score(-4)), Verdict::Right);
        assert_eq!(scores(&wrong(judge(&[], (0, 1), Finding::Score(4)))), [(1, 4)]);
    }

    #[test]
    fn a_report_whose_only_help_was_none_becomes_empty() {
        let given = report(&[30, -5]);
        assert!(wrong(judge(&given, (0, 0), Finding::Score(-30))).is_empty());
        assert!(wrong(judge(&given, (0, 0), Finding::Silence)).is_empty());
    }

    #[test]
    fn silence_is_wrong_and_takes_a_listed_contribution_off() {
        let given = report(&[30, 10]);
        assert_eq!(scores(&wrong(judge(&given, (0, 1), Finding::Silence))), [(0, 30)]);
        assert_eq!(wrong(judge(&given, (0, 7), Finding::Silence)), given);
    }

    #[test]
    fn kinds_of_evidence_are_judged_apart_and_divide_the_report_anew() {
        use Evidence::{Retrieval, Spans};
        let given = blended(&[scored(1, Spans, 30), scored(1, Retrieval, 8)], &BLEND);
        let judge = |contribution, evidence, score| {
            super::judge(&given, (0, contribution, evidence), Finding::Score(score), &BLEND)
        };
        assert_eq!(judge(1, Spans, 30), Verdict::Right);
        assert_eq!(judge(1, Retrieval, 8), Verdict::Right);
        assert_eq!(judge(2, Spans, 0), Verdict::Right);
        // what nothing was cited for leaves its part to what was quoted
        let all = wrong(judge(1, Retrieval, 0));
        assert_eq!(
            (all.len(), all[0].evidence, all[0].weight),
            (1, Spans, 1_000_000_000)
        );
        let more = wrong(judge(2, Retrieval, 8));
        let weights: Vec<_> = more
            .iter()
            .map(|entry| (entry.contribution, entry.weight))
            .collect();
        assert_eq!(weights, [(1, 750_000_000), (1, 125_000_000), (2, 125_000_000)]);
        assert_eq!(check(&more), Ok(()));
    }

    #[test]
    fn debits_move_by_the_difference_of_the_limits() {
        let (before, after) = (report(&[100, -50, -20]), report(&[100, -20, -20, -10]));
        let taken = [(1, 500), (2, 150)].map(|(contribution, amount)| TakenBack {
            datanet: 0,
            contribution,
            amount,
        });
        let found = debits(&before, &after, &taken, 1_000);
        let by_contribution: Vec<_> = found
            .iter()
            .map(|debit| (debit.key.1, debit.taken, debit.owed, debit.more))
            .collect();
        // 1 may lose 200 instead of 500; 2 had no more than 150 to lose; 3 was spared
        assert_eq!(
            by_contribution,
            [(1, 500, 300, 0), (2, 150, 0, 0), (3, 0, 0, 100)]
        );
    }

    proptest! {
        #[test]
        fn the_report_of_all_true_scores_is_always_right(
            scores in prop::collection::vec(prop_oneof![-50i64..50, any::<i32>().prop_map(i64::from)], 1..60),
        ) {
            let given = report(&scores);
            prop_assert_eq!(check(&given), Ok(()));
            for (n, score) in (0u64..).zip(&scores) {
                prop_assert_eq!(judge(&given, (0, n), Finding::Score(*score)), Verdict::Right);
            }
        }

        #[test]
        fn a_false_score_is_found_by_challenging_it_and_the_correction_is_a_report(
            scores in prop::collection::vec(-1_000i64..1_000, 2..60),
            at in any::<prop::sample::Index>(),
            lie in -1_000i64..1_000,
        ) {
            let at = at.index(scores.len());
            let mut told = scores.clone();
            told[at] = lie;
            let given = report(&told);
            let listed = given.iter().any(|entry| entry.contribution == at as u64);
            if listed && lie != scores[at] {
                let corrected = wrong(judge(&given, (0, at as u64), Finding::Score(scores[at])));
                prop_assert_eq!(check(&corrected), Ok(()));
                prop_assert_eq!(
                    judge(&corrected, (0, at as u64), Finding::Score(scores[at])),
                    Verdict::Right
                );
            }
        }

        #[test]
        fn corrected_debits_never_exceed_what_the_answer_paid(
            before in prop::collection::vec(-1_000i64..1_000, 1..40),
            after in prop::collection::vec(-1_000i64..1_000, 1..40),
            had in prop::collection::vec(0u128..2_000, 40),
            contributors in 0u128..100_000,
        ) {
            let (before, after) = (report(&before), report(&after));
            let taken: Vec<TakenBack> = before
                .iter()
                .filter(|entry| entry.weight < 0)
                .map(|entry| TakenBack {
                    datanet: 0,
                    contribution: entry.contribution,
                    amount: debit_limit(entry.weight, contributors).min(had[entry.contribution as usize]),
                })
                .collect();
            let found = debits(&before, &after, &taken, contributors);
            prop_assert!(found.iter().all(|debit| debit.owed <= debit.taken));
            prop_assert!(found.iter().all(|debit| debit.owed == 0 || debit.more == 0));
            let whole: u128 = found.iter().map(|debit| debit.taken - debit.owed + debit.more).sum();
            prop_assert!(whole <= contributors);
        }
    }
}
