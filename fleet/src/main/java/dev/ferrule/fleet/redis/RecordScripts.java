package dev.ferrule.fleet.redis;

/**
 * What Redis does for certificates and reports of servers, each at once (Lua). {@code KEYS[1]} is a
 * hash. Certificates: the field is a name, the value is sealed. Reports: the field is a server, the
 * value when it reported, a colon, and its sealed report.
 */
final class RecordScripts {
  /**
   * {@code ARGV}: the most bytes of a value, then names, each with the SHA-1 of the value that is
   * known. Gives the time, then for each name a number and the value: 0 there is none, 1 it is the
   * known one, 2 another, 3 nothing of ours.
   */
  static final String READ =
      Scripts.NOW
          + """
          local kind = redis.call('TYPE', KEYS[1]).ok
          local answer = {now}
          for i = 2, #ARGV, 2 do
            local state, value = 0, ''
            if kind == 'hash' then
              local length = redis.call('HSTRLEN', KEYS[1], ARGV[i])
              if length > tonumber(ARGV[1]) then
                state = 3
              elseif length > 0 then
                value = redis.call('HGET', KEYS[1], ARGV[i])
                if redis.sha1hex(value) == ARGV[i + 1] then
                  state, value = 1, ''
                else
                  state = 2
                end
              end
            elseif kind ~= 'none' then
              state = 3
            end
            answer[#answer + 1] = state
            answer[#answer + 1] = value
          end
          return answer
          """;

  /**
   * {@code ARGV}: the most bytes, the most fields, a name, the SHA-1 of the value that is to be
   * replaced, or an empty text for none and for what is not of ours, and the value. Gives 1, 0 when
   * another stands there, or -1 when there are too many.
   */
  static final String REPLACE =
      """
      local kind = redis.call('TYPE', KEYS[1]).ok
      if kind ~= 'none' and kind ~= 'hash' then
        redis.call('DEL', KEYS[1])
      end
      local length = redis.call('HSTRLEN', KEYS[1], ARGV[3])
      local known = ''
      if length > 0 and length <= tonumber(ARGV[1]) then
        known = redis.sha1hex(redis.call('HGET', KEYS[1], ARGV[3]))
      end
      if known ~= ARGV[4] then return 0 end
      if length == 0 and redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[2]) then return -1 end
      redis.call('HSET', KEYS[1], ARGV[3], ARGV[5])
      return 1
      """;

  /** {@code ARGV}: the most fields. Gives the names; none where there are more. */
  static final String NAMES =
      """
      if redis.call('TYPE', KEYS[1]).ok ~= 'hash'
          or redis.call('HLEN', KEYS[1]) > tonumber(ARGV[1]) then
        return {}
      end
      return redis.call('HKEYS', KEYS[1])
      """;

  /**
   * {@code ARGV}: the most bytes, the most fields, milliseconds that a report is kept, 1 to look
   * for old ones, a server, its report. Gives 1, or 0 when there are too many.
   */
  static final String REPORT =
      Scripts.NOW
          + """
          local kind = redis.call('TYPE', KEYS[1]).ok
          if kind ~= 'none' and (kind ~= 'hash'
              or redis.call('HLEN', KEYS[1]) > 2 * tonumber(ARGV[2])) then
            redis.call('DEL', KEYS[1])
          end
          local full = redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[2])
          if full or ARGV[4] == '1' then
            for _, name in ipairs(redis.call('HKEYS', KEYS[1])) do
              local length = redis.call('HSTRLEN', KEYS[1], name)
              local at = nil
              if length <= tonumber(ARGV[1]) then
                at = tonumber(string.match(redis.call('HGET', KEYS[1], name), '^(%d+):'))
              end
              if not at or at > now or at + tonumber(ARGV[3]) < now then
                redis.call('HDEL', KEYS[1], name)
              end
            end
            full = redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[2])
          end
          if full and redis.call('HSTRLEN', KEYS[1], ARGV[5]) == 0 then return 0 end
          redis.call('HSET', KEYS[1], ARGV[5], string.format('%.0f', now) .. ':' .. ARGV[6])
          redis.call('PEXPIRE', KEYS[1], ARGV[3])
          return 1
          """;

  /**
   * {@code ARGV}: the most bytes, the most fields. Gives the time, and what {@link Scripts#READ}
   * does.
   */
  static final String REPORTS =
      Scripts.NOW
          + """
          local answer = {now}
          if redis.call('TYPE', KEYS[1]).ok ~= 'hash'
              or redis.call('HLEN', KEYS[1]) > 2 * tonumber(ARGV[2]) then
            return answer
          end
          for _, name in ipairs(redis.call('HKEYS', KEYS[1])) do
            if #name <= 128 and redis.call('HSTRLEN', KEYS[1], name) <= tonumber(ARGV[1]) then
              answer[#answer + 1] = name
              answer[#answer + 1] = redis.call('HGET', KEYS[1], name)
            end
          end
          return answer
          """;

  /** {@code ARGV}: a server, which says goodbye. */
  static final String GONE =
      """
      if redis.call('TYPE', KEYS[1]).ok == 'hash' then redis.call('HDEL', KEYS[1], ARGV[1]) end
      return 1
      """;

  private RecordScripts() {}
}
