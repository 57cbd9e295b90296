package dev.ferrule.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NameLookupTest {
  @Test
  void a_name_service_that_does_not_answer_is_given_up_after_the_limit() {
    CountDownLatch never = new CountDownLatch(1);
    assertThatThrownBy(() ->
            NameLookup.of(
                "slow.example",
                Duration.ofMillis(100),
                host -> {
                  hold(never);
                  return new InetAddress[0];
                }))
        .isInstanceOf(ToolError.class)
        .hasMessageStartingWith("looking up slow.example took more than 0.1 s")
        .extracting(e -> ((ToolError) e).status())
        .isEqualTo(Exit.UNREACHABLE);
    never.countDown();
  }

  private static void hold(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void addresses_come_in_the_resolvers_order() throws UnknownHostException {
    InetAddress[] all = {InetAddress.ofLiteral("192.0.2.2"), InetAddress.ofLiteral("192.0.2.1")};
    assertThat(NameLookup.of("two.example", Duration.ofMinutes(1), host -> all))
        .containsExactly(all);
  }

  @Test
  void a_name_without_address_is_told() {
    assertThatThrownBy(() ->
            NameLookup.of(
                "no.example",
                Duration.ofMinutes(1),
                host -> {
                  throw new UnknownHostException(host);
                }))
        .isInstanceOf(ToolError.class)
        .hasMessage("no.example has no address (is the name right?)");
  }
}
