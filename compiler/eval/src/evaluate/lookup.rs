//! Indexing: lists, maps, and look-ups that only a deployment can do.
//!
//! Always: a look-up by something not constant is a [`Find`] when everything in the map is constant, else a choice between
//! the entries.

use cloudc_hir::{Name, Problem};
use cloudc_types::ty::Lit;
use cloudc_types::typed::{Id, Pseudo};

use super::{Cx, Out};
use crate::codes;
use crate::cond::{Cond, Stop, equals};
use crate::values::{Expr, Field, Find, Node, Op, Src, Value, choose};

impl Cx<'_> {
    pub(super) fn index(&mut self, base: Id, index: Id, default: Option<Id>, src: Src) -> Out {
        let base = self.need(base)?;
        let at = self.src(index);
        let index = self.need(index)?;
        let default = default.map(|id| self.node(id));
        self.index_of(&base, &index, default.as_ref(), at, src)
    }

    fn index_of(&mut self, base: &Node, index: &Node, default: Option<&Node>, at: Src, src: Src) -> Out {
        self.through(base, src, &mut |cx, base| {
            cx.through(index, src, &mut |cx, index| match &base.value {
                Value::List(items) => cx.list_item(base, items, index, default, at, src),
                Value::Record(fields) => cx.entry(base, fields, index, default, at, src),
                Value::Deploy(expr) => match &**expr {
                    Expr::Find(find) if !finds_lists(find) => {
                        let mut find = find.clone();
                        find.keys.push(index.clone());
                        find.default = default.cloned().or(find.default);
                        Ok(src.node(Value::deploy(Expr::Find(find))))
                    }
                    _ => Ok(select(index, base, src)),
                },
                _ => Err(cx.misfit(src)),
            })
        })
    }

    fn list_item(&mut self, base: &Node, items: &[Node], index: &Node, default: Option<&Node>, at: Src, src: Src) -> Out {
        let Some(number) = index.value.as_int() else {
            return if index.value.expr().is_some() { Ok(select(index, base, src)) } else { Err(self.misfit(src)) };
        };
        if let Some(item) = usize::try_from(number).ok().and_then(|number| items.get(number)) {
            return alive(item.clone());
        }
        if let Some(default) = default {
            return alive(default.clone());
        }
        let count = match items.len() {
            0 => "is empty".to_owned(),
            1 => "has 1 element".to_owned(),
            len => format!("has {len} elements"),
        };
        let problem = Problem::error(codes::MISSING_KEY, at.anchor(), format!("there is no element {number}: the list {count}"))
            .note("the first element is 0");
        Err(self.fail(problem))
    }

    fn entry(&mut self, base: &Node, fields: &[Field], index: &Node, default: Option<&Node>, at: Src, src: Src) -> Out {
        let key = match &index.value {
            Value::Str(text) => text.clone(),
            Value::Int(number) => number.to_string().into(),
            Value::Bool(value) => value.to_string().into(),
            Value::Deploy(_) => return self.find(base, fields, index, default, src),
            _ => return Err(self.misfit(src)),
        };
        let found = fields.iter().find(|field| field.name == key && field.node.value != Value::None);
        if let Some(field) = found {
            return alive(field.node.clone());
        }
        if let Some(default) = default {
            return alive(default.clone());
        }
        let mut problem = Problem::error(codes::MISSING_KEY, at.anchor(), format!("there is no key {key:?} in this map"));
        if let Some(near) = cloudc_base::suggest::nearest(&key, fields.iter().map(|field| field.name.as_str())) {
            problem = problem.help(format!("did you mean {near:?}?"));
        } else if fields.len() <= 12 {
            let keys: Vec<_> = fields.iter().map(|field| format!("{:?}", field.name)).collect();
            problem = problem.note(match keys.is_empty() {
                true => "the map is empty".to_owned(),
                false => format!("its keys are {}", keys.join(", ")),
            });
        }
        Err(self.fail(problem))
    }

    /// An entry by a key that is known when the deployment starts.
    fn find(&mut self, base: &Node, fields: &[Field], key: &Node, default: Option<&Node>, src: Src) -> Out {
        if default.is_none() {
            self.covered(fields, key, src)?;
        }
        if let [only] = fields
            && default.is_none()
        {
            return alive(only.node.clone());
        }
        if fits_mapping(&base.value) {
            let find = Find { map: base.clone(), keys: vec![key.clone()], default: default.cloned() };
            return Ok(src.node(Value::deploy(Expr::Find(find))));
        }
        // Resources, or keys a mapping cannot hold: a choice between the entries, the last one for all that is left.
        let mut rest = default.cloned();
        for field in fields.iter().rev().filter(|field| field.node.value != Value::None) {
            let Some(otherwise) = rest else {
                rest = Some(field.node.clone());
                continue;
            };
            let cond = equals(self.db, &key.value, &Value::Str(field.name.clone()));
            let cond = self.settle(cond, src)?;
            rest = Some(choose(cond, field.node.clone(), otherwise, src));
        }
        rest.ok_or_else(|| self.misfit(src))
    }
}

