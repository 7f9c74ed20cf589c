--- Windows for text that nobody edits.

local M = {}

---@class cloudc.Scratch
---@field name string What the buffer is called; one that exists is used again.
---@field filetype string
---@field lines string[]
---@field mods table? Modifiers of the command that asked, such as `vertical`.
---@field focus boolean? Whether to go there.

--- Fills a buffer that cannot be edited.
---@param bufnr integer
---@param lines string[]
function M.fill(bufnr, lines)
  vim.bo[bufnr].modifiable = true
  vim.api.nvim_buf_set_lines(bufnr, 0, -1, false, lines)
  vim.bo[bufnr].modifiable = false
  vim.bo[bufnr].modified = false
end

--- Shows text in a window of its own. Returns the buffer and the window.
---@param what cloudc.Scratch
---@return integer, integer
function M.open(what)
  local bufnr = vim.fn.bufnr('^' .. vim.fn.escape(what.name, '\\[]*?{}') .. '$')
  if bufnr == -1 then
    bufnr = vim.api.nvim_create_buf(false, true)
    vim.api.nvim_buf_set_name(bufnr, what.name)
    vim.bo[bufnr].buftype = 'nofile'
    vim.bo[bufnr].bufhidden = 'wipe'
    vim.bo[bufnr].swapfile = false
    vim.keymap.set('n', 'q', '<Cmd>close<CR>', { buffer = bufnr, nowait = true, desc = 'Close' })
  end
  M.fill(bufnr, what.lines)
  local before = vim.api.nvim_get_current_win()
  local win = vim.fn.bufwinid(bufnr)
  if win == -1 then
    local mods = what.mods or {}
    local placed = mods.vertical or mods.horizontal or mods.tab and mods.tab >= 0 or mods.split and mods.split ~= ''
    if not placed then
      mods = vim.tbl_extend('force', mods, { vertical = true, split = 'belowright' })
    end
    vim.cmd({ cmd = 'sbuffer', args = { tostring(bufnr) }, mods = mods })
    win = vim.api.nvim_get_current_win()
    vim.wo[win][0].number = false
    vim.wo[win][0].relativenumber = false
    vim.wo[win][0].signcolumn = 'no'
  end
  -- Set in its window, so that colours and folds apply to it.
  vim.api.nvim_win_call(win, function()
    if vim.bo[bufnr].filetype ~= what.filetype then
      vim.bo[bufnr].filetype = what.filetype
    end
  end)
  vim.api.nvim_set_current_win(what.focus == false and before or win)
  return bufnr, win
end

--- Goes to a place in a source, in a window that shows one if there is any.
---@param uri string
---@param range lsp.Range
---@param encoding string
function M.jump(uri, range, encoding)
  local bufnr = vim.uri_to_bufnr(uri)
  local win = vim.fn.bufwinid(bufnr)
  if win == -1 then
    win = vim.iter(vim.api.nvim_tabpage_list_wins(0)):find(function(it)
      return vim.bo[vim.api.nvim_win_get_buf(it)].filetype == 'cloud'
    end) or -1
  end
  if win ~= -1 then
    vim.api.nvim_set_current_win(win)
  else
    vim.cmd.split()
  end
  vim.lsp.util.show_document({ uri = uri, range = range }, encoding, { focus = true })
end

return M
