package dev.ferrule.ssl.server;

import dev.ferrule.connection.Transport;
import dev.ferrule.spi.Link;
import dev.ferrule.ssl.SslError;
import dev.ferrule.ssl.SslError.Side;
import dev.ferrule.ssl.SslError.Stage;
import dev.ferrule.ssl.SslHello;
import dev.ferrule.ssl.spi.WireFactory;
import org.jspecify.annotations.Nullable;

/** Another decision, and then a place among the handshakes that may go on at once. */
public final class AdmittedDecision implements HelloDecision {
  private final HelloDecision first;
  private final Admission admission;
  private final Transport.Owner owner;
  private final long address;
  private @Nullable WireFactory chosen;
  private Admission.@Nullable Entry entry;

  /** For the client at the other end of {@code link}. */
  public AdmittedDecision(
      HelloDecision first, Admission admission, Transport.Owner owner, Link link) {
    this.first = first;
    this.admission = admission;
    this.owner = owner;
    this.address = Budgets.key(link.remoteAddress());
  }

  @Override
  public @Nullable WireFactory decide(SslHello hello) {
    Admission.Entry known = entry;
    if (known != null) {
      return admission.again(known) ? chosen : null;
    }
    WireFactory wires = first.decide(hello);
    if (wires == null) {
      return null;
    }
    chosen = wires;
    known = new Admission.Entry(Thread.currentThread(), hello.offersSession(), owner::resume);
    Admission.Verdict verdict = admission.enter(known, address);
    if (verdict == Admission.Verdict.REFUSED) {
      String notice = admission.notice();
      if (notice != null) {
        owner.notice(notice);
      }
      throw new SslError(
          Side.OURS,
          Stage.HELLO,
          "internal_error",
          "ADMISSION",
          "the client was refused before its handshake: too many go on, or too many of its address",
          null);
    }
    entry = known;
    return verdict == Admission.Verdict.ADMITTED ? wires : null;
  }

  @Override
  public void ended(boolean resumed) {
    Admission.Entry known = entry;
    if (known != null) {
      admission.leave(known, address, resumed);
    }
    first.ended(resumed);
  }
}
