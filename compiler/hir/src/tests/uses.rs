//! Uses, circles and chains.

use std::fmt::Write;

use super::TestDb;
use crate::uses::*;
use crate::{Decl, refs};

fn circles(db: &TestDb) -> Vec<String> {
    cycle_problems(db, db.main()).iter().map(|it| format!("{} {}", it.code, it.message)).collect()
}

fn messages(text: &str) -> Vec<String> {
    circles(&TestDb::new(text))
}

#[test]
fn uses_say_what_and_under_which_property() {
    let db = TestDb::new(
        "stack t {}
let n = 1
resource a: AWS::SQS::Queue { DelaySeconds: n }
@depends_on(a)
resource b: AWS::SQS::Queue { DelaySeconds: a.DelaySeconds, QueueName: a.QueueName }
output o = [for n in [1]: n]
",
    );
    let shown: Vec<_> = refs(&db, db.decl("resource b"))
        .iter()
        .map(|it| {
            let property = it.property.as_deref().unwrap_or("-");
            format!("{} {property} by {} {:?}", it.decl.name(&db), it.by.as_deref().unwrap_or("-"), it.role)
        })
        .collect();
    assert_eq!(
        shown,
        ["a - by - Attr", "a - by DelaySeconds Value", "a DelaySeconds by DelaySeconds Value", "a - by QueueName Value"]
    );
    // A variable hides the `let`.
    assert!(refs(&db, db.decl("output o")).is_empty());
}

#[test]
fn values_functions_types_and_components_in_circles() {
    assert_eq!(messages("stack t {}\nlet a = b\nlet b = a\n"), ["C0230 `a` is needed to compute itself"]);
    assert_eq!(messages("fn f(n: Int): Int = f(n)\n"), ["C0230 function `f` calls itself"]);
    assert_eq!(
        messages("fn f(n: Int): Int = g(n)\nfn g(n: Int): Int = f(n)\n"),
        ["C0230 function `f` calls itself through others"]
    );
    assert_eq!(messages("type A = [B]\ntype B = A?\n"), ["C0230 type `A` is defined by itself"]);
    assert_eq!(messages("component C {\n  resource c: C {}\n}\n"), ["C0230 component `C` contains itself"]);
    assert_eq!(
        messages("component C {\n  for x in [1] {\n    resource d: D {}\n  }\n}\ncomponent D {\n  resource c: C {}\n}\n"),
        ["C0230 component `C` contains itself"]
    );
    assert_eq!(messages("stack t {}\ninput i: Int = j\ninput j: Int = i\n"), ["C0230 `i` is needed to compute itself"]);
    assert_eq!(messages("fn f(f: Int): Int = f\n"), Vec::<String>::new());
}

#[test]
fn one_error_for_each_circle() {
    let text = "stack t {}\nlet a = b\nlet b = a + c\nlet c = c\nlet d = a\noutput o = d\n";
    let db = TestDb::new(text);
    assert_eq!(circles(&db), ["C0230 `a` is needed to compute itself", "C0230 `c` is needed to compute itself"]);
    assert!(cyclic(&db, db.decl("let d")).is_some(), "leads into a circle");
    assert!(cyclic(&db, db.decl("output o")).is_none());
    let problem = &cycle_problems(&db, db.main())[0];
    let places = problem
        .place(&db)
        .labels
        .iter()
        .map(|label| text[std::ops::Range::<usize>::from(label.range)].to_owned())
        .collect::<Vec<_>>();
    assert_eq!(places, ["b", "a"]);
}

#[test]
fn reading_back_goes_by_property() {
    let fine = "stack t {}
resource a: AWS::X::Y { P: b.Q, S: 1 }
resource b: AWS::X::Y { R: a.S, Q: 2 }
";
    assert_eq!(messages(fine), Vec::<String>::new());
    let circle = "stack t {}
resource a: AWS::X::Y { P: b.Q }
resource b: AWS::X::Y { Q: a.P }
";
    let db = TestDb::new(circle);
    assert_eq!(circles(&db), ["C0230 `a.P` is needed to compute itself"]);
    assert!(cyclic_property(&db, db.decl("resource a"), "P".into()));
    assert!(!cyclic_property(&db, db.decl("resource a"), "Q".into()));
    // Handles and attributes are there before any property is.
    assert_eq!(
        messages("stack t {}\nresource a: AWS::X::Y { P: b, Q: b.Arn }\nresource b: AWS::X::Y { P: a, Q: a.Arn }\n"),
        Vec::<String>::new()
    );
    assert_eq!(messages("stack t {}\nresource a: AWS::X::Y { P: a.Q, Q: 1 }\n"), Vec::<String>::new());
    assert_eq!(messages("stack t {}\nresource a: AWS::X::Y { P: \"${a.P}\" }\n"), ["C0230 `a.P` is needed to compute itself"]);
    let spread = "stack t {}\nlet x = a.P\nresource a: AWS::X::Y { P: 1, ...{ Q: x } }\n";
    assert_eq!(messages(spread), ["C0230 `x` is needed to compute itself"]);
    let through_loop = "stack t {}
for k in [\"u\"] {
  resource a: AWS::X::Y { P: x }
}
let x = [for s in a: s.P]
";
    assert_eq!(messages(through_loop), ["C0230 `x` is needed to compute itself"]);
}

