//! Whether a value fits where it is put, and what has to be done to it to fit.
//!
//! In: a node, its type, what is expected. Out: a node that fits (coercions and checks wrapped around), and the expected
//! type at the phases the value really has. What does not fit is one error that names both sides.

mod assets;
mod collections;
mod forms;
mod identity;
mod scalars;
mod schema;
mod secrets;
mod statements;

pub use secrets::SECRET_SEEN;
pub(crate) use secrets::is_shown;

use crate::access::single;
use crate::infer::{Ctx, Expect, Why};
use crate::phase::Phase;
use crate::ty::{Kind, Lit, Ty};
use crate::typed::{self, Id};
use cloudc_hir::Problem;
use cloudc_hir::body::ExprId;
use cloudc_hir::problem::Spot;
use cloudc_schema::Shape;

impl Ctx<'_> {
    /// Makes `id` of type `ty` fit `expect`.
    pub fn fit(&mut self, id: Id, ty: &Ty, expect: &Expect, src: ExprId) -> (Id, Ty) {
        if ty.is_error() || expect.ty.is_error() {
            return (id, ty.clone());
        }
        let (id, fitted) = self.fit_whole(id, ty, expect, src);
        // A violated constraint has been told: nothing more is to be said of the value.
        let told = self.nodes[id.0 as usize].kind == typed::Kind::Error;
        (id, if told { Ty::error() } else { fitted })
    }

    fn fit_whole(&mut self, id: Id, ty: &Ty, expect: &Expect, src: ExprId) -> (Id, Ty) {
        if let Kind::Secret(inner) = &ty.kind
            && !matches!(expect.ty.kind, Kind::Secret(_))
        {
            let inner = (**inner).clone();
            // An optional place takes it as the plain one does.
            if matches!(&expect.ty.kind, Kind::Optional(wanted) if matches!(wanted.kind, Kind::Secret(_))) {
                let present = Expect { ty: expect.ty.present().clone(), why: expect.why.clone() };
                return self.fit(id, ty, &present, src);
            }
            if let Some(problem) = self.leak(expect, src) {
                return self.fail(src, problem);
            }
            self.secrets += 1;
            return self.fit(id, &inner, expect, src);
        }
        if let Kind::Ssm(inner) = &ty.kind
            && !matches!(expect.ty.kind, Kind::Ssm(_))
        {
            let inner = inner.delayed(ty.phase);
            return self.fit(id, &inner, expect, src);
        }
        match &expect.ty.kind {
            Kind::Optional(inner) => self.fit_optional(id, ty, inner, expect, src),
            _ if matches!(ty.kind, Kind::Optional(_) | Kind::None) => self.absent(ty, expect, src),
            Kind::Node(node) => self.fit_node(id, ty, *node, expect, src),
            Kind::Object(object) => self.fit_object(id, ty, *object, expect, src),
            Kind::List(element) => self.fit_list(id, ty, element, expect, src),
            Kind::Map(key, value) => self.fit_map(id, ty, key, value, expect, src),
            Kind::Record(fields) => self.fit_record(id, ty, fields, expect, src),
            Kind::Json => self.fit_json(id, ty, src),
            Kind::Statement => self.fit_statement(id, ty, expect, src),
            Kind::Target => self.fit_target(id, ty, expect, src),
            Kind::Principal => self.fit_principal(id, ty, expect, src),
            Kind::Ident(idents) => self.fit_ident(id, ty, idents, expect, src),
            Kind::Secret(inner) => {
                let given = match &ty.kind {
                    Kind::Secret(given) => (**given).clone(),
                    _ => ty.clone(),
                };
                let inner = Expect { ty: (**inner).clone(), why: expect.why.clone() };
                let (id, fitted) = self.fit(id, &given, &inner, src);
                let phase = fitted.phase.join(ty.phase);
                if fitted.is_error() { (id, fitted) } else { (id, Ty::at(Kind::Secret(fitted.into()), phase)) }
            }
            Kind::Ssm(_) => {
                let text = Expect { ty: Ty::text(Phase::CONST), why: expect.why.clone() };
                self.fit(id, ty, &text, src)
            }
            kind => self.fit_scalar(id, ty, &kind.clone(), expect, src),
        }
    }

    /// Like [`Ctx::check`], where what may be absent is simply left out.
    pub fn check_droppable(&mut self, src: ExprId, expect: &Expect) -> (Id, Ty) {
        let optional = Expect { ty: expect.ty.clone().optional(Phase::CONST), why: expect.why.clone() };
        self.check(src, &optional)
    }

    fn fit_optional(&mut self, id: Id, ty: &Ty, inner: &Ty, expect: &Expect, src: ExprId) -> (Id, Ty) {
        let present = Expect { ty: inner.clone(), why: expect.why.clone() };
        match &ty.kind {
            Kind::None => (id, Ty::at(expect.ty.kind.clone(), ty.phase)),
            Kind::Optional(given) => {
                let local = self.fresh((**given).clone());
                let mark = self.nodes.len();
                let start = self.node(typed::Kind::Local(local), src);
                let (body, fitted) = self.fit(start, given, &present, src);
                let result = fitted.optional(ty.phase);
                if body == start {
                    self.nodes.truncate(mark);
                    return (id, result);
                }
                (self.node(typed::Kind::Chain { base: id, local, body }, src), result)
            }
            _ => {
                // It is certainly there, and its type says so by staying plain.
                self.fit(id, ty, &present, src)
            }
        }
    }

    fn absent(&mut self, ty: &Ty, expect: &Expect, src: ExprId) -> (Id, Ty) {
        let wanted = self.show(&expect.ty);
        let problem = match &ty.kind {
            Kind::None => Problem::error(crate::codes::ABSENT, self.at(src), format!("`none` where `{wanted}` must be")),
            _ => {
                let shown = self.show(ty);
                Problem::error(crate::codes::ABSENT, self.at(src), "this may not exist")
                    .label(format!("this is `{shown}`, `{wanted}` is needed"))
            }
        };
        let problem = self.explain(problem, expect).help("give a default with `??`, or ask `if x != none { … }` first");
        let problem = if ty.kind == Kind::None { problem } else { self.explain_absence(src, problem) };
        self.fail(src, problem)
    }

    /// Adds who expects it.
    pub fn explain(&self, problem: Problem, expect: &Expect) -> Problem {
        match &expect.why {
            Why::Annotation(at) => problem.related(*at, "expected because of this"),
            Why::Property(name) => problem.note(format!("expected by the property `{name}`")),
            Why::Input(name, at) => problem.related(*at, format!("expected by `{name}`")),
            Why::Builtin(name) => problem.note(format!("expected by {name}")),
        }
    }

    /// The error for a value of the wrong type.
    pub fn mismatch(&mut self, ty: &Ty, expect: &Expect, src: ExprId) -> (Id, Ty) {
        let (wanted, given) = (self.show(&expect.ty), self.show(ty));
        let problem = Problem::error("C0301", self.at(src), format!("expected `{wanted}`, found `{given}`"))
            .label(format!("this is `{given}`"));
        let mut problem = self.explain(problem, expect);
        let element = match &expect.ty.kind {
            Kind::List(element) => Some((**element).clone()),
            Kind::Node(node) => match node.shape() {
                Shape::List(element) => Some(Ty::constant(Kind::Node(element))),
                _ => None,
            },
            _ => None,
        };
        if let Some(element) = element {
            let mark = self.mark();
            let probe = self.node(typed::Kind::Error, src);
            self.fit(probe, ty, &Expect { ty: element, why: expect.why.clone() }, src);
            let fits = !self.failed_since(&mark);
            self.rewind(&mark);
            if fits {
                let at = self.at(src);
                problem = problem.help("a list is expected: put it in brackets");
                problem.fixes.push(cloudc_hir::problem::FixPlan {
                    title: "put it in brackets".into(),
                    edits: vec![(Spot::Before(at), "[".into()), (Spot::After(at), "]".into())],
                });
            }
        } else if problem.help.is_none() {
            problem = self.mismatch_help(problem, ty, &expect.ty);
        }
        self.fail(src, problem)
    }

    fn mismatch_help(&self, problem: Problem, ty: &Ty, wanted: &Ty) -> Problem {
        if let Kind::Record(fields) = &ty.kind
            && let [only] = &fields[..]
            && (only.name == "Ref" || only.name.starts_with("Fn::"))
        {
            return problem.help(format!(
                "`{}` is written as an expression: name the resource, `x.Arn`, `\"${{x}}\"`, `if c {{ a }} else {{ b }}`; for what has none, `raw({{ … }})`",
                only.name
            ));
        }
        let number_wanted = wanted.kind.is_number()
            || matches!(wanted.kind, Kind::Node(node) if matches!(node.shape(), Shape::Integer | Shape::Number));
        let bool_wanted = wanted.kind == Kind::Bool || matches!(wanted.kind, Kind::Node(node) if node.shape() == Shape::Boolean);
        match single(ty) {
            Some(Lit::Str(text)) if number_wanted && text.parse::<f64>().is_ok() => {
                problem.help(format!("write the number without quotes: `{text}`"))
            }
            Some(Lit::Str(text)) if bool_wanted && matches!(text.as_str(), "true" | "false") => {
                problem.help(format!("write it without quotes: `{text}`"))
            }
            _ if wanted.kind.is_text() && (ty.kind.is_number() || ty.kind.is_bool()) => {
                problem.help("put it into text: `\"${x}\"`")
            }
            _ => problem,
        }
    }

    /// Free JSON takes everything but what only means something to the compiler.
    fn fit_json(&mut self, id: Id, ty: &Ty, src: ExprId) -> (Id, Ty) {
        match &ty.kind {
            Kind::Handle(_) | Kind::Custom(_) | Kind::Instance(..) => self.handle_as_text(src, ty),
            Kind::Asset(kind) => self.asset_as_text(*kind, src),
            Kind::List(element) => {
                let mark = self.mark();
                let probe = self.node(typed::Kind::Error, src);
                let (_, inner) = self.fit_json(probe, element, src);
                if inner.is_error() && !element.is_error() {
                    let (id, ty) = self.error_node(src);
                    return (id, ty);
                }
                self.rewind(&mark);
                (id, Ty::at(Kind::Json, ty.deepest()))
            }
            Kind::Duration | Kind::Size => {
                let shown = self.show(ty);
                let problem = Problem::error("C0301", self.at(src), format!("a `{shown}` has no unit here"))
                    .help("nothing says which unit is meant: write the number");
                self.fail(src, problem)
            }
            _ => (id, Ty::at(Kind::Json, ty.deepest())),
        }
    }
}

/// Whether all that is wrong is that it is something else altogether.
pub(crate) fn is_mismatch(problems: &[Problem]) -> bool {
    problems.iter().any(|problem| problem.code.0 == "C0301")
}
