//! Where to go from a place: to the declaration, to the type of a value, to what is made of a component.
//!
//! In: a place; for implementations also the files to look in. Out: [`Target`]s. Always: what is built in, and CloudFormation's types,
//! lead nowhere.

use cloudc_base::{Content, File, TextRange};
use cloudc_driver::Database;
use cloudc_hir::{Decl, DeclKind, Name};
use cloudc_syntax::SyntaxNode;
use cloudc_syntax::ast::{self, AstNode};
use cloudc_types::{Kind, Ty};
use rustc_hash::FxHashSet;

use crate::references::{Reference, references_to};
use crate::symbol::site::{Site, is_item, item_of};
use crate::symbol::{Mention, Symbol, declaration_range, full_range, listed, name_of, shorthand_key, symbol_at, user_types};
use crate::{FilePosition, FileRange};

/// A place to go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// What is there.
    pub name: Name,
    /// Where the cursor goes.
    pub place: FileRange,
    /// All of what is there.
    pub full: FileRange,
}

/// Where a place leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// What is written at the place.
    pub origin: TextRange,
    /// Where it leads; several for `{ name }`, which is a key and a value.
    pub targets: Vec<Target>,
}

/// Where what stands at a place is declared.
pub fn definition(db: &Database, at: FilePosition) -> Option<Definition> {
    let found = symbol_at(db, at)?;
    let mut targets: Vec<Target> = target(db, &found.symbol).into_iter().collect();
    if found.mention == Mention::Shorthand {
        targets.extend(shorthand_key(db, at).and_then(|key| target(db, &key)));
    }
    leads(found.range, targets)
}

/// Where the type of what stands at a place is declared: a component, or the aliases its type is written with.
pub fn type_definition(db: &Database, at: FilePosition) -> Option<Definition> {
    let found = symbol_at(db, at)?;
    let mut decls = types_of(db, &found.symbol);
    if decls.is_empty() {
        decls = value_type(db, at).map(|ty| instances_in(&ty)).unwrap_or_default();
    }
    leads(found.range, decls.into_iter().filter_map(|decl| target(db, &Symbol::Decl(decl))).collect())
}

/// What is made of what stands at a place: the instances of a component, the arguments for an input or parameter, the patches of an
/// inner resource, the resources of a type.
pub fn implementation(db: &Database, at: FilePosition, files: &[File]) -> Option<Definition> {
    let found = symbol_at(db, at)?;
    let all = references_to(db, &found.symbol, at.file, files);
    let targets = match &found.symbol {
        Symbol::ResourceType(_) | Symbol::CustomType(_) => made_of(db, &all),
        Symbol::Decl(decl) => match decl.kind(db) {
            DeclKind::Component | DeclKind::Type => made_of(db, &all),
            _ => written(db, &found.symbol, &all),
        },
        Symbol::FnParam { decl, index } => {
            let mut targets = written(db, &found.symbol, &all);
            targets.extend(positional(db, *decl, *index, files));
            targets
        }
        _ => written(db, &found.symbol, &all),
    };
    leads(found.range, targets)
}

fn leads(origin: TextRange, mut targets: Vec<Target>) -> Option<Definition> {
    let mut seen = FxHashSet::default();
    targets.retain(|target| seen.insert(target.place));
    (!targets.is_empty()).then_some(Definition { origin, targets })
}

/// The place a symbol is declared at.
pub(crate) fn target(db: &Database, symbol: &Symbol) -> Option<Target> {
    match symbol {
        Symbol::EnumValue { value, of: Some(of) } => {
            let Symbol::Decl(decl) = **of else { return None };
            let (_, place) = listed(db, decl, value)?;
            Some(Target { name: value.clone(), place, full: place })
        }
        Symbol::Path { written, path: Some(path) } => {
            let file = text_at(db, path)?;
            let place = FileRange { file, range: TextRange::default() };
            Some(Target { name: written.clone(), place, full: place })
        }
        _ => {
            let place = declaration_range(db, symbol)?;
            Some(Target { name: name_of(db, symbol), place, full: full_range(db, symbol).unwrap_or(place) })
        }
    }
}

/// The file at a path, where text is.
fn text_at(db: &Database, path: &str) -> Option<File> {
    let file = cloudc_driver::file(db, path);
    matches!(file.content(db), Content::Text(_)).then_some(file)
}

/// The type written with a declaration, a parameter or a field.
fn type_of_item(item: &SyntaxNode) -> Option<SyntaxNode> {
    item.children().find(|it| ast::Type::can_cast(it.kind()))
}

