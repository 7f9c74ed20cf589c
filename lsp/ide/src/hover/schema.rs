//! What CloudFormation says about a type, a property, an attribute: as markdown.
//!
//! Always: only facts of the schema; AWS's own words appear when a synced layer brings them.

use cloudc_schema::{Attribute, Constraints, Node, Property, Scalar, Shape, Text, Type, Unit, Update};
use cloudc_types::{Kind, Ty, ask, display};

use cloudc_driver::Database;

/// What is offered in place of AWS's words while they are not there. A server may make a command of it.
pub const SYNC_HINT: &str = "*AWS's descriptions are not here yet: run `cloudc: sync schemas`.*";

/// A resource type.
pub(crate) fn type_text(ty: Type) -> String {
    let mut parts = vec![fence(&format!("resource name: {}", ty.name()))];
    parts.push(ty.doc().map_or_else(|| SYNC_HINT.to_owned(), str::to_owned));
    let required: Vec<String> = ty.required().filter(|one| !one.read_only()).map(|one| format!("`{}`", one.name())).collect();
    if !required.is_empty() {
        parts.push(format!("**Required:** {}", required.join(", ")));
    }
    parts.push(format!("**`ref` gives:** `{}`", ty.ref_ident()));
    let attributes: Vec<String> = ty.attributes().map(|one| format!("`{}`", one.name())).collect();
    if !attributes.is_empty() {
        parts.push(format!("**Attributes:** {}", some(&attributes, 12)));
    }
    if ty.is_stateful() {
        parts.push("It holds data that deleting it destroys: consider `@retain` or `@snapshot`.".to_owned());
    }
    if ty.deprecated() {
        parts.push("AWS advises against using it.".to_owned());
    }
    if ty.is_private() {
        parts.push("From the account's registry.".to_owned());
    } else {
        parts.push(format!("[AWS's page]({})", ty.docs_url()));
    }
    parts.join("\n\n")
}

/// A property; `ty` is the resource type it belongs to, when that is known.
pub(crate) fn property_text(db: &Database, ty: Option<Type>, property: Property) -> String {
    let node = property.node();
    let shown = display(db, &Ty::constant(Kind::Node(node)));
    let mut parts = vec![fence(&format!("{}: {shown}", property.name()))];
    parts.push(property.doc().map_or_else(|| SYNC_HINT.to_owned(), str::to_owned));
    let mut facts = Vec::new();
    if property.read_only() {
        facts.push("read-only".to_owned());
    } else {
        facts.push(if property.required() { "required" } else { "optional" }.to_owned());
    }
    facts.push(
        match property.update() {
            Update::InPlace => "changed where it is",
            Update::Replace => "**changing this replaces the resource**",
            Update::Conditional => "changing this may replace the resource, depending on the values",
        }
        .to_owned(),
    );
    if property.write_only() {
        facts.push("never read back".to_owned());
    }
    if property.deprecated() {
        facts.push("deprecated".to_owned());
    }
    parts.push(facts.join(" · "));
    parts.extend(node_facts(node));
    if let Some(link) = ty.filter(|ty| !ty.is_private()).map(|ty| property_url(ty, property)) {
        parts.push(format!("[AWS's page]({link})"));
    }
    parts.join("\n\n")
}

/// What limits a value, what it identifies, in which unit it is counted.
pub(crate) fn node_facts(node: Node) -> Vec<String> {
    let mut facts = Vec::new();
    let inner = match node.shape() {
        Shape::List(element) => element,
        _ => node,
    };
    let limits = limits(node.constraints());
    if !limits.is_empty() {
        facts.push(limits.join(" · "));
    }
    if inner != node {
        let of_elements = self::limits(inner.constraints());
        if !of_elements.is_empty() {
            facts.push(format!("Each: {}", of_elements.join(" · ")));
        }
    }
    if !inner.expects().is_empty() {
        let idents: Vec<String> = inner.expects().iter().map(|ident| format!("`{ident}`")).collect();
        facts.push(format!("**Takes:** {}; a resource of the type is enough", some(&idents, 6)));
    }
    if let Some(unit) = node.unit() {
        let example = match unit {
            Unit::Milliseconds => "`500ms`",
            Unit::Seconds => "`30s`",
            Unit::Minutes => "`5m`",
            Unit::Hours => "`12h`",
            Unit::Days => "`7d`",
            Unit::Bytes | Unit::KiB => "`64KiB`",
            Unit::MiB => "`512MiB`",
            Unit::GiB => "`20GB`",
            Unit::TiB => "`1TiB`",
        };
        facts.push(format!("Counted in {}; {example} is converted", unit.name()));
    }
    let text = match node.text() {
        Text::Json => Some("JSON as text: a record is converted"),
        Text::Base64 => Some("Base64: text is converted"),
        Text::Duration => Some("ISO 8601 duration: `5m` is converted"),
        Text::Policy => Some("A policy document"),
        Text::TrustPolicy => Some("A policy document with principals"),
        Text::EventPattern => Some("An event pattern"),
        Text::Schedule => Some("A schedule: `rate(5m)`, `cron(\"0 3 * * ? *\")`"),
        Text::Plain | Text::Cidr | Text::Arn => None,
    };
    facts.extend(text.map(str::to_owned));
    if node.key_value_names().is_some() {
        facts.push("A map may stand for the list: `{ name: value }`".to_owned());
    }
    facts
}

