//! Instances of components: inputs against arguments, phases against what the body allows.

use cloudc_hir::body::{self, Expr, ExprId};
use cloudc_hir::problem::Spot;
use cloudc_hir::{Anchor, Decl, Name, Problem};

use crate::infer::{Ctx, Expect, Why};
use crate::phase::Phase;
use crate::signatures::{ComponentInput, Signature};
use crate::ty::{Kind, Ty};
use crate::typed::{Id, Root};

/// Walks a declared type and the type of what is given side by side; each phase variable gets the phase at its place.
pub(crate) fn actual_phases(declared: &Ty, given: &Ty, actual: &mut Vec<Phase>) {
    if let Kind::Optional(inner) = &declared.kind {
        match &given.kind {
            Kind::Optional(own) => {
                set(declared.phase, given.phase, actual);
                actual_phases(inner, own, actual);
            }
            // Plain: certainly there. `none`: certainly not.
            _ => actual_phases(inner, given, actual),
        }
        return;
    }
    set(declared.phase, given.phase, actual);
    match (&declared.kind, &given.kind) {
        (Kind::List(a), Kind::List(b)) | (Kind::Map(_, a), Kind::Map(_, b)) => actual_phases(a, b, actual),
        (Kind::Map(_, a), Kind::Record(fields)) => fields.iter().for_each(|field| actual_phases(a, &field.ty, actual)),
        (Kind::Record(a), Kind::Record(b)) => {
            for field in a.iter() {
                if let Some(own) = b.iter().find(|own| own.name == field.name) {
                    actual_phases(&field.ty, &own.ty, actual);
                }
            }
        }
        _ => {
            // Constructors that only one side has: all of it is as late as the latest part.
            let latest = given.deepest();
            declared.map_phases(&mut |phase| {
                set(phase, latest, actual);
                phase
            });
        }
    }
}

fn set(declared: Phase, given: Phase, actual: &mut Vec<Phase>) {
    for var in declared.variables() {
        let index = var as usize;
        if actual.len() <= index {
            actual.resize(index + 1, Phase::CONST);
        }
        actual[index] = actual[index].join(given);
    }
}

