//! Values that are almost right.

use cloudc_base::suggest;
use cloudc_hir::body::Parts;
use cloudc_hir::{Namespace, Resolution, asking_owner, resolve};
use cloudc_syntax::ast::{self, AstNode};

use super::{Mend, Place, none, one};
use crate::actions::{fixes, missing};

/// More choices than this are completion's business.
const CHOICES: usize = 8;

/// A number in quotes, or a text without.
pub(super) fn quote_or_not(place: &Place<'_>) -> Vec<Mend> {
    if let Some(bare) =
        place.told.help.as_deref().and_then(|help| help.split("without quotes: `").nth(1)).and_then(|rest| rest.split('`').next())
    {
        return place.instead("Remove the quotes", bare);
    }
    let wants_text = place.told.message.starts_with("expected `String");
    let text = place.text();
    let is_literal = matches!(place.node().kind(), cloudc_syntax::SyntaxKind::Literal);
    if wants_text && is_literal { place.instead("Put it in quotes", format!("\"{text}\"")) } else { none() }
}

/// `"a" + 4` becomes `"a${4}"`.
pub(super) fn into_text(place: &Place<'_>) -> Vec<Mend> {
    let Some(sum) = place.node().ancestors().find_map(ast::BinaryExpr::cast) else { return none() };
    let (Some(left), Some(right), Some(ast::BinOp::Add)) = (sum.lhs(), sum.rhs(), sum.op()) else { return none() };
    let part = |side: &ast::Expr| match side {
        ast::Expr::String(text) if !text.flavour().is_block() && !text.flavour().is_raw() => {
            Some(text.syntax().text().to_string().trim_matches('"').to_owned())
        }
        _ => None,
    };
    if part(&left).is_none() && part(&right).is_none() {
        return none();
    }
    let shown = |side: &ast::Expr| part(side).unwrap_or_else(|| format!("${{{}}}", side.syntax().text()));
    place.instead("Write it as one text", format!("\"{}{}\"", shown(&left), shown(&right)))
}

/// Parentheses behind a function that takes nothing that must be given.
pub(super) fn call(place: &Place<'_>) -> Vec<Mend> {
    let ctx = &place.ctx;
    let Some(decl) = ctx.decl(&place.node()) else { return none() };
    let Some(Resolution::Decl { decl: function, .. }) =
        resolve(ctx.db, asking_owner(ctx.db, decl), Namespace::Value, place.text().into())
    else {
        return none();
    };
    let Parts::Fn { params, .. } = &cloudc_hir::body(ctx.db, function).parts else { return none() };
    let given = arguments(place, function, params.iter().map(|param| param.name.clone()).collect());
    given.map_or_else(none, |given| place.insert("Call it", place.told.range.end(), format!("({})", given.join(", "))))
}

/// The parentheses behind what is no function go.
pub(super) fn not_called(place: &Place<'_>) -> Vec<Mend> {
    if !place.told.message.ends_with("is not a function") {
        return none();
    }
    let Some(call) = place.node().ancestors().find_map(ast::CallExpr::cast) else { return none() };
    let list = call.arg_list().map(|list| place.ctx.range_of(list.syntax()));
    list.map_or_else(none, |range| one("Remove the parentheses", vec![place.replace(range, "")]))
}

/// Values for the parameters that a call leaves out.
pub(super) fn add_arguments(place: &Place<'_>) -> Vec<Mend> {
    let names: Vec<&str> = place.told.message.split("needs ").nth(1).unwrap_or_default().split('`').skip(1).step_by(2).collect();
    let Some(call) = place.node().ancestors().find_map(ast::CallExpr::cast).filter(|_| !names.is_empty()) else { return none() };
    let ctx = &place.ctx;
    let (Some(ast::Expr::NameRef(callee)), Some(decl)) = (call.callee(), ctx.decl(call.syntax())) else { return none() };
    let Some(Resolution::Decl { decl: function, .. }) =
        resolve(ctx.db, asking_owner(ctx.db, decl), Namespace::Value, callee.text())
    else {
        return none();
    };
    let Some(values) = arguments(place, function, names.iter().map(|name| (*name).into()).collect()) else { return none() };
    let named = call.args().any(|arg| arg.name().is_some());
    let written: Vec<String> =
        names.iter().zip(values).map(|(name, value)| if named { format!("{name}: {value}") } else { value }).collect();
    let Some(list) = call.arg_list() else { return none() };
    let (at, before) = match list.args().last() {
        Some(last) => (ctx.range_of(last.syntax()).end(), ", "),
        None => (ctx.range_of(list.syntax()).start() + cloudc_base::TextSize::from(1), ""),
    };
    place.insert("Add what is missing", at, format!("{before}{}", written.join(", ")))
}

