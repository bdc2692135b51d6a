// SPDX-License-Identifier: Apache-2.0
//! Records of a payment on the real runtime.

mod layouts;
mod verify;
mod world;
