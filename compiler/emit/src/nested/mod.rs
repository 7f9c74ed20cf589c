//! `@nested`: instances of components as stacks of their own.
//!
//! In: a target, its template as if nothing were nested. Out: the template around, and the templates of nested stacks as uploads.
//! Always: logical ids are those the whole would have, so that nesting a component moves its resources and renames none; what
//! crosses an edge is a parameter or an output; no stack waits for one that waits for it.

mod cut;

use std::collections::{BTreeSet, HashMap};

use cloudc_base::folder;
use cloudc_eval::frame::Origin;
use cloudc_eval::{Db, Site, Stack, outline};
use cloudc_graph::Order;
use cloudc_hir::{Anchor, Problem};
use cloudc_types::Kind;
use serde_json::{Map, Value as Json, json};

use crate::assets::{self, Upload};
use crate::expr::Lower;
use cut::{Cut, Scope};

/// The nested stacks of a target.
pub struct Plan {
    /// Instances, each after those around it.
    stacks: Vec<Nested>,
    /// The nested stack that each resource is in, by logical id.
    homes: HashMap<String, usize>,
}

struct Nested {
    site: Site,
    id: String,
    /// The nested stack around, by place.
    around: Option<usize>,
    /// The name of the condition under which it exists.
    condition: Option<String>,
}

/// Whether a target has nested stacks at all.
pub fn any(db: &dyn Db, stack: &Stack) -> bool {
    stack.resources.iter().any(|member| !instances(db, member.site).is_empty())
}

/// The nested instances that a resource is in, the outermost first.
fn instances(db: &dyn Db, site: Site) -> Vec<Site> {
    let frames = std::iter::successors(Some(site.frame(db)), |frame| frame.outer(db));
    let mut found: Vec<Site> = frames
        .filter_map(|frame| match frame.origin(db) {
            Origin::Instance(site) if outline::is_nested(db, site.decl(db)) => Some(*site),
            _ => None,
        })
        .collect();
    found.reverse();
    found
}

/// What is nested in what. Names conditions of nested stacks, so it comes before their section is written.
pub fn plan(lower: &mut Lower<'_>, stack: &Stack, order: &Order) -> Option<Plan> {
    let mut plan = Plan { stacks: Vec::new(), homes: HashMap::new() };
    for member in &stack.resources {
        let mut around = None;
        for site in instances(lower.db, member.site) {
            around = Some(match plan.stacks.iter().position(|nested| nested.site == site) {
                Some(at) => at,
                None => {
                    let id = cloudc_eval::naming::logical_id(lower.db, site);
                    let cond = cloudc_eval::member::existence(lower.db, site);
                    let condition = (!cond.is_true()).then(|| lower.conditions.name(&cond, &id).to_string());
                    if around.is_none() {
                        lower.notes.whole("Resources", &id, Anchor::name(site.decl(lower.db)));
                    }
                    plan.stacks.push(Nested { site, id: id.to_string(), around, condition });
                    plan.stacks.len() - 1
                }
            });
        }
        let Some(home) = around else { continue };
        plan.homes.insert(member.id.to_string(), home);
        for split in order.splits.iter().filter(|split| split.group == member.site) {
            plan.homes.insert(split.id.to_string(), home);
        }
    }
    (!plan.stacks.is_empty()).then_some(plan)
}

/// Cuts nested stacks out of the whole template; they become uploads.
pub fn cut(lower: &mut Lower<'_>, plan: &Plan, mut whole: Json) -> Json {
    if clashes(lower, plan, &whole) {
        return whole;
    }
    let bucket = assets::parameter_name(lower, "AssetsBucket");
    if let Some(map) = whole.as_object_mut() {
        with_bucket(map, &bucket);
    }
    let db = lower.db;
    let schema = db.schema().schema(db);
    let is_list = |ty: &str, attr: &str| {
        let attribute = schema.ty(ty).and_then(|ty| ty.attribute(attr));
        attribute.is_some_and(|attribute| matches!(cloudc_types::ask::attribute_type(attribute).kind, Kind::List(_)))
    };
    let mut scopes = vec![Scope::default()];
    scopes.extend(plan.stacks.iter().map(|nested| Scope {
        id: nested.id.clone(),
        parent: nested.around.map_or(0, |at| at + 1),
        condition: nested.condition.clone(),
        ..Scope::default()
    }));
    let homes = plan.homes.iter().map(|(id, at)| (id.clone(), at + 1)).collect();
    let mut cut = Cut { whole: &whole, scopes, homes, is_list: &is_list, names: HashMap::new() };
    let outermost = distribute(&mut cut, &bucket);
    let scopes = std::mem::take(&mut cut.scopes);
    finish(lower, plan, &whole, scopes, outermost, &bucket)
}

