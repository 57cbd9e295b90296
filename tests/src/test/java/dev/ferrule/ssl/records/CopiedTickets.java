package dev.ferrule.ssl.records;

import static org.assertj.core.api.Assertions.assertThat;

/** Counts what a client's library gets, and how often it is released. */
final class CopiedTickets implements TicketReceiver {
  private int records;
  private int releases;

  @Override
  public void receive(byte[] record, int offset, int length) {
    assertThat(releases).as("a record after the release").isZero();
    assertThat(record[offset]).isEqualTo((byte) 23);
    assertThat(length).isEqualTo(5 + Expected.number(record, offset + 3, 2));
    records++;
  }

  @Override
  public void allowsEarlyData(long bytes) {}

  @Override
  public void release() {
    releases++;
  }

  int records() {
    return records;
  }

  int releases() {
    return releases;
  }
}
