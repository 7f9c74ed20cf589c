--- What code lenses do: list uses, run a test.

local M = {}

--- `cloudc.showReferences` [uri, position, locations].
---@param command lsp.Command
---@param ctx table
function M.show_references(command, ctx)
  local locations = command.arguments and command.arguments[3] or {}
  local client = vim.lsp.get_client_by_id(ctx.client_id)
  if not client or #locations == 0 then
    vim.notify('cloudc: not used anywhere')
    return
  end
  local items = vim.lsp.util.locations_to_items(locations, client.offset_encoding)
  vim.fn.setqflist({}, ' ', { title = command.title, items = items })
  vim.cmd('botright copen')
end

--- `cloudc.runTest` [uri, name].
---@param command lsp.Command
function M.run_test(command)
  local uri, name = unpack(command.arguments or {})
  local program = require('cloudc.config').program() or 'cloudc'
  local path = vim.uri_to_fname(uri)
  vim.system({ program, 'test', '--help' }, {}, function(help)
    vim.schedule(function()
      if help.code ~= 0 then
        vim.notify('cloudc: this version of cloudc does not run tests', vim.log.levels.WARN)
        return
      end
      vim.cmd('botright 12new')
      vim.fn.jobstart({ program, 'test', path, '--filter', name }, { term = true })
    end)
  end)
end

return M
