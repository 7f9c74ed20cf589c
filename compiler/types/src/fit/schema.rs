//! Values at positions of the schema: units, documents, alternatives.

use super::is_mismatch;
use crate::checks::Constraint;
use crate::infer::{Ctx, Expect, Why};
use crate::phase::Phase;
use crate::ty::{Kind, Lit, Ty};
use crate::typed::{self, Coercion, Id};
use cloudc_hir::body::ExprId;
use cloudc_hir::{Name, Problem};
use cloudc_schema::{Node, Shape, Text, Unit};
use std::sync::Arc;

impl Ctx<'_> {
    /// A value at a position of the schema.
    pub(super) fn fit_node(&mut self, id: Id, ty: &Ty, node: Node, expect: &Expect, src: ExprId) -> (Id, Ty) {
        let result = |phase| Ty::at(Kind::Node(node), phase);
        if let Kind::Node(own) = ty.kind
            && own == node
        {
            return (id, ty.clone());
        }
        let shape = node.shape();
        if let Kind::Asset(kind) = ty.kind
            && !matches!(shape, Shape::OneOf(_) | Shape::AnyOf(_))
        {
            return self.fit_asset(id, ty, kind, node, expect, src);
        }
        if !node.expects().is_empty() && !matches!(shape, Shape::List(_) | Shape::Object(_) | Shape::Map { .. }) {
            return self.fit_identifier(id, ty, node, expect, src);
        }
        if matches!(ty.kind, Kind::Handle(_) | Kind::Custom(_) | Kind::Instance(..))
            && !matches!(shape, Shape::OneOf(_) | Shape::AnyOf(_))
        {
            return self.unrelated_handle(ty, node, expect, src);
        }
        match (&ty.kind, node.unit()) {
            (Kind::Duration | Kind::Size, Some(unit)) if unit.is_time() == (ty.kind == Kind::Duration) => {
                let coerced = self.in_unit(id, unit, matches!(shape, Shape::String), src);
                let id = self.constrain_node(coerced, &Ty::at(Kind::Int(None), ty.phase), node, expect, src);
                return (id, result(ty.phase));
            }
            (Kind::Duration, None) if node.text() == Text::Duration => {
                return (self.node(typed::Kind::Coerce(Coercion::IsoDuration, id), src), result(ty.phase));
            }
            _ => {}
        }
        if let Text::Policy | Text::TrustPolicy = node.text() {
            let statements = match &ty.kind {
                Kind::Statement => true,
                Kind::List(element) => element.kind == Kind::Statement,
                _ => false,
            };
            if statements {
                return (self.policy_of(id, node, expect, src), result(ty.deepest()));
            }
        }
        let structured = matches!(ty.kind, Kind::Record(_) | Kind::Map(..) | Kind::List(_) | Kind::Object(_));
        match node.text() {
            // Documents are given as records; CloudFormation takes them wherever the registry says text.
            Text::Policy | Text::TrustPolicy | Text::EventPattern if structured && matches!(shape, Shape::String) => {
                let (id, inner) = self.fit_json(id, ty, src);
                return if inner.is_error() { (id, inner) } else { (id, result(ty.deepest())) };
            }
            Text::Json if structured && matches!(shape, Shape::String) => {
                let (id, inner) = self.fit_json(id, ty, src);
                if inner.is_error() {
                    return (id, inner);
                }
                return (self.node(typed::Kind::Coerce(Coercion::JsonText, id), src), result(ty.deepest()));
            }
            Text::Base64 if ty.kind.is_text() && !self.is_base64(id) => {
                return (self.node(typed::Kind::Coerce(Coercion::Base64, id), src), result(ty.phase));
            }
            _ => {}
        }
        self.fit_shape(id, ty, node, shape, expect, src)
    }

    pub(super) fn is_base64(&self, id: Id) -> bool {
        match &self.nodes[id.0 as usize].kind {
            typed::Kind::Builtin(typed::Builtin::Base64, _) => true,
            typed::Kind::Decl(_) | typed::Kind::Literal(_) => false,
            typed::Kind::If { then, otherwise, .. } => self.is_base64(*then) && self.is_base64(*otherwise),
            _ => false,
        }
    }

    pub(super) fn in_unit(&mut self, id: Id, unit: Unit, text: bool, src: ExprId) -> Id {
        let coercion = Coercion::Unit { per: unit.factor() as i64, name: unit.name().into(), text };
        self.node(typed::Kind::Coerce(coercion, id), src)
    }

    pub(super) fn constrain_node(&mut self, id: Id, ty: &Ty, node: Node, expect: &Expect, src: ExprId) -> Id {
        let constraints = node.constraints();
        let name = match &expect.why {
            Why::Property(name) => name.clone(),
            _ => Name::from("this"),
        };
        if *constraints == cloudc_schema::Constraints::default() && name != "Runtime" {
            return id;
        }
        self.constrain(id, ty, vec![Constraint::Schema(constraints, name)], expect, src)
    }

    pub(super) fn fit_shape(&mut self, id: Id, ty: &Ty, node: Node, shape: Shape, expect: &Expect, src: ExprId) -> (Id, Ty) {
        let result = Ty::at(Kind::Node(node), ty.deepest());
        if ty.kind == Kind::Json {
            return (id, result);
        }
        match shape {
            Shape::String => {
                let scalar = ty.kind.is_number() || ty.kind.is_bool();
                if !ty.kind.is_text() && !scalar && !matches!(&ty.kind, Kind::Union(_)) {
                    return self.mismatch(ty, expect, src);
                }
                let id = self.constrain_node(id, ty, node, expect, src);
                if scalar || matches!(&ty.kind, Kind::Union(_)) && !ty.kind.is_text() {
                    return (self.node(typed::Kind::Coerce(Coercion::Text, id), src), result);
                }
                (id, result)
            }
            Shape::Integer if ty.kind.is_int() => (self.constrain_node(id, ty, node, expect, src), result),
            Shape::Number if ty.kind.is_number() => (self.constrain_node(id, ty, node, expect, src), result),
            Shape::Boolean if ty.kind.is_bool() => (self.constrain_node(id, ty, node, expect, src), result),
            Shape::Integer | Shape::Number | Shape::Boolean => {
                // What is only known at deployment is text, and CloudFormation converts it.
                let converts = |lit: &Lit| match (lit, shape) {
                    (Lit::Str(text), Shape::Boolean) => text == "true" || text == "false",
                    (Lit::Str(text), Shape::Integer) => text.parse::<i64>().is_ok(),
                    (Lit::Str(text), _) => text.parse::<f64>().is_ok(),
                    _ => false,
                };
                let fits = ty.kind.literals().is_none_or(|literals| literals.iter().all(converts));
                if ty.kind.is_text() && ty.phase.base > crate::phase::Base::Const && fits {
                    return (id, result);
                }
                self.mismatch(ty, expect, src)
            }
            Shape::Json => {
                let (id, inner) = self.fit_json(id, ty, src);
                if inner.is_error() { (id, inner) } else { (id, result) }
            }
            Shape::List(element) => self.fit_schema_list(id, ty, node, element, expect, src),
            Shape::Map { value, .. } => {
                let expected = Kind::Map(Arc::new(Kind::Str(None)), Arc::new(Ty::constant(Kind::Node(value))));
                let expected = Expect { ty: Ty::constant(expected), why: expect.why.clone() };
                let (id, out) = self.fit(id, ty, &expected, src);
                if out.is_error() { (id, out) } else { (id, result) }
            }
            Shape::Object(object) => {
                let (id, out) = self.fit_object(id, ty, object, expect, src);
                if out.is_error() { (id, out) } else { (id, result) }
            }
            Shape::OneOf(alternatives) | Shape::AnyOf(alternatives) => {
                let all: Vec<Node> = alternatives.iter().collect();
                self.fit_alternatives(id, ty, &all, expect, src)
            }
        }
    }

    pub(super) fn fit_schema_list(
        &mut self,
        id: Id,
        ty: &Ty,
        node: Node,
        element: Node,
        expect: &Expect,
        src: ExprId,
    ) -> (Id, Ty) {
        let result = Ty::at(Kind::Node(node), ty.deepest());
        if let (Some((key, value)), Kind::Map(..) | Kind::Record(_)) = (node.key_value_names(), &ty.kind) {
            return self.pairs(id, ty, node, element, (key, value), expect, src);
        }
        let Kind::List(_) = &ty.kind else { return self.mismatch(ty, expect, src) };
        let expected = Ty::list(Ty::constant(Kind::Node(element)), Phase::CONST);
        let (id, out) = self.fit(id, ty, &Expect { ty: expected, why: expect.why.clone() }, src);
        if out.is_error() {
            return (id, out);
        }
        let id = if ty.phase.is_const() { self.constrain_items(id, node, expect, src) } else { id };
        (id, result)
    }

    /// How many elements there are is left to the evaluator; literals have been counted before.
    pub(super) fn constrain_items(&mut self, id: Id, node: Node, expect: &Expect, src: ExprId) -> Id {
        let constraints = node.constraints();
        if constraints.min_items.is_none() && constraints.max_items.is_none() {
            return id;
        }
        let name = match &expect.why {
            Why::Property(name) => name.clone(),
            _ => Name::from("this"),
        };
        self.node(typed::Kind::Check(vec![Constraint::Schema(constraints, name)], id), src)
    }

    /// A map where a list of names and values is wanted.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn pairs(
        &mut self,
        id: Id,
        ty: &Ty,
        node: Node,
        element: Node,
        names: (&str, &str),
        expect: &Expect,
        src: ExprId,
    ) -> (Id, Ty) {
        let Shape::Object(object) = element.shape() else { return self.mismatch(ty, expect, src) };
        let Some(value) = object.property(names.1) else { return self.mismatch(ty, expect, src) };
        let expected =
            Kind::Map(Arc::new(Kind::Str(None)), Arc::new(Ty::constant(Kind::Node(value.node())).optional(Phase::CONST)));
        let expected = Expect { ty: Ty::constant(expected), why: expect.why.clone() };
        let (id, out) = self.fit(id, ty, &expected, src);
        if out.is_error() {
            return (id, out);
        }
        let coercion = Coercion::Pairs { key: names.0.into(), value: names.1.into() };
        (self.node(typed::Kind::Coerce(coercion, id), src), Ty::at(Kind::Node(node), ty.deepest()))
    }

    /// The first alternative that fits; when none does, what is wrong with the nearest.
    pub fn fit_alternatives(&mut self, id: Id, ty: &Ty, all: &[Node], expect: &Expect, src: ExprId) -> (Id, Ty) {
        let mut nearest: Option<Vec<Problem>> = None;
        for alternative in all {
            let mark = self.mark();
            let one = Expect { ty: Ty::constant(Kind::Node(*alternative)), why: expect.why.clone() };
            let (fitted, out) = self.fit(id, ty, &one, src);
            if !self.failed_since(&mark) {
                return (fitted, Ty { kind: expect.ty.kind.clone(), ..out });
            }
            let problems = self.rewind(&mark);
            if nearest.as_ref().is_none_or(|known| is_mismatch(known) && !is_mismatch(&problems)) {
                nearest = Some(problems);
            }
        }
        match nearest {
            Some(problems) if !is_mismatch(&problems) => {
                self.problems.extend(problems);
                self.error_node(src)
            }
            _ => self.mismatch(ty, expect, src),
        }
    }
}
