//! The typed view gives each part of each construct.

use cloudc_syntax::ast::*;
use cloudc_syntax::{SyntaxNode, parse_file};

fn first<N: AstNode>(node: &SyntaxNode) -> N {
    node.descendants().find_map(N::cast).expect("the node is in the text")
}

fn item<N: AstNode>(text: &str) -> N {
    let parse = parse_file(text);
    assert!(parse.errors().is_empty(), "{:#?}", parse.errors());
    first(&parse.syntax())
}

fn expr(text: &str) -> Expr {
    item::<Let>(&format!("let x = {text}\n")).value().expect("a value")
}

fn text(node: impl AstNode) -> String {
    node.syntax().text().to_string()
}

fn some(node: Option<impl AstNode>) -> String {
    node.map(text).unwrap_or_else(|| "-".to_owned())
}

/// An expression with parentheses around every operation.
fn grouped(e: &Expr) -> String {
    match e {
        Expr::Binary(it) => {
            let side = |it: Option<Expr>| it.map_or("?".to_owned(), |it| grouped(&it));
            format!("({} {} {})", side(it.lhs()), it.op().map_or("?", BinOp::text), side(it.rhs()))
        }
        Expr::Prefix(it) => format!("({:?} {})", it.op().expect("an operator"), grouped(&it.operand().expect("an operand"))),
        Expr::Field(it) => format!("({} . {})", grouped(&it.base().expect("a base")), some(it.name())),
        it => text(it.clone()),
    }
}

#[test]
fn precedence() {
    let check = |text: &str, want: &str| assert_eq!(grouped(&expr(text)), want);
    check("a ?? b ?? c", "((a ?? b) ?? c)");
    check("a || b && c", "(a || (b && c))");
    check("a && b == c < d + e * f", "(a && (b == (c < (d + (e * f)))))");
    check("a - b - c", "((a - b) - c)");
    check("!a && -b.c", "((Not a) && (Neg (b . c)))");
    check("a in b && c", "((a in b) && c)");
    check("a * b % c", "((a * b) % c)");
}

#[test]
fn declarations() {
    let it: Resource = item(
        "/// Doc.\n///  Two.\n@retain(a) @protect\nresource r: AWS::S3::Bucket { A: 1 } with { b: { C: 2 } with { d: {} } }",
    );
    assert_eq!((some(it.name()), some(it.ty()), some(it.body())), ("r".into(), "AWS::S3::Bucket".into(), "{ A: 1 }".into()));
    assert_eq!(it.doc().as_deref(), Some("Doc.\n Two."));
    assert_eq!(it.attrs().map(|it| some(it.name())).collect::<Vec<_>>(), ["retain", "protect"]);
    assert_eq!(some(it.attr("retain").and_then(|it| it.positional(0)).and_then(|it| it.value())), "a");
    let patch = it.with().and_then(|it| it.entries().next()).expect("a patch");
    assert_eq!((some(patch.name()), some(patch.body())), ("b".into(), "{ C: 2 }".into()));
    assert_eq!(some(patch.with().and_then(|it| it.entries().next())), "d: {}");

    let it: Output = item("output id as AWS::EC2::VPC.VpcId: String = vpc.ref");
    assert_eq!(
        (some(it.as_ty()), some(it.ty()), some(it.value())),
        ("AWS::EC2::VPC.VpcId".into(), "String".into(), "vpc.ref".into())
    );
    let it: Output = item("output id as A = b");
    assert_eq!((some(it.as_ty()), some(it.ty())), ("A".into(), "-".into()));

    let it: Import = item("import \"./a.cloud\" { B, C as D }");
    let specs: Vec<_> = it.specs().map(|it| (some(it.name()), some(it.alias()))).collect();
    assert_eq!(specs, [("B".into(), "-".into()), ("C".into(), "D".into())] as [(String, String); 2]);
    assert_eq!(it.path().and_then(|it| it.text()).as_deref(), Some("./a.cloud"));
    assert_eq!(some(item::<Import>("import \"a\" as b").alias()), "b");

    let it: Fn = item("pub fn f(a: Int, b: [T] = []): Int = a");
    assert!(it.is_pub());
    let params: Vec<_> = it.params().map(|it| (some(it.name()), some(it.ty()), some(it.default()))).collect();
    assert_eq!(params[1], ("b".into(), "[T]".into(), "[]".into()));
    assert_eq!((some(it.ret_ty()), some(it.body())), ("Int".into(), "a".into()));

    let it: IfItem = item("if a {\n  let b = 1\n} else if c {\n} else { let d = 2 }");
    assert_eq!((some(it.condition()), it.then_block().map(|it| it.items().count())), ("a".into(), Some(1)));
    assert!(it.else_block().is_none());
    assert_eq!(some(it.else_if().and_then(|it| it.else_block())), "{ let d = 2 }");

    let it: ForItem = item("for i, x in xs.y by x.name { let b = 1 }");
    assert_eq!(it.bindings().map(text).collect::<Vec<_>>(), ["i", "x"]);
    assert_eq!((some(it.iterable()), some(it.by()), some(it.block())), ("xs.y".into(), "x.name".into(), "{ let b = 1 }".into()));

    let it: Moved = item("moved a.b[\"c\"] -> d");
    assert_eq!((some(it.from()), some(it.to())), ("a.b[\"c\"]".into(), "d".into()));
    let it: Assert = item("assert a > b,\n  \"m\"");
    assert_eq!((some(it.condition()), some(it.message())), ("a > b".into(), "\"m\"".into()));
    let it: Env = item("env prod: dev { a: 1 }");
    assert_eq!((some(it.name()), some(it.parent()), some(it.body())), ("prod".into(), "dev".into(), "{ a: 1 }".into()));
    let it: Defaults = item("defaults AWS::* { A: 1 }");
    let Some(Type::Path(path)) = it.ty() else { panic!("a path") };
    assert_eq!(path.segments().map(|it| it.text()).collect::<Vec<_>>(), ["AWS", "*"]);
    let it: Component =
        item("component C {\n  /// In.\n  input a: Int = 1\n  // no doc\n  let b = 2 /// not a doc\n  let c = 3\n}");
    let docs: Vec<_> = it.block().expect("a block").items().map(|it| it.doc()).collect();
    assert_eq!(docs, [Some("In.".to_owned()), None, None]);
}

