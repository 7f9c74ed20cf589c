//! What an editor writes between the words: types that are not written, the names of arguments, what constants come to.
//!
//! In: a part of a file, what is wanted. Out: [`InlayHint`]s in order. Always: only declarations in that part are looked at; what is
//! unknown, broken or plain to see has no hint, and a secret has none.

use cloudc_base::{TextRange, TextSize};
use cloudc_driver::{Database, Target};
use cloudc_eval::{Frame, Node, Site, Value};
use cloudc_hir::body::{Entry, Expr, Parts};
use cloudc_hir::{Decl, DeclKind, ExprId, Namespace, Part, Resolution, asking_owner, resolve};
use cloudc_syntax::ast::{self, AstNode};
use cloudc_syntax::{SyntaxKind as K, SyntaxNode};
use cloudc_types::{Kind, Ty};
use rustc_hash::FxHashMap;

use crate::FileRange;
use crate::actions::written_type;
use crate::near::{Near, expr_in, within};

/// Which hints are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InlayOptions {
    /// Types of `let`, `output`, `input` and `param` without one, and of loop variables.
    pub types: bool,
    /// Names of the parameters that arguments are for.
    pub parameter_names: bool,
    /// What `let`s and properties come to when that is known.
    pub values: bool,
    /// Blocks of addresses that were computed.
    pub blocks: bool,
}

impl Default for InlayOptions {
    fn default() -> Self {
        InlayOptions { types: true, parameter_names: true, values: true, blocks: true }
    }
}

/// What a hint tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InlayKind {
    /// A type.
    Type,
    /// The name of a parameter.
    Parameter,
    /// A value.
    Value,
}

/// Something to show between the words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InlayHint {
    /// Where.
    pub offset: TextSize,
    /// What, with its own signs and without space around.
    pub label: String,
    /// What it tells.
    pub kind: InlayKind,
    /// Whether a space belongs before it.
    pub space_before: bool,
    /// Whether a space belongs after it.
    pub space_after: bool,
    /// The text that makes it part of the program, if it can be.
    pub insert: Option<String>,
    /// All of it, when the label is cut short.
    pub tooltip: Option<String>,
}

/// Characters of a label.
const WIDTH: usize = 40;
/// Elements of a list that are shown, and turns of a loop.
const SOME: usize = 3;

/// The hints in a part of a file.
pub fn inlay_hints(db: &Database, part: FileRange, options: &InlayOptions) -> Vec<InlayHint> {
    let mut hints = Hints { db, options, part: part.range, found: Vec::new(), sites: None };
    for near in within(db, part.file, part.range) {
        hints.chunk(&near);
    }
    hints.found.sort_by_key(|hint| hint.offset);
    hints.found
}

struct Hints<'a> {
    db: &'a Database,
    options: &'a InlayOptions,
    part: TextRange,
    found: Vec<InlayHint>,
    /// The resources of the stack by declaration, once somebody asked.
    sites: Option<FxHashMap<Decl, Vec<Site>>>,
}

