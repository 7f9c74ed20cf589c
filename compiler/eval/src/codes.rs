//! The codes of this stage. A code is never reused for something else.

/// A key or index that is not there.
pub const MISSING_KEY: &str = "C0501";
/// Two turns of a loop with one key.
pub const DUPLICATE_TURN: &str = "C0502";
/// A division of integers with a remainder.
pub const INEXACT_DIVISION: &str = "C0503";
/// A duration or size that is not whole in its property's unit.
pub const UNIT_NOT_WHOLE: &str = "C0504";
/// A value that needs itself.
pub const OWN_VALUE: &str = "C0505";
/// Too many evaluation steps.
pub const TOO_MANY_STEPS: &str = "C0506";
/// A text over the size limit.
pub const TEXT_TOO_LONG: &str = "C0507";
/// A list or record over the size limit.
pub const LIST_TOO_LONG: &str = "C0508";
/// Too many elements in one declaration, or components nested too deep.
pub const TOO_LARGE: &str = "C0509";
/// Two things with one logical id.
pub const LOGICAL_ID_TWICE: &str = "C0510";
/// An `@id` that CloudFormation refuses.
pub const BAD_LOGICAL_ID: &str = "C0511";
/// A number out of range, or an arithmetic overflow.
pub const OVERFLOW: &str = "C0513";
/// A computed key written twice.
pub const DUPLICATE_KEY: &str = "C0514";
/// A built-in function given what it cannot work on.
pub const BAD_ARGUMENT: &str = "C0515";
/// Text that is no JSON.
pub const BAD_JSON: &str = "C0516";
/// A loop key that is neither text nor integer.
pub const BAD_TURN_KEY: &str = "C0517";
/// An attribute of something existing that does not follow from its identifier.
pub const NOT_FOLLOWING: &str = "C0518";
/// A patch that removes what CloudFormation requires.
pub const REMOVES_REQUIRED: &str = "C0519";
/// A file that is not there.
pub const FILE_MISSING: &str = "C0520";
/// A file that is no text.
pub const FILE_NOT_TEXT: &str = "C0521";
/// A file that may not be read: outside the project, a directory, too large.
pub const FILE_UNREADABLE: &str = "C0522";
/// Statements that cannot be the policy they stand for.
pub const NO_STATEMENT: &str = "C0523";
/// Something that cannot be uploaded as what it is meant to be.
pub const BAD_ASSET: &str = "C0524";
/// A look-up that the lock file has no answer for.
pub const LOOKUP_MISSING: &str = "C0560";
/// A lock file that cannot be used.
pub const LOCK_BROKEN: &str = "C0561";
/// A look-up with answers from several accounts or regions.
pub const LOOKUP_SEVERAL: &str = "C0562";
/// An input without a value.
pub const INPUT_MISSING: &str = "C0530";
/// A value given from outside that does not fit.
pub const BAD_SETTING: &str = "C0531";
/// A value given from outside for a name nobody declares.
pub const UNKNOWN_SETTING: &str = "C0532";
/// An assertion that does not hold.
pub const ASSERT_FAILED: &str = "C0540";
/// An assertion that cannot be checked by CloudFormation.
pub const NO_RULE: &str = "C0541";
/// An environment that the project does not have.
pub const UNKNOWN_ENVIRONMENT: &str = "C0533";
/// A build that asks for the environment, and none is chosen.
pub const NO_ENVIRONMENT: &str = "C0534";
/// Another stack that is deployed in several regions, and none of them is meant plainly.
pub const WHICH_REGION: &str = "C0535";
/// A resource or stack that breaks a policy.
pub const POLICY_FAILED: &str = "C0542";
/// A stack that a test needs and that does not build.
pub const BUILD_FAILED: &str = "C0543";
/// Something known at deployment only, which a test or policy looks into.
pub const NOT_KNOWN_YET: &str = "C0544";
/// A path that a test cannot build, or compare with.
pub const NOTHING_BUILT: &str = "C0545";
/// A name under which no transform makes anything.
pub const MADE_BY_NOTHING: &str = "C0566";
/// What a transform makes is of another type.
pub const MADE_OTHERWISE: &str = "C0567";
/// A fault of the compiler.
pub const INTERNAL: &str = "C0599";
