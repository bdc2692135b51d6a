// SPDX-License-Identifier: Apache-2.0
//! `openledger-worker refute-spans`.

use crate::challenger_arguments::ChallengerArguments;
use anyhow::Result;
use clap::Args;
use openledger_primitives::RequestId;
use openledger_worker::{
    chain::{Call, SpanFlaw},
    refutation::{refute, RefuteConfig},
};
use serde_json::{json, Value};

/// Judges the report of a settled answer that quotes, or was made with passages, by the text that its model was released with. What is wrong is shown to
/// the chain until nothing is; the first such call is free and rewarded. Nothing is sent if nothing is wrong.
#[derive(Args)]
pub struct RefuteSpans {
    #[command(flatten)]
    challenger: ChallengerArguments,
    /// The request.
    #[arg(long, env = "OPENLEDGER_REFUTE_REQUEST")]
    request: RequestId,
}

impl RefuteSpans {
    /// Runs it and returns what to print.
    pub async fn run(self) -> Result<Value> {
        let signer = self.challenger.signer()?;
        let challenger = signer.account().to_string();
        let refuted = refute(RefuteConfig {
            url: self.challenger.url,
            signer,
            blobs: self.challenger.blobs,
            request: self.request,
        })
        .await?;
        let verdict = match refuted.calls.is_empty() {
            true => "nothing is wrong",
            false => "refuted",
        };
        let report = refuted.stands.scores.iter().map(|scored| {
            json!({
                "datanet": scored.datanet,
                "contribution": scored.contribution,
                "evidence": format!("{:?}", scored.evidence),
                "score": scored.score,
            })
        });
        Ok(json!({
            "request": self.request,
            "model": refuted.stands.model,
            "challenger": challenger,
            "verdict": verdict,
            "calls": refuted.calls.iter().map(shown).collect::<Value>(),
            "report": report.collect::<Value>(),
        }))
    }
}

/// What a call corrected, without its proofs.
fn shown(call: &Call) -> Value {
    let Call::RefuteSpans { flaw, documents, .. } = call else {
        return json!({ "call": call.name() });
    };
    let details = match flaw {
        SpanFlaw::Sums => json!({}),
        SpanFlaw::Passage { from, count, .. } => json!({ "from": from, "count": count }),
        SpanFlaw::Claim {
            from,
            count,
            position,
            ..
        } => json!({ "from": from, "count": count, "position": position }),
        SpanFlaw::Count { token, count, .. } => json!({ "token": token, "count": count }),
        SpanFlaw::Term { term, count, .. } => json!({ "term": term, "count": count }),
        SpanFlaw::Retrieved { document, number, .. } => json!({
            "datanet": document.datanet,
            "contribution": document.contribution,
            "passage": number,
        }),
        SpanFlaw::Cited { position, .. } => json!({ "position": position }),
    };
    let corrected = documents
        .iter()
        .map(|document| json!({ "datanet": document.datanet, "contribution": document.contribution }));
    json!({
        "call": call.name(),
        "flaw": flaw.name(),
        "where": details,
        "contributions": corrected.collect::<Value>(),
    })
}
