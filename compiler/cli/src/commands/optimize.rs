//! `cloudc optimize`: what could be smaller, simpler or shared, and where the bytes are.
//!
//! Always: nothing is changed, and nothing is asked of AWS.

use std::fmt::Write as _;
use std::path::PathBuf;

use cloudc_import::tree::Node;
use serde_json::{Value as Json, json};

use crate::args::Global;
use crate::aws::units::{self, UnitArgs};
use crate::exit::{Exit, Failure};
use crate::optimize::{self, Places, Shared, Size, Subject, Suggestion};
use crate::output::{self, Written};
use crate::report::escaped;
use crate::session::SettingArgs;
use crate::templates;

/// Options of `optimize`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Looks for parameters, mappings, conditions and resources that nothing needs, conditions that
never change, what is written several times, where a large stack could be cut, and what several
stacks of a project make each for themselves.

Examples:
  cloudc optimize                         every stack of the program here
  cloudc optimize template.yaml           a CloudFormation template
  cloudc optimize --html report.html
  cloudc optimize --json | jq '.templates[].suggestions[].message'")]
pub struct Args {
    /// Programs, templates, or folders with programs
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    settings: SettingArgs,
    /// Print JSON
    #[arg(long, conflicts_with = "html")]
    json: bool,
    /// Write a page
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

/// A template's file.
struct Read {
    path: String,
    text: String,
    root: Node,
    template: Json,
}

/// What was found of a template.
struct Found {
    name: String,
    size: Size,
    suggestions: Vec<(Suggestion, Option<(String, u32)>)>,
}

/// Looks and prints.
pub fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let (files, programs): (Vec<PathBuf>, Vec<PathBuf>) =
        args.paths.iter().cloned().partition(|path| path.is_file() && templates::is_template(path) && !is_program(path));
    let read: Vec<Read> = files.iter().map(template).collect::<Result<_, _>>()?;
    let units = if programs.is_empty() {
        None
    } else {
        Some(units::build(&UnitArgs { paths: programs, settings: args.settings.clone(), target: Vec::new() }, global)?)
    };
    let built = units.iter().flat_map(|units| &units.units).map(|unit| Subject {
        name: unit.name().to_owned(),
        whereabouts: (unit.manifest().region.clone(), unit.manifest().account.clone()),
        template: &unit.artifact.template,
        places: Places::Program(unit),
    });
    let read = read.iter().map(|one| Subject {
        name: one.path.clone(),
        whereabouts: (None, None),
        template: &one.template,
        places: Places::File(&one.path, &one.text, &one.root),
    });
    let subjects: Vec<Subject<'_>> = built.chain(read).collect();
    let found: Vec<Found> = subjects.iter().map(look).collect();
    let shared = optimize::shared(&subjects);
    if let Some(path) = &args.html {
        output::write_all(&[Written { path: path.clone(), bytes: html(&found, &shared).into_bytes() }])?;
        if !global.quiet {
            output::line(&format!("report → {}", path.display()));
        }
    } else if args.json {
        output::print(format!("{:#}\n", as_json(&found, &shared)).as_bytes())?;
    } else {
        output::print(text(&found, &shared).as_bytes())?;
    }
    Ok(Exit::Fine)
}

/// Whether a path is a program in JSON form, which is no template.
fn is_program(path: &std::path::Path) -> bool {
    path.to_string_lossy().ends_with(".cloud.json")
}

fn template(path: &PathBuf) -> Result<Read, Failure> {
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(path);
    let text = text.map_err(|error| Failure::world(format!("cannot read `{shown}`: {}", output::reason(&error))))?;
    let root = cloudc_import::read::read(&text).root.filter(|root| root.get("Resources").is_some());
    let root = root.ok_or_else(|| {
        Failure::errors(format!("`{shown}` is no CloudFormation template")).help("`cloudc check` says what is wrong with it")
    })?;
    let template = root.to_json();
    Ok(Read { path: shown, text, root, template })
}

fn look(subject: &Subject<'_>) -> Found {
    let suggestions = optimize::suggestions(subject);
    let placed = suggestions.into_iter().map(|one| {
        let place = subject.place(&one.at, &one.pointer);
        (one, place)
    });
    Found { name: subject.name.clone(), size: optimize::size(subject.template), suggestions: placed.collect() }
}

/// What a suggestion saves, in words.
fn saves(one: &Suggestion) -> String {
    match (one.kind, one.resources, one.bytes) {
        ("cut", ..) | (_, 0, 0) => String::new(),
        (_, 0, bytes) => format!(" (saves {bytes} bytes)"),
        (_, 1, bytes) => format!(" (saves a resource and {bytes} bytes)"),
        (_, count, bytes) => format!(" (saves {count} resources and {bytes} bytes)"),
    }
}

