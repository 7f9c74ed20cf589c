//! How functions are called: CloudFormation template reference, "Intrinsic functions".

use cloudc_base::suggest::nearest;
use cloudc_schema::regions;

use super::{Look, MISSING_KEY, UNKNOWN_KEY, generated, is_plain_map, told};
use crate::sub;
use crate::tree::{Node, Span, Value};

/// All functions: CloudFormation template reference, "Intrinsic functions", "Condition functions" and "Rules".
const FUNCTIONS: [&str; 26] = [
    "Condition",
    "Fn::And",
    "Fn::Base64",
    "Fn::Cidr",
    "Fn::Contains",
    "Fn::EachMemberEquals",
    "Fn::EachMemberIn",
    "Fn::Equals",
    "Fn::FindInMap",
    "Fn::GetAZs",
    "Fn::GetAtt",
    "Fn::GetStackOutput",
    "Fn::If",
    "Fn::ImportValue",
    "Fn::Join",
    "Fn::Length",
    "Fn::Not",
    "Fn::Or",
    "Fn::RefAll",
    "Fn::Select",
    "Fn::Split",
    "Fn::Sub",
    "Fn::ToJsonString",
    "Fn::Transform",
    "Fn::ValueOf",
    "Ref",
];
/// How the names of others begin: loops, rules of all parameters, and what the tool `rain` replaces.
const MADE: [&str; 4] = ["Fn::ForEach", "Fn::ValueOfAll", "Fn::Rain::", "Rain::"];

impl Look {
    pub(super) fn call(&mut self, name: &str, argument: &Node, key: Span) {
        let list = argument.list();
        let count = list.map(<[Node]>::len);
        let is_one = list.is_none() && !is_plain_map(argument) && argument.value != Value::Null;
        let second_is_list =
            || list.and_then(|items| items.get(1)).is_some_and(|item| item.list().is_some() || item.function().is_some());
        let (fits, wanted) = match name {
            "Ref" => (argument.text().is_some() || self.extended, "the name of a parameter or a resource"),
            "Fn::Base64" => (is_one, "text"),
            "Fn::If" => (count == Some(3), "a list: a condition, a value if it holds, one if it does not"),
            "Fn::Join" => (count == Some(2) && second_is_list(), "a list: what stands between, and a list of values"),
            "Fn::Select" => (count == Some(2), "a list: which one, and a list of values"),
            "Fn::Split" => (count == Some(2), "a list: what stands between, and the text"),
            "Fn::Sub" => {
                let pair = count == Some(2) && list.is_some_and(|items| items[0].text().is_some() && items[1].map().is_some());
                (argument.text().is_some() || pair, "text, or a list: text and a map of its variables")
            }
            "Fn::FindInMap" => {
                // Known before anything is made.
                let late =
                    |item: &Node| item.function().is_some_and(|(name, _)| name == "Fn::GetAtt" || name == "Fn::ImportValue");
                let fits = count == Some(3) || count == Some(4);
                (
                    fits && (self.extended || !list.unwrap_or_default().iter().any(late)),
                    "a list: a map, a key, a key in that; parameters, but no attributes",
                )
            }
            "Fn::ImportValue" => {
                let again = argument.function().is_some_and(|(inner, _)| inner == "Fn::ImportValue" || inner == "Fn::GetAtt");
                (is_one && (!again || self.extended), "the name of an export, which no other stack or resource gives")
            }
            "Fn::GetAZs" => {
                let unknown = argument.text().is_some_and(|text| !text.is_empty() && regions::find(text).is_none());
                (is_one && !unknown, "the name of a region, or an empty text")
            }
            "Fn::GetAtt" => {
                let named = argument.text().is_none_or(|text| text.contains('.')) && count.is_none_or(|count| count > 1);
                (named, "the name of a resource and an attribute of it: `Name.Attribute`")
            }
            "Fn::GetStackOutput" => (is_plain_map(argument), "a map of `StackName` and `OutputName`"),
            "Fn::Cidr" => (
                count.is_some_and(|count| count == 2 || count == 3) || argument.function().is_some(),
                "a list: a block, how many, and how large",
            ),
            _ => (true, ""),
        };
        if !fits {
            let second = list.and_then(|items| items.get(1)).filter(|_| name == "Fn::Join" || name == "Fn::Select");
            // What should be a list is part of it.
            if let Some(second) = second.filter(|item| item.list().is_none() && item.function().is_none()) {
                let span = Span { start: key.start, end: second.span.end.max(key.end) };
                return self.found.push(told(super::WRONG_FORM, span, format!("`{name}` takes {wanted}")));
            }
            return self.wrong_call(argument, key, format!("`{name}` takes {wanted}"));
        }
        if !FUNCTIONS.contains(&name) && !MADE.iter().any(|start| name.starts_with(start)) {
            let mut finding = told(super::UNKNOWN_NAME, key, format!("there is no function `{name}`"));
            finding.help = nearest(name, FUNCTIONS).map(|near| format!("did you mean `{near}`?"));
            return self.found.push(finding);
        }
        match name {
            "Ref" => argument.text().into_iter().for_each(|name| self.named(name, argument, key)),
            "Fn::If" => {
                let first = list.and_then(|items| items.first());
                first.into_iter().for_each(|condition| self.condition_named(condition, key));
            }
            "Fn::GetAtt" => {
                let first = list.and_then(|items| items.first()).unwrap_or(argument);
                let name = first.text().and_then(|text| text.split('.').next());
                // The parts of a short form have no places of their own.
                let at = if argument.span == key { argument } else { first };
                name.into_iter().for_each(|name| self.named(name, at, key));
            }
            "Fn::GetStackOutput" => self.stack_output(argument, key),
            "Fn::Sub" => self.substituted(argument, key),
            _ => {}
        }
    }

