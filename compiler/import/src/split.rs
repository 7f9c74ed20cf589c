//! A program as several files: one for each concern of its resources, and one with what they share.
//!
//! In: a formatted program of one file. Out: [`Part`]s, the first with the `stack`. Always: every declaration is in one file, as it was
//! written and in the same order; what only one file uses of constants and conditions is in that file. Nothing where the program is small,
//! or about one thing.

use std::collections::{BTreeMap, BTreeSet};

use cloudc_syntax::ast::{self, AstNode};
use cloudc_syntax::{ChunkKind, SyntaxKind, SyntaxNode};
use rustc_hash::FxHashMap;

use crate::concern::{Concern, concern};

/// Programs with fewer declarations are read in one go.
const MANY: usize = 25;
/// Fewer resources are no file of their own.
const FEW: usize = 3;

/// A file of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its name, with ending.
    pub name: String,
    /// Its text, formatted.
    pub text: String,
}

/// One declaration in column 0.
struct Chunk<'t> {
    kind: ChunkKind,
    text: &'t str,
    /// What it declares, also inside `if` and `for`.
    names: Vec<String>,
    /// Types of the resources in it.
    types: Vec<String>,
    /// What it names.
    uses: BTreeSet<String>,
}

/// Cuts a program; nothing when it is better in one file.
pub fn split(source: &str) -> Vec<Part> {
    let chunks = chunks(source);
    let stack = chunks.iter().filter(|chunk| chunk.kind == ChunkKind::Stack).count();
    if chunks.len() <= MANY || stack != 1 {
        return Vec::new();
    }
    let mut places = places(&chunks);
    let concerns: BTreeSet<Concern> = places.iter().flatten().copied().collect();
    if concerns.len() < 2 {
        return Vec::new();
    }
    constants(&chunks, &mut places);
    let named: Vec<String> = concerns.iter().map(|concern| format!("\"./{}.cloud\"", concern.name())).collect();
    let mut texts: BTreeMap<Option<Concern>, String> = BTreeMap::new();
    for (chunk, place) in chunks.iter().zip(&places) {
        let text = texts.entry(*place).or_default();
        // Between constants of a line each there may be none, between everything else there is a blank line.
        let is_line = chunk.kind == ChunkKind::Let && chunk.text.trim_end().lines().count() == 1;
        if !is_line && !text.is_empty() && !text.ends_with("\n\n") {
            text.push('\n');
        }
        match (chunk.kind, chunk.text.find('{')) {
            (ChunkKind::Stack, Some(_)) => text.push_str(&with_parts(chunk.text, &named.join(", "))),
            _ => text.push_str(chunk.text),
        }
    }
    let part = |(place, text): (Option<Concern>, String)| {
        let name = format!("{}.cloud", place.map_or("main", Concern::name));
        let text = cloudc_format::format(text.trim_start_matches('\n')).unwrap_or(text);
        Part { name, text }
    };
    texts.into_iter().map(part).collect()
}

/// The `stack` with its parts as the first setting.
fn with_parts(text: &str, named: &str) -> String {
    let node = cloudc_syntax::parse_chunk(text).syntax();
    let body = node.descendants().find_map(ast::Stack::cast).and_then(|stack| stack.body());
    let Some(open) = body.map(|body| usize::from(body.syntax().text_range().start()) + 1) else { return text.to_owned() };
    let (before, after) = text.split_at_checked(open).unwrap_or((text, ""));
    format!("{before}\n  parts: [{named}]\n{after}")
}

fn chunks(source: &str) -> Vec<Chunk<'_>> {
    let raw = cloudc_syntax::split(source).into_iter();
    raw.map(|raw| {
        let text = source.get(std::ops::Range::<usize>::from(raw.range)).unwrap_or_default();
        let node = cloudc_syntax::parse_chunk(text).syntax();
        let mut chunk = Chunk { kind: raw.kind, text, names: Vec::new(), types: Vec::new(), uses: BTreeSet::new() };
        node.descendants().for_each(|node| chunk.see(&node));
        chunk
    })
    .collect()
}

impl Chunk<'_> {
    fn see(&mut self, node: &SyntaxNode) {
        match node.kind() {
            SyntaxKind::NameRef => self.uses.extend(ast::NameRef::cast(node.clone()).map(|name| name.text().to_string())),
            SyntaxKind::ResourceItem => {
                if let Some(resource) = ast::Resource::cast(node.clone()) {
                    self.names.extend(resource.name().map(|name| name.text().to_string()));
                    self.types.extend(resource.ty().map(|ty| ty.syntax().text().to_string().trim().to_owned()));
                }
            }
            // `{ name }` for `{ name: name }`.
            SyntaxKind::Field => {
                let field = ast::Field::cast(node.clone()).filter(ast::Field::is_shorthand);
                self.uses.extend(field.and_then(|field| field.key()?.text()).map(|name| name.to_string()));
            }
            SyntaxKind::LetItem => {
                let name = ast::Let::cast(node.clone()).and_then(|it| it.name());
                self.names.extend(name.map(|name| name.text().to_string()));
            }
            SyntaxKind::ExistingItem => {
                let name = ast::Existing::cast(node.clone()).and_then(|it| it.name());
                self.names.extend(name.map(|name| name.text().to_string()));
            }
            _ => {}
        }
    }

    fn holds_resources(&self) -> bool {
        !self.types.is_empty()
    }
}

