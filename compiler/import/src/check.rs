//! What is wrong with a template, said at its own places.
//!
//! In: text of a template, the schema. Out: findings with byte ranges of that text. Always: only what is wrong in every form that
//! a program could give the template is told; the program itself is never seen.

use cloudc_base::{Code, Diagnostic, Severity, TextRange};
use cloudc_schema::Schema;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::import::is_template;
use crate::repair::{self, Limit};
use crate::terms;
use crate::tree::{Fault, Node, Span, Value};
use crate::trial::Trials;
use crate::write::names::Names;
use crate::write::{Forms, Written, names_of};

/// The text is no JSON or YAML, or no template.
pub const UNREADABLE: &str = "C0820";
/// A key stands twice in a map.
pub const TWICE: &str = "C0821";

/// Codes that are errors in programs, and in templates advice: secrets that can be seen, and comparisons that never hold.
/// CloudFormation takes both, and a template has no words to say that it is meant.
const ADVICE: [&str; 2] = [cloudc_types::SECRET_SEEN, cloudc_types::NEVER_EQUAL];

/// How often plainer forms are tried.
const TRIES: usize = 8;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What kind.
    pub code: Code,
    /// How bad.
    pub severity: Severity,
    /// One line.
    pub message: String,
    /// Where.
    pub span: Span,
    /// What is there; may be empty.
    pub label: String,
    /// Other places that matter, and what is there.
    pub labels: Vec<(Span, String)>,
    /// Why something else was expected.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Option<String>,
}

/// Everything that is wrong with a template.
pub fn check(schema: &Schema, text: &str) -> Vec<Finding> {
    let tree = crate::read::read(text);
    let mut list: Vec<Finding> = tree.faults.iter().map(Finding::from).collect();
    let Some(mut root) = tree.root else { return list };
    if let Err(error) = is_template(&root) {
        list.push(Finding::from(&error));
        return list;
    }
    let header = crate::anatomy::header(&root);
    let transform = root.get("Transform").filter(|_| !header.is_empty()).map(|node| node.span);
    list.extend(header);
    // What a macro makes of it cannot be known.
    if has_macros(&root) {
        return list;
    }
    let (anatomy, mut wrong) = crate::anatomy::findings(schema, &root);
    wrong.extend(transform);
    crate::foreach::expand(&mut root);
    crate::choices::spread(&mut root);
    let mut trials = Trials::new(schema, &root, "template", FxHashMap::default());
    let mut forms = Forms::default();
    let mut tried = trials.build(&forms, false);
    for _ in 0..TRIES {
        let mut changed = false;
        let mut done = FxHashSet::default();
        for error in tried.found.iter().filter(|one| one.severity == Severity::Error) {
            let ids = repair::around(&tried.written, error.range);
            changed |= repair::step(&mut forms, &mut done, ids.get(..1).unwrap_or_default(), Limit::Typed);
        }
        if !changed {
            break;
        }
        tried = trials.build(&forms, false);
    }
    // What is wrong in one resource hides nothing that is wrong between resources.
    if tried.found.iter().any(|one| one.severity == Severity::Error) {
        tried = trials.check(&forms);
    }
    let places = Places { spans: spans(&root), written: &tried.written, names: words(&names_of(&root, &FxHashMap::default())) };
    let found = tried.found.iter().filter_map(|one| places.finding(one));
    // What is wrong with the form of a value has been said where it is; what follows from it is not.
    let inside = |one: &Finding| wrong.iter().any(|wrong| wrong.start <= one.span.start && one.span.end <= wrong.end);
    // A program with a hole in its text: what the hole stands for has been said.
    // Of rings, those of the template as it is are told: a program avoids some.
    let rings = crate::rings::findings(&root);
    let known = |one: &Finding| one.code.0 == cloudc_driver::SPLIT || (one.code.0 == cloudc_driver::CYCLE && !rings.is_empty());
    let follows = |one: &Finding| inside(one) || known(one) || (one.code.0.starts_with("C01") && !anatomy.is_empty());
    list.extend(found.filter(|one| !follows(one)).collect::<Vec<_>>());
    list.extend(anatomy);
    list.extend(rings);
    list.sort_by_key(|one| (one.span.start, one.span.end));
    list.dedup_by(|a, b| a.span == b.span && a.message == b.message);
    list
}

impl From<&Fault> for Finding {
    /// What is wrong with the text as such.
    fn from(fault: &Fault) -> Self {
        Finding {
            code: Code(if fault.related.is_some() { TWICE } else { UNREADABLE }),
            severity: Severity::Error,
            message: fault.message.clone(),
            span: fault.span,
            label: String::new(),
            labels: fault.related.iter().map(|(span, text)| (*span, (*text).to_owned())).collect(),
            notes: Vec::new(),
            help: None,
        }
    }
}

