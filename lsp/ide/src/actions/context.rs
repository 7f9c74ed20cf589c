//! What every action looks at: the selection, the tree around it, and what is written there.

use cloudc_base::{Diagnostic, Edit, File, TextRange, TextSize};
use cloudc_driver::Database;
use cloudc_hir::{Decl, ExprId};
use cloudc_syntax::ast::{self, AstNode};
use cloudc_syntax::{NodeOrToken, SyntaxKind as K, SyntaxNode, SyntaxToken};
use cloudc_types::{Kind, Ty};

use super::touches;
use crate::FileRange;
use crate::near::{Near, expr_in, near, text, trimmed};

/// A selection and what surrounds it.
pub(crate) struct Ctx<'a> {
    /// The program.
    pub db: &'a Database,
    /// The file of the selection.
    pub file: File,
    /// The selection without white space at its ends.
    pub range: TextRange,
    /// The workspace's files.
    pub files: &'a [File],
    /// Those that the selection touches.
    pub diagnostics: Vec<&'a Diagnostic>,
    /// All that were given.
    pub all_diagnostics: &'a [Diagnostic],
    /// The chunk in which the selection begins.
    pub near: Near<'a>,
}

/// Edits being gathered.
#[derive(Default)]
pub(crate) struct Changes {
    /// Not overlapping.
    pub edits: Vec<Edit>,
}

impl Changes {
    /// Replaces a range of a file.
    pub fn replace(&mut self, file: File, range: TextRange, insert: impl Into<String>) {
        self.edits.push(Edit { file, range, insert: insert.into() });
    }

    /// Puts a text at an offset of a file.
    pub fn insert(&mut self, file: File, at: TextSize, insert: impl Into<String>) {
        self.replace(file, TextRange::empty(at), insert);
    }

    /// Takes a range of a file away.
    pub fn delete(&mut self, file: File, range: TextRange) {
        self.replace(file, range, "");
    }
}

impl<'a> Ctx<'a> {
    /// The context of a selection; none in an empty file.
    pub fn new(db: &'a Database, selection: FileRange, files: &'a [File], all: &'a [Diagnostic]) -> Option<Self> {
        let FileRange { file, range } = selection;
        let length = TextSize::of(file.text(db));
        let range = TextRange::new(range.start().min(length), range.end().min(length));
        let range = if range.is_empty() { range } else { trimmed(db, file, range) };
        let diagnostics = all.iter().filter(|one| one.file == file && touches(one.range, range)).collect();
        let near = near(db, file, range.start())?;
        Some(Ctx { db, file, range, files, diagnostics, all_diagnostics: all, near })
    }

    /// The text of a node.
    pub fn text_of(&self, node: &SyntaxNode) -> String {
        node.text().to_string()
    }

    /// The text of a range of the file.
    pub fn text(&self, range: TextRange) -> &'a str {
        text(self.db, self.file, range)
    }

    /// The range of a node in the file.
    pub fn range_of(&self, node: &SyntaxNode) -> TextRange {
        self.near.in_file(node.text_range())
    }

    /// The expression that exactly the selection is.
    pub fn selected_expr(&self) -> Option<ast::Expr> {
        if self.range.is_empty() || self.near.in_file(self.near.root.text_range()).end() < self.range.end() {
            return None;
        }
        let wanted = self.near.range_in_tree(self.range);
        let node = self.near.covering(self.db, self.range);
        let fits = |node: &SyntaxNode| node.text_range() == wanted;
        node.descendants().take_while(fits).find_map(ast::Expr::cast)
    }

    /// The innermost node of a type at the selection's start, none when the selection is larger.
    pub fn node<N: AstNode>(&self) -> Option<N> {
        let found: N = self.near.node_at(self.range.start())?;
        let range = self.range_of(found.syntax());
        range.contains_range(self.range).then_some(found)
    }

    /// The word at the selection's start.
    pub fn token(&self) -> Option<SyntaxToken> {
        self.near.token(self.range.start())
    }

    /// The declaration that a node is or stands in.
    pub fn decl(&self, node: &SyntaxNode) -> Option<Decl> {
        self.near.decl_around(self.db, node)
    }

    /// The expression that a node is, and its declaration.
    pub fn expr(&self, node: &SyntaxNode) -> Option<(Decl, ExprId)> {
        let decl = self.decl(node)?;
        Some((decl, expr_in(self.db, decl, node.text_range())?))
    }

    /// The type of the expression that a node is.
    pub fn ty(&self, node: &SyntaxNode) -> Option<Ty> {
        let (decl, expr) = self.expr(node)?;
        cloudc_types::typed(self.db, decl).types.get(expr.0 as usize).cloned().flatten()
    }

    /// The type as it can be written; none for one that has no name.
    pub fn written_type(&self, ty: &Ty) -> Option<String> {
        written_type(self.db, ty)
    }
}

/// The type as it can be written; none for one that has no name.
pub(crate) fn written_type(db: &Database, ty: &Ty) -> Option<String> {
    if !has_name(&ty.kind) {
        return None;
    }
    let shown = cloudc_types::display(db, ty);
    let parses = cloudc_syntax::parse_file(&format!("type T = {shown}\n")).errors().is_empty();
    let nameless =
        shown.contains(['…']) || shown.split(|c: char| !c.is_alphanumeric()).any(|word| matches!(word, "record" | "none"));
    (parses && !nameless).then_some(shown)
}

