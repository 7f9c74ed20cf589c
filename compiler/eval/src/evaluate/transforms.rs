//! What transforms make: resources of theirs that are named here, and values that a macro puts in.

use cloudc_types::typed::Id;

use super::{Cx, Out};
use crate::codes;
use crate::frame::Site;
use crate::values::{Expr, Field, Src, Value};

impl Cx<'_> {
    /// `generated("…")`: a reference to itself, whose logical id is what is written ([`crate::naming::logical_id`]).
    pub(super) fn generated(&mut self, args: &[Id], src: Src) -> Out {
        let [id] = args else { return Err(self.misfit(src)) };
        let node = self.need(*id)?;
        let Some(text) = node.value.as_str() else { return Err(self.misfit(src)) };
        // SAM calls what belongs to a resource by that one and a dot: `Api.Stage`.
        if text.split('.').any(|part| part.is_empty() || !part.chars().all(|c| c.is_ascii_alphanumeric())) {
            let message = format!("{text:?} is no logical id");
            return Err(self.error(codes::BAD_ARGUMENT, src, message));
        }
        Ok(src.node(Value::deploy(Expr::Ref(Site::new(self.db, self.frame, self.decl)))))
    }

    /// `transform("…", { … })`: `Fn::Transform`.
    pub(super) fn transform(&mut self, args: &[Id], src: Src) -> Out {
        let [name, parameters] = args else { return Err(self.misfit(src)) };
        let mut fields = vec![Field { name: "Name".into(), node: self.need(*name)?, site: src }];
        let parameters = self.opened(*parameters)?;
        if parameters.value != Value::None {
            fields.push(Field { name: "Parameters".into(), node: parameters, site: src });
        }
        let inner = src.node(Value::record(fields));
        Ok(src.node(Value::record(vec![Field { name: "Fn::Transform".into(), node: inner, site: src }])))
    }
}
