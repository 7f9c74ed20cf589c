//! `Fn::GetAtt` attributes beyond the read-only properties, as cfn-lint lists them.
//!
//! In: the text of its list (two Python literals). Out: attributes added to drafts.

use std::collections::{BTreeMap, BTreeSet};

use cloudc_schema::draft::{DraftNode, DraftShape, DraftType};

/// cfn-lint's exceptions.
pub struct Exceptions {
    /// Types all of whose scalar properties are attributes.
    all: BTreeSet<String>,
    /// Properties that are attributes although not read-only.
    some: BTreeMap<String, Vec<String>>,
}

impl Exceptions {
    /// Reads the two literals.
    pub fn read(text: &str) -> Result<Exceptions, String> {
        let after = |marker: &str| text.split_once(marker).map(|(_, rest)| rest).ok_or(format!("no `{marker}` in the list"));
        let all = after("_all_property_types = [")?.split(']').next().unwrap_or("");
        let body = after("_exceptions = {")?.split('}').next().unwrap_or("");
        let mut some: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut ty = String::new();
        for name in quoted(body) {
            if name.contains("::") {
                ty = name;
            } else {
                some.entry(ty.clone()).or_default().push(name);
            }
        }
        Ok(Exceptions { all: quoted(all).into_iter().collect(), some })
    }
}

fn quoted(text: &str) -> Vec<String> {
    text.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Adds what the exceptions say, and the wildcards of stacks.
pub fn complete(ty: &mut DraftType, exceptions: &Exceptions) {
    if exceptions.all.contains(&ty.name) {
        ty.attributes.clear();
        scalars(ty, 0, "", 0);
    }
    for name in exceptions.some.get(&ty.name).into_iter().flatten() {
        if let Some(place) = ty.find(&[name]) {
            let node = ty.node_of(place);
            ty.attributes.push((name.clone(), node));
        }
    }
    if ty.name == "AWS::Serverless::GraphQLApi" {
        ty.nodes.push(DraftNode { shape: DraftShape::String, ..DraftNode::default() });
        let node = ty.nodes.len() as u32 - 1;
        ty.attributes.extend(GRAPHQL.map(|name| (name.to_owned(), node)));
    }
    let outputs = matches!(
        ty.name.as_str(),
        "AWS::CloudFormation::Stack" | "AWS::Serverless::Application" | "AWS::ServiceCatalog::CloudFormationProvisionedProduct"
    );
    if outputs {
        ty.nodes.push(DraftNode { shape: DraftShape::String, ..DraftNode::default() });
        let node = ty.nodes.len() as u32 - 1;
        if ty.name == "AWS::CloudFormation::Stack" {
            ty.attributes.clear();
        }
        ty.attributes.retain(|(name, _)| name != "Outputs");
        ty.attributes.push(("Outputs.*".to_owned(), node));
    }
    ty.attributes.sort();
    ty.attributes.dedup_by(|a, b| a.0 == b.0);
}

/// Attributes of SAM's GraphQL API, which its schema does not list.
/// Source: "Return values" of `AWS::Serverless::GraphQLApi` in the SAM developer guide: those of `AWS::AppSync::GraphQLApi`.
const GRAPHQL: [&str; 7] = ["ApiId", "Arn", "GraphQLDns", "GraphQLEndpointArn", "GraphQLUrl", "RealtimeDns", "RealtimeUrl"];

/// Every scalar property, and lists of scalars, by dotted path.
fn scalars(ty: &mut DraftType, object: u32, prefix: &str, depth: u32) {
    if depth > 4 {
        return;
    }
    let properties = ty.objects[object as usize].properties.clone();
    for property in properties {
        let path = if prefix.is_empty() { property.name.clone() } else { format!("{prefix}.{}", property.name) };
        match &ty.nodes[property.node as usize].shape {
            DraftShape::Object(inner) => {
                let inner = *inner;
                scalars(ty, inner, &path, depth + 1);
            }
            DraftShape::List(inner) if !is_scalar(&ty.nodes[*inner as usize].shape) => {}
            _ => ty.attributes.push((path, property.node)),
        }
    }
}

fn is_scalar(shape: &DraftShape) -> bool {
    matches!(shape, DraftShape::String | DraftShape::Integer | DraftShape::Number | DraftShape::Boolean)
}
