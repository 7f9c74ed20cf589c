//! Conditions: every one is a `let`, and a formula over parameters.

use super::Writer;
use super::params::Kind;
use super::text::quoted;
use super::values::truth;
use crate::tree::Node;

/// How tightly the operator around binds: inside something tighter, a formula needs parentheses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Around {
    Nothing,
    Or,
    And,
    Not,
}

impl Writer<'_> {
    /// The name that a condition has in the program.
    pub(super) fn condition_name(&self, name: &str) -> Option<String> {
        self.names.conditions.get(name).map(|name| name.name.clone())
    }

    /// The Conditions section.
    pub(super) fn conditions(&mut self) {
        let entries = super::names::section_of(self.root, "Conditions");
        self.section("Conditions");
        for entry in entries {
            let Some(name) = self.condition_name(&entry.key) else { continue };
            self.comments(&entry.value);
            self.out.push(&format!("let {name} = "));
            self.formula(&entry.value, Around::Nothing);
            self.out.push("\n");
        }
        self.out.push("\n");
    }

    /// A formula.
    pub(super) fn formula(&mut self, node: &Node, around: Around) {
        let start = self.out.open();
        let before = (self.out.text.len(), self.out.marks.len());
        if self.operation(node, around).is_none() {
            self.out.text.truncate(before.0);
            self.out.marks.truncate(before.1);
            self.value(node, None);
        }
        self.out.close(start, node.id);
    }

    fn operation(&mut self, node: &Node, around: Around) -> Option<()> {
        let Some((name, argument)) = node.function() else {
            let word = node.scalar()?;
            self.out.push(truth(&word)?);
            return Some(());
        };
        match name {
            "Condition" => {
                let name = self.condition_name(argument.text()?)?;
                self.out.push(&name);
            }
            "Fn::And" => self.joined(argument.list()?, " && ", Around::And, around),
            "Fn::Or" => self.joined(argument.list()?, " || ", Around::Or, around),
            "Fn::Not" => {
                let [inner] = argument.list()? else { return None };
                if let Some(("Fn::Equals", sides)) = inner.function() {
                    self.equality(sides.list()?, inner, true, around)?;
                } else {
                    self.out.push("!");
                    self.formula(inner, Around::Not);
                }
            }
            "Fn::Equals" => self.equality(argument.list()?, node, false, around)?,
            "Fn::Contains" => {
                let [list, item] = argument.list()? else { return None };
                self.open(around != Around::Nothing);
                self.value(item, None);
                self.out.push(" in ");
                self.value(list, None);
                self.close(around != Around::Nothing);
            }
            "Fn::EachMemberIn" => {
                let [list, others] = argument.list()? else { return None };
                self.value(list, None);
                self.out.push(".every_in(");
                self.value(others, None);
                self.out.push(")");
            }
            _ => return None,
        }
        Some(())
    }

    fn open(&mut self, needed: bool) {
        self.out.push(if needed { "(" } else { "" });
    }

    fn close(&mut self, needed: bool) {
        self.out.push(if needed { ")" } else { "" });
    }

    fn joined(&mut self, parts: &[Node], operator: &str, own: Around, around: Around) {
        // `&&` and `||` beside each other read better with parentheses.
        let needed = parts.len() > 1 && around != Around::Nothing && around != own;
        self.open(needed);
        for (at, part) in parts.iter().enumerate() {
            if at > 0 {
                self.out.push(operator);
            }
            self.formula(part, if parts.len() > 1 { own } else { around });
        }
        self.close(needed);
    }

    /// `a == b`, or the Bool itself.
    fn equality(&mut self, sides: &[Node], node: &Node, negated: bool, around: Around) -> Option<()> {
        let [left, right] = sides else { return None };
        for (one, other) in [(left, right), (right, left)] {
            if let (Some(name), Some(word)) = (self.truth_param(one), other.scalar().and_then(|text| truth(&text))) {
                let not = (word == "true") == negated;
                self.out.push(&format!("{}{name}", if not { "!" } else { "" }));
                return Some(());
            }
        }
        let needed = around == Around::Not;
        self.open(needed);
        let widened = self.form(node) > 0;
        // What never can be equal by its type is still compared as text.
        let kinds = (self.kind_of(left, right), self.kind_of(right, left));
        self.side(left, kinds.1, widened || kinds.0 == Side::Wide);
        self.out.push(if negated { " != " } else { " == " });
        self.side(right, kinds.0, widened || kinds.1 == Side::Wide);
        self.close(needed);
        Some(())
    }

    /// The name of a Bool parameter that is referred to.
    fn truth_param(&self, node: &Node) -> Option<String> {
        let ("Ref", id) = node.function()? else { return None };
        let id = id.text()?;
        (self.params.get(id) == Some(&Kind::Bool)).then(|| self.names.values.get(id).map(|name| name.name.clone()))?
    }

    /// How a parameter compares with what is on the other side.
    fn kind_of(&self, node: &Node, other: &Node) -> Side {
        let Some(("Ref", id)) = node.function() else { return Side::Text };
        let literal = other.scalar();
        match id.text().and_then(|id| self.params.get(id)) {
            Some(Kind::Int | Kind::Ints(_)) => match literal {
                Some(text) if text.parse::<i64>().is_ok_and(|number| number.to_string() == text) => Side::Number,
                _ => Side::Wide,
            },
            Some(Kind::Float | Kind::Bool) => Side::Wide,
            Some(Kind::Union(words)) => match literal {
                Some(text) if words.contains(&text) => Side::Text,
                _ => Side::Wide,
            },
            _ => Side::Text,
        }
    }

    fn side(&mut self, node: &Node, other: Side, widened: bool) {
        match node.scalar() {
            // A widened parameter is compared as text.
            Some(text) if other == Side::Number && !widened => self.out.marked(node.id, &text),
            Some(text) => self.out.marked(node.id, &quoted(&text)),
            None if widened && node.function().is_some_and(|(name, _)| name == "Ref" || name == "Fn::FindInMap") => {
                self.out.push("\"${");
                self.value(node, None);
                self.out.push("}\"");
            }
            None => self.value(node, None),
        }
    }
}

/// What a side of a comparison has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Text,
    Number,
    Wide,
}
