-- What works without the language server: the kind of file, comments, indentation, colours, folds, help, health.

local t = require('t')

local function sources()
  local found = vim.fs.find(function(name)
    return name:match('%.cloud$') ~= nil
  end, { path = t.repository .. '/examples', type = 'file', limit = math.huge })
  vim.list_extend(found, vim.fn.glob(t.repository .. '/stdlib/*.cloud', false, true))
  table.sort(found)
  return found
end

local function example()
  vim.cmd("edit! " .. t.repository .. "/examples/fargate-service/main.cloud")
end

t.run(function()
  t.step('a .cloud file has its type', function()
    example()
    t.same(vim.bo.filetype, 'cloud')
    t.same(vim.bo.commentstring, '// %s')
    t.same(vim.bo.shiftwidth, 2)
  end)

  t.step('without the parser there are simple colours', function()
    t.same(vim.bo.syntax, 'cloud')
    local row, col = t.place(0, 'resource network')
    t.same(vim.fn.synIDattr(vim.fn.synID(row + 1, col + 1, true), 'name'), 'cloudKeyword')
    row, col = t.place(0, 'AWS::EC2::SecurityGroup')
    t.same(vim.fn.synIDattr(vim.fn.synID(row + 1, col + 1, true), 'name'), 'cloudType')
    row, col = t.place(0, '"read-database-secret"')
    t.same(vim.fn.synIDattr(vim.fn.synID(row + 1, col + 2, true), 'name'), 'cloudString')
  end)

  t.step('comments toggle', function()
    t.cursor('resource logs')
    local before = vim.api.nvim_get_current_line()
    t.type('gcc')
    t.same(vim.api.nvim_get_current_line(), '// ' .. before)
    t.type('gcc')
    t.same(vim.api.nvim_get_current_line(), before)
  end)

  t.step('the parser compiles and is used at once', function()
    t.yes(require('cloudc.treesitter').install(), 'it compiles')
    t.yes(vim.treesitter.highlighter.active[vim.api.nvim_get_current_buf()], 'the open buffer is coloured by it')
    vim.cmd('bwipeout!')
    example()
    t.yes(vim.treesitter.highlighter.active[vim.api.nvim_get_current_buf()], 'so is a new one')
  end)

  t.step('colours come from the tree', function()
    vim.treesitter.get_parser(0, "cloud"):parse()
    local function captures(part)
      local row, col = t.place(0, part)
      return vim.tbl_map(function(it)
        return it.capture
      end, vim.treesitter.get_captures_at_pos(0, row, col))
    end
    t.yes(vim.tbl_contains(captures('resource network'), 'keyword'), 'keyword')
    t.yes(vim.tbl_contains(captures('GroupDescription'), 'property'), 'property')
    t.yes(vim.tbl_contains(captures('20GB'), 'number.float'), 'size')
    t.yes(vim.tbl_contains(captures('/// Image to run'), 'comment.documentation'), 'documentation')
  end)

  t.step('every query can be read', function()
    for _, path in ipairs(vim.fn.glob(t.repository .. '/editors/nvim/queries/cloud/*.scm', false, true)) do
      local name = vim.fn.fnamemodify(path, ':t:r')
      t.yes(vim.treesitter.query.get('cloud', name), name)
    end
  end)

  t.step('a script inside a string is a script', function()
    vim.cmd.new()
    local lines = {
      'let boot = """',
      '  #!/bin/bash',
      '  echo ${name} "$HOME"',
      '  """',
      'type Slug = String(r"^[a-z]+$")',
    }
    vim.api.nvim_buf_set_lines(0, 0, -1, false, lines)
    local parser = assert(vim.treesitter.get_parser(0, 'cloud'))
    local query = assert(vim.treesitter.query.get('cloud', 'injections'))
    local languages = {}
    for _, match, metadata in query:iter_matches(parser:parse()[1]:root(), 0) do
      local pieces = {}
      for id, nodes in pairs(match) do
        if query.captures[id] == 'injection.content' then
          for _, node in ipairs(nodes) do
            table.insert(pieces, vim.treesitter.get_node_text(node, 0))
          end
        end
      end
      languages[metadata['injection.language']] = pieces
    end
    t.same(languages.regex, { '^[a-z]+$' })
    t.same(languages.bash, { '\n  #!/bin/bash\n  echo ', ' "$HOME"\n  ' })
    vim.cmd('bwipeout!')
  end)

  t.step('folds follow the tree', function()
    vim.wo.foldmethod = 'expr'
    vim.wo.foldexpr = 'v:lua.vim.treesitter.foldexpr()'
    vim.treesitter.get_parser(0, 'cloud'):parse()
    vim.cmd('normal! zx')
    local row = t.place(0, 'resource balancer_group')
    t.same(vim.fn.foldlevel(row + 2), 1, 'inside a resource')
    t.same(vim.fn.foldlevel(t.place(0, 'let prod') + 1), 0, 'outside')
  end)

  t.step('indenting what is formatted changes nothing', function()
    for _, path in ipairs(sources()) do
      vim.cmd('edit! ' .. path)
      local before = t.text()
      vim.cmd('silent normal! gg=G')
      t.same(t.text(), before, path)
      vim.cmd('bwipeout!')
    end
  end)

  t.step('new lines are indented', function()
    vim.cmd.enew()
    vim.bo.filetype = 'cloud'
    t.type('iresource a: AWS::S3::Bucket {<CR>Tags: {<CR>a: "b" +<CR>"c"<CR>}<CR>}<CR>let x = [<CR>1<CR>]<Esc>')
    t.same(vim.api.nvim_buf_get_lines(0, 0, -1, false), {
      'resource a: AWS::S3::Bucket {',
      '  Tags: {',
      '    a: "b" +',
      '      "c"',
      '  }',
      '}',
      'let x = [',
      '  1',
      ']',
    })
    vim.cmd('bwipeout!')
  end)

  t.step('there is help', function()
    vim.cmd.helptags(t.repository .. '/editors/nvim/doc')
    vim.cmd.help('cloudc')
    t.same(vim.bo.filetype, 'help')
    for _, name in ipairs(vim.tbl_keys(vim.api.nvim_get_commands({}))) do
      if vim.startswith(name, 'Cloudc') then
        vim.cmd.help(':' .. name)
        t.holds(vim.api.nvim_get_current_line(), name)
      end
    end
    vim.cmd.helpclose()
    vim.fn.delete(t.repository .. '/editors/nvim/doc/tags')
  end)

  t.step('without a server, commands say so', function()
    example()
    t.messages = {}
    vim.cmd.CloudcPreview()
    t.holds(t.messages[1], 'not running')
    t.same(#vim.api.nvim_list_wins(), 1)
  end)

  t.step('a binary that is missing is told once, with what to do', function()
    vim.lsp.config('cloudc', { cmd = { '/no/such/cloudc', 'lsp' } })
    t.messages = {}
    vim.lsp.enable('cloudc')
    example()
    t.wait('the message', function()
      return t.messages[1]
    end)
    t.holds(t.messages[1], 'vim.g.cloudc')
    t.same(#vim.lsp.get_clients(), 0)
    vim.cmd.checkhealth('cloudc')
    t.holds(t.text(), 'is not a program on PATH')
    t.holds(t.text(), 'its queries fit')
  end)
end)
