// Writes the TextMate grammar, syntaxes/cloud.tmLanguage.json, whose repeated patterns are spelled once here.
//
//   node scripts/grammar.mjs [--check]
//
// With --check nothing is written; it fails when the file is not what it would be.

import { readFileSync, writeFileSync } from "node:fs";

const R = String.raw;
const ID = R`[A-Za-z_][A-Za-z0-9_]*`;
/** Includes of rules of the repository. */
const inc = (...names) => names.map((n) => ({ include: n === "$self" ? n : "#" + n }));
/** Scopes of captures, or the patterns inside one. */
const cap = (o) => Object.fromEntries(Object.entries(o).map(([k, v]) => [k, Array.isArray(v) ? { patterns: v } : { name: v }]));
// In column 0 a declaration begins even while brackets are open, so a forgotten one costs one declaration.
const RESET = R`^(?=@|///(?!/)|(?:pub\s+)?(?:import|policy|test)\s*"|(?:pub\s+)?(?:input|param|let|resource|existing|output|component|fn|type|defaults|moved|forget|stack|project|env)\s+(?!(?:if|in|else|by|as|with)\b)[A-Za-z_]|assert\s)`;
// A declaration's keyword is followed by a name on its line, which nothing else in the language allows; these words
// are no names there: `[input if x]`, `param in params`.
const NOT = R`(?!(?:if|in|else|by|as|with|is)\b)`;
const repository = {
  comments: {
    patterns: [
      {
        name: "comment.line.documentation.cloud",
        begin: R`///(?!/)`,
        end: "$",
        beginCaptures: cap({ 0: "punctuation.definition.comment.cloud" }),
        patterns: [
          { name: "markup.inline.raw.string.cloud", match: "`[^`]*`" },
          { name: "markup.heading.cloud", match: R`\G\s+#{1,6}\s.*$` },
          { name: "markup.fenced_code.cloud", match: R`\G\s+\x60\x60\x60.*$` },
          { name: "markup.bold.cloud", match: R`\*\*[^*\s](?:[^*]*[^*\s])?\*\*` },
          { name: "markup.underline.link.cloud", match: R`https?://[^\s)>\]]+` },
        ],
      },
      {
        name: "comment.line.double-slash.cloud",
        begin: "//",
        end: "$",
        beginCaptures: cap({ 0: "punctuation.definition.comment.cloud" }),
        patterns: [{ name: "keyword.codetag.cloud", match: R`\b(?:TODO|FIXME|NOTE|XXX)\b` }],
      },
      { name: "comment.block.cloud", begin: R`/\*`, end: R`\*/`, captures: cap({ 0: "punctuation.definition.comment.cloud" }) },
      { match: R`(#).*$`, captures: cap({ 0: "comment.line.number-sign.cloud", 1: "invalid.illegal.comment.cloud" }) },
    ],
  },

  attributes: {
    patterns: [
      {
        name: "meta.annotation.cloud",
        begin: R`(@)(${ID})(\()`,
        end: R`\)|${RESET}`,
        beginCaptures: cap({
          1: "punctuation.definition.annotation.cloud",
          2: "entity.name.function.annotation.cloud",
          3: "punctuation.section.arguments.begin.cloud",
        }),
        endCaptures: cap({ 0: "punctuation.section.arguments.end.cloud" }),
        patterns: inc("arguments"),
      },
      {
        name: "meta.annotation.cloud",
        match: R`(@)(${ID})?`,
        captures: cap({ 1: "punctuation.definition.annotation.cloud", 2: "entity.name.function.annotation.cloud" }),
      },
    ],
  },

  declarations: {
    patterns: inc(
      "import",
      "named-string-declarations",
      "component",
      "function",
      "type-alias",
      "typed-declarations",
      "resource",
      "output",
      "defaults",
      "moved",
      "settings",
      "for-head",
      "assert",
    ),
  },

  import: {
    patterns: [
      {
        name: "meta.import.cloud",
        begin: R`(?<![\w.:])(import)(?=\s*")`,
        end: R`$|(?<=\})|${RESET}`,
        beginCaptures: cap({ 1: "keyword.control.import.cloud" }),
        patterns: [
          ...inc("comments", "strings"),
          { match: R`\b(as)\b\s*(${ID})?`, captures: cap({ 1: "keyword.control.as.cloud", 2: "entity.name.namespace.cloud" }) },
          {
            begin: R`\{`,
            end: R`\}|${RESET}`,
            beginCaptures: cap({ 0: "punctuation.section.braces.begin.cloud" }),
            endCaptures: cap({ 0: "punctuation.section.braces.end.cloud" }),
            patterns: [
              ...inc("comments"),
              { name: "keyword.control.as.cloud", match: R`\bas\b(?=\s+${ID})` },
              { name: "entity.name.type.cloud", match: R`\b[A-Z][A-Za-z0-9_]*` },
              { name: "variable.other.readwrite.alias.cloud", match: ID },
              { name: "punctuation.separator.comma.cloud", match: "," },
            ],
          },
        ],
      },
    ],
  },

  "named-string-declarations": {
    patterns: [
      {
        begin: R`(?<![\w.:])(?:(pub)\s+)?(policy|test)(?=\s*")`,
        end: R`(?=\{)|$`,
        beginCaptures: cap({ 1: "storage.modifier.cloud", 2: "keyword.declaration.test.cloud" }),
        name: "meta.declaration.test.cloud",
        patterns: [
          {
            begin: '"',
            end: '"|$',
            name: "string.quoted.double.cloud entity.name.section.cloud",
            beginCaptures: cap({ 0: "punctuation.definition.string.begin.cloud" }),
            endCaptures: cap({ 0: "punctuation.definition.string.end.cloud" }),
            patterns: inc("interpolation", "escapes"),
          },
          ...inc("comments"),
        ],
      },
    ],
  },

  component: {
    name: "meta.declaration.component.cloud",
    match: R`(?<![\w.:])(?:(pub)\s+)?(component)\s+${NOT}(${ID})`,
    captures: cap({ 1: "storage.modifier.cloud", 2: "keyword.declaration.component.cloud", 3: "entity.name.type.component.cloud" }),
  },

  function: {
    name: "meta.declaration.fn.cloud",
    begin: R`(?<![\w.:])(?:(pub)\s+)?(fn)\s+${NOT}(${ID})`,
    end: R`(?==(?![=>]))|$|(?=\})|${RESET}`,
    beginCaptures: cap({ 1: "storage.modifier.cloud", 2: "keyword.declaration.fn.cloud", 3: "entity.name.function.cloud" }),
    patterns: [
      ...inc("comments"),
      {
        name: "meta.parameters.cloud",
        begin: R`\(`,
        end: R`\)|${RESET}`,
        beginCaptures: cap({ 0: "punctuation.section.parameters.begin.cloud" }),
        endCaptures: cap({ 0: "punctuation.section.parameters.end.cloud" }),
        patterns: [
          ...inc("comments"),
          { match: R`(?<=[(,]|^)\s*(${ID})`, captures: cap({ 1: "variable.parameter.cloud" }) },
          ...inc("annotation"),
          { name: "punctuation.separator.comma.cloud", match: "," },
          {
            begin: "=",
            end: R`(?=[,)])|$|${RESET}`,
            beginCaptures: cap({ 0: "keyword.operator.assignment.cloud" }),
            patterns: inc("expressions"),
          },
        ],
      },
      ...inc("annotation"),
    ],
  },

  "type-alias": {
    name: "meta.declaration.type.cloud",
    begin: R`(?<![\w.:])(?:(pub)\s+)?(type)\s+${NOT}(${ID})`,
    end: R`$|(?=\})|${RESET}`,
    beginCaptures: cap({ 1: "storage.modifier.cloud", 2: "keyword.declaration.type.cloud", 3: "entity.name.type.cloud" }),
    patterns: [{ name: "keyword.operator.assignment.cloud", match: "=" }, ...inc("types")],
  },

  "typed-declarations": {
    name: "meta.declaration.value.cloud",
    begin: R`(?<![\w.:])(?:(pub)\s+)?(?:(input)|(param)|(let)|(existing))\s+${NOT}(${ID})`,
    end: R`(?!\G)(?=\S)(?!as\b|:)|$|(?=[=},)])`,
    beginCaptures: cap({
      1: "storage.modifier.cloud",
      2: "keyword.declaration.input.cloud",
      3: "keyword.declaration.param.cloud",
      4: "keyword.declaration.let.cloud",
      5: "keyword.declaration.existing.cloud",
      6: "variable.other.definition.cloud",
    }),
    patterns: inc("comments", "annotation"),
  },

  output: {
    name: "meta.declaration.output.cloud",
    begin: R`(?<![\w.:])(output)\s+${NOT}(${ID})`,
    end: R`(?!\G)(?=\S)(?!as\b|:)|$|(?=[=},)])`,
    beginCaptures: cap({ 1: "keyword.declaration.output.cloud", 2: "variable.other.definition.output.cloud" }),
    patterns: [
      ...inc("comments"),
      {
        begin: R`\b(as)\b`,
        end: R`(?=\s*(?:=|$)|:(?!:))|${RESET}`,
        beginCaptures: cap({ 1: "keyword.control.as.cloud" }),
        patterns: inc("types"),
      },
      ...inc("annotation"),
    ],
  },

  resource: {
    name: "meta.declaration.resource.cloud",
    begin: R`(?<![\w.:])(resource)\s+${NOT}(${ID})`,
    end: R`(?=\{)|$|(?=\})`,
    beginCaptures: cap({ 1: "keyword.declaration.resource.cloud", 2: "variable.other.definition.resource.cloud" }),
    patterns: [...inc("comments", "strings"), { name: "punctuation.separator.type.cloud", match: ":(?!:)" }, ...inc("type-names")],
  },

  defaults: {
    name: "meta.declaration.defaults.cloud",
    begin: R`(?<![\w.:])(defaults)\s+${NOT}(?=[A-Za-z_])`,
    end: R`(?=[{}])|$`,
    beginCaptures: cap({ 1: "keyword.declaration.defaults.cloud" }),
    patterns: inc("comments", "type-names"),
  },

  moved: {
    patterns: [
      {
        name: "meta.declaration.moved.cloud",
        begin: R`(?<![\w.:])(?:(moved)|(forget))\s+${NOT}(?=[A-Za-z_])`,
        end: R`$|(?=\})|${RESET}`,
        beginCaptures: cap({ 1: "keyword.declaration.moved.cloud", 2: "keyword.declaration.forget.cloud" }),
        patterns: [{ name: "keyword.operator.arrow.cloud", match: "->" }, ...inc("expressions")],
      },
    ],
  },

  settings: {
    patterns: [
      {
        name: "meta.declaration.settings.cloud",
        match: R`(?<![\w.:])(stack|project|env)\s+${NOT}(${ID})(?:\s*(:)(?!:)\s*(${ID})?)?`,
        captures: cap({
          1: "keyword.declaration.settings.cloud",
          2: "entity.name.section.cloud",
          3: "punctuation.separator.type.cloud",
          4: "entity.other.inherited-class.cloud",
        }),
      },
    ],
  },

  assert: { match: R`(?<![\w.])(assert)(?=\s*[^\s:=,.)\]}])`, captures: cap({ 1: "keyword.control.assert.cloud" }) },

  // `for a, b in xs`, of a declaration (up to its brace) or a comprehension (up to its colon).
  "for-head": {
    name: "meta.for.cloud",
    begin: R`(?<![\w.])(for)\s+(?=[A-Za-z_])(?!in\b(?!\s+in\b))`,
    end: R`(:)(?!:)|(?=\{)|(?=[\]})])|$|${RESET}`,
    beginCaptures: cap({ 1: "keyword.control.loop.cloud" }),
    endCaptures: cap({ 1: "punctuation.separator.comprehension.cloud" }),
    patterns: [
      {
        match: R`\G(?:(_)|(${ID}))(?:\s*(,)\s*(?:(_)|(${ID})))?\s+(in)\b`,
        captures: cap({
          1: "variable.language.wildcard.cloud",
          2: "variable.other.definition.loop.cloud",
          3: "punctuation.separator.comma.cloud",
          4: "variable.language.wildcard.cloud",
          5: "variable.other.definition.loop.cloud",
          6: "keyword.control.in.cloud",
        }),
      },
      { name: "keyword.control.by.cloud", match: R`(?<![\w.])by(?=\s+\S)` },
      ...inc("expressions"),
    ],
  },

  // `: T`, up to what follows a type.
  annotation: {
    name: "meta.type.annotation.cloud",
    begin: ":(?!:)",
    end: R`(?=\s*=(?!=))|(?=[,)}\]])|$|${RESET}`,
    beginCaptures: cap({ 0: "punctuation.separator.type.cloud" }),
    patterns: inc("types"),
  },

  types: {
    patterns: [
      ...inc("comments"),
      {
        name: "meta.type.record.cloud",
        begin: R`\{`,
        end: R`\}|${RESET}`,
        beginCaptures: cap({ 0: "punctuation.section.braces.begin.cloud" }),
        endCaptures: cap({ 0: "punctuation.section.braces.end.cloud" }),
        patterns: [
          ...inc("comments"),
          {
            match: R`(${ID})\s*(\?)?\s*(:)(?!:)`,
            captures: cap({
              1: "variable.other.property.cloud",
              2: "keyword.operator.optional.cloud",
              3: "punctuation.separator.type.cloud",
            }),
          },
          { name: "punctuation.separator.comma.cloud", match: "," },
          ...inc("types"),
        ],
      },
      {
        begin: R`\[`,
        end: R`\]|${RESET}`,
        beginCaptures: cap({ 0: "punctuation.section.brackets.begin.cloud" }),
        endCaptures: cap({ 0: "punctuation.section.brackets.end.cloud" }),
        patterns: inc("types"),
      },
      {
        name: "meta.type.refinement.cloud",
        begin: R`\(`,
        end: R`\)|${RESET}`,
        beginCaptures: cap({ 0: "punctuation.section.parens.begin.cloud" }),
        endCaptures: cap({ 0: "punctuation.section.parens.end.cloud" }),
        patterns: inc("expressions"),
      },
      {
        name: "meta.type.arguments.cloud",
        begin: "<",
        end: ">|$",
        beginCaptures: cap({ 0: "punctuation.definition.generic.begin.cloud" }),
        endCaptures: cap({ 0: "punctuation.definition.generic.end.cloud" }),
        patterns: [...inc("types"), { name: "punctuation.separator.comma.cloud", match: "," }],
      },
      { name: "keyword.operator.optional.cloud", match: R`\?` },
      { name: "keyword.operator.union.cloud", match: R`\|` },
      ...inc("strings", "numbers", "constants", "type-names"),
      { name: "keyword.operator.arithmetic.cloud", match: "-" },
    ],
  },

  "type-names": {
    patterns: [
      ...inc("resource-types"),
      {
        match: R`\b(?:(String|Int|Float|Bool|Json|Duration|Size|Cidr|Arn|Asset|Statement)|(Map|Secret|Ssm))\b(?!::)`,
        captures: cap({ 1: "support.type.primitive.cloud", 2: "support.type.generic.cloud" }),
      },
      { name: "entity.name.type.cloud", match: R`(?<!\.)\b[A-Z][A-Za-z0-9_]*\b` },
      { match: R`(\.)(${ID})`, captures: cap({ 1: "punctuation.accessor.cloud", 2: "entity.name.type.part.cloud" }) },
      { name: "entity.name.namespace.cloud", match: R`\b[a-z_][A-Za-z0-9_]*(?=\s*\.)` },
      { name: "entity.name.type.cloud", match: R`\b[a-z_][A-Za-z0-9_]*\b` },
    ],
  },

  // `AWS::S3::Bucket`, `AWS::S3::Bucket.Rule`, `Custom::Thing`, `AWS::*`.
  "resource-types": {
    patterns: [
      {
        name: "meta.path.type.cloud",
        match: R`\b([A-Z][A-Za-z0-9]*)(::)(?:(?:([A-Za-z0-9_]+)(::))?(?:([A-Za-z0-9_]+)(::)(MODULE)\b|([A-Za-z0-9_]+)|(\*)))?`,
        captures: cap({
          1: "entity.name.namespace.cloud",
          2: "punctuation.separator.namespace.cloud",
          3: "entity.name.namespace.service.cloud",
          4: "punctuation.separator.namespace.cloud",
          5: "entity.name.type.resource.cloud",
          6: "punctuation.separator.namespace.cloud",
          7: "entity.name.type.resource.cloud",
          8: "entity.name.type.resource.cloud",
          9: "entity.name.type.resource.any.cloud",
        }),
      },
      {
        match: R`(?<=[A-Za-z0-9]::)([A-Za-z0-9_]+)|(::)`,
        captures: cap({ 1: "entity.name.type.resource.cloud", 2: "punctuation.separator.namespace.cloud" }),
      },
    ],
  },

  strings: {
    patterns: [
      {
        name: "string.quoted.triple.raw.cloud",
        begin: '(r)(""")',
        end: '"""',
        beginCaptures: cap({ 1: "storage.type.string.cloud", 2: "punctuation.definition.string.begin.cloud" }),
        endCaptures: cap({ 0: "punctuation.definition.string.end.cloud" }),
      },
      {
        name: "string.quoted.triple.cloud",
        begin: '"""',
        end: '"""',
        beginCaptures: cap({ 0: "punctuation.definition.string.begin.cloud" }),
        endCaptures: cap({ 0: "punctuation.definition.string.end.cloud" }),
        patterns: inc("interpolation"),
      },
      {
        name: "string.quoted.double.raw.cloud",
        begin: '(?<![A-Za-z0-9_])(r)(")',
        end: '"|$',
        beginCaptures: cap({ 1: "storage.type.string.cloud", 2: "punctuation.definition.string.begin.cloud" }),
        endCaptures: cap({ 0: "punctuation.definition.string.end.cloud" }),
      },
      {
        name: "string.quoted.double.cloud",
        begin: '"',
        end: '"|$',
        beginCaptures: cap({ 0: "punctuation.definition.string.begin.cloud" }),
        endCaptures: cap({ 0: "punctuation.definition.string.end.cloud" }),
        patterns: inc("interpolation", "escapes"),
      },
      { name: "invalid.illegal.string.cloud", match: R`'[^'\n]*'` },
    ],
  },
  escapes: {
    patterns: [
      { name: "constant.character.escape.cloud", match: R`\\(?:[nrt"\\]|u\{[0-9A-Fa-f]{1,6}\})` },
      { name: "invalid.illegal.escape.cloud", match: R`\\.?` },
    ],
  },
  interpolation: {
    patterns: [
      { name: "constant.character.escape.dollar.cloud", match: R`\$\$\{` },
      {
        name: "meta.interpolation.cloud",
        begin: R`\$\{`,
        end: R`\}|$`,
        contentName: "meta.embedded.line.cloud source.cloud",
        beginCaptures: cap({ 0: "punctuation.section.interpolation.begin.cloud" }),
        endCaptures: cap({ 0: "punctuation.section.interpolation.end.cloud" }),
        patterns: inc("expressions"),
      },
    ],
  },

  numbers: {
    patterns: [
      { name: "constant.numeric.cidr.cloud", match: R`\b\d{1,3}(?:\.\d{1,3}){3}/\d{1,2}\b` },
      {
        name: "constant.numeric.duration.cloud",
        match: R`\b\d[\d_]*(ms|s|m|h|d)\b`,
        captures: cap({ 1: "keyword.other.unit.duration.cloud" }),
      },
      {
        name: "constant.numeric.size.cloud",
        match: R`\b\d[\d_]*((?:[KMGTP]i?)?B)\b`,
        captures: cap({ 1: "keyword.other.unit.size.cloud" }),
      },
      { name: "constant.numeric.float.cloud", match: R`\b\d[\d_]*\.\d[\d_]*\b(?!\.)` },
      { name: "constant.numeric.integer.cloud", match: R`\b\d[\d_]*\b` },
      { name: "invalid.illegal.number.cloud", match: R`\b\d\w*(?:\.\d\w*)*` },
    ],
  },

  constants: {
    patterns: [
      { name: "constant.language.boolean.cloud", match: R`(?<![\w.])(?:true|false)\b(?!\s*:(?!:))` },
      { name: "constant.language.none.cloud", match: R`(?<![\w.])(?:none|null)\b(?!\s*:(?!:))` },
      { name: "variable.language.wildcard.cloud", match: R`(?<![\w.])_(?!\w)` },
    ],
  },

  keywords: {
    patterns: [
      { name: "keyword.control.conditional.cloud", match: R`(?<![\w.])(?:if|else)\b(?!\s*(?::(?!:)|=(?!=)))` },
      { name: "keyword.control.conditional.cloud", match: R`(?<![\w.])match\b(?=\s+[^\s:=,)\]}])` },
      { name: "keyword.control.with.cloud", match: R`(?<![\w.])with(?=\s*\{)` },
      { name: "keyword.operator.in.cloud", match: R`(?<![\w.])in\b(?=\s+[^\s:=,)\]}])` },
    ],
  },

  keys: {
    patterns: [
      {
        match: R`(?<![\w.])(${ID})\s*(:)(?!:)`,
        captures: cap({ 1: "variable.other.property.key.cloud", 2: "punctuation.separator.key-value.cloud" }),
      },
      {
        begin: R`(?="(?:[^"\\\n$]|\\.|\$(?!\{)|\$\{(?:[^"{}\n]|"[^"\n]*"|\{[^{}\n]*\})*\})*"\s*:(?!:))`,
        end: R`(:)|$`,
        name: "meta.key.cloud",
        endCaptures: cap({ 1: "punctuation.separator.key-value.cloud" }),
        patterns: inc("strings"),
      },
    ],
  },

  braces: {
    name: "meta.braces.cloud",
    begin: R`\{`,
    end: R`\}|${RESET}`,
    beginCaptures: cap({ 0: "punctuation.section.braces.begin.cloud" }),
    endCaptures: cap({ 0: "punctuation.section.braces.end.cloud" }),
    patterns: inc("comments", "attributes", "declarations", "keys", "expressions"),
  },
  brackets: {
    name: "meta.brackets.cloud",
    begin: R`\[`,
    end: R`\]|${RESET}`,
    beginCaptures: cap({ 0: "punctuation.section.brackets.begin.cloud" }),
    endCaptures: cap({ 0: "punctuation.section.brackets.end.cloud" }),
    patterns: inc("comments", "for-head", "expressions"),
  },
  parens: {
    name: "meta.parens.cloud",
    begin: R`\(`,
    end: R`\)|${RESET}`,
    beginCaptures: cap({ 0: "punctuation.section.parens.begin.cloud" }),
    endCaptures: cap({ 0: "punctuation.section.parens.end.cloud" }),
    patterns: inc("arguments"),
  },
  arguments: {
    patterns: [
      ...inc("comments"),
      {
        match: R`(?<![\w.])(${ID})\s*(:)(?!:)`,
        captures: cap({ 1: "variable.parameter.named.cloud", 2: "punctuation.separator.key-value.cloud" }),
      },
      ...inc("expressions"),
    ],
  },

  calls: {
    patterns: [
      {
        begin: R`(?<![\w.])(to_json|from_json|raw|file|asset|image|template|cron|rate|range|min|max|import_value|stack_output|secret|ssm_secure|ssm|lookup|generated|transform|allow|deny|trust|resources|build|fails|base64|cidr|join|split)(\()`,
        end: R`\)|${RESET}`,
        name: "meta.function-call.cloud",
        beginCaptures: cap({ 1: "support.function.builtin.cloud", 2: "punctuation.section.arguments.begin.cloud" }),
        endCaptures: cap({ 0: "punctuation.section.arguments.end.cloud" }),
        patterns: inc("arguments"),
      },
      {
        begin: R`(\??\.)(${ID})(\()`,
        end: R`\)|${RESET}`,
        name: "meta.function-call.method.cloud",
        beginCaptures: cap({
          1: "punctuation.accessor.cloud",
          2: "entity.name.function.member.cloud",
          3: "punctuation.section.arguments.begin.cloud",
        }),
        endCaptures: cap({ 0: "punctuation.section.arguments.end.cloud" }),
        patterns: inc("arguments"),
      },
      {
        begin: R`(?<![\w.])(?!(?:if|in|match|else|for|assert|by)\b)(${ID})(\()`,
        end: R`\)|${RESET}`,
        name: "meta.function-call.cloud",
        beginCaptures: cap({ 1: "entity.name.function.call.cloud", 2: "punctuation.section.arguments.begin.cloud" }),
        endCaptures: cap({ 0: "punctuation.section.arguments.end.cloud" }),
        patterns: inc("arguments"),
      },
    ],
  },

  operators: {
    patterns: [
      { name: "keyword.operator.arrow.cloud", match: "=>|->" },
      { name: "keyword.operator.coalesce.cloud", match: R`\?\?` },
      { name: "keyword.operator.logical.cloud", match: R`&&|\|\||!(?!=)` },
      { name: "keyword.operator.comparison.cloud", match: "==|!=|<=|>=|<|>" },
      { name: "keyword.operator.arithmetic.cloud", match: R`[-+*/%]` },
      { name: "keyword.operator.assignment.cloud", match: "=" },
      { name: "keyword.operator.union.cloud", match: R`\|` },
      { name: "keyword.operator.optional.cloud", match: R`\?(?!\.)` },
      { name: "punctuation.separator.comma.cloud", match: "," },
      { name: "punctuation.separator.key-value.cloud", match: ":" },
      { name: "invalid.illegal.character.cloud", match: R`[;$\\~^&\x60']` },
    ],
  },

  names: {
    patterns: [
      { match: R`(\??\.)(${ID})`, captures: cap({ 1: "punctuation.accessor.cloud", 2: "variable.other.property.cloud" }) },
      { match: R`(?<![\w.])(aws)(?=\s*\.)`, captures: cap({ 1: "support.variable.aws.cloud" }) },
      { match: R`(?<![\w.])(stack|project)(?=\s*\.)`, captures: cap({ 1: "variable.language.cloud" }) },
      {
        match: R`\b(?:(String|Int|Float|Bool|Json|Duration|Size|Cidr|Arn|Asset|Statement)|(Map|Secret|Ssm))\b`,
        captures: cap({ 1: "support.type.primitive.cloud", 2: "support.type.generic.cloud" }),
      },
      { name: "entity.name.type.cloud", match: R`(?<![\w.])[A-Z][a-z0-9]\w*\b` },
      { name: "variable.other.readwrite.cloud", match: R`(?<![\w.])${ID}` },
      { name: "variable.other.readwrite.cloud", match: ID },
      { name: "punctuation.accessor.cloud", match: R`\??\.` },
    ],
  },

  expressions: {
    patterns: inc(
      "comments",
      "strings",
      "keywords",
      "constants",
      "numbers",
      "resource-types",
      "calls",
      "braces",
      "brackets",
      "parens",
      "dots",
      "names",
      "operators",
    ),
  },
  // `..=` has to win over `.name`.
  dots: {
    patterns: [
      { name: "keyword.operator.spread.cloud", match: R`\.\.\.` },
      { name: "keyword.operator.range.cloud", match: R`\.\.=?` },
    ],
  },
};

const grammar = {
  $schema: "https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json",
  information_for_contributors: ["Written by `npm run grammar` from scripts/grammar.mjs."],
  name: "Cloud",
  scopeName: "source.cloud",
  fileTypes: ["cloud"],
  patterns: inc("comments", "attributes", "declarations", "keys", "expressions").concat([
    { name: "invalid.illegal.bracket.cloud", match: R`[\])}]` },
  ]),
  repository,
};
const path = "syntaxes/cloud.tmLanguage.json";
const text = JSON.stringify(grammar, null, 2) + "\n";
if (!process.argv.includes("--check")) {
  writeFileSync(path, text);
} else if (readFileSync(path, "utf8") !== text) {
  console.error(`${path} is not what scripts/grammar.mjs writes: run \`npm run grammar\``);
  process.exit(1);
}
