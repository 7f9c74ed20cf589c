//! Logical ids: the path of instances, names and keys, in the letters CloudFormation takes.
//!
//! In: a site. Out: its logical id. Always: made of names alone; two sites with one id are reported, never renamed.

use cloudc_hir::moves::{Step, moves};
use cloudc_hir::{Anchor, Branch, Decl, DeclKind, Name, Owner, Part, Problem};
use cloudc_types::typed::{AttrKind, Builtin, Id, Kind, Root};

use crate::evaluate::{Cx, Run};
use crate::frame::{Frame, Origin, Site};
use crate::merge::{Patched, patches, same_targets};
use crate::outline::attrs_of;
use crate::values::Value;
use crate::{Db, codes};

/// Longest logical id CloudFormation takes.
const MAX_LEN: usize = 255;

/// A logical id and what is wrong with the `@id` that gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Named {
    /// The id.
    id: Name,
    /// What is wrong.
    problems: Vec<Problem>,
}

/// The logical id of a declaration.
pub fn logical_id(db: &dyn Db, site: Site) -> Name {
    Namer::new(db).logical_id(site)
}

/// Names many declarations, one frame after the other: what holds for all in a frame is asked once.
pub(crate) struct Namer<'db> {
    db: &'db dyn Db,
    last: Option<Around>,
}

/// What a frame means for the ids in it.
#[derive(Clone)]
struct Around {
    frame: Frame,
    /// Nothing outside a declaration can have chosen another id than its path.
    free: bool,
    /// What ids start with.
    prefix: Name,
    /// What they end with.
    keys: String,
}

impl<'db> Namer<'db> {
    /// Nothing is known yet.
    pub fn new(db: &'db dyn Db) -> Self {
        Namer { db, last: None }
    }

    /// The logical id of a declaration.
    pub fn logical_id(&mut self, site: Site) -> Name {
        if self.follows_path(site) { path_id(self.db, site, self.around(site)) } else { named(self.db, site).id.clone() }
    }

    /// What is wrong with the `@id` of a declaration.
    pub fn problems(&mut self, site: Site) -> &'db [Problem] {
        if self.follows_path(site) { &[] } else { &named(self.db, site).problems }
    }

    /// Whether nobody can have chosen another id: most have none to remember, for the path is made again as fast.
    fn follows_path(&mut self, site: Site) -> bool {
        self.around(site).free && attrs_of(self.db, site.decl(self.db)).is_empty()
    }

    fn around(&mut self, site: Site) -> &Around {
        let frame = site.frame(self.db);
        let known = self.last.take().filter(|around| around.frame == frame);
        self.last.insert(known.unwrap_or_else(|| around(self.db, frame, false)))
    }
}

/// What ids start with is not looked for in a frame that is not free, unless `always`: an `@id` may be what is being named.
fn around(db: &dyn Db, frame: Frame, always: bool) -> Around {
    let mut keys = Vec::new();
    let mut outer = frame;
    while let Origin::Turn(site, key) = outer.origin(db) {
        keys.push(camel_key(&key.text()));
        outer = site.frame(db);
    }
    keys.reverse();
    let free = patches(db, outer).is_empty() && moves(db, frame.target(db).file(db)).is_empty();
    let prefix = if free || always { prefix(db, outer) } else { Name::default() };
    Around { frame, free, prefix, keys: keys.concat() }
}

/// The logical id of a declaration, with its problems. A broken `@id` gives the id the path would have.
#[salsa::tracked(returns(ref), cycle_result = cyclic)]
fn named(db: &dyn Db, site: Site) -> Named {
    let mut problems = Vec::new();
    let chosen = chosen_id(db, site, &mut problems);
    let id = chosen.or_else(|| former_id(db, site)).unwrap_or_else(|| path_id(db, site, &around(db, site.frame(db), true)));
    Named { id, problems }
}

/// What the ids inside an instance start with.
pub fn prefix(db: &dyn Db, frame: Frame) -> Name {
    match frame.origin(db) {
        Origin::Instance(site) => logical_id(db, *site),
        Origin::Turn(..) => prefix(db, frame.container(db)),
        Origin::Target(_) | Origin::Module(..) | Origin::Policy(..) => Name::default(),
    }
}

