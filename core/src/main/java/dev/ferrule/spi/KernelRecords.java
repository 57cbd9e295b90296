package dev.ferrule.spi;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A link whose system can protect records of TLS 1.3 (Linux: kernel TLS). Once it protects what is
 * written, {@link Link#write} and {@link Link#sendFile} take content, and records with it go out;
 * once it protects what is read, {@link #read} takes the place of {@link Link#read}. It does so to
 * the end of the connection. On the loop's thread.
 */
public interface KernelRecords {
  /** Of {@link #read}: nothing is there. */
  int NOTHING = -1;

  /** Of {@link #read}: the link has ended (FIN). */
  int END = -2;

  /** Of {@link #read}: a record is not authentic. */
  int NOT_AUTHENTIC = -3;

  /** Of {@link #read}: a record is longer than one may be. */
  int TOO_LONG = -4;

  /** Of {@link #read}: what came is no record of this version. */
  int NOT_A_RECORD = -5;

  /**
   * Protects what is written from now on; nothing that was written before is in this process any
   * more. Later calls replace the keys, behind a KeyUpdate.
   *
   * @return null when it does, else why not, in words that follow "kernel TLS is not there: "
   */
  @Nullable String protectWriting(RecordKeys keys);

  /** The same of what is read from now on, beginning with a record. */
  @Nullable String protectReading(RecordKeys keys);

  /**
   * Whether keys for writing, which it has, can be replaced; nothing changes by that.
   *
   * @return null when they can, else why not, as {@link #protectWriting} would say
   */
  @Nullable String keepsWritingKeys();

  /**
   * Reads content of records of one type, which {@link #type} tells then: the number of bytes,
   * maybe 0, or one of the codes above.
   *
   * @param destination outside the heap
   */
  int read(ByteBuffer destination) throws IOException;

  /** The type of the content that was read last (RFC 8446 B.1). */
  int type();

  /** Writes a record of another type than data, whole; false when it takes none now. */
  boolean write(int type, byte[] content) throws IOException;
}
