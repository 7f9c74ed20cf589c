//! What is uploaded, where a property wants to know where it is: bucket and key, a location, an image's name.

use crate::infer::{Ctx, Expect, Why};
use crate::ty::{AssetKind, Kind, Ty};
use crate::typed::{self, Builtin, Entry, Id, Key};
use cloudc_hir::Problem;
use cloudc_hir::body::ExprId;
use cloudc_schema::{Node, Object, Shape};

/// How properties call the bucket and the key in it, and whether what is there must be an archive.
const PLACES: [(&str, &str); 2] = [("S3Bucket", "S3Key"), ("Bucket", "Key")];

impl Ctx<'_> {
    /// An asset at a position of the schema.
    pub(super) fn fit_asset(&mut self, id: Id, ty: &Ty, kind: AssetKind, node: Node, expect: &Expect, src: ExprId) -> (Id, Ty) {
        let found = match (node.shape(), kind) {
            (Shape::Object(object), _) => self.asset_record(id, kind, object, src),
            (Shape::String, _) => {
                let name = match &expect.why {
                    Why::Property(name) => name.as_str(),
                    _ => "",
                };
                text_form(kind, name).map(|builtin| self.node(typed::Kind::Builtin(builtin, vec![id]), src))
            }
            _ => None,
        };
        match found {
            Some(id) => (id, Ty::at(Kind::Node(node), ty.phase)),
            None => self.mismatch(ty, expect, src),
        }
    }

    /// A record that says where an asset is.
    fn asset_record(&mut self, id: Id, kind: AssetKind, object: Object, src: ExprId) -> Option<Id> {
        let mut entries = Vec::new();
        let mut add = |ctx: &mut Self, name: &str, builtin| {
            let value = ctx.node(typed::Kind::Builtin(builtin, vec![id]), src);
            entries.push(Entry::Field { key: Key::Text(name.into()), value, guard: None, site: src });
        };
        if kind == AssetKind::Image {
            object.property("ImageUri")?;
            add(self, "ImageUri", Builtin::ImageUri);
        } else {
            let (bucket, key) =
                PLACES.into_iter().find(|(bucket, key)| object.property(bucket).is_some() && object.property(key).is_some())?;
            // What takes code takes archives; definitions are taken as they are.
            let archive = bucket == "S3Bucket" && kind == AssetKind::Files;
            add(self, bucket, Builtin::AssetBucket);
            add(self, key, if archive { Builtin::AssetZipKey } else { Builtin::AssetKey });
        }
        Some(self.node(typed::Kind::Record(entries), src))
    }

    /// An asset is no text: which of its names is meant has to be said.
    pub fn asset_as_text(&mut self, kind: AssetKind, src: ExprId) -> (Id, Ty) {
        let problem = Problem::error("C0317", self.at(src), format!("`{}` is something that is uploaded, not text", kind.name()));
        let problem = problem.help(match kind {
            AssetKind::Image => "say what is meant: `.uri`",
            _ => "say what is meant: `.bucket`, `.key`, `.s3_uri` or `.url`",
        });
        self.fail(src, problem)
    }
}

/// Which text a property wants, by its name.
fn text_form(kind: AssetKind, property: &str) -> Option<Builtin> {
    let ends = |endings: &[&str]| endings.iter().any(|ending| property.ends_with(ending));
    match kind {
        AssetKind::Image => (property.contains("Image") || property == "Uri").then_some(Builtin::ImageUri),
        AssetKind::Template => ends(&["URL", "Url"]).then_some(Builtin::AssetUrl),
        AssetKind::Files if property == "CodeUri" || property.contains("S3") || ends(&["Location"]) => Some(Builtin::AssetS3Uri),
        AssetKind::Files => ends(&["URL", "Url", "Uri", "URI"]).then_some(Builtin::AssetUrl),
    }
}
