//! Behind a dot: attributes of resources, outputs of instances, fields, what is built in, members of modules and of `aws`.

use cloudc_base::File;
use cloudc_hir::{Decl, Name, Namespace, Owner, Resolution};
use cloudc_schema::Type;
use cloudc_syntax::ast::{self, AstNode};
use cloudc_syntax::{SyntaxKind, SyntaxNode};
use cloudc_types::{Kind, Phase, Ty, ask, signature};

use super::context::Context;
use super::expected::{Expected, expected};
use super::fit::{self, fit, seen};
use super::item::{About, Item, ItemKind};
use super::names::kind_of;
use super::scene::Scene;
use super::snippets;

/// What stands before the dot.
pub(crate) enum Base {
    /// A value.
    Value(Ty),
    /// `import "…" as net`.
    Module(File),
    /// The first part of dotted attributes: `db.Endpoint`.
    Attributes(Type, String),
    Aws,
    Stack,
    Project,
}

/// A place behind a dot.
pub(crate) struct MemberSpot {
    pub base: Base,
    /// The resource that is named, when it is one name: its written properties can be read back.
    pub named: Option<Decl>,
    pub expected: Expected,
    /// Whether `?.` is written.
    pub optional: bool,
    /// Where the dot stands, in bytes before the word.
    pub dot: u32,
}

/// The place behind the dot of a field expression.
pub(crate) fn spot(scene: &Scene, node: &SyntaxNode) -> Option<MemberSpot> {
    let field = ast::FieldExpr::cast(node.clone())?;
    let base = field.base()?;
    let name = match &base {
        ast::Expr::NameRef(name) => Some(name.text()),
        _ => None,
    };
    let mut named = None;
    let mut what = None;
    if let Some(name) = name.filter(|name| !scene.locals.iter().any(|(local, _)| local == name)) {
        match cloudc_hir::resolve(scene.db, scene.owner, Namespace::Value, name.clone()) {
            Some(Resolution::Module { file, .. }) => what = Some(Base::Module(file)),
            Some(Resolution::Decl { decl, .. }) => named = Some(decl),
            Some(_) => {}
            None => {
                what = match name.as_str() {
                    "aws" => Some(Base::Aws),
                    "stack" => Some(Base::Stack),
                    "project" => Some(Base::Project),
                    _ => None,
                }
            }
        }
    }
    let dot = field.syntax().children_with_tokens().find(|it| matches!(it.kind(), SyntaxKind::Dot | SyntaxKind::QuestionDot))?;
    let optional = dot.kind() == SyntaxKind::QuestionDot;
    let width = u32::from(dot.text_range().len());
    let base = what.or_else(|| dotted(scene, &base)).unwrap_or_else(|| Base::Value(scene.type_of(&base)));
    // In `a.b.c` it is the whole path that has to fit.
    let whole = node.ancestors().take_while(|it| matches!(it.kind(), SyntaxKind::FieldExpr | SyntaxKind::CallExpr)).last()?;
    let expected = if whole == *node { expected(scene, node) } else { Expected::Any };
    Some(MemberSpot { base, named, expected, optional, dot: width })
}

/// The type and the part of an attribute's name that an expression is, when attributes go on behind it.
fn dotted(scene: &Scene, base: &ast::Expr) -> Option<Base> {
    let mut names: Vec<Name> = Vec::new();
    let mut at = base.clone();
    while let ast::Expr::Field(field) = &at {
        names.insert(0, field.name()?.text());
        let inner = field.base()?;
        if let Kind::Handle(ty) = scene.type_of(&inner).present().kind {
            let prefix = format!("{}.", names.join("."));
            let goes_on = ty.attributes().any(|attribute| attribute.name().starts_with(&prefix));
            return goes_on.then_some(Base::Attributes(ty, prefix));
        }
        at = inner;
    }
    None
}

/// What can be written behind the dot.
pub(crate) fn members(ctx: &Context, spot: &MemberSpot) -> Vec<Item> {
    let mut items = Vec::new();
    match &spot.base {
        Base::Value(ty) => {
            let before = items.len();
            of_value(ctx, spot, ty.present(), &mut items);
            if matches!(ty.kind, Kind::Optional(_)) && !spot.optional {
                items[before..].iter_mut().for_each(|item| question(ctx, spot, item));
            }
        }
        Base::Module(file) => module(ctx, spot, *file, &mut items),
        Base::Attributes(ty, prefix) => {
            for attribute in ty.attributes() {
                let Some(rest) = attribute.name().strip_prefix(prefix.as_str()) else { continue };
                let before = items.len();
                member(ctx, spot, rest, &ask::attribute_type(attribute), 0, &mut items);
                items[before..].iter_mut().for_each(|item| item.about = About::Attribute(*ty, attribute));
            }
        }
        Base::Aws => aws(ctx, spot, &mut items),
        Base::Stack => {
            for name in ["name", "region", "description"] {
                member(ctx, spot, name, &Ty::text(Phase::CONST), 0, &mut items);
            }
        }
        Base::Project => member(ctx, spot, "env", &Ty::text(Phase::CONST), 0, &mut items),
    }
    items
}

