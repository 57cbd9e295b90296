package dev.ferrule.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/** What the Flight Recorder has of Ferrule's events while something runs. */
public final class Flight {
  private static final String PREFIX = "dev.ferrule.";

  /** The events that there are. */
  public static final List<String> NAMES =
      Stream.of(
              "NameLookup",
              "Connect",
              "Accept",
              "Handshake",
              "Close",
              "Admission",
              "Reload",
              "LoopStall")
          .map(PREFIX::concat)
          .toList();

  /** What is recorded; an event that is not spoken of is recorded as it is by default. */
  public interface Settings {
    /** Chooses. */
    void choose(Recording recording);
  }

  private Flight() {}

  /** All of Ferrule's events, without thresholds. */
  public static List<RecordedEvent> of(Runnable code, String... names) {
    return of(
        recording -> {
          for (String name : names) {
            recording.enable(PREFIX + name).withoutThreshold();
          }
        },
        code);
  }

  /** With settings; the events in the order in which they were ended. */
  public static List<RecordedEvent> of(Settings settings, Runnable code) {
    try (Recording recording = new Recording()) {
      settings.choose(recording);
      recording.start();
      code.run();
      recording.stop();
      return events(recording);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<RecordedEvent> events(Recording recording) throws IOException {
    Path file = Files.createTempFile("ferrule", ".jfr");
    try {
      recording.dump(file);
      return RecordingFile.readAllEvents(file).stream()
          .filter(event -> event.getEventType().getName().startsWith(PREFIX))
          .sorted((a, b) -> a.getEndTime().compareTo(b.getEndTime()))
          .toList();
    } finally {
      Files.delete(file);
    }
  }

  /** Those of one kind. */
  public static List<RecordedEvent> named(List<RecordedEvent> all, String name) {
    return all.stream().filter(e -> e.getEventType().getName().equals(PREFIX + name)).toList();
  }

  /** The only one of a kind. */
  public static RecordedEvent only(List<RecordedEvent> all, String name) {
    List<RecordedEvent> found = named(all, name);
    assertThat(found).as("%s in %s", name, all).hasSize(1);
    return found.getFirst();
  }
}
