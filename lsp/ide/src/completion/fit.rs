//! How well a value of a type fits what is expected, as a cost.
//!
//! Always: nothing that fits is dearer than something that does not. Phases are not looked at: what comes too late is an error that
//! explains itself.

use cloudc_schema::{Ident, Node, Scalar, Shape, Text};
use cloudc_types::ty::Lit;
use cloudc_types::{Kind, Ty, signature, stands_for};

use super::expected::Expected;
use super::scene::Scene;

/// Exactly what is asked for.
pub(crate) const EXACT: u32 = 0;
/// Fits.
pub(crate) const GOOD: u32 = 6;
/// May fit: only the content would tell.
pub(crate) const PERHAPS: u32 = 14;
/// Something in it fits.
pub(crate) const NEAR: u32 = 22;
/// Nothing is known.
pub(crate) const UNKNOWN: u32 = 14;
/// Does not fit.
pub(crate) const MISFIT: u32 = 60;

/// The cost of a value of type `ty` where `expected` is.
pub(crate) fn fit(scene: &Scene, ty: &Ty, expected: &Expected) -> u32 {
    let optional = matches!(ty.kind, Kind::Optional(_));
    let kind = &ty.present().kind;
    if matches!(kind, Kind::Error) {
        return UNKNOWN;
    }
    let cost = match expected {
        Expected::Any | Expected::Doc(_) => match (kind, expected) {
            (Kind::Arn, _) => GOOD,
            _ => UNKNOWN,
        },
        Expected::Inputs(_) => MISFIT,
        Expected::Resources => resources(kind),
        Expected::Ty(wanted) => fit_kind(scene, kind, &wanted.present().kind, 0),
    };
    // What may be absent mostly needs `?.` or `??`.
    if optional && cost < MISFIT { cost + 3 } else { cost }
}

fn resources(kind: &Kind) -> u32 {
    match kind {
        Kind::Handle(_) | Kind::Instance(..) | Kind::Custom(_) => EXACT,
        Kind::List(inner) | Kind::Map(_, inner) => resources(&inner.present().kind),
        _ => MISFIT,
    }
}

fn fit_kind(scene: &Scene, given: &Kind, wanted: &Kind, depth: u32) -> u32 {
    if depth > 4 {
        return UNKNOWN;
    }
    match wanted {
        Kind::Error | Kind::Json => UNKNOWN,
        Kind::Node(node) => fit_node(scene, given, *node, depth),
        Kind::Ident(idents) => fit_ident(scene, given, idents),
        Kind::List(element) => match given {
            Kind::List(own) => fit_kind(scene, &own.present().kind, &element.present().kind, depth + 1),
            Kind::Map(..) | Kind::Record(_) if element.is_error() => GOOD,
            _ if element.is_error() => MISFIT,
            _ => fit_kind(scene, given, &element.kind, depth + 1).saturating_add(NEAR),
        },
        Kind::Map(_, value) => match given {
            Kind::Map(_, own) => fit_kind(scene, &own.present().kind, &value.present().kind, depth + 1),
            Kind::Record(_) => GOOD,
            _ => MISFIT,
        },
        Kind::Optional(inner) => fit_kind(scene, given, &inner.kind, depth + 1),
        Kind::Secret(inner) | Kind::Ssm(inner) => fit_kind(scene, given, &inner.kind, depth + 1),
        Kind::Handle(ty) => match given {
            Kind::Handle(own) if own == ty => EXACT,
            _ => MISFIT,
        },
        Kind::Instance(component, _) => match given {
            Kind::Instance(own, _) if own == component => EXACT,
            _ => MISFIT,
        },
        Kind::Record(_) | Kind::Object(_) => match given {
            Kind::Record(_) => GOOD,
            Kind::Object(own) if Kind::Object(*own) == *wanted => EXACT,
            Kind::Instance(..) if matches!(wanted, Kind::Record(_)) => GOOD,
            _ => MISFIT,
        },
        Kind::Arn => match given {
            Kind::Arn => EXACT,
            Kind::Ident(idents) if idents.iter().any(|ident| ident.attr.ends_with("Arn")) => EXACT,
            Kind::Handle(ty) if ty.provides().iter().any(|(_, ident)| ident.attr.ends_with("Arn")) => GOOD,
            kind if is_free_text(kind) => PERHAPS,
            _ => MISFIT,
        },
        wanted => match given {
            // An element of it.
            Kind::List(inner) => (scalar(&inner.present().kind, wanted) + NEAR).min(MISFIT),
            given => scalar(given, wanted),
        },
    }
}

