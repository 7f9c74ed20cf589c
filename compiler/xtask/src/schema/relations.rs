//! Which property holds which type's identifier.
//!
//! In: formats and references of the schemas, service-spec's relationships, the overlay. Out: `expects` on nodes, every
//! identity one that its type provides. First the sources, then the overlay's paths, its table of names, and last what
//! a service's own names say (`UserPoolId` in Cognito).

use std::collections::{BTreeMap, BTreeSet};

use cloudc_schema::draft::{DraftIdent, DraftNode, DraftShape, DraftType, Place};

use super::overlay::{NameRow, Overlay, ident, split};
use super::spec::Spec;

/// What each type provides, and what other names mean.
struct Known<'a> {
    provided: BTreeMap<String, BTreeSet<String>>,
    overlay: &'a Overlay,
    pseudo: BTreeSet<DraftIdent>,
}

/// Sets relationships; returns how many positions have one.
pub fn apply(types: &mut [DraftType], overlay: &Overlay, spec: &Spec, notes: &mut Vec<String>) -> usize {
    aliases(types, overlay);
    let known = Known {
        provided: types.iter().map(|ty| (ty.name.clone(), provided(ty))).collect(),
        overlay,
        pseudo: overlay.identities.pseudo.names.iter().filter_map(|name| ident(name)).collect(),
    };
    from_schemas(types, &known, notes);
    for ty in types.iter_mut() {
        for (path, idents) in spec.relations(&ty.name) {
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            if let Some(place) = ty.find(&path) {
                let idents = known.normal(&idents, &ty.name, notes);
                let open = !idents.iter().any(|ident| resembles(path[path.len() - 1], ident));
                add(ty, place, &idents, How { replace: false, open });
            }
        }
    }
    for at in &overlay.relations.drop.at {
        let (name, path) = split(at);
        match types.iter_mut().find(|ty| ty.name == name).and_then(|ty| ty.find(&path).map(|place| (ty, place))) {
            Some((ty, place)) => forget(ty, place),
            None => notes.push(format!("relations.toml: nothing at {at}")),
        }
    }
    for row in &overlay.relations.path {
        let idents = row.expects.iter().filter_map(|text| ident(text)).collect::<Vec<_>>();
        for at in &row.at {
            let (name, path) = split(at);
            let idents = known.normal(&idents, at, notes);
            let ty = types.iter_mut().find(|ty| ty.name == name);
            match ty.and_then(|ty| ty.find(&path).map(|place| (ty, place))) {
                Some((ty, place)) => add(ty, place, &idents, How { replace: true, open: row.open }),
                None => notes.push(format!("relations.toml: nothing at {at}")),
            }
        }
    }
    for row in &overlay.relations.name {
        let idents = row.expects.iter().filter_map(|text| ident(text)).collect::<Vec<_>>();
        let idents = known.normal(&idents, "relations.toml", notes);
        types.iter_mut().for_each(|ty| by_name(ty, row, &idents));
    }
    let services = Services::new(types);
    types.iter_mut().for_each(|ty| services.apply(ty));
    types.iter_mut().for_each(names_itself);
    types.iter_mut().for_each(attributes_follow);
    types.iter().map(count).sum()
}

/// An attribute is its property's value, so it has its property's relationship: `Subnet.VpcId` is a `VPC.VpcId`.
fn attributes_follow(ty: &mut DraftType) {
    for at in 0..ty.attributes.len() {
        let path: Vec<&str> = ty.attributes[at].0.split('.').collect();
        if let Some(place) = ty.find(&path) {
            ty.attributes[at].1 = ty.node_of(place);
        }
    }
}

/// A property that is its own type's identity (a format says so of `BucketName` in the bucket) expects nothing.
fn names_itself(ty: &mut DraftType) {
    for property in 0..ty.objects[0].properties.len() {
        let entry = &ty.objects[0].properties[property];
        let own = DraftIdent::new(&*ty.name, &*entry.name);
        let node = &ty.nodes[entry.node as usize];
        let short = ty.name.rsplit("::").next().unwrap_or("");
        let name_of_itself = entry.name == ty.ref_attr && entry.name.starts_with(short);
        if node.expects.contains(&own) || (name_of_itself && !node.expects.is_empty()) {
            let mut node = node.clone();
            node.expects.clear();
            ty.nodes.push(node);
            ty.objects[0].properties[property].node = ty.nodes.len() as u32 - 1;
        }
    }
}

fn count(ty: &DraftType) -> usize {
    let properties = ty.objects.iter().flat_map(|object| &object.properties);
    properties.filter(|property| !ty.nodes[ty.leaf(property.node) as usize].expects.is_empty()).count()
}

