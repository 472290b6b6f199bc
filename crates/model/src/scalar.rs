//! What a scalar means to eksctl: YAML 1.1 as its reader (a fork of go-yaml 2) resolves it, which is neither
//! YAML 1.1 nor 1.2 to the letter. `y` and `no` are booleans, `017` and `0o17` are 15, `08` is 8, `1_000` is
//! 1000, `12:30` and dates are text. Source: eksctl's verdicts on 792 scalars.

use serde_json::{Number, Value};

/// The prefix of the tags that YAML itself defines.
const CORE: &str = "tag:yaml.org,2002:";

/// Why a scalar has no value for eksctl.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScalarError {
    /// `.inf` or `.nan`: eksctl turns every file into JSON, which has no such number.
    NotFinite,
    /// The text is not what its tag says: `!!int x`.
    Tag,
}

/// How a scalar is written, as far as its meaning depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written<'a> {
    /// Without quotes and tag.
    Plain,
    /// In quotes or as a block: always text.
    Quoted,
    /// With a tag, resolved: `tag:yaml.org,2002:int`; `!` for the tag without a name.
    Tagged(&'a str),
}

/// The value that eksctl reads.
///
/// Whole numbers come as `i64`; others, and those beyond 64 bits, as `f64`.
///
/// # Errors
/// Numbers that are not finite, and text that does not fit its tag.
pub fn resolve(text: &str, written: Written<'_>) -> Result<Value, ScalarError> {
    let tag = match written {
        Written::Plain => return resolve_plain(text),
        Written::Quoted => return Ok(Value::from(text)),
        Written::Tagged(tag) => tag,
    };
    let Some(tag) = tag.strip_prefix(CORE) else {
        return Ok(Value::from(text));
    };
    let fits = |value: Value, fits: fn(&Value) -> bool| fits(&value).then_some(value).ok_or(ScalarError::Tag);
    match tag {
        "bool" => fits(resolve_plain(text)?, Value::is_boolean),
        "null" => fits(resolve_plain(text)?, Value::is_null),
        "int" if !is_float(text) => fits(resolve_plain(text)?, Value::is_number),
        "float" => fits(resolve_plain(text)?, Value::is_number),
        "int" => Err(ScalarError::Tag),
        "timestamp" if !starts_with_year(text) => Err(ScalarError::Tag),
        "binary" => decode_base64(text).map(Value::from).ok_or(ScalarError::Tag),
        _ => Ok(Value::from(text)),
    }
}

/// Whether eksctl reads this plain text as itself, so that it needs no quotes for its meaning.
pub fn is_text(text: &str) -> bool {
    matches!(resolve_plain(text), Ok(Value::String(_))) && text != "<<"
}

/// Whether a plain text is a whole number that has no sign and fits 64 bits only without one, which is no key for
/// eksctl.
pub fn is_unsigned(text: &str) -> bool {
    whole(&text.replace('_', "")).is_some_and(|number| !number.is_i64())
}

/// The text that eksctl makes of a key that is a fraction, or a whole number written as one; `None` where it is
/// neither. It has the digits of 32 bits, as Go's `%g` writes them: `1e18` is `1e+18`, `685230.15` is `685230.1`.
pub fn float_key(text: &str, is_float_tag: bool) -> Option<String> {
    let Ok(Value::Number(number)) = resolve_plain(text) else {
        return None;
    };
    if !is_float(text) && !is_float_tag {
        return None;
    }
    // The zero of JSON has no sign.
    let is_negative = text.starts_with('-');
    let single = number.as_f64()? as f32;
    if single.is_infinite() {
        return Some(not_finite_key(text).to_owned());
    }
    let written = format!("{:e}", single.abs());
    let (digits, exponent) = written.split_once('e')?;
    let exponent: i32 = exponent.parse().ok()?;
    let sign = if is_negative { "-" } else { "" };
    Some(if (-4..6).contains(&exponent) {
        format!("{sign}{}", single.abs())
    } else {
        let exponent_sign = if exponent < 0 { '-' } else { '+' };
        format!("{sign}{digits}e{exponent_sign}{:02}", exponent.abs())
    })
}

