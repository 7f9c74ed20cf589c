//! What the body of one declaration names.

use cloudc_base::Db;
use smol_str::SmolStr;

use crate::Name;
use crate::body::{Body, Element, Entry, Expr, ExprId, Key, Parts, StrPart, TypeId, TypeRef, WithEntry};
use crate::decl::{Branch, Decl, DeclKind, Namespace, Owner};
use crate::imports::module_item;
use crate::lower::body;
use crate::problem::Part;
use crate::resolve::{Resolution, asking_owner, resolve};

/// One place where a declaration names another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// What is named.
    pub decl: Decl,
    /// `resource.Property`, a property that the resource writes: its value is read back.
    pub property: Option<Name>,
    /// Where.
    pub part: Part,
    /// The property of a resource's body in which it stands.
    pub by: Option<Name>,
    /// What kind of place that is.
    pub role: Role,
    /// The `if` and `for` declarations around what is named that the user is not inside of.
    pub lift: Vec<Decl>,
}

/// What kind of place names something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// A value, a resource's body.
    Value,
    /// An argument of an attribute.
    Attr,
    /// What stands in `with { … }`.
    With,
    /// A written type.
    Type,
}

/// What users of a resource depend on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Head {
    component: Option<Decl>,
    properties: Vec<Name>,
}

#[salsa::tracked(returns(ref))]
fn head(db: &dyn Db, resource: Decl) -> Head {
    Head { component: component(db, resource), properties: properties(db, resource) }
}

/// The component a resource is an instance of; none for CloudFormation's own types.
pub fn instance_of(db: &dyn Db, resource: Decl) -> Option<Decl> {
    head(db, resource).component
}

/// The properties that a resource of a CloudFormation type writes by name, sorted.
pub fn property_names(db: &dyn Db, resource: Decl) -> &[Name] {
    &head(db, resource).properties
}

fn component(db: &dyn Db, resource: Decl) -> Option<Decl> {
    let body = body(db, resource);
    let Parts::Resource { ty: Some(ty), .. } = body.parts else { return None };
    let component = named_type(db, resource.owner(db), body.ty(ty))?;
    (component.kind(db) == DeclKind::Component).then_some(component)
}

fn properties(db: &dyn Db, resource: Decl) -> Vec<Name> {
    let body = body(db, resource);
    let Parts::Resource { ty: Some(ty), body: Some(record), .. } = body.parts else { return Vec::new() };
    let is_component = !matches!(body.ty(ty), TypeRef::Path { path, .. } if path.contains("::"));
    let Expr::Record(entries) = body.expr(record) else { return Vec::new() };
    if is_component {
        return Vec::new();
    }
    let mut names: Vec<Name> = entries.iter().filter_map(written_key).collect();
    names.sort();
    names.dedup();
    names
}

fn written_key(entry: &Entry) -> Option<Name> {
    match entry {
        Entry::Field { key: Key::Text(name), .. } => Some(name.clone()),
        _ => None,
    }
}

/// What a declaration names, in the order of its expressions; built-in and unknown names are left out. Remembered for editors, which
/// ask for places; what checking needs of it is in the dependencies of a share.
#[salsa::tracked(returns(ref))]
pub fn refs(db: &dyn Db, decl: Decl) -> Vec<Use> {
    uses_in(db, decl)
}

/// [`refs`] computed anew.
pub(super) fn uses_in(db: &dyn Db, decl: Decl) -> Vec<Use> {
    let body = body(db, decl);
    let mut walk =
        Walk { db, from: asking_owner(db, decl), body, envs: vec![Env::default()], waiting: Vec::new(), uses: Vec::new() };
    for attr in &body.attrs {
        walk.roots(attr.args.iter().map(|arg| arg.value), Role::Attr, 0);
    }
    walk.parts(decl);
    walk.run();
    walk.types();
    walk.uses
}

/// Variables bound around an expression.
#[derive(Default)]
struct Env {
    parent: Option<usize>,
    names: Vec<(Name, Option<Handle>)>,
}

