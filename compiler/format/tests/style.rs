//! What the canonical style looks like, and the laws: formatting twice changes nothing, tokens stay.

use std::path::Path;

use cloudc_format::format;
use cloudc_syntax::{NodeOrToken, SyntaxKind, parse_file};

/// The text without trivia and separators, whose presence depends on the lines.
fn tokens(text: &str) -> Vec<(SyntaxKind, String)> {
    parse_file(text)
        .syntax()
        .descendants_with_tokens()
        .filter_map(NodeOrToken::into_token)
        .filter(|it| it.kind() != SyntaxKind::Whitespace && it.kind() != SyntaxKind::Comma)
        .map(|it| (it.kind(), it.text().replace("\r\n", "\n").trim_end().to_owned()))
        .collect()
}

#[track_caller]
fn laws(text: &str) -> String {
    let once = format(text).unwrap_or_else(|errors| panic!("{errors:#?}\n{text}"));
    assert_eq!(tokens(text), tokens(&once), "tokens changed:\n{once}");
    let twice = format(&once).unwrap_or_else(|errors| panic!("not valid any more: {errors:#?}\n{once}"));
    assert_eq!(once, twice, "formatting twice");
    assert!(once.lines().all(|it| !it.ends_with(' ')) || once.contains("\"\"\""));
    once
}

#[track_caller]
fn check(text: &str, want: &str) {
    assert_eq!(laws(text), want);
}

/// Already in canonical style.
#[track_caller]
fn same(text: &str) {
    check(text, text);
}

#[test]
fn every_program_of_the_repository() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut found = 0;
    for folder in ["examples", "stdlib", "tests/fixtures", "compiler/syntax/tests/samples"] {
        found += files(&root.join(folder));
    }
    assert!(found > 10, "{found} programs");
}

fn files(folder: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let mut found = 0;
    for path in entries.filter_map(Result::ok).map(|it| it.path()) {
        if path.is_dir() {
            found += files(&path);
        } else if path.extension().is_some_and(|it| it == "cloud") {
            let text = std::fs::read_to_string(&path).expect("a readable file");
            if parse_file(&text).errors().is_empty() {
                laws(&text);
                laws(&text.replace('\n', "\r\n"));
                found += 1;
            }
        }
    }
    found
}

#[test]
fn spaces() {
    check("let   a=1+2*-3", "let a = 1 + 2 * -3\n");
    check("let a = b  [ 0 ] . c ( d :1 ,e )", "let a = b[0].c(d: 1, e)\n");
    check("resource a:T{A:1,b:{c:2}}", "resource a: T { A: 1, b: { c: 2 } }\n");
    check("input a :\"x\"|  \"y\"= \"x\"", "input a: \"x\" | \"y\" = \"x\"\n");
    check("param a: Map < String,Int > ?", "param a: Map<String, Int>?\n");
    check("type A = Int( 1 ..= 6 )", "type A = Int(1..=6)\n");
    check("type A = { a : T , b ? : U }", "type A = { a: T, b?: U }\n");
    check("pub  fn f( a : Int=1 , b:T ) :Int=a", "pub fn f(a: Int = 1, b: T): Int = a\n");
    check("moved a->b", "moved a -> b\n");
    check("let a = [ ... b if c , for x in xs : y ]", "let a = [...b if c, for x in xs: y]\n");
    check("let a = match b{\"c\"|-1=>d,_=>e}", "let a = match b { \"c\" | -1 => d, _ => e }\n");
    check("let a = if b{c}else if d{e:1}else{}", "let a = if b { c } else if d { e: 1 } else {}\n");
    check("defaults AWS :: * {}", "defaults AWS::* {}\n");
    check(
        "@ retain( a ) @protect\n@id(\"x\")\nresource a: T{}with{b:{}}",
        "@retain(a) @protect\n@id(\"x\")\nresource a: T {} with { b: {} }\n",
    );
    check("import \"a\" {A,B as C}\nimport \"b\"  as  b", "import \"a\" { A, B as C }\nimport \"b\" as b\n");
    check("for i,x in xs by x.y{let a=1}", "for i, x in xs by x.y {\n  let a = 1\n}\n");
    check("output a as B:C=d", "output a as B: C = d\n");
    check("let a = !(b)", "let a = !(b)\n");
}

