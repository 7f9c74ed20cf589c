//! What names mean.

use super::TestDb;
use crate::resolve::*;
use crate::{Branch, Decl, Name, Namespace, Owner};

/// A resolution in words: kind, place, lift.
fn shown(db: &TestDb, from: Owner, ns: Namespace, name: &str) -> String {
    let place = |place| match place {
        Place::Here { up } => format!("here {up}"),
        Place::Module(file) => format!("module {}", file.path(db)),
    };
    let lift = |lift: Vec<(Decl, Branch)>| {
        let steps = lift.iter().map(|(decl, branch)| format!(" {} {branch:?}", decl.kind(db).keyword()));
        steps.collect::<String>()
    };
    match resolve(db, from, ns, Name::new(name)) {
        None => "nothing".into(),
        Some(Resolution::Decl { decl, import, place: at, lift: outer }) => {
            let through = if import.is_some() { " imported" } else { "" };
            format!("{} {}{through}{}", decl.kind(db).keyword(), place(at), lift(outer))
        }
        Some(Resolution::LoopVar { index, up, .. }) => format!("variable {index} up {up}"),
        Some(Resolution::Module { file, .. }) => format!("file {}", file.path(db)),
        Some(Resolution::BadImport { .. }) => "bad import".into(),
        Some(Resolution::Hidden { decl }) => format!("hidden {}", decl.kind(db).keyword()),
    }
}

fn value(db: &TestDb, asker: &str, name: &str) -> String {
    shown(db, asking_owner(db, db.decl(asker)), Namespace::Value, name)
}

#[test]
fn order_never_matters() {
    let db = TestDb::new("stack t {}\noutput o = a\nlet a = b\nlet b = 1\n");
    assert_eq!(value(&db, "output o", "a"), "let here 0");
    assert_eq!(value(&db, "let a", "b"), "let here 0");
    assert_eq!(value(&db, "let a", "c"), "nothing");
    assert_eq!(value(&db, "let a", "o"), "nothing");
}

#[test]
fn resources_are_lifted_out_of_if_and_for() {
    let db = TestDb::new(
        "stack t {}
if c {
  resource a: AWS::SNS::Topic {}
  let inner = 1
} else {
  for x in xs {
    resource b: AWS::SNS::Topic {}
  }
}
output o = a
",
    );
    assert_eq!(value(&db, "output o", "a"), "resource here 0 if Then");
    assert_eq!(value(&db, "output o", "b"), "resource here 0 if Else for Then");
    assert_eq!(value(&db, "output o", "inner"), "nothing");
    // From inside the same branch nothing lies between.
    assert_eq!(value(&db, "let inner", "a"), "resource here 0");
    assert_eq!(value(&db, "let inner", "inner"), "let here 0");
    // From one branch to what is in the other.
    assert_eq!(value(&db, "let inner", "b"), "resource here 0 if Else for Then");
    assert_eq!(value(&db, "resource b", "a"), "resource here 1 if Then");
    assert_eq!(value(&db, "resource b", "b"), "resource here 0");
}

#[test]
fn else_if_is_an_if_inside_else() {
    let db = TestDb::new(
        "stack t {}\nif a {\n} else if b {\n  resource r: AWS::SNS::Topic {}\n} else {\n  resource s: AWS::SNS::Topic {}\n}\noutput o = r\n",
    );
    assert_eq!(value(&db, "output o", "r"), "resource here 0 if Else if Then");
    assert_eq!(value(&db, "output o", "s"), "resource here 0 if Else if Else");
}

#[test]
fn up_counts_turns() {
    let db = TestDb::new(
        "stack t {}
let top = 1
for i, x in xs {
  let mid = 1
  if c {
    for y in ys {
      let deep = 1
    }
  }
  resource r: AWS::SNS::Topic {}
}
",
    );
    assert_eq!(value(&db, "let deep", "y"), "variable 0 up 0");
    assert_eq!(value(&db, "let deep", "i"), "variable 0 up 1");
    assert_eq!(value(&db, "let deep", "x"), "variable 1 up 1");
    assert_eq!(value(&db, "let deep", "mid"), "let here 1");
    assert_eq!(value(&db, "let deep", "r"), "resource here 1");
    assert_eq!(value(&db, "let deep", "top"), "let here 2");
    // The iterable is asked from outside the loop.
    assert_eq!(value(&db, "for", "x"), "nothing");
    assert_eq!(value(&db, "let top", "x"), "nothing");
    let inside = Owner::Decl(db.decl("for"), Branch::Then);
    assert_eq!(shown(&db, inside, Namespace::Value, "x"), "variable 1 up 0");
}

