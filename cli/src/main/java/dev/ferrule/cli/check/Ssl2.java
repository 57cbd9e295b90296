package dev.ferrule.cli.check;

import java.nio.ByteBuffer;
import java.util.List;

/** The hello of SSL 2, which is of another form than those of later versions. */
final class Ssl2 {
  private static final int CLIENT_HELLO = 1;
  private static final int SERVER_HELLO = 4;
  private static final int VERSION = 2;
  private static final int CHALLENGE_BYTES = 16;

  /** Its cipher kinds, of three bytes each. */
  private static final List<Integer> KINDS =
      List.of(0x010080, 0x020080, 0x030080, 0x040080, 0x050080, 0x060040, 0x0700C0);

  private Ssl2() {}

  static byte[] hello() {
    int length = 9 + 3 * KINDS.size() + CHALLENGE_BYTES;
    ByteBuffer hello = ByteBuffer.allocate(2 + length);
    hello.putShort((short) (0x8000 | length));
    hello.put((byte) CLIENT_HELLO).putShort((short) VERSION);
    hello.putShort((short) (3 * KINDS.size())).putShort((short) 0);
    hello.putShort((short) CHALLENGE_BYTES);
    for (int kind : KINDS) {
      hello.put((byte) (kind >> 16)).putShort((short) kind);
    }
    return hello.array();
  }

  /** Whether the server answers as one of SSL 2 does, with a cipher kind that it takes. */
  static boolean isSpoken(Probe probe) {
    return probe.attempt(
        socket -> {
          socket.output().write(hello());
          byte[] answer = socket.input().readNBytes(11);
          return answer.length == 11
              && (answer[0] & 0x80) != 0
              && answer[2] == SERVER_HELLO
              && answer[5] == 0
              && answer[6] == VERSION
              && (answer[9] != 0 || answer[10] != 0);
        },
        false);
  }
}
