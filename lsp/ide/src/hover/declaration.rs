//! Hover of declarations: what they are, what they come to, what they become.

use cloudc_base::File;
use cloudc_driver::Database;
use cloudc_hir::{Decl, DeclKind};
use cloudc_types::{Base, Kind, Ty, component_bounds, component_inputs, display, signature, stands_for};

use super::{signature_line, value};

/// All about a declaration, asked from `from`.
pub(crate) fn declaration_text(db: &Database, decl: Decl, from: File, files: &[File]) -> String {
    let mut parts = vec![signature_line(db, decl)];
    let file = decl.file(db);
    if file != from {
        parts.push(format!("*from `{}`*", file.path(db)));
    }
    if let Some(doc) = &cloudc_hir::body(db, decl).doc {
        parts.push(doc.to_string());
    }
    match decl.kind(db) {
        DeclKind::Resource => resource(db, decl, files, &mut parts),
        DeclKind::Existing => existing(db, decl, &mut parts),
        DeclKind::Component => component(db, decl, &mut parts),
        DeclKind::Fn | DeclKind::Type | DeclKind::Stack | DeclKind::Project | DeclKind::Env => {}
        _ => of_value(db, decl, files, &mut parts),
    }
    parts.join("\n\n")
}

fn of_value(db: &Database, decl: Decl, files: &[File], parts: &mut Vec<String>) {
    let ty = &signature(db, decl).ty;
    if ty.is_error() {
        return;
    }
    let in_component = decl.container(db).filter(|container| container.kind(db) == DeclKind::Component);
    match (decl.kind(db), in_component) {
        (DeclKind::Input, Some(component)) => parts.push(input_phase(db, component, decl)),
        (DeclKind::Input, None) => parts.push("Chosen when compiling.".to_owned()),
        (DeclKind::Param, _) => {
            parts.push("A CloudFormation parameter, chosen when deploying.".to_owned());
            if value::is_secret(ty) {
                parts.push("Never shown: NoEcho.".to_owned());
            }
        }
        _ => parts.push(format!("{}.", capital(value::phase_text(ty)))),
    }
    if let Some(ident) = stands_for(db, decl) {
        parts.push(format!("An instance stands where a `{ident}` is expected."));
    }
    if let Some(shown) = value::declared_value(db, decl, files) {
        parts.push(format!("**Value:** `{shown}`"));
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// The latest phase that an input accepts.
fn input_phase(db: &Database, component: Decl, decl: Decl) -> String {
    let vars = component_inputs(db, component).iter().find(|input| input.decl == decl).map_or(0, |input| input.ty.deepest().vars);
    let bounds = component_bounds(db, component).iter().filter(|bound| vars & (1 << bound.var.min(127)) != 0);
    match bounds.map(|bound| (bound.at_most, bound.what.clone())).min_by_key(|(most, _)| *most) {
        Some((Base::Const, what)) => format!("Must be known when compiling: it is needed for {what}."),
        Some((Base::Param, what)) => format!("Must be known when the deployment starts: it is needed for {what}."),
        _ => "Takes values of any phase.".to_owned(),
    }
}

fn resource(db: &Database, decl: Decl, files: &[File], parts: &mut Vec<String>) {
    match &signature(db, decl).ty.kind {
        Kind::Handle(ty) => {
            parts.push(format!("`ref` gives `{}`", ty.ref_ident()));
            if let Some((yaml, others)) = value::fragment(db, decl, files) {
                parts.push(format!("```yaml\n{yaml}\n```"));
                if others > 0 {
                    parts.push(format!("and {others} more of the same declaration"));
                }
            }
            if !ty.is_private() {
                parts.push(format!("[AWS's page]({})", ty.docs_url()));
            }
        }
        Kind::Instance(inner, _) => {
            if let Some(doc) = cloudc_hir::body(db, *inner).doc.as_ref().filter(|_| cloudc_hir::body(db, decl).doc.is_none()) {
                parts.push(first_paragraph(doc).to_owned());
            }
            outputs(db, *inner, parts);
        }
        _ => {}
    }
}

fn existing(db: &Database, decl: Decl, parts: &mut Vec<String>) {
    if let Kind::Handle(ty) = &signature(db, decl).ty.kind {
        parts.push(format!("In the account already, never created; named by its `{}`.", ty.ref_ident()));
        parts.push(format!("[AWS's page]({})", ty.docs_url()));
    }
}

fn component(db: &Database, decl: Decl, parts: &mut Vec<String>) {
    outputs(db, decl, parts);
    let owner = cloudc_hir::Owner::Decl(decl, cloudc_hir::Branch::Then);
    let made: Vec<String> = cloudc_hir::resources(db, owner)
        .iter()
        .map(|(name, inner, _)| format!("`{name}` ({})", display(db, &Ty::constant(signature(db, *inner).ty.kind.clone()))))
        .collect();
    if !made.is_empty() {
        parts.push(format!("**Makes:** {}", super::schema::some(&made, 12)));
    }
}

fn outputs(db: &Database, component: Decl, parts: &mut Vec<String>) {
    let outputs = cloudc_types::outputs_of(db, component);
    let all: Vec<String> = outputs.iter().map(|(name, _, ty)| format!("`{name}: {}`", display(db, ty))).collect();
    if !all.is_empty() {
        parts.push(format!("**Gives out:** {}", super::schema::some(&all, 10)));
    }
}

fn first_paragraph(doc: &str) -> &str {
    doc.split("\n\n").next().unwrap_or(doc)
}
