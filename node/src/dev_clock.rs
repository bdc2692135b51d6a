// SPDX-License-Identifier: Apache-2.0
//! The development chain's time and its mocked relay chain.
//!
//! Both follow the wall clock: a block's timestamp is now, and the relay slot is the timestamp over six seconds,
//! however many blocks share it. The runtime accepts more blocks in a relay slot than a real relay chain would give
//! it only under the flag that the development preset sets at genesis. A chain whose clock ran ahead with its blocks
//! would break every wallet that signs a deadline.

use codec::{Decode, Encode};
use cumulus_client_parachain_inherent::{MockValidationDataInherentDataProvider, ParachainInherentData};
use cumulus_primitives_core::{
    relay_chain::{well_known_keys, HeadData, UpgradeGoAhead},
    AbridgedHostConfiguration, ParaId,
};
use cumulus_test_relay_sproof_builder::RelayStateSproofBuilder;
use sp_core::H256;
use sp_crypto_hashing::{blake2_256, twox_128};
use sp_inherents::{InherentData, InherentDataProvider, InherentIdentifier};
use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds of a relay chain slot, and of a slot of this chain.
pub const SLOT_MS: u64 = 6_000;

/// Blocks in a mocked relay epoch.
const BLOCKS_PER_RELAY_EPOCH: u32 = 10;
/// The largest runtime that the mocked relay chain takes in an upgrade, in bytes.
const MAX_CODE_BYTES: u32 = 10 * 1024 * 1024;
/// The largest upward message that the mocked relay chain takes, in bytes.
const MAX_UPWARD_MESSAGE_BYTES: u32 = 64 * 1024;

/// Milliseconds since 1970.
pub fn wall_clock_ms() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// When the next block happens: now, but never before its parent (a wall clock can be set back).
pub fn next_timestamp_ms(now_ms: u64, parent_ms: u64) -> u64 {
    now_ms.max(parent_ms)
}

/// The relay chain's slot at that time.
pub fn relay_slot(timestamp_ms: u64) -> u32 {
    u32::try_from(timestamp_ms / SLOT_MS).unwrap_or(u32::MAX)
}

/// The storage key of the runtime's clock.
pub fn timestamp_key() -> Vec<u8> {
    [twox_128(b"Timestamp"), twox_128(b"Now")].concat()
}

/// The clock's value in storage; before the first block there is none.
pub fn decode_timestamp_ms(stored: Option<&[u8]>) -> u64 {
    stored
        .and_then(|mut bytes| u64::decode(&mut bytes).ok())
        .unwrap_or(0)
}

/// What the mocked relay chain needs to know about the block to be made.
pub struct NextBlock {
    /// The parachain.
    pub para_id: ParaId,
    /// The block's number.
    pub number: u32,
    /// Hash of its parent.
    pub parent: H256,
    /// The parent's header, encoded: what the relay chain would have included.
    pub parent_head: Vec<u8>,
    /// Its timestamp in milliseconds.
    pub timestamp_ms: u64,
    /// How far behind the relay chain's best block the runtime builds.
    pub relay_parent_offset: u32,
    /// Whether a runtime upgrade waits for the relay chain's consent.
    pub upgrade_waits: bool,
}

/// Randomness of the mocked relay chain: different for every block, unknown before its parent exists.
fn randomness(parent: H256, block: u32) -> H256 {
    H256(blake2_256(
        &(b"openledger development randomness", parent, block).encode(),
    ))
}

/// The parachain inherent over a mocked relay chain.
pub struct MockedRelayChain(MockValidationDataInherentDataProvider);

impl MockedRelayChain {
    /// The relay chain as `next` sees it.
    pub fn new(next: NextBlock) -> Self {
        Self(MockValidationDataInherentDataProvider {
            current_para_block: next.number,
            para_id: next.para_id,
            current_para_block_head: Some(HeadData(next.parent_head)),
            // The mock's relay block, and with it the slot, is `relay_offset` + 0 · `current_para_block`.
            relay_offset: relay_slot(next.timestamp_ms),
            relay_blocks_per_para_block: 0,
            relay_parent_offset: next.relay_parent_offset,
            para_blocks_per_relay_epoch: BLOCKS_PER_RELAY_EPOCH,
            relay_randomness_config: (),
            xcm_config: Default::default(),
            raw_downward_messages: Vec::new(),
            raw_horizontal_messages: Vec::new(),
            // Written last, so these replace what the mock itself puts there.
            additional_key_values: Some(vec![
                (
                    well_known_keys::ACTIVE_CONFIG.to_vec(),
                    host_configuration().encode(),
                ),
                (
                    well_known_keys::ONE_EPOCH_AGO_RANDOMNESS.to_vec(),
                    randomness(next.parent, next.number).encode(),
                ),
            ]),
            upgrade_go_ahead: next.upgrade_waits.then_some(UpgradeGoAhead::GoAhead),
        })
    }
}