/// The declared types that a symbol is written with.
fn types_of(db: &Database, symbol: &Symbol) -> Vec<Decl> {
    let written = |site: &Site<'_>, node: &SyntaxNode| type_of_item(node).map(|ty| user_types(site, &ty)).unwrap_or_default();
    match symbol {
        Symbol::Decl(decl) => match decl.kind(db) {
            DeclKind::Component => vec![*decl],
            DeclKind::Fn => item_of(db, *decl).map(|(site, item)| written(&site, &item)).unwrap_or_default(),
            _ => {
                let own = item_of(db, *decl).map(|(site, item)| written(&site, &item)).unwrap_or_default();
                if own.is_empty() { instances_in(&cloudc_types::signature(db, *decl).ty) } else { own }
            }
        },
        Symbol::FnParam { .. } | Symbol::Field { .. } => {
            let Some(place) = declaration_range(db, symbol) else { return Vec::new() };
            let Some(site) = Site::at(db, FilePosition { file: place.file, offset: place.range.start() }) else {
                return Vec::new();
            };
            let name = site.tokens(place.range.start()).into_iter().next();
            let owner = name.and_then(|token| token.parent()?.parent());
            owner.map(|owner| written(&site, &owner)).unwrap_or_default()
        }
        Symbol::EnumValue { of: Some(of), .. } => types_of(db, of),
        _ => Vec::new(),
    }
}

/// The type of the value at a place.
fn value_type(db: &Database, at: FilePosition) -> Option<Ty> {
    let site = Site::at(db, at)?;
    let token = site.tokens(at.offset).into_iter().next()?;
    let expr = token.parent_ancestors().find(|it| ast::Expr::can_cast(it.kind()))?;
    site.ty(&expr)
}

/// The components whose instances a type holds.
fn instances_in(ty: &Ty) -> Vec<Decl> {
    match &ty.kind {
        Kind::Instance(component, _) => vec![*component],
        Kind::List(inner) | Kind::Optional(inner) | Kind::Map(_, inner) => instances_in(inner),
        _ => Vec::new(),
    }
}

/// The declarations that have what is mentioned for their type.
fn made_of(db: &Database, all: &[Reference]) -> Vec<Target> {
    let made = all.iter().filter(|one| one.mention == Mention::Read).filter_map(|one| {
        let site = Site::at(db, FilePosition { file: one.place.file, offset: one.place.range.start() })?;
        let token = site.tokens(one.place.range.start()).into_iter().next()?;
        let mut around = token.parent_ancestors();
        around.find(|it| ast::PathType::can_cast(it.kind()))?;
        let item = around.find(|it| !ast::Type::can_cast(it.kind()))?;
        let decl = is_item(&item).then(|| site.decl_of_item(&item)).flatten()?;
        target(db, &Symbol::Decl(decl))
    });
    made.collect()
}

/// The places where a symbol gets a value.
fn written(db: &Database, symbol: &Symbol, all: &[Reference]) -> Vec<Target> {
    let gets = all.iter().filter(|one| matches!(one.mention, Mention::Write | Mention::Shorthand));
    gets.map(|one| Target { name: name_of(db, symbol), place: one.place, full: one.place }).collect()
}

