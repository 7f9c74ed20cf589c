//! What happens while typing: a new line gets its indentation and goes on with a documentation comment, a closing bracket moves under
//! the line that opened it.
//!
//! In: the place behind the character that was typed, in the text that has it. Out: edits of white space, or `/// `. Always: nothing
//! happens inside texts, and a file that is only half written has the indentation of what is open.

use cloudc_base::{Edit, TextRange, TextSize};
use cloudc_driver::Database;
use cloudc_syntax::{SyntaxKind as K, SyntaxToken};

use crate::FilePosition;
use crate::near::{Near, indentation, line_end, line_start, near};

/// Characters after which [`on_type`] may have something to do; the first is the usual trigger.
pub const TRIGGERS: &[char] = &['\n', '}', ']', ')'];

/// The edits that follow typing `typed` just before `position`.
pub fn on_type(db: &Database, position: FilePosition, typed: char) -> Vec<Edit> {
    match typed {
        '\n' => new_line(db, position),
        '}' | ']' | ')' => closing(db, position),
        _ => Vec::new(),
    }
}

fn new_line(db: &Database, position: FilePosition) -> Vec<Edit> {
    let text = position.file.text(db);
    let line = line_start(text, position.offset);
    let Some(near) = near(db, position.file, TextSize::from(line as u32)) else { return Vec::new() };
    let Some(before) = line.checked_sub(1) else { return Vec::new() };
    // The place where the line was broken.
    let at = TextSize::from(text[..before].trim_end_matches('\r').len() as u32);
    let Some(broken) = crate::near::near(db, position.file, at) else { return Vec::new() };
    if is_in_text(&broken, at) {
        return Vec::new();
    }
    if let Some(edit) = comment(position, text, &broken, at, line) {
        return vec![edit];
    }
    let wanted = wanted(&near, text, line);
    reindent(position, text, line, &wanted)
}

fn closing(db: &Database, position: FilePosition) -> Vec<Edit> {
    let text = position.file.text(db);
    let line = line_start(text, position.offset);
    let Some(near) = near(db, position.file, TextSize::from(line as u32)) else { return Vec::new() };
    let typed = usize::from(position.offset).saturating_sub(1);
    if typed < line || !text.get(line..typed).is_some_and(|lead| lead.trim().is_empty()) {
        return Vec::new();
    }
    if is_in_text(&near, TextSize::from(typed as u32)) {
        return Vec::new();
    }
    let wanted = wanted(&near, text, line);
    reindent(position, text, line, &wanted)
}

/// Whether a place is inside the quotes of a text.
fn is_in_text(near: &Near<'_>, at: TextSize) -> bool {
    match near.tokens(at) {
        cloudc_syntax::TokenAtOffset::Single(token) => matches!(token.kind(), K::StringText | K::BlockComment),
        cloudc_syntax::TokenAtOffset::Between(left, right) => {
            matches!(left.kind(), K::StringText | K::StringStart) || matches!(right.kind(), K::StringText)
        }
        cloudc_syntax::TokenAtOffset::None => false,
    }
}

/// What goes on with a comment: after a documentation line that says something, and where a comment was cut in two.
fn comment(position: FilePosition, text: &str, broken: &Near<'_>, at: TextSize, line: usize) -> Option<Edit> {
    let token = broken.tokens(at).left_biased().filter(|token| matches!(token.kind(), K::Comment | K::DocComment))?;
    let marker = if token.kind() == K::DocComment { "///" } else { "//" };
    let says = token.text().trim_start_matches('/').trim();
    let rest = text[line..line_end(text, TextSize::from(line as u32))].trim();
    let goes_on = match token.kind() {
        K::DocComment => !says.is_empty() && !rest.starts_with("///"),
        // A remark behind code is one line; only what was cut off it is kept a comment.
        _ => !rest.is_empty() && !starts_code(rest),
    };
    if !goes_on {
        return None;
    }
    let start = broken.in_file(token.text_range()).start();
    let lead = indentation(text, start);
    let own_line = text[line_start(text, start)..usize::from(start)].trim().is_empty();
    let insert = if own_line { format!("{lead}{marker} ") } else { format!("{marker} ") };
    let cut = indentation(text, TextSize::from(line as u32)).len();
    Some(Edit { file: position.file, range: span(line, line + cut), insert })
}

/// Whether the rest of a line, cut off a comment, was the next line already.
fn starts_code(rest: &str) -> bool {
    let word = rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default();
    cloudc_syntax::SyntaxKind::keyword(word).is_some() || rest.starts_with(['@', '/', '}', ']', ')'])
}

