//! Names as AWS makes them up.

use aws_lc_rs::rand;

/// Random bytes.
///
/// # Errors
///
/// The system gives none.
pub fn random<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(bytes)
}

/// The system gave no random bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the system gave no random bytes")]
pub struct NoRandomness;

/// A request's or a stack's id, such as `0f8fad5b-d9cb-469f-a165-70867728950e`.
#[must_use]
pub fn uuid() -> String {
    // An id that is not random is still an id: nothing secret hangs on it.
    let bits = u128::from_be_bytes(random().unwrap_or_default());
    let versioned =
        bits & !(0xf000_u128 << 64) & !(0xc000_u128 << 48) | 0x4000_u128 << 64 | 0x8000_u128 << 48;
    let hex = format!("{versioned:032x}");
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
}

/// A resource id of EC2, such as `i-0123456789abcdef0`.
#[must_use]
pub fn ec2(prefix: &str) -> String {
    let bits = u64::from_be_bytes(random().unwrap_or_default());
    format!("{prefix}-0{bits:016x}")
}

/// What a resource of this type is called, such as `i-0123456789abcdef0` or `stack-Group-1A2B3C4D5E6F`.
#[must_use]
pub fn physical(resource_type: &str, stack_name: &str, logical_id: &str) -> String {
    match resource_type {
        "AWS::EC2::Instance" => ec2("i"),
        "AWS::EC2::LaunchTemplate" => ec2("lt"),
        "AWS::EC2::SecurityGroup" => ec2("sg"),
        "AWS::EC2::Subnet" => ec2("subnet"),
        "AWS::EC2::VPC" => ec2("vpc"),
        _ => format!("{stack_name}-{logical_id}-{}", suffix()),
    }
}

/// An access key id: `AKIA` (long-term) or `ASIA` (temporary) and 16 characters of base 32.
///
/// # Errors
///
/// [`NoRandomness`].
pub fn access_key_id(prefix: &str) -> Result<String, NoRandomness> {
    Ok(format!("{prefix}{}", base_32(&random::<16>()?)))
}

/// The random end of a generated name, in upper-case letters and digits.
#[must_use]
pub fn suffix() -> String {
    base_32(&random::<12>().unwrap_or_default())
}

fn base_32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    bytes
        .iter()
        .filter_map(|byte| ALPHABET.get(usize::from(byte & 31)))
        .map(|byte| char::from(*byte))
        .collect()
}

#[cfg(test)]
mod tests;
