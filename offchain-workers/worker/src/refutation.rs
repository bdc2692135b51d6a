// SPDX-License-Identifier: Apache-2.0
//! Judges a settled answer that quotes by the text that its model was released with, credits and passages alike, and shows
//! the chain what is wrong, call by call, until nothing is.

use crate::{
    artifacts::Artifacts,
    chain::{
        At, Call, ChainError, Client, ConnectError, Connection, Model, QuoteDocket, Quoted, ShownDocument,
        Signer,
    },
    inclusion::{include, InclusionError, INCLUSION_TIMEOUT},
    jobs::Stop,
    shelf::asked,
    texts::{LoadedText, Texts},
    transactions::Ledger,
};
use openledger_attribution::{
    spans::{Answer, FlawError, Retrieved},
    ContributionKey,
};
use openledger_blobs::{BlobError, Blobs, Bytes};
use openledger_fixed::spans::output_tokens;
use openledger_primitives::{report::Evidence, shown::ShownText, RequestId};
use sp_core::H256;
use std::time::Duration;
use tokio::time::Instant;

/// Pause before the chain is looked at again.
const PAUSE: Duration = Duration::from_secs(1);

/// Whose answer to judge.
#[derive(Clone, Debug)]
pub struct RefuteConfig {
    /// WebSocket RPC of a node.
    pub url: String,
    /// Whose account sends the calls.
    pub signer: Signer,
    /// Store of artifacts, in front of the node's.
    pub blobs: String,
    /// The request.
    pub request: RequestId,
}

