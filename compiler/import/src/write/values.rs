//! Values: scalars, lists, records.

use cloudc_schema::{Node as Place, Shape, Text, Unit};

use super::text::{Part, inline, key, literal, quoted};
use super::{LAST, Writer};
use crate::tree::{Entry, Node, Value};

impl Writer<'_> {
    /// Writes a value that stands at a place of the schema.
    pub(super) fn value(&mut self, node: &Node, place: Option<Place>) {
        let start = self.out.open();
        if let Some(hole) = self.holes.get(&node.id).cloned() {
            self.out.push(&hole);
            let known = self.places.entry(hole).or_insert(place);
            if known.zip(place).is_none_or(|(known, place)| known.unit() != place.unit() || known.shape() != place.shape()) {
                *known = None;
            }
        } else if self.form(node) >= LAST && self.raw == 0 {
            self.raw_value(node);
        } else if self.form(node) >= LAST && node.function().is_some() {
            self.plain(node);
        } else {
            self.typed(node, place);
        }
        self.out.close(start, node.id);
    }

    /// `raw(…)`: what is inside is lowered, not checked.
    pub(super) fn raw_value(&mut self, node: &Node) {
        self.raws.push(node.id);
        self.raw += 1;
        self.out.push("raw(");
        self.plain(node);
        self.out.push(")");
        self.raw -= 1;
    }

    /// A function as the record it is in the template; what it holds is written as usual.
    fn plain(&mut self, node: &Node) {
        match node.function() {
            // Its condition has a name in the program only.
            Some(("Fn::If", argument)) if self.choice(argument, None).is_some() => {}
            Some((name, argument)) => {
                self.loose += usize::from(matches!(name, "Ref" | "Fn::GetAtt" | "Fn::Sub" | "Fn::FindInMap"));
                if let ("Fn::FindInMap", Some(map)) = (name, argument.list().and_then(|args| args.first()?.text())) {
                    self.keep_mapping(map);
                }
                self.out.push(&format!("{{ {}: ", quoted(name)));
                match &argument.value {
                    // Names of resources and texts with holes are meant as they are here.
                    Value::Text(text) => self.out.push(&quoted(text)),
                    Value::List(items) if items.iter().all(|item| item.text().is_some()) => self.json(argument),
                    _ => self.arguments(argument),
                }
                self.out.push(" }");
            }
            None => self.typed(node, None),
        }
    }

    /// A mapping that is looked into by its name has to be there under it.
    fn keep_mapping(&mut self, name: &str) {
        let path = vec!["Mappings".to_owned(), name.to_owned()];
        let root = self.root;
        if let Some(node) = root.get("Mappings").and_then(|all| all.get(name))
            && self.leftovers.iter().all(|(known, _)| *known != path)
        {
            self.leftovers.push((path, node));
        }
    }

    /// Arguments of a function inside `raw`: values in them are written as usual.
    fn arguments(&mut self, node: &Node) {
        match &node.value {
            Value::List(items) => {
                self.out.push("[");
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        self.out.push(", ");
                    }
                    self.value(item, None);
                }
                self.out.push("]");
            }
            _ => self.value(node, None),
        }
    }

    /// A value as it stands, functions and all.
    pub(super) fn json(&mut self, node: &Node) {
        match &node.value {
            Value::List(items) => {
                self.out.push("[");
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        self.out.push(", ");
                    }
                    self.json(item);
                }
                self.out.push("]");
            }
            Value::Map(entries) => {
                self.out.push("{ ");
                for (at, entry) in entries.iter().enumerate() {
                    if at > 0 {
                        self.out.push(", ");
                    }
                    self.out.push(&format!("{}: ", key(&entry.key)));
                    self.json(&entry.value);
                }
                self.out.push(" }");
            }
            _ => self.scalar(node, None),
        }
    }

    fn typed(&mut self, node: &Node, place: Option<Place>) {
        match &node.value {
            Value::List(items) => self.list(node, items, place),
            Value::Map(entries) => match node.function() {
                Some((name, argument)) => self.function(node, name, argument, place),
                None => self.record(entries, place),
            },
            _ => self.scalar(node, place),
        }
    }

    fn scalar(&mut self, node: &Node, place: Option<Place>) {
        let form = self.form(node);
        let shape = place.filter(|_| form == 0).map(plain_shape);
        let text = match &node.value {
            Value::Text(text) => match shape {
                Some(Some(Shape::Integer | Shape::Number)) if number(text).is_some() => number(text).unwrap_or_default(),
                Some(Some(Shape::Boolean)) if truth(text).is_some() => truth(text).unwrap_or_default().to_owned(),
                _ => self.string(&self.parts(node, text), form),
            },
            Value::Bool(value) => match shape {
                Some(Some(Shape::String)) => quoted(&value.to_string()),
                _ => value.to_string(),
            },
            Value::Int(value) => match (shape, place) {
                (Some(Some(Shape::Boolean)), _) if *value == 0 || *value == 1 => value.to_string(),
                (Some(Some(Shape::String)), _) => quoted(&value.to_string()),
                (Some(Some(Shape::Integer | Shape::Number)), Some(place)) => counted(*value, place.unit()),
                _ => value.to_string(),
            },
            Value::Float(value) => match shape {
                Some(Some(Shape::String)) => quoted(&value.to_string()),
                _ => float(*value),
            },
            Value::Null if self.raw > 0 => "null".to_owned(),
            _ => "none".to_owned(),
        };
        self.out.push(&text);
    }

    /// A string: a block where that reads well.
    pub(super) fn string(&self, parts: &[Part], form: u8) -> String {
        if form == 0 { literal(parts) } else { inline(parts) }
    }

    fn list(&mut self, node: &Node, items: &[Node], place: Option<Place>) {
        if self.form(node) == 0 && self.pairs(items, place) {
            return;
        }
        let element = place.and_then(element_of);
        let simple = items.iter().all(|item| is_short(item) && item.comments.is_empty());
        let wide: usize = items.iter().map(width).sum();
        self.out.push("[");
        if simple && wide < 70 {
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    self.out.push(", ");
                }
                self.item(item, element);
            }
        } else if let [only] = items
            && only.comments.is_empty()
        {
            // One record hugs the brackets.
            self.item(only, element);
        } else {
            self.out.depth += 1;
            for item in items {
                self.out.push("\n");
                self.comments(item);
                self.item(item, element);
            }
            self.out.depth -= 1;
            self.out.push("\n");
        }
        self.out.push("]");
    }

    /// An element, with a guard when it may be absent.
    fn item(&mut self, node: &Node, place: Option<Place>) {
        match self.guarded(node) {
            Some((value, guard)) => {
                let start = self.out.open();
                self.value(value, place);
                self.out.push(&format!(" if {guard}"));
                self.out.close(start, node.id);
            }
            None => self.value(node, place),
        }
    }

    /// Of a choice with nothing on one side, the value and the condition under which it is there.
    fn guarded<'n>(&self, node: &'n Node) -> Option<(&'n Node, String)> {
        let ("Fn::If", argument) = node.function()? else { return None };
        let [condition, then, otherwise] = argument.list()? else { return None };
        if self.form(node) > 0 || self.holes.contains_key(&node.id) {
            return None;
        }
        let name = self.condition_name(condition.text()?)?;
        if is_no_value(otherwise) && !is_no_value(then) {
            return Some((then, name));
        }
        (is_no_value(then) && !is_no_value(otherwise)).then(|| (otherwise, format!("!{name}")))
    }

    fn record(&mut self, entries: &[Entry], place: Option<Place>) {
        if entries.is_empty() {
            self.out.push("{}");
            return;
        }
        self.out.push("{");
        self.entries(entries, place);
        self.out.push("}");
    }

    /// Entries between braces, on one line when they are few and short.
    pub(super) fn entries(&mut self, entries: &[Entry], place: Option<Place>) {
        let simple = entries.iter().all(|entry| is_short(&entry.value) && entry.value.comments.is_empty());
        let wide: usize = entries.iter().map(|entry| entry.key.len() + 2 + width(&entry.value)).sum();
        if simple && entries.len() <= 4 && wide < 70 {
            for (at, entry) in entries.iter().enumerate() {
                self.out.push(if at > 0 { ", " } else { " " });
                self.entry(entry, place);
            }
            self.out.push(" ");
            return;
        }
        self.out.depth += 1;
        for entry in entries {
            self.out.push("\n");
            self.comments(&entry.value);
            self.entry(entry, place);
        }
        self.out.depth -= 1;
        self.out.push("\n");
    }

    /// One entry.
    pub(super) fn entry(&mut self, entry: &Entry, place: Option<Place>) {
        let inner = place.and_then(|place| entry_of(place, &entry.key));
        self.field(entry, inner);
    }

    /// An entry whose place is known.
    pub(super) fn field(&mut self, entry: &Entry, place: Option<Place>) {
        let start = self.out.open();
        self.out.push(&key(&entry.key));
        if self.is_shorthand(&entry.key, &entry.value) {
            self.out.close(start, entry.value.id);
            return;
        }
        self.out.push(": ");
        match self.guarded(&entry.value) {
            Some((value, guard)) => {
                self.value(value, place);
                self.out.push(&format!(" if {guard}"));
            }
            None => self.value(&entry.value, place),
        }
        self.out.close(start, entry.value.id);
    }

    /// Whether `{ stage }` says `{ stage: stage }`.
    fn is_shorthand(&self, name: &str, value: &Node) -> bool {
        let Some(("Ref", id)) = value.function() else { return false };
        let known = id.text().filter(|id| self.params.contains_key(*id)).and_then(|id| self.names.values.get(id));
        self.raw == 0
            && self.form(value) == 0
            && !self.holes.contains_key(&value.id)
            && known.is_some_and(|known| known.name == name)
    }

    /// A list of names and values as a map. False when it cannot be one.
    fn pairs(&mut self, items: &[Node], place: Option<Place>) -> bool {
        let Some((name_key, value_key)) = place.and_then(Place::key_value_names) else { return false };
        let mut rows: Vec<(&Node, String, &Node, Option<String>)> = Vec::new();
        for item in items {
            let guarded = self.guarded(item);
            let (inner, guard) = guarded.map_or((item, None), |(inner, guard)| (inner, Some(guard)));
            let [first, second] = inner.map().unwrap_or_default() else { return false };
            let (name, value) = if first.key == name_key { (first, second) } else { (second, first) };
            if name.key != name_key
                || value.key != value_key
                || !name.value.comments.is_empty()
                || !value.value.comments.is_empty()
            {
                return false;
            }
            let Value::Text(text) = &name.value.value else { return false };
            if rows.iter().any(|(_, known, ..)| known == text) || text.is_empty() {
                return false;
            }
            rows.push((item, text.clone(), &value.value, guard));
        }
        if rows.is_empty() {
            return false;
        }
        let element = place.and_then(element_of).and_then(|place| entry_of(place, value_key));
        let short = rows.iter().all(|(item, _, value, _)| is_short(value) && item.comments.is_empty());
        let wide: usize = rows.iter().map(|(_, text, value, _)| text.len() + 2 + width(value)).sum();
        let inline = short && rows.len() <= 4 && wide < 70;
        self.out.push("{");
        self.out.depth += 1;
        for (at, (item, text, value, guard)) in rows.iter().enumerate() {
            match (inline, at) {
                (true, 0) => self.out.push(" "),
                (true, _) => self.out.push(", "),
                (false, _) => self.out.push("\n"),
            }
            self.comments(item);
            let start = self.out.open();
            if guard.is_none() && self.is_shorthand(text, value) {
                self.out.push(text);
                self.out.close(start, item.id);
                continue;
            }
            self.out.push(&format!("{}: ", key(text)));
            self.value(value, element);
            if let Some(guard) = guard {
                self.out.push(&format!(" if {guard}"));
            }
            self.out.close(start, item.id);
        }
        self.out.depth -= 1;
        self.out.push(if inline { " }" } else { "\n}" });
        true
    }
}

