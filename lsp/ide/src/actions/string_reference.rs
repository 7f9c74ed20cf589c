//! Turns a text that says what a resource is called into a reference to it.
//!
//! ```cloud
//! resource photos: AWS::S3::Bucket { BucketName: "acme-photos" }
//! output name = "acme-photos"      // photos.ref
//! output objects = "arn:aws:s3:::acme-photos/*"   // "${photos.Arn}/*"
//! ```

use cloudc_hir::body::{Entry, Expr, Key, Literal, Parts};
use cloudc_hir::{Branch, Decl, Owner, resources};
use cloudc_schema::Type;
use cloudc_syntax::ast::{self, AstNode, StringFlavour};
use cloudc_syntax::{SyntaxKind as K, SyntaxNode};

use super::context::Ctx;
use super::{Acc, ActionKind, Offer};

/// Offers to name the resource that the text at the selection means.
pub(crate) fn string_to_reference(ctx: &Ctx<'_>, acc: &mut Acc<'_>) {
    let Some(text) = ctx.node::<ast::StringExpr>().filter(|text| text.flavour() == StringFlavour::Plain) else { return };
    let Some(content) = text.text().filter(|content| !content.is_empty()) else { return };
    let Some(decl) = ctx.decl(text.syntax()) else { return };
    let parent = text.syntax().parent();
    let is_value = parent.as_ref().is_some_and(|parent| match parent.kind() {
        K::Field => parent.children().next().as_ref() != Some(text.syntax()),
        K::ItemElem | K::OutputItem | K::LetItem | K::Arg | K::ParenExpr | K::IfBranch | K::MatchArm | K::ForElem => true,
        K::BinaryExpr => true,
        _ => false,
    });
    if !is_value || text.syntax().ancestors().any(|node| node.kind() == K::Attr) {
        return;
    }
    let Some((name, instead)) = reference(ctx, decl, text.syntax(), &content) else { return };
    acc.add(Offer::new("string_to_reference", ActionKind::RefactorRewrite, format!("Refer to `{name}`")), |changes| {
        changes.replace(ctx.file, ctx.range_of(text.syntax()), instead);
    });
}

/// The resource that a text means, and the expression that means the same.
fn reference(ctx: &Ctx<'_>, decl: Decl, node: &SyntaxNode, content: &str) -> Option<(String, String)> {
    let scope = match decl.container(ctx.db) {
        Some(container) => Owner::Decl(container, Branch::Then),
        None => Owner::File(ctx.file),
    };
    let mut takes = None;
    for (name, found, lift) in resources(ctx.db, scope) {
        let found = *found;
        // The names of most resources have nothing to do with the text, and that is quickly seen.
        if found == decl || !lift.is_empty() || !(content == name.as_str() || says(ctx, found, content)) {
            continue;
        }
        if super::scope::binder_around(node, name).is_some() {
            continue;
        }
        // What it needs itself cannot come from what needs it.
        if cloudc_hir::refs(ctx.db, found).iter().any(|used| used.decl == decl) {
            continue;
        }
        let Some(handle) = cloudc_types::signature(ctx.db, found).ty.kind.handle() else { continue };
        let takes = takes.get_or_insert_with(|| expected_idents(ctx, decl, node));
        if takes.iter().any(|ident| handle.access_for(&[*ident]).is_some_and(|(_, own)| own == *ident))
            && content == name.as_str()
        {
            return Some((name.to_string(), name.to_string()));
        }
        let Some(physical) = physical_name(ctx, found, handle) else { continue };
        if content == physical {
            let fits = takes.iter().any(|ident| *ident == handle.ref_ident());
            let instead = if fits { name.to_string() } else { format!("{name}.ref") };
            return Some((name.to_string(), instead));
        }
        if let Some(instead) = in_text(name, handle, &physical, content) {
            return Some((name.to_string(), instead));
        }
    }
    None
}

/// Whether a property of a resource is written as a part of the text.
fn says(ctx: &Ctx<'_>, decl: Decl, content: &str) -> bool {
    let body = cloudc_hir::body(ctx.db, decl);
    let Parts::Resource { body: Some(record), .. } = body.parts else { return false };
    let Expr::Record(entries) = body.expr(record) else { return false };
    entries.iter().any(|entry| match entry {
        Entry::Field { value, .. } => {
            matches!(body.expr(*value), Expr::Literal(Literal::Str(text)) if !text.is_empty() && content.contains(text.as_str()))
        }
        _ => false,
    })
}

