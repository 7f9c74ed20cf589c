//! Layers: read, cached, damaged, laid over the embedded types.

use cloudc_schema::*;
use proptest::prelude::*;

const WIDGET: &str = r##"{
  "typeName": "Acme::Shop::Widget",
  "description": "A widget.",
  "definitions": { "Part": { "type": "object", "properties": { "Size": { "type": "integer", "minimum": 1, "maximum": 9 } }, "additionalProperties": false } },
  "properties": {
    "Name": { "type": "string", "maxLength": 20, "description": "What it is called." },
    "Parts": { "type": "array", "items": { "$ref": "#/definitions/Part" } },
    "Vpc": { "type": "string", "relationshipRef": { "typeName": "AWS::EC2::VPC", "propertyPath": "/properties/VpcId" } },
    "Arn": { "type": "string" }
  },
  "required": ["Name"],
  "readOnlyProperties": ["/properties/Arn"],
  "createOnlyProperties": ["/properties/Name"],
  "primaryIdentifier": ["/properties/Arn"],
  "additionalProperties": false
}"##;

fn layer() -> Layer {
    Layer::from_schemas([("widget.json", WIDGET)]).expect("a good schema")
}

#[test]
fn a_private_type_behaves_as_an_embedded_one() {
    let schema = Schema::embedded().with_layer(&layer());
    let ty = schema.ty("Acme::Shop::Widget").expect("the type");
    assert!(ty.is_private());
    assert_eq!(ty.ref_ident().to_string(), "Acme::Shop::Widget.Arn");
    assert_eq!(ty.doc(), Some("A widget."));
    let name = ty.property("Name").expect("a property");
    assert!(name.required() && name.create_only());
    assert_eq!(name.doc(), Some("What it is called."));
    assert_eq!(name.constraints().max_len, Some(20));
    assert!(ty.attribute("Arn").is_some());
    let size = ty.property_at("Parts.Size").expect("a nested property");
    assert_eq!(size.constraints().max, Some(9.0));
    let vpc = ty.property("Vpc").expect("a property");
    assert_eq!(vpc.expects(), [schema.ident("AWS::EC2::VPC", "VpcId").expect("an identity")]);
    assert!(schema.ty("AWS::S3::Bucket").is_some_and(|ty| !ty.is_private()));
    assert_eq!(schema.search("widget", 1)[0].name, "Acme::Shop::Widget");
    assert!(Schema::embedded().ty("Acme::Shop::Widget").is_none());
}

#[test]
fn a_layer_survives_its_cache() {
    let bytes = layer().to_bytes();
    let again = Layer::from_bytes(&bytes).expect("its own bytes");
    assert_eq!(again, layer());
    assert_eq!(Schema::embedded().with_layer(&again), Schema::embedded().with_layer(&layer()));
    assert_ne!(Schema::embedded(), Schema::embedded().with_layer(&again));
}

#[test]
fn describe_type_output_is_read() {
    let described = serde_json::json!({ "TypeName": "Acme::Shop::Widget", "Schema": WIDGET }).to_string();
    assert_eq!(Layer::from_schemas([("described", described)]).expect("a layer"), layer());
}

#[test]
fn bad_schemas_are_named() {
    let problem = |text: &str| match Layer::from_schemas([("x.json", text)]) {
        Ok(_) => String::new(),
        Err(problems) => problems[0].to_string(),
    };
    assert!(problem("{").starts_with("x.json: it is not JSON"));
    assert_eq!(problem("{}"), "x.json: it has no `typeName`");
    assert_eq!(problem(r#"{"typeName":"A::B::C"}"#), "x.json: it has no `properties`");
    assert_eq!(problem(r#"{"typeName":"bad name","properties":{}}"#), "x.json: `bad name` is no type name");
    assert_eq!(
        problem(r##"{"typeName":"A::B::C","properties":{"X":{"$ref":"#/nowhere"}}}"##),
        "x.json: `#/nowhere` points at nothing"
    );
    assert!(
        problem(r##"{"typeName":"A::B::C","properties":{"X":{"allOf":[{"$ref":"#/properties/X"}]}}}"##).contains("too deeply")
    );
    assert_eq!(
        problem(r#"{"typeName":"A::B::C","properties":{"X":{"type":"string"}},"primaryIdentifier":["/properties/Y"]}"#),
        "x.json: its `primaryIdentifier` names no property"
    );
    let mixed = Layer::from_schemas([("good", WIDGET), ("bad", "[]")]);
    assert!(mixed.is_err(), "one bad schema refuses the layer");
    assert!(Layer::from_schemas(Vec::<(String, Vec<u8>)>::new()).is_err());
}

#[test]
fn caches_of_others_are_refused() {
    assert_eq!(Layer::from_bytes(b"").err(), Some(LayerError::NotALayer));
    assert_eq!(Layer::from_bytes(b"something else entirely").err(), Some(LayerError::NotALayer));
    let mut newer = layer().to_bytes();
    newer[7] += 1;
    assert_eq!(Layer::from_bytes(&newer).err(), Some(LayerError::OtherVersion));
}

/// The checksum a cache carries, so that damage below it is reached too.
fn seal(mut bytes: Vec<u8>) -> Vec<u8> {
    let body = &bytes[16..];
    let sum = body.iter().fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    bytes[8..16].copy_from_slice(&sum.to_le_bytes());
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn damage_is_an_error_and_never_a_panic(at in 0usize..10_000, bit in 0u8..8, cut in 0usize..10_000, sealed: bool) {
        let mut bytes = layer().to_bytes();
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        if cut % 3 == 0 {
            bytes.truncate(cut % bytes.len());
        }
        if sealed && bytes.len() > 16 {
            // A damaged body under a right checksum may still be a layer; it must only not panic.
            if let Ok(layer) = Layer::from_bytes(&seal(bytes)) {
                let schema = Schema::embedded().with_layer(&layer);
                for name in layer.names() {
                    if let Some(ty) = schema.ty(name) {
                        show(ty, &ShowOptions::default());
                    }
                }
            }
        } else {
            prop_assert!(Layer::from_bytes(&bytes).is_err());
        }
    }

    #[test]
    fn no_text_panics_the_reader(text in "\\PC{0,200}") {
        let _ = Layer::from_schemas([("x", text)]);
    }
}