/// The path: instance, name, keys of the loops around, outermost first.
fn path_id(db: &dyn Db, site: Site, around: &Around) -> Name {
    let decl = site.decl(db);
    if let Some(id) = generated_id(db, site) {
        return id;
    }
    let name = decl.name(db);
    let mut id = String::with_capacity(around.prefix.len() + name.len() + around.keys.len());
    id.push_str(&around.prefix);
    match decl.kind(db) {
        DeclKind::Assert => id.push_str(&format!("{}Assert{}", blocks(db, decl), decl.nth(db) + 1)),
        _ => name.split('_').for_each(|part| raise(part, &mut id)),
    }
    id.push_str(&around.keys);
    Name::from(id)
}

/// The `if`s and `for`s that something without a name stands in: each counts its own anew.
fn blocks(db: &dyn Db, decl: Decl) -> String {
    let Owner::Decl(outer, branch) = decl.owner(db) else { return String::new() };
    let word = match (outer.kind(db), branch) {
        (DeclKind::If, Branch::Then) => "If",
        (DeclKind::If, Branch::Else) => "Else",
        (DeclKind::For, _) => "For",
        _ => return String::new(),
    };
    format!("{}{word}{}", blocks(db, outer), outer.nth(db) + 1)
}

/// What a resource was called when it was deployed, by the `moved` lines of the stack.
fn former_id(db: &dyn Db, site: Site) -> Option<Name> {
    if site.decl(db).kind(db) != DeclKind::Resource {
        return None;
    }
    let moves = moves(db, site.frame(db).target(db).file(db));
    let mut path = path(db, site);
    let mut moved = false;
    // A name was given up for another, that one for a third: the first is the one that is deployed. A circle of them ends too.
    for _ in 0..=moves.len() {
        // A loop is moved with all its turns.
        let names = path.iter().rposition(|step| matches!(step, Step::Name(_))).map_or(0, |at| at + 1);
        let fits = |to: &[Step]| to.len() >= names && path.starts_with(to);
        let Some(found) = moves.iter().filter(|one| fits(&one.to)).max_by_key(|one| one.to.len()) else { break };
        path = found.from.iter().chain(&path[found.to.len()..]).cloned().collect();
        moved = true;
    }
    moved.then(|| former(db, site, &path))
}

/// The id of a path that may lead to nothing any more. What is still in its instance is called after that.
fn former(db: &dyn Db, site: Site, former: &[Step]) -> Name {
    let container = site.frame(db).container(db);
    let around = match container.origin(db) {
        Origin::Instance(instance) => path(db, *instance),
        _ => Vec::new(),
    };
    let (prefix, rest) = match former.strip_prefix(around.as_slice()) {
        Some(rest) if !around.is_empty() => (prefix(db, container), rest),
        _ => (Name::default(), former),
    };
    Name::from(format!("{prefix}{}", id_of_path(rest)))
}

/// The id that a path had while it led to a resource.
pub fn id_of_path(path: &[Step]) -> Name {
    let letters = path.iter().map(|step| match step {
        Step::Name(name) => camel(name),
        Step::Key(key) => camel_key(key),
    });
    Name::from(letters.collect::<String>())
}

/// How a program would name a declaration from the level of its stack.
fn path(db: &dyn Db, site: Site) -> Vec<Step> {
    let mut keys = Vec::new();
    let mut frame = site.frame(db);
    while let Origin::Turn(outer, key) = frame.origin(db) {
        keys.push(Step::Key(key.text()));
        frame = outer.frame(db);
    }
    let mut path = match frame.origin(db) {
        Origin::Instance(instance) => path(db, *instance),
        _ => Vec::new(),
    };
    path.push(Step::Name(site.decl(db).name(db).clone()));
    path.extend(keys.into_iter().rev());
    path
}

/// `private_a` to `PrivateA`: the first letter of each `_` part raised, the rest kept.
pub fn camel(name: &str) -> String {
    let mut raised = String::with_capacity(name.len());
    name.split('_').for_each(|part| raise(part, &mut raised));
    raised
}

/// The same for a key, where every run of other characters than letters and digits separates.
pub fn camel_key(key: &str) -> String {
    let mut raised = String::with_capacity(key.len());
    key.split(|c: char| !c.is_ascii_alphanumeric()).for_each(|part| raise(part, &mut raised));
    raised
}

