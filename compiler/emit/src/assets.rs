//! What is uploaded: how the template names it, and what the manifest says of it.
//!
//! In: assets that values refer to. Out: references to a parameter for the bucket or repository, keys made of what is in the
//! asset. Always: the same content has the same key, so that nothing is uploaded twice and a template changes only when what it
//! names does ([0007](../../../docs/adr/0007-assets-are-named-by-content.md)).

use cloudc_base::folder::{self, Digest};
use cloudc_base::{Content, File, ReadError, Severity};
use cloudc_eval::values::{Asset, AssetKind, AssetPart, Expr};
use cloudc_eval::{Node, Site, Target, codes};
use cloudc_hir::{Anchor, Problem};
use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use crate::expr::Lower;

/// Something that is uploaded before the stack is deployed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Upload {
    /// `files`, `image` or `template`.
    pub kind: &'static str,
    /// Where it is, from the project's folder.
    pub path: String,
    /// SHA-256 of its content.
    pub hash: String,
    /// The key in the bucket, or the tag in the repository.
    pub name: String,
    /// Whether it is uploaded as an archive.
    pub zip: bool,
    /// The parameter that says where it was uploaded to: a bucket's name, or a repository's URI.
    pub parameter: String,
    /// The bytes, where they are made and not read.
    #[serde(skip)]
    pub content: Option<String>,
    /// Of a template, what whoever deploys the stack around it has to agree to.
    #[serde(skip)]
    pub capabilities: Vec<&'static str>,
}

/// The JSON of an asset's name.
pub fn lower(lower: &mut Lower<'_>, node: &Node, asset: &Asset, part: AssetPart) -> Json {
    let parameter = parameter_name(lower, if asset.kind == AssetKind::Image { "AssetsRepository" } else { "AssetsBucket" });
    if part == AssetPart::Bucket {
        return json!({ "Ref": parameter });
    }
    let Some(upload) = upload(lower, node, asset, part, &parameter) else { return Json::Null };
    let name = upload.name.clone();
    if !lower.assets.contains(&upload) {
        lower.assets.push(upload);
    }
    match part {
        AssetPart::S3Uri => json!({ "Fn::Sub": format!("s3://${{{parameter}}}/{name}") }),
        AssetPart::Url => url(&parameter, &name),
        AssetPart::ImageUri => json!({ "Fn::Sub": format!("${{{parameter}}}:{name}") }),
        _ => json!(name),
    }
}

/// A name that no parameter or resource of the stack has.
pub fn parameter_name(lower: &Lower<'_>, wanted: &str) -> String {
    let stack = cloudc_eval::stack(lower.db, lower.target);
    let taken = stack.parameters.iter().chain(&stack.resources).any(|member| member.id == wanted);
    if taken { format!("Cloudc{wanted}") } else { wanted.to_owned() }
}

/// Adds the parameters that uploads ask for.
pub fn parameters(lower: &Lower<'_>, section: &mut Map<String, Json>) {
    for upload in &lower.assets {
        let about = "Repository that the images of this stack are uploaded to, without a tag";
        let declared =
            || if upload.kind == "image" { json!({ "Type": "String", "Description": about }) } else { bucket_parameter() };
        section.entry(&upload.parameter).or_insert_with(declared);
    }
}

/// The parameter that says where files are.
pub fn bucket_parameter() -> Json {
    json!({ "Type": "String", "Description": "Bucket that the files of this stack are uploaded to" })
}

/// The URL of something in the bucket that a parameter names.
pub fn url(parameter: &str, name: &str) -> Json {
    json!({ "Fn::Sub": format!("https://${{{parameter}}}.s3.${{AWS::Region}}.${{AWS::URLSuffix}}/{name}") })
}

/// The key of a template that is made here.
pub fn template_name(hash: &str) -> String {
    format!("assets/{}.template.json", short(hash))
}

/// A template that a resource names.
pub struct Member {
    /// How it is called in messages.
    shown: String,
    /// Where it is named.
    at: Anchor,
    /// Its `Parameters`, where they can be read.
    parameters: Option<Map<String, Json>>,
    /// Parameters it asks for because of what it uploads itself: their name there, and here.
    handed_on: Vec<(String, String)>,
}

/// A nested stack is told where its own files are, and what it is told must be what it asks for.
pub fn hand_on(lower: &mut Lower<'_>, ty: &str, properties: &mut Json) {
    let members = std::mem::take(&mut lower.members);
    let Some(properties) = properties.as_object_mut() else { return };
    let handed: Vec<&(String, String)> = members.iter().flat_map(|member| &member.handed_on).collect();
    let given = match ty {
        "AWS::CloudFormation::Stack" => hand_on_map(properties, &handed),
        "AWS::CloudFormation::StackSet" => hand_on_list(properties, &handed),
        _ => return,
    };
    // Of several templates only CloudFormation knows which one it will be.
    if let ([member], Some(given)) = (&members[..], given) {
        check(lower, member, &given);
    }
}

