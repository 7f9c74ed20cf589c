//! What is wrong with names, imports and places.

use super::TestDb;
use crate::{scope_problems, syntax_diagnostics};

/// Each problem of `/main.cloud` as code, underlined text and message.
fn all(db: &TestDb, path: &str) -> Vec<String> {
    let file = db.file(path);
    let problems = scope_problems(db, file).into_iter().map(|problem| problem.place(db));
    let shown = problems.map(|it| {
        let text = &it.file.text(db)[std::ops::Range::<usize>::from(it.range)];
        let help = it.fixes.first().map_or(String::new(), |fix| format!(" [{}]", fix.title));
        format!("{} {text} | {}{help}", it.code, it.message)
    });
    shown.collect()
}

fn check(text: &str, expected: &[&str]) {
    assert_eq!(all(&TestDb::new(text), "/main.cloud"), expected, "{text}");
}

#[test]
fn two_of_one_name() {
    check("stack t {}\nresource a: AWS::X::Y {}\nlet a = 1\n", &["C0202 a | `a` is declared twice"]);
    check("stack t {}\noutput a = 1\noutput a = 2\nlet a = 1\n", &["C0202 a | `a` is declared twice"]);
    check(
        "component A {\n  input x: Int\n  input x: Int\n}\ntype A = Int\n",
        &["C0202 A | `A` is declared twice", "C0202 x | `x` is declared twice"],
    );
    check("type A = Int\nlet A = 1\n", &[]);
    check("let none = 1\n", &["C0208 none | `none` is a literal, so nothing can have it as a name"]);
    check(
        "stack t {}\nif c {\n  resource a: AWS::X::Y {}\n} else {\n  resource a: AWS::X::Y {}\n}\n",
        &["C0202 a | `a` is declared twice"],
    );
    check("stack t {}\nif c {\n  let a = 1\n} else {\n  let a = 2\n}\nlet a = 3\n", &[]);
    check(
        "stack t {}\nif c {\n  if d {\n    resource a: AWS::X::Y {}\n    resource a: AWS::X::Y {}\n  }\n}\n",
        &["C0202 a | `a` is declared twice"],
    );
    check(
        "stack t {}\nfor x in y {\n  if d {\n    resource a: AWS::X::Y {}\n  }\n  if e {\n    resource a: AWS::X::Y {}\n  }\n}\n",
        &["C0202 a | `a` is declared twice"],
    );
    check(
        "stack t {}\nfor a in y {\n  resource a: AWS::X::Y {}\n}\n",
        &["C0202 a | `a` is also a variable of the loop it stands in"],
    );
    check("stack t {}\nlet a = 1\ncomponent C {\n  let a = 1\n  for x in y {\n    let a = 2\n  }\n}\n", &[]);
}

#[test]
fn imports_clash_where_their_module_offers_the_name() {
    let module = "//- /a.cloud\npub let size = 1\npub type T = Int\n";
    check(
        &format!("import \"./a.cloud\" {{ size, T }}\nlet size = 2\nlet T = 1\n{module}"),
        &["C0202 size | `size` is declared twice"],
    );
    check(
        &format!("import \"./a.cloud\" {{ size }}\nimport \"./a.cloud\" {{ size }}\n{module}"),
        &["C0202 size | `size` is declared twice"],
    );
    check(
        &format!("import \"./a.cloud\" as a\ntype a = Int\nlet a = 1\n{module}"),
        &["C0202 a | `a` is declared twice", "C0202 a | `a` is declared twice"],
    );
}

#[test]
fn imports_that_lead_nowhere() {
    let module = "//- /net.cloud\npub let subnet_count = 1\nlet own = 1\n";
    check("import \"./netwerk.cloud\" { a }\n", &["C0210 \"./netwerk.cloud\" | there is no file `./netwerk.cloud`"]);
    check(
        "import \"std/storrage\" { Bucket }\n",
        &["C0214 \"std/storrage\" | the standard library has no module `std/storrage` [change it to `std/storage`]"],
    );
    check(
        &format!("import \"./net.cloud\" {{ subnet_cuont }}\n{module}"),
        &["C0211 subnet_cuont | `./net.cloud` has no `subnet_cuont` [change it to `subnet_count`]"],
    );
    check(
        &format!("import \"./net.cloud\" {{ own }}\n{module}"),
        &["C0212 own | `own` of `./net.cloud` is not `pub` [make it `pub`]"],
    );
    check(
        &format!("import \"net.cloud\" {{ subnet_count }}\n{module}"),
        &[
            "C0216 \"net.cloud\" | `net.cloud` is neither a relative path nor a module of the standard library [change it to `./net.cloud`]",
        ],
    );
    check(
        &format!("import \"./net\" {{ subnet_count }}\n{module}"),
        &["C0210 \"./net\" | there is no file `./net` [change it to `./net.cloud`]"],
    );
    check("import \"/etc/net.cloud\" { x }\n", &["C0216 \"/etc/net.cloud\" | `/etc/net.cloud` is no path inside the project"]);
    check(
        "import \"../../../net.cloud\" { x }\n",
        &["C0216 \"../../../net.cloud\" | `../../../net.cloud` is no path inside the project"],
    );
    check("import \"./main.cloud\" { x }\npub let x = 1\n", &["C0213 \"./main.cloud\" | `main.cloud` imports itself"]);
    check(
        "import \"./o.cloud\" { x }\n//- /o.cloud\nstack o {}\ninput i: Int = 1\npub let x = i\n",
        &["C0215 x | `x` of `./o.cloud` depends on inputs, parameters or resources of that file"],
    );
}

