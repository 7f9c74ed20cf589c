//! Address blocks.

use std::net::{Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::{Cx, MAX_LIST, Out};
use crate::codes;
use crate::values::{Expr, Node, Op, Src, Value};

impl Cx<'_> {
    /// `block.subnets(count)` and `block.subnets(count, host_bits:)`.
    pub(super) fn subnets(&mut self, block: &Node, count: &Node, host_bits: Option<&Node>, src: Src) -> Out {
        self.through(block, src, &mut |cx, block| {
            let (Some(count), bits) = (count.value.as_int(), host_bits.map(|node| node.value.as_int())) else {
                return Err(cx.misfit(src));
            };
            let bits = match bits {
                None => None,
                Some(Some(bits)) => Some(bits),
                Some(None) => return Err(cx.misfit(src)),
            };
            match (&block.value, bits) {
                (Value::Str(text), bits) => match divide(text, count, bits) {
                    Ok(blocks) => {
                        cx.sized(blocks.len(), src)?;
                        Ok(src.node(Value::list(blocks.into_iter().map(|block| src.node(Value::text(block))).collect())))
                    }
                    Err(message) => {
                        let problem = cx.about_value(codes::BAD_ARGUMENT, block, src, message);
                        Err(cx.fail(problem))
                    }
                },
                // Fn::Cidr gives 1 to 256 blocks.
                (Value::Deploy(_), Some(_)) if !(1..=256).contains(&count) => {
                    Err(cx.error(codes::BAD_ARGUMENT, src, format!("CloudFormation divides a block into 1 to 256, not {count}")))
                }
                (Value::Deploy(_), Some(bits)) => {
                    let args = vec![block.clone(), src.node(Value::Int(count)), src.node(Value::Int(bits))];
                    Ok(src.node(Value::deploy(Expr::Call(Op::Cidr, args))))
                }
                _ => Err(cx.misfit(src)),
            }
        })
    }
}

/// The first `count` blocks of `host_bits` bits, or without those, of the size that divides the whole evenly.
fn divide(block: &str, count: i64, host_bits: Option<i64>) -> Result<Vec<String>, String> {
    let Ok(net) = block.parse::<IpNet>() else { return Err(format!("{block:?} is not an address block")) };
    let count = match usize::try_from(count) {
        Ok(count @ 1..=MAX_LIST) => count,
        _ => return Err(format!("a block can be divided into 1 to {MAX_LIST} blocks, not {count}")),
    };
    let whole = net.max_prefix_len() - net.prefix_len();
    let bits = match host_bits {
        None => {
            let needed = usize::BITS - (count - 1).leading_zeros();
            u8::try_from(needed).ok().and_then(|needed| whole.checked_sub(needed))
        }
        Some(bits) => u8::try_from(bits).ok().filter(|bits| *bits <= whole),
    };
    let room = bits.map(|bits| 1u128.checked_shl(u32::from(whole - bits)).unwrap_or(u128::MAX));
    let (Some(bits), Some(room)) = (bits, room) else {
        return Err(match host_bits {
            None => format!("{net} is too small for {count} blocks"),
            Some(bits) => format!("{net} has {whole} host bits, fewer than {bits}"),
        });
    };
    if (count as u128) > room {
        let each = net.max_prefix_len() - bits;
        return Err(format!("{net} holds {room} blocks of /{each}, not {count}"));
    }
    Ok((0..count as u128).map(|at| nth(net, bits, at)).collect())
}

/// The block number `at` of `bits` host bits.
fn nth(net: IpNet, bits: u8, at: u128) -> String {
    let offset = at.checked_shl(u32::from(bits)).unwrap_or(0);
    match net {
        IpNet::V4(net) => {
            let start = u32::from(net.network()).wrapping_add(offset as u32);
            Ipv4Net::new_assert(Ipv4Addr::from(start), 32 - bits).to_string()
        }
        IpNet::V6(net) => {
            let start = u128::from(net.network()).wrapping_add(offset);
            Ipv6Net::new_assert(Ipv6Addr::from(start), 128 - bits).to_string()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::divide;

    #[test]
    fn blocks_divide() {
        assert_eq!(divide("10.1.0.0/16", 4, None).unwrap()[1], "10.1.64.0/18");
        assert_eq!(divide("10.0.0.0/16", 12, Some(12)).unwrap()[11], "10.0.176.0/20");
        assert_eq!(divide("10.0.0.0/16", 3, None).unwrap().len(), 3);
        assert_eq!(divide("fd00::/56", 2, Some(64)).unwrap()[1], "fd00:0:0:1::/64");
        assert_eq!(divide("10.0.0.0/16", 1, None).unwrap(), ["10.0.0.0/16"]);
    }

    #[test]
    fn what_does_not_fit_is_told() {
        assert!(divide("10.0.0.0/30", 8, None).unwrap_err().contains("too small"));
        assert!(divide("10.0.0.0/24", 5, Some(6)).unwrap_err().contains("holds 4 blocks of /26"));
        assert!(divide("10.0.0.0/24", 0, None).is_err());
        assert!(divide("0.0.0.0/0", 1, Some(200)).is_err());
        assert!(divide("x", 1, None).is_err());
    }
}
