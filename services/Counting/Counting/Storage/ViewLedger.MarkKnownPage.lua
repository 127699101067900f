-- Marks a page as published, so that it counts on its own whatever the cap says, or takes the mark away. Its counts stay.
--
-- KEYS 1  the site's ledger
-- ARGV 1  path  2 '1' published, '0' withdrawn
-- Reply   'marked' or 'present' (it was so already)
local ledger, page = KEYS[1], 'p:' .. ARGV[1]
local old = call('HMGET', ledger, 'n', 'epoch', 'run', 't', page, 'pn')
local record = recordOf(old[5])
local counted, baseline, correction, flags = split(record or NEW_PAGE)
local wanted = ARGV[2] == '1' and 'published' or ''
if flags == wanted then return 'present' end
local writes = {}
local function put(field, value)
  writes[#writes + 1] = field
  writes[#writes + 1] = value
end
stamp(put, old[3], number(old[2]), number(old[1]), storeTime(number(old[4])))
if not record then put('pn', number(old[6]) + 1) end
put(page, join(counted, baseline, correction, wanted))
call('HSET', ledger, unpack(writes))
return 'marked'
