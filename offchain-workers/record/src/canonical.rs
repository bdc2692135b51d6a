// SPDX-License-Identifier: Apache-2.0
//! The one way to write a JSON value as bytes: RFC 8785 without fractions.
//!
//! Members are sorted by the UTF-16 code units of their names, nothing stands between tokens, and strings escape only
//! what they must. Numbers are whole and at most 2^53 - 1 either way, which every reader of JSON keeps exactly; larger
//! ones are refused, because records write them as decimal text.

use serde_json::Value;

/// The largest number that every reader of JSON keeps exactly.
pub const MAX_NUMBER: u64 = (1 << 53) - 1;

/// A number that records do not write as a number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not a whole number of at most 2^53 - 1; larger ones are written as text")]
pub struct NotCanonical(pub String);

/// The canonical bytes of a value.
pub fn canonical(value: &Value) -> Result<Vec<u8>, NotCanonical> {
    let mut text = String::new();
    write(value, &mut text)?;
    Ok(text.into_bytes())
}

fn write(value: &Value, out: &mut String) -> Result<(), NotCanonical> {
    match value {
        Value::Number(number) => {
            let magnitude = number.as_u64().or(number.as_i64().map(i64::unsigned_abs));
            if magnitude.is_none_or(|magnitude| magnitude > MAX_NUMBER) {
                return Err(NotCanonical(number.to_string()));
            }
            out.push_str(&number.to_string());
        }
        Value::Array(items) => {
            out.push('[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                write(item, out)?;
            }
            out.push(']');
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_cached_key(|(name, _)| name.encode_utf16().collect::<Vec<_>>());
            out.push('{');
            for (place, (name, member)) in members.into_iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                out.push_str(&quoted(name));
                out.push(':');
                write(member, out)?;
            }
            out.push('}');
        }
        Value::String(text) => out.push_str(&quoted(text)),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Null => out.push_str("null"),
    }
    Ok(())
}

/// The escapes of serde_json are those of RFC 8785.
fn quoted(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn text(value: Value) -> String {
        String::from_utf8(canonical(&value).unwrap()).unwrap()
    }

    #[test]
    fn members_are_sorted_by_utf16_and_nothing_stands_between_tokens() {
        let value: Value = serde_json::from_str(
            "{ \"b\" : [ 1 , -2 , null , true ] , \"a\" : \"x\" , \"\u{fb33}\": 1, \"\u{1f600}\": 2 }",
        )
        .unwrap();
        assert_eq!(
            text(value),
            "{\"a\":\"x\",\"b\":[1,-2,null,true],\"\u{1f600}\":2,\"\u{fb33}\":1}"
        );
    }

    #[test]
    fn only_what_must_be_escaped_is() {
        assert_eq!(text(json!("\u{8}\n\u{1f}\"\\/é")), "\"\\b\\n\\u001f\\\"\\\\/é\"");
    }

    #[test]
    fn numbers_that_readers_round_are_refused() {
        assert_eq!(text(json!(MAX_NUMBER)), "9007199254740991");
        assert_eq!(text(json!(-(MAX_NUMBER as i64))), "-9007199254740991");
        for value in [json!(MAX_NUMBER + 1), json!(i64::MIN), json!(1.0), json!(1.5)] {
            assert_eq!(canonical(&value), Err(NotCanonical(value.to_string())));
        }
    }
}
