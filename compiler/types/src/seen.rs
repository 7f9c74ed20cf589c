//! What tests and policies see: stacks that were built, their resources, and what a resource says.
//!
//! In: calls of `resources`, `build`, `fails`, `snapshot`, and paths into what they give. Out: nodes and types. Always: all of it is
//! const, because the stack has been built; a path that leads nowhere is `none`, one that could lead nowhere in any stack is an error.

use std::sync::Arc;

use cloudc_hir::body::{Arg, Entry, Expr, ExprId, Key, Literal};
use cloudc_hir::{DeclKind, Name, Owner, Problem};
use cloudc_schema::{Node, Object, Shape, Type};

use crate::access::{did_you_mean, type_of_node};
use crate::infer::{Ctx, Expect, Why};
use crate::phase::{Base, Phase};
use crate::ty::{Field, Kind, Seen, Ty};
use crate::typed::{self, Builtin, Id};

/// The functions of tests and policies.
pub(crate) const FUNCTIONS: [&str; 4] = ["resources", "build", "fails", "snapshot"];

/// What a position of the schema is to who reads a built stack: scalars as they are, the rest to be read on.
fn part(node: Node) -> Ty {
    let kind = match node.shape() {
        Shape::List(_) | Shape::Map { .. } | Shape::Object(_) => Kind::Seen(Seen::Part(node)),
        _ => return scalar(node),
    };
    Ty::constant(kind)
}

fn scalar(node: Node) -> Ty {
    let ty = type_of_node(node, &[], Phase::CONST);
    if ty.kind == Kind::Json { ty } else { ty.optional(Phase::CONST) }
}

/// What is read from inside a collection, or a scalar in it, which is there.
fn element(node: Node) -> Ty {
    let ty = part(node);
    match &ty.kind {
        Kind::Optional(inner) => Ty::clone(inner),
        _ => ty,
    }
}