/// Whether all of a type can be written: no error, nothing that only a property of the schema is.
fn has_name(kind: &Kind) -> bool {
    match kind {
        Kind::Error | Kind::None | Kind::Object(_) | Kind::TypeName(_) => false,
        Kind::Node(node) => !node.expects().is_empty(),
        Kind::List(inner) | Kind::Map(_, inner) | Kind::Optional(inner) | Kind::Secret(inner) | Kind::Ssm(inner) => {
            has_name(&inner.kind)
        }
        Kind::Record(fields) => fields.iter().all(|field| has_name(&field.ty.kind)),
        Kind::Union(members) => members.iter().all(has_name),
        _ => true,
    }
}

/// The range between a block's braces.
pub(crate) fn inside_braces(block: &SyntaxNode) -> TextRange {
    let range = block.text_range();
    let open = block.first_token().map_or(range.start(), |token| token.text_range().end());
    let close = block.last_token().filter(|token| token.kind() == K::RBrace);
    TextRange::new(open, close.map_or(range.end(), |token| token.text_range().start()).max(open))
}

/// The declaration a node stands in, or is.
pub(crate) fn item_around(node: &SyntaxNode) -> Option<SyntaxNode> {
    node.ancestors().find(|node| ast::Item::can_cast(node.kind()))
}

/// Where a declaration begins with the comments directly above it.
pub(crate) fn lead_start(item: &SyntaxNode) -> TextSize {
    let mut start = item.text_range().start();
    let mut before = item.prev_sibling_or_token();
    let mut breaks = 0;
    while let Some(NodeOrToken::Token(token)) = before {
        match token.kind() {
            K::Whitespace => {
                breaks = token.text().matches('\n').count();
                if breaks > 1 {
                    break;
                }
            }
            kind if kind.is_comment() => {
                // A comment behind something else on its line belongs to that.
                let own_line = token.prev_token().is_none_or(|it| it.kind() == K::Whitespace && it.text().contains('\n'));
                if !own_line || breaks == 0 && kind != K::BlockComment {
                    break;
                }
                start = token.text_range().start();
            }
            _ => break,
        }
        before = token.prev_sibling_or_token();
    }
    start
}

/// The range of a whole declaration's lines: with its comments, attributes, and the line end behind it.
pub(crate) fn whole_lines(ctx: &Ctx<'_>, item: &SyntaxNode) -> TextRange {
    let text = ctx.file.text(ctx.db);
    let start = ctx.near.in_file(TextRange::empty(lead_start(item))).start();
    let line = crate::near::line_start(text, start);
    let alone = text[line..usize::from(start)].trim().is_empty();
    let end = ctx.range_of(item).end();
    let line_end = crate::near::line_end(text, end);
    let rest = text[usize::from(end)..line_end].trim();
    let rest_is_free = rest.is_empty() || rest == ",";
    let from = if alone { line } else { usize::from(start) };
    let to = if rest_is_free { (line_end + 1).min(text.len()) } else { usize::from(end) };
    // Of two blank lines around it one stays.
    let blank_before = from == 0 || text[..from].ends_with("\n\n") || text[..from].trim_end().ends_with('{');
    let blank_after = text[to..].starts_with('\n') && alone && rest_is_free;
    let to = if blank_before && blank_after { to + 1 } else { to };
    TextRange::new(TextSize::from(from as u32), TextSize::from(to as u32))
}

/// The text with each line two spaces further in; none when a text in it would not mean the same any more.
pub(crate) fn indented(text: &str) -> Option<String> {
    // A block text loses its common indentation, but only when it begins on the line below its quotes.
    let mut quotes = text.match_indices("\"\"\"");
    while let Some((open, _)) = quotes.next() {
        let first = text[open + 3..].split('\n').next().unwrap_or_default();
        let one_line = first.contains("\"\"\"");
        if !one_line && !first.trim().is_empty() {
            return None;
        }
        quotes.next();
    }
    let line = |line: &str| if line.trim().is_empty() { String::new() } else { format!("  {line}") };
    Some(text.lines().map(line).collect::<Vec<_>>().join("\n"))
}

/// A name like `base` that nothing visible there has.
pub(crate) fn fresh_name(ctx: &Ctx<'_>, at: &SyntaxNode, base: &str) -> String {
    let taken = taken_names(ctx, at);
    let free = |name: &String| !taken.contains(name);
    let numbered = (2..).map(|number| format!("{base}{number}"));
    std::iter::once(base.to_owned()).chain(numbered).find(free).unwrap_or_else(|| base.to_owned())
}

/// Every name that is written in the chunk or declared in the file.
fn taken_names(ctx: &Ctx<'_>, at: &SyntaxNode) -> std::collections::BTreeSet<String> {
    let root = at.ancestors().last().unwrap_or_else(|| at.clone());
    let written = root.descendants().filter_map(ast::Name::cast).map(|name| name.text().to_string());
    let declared = cloudc_hir::all_declarations(ctx.db, ctx.file).iter().map(|decl| decl.name(ctx.db).to_string());
    written.chain(declared).collect()
}

/// `BucketName` as a value's name: `bucket_name`. Falls back on `value`.
pub(crate) fn snake(name: &str) -> String {
    let mut out = String::new();
    let chars: Vec<char> = name.chars().collect();
    for (at, c) in chars.iter().enumerate() {
        if !c.is_ascii_alphanumeric() {
            if !out.is_empty() && !out.ends_with('_') {
                out.push('_');
            }
            continue;
        }
        let starts = c.is_uppercase()
            && at > 0
            && (chars[at - 1].is_lowercase()
                || chars[at - 1].is_ascii_digit()
                || chars.get(at + 1).is_some_and(|next| next.is_lowercase()));
        if starts && !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    let out = out.trim_matches('_').to_owned();
    let usable = out.chars().next().is_some_and(|c| c.is_ascii_alphabetic()) && K::keyword(&out).is_none();
    if usable { out } else { "value".to_owned() }
}
