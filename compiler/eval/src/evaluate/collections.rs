//! Lists, records, and comprehensions over them.
//!
//! Always: the length of a list and the keys of a record are known here; what a parameter decides is a choice between an
//! element and nothing.

use cloudc_hir::{Name, Problem};
use cloudc_types::typed::{Bind, Element, Entry, Id, Key, Kind};

use super::lookup::open;
use super::{Before, Cx, Out};
use crate::codes;
use crate::cond::{Cond, Stop};
use crate::values::{Field, Node, Src, Value, choose};

/// An element a comprehension visits: its index or key, and itself.
type Visit = (Node, Node);

impl Cx<'_> {
    pub(super) fn list(&mut self, elements: &[Element], src: Src) -> Out {
        let mut items = Vec::new();
        for element in elements {
            match element {
                Element::Item { value, guard } => {
                    let cond = self.guard(*guard)?;
                    if !cond.is_false() {
                        let node = self.node(*value);
                        push(&mut items, guarded(cond, node, src));
                    }
                }
                Element::Spread { value, guard } => {
                    let cond = self.guard(*guard)?;
                    if !cond.is_false() {
                        let node = match self.was_there(*value) {
                            Some(before) => before.unwrap_or(src.node(Value::None)),
                            None => self.need(*value)?,
                        };
                        self.spread(&node, &cond, &mut items, src)?;
                    }
                }
                Element::For { bind, iterable, filter, value } => {
                    for visit in self.visits(*iterable)? {
                        let item = self.bound(*bind, visit, |cx| {
                            let cond = cx.guard(*filter)?;
                            Ok(if cond.is_false() { None } else { Some(guarded(cond, cx.node(*value), src)) })
                        })?;
                        items.extend(item.filter(|node| node.value != Value::None));
                    }
                }
            }
            if items.len() > super::MAX_LIST {
                break;
            }
        }
        self.sized(items.len(), src)?;
        Ok(src.node(Value::list(items)))
    }

    /// What `...` alone stands for: in a patch, the list that was there.
    fn was_there(&self, id: Id) -> Option<Option<Node>> {
        match (&self.typed.node(id).kind, &self.patch) {
            (Kind::Error, Some(Before(before))) => Some(before.clone()),
            _ => None,
        }
    }

    /// Evaluates a field's value; a patch goes down to what was in that field.
    fn inside<T>(&mut self, name: &Name, f: impl FnOnce(&mut Self) -> T) -> T {
        let outer = self.patch.clone();
        if let Some(Before(before)) = &outer {
            self.patch = Some(Before(before.as_ref().and_then(|node| node.value.field(name).cloned())));
        }
        let result = f(self);
        self.patch = outer;
        result
    }

    /// Spreads a list; a choice between lists gives the elements of both, each under its condition.
    fn spread(&mut self, node: &Node, cond: &Cond, items: &mut Vec<Node>, src: Src) -> Result<(), Stop> {
        match &node.value {
            Value::None => Ok(()),
            Value::List(inner) => {
                for item in inner.iter() {
                    push(items, guarded(cond.clone(), item.clone(), src));
                }
                Ok(())
            }
            value => match value.choice() {
                Some((inner, then, otherwise)) => {
                    self.spread(then, &Cond::and([cond.clone(), inner.clone()]), items, src)?;
                    self.spread(otherwise, &Cond::and([cond.clone(), inner.not()]), items, src)
                }
                None => Err(self.misfit(src)),
            },
        }
    }

    pub(super) fn record(&mut self, entries: &[Entry], src: Src) -> Out {
        let mut fields = Fields::default();
        for entry in entries {
            match entry {
                Entry::Field { key, value, guard, site } => {
                    let cond = self.guard(*guard)?;
                    if cond.is_false() {
                        continue;
                    }
                    let site = Src { decl: self.decl, expr: *site };
                    let name = match key {
                        Key::Text(name) => name.clone(),
                        Key::Computed(id) => self.key(*id)?,
                    };
                    let node = self.inside(&name, |cx| cx.node(*value));
                    self.put(&mut fields, Field { name, node, site }, cond, true, src)?;
                }
                Entry::Spread { value, guard } => {
                    let cond = self.guard(*guard)?;
                    if !cond.is_false() {
                        let node = self.opened(*value)?;
                        self.spread_fields(&node, &cond, &mut fields, src)?;
                    }
                }
                Entry::For { bind, iterable, filter, key, value, site } => {
                    let site = Src { decl: self.decl, expr: *site };
                    for visit in self.visits(*iterable)? {
                        let entry = self.bound(*bind, visit, |cx| {
                            let cond = cx.guard(*filter)?;
                            if cond.is_false() {
                                return Ok(None);
                            }
                            Ok(Some((cond, cx.key(*key)?, cx.node(*value))))
                        })?;
                        if let Some((cond, name, node)) = entry {
                            self.put(&mut fields, Field { name, node, site }, cond, true, src)?;
                        }
                    }
                }
            }
        }
        self.sized(fields.list.len(), src)?;
        Ok(src.node(Value::record(fields.list)))
    }

    fn spread_fields(&mut self, node: &Node, cond: &Cond, fields: &mut Fields, src: Src) -> Result<(), Stop> {
        match &node.value {
            Value::None => Ok(()),
            Value::Record(inner) => {
                for field in inner.iter() {
                    self.put(fields, field.clone(), cond.clone(), false, src)?;
                }
                fields.fixed = fields.list.len();
                Ok(())
            }
            value => match value.choice() {
                Some((inner, then, otherwise)) => {
                    let (then, otherwise) = (open(self.db, then), open(self.db, otherwise));
                    self.spread_fields(&then, &Cond::and([cond.clone(), inner.clone()]), fields, src)?;
                    self.spread_fields(&otherwise, &Cond::and([cond.clone(), inner.not()]), fields, src)
                }
                None => Err(self.misfit(src)),
            },
        }
    }

    /// Adds an entry. Over one that a spread brought it wins where its condition holds; a key written twice is an error.
    fn put(&mut self, fields: &mut Fields, field: Field, cond: Cond, written: bool, src: Src) -> Result<(), Stop> {
        let at = match fields.list.len() {
            0..16 => fields.list.iter().position(|known| known.name == field.name),
            _ => fields.find(&field.name),
        };
        let Some(at) = at else {
            let node = guarded(cond, field.node, src);
            fields.push(Field { node, ..field });
            return Ok(());
        };
        if written && at >= fields.fixed {
            // Two keys written as plain names have been reported when they were read.
            let problem =
                Problem::error(codes::DUPLICATE_KEY, field.site.anchor(), format!("the key {:?} is given twice", field.name))
                    .related(fields.list[at].site.anchor(), "given here first");
            return Err(self.fail(problem));
        }
        let before = fields.list[at].node.clone();
        fields.list[at].node = choose(cond, field.node, before, src);
        fields.list[at].site = field.site;
        Ok(())
    }

    /// A computed key.
    fn key(&mut self, id: Id) -> Result<Name, Stop> {
        let node = self.need(id)?;
        match &node.value {
            Value::Str(text) => Ok(text.clone()),
            Value::Int(number) => Ok(number.to_string().into()),
            _ => Err(self.misfit(self.src(id))),
        }
    }

    /// The condition of a guard or filter; none is `true`.
    pub(super) fn guard(&mut self, guard: Option<Id>) -> Result<Cond, Stop> {
        guard.map_or(Ok(Cond::True), |id| self.condition(id))
    }

    /// What a comprehension visits.
    fn visits(&mut self, iterable: Id) -> Result<Vec<Visit>, Stop> {
        let node = self.opened(iterable)?;
        match visits(&node) {
            Some(visits) => Ok(visits),
            None => Err(self.misfit(self.src(iterable))),
        }
    }

    fn bound<T>(&mut self, bind: Bind, visit: Visit, f: impl FnOnce(&mut Self) -> T) -> T {
        let (key, element) = visit;
        let depth = self.locals.len();
        if let Some(local) = bind.key {
            self.locals.push((local, key));
        }
        self.locals.push((bind.element, element));
        let result = f(self);
        self.locals.truncate(depth);
        result
    }
}

