//! Records that are spread or come from elsewhere, as some or all of an object's properties.

use super::{Given, Values};
use crate::infer::{Ctx, Expect, Why};
use crate::phase::Phase;
use crate::ty::{Field, Kind, Ty};
use crate::typed::{self, Entry, Id, Key};
use cloudc_hir::Problem;
use cloudc_hir::body::{self, Expr, ExprId};
use cloudc_schema::Object;
use std::sync::Arc;

impl Ctx<'_> {
    pub(super) fn spread_entry(
        &mut self,
        value: ExprId,
        values: &Values<'_>,
        given: &mut Vec<Given>,
        guarded: bool,
        expect: &Expect,
    ) -> (Id, Ty) {
        if let (Expr::Record(entries), Values::Object(object)) = (self.body.expr(value), values) {
            // `...{ A: 1 } if c`: its entries are checked where they stand, without asking for the rest.
            let entries = entries.clone();
            for entry in &entries {
                if let body::Entry::Field { key: body::Key::Text(name), value, guard, .. } = entry {
                    given.push(Given {
                        name: name.clone(),
                        certain: !guarded && guard.is_none(),
                        value: Some(*value),
                        key: None,
                    });
                }
            }
            let mark = self.mark();
            let mut typed_entries = Vec::new();
            let mut phase = Phase::CONST;
            for entry in &entries {
                let body::Entry::Field { key: body::Key::Text(name), value, guard, anchor } = entry else { continue };
                let (guard, own, fact) = self.guard(*guard);
                let found = self.assuming(fact, |ctx| ctx.property_entry(*object, name, *value, *anchor));
                if let Ok((id, ty)) = found {
                    phase = phase.join(ty.deepest()).join(own);
                    typed_entries.push(Entry::Field { key: Key::Text(name.clone()), value: id, guard, site: *anchor });
                }
            }
            if self.failed_since(&mark) {
                return self.error_node(value);
            }
            return (self.node(typed::Kind::Record(typed_entries), value), Ty::at(Kind::Json, phase));
        }
        let (id, ty) = self.infer(value);
        let (inner, optional) = match &ty.kind {
            Kind::Optional(inner) => ((**inner).clone(), true),
            _ => (ty.clone(), false),
        };
        match (&inner.kind, values) {
            (Kind::Error, _) => (id, ty),
            (Kind::Record(own), Values::Object(object)) => {
                for field in own.iter() {
                    let certain = !guarded && !optional && !matches!(field.ty.kind, Kind::Optional(_));
                    given.push(Given { name: field.name.clone(), certain, value: None, key: None });
                }
                if optional {
                    let local = self.fresh(inner.clone());
                    let start = self.node(typed::Kind::Local(local), value);
                    let (body, out) = self.fields_as_properties(start, &inner, own, *object, value);
                    let id = self.node(typed::Kind::Chain { base: id, local, body }, value);
                    return (id, out.delayed(ty.phase));
                }
                self.fields_as_properties(id, &inner, own, *object, value)
            }
            (Kind::Object(own), Values::Object(object)) if own == object => (id, ty),
            (Kind::Json, _) => (id, ty),
            (Kind::Record(own), Values::Fields(fields)) => {
                for field in own.iter() {
                    let certain = !guarded && !optional && !matches!(field.ty.kind, Kind::Optional(_));
                    given.push(Given { name: field.name.clone(), certain, value: None, key: None });
                }
                let partial: Vec<Field> = fields
                    .iter()
                    .map(|field| Field { name: field.name.clone(), ty: field.ty.clone().optional(Phase::CONST) })
                    .collect();
                let expected = Expect { ty: Ty::constant(Kind::Record(partial.into())), why: expect.why.clone() };
                self.fit(id, &inner, &expected, value)
            }
            (Kind::Record(_) | Kind::Map(..), Values::All(all)) => {
                let expected = Kind::Map(Arc::new(Kind::Str(None)), Arc::new(all.clone().optional(Phase::CONST)));
                let expected = Expect { ty: Ty::constant(expected), why: expect.why.clone() };
                self.fit(id, &inner, &expected, value)
            }
            _ => {
                let shown = self.show(&ty);
                let problem = Problem::error("C0305", self.at(value), format!("`{shown}` cannot be spread here"))
                    .help("`...` takes a record whose fields are properties");
                self.fail(value, problem)
            }
        }
    }

    /// A record value as some of an object's properties.
    pub(super) fn fields_as_properties(&mut self, id: Id, ty: &Ty, fields: &[Field], object: Object, src: ExprId) -> (Id, Ty) {
        let mut entries = Vec::new();
        let mut phase = ty.phase;
        for field in fields {
            let expected = match object.property(&field.name) {
                Some(property) if !property.read_only() => Ty::constant(Kind::Node(property.node())).optional(Phase::CONST),
                None if object.is_open() => Ty::constant(Kind::Json).optional(Phase::CONST),
                _ => {
                    let owner = self.owner_name(object);
                    let problem = Problem::error(
                        crate::objects::UNKNOWN_PROPERTY,
                        self.at(src),
                        format!("{owner} has no property `{}`", field.name),
                    )
                    .label("it is a field of this");
                    return self.fail(src, problem);
                }
            };
            let expected = Expect { ty: expected, why: Why::Property(field.name.clone()) };
            let start = self.node(typed::Kind::Field { base: id, name: field.name.clone() }, src);
            let (value, out) = self.fit(start, &field.ty, &expected, src);
            if out.is_error() && !field.ty.is_error() {
                return (value, Ty::error());
            }
            phase = phase.join(out.deepest());
            entries.push(Entry::Field { key: Key::Text(field.name.clone()), value, guard: None, site: src });
        }
        (self.node(typed::Kind::Record(entries), src), Ty::at(Kind::Json, phase))
    }

    /// A record that is not written here, as an object.
    pub fn fit_object(&mut self, id: Id, ty: &Ty, object: Object, expect: &Expect, src: ExprId) -> (Id, Ty) {
        match &ty.kind {
            Kind::Object(own) if *own == object => (id, ty.clone()),
            Kind::Json => (id, Ty::at(Kind::Object(object), ty.phase)),
            Kind::Record(fields) => {
                let fields = fields.clone();
                let given: Vec<Given> = fields
                    .iter()
                    .map(|field| Given {
                        name: field.name.clone(),
                        certain: !matches!(field.ty.kind, Kind::Optional(_)),
                        value: None,
                        key: None,
                    })
                    .collect();
                let (id, out) = self.fields_as_properties(id, ty, &fields, object, src);
                if out.is_error() {
                    return (id, out);
                }
                let mark = self.mark();
                self.complete(src, &Values::Object(object), &given, false, Some(self.at(src)), expect);
                if self.failed_since(&mark) {
                    return self.error_node(src);
                }
                (id, Ty::at(Kind::Object(object), out.phase))
            }
            Kind::Map(_, value) if object.is_open() => {
                let value = (**value).clone();
                let (_, out) = self.fit(id, &value, &Expect { ty: Ty::constant(Kind::Json), why: expect.why.clone() }, src);
                if out.is_error() { (id, out) } else { (id, Ty::at(Kind::Object(object), ty.deepest())) }
            }
            Kind::Handle(_) | Kind::Instance(..) | Kind::Custom(_) => self.handle_as_text(src, ty),
            _ => self.mismatch(ty, expect, src),
        }
    }

    /// Some properties of an object, to be merged over others.
    pub fn partial_properties(&mut self, src: ExprId, entries: &[body::Entry], object: Object) -> (Id, Ty) {
        let mut given = Vec::new();
        let mut typed_entries = Vec::new();
        let mark = self.mark();
        let mut phase = Phase::CONST;
        for entry in entries {
            match entry {
                body::Entry::Field { key: body::Key::Text(name), value, guard, anchor } => {
                    let (guard, own, fact) = self.guard(*guard);
                    let found = self.assuming(fact, |ctx| ctx.property_entry(object, name, *value, *anchor));
                    if let Ok((id, ty)) = found {
                        phase = phase.join(own).join(ty.deepest());
                        typed_entries.push(Entry::Field { key: Key::Text(name.clone()), value: id, guard, site: *anchor });
                    }
                }
                body::Entry::Spread { value, guard } => {
                    let (guard, own, fact) = self.guard(*guard);
                    let expect = Expect { ty: Ty::constant(Kind::Object(object)), why: Why::Builtin("`with`") };
                    let values = Values::Object(object);
                    let (id, ty) = self.assuming(fact, |ctx| ctx.spread_entry(*value, &values, &mut given, true, &expect));
                    phase = phase.join(own).join(ty.deepest());
                    typed_entries.push(Entry::Spread { value: id, guard });
                }
                body::Entry::Field { key: body::Key::Computed(key), .. } | body::Entry::For { key, .. } => {
                    let expect = Expect { ty: Ty::constant(Kind::Object(object)), why: Why::Builtin("`with`") };
                    self.value_of_any_key(&Values::Object(object), *key, &expect);
                }
            }
        }
        if self.failed_since(&mark) {
            return self.error_node(src);
        }
        (self.node(typed::Kind::Record(typed_entries), src), Ty::at(Kind::Object(object), phase))
    }
}
