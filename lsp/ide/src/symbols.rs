//! The declarations of a file as an outline, and those of all files by name.
//!
//! In: a file; a search text and files. Out: [`DocumentSymbol`]s, nested; [`WorkspaceSymbol`]s, best first. Always: a symbol's range holds
//! those inside it, its selection lies in it.

use cloudc_base::{File, TextRange};
use cloudc_driver::Database;
use cloudc_hir::{Chunk, Decl, DeclKind, Name};
use cloudc_syntax::ast::{self, AstNode, HasAttrs};
use cloudc_syntax::{SyntaxKind, SyntaxNode};

use crate::FileRange;
use crate::symbol::site::{Site, name_range, whole_range};

/// A declaration in an outline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentSymbol {
    /// Its name; what is written for one that has none: `if stage == "prod"`.
    pub name: String,
    /// Its type; empty when it has none.
    pub detail: String,
    /// What it declares.
    pub kind: DeclKind,
    /// Whether it is marked `@deprecated`.
    pub deprecated: bool,
    /// All of it, attributes included.
    pub range: TextRange,
    /// Its name, its keyword when it has none.
    pub selection: TextRange,
    /// What is declared inside.
    pub children: Vec<DocumentSymbol>,
}

/// A declaration found by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkspaceSymbol {
    /// Its name.
    pub name: Name,
    /// What it stands in: the component, else the file's path.
    pub container: Name,
    /// What it declares.
    pub kind: DeclKind,
    /// Its name's place.
    pub place: FileRange,
    /// All of it.
    pub full: FileRange,
}

/// The outline of a file, in source order; imports left out.
pub fn document_symbols(db: &Database, file: File) -> Vec<DocumentSymbol> {
    cloudc_hir::chunks(db, file).iter().flat_map(|chunk| in_chunk(db, *chunk)).collect()
}

/// The declarations of `files` whose name has the letters of `query` in order, best first, at most `limit`. `Vpc.cidr` asks for `cidr`
/// in something like `Vpc`.
pub fn workspace_symbols(db: &Database, query: &str, files: &[File], limit: usize) -> Vec<WorkspaceSymbol> {
    let (outer, inner) = query.rsplit_once(['.', ':']).map_or(("", query), |(outer, inner)| (outer.trim_end_matches(':'), inner));
    let mut scored = Vec::new();
    for file in files {
        let all = cloudc_hir::all_declarations(db, *file).iter().filter(|decl| is_found_by_name(db, **decl));
        for (nth, decl) in all.enumerate() {
            let Some(score) = score(inner, decl.name(db)) else { continue };
            if !outer.is_empty() && self::score(outer, &container(db, *decl)).is_none() {
                continue;
            }
            let nested = u32::from(decl.container(db).is_some());
            scored.push(((score, nested, file.path(db).clone(), nth), *decl));
        }
    }
    scored.sort_by(|a, b| a.0.cmp(&b.0));
    scored.truncate(limit);
    let found = scored.into_iter().map(|(_, decl)| WorkspaceSymbol {
        name: decl.name(db).clone(),
        container: container(db, decl),
        kind: decl.kind(db),
        place: name_range(db, decl),
        full: whole_range(db, decl),
    });
    found.collect()
}

fn is_found_by_name(db: &Database, decl: Decl) -> bool {
    !decl.name(db).is_empty() && !matches!(decl.kind(db), DeclKind::Import | DeclKind::ImportItem)
}

fn container(db: &Database, decl: Decl) -> Name {
    let outer = decl.container(db).map(|outer| outer.name(db).clone()).filter(|name| !name.is_empty());
    outer.unwrap_or_else(|| decl.file(db).path(db).as_ref().into())
}

/// How far a name is from what was typed, 0 for the same; none when the letters are not in it in order.
pub(crate) fn score(query: &str, name: &str) -> Option<u32> {
    let typed = query.bytes().filter(|byte| !byte.is_ascii_whitespace());
    // Most names do not fit, and are told so without a look at where words begin.
    let mut rest = name.bytes();
    let fits = typed.clone().all(|wanted| rest.any(|own| own.eq_ignore_ascii_case(&wanted)));
    if !fits {
        return None;
    }
    let wanted: Vec<u8> = typed.map(|byte| byte.to_ascii_lowercase()).collect();
    let small = name.to_ascii_lowercase().into_bytes();
    let length = name.len() as u32;
    if small.starts_with(&wanted) {
        return Some(length - wanted.len() as u32);
    }
    if small.windows(wanted.len()).any(|part| part == wanted) {
        return Some(100 + length);
    }
    Some(200 + 20 * gaps(&wanted, name.as_bytes(), &small) + length)
}

