package dev.ferrule.cli.check;

import dev.ferrule.cli.check.ServerAnswer.Chosen;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The certificates of all answers of a server: equal ones are kept once, and so many at most, for a
 * server may show others on each connection. Any thread.
 */
final class KeptChains {
  static final int MOST = 50;
  private static final int MOST_BYTES = 2 * 1024 * 1024;

  private final Map<List<ByteBuffer>, Chosen> kept = new HashMap<>();
  private long bytes;
  private boolean leftOut;

  /** The answer, without its certificates where there is no room for more. */
  synchronized Chosen keep(Chosen answer) {
    if (answer.chain().isEmpty() && answer.staples().isEmpty()) {
      return answer;
    }
    List<ByteBuffer> key = new ArrayList<>();
    answer.chain().forEach(each -> key.add(ByteBuffer.wrap(each)));
    key.add(ByteBuffer.allocate(0)); // so that no staple is taken for a certificate
    answer.staples().forEach(each -> key.add(ByteBuffer.wrap(each)));
    Chosen before = kept.get(key);
    if (before != null) {
      return answer.with(before.chain(), before.staples());
    }
    long size = key.stream().mapToLong(ByteBuffer::remaining).sum();
    if (kept.size() >= MOST || bytes + size > MOST_BYTES) {
      leftOut = true;
      return answer.with(List.of(), List.of());
    }
    bytes += size;
    kept.put(key, answer);
    return answer;
  }

  /** Whether some were not kept. */
  synchronized boolean leftOut() {
    return leftOut;
  }
}
