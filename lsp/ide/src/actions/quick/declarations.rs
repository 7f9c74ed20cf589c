//! Declarations in the wrong place, of the wrong kind, or with the wrong name.

use cloudc_base::{Edit, TextRange, TextSize};
use cloudc_hir::{Decl, DeclKind, Namespace, Resolution, asking_owner, resolve};
use cloudc_syntax::SyntaxKind as K;
use cloudc_syntax::ast::{self, AstNode};
use cloudc_types::{Kind, Ty};

use super::{Mend, Place, none, one};
use crate::actions::context::{Ctx, fresh_name, inside_braces, item_around, lead_start, whole_lines};
use crate::near::near;

/// Another name for the second declaration of one.
pub(super) fn rename_second(place: &Place<'_>) -> Vec<Mend> {
    let name = fresh_name(&place.ctx, &place.node(), place.text());
    place.instead(format!("Rename this one to `{name}`"), name)
}

/// A name that nothing else means.
pub(super) fn rename_reserved(place: &Place<'_>) -> Vec<Mend> {
    let name = fresh_name(&place.ctx, &place.node(), &format!("{}_value", place.text()));
    place.instead(format!("Rename it to `{name}`"), name)
}

/// Takes a declaration away that may not be there.
pub(super) fn remove_item(place: &Place<'_>) -> Vec<Mend> {
    let item = item_around(&place.node());
    item.map_or_else(none, |item| one("Remove it", vec![place.replace(whole_lines(&place.ctx, &item), "")]))
}

/// A component or function inside another goes before it.
pub(super) fn move_out(place: &Place<'_>) -> Vec<Mend> {
    let ctx = &place.ctx;
    let Some(item) = item_around(&place.node()).filter(|item| matches!(item.kind(), K::ComponentItem | K::FnItem | K::TypeItem))
    else {
        return none();
    };
    let Some(top) = item.ancestors().filter(|node| node.parent().is_some_and(|parent| parent.kind() == K::Chunk)).last() else {
        return none();
    };
    let own = TextRange::new(lead_start(&item), item.text_range().end());
    let text = ctx.text(ctx.near.in_file(own));
    let lead = crate::near::indentation(ctx.file.text(ctx.db), ctx.near.start + own.start()).len();
    let shifted: Vec<&str> =
        text.lines().map(|line| line.get(lead.min(line.len() - line.trim_start().len())..).unwrap_or(line)).collect();
    let at = ctx.near.start + lead_start(&top);
    let moved = place.replace(TextRange::empty(at), format!("{}\n\n", shifted.join("\n")));
    one("Move it to the file's level", vec![moved, place.replace(whole_lines(ctx, &item), "")])
}

/// What a file needs to be deployed.
pub(super) fn add_stack(place: &Place<'_>) -> Vec<Mend> {
    let end = TextSize::of(place.ctx.file.text(place.ctx.db));
    let lead = if place.ctx.file.text(place.ctx.db).trim().is_empty() { "" } else { "\n" };
    place.insert("Add a stack", end, format!("{lead}stack main {{ region: \"eu-west-1\" }}\n"))
}

/// The parameter among the names that are underlined becomes an input.
pub(super) fn param_to_input(place: &Place<'_>) -> Vec<Mend> {
    if !place.hints().any(|hint| hint.starts_with("make it an `input`")) {
        return none();
    }
    let ctx = &place.ctx;
    let node = place.node();
    let Some(decl) = ctx.decl(&node) else { return none() };
    let above = node.ancestors().skip(1).take(1);
    let names = node.descendants().chain(above).filter_map(ast::NameRef::cast);
    let params = names.filter_map(|name| match resolve(ctx.db, asking_owner(ctx.db, decl), Namespace::Value, name.text())? {
        Resolution::Decl { decl, .. } if decl.kind(ctx.db) == DeclKind::Param => Some(decl),
        _ => None,
    });
    let params: Vec<Decl> = params.collect();
    let [param] = params.as_slice() else { return none() };
    let edit = keyword_edit(ctx, *param);
    edit.map_or_else(none, |edit| one(format!("Make `{}` an `input`", param.name(ctx.db)), vec![edit]))
}

