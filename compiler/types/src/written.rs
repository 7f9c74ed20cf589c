//! Written types to types.
//!
//! In: a [`TypeRef`] of a declaration's body. Out: a [`Ty`] at const phase; the caller moves it to another.

use std::sync::Arc;

use cloudc_hir::body::{Literal, Refinement, TypeRef};
use cloudc_hir::{Anchor, Body, Decl, DeclKind, Name, Namespace, Owner, Problem, Resolution, TypeId, resolve};

use crate::Db;
use crate::ty::{AssetKind, Field, Kind, Lit, Refined, Ty};

/// Where a type is written.
pub(crate) struct Written<'a> {
    pub db: &'a dyn Db,
    pub decl: Decl,
    pub body: &'a Body,
    pub problems: Vec<Problem>,
}

/// The type of an alias, for those that name it.
#[salsa::tracked(returns(ref), cycle_result = alias_cycle)]
pub fn alias(db: &dyn Db, decl: Decl) -> Arc<(Ty, Vec<Problem>)> {
    let body = cloudc_hir::body(db, decl);
    let mut written = Written { db, decl, body, problems: Vec::new() };
    let ty = match &body.parts {
        cloudc_hir::body::Parts::Type { ty: Some(ty) } => written.ty(*ty),
        _ => Ty::error(),
    };
    Arc::new((ty, written.problems))
}

// A cycle of aliases has been reported by `hir`; here it only has to end.
fn alias_cycle(_db: &dyn Db, _id: salsa::Id, _decl: Decl) -> Arc<(Ty, Vec<Problem>)> {
    Arc::new((Ty::error(), Vec::new()))
}

