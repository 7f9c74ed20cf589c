//! `@attributes`: which fit what follows, and what their arguments are.

use cloudc_hir::DeclKind;
use cloudc_schema::Type;
use cloudc_types::{Kind, ask};

use super::context::Context;
use super::documents;
use super::expected::Expected;
use super::item::{About, Item, ItemKind};

/// How each is written, most used first, and what it does.
pub(crate) const HELP: &[(&str, &str, &str)] = &[
    (
        "retain",
        "retain",
        "Keeps the resource when it leaves the stack or is replaced. `@retain(prod)` does so under a condition.",
    ),
    ("depends_on", "depends_on($0)", "Creates the resource after others that no property names."),
    ("id", "id(\"$0\")", "Fixes the logical id instead of deriving it from the name."),
    ("export", "export(\"$0\")", "Exports the output under this name, for stacks outside the project."),
    ("snapshot", "snapshot", "Takes a snapshot before the resource is deleted or replaced."),
    ("protect", "protect", "Refuses updates that would replace or delete the resource, by a stack policy."),
    ("deletion_policy", "deletion_policy(\"$0\")", "Sets DeletionPolicy as CloudFormation writes it."),
    ("update_replace_policy", "update_replace_policy(\"$0\")", "Sets UpdateReplacePolicy as CloudFormation writes it."),
    ("creation_policy", "creation_policy({\n  $0\n})", "Waits for signals before the resource counts as created."),
    ("update_policy", "update_policy({\n  $0\n})", "How an update of the group, alias or domain is carried out."),
    ("metadata", "metadata({ $0 })", "Sets the resource's Metadata."),
    ("adopt", "adopt(\"$0\")", "Takes an existing resource over at deployment instead of creating one; by its identifier."),
    ("nested", "nested", "Makes the component a nested stack of its own."),
    ("group", "group(\"$0\")", "Heading under which the console shows the parameter."),
    ("label", "label(\"$0\")", "Name under which the console shows the parameter."),
    ("message", "message(\"$0\")", "What is said when a value breaks the parameter's rules: ConstraintDescription."),
    ("usage", "usage($0)", "Estimates for the cost: `@usage(requests: 5_000_000, duration: 120ms)`."),
    ("deprecated", "deprecated(\"$0\")", "Warns whoever uses it, and says what to use instead."),
    ("allow", "allow(\"$1\", reason: \"$0\")", "Accepts a finding here, by its code or name, with a reason."),
];

/// The attributes that can be written.
pub(crate) fn names(ctx: &Context, target: Option<DeclKind>, ty: Option<Type>) -> Vec<Item> {
    let mut items = Vec::new();
    for (at, (name, text, about)) in HELP.iter().enumerate() {
        let Some(quality) = ctx.quality(name) else { continue };
        let Some((_, fits)) = ask::attributes().iter().find(|(known, _)| known == name) else { continue };
        let kind_fits = target.is_none_or(|target| fits.contains(&target));
        let type_fits = ty.is_none_or(|ty| ask::attribute_fits(name, ty.name()));
        if !kind_fits {
            continue;
        }
        let cost = quality + at as u32 + if type_fits { 0 } else { 100 };
        let item = Item {
            about: About::Annotation((*name).into()),
            detail: first_sentence(about),
            ..ctx.item(*name, ItemKind::Annotation, cost)
        };
        items.push(if *text == *name { item } else { ctx.snippet(Item { again: true, ..item }, text) });
    }
    items
}

fn first_sentence(text: &str) -> String {
    text.split_once(". ").map_or(text.trim_end_matches('.'), |(first, _)| first).to_owned()
}

/// The arguments of an attribute that have names, with their types.
pub(crate) fn arguments(attribute: &str) -> &'static [(&'static str, &'static str)] {
    match attribute {
        "allow" => &[("reason", "String")],
        "usage" => &[("requests", "Int"), ("duration", "Duration"), ("storage", "Size"), ("transfer", "Size"), ("hours", "Int")],
        _ => &[],
    }
}

/// What an argument of an attribute is expected to be.
pub(crate) fn argument(attribute: &str, name: Option<&str>) -> Expected {
    match (attribute, name) {
        ("retain" | "snapshot", _) => Expected::of(Kind::Bool),
        ("depends_on", _) => Expected::Resources,
        ("deletion_policy", _) => Expected::Doc(&documents::DELETION),
        ("update_replace_policy", _) => Expected::Doc(&documents::REPLACEMENT),
        ("creation_policy", _) => Expected::Doc(&documents::CREATION_POLICY),
        ("update_policy", _) => Expected::Doc(&documents::UPDATE_POLICY),
        ("id" | "export" | "adopt" | "message" | "label" | "group" | "deprecated" | "allow", _) => Expected::of(Kind::Str(None)),
        _ => Expected::Any,
    }
}

/// The paragraph about an attribute.
pub(crate) fn about(name: &str) -> Option<&'static str> {
    HELP.iter().find(|(known, ..)| *known == name).map(|(_, _, about)| *about)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_attribute_has_help() {
        let known: Vec<&str> = ask::attributes().iter().map(|(name, _)| *name).collect();
        assert!(known.iter().all(|name| about(name).is_some()), "{known:?}");
        assert_eq!(known.len(), HELP.len());
    }
}
