-- A task queue: a stream with the consumer group w, a consumer a node; the place of each id in the
-- stream; and the queue's generation. The queues of a tag share a wake stream of queue names: it
-- may be trimmed, since it carries hints, the task streams never.

do
  local MOST_WAKES = 1024
  local MOST_RECLAIMED = 500

  local function wake(stream, queue)
    call('XADD', stream, 'MAXLEN', '~', MOST_WAKES, '*', 'q', queue)
  end

  local function forget(stream, ids, id, place)
    call('XACK', stream, 'w', place)
    call('XDEL', stream, place)
    call('HDEL', ids, id)
  end

  -- Acknowledges and adds again; whether the task was there.
  local function give_back(stream, ids, place)
    local found = call('XRANGE', stream, place, place)[1]
    call('XACK', stream, 'w', place)
    call('XDEL', stream, place)
    if found then
      local task = found[2]
      call('HSET', ids, task[2], call('XADD', stream, '*', unpack(task)))
    end
    return found
  end

  -- KEYS: stream, ids, generation, wakes. ARGV: queue, a new generation, then id and body of each.
  register('push', function(keys, args)
    local stream, ids = keys[1], keys[2]
    local generation = call('GET', keys[3])
    if not generation then
      generation = args[2]
      call('DEL', stream, ids)
      call('XGROUP', 'CREATE', stream, 'w', '0', 'MKSTREAM')
      call('SET', keys[3], generation)
    end
    local added = false
    for i = 3, #args, 2 do
      if call('HEXISTS', ids, args[i]) == 0 then
        call('HSET', ids, args[i], call('XADD', stream, '*', 'i', args[i], 'b', args[i + 1]))
        added = true
      end
    end
    if added then
      wake(keys[4], args[1])
    end
    return generation
  end, { 'allow-oom' })

  -- KEYS: stream, ids. ARGV: ids.
  register('finish', function(keys, args)
    for _, id in ipairs(args) do
      local place = call('HGET', keys[2], id)
      if place then
        forget(keys[1], keys[2], id, place)
      end
    end
    return 1
  end, { 'allow-oom' })

  -- KEYS: stream, ids, wakes. ARGV: queue, then ids.
  register('give_back', function(keys, args)
    local given = false
    for i = 2, #args do
      local place = call('HGET', keys[2], args[i])
      if place and #call('XPENDING', keys[1], 'w', place, place, 1) > 0 then
        give_back(keys[1], keys[2], place)
        given = true
      end
    end
    if given then
      wake(keys[3], args[1])
    end
    return 1
  end, { 'allow-oom' })

  -- KEYS: stream, ids, wakes. ARGV: queue, then the nodes that are alive. Answers how many tasks
  -- it gave back, and whether there is more to do.
  register('reclaim', function(keys, args)
    if call('EXISTS', keys[1]) == 0 then
      return { 0, 0 }
    end
    local live, given, more = {}, 0, 0
    for i = 2, #args do
      live[args[i]] = true
    end
    for _, consumer in ipairs(call('XINFO', 'CONSUMERS', keys[1], 'w')) do
      local name = consumer[2]
      if not live[name] and given < MOST_RECLAIMED then
        local claims = call('XPENDING', keys[1], 'w', '-', '+', MOST_RECLAIMED, name)
        for _, claim in ipairs(claims) do
          if give_back(keys[1], keys[2], claim[1]) then
            given = given + 1
          end
        end
        if #claims < MOST_RECLAIMED then
          call('XGROUP', 'DELCONSUMER', keys[1], 'w', name)
        end
      end
      if given >= MOST_RECLAIMED then
        more = 1
      end
    end
    if given > 0 then
      wake(keys[3], args[1])
    end
    return { given, more }
  end, { 'allow-oom' })

  -- KEYS: stream, ids, generation, wakes. ARGV: queue.
  register('drop', function(keys, args)
    if call('UNLINK', keys[1], keys[2], keys[3]) > 0 then
      wake(keys[4], args[1])
    end
    return 1
  end, { 'allow-oom' })
end
