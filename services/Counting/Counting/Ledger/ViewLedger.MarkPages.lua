-- Marks the pages of articles as published, so that they count on their own whatever the cap says, or takes the articles' marks away; their
-- counts stay. Of several events of one article the highest version is true, in whatever order they come: the version is written with the marks.
--
-- KEYS 1  the site's ledger
-- ARGV for each article: its id, 32 hexadecimal digits; version, from 1 to 2^53; '1' published, '0' withdrawn; how many pages it has; their paths
-- Reply   names, each followed by its value
--         marked         how many articles have changed: of the others this version or a later one is in already; with 0, nothing is written
--         epoch, commit  the state of the ledger behind it
--         pages          of each page that these have, its path and its record
local ledger = KEYS[1]
local names, isRead, articles = { 'n', 'epoch', 'run', 't', 'pn' }, {}, {}
local function read(field)
  if not isRead[field] then
    names[#names + 1] = field
    isRead[field] = true
  end
end
local at = 1
while at <= #ARGV do
  local article = { id = ARGV[at], version = ARGV[at + 1], published = ARGV[at + 2] == '1', first = at + 4, last = at + 3 + tonumber(ARGV[at + 3]) }
  articles[#articles + 1] = article
  read('v:' .. article.id)
  for i = article.first, article.last do read('p:' .. ARGV[i]) end
  at = article.last + 1
end
local old = fieldsOf(ledger, names)

-- What is in the ledger, or is to be. Several articles may have a page, and what one does to it the next finds.
local new, changed, marked, added = {}, {}, 0, 0
local function get(field)
  return new[field] or old[field]
end
local function set(field, value)
  if not new[field] then changed[#changed + 1] = field end
  new[field] = value
end
for _, article in ipairs(articles) do
  if tonumber(article.version) > number(get('v:' .. article.id)) then
    marked = marked + 1
    set('v:' .. article.id, article.version)
    for i = article.first, article.last do
      local field = 'p:' .. ARGV[i]
      local record = recordOf(get(field))
      if record or article.published then
        -- A page may be another article's by now: it is published as long as one of them marks it.
        local counted, baseline, correction, flags = split(record or NEW_PAGE)
        local marks = {}
        for mark in string.gmatch(flags, '%S+') do
          if mark ~= article.id then marks[#marks + 1] = mark end
        end
        if article.published then marks[#marks + 1] = article.id end
        if not record then added = added + 1 end
        set(field, join(counted, baseline, correction, table.concat(marks, ' ')))
      end
    end
  end
end
if marked == 0 then return { 'marked', 0 } end

local writes, put = newWrites()
local epoch, commit = stampAfter(put, old)
if added > 0 then put('pn', number(old.pn) + added) end
local pages = {}
for _, field in ipairs(changed) do
  put(field, new[field])
  if string.sub(field, 1, 2) == 'p:' then
    pages[#pages + 1] = string.sub(field, 3)
    pages[#pages + 1] = new[field]
  end
end
call('HSET', ledger, unpack(writes))
return { 'marked', marked, 'epoch', epoch, 'commit', commit, 'pages', pages }
