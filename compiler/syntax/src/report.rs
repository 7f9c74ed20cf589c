//! Which faults are told, and their wording.
//!
//! One mistake is one error. A fault on a line that already has an error is taken for its consequence. So is every
//! fault below brackets that do not match, and brackets that do not match around a string or comment without end.

use std::collections::BTreeSet;

use rowan::{TextRange, TextSize};

use crate::errors::{self, SyntaxError, SyntaxFix};
use crate::input::Input;
use crate::lexer::fix;
use crate::log::{Event, Fault, Place};
use crate::suggest::keyword_text;
use crate::{SyntaxKind, SyntaxKind as K};

/// Every error in the text, those of the lexer and of the brackets included.
pub(crate) fn errors(input: &Input<'_>, events: &[Event]) -> Vec<SyntaxError> {
    let faults = events.iter().filter_map(|it| match *it {
        Event::Fault(fault, at) => Some(word(input, fault, at as usize)),
        _ => None,
    });
    let faults: Vec<SyntaxError> = faults.collect();
    if faults.is_empty() && input.unbalanced.is_none() && input.lexed.errors.len() < 2 {
        return input.lexed.errors.clone();
    }
    let starts = line_starts(input.text);
    let line = |it: &SyntaxError| starts.partition_point(|start| *start <= usize::from(it.range.start()));
    let (unended, mut out): (Vec<_>, Vec<_>) = input.lexed.errors.iter().cloned().partition(is_unended);
    let unended_lines: BTreeSet<usize> = unended.iter().map(line).collect();
    out.retain(|it| !unended_lines.contains(&line(it)));
    let mut taken: BTreeSet<usize> = out.iter().map(line).chain(unended_lines.iter().copied()).collect();
    let unbalanced = input.unbalanced.clone().filter(|_| unended.is_empty());
    let limit = match &input.unbalanced {
        None => usize::MAX,
        Some(error) => unended_lines.first().map_or(line(error), |it| line(error).min(*it)),
    };
    out.extend(unended);
    let above = |it: &&SyntaxError| line(it) < limit;
    // A closing bracket too many is where counting fails; what opened it may be missing further up.
    let earlier = faults.iter().filter(above).min_by_key(|it| it.range.start());
    if let (Some(earlier), Some(error)) = (earlier, &unbalanced)
        && error.code == errors::UNOPENED
        && !taken.contains(&line(earlier))
    {
        out.push(earlier.clone());
        return out;
    }
    let kept = faults.iter().filter(above).cloned();
    for error in unbalanced.into_iter().chain(kept) {
        if taken.insert(line(&error)) {
            out.push(error);
        }
    }
    out
}

/// Whether it says that a string, comment or interpolation has no end, so that what follows is misread.
fn is_unended(error: &SyntaxError) -> bool {
    matches!(error.code, errors::UNTERMINATED_STRING | errors::UNTERMINATED_COMMENT | errors::UNTERMINATED_INTERPOLATION)
}

/// The error for a tree that is too deep at `range`.
pub(crate) fn too_deep(range: TextRange) -> SyntaxError {
    SyntaxError {
        code: errors::TOO_DEEP,
        message: "expressions are nested too deep".to_owned(),
        range,
        label: "more than 256 levels".to_owned(),
        help: Some("give an inner part a name with `let`".to_owned()),
        fix: None,
        related: Vec::new(),
    }
}

fn line_starts(text: &str) -> Vec<usize> {
    let breaks = text.bytes().enumerate().filter(|it| it.1 == b'\n').map(|it| it.0 + 1);
    std::iter::once(0).chain(breaks).collect()
}

/// Where a fault shows: the token itself, or what stands before it when something is missing at a line's end.
struct Spot {
    range: TextRange,
    /// Where missing text goes.
    insert: TextRange,
    /// Whether `range` is what stands before.
    before: bool,
}

/// Whether something is absent, as opposed to something wrong being there.
fn is_missing(fault: Fault) -> bool {
    matches!(fault, Fault::ExpectedToken(_) | Fault::MissingValue | Fault::MissingName | Fault::MissingType | Fault::MissingBody)
}

