-- Marks the pages of an article as published, so that they count on their own whatever the cap says, or takes the article's marks away; their
-- counts stay. Of several events of one article the highest version is true, in whatever order they come: the version is written with the marks.
--
-- KEYS 1  the site's ledger
-- ARGV 1  article, 32 hexadecimal digits  2 version, from 1 to 2^53  3 '1' published, '0' withdrawn  4.. paths of its pages, each once
-- Reply   1  'marked', or with nothing changed 'older': this version or a later one is in already
--         2  'marked': epoch  3 commit number  4.. one record a path, '' where there is none
local FIRST_PATH = 4
local ledger, article, version, published = KEYS[1], ARGV[1], ARGV[2], ARGV[3] == '1'
local names = { 'n', 'epoch', 'run', 't', 'pn', 'v:' .. article }
local HEAD = #names
for i = FIRST_PATH, #ARGV do names[#names + 1] = 'p:' .. ARGV[i] end
local old = call('HMGET', ledger, unpack(names))
if tonumber(version) <= number(old[HEAD]) then return { 'older' } end

local writes, records, added = {}, {}, 0
local function put(field, value)
  writes[#writes + 1] = field
  writes[#writes + 1] = value
end
for i = HEAD + 1, #names do
  local record = recordOf(old[i])
  if record or published then
    -- A page may be another article's by now: it is published as long as one of them marks it.
    local counted, baseline, correction, flags = split(record or NEW_PAGE)
    local marks = {}
    for mark in string.gmatch(flags, '%S+') do
      if mark ~= article then marks[#marks + 1] = mark end
    end
    if published then marks[#marks + 1] = article end
    if not record then added = added + 1 end
    record = join(counted, baseline, correction, table.concat(marks, ' '))
    put(names[i], record)
  end
  records[#records + 1] = record or ''
end
if added > 0 then put('pn', number(old[5]) + added) end
put('v:' .. article, version)
local epoch, commit = stamp(put, old[3], number(old[2]), number(old[1]), storeTime(number(old[4])))
call('HSET', ledger, unpack(writes))
return { 'marked', epoch, commit, unpack(records) }
