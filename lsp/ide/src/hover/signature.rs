//! The line a declaration is introduced with: keyword, name, type, value; without its body.

use cloudc_driver::Database;
use cloudc_hir::body::Parts;
use cloudc_hir::{Anchor, Decl, DeclKind, Name, Part};
use cloudc_types::{ask, display, signature};

use super::schema::fence;
use super::shorten;

/// A declaration as one fenced line.
pub(crate) fn signature_line(db: &Database, decl: Decl) -> String {
    fence(&signature_code(db, decl))
}

/// The same without the fence.
pub(crate) fn signature_code(db: &Database, decl: Decl) -> String {
    let body = cloudc_hir::body(db, decl);
    let public = if body.is_pub { "pub " } else { "" };
    let keyword = decl.kind(db).keyword();
    let name = decl.name(db);
    let head = format!("{public}{keyword} {name}");
    match (&body.parts, decl.kind(db)) {
        (Parts::Value { ty, as_ty, value }, _) => {
            let stands = as_ty.map(|ty| format!(" as {}", written(db, decl, Part::Type(ty)))).unwrap_or_default();
            let ty = match ty {
                Some(ty) => format!(": {}", written(db, decl, Part::Type(*ty))),
                None => inferred(db, decl),
            };
            let value =
                value.map(|value| format!(" = {}", shorten(&written(db, decl, Part::Expr(value)), 80))).unwrap_or_default();
            format!("{head}{stands}{ty}{}", if is_secret(&ty) { String::new() } else { value })
        }
        (Parts::Resource { ty: Some(ty), .. }, _) => format!("{head}: {}", written(db, decl, Part::Type(*ty))),
        (Parts::Fn { .. }, _) => format!("{public}{}", function_code(db, decl)),
        (Parts::Type { ty: Some(ty) }, _) => format!("{head} = {}", written(db, decl, Part::Type(*ty))),
        (_, DeclKind::Component) => component_code(db, decl, &head),
        _ => head,
    }
}

/// A function's head with its parameters.
pub(crate) fn function_code(db: &Database, decl: Decl) -> String {
    let params: Vec<String> = parameter_texts(db, decl);
    format!("fn {}({}): {}", decl.name(db), params.join(", "), display(db, &signature(db, decl).ty))
}

/// The parameters of a function as written in its head.
pub(crate) fn parameter_texts(db: &Database, decl: Decl) -> Vec<String> {
    let Parts::Fn { params, .. } = &cloudc_hir::body(db, decl).parts else { return Vec::new() };
    let types = ask::parameters(db, decl);
    let one = |param: &cloudc_hir::body::FnParam| {
        let ty = types.iter().find(|(name, ..)| *name == param.name).map(|(_, ty, _)| display(db, ty)).unwrap_or_default();
        let default =
            param.default.map(|value| format!(" = {}", shorten(&written(db, decl, Part::Expr(value)), 40))).unwrap_or_default();
        format!("{}: {ty}{default}", param.name)
    };
    params.iter().map(one).collect()
}

fn component_code(db: &Database, decl: Decl, head: &str) -> String {
    let inputs = cloudc_types::component_inputs(db, decl);
    if inputs.is_empty() {
        return format!("{head} {{}}");
    }
    let lines: Vec<String> = inputs.iter().take(12).map(|input| format!("  {}", signature_code(db, input.decl))).collect();
    let rest = inputs.len().saturating_sub(12);
    let more = if rest > 0 { format!("\n  // {rest} more") } else { String::new() };
    format!("{head} {{\n{}{more}\n}}", lines.join("\n"))
}

fn inferred(db: &Database, decl: Decl) -> String {
    let ty = &signature(db, decl).ty;
    if ty.is_error() { String::new() } else { format!(": {}", shorten(&display(db, ty), 80)) }
}

fn is_secret(ty: &str) -> bool {
    ty.contains("Secret<")
}

/// The text of a part of a declaration, on one line.
pub(crate) fn written(db: &Database, decl: Decl, part: Part) -> String {
    let (file, range) = Anchor { decl, part }.locate(db);
    let text: &str = file.text(db).get(std::ops::Range::<usize>::from(range)).unwrap_or_default();
    let words: Vec<&str> = text.split_whitespace().collect();
    Name::from(words.join(" ")).to_string()
}
