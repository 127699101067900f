-- What wrk sends: views as browsers send them, each with an id of its own, of one of 500 pages. A visitor shows five pages on average, among
-- 5,000 who read at the same time, and then another one comes. The sixth of their addresses is that of a proxy in front of the gateway.
--
-- Arguments: the path, a number that no other call of wrk has, POST or GET, and among how many sites: then the path has a %d for the site's
-- number. A GET has no body. The last line of the output is for the caller.

local PAGES, READERS, PAGES_EACH, ADDRESSES_EACH_CALL = 500, 5000, 5, 1000000
local AGENTS = {
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
  "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36",
}
local BODY = '{"page":"/tin-tuc?ItemID=%d","view":"%s-%010d"}'

local format, floor, random = string.format, math.floor, math.random
local threads = {}
local heads, call, first, isRead

function setup(thread)
  table.insert(threads, thread)
end

function init(arguments)
  made = 0
  call = format("load-%06d", tonumber(arguments[2]))
  first = tonumber(arguments[2]) * ADDRESSES_EACH_CALL
  isRead = arguments[3] == "GET"
  heads = {}
  for site = 1, tonumber(arguments[4]) do
    for _, agent in ipairs(AGENTS) do
      local head = {
        arguments[3] .. " " .. arguments[1]:gsub("%%d", site) .. " HTTP/1.1",
        "Host: " .. wrk.host .. ":" .. wrk.port,
        "User-Agent: " .. agent,
        "Accept: */*",
        "Accept-Language: vi-VN,vi;q=0.9",
      }
      if not isRead then
        head[#head + 1] = "Content-Type: text/plain"
        -- Every page and every id is as long as any other.
        head[#head + 1] = "Content-Length: " .. #format(BODY, 1000, call, 0)
      end
      head[#head + 1] = "X-Forwarded-For: "
      heads[#heads + 1] = table.concat(head, "\r\n")
    end
  end
end

function request()
  made = made + 1
  local reader = floor(made / PAGES_EACH) + random(READERS)
  local address = (first + reader) % 16777216
  return heads[reader % #heads + 1]
    .. format("10.%d.%d.%d\r\n\r\n", floor(address / 65536), floor(address / 256) % 256, address % 256)
    .. (isRead and "" or format(BODY, 999 + random(PAGES), call, made))
end

function done(summary, latency)
  local total = 0
  for _, thread in ipairs(threads) do
    total = total + thread:get("made")
  end
  local errors = summary.errors
  print(format("result %d %d %d %d %d %d %d %d", total, summary.requests, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout, summary.duration,
    latency:percentile(50), latency:percentile(99), latency.max))
end
