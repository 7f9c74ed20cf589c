//! Where secrets must not go: places that everybody sees who may describe the stack, and types that would hide what they are.
//!
//! In: what is expected of a secret. Out: a problem, or none. Always: a place that shows its value is an error that
//! `@allow("C0331", reason: "…")` lifts; an output is one that nothing lifts.

use crate::infer::{Ctx, Expect, Why};
use crate::ty::Kind;
use cloudc_hir::body::{Expr, ExprId, Literal};
use cloudc_hir::{DeclKind, Problem};

/// Names that belong to a login and are kept as secret as the password.
const LOGINS: [&str; 5] = ["UserName", "Username", "DatabaseName", "DBName", "ServerName"];

/// Whether everybody who may describe the resource reads this property.
pub(crate) fn is_shown(property: &str) -> bool {
    matches!(property, "Tags" | "TagSpecifications" | "UserData" | "Environment" | "EnvironmentVariables" | "Variables")
        || property.ends_with("Name") && !LOGINS.contains(&property)
        || property.ends_with("Description")
}

/// The code of a secret that others can read.
pub const SECRET_SEEN: &str = "C0331";

impl Ctx<'_> {
    /// What is wrong with a secret where `expect` is expected.
    pub(super) fn leak(&self, expect: &Expect, src: ExprId) -> Option<Problem> {
        match &expect.why {
            Why::Property(name) => {
                let shown = self.shown.clone().or_else(|| is_shown(name).then(|| name.clone()))?;
                let message = format!("a secret in `{shown}` can be read by everyone who may describe the resource");
                (!self.is_allowed(SECRET_SEEN)).then(|| {
                    Problem::error(SECRET_SEEN, self.at(src), message).help(
                        "let the program fetch the secret itself, or write `@allow(\"C0331\", reason: \"…\")` before the resource",
                    )
                })
            }
            Why::Annotation(_) if self.decl.kind(self.db) == DeclKind::Output => Some(self.secret_output(src)),
            // What the schema or free JSON takes has no other type to be written as.
            Why::Annotation(_) | Why::Input(..) if !matches!(expect.ty.present().kind, Kind::Node(_) | Kind::Object(_)) => {
                let wanted = self.show(&expect.ty);
                let problem = Problem::error("C0332", self.at(src), format!("a secret where `{wanted}` is declared"))
                    .label("its value must not be seen")
                    .help(format!("declare `Secret<{wanted}>`, so that the compiler keeps watching where it goes"));
                Some(self.explain(problem, expect))
            }
            _ => None,
        }
    }

    /// The error for a secret that is given out.
    pub fn secret_output(&self, src: ExprId) -> Problem {
        Problem::error("C0330", self.at(src), "a secret must not become an output")
            .note("outputs are shown in the console and to everyone who may describe the stack")
            .help("give out the secret's ARN instead, and let the reader fetch the value")
    }

    fn is_allowed(&self, code: &str) -> bool {
        self.body.attrs.iter().filter(|attr| attr.name == "allow").any(|attr| {
            let first = attr.args.first().map(|arg| self.body.expr(arg.value));
            matches!(first, Some(Expr::Literal(Literal::Str(text))) if text == code)
        })
    }
}
