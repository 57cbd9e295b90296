package dev.ferrule.tests.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ferrule.ssl.SslContext;
import dev.ferrule.ssl.SslReload;
import dev.ferrule.ssl.SslReload.Flaw;
import dev.ferrule.ssl.SslReloadEvent;
import dev.ferrule.ssl.SslReloadEvent.Reloaded;
import dev.ferrule.testkit.Issued;
import dev.ferrule.testkit.KeyType;
import dev.ferrule.testkit.ThrowawayCa;
import dev.ferrule.tests.Pki;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is not served though it could be, and what is told before it expires. */
@Tag("once")
class ReloadFlawsTest extends ReloadedFolder {
  @Test
  void an_expired_certificate_is_refused() throws IOException {
    watch();
    Issued expired = Pki.CA.request("a.example", "b.example", "127.0.0.1").expired().issue();
    expired.write(folder);
    assertKept("CN=a.example expired at " + expired.certificate().getNotAfter().toInstant());
  }

  @Test
  void a_certificate_that_is_not_valid_yet_is_served_when_it_is() throws IOException {
    watch();
    Issued early = Pki.CA.request("a.example", "b.example", "127.0.0.1").notYetValid().issue();
    early.write(folder);
    assertKept("not valid before " + early.certificate().getNotBefore().toInstant());
    now = now.plus(Duration.ofDays(2));
    assertReloaded(early);
  }

  @Test
  void what_is_out_of_date_is_served_where_that_is_allowed() throws IOException {
    begin(watching().allow(Flaw.OUT_OF_DATE));
    Issued early = Pki.CA.request("a.example", "b.example", "127.0.0.1").notYetValid().issue();
    early.write(folder);
    assertReloaded(early);
  }

  @Test
  void fewer_names_are_refused_and_more_are_not() throws IOException {
    watch();
    Pki.CA.issue("a.example", "127.0.0.1").write(folder);
    assertKept("the certificate of CN=a.example does not name 'b.example'");
    Pki.CA.issue("a.example", "b.example").write(folder);
    assertKept("does not name '127.0.0.1'");
    Issued more = Pki.CA.issue("c.example", "B.example", "a.example", "::1", "127.0.0.1");
    more.write(folder);
    assertReloaded(more);
  }

  @Test
  void fewer_names_are_served_where_that_is_allowed() throws IOException {
    begin(watching().allow(Flaw.FEWER_NAMES));
    Issued fewer = Pki.CA.issue("z.example");
    fewer.write(folder);
    assertReloaded(fewer);
  }

  @Test
  void a_wildcard_covers_names_and_names_do_not_cover_a_wildcard() throws IOException {
    Pki.CA.issue("www.a.example", "mail.a.example").write(folder);
    watch();
    Issued wild = Pki.CA.issue("*.a.example");
    wild.write(folder);
    assertReloaded(wild);
    Pki.CA.issue("www.a.example", "mail.a.example").write(folder);
    assertKept("does not name '*.a.example'");
    Pki.CA.issue("*.example").write(folder);
    assertKept("does not name '*.a.example'");
  }

  @Test
  void an_issuer_that_was_sent_and_is_missing_now_is_refused() throws IOException {
    Issued through = request().throughIntermediate().issue();
    through.write(folder);
    watch();
    Issued again = request().throughIntermediate().issue();
    Files.writeString(key(), again.keyPem());
    Files.writeString(chain(), leaf(again));
    assertKept("the chain of CN=a.example lacks", "intermediate CA: put it behind the others");
    Files.writeString(chain(), again.chainPem());
    assertReloaded(again);
  }

  @Test
  void a_lone_certificate_of_another_issuer_is_refused_unless_that_is_allowed() throws IOException {
    Issued other = ThrowawayCa.create().request("a.example", "b.example", "127.0.0.1").issue();
    Issued lone = request().throughIntermediate().issue();
    watch();
    other.write(folder); // an authority of the same name: as much is known of it as before
    assertReloaded(other);
    Files.writeString(key(), lone.keyPem());
    Files.writeString(chain(), leaf(lone));
    assertKept("lacks the certificate of the issuer CN=Ferrule throw-away intermediate CA");
    reload.close();
    first.write(folder);
    begin(watching().allow(Flaw.INCOMPLETE_CHAIN));
    Files.writeString(key(), lone.keyPem());
    Files.writeString(chain(), leaf(lone));
    assertReloaded(lone);
  }

  @Test
  void a_self_signed_certificate_and_one_of_a_trusted_issuer_are_complete() throws IOException {
    Path trusted = folder.resolve("ca.pem");
    begin(
        SslReload.of(
                () -> SslContext.server().certificate(chain()).key(key()).trust(trusted).build())
            .files(chain(), key(), trusted)
            .onEvent(events::add));
    Issued own = request().selfSigned().issue();
    own.write(folder);
    assertReloaded(own);
    first.write(folder); // its issuer is not that of the one before, but it is trusted
    assertReloaded(first);
  }

