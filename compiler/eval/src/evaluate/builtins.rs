//! Built-in functions and methods: which code does which.

use cloudc_hir::Problem;
use cloudc_types::typed::{Builtin, Id};

use super::collections::visits;
use super::lookup::open;
use super::text::plain;
use super::{Cx, MAX_LIST, Out};
use crate::codes;
use crate::cond::{Cond, Stop, Test, opaque};
use crate::values::{Expr, Node, Op, Src, Value};

impl Cx<'_> {
    pub(super) fn builtin(&mut self, builtin: Builtin, args: &[Id], src: Src) -> Out {
        use Builtin::*;
        match builtin {
            Lower | Upper | Trim | StartsWith | EndsWith | Matches => return self.plain_text(builtin, args, src),
            Slice => return self.slice(args, src),
            Min | Max | Abs => return self.extreme(builtin, args, src),
            Floor => {
                let inner = self.arg(args, 0, src)?;
                return self.floor(inner, src);
            }
            ToJson | Raw | FromJson => return self.json(builtin, args, src),
            ZonesIn | ImportValue | StackOutput => return self.deployed(builtin, args, src),
            Asset | Image | Template => {
                let first = self.arg(args, 0, src)?;
                return self.asset(builtin, first, src);
            }
            AssetBucket | AssetKey | AssetZipKey | AssetS3Uri | AssetUrl | ImageUri => {
                let first = self.arg(args, 0, src)?;
                return self.asset_part(builtin, first, src);
            }
            Lookup => return self.lookup(args, src),
            Generated => return self.generated(args, src),
            Transform => return self.transform(args, src),
            Secret | SsmSecure | Ssm => return self.dynamic(builtin, args, src),
            Allow | Deny | Trust => return self.statement(builtin, args, src),
            Resources | Build | Fails | Snapshot | StackOutputs | StackErrors | StackTemplate | ResourceType | ResourcePolicy => {
                return self.seen(builtin, args, src);
            }
            _ => {}
        }
        let first = self.arg(args, 0, src)?;
        let receiver = self.opened(first)?;
        let rest: Result<Vec<Node>, Stop> = args[1..].iter().map(|id| self.need(*id)).collect();
        let rest = rest?;
        match (builtin, &rest[..]) {
            (Split, [separator]) => self.split(&receiver, separator, src),
            (Replace, [old, new]) => self.replace(&receiver, old, new, src),
            (Join, [separator]) => self.join(&receiver, separator, src),
            (Join, []) => self.join(&receiver, &src.node(Value::text("")), src),
            (Base64, _) => self.base64(&receiver, true, src),
            (Length, _) => self.length(&receiver, src),
            (Contains, [item]) => self.contains(&receiver, item, src),
            (EveryIn, [others]) => self.every_in(&receiver, &open(self.db, others), src),
            (First, _) => self.first(&receiver, false, src),
            (Last, _) => self.first(&receiver, true, src),
            (All | Distinct | Flatten | Sort | Reverse | Keys | Values, _) => self.reshape(builtin, &receiver, src),
            (Range, rest) => self.range(&receiver, rest.first(), src),
            (ToText, _) => self.texts(&receiver, src),
            (ToInt, _) => self.integer(&receiver, src),
            (Subnets, [count]) => self.subnets(&receiver, count, None, src),
            (SubnetsBits, [count, bits]) => self.subnets(&receiver, count, Some(bits), src),
            (File, _) => self.file(&receiver, src),
            (Cron, _) => self.schedule(&receiver, src),
            (Rate, _) => self.rate(&receiver, src),
            _ => Err(self.misfit(src)),
        }
    }

    fn arg(&mut self, args: &[Id], at: usize, src: Src) -> Result<Id, Stop> {
        args.get(at).copied().ok_or_else(|| self.misfit(src))
    }

    fn json(&mut self, builtin: Builtin, args: &[Id], src: Src) -> Out {
        let first = self.arg(args, 0, src)?;
        let node = self.opened(first)?;
        match builtin {
            Builtin::ToJson => self.json_text(&node, src),
            Builtin::FromJson => self.parsed(&node, src),
            _ => Ok(node),
        }
    }

    /// Length of a text, list or map; `Fn::Length` of a list known at deployment.
    fn length(&mut self, node: &Node, src: Src) -> Out {
        self.through(node, src, &mut |cx, node| {
            let len = match &node.value {
                Value::Str(text) => text.chars().count(),
                Value::List(items) => items.len(),
                Value::Record(fields) => fields.iter().filter(|field| field.node.value != Value::None).count(),
                Value::Deploy(_) => return Ok(src.node(Value::deploy(Expr::Call(Op::Length, vec![node.clone()])))),
                _ => return Err(cx.misfit(src)),
            };
            Ok(src.node(Value::Int(len as i64)))
        })
    }

    fn every_in(&mut self, items: &Node, others: &Node, src: Src) -> Out {
        self.through(items, src, &mut |cx, items| match (&items.value, &others.value) {
            (Value::List(list), Value::List(_) | Value::Record(_)) => {
                let mut parts = Vec::new();
                for item in list.iter() {
                    let found = cx.contains(others, item, src)?;
                    let cond = crate::cond::condition(cx.db, &found.value);
                    parts.push(cx.settle(cond, src)?);
                }
                Ok(src.node(Value::truth(Cond::and(parts))))
            }
            (Value::Deploy(_), _) | (_, Value::Deploy(_)) => {
                Ok(src.node(Value::truth(opaque(cx.db, "every_in", &items.value, &others.value, Test::EveryIn))))
            }
            _ => Err(cx.misfit(src)),
        })
    }

    /// New lists from lists and maps.
    fn reshape(&mut self, builtin: Builtin, node: &Node, src: Src) -> Out {
        self.through(node, src, &mut |cx, node| {
            let items = match (builtin, &node.value) {
                (Builtin::Keys, Value::Record(fields)) => {
                    let there = fields.iter().filter(|field| field.node.value != Value::None);
                    there.map(|field| field.site.node(Value::Str(field.name.clone()))).collect()
                }
                (Builtin::Values, Value::Record(fields)) => {
                    fields.iter().map(|field| field.node.clone()).filter(|node| node.value != Value::None).collect()
                }
                (Builtin::Flatten, Value::List(_) | Value::Record(_)) => flattened(node),
                (Builtin::All, Value::Record(_)) => {
                    let mut items = Vec::new();
                    leaves(node, &mut items);
                    items
                }
                (Builtin::Reverse, Value::List(items)) => items.iter().rev().cloned().collect(),
                (Builtin::Distinct, Value::List(items)) => cx.distinct(items, src)?,
                (Builtin::Sort, Value::List(items)) => cx.sorted(items, src)?,
                _ => return Err(cx.misfit(src)),
            };
            cx.sized(items.len(), src)?;
            Ok(src.node(Value::list(items)))
        })
    }

    /// The first of equal elements stays. Elements known at deployment are equal when they mean the same.
    fn distinct(&mut self, items: &[Node], src: Src) -> Result<Vec<Node>, Stop> {
        let mut seen = rustc_hash::FxHashSet::default();
        let mut kept = Vec::new();
        for item in items {
            self.step(src)?;
            if seen.insert(crate::canonical::canonical(self.db, &item.value)) {
                kept.push(item.clone());
            }
        }
        Ok(kept)
    }

    fn sorted(&mut self, items: &[Node], src: Src) -> Result<Vec<Node>, Stop> {
        let mut items = items.to_vec();
        let texts = items.iter().all(|item| item.value.as_str().is_some());
        let numbers = items.iter().all(|item| matches!(item.value, Value::Int(_) | Value::Float(_)));
        if texts {
            items.sort_by(|a, b| a.value.as_str().cmp(&b.value.as_str()));
        } else if numbers {
            items.sort_by(|a, b| number(&a.value).total_cmp(&number(&b.value)));
        } else {
            return Err(self.misfit(src));
        }
        Ok(items)
    }

    /// `range(n)`, `range(from, to)`; the end is not included.
    fn range(&mut self, first: &Node, second: Option<&Node>, src: Src) -> Out {
        let (Some(first), second) = (first.value.as_int(), second.map(|node| node.value.as_int())) else {
            return Err(self.misfit(src));
        };
        let (start, end) = match second {
            None => (0, first),
            Some(Some(end)) => (first, end),
            Some(None) => return Err(self.misfit(src)),
        };
        let Some(count) = end.checked_sub(start).filter(|count| *count >= 0) else {
            return Err(self.error(codes::BAD_ARGUMENT, src, format!("a range cannot go from {start} to {end}")));
        };
        if count > MAX_LIST as i64 {
            let problem = Problem::error(
                codes::LIST_TOO_LONG,
                src.anchor(),
                format!("a list of {count} elements is longer than {MAX_LIST}"),
            );
            return Err(self.fail(problem));
        }
        self.sized(count as usize, src)?;
        Ok(src.node(Value::list((start..end).map(|number| src.node(Value::Int(number))).collect())))
    }

    /// Functions of CloudFormation that no constant can stand for.
    fn deployed(&mut self, builtin: Builtin, args: &[Id], src: Src) -> Out {
        let mut nodes = Vec::new();
        for id in args {
            nodes.push(self.need(*id)?);
        }
        let op = match builtin {
            Builtin::ZonesIn => Op::Zones,
            Builtin::ImportValue => Op::ImportValue,
            _ => Op::StackOutput,
        };
        // Region and role are told apart by where they stand.
        let last = nodes.iter().rposition(|node| node.value != Value::None).map_or(0, |at| at + 1);
        nodes.truncate(last);
        Ok(src.node(Value::deploy(Expr::Call(op, nodes))))
    }

    fn schedule(&mut self, node: &Node, src: Src) -> Out {
        self.through(node, src, &mut |cx, node| {
            let Some(text) = node.value.as_str() else { return Err(cx.misfit(src)) };
            let inner = text.strip_prefix("cron(").and_then(|text| text.strip_suffix(')')).unwrap_or(text);
            if let Some(wrong) = crate::schedule::cron(inner) {
                let problem = Problem::error(codes::BAD_ARGUMENT, src.anchor(), wrong.message).help(wrong.help);
                return Err(cx.fail(problem));
            }
            Ok(src.node(Value::text(format!("cron({inner})"))))
        })
    }

    fn rate(&mut self, node: &Node, src: Src) -> Out {
        self.through(node, src, &mut |cx, node| {
            let Value::Int(milliseconds) = node.value else { return Err(cx.misfit(src)) };
            // EventBridge knows these three units, and wants the singular for one.
            let units = [(86_400_000, "day"), (3_600_000, "hour"), (60_000, "minute")];
            match units.iter().find(|(length, _)| milliseconds > 0 && milliseconds % length == 0) {
                Some((length, unit)) => {
                    let amount = milliseconds / length;
                    let plural = if amount == 1 { "" } else { "s" };
                    Ok(src.node(Value::text(format!("rate({amount} {unit}{plural})"))))
                }
                None => Err(cx.error(codes::BAD_ARGUMENT, src, "a rate is a whole number of minutes, at least one")),
            }
        })
    }
}

/// The elements of lists inside a list, one level opened.
fn flattened(node: &Node) -> Vec<Node> {
    let mut items = Vec::new();
    for (_, element) in visits(node).unwrap_or_default() {
        match &element.value {
            Value::List(inner) => items.extend(inner.iter().cloned()),
            Value::Record(_) => items.extend(visits(&element).unwrap_or_default().into_iter().map(|(_, inner)| inner)),
            _ => items.push(element),
        }
    }
    items.retain(|item| item.value != Value::None);
    items
}

/// The values of maps inside maps, all the way down.
fn leaves(node: &Node, out: &mut Vec<Node>) {
    match &node.value {
        Value::Record(fields) => fields.iter().for_each(|field| leaves(&field.node, out)),
        Value::None => {}
        _ => out.push(node.clone()),
    }
}

fn number(value: &Value) -> f64 {
    match value {
        Value::Int(number) => *number as f64,
        Value::Float(number) => *number,
        other => plain(other).and_then(|text| text.parse().ok()).unwrap_or(0.0),
    }
}
