//! Lists, maps and records: fitted element by element, rebuilt only when an element has to change.

use crate::checks::Constraint;
use crate::infer::{Ctx, Expect};
use crate::phase::Phase;
use crate::ty::{Field, Kind, Lit, Ty};
use crate::typed::{self, Bind, Entry, Id, Key};
use cloudc_hir::Problem;
use cloudc_hir::body::ExprId;
use std::sync::Arc;

impl Ctx<'_> {
    pub(super) fn fit_list(&mut self, id: Id, ty: &Ty, element: &Ty, expect: &Expect, src: ExprId) -> (Id, Ty) {
        let Kind::List(given) = &ty.kind else {
            if let (Kind::Instance(..), _) = (&ty.kind, ()) {
                return self.handle_mismatch(ty, expect, src);
            }
            return self.mismatch(ty, expect, src);
        };
        let expected = Expect { ty: element.clone().optional(Phase::CONST), why: expect.why.clone() };
        let (id, fitted) = self.each(id, given, &expected, ty.phase, src);
        if fitted.is_error() && !given.is_error() {
            return (id, Ty::error());
        }
        let (fitted, shape) = crate::expr::drop_absent(fitted, Phase::CONST);
        (id, Ty::list(fitted, ty.phase.join(shape)))
    }

    /// Fits every element of a list; a loop is made only when an element has to change.
    pub(super) fn each(&mut self, list: Id, element: &Ty, expect: &Expect, shape: Phase, src: ExprId) -> (Id, Ty) {
        let local = self.fresh(element.clone());
        let mark = self.nodes.len();
        let start = self.node(typed::Kind::Local(local), src);
        let (value, fitted) = self.fit(start, element, expect, src);
        if fitted.is_error() && !element.is_error() {
            return (value, Ty::error());
        }
        let trivial = value == start || self.only_checks(value, start);
        if trivial {
            let checks = self.checks_of(value, start);
            self.nodes.truncate(mark);
            if checks.is_empty() || !shape.is_const() {
                return (list, fitted);
            }
            let start = self.node(typed::Kind::Local(local), src);
            let value = self.node(typed::Kind::Check(checks, start), src);
            return (self.loop_over(list, local, value, src), fitted);
        }
        if !self.need(shape, crate::phase::Base::Const, src, "a list whose elements have to be converted") {
            return self.error_node(src);
        }
        (self.loop_over(list, local, value, src), fitted)
    }

    pub(super) fn loop_over(&mut self, list: Id, local: typed::Local, value: Id, src: ExprId) -> Id {
        let bind = Bind { key: None, element: local };
        self.node(typed::Kind::List(vec![typed::Element::For { bind, iterable: list, filter: None, value }]), src)
    }

    pub(super) fn only_checks(&self, mut id: Id, start: Id) -> bool {
        while let typed::Kind::Check(_, inner) = &self.nodes[id.0 as usize].kind {
            id = *inner;
        }
        id == start
    }

    pub(super) fn checks_of(&self, mut id: Id, start: Id) -> Vec<Constraint> {
        let mut all = Vec::new();
        while id != start {
            let typed::Kind::Check(constraints, inner) = &self.nodes[id.0 as usize].kind else { break };
            all.extend(constraints.iter().cloned());
            id = *inner;
        }
        all
    }

    pub(super) fn fit_map(&mut self, id: Id, ty: &Ty, key: &Kind, value: &Ty, expect: &Expect, src: ExprId) -> (Id, Ty) {
        let Some((given_key, given)) = crate::join::as_map(ty) else { return self.mismatch(ty, expect, src) };
        if let (Some(allowed), Some(keys)) = (key.literals(), given_key.literals())
            && let Some(wrong) = keys.iter().find(|lit| !allowed.contains(lit))
        {
            let listed = crate::checks::list_some(allowed.iter().map(Lit::to_string), 12);
            let problem = Problem::error("C0314", self.at(src), format!("{wrong} is not a key of this map"))
                .note(format!("its keys are {listed}"));
            return self.fail(src, problem);
        }
        let expected = Expect { ty: value.clone(), why: expect.why.clone() };
        let local = self.fresh(given.clone());
        let mark = self.nodes.len();
        let start = self.node(typed::Kind::Local(local), src);
        let (body, fitted) = self.fit(start, &given, &expected, src);
        if fitted.is_error() && !given.is_error() {
            return (body, Ty::error());
        }
        let result = Ty::at(Kind::Map(Arc::new(given_key), Arc::new(fitted)), ty.phase);
        if body == start {
            self.nodes.truncate(mark);
            return (id, result);
        }
        if !self.need(ty.phase, crate::phase::Base::Const, src, "a map whose values have to be converted") {
            return self.error_node(src);
        }
        let name = self.fresh(Ty::text(Phase::CONST));
        let key = self.node(typed::Kind::Local(name), src);
        let bind = Bind { key: Some(name), element: local };
        let entry = Entry::For { bind, iterable: id, filter: None, key, value: body, site: src };
        (self.node(typed::Kind::Record(vec![entry]), src), result)
    }

    pub(super) fn fit_record(&mut self, id: Id, ty: &Ty, fields: &[Field], expect: &Expect, src: ExprId) -> (Id, Ty) {
        let given = match &ty.kind {
            Kind::Record(given) => given.clone(),
            Kind::Instance(component, phases) => self.instance_fields(*component, phases),
            Kind::Json => return (id, Ty::at(expect.ty.kind.clone(), ty.phase)),
            Kind::Handle(_) => return self.handle_mismatch(ty, expect, src),
            _ => return self.mismatch(ty, expect, src),
        };
        let is_instance = matches!(ty.kind, Kind::Instance(..));
        let mut fitted_fields = Vec::new();
        let mut entries = Vec::new();
        let mut changed = is_instance;
        for field in fields {
            let Some(own) = given.iter().find(|own| own.name == field.name) else {
                if matches!(field.ty.kind, Kind::Optional(_)) {
                    continue;
                }
                let shown = self.show(ty);
                let problem = Problem::error("C0301", self.at(src), format!("the field `{}` is missing", field.name))
                    .label(format!("this is `{shown}`"));
                let problem = self.explain(problem, expect);
                return self.fail(src, problem);
            };
            let kind = if is_instance {
                typed::Kind::Output { base: id, name: field.name.clone() }
            } else {
                typed::Kind::Field { base: id, name: field.name.clone() }
            };
            let start = self.node(kind, src);
            let expected = Expect { ty: field.ty.clone(), why: expect.why.clone() };
            let (value, fitted) = self.fit(start, &own.ty.delayed(ty.phase), &expected, src);
            if fitted.is_error() && !own.ty.is_error() {
                return (value, Ty::error());
            }
            changed |= value != start;
            fitted_fields.push(Field { name: field.name.clone(), ty: fitted });
            entries.push(Entry::Field { key: Key::Text(field.name.clone()), value, guard: None, site: src });
        }
        let result = Ty::at(Kind::Record(fitted_fields.into()), ty.phase);
        if !changed {
            return (id, result);
        }
        (self.node(typed::Kind::Record(entries), src), result)
    }

    pub(super) fn instance_fields(&self, component: cloudc_hir::Decl, phases: &[Phase]) -> Arc<[Field]> {
        let outputs = crate::outputs_of(self.db, component).iter();
        outputs.map(|(name, _, ty)| Field { name: name.clone(), ty: ty.substitute(phases) }).collect()
    }
}
