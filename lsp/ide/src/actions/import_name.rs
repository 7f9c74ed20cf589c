//! Imports a name that is not there: from a module of the workspace or of the standard library that offers it.

use std::collections::BTreeSet;

use cloudc_base::File;
use cloudc_driver::Database;
use cloudc_hir::{DeclKind, Name, Namespace, Owner, module_item};
use cloudc_syntax::SyntaxKind as K;
use cloudc_syntax::ast::{self, AstNode};

use super::context::{Changes, Ctx};
use super::{Acc, Offer};
use crate::near::near;

/// Offers an import for each module that has the unknown name.
pub(crate) fn import_name(ctx: &Ctx<'_>, acc: &mut Acc<'_>) {
    for diagnostic in &ctx.diagnostics {
        let ns = match diagnostic.code.0 {
            "C0201" | "C0307" => Namespace::Value,
            "C0240" => Namespace::Type,
            _ => continue,
        };
        let name = ctx.text(diagnostic.range);
        let modules = offering(ctx.db, ctx.file, ctx.files, ns, name);
        let only = modules.len() == 1;
        for (at, path) in modules.iter().enumerate() {
            let offer = Offer::fix(&format!("import{at}"), diagnostic, format!("Import `{name}` from \"{path}\""));
            let offer = if only { offer.preferred() } else { offer };
            acc.add(offer, |changes| add_import(ctx, changes, path, name));
        }
    }
}

/// The paths under which a file could import a name, the standard library first.
fn offering(db: &Database, from: File, files: &[File], ns: Namespace, name: &str) -> Vec<String> {
    let name = Name::from(name);
    let offers = |file: File| module_item(db, file, ns, name.clone()).is_some_and(|decl| decl.kind(db) != DeclKind::Output);
    let std = cloudc_stdlib::modules().iter().map(|(path, _)| *path);
    let std = std.filter(|path| offers(cloudc_driver::file(db, path))).map(str::to_owned);
    let own = files.iter().filter(|file| **file != from && !file.is_std(db) && offers(**file));
    let own: BTreeSet<String> = own.filter_map(|file| relative(from.path(db), file.path(db))).collect();
    std.chain(own).collect()
}

/// The path of a file as an import of another writes it.
fn relative(from: &str, to: &str) -> Option<String> {
    let folder: Vec<&str> = from.split('/').collect();
    let folder = &folder[..folder.len().checked_sub(1)?];
    let parts: Vec<&str> = to.split('/').collect();
    let common = folder.iter().zip(&parts).take_while(|(a, b)| a == b).count();
    let up = folder.len() - common;
    let rest = parts.get(common..)?.join("/");
    Some(if up == 0 { format!("./{rest}") } else { format!("{}{rest}", "../".repeat(up)) })
}

/// Adds a name to the import of its module, or an import behind the others.
fn add_import(ctx: &Ctx<'_>, changes: &mut Changes, path: &str, name: &str) {
    let imports =
        cloudc_hir::declarations(ctx.db, Owner::File(ctx.file)).iter().filter(|decl| decl.kind(ctx.db) == DeclKind::Import);
    let mut last = None;
    for decl in imports {
        let Some(chunk) = cloudc_hir::chunk_of(ctx.db, *decl) else { continue };
        let Some(near) = near(ctx.db, ctx.file, chunk.offset(ctx.db)) else { continue };
        let Some(import) = near.root.children().find_map(ast::Import::cast) else { continue };
        let same = import.path().and_then(|path| path.text()).is_some_and(|written| written == path);
        if same && let Some(spec) = import.specs().last() {
            return changes.insert(ctx.file, near.in_file(spec.range()).end(), format!(", {name}"));
        }
        last = Some(near.in_file(import.range()).end());
    }
    let line = format!("import \"{path}\" {{ {name} }}");
    match last {
        Some(end) => changes.insert(ctx.file, end, format!("\n{line}")),
        None => changes.insert(ctx.file, first_place(ctx), format!("{line}\n\n")),
    }
}

/// Where the first import of a file goes: behind what is said about the file as a whole.
fn first_place(ctx: &Ctx<'_>) -> cloudc_base::TextSize {
    let Some(first) = near(ctx.db, ctx.file, 0.into()) else { return 0.into() };
    let Some(item) = first.root.children().find(|node| node.kind() != K::Error) else { return 0.into() };
    first.in_file(cloudc_base::TextRange::empty(super::context::lead_start(&item))).start()
}

#[cfg(test)]
mod tests {
    use super::relative;
    use crate::actions::tests::check_action;

    #[test]
    fn from_the_library_and_from_the_workspace() {
        check_action(
            "import0",
            "// A stack.\n\nstack t {}\nresource a: $0Bucket {}\n",
            "// A stack.\n\nimport \"std/storage\" { Bucket }\n\nstack t {}\nresource a: Bucket {}\n",
        );
        let other = "//- /lib/n.cloud\npub let a = 1\npub fn f(x: Int): Int = x\n//- /app/main.cloud\n";
        check_action(
            "import0",
            &format!("{other}import \"../lib/n.cloud\" {{ a }}\nstack t {{}}\noutput x = $0f(a)\n"),
            "import \"../lib/n.cloud\" { a, f }\nstack t {}\noutput x = f(a)\n",
        );
        check_action(
            "import0",
            &format!("{other}import \"../lib/n.cloud\" as n\nstack t {{}}\noutput x = $0f(n.a)\n"),
            "import \"../lib/n.cloud\" as n\nimport \"../lib/n.cloud\" { f }\nstack t {}\noutput x = f(n.a)\n",
        );
    }

    #[test]
    fn paths_are_relative() {
        assert_eq!(relative("/a/b/c.cloud", "/a/d.cloud").as_deref(), Some("../d.cloud"));
        assert_eq!(relative("/a.cloud", "/b/c.cloud").as_deref(), Some("./b/c.cloud"));
    }
}
