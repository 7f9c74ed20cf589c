; Declarations and uses, for lists of symbols.

(component_declaration
  name: (identifier) @name) @definition.class

(type_declaration
  name: (identifier) @name) @definition.type

(function_declaration
  name: (identifier) @name) @definition.function

(resource_declaration
  name: (identifier) @name) @definition.object

(existing_declaration
  name: (identifier) @name) @definition.object

(input_declaration
  name: (identifier) @name) @definition.parameter

(param_declaration
  name: (identifier) @name) @definition.parameter

(output_declaration
  name: (identifier) @name) @definition.field

(let_declaration
  name: (identifier) @name) @definition.constant

(stack_declaration
  name: (identifier) @name) @definition.module

(project_declaration
  name: (identifier) @name) @definition.module

(env_declaration
  name: (identifier) @name) @definition.module

(policy_declaration
  name: (string
    (string_content) @name)) @definition.function

(test_declaration
  name: (string
    (string_content) @name)) @definition.function

(call_expression
  function: (identifier) @name) @reference.call

(path
  .
  (identifier) @name
  .) @reference.type
