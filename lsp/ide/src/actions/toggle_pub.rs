//! Offers a declaration to other files, or takes it back when none uses it.

use cloudc_hir::DeclKind;
use cloudc_hir::items::is_pub;
use cloudc_syntax::SyntaxKind as K;

use super::context::{Ctx, item_around};
use super::{Acc, ActionKind, Offer};
use crate::near::significant_start;
use cloudc_base::TextRange;

/// Offers it at the name or keyword of what can be public.
pub(crate) fn toggle_pub(ctx: &Ctx<'_>, acc: &mut Acc<'_>) {
    let Some(item) = ctx.token().and_then(|token| item_around(&token.parent()?)) else { return };
    let Some(decl) = ctx.decl(&item) else { return };
    let at_file_level = item.parent().is_some_and(|parent| parent.kind() == K::Chunk);
    let kind = decl.kind(ctx.db);
    let fits = matches!(kind, DeclKind::Component | DeclKind::Fn | DeclKind::Type | DeclKind::Let);
    let name_end = cloudc_hir::Anchor::name(decl).locate(ctx.db).1.end();
    if !at_file_level || !fits || ctx.range.start() > name_end || decl.name(ctx.db).is_empty() {
        return;
    }
    let name = decl.name(ctx.db);
    if !is_pub(ctx.db, decl) {
        acc.add(Offer::new("make_pub", ActionKind::RefactorRewrite, format!("Make `{name}` public")), |changes| {
            changes.insert(ctx.file, ctx.near.start + significant_start(&item), "pub ");
        });
        return;
    }
    let used = ctx.files.iter().filter(|file| **file != ctx.file).any(|file| imports(ctx, *file));
    let keyword = item.children_with_tokens().find(|part| part.kind() == K::PubKw);
    let Some(keyword) = keyword.filter(|_| !used) else { return };
    acc.add(Offer::new("make_private", ActionKind::RefactorRewrite, format!("Make `{name}` private")), |changes| {
        let range = ctx.near.in_file(keyword.text_range());
        changes.delete(ctx.file, TextRange::new(range.start(), range.end() + cloudc_base::TextSize::from(1)));
    });
}

/// Whether a file takes anything from this one.
fn imports(ctx: &Ctx<'_>, file: cloudc_base::File) -> bool {
    cloudc_hir::resolve::imported_files(ctx.db, file).contains(&ctx.file)
}

#[cfg(test)]
mod tests {
    use crate::actions::tests::{check_action, check_none};

    #[test]
    fn there_and_back() {
        check_action("make_pub", "/// One.\nlet $0a = 1\n", "/// One.\npub let a = 1\n");
        check_action("make_private", "pub $0fn f(a: Int): Int = a\n", "fn f(a: Int): Int = a\n");
    }

    #[test]
    fn what_others_use_stays_public() {
        check_none("make_private", "//- /main.cloud\nimport \"./n.cloud\" { a }\nlet _b = a\n//- /n.cloud\npub let $0a = 1\n");
        check_none("make_pub", "stack t {}\nresource $0a: AWS::SNS::Topic {}\n");
    }
}
