//! Writes the type that the compiler found out: of a `let`, `output`, `input` or `param` that has none.

use cloudc_hir::body::Parts;
use cloudc_syntax::ast::{self, AstNode};

use super::context::{Ctx, item_around};
use super::{Acc, ActionKind, Offer};

/// Offers to write the type of the declaration whose name or keyword is at the selection.
pub(crate) fn add_type(ctx: &Ctx<'_>, acc: &mut Acc<'_>) {
    let Some(item) = ctx.token().and_then(|token| item_around(&token.parent()?)) else { return };
    let (Some(decl), Some(name)) = (ctx.decl(&item), item.children().find_map(ast::Name::cast)) else { return };
    let Parts::Value { ty: None, as_ty: None, value: Some(_) } = cloudc_hir::body(ctx.db, decl).parts else { return };
    let end = ctx.range_of(name.syntax()).end();
    if ctx.range.start() > end {
        return;
    }
    let Some(ty) = ctx.written_type(&cloudc_types::signature(ctx.db, decl).ty) else { return };
    acc.add(Offer::new("add_type", ActionKind::RefactorRewrite, format!("Write its type `{ty}`")), |changes| {
        changes.insert(ctx.file, end, format!(": {ty}"));
    });
}

#[cfg(test)]
mod tests {
    use crate::actions::tests::{check_action, check_none};

    #[test]
    fn what_was_found_out() {
        check_action("add_type", "let $0a = 1 + 1\n", "let a: Int = 1 + 1\n");
        check_action(
            "add_type",
            "stack t {}\nresource r: AWS::SNS::Topic {}\n$0output o = r.TopicArn\n",
            "stack t {}\nresource r: AWS::SNS::Topic {}\noutput o: AWS::SNS::Topic.TopicArn = r.TopicArn\n",
        );
    }

    #[test]
    fn nothing_to_write() {
        check_none("add_type", "let $0a: Int = 1\n");
        check_none("add_type", "let a = $01 + 1\n");
        check_none("add_type", "let $0a = nope\n");
    }
}
