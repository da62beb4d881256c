-- A partition's lease: {epoch, fence, node, until}. A lease that is over or released keeps its
-- epoch.

do
  -- KEYS: lease. ARGV: node, fence, time to live, an epoch to be above.
  register('acquire', function(keys, args)
    local now = now_ms()
    local held = call('HMGET', keys[1], 'fence', 'until')
    if held[1] and tonumber(held[2]) > now then
      return false
    end
    local epoch = math.max(tonumber(call('HGET', keys[1], 'epoch') or 0), tonumber(args[4])) + 1
    local till = text(now + args[3])
    call('HSET', keys[1], 'epoch', text(epoch), 'fence', args[2], 'node', args[1], 'until', till)
    return epoch
  end, { 'allow-oom' })

  local function holds(key, epoch, fence)
    local held = call('HMGET', key, 'epoch', 'fence')
    return held[1] == epoch and held[2] == fence
  end

  -- KEYS: lease. ARGV: epoch, fence, time to live.
  register('renew', function(keys, args)
    if not holds(keys[1], args[1], args[2]) then
      return 0
    end
    call('HSET', keys[1], 'until', text(now_ms() + args[3]))
    return 1
  end, { 'allow-oom' })

  -- KEYS: lease. ARGV: epoch, fence.
  register('release', function(keys, args)
    if holds(keys[1], args[1], args[2]) then
      call('HDEL', keys[1], 'fence', 'node', 'until')
    end
    return 1
  end, { 'allow-oom' })

  -- KEYS: lease. The node that holds it now.
  register('owner', function(keys)
    local held = call('HMGET', keys[1], 'node', 'until')
    return held[1] and tonumber(held[2]) > now_ms() and held[1]
  end, { 'no-writes' })
end
