//! The forms of what `cloudc` reads and prints as JSON, as JSON Schema.
//!
//! Always: what a command prints is valid against its form; the tests of the command line look.

/// Every form, by the name under which `cloudc schema export --of` gives it.
pub const DOCUMENTS: [(&str, &str); 10] = [
    ("check", include_str!("../schemas/check.schema.json")),
    ("config", include_str!("../schemas/config.schema.json")),
    ("contract", include_str!("../schemas/contract.schema.json")),
    ("contract-changes", include_str!("../schemas/contract-changes.schema.json")),
    ("graph", include_str!("../schemas/graph.schema.json")),
    ("list", include_str!("../schemas/list.schema.json")),
    ("manifest", include_str!("../schemas/manifest.schema.json")),
    ("optimize", include_str!("../schemas/optimize.schema.json")),
    ("program", include_str!("../schemas/program.schema.json")),
    ("show", include_str!("../schemas/show.schema.json")),
];

/// A form.
pub fn schema(name: &str) -> Option<&'static str> {
    DOCUMENTS.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}
