package dev.ferrule.tests.model;

import dev.ferrule.EventLoop;
import dev.ferrule.LoopStats;
import dev.ferrule.TcpSocket;
import dev.ferrule.testkit.RandomConditions;
import dev.ferrule.testkit.SimulatedLink;
import dev.ferrule.testkit.SimulatedNetwork;
import dev.ferrule.tests.model.Step.When;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;

/**
 * Runs one program on a loop over a simulated network. When nothing moves any more the model is
 * compared with the sockets, and the program goes on; at its end all that was paused flows again,
 * everything is compared once more, and all is closed. Throws {@link ModelFailure}.
 */
final class Simulation {
  private static final Duration LONGEST = Duration.ofMinutes(2); // on the network's clock
  private static final int TRACE = 400;

  private final Program program;
  private final SimulatedNetwork network;
  private final Random random;
  private final boolean exits;
  private final List<ModelConnection> connections = new ArrayList<>();
  private final List<ModelSocket> sockets = new ArrayList<>();
  private final List<Step> inOthers = new ArrayList<>();
  private final ArrayDeque<String> trace = new ArrayDeque<>();
  private String last = "";
  private int times;
  private EventLoop loop;
  private int nextStep;
  private int timers;
  private int tasks; // that are under way
  private int ending; // how far the end of the program has come
  private long begun;
  private LoopStats atEnd;

  private Simulation(Program program) {
    this.program = program;
    this.random = new Random(program.seed());
    this.exits = random.nextInt(8) == 0;
    long seed = random.nextLong();
    this.network =
        new SimulatedNetwork(seed, end -> new RandomConditions(seed + end)).onIdle(this::idle);
    for (int i = 0; i < program.connections(); i++) {
      ModelConnection connection =
          new ModelConnection(this, i, program.kind(), program.rough(), random);
      connections.add(connection);
      sockets.addAll(connection.sockets());
    }
  }

  /** Runs a program to its end. */
  static void run(Program program) {
    Simulation simulation = new Simulation(program);
    try {
      simulation.run();
    } catch (ModelFailure e) {
      throw e;
    } catch (RuntimeException | Error e) {
      ModelFailure failure = new ModelFailure(String.valueOf(e));
      failure.initCause(e);
      throw failure;
    }
  }

  /** What happened last, for a program that fails. */
  static String trace(Program program) {
    Simulation simulation = new Simulation(program);
    try {
      simulation.run();
      return "it did not fail again";
    } catch (RuntimeException | Error e) {
      return String.join("\n    ", simulation.trace) + "\n    " + e;
    }
  }

  private void run() {
    begun = network.clock().getAsLong();
    network
        .setup()
        .tasks(this::task)
        .run(running -> {
          loop = running;
          loop.onExit(() -> atEnd = loop.stats());
          connections.forEach(connection -> connection.open(loop));
          program.steps().stream()
              .filter(step -> step.place() == Place.OPEN)
              .forEach(this::perform);
          advance();
        });
    for (SimulatedLink link : network.links()) {
      if (!link.isClosed()) {
        throw new ModelFailure("a link was left open: " + link);
      }
    }
    if (!exits) {
      sockets.stream()
          .filter(socket -> socket.socket != null && !socket.closed)
          .findFirst()
          .ifPresent(socket -> {
            throw socket.failed("the loop has ended, and it heard of no end");
          });
      if (!atEnd.isEmpty()) {
        throw new ModelFailure("the loop ended with " + atEnd);
      }
    }
  }

  /** The long pieces of handshakes: at once, or later as from another thread. */
  private void task(Runnable task) {
    switch (random.nextInt(3)) {
      case 0 -> task.run();
      case 1 -> loop.execute(task);
      default -> {
        tasks++;
        later(
            1_000,
            () -> {
              tasks--;
              task.run();
            });
      }
    }
  }

  // ---- the program

  private void advance() {
    do {
      if (nextStep == program.steps().size()) {
        return;
      }
      place(program.steps().get(nextStep++));
    } while (nextStep < program.steps().size() && next().when() == When.AT_ONCE);
    if (nextStep < program.steps().size() && next().when() == When.NEXT_TURN) {
      loop.execute(this::advanceIfDue);
    }
  }

