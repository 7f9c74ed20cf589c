//! Checking one declaration: the context all parts of the checker share, and the query that runs it.
//!
//! In: a declaration's body. Out: its [`Typed`] tree, its [`Signature`], the bounds it puts on its component's inputs.

use std::sync::Arc;

use cloudc_hir::body::{Expr, ExprId, Parts};
use cloudc_hir::{Anchor, Body, Branch, Decl, DeclKind, Name, Owner, Problem, body};

use crate::formula::Formula;
use crate::narrow::Spot;
use crate::phase::{Base, Phase};
use crate::project::Holder;
use crate::signatures::{Bound, Signature};
use crate::ty::{Kind, Ty};
use crate::typed::{self, Id, Local, Node, Root, TurnKey, Typed};
use crate::{Db, params, signatures};

/// Everything checking a declaration gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inferred {
    /// For the evaluator.
    pub typed: Arc<Typed>,
    /// For other declarations.
    pub signature: Signature,
    /// What it asks of its component's or function's inputs.
    pub bounds: Vec<Bound>,
}

/// Checks a declaration.
#[salsa::tracked(returns(ref), cycle_result = inferred_cycle)]
pub fn inferred(db: &dyn Db, decl: Decl) -> Inferred {
    if cloudc_hir::uses::cyclic(db, decl).is_some() || cloudc_hir::uses::too_deep(db, decl) {
        return Inferred::poison();
    }
    let mut ctx = Ctx::new(db, decl);
    let (root, signature) = ctx.declaration();
    let attrs = ctx.attributes(&root);
    ctx.finish(root, attrs, signature)
}

// `hir` reports the cycles it sees and they never get here: these lead through an instance of a component.
fn inferred_cycle(db: &dyn Db, _id: salsa::Id, decl: Decl) -> Inferred {
    let told = |component: Decl| cloudc_hir::uses::cyclic(db, component).is_some();
    if decl.container(db).is_some_and(told) || cloudc_hir::uses::instance_of(db, decl).is_some_and(told) {
        return Inferred::poison();
    }
    let name = decl.name(db);
    let problem = Problem::error("C0230", Anchor::name(decl), format!("`{name}` is needed to compute itself"))
        .help("what an instance is given must not come from its own outputs");
    Inferred { typed: Arc::new(Typed::nothing(vec![problem])), signature: Signature::error(), bounds: Vec::new() }
}

/// The elaborated tree of a declaration.
pub fn typed(db: &dyn Db, decl: Decl) -> &Arc<Typed> {
    &inferred(db, decl).typed
}

impl Inferred {
    fn poison() -> Self {
        Inferred { typed: Arc::new(Typed::nothing(Vec::new())), signature: Signature::error(), bounds: Vec::new() }
    }
}

/// What is expected of an expression, and why.
#[derive(Clone)]
pub(crate) struct Expect {
    pub ty: Ty,
    pub why: Why,
}

/// Who expects it; becomes the note or the related place of an error.
#[derive(Clone)]
pub(crate) enum Why {
    /// The written type.
    Annotation(Anchor),
    /// A property of a CloudFormation type.
    Property(Name),
    /// An input of a component or parameter of a function.
    Input(Name, Anchor),
    /// A built-in function or operator.
    Builtin(&'static str),
}

/// Something bound inside the expression.
#[derive(Clone)]
pub(crate) struct Binding {
    pub name: Name,
    pub local: Local,
    pub ty: Ty,
}

pub(crate) struct Ctx<'db> {
    pub db: &'db dyn Db,
    pub decl: Decl,
    /// The scope names are looked up in.
    pub owner: Owner,
    pub body: &'db Body,
    pub nodes: Vec<Node>,
    pub types: Vec<Option<Ty>>,
    pub problems: Vec<Problem>,
    pub bounds: Vec<Bound>,
    pub locals: Vec<Binding>,
    pub local_types: Vec<Ty>,
    /// What is known to hold here.
    pub facts: Formula<Spot>,
    /// How deep in `to_json` or `raw`, where `null` is a name.
    pub json_depth: u32,
    /// Whether this is a patch, where `...` alone stands for what was there.
    pub in_patch: bool,
    /// The property around that everybody sees who may describe the resource.
    pub shown: Option<Name>,
    /// How many secrets have been taken as what they hold.
    pub secrets: u32,
}