/// How often letters, each taken as early as possible, go on inside a word: beginning one costs nothing.
fn gaps(wanted: &[u8], name: &[u8], small: &[u8]) -> u32 {
    let (mut at, mut gaps) = (0, 0);
    for (nth, letter) in wanted.iter().enumerate() {
        let Some(found) = small[at..].iter().position(|own| own == letter).map(|found| at + found) else { break };
        let begins = found == 0 || !small[found - 1].is_ascii_alphanumeric() || name[found].is_ascii_uppercase();
        gaps += u32::from(!begins && (nth == 0 || found != at));
        at = found + 1;
    }
    gaps
}

fn in_chunk(db: &Database, chunk: Chunk<'_>) -> Vec<DocumentSymbol> {
    let site = Site::of(db, chunk);
    let mut outline = Outline { decls: cloudc_hir::chunk_declarations(db, chunk).iter(), site: &site };
    let mut symbols = Vec::new();
    for item in site.root.children().filter_map(ast::Item::cast) {
        outline.item(item, &mut symbols);
    }
    symbols
}

/// Walks items in the order in which the chunk's declarations are numbered.
struct Outline<'s, 'db> {
    site: &'s Site<'db>,
    decls: std::slice::Iter<'db, Decl>,
}

impl Outline<'_, '_> {
    fn item(&mut self, item: ast::Item, out: &mut Vec<DocumentSymbol>) {
        let Some(decl) = self.decls.next().copied() else { return };
        match &item {
            ast::Item::Import(import) => {
                for _ in import.specs() {
                    self.decls.next();
                }
            }
            ast::Item::If(it) => self.choice(it, "if", out),
            ast::Item::Component(it) => self.holder(&item, decl, it.block(), out),
            ast::Item::For(it) => self.holder(&item, decl, it.block(), out),
            ast::Item::Policy(it) => self.holder(&item, decl, it.block(), out),
            ast::Item::Test(it) => self.holder(&item, decl, it.block(), out),
            _ => out.push(self.symbol(&item, decl, Vec::new())),
        }
    }

    fn holder(&mut self, item: &ast::Item, decl: Decl, block: Option<ast::Block>, out: &mut Vec<DocumentSymbol>) {
        let children = self.block(block);
        out.push(self.symbol(item, decl, children));
    }

    fn block(&mut self, block: Option<ast::Block>) -> Vec<DocumentSymbol> {
        let mut children = Vec::new();
        for item in block.iter().flat_map(|block| block.items()) {
            self.item(item, &mut children);
        }
        children
    }

    /// `if`, each `else if` and `else` beside each other.
    fn choice(&mut self, choice: &ast::IfItem, words: &str, out: &mut Vec<DocumentSymbol>) {
        let name = format!("{words} {}", choice.condition().map(|it| line(it.syntax())).unwrap_or_default());
        let children = self.block(choice.then_block());
        let end = choice.then_block().map_or(choice.range().end(), |block| block.range().end());
        let range = self.site.range(TextRange::new(choice.range().start(), end)).range;
        let selection = self.selection(choice.syntax(), None);
        let mut symbol = plain(name.trim().to_owned(), DeclKind::If, range, selection);
        symbol.children = children;
        out.push(symbol);
        if let Some(next) = choice.else_if() {
            self.decls.next();
            self.choice(&next, "else if", out);
        } else if let Some(block) = choice.else_block() {
            let range = self.site.range(block.range()).range;
            let children = self.block(Some(block));
            let selection = TextRange::empty(range.start());
            out.push(DocumentSymbol { children, ..plain("else".to_owned(), DeclKind::If, range, selection) });
        }
    }

    /// The name, else the keyword; from the tree alone, because outlines are asked for at every keystroke.
    fn selection(&self, item: &SyntaxNode, name: Option<ast::Name>) -> TextRange {
        let own = name.map(|name| name.range()).or_else(|| keyword(item)).unwrap_or(item.text_range());
        self.site.range(own).range
    }

