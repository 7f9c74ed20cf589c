//! Formulas as the language writes them, for messages.

use std::fmt::Write;

use super::{Formula, Lit, Place};

impl<P: Place> Formula<P> {
    /// The formula as source text, for instance `stage == "prod" && (big || !cheap)`, naming places by `name`.
    pub fn display(&self, name: impl Fn(&P) -> String) -> String {
        let mut out = String::new();
        write(self, &name, &mut out);
        out
    }
}

fn write<P: Place>(formula: &Formula<P>, name: &dyn Fn(&P) -> String, out: &mut String) {
    match formula {
        Formula::True => out.push_str("true"),
        Formula::False => out.push_str("false"),
        Formula::Is { place, lit: Lit::Bool(_), negated } => {
            out.push_str(if *negated { "!" } else { "" });
            out.push_str(&name(place));
        }
        Formula::Is { place, lit, negated } => {
            out.push_str(&name(place));
            out.push_str(if *negated { " != " } else { " == " });
            write_lit(lit, out);
        }
        Formula::And(parts) => write_parts(parts, " && ", name, out),
        Formula::Or(parts) => write_parts(parts, " || ", name, out),
    }
}

fn write_parts<P: Place>(parts: &[Formula<P>], operator: &str, name: &dyn Fn(&P) -> String, out: &mut String) {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            out.push_str(operator);
        }
        // Inside "and" only an "or" can be compound, and `||` binds looser than `&&`.
        if matches!(part, Formula::Or(_)) {
            out.push('(');
            write(part, name, out);
            out.push(')');
        } else {
            write(part, name, out);
        }
    }
}

fn write_lit(lit: &Lit, out: &mut String) {
    match lit {
        Lit::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        // Writing to a string cannot fail.
        Lit::Int(value) => drop(write!(out, "{value}")),
        Lit::Str(text) => {
            out.push('"');
            out.push_str(&escape(text));
            out.push('"');
        }
    }
}

/// The inside of a string literal; `${` would interpolate.
fn escape(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace("${", "$${");
    text.replace('\n', "\\n").replace('\r', "\\r").replace('\t', "\\t")
}
