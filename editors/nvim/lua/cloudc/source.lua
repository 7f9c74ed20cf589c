--- Sources that only the server has: `cloud-std:/std/network.cloud` is a file of the standard library.

local M = {}

--- How long to wait for the server, in milliseconds.
local PATIENCE = 5000

--- Fills a buffer whose name is such a URI.
---@param bufnr integer
function M.read(bufnr)
  local client = require('cloudc.client').need()
  if not client then
    return
  end
  local uri = vim.uri_from_bufnr(bufnr)
  local answer, problem = client:request_sync('cloud/source', { uri = uri }, PATIENCE)
  local err = answer and answer.err
  if not answer or err then
    vim.notify(('cloudc: %s: %s'):format(uri, err and err.message or problem), vim.log.levels.ERROR)
    return
  end
  if not answer.result then
    vim.notify(('cloudc: there is no %s'):format(uri), vim.log.levels.ERROR)
    return
  end
  local lines = vim.split(answer.result.text, '\r?\n')
  -- The last line end ends a line, it begins none.
  if lines[#lines] == '' then
    table.remove(lines)
  end
  local bo = vim.bo[bufnr]
  bo.buftype = 'nofile'
  bo.swapfile = false
  bo.undolevels = -1
  require('cloudc.scratch').fill(bufnr, lines)
  bo.readonly = true
  bo.filetype = 'cloud'
  -- Such a buffer is no file, so it is not attached by itself. Everything but editing works in it.
  vim.lsp.buf_attach_client(bufnr, client.id)
end

return M
