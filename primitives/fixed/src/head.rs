// SPDX-License-Identifier: Apache-2.0
//! The integers inside a head's canonical file, without reading the rest of it.

use alloc::vec::Vec;

/// Bytes of the length in front of a safetensors file's header.
const LENGTH_BYTES: usize = 8;

/// Weights `[C, d]` and biases `[C]` of the head whose canonical file `bytes` are: safetensors whose data are, in this
/// order, the biases and weights of the optimum as `f64` and both again as `i32`, little endian.
///
/// `None` if the file has not the length that `classes` and `dims` call for. Its header is not looked at: whoever names
/// a file by its hash knows what it says.
pub fn read_head(bytes: &[u8], classes: usize, dims: usize) -> Option<(Vec<i32>, Vec<i32>)> {
    let (length, rest) = bytes.split_at_checked(LENGTH_BYTES)?;
    let header = usize::try_from(u64::from_le_bytes(length.try_into().ok()?)).ok()?;
    let data = rest.get(header..)?;
    let (biases, weights) = (
        classes.checked_mul(4)?,
        classes.checked_mul(dims)?.checked_mul(4)?,
    );
    let integers = biases.checked_add(weights)?;
    // the optimum's numbers are twice as long
    if classes == 0 || dims == 0 || data.len() != integers.checked_mul(3)? {
        return None;
    }
    let (bias, weight) = data.get(integers.checked_mul(2)?..)?.split_at_checked(biases)?;
    let numbers = |bytes: &[u8]| -> Vec<i32> {
        bytes
            .chunks_exact(4)
            .filter_map(|four| Some(i32::from_le_bytes(four.try_into().ok()?)))
            .collect()
    };
    Some((numbers(weight), numbers(bias)))
}
