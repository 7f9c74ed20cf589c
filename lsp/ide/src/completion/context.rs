//! What stands at the cursor: a word is put in there, its chunk is parsed once more, and the tree around the word tells.
//!
//! In: a position. Out: a [`Context`] with its [`Spot`]; none where nothing is to be completed: in comments, plain text and new names.

use cloudc_base::{File, TextRange, TextSize};
use cloudc_driver::Database;
use cloudc_hir::{Decl, DeclKind, Name};
use cloudc_schema::{Type, Unit};
use cloudc_syntax::ast::{self, AstNode};
use cloudc_syntax::{SyntaxKind, SyntaxNode, SyntaxToken};
use cloudc_types::Kind;
use cloudc_types::ty::Lit;

use super::expected::{Expected, expected, habit, patched, written_keys};
use super::paths::PathKind;
use super::scene::{Scene, decl_kind};
use super::{Options, arguments, habits, members};
use crate::FilePosition;

/// Stands for what is not typed yet. Long enough that nobody writes it.
const MARK: &str = "zzCompletionMark";

/// A place and everything completion asks about it.
pub(crate) struct Context<'a> {
    pub scene: Scene<'a>,
    pub files: &'a [File],
    pub options: &'a Options,
    /// What is typed of the word, up to the cursor.
    pub typed: String,
    /// The whole word, in the file.
    pub word: TextRange,
    /// The word up to the cursor.
    pub before: TextRange,
    /// What stands at the cursor.
    pub spot: Spot,
}

/// What stands at the cursor.
pub(crate) enum Spot {
    /// A declaration.
    Statement(Within),
    /// One of these words, which go on with what is written.
    Words(Vec<&'static str>),
    /// Behind `@`; before a declaration of this kind and type, when one follows.
    Attribute { target: Option<DeclKind>, ty: Option<Type> },
    /// A type.
    Type(Wanted),
    /// The key of a record.
    Key(KeySpot),
    /// A name in `with { … }`.
    Patch { component: Decl, written: Vec<Name> },
    /// An expression.
    Value(ValueSpot),
    /// Behind a dot.
    Member(members::MemberSpot),
    /// A name in the braces of an import.
    ImportNames { file: Option<File>, written: Vec<Name> },
    /// A path in quotes.
    Path(PathKind),
    /// A pattern of a `match`.
    Pattern { subject: cloudc_types::Ty, written: Vec<Lit>, quoted: bool },
    /// A number that may get a unit.
    Number { digits: String, unit: Option<Unit> },
}

/// Where a declaration stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Within {
    /// The component, policy or test around it.
    pub container: Option<DeclKind>,
    /// Whether it is inside an `if` or `for`.
    pub nested: bool,
    /// Whether `pub` stands before it.
    pub public: bool,
}

/// What a type is written for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub what: WantedType,
    /// Whether a body in braces follows already.
    pub has_body: bool,
    /// What stands before the last dot of `AWS::EC2::VPC.VpcId` or `net.Vpc`.
    pub base: Option<String>,
}

/// What a type is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WantedType {
    /// A resource: CloudFormation's types and components.
    Resource,
    /// `existing`, and types where a value stands.
    Handle,
    /// `defaults`.
    Defaults,
    /// An annotation: any type.
    Any,
    /// Behind `as`: an identifier.
    Identity,
}

/// The key of a record.
pub(crate) struct KeySpot {
    /// What the record is to be.
    pub expected: Expected,
    /// Keys that are there.
    pub written: Vec<Name>,
    /// Whether a colon follows.
    pub colon: bool,
    /// Whether it is written in quotes.
    pub quoted: bool,
    /// Whether the word stands in column 0, where it may also begin a declaration.
    pub column_zero: bool,
    /// Which records of the workspace are alike.
    pub habit: Option<habits::Spot>,
}

/// An expression.
pub(crate) struct ValueSpot {
    pub expected: Expected,
    /// Whether it is text in quotes.
    pub quoted: bool,
    /// Whether it is an element of a list.
    pub element: bool,
    /// Whether it is all that a branch's braces hold, which might become a record.
    pub branch: bool,
    /// Named arguments that can be given here.
    pub named: Vec<arguments::Parameter>,
    /// Whether it stands inside `${…}`.
    pub interpolated: bool,
    /// Whether it decides something.
    pub condition: bool,
    /// Which places of the workspace are alike.
    pub habit: Option<habits::Spot>,
}

