//! Signature help: what is called at the cursor, and which of its parameters is being written.
//!
//! In: a position, perhaps inside parentheses that are not closed. Out: [`SignatureHelp`]. Always: a label holds its parameters at the
//! ranges that are given.

use std::ops::Range;

use cloudc_driver::Database;
use cloudc_syntax::ast::{self, AstNode};
use cloudc_syntax::{SyntaxElement, SyntaxKind, SyntaxNode, TextSize};
use cloudc_types::ask;

use crate::FilePosition;
use crate::completion::arguments::{Callee, callee};
use crate::completion::{Scene, attributes, probe};
use crate::hover;

/// What is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureHelp {
    /// The head of it: `range(count: Int, end: Int): [Int]`.
    pub label: String,
    /// In order.
    pub parameters: Vec<ParameterHelp>,
    /// The one that is being written; none when there are more arguments than parameters.
    pub active: Option<usize>,
    /// Markdown.
    pub documentation: String,
}

/// One parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParameterHelp {
    /// Where it stands in the label, in bytes.
    pub range: Range<usize>,
}

/// Characters after which help is asked for.
pub const SIGNATURE_TRIGGERS: [char; 2] = ['(', ','];

const MARK: &str = "zzSignatureMark";

/// The call or `@attribute` around a position.
pub fn signature_help(db: &Database, at: FilePosition) -> Option<SignatureHelp> {
    let probe = probe(db, at, MARK)?;
    if probe.token.kind().is_comment() {
        return None;
    }
    let list = probe.token.parent_ancestors().find(|node| node.kind() == SyntaxKind::ArgList && is_inside(node, probe.offset))?;
    let scene = Scene::new(db, at.file, probe.nth, &list, probe.offset);
    let outer = list.parent()?;
    let (index, name) = argument(&list, probe.offset);
    if outer.kind() == SyntaxKind::Attr {
        return of_attribute(&ast::Attr::cast(outer)?.name()?.text(), index, name.as_deref());
    }
    let call = ast::CallExpr::cast(outer)?;
    let (head, names, texts, result, documentation) = match callee(&scene, &call)? {
        Callee::Declared(decl) => {
            let names: Vec<String> = ask::parameters(db, decl).iter().map(|(name, ..)| name.to_string()).collect();
            let result = cloudc_types::display(db, &cloudc_types::signature(db, decl).ty);
            let doc = cloudc_hir::body(db, decl).doc.clone().unwrap_or_default();
            (decl.name(db).to_string(), names, hover::parameter_texts(db, decl), result, doc.to_string())
        }
        Callee::BuiltIn(function) => built_in(&function, "function"),
        Callee::Method(method, _) => built_in(&method, "method"),
    };
    let active = match name {
        Some(name) => names.iter().position(|known| *known == name),
        None => Some(index).filter(|index| *index < texts.len()),
    };
    let (label, parameters) = head_of(&head, &texts, &result);
    Some(SignatureHelp { label, parameters, active, documentation })
}

type Parts = (String, Vec<String>, Vec<String>, String, String);

fn built_in(function: &ask::BuiltIn, kind: &str) -> Parts {
    let names = function.args.iter().map(|(name, _)| (*name).to_owned()).collect();
    let optional = |at: usize| if at >= function.required { "?" } else { "" };
    let texts = function.args.iter().enumerate().map(|(at, (name, ty))| format!("{name}{}: {ty}", optional(at))).collect();
    let doc = hover::help(kind, function.name).unwrap_or_default().to_owned();
    (function.name.to_owned(), names, texts, function.gives.clone(), doc)
}

/// The head of a call, and where its parameters stand in it.
fn head_of(name: &str, parameters: &[String], result: &str) -> (String, Vec<ParameterHelp>) {
    let mut label = format!("{name}(");
    let mut places = Vec::new();
    for (at, text) in parameters.iter().enumerate() {
        if at > 0 {
            label.push_str(", ");
        }
        let start = label.len();
        label.push_str(text);
        places.push(ParameterHelp { range: start..label.len() });
    }
    label.push(')');
    if !result.is_empty() {
        label.push_str(": ");
        label.push_str(result);
    }
    (label, places)
}

/// What attributes take, as their heads show it.
fn attribute_parameters(name: &str) -> &'static [&'static str] {
    match name {
        "retain" | "snapshot" => &["condition?: Bool"],
        "deletion_policy" => &["\"Delete\" | \"Retain\" | \"RetainExceptOnCreate\" | \"Snapshot\""],
        "update_replace_policy" => &["\"Delete\" | \"Retain\" | \"Snapshot\""],
        "depends_on" => &["resource, …"],
        "id" => &["logical id: String"],
        "export" => &["name: String"],
        "adopt" => &["identifier: String"],
        "metadata" | "creation_policy" | "update_policy" => &["record"],
        "usage" => &["requests: Int", "duration: Duration", "storage: Size", "transfer: Size", "hours: Int"],
        "deprecated" => &["instead?: String"],
        "allow" => &["code: String", "reason: String"],
        "message" | "label" | "group" => &["text: String"],
        _ => &[],
    }
}

