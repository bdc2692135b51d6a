// SPDX-License-Identifier: Apache-2.0
//! Where each precompile is. The addresses are frozen: contracts have them in their code.

use core::num::NonZeroU16;
use pallet_revive::precompiles::AddressMatcher;

/// A precompile's place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// `0x0000000000000000000000000000000008010000`
    Datanets,
    /// `0x0000000000000000000000000000000008020000`
    ModelRegistry,
    /// `0x0000000000000000000000000000000008030000`
    Inference,
    /// `0x0000000000000000000000000000000008040000`
    Attribution,
    /// `0x0000000000000000000000000000000008050000`
    Workers,
    /// `0x0000000000000000000000000000000008060000`
    Democracy,
    /// `0x0000000000000000000000000000000008070000`
    Powers,
}

impl Place {
    /// All of them.
    pub const ALL: [Place; 7] = [
        Place::Datanets,
        Place::ModelRegistry,
        Place::Inference,
        Place::Attribution,
        Place::Workers,
        Place::Democracy,
        Place::Powers,
    ];

    /// Bytes 16 and 17 of the address; all others are zero.
    const fn suffix(self) -> NonZeroU16 {
        let suffix = match self {
            Place::Datanets => 0x0801,
            Place::ModelRegistry => 0x0802,
            Place::Inference => 0x0803,
            Place::Attribution => 0x0804,
            Place::Workers => 0x0805,
            Place::Democracy => 0x0806,
            Place::Powers => 0x0807,
        };
        match NonZeroU16::new(suffix) {
            Some(suffix) => suffix,
            None => NonZeroU16::MAX,
        }
    }

    /// How `pallet-revive` finds it.
    pub const fn matcher(self) -> AddressMatcher {
        AddressMatcher::Fixed(self.suffix())
    }

    /// Its address.
    pub const fn address(self) -> [u8; 20] {
        self.matcher().base_address()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_addresses_are_frozen() {
        for (place, third_last) in Place::ALL.into_iter().zip([1, 2, 3, 4, 5, 6, 7]) {
            let mut address = [0; 20];
            address[16] = 8;
            address[17] = third_last;
            assert_eq!(place.address(), address, "{place:?}");
        }
    }

    #[test]
    fn the_solidity_library_names_the_same_addresses() {
        let library = include_str!("../solidity/OpenLedgerPrecompiles.sol");
        for place in Place::ALL {
            let hex: String = place.address().iter().map(|byte| format!("{byte:02x}")).collect();
            let constant = format!("= I{place:?}(0x{hex});");
            assert!(library.contains(&constant), "{constant}");
        }
    }
}
