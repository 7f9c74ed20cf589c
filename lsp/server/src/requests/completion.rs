//! `textDocument/completion` and `completionItem/resolve`.

use cloudc_base::File;
use cloudc_ide::FilePosition;
use cloudc_ide::completion::{Item, ItemKind, MOST, Options, completions};
use serde::{Deserialize, Serialize};
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{
    Command, CompletionItem, CompletionItemKind, CompletionItemLabelDetails, CompletionItemTag, CompletionList, CompletionParams,
    CompletionResponse, CompletionTextEdit, Documentation, InsertReplaceEdit, InsertTextFormat, InsertTextMode, MarkupContent,
    MarkupKind, Position, TextEdit, Url,
};

use crate::convert::edit::text_edit;
use crate::snapshot::Snapshot;

/// Characters after which something can be completed though no word has begun.
pub const TRIGGERS: [&str; 7] = [".", ":", "\"", "/", "@", "{", " "];

/// What comes back to resolve an item.
#[derive(Debug, Serialize, Deserialize)]
struct Data {
    uri: Url,
    position: Position,
    /// Which of the answer's items, when that is still remembered.
    index: usize,
    generation: u64,
}

/// What can be written at the cursor.
pub fn completion(snapshot: &Snapshot, params: CompletionParams) -> Result<Option<CompletionResponse>> {
    let place = params.text_document_position;
    let at = snapshot.at_any(&place)?;
    let typed = params.context.and_then(|context| context.trigger_character);
    if typed.is_some_and(|typed| !begins_something(at.file.text(&snapshot.db), usize::from(at.offset), &typed)) {
        return Ok(None);
    }
    let items = list(snapshot, at);
    let cut = items.len() >= MOST;
    let convert = |(index, item): (usize, &Item)| {
        let data =
            Data { uri: place.text_document.uri.clone(), position: place.position, index, generation: snapshot.generation };
        CompletionItem { data: serde_json::to_value(data).ok(), ..shown(snapshot, at.file, item) }
    };
    let answer = items.iter().enumerate().map(convert).collect();
    snapshot.memory.keep_items(snapshot.generation, items);
    Ok(Some(CompletionResponse::List(CompletionList { is_incomplete: cut, items: answer })))
}

fn list(snapshot: &Snapshot, at: FilePosition) -> Vec<Item> {
    if snapshot.is_template(at.file) {
        return cloudc_ide::template_completions(&snapshot.db, at);
    }
    let options =
        Options { snippets: snapshot.client.snippets && snapshot.config.snippets, auto_import: snapshot.config.auto_import };
    completions(&snapshot.db, at, &snapshot.files, &options)
}

/// A space only begins something after a separator, and a brace in a text; anywhere else the list would be in the way of the line break
/// that is typed next.
fn begins_something(text: &str, offset: usize, typed: &str) -> bool {
    let before = text.get(..offset).unwrap_or_default();
    match typed {
        " " => [": ", "= ", ", "].iter().any(|end| before.ends_with(end)),
        "{" => before.ends_with("${"),
        _ => true,
    }
}

/// Adds what takes time to write.
pub fn resolve(snapshot: &Snapshot, mut shown: CompletionItem) -> Result<CompletionItem> {
    let data = shown.data.clone().and_then(|data| serde_json::from_value::<Data>(data).ok());
    let Some(data) = data else { return Ok(shown) };
    let item = snapshot.memory.item(data.generation, data.index).filter(|_| data.generation == snapshot.generation);
    let Some(item) = item.filter(|item| item.label == shown.label).or_else(|| again(snapshot, &data, &shown.label)) else {
        return Ok(shown);
    };
    let about = cloudc_ide::completion::resolve(&snapshot.db, &item);
    if !about.detail.is_empty() {
        shown.detail = Some(about.detail);
    }
    if !about.documentation.is_empty() {
        shown.documentation = Some(documentation(snapshot, snapshot.without_roots(about.documentation)));
    }
    Ok(shown)
}

/// The item as it is after what was typed since.
fn again(snapshot: &Snapshot, data: &Data, label: &str) -> Option<Item> {
    let file = snapshot.file_of(&data.uri).ok()?;
    let at = FilePosition { file, offset: snapshot.offset(file, data.position) };
    list(snapshot, at).into_iter().find(|item| item.label == label)
}

/// Text as the client shows it.
pub fn documentation(snapshot: &Snapshot, value: String) -> Documentation {
    let kind = if snapshot.client.markdown { MarkupKind::Markdown } else { MarkupKind::PlainText };
    Documentation::MarkupContent(MarkupContent { kind, value })
}

fn shown(snapshot: &Snapshot, file: File, item: &Item) -> CompletionItem {
    let client = &snapshot.client;
    let replace = snapshot.range(file, item.replace);
    let edit = if client.insert_replace {
        let insert = snapshot.range(file, item.before);
        CompletionTextEdit::InsertAndReplace(InsertReplaceEdit { new_text: item.insert.clone(), insert, replace })
    } else {
        CompletionTextEdit::Edit(TextEdit { range: replace, new_text: item.insert.clone() })
    };
    let detail = Some(item.detail.clone()).filter(|detail| !detail.is_empty());
    let additions = item.additions.iter().map(|addition| text_edit(snapshot, file, addition.range, addition.insert.clone()));
    let additions: Vec<TextEdit> = additions.collect();
    let suggest = item.again && client.suggests_again;
    CompletionItem {
        label: item.label.clone(),
        label_details: client.label_details.then(|| CompletionItemLabelDetails { detail: None, description: detail.clone() }),
        kind: Some(kind(item.kind)),
        detail,
        deprecated: None,
        tags: item.deprecated.then(|| vec![CompletionItemTag::DEPRECATED]),
        preselect: item.preselect.then_some(true),
        sort_text: Some(item.sort.clone()),
        filter_text: (item.filter != item.label).then(|| item.filter.clone()),
        insert_text_format: item.snippet.then_some(InsertTextFormat::SNIPPET),
        insert_text_mode: item.insert.contains('\n').then_some(InsertTextMode::ADJUST_INDENTATION),
        text_edit: Some(edit),
        additional_text_edits: (!additions.is_empty()).then_some(additions),
        commit_characters: client.commit_characters.then(|| item.commit.iter().map(char::to_string).collect()),
        command: suggest.then(|| Command {
            title: "Suggest".to_owned(),
            command: "editor.action.triggerSuggest".to_owned(),
            arguments: None,
        }),
        ..CompletionItem::default()
    }
}

fn kind(kind: ItemKind) -> CompletionItemKind {
    match kind {
        ItemKind::Type | ItemKind::Component => CompletionItemKind::CLASS,
        ItemKind::Property => CompletionItemKind::PROPERTY,
        ItemKind::EnumValue => CompletionItemKind::ENUM_MEMBER,
        ItemKind::Value => CompletionItemKind::VARIABLE,
        ItemKind::Resource => CompletionItemKind::REFERENCE,
        ItemKind::Function => CompletionItemKind::FUNCTION,
        ItemKind::Method => CompletionItemKind::METHOD,
        ItemKind::Attribute => CompletionItemKind::FIELD,
        ItemKind::Module => CompletionItemKind::MODULE,
        ItemKind::File => CompletionItemKind::FILE,
        ItemKind::Folder => CompletionItemKind::FOLDER,
        ItemKind::Keyword => CompletionItemKind::KEYWORD,
        ItemKind::Annotation => CompletionItemKind::EVENT,
        ItemKind::Snippet => CompletionItemKind::SNIPPET,
    }
}
