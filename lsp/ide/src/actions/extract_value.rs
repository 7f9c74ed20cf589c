//! Gives the selected expression a name: a `let` before the declaration it stands in, an `input` or a `param` of what is around.
//!
//! ```cloud
//! resource topic: AWS::SNS::Topic { DisplayName: "orders of ${stage}" }
//! // becomes
//! let display_name = "orders of ${stage}"
//! resource topic: AWS::SNS::Topic { DisplayName: display_name }
//! ```

use cloudc_base::TextSize;
use cloudc_hir::{DeclKind, Owner};
use cloudc_syntax::ast::{self, AstNode, LiteralKind};
use cloudc_syntax::{SyntaxKind as K, SyntaxNode};
use cloudc_types::{Kind, Ty};

use super::context::{Changes, Ctx, fresh_name, item_around, lead_start, snake};
use super::scope::{free_names, is_narrowed, uses_locals};
use super::{Acc, ActionKind, Offer};

/// Offers to make it a `let`.
pub(crate) fn extract_let(ctx: &Ctx<'_>, acc: &mut Acc<'_>) {
    let Some(expr) = extractable(ctx) else { return };
    let free = free_names(expr.syntax());
    let Some(item) = item_around(expr.syntax()).filter(|item| item.kind() != K::FnItem) else { return };
    // The variables of comprehensions end with the expression; those of a loop are there in its whole block.
    let inside_item = |node: &SyntaxNode| item.text_range().contains_range(node.text_range());
    if free.iter().any(|free| free.binder.as_ref().is_some_and(inside_item)) || is_narrowed(ctx, expr.syntax(), &free) {
        return;
    }
    acc.add(Offer::new("extract_let", ActionKind::RefactorExtract, "Extract into a `let`"), |changes| {
        let name = name_for(ctx, &expr);
        declare(ctx, changes, &item, &format!("let {name} = {}", ctx.text_of(expr.syntax())));
        replace(ctx, changes, &expr, &name);
    });
}

/// Offers to make it an `input` of the stack or component.
pub(crate) fn extract_input(ctx: &Ctx<'_>, acc: &mut Acc<'_>) {
    let Some(expr) = extractable(ctx) else { return };
    let Some((item, ty)) = in_container(ctx, &expr) else { return };
    // What an input is, is known before anything of its stack is.
    if !free_names(expr.syntax()).is_empty() || expr.syntax().descendants().any(|node| node.kind() == K::TypeExpr) {
        return;
    }
    let Some(ty) = ctx.written_type(&Ty::constant(ty.kind.widened())) else { return };
    acc.add(Offer::new("extract_input", ActionKind::RefactorExtract, "Extract into an `input`"), |changes| {
        let name = name_for(ctx, &expr);
        declare(ctx, changes, &item, &format!("input {name}: {ty} = {}", ctx.text_of(expr.syntax())));
        replace(ctx, changes, &expr, &name);
    });
}

/// Offers to make it a `param` of the stack.
pub(crate) fn extract_param(ctx: &Ctx<'_>, acc: &mut Acc<'_>) {
    let Some(expr) = extractable(ctx).filter(is_plain) else { return };
    let Some((item, ty)) = in_container(ctx, &expr) else { return };
    let Some(decl) = ctx.decl(&item) else { return };
    // An input of a component may be asked for earlier than a parameter is known.
    let is_cloudformation =
        cloudc_types::signature(ctx.db, ctx.expr(expr.syntax()).map_or(decl, |(decl, _)| decl)).ty.kind.handle().is_some();
    if !matches!(decl.owner(ctx.db), Owner::File(_)) || !is_asked_late(&expr) || !is_cloudformation {
        return;
    }
    let Some(ty) = ctx.written_type(&Ty::constant(ty.kind.widened())) else { return };
    acc.add(Offer::new("extract_param", ActionKind::RefactorExtract, "Extract into a `param`"), |changes| {
        let name = name_for(ctx, &expr);
        declare(ctx, changes, &item, &format!("param {name}: {ty} = {}", ctx.text_of(expr.syntax())));
        replace(ctx, changes, &expr, &name);
    });
}

