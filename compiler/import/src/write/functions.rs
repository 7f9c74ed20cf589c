//! Functions of CloudFormation as expressions.
//!
//! Always: a function whose arguments are not what CloudFormation documents is written as `raw`.

use cloudc_schema::{Access, Node as Place, Type};

use super::Writer;
use super::text::{Part, inline, is_name, key, quoted};
use super::values::{is_no_value, wants_base64};
use crate::sub::{Piece, pieces};
use crate::tree::{Node, Value};

impl Writer<'_> {
    /// Writes a function; as `raw` when it is none that the language says.
    pub(super) fn function(&mut self, node: &Node, name: &str, argument: &Node, place: Option<Place>) {
        let before = (self.out.text.len(), self.out.marks.len(), self.raws.len());
        if self.expression(node, name, argument, place).is_some() {
            return;
        }
        self.out.text.truncate(before.0);
        self.out.marks.truncate(before.1);
        self.raws.truncate(before.2);
        if self.raw > 0 {
            self.out.push(&format!("{{ {}: ", quoted(name)));
            self.value(argument, None);
            self.out.push(" }");
        } else {
            self.raw_value(node);
        }
    }

    fn expression(&mut self, node: &Node, name: &str, argument: &Node, place: Option<Place>) -> Option<()> {
        match name {
            "Ref" => self.reference(node, argument.text()?, None, place),
            "Fn::GetAtt" => {
                let (id, attribute) = attribute_of(argument)?;
                let whole = format!("{id}.{attribute}");
                match self.parted(&whole) {
                    (id, Some(attribute)) => self.reference(node, id, Some(attribute), place),
                    // Without an attribute it is what SAM makes, and nothing of it.
                    (_, None) => None,
                }
            }
            "Fn::Sub" => self.substitution(node, argument),
            "Fn::Join" => self.join(node, argument),
            "Fn::If" => self.choice(argument, place),
            "Fn::FindInMap" => self.find(node, argument),
            "Fn::Base64" => {
                if wants_base64(place) && self.form(node) == 0 && !is_base64_like(argument) {
                    self.value(argument, None);
                } else {
                    self.text_receiver(argument, self.form(node) > 1);
                    self.out.push(".base64()");
                }
                Some(())
            }
            "Fn::Select" => self.select(argument),
            "Fn::Split" => {
                let [delimiter, text] = argument.list()? else { return None };
                self.text_receiver(text, self.form(node) > 0);
                self.out.push(&format!(".split({})", quoted(delimiter.text()?)));
                Some(())
            }
            "Fn::GetAZs" => self.zones(argument),
            "Fn::Cidr" => self.blocks(argument),
            "Fn::ImportValue" => {
                self.out.push("import_value(");
                self.value(argument, None);
                self.out.push(")");
                Some(())
            }
            "Fn::GetStackOutput" => self.stack_output(argument),
            "Fn::ToJsonString" => {
                self.out.push("to_json(");
                self.raw += 1;
                self.value(argument, None);
                self.raw -= 1;
                self.out.push(")");
                Some(())
            }
            "Fn::Length" => {
                self.receiver(argument);
                self.out.push(".length");
                Some(())
            }
            "Fn::Transform" => self.transform(argument),
            _ => None,
        }
    }

    /// An output of another stack.
    fn stack_output(&mut self, argument: &Node) -> Option<()> {
        const NAMED: [(&str, &str); 2] = [("Region", "region"), ("RoleArn", "role")];
        let (stack, output) = (argument.get("StackName")?, argument.get("OutputName")?);
        let known = ["StackName", "OutputName", "Region", "RoleArn"];
        if argument.map()?.iter().any(|entry| !known.contains(&entry.key.as_str())) {
            return None;
        }
        self.out.push("stack_output(");
        self.value(stack, None);
        self.out.push(", ");
        self.value(output, None);
        for (key, name) in NAMED {
            let Some(given) = argument.get(key) else { continue };
            self.out.push(&format!(", {name}: "));
            self.value(given, None);
        }
        self.out.push(")");
        Some(())
    }

    /// What a macro puts in.
    fn transform(&mut self, argument: &Node) -> Option<()> {
        let argument = match argument.list() {
            Some([only]) => only,
            _ => argument,
        };
        let name = argument.get("Name")?.text()?;
        let parameters = argument.get("Parameters");
        let known = argument.map()?.iter().all(|entry| entry.key == "Name" || entry.key == "Parameters");
        if !known || parameters.is_some_and(|all| all.map().is_none()) {
            return None;
        }
        self.out.push(&format!("transform({}", quoted(name)));
        if let Some(parameters) = parameters {
            self.out.push(", ");
            self.raw += 1;
            self.value(parameters, None);
            self.raw -= 1;
        }
        self.out.push(")");
        Some(())
    }

    /// A name in the template as an id and what is asked of it.
    pub(super) fn parted<'n>(&self, name: &'n str) -> (&'n str, Option<&'n str>) {
        super::made::split(|id| self.made.iter().any(|(made, _)| made == id), name)
    }

    /// Declarations of what SAM makes.
    pub(super) fn generated(&mut self) {
        for (id, ty) in self.made.clone() {
            let Some(name) = self.names.values.get(&id).map(|name| name.name.clone()) else { continue };
            self.out.push(&format!("existing {name}: {ty} = generated({})\n", quoted(&id)));
        }
        self.out.push("\n");
    }

    /// An expression that something is asked of.
    fn receiver(&mut self, node: &Node) {
        let choice = node.function().is_some_and(|(name, _)| name == "Fn::If");
        self.out.push(if choice { "(" } else { "" });
        self.value(node, None);
        self.out.push(if choice { ")" } else { "" });
    }

    /// The same, said to be text where its type is not known.
    fn text_receiver(&mut self, node: &Node, widened: bool) {
        if widened && node.function().is_some() {
            self.out.push("\"${");
            self.value(node, None);
            self.out.push("}\"");
        } else {
            self.receiver(node);
        }
    }

    /// `Ref` and `Fn::GetAtt`.
    fn reference(&mut self, node: &Node, id: &str, attribute: Option<&str>, place: Option<Place>) -> Option<()> {
        if attribute.is_none()
            && let Some(pseudo) = pseudo(id)
        {
            self.out.push(pseudo);
            return Some(());
        }
        let form = self.form(node);
        let name = self.names.values.get(id)?.name.clone();
        let Some(ty) = self.types.get(id) else {
            if attribute.is_some() || !self.params.contains_key(id) {
                return None;
            }
            // A parameter with few values is text as well.
            let widened = form > 0 && !self.params.get(id).is_some_and(|kind| kind.is_list());
            self.out.push(&if widened { format!("\"${{{name}}}\"") } else { name });
            return Some(());
        };
        let access = attribute.map_or(Access::Ref, |name| Access::Attr(leak_free(self.schema.ty(ty), name).unwrap_or("")));
        let by_name = attribute.is_none() && *ty == "AWS::EC2::SecurityGroup" && !self.has_property(id, "VpcId");
        let handle =
            form == 0 && self.raw == 0 && !by_name && place.is_some_and(|place| handle_fits(self.schema.ty(ty), place, access));
        match attribute {
            _ if handle => self.out.push(&name),
            None => self.out.push(&format!("{name}.ref")),
            Some(attribute) if attribute.split('.').all(is_name) => self.out.push(&format!("{name}.{attribute}")),
            Some(_) => return None,
        }
        Some(())
    }

    /// Whether a resource of the template writes a property.
    fn has_property(&self, id: &str, property: &str) -> bool {
        let resource = self.root.get("Resources").and_then(|resources| resources.get(id));
        resource.and_then(|node| node.get("Properties")).is_some_and(|node| node.get(property).is_some())
    }

    /// Text with holes.
    fn substitution(&mut self, node: &Node, argument: &Node) -> Option<()> {
        let (text, values) = match &argument.value {
            Value::Text(text) => (text.as_str(), None),
            Value::List(parts) => (parts.first()?.text()?, parts.get(1)),
            _ => return None,
        };
        let mut parts = Vec::new();
        for piece in pieces(text) {
            match piece {
                Piece::Text(text) => parts.extend(self.parts(argument, &text)),
                Piece::Hole(name) => parts.push(match values.and_then(|values| values.get(&name)) {
                    Some(value) => self.part(value)?,
                    None => Part::Hole(self.hole(&name)?),
                }),
            }
        }
        let text = self.string(&parts, self.form(node));
        self.out.push(&text);
        Some(())
    }

    /// What `${Name}` or `${Name.Attribute}` means in `Fn::Sub`.
    fn hole(&mut self, name: &str) -> Option<String> {
        if let Some(pseudo) = pseudo(name) {
            return (pseudo != "none").then(|| pseudo.to_owned());
        }
        let (id, attribute) = self.parted(name);
        let known = self.names.values.get(id)?.name.clone();
        match attribute {
            Some(attribute) if attribute.split('.').all(is_name) && self.types.contains_key(id) => {
                Some(format!("{known}.{attribute}"))
            }
            None if self.types.contains_key(id) => Some(format!("{known}.ref")),
            None if self.params.get(id).is_some_and(|kind| !kind.is_list()) => Some(known),
            _ => None,
        }
    }

    /// A value inside text.
    fn part(&mut self, node: &Node) -> Option<Part> {
        if let Some(text) = node.scalar() {
            return Some(Part::Text(text));
        }
        if let Some(("Ref" | "Fn::GetAtt", _)) = node.function() {
            let name = reference_text(node)?;
            return self.hole(&name).map(Part::Hole);
        }
        Some(Part::Hole(self.aside(|writer| writer.value(node, None)).text))
    }

    /// A list that is joined: text with holes when the list is written out.
    fn join(&mut self, node: &Node, argument: &Node) -> Option<()> {
        let [delimiter, list] = argument.list()? else { return None };
        let glue = delimiter.scalar()?;
        let may_miss = |node: &Node| node.function().is_some_and(|(name, _)| name == "Fn::If") && holds_no_value(node);
        // A reference to a list among the elements adds all of its own.
        let items = list.list().filter(|items| !items.iter().any(|item| may_miss(item) || self.is_list(item)));
        let few = glue.is_empty() || glue.contains('\n') || items.is_some_and(|items| items.len() <= 4);
        let Some(items) = items.filter(|_| few && self.form(node) < 2) else {
            // What is joined is text, whatever it looks like.
            match list.list().filter(|items| items.iter().any(|item| item.scalar().is_some() && item.text().is_none())) {
                Some(items) => self.texts(items),
                None => self.receiver(list),
            }
            self.out.push(&format!(".join({})", quoted(&glue)));
            return Some(());
        };
        let mut parts = Vec::new();
        for (at, item) in items.iter().enumerate() {
            if at > 0 && !glue.is_empty() {
                add(&mut parts, Part::Text(glue.clone()));
            }
            match item.text() {
                Some(text) => self.parts(item, text).into_iter().for_each(|part| add(&mut parts, part)),
                None if is_no_value(item) => {}
                None => {
                    let part = self.part(item)?;
                    add(&mut parts, part);
                }
            }
        }
        let text = self.string(&parts, self.form(node));
        self.out.push(&text);
        Some(())
    }

    /// A list of texts.
    fn texts(&mut self, items: &[Node]) {
        self.out.push("[");
        for (at, item) in items.iter().enumerate() {
            self.out.push(if at > 0 { ", " } else { "" });
            match item.scalar() {
                Some(text) => self.out.marked(item.id, &inline(&self.parts(item, &text))),
                None => self.value(item, None),
            }
        }
        self.out.push("]");
    }

    /// Whether a reference is to a list.
    fn is_list(&self, node: &Node) -> bool {
        match node.function() {
            Some(("Ref", argument)) => argument
                .text()
                .is_some_and(|id| self.params.get(id).is_some_and(|kind| kind.is_list()) || id == "AWS::NotificationARNs"),
            Some(("Fn::Split" | "Fn::GetAZs" | "Fn::Cidr", _)) => true,
            _ => false,
        }
    }

    pub(super) fn choice(&mut self, argument: &Node, place: Option<Place>) -> Option<()> {
        let [condition, then, otherwise] = argument.list()? else { return None };
        let name = self.condition_name(condition.text()?)?;
        self.out.push(&format!("if {name} "));
        self.branch(then, place);
        self.out.push(" else ");
        self.branch(otherwise, place);
        Some(())
    }

    /// A record stands between the branch's own braces.
    fn branch(&mut self, node: &Node, place: Option<Place>) {
        let start = self.out.open();
        let made = self.aside(|writer| writer.value(node, place));
        // A record, or a list that is written as a map, has the branch's braces already.
        let braces = made.text.starts_with('{');
        self.out.push(if braces { "" } else { "{ " });
        self.out.append(made);
        self.out.push(if braces { "" } else { " }" });
        self.out.close(start, node.id);
    }

    /// A look-up in a mapping.
    fn find(&mut self, node: &Node, argument: &Node) -> Option<()> {
        let args = argument.list()?;
        let [map, first, second, rest @ ..] = args else { return None };
        let name = self.names.mappings.get(map.text()?)?.name.clone();
        if let ([last], Some(first), Some(second)) = (rest, self.known(first), self.known(second)) {
            // With both keys known it is known whether the default is meant.
            let table = self.root.get("Mappings").and_then(|all| all.get(map.text()?));
            if table.and_then(|table| table.get(&first)?.get(&second)).is_none() {
                let default = last.get("DefaultValue")?;
                self.value(default, None);
                return Some(());
            }
            self.out.push(&name);
            self.key_step(&first);
            self.key_step(&second);
            return Some(());
        }
        self.out.push(&name);
        let widened = self.form(node) > 0;
        self.step(first, widened);
        self.step(second, widened);
        match rest {
            [] => Some(()),
            [last] => {
                let default = last.get("DefaultValue")?;
                self.out.push(" ?? ");
                self.value(default, None);
                Some(())
            }
            _ => None,
        }
    }

    /// A text that functions of constants come to.
    fn known(&self, node: &Node) -> Option<String> {
        node.scalar().or_else(|| crate::equivalent::constant(self.schema, &node.to_json()))
    }

    /// A key of a look-up that is known.
    fn key_step(&mut self, text: &str) {
        let plain = is_name(text) && !METHODS.contains(&text);
        self.out.push(&if plain { format!(".{text}") } else { format!("[{}]", quoted(text)) });
    }

    /// One key of a look-up. Widened, a parameter may have values that the map does not.
    fn step(&mut self, node: &Node, widened: bool) {
        match node.scalar() {
            Some(text) => self.key_step(&text),
            None if widened && node.function().is_some_and(|(name, _)| name == "Ref") => {
                self.out.push("[\"${");
                self.value(node, None);
                self.out.push("}\"]");
            }
            None => {
                self.out.push("[");
                self.value(node, None);
                self.out.push("]");
            }
        }
    }

    fn select(&mut self, argument: &Node) -> Option<()> {
        let [index, list] = argument.list()? else { return None };
        self.receiver(list);
        self.out.push("[");
        match index.scalar().and_then(|text| text.parse::<u32>().ok()) {
            Some(at) => self.out.push(&at.to_string()),
            None => self.value(index, None),
        }
        self.out.push("]");
        Some(())
    }

    fn zones(&mut self, argument: &Node) -> Option<()> {
        let here = argument.text() == Some("")
            || argument.value == Value::Null
            || argument.function().is_some_and(|(_, id)| id.text() == Some("AWS::Region"));
        if here {
            self.out.push("aws.zones");
            return Some(());
        }
        self.out.push("aws.zones_in(");
        self.value(argument, None);
        self.out.push(")");
        Some(())
    }

    fn blocks(&mut self, argument: &Node) -> Option<()> {
        let [block, count, bits] = argument.list()? else { return None };
        self.receiver(block);
        self.out.push(".subnets(");
        self.count(count);
        self.out.push(", host_bits: ");
        self.count(bits);
        self.out.push(")");
        Some(())
    }

    fn count(&mut self, node: &Node) {
        match node.scalar().and_then(|text| text.parse::<u32>().ok()) {
            Some(number) => self.out.push(&number.to_string()),
            None => self.value(node, None),
        }
    }

    /// A record of keys as they are, for settings.
    pub(super) fn setting(&mut self, name: &str, node: &Node) {
        self.out.push(&format!("{}: ", key(name)));
        self.raw += 1;
        self.value(node, None);
        self.raw -= 1;
        self.out.push("\n");
    }
}

