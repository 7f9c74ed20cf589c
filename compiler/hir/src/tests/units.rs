//! Stacks in several files.

use super::TestDb;
use crate::resolve::*;
use crate::{Namespace, Owner, cyclic, home, scope_problems, unit};

const SHOP: &str = "//- /main.cloud
stack shop { parts: [\"./data.cloud\", \"./more.cloud\"] }
param size: Int = 1
output o = a
let x = y
//- /data.cloud
import \"./names.cloud\" { prefix }
let a = b
resource r: AWS::SQS::Queue {}
//- /more.cloud
let b = prefix
let y = x
component C { output o = b }
//- /names.cloud
pub let prefix = \"p\"
//- /other.cloud
import \"./data.cloud\" as shop
let z = shop.a
";

fn codes(db: &TestDb, path: &str) -> Vec<&'static str> {
    scope_problems(db, db.file(path)).iter().map(|problem| problem.code.0).collect()
}

#[test]
fn all_files_of_a_stack_are_one_scope() {
    let db = TestDb::new(SHOP);
    let (main, data, names) = (db.main(), db.file("/data.cloud"), db.file("/names.cloud"));
    assert_eq!((home(&db, data), home(&db, names)), (main, names));
    assert_eq!(unit(&db, data), [main, data, db.file("/more.cloud")]);
    for file in [main, data] {
        for name in ["size", "a", "b", "prefix", "r"] {
            assert!(resolve(&db, Owner::File(file), Namespace::Value, name.into()).is_some(), "{name} in {}", file.path(&db));
        }
        assert!(resolve(&db, Owner::File(file), Namespace::Type, "C".into()).is_some());
        assert_eq!(params(&db, file).len(), 1);
        assert_eq!(resources(&db, Owner::File(file)).len(), 1);
    }
    assert!(resolve(&db, Owner::File(names), Namespace::Value, "a".into()).is_none());
    for path in ["/main.cloud", "/data.cloud", "/more.cloud"] {
        assert_eq!(codes(&db, path), [""; 0], "{path}");
    }
}

#[test]
fn circles_and_constants_go_through_all_files() {
    let db = TestDb::new(SHOP);
    let x = crate::all_declared(&db, db.main()).find(|decl| decl.name(&db) == "x").unwrap();
    let y = crate::all_declared(&db, db.main()).find(|decl| decl.name(&db) == "y").unwrap();
    assert!(cyclic(&db, x).is_some() && cyclic(&db, y).is_some());
    // Told once, where the circle begins.
    let told = |path: &str| crate::cycle_problems(&db, db.file(path)).len();
    assert_eq!((told("/main.cloud"), told("/more.cloud"), told("/data.cloud")), (1, 0, 0));
    let b = crate::all_declared(&db, db.main()).find(|decl| decl.name(&db) == "b").unwrap();
    assert!(crate::input_free(&db, b));
}

#[test]
fn importing_a_part_is_importing_its_stack() {
    let db = TestDb::new(SHOP);
    let import = crate::declarations(&db, Owner::File(db.file("/other.cloud")))[0];
    assert_eq!(import_file(&db, import), Ok(db.main()));
}

#[test]
fn names_that_two_files_have_are_told_in_the_later_one() {
    let db = TestDb::new(
        "//- /main.cloud\nstack t { parts: [\"./b.cloud\", \"./c.cloud\"] }\nlet x = 1\n//- /b.cloud\nlet x = 2\n//- /c.cloud\nlet y = 2\n",
    );
    assert_eq!(codes(&db, "/main.cloud"), [""; 0]);
    assert_eq!(codes(&db, "/b.cloud"), ["C0202"]);
    assert_eq!(codes(&db, "/c.cloud"), [""; 0]);
}

#[test]
fn what_cannot_be_a_part() {
    for (parts, count) in [
        ("\"./main.cloud\"", 1),
        ("\"../b.cloud\"", 1),
        ("\"b.cloud\"", 1),
        ("\"./deep/b.cloud\"", 1),
        ("\"./b.cloud\", \"./b.cloud\"", 1),
        ("\"./own.cloud\"", 1),
        ("\"./nothing.cloud\", x", 2),
        ("...[], for a in []: a", 2),
        ("\"./b.cloud\"", 0),
    ] {
        let db = TestDb::new(&format!(
            "//- /main.cloud\nstack t {{ parts: [{parts}] }}\n//- /b.cloud\nlet b = 1\n//- /own.cloud\nstack own {{}}\n//- /deep/b.cloud\nlet b = 1\n"
        ));
        assert_eq!(codes(&db, "/main.cloud"), vec!["C0398"; count], "{parts}");
    }
    let db = TestDb::new("//- /other.cloud\nstack t { parts: [\"./b.cloud\"] }\n//- /b.cloud\nlet b = 1\n//- /main.cloud\n");
    assert_eq!(codes(&db, "/other.cloud"), ["C0398"]);
    assert_eq!(unit(&db, db.file("/other.cloud")).len(), 1);
}

#[test]
fn a_part_that_is_named_no_more_is_alone() {
    let mut db =
        TestDb::new("//- /main.cloud\nstack t { parts: [\"./b.cloud\"] }\n//- /b.cloud\nresource r: AWS::SQS::Queue {}\n");
    let part = db.file("/b.cloud");
    assert_eq!(codes(&db, "/b.cloud"), [""; 0]);
    db.edit("/main.cloud", "stack t {}\n");
    assert_eq!(home(&db, part), part);
    assert_eq!(codes(&db, "/b.cloud"), ["C0221"]);
}