/// Reads a member of what may be absent with `?.`: the dot is replaced too.
fn question(ctx: &Context, spot: &MemberSpot, item: &mut Item) {
    let start = ctx.word.start() - cloudc_base::TextSize::from(spot.dot);
    item.additions.push(super::Addition { range: cloudc_base::TextRange::new(start, ctx.word.start()), insert: "?.".to_owned() });
}

fn member(ctx: &Context, spot: &MemberSpot, name: &str, ty: &Ty, extra: u32, items: &mut Vec<Item>) {
    let Some(quality) = ctx.quality(name) else { return };
    let cost = quality + extra + fit(&ctx.scene, ty, &spot.expected).min(30);
    items.push(Item { ty: Some(ty.clone()), commit: &['.'], ..ctx.item(name, ItemKind::Attribute, cost) });
}

fn of_value(ctx: &Context, spot: &MemberSpot, ty: &Ty, items: &mut Vec<Item>) {
    match &ty.kind {
        Kind::Handle(handle) => resource(ctx, spot, *handle, items),
        Kind::Instance(component, _) => instance(ctx, spot, *component, items),
        Kind::Record(fields) => {
            for field in fields.iter() {
                member(ctx, spot, &field.name, &field.ty, 0, items);
                kind(items, ItemKind::Property);
            }
        }
        Kind::Object(object) => {
            for property in object.properties() {
                member(ctx, spot, property.name(), &ask::node_type(property.node(), &[], ty.phase), 0, items);
                kind(items, ItemKind::Property);
            }
        }
        Kind::Custom(_) => member(ctx, spot, "ref", &Ty::text(Phase::DEPLOY), 0, items),
        Kind::Map(keys, value) => {
            for lit in keys.literals().unwrap_or_default() {
                if let cloudc_types::ty::Lit::Str(name) = lit {
                    member(ctx, spot, &name, value, 0, items);
                }
            }
        }
        _ => {}
    }
    for (built_in, out) in ask::members(ctx.scene.db, ty) {
        let before = items.len();
        member(ctx, spot, built_in.name, &out, 8, items);
        for item in &mut items[before..] {
            item.about = About::BuiltIn(built_in.name.into());
            if built_in.called {
                item.kind = ItemKind::Method;
                item.commit = &[];
                let stop = if built_in.args.is_empty() { "" } else { "$0" };
                *item = ctx.snippet(item.clone(), &format!("{}({stop})", built_in.name));
            }
        }
    }
}

fn kind(items: &mut [Item], kind: ItemKind) {
    if let Some(last) = items.last_mut() {
        last.kind = kind;
    }
}

fn resource(ctx: &Context, spot: &MemberSpot, ty: Type, items: &mut Vec<Item>) {
    let reference = Ty::at(Kind::Ident([ty.ref_ident()].into()), Phase::DEPLOY);
    member(ctx, spot, "ref", &reference, 2, items);
    if let Some(item) = items.last_mut().filter(|item| item.label == "ref") {
        item.about = About::Text(format!("What `Ref` gives: `{}`.", ty.ref_ident()));
    }
    for attribute in ty.attributes().filter(|attribute| !attribute.name().ends_with('*')) {
        let before = items.len();
        // What nearly everybody reads.
        let usual = u32::from(!matches!(attribute.name(), "Arn" | "DNSName" | "DomainName" | "Endpoint.Address"));
        member(ctx, spot, attribute.name(), &ask::attribute_type(attribute), 1 + usual, items);
        for item in &mut items[before..] {
            item.about = About::Attribute(ty, attribute);
        }
    }
    written_properties(ctx, spot, ty, items);
    member(ctx, spot, "logical_id", &Ty::text(Phase::CONST), 14, items);
    member(ctx, spot, "fingerprint", &Ty::text(Phase::CONST), 16, items);
}