/// The lone parse of the chunk around a position, with a word put in at it.
pub(crate) struct Probe {
    /// The word.
    pub token: SyntaxToken,
    /// Where the chunk starts in the file.
    pub start: TextSize,
    /// The cursor in the chunk.
    pub offset: TextSize,
    /// How many chunks of the same kind and name stand before it.
    pub nth: usize,
}

/// Parses the chunk around a position with `mark` put in at it.
pub(crate) fn probe(db: &Database, at: FilePosition, mark: &str) -> Option<Probe> {
    let text = at.file.text(db);
    let mut cursor = usize::from(at.offset).min(text.len());
    while !text.is_char_boundary(cursor) {
        cursor -= 1;
    }
    let chunks = cloudc_hir::chunks(db, at.file);
    let cursor = TextSize::from(cursor as u32);
    // At the very start of a chunk the word belongs to what stands above.
    let index = chunks.partition_point(|chunk| chunk.offset(db) < cursor).checked_sub(1);
    let (start, nth, chunk_text) = match index.and_then(|index| chunks.get(index)) {
        Some(chunk) => (chunk.offset(db), chunk.nth(db) as usize, chunk.text(db).to_string()),
        None => (TextSize::from(0), 0, String::new()),
    };
    let offset = cursor - start;
    let split = usize::from(offset).min(chunk_text.len());
    let probed = format!("{}{mark}{}", chunk_text.get(..split)?, chunk_text.get(split..)?);
    let root = cloudc_syntax::parse_chunk(&probed).syntax();
    let token = root.token_at_offset(offset).right_biased().filter(|token| token.text_range().end() > offset)?;
    let token = match token.prev_token() {
        // `ab|` and the mark are one token; only between two words is there a choice.
        Some(before) if before.text_range().end() == offset && before.text().contains(mark) => before,
        _ => token,
    };
    Some(Probe { token, start, offset, nth })
}

/// The place at a position.
pub(crate) fn context<'a>(db: &'a Database, at: FilePosition, files: &'a [File], options: &'a Options) -> Option<Context<'a>> {
    let probe = probe(db, at, MARK)?;
    let token = &probe.token;
    let parent = token.parent()?;
    let scene = Scene::new(db, at.file, probe.nth, &parent, probe.offset);
    let spot = spot(&scene, token, &parent, probe.offset)?;
    let (from, to) = word(&spot, token, &parent);
    let mark = TextSize::of(MARK);
    let cursor = probe.start + probe.offset;
    let word = TextRange::new((from + probe.start).min(cursor), (to + probe.start - mark).max(cursor));
    let typed = db_text(db, at.file, TextRange::new(word.start(), cursor)).to_owned();
    Some(Context { scene, files, options, typed, word, before: TextRange::new(word.start(), cursor), spot })
}

pub(crate) fn db_text(db: &Database, file: File, range: TextRange) -> &str {
    file.text(db).get(std::ops::Range::<usize>::from(range)).unwrap_or_default()
}

/// What a completion takes the place of, in the probed chunk: the word, a whole path of a type, all of a text in quotes.
fn word(spot: &Spot, token: &SyntaxToken, parent: &SyntaxNode) -> (TextSize, TextSize) {
    let own = token.text_range();
    let range = match spot {
        Spot::Type(Wanted { base: None, .. }) => parent.parent().filter(|path| path.kind() == SyntaxKind::PathType).map(|path| {
            let dot = path.children_with_tokens().find(|it| it.kind() == SyntaxKind::Dot);
            TextRange::new(path.text_range().start(), dot.map_or(path.text_range().end(), |dot| dot.text_range().start()))
        }),
        Spot::Value(_) if parent.parent().is_some_and(|path| path.kind() == SyntaxKind::PathType) => {
            parent.parent().map(|path| path.text_range())
        }
        _ => None,
    };
    let range = range.unwrap_or(own);
    (range.start(), range.end())
}

fn spot(scene: &Scene, token: &SyntaxToken, parent: &SyntaxNode, offset: TextSize) -> Option<Spot> {
    match token.kind() {
        SyntaxKind::StringText => in_string(scene, parent),
        SyntaxKind::BadNumber | SyntaxKind::Int => number(scene, token, parent),
        kind if kind.is_trivia() => None,
        _ => match parent.kind() {
            SyntaxKind::Name => of_name(scene, token, parent, offset),
            _ => loose(scene, token, parent),
        },
    }
}