fn raise(part: &str, into: &mut String) {
    let mut chars = part.chars();
    into.extend(chars.next().map(|first| first.to_ascii_uppercase()));
    into.push_str(chars.as_str());
}

/// What `@id` says: on the declaration, or in a `with` further out, which wins.
fn chosen_id(db: &dyn Db, site: Site, problems: &mut Vec<Problem>) -> Option<Name> {
    let decl = site.decl(db);
    let mut found = None;
    let own = attrs_of(db, decl).iter().find_map(|attr| match attr.kind {
        AttrKind::LogicalId(id) => Some((id, attr.index)),
        _ => None,
    });
    if let Some((id, index)) = own {
        let anchor = Anchor { decl, part: Part::Attr(index) };
        found = evaluated(db, site, id, problems).map(|text| (text, anchor));
    }
    for patch in patches(db, site.frame(db).container(db)).iter().filter(|patch| same_targets(patch, decl)) {
        let Some(attrs) = patch.get(db).map(|found| &found.attrs) else { continue };
        let id = attrs.iter().find_map(|attr| match attr.kind {
            AttrKind::LogicalId(id) => Some(id),
            _ => None,
        });
        if let Some(id) = id {
            found = evaluated_in(db, patch, id, problems).map(|text| (text, patch.anchor(db)));
        }
    }
    let (text, anchor) = found?;
    if let Some(problem) = refused(&text, anchor) {
        problems.push(problem);
        return None;
    }
    Some(text)
}

/// Whether a declaration names what a transform makes.
pub(crate) fn is_generated(db: &dyn Db, site: Site) -> bool {
    generated_id(db, site).is_some()
}

/// What a transform calls it, for an `existing` that says so.
fn generated_id(db: &dyn Db, site: Site) -> Option<Name> {
    let decl = site.decl(db);
    if decl.kind(db) != DeclKind::Existing {
        return None;
    }
    let typed = cloudc_types::typed(db, decl);
    let Root::Value(Some(value)) = typed.root else { return None };
    match &typed.node(value).kind {
        Kind::Builtin(Builtin::Generated, args) => evaluated(db, site, *args.first()?, &mut Vec::new()),
        _ => None,
    }
}

fn evaluated(db: &dyn Db, site: Site, id: Id, problems: &mut Vec<Problem>) -> Option<Name> {
    let mut run = Run::default();
    let node = Cx::new(db, site.frame(db), site.decl(db), &mut run).node(id);
    problems.extend(run.problems);
    text(node.value)
}

fn evaluated_in(db: &dyn Db, patch: &Patched, id: Id, problems: &mut Vec<Problem>) -> Option<Name> {
    let mut run = Run::default();
    let node = Cx::new(db, patch.frame, patch.decl, &mut run).node(id);
    problems.extend(run.problems);
    text(node.value)
}

fn text(value: Value) -> Option<Name> {
    match value {
        Value::Str(text) => Some(text),
        _ => None,
    }
}

fn refused(text: &str, anchor: Anchor) -> Option<Problem> {
    let what = if text.is_empty() {
        "is empty".to_owned()
    } else if text.len() > MAX_LEN {
        format!("has {} characters, more than {MAX_LEN}", text.len())
    } else {
        let other = text.chars().find(|c| !c.is_ascii_alphanumeric())?;
        format!("holds `{other}`")
    };
    let problem = Problem::error(codes::BAD_LOGICAL_ID, anchor, format!("the logical id {text:?} {what}"));
    Some(problem.help("a logical id is made of letters and digits"))
}

fn cyclic(db: &dyn Db, _: salsa::Id, site: Site) -> Named {
    let decl = site.decl(db);
    Named { id: camel(decl.name(db)).into(), problems: vec![crate::own_problem(db, decl)] }
}

#[cfg(test)]
mod tests {
    use super::{camel, camel_key};

    #[test]
    fn names_and_keys() {
        assert_eq!(["private_a", "ALB", "myTopic", "a__b"].map(camel), ["PrivateA", "ALB", "MyTopic", "AB"]);
        assert_eq!(["data-eng/raw", "a-b", "0", "eu-west-1"].map(camel_key), ["DataEngRaw", "AB", "0", "EuWest1"]);
    }
}
