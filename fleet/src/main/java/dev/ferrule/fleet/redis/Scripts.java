package dev.ferrule.fleet.redis;

/**
 * What Redis does for a fleet, each at once (Lua). {@code KEYS[1]} is the hash of generations: the
 * field is a name, the value when it was put, a colon, and the sealed key. {@code KEYS[2]} is the
 * lease, whose value nobody else has.
 */
final class Scripts {
  /** Redis' own time, in milliseconds since 1970. */
  static final String NOW =
      """
      local clock = redis.call('TIME')
      local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
      """;

  /** {@code ARGV}: the most fields, the most bytes of a value. Gives: time, 1 if intact, hash. */
  static final String READ =
      NOW
          + """
          local kind = redis.call('TYPE', KEYS[1]).ok
          if kind == 'none' then return {now, 1} end
          if kind ~= 'hash' or redis.call('HLEN', KEYS[1]) > tonumber(ARGV[1]) then
            return {now, 0}
          end
          local answer = {now, 1}
          for _, name in ipairs(redis.call('HKEYS', KEYS[1])) do
            if #name > 64 or redis.call('HSTRLEN', KEYS[1], name) > tonumber(ARGV[2]) then
              return {now, 0}
            end
            answer[#answer + 1] = name
            answer[#answer + 1] = redis.call('HGET', KEYS[1], name)
          end
          return answer
          """;

  /**
   * {@code ARGV}: the owner, milliseconds. Gives a token, or nothing when it is taken. A lease that
   * never ends is none of ours.
   */
  static final String LEASE =
      """
      local left = redis.call('PTTL', KEYS[2])
      if left == -1 or left > 600000 then redis.call('DEL', KEYS[2]) end
      local clock = redis.call('TIME')
      local token = string.format('%.0f', clock[1] * 1000000 + clock[2])
      if redis.call('SET', KEYS[2], token .. ' ' .. ARGV[1], 'NX', 'PX', ARGV[2]) then
        return token
      end
      return false
      """;

  /**
   * {@code ARGV}: the lease's value, whether to clear, notice, how long the hash lives, how many
   * new generations, each with activation, name and sealed; how many restored ones, each with name
   * and sealed; names to remove. Gives 1, or 0 when nothing was written.
   */
  static final String WRITE =
      NOW
          + """
          if redis.call('TYPE', KEYS[2]).ok ~= 'string'
              or redis.call('GET', KEYS[2]) ~= ARGV[1] then
            return 0
          end
          local at = 6
          for i = 1, tonumber(ARGV[5]) do
            if tonumber(ARGV[at]) < now + tonumber(ARGV[3]) then return 0 end
            at = at + 3
          end
          if ARGV[2] == '1' then redis.call('DEL', KEYS[1]) end
          local put = string.format('%.0f', now) .. ':'
          at = 6
          for i = 1, tonumber(ARGV[5]) do
            redis.call('HSET', KEYS[1], ARGV[at + 1], put .. ARGV[at + 2])
            at = at + 3
          end
          local restored = tonumber(ARGV[at])
          at = at + 1
          for i = 1, restored do
            redis.call('HSET', KEYS[1], ARGV[at], put .. ARGV[at + 1])
            at = at + 2
          end
          while at <= #ARGV do
            redis.call('HDEL', KEYS[1], ARGV[at])
            at = at + 1
          end
          redis.call('PEXPIRE', KEYS[1], ARGV[4])
          redis.call('DEL', KEYS[2])
          return 1
          """;

  /**
   * Adds to counters; {@code KEYS[1]} and the number of a window are the name of its hash, a value
   * is what was counted in the window, what is in use (in thousandths), and when that was so.
   * {@code ARGV}: the length of a window, how many are paid back in it, the most fields, then each
   * field and what is added. Gives: the window, and for each field what was counted in the window
   * before, and in this one, and what is in use. A value of another form counts as none.
   */
  static final String COUNT =
      NOW
          + """
          local length, paid = tonumber(ARGV[1]), tonumber(ARGV[2])
          local window = math.floor(now / length)
          local function place(number)
            local key = KEYS[1] .. ':' .. string.format('%.0f', number)
            local kind = redis.call('TYPE', key).ok
            if kind ~= 'hash' and kind ~= 'none' then redis.call('DEL', key) end
            return key
          end
          local before, present = place(window - 1), place(window)
          local function value(key, field)
            if redis.call('HSTRLEN', key, field) > 48 then return nil, 0 end
            local count, used, at =
              string.match(redis.call('HGET', key, field) or '', '^(%-?%d+) (%d+) (%d+)$')
            if not count then return nil, 0 end
            local since = math.max(0, now - tonumber(at))
            used = math.max(0, math.min(1e12, tonumber(used)) - since * 1000 * paid / length)
            return math.max(-1e12, math.min(1e12, tonumber(count))), used
          end
          local room = tonumber(ARGV[3]) - redis.call('HLEN', present)
          local answer = {window}
          for i = 4, #ARGV, 2 do
            local field, more = ARGV[i], tonumber(ARGV[i + 1])
            local last, unpaid = value(before, field)
            local count, used = value(present, field)
            used = math.max(used, unpaid)
            if more ~= 0 and (count or room > 0) then
              if not count then room = room - 1 end
              count = (count or 0) + more
              used = math.max(0, used + 1000 * more)
              redis.call('HSET', present, field, string.format('%.0f %.0f %.0f', count, used, now))
            end
            answer[#answer + 1] = last or 0
            answer[#answer + 1] = count or 0
            answer[#answer + 1] = used
          end
          redis.call('PEXPIRE', present, 3 * length)
          return answer
          """;

  private Scripts() {}
}
