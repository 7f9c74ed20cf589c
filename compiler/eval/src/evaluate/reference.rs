//! Names, handles and instances: where a reference leads, and what can be read there.

use cloudc_hir::{Branch, Decl, DeclKind, Name, Owner};
use cloudc_types::typed::{Id, LoopVar, Place, Pseudo, Reference, Root};

use super::{Cx, MAX_CALLS, Out, open};
use crate::cond::{Cond, Stop};
use crate::frame::{Frame, Origin, Site, instance};
use crate::values::{Expr, Field, Node, Src, Value, choose};
use crate::{assemble, codes, member, naming, resources};

impl Cx<'_> {
    pub(super) fn reference(&mut self, reference: &Reference, src: Src) -> Out {
        let frame = match reference.place {
            Place::Here { up } => self.here(up),
            Place::Module(file) => Frame::of_module(self.db, self.frame.target(self.db), file),
        };
        self.lifted(frame, &reference.lift, reference.decl, src)
    }

    /// The frame `up` turns out; the turn whose key is being evaluated is one of them.
    fn here(&self, up: u32) -> Frame {
        self.frame.leave(self.db, if self.turn.is_some() { up.saturating_sub(1) } else { up })
    }

    /// A declaration as seen from outside the `if`s and `for`s in `lift`.
    pub(super) fn lifted(&mut self, frame: Frame, lift: &[(Decl, Branch)], decl: Decl, src: Src) -> Out {
        let Some(((outer, branch), rest)) = lift.split_first() else {
            return self.declared(Site::new(self.db, frame, decl), src);
        };
        let site = Site::new(self.db, frame, *outer);
        if outer.kind(self.db) == DeclKind::For {
            let mut fields = Vec::new();
            for turn in &member::turns(self.db, site).entries {
                let node = self.lifted(turn.frame, rest, decl, src)?;
                fields.push(Field { name: turn.key.text(), node, site: src });
            }
            return Ok(src.node(Value::record(fields)));
        }
        let cond = match branch_condition(self.db, site, *branch)? {
            Cond::False => return Ok(src.node(Value::None)),
            cond => cond,
        };
        let there = self.lifted(frame, rest, decl, src)?;
        Ok(choose(cond, there, src.node(Value::None), src))
    }

    /// A declaration in its own frame.
    fn declared(&mut self, site: Site, src: Src) -> Out {
        let decl = site.decl(self.db);
        match decl.kind(self.db) {
            DeclKind::Resource | DeclKind::Existing => Ok(src.node(match instance(self.db, site) {
                Some(frame) => Value::Instance(frame),
                None => Value::Handle(site),
            })),
            DeclKind::Let | DeclKind::Input | DeclKind::Param | DeclKind::Output => {
                if matches!(site.frame(self.db).container(self.db).origin(self.db), Origin::Module(..)) {
                    self.run.reads.push(site);
                }
                let node = crate::value_of(self.db, site).node.clone();
                match node.value {
                    Value::Unknown => Err(Stop::Unknown),
                    Value::Poison => Err(Stop::Poison),
                    _ => Ok(node),
                }
            }
            _ => Err(self.misfit(src)),
        }
    }

    pub(super) fn loop_var(&mut self, up: u32, which: LoopVar, src: Src) -> Out {
        let (key, element) = match (&self.turn, up) {
            (Some(turn), 0) => turn.clone(),
            (_, up) => {
                let frame = self.here(up);
                match member::turn(self.db, frame) {
                    Some(turn) => (**turn).clone(),
                    None => return Err(self.misfit(src)),
                }
            }
        };
        let node = match which {
            LoopVar::Key => key,
            LoopVar::Element => element,
        };
        match node.value {
            Value::Unknown => Err(Stop::Unknown),
            Value::Poison => Err(Stop::Poison),
            _ => Ok(node),
        }
    }

    pub(super) fn pseudo(&self, pseudo: Pseudo) -> Value {
        Value::deploy(Expr::Pseudo(pseudo))
    }

    pub(super) fn environment(&mut self, src: Src) -> Out {
        if let Some(name) = self.frame.target(self.db).environment(self.db) {
            return Ok(src.node(Value::Str(name.clone())));
        }
        let names = cloudc_types::project::environments(self.db);
        if names.is_empty() {
            return Ok(src.node(Value::None));
        }
        if self.db.settings().lenient(self.db) {
            return Err(Stop::Unknown);
        }
        let names: Vec<&str> = names.iter().map(|(name, _)| name.as_str()).collect();
        let problem = cloudc_hir::Problem::error(codes::NO_ENVIRONMENT, src.anchor(), "no environment is chosen")
            .help(format!("choose one with `--env`: {}", names.join(", ")));
        Err(self.fail(problem))
    }

    /// An output of another stack: its constant, or what reads it at deployment.
    pub(super) fn foreign(&mut self, file: cloudc_base::File, name: &Name, region: Option<Id>, list: bool, src: Src) -> Out {
        let region = match region {
            Some(id) => self.need(id)?.value.as_str().map(Name::from),
            None => None,
        };
        let own = self.frame.target(self.db);
        let other = match crate::project::other(self.db, own, file, region.as_ref()) {
            Ok(other) => other,
            Err(message) => return Err(self.error(codes::WHICH_REGION, src, message)),
        };
        let frame = Frame::of_target(self.db, other);
        let outputs = cloudc_hir::outputs(self.db, Owner::File(file));
        let Some((_, decl, lift)) = outputs.iter().find(|(output, ..)| output == name) else { return Err(self.misfit(src)) };
        self.run.reads.push(Site::new(self.db, frame, *decl));
        let node = self.lifted(frame, lift, *decl, src)?;
        if node.value.is_const() {
            return Ok(src.node(node.value));
        }
        let read = crate::project::read(self.db, own, other, *decl, src);
        if !list {
            return Ok(read);
        }
        let comma = src.node(Value::text(","));
        Ok(src.node(Value::deploy(Expr::Call(crate::values::Op::Split, vec![comma, read]))))
    }

    pub(super) fn stack_setting(&mut self, name: &Name, src: Src) -> Out {
        let target = self.frame.target(self.db);
        match assemble::setting(self.db, target, name) {
            Some(node) => match node.value {
                Value::Unknown => Err(Stop::Unknown),
                Value::Poison => Err(Stop::Poison),
                _ => Ok(node),
            },
            None => Ok(src.node(Value::None)),
        }
    }

    /// `base.name` on a record, an instance's output, or a look-up that gives records.
    pub(super) fn field(&mut self, base: Id, name: &Name, src: Src) -> Out {
        let base = self.need(base)?;
        self.through(&base, src, &mut |cx, node| cx.field_of(node, name, src))
    }

    fn field_of(&mut self, node: &Node, name: &Name, src: Src) -> Out {
        match &node.value {
            Value::Record(fields) => {
                let found = fields.iter().find(|field| field.name == *name).map(|field| field.node.clone());
                match found {
                    Some(Node { value: Value::Unknown, .. }) => Err(Stop::Unknown),
                    Some(Node { value: Value::Poison, .. }) => Err(Stop::Poison),
                    Some(node) => Ok(node),
                    None => Ok(src.node(Value::None)),
                }
            }
            Value::Instance(frame) => self.output_of(*frame, name, src),
            Value::Deploy(expr) => match &**expr {
                Expr::Find(find) => {
                    let found = super::lookup::deeper(self.db, find, name, src);
                    self.settle(found, src)
                }
                _ => Err(self.misfit(src)),
            },
            _ => Err(self.misfit(src)),
        }
    }

    pub(super) fn output(&mut self, base: Id, name: &Name, src: Src) -> Out {
        let base = self.need(base)?;
        self.through(&base, src, &mut |cx, node| match &node.value {
            Value::Instance(frame) => cx.output_of(*frame, name, src),
            _ => cx.field_of(node, name, src),
        })
    }

    /// An output of an instance; the first declared one that exists.
    pub(super) fn output_of(&mut self, frame: Frame, name: &Name, src: Src) -> Out {
        let Some(Owner::Decl(component, branch)) = frame.owner(self.db) else { return Err(Stop::Poison) };
        let outputs = cloudc_hir::resolve::outputs(self.db, Owner::Decl(component, branch));
        let mut result: Option<Node> = None;
        for (_, decl, lift) in outputs.iter().filter(|(output, ..)| output == name) {
            let found = self.lifted(frame, lift, *decl, src)?;
            result = Some(match result {
                None => found,
                Some(before) => self.first_present(&before, &found, src),
            });
        }
        result.ok_or_else(|| self.misfit(src))
    }

    pub(super) fn attr(&mut self, base: Id, attr: &Name, src: Src) -> Out {
        let base = self.need(base)?;
        self.through(&base, src, &mut |cx, node| cx.attr_of(node, Some(attr), src))
    }

    pub(super) fn reference_value(&mut self, base: Id, src: Src) -> Out {
        let base = self.need(base)?;
        self.through(&base, src, &mut |cx, node| cx.attr_of(node, None, src))
    }

    /// `Fn::GetAtt`, or `Ref` without an attribute.
    pub(super) fn attr_of(&mut self, node: &Node, attr: Option<&Name>, src: Src) -> Out {
        let Value::Handle(site) = node.value else { return Err(self.misfit(src)) };
        if site.decl(self.db).kind(self.db) == DeclKind::Existing {
            return self.existing(site, attr, src);
        }
        Ok(src.node(Value::deploy(match attr {
            None => Expr::Ref(site),
            Some(attr) => Expr::Attr(site, attr.clone()),
        })))
    }

    /// What follows from the identifier of something that is in the account already.
    fn existing(&mut self, site: Site, attr: Option<&Name>, src: Src) -> Out {
        let identifier = crate::value_of(self.db, site).node.clone();
        match identifier.value {
            Value::Unknown => return Err(Stop::Unknown),
            Value::Poison => return Err(Stop::Poison),
            _ => {}
        }
        let Some(attr) = attr else { return Ok(identifier) };
        // What a transform makes can be asked like any resource.
        if identifier.value.expr() == Some(&Expr::Ref(site)) {
            return Ok(src.node(Value::deploy(Expr::Attr(site, attr.clone()))));
        }
        let decl = site.decl(self.db);
        if let Some(node) = crate::lock::property(self.db, site, attr, src) {
            return Ok(node);
        }
        if let Some(node) = crate::existing::follows(self.db, decl, &identifier, attr, src) {
            return Ok(node);
        }
        let message = format!("`{attr}` of `{}` does not follow from its identifier", decl.name(self.db));
        let problem = cloudc_hir::Problem::error(codes::NOT_FOLLOWING, src.anchor(), message)
            .related(cloudc_hir::Anchor::name(decl), "it exists outside this stack")
            .help(match crate::lock::answer(self.db, site) {
                Some(_) => "`cloudc lookup` asks AWS for it and adds it to `cloudc.lock`",
                None => "write the value, pass it as a `param`, or give the identifier with `lookup(…)`",
            });
        Err(self.fail(problem))
    }

    /// What was looked up, when nobody read that property yet.
    fn unasked(&mut self, site: Site, property: &Name, src: Src) -> Stop {
        let decl = site.decl(self.db);
        let message = format!("`{property}` of `{}` has not been looked up: `cloudc.lock` does not have it", decl.name(self.db));
        let problem = cloudc_hir::Problem::error(codes::LOOKUP_MISSING, src.anchor(), message)
            .related(cloudc_hir::Anchor::name(decl), "it exists outside this stack")
            .help("`cloudc lookup` asks AWS and writes the file; commit it");
        self.fail(problem)
    }

    pub(super) fn read_back(&mut self, base: Id, property: &Name, src: Src) -> Out {
        let base = self.need(base)?;
        self.through(&base, src, &mut |cx, node| match node.value {
            Value::Handle(site) if site.decl(cx.db).kind(cx.db) == DeclKind::Resource => {
                let read = resources::property(cx.db, site, property.clone());
                match read.node.value {
                    Value::Unknown => Err(Stop::Unknown),
                    Value::Poison => Err(Stop::Poison),
                    _ => Ok(read.node.clone()),
                }
            }
            Value::Handle(site) => match crate::lock::property(cx.db, site, property, src) {
                Some(node) => Ok(node),
                None if crate::lock::answer(cx.db, site).is_some() => Err(cx.unasked(site, property, src)),
                None => Ok(src.node(Value::None)),
            },
            _ => Err(cx.misfit(src)),
        })
    }

    pub(super) fn logical_id(&mut self, base: Id, src: Src) -> Out {
        let base = self.need(base)?;
        self.through(&base, src, &mut |cx, node| match node.value {
            Value::Handle(site) => Ok(src.node(Value::Str(naming::logical_id(cx.db, site)))),
            Value::Instance(frame) => Ok(src.node(Value::Str(naming::prefix(cx.db, frame)))),
            _ => Err(cx.misfit(src)),
        })
    }

    pub(super) fn fingerprint(&mut self, base: Id, src: Src) -> Out {
        let base = self.need(base)?;
        self.through(&base, src, &mut |cx, node| {
            let sites = match node.value {
                Value::Handle(site) => vec![site],
                Value::Instance(frame) => member::resources_in(cx.db, frame),
                _ => return Err(cx.misfit(src)),
            };
            let text: String = sites.into_iter().map(|site| resources::canonical_text(cx.db, site)).collect();
            Ok(src.node(Value::text(format!("{:016X}", crate::canonical::stable_hash(text.as_bytes())))))
        })
    }

    /// A call of a user's function, in the frame its own names refer to.
    pub(super) fn call(&mut self, function: Decl, args: &[Option<Id>], src: Src) -> Out {
        if self.run.calls >= MAX_CALLS {
            let message = format!("more than {MAX_CALLS} function calls are inside each other");
            return Err(self.error(codes::TOO_LARGE, src, message));
        }
        let given: Vec<Option<Node>> = args.iter().map(|arg| arg.map(|id| self.node(id))).collect();
        let typed = cloudc_types::typed(self.db, function);
        let Root::Fn { params, body } = &typed.root else { return Err(Stop::Poison) };
        let frame = self.home(function);
        self.run.calls += 1;
        let mut inner =
            Cx { db: self.db, frame, decl: function, typed, locals: Vec::new(), turn: None, patch: None, run: &mut *self.run };
        for (at, (local, default)) in params.iter().enumerate() {
            let node = match (given.get(at).cloned().flatten(), default) {
                (Some(node), _) => node,
                (None, Some(default)) => inner.node(*default),
                (None, None) => src.node(Value::Poison),
            };
            inner.locals.push((*local, node));
        }
        let result = inner.eval(*body);
        self.run.calls -= 1;
        result
    }

    /// The frame in which a function's names are looked up.
    fn home(&self, function: Decl) -> Frame {
        let owner = function.owner(self.db);
        let mut at = Some(self.frame);
        while let Some(frame) = at {
            if frame.owner(self.db) == Some(owner) {
                return frame;
            }
            at = frame.outer(self.db);
        }
        Frame::of_module(self.db, self.frame.target(self.db), function.file(self.db))
    }

    /// Lists and records as such: a look-up that gives records becomes a record of look-ups.
    pub(super) fn opened(&mut self, id: Id) -> Out {
        let node = self.need(id)?;
        Ok(open(self.db, &node))
    }
}

/// The condition under which a branch of an `if` exists.
pub fn branch_condition(db: &dyn crate::Db, site: Site, branch: Branch) -> Result<Cond, Stop> {
    let cond = member::guard(db, site).cond.clone()?;
    Ok(if branch == Branch::Else { cond.not() } else { cond })
}
