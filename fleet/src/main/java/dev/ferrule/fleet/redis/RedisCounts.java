package dev.ferrule.fleet.redis;

import static dev.ferrule.fleet.redis.RedisSession.ascii;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ferrule.fleet.limits.CountStore;
import dev.ferrule.fleet.limits.LimitRules;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.SecretKey;

/**
 * Counters in a Redis, in the session of a {@link RedisStore}. An address is a field that only
 * those can name who have the fleet's secret. Used by one thread, which it blocks.
 */
public final class RedisCounts implements CountStore {
  private static final int NAME_BYTES = 12;
  private static final int MOST_FIELDS = 65_536;

  private final RedisSession session;
  private final String place;
  private final Mac names;
  private final LimitRules rules;

  /**
   * Counters.
   *
   * @param fleet what the names of the fleet's keys in Redis begin with
   * @param naming the key by which addresses become names
   */
  public RedisCounts(RedisSession session, String fleet, SecretKey naming, LimitRules rules) {
    this.session = session;
    this.place = "{" + fleet + "}:counts:" + rules.most() + "-" + rules.time();
    this.rules = rules;
    try {
      names = Mac.getInstance("HmacSHA256");
      names.init(naming);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Java has no HMAC-SHA-256", e);
    }
  }

  @Override
  public Answer add(List<Count> counts) {
    List<byte[]> arguments = new ArrayList<>();
    arguments.add(ascii(rules.window()));
    arguments.add(ascii(rules.most()));
    arguments.add(ascii(MOST_FIELDS));
    for (Count each : counts) {
      arguments.add(name(each.address()));
      arguments.add(ascii(each.more()));
    }
    List<?> answer = session.list(Scripts.COUNT, List.of(ascii(place)), arguments);
    try {
      List<Sum> sums = new ArrayList<>();
      for (int i = 0; i < counts.size(); i++) {
        long used = (Long) answer.get(3 + 3 * i);
        sums.add(
            new Sum((Long) answer.get(1 + 3 * i), (Long) answer.get(2 + 3 * i), used / 1000.0));
      }
      return new Answer((Long) answer.get(0), sums);
    } catch (ClassCastException | IndexOutOfBoundsException e) {
      throw session.strange(e);
    }
  }

  private byte[] name(long address) {
    byte[] code = names.doFinal(ByteBuffer.allocate(Long.BYTES).putLong(address).array());
    byte[] first = Arrays.copyOf(code, NAME_BYTES);
    return Base64.getUrlEncoder().encodeToString(first).getBytes(US_ASCII);
  }
}