/// What `Fn::GetAtt` reads.
pub(crate) fn attribute_text(db: &Database, ty: Type, attribute: Attribute) -> String {
    let shown = display(db, &ask::attribute_type(attribute));
    let mut parts = vec![fence(&format!("{}: {shown}", attribute.name()))];
    parts.push(format!("Attribute of `{}`, known once the resource exists.", ty.name()));
    if let Some(doc) = attribute.node().doc() {
        parts.push(doc.to_owned());
    }
    let own = |ident: &&cloudc_schema::Ident| ident.ty == ty.name() && ident.attr == attribute.name();
    let idents: Vec<String> = attribute.idents().iter().filter(|ident| !own(ident)).map(|ident| format!("`{ident}`")).collect();
    if !idents.is_empty() {
        parts.push(format!("**Stands for:** {}", idents.join(", ")));
    }
    if !ty.is_private() {
        let section = format!("{}#aws-resource-{}-{}-return-values", ty.docs_url(), low(ty.service()), low(ty.short_name()));
        parts.push(format!("[AWS's page]({section})"));
    }
    parts.join("\n\n")
}

/// A type's identifier or attribute that is named as a type.
pub(crate) fn type_member_text(db: &Database, ty: Type, name: &str) -> String {
    if let Some(attribute) = ty.attribute(name) {
        return attribute_text(db, ty, attribute);
    }
    if let Some(property) = ty.property(name) {
        return property_text(db, Some(ty), property);
    }
    let mut parts = vec![fence(&format!("{}.{name}", ty.name()))];
    if ty.provides().iter().any(|(_, ident)| ident.attr == name) {
        parts.push(format!("Identifies a resource of the type `{}`.", ty.name()));
    } else if ty.definition(name).is_some() {
        parts.push(format!("A part of `{}`.", ty.name()));
    }
    parts.join("\n\n")
}

/// Limits in words.
fn limits(limits: &Constraints) -> Vec<String> {
    let mut all = Vec::new();
    if let Some(value) = &limits.constant {
        all.push(format!("always `{value}`"));
    }
    if !limits.allowed.is_empty() {
        let values: Vec<String> = limits.allowed.iter().map(|value| format!("`{value}`")).collect();
        all.push(format!("{} {}", if limits.open { "among others" } else { "one of" }, some(&values, 16)));
    }
    let number = |value: f64| if value.fract() == 0.0 { format!("{value:.0}") } else { value.to_string() };
    match (limits.min, limits.max) {
        (Some(min), Some(max)) => all.push(format!("{}..={}", number(min), number(max))),
        (Some(min), None) => all.push(format!("at least {}", number(min))),
        (None, Some(max)) => all.push(format!("at most {}", number(max))),
        (None, None) => {}
    }
    if let Some(step) = limits.multiple_of {
        all.push(format!("a multiple of {}", number(step)));
    }
    all.extend(span(limits.min_len, limits.max_len, "characters"));
    all.extend(span(limits.min_items, limits.max_items, "elements"));
    all.extend(span(limits.min_props, limits.max_props, "keys"));
    if limits.unique {
        all.push("no element twice".to_owned());
    }
    if let Some(pattern) = limits.pattern {
        all.push(format!("matches `{}`", pattern.replace('`', "\\`")));
    }
    if let Some(format) = limits.format {
        all.push(format!("format `{format}`"));
    }
    if let Some(default) = &limits.default {
        all.push(format!("default `{}`", short_scalar(default)));
    }
    all
}

fn short_scalar(scalar: &Scalar) -> String {
    super::shorten(&scalar.to_string(), 60)
}

fn span(least: Option<u32>, most: Option<u32>, what: &str) -> Option<String> {
    Some(match (least.filter(|least| *least > 0), most) {
        (Some(least), Some(most)) if least == most => format!("{least} {what}"),
        (Some(least), Some(most)) => format!("{least}..={most} {what}"),
        (Some(least), None) => format!("at least {least} {what}"),
        (None, Some(most)) => format!("at most {most} {what}"),
        (None, None) => return None,
    })
}

/// The first of a list, and how many more there are.
pub(crate) fn some(all: &[String], most: usize) -> String {
    if all.len() <= most {
        return all.join(", ");
    }
    format!("{} and {} more", all[..most].join(", "), all.len() - most)
}

/// Code of the language.
pub(crate) fn fence(code: &str) -> String {
    format!("```cloud\n{code}\n```")
}

/// AWS's page of a property: a section of the type's page, or the page of the definition it is in.
pub(crate) fn property_url(ty: Type, property: Property) -> String {
    let (service, resource) = (low(ty.service()), low(ty.short_name()));
    let name = low(property.name());
    match property.owner().name() {
        None => format!("{}#cfn-{service}-{resource}-{name}", ty.docs_url()),
        Some(definition) => {
            let definition = low(definition);
            let folder = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference";
            let page = format!("aws-properties-{service}-{resource}-{definition}");
            format!("{folder}/{page}.html#cfn-{service}-{resource}-{definition}-{name}")
        }
    }
}

fn low(text: &str) -> String {
    text.to_lowercase()
}
