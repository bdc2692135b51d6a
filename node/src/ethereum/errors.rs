// SPDX-License-Identifier: Apache-2.0
//! Why an Ethereum method was refused. Codes and wording are those that Ethereum's libraries recognise; the name
//! travels as the error's data and never changes.

use jsonrpsee::types::ErrorObjectOwned;
use sp_core::{H160, U256};

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EthError {
    /// Arguments that are not what the method takes.
    #[error("invalid argument: {0}")]
    InvalidParams(String),
    /// A range that ends before it begins.
    #[error("invalid block range params: from block {from} to block {to}")]
    InvalidBlockRange {
        /// First block.
        from: u64,
        /// Last block.
        to: u64,
    },
    /// More blocks than one query may look through.
    #[error("the range has {blocks} blocks, more than the {limit} of one query: ask for smaller ranges")]
    BlockRangeTooWide {
        /// Blocks asked for.
        blocks: u64,
        /// The cap.
        limit: u64,
    },
    /// More logs than one answer holds; without this the answer would silently be cut.
    #[error("query returned {0} logs or more: ask for smaller ranges, or name contracts and topics")]
    TooManyLogs(usize),
    /// More alternatives in one position of a filter than are compared.
    #[error("the filter has {count} alternatives in one place, more than {limit}")]
    FilterTooLarge {
        /// Alternatives given.
        count: usize,
        /// The cap.
        limit: usize,
    },
    /// No block of that hash.
    #[error("unknown block")]
    UnknownBlock,
    /// Never created, removed, expired, or of another kind.
    #[error("filter not found")]
    FilterNotFound,
    /// Not polled for so long that blocks it should have told of are no longer kept.
    #[error("filter not found: it was not polled for so long that changes were dropped, so it was removed")]
    FilterFellBehind,
    /// The cap on filters.
    #[error("too many filters: this node keeps {0}, and removes those that nobody polls for five minutes")]
    TooManyFilters(usize),
    /// A subscriber that does not read.
    #[error("the subscription was ended: its connection took messages so slowly that some were dropped")]
    SubscriptionFellBehind,
    /// `eth_subscribe` to something else.
    #[error("no subscription `{0}`: there are newHeads, logs and newPendingTransactions")]
    UnknownSubscription(String),
    /// The child is starting, or being started again.
    #[error("the Ethereum server of this node is starting: try again in a few seconds")]
    ServerStarting,
    /// The child does not answer in time.
    #[error("no answer within {0} s")]
    Timeout(u64),
    /// The node or its child failed.
    #[error("internal error: {0}")]
    Internal(String),
    /// Not an encoded transaction.
    #[error("rlp: not an encoded signed transaction: {0}")]
    MalformedTransaction(String),
    /// Blobs (EIP-4844) or authorisations (EIP-7702).
    #[error("transaction type not supported: this chain takes legacy, EIP-2930 and EIP-1559 transactions")]
    TransactionTypeNotSupported,
    /// No chain id in the signature.
    #[error("only replay-protected (EIP-155) transactions allowed over RPC")]
    UnprotectedTransaction,
    /// Signed for another chain.
    #[error("invalid chain id for signer: have {have} want {want}")]
    WrongChainId {
        /// The transaction's.
        have: U256,
        /// Ours.
        want: u64,
    },
    /// The signature belongs to no key.
    #[error("invalid sender: the signature does not recover to an address")]
    InvalidSender,
    /// A transaction with that number is in the chain already.
    #[error("nonce too low: address {address:?}, tx: {tx} state: {state}")]
    NonceTooLow {
        /// The sender.
        address: H160,
        /// The transaction's.
        tx: U256,
        /// The account's next.
        state: u64,
    },
    /// A number that no account of this chain can reach.
    #[error("nonce too high: {0} is above 2^32 - 1")]
    NonceTooHigh(U256),
    /// It offers less for gas than the chain takes.
    #[error("max fee per gas less than block base fee: address {address:?}, maxFeePerGas: {offered}, baseFee: {base}")]
    FeeTooLow {
        /// The sender.
        address: H160,
        /// What it offers.
        offered: U256,
        /// What the next block takes.
        base: U256,
    },
    /// The sender cannot pay.
    #[error("insufficient funds for gas * price + value: address {address:?} have {have} want {want}")]
    InsufficientFunds {
        /// The sender.
        address: H160,
        /// Its balance.
        have: U256,
        /// What the transaction could cost.
        want: U256,
    },
    /// Not even the transaction's size and call are paid for.
    #[error(
        "intrinsic gas too low: {0} gas does not pay for the transaction's size and the start of its call"
    )]
    IntrinsicGasTooLow(U256),
    /// It is in the pool.
    #[error("already known")]
    AlreadyKnown,
    /// Another one with that number waits, and there is no outbidding.
    #[error(
        "replacement transaction underpriced: one with this nonce waits already, and without tips on this chain it \
         cannot be outbid"
    )]
    ReplacementUnderpriced,
    /// The pool is full.
    #[error("txpool is full")]
    PoolFull,
    /// Refused a short time ago.
    #[error("transaction temporarily banned: it, or the one in its place, was refused a short time ago")]
    TemporarilyBanned,
    /// More gas, or more bytes, than a block has.
    #[error("exceeds block gas limit")]
    ExceedsBlockLimit,
    /// By a pause or safe mode, until governance or time ends them.
    #[error("this kind of transaction is stopped by governance (safe mode or a pause)")]
    Stopped,
    /// Whatever else the chain says.
    #[error("transaction refused: {0}")]
    TransactionRefused(String),
}

