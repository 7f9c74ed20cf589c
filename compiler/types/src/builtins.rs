//! The built-in functions, methods and properties: one table each, with what they take and give.

use std::sync::Arc;

use cloudc_schema::Ident;

use crate::phase::{Base, Phase};
use crate::ty::{AssetKind, Kind, Ty};
use crate::typed::Builtin;

/// What an argument must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arg {
    Text,
    Int,
    /// Like the elements of the receiver.
    Element,
    /// Like the receiver.
    Same,
    Duration,
    Json,
    /// A secret of Secrets Manager: the resource, its ARN or its name.
    Secret,
    /// Text or a list of it: actions of IAM.
    Actions,
    /// A resource, an ARN, or a list of those.
    Targets,
    /// A principal or a list of them.
    Principals,
    /// Like text, and an integer is fine too: the number of a version.
    Version,
}

/// What comes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Out {
    Text,
    Int,
    Bool,
    Texts,
    Element,
    Same,
    /// The elements of the elements.
    Flat,
    Keys,
    Values,
    Blocks,
    Json,
    Secret,
    Statement,
    Asset(AssetKind),
    Ints,
    /// The leaves of nested maps.
    All,
}

/// How late its arguments may be known.
pub(crate) type Latest = Base;

/// A function or method.
pub(crate) struct Signature {
    pub name: &'static str,
    pub builtin: Builtin,
    pub args: &'static [(&'static str, Arg)],
    /// How many of them must be given.
    pub required: usize,
    pub out: Out,
    pub latest: Latest,
    /// The receiver, for a method.
    pub on: Option<On>,
}

/// What a method or property is called on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum On {
    Text,
    List,
    Cidr,
    Number,
    /// Text or a list.
    Sequence,
}

const fn on(
    name: &'static str,
    on: On,
    builtin: Builtin,
    args: &'static [(&'static str, Arg)],
    out: Out,
    latest: Latest,
) -> Signature {
    Signature { name, builtin, args, required: args.len(), out, latest, on: Some(on) }
}

const METHODS: &[Signature] = &[
    on("lower", On::Text, Builtin::Lower, &[], Out::Text, Base::Const),
    on("upper", On::Text, Builtin::Upper, &[], Out::Text, Base::Const),
    on("trim", On::Text, Builtin::Trim, &[], Out::Text, Base::Const),
    on("split", On::Text, Builtin::Split, &[("separator", Arg::Text)], Out::Texts, Base::Deploy),
    on("replace", On::Text, Builtin::Replace, &[("old", Arg::Text), ("new", Arg::Text)], Out::Text, Base::Deploy),
    on("starts_with", On::Text, Builtin::StartsWith, &[("text", Arg::Text)], Out::Bool, Base::Const),
    on("ends_with", On::Text, Builtin::EndsWith, &[("text", Arg::Text)], Out::Bool, Base::Const),
    on("matches", On::Text, Builtin::Matches, &[("pattern", Arg::Text)], Out::Bool, Base::Const),
    on("slice", On::Sequence, Builtin::Slice, &[("start", Arg::Int), ("end", Arg::Int)], Out::Same, Base::Const),
    on("base64", On::Text, Builtin::Base64, &[], Out::Text, Base::Deploy),
    on("to_int", On::Text, Builtin::ToInt, &[], Out::Int, Base::Const),
    on("join", On::List, Builtin::Join, &[("separator", Arg::Text)], Out::Text, Base::Deploy),
    on("contains", On::Sequence, Builtin::Contains, &[("value", Arg::Element)], Out::Bool, Base::Param),
    on("every_in", On::List, Builtin::EveryIn, &[("list", Arg::Same)], Out::Bool, Base::Param),
    on("distinct", On::List, Builtin::Distinct, &[], Out::Same, Base::Const),
    on("flatten", On::List, Builtin::Flatten, &[], Out::Flat, Base::Deploy),
    on("sort", On::List, Builtin::Sort, &[], Out::Same, Base::Const),
    on("reverse", On::List, Builtin::Reverse, &[], Out::Same, Base::Deploy),
    on("floor", On::Number, Builtin::Floor, &[], Out::Int, Base::Const),
    on("abs", On::Number, Builtin::Abs, &[], Out::Same, Base::Const),
    on("to_text", On::Number, Builtin::ToText, &[], Out::Text, Base::Deploy),
    Signature {
        name: "subnets",
        builtin: Builtin::Subnets,
        args: &[("count", Arg::Int), ("host_bits", Arg::Int)],
        required: 1,
        out: Out::Blocks,
        latest: Base::Deploy,
        on: Some(On::Cidr),
    },
];

