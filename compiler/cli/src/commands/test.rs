//! `cloudc test`: runs the tests of files, all at once, and says what became of each.
//!
//! Always: in the order of files and tests, however many ran at once; no test found is an error, so that a wrong name is noticed.

use std::path::PathBuf;

use clap::ValueEnum;
use cloudc_base::{Diagnostic, File, LineIndex};
use cloudc_driver::{Coverage, Database, TestRun};

use crate::args::Global;
use crate::exit::{Exit, Failure};
use crate::output::{self, Written};
use crate::report::{self, Outcome};
use crate::session::{self, Findings, Session};
use crate::walk;
use crate::watching::{self, Scope};

/// Options of `test`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cloudc test
  cloudc test network.test.cloud --filter prod
  cloudc test --watch
  cloudc test --coverage
  cloudc test --update                      # snapshots anew; read the difference
  cloudc test --format junit > tests.xml")]
pub struct Args {
    /// Files with tests, or folders in which all tests are run
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    /// Only tests with this text in their name
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Only the test of exactly this name
    #[arg(long, value_name = "NAME", conflicts_with = "filter")]
    name: Option<String>,
    /// Run again whenever a file changes
    #[arg(long)]
    watch: bool,
    /// How to print what became of them
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Say which components, and which values of their inputs, were tried
    #[arg(long)]
    coverage: bool,
    /// Write snapshots that are different or missing
    #[arg(long)]
    update: bool,
}

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Text,
    /// For machines: one JSON object
    Json,
    /// For build servers: JUnit's XML
    Junit,
}

/// Runs the tests, once or for as long as somebody watches.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    if !args.watch {
        return once(args, global).map(|(exit, _)| exit);
    }
    let mut scope = Scope::of(&[], &args.paths);
    loop {
        let before = scope.stamps();
        match once(args, global) {
            Ok((_, read)) => scope = read,
            Err(Failure::Told { message, help, .. }) => {
                output::error(None, &message);
                help.into_iter().for_each(|help| output::line(&format!("  help: {help}")));
            }
            Err(Failure::BrokenPipe) => return Err(Failure::BrokenPipe),
            Err(Failure::Silent(_)) => {}
        }
        output::line("watching; stop with Ctrl-C");
        let mut stamps = scope.stamps().keeping(&before);
        while let Some((changed, now)) = watching::wait(&scope, &stamps, || false) {
            stamps = now;
            if !changed.is_empty() {
                break;
            }
        }
    }
}

/// Runs the tests once. Gives what was read for that, too.
fn once(args: &Args, global: &Global) -> Result<(Exit, Scope), Failure> {
    let mut ran = execute(args, global)?;
    if args.update && update(&ran)? > 0 {
        // What was compared has changed.
        session::leave(ran);
        ran = execute(args, global)?;
    }
    let total: usize = ran.iter().map(|(_, part)| part.runs.len()).sum();
    let broken = ran.iter().any(|(_, part)| part.sources.iter().any(|one| one.severity == cloudc_base::Severity::Error));
    if total == 0 && !broken {
        let message = match args.filter.as_ref().or(args.name.as_ref()) {
            Some(text) => format!("no test is called `{text}`"),
            None => "there is no test to run".to_owned(),
        };
        return Err(Failure::errors(message).help("a test is written `test \"what holds\" { assert … }`, in any `.cloud` file"));
    }
    print(args, global, &ran)?;
    let failed = broken || ran.iter().any(|(_, part)| part.runs.iter().any(|run| !run.run.passed()));
    let scope = Scope::of(ran.iter().map(|(session, _)| session), &args.paths);
    session::leave(ran);
    Ok((if failed { Exit::Errors } else { Exit::Fine }, scope))
}

/// What running the tests of one project gave.
struct Part {
    /// What is wrong with files before their tests can run.
    sources: Vec<Diagnostic>,
    runs: Vec<Outcome>,
    coverage: Option<Coverage>,
}

fn execute(args: &Args, global: &Global) -> Result<Vec<(Session, Part)>, Failure> {
    let options = cloudc_driver::Options::default();
    let sessions = session::open(walk::sources(&args.paths)?, &options, global)?;
    Ok(sessions
        .into_iter()
        .map(|session| {
            let part = part(args, &session);
            (session, part)
        })
        .collect())
}

