//! Hover: what stands at a place, as markdown.
//!
//! In: a position, the files of the workspace to find a stack that uses it. Out: [`Hover`]. Always: a secret's value is never shown; what is
//! unknown is left out, never guessed.

mod declaration;
mod help;
mod literal;
mod schema;
mod signature;
#[cfg(test)]
mod tests;
mod value;

use cloudc_base::{File, TextRange};
use cloudc_driver::Database;
use cloudc_hir::body::Parts;
use cloudc_hir::{Decl, DeclKind, Name};
use cloudc_schema::Property;
use cloudc_syntax::SyntaxKind;
use cloudc_syntax::ast::{self, AstNode};
use cloudc_types::{Kind, display, signature as signature_of};

use crate::{FilePosition, Found, Symbol, symbol_at};

pub(crate) use help::help;
pub use schema::SYNC_HINT;
use schema::fence;
pub(crate) use schema::{attribute_text, property_text, type_text};
pub(crate) use signature::{parameter_texts, signature_line};

/// What is said about a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hover {
    /// What it is about.
    pub range: TextRange,
    /// Markdown.
    pub markdown: String,
}

/// What stands at a place.
pub fn hover(db: &Database, at: FilePosition, files: &[File]) -> Option<Hover> {
    match symbol_at(db, at) {
        Some(found) => {
            let markdown = text(db, &found, at, files)?;
            Some(Hover { range: found.range, markdown })
        }
        None => literal::literal(db, at),
    }
}

fn text(db: &Database, found: &Found, at: FilePosition, files: &[File]) -> Option<String> {
    Some(match &found.symbol {
        Symbol::Decl(decl) => declaration::declaration_text(db, *decl, at.file, files),
        Symbol::BadImport(_) => return None,
        Symbol::Module { file, .. } => module_text(db, *file),
        Symbol::LoopVar { decl, index } => loop_variable_text(db, *decl, *index)?,
        Symbol::Local { name, .. } => local_text(db, at, name)?,
        Symbol::FnParam { decl, index } => {
            let parameter = parameter_texts(db, *decl).into_iter().nth(*index as usize)?;
            format!("{}\n\nParameter of `{}`.", fence(&parameter), decl.name(db))
        }
        Symbol::ResourceType(ty) => type_text(*ty),
        Symbol::CustomType(name) => {
            format!("{}\n\nTakes any property beside `ServiceToken`; its attributes are `Json`.", fence(name))
        }
        Symbol::TypeMember { ty, name } => schema::type_member_text(db, *ty, name),
        Symbol::Property { ty, path, property, of } => property_of(db, *ty, path, *property, *of, files),
        Symbol::Attribute { ty, name } => attribute_text(db, *ty, ty.attribute(name)?),
        Symbol::Field { name, .. } => field_text(db, at, name),
        Symbol::Builtin(name) => built_in_text(db, name)?,
        Symbol::TypeName(name) => format!("{}\n\n{}", fence(name), help("type", name)?),
        Symbol::Attr(name) => format!("{}\n\n{}", fence(&format!("@{name}")), help("attribute", name)?),
        Symbol::Setting { of, name } => setting_text(*of, name)?,
        Symbol::EnumValue { value, of } => listed_text(db, value, of.as_deref()),
        Symbol::Path { written, path } => path_text(db, written, path.as_ref()),
        Symbol::Keyword(word) => format!("{}\n\n{}", fence(word), help("keyword", word)?),
    })
}

/// The beginning of a long text.
pub(crate) fn shorten(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let short: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{short}…")
}

fn module_text(db: &Database, file: File) -> String {
    let mut parts = vec![fence(&format!("import \"{}\"", file.path(db)))];
    parts.extend(comment_above(file.text(db)));
    let names = |namespace| cloudc_hir::resolve::module_names(db, file, namespace);
    let offered: Vec<String> = [cloudc_hir::Namespace::Type, cloudc_hir::Namespace::Value]
        .into_iter()
        .flat_map(names)
        .map(|name| format!("`{name}`"))
        .collect();
    if !offered.is_empty() {
        parts.push(format!("**Offers:** {}", schema::some(&offered, 16)));
    }
    parts.join("\n\n")
}

