//! `Fn::Cidr`.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-cidr.html>

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{
    error::{Fault, quoted},
    functions::{Resolver, shape},
    node::Node,
    value::Value,
};
use crate::number::digits;

#[cfg(test)]
mod tests;

const MAX_COUNT: u64 = 256;

impl Resolver<'_> {
    pub(super) fn cidr(&self, node: &Node, argument: &Node) -> Result<Value, Fault> {
        let Some([block, count, bits]) = argument.items() else {
            return Err(shape(node, "Fn::Cidr", "[block, count, bits of each]"));
        };
        let written = self.string(block)?;
        let number = |node: &Node| -> Result<u64, Fault> {
            let text = self.string(node)?;
            digits(&text).ok_or_else(|| Fault::invalid(node, format!("{} is no number", quoted(&text))))
        };
        let (wanted, bits) = (number(count)?, number(bits)?);
        if !(1..=MAX_COUNT).contains(&wanted) {
            return Err(Fault::invalid(
                count,
                format!("Fn::Cidr gives 1 to {MAX_COUNT} blocks, not {wanted}"),
            ));
        }
        let blocks = blocks(&written, wanted, bits).ok_or_else(|| {
            let written = quoted(&written);
            Fault::invalid(node, format!("{written} has no room for {wanted} blocks of {bits} bits"))
        })?;
        blocks.into_iter().map(|block| self.produce(node, block)).collect::<Result<_, _>>().map(Value::List)
    }
}

/// The first `count` blocks of so many host bits; none where they do not fit, or the block is none.
fn blocks(block: &str, count: u64, bits: u64) -> Option<Vec<String>> {
    let (address, prefix) = block.split_once('/')?;
    let address: IpAddr = address.parse().ok()?;
    let (width, start) = match address {
        IpAddr::V4(address) => (32_u32, u128::from(u32::from(address))),
        IpAddr::V6(address) => (128, u128::from(address)),
    };
    let prefix = u32::try_from(digits(prefix)?).ok().filter(|prefix| *prefix <= width)?;
    let (room, bits) = (width - prefix, u32::try_from(bits).ok()?);
    if bits > room || (room - bits < 64 && count > 1 << (room - bits)) {
        return None;
    }
    let network = start.checked_shr(room).unwrap_or(0).checked_shl(room).unwrap_or(0);
    let block = |index: u64| {
        let start = network + u128::from(index).checked_shl(bits).unwrap_or(0);
        let address = match address {
            IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::from(u32::try_from(start).ok()?)),
            IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::from(start)),
        };
        Some(format!("{address}/{}", width - bits))
    };
    (0..count).map(block).collect()
}