/// The elements of a list with their indexes, or the entries of a record with their keys.
pub fn visits(node: &Node) -> Option<Vec<Visit>> {
    match &node.value {
        Value::None => Some(Vec::new()),
        Value::List(items) => {
            let indexed = items.iter().enumerate();
            Some(indexed.map(|(at, item)| (item.src.node(Value::Int(at as i64)), item.clone())).collect())
        }
        Value::Record(fields) => {
            let there = fields.iter().filter(|field| field.node.value != Value::None);
            Some(there.map(|field| (field.site.node(Value::Str(field.name.clone())), field.node.clone())).collect())
        }
        _ => None,
    }
}

/// The entries of a record so far.
#[derive(Default)]
struct Fields {
    list: Vec<Field>,
    /// Built once there are many entries.
    index: rustc_hash::FxHashMap<Name, usize>,
    /// Entries before this one may be overridden: a spread came after or brought them.
    fixed: usize,
}

impl Fields {
    fn push(&mut self, field: Field) {
        if !self.index.is_empty() {
            self.index.insert(field.name.clone(), self.list.len());
        }
        self.list.push(field);
    }

    fn find(&mut self, name: &Name) -> Option<usize> {
        if self.index.is_empty() {
            self.index = self.list.iter().enumerate().map(|(at, field)| (field.name.clone(), at)).collect();
        }
        self.index.get(name).copied()
    }
}

fn guarded(cond: Cond, node: Node, src: Src) -> Node {
    choose(cond, node, src.node(Value::None), src)
}

fn push(items: &mut Vec<Node>, node: Node) {
    if node.value != Value::None {
        items.push(node);
    }
}