    fn symbol(&self, item: &ast::Item, decl: Decl, children: Vec<DocumentSymbol>) -> DocumentSymbol {
        let db = self.site.db;
        let range = self.site.range(item.range()).range;
        let selection = self.selection(item.syntax(), item.name());
        let symbol = plain(label(item), decl.kind(db), range, selection);
        DocumentSymbol { detail: detail(db, item, decl), deprecated: item.attr("deprecated").is_some(), children, ..symbol }
    }
}

/// The first keyword of a declaration, `pub` left out.
fn keyword(item: &SyntaxNode) -> Option<TextRange> {
    let tokens = item.children_with_tokens().filter_map(|it| it.into_token());
    let mut words = tokens.filter(|it| it.kind().is_keyword() && it.kind() != SyntaxKind::PubKw);
    words.next().map(|it| it.text_range())
}

fn plain(name: String, kind: DeclKind, range: TextRange, selection: TextRange) -> DocumentSymbol {
    DocumentSymbol { name, detail: String::new(), kind, deprecated: false, range, selection, children: Vec::new() }
}

/// What an outline shows for a declaration. Never empty.
fn label(item: &ast::Item) -> String {
    let title = |title: Option<ast::StringExpr>| title.map(|title| line(title.syntax())).unwrap_or_default();
    let words = match item {
        ast::Item::For(it) => {
            let names = it.bindings().map(|name| name.text().to_string()).collect::<Vec<_>>().join(", ");
            format!("for {names} in {}", it.iterable().map(|it| line(it.syntax())).unwrap_or_default())
        }
        ast::Item::Policy(it) => format!("policy {}", title(it.title())),
        ast::Item::Test(it) => format!("test {}", title(it.title())),
        ast::Item::Defaults(it) => format!("defaults {}", it.ty().map(|ty| line(ty.syntax())).unwrap_or_default()),
        ast::Item::Assert(_) | ast::Item::Moved(_) | ast::Item::Forget(_) => line(item.syntax()),
        _ => item.name().map(|name| name.text().to_string()).unwrap_or_default(),
    };
    let words = words.trim();
    if words.is_empty() { "(no name yet)".to_owned() } else { words.to_owned() }
}

/// The type of a declaration as written, else as inferred.
fn detail(db: &Database, item: &ast::Item, decl: Decl) -> String {
    match item {
        ast::Item::Fn(it) => {
            let params = it.params().map(|param| line(param.syntax())).collect::<Vec<_>>().join(", ");
            let ret = it.ret_ty().map(|ty| format!(": {}", line(ty.syntax()))).unwrap_or_default();
            format!("({params}){ret}")
        }
        ast::Item::Input(_)
        | ast::Item::Param(_)
        | ast::Item::Let(_)
        | ast::Item::Resource(_)
        | ast::Item::Existing(_)
        | ast::Item::Output(_)
        | ast::Item::TypeAlias(_) => {
            let written = item.syntax().children().find(|it| ast::Type::can_cast(it.kind()));
            written.map_or_else(|| inferred(db, decl), |ty| line(&ty))
        }
        ast::Item::Stack(_) | ast::Item::Project(_) | ast::Item::Env(_) => decl.kind(db).keyword().to_owned(),
        _ => String::new(),
    }
}

fn inferred(db: &Database, decl: Decl) -> String {
    if !matches!(decl.kind(db), DeclKind::Input | DeclKind::Let | DeclKind::Output) {
        return String::new();
    }
    let ty = &cloudc_types::signature(db, decl).ty;
    if ty.is_error() { String::new() } else { cloudc_types::display(db, ty) }
}

