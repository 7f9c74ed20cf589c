//! Insert texts with tab stops.
//!
//! Always: what comes from names or the schema is escaped, so `$` in it stays a `$`.

use cloudc_hir::Decl;
use cloudc_schema::{Node, Object, Shape, Text};
use cloudc_types::{Kind, Ty};

use super::scene::Scene;

/// A text as a snippet shows it.
pub(crate) fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('$', "\\$").replace('}', "\\}")
}

/// A snippet without its tab stops: placeholders become their text.
pub(crate) fn plain(snippet: &str) -> String {
    let mut out = String::new();
    let mut chars = snippet.chars().peekable();
    let mut open = 0;
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.extend(chars.next()),
            '$' if chars.peek() == Some(&'{') => {
                chars.next();
                open += 1;
                while chars.peek().is_some_and(|c| c.is_ascii_digit()) {
                    chars.next();
                }
                if chars.peek() == Some(&':') {
                    chars.next();
                }
            }
            '$' => {
                while chars.peek().is_some_and(|c| c.is_ascii_digit()) {
                    chars.next();
                }
            }
            '}' if open > 0 => open -= 1,
            c => out.push(c),
        }
    }
    out
}

/// What is written for a value, around the tab stop `stop`; and whether more can be completed at it.
pub(crate) fn node_value(node: Node, stop: &str) -> (String, bool) {
    match node.shape() {
        _ if !node.expects().is_empty() && !matches!(node.shape(), Shape::List(_)) => (stop.to_owned(), true),
        Shape::String if node.unit().is_some() || node.text() != Text::Plain && node.text() != Text::Base64 => {
            (stop.to_owned(), true)
        }
        Shape::String if node.constraints().allowed.is_empty() => (format!("\"{stop}\""), false),
        Shape::Json => match node.text() {
            Text::Policy => (policy("Resource", stop), true),
            Text::TrustPolicy => (policy("Principal", stop), true),
            _ => (format!("{{\n  {stop}\n}}"), true),
        },
        Shape::Object(_) => (format!("{{\n  {stop}\n}}"), true),
        Shape::Map { .. } => (format!("{{ {stop} }}"), false),
        Shape::List(_) if node.key_value_names().is_some() => (format!("{{ {stop} }}"), false),
        Shape::List(element) => match element.shape() {
            Shape::Object(_) => (format!("[{{\n  {stop}\n}}]"), true),
            _ => (format!("[{}]", node_value(element, stop).0), true),
        },
        _ => (stop.to_owned(), true),
    }
}

/// The skeleton of a policy whose statement names a resource or principal.
fn policy(third: &str, stop: &str) -> String {
    let number = stop.trim_start_matches(['$', '{']).trim_end_matches('}');
    let (action, rest) = match (third, number) {
        ("Principal", _) => ("Action: \"sts:AssumeRole\"".to_owned(), format!("Principal: {{ Service: \"{stop}\" }}")),
        _ => ("Action: \"\"".to_owned(), format!("Resource: {stop}")),
    };
    format!("{{\n  Version: \"2012-10-17\"\n  Statement: [{{\n    Effect: \"Allow\"\n    {action}\n    {rest}\n  }}]\n}}")
}

/// The same for a type of the language.
pub(crate) fn type_value(ty: &Ty, stop: &str) -> (String, bool) {
    match &ty.present().kind {
        Kind::Node(node) => node_value(*node, stop),
        Kind::Str(_) => (format!("\"{stop}\""), false),
        Kind::List(inner) => (format!("[{}]", type_value(inner, stop).0), true),
        Kind::Map(..) | Kind::Record(_) | Kind::Object(_) => (format!("{{ {stop} }}"), true),
        _ => (stop.to_owned(), true),
    }
}

/// All that must be written in an object and is not, one line each.
pub(crate) fn required_properties(object: Object, written: &[cloudc_hir::Name]) -> Vec<(&'static str, Node)> {
    let missing =
        object.required().filter(|property| !property.read_only() && !written.iter().any(|name| name == property.name()));
    missing.map(|property| (property.name(), property.node())).collect()
}

/// Lines that write all of these properties, with tab stops from `first` on.
pub(crate) fn property_lines(properties: &[(&'static str, Node)], first: u32) -> String {
    let lines = properties
        .iter()
        .zip(first..)
        .map(|((name, node), stop)| format!("{name}: {}", node_value(*node, &format!("${stop}")).0));
    lines.collect::<Vec<_>>().join("\n")
}

/// Inputs of a component that must be given and are not.
pub(crate) fn required_inputs(scene: &Scene, component: Decl, written: &[cloudc_hir::Name]) -> Vec<cloudc_types::ComponentInput> {
    let inputs = cloudc_types::component_inputs(scene.db, component).iter();
    let needed = inputs.filter(|input| !input.has_default && !matches!(input.ty.kind, Kind::Optional(_)));
    needed.filter(|input| !written.contains(&input.name)).cloned().collect()
}

/// Lines that give all of these inputs.
pub(crate) fn input_lines(inputs: &[cloudc_types::ComponentInput], first: u32) -> String {
    let lines = inputs
        .iter()
        .zip(first..)
        .map(|(input, stop)| format!("{}: {}", input.name, type_value(&input.ty, &format!("${stop}")).0));
    lines.collect::<Vec<_>>().join("\n")
}

/// A body in braces around lines; a line of its own for the cursor when there are none.
pub(crate) fn body(lines: &str) -> String {
    if lines.is_empty() {
        return "{\n  $0\n}".to_owned();
    }
    format!("{{\n  {}$0\n}}", lines.replace('\n', "\n  "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tab_stops_go_and_text_stays() {
        assert_eq!(plain("a: ${1:b} $0 \\$ { $2 }"), "a: b  $ {  }");
        assert_eq!(plain(&escape("a${b}\\")), "a${b}\\");
    }
}
