//! Inputs: from the command line, the instance's arguments, patches, or the default.

use cloudc_hir::{Anchor, Decl, Name, Problem};
use cloudc_types::typed::Root;
use cloudc_types::{Given, Setting};

use crate::evaluate::{Cx, Run, constant};
use crate::frame::{Frame, Origin, Site, Target};
use crate::merge::{merge, patches, same_targets};
use crate::values::{Field, Node, Src, Value};
use crate::{Db, codes, whole};

/// What an input or parameter is given from outside its file.
#[derive(Debug, Clone, PartialEq)]
pub enum Chosen {
    /// On the command line.
    Text(String),
    /// By a test, a project or an environment.
    Given(Given),
}

impl Chosen {
    /// The value, when it is one that the declaration takes; else why not.
    pub fn fit(&self, db: &dyn Db, decl: Decl) -> Result<Setting, String> {
        match self {
            Chosen::Text(text) => cloudc_types::parse_setting(db, decl, text),
            Chosen::Given(given) => cloudc_types::conform(db, decl, given),
        }
    }
}

/// What was given for an input from outside; a projection, so that an edit stops at the name it changes.
#[salsa::tracked(returns(ref))]
pub fn setting(db: &dyn Db, target: Target, name: Name) -> Option<Chosen> {
    chosen(db, target, &name, "inputs", |given| &given.inputs)
}

/// The same for a parameter.
#[salsa::tracked(returns(ref))]
pub fn param_setting(db: &dyn Db, target: Target, name: Name) -> Option<Chosen> {
    chosen(db, target, &name, "params", |given| &given.params)
}

fn chosen(
    db: &dyn Db,
    target: Target,
    name: &Name,
    section: &str,
    list: impl Fn(&crate::frame::Arguments) -> &Vec<(Name, Given)>,
) -> Option<Chosen> {
    let find = |given: &crate::frame::Arguments| {
        list(given).iter().find(|(known, _)| known == name).map(|(_, given)| Chosen::Given(given.clone()))
    };
    let from_project = || {
        let node = crate::project::given(db, target, section, name)?;
        crate::evaluate::given(&node.value).map(Chosen::Given)
    };
    if let Some(given) = target.given(db) {
        return find(given).or_else(from_project);
    }
    let written = db.settings().sets(db).get(name).cloned().map(Chosen::Text);
    written.or_else(from_project)
}

pub(crate) fn input(db: &dyn Db, site: Site, run: &mut Run) -> Node {
    match site.frame(db).origin(db) {
        Origin::Instance(caller) => argument(db, *caller, site, run),
        Origin::Target(target) => from_outside(db, *target, site, run),
        Origin::Module(..) | Origin::Turn(..) | Origin::Policy(..) => default(db, site, run),
    }
}

fn from_outside(db: &dyn Db, target: Target, site: Site, run: &mut Run) -> Node {
    let decl = site.decl(db);
    let Some(setting) = setting(db, target, decl.name(db).clone()) else { return default(db, site, run) };
    let src = whole(site, db);
    match setting.fit(db, decl) {
        Ok(setting) => src.node(parsed(&setting, src)),
        Err(message) => {
            let message = format!("the value given for input `{}` does not fit: {message}", decl.name(db));
            run.problems.push(Problem::error(codes::BAD_SETTING, Anchor::name(decl), message));
            src.node(Value::Poison)
        }
    }
}

/// The value that a setting stands for.
pub(crate) fn parsed(setting: &Setting, src: Src) -> Value {
    match setting {
        Setting::Literal(literal) => constant(literal),
        Setting::List(items) => Value::list(items.iter().map(|item| src.node(parsed(item, src))).collect()),
        Setting::Map(entries) => {
            let fields =
                entries.iter().map(|(name, item)| Field { name: name.clone(), node: src.node(parsed(item, src)), site: src });
            Value::record(fields.collect())
        }
    }
}

/// The argument, evaluated where the instance is declared, with what `with` puts over it.
fn argument(db: &dyn Db, caller: Site, site: Site, run: &mut Run) -> Node {
    let name = site.decl(db).name(db);
    let (frame, decl) = (caller.frame(db), caller.decl(db));
    let mut given = None;
    if let Root::Instance { inputs, .. } = &cloudc_types::typed(db, decl).root
        && let Some((_, id)) = inputs.iter().find(|(input, _)| input == name)
    {
        given = Some(Cx::new(db, frame, decl, run).node(*id));
    }
    for patch in patches(db, frame.container(db)).iter().filter(|patch| same_targets(patch, decl)) {
        if let Some(over) =
            patched_input(db, patch.frame, patch.decl, patch.get(db).and_then(|patch| patch.properties), name, run)
        {
            given = Some(match given {
                Some(below) => merge(db, &below, &over),
                None => over,
            });
        }
    }
    match given {
        Some(node) => node,
        None => default(db, site, run),
    }
}

fn patched_input(
    db: &dyn Db,
    frame: Frame,
    decl: cloudc_hir::Decl,
    record: Option<cloudc_types::typed::Id>,
    name: &Name,
    run: &mut Run,
) -> Option<Node> {
    let node = Cx::new(db, frame, decl, run).node(record?);
    match &node.value {
        Value::Record(fields) => fields.iter().find(|field| field.name == *name).map(|field| field.node.clone()),
        _ => None,
    }
}

fn default(db: &dyn Db, site: Site, run: &mut Run) -> Node {
    let decl = site.decl(db);
    let mut cx = Cx::new(db, site.frame(db), decl, run);
    if let Root::Value(Some(id)) = &cx.typed.root {
        return cx.node(*id);
    }
    let src = whole(site, db);
    if db.settings().lenient(db) {
        return src.node(Value::Unknown);
    }
    // An argument that is missing has been reported where the instance is.
    if matches!(site.frame(db).origin(db), Origin::Target(_)) && cx.typed.problems.is_empty() {
        let name = decl.name(db);
        let problem = Problem::error(codes::INPUT_MISSING, Anchor::name(decl), format!("input `{name}` has no value"))
            .help(format!("give it with `--set {name}=…`, in an environment, or write a default"));
        run.problems.push(problem);
    }
    src.node(Value::Poison)
}