impl Hints<'_> {
    fn chunk(&mut self, near: &Near<'_>) {
        let mut preorder = near.root.preorder();
        while let Some(event) = preorder.next() {
            let cloudc_syntax::WalkEvent::Enter(node) = event else { continue };
            if near.in_file(node.text_range()).intersect(self.part).is_none() {
                preorder.skip_subtree();
                continue;
            }
            match node.kind() {
                K::LetItem | K::OutputItem | K::InputItem | K::ParamItem | K::ForItem | K::ResourceItem => self.item(near, &node),
                K::CallExpr if self.options.parameter_names => self.call(near, &node),
                _ => {}
            }
        }
    }

    fn push(&mut self, hint: InlayHint) {
        if self.part.contains_inclusive(hint.offset) {
            self.found.push(hint);
        }
    }

    fn item(&mut self, near: &Near<'_>, node: &SyntaxNode) {
        let Some(decl) = near.decl_around(self.db, node) else { return };
        let values = self.options.values || self.options.blocks;
        match decl.kind(self.db) {
            DeclKind::For if self.options.types => self.turns(near, node, decl),
            DeclKind::Resource if values => self.properties(near, decl),
            DeclKind::Let => {
                self.value_type(near, node, decl);
                if values {
                    self.let_value(near, decl);
                }
            }
            _ => self.value_type(near, node, decl),
        }
    }

    /// The type of a value that has none written.
    fn value_type(&mut self, near: &Near<'_>, node: &SyntaxNode, decl: Decl) {
        let Parts::Value { ty: None, as_ty: None, value: Some(value) } = cloudc_hir::body(self.db, decl).parts else { return };
        let is_plain = matches!(cloudc_hir::body(self.db, decl).expr(value), Expr::Literal(_));
        let name = node.children().find_map(ast::Name::cast);
        let (true, Some(name)) = (self.options.types && !is_plain, name) else { return };
        let ty = &cloudc_types::signature(self.db, decl).ty;
        self.type_hint(near.in_file(name.range()).end(), ty, true);
    }

    fn type_hint(&mut self, offset: TextSize, ty: &Ty, insertable: bool) {
        if ty.is_error() {
            return;
        }
        let shown = cloudc_types::display(self.db, ty);
        let label = format!(": {}", shorten(&shown, WIDTH));
        let tooltip = (shown.chars().count() > WIDTH).then(|| shown.clone());
        let insert = insertable.then(|| written_type(self.db, ty)).flatten().map(|ty| format!(": {ty}"));
        self.push(InlayHint { offset, label, kind: InlayKind::Type, space_before: false, space_after: false, insert, tooltip });
    }

    /// The types of what a loop binds.
    fn turns(&mut self, near: &Near<'_>, node: &SyntaxNode, decl: Decl) {
        let Some(turn) = cloudc_types::signature(self.db, decl).key.clone() else { return };
        let names: Vec<ast::Name> = ast::ForItem::cast(node.clone()).into_iter().flat_map(|it| it.bindings()).collect();
        let types = if names.len() == 2 { vec![&turn.key, &turn.element] } else { vec![&turn.element] };
        for (name, ty) in names.iter().zip(types).filter(|(name, _)| name.text() != "_") {
            self.type_hint(near.in_file(name.range()).end(), ty, false);
        }
    }

    /// The names of the parameters that arguments are for, where the argument does not say it itself.
    fn call(&mut self, near: &Near<'_>, node: &SyntaxNode) {
        let Some(call) = ast::CallExpr::cast(node.clone()) else { return };
        let Some(names) = self.parameters(near, &call) else { return };
        for (at, arg) in call.args().enumerate() {
            let (None, Some(value), Some(name)) = (arg.name(), arg.value(), names.get(at)) else { continue };
            let says = last_word(&value);
            if says.as_deref() == Some(name) || name.len() < 2 && names.len() < 2 {
                continue;
            }
            let offset = near.in_file(value.range()).start();
            let label = format!("{name}:");
            let insert = None;
            self.push(InlayHint {
                offset,
                label,
                kind: InlayKind::Parameter,
                space_before: false,
                space_after: true,
                insert,
                tooltip: None,
            });
        }
    }

    fn parameters(&self, near: &Near<'_>, call: &ast::CallExpr) -> Option<Vec<String>> {
        let decl = near.decl_around(self.db, call.syntax())?;
        let own = |function: Decl| {
            let Parts::Fn { params, .. } = &cloudc_hir::body(self.db, function).parts else { return None };
            Some(params.iter().map(|param| param.name.to_string()).collect())
        };
        match call.callee()? {
            ast::Expr::NameRef(name) => match resolve(self.db, asking_owner(self.db, decl), Namespace::Value, name.text()) {
                Some(Resolution::Decl { decl, .. }) => own(decl),
                Some(_) => None,
                None => {
                    let all = cloudc_types::ask::functions(self.db);
                    let found = all.into_iter().find(|function| function.name == name.text())?;
                    // One argument of a function everybody knows needs no name.
                    (found.args.len() > 1).then(|| found.args.iter().map(|(name, _)| (*name).to_owned()).collect())
                }
            },
            ast::Expr::Field(field) => {
                let base = expr_in(self.db, decl, field.base()?.range())?;
                let owner = asking_owner(self.db, decl);
                if let Expr::Name(name) = cloudc_hir::body(self.db, decl).expr(base)
                    && let Some(Resolution::Module { file, .. }) = resolve(self.db, owner, Namespace::Value, name.clone())
                {
                    return own(cloudc_hir::module_item(self.db, file, Namespace::Value, field.name()?.text())?);
                }
                None
            }
            _ => None,
        }
    }

    /// What a `let` comes to, where it is known whatever the stack is in.
    fn let_value(&mut self, near: &Near<'_>, decl: Decl) {
        let body = cloudc_hir::body(self.db, decl);
        let Parts::Value { value: Some(value), .. } = body.parts else { return };
        let in_one_frame = decl.container(self.db).is_none()
            && !decl.path(self.db).iter().any(|(outer, _)| outer.kind(self.db) == DeclKind::For);
        if !in_one_frame || !is_computed(body.expr(value)) {
            return;
        }
        let ty = &cloudc_types::signature(self.db, decl).ty;
        if matches!(ty.kind, Kind::Secret(_)) || ty.is_error() {
            return;
        }
        let frame = Frame::of_target(self.db, self.target(near));
        let evaluated = cloudc_eval::value_of(self.db, Site::new(self.db, frame, decl));
        let end = near.in_file(cloudc_hir::body_map(self.db, decl).range(Part::Expr(value))).end();
        self.value_hint(end, &[&evaluated.node], Some(ty));
    }

    fn target(&self, near: &Near<'_>) -> Target {
        let first = cloudc_driver::targets(self.db, near.file).first().copied();
        first.unwrap_or_else(|| Target::new(self.db, near.file, None, None))
    }

    /// The constants in the properties of a resource: of one, or of the first turns of its loop.
    fn properties(&mut self, near: &Near<'_>, decl: Decl) {
        let sites = self.sites_of(near, decl);
        if sites.is_empty() {
            return;
        }
        let values = written_values(self.db, decl);
        let mut found: Vec<(ExprId, Vec<Node>)> = Vec::new();
        for site in sites.iter().take(SOME + 1) {
            let resource = cloudc_eval::resource(self.db, *site);
            collect(decl, &resource.properties, &values, &mut found);
        }
        let map = cloudc_hir::body_map(self.db, decl);
        let body = cloudc_hir::body(self.db, decl);
        for (value, nodes) in found {
            let name_only = matches!(body.expr(value), Expr::Name(_));
            let blocks = nodes.iter().all(|node| node.value.as_str().is_some_and(is_block));
            if is_computed(body.expr(value)) && (blocks || !name_only) {
                let end = near.in_file(map.range(Part::Expr(value))).end();
                self.value_hint(end, &nodes.iter().collect::<Vec<_>>(), None);
            }
        }
    }

    fn sites_of(&mut self, near: &Near<'_>, decl: Decl) -> Vec<Site> {
        if self.sites.is_none() {
            let mut sites: FxHashMap<Decl, Vec<Site>> = FxHashMap::default();
            if let Some(target) = cloudc_driver::targets(self.db, near.file).first() {
                for member in &cloudc_eval::stack(self.db, *target).resources {
                    sites.entry(member.site.decl(self.db)).or_default().push(member.site);
                }
            }
            self.sites = Some(sites);
        }
        self.sites.as_ref().and_then(|sites| sites.get(&decl)).cloned().unwrap_or_default()
    }

    fn value_hint(&mut self, offset: TextSize, nodes: &[&Node], ty: Option<&Ty>) {
        let mut texts: Vec<String> = Vec::new();
        for node in nodes {
            if !node.value.is_const() || matches!(node.value, Value::None) {
                return;
            }
            let text = shown(&node.value, ty, 0);
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
        let blocks = nodes.iter().all(|node| holds_block(&node.value));
        if texts.is_empty() || !(if blocks { self.options.blocks } else { self.options.values }) {
            return;
        }
        let more = texts.len() > SOME;
        texts.truncate(SOME);
        let text = texts.join(", ") + if more { ", …" } else { "" };
        let tooltip = (text.chars().count() > WIDTH).then(|| text.clone());
        let label = format!("= {}", shorten(&text, WIDTH));
        self.push(InlayHint {
            offset,
            label,
            kind: InlayKind::Value,
            space_before: true,
            space_after: false,
            insert: None,
            tooltip,
        });
    }
}