impl Ctx<'_> {
    /// `resource x: Component { … }`.
    pub fn instance(&mut self, component: Decl, record: ExprId, with: &[body::WithEntry], whole: Anchor) -> (Root, Signature) {
        let inputs = crate::component_inputs(self.db, component);
        let Expr::Record(entries) = self.body.expr(record) else { return (Root::Nothing, Signature::error()) };
        let mut given: Vec<(Name, Id)> = Vec::new();
        let mut actual: Vec<Phase> = Vec::new();
        let mut culprit: Vec<(u128, ExprId)> = Vec::new();
        // Whether a spread may have brought anything: then nothing can be called missing.
        let mut unknown = false;
        for entry in entries {
            match entry {
                body::Entry::Field { key: body::Key::Text(name), value, guard: None, anchor } => {
                    let Some(input) = inputs.iter().find(|input| input.name == *name) else {
                        let meant = self.unknown_input(component, inputs, name, *anchor);
                        let mark = self.mark();
                        self.infer(*value);
                        self.rewind(&mark);
                        let stands_in = self.node(crate::typed::Kind::Error, *value);
                        given.push((meant.unwrap_or_else(|| name.clone()), stands_in));
                        continue;
                    };
                    let (id, ty) = self.argument(input, *value);
                    actual_phases(&input.ty, &ty, &mut actual);
                    culprit.push((vars_of(&input.ty), *value));
                    given.push((name.clone(), id));
                }
                body::Entry::Field { key: body::Key::Text(name), value, guard: Some(guard), .. } => {
                    self.problems.push(
                        Problem::error(
                            "C0355",
                            self.at(*guard),
                            format!("whether the input `{name}` is given cannot depend on a condition"),
                        )
                        .help("choose its value: `if c { a } else { b }`, or `none` when the input is optional"),
                    );
                    self.infer(*value);
                    let stands_in = self.node(crate::typed::Kind::Error, *value);
                    given.push((name.clone(), stands_in));
                }
                body::Entry::Spread { value, .. } => {
                    unknown |= !self.spread_inputs(*value, inputs, component, &mut given, &mut actual, &mut culprit);
                }
                body::Entry::Field { key: body::Key::Computed(key), .. } | body::Entry::For { key, .. } => {
                    self.problems.push(Problem::error("C0354", self.at(*key), "the names of inputs must be written out"));
                }
            }
        }
        if !unknown {
            self.missing_inputs(component, inputs, &given, record, whole);
        }
        self.meet_bounds(component, &actual, &culprit, record);
        let with = with.iter().filter_map(|entry| self.patch(component, entry)).collect();
        let signature = Signature { ty: Ty::constant(Kind::Instance(component, actual.into())), formula: None, key: None };
        (Root::Instance { component, inputs: given, with }, signature)
    }

    fn argument(&mut self, input: &ComponentInput, value: ExprId) -> (Id, Ty) {
        let plain = input.ty.map_phases(&mut |_| Phase::CONST);
        self.check(value, &Expect { ty: plain, why: Why::Input(input.name.clone(), Anchor::name(input.decl)) })
    }

    fn spread_inputs(
        &mut self,
        value: ExprId,
        inputs: &[ComponentInput],
        component: Decl,
        given: &mut Vec<(Name, Id)>,
        actual: &mut Vec<Phase>,
        culprit: &mut Vec<(u128, ExprId)>,
    ) -> bool {
        let (id, ty) = self.infer(value);
        let Kind::Record(fields) = &ty.kind else {
            if !ty.is_error() {
                let shown = self.show(&ty);
                self.problems.push(Problem::error("C0305", self.at(value), format!("`{shown}` cannot be spread into inputs")));
            }
            return false;
        };
        for field in fields.iter() {
            let Some(input) = inputs.iter().find(|input| input.name == field.name) else {
                self.unknown_input(component, inputs, &field.name, value);
                continue;
            };
            let start = self.node(crate::typed::Kind::Field { base: id, name: field.name.clone() }, value);
            let plain = input.ty.map_phases(&mut |_| Phase::CONST);
            let expect = Expect { ty: plain, why: Why::Input(input.name.clone(), Anchor::name(input.decl)) };
            let (fitted, out) = self.fit(start, &field.ty, &expect, value);
            actual_phases(&input.ty, &out, actual);
            culprit.push((vars_of(&input.ty), value));
            given.retain(|(name, _)| *name != field.name);
            given.push((field.name.clone(), fitted));
        }
        true
    }

    fn unknown_input(&mut self, component: Decl, inputs: &[ComponentInput], name: &Name, anchor: ExprId) -> Option<Name> {
        let at = self.at(anchor);
        let component_name = component.name(self.db);
        let names: Vec<&str> = inputs.iter().map(|input| input.name.as_str()).collect();
        let mut problem = Problem::error("C0350", at, format!("`{component_name}` has no input `{name}`"))
            .related(Anchor::name(component), "the component");
        let meant = cloudc_base::suggest::nearest(name, names.iter().copied());
        problem = match meant {
            Some(near) => {
                problem.help(format!("did you mean `{near}`?")).fix(format!("change it to `{near}`"), Spot::Replace(at), near)
            }
            None if self.inner_with_property(component, name).is_some() => {
                let inner = self.inner_with_property(component, name).unwrap_or_default();
                problem.help(format!("it is a property of the `{inner}` inside: `}} with {{ {inner}: {{ {name}: … }} }}`"))
            }
            None if names.is_empty() => problem.note("it has no inputs"),
            None => problem.note(format!("its inputs are {}", names.join(", "))),
        };
        self.problems.push(problem);
        meant.map(Name::from)
    }

    /// A resource inside a component that has a property of that name.
    fn inner_with_property(&self, component: Decl, name: &Name) -> Option<Name> {
        let owner = cloudc_hir::Owner::Decl(component, cloudc_hir::Branch::Then);
        let inner = cloudc_hir::resolve::resources(self.db, owner).iter().find(|(_, decl, _)| {
            let handle = crate::signature(self.db, *decl).ty.kind.handle();
            handle.is_some_and(|handle| handle.property(name).is_some())
        });
        inner.map(|(name, ..)| name.clone())
    }

    fn missing_inputs(
        &mut self,
        component: Decl,
        inputs: &[ComponentInput],
        given: &[(Name, Id)],
        record: ExprId,
        whole: Anchor,
    ) {
        let needed = |input: &&ComponentInput| !input.has_default && !matches!(input.ty.kind, Kind::Optional(_));
        let missing: Vec<&ComponentInput> =
            inputs.iter().filter(needed).filter(|input| !given.iter().any(|(name, _)| *name == input.name)).collect();
        if missing.is_empty() {
            return;
        }
        let names: Vec<String> = missing.iter().map(|input| format!("`{}`", input.name)).collect();
        let text: Vec<String> = missing.iter().map(|input| format!("{}: ", input.name)).collect();
        let component_name = component.name(self.db);
        let verb = if names.len() == 1 { "is" } else { "are" };
        let mut problem = Problem::error("C0351", whole, format!("{} {verb} missing for `{component_name}`", names.join(", ")))
            .fix("add what is missing", Spot::LastEntry(self.at(record)), text.join("\n"));
        for input in missing.iter().take(3) {
            problem = problem.related(Anchor::name(input.decl), "this input has no default");
        }
        self.problems.push(problem);
    }
}

fn vars_of(ty: &Ty) -> u128 {
    ty.deepest().vars
}
