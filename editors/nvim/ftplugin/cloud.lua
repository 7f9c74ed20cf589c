-- How a .cloud buffer behaves, whatever else is installed.

if vim.b.did_ftplugin then
  return
end
vim.b.did_ftplugin = 1

local bo = vim.bo
bo.commentstring = '// %s'
bo.comments = ':///,://,s1:/*,mb:*,ex:*/'
bo.suffixesadd = '.cloud'
bo.expandtab = true
bo.shiftwidth = 2
bo.softtabstop = 2
-- Comments wrap and go on with the next line; code does not wrap.
bo.formatoptions = bo.formatoptions:gsub('[t]', '') .. 'croqlj'

vim.b.match_words = [[\<if\>:\<else\>]]
vim.b.undo_ftplugin = table.concat({
  'setlocal commentstring< comments< suffixesadd< expandtab< shiftwidth< softtabstop< formatoptions<',
  'unlet! b:match_words',
  'lua pcall(vim.treesitter.stop)',
}, ' | ')

require('cloudc.treesitter').start(0)

-- Neovim itself says nothing when the program of an enabled server is missing.
if vim.lsp.is_enabled and vim.lsp.is_enabled('cloudc') then
  require('cloudc.config').check_command()
end
