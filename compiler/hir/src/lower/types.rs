//! Written types.

use cloudc_base::TextRange;
use cloudc_syntax::ast::{self, AstNode};
use smol_str::SmolStr;

use super::Lowering;
use super::literals::{literal, negated, number};
use crate::body::{Literal, RecordField, Refinement, TypeId, TypeRef};

impl Lowering {
    /// The type, if one is written.
    pub(super) fn written_type(&mut self, ty: Option<ast::Type>) -> Option<TypeId> {
        ty.map(|ty| self.lower_type(&ty))
    }

    fn type_or_missing(&mut self, ty: Option<ast::Type>, range: TextRange) -> TypeId {
        match ty {
            Some(ty) => self.lower_type(&ty),
            None => self.ty(TypeRef::Missing, range),
        }
    }

    fn lower_type(&mut self, ty: &ast::Type) -> TypeId {
        let range = ty.range();
        let lowered = match ty {
            ast::Type::Path(it) => return self.path_type(it),
            ast::Type::Refined(it) => self.refined(it, range),
            ast::Type::Generic(it) => {
                let base = it.base().map_or_else(SmolStr::default, |base| path_text(&base));
                TypeRef::Generic { base, args: it.args().map(|arg| self.lower_type(&arg)).collect() }
            }
            ast::Type::List(it) => TypeRef::List(self.type_or_missing(it.element(), range)),
            ast::Type::Record(it) => TypeRef::Record(it.fields().filter_map(|field| self.record_field(&field)).collect()),
            ast::Type::Optional(it) => TypeRef::Optional(self.type_or_missing(it.inner(), range)),
            ast::Type::Union(it) => TypeRef::Union(it.variants().map(|variant| self.lower_type(&variant)).collect()),
            ast::Type::Literal(it) => {
                self.literal_of(it.literal(), it.string(), it.is_negative(), range).map_or(TypeRef::Missing, TypeRef::Literal)
            }
            ast::Type::Paren(it) => return self.type_or_missing(it.inner(), range),
        };
        self.ty(lowered, range)
    }

    /// `AWS::EC2::VPC.VpcId`, also where a value stands.
    pub(super) fn path_type(&mut self, path: &ast::PathType) -> TypeId {
        let members = path.members().map(|name| name.text()).collect();
        self.ty(TypeRef::Path { path: path_text(path), members }, path.range())
    }

    fn record_field(&mut self, field: &ast::RecordTypeField) -> Option<RecordField> {
        let name = field.name()?.text();
        let ty = self.type_or_missing(field.ty(), field.range());
        Some(RecordField { name, optional: field.optional(), ty })
    }

    fn refined(&mut self, refined: &ast::RefinedType, range: TextRange) -> TypeRef {
        let base = match refined.base() {
            Some(base) => self.path_type(&base),
            None => self.ty(TypeRef::Missing, range),
        };
        TypeRef::Refined { base, refinements: refined.args().map(|arg| self.refinement(&arg)).collect() }
    }

    fn refinement(&mut self, arg: &ast::TypeArg) -> Refinement {
        if let Some(range) = arg.range() {
            let start = range.start().map(|bound| self.bound(&bound));
            let end = range.end().map(|bound| self.bound(&bound));
            if matches!(start, Some(None)) || matches!(end, Some(None)) {
                return Refinement::Other;
            }
            let end = end.flatten().map(|end| if range.inclusive() { end } else { before(end) });
            return Refinement::Range { start: start.flatten().map(|(_, value)| value), end: end.map(|(_, value)| value) };
        }
        match arg.pattern().and_then(|pattern| pattern.text()) {
            Some(pattern) => Refinement::Pattern(pattern),
            None => Refinement::Other,
        }
    }

    /// A bound, and whether it is written as a whole number.
    fn bound(&mut self, expr: &ast::Expr) -> Option<(bool, f64)> {
        let (negative, literal) = match expr {
            ast::Expr::Literal(it) => (false, it.clone()),
            ast::Expr::Prefix(it) if it.op() == Some(ast::PrefixOp::Neg) => match it.operand()? {
                ast::Expr::Literal(it) => (true, it),
                _ => return None,
            },
            _ => return None,
        };
        let value = self.literal_of(Some(literal), None, negative, expr.range())?;
        Some((!matches!(value, Literal::Float(_)), number(&value)?))
    }

    /// The literal of a type or a pattern.
    pub(super) fn literal_of(
        &mut self,
        written: Option<ast::Literal>,
        string: Option<ast::StringExpr>,
        negative: bool,
        range: TextRange,
    ) -> Option<Literal> {
        if let Some(string) = string {
            return string.text().map(Literal::Str);
        }
        let value = literal(self, &written?, range)?;
        Some(if negative { negated(value) } else { value })
    }
}

/// The greatest value below an exclusive bound.
fn before((whole, end): (bool, f64)) -> (bool, f64) {
    (whole, if whole { end - 1.0 } else { end.next_down() })
}

fn path_text(path: &ast::PathType) -> SmolStr {
    let mut text = String::new();
    for segment in path.segments() {
        if !text.is_empty() {
            text.push_str("::");
        }
        text.push_str(&segment.text());
    }
    text.into()
}