/// Properties that the resource writes, which can be read back.
fn written_properties(ctx: &Context, spot: &MemberSpot, ty: Type, items: &mut Vec<Item>) {
    let Some(decl) = spot.named else { return };
    let body = cloudc_hir::body(ctx.scene.db, decl);
    let cloudc_hir::body::Parts::Resource { body: Some(record), .. } = &body.parts else { return };
    let cloudc_hir::body::Expr::Record(entries) = body.expr(*record) else { return };
    for entry in entries {
        let cloudc_hir::body::Entry::Field { key: cloudc_hir::body::Key::Text(name), .. } = entry else { continue };
        let Some(property) = ty.property(name).filter(|property| ty.attribute(property.name()).is_none()) else { continue };
        let before = items.len();
        member(ctx, spot, name, &ask::node_type(property.node(), &[], Phase::CONST), 6, items);
        for item in &mut items[before..] {
            item.kind = ItemKind::Property;
            item.about = About::Property(Some(ty), property);
        }
    }
}

fn instance(ctx: &Context, spot: &MemberSpot, component: Decl, items: &mut Vec<Item>) {
    for (at, (name, decl, ty)) in cloudc_types::outputs_of(ctx.scene.db, component).iter().enumerate() {
        let before = items.len();
        member(ctx, spot, name, ty, at.min(6) as u32, items);
        for item in &mut items[before..] {
            item.about = About::Decl(*decl);
        }
    }
}

fn module(ctx: &Context, spot: &MemberSpot, file: File, items: &mut Vec<Item>) {
    let db = ctx.scene.db;
    for name in cloudc_hir::resolve::module_names(db, file, Namespace::Value) {
        let Some(decl) = cloudc_hir::module_item(db, file, Namespace::Value, name.clone()) else { continue };
        declared(ctx, spot, &name, decl, &signature(db, decl).ty.clone(), items);
    }
    // Another stack's outputs.
    for (name, decl, lift) in cloudc_hir::outputs(db, Owner::File(file)) {
        declared(ctx, spot, name, *decl, &seen(&ctx.scene, *decl, lift), items);
    }
}

fn declared(ctx: &Context, spot: &MemberSpot, name: &Name, decl: Decl, ty: &Ty, items: &mut Vec<Item>) {
    let before = items.len();
    member(ctx, spot, name, ty, 0, items);
    for item in &mut items[before..] {
        item.about = About::Decl(decl);
        item.kind = kind_of(&ctx.scene, decl);
        if item.kind == ItemKind::Function {
            item.commit = &[];
            *item = ctx.snippet(item.clone(), &format!("{}($0)", snippets::escape(name)));
        }
    }
}

fn aws(ctx: &Context, spot: &MemberSpot, items: &mut Vec<Item>) {
    const NAMES: [(&str, &str); 8] = [
        ("region", "The region of the stack: `AWS::Region`."),
        ("account_id", "The account's number: `AWS::AccountId`."),
        ("partition", "`aws`, `aws-cn` or `aws-us-gov`: `AWS::Partition`."),
        ("stack_name", "Name of the deployed stack: `AWS::StackName`."),
        ("zones", "Availability zones of the region: `Fn::GetAZs`."),
        ("url_suffix", "What AWS host names end in: `AWS::URLSuffix`."),
        ("stack_id", "ARN of the deployed stack: `AWS::StackId`."),
        ("notification_arns", "Topics that hear of the deployment: `AWS::NotificationARNs`."),
    ];
    for (at, (name, about)) in NAMES.into_iter().enumerate() {
        let ty = match name {
            "zones" => Ty::list(zone(ctx), Phase::PARAM),
            "notification_arns" => Ty::list(Ty::at(Kind::Arn, Phase::PARAM), Phase::PARAM),
            _ => Ty::text(Phase::PARAM),
        };
        let before = items.len();
        member(ctx, spot, name, &ty, at as u32, items);
        for item in &mut items[before..] {
            item.about = About::Text(about.to_owned());
        }
    }
    let zones_in = ask::zones_in(ctx.scene.db);
    if let Some(quality) = ctx.quality(zones_in.name) {
        let item = ctx.item(zones_in.name, ItemKind::Method, quality + fit::NEAR);
        items.push(ctx.snippet(item, "zones_in(\"$0\")"));
    }
}

fn zone(ctx: &Context) -> Ty {
    match ctx.scene.schema().ident("AWS::EC2::AvailabilityZone", "Name") {
        Some(ident) => Ty::at(Kind::Ident([ident].into()), Phase::PARAM),
        None => Ty::text(Phase::PARAM),
    }
}
