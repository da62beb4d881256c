-- Control records of a group: a counter of versions, versions and values by key, and the keys in
-- the order of their bytes.

do
  -- KEYS: counter, versions, values, names. ARGV, for each change: key, expected version ('' for
  -- any, '-' for none), change ('k' keep, 'p' put, 'd' delete), value.
  register('control_write', function(keys, args)
    local counter, versions, values, names = unpack(keys)
    for i = 1, #args, 4 do
      if args[i + 1] ~= '' then
        local version = call('HGET', versions, args[i])
        if (version or '-') ~= args[i + 1] then
          return { 0, (i - 1) / 4, tonumber(version or -1) }
        end
      end
    end
    local version = call('INCR', counter)
    for i = 1, #args, 4 do
      local key = args[i]
      if args[i + 2] == 'p' then
        call('HSET', versions, key, text(version))
        call('HSET', values, key, args[i + 3])
        call('ZADD', names, 0, key)
      elseif args[i + 2] == 'd' then
        call('HDEL', versions, key)
        call('HDEL', values, key)
        call('ZREM', names, key)
      end
    end
    return { 1, version }
  end, {})

  local function get(keys, args)
    return { call('HGET', keys[1], args[1]), call('HGET', keys[2], args[1]) }
  end

  -- KEYS: versions, values. ARGV: key.
  register('control_get', get, { 'no-writes' })

  -- KEYS: versions, values, a mark that replicas can be waited for by. ARGV: key.
  register('control_get_marked', function(keys, args)
    call('SET', keys[3], '')
    return get(keys, args)
  end, { 'allow-oom' })

  -- KEYS: versions, values, names. ARGV: from, to, limit.
  register('control_list', function(keys, args)
    local found = call('ZRANGEBYLEX', keys[3], args[1], args[2], 'LIMIT', 0, args[3])
    return { found, hmget(keys[1], found), hmget(keys[2], found) }
  end, { 'no-writes' })
end