/// The key that a number becomes which is not finite.
pub fn not_finite_key(text: &str) -> &'static str {
    match text.as_bytes() {
        [b'-', ..] => "-.inf",
        text if text.to_ascii_lowercase().ends_with(b"nan") => ".nan",
        _ => ".inf",
    }
}

fn resolve_plain(text: &str) -> Result<Value, ScalarError> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Ok(Value::Null),
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            return Ok(Value::Bool(true));
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Ok(Value::Bool(false));
        }
        ".nan" | ".NaN" | ".NAN" => return Err(ScalarError::NotFinite),
        _ => {}
    }
    if matches!(
        text.strip_prefix(['+', '-']).unwrap_or(text),
        ".inf" | ".Inf" | ".INF"
    ) {
        return Err(ScalarError::NotFinite);
    }
    let number = match text.as_bytes().first() {
        Some(b'.') => dotted_float(text).and_then(finite),
        Some(b'+' | b'-' | b'0'..=b'9') => {
            let digits = text.replace('_', "");
            whole(&digits).or_else(|| {
                decimal(&digits)
                    .then(|| parse_float(&digits))
                    .flatten()
                    .and_then(finite)
            })
        }
        _ => None,
    };
    Ok(number.map_or_else(|| Value::from(text), Value::Number))
}

/// Whether a plain number is one of the decimal fractions, which `!!int` refuses even where they are whole.
fn is_float(text: &str) -> bool {
    whole(&text.replace('_', "")).is_none()
}

/// A whole number in any base, as Go's `ParseInt` reads it with base 0. Beyond 63 bits it is a float.
fn whole(text: &str) -> Option<Number> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    let lower = digits.get(..2).map(str::to_ascii_lowercase);
    let (radix, digits) = match lower.as_deref() {
        Some("0x") => (16, digits.get(2..)?),
        Some("0o") => (8, digits.get(2..)?),
        Some("0b") => (2, digits.get(2..)?),
        Some(start) if start.starts_with('0') => (8, digits.get(1..)?),
        _ => (10, digits),
    };
    // `from_str_radix` would take a second sign.
    if !digits.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    let magnitude = u64::from_str_radix(digits, radix).ok()?;
    let signed = if negative {
        0i64.checked_sub_unsigned(magnitude)
    } else {
        i64::try_from(magnitude).ok()
    };
    match signed {
        Some(number) => Some(Number::from(number)),
        // Go reads it as an unsigned number, and JSON hands it on; only a sign rules that out.
        None if !text.starts_with(['-', '+']) => Number::from_f64(magnitude as f64),
        None => None,
    }
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn decimal(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (
            mantissa,
            Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)),
        ),
        None => (unsigned, None),
    };
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let has_digits = !before.is_empty() || !after.is_empty();
    has_digits
        && digits(before)
        && digits(after)
        && exponent.is_none_or(|part| !part.is_empty() && digits(part))
}

/// A float that begins with its point, where underscores may only stand between digits.
fn dotted_float(text: &str) -> Option<f64> {
    let is_digit = |at: Option<&u8>| at.is_some_and(u8::is_ascii_digit);
    let bytes = text.as_bytes();
    let between_digits = bytes.iter().enumerate().all(|(i, b)| {
        *b != b'_' || (is_digit(i.checked_sub(1).and_then(|i| bytes.get(i))) && is_digit(bytes.get(i + 1)))
    });
    let digits = text.replace('_', "");
    (between_digits && decimal(&digits))
        .then(|| parse_float(&digits))
        .flatten()
}

