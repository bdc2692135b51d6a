// SPDX-License-Identifier: Apache-2.0
//! Names for what the SDK's server refuses, where the node's own errors have theirs: in the error's data.

use jsonrpsee::types::{error::INVALID_PARAMS_CODE, ErrorObjectOwned};
use serde_json::Value;

/// What the server gives to whatever it cannot carry out, reverts aside.
const FAILED_CODE: i32 = -32000;

/// The refusal with its name, and with the server's code and words. Reverts and whatever is not known stay as they are.
pub fn named(refusal: ErrorObjectOwned) -> ErrorObjectOwned {
    match (refusal.code(), refusal.data()) {
        (INVALID_PARAMS_CODE, details) => {
            // Which parameter it was stands in the data, where the name goes.
            let details = details.and_then(|data| serde_json::from_str(data.get()).ok());
            let message = match details {
                Some(Value::String(text)) => format!("{}: {text}", refusal.message()),
                Some(other) => format!("{}: {other}", refusal.message()),
                None => refusal.message().to_owned(),
            };
            ErrorObjectOwned::owned(INVALID_PARAMS_CODE, message, Some("InvalidParams"))
        }
        (FAILED_CODE, None) => match name(refusal.message()) {
            Some(name) => ErrorObjectOwned::owned(FAILED_CODE, refusal.message(), Some(name)),
            None => refusal,
        },
        _ => refusal,
    }
}

/// The name of what the server puts into these words.
fn name(message: &str) -> Option<&'static str> {
    let begins = |with| message.starts_with(with);
    Some(match message {
        "hash not found" | "Ethereum block not found" => "UnknownBlock",
        "Invalid call: Payment" => "IntrinsicGasTooLow",
        "No Ethereum extrinsic found" => "TraceNotFound",
        "Execution Tracing is disabled" => "TracerNotSupported",
        _ if begins("insufficient funds") => "InsufficientFunds",
        _ if begins("Effective gas price") => "FeeTooLow",
        _ if begins("Not enough gas supplied") => "OutOfGas",
        _ if begins("failed to run contract") && message.contains("OutOfGas") => "OutOfGas",
        _ if begins("failed to run contract") => "ExecutionFailed",
        _ if begins("failed to override balance") || begins("storage override") => "InvalidOverride",
        _ if begins("Account not found") => "UnknownAccount",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(error: &ErrorObjectOwned) -> Option<&str> {
        error.data().map(|data| data.get())
    }

    #[test]
    fn what_the_server_cannot_carry_out_has_a_name_and_keeps_its_code_and_words() {
        for (message, name) in [
            ("hash not found", "UnknownBlock"),
            ("Ethereum block not found", "UnknownBlock"),
            ("Invalid call: Payment", "IntrinsicGasTooLow"),
            (
                "failed to run contract: Module(ModuleError { index: 60, error: [7, 0, 0, 0], message: \
                 Some(\"OutOfGas\") })",
                "OutOfGas",
            ),
            ("Not enough gas supplied: Off by: 5", "OutOfGas"),
            (
                "failed to run contract: Module(ModuleError { index: 60, error: [9, 0, 0, 0], message: \
                 Some(\"InvalidInstruction\") })",
                "ExecutionFailed",
            ),
            (
                "insufficient funds for gas * price + value (5): address 0x00 have 1 (supplied gas None)",
                "InsufficientFunds",
            ),
            ("insufficient funds for value transfer", "InsufficientFunds"),
            ("Effective gas price 1 lower than base fee 2", "FeeTooLow"),
            ("No Ethereum extrinsic found", "TraceNotFound"),
            ("Execution Tracing is disabled", "TracerNotSupported"),
            (
                "failed to override balance for 0x00: Arithmetic",
                "InvalidOverride",
            ),
            (
                "storage override for 0x00 failed: account is not a contract",
                "InvalidOverride",
            ),
            ("Account not found for address 0x00", "UnknownAccount"),
        ] {
            let error = named(ErrorObjectOwned::owned::<()>(-32000, message, None));
            assert_eq!((error.code(), error.message()), (-32000, message));
            assert_eq!(data(&error), Some(&*format!("\"{name}\"")), "{message}");
        }
    }

    #[test]
    fn wrong_parameters_have_a_name_and_say_which() {
        let given = ErrorObjectOwned::owned(-32602, "Invalid params", Some("invalid value: \"0x12\""));
        let error = named(given);
        assert_eq!(
            (error.code(), error.message()),
            (-32602, "Invalid params: invalid value: \"0x12\"")
        );
        assert_eq!(data(&error), Some("\"InvalidParams\""));

        let error = named(ErrorObjectOwned::owned::<()>(-32602, "Conversion error", None));
        assert_eq!(error.message(), "Conversion error");
        assert_eq!(data(&error), Some("\"InvalidParams\""));
    }

    #[test]
    fn reverts_and_what_is_not_known_stay_as_they_are() {
        for refusal in [
            ErrorObjectOwned::owned(3, "execution reverted: hash not found", Some("0x08c379a0")),
            ErrorObjectOwned::owned::<()>(3, "execution reverted", None),
            ErrorObjectOwned::owned(-32000, "hash not found", Some("0x08c379a0")),
            ErrorObjectOwned::owned::<()>(-32000, "something new", None),
            ErrorObjectOwned::owned::<()>(-32603, "hash not found", None),
            ErrorObjectOwned::owned(-32008, "Response is too big", Some("Exceeded max limit")),
        ] {
            assert_eq!(named(refusal.clone()), refusal);
        }
    }
}