fn scalar(given: &Kind, wanted: &Kind) -> u32 {
    if given == wanted {
        return EXACT;
    }
    if let (Some(given), Some(wanted)) = (given.literals(), wanted.literals()) {
        return if given.iter().all(|lit| wanted.contains(lit)) { EXACT } else { shared(&given, &wanted) };
    }
    if wanted.is_bool() {
        return if given.is_bool() { EXACT } else { MISFIT };
    }
    if wanted.is_int() || matches!(wanted, Kind::Float(_)) {
        return if given.is_number() { EXACT } else { MISFIT };
    }
    match (wanted, given) {
        (Kind::Duration | Kind::Size | Kind::Cidr, given) if is_free_text(given) => PERHAPS,
        (Kind::Str(_) | Kind::Lit(_) | Kind::Union(_), given) if given.is_text() => GOOD,
        (Kind::Str(_), given) if given.is_number() => PERHAPS,
        _ => MISFIT,
    }
}

fn shared(given: &[Lit], wanted: &[Lit]) -> u32 {
    if given.iter().any(|lit| wanted.contains(lit)) { PERHAPS } else { MISFIT }
}

fn is_free_text(kind: &Kind) -> bool {
    matches!(kind, Kind::Str(_)) || matches!(kind, Kind::Lit(Lit::Str(_)))
}

/// The cost of a value where one of these identifiers is expected.
fn fit_ident(scene: &Scene, given: &Kind, idents: &[Ident]) -> u32 {
    match given {
        Kind::Handle(ty) => match ty.access_for(idents) {
            // Of several types that fit, the ones named first are meant most often.
            Some((_, ident)) => EXACT + idents.iter().position(|one| *one == ident).unwrap_or(0).min(4) as u32,
            None => MISFIT,
        },
        Kind::Instance(component, _) => {
            let outputs = cloudc_hir::outputs(scene.db, cloudc_hir::Owner::Decl(*component, cloudc_hir::Branch::Then));
            let stands =
                outputs.iter().any(|(_, decl, _)| stands_for(scene.db, *decl).is_some_and(|ident| idents.contains(&ident)));
            if stands { EXACT } else { MISFIT }
        }
        Kind::Custom(_) => PERHAPS,
        // An element of it.
        Kind::List(inner) | Kind::Map(_, inner) if !matches!(inner.kind, Kind::List(_) | Kind::Map(..)) => {
            (fit_ident(scene, &inner.present().kind, idents) + 8).min(MISFIT)
        }
        Kind::Ident(own) if own.iter().any(|ident| idents.contains(ident)) => EXACT,
        Kind::Ident(own) if !own.is_empty() => MISFIT,
        Kind::Arn if idents.iter().any(|ident| ident.attr.ends_with("Arn")) => GOOD,
        kind if is_free_text(kind) => PERHAPS,
        _ => MISFIT,
    }
}

