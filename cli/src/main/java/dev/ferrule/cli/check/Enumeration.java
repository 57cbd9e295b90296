package dev.ferrule.cli.check;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * Which of a list of numbers a server takes: it is offered all, then all but the one that it chose,
 * until it takes none of the rest.
 *
 * @param taken those that it takes, in its own order where it has one
 * @param answers the answers, one for each that is taken
 * @param serverOrder whether the server's order decides, and not its client's
 */
record Enumeration(List<Integer> taken, List<ServerAnswer.Chosen> answers, boolean serverOrder) {
  static final Enumeration NONE = new Enumeration(List.of(), List.of(), false);

  /** The most that one hello offers: some old servers take no more than 128 suites. */
  static final int MOST_AT_ONCE = 110;

  private static final int MOST = 400;

  /**
   * Asks a server.
   *
   * @param candidates what is offered
   * @param ask offers those
   * @param chosen which one an answer chose
   */
  static Enumeration of(
      List<Integer> candidates,
      Function<List<Integer>, ServerAnswer> ask,
      ToIntFunction<ServerAnswer.Chosen> chosen) {
    List<Integer> found = new ArrayList<>();
    List<ServerAnswer.Chosen> answers = new ArrayList<>();
    int chunks = 0;
    for (int at = 0; at < candidates.size(); at += MOST_AT_ONCE) {
      List<Integer> chunk = candidates.subList(at, Math.min(candidates.size(), at + MOST_AT_ONCE));
      int before = found.size();
      eachTaken(chunk, ask, chosen, found, answers);
      chunks += found.size() > before ? 1 : 0;
    }
    if (found.size() < 2) {
      return new Enumeration(found, answers, false);
    }
    if (chunks > 1) {
      List<Integer> all = List.copyOf(found);
      List<Integer> ordered = new ArrayList<>();
      List<ServerAnswer.Chosen> orderedAnswers = new ArrayList<>();
      eachTaken(all, ask, chosen, ordered, orderedAnswers);
      if (new LinkedHashSet<>(ordered).containsAll(all)) {
        found = ordered;
        answers = orderedAnswers;
      }
    }
    return new Enumeration(found, answers, hasOrder(found, ask, chosen));
  }

  private static void eachTaken(
      List<Integer> offered,
      Function<List<Integer>, ServerAnswer> ask,
      ToIntFunction<ServerAnswer.Chosen> chosen,
      List<Integer> found,
      List<ServerAnswer.Chosen> answers) {
    List<Integer> rest = new ArrayList<>(offered);
    while (!rest.isEmpty() && found.size() < MOST) {
      if (!(ask.apply(List.copyOf(rest)) instanceof ServerAnswer.Chosen answer)) {
        return;
      }
      int one = chosen.applyAsInt(answer);
      if (!rest.removeIf(each -> each == one)) {
        return; // it chose what was not offered, and would again
      }
      found.add(one);
      answers.add(answer);
    }
  }

  /** Whether it chooses the same when its own favourite comes last. */
  private static boolean hasOrder(
      List<Integer> found,
      Function<List<Integer>, ServerAnswer> ask,
      ToIntFunction<ServerAnswer.Chosen> chosen) {
    return ask.apply(found.reversed()) instanceof ServerAnswer.Chosen answer
        && chosen.applyAsInt(answer) == found.getFirst();
  }
}
