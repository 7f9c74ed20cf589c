//! The elaborated tree: everything implicit made explicit, the only thing the evaluator reads.
//!
//! One [`Typed`] per declaration. Names are resolved, coercions, units and narrowing are nodes of their own, sugar is gone.
//! Every node remembers the expression it came from, so a value can be traced to the text.

use cloudc_base::File;
use cloudc_hir::body::{ExprId, Literal};
use cloudc_hir::{Branch, Decl, Name, Problem};

use crate::checks::Constraint;
use crate::ty::Ty;

/// Index of a node in its [`Typed`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id(pub u32);

/// A variable bound inside an expression (comprehension, function parameter, optional chain), unique in its [`Typed`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Local(pub u32);

/// What one declaration means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// The nodes; children come before parents.
    pub nodes: Vec<Node>,
    /// Where to start.
    pub root: Root,
    /// The attributes that have a meaning here.
    pub attrs: Vec<Attr>,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
    /// The type of every expression that has one, by [`ExprId`]; for hover and completion.
    pub types: Vec<Option<Ty>>,
}

/// A node of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// What to do.
    pub kind: Kind,
    /// The expression it came from.
    pub src: ExprId,
}

/// Where evaluation of a declaration starts.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)] // what the fields are is said with the variant
pub enum Root {
    /// Nothing to evaluate: an import, a type, or something too broken.
    Nothing,
    /// `let`, `output`, `existing`; the default of an `input` or `param`, if it has one.
    Value(Option<Id>),
    /// An instance of a CloudFormation type. `properties` gives a record.
    Resource { ty: Name, properties: Id, with: Vec<Patch> },
    /// An instance of a component. Inputs not listed take their default, evaluated in the new instance.
    Instance { component: Decl, inputs: Vec<(Name, Id)>, with: Vec<Patch> },
    /// The condition of an `if` around declarations: const or param.
    If(Id),
    /// `for` around declarations. `key` is evaluated in each turn, after its variables are bound.
    For { iterable: Id, key: TurnKey },
    /// An assertion; the message is text.
    Assert { condition: Id, message: Option<Id> },
    /// A function: its body over its parameters, in order, with the defaults of those that have one.
    Fn { params: Vec<(Local, Option<Id>)>, body: Id },
    /// `stack`: settings by name.
    Settings(Vec<(Name, Id)>),
}

/// What names one turn of a `for` around declarations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TurnKey {
    /// The map's key.
    MapKey,
    /// The element itself, a const string or integer.
    Element,
    /// The index in the list.
    Position,
    /// `by expr`.
    By(Id),
}

/// `with { name: { … } }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patch {
    /// The inner declaration. On one inside a `for` it patches every turn.
    pub target: Decl,
    /// A record of properties (or of inputs, when the target is a component's instance), merged over what is there.
    pub properties: Option<Id>,
    /// Attributes it adds.
    pub attrs: Vec<Attr>,
    /// Patches inside that one.
    pub with: Vec<Patch>,
    /// The expression that stands for its name.
    pub src: ExprId,
}

/// An attribute with its arguments checked. `Id`s are const unless said otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attr {
    /// Which one.
    pub kind: AttrKind,
    /// Its position among the declaration's attributes as written.
    pub index: u32,
}

/// Attributes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)] // named as they are written
pub enum AttrKind {
    /// The condition may be param.
    Retain(Option<Id>),
    /// The condition may be param.
    Snapshot(Option<Id>),
    DeletionPolicy(Id),
    UpdateReplacePolicy(Id),
    Protect,
    /// Handles, instances, or collections of them.
    DependsOn(Vec<Id>),
    /// Text.
    LogicalId(Id),
    Nested,
    /// Text, const or param.
    Export(Id),
    Adopt(Id),
    /// A record, any phase.
    Metadata(Id),
    CreationPolicy(Id),
    UpdatePolicy(Id),
    Usage(Vec<(Name, Id)>),
    Deprecated(Option<Id>),
    Allow {
        code: Name,
        reason: Option<Id>,
    },
    /// ConstraintDescription.
    Message(Id),
    /// Console layout.
    Label(Id),
    Group(Id),
}

