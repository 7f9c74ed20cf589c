//! The edits that diagnostics bring along.

use cloudc_base::{Diagnostic, Edit, Fix};
use cloudc_driver::Database;

use super::context::Ctx;
use super::{Acc, Offer};
use crate::near::near;

/// The codes that [`super::missing`] mends.
pub(super) const MISSING: &[&str] = &["C0402", "C0351"];

/// Offers every fix of every diagnostic at the selection.
pub(crate) fn fixes(ctx: &Ctx<'_>, acc: &mut Acc<'_>) {
    for diagnostic in &ctx.diagnostics {
        // What is missing is added with better values.
        if MISSING.contains(&diagnostic.code.0) {
            continue;
        }
        let usable = diagnostic.fixes.iter().filter(|fix| !leaves_a_gap(fix) && mends(ctx.db, diagnostic, fix));
        for (at, fix) in usable.enumerate() {
            let offer = Offer::fix(&format!("fix{at}"), diagnostic, capitalised(&fix.title));
            let offer = if diagnostic.fixes.len() == 1 { offer.preferred() } else { offer };
            acc.add(offer, |changes| changes.edits.extend(fix.edits.iter().cloned()));
        }
    }
}

/// Whether a fix leaves a value to be written; [`super::missing`] writes it.
pub(super) fn leaves_a_gap(fix: &Fix) -> bool {
    let open = |line: &str| {
        let line = line.trim_end().trim_end_matches([',', '}']).trim();
        line.ends_with(':') && line.len() > 1
    };
    fix.edits.iter().any(|edit| edit.insert.lines().any(open))
}

/// Whether the declaration has fewer mistakes of grammar with the fix than without. The parser proposes what is most often missing where it
/// stops; what was meant may have been something else, as in `for x through xs`, and then the fix would only move the mistake.
pub(super) fn mends(db: &Database, diagnostic: &Diagnostic, fix: &Fix) -> bool {
    let Some(near) = near(db, diagnostic.file, diagnostic.range.start()).filter(|_| diagnostic.code.0.starts_with("C01")) else {
        return true;
    };
    let (text, start) = (near.chunk.text(db), near.start);
    let mut edits: Vec<&Edit> = fix.edits.iter().collect();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.range.start()));
    let mut mended = text.to_string();
    for edit in edits {
        let inside = edit.range.checked_sub(start).map(std::ops::Range::<usize>::from);
        let Some(range) = inside.filter(|range| edit.file == diagnostic.file && mended.get(range.clone()).is_some()) else {
            return true;
        };
        mended.replace_range(range, &edit.insert);
    }
    let mistakes = |text: &str| cloudc_syntax::parse_file(text).errors().len();
    mistakes(&mended) < mistakes(text)
}

/// A title begins with a capital letter in a menu.
pub(crate) fn capitalised(title: &str) -> String {
    let mut chars = title.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::actions::tests::{check_action, check_none};

    #[test]
    fn a_slip_is_corrected() {
        check_action(
            "fix0:C0401",
            "stack t {}\nresource a: AWS::SNS::Topic { $0DisplyName: \"x\" }\n",
            "stack t {}\nresource a: AWS::SNS::Topic { DisplayName: \"x\" }\n",
        );
        check_action(
            "fix0:C0201",
            "stack t {}\nlet prefix = \"a\"\noutput p = prefx$0\n",
            "stack t {}\nlet prefix = \"a\"\noutput p = prefix\n",
        );
    }

    #[test]
    fn only_what_mends_is_offered() {
        check_action("fix0:C0101", "stack t {}\nlet a = [for x $0[1]: x]\n", "stack t {}\nlet a = [for x in [1]: x]\n");
        check_action("fix0:C0101", "stack t {}\nlet a = [for x $0of [1]: x]\n", "stack t {}\nlet a = [for x in [1]: x]\n");
        check_none("fix0:C0101", "stack t {}\nlet a = [for x $0through xs: x]\n");
        check_action("fix0:C0119", "stack t {}\nlet a = [1 $02]\n", "stack t {}\nlet a = [1, 2]\n");
    }
}
