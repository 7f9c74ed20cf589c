//! One resource: its properties after `defaults` and `with`, and the attributes that reach it.
//!
//! In: a site. Out: a [`Resource`]. Always: its logical id and condition are queries of their own, so that a rename or an `if`
//! around it evaluates no property again.

use std::sync::Arc;

use cloudc_hir::{Anchor, Decl, DeclKind, Name, Problem};
use cloudc_schema::TagStyle;
use cloudc_types::typed::{Attr, AttrKind, Entry, Id, Key, Kind, Root};

use crate::canonical::canonical;
use crate::cond::{Stop, condition};
use crate::evaluate::{Before, Cx, Run, open};
use crate::frame::{Frame, Site};
use crate::member::{each, members};
use crate::merge::{Patched, instances_around, merge, patches, same_targets};
use crate::outline::{attrs_of, type_of};
use crate::values::{Field, Node, Src, Value, choose};
use crate::{Db, own_problem, whole};

/// A resource as it will be in the template.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    /// Which one.
    pub site: Site,
    /// `AWS::S3::Bucket`.
    pub ty: Name,
    /// Its properties; those that are none are not emitted.
    pub properties: Node,
    /// Everything beside the properties.
    pub attributes: Attributes,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// Declarations of other modules that were read.
    pub reads: Vec<Site>,
}

/// What attributes say of a resource.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Attributes {
    /// `DeletionPolicy`: text, or a choice of texts.
    pub deletion_policy: Option<Node>,
    /// `UpdateReplacePolicy`.
    pub update_replace_policy: Option<Node>,
    /// Resources that come first, and where that is said.
    pub depends_on: Vec<(Site, Src)>,
    /// `CreationPolicy`.
    pub creation_policy: Option<Node>,
    /// `UpdatePolicy`.
    pub update_policy: Option<Node>,
    /// `Metadata`.
    pub metadata: Option<Node>,
    /// Replacing or deleting it is refused by the stack policy.
    pub protect: bool,
    /// The physical name of what is imported.
    pub adopt: Option<Node>,
    /// Assumed use, for cost.
    pub usage: Vec<(Name, Node)>,
    /// Codes and lints that are allowed here.
    pub allow: Vec<Name>,
}

/// What was written for one property, after merging; none when nothing was.
#[derive(Debug, Clone, PartialEq)]
pub struct Property {
    /// The value.
    pub node: Node,
}

/// A resource.
#[salsa::tracked(returns(ref), cycle_result = own_resource)]
pub fn resource(db: &dyn Db, site: Site) -> Arc<Resource> {
    let mut run = Run::default();
    let decl = site.decl(db);
    let (ty, properties) = match &cloudc_types::typed(db, decl).root {
        Root::Resource { ty, properties, .. } => {
            let own = Cx::new(db, site.frame(db), decl, &mut run).node(*properties);
            (ty.clone(), merged(db, site, ty, own, None, &mut run))
        }
        _ => (Name::default(), whole(site, db).node(Value::Poison)),
    };
    crate::demands::check(&ty, &properties, &mut run.problems);
    let attributes = attributes(db, site, &ty, &mut run);
    Arc::new(Resource { site, ty, properties, attributes, problems: run.problems, reads: run.reads })
}

/// One property, without evaluating the others where that is possible.
#[salsa::tracked(returns(ref), cycle_result = own_property)]
pub fn property(db: &dyn Db, site: Site, name: Name) -> Property {
    let mut run = Run::default();
    let decl = site.decl(db);
    let node = match &cloudc_types::typed(db, decl).root {
        Root::Resource { ty, properties, .. } => {
            let mut cx = Cx::new(db, site.frame(db), decl, &mut run);
            let own = only(&mut cx, *properties, &name);
            // Problems are those of `resource`, which evaluates the same.
            merged(db, site, ty, own, Some(&name), &mut run)
        }
        _ => whole(site, db).node(Value::Poison),
    };
    let found = match &node.value {
        Value::Record(fields) => fields.iter().find(|field| field.name == name).map(|field| field.node.clone()),
        Value::Unknown | Value::Poison => Some(node.clone()),
        _ => None,
    };
    Property { node: found.unwrap_or(node.src.node(Value::None)) }
}