fn arguments(place: &Place<'_>, function: cloudc_hir::Decl, names: Vec<cloudc_hir::Name>) -> Option<Vec<String>> {
    let params = cloudc_types::ask::parameters(place.ctx.db, function);
    let value = |name: &cloudc_hir::Name| {
        let (_, ty, _) = params.iter().find(|(own, ..)| own == name)?;
        missing::of_type(&place.ctx, &place.node(), ty)
    };
    names.iter().map(value).collect()
}

/// `?.` for `.`.
pub(super) fn optional(place: &Place<'_>) -> Vec<Mend> {
    let Some(field) = place.node().ancestors().find_map(ast::FieldExpr::cast) else { return none() };
    let dot = field.syntax().children_with_tokens().find(|part| part.kind() == cloudc_syntax::SyntaxKind::Dot);
    let Some(dot) = dot.filter(|_| place.told.message.starts_with("`.")) else { return none() };
    one("Read it with `?.`", vec![place.replace(place.ctx.near.in_file(dot.text_range()), "?.")])
}

/// Each of the values that are allowed, the nearest first.
pub(super) fn one_of(place: &Place<'_>) -> Vec<Mend> {
    let quoted = |hint: &str| {
        let listed = hint.strip_prefix("one of ").or_else(|| hint.strip_prefix("it can be "))?;
        let values: Vec<String> = listed.split('"').skip(1).step_by(2).map(str::to_owned).collect();
        Some(values)
    };
    let Some(mut values) = place.hints().find_map(quoted) else { return none() };
    let written = place.text().trim_matches('"').to_owned();
    values.sort_by_key(|value| (suggest::nearest(&written, [value.as_str()]).is_none(), !value.starts_with(&written)));
    values.truncate(CHOICES);
    let ways = values.iter().map(|value| Mend {
        title: format!("Change it to \"{value}\""),
        edits: vec![place.replace(place.told.range, format!("\"{value}\""))],
    });
    ways.collect()
}

/// Each of the keys that a map takes, the nearest first.
pub(super) fn one_of_keys(place: &Place<'_>) -> Vec<Mend> {
    let Some(listed) = place.hints().find_map(|hint| hint.strip_prefix("its keys are ")) else { return none() };
    let mut keys: Vec<&str> = listed.split('"').skip(1).step_by(2).collect();
    // A key that was computed is no slip of the pen.
    let node = place.node();
    let is_key = node.ancestors().take(3).any(|node| {
        ast::Field::cast(node)
            .and_then(|field| field.key())
            .is_some_and(|key| place.ctx.range_of(key.syntax()) == place.told.range)
    });
    let is_text = node.ancestors().take(2).any(|node| ast::StringExpr::cast(node).is_some_and(|text| !text.is_interpolated()));
    if !is_key && !is_text {
        return none();
    }
    let written = place.text().trim_matches('"').to_owned();
    let record = place.node().ancestors().find_map(ast::RecordExpr::cast);
    let taken: Vec<_> = record.iter().flat_map(ast::RecordExpr::entries).filter_map(|entry| entry_key(&entry)).collect();
    keys.retain(|key| !taken.iter().any(|known| known == key));
    keys.sort_by_key(|key| suggest::nearest(&written, [*key]).is_none());
    keys.truncate(CHOICES);
    let plain = |key: &str| key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !place.text().starts_with('"');
    let shown = |key: &str| if plain(key) { key.to_owned() } else { format!("\"{key}\"") };
    keys.into_iter()
        .map(|key| Mend { title: format!("Change it to `{key}`"), edits: vec![place.replace(place.told.range, shown(key))] })
        .collect()
}

fn entry_key(entry: &ast::Entry) -> Option<cloudc_hir::Name> {
    match entry {
        ast::Entry::Field(field) => field.key()?.text(),
        _ => None,
    }
}