/// A point to go back to after a trial.
pub(crate) struct Mark {
    nodes: usize,
    problems: usize,
    bounds: usize,
    locals: usize,
}

impl<'db> Ctx<'db> {
    pub fn new(db: &'db dyn Db, decl: Decl) -> Self {
        let body = body(db, decl);
        let facts = crate::narrow::path_facts(db, decl);
        Ctx {
            db,
            decl,
            owner: cloudc_hir::resolve::asking_owner(db, decl),
            body,
            nodes: Vec::with_capacity(body.exprs.len() + 8),
            types: vec![None; body.exprs.len()],
            problems: Vec::new(),
            bounds: Vec::new(),
            locals: Vec::new(),
            local_types: Vec::new(),
            facts,
            json_depth: 0,
            in_patch: false,
            shown: None,
            secrets: 0,
        }
    }

    fn finish(self, root: Root, attrs: Vec<typed::Attr>, signature: Signature) -> Inferred {
        let typed = Typed { nodes: self.nodes, root, attrs, problems: self.problems, types: self.types };
        Inferred { typed: Arc::new(typed), signature, bounds: self.bounds }
    }

    /// A new node.
    pub fn node(&mut self, kind: typed::Kind, src: ExprId) -> Id {
        self.nodes.push(Node { kind, src });
        Id(self.nodes.len() as u32 - 1)
    }

    pub fn error_node(&mut self, src: ExprId) -> (Id, Ty) {
        (self.node(typed::Kind::Error, src), Ty::error())
    }

    /// Reports a problem at an expression and gives a node that silences what follows.
    pub fn fail(&mut self, src: ExprId, problem: Problem) -> (Id, Ty) {
        self.problems.push(problem);
        self.error_node(src)
    }

    pub fn at(&self, expr: ExprId) -> Anchor {
        Anchor::expr(self.decl, expr)
    }

    pub fn show(&self, ty: &Ty) -> String {
        crate::ty::display(self.db, ty)
    }

    pub fn mark(&self) -> Mark {
        Mark { nodes: self.nodes.len(), problems: self.problems.len(), bounds: self.bounds.len(), locals: self.local_types.len() }
    }

    /// Whether anything was reported since the mark.
    pub fn failed_since(&self, mark: &Mark) -> bool {
        self.problems[mark.problems..].iter().any(|problem| problem.severity == cloudc_base::Severity::Error)
    }

    /// Forgets everything since the mark; gives what was reported.
    pub fn rewind(&mut self, mark: &Mark) -> Vec<Problem> {
        self.nodes.truncate(mark.nodes);
        self.bounds.truncate(mark.bounds);
        self.local_types.truncate(mark.locals);
        self.problems.split_off(mark.problems)
    }

    pub fn bind(&mut self, name: Name, ty: Ty) -> Local {
        let local = self.fresh(ty.clone());
        self.locals.push(Binding { name, local, ty });
        local
    }

    /// A variable without a name.
    pub fn fresh(&mut self, ty: Ty) -> Local {
        self.local_types.push(ty);
        Local(self.local_types.len() as u32 - 1)
    }

    /// Runs `inner` with `fact` known besides.
    pub fn assuming<T>(&mut self, fact: Formula<Spot>, inner: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.facts.clone();
        self.facts = Formula::and([before.clone(), fact]);
        let result = inner(self);
        self.facts = before;
        result
    }

    /// Demands that something is known by `most`. `what` names the thing in the message.
    pub fn need(&mut self, phase: Phase, most: Base, at: ExprId, what: &str) -> bool {
        if phase.base > most {
            let problem = phase_problem(self.at(at), phase.base, most, what);
            self.problems.push(problem);
            return false;
        }
        for var in phase.variables() {
            self.bounds.push(Bound { var, at_most: most, because: self.at(at), what: what.into() });
        }
        true
    }

