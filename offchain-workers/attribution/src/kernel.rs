// SPDX-License-Identifier: Apache-2.0
//! The inner loop of a query, with the vector instructions that the machine has.
//!
//! Every path gives the integers of [`openledger_fixed::help`], which is their definition: sums of integers do not
//! depend on their order as long as nothing overflows, and `Gradient::group` sees to that.

use openledger_fixed::{help, ShapeMismatch, FEATURE_BITS};

#[cfg(target_arch = "x86_64")]
#[path = "kernel_x86.rs"]
mod x86;

/// Lanes of the widest vectors; inputs are padded to a multiple of them.
const LANES: usize = 32;

/// A way to compute a query. All give the same integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kernel {
    /// Plain Rust, on every machine.
    Portable,
    /// 16 numbers at once, x86-64 with AVX2.
    Avx2,
    /// 32 numbers at once, x86-64 with AVX-512 F and BW.
    Avx512,
}

impl Kernel {
    /// The widest one that this machine has.
    pub fn best() -> Self {
        Self::available().last().copied().unwrap_or(Self::Portable)
    }

    /// All that this machine has, the widest last.
    pub fn available() -> Vec<Self> {
        [Self::Portable, Self::Avx2, Self::Avx512]
            .into_iter()
            .filter(|kernel| kernel.is_available())
            .collect()
    }

    /// Whether this machine has the instructions. One that it lacks is computed by [`Kernel::Portable`].
    pub fn is_available(self) -> bool {
        match self {
            Self::Portable => true,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => is_x86_feature_detected!("avx2"),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw"),
            #[cfg(not(target_arch = "x86_64"))]
            Self::Avx2 | Self::Avx512 => false,
        }
    }
}

/// The gradient of an answer's own loss in two factors, `delta [C] ⊗ [features [d], 1]`, and the kernel that
/// multiplies rows with it.
#[derive(Clone, Debug)]
pub(crate) struct Gradient {
    kernel: Kernel,
    delta: Vec<i16>,
    /// Features `[d]`, one, zeros up to a multiple of [`LANES`].
    inputs: Vec<i16>,
    /// `d + 1`
    width: usize,
    /// How many sums of two products of 16-bit numbers fit 32 bits together; never zero for a vector kernel.
    group: usize,
    /// A row as the portable kernel takes it.
    numbers: Vec<i16>,
}

impl Gradient {
    pub(crate) fn new(kernel: Kernel, delta: Vec<i16>, features: &[i16]) -> Self {
        let mut inputs = features.to_vec();
        inputs.push(1 << FEATURE_BITS);
        let width = inputs.len();
        let largest = inputs.iter().map(|x| x.unsigned_abs()).max().unwrap_or(1);
        inputs.resize(width.next_multiple_of(LANES), 0);
        let group = group(largest);
        let kernel = match kernel {
            // two products of -2^15 and -2^15 exceed 32 bits together
            _ if group == 0 => Kernel::Portable,
            kernel if kernel.is_available() => kernel,
            _ => Kernel::Portable,
        };
        Self {
            kernel,
            delta,
            inputs,
            width,
            group,
            numbers: Vec::new(),
        }
    }

    /// The inner products of this gradient and rows whose influence `[C, d + 1]` begins every `stride` bytes from
    /// `from` on in `file`; one for each of `helps`.
    ///
    /// # Errors
    /// [`ShapeMismatch`] if `file` ends before the rows do.
    pub(crate) fn helps(
        &mut self,
        file: &[u8],
        from: usize,
        stride: usize,
        helps: &mut [i64],
    ) -> Result<(), ShapeMismatch> {
        let bytes = file.get(from..).unwrap_or_default();
        let length = 2 * self.delta.len() * self.width;
        let end = |rows: usize, reach: usize| rows.checked_sub(1).map_or(0, |rows| rows * stride + reach);
        if bytes.len() < end(helps.len(), length) {
            return Err(ShapeMismatch {
                what: "influence rows",
                expected: end(helps.len(), length),
                found: bytes.len(),
            });
        }
        match self.kernel {
            Kernel::Portable => {
                for (number, sum) in helps.iter_mut().enumerate() {
                    let row = &bytes[number * stride..number * stride + length];
                    let numbers = row
                        .chunks_exact(2)
                        .map(|pair| i16::from_le_bytes([pair[0], pair[1]]));
                    self.numbers.clear();
                    self.numbers.extend(numbers);
                    *sum = help(&self.numbers, &self.delta, &self.inputs[..self.width - 1])?;
                }
            }
            #[cfg(target_arch = "x86_64")]
            kernel => {
                // vectors run past the end of a row: the last ones of a file are copied
                let inside = (0..=helps.len())
                    .rev()
                    .find(|rows| bytes.len() >= end(*rows, self.reach()))
                    .unwrap_or(0);
                let (most, last) = helps.split_at_mut(inside);
                x86::helps(kernel, bytes, stride, self, most);
                for (number, sum) in (inside..).zip(last) {
                    let mut copy = bytes[number * stride..number * stride + length].to_vec();
                    copy.resize(self.reach(), 0);
                    x86::helps(kernel, &copy, stride, self, std::slice::from_mut(sum));
                }
            }
            #[cfg(not(target_arch = "x86_64"))]
            Kernel::Avx2 | Kernel::Avx512 => unreachable!("a kernel that this machine lacks was replaced"),
        }
        Ok(())
    }