/// What is too large for a float is text to eksctl.
fn parse_float(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// JSON writes a whole float without its fraction, so it is a whole number from there on.
fn finite(number: f64) -> Option<Number> {
    /// The first float beyond `i64::MAX`.
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    // Go writes `i64::MIN` as a float in digits that are no whole number of 64 bits any more.
    if number.fract() == 0.0 && number.abs() < LIMIT {
        return Some(Number::from(number as i64));
    }
    Number::from_f64(number)
}

fn starts_with_year(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.by_ref().take(4).filter(u8::is_ascii_digit).count() == 4 && bytes.next() == Some(b'-')
}

/// Standard base64 with padding, line breaks ignored, as text. Ten lines, against a dependency for a tag that
/// nobody uses in a config.
fn decode_base64(text: &str) -> Option<String> {
    let symbols: Vec<u8> = text.bytes().filter(|b| !matches!(b, b'\n' | b'\r')).collect();
    if !symbols.len().is_multiple_of(4) {
        return None;
    }
    let content = symbols
        .strip_suffix(b"==")
        .or_else(|| symbols.strip_suffix(b"="))
        .unwrap_or(&symbols);
    let (mut bits, mut width, mut bytes) = (0u32, 0u32, Vec::new());
    for symbol in content {
        let six = match symbol {
            b'A'..=b'Z' => symbol - b'A',
            b'a'..=b'z' => symbol - b'a' + 26,
            b'0'..=b'9' => symbol - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(six)) & 0xffff;
        width += 6;
        if width >= 8 {
            width -= 8;
            bytes.push((bits >> width & 0xff) as u8);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn plain_scalars_are_what_eksctl_reads() {
        for (text, value) in [
            ("y", json!(true)),
            ("tRUE", json!("tRUE")),
            ("017", json!(15)),
            ("0o17", json!(15)),
            ("-0x1F", json!(-31)),
            ("08", json!(8)),
            ("0o8", json!("0o8")),
            ("1__0", json!(10)),
            ("1e2", json!(100)),
            ("1e400", json!("1e400")),
            (".5_0", json!(0.5)),
            ("._5", json!("._5")),
            ("12:30", json!("12:30")),
            ("2024-01-02", json!("2024-01-02")),
            ("+-5", json!("+-5")),
            ("-", json!("-")),
            ("0x", json!("0x")),
            ("-9223372036854775808", json!(i64::MIN)),
            ("9223372036854775808", json!(9_223_372_036_854_775_808.0)),
            ("<<", json!("<<")),
        ] {
            assert_eq!(resolve(text, Written::Plain), Ok(value), "{text}");
        }
        assert_eq!(resolve("-.Inf", Written::Plain), Err(ScalarError::NotFinite));
    }

    #[test]
    fn tags_decide() {
        let tagged = |tag: &str, text| resolve(text, Written::Tagged(&format!("{CORE}{tag}")));
        assert_eq!(tagged("str", "1.30"), Ok(json!("1.30")));
        assert_eq!(tagged("int", "5"), Ok(json!(5)));
        assert_eq!(tagged("int", "5.0"), Err(ScalarError::Tag));
        assert_eq!(tagged("int", "g5.xlarge"), Err(ScalarError::Tag));
        assert_eq!(tagged("float", "1"), Ok(json!(1)));
        assert_eq!(tagged("null", "x"), Err(ScalarError::Tag));
        assert_eq!(tagged("binary", "aGVsbG8="), Ok(json!("hello")));
        assert_eq!(tagged("binary", "aGVsbG8"), Err(ScalarError::Tag));
        assert_eq!(resolve("5", Written::Tagged("!")), Ok(json!("5")));
        assert_eq!(resolve("", Written::Tagged("!")), Ok(json!("")));
        assert_eq!(resolve("5", Written::Tagged("!mine")), Ok(json!("5")));
    }

    #[test]
    fn keys_that_are_fractions_have_the_digits_of_32_bits() {
        for (text, key) in [
            ("1.0", Some("1")),
            ("1.10", Some("1.1")),
            ("685_230.15", Some("685230.1")),
            ("123456789.0", Some("1.2345679e+08")),
            ("1e18", Some("1e+18")),
            ("0.1e-7", Some("1e-08")),
            ("0.0001", Some("0.0001")),
            ("-0.0", Some("-0")),
            ("1.7976931348623157e308", Some(".inf")),
            ("12", None),
            ("0x1F", None),
            ("v1", None),
        ] {
            assert_eq!(float_key(text, false).as_deref(), key, "{text}");
        }
        assert_eq!(float_key("1234567", true).as_deref(), Some("1.234567e+06"));
        assert_eq!(
            ["-.INF", "+.inf", ".NaN"].map(not_finite_key),
            ["-.inf", ".inf", ".nan"]
        );
    }
}
