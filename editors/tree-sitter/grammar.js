/**
 * @file The `.cloud` language for tree-sitter.
 * @license MIT OR Apache-2.0
 *
 * The compiler's own grammar (`compiler/syntax/src/grammar`) is the authority; rules stand here in its order, file by file.
 * This one accepts a little more than the compiler: it is for colours, folds and motions, never for judging a program.
 *
 * Some things are not visible in the rules:
 * - Keywords are words only where they are wanted. Where a name may stand beside one, the rule lists it (`_any_name`).
 * - Which line ends separate entries is decided in `src/scanner.c`.
 * - So is what a half-typed text lacks: `_end` stands for the brackets that are open where a declaration begins in column 0,
 *   `_absent` for a value behind `key:` or `let x =`, `_unclosed` for a quote. So a mistake costs one declaration or line.
 * - A brace behind a condition holds one expression or a record; `_branch` says which, as the compiler does.
 *
 * After a change: `cargo run --manifest-path editors/tree-sitter/generate/Cargo.toml`.
 */

/// <reference types="tree-sitter-cli/dsl" />
// @ts-check

/** Operators, loosest first. */
const PREC = {
  coalesce: 1,
  or: 2,
  and: 3,
  equality: 4,
  comparison: 5,
  sum: 6,
  product: 7,
  unary: 8,
  postfix: 9,
};

/** Words that begin an expression or an entry, where a name could stand too. */
const EXPRESSION_WORDS = ["true", "false", "none", "if", "match", "for"];

