//! Arms of a `match`: the values that no arm has yet, and all of them at once.

use cloudc_types::ty::Lit;
use cloudc_types::{Kind, Ty};

use super::context::Context;
use super::item::{Item, ItemKind};
use super::snippets;

/// What an arm can begin with.
pub(crate) fn patterns(ctx: &Context, subject: &Ty, written: &[Lit], quoted: bool) -> Vec<Item> {
    let mut missing: Vec<String> = Vec::new();
    let literals = subject.present().kind.literals().unwrap_or_default();
    for lit in literals.iter().filter(|lit| !written.contains(lit)) {
        missing.push(match lit {
            Lit::Str(text) if quoted => text.to_string(),
            lit => lit.to_string(),
        });
    }
    let mut items: Vec<Item> = Vec::new();
    if !quoted && matches!(subject.kind, Kind::Optional(_)) {
        missing.push("none".to_owned());
    }
    for (at, text) in missing.iter().enumerate() {
        let bare = text.trim_matches('"');
        let Some(quality) = ctx.quality(bare) else { continue };
        let item = Item { filter: bare.to_owned(), ..ctx.item(text.clone(), ItemKind::EnumValue, quality + at.min(20) as u32) };
        items.push(if quoted { item } else { ctx.snippet(item, &format!("{} => $0", snippets::escape(text))) });
    }
    if quoted {
        return items;
    }
    if let Some(quality) = ctx.quality("_") {
        let item = Item { detail: "everything else".to_owned(), ..ctx.item("_", ItemKind::Keyword, quality + 40) };
        items.push(ctx.snippet(item, "_ => $0"));
    }
    if missing.len() > 1 && ctx.typed.is_empty() && ctx.options.snippets {
        let arms: Vec<String> =
            missing.iter().zip(1..).map(|(text, stop)| format!("{} => ${stop}", snippets::escape(text))).collect();
        let item = ctx.item(format!("all {} arms", missing.len()), ItemKind::Snippet, 30);
        items.push(ctx.snippet(item, &arms.join("\n")));
    }
    items
}
