// SPDX-License-Identifier: Apache-2.0
//! Limits that the child sets on itself before it reads any model.

use std::io;

use nix::{
    sys::resource::{getrlimit, getrusage, setrlimit, Resource, UsageWho},
    unistd::close,
};
use serde::{Deserialize, Serialize};

/// The value of `TRACT_CPU_ISA` that takes every optional instruction set from tract, so that all machines of an
/// architecture run the same kernels. A token of another architecture would stop tract, hence one value for each.
pub const REFERENCE_ISA: &str = if cfg!(target_arch = "x86_64") {
    "-avx,-avx2,-fma,-f16c,-avx512f,-avx512vnni,-avx512fp16,-avxvnni,-amx-int8,-amx-bf16"
} else if cfg!(target_arch = "aarch64") {
    "-fp16,-dotprod,-sve2,-sme,-sme2,-apple-amx"
} else {
    ""
};

/// Limits on the child process. It writes no file and leaves no core dump in any case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessLimits {
    /// Address space beyond what the program occupies when it starts, in bytes.
    pub memory_bytes: u64,
    /// Files open at the same time.
    pub open_files: u64,
    /// Processor time of one job, in whole seconds; none for no limit beyond the clock's.
    pub cpu_seconds: Option<u64>,
}

impl Default for ProcessLimits {
    /// 1 GiB, 16 files, no limit on processor time.
    fn default() -> Self {
        Self {
            memory_bytes: 1 << 30,
            open_files: 16,
            cpu_seconds: None,
        }
    }
}

impl ProcessLimits {
    /// Sets the limits on this process, for good.
    pub(crate) fn apply(&self) -> io::Result<()> {
        let memory = occupied_bytes()?.saturating_add(self.memory_bytes);
        setrlimit(Resource::RLIMIT_AS, memory, memory)?;
        setrlimit(Resource::RLIMIT_FSIZE, 0, 0)?;
        setrlimit(Resource::RLIMIT_CORE, 0, 0)?;
        setrlimit(Resource::RLIMIT_NOFILE, self.open_files, self.open_files)?;
        Ok(())
    }

    /// Gives the next job its processor time, counted from now. The kernel ends the process when it is spent.
    pub(crate) fn grant_cpu(&self) -> io::Result<()> {
        let Some(seconds) = self.cpu_seconds else {
            return Ok(());
        };
        let usage = getrusage(UsageWho::RUSAGE_SELF)?;
        let spent = usage
            .user_time()
            .tv_sec()
            .saturating_add(usage.system_time().tv_sec());
        // The kernel compares whole seconds: one more, so that a job never gets less than it was granted.
        let until = u64::try_from(spent)
            .unwrap_or(0)
            .saturating_add(seconds)
            .saturating_add(1);
        let (_, hard) = getrlimit(Resource::RLIMIT_CPU)?;
        setrlimit(Resource::RLIMIT_CPU, until.min(hard), hard)?;
        Ok(())
    }
}

/// Address space in use, in bytes.
fn occupied_bytes() -> io::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmSize:"))
        .and_then(|rest| rest.trim().strip_suffix("kB"))
        .and_then(|kibibytes| kibibytes.trim().parse::<u64>().ok())
        .map(|kibibytes| kibibytes.saturating_mul(1024))
        .ok_or_else(|| io::Error::other("/proc/self/status gives no VmSize"))
}

/// Closes every file but the three standard ones: what the parent left open is none of the child's business.
///
/// Call it before the process opens anything of its own.
pub(crate) fn close_inherited_files() -> io::Result<()> {
    let open: Vec<i32> = std::fs::read_dir("/proc/self/fd")?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|file| *file > 2)
        .collect();
    for file in open {
        // The one that listed the folder is closed already.
        let _ = close(file);
    }
    Ok(())
}
