//! Adds the properties or inputs that are missing, with values to start from: what of the right kind is there already, else the smallest
//! value that the property accepts.

use cloudc_base::{Diagnostic, Edit};
use cloudc_driver::Database;
use cloudc_hir::body::Parts;
use cloudc_hir::{Decl, DeclKind, Namespace, Resolution, asking_owner, resolve, visible_names};
use cloudc_schema::{Constraints, Ident, Node, Object, Property, Shape, Text};
use cloudc_syntax::SyntaxKind as K;
use cloudc_syntax::SyntaxNode;
use cloudc_syntax::ast::{self, AstNode};
use cloudc_types::ty::Lit;
use cloudc_types::{Kind, Ty};

use super::context::Ctx;
use super::{Acc, Offer};

/// How deep objects inside objects are written out.
const DEPTH: u32 = 4;

/// Offers to add what a diagnostic says is missing.
pub(crate) fn add_missing(ctx: &Ctx<'_>, acc: &mut Acc<'_>) {
    for diagnostic in &ctx.diagnostics {
        if !super::fixes::MISSING.contains(&diagnostic.code.0) {
            continue;
        }
        let Some(edit) = gap(diagnostic) else { continue };
        let names: Vec<&str> = edit
            .insert
            .lines()
            .flat_map(|line| line.split(", "))
            .filter_map(|entry| entry.split_once(':'))
            .map(|(name, _)| name.trim())
            .collect();
        let title = match names.as_slice() {
            [] => continue,
            [only] => format!("Add `{only}`"),
            all => format!("Add the {} missing entries", all.len()),
        };
        let near = crate::near::near(ctx.db, edit.file, edit.range.start());
        let record = near.as_ref().and_then(|near| record_at(near, edit));
        let (Some(near), Some(record)) = (near, record) else { continue };
        let own = Ctx { near, ..super::inline_let::rebased(ctx) };
        acc.add(Offer::fix("missing", diagnostic, title).preferred(), |changes| {
            let expected = expected(&own, &record);
            let mut text = edit.insert.clone();
            for name in &names {
                let value = expected.as_ref().and_then(|it| it.value(&own, &record, name)).unwrap_or_else(|| "\"\"".to_owned());
                text = filled(&text, name, &value);
            }
            changes.replace(edit.file, edit.range, text);
        });
    }
}

/// A value for an entry of a record.
pub(super) fn value_for(ctx: &Ctx<'_>, record: &SyntaxNode, name: &str) -> Option<String> {
    expected(ctx, record)?.value(ctx, record, name)
}

/// A value of a type, for a place.
pub(super) fn of_type(ctx: &Ctx<'_>, at: &SyntaxNode, ty: &Ty) -> Option<String> {
    ty_value(ctx, at, ty, 0)
}

/// The insertion that a diagnostic offers.
fn gap(diagnostic: &Diagnostic) -> Option<&Edit> {
    match diagnostic.fixes.first()?.edits.as_slice() {
        [only] if only.range.is_empty() => Some(only),
        _ => None,
    }
}

/// The record that an insertion goes into.
fn record_at(near: &crate::near::Near<'_>, edit: &Edit) -> Option<SyntaxNode> {
    let at = near.in_tree(edit.range.start());
    let records = near.root.descendants().filter(|node| node.kind() == K::RecordExpr);
    records.filter(|node| node.text_range().contains_inclusive(at) && node.text_range().end() > at).last()
}

/// The text with the value of one entry replaced.
fn filled(text: &str, name: &str, value: &str) -> String {
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        let entries: Vec<String> = line
            .split(", ")
            .map(|entry| match entry.split_once(':') {
                Some((key, old)) if key.trim() == name => {
                    let closing = if old.trim_end().ends_with(" }") { " }" } else { "" };
                    let space = &old[old.trim_end().len()..];
                    let space =
                        if old.trim().is_empty() && !old.contains('\n') { if old.len() > 1 { " " } else { "" } } else { space };
                    format!("{key}: {value}{closing}{space}")
                }
                _ => entry.to_owned(),
            })
            .collect();
        out.push_str(&entries.join(", "));
    }
    out
}

/// What a record is expected to be.
enum Expected {
    /// One of CloudFormation's objects.
    Object(Object),
    /// A value inside one.
    Node(Node),
    /// A record type of the program.
    Ty(Ty),
    /// The inputs of a component.
    Inputs(Decl),
}