/// The bound that a number is beyond.
pub(super) fn into_range(place: &Place<'_>) -> Vec<Mend> {
    let Some(allowed) = place.hints().find_map(|hint| hint.strip_prefix("allowed: ")) else { return none() };
    let bounds: Vec<f64> = allowed.split(" to ").filter_map(|bound| bound.trim().parse().ok()).collect();
    let Ok(written) = place.text().replace('_', "").parse::<f64>() else { return none() };
    let [least, most] = bounds.as_slice() else { return none() };
    let bound = if written > *most { most } else { least };
    place.instead(format!("Change it to {bound}"), bound.to_string())
}

/// What is never used goes with its `??`.
pub(super) fn without_default(place: &Place<'_>) -> Vec<Mend> {
    let node = place.node();
    let choice = node.ancestors().filter_map(ast::BinaryExpr::cast).find(|it| it.op() == Some(ast::BinOp::Coalesce));
    let Some((choice, value)) = choice.and_then(|choice| Some((choice.clone(), choice.lhs()?))) else { return none() };
    let text = place.ctx.text_of(value.syntax());
    one("Remove the default", vec![place.replace(place.ctx.range_of(choice.syntax()), text)])
}

/// Only letters and digits, each part with a capital.
pub(super) fn logical_id(place: &Place<'_>) -> Vec<Mend> {
    let node = place.node();
    let Some(text) = node.ancestors().find_map(ast::StringExpr::cast).and_then(|text| text.text()) else { return none() };
    let parts = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    let id: String = parts.map(fixes::capitalised).collect();
    let range = place.told.range;
    if id.is_empty() || id.len() > 255 || !place.text().starts_with('"') {
        return none();
    }
    one(format!("Change it to \"{id}\""), vec![place.replace(range, format!("\"{id}\""))])
}

/// What the help asks whether it was meant.
pub(super) fn did_you_mean(place: &Place<'_>) -> Vec<Mend> {
    let help = place.told.help.as_deref().and_then(|help| help.strip_prefix("did you mean `"));
    let Some(meant) = help.and_then(|rest| rest.split('`').next()) else { return none() };
    place.instead(format!("Change it to `{meant}`"), meant)
}

/// The nearest of what a note lists, or what ends or begins with what is written.
pub(super) fn nearest_listed(place: &Place<'_>) -> Vec<Mend> {
    let listed = place.hints().find_map(|hint| hint.split(" are ").nth(1));
    let Some(listed) = listed else { return none() };
    let names: Vec<&str> = listed
        .split("; ")
        .next()
        .unwrap_or_default()
        .split([',', ' '])
        .filter(|name| name.starts_with(|c: char| c.is_ascii_alphabetic()) && *name != "and" && *name != "more")
        .collect();
    let text = place.text();
    let written = text.rsplit('.').next().unwrap_or_default();
    let near = suggest::nearest(written, names.iter().copied());
    let lower = written.to_lowercase();
    let ends = || {
        names.iter().copied().find(|name| {
            let name = name.to_lowercase();
            name.len() > 2 && (name.ends_with(&lower) || lower.starts_with("arn") && name.ends_with("arn"))
        })
    };
    let Some(found) = near.or_else(ends) else { return none() };
    let at = place.told.range.end() - cloudc_base::TextSize::of(written);
    let range = cloudc_base::TextRange::new(at, place.told.range.end());
    one(format!("Change it to `{found}`"), vec![place.replace(range, found)])
}

/// The fixed text that a form begins with.
pub(super) fn add_prefix(place: &Place<'_>) -> Vec<Mend> {
    let Some(pattern) = place.hints().find_map(|hint| hint.strip_prefix("it must match `")) else { return none() };
    let pattern = pattern.trim_start_matches('^').trim_start_matches('(');
    let end = pattern.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '/' | '-' | '_' | ':')).unwrap_or(0);
    let prefix = &pattern[..end];
    let inside = place.text().trim_matches('"').to_owned();
    // Only where the form goes on behind it.
    if prefix.is_empty() || !pattern[end..].starts_with(')') || inside.starts_with(prefix) || !place.text().starts_with('"') {
        return none();
    }
    place.instead(format!("Begin it with `{prefix}`"), format!("\"{prefix}{inside}\""))
}

/// Rounds a division down.
pub(super) fn floor(place: &Place<'_>) -> Vec<Mend> {
    let text = place.text().to_owned();
    place.instead("Round it down with `.floor()`", format!("({text}).floor()"))
}

