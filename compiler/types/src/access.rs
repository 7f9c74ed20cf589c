//! `a.b`, `a?.b` and `a[b]`: fields, attributes, outputs, properties read back, elements.

use std::sync::Arc;

use cloudc_hir::body::{Expr, ExprId, Literal, Parts};
use cloudc_hir::{Decl, Name, Problem};
use cloudc_schema::{Ident, Node, Shape};

use crate::Db;
use crate::infer::{Ctx, Expect, Why};
use crate::phase::{Base, Phase};
use crate::ty::{Field, Kind, Lit, Ty};
use crate::typed::{self, Id};

/// The type of what stands at a position of the schema, read at `phase`. `own` are identities it has besides.
pub(crate) fn type_of_node(node: Node, own: &[Ident], phase: Phase) -> Ty {
    let idents: Vec<Ident> = own.iter().chain(node.expects()).copied().collect();
    let kind = match node.shape() {
        Shape::String if !idents.is_empty() => Kind::Ident(idents.into()),
        Shape::String => Kind::Str(None),
        Shape::Integer => Kind::Int(None),
        Shape::Number => Kind::Float(None),
        Shape::Boolean => Kind::Bool,
        Shape::Json => Kind::Json,
        Shape::List(element) => Kind::List(Arc::new(type_of_node(element, &[], phase))),
        Shape::Map { value, .. } => Kind::Map(Arc::new(Kind::Str(None)), Arc::new(type_of_node(value, &[], phase))),
        Shape::Object(object) => object_record(object, phase),
        Shape::OneOf(_) | Shape::AnyOf(_) => Kind::Json,
    };
    Ty { kind, phase }
}

fn object_record(object: cloudc_schema::Object, phase: Phase) -> Kind {
    let fields = object.properties().map(|property| {
        let ty = match property.node().shape() {
            // One level is enough to read from; deeper objects may be recursive.
            Shape::Object(_) | Shape::List(_) => Ty::at(Kind::Json, phase),
            _ => type_of_node(property.node(), &[], phase),
        };
        let ty = if property.required() { ty } else { ty.optional(phase) };
        Field { name: property.name().into(), ty }
    });
    Kind::Record(fields.collect::<Vec<_>>().into())
}

/// The type of a property as it was written in a resource: what `x.Prop` reads back.
#[salsa::tracked(returns(ref), cycle_result = read_back_cycle)]
pub(crate) fn read_back(db: &dyn Db, resource: Decl, property: Name) -> Option<Ty> {
    let Parts::Resource { body: Some(record), .. } = &cloudc_hir::body(db, resource).parts else { return None };
    let ty = crate::signature(db, resource).ty.kind.handle()?;
    let node = ty.property(&property)?.node();
    let mut ctx = Ctx::new(db, resource);
    let Expr::Record(entries) = ctx.body.expr(*record) else { return None };
    let value = entries.iter().find_map(|entry| match entry {
        cloudc_hir::body::Entry::Field { key: cloudc_hir::body::Key::Text(name), value, guard, .. } if *name == property => {
            Some((*value, *guard))
        }
        _ => None,
    })?;
    let expect = Expect { ty: Ty::constant(Kind::Node(node)), why: Why::Property(property.clone()) };
    let (_, given) = ctx.check(value.0, &expect);
    let plain = type_of_node(node, &[], given.deepest());
    match value.1 {
        Some(guard) => {
            let (_, guard) = ctx.infer(guard);
            Some(plain.optional(guard.phase))
        }
        None => Some(plain),
    }
}

fn read_back_cycle(_db: &dyn Db, _id: salsa::Id, _resource: Decl, _property: Name) -> Option<Ty> {
    None
}

/// One `.name` or `?.name`.
struct Segment {
    src: ExprId,
    name: Name,
    optional: bool,
}

