package dev.ferrule.loop;

import dev.ferrule.spi.Poller;
import dev.ferrule.spi.PollerProvider;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** Which poller a loop takes. Any thread. */
public final class Pollers {
  /** The system property that names the poller of loops whose program names none. */
  public static final String PROPERTY = "dev.ferrule.poller";

  private Pollers() {}

  /** All pollers there are, the best first, available or not. */
  public static List<PollerProvider> all() {
    return ServiceLoader.load(PollerProvider.class, Pollers.class.getClassLoader()).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparingInt(PollerProvider::rank).reversed())
        .toList();
  }

  /**
   * The provider of the poller that these settings ask for.
   *
   * @throws IllegalStateException when the one that was asked for is not there or not available
   */
  public static PollerProvider chosen(LoopSettings settings) {
    return settings.pollerProvider == null
        ? chosen(settings.pollerName)
        : available(settings.pollerProvider);
  }

  /**
   * The provider of that name; by default what {@link #PROPERTY} names, else the best available.
   *
   * @throws IllegalStateException when the one that was asked for is not there or not available
   */
  public static PollerProvider chosen(@Nullable String asked) {
    List<PollerProvider> all = all();
    String name = asked == null ? System.getProperty(PROPERTY, "") : asked;
    if (name.isEmpty() && asked == null) {
      boolean parks = Thread.currentThread().isVirtual();
      return all.stream()
          .filter(p -> p.unavailable() == null && (!parks || p.parks()))
          .findFirst()
          .orElseThrow();
    }
    for (PollerProvider provider : all) {
      if (provider.name().equals(name)) {
        return available(provider);
      }
    }
    throw new IllegalStateException(
        "there is no poller '"
            + name
            + "'; there are "
            + all.stream().map(PollerProvider::name).toList());
  }

  /**
   * Opens a poller.
   *
   * @throws IllegalStateException when it cannot be opened
   */
  public static Poller open(PollerProvider provider) {
    try {
      return provider.open();
    } catch (IOException e) {
      throw new IllegalStateException(
          "the poller '" + provider.name() + "' could not be opened: " + e.getMessage(), e);
    }
  }

  private static PollerProvider available(PollerProvider provider) {
    String reason = provider.unavailable();
    if (reason != null) {
      throw new IllegalStateException(
          "the poller '" + provider.name() + "' is not available: " + reason);
    }
    return provider;
  }
}
