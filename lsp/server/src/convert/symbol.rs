//! Kinds of declarations as the protocol has them.

use cloudc_hir::DeclKind;
use tower_lsp::lsp_types::SymbolKind;

/// The kind whose icon fits best.
pub fn kind(kind: DeclKind) -> SymbolKind {
    use DeclKind::*;
    match kind {
        Import | ImportItem => SymbolKind::MODULE,
        Input | Param => SymbolKind::PROPERTY,
        Let => SymbolKind::VARIABLE,
        Resource | Existing => SymbolKind::OBJECT,
        Output => SymbolKind::FIELD,
        Component => SymbolKind::CLASS,
        Fn => SymbolKind::FUNCTION,
        Type => SymbolKind::STRUCT,
        If | For => SymbolKind::OPERATOR,
        Defaults | Moved | Forget => SymbolKind::KEY,
        Assert | Policy | Test => SymbolKind::EVENT,
        Stack | Project => SymbolKind::PACKAGE,
        Env => SymbolKind::NAMESPACE,
    }
}
