//! The template a stack becomes, as it is typed, and which of its lines come from where.
//!
//! In: a file with a `stack`. Out: the text in YAML or JSON, ranges in it by logical id with the source they come from. Always: with
//! mistakes in the program there is no text and [`Template::problem`] says why; the template is that of the first region.

use cloudc_base::{Diagnostic, File, Severity, TextRange, TextSize};
use cloudc_driver::{Artifact, Database, Target};
use cloudc_eval::{Frame, Site, Value};
use cloudc_hir::Owner;
use cloudc_syntax::SyntaxKind as K;
use cloudc_syntax::ast::{self, AstNode};

use crate::FileRange;

/// How a template is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TemplateFormat {
    /// With short forms of functions.
    #[default]
    Yaml,
    /// As it is deployed.
    Json,
}

/// A template and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Template {
    /// The stack's name.
    pub stack: String,
    /// The text; empty when there is a problem.
    pub text: String,
    /// Parts of it, larger ones before those inside.
    pub entries: Vec<TemplateEntry>,
    /// Why there is no text.
    pub problem: Option<String>,
}

/// A part of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateEntry {
    /// The logical id it is of or in.
    pub id: String,
    /// Bytes of the text.
    pub template: TextRange,
    /// What it comes from.
    pub source: FileRange,
}

impl TemplateFormat {
    /// The language's name in editors.
    pub fn name(self) -> &'static str {
        match self {
            TemplateFormat::Yaml => "yaml",
            TemplateFormat::Json => "json",
        }
    }
}

/// The template of a file's stack.
pub fn template(db: &Database, file: File, format: TemplateFormat) -> Template {
    let stack = cloudc_driver::stack_name(db, file).to_string();
    match built(db, file) {
        Ok(artifact) => {
            let text = match format {
                TemplateFormat::Yaml => cloudc_driver::template_yaml(&artifact),
                TemplateFormat::Json => cloudc_driver::template_json(&artifact),
            };
            let entries = entries(db, &artifact, &text, format);
            Template { stack, text, entries, problem: None }
        }
        Err(problem) => Template { stack, problem: Some(problem), ..Template::default() },
    }
}

fn built(db: &Database, file: File) -> Result<Artifact, String> {
    let Some(target) = cloudc_driver::targets(db, file).first().copied() else {
        return Err("this file has no `stack`, so it becomes no template of its own".to_owned());
    };
    if let Some(name) = open_input(db, target) {
        return Err(format!("the input `{name}` has no value yet: give it a default, or choose an environment that sets it"));
    }
    let (artifact, diagnostics) = cloudc_driver::build(db, target);
    artifact.ok_or_else(|| first_error(db, &diagnostics))
}

/// An input of the stack that nobody has chosen.
fn open_input(db: &Database, target: Target) -> Option<String> {
    let frame = Frame::of_target(db, target);
    let inputs = cloudc_hir::inputs(db, Owner::File(target.file(db))).iter();
    let mut open = inputs.filter(|decl| cloudc_eval::value_of(db, Site::new(db, frame, **decl)).node.value == Value::Unknown);
    open.next().map(|decl| decl.name(db).to_string())
}

fn first_error(db: &Database, diagnostics: &[Diagnostic]) -> String {
    let mut errors = diagnostics.iter().filter(|one| one.severity == Severity::Error);
    let Some(first) = errors.next() else { return "the template could not be made".to_owned() };
    let line = cloudc_base::line_index::line_index(db, first.file).line_col(first.range.start()).line + 1;
    let place = format!("{}:{line}", first.file.path(db).trim_start_matches('/'));
    match errors.count() {
        0 => format!("{place}: {} [{}]", first.message, first.code),
        more => format!("{place}: {} [{}], and {more} more", first.message, first.code),
    }
}

/// A part of the text by its path from the template's root.
struct Place {
    pointer: String,
    range: TextRange,
}

