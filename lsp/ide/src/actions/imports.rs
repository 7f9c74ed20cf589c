//! Sorts imports, makes one of several of the same module, and takes away what is not used.
//!
//! The standard library comes first, then paths; names in braces are sorted. Comments stay with the import they stand above.

use std::collections::BTreeMap;

use cloudc_base::{File, TextRange};
use cloudc_hir::chunks::ChunkKind;
use cloudc_hir::uses::unused;
use cloudc_hir::{Anchor, DeclKind};
use cloudc_syntax::ast::{self, AstNode};

use super::context::{Changes, Ctx, lead_start};
use super::{Acc, ActionKind, Offer};
use crate::near::Near;

/// One module and what is taken from it.
#[derive(Default)]
struct Module {
    /// Comments above, each on its line.
    lead: String,
    /// `name` or `name as other`.
    names: Vec<String>,
    /// `as net`.
    aliases: Vec<String>,
    /// Whether the text between the quotes is all there is: nothing is taken.
    bare: bool,
}

/// By whether it is a path rather than of the standard library, and by its text.
type Modules = BTreeMap<(bool, String), Module>;

/// Offers to put the imports in order.
pub(crate) fn organize_imports(ctx: &Ctx<'_>, acc: &mut Acc<'_>) {
    let chunks = cloudc_hir::chunks(ctx.db, ctx.file).iter().filter(|chunk| chunk.kind(ctx.db) == ChunkKind::Import);
    let chunks: Vec<Near<'_>> = chunks.map(|chunk| Near::of(ctx.db, *chunk)).collect();
    let Some((ranges, modules)) = gathered(ctx, &chunks) else { return };
    let text = written(&modules);
    // In order already, and in one place.
    let together = ranges.iter().map(|range| ctx.text(*range)).collect::<Vec<_>>().join("\n");
    if text.trim_end() == together.trim_end() {
        return;
    }
    acc.add(Offer::new("organize_imports", ActionKind::OrganizeImports, "Organize imports"), |changes| {
        put(ctx, changes, &ranges, &text);
    });
}

/// Where the imports are, and what they take; none when there are none or one of them cannot be read.
fn gathered(ctx: &Ctx<'_>, chunks: &[Near<'_>]) -> Option<(Vec<TextRange>, Modules)> {
    let unused: Vec<TextRange> = unused_names(ctx.file, ctx);
    let mut ranges = Vec::new();
    let mut modules = Modules::new();
    for near in chunks {
        let mut items = near.root.children();
        let import = items.next().and_then(ast::Import::cast)?;
        if items.next().is_some() || !cloudc_hir::parse(ctx.db, near.chunk).errors().is_empty() {
            return None;
        }
        let path = import.path()?.text()?.to_string();
        let start = lead_start(import.syntax());
        let range = near.in_file(TextRange::new(start, import.range().end()));
        // A comment inside has no place to go to; one behind it would lose its line.
        let inner = import.syntax().descendants_with_tokens().any(|part| part.kind().is_comment());
        let tail = near
            .root
            .descendants_with_tokens()
            .any(|part| part.kind().is_comment() && part.text_range().start() >= import.range().end());
        if inner || tail {
            return None;
        }
        let module = modules.entry((!path.starts_with("std/"), path)).or_default();
        let lead = ctx.text(near.in_file(TextRange::new(start, import.range().start())));
        module.lead.push_str(lead);
        let is_unused = |range: TextRange| unused.contains(&near.in_file(range));
        let specs: Vec<ast::ImportSpec> = import.specs().collect();
        module.bare |= specs.is_empty() && import.alias().is_none();
        for spec in specs {
            let bound = spec.alias().or_else(|| spec.name());
            if bound.is_some_and(|name| !is_unused(name.range())) {
                module.names.push(spec.syntax().text().to_string());
            }
        }
        if let Some(alias) = import.alias().filter(|alias| !is_unused(alias.range())) {
            module.aliases.push(alias.text().to_string());
        }
        ranges.push(range);
    }
    (!ranges.is_empty()).then_some((ranges, modules))
}

/// Where the names of imports stand that are not used; none while the text has mistakes that hide uses.
fn unused_names(file: File, ctx: &Ctx<'_>) -> Vec<TextRange> {
    if !cloudc_driver::syntax(ctx.db, file).is_empty() {
        return Vec::new();
    }
    let imports = unused(ctx.db, file).iter().filter(|decl| matches!(decl.kind(ctx.db), DeclKind::Import | DeclKind::ImportItem));
    imports.map(|decl| Anchor::name(*decl).locate(ctx.db).1).collect()
}

fn written(modules: &Modules) -> String {
    let mut out = String::new();
    for ((_, path), module) in modules {
        let mut names = module.names.clone();
        names.sort();
        names.dedup();
        let mut lead = module.lead.as_str();
        let mut line = |rest: String| {
            out.push_str(lead);
            out.push_str(&format!("import \"{path}\"{rest}\n"));
            lead = "";
        };
        if !names.is_empty() {
            line(format!(" {{ {} }}", names.join(", ")));
        }
        for alias in &module.aliases {
            line(format!(" as {alias}"));
        }
        if module.bare && names.is_empty() && module.aliases.is_empty() {
            line(String::new());
        }
    }
    out
}

/// Puts all of them where the first one is.
fn put(ctx: &Ctx<'_>, changes: &mut Changes, ranges: &[TextRange], text: &str) {
    let source = ctx.file.text(ctx.db);
    for (at, range) in ranges.iter().enumerate() {
        let end = usize::from(range.end());
        let line_end = (crate::near::line_end(source, range.end()) + 1).min(source.len());
        let whole = TextRange::new(range.start(), (line_end.max(end) as u32).into());
        let next_is_import = ranges.get(at + 1).is_some_and(|next| source[line_end..usize::from(next.start())].trim().is_empty());
        if at == 0 {
            changes.replace(ctx.file, whole, text);
        } else {
            changes.delete(ctx.file, whole);
        }
        // Blank lines between imports go with them.
        if next_is_import && let Some(next) = ranges.get(at + 1) {
            let gap = TextRange::new(whole.end(), next.start());
            if !gap.is_empty() {
                changes.delete(ctx.file, gap);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::actions::tests::{check_action, check_none};

    const OTHER: &str = "//- /n.cloud\npub let a = 1\npub let b = 2\n//- /m.cloud\npub let c = 1\n//- /main.cloud\n";

    #[test]
    fn sorted_merged_and_without_the_unused() {
        check_action(
            "organize_imports",
            &format!(
                "{OTHER}// The n.\nimport \"./n.cloud\" {{ b, a }}\n\nimport \"./m.cloud\" {{ c }}\nimport \"std/storage\" {{ Bucket }}\n$0stack t {{}}\nimport \"./n.cloud\" as n\noutput x = a + b + n.a\nresource d: Bucket {{}}\n"
            ),
            "import \"std/storage\" { Bucket }\n// The n.\nimport \"./n.cloud\" { a, b }\nimport \"./n.cloud\" as n\nstack t {}\noutput x = a + b + n.a\nresource d: Bucket {}\n",
        );
    }

    #[test]
    fn in_order_already() {
        check_none(
            "organize_imports",
            &format!("{OTHER}import \"./m.cloud\" {{ c }}\nimport \"./n.cloud\" {{ a }}\n$0stack t {{}}\noutput x = a + c\n"),
        );
        check_none("organize_imports", "$0stack t {}\n");
    }
}
