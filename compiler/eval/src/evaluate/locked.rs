//! `lookup(…)`: the identifier that the lock file has.

use cloudc_hir::Problem;
use cloudc_types::typed::{Builtin, Id, Kind, Root};
use serde_json::{Map, Value as Json};

use super::{Cx, Out, Run, to_json};
use crate::cond::Stop;
use crate::frame::Site;
use crate::lock::{self, Missing};
use crate::values::{Src, Value};
use crate::{Db, codes};

/// How the arguments are called in the file.
const NAMES: [&str; 3] = ["id", "tags", "where"];

impl Cx<'_> {
    pub(super) fn lookup(&mut self, args: &[Id], src: Src) -> Out {
        let query = self.query(args, src)?;
        let Some(ty) = lock::handle_name(self.db, self.decl) else { return Err(self.misfit(src)) };
        let name = self.decl.name(self.db).clone();
        let problem = match lock::find(self.db, self.frame.target(self.db), &ty, &query) {
            Ok(entry) => return Ok(src.node(Value::text(&*entry.id))),
            // Which one is meant is known once an environment is chosen.
            Err(Missing::Several) if self.db.settings().lenient(self.db) => return Err(Stop::Unknown),
            Err(Missing::Several) => {
                let message = format!("`cloudc.lock` has several answers for `{name}`");
                Problem::error(codes::LOOKUP_SEVERAL, src.anchor(), message)
                    .note("they are from different accounts or regions")
                    .help("choose an environment with `--env`, or give the stack a `region`")
            }
            Err(Missing::Unasked) => {
                let message = format!("`{name}` has not been looked up: `cloudc.lock` has no answer for this");
                Problem::error(codes::LOOKUP_MISSING, src.anchor(), message)
                    .note("building stays offline, so that it gives the same template everywhere")
                    .help("`cloudc lookup` asks AWS and writes the file; commit it")
            }
            Err(Missing::Broken(reason)) => Problem::error(codes::LOCK_BROKEN, src.anchor(), "`cloudc.lock` cannot be used")
                .note(reason)
                .help("restore it from version control, or have `cloudc lookup` write it anew"),
        };
        Err(self.fail(problem))
    }

    /// What is asked, as the file has it.
    fn query(&mut self, args: &[Id], src: Src) -> Result<Json, Stop> {
        let mut query = Map::new();
        for (name, id) in NAMES.into_iter().zip(args) {
            let node = self.need(*id)?;
            if node.value == Value::None {
                continue;
            }
            let Some(json) = to_json(&node.value).and_then(|text| serde_json::from_str(&text).ok()) else {
                return Err(self.misfit(src));
            };
            query.insert(name.to_owned(), json);
        }
        Ok(Json::Object(query))
    }
}

/// What an `existing` looks up; nothing when it is given otherwise, or is broken.
pub fn lookup_query(db: &dyn Db, site: Site) -> Option<Json> {
    let typed = cloudc_types::typed(db, site.decl(db));
    let Root::Value(Some(value)) = typed.root else { return None };
    let Kind::Builtin(Builtin::Lookup, args) = &typed.node(value).kind else { return None };
    let mut run = Run::default();
    let mut cx = Cx::new(db, site.frame(db), site.decl(db), &mut run);
    let src = cx.src(value);
    cx.query(args, src).ok()
}