/// What `Ref` and the scalar attributes of a type are called.
fn provided(ty: &DraftType) -> BTreeSet<String> {
    let mut out = BTreeSet::from([ty.ref_attr.clone()]);
    for (name, node) in &ty.attributes {
        let shape = &ty.nodes[*node as usize].shape;
        if matches!(shape, DraftShape::String | DraftShape::Integer | DraftShape::OneOf(_) | DraftShape::AnyOf(_)) {
            let alias = ty.attribute_idents.iter().find(|(attr, ident)| attr == name && ident.ty == ty.name);
            out.insert(alias.map_or(name.clone(), |(_, ident)| ident.attr.clone()));
        }
    }
    out
}

/// An attribute that an alias renames gives the identity under its right name.
fn aliases(types: &mut [DraftType], overlay: &Overlay) {
    for (from, to) in &overlay.identities.alias {
        let (Some(from), Some(to)) = (ident(from), ident(to)) else { continue };
        let Some(ty) = types.iter_mut().find(|ty| ty.name == from.ty && to.ty == from.ty) else { continue };
        let known = ty.ref_attr == to.attr || ty.attributes.iter().any(|(name, _)| *name == to.attr);
        if known && ty.attributes.iter().any(|(name, _)| *name == from.attr) {
            ty.attribute_idents.push((from.attr.clone(), to.clone()));
        }
        if ty.ref_attr == from.attr && known {
            ty.ref_attr = to.attr;
        }
    }
}

impl Known<'_> {
    /// Identities under their right names, those that no type provides dropped with a note.
    fn normal(&self, idents: &[DraftIdent], at: &str, notes: &mut Vec<String>) -> Vec<DraftIdent> {
        let mut out = Vec::new();
        for ident in idents.iter().flat_map(|ident| self.expand(ident)) {
            if !self.is_provided(&ident) {
                notes.push(format!("{at}: no type provides {}.{}", ident.ty, ident.attr));
            } else if !out.contains(&ident) {
                out.push(ident);
            }
        }
        out
    }

    fn expand(&self, from: &DraftIdent) -> Vec<DraftIdent> {
        let name = format!("{}.{}", from.ty, from.attr);
        if let Some(all) = self.overlay.identities.formats.get(&name) {
            return all.iter().filter_map(|text| ident(text)).collect();
        }
        if let Some(alias) = self.overlay.identities.alias.get(&name).and_then(|alias| ident(alias)) {
            return vec![alias];
        }
        vec![from.clone()]
    }

    fn is_provided(&self, ident: &DraftIdent) -> bool {
        self.pseudo.contains(ident) || self.provided.get(&ident.ty).is_some_and(|attrs| attrs.contains(&ident.attr))
    }
}

/// Formats and references that the schemas carry, under their right names.
fn from_schemas(types: &mut [DraftType], known: &Known<'_>, notes: &mut Vec<String>) {
    for ty in types {
        for at in 0..ty.nodes.len() {
            if ty.nodes[at].expects.is_empty() {
                continue;
            }
            let idents = known.normal(&ty.nodes[at].expects, &ty.name, notes);
            // A format on a list (`AWS::EC2::Subnet.Ids`) is about its elements.
            let leaf = ty.leaf(at as u32) as usize;
            ty.nodes[at].expects.clear();
            for ident in idents {
                if !ty.nodes[leaf].expects.contains(&ident) {
                    ty.nodes[leaf].expects.push(ident);
                }
            }
        }
        prefer(ty);
    }
}

/// A property named `…Arn` prefers an ARN, another the plain identifier.
fn prefer(ty: &mut DraftType) {
    let places: Vec<(String, u32)> =
        ty.objects.iter().flat_map(|object| &object.properties).map(|property| (property.name.clone(), property.node)).collect();
    for (name, node) in places {
        let leaf = ty.leaf(node) as usize;
        let arn = name.trim_end_matches('s').to_lowercase().ends_with("arn");
        if ty.nodes[leaf].expects.len() > 1 && arn {
            ty.nodes[leaf].expects.sort_by_key(|ident| !ident.attr.to_lowercase().ends_with("arn"));
        }
    }
}

/// Gives a position its relationship: its own node, so that positions sharing one keep theirs.
fn add(ty: &mut DraftType, place: Place, idents: &[DraftIdent], how: How) {
    if idents.is_empty() {
        return;
    }
    let node = ty.node_of(place);
    let own = own_leaf(ty, node, &mut |node| {
        // A list that was complete stays so, whatever another source adds.
        node.open = how.open && (how.replace || node.open || node.expects.is_empty());
        if how.replace {
            node.expects.clear();
        }
        for ident in idents {
            if !node.expects.contains(ident) {
                node.expects.push(ident.clone());
            }
        }
    });
    set(ty, place, own);
}

/// Takes a relationship away.
fn forget(ty: &mut DraftType, place: Place) {
    let node = ty.node_of(place);
    let own = own_leaf(ty, node, &mut |node| {
        node.expects.clear();
        node.open = false;
    });
    set(ty, place, own);
}

fn set(ty: &mut DraftType, place: Place, own: Option<u32>) {
    if let Some(own) = own {
        ty.objects[place.object as usize].properties[place.property].node = own;
    }
}

/// How a relationship joins what is there.
#[derive(Clone, Copy, Default)]
struct How {
    /// It takes the place of what is there.
    replace: bool,
    /// Other things fit too.
    open: bool,
}

