//! Every `cloud` block of every page: fixtures, error pages, README, documentation. One test a block.

use cloudc_tests::program::{Program, SourceFile};
use cloudc_tests::{expect, run, sources, subset};
use libtest_mimic::{Arguments, Failed, Trial};

fn main() {
    let mut trials = Vec::new();
    for page in sources::pages() {
        for case in page.cases {
            let several = case.programs.len() > 1;
            for (nth, program) in case.programs.into_iter().enumerate() {
                let mut name = format!("{} / {}", page.name, case.title);
                if several {
                    name.push_str(&format!(" / {}", nth + 1));
                }
                trials.push(Trial::test(name, move || cloudc_driver::with_stack(|| judge(&program))));
            }
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn judge(program: &Program) -> Result<(), Failed> {
    let files = program.files.iter().filter_map(|file| Some((file.path.clone(), file.bytes.clone()?)));
    let mut outcome = run::run(&files.collect::<Vec<_>>(), &program.flags);
    if program.build {
        run::require_stack(&mut outcome);
    }
    let expected: Vec<_> = program.files.iter().map(|file| (file.path.clone(), &file.expectations)).collect();
    let mut wrong = expect::differences(&expected, &run::findings(&outcome.db, &outcome.diagnostics));
    for file in &program.files {
        wrong.extend(types(&outcome.db, file));
    }
    for part in &program.templates {
        match outcome.built.first() {
            None => wrong.push("nothing was built".to_owned()),
            Some((_, artifact)) => wrong.extend(subset::missing(part, &artifact.template)),
        }
    }
    for part in &program.nested {
        let made: Vec<_> = outcome.built.iter().flat_map(|(_, artifact)| artifact.made()).collect();
        let all: Vec<_> = made.iter().map(|template| subset::missing(part, template)).collect();
        // That which comes nearest says best what is missing.
        match all.into_iter().min_by_key(Vec::len) {
            None => wrong.push("no nested stack was built".to_owned()),
            Some(missing) => wrong.extend(missing),
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    let drawn = run::drawn(&outcome.db, &outcome.diagnostics);
    let template = match (program.templates.is_empty(), outcome.built.first()) {
        (false, Some((_, artifact))) => format!("{:#}", artifact.template),
        _ => String::new(),
    };
    Err(format!("{}\n\n{drawn}\n{template}", wrong.join("\n")).into())
}

fn types(db: &cloudc_driver::Database, file: &SourceFile) -> Vec<String> {
    let squeezed = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    let mut wrong = Vec::new();
    for (line, wanted) in &file.expectations.types {
        let found = run::type_at(db, &file.path, *line).map(|(ty, _)| ty).unwrap_or_default();
        if squeezed(&found) != squeezed(wanted) {
            wrong.push(format!("{}:{line} has the type {found}, expected {wanted}", file.path));
        }
    }
    for (line, wanted) in &file.expectations.phases {
        let found = run::type_at(db, &file.path, *line).map_or("", |(_, phase)| phase);
        if found != wanted {
            wrong.push(format!("{}:{line} is known at {found}, expected {wanted}", file.path));
        }
    }
    wrong
}
