package dev.ferrule.ssl.records;

import dev.ferrule.spi.Buffers;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.spec.AlgorithmParameterSpec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Cipher;
import org.jspecify.annotations.Nullable;

/**
 * The ciphers of one loop for one suite. A cipher remembers the key schedule of the key that it had
 * last, so a connection keeps its pair as long as it is active; when there are as many pairs as
 * allowed, a connection that was idle loses its pair to one that is not (clock replacement). What
 * was not used for some time is dropped. A connection of a few records has no pair of its own, and
 * uses the one that all such share. Belongs to the loop's thread.
 */
final class CipherPool implements Buffers.Trimmed {
  /** The most pairs, some 1.4 KiB each. */
  static final int PAIRS = 1024;

  private static final byte[] NO_KEY = new byte[32];

  final RecordSuite suite;
  final KeySchedule schedule;
  final LentKey key;
  final byte[] nonce = new byte[RecordSuite.IV];
  final byte[] type = new byte[1];

  private final Buffers buffers;
  private final List<CipherPair> pairs = new ArrayList<>();
  final CipherPair common;
  private @Nullable RecordProtection sealer; // whose keys the common ciphers have
  private @Nullable RecordProtection opener;
  private final ArrayDeque<CipherPair> free = new ArrayDeque<>();
  private int hand;
  private long forgotten; // how often ciphers forgot a key

  /** The pools of a loop. */
  private static final class OfLoop {
    final Map<RecordSuite, CipherPool> pools = new EnumMap<>(RecordSuite.class);
  }

  private CipherPool(RecordSuite suite, Buffers buffers) {
    this.suite = suite;
    this.key = new LentKey(suite.algorithm());
    this.buffers = buffers;
    try {
      this.schedule = new KeySchedule(suite);
      this.common = new CipherPair(suite);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no " + suite, e);
    }
  }

  /** The pool of a loop. */
  static CipherPool of(Buffers buffers, RecordSuite suite) {
    return buffers
        .shared(OfLoop.class, OfLoop::new)
        .pools
        .computeIfAbsent(suite, _ -> new CipherPool(suite, buffers));
  }

  /** A cipher of the pair that connections of a few records share; it has anybody's keys. */
  Cipher common(RecordProtection user, boolean sealing) {
    if (sealing) {
      sealer = user;
      return common.sealing;
    }
    opener = user;
    return common.opening;
  }

  /** A pair for {@code owner}, whose ciphers know nothing of its keys. */
  CipherPair take(RecordProtection owner) throws GeneralSecurityException {
    CipherPair pair = free.pollLast();
    if (pair == null) {
      pair = pairs.size() < PAIRS ? add() : leastUsed();
    }
    pair.owner = owner;
    return pair;
  }

  private CipherPair add() throws GeneralSecurityException {
    CipherPair pair = new CipherPair(suite);
    if (pairs.isEmpty()) {
      buffers.trimLater(this);
    }
    pairs.add(pair);
    return pair;
  }

  private CipherPair leastUsed() {
    while (true) {
      CipherPair pair = pairs.get(hand);
      hand = (hand + 1) % pairs.size();
      if (!pair.used) {
        lose(pair);
        forget(pair);
        return pair;
      }
      pair.used = false;
    }
  }

  private static void lose(CipherPair pair) {
    RecordProtection owner = pair.owner;
    if (owner != null) {
      owner.pairLost();
      pair.owner = null;
    }
  }

  /** Takes back the pair of a connection that ends; its ciphers forget the keys. */
  void end(RecordProtection user, @Nullable CipherPair pair) {
    if (sealer == user || opener == user) {
      sealer = null;
      opener = null;
      forget(common); // also another's keys, which come back with its next record
    }
    if (pair != null) {
      pair.used = false;
      forget(pair);
      free.addLast(pair);
    }
  }

  private void forget(CipherPair pair) {
    pair.owner = null;
    try {
      // The JDK keeps the last key and nonce, and refuses the same again.
      ByteBuffer.wrap(nonce).putInt(0).putLong(++forgotten);
      AlgorithmParameterSpec other = suite.nonce(nonce);
      pair.opening.init(Cipher.DECRYPT_MODE, key.at(NO_KEY, 0, suite.key), other);
      pair.sealing.init(Cipher.ENCRYPT_MODE, key.at(NO_KEY, 0, suite.key), other);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the cipher refused a key of zeros", e);
    }
  }

  @Override
  public boolean trim() {
    free.clear();
    pairs.removeIf(pair -> {
      boolean idle = !pair.used;
      if (idle) {
        lose(pair);
      } else {
        pair.used = false;
      }
      return idle;
    });
    hand = 0;
    return !pairs.isEmpty();
  }

  /** How many pairs there are. */
  int size() {
    return pairs.size();
  }
}
