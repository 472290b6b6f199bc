//! The `YM` family: what is wrong with the text and with the types of its values.

use crate::problem::Code;

/// The text is not YAML.
pub const SYNTAX: Code = Code("YM001");
/// The bytes are not text that YAML allows.
pub const ENCODING: Code = Code("YM002");
/// There is nothing in the file.
pub const EMPTY: Code = Code("YM003");
/// The file holds several documents.
pub const DOCUMENTS: Code = Code("YM004");
/// The file is larger or deeper than any config.
pub const LIMIT: Code = Code("YM005");
/// A key is set twice in one map.
pub const DUPLICATE: Code = Code("YM006");
/// A key is not text.
pub const KEY: Code = Code("YM007");
/// An alias or a merge key that stands for nothing.
pub const ALIAS: Code = Code("YM008");
/// A value that cannot become JSON, as eksctl needs it.
pub const UNREADABLE: Code = Code("YM009");
/// A key that eksctl does not know.
pub const UNKNOWN_KEY: Code = Code("YM010");
/// A known key in another case, which eksctl drops silently.
pub const KEY_CASE: Code = Code("YM011");
/// A value of the wrong type.
pub const TYPE: Code = Code("YM012");
/// An empty item in a list.
pub const NULL_ITEM: Code = Code("YM013");
/// `apiVersion` is missing or another.
pub const API_VERSION: Code = Code("YM014");
/// `kind` is missing or another.
pub const KIND: Code = Code("YM015");
/// Text that is no range of addresses.
pub const CIDR: Code = Code("YM016");
/// Text that is no ARN.
pub const ARN: Code = Code("YM017");
/// A key that eksctl ignores.
pub const IGNORED_KEY: Code = Code("YM018");
/// An allow comment that silences nothing.
pub const UNUSED_ALLOW: Code = Code("YM019");
/// There are more problems than are reported.
pub const TOO_MANY: Code = Code("YM020");
/// Characters that nobody sees, and that change how others are seen.
pub const INVISIBLE: Code = Code("YM021");
/// Punctuation that needs quotes, or a blank behind it.
pub const PUNCTUATION: Code = Code("YM022");
