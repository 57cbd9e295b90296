package dev.ferrule.tests.ssl;

import dev.ferrule.EventLoop;
import dev.ferrule.Tcp;
import dev.ferrule.TcpServer;
import dev.ferrule.TcpSocket;
import dev.ferrule.ssl.records.RecordInput;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;

/** Somebody between one client and one server, who damages one record of one direction. */
final class DamagedTransit {
  private final Damage damage;
  private final boolean ofClient;
  private final ByteArrayOutputStream begun = new ByteArrayOutputStream();
  private byte[] late = {};
  private int seen;
  private boolean ended;
  private TcpSocket client;
  private TcpSocket server;

  private DamagedTransit(Damage damage, boolean ofClient) {
    this.damage = damage;
    this.ofClient = ofClient;
  }

  /** The port of one for a single connection to {@code port}. */
  static int open(EventLoop loop, int port, Damage damage, boolean ofClient) {
    DamagedTransit transit = new DamagedTransit(damage, ofClient);
    AtomicReference<TcpServer> listening = new AtomicReference<>();
    listening.set(
        Tcp.server(loop, "127.0.0.1", 0)
            .onEvent(event -> end(transit.server))
            .onRead((socket, data) -> transit.pass(true, data))
            .onConnect(accepted -> {
              listening.get().close();
              transit.client = accepted;
              transit.server =
                  Tcp.connect(loop, "127.0.0.1", port)
                      .onEvent(event -> end(transit.client))
                      .onRead((socket, data) -> transit.pass(false, data))
                      .open();
            })
            .open());
    return listening.get().port();
  }

  private static void end(TcpSocket other) {
    if (other != null) {
      other.close();
    }
  }

  private void pass(boolean fromClient, ByteBuffer data) {
    byte[] bytes = new byte[data.remaining()];
    data.get(bytes);
    TcpSocket to = fromClient ? server : client;
    byte[] passed = fromClient == ofClient ? damaged(bytes) : bytes;
    if (!to.isClosed() && passed.length > 0) {
      to.write(passed);
    }
    if (ended && fromClient == ofClient) {
      finish(to);
    }
  }

  private void finish(TcpSocket to) {
    if (damage.kind() == Damage.Kind.RST) {
      to.abort();
    } else {
      to.close();
    }
  }

  private byte[] damaged(byte[] bytes) {
    begun.writeBytes(bytes);
    byte[] all = begun.toByteArray();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int at = 0;
    while (!ended && at + RecordInput.HEADER <= all.length) {
      int length = RecordInput.HEADER + (((all[at + 3] & 0xFF) << 8) | (all[at + 4] & 0xFF));
      if (at + length > all.length) {
        break;
      }
      next(Arrays.copyOfRange(all, at, at + length), out);
      at += length;
    }
    begun.reset();
    begun.write(all, at, all.length - at);
    return out.toByteArray();
  }

  private void next(byte[] record, ByteArrayOutputStream out) {
    if (seen++ != damage.index()) {
      out.writeBytes(record);
      out.writeBytes(late);
      late = new byte[0];
      return;
    }
    out.writeBytes(damage.of(record));
    late = damage.kind() == Damage.Kind.LATE ? record : late;
    ended = damage.ends();
  }
}