/// The arguments given to a parameter by its position.
fn positional(db: &Database, function: Decl, index: u32, files: &[File]) -> Vec<Target> {
    let calls = references_to(db, &Symbol::Decl(function), function.file(db), files);
    let arguments = calls.iter().filter(|one| one.mention == Mention::Read).filter_map(|one| {
        let site = Site::at(db, FilePosition { file: one.place.file, offset: one.place.range.start() })?;
        let token = site.tokens(one.place.range.start()).into_iter().next()?;
        let call = token.parent_ancestors().find_map(ast::CallExpr::cast)?;
        let argument = call.args().filter(|arg| arg.name().is_none()).nth(index as usize)?;
        let place = site.range(argument.range());
        let name = name_of(db, &Symbol::FnParam { decl: function, index });
        Some(Target { name, place, full: place })
    });
    arguments.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, open};

    fn show(fixture: &Fixture, found: Option<Definition>) -> String {
        let db = &fixture.db;
        let targets = found.map(|found| found.targets).unwrap_or_default();
        let shown = targets.iter().map(|target| {
            let text = target.place.file.text(db);
            assert!(target.full.range.contains_range(target.place.range), "the whole holds the name");
            let line = text[..usize::from(target.place.range.start())].matches('\n').count() + 1;
            format!("{}:{line} {}", target.place.file.path(db), &text[std::ops::Range::<usize>::from(target.place.range)])
        });
        shown.collect::<Vec<_>>().join(", ")
    }

    fn check_definition(text: &str, expected: &str) {
        let fixture = open(text);
        assert_eq!(show(&fixture, definition(&fixture.db, fixture.position())), expected, "{text}");
    }

    fn check_type_definition(text: &str, expected: &str) {
        let fixture = open(text);
        assert_eq!(show(&fixture, type_definition(&fixture.db, fixture.position())), expected, "{text}");
    }

    fn check_implementation(text: &str, expected: &str) {
        let fixture = open(text);
        assert_eq!(show(&fixture, implementation(&fixture.db, fixture.position(), &fixture.files)), expected, "{text}");
    }

    #[test]
    fn names_lead_to_declarations() {
        check_definition("let a = 1\nlet b = $0a\n", "/main.cloud:1 a");
        check_definition("let a = 1\nlet b = no$0pe\n", "");
        check_definition("let a = aws.re$0gion\n", "");
        check_definition(
            "component C {\n  input n: Int\n}\nlet n = 1\nresource c: C { $0n }\n",
            "/main.cloud:4 n, /main.cloud:2 n",
        );
        check_definition("if true {\n  resource q: AWS::SQS::Queue {}\n}\nlet a = q?.ref ?? $0q\n", "/main.cloud:2 q");
        check_definition(
            "component C {\n  resource r: AWS::SQS::Queue { DelaySeconds: $0outer }\n}\ninput outer: Int\n",
            "/main.cloud:4 outer",
        );
    }

    #[test]
    fn across_files_and_into_std() {
        check_definition("import \"std/network\" { Vpc }\nresource v: V$0pc {}\n", "std/network:16 Vpc");
        check_definition("import \"std/net$0work\" { Vpc }\n", "std/network:1 ");
        check_definition("//- /main.cloud\nlet a = file(\"./x$0.sh\")\n//- /x.sh\necho\n", "/x.sh:1 ");
        check_definition("let a = file(\"./x$0.sh\")\n", "");
        check_definition("//- /a.cloud\nimport \"./b.cloud\" { x$0 }\n//- /b.cloud\nlet x = 1\n", "/b.cloud:1 x");
    }

    #[test]
    fn texts_lead_into_their_union() {
        check_definition("type Stage = \"dev\" | \"prod\"\ninput stage: Stage = \"pr$0od\"\n", "/main.cloud:1 prod");
        check_definition("input stage: \"dev\" | \"prod\"\nlet a = stage == \"de$0v\"\n", "/main.cloud:1 dev");
    }

    #[test]
    fn types() {
        check_type_definition("component C {}\nresource c: C {}\nlet a = $0c\n", "/main.cloud:1 C");
        check_type_definition("component C {}\nfor i in range(2) {\n  resource c: C {}\n}\nlet a = $0c\n", "/main.cloud:1 C");
        check_type_definition("type P = Int(1..=5)\ninput p: P?\nlet a = $0p\n", "/main.cloud:1 P");
        check_type_definition("type P = Int\ntype R = { p: P }\nfn f(r: R): Int = r.$0p\n", "/main.cloud:1 P");
        check_type_definition("type P = Int\nfn f(x: P): Int = $0x\n", "/main.cloud:1 P");
        check_type_definition("resource b: AWS::S3::Bucket {}\nlet a = $0b\n", "");
    }

    #[test]
    fn implementations() {
        let net =
            "//- /net.cloud\npub component Vpc {\n  input cidr: Cidr\n  resource vpc: AWS::EC2::VPC { CidrBlock: cidr }\n}\n";
        let main = "//- /main.cloud\nimport \"./net.cloud\" { Vpc }\nresource a: Vpc { cidr: 10.0.0.0/16 } with {\n  vpc: {}\n}\nresource b: Vpc {}\n";
        let with = |what: &str| format!("{main}{}", net.replacen(what, &format!("$0{what}"), 1));
        check_implementation(&with("Vpc {"), "/main.cloud:2 a, /main.cloud:5 b");
        check_implementation(&with("cidr"), "/main.cloud:2 cidr");
        check_implementation(&with("vpc:"), "/main.cloud:3 vpc");
        check_implementation(
            "fn f(a: Int, $0b: Int): Int = a\nlet x = f(1, 2)\nlet y = f(b: 3, a: 1)\n",
            "/main.cloud:3 b, /main.cloud:2 2",
        );
        check_implementation(
            "resource a: AWS::SQS::$0Queue {}\nresource b: AWS::SQS::Queue {}\n",
            "/main.cloud:1 a, /main.cloud:2 b",
        );
    }
}
