//! Expressions.

use cloudc_base::TextRange;
use cloudc_syntax::ast::{self, AstNode, StringPart};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

use super::Lowering;
use super::literals::literal;
use crate::body::{Arg, Arm, BinOp, Element, Entry, Expr, ExprId, Key, Literal, Pattern, StrPart};
use crate::codes;
use crate::problem::Part;

impl Lowering {
    /// The expression, if one is written.
    pub(super) fn written_expr(&mut self, expr: Option<ast::Expr>) -> Option<ExprId> {
        expr.map(|expr| self.lower_expr(&expr))
    }

    /// The expression, or what stands for it.
    fn expr_or_missing(&mut self, expr: Option<ast::Expr>, range: TextRange) -> ExprId {
        match expr {
            Some(expr) => self.lower_expr(&expr),
            None => self.missing(range),
        }
    }

    pub(super) fn lower_expr(&mut self, expr: &ast::Expr) -> ExprId {
        let range = expr.range();
        let lowered = match expr {
            ast::Expr::Paren(it) => return self.expr_or_missing(it.inner(), range),
            ast::Expr::String(it) => return self.string(it),
            ast::Expr::Record(it) => return self.record(it),
            ast::Expr::Literal(it) => literal(self, it, range).map_or(Expr::Missing, Expr::Literal),
            ast::Expr::NameRef(it) => it.name().map_or(Expr::Missing, |name| Expr::Name(name.text())),
            ast::Expr::Type(it) => it.ty().map_or(Expr::Missing, |ty| Expr::TypePath(self.path_type(&ty))),
            ast::Expr::Field(it) => {
                let base = self.expr_or_missing(it.base(), range);
                // A field not typed yet has an empty name: the parser has told, completion still sees the base.
                let name = it.name().map_or_else(SmolStr::default, |name| name.text());
                Expr::Field { base, name, optional: it.optional() }
            }
            ast::Expr::Index(it) => {
                let base = self.expr_or_missing(it.base(), range);
                Expr::Index { base, index: self.expr_or_missing(it.index(), range) }
            }
            ast::Expr::Call(it) => {
                let callee = self.expr_or_missing(it.callee(), range);
                Expr::Call { callee, args: it.args().map(|arg| self.arg(&arg)).collect() }
            }
            ast::Expr::Prefix(it) => {
                let operand = self.expr_or_missing(it.operand(), range);
                match it.op() {
                    Some(ast::PrefixOp::Not) => Expr::Not(operand),
                    Some(ast::PrefixOp::Neg) => Expr::Neg(operand),
                    None => return operand,
                }
            }
            ast::Expr::Binary(it) => {
                let lhs = self.expr_or_missing(it.lhs(), range);
                let rhs = self.expr_or_missing(it.rhs(), range);
                it.op().map_or(Expr::Missing, |op| Expr::Binary { op: binary(op), lhs, rhs })
            }
            ast::Expr::If(it) => {
                let condition = self.expr_or_missing(it.condition(), range);
                let then = self.expr_or_missing(it.then_expr(), range);
                Expr::If { condition, then, otherwise: self.expr_or_missing(it.else_expr(), range) }
            }
            ast::Expr::Match(it) => {
                let scrutinee = self.expr_or_missing(it.scrutinee(), range);
                Expr::Match { scrutinee, arms: it.arms().map(|arm| self.arm(&arm)).collect() }
            }
            ast::Expr::List(it) => Expr::List(it.elements().map(|element| self.element(&element)).collect()),
        };
        self.expr(lowered, range)
    }

    pub(super) fn arg(&mut self, arg: &ast::Arg) -> Arg {
        Arg { name: arg.name().map(|name| name.text()), value: self.expr_or_missing(arg.value(), arg.range()) }
    }

    /// Text; without holes it is a literal.
    pub(super) fn string(&mut self, string: &ast::StringExpr) -> ExprId {
        if let Some(text) = string.text() {
            return self.expr(Expr::Literal(Literal::Str(text)), string.range());
        }
        let parts = string.parts().into_iter().map(|part| match part {
            StringPart::Text { cooked, .. } => StrPart::Text(cooked.into()),
            StringPart::Interp { range, expr } => StrPart::Hole(self.expr_or_missing(expr, range)),
        });
        let parts = parts.collect();
        self.expr(Expr::Interp(parts), string.range())
    }

    fn arm(&mut self, arm: &ast::MatchArm) -> Arm {
        let mut covered: Option<TextRange> = None;
        let mut patterns = Vec::new();
        for pattern in arm.patterns() {
            let range = pattern.range();
            covered = Some(covered.map_or(range, |before| before.cover(range)));
            patterns.extend(self.pattern(&pattern));
        }
        let body = self.expr_or_missing(arm.body(), arm.range());
        Arm { patterns, body, anchor: self.missing(covered.unwrap_or(arm.range())) }
    }

