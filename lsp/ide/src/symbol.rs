//! What stands at a place: the one answer behind hover, definition, references, highlight and rename.
//!
//! In: a [`FilePosition`]. Out: the [`Symbol`] there with its range, and from a symbol back to where it is declared.
//! Always: two places name the same thing exactly when their symbols are equal; half-typed code has symbols too.

mod enums;
pub(crate) mod expected;
mod members;
mod names;
mod shape;
pub(crate) mod site;
mod text;
mod types;

use cloudc_base::{File, TextRange, TextSize};
use cloudc_driver::Database;
use cloudc_hir::{Decl, DeclKind, Name};
use cloudc_schema::{Property, Type};
use cloudc_syntax::ast::{self, AstNode};
use cloudc_syntax::{SyntaxKind, SyntaxNode, SyntaxToken};

pub(crate) use self::enums::{listed, user_types};
pub(crate) use self::names::{imported_file, imported_item, inside_quotes, is_path};
use self::site::Site;
pub use self::text::{describe, kind_text, name_of};
use crate::{FilePosition, FileRange};

/// What a place names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Symbol {
    /// A declaration: its own name or any use of it, imports followed. Inputs and outputs of components are these as well.
    Decl(Decl),
    /// An import, or a name in its braces, that leads nowhere.
    BadImport(Decl),
    /// A module, and the import that gives it its name here; none on the path itself.
    Module {
        /// What is imported.
        file: File,
        /// `import "…" as net`.
        import: Option<Decl>,
    },
    /// A variable of a `for` around declarations.
    LoopVar {
        /// The `for`.
        decl: Decl,
        /// Which of its variables.
        index: u32,
    },
    /// A variable of a comprehension.
    Local {
        /// The declaration it stands in.
        decl: Decl,
        /// Its name.
        name: Name,
        /// Where it is bound.
        place: FileRange,
    },
    /// A parameter of a function; also its name before an argument.
    FnParam {
        /// The function.
        decl: Decl,
        /// Which of its parameters.
        index: u32,
    },
    /// A resource type of the schema.
    ResourceType(Type),
    /// A `Custom::` type, or one the schema does not know.
    CustomType(Name),
    /// `AWS::EC2::VPC.VpcId`: an identifier, attribute, property or nested definition named as a type.
    TypeMember {
        /// Of which type.
        ty: Type,
        /// Its dotted name.
        name: Name,
    },
    /// A property of a resource type, as a key or read back.
    Property {
        /// The type the path starts at; none for a nested definition used on its own.
        ty: Option<Type>,
        /// Names from the type's own property inwards, lists and maps skipped.
        path: Vec<Name>,
        /// The property.
        property: Property,
        /// The resource that writes it.
        of: Option<Decl>,
    },
    /// What `Fn::GetAtt` reads.
    Attribute {
        /// Of which type.
        ty: Type,
        /// Its dotted name.
        name: Name,
    },
    /// A field of a record.
    Field {
        /// Its name.
        name: Name,
        /// Where it is declared: in a record type, or as the key of the record itself.
        place: FileRange,
    },
    /// Something built in: `range`, `aws`, `aws.region`, `stack.name`, `.split`, `.ref`, `@allow.reason`, `subnets.host_bits`.
    Builtin(Name),
    /// A built-in type: `String`, `Map`.
    TypeName(&'static str),
    /// `@name`.
    Attr(Name),
    /// A setting of `stack`, `project` or `env`.
    Setting {
        /// Which of them.
        of: DeclKind,
        /// Its name.
        name: Name,
    },
    /// Text where only certain texts fit.
    EnumValue {
        /// The text.
        value: Name,
        /// What it is written for: a property, an input, a type.
        of: Option<Box<Symbol>>,
    },
    /// A path to a file, in `file("…")` and its like.
    Path {
        /// As written.
        written: Name,
        /// Normalised; none when it leaves the project.
        path: Option<Name>,
    },
    /// A keyword.
    Keyword(&'static str),
}

/// A symbol where it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What is written, without quotes and dots around it.
    pub range: TextRange,
    /// What it names.
    pub symbol: Symbol,
    /// How it is named here.
    pub mention: Mention,
    /// The name in the braces of an import through which it is known here.
    pub import: Option<Decl>,
}