#[test]
fn a_circle_of_files_is_told_once() {
    let db = TestDb::new(
        "import \"./b.cloud\" { x }\n//- /b.cloud\nimport \"./c.cloud\" { y }\npub let x = 1\n//- /c.cloud\nimport \"./b.cloud\" { x }\npub let y = 2\n",
    );
    assert_eq!(all(&db, "/main.cloud"), Vec::<String>::new());
    assert_eq!(all(&db, "/b.cloud"), ["C0213 \"./c.cloud\" | `b.cloud` and `c.cloud` import each other"]);
    assert_eq!(all(&db, "/c.cloud"), Vec::<String>::new());
}

#[test]
fn places() {
    check("component C {\n  param p: Int = 2\n}\n", &["C0220 p | `param` cannot stand inside `component`"]);
    check("component C {\n  stack s {}\n}\n", &["C0220 s | `stack` cannot stand inside `component`"]);
    check("component C {\n  component D {}\n}\n", &["C0220 D | `component` cannot stand inside `component`"]);
    check("stack t {}\nfor x in y {\n  param p: Int = 1\n}\n", &["C0220 p | `param` cannot stand inside `for`"]);
    check(
        "stack t {}\nif x {\n  import \"./a.cloud\" { a }\n}\n//- /a.cloud\npub let a = 1\n",
        &["C0220 import | `import` cannot stand inside `if`", "C0220 a | `import` cannot stand inside `if`"],
    );
    check(
        "policy \"p\" {\n  output o = 1\n  for x in y {\n    assert x, \"m\"\n  }\n}\n",
        &["C0220 o | `output` cannot stand inside `policy`"],
    );
    check("stack one {}\nstack two {}\n", &["C0223 two | `two` is a second stack in this file"]);
    check("stack t {}\nenv dev {}\n", &["C0224 dev | `env` is only read in `project.cloud`"]);
}

#[test]
fn a_file_without_a_stack_holds_nothing_of_one() {
    let db = TestDb::new("resource a: AWS::X::Y {}\nparam p: String\n");
    assert_eq!(all(&db, "/main.cloud"), ["C0221 a | this file declares a `resource` but no `stack` [add a stack]"]);
    let fix = &scope_problems(&db, db.main())[0].place(&db).fixes[0];
    assert_eq!(fix.edits[0].insert, "\n\nstack main {}");
    check("component C {\n  resource a: AWS::X::Y {}\n}\nlet a = 1\n", &[]);
}

#[test]
fn files_that_are_no_text_give_one_error_each() {
    let db = TestDb::new("stack t {}\n");
    db.write("/bad.cloud", b"let a = \"caf\xe9\"\n");
    let codes = |path: &str| syntax_diagnostics(&db, db.file(path)).iter().map(|it| it.code.0).collect::<Vec<_>>();
    assert_eq!(codes("/bad.cloud"), ["C0130"]);
    assert_eq!(codes("/none.cloud"), ["C0131"]);
    assert_eq!(codes("/main.cloud"), Vec::<&str>::new());
    check("import \"./bad.cloud\" { a }\n", &["C0210 \"./bad.cloud\" | there is no file `./bad.cloud`"]);
}

#[test]
fn positions_follow_the_text_above() {
    let mut db = TestDb::new("stack t {}\nlet a = 1\nlet a = 2\n");
    let before = scope_problems(&db, db.main())[0].place(&db).range;
    db.edit("/main.cloud", "// one\n\nstack t {}\nlet a = 1\nlet a = 2\n");
    let after = scope_problems(&db, db.main())[0].place(&db).range;
    assert_eq!(u32::from(after.start()), u32::from(before.start()) + 8);
}