/// The record with one field of what `id` says.
fn only(cx: &mut Cx<'_>, id: Id, name: &Name) -> Node {
    let typed = cx.typed;
    let src = cx.src(id);
    let Kind::Record(entries) = &typed.node(id).kind else { return cx.node(id) };
    let plain = |entry: &Entry| matches!(entry, Entry::Field { key: Key::Text(_), .. });
    if !entries.iter().all(plain) {
        return cx.node(id);
    }
    let mut fields = Vec::new();
    for entry in entries {
        let Entry::Field { key: Key::Text(key), value, guard, site } = entry else { continue };
        if key != name {
            continue;
        }
        let guard = guard.map(|guard| cx.condition(guard)).transpose();
        let node = match guard {
            Ok(None) => cx.node(*value),
            Ok(Some(cond)) if cond.is_false() => continue,
            Ok(Some(cond)) => {
                let node = cx.node(*value);
                choose(cond, node, src.node(Value::None), src)
            }
            Err(Stop::Unknown) => src.node(Value::Unknown),
            Err(_) => src.node(Value::Poison),
        };
        fields.push(Field { name: key.clone(), node, site: Src { decl: cx.decl, expr: *site } });
    }
    src.node(Value::record(fields))
}

/// Properties with what `defaults` put below and `with` puts above; all of them, or one.
fn merged(db: &dyn Db, site: Site, ty: &Name, own: Node, name: Option<&Name>, run: &mut Run) -> Node {
    let mut node = beneath(db, site, ty, own, name);
    for patch in patches(db, site.frame(db).container(db)).iter().filter(|patch| same_targets(patch, site.decl(db))) {
        let Some(properties) = patch.get(db).and_then(|patch| patch.properties) else { continue };
        let mut cx = Cx::new(db, patch.frame, patch.decl, run);
        cx.patch = Some(Before(Some(node.clone())));
        let over = match name {
            Some(name) => only(&mut cx, properties, name),
            None => cx.node(properties),
        };
        removals(db, ty, &over, run);
        node = merge(db, &node, &over);
    }
    node
}

/// A patch cannot take away what CloudFormation requires.
fn removals(db: &dyn Db, ty: &str, over: &Node, run: &mut Run) {
    let Value::Record(fields) = &over.value else { return };
    let Some(known) = db.schema().schema(db).ty(ty) else { return };
    for field in fields.iter().filter(|field| field.node.value == Value::None) {
        if known.property(&field.name).is_some_and(|property| property.required()) {
            let message = format!("`{}` of `{ty}` is required and cannot be removed", field.name);
            let problem = Problem::error(crate::codes::REMOVES_REQUIRED, field.site.anchor(), message).label("removed here");
            run.problems.push(problem);
        }
    }
}

/// What `defaults` say goes below: a property that is written merges over it, one that is not is added.
fn beneath(db: &dyn Db, site: Site, ty: &Name, own: Node, name: Option<&Name>) -> Node {
    let Value::Record(written) = &own.value else { return own };
    let mut fields = written.to_vec();
    let all = defaults(db, site.frame(db).target_frame(db));
    let for_type = all.iter().filter(|record| record.ty == *ty).map(|record| record.properties.clone());
    // What is said of one type wins over what is said of all.
    let for_all = all.iter().filter(|record| record.ty == cloudc_types::EVERY_TYPE);
    for properties in for_type.chain(for_all.filter_map(|record| tags_of(db, ty, &record.properties))) {
        let Value::Record(extra) = &properties.value else { continue };
        for default in extra.iter().filter(|field| name.is_none_or(|name| field.name == *name)) {
            match fields.iter_mut().find(|field| field.name == default.name) {
                Some(field) => field.node = merge(db, &default.node, &field.node),
                None => fields.push(default.clone()),
            }
        }
    }
    own.src.node(Value::record(fields))
}

