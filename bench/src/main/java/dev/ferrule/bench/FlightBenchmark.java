package dev.ferrule.bench;

import jdk.jfr.Recording;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What the Flight Recorder costs: small echoes, which have callbacks and no other event, and
 * connections that are opened and closed, which have three or four events at each end. "off" is to
 * be compared with {@link EchoBenchmark} of a commit without events; "stalls" records only those,
 * "all" every event of Ferrule.
 */
public class FlightBenchmark extends SteadyState {
  private static final int ECHOES = 1000;
  private static final int SIZE = 64;
  private static final int CONNECTIONS = 200;

  /** An echo over plain TCP. */
  @Benchmark
  @OperationsPerInvocation(ECHOES)
  public void tcp(TcpEcho echo) throws InterruptedException {
    echo.loop.echo(ECHOES);
  }

  /** An echo over SSL. */
  @Benchmark
  @OperationsPerInvocation(ECHOES)
  public void ssl(SslEcho echo) throws InterruptedException {
    echo.loop.echo(ECHOES);
  }

  /** A connection over plain TCP that is opened and closed. */
  @Benchmark
  @OperationsPerInvocation(CONNECTIONS)
  public void connection(TcpEcho echo) throws InterruptedException {
    echo.loop.connect(CONNECTIONS);
  }

  /** What is recorded meanwhile. */
  @State(Scope.Benchmark)
  public static class Recorded {
    private static final String[] EVENTS = {
      "NameLookup", "Connect", "Accept", "Handshake", "Close", "Admission", "Reload", "LoopStall"
    };

    /** Nothing, stalls, or everything. */
    @Param({"off", "stalls", "all"})
    String recorded;

    private @Nullable Recording recording;

    @Setup
    public void begin() {
      if (recorded.equals("off")) {
        return;
      }
      Recording fresh = new Recording();
      for (String event : EVENTS) {
        if (recorded.equals("all") || event.equals("LoopStall")) {
          fresh.enable("dev.ferrule." + event);
        } else {
          fresh.disable("dev.ferrule." + event);
        }
      }
      fresh.setMaxSize(100L << 20);
      fresh.start();
      recording = fresh;
    }

    @TearDown
    public void end() {
      if (recording != null) {
        recording.close();
      }
    }
  }

  /** The sockets of {@link #tcp}. */
  @State(Scope.Benchmark)
  public static class TcpEcho extends Recorded {
    EchoLoop loop;

    @Setup
    public void open() throws InterruptedException {
      loop = EchoLoop.tcp(SIZE, "best");
    }

    @TearDown
    public void close() throws InterruptedException {
      loop.close();
    }
  }

  /** The sockets of {@link #ssl}. */
  @State(Scope.Benchmark)
  public static class SslEcho extends Recorded {
    EchoLoop loop;

    @Setup
    public void open() throws InterruptedException {
      loop = EchoLoop.ssl(SIZE, "best", "jdk", Identity.create());
    }

    @TearDown
    public void close() throws InterruptedException {
      loop.close();
    }
  }
}
