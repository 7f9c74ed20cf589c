//! Settings of the section `cloudc`. What is missing or makes no sense has its default.

use serde_json::Value;

/// The section that is asked for.
pub const SECTION: &str = "cloudc";

/// What a user can set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Inlay hints with types.
    pub hint_types: bool,
    /// Inlay hints with names of parameters.
    pub hint_parameters: bool,
    /// Inlay hints with values that are known.
    pub hint_values: bool,
    /// Lenses that count references.
    pub lens_references: bool,
    /// Lenses that run tests.
    pub lens_tests: bool,
    /// Completions with placeholders.
    pub snippets: bool,
    /// Completions of what has to be imported first.
    pub auto_import: bool,
    /// Diagnostics about what is not used.
    pub unused: bool,
    /// The selected environment.
    pub environment: Option<String>,
    /// Show what is made for this region.
    pub region: Option<String>,
    /// Indent while typing.
    pub format_on_type: bool,
    /// Help with CloudFormation templates, too.
    pub check_cloudformation: bool,
}

impl Default for Config {
    fn default() -> Self {
        Config::new(&Value::Null)
    }
}

impl Config {
    /// Reads the section.
    pub fn new(section: &Value) -> Self {
        let get = |path: &str| {
            // Some clients send nested objects, some flat keys with dots.
            let nested = path.split('.').try_fold(section, |value, key| value.get(key));
            nested.or_else(|| section.get(path))
        };
        let on = |path: &str| get(path).and_then(Value::as_bool).unwrap_or(true);
        let text = |path: &str| get(path).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
        Config {
            hint_types: on("inlayHints.types"),
            hint_parameters: on("inlayHints.parameterNames"),
            hint_values: on("inlayHints.values"),
            lens_references: on("codeLens.references"),
            lens_tests: on("codeLens.tests"),
            snippets: on("completion.snippets"),
            auto_import: on("completion.autoImport"),
            unused: on("diagnostics.unused"),
            environment: text("environment"),
            region: text("region"),
            format_on_type: on("format.onType"),
            // Other servers may look after these files: only when asked.
            check_cloudformation: get("checkCloudFormation").and_then(Value::as_bool).unwrap_or(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nonsense_is_the_default() {
        let section = json!({ "inlayHints": { "types": "yes" }, "environment": "", "region": 7 });
        assert_eq!(Config::new(&section), Config::default());
    }

    #[test]
    fn nested_and_flat_keys_are_read() {
        assert!(!Config::new(&json!({ "inlayHints": { "types": false } })).hint_types);
        let flat = Config::new(&json!({ "codeLens.tests": false, "region": "eu-west-1" }));
        assert!(!flat.lens_tests && flat.region.as_deref() == Some("eu-west-1"));
    }
}
