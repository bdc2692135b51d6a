// SPDX-License-Identifier: Apache-2.0
//! The frames between parent and child.
//!
//! A frame is the length of its header and of its payload (`u32` little endian each), the header in JSON, and the payload
//! as it is: model bytes, or `f32` numbers little endian, row by row. Both lengths are checked before anything is read.

use std::io::{self, Read, Write};

use openledger_engine::{EngineError, Limits, ModelId, Schema};
use serde::{de::DeserializeOwned, Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::ProcessLimits;

/// Cap on a header, in bytes.
pub(crate) const MAX_HEADER_BYTES: u32 = 64 << 10;
const LENGTHS_BYTES: usize = 8;

/// What the parent asks.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Request {
    /// The first frame: the limits that the child sets on itself.
    Start {
        /// Limits on the process.
        process: ProcessLimits,
        /// Cap on later payloads, in bytes.
        max_payload_bytes: u32,
    },
    /// Check and plan a model; its bytes are the payload.
    Load {
        /// BLAKE2b-256 of the bytes.
        model: ModelId,
        /// The agreed interface.
        schema: Schema,
        /// Caps on the model.
        limits: Limits,
    },
    /// Run a loaded model; the rows are the payload.
    Run {
        /// The model.
        model: ModelId,
        /// The interface it was loaded with.
        schema: Schema,
        /// Rows of the batch.
        rows: usize,
    },
}

/// What the child answers.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Response {
    /// The limits are set.
    Ready {
        /// What tract may use of the processor.
        instruction_set: String,
    },
    /// The model is ready to run.
    Loaded,
    /// The model is not in the child: load it first.
    NotLoaded,
    /// The payload is the result.
    Output,
    /// The engine refused.
    Refused(EngineError),
    /// The bytes are not those of the model.
    WrongBytes {
        /// What they hash to.
        found: ModelId,
    },
}