fn spot(input: &Input<'_>, at: usize, missing: bool) -> Spot {
    let before = input.range_before(at);
    let end = before.map_or(TextSize::new(0), TextRange::end);
    let insert = TextRange::empty(end);
    let here = input.range_of(at).filter(|it| !it.is_empty());
    let breaks = |after: TextRange, end: TextSize| input.text[TextRange::new(end, after.start())].contains('\n');
    match (here, before) {
        (Some(after), Some(range)) if missing && breaks(after, range.end()) => Spot { range, insert, before: true },
        (Some(range), _) => Spot { range, insert, before: false },
        (None, Some(range)) => Spot { range, insert, before: true },
        (None, None) => Spot { range: TextRange::empty(0.into()), insert, before: false },
    }
}

/// What stands at `at`, for a sentence.
fn found(input: &Input<'_>, at: usize) -> String {
    match input.tok(at).kind {
        K::Newline => "the end of the line".to_owned(),
        K::SourceFile => "the end of the declaration".to_owned(),
        K::StringStart => "a string".to_owned(),
        _ if input.text_of(at).is_empty() => "the end".to_owned(),
        _ => format!("`{}`", input.text_of(at)),
    }
}

/// A token for a sentence.
fn quoted(kind: SyntaxKind) -> &'static str {
    match kind {
        K::LBrace => "`{`",
        K::LParen => "`(`",
        K::Colon => "`:`",
        K::Eq => "`=`",
        K::Gt => "`>`",
        K::Arrow => "`->`",
        K::FatArrow => "`=>`",
        K::InKw => "`in`",
        K::Int => "a number",
        K::StringStart => "a string",
        _ => "something else",
    }
}

fn plural(place: Place) -> (&'static str, &'static str) {
    match place {
        Place::Declaration => ("a declaration", "a declaration starts with a keyword such as `resource`, `let` or `output`"),
        Place::Entry => ("an entry `key: value`", "a key is a name or a string"),
        Place::Element => ("an element", "a list holds values, `...list` and `for x in xs: e`"),
        Place::Argument => ("an argument", "an argument is a value or `name: value`"),
        Place::Arm => ("an arm `pattern => value`", "a pattern is a literal, `none` or `_`"),
        Place::Pattern => ("a pattern", "a pattern is a literal, `none` or `_`"),
        Place::TypeField => ("a field `name: Type`", "a field is `name: Type` or `name?: Type`"),
        Place::TypeArgument => ("a refinement", "a refinement is a pattern `r\"…\"` or a range `1..=6`"),
        Place::Import => ("names to import", "write `{ Name }` or `as name` behind the path"),
        Place::Parameter => ("a parameter", "a parameter is `name: Type`"),
        Place::Patch => ("a patch `name: { … }`", "a patch names something inside the component"),
        Place::Interpolation => ("a value", "`${…}` holds one value; write `$${` for the characters themselves"),
        Place::ExpressionEnd => ("the end of the value", "entries are separated by commas or new lines"),
        Place::BracketEnd => ("the end of the value", "one value stands between these brackets"),
    }
}

fn error(code: &'static str, range: TextRange, message: String, label: &str) -> SyntaxError {
    SyntaxError { code, message, range, label: label.to_owned(), help: None, fix: None, related: Vec::new() }
}

