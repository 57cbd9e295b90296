package dev.ferrule.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One operation is an echo in the steady state: two writes and two reads, both ends in this JVM. To
 * be run with {@code -prof gc}: what {@link #ssl} allocates beyond {@link #engine} is the library's
 * own and the poller's; {@link #tcp} is the path without SSL.
 */
public class EchoBenchmark extends SteadyState {
  /** So many that handing over to the loop's thread does not show. */
  private static final int ECHOES = 1000;

  /** Over plain TCP. */
  @Benchmark
  @OperationsPerInvocation(ECHOES)
  public void tcp(TcpEcho echo) throws InterruptedException {
    echo.loop.echo(ECHOES);
  }

  /** Over SSL. */
  @Benchmark
  @OperationsPerInvocation(ECHOES)
  public void ssl(SslEcho echo) throws InterruptedException {
    echo.loop.echo(ECHOES);
  }

  /** The JDK's engine without library or sockets. */
  @Benchmark
  public int engine(EngineEcho echo) throws Exception {
    return echo.pair.echo();
  }

  /** The sockets of {@link #tcp}. */
  @State(Scope.Benchmark)
  public static class TcpEcho {
    /** Bytes of a message. */
    @Param({"64", "1024", "16384"})
    int size;

    /** The poller; "best" is the one of the highest rank. */
    @Param("best")
    String poller;

    EchoLoop loop;

    @Setup
    public void open() throws InterruptedException {
      loop = EchoLoop.tcp(size, poller);
    }

    @TearDown
    public void close() throws InterruptedException {
      loop.close();
    }
  }

  /** The sockets of {@link #ssl}. */
  @State(Scope.Benchmark)
  public static class SslEcho {
    /** Bytes of a message. */
    @Param({"64", "1024", "16384"})
    int size;

    /** The poller; "best" is the one of the highest rank. */
    @Param("best")
    String poller;

    /** The SSL provider; that of the engine alone is compared with it. */
    @Param("jdk")
    String provider;

    EchoLoop loop;

    @Setup
    public void open() throws InterruptedException {
      loop = EchoLoop.ssl(size, poller, provider, Identity.create());
    }

    @TearDown
    public void close() throws InterruptedException {
      loop.close();
    }
  }

  /** The engines of {@link #engine}. */
  @State(Scope.Benchmark)
  public static class EngineEcho {
    /** Bytes of a message. */
    @Param({"64", "1024", "16384"})
    int size;

    EnginePair pair;

    @Setup
    public void open() throws Exception {
      pair = new EnginePair(Identity.create().jdkContext(), size);
    }
  }
}