fn of_attribute(name: &str, index: usize, named: Option<&str>) -> Option<SignatureHelp> {
    attributes::about(name)?;
    let parameters: Vec<String> = attribute_parameters(name).iter().map(|text| (*text).to_owned()).collect();
    let (label, places) = head_of(&format!("@{name}"), &parameters, "");
    let active = match named {
        Some(named) => parameters.iter().position(|text| text.starts_with(named)),
        None if name == "depends_on" => Some(0),
        None => Some(index).filter(|index| *index < parameters.len()),
    };
    let documentation = hover::help("attribute", name).unwrap_or_default().to_owned();
    Some(SignatureHelp { label, parameters: places, active, documentation })
}

/// Whether an offset lies between the parentheses.
fn is_inside(list: &SyntaxNode, offset: TextSize) -> bool {
    let mut tokens = list.children_with_tokens().filter_map(SyntaxElement::into_token);
    let opens = tokens.find(|token| token.kind() == SyntaxKind::LParen).is_some_and(|token| token.text_range().end() <= offset);
    let closed = tokens.any(|token| token.kind() == SyntaxKind::RParen && token.text_range().end() <= offset);
    opens && !closed
}

/// How many arguments stand before an offset, and the name of the one at it.
fn argument(list: &SyntaxNode, offset: TextSize) -> (usize, Option<String>) {
    let before = list.children_with_tokens().filter(|it| it.text_range().start() < offset);
    let commas = before.filter(|it| it.kind() == SyntaxKind::Comma).count();
    let here = list.children().filter(|arg| arg.text_range().contains_inclusive(offset)).find_map(ast::Arg::cast);
    (commas, here.and_then(|arg| arg.name()).map(|name| name.text().replace(MARK, "")).filter(|name| !name.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::open;

    /// The label with the active parameter in `[[…]]`.
    #[track_caller]
    fn check_signature(text: &str, expected: &str) {
        let fixture = open(text);
        let Some(help) = signature_help(&fixture.db, fixture.position()) else {
            assert_eq!("nothing", expected, "{text}");
            return;
        };
        let mut label = help.label.clone();
        if let Some(range) = help.active.map(|active| help.parameters[active].range.clone()) {
            label.insert_str(range.end, "]]");
            label.insert_str(range.start, "[[");
        }
        assert_eq!(label, expected, "{text}");
    }

    #[test]
    fn declared_functions() {
        let program = "fn f(zone: Int, name: String = \"x\"): Int = 1\n";
        let first = "f([[zone: Int]], name: String = \"x\"): Int";
        let second = "f(zone: Int, [[name: String = \"x\"]]): Int";
        check_signature(&format!("{program}let a = f($0)"), first);
        check_signature(&format!("{program}let a = f($0"), first);
        check_signature(&format!("{program}let a = f(1, $0"), second);
        check_signature(&format!("{program}let a = f(1,$0)"), second);
        check_signature(&format!("{program}let a = f(name: $0)"), second);
        check_signature(&format!("{program}let a = f(1, \"a$0\")"), second);
        check_signature(&format!("{program}let a = f(1, 2, $0)"), "f(zone: Int, name: String = \"x\"): Int");
        check_signature(&format!("{program}let a = f(1)$0"), "nothing");
        check_signature(&format!("{program}let a = $0f(1)"), "nothing");
    }

    #[test]
    fn built_in_things() {
        check_signature("let a = range($0)", "range([[count: Int]], end?: Int): [Int]");
        check_signature("let a = \"a,b\".split($0)", "split([[separator: String]]): [String]");
        check_signature("let a = 10.0.0.0/16.subnets(2, $0)", "subnets(count: Int, [[host_bits?: Int]]): [Cidr]");
        check_signature("let a = range(min(1, $0))", "min(a: Int, [[b: Int]]): Int");
        check_signature("let a = to_json({ a: [$0] })", "to_json([[value: Json]]): String");
    }

    #[test]
    fn attributes_take_arguments_too() {
        check_signature("@retain($0)\nresource b: AWS::S3::Bucket {}", "@retain([[condition?: Bool]])");
        check_signature("@allow(\"x\", $0)\nresource b: AWS::S3::Bucket {}", "@allow(code: String, [[reason: String]])");
        check_signature(
            "@allow(\"x\", reason: \"$0\")\nresource b: AWS::S3::Bucket {}",
            "@allow(code: String, [[reason: String]])",
        );
        check_signature("@depends_on(a, $0)\nresource b: AWS::S3::Bucket {}", "@depends_on([[resource, …]])");
    }

    #[test]
    fn comments_are_silent() {
        check_signature("let a = range(1, // $0\n2)", "nothing");
    }
}
