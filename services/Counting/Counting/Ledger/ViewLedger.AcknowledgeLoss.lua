-- An operator has seen that the store lost acknowledged commits: the ledger reports it no more. Audited, with what was expected and found.
--
-- KEYS 1  the site's ledger
-- ARGV 1  audit entry, JSON  2 most audit entries
-- Reply   names, each followed by its value
--         outcome  'acknowledged'; or, with nothing changed: 'present' (acknowledged before), 'none' (nothing was lost), 'full' (no room for
--                  another audit entry)
--         audit    of 'acknowledged' and 'present': number of the audit entry
local old = fieldsOf(KEYS[1], { 'n', 'epoch', 'run', 't', 'an', 'sl', 'rf', 'la' })
local open, audits = old.sl, number(old.an)
if not open then return { 'outcome', 'none' } end
if open == '' then return { 'outcome', 'present', 'audit', old.la } end
if audits >= tonumber(ARGV[2]) then return { 'outcome', 'full' } end

local writes, put = newWrites()
local function state(epoch, commit, views) return '{"epoch":' .. epoch .. ',"commit":' .. commit .. ',"views":' .. views .. '}' end
local a, b, c, d, e, f = string.match(open, '^(%d+) (%d+) (%d+) (%d+) (%d+) (%d+)')
audits = audits + 1
put('sl', '')
put('la', audits)
put('an', audits)
-- After a restore what was expected may be unknown: then the least of it, what was found, is noted in its place.
local restored = old.rf and old.rf ~= ''
local told = ',"found":' .. state(d, e, f)
if restored then told = told .. ',"restoredFrom":' .. old.rf end
if not restored or a ~= d or b ~= e or c ~= f then told = ',"expected":' .. state(a, b, c) .. told end
if restored then put('rf', '') end
put('a:' .. audits, string.sub(ARGV[1], 1, -2) .. told .. '}')
stampAfter(put, old)
call('HSET', KEYS[1], unpack(writes))
return { 'outcome', 'acknowledged', 'audit', tostring(audits) }