/// Names after a dot that mean something else on a map.
const METHODS: [&str; 6] = ["length", "first", "last", "keys", "values", "all"];

/// Adds a part; texts that touch are one.
fn add(parts: &mut Vec<Part>, part: Part) {
    match (parts.last_mut(), part) {
        (Some(Part::Text(before)), Part::Text(text)) => before.push_str(&text),
        (_, Part::Text(text)) if text.is_empty() => {}
        (_, part) => parts.push(part),
    }
}

/// Base64 of Base64 has to be written out.
fn is_base64_like(node: &Node) -> bool {
    match node.function() {
        Some(("Fn::Base64", _)) => true,
        Some(("Fn::If", argument)) => argument.list().is_some_and(|items| items.iter().any(is_base64_like)),
        _ => false,
    }
}

fn holds_no_value(node: &Node) -> bool {
    is_no_value(node)
        || node.function().and_then(|(_, argument)| argument.list()).is_some_and(|items| items.iter().any(holds_no_value))
}

/// `Name` or `Name.Attribute` of a reference.
fn reference_text(node: &Node) -> Option<String> {
    match node.function()? {
        ("Ref", argument) => argument.text().map(str::to_owned),
        (_, argument) => attribute_of(argument).map(|(id, attribute)| format!("{id}.{attribute}")),
    }
}

/// The resource and attribute of `Fn::GetAtt`.
pub(super) fn attribute_of(argument: &Node) -> Option<(String, String)> {
    match &argument.value {
        Value::Text(text) => text.split_once('.').map(|(id, attribute)| (id.to_owned(), attribute.to_owned())),
        Value::List(parts) => {
            let [id, rest @ ..] = &parts[..] else { return None };
            let rest: Option<Vec<&str>> = rest.iter().map(Node::text).collect();
            rest.filter(|rest| !rest.is_empty()).and_then(|rest| Some((id.text()?.to_owned(), rest.join("."))))
        }
        _ => None,
    }
}

/// A pseudo parameter.
fn pseudo(id: &str) -> Option<&'static str> {
    Some(match id {
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

/// The schema's own copy of an attribute's name.
fn leak_free(ty: Option<Type>, name: &str) -> Option<&'static str> {
    ty?.attribute(name).map(|attribute| attribute.name())
}

/// Whether the resource itself says this reference here.
fn handle_fits(ty: Option<Type>, place: Place, access: Access) -> bool {
    let Some(ty) = ty else { return false };
    !place.expects().is_empty() && ty.access_for(place.expects()).is_some_and(|(found, _)| found == access)
}