/// A resource, and what it stands in: what a variable of a loop over resources stands for.
#[derive(Clone)]
struct Handle {
    decl: Decl,
    lift: Vec<Decl>,
}

/// An expression still to be looked at.
struct Job {
    expr: ExprId,
    env: usize,
    from: Option<Owner>,
    role: Role,
    by: Option<Name>,
}

// An explicit list of jobs instead of recursion: the depth of an expression never meets the depth of queries.
struct Walk<'db> {
    db: &'db dyn Db,
    from: Owner,
    body: &'db Body,
    envs: Vec<Env>,
    waiting: Vec<Job>,
    uses: Vec<Use>,
}

impl<'db> Walk<'db> {
    fn roots(&mut self, exprs: impl IntoIterator<Item = ExprId>, role: Role, env: usize) {
        self.waiting.extend(exprs.into_iter().map(|expr| Job { expr, env, from: None, role, by: None }));
    }

    fn parts(&mut self, decl: Decl) {
        let body = self.body;
        match &body.parts {
            Parts::Empty | Parts::Import { .. } | Parts::ImportItem { .. } | Parts::Type { .. } => {}
            // What a resource was called before is no name in scope, nor is what is let go of.
            Parts::Moved { .. } | Parts::Forget { .. } => {}
            Parts::Value { value, .. } => self.roots(*value, Role::Value, 0),
            Parts::Settings { body, .. } | Parts::Defaults { body, .. } => self.roots(*body, Role::Value, 0),
            Parts::If { condition } => self.roots(*condition, Role::Value, 0),
            Parts::Assert { condition, message } => self.roots(condition.iter().chain(message).copied(), Role::Value, 0),
            Parts::Titled { title } => self.roots(*title, Role::Value, 0),
            Parts::Resource { body: record, with, .. } => {
                self.properties(*record);
                self.with(with);
            }
            Parts::Fn { params, value, .. } => {
                let names = params.iter().map(|param| (param.name.clone(), None)).collect();
                let env = self.bind(0, names);
                self.roots(params.iter().filter_map(|param| param.default), Role::Value, env);
                self.roots(*value, Role::Value, env);
            }
            Parts::For { iterable, by, .. } => {
                self.roots(*iterable, Role::Value, 0);
                let from = Some(Owner::Decl(decl, Branch::Then));
                self.waiting.extend(by.map(|expr| Job { expr, env: 0, from, role: Role::Value, by: None }));
            }
        }
    }

    /// The entries of a resource's body, each under its property.
    fn properties(&mut self, record: Option<ExprId>) {
        let body = self.body;
        let Some(Expr::Record(entries)) = record.map(|id| body.expr(id)) else { return };
        for entry in entries {
            let by = written_key(entry);
            let job = Job { expr: ExprId(0), env: 0, from: None, role: Role::Value, by };
            self.entry(entry, &job);
        }
    }

    fn with(&mut self, entries: &[WithEntry]) {
        for entry in entries {
            self.roots(entry.body, Role::With, 0);
            self.roots(entry.attrs.iter().flat_map(|attr| &attr.args).map(|arg| arg.value), Role::With, 0);
            self.with(&entry.with);
        }
    }

    fn run(&mut self) {
        while let Some(job) = self.waiting.pop() {
            self.visit(&job);
        }
        // The list is worked off from its end; what is written first comes first in the answer.
        self.uses.sort_by_key(|it| match it.part {
            Part::Expr(id) => id,
            _ => ExprId(u32::MAX),
        });
    }

    fn push(&mut self, job: &Job, exprs: impl IntoIterator<Item = ExprId>) {
        let like = |expr| Job { expr, env: job.env, from: job.from, role: job.role, by: job.by.clone() };
        self.waiting.extend(exprs.into_iter().map(like));
    }