/// The indentation a line should have: that of the line that opened the innermost bracket, and two more inside it.
fn wanted(near: &Near<'_>, text: &str, line: usize) -> String {
    let start = near.in_tree(TextSize::from(line as u32));
    let mut open: Vec<SyntaxToken> = Vec::new();
    let mut last: Option<SyntaxToken> = None;
    let mut token = near.root.first_token();
    while let Some(current) = token.filter(|token| token.text_range().start() < start) {
        match current.kind() {
            K::LBrace | K::LBrack | K::LParen => open.push(current.clone()),
            K::RBrace | K::RBrack | K::RParen => drop(open.pop()),
            _ => {}
        }
        if !current.kind().is_trivia() {
            last = Some(current.clone());
        }
        token = current.next_token();
    }
    let lead = |token: &SyntaxToken| indentation(text, near.in_file(token.text_range()).start()).to_owned();
    let rest = text[line..].trim_start_matches([' ', '\t']);
    let closes = rest.starts_with(['}', ']', ')']);
    match (open.last(), last) {
        (Some(bracket), _) if closes => lead(bracket),
        (_, Some(last)) if continues(last.kind()) && !closes => lead(&last) + "  ",
        (Some(bracket), _) => lead(bracket) + "  ",
        (None, _) => String::new(),
    }
}

/// Whether what was begun goes on in the next line.
fn continues(kind: K) -> bool {
    use K::*;
    matches!(
        kind,
        Eq | FatArrow
            | Plus
            | Minus
            | Star
            | Slash
            | Percent
            | Amp2
            | Pipe2
            | Pipe
            | Question2
            | Eq2
            | Neq
            | Lt
            | Le
            | Gt
            | Ge
            | InKw
    )
}

fn reindent(position: FilePosition, text: &str, line: usize, wanted: &str) -> Vec<Edit> {
    let is = indentation(text, TextSize::from(line as u32));
    if is == wanted {
        return Vec::new();
    }
    vec![Edit { file: position.file, range: span(line, line + is.len()), insert: wanted.to_owned() }]
}

fn span(start: usize, end: usize) -> TextRange {
    TextRange::new(TextSize::from(start as u32), TextSize::from(end as u32))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::open;

    /// Types `typed` at the cursor.
    fn check_typing(typed: char, before: &str, after: &str) {
        let fixture = open(&before.replace("$0", &format!("{typed}$0")));
        let position = fixture.position();
        let mut text = position.file.text(&fixture.db).to_owned();
        for edit in on_type(&fixture.db, position, typed) {
            text.replace_range(std::ops::Range::<usize>::from(edit.range), &edit.insert);
        }
        assert_eq!(text, after);
    }

    #[test]
    fn a_new_line_has_the_indentation_of_what_is_open() {
        check_typing('\n', "component A {$0\n}\n", "component A {\n  \n}\n");
        check_typing(
            '\n',
            "component A {\n  resource b: AWS::SNS::Topic {$0",
            "component A {\n  resource b: AWS::SNS::Topic {\n    ",
        );
        check_typing('\n', "resource b: AWS::SNS::Topic {$0}\n", "resource b: AWS::SNS::Topic {\n}\n");
        check_typing('\n', "let a =$0", "let a =\n  ");
        check_typing('\n', "let a = 1$0\n", "let a = 1\n\n");
        check_typing('\n', "let a = [1, 2].map({$0\n", "let a = [1, 2].map({\n  \n");
    }

    #[test]
    fn documentation_goes_on() {
        check_typing('\n', "/// What it is.$0\nlet a = 1\n", "/// What it is.\n/// \nlet a = 1\n");
        check_typing('\n', "component A {\n  /// What$0\n}\n", "component A {\n  /// What\n  /// \n}\n");
        check_typing('\n', "///$0\nlet a = 1\n", "///\n\nlet a = 1\n");
        check_typing('\n', "// one$0 two\n", "// one\n// two\n");
        check_typing('\n', "// one$0\nlet a = 1\n", "// one\n\nlet a = 1\n");
    }

    #[test]
    fn a_closing_bracket_stands_under_its_line() {
        check_typing(
            '}',
            "component A {\n  resource b: AWS::SNS::Topic {\n    $0\n}\n",
            "component A {\n  resource b: AWS::SNS::Topic {\n  }\n}\n",
        );
        check_typing(']', "let a = [\n  1\n  $0\n", "let a = [\n  1\n]\n");
        check_typing('}', "let a = { b: 1 $0\n", "let a = { b: 1 }\n");
    }

    #[test]
    fn texts_are_left_alone() {
        check_typing('\n', "let a = \"\"\"\n    one$0\n  \"\"\"\n", "let a = \"\"\"\n    one\n\n  \"\"\"\n");
        check_typing('}', "let a = \"\"\"\n    $0\n  \"\"\"\n", "let a = \"\"\"\n    }\n  \"\"\"\n");
        check_typing('\n', "$0", "\n");
    }
}
