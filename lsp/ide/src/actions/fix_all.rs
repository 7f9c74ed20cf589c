//! Makes every edit of the file about which there is no choice, at once.

use cloudc_base::{Diagnostic, Edit, TextRange};

use super::context::Ctx;
use super::{Acc, ActionKind, Offer, fixes::MISSING, fixes::leaves_a_gap, fixes::mends};

/// Offers to mend all that has exactly one fix.
pub(crate) fn fix_all(ctx: &Ctx<'_>, acc: &mut Acc<'_>) {
    let edits = all_edits(ctx);
    if edits.is_empty() {
        return;
    }
    acc.add(Offer::new("fix_all", ActionKind::FixAll, "Fix all that can be fixed in this file"), |changes| changes.edits = edits);
}

/// The edits in this file, those that would meet an earlier one left out.
fn all_edits(ctx: &Ctx<'_>) -> Vec<Edit> {
    let mut edits: Vec<Edit> = Vec::new();
    let own = ctx.all_diagnostics.iter().filter(|one| one.file == ctx.file);
    for fix in own.filter_map(|one| only_fix(ctx, one)) {
        let free = |range: TextRange| edits.iter().all(|known| known.range.intersect(range).is_none());
        if fix.iter().all(|edit| edit.file == ctx.file && free(edit.range)) {
            edits.extend(fix.iter().cloned());
        }
    }
    edits
}

fn only_fix<'d>(ctx: &Ctx<'_>, diagnostic: &'d Diagnostic) -> Option<&'d [Edit]> {
    match diagnostic.fixes.as_slice() {
        [only] if MISSING.contains(&diagnostic.code.0) || leaves_a_gap(only) || !mends(ctx.db, diagnostic, only) => None,
        [only] => Some(&only.edits),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::actions::tests::{check_action, check_none};

    #[test]
    fn everything_without_a_choice() {
        check_action(
            "fix_all",
            "$0stack t {}\nresource a: AWS::SNS::Topic { DisplyName: \"x\" }\nlet prefix = \"a\"\noutput p = prefx\n",
            "stack t {}\nresource a: AWS::SNS::Topic { DisplayName: \"x\" }\nlet prefix = \"a\"\noutput p = prefix\n",
        );
        check_none("fix_all", "$0stack t {}\n");
    }
}