/// The beginning of a long text.
fn shorten(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The word that an argument ends with: what somebody would call it.
fn last_word(value: &ast::Expr) -> Option<String> {
    match value {
        ast::Expr::NameRef(name) => Some(name.text().to_string()),
        ast::Expr::Field(field) => field.name().map(|name| name.text().to_string()),
        _ => None,
    }
}

/// Whether somebody has to compute to know what it is.
fn is_computed(expr: &Expr) -> bool {
    !matches!(expr, Expr::Missing | Expr::Literal(_) | Expr::Record(_) | Expr::List(_) | Expr::TypePath(_))
}

/// The values of a declaration's record entries, by what stands for their keys.
fn written_values(db: &Database, decl: Decl) -> FxHashMap<ExprId, ExprId> {
    let body = cloudc_hir::body(db, decl);
    let records = body.exprs.iter().filter_map(|expr| match expr {
        Expr::Record(entries) => Some(entries),
        _ => None,
    });
    let fields = records.flatten().filter_map(|entry| match entry {
        Entry::Field { anchor, value, .. } => Some((*anchor, *value)),
        _ => None,
    });
    fields.collect()
}

/// The constants of a record and the records in it that were written in the declaration itself.
fn collect(decl: Decl, node: &Node, values: &FxHashMap<ExprId, ExprId>, found: &mut Vec<(ExprId, Vec<Node>)>) {
    match &node.value {
        Value::Record(fields) => {
            for field in fields.iter() {
                let value = values.get(&field.site.expr).filter(|_| field.site.decl == decl);
                match (value, &field.node.value) {
                    (Some(value), Value::Str(_) | Value::Int(_) | Value::Bool(_) | Value::Float(_)) => {
                        match found.iter_mut().find(|(known, _)| known == value) {
                            Some((_, nodes)) => nodes.push(field.node.clone()),
                            None => found.push((*value, vec![field.node.clone()])),
                        }
                    }
                    _ => collect(decl, &field.node, values, found),
                }
            }
        }
        Value::List(items) => items.iter().for_each(|item| collect(decl, item, values, found)),
        _ => {}
    }
}

/// A value as somebody would write it.
fn shown(value: &Value, ty: Option<&Ty>, depth: u32) -> String {
    let kind = ty.map(|ty| &ty.present().kind);
    match value {
        Value::Int(number) => match kind {
            Some(Kind::Duration) => {
                units(*number, &[("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)])
            }
            Some(Kind::Size) => {
                units(*number, &[("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)])
            }
            _ => number.to_string(),
        },
        Value::Str(text) if is_block(text) => text.to_string(),
        Value::Str(text) => format!("{:?}", shorten(text, WIDTH)),
        Value::List(items) => {
            let element = match kind {
                Some(Kind::List(element)) => Some(&**element),
                _ => None,
            };
            let mut texts: Vec<String> = items.iter().take(SOME).map(|item| shown(&item.value, element, depth + 1)).collect();
            if items.len() > SOME {
                texts.push(format!("… {} in all", items.len()));
            }
            format!("[{}]", texts.join(", "))
        }
        Value::Record(fields) if depth > 1 => if fields.is_empty() { "{}" } else { "{ … }" }.to_owned(),
        Value::Record(fields) => {
            let of = |name: &str| match kind {
                Some(Kind::Map(_, value)) => Some(&**value),
                _ => ty.and_then(|ty| ty.present().field(name)).map(|field| &field.ty),
            };
            let mut texts: Vec<String> = fields
                .iter()
                .take(SOME)
                .map(|field| format!("{}: {}", field.name, shown(&field.node.value, of(&field.name), depth + 1)))
                .collect();
            if fields.len() > SOME {
                texts.push("…".to_owned());
            }
            if texts.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", texts.join(", ")) }
        }
        Value::Bool(value) => value.to_string(),
        Value::Float(value) => value.to_string(),
        Value::Null => "null".to_owned(),
        _ => "none".to_owned(),
    }
}

/// In the largest unit that has it whole.
fn units(number: i64, units: &[(&str, i64)]) -> String {
    let fits = units.iter().find(|(_, per)| number != 0 && number % per == 0);
    let (unit, per) = fits.or(units.last()).copied().unwrap_or(("", 1));
    format!("{}{unit}", number / per)
}

/// Whether a text is a block of addresses.
fn is_block(text: &str) -> bool {
    let Some((address, bits)) = text.split_once('/') else { return false };
    bits.parse::<u8>().is_ok() && address.parse::<std::net::IpAddr>().is_ok()
}

fn holds_block(value: &Value) -> bool {
    match value {
        Value::Str(text) => is_block(text),
        Value::List(items) => !items.is_empty() && items.iter().all(|item| holds_block(&item.value)),
        Value::Record(fields) => !fields.is_empty() && fields.iter().all(|field| holds_block(&field.node.value)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::open;
    use crate::near::whole_file;

    /// The text with each hint in `«»`.
    fn check_hints(options: InlayOptions, text: &str, expected: &str) {
        let fixture = open(text);
        let file = fixture.files[0];
        let range = if fixture.cursors.is_empty() { whole_file(&fixture.db, file) } else { fixture.selection().range };
        let mut shown = file.text(&fixture.db).to_owned();
        for hint in inlay_hints(&fixture.db, FileRange { file, range }, &options).iter().rev() {
            shown.insert_str(usize::from(hint.offset), &format!("«{}»", hint.label));
        }
        assert_eq!(shown, expected);
    }

    const NONE: InlayOptions = InlayOptions { types: false, parameter_names: false, values: false, blocks: false };

    #[test]
    fn types() {
        check_hints(
            InlayOptions { types: true, ..NONE },
            "stack t {}\nlet a = [1, 2]\nlet b = \"x\"\nlet c: Int = 1 + 1\nfor i, x in [\"a\"] by i {\n  resource r: AWS::SNS::Topic {}\n}\nresource s: AWS::SNS::Topic {}\noutput d = s.TopicArn\n",
            "stack t {}\nlet a«: [1 | 2]» = [1, 2]\nlet b = \"x\"\nlet c: Int = 1 + 1\nfor i«: Int», x«: \"a\"» in [\"a\"] by i {\n  resource r: AWS::SNS::Topic {}\n}\nresource s: AWS::SNS::Topic {}\noutput d«: AWS::SNS::Topic.TopicArn» = s.TopicArn\n",
        );
    }

    #[test]
    fn parameter_names() {
        check_hints(
            InlayOptions { parameter_names: true, ..NONE },
            "fn f(first: Int, second: Int): Int = first + second\nlet first = 1\nlet a = f(first, 2) + f(1, second: 3)\n",
            "fn f(first: Int, second: Int): Int = first + second\nlet first = 1\nlet a = f(first, «second:»2) + f(«first:»1, second: 3)\n",
        );
    }

    #[test]
    fn values() {
        check_hints(
            InlayOptions { values: true, ..NONE },
            "stack t {}\ninput stage: String = \"dev\"\nlet name = \"x-${stage}\"\nlet wait = 2 * 30m\nparam p: String\nlet q = \"a-${p}\"\nresource r: AWS::SQS::Queue {\n  QueueName: name.upper()\n  DelaySeconds: 5\n  VisibilityTimeout: if stage == \"dev\" { 10s } else { 1m }\n}\n",
            "stack t {}\ninput stage: String = \"dev\"\nlet name = \"x-${stage}\"«= \"x-dev\"»\nlet wait = 2 * 30m«= 1h»\nparam p: String\nlet q = \"a-${p}\"\nresource r: AWS::SQS::Queue {\n  QueueName: name.upper()«= \"X-DEV\"»\n  DelaySeconds: 5\n  VisibilityTimeout: if stage == \"dev\" { 10s } else { 1m }«= 10»\n}\n",
        );
    }

    #[test]
    fn blocks_of_addresses() {
        check_hints(
            InlayOptions { blocks: true, ..NONE },
            "stack t {}\nlet block = 10.0.0.0/16\nlet all = block.subnets(4)\nresource v: AWS::EC2::VPC { CidrBlock: block }\nfor i in range(2) {\n  resource s: AWS::EC2::Subnet { VpcId: v, CidrBlock: all[i] }\n}\n",
            "stack t {}\nlet block = 10.0.0.0/16\nlet all = block.subnets(4)«= [10.0.0.0/18, 10.0.64.0/18, 10.0.128.0/1…»\nresource v: AWS::EC2::VPC { CidrBlock: block«= 10.0.0.0/16» }\nfor i in range(2) {\n  resource s: AWS::EC2::Subnet { VpcId: v, CidrBlock: all[i]«= 10.0.0.0/18, 10.0.64.0/18» }\n}\n",
        );
    }

    #[test]
    fn only_in_the_part_that_is_shown() {
        check_hints(
            InlayOptions::default(),
            "let a = 1 + 1\n$0let b = 1 + 2$0\nlet c = 1 + 3\n",
            "let a = 1 + 1\nlet b«: Int» = 1 + 2«= 3»\nlet c = 1 + 3\n",
        );
    }

    #[test]
    fn unfinished_programs() {
        check_hints(
            InlayOptions::default(),
            "let a =\nlet b = nope + 1\nlet c = f(\n",
            "let a =\nlet b = nope + 1\nlet c = f(\n",
        );
    }
}
