//! cfn-lint, which nobody here wrote, finds no error in any template that examples or fixtures emit.

use cloudc_driver::with_stack;
use cloudc_tests::lint::{self, Template};
use cloudc_tests::{run, sources};

#[test]
fn cfn_lint_finds_no_error() {
    let templates = with_stack(all);
    assert!(templates.len() > 20, "only {} templates were built", templates.len());
    let errors =
        lint::errors(&templates, &sources::target().join("tests").join("lint")).unwrap_or_else(|error| panic!("{error}"));
    assert!(errors.is_empty(), "{} errors in {} templates:\n{}", errors.len(), templates.len(), errors.join("\n"));
}

fn all() -> Vec<Template> {
    let mut templates = Vec::new();
    for folder in sources::programs().into_iter().chain(sources::examples()) {
        collect(&folder.name, &folder.files, &run::folder_flags(&folder.files), &mut templates);
    }
    for page in sources::pages() {
        for case in page.cases.iter().filter(|case| !case.title.ends_with("(no lint)") && case.title != "Wrong") {
            for (nth, program) in case.programs.iter().enumerate() {
                let expects_error =
                    program.files.iter().any(|file| file.expectations.findings.iter().any(|one| one.severity == "error"));
                if !expects_error {
                    let files: Vec<_> =
                        program.files.iter().filter_map(|file| Some((file.path.clone(), file.bytes.clone()?))).collect();
                    collect(&format!("{} / {} / {}", page.name, case.title, nth + 1), &files, &program.flags, &mut templates);
                }
            }
        }
    }
    templates
}

fn collect(name: &str, files: &[(String, Vec<u8>)], flags: &[String], templates: &mut Vec<Template>) {
    for (_, artifact) in run::run(files, flags).built {
        let nested = artifact.made();
        for template in nested.iter().chain([&artifact.template]) {
            // A template without resources is none; fixtures that only compute emit such.
            let empty = template["Resources"].as_object().is_none_or(serde_json::Map::is_empty);
            if !empty {
                let region = artifact.manifest.region.as_ref().map(ToString::to_string);
                templates.push(Template { name: name.to_owned(), region, body: template.to_string() });
            }
        }
    }
}
