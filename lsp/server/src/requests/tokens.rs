//! `textDocument/semanticTokens/full`, `full/delta` and `range`.

use cloudc_base::{File, TextRange};
use cloudc_ide::{TokenKind, TokenModifiers};
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{
    Position, SemanticToken, SemanticTokenModifier, SemanticTokenType, SemanticTokens, SemanticTokensDelta,
    SemanticTokensDeltaParams, SemanticTokensEdit, SemanticTokensFullDeltaResult, SemanticTokensFullOptions,
    SemanticTokensLegend, SemanticTokensOptions, SemanticTokensParams, SemanticTokensRangeParams, SemanticTokensRangeResult,
    SemanticTokensResult, Url,
};

use crate::snapshot::Snapshot;

/// What the numbers in the answers mean.
pub fn options() -> SemanticTokensOptions {
    SemanticTokensOptions {
        legend: SemanticTokensLegend {
            token_types: TokenKind::LEGEND.iter().map(|name| SemanticTokenType::new(name)).collect(),
            token_modifiers: TokenModifiers::LEGEND.iter().map(|name| SemanticTokenModifier::new(name)).collect(),
        },
        range: Some(true),
        full: Some(SemanticTokensFullOptions::Delta { delta: Some(true) }),
        ..SemanticTokensOptions::default()
    }
}

/// All tokens of a document.
pub fn full(snapshot: &Snapshot, params: SemanticTokensParams) -> Result<Option<SemanticTokensResult>> {
    let uri = params.text_document.uri.clone();
    let file = snapshot.file(&params.text_document)?;
    Ok(Some(kept(snapshot, &uri, tokens(snapshot, file, None)).into()))
}

/// What is different from the tokens that the client has.
pub fn delta(snapshot: &Snapshot, params: SemanticTokensDeltaParams) -> Result<Option<SemanticTokensFullDeltaResult>> {
    let uri = params.text_document.uri.clone();
    let file = snapshot.file(&params.text_document)?;
    let before = snapshot.memory.take_tokens(&uri, &params.previous_result_id);
    let answer = kept(snapshot, &uri, tokens(snapshot, file, None));
    Ok(Some(match before {
        Some(before) => SemanticTokensFullDeltaResult::TokensDelta(SemanticTokensDelta {
            result_id: answer.result_id,
            edits: difference(&before, &answer.data),
        }),
        None => SemanticTokensFullDeltaResult::Tokens(answer),
    }))
}

/// The tokens in a part of a document.
pub fn range(snapshot: &Snapshot, params: SemanticTokensRangeParams) -> Result<Option<SemanticTokensRangeResult>> {
    let part = snapshot.part(&params.text_document, params.range)?;
    let data = tokens(snapshot, part.file, Some(part.range));
    Ok(Some(SemanticTokens { result_id: None, data }.into()))
}

fn kept(snapshot: &Snapshot, uri: &Url, data: Vec<SemanticToken>) -> SemanticTokens {
    let id = snapshot.memory.keep_tokens(uri, data.clone());
    SemanticTokens { result_id: Some(id), data }
}

/// One edit that makes `after` of `before`; none when they are the same. Numbers are counted, five a token.
fn difference(before: &[SemanticToken], after: &[SemanticToken]) -> Vec<SemanticTokensEdit> {
    let start = before.iter().zip(after).take_while(|(a, b)| a == b).count();
    let (old, new) = (&before[start..], &after[start..]);
    let same = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
    let (old, new) = (&old[..old.len() - same], &new[..new.len() - same]);
    if old.is_empty() && new.is_empty() {
        return Vec::new();
    }
    let data = (!new.is_empty()).then(|| new.to_vec());
    vec![SemanticTokensEdit { start: start as u32 * 5, delete_count: old.len() as u32 * 5, data }]
}

/// Tokens as the protocol has them: none over several lines, each told from the one before.
fn tokens(snapshot: &Snapshot, file: File, part: Option<TextRange>) -> Vec<SemanticToken> {
    let mut last = Position::default();
    let mut list = Vec::new();
    for token in cloudc_ide::semantic_tokens(&snapshot.db, file, part) {
        let range = snapshot.range(file, token.range);
        if range.start.line != range.end.line || range.start >= range.end || range.start < last {
            continue;
        }
        let line = range.start.line - last.line;
        list.push(SemanticToken {
            delta_line: line,
            delta_start: if line == 0 { range.start.character - last.character } else { range.start.character },
            length: range.end.character - range.start.character,
            token_type: token.kind as u32,
            token_modifiers_bitset: token.modifiers.0,
        });
        last = range.start;
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(length: u32) -> SemanticToken {
        SemanticToken { delta_line: 0, delta_start: 1, length, token_type: 0, token_modifiers_bitset: 0 }
    }

    #[test]
    fn a_difference_makes_one_of_the_other() {
        for (before, after) in
            [(vec![], vec![1]), (vec![1, 2, 3], vec![1, 4, 5, 3]), (vec![1, 1], vec![1, 1, 1]), (vec![1, 2], vec![2])]
        {
            let before: Vec<_> = before.into_iter().map(token).collect();
            let after: Vec<_> = after.into_iter().map(token).collect();
            let mut made = before.clone();
            for edit in difference(&before, &after) {
                let start = edit.start as usize / 5;
                made.splice(start..start + edit.delete_count as usize / 5, edit.data.unwrap_or_default());
            }
            assert_eq!(made, after);
        }
        assert!(difference(&[token(1)], &[token(1)]).is_empty());
    }
}