#[test]
fn lines() {
    check("resource a: T {\nA: 1, B: 2,\n\n\n\nC: 3 }", "resource a: T {\n  A: 1\n  B: 2\n\n  C: 3\n}\n");
    check("let a = [\n1, 2, [\n3\n] ]", "let a = [\n  1\n  2\n  [\n    3\n  ]\n]\n");
    same("let a = [{\n  b: 1\n}, {\n  c: 2\n}]\n");
    same("let a = f({\n  b: 1\n})\n");
    same("let a = [\n  b\n  c\n].join(\"\\n\")\n");
    same("let a = b\n  .c(1)\n  .d\n");
    same("let a = b.c(1)\n  .d(2)\n");
    check("let a = b +\n  c - d", "let a = b\n  + c -\n  d\n");
    same("let a = [for b in c:\n  d\n]\n");
    check("let a = [\n  for b in c: d\n]\n", "let a = [for b in c:\n  d\n]\n");
    same("let a = { for k, v in m if v: k: v.w }\n");
    check("let a = if b {\n c } else { d }", "let a = if b {\n  c\n} else {\n  d\n}\n");
    check("\n\n\nlet a = 1\n\n\n\nlet b = 2\nlet c = 3\n\n\n", "let a = 1\n\nlet b = 2\nlet c = 3\n");
    check("\u{feff}let a = 1\r\n\r\nlet b = \"\"\"\r\n  x\r\n  \"\"\"\r\n", "let a = 1\n\nlet b = \"\"\"\n  x\n  \"\"\"\n");
    check("component C {}\npolicy \"p\" { let a = 1 }", "component C {}\npolicy \"p\" {\n  let a = 1\n}\n");
    check("if a { let b = 1 }\nelse { let c = 2 }", "if a {\n  let b = 1\n} else {\n  let c = 2\n}\n");
    same("resource a: T {\n  A: 1\n} with {\n  @retain\n  b: {\n    C: 1\n  }\n}\n");
    same("input nat: \"none\"\n  | \"single\"\n  | \"per-zone\" = \"none\"\n");
    check("", "");
    check("// only\n\n", "// only\n");
}

#[test]
fn long_lines() {
    let name = "a_rather_long_name";
    check(
        &format!("let a = {{ {name}: {name}, {name}_2: {name}, {name}_3: {name}, {name}_4: 1 }}"),
        &format!("let a = {{\n  {name}: {name}\n  {name}_2: {name}\n  {name}_3: {name}\n  {name}_4: 1\n}}\n"),
    );
    check(
        &format!("let a = [{{ {name}: {name}, {name}_2: {name}, {name}_3: {name}, {name}_4: 1 }}]"),
        &format!("let a = [{{\n  {name}: {name}\n  {name}_2: {name}\n  {name}_3: {name}\n  {name}_4: 1\n}}]\n"),
    );
    check(
        &format!("let a = {name} + {name} + {name} * {name} + {name} + {name}"),
        &format!("let a = {name}\n  + {name}\n  + {name} * {name}\n  + {name}\n  + {name}\n"),
    );
    check(
        &format!("assert {name}.{name} == {name}.{name}, \"{name} {name} {name} {name}\""),
        &format!("assert {name}.{name} == {name}.{name},\n  \"{name} {name} {name} {name}\"\n"),
    );
    check(
        &format!("let a = [for x in {name}.{name}.{name}: \"{name}-{name}-{name}-{name}\"]"),
        &format!("let a = [for x in {name}.{name}.{name}:\n  \"{name}-{name}-{name}-{name}\"\n]\n"),
    );
}

#[test]
fn comments() {
    same("// head\n\n/// doc\nlet a = 1 // behind\n// below\n");
    same("resource a: T { // opener\n  // first\n  A: 1 // behind\n\n  // apart\n  B: 2\n  // last\n}\n");
    same("let a = [\n  // only\n]\n");
    same("let a = [ // opener\n]\n");
    check("let a = { b: 1, // one\n c: 2 /* two */ }", "let a = {\n  b: 1 // one\n  c: 2 /* two */\n}\n");
    same("let a = [/* b */ c, d /* e */, f]\n");
    same("@retain // why\n/// doc\n// more\nresource a: T {}\n");
    same("let a = b // why\n   + c\n");
    same("if a {\n  // nothing\n}\n");
    same("component C {\n  /// In.\n  input a: Int\n\n  // then\n  let b = 1\n}\n");
    check("let a = 1 //  x  \t\n", "let a = 1 //  x\n");
    same("let a = if b { // why\n  c\n} else {\n  d\n}\n");
    same("let a = /* why */ 1\n");
    check("/* a\n   b */ let a = 1", "/* a\n   b */\nlet a = 1\n".replace("*/\n", "*/ ").as_str());
    same("let a = match b {\n  // c\n  \"d\" => 1\n  _ => 2 // e\n}\n");
}

#[test]
fn refuses_errors() {
    assert_eq!(format("let a = (").map_err(|it| it.len()), Err(1));
}

#[test]
fn deep_nesting() {
    for (open, close) in [("[", "]"), ("(", ")"), ("{ a: ", " }"), ("f(", ")"), ("if a { ", " } else { b }")] {
        let text = format!("let a = {}1{}\n", open.repeat(120), close.repeat(120));
        laws(&text);
    }
}

/// White space and comments between any two tokens of a text with every construct.
#[test]
fn trivia_anywhere() {
    let sample = include_str!("../../syntax/tests/samples/everything.cloud");
    let mut kept = 0;
    for chunk in cloudc_syntax::split(sample) {
        let text = &sample[chunk.range];
        let tree = parse_file(text).syntax();
        for token in tree.descendants_with_tokens().filter_map(NodeOrToken::into_token).step_by(3) {
            let at = usize::from(token.text_range().start());
            for insert in ["\n", " // c\n", "/* c */", "\n/* c */\n\n", "\n\n\n// c\n\n\n", "   "] {
                let changed = format!("{}{insert}{}", &text[..at], &text[at..]);
                if parse_file(&changed).errors().is_empty() {
                    laws(&changed);
                    kept += 1;
                }
            }
        }
    }
    assert!(kept > 700, "{kept} texts");
}
