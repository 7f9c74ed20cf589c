//! What can be written at the cursor in a template.
//!
//! Always: the template is read with a word at the cursor, once as a key and once as a value, because what is being typed is neither yet.

use cloudc_base::{TextRange, TextSize};
use cloudc_driver::Database;
use cloudc_import::anatomy::{DELETION, OUTPUT, PARAMETER, REPLACEMENT, SECTIONS};
use cloudc_import::tree::{Entry, Node};
use cloudc_schema::{Property, Schema, Type};

use super::place::{self, Spot, Step};
use crate::FilePosition;
use crate::completion::{About, Item, ItemKind};

/// The word that stands at the cursor while the template is read.
const HERE: &str = "zZhereZz";

const RESOURCE: [&str; 9] = [
    "Type",
    "Properties",
    "Condition",
    "DependsOn",
    "DeletionPolicy",
    "UpdateReplacePolicy",
    "CreationPolicy",
    "UpdatePolicy",
    "Metadata",
];
const PSEUDO: [&str; 8] = [
    "AWS::AccountId",
    "AWS::NoValue",
    "AWS::NotificationARNs",
    "AWS::Partition",
    "AWS::Region",
    "AWS::StackId",
    "AWS::StackName",
    "AWS::URLSuffix",
];

/// What can be written at a place of a template.
pub fn template_completions(db: &Database, at: FilePosition) -> Vec<Item> {
    let text = at.file.text(db);
    let offset = usize::from(at.offset);
    if !super::is_template(text) || !text.is_char_boundary(offset) {
        return Vec::new();
    }
    let schema = super::schema(db);
    for ending in endings(text, offset) {
        let filled = format!("{}{HERE}{ending}{}", &text[..offset], &text[offset..]);
        let Some(root) = cloudc_import::read::read(&filled).root else { continue };
        let Some(spot) = place::find(&root, &|word, _| word.contains(HERE)) else { continue };
        let typed = spot.text.split(HERE).next().unwrap_or_default();
        let ask = Ask { schema: &schema, root: &root, spot: &spot, typed };
        let offers = ask.offers();
        if !offers.is_empty() {
            return items(text, offset, offers);
        }
    }
    Vec::new()
}

/// What makes the word a key, or leaves it a value; what is likelier comes first.
fn policies(words: &[&str]) -> Vec<Offer> {
    words.iter().map(|word| Offer::new(word, ItemKind::EnumValue)).collect()
}

fn endings(text: &str, offset: usize) -> [&'static str; 2] {
    let line = text[..offset].rsplit('\n').next().unwrap_or_default();
    let json = text.trim_start().starts_with('{');
    let begins = line.trim_start_matches([' ', '-']);
    match (json, begins.contains(':')) {
        (true, _) => ["", ""],
        (false, false) => [":", ""],
        (false, true) => ["", ":"],
    }
}

/// Something that can be written.
struct Offer {
    text: String,
    kind: ItemKind,
    about: About,
    detail: String,
    first: bool,
}

impl Offer {
    fn new(text: &str, kind: ItemKind) -> Self {
        Offer { text: text.to_owned(), kind, about: About::Nothing, detail: String::new(), first: false }
    }
}

struct Ask<'a> {
    schema: &'a Schema,
    root: &'a Node,
    spot: &'a Spot<'a>,
    typed: &'a str,
}