    /// A call whose argument is wrong: said where the function is named, because a long argument begins below.
    fn wrong_call(&mut self, argument: &Node, key: Span, message: String) {
        self.wrong.push(argument.span);
        let is_scalar = argument.list().is_none() && argument.map().is_none();
        let at = if is_scalar { super::place(argument, key) } else { key };
        self.found.push(told(super::WRONG_FORM, at, message));
    }

    fn stack_output(&mut self, argument: &Node, key: Span) {
        const KEYS: [&str; 4] = ["StackName", "OutputName", "Region", "RoleArn"];
        let entries = argument.map().unwrap_or_default();
        for wanted in &KEYS[..2] {
            if !entries.iter().any(|entry| entry.key == *wanted || generated(&entry.key)) {
                self.found.push(told(MISSING_KEY, key, format!("`Fn::GetStackOutput` has no `{wanted}`")));
            }
        }
        for entry in entries.iter().filter(|entry| !KEYS.contains(&entry.key.as_str()) && !generated(&entry.key)) {
            let mut finding = told(UNKNOWN_KEY, entry.span, format!("`Fn::GetStackOutput` has no `{}`", entry.key));
            finding.help = Some(format!("it has {}", KEYS.join(", ")));
            self.found.push(finding);
        }
    }

    /// The variables in the text of `Fn::Sub`.
    fn substituted(&mut self, argument: &Node, key: Span) {
        let list = argument.list();
        let text = list.and_then(|items| items.first()).unwrap_or(argument);
        let own = list.and_then(|items| items.get(1)).and_then(Node::map).unwrap_or_default();
        for piece in sub::pieces(text.text().unwrap_or_default()) {
            let sub::Piece::Hole(hole) = piece else { continue };
            let is_own = own.iter().any(|entry| entry.key == hole || generated(&entry.key));
            if let Some(name) = hole.split('.').next().filter(|_| !is_own) {
                self.named(name, text, key);
            }
        }
    }

    /// The sides of `Fn::Equals`, which are texts.
    pub(super) fn compared(&mut self, argument: &Node, key: Span) {
        for side in argument.list().unwrap_or_default() {
            let list = side.function().filter(|(name, _)| *name == "Ref").and_then(|(_, name)| name.text());
            let list = list.filter(|name| self.known.is_list(name));
            if let Some(list) = list.filter(|_| !self.extended) {
                // All of the call: what follows from comparing a list is not said.
                let span = Span { start: key.start, end: argument.span.end.max(key.end) };
                self.found.push(told(super::WRONG_FORM, span, format!("`Fn::Equals` compares text, and `{list}` is a list")));
            } else if side.list().is_some() || is_plain_map(side) || side.value == Value::Null {
                self.wrong(
                    side,
                    if side.value == Value::Null { key } else { Span::default() },
                    "`Fn::Equals` compares text".to_owned(),
                );
            }
        }
        self.value(argument, key);
    }
}
