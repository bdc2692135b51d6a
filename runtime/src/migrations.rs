// SPDX-License-Identifier: Apache-2.0
//! What an upgrade does to the state before anything else runs in its first block.
//!
//! Each migration is a `VersionedMigration`: it runs once, when it finds the storage version that it starts from. The
//! list is emptied after the release that needed it. The feature `upgrade-rehearsal` puts one into it, for the runtime
//! that `make e2e-upgrade` upgrades a running chain to.

/// The migrations of this release: there is nothing older to migrate from.
#[cfg(not(feature = "upgrade-rehearsal"))]
pub type SinceLastRelease = ();
/// The migrations of the rehearsed release.
#[cfg(feature = "upgrade-rehearsal")]
pub type SinceLastRelease = rehearsal::RecordUpgrade;

#[cfg(feature = "upgrade-rehearsal")]
mod rehearsal {
    use crate::{Development, Runtime};
    #[cfg(feature = "try-runtime")]
    use alloc::vec::Vec;
    #[cfg(feature = "try-runtime")]
    use codec::{Decode, Encode};
    use frame_support::{
        migrations::VersionedMigration, storage_alias, traits::UncheckedOnRuntimeUpgrade, weights::Weight,
    };
    #[cfg(feature = "try-runtime")]
    use sp_runtime::TryRuntimeError;

    /// The specification that was upgraded from, and its last block.
    #[storage_alias]
    type UpgradedFrom = StorageValue<Development, (u32, crate::BlockNumber)>;

    /// Version 0 to 1 of the development pallet's storage: it says what was upgraded from, and the featured datanets
    /// are listed in ascending order.
    pub struct Unversioned;

    impl UncheckedOnRuntimeUpgrade for Unversioned {
        fn on_runtime_upgrade() -> Weight {
            let from =
                frame_system::LastRuntimeUpgrade::<Runtime>::get().map_or(0, |last| last.spec_version.0);
            UpgradedFrom::put((from, crate::System::block_number()));
            pallet_powers::Featured::<Runtime>::mutate(|list| list.sort());
            <Runtime as frame_system::Config>::DbWeight::get().reads_writes(2, 2)
        }

        #[cfg(feature = "try-runtime")]
        fn pre_upgrade() -> Result<Vec<u8>, TryRuntimeError> {
            frame_support::ensure!(!UpgradedFrom::exists(), "it ran before");
            Ok(pallet_powers::Featured::<Runtime>::get().encode())
        }

        #[cfg(feature = "try-runtime")]
        fn post_upgrade(before: Vec<u8>) -> Result<(), TryRuntimeError> {
            let before = pallet_powers::FeaturedOf::<Runtime>::decode(&mut &before[..])
                .map_err(|_| "the list from before cannot be decoded")?;
            let after = pallet_powers::Featured::<Runtime>::get();
            frame_support::ensure!(UpgradedFrom::exists(), "it left no trace");
            frame_support::ensure!(
                after.iter().zip(after.iter().skip(1)).all(|(a, b)| a < b),
                "the list is not in order"
            );
            frame_support::ensure!(
                after.len() == before.len() && before.iter().all(|id| after.contains(id)),
                "a featured datanet was lost or added"
            );
            Ok(())
        }
    }

    /// [`Unversioned`], once.
    pub type RecordUpgrade =
        VersionedMigration<0, 1, Unversioned, Development, <Runtime as frame_system::Config>::DbWeight>;
}
