package dev.ferrule;

/** A call from a thread other than the loop's. The remedy is {@link EventLoop#execute}. */
public final class WrongThreadException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  WrongThreadException(Thread caller) {
    super(
        "called from thread "
            + caller.getName()
            + ", but a loop and its sockets belong to one thread: use loop.execute(() -> ...)");
  }
}
