//! Allows a finding where it is, with a reason: `@allow("C0331", reason: "…")`.
//!
//! Only what the compiler lets itself be talked out of: writing it for anything else would change nothing.

use cloudc_syntax::SyntaxKind as K;

use super::context::{Ctx, item_around};
use super::{Acc, Offer};
use crate::near::significant_start;

/// The codes that `@allow` lifts, beside lints, whose codes are words.
const LIFTED: &[&str] = &["C0331"];

/// Offers to allow the findings at the selection.
pub(crate) fn suppress(ctx: &Ctx<'_>, acc: &mut Acc<'_>) {
    for diagnostic in &ctx.diagnostics {
        let code = diagnostic.code.0;
        if !LIFTED.contains(&code) {
            continue;
        }
        let node = ctx.near.covering(ctx.db, diagnostic.range);
        let Some(item) = item_around(&node).filter(|item| item.kind() == K::ResourceItem) else { continue };
        acc.add(Offer::fix("suppress", diagnostic, format!("Allow `{code}` here, with a reason")), |changes| {
            let at = ctx.near.start + significant_start(&item);
            let lead = crate::near::indentation(ctx.file.text(ctx.db), at);
            changes.insert(ctx.file, at, format!("@allow(\"{code}\", reason: \"say why\")\n{lead}"));
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::actions::tests::check_action;

    #[test]
    fn a_secret_in_a_name() {
        check_action(
            "suppress",
            "stack t {}\nparam password: Secret<String>\n/// Orders.\nresource a: AWS::SNS::Topic { DisplayName: $0password }\n",
            "stack t {}\nparam password: Secret<String>\n/// Orders.\n@allow(\"C0331\", reason: \"say why\")\nresource a: AWS::SNS::Topic { DisplayName: password }\n",
        );
    }
}
