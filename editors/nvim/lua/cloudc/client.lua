--- The running language server and questions to it.

local M = {}

--- The server of a buffer, else any that runs.
---@param bufnr integer?
---@return vim.lsp.Client?
function M.find(bufnr)
  local attached = vim.lsp.get_clients({ name = 'cloudc', bufnr = bufnr or 0 })
  return attached[1] or vim.lsp.get_clients({ name = 'cloudc' })[1]
end

--- The server of a buffer; tells the user when there is none.
---@param bufnr integer?
---@return vim.lsp.Client?
function M.need(bufnr)
  local client = M.find(bufnr)
  if not client then
    vim.notify('cloudc: the language server is not running (:checkhealth cloudc says why)', vim.log.levels.WARN)
  end
  return client
end

--- Asks, and calls `answered` with the answer on success. Tells the user about anything else.
---@param method string
---@param params table
---@param bufnr integer
---@param answered fun(result: any, client: vim.lsp.Client)
function M.request(method, params, bufnr, answered)
  local client = M.need(bufnr)
  if not client then
    return
  end
  client:request(method, params, function(err, result)
    if err then
      -- The text changed meanwhile: whoever asked will ask again.
      local outdated = err.code == vim.lsp.protocol.ErrorCodes.ContentModified
        or err.code == vim.lsp.protocol.ErrorCodes.RequestCancelled
      if not outdated then
        vim.notify(('cloudc: %s: %s'):format(method, err.message), vim.log.levels.ERROR)
      end
      return
    end
    answered(result, client)
  end, bufnr)
end

--- The parameter that names a buffer's document.
---@param bufnr integer
function M.document(bufnr)
  return { uri = vim.uri_from_bufnr(bufnr) }
end

--- Ends the server and starts it for the same buffers.
function M.restart()
  local clients = vim.lsp.get_clients({ name = 'cloudc' })
  for _, client in ipairs(clients) do
    client:stop()
  end
  local waited = 0
  local function start()
    local running = vim.iter(clients):any(function(client)
      return not client:is_stopped()
    end)
    waited = waited + 50
    if running and waited < 5000 then
      vim.defer_fn(start, 50)
      return
    end
    for _, client in ipairs(clients) do
      if not client:is_stopped() then
        client:stop(true)
      end
    end
    -- Reads the configuration anew; then attaches every open buffer.
    vim.lsp.config('cloudc', {})
    vim.lsp.enable('cloudc')
  end
  start()
end

return M
