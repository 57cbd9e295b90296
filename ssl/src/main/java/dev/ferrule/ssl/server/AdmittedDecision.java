package dev.ferrule.ssl.server;

import dev.ferrule.connection.Addresses;
import dev.ferrule.connection.Transport;
import dev.ferrule.jfr.Recorder;
import dev.ferrule.spi.Link;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslFailure;
import dev.ferrule.ssl.SslHello;
import dev.ferrule.ssl.spi.WireFactory;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Another decision, and then a place among the handshakes that may go on at once. */
public final class AdmittedDecision implements HelloDecision {
  private final HelloDecision first;
  private final Admission admission;
  private final Transport.Owner owner;
  private final @Nullable SocketAddress client;
  private final long address;
  private @Nullable WireFactory chosen;
  private Admission.@Nullable Entry entry;
  private @Nullable SslHello asked;
  private long waitingNanos; // since when, while it waits and that is recorded; else 0

  /** For the client at the other end of {@code link}, or the one that its proxy has told of. */
  public AdmittedDecision(
      HelloDecision first, Admission admission, Transport.Owner owner, Link link) {
    this.first = first;
    this.admission = admission;
    this.owner = owner;
    this.client = owner.client(link);
    this.address = Budgets.key(client);
  }

  @Override
  public @Nullable WireFactory decide(SslHello hello) {
    Admission.Entry known = entry;
    if (known != null) {
      if (!admission.again(known)) {
        return null;
      }
      waited("admitted");
      return chosen;
    }
    WireFactory wires = first.decide(hello);
    if (wires == null) {
      return null;
    }
    chosen = wires;
    known = new Admission.Entry(Thread.currentThread(), hello.offersSession(), owner::resume);
    Admission.Verdict verdict = admission.enter(known, address);
    asked = hello;
    if (verdict == Admission.Verdict.REFUSED || verdict == Admission.Verdict.OVER_BUDGET) {
      boolean budget = verdict == Admission.Verdict.OVER_BUDGET;
      record("refused", budget ? "address" : "handshakes", 0);
      String notice = admission.notice();
      if (notice != null) {
        owner.notice(notice);
      }
      throw new SslError(
          Side.OURS,
          Stage.HELLO,
          "internal_error",
          SslFailure.ADMISSION,
          "the client was refused before its handshake: too many go on, or too many of its address",
          null);
    }
    entry = known;
    if (verdict == Admission.Verdict.WAITS && Recorder.admissions()) {
      waitingNanos = orOne(System.nanoTime());
    }
    return verdict == Admission.Verdict.ADMITTED ? wires : null;
  }

  private static long orOne(long nanos) {
    return nanos == 0 ? 1 : nanos;
  }

  private void waited(String outcome) {
    if (waitingNanos != 0) {
      long since = waitingNanos;
      waitingNanos = 0;
      record(outcome, "handshakes", System.nanoTime() - since);
    }
  }

  private void record(String outcome, String reason, long waited) {
    SslHello hello = asked;
    if (hello != null && Recorder.admissions()) {
      String text = client == null ? null : Addresses.text(client);
      Recorder.admission(outcome, reason, text, hello.serverName().orElse(null), waited);
    }
  }

  @Override
  public void ended(boolean resumed) {
    Admission.Entry known = entry;
    waited("left");
    if (known != null) {
      admission.leave(known, address, resumed);
    }
    first.ended(resumed);
  }
}
