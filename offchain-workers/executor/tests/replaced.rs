// SPDX-License-Identifier: Apache-2.0
//! A program whose file is replaced while it runs still starts its child, of its own version and by its own name. A
//! test without a harness, because the program that starts itself again is the test's own.

#[allow(dead_code)] // What the other tests use.
mod common;

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, ExitCode},
};

use common::Stored;
use openledger_executor::{run_child_if_asked, Executor, ExecutorConfig};

const REPLACED: &str = "replaced-program";

fn main() -> ExitCode {
    if let Some(code) = run_child_if_asked() {
        return code;
    }
    let mut args = std::env::args();
    let own = args.next().unwrap();
    if Path::new(&own).ends_with(REPLACED) {
        replaced(Path::new(&own));
    } else {
        copied();
    }
    ExitCode::SUCCESS
}

/// Runs a copy of this program that may be replaced.
fn copied() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join(REPLACED);
    fs::copy(std::env::current_exe().unwrap(), &copy).unwrap();
    assert!(Command::new(copy).status().unwrap().success());
}

/// Is replaced by something that is no child, and runs a job in a child of its own, twice.
fn replaced(own: &Path) {
    let config = ExecutorConfig::this_program().unwrap();
    fs::remove_file(own).unwrap();
    fs::write(own, "#!/bin/false\n").unwrap();
    fs::set_permissions(own, fs::Permissions::from_mode(0o755)).unwrap();

    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let executor = Executor::spawn(config).await.unwrap();
        let model = Stored::small(2.0, "Abs");
        assert_eq!(model.run(&executor).await.unwrap(), [1.0, 2.0]);

        let of_child =
            |file| fs::read_to_string(format!("/proc/{}/{file}", executor.child_pid().unwrap())).unwrap();
        assert_eq!(
            of_child("comm").trim(),
            &REPLACED[..15],
            "the kernel keeps 15 bytes"
        );
        let arguments = of_child("cmdline");
        assert_eq!(arguments.split('\0').next(), own.to_str());

        common::signal(&executor, nix::sys::signal::Signal::SIGKILL);
        assert_eq!(model.run(&executor).await.unwrap(), [1.0, 2.0]);
        assert_eq!(executor.starts(), 2);
    });
}