    fn visit(&mut self, job: &Job) {
        let body = self.body;
        match body.expr(job.expr) {
            Expr::Missing | Expr::Literal(_) | Expr::TypePath(_) => {}
            Expr::Name(name) => self.name(job, name),
            Expr::Field { base, name, .. } => self.field(job, *base, name),
            Expr::Interp(parts) => {
                let holes = parts.iter().filter_map(|part| match part {
                    StrPart::Hole(id) => Some(*id),
                    StrPart::Text(_) => None,
                });
                self.push(job, holes);
            }
            Expr::Index { base, index } => self.push(job, [*base, *index]),
            Expr::Call { callee, args } => self.push(job, std::iter::once(*callee).chain(args.iter().map(|arg| arg.value))),
            Expr::Not(operand) | Expr::Neg(operand) => self.push(job, [*operand]),
            Expr::Binary { lhs, rhs, .. } => self.push(job, [*lhs, *rhs]),
            Expr::If { condition, then, otherwise } => self.push(job, [*condition, *then, *otherwise]),
            Expr::Match { scrutinee, arms } => {
                self.push(job, std::iter::once(*scrutinee).chain(arms.iter().map(|arm| arm.body)));
            }
            Expr::List(elements) => elements.iter().for_each(|element| self.element(element, job)),
            Expr::Record(entries) => entries.iter().for_each(|entry| self.entry(entry, job)),
        }
    }

    fn element(&mut self, element: &Element, job: &Job) {
        match element {
            Element::Item { value, guard } | Element::Spread { value, guard } => {
                self.push(job, std::iter::once(*value).chain(*guard));
            }
            Element::For { bindings, iterable, filter, value } => {
                self.turns(job, bindings, *iterable, std::iter::once(*value).chain(*filter));
            }
        }
    }

    fn entry(&mut self, entry: &Entry, job: &Job) {
        match entry {
            Entry::Field { key, value, guard, .. } => {
                self.push(job, std::iter::once(*value).chain(*guard));
                if let Key::Computed(key) = key {
                    self.push(job, [*key]);
                }
            }
            Entry::Spread { value, guard } => self.push(job, std::iter::once(*value).chain(*guard)),
            Entry::For { bindings, iterable, filter, key, value } => {
                self.turns(job, bindings, *iterable, [*key, *value].into_iter().chain(*filter));
            }
        }
    }

    /// A comprehension: its iterable outside, the rest with its variables bound.
    fn turns(&mut self, job: &Job, bindings: &[Name], iterable: ExprId, inner: impl IntoIterator<Item = ExprId>) {
        self.push(job, [iterable]);
        let handle = self.handle(job, iterable);
        let last = bindings.len().saturating_sub(1);
        let names = bindings.iter().enumerate();
        let names = names.map(|(at, name)| (name.clone(), handle.clone().filter(|_| at == last))).collect();
        let env = self.bind(job.env, names);
        let like = |expr| Job { expr, env, from: job.from, role: job.role, by: job.by.clone() };
        self.waiting.extend(inner.into_iter().map(like));
    }

    fn bind(&mut self, parent: usize, names: Vec<(Name, Option<Handle>)>) -> usize {
        self.envs.push(Env { parent: Some(parent), names });
        self.envs.len() - 1
    }

    /// What a variable stands for, if the name is one.
    fn variable(&self, env: usize, name: &Name) -> Option<Option<Handle>> {
        let mut at = Some(env);
        while let Some(index) = at {
            let env = &self.envs[index];
            if let Some((_, handle)) = env.names.iter().rev().find(|(bound, _)| bound == name) {
                return Some(handle.clone());
            }
            at = env.parent;
        }
        None
    }

    fn resolve(&self, job: &Job, name: &Name) -> Option<Resolution> {
        if self.variable(job.env, name).is_some() {
            return None;
        }
        resolve(self.db, job.from.unwrap_or(self.from), Namespace::Value, name.clone())
    }

    fn name(&mut self, job: &Job, name: &Name) {
        match self.resolve(job, name) {
            Some(Resolution::Decl { decl, lift, .. }) => {
                self.use_of(job, decl, None, lift.into_iter().map(|(outer, _)| outer).collect());
            }
            Some(Resolution::LoopVar { decl, .. }) => self.use_of(job, decl, None, Vec::new()),
            _ => {}
        }
    }

