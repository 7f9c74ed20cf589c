//! The hand-written overlay: `compiler/schema/overlay/*.toml`.

use std::collections::BTreeMap;
use std::path::Path;

use cloudc_schema::draft::DraftIdent;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// All of it.
pub struct Overlay {
    pub identities: Identities,
    pub relations: Relations,
    pub values: Values,
    pub extensions: Vec<Extension>,
}

/// `identities.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identities {
    #[serde(rename = "ref")]
    pub reference: BTreeMap<String, String>,
    pub alias: BTreeMap<String, String>,
    pub formats: BTreeMap<String, Vec<String>>,
    pub pseudo: Pseudo,
}

#[derive(Deserialize)]
pub struct Pseudo {
    pub names: Vec<String>,
}

/// `relations.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Relations {
    pub drop: DropRow,
    pub path: Vec<PathRow>,
    pub name: Vec<NameRow>,
}

/// Positions of which a source says what is not so.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DropRow {
    pub at: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PathRow {
    pub at: Vec<String>,
    pub expects: Vec<String>,
    /// Other things fit too.
    #[serde(default)]
    pub open: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NameRow {
    pub names: Vec<String>,
    pub expects: Vec<String>,
    #[serde(default)]
    pub only: Vec<String>,
    #[serde(default)]
    pub not: Vec<String>,
}

/// `values.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Values {
    pub writable: DropRow,
    pub missing: Vec<MissingRow>,
    pub unit: Vec<UnitRow>,
    pub text: Vec<TextRow>,
    pub map_of_text: Vec<MapRow>,
    pub first_choice: Vec<MapRow>,
}

/// A text that the objects of a type which hold nothing but `beside` take, and their schema does not list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MissingRow {
    #[serde(rename = "type")]
    pub ty: String,
    pub beside: String,
    pub name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MapRow {
    pub path: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitRow {
    pub unit: String,
    #[serde(default)]
    pub path: Vec<String>,
    #[serde(default)]
    pub ends: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextRow {
    pub text: String,
    pub path: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Extensions {
    extension: Vec<Extension>,
}

/// A row of `extensions.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extension {
    pub file: String,
    pub mode: Mode,
    pub at: Vec<String>,
}

#[derive(Deserialize, PartialEq, Clone, Copy)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    Enum,
    Closed,
    Rules,
}

/// Reads the folder.
pub fn load(folder: &Path) -> Result<Overlay, String> {
    Ok(Overlay {
        identities: file(folder, "identities.toml")?,
        relations: file(folder, "relations.toml")?,
        values: file(folder, "values.toml")?,
        extensions: file::<Extensions>(folder, "extensions.toml")?.extension,
    })
}

fn file<T: DeserializeOwned>(folder: &Path, name: &str) -> Result<T, String> {
    let text = std::fs::read_to_string(folder.join(name)).map_err(|error| format!("{name}: {error}"))?;
    toml::from_str(&text).map_err(|error| format!("{name}: {error}"))
}

/// `AWS::S3::Bucket.LifecycleConfiguration.Rules` as type and path.
pub fn split(at: &str) -> (&str, Vec<&str>) {
    // A type name holds no full stop.
    let mut parts = at.split('.');
    (parts.next().unwrap_or(""), parts.collect())
}

/// `AWS::S3::Bucket.Arn` as an identity.
pub fn ident(text: &str) -> Option<DraftIdent> {
    text.split_once('.').map(|(ty, attr)| DraftIdent::new(ty, attr))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    #[test]
    fn the_overlay_is_well_formed() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema/overlay");
        let overlay = super::load(&folder).expect("readable");
        let names = overlay.relations.path.iter().flat_map(|row| row.at.iter().chain(&row.expects));
        for name in names.chain(overlay.relations.name.iter().flat_map(|row| &row.expects)) {
            assert!(name.contains("::") && name.contains('.'), "{name}");
        }
        for row in &overlay.values.unit {
            assert!(cloudc_schema::Unit::parse(&row.unit).is_some(), "{}", row.unit);
        }
        for row in &overlay.values.text {
            assert!(cloudc_schema::Text::parse(&row.text).is_some(), "{}", row.text);
        }
    }
}
