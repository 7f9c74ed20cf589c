//! Everything a client can send: the table of requests, and what notifications change.
//!
//! Always: a handler puts its job into the owner's queue before it waits for anything; none waits for the client.

use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use serde_json::Value;
use tower_lsp::jsonrpc::{Error, Response, Result};
use tower_lsp::lsp_types::request::{
    GotoImplementationParams, GotoImplementationResponse, GotoTypeDefinitionParams, GotoTypeDefinitionResponse,
    RegisterCapability, WorkspaceConfiguration,
};
use tower_lsp::lsp_types::*;
use tower_lsp::{ClientSocket, LanguageServer, LspService};

use crate::client::Client;
use crate::config::{Config, SECTION};
use crate::convert::uri;
use crate::host::Host;
use crate::requests::{
    actions, capabilities, command, completion, definition, diagnostics, folding, formatting, graph, hierarchy, hover, inlay,
    lens, linked, links, moves, references, rename, selection, signature, source, symbols, template, testing, tokens, tree,
};
use crate::scan;
use crate::state::Workspace;
use crate::transport::outbox::Outbox;
use crate::transport::owner::{self, Desk, Job, Lane};

/// Is told the number of the editor's process, to leave when that ends.
type Leave = Box<dyn Fn(u32) + Send + Sync>;

/// The server as tower-lsp sees it.
pub struct Backend {
    desk: Desk,
    outbox: Outbox,
    host: Host,
    leave: Leave,
    /// The owner's end of the queue until the owner starts.
    jobs: Mutex<Option<Receiver<Job>>>,
    client: OnceLock<Arc<Client>>,
}

/// The service with all its methods, with those for tests if wanted, and the line to the client.
pub fn service(testing: bool, make: impl FnOnce(tower_lsp::Client) -> Backend) -> (LspService<Backend>, ClientSocket) {
    let mut builder = LspService::build(make)
        .custom_method("cloud/showTemplate", Backend::template)
        .custom_method("cloud/graph", Backend::graph)
        .custom_method("cloud/syntaxTree", Backend::syntax_tree)
        .custom_method("cloud/source", Backend::source);
    if testing {
        builder = builder
            .custom_method("cloudc/test/slow", Backend::test_slow)
            .custom_method("cloudc/test/panic", Backend::test_panic)
            .custom_method("cloudc/test/panicOwner", Backend::test_panic_owner)
            .custom_method("cloudc/test/text", Backend::test_text);
    }
    builder.finish()
}

/// Adds to the answer of `initialize` what its type cannot say.
pub fn with_all_capabilities(response: Response) -> Response {
    let (id, mut result) = response.into_parts();
    let told = result.as_mut().ok().and_then(|result| result.get_mut("capabilities")).and_then(Value::as_object_mut);
    if let (Some(told), Value::Object(further)) = (told, capabilities::further()) {
        told.extend(further);
    }
    Response::from_parts(id, result)
}

/// Requests that are answered from a snapshot: the method, its parameters and answer, the threads that answer, the function that does.
macro_rules! table {
    ($($name:ident($params:ty) -> $answer:ty = $lane:ident $function:path;)*) => {
        #[tower_lsp::async_trait]
        impl LanguageServer for Backend {
            async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
                self.start(params)
            }

            async fn initialized(&self, _: InitializedParams) {
                self.started();
            }

            async fn shutdown(&self) -> Result<()> {
                Ok(())
            }

            async fn did_open(&self, params: DidOpenTextDocumentParams) {
                self.desk.change(|workspace| workspace.open_document(params));
            }

            async fn did_change(&self, params: DidChangeTextDocumentParams) {
                self.desk.change(|workspace| workspace.change_document(params));
            }

            async fn did_save(&self, _: DidSaveTextDocumentParams) {
                self.desk.change(Workspace::look_at_disk);
            }

            async fn did_close(&self, params: DidCloseTextDocumentParams) {
                self.desk.change(move |workspace| workspace.close_document(&params));
            }

            async fn did_change_watched_files(&self, params: DidChangeWatchedFilesParams) {
                self.desk.change(move |workspace| workspace.disk_changed(&params.changes));
            }

            async fn did_change_configuration(&self, params: DidChangeConfigurationParams) {
                self.configuration_changed(params.settings);
            }

            async fn did_change_workspace_folders(&self, params: DidChangeWorkspaceFoldersParams) {
                self.folders_changed(params.event);
            }

            async fn execute_command(&self, params: ExecuteCommandParams) -> Result<Option<Value>> {
                self.execute(params).await
            }

            async fn diagnostic(&self, params: DocumentDiagnosticParams) -> Result<DocumentDiagnosticReportResult> {
                self.desk.ask(Lane::Quick, params, diagnostics::document).await.map_err(diagnostics::cancelled)
            }

            async fn workspace_diagnostic(&self, params: WorkspaceDiagnosticParams) -> Result<WorkspaceDiagnosticReportResult> {
                self.desk.ask(Lane::Long, params, diagnostics::workspace).await.map_err(diagnostics::cancelled)
            }

            $(
                async fn $name(&self, params: $params) -> Result<$answer> {
                    self.desk.ask(Lane::$lane, params, $function).await
                }
            )*
        }
    };
}

