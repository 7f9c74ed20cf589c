//! The questions of a program's `lookup(…)`s, over all of its stacks, environments and regions.
//!
//! In: sources, options. Out: a [`Project`] for each root, whose questions are put round by round. Always: every environment is
//! asked about unless one is chosen; of a project only the stacks that it lists are.

use cloudc_base::{Diagnostic, File};
use cloudc_driver::{LockEntry, Looked, Place, Purpose};

use crate::args::Global;
use crate::exit::Failure;
use crate::session::{self, Session, SettingArgs};
use crate::walk::Source;

/// A project with a session for each environment.
pub struct Project {
    /// Where `cloudc.lock` is.
    pub root: std::path::PathBuf,
    /// What paths of the project are shown with in front.
    pub prefix: String,
    /// What the lock file holds; why it cannot be read.
    pub kept: Result<Vec<LockEntry>, String>,
    /// Sessions by environment.
    pub environments: Vec<(Option<String>, Session)>,
}

/// Opens projects: every environment, unless one is chosen.
pub fn open(sources: Vec<Source>, settings: &SettingArgs, global: &Global) -> Result<Vec<Project>, Failure> {
    let all = SettingArgs { environments: Vec::new(), ..settings.clone() }.options(Purpose::Build)?;
    let plain = session::open(sources, &all, global)?;
    let mut projects = Vec::new();
    for session in plain {
        let (root, prefix) = (session.root.clone(), session.prefix.clone());
        let kept = cloudc_driver::lock_entries(&session.db);
        let chosen = settings.environments.clone();
        let names = if chosen.is_empty() { cloudc_driver::environments(&session.db) } else { chosen };
        let mut environments = Vec::new();
        let own: Vec<Source> = session.files.iter().map(|(source, _)| source.clone()).collect();
        if names.is_empty() {
            environments.push((None, session));
        } else {
            session::leave(session);
        }
        for name in names {
            let options = cloudc_driver::Options { environment: Some(name.clone()), ..all.clone() };
            let opened = session::open(own.clone(), &options, global)?;
            environments.extend(opened.into_iter().map(|session| (Some(name.clone()), session)));
        }
        projects.push(Project { root, prefix, kept, environments });
    }
    Ok(projects)
}

/// The files of a session that are deployed: those a project lists, or that were named.
fn wanted(session: &Session) -> Vec<File> {
    let listed = cloudc_driver::listed(&session.db);
    let fits = |(source, file): &&(Source, File)| source.named || listed.is_empty() || listed.contains(file);
    session.files.iter().filter(fits).map(|(_, file)| *file).collect()
}

/// What a session asks, with the lock file as it stands.
pub fn asked(session: &Session) -> Vec<(Place, Looked)> {
    let mut all = Vec::new();
    for file in wanted(session) {
        for target in cloudc_driver::targets(&session.db, file) {
            let (place, looked) = cloudc_driver::lookups(&session.db, target);
            all.extend(looked.into_iter().map(|one| (place.clone(), one)));
        }
    }
    all
}

/// What building finds wrong.
pub fn problems(session: &Session) -> Vec<Diagnostic> {
    let mut list = Vec::new();
    for file in wanted(session) {
        for target in cloudc_driver::targets(&session.db, file) {
            list.extend(cloudc_driver::build(&session.db, target).1);
        }
    }
    cloudc_driver::sorted(&session.db, list)
}
