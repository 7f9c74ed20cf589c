--- The template that a source becomes, beside it: kept up to date while typing, following the cursor in both windows.

local clients = require('cloudc.client')
local position = require('cloudc.position')
local scratch = require('cloudc.scratch')

local M = {}

---@class cloudc.Entry What a part of the template was made from.
---@field id string
---@field template lsp.Range
---@field uri string
---@field source lsp.Range

---@class cloudc.Preview
---@field source integer The buffer whose template is shown.
---@field buffer integer
---@field format string
---@field entries cloudc.Entry[]
---@field encoding string
---@field timer uv.uv_timer_t
---@field group integer Autocommands.
---@field marked integer[] Buffers with marks.

--- Previews by their buffer.
---@type table<integer, cloudc.Preview>
local previews = {}

local namespace = vim.api.nvim_create_namespace('cloudc.preview')

--- Milliseconds without a keystroke before the template is asked for again.
local PAUSE = 150

vim.api.nvim_set_hl(0, 'CloudcHere', { link = 'Visual', default = true })

---@param it cloudc.Preview
local function unmark(it)
  for _, bufnr in ipairs(it.marked) do
    if vim.api.nvim_buf_is_valid(bufnr) then
      vim.api.nvim_buf_clear_namespace(bufnr, namespace, 0, -1)
    end
  end
  it.marked = {}
end

---@param it cloudc.Preview
local function close(it)
  previews[it.buffer] = nil
  it.timer:stop()
  it.timer:close()
  vim.api.nvim_del_augroup_by_id(it.group)
  unmark(it)
end

--- The entries whose range is the smallest that holds a place.
---@param entries cloudc.Entry[]
---@param range_of fun(entry: cloudc.Entry): lsp.Range?
---@param at lsp.Position
---@return cloudc.Entry[]
local function smallest(entries, range_of, at)
  local best = {} ---@type cloudc.Entry[]
  for _, entry in ipairs(entries) do
    local range = range_of(entry)
    if range and position.contains(range, at) then
      local best_range = best[1] and range_of(best[1])
      if not best_range or position.within(best_range, range) and not position.same(best_range, range) then
        best = { entry }
      elseif position.same(best_range, range) then
        table.insert(best, entry)
      end
    end
  end
  return best
end

--- Scrolls a window so that a line is seen, as little as possible.
---@param win integer
---@param line integer
local function reveal(win, line)
  local bufnr = vim.api.nvim_win_get_buf(win)
  line = math.min(line, vim.api.nvim_buf_line_count(bufnr))
  vim.api.nvim_win_call(win, function()
    local hidden = line < vim.fn.line('w0') or line > vim.fn.line('w$')
    vim.api.nvim_win_set_cursor(win, { line, 0 })
    if hidden then
      vim.cmd('normal! zz')
    end
  end)
end

--- Shows in the template what the cursor in a source is on.
---@param it cloudc.Preview
---@param source_win integer
local function follow_source(it, source_win)
  local win = vim.fn.bufwinid(it.buffer)
  if win == -1 then
    return
  end
  local uri = vim.uri_from_bufnr(vim.api.nvim_win_get_buf(source_win))
  local at = position.cursor(source_win, it.encoding)
  local found = smallest(it.entries, function(entry)
    return entry.uri == uri and entry.source or nil
  end, at)
  unmark(it)
  it.marked = { it.buffer }
  for _, entry in ipairs(found) do
    position.mark(it.buffer, namespace, entry.template, it.encoding, 'CloudcHere')
  end
  if found[1] then
    reveal(win, found[1].template.start.line + 1)
  end
end

--- The entry that the cursor in the template is on.
---@param it cloudc.Preview
---@param win integer
---@return cloudc.Entry?
local function entry_at(it, win)
  local at = position.cursor(win, it.encoding)
  return smallest(it.entries, function(entry)
    return entry.template
  end, at)[1]
end

--- Shows in the source what the cursor in the template is on.
---@param it cloudc.Preview
local function follow_template(it)
  local entry = entry_at(it, vim.api.nvim_get_current_win())
  unmark(it)
  if not entry then
    return
  end
  local bufnr = vim.uri_to_bufnr(entry.uri)
  if not vim.api.nvim_buf_is_loaded(bufnr) then
    return
  end
  it.marked = { bufnr, it.buffer }
  position.mark(bufnr, namespace, entry.source, it.encoding, 'CloudcHere')
  position.mark(it.buffer, namespace, entry.template, it.encoding, 'CloudcHere')
  local win = vim.fn.bufwinid(bufnr)
  if win ~= -1 then
    reveal(win, entry.source.start.line + 1)
  end
