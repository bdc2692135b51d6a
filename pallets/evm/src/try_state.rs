// SPDX-License-Identifier: Apache-2.0
//! What has to be true after every block: the pallet has no storage.

use crate::pallet::*;
use frame_support::{ensure, traits::PalletInfo};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
    /// Checks that nothing is stored under the pallet's prefix but its version.
    pub(crate) fn do_try_state() -> Result<(), TryRuntimeError> {
        let name = T::PalletInfo::name::<Self>().ok_or("the pallet has no name in the runtime")?;
        let prefix = sp_io::hashing::twox_128(name.as_bytes());
        let version = frame_support::storage::storage_prefix(name.as_bytes(), b":__STORAGE_VERSION__:");
        let mut key = prefix.to_vec();
        while let Some(next) = sp_io::storage::next_key(&key) {
            if !next.starts_with(&prefix) {
                break;
            }
            ensure!(next == version, "the pallet stores something");
            key = next;
        }
        Ok(())
    }
}
