-- Node records: a hash of id to the time that it is over, a space, and the record.

do
  local function till(value)
    return tonumber(string.sub(value, 1, string.find(value, ' ', 1, true) - 1))
  end

  -- KEYS: nodes. ARGV: id, record, time to live.
  register('node_renew', function(keys, args)
    local now = now_ms()
    local nodes = call('HGETALL', keys[1])
    for i = 1, #nodes, 2 do
      if till(nodes[i + 1]) <= now then
        call('HDEL', keys[1], nodes[i])
      end
    end
    call('HSET', keys[1], args[1], text(now + args[3]) .. ' ' .. args[2])
    return 1
  end, { 'allow-oom' })

  -- KEYS: nodes.
  register('nodes', function(keys)
    local now, live = now_ms(), {}
    local nodes = call('HGETALL', keys[1])
    for i = 1, #nodes, 2 do
      if till(nodes[i + 1]) > now then
        live[#live + 1] = string.sub(nodes[i + 1], string.find(nodes[i + 1], ' ', 1, true) + 1)
      end
    end
    return live
  end, { 'no-writes' })
end