fn fit_node(scene: &Scene, given: &Kind, node: Node, depth: u32) -> u32 {
    if depth > 8 {
        return UNKNOWN;
    }
    if !node.expects().is_empty() {
        let cost = fit_ident(scene, given, node.expects());
        return if cost == MISFIT && node.expects_others() && is_identifier(given) { PERHAPS } else { cost };
    }
    match node.shape() {
        Shape::String => fit_text(given, node),
        Shape::Integer | Shape::Number => match given {
            given if given.is_number() => EXACT,
            Kind::Duration if node.unit().is_some_and(|unit| unit.is_time()) => EXACT,
            Kind::Size if node.unit().is_some_and(|unit| !unit.is_time()) => EXACT,
            given if is_free_text(given) => NEAR,
            _ => MISFIT,
        },
        Shape::Boolean => {
            if given.is_bool() {
                EXACT
            } else {
                MISFIT
            }
        }
        Shape::Json => match given {
            Kind::Record(_) | Kind::Json | Kind::Map(..) | Kind::List(_) => GOOD,
            _ => NEAR,
        },
        Shape::List(element) => match given {
            Kind::List(own) => fit_node(scene, &own.present().kind, element, depth + 1),
            Kind::Map(..) | Kind::Record(_) if node.key_value_names().is_some() => GOOD,
            Kind::Json => PERHAPS,
            // One value stands for a list of it, or is the start of `[a]`.
            given => (fit_node(scene, given, element, depth + 1) + NEAR).min(MISFIT),
        },
        Shape::Map { value, .. } => match given {
            Kind::Map(_, own) => fit_node(scene, &own.present().kind, value, depth + 1),
            Kind::Record(_) | Kind::Json => GOOD,
            _ => MISFIT,
        },
        Shape::Object(_) => match given {
            Kind::Record(_) | Kind::Object(_) | Kind::Map(..) => GOOD,
            Kind::Json => PERHAPS,
            _ => MISFIT,
        },
        Shape::OneOf(all) | Shape::AnyOf(all) => {
            all.iter().map(|one| fit_node(scene, given, one, depth + 1)).min().unwrap_or(UNKNOWN)
        }
    }
}

fn is_identifier(kind: &Kind) -> bool {
    matches!(kind, Kind::Handle(_) | Kind::Ident(_) | Kind::Arn)
}

fn fit_text(given: &Kind, node: Node) -> u32 {
    let constraints = node.constraints();
    if !constraints.allowed.is_empty()
        && let Some(literals) = given.literals()
    {
        let allowed = |lit: &Lit| constraints.allowed.iter().any(|scalar| same(scalar, lit));
        return if literals.iter().all(allowed) {
            EXACT
        } else if literals.iter().any(allowed) {
            PERHAPS
        } else {
            MISFIT
        };
    }
    match node.text() {
        Text::Arn => match given {
            Kind::Arn => return EXACT,
            Kind::Ident(idents) if idents.iter().any(|ident| ident.attr.ends_with("Arn")) => return EXACT,
            Kind::Handle(ty) if ty.attribute("Arn").is_some() => return GOOD,
            _ => {}
        },
        Text::Cidr if matches!(given, Kind::Cidr) => return EXACT,
        Text::Json if matches!(given, Kind::Record(_) | Kind::Map(..) | Kind::Json) => return GOOD,
        Text::Duration if matches!(given, Kind::Duration) => return EXACT,
        _ => {}
    }
    match given {
        Kind::Duration | Kind::Size if node.unit().is_some() => EXACT,
        Kind::Handle(_) | Kind::Instance(..) => NEAR,
        kind if kind.is_text() => GOOD,
        kind if kind.is_number() || kind.is_bool() => PERHAPS,
        _ => MISFIT,
    }
}

/// Whether a constant of the schema is a literal.
pub(crate) fn same(scalar: &Scalar, lit: &Lit) -> bool {
    match (scalar, lit) {
        (Scalar::Str(a), Lit::Str(b)) => a == b,
        (Scalar::Int(a), Lit::Int(b)) => a == b,
        (Scalar::Bool(a), Lit::Bool(b)) => a == b,
        _ => false,
    }
}

/// The type of a declaration as seen through `if`s and `for`s.
pub(crate) fn seen(scene: &Scene, decl: cloudc_hir::Decl, lift: &cloudc_hir::Lift) -> Ty {
    cloudc_types::ask::lifted(scene.db, signature(scene.db, decl).ty.clone(), lift)
}