/// Whether anything but AWS's own transforms changes the template before it is deployed.
fn has_macros(root: &Node) -> bool {
    const OWN: [&str; 4] = [
        "AWS::Serverless-2016-10-31",
        "AWS::LanguageExtensions",
        "AWS::SecretsManager-2020-07-23",
        "AWS::SecretsManager-2024-09-16",
    ];
    let Some(node) = root.get("Transform").filter(|node| node.value != Value::Null) else { return false };
    let names: Vec<&Node> = node.list().map_or_else(|| vec![node], |items| items.iter().collect());
    names.iter().any(|name| name.text().is_none_or(|name| !OWN.contains(&name) && !name.starts_with("AWS::CodeDeploy")))
}

/// Codes of what is said of a resource's properties together; in a template that is said where they begin.
const OF_PROPERTIES: [&str; 4] =
    [cloudc_types::MISSING_PROPERTY, cloudc_types::RULE_BROKEN, cloudc_driver::SAME, cloudc_eval::demands::UNFIT_TOGETHER];

/// Codes of what is said of a resource's type.
const OF_TYPES: [&str; 2] = [cloudc_types::UNKNOWN_TYPE, cloudc_types::ENDED_TYPE];

/// Where a node stands, with the key before it.
struct Place {
    key: Span,
    value: Span,
    /// A map or a list: what is said of it as a whole is said at its key.
    is_whole: bool,
    /// Of a resource: the key of its properties.
    properties: Option<Span>,
    /// Of a resource: its type.
    ty: Option<Span>,
}

struct Places<'a> {
    spans: FxHashMap<u32, Place>,
    written: &'a Written,
    names: Vec<(String, String)>,
}

impl Places<'_> {
    /// The same at its place in the template; nothing when it is about something that is not there.
    fn finding(&self, one: &Diagnostic) -> Option<Finding> {
        let place = |range| {
            let (span, resource) = self.span(range)?;
            let part = match one.code.0 {
                code if OF_PROPERTIES.contains(&code) => resource.properties,
                code if OF_TYPES.contains(&code) => resource.ty,
                _ => None,
            };
            Some(part.unwrap_or(span))
        };
        let span = place(one.range)?;
        let labels = one.labels.iter().filter_map(|label| Some((place(label.range)?, self.said(&label.text))));
        terms::of_templates(Finding {
            code: one.code,
            severity: if ADVICE.contains(&one.code.0) { Severity::Warning } else { one.severity },
            message: self.said(&one.message),
            span,
            label: self.said(&one.label),
            labels: labels.collect(),
            notes: one.notes.iter().map(|note| self.said(note)).collect(),
            help: one.help.as_ref().map(|help| self.said(help)),
        })
    }

    /// What a range of the program stands for: the key where the range begins with it, else the value.
    /// With it all that is known of the place.
    fn span(&self, range: TextRange) -> Option<(Span, &Place)> {
        let (start, end) = (u32::from(range.start()), u32::from(range.end()));
        let marks = self.written.marks.iter().filter(|mark| mark.start <= start && end <= mark.end);
        let mark = marks.min_by_key(|mark| mark.end - mark.start)?;
        let place = self.spans.get(&mark.id)?;
        let text = &self.written.text;
        let is_key = text.get(end as usize..).is_some_and(|rest| rest.starts_with(':')) && start == mark.start;
        let span = if (is_key || place.is_whole) && place.key.end > 0 { place.key } else { place.value };
        Some((span, place))
    }

    /// With the ids of the template instead of the program's names.
    fn said(&self, text: &str) -> String {
        if !text.contains('`') {
            return text.to_owned();
        }
        let word = |word: &str| {
            let name = word.split(['.', '[', '?']).next().unwrap_or_default();
            match self.names.iter().find(|(known, _)| known == name) {
                Some((_, id)) => format!("{id}{}", &word[name.len()..]),
                None => word.to_owned(),
            }
        };
        let parts = text.split('`').enumerate().map(|(at, part)| if at % 2 == 1 { word(part) } else { part.to_owned() });
        parts.collect::<Vec<_>>().join("`")
    }
}

fn words(names: &Names) -> Vec<(String, String)> {
    let all = names.values.iter().chain(&names.conditions).chain(&names.mappings);
    let mut words: Vec<(String, String)> = all.map(|(id, name)| (name.name.clone(), id.clone())).collect();
    words.sort();
    words
}

fn spans(root: &Node) -> FxHashMap<u32, Place> {
    fn add(node: &Node, key: Span, all: &mut FxHashMap<u32, Place>) {
        let value = if node.span.end > node.span.start { node.span } else { key };
        let is_whole = (node.map().is_some() && node.function().is_none()) || node.list().is_some();
        all.insert(node.id, Place { key, value, is_whole, properties: None, ty: None });
        match &node.value {
            Value::List(items) => items.iter().for_each(|item| add(item, Span::default(), all)),
            Value::Map(entries) => entries.iter().for_each(|entry| add(&entry.value, entry.span, all)),
            _ => {}
        }
    }
    let mut all = FxHashMap::default();
    add(root, Span::default(), &mut all);
    for entry in root.get("Resources").and_then(Node::map).unwrap_or_default() {
        if let Some(place) = all.get_mut(&entry.value.id) {
            place.properties = entry.value.entry("Properties").map(|entry| entry.span);
            place.ty = entry.value.get("Type").map(|node| node.span);
        }
    }
    all
}