impl Ctx<'_> {
    /// What stands after the dot of a field expression.
    pub fn member_at(&self, src: ExprId) -> cloudc_hir::Anchor {
        cloudc_hir::Anchor { decl: self.decl, part: cloudc_hir::Part::Member(src) }
    }

    /// A field expression with everything before it.
    pub fn field(&mut self, src: ExprId) -> (Id, Ty) {
        let (base, segments) = self.segments(src);
        let mut rest = &segments[..];
        let (id, ty) = match self.body.expr(base) {
            Expr::Name(name) => match self.space(name) {
                Some(space) => {
                    let Some((first, after)) = rest.split_first() else { return self.error_node(src) };
                    rest = after;
                    self.member_of_space(first.src, &space, &first.name)
                }
                None => self.infer(base),
            },
            Expr::Call { callee, args } => match self.other_region(*callee, args) {
                Some((file, region)) => {
                    let Some((first, after)) = rest.split_first() else { return self.error_node(src) };
                    rest = after;
                    self.in_region(first.src, file, &first.name, region)
                }
                None => self.infer(base),
            },
            _ => self.infer(base),
        };
        self.walk(id, ty, rest)
    }

    /// The file and the region of `network.in("us-east-1")`.
    fn other_region(&self, callee: ExprId, args: &[cloudc_hir::body::Arg]) -> Option<(cloudc_base::File, ExprId)> {
        let Expr::Field { base, name, .. } = self.body.expr(callee) else { return None };
        let Expr::Name(module) = self.body.expr(*base) else { return None };
        match (name.as_str(), self.space(module), args) {
            ("in", Some(crate::references::Space::Module(file)), [arg]) if arg.name.is_none() => Some((file, arg.value)),
            _ => None,
        }
    }

    fn in_region(&mut self, src: ExprId, file: cloudc_base::File, name: &Name, region: ExprId) -> (Id, Ty) {
        let expect = Expect { ty: Ty::text(Phase::CONST), why: Why::Builtin("a region") };
        let (id, ty) = self.check(region, &expect);
        if !self.need(ty.phase, Base::Const, region, "the region of another stack") {
            return self.error_node(src);
        }
        if cloudc_hir::resolve::module_item(self.db, file, cloudc_hir::Namespace::Output, name.clone()).is_none() {
            return self.member_of_space(src, &crate::references::Space::Module(file), name);
        }
        self.foreign(src, file, name, Some(id))
    }

    fn segments(&self, src: ExprId) -> (ExprId, Vec<Segment>) {
        let mut segments = Vec::new();
        let mut at = src;
        while let Expr::Field { base, name, optional } = self.body.expr(at) {
            segments.push(Segment { src: at, name: name.clone(), optional: *optional });
            at = *base;
        }
        segments.reverse();
        (at, segments)
    }

    fn walk(&mut self, mut id: Id, mut ty: Ty, segments: &[Segment]) -> (Id, Ty) {
        let mut index = 0;
        while index < segments.len() {
            let segment = &segments[index];
            if segment.optional
                && let Kind::Optional(inner) = &ty.kind
            {
                return self.chain(id, ty.phase, (**inner).clone(), &segments[index..]);
            }
            // Attributes may be dotted: `db.Endpoint.Address` is one.
            if let Kind::Handle(handle) = ty.kind {
                let plain =
                    segments[index..].iter().take_while(|segment| !segment.optional || std::ptr::eq(*segment, &segments[index]));
                let names: Vec<&str> = plain.map(|segment| segment.name.as_str()).collect();
                let longest = (2..=names.len()).rev().find(|length| handle.attribute(&names[..*length].join(".")).is_some());
                if let Some(length) = longest {
                    let name: Name = names[..length].join(".").into();
                    let src = segments[index + length - 1].src;
                    (id, ty) = self.attribute(src, id, handle, &name);
                    self.types[src.0 as usize] = Some(ty.clone());
                    index += length;
                    continue;
                }
                if let Some(failed) = self.part_of_attribute(handle, &segments[index..]) {
                    return failed;
                }
            }
            if segment.optional && !matches!(ty.kind, Kind::Error | Kind::Json | Kind::None | Kind::Seen(_)) {
                let shown = self.show(&ty);
                let problem = Problem::warning("C0323", self.member_at(segment.src), "`?.` on something that always exists");
                self.problems.push(problem.label(format!("read from `{shown}`")).help("write `.`"));
            }
            (id, ty) = self.member(segment.src, id, ty, &segment.name);
            self.types[segment.src.0 as usize] = Some(ty.clone());
            if ty.is_error() {
                return (id, ty);
            }
            index += 1;
        }
        (id, ty)
    }

    /// `db.Endpoint` alone, or with a wrong name after it, where the attributes are `Endpoint.Address` and others.
    fn part_of_attribute(&mut self, handle: cloudc_schema::Type, segments: &[Segment]) -> Option<(Id, Ty)> {
        let first = &segments[0];
        if handle.attribute(&first.name).is_some() || handle.property(&first.name).is_none_or(|property| !property.read_only()) {
            return None;
        }
        let prefix = format!("{}.", first.name);
        let inner: Vec<&str> =
            handle.attributes().map(|attribute| attribute.name()).filter(|name| name.starts_with(&prefix)).collect();
        if inner.is_empty() {
            return None;
        }
        let last = segments.get(1).unwrap_or(first);
        let name = segments.get(1).map_or(first.name.to_string(), |second| format!("{prefix}{}", second.name));
        let at = self.member_at(last.src);
        let problem = Problem::error("C0409", at, format!("`{}` has no attribute `{name}`", handle.name()));
        let problem = match cloudc_base::suggest::nearest(&name, inner.iter().copied()) {
            Some(near) if segments.len() > 1 => did_you_mean(problem, at, near.strip_prefix(&prefix).unwrap_or(near)),
            _ => problem
                .help(format!("it is one of {}", crate::checks::list_some(inner.iter().map(|name| format!("`.{name}`")), 8))),
        };
        Some(self.fail(last.src, problem))
    }

    /// `base?.rest`.
    fn chain(&mut self, base: Id, presence: Phase, inner: Ty, segments: &[Segment]) -> (Id, Ty) {
        let src = segments[0].src;
        self.need(presence, Base::Param, src, "whether it exists");
        let local = self.fresh(inner.clone());
        let start = self.node(typed::Kind::Local(local), src);
        let rest: Vec<Segment> = segments
            .iter()
            .enumerate()
            .map(|(index, segment)| Segment {
                src: segment.src,
                name: segment.name.clone(),
                optional: segment.optional && index > 0,
            })
            .collect();
        let (body, ty) = self.walk(start, inner, &rest);
        if ty.is_error() {
            return (body, ty);
        }
        let id = self.node(typed::Kind::Chain { base, local, body }, src);
        self.narrowed(id, ty.optional(presence))
    }

    /// One member of a value.
    fn member(&mut self, src: ExprId, base: Id, ty: Ty, name: &Name) -> (Id, Ty) {
        match &ty.kind {
            Kind::Error => self.error_node(src),
            Kind::Optional(inner) => self.perhaps_absent(src, inner, name),
            Kind::Handle(handle) => self.handle_member(src, base, *handle, name),
            Kind::Custom(_) => self.custom_member(src, base, name),
            Kind::Seen(seen) => self.seen_member(src, base, *seen, name),
            Kind::Json if self.in_check() && matches!(name.as_str(), "length" | "first" | "last") => {
                let (id, ty) = self.open_seen(src, base, ty);
                self.property_or_method(src, id, &ty, name)
            }
            Kind::Instance(component, phases) => self.output_member(src, base, *component, phases.clone(), name),
            Kind::Record(fields) => match fields.iter().find(|field| field.name == *name) {
                Some(field) => {
                    let field_ty = field.ty.delayed(ty.phase);
                    let id = self.node(typed::Kind::Field { base, name: name.clone() }, src);
                    self.narrowed(id, field_ty)
                }
                None => self.property_or_method(src, base, &ty, name),
            },
            Kind::Json => (self.node(typed::Kind::Field { base, name: name.clone() }, src), Ty::at(Kind::Json, ty.phase)),
            Kind::Object(object) => match object.property(name) {
                Some(property) => {
                    let field = type_of_node(property.node(), &[], ty.phase);
                    let field = if property.required() { field } else { field.optional(ty.phase) };
                    (self.node(typed::Kind::Field { base, name: name.clone() }, src), field)
                }
                None => self.property_or_method(src, base, &ty, name),
            },
            Kind::Map(_, value) if is_made_by_loop(value) && crate::builtins::property(&ty.kind, name).is_none() => {
                let problem = Problem::error("C0306", self.member_at(src), "these are several, one for each turn of a loop")
                    .help("choose one by its key: `name[\"key\"]`, or read it of each: `[for x in name: x.Arn]`");
                self.fail(src, problem)
            }
            Kind::Map(..) if crate::builtins::property(&ty.kind, name).is_none() => {
                let (_, value) = crate::join::as_map(&ty).unwrap_or((Kind::Error, Ty::error()));
                let index = self.node(typed::Kind::Literal(Literal::Str(name.clone())), src);
                let ty_out = value.delayed(ty.phase);
                (self.node(typed::Kind::Index { base, index }, src), ty_out)
            }
            _ => self.property_or_method(src, base, &ty, name),
        }
    }

    fn perhaps_absent(&mut self, src: ExprId, inner: &Ty, name: &Name) -> (Id, Ty) {
        let shown = self.show(inner);
        let problem = Problem::error(crate::codes::ABSENT, self.at(src), format!("`.{name}` of something that may not exist"))
            .label(format!("this is `{shown}?`"))
            .help("read it with `?.`, give a default with `??`, or ask `if x != none { … }` first");
        let problem = self.explain_absence(src, problem);
        self.fail(src, problem)
    }

    /// Adds why an optional is one, when that is a condition.
    pub fn explain_absence(&self, src: ExprId, problem: Problem) -> Problem {
        let mut at = src;
        while let Expr::Field { base, .. } | Expr::Index { base, .. } = self.body.expr(at) {
            at = *base;
        }
        let Expr::Name(name) = self.body.expr(at) else { return problem };
        match cloudc_hir::resolve(self.db, self.owner, cloudc_hir::Namespace::Value, name.clone()) {
            Some(cloudc_hir::Resolution::Decl { decl, lift, .. }) if !lift.is_empty() => {
                let gave_up = crate::references::presence(self.db, &lift)
                    .is_some_and(|goal| self.follows(&goal) == crate::formula::Verdict::GaveUp);
                let problem = problem.related(
                    cloudc_hir::Anchor::name(lift[0].0),
                    format!("`{}` exists only under this condition", decl.name(self.db)),
                );
                if gave_up {
                    problem.note("the conditions around here are too large to compare; repeat this condition to be understood")
                } else {
                    problem
                }
            }
            _ => problem,
        }
    }

    fn handle_member(&mut self, src: ExprId, base: Id, handle: cloudc_schema::Type, name: &Name) -> (Id, Ty) {
        match name.as_str() {
            "ref" => {
                let idents = if self.is_group_by_name(base, handle) { group_name() } else { ref_idents(handle) };
                let ty = Ty::at(Kind::Ident(idents), Phase::DEPLOY);
                return (self.node(typed::Kind::Ref { base }, src), ty);
            }
            "logical_id" => return (self.node(typed::Kind::LogicalId { base }, src), Ty::text(Phase::CONST)),
            "fingerprint" => return (self.node(typed::Kind::Fingerprint { base }, src), Ty::text(Phase::CONST)),
            _ => {}
        }
        // What was written is known earlier than what AWS tells of it, and waits for nothing.
        if let Some(property) = handle.property(name).filter(|property| !property.read_only() && self.is_written(base, name)) {
            return self.read_property(src, base, property, name);
        }
        if handle.attribute(name).is_some() {
            return self.attribute(src, base, handle, name);
        }
        if let Some(property) = handle.property(name) {
            return self.read_property(src, base, property, name);
        }
        self.unknown_attribute(src, handle, name)
    }

    /// Whether `Ref` of a security group certainly is its name: it is, without a VPC.
    fn is_group_by_name(&self, base: Id, handle: cloudc_schema::Type) -> bool {
        let typed::Kind::Decl(reference) = &self.nodes[base.0 as usize].kind else { return false };
        handle.name() == GROUP
            && self.is_never_written(reference.decl, &"VpcId".into())
            && !crate::defaults::any(self.db, reference.decl.file(self.db))
    }

    fn attribute(&mut self, src: ExprId, base: Id, handle: cloudc_schema::Type, name: &Name) -> (Id, Ty) {
        let Some(attribute) = handle.attribute(name) else { return self.error_node(src) };
        let ty = type_of_node(attribute.node(), attribute.idents(), Phase::DEPLOY);
        (self.node(typed::Kind::Attr { base, attr: name.clone() }, src), ty)
    }

    fn read_property(&mut self, src: ExprId, base: Id, property: cloudc_schema::Property, name: &Name) -> (Id, Ty) {
        let decl = match &self.nodes[base.0 as usize].kind {
            typed::Kind::Decl(reference) => Some(reference.decl),
            _ => None,
        };
        let ty = match decl.and_then(|decl| read_back(self.db, decl, name.clone()).as_ref()) {
            Some(ty) => ty.clone(),
            None if decl.is_some_and(|decl| self.is_never_written(decl, name)) => return self.not_written(src, decl, name),
            // Not written there itself: a spread or a patch may still set it.
            None => type_of_node(property.node(), &[], Phase::DEPLOY).optional(Phase::CONST),
        };
        let id = self.node(typed::Kind::ReadBack { base, property: name.clone() }, src);
        self.narrowed(id, ty)
    }

    /// Whether the resource that a node names writes a property itself.
    fn is_written(&self, base: Id, name: &Name) -> bool {
        let typed::Kind::Decl(reference) = &self.nodes[base.0 as usize].kind else { return false };
        read_back(self.db, reference.decl, name.clone()).is_some()
    }

    /// Whether a resource certainly leaves a property out: it stands in no component, and all it says is written out.
    fn is_never_written(&self, decl: Decl, name: &Name) -> bool {
        if decl.container(self.db).is_some() || cloudc_hir::uses::cyclic_property(self.db, decl, name.clone()) {
            return false;
        }
        let body = cloudc_hir::body(self.db, decl);
        let Parts::Resource { body: Some(record), .. } = &body.parts else { return false };
        let Expr::Record(entries) = body.expr(*record) else { return false };
        entries.iter().all(|entry| match entry {
            cloudc_hir::body::Entry::Field { key: cloudc_hir::body::Key::Text(key), .. } => key != name,
            _ => false,
        })
    }

    fn not_written(&mut self, src: ExprId, decl: Option<Decl>, name: &Name) -> (Id, Ty) {
        let problem = Problem::error("C0359", self.member_at(src), format!("`{name}` is not written in this resource"))
            .note("AWS chooses it, and CloudFormation has no attribute that tells it")
            .help("`.ref` and the attributes are what can be read; or write the property there");
        let problem = match decl {
            Some(decl) => problem.related(cloudc_hir::Anchor::name(decl), "the resource"),
            None => problem,
        };
        self.fail(src, problem)
    }

    fn unknown_attribute(&mut self, src: ExprId, handle: cloudc_schema::Type, name: &Name) -> (Id, Ty) {
        let attributes: Vec<&str> = handle.attributes().map(|attribute| attribute.name()).collect();
        let properties = handle.properties().map(|property| property.name());
        let candidates = attributes.iter().copied().chain(properties).chain(["ref", "logical_id"]);
        let near = cloudc_base::suggest::nearest(name, candidates);
        let at = self.member_at(src);
        let mut problem = Problem::error("C0409", at, format!("`{}` has no attribute or property `{name}`", handle.name()));
        if let Some(near) = near {
            problem = did_you_mean(problem, at, near);
        } else if !attributes.is_empty() {
            let listed = crate::checks::list_some(attributes.iter().map(|name| (*name).to_owned()), 10);
            problem = problem.note(format!("its attributes are {listed}; `.ref` gives what `Ref` gives"));
        }
        self.fail(src, problem)
    }

    fn custom_member(&mut self, src: ExprId, base: Id, name: &Name) -> (Id, Ty) {
        match name.as_str() {
            "ref" => (self.node(typed::Kind::Ref { base }, src), Ty::text(Phase::DEPLOY)),
            "logical_id" => (self.node(typed::Kind::LogicalId { base }, src), Ty::text(Phase::CONST)),
            "fingerprint" => (self.node(typed::Kind::Fingerprint { base }, src), Ty::text(Phase::CONST)),
            _ => (self.node(typed::Kind::Attr { base, attr: name.clone() }, src), Ty::at(Kind::Json, Phase::DEPLOY)),
        }
    }

    fn output_member(&mut self, src: ExprId, base: Id, component: Decl, phases: Arc<[Phase]>, name: &Name) -> (Id, Ty) {
        let outputs = crate::outputs_of(self.db, component);
        if let Some((_, _, ty)) = outputs.iter().find(|(output, ..)| output == name) {
            let ty = ty.substitute(&phases);
            let id = self.node(typed::Kind::Output { base, name: name.clone() }, src);
            return self.narrowed(id, ty);
        }
        let component_name = component.name(self.db).clone();
        let names: Vec<&str> = outputs.iter().map(|(name, ..)| name.as_str()).collect();
        let at = self.member_at(src);
        let mut problem = Problem::error("C0352", at, format!("`{component_name}` has no output `{name}`"))
            .related(cloudc_hir::Anchor::name(component), "the component");
        if let Some(near) = cloudc_base::suggest::nearest(name, names.iter().copied()) {
            problem = did_you_mean(problem, at, near);
        } else if !names.is_empty() {
            problem = problem.note(format!("its outputs are {}", names.join(", ")));
        }
        self.fail(src, problem)
    }

    pub fn property_or_method(&mut self, src: ExprId, base: Id, ty: &Ty, name: &Name) -> (Id, Ty) {
        if let Some((builtin, out)) = crate::builtins::property(&ty.kind, name) {
            let result = crate::builtins::property_type(out, ty);
            return (self.node(typed::Kind::Builtin(builtin, vec![base]), src), result);
        }
        let shown = self.show(ty);
        let at = self.member_at(src);
        let mut problem = Problem::error("C0306", at, format!("`{shown}` has no `{name}`"));
        if crate::builtins::method_named(name).is_some() {
            problem = problem.help(format!("`{name}` is a method: write `.{name}(…)`"));
        } else if let Kind::Record(fields) = &ty.kind {
            let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
            problem = match cloudc_base::suggest::nearest(name, names.iter().copied()) {
                Some(near) => did_you_mean(problem, at, near),
                None => problem.note(format!(
                    "its fields are {}",
                    crate::checks::list_some(names.iter().map(|name| (*name).to_owned()), 12)
                )),
            };
        }
        self.fail(src, problem)
    }

    /// `base[index]`, with a default when `?? default` follows.
    pub fn index(&mut self, src: ExprId, base: ExprId, index: ExprId) -> (Id, Ty) {
        let (base_id, ty) = self.infer(base);
        let (base_id, ty) = match ty.kind {
            Kind::Seen(_) => self.open_seen(base, base_id, ty),
            _ => (base_id, ty),
        };
        if let Kind::Optional(inner) = &ty.kind {
            let inner = (**inner).clone();
            let shown = self.show(&inner);
            let problem = Problem::error(crate::codes::ABSENT, self.at(base), "an element of something that may not exist")
                .label(format!("this is `{shown}?`"))
                .help("give a default with `??`, or ask `if x != none { … }` first");
            let problem = self.explain_absence(base, problem);
            return self.fail(src, problem);
        }
        match &ty.kind {
            Kind::Error => self.error_node(src),
            Kind::List(element) => self.list_index(src, base, base_id, &ty, element, index),
            Kind::Map(..) | Kind::Record(_) => self.map_index(src, base_id, &ty, index),
            Kind::Json => {
                let (index_id, index_ty) = self.infer(index);
                let phase = ty.phase.join(index_ty.phase);
                (self.node(typed::Kind::Index { base: base_id, index: index_id }, src), Ty::at(Kind::Json, phase))
            }
            _ => {
                let shown = self.show(&ty);
                let problem = Problem::error("C0305", self.at(base), format!("`{shown}` has no elements"))
                    .help("lists are indexed by position, maps and records by key");
                self.fail(src, problem)
            }
        }
    }

    fn list_index(&mut self, src: ExprId, base: ExprId, base_id: Id, ty: &Ty, element: &Ty, index: ExprId) -> (Id, Ty) {
        let expect = Expect { ty: Ty::constant(Kind::Int(None)), why: Why::Builtin("the position in a list") };
        let (index_id, index_ty) = self.check(index, &expect);
        self.need(index_ty.phase, Base::Param, index, "the position in a list");
        let index_ty = self.types[index.0 as usize].clone().unwrap_or(index_ty);
        if let (Expr::List(elements), Some(Lit::Int(position))) = (self.body.expr(base), single(&index_ty)) {
            let plain = elements.iter().all(|element| matches!(element, cloudc_hir::body::Element::Item { guard: None, .. }));
            if plain && !(0..elements.len() as i64).contains(&position) {
                let many = if elements.len() == 1 { "element" } else { "elements" };
                let problem = Problem::error("C0314", self.at(index), format!("the list has {} {many}", elements.len()))
                    .label(format!("there is no position {position}"));
                return self.fail(src, problem);
            }
        }
        let result = element.delayed(ty.phase.join(index_ty.phase));
        (self.node(typed::Kind::Index { base: base_id, index: index_id }, src), result)
    }

    fn map_index(&mut self, src: ExprId, base: Id, ty: &Ty, index: ExprId) -> (Id, Ty) {
        let Some((key, value)) = crate::join::as_map(ty) else {
            let shown = self.show(ty);
            let problem = Problem::error("C0305", self.at(src), "the values of this record have no type in common")
                .label(format!("`{shown}`"))
                .help("name the field: `record.field`");
            return self.fail(src, problem);
        };
        let by_number = key.is_int();
        let expected = if by_number { Kind::Int(None) } else { Kind::Str(None) };
        let expect = Expect { ty: Ty::constant(expected), why: Why::Builtin("a key of the map") };
        let (index_id, index_ty) = self.check(index, &expect);
        self.need(index_ty.phase, Base::Param, index, "a key of the map");
        // What it is by itself says more than that it is text.
        let index_ty = self.types[index.0 as usize].clone().unwrap_or(index_ty);
        if let Some(problem) = self.missing_keys(&key, &index_ty, index) {
            return self.fail(src, problem);
        }
        // A field of a record whose name is known has its own type.
        let value = match (single(&index_ty), ty) {
            (Some(Lit::Str(name)), record) if record.field(&name).is_some() => {
                record.field(&name).map(|field| field.ty.clone()).unwrap_or(value)
            }
            _ => value,
        };
        let result = value.delayed(ty.phase.join(index_ty.phase));
        (self.node(typed::Kind::Index { base, index: index_id }, src), result)
    }

    /// An index that may hit no key of a map whose keys are known.
    fn missing_keys(&self, key: &Kind, index_ty: &Ty, index: ExprId) -> Option<Problem> {
        let known = key.literals()?;
        let asked = index_ty.kind.literals()?;
        let missing: Vec<String> = asked.iter().filter(|lit| !known.contains(lit)).map(Lit::to_string).collect();
        if missing.is_empty() {
            return None;
        }
        let keys = crate::checks::list_some(known.iter().map(Lit::to_string), 12);
        let mut problem = Problem::error("C0314", self.at(index), format!("the map has no key {}", missing.join(", ")))
            .note(format!("its keys are {keys}"));
        if let [Lit::Str(text)] = &asked[..] {
            let names: Vec<&str> =
                known.iter().filter_map(|lit| if let Lit::Str(name) = lit { Some(name.as_str()) } else { None }).collect();
            if let Some(near) = cloudc_base::suggest::nearest(text, names) {
                problem = problem.help(format!("did you mean {near:?}?"));
            }
        } else {
            problem = problem.help("add what is missing, or give a default: `map[key] ?? default`");
        }
        Some(problem)
    }
}

