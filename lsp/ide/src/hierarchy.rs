//! Who makes and calls what: components and functions as a call hierarchy, components and types as a type hierarchy.
//!
//! In: a place, or an item that was given before, named by the place of its name; the files to look in. Out: [`HierarchyItem`]s.
//! Always: an item's place can be asked about again; a type of CloudFormation, which is declared nowhere, stands where it is written.

use std::collections::BTreeMap;

use cloudc_base::{File, TextRange, TextSize};
use cloudc_driver::Database;
use cloudc_hir::{Decl, DeclKind, Name};
use cloudc_syntax::SyntaxNode;
use cloudc_syntax::ast::{self, AstNode};

use crate::references::references_to;
use crate::symbol::site::{Site, item_of, name_range, whole_range};
use crate::symbol::{Mention, Symbol, describe, of_token, symbol_at};
use crate::{FilePosition, FileRange};

/// A component, function, type, or whatever uses one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HierarchyItem {
    /// Its name.
    pub name: Name,
    /// What it is and what it stands in.
    pub detail: String,
    /// What it declares; `None` for a type of CloudFormation.
    pub kind: Option<DeclKind>,
    /// Its name's place. Ask about it again here.
    pub place: FileRange,
    /// All of it.
    pub full: FileRange,
}

/// An item at the other end of calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Who calls, or what is called.
    pub item: HierarchyItem,
    /// Where the calls are written, all in one file: the caller's.
    pub places: Vec<FileRange>,
}

/// The component or function to ask about at a place; for an instance its component, for what is in neither the declaration itself.
pub fn prepare_calls(db: &Database, at: FilePosition) -> Option<HierarchyItem> {
    match symbol_at(db, at)?.symbol {
        Symbol::Decl(decl) => Some(item(db, decl)),
        Symbol::FnParam { decl, .. } => Some(item(db, decl)),
        _ => None,
    }
}

/// Who makes an instance of, calls or reads the item at a place: components and functions, and declarations at a file's level.
pub fn incoming_calls(db: &Database, at: FilePosition, files: &[File]) -> Vec<Call> {
    let Some(Symbol::Decl(decl)) = symbol_at(db, at).map(|found| found.symbol) else { return Vec::new() };
    let mut callers: BTreeMap<Order, (Decl, Vec<FileRange>)> = BTreeMap::new();
    for one in references_to(db, &Symbol::Decl(decl), decl.file(db), files) {
        let uses = matches!(one.mention, Mention::Read | Mention::Shorthand | Mention::Write);
        let Some(caller) = uses.then(|| caller_at(db, one.place)).flatten().filter(|caller| *caller != decl) else { continue };
        callers.entry(order(db, name_range(db, caller))).or_insert((caller, Vec::new())).1.push(one.place);
    }
    callers.into_values().map(|(caller, places)| Call { item: item(db, caller), places }).collect()
}

/// The components that the item at a place makes instances of, and the functions it calls.
pub fn outgoing_calls(db: &Database, at: FilePosition) -> Vec<Call> {
    let Some(Symbol::Decl(decl)) = symbol_at(db, at).map(|found| found.symbol) else { return Vec::new() };
    let mut called: BTreeMap<Order, (Decl, Vec<FileRange>)> = BTreeMap::new();
    for inner in inside(db, decl) {
        for used in cloudc_hir::refs(db, inner) {
            if !matches!(used.decl.kind(db), DeclKind::Component | DeclKind::Fn) {
                continue;
            }
            let (file, range) = used.anchor(inner).locate(db);
            let place = last_word(db, FileRange { file, range });
            called.entry(order(db, name_range(db, used.decl))).or_insert((used.decl, Vec::new())).1.push(place);
        }
    }
    called.into_values().map(|(callee, places)| Call { item: item(db, callee), places }).collect()
}

/// The component, type or resource type to ask about at a place; for a resource its type.
pub fn prepare_types(db: &Database, at: FilePosition) -> Option<HierarchyItem> {
    let found = symbol_at(db, at)?;
    let here = FileRange { file: at.file, range: found.range };
    match found.symbol {
        Symbol::ResourceType(_) | Symbol::CustomType(_) => Some(foreign(db, &found.symbol, here)),
        Symbol::Decl(decl) => match decl.kind(db) {
            DeclKind::Component | DeclKind::Type => Some(item(db, decl)),
            DeclKind::Resource | DeclKind::Existing => written_types(db, decl).into_iter().next(),
            _ => None,
        },
        _ => None,
    }
}

/// What a component is made of, or what a type is written with: components, aliases, types of CloudFormation.
pub fn supertypes(db: &Database, at: FilePosition) -> Vec<HierarchyItem> {
    let Some(Symbol::Decl(decl)) = symbol_at(db, at).map(|found| found.symbol) else { return Vec::new() };
    let parts: Vec<HierarchyItem> = match decl.kind(db) {
        DeclKind::Type => written_types(db, decl),
        DeclKind::Component => {
            let made = inside(db, decl).into_iter().filter(|inner| inner.kind(db) == DeclKind::Resource);
            made.flat_map(|resource| written_types(db, resource)).collect()
        }
        _ => Vec::new(),
    };
    distinct(db, parts)
}

