-- The way of somebody who works on an example: look, make a mistake, let it be fixed, complete, rename, see what comes of it.

local t = require('t')

local scratch = assert(vim.env.CLOUDC_SCRATCH)
local main = scratch .. '/main.cloud'
local roles = scratch .. '/roles.cloud'

--- Copies the example, so that everything in it may be changed.
local function copy()
  -- A project of its own, also where it lies inside another repository.
  vim.fn.mkdir(scratch .. '/.git', 'p')
  for _, name in ipairs({ 'main.cloud', 'roles.cloud' }) do
    vim.fn.writefile(vim.fn.readfile(t.repository .. '/examples/fargate-service/' .. name), scratch .. '/' .. name)
  end
end

---@return vim.lsp.Client?
local function client()
  local it = vim.lsp.get_clients({ name = 'cloudc', bufnr = 0 })[1]
  return it and it.initialized and it or nil
end

--- What is wrong in the current buffer.
---@param least vim.diagnostic.Severity?
local function problems(least)
  return vim.diagnostic.get(0, { severity = { min = least or vim.diagnostic.severity.WARN } })
end

local function no_problems()
  t.wait('a program without problems', function()
    return #problems() == 0
  end)
end

--- A floating window's text.
local function float()
  for _, win in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(win).relative ~= '' then
      return t.text(vim.api.nvim_win_get_buf(win)), win
    end
  end
end

--- The first buffer whose name fits, with its window.
---@param pattern string
local function buffer(pattern)
  for _, bufnr in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_get_name(bufnr):find(pattern) then
      return bufnr, vim.fn.bufwinid(bufnr)
    end
  end
end

--- Places that are marked in a buffer, as rows from 0.
---@param bufnr integer
local function marked(bufnr)
  local namespace = vim.api.nvim_create_namespace('cloudc.preview')
  return vim.tbl_map(function(mark)
    return mark[2]
  end, vim.api.nvim_buf_get_extmarks(bufnr, namespace, 0, -1, {}))
end

--- Does something that asks the server, and waits for a quickfix list.
local function quickfix(act)
  vim.fn.setqflist({}, 'f')
  act()
  t.wait('the quickfix list', function()
    return #vim.fn.getqflist() > 0
  end)
  vim.cmd.cclose()
  return vim.fn.getqflist()
end