/// The comment a file begins with.
fn comment_above(text: &str) -> Option<String> {
    let lines = text.lines().take_while(|line| line.starts_with("//"));
    let words: Vec<&str> = lines.map(|line| line.trim_start_matches('/').trim()).collect();
    (!words.is_empty()).then(|| words.join("\n"))
}

fn loop_variable_text(db: &Database, decl: Decl, index: u32) -> Option<String> {
    let turn = signature_of(db, decl).key.clone()?;
    let Parts::For { bindings, .. } = &cloudc_hir::body(db, decl).parts else { return None };
    let key = bindings.len() == 2 && index == 0;
    let ty = if key { &turn.key } else { &turn.element };
    let name = bindings.get(index as usize)?;
    let what = if key { "Key or index" } else { "Element" };
    Some(format!("{}\n\n{what} of the loop, {}.", fence(&format!("{name}: {}", display(db, ty))), value::phase_text(ty)))
}

const MARK: &str = "zzHoverMark";

/// A variable of a comprehension, by the types around it.
fn local_text(db: &Database, at: FilePosition, name: &Name) -> Option<String> {
    let probe = crate::completion::probe(db, at, MARK)?;
    let scene = crate::completion::Scene::new(db, at.file, probe.nth, &probe.token.parent()?, probe.offset);
    let ty = scene.locals.iter().rev().find(|(known, _)| known == name).map(|(_, ty)| ty.clone());
    let ty = ty.or_else(|| bound_type(&scene, &probe.token, name));
    let shown = ty.filter(|ty| !ty.is_error()).map(|ty| (format!(": {}", display(db, &ty)), value::phase_text(&ty)));
    let (ty, phase) = shown.map_or((String::new(), ""), |(ty, phase)| (ty, phase));
    let told = if phase.is_empty() { "Variable of a loop.".to_owned() } else { format!("Variable of a loop, {phase}.") };
    Some(format!("{}\n\n{told}", fence(&format!("{name}{ty}"))))
}

/// The type of a variable where it is bound: there it is not yet in scope.
fn bound_type(scene: &crate::completion::Scene, token: &cloudc_syntax::SyntaxToken, name: &Name) -> Option<cloudc_types::Ty> {
    let node = token.parent_ancestors().find(|node| matches!(node.kind(), SyntaxKind::ForElem | SyntaxKind::ForEntry))?;
    let element = ast::ForElem::cast(node.clone());
    let entry = ast::ForEntry::cast(node);
    let (iterable, names): (_, Vec<Name>) = match (element, entry) {
        (Some(element), _) => (element.iterable()?, element.bindings().map(|name| name.text()).collect()),
        (None, Some(entry)) => (entry.iterable()?, entry.bindings().map(|name| name.text()).collect()),
        (None, None) => return None,
    };
    let (key, element) = cloudc_types::ask::turn_of(&scene.type_of(&iterable))?;
    // The mark is part of the name that is looked at.
    let at = names.iter().position(|known| known == name || known.replace(MARK, "") == name.as_str())?;
    Some(if names.len() == 2 && at == 0 { key } else { element })
}

fn property_of(
    db: &Database,
    ty: Option<cloudc_schema::Type>,
    path: &[Name],
    property: Property,
    of: Option<Decl>,
    files: &[File],
) -> String {
    let mut text = property_text(db, ty, property);
    let [name] = path else { return text };
    if let Some(shown) = of.and_then(|decl| value::property_value(db, decl, name, files))
        && !property.write_only()
    {
        text.push_str(&format!("\n\n**Value:** `{shown}`"));
    }
    text
}

