//! Each mistake is one error, with its code at its text, and what stands around it still parses.

use cloudc_syntax::{Parse, SyntaxError, parse_file};

/// Every error as `code "text"`.
fn errors_of(text: &str) -> Vec<String> {
    parse_file(text).errors().iter().map(|it| format!("{} {:?}", it.code, &text[it.range])).collect()
}

/// Expects exactly one error, with this code at this text.
#[track_caller]
fn check(text: &str, code: &str, at: &str) {
    assert_eq!(errors_of(text), [format!("{code} {at:?}")], "in {text}\n{:#?}", parse_file(text).errors());
    // The declaration below is untouched, whatever stands above it.
    let below = format!("{text}\nlet below = 1\n");
    let parse = parse_file(&below);
    assert_eq!(parse.errors().len(), 1, "with a declaration below: {below}\n{:#?}", parse.errors());
    assert!(has_let(&parse, "below"), "the declaration below is gone: {below}\n{:#?}", parse.syntax());
}

fn has_let(parse: &Parse, name: &str) -> bool {
    use cloudc_syntax::ast::{AstNode, Item, SourceFile};
    let file = SourceFile::cast(parse.syntax());
    file.is_some_and(|it| {
        it.items().any(|it| matches!(it, Item::Let(ref l) if l.value().is_some() && it.name().is_some_and(|n| n.text() == name)))
    })
}

#[track_caller]
fn only(text: &str) -> SyntaxError {
    let parse = parse_file(text);
    assert_eq!(parse.errors().len(), 1, "in {text}\n{:#?}", parse.errors());
    parse.errors()[0].clone()
}

/// Applies the fix of the only error, and expects this text without errors.
#[track_caller]
fn check_fix(text: &str, fixed: &str) {
    let error = only(text);
    let fix = error.fix.expect("a fix");
    let mut out = text.to_owned();
    out.replace_range(std::ops::Range::<usize>::from(fix.range), &fix.insert);
    assert_eq!(out, fixed);
    assert_eq!(errors_of(&out), [""; 0], "the fixed text has errors: {out}");
}

/// Text inside a resource's braces.
fn body(entries: &str) -> String {
    format!("resource a: T {{\n{entries}\n}}\n")
}

#[test]
fn brackets() {
    check("resource a: T {\n  X: 1\n", "C0102", "{");
    check("resource a: T {\n  X: {\n    Y: 1\n  Z: 2\n}\n", "C0102", "{");
    check("resource a: T {\n  X: [1, 2\n  Z: 2\n}\n", "C0102", "[");
    check("resource a: T {\n  X: f(1, 2\n  Z: 2\n}\n", "C0102", "(");
    check("let a = [1, 2\n", "C0102", "[");
    check("let a = (1 + 2\n", "C0102", "(");
    check("let a = f(1]\n", "C0102", "(");
    check("resource a: T {\n  X: { Y: 1 } }\n  Z: 2\n}\n", "C0118", "}");
    check("resource a: T {\n  X: 1\n  }\n  Z: 2\n}\n", "C0118", "}");
    check("let a = 1)\n", "C0118", ")");
    check("component N {\n  input a: Int\n  resource r: T {\n    X: 1\n  output o = 1\n}\n", "C0102", "{");
    check("@metadata({ a: 1\nresource a: T {}\n", "C0102", "(");
}

#[test]
fn missing_opening_brackets() {
    check("resource a: T\n  X: 1\n  Y: 2\n}\n", "C0101", "T");
    check_fix("resource a: T\n  X: 1\n}\n", "resource a: T {\n  X: 1\n}\n");
    check(&body("  V:\n    S: 1\n  }\n  Z: 2"), "C0101", ":");
    check_fix(&body("  V: [\n    S: 1\n  }]\n  Z: 2"), &body("  V: [ {\n    S: 1\n  }]\n  Z: 2"));
    check(&body("  V: [\n      S: 1\n    }\n    { S: 2 }\n  ]"), "C0101", "[");
    check(&body("  V:\n    1\n  ]"), "C0101", ":");
    check("component C {\n  for x in range(3)\n    let a = 1\n  }\n  let b = 1\n}\n", "C0101", ")");
    check(&body("  V: S: 1 }\n  W: 2"), "C0118", "}");
    check(&body("  V: {\n    W: [{\n      S: 1 }]\n    X: { A: 1 }]\n  }"), "C0118", "]");
}