/// The tags of `defaults AWS::*` as a type takes them; nothing for one that takes none.
fn tags_of(db: &dyn Db, ty: &str, properties: &Node) -> Option<Node> {
    let known = db.schema().schema(db).ty(ty)?;
    let property = known.tag_property()?;
    let Value::Record(given) = &properties.value else { return None };
    let tags = given.iter().find(|field| field.name == "Tags")?;
    let node = tagged(known.tag_style(), &tags.node)?;
    Some(properties.src.node(Value::record(vec![Field { name: property.name().into(), node, site: tags.site }])))
}

fn tagged(style: TagStyle, tags: &Node) -> Option<Node> {
    if let Some((cond, then, otherwise)) = tags.value.choice() {
        let none = |node: &Node| node.src.node(Value::None);
        let side = |node: &Node| tagged(style, node).unwrap_or_else(|| none(node));
        return Some(choose(cond.clone(), side(then), side(otherwise), tags.src));
    }
    let Value::Record(fields) = &tags.value else { return None };
    match style {
        TagStyle::None => None,
        TagStyle::Map => Some(tags.clone()),
        TagStyle::List | TagStyle::Propagating => {
            let listed = fields.iter().map(|field| tag(style, field, &field.node)).collect();
            Some(tags.src.node(Value::list(listed)))
        }
    }
}

/// One tag; as a whole there or not, as its value is.
fn tag(style: TagStyle, field: &Field, value: &Node) -> Node {
    if value.value == Value::None {
        return value.clone();
    }
    if let Some((cond, then, otherwise)) = value.value.choice()
        && (then.value == Value::None || otherwise.value == Value::None)
    {
        return choose(cond.clone(), tag(style, field, then), tag(style, field, otherwise), value.src);
    }
    let entry = |name: &str, node: Node| Field { name: name.into(), node, site: field.site };
    let mut entries = vec![entry("Key", value.src.node(Value::Str(field.name.clone()))), entry("Value", value.clone())];
    if style == TagStyle::Propagating {
        entries.push(entry("PropagateAtLaunch", value.src.node(Value::Bool(true))));
    }
    value.src.node(Value::record(entries))
}

