-- Commands, read-only sources of the standard library, and the language server for every .cloud buffer.

if vim.g.loaded_cloudc then
  return
end
vim.g.loaded_cloudc = true

if vim.fn.has('nvim-0.11') == 0 then
  vim.notify('cloudc: Neovim 0.11 or newer is needed', vim.log.levels.ERROR)
  return
end

local command = vim.api.nvim_create_user_command

---@param names string[]
local function among(names)
  return function(lead)
    return vim.tbl_filter(function(name)
      return vim.startswith(name, lead)
    end, names)
  end
end

command('CloudcPreview', function(args)
  require('cloudc.preview').open({ format = args.fargs[1], mods = args.smods })
end, { nargs = '?', complete = among({ 'yaml', 'json' }), desc = 'Show the generated template beside the source' })

command('CloudcGraph', function(args)
  require('cloudc.graph').open({ format = args.fargs[1], mods = args.smods })
end, { nargs = '?', complete = among({ 'list', 'dot' }), desc = 'Show which resources use which' })

command('CloudcSyntaxTree', function(args)
  require('cloudc.tree').open({ range = args.range > 0 and { args.line1, args.line2 } or nil, mods = args.smods })
end, { range = true, desc = "Show the compiler's syntax tree" })

command('CloudcBuild', function()
  require('cloudc.commands').build()
end, { desc = 'Build the stack of this buffer' })

command('CloudcCheck', function()
  require('cloudc.commands').check()
end, { desc = 'Check the workspace and list what is wrong' })

command('CloudcSyncSchemas', function()
  require('cloudc.commands').sync_schemas()
end, { desc = "Bring AWS's newest resource types and their documentation" })

command('CloudcRestart', function()
  require('cloudc.client').restart()
end, { desc = 'Start the language server anew' })

command('CloudcInfo', function(args)
  require('cloudc.info').open({ mods = args.smods })
end, { desc = 'Show what is running' })

command('CloudcLog', function()
  vim.cmd.tabedit(vim.fn.fnameescape(vim.lsp.log.get_filename()))
end, { desc = "Show the log of Neovim's language clients" })

command('CloudcInstallParser', function()
  require('cloudc.treesitter').install()
end, { desc = 'Compile the tree-sitter parser' })

local group = vim.api.nvim_create_augroup('cloudc', {})

vim.api.nvim_create_autocmd('BufReadCmd', {
  group = group,
  pattern = 'cloud-std:/*',
  callback = function(args)
    require('cloudc.source').read(args.buf)
  end,
})

if require('cloudc.config').get('enable') then
  vim.lsp.enable('cloudc')
end
