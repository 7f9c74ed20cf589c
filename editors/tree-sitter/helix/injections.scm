; Other languages inside strings and comments.

; A script: text between three quotes that begins with `#!` and the name of a shell.
(block_string
  .
  (string_content) @_first @injection.content
  (string_content)* @injection.content
  (#match? @_first "^[[:space:]]*#!.*sh([[:space:]]|$)")
  (#set! injection.language "bash")
  (#set! injection.combined))

; The same in other languages.
(block_string
  .
  (string_content) @_first @injection.content
  (string_content)* @injection.content
  (#match? @_first "^[[:space:]]*#!.*python")
  (#set! injection.language "python")
  (#set! injection.combined))

; A text that is cloud-init's.
(block_string
  .
  (string_content) @_first @injection.content
  (string_content)* @injection.content
  (#match? @_first "^[[:space:]]*#cloud-config")
  (#set! injection.language "yaml")
  (#set! injection.combined))

; The pattern of a refined type.
(refined_type
  arguments: (type_arguments
    (raw_string
      (string_content) @injection.content))
  (#set! injection.language "regex"))

((call_expression
  function: (field_expression
    field: (identifier) @_method)
  arguments: (arguments
    .
    (raw_string
      (string_content) @injection.content)))
  (#eq? @_method "matches")
  (#set! injection.language "regex"))

((doc_comment) @injection.content
  (#set! injection.language "markdown_inline"))

([
  (comment)
  (block_comment)
] @injection.content
  (#set! injection.language "comment"))
