// SPDX-License-Identifier: Apache-2.0
//! `eth_sendRawTransaction`: what may enter the pool, and why something may not, in Ethereum's words.
//!
//! The pool itself only says "invalid" or "payment"; so what can be known beforehand is checked here with figures, and
//! what the pool says is put into words. The chain checks everything again.

use super::{
    errors::EthError,
    waiting::{Account, Node, Refusal, Waiting},
};
use openledger_runtime::{configs::emergency::STOPPED, constants::EVM_CHAIN_ID};
use pallet_revive::evm::TransactionSigned;
use sc_transaction_pool_api::error::Error as PoolError;
use sp_core::{H256, U256};
use sp_runtime::transaction_validity::InvalidTransaction;

/// Checks a transaction, puts it into the pool, and returns its hash.
pub async fn submit(node: &Node, payload: Vec<u8>) -> Result<H256, EthError> {
    let transaction = read(&payload)?;
    let account = {
        let (node, from) = (node.clone(), transaction.from);
        tokio::task::spawn_blocking(move || node.account(from))
            .await
            .map_err(|error| EthError::Internal(error.to_string()))??
    };
    check(&transaction, &account)?;
    // The pool compares numbers among those that the next block could take only. Of two that wait behind a missing
    // number it would drop one later, without a word.
    let _turn = if transaction.nonce() > account.nonce.into() {
        let turn = node.turn(transaction.from).await;
        let pool = node.clone();
        let queued = tokio::task::spawn_blocking(move || pool.queued())
            .await
            .map_err(|error| EthError::Internal(error.to_string()))?;
        find_place(&queued, &transaction)?;
        Some(turn)
    } else {
        None
    };
    match node.submit(payload).await {
        Ok(()) => Ok(transaction.hash),
        Err(refusal) => Err(in_words(refusal, &transaction)),
    }
}

/// Reads a transaction that this chain could take.
fn read(payload: &[u8]) -> Result<Waiting, EthError> {
    let signed = TransactionSigned::decode(payload)
        .map_err(|error| EthError::MalformedTransaction(error.to_string()))?;
    let chain_id = match &signed {
        TransactionSigned::Transaction4844Signed(_) | TransactionSigned::Transaction7702Signed(_) => {
            return Err(EthError::TransactionTypeNotSupported)
        }
        TransactionSigned::Transaction1559Signed(tx) => Some(tx.transaction_1559_unsigned.chain_id),
        TransactionSigned::Transaction2930Signed(tx) => Some(tx.transaction_2930_unsigned.chain_id),
        TransactionSigned::TransactionLegacySigned(tx) => tx.transaction_legacy_unsigned.chain_id,
    };
    let have = chain_id.ok_or(EthError::UnprotectedTransaction)?;
    if have != U256::from(EVM_CHAIN_ID) {
        return Err(EthError::WrongChainId {
            have,
            want: EVM_CHAIN_ID,
        });
    }
    Waiting::read(payload)
}

/// Checks a transaction against its sender's account.
fn check(transaction: &Waiting, account: &Account) -> Result<(), EthError> {
    let address = transaction.from;
    let offer = transaction.generic(U256::MAX);
    let nonce = transaction.nonce();
    if nonce < account.nonce.into() {
        return Err(EthError::NonceTooLow {
            address,
            tx: nonce,
            state: account.nonce,
        });
    }
    if nonce > u32::MAX.into() {
        return Err(EthError::NonceTooHigh(nonce));
    }
    let offered = offer.max_fee_per_gas.or(offer.gas_price).unwrap_or_default();
    if offered < account.gas_price {
        return Err(EthError::FeeTooLow {
            address,
            offered,
            base: account.gas_price,
        });
    }
    // There are no tips: gas costs what the chain takes, whatever is offered.
    let want = offer
        .gas
        .unwrap_or_default()
        .checked_mul(account.gas_price)
        .and_then(|fee| fee.checked_add(offer.value.unwrap_or_default()))
        .unwrap_or(U256::MAX);
    if want > account.balance {
        return Err(EthError::InsufficientFunds {
            address,
            have: account.balance,
            want,
        });
    }
    Ok(())
}