/// The parameter for the bucket stands behind those of the program.
fn with_bucket(template: &mut Map<String, Json>, bucket: &str) {
    if !template.contains_key("Parameters") {
        let at = template.keys().position(|key| ["Rules", "Mappings", "Conditions", "Resources"].contains(&key.as_str()));
        template.shift_insert(at.unwrap_or(template.len()), "Parameters".into(), json!({}));
    }
    if let Some(parameters) = template.get_mut("Parameters").and_then(Json::as_object_mut) {
        parameters.entry(bucket).or_insert_with(assets::bucket_parameter);
    }
}

/// Resources go to their scopes, with references replaced; gives the outputs of the outermost.
fn distribute(cut: &mut Cut<'_>, bucket: &str) -> Json {
    let whole = cut.whole;
    for (id, resource) in whole.get("Resources").and_then(Json::as_object).into_iter().flatten() {
        let scope = cut.homes.get(id).copied().unwrap_or(0);
        place(cut, scope);
        let resource = cut.resource(scope, resource);
        cut.scopes[scope].resources.insert(id.clone(), resource);
    }
    for scope in 1..cut.scopes.len() {
        let parent = cut.scopes[scope].parent;
        cut.parameter(parent, bucket);
        if let Some(condition) = cut.scopes[scope].condition.clone() {
            cut.uses(parent, &condition);
        }
    }
    let mut outputs = Map::new();
    for (name, output) in whole.get("Outputs").and_then(Json::as_object).into_iter().flatten() {
        outputs.insert(name.clone(), cut.resource(0, output));
    }
    Json::Object(outputs)
}

/// Where the first resource of a nested stack stands, the nested stack does.
fn place(cut: &mut Cut<'_>, scope: usize) {
    let mut at = scope;
    while at != 0 {
        let (id, parent) = (cut.scopes[at].id.clone(), cut.scopes[at].parent);
        cut.scopes[parent].resources.entry(id).or_insert(Json::Null);
        at = parent;
    }
}

/// Templates from the innermost outwards: the name of each is made of what is in it.
fn finish(lower: &mut Lower<'_>, plan: &Plan, whole: &Json, mut scopes: Vec<Scope>, outputs: Json, bucket: &str) -> Json {
    let nested_uses: BTreeSet<String> = scopes.iter().skip(1).flat_map(|scope| scope.conditions.keys().cloned()).collect();
    let nested_maps: BTreeSet<String> = scopes.iter().skip(1).flat_map(|scope| scope.mappings.clone()).collect();
    for at in (1..scopes.len()).rev() {
        let scope = std::mem::take(&mut scopes[at]);
        let site = plan.stacks[at - 1].site;
        let template = nested_template(whole, &scope);
        lower.problems.extend(crate::limits::of_nested(&template, &scope.id, Anchor::name(site.decl(lower.db))));
        circles(lower, plan, &scope.resources);
        let upload = upload(lower, site, &template, bucket);
        let mut properties = Map::new();
        properties.insert("TemplateURL".into(), assets::url(bucket, &upload.name));
        if !scope.given.is_empty() {
            properties.insert("Parameters".into(), Json::Object(scope.given));
        }
        if !lower.assets.contains(&upload) {
            lower.assets.push(upload);
        }
        let mut resource = Map::new();
        resource.insert("Type".into(), json!("AWS::CloudFormation::Stack"));
        if let Some(condition) = &scope.condition {
            resource.insert("Condition".into(), json!(condition));
        }
        match &scope.depends_on[..] {
            [] => {}
            [only] => drop(resource.insert("DependsOn".into(), json!(only))),
            many => drop(resource.insert("DependsOn".into(), json!(many))),
        }
        resource.insert("Properties".into(), Json::Object(properties));
        scopes[scope.parent].resources.insert(scope.id, Json::Object(resource));
    }
    let outer = std::mem::take(&mut scopes[0]);
    circles(lower, plan, &outer.resources);
    let mut template = whole.as_object().cloned().unwrap_or_default();
    template.insert("Resources".into(), Json::Object(outer.resources));
    if outputs.as_object().is_some_and(|map| !map.is_empty()) {
        template.insert("Outputs".into(), outputs);
    }
    let gone = |name: &str, here: bool, there: &BTreeSet<String>| !here && there.contains(name);
    prune(&mut template, "Conditions", &|name| gone(name, outer.conditions.contains_key(name), &nested_uses));
    prune(&mut template, "Mappings", &|name| gone(name, outer.mappings.contains(name), &nested_maps));
    Json::Object(template)
}

/// Removes what only nested stacks use.
fn prune(template: &mut Map<String, Json>, section: &str, gone: &dyn Fn(&str) -> bool) {
    let Some(entries) = template.get_mut(section).and_then(Json::as_object_mut) else { return };
    entries.retain(|name, _| !gone(name));
    if entries.is_empty() {
        template.shift_remove(section);
    }
}