impl Expected {
    /// A value for one entry.
    fn value(&self, ctx: &Ctx<'_>, record: &SyntaxNode, name: &str) -> Option<String> {
        match self {
            Expected::Object(object) => property_value(ctx, record, object.property(name)?, 0),
            Expected::Node(node) => property_value(ctx, record, node.inner_property(name)?, 0),
            Expected::Ty(ty) => ty_value(ctx, record, &ty.field(name)?.ty, 0),
            Expected::Inputs(component) => {
                let input = cloudc_types::component_inputs(ctx.db, *component).iter().find(|input| input.name == name)?;
                ty_value(ctx, record, &input.ty, 0)
            }
        }
    }

    fn entry(self, db: &Database, key: &str) -> Option<Expected> {
        match self {
            Expected::Object(object) => object.property(key).map(|property| Expected::Node(property.node())),
            Expected::Node(node) => node.inner_property(key).map(|property| Expected::Node(property.node())),
            Expected::Ty(ty) => within(&ty, key),
            Expected::Inputs(component) => {
                let input = cloudc_types::component_inputs(db, component).iter().find(|input| input.name == key)?;
                Some(of_ty(&input.ty))
            }
        }
    }
}

fn of_ty(ty: &Ty) -> Expected {
    match &ty.present().kind {
        Kind::Node(node) => Expected::Node(*node),
        Kind::Object(object) => Expected::Object(*object),
        Kind::List(element) => of_ty(element),
        _ => Expected::Ty(ty.present().clone()),
    }
}

fn within(ty: &Ty, key: &str) -> Option<Expected> {
    match &ty.kind {
        Kind::Record(_) => ty.field(key).map(|field| of_ty(&field.ty)),
        Kind::Map(_, value) => Some(of_ty(value)),
        _ => None,
    }
}

/// What the type of a record is, by the keys around it.
fn expected(ctx: &Ctx<'_>, record: &SyntaxNode) -> Option<Expected> {
    let item = super::context::item_around(record)?;
    let decl = ctx.decl(&item)?;
    let mut keys: Vec<String> = record
        .ancestors()
        .take_while(|node| *node != item)
        .filter_map(ast::Field::cast)
        .filter_map(|field| field.key().and_then(|key| key.text()))
        .map(|key| key.to_string())
        .collect();
    keys.reverse();
    let mut at = root(ctx, decl)?;
    for key in keys {
        at = at.entry(ctx.db, &key)?;
    }
    Some(at)
}

fn root(ctx: &Ctx<'_>, decl: Decl) -> Option<Expected> {
    if decl.kind(ctx.db) == DeclKind::Resource {
        if let Some(component) = cloudc_hir::uses::instance_of(ctx.db, decl) {
            return Some(Expected::Inputs(component));
        }
        let handle = cloudc_types::signature(ctx.db, decl).ty.kind.handle()?;
        return Some(Expected::Object(handle.body()));
    }
    matches!(cloudc_hir::body(ctx.db, decl).parts, Parts::Value { .. }).then_some(())?;
    cloudc_types::declared_type(ctx.db, decl).0.as_ref().map(of_ty)
}

fn property_value(ctx: &Ctx<'_>, at: &SyntaxNode, property: Property, depth: u32) -> Option<String> {
    node_value(ctx, at, property.node(), depth)
}