#[test]
fn types() {
    let ty = |text: &str| item::<TypeAlias>(&format!("type T = {text}")).ty().expect("a type");
    let Type::Path(it) = ty("AWS::EC2::VPC.VpcId") else { panic!("a path") };
    assert_eq!((it.segments().count(), it.members().map(|it| it.text()).collect::<Vec<_>>()), (3, vec!["VpcId".into()]));
    let Type::Refined(it) = ty("String(r\"^a$\", 1..=40)") else { panic!("refined") };
    let args: Vec<_> = it.args().collect();
    assert_eq!(args[0].pattern().and_then(|it| it.text()).as_deref(), Some("^a$"));
    let range = args[1].range().expect("a range");
    assert_eq!((some(range.start()), some(range.end()), range.inclusive()), ("1".into(), "40".into(), true));
    let Type::Refined(it) = ty("Int(..10)") else { panic!("refined") };
    let range = it.args().next().and_then(|it| it.range()).expect("a range");
    assert_eq!((some(range.start()), some(range.end()), range.inclusive()), ("-".into(), "10".into(), false));
    let Type::Union(it) = ty("\"a\" | -1 | [T]?") else { panic!("a union") };
    assert_eq!(it.variants().map(text).collect::<Vec<_>>(), ["\"a\"", "-1", "[T]?"]);
    let Type::Generic(it) = ty("Map<K, Secret<V>>") else { panic!("generic") };
    assert_eq!(
        (some(it.base()), it.args().map(text).collect::<Vec<_>>()),
        ("Map".into(), vec!["K".to_owned(), "Secret<V>".into()])
    );
    let Type::Record(it) = ty("{ a: T, b?: U? }") else { panic!("a record") };
    let fields: Vec<_> = it.fields().map(|it| (some(it.name()), it.optional(), some(it.ty()))).collect();
    assert_eq!(fields, [("a".into(), false, "T".into()), ("b".into(), true, "U?".into())]);
}