/// What a `defaults` says.
#[derive(Debug, Clone, PartialEq)]
pub struct Defaults {
    /// Of which type.
    pub ty: Name,
    /// A record.
    pub properties: Node,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

/// All `defaults` of a target's frame; the later one first, so that it wins by merging over nothing.
#[salsa::tracked(returns(ref), cycle_result = own_defaults)]
pub fn defaults(db: &dyn Db, frame: Frame) -> Vec<Defaults> {
    let mut found = Vec::new();
    for member in members(db, frame).list.iter().filter(|member| member.kind == DeclKind::Defaults) {
        let decl = member.site.decl(db);
        let Root::Resource { ty, properties, .. } = &cloudc_types::typed(db, decl).root else { continue };
        let mut run = Run::default();
        let node = Cx::new(db, frame, decl, &mut run).node(*properties);
        let src = node.src;
        // Under a condition the defaults are there or not, property by property.
        let node = match &node.value {
            Value::Record(fields) => {
                let guarded = fields.iter().map(|field| Field {
                    node: choose(member.cond.clone(), field.node.clone(), src.node(Value::None), src),
                    ..field.clone()
                });
                src.node(Value::record(guarded.collect()))
            }
            _ => node,
        };
        found.push(Defaults { ty: ty.clone(), properties: node, problems: run.problems });
    }
    found.reverse();
    found
}

/// Defaults that read what they are defaults of.
fn own_defaults(db: &dyn Db, _: salsa::Id, frame: Frame) -> Vec<Defaults> {
    let mut found = Vec::new();
    for member in members(db, frame).list.iter().filter(|member| member.kind == DeclKind::Defaults) {
        let problems = vec![crate::own_problem(db, member.site.decl(db))];
        found.push(Defaults { ty: Name::default(), properties: whole(member.site, db).node(Value::Poison), problems });
    }
    found
}

/// Attributes of the resource itself, of the instances around it, of patches: the outer one wins.
fn attributes(db: &dyn Db, site: Site, ty: &str, run: &mut Run) -> Attributes {
    let mut found = Attributes::default();
    let frame = site.frame(db);
    let decl = site.decl(db);
    apply(db, frame, decl, attrs_of(db, decl), &Reach::Itself, &mut found, run);
    patched_attributes(db, site, &Reach::Itself, &mut found, run);
    let own = found.depends_on.len();
    for instance in instances_around(db, site) {
        let decl = instance.decl(db);
        let reach = Reach::Inner(ty);
        apply(db, instance.frame(db), decl, attrs_of(db, decl), &reach, &mut found, run);
        patched_attributes(db, instance, &reach, &mut found, run);
    }
    // An instance's `@depends_on` may name a part of itself; that part does not wait for itself.
    let mut at = 0;
    found.depends_on.retain(|(other, _)| {
        at += 1;
        *other != site || at <= own
    });
    found
}

fn patched_attributes(db: &dyn Db, site: Site, reach: &Reach<'_>, found: &mut Attributes, run: &mut Run) {
    let decl = site.decl(db);
    let around: Vec<&Patched> =
        patches(db, site.frame(db).container(db)).iter().filter(|patch| same_targets(patch, decl)).collect();
    for patch in around {
        if let Some(entry) = patch.get(db) {
            apply(db, patch.frame, patch.decl, &entry.attrs, reach, found, run);
        }
    }
}

/// Whether an attribute stands on the resource or on an instance around it.
enum Reach<'a> {
    Itself,
    /// It reaches an inner resource of that type only where it fits.
    Inner(&'a str),
}

impl Reach<'_> {
    fn fits(&self, kind: &AttrKind) -> bool {
        let Reach::Inner(ty) = self else { return true };
        match kind {
            AttrKind::Snapshot(_) => supports_snapshot(ty),
            AttrKind::CreationPolicy(_) => CREATION_POLICY.contains(ty),
            AttrKind::UpdatePolicy(_) => UPDATE_POLICY.contains(ty),
            AttrKind::Adopt(_) | AttrKind::LogicalId(_) => false,
            _ => true,
        }
    }
}

/// Types with a `CreationPolicy`.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-creationpolicy.html>
const CREATION_POLICY: &[&str] =
    &["AWS::AppStream::Fleet", "AWS::AutoScaling::AutoScalingGroup", "AWS::CloudFormation::WaitCondition", "AWS::EC2::Instance"];

/// Types with an `UpdatePolicy`.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-updatepolicy.html>
const UPDATE_POLICY: &[&str] = &[
    "AWS::AppStream::Fleet",
    "AWS::AutoScaling::AutoScalingGroup",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::Elasticsearch::Domain",
    "AWS::Lambda::Alias",
    "AWS::OpenSearchService::Domain",
];

/// Types that can be snapshotted when they are deleted.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html>
pub fn supports_snapshot(ty: &str) -> bool {
    matches!(
        ty,
        "AWS::DocDB::DBCluster"
            | "AWS::EC2::Volume"
            | "AWS::ElastiCache::CacheCluster"
            | "AWS::ElastiCache::ReplicationGroup"
            | "AWS::Neptune::DBCluster"
            | "AWS::RDS::DBCluster"
            | "AWS::RDS::DBInstance"
            | "AWS::Redshift::Cluster"
    )
}