fn entries(db: &Database, artifact: &Artifact, text: &str, format: TemplateFormat) -> Vec<TemplateEntry> {
    let mut places = match format {
        TemplateFormat::Yaml => places(text, 2, yaml_key),
        TemplateFormat::Json => places(text, 2, json_key),
    };
    places.sort_by(|a, b| a.pointer.cmp(&b.pointer));
    let mut entries: Vec<TemplateEntry> = Vec::new();
    for entry in &artifact.source_map.entries {
        let pointer = cloudc_driver::pointer(entry);
        let Ok(at) = places.binary_search_by(|place| place.pointer.cmp(&pointer)) else { continue };
        let source = FileRange {
            file: cloudc_driver::file(db, &entry.site.file),
            range: TextRange::new(entry.site.start.into(), entry.site.end.max(entry.site.start).into()),
        };
        let source = whole(db, source);
        entries.push(TemplateEntry { id: entry.id.to_string(), template: places[at].range, source });
    }
    entries.sort_by_key(|entry| (entry.template.start(), std::cmp::Reverse(entry.template.end())));
    entries
}

/// The declaration whose name, or the entry whose key a place is; else the place itself.
fn whole(db: &Database, place: FileRange) -> FileRange {
    let Some(near) = crate::near::near(db, place.file, place.range.start()) else { return place };
    let node = near.covering(db, place.range);
    if near.in_file(node.text_range()) != place.range {
        return place;
    }
    let holder = node.parent().filter(|parent| {
        let first = parent.children().find(|child| child.kind() != K::Attr).as_ref() == Some(&node);
        first && (parent.kind() == K::Field || ast::Item::can_cast(parent.kind()))
    });
    holder.map_or(place, |holder| FileRange { range: near.in_file(holder.text_range()), ..place })
}

/// One line of a template: how far it is indented, and the key it begins with; `-` for an element.
type Line<'t> = (usize, Vec<&'t str>);

/// Every key and element that begins a line, with the lines that belong to it. Texts over several lines are further in than any key.
fn places(text: &str, step: usize, keys: fn(&str) -> Option<Line<'_>>) -> Vec<Place> {
    let mut open: Vec<(usize, String, TextSize, usize)> = Vec::new();
    let mut done: Vec<Place> = Vec::new();
    let mut offset = 0;
    let mut end = 0;
    let close = |open: &mut Vec<(usize, String, TextSize, usize)>, done: &mut Vec<Place>, indent: usize, end: usize| {
        while let Some((_, pointer, start, _)) = open.pop_if(|(own, ..)| *own >= indent) {
            done.push(Place { pointer, range: TextRange::new(start, (end as u32).into()) });
        }
    };
    for line in text.split_inclusive('\n') {
        let start = TextSize::from(offset as u32);
        offset += line.len();
        let Some((indent, names)) = keys(line.trim_end_matches(['\n', ','])) else {
            if !line.trim().is_empty() {
                end = offset - 1;
            }
            continue;
        };
        close(&mut open, &mut done, indent, end);
        for (at, name) in names.into_iter().enumerate() {
            let indent = indent + at * step;
            let around = open.last().map(|(_, pointer, ..)| pointer.clone()).unwrap_or_default();
            let name = match name {
                "-" => {
                    // An element's number is kept with what holds it.
                    let count = open.last_mut().map_or(0, |(.., count)| {
                        *count += 1;
                        *count - 1
                    });
                    count.to_string()
                }
                name => name.replace('~', "~0").replace('/', "~1"),
            };
            let lead = line.len() - line.trim_start().len();
            open.push((indent, format!("{around}/{name}"), start + TextSize::from(lead as u32), 0));
        }
        end = offset - usize::from(line.ends_with('\n'));
    }
    close(&mut open, &mut done, 0, end);
    done
}

/// `  Key: …`, `  - …`, `  - Key: …`.
fn yaml_key(line: &str) -> Option<Line<'_>> {
    let indent = line.len() - line.trim_start_matches(' ').len();
    let rest = &line[indent..];
    let mut names = Vec::new();
    let mut rest = rest;
    while let Some(inner) = rest.strip_prefix("- ").or(if rest == "-" { Some("") } else { None }) {
        names.push("-");
        rest = inner;
    }
    let key = rest.split_once(": ").map(|(key, _)| key).or_else(|| rest.strip_suffix(':'));
    if let Some(key) = key.filter(|key| !key.starts_with(['!', '"']) && (!key.contains(' ') || key.starts_with('\''))) {
        names.push(key.trim_matches('\''));
    }
    (!names.is_empty()).then_some((indent, names))
}

