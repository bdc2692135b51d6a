// SPDX-License-Identifier: Apache-2.0
//! Vector kernels for x86-64.
//!
//! Both multiply 16-bit numbers and add neighbours (`madd`), add up to [`Gradient::group`] of those sums in 32 bits,
//! multiply the sums by the class's delta in 64 bits, and add everything up. Where a class ends with a few numbers
//! that fill no vector (often one: the bias), those are multiplied one by one; where it ends with more, a vector reads
//! on into what lies behind, which is multiplied by the zeros behind the inputs.
#![allow(unsafe_code)]

use std::arch::x86_64::*;

use super::{Gradient, Kernel};

/// Most numbers at the end of a class that are multiplied one by one.
const FEW: usize = 4;

/// The inner products with `helps.len()` rows, which begin every `stride` bytes from the start of `bytes` on.
///
/// # Panics
/// If `bytes` ends before [`Gradient::reach`] of the last row.
pub(super) fn helps(kernel: Kernel, bytes: &[u8], stride: usize, gradient: &Gradient, helps: &mut [i64]) {
    let Some(before_last) = helps.len().checked_sub(1) else {
        return;
    };
    let reach = before_last * stride + gradient.reach();
    assert!(bytes.len() >= reach, "rows that vectors can read");
    let rows = Rows {
        first: bytes.as_ptr(),
        stride,
        gradient,
    };
    // SAFETY: `Gradient::new` keeps a kernel only on a machine that has its instructions, and `Gradient::helps` calls
    // this for the two vector kernels only. That the rows can be read was checked above.
    unsafe {
        match (
            kernel,
            chunks(gradient.width, if kernel == Kernel::Avx512 { 32 } else { 16 }),
        ) {
            (Kernel::Avx512, 1) => avx512::<1>(&rows, helps),
            (Kernel::Avx512, 2) => avx512::<2>(&rows, helps),
            (Kernel::Avx512, 4) => avx512::<4>(&rows, helps),
            (Kernel::Avx512, _) => avx512::<0>(&rows, helps),
            (_, 2) => avx2::<2>(&rows, helps),
            (_, 4) => avx2::<4>(&rows, helps),
            _ => avx2::<0>(&rows, helps),
        }
    }
}

/// Rows whose influence can be read as far as [`Gradient::reach`].
struct Rows<'a> {
    first: *const u8,
    stride: usize,
    gradient: &'a Gradient,
}

/// Vectors of `lanes` numbers that a class of `width` takes; what is left over is multiplied one by one.
fn chunks(width: usize, lanes: usize) -> usize {
    if width % lanes <= FEW {
        width / lanes
    } else {
        width.div_ceil(lanes)
    }
}

/// The inner product of the numbers from `start` to the end of one class.
///
/// # Safety
/// `class` points to [`Gradient::width`] numbers.
#[inline(always)]
unsafe fn few(class: *const u8, gradient: &Gradient, start: usize) -> i64 {
    let mut dot = 0i64;
    for (place, x) in (start..gradient.width).zip(&gradient.inputs[start.min(gradient.width)..]) {
        // SAFETY: `place` is below the width; an unaligned read.
        let r = unsafe { class.cast::<i16>().add(place).read_unaligned() };
        dot = dot.wrapping_add(i64::from(i32::from(r).wrapping_mul(i32::from(*x))));
    }
    dot
}