/// The declaration around becomes an input.
pub(super) fn make_input(place: &Place<'_>) -> Vec<Mend> {
    let decl = place.ctx.decl(&place.node()).filter(|decl| decl.kind(place.ctx.db) == DeclKind::Param);
    let edit = decl.and_then(|decl| keyword_edit(&place.ctx, decl));
    edit.map_or_else(none, |edit| one("Make it an `input`", vec![edit]))
}

fn keyword_edit(ctx: &Ctx<'_>, param: Decl) -> Option<Edit> {
    let (near, item) = crate::actions::inline_function::item_of(ctx, param)?;
    // What only parameters have would mean nothing on an input.
    let late =
        item.children().any(|child| child.kind() == K::Attr) || item.descendants().any(|node| node.kind() == K::GenericType);
    let keyword = item.children_with_tokens().find(|part| part.kind() == K::ParamKw).filter(|_| !late)?;
    Some(Edit { file: near.file, range: near.in_file(keyword.text_range()), insert: "input".to_owned() })
}

/// What a component or function does not see becomes an input or parameter of it, and is passed wherever it is used.
pub(super) fn pass_in(place: &Place<'_>) -> Vec<Mend> {
    let ctx = &place.ctx;
    let name = place.text();
    let Some(own) = ctx.decl(&place.node()) else { return none() };
    let target = match resolve(ctx.db, asking_owner(ctx.db, own), Namespace::Value, name.into()) {
        Some(Resolution::Hidden { decl }) => decl,
        _ => return none(),
    };
    let ty = &cloudc_types::signature(ctx.db, target).ty;
    let ty = Ty { kind: if matches!(ty.kind, Kind::Lit(_)) { ty.kind.widened() } else { ty.kind.clone() }, ..ty.clone() };
    let Some(ty) = ctx.written_type(&ty) else { return none() };
    match own.container(ctx.db).filter(|container| container.kind(ctx.db) == DeclKind::Component) {
        Some(component) => into_component(place, component, name, &ty),
        None if own.kind(ctx.db) == DeclKind::Fn => into_function(place, own, name, &ty),
        None => none(),
    }
}

fn into_function(place: &Place<'_>, function: Decl, name: &str, ty: &str) -> Vec<Mend> {
    let ctx = &place.ctx;
    let Some((near, item)) = crate::actions::inline_function::item_of(ctx, function) else { return none() };
    let Some(list) = item.children().find(|child| child.kind() == K::ParamList) else { return none() };
    if cloudc_hir::items::is_pub(ctx.db, function) {
        return none();
    }
    let added = |near: &crate::near::Near<'_>, list: &cloudc_syntax::SyntaxNode, text: String| match list.children().last() {
        Some(last) => place.replace(TextRange::empty(near.in_file(last.text_range()).end()), format!(", {text}")),
        None => place.replace(near.in_file(list.text_range()), format!("({text})")),
    };
    let mut edits = vec![added(&near, &list, format!("{name}: {ty}"))];
    for used in crate::lens::uses_in(ctx.db, function, ctx.file) {
        let Some(near) = crate::near::near(ctx.db, ctx.file, used.range.start()) else { return none() };
        let token = near.token(used.range.start());
        let call = token.and_then(|token| token.parent_ancestors().find_map(ast::CallExpr::cast));
        // Where the name is not seen either, passing it would be the next mistake.
        let hidden =
            near.root.children().any(|item| matches!(item.kind(), K::ComponentItem | K::FnItem | K::TestItem | K::PolicyItem));
        let Some(list) = call.and_then(|call| call.arg_list()).filter(|_| !hidden) else { return none() };
        let named = list.args().any(|arg| arg.name().is_some());
        let text = if named { format!("{name}: {name}") } else { name.to_owned() };
        edits.push(added(&near, list.syntax(), text));
    }
    one(format!("Give the function a parameter `{name}`"), edits)
}