/// The value that stands for absence.
pub(super) fn is_no_value(node: &Node) -> bool {
    node.function().is_some_and(|(name, argument)| name == "Ref" && argument.text() == Some("AWS::NoValue"))
}

/// Whether a value reads well inside a line.
fn is_short(node: &Node) -> bool {
    match &node.value {
        Value::Text(text) => !text.contains('\n') && text.len() < 60,
        Value::Map(_) => match node.function() {
            Some(("Ref" | "Fn::GetAtt" | "Fn::ImportValue", _)) => true,
            Some(("Fn::Sub", argument)) => is_short(argument),
            _ => false,
        },
        Value::List(items) => {
            items.len() <= 3
                && items.iter().all(|item| !matches!(item.value, Value::List(_)) && is_short(item) && item.comments.is_empty())
        }
        _ => true,
    }
}

/// Roughly how many characters it takes.
fn width(node: &Node) -> usize {
    match &node.value {
        Value::Text(text) => text.len() + 4,
        Value::List(items) => items.iter().map(width).sum::<usize>() + 2,
        Value::Map(entries) => entries.iter().map(|entry| width(&entry.value)).sum::<usize>() + 4,
        _ => 6,
    }
}

/// The shape of a place that takes one kind of scalar.
fn plain_shape(place: Place) -> Option<Shape> {
    match place.shape() {
        Shape::OneOf(all) | Shape::AnyOf(all) => {
            let mut shapes = all.iter().map(plain_shape);
            let first = shapes.next().flatten()?;
            shapes.all(|other| other == Some(first)).then_some(first)
        }
        shape @ (Shape::String | Shape::Integer | Shape::Number | Shape::Boolean) => Some(shape),
        _ => None,
    }
}