t.run(function()
  copy()

  t.step('opening a file starts the server', function()
    vim.cmd.edit(main)
    t.wait('the server', client)
    t.same(client().root_dir, scratch)
    no_problems()
  end)

  t.step('a mistake is found where it is', function()
    t.cursor('RetentionInDays')
    t.press('ceRetentionInDay<Esc>')
    local found = t.wait('a diagnostic', function()
      return problems(vim.diagnostic.severity.ERROR)[1]
    end)
    local row, col = t.place(0, 'RetentionInDay:')
    t.same({ found.lnum, found.col, found.end_col }, { row, col, col + #'RetentionInDay' }, found.message)
    t.holds(found.message, 'RetentionInDay')
    t.yes(tostring(found.code):find('^C%d%d%d%d$'), 'it has a code: ' .. vim.inspect(found.code))
    t.same(found.source, 'cloudc')
  end)

  t.step('the quick fix mends it', function()
    t.cursor('RetentionInDay')
    vim.lsp.buf.code_action({
      apply = true,
      context = { only = { 'quickfix' }, diagnostics = vim.lsp.diagnostic.from(problems()) },
      filter = function(action)
        return action.title:find('RetentionInDays', 1, true) ~= nil
      end,
    })
    t.wait('the edit', function()
      return t.text():find('RetentionInDays: 30', 1, true)
    end)
    no_problems()
  end)

  t.step('a property is completed', function()
    vim.lsp.completion.enable(true, client().id, 0)
    t.cursor('ClusterSettings')
    t.press('OClusterN')
    vim.lsp.completion.get()
    t.wait('the menu', function()
      return vim.fn.pumvisible() == 1
    end)
    local items = vim.fn.complete_info({ 'items' }).items
    t.holds(items[1].word .. items[1].abbr, 'ClusterName')
    t.press('<C-y>')
    t.wait('the property', function()
      return vim.api.nvim_get_current_line():find('^%s*ClusterName: ')
    end)
    t.press('<Esc>')
    t.same(vim.fn.mode(), 'n')
    vim.api.nvim_set_current_line('  ClusterName: "shop-${stage}"')
    no_problems()
  end)

  t.step('the documentation of what is under the cursor', function()
    t.cursor('MultiAZ')
    vim.lsp.buf.hover()
    local text = t.wait('the window', function()
      return (float())
    end)
    t.holds(text, 'MultiAZ')
    t.holds(text, 'Bool')
    vim.api.nvim_win_close(select(2, float()), true)
  end)

  t.step('places are right behind letters of any length', function()
    t.cursor('let port = 8080')
    t.press('olet label = "größe 🪣 ${stag}"<Esc>')
    local found = t.wait('a diagnostic', function()
      return problems(vim.diagnostic.severity.ERROR)[1]
    end)
    local row, col = t.place(0, 'stag}')
    t.same({ found.lnum, found.col, found.end_col }, { row, col, col + #'stag' }, found.message)
    t.press('ddk')
    no_problems()
  end)

  t.step('what a call expects', function()
    t.cursor('let port = 8080')
    t.press('olet x = "a".replace(<Esc>')
    t.press('A')
    vim.lsp.buf.signature_help()
    local text = t.wait('the window', function()
      return (float())
    end)
    t.holds(text, 'replace')
    t.press('<Esc>')
    t.press('ddk')
    no_problems()
  end)

  t.step('a rename reaches the other file', function()
    t.cursor('task_trust', { nth = 2 })
    vim.lsp.buf.rename('container_trust')
    t.wait('the edit here', function()
      return not t.text():find('task_trust', 1, true)
    end)
    t.holds(t.text(), 'import "./roles.cloud" { container_trust }')
    local other = t.wait('the edit there', function()
      return buffer('roles%.cloud$')
    end)
    t.holds(t.text(other), 'container_trust')
    no_problems()
    vim.cmd('silent wall')
  end)

  t.step('references and declarations', function()
    t.cursor('container_trust', { nth = 2 })
    local found = quickfix(vim.lsp.buf.references)
    local files = {}
    for _, item in ipairs(found) do
      files[vim.fn.fnamemodify(vim.fn.bufname(item.bufnr), ':t')] = true
    end
    t.same(files, { ['main.cloud'] = true, ['roles.cloud'] = true })
    vim.cmd.buffer(main)
    t.cursor('container_trust', { nth = 2 })
    vim.lsp.buf.definition()
    t.wait('the other file', function()
      return vim.api.nvim_buf_get_name(0) == roles
    end)
    t.holds(vim.api.nvim_get_current_line(), 'container_trust')
    vim.cmd.buffer(main)
  end)

  t.step('the template beside the source', function()
    t.cursor('resource cluster')
    vim.cmd.CloudcPreview()
    local template, win
    t.wait('the template', function()
      template, win = buffer('^cloudc://template/')
      return template and t.text(template):find('Resources:', 1, true)
    end)
    t.same(vim.bo[template].filetype, 'yaml')
    t.same(vim.bo[template].modifiable, false)
    t.same(vim.api.nvim_buf_get_name(0), main, 'the cursor stays in the source')
    t.holds(t.text(template), 'shop-dev')
    t.holds(vim.wo[win].winbar, 'shop')

    -- It follows the cursor.
    t.press('j')
    t.cursor('resource database:')
    t.press('l')
    t.wait('the mark', function()
      local row = marked(template)[1]
      return row and vim.api.nvim_buf_get_lines(template, row, row + 1, false)[1]:find('Database:', 1, true)
    end)
    t.holds(vim.fn.getbufoneline(template, vim.api.nvim_win_get_cursor(win)[1]), 'Database:')

    -- It follows the text.
    t.cursor('"shop-${stage}"', { nth = 1 })
    t.press('f-acluster-<Esc>')
    t.wait('the new template', function()
      return t.text(template):find('shop-cluster-dev', 1, true)
    end)
    t.press('u')
    t.wait('the old template', function()
      return not t.text(template):find('shop-cluster-dev', 1, true)
    end)

    -- And back.
    vim.api.nvim_set_current_win(win)
    local row = t.place(template, 'Type: AWS::Logs::LogGroup')
    vim.api.nvim_win_set_cursor(win, { row + 1, 4 })
    t.press('l')
    local source = assert(buffer('main%.cloud$'))
    t.wait('the mark in the source', function()
      local marks = marked(source)
      return marks[1] == (t.place(source, 'resource logs'))
    end)
    t.press('<CR>')
    t.wait('the source', function()
      return vim.api.nvim_buf_get_name(0) == main
    end)
    t.holds(vim.api.nvim_get_current_line(), 'resource logs')

    -- With a mistake the last good one stays, and the line above it says so.
    local before = t.text(template)
    t.cursor('RetentionInDays')
    t.press('ceNoSuch<Esc>')
    t.wait('the note', function()
      return vim.wo[win].winbar:find('WarningMsg', 1, true)
    end)
    t.same(t.text(template), before)
    t.press('u')
    t.wait('no note', function()
      return not vim.wo[win].winbar:find('WarningMsg', 1, true)
    end)
    vim.api.nvim_win_close(win, true)
    t.same(buffer('^cloudc://template/'), nil)
  end)

  t.step('the template as JSON', function()
    vim.cmd('CloudcPreview json')
    local template = t.wait('the template', function()
      local it = buffer('^cloudc://template/.*json$')
      return it and t.text(it):find('"Resources"', 1, true) and it
    end)
    t.yes(vim.json.decode(t.text(template)).Resources.Database, 'it is JSON')
    vim.cmd.bwipeout(template)
  end)

  t.step('the standard library opens read-only', function()
    t.cursor('network: Vpc', { nth = 1 })
    t.press('2w')
    vim.lsp.buf.definition()
    t.wait('the source', function()
      return vim.api.nvim_buf_get_name(0) == 'cloud-std:/std/network.cloud'
        and vim.api.nvim_get_current_line():find('component Vpc', 1, true)
    end)
    t.same({ vim.bo.filetype, vim.bo.modifiable, vim.bo.readonly, vim.bo.modified }, { 'cloud', false, true, false })
    t.wait('the server', client)
    t.cursor('cidr.subnets')
    vim.lsp.buf.hover()
    t.holds(t.wait('the window', function() return (float()) end), 'Cidr')
    vim.api.nvim_win_close(select(2, float()), true)
    vim.cmd.buffer(main)
  end)

  t.step('formatting', function()
    local before = t.text()
    t.cursor('GroupDescription')
    t.press('>>0')
    t.cursor('Engine: "postgres"')
    t.press('f:a   <Esc>')
    t.yes(t.text() ~= before, 'it is out of shape')
    vim.lsp.buf.format({ timeout_ms = 5000 })
    t.same(t.text(), before)
  end)

  t.step('the graph', function()
    vim.cmd.CloudcGraph()
    local graph = t.wait('the graph', function()
      return (buffer('^cloudc://graph/'))
    end)
    t.holds(t.text(graph), 'Database ')
    t.holds(t.text(graph), '-> ')
    t.cursor('Logs ')
    t.press('<CR>')
    t.wait('the source', function()
      return vim.api.nvim_buf_get_name(0) == main
    end)
    t.holds(vim.api.nvim_get_current_line(), 'resource logs')
    vim.cmd.bwipeout(graph)
    vim.cmd('CloudcGraph dot')
    graph = t.wait('the graph', function()
      return (buffer('^cloudc://graph/.*dot$'))
    end)
    t.holds(t.text(graph), 'digraph "shop" {')
    vim.cmd.bwipeout(graph)
  end)

  t.step('the syntax tree', function()
    local row = t.place(0, 'let port')
    vim.cmd(('%dCloudcSyntaxTree'):format(row + 1))
    local tree = t.wait('the tree', function()
      return (buffer('^cloudc://tree/'))
    end)
    t.holds(t.text(tree), 'LetItem')
    t.yes(not t.text(tree):find('ResourceItem', 1, true), 'only what was asked for')
    vim.cmd.bwipeout(tree)
  end)

  t.step('hints, lenses, symbols, folds, colours', function()
    local it = client()
    vim.lsp.inlay_hint.enable(true, { bufnr = 0 })
    t.wait('hints', function()
      return #vim.lsp.inlay_hint.get({ bufnr = 0 }) > 0
    end)
    vim.lsp.codelens.refresh({ bufnr = 0 })
    t.wait('lenses', function()
      return #vim.lsp.codelens.get(0) > 0
    end)
    -- The lens of a value lists where it is used.
    t.cursor('let port')
    local line = t.place(0, 'let port')
    t.wait('what the lens says', function()
      return vim.iter(vim.lsp.codelens.get(0)):any(function(lens)
        return lens.range.start.line == line and lens.command ~= nil
      end)
    end)
    local used = quickfix(function()
      vim.lsp.codelens.run()
    end)
    t.same(#used, 5)
    vim.cmd.buffer(main)
    vim.lsp.buf.document_symbol({ loclist = false })
    t.wait('symbols', function()
      return #vim.fn.getqflist() > 20
    end)
    vim.cmd.cclose()
    vim.wo.foldmethod = 'expr'
    vim.wo.foldexpr = 'v:lua.vim.lsp.foldexpr()'
    t.wait('folds', function()
      return vim.fn.foldlevel(t.place(0, 'Engine: "postgres"') + 1) > 0
    end)
    vim.wo.foldmethod = 'manual'
    local row, col = t.place(0, 'database_subnets', 1)
    t.wait('colours', function()
      return #(vim.lsp.semantic_tokens.get_at_pos(0, row, col) or {}) > 0
    end)
    t.yes(it.server_capabilities.semanticTokensProvider, 'semantic tokens')
  end)

  t.step('building', function()
    t.messages = {}
    vim.cmd.CloudcBuild()
    t.wait('the template', function()
      return vim.fn.glob(scratch .. '/**/*.template.*') ~= '' or vim.fn.glob(scratch .. '/build/**') ~= ''
    end)
    t.wait('the message', function()
      return t.messages[1]
    end)
  end)

  t.step('checking everything', function()
    t.cursor('RetentionInDays')
    t.press('ceNoSuch<Esc>')
    vim.cmd.CloudcCheck()
    t.wait('the list', function()
      return vim.iter(vim.fn.getqflist()):any(function(item)
        return item.text:find('NoSuch', 1, true) ~= nil
      end)
    end)
    vim.cmd.cclose()
    vim.cmd.buffer(main)
    t.press('u')
    no_problems()
  end)

  t.step('what is running', function()
    vim.cmd.CloudcInfo()
    t.holds(t.text(), 'version: ')
    t.holds(t.text(), 'root: ' .. scratch)
    t.press('q')
    vim.cmd.checkhealth('cloudc')
    t.yes(not t.text():find('ERROR', 1, true), t.text())
    vim.cmd('tabonly!')
    vim.cmd.edit(main)
  end)

  t.step('starting anew', function()
    local before = client().id
    vim.cmd.CloudcRestart()
    t.wait('another server', function()
      local it = client()
      return it and it.id ~= before
    end)
    t.cursor('RetentionInDays')
    t.press('ceNoSuch<Esc>')
    t.wait('a diagnostic', function()
      return problems()[1]
    end)
    t.press('u')
    no_problems()
  end)

  t.step('the server ends when it is asked to', function()
    local it = client()
    local code, signal
    local exited = it.config.on_exit
    it._on_exit_cbs = it._on_exit_cbs or {}
    table.insert(it._on_exit_cbs, function(c, s)
      code, signal = c, s
    end)
    t.yes(exited == nil, 'nothing else waits for it')
    vim.cmd('silent wall')
    vim.lsp.enable('cloudc', false)
    t.wait('its end', function()
      return code ~= nil
    end)
    t.same({ code, signal }, { 0, 0 })
  end)
end)
