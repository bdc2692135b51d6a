// SPDX-License-Identifier: Apache-2.0
//! Writes the rehearsed runtime's code to the file that is named.

use std::{env, fs, process::ExitCode};

/// The blob, compressed.
const CODE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/code"));

fn main() -> ExitCode {
    let Some(path) = env::args_os().nth(1) else {
        eprintln!("name the file to write the runtime's code to");
        return ExitCode::FAILURE;
    };
    match fs::write(&path, CODE) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{} cannot be written: {error}", path.to_string_lossy());
            ExitCode::FAILURE
        }
    }
}
