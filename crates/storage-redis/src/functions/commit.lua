-- One commit, and reads of what it wrote.
--
-- A record is a hash: m = commit id (16 bytes) and version, p<number> = a part. Its history is a
-- list of batches. What it lists is one string: open (1 byte, '0' or '1'), status (1), sort place
-- (8), digest of the index (16), digest of the group (16), entry.

do
  local COMMITTED, CONFLICT, FENCED, EARLY, GATED, GONE = 0, 1, 2, 3, 4, 5

  -- A record is listed under its index, and under its index and status.
  local function members(listed, key)
    local index, sort = string.sub(listed, 11, 26), string.sub(listed, 3, 10)
    return 'a' .. index .. sort .. key, 's' .. index .. string.sub(listed, 2, 2) .. sort .. key
  end

  local function count(open, listed, by)
    if string.sub(listed, 1, 1) == '1' then
      for _, counter in ipairs({ string.sub(listed, 11, 26), string.sub(listed, 27, 42) }) do
        if call('HINCRBY', open, counter, by) == 0 then
          call('HDEL', open, counter)
        end
      end
    end
  end

  local function relist(list, entry, open, key, old, new)
    if old == new then
      return
    end
    if old then
      call('ZREM', list, members(old, key))
      count(open, old, -1)
    end
    if new then
      local all, by_status = members(new, key)
      call('ZADD', list, 0, all, 0, by_status)
      count(open, new, 1)
      call('HSET', entry, key, new)
    else
      call('HDEL', entry, key)
    end
  end

  -- KEYS: lease, record, history, timers, list, entries, open counts, closed gates, outbox,
  -- triggers, trigger ids.
  -- ARGV: epoch, fence, key, commit id, version ('' for none), not before, gate, trigger,
  -- timer ('' to keep, '-' to clear), listing, what to remove ('' for nothing): the outbox from,
  -- to; then five counts, each followed by its items: parts (field, body), deleted parts (field),
  -- retired (from, to), put (from, to, member), batches (body).
  local function commit(keys, args)
    local lease, record, history, timers, list, entry, open, closed, outbox, triggers, ids =
      unpack(keys)
    local held = call('HMGET', lease, 'epoch', 'fence')
    if held[1] ~= args[1] or held[2] ~= args[2] then
      return { FENCED }
    end
    local key = args[3]
    local meta = call('HGET', record, 'm')
    local version = meta and string.sub(meta, 17) or ''
    if version ~= args[5] then
      return { CONFLICT, tonumber(version) or -1 }
    end
    local now = now_ms()
    if args[6] ~= '' and now < tonumber(args[6]) then
      return { EARLY, now }
    end
    if args[7] ~= '' and call('SISMEMBER', closed, args[7]) == 1 then
      return { GATED }
    end
    local trigger = args[8] ~= '' and call('HGET', ids, args[8])
    if args[8] ~= '' and not trigger then
      return { GONE }
    end

    if trigger then
      call('XDEL', triggers, trigger)
      call('HDEL', ids, args[8])
    end
    if args[11] ~= '' then
      relist(list, entry, open, key, call('HGET', entry, key), false)
      call('UNLINK', record, history)
      call('ZREM', timers, key)
      call('ZREMRANGEBYLEX', outbox, args[11], args[12])
      return { COMMITTED, now }
    end
    if args[9] == '-' then
      call('ZREM', timers, key)
    elseif args[9] ~= '' then
      call('ZADD', timers, args[9], key)
    end
    if args[10] ~= '' then
      -- A new record was listed nowhere.
      relist(list, entry, open, key, meta and call('HGET', entry, key), args[10])
    end

    local at = 13
    local fields = { 'm', args[4] .. text((tonumber(version) or 0) + 1) }
    for i = at + 1, at + 2 * args[at], 2 do
      fields[#fields + 1] = args[i]
      fields[#fields + 1] = args[i + 1]
      if #fields >= 1000 then
        call('HSET', record, unpack(fields))
        fields = { fields[1], fields[2] }
      end
    end
    call('HSET', record, unpack(fields))
    at = at + 1 + 2 * args[at]
    for i = at + 1, at + args[at] do
      call('HDEL', record, args[i])
    end
    at = at + 1 + args[at]
    for i = at + 1, at + 2 * args[at], 2 do
      call('ZREMRANGEBYLEX', outbox, args[i], args[i + 1])
    end
    at = at + 1 + 2 * args[at]
    for i = at + 1, at + 3 * args[at], 3 do
      -- A new record has none to replace.
      if meta then
        call('ZREMRANGEBYLEX', outbox, args[i], args[i + 1])
      end
      call('ZADD', outbox, 0, args[i + 2])
    end
    at = at + 1 + 3 * args[at]
    for i = at + 1, at + args[at] do
      call('RPUSH', history, args[i])
    end
    return { COMMITTED, now }
  end

  -- Short of memory, the server refuses the first and runs the second: what has begun can end.
  register('create', commit, {})
  register('advance', commit, { 'allow-oom' })

  local function load(keys)
    return { call('HGETALL', keys[1]), call('LLEN', keys[2]) }
  end

  -- KEYS: record, history.
  register('load', load, { 'no-writes' })

  -- KEYS: record, history, a mark that replicas can be waited for by.
  register('load_marked', function(keys)
    call('SET', keys[3], '')
    return load(keys)
  end, { 'allow-oom' })

  -- KEYS: history, a mark as above. ARGV: first and last place.
  register('history_marked', function(keys, args)
    call('SET', keys[2], '')
    return call('LRANGE', keys[1], args[1], args[2])
  end, { 'allow-oom' })

  -- KEYS: list, entries. ARGV: from, to, limit, where the key starts in a member.
  register('list', function(keys, args)
    local found = call('ZRANGEBYLEX', keys[1], args[1], args[2], 'LIMIT', 0, args[3])
    local names = {}
    for i = 1, #found do
      names[i] = string.sub(found[i], args[4])
    end
    return { found, hmget(keys[2], names) }
  end, { 'no-writes' })

  -- KEYS: triggers, trigger ids. ARGV: id, body.
  register('append', function(keys, args)
    if call('HEXISTS', keys[2], args[1]) == 0 then
      local place = call('XADD', keys[1], '*', 'i', args[1], 'b', args[2])
      call('HSET', keys[2], args[1], place)
    end
    return 1
  end, { 'allow-oom' })
end