/// What a node does.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)] // what the fields are is said with the variant
pub enum Kind {
    /// An error was reported: the value is poison.
    Error,
    /// JSON's null, inside `to_json` and `raw` only.
    Null,
    /// A constant. `Duration` is milliseconds, `Size` bytes; both are integers from here on. `Cidr` is text.
    Literal(Literal),
    /// A variable of this tree.
    Local(Local),
    /// The key or index (0) or element (1) of a `for` around declarations, `up` turns out of the current one.
    LoopVar { up: u32, which: LoopVar },
    /// Another declaration's value, handle or instance.
    Decl(Reference),
    /// `aws.…`.
    Pseudo(Pseudo),
    /// `stack.name`, `stack.region`; const settings of the stack that is being built.
    StackSetting(Name),
    /// `project.env`.
    Environment,
    /// Text with holes; every hole gives text (or a number or Bool, printed plainly).
    Interp(Vec<Part>),
    /// A field of a record (an absent one is none), or of each side of a choice between records.
    Field { base: Id, name: Name },
    /// A handle's attribute: `Fn::GetAtt`.
    Attr { base: Id, attr: Name },
    /// A handle's reference value: `Ref`.
    Ref { base: Id },
    /// What was written for a property of a handle's resource, after merging; none when nothing was.
    ReadBack { base: Id, property: Name },
    /// An output of another stack of the project, in a region or the one at hand; joined with `,` when it is a list.
    Foreign { file: File, name: Name, region: Option<Id>, list: bool },
    /// An instance's output.
    Output { base: Id, name: Name },
    /// A handle's logical id, const text.
    LogicalId { base: Id },
    /// A const hash of what a handle's resource lowers to.
    Fingerprint { base: Id },
    /// `base?.…`: none when `base` is none, else `body` with `local` bound to what it is.
    Chain { base: Id, local: Local, body: Id },
    /// An optional that is known to be there, by narrowing or by the conditions around.
    Present(Id),
    /// An element of a list by const or param integer, or of a map or record by text (`FindInMap` when the key is param).
    Index { base: Id, index: Id },
    /// The same on a map whose key may be missing: `base[index] ?? default`.
    IndexOr { base: Id, index: Id, default: Id },
    /// `a ?? b`.
    Coalesce(Id, Id),
    /// `== none` on an optional; reads only the shape.
    IsNone(Id),
    /// An operator over evaluated operands.
    Unary(Unary, Id),
    /// An operator over evaluated operands; `And` and `Or` do not evaluate the second needlessly.
    Binary(Binary, Id, Id),
    /// A choice; the condition is const or param.
    If { condition: Id, then: Id, otherwise: Id },
    /// The first arm that matches; exhaustive. The scrutinee is const or param.
    Match { scrutinee: Id, arms: Vec<Arm> },
    /// A list.
    List(Vec<Element>),
    /// A record or map.
    Record(Vec<Entry>),
    /// A call of a user's function; `None` takes the parameter's default.
    Call { function: Decl, args: Vec<Option<Id>> },
    /// A call of something built in.
    Builtin(Builtin, Vec<Id>),
    /// An implicit conversion.
    Coerce(Coercion, Id),
    /// Constraints to check once the value is const; the value is passed on.
    Check(Vec<Constraint>, Id),
}

/// Which variable of a `for`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoopVar {
    /// A map's key (text) or a list's index (integer).
    Key,
    /// The element.
    Element,
}

/// How a name reaches a declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// What is named.
    pub decl: Decl,
    /// In which frame.
    pub place: Place,
    /// The `if` and `for` declarations between that frame and `decl`, outermost first. A `for` makes the value a map
    /// by turn key, an `if` an optional under its condition (negated for the else branch).
    pub lift: Vec<(Decl, Branch)>,
}

/// The frame a reference starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The current frame, after leaving `up` turns.
    Here {
        /// How many turns to leave.
        up: u32,
    },
    /// The top level of a module.
    Module(File),
}

/// `aws.…`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)] // named after CloudFormation's pseudo parameters
pub enum Pseudo {
    Region,
    AccountId,
    Partition,
    UrlSuffix,
    StackName,
    StackId,
    NotificationArns,
    /// `Fn::GetAZs` of the stack's region.
    Zones,
}

/// A piece of text or a hole.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Part {
    Text(Name),
    Hole(Id),
}

/// One operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Unary {
    Not,
    Neg,
}

/// Two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Binary {
    And,
    Or,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    /// The left side is an element of the list, or a key of the map, on the right.
    In,
    /// Integers or floats.
    Add,
    Sub,
    Mul,
    /// Of integers: must be exact (C0503), unless directly inside `Builtin::Floor`.
    Div,
    Rem,
    /// Text beside text.
    Concat,
    /// List beside list.
    Append,
}

/// An arm of a match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arm {
    /// Any of these matches; empty is `_`.
    pub patterns: Vec<Literal>,
    /// What it gives.
    pub body: Id,
}

/// An element of a list. A guard is const, or param (then the element is a choice between itself and nothing).
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Element {
    Item { value: Id, guard: Option<Id> },
    Spread { value: Id, guard: Option<Id> },
    For { bind: Bind, iterable: Id, filter: Option<Id>, value: Id },
}