/// The components that make something of a type, and the aliases written with it.
pub fn subtypes(db: &Database, at: FilePosition, files: &[File]) -> Vec<HierarchyItem> {
    let Some(found) = symbol_at(db, at) else { return Vec::new() };
    let is_type = match &found.symbol {
        Symbol::ResourceType(_) | Symbol::CustomType(_) => true,
        Symbol::Decl(decl) => matches!(decl.kind(db), DeclKind::Component | DeclKind::Type),
        _ => false,
    };
    if !is_type {
        return Vec::new();
    }
    let mut users = Vec::new();
    for one in references_to(db, &found.symbol, at.file, files).iter().filter(|one| one.mention == Mention::Read) {
        let Some(decl) = decl_at(db, one.place) else { continue };
        match decl.kind(db) {
            DeclKind::Type => users.push(item(db, decl)),
            DeclKind::Resource if is_type_of(db, decl, one.place) => {
                users.extend(decl.container(db).filter(|it| it.kind(db) == DeclKind::Component).map(|it| item(db, it)));
            }
            _ => {}
        }
    }
    distinct(db, users)
}

/// By file and place.
type Order = (std::sync::Arc<str>, u32);

fn order(db: &Database, place: FileRange) -> Order {
    (place.file.path(db).clone(), place.range.start().into())
}

fn distinct(db: &Database, items: Vec<HierarchyItem>) -> Vec<HierarchyItem> {
    let mut seen = rustc_hash::FxHashSet::default();
    let key = |item: &HierarchyItem| match item.kind {
        Some(_) => (item.name.clone(), Some(order(db, item.place))),
        None => (item.name.clone(), None),
    };
    items.into_iter().filter(|item| seen.insert(key(item))).collect()
}

fn item(db: &Database, decl: Decl) -> HierarchyItem {
    let name = match decl.name(db) {
        name if name.is_empty() => decl.kind(db).keyword().into(),
        name => name.clone(),
    };
    let path = decl.file(db).path(db);
    let detail = match decl.container(db).map(|outer| describe(db, &Symbol::Decl(outer))) {
        Some(outer) => format!("{} in {outer}, {path}", decl.kind(db).keyword()),
        None => format!("{}, {path}", decl.kind(db).keyword()),
    };
    HierarchyItem { name, detail, kind: Some(decl.kind(db)), place: name_range(db, decl), full: whole_range(db, decl) }
}

fn foreign(db: &Database, symbol: &Symbol, place: FileRange) -> HierarchyItem {
    let name = crate::symbol::name_of(db, symbol);
    HierarchyItem { name, detail: "resource type".to_owned(), kind: None, place, full: place }
}

/// The component or function around a place; at a file's level the declaration itself.
fn caller_at(db: &Database, place: FileRange) -> Option<Decl> {
    let decl = decl_at(db, place)?;
    if decl.kind(db) == DeclKind::Fn {
        return Some(decl);
    }
    Some(decl.container(db).unwrap_or(decl))
}

fn decl_at(db: &Database, place: FileRange) -> Option<Decl> {
    let site = Site::at(db, FilePosition { file: place.file, offset: place.range.start() })?;
    let token = site.tokens(place.range.start()).into_iter().next()?;
    site.decl(&token.parent()?)
}

/// A declaration and everything inside it.
fn inside(db: &Database, decl: Decl) -> Vec<Decl> {
    let is_inside = |inner: &Decl| {
        let mut at = Some(*inner);
        while let Some(outer) = at {
            if outer == decl {
                return true;
            }
            at = outer.parent(db);
        }
        false
    };
    let Some(chunk) = cloudc_hir::chunk_of(db, decl) else { return Vec::new() };
    cloudc_hir::chunk_declarations(db, chunk).iter().copied().filter(is_inside).collect()
}

/// The types written with a declaration, outermost first.
fn written_types(db: &Database, decl: Decl) -> Vec<HierarchyItem> {
    let Some((site, node)) = item_of(db, decl) else { return Vec::new() };
    let Some(ty) = type_node(&node) else { return Vec::new() };
    let paths = ty.descendants().filter_map(ast::PathType::cast);
    let found = paths.filter_map(|path| {
        let name = path.members().last().or_else(|| path.segments().last())?;
        let found = of_token(&site, &name.syntax().first_token()?)?;
        let here = FileRange { file: site.file, range: found.range };
        match found.symbol {
            Symbol::Decl(decl) if matches!(decl.kind(db), DeclKind::Component | DeclKind::Type) => Some(item(db, decl)),
            Symbol::ResourceType(_) | Symbol::CustomType(_) => Some(foreign(db, &found.symbol, here)),
            _ => None,
        }
    });
    found.collect()
}

fn type_node(item: &SyntaxNode) -> Option<SyntaxNode> {
    item.children().find(|it| ast::Type::can_cast(it.kind()))
}