table! {
    hover(HoverParams) -> Option<Hover> = Quick hover::hover;
    signature_help(SignatureHelpParams) -> Option<SignatureHelp> = Quick signature::help;
    inlay_hint(InlayHintParams) -> Option<Vec<InlayHint>> = Quick inlay::hints;
    inlay_hint_resolve(InlayHint) -> InlayHint = Quick inlay::resolve;
    semantic_tokens_full(SemanticTokensParams) -> Option<SemanticTokensResult> = Quick tokens::full;
    semantic_tokens_full_delta(SemanticTokensDeltaParams) -> Option<SemanticTokensFullDeltaResult> = Quick tokens::delta;
    semantic_tokens_range(SemanticTokensRangeParams) -> Option<SemanticTokensRangeResult> = Quick tokens::range;
    goto_definition(GotoDefinitionParams) -> Option<GotoDefinitionResponse> = Quick definition::definition;
    goto_type_definition(GotoTypeDefinitionParams) -> Option<GotoTypeDefinitionResponse> = Quick definition::type_definition;
    goto_implementation(GotoImplementationParams) -> Option<GotoImplementationResponse> = Quick definition::implementation;
    references(ReferenceParams) -> Option<Vec<Location>> = Quick references::references;
    document_highlight(DocumentHighlightParams) -> Option<Vec<DocumentHighlight>> = Quick references::highlight;
    document_symbol(DocumentSymbolParams) -> Option<DocumentSymbolResponse> = Quick symbols::document;
    symbol(WorkspaceSymbolParams) -> Option<Vec<SymbolInformation>> = Quick symbols::workspace;
    symbol_resolve(WorkspaceSymbol) -> WorkspaceSymbol = Quick symbols::resolve;
    document_link(DocumentLinkParams) -> Option<Vec<DocumentLink>> = Quick links::links;
    document_link_resolve(DocumentLink) -> DocumentLink = Quick links::resolve;
    prepare_call_hierarchy(CallHierarchyPrepareParams) -> Option<Vec<CallHierarchyItem>> = Quick hierarchy::prepare_calls;
    incoming_calls(CallHierarchyIncomingCallsParams) -> Option<Vec<CallHierarchyIncomingCall>> = Quick hierarchy::incoming;
    outgoing_calls(CallHierarchyOutgoingCallsParams) -> Option<Vec<CallHierarchyOutgoingCall>> = Quick hierarchy::outgoing;
    prepare_type_hierarchy(TypeHierarchyPrepareParams) -> Option<Vec<TypeHierarchyItem>> = Quick hierarchy::prepare_types;
    supertypes(TypeHierarchySupertypesParams) -> Option<Vec<TypeHierarchyItem>> = Quick hierarchy::supertypes;
    subtypes(TypeHierarchySubtypesParams) -> Option<Vec<TypeHierarchyItem>> = Quick hierarchy::subtypes;
    prepare_rename(TextDocumentPositionParams) -> Option<PrepareRenameResponse> = Quick rename::prepare;
    rename(RenameParams) -> Option<WorkspaceEdit> = Quick rename::rename;
    code_action(CodeActionParams) -> Option<CodeActionResponse> = Quick actions::actions;
    code_action_resolve(CodeAction) -> CodeAction = Quick actions::resolve;
    completion(CompletionParams) -> Option<CompletionResponse> = Quick completion::completion;
    completion_resolve(CompletionItem) -> CompletionItem = Quick completion::resolve;
    will_rename_files(RenameFilesParams) -> Option<WorkspaceEdit> = Quick moves::will_rename;
    formatting(DocumentFormattingParams) -> Option<Vec<TextEdit>> = Quick formatting::document;
    range_formatting(DocumentRangeFormattingParams) -> Option<Vec<TextEdit>> = Quick formatting::range;
    on_type_formatting(DocumentOnTypeFormattingParams) -> Option<Vec<TextEdit>> = Quick formatting::on_type;
    folding_range(FoldingRangeParams) -> Option<Vec<FoldingRange>> = Quick folding::folding;
    selection_range(SelectionRangeParams) -> Option<Vec<SelectionRange>> = Quick selection::selection;
    linked_editing_range(LinkedEditingRangeParams) -> Option<LinkedEditingRanges> = Quick linked::linked;
    code_lens(CodeLensParams) -> Option<Vec<CodeLens>> = Quick lens::lenses;
    code_lens_resolve(CodeLens) -> CodeLens = Quick lens::resolve;
}

