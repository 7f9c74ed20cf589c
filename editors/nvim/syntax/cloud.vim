" Colours without tree-sitter: enough to read by. With the parser installed (:CloudcInstallParser) this is not used.

if exists('b:current_syntax')
  finish
endif

syntax keyword cloudTodo contained TODO FIXME NOTE
syntax match cloudComment "//.*$" contains=cloudTodo,@Spell
syntax match cloudDoc "///.*$" contains=cloudTodo,@Spell
syntax region cloudComment start="/\*" end="\*/" contains=cloudTodo,@Spell

syntax match cloudKeyword "^\s*\zs\(pub\s\+\)\?\(import\|input\|param\|let\|resource\|existing\|output\|component\|fn\|type\|defaults\|moved\|forget\|assert\|policy\|test\|stack\|project\|env\)\>\ze\s\+\S"
syntax match cloudConditional "\<\(if\|else\|match\)\>\ze\_s*[^:=[:space:]]"
syntax match cloudRepeat "\<\(for\|in\|by\)\>\ze\s\+[^:=[:space:]]"
syntax match cloudKeyword "\<with\>\ze\_s*{"
syntax match cloudKeyword "\<as\>\ze\s\+\h"
syntax keyword cloudBoolean true false
syntax keyword cloudConstant none

syntax match cloudKey "\<\h\w*\ze\s*:\([^:]\|$\)"
syntax match cloudType "\<\h\w*\(::\(\h\w*\|\*\)\)\+\(\.\h\w*\)*"
syntax keyword cloudType String Int Float Bool Json Map Duration Size Cidr Arn Secret Ssm Asset
syntax match cloudAttribute "@\h\w*"

syntax match cloudNumber "\<\d[0-9_]*\(\.\d[0-9_]*\)\?\(ms\|[smhd]\|\([KMGTP]i\?\)\?B\)\?\>"
syntax match cloudAddress "\<\d\{1,3}\(\.\d\{1,3}\)\{3}/\d\{1,2}\>"

syntax match cloudEscape contained "\\\([nrt\"\\]\|u{\x\{1,6}}\)"
syntax match cloudDollar contained "\$\${"
syntax region cloudInterpolation contained matchgroup=cloudDelimiter start="\${" end="}" oneline contains=TOP
syntax region cloudString start=+"+ skip=+\\.+ end=+"\|$+ contains=cloudEscape,cloudDollar,cloudInterpolation,@Spell
syntax region cloudString start=+"""+ end=+"""+ contains=cloudDollar,cloudInterpolation,@Spell
syntax region cloudRaw start=+\<r"+ end=+"\|$+
syntax region cloudRaw start=+\<r"""+ end=+"""+

highlight default link cloudTodo Todo
highlight default link cloudComment Comment
highlight default link cloudDoc SpecialComment
highlight default link cloudKeyword Keyword
highlight default link cloudConditional Conditional
highlight default link cloudRepeat Repeat
highlight default link cloudBoolean Boolean
highlight default link cloudConstant Constant
highlight default link cloudKey Identifier
highlight default link cloudType Type
highlight default link cloudAttribute PreProc
highlight default link cloudNumber Number
highlight default link cloudAddress Number
highlight default link cloudEscape SpecialChar
highlight default link cloudDollar SpecialChar
highlight default link cloudDelimiter Delimiter
highlight default link cloudString String
highlight default link cloudRaw String

let b:current_syntax = 'cloud'
