//! What bodies say.

use super::TestDb;
use crate::body::*;
use crate::{Body, Decl, Part, body, body_map, chunk_of, lower_problems};

/// An expression on one line, with its desugaring visible.
fn shown(body: &Body, id: ExprId) -> String {
    let list = |ids: Vec<String>| ids.join(", ");
    let guard = |guard: &Option<ExprId>| guard.map_or(String::new(), |id| format!(" if {}", shown(body, id)));
    match body.expr(id) {
        Expr::Missing => "?".into(),
        Expr::Literal(literal) => format!("{literal:?}"),
        Expr::Interp(parts) => {
            let parts = parts.iter().map(|part| match part {
                StrPart::Text(text) => format!("{text:?}"),
                StrPart::Hole(id) => shown(body, *id),
            });
            format!("interp({})", list(parts.collect()))
        }
        Expr::Name(name) => name.to_string(),
        Expr::TypePath(ty) => format!("{:?}", body.ty(*ty)),
        Expr::Field { base, name, optional } => {
            format!("{}{}{name}", shown(body, *base), if *optional { "?." } else { "." })
        }
        Expr::Index { base, index } => format!("{}[{}]", shown(body, *base), shown(body, *index)),
        Expr::Call { callee, args } => {
            let args = args.iter().map(|arg| match &arg.name {
                Some(name) => format!("{name}: {}", shown(body, arg.value)),
                None => shown(body, arg.value),
            });
            format!("{}({})", shown(body, *callee), list(args.collect()))
        }
        Expr::Not(id) => format!("!{}", shown(body, *id)),
        Expr::Neg(id) => format!("-{}", shown(body, *id)),
        Expr::Binary { op, lhs, rhs } => format!("({} {op:?} {})", shown(body, *lhs), shown(body, *rhs)),
        Expr::If { condition, then, otherwise } => {
            format!("if {} {} else {}", shown(body, *condition), shown(body, *then), shown(body, *otherwise))
        }
        Expr::Match { scrutinee, arms } => {
            let arms = arms.iter().map(|arm| format!("{:?} => {}", arm.patterns, shown(body, arm.body)));
            format!("match {} {{ {} }}", shown(body, *scrutinee), list(arms.collect()))
        }
        Expr::List(elements) => {
            let elements = elements.iter().map(|element| match element {
                Element::Item { value, guard: g } => format!("{}{}", shown(body, *value), guard(g)),
                Element::Spread { value, guard: g } => format!("...{}{}", shown(body, *value), guard(g)),
                Element::For { bindings, iterable, filter, value } => {
                    format!("for {bindings:?} in {}{}: {}", shown(body, *iterable), guard(filter), shown(body, *value))
                }
            });
            format!("[{}]", list(elements.collect()))
        }
        Expr::Record(entries) => {
            let entries = entries.iter().map(|entry| match entry {
                Entry::Field { key: Key::Text(key), value, guard: g, .. } => {
                    format!("{key}: {}{}", shown(body, *value), guard(g))
                }
                Entry::Field { key: Key::Computed(key), value, guard: g, .. } => {
                    format!("[{}]: {}{}", shown(body, *key), shown(body, *value), guard(g))
                }
                Entry::Spread { value, guard: g } => format!("...{}{}", shown(body, *value), guard(g)),
                Entry::For { bindings, iterable, filter, key, value } => {
                    let (key, value) = (shown(body, *key), shown(body, *value));
                    format!("for {bindings:?} in {}{}: {key}: {value}", shown(body, *iterable), guard(filter))
                }
            });
            format!("{{{}}}", list(entries.collect()))
        }
    }
}

/// The value of `let x = …`.
fn value(text: &str) -> String {
    let db = TestDb::new(&format!("let x = {text}\n"));
    let body = body(&db, db.decl("let x"));
    match body.parts {
        Parts::Value { value: Some(value), .. } => shown(body, value),
        _ => "no value".into(),
    }
}

fn text_at(db: &TestDb, decl: Decl, part: Part) -> String {
    let range = body_map(db, decl).range(part) + chunk_of(db, decl).unwrap().offset(db);
    db.main().text(db)[std::ops::Range::<usize>::from(range)].to_owned()
}

