//! Records and lists as written, against what is expected of them.

use std::sync::Arc;

use cloudc_base::suggest::nearest;
use cloudc_hir::body::{self, Element, Expr, ExprId};
use cloudc_hir::problem::Spot;
use cloudc_hir::{Anchor, Name, Problem};
use cloudc_schema::{Node, Object, Property, Shape, Text};

use crate::checks::{Constraint, Scalar, violation};
use crate::expr::drop_absent;
use crate::fit::is_mismatch;
use crate::infer::{Ctx, Expect, Why};
use crate::join::join;
use crate::phase::Phase;
use crate::ty::{Field, Kind, Ty};
use crate::typed::{self, Entry, Id, Key};

/// A property that a record gives.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    pub name: Name,
    /// Whether it is certainly there.
    pub certain: bool,
    /// What is written for it, when that can be seen.
    pub value: Option<ExprId>,
}

/// What the values of a record must be.
enum Values<'a> {
    /// Properties of an object of the schema.
    Object(Object),
    /// Fields of a record type.
    Fields(&'a [Field]),
    /// All alike.
    All(Ty),
}

impl Ctx<'_> {
    /// A record whose type is its fields.
    pub fn record(&mut self, src: ExprId, entries: &[body::Entry]) -> (Id, Ty) {
        let mut fields: Vec<Field> = Vec::new();
        let mut map: Option<(Kind, Ty)> = None;
        let mut shape = Phase::CONST;
        let mut typed_entries = Vec::with_capacity(entries.len());
        for entry in entries {
            match entry {
                body::Entry::Field { key, value, guard, anchor } => {
                    let (guard, phase, fact) = self.guard(*guard);
                    let (id, ty) = self.assuming(fact, |ctx| ctx.infer(*value));
                    let ty = if guard.is_some() { ty.optional(phase) } else { ty };
                    let key = match key {
                        body::Key::Text(name) => {
                            put(&mut fields, name.clone(), ty);
                            Key::Text(name.clone())
                        }
                        body::Key::Computed(key) => {
                            let id = self.computed_key(*key);
                            add_value(&mut map, Kind::Str(None), ty);
                            Key::Computed(id)
                        }
                    };
                    typed_entries.push(Entry::Field { key, value: id, guard, site: *anchor });
                }
                body::Entry::Spread { value, guard } => {
                    let (guard, phase, fact) = self.guard(*guard);
                    let (id, ty) = self.assuming(fact, |ctx| ctx.infer(*value));
                    self.spread_into(*value, &ty, guard.map(|_| phase), &mut fields, &mut map, &mut shape);
                    typed_entries.push(Entry::Spread { value: id, guard });
                }
                body::Entry::For { bindings, iterable, filter, key, value } => {
                    let inner = self.comprehension(bindings, *iterable, *filter, |ctx| {
                        let key_id = ctx.computed_key(*key);
                        let (value_id, ty) = ctx.infer(*value);
                        (key_id, value_id, ty)
                    });
                    let Some((bind, iterable, filter, own, (key_id, value_id, ty))) = inner else { return self.error_node(src) };
                    shape = shape.join(own);
                    add_value(&mut map, Kind::Str(None), ty);
                    typed_entries.push(Entry::For { bind, iterable, filter, key: key_id, value: value_id, site: *key });
                }
            }
        }
        let id = self.node(typed::Kind::Record(typed_entries), src);
        let Some((key, mut value)) = map else { return (id, Ty::at(Kind::Record(fields.into()), shape)) };
        for field in &fields {
            value = join(&value, &field.ty).unwrap_or_else(|| Ty::at(Kind::Json, Phase::CONST));
        }
        (id, Ty::at(Kind::Map(Arc::new(key), Arc::new(value)), shape))
    }

    fn spread_into(
        &mut self,
        src: ExprId,
        ty: &Ty,
        guard: Option<Phase>,
        fields: &mut Vec<Field>,
        map: &mut Option<(Kind, Ty)>,
        shape: &mut Phase,
    ) {
        match &ty.kind {
            Kind::Record(own) => {
                for field in own.iter() {
                    let field_ty = field.ty.delayed(ty.phase);
                    let field_ty = match guard {
                        Some(phase) => field_ty.optional(phase),
                        None => field_ty,
                    };
                    put(fields, field.name.clone(), field_ty);
                }
            }
            Kind::Map(key, value) => {
                *shape = shape.join(ty.phase).join(guard.unwrap_or_default());
                add_value(map, (**key).clone(), (**value).clone());
            }
            Kind::Optional(inner) => {
                let presence = ty.phase.join(guard.unwrap_or_default());
                self.spread_into(src, &Ty::clone(inner), Some(presence), fields, map, shape);
            }
            Kind::Error | Kind::None => {}
            Kind::Json => add_value(map, Kind::Str(None), ty.clone()),
            _ => {
                let shown = self.show(ty);
                self.problems.push(
                    Problem::error("C0305", self.at(src), format!("`{shown}` cannot be spread into a record"))
                        .help("`...` takes a record or a map"),
                );
            }
        }
    }

    fn computed_key(&mut self, key: ExprId) -> Id {
        let expect = crate::expr::builtin(Kind::Str(None), "a key");
        let (id, ty) = match self.infer_key(key) {
            Some(found) => found,
            None => self.check(key, &expect),
        };
        self.need(ty.phase, crate::phase::Base::Const, key, "a key");
        id
    }

    /// Integers can be keys of a comprehension, as they can be of a `for`.
    fn infer_key(&mut self, key: ExprId) -> Option<(Id, Ty)> {
        let mark = self.mark();
        let (id, ty) = self.infer(key);
        if ty.kind.is_int() {
            return Some((id, ty));
        }
        self.rewind(&mark);
        None
    }

    /// A list against what is expected.
    pub fn check_list(&mut self, src: ExprId, elements: &[Element], expect: &Expect) -> (Id, Ty) {
        let wanted = expect.ty.present().clone();
        let inner = |ty: Ty| Expect { ty, why: expect.why.clone() };
        let (id, ty) = match &wanted.kind {
            Kind::List(element) => self.list(src, elements, Some(&inner((**element).clone()))),
            Kind::Json => self.list(src, elements, Some(&inner(wanted.clone()))),
            Kind::Node(node) => match node.shape() {
                Shape::List(element) => {
                    let (id, ty) = self.list(src, elements, Some(&inner(Ty::constant(Kind::Node(element)))));
                    self.count(src, elements, *node, expect, &ty);
                    (id, ty)
                }
                Shape::Json => self.list(src, elements, Some(&inner(Ty::constant(Kind::Json)))),
                Shape::String if node.text() == Text::Json => {
                    let (id, ty) = self.list(src, elements, Some(&inner(Ty::constant(Kind::Json))));
                    (self.node(typed::Kind::Coerce(typed::Coercion::JsonText, id), src), ty)
                }
                Shape::OneOf(all) | Shape::AnyOf(all) => {
                    let all = likeliest(all.iter().collect(), |shape| matches!(shape, Shape::List(_)));
                    return self.try_alternatives(&all, expect, src, |ctx, one| ctx.check_list(src, elements, one));
                }
                _ => {
                    let (id, ty) = self.list(src, elements, None);
                    return self.fit(id, &ty, expect, src);
                }
            },
            _ => {
                let (id, ty) = self.list(src, elements, None);
                return self.fit(id, &ty, expect, src);
            }
        };
        if ty.is_error() {
            return (id, ty);
        }
        let (kind, phase) = match &wanted.kind {
            Kind::List(_) => (ty.kind.clone(), ty.phase),
            other => (other.clone(), ty.deepest()),
        };
        (id, Ty::at(kind, phase))
    }

    /// The number of elements, when it can be seen.
    fn count(&mut self, src: ExprId, elements: &[Element], node: Node, expect: &Expect, ty: &Ty) {
        let plain = elements.iter().all(|element| matches!(element, Element::Item { guard: None, .. }));
        if !plain || !ty.phase.is_const() || ty.is_error() {
            return;
        }
        let name = match &expect.why {
            Why::Property(name) => name.clone(),
            _ => Name::from("the list"),
        };
        if node.constraints().unique
            && let Some(twice) =
                (1..elements.len()).find(|at| elements[..*at].iter().any(|other| self.same_literal(other, &elements[*at])))
            && let Element::Item { value, .. } = &elements[twice]
        {
            let problem = Problem::error("C0407", self.at(*value), format!("`{name}` has this element twice"));
            self.problems.push(problem.help("remove one of them"));
            return;
        }
        let constraint = Constraint::Schema(node.constraints(), name);
        if let Some(found) = violation(&constraint, &Scalar::Items(elements.len())) {
            let mut problem = Problem::error(found.code, self.at(src), found.message);
            problem.help = found.help;
            self.problems.push(problem);
        }
    }

    fn same_literal(&self, a: &Element, b: &Element) -> bool {
        let literal = |element: &Element| match element {
            Element::Item { value, .. } => match self.body.expr(*value) {
                Expr::Literal(literal) => Some(literal.clone()),
                Expr::Name(_) => self.types[value.0 as usize].as_ref().and_then(crate::access::single).map(|lit| lit.literal()),
                _ => None,
            },
            _ => None,
        };
        literal(a).is_some_and(|own| literal(b) == Some(own))
    }

    /// A record against what is expected.
    pub fn check_record(&mut self, src: ExprId, entries: &[body::Entry], expect: &Expect) -> (Id, Ty) {
        let wanted = expect.ty.present().clone();
        let (id, ty) = match &wanted.kind {
            Kind::Node(node) => return self.check_record_node(src, entries, *node, expect),
            Kind::Object(object) => {
                self.entries(src, entries, Values::Object(*object), Some(Anchor::expr(self.decl, src)), expect)
            }
            Kind::Record(fields) => {
                let fields = fields.clone();
                self.entries(src, entries, Values::Fields(&fields), None, expect)
            }
            Kind::Map(key, value) => {
                self.map_keys(entries, key);
                self.entries(src, entries, Values::All((**value).clone()), None, expect)
            }
            Kind::Json => self.entries(src, entries, Values::All(Ty::constant(Kind::Json)), None, expect),
            _ => {
                let (id, ty) = self.record(src, entries);
                return self.fit(id, &ty, expect, src);
            }
        };
        if ty.is_error() {
            return (id, ty);
        }
        (id, ty)
    }

    fn check_record_node(&mut self, src: ExprId, entries: &[body::Entry], node: Node, expect: &Expect) -> (Id, Ty) {
        let result = |ty: &Ty| Ty::at(Kind::Node(node), ty.deepest());
        let (id, ty) = match node.shape() {
            Shape::Object(object) => {
                self.entries(src, entries, Values::Object(object), Some(Anchor::expr(self.decl, src)), expect)
            }
            Shape::Map { value, .. } => self.entries(src, entries, Values::All(Ty::constant(Kind::Node(value))), None, expect),
            Shape::Json => self.entries(src, entries, Values::All(Ty::constant(Kind::Json)), None, expect),
            Shape::String if matches!(node.text(), Text::Policy | Text::TrustPolicy | Text::EventPattern) => {
                self.entries(src, entries, Values::All(Ty::constant(Kind::Json)), None, expect)
            }
            Shape::String if node.text() == Text::Json => {
                let (id, ty) = self.entries(src, entries, Values::All(Ty::constant(Kind::Json)), None, expect);
                (self.node(typed::Kind::Coerce(typed::Coercion::JsonText, id), src), ty)
            }
            Shape::List(element) if node.key_value_names().is_some() => {
                let names = node.key_value_names().unwrap_or(("Key", "Value"));
                let value = element.object().and_then(|object| object.property(names.1));
                let value = value.map_or_else(|| Ty::constant(Kind::Json), |value| Ty::constant(Kind::Node(value.node())));
                let (id, ty) = self.entries(src, entries, Values::All(value), None, expect);
                let coercion = typed::Coercion::Pairs { key: names.0.into(), value: names.1.into() };
                (self.node(typed::Kind::Coerce(coercion, id), src), ty)
            }
            Shape::OneOf(all) | Shape::AnyOf(all) => {
                let all = likeliest(all.iter().collect(), |shape| matches!(shape, Shape::Object(_) | Shape::Map { .. }));
                return self.try_alternatives(&all, expect, src, |ctx, one| ctx.check_record(src, entries, one));
            }
            _ => {
                let (id, ty) = self.record(src, entries);
                return self.fit(id, &ty, expect, src);
            }
        };
        if !ty.is_error() {
            self.policy_document(src, node.text());
        }
        if ty.is_error() {
            return (id, ty);
        }
        let ty = result(&ty);
        (id, ty)
    }

    /// Tries each alternative on the same text; what is wrong with the nearest is what is told.
    fn try_alternatives(
        &mut self,
        all: &[Node],
        expect: &Expect,
        src: ExprId,
        mut check: impl FnMut(&mut Self, &Expect) -> (Id, Ty),
    ) -> (Id, Ty) {
        let mut nearest: Option<Vec<Problem>> = None;
        for alternative in all {
            let mark = self.mark();
            let one = Expect { ty: Ty::constant(Kind::Node(*alternative)), why: expect.why.clone() };
            let (id, ty) = check(self, &one);
            if !self.failed_since(&mark) {
                return (id, Ty { kind: expect.ty.present().kind.clone(), ..ty });
            }
            let problems = self.rewind(&mark);
            let better = |known: &Vec<Problem>| (is_mismatch(&problems), problems.len()) < (is_mismatch(known), known.len());
            if nearest.as_ref().is_none_or(better) {
                nearest = Some(problems);
            }
        }
        self.problems.extend(nearest.unwrap_or_default());
        self.error_node(src)
    }

    fn map_keys(&mut self, entries: &[body::Entry], key: &Kind) {
        let Some(allowed) = key.literals() else { return };
        for entry in entries {
            let body::Entry::Field { key: body::Key::Text(name), anchor, .. } = entry else { continue };
            let fits = allowed.iter().any(|lit| matches!(lit, crate::ty::Lit::Str(text) if text == name));
            if fits {
                continue;
            }
            let listed = crate::checks::list_some(allowed.iter().map(|lit| lit.to_string()), 12);
            self.problems.push(
                Problem::error("C0314", self.at(*anchor), format!("`{name}` is not a key of this map"))
                    .note(format!("its keys are {listed}")),
            );
        }
    }

    /// Checks the entries of a record one by one; then what is missing and what does not go together.
    fn entries(
        &mut self,
        src: ExprId,
        entries: &[body::Entry],
        values: Values<'_>,
        whole: Option<Anchor>,
        expect: &Expect,
    ) -> (Id, Ty) {
        let mark = self.mark();
        let mut given: Vec<Given> = Vec::new();
        let mut fields: Vec<Field> = Vec::new();
        let mut shape = Phase::CONST;
        let mut typed_entries = Vec::with_capacity(entries.len());
        for entry in entries {
            match entry {
                body::Entry::Field { key: body::Key::Text(name), value, guard, anchor } => {
                    let (guard, phase, fact) = self.guard(*guard);
                    let found = self.assuming(fact, |ctx| ctx.entry(name, *value, *anchor, &values, expect));
                    let (id, ty) = match found {
                        Ok(found) => found,
                        // What was meant is not missing besides.
                        Err(meant) => {
                            given.push(Given { name: meant.unwrap_or_else(|| name.clone()), certain: true, value: None });
                            continue;
                        }
                    };
                    let is_none = *self.body.expr(*value) == Expr::Literal(body::Literal::None);
                    if !is_none {
                        let certain = guard.is_none() && !matches!(ty.kind, Kind::Optional(_)) || ty.is_error();
                        given.push(Given { name: name.clone(), certain, value: (!ty.is_error()).then_some(*value) });
                    }
                    let ty = if guard.is_some() { ty.optional(phase) } else { ty };
                    put(&mut fields, name.clone(), ty);
                    typed_entries.push(Entry::Field { key: Key::Text(name.clone()), value: id, guard, site: *anchor });
                }
                body::Entry::Field { key: body::Key::Computed(key), value, guard, anchor } => {
                    let (guard, _, fact) = self.guard(*guard);
                    let key_id = self.computed_key(*key);
                    let expected = self.value_of_any_key(&values, *key, expect);
                    let (id, ty) = self.assuming(fact, |ctx| match &expected {
                        Some(expected) => ctx.check_droppable(*value, expected),
                        None => ctx.infer(*value),
                    });
                    put(&mut fields, "*".into(), ty);
                    typed_entries.push(Entry::Field { key: Key::Computed(key_id), value: id, guard, site: *anchor });
                }
                body::Entry::Spread { value, guard } => {
                    let (guard, phase, fact) = self.guard(*guard);
                    let found = self.assuming(fact, |ctx| ctx.spread_entry(*value, &values, &mut given, guard.is_some(), expect));
                    let (id, ty) = found;
                    shape = shape.join(ty.phase).join(phase);
                    put(&mut fields, "*".into(), ty);
                    typed_entries.push(Entry::Spread { value: id, guard });
                }
                body::Entry::For { bindings, iterable, filter, key, value } => {
                    let expected = self.value_of_any_key(&values, *key, expect);
                    let inner = self.comprehension(bindings, *iterable, *filter, |ctx| {
                        let key_id = ctx.computed_key(*key);
                        let (value_id, ty) = match &expected {
                            Some(expected) => ctx.check_droppable(*value, expected),
                            None => ctx.infer(*value),
                        };
                        (key_id, value_id, ty)
                    });
                    let Some((bind, iterable, filter, own, (key_id, value_id, ty))) = inner else { continue };
                    shape = shape.join(own);
                    put(&mut fields, "*".into(), ty);
                    typed_entries.push(Entry::For { bind, iterable, filter, key: key_id, value: value_id, site: *key });
                }
            }
        }
        let open = entries.iter().any(|entry| !matches!(entry, body::Entry::Field { key: body::Key::Text(_), .. }));
        self.complete(src, &values, &given, open, whole, expect);
        if self.failed_since(&mark) {
            return self.error_node(src);
        }
        let id = self.node(typed::Kind::Record(typed_entries), src);
        let phase = fields.iter().fold(shape, |phase, field| phase.join(field.ty.deepest()));
        let ty = match values {
            Values::Object(object) => Ty::at(Kind::Object(object), phase),
            Values::Fields(_) => Ty::at(Kind::Record(fields.into()), shape),
            Values::All(value) if value.kind == Kind::Json => Ty::at(Kind::Json, phase),
            Values::All(value) => {
                let joined =
                    fields.iter().try_fold(Ty::error(), |all, field| join(&all, &drop_absent(field.ty.clone(), Phase::CONST).0));
                let value = joined.filter(|ty| !ty.is_error()).unwrap_or(value);
                Ty::at(Kind::Map(Arc::new(Kind::Str(None)), Arc::new(value)), shape)
            }
        };
        (id, ty)
    }

    /// The value of one key; when the key is wrong, which has been told, the one that was probably meant.
    fn entry(
        &mut self,
        name: &Name,
        value: ExprId,
        anchor: ExprId,
        values: &Values<'_>,
        expect: &Expect,
    ) -> Result<(Id, Ty), Option<Name>> {
        match values {
            Values::All(ty) => {
                let expected = Expect { ty: ty.clone(), why: expect.why.clone() };
                Ok(self.check_droppable(value, &expected))
            }
            Values::Fields(fields) => match fields.iter().find(|field| field.name == *name) {
                Some(field) => {
                    let expected = Expect { ty: field.ty.clone(), why: expect.why.clone() };
                    Ok(self.check(value, &expected))
                }
                None => {
                    let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
                    let at = self.at(anchor);
                    let mut problem = Problem::error("C0353", at, format!("there is no field `{name}` here"));
                    let meant = nearest(name, names.iter().copied());
                    problem = match meant {
                        Some(near) => problem.help(format!("did you mean `{near}`?")).fix(
                            format!("change it to `{near}`"),
                            Spot::Replace(at),
                            near,
                        ),
                        None => problem.note(format!("the fields are {}", names.join(", "))),
                    };
                    let meant = meant.map(Name::from);
                    let problem = self.explain(problem, expect);
                    self.problems.push(problem);
                    let mark = self.mark();
                    self.infer(value);
                    self.rewind(&mark);
                    Err(meant)
                }
            },
            Values::Object(object) => self.property_entry(*object, name, value, anchor),
        }
    }

    fn property_entry(&mut self, object: Object, name: &Name, value: ExprId, anchor: ExprId) -> Result<(Id, Ty), Option<Name>> {
        let Some(property) = object.property(name) else {
            if object.is_open() {
                let expected = Expect { ty: Ty::constant(Kind::Json), why: Why::Property(name.clone()) };
                return Ok(self.check(value, &expected));
            }
            let meant = self.unknown_property(object, name, anchor);
            // The names inside are still looked at, so that the rest of the editor works.
            let mark = self.mark();
            self.infer(value);
            self.rewind(&mark);
            return Err(meant);
        };
        if property.read_only() {
            self.problems.push(
                Problem::error("C0403", self.at(anchor), format!("`{name}` is set by AWS and cannot be written"))
                    .help(format!("remove it; read it elsewhere as `resource.{name}`")),
            );
            return Err(None);
        }
        if property.deprecated() {
            let mut problem = Problem::warning("C0411", self.at(anchor), format!("`{name}` is out of favour with AWS"));
            problem.tag = Some(cloudc_base::Tag::Deprecated);
            self.problems.push(problem);
        }
        let expected = Expect { ty: Ty::constant(Kind::Node(property.node())), why: Why::Property(name.clone()) };
        if property.required() && !self.is_literal_none(value) {
            return Ok(self.check(value, &expected));
        }
        Ok(self.check_droppable(value, &expected))
    }

    fn is_literal_none(&self, value: ExprId) -> bool {
        *self.body.expr(value) == Expr::Literal(body::Literal::None)
    }

    fn unknown_property(&mut self, object: Object, name: &Name, anchor: ExprId) -> Option<Name> {
        let at = self.at(anchor);
        let names: Vec<&str> =
            object.properties().filter(|property| !property.read_only()).map(|property| property.name()).collect();
        let owner = self.owner_name(object);
        let mut problem = Problem::error("C0401", at, format!("{owner} has no property `{name}`"));
        let meant = nearest(name, names.iter().copied());
        if let Some(instead) = attribute_for(name) {
            problem = problem.help(instead);
        } else if let Some(near) = meant {
            let instead: String =
                if near.chars().all(|c| c.is_alphanumeric() || c == '_') { near.into() } else { format!("{near:?}") };
            problem =
                problem.help(format!("did you mean `{near}`?")).fix(format!("change it to `{near}`"), Spot::Replace(at), instead);
        } else if names.is_empty() {
            problem = problem.note("it has no properties that can be set");
        } else {
            problem = problem.note(format!(
                "its properties are {}",
                crate::checks::list_some(names.iter().map(|name| (*name).to_owned()), 16)
            ));
        }
        self.problems.push(problem);
        meant.map(Name::from)
    }

    fn owner_name(&self, object: Object) -> String {
        if let Some(name) = object.name() {
            return format!("`{name}`");
        }
        match &self.body.parts {
            body::Parts::Resource { ty: Some(ty), .. } => match self.body.ty(*ty) {
                body::TypeRef::Path { path, .. } => format!("`{path}`"),
                _ => "this record".to_owned(),
            },
            _ => "this record".to_owned(),
        }
    }

    /// What is expected of values whose key is not known here.
    fn value_of_any_key(&mut self, values: &Values<'_>, key: ExprId, expect: &Expect) -> Option<Expect> {
        match values {
            Values::All(ty) => Some(Expect { ty: ty.clone(), why: expect.why.clone() }),
            Values::Object(object) if object.is_open() => Some(Expect { ty: Ty::constant(Kind::Json), why: expect.why.clone() }),
            _ => {
                self.problems.push(
                    Problem::error("C0354", self.at(key), "the names of properties must be written out here")
                        .note("only then can they be checked")
                        .help("write `Name: value if condition`, or spread a record with `...`"),
                );
                None
            }
        }
    }

    fn spread_entry(
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
                    given.push(Given { name: name.clone(), certain: !guarded && guard.is_none(), value: Some(*value) });
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
                    given.push(Given { name: field.name.clone(), certain, value: None });
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
                    given.push(Given { name: field.name.clone(), certain, value: None });
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
    fn fields_as_properties(&mut self, id: Id, ty: &Ty, fields: &[Field], object: Object, src: ExprId) -> (Id, Ty) {
        let mut entries = Vec::new();
        let mut phase = ty.phase;
        for field in fields {
            let expected = match object.property(&field.name) {
                Some(property) if !property.read_only() => Ty::constant(Kind::Node(property.node())).optional(Phase::CONST),
                None if object.is_open() => Ty::constant(Kind::Json).optional(Phase::CONST),
                _ => {
                    let owner = self.owner_name(object);
                    let problem = Problem::error("C0401", self.at(src), format!("{owner} has no property `{}`", field.name))
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

    /// What is missing, and what does not go together.
    fn complete(
        &mut self,
        src: ExprId,
        values: &Values<'_>,
        given: &[Given],
        open: bool,
        whole: Option<Anchor>,
        expect: &Expect,
    ) {
        match values {
            Values::All(_) => {}
            Values::Fields(fields) => {
                let missing: Vec<&Field> = fields
                    .iter()
                    .filter(|field| {
                        !matches!(field.ty.kind, Kind::Optional(_)) && !given.iter().any(|own| own.name == field.name)
                    })
                    .collect();
                if missing.is_empty() {
                    return;
                }
                let names: Vec<String> = missing.iter().map(|field| format!("`{}`", field.name)).collect();
                let text: Vec<String> = missing.iter().map(|field| format!("{}: ", field.name)).collect();
                let problem = Problem::error("C0402", self.at(src), format!("{} missing", are(&names))).fix(
                    add_title(names.len()),
                    Spot::LastEntry(self.at(src)),
                    text.join("\n"),
                );
                let problem = self.explain(problem, expect);
                self.problems.push(problem);
            }
            Values::Object(object) => {
                self.missing_properties(src, *object, given, open, whole);
                self.check_groups(object.groups(), given, open, whole.unwrap_or(self.at(src)));
            }
        }
    }

    fn missing_properties(&mut self, src: ExprId, object: Object, given: &[Given], open: bool, whole: Option<Anchor>) {
        let certain = |name: &str| given.iter().any(|own| own.name == name && own.certain);
        let mut missing: Vec<Property> = Vec::new();
        for property in object.required() {
            if certain(property.name()) || property.read_only() {
                continue;
            }
            if let Some(own) = given.iter().find(|own| own.name == property.name()) {
                let at = own.value.map_or(whole.unwrap_or(self.at(src)), |value| self.at(value));
                self.problems.push(
                    Problem::error("C0402", at, format!("`{}` is required, but may be missing here", property.name()))
                        .help("give it a value in every case: `if c { a } else { b }`"),
                );
            } else if !open || given.len() < 64 {
                missing.push(property);
            }
        }
        // A spread of free JSON may bring anything.
        if missing.is_empty() || (open && given.is_empty() && !object.is_open()) {
            return;
        }
        let names: Vec<String> = missing.iter().map(|property| format!("`{}`", property.name())).collect();
        let text: Vec<String> =
            missing.iter().map(|property| format!("{}: {}", property.name(), placeholder(property.node()))).collect();
        let owner = self.owner_name(object);
        let problem = Problem::error("C0402", whole.unwrap_or(self.at(src)), format!("{} missing in {owner}", are(&names)))
            .help(add_title(names.len()))
            .fix(add_title(names.len()), Spot::LastEntry(self.at(src)), text.join("\n"));
        self.problems.push(problem);
    }

    /// The properties of a resource; problems about the whole are told at its type.
    pub fn resource_properties(&mut self, src: ExprId, entries: &[body::Entry], object: Object, whole: Anchor) -> (Id, Ty) {
        let expect = Expect { ty: Ty::constant(Kind::Object(object)), why: Why::Builtin("the resource") };
        self.entries(src, entries, Values::Object(object), Some(whole), &expect)
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

/// The alternatives of a shape when there are any: free JSON beside them says nothing, and would take anything.
fn likeliest(all: Vec<Node>, like: impl Fn(Shape) -> bool) -> Vec<Node> {
    let some: Vec<Node> = all.iter().copied().filter(|node| like(node.shape())).collect();
    if some.is_empty() { all } else { some }
}

fn put(fields: &mut Vec<Field>, name: Name, ty: Ty) {
    match fields.iter_mut().find(|field| field.name == name && name != "*") {
        Some(field) => field.ty = ty,
        None => fields.push(Field { name, ty }),
    }
}

fn add_value(map: &mut Option<(Kind, Ty)>, key: Kind, value: Ty) {
    *map = Some(match map.take() {
        None => (key, value),
        Some((known, so_far)) => {
            let key = if known == key { known } else { Kind::Str(None) };
            (key, join(&so_far, &value).unwrap_or_else(|| Ty::at(Kind::Json, so_far.phase.join(value.phase))))
        }
    });
}

fn are(names: &[String]) -> String {
    match names {
        [one] => format!("{one} is"),
        [all @ .., last] => format!("{} and {last} are", all.join(", ")),
        [] => String::new(),
    }
}

fn add_title(count: usize) -> String {
    match count {
        1 => "add the missing property".to_owned(),
        count => format!("add the {count} missing properties"),
    }
}

/// What CloudFormation calls a resource attribute is written before the resource.
fn attribute_for(name: &str) -> Option<&'static str> {
    Some(match name {
        "DeletionPolicy" => "write `@retain`, `@snapshot` or `@deletion_policy(\"…\")` before the resource",
        "UpdateReplacePolicy" => "write `@update_replace_policy(\"…\")` before the resource",
        "DependsOn" => "write `@depends_on(other)` before the resource",
        "CreationPolicy" => "write `@creation_policy({ … })` before the resource",
        "UpdatePolicy" => "write `@update_policy({ … })` before the resource",
        "Metadata" => "write `@metadata({ … })` before the resource",
        "Condition" => "put the resource into `if condition { … }`",
        "Properties" => "properties are written directly in the braces",
        _ => return None,
    })
}

/// Something of the right shape to start from.
fn placeholder(node: Node) -> String {
    if let Some(first) = node.constraints().allowed.first() {
        return match node.shape() {
            Shape::String => format!("{:?}", crate::checks::scalar_text(first)),
            _ => crate::checks::scalar_text(first),
        };
    }
    match node.shape() {
        Shape::String => "\"\"",
        Shape::Integer | Shape::Number => "0",
        Shape::Boolean => "false",
        Shape::List(_) => "[]",
        _ => "{}",
    }
    .to_owned()
}
