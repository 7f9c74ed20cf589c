//! Records and lists as written, against what is expected of them.

mod missing;
mod properties;
mod spread;

use crate::checks::{Constraint, Scalar, violation};
use crate::expr::drop_absent;
use crate::fit::is_mismatch;
use crate::infer::{Ctx, Expect, Why};
use crate::join::join;
use crate::phase::Phase;
use crate::ty::{Field, Kind, Ty};
use crate::typed::{self, Entry, Id, Key};
use cloudc_hir::body::{self, Element, Expr, ExprId};
use cloudc_hir::{Anchor, Name, Problem};
use cloudc_schema::{Node, Object, Shape, Text};
use std::sync::Arc;

/// The code of a property, field or key that a type does not have.
pub const UNKNOWN_PROPERTY: &str = "C0401";
/// The code of properties that are missing.
pub const MISSING_PROPERTY: &str = "C0402";
/// The code of properties that cannot be given together, or only with others.
pub const RULE_BROKEN: &str = "C0404";
/// The code of a resource type that does not exist.
pub const UNKNOWN_TYPE: &str = "C0408";
/// The code of a property that only AWS sets.
pub const SET_BY_AWS: &str = "C0403";

/// A property that a record gives.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    pub name: Name,
    /// Whether it is certainly there.
    pub certain: bool,
    /// What is written for it, when that can be seen.
    pub value: Option<ExprId>,
    /// Where its name is written, when it is in this record.
    pub key: Option<ExprId>,
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
            Kind::Node(node) if matches!(node.text(), Text::Policy | Text::TrustPolicy) => {
                let (id, ty) = self.list(src, elements, Some(&inner(Ty::constant(Kind::Statement))));
                (self.policy_of(id, *node, expect, src), ty)
            }
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
        if ty.is_error() {
            return;
        }
        let name = match &expect.why {
            Why::Property(name) => name.clone(),
            _ => Name::from("the list"),
        };
        if node.constraints().unique
            && let Some(twice) =
                (1..elements.len()).find(|at| elements[..*at].iter().any(|other| self.same_element(other, &elements[*at])))
            && let Element::Item { value, .. } = &elements[twice]
        {
            let problem = Problem::error("C0407", self.at(*value), format!("`{name}` has this element twice"));
            self.problems.push(problem.help("remove one of them"));
            return;
        }
        let plain = elements.iter().all(|element| matches!(element, Element::Item { guard: None, .. }));
        if !plain || !ty.phase.is_const() {
            return;
        }
        let constraint = Constraint::Schema(node.constraints(), name);
        if let Some(found) = violation(&constraint, &Scalar::Items(elements.len())) {
            let mut problem = Problem::error(found.code, self.at(src), found.message);
            problem.help = found.help;
            self.problems.push(problem);
        }
    }

    /// Whether two elements are surely one value: they are written alike, or are the same constant, in the same cases.
    fn same_element(&self, a: &Element, b: &Element) -> bool {
        let (Element::Item { value: a, guard: when }, Element::Item { value: b, guard: also }) = (a, b) else { return false };
        let in_the_same_cases = match (when, also) {
            (None, None) => true,
            (Some(when), Some(also)) => self.same_value(*when, *also),
            _ => false,
        };
        in_the_same_cases && self.same_value(*a, *b)
    }

    fn same_value(&self, a: ExprId, b: ExprId) -> bool {
        let constant = |id: ExprId| match self.body.expr(id) {
            Expr::Literal(literal) => Some(literal.clone()),
            Expr::Name(_) => self.types[id.0 as usize].as_ref().and_then(crate::access::single).map(|lit| lit.literal()),
            _ => None,
        };
        if let (Some(a), Some(b)) = (constant(a), constant(b)) {
            return a == b;
        }
        match (self.body.expr(a), self.body.expr(b)) {
            (Expr::Name(a), Expr::Name(b)) => a == b,
            (Expr::Field { base: a, name, .. }, Expr::Field { base: b, name: own, .. }) => name == own && self.same_value(*a, *b),
            (Expr::Record(a), Expr::Record(b)) => {
                a.len() == b.len()
                    && a.iter().zip(b).all(|(a, b)| match (a, b) {
                        (
                            body::Entry::Field { key: body::Key::Text(name), value, guard: None, .. },
                            body::Entry::Field { key: body::Key::Text(other), value: own, guard: None, .. },
                        ) => name == other && self.same_value(*value, *own),
                        _ => false,
                    })
            }
            _ => false,
        }
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
            Kind::Statement => {
                let (id, ty) = self.entries(src, entries, Values::All(Ty::constant(Kind::Json)), None, expect);
                if ty.is_error() {
                    return (id, ty);
                }
                self.lone_statement(src);
                return (id, Ty::at(Kind::Statement, ty.phase));
            }
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
            self.policy_document(src, node.text(), expect);
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
                            given.push(Given {
                                name: meant.unwrap_or_else(|| name.clone()),
                                certain: true,
                                value: None,
                                key: None,
                            });
                            continue;
                        }
                    };
                    let is_none = *self.body.expr(*value) == Expr::Literal(body::Literal::None);
                    if !is_none {
                        let certain = guard.is_none() && !matches!(ty.kind, Kind::Optional(_)) || ty.is_error();
                        given.push(Given {
                            name: name.clone(),
                            certain,
                            value: (!ty.is_error()).then_some(*value),
                            key: Some(*anchor),
                        });
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
        let failed = self.failed_since(&mark);
        let id = self.node(typed::Kind::Record(typed_entries), src);
        // What is right in it can still be compared with other resources.
        if failed {
            return (id, Ty::error());
        }
        let phase = fields.iter().fold(shape, |phase, field| phase.join(field.ty.deepest()));
        let ty = match values {
            Values::Object(object) => Ty::at(Kind::Object(object), phase),
            Values::Fields(declared) => Ty::at(Kind::Record(as_declared(declared, &fields)), shape),
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
}

/// The alternatives of a shape when there are any: free JSON beside them says nothing, and would take anything.
fn likeliest(all: Vec<Node>, like: impl Fn(Shape) -> bool) -> Vec<Node> {
    let some: Vec<Node> = all.iter().copied().filter(|node| like(node.shape())).collect();
    if some.is_empty() { all } else { some }
}

/// The declared fields, each with the type of what was written for it. What a spread or a loop brought stands under `*`: then a field
/// that is not written behind it has the declared type.
fn as_declared(declared: &[Field], written: &[Field]) -> Arc<[Field]> {
    let last = written.iter().rposition(|field| field.name == "*");
    let late = written.iter().filter(|field| field.name == "*").fold(Phase::CONST, |phase, field| phase.join(field.ty.deepest()));
    let ty = |field: &Field| match written.iter().position(|own| own.name == field.name) {
        Some(at) if last.is_none_or(|last| last < at) => written[at].ty.clone(),
        Some(at) => field.ty.delayed(late.join(written[at].ty.deepest())),
        None => field.ty.delayed(late),
    };
    declared.iter().map(|field| Field { name: field.name.clone(), ty: ty(field) }).collect()
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