const fn function_of(
    name: &'static str,
    builtin: Builtin,
    args: &'static [(&'static str, Arg)],
    required: usize,
    out: Out,
    latest: Latest,
) -> Signature {
    Signature { name, builtin, args, required, out, latest, on: None }
}

const FUNCTIONS: &[Signature] = &[
    function_of("to_json", Builtin::ToJson, &[("value", Arg::Json)], 1, Out::Text, Base::Deploy),
    function_of("from_json", Builtin::FromJson, &[("text", Arg::Text)], 1, Out::Json, Base::Const),
    function_of("raw", Builtin::Raw, &[("value", Arg::Json)], 1, Out::Json, Base::Deploy),
    function_of("file", Builtin::File, &[("path", Arg::Text)], 1, Out::Text, Base::Const),
    function_of("cron", Builtin::Cron, &[("expression", Arg::Text)], 1, Out::Text, Base::Const),
    function_of("rate", Builtin::Rate, &[("every", Arg::Duration)], 1, Out::Text, Base::Const),
    function_of("range", Builtin::Range, &[("count", Arg::Int), ("end", Arg::Int)], 1, Out::Ints, Base::Const),
    function_of("min", Builtin::Min, &[("a", Arg::Int), ("b", Arg::Int)], 2, Out::Int, Base::Const),
    function_of("max", Builtin::Max, &[("a", Arg::Int), ("b", Arg::Int)], 2, Out::Int, Base::Const),
    function_of("import_value", Builtin::ImportValue, &[("name", Arg::Text)], 1, Out::Text, Base::Deploy),
    function_of(
        "stack_output",
        Builtin::StackOutput,
        &[("stack", Arg::Text), ("output", Arg::Text), ("region", Arg::Text), ("role", Arg::Text)],
        2,
        Out::Text,
        Base::Deploy,
    ),
    function_of(
        "secret",
        Builtin::Secret,
        &[("of", Arg::Secret), ("field", Arg::Text), ("stage", Arg::Text), ("version", Arg::Text)],
        1,
        Out::Secret,
        Base::Deploy,
    ),
    function_of(
        "ssm_secure",
        Builtin::SsmSecure,
        &[("name", Arg::Text), ("version", Arg::Version)],
        1,
        Out::Secret,
        Base::Deploy,
    ),
    function_of("asset", Builtin::Asset, &[("path", Arg::Text)], 1, Out::Asset(AssetKind::Files), Base::Const),
    function_of("image", Builtin::Image, &[("path", Arg::Text)], 1, Out::Asset(AssetKind::Image), Base::Const),
    function_of("template", Builtin::Template, &[("path", Arg::Text)], 1, Out::Asset(AssetKind::Template), Base::Const),
    function_of(
        "lookup",
        Builtin::Lookup,
        &[("id", Arg::Text), ("tags", Arg::Json), ("where", Arg::Json)],
        0,
        Out::Text,
        Base::Const,
    ),
    function_of("generated", Builtin::Generated, &[("id", Arg::Text)], 1, Out::Text, Base::Const),
    function_of("transform", Builtin::Transform, &[("name", Arg::Text), ("parameters", Arg::Json)], 1, Out::Json, Base::Deploy),
    function_of("allow", Builtin::Allow, &STATEMENT, 1, Out::Statement, Base::Deploy),
    function_of("deny", Builtin::Deny, &STATEMENT, 1, Out::Statement, Base::Deploy),
    function_of(
        "trust",
        Builtin::Trust,
        &[("who", Arg::Principals), ("when", Arg::Json), ("actions", Arg::Actions)],
        1,
        Out::Statement,
        Base::Deploy,
    ),
    function_of("ssm", Builtin::Ssm, &[("name", Arg::Text), ("version", Arg::Version)], 1, Out::Text, Base::Deploy),
];

