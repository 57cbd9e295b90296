package dev.ferrule.openssl;

import java.lang.invoke.MethodHandles;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Counts objects as OpenSSL itself makes and frees them, by the callbacks of their extra data
 * (CRYPTO_get_ex_new_index(3)), until it is closed. Those that were made before do not count. One
 * at a time; OpenSSL calls it on any thread.
 */
final class NativeObjects implements AutoCloseable {
  /** What is counted, with its number of CRYPTO_EX_INDEX. */
  enum Kind {
    SSL(0),
    SSL_CTX(1),
    SSL_SESSION(2),
    X509(3),
    BIO(12);

    private final int number;

    Kind(int number) {
      this.number = number;
    }

    static Kind of(long number) {
      return Stream.of(values()).filter(each -> each.number == number).findFirst().orElseThrow();
    }
  }

  private static final class Count {
    final Map<Long, Boolean> live = new ConcurrentHashMap<>(); // by address; false: it was freed
    final AtomicLong made = new AtomicLong();
    final AtomicLong wrong = new AtomicLong();
    int index;
  }

  // void cb(void *parent, void *ptr, CRYPTO_EX_DATA *ad, int idx, long argl, void *argp)
  private static final long MADE = Calls.stub(MethodHandles.lookup(), "made");
  private static final long FREED = Calls.stub(MethodHandles.lookup(), "freed");

  private static volatile Map<Kind, Count> counts = Map.of();

  private NativeObjects() {}

  static NativeObjects count() {
    Map<Kind, Count> all = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      all.put(kind, new Count());
    }
    counts = all;
    // int CRYPTO_get_ex_new_index(int class_index, long argl, void *argp, CRYPTO_EX_new *new_func,
    //     CRYPTO_EX_dup *dup_func, CRYPTO_EX_free *free_func)
    var register = Calls.of("CRYPTO_get_ex_new_index");
    all.forEach((kind, count) ->
        count.index = (int) Calls.call(register, kind.number, kind.number, 0, MADE, 0, FREED));
    return new NativeObjects();
  }

  @SuppressWarnings("unused") // a stub
  private static long made(long object, long b, long c, long d, long kind, long f) {
    Count count = counts.get(Kind.of(kind));
    if (count != null) {
      count.made.incrementAndGet();
      if (Boolean.TRUE.equals(count.live.put(object, true))) {
        count.wrong.incrementAndGet(); // its memory was freed, and it was not
      }
    }
    return 1;
  }

  @SuppressWarnings("unused") // a stub
  private static long freed(long object, long b, long c, long d, long kind, long f) {
    Count count = counts.get(Kind.of(kind));
    if (count != null && Boolean.FALSE.equals(count.live.replace(object, false))) {
      count.wrong.incrementAndGet(); // once more
    }
    return 0;
  }

  /** How many were made. */
  long made(Kind kind) {
    return counts.get(kind).made.get();
  }

  /** How many of those are not freed yet. */
  long live(Kind kind) {
    return counts.get(kind).live.values().stream().filter(live -> live).count();
  }

  /** How many were freed more than once, or not by their own function. */
  long wrong(Kind kind) {
    return counts.get(kind).wrong.get();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Kind kind : Kind.values()) {
      text.append(
          "%s: %,d made, %,d live, %,d wrong; "
              .formatted(kind, made(kind), live(kind), wrong(kind)));
    }
    return text.toString();
  }

  @Override
  public void close() {
    // int CRYPTO_free_ex_index(int class_index, int idx)
    var unregister = Calls.of("CRYPTO_free_ex_index");
    counts.forEach((kind, count) -> Calls.call(unregister, kind.number, count.index));
  }
}
