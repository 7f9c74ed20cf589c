//! The tree-sitter grammar in `editors/tree-sitter` reads what the compiler reads, and sees the same in it.
//!
//! The compiler's parser is the judge: every text of the repository that it takes without an error is parsed by both, and
//! the nodes that both have must stand at the same places. The grammar's own pages are `test/corpus` and `test/highlight`.

use std::collections::BTreeSet;
use std::path::PathBuf;

use cloudc_syntax::{SyntaxKind as K, SyntaxNode};
use cloudc_tests::sources;
use tree_sitter::{InputEdit, Language, Node, Parser, Point, Query, Tree};
use tree_sitter_highlight::{HighlightConfiguration, HighlightEvent, Highlighter};

fn language() -> Language {
    tree_sitter_cloud::LANGUAGE.into()
}

fn parse(text: &str) -> Tree {
    let mut parser = Parser::new();
    parser.set_language(&language()).expect("the parser's tables fit the library");
    parser.parse(text, None).expect("nothing cancels it")
}

fn folder(name: &str) -> PathBuf {
    sources::root().join("editors").join(name)
}

/// Files of a folder that end in `.ending`, sorted, with their text.
fn files(folder: &std::path::Path, ending: &str) -> Vec<(String, String)> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|it| it == ending));
    paths.sort();
    assert!(!paths.is_empty(), "nothing in {}", folder.display());
    let read = |path: PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        (name, std::fs::read_to_string(&path).expect("it is text"))
    };
    paths.into_iter().map(read).collect()
}

/// What the parser could not read, with line and column from 1.
fn mistakes(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    walk(tree.root_node(), &mut |node| {
        if node.is_error() || node.is_missing() {
            let at = node.start_position();
            found.push(format!("{}:{}: {}", at.row + 1, at.column + 1, node.to_sexp()));
        }
    });
    found
}

fn walk<'t>(node: Node<'t>, visit: &mut impl FnMut(Node<'t>)) {
    visit(node);
    let mut cursor = node.walk();
    for child in node.children(&mut cursor) {
        walk(child, visit);
    }
}

/// Texts that the compiler's parser has nothing to say about.
fn right_texts() -> Vec<(String, String)> {
    let mut texts = sources::texts();
    texts.retain(|(_, text)| cloudc_syntax::parse_file(text).errors().is_empty());
    texts
}

#[test]
fn reads_every_program() {
    let texts = right_texts();
    // Examples, golden programs and the standard library among them.
    assert!(texts.len() > 150, "only {} texts", texts.len());
    let mut wrong = Vec::new();
    for (name, text) in &texts {
        wrong.extend(mistakes(&parse(text)).into_iter().map(|it| format!("{name}: {it}")));
    }
    assert!(wrong.is_empty(), "{} mistakes:\n{}", wrong.len(), wrong.join("\n"));
}

/// The name in the grammar for a node of the compiler, where both have it.
fn counterpart(kind: K) -> Option<&'static str> {
    Some(match kind {
        K::Import => "import",
        K::ImportSpec => "import_specifier",
        K::InputItem => "input_declaration",
        K::ParamItem => "param_declaration",
        K::LetItem => "let_declaration",
        K::ResourceItem => "resource_declaration",
        K::ExistingItem => "existing_declaration",
        K::OutputItem => "output_declaration",
        K::ComponentItem => "component_declaration",
        K::FnItem => "function_declaration",
        K::TypeItem => "type_declaration",
        K::IfItem => "if_declaration",
        K::ForItem => "for_declaration",
        K::DefaultsItem => "defaults_declaration",
        K::MovedItem => "moved_declaration",
        K::ForgetItem => "forget_declaration",
        K::AssertItem => "assert_declaration",
        K::PolicyItem => "policy_declaration",
        K::TestItem => "test_declaration",
        K::StackItem => "stack_declaration",
        K::ProjectItem => "project_declaration",
        K::EnvItem => "env_declaration",
        K::Attr => "attribute",
        K::ArgList => "arguments",
        K::Block => "block",
        K::ByClause => "by_clause",
        K::WithBlock => "with_block",
        K::WithEntry => "with_entry",
        K::FnParam => "parameter",
        K::RefinedType => "refined_type",
        K::GenericType => "generic_type",
        K::ListType => "list_type",
        K::RecordType => "record_type",
        K::RecordTypeField => "record_type_field",
        K::OptionalType => "optional_type",
        K::TypeExpr => "type_expression",
        K::FieldExpr => "field_expression",
        K::IndexExpr => "index_expression",
        K::CallExpr => "call_expression",
        K::PrefixExpr => "unary_expression",
        K::BinaryExpr => "binary_expression",
        K::IfExpr => "if_expression",
        K::MatchExpr => "match_expression",
        K::MatchArm => "match_arm",
        K::ListExpr => "list",
        K::RecordExpr => "record",
        K::ParenExpr => "parenthesized_expression",
        K::Interp => "interpolation",
        K::Guard => "guard",
        K::SpreadElem | K::SpreadEntry => "spread",
        K::ForElem => "list_comprehension",
        K::ForEntry => "record_comprehension",
        _ => return None,
    })
}

