//! `param`: which types a CloudFormation parameter can have, what a declaration lowers to, and values given from outside.

use cloudc_hir::body::{Literal, Parts};
use cloudc_hir::{Anchor, Decl, DeclKind, Name, Problem};
use cloudc_schema::Ident;

use crate::Db;
use crate::checks::{Constraint, Scalar, violation};
use crate::phase::Phase;
use crate::ty::{Kind, Lit, Ty};

/// What a `param` becomes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ParamShape {
    /// CloudFormation's `Type`.
    pub ty: String,
    /// `AllowedValues`.
    pub allowed: Vec<Lit>,
    /// `AllowedPattern`.
    pub pattern: Option<Name>,
    /// `MinLength`, `MaxLength`.
    pub length: (Option<u64>, Option<u64>),
    /// `MinValue`, `MaxValue`, as the user wrote them.
    pub value: (Option<i64>, Option<i64>),
    /// `NoEcho`.
    pub no_echo: bool,
    /// `""` stands for absence.
    pub optional: bool,
    /// `"true"` and `"false"` stand for a Bool.
    pub boolean: bool,
    /// Elements come as one text with commas.
    pub list: bool,
    /// What is written before it.
    pub description: Option<Name>,
}

/// A value given from outside (`--set`, an environment), parsed against a type.
#[derive(Debug, Clone, PartialEq)]
pub enum Setting {
    /// A scalar.
    Literal(Literal),
    /// A list.
    List(Vec<Setting>),
    /// A record or map.
    Map(Vec<(Name, Setting)>),
}

/// CloudFormation's AWS-specific parameter types, from the user guide's "CloudFormation-supplied parameter types".
const SUPPLIED: [(&str, &str, &str); 11] = [
    ("AWS::EC2::AvailabilityZone", "Name", "AWS::EC2::AvailabilityZone::Name"),
    ("AWS::EC2::Image", "Id", "AWS::EC2::Image::Id"),
    ("AWS::EC2::Instance", "InstanceId", "AWS::EC2::Instance::Id"),
    ("AWS::EC2::KeyPair", "KeyName", "AWS::EC2::KeyPair::KeyName"),
    ("AWS::EC2::SecurityGroup", "GroupName", "AWS::EC2::SecurityGroup::GroupName"),
    ("AWS::EC2::SecurityGroup", "GroupId", "AWS::EC2::SecurityGroup::Id"),
    ("AWS::EC2::Subnet", "SubnetId", "AWS::EC2::Subnet::Id"),
    ("AWS::EC2::Volume", "VolumeId", "AWS::EC2::Volume::Id"),
    ("AWS::EC2::VPC", "VpcId", "AWS::EC2::VPC::Id"),
    ("AWS::Route53::HostedZone", "Id", "AWS::Route53::HostedZone::Id"),
    ("AWS::SSM::Parameter", "Name", "AWS::SSM::Parameter::Name"),
];

/// CloudFormation's parameter types with the types that say the same here: `AWS::EC2::VPC::Id` and `AWS::EC2::VPC.VpcId`.
pub fn supplied_types() -> impl Iterator<Item = (&'static str, String)> {
    SUPPLIED.iter().map(|(ty, attr, name)| (*name, format!("{ty}.{attr}")))
}

/// The type of a `param` where it is used: everything about it is known when the deployment starts.
#[salsa::tracked(returns(ref))]
pub fn param_type(db: &dyn Db, decl: Decl) -> Ty {
    let (declared, _) = crate::declared_type(db, decl);
    let ty = match declared {
        Some(ty) => ty.clone(),
        None => default_type(db, decl),
    };
    let ty = match &ty.kind {
        Kind::Ssm(inner) => Ty::clone(inner),
        _ => ty,
    };
    ty.map_phases(&mut |_| Phase::PARAM)
}

fn default_type(db: &dyn Db, decl: Decl) -> Ty {
    let Parts::Value { value: Some(value), .. } = cloudc_hir::body(db, decl).parts else { return Ty::text(Phase::CONST) };
    let mut ctx = crate::infer::Ctx::new(db, decl);
    crate::join::widen(&ctx.infer(value).1)
}

/// What a `param` lowers to.
pub fn param_shape(db: &dyn Db, decl: Decl) -> ParamShape {
    let (declared, _) = crate::declared_type(db, decl);
    let ty = declared.clone().unwrap_or_else(|| default_type(db, decl));
    let mut shape = shape_of(&ty).unwrap_or_default();
    shape.description = cloudc_hir::body(db, decl).doc.clone();
    shape
}