    fn declaration(&mut self) -> (Root, Signature) {
        match (self.decl.kind(self.db), &self.body.parts) {
            (DeclKind::Input, Parts::Value { value, .. }) => self.with_default(*value),
            (DeclKind::Param, Parts::Value { value, .. }) => {
                let result = self.with_default(*value);
                let problems = params::problems(self.db, self.decl);
                self.problems.extend(problems);
                result
            }
            (_, Parts::Value { ty, as_ty, value }) => self.value(*ty, *as_ty, *value),
            (_, Parts::Resource { ty, body, with }) => self.resource(*ty, *body, with),
            (_, Parts::Defaults { ty, body }) => self.defaults(*ty, *body),
            (_, Parts::Forget { .. }) => self.forget(),
            (_, Parts::Fn { params, ret, value }) => self.function(params, *ret, *value),
            (_, Parts::Type { .. }) => {
                let problems = crate::written::alias(self.db, self.decl).1.clone();
                self.problems.extend(problems);
                (Root::Nothing, Signature::error())
            }
            (_, Parts::If { condition }) => self.condition(*condition),
            (_, Parts::For { bindings, iterable, by }) => self.turns(bindings, *iterable, *by),
            (_, Parts::Assert { condition, message }) => self.assertion(*condition, *message),
            (DeclKind::Stack, Parts::Settings { body, .. }) => self.settings(*body, Holder::Stack),
            (DeclKind::Project, Parts::Settings { body, .. }) => self.settings(*body, Holder::Project),
            (DeclKind::Env, Parts::Settings { body, .. }) => {
                self.environment();
                self.settings(*body, Holder::Env)
            }
            _ => (Root::Nothing, Signature::error()),
        }
    }

    fn with_default(&mut self, value: Option<ExprId>) -> (Root, Signature) {
        let (declared, problems) = signatures::declared_type(self.db, self.decl).clone();
        self.problems.extend(problems);
        let signature = crate::signature(self.db, self.decl).clone();
        let Some(value) = value else {
            let name = self.decl.name(self.db);
            if declared.is_none() && self.decl.kind(self.db) == DeclKind::Input && !name.is_empty() {
                let problem = Problem::error("C0302", Anchor::name(self.decl), format!("`{name}` needs a type"));
                self.problems.push(problem.help(format!("write its type after the name: `input {name}: String`")));
            }
            return (Root::Value(None), signature);
        };
        let Some(ty) = declared else {
            if self.decl.container(self.db).is_some() {
                let name = self.decl.name(self.db);
                let problem =
                    Problem::error("C0302", Anchor::name(self.decl), format!("the input `{name}` of a component needs a type"));
                self.problems.push(problem.help(format!("write it after the name: `input {name}: String`")));
            }
            // Without an annotation the default gives the type; the signature has been inferred from it.
            let (id, _) = self.infer(value);
            return (Root::Value(Some(id)), signature);
        };
        let why = Why::Annotation(self.annotation_anchor());
        let inner = match &ty.kind {
            Kind::Ssm(_) => Ty::text(Phase::CONST),
            Kind::Secret(inner) => (**inner).clone(),
            _ => ty.clone(),
        };
        let (id, given) = self.check(value, &Expect { ty: inner, why });
        if self.decl.kind(self.db) == DeclKind::Param {
            self.need(given.deepest(), Base::Const, value, "the default of a param");
        } else if self.decl.container(self.db).is_none() {
            self.need(given.deepest(), Base::Const, value, "the default of an input");
        }
        (Root::Value(Some(id)), signature)
    }

    fn annotation_anchor(&self) -> Anchor {
        match &self.body.parts {
            Parts::Value { ty: Some(ty), .. } => Anchor::ty(self.decl, *ty),
            _ => Anchor::name(self.decl),
        }
    }

