//! Makes a component of the selected resources: what they use of the stack becomes inputs, what the stack uses of them outputs.
//!
//! Inside an instance a resource has another logical id, and CloudFormation would make it anew: a `moved` line for each keeps what is deployed.
//! Lines that led to the resource before stay: the whole chain is followed.

use cloudc_base::TextRange;
use cloudc_hir::{Decl, DeclKind, Name, Part};
use cloudc_syntax::ast::{self, AstNode};

use super::context::{Changes, Ctx, fresh_name, indented, lead_start, written_type};
use super::scope::{is_seen_inside, is_shorthand};
use super::{Acc, ActionKind, Offer};
use crate::FileRange;

/// What is taken out of the file.
struct Taken {
    decl: Decl,
    /// With its comments and attributes, in the file.
    range: TextRange,
}

/// Offers to make a component of the selected declarations.
pub(crate) fn extract_component(ctx: &Ctx<'_>, acc: &mut Acc<'_>) {
    let Some(parts) = selected(ctx) else { return };
    let Some(inputs) = inputs(ctx, &parts) else { return };
    let title = match parts.len() {
        1 => "Extract the resource into a component".to_owned(),
        count => format!("Extract {count} declarations into a component"),
    };
    acc.add(Offer::new("extract_component", ActionKind::RefactorExtract, title), |changes| {
        let Some(uses) = outer_uses(ctx, &parts) else { return };
        rewrite(ctx, changes, &parts, &inputs, &uses);
    });
}

/// The selected resources of a stack, and what stands between them; none when anything else is selected, or nothing.
fn selected(ctx: &Ctx<'_>) -> Option<Vec<Taken>> {
    if ctx.range.is_empty() || cloudc_hir::stack_decl(ctx.db, ctx.file).is_none() {
        return None;
    }
    let mut parts = Vec::new();
    for near in crate::near::within(ctx.db, ctx.file, ctx.range) {
        for item in near.root.children().filter_map(ast::Item::cast) {
            let range = near.in_file(TextRange::new(lead_start(item.syntax()), item.range().end()));
            if range.intersect(ctx.range).is_none_or(|common| common.is_empty()) {
                continue;
            }
            // A declaration that is selected only in part is meant when it is a resource and selected up to its name at least.
            let whole = ctx.range.contains_range(item.range() + near.start);
            let decl = near.decl_around(ctx.db, item.syntax())?;
            let fits = matches!(item, ast::Item::Resource(_) | ast::Item::Let(_)) && !decl.name(ctx.db).is_empty();
            if !whole || !fits || cloudc_hir::items::is_pub(ctx.db, decl) {
                return None;
            }
            parts.push(Taken { decl, range });
        }
    }
    let lets_stay_inside = |part: &Taken| {
        part.decl.kind(ctx.db) == DeclKind::Resource
            || cloudc_hir::all_declared(ctx.db, ctx.file)
                .all(|user| holds(&parts, user) || cloudc_hir::refs(ctx.db, user).iter().all(|used| used.decl != part.decl))
    };
    let has_resource = parts.iter().any(|part| part.decl.kind(ctx.db) == DeclKind::Resource);
    (has_resource && parts.iter().all(lets_stay_inside)).then_some(parts)
}

fn holds(parts: &[Taken], decl: Decl) -> bool {
    parts.iter().any(|part| part.decl == decl)
}

/// What the parts use that a component does not see, with types.
fn inputs(ctx: &Ctx<'_>, parts: &[Taken]) -> Option<Vec<(Name, String)>> {
    let mut inputs: Vec<(Name, String)> = Vec::new();
    for part in parts {
        // What the stack or project is called is no business of a component.
        if ctx.text(part.range).contains("stack.") || ctx.text(part.range).contains("project.") {
            return None;
        }
        for used in cloudc_hir::refs(ctx.db, part.decl) {
            let decl = used.decl;
            let name = decl.name(ctx.db);
            let seen = decl.file(ctx.db) != ctx.file || is_seen_inside(ctx, decl);
            if holds(parts, decl) || seen || used.property.is_some() || inputs.iter().any(|(known, _)| known == name) {
                continue;
            }
            // That it exists may follow from what only the stack knows.
            let Part::Expr(expr) = used.part else { return None };
            if !used.lift.is_empty() {
                return None;
            }
            let ty = cloudc_types::typed(ctx.db, part.decl).types.get(expr.0 as usize)?.as_ref()?;
            inputs.push((name.clone(), written_type(ctx.db, ty)?));
        }
    }
    Some(inputs)
}

