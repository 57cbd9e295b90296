package dev.ferrule.cli;

import java.util.function.Supplier;
import picocli.AutoComplete;
import picocli.CommandLine;

/** {@code ferrule completion}: a script by which bash and zsh complete commands and options. */
final class Completion implements Runnable {
  private final Stdio stdio;
  private final Supplier<CommandLine> tool;

  /** {@code tool} describes all commands. */
  Completion(Stdio stdio, Supplier<CommandLine> tool) {
    this.stdio = stdio;
    this.tool = tool;
  }

  Description described() {
    return new Description("completion", this)
        .about(
            "Prints a script by which bash and zsh complete commands and options.",
            "%nFor zsh, which reads it too, run `autoload -U +X bashcompinit && bashcompinit`"
                + " before.%n")
        .help("-h --help", "Show this help.")
        .exits(" 0:printed", " 1:standard output did not take it", "64:wrong usage")
        .examples(
            "  source <(ferrule completion)                                  # for this shell",
            "  ferrule completion > ~/.local/share/bash-completion/completions/ferrule");
  }

  @Override
  public void run() {
    stdio.text().print(AutoComplete.bash("ferrule", tool.get()));
  }
}