fn apply(db: &dyn Db, frame: Frame, decl: Decl, attrs: &[Attr], reach: &Reach<'_>, found: &mut Attributes, run: &mut Run) {
    if attrs.is_empty() {
        return;
    }
    let mut cx = Cx::new(db, frame, decl, run);
    for attr in attrs.iter().filter(|attr| reach.fits(&attr.kind)) {
        match &attr.kind {
            AttrKind::Retain(cond) => policies(&mut cx, *cond, "Retain", found),
            AttrKind::Snapshot(cond) => policies(&mut cx, *cond, "Snapshot", found),
            AttrKind::DeletionPolicy(id) => found.deletion_policy = Some(cx.node(*id)),
            AttrKind::UpdateReplacePolicy(id) => found.update_replace_policy = Some(cx.node(*id)),
            AttrKind::Protect => found.protect = true,
            AttrKind::DependsOn(ids) => {
                for id in ids {
                    let src = cx.src(*id);
                    let node = cx.node(*id);
                    depends(db, &node, src, &mut found.depends_on);
                }
            }
            AttrKind::Adopt(id) => found.adopt = Some(cx.node(*id)),
            AttrKind::Metadata(id) => {
                let over = cx.node(*id);
                found.metadata = Some(match &found.metadata {
                    Some(below) => merge(db, below, &over),
                    None => over,
                });
            }
            AttrKind::CreationPolicy(id) => found.creation_policy = Some(cx.node(*id)),
            AttrKind::UpdatePolicy(id) => found.update_policy = Some(cx.node(*id)),
            AttrKind::Usage(entries) => {
                found.usage = entries.iter().map(|(name, id)| (name.clone(), cx.node(*id))).collect();
            }
            AttrKind::Allow { code, .. } => found.allow.push(code.clone()),
            _ => {}
        }
    }
}

/// `@retain` and `@snapshot` set both policies; with a condition they say Delete where it does not hold.
fn policies(cx: &mut Cx<'_>, cond: Option<Id>, word: &str, found: &mut Attributes) {
    let src = match cond {
        Some(id) => cx.src(id),
        None => Src { decl: cx.decl, expr: cloudc_hir::ExprId(0) },
    };
    let there = src.node(Value::text(word));
    let node = match cond {
        None => there,
        Some(id) => {
            let value = cx.node(id).value;
            match condition(cx.db, &value) {
                Ok(cond) => choose(cond, there, src.node(Value::text("Delete")), src),
                Err(_) => src.node(value),
            }
        }
    };
    found.deletion_policy = Some(node.clone());
    found.update_replace_policy = Some(node);
}

/// Handles, instances, and collections of them.
fn depends(db: &dyn Db, node: &Node, src: Src, out: &mut Vec<(Site, Src)>) {
    match &node.value {
        Value::Handle(site) if site.decl(db).kind(db) == DeclKind::Resource || crate::naming::is_generated(db, *site) => {
            if !out.iter().any(|(known, _)| known == site) {
                out.push((*site, src));
            }
        }
        Value::Instance(frame) => {
            each(db, *frame, &mut |member| {
                if member.kind == DeclKind::Resource && member.inner == crate::MemberKind::Leaf {
                    depends(db, &src.node(Value::Handle(member.site)), src, out);
                }
            });
        }
        Value::List(items) => items.iter().for_each(|item| depends(db, item, src, out)),
        Value::Record(fields) => fields.iter().for_each(|field| depends(db, &field.node, src, out)),
        value => {
            if let Some((_, then, otherwise)) = value.choice() {
                depends(db, then, src, out);
                depends(db, otherwise, src, out);
            }
        }
    }
}

/// Everything a resource lowers to, as text: for fingerprints.
pub fn canonical_text(db: &dyn Db, site: Site) -> String {
    let resource = resource(db, site);
    let mut text = format!("{} {}", resource.ty, canonical(db, &open(db, &resource.properties).value));
    let attributes = &resource.attributes;
    let parts = [&attributes.deletion_policy, &attributes.update_replace_policy, &attributes.metadata];
    for node in parts.into_iter().flatten() {
        text.push_str(&canonical(db, &node.value));
    }
    text
}

fn own_resource(db: &dyn Db, _: salsa::Id, site: Site) -> Arc<Resource> {
    let decl = site.decl(db);
    Arc::new(Resource {
        site,
        ty: type_of(db, decl).cloned().unwrap_or_default(),
        properties: whole(site, db).node(Value::Poison),
        attributes: Attributes::default(),
        problems: vec![own_problem(db, decl)],
        reads: Vec::new(),
    })
}

fn own_property(db: &dyn Db, _: salsa::Id, site: Site, _: Name) -> Property {
    Property { node: whole(site, db).node(Value::Poison) }
}

/// Where a resource is declared.
pub fn anchor(db: &dyn Db, site: Site) -> Anchor {
    Anchor::name(site.decl(db))
}
