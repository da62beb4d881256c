-- Shared by the functions below. Scripts don't roll back: each function looks at everything first
-- and writes when nothing can refuse any more.

-- Most names are there only while a function runs, not while the library is loaded: there is no
-- redis.call or string.sub to keep a reference to.
local function call(...)
  return redis.call(...)
end

local function now_ms()
  local time = call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function text(number)
  return string.format('%.0f', number)
end

-- HMGET of any number of fields, within what Lua's stack takes.
local function hmget(hash, fields)
  local values = {}
  for first = 1, #fields, 1000 do
    local some = call('HMGET', hash, unpack(fields, first, math.min(first + 999, #fields)))
    for i = 1, #some do
      values[first + i - 1] = some[i]
    end
  end
  return values
end

local function register(name, callback, flags)
  redis.register_function{ function_name = PREFIX .. name, callback = callback, flags = flags }
end
