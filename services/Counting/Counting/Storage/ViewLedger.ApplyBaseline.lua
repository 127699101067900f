-- Carries an old system's number in, once: the site's or a page's.
--
-- KEYS 1  the site's ledger
-- ARGV 1  id of the baseline  2 path, '' for the site  3 day  4 week: bucket names of its instant
--      5  total  6 the part of that day  7 the part of that week, already counted there  8 audit entry, JSON  9 most audit entries
-- Reply   'applied', 'present' (the id was applied before: nothing is changed), 'full' (no room for another audit entry)
local ledger, id, path, day, week = KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local total, today, thisWeek = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local page = 'p:' .. path
local old = call('HMGET', ledger, 'n', 'epoch', 'run', 't', 'an', 'bl:' .. id, 'bt', 'bd:' .. day, 'bw:' .. week, page, 'pn')
if old[6] then return 'present' end
local audits = number(old[5])
if audits >= tonumber(ARGV[9]) then return 'full' end

local writes = {}
local function put(field, value)
  writes[#writes + 1] = field
  writes[#writes + 1] = value
end
stamp(put, old[3], number(old[2]), number(old[1]), storeTime(number(old[4])))
put('an', audits + 1)
put('a:' .. (audits + 1), ARGV[8])
put('bl:' .. id, audits + 1)
if path == '' then
  put('bt', number(old[7]) + total)
  if today > 0 then put('bd:' .. day, number(old[8]) + today) end
  if thisWeek > 0 then put('bw:' .. week, number(old[9]) + thisWeek) end
else
  if not old[10] then put('pn', number(old[11]) + 1) end
  local counted, baseline, correction, flags = split(old[10] or NEW_PAGE)
  local t, d, dv, w, wv = string.match(baseline == '' and '0 0 0 0 0' or baseline, '^(%d+) (%d+) (%d+) (%d+) (%d+)$')
  -- Only the newest day and week are kept: the parts are shown while they are the current ones.
  local function part(bucket, at, count, views)
    if bucket == at then return at, count + views end
    if bucket > at and views > 0 then return bucket, views end
    return at, count
  end
  d, dv = part(tonumber(day), tonumber(d), tonumber(dv), today)
  w, wv = part(tonumber(week), tonumber(w), tonumber(wv), thisWeek)
  put(page, join(counted, table.concat({ tonumber(t) + total, d, dv, w, wv }, ' '), correction, flags))
end
call('HSET', ledger, unpack(writes))
return 'applied'