fn nested_template(whole: &Json, scope: &Scope) -> Json {
    let mut template = Map::new();
    for name in ["AWSTemplateFormatVersion", "Transform"] {
        if let Some(value) = whole.get(name) {
            template.insert(name.into(), value.clone());
        }
    }
    let ordered = |section: &str, pick: &dyn Fn(&String) -> Option<Json>| -> Map<String, Json> {
        let entries = whole.get(section).and_then(Json::as_object).into_iter().flatten();
        entries.filter_map(|(name, _)| Some((name.clone(), pick(name)?))).collect()
    };
    let mappings = ordered("Mappings", &|name| scope.mappings.contains(name).then(|| whole["Mappings"][name].clone()));
    let conditions = ordered("Conditions", &|name| scope.conditions.get(name).cloned());
    let sections = [
        ("Parameters", scope.parameters.clone()),
        ("Mappings", mappings),
        ("Conditions", conditions),
        ("Resources", scope.resources.clone()),
        ("Outputs", scope.outputs.clone()),
    ];
    for (name, section) in sections {
        if !section.is_empty() {
            template.insert(name.into(), Json::Object(section));
        }
    }
    Json::Object(template)
}

fn upload(lower: &Lower<'_>, site: Site, template: &Json, bucket: &str) -> Upload {
    let content = crate::to_json(template);
    let hash = folder::hex(&folder::sha256(content.as_bytes()));
    let component = outline::component_of(lower.db, site.decl(lower.db)).unwrap_or(site.decl(lower.db));
    Upload {
        kind: "template",
        path: component.file(lower.db).path(lower.db).trim_start_matches('/').to_owned(),
        name: assets::template_name(&hash),
        hash,
        zip: false,
        parameter: bucket.to_owned(),
        content: Some(content),
        capabilities: crate::manifest::capabilities(template, &lower.assets),
    }
}

/// Stacks that wait for each other, though none of their resources do.
fn circles(lower: &mut Lower<'_>, plan: &Plan, resources: &Map<String, Json>) {
    let needs: HashMap<&str, BTreeSet<String>> = resources
        .iter()
        .map(|(id, resource)| {
            let mut found = BTreeSet::new();
            cut::referred(resource, &mut found);
            found.retain(|other| resources.contains_key(other));
            (id.as_str(), found)
        })
        .collect();
    for nested in plan.stacks.iter().filter(|nested| resources.contains_key(&nested.id)) {
        let Some(path) = path_back(&needs, &nested.id) else { continue };
        // Told once, at the first of its stacks.
        let first = plan.stacks.iter().find(|other| path.contains(&other.id));
        if first.is_some_and(|first| first.id != nested.id) {
            continue;
        }
        let shown = path.iter().chain(path.first()).map(|id| format!("`{id}`")).collect::<Vec<_>>().join(" → ");
        let at = Anchor::name(nested.site.decl(lower.db));
        let problem = Problem::error("C0792", at, format!("a nested stack waits for what waits for it: {shown}"));
        lower.problems.push(
            problem
                .note("what is in a nested stack is made together, so nothing outside can come between two of its resources")
                .help("move what is in between into the component, or do not nest it"),
        );
    }
}

/// The shortest way from a resource back to itself.
fn path_back(needs: &HashMap<&str, BTreeSet<String>>, start: &str) -> Option<Vec<String>> {
    let mut came: HashMap<&str, &str> = HashMap::new();
    let mut open = std::collections::VecDeque::from([start]);
    while let Some(at) = open.pop_front() {
        for next in needs.get(at).into_iter().flatten() {
            if next == start {
                let mut path = vec![at.to_owned()];
                let mut at = at;
                while at != start {
                    at = came.get(at).copied()?;
                    path.push(at.to_owned());
                }
                path.reverse();
                return Some(path);
            }
            let Some((next, _)) = needs.get_key_value(next.as_str()) else { continue };
            if *next != start && !came.contains_key(next) {
                came.insert(next, at);
                open.push_back(next);
            }
        }
    }
    None
}

/// The nested stack's own logical id must be free.
fn clashes(lower: &mut Lower<'_>, plan: &Plan, whole: &Json) -> bool {
    let before = lower.problems.len();
    for nested in &plan.stacks {
        let taken =
            ["Parameters", "Resources"].iter().any(|section| whole.get(section).is_some_and(|map| map.get(&nested.id).is_some()));
        if taken {
            let at = Anchor::name(nested.site.decl(lower.db));
            let message = format!("the nested stack `{}` has the logical id of something in it or beside it", nested.id);
            let problem = Problem::error("C0793", at, message).help("give one of them another with `@id(\"…\")`");
            lower.problems.push(problem);
        }
    }
    lower.problems.len() > before
}

/// Logical ids that are in the outermost template.
pub fn is_outermost(plan: &Plan, id: &str) -> bool {
    !plan.homes.contains_key(id)
}