module.exports = grammar({
  name: "cloud",

  word: ($) => $.identifier,

  externals: ($) => [
    $._newline,
    $._plain_text,
    $._block_text,
    $._raw_text,
    $._raw_block_text,
    $._end,
    $._absent,
    $._unclosed,
    // Never used by a rule: wanted only while the parser recovers from a mistake.
    $._recovering,
  ],

  extras: ($) => [/[\s\uFEFF]/, $.comment, $.doc_comment, $.block_comment],

  supertypes: ($) => [$.declaration, $.type, $.expression, $.pattern],

  inline: ($) => [$._any_name],

  conflicts: ($) => [],

  rules: {
    // What `_end` closed needs no line end behind it.
    source_file: ($) => repeat(choice($._item, ",", $._newline)),

    // Trivia.

    comment: () => token(choice("//", /\/\/[^\/\r\n][^\r\n]*/, /\/\/\/\/[^\r\n]*/)),
    doc_comment: () => token(choice("///", /\/\/\/[^\/\r\n][^\r\n]*/)),
    block_comment: () => token(/\/\*[^*]*\*+([^\/*][^*]*\*+)*\//),

    // Declarations (grammar/items.rs, grammar/resources.rs).

    _item: ($) => choice($.declaration, $._attributed),
    _attributed: ($) => seq(repeat1($.attribute), $.declaration),

    attribute: ($) => seq("@", field("name", $.identifier), optional(field("arguments", $.arguments))),

    declaration: ($) =>
      choice(
        $.import,
        $.input_declaration,
        $.param_declaration,
        $.let_declaration,
        $.resource_declaration,
        $.existing_declaration,
        $.output_declaration,
        $.component_declaration,
        $.function_declaration,
        $.type_declaration,
        $.if_declaration,
        $.for_declaration,
        $.defaults_declaration,
        $.moved_declaration,
        $.forget_declaration,
        $.assert_declaration,
        $.policy_declaration,
        $.test_declaration,
        $.stack_declaration,
        $.project_declaration,
        $.env_declaration,
      ),

    import: ($) =>
      seq(
        "import",
        field("path", $._string),
        choice(field("names", $.import_specifiers), seq("as", field("alias", $.identifier))),
      ),
    import_specifiers: ($) => braces($, $.import_specifier),
    import_specifier: ($) => seq(field("name", $.identifier), optional(seq("as", field("alias", $.identifier)))),

    input_declaration: ($) => seq("input", declared($)),
    param_declaration: ($) => seq("param", declared($)),
    let_declaration: ($) => seq(optional("pub"), "let", declared($)),

    resource_declaration: ($) =>
      seq(
        "resource",
        field("name", $.identifier),
        ":",
        choice(field("type", $.type), $._absent),
        optional(field("body", $.record)),
        optional($._with),
      ),
    _with: ($) => seq("with", field("with", $.with_block)),
    with_block: ($) => braces($, $.with_entry),
    with_entry: ($) => {
      const patch = seq(":", field("value", $.record), optional($._with));
      const key = field("key", choice($.identifier, $._string));
      return choice(seq(key, patch), seq(repeat1($.attribute), key, optional(patch)));
    },

    existing_declaration: ($) => seq("existing", declared($)),
    output_declaration: ($) =>
      seq("output", field("name", $.identifier), optional(seq("as", field("as", $.type))), annotation($), value($)),

    component_declaration: ($) =>
      seq(optional("pub"), "component", field("name", $.identifier), field("body", $.block)),
    block: ($) => braces($, $._item),

    function_declaration: ($) =>
      seq(
        optional("pub"),
        "fn",
        field("name", $.identifier),
        field("parameters", $.parameters),
        annotation($),
        value($),
      ),
    parameters: ($) => parentheses($, entries($, $.parameter)),
    parameter: ($) => declared($),

    type_declaration: ($) =>
      seq(optional("pub"), "type", field("name", $.identifier), "=", field("type", $.type)),

    if_declaration: ($) =>
      seq(
        "if",
        field("condition", $.expression),
        field("consequence", $.block),
        optional(seq("else", field("alternative", choice($.block, $.if_declaration)))),
      ),
    for_declaration: ($) => seq("for", each($), optional($.by_clause), field("body", $.block)),
    by_clause: ($) => seq("by", field("key", $.expression)),

    defaults_declaration: ($) => seq("defaults", field("type", $.type), field("body", $.record)),
    moved_declaration: ($) => seq("moved", field("from", $.expression), "->", field("to", $.expression)),
    forget_declaration: ($) => seq("forget", field("target", $.expression)),
    assert_declaration: ($) =>
      prec.right(
        seq("assert", field("condition", $.expression), optional(seq(",", field("message", $.expression)))),
      ),

    policy_declaration: ($) => seq(optional("pub"), "policy", field("name", $._string), field("body", $.block)),
    test_declaration: ($) => seq("test", field("name", $._string), field("body", $.block)),
    stack_declaration: ($) => seq("stack", field("name", $.identifier), field("body", $.record)),
    project_declaration: ($) => seq("project", field("name", $.identifier), field("body", $.record)),
    env_declaration: ($) =>
      seq(
        "env",
        field("name", $.identifier),
        optional(seq(":", field("parent", $.identifier))),
        field("body", $.record),
      ),

    // Types (grammar/types.rs).

    type: ($) =>
      choice(
        $.path_type,
        $.refined_type,
        $.generic_type,
        $.list_type,
        $.record_type,
        $.optional_type,
        $.union_type,
        $.literal_type,
        $.parenthesized_type,
      ),
    union_type: ($) => prec.left(1, seq($.type, "|", $.type)),
    optional_type: ($) => prec(2, seq($.type, "?")),

    path_type: ($) => prec.right(seq($.path, repeat(seq(".", field("part", $.identifier))))),
    refined_type: ($) => seq(field("base", $.path_type), field("arguments", $.type_arguments)),
    type_arguments: ($) => parentheses($, entries($, choice($.expression, $.range))),
    range: ($) => seq(optional(field("from", $.expression)), choice("..", "..="), optional(field("to", $.expression))),
    generic_type: ($) => seq(field("base", $.path_type), "<", sepBy1(",", $.type), ">"),
    list_type: ($) => seq("[", $.type, choice("]", $._end)),
    parenthesized_type: ($) => parentheses($, $.type),
    record_type: ($) => braces($, $.record_type_field),
    record_type_field: ($) => seq(field("name", $.identifier), optional("?"), ":", field("type", $.type)),
    literal_type: ($) => choice($._string, $.boolean, $.integer, seq("-", $.integer)),

    /** `A`, `A::B::C`, `A::*`. */
    path: ($) => prec.right(seq($.identifier, repeat(seq("::", choice($.identifier, "*"))))),

    // Expressions (grammar/expressions.rs).

    expression: ($) =>
      choice(
        $.identifier,
        $.type_expression,
        $._literal,
        $._string,
        $.list,
        $.record,
        $.parenthesized_expression,
        $.field_expression,
        $.index_expression,
        $.call_expression,
        $.unary_expression,
        $.binary_expression,
        $.if_expression,
        $.match_expression,
      ),

    /** A type where a value is expected: `resources(AWS::S3::Bucket)`. */
    type_expression: ($) => prec.right(seq($.identifier, repeat1(seq("::", choice($.identifier, "*"))))),

    parenthesized_expression: ($) => parentheses($, $.expression),
    field_expression: ($) =>
      prec.left(
        PREC.postfix,
        seq(field("value", $.expression), choice(".", "?."), field("field", $.identifier)),
      ),
    index_expression: ($) =>
      prec.left(PREC.postfix, seq(field("value", $.expression), "[", field("index", $.expression), choice("]", $._end))),
    call_expression: ($) =>
      prec.left(PREC.postfix, seq(field("function", $.expression), field("arguments", $.arguments))),
    unary_expression: ($) => prec(PREC.unary, seq(field("operator", choice("!", "-")), field("operand", $.expression))),
    binary_expression: ($) => {
      const table = [
        [PREC.coalesce, "??"],
        [PREC.or, "||"],
        [PREC.and, "&&"],
        [PREC.equality, choice("==", "!=")],
        [PREC.comparison, choice("<", "<=", ">", ">=", "in")],
        [PREC.sum, choice("+", "-")],
        [PREC.product, choice("*", "/", "%")],
      ];
      return choice(
        ...table.map(([power, operator]) =>
          prec.left(
            // @ts-ignore
            power,
            // @ts-ignore
            seq(field("left", $.expression), field("operator", operator), field("right", $.expression)),
          ),
        ),
      );
    },

    if_expression: ($) =>
      prec.right(
        seq(
          "if",
          field("condition", $.expression),
          field("consequence", $._branch),
          optional(seq("else", field("alternative", choice($._branch, $.if_expression)))),
        ),
      ),
    /** Braces around one expression; when empty or begun by `key:`, `...` or `for` they are the record itself. */
    _branch: ($) => choice($.branch, alias($._branch_record, $.record)),
    branch: ($) => seq("{", $.expression, choice("}", $._end)),
    _branch_record: ($) => {
      const first = choice(alias($._whole_field, $.field), $.spread, $.record_comprehension);
      const rest = seq(repeat(seq(separators($), $._entry)), optional(separators($)));
      return seq("{", optional(seq(first, rest)), choice("}", $._end));
    },

    match_expression: ($) => seq("match", field("value", $.expression), field("arms", $.match_arms)),
    match_arms: ($) => braces($, $.match_arm),
    match_arm: ($) => seq(sepBy1("|", field("pattern", $.pattern)), "=>", field("value", $.expression)),
    pattern: ($) => choice($._literal, $._string, $.negative_number, $.wildcard),
    negative_number: ($) => seq("-", choice($.integer, $.float)),
    wildcard: () => "_",

    // Lists, records, arguments (grammar/collections.rs).

    list: ($) => seq("[", entries($, $._element), choice("]", $._end)),
    _element: ($) =>
      choice(seq($.expression, optional($.guard)), alias($.list_spread, $.spread), $.list_comprehension),
    list_spread: ($) => seq("...", optional($.expression), optional($.guard)),
    list_comprehension: ($) =>
      seq("for", each($), optional($.guard), ":", field("value", $.expression)),

    record: ($) => braces($, $._entry),
    _entry: ($) =>
      choice(
        alias($._whole_field, $.field),
        $.shorthand_field,
        $.spread,
        $.record_comprehension,
      ),
    _whole_field: ($) =>
      seq(
        field("key", choice($._any_name, $._string)),
        ":",
        choice(field("value", $.expression), $._absent),
        optional($.guard),
      ),
    shorthand_field: ($) => seq(field("key", $.identifier), optional($.guard)),
    spread: ($) => seq("...", $.expression, optional($.guard)),
    record_comprehension: ($) =>
      seq(
        "for",
        each($),
        optional($.guard),
        ":",
        field("key", $.expression),
        ":",
        field("value", $.expression),
      ),
    guard: ($) => seq("if", field("condition", $.expression)),

    arguments: ($) => parentheses($, entries($, choice($.expression, $.named_argument))),
    named_argument: ($) => seq(field("name", $._any_name), ":", choice(field("value", $.expression), $._absent)),

    // Tokens (lexer/).

    identifier: () => /[A-Za-z_][A-Za-z0-9_]*/,
    /** A name where the words of expressions are wanted too: `{ match: 1 }`, `f(if: x)`. */
    _any_name: ($) => choice($.identifier, ...EXPRESSION_WORDS.map((word) => alias(word, $.identifier))),

    _literal: ($) => choice($.integer, $.float, $.duration, $.size, $.cidr, $.boolean, $.none),
    boolean: () => choice("true", "false"),
    none: () => "none",
    integer: () => /[0-9][0-9_]*/,
    float: () => /[0-9][0-9_]*\.[0-9][0-9_]*/,
    duration: () => /[0-9][0-9_]*(ms|s|m|h|d)/,
    size: () => /[0-9][0-9_]*([KMGTP]i?)?B/,
    cidr: () => /[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\/[0-9]{1,2}/,

    _string: ($) => choice($.string, $.block_string, $.raw_string),
    string: ($) =>
      seq(
        '"',
        repeat(choice(alias($._plain_text, $.string_content), $.escape_sequence, $.interpolation)),
        choice(token.immediate('"'), $._unclosed),
      ),
    block_string: ($) =>
      seq(
        '"""',
        repeat(
          choice(
            alias($._block_text, $.string_content),
            alias($._escaped_interpolation, $.escape_sequence),
            $.interpolation,
          ),
        ),
        token.immediate('"""'),
      ),
    raw_string: ($) =>
      choice(
        seq('r"', optional(alias($._raw_text, $.string_content)), choice(token.immediate('"'), $._unclosed)),
        seq('r"""', optional(alias($._raw_block_text, $.string_content)), token.immediate('"""')),
      ),
    escape_sequence: ($) => choice(token.immediate(/\\([nrt"\\]|u\{[0-9A-Fa-f]{1,6}\})/), $._escaped_interpolation),
    _escaped_interpolation: () => token.immediate("$${"),
    interpolation: ($) => seq(token.immediate("${"), $.expression, "}"),
  },
});

/** Commas and line ends, any number of them. */
function separators($) {
  return repeat1(choice(",", $._newline));
}

/** Entries separated by commas or line ends, perhaps none. */
function entries($, entry) {
  return optional(seq(entry, repeat(seq(separators($), entry)), optional(separators($))));
}

/** Entries in braces. */
function braces($, entry) {
  return seq("{", entries($, entry), choice("}", $._end));
}

/** Something in parentheses. */
function parentheses($, content) {
  return seq("(", content, choice(")", $._end));
}

/** One or more, with something between. */
function sepBy1(separator, rule) {
  return seq(rule, repeat(seq(separator, rule)));
}

/** `name: T = expr`, the type and the value each optional. */
function declared($) {
  return seq(field("name", $.identifier), annotation($), optional(value($)));
}

/** `: T`, optional. */
function annotation($) {
  return optional(seq(":", choice(field("type", $.type), $._absent)));
}

/** `= expr`. */
function value($) {
  return seq("=", choice(field("value", $.expression), $._absent));
}

/** `a, b in xs`. */
function each($) {
  const binding = field("binding", choice($.identifier, alias("_", $.identifier)));
  return seq(binding, optional(seq(",", binding)), "in", field("in", $.expression));
}