  @Test
  void what_a_trusted_file_has_that_cannot_be_used_is_refused() throws IOException {
    Path trusted = folder.resolve("ca.pem");
    begin(
        SslReload.of(
                () -> SslContext.server().certificate(chain()).key(key()).trust(trusted).build())
            .files(trusted)
            .onEvent(events::add));
    String both = Pki.CA.pem() + ThrowawayCa.create().pem();
    Files.writeString(trusted, both.substring(0, both.length() - 100)); // it is being written
    assertKept("ca.pem");
    Files.writeString(trusted, both);
    assertReloaded(first, "trusted issuers: 1 more, 0 fewer");
    Files.writeString(trusted, Pki.CA.pem());
    assertReloaded(first, "trusted issuers: 0 more, 1 fewer");
  }

  @Test
  void certificates_of_names_are_compared_with_those_of_the_same_name() throws IOException {
    Path named = Files.createDirectory(folder.resolve("named"));
    Pki.CA.issue("n.example", "m.example").write(named);
    Path chain = named.resolve("chain.pem");
    Path key = named.resolve("key.pem");
    begin(
        SslReload.of(() ->
                SslContext.server()
                    .certificate(chain())
                    .key(key())
                    .name("n.example", SslContext.server().certificate(chain).key(key).build())
                    .build())
            .files(named)
            .onEvent(events::add));
    Pki.CA.issue("n.example", "a.example", "b.example").write(named);
    assertKept("the certificate of CN=n.example does not name 'm.example'");
    Pki.CA.issue("n.example", "m.example").write(named);
    assertThat(reload.look()).isTrue();
    assertThat(events.getFirst().message()).contains("for 'n.example'").doesNotContain("CN=a.");
    assertThat(((Reloaded) events.getFirst()).certificates()).hasSize(2);
  }

  @Test
  void the_end_of_a_certificate_is_told_once_21_7_and_1_days_before_and_then() throws IOException {
    Issued long90 = life(90);
    long90.write(folder);
    watch();
    Instant end = long90.certificate().getNotAfter().toInstant();
    List<Long> told = new ArrayList<>();
    for (int hours = 23 * 24; hours >= -48; hours--) {
      now = end.minus(Duration.ofHours(hours));
      reload.look();
      for (SslReloadEvent event : events) {
        SslReloadEvent.Expiry expiry = (SslReloadEvent.Expiry) event;
        assertThat(expiry.certificate()).isEqualTo(long90.certificate());
        assertThat(expiry.left()).isEqualTo(Duration.ofHours(hours));
        assertThat(event.message()).contains("CN=a.example", end.toString());
        told.add(expiry.left().toDays());
      }
      events.clear();
    }
    assertThat(told).containsExactly(21L, 7L, 1L, 0L);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 6, 10, 30})
  void only_the_nearest_time_counts_and_none_as_long_as_the_life(int days) throws IOException {
    life(days).write(folder);
    reload = watching().build();
    reload.look();
    List<Long> told = new ArrayList<>();
    now = now.plus(Duration.ofDays(days)).minus(Duration.ofHours(3));
    reload.look();
    events.forEach(event -> told.add(((SslReloadEvent.Expiry) event).left().toDays()));
    assertThat(told).isEqualTo(days == 1 ? List.of() : List.of(1L));
  }

  @Test
  void a_certificate_in_place_of_one_that_ends_is_told_of_by_itself() throws IOException {
    life(30).write(folder);
    watch();
    now = now.plus(Duration.ofDays(25));
    reload.look();
    assertThat(events).singleElement().isInstanceOf(SslReloadEvent.Expiry.class);
    events.clear();
    Issued ends = request().notAfter(now.plus(Duration.ofDays(3))).issue();
    ends.write(folder);
    assertThat(reload.look()).isTrue();
    assertThat(events).hasSize(2);
    assertThat(((SslReloadEvent.Expiry) events.get(1)).certificate()).isEqualTo(ends.certificate());
  }

  @Test
  void names_of_a_kind_of_certificate_that_is_gone_are_fewer() throws IOException {
    Issued rsa = Pki.CA.request("a.example", "z.example").keyType(KeyType.RSA_2048).issue();
    int[] kinds = {2};
    begin(
        SslReload.of(() ->
                kinds[0] == 2
                    ? SslContext.server()
                        .credentials(Pki.credentials(first), Pki.credentials(rsa))
                        .build()
                    : load())
            .files(chain(), key())
            .clock(() -> now)
            .onEvent(events::add));
    kinds[0] = 1;
    next.write(folder);
    assertKept("z.example");
  }
}