/// The smallest value a position of the schema takes, or what of the program fits there.
fn node_value(ctx: &Ctx<'_>, at: &SyntaxNode, node: Node, depth: u32) -> Option<String> {
    let limits = node.constraints();
    if let Some(first) = limits.constant.as_ref().or(limits.allowed.first()) {
        return Some(first.to_string());
    }
    if !node.expects().is_empty() {
        return Some(named(ctx, at, node.expects()).unwrap_or_else(|| format!("\"{}\"", identifier(node.expects()))));
    }
    match node.text() {
        Text::Policy | Text::TrustPolicy => return Some("{ Version: \"2012-10-17\", Statement: [] }".to_owned()),
        Text::Cidr => return Some("10.0.0.0/16".to_owned()),
        Text::Arn => return Some("\"arn:aws:service:region:111122223333:name\"".to_owned()),
        Text::Schedule => return Some("\"rate(1 day)\"".to_owned()),
        Text::EventPattern | Text::Json if node.shape() != Shape::String => return Some("{}".to_owned()),
        _ => {}
    }
    Some(match node.shape() {
        Shape::String => format!("\"{}\"", text_of(limits)),
        Shape::Integer | Shape::Number => limits.min.unwrap_or(0.0).max(0.0).to_string(),
        Shape::Boolean => "false".to_owned(),
        Shape::List(element) if limits.min_items.unwrap_or(0) > 0 => format!("[{}]", node_value(ctx, at, element, depth + 1)?),
        Shape::List(_) => "[]".to_owned(),
        Shape::Object(object) if depth < DEPTH => {
            let entries: Option<Vec<String>> = object
                .required()
                .filter(|property| !property.read_only())
                .map(|property| Some(format!("{}: {}", property.name(), node_value(ctx, at, property.node(), depth + 1)?)))
                .collect();
            let entries = entries?;
            if entries.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", entries.join(", ")) }
        }
        Shape::OneOf(all) | Shape::AnyOf(all) if depth < DEPTH => node_value(ctx, at, all.iter().next()?, depth + 1)?,
        _ => "{}".to_owned(),
    })
}

/// Text of the least length.
fn text_of(limits: &Constraints) -> String {
    match limits.min_len {
        Some(least) if least > 0 => "x".repeat(least.min(256) as usize),
        _ => String::new(),
    }
}

/// The only resource or instance in scope that is one of these identifiers.
fn named(ctx: &Ctx<'_>, at: &SyntaxNode, idents: &[Ident]) -> Option<String> {
    let fits = |ty: &Ty| match &ty.kind {
        Kind::Handle(handle) => handle.access_for(idents).is_some() && idents.iter().any(|ident| ident.ty == handle.name()),
        Kind::Instance(component, _) => cloudc_types::outputs_of(ctx.db, *component)
            .iter()
            .any(|(_, output, _)| cloudc_types::stands_for(ctx.db, *output).is_some_and(|own| idents.contains(&own))),
        _ => false,
    };
    only_named(ctx, at, fits)
}

/// The only visible name whose type fits, nothing that may be absent.
fn only_named(ctx: &Ctx<'_>, at: &SyntaxNode, fits: impl Fn(&Ty) -> bool) -> Option<String> {
    let own = ctx.decl(at)?;
    let from = asking_owner(ctx.db, own);
    let mut found = None;
    for name in visible_names(ctx.db, from, Namespace::Value) {
        let Some(Resolution::Decl { decl, lift, import: None, .. }) = resolve(ctx.db, from, Namespace::Value, name.clone())
        else {
            continue;
        };
        let is_value = matches!(decl.kind(ctx.db), DeclKind::Resource | DeclKind::Existing | DeclKind::Input);
        if decl == own || !lift.is_empty() || !is_value || !fits(&cloudc_types::signature(ctx.db, decl).ty) {
            continue;
        }
        if found.replace(name.to_string()).is_some() {
            return None;
        }
    }
    found
}

/// Something that looks like an identifier of the kind.
fn identifier(idents: &[Ident]) -> String {
    let Some(first) = idents.first() else { return String::new() };
    let prefix = match (first.ty, first.attr) {
        ("AWS::EC2::VPC", _) => "vpc-",
        ("AWS::EC2::Subnet", _) => "subnet-",
        ("AWS::EC2::SecurityGroup", "GroupId" | "Id") => "sg-",
        ("AWS::EC2::Image", _) => "ami-",
        ("AWS::EC2::Instance", _) => "i-",
        ("AWS::EC2::RouteTable", _) => "rtb-",
        ("AWS::EC2::InternetGateway", _) => "igw-",
        ("AWS::EC2::Volume", _) => "vol-",
        ("AWS::EC2::NetworkAcl", _) => "acl-",
        ("AWS::EC2::NatGateway", _) => "nat-",
        (ty, attr) if attr.ends_with("Arn") => {
            let service = ty.split("::").nth(1).unwrap_or_default().to_lowercase();
            return format!("arn:aws:{service}:eu-west-1:111122223333:name");
        }
        _ => return "name".to_owned(),
    };
    format!("{prefix}0123456789abcdef0")
}