fn into_component(place: &Place<'_>, component: Decl, name: &str, ty: &str) -> Vec<Mend> {
    let ctx = &place.ctx;
    let Some((near, item)) = crate::actions::inline_function::item_of(ctx, component) else { return none() };
    let Some(block) = ast::Component::cast(item).and_then(|it| it.block()) else { return none() };
    // A public component is used by others, who would miss the new input.
    if cloudc_hir::items::is_pub(ctx.db, component) {
        return none();
    }
    let at = near.in_file(inside_braces(block.syntax())).start();
    let mut edits = vec![place.replace(TextRange::empty(at), format!("\n  input {name}: {ty}"))];
    for used in crate::lens::uses_in(ctx.db, component, ctx.file) {
        let Some(near) = near_item(ctx, used.range.start()) else { return none() };
        let (near, item) = near;
        let Some(record) = ast::Resource::cast(item).and_then(|it| it.body()) else { continue };
        let range = near.in_file(record.range());
        match record.syntax().children().last() {
            Some(last) => {
                let between = if record.syntax().text().contains_char('\n') { "\n" } else { ", " };
                edits.push(
                    place.replace(TextRange::empty(near.in_file(last.text_range()).end()), format!("{between}{name}: {name}")),
                );
            }
            None => edits.push(place.replace(range, format!("{{ {name}: {name} }}"))),
        }
    }
    one(format!("Give the component an input `{name}`"), edits)
}

fn near_item<'a>(ctx: &Ctx<'a>, at: TextSize) -> Option<(crate::near::Near<'a>, cloudc_syntax::SyntaxNode)> {
    let near = near(ctx.db, ctx.file, at)?;
    let item = item_around(&near.token(at)?.parent()?)?;
    Some((near, item))
}

/// A type where one must be written: that of the default, else one to start from.
pub(super) fn add_type(place: &Place<'_>) -> Vec<Mend> {
    let ctx = &place.ctx;
    let Some(decl) = ctx.decl(&place.node()) else { return none() };
    let known = match decl.kind(ctx.db) {
        DeclKind::Fn => None,
        _ => ctx.written_type(&cloudc_types::signature(ctx.db, decl).ty),
    };
    let end = place.told.range.end();
    if let Some(ty) = known {
        return place.insert(format!("Add the type `{ty}`"), end, format!(": {ty}"));
    }
    let function = place.node().ancestors().find(|node| node.kind() == K::FnItem);
    let ty = function.map_or("String", |function| used_as(&function, place.text()));
    place.insert(format!("Add the type `{ty}`"), end, format!(": {ty}"))
}

/// What the uses of a parameter say of it.
fn used_as(function: &cloudc_syntax::SyntaxNode, name: &str) -> &'static str {
    let uses = function.descendants().filter_map(ast::NameRef::cast).filter(|it| it.text() == name);
    for parent in uses.filter_map(|it| it.syntax().parent()) {
        match parent.kind() {
            K::BinaryExpr => match ast::BinaryExpr::cast(parent.clone()).and_then(|it| it.op()) {
                Some(ast::BinOp::And | ast::BinOp::Or) => return "Bool",
                Some(ast::BinOp::Eq | ast::BinOp::Ne | ast::BinOp::Add)
                    if parent.children().any(|side| side.kind() == K::StringExpr) =>
                {
                    return "String";
                }
                Some(ast::BinOp::Coalesce | ast::BinOp::Eq | ast::BinOp::Ne | ast::BinOp::In) | None => {}
                Some(_) => return "Int",
            },
            K::IfExpr => return "Bool",
            _ => {}
        }
    }
    "String"
}

/// What tells the turns of a loop apart.
pub(super) fn add_by(place: &Place<'_>) -> Vec<Mend> {
    let ctx = &place.ctx;
    let Some(item) = item_around(&place.node()).and_then(ast::ForItem::cast) else { return none() };
    let (Some(iterable), None) = (item.iterable(), item.by()) else { return none() };
    let names: Vec<ast::Name> = item.bindings().collect();
    let end = ctx.range_of(iterable.syntax()).end();
    let element = ctx.ty(iterable.syntax()).and_then(|ty| cloudc_types::ask::turn_of(&ty)).map(|(_, element)| element);
    let mut ways = Vec::new();
    if let (Some(last), Some(Kind::Record(fields))) = (names.last(), element.map(|ty| ty.kind)) {
        let keys = fields.iter().filter(|field| field.ty.kind.is_text() || field.ty.kind.is_int());
        for field in keys.take(3) {
            let by = format!("{}.{}", last.text(), field.name);
            ways.extend(place.insert(format!("Tell them apart by `{by}`"), end, format!(" by {by}")));
        }
    }
    match names.as_slice() {
        [only] => {
            let index = fresh_name(ctx, item.syntax(), "i");
            let binding = place.replace(TextRange::empty(ctx.range_of(only.syntax()).start()), format!("{index}, "));
            let by = place.replace(TextRange::empty(end), format!(" by {index}"));
            ways.extend(one("Tell them apart by their position", vec![binding, by]));
        }
        [index, _] => ways.extend(place.insert("Tell them apart by their position", end, format!(" by {}", index.text()))),
        _ => {}
    }
    ways
}

