package dev.ferrule.cli.tunnel;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which notices are told, of a server whose connections may ask for kernel TLS: each would say
 * again why it is not there, so that every reason is told once. Any thread.
 */
public final class KernelNotices {
  private static final String BEGINNING = "kernel TLS is not there: ";
  private static final int MOST = 16; // reasons

  private final Set<String> told = ConcurrentHashMap.newKeySet();

  /** Nothing is told yet. */
  public KernelNotices() {}

  /** Whether a notice is to be told, which it is by that. */
  public boolean isNew(String notice) {
    return !notice.startsWith(BEGINNING) || (told.size() < MOST && told.add(notice));
  }
}