/// Why an answer cannot be judged, or not to the end.
#[derive(Debug, thiserror::Error)]
pub enum RefuteError {
    /// No node.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The node does not answer as expected.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The store cannot be opened.
    #[error(transparent)]
    Blobs(#[from] BlobError),
    /// There is no answer, or no more.
    #[error("AnswerForgotten: request {0} is not settled, or what was revealed for it is forgotten")]
    AnswerForgotten(RequestId),
    /// The output itself was refuted.
    #[error("ReportVoid: the output of request {0} was refuted, so there is no report to judge")]
    ReportVoid(RequestId),
    /// The report rests on something else.
    #[error("WrongEvidence: the reports of model {0} do not rest on quotes; challenge one instead")]
    WrongEvidence(u64),
    /// The text is not there or not what is registered.
    #[error("the text cannot be used: {0:?}")]
    Files(Stop),
    /// What was asked is not in the store, and passages cannot be ranked without it.
    #[error("QuestionUnavailable: what was asked cannot be fetched: {0:?}")]
    QuestionUnavailable(Stop),
    /// What was revealed has no attribution.
    #[error("AnswerInvalid: {0}")]
    AnswerInvalid(#[from] FlawError),
    /// A call was not taken, or failed.
    #[error(transparent)]
    Inclusion(#[from] InclusionError),
    /// What was included does not show.
    #[error("NoEffect: what {calls} calls corrected is not final after {patience:?}; run it again")]
    NoEffect {
        /// How many were included.
        calls: usize,
        /// How long it was waited for.
        patience: Duration,
    },
}

/// What came of judging an answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refuted {
    /// The calls that corrected it, in order; none if nothing was wrong.
    pub calls: Vec<Call>,
    /// What stands now.
    pub stands: Quoted,
}

/// Judges the answer to a request and corrects it until nothing is wrong with it.
///
/// # Errors
/// [`RefuteError`]; what was corrected until then stays so.
pub async fn refute(config: RefuteConfig) -> Result<Refuted, RefuteError> {
    let connection = Connection::open(&config.url).await?;
    let client = Client::new(connection.clone(), config.signer.clone());
    let artifacts = Artifacts::in_front_of(&connection, Blobs::open(&config.blobs)?);
    refute_on(&client, &artifacts, config.request, INCLUSION_TIMEOUT).await
}

/// [`refute`] on a chain, by the files in `artifacts`; what was included has to show within `patience`.
///
/// # Errors
/// [`RefuteError`].
pub async fn refute_on<C: QuoteDocket + Ledger>(
    chain: &C,
    artifacts: &Artifacts,
    request: RequestId,
    patience: Duration,
) -> Result<Refuted, RefuteError> {
    let Quoted { model, input, .. } = quoted(chain, request, At::Best).await?;
    let Model::Text(text) = chain.model(model).await? else {
        return Err(RefuteError::WrongEvidence(model));
    };
    let loaded = Texts::default().get(&text, artifacts).await;
    let loaded = loaded.map_err(RefuteError::Files)?;
    let question = match text.passages {
        // nothing rests on it
        0 => Bytes::new(),
        _ => asked(artifacts, &input)
            .await
            .map_err(RefuteError::QuestionUnavailable)?,
    };
    let mut calls: Vec<Call> = Vec::new();
    let mut included = Instant::now();
    loop {
        let stands = quoted(chain, request, At::Best).await?;
        match next_call(&loaded, &question, request, &stands)? {
            None if calls.is_empty() || quoted(chain, request, At::Finalized).await? == stands => {
                return Ok(Refuted { calls, stands });
            }
            Some(call) if calls.last() != Some(&call) => {
                tracing::info!(target: "refutation", request, calls = calls.len(), "showing what is wrong");
                include(chain, &call).await?;
                calls.push(call);
                included = Instant::now();
            }
            // not final yet, or its block was taken back and the pool has it again
            _ if included.elapsed() < patience => tokio::time::sleep(PAUSE).await,
            _ => {
                let calls = calls.len();
                return Err(RefuteError::NoEffect { calls, patience });
            }
        }
    }
}

async fn quoted<C: QuoteDocket>(chain: &C, request: RequestId, at: At) -> Result<Quoted, RefuteError> {
    let quoted = chain.quoted(request, at).await?;
    let quoted = quoted.ok_or(RefuteError::AnswerForgotten(request))?;
    match quoted.void {
        true => Err(RefuteError::ReportVoid(request)),
        false => Ok(quoted),
    }
}

/// The call that shows the most of what is wrong with an answer to `question`; none if nothing is.
///
/// # Errors
/// [`RefuteError::AnswerInvalid`].
pub fn next_call(
    loaded: &LoadedText,
    question: &[u8],
    request: RequestId,
    quoted: &Quoted,
) -> Result<Option<Call>, RefuteError> {
    let release = &loaded.release;
    // an output with tokens after its end is no text, so nothing of it is quoted: so the chain reads it
    let output = output_tokens(&quoted.output).unwrap_or_default();
    let scores = |evidence: Evidence| -> Vec<(ContributionKey, i64)> {
        let scores = quoted.scores.iter().filter(|scored| scored.evidence == evidence);
        scores
            .map(|scored| {
                let key = ContributionKey {
                    datanet: scored.datanet,
                    contribution: scored.contribution,
                };
                (key, scored.score)
            })
            .collect()
    };
    let cited = scores(Evidence::Retrieval);
    let found = release.find_flaw(&Answer {
        output: &output,
        credits: &quoted.credits,
        scores: &scores(Evidence::Spans),
        retrieved: loaded.library.as_ref().map(|library| Retrieved {
            library,
            question,
            most: loaded.passages,
            log: &quoted.log,
            scores: &cited,
            weights: [quoted.blend.spans, quoted.blend.retrieval],
        }),
    })?;
    Ok(found.map(|refutation| Call::RefuteSpans {
        request,
        release: ShownText {
            header: release.header(),
            table: H256(release.table_root()),
            text: H256(release.text_root()),
            counts: H256(release.counts_root()),
        },
        flaw: refutation.flaw.into(),
        documents: refutation
            .places
            .into_iter()
            .map(|(key, shown)| ShownDocument::of(key, shown))
            .collect(),
    }))
}

#[cfg(test)]
#[path = "refutation_tests.rs"]
mod tests;