/// `as T` behind an output's name.
pub(super) fn remove_as(place: &Place<'_>) -> Vec<Mend> {
    let Some(node) = place.node().ancestors().find(|node| node.kind() == K::AsType) else { return none() };
    let range = place.ctx.range_of(&node);
    let range = TextRange::new(range.start() - TextSize::from(1), range.end());
    if !place.ctx.text(range).starts_with(' ') {
        return none();
    }
    one("Remove what it stands for", vec![place.replace(range, "")])
}

/// `with { … }` on what has nothing inside.
pub(super) fn remove_with(place: &Place<'_>) -> Vec<Mend> {
    let token = place.ctx.near.token(place.told.range.start());
    let item = token.and_then(|token| token.parent_ancestors().find_map(ast::Resource::cast));
    let Some((body, end)) = item.and_then(|item| Some((item.body()?, item.range().end()))) else { return none() };
    let range = TextRange::new(body.range().end(), end);
    one("Remove the patch", vec![place.replace(place.ctx.near.in_file(range), "")])
}

/// `<…>` behind a type that takes none.
pub(super) fn remove_type_arguments(place: &Place<'_>) -> Vec<Mend> {
    let Some(generic) = place.node().ancestors().find_map(ast::GenericType::cast) else { return none() };
    let base = generic.base().map(|base| place.ctx.text_of(base.syntax()));
    base.map_or_else(none, |base| one("Remove the arguments", vec![place.replace(place.ctx.range_of(generic.syntax()), base)]))
}

/// The smaller bound first.
pub(super) fn swap_bounds(place: &Place<'_>) -> Vec<Mend> {
    let range = place.node().descendants().find_map(ast::RangeExpr::cast);
    let Some((range, start, end)) = range.and_then(|range| Some((range.clone(), range.start()?, range.end()?))) else {
        return none();
    };
    let operator = if range.inclusive() { "..=" } else { ".." };
    let text = format!("{}{operator}{}", place.ctx.text_of(end.syntax()), place.ctx.text_of(start.syntax()));
    one("Swap the bounds", vec![place.replace(place.ctx.range_of(range.syntax()), text)])
}

/// A name for what has none.
pub(super) fn add_name(place: &Place<'_>) -> Vec<Mend> {
    let keyword = place.told.message.split('`').nth(1).unwrap_or_default();
    let is_declaration =
        matches!(keyword, "resource" | "input" | "param" | "let" | "output" | "existing" | "fn" | "component" | "type");
    if !is_declaration || !matches!(place.text(), ":" | "=" | "{" | "(") {
        return none();
    }
    let base = match keyword {
        "component" | "type" => "Name",
        _ => "name",
    };
    let name = fresh_name(&place.ctx, &place.ctx.near.root, base);
    let space = if matches!(place.text(), "=" | "{") { " " } else { "" };
    place.insert("Give it a name", place.told.range.start(), format!("{name}{space}"))
}

/// The type of a default, where the colon is there already.
pub(super) fn add_type_of_default(place: &Place<'_>) -> Vec<Mend> {
    if place.text() != "=" {
        return none();
    }
    let text = place.ctx.file.text(place.ctx.db);
    let end = place.told.range.end();
    let value = text[usize::from(end)..crate::near::line_end(text, end)].split("//").next().unwrap_or_default().trim_start();
    let ty = match value.chars().next() {
        Some('0'..='9' | '-') if value.starts_with(|c: char| c.is_ascii_digit() || c == '-') && !value.contains('/') => "Int",
        Some('"' | 'r') => "String",
        _ if value.starts_with("true") || value.starts_with("false") => "Bool",
        _ => return none(),
    };
    place.insert(format!("Add the type `{ty}`"), place.told.range.start(), format!("{ty} "))
}
