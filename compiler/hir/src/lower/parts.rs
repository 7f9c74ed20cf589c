//! One declaration: its attributes, documentation and parts.

use std::sync::Arc;

use cloudc_syntax::ast::{self, AstNode, HasAttrs};
use rustc_hash::FxHashMap;

use super::{Lowered, Lowering};
use crate::body::{Attr, Expr, FnParam, Literal, Parts, WithEntry};
use crate::codes;
use crate::problem::Part;
use crate::walk::{Declared, Found};

/// Lowers one declaration, those inside it left out.
pub(super) fn lower(found: &Found) -> Lowered {
    let mut lowering = Lowering::default();
    lowering.map.whole = found.whole();
    lowering.map.name = found.name().map_or_else(|| found.keyword(), |name| name.range());
    lowering.body.parts = match &found.node {
        Declared::Spec(spec, import) => {
            let path = import.path().and_then(|path| path.text());
            Parts::ImportItem { name: spec.name().map(|name| name.text()).unwrap_or_default(), path }
        }
        Declared::Item(item) => {
            lowering.body.doc = item.doc().map(Into::into);
            lowering.body.is_pub = item.is_pub();
            for attr in item.attrs() {
                lowering.map.attrs.push(attr.range());
                let attr = lowering.attr(&attr);
                lowering.body.attrs.push(attr);
            }
            lowering.parts(item)
        }
    };
    Lowered { body: Arc::new(lowering.body), map: lowering.map, problems: lowering.problems }
}

impl Lowering {
    fn attr(&mut self, attr: &ast::Attr) -> Attr {
        let name = attr.name().map(|name| name.text()).unwrap_or_default();
        let args = attr.args().into_iter().flat_map(|list| list.args());
        Attr { name, args: args.map(|arg| self.arg(&arg)).collect() }
    }

    fn parts(&mut self, item: &ast::Item) -> Parts {
        match item {
            ast::Item::Import(it) => self.import(it),
            ast::Item::Input(it) => self.value(it.ty(), None, it.default()),
            ast::Item::Param(it) => self.value(it.ty(), None, it.default()),
            ast::Item::Let(it) => self.value(it.ty(), None, it.value()),
            ast::Item::Existing(it) => self.value(it.ty(), None, it.value()),
            ast::Item::Output(it) => self.value(it.ty(), it.as_ty(), it.value()),
            ast::Item::Resource(it) => Parts::Resource {
                ty: self.written_type(it.ty()),
                body: it.body().map(|body| self.record(&body)),
                with: self.with(it.with()),
            },
            ast::Item::Component(_) => Parts::Empty,
            ast::Item::Fn(it) => self.function(it),
            ast::Item::TypeAlias(it) => Parts::Type { ty: self.written_type(it.ty()) },
            ast::Item::If(it) => Parts::If { condition: self.written_expr(it.condition()) },
            ast::Item::For(it) => self.turns(it),
            ast::Item::Defaults(it) => {
                Parts::Defaults { ty: self.written_type(it.ty()), body: it.body().map(|body| self.record(&body)) }
            }
            ast::Item::Moved(it) => Parts::Moved { from: self.written_expr(it.from()), to: self.written_expr(it.to()) },
            ast::Item::Forget(it) => Parts::Forget { target: self.written_expr(it.target()) },
            ast::Item::Assert(it) => {
                Parts::Assert { condition: self.written_expr(it.condition()), message: self.written_expr(it.message()) }
            }
            ast::Item::Policy(it) => Parts::Titled { title: it.title().map(|title| self.string(&title)) },
            ast::Item::Test(it) => Parts::Titled { title: it.title().map(|title| self.string(&title)) },
            ast::Item::Stack(it) => self.settings(it.body(), None),
            ast::Item::Project(it) => self.settings(it.body(), None),
            ast::Item::Env(it) => self.settings(it.body(), it.parent()),
        }
    }

    fn value(&mut self, ty: Option<ast::Type>, as_ty: Option<ast::Type>, value: Option<ast::Expr>) -> Parts {
        Parts::Value { ty: self.written_type(ty), as_ty: self.written_type(as_ty), value: self.written_expr(value) }
    }

    fn settings(&mut self, body: Option<ast::RecordExpr>, parent: Option<ast::Name>) -> Parts {
        Parts::Settings { body: body.map(|body| self.record(&body)), parent: parent.map(|name| name.text()) }
    }

    /// The path of an import is its expression 0, so that it has a range.
    fn import(&mut self, import: &ast::Import) -> Parts {
        let Some(written) = import.path() else { return Parts::Import { path: None } };
        let path = written.text();
        match &path {
            Some(text) => {
                self.expr(Expr::Literal(Literal::Str(text.clone())), written.range());
            }
            None => {
                let at = Part::Expr(self.missing(written.range()));
                let message = "the path of an import is fixed text, known before anything is evaluated".to_owned();
                self.problem(codes::IMPORT_PATH, at, message, "has a part that is computed");
            }
        }
        Parts::Import { path }
    }

    fn function(&mut self, function: &ast::Fn) -> Parts {
        let mut params = Vec::new();
        for param in function.params() {
            let name = param.name();
            self.map.params.push(name.as_ref().map_or(param.range(), |name| name.range()));
            params.push(FnParam {
                name: name.map(|name| name.text()).unwrap_or_default(),
                ty: self.written_type(param.ty()),
                default: self.written_expr(param.default()),
            });
        }
        let names: Vec<_> = params.iter().map(|param| param.name.clone()).collect();
        self.distinct(&names, |at| Part::FnParam(at as u32), "parameters");
        Parts::Fn { params, ret: self.written_type(function.ret_ty()), value: self.written_expr(function.body()) }
    }

    fn turns(&mut self, turns: &ast::ForItem) -> Parts {
        let bindings = self.bindings(turns.bindings());
        Parts::For { bindings, iterable: self.written_expr(turns.iterable()), by: self.written_expr(turns.by()) }
    }

    fn with(&mut self, block: Option<ast::WithBlock>) -> Vec<WithEntry> {
        let mut seen = FxHashMap::default();
        let mut entries = Vec::new();
        for entry in block.into_iter().flat_map(|block| block.entries()) {
            let Some(key) = entry.key() else { continue };
            let name = key.text().unwrap_or_default();
            let anchor = self.missing(key.range());
            self.once(&name, anchor, &mut seen);
            entries.push(WithEntry {
                name,
                attrs: entry.attrs().map(|attr| self.attr(&attr)).collect(),
                body: entry.body().map(|body| self.record(&body)),
                with: self.with(entry.with()),
                anchor,
            });
        }
        entries
    }
}