#[test]
fn literals() {
    assert_eq!(value("1_000"), "Int(1000)");
    assert_eq!(value("0.5"), "Float(0.5)");
    assert_eq!(value("30s"), "Duration(30000)");
    assert_eq!(value("7d"), "Duration(604800000)");
    assert_eq!(value("512MiB"), "Size(536870912)");
    assert_eq!(value("20GB"), "Size(21474836480)");
    assert_eq!(value("10.20.0.0/16"), "Cidr(\"10.20.0.0/16\")");
    assert_eq!(value("none"), "None");
    assert_eq!(value("true"), "Bool(true)");
    assert_eq!(value("-5"), "-Int(5)");
    assert_eq!(value("\"\""), "Str(\"\")");
    assert_eq!(value("\"a\\tb\""), "Str(\"a\\tb\")");
    assert_eq!(value("r\"a\\tb\""), "Str(\"a\\\\tb\")");
}

#[test]
fn text_with_holes() {
    assert_eq!(value("\"a ${x.y} b\""), "interp(\"a \", x.y, \" b\")");
    assert_eq!(value("\"$${x}\""), "Str(\"${x}\")");
}

#[test]
fn operators_and_parentheses() {
    assert_eq!(value("(a + 2) * b"), "((a Add Int(2)) Mul b)");
    assert_eq!(value("a in [1]"), "(a In [Int(1)])");
    assert_eq!(value("a?.b ?? !c"), "(a?.b Coalesce !c)");
    assert_eq!(value("f(1, by: x)[0]"), "f(Int(1), by: x)[Int(0)]");
}

#[test]
fn choice() {
    assert_eq!(value("if c { 1 } else { x: 2 }"), "if c Int(1) else {x: Int(2)}");
    assert_eq!(
        value("match s { \"a\" | none => 1, -1 => 2, _ => 3 }"),
        "match s { [Literal(Str(\"a\")), Literal(None)] => Int(1), [Literal(Int(-1))] => Int(2), [Wildcard] => Int(3) }"
    );
}

#[test]
fn collections() {
    assert_eq!(value("[a, b if c, ...d, for x in e if f: g]"), "[a, b if c, ...d, for [\"x\"] in e if f: g]");
    assert_eq!(
        value("{ name, \"k\": 1, \"${a}:b\": 2, ...c if d }"),
        "{name: name, k: Int(1), [interp(a, \":b\")]: Int(2), ...c if d}"
    );
    assert_eq!(value("{ for k, v in m: k: v }"), "{for [\"k\", \"v\"] in m: k: v}");
}

#[test]
fn types() {
    let db = TestDb::new(
        "type A = { a: [String], b?: Map<Int, AWS::EC2::VPC.VpcId> | \"x\" | -1 }\ntype B = Int(0..10)\ntype C = String(r\"^a$\", 1..=40)\ntype D = Float(..=1.5)?\n",
    );
    let ty = |name: &str| {
        let body = body(&db, db.decl(name));
        match body.parts {
            Parts::Type { ty: Some(ty) } => body.ty(ty).clone(),
            _ => TypeRef::Missing,
        }
    };
    let TypeRef::Record(fields) = ty("type A") else { panic!() };
    assert_eq!(fields.iter().map(|field| (field.name.as_str(), field.optional)).collect::<Vec<_>>(), [("a", false), ("b", true)]);
    let refined = |name: &str| match ty(name) {
        TypeRef::Refined { refinements, .. } => refinements,
        other => panic!("{other:?}"),
    };
    assert_eq!(refined("type B"), [Refinement::Range { start: Some(0.0), end: Some(9.0) }]);
    let range = Refinement::Range { start: Some(1.0), end: Some(40.0) };
    assert_eq!(refined("type C"), [Refinement::Pattern("^a$".into()), range]);
    assert!(matches!(ty("type D"), TypeRef::Optional(_)));
    let a = body(&db, db.decl("type A"));
    assert!(a.types.contains(&TypeRef::Path { path: "AWS::EC2::VPC".into(), members: vec!["VpcId".into()] }));
    assert!(a.types.contains(&TypeRef::Literal(Literal::Int(-1))));
}

