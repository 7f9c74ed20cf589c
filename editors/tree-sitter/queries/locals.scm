; Which names belong to which declarations, within a file.

; Scopes.
[
  (source_file)
  (component_declaration)
  (function_declaration)
  (policy_declaration)
  (test_declaration)
  (if_declaration)
  (for_declaration)
  (list_comprehension)
  (record_comprehension)
] @local.scope

; Definitions.
(import_specifier
  name: (identifier) @local.definition.import
  !alias)

(import_specifier
  alias: (identifier) @local.definition.import)

(import
  alias: (identifier) @local.definition.import)

(input_declaration
  name: (identifier) @local.definition.parameter)

(param_declaration
  name: (identifier) @local.definition.parameter)

(parameter
  name: (identifier) @local.definition.parameter)

(let_declaration
  name: (identifier) @local.definition.constant)

(resource_declaration
  name: (identifier) @local.definition.var)

(existing_declaration
  name: (identifier) @local.definition.var)

(for_declaration
  binding: (identifier) @local.definition.parameter)

(list_comprehension
  binding: (identifier) @local.definition.parameter)

(record_comprehension
  binding: (identifier) @local.definition.parameter)

(component_declaration
  name: (identifier) @local.definition.type
  (#set! definition.type.scope "parent"))

(type_declaration
  name: (identifier) @local.definition.type)

(function_declaration
  name: (identifier) @local.definition.function
  (#set! definition.function.scope "parent"))

; References.
(identifier) @local.reference