    fn pattern(&mut self, pattern: &ast::Pattern) -> Option<Pattern> {
        match pattern {
            ast::Pattern::Wildcard(_) => Some(Pattern::Wildcard),
            ast::Pattern::Literal(it) => {
                self.literal_of(it.literal(), it.string(), it.is_negative(), it.range()).map(Pattern::Literal)
            }
        }
    }

    pub(super) fn bindings(&mut self, names: impl Iterator<Item = ast::Name>) -> Vec<SmolStr> {
        let names: Vec<ast::Name> = names.collect();
        let texts: Vec<SmolStr> = names.iter().map(|name| name.text()).collect();
        if let [first, second] = names.as_slice()
            && first.text() == second.text()
        {
            let parts = [first, second].map(|name| Part::Expr(self.missing(name.range())));
            self.distinct(&texts, |at| parts[at], "variables");
        }
        texts
    }

    fn element(&mut self, element: &ast::Element) -> Element {
        let range = element.range();
        match element {
            ast::Element::Item(it) => {
                let value = self.expr_or_missing(it.value(), range);
                Element::Item { value, guard: self.written_expr(it.guard()) }
            }
            ast::Element::Spread(it) => {
                let value = self.expr_or_missing(it.value(), range);
                Element::Spread { value, guard: self.written_expr(it.guard()) }
            }
            ast::Element::For(it) => Element::For {
                bindings: self.bindings(it.bindings()),
                iterable: self.expr_or_missing(it.iterable(), range),
                filter: self.written_expr(it.filter()),
                value: self.expr_or_missing(it.value(), range),
            },
        }
    }

    pub(super) fn record(&mut self, record: &ast::RecordExpr) -> ExprId {
        let mut seen = FxHashMap::default();
        let mut entries = Vec::new();
        for entry in record.entries() {
            let range = entry.range();
            entries.push(match entry {
                ast::Entry::Field(it) => self.field(&it, &mut seen),
                ast::Entry::Spread(it) => {
                    // After a spread the later of two equal keys wins.
                    seen.clear();
                    let value = self.expr_or_missing(it.value(), range);
                    Entry::Spread { value, guard: self.written_expr(it.guard()) }
                }
                ast::Entry::For(it) => Entry::For {
                    bindings: self.bindings(it.bindings()),
                    iterable: self.expr_or_missing(it.iterable(), range),
                    filter: self.written_expr(it.filter()),
                    key: self.expr_or_missing(it.key_expr(), range),
                    value: self.expr_or_missing(it.value(), range),
                },
            });
        }
        self.expr(Expr::Record(entries), record.range())
    }

    fn field(&mut self, field: &ast::Field, seen: &mut FxHashMap<SmolStr, ExprId>) -> Entry {
        let range = field.key().map_or(field.range(), |key| key.range());
        let key = match field.key() {
            Some(ast::Key::String(string)) if string.text().is_none() => Key::Computed(self.string(&string)),
            Some(key) => Key::Text(key.text().unwrap_or_default()),
            None => Key::Text(SmolStr::default()),
        };
        let value = match (&key, field.is_shorthand()) {
            (Key::Text(name), true) if !name.is_empty() => self.expr(Expr::Name(name.clone()), range),
            _ => self.expr_or_missing(field.value(), field.range()),
        };
        let guard = self.written_expr(field.guard());
        let anchor = self.missing(range);
        if let Key::Text(name) = &key
            && !name.is_empty()
        {
            self.once(name, anchor, seen);
        }
        Entry::Field { key, value, guard, anchor }
    }

    /// Tells when a key has been written before.
    pub(super) fn once(&mut self, name: &SmolStr, anchor: ExprId, seen: &mut FxHashMap<SmolStr, ExprId>) {
        match seen.get(name) {
            None => {
                seen.insert(name.clone(), anchor);
            }
            Some(first) => {
                let related = Some((Part::Expr(*first), "first written here"));
                let message = format!("`{name}` is written twice");
                let finding = self.problem(codes::DUPLICATE_KEY, Part::Expr(anchor), message, "the same key again");
                finding.related = related;
            }
        }
    }
}

fn binary(op: ast::BinOp) -> BinOp {
    match op {
        ast::BinOp::Coalesce => BinOp::Coalesce,
        ast::BinOp::Or => BinOp::Or,
        ast::BinOp::And => BinOp::And,
        ast::BinOp::Eq => BinOp::Eq,
        ast::BinOp::Ne => BinOp::Ne,
        ast::BinOp::Lt => BinOp::Lt,
        ast::BinOp::Le => BinOp::Le,
        ast::BinOp::Gt => BinOp::Gt,
        ast::BinOp::Ge => BinOp::Ge,
        ast::BinOp::In => BinOp::In,
        ast::BinOp::Add => BinOp::Add,
        ast::BinOp::Sub => BinOp::Sub,
        ast::BinOp::Mul => BinOp::Mul,
        ast::BinOp::Div => BinOp::Div,
        ast::BinOp::Rem => BinOp::Rem,
    }
}