/// An output that is read of a nested stack must be one of its template, where that is a program of the project.
pub fn check_output(lower: &mut Lower<'_>, node: &Node, site: Site, attr: &str) {
    let Some(output) = attr.strip_prefix("Outputs.") else { return };
    let nested = cloudc_eval::property(lower.db, site, "TemplateURL".into());
    let Some(Expr::Asset(asset, _)) = nested.node.value.expr() else { return };
    if asset.kind != AssetKind::Template || !asset.path.ends_with(".cloud") {
        return;
    }
    let file = lower.db.files().get(lower.db, &asset.path);
    if lower.within.contains(&file) {
        return;
    }
    let target = member_target(lower, file);
    let outputs = &cloudc_eval::stack(lower.db, target).outputs;
    if outputs.iter().any(|member| member.id == output) {
        return;
    }
    let shown = asset.path.trim_start_matches('/');
    let mut problem = Problem::error("C0794", node.src.anchor(), format!("`{shown}` has no output `{output}`"));
    if let Some(near) = cloudc_base::suggest::nearest(output, outputs.iter().map(|member| member.id.as_str())) {
        problem = problem.help(format!("did you mean `{near}`?"));
    }
    tell(lower, problem.note("outputs of a nested stack are those of its template, by logical id"));
}

/// The stack of another file, built as the one around is.
fn member_target(lower: &Lower<'_>, file: File) -> Target {
    let outer = lower.target;
    Target::new(lower.db, file, outer.environment(lower.db).clone(), outer.region(lower.db).clone())
}

/// What a nested stack is told, with what is handed on; nothing when that is decided at deployment.
fn hand_on_map(properties: &mut Map<String, Json>, handed: &[&(String, String)]) -> Option<Vec<String>> {
    if handed.is_empty() && !properties.contains_key("Parameters") {
        return Some(Vec::new());
    }
    let section = properties.entry("Parameters").or_insert_with(|| json!({})).as_object_mut()?;
    if section.keys().any(|key| key == "Ref" || key.starts_with("Fn::")) {
        return None;
    }
    for (there, here) in handed {
        section.entry(there).or_insert_with(|| json!({ "Ref": here }));
    }
    Some(section.keys().cloned().collect())
}

/// The same for the list that a stack set has.
fn hand_on_list(properties: &mut Map<String, Json>, handed: &[&(String, String)]) -> Option<Vec<String>> {
    if handed.is_empty() && !properties.contains_key("Parameters") {
        return Some(Vec::new());
    }
    let section = properties.entry("Parameters").or_insert_with(|| json!([])).as_array_mut()?;
    let key = |entry: &Json| Some(entry.get("ParameterKey")?.as_str()?.to_owned());
    let mut given = section.iter().map(key).collect::<Option<Vec<String>>>()?;
    for (there, here) in handed {
        if !given.contains(there) {
            section.push(json!({ "ParameterKey": there, "ParameterValue": { "Ref": here } }));
            given.push(there.clone());
        }
    }
    Some(given)
}

/// Parameters that the template does not have, and those it has and is not told.
fn check(lower: &mut Lower<'_>, member: &Member, given: &[String]) {
    let Some(parameters) = &member.parameters else { return };
    let shown = &member.shown;
    for name in given.iter().filter(|name| !parameters.contains_key(*name)) {
        let message = format!("`{shown}` has no parameter `{name}`");
        let mut problem = Problem::error("C0790", member.at, message);
        if let Some(near) = cloudc_base::suggest::nearest(name, parameters.keys().map(String::as_str)) {
            problem = problem.help(format!("did you mean `{near}`?"));
        }
        tell(lower, problem);
    }
    let missing = parameters.iter().filter(|(name, about)| about.get("Default").is_none() && !given.contains(name));
    let missing: Vec<String> = missing.map(|(name, _)| format!("`{name}`")).collect();
    if !missing.is_empty() {
        let message = format!("`{shown}` needs a value for {}", missing.join(", "));
        let problem = Problem::error("C0791", member.at, message).note("these parameters have no default");
        tell(lower, problem.help("give them in `Parameters`"));
    }
}

fn upload(lower: &mut Lower<'_>, node: &Node, asset: &Asset, part: AssetPart, parameter: &str) -> Option<Upload> {
    let path = asset.path.trim_start_matches('/').to_owned();
    let parameter = parameter.to_owned();
    if asset.kind == AssetKind::Template {
        let Built { content, capabilities } = template(lower, node, asset)?;
        let hash = folder::hex(&folder::sha256(content.as_bytes()));
        let name = match asset.path.ends_with(".cloud") {
            true => template_name(&hash),
            false => format!("assets/{}.{}", short(&hash), extension(&asset.path)),
        };
        return Some(Upload { kind: "template", path, hash, name, zip: false, parameter, content: Some(content), capabilities });
    }
    let digest = digest(lower, node, asset)?;
    let hash = digest.hash.clone();
    if asset.kind == AssetKind::Image {
        return Some(Upload {
            kind: "image",
            path,
            name: short(&hash).to_owned(),
            hash,
            zip: false,
            parameter,
            content: None,
            capabilities: Vec::new(),
        });
    }
    let archive = ["zip", "jar"].contains(&extension(&asset.path));
    let zip = digest.is_folder || part == AssetPart::ZipKey && !archive;
    let ending = if zip { "zip" } else { extension(&asset.path) };
    let dot = if ending.is_empty() { "" } else { "." };
    Some(Upload {
        kind: "files",
        path,
        name: format!("assets/{}{dot}{ending}", short(&hash)),
        hash,
        zip,
        parameter,
        content: None,
        capabilities: Vec::new(),
    })
}

