//! `project.cloud`: which stacks and environments there are, and what they set.
//!
//! In: the declarations of the file at the root of the project. Out: stacks by file, environments by name, typed settings. Always: a
//! project without that file has neither, and nothing here is asked of the disk but the files it names.

use cloudc_base::{Content, File, path};
use cloudc_hir::body::{Entry, Expr, ExprId, Key, Literal, Parts};
use cloudc_hir::{Anchor, Decl, DeclKind, Name, Owner, Problem};

use crate::Db;
use crate::infer::{Ctx, Expect, Why};
use crate::phase::{Base, Phase};
use crate::ty::{Field, Kind, Lit, Ty};
use crate::typed::{self, Id};

/// A stack of the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// What the project calls it.
    pub name: Name,
    /// Its file.
    pub file: File,
    /// The path, in the body of the `project`.
    pub at: ExprId,
}

/// `project.cloud` at the root, when there is one.
pub fn project_file(db: &dyn Db) -> Option<File> {
    let file = db.files().get(db, "/project.cloud");
    matches!(file.content(db), Content::Text(_)).then_some(file)
}

/// The `project` of the file; the first one.
pub fn project_decl(db: &dyn Db) -> Option<Decl> {
    first_of(db, DeclKind::Project)
}

fn first_of(db: &dyn Db, kind: DeclKind) -> Option<Decl> {
    let file = project_file(db)?;
    cloudc_hir::declarations(db, Owner::File(file)).iter().copied().find(|decl| decl.kind(db) == kind)
}

/// The stacks that the project lists, in order; nothing when it lists none.
pub fn listed(db: &dyn Db) -> Vec<Listed> {
    project_decl(db).map(|decl| stacks_of(db, decl).clone()).unwrap_or_default()
}

#[salsa::tracked(returns(ref))]
fn stacks_of(db: &dyn Db, project: Decl) -> Vec<Listed> {
    let body = cloudc_hir::body(db, project);
    let Parts::Settings { body: Some(record), .. } = &body.parts else { return Vec::new() };
    let Some(Expr::Record(stacks)) = field(body, *record, "stacks").map(|at| body.expr(at)) else { return Vec::new() };
    let from = project.file(db).path(db);
    let stacks = stacks.iter().filter_map(|entry| {
        let Entry::Field { key: Key::Text(name), value, .. } = entry else { return None };
        let Expr::Literal(Literal::Str(written)) = body.expr(*value) else { return None };
        let path = path::resolve(from, written)?;
        Some(Listed { name: name.clone(), file: db.files().get(db, &path), at: *value })
    });
    stacks.collect()
}

fn field(body: &cloudc_hir::Body, record: ExprId, wanted: &str) -> Option<ExprId> {
    let Expr::Record(entries) = body.expr(record) else { return None };
    entries.iter().find_map(|entry| match entry {
        Entry::Field { key: Key::Text(name), value, .. } if name == wanted => Some(*value),
        _ => None,
    })
}

/// The environments by name, in order.
pub fn environments(db: &dyn Db) -> Vec<(Name, Decl)> {
    let Some(file) = project_file(db) else { return Vec::new() };
    let envs = cloudc_hir::declarations(db, Owner::File(file)).iter().filter(|decl| decl.kind(db) == DeclKind::Env);
    envs.map(|decl| (decl.name(db).clone(), *decl)).collect()
}

/// An environment and its parents, itself first. Ends where a parent is missing or comes again.
pub fn ancestry(db: &dyn Db, env: Decl) -> Vec<Decl> {
    let all = environments(db);
    let mut found = vec![env];
    while let Some(parent) = found.last().and_then(|last| parent_name(db, *last)) {
        match all.iter().find(|(name, _)| *name == parent) {
            Some((_, decl)) if !found.contains(decl) => found.push(*decl),
            _ => break,
        }
    }
    found
}

fn parent_name(db: &dyn Db, env: Decl) -> Option<Name> {
    match &cloudc_hir::body(db, env).parts {
        Parts::Settings { parent, .. } => parent.clone(),
        _ => None,
    }
}

/// The type of `project.env`: one of the environments' names.
pub(crate) fn environment_type(db: &dyn Db) -> Ty {
    let names: Vec<Kind> = environments(db).into_iter().map(|(name, _)| Kind::Lit(Lit::Str(name))).collect();
    if names.is_empty() { Ty::text(Phase::CONST) } else { Ty::constant(Kind::union(names)) }
}