    fn value(
        &mut self,
        ty: Option<cloudc_hir::TypeId>,
        as_ty: Option<cloudc_hir::TypeId>,
        value: Option<ExprId>,
    ) -> (Root, Signature) {
        let Some(value) = value else { return (Root::Value(None), Signature::error()) };
        let (declared, problems) = signatures::declared_type(self.db, self.decl).clone();
        self.problems.extend(problems);
        if let (DeclKind::Existing, Some(Ty { kind: kind @ Kind::Handle(handle), .. })) = (self.decl.kind(self.db), &declared) {
            // What is written is its identifier; others see the resource.
            let identifier = Ty::constant(Kind::Ident([handle.ref_ident()].into()));
            let anchor = ty.map_or(Anchor::name(self.decl), |ty| Anchor::ty(self.decl, ty));
            if let Some(id) = self.existing_call(value, *handle) {
                return (Root::Value(Some(id)), Signature { ty: Ty::constant(kind.clone()), formula: None, key: None });
            }
            let (id, _) = self.check(value, &Expect { ty: identifier, why: Why::Annotation(anchor) });
            return (Root::Value(Some(id)), Signature { ty: Ty::constant(kind.clone()), formula: None, key: None });
        }
        let expected = match (&declared, as_ty) {
            (Some(ty), _) => Some(ty.clone()),
            (None, Some(_)) => signatures::stands_for(self.db, self.decl).map(|ident| Ty::constant(Kind::Ident([ident].into()))),
            (None, None) => None,
        };
        let (id, given) = match expected {
            Some(expected) => {
                let anchor = ty.or(as_ty).map_or(Anchor::name(self.decl), |ty| Anchor::ty(self.decl, ty));
                let optional = matches!(expected.kind, Kind::Optional(_));
                let declared_kind = expected.clone();
                let (id, given) = self.check(value, &Expect { ty: expected, why: Why::Annotation(anchor) });
                // Others see what is written, not what it happens to be.
                let given = imposed(&declared_kind, &given);
                if optional { (id, given.optional(Phase::CONST)) } else { (id, given) }
            }
            None => self.infer(value),
        };
        if self.decl.kind(self.db) == DeclKind::Output {
            return self.output(id, given, value);
        }
        let formula = given.kind.is_bool().then(|| self.formula(id));
        (Root::Value(Some(id)), Signature { ty: given, formula, key: None })
    }

    fn output(&mut self, id: Id, given: Ty, value: ExprId) -> (Root, Signature) {
        if contains_secret(&given) {
            self.problems.push(self.secret_output(value));
        }
        self.stands_for_once();
        if let (true, Kind::Asset(kind)) = (self.decl.container(self.db).is_none(), &given.kind) {
            self.asset_as_text(*kind, value);
            return (Root::Nothing, Signature::error());
        }
        if self.decl.container(self.db).is_none() && holds_handle(&given) {
            self.handle_as_text(value, &given);
            return (Root::Nothing, Signature::error());
        }
        (Root::Value(Some(id)), Signature { ty: given, formula: None, key: None })
    }

    /// A component has one output for each identity.
    fn stands_for_once(&mut self) {
        let Some(ident) = *signatures::stands_for(self.db, self.decl) else { return };
        let Parts::Value { as_ty: Some(ty), .. } = self.body.parts else { return };
        let first = cloudc_hir::resolve::outputs(self.db, self.owner)
            .iter()
            .map(|(_, decl, _)| *decl)
            .find(|decl| *signatures::stands_for(self.db, *decl) == Some(ident));
        if let Some(first) = first.filter(|first| *first != self.decl) {
            self.problems.push(
                Problem::error("C0357", Anchor::ty(self.decl, ty), format!("another output stands for `{ident}` already"))
                    .related(Anchor::name(first), "this one")
                    .note("with two, the compiler could not tell which one is meant"),
            );
        }
    }

    fn condition(&mut self, condition: Option<ExprId>) -> (Root, Signature) {
        let Some(condition) = condition else { return (Root::Nothing, Signature::error()) };
        let (id, ty) = self.condition_expr(condition);
        let formula = self.formula(id);
        (Root::If(id), Signature { ty, formula: Some(formula), key: None })
    }

