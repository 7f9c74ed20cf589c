//! Parameters that a template gives to the nested stacks whose templates lie beside it.
//!
//! In: text of a template, a way to read files named from it. Out: findings. Always: what is not in a file, or is not plainly
//! written, is not judged. Facts: `AWS::CloudFormation::Stack` in the CloudFormation reference: a parameter that the template does
//! not declare is refused, and one without a default is needed.

use cloudc_base::suggest::nearest;
use cloudc_base::{Code, File, Severity, path};
use cloudc_driver::Database;
use cloudc_types::Db as _;

use crate::check::Finding;
use crate::tree::{Entry, Node, Span};

/// A parameter that a nested stack's template does not have, or needs.
pub const NESTED_PARAMETER: &str = "C0427";

/// Types that are stacks, and the property that says where their template is.
const STACKS: [(&str, &str); 2] = [("AWS::CloudFormation::Stack", "TemplateURL"), ("AWS::Serverless::Application", "Location")];

/// Everything that is wrong with a template in a file, and with what it gives to the nested stacks whose templates are files of the
/// same project.
pub fn check_file(db: &Database, file: File) -> Vec<Finding> {
    let text = file.text(db);
    let mut found = crate::check::check(db.schema().schema(db), text);
    found.extend(nested(text, &|written| {
        // Relative to the template, whether or not it says so.
        let path = path::resolve(file.path(db), &format!("./{written}")).filter(|_| !written.starts_with('/'))?;
        let text = cloudc_driver::file(db, &path).text(db);
        // What cannot be read is not judged.
        (!text.is_empty()).then(|| text.to_owned())
    }));
    found
}

/// What is wrong with the parameters given to nested stacks. `read`: the text of a file, by its path as the template writes it.
pub fn nested(text: &str, read: &dyn Fn(&str) -> Option<String>) -> Vec<Finding> {
    if !STACKS.iter().any(|(ty, _)| text.contains(ty)) {
        return Vec::new();
    }
    let tree = crate::read::read(text);
    let resources = tree.root.as_ref().and_then(|root| root.get("Resources")?.map()).unwrap_or_default();
    let mut found = Vec::new();
    for entry in resources {
        let ty = entry.value.get("Type").and_then(Node::text).unwrap_or_default();
        let Some((_, place)) = STACKS.iter().find(|(known, _)| *known == ty) else { continue };
        let Some(properties) = entry.value.entry("Properties") else { continue };
        let path = properties.value.get(place).and_then(Node::text).filter(|path| is_local(path));
        let Some(child) = path.and_then(read).and_then(|text| crate::read::read(&text).root) else { continue };
        // What a transform makes of it is not in the file.
        if child.get("Transform").is_some_and(|node| !node.to_json().to_string().contains("AWS::Serverless")) {
            continue;
        }
        let parameters = child.get("Parameters").and_then(Node::map).unwrap_or_default();
        match properties.value.entry("Parameters") {
            Some(given) => compare(&given.value, given.span, parameters, &mut found),
            None => missing(&[], properties.span, parameters, &mut found),
        }
    }
    found
}

fn is_local(path: &str) -> bool {
    !["http://", "https://", "s3://"].iter().any(|start| path.starts_with(start)) && !path.contains("{{")
}

/// A map of parameters, or a choice between such maps; `key`: what it stands behind.
fn compare(given: &Node, key: Span, wanted: &[Entry], found: &mut Vec<Finding>) {
    match given.function() {
        Some(("Fn::If", argument)) => {
            for side in argument.list().unwrap_or_default().iter().skip(1) {
                compare(side, key, wanted, found);
            }
            return;
        }
        Some(_) => return,
        None => {}
    }
    let Some(entries) = given.map() else { return };
    if entries.iter().any(|entry| entry.key.starts_with("Fn::")) {
        return;
    }
    for entry in entries.iter().filter(|entry| !wanted.iter().any(|one| one.key == entry.key)) {
        let mut finding = told(entry.span, format!("the nested stack has no parameter `{}`", entry.key));
        finding.help =
            nearest(&entry.key, wanted.iter().map(|one| one.key.as_str())).map(|near| format!("did you mean `{near}`?"));
        found.push(finding);
    }
    missing(entries, key, wanted, found);
}

fn missing(given: &[Entry], key: Span, wanted: &[Entry], found: &mut Vec<Finding>) {
    let lacks = |one: &&Entry| one.value.get("Default").is_none() && !given.iter().any(|entry| entry.key == one.key);
    let names: Vec<String> = wanted.iter().filter(lacks).map(|one| format!("`{}`", one.key)).collect();
    if !names.is_empty() {
        let mut finding = told(key, format!("the nested stack needs {}", names.join(", ")));
        finding.notes.push("its template gives no default for that".to_owned());
        found.push(finding);
    }
}

fn told(span: Span, message: String) -> Finding {
    Finding {
        code: Code(NESTED_PARAMETER),
        severity: Severity::Error,
        message,
        span,
        label: String::new(),
        labels: Vec::new(),
        notes: Vec::new(),
        help: None,
    }
}
