package dev.ferrule.capture;

import static dev.ferrule.capture.TcpFlow.ACK;
import static dev.ferrule.capture.TcpFlow.FIN;
import static dev.ferrule.capture.TcpFlow.PSH;
import static dev.ferrule.capture.TcpFlow.RST;
import static dev.ferrule.capture.TcpFlow.SYN;

import dev.ferrule.spi.Link;
import dev.ferrule.spi.LinkException;
import dev.ferrule.spi.PathFacts;
import dev.ferrule.spi.RecordedLink;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A link that writes what goes over it into a capture. It forwards every call; a capture that fails
 * changes nothing, and the owner is told. On the loop's thread.
 *
 * <p>Blocks wait here, at most 64 KiB of them, from {@link #awaitSecrets} until the secrets are
 * complete: a client reads its server's flight before it knows what decrypts it.
 */
public final class CapturedLink implements RecordedLink {
  /** The most bytes of blocks that wait for secrets: more than a handshake has. */
  private static final int MOST_HELD = 64 * 1024;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /** The last lines of a handshake: of TLS 1.3, and of older versions. */
  private static final List<byte[]> LAST =
      List.of(label("EXPORTER_SECRET"), label("CLIENT_RANDOM"));

  private final Link link;
  private final CaptureFile file;
  private final Consumer<String> owner;
  private final TcpFlow flow;
  private @Nullable List<ByteBuffer> held;
  private int heldBytes;
  private boolean ownEnd;
  private boolean peerEnd;
  private boolean closed; // the owner hears no more

  /**
   * Begins to write, with the opening of the connection.
   *
   * @param accepted whether the peer opened it
   * @param owner is told when the capture ends early
   */
  public CapturedLink(Link link, CaptureFile file, boolean accepted, Consumer<String> owner) {
    this.link = link;
    this.file = file;
    this.owner = owner;
    this.flow = new TcpFlow(link.localAddress(), link.remoteAddress());
    add(accepted, SYN, NOTHING);
    add(!accepted, SYN | ACK, NOTHING);
    add(accepted, ACK, NOTHING);
    file.flush(); // now, while the owner can be told
    tell();
  }

  private static byte[] label(String name) {
    return (name + ' ').getBytes(StandardCharsets.US_ASCII);
  }

  // ---- what goes by

  private void add(boolean fromPeer, int flags, ByteBuffer data) {
    Instant now = Instant.now();
    long micros = now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
    add(flow.packet(micros, fromPeer, flags, data));
  }

  private void add(ByteBuffer block) {
    List<ByteBuffer> waiting = held;
    if (waiting == null) {
      file.add(block);
      tell();
    } else {
      waiting.add(block);
      heldBytes += block.remaining();
      if (heldBytes > MOST_HELD) {
        releaseHeld();
      }
    }
  }

  private void data(boolean fromPeer, ByteBuffer buffer, int start, int end) {
    for (int at = start; at < end; at += TcpFlow.SEGMENT) {
      int length = Math.min(TcpFlow.SEGMENT, end - at);
      add(fromPeer, PSH | ACK, buffer.slice(at, length));
    }
  }

  private void releaseHeld() {
    List<ByteBuffer> waiting = held;
    if (waiting != null) {
      held = null;
      heldBytes = 0;
      waiting.forEach(file::add);
      tell();
    }
  }

  private void tell() {
    String problem = closed ? null : file.untold();
    if (problem != null) {
      owner.accept(problem);
    }
  }

  @Override
  public void awaitSecrets() {
    if (held == null) {
      held = new ArrayList<>();
    }
  }

  @Override
  public void secret(byte[] line) {
    file.add(Pcapng.secret(line));
    for (byte[] last : LAST) {
      if (line.length > last.length && Arrays.equals(line, 0, last.length, last, 0, last.length)) {
        releaseHeld();
      }
    }
    tell();
  }

  @Override
  public int read(ByteBuffer destination) throws IOException {
    int start = destination.position();
    int n;
    try {
      n = link.read(destination);
    } catch (IOException e) {
      reset(e);
      throw e;
    }
    if (n > 0) {
      data(true, destination, start, start + n);
    } else if (n < 0 && !peerEnd) {
      peerEnd = true;
      add(true, FIN | ACK, NOTHING);
      add(false, ACK, NOTHING);
    }
    return n;
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    int start = source.position();
    int n;
    try {
      n = link.write(source);
    } catch (IOException e) {
      reset(e);
      throw e;
    }
    data(false, source, start, start + n);
    return n;
  }

  private void reset(IOException e) {
    if (e instanceof LinkException known && known.kind() == LinkException.Kind.RESET && !peerEnd) {
      peerEnd = true;
      ownEnd = true;
      add(true, RST | ACK, NOTHING);
    }
  }

  @Override
  public void shutdownOutput() throws IOException {
    link.shutdownOutput();
    end(FIN | ACK);
  }

  @Override
  public void close() {
    closed = true;
    link.close();
    end(FIN | ACK);
    finish();
  }

  @Override
  public void abort() {
    closed = true;
    link.abort();
    end(RST | ACK);
    finish();
  }

  private void end(int flags) {
    if (!ownEnd) {
      ownEnd = true;
      add(false, flags, NOTHING);
    }
  }

  /** A failure here is told by another connection. */
  private void finish() {
    releaseHeld();
    file.flush();
  }

  // ---- forwarded

  @Override
  public void attach(Ready ready) {
    link.attach(ready);
  }

  @Override
  public void interest(int ops) {
    link.interest(ops);
  }

  @Override
  public boolean finishConnect() throws IOException {
    return link.finishConnect();
  }

  @Override
  public void noDelay(boolean disabled) throws IOException {
    link.noDelay(disabled);
  }

  @Override
  public @Nullable PathFacts path() {
    return link.path();
  }

  @Override
  public @Nullable SocketAddress localAddress() {
    return link.localAddress();
  }

  @Override
  public @Nullable SocketAddress remoteAddress() {
    return link.remoteAddress();
  }
}