    /// A Bool that CloudFormation can decide before resources exist.
    pub fn condition_expr(&mut self, condition: ExprId) -> (Id, Ty) {
        let expect = Expect { ty: Ty::constant(Kind::Bool), why: Why::Builtin("a condition") };
        let (id, ty) = self.check(condition, &expect);
        if !self.need(ty.phase, Base::Param, condition, "a condition") {
            return self.error_node(condition);
        }
        (id, ty)
    }

    fn turns(&mut self, bindings: &[Name], iterable: Option<ExprId>, by: Option<ExprId>) -> (Root, Signature) {
        let Some(iterable) = iterable else { return (Root::Nothing, Signature::error()) };
        let (iterable_id, ty) = self.infer(iterable);
        let (iterable_id, ty) = self.open_seen(iterable, iterable_id, ty);
        let Some((key_ty, element_ty)) = self.iteration(iterable, &ty) else {
            return (Root::Nothing, Signature::error());
        };
        let is_map = matches!(ty.kind, Kind::Map(..) | Kind::Record(_));
        let key = match by {
            Some(by) => {
                let outer = self.owner;
                self.owner = Owner::Decl(self.decl, Branch::Then);
                // Its own variables: `for` looks them up through its signature, which is what is being made here.
                let depth = self.locals.len();
                self.bind_turn(bindings, &key_ty, &element_ty);
                let (id, ty) = self.infer(by);
                self.locals.truncate(depth);
                self.owner = outer;
                self.turn_key(by, &ty);
                TurnKey::By(id)
            }
            None if is_map => TurnKey::MapKey,
            // What is declared in a test or policy is deployed nowhere, so positions are names enough.
            None if self.in_check() && !element_ty.kind.is_text() && !element_ty.kind.is_int() => TurnKey::Position,
            None => {
                if !element_ty.is_error() && !element_ty.kind.is_text() && !element_ty.kind.is_int() {
                    let shown = self.show(&element_ty);
                    let element = bindings.last().map_or("x", |name| name.as_str());
                    let field = key_field(&element_ty).unwrap_or_else(|| "name".into());
                    self.problems.push(
                        Problem::error(
                            "C0324",
                            self.at(iterable),
                            format!("elements of type `{shown}` cannot name what is declared"),
                        )
                        .help(format!("say what tells them apart: write `by {element}.{field}` before the brace, or `by i` with `for i, {element} in …`")),
                    );
                } else if element_ty.phase.base > Base::Const {
                    let element = bindings.last().map_or("x", |name| name.as_str());
                    let problem = phase_problem(self.at(iterable), element_ty.phase.base, Base::Const, "the key of a loop");
                    self.problems.push(problem.help(format!("name the turns by position: `for i, {element} in … by i`")));
                } else {
                    self.need(element_ty.phase, Base::Const, iterable, "the key of a loop");
                }
                TurnKey::Element
            }
        };
        let key_kind = match &key {
            TurnKey::Element => element_ty.clone(),
            TurnKey::MapKey | TurnKey::Position => key_ty.clone(),
            TurnKey::By(id) => self.type_of_source(*id).unwrap_or_else(|| Ty::text(Phase::CONST)),
        };
        let turn = crate::signatures::Turn { key: key_ty, element: element_ty, name: key_kind.kind.widened() };
        let signature = Signature { ty: Ty::at(Kind::Bool, ty.phase), formula: None, key: Some(Arc::new(turn)) };
        (Root::For { iterable: iterable_id, key }, signature)
    }

    /// Inside `by`, the loop's variables are read as what they will be in each turn.
    fn bind_turn(&mut self, bindings: &[Name], key: &Ty, element: &Ty) {
        let pairs: Vec<(Name, Ty)> = match bindings {
            [one] => vec![(one.clone(), element.clone())],
            [first, second] => vec![(first.clone(), key.clone()), (second.clone(), element.clone())],
            _ => Vec::new(),
        };
        for (name, ty) in pairs {
            // A marker: references to it become loop variables, not locals.
            self.locals.push(Binding { name, local: Local(u32::MAX), ty });
        }
    }

