package dev.ferrule.loop;

import dev.ferrule.event.DnsError;
import dev.ferrule.host.Host;
import dev.ferrule.jfr.NameLookup;
import dev.ferrule.jfr.Recorder;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One name being resolved off the loop. The system's resolver blocks its thread in native code, so
 * the threads are platform threads, few, shared by all loops, and gone when unused.
 */
public final class Lookup {
  private static final int THREADS = 8;

  /** The threads that all loops share. */
  static final Executor POOL = pool();

  private final Loop loop;
  private final @Nullable NameLookup event; // when it is recorded
  private volatile boolean ended; // written on the loop's thread

  private Lookup(Loop loop, String host) {
    this.loop = loop;
    this.event = Recorder.lookup(host);
  }

  /** Resolves; one of the two callbacks comes later, on the loop, unless it is cancelled. */
  public static Lookup start(
      Loop loop, String host, Consumer<List<InetAddress>> found, Consumer<DnsError> failed) {
    Lookup lookup = new Lookup(loop, host);
    LoopSettings.NameResolver resolver = loop.settings().resolver;
    loop.handles().lookups(1);
    Runnable work = () -> lookup.resolve(resolver, host, found, failed);
    try {
      loop.settings().lookups.execute(work);
    } catch (RejectedExecutionException | OutOfMemoryError e) { // no thread to be had
      lookup.failed(new DnsError(host, e), failed);
    }
    return lookup;
  }

  private void resolve(
      LoopSettings.NameResolver resolver,
      String host,
      Consumer<List<InetAddress>> found,
      Consumer<DnsError> failed) {
    if (ended) {
      return; // cancelled while it waited for a thread
    }
    try {
      List<InetAddress> addresses = List.copyOf(resolver.resolve(Host.parse(host).toResolve()));
      if (addresses.isEmpty()) {
        throw new IllegalStateException("the resolver gave no address");
      }
      if (event != null) {
        event.found(addresses);
      }
      later(() -> found.accept(addresses));
    } catch (Throwable e) { // else the loop would wait for ever
      failed(new DnsError(host, e), failed);
    }
  }

  private void failed(DnsError error, Consumer<DnsError> failed) {
    if (event != null) {
      event.failed(error);
    }
    later(() -> failed.accept(error));
  }

  private void later(Runnable answer) {
    loop.executeIfRunning(() -> end(answer));
  }

  /** The answer is no longer wanted. The thread that waits for it goes on until it has one. */
  public void cancel() {
    end(() -> {});
  }

  private void end(Runnable last) {
    if (!ended) {
      ended = true;
      loop.handles().lookups(-1);
      last.run();
    }
  }

  private static ThreadPoolExecutor pool() {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            5,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("ferrule-dns-", 0).factory());
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }
}