#[test]
fn several_unclosed_brackets_are_one_mistake() {
    check("resource a: T {\n  X: [{ Y: 1, Z: \"z\"\n", "C0102", "[");
    check_fix("let a = [{ b: (1\n", "let a = [{ b: (1)}]\n");
    check("resource a: T {\n  X: {\n    Y: [1,\n", "C0102", "[");
}

#[test]
fn lines_that_lack_a_quote() {
    let one = |line: &str, at: &str| check(&body(&format!("  O: {{\n    {line}\n  }}")), "C0103", at);
    one(r#"S: [{ E: Allow", A: ["s3:Get"], R: "arn:x/*" }]"#, "Allow\"");
    one(r#"S: [{ E: "Allow, A: ["s3:Get"], R: "arn:x/*" }]"#, "\"Allow, A: [\"");
    one(r#"S: [{ E: "Allow", R: arn:x/*" }]"#, "arn:x/*\"");
    one(r#"S: [{ E: "Allow", R: "arn:x/* }]"#, "\"arn:x/*");
    one(r#"S: [{ E: "Allow", R: ${a.Arn}/*", B: "x" }]"#, "${a.Arn}/*\"");
    one(r#"aws:SourceArn": "x""#, "aws:SourceArn\"");
    one(r#"X: ["a", "b]"#, "\"b");
    check_fix(&body(r#"  X: ["a", "b]"#), &body(r#"  X: ["a", "b"]"#));
    check_fix(&body(r#"  E: Allow", B: "x""#), &body(r#"  E: "Allow", B: "x""#));
    check(&body(r#"  X: { A: "${b.c and ${d}", E: "f" }"#), "C0115", "${b.c");
    // The text that is meant is there, so nothing else about it is wrong.
    let parse = parse_file(&body(r#"  E: Allow", B: "x""#));
    let strings = parse.syntax().descendants().filter_map(|it| {
        use cloudc_syntax::ast::{AstNode, StringExpr};
        StringExpr::cast(it)?.text()
    });
    assert_eq!(strings.collect::<Vec<_>>(), ["Allow", "x"]);
}

/// Removing any one sign from the sample gives one error, but for a few where the rest reads as something else.
#[test]
fn one_missing_sign_is_one_error() {
    let sample = include_str!("samples/everything.cloud");
    let mut several = Vec::new();
    for chunk in cloudc_syntax::split(sample) {
        let text = &sample[chunk.range];
        for (at, _) in text.match_indices(['{', '}', '[', ']', '(', ')', ':', '=', '"']) {
            let mutant = format!("{}{}\nlet below = 1\n", &text[..at], &text[at + 1..]);
            let parse = parse_file(&mutant);
            assert!(has_let(&parse, "below"), "the declaration below is gone: {mutant}");
            if parse.errors().len() > 1 {
                several.push(mutant);
            }
        }
    }
    // One of the three quotes of a block string.
    assert!(several.len() <= 12, "{} texts, such as {}", several.len(), several[0]);
}

#[test]
fn unclosed_bracket_keeps_what_follows_apart() {
    let error = only("resource a: T {\n  X: {\n    Y: 1\n  Z: 2\n}\n");
    assert_eq!(u32::from(error.range.start()), 21);
    assert_eq!(error.related.len(), 1);
}

#[test]
fn strings_and_comments() {
    check("let a = \"abc\n", "C0103", "\"abc");
    check("let a = \"a ${b\n", "C0115", "${b");
    check("let a = \"a ${b + \n", "C0115", "${b + ");
    check("let a = \"a ${f(\"x\" c\"\n", "C0115", "${f(\"x\" c\"");
    check("let a = \"\"\"\n  text\n", "C0103", "\"\"\"");
    check("/* never\n", "C0114", "/*");
    check(r#"let a = "a\qb""#, "C0105", r"\q");
    check(r#"let a = "\u{110000}""#, "C0105", r"\u");
    check("let a = \"${}\"", "C0101", "}");
    check("let a = \"${b c}\"", "C0101", "c");
    check("let a = 'abc'", "C0121", "'abc'");
    check_fix("let a = 'abc'", "let a = \"abc\"");
    check_fix("let a = \"abc\n", "let a = \"abc\"\n");
    check_fix(r#"let a = "\d""#, r#"let a = "\\d""#);
}

#[test]
fn numbers() {
    check("let a = 5min", "C0104", "5min");
    check_fix("let a = 5min", "let a = 5m");
    check_fix("let a = 5gib", "let a = 5GiB");
    check("let a = 5xyz", "C0104", "5xyz");
    check("let a = 1.5h", "C0104", "1.5h");
    check("let a = 10.0.0.0", "C0104", "10.0.0.0");
    check_fix("let a = 10.0.0.1", "let a = 10.0.0.1/32");
    check("let a = 10.0.0.256/8", "C0104", "10.0.0.256/8");
    check("let a = 10.0.0.0/33", "C0104", "10.0.0.0/33");
    check("let a = 1.2.3", "C0104", "1.2.3");
    check("let a = 007", "C0104", "007");
    check("let a = 1__0", "C0104", "1__0");
    check("let a = 99999999999999999999", "C0104", "99999999999999999999");
}

#[test]
fn missing_parts() {
    check("let a =", "C0110", "=");
    check("let = 1", "C0111", "=");
    check("let a 1", "C0101", "1");
    check("let a", "C0101", "a");
    check("let a: = 1", "C0112", "=");
    check("resource a: {\n  X: 1\n}\n", "C0112", "{");
    check("resource a {\n  X: 1\n}\n", "C0112", "{");
    check("resource a T {\n  X: 1\n}\n", "C0101", "T");
    check("resource a: T", "C0101", "T");
    check_fix("resource a: T", "resource a: T {}");
    check_fix("resource a T {}", "resource a: T {}");
    check("resource \n", "C0111", "resource");
    check("resource : AWS::S3::Bucket {}\n", "C0111", ":");
    check("type Port = ", "C0112", "=");
    check("fn f = 1", "C0101", "=");
    check("for in xs {}", "C0111", "in");
    check("for x xs {}", "C0101", "xs");
    check("import \"a\"", "C0101", "\"");
    check("moved a b", "C0101", "b");
    check("let a = b.", "C0111", ".");
    check("let a = 1 +", "C0110", "+");
    check("let a = b ?? ", "C0110", "??");
    check("let a = [1, 2", "C0102", "[");
    check("let a = b[]", "C0110", "]");
    check("let a = ()", "C0110", ")");
    check("let a = -", "C0110", "-");
    check("env prod: {}", "C0111", "{");
    check("output a: String", "C0101", "String");
    check("existing a = 1", "C0112", "=");
}

#[test]
fn half_typed_entries() {
    check(&body("  VpcId:\n  CidrBlock: cidr"), "C0110", ":");
    check(&body("  VpcId: a +\n  CidrBlock: cidr"), "C0110", "+");
    check(&body("  VpcId: a.\n  CidrBlock: cidr"), "C0111", ".");
    check(&body("  A: 1 B: 2"), "C0119", "B");
    check_fix(&body("  A: 1 B: 2"), &body("  A: 1, B: 2"));
    check(&body("  A: [1 2]"), "C0119", "2");
    check(&body("  A: f(1 2)"), "C0119", "2");
    check(&body("  A 1\n  B: 2"), "C0101", "1");
    check(&body("  A { B: 1 }\n  B: 2"), "C0101", "{");
    check(&body("  a.b: 1\n  B: 2"), "C0101", ".");
    check(&body("  80: 1"), "C0101", "80");
    check(&body("  A: \n"), "C0110", ":");
    check(&body("  \"a\"\n  B: 1"), "C0101", "\"");
    check("component C {\n  input a\n  let b =\n  let c = 2\n}\n", "C0110", "=");
    check("component C {\n  let b = x +\n  resource c: T {}\n}\n", "C0110", "+");
}

#[test]
fn expressions() {
    check("let a = if b { c }", "C0108", "if");
    check("let a = if b c else { d }", "C0101", "c");
    check("let a = b ?? c || d", "C0109", "??");
    check("let a = b && c ?? d", "C0109", "??");
    assert_eq!(errors_of("let a = (b && c) ?? d"), [""; 0]);
    check("let a = 1 < b < 3", "C0122", "<");
    check("let a = b == c == d", "C0122", "==");
    check("let a = b * * c", "C0110", "*");
    check("let a = match b { c => 1 }", "C0101", "c");
    check("let a = match b { \"c\" -> 1, _ => 2 }", "C0121", "->");
    check_fix("let a = match b { \"c\": 1, _ => 2 }", "let a = match b { \"c\" => 1, _ => 2 }");
    check("let a = match b { \"c\" 1, _ => 2 }", "C0101", "1");
    check("let a = [for x in xs x]", "C0101", "x");
    check("let a = { for k in m: k }", "C0101", "}");
    check("let a = f(b: )", "C0110", ")");
}

#[test]
fn declarations() {
    check("resorce a: T {\n  X: 1\n}\n", "C0113", "resorce");
    check_fix("resorce a: T {}", "resource a: T {}");
    check_fix("const a = 1", "let a = 1");
    check_fix("function f(a: Int) = a", "fn f(a: Int) = a");
    check("frobnicate a {\n  X: 1\n}\n", "C0113", "frobnicate");
    check("a = 1\n", "C0113", "a");
    check("a: 1\n", "C0113", "a");
    check("component C {\n  Key: 1\n  let a = 1\n}\n", "C0113", "Key");
    check("resource a: T {\n  resource b: U {}\n  X: 1\n}\n", "C0116", "resource");
    assert_eq!(errors_of("let a = 1\n@retain\n"), ["C0120 \"retain\""]);
    check("pub resource a: T {}\n", "C0123", "pub");
    check_fix("pub output a = 1", "output a = 1");
    check("resource \"a\": T {}\n", "C0111", "\"a\"");
    check_fix("resource \"a\": T {}", "resource a: T {}");
    check("resource \"aws_x\" \"a\" {\n  X: 1\n}\n", "C0111", "\"aws_x\"");
}

#[test]
fn habits() {
    check("let a = 1;\nlet b = 2", "C0121", ";");
    check_fix("let a = 1;\nlet b = 2", "let a = 1\nlet b = 2");
    check(&body("  A: 1; B: 2"), "C0121", ";");
    check("# a comment\nlet a = 1", "C0121", "#");
    check_fix("# a comment\nlet a = 1", "// a comment\nlet a = 1");
    check(&body("  A = 1\n  B: 2"), "C0117", "=");
    check_fix(&body("  A = 1"), &body("  A: 1"));
    check_fix("let a = f(b = 1)", "let a = f(b: 1)");
    check_fix("type A: String", "type A = String");
    check_fix("let a = if b = 1 { 2 } else { 3 }", "let a = if b == 1 { 2 } else { 3 }");
    check_fix("let a = b === c", "let a = b == c");
    check_fix("let a = b and c", "let a = b && c");
    check_fix("let a = not b", "let a = !b");
    check("let a = b & c", "C0106", "&");
    check("let a = ${b}", "C0106", "$");
    check("let a = größe", "C0106", "öß");
    check("param a: String[]", "C0121", "[");
    check("let a = b ? c : d", "C0121", "?");
}

#[test]
fn separators() {
    check("let a = [1,,2]", "C0101", ",");
    check("let a = [, 1]", "C0101", ",");
    check("let a = f(b,\n, c)", "C0101", ",");
    assert_eq!(errors_of("let a = [1, 2, ]\nlet b = f(c,\n)\nlet c = { d: 1,\n e: 2,\n}"), [""; 0]);
    check_fix(&body("  \"x\" = 1"), &body("  \"x\": 1"));
    check_fix(&body("  x => 1"), &body("  x: 1"));
}

#[test]
fn nesting() {
    let deep = |open: &str, close: &str| format!("let a = {}1{}\n", open.repeat(10_000), close.repeat(10_000));
    for (open, close) in
        [("[", "]"), ("(", ")"), ("{a:", "}"), ("f(", ")"), ("a[", "]"), ("if a { ", " } else { b }"), ("!", ""), ("-", "")]
    {
        let error = only(&deep(open, close));
        assert_eq!(error.code, "C0107", "for {open}");
    }
    assert_eq!(only(&format!("let a = {}\n", "[".repeat(10_000))).code.len(), 5);
    assert_eq!(only(&format!("let a = {}\n", "1+".repeat(10_000) + "1")).code, "C0107");
    assert_eq!(only(&format!("let a = b{}\n", ".c".repeat(10_000))).code, "C0107");
    assert_eq!(only(&format!("param a: {}T{}\n", "[".repeat(10_000), "]".repeat(10_000))).code, "C0107");
    assert_eq!(only(&format!("let a = {}1{}\n", "\"${".repeat(10_000), "}\"".repeat(10_000))).code, "C0107");
    assert_eq!(errors_of(&format!("let a = {}1{}\n", "[".repeat(200), "]".repeat(200))), [""; 0]);
}

#[test]
fn a_mistake_in_one_declaration_leaves_the_others_alone() {
    let text = "let a = (1\nlet b = 2\nresource c: T {\n  X: \"a\n}\nlet d = 3\n";
    let parse = parse_file(text);
    assert_eq!(parse.errors().len(), 2, "{:#?}", parse.errors());
    assert!(has_let(&parse, "b") && has_let(&parse, "d"));
}