    fn turn_key(&mut self, by: ExprId, ty: &Ty) {
        if ty.is_error() {
            return;
        }
        if !ty.kind.is_text() && !ty.kind.is_int() {
            let shown = self.show(ty);
            self.problems.push(
                Problem::error("C0324", self.at(by), format!("a loop's key must be text or an integer, not `{shown}`"))
                    .help("choose a field that tells the elements apart"),
            );
            return;
        }
        self.need(ty.phase, Base::Const, by, "the key of a loop");
    }

    fn type_of_source(&self, id: Id) -> Option<Ty> {
        self.types[self.nodes[id.0 as usize].src.0 as usize].clone()
    }

    fn assertion(&mut self, condition: Option<ExprId>, message: Option<ExprId>) -> (Root, Signature) {
        let Some(condition) = condition else { return (Root::Nothing, Signature::error()) };
        let (id, _) = self.condition_expr(condition);
        let message = message.map(|message| {
            let expect = Expect { ty: Ty::text(Phase::CONST), why: Why::Builtin("a message") };
            self.check(message, &expect).0
        });
        (Root::Assert { condition: id, message }, Signature::error())
    }

    fn settings(&mut self, record: Option<ExprId>, holder: Holder) -> (Root, Signature) {
        let settings = record.map(|record| self.settings_of(holder, record)).unwrap_or_default();
        (Root::Settings(settings), Signature::error())
    }

    /// The settings in a record.
    pub fn settings_of(&mut self, holder: Holder, record: ExprId) -> Vec<(Name, Id)> {
        let Expr::Record(entries) = self.body.expr(record) else { return Vec::new() };
        entries.iter().filter_map(|entry| self.setting(holder, entry)).collect()
    }

    fn setting(&mut self, holder: Holder, entry: &cloudc_hir::body::Entry) -> Option<(Name, Id)> {
        use cloudc_hir::body::{Entry, Key};
        let Entry::Field { key: Key::Text(name), value, anchor, .. } = entry else { return None };
        let text_map = || Kind::Map(Arc::new(Kind::Str(None)), Arc::new(Ty::text(Phase::CONST)));
        let names = holder.names();
        if !names.contains(&name.as_str()) {
            let at = self.at(*anchor);
            let mut problem = Problem::error("C0343", at, format!("{} has no setting `{name}`", holder.describe()))
                .note(format!("its settings are {}", names.join(", ")));
            if let Some(near) = cloudc_base::suggest::nearest(name, names) {
                problem = crate::access::did_you_mean(problem, at, near);
            }
            self.problems.push(problem);
            return None;
        }
        if let Some(id) = self.project_setting(holder, name, *value) {
            return Some((name.clone(), id));
        }
        let ty = match name.as_str() {
            "regions" | "notifications" | "transforms" | "parts" => Ty::list(Ty::text(Phase::CONST), Phase::CONST),
            "tags" => Ty::constant(text_map()),
            "budget" => Ty::constant(Kind::Float(None)),
            "protection" | "publish" => Ty::constant(Kind::Bool),
            "metadata" | "globals" | "raw" => Ty::constant(Kind::Json),
            other => crate::project::around_deployment(other).unwrap_or_else(|| Ty::text(Phase::CONST)),
        };
        let free = matches!(name.as_str(), "metadata" | "globals" | "raw");
        self.json_depth += u32::from(free);
        let (id, given) = self.check(*value, &Expect { ty, why: Why::Builtin("a stack's setting") });
        self.json_depth -= u32::from(free);
        if !free {
            self.need(given.deepest(), Base::Const, *value, "a stack's setting");
        }
        let body = self.body;
        let codes: Vec<ExprId> = match (name.as_str(), body.expr(*value)) {
            ("region", _) => vec![*value],
            ("regions", Expr::List(items)) => items.iter().filter_map(item).collect(),
            _ => Vec::new(),
        };
        for at in codes {
            if let Expr::Literal(cloudc_hir::body::Literal::Str(code)) = body.expr(at) {
                self.known_region(at, code);
            }
        }
        Some((name.clone(), id))
    }