/// What a statement is made of.
const STATEMENT: [(&str, Arg); 5] =
    [("actions", Arg::Actions), ("on", Arg::Targets), ("to", Arg::Principals), ("when", Arg::Json), ("sid", Arg::Text)];

/// What names a secret.
const SECRETS: [Ident; 2] = [
    Ident { ty: "AWS::SecretsManager::Secret", attr: "Id" },
    Ident { ty: "AWS::SecretsManager::SecretTargetAttachment", attr: "SecretId" },
];

/// Text that must not be seen.
pub(crate) fn secret(phase: Phase) -> Ty {
    Ty::at(Kind::Secret(Arc::new(Ty::text(phase))), phase)
}

/// `aws.zones_in(region)`.
pub(crate) const ZONES_IN: Signature =
    function_of("zones_in", Builtin::ZonesIn, &[("region", Arg::Text)], 1, Out::Texts, Base::Param);

/// All functions.
pub(crate) fn functions() -> &'static [Signature] {
    FUNCTIONS
}

/// All methods.
pub(crate) fn methods() -> &'static [Signature] {
    METHODS
}

/// The function of that name.
pub(crate) fn function(name: &str) -> Option<&'static Signature> {
    FUNCTIONS.iter().find(|signature| signature.name == name)
}

/// The method of that name.
pub(crate) fn method_named(name: &str) -> Option<&'static Signature> {
    METHODS.iter().find(|signature| signature.name == name)
}

/// Whether the language has a function of that name.
pub fn is_function(name: &str) -> bool {
    function(name).is_some() || crate::seen::FUNCTIONS.contains(&name)
}

/// All names that can be called.
pub(crate) fn function_names() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.iter().map(|signature| signature.name)
}

/// The names of the methods that `kind` has.
pub(crate) fn method_names(kind: &Kind) -> Vec<&'static str> {
    METHODS.iter().filter(|signature| signature.on.is_some_and(|on| on.accepts(kind))).map(|signature| signature.name).collect()
}

impl On {
    /// Whether a value of `kind` can be the receiver.
    pub fn accepts(self, kind: &Kind) -> bool {
        match self {
            On::Text => kind.is_text(),
            On::List => matches!(kind, Kind::List(_)),
            On::Cidr => *kind == Kind::Cidr || kind.is_text(),
            On::Number => kind.is_number(),
            On::Sequence => kind.is_text() || matches!(kind, Kind::List(_)),
        }
    }

    /// As an error names it.
    pub fn describe(self) -> &'static str {
        match self {
            On::Text => "text",
            On::List => "a list",
            On::Cidr => "a block of addresses",
            On::Number => "a number",
            On::Sequence => "text or a list",
        }
    }
}

