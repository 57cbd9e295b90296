package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ferrule.ssl.SslConfigException;
import dev.ferrule.ssl.SslReload;
import dev.ferrule.ssl.SslReloadEvent.Kept;
import dev.ferrule.ssl.SslReloadEvent.Reloaded;
import dev.ferrule.testkit.Loops;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who loads, and what a failure or an end does to it. */
@Tag("once")
class ReloadThreadTest extends ReloadedFolder {
  @Test
  void what_the_source_throws_keeps_what_was() throws IOException {
    RuntimeException bug = new IllegalStateException("no such setting");
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    beginWith(thrown);
    next.write(folder);
    thrown.set(bug);
    assertThat(reload.look()).isFalse();
    assertThat(((Kept) events.getFirst()).reason()).isSameAs(bug);
    events.clear();
    thrown.set(null);
    assertReloaded(next);
  }

  /** Its source throws what stands there, if something does. */
  private void beginWith(AtomicReference<Throwable> thrown) {
    begin(
        SslReload.of(() ->
                switch (thrown.get()) {
                  case RuntimeException e -> throw e;
                  case Error e -> throw e;
                  case null, default -> load();
                })
            .files(chain())
            .onEvent(events::add));
  }

  @Test
  void settings_that_cannot_work_are_refused() {
    assertThatThrownBy(() -> watching().files(folder.resolve("nowhere")).build())
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("nowhere is to be watched and does not exist");
    assertThatThrownBy(() -> watching().interval(Duration.ofDays(2)))
        .isInstanceOf(SslConfigException.class)
        .hasMessageContaining("from 10 ms to 1 day");
    assertThatThrownBy(() -> watching().interval(Duration.ZERO))
        .isInstanceOf(SslConfigException.class);
  }

  @Test
  void a_thread_of_its_own_looks_at_each_interval_and_ends_when_it_is_closed() throws Exception {
    AtomicReference<Thread> thread = new AtomicReference<>();
    reload =
        watching()
            .interval(Duration.ofMillis(10))
            .onEvent(event -> {
              thread.set(Thread.currentThread());
              events.add(event);
            })
            .start();
    next.write(folder);
    Loops.eventually(() -> events.stream().anyMatch(Reloaded.class::isInstance));
    assertThat(thread.get().isDaemon()).isTrue();
    reload.close();
    assertThat(thread.get().join(Duration.ofSeconds(10))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void reload_returns_at_once_and_loads_whatever_the_files_are(boolean started) throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicReference<Thread> loader = new AtomicReference<>();
    Thread self = Thread.currentThread();
    SslReload.Builder settings =
        SslReload.of(
                () -> {
                  if (Thread.currentThread() != self) {
                    loader.set(Thread.currentThread());
                    await(goOn);
                  }
                  return load();
                })
            .interval(Duration.ofDays(1))
            .onEvent(events::add);
    reload = started ? settings.start() : settings.build();
    reload.reload();
    Loops.eventually(() -> loader.get() != null);
    assertThat(events).isEmpty();
    goOn.countDown();
    Loops.eventually(() -> !events.isEmpty());
    assertThat(events.getFirst().message()).contains("the certificates are the same");
    reload.close();
    assertThat(loader.get().join(Duration.ofSeconds(10))).isTrue();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void each_request_that_fails_is_told() throws IOException {
    reload = watching().build();
    Files.delete(key());
    reload.reload();
    Loops.eventually(() -> events.size() == 1);
    reload.reload();
    Loops.eventually(() -> events.size() == 2);
    assertThat(events).allSatisfy(event -> assertThat(event).isInstanceOf(Kept.class));
  }

  @Test
  void once_closed_it_loads_and_tells_nothing() throws IOException {
    watch();
    reload.close();
    next.write(folder);
    reload.reload();
    assertThat(reload.look()).isFalse();
    assertThat(events).isEmpty();
    assertThat(reload.context()).isSameAs(before);
  }

  @Test
  void what_the_callback_throws_does_not_end_the_thread() throws Exception {
    AtomicReference<Throwable> caught = new AtomicReference<>();
    RuntimeException bug = new IllegalStateException("a bug");
    reload =
        watching()
            .interval(Duration.ofMillis(10))
            .onEvent(event -> {
              events.add(event);
              Thread.currentThread().setUncaughtExceptionHandler((t, e) -> caught.set(e));
              throw bug;
            })
            .start();
    Files.delete(key());
    Loops.eventually(() -> caught.get() == bug);
    next.write(folder);
    Loops.eventually(() -> events.getLast() instanceof Reloaded);
  }

  @Test
  void an_error_of_the_source_keeps_what_was_and_is_tried_again() throws IOException {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    beginWith(thrown);
    next.write(folder);
    thrown.set(new NoClassDefFoundError("some.Parser"));
    assertKept("NoClassDefFoundError: some.Parser");
    thrown.set(null);
    assertReloaded(next); // though the file has not changed since
  }

  @Test
  void requests_without_an_interval_share_one_thread() throws Exception {
    List<Thread> loaders = new CopyOnWriteArrayList<>();
    reload =
        SslReload.of(
                () -> {
                  loaders.add(Thread.currentThread());
                  return load();
                })
            .onEvent(events::add)
            .build();
    for (int i = 1; i <= 3; i++) {
      int number = i;
      reload.reload();
      Loops.eventually(() -> events.size() == number);
    }
    Thread own = loaders.get(1);
    assertThat(loaders).containsExactly(Thread.currentThread(), own, own, own);
    assertThat(own.isDaemon()).isTrue();
    reload.close();
    assertThat(own.join(Duration.ofSeconds(10))).isTrue();
  }
}
