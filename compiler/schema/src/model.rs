//! The vocabulary: plain data that says what a property accepts.
//!
//! Everything here is `'static`: blocks are decoded once and kept for the life of the process, so the checker passes
//! these values around freely and never clones text.

use std::fmt;

/// An identity: "the `GroupId` of an `AWS::EC2::SecurityGroup`".
///
/// `Ref` has no special name: what it returns is named by the attribute it equals (`AWS::S3::Bucket.BucketName`),
/// or `Ref` where it equals none.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Ident {
    /// Full type name; pseudo types such as `AWS::EC2::Image` occur here and nowhere else.
    pub ty: &'static str,
    /// Attribute or property name, dotted when nested.
    pub attr: &'static str,
}

impl fmt::Display for Ident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.ty, self.attr)
    }
}

/// How a template reads a value from a resource.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Access {
    /// The intrinsic `Ref`.
    Ref,
    /// The intrinsic `Fn::GetAtt` with this attribute name.
    Attr(&'static str),
}

/// What changing a property does to the deployed resource.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Update {
    /// Changed where it is.
    #[default]
    InPlace,
    /// A new resource takes the old one's place.
    Replace,
    /// Depends on the values.
    Conditional,
}

/// A constant in a constraint.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Scalar {
    /// Text.
    Str(&'static str),
    /// Whole number.
    Int(i64),
    /// Number with a fraction.
    Float(f64),
    /// Truth value.
    Bool(bool),
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scalar::Str(text) => write!(f, "\"{text}\""),
            Scalar::Int(value) => write!(f, "{value}"),
            Scalar::Float(value) => write!(f, "{value}"),
            Scalar::Bool(value) => write!(f, "{value}"),
        }
    }
}

/// Limits on a value beyond its shape. Lengths count characters, items and keys; bounds are inclusive.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Constraints {
    /// The values accepted; empty when any is.
    pub allowed: &'static [Scalar],
    /// Letter case does not matter in `allowed`.
    pub ignore_case: bool,
    /// `allowed` is what is known, not all there is (a union over regions, versions still being added): warn only.
    pub open: bool,
    /// ECMA regular expression, not anchored, that text must match; may use look-around.
    pub pattern: Option<&'static str>,
    /// Least number.
    pub min: Option<f64>,
    /// Greatest number.
    pub max: Option<f64>,
    /// `max` itself is not accepted.
    pub exclusive_max: bool,
    /// The number is a multiple of this.
    pub multiple_of: Option<f64>,
    /// Least length of text.
    pub min_len: Option<u32>,
    /// Greatest length of text.
    pub max_len: Option<u32>,
    /// Fewest elements.
    pub min_items: Option<u32>,
    /// Most elements.
    pub max_items: Option<u32>,
    /// Fewest keys of a map.
    pub min_props: Option<u32>,
    /// Most keys of a map.
    pub max_props: Option<u32>,
    /// No element twice.
    pub unique: bool,
    /// The order of elements means something.
    pub ordered: bool,
    /// Format name: `date-time`, `json`, `ipv4-network`, `ipv6-network`, `uri`, `int64`, …
    pub format: Option<&'static str>,
    /// What holds when it is not written.
    pub default: Option<Scalar>,
    /// The only value accepted.
    pub constant: Option<Scalar>,
}

impl Constraints {
    /// No limits at all.
    pub const NONE: Constraints = Constraints {
        allowed: &[],
        ignore_case: false,
        open: false,
        pattern: None,
        min: None,
        max: None,
        exclusive_max: false,
        multiple_of: None,
        min_len: None,
        max_len: None,
        min_items: None,
        max_items: None,
        min_props: None,
        max_props: None,
        unique: false,
        ordered: false,
        format: None,
        default: None,
        constant: None,
    };
}

/// The unit a number (or a number in text) is counted in. Sizes are 1024-based, as AWS means them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)] // the names say it
pub enum Unit {
    Milliseconds,
    Seconds,
    Minutes,
    Hours,
    Days,
    Bytes,
    KiB,
    MiB,
    GiB,
    TiB,
}