/// Whether a map holds resources or instances: what a `for` around declarations gives.
fn is_made_by_loop(value: &Ty) -> bool {
    match &value.kind {
        Kind::Handle(_) | Kind::Custom(_) | Kind::Instance(..) => true,
        Kind::Map(_, inner) | Kind::Optional(inner) => is_made_by_loop(inner),
        _ => false,
    }
}

/// Suggests another name for what `at` covers.
pub(crate) fn did_you_mean(problem: Problem, at: cloudc_hir::Anchor, near: &str) -> Problem {
    problem.help(format!("did you mean `{near}`?")).fix(
        format!("change it to `{near}`"),
        cloudc_hir::problem::Spot::Replace(at),
        near,
    )
}

/// The one literal a type stands for.
pub(crate) fn single(ty: &Ty) -> Option<Lit> {
    match &ty.kind {
        Kind::Lit(lit) => Some(lit.clone()),
        _ => None,
    }
}

const GROUP: &str = "AWS::EC2::SecurityGroup";

/// What `Ref` of a security group without `VpcId` gives: AWS::EC2::SecurityGroup, "Return values", in the CloudFormation template
/// reference.
fn group_name() -> Arc<[Ident]> {
    [Ident { ty: GROUP, attr: "GroupName" }].into()
}

/// What `Ref` of a type is: its own identity, and those the schema says it is besides.
pub(crate) fn ref_idents(handle: cloudc_schema::Type) -> Arc<[Ident]> {
    let provided = handle.provides().iter().filter(|(access, _)| matches!(access, cloudc_schema::Access::Ref));
    let mut idents: Vec<Ident> = provided.map(|(_, ident)| *ident).collect();
    if idents.is_empty() {
        idents.push(handle.ref_ident());
    }
    idents.into()
}