/// `  "Key": …`. Elements of lists begin with their value, which nothing points at.
fn json_key(line: &str) -> Option<Line<'_>> {
    let indent = line.len() - line.trim_start_matches(' ').len();
    let rest = &line[indent..];
    if let Some(key) = rest.strip_prefix('"').and_then(|rest| rest.split_once("\": ")).map(|(key, _)| key) {
        return Some((indent, vec![key]));
    }
    // What closes an object or list belongs to it; anything else on a line of its own is an element.
    (!rest.is_empty() && !rest.starts_with(['}', ']']) && indent > 0).then(|| (indent, vec!["-"]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::open;

    const PROGRAM: &str = "stack shop {}\nparam mail: String\nresource topic: AWS::SNS::Topic {\n  DisplayName: \"orders\"\n  Subscription: [{ Protocol: \"email\", Endpoint: mail }]\n}\noutput arn = topic.TopicArn\n";

    /// `expected`: the first line of a part of the template, and of what it comes from.
    fn check_entries(format: TemplateFormat, expected: &[&str]) {
        let fixture = open(PROGRAM);
        let found = template(&fixture.db, fixture.files[0], format);
        assert_eq!((found.problem.as_deref(), found.stack.as_str()), (None, "shop"));
        let first = |text: &str| text.lines().next().unwrap_or_default().to_owned();
        let shown = found.entries.iter().map(|entry| {
            let source = crate::near::text(&fixture.db, entry.source.file, entry.source.range);
            format!("{} {} <- {}", entry.id, first(&found.text[std::ops::Range::<usize>::from(entry.template)]), first(source))
        });
        assert_eq!(shown.collect::<Vec<_>>(), expected, "{}", found.text);
    }

    #[test]
    fn lines_and_where_they_come_from() {
        check_entries(
            TemplateFormat::Yaml,
            &[
                "Mail Mail: <- param mail: String",
                "Topic Topic: <- resource topic: AWS::SNS::Topic {",
                "Topic DisplayName: orders <- DisplayName: \"orders\"",
                "Topic Subscription: <- Subscription: [{ Protocol: \"email\", Endpoint: mail }]",
                "Topic - Protocol: email <- { Protocol: \"email\", Endpoint: mail }",
                "Topic - Protocol: email <- Protocol: \"email\"",
                "Topic Endpoint: !Ref Mail <- Endpoint: mail",
                "Arn Arn: <- output arn = topic.TopicArn",
                "Arn Value: !GetAtt Topic.TopicArn <- topic.TopicArn",
            ],
        );
    }

    #[test]
    fn json_too() {
        let fixture = open(PROGRAM);
        let yaml = template(&fixture.db, fixture.files[0], TemplateFormat::Yaml);
        let json = template(&fixture.db, fixture.files[0], TemplateFormat::Json);
        let ids = |template: &Template| template.entries.iter().map(|entry| (entry.id.clone(), entry.source)).collect::<Vec<_>>();
        assert_eq!(ids(&yaml), ids(&json));
    }

    fn check_problem(text: &str, expected: &str) {
        let fixture = open(text);
        let found = template(&fixture.db, fixture.files[0], TemplateFormat::Yaml);
        assert_eq!((found.text.as_str(), found.problem.as_deref()), ("", Some(expected)));
    }

    #[test]
    fn problems_are_told() {
        check_problem("let a = 1\n", "this file has no `stack`, so it becomes no template of its own");
        check_problem(
            "stack t {}\ninput s: String\noutput a = s\n",
            "the input `s` has no value yet: give it a default, or choose an environment that sets it",
        );
        check_problem("stack t {}\nlet a = nope\nlet b = nope\n", "main.cloud:2: there is no `nope` here [C0201], and 1 more");
    }
}