type Places = BTreeSet<(usize, usize, &'static str)>;

/// Where the compiler's nodes stand; a declaration begins behind its attributes.
fn places_of_compiler(root: &SyntaxNode) -> Places {
    let mut places = Places::new();
    for node in root.descendants() {
        let Some(name) = counterpart(node.kind()) else { continue };
        let own = |it: &cloudc_syntax::SyntaxElement| !it.kind().is_trivia() && it.kind() != K::Attr;
        let outside = name.ends_with("_declaration") || name == "import";
        let first = node.children_with_tokens().find(|it| !outside || own(it));
        let start = first.map_or(node.text_range().start(), |it| it.text_range().start());
        places.insert((start.into(), node.text_range().end().into(), name));
    }
    places
}

fn places_of_grammar(tree: &Tree, names: &BTreeSet<&'static str>) -> Places {
    let mut places = Places::new();
    walk(tree.root_node(), &mut |node| {
        if let Some(name) = names.get(node.kind()).filter(|_| node.is_named()) {
            places.insert((node.start_byte(), node.end_byte(), *name));
        }
    });
    places
}

#[test]
fn sees_what_the_compiler_sees() {
    let mut wrong = Vec::new();
    let mut names = BTreeSet::new();
    for (name, text) in right_texts() {
        let theirs = places_of_compiler(&cloudc_syntax::parse_file(&text).syntax());
        names.extend(theirs.iter().map(|(_, _, name)| *name));
        let ours = places_of_grammar(&parse(&text), &names);
        let line = |at: usize| text[..at].matches('\n').count() + 1;
        let tell = |it: &(usize, usize, &str)| format!("line {}: {} `{}`", line(it.0), it.2, &text[it.0..it.1]);
        wrong.extend(theirs.difference(&ours).map(|it| format!("{name}: only the compiler: {}", tell(it))));
        wrong.extend(ours.difference(&theirs).map(|it| format!("{name}: only the grammar: {}", tell(it))));
    }
    assert!(names.len() > 45, "the texts hold only {names:?}");
    wrong.truncate(20);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Where the declarations in column 0 begin, as the compiler cuts the text.
fn declarations(text: &str) -> BTreeSet<usize> {
    let mut starts = BTreeSet::new();
    for chunk in cloudc_syntax::split(text).iter().filter(|chunk| chunk.kind != cloudc_syntax::ChunkKind::Other) {
        let mut offset = usize::from(chunk.range.start());
        for line in text[chunk.range].split_inclusive('\n') {
            if line.starts_with(|c: char| c.is_ascii_alphabetic()) {
                starts.insert(offset);
                break;
            }
            offset += line.len();
        }
    }
    starts
}

/// Without one of its brackets a text has all its other declarations.
#[test]
fn a_missing_bracket_costs_one_declaration() {
    let (mut all, mut missed) = (0, 0);
    for (_, text) in right_texts() {
        let closers: Vec<usize> = text.match_indices(['}', ']', ')']).map(|(at, _)| at).collect();
        for at in closers.iter().step_by(closers.len() / 8 + 1) {
            let mut broken = text.clone();
            broken.remove(*at);
            let mut seen = BTreeSet::new();
            walk(parse(&broken).root_node(), &mut |node| {
                if node.is_named() && node.start_position().column == 0 {
                    seen.insert(node.start_byte());
                }
            });
            let wanted = declarations(&broken);
            all += wanted.len();
            missed += wanted.difference(&seen).count();
        }
    }
    assert!(all > 5_000, "only {all}");
    // What is missed follows a bracket that was missing in the middle of a line.
    assert!(missed * 200 < all, "{missed} of {all} are not seen");
}

#[test]
fn any_beginning_of_a_text_gives_a_tree() {
    for (name, text) in right_texts() {
        for prefix in cloudc_tests::mutate::prefixes(&text, 20) {
            assert_eq!(parse(prefix).root_node().end_byte(), prefix.len(), "{name}");
        }
    }
}

/// The edit that makes one text of another.
fn edit(old: &str, new: &str) -> InputEdit {
    let before = old.bytes().zip(new.bytes()).take_while(|(one, other)| one == other).count();
    let rest = old.len().min(new.len()) - before;
    let after = old.bytes().rev().zip(new.bytes().rev()).take(rest).take_while(|(one, other)| one == other).count();
    let point = |text: &str, at: usize| {
        let lines = &text.as_bytes()[..at];
        let start = lines.iter().rposition(|byte| *byte == b'\n').map_or(0, |it| it + 1);
        Point { row: lines.iter().filter(|byte| **byte == b'\n').count(), column: at - start }
    };
    InputEdit {
        start_byte: before,
        old_end_byte: old.len() - after,
        new_end_byte: new.len() - after,
        start_position: point(old, before),
        old_end_position: point(old, old.len() - after),
        new_end_position: point(new, new.len() - after),
    }
}

/// What is parsed again after an edit is what a fresh parse would see; the scanner looks far ahead, so this is not for free.
#[test]
fn editing_gives_the_same_tree() {
    let mut parser = Parser::new();
    parser.set_language(&language()).expect("the parser's tables fit the library");
    let mut compared = 0;
    for (name, text) in right_texts() {
        let tree = parse(&text);
        for changed in cloudc_tests::mutate::mutations(&text, 12) {
            let mut old = tree.clone();
            old.edit(&edit(&text, &changed));
            let again = parser.parse(&changed, Some(&old)).expect("nothing cancels it");
            let fresh = parse(&changed);
            assert_eq!(again.root_node().end_byte(), changed.len(), "{name}");
            // Around mistakes there are several trees, and which one is found depends on where one comes from.
            if !fresh.root_node().has_error() && !again.root_node().has_error() {
                compared += 1;
                assert_eq!(again.root_node().to_sexp(), fresh.root_node().to_sexp(), "{name}:\n{changed}");
            }
        }
    }
    assert!(compared > 300, "only {compared}");
}

/// A page of tree-sitter's own form: a title between rules of `=`, a text, a line of `-`, the tree.
fn corpus_cases(page: &str) -> Vec<(String, String, String)> {
    let mut cases: Vec<(String, String, String)> = Vec::new();
    let lines: Vec<&str> = page.lines().collect();
    let mut at = 0;
    let mut in_tree = false;
    while at < lines.len() {
        let title = lines.get(at + 1).copied().unwrap_or_default();
        if lines[at].starts_with("===") && lines.get(at + 2).is_some_and(|it| it.starts_with("===")) {
            cases.push((title.to_owned(), String::new(), String::new()));
            in_tree = false;
            at += 3;
            continue;
        }
        if let Some((_, text, tree)) = cases.last_mut() {
            if lines[at].starts_with("---") && !in_tree {
                in_tree = true;
            } else {
                let part = if in_tree { tree } else { text };
                part.push_str(lines[at]);
                part.push('\n');
            }
        }
        at += 1;
    }
    cases
}

/// The tree with a node on each line.
fn drawn(node: Node<'_>) -> String {
    fn draw(node: Node<'_>, field: Option<&str>, depth: usize, out: &mut String) {
        if !node.is_named() {
            return;
        }
        if depth > 0 {
            out.push('\n');
        }
        out.push_str(&"  ".repeat(depth));
        out.push_str(&field.map(|it| format!("{it}: ")).unwrap_or_default());
        out.push('(');
        out.push_str(if node.is_missing() { "MISSING" } else { node.kind() });
        for nth in 0..node.child_count() {
            if let Some(child) = node.child(nth) {
                draw(child, node.field_name_for_child(nth), depth + 1, out);
            }
        }
        out.push(')');
    }
    let mut out = String::new();
    draw(node, None, 0, &mut out);
    out
}

#[test]
fn corpus() {
    let write = std::env::var_os("CLOUDC_BLESS").is_some();
    let folder = folder("tree-sitter/test/corpus");
    let mut wrong = Vec::new();
    for (name, page) in files(&folder, "txt") {
        let mut anew = String::new();
        for (title, text, expected) in corpus_cases(&page) {
            // The blank lines around a text are not part of it.
            let text = text.trim_matches('\n');
            let found = drawn(parse(text).root_node());
            if found != expected.trim() {
                wrong.push(format!("{name}: {title}:\n{found}"));
            }
            let rule = "=".repeat(title.len().max(3));
            anew.push_str(&format!("{rule}\n{title}\n{rule}\n\n{text}\n\n---\n\n{found}\n\n"));
        }
        if write {
            std::fs::write(folder.join(&name), format!("{}\n", anew.trim_end())).expect("the page can be written");
        }
    }
    assert!(write || wrong.is_empty(), "{}\n(CLOUDC_BLESS=1 writes the trees anew)", wrong.join("\n\n"));
}

/// The name of the colour of each byte.
fn colours(text: &str) -> Vec<String> {
    let mut config =
        HighlightConfiguration::new(language(), "cloud", tree_sitter_cloud::HIGHLIGHTS, "", "").expect("the query fits");
    let names: Vec<String> = config.names().iter().map(ToString::to_string).collect();
    config.configure(&names);
    let mut highlighter = Highlighter::new();
    let events = highlighter.highlight(&config, text.as_bytes(), None, None, |_| None).expect("nothing cancels it");
    let mut colours = vec![String::new(); text.len()];
    let mut open: Vec<&String> = Vec::new();
    for event in events {
        match event.expect("nothing cancels it") {
            HighlightEvent::HighlightStart(it) => open.push(&names[it.0]),
            HighlightEvent::HighlightEnd => drop(open.pop()),
            HighlightEvent::Source { start, end } => {
                let colour = open.last().map(|it| (*it).clone()).unwrap_or_default();
                colours[start..end].fill(colour);
            }
        }
    }
    colours
}

/// Pages of tree-sitter's own form: `// ^^^ keyword` tells the colour of what stands above the carets.
#[test]
fn highlights() {
    let mut wrong = Vec::new();
    let mut told = 0;
    for (name, text) in files(&folder("tree-sitter/test/highlight"), "cloud") {
        let colours = colours(&text);
        let mut offset = 0;
        let mut above = 0;
        for (nth, line) in text.split_inclusive('\n').enumerate() {
            let start = offset;
            offset += line.len();
            let claim = line.trim().strip_prefix("//").map(str::trim).filter(|it| it.starts_with('^'));
            let Some(claim) = claim else {
                above = start;
                continue;
            };
            let expected = claim.trim_start_matches('^').trim();
            for (column, _) in line.match_indices('^') {
                told += 1;
                let found = &colours[above + column];
                if found != expected {
                    wrong.push(format!("{name}:{}: column {}: {expected}, but found {found:?}", nth + 1, column + 1));
                }
            }
        }
    }
    assert!(told > 150, "only {told} claims");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_query_fits_the_grammar() {
    let queries = ["tree-sitter/queries", "tree-sitter/helix"].map(|it| files(&folder(it), "scm"));
    for (name, query) in queries.into_iter().flatten() {
        if let Err(error) = Query::new(&language(), &query) {
            panic!("{name}: {error}");
        }
    }
}

/// What Helix calls the colours that have another name there; it passes over names that begin with `_`.
const HELIX: [(&str, &str); 20] = [
    ("variable.member", "variable.other.member"),
    ("property", "variable.other.member"),
    ("function.call", "function"),
    ("function.method.call", "function.method"),
    ("type.definition", "type"),
    ("module", "namespace"),
    ("number", "constant.numeric.integer"),
    ("number.float", "constant.numeric.float"),
    ("boolean", "constant.builtin.boolean"),
    ("character.special", "constant.character"),
    ("string.escape", "constant.character.escape"),
    ("keyword.type", "keyword.storage.type"),
    ("keyword.modifier", "keyword.storage.modifier"),
    ("keyword.import", "keyword.control.import"),
    ("keyword.conditional", "keyword.control.conditional"),
    ("keyword.repeat", "keyword.control.repeat"),
    ("comment", "comment.line"),
    ("comment.documentation", "comment.line.documentation"),
    ("spell", "_spell"),
    ("none", "_none"),
];

/// A query with Helix's names.
fn for_helix(query: &str) -> String {
    let mut pieces = query.split('@');
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let end = piece.find(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '_')).unwrap_or(piece.len());
        let (name, rest) = piece.split_at(end);
        let named = HELIX.iter().find(|(ours, _)| *ours == name).map_or(name, |(_, theirs)| theirs);
        // The `@` of attributes is text in quotes.
        out.push('@');
        out.push_str(named);
        out.push_str(rest);
    }
    out
}

#[test]
fn helix_has_the_same_colours() {
    let path = folder("tree-sitter/helix/highlights.scm");
    let wanted = for_helix(tree_sitter_cloud::HIGHLIGHTS);
    if std::env::var_os("CLOUDC_BLESS").is_some() {
        std::fs::write(&path, &wanted).expect("it can be written");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == wanted, "CLOUDC_BLESS=1 writes editors/tree-sitter/helix/highlights.scm anew");
}

/// `src/` is generated; it must be made again after each change of `grammar.js`.
#[test]
fn the_parser_is_made_from_the_grammar() {
    let root = folder("tree-sitter");
    let inputs = std::fs::read_to_string(root.join("src/inputs.txt")).expect("src/inputs.txt is there");
    let mut files = 0;
    for line in inputs.lines().filter(|line| !line.starts_with('#')) {
        let (hash, name) = line.split_once(' ').expect("hash and name");
        let bytes = std::fs::read(root.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        let found =
            bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
        files += 1;
        assert_eq!(
            hash,
            format!("{found:016x}"),
            "{name} has changed: cargo run --manifest-path editors/tree-sitter/generate/Cargo.toml"
        );
    }
    assert_eq!(files, 4, "{inputs}");
}
