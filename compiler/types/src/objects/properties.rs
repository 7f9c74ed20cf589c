//! Single entries: the property or field that a key names, and what is said when there is none.

use super::Values;
use crate::infer::{Ctx, Expect, Why};
use crate::ty::{Kind, Ty};
use crate::typed::Id;
use cloudc_base::suggest::nearest;
use cloudc_hir::body::{self, Expr, ExprId};
use cloudc_hir::problem::Spot;
use cloudc_hir::{Anchor, Name, Problem};
use cloudc_schema::Object;

impl Ctx<'_> {
    /// The value of one key; when the key is wrong, which has been told, the one that was probably meant.
    pub(super) fn entry(
        &mut self,
        name: &Name,
        value: ExprId,
        anchor: ExprId,
        values: &Values<'_>,
        expect: &Expect,
    ) -> Result<(Id, Ty), Option<Name>> {
        match values {
            Values::All(ty) => {
                let expected = Expect { ty: ty.clone(), why: expect.why.clone() };
                Ok(self.check_droppable(value, &expected))
            }
            Values::Fields(fields) => match fields.iter().find(|field| field.name == *name) {
                Some(field) => {
                    let expected = Expect { ty: field.ty.clone(), why: expect.why.clone() };
                    Ok(self.check(value, &expected))
                }
                None => {
                    let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
                    let at = self.at(anchor);
                    let mut problem = Problem::error("C0353", at, format!("there is no field `{name}` here"));
                    let meant = nearest(name, names.iter().copied());
                    problem = match meant {
                        Some(near) => problem.help(format!("did you mean `{near}`?")).fix(
                            format!("change it to `{near}`"),
                            Spot::Replace(at),
                            near,
                        ),
                        None => problem.note(format!("the fields are {}", names.join(", "))),
                    };
                    let meant = meant.map(Name::from);
                    let problem = self.explain(problem, expect);
                    self.problems.push(problem);
                    let mark = self.mark();
                    self.infer(value);
                    self.rewind(&mark);
                    Err(meant)
                }
            },
            Values::Object(object) => self.property_entry(*object, name, value, anchor),
        }
    }

    pub(super) fn property_entry(
        &mut self,
        object: Object,
        name: &Name,
        value: ExprId,
        anchor: ExprId,
    ) -> Result<(Id, Ty), Option<Name>> {
        let Some(property) = object.property(name) else {
            if object.is_open() {
                let expected = Expect { ty: Ty::constant(Kind::Json), why: Why::Property(name.clone()) };
                return Ok(self.check(value, &expected));
            }
            let meant = self.unknown_property(object, name, anchor);
            // The names inside are still looked at, so that the rest of the editor works.
            let mark = self.mark();
            self.infer(value);
            self.rewind(&mark);
            return Err(meant);
        };
        if property.read_only() {
            self.problems.push(
                Problem::error(
                    crate::objects::SET_BY_AWS,
                    self.at(anchor),
                    format!("`{name}` is set by AWS and cannot be written"),
                )
                .help(format!("remove it; read it elsewhere as `resource.{name}`")),
            );
            return Err(None);
        }
        if property.deprecated() {
            let mut problem = Problem::warning("C0411", self.at(anchor), format!("`{name}` is out of favour with AWS"));
            problem.tag = Some(cloudc_base::Tag::Deprecated);
            self.problems.push(problem);
        }
        let expected = Expect { ty: Ty::constant(Kind::Node(property.node())), why: Why::Property(name.clone()) };
        let around = self.shown.clone();
        if crate::fit::is_shown(name) {
            self.shown.get_or_insert_with(|| name.clone());
        }
        let checked = if property.required() && !self.is_literal_none(value) {
            self.check(value, &expected)
        } else {
            self.check_droppable(value, &expected)
        };
        self.shown = around;
        Ok(checked)
    }

    pub(super) fn is_literal_none(&self, value: ExprId) -> bool {
        *self.body.expr(value) == Expr::Literal(body::Literal::None)
    }

    pub(super) fn unknown_property(&mut self, object: Object, name: &Name, anchor: ExprId) -> Option<Name> {
        let at = self.at(anchor);
        let names: Vec<&str> =
            object.properties().filter(|property| !property.read_only()).map(|property| property.name()).collect();
        let owner = self.owner_name(object);
        let mut problem = Problem::error(crate::objects::UNKNOWN_PROPERTY, at, format!("{owner} has no property `{name}`"));
        let meant = nearest(name, names.iter().copied());
        if let Some(instead) = attribute_for(name) {
            problem = problem.help(instead);
        } else if let Some(near) = meant {
            let instead: String =
                if near.chars().all(|c| c.is_alphanumeric() || c == '_') { near.into() } else { format!("{near:?}") };
            problem =
                problem.help(format!("did you mean `{near}`?")).fix(format!("change it to `{near}`"), Spot::Replace(at), instead);
        } else if names.is_empty() {
            problem = problem.note("it has no properties that can be set");
        } else {
            problem = problem.note(format!(
                "its properties are {}",
                crate::checks::list_some(names.iter().map(|name| (*name).to_owned()), 16)
            ));
        }
        self.problems.push(problem);
        meant.map(Name::from)
    }

    pub(super) fn owner_name(&self, object: Object) -> String {
        if let Some(name) = object.name() {
            return format!("`{name}`");
        }
        match &self.body.parts {
            body::Parts::Resource { ty: Some(ty), .. } | body::Parts::Defaults { ty: Some(ty), .. } => match self.body.ty(*ty) {
                body::TypeRef::Path { path, .. } => format!("`{path}`"),
                _ => "this record".to_owned(),
            },
            _ => "this record".to_owned(),
        }
    }

    /// What is expected of values whose key is not known here.
    pub(super) fn value_of_any_key(&mut self, values: &Values<'_>, key: ExprId, expect: &Expect) -> Option<Expect> {
        match values {
            Values::All(ty) => Some(Expect { ty: ty.clone(), why: expect.why.clone() }),
            Values::Object(object) if object.is_open() => Some(Expect { ty: Ty::constant(Kind::Json), why: expect.why.clone() }),
            _ => {
                self.problems.push(
                    Problem::error("C0354", self.at(key), "the names of properties must be written out here")
                        .note("only then can they be checked")
                        .help("write `Name: value if condition`, or spread a record with `...`"),
                );
                None
            }
        }
    }

    /// The properties of a resource; problems about the whole are told at its type.
    pub fn resource_properties(&mut self, src: ExprId, entries: &[body::Entry], object: Object, whole: Anchor) -> (Id, Ty) {
        let expect = Expect { ty: Ty::constant(Kind::Object(object)), why: Why::Builtin("the resource") };
        self.entries(src, entries, Values::Object(object), Some(whole), &expect)
    }
}

/// What CloudFormation calls a resource attribute is written before the resource.
fn attribute_for(name: &str) -> Option<&'static str> {
    Some(match name {
        "DeletionPolicy" => "write `@retain`, `@snapshot` or `@deletion_policy(\"…\")` before the resource",
        "UpdateReplacePolicy" => "write `@update_replace_policy(\"…\")` before the resource",
        "DependsOn" => "write `@depends_on(other)` before the resource",
        "CreationPolicy" => "write `@creation_policy({ … })` before the resource",
        "UpdatePolicy" => "write `@update_policy({ … })` before the resource",
        "Metadata" => "write `@metadata({ … })` before the resource",
        "Condition" => "put the resource into `if condition { … }`",
        "Properties" => "properties are written directly in the braces",
        _ => return None,
    })
}
