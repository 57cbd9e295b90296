package dev.ferrule.fleet.redis;

import static dev.ferrule.fleet.redis.RedisSession.ascii;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Certificates and reports of servers in a Redis, all of them sealed: it only carries bytes. Used
 * by one thread, which it blocks; the session is another's.
 */
public final class RedisRecords {
  /** The most bytes of a sealed certificate, with chain, key and OCSP response. */
  public static final int LARGEST_CERTIFICATE = 64 * 1024;

  /** The most certificates of a fleet. */
  public static final int MOST_CERTIFICATES = 64;

  private static final int LARGEST_REPORT = 2048;
  private static final int MOST_SERVERS = 1024;
  private static final int DIGITS = 16; // of a time

  /** How long a report is kept, in milliseconds. */
  public static final long KEPT = 60_000;

  private final RedisSession session;
  private final List<byte[]> certificates;
  private final List<byte[]> servers;

  /**
   * Asks for nothing yet.
   *
   * @param fleet what the names of the fleet's keys in Redis begin with
   */
  public RedisRecords(RedisSession session, String fleet) {
    this.session = session;
    this.certificates = List.of(ascii("{" + fleet + "}:certificates"));
    this.servers = List.of(ascii("{" + fleet + "}:servers"));
  }

  /** What stands in a place. */
  public enum Found {
    /** Nothing. */
    NOTHING,
    /** What was known already. */
    SAME,
    /** Something else. */
    OTHER,
    /** What is too large, or no certificate's place. */
    STRANGE
  }

  /**
   * What was read.
   *
   * @param found what stands there
   * @param sealed the bytes, of {@link Found#OTHER}
   */
  @SuppressWarnings("ArrayRecordComponent") // not compared
  public record Read(Found found, byte[] sealed) {}

  /**
   * A report.
   *
   * @param server whose
   * @param age how old it is, in milliseconds
   * @param sealed its bytes
   */
  @SuppressWarnings("ArrayRecordComponent") // not compared
  public record Report(String server, long age, byte[] sealed) {}

  /** Reads certificates; {@code known} has what is known of each name, null for nothing. */
  public List<Read> read(List<String> names, List<byte @Nullable []> known) {
    List<byte[]> arguments = new ArrayList<>(List.of(ascii(LARGEST_CERTIFICATE)));
    for (int i = 0; i < names.size(); i++) {
      byte[] value = known.get(i);
      arguments.add(ascii(names.get(i)));
      arguments.add(ascii(value == null ? "" : digest(value)));
    }
    List<Read> all = new ArrayList<>();
    try {
      List<?> answer = session.list(RecordScripts.READ, certificates, arguments);
      for (int i = 1; i < 2 * names.size(); i += 2) {
        all.add(new Read(found((Long) answer.get(i)), (byte[]) answer.get(i + 1)));
      }
      return all;
    } catch (ClassCastException | IndexOutOfBoundsException | NullPointerException e) {
      throw session.strange(e);
    }
  }

  private static Found found(long state) {
    return switch ((int) state) {
      case 0 -> Found.NOTHING;
      case 1 -> Found.SAME;
      case 2 -> Found.OTHER;
      default -> Found.STRANGE;
    };
  }

  /** The store's time, in milliseconds since 1970. */
  public long time() {
    try {
      List<?> answer =
          session.list(RecordScripts.READ, certificates, List.of(ascii(LARGEST_CERTIFICATE)));
      return (Long) answer.getFirst();
    } catch (ClassCastException | IndexOutOfBoundsException | NullPointerException e) {
      throw session.strange(e);
    }
  }

  /** The names of all certificates; none where there are too many. */
  public List<String> names() {
    try {
      List<?> answer =
          session.list(RecordScripts.NAMES, certificates, List.of(ascii(MOST_CERTIFICATES)));
      return answer.stream().map(each -> new String((byte[]) each, ISO_8859_1)).sorted().toList();
    } catch (ClassCastException | NullPointerException e) {
      throw session.strange(e);
    }
  }

  /**
   * Puts a certificate where exactly {@code before} stands: null for nothing, or for what is not of
   * ours.
   *
   * @return 1 when it did, 0 when another stands there, -1 when there are too many
   */
  public int replace(String name, byte @Nullable [] before, byte[] sealed) {
    Object answer =
        session.eval(
            RecordScripts.REPLACE,
            certificates,
            List.of(
                ascii(LARGEST_CERTIFICATE),
                ascii(MOST_CERTIFICATES),
                ascii(name),
                ascii(before == null ? "" : digest(before)),
                sealed));
    return answer instanceof Long number ? number.intValue() : 0;
  }

  /** Puts the report of a server; false when there are too many. */
  public boolean report(String server, byte[] sealed) {
    boolean looksForOld = ThreadLocalRandom.current().nextInt(64) == 0;
    return Long.valueOf(1)
        .equals(
            session.eval(
                RecordScripts.REPORT,
                servers,
                List.of(
                    ascii(LARGEST_REPORT),
                    ascii(MOST_SERVERS),
                    ascii(KEPT),
                    ascii(looksForOld ? 1 : 0),
                    ascii(server),
                    sealed)));
  }

  /** Takes the report of a server away. */
  public void gone(String server) {
    session.eval(RecordScripts.GONE, servers, List.of(ascii(server)));
  }

  /** The reports of all servers. */
  public List<Report> reports() {
    List<Report> all = new ArrayList<>();
    try {
      List<?> answer =
          session.list(
              RecordScripts.REPORTS, servers, List.of(ascii(LARGEST_REPORT), ascii(MOST_SERVERS)));
      long now = (Long) answer.getFirst();
      for (int i = 1; i + 1 < answer.size(); i += 2) {
        byte[] value = (byte[]) answer.get(i + 1);
        String server = new String((byte[]) answer.get(i), ISO_8859_1);
        int colon = 0;
        long time = 0;
        while (colon < Math.min(value.length, DIGITS)
            && value[colon] >= '0'
            && value[colon] <= '9') {
          time = time * 10 + value[colon++] - '0';
        }
        byte[] sealed = Arrays.copyOfRange(value, Math.min(colon + 1, value.length), value.length);
        all.add(new Report(server, Math.max(0, now - time), sealed));
      }
      return all;
    } catch (ClassCastException | IndexOutOfBoundsException | NullPointerException e) {
      throw session.strange(e);
    }
  }

  /** As Redis' scripts have it: it says whether a value is the same, and guards nothing. */
  private static String digest(byte[] value) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(value));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Java has no SHA-1", e);
    }
  }
}
