package dev.ferrule;

import dev.ferrule.event.DnsError;
import dev.ferrule.host.Host;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One name being resolved off the loop. The system's resolver blocks its thread in native code, so
 * the threads are platform threads, few, shared by all loops, and gone when unused.
 */
final class Lookup {
  private static final int THREADS = 8;
  private static final ThreadPoolExecutor POOL = pool();

  private final EventLoop loop;
  private volatile boolean ended; // written on the loop's thread

  private Lookup(EventLoop loop) {
    this.loop = loop;
  }

  /** Resolves; one of the two callbacks comes later, on the loop, unless it is cancelled. */
  static Lookup start(
      EventLoop loop, String host, Consumer<List<InetAddress>> found, Consumer<DnsError> failed) {
    Lookup lookup = new Lookup(loop);
    Resolver resolver = loop.resolver();
    loop.holdings().lookups(1);
    POOL.execute(() -> {
      if (lookup.ended) {
        return; // cancelled while it waited for a thread
      }
      try {
        List<InetAddress> addresses = List.copyOf(resolver.resolve(Host.parse(host).toResolve()));
        if (addresses.isEmpty()) {
          throw new IllegalStateException("the resolver gave no address");
        }
        loop.executeIfRunning(() -> lookup.end(() -> found.accept(addresses)));
      } catch (Throwable e) { // else the loop would wait for ever
        loop.executeIfRunning(() -> lookup.end(() -> failed.accept(new DnsError(host, e))));
      }
    });
    return lookup;
  }

  /** The answer is no longer wanted. The thread that waits for it goes on until it has one. */
  void cancel() {
    end(() -> {});
  }

  private void end(Runnable last) {
    if (!ended) {
      ended = true;
      loop.holdings().lookups(-1);
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