/// The selected expression, if it is a value that may stand elsewhere.
pub(crate) fn extractable(ctx: &Ctx<'_>) -> Option<ast::Expr> {
    let expr = ctx.selected_expr()?;
    if matches!(expr, ast::Expr::NameRef(_) | ast::Expr::Type(_))
        || expr.syntax().descendants().any(|node| node.kind() == K::Error)
    {
        return None;
    }
    let parent = expr.syntax().parent()?;
    let first = parent.children().next().as_ref() == Some(expr.syntax());
    let fits = match parent.kind() {
        K::ResourceItem
        | K::StackItem
        | K::ProjectItem
        | K::EnvItem
        | K::DefaultsItem
        | K::WithEntry
        | K::Import
        | K::TestItem
        | K::PolicyItem
        | K::MovedItem
        | K::ForgetItem
        | K::TypeArg
        | K::RangeExpr
        | K::LiteralPattern
        | K::LiteralType
        | K::ByClause
        | K::IfBranch => parent.kind() == K::IfBranch && expr.syntax().kind() != K::RecordExpr,
        K::Field => !first,
        K::CallExpr => !first,
        _ => true,
    };
    let in_pattern = expr.syntax().ancestors().any(|node| matches!(node.kind(), K::LiteralPattern | K::TypeArg | K::Attr));
    // What nothing is known about may be anything.
    let known = ctx.ty(expr.syntax()).is_some_and(|ty| !ty.is_error());
    // `...` alone keeps what was there, and means nothing elsewhere.
    let keeps = expr.syntax().descendants().any(|node| node.kind() == K::SpreadElem && node.children().next().is_none());
    (fits && !in_pattern && known && !keeps && stands_alone(ctx, &expr)).then_some(expr)
}

/// Whether an expression has a type when nothing is expected of it: the parts of a document may have none in common.
fn stands_alone(ctx: &Ctx<'_>, expr: &ast::Expr) -> bool {
    let collection = matches!(expr, ast::Expr::Record(_) | ast::Expr::List(_));
    if !collection {
        return true;
    }
    let Some((decl, id)) = ctx.expr(expr.syntax()) else { return false };
    let free = free_names(expr.syntax());
    let bound = free.iter().filter(|free| free.binder.is_some());
    let locals: Vec<_> = bound.filter_map(|free| Some((free.name.text(), ctx.ty(&free.name.syntax().parent()?)?))).collect();
    let owner = cloudc_hir::asking_owner(ctx.db, decl);
    let ty = cloudc_types::ask::type_of(ctx.db, owner, cloudc_hir::body(ctx.db, decl), id, &locals);
    !has_error(&ty.kind)
}

fn has_error(kind: &Kind) -> bool {
    match kind {
        Kind::Error => true,
        Kind::List(inner) | Kind::Map(_, inner) | Kind::Optional(inner) => has_error(&inner.kind),
        Kind::Record(fields) => fields.iter().any(|field| has_error(&field.ty.kind)),
        _ => false,
    }
}

/// The outermost declaration around within the component or file, when nothing of a loop or function is used; and the expression's type.
fn in_container(ctx: &Ctx<'_>, expr: &ast::Expr) -> Option<(SyntaxNode, Ty)> {
    let mut item = item_around(expr.syntax())?;
    while let Some(outer) = item.parent().and_then(|parent| item_around(&parent)) {
        match outer.kind() {
            K::IfItem | K::ForItem => item = outer,
            K::ComponentItem => break,
            _ => return None,
        }
    }
    let kind = ctx.decl(&item)?.kind(ctx.db);
    let fits = !matches!(kind, DeclKind::Fn | DeclKind::Input | DeclKind::Param | DeclKind::Stack | DeclKind::Component)
        && !uses_locals(&free_names(expr.syntax()));
    let in_file = item.parent().is_some_and(|parent| parent.kind() == K::Chunk);
    let has_stack = !in_file || cloudc_hir::stack_decl(ctx.db, ctx.file).is_some();
    let library = in_file && matches!(kind, DeclKind::Let | DeclKind::Type);
    (fits && has_stack && !library).then_some((item, ctx.ty(expr.syntax())?))
}

/// Whether it is a scalar as written.
fn is_plain(expr: &ast::Expr) -> bool {
    match expr {
        ast::Expr::String(text) => !text.is_interpolated(),
        ast::Expr::Literal(literal) => {
            matches!(
                literal.kind(),
                LiteralKind::Int | LiteralKind::Float | LiteralKind::True | LiteralKind::False | LiteralKind::Cidr
            )
        }
        _ => false,
    }
}