/// `CHUNKS` vectors a class, or as many as the width takes if that is zero.
///
/// # Safety
/// The rows can be read.
#[target_feature(enable = "avx2")]
unsafe fn avx2<const CHUNKS: usize>(rows: &Rows<'_>, helps: &mut [i64]) {
    const LANES: usize = 16;
    let gradient = rows.gradient;
    let chunks = if CHUNKS > 0 {
        CHUNKS
    } else {
        chunks(gradient.width, LANES)
    };
    let inputs = gradient.inputs.as_ptr();
    for (number, help) in helps.iter_mut().enumerate() {
        // SAFETY: every row lies inside the bytes that were checked.
        let mut class = unsafe { rows.first.add(number * rows.stride) };
        let (mut total, mut rest) = (_mm256_setzero_si256(), 0i64);
        for delta in &gradient.delta {
            let wide = _mm256_set1_epi64x(i64::from(*delta));
            let mut chunk = 0;
            while chunk < chunks {
                let end = chunks.min(chunk + gradient.group);
                let mut sums = _mm256_setzero_si256();
                for chunk in chunk..end {
                    // SAFETY: the last number read lies before `width` rounded up to a multiple of 16, behind the
                    // start of the class: inside `Gradient::reach`. Loads need no alignment.
                    let r = unsafe { _mm256_loadu_si256(class.add(2 * LANES * chunk).cast()) };
                    // SAFETY: the inputs are padded to a multiple of 32.
                    let x = unsafe { _mm256_loadu_si256(inputs.add(LANES * chunk).cast()) };
                    sums = _mm256_add_epi32(sums, _mm256_madd_epi16(r, x));
                }
                let even = _mm256_mul_epi32(sums, wide);
                let odd = _mm256_mul_epi32(_mm256_srli_epi64::<32>(sums), wide);
                total = _mm256_add_epi64(total, _mm256_add_epi64(even, odd));
                chunk = end;
            }
            // SAFETY: a class of a row.
            let few = unsafe { few(class, gradient, LANES * chunks) };
            rest = rest.wrapping_add(few.wrapping_mul(i64::from(*delta)));
            class = class.wrapping_add(2 * gradient.width);
        }
        let mut lanes = [0i64; 4];
        // SAFETY: 32 bytes of our own, without a need of alignment.
        unsafe { _mm256_storeu_si256(lanes.as_mut_ptr().cast(), total) };
        *help = lanes.iter().fold(rest, |sum, lane| sum.wrapping_add(*lane));
    }
}

/// `CHUNKS` vectors a class, or as many as the width takes if that is zero.
///
/// # Safety
/// The rows can be read.
#[target_feature(enable = "avx512f,avx512bw")]
unsafe fn avx512<const CHUNKS: usize>(rows: &Rows<'_>, helps: &mut [i64]) {
    const LANES: usize = 32;
    let gradient = rows.gradient;
    let chunks = if CHUNKS > 0 {
        CHUNKS
    } else {
        chunks(gradient.width, LANES)
    };
    let inputs = gradient.inputs.as_ptr();
    for (number, help) in helps.iter_mut().enumerate() {
        // SAFETY: every row lies inside the bytes that were checked.
        let mut class = unsafe { rows.first.add(number * rows.stride) };
        let (mut total, mut rest) = (_mm512_setzero_si512(), 0i64);
        for delta in &gradient.delta {
            let wide = _mm512_set1_epi64(i64::from(*delta));
            let mut chunk = 0;
            while chunk < chunks {
                let end = chunks.min(chunk + gradient.group);
                let mut sums = _mm512_setzero_si512();
                for chunk in chunk..end {
                    // SAFETY: the last number read lies before `width` rounded up to a multiple of 32, behind the
                    // start of the class: inside `Gradient::reach`. Loads need no alignment.
                    let r = unsafe { _mm512_loadu_si512(class.add(2 * LANES * chunk).cast()) };
                    // SAFETY: the inputs are padded to a multiple of 32.
                    let x = unsafe { _mm512_loadu_si512(inputs.add(LANES * chunk).cast()) };
                    sums = _mm512_add_epi32(sums, _mm512_madd_epi16(r, x));
                }
                let even = _mm512_mul_epi32(sums, wide);
                let odd = _mm512_mul_epi32(_mm512_srli_epi64::<32>(sums), wide);
                total = _mm512_add_epi64(total, _mm512_add_epi64(even, odd));
                chunk = end;
            }
            // SAFETY: a class of a row.
            let few = unsafe { few(class, gradient, LANES * chunks) };
            rest = rest.wrapping_add(few.wrapping_mul(i64::from(*delta)));
            class = class.wrapping_add(2 * gradient.width);
        }
        *help = _mm512_reduce_add_epi64(total).wrapping_add(rest);
    }
}
