//! Questions of an editor about what is being typed: types of expressions that belong to no declaration yet, and the tables of what
//! is built in.
//!
//! In: an owner in whose scope names are looked up, a lone body. Out: types, plain descriptions. Always: no query, no problem told;
//! what is wrong is the error type.

use cloudc_hir::body::TypeRef;
use cloudc_hir::{Body, Decl, DeclKind, Name, Owner, TypeId};
use cloudc_schema::Ident;

use crate::Db;
use crate::builtins::{self, Arg, Out};
use crate::infer::Ctx;
use crate::phase::Phase;
use crate::ty::{Kind, Ty};
use crate::written::Written;

/// A function, method or property that is built in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuiltIn {
    /// Its name.
    pub name: &'static str,
    /// Names and types of what it takes.
    pub args: Vec<(&'static str, String)>,
    /// How many of them must be given.
    pub required: usize,
    /// The type it gives, as a user would write it.
    pub gives: String,
    /// Whether it is called with parentheses.
    pub called: bool,
}

/// The type of an expression of `body` as if it stood in `owner`, with these variables bound around it.
pub fn type_of(db: &dyn Db, owner: Owner, body: &Body, expr: cloudc_hir::ExprId, locals: &[(Name, Ty)]) -> Ty {
    let mut ctx = Ctx::new(db, nobody(db, owner));
    ctx.owner = owner;
    ctx.body = body;
    ctx.types = vec![None; body.exprs.len()];
    for (name, ty) in locals {
        ctx.bind(name.clone(), ty.clone());
    }
    ctx.infer(expr).1
}

/// What a written type of `body` means in `owner`.
pub fn written(db: &dyn Db, owner: Owner, body: &Body, ty: TypeId) -> Ty {
    Written { db, decl: nobody(db, owner), body, problems: Vec::new() }.ty(ty)
}

/// What the text of a type means in `owner`: `AWS::S3::Bucket`, `net.Vpc`.
pub fn named_type(db: &dyn Db, owner: Owner, path: &str, members: &[Name]) -> Ty {
    let body = Body { types: vec![TypeRef::Path { path: path.into(), members: members.to_vec() }], ..Body::default() };
    written(db, owner, &body, TypeId(0))
}

/// Stands for a declaration that is not written yet.
fn nobody(db: &dyn Db, owner: Owner) -> Decl {
    Decl::new(db, owner, DeclKind::Let, Name::default(), u32::MAX)
}

/// The type of something inside `if`s and `for`s as seen from outside.
pub fn lifted(db: &dyn Db, ty: Ty, lift: &[(Decl, cloudc_hir::Branch)]) -> Ty {
    crate::references::lifted(db, ty, lift)
}

/// Key and element of what a `for` runs over.
pub fn turn_of(ty: &Ty) -> Option<(Ty, Ty)> {
    match &ty.kind {
        Kind::List(element) => Some((Ty::constant(Kind::Int(None)), Ty::clone(element))),
        Kind::Map(..) | Kind::Record(_) => crate::join::as_map(ty).map(|(key, value)| (Ty::constant(key), value)),
        Kind::Optional(inner) => turn_of(inner),
        _ => None,
    }
}

/// The parameters of a declared function: name, type, whether it has a default.
pub fn parameters(db: &dyn Db, function: Decl) -> &[(Name, Ty, bool)] {
    crate::functions::parameters(db, function)
}

/// The type of an attribute of a resource.
pub fn attribute_type(attribute: cloudc_schema::Attribute) -> Ty {
    crate::access::type_of_node(attribute.node(), attribute.idents(), Phase::DEPLOY)
}

/// The type of a value that stands at a position of the schema.
pub fn node_type(node: cloudc_schema::Node, own: &[Ident], phase: Phase) -> Ty {
    crate::access::type_of_node(node, own, phase)
}

/// Every `@attribute` and the declarations it goes before.
pub fn attributes() -> &'static [(&'static str, &'static [DeclKind])] {
    crate::attributes::KNOWN
}

/// Whether an `@attribute` that fits few types fits this one.
pub fn attribute_fits(attribute: &str, ty: &str) -> bool {
    match attribute {
        "snapshot" => crate::attributes::SNAPSHOTS.contains(&ty),
        "creation_policy" => crate::attributes::CREATION_POLICIES.contains(&ty),
        "update_policy" => crate::attributes::UPDATE_POLICIES.contains(&ty),
        _ => true,
    }
}

/// The built-in functions, and whether this version lowers them.
pub fn functions(db: &dyn Db) -> Vec<BuiltIn> {
    builtins::functions().iter().map(|signature| describe(db, signature, None)).collect()
}

/// `aws.zones_in`.
pub fn zones_in(db: &dyn Db) -> BuiltIn {
    describe(db, &builtins::ZONES_IN, None)
}

/// What a value of a type offers after a dot that is built in: methods and properties.
pub fn members(db: &dyn Db, receiver: &Ty) -> Vec<(BuiltIn, Ty)> {
    const PROPERTIES: [&str; 11] = ["length", "first", "last", "keys", "values", "all", "bucket", "key", "s3_uri", "url", "uri"];
    let mut all = Vec::new();
    for name in PROPERTIES {
        if let Some((_, out)) = builtins::property(&receiver.kind, name) {
            let ty = builtins::property_type(out, receiver);
            let gives = crate::display(db, &ty);
            all.push((BuiltIn { name, args: Vec::new(), required: 0, gives, called: false }, ty));
        }
    }
    for signature in builtins::methods() {
        if signature.on.is_some_and(|on| on.accepts(&receiver.kind)) {
            all.push((describe(db, signature, Some(receiver)), builtins::result(signature.out, receiver, receiver.phase)));
        }
    }
    all
}

/// The type an argument of a built-in function must have.
pub fn argument_type(function: &str, index: usize) -> Option<Ty> {
    let signature = builtins::function(function).or_else(|| builtins::method_named(function))?;
    let (_, arg) = signature.args.get(index)?;
    builtins::argument(*arg, None).map(Ty::constant)
}

fn describe(db: &dyn Db, signature: &'static builtins::Signature, receiver: Option<&Ty>) -> BuiltIn {
    let any = Ty::error();
    let gives = match signature.out {
        Out::Same | Out::Element | Out::Flat | Out::Values | Out::Keys | Out::All if receiver.is_none() => "a value".to_owned(),
        out => crate::display(db, &builtins::result(out, receiver.unwrap_or(&any), Phase::CONST)),
    };
    let args = signature.args.iter().map(|(name, arg)| (*name, argument_text(db, *arg, receiver)));
    BuiltIn { name: signature.name, args: args.collect(), required: signature.required, gives, called: true }
}

fn argument_text(db: &dyn Db, arg: Arg, receiver: Option<&Ty>) -> String {
    match builtins::argument(arg, receiver) {
        Some(kind) => crate::ty::display_kind(db, &kind),
        None => "a value".to_owned(),
    }
}
