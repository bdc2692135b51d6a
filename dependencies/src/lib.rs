// SPDX-License-Identifier: Apache-2.0
//! Holds no code. It depends on every outside crate of the workspace, so that
//! `cargo test -p openledger-dependencies -p <crate>` (the alias `cargo t -p <crate>`) builds that crate with the
//! features the node is built with and compiles nothing twice.
