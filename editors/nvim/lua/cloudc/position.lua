--- Between the protocol's positions and Neovim's.
---
--- The protocol counts lines and characters from 0, characters in the units the server chose; Neovim counts bytes.

local M = {}

--- The byte in its line of a position of the protocol.
---@param bufnr integer
---@param position lsp.Position
---@param encoding string
---@return integer
function M.byte(bufnr, position, encoding)
  local line = vim.api.nvim_buf_get_lines(bufnr, position.line, position.line + 1, false)[1] or ''
  return vim.str_byteindex(line, encoding, position.character, false)
end

--- A window's cursor as a position of the protocol.
---@param win integer
---@param encoding string
---@return lsp.Position
function M.cursor(win, encoding)
  local row, col = unpack(vim.api.nvim_win_get_cursor(win))
  local bufnr = vim.api.nvim_win_get_buf(win)
  local line = vim.api.nvim_buf_get_lines(bufnr, row - 1, row, false)[1] or ''
  return { line = row - 1, character = vim.str_utfindex(line, encoding, math.min(col, #line), false) }
end

--- Whether a position is not behind another.
---@param a lsp.Position
---@param b lsp.Position
function M.not_after(a, b)
  return a.line < b.line or a.line == b.line and a.character <= b.character
end

--- Whether a range holds a position; its end counts.
---@param range lsp.Range
---@param position lsp.Position
function M.contains(range, position)
  return M.not_after(range.start, position) and M.not_after(position, range['end'])
end

--- Whether a range is inside another.
---@param outer lsp.Range
---@param inner lsp.Range
function M.within(outer, inner)
  return M.contains(outer, inner.start) and M.contains(outer, inner['end'])
end

--- Whether two ranges are the same.
---@param a lsp.Range
---@param b lsp.Range
function M.same(a, b)
  return M.within(a, b) and M.within(b, a)
end

--- Marks a range in a buffer.
---@param bufnr integer
---@param namespace integer
---@param range lsp.Range
---@param encoding string
---@param group string
function M.mark(bufnr, namespace, range, encoding, group)
  vim.hl.range(
    bufnr,
    namespace,
    group,
    { range.start.line, M.byte(bufnr, range.start, encoding) },
    { range['end'].line, M.byte(bufnr, range['end'], encoding) }
  )
end

return M