fn part(args: &Args, session: &Session) -> Part {
    let db = &session.db;
    let files: Vec<File> = session.files.iter().map(|(_, file)| *file).collect();
    let with_tests: Vec<File> = files.iter().copied().filter(|file| !cloudc_driver::tests(db, *file).is_empty()).collect();
    let found = cloudc_driver::for_each(db, &with_tests, |db: &Database, file| cloudc_driver::test_sources(db, *file));
    let mut sources = Vec::new();
    let mut tests = Vec::new();
    for (file, list) in with_tests.iter().zip(found) {
        if list.iter().any(|one| one.severity == cloudc_base::Severity::Error) {
            sources.extend(list);
            continue;
        }
        tests.extend(cloudc_driver::tests(db, *file).into_iter().filter(|(_, name)| wanted(args, name)).map(|(decl, _)| decl));
    }
    let prefix = session.prefix.as_str();
    let runs = cloudc_driver::for_each(db, &tests, |db: &Database, test| {
        let start = std::time::Instant::now();
        let run = cloudc_driver::run_test(db, *test);
        Outcome {
            line: line(db, &run),
            path: format!("{prefix}{}", run.file.path(db).trim_start_matches('/')),
            seconds: start.elapsed().as_secs_f64(),
            run,
        }
    });
    let coverage = args.coverage.then(|| {
        let runs: Vec<TestRun> = runs.iter().map(|outcome| outcome.run.clone()).collect();
        cloudc_driver::coverage(db, &files, &runs)
    });
    Part { sources: cloudc_driver::sorted(db, sources), runs, coverage }
}

fn wanted(args: &Args, name: &str) -> bool {
    args.filter.as_ref().is_none_or(|text| name.contains(text.as_str())) && args.name.as_ref().is_none_or(|exact| name == exact)
}

fn line(db: &Database, run: &TestRun) -> usize {
    LineIndex::new(run.file.text(db)).line_col(run.offset.into()).line as usize + 1
}

/// Writes the snapshots that are different; gives how many.
fn update(ran: &[(Session, Part)]) -> Result<usize, Failure> {
    let mut files = Vec::new();
    for (session, part) in ran {
        for snapshot in part.runs.iter().flat_map(|outcome| &outcome.run.snapshots).filter(|one| one.difference.is_some()) {
            let path = PathBuf::from(format!("{}{}", session.prefix, snapshot.path.trim_start_matches('/')));
            if files.iter().any(|file: &Written| file.path == path) {
                continue;
            }
            output::line(&format!("wrote {}", path.display()));
            files.push(Written { path, bytes: snapshot.text.clone().into_bytes() });
        }
    }
    output::write_all(&files)?;
    Ok(files.len())
}

fn print(args: &Args, global: &Global, ran: &[(Session, Part)]) -> Result<(), Failure> {
    let outcomes: Vec<&Outcome> = ran.iter().flat_map(|(_, part)| &part.runs).collect();
    let findings: Vec<Findings<'_>> = ran
        .iter()
        .map(|(session, part)| {
            let failed = part.runs.iter().flat_map(|outcome| outcome.run.diagnostics.iter().cloned());
            Findings { session, list: part.sources.iter().cloned().chain(failed).collect() }
        })
        .collect();
    let coverage: Vec<_> = ran.iter().filter_map(|(_, part)| part.coverage.as_ref()).collect();
    match args.format {
        Format::Text => {
            output::print(report::text(&outcomes, global).as_bytes())?;
            output::drawing(&session::drawn(&findings, global, output::color_on_stderr(global.color)));
            if global.quiet && coverage.is_empty() && outcomes.iter().all(|outcome| outcome.run.passed()) {
                return Ok(());
            }
            output::print(report::summary(&outcomes, &coverage).as_bytes())
        }
        Format::Json => output::print(report::json(&outcomes, &findings, &coverage).as_bytes()),
        Format::Junit => {
            let drawn = |outcome: &Outcome| {
                let session = ran
                    .iter()
                    .find(|(_, part)| part.runs.iter().any(|one| std::ptr::eq(one, outcome)))
                    .map(|(session, _)| session);
                let list = outcome.run.diagnostics.clone();
                session.map_or_else(String::new, |session| session::drawn(&[Findings { session, list }], global, false))
            };
            let broken = ran.iter().filter(|(_, part)| !part.sources.is_empty());
            let broken: Vec<String> = broken
                .map(|(session, part)| session::drawn(&[Findings { session, list: part.sources.clone() }], global, false))
                .collect();
            output::print(report::junit(&outcomes, &broken, drawn).as_bytes())
        }
    }
}
