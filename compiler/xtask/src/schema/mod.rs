//! Builds the embedded schema data.
//!
//! In: cfn-lint's resource schemas, service-spec's database, the overlay. Out: `data/schema.bin`, the list of its
//! sources and the Lambda runtime table. The same inputs always give the same bytes, and no prose of AWS's is kept.

mod attributes;
mod extensions;
mod overlay;
mod relations;
mod serverless;
pub mod sources;
mod spec;
mod values;

use std::collections::BTreeMap;
use std::path::Path;

use cloudc_schema::draft::{DraftIdent, DraftStore, DraftType};
use cloudc_schema::{TagStyle, read::read_type};
use sources::Sources;

/// What a build gives.
pub struct Built {
    /// Paths below `compiler/schema` and their new content.
    pub files: Vec<(&'static str, Vec<u8>)>,
    /// Overlay lines and relationships that fit nothing.
    pub notes: Vec<String>,
    /// One line of counts.
    pub summary: String,
}

/// Builds all files.
pub fn build(sources: &Sources, overlay_dir: &Path) -> Result<Built, String> {
    let overlay = overlay::load(overlay_dir)?;
    let spec = spec::Spec::read(&sources.service_spec)?;
    let getatts = attributes::Exceptions::read(&sources.getatts)?;
    let mut notes = Vec::new();

    let regions: Vec<String> = sources.regions.keys().cloned().collect();
    let mut types: Vec<DraftType> = Vec::new();
    for (name, raw) in base_schemas(sources) {
        let own = name.starts_with("AWS::Serverless::").then(|| {
            let mut own = raw.clone();
            serverless::mend(&mut own);
            own
        });
        let raw = own.as_ref().unwrap_or(raw);
        let mut ty = read_type(raw, false).map_err(|problem| format!("{name}: {problem}"))?;
        ty.regions = region_bits(sources, &regions, &name);
        ty.stateful = sources.stateful.contains(&name) || spec.is_stateful(&name);
        attributes::complete(&mut ty, &getatts);
        if let Some(attr) = overlay.identities.reference.get(&name).cloned().or_else(|| spec.ref_attr(&name)) {
            ty.ref_attr = attr;
        }
        spec.replacements(&mut ty, raw);
        types.push(ty);
    }
    custom_resource(&mut types);
    extensions::apply(&mut types, sources, &overlay, &mut notes)?;
    values::apply(&mut types, &overlay, &mut notes);
    let relations = relations::apply(&mut types, &overlay, &spec, &mut notes);

    let pseudo = overlay.identities.pseudo.names.iter().filter_map(|name| overlay::ident(name)).collect::<Vec<DraftIdent>>();
    let count = types.len();
    let store = DraftStore { regions, types, pseudo };
    let bytes = cloudc_schema::encode(&store, 22).map_err(|error| error.to_string())?;
    let summary = format!("{count} types, {relations} relationships, {} bytes", bytes.len());
    let files = vec![
        ("data/schema.bin", bytes),
        ("data/SOURCES.md", sources.provenance().into_bytes()),
        ("src/runtimes.rs", runtimes(sources)?.into_bytes()),
        ("src/ended.rs", ended(sources).into_bytes()),
    ];
    Ok(Built { files, notes, summary })
}

/// One schema per type: us-east-1's, else that of the first region (by name) that has the type.
fn base_schemas(sources: &Sources) -> BTreeMap<String, &serde_json::Value> {
    let mut out = BTreeMap::new();
    let base = sources.regions.get_key_value("us-east-1").into_iter();
    for (_, types) in base.chain(sources.regions.iter()) {
        for (name, file) in types {
            if let (false, Some(schema)) = (out.contains_key(name), sources.schemas.get(file)) {
                out.insert(name.clone(), schema);
            }
        }
    }
    // SAM's types (`AWS::Serverless::*`) are of no region's list; with the transform they are types all the same.
    for schema in sources.schemas.values() {
        if let Some(name) = schema.get("typeName").and_then(|name| name.as_str()) {
            out.entry(name.to_owned()).or_insert(schema);
        }
    }
    out
}

fn region_bits(sources: &Sources, regions: &[String], name: &str) -> u64 {
    let has = |region: &String| sources.regions[region].contains_key(name);
    let bits = regions.iter().enumerate().filter(|(_, region)| has(region));
    match bits.fold(0, |set, (bit, _)| set | 1 << bit) {
        // Of no region's list: nothing is known, so nothing is refused.
        0 => u64::MAX,
        set => set,
    }
}

/// A custom resource takes any property and has any attribute.
fn custom_resource(types: &mut [DraftType]) {
    for ty in types.iter_mut().filter(|ty| ty.name == "AWS::CloudFormation::CustomResource") {
        ty.objects[0].open = true;
        ty.nodes.push(Default::default());
        ty.attributes = vec![("*".to_owned(), ty.nodes.len() as u32 - 1)];
        ty.tags = (TagStyle::None, None);
    }
}

/// The table of types whose service was shut down, as Rust source.
fn ended(sources: &Sources) -> String {
    let ended = |schema: &serde_json::Value| {
        let (name, life) = (schema.get("typeName")?.as_str()?, schema.get("lifecycle")?);
        let date = life.get("date").and_then(|date| date.as_str()).unwrap_or_default();
        (life.get("status")?.as_str()? == "shutdown").then(|| (name.to_owned(), date.to_owned()))
    };
    let types: BTreeMap<String, String> = sources.schemas.values().filter_map(ended).collect();
    let mut out = String::from(
        "//! Types of services that AWS has shut down. Generated by `cargo xtask schema`; source: cfn-lint.\n\n\
         /// The day on which the service of a type ended, `YYYY-MM-DD`; nothing while it goes on.\n\
         pub fn ended(ty: &str) -> Option<&'static str> {\n    \
         ENDED.iter().find(|(name, _)| *name == ty).map(|(_, date)| *date)\n}\n\n#[rustfmt::skip]\n",
    );
    out.push_str(&format!("static ENDED: [(&str, &str); {}] = [\n", types.len()));
    for (name, date) in types {
        out.push_str(&format!("    ({name:?}, {date:?}),\n"));
    }
    out.push_str("];\n");
    out
}

/// The table of Lambda runtimes, as Rust source.
fn runtimes(sources: &Sources) -> Result<String, String> {
    let table = sources.runtimes.as_object().ok_or("the runtime table is no object")?;
    let mut out = String::from(
        "//! Lambda runtimes and when AWS retires them. Generated by `cargo xtask schema`; source: cfn-lint.\n\n\
         /// A Lambda runtime. Dates are `YYYY-MM-DD`.\n#[derive(Clone, Copy, PartialEq, Eq, Debug)]\npub struct Runtime {\n    \
         /// `python3.13`.\n    pub name: &'static str,\n    /// No more security patches from this day on.\n    pub deprecated: Option<&'static str>,\n    \
         /// No new functions from this day on.\n    pub create_block: Option<&'static str>,\n    /// No changes to functions from this day on.\n    \
         pub update_block: Option<&'static str>,\n    /// What to move to.\n    pub successor: Option<&'static str>,\n}\n\n\
         /// All runtimes, by name.\npub fn lambda_runtimes() -> &'static [Runtime] {\n    &RUNTIMES\n}\n\n",
    );
    let mut names: Vec<&String> = table.keys().collect();
    names.sort();
    out.push_str("#[rustfmt::skip]\n");
    out.push_str(&format!("static RUNTIMES: [Runtime; {}] = [\n", names.len()));
    for name in names {
        let field = |key: &str| match table[name].get(key).and_then(|value| value.as_str()) {
            Some(text) => format!("Some({text:?})"),
            None => "None".to_owned(),
        };
        out.push_str(&format!(
            "    Runtime {{ name: {name:?}, deprecated: {}, create_block: {}, update_block: {}, successor: {} }},\n",
            field("deprecated"),
            field("create-block"),
            field("update-block"),
            field("successor")
        ));
    }
    out.push_str("];\n");
    Ok(out)
}
