//! Writes the names of the parameters before the arguments of a call.

use cloudc_hir::body::Parts;
use cloudc_hir::{DeclKind, Resolution};
use cloudc_syntax::ast::{self, AstNode};

use super::context::Ctx;
use super::scope::meaning;
use super::{Acc, ActionKind, Offer};

/// Offers it at a call of a function of the program.
pub(crate) fn name_arguments(ctx: &Ctx<'_>, acc: &mut Acc<'_>) {
    let Some(call) = ctx.node::<ast::CallExpr>() else { return };
    let (Some(ast::Expr::NameRef(callee)), Some(decl)) = (call.callee(), ctx.decl(call.syntax())) else { return };
    let Some(name) = callee.name() else { return };
    let Some(Resolution::Decl { decl: function, .. }) = meaning(ctx, decl, &name) else { return };
    let Parts::Fn { params, .. } = &cloudc_hir::body(ctx.db, function).parts else { return };
    let args: Vec<ast::Arg> = call.args().collect();
    let unnamed: Vec<usize> = (0..args.len()).filter(|at| args[*at].name().is_none()).collect();
    if unnamed.is_empty() || args.len() > params.len() || function.kind(ctx.db) != DeclKind::Fn {
        return;
    }
    acc.add(Offer::new("name_arguments", ActionKind::RefactorRewrite, "Name the arguments"), |changes| {
        for at in &unnamed {
            changes.insert(ctx.file, ctx.range_of(args[*at].syntax()).start(), format!("{}: ", params[*at].name));
        }
    });
}

#[cfg(test)]
mod tests {
    use crate::actions::tests::{check_action, check_none};

    #[test]
    fn each_by_its_place() {
        let function = "fn f(a: Int, b: Int): Int = a + b\n";
        check_action(
            "name_arguments",
            &format!("{function}let _x = $0f(1, b: 2)\n"),
            &format!("{function}let _x = f(a: 1, b: 2)\n"),
        );
        check_none("name_arguments", &format!("{function}let _x = $0f(a: 1, b: 2)\n"));
        check_none("name_arguments", "let _x = $0range(2)\n");
    }
}