/// Whether a value that only the deployment knows may stand there: a property, outside of documents that are checked word by word.
fn is_asked_late(expr: &ast::Expr) -> bool {
    let mut fields = 0;
    for node in expr.syntax().ancestors().skip(1) {
        match node.kind() {
            K::Field => {
                fields += 1;
                let key = ast::Field::cast(node).and_then(|field| field.key()).and_then(|key| key.text()).unwrap_or_default();
                if key.ends_with("Document") || key.ends_with("Policy") || key.ends_with("Pattern") {
                    return false;
                }
            }
            K::RecordExpr | K::ListExpr | K::ItemElem => {}
            K::ResourceItem => return fields > 0,
            _ => return false,
        }
    }
    false
}

/// A name after the property, argument or declaration that holds it.
pub(crate) fn name_for(ctx: &Ctx<'_>, expr: &ast::Expr) -> String {
    let holder = expr.syntax().ancestors().skip(1).find_map(|node| match node.kind() {
        K::Field => ast::Field::cast(node).and_then(|field| field.key()).and_then(|key| key.text()),
        K::Arg => ast::Arg::cast(node).and_then(|arg| arg.name()).map(|name| name.text()),
        _ => None,
    });
    fresh_name(ctx, expr.syntax(), &snake(holder.as_deref().unwrap_or("value")))
}

/// Puts a declaration on lines of its own before another.
pub(crate) fn declare(ctx: &Ctx<'_>, changes: &mut Changes, before: &SyntaxNode, text: &str) {
    let source = ctx.file.text(ctx.db);
    let at = ctx.near.start + lead_start(before);
    let line = crate::near::line_start(source, at);
    let lead = &source[line..usize::from(at)];
    if lead.trim().is_empty() {
        changes.insert(ctx.file, TextSize::from(line as u32), format!("{lead}{text}\n"));
    } else {
        changes.insert(ctx.file, at, format!("{text}\n"));
    }
}

fn replace(ctx: &Ctx<'_>, changes: &mut Changes, expr: &ast::Expr, name: &str) {
    changes.replace(ctx.file, ctx.range_of(expr.syntax()), name);
}

#[cfg(test)]
mod tests {
    use crate::actions::tests::{check_action, check_none};

    #[test]
    fn into_a_let() {
        check_action(
            "extract_let",
            "stack t {}\ninput stage: String = \"a\"\n\n/// Orders.\nresource a: AWS::SNS::Topic {\n  DisplayName: $0\"orders of ${stage}\"$0\n}\n",
            "stack t {}\ninput stage: String = \"a\"\n\nlet display_name = \"orders of ${stage}\"\n/// Orders.\nresource a: AWS::SNS::Topic {\n  DisplayName: display_name\n}\n",
        );
        check_action(
            "extract_let",
            "stack t {}\nfor s in [\"a\", \"b\"] {\n  resource a: AWS::SNS::Topic { DisplayName: $0\"x-${s}\"$0 }\n}\n",
            "stack t {}\nfor s in [\"a\", \"b\"] {\n  let display_name = \"x-${s}\"\n  resource a: AWS::SNS::Topic { DisplayName: display_name }\n}\n",
        );
        check_action("extract_let", "let a = [$01 + 2$0, 3]\n", "let value = 1 + 2\nlet a = [value, 3]\n");
    }

    #[test]
    fn into_an_input_or_param() {
        check_action(
            "extract_input",
            "component C {\n  resource a: AWS::SNS::Topic { DisplayName: $0\"x\"$0 }\n}\n",
            "component C {\n  input display_name: String = \"x\"\n  resource a: AWS::SNS::Topic { DisplayName: display_name }\n}\n",
        );
        check_action(
            "extract_param",
            "stack t {}\nif true {\n  resource a: AWS::SQS::Queue { DelaySeconds: $05$0 }\n}\n",
            "stack t {}\nparam delay_seconds: Int = 5\nif true {\n  resource a: AWS::SQS::Queue { DelaySeconds: delay_seconds }\n}\n",
        );
    }

    #[test]
    fn what_stands_for_nothing_elsewhere() {
        check_none("extract_let", "let a = [for x in [1]: $0x + 1$0]\n");
        check_none("extract_let", "stack t {}\nresource a: AWS::SNS::Topic $0{}$0\n");
        check_none("extract_let", "fn f(a: Int): Int = $0a + 1$0\n");
        check_none("extract_let", "type T = Int($01$0..=2)\n");
        check_none(
            "extract_input",
            "stack t {}\nfor s in [\"a\"] {\n  resource a: AWS::SNS::Topic { DisplayName: $0\"x-${s}\"$0 }\n}\n",
        );
        check_none("extract_param", "stack t {}\nfor s in $0[\"a\"]$0 {}\n");
    }
}