/// What is written without parentheses: `.length`, `.first`, `.keys` …
pub(crate) fn property(kind: &Kind, name: &str) -> Option<(Builtin, Out)> {
    let is_list = matches!(kind, Kind::List(_));
    let is_map = matches!(kind, Kind::Map(..) | Kind::Record(_));
    if let Kind::Asset(what) = kind {
        let builtin = match (what, name) {
            (AssetKind::Image, "uri") => Builtin::ImageUri,
            (AssetKind::Image, _) => return None,
            (_, "bucket") => Builtin::AssetBucket,
            (_, "key") => Builtin::AssetKey,
            (_, "s3_uri") => Builtin::AssetS3Uri,
            (_, "url") => Builtin::AssetUrl,
            _ => return None,
        };
        return Some((builtin, Out::Text));
    }
    match name {
        "length" if is_list || is_map || kind.is_text() => Some((Builtin::Length, Out::Int)),
        "first" if is_list => Some((Builtin::First, Out::Element)),
        "last" if is_list => Some((Builtin::Last, Out::Element)),
        "keys" if is_map => Some((Builtin::Keys, Out::Keys)),
        "values" if is_map => Some((Builtin::Values, Out::Values)),
        "all" if matches!(kind, Kind::Map(..)) => Some((Builtin::All, Out::All)),
        _ => None,
    }
}

/// The type of a property of a value.
pub(crate) fn property_type(out: Out, receiver: &Ty) -> Ty {
    // Length, keys and values look only at the shape.
    result(out, receiver, receiver.phase)
}

/// The type that comes out of a receiver (or first argument), known at `phase`.
pub(crate) fn result(out: Out, receiver: &Ty, phase: Phase) -> Ty {
    let element = || match &receiver.kind {
        Kind::List(element) | Kind::Map(_, element) => (**element).clone(),
        Kind::Record(_) => crate::join::as_map(receiver).map_or_else(Ty::error, |(_, value)| value),
        _ => Ty::error(),
    };
    match out {
        Out::Text => Ty::text(phase),
        Out::Int => Ty::at(Kind::Int(None), phase),
        Out::Bool => Ty::at(Kind::Bool, phase),
        Out::Texts => Ty::list(Ty::text(phase), phase),
        Out::Ints => Ty::list(Ty::at(Kind::Int(None), phase), phase),
        Out::Blocks => Ty::list(Ty::at(Kind::Cidr, phase), phase),
        Out::Json => Ty::at(Kind::Json, phase),
        Out::Secret => secret(phase),
        Out::Asset(kind) => Ty::at(Kind::Asset(kind), phase.join(Phase::DEPLOY)),
        Out::Statement => Ty::at(Kind::Statement, phase),
        Out::Element => element().delayed(phase),
        Out::Same => Ty { kind: receiver.kind.widened(), phase },
        Out::Flat => match element().kind {
            Kind::List(inner) => Ty::list((*inner).clone(), phase),
            _ => receiver.clone(),
        },
        Out::Keys => {
            let key = crate::join::as_map(receiver).map_or(Kind::Str(None), |(key, _)| key);
            Ty::list(Ty::at(key, phase), phase)
        }
        Out::Values => Ty::list(element(), phase),
        Out::All => {
            let mut leaf = element();
            while let Kind::Map(_, inner) = &leaf.kind {
                leaf = Ty::clone(inner);
            }
            Ty::list(leaf, phase)
        }
    }
}

/// The kind an argument must have, given the receiver.
pub(crate) fn argument(arg: Arg, receiver: Option<&Ty>) -> Option<Kind> {
    Some(match arg {
        Arg::Text => Kind::Str(None),
        Arg::Int => Kind::Int(None),
        Arg::Duration => Kind::Duration,
        Arg::Json => Kind::Json,
        Arg::Secret => Kind::Ident(SECRETS.into()),
        Arg::Actions => Kind::Str(None),
        Arg::Targets => Kind::Target,
        Arg::Principals => Kind::Principal,
        Arg::Version => Kind::union([Kind::Int(None), Kind::Str(None)]),
        Arg::Element => match &receiver?.kind {
            Kind::List(element) => element.kind.widened(),
            kind if kind.is_text() => Kind::Str(None),
            _ => return None,
        },
        Arg::Same => match &receiver?.kind {
            Kind::List(element) => Kind::List(Arc::new(Ty::at(element.kind.widened(), Phase::CONST))),
            _ => return None,
        },
    })
}
