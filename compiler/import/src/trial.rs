//! Programs for one template, tried one after the other.
//!
//! In: the template, and in which forms to write it. Out: [`Tried`]. Always: one database for all of them, so that what did not
//! change from one program to the next is not looked at again.

use std::sync::Arc;

use cloudc_base::{Diagnostic, File};
use cloudc_driver::{Database, MemoryFs};
use cloudc_schema::Schema;
use rustc_hash::FxHashMap;
use serde_json::Value as Json;

use crate::split::Part;
use crate::tree::Node;
use crate::write::{self, Forms, Written};

/// The path of the program while it is tried.
const PATH: &str = "/main.cloud";

/// A program and what the compiler says about it.
pub(crate) struct Tried {
    /// The program.
    pub written: Written,
    /// The template, when there is no error.
    pub template: Option<Json>,
    /// Everything found.
    pub found: Vec<Diagnostic>,
}

/// What a program of several files builds; nothing when something in it is wrong.
pub(crate) fn built(schema: &Schema, parts: &[Part]) -> Option<Json> {
    let files = parts.iter().map(|part| (format!("/{}", part.name), part.text.as_bytes().to_vec()));
    let db = cloudc_driver::open(Arc::new(MemoryFs::new(files)), cloudc_driver::Options::default(), schema.clone());
    let file = cloudc_driver::file(&db, PATH);
    let target = cloudc_driver::targets(&db, file).first().copied()?;
    let (artifact, _) = cloudc_driver::build(&db, target);
    artifact.map(|artifact| artifact.template)
}

/// A template that programs are written for.
pub(crate) struct Trials<'a> {
    schema: &'a Schema,
    root: &'a Node,
    name: &'a str,
    /// What resources are called by the tool that made the template.
    paths: FxHashMap<String, String>,
    open: Option<(Database, File)>,
}

impl<'a> Trials<'a> {
    /// For a template, as a stack of that name.
    pub fn new(schema: &'a Schema, root: &'a Node, name: &'a str, paths: FxHashMap<String, String>) -> Self {
        Trials { schema, root, name, paths, open: None }
    }

    /// Whether some resources could be made by `for`.
    pub fn is_repeated(&self) -> bool {
        write::is_repeated(self.root, &self.paths)
    }

    /// Writes the program in these forms; what is repeated as `for`, where `loops` says so.
    pub fn write(&self, forms: &Forms, loops: bool) -> Written {
        write::program(self.schema, self.root, self.name, &self.paths, forms, loops)
    }

    /// Writes the program in these forms and builds it.
    pub fn build(&mut self, forms: &Forms, loops: bool) -> Tried {
        let written = self.write(forms, loops);
        self.tried(written)
    }

    /// Builds a program.
    pub fn tried(&mut self, written: Written) -> Tried {
        let is_first = self.open.is_none();
        let (db, file) = self.opened(&written.text);
        let built = || match cloudc_driver::targets(db, file).first() {
            Some(target) => {
                let (artifact, found) = cloudc_driver::build(db, *target);
                (artifact.map(|artifact| artifact.template), found)
            }
            None => (None, cloudc_driver::check(db, file)),
        };
        // Later ones find nearly everything there.
        let (template, found) = if is_first { cloudc_driver::ahead(db, file, built) } else { built() };
        Tried { written, template, found }
    }

    /// Writes the program in these forms and looks for everything that is wrong, also after errors in single resources.
    pub fn check(&mut self, forms: &Forms) -> Tried {
        let written = write::program(self.schema, self.root, self.name, &self.paths, forms, false);
        let (db, file) = self.opened(&written.text);
        Tried { written, template: None, found: cloudc_driver::check(db, file) }
    }

    /// Ends: there is much to free.
    pub fn discard(self) {
        cloudc_driver::discard(self.open);
    }

    /// The program in the database.
    fn opened(&mut self, text: &str) -> (&Database, File) {
        let (db, file) = match self.open.take() {
            Some((mut db, file)) => {
                cloudc_driver::edit(&mut db, file, text);
                (db, file)
            }
            None => {
                let system = Arc::new(MemoryFs::new([(PATH, text)]));
                let db = cloudc_driver::open(system, cloudc_driver::Options::default(), self.schema.clone());
                let file = cloudc_driver::file(&db, PATH);
                (db, file)
            }
        };
        let (db, file) = self.open.insert((db, file));
        (db, *file)
    }
}