/// The smallest value of a type of the program, or what fits in scope.
fn ty_value(ctx: &Ctx<'_>, at: &SyntaxNode, ty: &Ty, depth: u32) -> Option<String> {
    Some(match &ty.kind {
        Kind::Optional(_) | Kind::None => "none".to_owned(),
        Kind::Bool => "false".to_owned(),
        Kind::Int(bounds) | Kind::Float(bounds) => bounds.as_ref().and_then(|it| it.min).unwrap_or(0.0).to_string(),
        Kind::Str(bounds) => {
            format!("\"{}\"", "x".repeat(bounds.as_ref().and_then(|it| it.min).unwrap_or(0.0).clamp(0.0, 256.0) as usize))
        }
        Kind::Lit(lit) => lit.to_string(),
        Kind::Union(members) => match members.first()? {
            Kind::Lit(lit) => Lit::to_string(lit),
            other => ty_value(ctx, at, &Ty::constant(other.clone()), depth + 1)?,
        },
        Kind::Duration => "0s".to_owned(),
        Kind::Size => "0B".to_owned(),
        Kind::Cidr => "10.0.0.0/16".to_owned(),
        Kind::Arn => "\"arn:aws:service:region:111122223333:name\"".to_owned(),
        Kind::List(_) => "[]".to_owned(),
        Kind::Map(..) | Kind::Json => "{}".to_owned(),
        Kind::Record(fields) if depth < DEPTH => {
            let needed = fields.iter().filter(|field| !matches!(field.ty.kind, Kind::Optional(_)));
            let entries: Option<Vec<String>> =
                needed.map(|field| Some(format!("{}: {}", field.name, ty_value(ctx, at, &field.ty, depth + 1)?))).collect();
            format!("{{ {} }}", entries?.join(", "))
        }
        Kind::Ident(idents) => named(ctx, at, idents).unwrap_or_else(|| format!("\"{}\"", identifier(idents))),
        Kind::Handle(wanted) => only_named(ctx, at, |own| own.kind.handle() == Some(*wanted))?,
        Kind::Instance(wanted, _) => only_named(ctx, at, |own| matches!(&own.kind, Kind::Instance(known, _) if known == wanted))?,
        Kind::Node(node) => node_value(ctx, at, *node, depth + 1)?,
        Kind::Object(object) => {
            let entries = object
                .required()
                .map(|property| Some(format!("{}: {}", property.name(), node_value(ctx, at, property.node(), depth + 1)?)));
            format!("{{ {} }}", entries.collect::<Option<Vec<String>>>()?.join(", "))
        }
        Kind::Secret(inner) | Kind::Ssm(inner) => ty_value(ctx, at, inner, depth + 1)?,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use crate::actions::tests::check_action;

    #[test]
    fn properties_of_a_resource() {
        check_action(
            "missing",
            "stack t {}\nresource net: AWS::EC2::VPC { CidrBlock: 10.0.0.0/16 }\nresource sub: $0AWS::EC2::Subnet {\n  CidrBlock: 10.0.0.0/24\n}\n",
            "stack t {}\nresource net: AWS::EC2::VPC { CidrBlock: 10.0.0.0/16 }\nresource sub: AWS::EC2::Subnet {\n  CidrBlock: 10.0.0.0/24\n  VpcId: net\n}\n",
        );
        check_action(
            "missing",
            "stack t {}\nresource sub: $0AWS::EC2::Subnet {}\n",
            "stack t {}\nresource sub: AWS::EC2::Subnet { VpcId: \"vpc-0123456789abcdef0\" }\n",
        );
    }

    #[test]
    fn inputs_and_fields() {
        check_action(
            "missing",
            "component C {\n  input key: AWS::KMS::Key\n  input size: Int(2..=4)\n  output a = \"${key.Arn}${size}\"\n}\nstack t {}\nresource key: AWS::KMS::Key {}\nresource c: $0C {}\n",
            "component C {\n  input key: AWS::KMS::Key\n  input size: Int(2..=4)\n  output a = \"${key.Arn}${size}\"\n}\nstack t {}\nresource key: AWS::KMS::Key {}\nresource c: C { key: key, size: 2 }\n",
        );
        check_action(
            "missing",
            "let _a: { b: Int, c: [String], d?: Int } = $0{ b: 1 }\n",
            "let _a: { b: Int, c: [String], d?: Int } = { b: 1, c: [] }\n",
        );
    }
}
