//! What a record lacks, and what in it does not go together.

use super::MISSING_PROPERTY;
use super::{Given, Values};
use crate::infer::{Ctx, Expect};
use crate::ty::{Field, Kind};
use cloudc_hir::body::ExprId;
use cloudc_hir::problem::Spot;
use cloudc_hir::{Anchor, Problem};
use cloudc_schema::{Node, Object, Property, Shape};

impl Ctx<'_> {
    /// What is missing, and what does not go together.
    pub(super) fn complete(
        &mut self,
        src: ExprId,
        values: &Values<'_>,
        given: &[Given],
        open: bool,
        whole: Option<Anchor>,
        expect: &Expect,
    ) {
        match values {
            Values::All(_) => {}
            Values::Fields(fields) => {
                let missing: Vec<&Field> = fields
                    .iter()
                    .filter(|field| {
                        !matches!(field.ty.kind, Kind::Optional(_)) && !given.iter().any(|own| own.name == field.name)
                    })
                    .collect();
                if missing.is_empty() {
                    return;
                }
                let names: Vec<String> = missing.iter().map(|field| format!("`{}`", field.name)).collect();
                let text: Vec<String> = missing.iter().map(|field| format!("{}: ", field.name)).collect();
                let problem = Problem::error(MISSING_PROPERTY, self.at(src), format!("{} missing", are(&names))).fix(
                    add_title(names.len()),
                    Spot::LastEntry(self.at(src)),
                    text.join("\n"),
                );
                let problem = self.explain(problem, expect);
                self.problems.push(problem);
            }
            Values::Object(object) => {
                let given = &self.with_defaults(src, given);
                self.missing_properties(src, *object, given, open, whole);
                self.check_groups(*object, given, open, whole.unwrap_or(self.at(src)));
            }
        }
    }

    pub(super) fn missing_properties(&mut self, src: ExprId, object: Object, given: &[Given], open: bool, whole: Option<Anchor>) {
        let certain = |name: &str| given.iter().any(|own| own.name == name && own.certain);
        let mut missing: Vec<Property> = Vec::new();
        for property in object.required() {
            if certain(property.name()) || property.read_only() {
                continue;
            }
            if let Some(own) = given.iter().find(|own| own.name == property.name()) {
                let at = own.value.map_or(whole.unwrap_or(self.at(src)), |value| self.at(value));
                self.problems.push(
                    Problem::error(MISSING_PROPERTY, at, format!("`{}` is required, but may be missing here", property.name()))
                        .help("give it a value in every case: `if c { a } else { b }`"),
                );
            } else if !open || given.len() < 64 {
                missing.push(property);
            }
        }
        // A spread of free JSON may bring anything.
        if missing.is_empty() || (open && given.is_empty() && !object.is_open()) {
            return;
        }
        let names: Vec<String> = missing.iter().map(|property| format!("`{}`", property.name())).collect();
        let text: Vec<String> =
            missing.iter().map(|property| format!("{}: {}", property.name(), placeholder(property.node()))).collect();
        let owner = self.owner_name(object);
        let problem =
            Problem::error(MISSING_PROPERTY, whole.unwrap_or(self.at(src)), format!("{} missing in {owner}", are(&names)))
                .help(add_title(names.len()))
                .fix(add_title(names.len()), Spot::LastEntry(self.at(src)), text.join("\n"));
        self.problems.push(problem);
    }
}

fn are(names: &[String]) -> String {
    match names {
        [one] => format!("{one} is"),
        [all @ .., last] => format!("{} and {last} are", all.join(", ")),
        [] => String::new(),
    }
}

fn add_title(count: usize) -> String {
    match count {
        1 => "add the missing property".to_owned(),
        count => format!("add the {count} missing properties"),
    }
}

/// Something of the right shape to start from.
fn placeholder(node: Node) -> String {
    if let Some(first) = node.constraints().allowed.first() {
        return match node.shape() {
            Shape::String => format!("{:?}", crate::checks::scalar_text(first)),
            _ => crate::checks::scalar_text(first),
        };
    }
    match node.shape() {
        Shape::String => "\"\"",
        Shape::Integer | Shape::Number => "0",
        Shape::Boolean => "false",
        Shape::List(_) => "[]",
        _ => "{}",
    }
    .to_owned()
}