/// The file of every chunk with resources; none is that of the stack.
fn places(chunks: &[Chunk<'_>]) -> Vec<Option<Concern>> {
    let mut places: Vec<Option<Concern>> = chunks.iter().map(by_types).collect();
    let links = links(chunks);
    follow(chunks, &links, &mut places, &|_| true);
    // Few resources of a concern go to those that they have most to do with.
    while let Some(small) = smallest(chunks, &places) {
        for place in places.iter_mut().filter(|place| **place == Some(small)) {
            *place = None;
        }
        follow(chunks, &links, &mut places, &|concern| concern != small);
    }
    places
}

/// What most of its resources are about.
fn by_types(chunk: &Chunk<'_>) -> Option<Concern> {
    let mut counts: BTreeMap<Concern, usize> = BTreeMap::new();
    for concern in chunk.types.iter().filter_map(|ty| concern(ty)) {
        *counts.entry(concern).or_default() += 1;
    }
    most(&counts)
}

/// The one with the most; of equals the first.
fn most(counts: &BTreeMap<Concern, usize>) -> Option<Concern> {
    counts.iter().max_by_key(|(concern, count)| (**count, std::cmp::Reverse(**concern))).map(|(concern, _)| *concern)
}

/// For every chunk those that name it or that it names, once for each name.
fn links(chunks: &[Chunk<'_>]) -> Vec<Vec<usize>> {
    let mut declared: FxHashMap<&str, usize> = FxHashMap::default();
    for (at, chunk) in chunks.iter().enumerate().filter(|(_, chunk)| chunk.holds_resources()) {
        declared.extend(chunk.names.iter().map(|name| (name.as_str(), at)));
    }
    let mut links = vec![Vec::new(); chunks.len()];
    for (at, chunk) in chunks.iter().enumerate().filter(|(_, chunk)| chunk.holds_resources()) {
        for other in chunk.uses.iter().filter_map(|name| declared.get(name.as_str()).copied()).filter(|other| *other != at) {
            links[at].push(other);
            links[other].push(at);
        }
    }
    links
}

/// Puts what has no place yet to those it is linked with most, from what is near to what is far.
fn follow(chunks: &[Chunk<'_>], links: &[Vec<usize>], places: &mut [Option<Concern>], may: &dyn Fn(Concern) -> bool) {
    loop {
        let mut found = Vec::new();
        for at in (0..chunks.len()).filter(|at| chunks[*at].holds_resources() && places[*at].is_none()) {
            let mut counts: BTreeMap<Concern, usize> = BTreeMap::new();
            for concern in links[at].iter().filter_map(|other| places[*other]).filter(|concern| may(*concern)) {
                *counts.entry(concern).or_default() += 1;
            }
            found.extend(most(&counts).map(|concern| (at, concern)));
        }
        if found.is_empty() {
            return;
        }
        for (at, concern) in found {
            places[at] = Some(concern);
        }
    }
}

/// The concern with the fewest resources, where those are too few for a file.
fn smallest(chunks: &[Chunk<'_>], places: &[Option<Concern>]) -> Option<Concern> {
    let mut counts: BTreeMap<Concern, usize> = BTreeMap::new();
    for (chunk, place) in chunks.iter().zip(places) {
        if let Some(concern) = place {
            *counts.entry(*concern).or_default() += chunk.types.len();
        }
    }
    counts.into_iter().filter(|(_, count)| *count < FEW).min_by_key(|(concern, count)| (*count, *concern)).map(|(one, _)| one)
}

/// Constants, conditions and what others made go to the only file that names them.
fn constants(chunks: &[Chunk<'_>], places: &mut [Option<Concern>]) {
    let movable: Vec<usize> =
        (0..chunks.len()).filter(|at| matches!(chunks[*at].kind, ChunkKind::Let | ChunkKind::Existing)).collect();
    // What is named by another constant follows it, so from the last to the first, and again while something moves.
    loop {
        let mut moved = false;
        for at in movable.iter().rev().copied().filter(|at| places[*at].is_none()).collect::<Vec<_>>() {
            let Some(name) = chunks[at].names.first() else { continue };
            let users = (0..chunks.len()).filter(|user| *user != at && chunks[*user].uses.contains(name));
            let files: BTreeSet<Option<Concern>> = users.map(|user| places[user]).collect();
            if let (Some(Some(file)), 1) = (files.first().copied(), files.len()) {
                places[at] = Some(file);
                moved = true;
            }
        }
        if !moved {
            return;
        }
    }
}