end

--- What stands above the template.
---@param answer { stack: string, problem: string? }
local function title(answer)
  local text = answer.stack ~= '' and answer.stack or 'template'
  if answer.problem and answer.problem ~= vim.NIL then
    text = text .. '  %#WarningMsg#' .. answer.problem:gsub('%%', '%%%%'):gsub('\n.*', '') .. '%*'
  end
  return text
end

--- Takes an answer of the server over into the window.
---@param it cloudc.Preview
---@param answer { stack: string, languageId: string, text: string, entries: cloudc.Entry[], problem: string? }
---@param client vim.lsp.Client
local function show(it, answer, client)
  if previews[it.buffer] ~= it or not vim.api.nvim_buf_is_valid(it.buffer) then
    return
  end
  it.encoding = client.offset_encoding
  it.entries = answer.entries or {}
  local lines = vim.split(answer.text, '\n')
  if lines[#lines] == '' then
    table.remove(lines)
  end
  local shown = vim.api.nvim_buf_get_lines(it.buffer, 0, -1, false)
  if not vim.deep_equal(shown, lines) then
    scratch.fill(it.buffer, lines)
  end
  local win = vim.fn.bufwinid(it.buffer)
  if win ~= -1 then
    vim.wo[win][0].winbar = title(answer)
  end
  local current = vim.api.nvim_get_current_win()
  if vim.bo[vim.api.nvim_win_get_buf(current)].filetype == 'cloud' then
    follow_source(it, current)
  end
end

--- Asks for the template again.
---@param it cloudc.Preview
local function refresh(it)
  if not vim.api.nvim_buf_is_valid(it.source) or not clients.find(it.source) then
    return
  end
  local params = { textDocument = clients.document(it.source), format = it.format }
  clients.request('cloud/showTemplate', params, it.source, function(answer, client)
    if answer then
      show(it, answer, client)
    end
  end)
end

---@param it cloudc.Preview
local function watch(it)
  local on = function(events, callback)
    vim.api.nvim_create_autocmd(events, { group = it.group, callback = callback })
  end
  -- A change in any file may change the template: it may be imported.
  on({ 'TextChanged', 'TextChangedI', 'TextChangedP', 'BufWritePost', 'LspAttach' }, function(args)
    if vim.bo[args.buf].filetype == 'cloud' then
      it.timer:start(PAUSE, 0, function()
        vim.schedule(function()
          if previews[it.buffer] == it then
            refresh(it)
          end
        end)
      end)
    end
  end)
  on({ 'CursorMoved', 'CursorMovedI' }, function(args)
    if args.buf == it.buffer then
      follow_template(it)
    elseif vim.bo[args.buf].filetype == 'cloud' then
      follow_source(it, vim.api.nvim_get_current_win())
    end
  end)
  vim.api.nvim_create_autocmd('BufWipeout', {
    group = it.group,
    buffer = it.buffer,
    callback = function()
      close(it)
    end,
  })
end

--- Goes from the template to what it was made from.
---@param it cloudc.Preview
local function jump(it)
  local entry = entry_at(it, vim.api.nvim_get_current_win())
  if entry then
    scratch.jump(entry.uri, entry.source, it.encoding)
  end
end

---@param options { format: string?, mods: table? }
function M.open(options)
  local source = vim.api.nvim_get_current_buf()
  local format = options.format or 'yaml'
  if format ~= 'yaml' and format ~= 'json' then
    vim.notify('cloudc: a template is shown as `yaml` or `json`', vim.log.levels.ERROR)
    return
  end
  if not clients.need(source) then
    return
  end
  local name = ('cloudc://template/%s.%s'):format(vim.api.nvim_buf_get_name(source), format)
  local bufnr = scratch.open({ name = name, filetype = format, lines = {}, mods = options.mods, focus = false })
  if previews[bufnr] then
    close(previews[bufnr])
  end
  local it = {
    source = source,
    buffer = bufnr,
    format = format,
    entries = {},
    encoding = 'utf-16',
    timer = assert(vim.uv.new_timer()),
    group = vim.api.nvim_create_augroup('cloudc.preview.' .. bufnr, {}),
    marked = {},
  }
  previews[bufnr] = it
  vim.keymap.set('n', '<CR>', function()
    jump(it)
  end, { buffer = bufnr, desc = 'Go to the source' })
  watch(it)
  refresh(it)
end

return M
