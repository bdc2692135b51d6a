// SPDX-License-Identifier: Apache-2.0
//! The running program, which starts itself again as a child.

use std::{
    ffi::OsString,
    io,
    path::{Path, PathBuf},
};

/// The running program itself, on Linux, wherever its file is and whatever stands in its place now.
const ITSELF: &str = "/proc/self/exe";
/// Where a process keeps the short name that lists of processes show.
const SHORT_NAME: &str = "/proc/self/comm";

/// The program to start for a child of the same version, also after an update put another file in this one's place.
///
/// # Errors
/// When the system does not tell the path of the running program.
pub fn running_program() -> io::Result<PathBuf> {
    let itself = PathBuf::from(ITSELF);
    if itself.exists() {
        return Ok(itself);
    }
    std::env::current_exe()
}

/// What this process is called, for the first argument of its children.
pub fn own_name() -> OsString {
    std::env::args_os().next().unwrap_or_else(|| ITSELF.into())
}

/// Gives a child that was started by [`running_program`] its short name back, which is `exe` otherwise.
pub fn restore_short_name() {
    let name = own_name();
    if let Some(name) = Path::new(&name).file_name() {
        // Nothing but the list of processes depends on it.
        let _ = std::fs::write(SHORT_NAME, name.as_encoded_bytes());
    }
}
