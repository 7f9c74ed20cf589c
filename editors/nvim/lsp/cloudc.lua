-- The language server, for vim.lsp.enable('cloudc'). Change it with vim.lsp.config('cloudc', { … }).

local config = require('cloudc.config')

---@type vim.lsp.Config
return {
  cmd = config.command(),
  filetypes = { 'cloud' },
  -- A project, else the repository, else the folder of the file.
  root_dir = function(bufnr, start)
    local name = vim.api.nvim_buf_get_name(bufnr)
    local folder = name ~= '' and vim.fs.dirname(name) or vim.uv.cwd()
    start(vim.fs.root(bufnr, 'project.cloud') or vim.fs.root(bufnr, '.git') or folder)
  end,
  settings = { cloudc = config.settings() },
  handlers = {
    ['cloud/status'] = function(_, status, ctx)
      require('cloudc.status').set(ctx.client_id, status)
    end,
  },
  commands = {
    ['cloudc.showReferences'] = function(command, ctx)
      require('cloudc.lens').show_references(command, ctx)
    end,
    ['cloudc.runTest'] = function(command)
      require('cloudc.lens').run_test(command)
    end,
  },
}
