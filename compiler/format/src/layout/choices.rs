//! `if c { a } else { b }` as a value: both branches on the line, or each on its own lines.

use cloudc_syntax::{SyntaxKind as K, SyntaxNode};

use super::{entries, has_comment, has_line_end, node, verbatim};
use crate::doc::Doc;

/// An `if` with all its branches in one group.
pub(super) fn if_expr(of: &SyntaxNode) -> Doc {
    let mut chain = Chain { docs: Vec::new(), broken: false, commented: false };
    chain.add(of);
    if chain.commented {
        return verbatim(of);
    }
    Doc::Group { parts: chain.docs, broken: chain.broken }
}

struct Chain {
    docs: Vec<Doc>,
    broken: bool,
    /// Whether a comment stands where there is no place for one.
    commented: bool,
}

impl Chain {
    fn add(&mut self, of: &SyntaxNode) {
        self.commented |= has_comment(of);
        for part in super::parts(of) {
            match part.as_node() {
                Some(branch) if branch.kind() == K::IfBranch => self.branch(branch),
                _ => {
                    if part.kind() == K::ElseKw {
                        self.docs.push(Doc::text(" "));
                    }
                    self.docs.push(super::element(&part));
                    if part.kind() == K::IfKw {
                        self.docs.push(Doc::text(" "));
                    }
                }
            }
        }
    }

    fn branch(&mut self, branch: &SyntaxNode) {
        self.docs.push(Doc::text(" "));
        let inner = branch.children().next();
        match inner {
            Some(it) if it.kind() == K::IfExpr && branch.first_token().is_some_and(|it| it.kind() == K::IfKw) => self.add(&it),
            Some(it) if it.kind() == K::RecordExpr && branch.first_token() == it.first_token() => {
                self.broken |= entries::is_broken(&it);
                self.docs.extend(entries::inside(&it, " "));
            }
            Some(it) => {
                self.commented |= has_comment(branch);
                self.broken |= branch.children_with_tokens().any(|it| has_line_end(&it));
                let body = Doc::Nest(vec![Doc::Line(" "), node(&it)]);
                self.docs.extend([Doc::text("{"), body, Doc::Line(" "), Doc::text("}")]);
            }
            None => self.docs.push(verbatim(branch)),
        }
    }
}
