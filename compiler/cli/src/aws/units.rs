//! From files to built stacks, ready to be deployed.

use std::collections::BTreeSet;
use std::path::PathBuf;

use cloudc_base::{Code, Diagnostic, Severity, TextRange};
use cloudc_deploy::Unit;
use cloudc_driver::Purpose;
use cloudc_emit::Place;

use crate::args::{DiagnosticFormat, Global};
use crate::exit::Failure;
use crate::session::{self, Findings, Session, SettingArgs};
use crate::walk;

/// Which stacks.
#[derive(Debug, Clone, clap::Args)]
pub struct UnitArgs {
    /// Files with a stack, or folders: of a project every stack it lists, else every stack in it
    #[arg(default_value = ".")]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    pub settings: SettingArgs,
    /// Only this stack, by the name of its declaration or the one it is deployed under; may be repeated
    #[arg(long, value_name = "STACK")]
    pub target: Vec<String>,
}

/// Built stacks, and the databases that know their sources.
pub struct Units {
    /// What is deployed.
    pub units: Vec<Unit>,
    /// Names of their declarations.
    declared: Vec<String>,
    /// Which session each came from.
    of: Vec<usize>,
    sessions: Vec<Session>,
}

/// What building the files of a session gives: stacks with the names of their declarations, and what is wrong.
fn build_session(session: &Session) -> (Vec<(String, Unit)>, Vec<Diagnostic>) {
    let listed = cloudc_driver::listed(&session.db);
    let wanted = session.files.iter().filter(|(source, file)| source.named || listed.is_empty() || listed.contains(file));
    let wanted: Vec<_> = wanted.cloned().collect();
    let (mut units, mut list, root) = (Vec::new(), Vec::new(), &session.root);
    let built = cloudc_driver::for_each(&session.db, &wanted, |db, (source, file)| {
        let targets = cloudc_driver::targets(db, *file);
        let mut found = Vec::new();
        if targets.is_empty() && source.named {
            found.extend(cloudc_driver::check(db, *file));
            found.extend(cloudc_driver::no_stack(db, *file));
        }
        let declared = cloudc_driver::stack_name(db, *file).to_string();
        let mut made = Vec::new();
        for target in targets {
            let (artifact, diagnostics) = cloudc_driver::build(db, target);
            found.extend(diagnostics);
            let unit = artifact.map(|artifact| Unit::new(artifact, source.path.display().to_string(), root.clone()));
            made.extend(unit.map(|unit| (declared.clone(), unit)));
        }
        (made, found)
    });
    for (made, found) in built {
        units.extend(made);
        list.extend(found);
    }
    (units, list)
}

/// What building the files of several sessions gives.
pub struct Made {
    units: Vec<Unit>,
    declared: Vec<String>,
    of: Vec<usize>,
    /// Names that the stacks have, chosen or not.
    names: Vec<String>,
    /// What is wrong, for each session.
    pub findings: Vec<Vec<Diagnostic>>,
}

/// Builds the stacks; only those of `target`, unless it is empty.
pub fn make(sessions: &[Session], target: &[String]) -> Made {
    let mut all = Made { units: Vec::new(), declared: Vec::new(), of: Vec::new(), names: Vec::new(), findings: Vec::new() };
    for (at, session) in sessions.iter().enumerate() {
        let (made, list) = build_session(session);
        for (name, unit) in made {
            all.names.extend([name.clone(), unit.name().to_owned()]);
            if target.is_empty() || target.iter().any(|wanted| *wanted == name || wanted == unit.name()) {
                all.units.push(unit);
                all.declared.push(name);
                all.of.push(at);
            }
        }
        all.findings.push(cloudc_driver::sorted(&session.db, list));
    }
    all
}

/// Builds the stacks. What is wrong with them is printed, and then nothing is deployed.
pub fn build(args: &UnitArgs, global: &Global) -> Result<Units, Failure> {
    let sessions = session::open(walk::sources(&args.paths)?, &args.settings.options(Purpose::Build)?, global)?;
    let mut made = make(&sessions, &args.target);
    let findings = std::mem::take(&mut made.findings);
    let all: Vec<Findings<'_>> = sessions.iter().zip(findings).map(|(session, list)| Findings { session, list }).collect();
    session::print(&all, DiagnosticFormat::Text, global, true)?;
    if all.iter().flat_map(|part| &part.list).any(|one| one.severity == Severity::Error) {
        return Err(Failure::silent());
    }
    drop(all);
    chosen(&made, &args.target)?;
    Ok(Units::of(made, sessions))
}

