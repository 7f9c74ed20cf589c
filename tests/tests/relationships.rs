//! Every relationship the schema knows, written once: a resource given where its identifier is expected.
//!
//! The compiler has to take it, and cfn-lint, which has its own idea of which attribute is which identifier, has to agree with the
//! `Ref` or `Fn::GetAtt` that comes out.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use cloudc_base::Severity;
use cloudc_driver::{MemoryFs, Options, with_stack};
use cloudc_hir::DeclKind;
use cloudc_schema::{Ident, Schema, Shape, Type};
use cloudc_tests::lint::{self, Template};
use cloudc_tests::{run, sources};
use serde_json::{Map, Value, json};

/// What cfn-lint says about references that have the wrong identifier.
const ABOUT_REFERENCES: [&str; 4] = ["E1010", "E1020", "E1040", "E1041"];

#[test]
fn t09_every_relationship_takes_a_handle_of_its_type() {
    let (count, templates) = with_stack(|| {
        let schema = Schema::embedded();
        let mut count = 0;
        let mut wrong = Vec::new();
        let mut resources: Vec<Map<String, Value>> = vec![Map::new()];
        for holder in schema.types() {
            let wanted = relationships(&schema, holder);
            if wanted.is_empty() {
                continue;
            }
            count += wanted.len();
            let built = build(holder, &wanted, &mut wrong);
            // Whole resources would need their other properties; cfn-lint looks at references all the same.
            if resources.last().is_some_and(|last| last.len() + built.len() > 400) {
                resources.push(Map::new());
            }
            if let Some(last) = resources.last_mut() {
                last.extend(built);
            }
        }
        assert!(wrong.is_empty(), "{} relationships are not taken:\n{}", wrong.len(), wrong.join("\n"));
        let template = |(index, resources): (usize, Map<String, Value>)| Template {
            name: format!("relationships {index}"),
            region: None,
            body: json!({ "AWSTemplateFormatVersion": "2010-09-09", "Resources": resources }).to_string(),
        };
        (count, resources.into_iter().enumerate().map(template).collect::<Vec<_>>())
    });
    assert!(count > 700, "only {count} relationships were found");
    // The few others are of types that want one of several properties.
    let references =
        |template: &Template| template.body.matches("\"Ref\"").count() + template.body.matches("\"Fn::GetAtt\"").count();
    let emitted: usize = templates.iter().map(references).sum();
    assert!(emitted * 10 > count * 9, "only {emitted} of {count} relationships came out as references");
    let errors = lint::errors(&templates, &sources::target().join("tests").join("relationships"))
        .unwrap_or_else(|error| panic!("{error}"));
    let about: Vec<&String> =
        errors.iter().filter(|line| ABOUT_REFERENCES.iter().any(|rule| line.contains(&format!(" {rule} ")))).collect();
    assert!(about.is_empty(), "{} of {count}:\n{}", about.len(), about.into_iter().cloned().collect::<Vec<_>>().join("\n"));
}

/// Top-level properties that hold an identifier, or a list of them, with the type that is preferred there.
fn relationships(schema: &Schema, holder: Type) -> Vec<(&'static str, bool, Type)> {
    let mut found = Vec::new();
    for property in holder.properties().filter(|property| !property.read_only()) {
        let (expects, list): (&[Ident], bool) = match property.shape() {
            Shape::List(element) => (element.expects(), true),
            _ => (property.expects(), false),
        };
        let target = expects.iter().find_map(|ident| schema.ty(ident.ty).filter(|ty| ty.access_for(expects).is_some()));
        found.extend(target.map(|target| (property.name(), list, target)));
    }
    found
}

/// Checks a program with all relationships of a type; gives its resources as they are emitted.
fn build(holder: Type, wanted: &[(&'static str, bool, Type)], wrong: &mut Vec<String>) -> Map<String, Value> {
    let flat = holder.name().replace("::", "");
    let mut text = "stack t {}\n".to_owned();
    let mut names: BTreeMap<&str, String> = BTreeMap::new();
    for (_, _, target) in wanted {
        let count = names.len();
        names.entry(target.name()).or_insert_with(|| format!("{flat}_t{count}"));
    }
    for (ty, name) in &names {
        let _ = writeln!(text, "resource {name}: {ty} {{}}");
    }
    let _ = writeln!(text, "resource {flat}: {} {{", holder.name());
    let first = text.lines().count() + 1;
    for (property, list, target) in wanted {
        let name = &names[target.name()];
        let _ = if *list { writeln!(text, "  {property}: [{name}]") } else { writeln!(text, "  {property}: {name}") };
    }
    // Free JSON fits everywhere; what else is required does not matter here.
    for property in holder.body().required().filter(|required| wanted.iter().all(|(name, ..)| *name != required.name())) {
        let _ = writeln!(text, "  {}: raw({{}})", property.name());
    }
    text.push_str("}\n");
    let db = cloudc_driver::open(Arc::new(MemoryFs::new([("/main.cloud", text)])), Options::default(), Schema::embedded());
    let file = cloudc_driver::file(&db, "/main.cloud");
    for one in cloudc_driver::check(&db, file) {
        let line = run::line_of(&db, file, one.range.start());
        // A list that needs two is too short here, and nothing else.
        let about = line >= first && line < first + wanted.len();
        let short = one.message.ends_with("has 1 element") || one.message.ends_with("and one is given");
        if one.severity == Severity::Error && about && !short {
            wrong.push(format!("{}: {}", holder.name(), one.message));
        }
    }
    let mut resources = Map::new();
    for target in cloudc_driver::targets(&db, file) {
        let frame = cloudc_eval::Frame::of_target(&db, target);
        for decl in cloudc_hir::all_declarations(&db, file).iter().filter(|decl| decl.kind(&db) == DeclKind::Resource) {
            let site = cloudc_eval::Site::new(&db, frame, *decl);
            if let Value::Object(fragment) = cloudc_emit::fragment(&db, site) {
                resources.extend(fragment);
            }
        }
    }
    resources
}
