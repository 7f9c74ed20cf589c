//! What tests and policies ask: which resources there are, what a build gives, whether it fails, whether it is as it was.
//!
//! Always: a stack that was built is an instance whose frame is a target's; asking for what a failed build does not have is an error
//! of the test that says why the build failed.

use cloudc_base::{Content, path};
use cloudc_hir::{Name, Owner, Problem};
use cloudc_types::Given;
use cloudc_types::typed::{Builtin, Id};
use serde_json::Value as Json;

use super::{Cx, Out, from_json};
use crate::checks::Snapshot;
use crate::cond::Stop;
use crate::frame::{Arguments, Frame, Origin, Site, Target};
use crate::values::{Field, Node, Src, Value};
use crate::{assemble, built, checks, codes, resources};

impl Cx<'_> {
    pub(super) fn seen(&mut self, builtin: Builtin, args: &[Id], src: Src) -> Out {
        let first = args.first().copied().ok_or(Stop::Poison)?;
        let second = args.get(1).copied();
        match builtin {
            Builtin::Build => self.build(args, src),
            Builtin::Resources => self.resources(first, second, src),
            Builtin::Fails => self.fails(first, second, src),
            Builtin::Snapshot => self.snapshot(first, second, src),
            Builtin::StackOutputs => self.stack_outputs(first, src),
            Builtin::StackErrors => self.stack_errors(first, src),
            Builtin::StackTemplate => self.stack_template(first, src),
            Builtin::ResourceType => {
                let site = self.handle(first, src)?;
                Ok(src.node(Value::Str(resources::resource(self.db, site).ty.clone())))
            }
            _ => {
                let site = self.handle(first, src)?;
                let policy = resources::resource(self.db, site).attributes.deletion_policy.clone();
                Ok(policy.unwrap_or(src.node(Value::None)))
            }
        }
    }

    fn handle(&mut self, id: Id, src: Src) -> Result<Site, Stop> {
        match self.need(id)?.value {
            Value::Handle(site) => Ok(site),
            _ => Err(self.misfit(src)),
        }
    }

    /// The target that a stack stands for.
    fn stack_of(&mut self, id: Id, src: Src) -> Result<Target, Stop> {
        let node = self.need(id)?;
        if let Value::Instance(frame) = node.value
            && let Origin::Target(target) = frame.origin(self.db)
        {
            return Ok(*target);
        }
        Err(self.misfit(src))
    }

    /// The target of a build that has no errors.
    fn whole_stack(&mut self, id: Id, src: Src) -> Result<Target, Stop> {
        let target = self.stack_of(id, src)?;
        let verdict = built(self.db, target);
        let Some((code, message)) = verdict.errors.first() else { return Ok(target) };
        let name = target.file(self.db).path(self.db);
        let mut problem =
            Problem::error(codes::BUILD_FAILED, src.anchor(), format!("`{name}` does not build: {message} [{code}]"));
        for (code, message) in verdict.errors.iter().skip(1).take(4) {
            problem = problem.note(format!("[{code}] {message}"));
        }
        Err(self.fail(problem.help("a test of a build that is to fail asks `fails(…)` or `.errors`")))
    }

    fn build(&mut self, args: &[Id], src: Src) -> Out {
        let mut nodes = Vec::new();
        for id in args {
            nodes.push(self.need(*id)?);
        }
        let [path, inputs, params, env, region] = &nodes[..] else { return Err(self.misfit(src)) };
        let file = self.built_file(path)?;
        let text = |node: &Node| node.value.as_str().map(Name::from);
        let given = Arguments { inputs: self.arguments(inputs)?, params: self.arguments(params)? };
        let target = Target::given_by_test(self.db, file, text(env), text(region), given);
        let frame = Frame::of_target(self.db, target);
        // What was built is found again through what was read.
        if let Some(stack) = target.stack_decl(self.db) {
            self.run.reads.push(Site::new(self.db, frame, stack));
        }
        Ok(src.node(Value::Instance(frame)))
    }

    fn built_file(&mut self, written: &Node) -> Result<cloudc_base::File, Stop> {
        let Some(name) = written.value.as_str() else { return Err(self.misfit(written.src)) };
        let found = path::resolve(self.decl.file(self.db).path(self.db), name).filter(|_| name.starts_with('.'));
        let Some(path) = found else {
            let problem = Problem::error(codes::NOTHING_BUILT, written.src.anchor(), format!("`{name}` is no relative path"));
            return Err(self.fail(problem.help("write a path relative to this file, like \"./main.cloud\"")));
        };
        let file = self.db.files().get(self.db, &path);
        let message = match file.content(self.db) {
            Content::Text(_) if cloudc_hir::stack_decl(self.db, file).is_some() => return Ok(file),
            Content::Text(_) => format!("`{name}` has no `stack`, so it builds nothing"),
            _ => format!("there is no file `{name}` to build"),
        };
        let problem = Problem::error(codes::NOTHING_BUILT, written.src.anchor(), message);
        Err(self.fail(problem.help("a component is tested by declaring one: `resource it: Name { … }` in the test")))
    }

    /// The fields of a record, sorted.
    fn arguments(&mut self, node: &Node) -> Result<Vec<(Name, Given)>, Stop> {
        let fields = match &node.value {
            Value::None => return Ok(Vec::new()),
            Value::Record(fields) => fields.clone(),
            _ => return Err(self.misfit(node.src)),
        };
        let mut found = Vec::new();
        for field in fields.iter() {
            let Some(given) = given(&field.node.value) else { return Err(self.misfit(field.node.src)) };
            found.push((field.name.clone(), given));
        }
        found.sort();
        Ok(found)
    }

    fn resources(&mut self, stack: Id, ty: Option<Id>, src: Src) -> Out {
        let ty = match ty {
            Some(id) => self.need(id)?.value.as_str().map(Name::from),
            None => None,
        };
        let target = match self.need(stack)?.value {
            Value::None => self.frame.target(self.db),
            _ => self.whole_stack(stack, src)?,
        };
        let sites: Vec<Site> = match target.test(self.db) {
            Some(_) => checks::declared(self.db, target).clone(),
            None => assemble::stack(self.db, target).resources.iter().map(|member| member.site).collect(),
        };
        let fits = |site: &Site| {
            let own = crate::outline::type_of(self.db, site.decl(self.db));
            own.is_some_and(|own| ty.as_ref().is_none_or(|ty| own == ty))
        };
        let nodes = sites.into_iter().filter(fits).map(|site| src.node(Value::Handle(site)));
        Ok(src.node(Value::list(nodes.collect())))
    }

    fn fails(&mut self, stack: Id, code: Option<Id>, src: Src) -> Out {
        let target = self.stack_of(stack, src)?;
        let code = match code {
            Some(id) => self.need(id)?.value.as_str().map(Name::from),
            None => None,
        };
        let verdict = built(self.db, target);
        let found = verdict.errors.iter().any(|(own, _)| code.as_ref().is_none_or(|code| own == code));
        Ok(src.node(Value::Bool(found)))
    }

    fn stack_outputs(&mut self, stack: Id, src: Src) -> Out {
        let target = self.whole_stack(stack, src)?;
        let mut fields = Vec::new();
        for (name, decl, lift) in cloudc_hir::resolve::outputs(self.db, Owner::File(target.file(self.db))) {
            if fields.iter().any(|field: &Field| field.name == *name) {
                continue;
            }
            let node = self.lifted(Frame::of_target(self.db, target), lift, *decl, src)?;
            fields.push(Field { name: name.clone(), node, site: src });
        }
        Ok(src.node(Value::record(fields)))
    }

    fn stack_errors(&mut self, stack: Id, src: Src) -> Out {
        let target = self.stack_of(stack, src)?;
        let text = |name: &str, text: &str| Field { name: name.into(), node: src.node(Value::text(text)), site: src };
        let errors = built(self.db, target).errors.iter();
        let nodes = errors.map(|(code, message)| src.node(Value::record(vec![text("code", code), text("message", message)])));
        Ok(src.node(Value::list(nodes.collect())))
    }

    fn stack_template(&mut self, stack: Id, src: Src) -> Out {
        let target = self.whole_stack(stack, src)?;
        let text = built(self.db, target).template.as_deref().unwrap_or_default();
        let Ok(json) = serde_json::from_str::<Json>(text) else { return Err(self.misfit(src)) };
        let mut count = 0;
        let value = from_json(&json, src, &mut count);
        self.spend_nodes(count, src)?;
        Ok(src.node(value))
    }

    fn snapshot(&mut self, stack: Id, path: Option<Id>, src: Src) -> Out {
        let target = self.whole_stack(stack, src)?;
        let path = self.need(path.ok_or(Stop::Poison)?)?;
        let Some(name) = path.value.as_str() else { return Err(self.misfit(src)) };
        let found = path::resolve(self.decl.file(self.db).path(self.db), name).filter(|_| name.starts_with('.'));
        let Some(place) = found.filter(|path| path.ends_with(".json")) else {
            let problem = Problem::error(codes::NOTHING_BUILT, path.src.anchor(), format!("`{name}` is no place for a snapshot"));
            return Err(self.fail(problem.help("write a relative path that ends in `.json`, like \"./main.snapshot.json\"")));
        };
        let text = built(self.db, target).template.clone().unwrap_or_default();
        let before = match self.db.files().get(self.db, &place).content(self.db) {
            Content::Text(before) => Some(before.to_string()),
            _ => None,
        };
        let difference = checks::difference(before.as_deref(), &text);
        let same = difference.is_none();
        self.run.snapshots.push(Snapshot { path: place, text, difference });
        Ok(src.node(Value::Bool(same)))
    }
}

/// A constant as something that can be given to another stack; nothing when it is not one.
pub fn given(value: &Value) -> Option<Given> {
    Some(match value {
        Value::None => Given::None,
        Value::Bool(value) => Given::Bool(*value),
        Value::Int(value) => Given::Int(*value),
        Value::Float(value) => Given::Float(value.to_string().into()),
        Value::Str(text) => Given::Text(text.clone()),
        Value::List(items) => Given::List(items.iter().map(|item| given(&item.value)).collect::<Option<_>>()?),
        Value::Record(fields) => {
            Given::Map(fields.iter().map(|field| Some((field.name.clone(), given(&field.node.value)?))).collect::<Option<_>>()?)
        }
        _ => return None,
    })
}