impl Ctx<'_> {
    /// Whether this stands in a test or policy.
    pub fn in_check(&self) -> bool {
        let container = self.decl.container(self.db).map(|decl| decl.kind(self.db));
        matches!(container, Some(DeclKind::Policy | DeclKind::Test))
    }

    fn in_test(&self) -> bool {
        self.decl.container(self.db).is_some_and(|decl| decl.kind(self.db) == DeclKind::Test)
    }

    /// A call of one of [`FUNCTIONS`].
    pub fn check_call(&mut self, src: ExprId, callee: ExprId, name: &Name, args: &[Arg]) -> (Id, Ty) {
        if !self.in_check() {
            let problem = Problem::error("C0326", self.at(callee), format!("`{name}` can be asked in tests and policies only"))
                .note("a program cannot look at the stack that it is about to make");
            return self.fail(src, problem);
        }
        if !self.in_test() && name != "resources" {
            let problem = Problem::error("C0326", self.at(callee), format!("`{name}` can be asked in tests only"))
                .note("a policy looks at the one stack that is being built");
            return self.fail(src, problem);
        }
        match name.as_str() {
            "resources" => self.resources_of(src, None, args),
            "build" => self.build_call(src, args),
            "fails" => self.fails_call(src, args),
            _ => self.snapshot_call(src, args),
        }
    }

    /// `resources(T)`, of a stack or of the one at hand.
    pub fn resources_of(&mut self, src: ExprId, stack: Option<Id>, args: &[Arg]) -> (Id, Ty) {
        let Some(places) = self.assign("resources", &["type"], args) else { return self.error_node(src) };
        let mut ty = None;
        if let Some(at) = places.first().copied().flatten() {
            let Expr::TypePath(path) = self.body.expr(at) else {
                let problem = Problem::error("C0308", self.at(at), "`resources` takes a CloudFormation type")
                    .help("write one: `resources(AWS::S3::Bucket)`, or nothing for all resources");
                return self.fail(src, problem);
            };
            let mut written = crate::written::Written { db: self.db, decl: self.decl, body: self.body, problems: Vec::new() };
            let found = written.ty(*path);
            self.problems.append(&mut written.problems);
            match found.kind {
                Kind::Handle(handle) => ty = Some(handle),
                Kind::Error => return self.error_node(src),
                _ => {
                    let shown = self.show(&found);
                    let problem = Problem::error("C0308", self.at(at), format!("`{shown}` is not a type of resources"));
                    return self.fail(src, problem);
                }
            }
        }
        let none = Literal::None;
        let literal = ty.map_or(none.clone(), |ty| Literal::Str(ty.name().into()));
        let name = self.node(typed::Kind::Literal(literal), src);
        let stack = stack.unwrap_or_else(|| self.node(typed::Kind::Literal(none), src));
        let id = self.node(typed::Kind::Builtin(Builtin::Resources, vec![stack, name]), src);
        (id, Ty::list(Ty::constant(Kind::Seen(Seen::Resource(ty))), Phase::CONST))
    }

    /// `build("./x.cloud", inputs: { … }, params: { … }, env: "prod", region: "eu-west-1")`.
    fn build_call(&mut self, src: ExprId, args: &[Arg]) -> (Id, Ty) {
        const NAMES: [&str; 5] = ["path", "inputs", "params", "env", "region"];
        let Some(places) = self.assign("build", &NAMES, args) else { return self.error_node(src) };
        let Some(path) = places[0] else {
            let problem = Problem::error("C0308", self.at(src), "`build` needs the path of a file")
                .help("write it relative to this file: `build(\"./main.cloud\")`");
            return self.fail(src, problem);
        };
        let file = self.built_file(path);
        let mut ids = Vec::new();
        for (at, place) in places.iter().enumerate() {
            let id = match (place, at) {
                (None, _) => self.node(typed::Kind::Literal(Literal::None), src),
                (Some(given), 1 | 2) => self.given(*given, file, if at == 1 { DeclKind::Input } else { DeclKind::Param }),
                (Some(text), _) => self.check(*text, &Expect { ty: Ty::text(Phase::CONST), why: Why::Builtin("build") }).0,
            };
            ids.push(id);
            if let Some(place) = place {
                let ty = self.types[place.0 as usize].clone().unwrap_or_else(Ty::error);
                if !self.need(ty.deepest(), Base::Const, *place, "what a test builds") {
                    return self.error_node(src);
                }
            }
        }
        (self.node(typed::Kind::Builtin(Builtin::Build, ids), src), Ty::constant(Kind::Seen(Seen::Stack)))
    }

    /// The file that is built, where its path is written out.
    fn built_file(&self, path: ExprId) -> Option<cloudc_base::File> {
        let Expr::Literal(Literal::Str(written)) = self.body.expr(path) else { return None };
        let path = cloudc_base::path::resolve(self.decl.file(self.db).path(self.db), written)?;
        Some(self.db.files().get(self.db, &path))
    }

    /// Values for inputs or parameters. One that fits is converted as an argument would be; one that does not is left as it is, so
    /// that a test can see the build refuse it.
    fn given(&mut self, record: ExprId, file: Option<cloudc_base::File>, kind: DeclKind) -> Id {
        let (Expr::Record(entries), Some(file)) = (self.body.expr(record), file) else { return self.infer(record).0 };
        let plain = |entry: &Entry| matches!(entry, Entry::Field { key: Key::Text(_), guard: None, .. });
        if !entries.iter().all(plain) {
            return self.infer(record).0;
        }
        let declared = match kind {
            DeclKind::Input => cloudc_hir::inputs(self.db, Owner::File(file)),
            _ => cloudc_hir::params(self.db, file),
        };
        let mut fields = Vec::new();
        let mut phase = Phase::CONST;
        for entry in entries {
            let Entry::Field { key: Key::Text(name), value, anchor, .. } = entry else { continue };
            let ty = declared.iter().find(|decl| decl.name(self.db) == name).map(|decl| crate::given_type(self.db, *decl));
            let mark = self.mark();
            let fitted = ty.map(|ty| self.check(*value, &Expect { ty, why: Why::Builtin("build") }));
            let (id, ty) = match fitted {
                Some(found) if !self.failed_since(&mark) && !found.1.is_error() => found,
                _ => {
                    self.rewind(&mark);
                    self.infer(*value)
                }
            };
            phase = phase.join(ty.deepest());
            fields.push(typed::Entry::Field { key: typed::Key::Text(name.clone()), value: id, guard: None, site: *anchor });
        }
        self.types[record.0 as usize] = Some(Ty::at(Kind::Json, phase));
        self.node(typed::Kind::Record(fields), record)
    }

    fn stack_argument(&mut self, at: ExprId, function: &'static str) -> Option<Id> {
        let (id, ty) = self.infer(at);
        if ty.kind == Kind::Seen(Seen::Stack) {
            return Some(id);
        }
        if !ty.is_error() {
            let shown = self.show(&ty);
            let problem = Problem::error("C0308", self.at(at), format!("`{function}` takes what `build` gives"));
            self.problems.push(problem.label(format!("this is `{shown}`")));
        }
        None
    }

    /// `fails(build(…), code)`.
    fn fails_call(&mut self, src: ExprId, args: &[Arg]) -> (Id, Ty) {
        let Some(places) = self.assign("fails", &["stack", "code"], args) else { return self.error_node(src) };
        let Some(stack) = places[0] else {
            let problem = Problem::error("C0308", self.at(src), "`fails` needs what `build` gives");
            return self.fail(src, problem.help("write `fails(build(\"./main.cloud\"))`"));
        };
        let Some(stack) = self.stack_argument(stack, "fails") else { return self.error_node(src) };
        let code = match places[1] {
            Some(code) => self.check(code, &Expect { ty: Ty::text(Phase::CONST), why: Why::Builtin("fails") }).0,
            None => self.node(typed::Kind::Literal(Literal::None), src),
        };
        (self.node(typed::Kind::Builtin(Builtin::Fails, vec![stack, code]), src), Ty::constant(Kind::Bool))
    }

    /// `snapshot(build(…), "./main.snapshot.json")`.
    fn snapshot_call(&mut self, src: ExprId, args: &[Arg]) -> (Id, Ty) {
        let Some(places) = self.assign("snapshot", &["stack", "path"], args) else { return self.error_node(src) };
        let (Some(stack), Some(path)) = (places[0], places[1]) else {
            let problem = Problem::error("C0308", self.at(src), "`snapshot` needs a stack and the path of a file")
                .help("write `assert snapshot(build(\"./main.cloud\"), \"./main.snapshot.json\")`");
            return self.fail(src, problem);
        };
        let Some(stack) = self.stack_argument(stack, "snapshot") else { return self.error_node(src) };
        let (path, _) = self.check(path, &Expect { ty: Ty::text(Phase::CONST), why: Why::Builtin("snapshot") });
        (self.node(typed::Kind::Builtin(Builtin::Snapshot, vec![stack, path]), src), Ty::constant(Kind::Bool))
    }

    /// `.name` of something seen.
    pub fn seen_member(&mut self, src: ExprId, base: Id, seen: Seen, name: &Name) -> (Id, Ty) {
        match seen {
            Seen::Stack => self.stack_member(src, base, name),
            Seen::Resource(ty) => self.resource_member(src, base, ty, name),
            Seen::Part(node) => self.part_member(src, base, node, name),
        }
    }

    fn stack_member(&mut self, src: ExprId, base: Id, name: &Name) -> (Id, Ty) {
        let text = || Ty::text(Phase::CONST);
        let (builtin, ty) = match name.as_str() {
            "outputs" => (Builtin::StackOutputs, Ty::constant(Kind::Json)),
            "template" => (Builtin::StackTemplate, Ty::constant(Kind::Json)),
            "errors" => {
                let fields = ["code", "message"].map(|name| Field { name: name.into(), ty: text() });
                (Builtin::StackErrors, Ty::list(Ty::constant(Kind::Record(Arc::new(fields))), Phase::CONST))
            }
            _ => {
                let at = self.member_at(src);
                let problem = Problem::error("C0306", at, format!("what `build` gives has no `{name}`"));
                let known = ["outputs", "template", "errors", "resources"];
                let problem = match cloudc_base::suggest::nearest(name, known) {
                    Some("resources") => problem.help("`resources` is a method: write `.resources(AWS::S3::Bucket)`"),
                    Some(near) => did_you_mean(problem, at, near),
                    None => problem.note("it has `outputs`, `errors`, `template` and `resources(type)`"),
                };
                return self.fail(src, problem);
            }
        };
        (self.node(typed::Kind::Builtin(builtin, vec![base]), src), ty)
    }

    fn resource_member(&mut self, src: ExprId, base: Id, ty: Option<Type>, name: &Name) -> (Id, Ty) {
        match name.as_str() {
            "logical_id" => return (self.node(typed::Kind::LogicalId { base }, src), Ty::text(Phase::CONST)),
            "type" => {
                let id = self.node(typed::Kind::Builtin(Builtin::ResourceType, vec![base]), src);
                return (id, Ty::text(Phase::CONST));
            }
            "deletion_policy" => {
                let id = self.node(typed::Kind::Builtin(Builtin::ResourcePolicy, vec![base]), src);
                return (id, Ty::text(Phase::CONST).optional(Phase::CONST));
            }
            _ => {}
        }
        let out = match ty {
            None => Ty::constant(Kind::Json),
            Some(handle) => match handle.property(name) {
                Some(property) => part(property.node()),
                None => {
                    let names = handle.properties().map(|property| property.name());
                    let near = cloudc_base::suggest::nearest(name, names.chain(["logical_id", "type", "deletion_policy"]));
                    let at = self.member_at(src);
                    let mut problem = Problem::error("C0409", at, format!("`{}` has no property `{name}`", handle.name()));
                    if handle.attribute(name).is_some() {
                        problem = problem.note("an attribute is known at deployment only; what is written can be looked at");
                    } else if let Some(near) = near {
                        problem = did_you_mean(problem, at, near);
                    }
                    return self.fail(src, problem);
                }
            },
        };
        (self.node(typed::Kind::ReadBack { base, property: name.clone() }, src), out)
    }

    fn part_member(&mut self, src: ExprId, base: Id, node: Node, name: &Name) -> (Id, Ty) {
        match node.shape() {
            Shape::Object(object) => match object.property(name) {
                Some(property) => (self.node(typed::Kind::Field { base, name: name.clone() }, src), part(property.node())),
                None => self.no_field(src, object, name),
            },
            Shape::Map { value, .. } if crate::builtins::property(&self.opened_type(node).kind, name).is_none() => {
                (self.node(typed::Kind::Field { base, name: name.clone() }, src), part(value))
            }
            _ => {
                let (id, ty) = self.open_part(src, base, node);
                self.property_or_method(src, id, &ty, name)
            }
        }
    }

    fn no_field(&mut self, src: ExprId, object: Object, name: &Name) -> (Id, Ty) {
        let at = self.member_at(src);
        let names: Vec<&str> = object.properties().map(|property| property.name()).collect();
        let shown = object.name().unwrap_or("record");
        let problem = Problem::error("C0306", at, format!("`{shown}` has no `{name}`"));
        let problem = match cloudc_base::suggest::nearest(name, names.iter().copied()) {
            Some(near) => did_you_mean(problem, at, near),
            None => problem.note(format!("it has {}", crate::checks::list_some(names.iter().map(|name| (*name).to_owned()), 12))),
        };
        self.fail(src, problem)
    }

    fn opened_type(&self, node: Node) -> Ty {
        match node.shape() {
            Shape::List(inner) => Ty::list(element(inner), Phase::CONST),
            Shape::Map { value, .. } => Ty::constant(Kind::Map(Arc::new(Kind::Str(None)), Arc::new(element(value)))),
            _ => Ty::constant(Kind::Seen(Seen::Part(node))),
        }
    }

    fn open_part(&mut self, src: ExprId, base: Id, node: Node) -> (Id, Ty) {
        let ty = self.opened_type(node);
        let empty = match &ty.kind {
            Kind::List(_) => typed::Kind::List(Vec::new()),
            Kind::Map(..) => typed::Kind::Record(Vec::new()),
            _ => return (base, ty),
        };
        let empty = self.node(empty, src);
        (self.node(typed::Kind::Coalesce(base, empty), src), ty)
    }

    /// A list or map of a built stack as one that is there, perhaps empty; everything else as it is.
    pub fn open_seen(&mut self, src: ExprId, id: Id, ty: Ty) -> (Id, Ty) {
        match ty.kind {
            Kind::Seen(Seen::Part(node)) => self.open_part(src, id, node),
            // What nothing is known of may be a list.
            Kind::Json if self.in_check() => {
                let empty = self.node(typed::Kind::List(Vec::new()), src);
                let id = self.node(typed::Kind::Coalesce(id, empty), src);
                (id, Ty::list(Ty::at(Kind::Json, ty.phase), ty.phase))
            }
            _ => (id, ty),
        }
    }
}