impl Cx<'_> {
    /// Without a default every value the key is known to take has to be there.
    fn covered(&mut self, fields: &[Field], key: &Node, src: Src) -> Result<(), Stop> {
        let region = self.frame.target(self.db).region(self.db).clone();
        let values: Vec<Name> = match key.value.expr() {
            Some(Expr::Param(site)) => {
                let shape = crate::params::param_shape(self.db, site.decl(self.db));
                shape.allowed.iter().map(lit_text).collect()
            }
            Some(Expr::Pseudo(Pseudo::Region)) => region.into_iter().collect(),
            _ => Vec::new(),
        };
        let there = |value: &Name| fields.iter().any(|field| field.name == *value && field.node.value != Value::None);
        match values.iter().find(|value| !there(value)) {
            None => Ok(()),
            Some(missing) => {
                let problem = Problem::error(codes::MISSING_KEY, src.anchor(), format!("the map has no key {missing:?}"))
                    .label(format!("{} can be {missing:?}", key.value.named(self.db)))
                    .help("add the key, or write `?? default` behind");
                Err(self.fail(problem))
            }
        }
    }
}

fn lit_text(lit: &Lit) -> Name {
    match lit {
        Lit::Str(text) => text.clone(),
        Lit::Int(number) => number.to_string().into(),
        Lit::Bool(value) => value.to_string().into(),
    }
}

/// Whether what a look-up gives is a list: then an index chooses an element of it, and is no further key.
fn finds_lists(find: &Find) -> bool {
    let mut values = vec![&find.map.value];
    for key in &find.keys {
        let fields = values.into_iter().filter_map(|value| match value {
            Value::Record(fields) => Some(fields.iter()),
            _ => None,
        });
        let named = key.value.as_str();
        let fits = fields.flatten().filter(|field| named.is_none_or(|name| field.name == name));
        values = fits.map(|field| &field.node.value).filter(|value| **value != Value::None).collect();
    }
    values.first().is_some_and(|value| matches!(value, Value::List(_)))
}

/// `Fn::Select`.
pub fn select(index: &Node, list: &Node, src: Src) -> Node {
    src.node(Value::deploy(Expr::Call(Op::Select, vec![index.clone(), list.clone()])))
}

/// The field `name` of what a look-up gives; absent where the entry has none.
pub fn deeper(db: &dyn crate::Db, find: &Find, name: &Name, src: Src) -> Out {
    let mut inner = find.clone();
    inner.default = inner.default.map(|node| node.value.field(name).cloned().unwrap_or(node.src.node(Value::None)));
    inner.keys.push(src.node(Value::Str(name.clone())));
    let node = src.node(Value::deploy(Expr::Find(inner)));
    let (Value::Record(entries), [key]) = (&find.map.value, &find.keys[..]) else { return Ok(node) };
    let having: Vec<Name> =
        entries.iter().filter(|entry| entry.node.value.field(name).is_some()).map(|entry| entry.name.clone()).collect();
    if having.len() == entries.len() {
        return Ok(node);
    }
    let cond = key_among(db, &key.value, &having)?;
    Ok(choose(cond, node, src.node(Value::None), src))
}

/// Whether a map can be a mapping: constant all through, keys CloudFormation takes, two levels at most under it.
pub fn fits_mapping(map: &Value) -> bool {
    let Value::Record(fields) = map else { return false };
    let top = |name: &str| {
        !name.is_empty() && name.len() <= 255 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.')
    };
    // One shape for all entries: leaves become `{ value: … }`, and then a key means the same in each.
    let records = fields.iter().filter(|field| matches!(field.node.value, Value::Record(_))).count();
    !fields.is_empty()
        && (records == 0 || records == fields.len())
        && fields.iter().all(|field| top(&field.name) && fits_entry(&field.node.value))
}

fn fits_entry(value: &Value) -> bool {
    let inner = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric());
    match value {
        Value::Record(fields) => {
            !fields.is_empty()
                && fields
                    .iter()
                    .all(|field| inner(&field.name) && (fits_leaf(&field.node.value) || field.node.value == Value::None))
        }
        value => fits_leaf(value),
    }
}

fn fits_leaf(value: &Value) -> bool {
    match value {
        Value::Str(_) | Value::Int(_) | Value::Float(_) | Value::Bool(_) => true,
        Value::List(items) => {
            items.iter().all(|item| matches!(item.value, Value::Str(_) | Value::Int(_) | Value::Float(_) | Value::Bool(_)))
        }
        _ => false,
    }
}

/// A look-up that gives records, as a record of look-ups; anything else as it is.
pub fn open(db: &dyn crate::Db, node: &Node) -> Node {
    let Some(Expr::Find(find)) = node.value.expr() else { return node.clone() };
    let (Value::Record(entries), [_]) = (&find.map.value, &find.keys[..]) else { return node.clone() };
    let mut names: Vec<(Name, Src)> = Vec::new();
    for entry in entries.iter() {
        let Value::Record(fields) = &entry.node.value else { return node.clone() };
        for field in fields.iter() {
            if !names.iter().any(|(name, _)| *name == field.name) {
                names.push((field.name.clone(), field.site));
            }
        }
    }
    let fields = names.into_iter().map(|(name, site)| {
        let inner = deeper(db, find, &name, node.src).unwrap_or_else(|_| node.src.node(Value::Poison));
        Field { name, node: inner, site }
    });
    node.src.node(Value::record(fields.collect()))
}

/// A node that is neither broken nor unknown.
pub fn alive(node: Node) -> Out {
    match node.value {
        Value::Unknown => Err(Stop::Unknown),
        Value::Poison => Err(Stop::Poison),
        _ => Ok(node),
    }
}

/// The condition under which the key of a look-up is one of `names`.
pub fn key_among(db: &dyn crate::Db, key: &Value, names: &[Name]) -> Result<Cond, Stop> {
    let parts: Result<Vec<_>, _> = names.iter().map(|name| equals(db, key, &Value::Str(name.clone()))).collect();
    Ok(Cond::or(parts?))
}
