package dev.ferrule.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UsageTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          connect | HOST:PORT is missing
          connect localhost | the port is missing
          connect :443 | the host is missing
          connect localhost: | a port is a number from 1 to 65535
          connect localhost:0 | a port is a number from 1 to 65535
          connect localhost:70000 | a port is a number from 1 to 65535
          connect localhost:https | a port is a number from 1 to 65535
          connect ::1:443 | put an IPv6 address into brackets
          connect [::1]443 | an IPv6 address looks like [::1]:443
          connect unix: | the path is missing
          connect unix:/nowhere | no host name to verify
          connect a:1 b | 'b' is one argument too many
          connect a:1 --pin 1234 | --pin wants the SHA-256
          connect a:1 --ca nowhere.pem | nowhere.pem
          connect a:1 --key nowhere.pem | --key without --cert
          connect a:1 --cert nowhere.pem | nowhere.pem
          connect a:1 --ciphers FOO | FOO
          connect a:1 --option no-such | no-such
          connect a:1 --min-protocol 9 | TLSv9
          connect a:1 --min-protocol 1.3 --max-protocol 1.2 | above the highest
          connect a:1 --records maybe | --records
          connect a:1 --policy strict | --policy
          connect a:1 --policy old --provider jdk | jdk.tls.disabledAlgorithms
          connect a:1 --groups P-256,curve9 | there is no key exchange group 'curve9'
          connect a:1 --groups x448 --provider boringssl | does not have the key exchange group x448
          connect a:1 --sigalgs nope --provider jdk | there is no signature scheme 'nope'
          connect a:1 --sigalgs ed25519 --provider boringssl | cannot choose signature schemes
          connect a:1 --post-quantum maybe | --post-quantum
          connect a:1 --post-quantum require --provider jdk | cannot agree on keys by a post-quantum
          connect a:1 --plain --policy old | --policy has no meaning with --plain
          connect a:1 --plain --post-quantum off | --post-quantum has no meaning with --plain
          serve --port 0 --policy strict | --policy
          serve --port 0 --plain --groups P-256 | --groups has no meaning with --plain
          connect a:1 --records java --provider jdk | cannot tell the traffic secrets
          connect a:1 --plain --records library | --records has no meaning with --plain
          connect a:1 --plain --kernel-tls | --kernel-tls has no meaning with --plain
          connect a:1 --provider nope | there is no SSL provider 'nope'
          connect a:1 --poller nope | there is no poller 'nope'
          connect a:1 --verify maybe | --verify
          connect a:1 --insecure --verify full | contradict
          connect a:1 --insecure --ca nowhere.pem | contradict
          connect a:1 --strict-crl | --strict-crl needs --crl
          connect a:1 --crl nowhere.crl | nowhere.crl does not exist
          connect a:1 --insecure --crl nowhere.crl | no chain is verified
          connect a:1 --plain --crl nowhere.crl | --crl has no meaning with --plain
          connect a:1 --ca system --ca nowhere.pem | nowhere.pem does not exist
          serve --port 0 --crl nowhere.crl | --crl is about certificates of clients, and needs --client-ca
          serve --port 0 --strict-crl | --strict-crl needs --crl
          serve --port 0 --plain --crl nowhere.crl | --crl has no meaning with --plain
          connect a:1 --plain --insecure | --insecure has no meaning with --plain
          connect a:1 --plain --alpn h2 | --alpn has no meaning with --plain
          connect a:1 --starttls gopher | --starttls
          serve --port 0 --ticket-lifetime 200h | ferrule: --ticket-lifetime is a duration
          serve --port 0 --ticket-rotation often | ferrule: --ticket-rotation is a duration
          connect a:1 --proxy ftp://ann:secret@b:1 | --proxy is http://HOST:PORT
          connect unix:/s --insecure --proxy http://b:1 | --proxy has no meaning with a Unix-domain
          connect a:1 --socket-option keepalive | no socket option 'keepalive'; did you mean keep-alive?
          connect a:1 --socket-option user_timout=3s | did you mean user-timeout?
          connect a:1 --socket-option send-buffer=big | send-buffer: its value is a number, not 'big'
          connect a:1 --socket-option send-buffer=0 | --socket-option send-buffer: SO_SNDBUF in bytes
          connect a:1 --socket-option keep-alive=60s | IDLE,INTERVAL,PROBES
          connect a:1 --socket-option user-timeout=soon | user-timeout is a duration from 0s to 596h
          connect a:1 --socket-option reuse-port=1 | reuse-port: it has no value
          connect a:1 --socket-option local-address=here | local-address
          connect a:1 --plain --socket-option ipv6-only | IPV6_V6ONLY cannot be set: it is for servers
          connect a:1 --plain --socket-option fast-open --poller nio | TCP_FASTOPEN cannot be set
          serve --port 0 --plain --socket-option local-address=127.0.0.1 | it is for clients
          serve --port 0 --plain --socket-option nodelay | no socket option 'nodelay'
          serve --port 0 --plain --proxied-by nowhere | --proxied-by: a network is written as
          connect a:1 --bind here | --bind:
          connect a:1 --bind 127.0.0.1:x | --bind: an address is written as
          connect a:1 --resume --again 3 | --resume is short for --again 2
          connect a:1 --plain --key x | --key has no meaning with --plain
          connect a:1 --plain --password-file x | --password-file has no meaning with --plain
          serve --port 0 --plain --alias x | --alias has no meaning with --plain
          connect a:1 --plain --resume | --resume has no meaning with --plain
          connect a:1 --proxy-protocol v3 | --proxy-protocol is v1=SOURCE,DESTINATION
          connect a:1 --proxy-protocol v1=127.0.0.1,127.0.0.1:2 | an address is written as
          connect a:1 --proxy-protocol v2=127.0.0.1:1,[::1]:2 | --proxy-protocol:
          connect a:1 --happy-eyeballs maybe | --happy-eyeballs
          connect a:1 --plain --happy-eyeballs handshake | has no meaning with --plain or --starttls
          connect a:1 --timeout 0 | --timeout
          connect a:1 --timeout soon | --timeout
          connect a:1 --shutdown-after soon | --shutdown-after is a duration from 0s to 24h
          connect a:1 --shutdown-after -1s | --shutdown-after
          connect a:1 --shutdown-after 25h | --shutdown-after is a duration from 0s to 24h
          connect a:1 --shutdown-after 999999999h | --shutdown-after is a duration from 0s to 24h
          connect a:1 --shutdown-after 1s --no-shutdown | contradict each other
          connect a:1 --loops 2 | only one loop
          demo --loops 2 | only one loop
          bench | HOST:PORT is missing
          bench localhost | the port is missing
          bench a:1 --mode nope | --mode
          bench a:1 --connections 0 | --connections is a number from 1 to 100000, not 0
          bench a:1 --connections -5 | --connections is a number from 1 to 100000, not -5
          bench a:1 --connections 100001 | from 1 to 100000
          bench a:1 --connections 99999999999 | --connections is a whole number
          bench a:1 --mode resumed --connections 5000 | from 1 to 4096
          bench a:1 --size 0 | --size is a number from 1 to 67108864, not 0
          bench a:1 --size -1 | --size is a number from 1
          bench a:1 --size 67108865 | to 67108864
          bench a:1 --mode idle --size 5 | --size has no meaning with --mode idle
          bench a:1 --mode full --size 5 | --size has no meaning with --mode full
          bench a:1 --mode source --size 5 | --size has no meaning with --mode source
          bench a:1 --seconds 0 | --seconds is from 0.1 to 86400 seconds, not 0.0
          bench a:1 --seconds -3 | --seconds
          bench a:1 --seconds NaN | --seconds
          bench a:1 --seconds 1e9 | --seconds
          bench a:1 --warmup -1 | --warmup is from 0 to 86400 seconds
          bench a:1 --mode idle --warmup 1 | --warmup has no meaning with --mode idle
          bench a:1 --rate 0 | --rate is a number from 1 to 1000000, not 0
          bench a:1 --rate 1000001 | --rate is a number from 1 to 1000000
          bench a:1 --mode sink --rate 5 | --rate has no meaning with --mode sink
          bench a:1 --mode idle --rate 5 | --rate has no meaning with --mode idle
          bench a:1 --timeout 0 | --timeout
          bench a:1 --rounds 3 | --rounds is for --against
          bench a:1 --against b:1 --rounds 0 | --rounds is a number from 1 to 1000, not 0
          bench a:1 --against nowhere | the port is missing
          bench a:1 --loops 0 | --loops: the number of loops is from 1 to 1024, not 0
          bench a:1 --loops 20 --connections 10 | a loop without a connection
          bench a:1 --plain --mode full | is about handshakes
          bench a:1 --plain --insecure | --insecure has no meaning with --plain
          bench a:1 --plain --ciphers FOO | --ciphers has no meaning with --plain
          bench a:1 --insecure --ca nowhere.pem | contradict each other
          bench a:1 --ca nowhere.pem | nowhere.pem does not exist
          bench a:1 --ciphers FOO | FOO
          bench a:1 --report / | it is a folder
          bench unix:/nowhere | no host name to verify
          connect a:1 --nonsense | there is no option '--nonsense'
          connect a:1 --nonsense --more | there is no option '--nonsense'
          connect a:1 --starttls smtp --starttls imap | --starttls is there twice
          connect a:1 --starttls gopher | --starttls is smtp, lmtp, imap, pop3, sieve, ftp, nntp, ldap, postgres, mysql, xmpp, xmpp-server or irc, not 'gopher'
          connect a:1 --starttls | --starttls wants PROTOCOL
          bench a:1 --json=maybe | --json has no value
          bench a:1 --seconds x | --seconds is a number, not 'x'
          bench a:1 --rate 1.5 | --rate is a whole number, 2147483647 at most, not '1.5'
          bench a:1 --mode nope | --mode is echo, source, sink, full, resumed, churn or idle, not 'nope'
          serve | --port
          serve --port 70000 | --port is a number from 0 to 65535
          serve --port x | --port
          serve --port 0 --cert nowhere.pem | nowhere.pem
          serve --port 0 --mode nope | --mode
          serve --port 0 --verify none | --client-ca
          serve --port 0 --client-auth required | --client-ca
          serve --port 0 --plain --cert x.pem | --cert has no meaning with --plain
          serve --port 0 --plain --starttls smtp | --starttls has no meaning with --plain
          serve --port 0 --starttls gopher | --starttls
          serve --port 0 --starttls mysql | --starttls mysql is for connect alone
          serve --port 0 --plain --status here | the port is missing
          serve --port 0 --cert a --cert b --key c | --key is given as often as --cert
          serve --port 0 --cert a --cert b --alias c | --alias is for one store
          connect a:1 --cert a --cert b --key c | --key is given as often as --cert
          serve --port 0 --password-file x | without --cert
          serve --port 0 --allow dns=x | --allow needs --client-ca
          serve --port 0 --strict-names | --strict-names needs --name
          serve --port 0 --max-handshakes 0 | --max-handshakes is at least 1, not 0
          serve --port 0 --handshakes-per-address -1 | --handshakes-per-address is at least 1, not -1
          serve --port 0 --plain --max-handshakes 9 | --max-handshakes has no meaning with --plain
          serve --port 0 --watch | there is no file to watch
          serve --port 0 --plain --watch | --watch has no meaning with --plain
          serve --port 0 --watch --name x | --name is PATTERN=CHAIN
          serve --port 0 --loops 0 | --loops: the number of loops is from 1 to 1024, not 0
          serve --port 0 --loops 1025 | from 1 to 1024
          serve --port 0 --loops many | --loops
          serve --port 0 --ticket-keys nowhere | nowhere does not exist
          serve --port 0 --ticket-secret nowhere | nowhere does not exist
          serve --port 0 --ticket-keys a --ticket-secret b | contradict each other
          serve --port 0 --ticket-lifetime 169h | --ticket-lifetime is a duration from 0s to 168h
          serve --port 0 --ticket-lifetime 0s | 1 second to 7 days
          serve --port 0 --plain --ticket-keys a | --ticket-keys has no meaning with --plain
          serve --port 0 --plain --ticket-secret a | --ticket-secret has no meaning with --plain
          serve --port 0 --plain --ticket-lifetime 1h | --ticket-lifetime has no meaning with
          serve --port 0 --ticket-keys a --ticket-rotation 1h | contradict each other
          serve --port 0 --ticket-rotation 8761h | --ticket-rotation is a duration from 0s to 8760h
          serve --port 0 --ticket-rotation 0s | the period of ticket keys is 1 second to 365 days
          serve --port 0 --plain --ticket-rotation 1h | --ticket-rotation has no meaning with
          serve --port 0 --plain --tickets 2 | --tickets has no meaning with --plain
          serve --port 0 --tickets 11 | the number of tickets is 0 to 10, not 11
          serve --port 0 --quiet --provider boringssl --tickets 1 | 2 tickets after a handshake, or none
          serve --port 0 --quiet --tickets 0 --ticket-lifetime 1h | contradict tickets(0)
          connect a:1 --capture none/it | the capture none/it cannot be written: its folder does not exist
          connect a:1 --keylog none/it | the key log none/it cannot be written: its folder does not exist
          connect a:1 --plain --keylog it | --keylog has no meaning with --plain
          connect a:1 --keylog /dev/null --provider jdk | cannot tell the secrets of handshakes
          serve --port 0 --capture none/it | the capture none/it cannot be written
          serve --port 0 --quiet --keylog none/it | the key log none/it cannot be written
          serve --port 0 --plain --keylog it | --keylog has no meaning with --plain
          connect a:1 --plain --no-session | --no-session has no meaning with --plain
          demo --ciphers FOO | FOO
          demo extra | 'extra' is one argument too many
          completion extra | 'extra' is one argument too many
          serv --port 1 | there is no command 'serv'; did you mean serve?
          dmeo | there is no command 'dmeo'
          """)
  void wrong_usage_is_one_line_and_64(String arguments, String said) {
    Tool.Result result = Tool.run(arguments.split(" ", -1));
    assertThat(result.status()).isEqualTo(64);
    assertThat(result.err()).startsWith("ferrule: ").contains(said);
    assertThat(result.err().lines()).hasSize(1);
    assertThat(result.out()).isEmpty();
  }

  @Test
  void without_a_command_it_says_which_there_are() {
    Tool.Result result = Tool.run();
    assertThat(result.status()).isEqualTo(64);
    assertThat(result.err()).contains("demo", "serve", "connect", "bench", "providers");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "demo",
        "serve",
        "connect",
        "tunnel",
        "check",
        "bench",
        "cert",
        "providers",
        "completion"
      })
  void help_ends_with_examples(String command) {
    Tool.Result result = Tool.run(command, "--help");
    assertThat(result.status()).isZero();
    String examples = result.out().substring(result.out().indexOf("Examples:"));
    assertThat(examples.lines().skip(1)).isNotEmpty().allMatch(l -> l.contains("ferrule"));
    // A line of a list that is too long goes on below, at the margin.
    assertThat(result.out()).doesNotContainPattern("\n  \\S.{70,}\n[^ \n]");
    assertThat(result.out().lines()).allMatch(line -> line.length() <= 100);
  }

  @Test
  void a_stack_trace_comes_with_debug_only() {
    assertThat(Tool.run("connect", "nowhere").err()).doesNotContain("\tat ");
    assertThat(Tool.run("connect", "nowhere", "--debug").err()).contains("\tat ");
  }

  @Test
  void the_version_is_told() {
    assertThat(Tool.run("--version").out()).startsWith("ferrule ").contains("Java ");
  }

  @Test
  void providers_says_what_each_can_do() {
    Tool.Result result = Tool.run("providers", "--capabilities");
    assertThat(result.status()).isZero();
    assertThat(result.out().lines().toList())
        .startsWith("boringssl  openssl    jdk        it can")
        .anyMatch(line -> line.matches("no +(yes|-) +yes +choose signature schemes by name"))
        .anyMatch(line -> line.matches("yes +(yes|-) +no +staple OCSP responses"))
        .contains("groups of boringssl: X25519MLKEM768, x25519, secp256r1, secp384r1, secp521r1")
        .anyMatch(line -> line.startsWith("groups of jdk: x25519, "))
        .anyMatch(line -> line.startsWith("signature schemes of jdk: ecdsa_secp256r1_sha256, "));
  }

  @ParameterizedTest
  @ValueSource(strings = {"tunnel", "serve"})
  void a_command_that_ends_at_once_when_asked_twice_says_with_which_status(String command) {
    assertThat(Tool.run(command, "--help").out())
        .contains("130", "asked to stop a second time, and ended at once");
  }

  @Test
  void providers_lists_the_defaults() {
    Tool.Result result = Tool.run("providers");
    assertThat(result.status()).isZero();
    List<String> lines = result.out().lines().toList();
    assertThat(lines).anyMatch(line -> line.matches(" +nio +(default|available), .+"));
    assertThat(lines).anyMatch(line -> line.matches(" +jdk +(default|available), .+"));
    assertThat(lines).filteredOn(line -> line.contains(" default, ")).hasSize(2);
    assertThat(lines)
        .filteredOn(line -> line.endsWith(", TLS 1.3 records in Java"))
        .first()
        .asString()
        .matches(" +boringssl .+");
  }

  @ParameterizedTest
  @ValueSource(strings = {"check", "cert", "cert show"})
  void a_command_that_has_no_more_to_say_offers_no_verbose(String command) {
    String[] words = (command + " --help").split(" ", -1);
    assertThat(Tool.run(words).out()).contains("--quiet").doesNotContain("--verbose");
  }
}
