//! The project that a stack belongs to: what it and the environment set, and the other stacks.
//!
//! In: a target. Out: layers of settings, other targets, how outputs are read across stacks. Always: the same for a stack however it
//! is built, and no stack is evaluated to find out who reads it.

use std::sync::Arc;

use cloudc_base::File;
use cloudc_hir::{Decl, DeclKind, Name, Problem};
use cloudc_types::project::{ancestry, environments, listed, project_decl};
use cloudc_types::typed::{AttrKind, Root};
use rustc_hash::FxHashSet;

use crate::evaluate::{Cx, Run};
use crate::frame::{Arguments, Frame, Site, Target};
use crate::values::{Expr, Field, Node, Op, Src, Value};
use crate::{Db, assemble, codes};

pub use cloudc_types::project::project_file as file;

/// What a `project` or `env` sets, as a record, and what is wrong with it.
#[salsa::tracked(returns(ref))]
fn settings(db: &dyn Db, target: Target, decl: Decl) -> Arc<(Node, Vec<Problem>)> {
    let src = Src { decl, expr: cloudc_hir::ExprId(0) };
    let Root::Settings(settings) = &cloudc_types::typed(db, decl).root else {
        return Arc::new((src.node(Value::None), Vec::new()));
    };
    let mut run = Run::default();
    let frame = Frame::of_module(db, target, decl.file(db));
    let mut cx = Cx::new(db, frame, decl, &mut run);
    let fields = settings.iter().map(|(name, id)| Field { name: name.clone(), node: cx.node(*id), site: src }).collect();
    Arc::new((src.node(Value::record(fields)), run.problems))
}

/// What the project calls a stack; nothing when it is none of the project's.
fn entry(db: &dyn Db, target: Target) -> Option<Name> {
    project_decl(db)?;
    let stacks = listed(db);
    if stacks.is_empty() {
        return target.stack_decl(db).map(|decl| decl.name(db).clone());
    }
    stacks.into_iter().find(|stack| stack.file == target.file(db)).map(|stack| stack.name)
}

/// The chosen environment and those it builds upon, itself first.
fn chain(db: &dyn Db, target: Target) -> Vec<Decl> {
    let Some(name) = target.environment(db) else { return Vec::new() };
    let found = environments(db).into_iter().find(|(known, _)| known == name);
    found.map(|(_, decl)| ancestry(db, decl)).unwrap_or_default()
}

/// Records of settings that reach a stack, the one that wins first: what environments say of this stack, and what is said of all; what
/// a record says of the region comes before the rest of it.
struct Layers {
    /// For this stack alone.
    entries: Vec<Node>,
    /// Both kinds, as values for inputs and parameters are layered.
    all: Vec<Node>,
    /// For all stacks.
    shared: Vec<Node>,
}

fn layers(db: &dyn Db, target: Target) -> Layers {
    let mut layers = Layers { entries: Vec::new(), all: Vec::new(), shared: Vec::new() };
    let (None, Some(name)) = (target.test(db), entry(db, target)) else { return layers };
    for decl in chain(db, target).into_iter().chain(project_decl(db)) {
        let record = settings(db, target, decl).0.clone();
        // What a project has under `stacks` are files.
        let own = record.value.field("stacks").and_then(|stacks| stacks.value.field(&name));
        if let Some(own) = own.filter(|own| matches!(own.value, Value::Record(_))) {
            layers.entries.push(own.clone());
            layers.all.push(own.clone());
        }
        layers.all.push(record.clone());
        layers.shared.push(record);
    }
    if let Some(region) = target.region(db).clone().or_else(|| only_region(&layers.all)) {
        for list in [&mut layers.entries, &mut layers.all, &mut layers.shared] {
            *list =
                std::mem::take(list).into_iter().flat_map(|layer| [in_region(&layer, &region), Some(layer)]).flatten().collect();
        }
    }
    layers
}

/// What a record says of a region.
fn in_region(layer: &Node, region: &Name) -> Option<Node> {
    layer.value.field("regions")?.value.field(region).cloned()
}

/// The one region that project and environments say, where the stack says none itself.
fn only_region(layers: &[Node]) -> Option<Name> {
    let says = layers.iter().find_map(|layer| layer.value.field("region").or_else(|| layer.value.field("regions")))?;
    says.value.as_str().map(Name::from)
}

/// The value that the project or environment gives for an input (`inputs`) or parameter (`params`).
pub fn given(db: &dyn Db, target: Target, section: &str, name: &str) -> Option<Node> {
    layers(db, target).all.iter().find_map(|layer| layer.value.field(section)?.value.field(name).cloned())
}

