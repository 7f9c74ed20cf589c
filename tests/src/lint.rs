//! cfn-lint over many templates in one Python process.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// A template to judge.
pub struct Template {
    /// Which fixture it comes from.
    pub name: String,
    /// The region it is for, or none for cfn-lint's own choice.
    pub region: Option<String>,
    /// The template.
    pub body: String,
}

/// What cfn-lint calls errors, one line each.
pub fn errors(templates: &[Template], folder: &Path) -> Result<Vec<String>, String> {
    let python = python()?;
    let io = |error: std::io::Error| format!("{}: {error}", folder.display());
    let _ = std::fs::remove_dir_all(folder);
    std::fs::create_dir_all(folder).map_err(io)?;
    let mut list = Vec::new();
    for (index, template) in templates.iter().enumerate() {
        let path = folder.join(format!("{index:04}.json"));
        std::fs::write(&path, &template.body).map_err(io)?;
        list.push(serde_json::json!({ "path": path, "name": template.name, "region": template.region }));
    }
    let manifest = folder.join("manifest.json");
    std::fs::write(&manifest, Value::from(list).to_string()).map_err(io)?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("oracles").join("lint.py");
    let output = Command::new(python).arg(script).arg(&manifest).output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(format!("cfn-lint could not run:\n{}", String::from_utf8_lossy(&output.stderr)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect())
}

/// The Python that has cfn-lint: `CLOUDC_ORACLES`, else `target/oracles`, made by `cargo xtask test`.
fn python() -> Result<PathBuf, String> {
    let folder = std::env::var_os("CLOUDC_ORACLES").map_or_else(|| crate::sources::target().join("oracles"), PathBuf::from);
    let python = folder.join("bin").join("python");
    if python.is_file() {
        Ok(python)
    } else {
        Err(format!("there is no `{}`: run `cargo xtask test`, which makes it", python.display()))
    }
}
