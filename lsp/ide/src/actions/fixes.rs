//! The edits that diagnostics bring along.

use super::context::Ctx;
use super::{Acc, Offer};

/// The codes that [`super::missing`] mends.
pub(super) const MISSING: &[&str] = &["C0402", "C0351"];

/// Offers every fix of every diagnostic at the selection.
pub(crate) fn fixes(ctx: &Ctx<'_>, acc: &mut Acc<'_>) {
    for diagnostic in &ctx.diagnostics {
        // What is missing is added with better values.
        if MISSING.contains(&diagnostic.code.0) {
            continue;
        }
        let usable = diagnostic.fixes.iter().filter(|fix| !leaves_a_gap(fix));
        for (at, fix) in usable.enumerate() {
            let offer = Offer::fix(&format!("fix{at}"), diagnostic, capitalised(&fix.title));
            let offer = if diagnostic.fixes.len() == 1 { offer.preferred() } else { offer };
            acc.add(offer, |changes| changes.edits.extend(fix.edits.iter().cloned()));
        }
    }
}

/// Whether a fix leaves a value to be written; [`super::missing`] writes it.
pub(super) fn leaves_a_gap(fix: &cloudc_base::Fix) -> bool {
    let open = |line: &str| {
        let line = line.trim_end().trim_end_matches([',', '}']).trim();
        line.ends_with(':') && line.len() > 1
    };
    fix.edits.iter().any(|edit| edit.insert.lines().any(open))
}

/// A title begins with a capital letter in a menu.
pub(crate) fn capitalised(title: &str) -> String {
    let mut chars = title.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::actions::tests::check_action;

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
}
