-- Notes by which calendar the site's buckets are named from now on, unless it is the one noted last, or the notes
-- are not those that the caller knows. Harmless to repeat.
--
-- KEYS 1  the site's ledger
-- ARGV 1  zone and first day of the week, one word each  2 unix minute  3 most notes
-- Reply   all notes, "since zone firstDay" each, the oldest first, separated by ";"
local old = call('HGET', KEYS[1], 'z')
if (old or '') ~= ARGV[4] then return old or '' end
if not old then
  -- The first one holds for all that was counted before it was noted.
  local first = '0 ' .. ARGV[1]
  call('HSET', KEYS[1], 'z', first)
  return first
end
local last, notes = nil, 0
for note in string.gmatch(old, '[^;]+') do
  last = note
  notes = notes + 1
end
if string.match(last, '^%d+ (.*)$') == ARGV[1] then return old end
-- When there are too many, the second oldest goes: the first holds for the beginning.
if notes >= tonumber(ARGV[3]) then old = string.gsub(old, '^([^;]+);[^;]+', '%1') end
local new = old .. ';' .. ARGV[2] .. ' ' .. ARGV[1]
call('HSET', KEYS[1], 'z', new)
return new