impl Unit {
    pub(crate) const ALL: [Unit; 10] = [
        Unit::Milliseconds,
        Unit::Seconds,
        Unit::Minutes,
        Unit::Hours,
        Unit::Days,
        Unit::Bytes,
        Unit::KiB,
        Unit::MiB,
        Unit::GiB,
        Unit::TiB,
    ];

    /// A duration, not a size.
    pub fn is_time(self) -> bool {
        (self as u8) < Unit::Bytes as u8
    }

    /// How many milliseconds (durations) or bytes (sizes) one of it is.
    pub fn factor(self) -> u64 {
        match self {
            Unit::Milliseconds | Unit::Bytes => 1,
            Unit::Seconds => 1_000,
            Unit::Minutes => 60_000,
            Unit::Hours => 3_600_000,
            Unit::Days => 86_400_000,
            Unit::KiB => 1 << 10,
            Unit::MiB => 1 << 20,
            Unit::GiB => 1 << 30,
            Unit::TiB => 1 << 40,
        }
    }

    /// Name in the plural, as a message says it.
    pub fn name(self) -> &'static str {
        match self {
            Unit::Milliseconds => "milliseconds",
            Unit::Seconds => "seconds",
            Unit::Minutes => "minutes",
            Unit::Hours => "hours",
            Unit::Days => "days",
            Unit::Bytes => "bytes",
            Unit::KiB => "KiB",
            Unit::MiB => "MiB",
            Unit::GiB => "GiB",
            Unit::TiB => "TiB",
        }
    }

    /// The unit a `name` stands for, as overlays write it.
    pub fn parse(name: &str) -> Option<Unit> {
        Unit::ALL.into_iter().find(|unit| unit.name() == name)
    }
}

/// What the text of a string (or the content of free JSON) is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Text {
    /// Nothing more is known.
    #[default]
    Plain,
    /// JSON written as a string: a record coerces to it.
    Json,
    /// Base64: a String coerces to it.
    Base64,
    /// ISO 8601 duration (`PT15M`, `P1D`): a Duration coerces to it.
    Duration,
    /// An identity policy: statements without principals. Shape `Json`.
    Policy,
    /// A trust or resource policy: statements with principals. Shape `Json`.
    TrustPolicy,
    /// An EventBridge event pattern. Shape `Json`.
    EventPattern,
    /// A cron or rate expression of EventBridge's kind.
    Schedule,
    /// A CIDR block, either family.
    Cidr,
    /// An ARN.
    Arn,
}

impl Text {
    pub(crate) const ALL: [Text; 10] = [
        Text::Plain,
        Text::Json,
        Text::Base64,
        Text::Duration,
        Text::Policy,
        Text::TrustPolicy,
        Text::EventPattern,
        Text::Schedule,
        Text::Cidr,
        Text::Arn,
    ];

    /// The kind an overlay names.
    pub fn parse(name: &str) -> Option<Text> {
        Some(match name {
            "plain" => Text::Plain,
            "json" => Text::Json,
            "base64" => Text::Base64,
            "duration" => Text::Duration,
            "policy" => Text::Policy,
            "trust-policy" => Text::TrustPolicy,
            "event-pattern" => Text::EventPattern,
            "schedule" => Text::Schedule,
            "cidr" => Text::Cidr,
            "arn" => Text::Arn,
            _ => return None,
        })
    }
}

/// How a type takes tags.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum TagStyle {
    /// It takes none.
    #[default]
    None,
    /// A list of `{ Key, Value }`.
    List,
    /// A map from key to value.
    Map,
    /// A list of `{ Key, Value, PropagateAtLaunch }` (Auto Scaling groups only).
    Propagating,
}

impl TagStyle {
    pub(crate) const ALL: [TagStyle; 4] = [TagStyle::None, TagStyle::List, TagStyle::Map, TagStyle::Propagating];
}

/// IAM actions that CloudFormation's handlers call, by operation.
#[derive(Clone, Debug, Default)]
pub struct Permissions {
    /// To create the resource.
    pub create: &'static [&'static str],
    /// To read it back.
    pub read: &'static [&'static str],
    /// To change it.
    pub update: &'static [&'static str],
    /// To delete it.
    pub delete: &'static [&'static str],
    /// To list resources of the type.
    pub list: &'static [&'static str],
}
