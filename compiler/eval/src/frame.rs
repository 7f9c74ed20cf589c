//! Where a declaration is evaluated: in which stack, component instance and loop turns.
//!
//! In: declarations. Out: [`Frame`]s and [`Site`]s, interned by position. Always: a frame says nothing about the values in it,
//! so an edit inside stops where a value stops changing.
#![allow(missing_docs)] // of what salsa generates; everything written here has them

use cloudc_base::File;
use cloudc_hir::{Branch, Decl, DeclKind, Name, Owner};
use cloudc_types::Given;

use crate::Db;
use crate::outline::component_of;

/// What is built: a stack in an environment and a region, perhaps as a test asks for it; or what a test declares itself.
#[salsa::interned(debug, unsafe(no_lifetime), revisions = usize::MAX, constructor = intern)]
pub struct Target {
    /// The file with the `stack`.
    #[returns(copy)]
    pub file: File,
    /// The selected environment.
    #[returns(ref)]
    pub environment: Option<Name>,
    /// The region, when it is known.
    #[returns(ref)]
    pub region: Option<Name>,
    /// Values that a test gives it; then nothing comes from outside the program.
    #[returns(ref)]
    pub given: Option<Arguments>,
    /// The `test` of the file whose declarations are the stack.
    #[returns(copy)]
    pub test: Option<Decl>,
}

/// Values for the inputs and parameters of a stack, by name, sorted.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Arguments {
    /// For inputs.
    pub inputs: Vec<(Name, Given)>,
    /// For parameters.
    pub params: Vec<(Name, Given)>,
}

/// One component instance, loop turn or module: what a declaration's names refer to.
#[salsa::interned(debug, unsafe(no_lifetime), revisions = usize::MAX)]
pub struct Frame {
    /// What made it.
    #[returns(ref)]
    pub origin: Origin,
}

/// What makes a frame.
#[derive(Debug, Clone, PartialEq, Eq, Hash, salsa::SalsaValue)]
pub enum Origin {
    /// The top level of the stack's file.
    Target(Target),
    /// The top level of another file, as seen by that target.
    Module(Target, File),
    /// A `policy` that looks at that target.
    Policy(Target, Decl),
    /// An instance of a component: the `resource` declaration.
    Instance(Site),
    /// A turn of a `for` around declarations.
    Turn(Site, TurnKey),
}

/// What tells the turns of a loop apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, salsa::SalsaValue)]
pub enum TurnKey {
    /// A map's key, a text element, or what `by` gave.
    Text(Name),
    /// An integer element, or what `by` gave.
    Index(i64),
}

/// A declaration in a frame.
#[salsa::interned(debug, unsafe(no_lifetime), revisions = usize::MAX)]
pub struct Site {
    /// The component instance or loop turn.
    #[returns(copy)]
    pub frame: Frame,
    /// The declaration.
    #[returns(copy)]
    pub decl: Decl,
}

impl Target {
    /// A file's stack.
    pub fn new(db: &dyn Db, file: File, environment: Option<Name>, region: Option<Name>) -> Target {
        Target::intern(db, file, environment, region, None, None)
    }

    /// A file's stack with the inputs and parameters that a test gives it.
    pub fn given_by_test(db: &dyn Db, file: File, environment: Option<Name>, region: Option<Name>, given: Arguments) -> Target {
        Target::intern(db, file, environment, region, Some(given), None)
    }

    /// What a test declares.
    pub fn of_test(db: &dyn Db, test: Decl) -> Target {
        let file = cloudc_hir::home(db, test.file(db));
        Target::intern(db, file, None, None, Some(Arguments::default()), Some(test))
    }

    /// The file's `stack`; none when it is a test that is looked at.
    pub fn stack_decl(self, db: &dyn Db) -> Option<Decl> {
        if self.test(db).is_some() { None } else { cloudc_hir::stack_decl(db, self.file(db)) }
    }
}

impl TurnKey {
    /// As a map's key.
    pub fn text(&self) -> Name {
        match self {
            TurnKey::Text(text) => text.clone(),
            TurnKey::Index(number) => Name::from(number.to_string()),
        }
    }
}

impl Frame {
    /// The frame of a target's own file.
    pub fn of_target(db: &dyn Db, target: Target) -> Frame {
        Frame::new(db, Origin::Target(target))
    }

    /// The top level of a file; the target's own file has the target's frame.
    pub fn of_module(db: &dyn Db, target: Target, file: File) -> Frame {
        let file = cloudc_hir::home(db, file);
        if target.file(db) == file && target.test(db).is_none() {
            return Frame::of_target(db, target);
        }
        Frame::new(db, Origin::Module(target, file))
    }

    /// The target it belongs to.
    pub fn target(self, db: &dyn Db) -> Target {
        let mut frame = self;
        loop {
            match frame.origin(db) {
                Origin::Target(target) | Origin::Module(target, _) | Origin::Policy(target, _) => return *target,
                Origin::Instance(site) | Origin::Turn(site, _) => frame = site.frame(db),
            }
        }
    }

    /// The frame of its target's file.
    pub fn target_frame(self, db: &dyn Db) -> Frame {
        Frame::of_target(db, self.target(db))
    }

    /// The frame around, if any.
    pub fn outer(self, db: &dyn Db) -> Option<Frame> {
        match self.origin(db) {
            Origin::Target(_) | Origin::Module(..) | Origin::Policy(..) => None,
            Origin::Instance(site) | Origin::Turn(site, _) => Some(site.frame(db)),
        }
    }

    /// The frame after leaving `up` turns. Never leaves the container.
    pub fn leave(self, db: &dyn Db, up: u32) -> Frame {
        let mut frame = self;
        for _ in 0..up {
            let Origin::Turn(site, _) = frame.origin(db) else { break };
            frame = site.frame(db);
        }
        frame
    }

    /// The frame after leaving all turns: that of the file or component instance.
    pub fn container(self, db: &dyn Db) -> Frame {
        self.leave(db, u32::MAX)
    }

    /// How many frames are around it.
    pub fn depth(self, db: &dyn Db) -> usize {
        std::iter::successors(Some(self), |frame| frame.outer(db)).count() - 1
    }

    /// Whose declarations live in it; nothing when the instance's component is broken.
    pub fn owner(self, db: &dyn Db) -> Option<Owner> {
        match self.origin(db) {
            Origin::Target(target) => Some(match target.test(db) {
                Some(test) => Owner::Decl(test, Branch::Then),
                None => Owner::File(target.file(db)),
            }),
            Origin::Policy(_, policy) => Some(Owner::Decl(*policy, Branch::Then)),
            Origin::Module(_, file) => Some(Owner::File(*file)),
            Origin::Turn(site, _) => Some(Owner::Decl(site.decl(db), Branch::Then)),
            Origin::Instance(site) => component_of(db, site.decl(db)).map(|component| Owner::Decl(component, Branch::Then)),
        }
    }
}

/// What a reference to a `resource` or `existing` gives: a handle, or the frame of an instance.
pub fn instance(db: &dyn Db, site: Site) -> Option<Frame> {
    let decl = site.decl(db);
    (decl.kind(db) == DeclKind::Resource && component_of(db, decl).is_some()).then(|| Frame::new(db, Origin::Instance(site)))
}