fn text(found: &[Found], shared: &[Shared]) -> String {
    let mut lines = Vec::new();
    for one in found {
        let Size { bytes, resources, sections, largest } = &one.size;
        lines.push(format!("{}: {resources} of 500 resources, {bytes} of 1048576 bytes", one.name));
        if *bytes > optimize::INLINE_BYTES {
            lines.push(format!("  more than {} bytes have to be uploaded first", optimize::INLINE_BYTES));
        }
        let sections: Vec<String> = sections.iter().map(|(name, bytes)| format!("{name} {bytes}")).collect();
        lines.push(format!("  sections: {}", sections.join(", ")));
        let largest: Vec<String> = largest.iter().take(3).map(|(id, _, bytes)| format!("{id} {bytes}")).collect();
        lines.push(format!("  largest: {}", largest.join(", ")));
        for (suggestion, place) in &one.suggestions {
            let place = place.as_ref().map_or_else(String::new, |(file, line)| format!("{file}:{line}: "));
            lines.push(format!("  {place}{}{}", suggestion.message, saves(suggestion)));
            lines.push(format!("    {}", suggestion.help));
        }
        if one.suggestions.is_empty() {
            lines.push("  nothing to suggest".to_owned());
        }
    }
    lines.extend(
        shared.iter().map(|one| {
            format!("{} (saves {} resource{})", one.message, one.resources, if one.resources == 1 { "" } else { "s" })
        }),
    );
    crate::aws::printed(&lines)
}

fn as_json(found: &[Found], shared: &[Shared]) -> Json {
    let templates = found.iter().map(|one| {
        let suggestions = one.suggestions.iter().map(|(suggestion, place)| {
            let mut whole = json!({
                "kind": suggestion.kind,
                "section": suggestion.at.0,
                "id": suggestion.at.1,
                "pointer": suggestion.pointer,
                "message": suggestion.message,
                "help": suggestion.help,
                "saves": { "bytes": suggestion.bytes, "resources": if suggestion.kind == "cut" { 0 } else { suggestion.resources } },
            });
            if let Some((file, line)) = place {
                whole["file"] = file.as_str().into();
                whole["line"] = (*line).into();
            }
            whole
        });
        let sections: serde_json::Map<String, Json> =
            one.size.sections.iter().map(|(name, bytes)| (name.clone(), (*bytes).into())).collect();
        let largest = one.size.largest.iter().map(|(id, ty, bytes)| json!({ "id": id, "type": ty, "bytes": bytes }));
        json!({
            "name": one.name,
            "bytes": one.size.bytes,
            "resources": one.size.resources,
            "sections": sections,
            "largest": largest.collect::<Vec<_>>(),
            "suggestions": suggestions.collect::<Vec<_>>(),
        })
    });
    let shared = shared.iter().map(|one| {
        let made = one.made.iter().map(|(stack, ids)| json!({ "stack": stack, "ids": ids }));
        json!({ "type": one.ty, "message": one.message, "resources": one.resources, "made": made.collect::<Vec<_>>() })
    });
    json!({ "version": 1, "templates": templates.collect::<Vec<_>>(), "shared": shared.collect::<Vec<_>>() })
}

fn html(found: &[Found], shared: &[Shared]) -> String {
    let mut out = String::from(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>What could be better</title>\n<style>\n\
         body { font: 15px system-ui, sans-serif; margin: 2rem; max-width: 70rem; }\n\
         table { border-collapse: collapse; width: 100%; margin: .5rem 0 1.5rem; }\n\
         td, th { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid #ddd; }\n\
         .bar { background: #cfe3fb; height: .8rem; }\nsmall { color: #666; }\n</style>\n<h1>What could be better</h1>\n",
    );
    for one in found {
        let size = &one.size;
        let _ = writeln!(
            out,
            "<h2>{}</h2>\n<p>{} of 500 resources, {} of 1048576 bytes</p>",
            escaped(&one.name),
            size.resources,
            size.bytes
        );
        out.push_str("<table><tr><th>Suggestion</th><th>Where</th><th>Saves</th></tr>\n");
        for (suggestion, place) in &one.suggestions {
            let place = place.as_ref().map_or_else(String::new, |(file, line)| format!("{file}:{line}"));
            let saved = saves(suggestion);
            let saved = saved.trim_start_matches(" (saves ").trim_end_matches(')');
            let _ = writeln!(
                out,
                "<tr><td>{}<br><small>{}</small></td><td>{}</td><td>{saved}</td></tr>",
                escaped(&suggestion.message),
                escaped(&suggestion.help),
                escaped(&place)
            );
        }
        out.push_str("</table>\n<table><tr><th>Largest</th><th>Type</th><th>Bytes</th><th></th></tr>\n");
        let most = size.largest.first().map_or(1, |(.., bytes)| (*bytes).max(1));
        for (id, ty, bytes) in &size.largest {
            let share = bytes * 100 / most;
            let _ = writeln!(
                out,
                "<tr><td>{}</td><td>{}</td><td>{bytes}</td><td style=\"width:30%\"><div class=\"bar\" style=\"width:{share}%\"></div></td></tr>",
                escaped(id),
                escaped(ty)
            );
        }
        out.push_str("</table>\n");
    }
    if !shared.is_empty() {
        out.push_str("<h2>Between stacks</h2>\n<ul>\n");
        for one in shared {
            let _ = writeln!(out, "<li>{}</li>", escaped(&one.message));
        }
        out.push_str("</ul>\n");
    }
    out.push_str("</html>\n");
    out
}