impl Written<'_> {
    /// The type at `id`.
    pub fn ty(&mut self, id: TypeId) -> Ty {
        match self.body.ty(id).clone() {
            TypeRef::Missing => Ty::error(),
            TypeRef::Path { path, members } => self.path(id, &path, &members),
            TypeRef::Generic { base, args } => self.generic(id, &base, &args),
            TypeRef::Refined { base, refinements } => self.refined(id, base, &refinements),
            TypeRef::List(element) => Ty::list(self.ty(element), Default::default()),
            TypeRef::Optional(inner) => self.ty(inner).optional(Default::default()),
            TypeRef::Union(members) => self.union(&members),
            TypeRef::Literal(literal) => self.literal(id, &literal),
            TypeRef::Record(fields) => self.record(&fields),
        }
    }

    fn error(&mut self, problem: Problem) -> Ty {
        self.problems.push(problem);
        Ty::error()
    }

    fn literal(&mut self, id: TypeId, literal: &Literal) -> Ty {
        match Lit::of(literal) {
            Some(lit) => Ty::constant(Kind::Lit(lit)),
            None if *literal == Literal::None => Ty::constant(Kind::None),
            None => self.error(
                Problem::error("C0381", Anchor::ty(self.decl, id), "only text, integers and Bools can be types of one value")
                    .help("write the type instead, for example `Duration` or `Float`"),
            ),
        }
    }

    fn record(&mut self, fields: &[cloudc_hir::body::RecordField]) -> Ty {
        let fields = fields.iter().map(|field| {
            let ty = self.ty(field.ty);
            let ty = if field.optional { ty.optional(Default::default()) } else { ty };
            Field { name: field.name.clone(), ty }
        });
        Ty::constant(Kind::Record(fields.collect::<Vec<_>>().into()))
    }

    fn union(&mut self, members: &[TypeId]) -> Ty {
        let mut kinds = Vec::new();
        let mut optional = false;
        for member in members {
            let ty = self.ty(*member);
            match ty.kind {
                Kind::Error => return Ty::error(),
                Kind::None => optional = true,
                Kind::Optional(inner) => {
                    optional = true;
                    kinds.push(inner.kind.clone());
                }
                kind => kinds.push(kind),
            }
        }
        let ty = Ty::constant(Kind::union(kinds));
        if optional { ty.optional(Default::default()) } else { ty }
    }

    fn generic(&mut self, id: TypeId, base: &Name, args: &[TypeId]) -> Ty {
        let args: Vec<Ty> = args.iter().map(|arg| self.ty(*arg)).collect();
        if args.iter().any(Ty::is_error) {
            return Ty::error();
        }
        let kind = match (base.as_str(), &args[..]) {
            ("Map", [value]) => Kind::Map(Arc::new(Kind::Str(None)), Arc::new(value.clone())),
            ("Map", [key, value]) if key.kind.is_text() || key.kind.is_int() => {
                Kind::Map(Arc::new(key.kind.clone()), Arc::new(value.clone()))
            }
            ("Secret", [inner]) => Kind::Secret(Arc::new(inner.clone())),
            ("Ssm", [inner]) => Kind::Ssm(Arc::new(inner.clone())),
            ("List", [element]) => {
                let problem = Problem::error("C0382", Anchor::ty(self.decl, id), "a list type is written in brackets")
                    .help(format!("write `[{}]`", crate::display(self.db, element)));
                return self.error(problem);
            }
            _ => {
                let problem =
                    Problem::error("C0382", Anchor::ty(self.decl, id), format!("`{base}` takes no such type arguments"))
                        .help("the types with arguments are `Map<T>`, `Map<K, T>`, `Secret<T>` and `Ssm<T>`");
                return self.error(problem);
            }
        };
        Ty::constant(kind)
    }

    fn refined(&mut self, id: TypeId, base: TypeId, refinements: &[Refinement]) -> Ty {
        let ty = self.ty(base);
        if ty.is_error() {
            return ty;
        }
        let mut refined = Refined::default();
        for refinement in refinements {
            match refinement {
                Refinement::Pattern(pattern) => {
                    if let Some(why) = crate::checks::pattern_problem(pattern) {
                        let problem = Problem::error(
                            "C0384",
                            Anchor::ty(self.decl, id),
                            format!("`{pattern}` is not a regular expression"),
                        );
                        return self.error(problem.note(why));
                    }
                    refined.pattern = Some(pattern.clone());
                }
                Refinement::Range { start, end } => {
                    refined.min = *start;
                    refined.max = *end;
                }
                Refinement::Other => {
                    let problem = Problem::error("C0383", Anchor::ty(self.decl, id), "a bound must be a range or a pattern")
                        .help("for example `Int(1..=6)` or `String(r\"^[a-z]+$\", 1..=40)`");
                    return self.error(problem);
                }
            }
        }
        if let (Some(min), Some(max)) = (refined.min, refined.max)
            && min > max
        {
            let problem = Problem::error("C0383", Anchor::ty(self.decl, id), format!("nothing lies between {min} and {max}"))
                .help("write the smaller number first");
            return self.error(problem);
        }
        let wants_pattern = refined.pattern.is_some();
        let refined = Some(Arc::new(refined));
        let kind = match ty.kind {
            Kind::Int(_) if !wants_pattern => Kind::Int(refined),
            Kind::Float(_) if !wants_pattern => Kind::Float(refined),
            Kind::Str(_) => Kind::Str(refined),
            other => {
                let name = crate::ty::display_kind(self.db, &other);
                let problem = Problem::error("C0383", Anchor::ty(self.decl, id), format!("`{name}` takes no such bound"))
                    .help("ranges bound `Int`, `Float` and the length of `String`; patterns bound `String`");
                return self.error(problem);
            }
        };
        Ty::constant(kind)
    }

    fn path(&mut self, id: TypeId, path: &Name, members: &[Name]) -> Ty {
        if path.contains("::") {
            return self.resource_type(id, path, members);
        }
        if members.is_empty()
            && let Some(kind) = self.user_type(id, path)
        {
            return kind;
        }
        if let Some(kind) = primitive(path)
            && members.is_empty()
        {
            return Ty::constant(kind);
        }
        if let [member] = members {
            return self.module_type(id, path, member);
        }
        self.unknown(id, path)
    }

    fn owner(&self) -> Owner {
        // A component's own scope is where its inputs stand; a type written in a declaration's header sees its owner.
        self.decl.owner(self.db)
    }

    fn user_type(&mut self, id: TypeId, name: &Name) -> Option<Ty> {
        match resolve(self.db, self.owner(), Namespace::Type, name.clone()) {
            Some(Resolution::Decl { decl, .. }) => Some(self.named(decl)),
            Some(Resolution::BadImport { .. }) => Some(Ty::error()),
            Some(Resolution::Module { .. }) => {
                let problem = Problem::error("C0205", Anchor::ty(self.decl, id), format!("`{name}` is a module, not a type"))
                    .help(format!("name one of its types: `{name}.Type`"));
                Some(self.error(problem))
            }
            _ => None,
        }
    }

    fn named(&mut self, decl: Decl) -> Ty {
        match decl.kind(self.db) {
            DeclKind::Component => Ty::constant(Kind::Instance(decl, Arc::from([]))),
            _ => alias(self.db, decl).0.clone(),
        }
    }

    fn module_type(&mut self, id: TypeId, module: &Name, member: &Name) -> Ty {
        match resolve(self.db, self.owner(), Namespace::Type, module.clone()) {
            Some(Resolution::Module { file, .. }) => {
                if let Some(decl) = cloudc_hir::resolve::module_item(self.db, file, Namespace::Type, member.clone()) {
                    return self.named(decl);
                }
                let hint = match cloudc_hir::resolve::module_private(self.db, file, Namespace::Type, member.clone()) {
                    Some(_) => format!("write `pub` before it in `{}`", file.path(self.db)),
                    None => "look at what the module declares with `pub`".to_owned(),
                };
                let problem =
                    Problem::error("C0240", Anchor::ty(self.decl, id), format!("`{module}` has no public type `{member}`"));
                self.error(problem.help(hint))
            }
            Some(Resolution::BadImport { .. }) => Ty::error(),
            _ => self.unknown(id, module),
        }
    }

    fn unknown(&mut self, id: TypeId, name: &Name) -> Ty {
        let at = Anchor::ty(self.decl, id);
        let visible = cloudc_hir::resolve::visible_names(self.db, self.owner(), Namespace::Type);
        let candidates = visible.iter().map(Name::as_str).chain(PRIMITIVES);
        let mut problem = Problem::error("C0240", at, format!("there is no type `{name}` here"));
        if matches!(name.as_str(), "Secret" | "Ssm" | "Map" | "List") {
            let instead = if name == "List" { "[String]".to_owned() } else { format!("{name}<String>") };
            return self.error(problem.help(format!("say of what: `{instead}`")));
        }
        let foreign = foreign_type(name);
        if let Some(near) = foreign.or_else(|| cloudc_base::suggest::nearest(name, candidates)) {
            problem = problem.help(format!("did you mean `{near}`?")).fix(
                format!("change it to `{near}`"),
                cloudc_hir::problem::Spot::Replace(at),
                near,
            );
        } else if let Some(hit) =
            self.db.schema().schema(self.db).search(name, 1).first().filter(|hit| hit.name.ends_with(&format!("::{name}")))
        {
            problem = problem.help(format!("did you mean `{}`?", hit.name)).fix(
                format!("change it to `{}`", hit.name),
                cloudc_hir::problem::Spot::Replace(at),
                hit.name,
            );
        }
        self.error(problem)
    }

    fn resource_type(&mut self, id: TypeId, path: &Name, members: &[Name]) -> Ty {
        let schema = self.db.schema().schema(self.db);
        if path.starts_with("Custom::") || *path == "AWS::CloudFormation::CustomResource" && schema.ty(path).is_none() {
            return Ty::constant(Kind::Custom(path.clone()));
        }
        let member = members.join(".");
        if !members.is_empty()
            && let Some(ident) = schema.ident(path, &member)
        {
            return Ty::constant(Kind::Ident(Arc::from([ident])));
        }
        let Some(ty) = schema.ty(path) else { return self.unknown_resource(id, path) };
        if members.is_empty() {
            return Ty::constant(Kind::Handle(ty));
        }
        if let Some(attribute) = ty.attribute(&member) {
            return crate::access::type_of_node(attribute.node(), attribute.idents(), Default::default());
        }
        if let Some(property) = ty.property(&member) {
            return Ty::constant(Kind::Node(property.node()));
        }
        if let Some(definition) = ty.definition(&member) {
            return Ty::constant(Kind::Object(definition));
        }
        let names: Vec<&str> = ty
            .attributes()
            .map(|attribute| attribute.name())
            .chain(ty.properties().map(|property| property.name()))
            .chain(ty.definitions().filter_map(|definition| definition.name()))
            .collect();
        let mut problem = Problem::error(
            "C0414",
            Anchor::ty(self.decl, id),
            format!("`{path}` has no attribute, property or nested type `{member}`"),
        );
        if let Some(near) = cloudc_base::suggest::nearest(&member, names) {
            problem = problem.help(format!("did you mean `{path}.{near}`?"));
        }
        self.error(problem)
    }

    fn unknown_resource(&mut self, id: TypeId, path: &Name) -> Ty {
        let at = Anchor::ty(self.decl, id);
        let schema = self.db.schema().schema(self.db);
        if let Some(instead) = pseudo(path) {
            let problem =
                Problem::error(crate::UNKNOWN_TYPE, at, format!("`{path}` is a pseudo parameter, written `{instead}` here"));
            return self.error(problem.fix(format!("change it to `{instead}`"), cloudc_hir::problem::Spot::Replace(at), instead));
        }
        if (!path.starts_with("AWS::") || path.ends_with("::MODULE")) && path.split("::").count() >= 3 {
            // Types and modules of the account's registry: typed once synced.
            self.problems.push(
                Problem::warning("C0415", at, format!("`{path}` is not known, so nothing about it is checked"))
                    .help("`cloudc schema import FILE` or `cloudc schema sync` makes it known"),
            );
            return Ty::constant(Kind::Custom(path.clone()));
        }
        let mut problem = Problem::error(crate::UNKNOWN_TYPE, at, format!("CloudFormation has no resource type `{path}`"));
        let near = match path.starts_with("AWS::") {
            true => schema.suggest(path),
            false => schema.suggest(&format!("AWS::{path}")),
        };
        if let Some(near) = near {
            problem = problem.help(format!("did you mean `{near}`?")).fix(
                format!("change it to `{near}`"),
                cloudc_hir::problem::Spot::Replace(at),
                near,
            );
        } else {
            problem = problem.help("a type newer than this compiler is known after `cloudc schema sync`");
        }
        self.error(problem)
    }
}