fn in_string(scene: &Scene, string: &SyntaxNode) -> Option<Spot> {
    if string.kind() != SyntaxKind::StringExpr || string.children().next().is_some() {
        return None;
    }
    let parent = string.parent()?;
    match parent.kind() {
        SyntaxKind::Import => Some(Spot::Path(PathKind::Module)),
        SyntaxKind::LiteralPattern => pattern(scene, &parent, true),
        SyntaxKind::Field if first_child(&parent, string) => Some(Spot::Key(key(scene, &parent, true))),
        SyntaxKind::Arg if arguments::takes_path(&parent).is_some() => arguments::takes_path(&parent).map(Spot::Path),
        _ => {
            let expected = expected(scene, string);
            match expected {
                Expected::Doc(super::Doc::Path) => Some(Spot::Path(PathKind::Module)),
                expected => Some(Spot::Value(ValueSpot {
                    expected,
                    quoted: true,
                    element: false,
                    branch: false,
                    named: Vec::new(),
                    interpolated: false,
                    condition: false,
                    habit: habit(string),
                })),
            }
        }
    }
}

fn first_child(node: &SyntaxNode, child: &SyntaxNode) -> bool {
    node.first_child().as_ref() == Some(child)
}

fn number(scene: &Scene, token: &SyntaxToken, parent: &SyntaxNode) -> Option<Spot> {
    let digits: String = token.text().chars().take_while(char::is_ascii_digit).collect();
    if !token.text()[digits.len()..].starts_with(MARK) {
        return None;
    }
    let unit = match expected(scene, parent).kind()? {
        Kind::Node(node) => Some(node.unit()?),
        Kind::Duration => Some(Unit::Seconds),
        Kind::Size => Some(Unit::MiB),
        _ => return None,
    };
    Some(Spot::Number { digits, unit })
}

fn of_name(scene: &Scene, token: &SyntaxToken, name: &SyntaxNode, offset: TextSize) -> Option<Spot> {
    let parent = name.parent()?;
    match parent.kind() {
        SyntaxKind::Attr => {
            let item = parent.parent().and_then(ast::Item::cast);
            let ty = item.as_ref().and_then(|item| match item {
                ast::Item::Resource(it) => match scene.written(&it.ty()?).kind {
                    Kind::Handle(ty) => Some(ty),
                    _ => None,
                },
                _ => None,
            });
            Some(Spot::Attribute { target: item.as_ref().map(decl_kind), ty })
        }
        SyntaxKind::ImportSpec if first_child(&parent, name) => import_names(scene, &parent),
        SyntaxKind::NameRef | SyntaxKind::TypeExpr => value(scene, token, &parent),
        SyntaxKind::FieldExpr => members::spot(scene, &parent).map(Spot::Member),
        SyntaxKind::PathType => ty(scene, &parent, offset),
        SyntaxKind::Field if goes_on(token) => Some(Spot::Words(continuation(token))),
        SyntaxKind::Field if first_child(&parent, name) => {
            let mut spot = key(scene, &parent, false);
            spot.column_zero = token_column(token) == 0;
            Some(Spot::Key(spot))
        }
        SyntaxKind::WithEntry if first_child(&parent, name) || parent.children().nth(1).as_ref() == Some(name) => {
            let component = patched(scene, &parent)?;
            let block = parent.parent()?;
            let others = block.children().filter(|child| *child != parent).filter_map(ast::WithEntry::cast);
            Some(Spot::Patch { component, written: others.filter_map(|entry| entry.key()?.text()).collect() })
        }
        SyntaxKind::Arg => Some(Spot::Value(ValueSpot {
            expected: Expected::Any,
            quoted: false,
            element: false,
            branch: false,
            named: arguments::parameters(scene, &parent),
            interpolated: false,
            condition: false,
            habit: None,
        })),
        _ => None,
    }
}

/// A value, unless what stands there is a word that a declaration goes on with.
fn value(scene: &Scene, token: &SyntaxToken, expr: &SyntaxNode) -> Option<Spot> {
    let parent = expr.parent()?;
    if goes_on(token) {
        return Some(Spot::Words(continuation(token)));
    }
    Some(Spot::Value(ValueSpot {
        expected: expected(scene, expr),
        quoted: false,
        element: matches!(parent.kind(), SyntaxKind::ItemElem),
        branch: parent.kind() == SyntaxKind::IfBranch,
        named: if parent.kind() == SyntaxKind::Arg { arguments::parameters(scene, &parent) } else { Vec::new() },
        interpolated: parent.kind() == SyntaxKind::Interp,
        condition: decides(&parent, expr),
        habit: habit(expr),
    }))
}

