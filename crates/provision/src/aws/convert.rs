//! From the table's types to the SDK's and back.
//!
//! A service's file says which field is which by naming them once ([`calls!`], [`gives!`], [`reads!`]); how a value is
//! converted follows from the two types. Our structs are taken apart and put together completely, so a new operation
//! or field does not compile until it is named here.

use std::collections::{BTreeMap, HashMap};

use aws_smithy_types::DateTime;
use jiff::Timestamp;

use super::fault::Fault;

/// A value of the table, out of the SDK's.
pub(super) trait Read<S> {
    /// Reads it. What AWS left out is the type's default, as the table promises.
    fn read(sdk: S) -> Self;
}

/// A value of the SDK, out of the table's.
pub(super) trait Give<S> {
    /// Gives it, or says why AWS's type cannot hold it.
    fn give(self) -> Result<S, Fault>;
}

/// Values that are the same on both sides, in answers: plain, optional in the SDK, optional in both.
macro_rules! read_as {
    ($($ours:ty = $sdk:ty, |$value:ident| $read:expr;)*) => {$(
        impl Read<$sdk> for $ours {
            fn read($value: $sdk) -> Self {
                $read
            }
        }
        impl Read<Option<$sdk>> for $ours {
            fn read(sdk: Option<$sdk>) -> Self {
                sdk.map(Self::read).unwrap_or_default()
            }
        }
        impl Read<Option<$sdk>> for Option<$ours> {
            fn read(sdk: Option<$sdk>) -> Self {
                sdk.map(Read::read)
            }
        }
    )*};
}

read_as! {
    i64 = i32, |value| value.into();
    i64 = i64, |value| value;
    f64 = f64, |value| value;
    bool = bool, |value| value;
    Timestamp = DateTime, |value| timestamp(value);
}

/// Words of AWS's enums are text in the table, so a word that the SDK does not know yet passes too.
impl<A: AsRef<str>> Read<Option<A>> for String {
    fn read(sdk: Option<A>) -> Self {
        sdk.map(|word| word.as_ref().to_owned()).unwrap_or_default()
    }
}
impl<A: AsRef<str>> Read<Option<A>> for Option<String> {
    fn read(sdk: Option<A>) -> Self {
        sdk.map(|word| word.as_ref().to_owned())
    }
}
impl Read<Self> for String {
    fn read(sdk: Self) -> Self {
        sdk
    }
}
impl<S, T: Read<S>> Read<Vec<S>> for Vec<T> {
    fn read(sdk: Vec<S>) -> Self {
        sdk.into_iter().map(T::read).collect()
    }
}
impl<S, T: Read<S>> Read<Option<Vec<S>>> for Vec<T> {
    fn read(sdk: Option<Vec<S>>) -> Self {
        sdk.into_iter().flatten().map(T::read).collect()
    }
}
impl Read<Option<HashMap<String, String>>> for BTreeMap<String, String> {
    fn read(sdk: Option<HashMap<String, String>>) -> Self {
        sdk.into_iter().flatten().collect()
    }
}

fn timestamp(at: DateTime) -> Timestamp {
    let nanoseconds = i32::try_from(at.subsec_nanos()).unwrap_or_default();
    Timestamp::new(at.secs(), nanoseconds).unwrap_or_default()
}

/// Numbers that AWS counts with 32 bits.
fn narrow(value: i64) -> Result<i32, Fault> {
    i32::try_from(value).map_err(|_| Fault::unfit(format!("{value} is out of AWS's range")))
}

impl<A: for<'a> From<&'a str>> Give<Option<A>> for String {
    fn give(self) -> Result<Option<A>, Fault> {
        Ok(Some(A::from(&self)))
    }
}
impl<A: for<'a> From<&'a str>> Give<Option<A>> for Option<String> {
    fn give(self) -> Result<Option<A>, Fault> {
        Ok(self.map(|word| A::from(&word)))
    }
}
impl Give<Self> for String {
    fn give(self) -> Result<Self, Fault> {
        Ok(self)
    }
}
impl Give<Option<i32>> for i64 {
    fn give(self) -> Result<Option<i32>, Fault> {
        narrow(self).map(Some)
    }
}
impl Give<Option<i32>> for Option<i64> {
    fn give(self) -> Result<Option<i32>, Fault> {
        self.map(narrow).transpose()
    }
}
impl Give<Option<Self>> for bool {
    fn give(self) -> Result<Option<Self>, Fault> {
        Ok(Some(self))
    }
}
impl Give<Self> for Option<bool> {
    fn give(self) -> Result<Self, Fault> {
        Ok(self)
    }
}
/// An empty list is one that was not given ([`crate::operations::Absent`]).
impl<S, T: Give<S>> Give<Option<Vec<S>>> for Vec<T> {
    fn give(self) -> Result<Option<Vec<S>>, Fault> {
        if self.is_empty() {
            Ok(None)
        } else {
            Some(self).give()
        }
    }
}
/// Given and empty is another thing than not given.
impl<S, T: Give<S>> Give<Option<Vec<S>>> for Option<Vec<T>> {
    fn give(self) -> Result<Option<Vec<S>>, Fault> {
        self.map(|list| list.into_iter().map(Give::give).collect())
            .transpose()
    }
}
impl Give<Option<HashMap<String, String>>> for BTreeMap<String, String> {
    fn give(self) -> Result<Option<HashMap<String, String>>, Fault> {
        Ok((!self.is_empty()).then(|| self.into_iter().collect()))
    }
}