fn word(input: &Input<'_>, fault: Fault, at: usize) -> SyntaxError {
    let Spot { range, insert, before } = spot(input, at, is_missing(fault));
    let label = |here: &str, after: &str| if before { after.to_owned() } else { here.to_owned() };
    let found = found(input, at);
    let after = at.checked_sub(1).map(|it| input.text_of(it)).filter(|it| !it.is_empty());
    let behind = after.map_or(String::new(), |it| format!(" after `{}`", shorten(it)));
    let replace = |with: &str| fix(&format!("write `{with}`"), range, with);
    let add = |with: &str| fix(&format!("add `{}`", with.trim()), insert, with);
    let text = input.range_of(at).map_or("", |it| &input.text[it]);
    match fault {
        Fault::ExpectedToken(kind) => {
            let wanted = quoted(kind);
            let message = format!("expected {wanted}, found {found}");
            let mut it =
                error(errors::UNEXPECTED, range, message, &label("unexpected", &format!("expected {wanted} after this")));
            it.fix = match kind {
                K::Colon => add(":"),
                K::Eq => add(" ="),
                // As other languages have it.
                K::InKw if text == "of" => replace("in"),
                K::InKw => add(" in"),
                K::Gt => add(">"),
                _ => None,
            };
            it
        }
        Fault::Unexpected(place) => unexpected(input, place, at, range, &found, &label("unexpected", "missing after this")),
        Fault::MissingValue => {
            let what = if before { "missing after this" } else { "not a value" };
            error(errors::MISSING_VALUE, range, format!("a value is missing{behind}"), what)
        }
        Fault::MissingName => {
            let what = if before { "missing after this" } else { "not a name" };
            error(errors::MISSING_NAME, range, format!("a name is missing{behind}"), what)
        }
        Fault::MissingType => {
            let what = if before { "missing after this" } else { "not a type" };
            error(errors::MISSING_TYPE, range, format!("a type is missing{behind}"), what)
        }
        Fault::MissingElse => {
            let mut it = error(errors::MISSING_ELSE, range, "an `if` that gives a value needs `else`".to_owned(), "no `else`");
            it.help = Some("write `else { none }`, or a guard: `value if condition`".to_owned());
            it
        }
        Fault::MixedCoalesce => {
            let message = "`??` beside `||` or `&&` needs parentheses".to_owned();
            let mut it = error(errors::MIXED_COALESCE, range, message, "binds looser than it looks");
            it.help = Some("put parentheses around the part that belongs together".to_owned());
            it
        }
        Fault::ChainedComparison => {
            let message = "comparisons cannot be chained".to_owned();
            let mut it = error(errors::CHAINED_COMPARISON, range, message, "compares a truth value");
            it.help = Some("join two comparisons with `&&`".to_owned());
            it
        }
        Fault::TooDeep => too_deep(range),
        Fault::EqualsForColon => {
            let mut it =
                error(errors::COLON_OR_EQUALS, range, format!("`:` is written here, not `{text}`{behind}"), "expected `:`");
            it.fix = fix("write `:`", tight(input, at, range), ":");
            it
        }
        Fault::ColonForEquals => {
            let mut it = error(errors::COLON_OR_EQUALS, range, format!("`=` is written here, not `:`{behind}"), "expected `=`");
            it.fix = if insert.end() == range.start() { fix("write `=`", range, " =") } else { replace("=") };
            it
        }
        Fault::Assignment => {
            let mut it = error(errors::FOREIGN_SYNTAX, range, "comparison is written `==`".to_owned(), "compares nothing");
            it.fix = replace("==");
            it
        }
        Fault::ArmArrow => {
            let message = format!("an arm is written `pattern => value`, not with {found}");
            let mut it = error(errors::FOREIGN_SYNTAX, range, message, "expected `=>`");
            it.fix = if insert.end() == range.start() { fix("write `=>`", range, " =>") } else { replace("=>") };
            it
        }
        Fault::WordOperator(kind) => {
            let sign = match kind {
                K::Amp2 => "&&",
                K::Pipe2 => "||",
                _ => "!",
            };
            let mut it = error(errors::FOREIGN_SYNTAX, range, format!("`{text}` is written `{sign}`"), "not an operator");
            let next = input.range_of(at + 1).filter(|_| kind == K::Bang).map_or(range.end(), TextRange::start);
            it.fix = fix(&format!("write `{sign}`"), TextRange::new(range.start(), next), sign);
            it
        }
        Fault::MissingSeparator => {
            let message = format!("a comma or new line is missing before {found}");
            let mut it = error(errors::MISSING_SEPARATOR, range, message, "starts another entry");
            it.fix = add(",");
            it
        }
        Fault::UnknownDeclaration(meant) => {
            let meant = keyword_text(meant);
            let message = format!("`{text}` is not a declaration; did you mean `{meant}`?");
            let mut it = error(errors::UNKNOWN_DECLARATION, range, message, "unknown keyword");
            it.fix = replace(meant);
            it
        }
        Fault::MisplacedDeclaration => {
            let message = format!("a `{text}` declaration cannot stand inside a record");
            let mut it = error(errors::MISPLACED_DECLARATION, range, message, "inside a record");
            it.help = Some("is a `}` missing above it?".to_owned());
            it
        }
        Fault::DanglingAttribute => {
            let message = "an attribute stands before a declaration, and none follows".to_owned();
            error(errors::DANGLING_ATTRIBUTE, range, message, &label("not a declaration", "nothing follows"))
        }
        Fault::MisplacedPub => {
            let keyword = input.text_of(at + 1);
            let mut it = error(errors::MISPLACED_PUB, range, format!("`{keyword}` cannot be `pub`"), "not needed here");
            it.help = Some("`pub` goes before `component`, `fn`, `type`, `let` and `policy`".to_owned());
            let next = input.range_of(at + 1).map_or(range.end(), TextRange::start);
            it.fix = fix("remove `pub`", TextRange::new(range.start(), next), "");
            it
        }
        Fault::QuotedName => quoted_name(input, at, range),
        Fault::NumberKey => {
            let message = format!("a key is a name or a string, not the number `{text}`");
            let mut it = error(errors::UNEXPECTED, range, message, "not a key");
            it.fix = replace(&format!("\"{text}\""));
            it
        }
        Fault::SuffixList => {
            let mut it = error(errors::FOREIGN_SYNTAX, range, "a list type is written `[T]`, not `T[]`".to_owned(), "not a type");
            it.help = Some("put the brackets around the type".to_owned());
            it
        }
        Fault::MissingBody => {
            let message = format!("expected `{{`, found {found}");
            let mut it =
                error(errors::UNEXPECTED, range, message, &label("unexpected", "expected properties in braces after this"));
            it.fix = if before { add(" {}") } else { None };
            it
        }
    }
}

