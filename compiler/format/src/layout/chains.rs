//! Chains of operators and of `.name`, `[i]`, `(x)`.

use cloudc_syntax::ast::BinOp;
use cloudc_syntax::{NodeOrToken, SyntaxElement, SyntaxKind as K, SyntaxNode};

use super::{element, has_comment, has_line_end, node, parts, verbatim};
use crate::doc::Doc;

/// `a + b - c` or `A | B`: one group, whose lines begin with the operators.
pub(super) fn operators(of: &SyntaxNode) -> Doc {
    let mut chain = Vec::new();
    let mut broken = false;
    let mut current = of.clone();
    let level = power(of);
    // Down the left side while it binds alike; the parts come out from right to left.
    loop {
        if has_comment(&current) {
            return verbatim(of);
        }
        broken |= current.children_with_tokens().any(|it| has_line_end(&it));
        let mut own: Vec<SyntaxElement> = parts(&current).collect();
        let left = match own.first() {
            Some(NodeOrToken::Node(it)) if it.kind() == K::BinaryExpr && power(it) == level => Some(it.clone()),
            _ => None,
        };
        if left.is_some() {
            own.remove(0);
        }
        chain.extend(own.into_iter().rev());
        match left {
            Some(it) => current = it,
            None => break,
        }
    }
    chain.reverse();
    Doc::Group { parts: sequence(&chain), broken }
}

/// Operands and operators in turn. A line may not begin with `-`, so that one stays behind its left operand, as
/// does `in`.
fn sequence(chain: &[SyntaxElement]) -> Vec<Doc> {
    let Some((first, rest)) = chain.split_first() else { return Vec::new() };
    let mut tail = Vec::new();
    for part in rest {
        match part {
            NodeOrToken::Token(it) if matches!(it.kind(), K::Minus | K::InKw) => {
                tail.extend([Doc::text(" "), Doc::text(it.text()), Doc::Line(" ")]);
            }
            NodeOrToken::Token(it) => tail.extend([Doc::Line(" "), Doc::text(it.text()), Doc::text(" ")]),
            NodeOrToken::Node(it) => tail.push(node(it)),
        }
    }
    vec![element(first), Doc::Nest(tail)]
}

/// How tight the operator binds; types have one level.
fn power(of: &SyntaxNode) -> u8 {
    let op = parts(of).filter_map(|it| BinOp::from_kind(it.kind())).next();
    match op {
        None => 0,
        Some(BinOp::Coalesce) => 1,
        Some(BinOp::Or) => 2,
        Some(BinOp::And) => 3,
        Some(BinOp::Eq | BinOp::Ne) => 4,
        Some(BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge | BinOp::In) => 5,
        Some(BinOp::Add | BinOp::Sub) => 6,
        Some(BinOp::Mul | BinOp::Div | BinOp::Rem) => 7,
    }
}

/// `a.b(c)[d]`: a `.` that began a line goes on beginning one.
pub(super) fn postfix(of: &SyntaxNode) -> Doc {
    let mut links: Vec<Vec<SyntaxElement>> = Vec::new();
    let mut current = of.clone();
    loop {
        if has_comment(&current) {
            return verbatim(of);
        }
        let mut own: Vec<SyntaxElement> = current.children_with_tokens().collect();
        let left = match own.first() {
            Some(NodeOrToken::Node(it)) if is_postfix(it.kind()) => Some(it.clone()),
            _ => None,
        };
        let rest = own.split_off(1.min(own.len()));
        links.push(rest);
        match left {
            Some(it) => current = it,
            None => {
                links.push(own);
                break;
            }
        }
    }
    let mut links = links.into_iter().rev();
    let mut docs: Vec<Doc> = links.next().unwrap_or_default().iter().map(element).collect();
    // Everything from the first `.` that begins a line on is indented.
    let mut nested: Option<Vec<Doc>> = None;
    for link in links {
        let line = link.first().is_some_and(has_line_end);
        if line {
            nested.get_or_insert_default().push(Doc::Hard);
        }
        let target = nested.as_mut().unwrap_or(&mut docs);
        target.extend(link.iter().filter(|it| !it.kind().is_trivia()).map(element));
    }
    let broken = nested.is_some();
    docs.extend(nested.map(Doc::Nest));
    Doc::Group { parts: docs, broken }
}

fn is_postfix(kind: K) -> bool {
    matches!(kind, K::FieldExpr | K::CallExpr | K::IndexExpr)
}