/// The mock's own limits are below what a real relay chain allows.
fn host_configuration() -> AbridgedHostConfiguration {
    let mut configuration = RelayStateSproofBuilder::default().host_config;
    configuration.max_code_size = MAX_CODE_BYTES;
    configuration.max_upward_message_size = MAX_UPWARD_MESSAGE_BYTES;
    configuration.max_upward_queue_size = MAX_UPWARD_MESSAGE_BYTES * configuration.max_upward_queue_count;
    configuration
}

#[async_trait::async_trait]
impl InherentDataProvider for MockedRelayChain {
    /// Gives the current form of the data only. The sealing engine tells an empty block by comparing the number of
    /// inherent *data* with the number of extrinsics; the mock also gives the form for old runtimes, and with that
    /// third item the engine would take a block of one transaction for an empty one.
    async fn provide_inherent_data(
        &self,
        inherent_data: &mut InherentData,
    ) -> Result<(), sp_inherents::Error> {
        let mut both_forms = InherentData::new();
        self.0.provide_inherent_data(&mut both_forms).await?;
        let identifier = cumulus_client_parachain_inherent::INHERENT_IDENTIFIER;
        if let Some(current) = both_forms.get_data::<ParachainInherentData>(&identifier)? {
            inherent_data.put_data(identifier, &current)?;
        }
        Ok(())
    }

    async fn try_handle_error(
        &self,
        _identifier: &InherentIdentifier,
        _error: &[u8],
    ) -> Option<Result<(), sp_inherents::Error>> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::executor::block_on;

    fn next(timestamp_ms: u64) -> NextBlock {
        NextBlock {
            para_id: 2000.into(),
            number: 7,
            parent: H256::repeat_byte(1),
            parent_head: vec![1, 2, 3],
            timestamp_ms,
            relay_parent_offset: 0,
            upgrade_waits: false,
        }
    }

    fn inherent(next: NextBlock) -> (usize, ParachainInherentData) {
        let mut data = InherentData::new();
        block_on(MockedRelayChain::new(next).provide_inherent_data(&mut data)).unwrap();
        let inherent = data
            .get_data(&cumulus_client_parachain_inherent::INHERENT_IDENTIFIER)
            .unwrap()
            .unwrap();
        (data.len(), inherent)
    }

    #[test]
    fn a_clock_set_back_does_not_take_the_chain_back() {
        assert_eq!(next_timestamp_ms(1_000, 900), 1_000);
        assert_eq!(next_timestamp_ms(800, 900), 900);
    }

    #[test]
    fn an_empty_chain_has_no_timestamp_yet() {
        assert_eq!(decode_timestamp_ms(None), 0);
        assert_eq!(decode_timestamp_ms(Some(&5u64.encode())), 5);
    }

    #[test]
    fn the_relay_block_is_the_wall_clocks_slot_whatever_the_block_number() {
        let (_, inherent) = inherent(next(1_795_258_079_000));
        assert_eq!(
            u64::from(inherent.validation_data.relay_parent_number),
            1_795_258_079_000 / SLOT_MS
        );
    }

    #[test]
    fn two_blocks_in_one_slot_share_the_relay_block() {
        let (_, first) = inherent(next(12_000));
        let (_, second) = inherent(NextBlock {
            number: 8,
            ..next(17_999)
        });
        assert_eq!(
            first.validation_data.relay_parent_number,
            second.validation_data.relay_parent_number
        );
    }

    #[test]
    fn only_one_form_of_the_inherent_is_given() {
        assert_eq!(inherent(next(12_000)).0, 1);
    }

    #[test]
    fn randomness_differs_between_blocks_and_forks() {
        let of = |parent, block| randomness(H256::repeat_byte(parent), block);
        assert_ne!(of(1, 1), of(1, 2));
        assert_ne!(of(1, 1), of(2, 1));
    }
}