fn shape_of(ty: &Ty) -> Option<ParamShape> {
    let mut shape = ParamShape { ty: "String".to_owned(), ..ParamShape::default() };
    match &ty.kind {
        Kind::Optional(inner) => {
            let own = shape_of(inner)?;
            if own.list {
                return None;
            }
            // An empty text must stay possible, so the parameter is a String; the bounds are the evaluator's to widen.
            return Some(ParamShape { ty: "String".to_owned(), optional: true, ..own });
        }
        Kind::Secret(inner) => {
            let own = shape_of(inner)?;
            return Some(ParamShape { no_echo: true, ..own });
        }
        Kind::Ssm(inner) => {
            let own = shape_of(inner)?;
            // Numbers are stored as text.
            let stored = if own.ty == "Number" { "String" } else { &own.ty };
            if own.no_echo || own.ty == "List<Number>" {
                return None;
            }
            return Some(ParamShape {
                ty: format!("AWS::SSM::Parameter::Value<{stored}>"),
                ..ParamShape { list: own.list, no_echo: own.no_echo, ..shape }
            });
        }
        Kind::List(element) => {
            let own = shape_of(element)?;
            if own.list || own.optional || own.boolean {
                return None;
            }
            shape.list = true;
            shape.ty = match own.ty.as_str() {
                "Number" => "List<Number>".to_owned(),
                "String" => "CommaDelimitedList".to_owned(),
                supplied => format!("List<{supplied}>"),
            };
            shape.allowed = own.allowed;
        }
        Kind::Ident(idents) => {
            let known = SUPPLIED.iter().find(|(ty, attr, _)| idents.contains(&Ident { ty, attr }));
            if let Some((_, _, name)) = known {
                shape.ty = (*name).to_owned();
            }
        }
        Kind::Str(bounds) => {
            if let Some(bounds) = bounds {
                shape.pattern = bounds.pattern.clone();
                shape.length = (bounds.min.map(|min| min as u64), bounds.max.map(|max| max as u64));
            }
        }
        Kind::Int(bounds) | Kind::Float(bounds) => {
            shape.ty = "Number".to_owned();
            if let Some(bounds) = bounds {
                shape.value = (bounds.min.map(|min| min as i64), bounds.max.map(|max| max as i64));
            }
        }
        Kind::Bool => {
            shape.boolean = true;
            shape.allowed = vec![Lit::Str("true".into()), Lit::Str("false".into())];
        }
        Kind::Cidr | Kind::Arn | Kind::Error => {}
        kind => {
            let literals = kind.literals()?;
            if kind.is_int() {
                shape.ty = "Number".to_owned();
            } else if !kind.is_text() {
                return None;
            }
            shape.allowed = literals;
        }
    }
    Some(shape)
}

/// What is wrong with the type of a `param`.
pub(crate) fn problems(db: &dyn Db, decl: Decl) -> Vec<Problem> {
    let (declared, _) = crate::declared_type(db, decl);
    let Some(ty) = declared else {
        let has_default = matches!(cloudc_hir::body(db, decl).parts, Parts::Value { value: Some(_), .. });
        if has_default {
            return Vec::new();
        }
        return vec![
            Problem::error("C0302", Anchor::name(decl), format!("`{}` needs a type", decl.name(db)))
                .help("write its type after the name: `param name: String`"),
        ];
    };
    if ty.is_error() || shape_of(ty).is_some() {
        return Vec::new();
    }
    let at = match &cloudc_hir::body(db, decl).parts {
        Parts::Value { ty: Some(ty), .. } => Anchor::ty(decl, *ty),
        _ => Anchor::name(decl),
    };
    let shown = crate::display(db, ty);
    vec![
        Problem::error("C0370", at, format!("a parameter cannot be of type `{shown}`"))
            .note("CloudFormation's parameters are text, numbers, identifiers, and lists of those")
            .help("make it an `input`, which can be of any type, and is chosen when compiling"),
    ]
}

/// A constant that a program gives to another stack: a test's `build`, an environment's `inputs`. Durations and sizes are integers of
/// their smallest unit.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Given {
    /// Absence.
    None,
    /// A Bool.
    Bool(bool),
    /// An integer, a duration, a size.
    Int(i64),
    /// A number as text, so that it can be compared.
    Float(Name),
    /// Text, a block, an ARN.
    Text(Name),
    /// A list.
    List(Vec<Given>),
    /// A record or map.
    Map(Vec<(Name, Given)>),
}