/// What a record of settings belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holder {
    Stack,
    Project,
    Env,
    /// An environment's entry for one stack.
    Entry(File),
    /// What is said of a region, for one stack or for all.
    Region(Option<File>),
}

const SHARED: [&str; 10] =
    ["region", "regions", "tags", "budget", "protection", "publish", "notifications", "hooks", "health", "rollback"];

impl Holder {
    /// The settings it can have beside [`SHARED`].
    fn own(self) -> &'static [&'static str] {
        match self {
            Holder::Stack => &["name", "description", "parts", "metadata", "transforms", "globals", "raw"],
            Holder::Project => &["description", "inputs", "params", "stacks"],
            Holder::Env => &["account", "role", "external_id", "approval", "inputs", "params", "stacks"],
            Holder::Entry(_) => &["name", "description", "inputs", "params"],
            Holder::Region(_) => &["inputs", "params", "tags"],
        }
    }

    pub fn names(self) -> Vec<&'static str> {
        if let Holder::Region(_) = self {
            return self.own().to_vec();
        }
        self.own().iter().chain(&SHARED).copied().collect()
    }

    pub fn describe(self) -> &'static str {
        match self {
            Holder::Stack => "a stack",
            Holder::Project => "a project",
            Holder::Env => "an environment",
            Holder::Entry(_) => "a stack in an environment",
            Holder::Region(_) => "a region",
        }
    }
}

/// The types of what a deployment does around the stack; nothing for other settings.
pub(crate) fn around_deployment(name: &str) -> Option<Ty> {
    let texts = || Ty::list(Ty::text(Phase::CONST), Phase::CONST);
    let duration = || Ty::constant(Kind::Duration);
    let maybe = |fields: Vec<(&str, Ty)>| {
        let field = |(name, ty): (&str, Ty)| Field { name: name.into(), ty: ty.optional(Phase::CONST) };
        Ty::constant(Kind::Record(fields.into_iter().map(field).collect()))
    };
    Some(match name {
        "hooks" => maybe(vec![("before", texts()), ("after", texts())]),
        "health" => {
            let check = maybe(vec![
                ("url", Ty::text(Phase::CONST)),
                ("output", Ty::text(Phase::CONST)),
                ("path", Ty::text(Phase::CONST)),
                ("status", Ty::constant(Kind::Int(None))),
                ("command", Ty::text(Phase::CONST)),
                ("within", duration()),
            ]);
            Ty::list(check, Phase::CONST)
        }
        "rollback" => maybe(vec![("unhealthy", Ty::constant(Kind::Bool)), ("alarms", texts()), ("watch", duration())]),
        _ => return None,
    })
}

