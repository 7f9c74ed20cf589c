//! `asset("…")`, `image("…")`, `template("…")`: that something is there. What is in it is read when it is emitted.

use std::sync::Arc;

use cloudc_base::{Content, ReadError, path};
use cloudc_hir::Problem;
use cloudc_types::typed::{Builtin, Id};

use super::{Cx, Out};
use crate::codes;
use crate::cond::Stop;
use crate::values::{Asset, AssetKind, AssetPart, Expr, Node, Src, Value};

impl Cx<'_> {
    /// Paths are relative to the file the call is written in.
    pub(super) fn asset(&mut self, builtin: Builtin, written: Id, src: Src) -> Out {
        let kind = match builtin {
            Builtin::Image => AssetKind::Image,
            Builtin::Template => AssetKind::Template,
            _ => AssetKind::Files,
        };
        let written = self.need(written)?;
        let Some(name) = written.value.as_str() else { return Err(self.misfit(src)) };
        let from = self.decl.file(self.db).path(self.db);
        let Some(path) = path::resolve(from, name).filter(|path| path.starts_with('/')) else {
            let message = format!("`{name}` is not a path inside the project");
            let problem = Problem::error(codes::FILE_UNREADABLE, written.src.anchor(), message);
            return Err(self.fail(problem.help("write a path relative to this file, like \"./fn\"")));
        };
        self.is_there(kind, &path, name, &written)?;
        let asset = Asset { kind, path: path.into() };
        Ok(src.node(Value::deploy(Expr::Asset(Arc::new(asset), AssetPart::Whole))))
    }

    fn is_there(&mut self, kind: AssetKind, path: &str, name: &str, written: &Node) -> Result<(), Stop> {
        let file = self.db.files().get(self.db, path);
        let (code, message) = match (file.content(self.db), kind) {
            (Content::Unreadable(ReadError::Missing), _) => (codes::FILE_MISSING, format!("there is nothing at `{name}`")),
            (Content::Unreadable(ReadError::OutsideProject), _) => {
                (codes::FILE_UNREADABLE, format!("`{name}` is outside the project"))
            }
            (Content::Unreadable(ReadError::Other(reason)), _) => {
                (codes::FILE_UNREADABLE, format!("`{name}` cannot be read: {reason}"))
            }
            (Content::Unreadable(ReadError::Directory), AssetKind::Image) => {
                let recipe = self.db.files().get(self.db, &format!("{path}/Dockerfile"));
                if matches!(recipe.content(self.db), Content::Text(_)) {
                    return Ok(());
                }
                (codes::BAD_ASSET, format!("there is no `Dockerfile` in `{name}`"))
            }
            (_, AssetKind::Image) => (codes::BAD_ASSET, format!("`{name}` is not a folder with a `Dockerfile`")),
            (Content::Text(_), AssetKind::Template) if !path.ends_with(".cloud") => return Ok(()),
            (Content::Text(_), AssetKind::Template) if cloudc_hir::stack_decl(self.db, file).is_some() => return Ok(()),
            (Content::Text(_), AssetKind::Template) => {
                (codes::BAD_ASSET, format!("`{name}` has no `stack`, so it makes no template"))
            }
            (_, AssetKind::Template) => (codes::BAD_ASSET, format!("`{name}` is not a template, or a file with a stack")),
            (_, AssetKind::Files) => return Ok(()),
        };
        Err(self.error(code, written.src, message))
    }

    /// One of the names that an asset has once it is uploaded.
    pub(super) fn asset_part(&mut self, builtin: Builtin, asset: Id, src: Src) -> Out {
        let part = match builtin {
            Builtin::AssetBucket => AssetPart::Bucket,
            Builtin::AssetKey => AssetPart::Key,
            Builtin::AssetZipKey => AssetPart::ZipKey,
            Builtin::AssetS3Uri => AssetPart::S3Uri,
            Builtin::AssetUrl => AssetPart::Url,
            _ => AssetPart::ImageUri,
        };
        let node = self.need(asset)?;
        self.through(&node, src, &mut |cx, node| match node.value.expr() {
            Some(Expr::Asset(asset, _)) => Ok(src.node(Value::deploy(Expr::Asset(asset.clone(), part)))),
            _ => Err(cx.misfit(src)),
        })
    }
}
