//! Text: interpolation, joining, splitting, and what can be done to constants only.

use cloudc_hir::Problem;
use cloudc_types::typed::{Builtin, Id, Part};

use super::lookup::select;
use super::{Cx, MAX_TEXT, Out};
use crate::codes;
use crate::cond::Stop;
use crate::values::{Expr, Node, Op, Src, Value, choose};

impl Cx<'_> {
    pub(super) fn interp(&mut self, parts: &[Part], src: Src) -> Out {
        let mut nodes = Vec::new();
        for part in parts {
            match part {
                Part::Text(text) => nodes.push(src.node(Value::Str(text.clone()))),
                Part::Hole(id) => nodes.push(self.need(*id)?),
            }
        }
        self.concat(nodes, src)
    }

    /// Pieces one after another. Constant neighbours join, a single piece is itself, nested pieces are flattened.
    pub(super) fn concat(&mut self, parts: Vec<Node>, src: Src) -> Out {
        let mut pieces: Vec<Node> = Vec::new();
        let mut pending = String::new();
        for part in parts {
            self.pieces(&part, &mut pieces, &mut pending, src)?;
            if pending.len() > MAX_TEXT {
                return Err(self.too_long(pending.len(), src));
            }
        }
        if pieces.is_empty() {
            return Ok(src.node(Value::text(pending)));
        }
        flush(&mut pieces, &mut pending, src);
        if let [only] = &pieces[..] {
            return Ok(only.clone());
        }
        self.spend_nodes(pieces.len(), src)?;
        Ok(src.node(Value::deploy(Expr::Concat(pieces))))
    }

    fn pieces(&mut self, part: &Node, pieces: &mut Vec<Node>, pending: &mut String, src: Src) -> Result<(), Stop> {
        match &part.value {
            Value::None => {}
            Value::Unknown => return Err(Stop::Unknown),
            Value::Poison => return Err(Stop::Poison),
            Value::Deploy(expr) => match &**expr {
                Expr::Concat(inner) => {
                    for part in inner {
                        self.pieces(part, pieces, pending, src)?;
                    }
                }
                _ => {
                    flush(pieces, pending, src);
                    pieces.push(texted(part));
                }
            },
            value => match plain(value) {
                Some(text) => pending.push_str(&text),
                None => return Err(self.misfit(src)),
            },
        }
        Ok(())
    }

    /// `xs.join(sep)`.
    pub(super) fn join(&mut self, list: &Node, separator: &Node, src: Src) -> Out {
        self.through(list, src, &mut |cx, list| {
            let Value::List(items) = &list.value else {
                let args = vec![separator.clone(), list.clone()];
                return match list.value {
                    Value::Deploy(_) => Ok(src.node(Value::deploy(Expr::Call(Op::Join, args)))),
                    _ => Err(cx.misfit(src)),
                };
            };
            let texts: Option<Vec<String>> =
                items.iter().filter(|item| item.value != Value::None).map(|item| plain(&item.value)).collect();
            if let (Some(texts), Some(separator)) = (texts, separator.value.as_str()) {
                let text = texts.join(separator);
                return if text.len() > MAX_TEXT { Err(cx.too_long(text.len(), src)) } else { Ok(src.node(Value::text(text))) };
            }
            if let [only] = &items[..]
                && only.value.choice().is_none()
            {
                return Ok(texted(only));
            }
            if separator.value.as_str() == Some("") && items.iter().all(|item| item.value.choice().is_none()) {
                return cx.concat(items.to_vec(), src);
            }
            let items: Vec<Node> = items.iter().map(texted).collect();
            let args = vec![separator.clone(), list.src.node(Value::list(items))];
            Ok(src.node(Value::deploy(Expr::Call(Op::Join, args))))
        })
    }

    /// `text.split(sep)`.
    pub(super) fn split(&mut self, text: &Node, separator: &Node, src: Src) -> Out {
        self.through(text, src, &mut |cx, text| {
            let Some(by) = separator.value.as_str() else {
                let what = separator.value.named(cx.db);
                let problem = Problem::error(
                    codes::BAD_ARGUMENT,
                    src.anchor(),
                    format!("the separator of `split` must be known when compiling, and {what} is not"),
                )
                .note("CloudFormation splits by a text that is written in the template");
                return Err(cx.fail(problem));
            };
            if by.is_empty() {
                return Err(cx.error(codes::BAD_ARGUMENT, src, "a text cannot be split by the empty text"));
            }
            match &text.value {
                Value::Str(whole) => {
                    let parts: Vec<_> = whole.split(by).map(|part| src.node(Value::text(part))).collect();
                    cx.sized(parts.len(), src)?;
                    Ok(src.node(Value::list(parts)))
                }
                Value::Deploy(_) => {
                    let args = vec![separator.clone(), text.clone()];
                    Ok(src.node(Value::deploy(Expr::Call(Op::Split, args))))
                }
                _ => Err(cx.misfit(src)),
            }
        })
    }

    /// A constant is cut and joined again with anything in between; what is known later is `Fn::Join` of `Fn::Split`, with texts that
    /// CloudFormation wants written out.
    pub(super) fn replace(&mut self, text: &Node, old: &Node, new: &Node, src: Src) -> Out {
        let Some(from) = old.value.as_str() else {
            let problem = Problem::error(codes::BAD_ARGUMENT, src.anchor(), "what is replaced must be known when compiling");
            return Err(self.fail(problem.note("CloudFormation splits by a text that is written in the template")));
        };
        if from.is_empty() {
            return Err(self.error(codes::BAD_ARGUMENT, src, "the empty text cannot be replaced"));
        }
        self.through(text, src, &mut |cx, text| match (&text.value, new.value.as_str()) {
            (Value::Str(whole), Some(to)) => {
                let times = whole.matches(from).count();
                let len = whole.len() - times * from.len() + times * to.len();
                if len > MAX_TEXT { Err(cx.too_long(len, src)) } else { Ok(src.node(Value::text(whole.replace(from, to)))) }
            }
            (Value::Str(whole), None) => {
                let mut parts = Vec::new();
                for piece in whole.split(from) {
                    if !parts.is_empty() {
                        parts.push(new.clone());
                    }
                    parts.push(src.node(Value::text(piece)));
                }
                cx.sized(parts.len(), src)?;
                cx.concat(parts, src)
            }
            (Value::Deploy(_), Some(_)) => {
                let parts = src.node(Value::deploy(Expr::Call(Op::Split, vec![old.clone(), text.clone()])));
                Ok(src.node(Value::deploy(Expr::Call(Op::Join, vec![new.clone(), parts]))))
            }
            (Value::Deploy(_), None) => {
                let message = "one of the text and what is put into it must be known when compiling";
                let problem = Problem::error(codes::BAD_ARGUMENT, src.anchor(), message);
                Err(cx.fail(problem.note("CloudFormation joins by a text that is written in the template")))
            }
            _ => Err(cx.misfit(src)),
        })
    }

    /// What only constants can do.
    pub(super) fn plain_text(&mut self, builtin: Builtin, args: &[Id], src: Src) -> Out {
        let mut nodes = Vec::new();
        for arg in args {
            nodes.push(self.need(*arg)?);
        }
        let Some((receiver, rest)) = nodes.split_first() else { return Err(self.misfit(src)) };
        let receiver = receiver.clone();
        self.through(&receiver, src, &mut |cx, node| {
            let Some(text) = node.value.as_str() else { return Err(cx.misfit(src)) };
            let argument = rest.first().and_then(|node| node.value.as_str());
            let value = match (builtin, argument) {
                (Builtin::Lower, _) => Value::text(text.to_lowercase()),
                (Builtin::Upper, _) => Value::text(text.to_uppercase()),
                (Builtin::Trim, _) => Value::text(text.trim()),
                (Builtin::StartsWith, Some(part)) => Value::Bool(text.starts_with(part)),
                (Builtin::EndsWith, Some(part)) => Value::Bool(text.ends_with(part)),
                (Builtin::Matches, Some(pattern)) => match regex::Regex::new(pattern) {
                    Ok(pattern) => Value::Bool(pattern.is_match(text)),
                    Err(_) => return Err(cx.error(codes::BAD_ARGUMENT, src, format!("`{pattern}` is not a regular expression"))),
                },
                _ => return Err(cx.misfit(src)),
            };
            Ok(src.node(value))
        })
    }

    /// `slice(from, to)` of a text (in characters) or a list. Negative positions count from the end.
    pub(super) fn slice(&mut self, args: &[Id], src: Src) -> Out {
        let mut nodes = Vec::new();
        for arg in args {
            nodes.push(self.need(*arg)?);
        }
        let Some((receiver, rest)) = nodes.split_first() else { return Err(self.misfit(src)) };
        let (from, to) = (rest.first().and_then(|node| node.value.as_int()), rest.get(1).and_then(|node| node.value.as_int()));
        self.through(receiver, src, &mut |cx, node| {
            let len = match &node.value {
                Value::Str(text) => text.chars().count(),
                Value::List(items) => items.len(),
                _ => return Err(cx.misfit(src)),
            };
            if [from, to].into_iter().flatten().any(|at| at > len as i64 || at < -(len as i64)) {
                let what = if node.value.as_str().is_some() { "characters" } else { "elements" };
                return Err(cx.error(codes::BAD_ARGUMENT, src, format!("this slice goes past the end: there are {len} {what}")));
            }
            let place = |at: i64| if at < 0 { at.saturating_add(len as i64).max(0) } else { at }.min(len as i64) as usize;
            let (start, end) = (place(from.unwrap_or(0)), place(to.unwrap_or(len as i64)));
            let end = end.max(start);
            Ok(src.node(match &node.value {
                Value::Str(text) => Value::text(text.chars().skip(start).take(end - start).collect::<String>()),
                Value::List(items) => Value::list(items[start..end].to_vec()),
                _ => Value::Poison,
            }))
        })
    }

    /// `Fn::Base64`; evaluated where the text is known and `fold` asks for it.
    pub(super) fn base64(&mut self, node: &Node, fold: bool, src: Src) -> Out {
        self.through(node, src, &mut |cx, node| match &node.value {
            Value::Str(text) if fold => Ok(src.node(Value::text(base64(text.as_bytes())))),
            Value::Str(_) | Value::Deploy(_) => Ok(src.node(Value::deploy(Expr::Call(Op::Base64, vec![node.clone()])))),
            _ => Err(cx.misfit(src)),
        })
    }

    /// A number or Bool as text.
    pub(super) fn texts(&mut self, node: &Node, src: Src) -> Out {
        self.through(node, src, &mut |cx, node| match &node.value {
            Value::Deploy(_) => Ok(texted(node)),
            Value::List(items) => {
                let items: Result<Vec<_>, _> = items.iter().map(|item| cx.texts(item, src)).collect();
                Ok(src.node(Value::list(items?)))
            }
            value => match plain(value) {
                Some(text) => Ok(node.src.node(Value::text(text))),
                None => Err(cx.misfit(src)),
            },
        })
    }

    pub(super) fn too_long(&mut self, len: usize, src: Src) -> Stop {
        self.error(codes::TEXT_TOO_LONG, src, format!("a text of {len} bytes is longer than {MAX_TEXT}"))
    }

    /// The element at a fixed place of a list known at deployment.
    pub(super) fn first(&mut self, list: &Node, last: bool, src: Src) -> Out {
        self.through(list, src, &mut |cx, list| match &list.value {
            Value::List(items) => {
                let found = if last { items.last() } else { items.first() };
                Ok(found.cloned().unwrap_or(src.node(Value::None)))
            }
            Value::Deploy(_) if !last => Ok(select(&src.node(Value::Int(0)), list, src)),
            _ => Err(cx.misfit(src)),
        })
    }
}

/// A condition inside text is the word.
fn texted(node: &Node) -> Node {
    match node.value.expr() {
        Some(Expr::Truth(cond)) => {
            choose(cond.clone(), node.src.node(Value::text("true")), node.src.node(Value::text("false")), node.src)
        }
        Some(Expr::If(cond, then, otherwise)) => choose(cond.clone(), texted(then), texted(otherwise), node.src),
        _ => node.clone(),
    }
}

fn flush(pieces: &mut Vec<Node>, pending: &mut String, src: Src) {
    if !pending.is_empty() {
        pieces.push(src.node(Value::text(std::mem::take(pending))));
    }
}

/// A scalar constant, printed plainly.
pub fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Str(text) => Some(text.to_string()),
        Value::Int(number) => Some(number.to_string()),
        Value::Float(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

/// Standard Base64 with padding.
pub fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for at in 0..4 {
            let letter = LETTERS[(word >> (18 - 6 * at) & 63) as usize];
            out.push(if at <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_is_padded() {
        assert_eq!(["", "f", "fo", "foo", "foob"].map(|text| base64(text.as_bytes())), ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg=="]);
    }
}