impl Ctx<'_> {
    /// `inputs`, `params`, `stacks`, `approval`, and `regions` that say something of each, of a project or environment; nothing when
    /// the setting is another.
    pub fn project_setting(&mut self, holder: Holder, name: &Name, value: ExprId) -> Option<Id> {
        match (name.as_str(), holder) {
            ("inputs", _) => Some(self.values_for(holder, value, DeclKind::Input)),
            ("params", _) => Some(self.values_for(holder, value, DeclKind::Param)),
            ("stacks", Holder::Project) => Some(self.stack_paths(value)),
            ("stacks", Holder::Env) => Some(self.stack_entries(value)),
            ("regions", _) if matches!(self.body.expr(value), Expr::Record(_)) => Some(match holder {
                Holder::Stack => {
                    let problem = Problem::error("C0301", self.at(value), "the regions of a stack are a list: `[\"eu-west-1\"]`")
                        .help("what differs in each is said in `project` or `env`, or here with `match stack.region { … }`");
                    self.fail(value, problem).0
                }
                _ => self.region_entries(holder, value),
            }),
            ("approval", _) => {
                let kinds = ["always", "changes", "never"].map(|word| Kind::Lit(Lit::Str(word.into())));
                let expect = Expect { ty: Ty::constant(Kind::union(kinds)), why: Why::Builtin("when deploying asks first") };
                Some(self.check(value, &expect).0)
            }
            _ => None,
        }
    }

    /// `inputs: { nodes: 3 }`: each a value for every stack that declares it.
    fn values_for(&mut self, holder: Holder, record: ExprId, kind: DeclKind) -> Id {
        let Expr::Record(entries) = self.body.expr(record) else {
            let problem = Problem::error("C0301", self.at(record), "values are given by name: `{ name: value }`");
            return self.fail(record, problem).0;
        };
        let declared = self.declared_in_stacks(holder, kind);
        let mut fields = Vec::new();
        for entry in entries {
            let Entry::Field { key: Key::Text(name), value, guard: None, anchor } = entry else {
                let at = self.at(record);
                self.problems.push(Problem::error("C0301", at, "values are given by name: `{ name: value }`"));
                continue;
            };
            let ty = match &declared {
                None => None,
                Some(all) => match all.iter().find(|decl| decl.name(self.db) == name) {
                    Some(decl) => Some((crate::given_type(self.db, *decl), *decl)),
                    None => {
                        self.unknown_value(*anchor, name, all, kind);
                        continue;
                    }
                },
            };
            let (id, given) = match ty {
                Some((ty, decl)) => self.check(*value, &Expect { ty, why: Why::Input(name.clone(), Anchor::name(decl)) }),
                None => self.infer(*value),
            };
            self.need(given.deepest(), Base::Const, *value, "what a project or environment sets");
            fields.push(typed::Entry::Field { key: typed::Key::Text(name.clone()), value: id, guard: None, site: *anchor });
        }
        self.types[record.0 as usize] = Some(Ty::constant(Kind::Json));
        self.node(typed::Kind::Record(fields), record)
    }

    /// The inputs or params of the stacks that a setting reaches; nothing when the project does not list its stacks.
    fn declared_in_stacks(&self, holder: Holder, kind: DeclKind) -> Option<Vec<Decl>> {
        let files: Vec<File> = match holder {
            Holder::Entry(file) | Holder::Region(Some(file)) => vec![file],
            _ => listed(self.db).into_iter().map(|stack| stack.file).collect(),
        };
        let of = |file: File| match kind {
            DeclKind::Input => cloudc_hir::inputs(self.db, Owner::File(file)).to_vec(),
            _ => cloudc_hir::params(self.db, file).to_vec(),
        };
        (!files.is_empty()).then(|| files.into_iter().flat_map(of).collect())
    }

    fn unknown_value(&mut self, at: ExprId, name: &Name, all: &[Decl], kind: DeclKind) {
        let at = self.at(at);
        let what = kind.keyword();
        let mut problem = Problem::error("C0346", at, format!("no stack here has {} `{what}` called `{name}`", article(what)));
        let names: Vec<&str> = all.iter().map(|decl| decl.name(self.db).as_str()).collect();
        if let Some(near) = cloudc_base::suggest::nearest(name, names.iter().copied()) {
            problem = crate::access::did_you_mean(problem, at, near);
        } else if !names.is_empty() {
            let shown = crate::checks::list_some(names.iter().map(|name| (*name).to_owned()), 12);
            problem = problem.note(format!("there are {shown}"));
        }
        self.problems.push(problem);
    }

    /// `stacks: { network: "./network.cloud" }`.
    fn stack_paths(&mut self, record: ExprId) -> Id {
        let text = Expect { ty: Ty::text(Phase::CONST), why: Why::Builtin("the path of a stack") };
        let map = Kind::Map(std::sync::Arc::new(Kind::Str(None)), std::sync::Arc::new(text.ty.clone()));
        let (id, _) = self.check(record, &Expect { ty: Ty::constant(map), why: text.why });
        let mut seen: Vec<File> = Vec::new();
        for stack in stacks_of(self.db, self.decl) {
            let at = self.at(stack.at);
            let problem = match stack.file.content(self.db) {
                Content::Text(_) if cloudc_hir::stack_decl(self.db, stack.file).is_none() => "has no `stack`",
                Content::Text(_) if seen.contains(&stack.file) => "is listed twice",
                Content::Text(_) => {
                    seen.push(stack.file);
                    continue;
                }
                _ => "cannot be read",
            };
            self.problems.push(Problem::error("C0347", at, format!("`{}` {problem}", stack.file.path(self.db))));
        }
        id
    }

    /// `stacks: { api: { inputs: { … } } }` of an environment.
    fn stack_entries(&mut self, record: ExprId) -> Id {
        let stacks = listed(self.db);
        let Expr::Record(entries) = self.body.expr(record) else {
            let problem =
                Problem::error("C0301", self.at(record), "what an environment sets for a stack is written `name: { … }`");
            return self.fail(record, problem).0;
        };
        let mut fields = Vec::new();
        for entry in entries {
            let Entry::Field { key: Key::Text(name), value, guard: None, anchor } = entry else { continue };
            let Some(stack) = stacks.iter().find(|stack| stack.name == *name) else {
                let at = self.at(*anchor);
                let mut problem = Problem::error("C0346", at, format!("the project lists no stack `{name}`"));
                problem = match cloudc_base::suggest::nearest(name, stacks.iter().map(|stack| stack.name.as_str())) {
                    Some(near) => crate::access::did_you_mean(problem, at, near),
                    None => problem.help("list it in `project`: `stacks: { name: \"./name.cloud\" }`"),
                };
                self.problems.push(problem);
                continue;
            };
            fields.push(self.nested(Holder::Entry(stack.file), name, *value, *anchor));
        }
        self.types[record.0 as usize] = Some(Ty::constant(Kind::Json));
        self.node(typed::Kind::Record(fields), record)
    }

    /// `regions: { "eu-west-1": { params: { … } } }`: the regions, and what differs in each.
    fn region_entries(&mut self, holder: Holder, record: ExprId) -> Id {
        let of = match holder {
            Holder::Entry(file) => Some(file),
            _ => None,
        };
        let body = self.body;
        let mut fields = Vec::new();
        let Expr::Record(entries) = body.expr(record) else { return self.infer(record).0 };
        for entry in entries {
            let Entry::Field { key: Key::Text(name), value, guard: None, anchor } = entry else {
                let at = self.at(record);
                self.problems.push(Problem::error(
                    "C0301",
                    at,
                    "regions are written one by one: `\"eu-west-1\": { params: { … } }`",
                ));
                continue;
            };
            self.known_region(*anchor, name);
            if !matches!(body.expr(*value), Expr::Record(_)) {
                let at = self.at(*value);
                self.problems.push(Problem::error("C0301", at, "what differs in a region is written `{ params: { … } }`"));
                continue;
            }
            fields.push(self.nested(Holder::Region(of), name, *value, *anchor));
        }
        self.types[record.0 as usize] = Some(Ty::constant(Kind::Json));
        self.node(typed::Kind::Record(fields), record)
    }

    /// The settings that stand under a name.
    fn nested(&mut self, holder: Holder, name: &Name, record: ExprId, site: ExprId) -> typed::Entry {
        let field = |name: Name, value: Id| typed::Entry::Field { key: typed::Key::Text(name), value, guard: None, site };
        let inner = self.settings_of(holder, record).into_iter().map(|(name, value)| field(name, value)).collect();
        field(name.clone(), self.node(typed::Kind::Record(inner), record))
    }

    /// What is wrong with an environment beside its settings.
    pub fn environment(&mut self) {
        let all = environments(self.db);
        let name = self.decl.name(self.db);
        let at = Anchor::name(self.decl);
        if let Some((_, first)) = all.iter().find(|(known, _)| known == name)
            && *first != self.decl
        {
            let problem = Problem::error("C0202", at, format!("there are two environments `{name}`"));
            self.problems.push(problem.related(Anchor::name(*first), "the first one"));
        }
        let Some(parent) = parent_name(self.db, self.decl) else { return };
        if !all.iter().any(|(known, _)| *known == parent) {
            let mut problem = Problem::error("C0346", at, format!("there is no environment `{parent}` to build upon"));
            if let Some(near) = cloudc_base::suggest::nearest(&parent, all.iter().map(|(name, _)| name.as_str())) {
                problem = problem.help(format!("did you mean `{near}`?"));
            }
            self.problems.push(problem);
        } else if ancestry(self.db, self.decl).last().is_some_and(|last| parent_name(self.db, *last).is_some()) {
            self.problems.push(Problem::error("C0348", at, format!("the environment `{name}` builds upon itself")));
        }
    }
}

fn article(word: &str) -> &'static str {
    if word.starts_with('i') { "an" } else { "a" }
}