#[test]
fn components_and_functions_see_what_needs_no_input() {
    let db = TestDb::new(
        "stack t {}
input i: Int = 1
param p: String
resource r: AWS::SNS::Topic {}
let free = 1
let also = free + 1
let bound = i
let through = bound
fn f(n: Int): Int = n
type T = Int
component C {
  input own: Int
  resource inner: AWS::SNS::Topic {}
  for x in [1] {
    let asker = 1
  }
}
policy \"p\" {
  let in_policy = 1
}
",
    );
    for asker in ["let asker", "fn f", "let in_policy"] {
        assert_eq!(value(&db, asker, "i"), "hidden input");
        assert_eq!(value(&db, asker, "p"), "hidden param");
        assert_eq!(value(&db, asker, "r"), "hidden resource");
        assert_eq!(value(&db, asker, "bound"), "hidden let");
        assert_eq!(value(&db, asker, "through"), "hidden let");
        assert_eq!(value(&db, asker, "free"), "let module /main.cloud");
        assert_eq!(value(&db, asker, "also"), "let module /main.cloud");
        assert_eq!(value(&db, asker, "f"), "fn module /main.cloud");
        let from = asking_owner(&db, db.decl(asker));
        assert_eq!(shown(&db, from, Namespace::Type, "T"), "type module /main.cloud");
        assert_eq!(shown(&db, from, Namespace::Type, "C"), "component module /main.cloud");
    }
    assert_eq!(value(&db, "let asker", "own"), "input here 1");
    assert_eq!(value(&db, "let asker", "inner"), "resource here 1");
    assert_eq!(value(&db, "let bound", "i"), "input here 0");
    assert_eq!(
        visible_names(&db, Owner::Decl(db.decl("component C"), Branch::Then), Namespace::Value),
        ["also", "f", "free", "inner", "own"]
    );
}

#[test]
fn imports_are_followed() {
    let db = TestDb::new(
        "//- /main.cloud
import \"./lib/net.cloud\" { count, Port as P, missing, secret }
import \"./lib/net.cloud\" as net
import \"./nowhere.cloud\" { x }
import \"std/storage\" { Bucket }
stack t {}
let a = count
component C {
  let inner = 1
}
//- /lib/net.cloud
pub let count = 3
pub type Port = Int(1..=9)
let secret = 1
",
    );
    for asker in ["let a", "let inner"] {
        let from = db.decl(asker).owner(&db);
        assert_eq!(shown(&db, from, Namespace::Value, "count"), "let module /lib/net.cloud imported");
        assert_eq!(shown(&db, from, Namespace::Type, "P"), "type module /lib/net.cloud imported");
        assert_eq!(shown(&db, from, Namespace::Value, "P"), "nothing");
        assert_eq!(shown(&db, from, Namespace::Type, "Port"), "nothing");
        assert_eq!(shown(&db, from, Namespace::Value, "missing"), "bad import");
        assert_eq!(shown(&db, from, Namespace::Value, "secret"), "bad import");
        assert_eq!(shown(&db, from, Namespace::Value, "x"), "bad import");
        assert_eq!(shown(&db, from, Namespace::Value, "net"), "file /lib/net.cloud");
        assert_eq!(shown(&db, from, Namespace::Type, "net"), "file /lib/net.cloud");
        assert_eq!(shown(&db, from, Namespace::Type, "Bucket"), "component module std/storage imported");
    }
    let net = db.file("/lib/net.cloud");
    assert!(module_item(&db, net, Namespace::Value, "count".into()).is_some());
    assert!(module_item(&db, net, Namespace::Value, "secret".into()).is_none());
    assert!(module_private(&db, net, Namespace::Value, "secret".into()).is_some());
}

#[test]
fn files_that_import_each_other_resolve_to_bad_imports() {
    let db = TestDb::new(
        "//- /main.cloud
import \"./a.cloud\" { x }
stack t {}
let o = x
//- /a.cloud
import \"./b.cloud\" { y }
pub let x = y
//- /b.cloud
import \"./a.cloud\" { x }
pub let y = x
",
    );
    assert_eq!(value(&db, "let o", "x"), "let module /a.cloud imported");
    let from = db.decl_in("/a.cloud", "let x").owner(&db);
    assert_eq!(shown(&db, from, Namespace::Value, "y"), "bad import");
}

#[test]
fn members_come_in_order_with_their_lift() {
    let db = TestDb::new(
        "component C {
  input b: Int
  input a: Int
  output z = 1
  if b == 1 {
    output y = 2
    resource r: AWS::SNS::Topic {}
  }
  output x = 3
}
",
    );
    let component = db.decl("component C");
    let owner = Owner::Decl(component, Branch::Then);
    let names: Vec<_> = outputs(&db, owner).iter().map(|(name, _, lift)| (name.as_str(), lift.len())).collect();
    assert_eq!(names, [("z", 0), ("y", 1), ("x", 0)]);
    let names: Vec<_> = inputs(&db, owner).iter().map(|input| input.name(&db).as_str()).collect();
    assert_eq!(names, ["b", "a"]);
    let (found, lift) = find_inner(&db, component, "r".into()).unwrap();
    assert_eq!((found, lift.len()), (db.decl("resource r"), 1));
    assert_eq!(find_inner(&db, component, "a".into()), None);
    assert_eq!(resources(&db, owner).len(), 1);
}

#[test]
fn what_an_import_takes_from_a_stack_must_need_no_input() {
    let db = TestDb::new(
        "//- /main.cloud
import \"./other.cloud\" { free, bound }
stack t {}
let a = 1
//- /other.cloud
stack other {}
input i: Int = 1
pub let free = 1
pub let bound = i
",
    );
    assert_eq!(value(&db, "let a", "free"), "let module /other.cloud imported");
    assert_eq!(value(&db, "let a", "bound"), "bad import");
}

#[test]
fn a_file_that_appears_is_seen() {
    let mut db = TestDb::new("import \"./new.cloud\" { x }\nlet a = x\n");
    assert_eq!(value(&db, "let a", "x"), "bad import");
    db.edit("/new.cloud", "pub let x = 1\n");
    assert_eq!(value(&db, "let a", "x"), "let module /new.cloud imported");
    db.edit("/new.cloud", "import \"./main.cloud\" { a }\npub let x = 1\n");
    assert_eq!(value(&db, "let a", "x"), "bad import");
}