impl Ask<'_> {
    fn offers(&self) -> Vec<Offer> {
        let words = |all: &[&str], kind: ItemKind| all.iter().map(|word| Offer::new(word, kind)).collect::<Vec<Offer>>();
        let path = &self.spot.path[..];
        if !self.spot.is_key {
            return self.values(path);
        }
        match path {
            [_] => self.missing(words(&SECTIONS, ItemKind::Keyword)),
            [Step::Key("Resources"), _, _] => self.missing(words(&RESOURCE, ItemKind::Keyword)),
            [Step::Key("Parameters"), _, _] => self.missing(words(&PARAMETER, ItemKind::Keyword)),
            [Step::Key("Outputs"), _, _] => self.missing(words(&OUTPUT, ItemKind::Keyword)),
            [Step::Key("Outputs"), _, Step::Key("Export"), _] => words(&["Name"], ItemKind::Keyword),
            [inner @ .., _] => self.properties(inner),
            [] => Vec::new(),
        }
    }

    /// Without what stands beside it already.
    fn missing(&self, mut offers: Vec<Offer>) -> Vec<Offer> {
        let beside: Vec<&Entry> = self.spot.map.and_then(Node::map).unwrap_or_default().iter().collect();
        offers.retain(|offer| beside.iter().all(|entry| entry.key != offer.text));
        offers
    }

    fn properties(&self, path: &[Step<'_>]) -> Vec<Offer> {
        let Some((resource, [Step::Key("Properties"), inner @ ..])) = place::resource(self.root, path) else { return Vec::new() };
        let Some(ty) = place::type_of(self.schema, resource) else { return Vec::new() };
        let Some(holder) = place::holder(ty, inner) else { return Vec::new() };
        let writable = holder.properties().into_iter().filter(|property| !property.read_only());
        self.missing(writable.map(|property| offered(ty, property)).collect())
    }

    fn values(&self, path: &[Step<'_>]) -> Vec<Offer> {
        if let [.., Step::Key(function @ ("Ref" | "Fn::GetAtt" | "Fn::Sub" | "Condition" | "DependsOn" | "Fn::FindInMap"))]
        | [.., Step::Key(function @ ("Fn::GetAtt" | "Fn::Sub" | "DependsOn" | "Fn::FindInMap" | "Fn::If")), Step::Element] =
            path
        {
            return self.names(function);
        }
        match path {
            [Step::Key("Resources"), _, Step::Key("Type")] => self.types(),
            [Step::Key("Resources"), _, Step::Key("DeletionPolicy")] => policies(&DELETION),
            [Step::Key("Resources"), _, Step::Key("UpdateReplacePolicy")] => policies(&REPLACEMENT),
            [Step::Key("Parameters"), _, Step::Key("Type")] => {
                let plain = ["String", "Number", "List<Number>", "CommaDelimitedList"].into_iter();
                let all = plain.chain(cloudc_types::supplied_types().map(|(name, _)| name));
                all.map(|word| Offer::new(word, ItemKind::Type)).collect()
            }
            _ => {
                let place = super::hover::value_place(self.schema, self.root, self.spot);
                let values = place.map(place::values).unwrap_or_default();
                values.iter().map(|word| Offer::new(word, ItemKind::EnumValue)).collect()
            }
        }
    }

    fn types(&self) -> Vec<Offer> {
        let wanted = self.typed.to_ascii_lowercase();
        let fits = self.schema.types().filter(|ty| ty.name().to_ascii_lowercase().contains(&wanted));
        fits.map(|ty| Offer { about: About::Type(ty), ..Offer::new(ty.name(), ItemKind::Type) }).collect()
    }

    /// What a function may name.
    fn names(&self, function: &str) -> Vec<Offer> {
        // In text only what stands in a hole is a name.
        let typed = match function {
            "Fn::Sub" => match self.typed.rsplit_once("${") {
                Some((_, hole)) if !hole.contains('}') => hole,
                _ => return Vec::new(),
            },
            _ => self.typed,
        };
        if let (Some((id, _)), true) = (typed.split_once('.'), matches!(function, "Fn::GetAtt" | "Fn::Sub")) {
            return self
                .attributes(id)
                .into_iter()
                .map(|offer| Offer { text: format!("{id}.{}", offer.text), ..offer })
                .collect();
        }
        let of = |section: &str, kind: ItemKind| {
            let entries = place::ids(self.root, section).into_iter().filter(|entry| !entry.key.contains(HERE));
            entries.map(move |entry| Offer {
                detail: entry.value.get("Type").and_then(Node::text).unwrap_or_default().to_owned(),
                ..Offer::new(&entry.key, kind)
            })
        };
        match function {
            "Condition" | "Fn::If" => of("Conditions", ItemKind::Value).collect(),
            "Fn::FindInMap" => of("Mappings", ItemKind::Value).collect(),
            "DependsOn" => of("Resources", ItemKind::Resource).collect(),
            "Fn::GetAtt" => match self.listed_id() {
                Some(id) => self.attributes(&id),
                None => of("Resources", ItemKind::Resource).collect(),
            },
            _ => {
                let pseudo = PSEUDO.iter().map(|word| Offer::new(word, ItemKind::Value));
                of("Parameters", ItemKind::Value).chain(of("Resources", ItemKind::Resource)).chain(pseudo).collect()
            }
        }
    }

    fn attributes(&self, id: &str) -> Vec<Offer> {
        let resource = self.root.get("Resources").and_then(|all| all.entry(id));
        let Some(ty) = resource.and_then(|resource| place::type_of(self.schema, resource)) else { return Vec::new() };
        let named = ty.attributes().filter(|attribute| !attribute.name().contains('*'));
        named
            .map(|attribute| Offer {
                about: About::Attribute(ty, attribute),
                ..Offer::new(attribute.name(), ItemKind::Attribute)
            })
            .collect()
    }

    /// The resource before the word, in the list form of `Fn::GetAtt`.
    fn listed_id(&self) -> Option<String> {
        if self.spot.path.last() != Some(&Step::Element) {
            return None;
        }
        let [first, second, ..] = place::list_with(self.root, self.spot.span)? else { return None };
        (second.span == self.spot.span).then(|| first.text().map(str::to_owned))?
    }
}

fn offered(ty: Type, property: Property) -> Offer {
    Offer {
        about: About::Property(Some(ty), property),
        first: property.required(),
        detail: if property.required() { "required".to_owned() } else { String::new() },
        ..Offer::new(property.name(), ItemKind::Property)
    }
}

/// Whether a character belongs to the word that is replaced: names of types have colons, references dots.
fn in_word(char: char) -> bool {
    char.is_alphanumeric() || matches!(char, ':' | '.' | '_' | '-' | '<' | '>')
}

fn items(text: &str, offset: usize, offers: Vec<Offer>) -> Vec<Item> {
    let before = text[..offset].trim_end_matches(in_word).len();
    let rest = text[offset..].trim_start_matches(|char| in_word(char) && char != ':');
    let clip = |at: usize| TextSize::new(u32::try_from(at).unwrap_or(u32::MAX));
    let replace = TextRange::new(clip(before), clip(text.len() - rest.len()));
    let made = offers.into_iter().enumerate().map(|(order, offer)| {
        // Of `Resource.Attribute` the resource stays.
        let word = &text[before..offset];
        let stays = match offer.kind {
            ItemKind::Attribute if !word.split('.').next().is_some_and(|id| offer.text.starts_with(&format!("{id}."))) => {
                word.find('.').map_or(0, |at| at + 1)
            }
            _ => 0,
        };
        let start = clip(before + stays);
        let replace = TextRange::new(start, replace.end());
        let order = u32::try_from(order).unwrap_or(u32::MAX);
        let cost = u32::from(!offer.first);
        Item {
            sort: format!("{cost}{order:05}"),
            filter: offer.text.clone(),
            insert: offer.text.clone(),
            label: offer.text,
            kind: offer.kind,
            detail: offer.detail,
            snippet: false,
            replace,
            before: TextRange::new(start, clip(offset)),
            preselect: false,
            deprecated: false,
            again: false,
            commit: &[],
            additions: Vec::new(),
            about: offer.about,
            cost,
            order,
            ty: None,
        }
    });
    made.collect()
}
