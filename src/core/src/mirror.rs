//! Conversions between this crate's enums and those that a binding generator made of the contract.

/// Turns `$value`, of the enum `$from`, into the variant of the same name of `$to`. The variants that hold nothing come first,
/// then, after a semicolon, those that hold one value, which stays as it is. `_ => …` says what becomes of a variant that this
/// version does not know.
///
/// ```
/// # use cfn_signal_core::delivery::Status as Core;
/// enum Bound { Success, Failure }
/// let bound = Bound::Failure;
/// assert_eq!(cfn_signal_core::mirror!(bound, Bound => Core { Success, Failure }), Core::Failure);
/// ```
#[macro_export]
macro_rules! mirror {
    ($value:expr, $from:ident => $to:ident { $($unit:ident),* $(,)? $(; $($one:ident),*)? $(; _ => $other:expr)? }) => {
        match $value {
            $($from::$unit => $to::$unit,)*
            $($($from::$one(value) => $to::$one(value.into()),)*)?
            $(_ => $other,)?
        }
    };
}