    /// Bytes from the start of a row that a vector kernel may read.
    #[cfg(target_arch = "x86_64")]
    fn reach(&self) -> usize {
        2 * ((self.delta.len() - 1) * self.width + self.inputs.len())
    }
}

/// How many sums of two products of an `i16` and an input of at most `largest` fit an `i32` together.
fn group(largest: u16) -> usize {
    // an input of zero length has no products; the bias is never zero
    let pair = 2 * (1u64 << 15) * u64::from(largest.max(1));
    usize::try_from(i32::MAX as u64 / pair).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn helps(delta: &[i16], features: &[i16], row: &[i16]) -> Vec<(Kernel, i64)> {
        let bytes: Vec<u8> = row.iter().flat_map(|r| r.to_le_bytes()).collect();
        // once with other rows behind it and once at the end of its file
        let longer = [bytes.clone(), vec![0xa5; 4096]].concat();
        Kernel::available()
            .into_iter()
            .flat_map(|kernel| {
                let mut gradient = Gradient::new(kernel, delta.to_vec(), features);
                let mut one = |file: &[u8]| {
                    let mut help = [0];
                    gradient.helps(file, 0, file.len(), &mut help).unwrap();
                    (kernel, help[0])
                };
                [one(&bytes), one(&longer)]
            })
            .collect()
    }

    fn assert_equal(delta: &[i16], features: &[i16], row: &[i16]) {
        let expected = help(row, delta, features).unwrap();
        for (kernel, found) in helps(delta, features, row) {
            assert_eq!(found, expected, "{kernel:?}");
        }
    }

    #[test]
    fn every_kernel_holds_at_the_ends_of_the_number_range() {
        for r in [i16::MIN, i16::MAX] {
            for x in [i16::MIN, i16::MIN + 1, i16::MAX, 0] {
                for delta in [i16::MIN, i16::MAX] {
                    for features in [1, 31, 32, 63, 200] {
                        assert_equal(&[delta; 3], &vec![x; features], &vec![r; 3 * (features + 1)]);
                    }
                }
            }
        }
    }

    #[test]
    fn sums_are_grouped_so_that_they_cannot_overflow() {
        assert_eq!(
            (group(1 << 15), group(i16::MAX as u16), group(1 << 12)),
            (0, 1, 7)
        );
        for largest in [1u16, 4096, 4097, 20_000, 32_767] {
            let pairs = group(largest) as u64;
            assert!(pairs * 2 * 32_768 * u64::from(largest) <= i32::MAX as u64);
        }
    }

    #[test]
    fn row_that_its_file_does_not_hold_is_refused() {
        for kernel in Kernel::available() {
            let mut gradient = Gradient::new(kernel, vec![1, -1], &[1, 2]);
            let mut fits =
                |from, stride, rows| gradient.helps(&[0; 40], from, stride, &mut vec![0; rows]).is_ok();
            assert!(fits(0, 12, 3) && fits(28, 12, 1) && fits(4, 12, 3) && fits(40, 12, 0));
            assert!(!fits(0, 12, 4) && !fits(29, 12, 1) && !fits(5, 12, 3) && !fits(41, 12, 1));
        }
    }

    proptest! {
        #[test]
        fn every_kernel_gives_the_same_integers(
            (delta, features, row) in (1usize..6, 1usize..140).prop_flat_map(|(classes, dims)| (
                prop::collection::vec(any::<i16>(), classes),
                prop::collection::vec(any::<i16>(), dims),
                prop::collection::vec(any::<i16>(), classes * (dims + 1)),
            )),
            shift in 0u32..16,
        ) {
            let features: Vec<i16> = features.into_iter().map(|x| x >> shift).collect();
            assert_equal(&delta, &features, &row);
        }
    }
}