  private Step next() {
    return program.steps().get(nextStep);
  }

  private void advanceIfDue() {
    if (nextStep < program.steps().size() && next().when() == When.NEXT_TURN) {
      advance();
    }
  }

  private void place(Step step) {
    note("placed: " + step);
    Runnable act = () -> perform(step);
    switch (step.place()) {
      case OPEN -> {} // done already
      case EXECUTE -> loop.execute(act);
      case TIMER -> later(step.size() % 3_000, act);
      case NOTIFIER -> loop.notifier(act).trigger();
      case EXIT -> loop.onExit(act);
      case OTHER, OTHER_EVENT, OTHER_CLOSE -> inOthers.add(step);
      default -> sockets.get(step.socket()).arm(step.place(), act);
    }
  }

  private void perform(Step step) {
    sockets.get(step.socket()).perform(step.act(), step.size());
  }

  private void later(int micros, Runnable act) {
    timers++;
    loop.delay(
        Duration.ofNanos(micros * 1_000L),
        () -> {
          timers--;
          act.run();
        });
  }

  /** Time passes, so long. */
  void wait(int micros) {
    if (atEnd == null) {
      later(micros * 30, () -> {});
    }
  }

  void inCallbackOf(ModelSocket socket, Place kind) {
    List<Step> due = new ArrayList<>();
    for (Iterator<Step> steps = inOthers.iterator(); steps.hasNext(); ) {
      Step step = steps.next();
      boolean fits =
          step.place() == Place.OTHER
              || (step.place() == Place.OTHER_EVENT && kind == Place.EVENT)
              || (step.place() == Place.OTHER_CLOSE && kind == Place.CLOSE);
      if (fits && step.socket() != socket.number) {
        steps.remove();
        due.add(step);
      }
    }
    due.forEach(this::perform);
  }

  // ---- nothing moves

  private boolean idle(long nanos) {
    note("quiet, waits " + nanos);
    if (tasks == 0) {
      connections.forEach(connection -> connection.requireQuiet(nanos));
    }
    if (timers > 0) {
      return false;
    }
    Runnable next = nextAct();
    if (next != null) {
      loop.execute(next);
      return true;
    }
    long passed = network.clock().getAsLong() - begun;
    boolean patient = program.rough() || connections.stream().anyMatch(c -> c.rough);
    if (!patient || passed > LONGEST.toNanos()) {
      throw new ModelFailure("it does not end: " + sockets);
    }
    return false;
  }

  private Runnable nextAct() {
    if (nextStep < program.steps().size()) {
      return this::advance;
    }
    if (!inOthers.isEmpty()) {
      Step step = inOthers.removeFirst();
      return () -> perform(step);
    }
    for (ModelSocket socket : sockets) {
      Runnable left = socket.leftOver();
      if (left != null) {
        return left;
      }
    }
    return switch (ending++) {
      case 0 -> () -> sockets.forEach(ModelSocket::resume);
      case 1 -> exits ? loop::exit : this::closeAll;
      default -> null;
    };
  }

  private void closeAll() {
    connections.forEach(ModelConnection::stopListening);
    sockets.forEach(socket -> socket.perform(Act.CLOSE, 0));
  }

  // ---- for the sockets

  long now() {
    return network.clock().getAsLong();
  }

  SimulatedLink linkOf(TcpSocket socket) {
    return network.links().stream()
        .filter(link -> link.localAddress().equals(socket.localAddress()))
        .filter(link -> link.remoteAddress().equals(socket.remoteAddress()))
        .findFirst()
        .orElseThrow();
  }

  /** How many bytes a socket may write, so that a program over tiny buffers has an end. */
  int most(ModelSocket socket) {
    int capacity = socket.link == null ? 1_000 : socket.link.capacity();
    return (int) Math.max(0, Math.min(capacity * 400L, capacity * 1_000L - socket.written));
  }

  void note(String what) {
    times = what.equals(last) ? times + 1 : 1;
    if (times > 1) {
      trace.removeLast();
    } else if (trace.size() == TRACE) {
      trace.remove();
    }
    last = what;
    trace.add(times > 1 ? what + " (" + times + " times)" : what);
  }
}