#[test]
fn what_exists_may_not_depend_on_what_it_holds() {
    let text = "stack t {}\nif a.P == 1 {\n  resource a: AWS::X::Y { P: 1 }\n}\n";
    assert_eq!(messages(text), ["C0230 this `if` is needed to compute itself"]);
    let text = "stack t {}\nfor x in xs {\n  resource a: AWS::X::Y { P: x }\n}\nlet xs = a.keys\n";
    assert_eq!(messages(text), ["C0230 this `for` is needed to compute itself"]);
    // Inside the loop its own turn is there already; so is the variable in `by`.
    let text = "stack t {}\nfor x in [1] by x {\n  resource a: AWS::X::Y { P: x }\n  resource b: AWS::X::Y { P: a }\n}\n";
    assert_eq!(messages(text), Vec::<String>::new());
}

/// `x1 = x0`, `x2 = x1`, … written in an order that helps nobody.
fn chain(length: usize) -> String {
    let mut text = "stack t {}\n".to_owned();
    for at in (1..length).rev() {
        writeln!(text, "let x{at} = x{}", at - 1).unwrap();
    }
    text.push_str("let x0 = 0\n");
    text
}

fn deep(db: &TestDb, written: &str) -> (bool, Decl) {
    let decl = db.decl(written);
    (too_deep(db, decl), decl)
}

#[test]
fn a_thousand_in_a_row_pass() {
    let db = TestDb::new(&chain(1_000));
    assert_eq!(circles(&db), Vec::<String>::new());
    assert!(!deep(&db, "let x999").0);
    assert!(crate::input_free(&db, db.decl("let x999")));
}

#[test]
fn one_more_is_one_error() {
    let db = TestDb::new(&chain(1_003));
    assert_eq!(circles(&db), ["C0231 `x1000` ends a chain of more than 1000 declarations"]);
    assert!(!deep(&db, "let x999").0);
    assert!(deep(&db, "let x1000").0);
    assert!(deep(&db, "let x1002").0);
}

#[test]
fn chains_of_read_back_properties_and_long_circles() {
    let mut text = "stack t {}\nresource r0: AWS::X::Y { P: 1 }\n".to_owned();
    for at in 1..=1_000 {
        writeln!(text, "resource r{at}: AWS::X::Y {{ P: r{}.P }}", at - 1).unwrap();
    }
    assert_eq!(messages(&text), ["C0231 `r1000` ends a chain of more than 1000 declarations"]);
    let text = chain(5_000).replace("let x0 = 0", "let x0 = x4999");
    assert_eq!(messages(&text), ["C0230 `x4999` is needed to compute itself"]);
}

#[test]
fn chains_go_on_in_other_files() {
    let lib: String = (1..600).map(|at| format!("pub let x{at} = x{}\n", at - 1)).collect();
    let main: String = (1..600).map(|at| format!("let y{at} = y{}\n", at - 1)).collect();
    let db = TestDb::new(&format!(
        "//- /main.cloud\nimport \"./lib.cloud\" {{ x599 }}\nlet y0 = x599\n{main}//- /lib.cloud\npub let x0 = 0\n{lib}"
    ));
    assert!(!deep(&db, "let y399").0);
    assert!(deep(&db, "let y400").0);
}

#[test]
fn outputs_of_other_stacks_are_uses() {
    let db = TestDb::new(
        "//- /main.cloud
import \"./network.cloud\" as network
stack t {}
output a = network.vpc_id
output b = network.in(\"us-east-1\").zone
//- /network.cloud
stack network {}
output vpc_id = \"v\"
output zone = \"z\"
output other = \"o\"
",
    );
    let names: Vec<_> = foreign_outputs(&db, db.main()).iter().map(|decl| decl.name(&db).as_str()).collect();
    assert_eq!(names, ["vpc_id", "zone"]);
}

#[test]
fn instances_know_their_component() {
    let db = TestDb::new(
        "import \"std/storage\" { Bucket }\nstack t {}\ncomponent C {}\nresource a: Bucket {}\nresource b: C {}\nresource c: AWS::X::Y {}\n",
    );
    assert_eq!(instance_of(&db, db.decl("resource a")), Some(db.decl_in("std/storage", "component Bucket")));
    assert_eq!(instance_of(&db, db.decl("resource b")), Some(db.decl("component C")));
    assert_eq!(instance_of(&db, db.decl("resource c")), None);
}