    /// A region that AWS has.
    pub fn known_region(&mut self, at: ExprId, code: &str) {
        if cloudc_schema::regions::find(code).is_some() {
            return;
        }
        let at = self.at(at);
        let mut problem = Problem::error("C0344", at, format!("AWS has no region `{code}`"));
        let codes: Vec<&str> = cloudc_schema::regions::all().iter().map(|region| region.code).collect();
        if let Some(near) = cloudc_base::suggest::nearest(code, codes) {
            problem = problem.help(format!("did you mean `{near}`?")).fix(
                format!("change it to `{near}`"),
                cloudc_hir::problem::Spot::Replace(at),
                format!("{near:?}"),
            );
        }
        self.problems.push(problem);
    }
}

/// An element that is written as it is.
fn item(element: &cloudc_hir::body::Element) -> Option<ExprId> {
    match element {
        cloudc_hir::body::Element::Item { value, .. } => Some(*value),
        _ => None,
    }
}

/// A field that could tell elements apart: text or an integer known when compiling.
fn key_field(element: &Ty) -> Option<Name> {
    let Kind::Record(fields) = &element.kind else { return None };
    let fits = |ty: &Ty| ty.phase.is_const() && (ty.kind.is_text() || ty.kind.is_int());
    fields.iter().find(|field| fits(&field.ty)).map(|field| field.name.clone())
}

/// A written type at the phases that what is given has.
fn imposed(declared: &Ty, given: &Ty) -> Ty {
    match (&declared.kind, &given.kind) {
        (_, Kind::Error | Kind::None) | (Kind::Node(_) | Kind::Object(_) | Kind::Json, _) => given.clone(),
        (Kind::Optional(inner), Kind::Optional(own)) => Ty::at(Kind::Optional(Arc::new(imposed(inner, own))), given.phase),
        (Kind::Optional(inner), _) => imposed(inner, given),
        (Kind::List(inner), Kind::List(own)) => Ty::list(imposed(inner, own), given.phase),
        (Kind::Map(key, inner), Kind::Map(_, own)) => Ty::at(Kind::Map(key.clone(), Arc::new(imposed(inner, own))), given.phase),
        (Kind::Record(_) | Kind::Instance(..) | Kind::Handle(_) | Kind::Custom(_) | Kind::Secret(_) | Kind::Ssm(_), _) => {
            given.clone()
        }
        (kind, _) => Ty::at(kind.clone(), given.deepest()),
    }
}

/// Whether it is a resource, or a list of such, which a stack's output cannot hold.
fn holds_handle(ty: &Ty) -> bool {
    match &ty.kind {
        Kind::Handle(_) | Kind::Custom(_) | Kind::Instance(..) => true,
        Kind::List(inner) | Kind::Optional(inner) | Kind::Map(_, inner) => holds_handle(inner),
        _ => false,
    }
}

/// Whether a secret is anywhere in it.
pub(crate) fn contains_secret(ty: &Ty) -> bool {
    match &ty.kind {
        Kind::Secret(_) => true,
        Kind::List(inner) | Kind::Optional(inner) | Kind::Map(_, inner) | Kind::Ssm(inner) => contains_secret(inner),
        Kind::Record(fields) => fields.iter().any(|field| contains_secret(&field.ty)),
        _ => false,
    }
}

/// Something is known too late.
pub(crate) fn phase_problem(at: Anchor, is: Base, most: Base, what: &str) -> Problem {
    let must = match most {
        Base::Const => "must be known when compiling",
        _ => "must be known when the deployment starts",
    };
    let code = if most == Base::Const { "C0320" } else { "C0321" };
    let problem = Problem::error(code, at, format!("{what} {must}")).label(format!("this is {}", is.describe()));
    match most {
        Base::Const if is == Base::Param => {
            problem.help("make it an `input`, which is chosen when compiling, instead of a `param`")
        }
        Base::Const => problem.note("CloudFormation has no loops or arithmetic over what resources give back"),
        _ => problem.note("CloudFormation decides conditions and looks values up before resources exist"),
    }
}
