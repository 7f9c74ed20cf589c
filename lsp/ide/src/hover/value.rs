//! What a declaration comes to: its value when that is known, the fragment of the template a resource becomes.

use cloudc_base::File;
use cloudc_driver::{Database, Target};
use cloudc_eval::{Frame, Site, Value};
use cloudc_hir::{Decl, DeclKind};
use cloudc_types::{Kind, Ty};

use super::{holds_secret, shorten};

/// Characters of a value that are shown.
const WIDTH: usize = 160;
/// Lines of a fragment that are shown.
const LINES: usize = 24;

/// When a value is known, in words.
pub(crate) fn phase_text(ty: &Ty) -> &'static str {
    ty.deepest().base.describe()
}

/// Whether a value must not be shown.
pub(crate) fn is_secret(ty: &Ty) -> bool {
    holds_secret(&ty.kind)
}

/// The first target that a declaration of a file is part of: of the file itself or the stack it is a part of, else of a file of the workspace that imports it.
fn target(db: &Database, file: File, files: &[File]) -> Option<Target> {
    let own = cloudc_driver::targets(db, cloudc_hir::home(db, file)).first().copied();
    own.or_else(|| {
        let importer = files.iter().copied().find(|other| {
            cloudc_hir::stack_decl(db, *other).is_some() && cloudc_hir::resolve::imported_files(db, *other).contains(&file)
        })?;
        cloudc_driver::targets(db, importer).first().copied()
    })
}

/// The value of a declaration that has one in all the stack, when it is known when compiling.
pub(crate) fn declared_value(db: &Database, decl: Decl, files: &[File]) -> Option<String> {
    let ty = &cloudc_types::signature(db, decl).ty;
    let kind_fits = matches!(decl.kind(db), DeclKind::Let | DeclKind::Input | DeclKind::Output);
    let one_frame = decl.container(db).is_none() && !decl.path(db).iter().any(|(outer, _)| outer.kind(db) == DeclKind::For);
    if !kind_fits || !one_frame || ty.is_error() || is_secret(ty) {
        return None;
    }
    let file = decl.file(db);
    // A constant of a module needs no stack to be computed.
    let target = target(db, file, files).unwrap_or_else(|| Target::new(db, file, None, None));
    let frame = if target.file(db) == file { Frame::of_target(db, target) } else { Frame::of_module(db, target, file) };
    let evaluated = cloudc_eval::value_of(db, Site::new(db, frame, decl));
    let value = &evaluated.node.value;
    (value.is_const() && !matches!(value, Value::None)).then(|| shorten(&shown(value, Some(ty), 0), WIDTH))
}

/// The value of a property that a resource writes, when it is known and computed alike for all of its turns.
pub(crate) fn property_value(db: &Database, decl: Decl, property: &str, files: &[File]) -> Option<String> {
    let (site, count) = site_of(db, decl, files)?;
    if count > 1 {
        return None;
    }
    let resource = cloudc_eval::resource(db, site);
    let Value::Record(fields) = &resource.properties.value else { return None };
    let value = &fields.iter().find(|field| field.name == property)?.node.value;
    let plain = value.is_const() && !matches!(value, Value::None | Value::Record(_) | Value::List(_));
    plain.then(|| shorten(&shown(value, None, 0), WIDTH))
}

/// The first site of a resource in its stack, and how many there are.
fn site_of(db: &Database, decl: Decl, files: &[File]) -> Option<(Site, usize)> {
    let target = target(db, decl.file(db), files)?;
    let stack = cloudc_eval::stack(db, target);
    let mut sites = stack.resources.iter().filter(|member| member.site.decl(db) == decl).map(|member| member.site);
    let first = sites.next()?;
    Some((first, 1 + sites.count()))
}

/// What a resource becomes in the template, as YAML; and how many others are made of the same declaration.
pub(crate) fn fragment(db: &Database, decl: Decl, files: &[File]) -> Option<(String, usize)> {
    let (site, count) = site_of(db, decl, files)?;
    // A resource with mistakes becomes nothing that is worth showing.
    let clean = |problems: &[cloudc_hir::Problem]| !problems.iter().any(|one| one.severity == cloudc_base::Severity::Error);
    if !clean(&cloudc_types::typed(db, decl).problems) || !clean(&cloudc_eval::resource(db, site).problems) {
        return None;
    }
    let json = cloudc_emit::fragment(db, site);
    if json.is_null() {
        return None;
    }
    let yaml = cloudc_emit::to_yaml(&json);
    let lines: Vec<&str> = yaml.lines().collect();
    let mut text = lines.iter().take(LINES).copied().collect::<Vec<_>>().join("\n");
    if lines.len() > LINES {
        text.push_str(&format!("\n# … {} more lines", lines.len() - LINES));
    }
    Some((text, count - 1))
}

/// A constant as the language writes it.
fn shown(value: &Value, ty: Option<&Ty>, depth: usize) -> String {
    match value {
        Value::None => "none".to_owned(),
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => match ty.map(|ty| &ty.present().kind) {
            Some(Kind::Duration) => duration(*value),
            Some(Kind::Size) => size(*value),
            _ => value.to_string(),
        },
        Value::Float(value) => value.to_string(),
        Value::Str(text) => match ty.map(|ty| &ty.present().kind) {
            Some(Kind::Cidr) => text.to_string(),
            _ => format!("{text:?}"),
        },
        Value::List(_) | Value::Record(_) if depth > 3 => "…".to_owned(),
        Value::List(nodes) => {
            let element = ty.and_then(|ty| match &ty.present().kind {
                Kind::List(element) => Some(Ty::clone(element)),
                _ => None,
            });
            let all: Vec<String> = nodes.iter().map(|node| shown(&node.value, element.as_ref(), depth + 1)).collect();
            format!("[{}]", all.join(", "))
        }
        Value::Record(fields) => {
            let of = |name: &str| ty.and_then(|ty| ty.present().field(name)).map(|field| &field.ty);
            let all: Vec<String> = fields
                .iter()
                .map(|field| format!("{}: {}", field.name, shown(&field.node.value, of(&field.name), depth + 1)))
                .collect();
            format!("{{ {} }}", all.join(", "))
        }
        Value::Handle(_) | Value::Instance(_) | Value::Deploy(_) | Value::Unknown | Value::Poison => "…".to_owned(),
    }
}

/// Milliseconds in the greatest unit they fill.
fn duration(milliseconds: i64) -> String {
    let units = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s")];
    let unit = units.into_iter().find(|(per, _)| milliseconds != 0 && milliseconds % per == 0);
    unit.map_or_else(|| format!("{milliseconds}ms"), |(per, unit)| format!("{}{unit}", milliseconds / per))
}

/// Bytes in the greatest unit they fill.
fn size(bytes: i64) -> String {
    let units = [(1_i64 << 40, "TiB"), (1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    let unit = units.into_iter().find(|(per, _)| bytes != 0 && bytes % per == 0);
    unit.map_or_else(|| format!("{bytes}B"), |(per, unit)| format!("{}{unit}", bytes / per))
}
