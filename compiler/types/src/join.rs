//! The type that several values share.

use std::sync::Arc;

use crate::phase::Phase;
use crate::ty::{Field, Kind, Ty};

/// More literals than this in one union are more than anybody reads.
const MOST_LITERALS: usize = 24;

/// The least type both fit, if there is one a user would expect. Phases are joined constructor by constructor.
pub(crate) fn join(a: &Ty, b: &Ty) -> Option<Ty> {
    let phase = a.phase.join(b.phase);
    let kind = match (&a.kind, &b.kind) {
        (Kind::Error, _) => return Some(b.delayed(a.phase)),
        (_, Kind::Error) => return Some(a.delayed(b.phase)),
        (Kind::None, Kind::None) => Kind::None,
        (Kind::None, _) => return Some(b.clone().optional(a.phase)),
        (_, Kind::None) => return Some(a.clone().optional(b.phase)),
        (Kind::Optional(x), Kind::Optional(y)) => Kind::Optional(Arc::new(join(x, y)?)),
        // What is plain is certainly there: only the optional side's presence counts.
        (Kind::Optional(x), _) => return Some(Ty::at(Kind::Optional(Arc::new(join(x, b)?)), a.phase)),
        (_, Kind::Optional(y)) => return Some(Ty::at(Kind::Optional(Arc::new(join(a, y)?)), b.phase)),
        (Kind::List(x), Kind::List(y)) => Kind::List(Arc::new(join(x, y)?)),
        (Kind::Map(k, x), Kind::Map(l, y)) => {
            let key = if k == l { (**k).clone() } else { Kind::union([(**k).clone(), (**l).clone()]).widened() };
            Kind::Map(Arc::new(key), Arc::new(join(x, y)?))
        }
        (Kind::Record(x), Kind::Record(y)) => Kind::Record(join_records(x, y)?),
        (Kind::Secret(x), Kind::Secret(y)) => Kind::Secret(Arc::new(join(x, y)?)),
        // What may be a secret is one.
        (Kind::Secret(x), _) if b.kind.is_text() => Kind::Secret(Arc::new(join(x, b)?)),
        (_, Kind::Secret(y)) if a.kind.is_text() => Kind::Secret(Arc::new(join(a, y)?)),
        (Kind::Instance(c, x), Kind::Instance(d, y)) if c == d => {
            let longest = x.len().max(y.len());
            let at = |phases: &[Phase], index: usize| phases.get(index).copied().unwrap_or_default();
            Kind::Instance(*c, (0..longest).map(|index| at(x, index).join(at(y, index))).collect())
        }
        (x, y) if x == y => x.clone(),
        (Kind::Json, _) | (_, Kind::Json) => Kind::Json,
        (x, y) => join_scalars(x, y)?,
    };
    Some(Ty { kind, phase })
}

fn join_scalars(x: &Kind, y: &Kind) -> Option<Kind> {
    let both = |test: fn(&Kind) -> bool| test(x) && test(y);
    if both(Kind::is_bool) {
        return Some(if x == y { x.clone() } else { Kind::Bool });
    }
    if x.literals().is_some() && y.literals().is_some() && (both(Kind::is_text) || both(Kind::is_int)) {
        let union = Kind::union([x.clone(), y.clone()]);
        let few = union.literals().is_some_and(|all| all.len() <= MOST_LITERALS);
        return Some(if few { union } else { union.widened() });
    }
    if both(Kind::is_int) {
        return Some(Kind::Int(None));
    }
    if both(Kind::is_number) {
        return Some(Kind::Float(None));
    }
    if let (Kind::Ident(a), Kind::Ident(b)) = (x, y) {
        let common: Vec<_> = a.iter().filter(|ident| b.contains(ident)).copied().collect();
        return Some(if common.is_empty() { Kind::Str(None) } else { Kind::Ident(common.into()) });
    }
    if both(Kind::is_text) {
        return Some(Kind::Str(None));
    }
    None
}

/// Fields of both; what one of them lacks may be missing in the result.
fn join_records(x: &[Field], y: &[Field]) -> Option<Arc<[Field]>> {
    let mut fields = Vec::with_capacity(x.len().max(y.len()));
    for field in x {
        let ty = match y.iter().find(|other| other.name == field.name) {
            Some(other) => join(&field.ty, &other.ty)?,
            None => field.ty.clone().optional(Phase::CONST),
        };
        fields.push(Field { name: field.name.clone(), ty });
    }
    for field in y.iter().filter(|field| !x.iter().any(|other| other.name == field.name)) {
        fields.push(Field { name: field.name.clone(), ty: field.ty.clone().optional(Phase::CONST) });
    }
    Some(fields.into())
}

/// A record seen as a map: its values share one type.
pub(crate) fn as_map(ty: &Ty) -> Option<(Kind, Ty)> {
    match &ty.kind {
        Kind::Map(key, value) => Some(((**key).clone(), (**value).clone())),
        Kind::Record(fields) => {
            let keys = Kind::union(fields.iter().map(|field| Kind::Lit(crate::ty::Lit::Str(field.name.clone()))));
            let mut value = Ty::error();
            for field in fields.iter() {
                value = join(&value, &field.ty)?;
            }
            Some((if fields.is_empty() { Kind::Str(None) } else { keys }, value))
        }
        _ => None,
    }
}

/// The type without single values: what an unannotated input accepts.
pub(crate) fn widen(ty: &Ty) -> Ty {
    let kind = match &ty.kind {
        Kind::List(element) => Kind::List(Arc::new(widen(element))),
        Kind::Optional(inner) => Kind::Optional(Arc::new(widen(inner))),
        Kind::Map(key, value) => Kind::Map(Arc::new(key.widened()), Arc::new(widen(value))),
        Kind::Record(fields) => {
            Kind::Record(fields.iter().map(|field| Field { name: field.name.clone(), ty: widen(&field.ty) }).collect())
        }
        other => other.widened(),
    };
    Ty { kind, phase: ty.phase }
}