/// What a value given for an `input` or `param` must be, known when compiling.
pub fn given_type(db: &dyn Db, decl: Decl) -> Ty {
    let ty = match decl.kind(db) {
        DeclKind::Param => param_type(db, decl),
        _ => &crate::signature(db, decl).ty,
    };
    ty.map_phases(&mut |_| Phase::CONST)
}

/// A value given by a program against the type of an `input` or `param`. Errors are one line for the user.
pub fn conform(db: &dyn Db, decl: Decl, given: &Given) -> Result<Setting, String> {
    fitted(db, &given_type(db, decl), given)
}

fn fitted(db: &dyn Db, ty: &Ty, given: &Given) -> Result<Setting, String> {
    match (&ty.kind, given) {
        (Kind::Error | Kind::Json, _) => Ok(as_it_is(given)),
        (Kind::Optional(_), Given::None) => Ok(Setting::Literal(Literal::None)),
        (Kind::Optional(inner) | Kind::Secret(inner) | Kind::Ssm(inner), _) => fitted(db, inner, given),
        (Kind::Duration | Kind::Size | Kind::Float(_), Given::Int(_)) => Ok(as_it_is(given)),
        (Kind::List(element), Given::List(items)) => {
            Ok(Setting::List(items.iter().map(|item| fitted(db, element, item)).collect::<Result<_, _>>()?))
        }
        (Kind::Map(_, value), Given::Map(entries)) => {
            let entries = entries.iter().map(|(name, item)| Ok((name.clone(), fitted(db, value, item)?)));
            Ok(Setting::Map(entries.collect::<Result<_, String>>()?))
        }
        (Kind::Record(fields), Given::Map(entries)) => {
            if let Some((name, _)) = entries.iter().find(|(name, _)| !fields.iter().any(|field| field.name == *name)) {
                return Err(format!("`{}` has no `{name}`", crate::display(db, ty)));
            }
            let fields = fields.iter().map(|field| {
                let given = entries.iter().find(|(name, _)| *name == field.name).map_or(&Given::None, |(_, given)| given);
                let fitted = fitted(db, &field.ty, given);
                Ok((field.name.clone(), fitted.map_err(|message| format!("`{}`: {message}", field.name))?))
            });
            Ok(Setting::Map(fields.collect::<Result<_, String>>()?))
        }
        (Kind::Union(members), Given::List(_) | Given::Map(_)) => {
            let found = members.iter().find_map(|kind| fitted(db, &Ty::constant(kind.clone()), given).ok());
            found.ok_or_else(|| format!("this is not `{}`", crate::display(db, ty)))
        }
        (kind, Given::Bool(value)) if kind.is_bool() || matches!(kind, Kind::Union(_)) => parse(db, ty, &value.to_string()),
        (kind, Given::Int(value)) if kind.is_number() || matches!(kind, Kind::Union(_)) => parse(db, ty, &value.to_string()),
        (Kind::Float(_) | Kind::Union(_), Given::Float(text)) => parse(db, ty, text),
        (kind, Given::Text(text)) if kind.is_text() || matches!(kind, Kind::Union(_)) => parse(db, ty, text),
        _ => Err(format!("{} is not `{}`", shown(given), crate::display(db, ty))),
    }
}

/// A value that nothing is asked of.
fn as_it_is(given: &Given) -> Setting {
    match given {
        Given::None => Setting::Literal(Literal::None),
        Given::Bool(value) => Setting::Literal(Literal::Bool(*value)),
        Given::Int(value) => Setting::Literal(Literal::Int(*value)),
        Given::Float(text) => Setting::Literal(Literal::Float(text.parse().unwrap_or(0.0))),
        Given::Text(text) => Setting::Literal(Literal::Str(text.clone())),
        Given::List(items) => Setting::List(items.iter().map(as_it_is).collect()),
        Given::Map(entries) => Setting::Map(entries.iter().map(|(name, given)| (name.clone(), as_it_is(given))).collect()),
    }
}

/// As a message names it.
fn shown(given: &Given) -> String {
    match given {
        Given::None => "none".to_owned(),
        Given::Bool(value) => value.to_string(),
        Given::Int(value) => value.to_string(),
        Given::Float(text) => text.to_string(),
        Given::Text(text) => format!("{:?}", text.as_str()),
        Given::List(_) => "a list".to_owned(),
        Given::Map(_) => "a record".to_owned(),
    }
}

