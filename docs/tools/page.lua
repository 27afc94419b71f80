-- page.lua - for pandoc: links between Markdown files and to manual pages become links between their HTML pages.
function Link(link)
  if not link.target:match("^%a+:") then
    link.target = link.target:gsub("%.md$", ".html"):gsub("%.md#", ".html#"):gsub("(/man/[%w-]+%.%d)$", "%1.html")
  end
  return link
end
