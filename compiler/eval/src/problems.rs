//! Everything that is wrong with a target, as far as evaluation can tell.
//!
//! In: a target. Out: problems in source order, each once. Always: only those of this stage; what the type checker found is
//! reported by it.

use cloudc_hir::{DeclKind, Problem};
use rustc_hash::FxHashSet;

use crate::frame::{Frame, Site, Target};
use crate::member::{MemberKind, each, members};
use crate::{Db, assemble, assertion, resources, value_of};

/// The problems of a target.
pub fn problems(db: &dyn Db, target: Target) -> Vec<Problem> {
    let mut found = Found::default();
    let top = Frame::of_target(db, target);
    found.extend(&assemble::stack(db, target).problems, &[]);
    settings(db, target, &mut found);
    for defaults in resources::defaults(db, top) {
        found.extend(&defaults.problems, &[]);
    }
    frame(db, top, &mut found);
    let mut sites = Vec::new();
    each(db, top, &mut |member| sites.push((member.site, member.kind, member.inner.clone())));
    let mut namer = crate::naming::Namer::new(db);
    for (site, kind, inner) in sites {
        match inner {
            MemberKind::Instance(inner) => frame(db, inner, &mut found),
            MemberKind::Turns(turns) => turns.into_iter().for_each(|turn| frame(db, turn, &mut found)),
            MemberKind::Leaf => declaration(db, site, kind, &mut found),
        }
        if matches!(kind, DeclKind::Resource | DeclKind::Param | DeclKind::Output | DeclKind::Assert) {
            found.extend(namer.problems(site), &[]);
        }
    }
    found.extend(&crate::generated::problems(db, target), &[]);
    found.modules(db);
    found.list.extend(crate::checks::policy_problems(db, target));
    found.list
}

fn settings(db: &dyn Db, target: Target, found: &mut Found) {
    let Some(decl) = target.stack_decl(db) else { return };
    if let cloudc_types::typed::Root::Settings(settings) = &cloudc_types::typed(db, decl).root {
        for (name, _) in settings {
            found.extend(&assemble::stack_setting(db, target, name.clone()).1, &[]);
        }
    }
}

fn frame(db: &dyn Db, frame: Frame, found: &mut Found) {
    let members = members(db, frame);
    found.extend(&members.problems, &members.reads);
}

fn declaration(db: &dyn Db, site: Site, kind: DeclKind, found: &mut Found) {
    match kind {
        DeclKind::Let | DeclKind::Input | DeclKind::Param | DeclKind::Output | DeclKind::Existing => {
            let value = value_of(db, site);
            found.extend(&value.problems, &value.reads);
        }
        DeclKind::Resource => {
            let resource = resources::resource(db, site);
            found.extend(&resource.problems, &resource.reads);
        }
        DeclKind::Assert => {
            let assertion = assertion(db, site);
            found.extend(&assertion.problems, &assertion.reads);
        }
        _ => {}
    }
}

#[derive(Default)]
struct Found {
    list: Vec<Problem>,
    seen: FxHashSet<(&'static str, cloudc_hir::Anchor)>,
    open: Vec<Site>,
}

impl Found {
    /// A function called from two places, a component used twice, a loop's second turn: one place has one problem of a kind.
    fn extend(&mut self, problems: &[Problem], reads: &[Site]) {
        for problem in problems {
            if self.seen.insert((problem.code.0, problem.at)) {
                self.list.push(problem.clone());
            }
        }
        self.open.extend(reads);
    }

    /// What was read from other modules, and what that reads.
    fn modules(&mut self, db: &dyn Db) {
        let mut visited = FxHashSet::default();
        while let Some(site) = self.open.pop() {
            // A stack that a test builds has a verdict of its own.
            if site.decl(db).kind(db) != DeclKind::Stack && visited.insert(site) {
                let value = value_of(db, site);
                self.extend(&value.problems, &value.reads);
            }
        }
    }
}
