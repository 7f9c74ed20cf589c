//! Names of the program for the ids of the template.
//!
//! In: the template. Out: a name for every parameter, resource, condition, mapping and output. Always: names are unique in their
//! namespace and mean nothing else to the language; where a name does not give the logical id back, [`Name::pinned`] says so.

use cloudc_eval::naming::camel;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::tree::{Entry, Node};

/// Words that an expression or declaration gives a meaning of its own.
const RESERVED: [&str; 28] = [
    "true",
    "false",
    "none",
    "null",
    "if",
    "else",
    "for",
    "in",
    "match",
    "by",
    "with",
    "aws",
    "stack",
    "project",
    "raw",
    "to_json",
    "import_value",
    "stack_output",
    "from_json",
    "file",
    "range",
    "min",
    "max",
    "secret",
    "ssm",
    "policy",
    "generated",
    "transform",
];

/// A name in the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The name.
    pub name: String,
    /// Its logical id has to be written beside it.
    pub pinned: bool,
}

/// All names.
#[derive(Debug, Default)]
pub struct Names {
    /// Parameters and resources, which share their ids in CloudFormation too.
    pub values: FxHashMap<String, Name>,
    /// Conditions.
    pub conditions: FxHashMap<String, Name>,
    /// Mappings.
    pub mappings: FxHashMap<String, Name>,
    /// Outputs.
    pub outputs: FxHashMap<String, Name>,
}

impl Names {
    /// Every name that an expression can use, and words that cannot be names.
    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        let all = self.values.values().chain(self.conditions.values()).chain(self.mappings.values());
        all.map(|name| name.name.as_str()).chain(RESERVED)
    }

    /// Names what loops make by its key, as it is called outside of them.
    pub(super) fn are_looped(&mut self, loops: &[super::repeated::Loop<'_>]) {
        for one in loops {
            for group in &one.groups {
                for (id, key) in group.ids.iter().zip(&one.keys) {
                    let name = format!("{}[{}]", group.name, super::text::quoted(key));
                    self.values.insert(id.clone(), Name { name, pinned: false });
                }
            }
        }
    }
}

/// Finds names for everything in a template, and for resources that it refers to and does not declare. `paths`: what resources
/// are called by the tool that made the template.
pub(super) fn names_with<'m>(root: &Node, paths: &FxHashMap<String, String>, made: impl IntoIterator<Item = &'m str>) -> Names {
    let mut taken: FxHashSet<String> = RESERVED.iter().map(|word| (*word).to_owned()).collect();
    let mut names = Names::default();
    // What CloudFormation has to find again comes first; the others are names of the program only.
    for (section, suffix) in [("Resources", "_resource"), ("Parameters", "_param")] {
        for entry in section_of(root, section) {
            let called = match paths.get(&entry.key) {
                Some(path) => path,
                None => crate::cdk::without_hash(&entry.key),
            };
            names.values.insert(entry.key.clone(), chosen_as(called, &entry.key, suffix, &mut taken));
        }
    }
    for id in made {
        names.values.insert(id.to_owned(), chosen(id, "_made", &mut taken));
    }
    for entry in section_of(root, "Conditions") {
        names.conditions.insert(entry.key.clone(), chosen(&entry.key, "_condition", &mut taken));
    }
    for entry in section_of(root, "Mappings") {
        names.mappings.insert(entry.key.clone(), chosen(&entry.key, "_map", &mut taken));
    }
    let mut taken = FxHashSet::default();
    for entry in section_of(root, "Outputs") {
        names.outputs.insert(entry.key.clone(), chosen(&entry.key, "_output", &mut taken));
    }
    names
}

/// The entries of a section.
pub fn section_of<'a>(root: &'a Node, name: &str) -> &'a [Entry] {
    root.get(name).and_then(Node::map).unwrap_or_default()
}

fn chosen(id: &str, suffix: &str, taken: &mut FxHashSet<String>) -> Name {
    chosen_as(id, id, suffix, taken)
}

/// A name for an id that is called otherwise.
fn chosen_as(called: &str, id: &str, suffix: &str, taken: &mut FxHashSet<String>) -> Name {
    let base = snake(called);
    let mut name = base.clone();
    if taken.contains(&name) {
        name = format!("{base}{suffix}");
    }
    let mut count = 2;
    while !taken.insert(name.clone()) {
        name = format!("{base}{suffix}{count}");
        count += 1;
    }
    Name { pinned: camel(&name) != id, name }
}

/// `MyVPCId` as `my_vpc_id`: a word begins at a capital after a small letter or digit, and at the last capital of several.
pub fn snake(id: &str) -> String {
    let chars: Vec<char> = id.chars().collect();
    let mut out = String::new();
    for (at, c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| chars[at]);
        let after = chars.get(at + 1);
        let starts = c.is_ascii_uppercase()
            && before.is_some_and(|before| {
                !before.is_ascii_uppercase()
                    || after.is_some_and(|after| after.is_ascii_lowercase()) && before.is_ascii_uppercase()
            });
        // `IDs` and `VPCs` are one word each.
        let plural = after == Some(&'s')
            && chars.get(at + 2).is_none_or(|c| !c.is_ascii_lowercase())
            && before.is_some_and(|c| c.is_ascii_uppercase());
        // So is `IPv6`.
        let version = *c == 'P' && after == Some(&'v') && before == Some('I');
        if starts && !plural && !version && !out.ends_with('_') && !out.is_empty() {
            out.push('_');
        }
        match c {
            c if c.is_ascii_alphanumeric() => out.push(c.to_ascii_lowercase()),
            _ if out.is_empty() || out.ends_with('_') => {}
            _ => out.push('_'),
        }
    }
    let out = out.trim_end_matches('_');
    if out.starts_with(|c: char| c.is_ascii_alphabetic()) { out.to_owned() } else { format!("x{out}") }
}

#[cfg(test)]
mod tests {
    use super::snake;

    #[test]
    fn words_are_found_in_logical_ids() {
        let all = [
            ("WebServerSecurityGroup", "web_server_security_group"),
            ("MyVPCId", "my_vpc_id"),
            ("ALB", "alb"),
            ("EC2Instance", "ec2_instance"),
            ("Subnet1", "subnet1"),
            ("PublicSubnet1A", "public_subnet1_a"),
            ("bucket", "bucket"),
            ("SubnetIDs", "subnet_ids"),
            ("RouteIPv6", "route_ipv6"),
            ("1st", "x1st"),
            ("a-b.c", "a_b_c"),
            ("", "x"),
        ];
        for (id, name) in all {
            assert_eq!(snake(id), name, "{id}");
        }
    }
}