/// Where the rest of the file names the parts: the place, and which part.
fn outer_uses(ctx: &Ctx<'_>, parts: &[Taken]) -> Option<Vec<(FileRange, Decl)>> {
    let mut uses = Vec::new();
    for part in parts {
        for place in crate::lens::uses_in(ctx.db, part.decl, ctx.file) {
            if !parts.iter().any(|part| part.range.contains_range(place.range)) {
                uses.push((place, part.decl));
            }
        }
    }
    Some(uses)
}

fn rewrite(ctx: &Ctx<'_>, changes: &mut Changes, parts: &[Taken], inputs: &[(Name, String)], uses: &[(FileRange, Decl)]) {
    let root = &ctx.near.root;
    let component = fresh_name(ctx, root, "Extracted");
    let instance = fresh_name(ctx, root, "extracted");
    let mut text = format!("component {component} {{\n");
    for (name, ty) in inputs {
        text.push_str(&format!("  input {name}: {ty}\n"));
    }
    for part in parts {
        let Some(inner) = indented(ctx.text(part.range)) else { return };
        text.push_str(&inner);
        text.push('\n');
    }
    let is_used = |part: &&Taken| uses.iter().any(|(_, decl)| *decl == part.decl);
    for part in parts.iter().filter(is_used) {
        let name = part.decl.name(ctx.db);
        text.push_str(&format!("  output {name} = {name}\n"));
    }
    let given: Vec<&str> = inputs.iter().map(|(name, _)| name.as_str()).collect();
    let body = if given.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", given.join(", ")) };
    text.push_str(&format!("}}\n\nresource {instance}: {component} {body}\n"));
    for part in parts.iter().filter(|part| part.decl.kind(ctx.db) == DeclKind::Resource) {
        let name = part.decl.name(ctx.db);
        text.push_str(&format!("moved {name} -> {instance}.{name}\n"));
    }
    for (at, part) in parts.iter().enumerate() {
        let insert = if at == 0 { text.trim_end().to_owned() } else { String::new() };
        let range = if at == 0 { part.range } else { with_line_end(ctx, part.range) };
        changes.replace(ctx.file, range, insert);
    }
    for (place, decl) in uses {
        point_at(ctx, changes, place, &instance, decl.name(ctx.db));
    }
}

/// The line end behind a declaration goes with it, and a blank line before.
fn with_line_end(ctx: &Ctx<'_>, range: TextRange) -> TextRange {
    let text = ctx.file.text(ctx.db);
    let (start, end) = (usize::from(range.start()), usize::from(range.end()));
    let from = start - (text[..start].len() - text[..start].trim_end_matches('\n').len());
    TextRange::new((from as u32).into(), (end as u32).into())
}

fn point_at(ctx: &Ctx<'_>, changes: &mut Changes, place: &FileRange, instance: &str, name: &Name) {
    let Some(near) = crate::near::near(ctx.db, place.file, place.range.start()) else { return };
    let node = near.covering(ctx.db, place.range);
    let shorthand = std::iter::once(node.clone()).chain(node.parent()).any(|node| is_shorthand(&node));
    let insert = if shorthand { format!("{name}: {instance}.{name}") } else { format!("{instance}.{name}") };
    changes.replace(place.file, place.range, insert);
}

#[cfg(test)]
mod tests {
    use crate::actions::tests::{check_action, check_none};

    #[test]
    fn with_inputs_and_outputs() {
        check_action(
            "extract_component",
            "stack t {}\nparam mail: String\nresource key: AWS::KMS::Key {}\n\n$0/// Orders.\nresource topic: AWS::SNS::Topic { KmsMasterKeyId: key }\nresource sub: AWS::SNS::Subscription { TopicArn: topic, Protocol: \"email\", Endpoint: mail }$0\n\nmoved old -> topic\noutput a = topic.TopicArn\noutput b = { topic }.topic.ref\n",
            "stack t {}\nparam mail: String\nresource key: AWS::KMS::Key {}\n\ncomponent Extracted {\n  input key: AWS::KMS::Key\n  input mail: String\n  /// Orders.\n  resource topic: AWS::SNS::Topic { KmsMasterKeyId: key }\n  resource sub: AWS::SNS::Subscription { TopicArn: topic, Protocol: \"email\", Endpoint: mail }\n  output topic = topic\n}\n\nresource extracted: Extracted { key, mail }\nmoved topic -> extracted.topic\nmoved sub -> extracted.sub\n\nmoved old -> topic\noutput a = extracted.topic.TopicArn\noutput b = { topic: extracted.topic }.topic.ref\n",
        );
    }

    #[test]
    fn only_whole_resources() {
        check_none("extract_component", "stack t {}\n$0param a: String$0\n");
        check_none("extract_component", "stack t {}\nresource a: $0AWS::SNS::Topic$0 {}\n");
        check_none("extract_component", "component C {\n  $0resource a: AWS::SNS::Topic {}$0\n}\n");
    }
}
