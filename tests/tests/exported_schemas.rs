//! What `cloudc schema export` writes is JSON Schema, and accepts what the compiler emits: a validator that nobody here wrote says so.

use std::collections::BTreeSet;

use boon::{Compiler, Schemas};
use cloudc_driver::with_stack;
use cloudc_schema::Schema;
use cloudc_schema::export::{self, Form};
use cloudc_tests::{run, sources};
use serde_json::{Value as Json, json};

const BASE: &str = "https://schemas.example/";

/// Without patterns that the validator cannot read, as those with look-around.
fn without_odd_patterns(json: &mut Json) {
    match json {
        Json::Object(map) => {
            if map.get("pattern").and_then(Json::as_str).is_some_and(|text| regex::Regex::new(text).is_err()) {
                map.shift_remove("pattern");
            }
            map.values_mut().for_each(without_odd_patterns);
        }
        Json::Array(items) => items.iter_mut().for_each(without_odd_patterns),
        _ => {}
    }
}

/// Templates of every program that is built without errors.
fn templates() -> Vec<(String, Json)> {
    let mut found = Vec::new();
    for folder in sources::programs().into_iter().chain(sources::examples()) {
        for (_, artifact) in run::run(&folder.files, &run::folder_flags(&folder.files)).built {
            found.push((folder.name.clone(), artifact.template.clone()));
        }
    }
    for page in sources::pages() {
        for case in page.cases.iter().filter(|case| case.title != "Wrong" && !case.title.ends_with("(no lint)")) {
            for program in &case.programs {
                let wrong = program.files.iter().any(|file| file.expectations.findings.iter().any(|one| one.severity == "error"));
                let files: Vec<_> =
                    program.files.iter().filter_map(|file| Some((file.path.clone(), file.bytes.clone()?))).collect();
                if !wrong {
                    let built = run::run(&files, &program.flags).built;
                    found.extend(
                        built.into_iter().map(|(_, artifact)| (format!("{} / {}", page.name, case.title), artifact.template)),
                    );
                }
            }
        }
    }
    found
}

#[test]
fn templates_are_valid_against_what_is_exported() {
    let schema = Schema::embedded();
    let templates = with_stack(templates);
    assert!(templates.len() > 100, "only {} templates were built", templates.len());
    let mut names: BTreeSet<&str> = BTreeSet::new();
    for (_, template) in &templates {
        let resources = template["Resources"].as_object().into_iter().flatten();
        names.extend(resources.filter_map(|(_, resource)| resource["Type"].as_str()));
    }
    let types: Vec<_> = names.iter().filter_map(|name| schema.ty(name)).filter(|ty| names.contains(ty.name())).collect();
    assert!(types.len() > 60, "only {} types are used", types.len());
    let mut compiler = Compiler::new();
    for ty in &types {
        let mut one = export::json_schema(*ty, Form::Template);
        without_odd_patterns(&mut one);
        compiler.add_resource(&format!("{BASE}{}.schema.json", export::file_stem(ty.name())), one).unwrap();
    }
    compiler.add_resource(&format!("{BASE}template.schema.json"), export::template_schema(&types)).unwrap();
    let mut schemas = Schemas::new();
    let whole =
        compiler.compile(&format!("{BASE}template.schema.json"), &mut schemas).unwrap_or_else(|error| panic!("{error:#}"));
    let mut wrong = Vec::new();
    for (name, template) in
        templates.iter().filter(|(_, template)| template["Resources"].as_object().is_some_and(|all| !all.is_empty()))
    {
        if let Err(error) = schemas.validate(template, whole) {
            wrong.push(format!("{name}: {error:#}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} templates are refused:\n{}", wrong.len(), templates.len(), wrong.join("\n"));
    let broken = json!({ "Resources": { "A": { "Type": "AWS::SQS::Queue", "Properties": { "QueueNam": "x" } } } });
    assert!(schemas.validate(&broken, whole).is_err());
    let broken =
        json!({ "Resources": { "A": { "Type": "AWS::SQS::Queue", "Properties": { "VisibilityTimeout": 99_999_999 } } } });
    assert!(schemas.validate(&broken, whole).is_err());
}

#[test]
fn every_type_is_json_schema_in_both_forms() {
    let schema = Schema::embedded();
    for (nth, ty) in schema.types().enumerate() {
        for form in [Form::Plain, Form::Template] {
            let mut one = export::json_schema(ty, form);
            // Every reference leads somewhere; the validator looks at some of them, because it takes its time.
            let definitions: Vec<String> =
                one["$defs"].as_object().into_iter().flatten().map(|(name, _)| format!("#/$defs/{name}")).collect();
            references(&one, &mut |to| assert!(definitions.iter().any(|known| known == to), "{}: {to}", ty.name()));
            if nth % 40 == 0 {
                without_odd_patterns(&mut one);
                let mut compiler = Compiler::new();
                compiler.add_resource(BASE, one).unwrap();
                let compiled = compiler.compile(BASE, &mut Schemas::new());
                assert!(compiled.is_ok(), "{}: {:#}", ty.name(), compiled.unwrap_err());
            }
        }
        let page = export::markdown(ty);
        assert!(page.starts_with(&format!("# {}\n", ty.name())) && page.ends_with('\n') && !page.ends_with("\n\n"), "{page}");
    }
}

fn references(json: &Json, seen: &mut dyn FnMut(&str)) {
    match json {
        Json::Object(map) => {
            if let Some(Json::String(to)) = map.get("$ref") {
                seen(to);
            }
            map.values().for_each(|value| references(value, seen));
        }
        Json::Array(items) => items.iter().for_each(|item| references(item, seen)),
        _ => {}
    }
}

#[test]
fn plain_values_are_checked() {
    let schema = Schema::embedded();
    let mut compiler = Compiler::new();
    compiler.add_resource(BASE, export::json_schema(schema.ty("AWS::SQS::Queue").unwrap(), Form::Plain)).unwrap();
    let mut schemas = Schemas::new();
    let queue = compiler.compile(BASE, &mut schemas).unwrap();
    assert!(schemas.validate(&json!({ "QueueName": "a", "VisibilityTimeout": 30 }), queue).is_ok());
    for broken in [json!({ "QueueName": 3 }), json!({ "QueueName": { "Ref": "A" } }), json!({ "Nothing": 1 }), json!([])] {
        assert!(schemas.validate(&broken, queue).is_err(), "{broken}");
    }
}