/// Whether no other transaction waits in its place. The same one is left to the pool, which knows it.
fn find_place(queued: &[Waiting], transaction: &Waiting) -> Result<(), EthError> {
    let taken = queued.iter().any(|other| {
        other.from == transaction.from
            && other.hash != transaction.hash
            && other.nonce() == transaction.nonce()
    });
    if taken {
        return Err(EthError::ReplacementUnderpriced);
    }
    Ok(())
}

/// What the pool says of a transaction that passed [`check`].
fn in_words(refusal: Refusal, transaction: &Waiting) -> EthError {
    let refusal = match refusal {
        Refusal::Pool(refusal) => refusal,
        Refusal::Other(error) => return EthError::Internal(error),
    };
    match refusal {
        PoolError::AlreadyImported(_) => EthError::AlreadyKnown,
        PoolError::TooLowPriority { .. } => EthError::ReplacementUnderpriced,
        PoolError::TemporarilyBanned => EthError::TemporarilyBanned,
        PoolError::ImmediatelyDropped => EthError::PoolFull,
        PoolError::InvalidTransaction(InvalidTransaction::ExhaustsResources) => EthError::ExceedsBlockLimit,
        PoolError::InvalidTransaction(InvalidTransaction::Custom(STOPPED)) => EthError::Stopped,
        // Funds suffice, so it is the gas that does not pay for what every transaction pays.
        PoolError::InvalidTransaction(InvalidTransaction::Payment) => {
            EthError::IntrinsicGasTooLow(transaction.generic(U256::MAX).gas.unwrap_or_default())
        }
        PoolError::InvalidTransaction(InvalidTransaction::Call) => EthError::TransactionRefused(
            "it is sent to the address of native calls, but does not encode one, or carries value".into(),
        ),
        other => EthError::TransactionRefused(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::waiting::tests::encoded, *};
    use pallet_revive::evm::{Transaction1559Unsigned, TransactionUnsigned};
    use sp_core::H160;

    const RICH: Account = Account {
        nonce: 3,
        balance: U256([u64::MAX, u64::MAX, 0, 0]),
        gas_price: U256([1_000_000_000, 0, 0, 0]),
    };

    fn name(payload: &[u8], account: Account) -> &'static str {
        match read(payload).and_then(|transaction| check(&transaction, &account)) {
            Ok(()) => "fine",
            Err(error) => error.name(),
        }
    }

    #[test]
    fn a_transaction_is_refused_with_a_name_before_it_reaches_the_pool() {
        let good = encoded(|tx| tx.nonce = 3.into());
        assert_eq!(name(&good, RICH), "fine");
        assert_eq!(name(&good[..good.len() - 1], RICH), "MalformedTransaction");
        assert_eq!(name(&[], RICH), "MalformedTransaction");
        assert_eq!(
            name(&encoded(|tx| tx.chain_id = None), RICH),
            "UnprotectedTransaction"
        );
        assert_eq!(
            name(&encoded(|tx| tx.chain_id = Some(1.into())), RICH),
            "WrongChainId"
        );
        assert_eq!(name(&encoded(|tx| tx.nonce = 2.into()), RICH), "NonceTooLow");
        let gap = encoded(|tx| tx.nonce = 9.into());
        assert_eq!(name(&gap, RICH), "fine", "it waits in the queue");
        let absurd = encoded(|tx| tx.nonce = U256::from(u32::MAX) + 1);
        assert_eq!(name(&absurd, RICH), "NonceTooHigh");
        let cheap = encoded(|tx| {
            tx.nonce = 3.into();
            tx.gas_price = 999_999_999.into();
        });
        assert_eq!(name(&cheap, RICH), "FeeTooLow");
    }

    #[test]
    fn what_a_transaction_could_cost_must_be_there() {
        let cost: U256 = U256::from(21_000) * RICH.gas_price + 5;
        let good = encoded(|tx| tx.nonce = 3.into());
        let with = |balance| Account { balance, ..RICH };
        assert_eq!(name(&good, with(cost)), "fine");
        assert_eq!(name(&good, with(cost - 1)), "InsufficientFunds");
        for value in [U256::from(u128::MAX) + 1, U256::MAX] {
            let payload = encoded(|tx| {
                tx.nonce = 3.into();
                tx.value = value;
            });
            assert_eq!(name(&payload, RICH), "InsufficientFunds", "{value}");
        }
        let generous = encoded(|tx| {
            tx.nonce = 3.into();
            tx.gas_price = RICH.gas_price * 1_000;
        });
        assert_eq!(
            name(&generous, with(cost)),
            "fine",
            "it pays what the chain takes"
        );
    }

    #[test]
    fn a_newer_type_is_read_and_unsupported_ones_have_a_name() {
        let unsigned = Transaction1559Unsigned {
            chain_id: EVM_CHAIN_ID.into(),
            nonce: 3.into(),
            gas: 21_000.into(),
            max_fee_per_gas: RICH.gas_price * 2,
            ..Default::default()
        };
        let sign = |unsigned| {
            super::super::waiting::tests::key()
                .sign_transaction(unsigned)
                .signed_payload()
        };
        let payload = sign(TransactionUnsigned::Transaction1559Unsigned(unsigned));
        assert_eq!(name(&payload, RICH), "fine");
        let blobs = sign(TransactionUnsigned::Transaction4844Unsigned(Default::default()));
        assert_eq!(name(&blobs, RICH), "TransactionTypeNotSupported");
    }

    #[test]
    fn another_transaction_of_the_number_cannot_replace_one_that_waits_behind_a_gap() {
        let transaction = |nonce: u64, value: u64| {
            read(&encoded(|tx| {
                tx.nonce = nonce.into();
                tx.value = value.into();
            }))
            .unwrap()
        };
        let queued = [transaction(9, 5), transaction(11, 5)];
        assert_eq!(
            find_place(&queued, &transaction(9, 6)),
            Err(EthError::ReplacementUnderpriced)
        );
        let same = transaction(9, 5);
        assert_eq!(find_place(&queued, &same), Ok(()), "the pool says that it has it");
        assert_eq!(find_place(&queued, &transaction(10, 6)), Ok(()));
        let somebody = Waiting {
            from: H160::zero(),
            ..transaction(9, 6)
        };
        assert_eq!(find_place(&queued, &somebody), Ok(()));
    }

    #[test]
    fn the_pools_refusals_are_put_into_ethereums_words() {
        let transaction = read(&encoded(|_| ())).unwrap();
        let invalid = |why| Refusal::Pool(PoolError::InvalidTransaction(why));
        for (refusal, name) in [
            (
                Refusal::Pool(PoolError::AlreadyImported(Box::new(()))),
                "AlreadyKnown",
            ),
            (
                Refusal::Pool(PoolError::TooLowPriority { old: 1, new: 1 }),
                "ReplacementUnderpriced",
            ),
            (Refusal::Pool(PoolError::TemporarilyBanned), "TemporarilyBanned"),
            (Refusal::Pool(PoolError::ImmediatelyDropped), "PoolFull"),
            (
                invalid(InvalidTransaction::ExhaustsResources),
                "ExceedsBlockLimit",
            ),
            (invalid(InvalidTransaction::Payment), "IntrinsicGasTooLow"),
            (invalid(InvalidTransaction::Custom(STOPPED)), "Stopped"),
            (
                invalid(InvalidTransaction::Custom(STOPPED - 1)),
                "TransactionRefused",
            ),
            (invalid(InvalidTransaction::Call), "TransactionRefused"),
            (invalid(InvalidTransaction::BadProof), "TransactionRefused"),
            (Refusal::Other("broken".into()), "Internal"),
        ] {
            assert_eq!(in_words(refusal, &transaction).name(), name);
        }
    }
}