/// What a module has to name.
pub(super) fn member_of_module(place: &Place<'_>) -> Vec<Mend> {
    let ctx = &place.ctx;
    let ns = if place.told.message.ends_with("not a type") { Namespace::Type } else { Namespace::Value };
    let Some(decl) = ctx.decl(&place.node()) else { return none() };
    let found = resolve(ctx.db, decl.owner(ctx.db), ns, place.text().into());
    let Some(Resolution::Module { file, .. }) = found else { return none() };
    let names = cloudc_hir::resolve::module_names(ctx.db, file, ns);
    let way = |name: &cloudc_hir::Name| {
        let instead = format!("{}.{name}", place.text());
        Mend { title: format!("Change it to `{instead}`"), edits: vec![place.replace(place.told.range, instead)] }
    };
    names.iter().take(CHOICES).map(way).collect()
}

/// What other languages call a method or property, and what this one does.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("uppercase", "upper"),
    ("toUpperCase", "upper"),
    ("to_upper", "upper"),
    ("lowercase", "lower"),
    ("toLowerCase", "lower"),
    ("to_lower", "lower"),
    ("strip", "trim"),
    ("startsWith", "starts_with"),
    ("endsWith", "ends_with"),
    ("startswith", "starts_with"),
    ("endswith", "ends_with"),
    ("includes", "contains"),
    ("has", "contains"),
    ("replaceAll", "replace"),
    ("substring", "slice"),
    ("substr", "slice"),
    ("unique", "distinct"),
    ("sorted", "sort"),
    ("flat", "flatten"),
    ("size", "length"),
    ("count", "length"),
    ("len", "length"),
];

/// The name that this language has for a method.
pub(super) fn other_name(place: &Place<'_>) -> Vec<Mend> {
    let Some((_, name)) = OTHER_NAMES.iter().find(|(other, _)| *other == place.text()) else { return none() };
    let title = format!("Change it to `{name}`");
    if *name != "length" {
        return place.instead(title, *name);
    }
    // A property has no parentheses.
    let call = place.node().ancestors().find_map(ast::CallExpr::cast).and_then(|call| call.arg_list());
    let mut edits = vec![place.replace(place.told.range, *name)];
    edits.extend(call.map(|list| place.replace(place.ctx.range_of(list.syntax()), "")));
    one(title, edits)
}

/// `.ref` for the property that it gives.
pub(super) fn reference(place: &Place<'_>) -> Vec<Mend> {
    let Some(field) = place.node().ancestors().find_map(ast::FieldExpr::cast) else { return none() };
    let handle = field.base().and_then(|base| place.ctx.ty(base.syntax())).and_then(|ty| ty.kind.handle());
    match (handle, field.name()) {
        (Some(handle), Some(name)) if handle.ref_ident().attr == name.text() => {
            one("Change it to `.ref`", vec![place.replace(place.ctx.range_of(name.syntax()), "ref")])
        }
        _ => none(),
    }
}

/// Units of time and size with what they are worth.
const UNITS: &[(&str, &str, i64)] = &[
    ("seconds", "s", 1_000),
    ("minutes", "m", 60_000),
    ("hours", "h", 3_600_000),
    ("days", "d", 86_400_000),
    ("KiB", "KiB", 1 << 10),
    ("MiB", "MiB", 1 << 20),
    ("GiB", "GiB", 1 << 30),
    ("TiB", "TiB", 1 << 40),
];

/// The next whole number of the property's unit.
pub(super) fn round_up(place: &Place<'_>) -> Vec<Mend> {
    let Some(wanted) = place.hints().find_map(|hint| hint.strip_prefix("the property is measured in ")) else { return none() };
    let text = place.text();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '_').unwrap_or(text.len());
    let number: Option<i64> = text[..digits].replace('_', "").parse().ok();
    let worth = |unit: &str| UNITS.iter().find(|(long, short, _)| *long == unit || *short == unit);
    match (number, worth(&text[digits..]), worth(wanted)) {
        (Some(number), Some((_, _, own)), Some((_, unit, per))) => {
            let Some(all) = number.checked_mul(*own) else { return none() };
            let rounded = format!("{}{unit}", all / per + i64::from(all % per != 0));
            place.instead(format!("Round it up to {rounded}"), rounded)
        }
        _ => none(),
    }
}