/// How a symbol is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mention {
    /// Where it is declared.
    Declaration,
    /// A key or a named argument: it gets a value here.
    Write,
    /// It is used.
    Read,
    /// `{ name }`: a key and a use at once.
    Shorthand,
    /// In the braces of an import, the name as the module says it.
    Import,
    /// The name that an import gives it here.
    Alias,
}

/// What stands at a place. Between two tokens both are tried, names first.
pub fn symbol_at(db: &Database, at: FilePosition) -> Option<Found> {
    let site = Site::at(db, at)?;
    site.tokens(at.offset).iter().find_map(|token| of_token(&site, token))
}

/// The symbol of a token.
pub(crate) fn of_token(site: &Site<'_>, token: &SyntaxToken) -> Option<Found> {
    let parent = token.parent()?;
    match (token.kind(), parent.kind()) {
        (_, SyntaxKind::Name) => names::of_name(site, &parent),
        (SyntaxKind::StringText | SyntaxKind::StringStart | SyntaxKind::StringEnd, SyntaxKind::StringExpr) => {
            names::of_string(site, &parent)
        }
        (SyntaxKind::At, SyntaxKind::Attr) => names::of_name(site, ast::Attr::cast(parent)?.name()?.syntax()),
        (SyntaxKind::Colon2, SyntaxKind::PathType) => types::of_path(site, &ast::PathType::cast(parent)?, None),
        (kind, _) if kind.is_keyword() => {
            let word = keyword(token.text())?;
            Some(found(site, token.text_range(), Symbol::Keyword(word), Mention::Read))
        }
        _ => None,
    }
}

/// What the key of a shorthand names: in `{ name }` the other thing besides the value.
pub(crate) fn shorthand_key(db: &Database, at: FilePosition) -> Option<Symbol> {
    let site = Site::at(db, at)?;
    let name = site.tokens(at.offset).first()?.parent().filter(|it| it.kind() == SyntaxKind::Name)?;
    let field = name.parent().and_then(ast::Field::cast).filter(ast::Field::is_shorthand)?;
    expected::key_symbol(&site, &field.syntax().parent()?, &text_of(&name), name.text_range())
}

/// Where a symbol is declared; none for what is built in.
pub fn declaration_range(db: &Database, symbol: &Symbol) -> Option<FileRange> {
    match symbol {
        Symbol::Decl(decl) => Some(site::name_range(db, *decl)),
        Symbol::Module { file, .. } => Some(FileRange { file: *file, range: TextRange::default() }),
        Symbol::LoopVar { decl, index } => names::loop_variable(db, *decl, *index),
        Symbol::Local { place, .. } | Symbol::Field { place, .. } => Some(*place),
        Symbol::FnParam { decl, index } => {
            let anchor = cloudc_hir::Anchor { decl: *decl, part: cloudc_hir::Part::FnParam(*index) };
            let (file, range) = anchor.locate(db);
            Some(FileRange { file, range })
        }
        Symbol::Property { path, of: Some(decl), .. } => expected::written_key(db, *decl, path),
        Symbol::EnumValue { value, of: Some(of) } => match &**of {
            Symbol::Decl(decl) => listed(db, *decl, value).map(|(_, place)| place),
            of => declaration_range(db, of),
        },
        _ => None,
    }
}

/// All of a declaration, its name's surroundings included; for what an editor highlights around [`declaration_range`].
pub fn full_range(db: &Database, symbol: &Symbol) -> Option<FileRange> {
    match symbol {
        Symbol::Decl(decl) => Some(site::whole_range(db, *decl)),
        Symbol::Module { file, .. } => Some(FileRange { file: *file, range: TextRange::up_to(TextSize::of(file.text(db))) }),
        _ => declaration_range(db, symbol),
    }
}

fn found(site: &Site<'_>, range: TextRange, symbol: Symbol, mention: Mention) -> Found {
    Found { range: site.range(range).range, symbol, mention, import: None }
}

