//! What a resource refers to.
//!
//! In: an evaluated resource. Out: its references to other resources, each with the property it stands in. Always: in the order
//! they are written; the condition of a reference is what has to hold for it to be there.

use std::fmt::Write;

use cloudc_hir::Name;
use cloudc_hir::share::SHARES;
use rustc_hash::FxHashMap;
use salsa::plumbing::AsId;

use crate::Db;
use crate::assemble::stack;
use crate::cond::{Cond, Test};
use crate::frame::{Site, Target};
use crate::resources::resource;
use crate::values::{Expr, Node, Src, Value};

/// A reference from one resource to another.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// What is referred to.
    pub to: Site,
    /// How.
    pub kind: LinkKind,
    /// JSON pointer to the value, from the resource: `/Properties/VpcId`; choices and functions add nothing to it.
    pub pointer: String,
    /// What has to hold for the reference to be there.
    pub cond: Cond,
    /// Where the reference was born.
    pub src: Src,
    /// Where the property was written.
    pub site: Src,
}

/// How a resource is referred to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum LinkKind {
    /// `Ref`.
    Ref,
    /// `Fn::GetAtt`.
    Attr(Name),
    /// `DependsOn`.
    DependsOn,
}

/// The references of a resource of a target's stack.
pub fn links(db: &dyn Db, target: Target, site: Site) -> &[Link] {
    links_in(db, target, share(site)).get(&site).map_or(&[], Vec::as_slice)
}

// Remembered per share, as the outlines of declarations are, and for the same reason.
#[salsa::tracked(returns(ref))]
fn links_in(db: &dyn Db, target: Target, of: u32) -> FxHashMap<Site, Vec<Link>> {
    let with_links = sites_in(db, target, of).iter().map(|site| (*site, links_from(db, *site)));
    with_links.filter(|(_, links)| !links.is_empty()).collect()
}

// A resource more or less is no news to the other shares.
#[salsa::tracked(returns(ref))]
fn sites_in(db: &dyn Db, target: Target, of: u32) -> Vec<Site> {
    sites(db, target)[of as usize].clone()
}

/// The resources of a stack by share. Read only by what projects it.
#[salsa::tracked(returns(ref))]
fn sites(db: &dyn Db, target: Target) -> Vec<Vec<Site>> {
    let mut shares = vec![Vec::new(); SHARES as usize];
    for member in &stack(db, target).resources {
        shares[share(member.site) as usize].push(member.site);
    }
    shares
}

fn share(site: Site) -> u32 {
    site.as_id().index() % SHARES
}

fn links_from(db: &dyn Db, site: Site) -> Vec<Link> {
    let resource = resource(db, site);
    let mut walk = Walk { links: Vec::new(), pointer: String::new() };
    let here = resource.properties.src;
    walk.under("Properties", |walk| walk.node(&resource.properties, &Cond::True, here));
    let attributes = &resource.attributes;
    let parts = [
        ("Metadata", &attributes.metadata),
        ("CreationPolicy", &attributes.creation_policy),
        ("UpdatePolicy", &attributes.update_policy),
    ];
    for (name, node) in parts {
        if let Some(node) = node {
            walk.under(name, |walk| walk.node(node, &Cond::True, node.src));
        }
    }
    for (to, src) in &attributes.depends_on {
        let link =
            Link { to: *to, kind: LinkKind::DependsOn, pointer: "/DependsOn".into(), cond: Cond::True, src: *src, site: *src };
        walk.links.push(link);
    }
    walk.links
}

/// The references inside a value, for what is no resource: outputs.
pub fn links_of(node: &Node) -> Vec<Link> {
    let mut walk = Walk { links: Vec::new(), pointer: String::new() };
    walk.node(node, &Cond::True, node.src);
    walk.links
}

struct Walk {
    links: Vec<Link>,
    pointer: String,
}

impl Walk {
    fn under(&mut self, step: impl std::fmt::Display, f: impl FnOnce(&mut Self)) {
        let len = self.pointer.len();
        let escaped = step.to_string().replace('~', "~0").replace('/', "~1");
        // Writing to a string cannot fail.
        let _ = write!(self.pointer, "/{escaped}");
        f(self);
        self.pointer.truncate(len);
    }

    fn node(&mut self, node: &Node, cond: &Cond, site: Src) {
        match &node.value {
            Value::List(items) => {
                for (at, item) in items.iter().enumerate() {
                    self.under(at, |walk| walk.node(item, cond, site));
                }
            }
            Value::Record(fields) => {
                for field in fields.iter() {
                    self.under(&field.name, |walk| walk.node(&field.node, cond, field.site));
                }
            }
            Value::Handle(to) => self.push(*to, LinkKind::Ref, node.src, cond, site),
            Value::Deploy(expr) => self.expr(expr, node.src, cond, site),
            _ => {}
        }
    }

    fn expr(&mut self, expr: &Expr, src: Src, cond: &Cond, site: Src) {
        match expr {
            Expr::Ref(to) => self.push(*to, LinkKind::Ref, src, cond, site),
            Expr::Attr(to, name) => self.push(*to, LinkKind::Attr(name.clone()), src, cond, site),
            Expr::If(own, then, otherwise) => {
                self.node(then, &Cond::and([cond.clone(), own.clone()]), site);
                self.node(otherwise, &Cond::and([cond.clone(), own.not()]), site);
            }
            Expr::Find(find) => find.keys.iter().chain(&find.default).for_each(|node| self.node(node, cond, site)),
            Expr::Param(_) | Expr::Pseudo(_) | Expr::Truth(_) => {}
            expr => expr.children().into_iter().for_each(|node| self.node(node, cond, site)),
        }
    }

    fn push(&mut self, to: Site, kind: LinkKind, src: Src, cond: &Cond, site: Src) {
        self.links.push(Link { to, kind, pointer: self.pointer.clone(), cond: cond.clone(), src, site });
    }
}

/// The values a condition's places hold, for who walks everything.
pub fn operands(cond: &Cond) -> Vec<Value> {
    let mut found = Vec::new();
    for place in cond.places() {
        match place.test {
            Test::Operand(value) => found.push(value),
            Test::Same(a, b) | Test::Contains(a, b) | Test::EveryIn(a, b) => found.extend([a, b]),
        }
    }
    found
}