/// Whether an expression is a condition or a part of one.
fn decides(parent: &SyntaxNode, expr: &SyntaxNode) -> bool {
    match parent.kind() {
        SyntaxKind::Guard | SyntaxKind::IfExpr | SyntaxKind::IfItem | SyntaxKind::AssertItem | SyntaxKind::PrefixExpr => true,
        SyntaxKind::BinaryExpr => {
            let op = ast::BinaryExpr::cast(parent.clone()).and_then(|binary| binary.op());
            matches!(op, Some(ast::BinOp::And | ast::BinOp::Or)) && expr.kind() == SyntaxKind::NameRef
        }
        _ => false,
    }
}

fn key(scene: &Scene, field: &SyntaxNode, quoted: bool) -> KeySpot {
    let record = field.parent();
    let colon = field.children_with_tokens().any(|it| it.kind() == SyntaxKind::Colon);
    KeySpot {
        expected: record.as_ref().map_or(Expected::Any, |record| expected(scene, record)),
        habit: record.as_ref().and_then(habit),
        written: record.map(|record| written_keys(&record, Some(field))).unwrap_or_default(),
        colon,
        quoted,
        column_zero: false,
    }
}

fn import_names(scene: &Scene, spec: &SyntaxNode) -> Option<Spot> {
    let import = spec.ancestors().find_map(ast::Import::cast)?;
    let path = import.path().and_then(|path| path.text());
    let file = path.and_then(|path| super::imports::target(scene.db, scene.file, &path));
    let others = import.specs().filter(|other| other.syntax() != spec).filter_map(|other| other.name());
    Some(Spot::ImportNames { file, written: others.map(|name| name.text()).collect() })
}

fn ty(_scene: &Scene, path: &SyntaxNode, offset: TextSize) -> Option<Spot> {
    let parent = path.parent()?;
    let dot = path.children_with_tokens().filter(|it| it.kind() == SyntaxKind::Dot).last();
    let base = dot.filter(|dot| dot.text_range().end() <= offset).map(|dot| {
        let before = TextRange::new(path.text_range().start(), dot.text_range().start());
        path.text().to_string()[..usize::from(before.len())].to_owned()
    });
    if parent.kind() == SyntaxKind::TypeExpr && base.is_none() {
        return Some(Spot::Type(Wanted { what: WantedType::Handle, has_body: true, base: None }));
    }
    let what = match parent.kind() {
        SyntaxKind::ResourceItem => WantedType::Resource,
        SyntaxKind::ExistingItem | SyntaxKind::TypeExpr => WantedType::Handle,
        SyntaxKind::DefaultsItem => WantedType::Defaults,
        SyntaxKind::AsType => WantedType::Identity,
        _ => WantedType::Any,
    };
    let has_body = parent.children().any(|child| child.kind() == SyntaxKind::RecordExpr);
    Some(Spot::Type(Wanted { what, has_body, base }))
}

/// A word the grammar found no place for.
fn loose(scene: &Scene, token: &SyntaxToken, parent: &SyntaxNode) -> Option<Spot> {
    let around = if parent.kind() == SyntaxKind::Error { parent.parent()? } else { parent.clone() };
    match around.kind() {
        SyntaxKind::MatchArmList => pattern(scene, parent, false),
        SyntaxKind::Chunk | SyntaxKind::Block | SyntaxKind::SourceFile => {
            let before = significant_before(token);
            if before.as_ref().is_some_and(|before| before.kind() == SyntaxKind::PubKw || before.text() == "pub") {
                return Some(Spot::Statement(Within { public: true, ..within(&around) }));
            }
            if goes_on(token) {
                return Some(Spot::Words(continuation(token)));
            }
            begins_entry(token).then(|| Spot::Statement(within(&around)))
        }
        _ if goes_on(token) => Some(Spot::Words(continuation(token))),
        _ => None,
    }
}

fn within(block: &SyntaxNode) -> Within {
    let mut within = Within { container: None, nested: false, public: false };
    for node in block.ancestors() {
        match node.kind() {
            SyntaxKind::ComponentItem => within.container = within.container.or(Some(DeclKind::Component)),
            SyntaxKind::PolicyItem => within.container = within.container.or(Some(DeclKind::Policy)),
            SyntaxKind::TestItem => within.container = within.container.or(Some(DeclKind::Test)),
            SyntaxKind::IfItem | SyntaxKind::ForItem => within.nested = true,
            _ => {}
        }
    }
    within
}