/// The project's own requests.
impl Backend {
    async fn template(&self, params: template::TemplateParams) -> Result<template::Template> {
        self.desk.ask(Lane::Quick, params, template::template).await
    }

    async fn graph(&self, params: graph::GraphParams) -> Result<Option<graph::Graph>> {
        self.desk.ask(Lane::Long, params, graph::graph).await
    }

    async fn syntax_tree(&self, params: tree::SyntaxTreeParams) -> Result<tree::Text> {
        self.desk.ask(Lane::Quick, params, tree::tree).await
    }

    async fn source(&self, params: source::SourceParams) -> Result<tree::Text> {
        self.desk.ask(Lane::Quick, params, source::source).await
    }

    async fn test_slow(&self, params: testing::SlowParams) -> Result<&'static str> {
        self.desk.ask(Lane::Quick, params, testing::slow).await
    }

    async fn test_panic(&self, params: Value) -> Result<()> {
        self.desk.ask(Lane::Quick, params, testing::panic).await
    }

    async fn test_panic_owner(&self, _: Value) {
        self.desk.change(|_| panic!("as asked"));
    }

    async fn test_text(&self, params: testing::TextParams) -> Result<testing::DocumentText> {
        self.desk.ask(Lane::Quick, params, testing::text).await
    }
}

impl Backend {
    /// A server that nobody has spoken to yet.
    pub fn new(outbox: Outbox, host: Host, leave: Leave) -> Self {
        let (sender, jobs) = channel();
        let desk = Desk::new(sender, outbox.clone());
        Backend { desk, outbox, host, leave, jobs: Mutex::new(Some(jobs)), client: OnceLock::new() }
    }

    fn start(&self, params: InitializeParams) -> Result<InitializeResult> {
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take();
        let jobs = jobs.ok_or_else(Error::invalid_request)?;
        let client =
            Arc::new(Client::new(&params.capabilities, params.client_info.as_ref().map_or("", |info| info.name.as_str())));
        let _ = self.client.set(client.clone());
        if let Some(editor) = params.process_id {
            (self.leave)(editor);
        }
        let (folders, options) = (folders(&params), params.initialization_options);
        let (host, outbox, known) = (self.host.clone(), self.outbox.clone(), client.clone());
        owner::start(move || Workspace::new(host, outbox, known, &folders), jobs, self.outbox.clone());
        if let Some(options) = options {
            // Some clients wrap their settings in the section, some do not.
            let section = options.get(SECTION).unwrap_or(&options);
            let config = Config::new(section);
            self.desk.change(|workspace| workspace.configure(config));
        }
        Ok(InitializeResult {
            capabilities: capabilities::capabilities(&client),
            server_info: Some(ServerInfo { name: "cloudc".to_owned(), version: Some(self.host.version.clone()) }),
        })
    }