    fn use_of(&mut self, job: &Job, decl: Decl, property: Option<Name>, lift: Vec<Decl>) {
        self.uses.push(Use { decl, property, part: Part::Expr(job.expr), by: job.by.clone(), role: job.role, lift });
    }

    fn field(&mut self, job: &Job, base: ExprId, name: &Name) {
        if let Some(file) = self.module(job, base) {
            let offered = [Namespace::Value, Namespace::Output].iter();
            if let Some(decl) = offered.filter_map(|ns| module_item(self.db, file, *ns, name.clone())).next() {
                self.use_of(job, decl, None, Vec::new());
            }
        } else if let Some(handle) = self.handle(job, base)
            && property_names(self.db, handle.decl).binary_search(name).is_ok()
        {
            self.use_of(job, handle.decl, Some(name.clone()), handle.lift);
        }
        self.push(job, [base]);
    }

    /// The file behind `net` or `net.in(region)`.
    fn module(&self, job: &Job, base: ExprId) -> Option<cloudc_base::File> {
        let name = match self.body.expr(base) {
            Expr::Name(name) => name,
            Expr::Call { callee, .. } => match self.body.expr(*callee) {
                Expr::Field { base, name, .. } if name == "in" => match self.body.expr(*base) {
                    Expr::Name(name) => name,
                    _ => return None,
                },
                _ => return None,
            },
            _ => return None,
        };
        match self.resolve(job, name)? {
            Resolution::Module { file, .. } => Some(file),
            _ => None,
        }
    }

    /// The resource behind `a`, `a["x"]`, `a.all`, a variable over them.
    fn handle(&self, job: &Job, expr: ExprId) -> Option<Handle> {
        let name = root_name(self.body, expr)?;
        match self.variable(job.env, name) {
            Some(handle) => handle,
            None => handle_of(self.db, self.resolve(job, name)?),
        }
    }

    fn types(&mut self) {
        for (at, ty) in self.body.types.iter().enumerate() {
            if let Some(decl) = named_type(self.db, self.from, ty) {
                let part = Part::Type(TypeId(at as u32));
                self.uses.push(Use { decl, property: None, part, by: None, role: Role::Type, lift: Vec::new() });
            }
        }
    }
}

fn root_name(body: &Body, mut expr: ExprId) -> Option<&Name> {
    loop {
        match body.expr(expr) {
            Expr::Name(name) => return Some(name),
            Expr::Index { base, .. } => expr = *base,
            Expr::Field { base, name, .. } if matches!(name.as_str(), "all" | "values" | "first" | "last") => expr = *base,
            _ => return None,
        }
    }
}

fn handle_of(db: &dyn Db, resolution: Resolution) -> Option<Handle> {
    match resolution {
        Resolution::Decl { decl, lift, .. } if decl.kind(db) == DeclKind::Resource => {
            Some(Handle { decl, lift: lift.into_iter().map(|(outer, _)| outer).collect() })
        }
        // `for s in subnets { … }`: follow what the loop goes over, outwards only.
        Resolution::LoopVar { decl, index, .. } => {
            let body = body(db, decl);
            let Parts::For { bindings, iterable: Some(iterable), .. } = &body.parts else { return None };
            let is_element = index as usize + 1 == bindings.len();
            let name = root_name(body, *iterable).filter(|_| is_element)?;
            handle_of(db, resolve(db, decl.owner(db), Namespace::Value, name.clone())?)
        }
        _ => None,
    }
}

/// The `type` or `component` a written type names.
fn named_type(db: &dyn Db, from: Owner, ty: &TypeRef) -> Option<Decl> {
    let TypeRef::Path { path, members } = ty else { return None };
    if path.is_empty() || path.contains("::") {
        return None;
    }
    match resolve(db, from, Namespace::Type, SmolStr::clone(path))? {
        Resolution::Decl { decl, .. } => Some(decl),
        Resolution::Module { file, .. } => module_item(db, file, Namespace::Type, members.first()?.clone()),
        _ => None,
    }
}
