package dev.ferrule.cli.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OccupancyTest {
  private static InetAddress address(String text) throws UnknownHostException {
    return InetAddress.getByName(text);
  }

  @Test
  void the_bounds_are_those_of_all_and_of_each_address() throws Exception {
    Occupancy occupancy = new Occupancy(3, 2);
    assertThat(occupancy.enter(address("10.0.0.1"))).isNull();
    assertThat(occupancy.enter(address("10.0.0.1"))).isNull();
    assertThat(occupancy.enter(address("10.0.0.1"))).isEqualTo("connections-per-address");
    assertThat(occupancy.enter(address("10.0.0.2"))).isNull();
    assertThat(occupancy.enter(address("10.0.0.3"))).isEqualTo("max-connections");
    occupancy.leave(address("10.0.0.1"));
    assertThat(occupancy.enter(address("10.0.0.1"))).isNull();
    assertThat(occupancy.open()).isEqualTo(3);
  }

  @Test
  void an_IPv6_network_of_64_bits_counts_as_one_address() throws Exception {
    Occupancy occupancy = new Occupancy(0, 1);
    assertThat(occupancy.enter(address("2001:db8:0:1::1"))).isNull();
    assertThat(occupancy.enter(address("2001:db8:0:1:ffff::2")))
        .isEqualTo("connections-per-address");
    assertThat(occupancy.enter(address("2001:db8:0:2::1"))).isNull();
  }

  @Test
  void it_counts_as_a_model_does() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Occupancy occupancy = new Occupancy(20, 4);
    Map<InetAddress, Integer> model = new HashMap<>();
    List<InetAddress> open = new ArrayList<>();
    for (int step = 0; step < 20_000; step++) {
      if (random.nextBoolean() && !open.isEmpty()) {
        InetAddress gone = open.remove(random.nextInt(open.size()));
        occupancy.leave(gone);
        model.merge(gone, -1, Integer::sum);
      } else {
        InetAddress next = address("10.0.0." + random.nextInt(8));
        boolean room = open.size() < 20 && model.getOrDefault(next, 0) < 4;
        assertThat(occupancy.enter(next) == null).as("seed %d", seed).isEqualTo(room);
        if (room) {
          open.add(next);
          model.merge(next, 1, Integer::sum);
        }
      }
      assertThat(occupancy.open()).as("seed %d", seed).isEqualTo(open.size());
    }
  }
}
