-- One commit, and reads of what it wrote.
--
-- A record is a hash: m = commit id (16 bytes) and version, p<number> = a part, l = what it lists,
-- h = the batch that came with its first commit; later batches are a list. A record that is closed
-- when it is made is one string, which holds the fields of that hash: a hash takes more room and
-- time. What a record lists is one string: open (1 byte, '0' or '1'), status (1), sort place (8),
-- digest of the index (16), digest of the group (16), entry.

do
  local COMMITTED, CONFLICT, FENCED, EARLY, GATED, GONE = 0, 1, 2, 3, 4, 5

  -- A record is listed under its index, and under its index and status. A member ends with key and
  -- entry; `encode.rs` says how they are told apart.
  local function members(listed, key)
    local index, status = string.sub(listed, 11, 26), string.sub(listed, 2, 2)
    local rest = string.sub(listed, 3, 10) .. string.gsub(key, '%z', '\0\255') .. '\0\1' ..
      string.sub(listed, 43)
    return 'a' .. index .. rest, 's' .. index .. status .. rest
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

  local function relist(list, open, key, old, new)
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
    end
  end

  -- The fields of a record that is one string, each followed by its value.
  local function unfold(whole)
    local fields, at = {}, 1
    while at <= #whole do
      fields[#fields + 1], at = struct.unpack('>I4c0', whole, at)
    end
    return fields
  end

  -- The values of two fields of a record, and, where it is one string, all of its fields.
  local function look(record, one, other)
    local found = redis.pcall('HMGET', record, one, other)
    if not found.err then
      return found[1], found[2]
    end
    local values, fields = {}, unfold(call('GET', record))
    for i = 1, #fields, 2 do
      values[fields[i]] = fields[i + 1]
    end
    return values[one], values[other], fields
  end

  local function put(record, fields)
    for first = 1, #fields, 1000 do
      call('HSET', record, unpack(fields, first, math.min(first + 999, #fields)))
    end
  end

  -- KEYS: lease, record, timers, list, open counts; history, outbox, triggers, trigger ids as far
  -- as they are needed.
  -- ARGV: epoch, fence, key, commit id, version ('' for none), not before, gate, trigger,
  -- timer ('' to keep, '-' to clear), listing, what to remove ('' for nothing): the outbox from,
  -- to; then five counts, each followed by its items: parts (field, body), deleted parts (field),
  -- retired (from, to), put (from, to, member), batches (body).
  local function commit(keys, args)
    local call = redis.call
    local lease, record, timers, list, open, history, outbox, triggers, ids = unpack(keys)
    local held = call('HMGET', lease, 'epoch', 'fence', args[7])
    if held[1] ~= args[1] or held[2] ~= args[2] then
      return { FENCED }
    end
    local key = args[3]
    local meta, listed, whole = look(record, 'm', 'l')
    local version = meta and string.sub(meta, 17) or ''
    if version ~= args[5] then
      return { CONFLICT, tonumber(version) or -1 }
    end
    local now = now_ms()
    if args[6] ~= '' and now < tonumber(args[6]) then
      return { EARLY, now }
    end
    if held[3] then
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
      relist(list, open, key, listed, false)
      call('UNLINK', record, history)
      call('ZREM', timers, key)
      call('ZREMRANGEBYLEX', outbox, args[11], args[12])
      return { COMMITTED, now }
    end
    if whole then
      call('DEL', record)
      put(record, whole)
    end
    if args[9] == '-' then
      call('ZREM', timers, key)
    elseif args[9] ~= '' then
      call('ZADD', timers, args[9], key)
    end
    local fields = { 'm', args[4] .. text((tonumber(version) or 0) + 1) }
    if args[10] ~= '' then
      relist(list, open, key, listed, args[10])
      fields[3], fields[4] = 'l', args[10]
    end

    local at = 13
    for i = at + 1, at + 2 * args[at] do
      fields[#fields + 1] = args[i]
    end
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
      if meta then
        call('RPUSH', history, args[i])
      else
        fields[#fields + 1], fields[#fields + 2] = 'h', args[i]
      end
    end
    put(record, fields)
    return { COMMITTED, now }
  end

  -- Short of memory, the server refuses the first and runs the second: what has begun can end.
  register('create', commit, {})
  register('advance', commit, { 'allow-oom' })

  -- A record that is closed when it is made, and whose only effects are its timer and its listing.
  -- KEYS: lease, record, timers, list.
  -- ARGV: epoch, fence, key, not before, gate, timer ('' for none), its two members of the list,
  -- the record.
  register('create_closed', function(keys, args)
    -- The shortest function of all is the one that runs most.
    local call = redis.call
    local held = call('HMGET', keys[1], 'epoch', 'fence', args[5])
    if held[1] ~= args[1] or held[2] ~= args[2] then
      return { FENCED }
    end
    if call('EXISTS', keys[2]) == 1 then
      local meta = look(keys[2], 'm', 'l')
      return { CONFLICT, tonumber(string.sub(meta, 17)) }
    end
    local now = now_ms()
    if args[4] ~= '' and now < tonumber(args[4]) then
      return { EARLY, now }
    end
    if held[3] then
      return { GATED }
    end
    if args[6] ~= '' then
      call('ZADD', keys[3], args[6], args[3])
    end
    call('ZADD', keys[4], 0, args[7], 0, args[8])
    call('SET', keys[2], args[9])
    return { COMMITTED, now }
  end, {})

  -- The fields, or the one string that has them; and the number of batches in the list.
  local function load(keys)
    local fields = redis.pcall('HGETALL', keys[1])
    return { fields.err and call('GET', keys[1]) or fields, call('LLEN', keys[2]) }
  end

  -- KEYS: record, history.
  register('load', load, { 'no-writes' })

  -- KEYS: record, history, a mark that replicas can be waited for by.
  register('load_marked', function(keys)
    call('SET', keys[3], '')
    return load(keys)
  end, { 'allow-oom' })

  local function history(keys, args)
    local from, to = tonumber(args[1]), tonumber(args[2])
    local first = look(keys[1], 'h', 'm')
    if not first then
      return call('LRANGE', keys[2], args[1], args[2])
    end
    -- It is not in the list.
    local found = to > 0 and call('LRANGE', keys[2], text(math.max(from - 1, 0)), text(to - 1)) or {}
    if from == 0 then
      table.insert(found, 1, first)
    end
    return found
  end

  -- KEYS: record, history. ARGV: number of the first batch, of the last.
  register('history', history, { 'no-writes' })

  -- KEYS: record, history, a mark as above. ARGV: as above.
  register('history_marked', function(keys, args)
    call('SET', keys[3], '')
    return history(keys, args)
  end, { 'allow-oom' })

  -- KEYS: triggers, trigger ids. ARGV: id, body.
  register('append', function(keys, args)
    if call('HEXISTS', keys[2], args[1]) == 0 then
      local place = call('XADD', keys[1], '*', 'i', args[1], 'b', args[2])
      call('HSET', keys[2], args[1], place)
    end
    return 1
  end, { 'allow-oom' })
end
