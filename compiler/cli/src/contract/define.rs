//! From a template to what it promises.

use std::collections::BTreeMap;

use cloudc_deploy::unit::section;
use cloudc_schema::{Access, Schema, Type};
use serde_json::{Map, Value as Json};

use super::{Contract, FORM, HOLE, Output, Parameter, Physical};

/// What a contract says besides what the template holds.
#[derive(Debug, Clone, Default)]
pub struct About {
    /// The stack's declaration, or a template's path.
    pub stack: String,
    /// The name it is deployed under.
    pub deployed_as: Option<String>,
    /// The environment it is built for.
    pub environment: Option<String>,
}

/// What a template promises, as version 1.0.0.
pub fn define(template: &Json, about: About, schema: &Schema) -> Contract {
    let look = Look { template, schema };
    let outputs = section(template, "Outputs").into_iter().flatten();
    let parameters = section(template, "Parameters").into_iter().flatten();
    let mut contract = Contract {
        schema: None,
        contract: FORM,
        stack: about.stack,
        version: "1.0.0".to_owned(),
        environment: about.environment,
        deployed_as: about.deployed_as,
        description: text_at(template, "Description"),
        outputs: outputs.map(|(name, output)| (name.clone(), look.output(output))).collect(),
        parameters: parameters.map(|(name, one)| (name.clone(), parameter(one))).collect(),
        names: BTreeMap::new(),
    };
    for (id, resource) in section(template, "Resources").into_iter().flatten() {
        if let Some(physical) = look.physical(resource) {
            contract.names.insert(id.clone(), physical);
        }
    }
    contract
}

fn text_at(value: &Json, key: &str) -> Option<String> {
    value.get(key)?.as_str().map(str::to_owned)
}

/// A template with what is known of its types.
struct Look<'a> {
    template: &'a Json,
    schema: &'a Schema,
}

impl Look<'_> {
    fn output(&self, output: &Json) -> Output {
        let value = output.get("Value").unwrap_or(&Json::Null);
        let export = output.get("Export").and_then(|export| export.get("Name"));
        Output {
            ty: self.type_of(value),
            text: text_of(value).filter(|text| text != HOLE),
            pattern: None,
            export: export.and_then(text_of),
            conditional: output.get("Condition").is_some(),
            description: text_at(output, "Description"),
        }
    }

    fn resource_type(&self, id: &str) -> Option<&str> {
        section(self.template, "Resources")?.get(id)?.get("Type")?.as_str()
    }

    /// What a value is: the identity that a reference stands for, else `String`.
    fn type_of(&self, value: &Json) -> String {
        let plain = || "String".to_owned();
        match function(value) {
            Some(("Ref", Json::String(id))) => match self.resource_type(id) {
                Some(name) => self.schema.ty(name).map_or_else(|| format!("{name}.Ref"), |ty| ty.ref_ident().to_string()),
                None => section(self.template, "Parameters").and_then(|all| text_at(all.get(id)?, "Type")).unwrap_or_else(plain),
            },
            Some(("Fn::GetAtt", at)) => {
                let (id, attribute) = match at {
                    Json::String(text) => text.split_once('.').unwrap_or((text, "")),
                    _ => (at[0].as_str().unwrap_or_default(), at[1].as_str().unwrap_or_default()),
                };
                let Some(name) = self.resource_type(id) else { return plain() };
                self.schema.ty(name).and_then(|ty| identity(ty, attribute)).unwrap_or_else(|| format!("{name}.{attribute}"))
            }
            Some(("Fn::If", Json::Array(parts))) if parts.len() == 3 => {
                let (then, otherwise) = (self.type_of(&parts[1]), self.type_of(&parts[2]));
                if then == otherwise { then } else { plain() }
            }
            _ => plain(),
        }
    }

    /// The name in AWS that a resource is given, where it is given one.
    fn physical(&self, resource: &Json) -> Option<Physical> {
        let name = resource.get("Type")?.as_str()?;
        let ty = self.schema.ty(name)?;
        let properties = resource.get("Properties")?;
        let own = format!("{}Name", ty.short_name());
        let identifier = match ty.primary_identifier() {
            [only] => Some(*only),
            _ => None,
        };
        let candidates = identifier.into_iter().chain([own.as_str(), "Name"]);
        let mut found = candidates.filter(|name| ty.property(name).is_some_and(|property| !property.read_only()));
        let text = found.find_map(|name| text_of(properties.get(name)?))?;
        (text != HOLE).then(|| Physical { ty: name.to_owned(), name: text })
    }
}

fn identity(ty: Type, attribute: &str) -> Option<String> {
    let mut all = ty.provides().iter();
    all.find(|(access, _)| *access == Access::Attr(leaked(ty, attribute))).map(|(_, ident)| ident.to_string())
}

/// The type's own text of an attribute's name; empty when it has none.
fn leaked(ty: Type, attribute: &str) -> &'static str {
    ty.attribute(attribute).map_or("", |found| found.name())
}

/// The function that a value is, with its argument.
fn function(value: &Json) -> Option<(&str, &Json)> {
    let map: &Map<String, Json> = value.as_object()?;
    let (name, argument) = map.iter().next()?;
    (map.len() == 1 && (name == "Ref" || name.starts_with("Fn::"))).then_some((name.as_str(), argument))
}

