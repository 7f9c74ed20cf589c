--- Indentation as the formatter has it: two columns for each line that opens brackets, and for lines that go on.
---
--- Looks at lines alone, so it works without the parser and in half-typed text.

local M = {}

--- How many lines above are searched for the beginning of a block string.
local FAR = 500

--- A line without strings and comments; `open` tells whether it begins inside a block string. Returns whether it ends inside one.
---@param line string
---@param open boolean
---@return string, boolean
local function code(line, open)
  local out = {}
  local at = 1
  while at <= #line do
    if open then
      local _, last = line:find('"""', at, true)
      if not last then
        return table.concat(out), true
      end
      open = false
      at = last + 1
    elseif line:sub(at, at + 2) == '"""' then
      open = true
      at = at + 3
      table.insert(out, '"')
    elseif line:sub(at, at) == '"' then
      local raw = at > 1 and line:sub(at - 1, at - 1) == 'r'
      at = at + 1
      while at <= #line and line:sub(at, at) ~= '"' do
        at = at + ((not raw and line:sub(at, at) == '\\') and 2 or 1)
      end
      at = at + 1
      table.insert(out, '"')
    elseif line:sub(at, at + 1) == '//' then
      break
    else
      table.insert(out, line:sub(at, at))
      at = at + 1
    end
  end
  return table.concat(out), open
end

--- How many brackets a line of code opens for the next ones, and how many it closes that others opened.
---@param text string
---@return integer, integer
local function brackets(text)
  local open, closed = 0, 0
  for it in text:gmatch('[%[%](){}]') do
    if it:find('[%[({]') then
      open = open + 1
    elseif open > 0 then
      open = open - 1
    else
      closed = closed + 1
    end
  end
  return open, closed
end

--- Whether a line goes on with the one above.
---@param text string
local function goes_on(text)
  local trimmed = vim.trim(text)
  return trimmed:find('^%.[^.]') ~= nil
    or trimmed:find('^%?[.?]') ~= nil
    or trimmed:find('^&&') ~= nil
    or trimmed:find('^|') ~= nil
    or trimmed:find('^[=!]=') ~= nil
    or trimmed:find('^[<>+*%%]') ~= nil
end

--- Whether the next line goes on with this one.
---@param text string
local function wants_more(text)
  local trimmed = vim.trim(text)
  return trimmed:find('[=+*/%%&|:-]$') ~= nil and not trimmed:find('^//') or trimmed:find('%?%?$') ~= nil
end

--- The code of the lines up to `lnum` that matter, and whether `lnum` begins inside a block string.
---@param lnum integer
---@return string[], boolean
local function above(lnum)
  local first = math.max(1, lnum - FAR)
  local lines = vim.api.nvim_buf_get_lines(0, first - 1, lnum - 1, false)
  local open = false
  local texts = {}
  for _, line in ipairs(lines) do
    local inside = open
    local text
    text, open = code(line, open)
    -- What a block string holds counts for nothing.
    table.insert(texts, inside and text == '' and '' or text)
  end
  return texts, open
end

--- The indentation of a line, in columns; -1 keeps what it has.
---@param lnum integer
---@return integer
function M.of(lnum)
  local texts, in_string = above(lnum)
  local line = vim.fn.getline(lnum)
  if in_string then
    return -1
  end
  local step = vim.fn.shiftwidth()
  local before = lnum - 1
  local text = texts[#texts]
  while text and vim.trim(text) == '' do
    before = before - 1
    table.remove(texts)
    text = texts[#texts]
  end
  if not text then
    return 0
  end
  local indent = vim.fn.indent(before)
  local open, closed = brackets(text)
  local leading = #(vim.trim(text):match('^[%])}]+') or '')
  -- Closing brackets at its start have moved that line already; those further on move this one.
  indent = indent + (open > 0 and step or 0) - (closed > leading and step or 0)
  local own = vim.trim((code(line, false)))
  local begins = goes_on(own) or (open == 0 and wants_more(text))
  local earlier = texts[#texts - 1] or ''
  local went_on = goes_on(text) or (wants_more(earlier) and brackets(earlier) == 0)
  if begins and not went_on then
    indent = indent + step
  elseif went_on and not begins and open == 0 then
    indent = indent - step
  end
  if own:find('^[%])}]') then
    indent = indent - step
  end
  return math.max(indent, 0)
end

--- For 'indentexpr'.
function M.expr()
  return M.of(vim.v.lnum)
end

return M