impl EthError {
    /// The JSON-RPC error code (EIP-1474; -32000 for what go-ethereum gives that).
    pub fn code(&self) -> i32 {
        match self {
            Self::InvalidParams(_) | Self::InvalidBlockRange { .. } | Self::UnknownSubscription(_) => -32602,
            Self::BlockRangeTooWide { .. }
            | Self::TooManyLogs(_)
            | Self::FilterTooLarge { .. }
            | Self::TooManyFilters(_)
            | Self::SubscriptionFellBehind => -32005,
            Self::ServerStarting | Self::Timeout(_) => -32002,
            Self::Internal(_) => -32603,
            _ => -32000,
        }
    }

    /// The error's name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::InvalidParams(_) => "InvalidParams",
            Self::InvalidBlockRange { .. } => "InvalidBlockRange",
            Self::BlockRangeTooWide { .. } => "BlockRangeTooWide",
            Self::TooManyLogs(_) => "TooManyLogs",
            Self::FilterTooLarge { .. } => "FilterTooLarge",
            Self::UnknownBlock => "UnknownBlock",
            Self::FilterNotFound => "FilterNotFound",
            Self::FilterFellBehind => "FilterFellBehind",
            Self::TooManyFilters(_) => "TooManyFilters",
            Self::SubscriptionFellBehind => "SubscriptionFellBehind",
            Self::UnknownSubscription(_) => "UnknownSubscription",
            Self::ServerStarting => "ServerStarting",
            Self::Timeout(_) => "Timeout",
            Self::Internal(_) => "Internal",
            Self::MalformedTransaction(_) => "MalformedTransaction",
            Self::TransactionTypeNotSupported => "TransactionTypeNotSupported",
            Self::UnprotectedTransaction => "UnprotectedTransaction",
            Self::WrongChainId { .. } => "WrongChainId",
            Self::InvalidSender => "InvalidSender",
            Self::NonceTooLow { .. } => "NonceTooLow",
            Self::NonceTooHigh(_) => "NonceTooHigh",
            Self::FeeTooLow { .. } => "FeeTooLow",
            Self::InsufficientFunds { .. } => "InsufficientFunds",
            Self::IntrinsicGasTooLow(_) => "IntrinsicGasTooLow",
            Self::AlreadyKnown => "AlreadyKnown",
            Self::ReplacementUnderpriced => "ReplacementUnderpriced",
            Self::PoolFull => "PoolFull",
            Self::TemporarilyBanned => "TemporarilyBanned",
            Self::ExceedsBlockLimit => "ExceedsBlockLimit",
            Self::Stopped => "Stopped",
            Self::TransactionRefused(_) => "TransactionRefused",
        }
    }
}

impl From<EthError> for ErrorObjectOwned {
    fn from(error: EthError) -> Self {
        Self::owned(error.code(), error.to_string(), Some(error.name()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ethereum_libraries_find_the_words_that_they_look_for() {
        let address = H160::zero();
        let low = EthError::NonceTooLow {
            address,
            tx: 1.into(),
            state: 2,
        };
        let poor = EthError::InsufficientFunds {
            address,
            have: 1.into(),
            want: 2.into(),
        };
        let cheap = EthError::FeeTooLow {
            address,
            offered: 1.into(),
            base: 2.into(),
        };
        for (error, words) in [
            (low, "nonce too low"),
            (poor, "insufficient funds for gas * price + value"),
            (cheap, "max fee per gas less than block base fee"),
            (
                EthError::ReplacementUnderpriced,
                "replacement transaction underpriced",
            ),
            (EthError::IntrinsicGasTooLow(1.into()), "intrinsic gas too low"),
            (EthError::AlreadyKnown, "already known"),
            (EthError::FilterFellBehind, "filter not found"),
        ] {
            assert!(error.to_string().contains(words), "{error}");
            assert_eq!(error.code(), -32000, "{error}");
        }
    }

    #[test]
    fn an_error_carries_its_name() {
        let object = ErrorObjectOwned::from(EthError::BlockRangeTooWide { blocks: 2, limit: 1 });
        assert_eq!(object.code(), -32005);
        assert_eq!(object.data().unwrap().get(), "\"BlockRangeTooWide\"");
    }
}
