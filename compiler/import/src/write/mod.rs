//! A template as a program.
//!
//! In: the tree of a template, and for some of its nodes in which form to write them. Out: source text, and which part of it says
//! which node. Always: the text has no syntax errors; a higher form is plainer than a lower one, and the last is `raw`.

mod conditions;
mod functions;
mod header;
mod made;
mod members;
pub mod names;
mod out;
mod params;
mod repeated;
mod resources;
mod rules;
pub(crate) mod text;
mod values;

use cloudc_schema::Schema;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::tree::Node;
use names::Names;
pub use out::Mark;
use out::Out;

/// In which form a node is written: 0 is the best one, and every step is plainer.
pub type Forms = FxHashMap<u32, u8>;

/// The form of a resource that says why a secret may be seen in it.
pub const SECRET_SEEN: u8 = 100;

/// The form after which nothing plainer is left.
pub const LAST: u8 = 3;

/// A program.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// The source, not formatted yet.
    pub text: String,
    /// Which part says which node; inner ones first.
    pub marks: Vec<Mark>,
    /// Nodes that had to be written as `raw`.
    pub raws: Vec<u32>,
    /// How many references are text in them.
    pub loose: usize,
}

/// What is being written.
pub(crate) struct Writer<'a> {
    schema: &'a Schema,
    root: &'a Node,
    forms: &'a Forms,
    names: Names,
    params: FxHashMap<String, params::Kind>,
    types: FxHashMap<String, &'a str>,
    /// What SAM makes and the template refers to: ids and types.
    made: Vec<(String, &'static str)>,
    /// Resources that are made by `for`.
    loops: Vec<repeated::Loop<'a>>,
    /// What is written for a node inside the loop that is being written.
    holes: FxHashMap<u32, String>,
    /// Where what is written for nodes stands; nothing when that is several places of different kinds.
    places: FxHashMap<String, Option<cloudc_schema::Node>>,
    /// The first key of that loop, what the key is called, and the texts that have it in them.
    turn: Option<(String, &'static str, FxHashSet<u32>)>,
    out: Out,
    /// Inside how many `raw(…)`.
    raw: usize,
    raws: Vec<u32>,
    loose: usize,
    /// What no declaration can say: a path in the template and what is there.
    leftovers: Vec<(Vec<String>, &'a Node)>,
}

/// The names that a program gives to what a template declares, and to what SAM makes of it.
pub fn names_of(root: &Node, paths: &FxHashMap<String, String>) -> Names {
    names::names_with(root, paths, made::made(root).iter().map(|(id, _)| id.as_str()))
}

/// Whether some resources could be made by `for`.
pub fn is_repeated(root: &Node, paths: &FxHashMap<String, String>) -> bool {
    !repeated::loops(root, &names_of(root, paths)).is_empty()
}

/// Writes a template as the stack `name`; what is repeated as `for`, where `loops` says so.
pub fn program(
    schema: &Schema,
    root: &Node,
    name: &str,
    paths: &FxHashMap<String, String>,
    forms: &Forms,
    loops: bool,
) -> Written {
    let made = made::made(root);
    let mut names = names::names_with(root, paths, made.iter().map(|(id, _)| id.as_str()));
    let loops = if loops { repeated::loops(root, &names) } else { Vec::new() };
    names.are_looped(&loops);
    let type_of = |entry: &'_ crate::tree::Entry| entry.value.get("Type").and_then(Node::text).is_some();
    let types = names::section_of(root, "Resources").iter().filter(|entry| type_of(entry));
    let types = types.filter_map(|entry| Some((entry.key.clone(), entry.value.get("Type")?.text()?)));
    let types = types.chain(made.iter().cloned()).collect();
    let params = params::kinds(root, forms);
    let (out, raws, leftovers) = (Out::default(), Vec::new(), Vec::new());
    let mut writer = Writer {
        schema,
        root,
        forms,
        names,
        params,
        types,
        made,
        loops,
        holes: FxHashMap::default(),
        places: FxHashMap::default(),
        turn: None,
        out,
        raw: 0,
        raws,
        loose: 0,
        leftovers,
    };
    writer.program(name);
    Written { text: writer.out.text, marks: writer.out.marks, raws: writer.raws, loose: writer.loose }
}

impl<'a> Writer<'a> {
    fn form(&self, node: &Node) -> u8 {
        self.forms.get(&node.id).copied().unwrap_or(0)
    }

    /// Everything, in the order in which people look for it. The header comes last, because it takes what nothing else could say.
    fn program(&mut self, name: &str) {
        self.parameters();
        self.mappings();
        self.conditions();
        self.rules();
        self.generated();
        self.resources();
        self.outputs();
        let rest = std::mem::take(&mut self.out);
        self.header(name);
        self.out.append(rest);
    }

    /// A text of the template, with the key of the loop's turn where that stands in it.
    fn parts(&self, node: &Node, text: &str) -> Vec<text::Part> {
        match &self.turn {
            Some((key, name, keyed)) if keyed.contains(&node.id) => repeated::with_key(text, key, name),
            _ => vec![text::Part::Text(text.to_owned())],
        }
    }

    /// What `write` would add.
    fn aside(&mut self, write: impl FnOnce(&mut Self)) -> Out {
        let depth = self.out.depth;
        let before = std::mem::replace(&mut self.out, Out { depth, ..Out::default() });
        write(self);
        std::mem::replace(&mut self.out, before)
    }

    fn comments(&mut self, node: &Node) {
        for comment in &node.comments {
            let line = if comment.is_empty() { "//\n".to_owned() } else { format!("// {comment}\n") };
            self.out.push(&line);
        }
    }
}