/// A setting of a stack from `own`, what it writes itself, and from the layers around. Tags merge; `region` and `regions` are one.
pub fn setting(db: &dyn Db, target: Target, name: &str, own: &dyn Fn(&str) -> Option<Node>) -> Option<Node> {
    let layers = layers(db, target);
    let from = |name: &str, layer: &Node| layer.value.field(name).cloned();
    let alone = matches!(name, "name" | "description" | "parts" | "metadata" | "transforms" | "globals" | "raw");
    let shared: &[Node] = if alone { &[] } else { &layers.shared };
    let all = |name: &str| {
        let above = layers.entries.iter().map(|layer| from(name, layer));
        let below = shared.iter().map(|layer| from(name, layer));
        above.chain([own(name)]).chain(below).collect::<Vec<_>>()
    };
    match name {
        "tags" => {
            let mut found = all(name).into_iter().flatten();
            let first = found.next()?;
            Some(found.fold(first, |over, base| crate::merge::merge(db, &base, &over)))
        }
        "region" | "regions" => {
            let pairs = all("region").into_iter().zip(all("regions"));
            let mut pairs = pairs.into_iter();
            let (region, regions) = pairs.find(|(region, regions)| region.is_some() || regions.is_some())?;
            if name == "region" { region } else { regions.map(|regions| codes_of(&regions)) }
        }
        _ => all(name).into_iter().flatten().next(),
    }
}

/// Regions as a list, also where something is said of each.
fn codes_of(regions: &Node) -> Node {
    let Value::Record(fields) = &regions.value else { return regions.clone() };
    let codes = fields.iter().map(|field| Node { value: Value::Str(field.name.clone()), ..regions.clone() });
    Node { value: Value::list(codes.collect()), ..regions.clone() }
}

/// The name of a stack that chooses none: `project-env-stack`, or its own outside of a project.
pub fn default_name(db: &dyn Db, target: Target) -> Option<Name> {
    let stack = target.stack_decl(db)?.name(db);
    let project = project_decl(db).filter(|_| entry(db, target).is_some());
    let environment = target.environment(db).as_ref().filter(|_| project.is_some());
    let parts = [project.map(|project| project.name(db)), environment, Some(stack)];
    let parts: Vec<&str> = parts.into_iter().flatten().map(Name::as_str).collect();
    // A stack's name is made of letters, digits and hyphens.
    Some(parts.join("-").replace('_', "-").into())
}

/// A setting of the environment, as text: `account`, `role`, `external_id`, `approval`.
pub fn environment_setting(db: &dyn Db, target: Target, name: &str) -> Option<Name> {
    environment_node(db, target, name).and_then(|node| node.value.as_str().map(Name::from))
}

/// A setting of the environment.
pub fn environment_node(db: &dyn Db, target: Target, name: &str) -> Option<Node> {
    entry(db, target)?;
    let mut records = chain(db, target).into_iter().map(|env| settings(db, target, env).0.clone());
    records.find_map(|record| record.value.field(name).filter(|node| node.value.as_str().is_some()).cloned())
}

/// What is wrong with the settings that reach a target, and with its environment.
pub fn problems(db: &dyn Db, target: Target) -> Vec<Problem> {
    let mut found = Vec::new();
    if entry(db, target).is_none() || target.test(db).is_some() {
        return found;
    }
    for decl in chain(db, target).into_iter().chain(project_decl(db)) {
        found.extend(settings(db, target, decl).1.iter().cloned());
    }
    let all = environments(db);
    if let Some(name) =
        target.environment(db).as_ref().filter(|name| !all.is_empty() && !all.iter().any(|(known, _)| known == *name))
    {
        let mut problem = Problem::error(
            codes::UNKNOWN_ENVIRONMENT,
            assemble::whole(db, target),
            format!("the project has no environment `{name}`"),
        );
        let names: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
        problem = match cloudc_base::suggest::nearest(name, names.iter().copied()) {
            Some(near) => problem.help(format!("did you mean `{near}`?")),
            None => problem.note(format!("there are {}", names.join(", "))),
        };
        found.push(problem);
    }
    found
}

/// Another stack as a target sees it: in a region that is named, else in its own, else in the only one.
pub fn other(db: &dyn Db, own: Target, file: File, region: Option<&Name>) -> Result<Target, String> {
    let make = |region: Option<Name>| match own.given(db) {
        Some(_) => Target::given_by_test(db, file, own.environment(db).clone(), region, Arguments::default()),
        None => Target::new(db, file, own.environment(db).clone(), region),
    };
    let alone = make(None);
    let text = |node: Node| node.value.as_str().map(Name::from);
    let regions: Vec<Name> = match assemble::setting(db, alone, "regions").map(|node| node.value) {
        Some(Value::List(regions)) => regions.iter().filter_map(|node| text(node.clone())).collect(),
        _ => Vec::new(),
    };
    let shown = file.path(db);
    if regions.is_empty() {
        let only = assemble::setting(db, alone, "region").and_then(text);
        return match (region, only) {
            (Some(region), Some(only)) if *region != only => Err(format!("`{shown}` is deployed in `{only}`, not in `{region}`")),
            _ => Ok(alone),
        };
    }
    let wanted = region.cloned().or_else(|| region_of(db, own));
    match wanted.filter(|wanted| regions.contains(wanted)) {
        Some(region) => Ok(make(Some(region))),
        None if region.is_none() && regions.len() == 1 => Ok(make(regions.into_iter().next())),
        None => Err(match region {
            Some(region) => format!("`{shown}` is not deployed in `{region}`: its regions are {}", regions.join(", ")),
            None => format!("`{shown}` is deployed in {}: say which is meant with `.in(\"…\")`", regions.join(", ")),
        }),
    }
}

