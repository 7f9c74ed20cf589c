//! `textDocument/diagnostic` and `workspace/diagnostic`. The id of a result is made of what it says, so that nothing has to be remembered to
//! answer "unchanged".

use std::collections::BTreeMap;

use cloudc_base::File;
use tower_lsp::jsonrpc::{Error, ErrorCode, Result};
use tower_lsp::lsp_types::{
    Diagnostic, DocumentDiagnosticParams, DocumentDiagnosticReport, DocumentDiagnosticReportResult, FullDocumentDiagnosticReport,
    RelatedFullDocumentDiagnosticReport, RelatedUnchangedDocumentDiagnosticReport, UnchangedDocumentDiagnosticReport, Url,
    WorkspaceDiagnosticParams, WorkspaceDiagnosticReport, WorkspaceDiagnosticReportResult, WorkspaceDocumentDiagnosticReport,
    WorkspaceFullDocumentDiagnosticReport, WorkspaceUnchangedDocumentDiagnosticReport,
};

use crate::convert::diagnostic;
use crate::publish;
use crate::snapshot::Snapshot;

/// What is wrong with one document.
pub fn document(snapshot: &Snapshot, params: DocumentDiagnosticParams) -> Result<DocumentDiagnosticReportResult> {
    let file = snapshot.file_of(&params.text_document.uri)?;
    let (items, id) = found(snapshot, file);
    let report = if params.previous_result_id.as_deref() == Some(&id) {
        DocumentDiagnosticReport::Unchanged(RelatedUnchangedDocumentDiagnosticReport {
            related_documents: None,
            unchanged_document_diagnostic_report: UnchangedDocumentDiagnosticReport { result_id: id },
        })
    } else {
        DocumentDiagnosticReport::Full(RelatedFullDocumentDiagnosticReport {
            related_documents: None,
            full_document_diagnostic_report: FullDocumentDiagnosticReport { result_id: Some(id), items },
        })
    };
    Ok(report.into())
}

/// What is wrong with each source of the workspace.
pub fn workspace(snapshot: &Snapshot, params: WorkspaceDiagnosticParams) -> Result<WorkspaceDiagnosticReportResult> {
    let mut known: BTreeMap<Url, String> = params.previous_result_ids.into_iter().map(|one| (one.uri, one.value)).collect();
    let mut items: Vec<WorkspaceDocumentDiagnosticReport> = Vec::new();
    for file in snapshot.files.iter() {
        let uri = snapshot.uri(*file);
        let version = snapshot.version(*file).map(i64::from);
        let (list, id) = found(snapshot, *file);
        items.push(if known.remove(&uri).as_ref() == Some(&id) {
            let unchanged_document_diagnostic_report = UnchangedDocumentDiagnosticReport { result_id: id };
            WorkspaceUnchangedDocumentDiagnosticReport { uri, version, unchanged_document_diagnostic_report }.into()
        } else {
            let full_document_diagnostic_report = FullDocumentDiagnosticReport { result_id: Some(id), items: list };
            WorkspaceFullDocumentDiagnosticReport { uri, version, full_document_diagnostic_report }.into()
        });
    }
    // Files that are gone have nothing wrong any more.
    for uri in known.into_keys() {
        let full_document_diagnostic_report = FullDocumentDiagnosticReport { result_id: None, items: Vec::new() };
        items.push(WorkspaceFullDocumentDiagnosticReport { uri, version: None, full_document_diagnostic_report }.into());
    }
    Ok(WorkspaceDiagnosticReportResult::Report(WorkspaceDiagnosticReport { items }))
}

fn found(snapshot: &Snapshot, file: File) -> (Vec<Diagnostic>, String) {
    let list: Vec<Diagnostic> = publish::one(snapshot, file).iter().map(|one| diagnostic::diagnostic(snapshot, one)).collect();
    let id = diagnostic::result_id(&list);
    (list, id)
}

/// An edit came while diagnostics were pulled: the client shall ask again.
pub fn cancelled(error: Error) -> Error {
    if error.code != ErrorCode::ContentModified {
        return error;
    }
    let data = serde_json::json!({ "retriggerRequest": true });
    Error { code: ErrorCode::ServerError(SERVER_CANCELLED), message: "the document was edited".into(), data: Some(data) }
}

/// `ServerCancelled` of the protocol.
const SERVER_CANCELLED: i64 = -32802;