/// Half of a hash tells apart what a project has.
fn short(hash: &str) -> &str {
    hash.get(..32).unwrap_or(hash)
}

fn extension(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map_or("", |(_, ending)| ending)
}

fn digest(lower: &mut Lower<'_>, node: &Node, asset: &Asset) -> Option<Digest> {
    let refused = match cloudc_eval::assets::digest(lower.db, &asset.path) {
        Ok(digest) => return Some(Digest::clone(digest)),
        Err(refused) => refused,
    };
    let shown = format!("{}/{}", asset.path.trim_start_matches('/'), refused.at);
    let shown = shown.trim_end_matches('/');
    let (code, message) = match &refused.error {
        ReadError::Missing => (codes::FILE_MISSING, format!("there is nothing at `{shown}`")),
        ReadError::Directory => (codes::FILE_UNREADABLE, format!("`{shown}` is a folder")),
        ReadError::OutsideProject => (codes::FILE_UNREADABLE, format!("`{shown}` is outside the project")),
        ReadError::TooLarge(limit) => (codes::FILE_UNREADABLE, format!("`{shown}` holds more than {limit} bytes")),
        ReadError::Other(reason) => (codes::FILE_UNREADABLE, format!("`{shown}` cannot be read: {reason}")),
    };
    tell(lower, Problem::error(code, node.src.anchor(), message));
    None
}

/// A template that is uploaded.
struct Built {
    content: String,
    capabilities: Vec<&'static str>,
}

/// The text of a template: that of a stack is built.
fn template(lower: &mut Lower<'_>, node: &Node, asset: &Asset) -> Option<Built> {
    let file = lower.db.files().get(lower.db, &asset.path);
    let shown = asset.path.trim_start_matches('/').to_owned();
    let at = node.src.anchor();
    if !asset.path.ends_with(".cloud") {
        let Content::Text(text) = file.content(lower.db) else { return None };
        let read: Option<Json> = serde_json::from_str(text).ok();
        let parameters = read.map(|read| read.get("Parameters").and_then(Json::as_object).cloned().unwrap_or_default());
        lower.members.push(Member { shown, at, parameters, handed_on: Vec::new() });
        // It may be YAML, so that its text has to do. Agreeing to more than is needed is allowed.
        let capabilities = if text.contains("AWS::IAM::") { vec!["CAPABILITY_NAMED_IAM"] } else { Vec::new() };
        return Some(Built { content: text.to_string(), capabilities });
    }
    if lower.within.contains(&file) {
        let problem = Problem::error(codes::BAD_ASSET, at, format!("the template of `{shown}` would hold itself"));
        tell(lower, problem.note("a nested stack cannot nest the one it is in"));
        return None;
    }
    let target = member_target(lower, file);
    let built = if well_typed(lower, file) { crate::artifact_within(lower.db, target, &lower.within).ok() } else { None };
    let Some(artifact) = built else {
        let problem = Problem::error(codes::BAD_ASSET, at, format!("`{shown}` has errors, so it makes no template"));
        tell(lower, problem.help(format!("`cloudc check {shown}` shows them")));
        return None;
    };
    let mut handed_on: Vec<(String, String)> = Vec::new();
    for upload in artifact.uploads {
        let wanted = if upload.kind == "image" { "AssetsRepository" } else { "AssetsBucket" };
        let here = parameter_name(lower, wanted);
        let pair = (upload.parameter.clone(), here.clone());
        if !handed_on.contains(&pair) {
            handed_on.push(pair);
        }
        let upload = Upload { parameter: here, ..upload };
        if !lower.assets.contains(&upload) {
            lower.assets.push(upload);
        }
    }
    let parameters = artifact.template.get("Parameters").and_then(Json::as_object).cloned().unwrap_or_default();
    lower.members.push(Member { shown, at, parameters: Some(parameters), handed_on });
    Some(Built { content: crate::to_json(&artifact.template), capabilities: artifact.manifest.capabilities })
}

/// Whether the type checker has nothing against a file.
fn well_typed(lower: &Lower<'_>, file: File) -> bool {
    let error = |problem: &Problem| problem.severity == Severity::Error;
    cloudc_hir::all_declared(lower.db, file).all(|decl| !cloudc_types::typed(lower.db, decl).problems.iter().any(error))
}

/// A problem, once: the same asset may be named several times.
fn tell(lower: &mut Lower<'_>, problem: Problem) {
    if !lower.problems.contains(&problem) {
        lower.problems.push(problem);
    }
}