/// Why a frame could not be read or written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FrameError {
    /// The pipe ended before or inside a frame, or failed.
    #[error("the pipe failed: {0}")]
    Pipe(#[from] io::Error),
    /// A length is over its cap.
    #[error("a frame claims {size} bytes, over the cap of {limit}")]
    TooLarge { size: u64, limit: u64 },
    /// The header is not what was agreed.
    #[error("a header cannot be understood: {0}")]
    Header(#[from] serde_json::Error),
}

/// The lengths and the header of a frame; the payload follows them on the pipe.
fn head<H: Serialize>(header: &H, payload: usize, max_payload: u32) -> Result<Vec<u8>, FrameError> {
    let header = serde_json::to_vec(header)?;
    let header_length = checked(header.len(), MAX_HEADER_BYTES)?;
    let payload_length = checked(payload, max_payload)?;
    let mut head = Vec::with_capacity(LENGTHS_BYTES + header.len());
    head.extend_from_slice(&header_length.to_le_bytes());
    head.extend_from_slice(&payload_length.to_le_bytes());
    head.extend_from_slice(&header);
    Ok(head)
}

fn checked(size: usize, limit: u32) -> Result<u32, FrameError> {
    match u32::try_from(size) {
        Ok(length) if length <= limit => Ok(length),
        _ => Err(FrameError::TooLarge {
            size: size as u64,
            limit: limit.into(),
        }),
    }
}

/// The lengths of header and payload, checked.
fn lengths(bytes: [u8; LENGTHS_BYTES], max_payload: u32) -> Result<(usize, usize), FrameError> {
    let [a, b, c, d, e, f, g, h] = bytes;
    let length = |bytes, limit| checked(u32::from_le_bytes(bytes) as usize, limit);
    let header = length([a, b, c, d], MAX_HEADER_BYTES)?;
    let payload = length([e, f, g, h], max_payload)?;
    Ok((header as usize, payload as usize))
}

/// Space for `length` bytes, or an error where there is none.
fn space(length: usize) -> Result<Vec<u8>, FrameError> {
    let mut bytes = Vec::new();
    bytes
        .try_reserve_exact(length)
        .map_err(|_| io::Error::from(io::ErrorKind::OutOfMemory))?;
    bytes.resize(length, 0);
    Ok(bytes)
}

/// Reads a frame; `None` when the pipe ended between frames.
pub(crate) fn read<H: DeserializeOwned>(
    pipe: &mut impl Read,
    max_payload: u32,
) -> Result<Option<(H, Vec<u8>)>, FrameError> {
    let mut first = [0; LENGTHS_BYTES];
    if pipe.read(&mut first[..1])? == 0 {
        return Ok(None);
    }
    pipe.read_exact(&mut first[1..])?;
    let (header_length, payload_length) = lengths(first, max_payload)?;
    let mut header = space(header_length)?;
    pipe.read_exact(&mut header)?;
    let header = serde_json::from_slice(&header)?;
    let mut payload = space(payload_length)?;
    pipe.read_exact(&mut payload)?;
    Ok(Some((header, payload)))
}

/// Writes a frame.
pub(crate) fn write<H: Serialize>(
    pipe: &mut impl Write,
    header: &H,
    payload: &[u8],
    max_payload: u32,
) -> Result<(), FrameError> {
    pipe.write_all(&head(header, payload.len(), max_payload)?)?;
    pipe.write_all(payload)?;
    Ok(pipe.flush()?)
}

/// [`read`] on an asynchronous pipe; the end of the pipe is an error.
pub(crate) async fn receive<H: DeserializeOwned>(
    pipe: &mut (impl AsyncRead + Unpin),
    max_payload: u32,
) -> Result<(H, Vec<u8>), FrameError> {
    let mut first = [0; LENGTHS_BYTES];
    pipe.read_exact(&mut first).await?;
    let (header_length, payload_length) = lengths(first, max_payload)?;
    let mut header = space(header_length)?;
    pipe.read_exact(&mut header).await?;
    let header = serde_json::from_slice(&header)?;
    let mut payload = space(payload_length)?;
    pipe.read_exact(&mut payload).await?;
    Ok((header, payload))
}

/// [`write`] on an asynchronous pipe.
pub(crate) async fn send<H: Serialize>(
    pipe: &mut (impl AsyncWrite + Unpin),
    header: &H,
    payload: &[u8],
    max_payload: u32,
) -> Result<(), FrameError> {
    pipe.write_all(&head(header, payload.len(), max_payload)?).await?;
    pipe.write_all(payload).await?;
    Ok(pipe.flush().await?)
}

/// Numbers as bytes, little endian.
pub(crate) fn to_bytes(numbers: &[f32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// Bytes as numbers; `None` when they are no whole count of them.
pub(crate) fn to_numbers(bytes: &[u8]) -> Option<Vec<f32>> {
    let chunks = bytes.chunks_exact(4);
    if !chunks.remainder().is_empty() {
        return None;
    }
    Some(
        chunks
            .map(|chunk| f32::from_le_bytes([chunk[0], chunk[1], chunk[2], chunk[3]]))
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAP: u32 = 1024;

    fn request() -> Request {
        Request::Load {
            model: [7; 32],
            schema: Schema { input: 2, output: 1 },
            limits: Limits::default(),
        }
    }

    fn framed() -> Vec<u8> {
        let mut bytes = Vec::new();
        write(&mut bytes, &request(), b"model", CAP).unwrap();
        bytes
    }

    #[test]
    fn a_frame_is_read_as_it_was_written() {
        let (header, payload) = read::<Request>(&mut framed().as_slice(), CAP).unwrap().unwrap();
        assert_eq!((header, payload.as_slice()), (request(), b"model".as_slice()));
    }

    #[test]
    fn a_frame_cut_anywhere_is_an_error_and_no_frame_is_none() {
        let bytes = framed();
        for length in 1..bytes.len() {
            assert!(
                read::<Request>(&mut &bytes[..length], CAP).is_err(),
                "{length} bytes"
            );
        }
        assert!(read::<Request>(&mut [].as_slice(), CAP).unwrap().is_none());
    }

    #[test]
    fn a_length_over_its_cap_is_refused_before_reading() {
        for lengths in [[MAX_HEADER_BYTES + 1, 0], [2, CAP + 1], [u32::MAX, u32::MAX]] {
            let bytes: Vec<u8> = lengths.iter().flat_map(|length| length.to_le_bytes()).collect();
            let answer = read::<Request>(&mut bytes.as_slice(), CAP);
            assert!(matches!(answer, Err(FrameError::TooLarge { .. })), "{answer:?}");
        }
        let answer = write(&mut Vec::new(), &request(), &[0; 1025], CAP);
        assert!(matches!(
            answer,
            Err(FrameError::TooLarge {
                size: 1025,
                limit: 1024
            })
        ));
    }

    #[test]
    fn a_header_that_is_no_request_is_refused() {
        let mut bytes = vec![2, 0, 0, 0, 0, 0, 0, 0];
        bytes.extend_from_slice(b"{}");
        assert!(matches!(
            read::<Request>(&mut bytes.as_slice(), CAP),
            Err(FrameError::Header(_))
        ));
    }

    #[test]
    fn numbers_survive_the_pipe_bit_for_bit() {
        let numbers = [0.0, -0.0, f32::MIN_POSITIVE, f32::MAX, 1.0 / 3.0];
        let back = to_numbers(&to_bytes(&numbers)).unwrap();
        assert_eq!(
            numbers.map(f32::to_bits).to_vec(),
            back.iter().map(|n| n.to_bits()).collect::<Vec<_>>()
        );
        assert!(to_numbers(&[0; 5]).is_none());
    }
}