const PRIMITIVES: [&str; 15] = [
    "String",
    "Int",
    "Float",
    "Bool",
    "Json",
    "Duration",
    "Size",
    "Cidr",
    "Arn",
    "Map",
    "Secret",
    "Statement",
    "Asset",
    "Image",
    "Template",
];

fn primitive(name: &str) -> Option<Kind> {
    Some(match name {
        "String" => Kind::Str(None),
        "Int" => Kind::Int(None),
        "Float" => Kind::Float(None),
        "Bool" => Kind::Bool,
        "Json" => Kind::Json,
        "Duration" => Kind::Duration,
        "Size" => Kind::Size,
        "Cidr" => Kind::Cidr,
        "Arn" => Kind::Arn,
        "Statement" => Kind::Statement,
        "Asset" => Kind::Asset(AssetKind::Files),
        "Image" => Kind::Asset(AssetKind::Image),
        "Template" => Kind::Asset(AssetKind::Template),
        _ => return None,
    })
}

/// CloudFormation's pseudo parameters.
fn pseudo(path: &str) -> Option<&'static str> {
    Some(match path {
        "AWS::Region" => "aws.region",
        "AWS::AccountId" => "aws.account_id",
        "AWS::Partition" => "aws.partition",
        "AWS::URLSuffix" => "aws.url_suffix",
        "AWS::StackName" => "aws.stack_name",
        "AWS::StackId" => "aws.stack_id",
        "AWS::NotificationARNs" => "aws.notification_arns",
        "AWS::NoValue" => "none",
        _ => return None,
    })
}

/// What people from other languages write.
fn foreign_type(name: &str) -> Option<&'static str> {
    Some(match name {
        "string" | "str" | "Text" | "text" => "String",
        "number" | "Number" | "int" | "integer" | "Integer" => "Int",
        "double" | "float" | "Double" => "Float",
        "bool" | "boolean" | "Boolean" => "Bool",
        "any" | "Any" | "object" | "Object" | "json" => "Json",
        "CIDR" | "cidr" => "Cidr",
        "ARN" | "arn" => "Arn",
        _ => return None,
    })
}