fn field_text(db: &Database, at: FilePosition, name: &Name) -> String {
    if let Some(about) = crate::completion::document_entry(db, at) {
        return format!("{}\n\n{about}", fence(name));
    }
    let ty = crate::symbol::site::Site::at(db, at).and_then(|site| {
        let node = site.tokens(at.offset).first()?.parent()?;
        let field = node.ancestors().take(3).find(|it| it.kind() == cloudc_syntax::SyntaxKind::FieldExpr)?;
        let scene = crate::completion::Scene::new(db, at.file, site.chunk.nth(db) as usize, &field, at.offset - site.start);
        ast::Expr::cast(field).map(|field| scene.type_of(&field))
    });
    match ty.filter(|ty| !ty.is_error()) {
        Some(ty) if !value::is_secret(&ty) => {
            format!("{}\n\nField, {}.", fence(&format!("{name}: {}", display(db, &ty))), value::phase_text(&ty))
        }
        _ => fence(name),
    }
}

fn built_in_text(db: &Database, name: &str) -> Option<String> {
    let bare = name.trim_start_matches(['.', '@']);
    if let Some(function) = cloudc_types::ask::functions(db).into_iter().find(|function| function.name == bare) {
        let args: Vec<String> = function.args.iter().map(|(name, ty)| format!("{name}: {ty}")).collect();
        let head = format!("{bare}({}): {}", args.join(", "), function.gives);
        return Some(format!("{}\n\n{}", fence(&head), help("function", bare)?));
    }
    // An argument: `subnets.host_bits`, `@allow.reason`.
    let owner = bare.split('.').next().unwrap_or(bare);
    let about = help("name", bare)
        .or_else(|| help("method", bare))
        .or_else(|| help("method", owner))
        .or_else(|| help("attribute", owner));
    Some(format!("{}\n\n{}", fence(bare), about?))
}

fn setting_text(of: DeclKind, name: &str) -> Option<String> {
    let entry = crate::completion::setting(of, name)?;
    Some(format!("{}\n\n{entry}", fence(&format!("{name}: …"))))
}

fn listed_text(db: &Database, value: &str, of: Option<&Symbol>) -> String {
    let mut text = fence(&format!("{value:?}"));
    if let Some(region) = cloudc_schema::regions::find(value) {
        text.push_str(&format!("\n\n{}", region.name));
    }
    if let Some(Symbol::Property { ty, property, .. }) = of {
        text.push_str(&format!("\n\nA value of `{}`.\n\n", property.name()));
        let listed = property.node().constraints().allowed.len();
        if listed <= 16 {
            text.push_str(&schema::node_facts(property.node()).join("\n\n"));
        } else {
            text.push_str(&format!("One of {listed}."));
        }
        if let Some(ty) = ty.filter(|ty| !ty.is_private()) {
            text.push_str(&format!("\n\n[AWS's page]({})", schema::property_url(ty, *property)));
        }
    } else if let Some(of) = of {
        text.push_str(&format!("\n\nA value of {}.", crate::describe(db, of)));
    }
    text
}

fn path_text(db: &Database, written: &str, path: Option<&Name>) -> String {
    let mut text = fence(&format!("{written:?}"));
    match path {
        None => text.push_str("\n\nOutside the project."),
        Some(path) => {
            let file = cloudc_driver::file(db, path);
            match file.content(db) {
                cloudc_base::Content::Text(content) => text.push_str(&format!("\n\n{} lines of text.", content.lines().count())),
                cloudc_base::Content::Binary(bytes, _) => text.push_str(&format!("\n\n{} bytes, no text.", bytes.len())),
                cloudc_base::Content::Unreadable(_) => text.push_str("\n\nNothing readable is there."),
            }
        }
    }
    text
}

/// Whether a type holds a secret anywhere near.
pub(crate) fn holds_secret(kind: &Kind) -> bool {
    match kind {
        Kind::Secret(_) => true,
        Kind::List(inner) | Kind::Optional(inner) | Kind::Ssm(inner) | Kind::Map(_, inner) => holds_secret(&inner.kind),
        Kind::Record(fields) => fields.iter().any(|field| holds_secret(&field.ty.kind)),
        _ => false,
    }
}
