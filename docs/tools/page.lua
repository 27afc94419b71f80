-- page.lua - for pandoc: what becomes of the Markdown files on their way to HTML.
--
-- Links between them, and to manual pages, lead to their HTML pages. Sessions and scripts get colours. In lessons the solution and the
-- hints are folded away, and what only the tests need is left out.

function Link(link)
  if not link.target:match("^%a+:") then
    link.target = link.target:gsub("%.md$", ".html"):gsub("%.md#", ".html#"):gsub("(/man/[%w-]+%.%d)$", "%1.html")
  end
  return link
end

local function escape(text)
  return (text:gsub("&", "&amp;"):gsub("<", "&lt;"):gsub(">", "&gt;"))
end

local function colored(class, text)
  return '<span class="' .. class .. '">' .. escape(text) .. "</span>"
end

local function class_of_outcome(text)
  if text:match("^ZX_OK") then return "good" end
  if text:match("^blocked") then return "wait" end
  return (text:match("^ZX_ERR") or text:match("^fault") or text:match("^killed")) and "bad" or nil
end

local function session_line(line)
  local prompt, typed = line:match("^(zxpager> )(.*)")
  if not prompt then prompt, typed = line:match("^(    %.%.%.> )(.*)") end
  if prompt then return colored("dim", prompt) .. colored("typed", typed) end
  local class = class_of_outcome(line)
  return class and colored(class, line) or escape(line)
end

local function script_line(line)
  if line:match("^%s*#") then return colored("dim", line) end
  local before, outcome = line:match("^(.- => )(.*)")
  local class = outcome and class_of_outcome(outcome)
  return class and escape(before) .. colored(class, outcome) or escape(line)
end

local function block(text, line_of)
  local lines = {}
  for line in (text .. "\n"):gmatch("(.-)\n") do
    lines[#lines + 1] = line_of(line)
  end
  return pandoc.RawBlock("html", "<pre><code>" .. table.concat(lines, "\n") .. "\n</code></pre>")
end

local function titled(title, content)
  return { pandoc.Para({ pandoc.Strong({ pandoc.Str(title) }) }), content }
end

local function folded(title, content)
  local blocks = pandoc.List({ pandoc.RawBlock("html", "<details><summary>" .. title .. "</summary>") })
  blocks:extend(content)
  blocks:insert(pandoc.RawBlock("html", "</details>"))
  return blocks
end

function CodeBlock(code)
  local kind = code.classes[1] or ""
  if kind == "zxp-session" then return block(code.text, session_line) end
  if kind == "zxp-wrong" then return {} end
  if not kind:match("^zxp") then return nil end
  local script = block(code.text, script_line)
  if kind == "zxp-start" then return titled("The world to begin with", script) end
  if kind == "zxp-goal" then return titled("The goal", script) end
  if kind == "zxp-solution" then return folded("One way", { script }) end
  return script
end

-- "Hint: ..." lines, and "Par: N" behind them, stand in one paragraph.
local hints = 0
local function hint_line(inlines)
  local first = inlines[1] and inlines[1].text
  inlines:remove(1)
  if first == "Par:" then
    return { pandoc.Para({ pandoc.Str("Par:"), table.unpack(inlines) }) }
  end
  hints = hints + 1
  return folded("Hint " .. hints, { pandoc.Para(inlines) })
end

function Para(para)
  local first = para.content[1]
  if not first or (first.text ~= "Hint:" and first.text ~= "Par:") then return nil end
  local blocks, line = pandoc.List(), pandoc.List()
  for _, inline in ipairs(para.content) do
    local next_line = inline.text == "Hint:" or inline.text == "Par:"
    if next_line and #line > 0 then
      blocks:extend(hint_line(line))
      line = pandoc.List()
    end
    if inline.t ~= "SoftBreak" then line:insert(inline) end
  end
  blocks:extend(hint_line(line))
  return blocks
end