/// Parses a value given from outside against the type of an `input` or `param`. Errors are one line for the user.
pub fn parse_setting(db: &dyn Db, decl: Decl, text: &str) -> Result<Setting, String> {
    let ty = match decl.kind(db) {
        DeclKind::Param => param_type(db, decl).clone(),
        _ => crate::signature(db, decl).ty.clone(),
    };
    parse(db, &ty, text)
}

fn parse(db: &dyn Db, ty: &Ty, text: &str) -> Result<Setting, String> {
    let wrong = |what: &str| Err(format!("`{text}` is not {what}"));
    match &ty.kind {
        Kind::Optional(_) if text.is_empty() || text == "none" => Ok(Setting::Literal(Literal::None)),
        Kind::Optional(inner) | Kind::Secret(inner) | Kind::Ssm(inner) => parse(db, inner, text),
        kind if kind.is_bool() => match text {
            "true" => Ok(Setting::Literal(Literal::Bool(true))),
            "false" => Ok(Setting::Literal(Literal::Bool(false))),
            _ => wrong("`true` or `false`"),
        },
        kind if kind.is_int() => match text.replace('_', "").parse::<i64>() {
            Ok(value) => checked(kind, Scalar::Int(value), Literal::Int(value)),
            Err(_) => wrong("an integer"),
        },
        Kind::Float(_) => match text.parse::<f64>() {
            Ok(value) if value.is_finite() => checked(&ty.kind, Scalar::Float(value), Literal::Float(value)),
            _ => wrong("a number"),
        },
        Kind::Duration => parse_unit(text, &DURATIONS)
            .map(|ms| Setting::Literal(Literal::Duration(ms)))
            .ok_or_else(|| format!("`{text}` is not a duration such as `30s` or `7d`")),
        Kind::Size => parse_unit(text, &SIZES)
            .map(|bytes| Setting::Literal(Literal::Size(bytes)))
            .ok_or_else(|| format!("`{text}` is not a size such as `512MiB` or `20GB`")),
        Kind::List(element) => {
            if let Some(inner) = text.trim().strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
                return list(db, element, inner);
            }
            list(db, element, text)
        }
        kind if kind.is_text() => checked(kind, Scalar::Str(text.into()), Literal::Str(text.into())),
        Kind::Union(members) => {
            let parsed = members.iter().find_map(|kind| parse(db, &Ty::constant(kind.clone()), text).ok());
            parsed.ok_or_else(|| format!("`{text}` is not `{}`", crate::display(db, ty)))
        }
        _ => Err(format!("a value of type `{}` cannot be given as text; write it in the program", crate::display(db, ty))),
    }
}

fn list(db: &dyn Db, element: &Ty, text: &str) -> Result<Setting, String> {
    if text.trim().is_empty() {
        return Ok(Setting::List(Vec::new()));
    }
    let parts = text.split(',').map(|part| parse(db, element, part.trim().trim_matches('"')));
    Ok(Setting::List(parts.collect::<Result<_, _>>()?))
}

fn checked(kind: &Kind, scalar: Scalar, literal: Literal) -> Result<Setting, String> {
    let constraint = match kind {
        Kind::Str(Some(bounds)) | Kind::Int(Some(bounds)) | Kind::Float(Some(bounds)) => Constraint::Refined(bounds.clone()),
        Kind::Cidr => Constraint::Cidr,
        Kind::Arn => Constraint::Arn,
        kind => match kind.literals() {
            Some(literals) => Constraint::OneOf(literals),
            None => return Ok(Setting::Literal(literal)),
        },
    };
    match violation(&constraint, &scalar) {
        Some(found) => Err(match found.help {
            Some(help) => format!("{}; {help}", found.message),
            None => found.message,
        }),
        None => Ok(Setting::Literal(literal)),
    }
}

const DURATIONS: [(&str, i64); 5] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];
const SIZES: [(&str, i64); 9] = [
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
    ("KB", 1 << 10),
    ("MB", 1 << 20),
    ("GB", 1 << 30),
    ("TB", 1 << 40),
    ("B", 1),
];

fn parse_unit(text: &str, units: &[(&str, i64)]) -> Option<i64> {
    let (number, per) = units.iter().find_map(|(unit, per)| Some((text.strip_suffix(unit)?, *per)))?;
    number.trim().replace('_', "").parse::<i64>().ok()?.checked_mul(per)
}