/// A word of the language, for as long as the program runs.
fn keyword(text: &str) -> Option<&'static str> {
    const WORDS: [&str; 31] = [
        "import",
        "input",
        "param",
        "let",
        "resource",
        "existing",
        "output",
        "component",
        "fn",
        "type",
        "defaults",
        "moved",
        "forget",
        "assert",
        "policy",
        "test",
        "stack",
        "project",
        "env",
        "pub",
        "if",
        "else",
        "for",
        "in",
        "by",
        "as",
        "with",
        "match",
        "true",
        "false",
        "none",
    ];
    WORDS.into_iter().find(|word| *word == text)
}

/// The name that a node is, as text.
fn text_of(name: &SyntaxNode) -> Name {
    name.first_token().map(|token| Name::new(token.text())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::open;

    /// What stands at the cursor, its range and mention, and where it is declared.
    fn check_symbol(text: &str, expected: &str) {
        let fixture = open(text);
        let db = &fixture.db;
        let at = fixture.position();
        let Some(found) = symbol_at(db, at) else {
            assert_eq!("nothing", expected, "{text}");
            return;
        };
        let slice = |place: FileRange| &place.file.text(db)[std::ops::Range::<usize>::from(place.range)];
        let written = slice(FileRange { file: at.file, range: found.range });
        let declared = declaration_range(db, &found.symbol).map(|place| {
            let line = place.file.text(db)[..usize::from(place.range.start())].matches('\n').count() + 1;
            format!("{}:{line} {}", place.file.path(db), slice(place))
        });
        let told = format!(
            "{written} | {} | {:?} | {}",
            describe(db, &found.symbol),
            found.mention,
            declared.unwrap_or_else(|| "-".to_owned())
        );
        assert_eq!(told, expected, "{text}");
    }

    #[test]
    fn declarations_and_their_uses() {
        check_symbol("let a$0b = 1\n", "ab | let `ab` | Declaration | /main.cloud:1 ab");
        check_symbol("let ab = 1\nlet c = $0ab + 1\n", "ab | let `ab` | Read | /main.cloud:1 ab");
        check_symbol("let ab = 1\nlet c = ab$0\n", "ab | let `ab` | Read | /main.cloud:1 ab");
        check_symbol("// größe €\nlet ab = \"ö\"\nlet c = \"ä€${a$0b}\"\n", "ab | let `ab` | Read | /main.cloud:2 ab");
        check_symbol("le$0t ab = 1\n", "let | keyword `let` | Read | -");
        check_symbol("let ab = 1 $0 \n", "nothing");
        check_symbol("$0", "nothing");
    }

    #[test]
    fn through_imports() {
        let net = "\n//- /net.cloud\npub component Vpc {\n  input cidr: Cidr\n  resource vpc: AWS::EC2::VPC { CidrBlock: cidr }\n  output id = vpc.ref\n}\n";
        let check = |main: &str, expected: &str| check_symbol(&format!("//- /main.cloud\n{main}{net}"), expected);
        let vpc = "component `Vpc`";
        check("import \"./net.cloud\" { V$0pc }", &format!("Vpc | {vpc} | Import | /net.cloud:1 Vpc"));
        check("import \"./net.cloud\" { Vpc as N$0et }", &format!("Net | {vpc} | Alias | /net.cloud:1 Vpc"));
        check("import \"./net.cloud\" { Vpc as Net }\nresource v: N$0et {}", &format!("Net | {vpc} | Read | /net.cloud:1 Vpc"));
        check("import \"./net.cloud\" as net\nresource v: net.V$0pc {}", &format!("Vpc | {vpc} | Read | /net.cloud:1 Vpc"));
        check("import \"./net.cloud\" as net\nresource v: n$0et.Vpc {}", "net | module `net` | Read | /net.cloud:1 ");
        check("import \"./ne$0t.cloud\" as net", "./net.cloud | module `/net.cloud` | Read | /net.cloud:1 ");
        let input = "input `cidr` of component `Vpc`";
        check(
            "import \"./net.cloud\" { Vpc }\nresource v: Vpc { ci$0dr: 10.0.0.0/16 }",
            &format!("cidr | {input} | Write | /net.cloud:2 cidr"),
        );
        let output = "output `id` of component `Vpc`";
        check(
            "import \"./net.cloud\" { Vpc }\nresource v: Vpc { cidr: 10.0.0.0/16 }\nlet x = v.i$0d",
            &format!("id | {output} | Read | /net.cloud:4 id"),
        );
        check(
            "import \"./net.cloud\" { Vpc }\nresource v: Vpc { cidr: 10.0.0.0/16 } with { vp$0c: {} }",
            "vpc | resource `vpc` of component `Vpc` | Write | /net.cloud:3 vpc",
        );
        check(
            "import \"./net.cloud\" { Vpc }\nresource v: Vpc { cidr: 10.0.0.0/16 } with { vpc: { Cidr$0Block: 10.1.0.0/16 } }",
            "CidrBlock | property `CidrBlock` of `AWS::EC2::VPC` | Write | /net.cloud:3 CidrBlock",
        );
        check("import \"./net.cloud\" { Nop$0e }", "Nope | import `Nope` | Import | -");
    }

    #[test]
    fn variables() {
        check_symbol("let a = [for x in [1]: $0x]", "x | variable `x` | Read | /main.cloud:1 x");
        check_symbol("let x = [1]\nlet a = [for x in $0x: x]", "x | let `x` | Read | /main.cloud:1 x");
        check_symbol(
            "fn f(one: Int, two: Int = 1): Int = one + t$0wo",
            "two | parameter `two` of function `f` | Read | /main.cloud:1 two",
        );
        check_symbol(
            "fn f(one: Int): Int = one\nlet a = f(o$0ne: 1)",
            "one | parameter `one` of function `f` | Write | /main.cloud:1 one",
        );
        check_symbol(
            "for k, v in { a: 1 } {\n  resource q: AWS::SQS::Queue { DelaySeconds: v$0 }\n}",
            "v | loop variable `v` | Read | /main.cloud:1 v",
        );
        check_symbol("for it in [{ n: \"a\" }] by i$0t.n {\n}", "it | loop variable `it` | Read | /main.cloud:1 it");
        check_symbol("let a = 1\nlet r = { $0a }", "a | let `a` | Shorthand | /main.cloud:1 a");
    }

    #[test]
    fn resources_and_the_schema() {
        check_symbol("resource b: AWS::S3$0::Bucket {}", "AWS::S3::Bucket | resource type `AWS::S3::Bucket` | Read | -");
        check_symbol("resource b: AWS::S3::Nope$0 {}", "AWS::S3::Nope | resource type `AWS::S3::Nope` | Read | -");
        let of = "of `AWS::S3::Bucket`";
        check_symbol(
            "resource b: AWS::S3::Bucket { VersioningConfiguration: { St$0atus: \"Enabled\" } }",
            &format!("Status | property `Status` {of} | Write | /main.cloud:1 Status"),
        );
        check_symbol(
            "resource b: AWS::S3::Bucket { VersioningConfiguration: { Status: \"En$0abled\" } }",
            "Enabled | value `Enabled` | Read | /main.cloud:1 Status",
        );
        check_symbol(
            "resource b: AWS::S3::Bucket { BucketName: \"x\" }\nlet a = b.Bucket$0Name",
            &format!("BucketName | property `BucketName` {of} | Read | /main.cloud:1 BucketName"),
        );
        check_symbol(
            "resource b: AWS::S3::Bucket {}\nlet a = b.A$0rn",
            &format!("Arn | attribute of a resource `Arn` {of} | Read | -"),
        );
        check_symbol("resource b: AWS::S3::Bucket {}\nlet a = b.r$0ef", "ref | built-in `.ref` | Read | -");
        let address = "Endpoint.Address | attribute of a resource `Endpoint.Address` of `AWS::RDS::DBInstance` | Read | -";
        check_symbol("resource d: AWS::RDS::DBInstance {}\nlet a = d.End$0point.Address", address);
        check_symbol("resource d: AWS::RDS::DBInstance {}\nlet a = d.Endpoint.Addr$0ess", address);
        check_symbol(
            "let v: AWS::EC2::VPC.Vpc$0Id = \"vpc-1\"",
            "VpcId | part of a resource type `VpcId` of `AWS::EC2::VPC` | Read | -",
        );
        check_symbol(
            "for i in range(2) {\n  resource b: AWS::S3::Bucket { BucketName: \"x\" }\n}\nlet a = b[0].Bucket$0Name",
            &format!("BucketName | property `BucketName` {of} | Read | /main.cloud:2 BucketName"),
        );
        let moved = "\nresource v: V {}\nmoved v.old -> v.n$0ew\ncomponent V {\n  resource new: AWS::SQS::Queue {}\n}";
        check_symbol(moved, "new | resource `new` of component `V` | Read | /main.cloud:5 new");
        check_symbol("@re$0tain\nresource b: AWS::S3::Bucket {}", "retain | attribute `retain` | Read | -");
    }

    #[test]
    fn fields_of_records() {
        check_symbol("let c = { nodes: 1 }\nlet a = c.no$0des", "nodes | field `nodes` | Read | /main.cloud:1 nodes");
        check_symbol("type C = { nodes: Int }\nlet c: C = { no$0des: 1 }", "nodes | field `nodes` | Write | /main.cloud:1 nodes");
        check_symbol(
            "type C = { nodes: Int }\nlet c: [C] = [{ nodes: 1 }]\nlet a = [for x in c: x.no$0des]",
            "nodes | field `nodes` | Read | /main.cloud:1 nodes",
        );
        check_symbol(
            "let base = { nodes: 1 }\nlet c = { ...base }\nlet a = c.no$0des",
            "nodes | field `nodes` | Read | /main.cloud:1 nodes",
        );
        check_symbol("let c = [{ n: 1 }, { n: 2, m: 3 }]\nlet a = [for x in c: x.$0n]", "n | field `n` | Read | /main.cloud:1 n");
        check_symbol("let c = [\n{ n: 1 },\n{ $0n: 2 }]", "n | field `n` | Write | /main.cloud:2 n");
        check_symbol("let a = c.$0x\nlet c = c", "nothing");
    }

    #[test]
    fn what_is_built_in() {
        check_symbol("let a = aws.re$0gion", "region | built-in `aws.region` | Read | -");
        check_symbol("let a = ran$0ge(3)", "range | built-in `range` | Read | -");
        check_symbol("let a = \"a,b\".spl$0it(\",\")", "split | built-in `.split` | Read | -");
        check_symbol("let a: Str$0ing = \"\"", "String | built-in type `String` | Read | -");
        check_symbol("stack s { re$0gion: \"eu-west-1\" }", "region | setting `region` | Write | -");
        check_symbol("let a = file(\"x$0.sh\")", "x.sh | path `x.sh` | Read | -");
    }

    #[test]
    fn half_typed() {
        check_symbol(
            "let ab = 1\nresource b: AWS::S3::Bucket {\n  BucketName: a$0b\n",
            "ab | let `ab` | Read | /main.cloud:1 ab",
        );
        check_symbol("let ab = 1\nlet c = (a$0b", "ab | let `ab` | Read | /main.cloud:1 ab");
        check_symbol("resource b: AWS::S3::Bucket {\n  Buck$0etName", "nothing");
        check_symbol("resource b: AWS::S3::Bucket {}\nlet a = b.$0", "nothing");
        check_symbol("output x = no$0pe", "nothing");
    }

    #[test]
    fn no_offset_of_a_broken_text_panics() {
        let text = "import \"./x\" { a as\nresource b: Nope { A: [for x in b if: , ${ \"é${b.c\" } with { x: { \n@id(\nfor in by {\nfn f(a = f(a: \n";
        for end in (0..=text.len()).filter(|end| text.is_char_boundary(*end)) {
            let fixture = open(&text[..end]);
            for offset in 0..=end {
                let Some(file) = fixture.files.first().copied() else { continue };
                let at = FilePosition { file, offset: (offset as u32).into() };
                if let Some(found) = symbol_at(&fixture.db, at) {
                    declaration_range(&fixture.db, &found.symbol);
                    describe(&fixture.db, &found.symbol);
                }
            }
        }
    }
}