fn unexpected(input: &Input<'_>, place: Place, at: usize, range: TextRange, found: &str, label: &str) -> SyntaxError {
    let (wanted, help) = plural(place);
    let next = input.tok(at + 1).kind;
    let text = input.text_of(at);
    if place == Place::Declaration && input.tok(at).kind == K::Ident && matches!(next, K::Ident | K::StringStart) {
        let mut it = error(errors::UNKNOWN_DECLARATION, range, format!("`{text}` is not a declaration"), "unknown keyword");
        it.help = Some(help.to_owned());
        return it;
    }
    if place == Place::Declaration && matches!(next, K::Colon | K::Eq) {
        let message = format!("expected a declaration, found the entry `{text}`");
        let mut it = error(errors::UNKNOWN_DECLARATION, range, message, "not inside a resource");
        it.help = Some(format!("properties stand inside `resource name: Type {{ … }}`; a value is named with `let {text} = …`"));
        return it;
    }
    if input.tok(at).kind == K::Question {
        let message = "a choice is written `if c { a } else { b }`, not `c ? a : b`".to_owned();
        return error(errors::FOREIGN_SYNTAX, range, message, "not an operator");
    }
    let message = match place {
        Place::ExpressionEnd | Place::BracketEnd => format!("unexpected {found}"),
        _ => format!("expected {wanted}, found {found}"),
    };
    let mut it = error(errors::UNEXPECTED, range, message, label);
    it.help = Some(help.to_owned());
    it
}

fn quoted_name(input: &Input<'_>, at: usize, range: TextRange) -> SyntaxError {
    let end = input.mates.get(at).and_then(|it| input.range_of(*it as usize)).unwrap_or(range);
    let whole = range.cover(end);
    let inner = input.text[whole].trim_matches('"');
    let mut it = error(errors::MISSING_NAME, whole, "a name is written without quotes".to_owned(), "not a name");
    let is_name = inner.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_')
        && inner.bytes().next().is_some_and(|c| !c.is_ascii_digit());
    it.fix = if is_name {
        Some(SyntaxFix { title: "remove the quotes".to_owned(), range: whole, insert: inner.to_owned() })
    } else {
        None
    };
    it
}

/// The range with the blanks before it, for a sign that touches what stands before.
fn tight(input: &Input<'_>, at: usize, range: TextRange) -> TextRange {
    input.range_before(at).map_or(range, |it| TextRange::new(it.end(), range.end()))
}

fn shorten(text: &str) -> &str {
    text.char_indices().nth(40).map_or(text, |(end, _)| &text[..end])
}