/// A text that has the resource's ARN at its start, or its name between other characters.
fn in_text(name: &str, handle: Type, physical: &str, content: &str) -> Option<String> {
    let service = handle.service().to_lowercase();
    let at = content.find(physical)?;
    let (before, after) = (&content[..at], &content[at + physical.len()..]);
    let alone = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '-' && c != '_');
    if physical.len() < 3 || !alone(before.chars().last()) || !alone(after.chars().next()) {
        return None;
    }
    let is_arn = before.starts_with("arn:") && before.contains(&format!(":{service}:")) && handle.attribute("Arn").is_some();
    let escaped = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"").replace("${", "$${");
    match (is_arn, after) {
        (true, "") => Some(format!("{name}.Arn")),
        (true, after) => Some(format!("\"${{{name}.Arn}}{}\"", escaped(after))),
        (false, _) => Some(format!("\"{}${{{name}.ref}}{}\"", escaped(before), escaped(after))),
    }
}

/// What a resource is called, when that is written as fixed text and is what `Ref` gives.
fn physical_name(ctx: &Ctx<'_>, decl: Decl, handle: Type) -> Option<String> {
    let body = cloudc_hir::body(ctx.db, decl);
    let Parts::Resource { body: Some(record), .. } = body.parts else { return None };
    let Expr::Record(entries) = body.expr(record) else { return None };
    let wanted = handle.ref_ident().attr;
    entries.iter().find_map(|entry| match entry {
        Entry::Field { key: Key::Text(key), value, guard: None, .. } if key == wanted => match body.expr(*value) {
            Expr::Literal(Literal::Str(text)) if !text.is_empty() => Some(text.to_string()),
            _ => None,
        },
        _ => None,
    })
}

/// The identifiers that the property around a text takes.
fn expected_idents(ctx: &Ctx<'_>, decl: Decl, node: &SyntaxNode) -> Vec<cloudc_schema::Ident> {
    let Some(handle) = cloudc_types::signature(ctx.db, decl).ty.kind.handle() else { return Vec::new() };
    let item = super::context::item_around(node);
    let mut keys: Vec<String> = node
        .ancestors()
        .take_while(|node| Some(node) != item.as_ref())
        .filter_map(ast::Field::cast)
        .filter_map(|field| Some(field.key()?.text()?.to_string()))
        .collect();
    keys.reverse();
    let Some(property) = handle.property_at(&keys.join(".")) else { return Vec::new() };
    let mut at = property.node();
    while let Some(element) = at.element().filter(|_| at.expects().is_empty()) {
        at = element;
    }
    at.expects().to_vec()
}

#[cfg(test)]
mod tests {
    use crate::actions::tests::{check_action, check_none};

    const PHOTOS: &str = "stack t {}\nresource photos: AWS::S3::Bucket { BucketName: \"acme-photos\" }\n";

    #[test]
    fn names_and_arns() {
        let check = |before: &str, after: &str| {
            check_action("string_to_reference", &format!("{PHOTOS}{before}"), &format!("{PHOTOS}{after}"));
        };
        check("output a = $0\"acme-photos\"\n", "output a = photos.ref\n");
        check("output a = \"$0arn:aws:s3:::acme-photos\"\n", "output a = photos.Arn\n");
        check("output a = \"arn:aws:s3:::acme-$0photos/*\"\n", "output a = \"${photos.Arn}/*\"\n");
        check(
            "output a = \"https://acme-photos.$0s3.amazonaws.com\"\n",
            "output a = \"https://${photos.ref}.s3.amazonaws.com\"\n",
        );
        check(
            "resource p: AWS::S3::BucketPolicy { Bucket: \"$0acme-photos\", PolicyDocument: { Version: \"2012-10-17\", Statement: [] } }\n",
            "resource p: AWS::S3::BucketPolicy { Bucket: photos, PolicyDocument: { Version: \"2012-10-17\", Statement: [] } }\n",
        );
        check(
            "resource p: AWS::S3::BucketPolicy { Bucket: \"$0photos\", PolicyDocument: { Version: \"2012-10-17\", Statement: [] } }\n",
            "resource p: AWS::S3::BucketPolicy { Bucket: photos, PolicyDocument: { Version: \"2012-10-17\", Statement: [] } }\n",
        );
    }

    #[test]
    fn other_texts() {
        check_none("string_to_reference", &format!("{PHOTOS}output a = \"$0acme-photos2\"\n"));
        check_none("string_to_reference", "stack t {}\nresource photos: AWS::S3::Bucket { BucketName: \"$0acme-photos\" }\n");
    }
}