/// The property's name speaks of the identity's type or service. Where it does not (`Value`, `Resources`, `Target`), the
/// position takes many kinds of things, and the source named one it saw.
fn resembles(property: &str, ident: &DraftIdent) -> bool {
    let property = property.to_lowercase();
    let property = property.trim_end_matches('s');
    let mut parts = ident.ty.split("::").skip(1).map(str::to_lowercase);
    let key = ident.ty.starts_with("AWS::KMS::") && property.contains("encr");
    let role = ident.ty == "AWS::IAM::Role" && (property.contains("credential") || property.contains("permission"));
    key || role || parts.any(|part| property.contains(part.trim_end_matches('s')) || part.contains(property))
}

/// A copy of the node (and of the lists around it) with its relationship changed; `None` when it holds no text.
fn own_leaf(ty: &mut DraftType, node: u32, change: &mut dyn FnMut(&mut DraftNode)) -> Option<u32> {
    let mut copy = ty.nodes[node as usize].clone();
    match &mut copy.shape {
        DraftShape::List(inner) => *inner = own_leaf(ty, *inner, change)?,
        DraftShape::String | DraftShape::AnyOf(_) | DraftShape::OneOf(_) => change(&mut copy),
        DraftShape::Json if copy.expects.is_empty() => change(&mut copy),
        _ => return None,
    }
    ty.nodes.push(copy);
    Some(ty.nodes.len() as u32 - 1)
}

/// The table of names.
fn by_name(ty: &mut DraftType, row: &NameRow, idents: &[DraftIdent]) {
    let begins = |prefix: &String| ty.name.starts_with(prefix.as_str());
    if (!row.only.is_empty() && !row.only.iter().any(begins)) || row.not.iter().any(begins) {
        return;
    }
    let idents: Vec<DraftIdent> = idents.iter().filter(|ident| ident.ty != ty.name).cloned().collect();
    for place in free_places(ty, |name| row.names.iter().any(|wanted| wanted == name)) {
        add(ty, place, &idents, How::default());
    }
}

/// Writable text properties without a relationship whose name is wanted.
fn free_places(ty: &DraftType, wanted: impl Fn(&str) -> bool) -> Vec<Place> {
    let mut out = Vec::new();
    for (object, data) in ty.objects.iter().enumerate() {
        for (property, entry) in data.properties.iter().enumerate() {
            let leaf = &ty.nodes[ty.leaf(entry.node) as usize];
            let text = leaf.shape == DraftShape::String && leaf.expects.is_empty() && leaf.constraints.allowed.is_empty();
            let own = object == 0 && ty.primary.len() == 1 && ty.primary[0] == entry.name;
            if text && !own && wanted(&entry.name) && !(entry.read_only && object != 0) {
                out.push(Place { object: object as u32, property });
            }
        }
    }
    out
}

/// Identities of each service by the property names they go under in the same service: `UserPoolId`, `ApiArn`.
struct Services {
    names: BTreeMap<String, BTreeMap<String, BTreeSet<DraftIdent>>>,
}

impl Services {
    fn new(types: &[DraftType]) -> Services {
        let mut names: BTreeMap<String, BTreeMap<String, BTreeSet<DraftIdent>>> = BTreeMap::new();
        for ty in types {
            let Some((service, short)) = ty.name.rsplit_once("::") else { continue };
            let service = names.entry(service.to_owned()).or_default();
            for attr in provided(ty) {
                let called = match attr.as_str() {
                    "Arn" | "Id" => format!("{short}{attr}"),
                    // `DomainName` names too many things to mean one of them.
                    name if name.starts_with(short) && !name.contains('.') && name != "DomainName" && is_identifier(name) => {
                        name.to_owned()
                    }
                    _ => continue,
                };
                service.entry(called).or_default().insert(DraftIdent::new(&*ty.name, attr));
            }
        }
        Services { names }
    }

    fn apply(&self, ty: &mut DraftType) {
        let Some(names) = ty.name.rsplit_once("::").and_then(|(service, _)| self.names.get(service)) else { return };
        for place in free_places(ty, |name| lookup(names, name).is_some()) {
            let name = ty.objects[place.object as usize].properties[place.property].name.clone();
            // A property that names its own resource, or one among several types, says nothing.
            let idents: Vec<DraftIdent> = lookup(names, &name).into_iter().flatten().cloned().collect();
            if idents.len() == 1 && idents[0].ty != ty.name {
                add(ty, place, &idents, How::default());
            }
        }
    }
}

fn is_identifier(name: &str) -> bool {
    ["Id", "Arn", "ARN", "Name", "Identifier"].iter().any(|end| name.ends_with(end))
}

fn lookup<'a>(names: &'a BTreeMap<String, BTreeSet<DraftIdent>>, name: &str) -> Option<&'a BTreeSet<DraftIdent>> {
    names.get(name).or_else(|| names.get(name.strip_suffix('s')?))
}