/// The text of a value as far as it is known; nothing for what is no text.
fn text_of(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Bool(_) | Json::Number(_) => Some(value.to_string()),
        _ => {
            let text = match function(value)? {
                ("Ref", Json::String(name)) => open(name),
                ("Fn::Sub", Json::String(text)) => substituted(text, &Map::new()),
                ("Fn::Sub", Json::Array(parts)) => {
                    let given = parts.get(1).and_then(Json::as_object).cloned().unwrap_or_default();
                    substituted(parts.first()?.as_str()?, &given)
                }
                ("Fn::Join", Json::Array(parts)) => {
                    let items: Option<Vec<String>> = parts
                        .get(1)?
                        .as_array()
                        .map(|items| items.iter().map(|item| text_of(item).unwrap_or_else(|| HOLE.to_owned())).collect());
                    items.map_or_else(|| HOLE.to_owned(), |items| items.join(parts[0].as_str().unwrap_or_default()))
                }
                _ => HOLE.to_owned(),
            };
            Some(text)
        }
    }
}

/// Pseudo parameters are the same for everybody; any other name is the stack's own affair.
fn open(name: &str) -> String {
    if name.starts_with("AWS::") { format!("${{{name}}}") } else { HOLE.to_owned() }
}

fn substituted(text: &str, given: &Map<String, Json>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        out.push_str(before);
        let Some((name, after)) = after.split_once('}') else {
            out.push_str("${");
            rest = after;
            continue;
        };
        let name = name.trim();
        match (name.strip_prefix('!'), given.get(name)) {
            (Some(literal), _) => out.push_str(&format!("${{{literal}}}")),
            (None, Some(value)) => out.push_str(&text_of(value).unwrap_or_else(|| HOLE.to_owned())),
            (None, None) => out.push_str(&open(name)),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

fn parameter(one: &Json) -> Parameter {
    let scalar = |value: &Json| match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    // Templates write numbers as text as well.
    let number = |key: &str| one.get(key).and_then(|value| value.as_f64().or_else(|| value.as_str()?.parse().ok()));
    Parameter {
        ty: text_at(one, "Type").unwrap_or_else(|| "String".to_owned()),
        default: one.get("Default").map(scalar),
        allowed: one.get("AllowedValues").and_then(Json::as_array).into_iter().flatten().map(scalar).collect(),
        pattern: text_at(one, "AllowedPattern"),
        min: number("MinValue"),
        max: number("MaxValue"),
        min_length: number("MinLength"),
        max_length: number("MaxLength"),
        secret: matches!(one.get("NoEcho"), Some(Json::Bool(true))) || one.get("NoEcho").and_then(Json::as_str) == Some("true"),
        description: text_at(one, "Description"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_keep_what_is_known() {
        assert_eq!(
            text_of(&json!({ "Fn::Sub": "https://${Api}.x.${AWS::Region}/${!lit}" })).unwrap(),
            "https://${}.x.${AWS::Region}/${lit}"
        );
        assert_eq!(text_of(&json!({ "Fn::Sub": ["${a}-${b}", { "a": "x" }] })).unwrap(), "x-${}");
        assert_eq!(text_of(&json!({ "Fn::Join": ["-", ["a", { "Ref": "B" }, 3]] })).unwrap(), "a-${}-3");
        assert_eq!(text_of(&json!({ "Fn::Join": ["-", { "Ref": "List" }] })).unwrap(), HOLE);
        assert_eq!(text_of(&json!({ "Fn::Sub": "open ${ end" })).unwrap(), "open ${ end");
        assert_eq!(text_of(&json!(["a"])), None);
    }

    #[test]
    fn a_template_becomes_its_promises() {
        let template = json!({
            "Parameters": { "Stage": { "Type": "String", "Default": "dev", "AllowedValues": ["dev", "prod"] }, "Nodes": { "Type": "Number", "MinValue": "1" } },
            "Resources": {
                "Jobs": { "Type": "AWS::SQS::Queue", "Properties": { "QueueName": { "Fn::Sub": "jobs-${Stage}" } } },
                "Data": { "Type": "AWS::S3::Bucket", "Properties": { "BucketName": "my-data" } },
                "Free": { "Type": "AWS::S3::Bucket" }
            },
            "Outputs": {
                "Arn": { "Value": { "Fn::GetAtt": ["Jobs", "Arn"] }, "Export": { "Name": "jobs" } },
                "Url": { "Value": { "Ref": "Jobs" } },
                "Stage": { "Value": { "Ref": "Stage" }, "Condition": "C" }
            }
        });
        let contract = define(&template, About { stack: "api".to_owned(), ..About::default() }, &Schema::embedded());
        assert_eq!(contract.outputs["Arn"].ty, "AWS::SQS::Queue.Arn");
        assert_eq!(contract.outputs["Arn"].export.as_deref(), Some("jobs"));
        assert_eq!(contract.outputs["Url"].ty, "AWS::SQS::Queue.QueueUrl");
        assert!(contract.outputs["Stage"].conditional);
        assert_eq!(contract.parameters["Nodes"].min, Some(1.0));
        assert_eq!(contract.parameters["Stage"].allowed, ["dev", "prod"]);
        let names: Vec<_> = contract.names.iter().map(|(id, one)| (id.as_str(), one.name.as_str())).collect();
        assert_eq!(names, [("Data", "my-data"), ("Jobs", "jobs-${}")]);
        assert_eq!(super::super::read(&super::super::write(&contract)).unwrap(), contract);
    }
}