/// The element of a list.
pub(super) fn element_of(place: Place) -> Option<Place> {
    match place.shape() {
        Shape::List(element) => Some(element),
        Shape::OneOf(all) | Shape::AnyOf(all) => all.iter().find_map(element_of),
        _ => None,
    }
}

/// What an entry of a record holds.
pub(super) fn entry_of(place: Place, name: &str) -> Option<Place> {
    match place.shape() {
        Shape::Object(object) => object.property(name).map(|property| property.node()),
        Shape::Map { value, .. } => Some(value),
        Shape::OneOf(all) | Shape::AnyOf(all) => all.iter().find_map(|one| entry_of(one, name)),
        _ => None,
    }
}

/// Whether a text is wanted as Base64 here.
pub(super) fn wants_base64(place: Option<Place>) -> bool {
    place.is_some_and(|place| place.text() == Text::Base64)
}

/// A number as the language writes it, when the text is one and comes back the same.
pub(super) fn number(text: &str) -> Option<String> {
    if let Ok(whole) = text.parse::<i64>() {
        return (whole.to_string() == text).then(|| text.to_owned());
    }
    let value: f64 = text.parse().ok().filter(|value: &f64| value.is_finite())?;
    (text.contains('.') && value.to_string() == text).then(|| text.to_owned())
}

pub(super) fn truth(text: &str) -> Option<&'static str> {
    match text {
        "true" | "True" | "TRUE" => Some("true"),
        "false" | "False" | "FALSE" => Some("false"),
        _ => None,
    }
}

/// A number with a fraction, which the language wants to see.
pub(super) fn float(value: f64) -> String {
    let text = value.to_string();
    if text.contains(['.', 'e', 'n', 'i']) { text } else { format!("{text}.0") }
}

/// A number of a unit as a person says it: `5m` for 300 seconds.
fn counted(value: i64, unit: Option<Unit>) -> String {
    let Some(unit) = unit.filter(|_| value > 0) else { return value.to_string() };
    let Some(base) = value.checked_mul(unit.factor() as i64) else { return value.to_string() };
    const TIMES: [(&str, i64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];
    const SIZES: [(&str, i64); 5] = [("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)];
    let table = if unit.is_time() { &TIMES } else { &SIZES };
    let fits = table.iter().find(|(_, per)| base % per == 0);
    fits.map_or_else(|| value.to_string(), |(name, per)| format!("{}{name}", base / per))
}