/// A node's text on one line, cut where it gets long.
fn line(node: &SyntaxNode) -> String {
    const LONGEST: usize = 60;
    let mut text = String::new();
    for word in node.text().to_string().split_whitespace() {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(word);
        if let Some((cut, _)) = text.char_indices().nth(LONGEST) {
            text.truncate(cut);
            text.push('…');
            break;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::open;

    fn check_outline(text: &str, expected: &str) {
        let fixture = open(text);
        let file = fixture.files[0];
        let mut shown = String::new();
        for symbol in document_symbols(&fixture.db, file) {
            show(file.text(&fixture.db), &symbol, 0, &mut shown);
        }
        assert_eq!(shown.trim_end(), expected, "{text}");
    }

    fn show(text: &str, symbol: &DocumentSymbol, depth: usize, out: &mut String) {
        assert!(symbol.range.contains_range(symbol.selection), "{symbol:?}");
        let selected = &text[std::ops::Range::<usize>::from(symbol.selection)];
        let deprecated = if symbol.deprecated { " (deprecated)" } else { "" };
        out.push_str(&format!(
            "{}{} | {} | {:?} | {selected}{deprecated}\n",
            "  ".repeat(depth),
            symbol.name,
            symbol.detail,
            symbol.kind
        ));
        for child in &symbol.children {
            assert!(symbol.range.contains_range(child.range), "{child:?}");
            show(text, child, depth + 1, out);
        }
    }

    #[test]
    fn everything_nested() {
        check_outline(
            "import \"std/network\" { Vpc }\nstack s {}\ninput stage: \"dev\" | \"prod\"\nlet n = 1 + 1\n@deprecated(\"x\")\nresource v: Vpc {}\n\
             pub component C {\n  input a: Int\n  for i in range(a) {\n    resource q: AWS::SQS::Queue {}\n  }\n  output o = a\n}\n\
             fn f(a: Int, b: Int = 1): Int = a\ntype T = [Int]\nassert n == 2, \"no\"\nmoved w -> v\ntest \"one\" {\n  let s = 1\n}\n",
            "s | stack | Stack | s\n\
             stage | \"dev\" | \"prod\" | Input | stage\n\
             n | Int | Let | n\n\
             v | Vpc | Resource | v (deprecated)\n\
             C |  | Component | C\n  a | Int | Input | a\n  for i in range(a) |  | For | for\n    q | AWS::SQS::Queue | Resource | q\n  o | Int | Output | o\n\
             f | (a: Int, b: Int = 1): Int | Fn | f\n\
             T | [Int] | Type | T\n\
             assert n == 2, \"no\" |  | Assert | assert\n\
             moved w -> v |  | Moved | moved\n\
             test \"one\" |  | Test | test\n  s | 1 | Let | s",
        );
    }

    #[test]
    fn branches_beside_each_other() {
        check_outline(
            "if true {\n  resource a: AWS::SQS::Queue {}\n} else if false {\n  resource b: AWS::SQS::Queue {}\n} else {\n  resource c: AWS::SQS::Queue {}\n}\nlet after = \"ä\"\n",
            "if true |  | If | if\n  a | AWS::SQS::Queue | Resource | a\n\
             else if false |  | If | if\n  b | AWS::SQS::Queue | Resource | b\n\
             else |  | If | \n  c | AWS::SQS::Queue | Resource | c\n\
             after | \"ä\" | Let | after",
        );
    }

    #[test]
    fn half_typed() {
        check_outline("\n", "");
        check_outline(
            "let\nresource x\ncomponent C {\n  input\n",
            "(no name yet) |  | Let | let\nx |  | Resource | x\nC |  | Component | C\n  (no name yet) |  | Input | input",
        );
        check_outline("let a = {", "a | {  } | Let | a");
    }

    fn check_search(query: &str, expected: &str) {
        let fixture = open(
            "//- /main.cloud\nlet public_subnets = 1\nlet subs = 2\ncomponent PublicSite {\n  input subnet: Int\n}\n//- /b.cloud\nlet subnet = 3\n",
        );
        let found = workspace_symbols(&fixture.db, query, &fixture.files, 3);
        let shown = found.iter().map(|one| format!("{} in {}", one.name, one.container)).collect::<Vec<_>>();
        assert_eq!(shown.join(", "), expected, "{query}");
    }

    #[test]
    fn search_by_letters() {
        check_search("subnet", "subnet in /b.cloud, subnet in PublicSite, public_subnets in /main.cloud");
        check_search("SUBS", "subs in /main.cloud, public_subnets in /main.cloud");
        check_search("ps", "PublicSite in /main.cloud, public_subnets in /main.cloud");
        check_search("Site.sub", "subnet in PublicSite");
        check_search("zzz", "");
    }
}