#[test]
fn parts_of_declarations() {
    let db = TestDb::new(
        "/// Kept.
/// Two lines.
@retain(stage == \"prod\") @id(\"X\")
resource r: Bucket { a: 1 } with {
  @retain
  inner: { b: 2 }
}
output o as AWS::EC2::VPC.VpcId: String = r
pub fn f(a: Int, b: Int = 2): Int = a
for k, v in m by v.name {
  existing e: AWS::EC2::VPC = \"vpc-1\"
}
env prod: dev { account: \"1\" }
assert a > 1, \"message\"
moved a.b -> c
import \"./x.cloud\" { A as B, c }
",
    );
    let r = db.decl("resource r");
    let said = body(&db, r);
    assert_eq!(said.doc.as_deref(), Some("Kept.\nTwo lines."));
    assert_eq!(said.attrs.iter().map(|attr| attr.name.as_str()).collect::<Vec<_>>(), ["retain", "id"]);
    let Parts::Resource { ty: Some(_), body: Some(record), with } = &said.parts else { panic!("{:?}", said.parts) };
    assert_eq!(shown(said, *record), "{a: Int(1)}");
    assert_eq!(
        (with[0].name.as_str(), with[0].attrs.len(), shown(said, with[0].body.unwrap()).as_str()),
        ("inner", 1, "{b: Int(2)}")
    );
    assert_eq!(text_at(&db, r, Part::Expr(with[0].anchor)), "inner");
    assert_eq!(text_at(&db, r, Part::Name), "r");
    assert_eq!(text_at(&db, r, Part::Attr(1)), "@id(\"X\")");
    assert!(text_at(&db, r, Part::Whole).starts_with("resource r"));

    let o = body(&db, db.decl("output o"));
    assert!(matches!(o.parts, Parts::Value { ty: Some(_), as_ty: Some(_), value: Some(_) }));
    let f = body(&db, db.decl("fn f"));
    assert!(f.is_pub);
    assert!(matches!(&f.parts, Parts::Fn { params, ret: Some(_), value: Some(_) } if params[1].default.is_some()));
    assert_eq!(text_at(&db, db.decl("fn f"), Part::FnParam(1)), "b");
    assert!(text_at(&db, db.decl("fn f"), Part::Whole).starts_with("pub fn"));
    let turns = body(&db, db.decl("for"));
    assert!(matches!(&turns.parts, Parts::For { bindings, iterable: Some(_), by: Some(_) } if bindings.len() == 2));
    assert_eq!(text_at(&db, db.decl("for"), Part::Name), "for");
    assert!(matches!(&body(&db, db.decl("env prod")).parts, Parts::Settings { parent: Some(name), .. } if name == "dev"));
    assert!(matches!(body(&db, db.decl("assert")).parts, Parts::Assert { condition: Some(_), message: Some(_) }));
    assert!(matches!(body(&db, db.decl("moved")).parts, Parts::Moved { from: Some(_), to: Some(_) }));
    let item = body(&db, db.decl("import B"));
    assert!(matches!(&item.parts, Parts::ImportItem { name, path: Some(path) } if name == "A" && path == "./x.cloud"));
    assert!(matches!(&body(&db, db.decl("import")).parts, Parts::Import { path: Some(path) } if path == "./x.cloud"));
}

#[test]
fn ranges_lead_back() {
    let text = "let x = { key: (a + b), other }\n";
    let db = TestDb::new(text);
    let x = db.decl("let x");
    let map = body_map(&db, x);
    for (inner, wanted) in [("key", "key"), ("a +", "a"), ("b)", "b"), ("other", "other"), ("+ b", "a + b")] {
        let at = (text.find(inner).unwrap() as u32).into();
        let found = map.expr_at(at).unwrap();
        assert_eq!(text_at(&db, x, Part::Expr(found)), wanted, "at {inner}");
    }
    // A shorthand is found as the name it reads, not as its key.
    let found = map.expr_at((text.find("other").unwrap() as u32 + 1).into()).unwrap();
    assert_eq!(body(&db, x).expr(found), &Expr::Name("other".into()));
    assert_eq!(text_at(&db, x, Part::Expr(ExprId(999))), "x");
}

#[test]
fn what_is_wrong_with_literals_and_keys() {
    let db = TestDb::new(
        "let x = { a: 1, b: 2, a: 3, ...c, a: 4 }\nlet y = 9_000_000_000_000_000_000d\nfn f(a: Int, a: Int): Int = [for i, i in a: i]\n",
    );
    let codes = |name: &str| lower_problems(&db, db.decl(name)).iter().map(|it| it.code.0).collect::<Vec<_>>();
    assert_eq!(codes("let x"), ["C0206"]);
    assert_eq!(codes("let y"), ["C0204"]);
    assert_eq!(codes("fn f"), ["C0207", "C0207"]);
    let x = db.decl("let x");
    let problem = &lower_problems(&db, x)[0];
    let diagnostic = problem.place(&db);
    assert_eq!(usize::from(diagnostic.range.start()), "let x = { a: 1, b: 2, ".len());
    assert_eq!(usize::from(diagnostic.labels[0].range.start()), "let x = { ".len());
}

#[test]
fn half_typed_code_is_lowered() {
    for text in
        ["let x =", "let x = a.", "let x = f(", "resource", "resource r: ", "for", "if", "let x = [a, ", "@", "fn f(", "import"]
    {
        let db = TestDb::new(text);
        for decl in crate::all_declarations(&db, db.main()) {
            body(&db, *decl);
            body_map(&db, *decl);
        }
    }
}