    fn started(&self) {
        let Some(client) = self.client.get() else { return };
        let registrations = registrations(client);
        if !registrations.is_empty() {
            self.outbox.ask::<RegisterCapability>(RegistrationParams { registrations }, drop);
        }
        self.pull_configuration();
        let (desk, outbox, progress) = (self.desk.clone(), self.outbox.clone(), client.progress);
        self.desk.change(move |workspace| scan::start(desk, outbox, workspace.folders().to_vec(), progress));
    }

    fn configuration_changed(&self, settings: Value) {
        if self.client.get().is_some_and(|client| client.configuration) {
            return self.pull_configuration();
        }
        if let Some(section) = settings.get(SECTION) {
            let config = Config::new(section);
            self.desk.change(|workspace| workspace.configure(config));
        }
    }

    fn pull_configuration(&self) {
        if !self.client.get().is_some_and(|client| client.configuration) {
            return;
        }
        let desk = self.desk.clone();
        let items = vec![ConfigurationItem { scope_uri: None, section: Some(SECTION.to_owned()) }];
        self.outbox.ask::<WorkspaceConfiguration>(ConfigurationParams { items }, move |values| {
            let config = Config::new(values.first().unwrap_or(&Value::Null));
            desk.change(|workspace| workspace.configure(config));
        });
    }

    fn folders_changed(&self, event: WorkspaceFoldersChangeEvent) {
        let paths = |folders: Vec<WorkspaceFolder>| -> Vec<String> {
            let files = folders.iter().filter(|folder| folder.uri.scheme() == "file");
            files.map(|folder| uri::path(&folder.uri)).collect()
        };
        let (added, removed) = (paths(event.added), paths(event.removed));
        let (desk, outbox) = (self.desk.clone(), self.outbox.clone());
        self.desk.change(move |workspace| {
            workspace.remove_folders(&removed);
            workspace.add_folders(&added);
            scan::start(desk, outbox, added, false);
        });
    }

    async fn execute(&self, params: ExecuteCommandParams) -> Result<Option<Value>> {
        let process = match params.command.as_str() {
            command::CHECK => return self.desk.ask(Lane::Long, (), command::check).await,
            command::BUILD => self.desk.ask(Lane::Quick, params.arguments, command::build).await?,
            command::SYNC => self.desk.ask(Lane::Quick, params.arguments, command::sync).await?,
            other => return Err(Error::invalid_params(format!("there is no command `{other}`"))),
        };
        let result = tokio::task::spawn_blocking(move || command::run(&process)).await;
        if params.command == command::SYNC {
            self.desk.change(Workspace::reload_schema);
        }
        result.unwrap_or_else(|_| Err(Error::internal_error())).map(Some)
    }
}

/// The paths of the folders that are open in the editor.
fn folders(params: &InitializeParams) -> Vec<String> {
    let listed = params.workspace_folders.iter().flatten().map(|folder| &folder.uri);
    #[allow(deprecated)] // old clients have nothing else
    let root = params.root_uri.iter().filter(|_| params.workspace_folders.as_ref().is_none_or(Vec::is_empty));
    let folders = listed.chain(root).filter(|uri| uri.scheme() == "file");
    folders.map(uri::path).collect()
}

/// What the client is asked to tell.
fn registrations(client: &Client) -> Vec<Registration> {
    let mut list = Vec::new();
    if client.watches_files {
        // Not only sources: programs read other files, too.
        let watchers = ["**/*.cloud", "**/*.{json,yaml,yml,txt,sh,py,js,sql,html,vtl,asl,graphql}"];
        let watchers: Vec<Value> = watchers.iter().map(|pattern| serde_json::json!({ "globPattern": pattern })).collect();
        list.push(Registration {
            id: "cloudc/files".to_owned(),
            method: "workspace/didChangeWatchedFiles".to_owned(),
            register_options: Some(serde_json::json!({ "watchers": watchers })),
        });
    }
    if client.configuration_changes {
        list.push(Registration {
            id: "cloudc/configuration".to_owned(),
            method: "workspace/didChangeConfiguration".to_owned(),
            register_options: Some(serde_json::json!({ "section": SECTION })),
        });
    }
    list
}