/// Where a target is deployed, when that is known.
pub fn region_of(db: &dyn Db, target: Target) -> Option<Name> {
    let written = || assemble::setting(db, target, "region").and_then(|node| node.value.as_str().map(Name::from));
    target.region(db).clone().or_else(written)
}

/// What a target is deployed as.
pub fn name_of(db: &dyn Db, target: Target) -> Name {
    assemble::setting(db, target, "name").and_then(|node| node.value.as_str().map(Name::from)).unwrap_or_default()
}

/// Reads an output of another target: through an export in the same region and account, else by name.
pub(crate) fn read(db: &dyn Db, own: Target, other: Target, output: Decl, src: Src) -> Node {
    let site = Site::new(db, Frame::of_target(db, other), output);
    let text = |text: Name| src.node(Value::Str(text));
    let account = |target| environment_setting(db, target, "account");
    let (here, there) = (region_of(db, own), region_of(db, other));
    let same_region = here == there || here.is_none() || there.is_none();
    if same_region && account(own) == account(other) {
        let name = export_name(db, site).unwrap_or_else(|| text(Name::default()));
        return src.node(Value::deploy(Expr::Call(Op::ImportValue, vec![name])));
    }
    let mut nodes = vec![text(name_of(db, other)), text(crate::naming::logical_id(db, site))];
    nodes.extend(there.map(text));
    src.node(Value::deploy(Expr::Call(Op::StackOutput, nodes)))
}

/// The name under which an output is exported: what `@export` says, else one of its own when a stack of the project reads it.
pub fn export_name(db: &dyn Db, site: Site) -> Option<Node> {
    let decl = site.decl(db);
    let written = cloudc_types::typed(db, decl).attr(|kind| match kind {
        AttrKind::Export(id) => Some(*id),
        _ => None,
    });
    if let Some(id) = written {
        return Some(crate::attribute(db, site, id));
    }
    if !is_read(db, decl) {
        return None;
    }
    let src = Src { decl, expr: cloudc_hir::ExprId(0) };
    let name = format!("{}:{}", name_of(db, site.frame(db).target(db)), crate::naming::logical_id(db, site));
    Some(src.node(Value::text(name)))
}

/// Whether a stack that the project lists reads an output of another.
fn is_read(db: &dyn Db, output: Decl) -> bool {
    listed(db)
        .iter()
        .any(|stack| stack.file != cloudc_hir::home(db, output.file(db)) && read_by(db, stack.file).contains(&output))
}

/// The outputs of other stacks that a file or what it imports reads.
#[salsa::tracked(returns(ref))]
pub fn read_by(db: &dyn Db, file: File) -> Vec<Decl> {
    let mut files = vec![file];
    let mut seen = FxHashSet::from_iter([file]);
    let mut found = Vec::new();
    while let Some(file) = files.pop() {
        let imported = cloudc_hir::resolve::imported_files(db, file);
        let stacks = imported.iter().any(|other| cloudc_hir::stack_decl(db, *other).is_some());
        for decl in cloudc_hir::all_declared(db, file).filter(|_| stacks) {
            let outputs = cloudc_hir::refs(db, decl).iter().map(|used| used.decl);
            let others = outputs.filter(|used| used.kind(db) == DeclKind::Output && used.container(db).is_none());
            let others = others.filter(|used| !cloudc_hir::is_shared(db, used.file(db), file));
            for output in others {
                if !found.contains(&output) {
                    found.push(output);
                }
            }
        }
        // A stack that is imported reads for itself.
        let modules = imported.iter().filter(|other| !other.is_std(db) && cloudc_hir::stack_decl(db, **other).is_none());
        files.extend(modules.filter(|other| seen.insert(**other)));
    }
    found
}

/// The stacks that have to be deployed before a target, in the order in which it reads them.
pub fn before(db: &dyn Db, target: Target) -> Vec<Target> {
    let mut found = Vec::new();
    for output in read_by(db, target.file(db)) {
        if let Ok(other) = other(db, target, cloudc_hir::home(db, output.file(db)), None)
            && !found.contains(&other)
        {
            found.push(other);
        }
    }
    found
}
