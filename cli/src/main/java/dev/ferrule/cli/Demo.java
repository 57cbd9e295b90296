package dev.ferrule.cli;

import dev.ferrule.LoopSetup;
import dev.ferrule.ssl.Credentials;
import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslContextBuilder;
import java.util.concurrent.Callable;

/** {@code ferrule demo}: client and server in one process. */
final class Demo implements Callable<Integer> {
  private final SharedOptions shared = new SharedOptions();

  private final Stdio stdio;

  Demo(Stdio stdio) {
    this.stdio = stdio;
  }

  Description described() {
    Description command =
        new Description("demo", this)
            .about(
                "Shows the main job in one process, on loopback.",
                "%nIt makes a throw-away certificate, serves with it, connects while checking it,"
                    + " exchanges a line, and wraps a plain connection as STARTTLS does. It says"
                    + " what was negotiated and how long each step took.%n")
            .exits(
                " 0:all worked",
                " 1:it was not done within 10 seconds, or something unexpected happened",
                " 2:TLS failed",
                "64:wrong usage, or a setting that cannot work")
            .examples(
                "  ferrule demo",
                "  ferrule demo --provider jdk --max-protocol TLSv1.2",
                "  ferrule demo --ciphers CHACHA20 --alpn h2,http/1.1");
    shared.describe(command);
    return command;
  }

  @Override
  public Integer call() {
    StepTimer timer = new StepTimer(stdio.text(), shared.verbosity.quiet);
    LoopSetup loop = shared.loop();
    shared.chosenPoller();
    SslContextBuilder server = SslContext.server();
    SslContextBuilder client = SslContext.client();
    shared.apply(server); // --verify is about the client, and means nothing to a server
    shared.apply(client);
    Credentials identity = SelfSigned.forLocalhost();
    Fingerprint print = Fingerprint.of(identity.chain().getFirst());
    timer.done("certificate", "EC P-256 for localhost, SHA-256 " + print);
    server.credentials(identity);
    client.trust(identity.chain());
    DemoRun.run(timer, server.build(), client.build(), shared, loop);
    timer.last("OK: served, connected, exchanged, and wrapped a plain connection");
    return Exit.CLEAN;
  }
}