/// An entry of a record or map. A value of none is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Entry {
    /// `site` is the key as written.
    Field {
        key: Key,
        value: Id,
        guard: Option<Id>,
        site: ExprId,
    },
    Spread {
        value: Id,
        guard: Option<Id>,
    },
    For {
        bind: Bind,
        iterable: Id,
        filter: Option<Id>,
        key: Id,
        value: Id,
        site: ExprId,
    },
}

/// A key of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Key {
    Text(Name),
    Computed(Id),
}

/// The variables of a comprehension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bind {
    /// The index of a list or the key of a map.
    pub key: Option<Local>,
    /// The element.
    pub element: Local,
}

/// An implicit conversion, made explicit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Coercion {
    /// A handle to its `Ref`, or (`Some`) to an attribute.
    Identify(Option<Name>),
    /// An instance to the output that stands for it.
    IdentifyOutput(Name),
    /// A map to a list of records with these two fields.
    Pairs {
        /// `Key`, `Name`, `ParameterKey` …
        key: Name,
        /// `Value` …
        value: Name,
    },
    /// Milliseconds or bytes to a number of units; must come out whole (C0504).
    Unit {
        /// How many milliseconds or bytes one unit is.
        per: i64,
        /// Its name, for the message: "seconds", "MiB".
        name: Name,
        /// Whether the property holds the number as text.
        text: bool,
    },
    /// Milliseconds to ISO 8601 text (`PT5M`).
    IsoDuration,
    /// A record to its JSON text: `Fn::ToJsonString` or a `Fn::Sub`-able text when parts are not const.
    JsonText,
    /// Text to `Fn::Base64`.
    Base64,
    /// A number or Bool to text.
    Text,
    /// A bucket to its ARN and that of all its objects.
    BucketAndObjects,
    /// A statement or a list of them to a policy document.
    PolicyDocument {
        /// Whether it belongs to an identity, so that its statements name no principal.
        identity: bool,
    },
    /// One value to a list of it: AWS accepts either, and a list is what other tools read.
    Single,
}

/// Functions and methods that are built in. The receiver of a method is the first argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)] // named as they are called
pub enum Builtin {
    // text
    Lower,
    Upper,
    Trim,
    Split,
    Replace,
    StartsWith,
    EndsWith,
    Slice,
    Base64,
    Matches,
    // lists and maps
    Join,
    Length,
    Contains,
    EveryIn,
    Distinct,
    Flatten,
    Sort,
    First,
    Last,
    Reverse,
    Keys,
    Values,
    Range,
    /// The leaves of nested maps, in order.
    All,
    // numbers
    Floor,
    Min,
    Max,
    Abs,
    ToText,
    ToInt,
    // networks: (block, count) -> list of blocks that divide it evenly; with host_bits: (block, count, host_bits)
    Subnets,
    SubnetsBits,
    // JSON
    ToJson,
    FromJson,
    Raw,
    // files: content as text
    File,
    // schedules: `cron("…")` and `rate(5m)` give the text EventBridge wants
    Cron,
    Rate,
    // deployment-time
    ZonesIn,
    ImportValue,
    StackOutput,
    // dynamic references: (secret, field?, stage?, version?), (name, version?); what is not given is none
    Secret,
    SsmSecure,
    Ssm,
    // uploads: (path)
    Asset,
    Image,
    Template,
    // where an upload is, for what takes that
    AssetBucket,
    AssetKey,
    /// The key under which it is an archive, whatever it is here.
    AssetZipKey,
    AssetS3Uri,
    AssetUrl,
    ImageUri,
    /// What the lock file knows: (id?, tags?, where?).
    Lookup,
    /// What a transform makes, by its logical id: (id).
    Generated,
    /// What a macro makes here: (name, parameters?).
    Transform,
    // statements: (actions, on?, to?, when?, sid?), (principals, when?, actions?); what is not given is none
    Allow,
    Deny,
    Trust,
    // tests and policies
    /// A stack, or none for the one at hand; the name of a type, or none for all.
    Resources,
    /// Path, inputs, parameters, environment, region; all but the first may be none.
    Build,
    /// A stack, and a code or none.
    Fails,
    /// A stack and a path.
    Snapshot,
    StackOutputs,
    StackErrors,
    StackTemplate,
    ResourceType,
    /// `DeletionPolicy`.
    ResourcePolicy,
}

impl Typed {
    /// The node at `id`.
    pub fn node(&self, id: Id) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// A tree for a declaration with nothing to evaluate.
    pub fn nothing(problems: Vec<Problem>) -> Self {
        Typed { nodes: Vec::new(), root: Root::Nothing, attrs: Vec::new(), problems, types: Vec::new() }
    }

    /// The declaration's attribute that `pick` recognises first.
    pub fn attr<T>(&self, pick: impl Fn(&AttrKind) -> Option<T>) -> Option<T> {
        self.attrs.iter().find_map(|attr| pick(&attr.kind))
    }
}
