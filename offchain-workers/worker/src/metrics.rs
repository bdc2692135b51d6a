// SPDX-License-Identifier: Apache-2.0
//! What an operator can watch.

use substrate_prometheus_endpoint::{
    register, Counter, Gauge, Histogram, HistogramOpts, PrometheusError, Registry, U64,
};

/// The worker's figures. Cheap to clone; clones count together.
#[derive(Clone)]
pub struct Metrics {
    /// Jobs on disk.
    pub jobs: Gauge<U64>,
    /// Jobs that are computing.
    pub computing: Gauge<U64>,
    /// Calls that are queued or in no finalized block.
    pub pending_transactions: Gauge<U64>,
    /// Transactions given to the node.
    pub transactions: Counter<U64>,
    /// Transactions sent again.
    pub retries: Counter<U64>,
    /// Calls that failed in their block.
    pub failed_calls: Counter<U64>,
    /// Commitments sent.
    pub commits: Counter<U64>,
    /// Reveals sent.
    pub reveals: Counter<U64>,
    /// Jobs that closed: settled or refunded.
    pub closed: Counter<U64>,
    /// Computations that ended without an answer.
    pub failures: Counter<U64>,
    /// Jobs that killed the executor.
    pub quarantined: Counter<U64>,
    /// Models that are not offered because of what they did or are.
    pub refused_models: Gauge<U64>,
    /// Connections to the node after the first.
    pub reconnects: Counter<U64>,
    /// Last finalized block that was handled.
    pub finalized: Gauge<U64>,
    /// Challenges of the worker's reports that are open.
    pub challenges: Gauge<U64>,
    /// Transactions that showed what a challenged report rests on.
    pub shown: Counter<U64>,
    /// Disputes of rows of the account's models that are open.
    pub row_disputes: Gauge<U64>,
    /// Transactions that answered one.
    pub row_answers: Counter<U64>,
    /// Seconds from a request's first sight to its answer.
    pub answer_seconds: Histogram,
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Metrics")
    }
}

impl Metrics {
    /// Makes the figures; they show nowhere until they are registered.
    pub fn new() -> Result<Self, PrometheusError> {
        let counter = |name: &str, help: &str| Counter::new(format!("openledger_worker_{name}"), help);
        let gauge = |name: &str, help: &str| Gauge::new(format!("openledger_worker_{name}"), help);
        Ok(Self {
            jobs: gauge("jobs", "Jobs on disk")?,
            computing: gauge("computing", "Jobs that are computing")?,
            pending_transactions: gauge(
                "pending_transactions",
                "Calls that are queued or in no finalized block",
            )?,
            transactions: counter("transactions_total", "Transactions given to the node")?,
            retries: counter("transaction_retries_total", "Transactions sent again")?,
            failed_calls: counter("failed_calls_total", "Calls that failed in their block")?,
            commits: counter("commits_total", "Commitments sent")?,
            reveals: counter("reveals_total", "Reveals sent")?,
            closed: counter("jobs_closed_total", "Jobs that were settled or refunded")?,
            failures: counter("failures_total", "Computations that ended without an answer")?,
            quarantined: counter("quarantined_total", "Jobs that killed the executor")?,
            refused_models: gauge(
                "refused_models",
                "Models that are not offered because of what they did or are",
            )?,
            reconnects: counter("reconnects_total", "Connections to the node after the first")?,
            finalized: gauge("finalized_block", "Last finalized block that was handled")?,
            challenges: gauge(
                "open_challenges",
                "Challenges of the worker's reports that are open",
            )?,
            shown: counter(
                "shown_total",
                "Transactions that showed what a challenged report rests on",
            )?,
            row_disputes: gauge(
                "open_row_disputes",
                "Disputes of rows of the account's models that are open",
            )?,
            row_answers: counter(
                "row_answers_total",
                "Transactions that answered a dispute of a row",
            )?,
            answer_seconds: Histogram::with_opts(
                HistogramOpts::new(
                    "openledger_worker_answer_seconds",
                    "From fetching artifacts to the answer",
                )
                .buckets(vec![
                    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0,
                ]),
            )?,
        })
    }

    /// Makes the figures and shows them in `registry`.
    pub fn registered(registry: &Registry) -> Result<Self, PrometheusError> {
        let metrics = Self::new()?;
        let shown = metrics.clone();
        for gauge in [
            shown.jobs,
            shown.computing,
            shown.pending_transactions,
            shown.refused_models,
            shown.finalized,
            shown.challenges,
            shown.row_disputes,
        ] {
            register(gauge, registry)?;
        }
        for counter in [
            shown.transactions,
            shown.retries,
            shown.failed_calls,
            shown.commits,
            shown.reveals,
            shown.closed,
            shown.failures,
            shown.quarantined,
            shown.reconnects,
            shown.shown,
            shown.row_answers,
        ] {
            register(counter, registry)?;
        }
        register(shown.answer_seconds, registry)?;
        Ok(metrics)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_is_registered_once() {
        let registry = Registry::new();
        let metrics = Metrics::registered(&registry).unwrap();
        metrics.commits.inc();
        let shown = registry.gather();
        assert_eq!(shown.len(), 19);
        assert!(Metrics::registered(&registry).is_err());
    }
}