fn pattern(scene: &Scene, at: &SyntaxNode, quoted: bool) -> Option<Spot> {
    let matching = at.ancestors().find_map(ast::MatchExpr::cast)?;
    let subject = matching.scrutinee().map(|scrutinee| scene.type_of(&scrutinee))?;
    let patterns = matching.arms().flat_map(|arm| arm.patterns().collect::<Vec<_>>());
    let written = patterns.filter_map(|pattern| match pattern {
        ast::Pattern::Literal(literal) if literal.syntax() != at => match (literal.string(), literal.literal()) {
            (Some(string), _) => Some(Lit::Str(string.text()?)),
            (None, Some(literal)) => match literal.kind() {
                ast::LiteralKind::True => Some(Lit::Bool(true)),
                ast::LiteralKind::False => Some(Lit::Bool(false)),
                ast::LiteralKind::Int => literal.text().parse().ok().map(Lit::Int),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    });
    Some(Spot::Pattern { subject, written: written.collect(), quoted })
}

/// The token before one, trivia left out.
pub(crate) fn significant_before(token: &SyntaxToken) -> Option<SyntaxToken> {
    let mut before = token.prev_token();
    while let Some(it) = before {
        if !it.kind().is_trivia() {
            return Some(it);
        }
        before = it.prev_token();
    }
    None
}

/// Bytes between the start of the line and a token.
fn token_column(token: &SyntaxToken) -> usize {
    let mut column = 0;
    let mut before = token.prev_token();
    while let Some(it) = before {
        match it.text().rfind('\n') {
            Some(at) => return column + it.text().len() - at - 1,
            None => column += it.text().len(),
        }
        before = it.prev_token();
    }
    column
}

/// Whether a whole expression or declaration stands before the word on its line, so that it can only go on with a word of the language.
fn goes_on(token: &SyntaxToken) -> bool {
    let mut before = token.prev_token();
    while let Some(it) = before {
        if it.kind().is_trivia() {
            if it.text().contains('\n') {
                return false;
            }
            before = it.prev_token();
            continue;
        }
        return ends_something(&it);
    }
    false
}

/// Whether nothing that belongs to the word stands before it on its line.
fn begins_entry(token: &SyntaxToken) -> bool {
    let mut before = token.prev_token();
    while let Some(it) = before {
        match it.kind() {
            kind if kind.is_trivia() && it.text().contains('\n') => return true,
            kind if kind.is_trivia() => before = it.prev_token(),
            kind => return matches!(kind, SyntaxKind::LBrace | SyntaxKind::Comma),
        }
    }
    true
}

fn ends_something(token: &SyntaxToken) -> bool {
    use SyntaxKind::*;
    match token.kind() {
        RBrace | RBrack | RParen | StringEnd | Int | Float | Duration | Size | Cidr | TrueKw | FalseKw | NoneKw => true,
        Ident => token.parent().is_some_and(|parent| parent.kind() == Name),
        _ => false,
    }
}

/// The words that can follow what stands before the cursor.
fn continuation(token: &SyntaxToken) -> Vec<&'static str> {
    let Some(before) = significant_before(token) else { return Vec::new() };
    let around: Vec<SyntaxKind> = before.parent_ancestors().map(|node| node.kind()).take(6).collect();
    let has = |kind| around.contains(&kind);
    use SyntaxKind::*;
    if before.kind() == RBrace {
        let owner = before.parent().and_then(|block| block.parent());
        return match owner.as_ref().map(|owner| owner.kind()) {
            Some(ResourceItem | WithEntry) if before.parent().is_some_and(|it| it.kind() == RecordExpr) => vec!["with"],
            Some(IfItem | IfExpr) => vec!["else"],
            _ if has(Field) || has(ItemElem) => vec!["if"],
            _ => Vec::new(),
        };
    }
    if has(Import) {
        return vec!["as"];
    }
    if has(ForElem) || has(ForEntry) || has(ForItem) {
        let text = before.parent_ancestors().find(|node| matches!(node.kind(), ForElem | ForEntry | ForItem));
        let has_in = text.is_some_and(|node| node.children_with_tokens().any(|it| it.kind() == InKw));
        return if !has_in {
            vec!["in"]
        } else if has(ForItem) {
            vec!["by"]
        } else {
            vec!["if"]
        };
    }
    if has(OutputItem) && before.parent().and_then(|name| name.parent()).is_some_and(|it| it.kind() == OutputItem) {
        return vec!["as"];
    }
    if has(PathType) || has(AsType) {
        return Vec::new();
    }
    if has(Field) || has(ItemElem) || has(SpreadElem) || has(SpreadEntry) { vec!["if", "in"] } else { vec!["in"] }
}