#[test]
fn collections_and_choices() {
    let Expr::List(it) = expr("[a if c, ...b, ..., for i, x in xs if x: y]") else { panic!("a list") };
    let elements: Vec<_> = it.elements().collect();
    let (Element::Item(a), Element::Spread(b), Element::Spread(rest), Element::For(f)) =
        (&elements[0], &elements[1], &elements[2], &elements[3])
    else {
        panic!("{elements:?}")
    };
    assert_eq!((some(a.value()), some(a.guard())), ("a".into(), "c".into()));
    assert_eq!((some(b.value()), some(b.guard()), some(rest.value())), ("b".into(), "-".into(), "-".into()));
    assert_eq!(f.bindings().count(), 2);
    assert_eq!((some(f.iterable()), some(f.filter()), some(f.value())), ("xs".into(), "x".into(), "y".into()));

    let Expr::Record(it) = expr("{ a: 1 if c, \"b\": 2, \"${d}\": 3, e, ...f if g }") else { panic!("a record") };
    let entries: Vec<_> = it.entries().collect();
    let keys: Vec<_> = entries
        .iter()
        .filter_map(|it| if let Entry::Field(it) = it { Some((it.key()?.text(), it.is_shorthand())) } else { None })
        .collect();
    assert_eq!(keys, [(Some("a".into()), false), (Some("b".into()), false), (None, false), (Some("e".into()), true)]);
    let Entry::Spread(it) = &entries[4] else { panic!("a spread") };
    assert_eq!((some(it.value()), some(it.guard())), ("f".into(), "g".into()));

    let Expr::Record(it) = expr("{ for k, v in m if v: k: v.w }") else { panic!("a record") };
    let Some(Entry::For(it)) = it.entries().next() else { panic!("a loop") };
    assert_eq!(
        (some(it.iterable()), some(it.filter()), some(it.key_expr()), some(it.value())),
        ("m".into(), "v".into(), "k".into(), "v.w".into())
    );

    let Expr::If(it) = expr("if a { b } else if c { d: 1 } else {}") else { panic!("an if") };
    assert_eq!((some(it.condition()), some(it.then_expr())), ("a".into(), "b".into()));
    let Some(Expr::If(it)) = it.else_expr() else { panic!("an else if") };
    assert!(matches!(it.then_expr(), Some(Expr::Record(_))) && matches!(it.else_expr(), Some(Expr::Record(_))));

    let Expr::Match(it) = expr("match a { \"b\" | -1 | none => c, _ => { d: 1 } }") else { panic!("a match") };
    let arms: Vec<_> = it.arms().collect();
    assert_eq!((some(it.scrutinee()), arms[0].patterns().count(), some(arms[0].body())), ("a".into(), 3, "c".into()));
    assert!(matches!(arms[1].patterns().next(), Some(Pattern::Wildcard(_))));

    let Expr::Call(it) = expr("f.g(1, name: 2)") else { panic!("a call") };
    let args: Vec<_> = it.args().map(|it| (some(it.name()), some(it.value()))).collect();
    assert_eq!(args, [("-".into(), "1".into()), ("name".into(), "2".into())]);
    assert!(matches!(it.callee(), Some(Expr::Field(_))));

    let Expr::Index(it) = expr("a[b]") else { panic!("an index") };
    assert_eq!((some(it.base()), some(it.index())), ("a".into(), "b".into()));
    assert!(matches!(expr("AWS::S3::Bucket"), Expr::Type(_)));
    let kinds = ["1", "1.5", "true", "none", "5m", "5MiB", "10.0.0.0/8"].map(|it| match expr(it) {
        Expr::Literal(it) => it.kind(),
        it => panic!("{it:?}"),
    });
    use LiteralKind as L;
    assert_eq!(kinds, [L::Int, L::Float, L::True, L::None, L::Duration, L::Size, L::Cidr]);
}

#[test]
fn a_line_that_begins_with_a_bracket_is_new() {
    let Expr::List(it) = expr("[\n  a\n  -1\n  [b]\n  (c)\n  d\n    .e\n    + f\n]") else { panic!("a list") };
    assert_eq!(it.elements().count(), 5);
}

#[test]
fn strings() {
    let parts = |text: &str| match expr(text) {
        Expr::String(it) => it
            .parts()
            .into_iter()
            .map(|it| match it {
                StringPart::Text { cooked, .. } => cooked,
                StringPart::Interp { expr, .. } => format!("<{}>", some(expr)),
            })
            .collect::<Vec<_>>(),
        it => panic!("{it:?}"),
    };
    assert_eq!(parts(r#""""#), [""; 0]);
    assert_eq!(parts(r#""a\n\t\"\\\u{e9}""#), ["a\n\t\"\\é"]);
    assert_eq!(parts(r#""a ${b["c"]} $${d} ${"e"}""#), ["a ", "<b[\"c\"]>", " ${d} ", "<\"e\">"]);
    assert_eq!(parts(r#"r"\d${x}""#), ["\\d${x}"]);
    assert_eq!(parts("\"\"\"\n    a\n      ${b} \\n\n\n    c\n    \"\"\""), ["a\n  ", "<b>", " \\n\n\nc\n"]);
    assert_eq!(parts("\"\"\"\n  ${a}\n  \"\"\""), ["<a>", "\n"]);
    assert_eq!(parts("\"\"\"\n  a\"\"\""), ["a"]);
    assert_eq!(parts("\"\"\"\n  \"\"\""), [""; 0]);
    assert_eq!(parts("r\"\"\"\n  \\d\n   ${x}\n  \"\"\""), ["\\d\n ${x}\n"]);
}