/// Shapes that answers hold: `Ours { field, field: sdk_field, field via function }`, or `Ours from Sdk { ... }` where
/// the SDK has another name for it. The SDK's types are those of `types` at the place of use.
macro_rules! reads {
    ($($shape:ident $(from $sdk:ident)? { $($field:ident $(: $name:ident)? $(via $with:ident)?),* $(,)? })*) => {$(
        reads!(@shape [$($sdk)? $shape] $shape { $($field [$($name)? $field] [$($with)?]),* });
    )*};
    (@shape [$sdk:ident $($unused:ident)?] $shape:ident { $($field:ident $name:tt $with:tt),* }) => {
        impl Read<types::$sdk> for $shape {
            fn read(sdk: types::$sdk) -> Self {
                Self { $($field: Read::read(reads!(@field sdk $name $with))),* }
            }
        }
        impl Read<Option<types::$sdk>> for $shape {
            fn read(sdk: Option<types::$sdk>) -> Self {
                sdk.map(Self::read).unwrap_or_default()
            }
        }
        impl Read<Option<types::$sdk>> for Option<$shape> {
            fn read(sdk: Option<types::$sdk>) -> Self {
                sdk.map(Read::read)
            }
        }
    };
    (@field $sdk:ident [$name:ident $($unused:ident)?] []) => { $sdk.$name };
    (@field $sdk:ident [$name:ident $($unused:ident)?] [$with:ident]) => { $with($sdk.$name) };
}

/// Shapes that requests hold, written as for [`reads!`]. `try` stands before those that the SDK checks for required
/// fields.
macro_rules! gives {
    ($($shape:ident $(as $sdk:ident)? $(, $checked:ident)? { $($field:ident $(: $name:ident)?),* $(,)? })*) => {$(
        gives!(@shape [$($sdk)? $shape] [$($checked)?] $shape { $($field [$($name)? $field]),* });
    )*};
    (@shape [$sdk:ident $($unused:ident)?] $checked:tt $shape:ident { $($field:ident $name:tt),* }) => {
        impl Give<types::$sdk> for $shape {
            fn give(self) -> Result<types::$sdk, Fault> {
                let Self { $($field),* } = self;
                let sdk = types::$sdk::builder();
                $(let sdk = set!(sdk, $field, $name);)*
                gives!(@build sdk $checked)
            }
        }
        impl Give<Option<types::$sdk>> for $shape {
            fn give(self) -> Result<Option<types::$sdk>, Fault> {
                self.give().map(Some)
            }
        }
        impl Give<Option<types::$sdk>> for Option<$shape> {
            fn give(self) -> Result<Option<types::$sdk>, Fault> {
                self.map(Give::give).transpose()
            }
        }
    };
    (@build $sdk:ident []) => { Ok($sdk.build()) };
    (@build $sdk:ident [checked]) => { Ok($sdk.build()?) };
}

/// Enums of the SDK whose words stand in lists.
macro_rules! reads_words {
    ($($sdk:ident)*) => {$(
        impl Read<types::$sdk> for String {
            fn read(sdk: types::$sdk) -> Self {
                sdk.as_str().to_owned()
            }
        }
    )*};
}

/// As [`reads_words!`], in requests.
macro_rules! gives_words {
    ($($sdk:ident)*) => {$(
        impl Give<types::$sdk> for String {
            fn give(self) -> Result<types::$sdk, Fault> {
                Ok(types::$sdk::from(self.as_str()))
            }
        }
    )*};
}

/// A builder with one more field set.
macro_rules! set {
    ($builder:ident, $value:ident, [$name:ident $($unused:ident)?]) => {
        pastey::paste!($builder.[<set_ $name>]($value.give()?))
    };
    ($builder:ident, $value:ident, [$name:ident $($unused:ident)?], $with:ident) => {
        pastey::paste!($builder.[<set_ $name>]($with($value)?))
    };
}

/// The operations of one service: `Name => sdk_call(field, field: sdk_field, field via function) -> answer;`
///
/// The answer is a field of the SDK's output, `*` for all items of all pages, a number for the same in pages of so
/// many (where whoever answers may otherwise send the first few as if they were all), `[function]` of the items,
/// `{function}` of each page where the SDK knows no items, `(function)` of the output, or missing where nothing is answered.
macro_rules! calls {
    ($service:ident, $client:ident, $request:ident; $(
        $name:ident => $call:ident($($field:ident $(: $sdk:ident)? $(via $with:ident)?),* $(,)?) $(-> $answer:tt)?;
    )*) => {
        match $request {$(
            $service::Request::$name($service::$name { $($field),* }) => crate::aws::boxed(async move {
                let call = $client.$call();
                $(let call = set!(call, $field, [$($sdk)? $field] $(, $with)?);)*
                let reply = calls!(@send call $($answer)?);
                Ok(<$service::$name as crate::operations::Operation>::answer(reply))
            }),
        )*}
    };
    (@send $call:ident) => {{
        $call.send().await?;
    }};
    (@send $call:ident *) => {{
        let items = $call.into_paginator().items().send();
        Read::read(items.collect::<Result<Vec<_>, _>>().await?)
    }};
    (@send $call:ident $size:literal) => {{
        let items = $call.into_paginator().page_size($size).items().send();
        Read::read(items.collect::<Result<Vec<_>, _>>().await?)
    }};
    (@send $call:ident [$function:ident]) => {{
        let items = $call.into_paginator().items().send();
        $function(items.collect::<Result<Vec<_>, _>>().await?)
    }};
    (@send $call:ident { $function:ident }) => {{
        let pages = $call.into_paginator().send();
        let pages = pages.collect::<Result<Vec<_>, _>>().await?;
        pages.into_iter().flat_map($function).collect()
    }};
    (@send $call:ident $field:ident) => { Read::read($call.send().await?.$field) };
    (@send $call:ident ($function:ident)) => { $function($call.send().await?) };
}
