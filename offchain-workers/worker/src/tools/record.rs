// SPDX-License-Identifier: Apache-2.0
//! `openledger-worker audit-record` and `verify-record`: who was paid for an answer and why, as a file that anybody can
//! check.

use super::{read, write};
use anyhow::{bail, Context, Result};
use clap::{ArgGroup, Args};
use openledger_primitives::{signature::Signature, RequestId};
use openledger_record::{verify, Record, RecordError, Trusted};
use openledger_worker::{chain::Connection, Signer};
use serde_json::{json, Value};
use sp_core::{sr25519, H256};
use std::{path::PathBuf, process::ExitCode, str::FromStr};
use subxt::rpcs::client::rpc_params;

/// Exit code of a record that does not hold.
const REFUSED: u8 = 1;
/// Exit code where nothing could be judged: a file that is not there, a header that is none.
const UNJUDGED: u8 = 2;

/// Writes the audit record of a settled request. The node gives it; what it says is checked against the header that the
/// node gives of that block before anything is signed.
#[derive(Args)]
#[command(group(ArgGroup::new("key").args(["suri", "suri_file"])))]
pub struct AuditRecord {
    /// The request.
    #[arg(long, env = "OPENLEDGER_RECORD_REQUEST")]
    request: RequestId,
    /// Hash of the block whose state is recorded. [default: the last finalized block]
    #[arg(long, env = "OPENLEDGER_RECORD_AT", value_parser = H256::from_str)]
    at: Option<H256>,
    /// WebSocket RPC of a node.
    #[arg(long, env = "OPENLEDGER_WORKER_URL", default_value = "ws://127.0.0.1:9944")]
    url: String,
    /// Answer for the record with this key: a phrase, a 0x… seed, or a development name such as //Alice. Prefer
    /// --suri-file: other users of the machine can see arguments. [default: the node's signature]
    #[arg(long, env = "OPENLEDGER_RECORD_SURI", hide_env_values = true)]
    suri: Option<String>,
    /// File with the key in its first line.
    #[arg(long, env = "OPENLEDGER_RECORD_SURI_FILE")]
    suri_file: Option<PathBuf>,
    /// Write the record to this file and print what it proves, instead of the record.
    #[arg(long, env = "OPENLEDGER_RECORD_OUT")]
    out: Option<PathBuf>,
}

impl AuditRecord {
    /// Runs it and returns what to print.
    pub async fn run(self) -> Result<Value> {
        let signer = self.signer()?;
        let connection = Connection::open(&self.url).await?;
        let rpc = connection.rpc();
        let record: Value = rpc
            .request("openledger_auditRecord", rpc_params![self.request, self.at])
            .await
            .context("the node gives no record")?;
        let mut record = Record::from_json(&record.to_string())?;
        let header: Value = rpc
            .request("chain_getHeader", rpc_params![record.block.hash])
            .await
            .context("the node gives no header")?;
        let trusted = Trusted::from_header_text(&header.to_string())?;
        match (&signer, verify(&record, &trusted)) {
            (None, Err(RecordError::NotSigned)) => {
                bail!("the node has no key to sign records with; sign it yourself with --suri-file")
            }
            // the signature is the last thing that is checked
            (_, Ok(_)) | (Some(_), Err(RecordError::NotSigned)) => {}
            (_, Err(error)) => return Err(error).context("the node's record does not hold"),
        }
        if let Some(signer) = signer {
            record = record.signed(signer.account(), |payload| {
                let signature = signer.sign(payload)?;
                Ok::<_, openledger_worker::SignerError>(Signature::Sr25519(sr25519::Signature::from_raw(
                    signature,
                )))
            })??;
        }
        let verified = verify(&record, &trusted)?;
        let record = serde_json::to_value(&record)?;
        match &self.out {
            None => Ok(record),
            Some(out) => {
                write(out, serde_json::to_string_pretty(&record)?.as_bytes())?;
                Ok(shown(&verified))
            }
        }
    }

    fn signer(&self) -> Result<Option<Signer>> {
        let secret = match (&self.suri, &self.suri_file) {
            (Some(suri), _) => suri.clone(),
            (_, Some(file)) => String::from_utf8(read(file)?).context("the key file is not text")?,
            _ => return Ok(None),
        };
        Ok(Some(Signer::from_uri(secret.lines().next().unwrap_or_default())?))
    }
}

fn shown(verified: &openledger_record::Verified) -> Value {
    json!({
        "verified": true,
        "request": verified.request,
        "block": verified.block,
        "number": verified.number,
        "genesis": verified.genesis,
        "fee": verified.fee.to_string(),
        "signer": verified.signer,
        "attested": verified.attested,
    })
}

/// Checks an audit record against the header of its block, without a node or a network. Ends with 0 if the record holds,
/// with 1 if it does not, and with 2 if that cannot be told. Prints the verdict, with the error's name.
#[derive(Args)]
#[command(group(ArgGroup::new("trusted").required(true).args(["header", "block_hash"])))]
pub struct VerifyRecord {
    /// The record.
    record: PathBuf,
    /// File with the block's header from a light client: the JSON of `chain_getHeader`, or SCALE bytes in hexadecimal.
    #[arg(long, env = "OPENLEDGER_RECORD_HEADER")]
    header: Option<PathBuf>,
    /// The block's hash from a light client.
    #[arg(long, env = "OPENLEDGER_RECORD_BLOCK_HASH", value_parser = H256::from_str)]
    block_hash: Option<H256>,
}

impl VerifyRecord {
    /// Runs it, prints the verdict and says how to end.
    pub fn run(self) -> ExitCode {
        match self.judge() {
            Ok(Ok(verified)) => {
                println!("{:#}", shown(&verified));
                ExitCode::SUCCESS
            }
            Ok(Err(error)) => {
                println!(
                    "{:#}",
                    json!({ "verified": false, "error": error.name(), "message": error.to_string() })
                );
                ExitCode::from(REFUSED)
            }
            Err(error) => {
                eprintln!("Error: {error:#}");
                ExitCode::from(UNJUDGED)
            }
        }
    }

    fn judge(&self) -> Result<Result<openledger_record::Verified, RecordError>> {
        let text = |path: &PathBuf| {
            String::from_utf8(read(path)?).with_context(|| format!("{} is not text", path.display()))
        };
        let trusted = match (&self.header, self.block_hash) {
            (Some(path), _) => Trusted::from_header_text(&text(path)?)?,
            (_, Some(hash)) => Trusted::Hash(hash),
            _ => bail!("give --header or --block-hash"),
        };
        let record = Record::from_json(&text(&self.record)?);
        Ok(record.and_then(|record| verify(&record, &trusted)))
    }
}
