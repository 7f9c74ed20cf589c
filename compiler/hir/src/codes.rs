//! Every code this stage and its callers give to findings about files and names. Never reused for something else.

/// The bytes are not UTF-8.
pub const NOT_UTF8: &str = "C0130";
/// Nothing is at the path.
pub const NO_FILE: &str = "C0131";
/// A directory is at the path.
pub const IS_DIRECTORY: &str = "C0132";
/// The path leaves the project.
pub const OUTSIDE: &str = "C0133";
/// More bytes than the compiler reads.
pub const TOO_LARGE: &str = "C0134";
/// The operating system refused.
pub const UNREADABLE: &str = "C0135";

/// A name that nothing in scope has. Found by the checker, which knows the built-in names.
pub const UNKNOWN_NAME: &str = "C0201";
/// Two declarations of one name in one scope.
pub const DUPLICATE: &str = "C0202";
/// A name of the file that a component, function, policy or test cannot see. Found by the checker.
pub const HIDDEN: &str = "C0203";
/// A duration or size that does not fit 64 bits in its smallest unit.
pub const NUMBER_TOO_LARGE: &str = "C0204";
/// A key written twice in one record.
pub const DUPLICATE_KEY: &str = "C0206";
/// Two variables or parameters of one name in one list.
pub const DUPLICATE_BINDING: &str = "C0207";
/// A declaration named like a literal, which nothing could ever name.
pub const RESERVED_NAME: &str = "C0208";

/// An import of a file that is not there.
pub const IMPORT_MISSING: &str = "C0210";
/// An import of a name the module does not have.
pub const IMPORT_UNKNOWN_NAME: &str = "C0211";
/// An import of a name that is not `pub`.
pub const IMPORT_PRIVATE: &str = "C0212";
/// Files that import each other, or one that imports itself.
pub const IMPORT_CYCLE: &str = "C0213";
/// An import of a standard module that does not exist.
pub const IMPORT_UNKNOWN_STD: &str = "C0214";
/// An import of a `let` that depends on what only its own stack knows.
pub const IMPORT_NOT_FREE: &str = "C0215";
/// An import whose path is not one: absolute, without `./`, leaving the project, or not fixed text.
pub const IMPORT_PATH: &str = "C0216";
/// An import of something that is no readable text.
pub const IMPORT_UNREADABLE: &str = "C0217";

/// A declaration where its kind may not stand.
pub const MISPLACED: &str = "C0220";
/// Something only a stack may have, in a file without `stack`.
pub const NO_STACK: &str = "C0221";
/// A second `stack` in a file.
pub const SECOND_STACK: &str = "C0223";
/// `project` or `env` in a file other than `project.cloud`.
pub const NOT_PROJECT_FILE: &str = "C0224";
/// A `moved` that does not lead from a name to a resource of the stack.
pub const MOVED_NOWHERE: &str = "C0225";
/// A `moved` from a name that a resource still has.
pub const MOVED_STAYS: &str = "C0226";
/// Two `moved` to the same resource.
pub const MOVED_TWICE: &str = "C0227";

/// Declarations that are defined by each other.
pub const CYCLE: &str = "C0230";
/// A chain of declarations longer than the compiler follows.
pub const TOO_DEEP: &str = "C0231";

/// A use of something marked `@deprecated`: a warning.
pub const DEPRECATED: &str = "C0396";

/// What a stack names as a part and cannot be one.
pub const BAD_PART: &str = "C0398";
