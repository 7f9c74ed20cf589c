//! Layers: types that are not embedded, built from the registry's own schemas.
//!
//! In: JSON schemas, as the public archive and `DescribeType` give them, or the bytes of a cached layer. Out: a
//! [`Layer`] for [`crate::Schema::with_layer`]. Nothing half-read is ever used: one bad schema refuses the whole layer,
//! and a damaged cache is an error that leaves the embedded types as they are.

use serde_json::Value;

use crate::draft::DraftStore;
use crate::read::read_type;
use crate::store::{self, Store};
use crate::wire::checksum;

/// First bytes of a cached layer; the last one is the format's version.
const MAGIC: &[u8; 8] = b"CFLAYER\x01";

/// The largest registry schema is well under half of this.
const MAX_SCHEMA: usize = 8 << 20;

/// More than AWS and an account together have.
const MAX_TYPES: usize = 20_000;

/// Types to lay over the embedded ones.
#[derive(Clone, Copy)]
pub struct Layer {
    store: &'static Store,
    bytes: &'static [u8],
}

impl std::fmt::Debug for Layer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Layer({} types)", self.len())
    }
}

impl PartialEq for Layer {
    fn eq(&self, other: &Layer) -> bool {
        self.store.id == other.store.id
    }
}

impl Eq for Layer {}

/// Why a schema cannot be part of a layer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SchemaProblem {
    /// The file, as the caller named it.
    pub file: String,
    /// What is wrong: one lowercase line, no full stop.
    pub problem: String,
}

impl std::fmt::Display for SchemaProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.file, self.problem)
    }
}

impl std::error::Error for SchemaProblem {}

/// Why a cached layer cannot be used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LayerError {
    /// The bytes are no layer.
    NotALayer,
    /// Another version of the compiler wrote it.
    OtherVersion,
    /// Its checksum or its content is wrong.
    Damaged,
}

impl std::fmt::Display for LayerError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            LayerError::NotALayer => "this is not a schema cache",
            LayerError::OtherVersion => "the schema cache was written by another version of cloudc; run `cloudc schema sync`",
            LayerError::Damaged => "the schema cache is damaged; run `cloudc schema sync`",
        })
    }
}

impl std::error::Error for LayerError {}

impl Layer {
    /// A layer of these schemas: pairs of a name for messages and the JSON.
    ///
    /// Every schema is read and checked before any is used. The order does not matter; of a type that comes twice,
    /// the last one counts.
    pub fn from_schemas<N, B>(schemas: impl IntoIterator<Item = (N, B)>) -> Result<Layer, Vec<SchemaProblem>>
    where
        N: Into<String>,
        B: AsRef<[u8]>,
    {
        let mut problems = Vec::new();
        let mut store = DraftStore::default();
        for (file, bytes) in schemas {
            let file = file.into();
            match read_schema(bytes.as_ref()) {
                Ok(ty) => {
                    store.types.retain(|known| known.name != ty.name);
                    store.types.push(ty);
                }
                Err(problem) => problems.push(SchemaProblem { file, problem }),
            }
            if store.types.len() > MAX_TYPES {
                problems.push(SchemaProblem { file: String::new(), problem: format!("more than {MAX_TYPES} types") });
                break;
            }
        }
        let whole = |problem: &str| vec![SchemaProblem { file: String::new(), problem: problem.to_owned() }];
        if !problems.is_empty() {
            return Err(problems);
        }
        if store.types.is_empty() {
            return Err(whole("there is no schema in it"));
        }
        let body = crate::encode(&store, 3).map_err(|error| whole(&error.to_string()))?;
        Layer::of_body(&body).map_err(|_| whole("a schema is too large"))
    }

    fn of_body(body: &[u8]) -> Result<Layer, crate::Corrupt> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(checksum(body).to_le_bytes());
        bytes.extend(body);
        Ok(Layer { store: store::interned(body)?, bytes: bytes.leak() })
    }

    /// The bytes to cache: versioned and with a checksum.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.bytes.to_vec()
    }

    /// A layer that [`Layer::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<Layer, LayerError> {
        let (magic, rest) = bytes.split_at_checked(MAGIC.len()).ok_or(LayerError::NotALayer)?;
        if magic[..7] != MAGIC[..7] {
            return Err(LayerError::NotALayer);
        }
        if magic != MAGIC {
            return Err(LayerError::OtherVersion);
        }
        let (sum, body) = rest.split_at_checked(8).ok_or(LayerError::Damaged)?;
        if sum != checksum(body).to_le_bytes() {
            return Err(LayerError::Damaged);
        }
        Layer::of_body(body).map_err(|_| LayerError::Damaged)
    }

    /// Names of its types, sorted.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &'static str> {
        self.store.entries.iter().map(|entry| entry.name)
    }

    /// How many types it has.
    pub fn len(&self) -> usize {
        self.store.entries.len()
    }

    /// It has none; never so for a layer that was read.
    pub fn is_empty(&self) -> bool {
        self.store.entries.is_empty()
    }

    pub(crate) fn store(&self) -> &'static Store {
        self.store
    }
}

/// One schema, checked. `DescribeType` output, with the schema as text inside, is accepted too.
fn read_schema(bytes: &[u8]) -> Result<crate::draft::DraftType, String> {
    if bytes.len() > MAX_SCHEMA {
        return Err(format!("it is {} MiB large; no schema is", bytes.len() >> 20));
    }
    let mut json: Value = serde_json::from_slice(bytes).map_err(|error| format!("it is not JSON: {error}"))?;
    if let (None, Some(inner)) = (json.get("typeName"), json.get("Schema").and_then(Value::as_str)) {
        json = serde_json::from_str(inner).map_err(|error| format!("its `Schema` is not JSON: {error}"))?;
    }
    if let Some(name) = json.get("typeName").and_then(Value::as_str) {
        check_name(name)?;
    }
    let mut ty = read_type(&json, true)?;
    ty.regions = u64::MAX;
    let primary_exists = ty.primary.iter().all(|path| {
        let parts: Vec<&str> = path.split('.').collect();
        ty.find(&parts).is_some()
    });
    if !primary_exists {
        return Err("its `primaryIdentifier` names no property".to_owned());
    }
    for node in &mut ty.nodes {
        // Formats such as `AWS::EC2::VPC.Id` are cfn-lint's; here only `relationshipRef` counts, taken as it is.
        node.expects.retain(|ident| ident.ty.split("::").count() >= 3);
    }
    Ok(ty)
}

/// Three segments of letters and digits, `::MODULE` allowed after them.
fn check_name(name: &str) -> Result<(), String> {
    let parts: Vec<&str> = name.split("::").collect();
    let fine = |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric());
    let count = parts.len() == 3 || (parts.len() == 4 && parts[3] == "MODULE");
    if count && parts.iter().all(fine) { Ok(()) } else { Err(format!("`{name}` is no type name")) }
}