/// Whether a place is in the type of a resource, not in its body.
fn is_type_of(db: &Database, resource: Decl, place: FileRange) -> bool {
    let Some((site, node)) = item_of(db, resource) else { return false };
    type_node(&node).is_some_and(|ty| site.range(ty.text_range()).range.contains_range(place.range))
}

/// The last name in what is written: `f` of `net.f`.
fn last_word(db: &Database, place: FileRange) -> FileRange {
    let text = place.file.text(db).get(std::ops::Range::<usize>::from(place.range)).unwrap_or_default();
    let start = text.rfind(['.', ':']).map_or(0, |at| at + 1) as u32;
    let range = TextRange::new(place.range.start() + TextSize::new(start), place.range.end());
    FileRange { file: place.file, range }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, open};

    const PROGRAM: &str = "//- /main.cloud\nimport \"./net.cloud\" { Vpc, size }\nimport \"./net.cloud\" as net\nstack s {}\nresource a: Vpc { n: size(1) }\nresource b: Vpc { n: net.size(2) }\noutput o = a.id\n//- /net.cloud\npub component Vpc {\n  input n: Int\n  resource vpc: AWS::EC2::VPC {}\n  for i in range(n) {\n    resource inner: Part { n: size(i) }\n  }\n  output id = vpc.ref\n}\ncomponent Part {\n  input n: Int\n  resource s: AWS::EC2::Subnet {}\n  resource v: AWS::EC2::VPC {}\n}\npub fn size(n: Int): Int = twice(n) + twice(1)\nfn twice(n: Int): Int = n * 2\ntype Nets = [Net]\ntype Net = AWS::EC2::VPC\n";

    fn at(marked: &str) -> Fixture {
        assert_eq!(PROGRAM.matches(&marked.replace("$0", "")).count(), 1, "{marked}");
        open(&PROGRAM.replace(&marked.replace("$0", ""), marked))
    }

    fn show(db: &Database, calls: &[Call]) -> String {
        let shown = calls.iter().map(|call| {
            let places = call.places.iter().map(|place| {
                let text = place.file.text(db);
                let line = text[..usize::from(place.range.start())].matches('\n').count() + 1;
                format!("{line} {}", &text[std::ops::Range::<usize>::from(place.range)])
            });
            format!("{} ({}): {}", call.item.name, call.item.detail, places.collect::<Vec<_>>().join(", "))
        });
        shown.collect::<Vec<_>>().join("; ")
    }

    fn check_calls(marked: &str, incoming: &str, outgoing: &str) {
        let fixture = at(marked);
        let db = &fixture.db;
        let item = prepare_calls(db, fixture.position()).expect("an item");
        // What was given is asked about again by the place of its name.
        let again = FilePosition { file: item.place.file, offset: item.place.range.start() };
        assert_eq!(prepare_calls(db, again), Some(item));
        assert_eq!(show(db, &incoming_calls(db, again, &fixture.files)), incoming, "{marked}");
        assert_eq!(show(db, &outgoing_calls(db, again)), outgoing, "{marked}");
    }

    #[test]
    fn calls() {
        check_calls(
            "pub component V$0pc",
            "a (resource, /main.cloud): 4 Vpc; b (resource, /main.cloud): 5 Vpc",
            "Part (component, /net.cloud): 5 Part; size (fn, /net.cloud): 5 size",
        );
        check_calls(
            "pub fn si$0ze",
            "a (resource, /main.cloud): 4 size; b (resource, /main.cloud): 5 size; Vpc (component, /net.cloud): 5 size",
            "twice (fn, /net.cloud): 14 twice, 14 twice",
        );
        check_calls("fn twi$0ce(n: Int)", "size (fn, /net.cloud): 14 twice, 14 twice", "");
        check_calls("resource $0b: Vpc", "", "Vpc (component, /net.cloud): 5 Vpc; size (fn, /net.cloud): 5 size");
    }

    fn check_types(marked: &str, above: &str, below: &str) {
        let fixture = at(marked);
        let db = &fixture.db;
        let item = prepare_types(db, fixture.position()).expect("an item");
        let again = FilePosition { file: item.place.file, offset: item.place.range.start() };
        let names = |items: Vec<HierarchyItem>| items.iter().map(|item| item.name.to_string()).collect::<Vec<_>>().join(", ");
        assert_eq!(names(supertypes(db, again)), above, "{marked}");
        assert_eq!(names(subtypes(db, again, &fixture.files)), below, "{marked}");
    }

    #[test]
    fn types() {
        check_types("pub component V$0pc", "AWS::EC2::VPC, Part", "");
        check_types("component P$0art", "AWS::EC2::Subnet, AWS::EC2::VPC", "Vpc");
        check_types("resource vpc: AWS::$0EC2::VPC", "", "Vpc, Part, Net");
        check_types("type N$0et =", "AWS::EC2::VPC", "Nets");
        check_types("resource $0a: Vpc", "AWS::EC2::VPC, Part", "");
    }

    #[test]
    fn nothing_to_ask_about() {
        let fixture = open("let a = $01\n");
        assert_eq!(prepare_calls(&fixture.db, fixture.position()), None);
        assert_eq!(prepare_types(&fixture.db, fixture.position()), None);
    }
}
