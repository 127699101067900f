-- An operator has seen that the store lost acknowledged commits: the ledger tells of it no more. Audited, with what was expected and found.
--
-- KEYS 1  the site's ledger
-- ARGV 1  audit entry, JSON  2 most audit entries
-- Reply   1  'acknowledged'; or, with nothing changed: 'present' (acknowledged before), 'none' (nothing was lost), 'full' (no room for another
--            audit entry)
--         2  'acknowledged', 'present': number of the audit entry
local old = call('HMGET', KEYS[1], 'n', 'epoch', 'run', 't', 'an', 'sl', 'la')
local open, audits = old[6], number(old[5])
if not open then return { 'none' } end
if open == '' then return { 'present', old[7] } end
if audits >= tonumber(ARGV[2]) then return { 'full' } end

local writes = {}
local function put(field, value)
  writes[#writes + 1] = field
  writes[#writes + 1] = value
end
local function state(epoch, commit, views) return '{"epoch":' .. epoch .. ',"commit":' .. commit .. ',"views":' .. views .. '}' end
local a, b, c, d, e, f = string.match(open, '^(%d+) (%d+) (%d+) (%d+) (%d+) (%d+)')
audits = audits + 1
put('sl', '')
put('la', audits)
put('an', audits)
put('a:' .. audits, string.sub(ARGV[1], 1, -2) .. ',"expected":' .. state(a, b, c) .. ',"found":' .. state(d, e, f) .. '}')
stamp(put, old[3], number(old[2]), number(old[1]), storeTime(number(old[4])))
call('HSET', KEYS[1], unpack(writes))
return { 'acknowledged', tostring(audits) }