/// Whether what was made is what was asked for, and can be deployed.
pub fn chosen(made: &Made, target: &[String]) -> Result<(), Failure> {
    if let Some(unknown) = target.iter().find(|wanted| !made.names.contains(wanted)) {
        return Err(no_such(unknown, &made.names));
    }
    if made.units.is_empty() {
        return Err(Failure::errors("there is no stack to deploy").help("a file is deployed when it holds `stack name { … }`"));
    }
    twice(&made.units)
}

/// A stack was asked for that is none of these.
pub fn no_such(unknown: &str, names: &[String]) -> Failure {
    let failure = Failure::usage(format!("there is no stack `{}` here", cloudc_base::render::printable(unknown)));
    match cloudc_base::suggest::nearest(unknown, names.iter().map(String::as_str)) {
        Some(near) => failure.help(format!("did you mean `{near}`?")),
        None if names.is_empty() => failure.help("a file makes a stack when it holds `stack name { … }`"),
        None => {
            let known: BTreeSet<&str> = names.iter().map(String::as_str).collect();
            let known: Vec<&str> = known.into_iter().collect();
            failure.help(format!("stacks are given by name, not by file; there are `{}`", known.join("`, `")))
        }
    }
}

/// Two files must not be deployed under one name.
fn twice(units: &[Unit]) -> Result<(), Failure> {
    for (at, one) in units.iter().enumerate() {
        let same = |other: &&Unit| {
            (other.name(), &other.manifest().region, &other.manifest().account)
                == (one.name(), &one.manifest().region, &one.manifest().account)
        };
        if let Some(other) = units[..at].iter().find(same) {
            let message = format!("`{}` and `{}` are both deployed as `{}`", other.source, one.source, one.name());
            return Err(Failure::errors(message).help("give one of them another `name`"));
        }
    }
    Ok(())
}

impl Units {
    /// Units without sources: what was recorded.
    pub fn bare(units: Vec<Unit>) -> Units {
        Units { units, declared: Vec::new(), of: Vec::new(), sessions: Vec::new() }
    }

    /// What was made of these sessions.
    pub fn of(made: Made, sessions: Vec<Session>) -> Units {
        Units { units: made.units, declared: made.declared, of: made.of, sessions }
    }

    /// The sessions, to build them again.
    pub fn into_sessions(self) -> Vec<Session> {
        self.sessions
    }

    /// What can be built of these sessions, without a word about the rest.
    pub fn quiet(sessions: Vec<Session>) -> Units {
        Units::of(make(&sessions, &[]), sessions)
    }

    /// The name of a unit's declaration.
    pub fn declared(&self, unit: usize) -> Option<&str> {
        self.declared.get(unit).map(String::as_str)
    }

    /// The units of a name, that of their declaration or the one they are deployed under: one for each region.
    pub fn positions(&self, name: &str) -> Vec<usize> {
        let deployed: Vec<usize> = (0..self.units.len()).filter(|at| self.units[*at].name() == name).collect();
        if !deployed.is_empty() {
            return deployed;
        }
        (0..self.declared.len()).filter(|at| self.declared[*at] == name).collect()
    }

    /// An error at a place of a unit's sources.
    pub fn drawn(&self, unit: usize, found: &[(Place, Report)], global: &Global, color: bool) -> String {
        let Some(session) = self.of.get(unit).and_then(|at| self.sessions.get(*at)) else { return String::new() };
        let list = found.iter().map(|(place, report)| {
            let file = cloudc_driver::file(&session.db, &place.file);
            let range = TextRange::new(place.start.into(), place.end.into());
            let mut one = Diagnostic::error(Code(report.code), file, range, report.message.clone());
            one.label.clone_from(&report.label);
            one.notes.clone_from(&report.notes);
            one.help.clone_from(&report.help);
            one
        });
        session::drawn(&[Findings { session, list: list.collect() }], global, color)
    }

    /// Leaves the databases to the end of the process.
    pub fn leave(self) {
        session::leave(self.sessions);
    }
}

/// What to say at a place.
#[derive(Debug, Clone)]
pub struct Report {
    /// `C0870`.
    pub code: &'static str,
    /// One line.
    pub message: String,
    /// What is here.
    pub label: String,
    /// Why.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Option<String>,
}
