package dev.ferrule.ssl.records;

import dev.ferrule.event.TcpError;
import dev.ferrule.spi.Memory;
import dev.ferrule.spi.Outlet;
import dev.ferrule.ssl.Protocol;
import dev.ferrule.ssl.RecordLayer;
import dev.ferrule.ssl.SslSession;
import dev.ferrule.testkit.contract.WireEnd;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A wire whose handshake is done before it begins, and which hands over. */
final class HandingOver extends RecordWire {
  private final HandOver from;

  private HandingOver(Outlet outlet, RecordInput input, HandOver from) {
    super(outlet, input);
    this.from = from;
  }

  /** One end of a connection, which has read and written so many records. */
  static WireEnd.Maker maker(
      Sides sides, boolean server, long read, long written, @Nullable TicketReceiver tickets) {
    HandOver from =
        new HandOver(
            sides.secrets(server, read, written), agreed(sides), server, server, null, tickets);
    return (link, buffers, outlets) ->
        new HandingOver(
            outlets.open(Memory.NATIVE),
            new RecordInput(link, buffers, Memory.NATIVE, "decode_error"),
            from);
  }

  private static SslSession agreed(Sides sides) {
    return new SslSession(
        Protocol.TLS_1_3,
        sides.suite.name(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        false,
        "test",
        RecordLayer.JAVA);
  }

  @Override
  protected HandOver handOver() {
    return from;
  }

  @Override
  public Memory memory() {
    return Memory.NATIVE;
  }

  @Override
  protected int continueHandshake(ByteBuffer in) {
    return DONE;
  }

  @Override
  protected boolean negotiatedTls13() {
    return true;
  }

  @Override
  public boolean resumed() {
    return false;
  }

  @Override
  public SslSession session() {
    return from.session();
  }

  @Override
  public byte[] export(String label, byte @Nullable [] context, int length) {
    throw new AssertionError("it handed over");
  }

  @Override
  public @Nullable X509Certificate serverCertificate(SslSession session) {
    throw new AssertionError("it handed over");
  }

  @Override
  public boolean endStopsOutput() {
    return false;
  }

  @Override
  protected int decrypt(ByteBuffer in, ByteBuffer destination) {
    throw new AssertionError("it handed over");
  }

  @Override
  protected void encrypt(ByteBuffer source) {
    throw new AssertionError("it handed over");
  }

  @Override
  protected TcpError sendAlert(TcpError fault) {
    throw new AssertionError("it handed over", fault);
  }

  @Override
  public int closeOutput() {
    throw new AssertionError("it handed over");
  }

  @Override
  public Runnable task() {
    throw new AssertionError("it has no tasks");
  }
}
