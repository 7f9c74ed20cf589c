//! Call hierarchy and type hierarchy.

use cloudc_ide::{Call, FilePosition, HierarchyItem};
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{
    CallHierarchyIncomingCall, CallHierarchyIncomingCallsParams, CallHierarchyItem, CallHierarchyOutgoingCall,
    CallHierarchyOutgoingCallsParams, CallHierarchyPrepareParams, Position, Range, SymbolKind, TypeHierarchyItem,
    TypeHierarchyPrepareParams, TypeHierarchySubtypesParams, TypeHierarchySupertypesParams, Url,
};

use crate::convert::symbol::kind;
use crate::snapshot::Snapshot;

/// `textDocument/prepareCallHierarchy`.
pub fn prepare_calls(snapshot: &Snapshot, params: CallHierarchyPrepareParams) -> Result<Option<Vec<CallHierarchyItem>>> {
    let at = snapshot.at(&params.text_document_position_params)?;
    let item = cloudc_ide::prepare_calls(&snapshot.db, at);
    Ok(item.map(|item| vec![call_item(snapshot, &item)]))
}

/// `callHierarchy/incomingCalls`.
pub fn incoming(snapshot: &Snapshot, params: CallHierarchyIncomingCallsParams) -> Result<Option<Vec<CallHierarchyIncomingCall>>> {
    let at = at(snapshot, &params.item.uri, params.item.selection_range.start)?;
    let calls = cloudc_ide::incoming_calls(&snapshot.db, at, &snapshot.files);
    let calls = calls
        .iter()
        .map(|call| CallHierarchyIncomingCall { from: call_item(snapshot, &call.item), from_ranges: places(snapshot, call) });
    Ok(Some(calls.collect()))
}

/// `callHierarchy/outgoingCalls`.
pub fn outgoing(snapshot: &Snapshot, params: CallHierarchyOutgoingCallsParams) -> Result<Option<Vec<CallHierarchyOutgoingCall>>> {
    let at = at(snapshot, &params.item.uri, params.item.selection_range.start)?;
    let calls = cloudc_ide::outgoing_calls(&snapshot.db, at);
    let calls = calls
        .iter()
        .map(|call| CallHierarchyOutgoingCall { to: call_item(snapshot, &call.item), from_ranges: places(snapshot, call) });
    Ok(Some(calls.collect()))
}

/// `textDocument/prepareTypeHierarchy`.
pub fn prepare_types(snapshot: &Snapshot, params: TypeHierarchyPrepareParams) -> Result<Option<Vec<TypeHierarchyItem>>> {
    let at = snapshot.at(&params.text_document_position_params)?;
    let item = cloudc_ide::prepare_types(&snapshot.db, at);
    Ok(item.map(|item| vec![type_item(snapshot, &item)]))
}

/// `typeHierarchy/supertypes`.
pub fn supertypes(snapshot: &Snapshot, params: TypeHierarchySupertypesParams) -> Result<Option<Vec<TypeHierarchyItem>>> {
    let at = at(snapshot, &params.item.uri, params.item.selection_range.start)?;
    Ok(Some(cloudc_ide::supertypes(&snapshot.db, at).iter().map(|item| type_item(snapshot, item)).collect()))
}

/// `typeHierarchy/subtypes`.
pub fn subtypes(snapshot: &Snapshot, params: TypeHierarchySubtypesParams) -> Result<Option<Vec<TypeHierarchyItem>>> {
    let at = at(snapshot, &params.item.uri, params.item.selection_range.start)?;
    let items = cloudc_ide::subtypes(&snapshot.db, at, &snapshot.files);
    Ok(Some(items.iter().map(|item| type_item(snapshot, item)).collect()))
}

fn at(snapshot: &Snapshot, uri: &Url, position: Position) -> Result<FilePosition> {
    let file = snapshot.file_of(uri)?;
    Ok(FilePosition { file, offset: snapshot.offset(file, position) })
}

fn places(snapshot: &Snapshot, call: &Call) -> Vec<Range> {
    call.places.iter().map(|place| snapshot.range(place.file, place.range)).collect()
}

fn call_item(snapshot: &Snapshot, item: &HierarchyItem) -> CallHierarchyItem {
    CallHierarchyItem {
        name: item.name.to_string(),
        kind: item.kind.map_or(SymbolKind::CLASS, kind),
        tags: None,
        detail: detail(snapshot, item),
        uri: snapshot.uri(item.place.file),
        range: snapshot.range(item.full.file, item.full.range),
        selection_range: snapshot.range(item.place.file, item.place.range),
        data: None,
    }
}

fn type_item(snapshot: &Snapshot, item: &HierarchyItem) -> TypeHierarchyItem {
    TypeHierarchyItem {
        name: item.name.to_string(),
        kind: item.kind.map_or(SymbolKind::CLASS, kind),
        tags: None,
        detail: detail(snapshot, item),
        uri: snapshot.uri(item.place.file),
        range: snapshot.range(item.full.file, item.full.range),
        selection_range: snapshot.range(item.place.file, item.place.range),
        data: None,
    }
}

fn detail(snapshot: &Snapshot, item: &HierarchyItem) -> Option<String> {
    Some(snapshot.short(&item.detail)).filter(|detail| !detail.is_empty())
}
