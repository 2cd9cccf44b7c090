// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import io.pghoard.postgres.SystemIdentifier;
import io.pghoard.postgres.WalSegmentName;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A base backup of the catalogue, as the metadata of its main object tells of it.
 *
 * <p>Older versions of the Python pghoard told less: all that a backup needs to have is where its
 * WAL starts and when.
 *
 * @param name without what is added to it in the keys of the main object and the chunks
 * @param object the main object, or the whole backup when the format has no chunks
 * @param endTime null in the older formats
 * @param endSegment null in the older formats, and when it was taken on a standby
 * @param systemIdentifier null when the Python pghoard took it
 */
public record BaseBackup(
    String name,
    StoredObject object,
    Format format,
    Instant startTime,
    @Nullable Instant endTime,
    WalSegmentName startSegment,
    @Nullable WalSegmentName endSegment,
    @Nullable SystemIdentifier systemIdentifier) {
  /** In the metadata of the main object: the id of the daemon that took it. */
  public static final String TAKEN_BY = "taken-by";

  /** The oldest first. */
  public static final Comparator<BaseBackup> BY_START_TIME =
      Comparator.comparing(BaseBackup::startTime).thenComparing(BaseBackup::name);

  static final String MAIN_OBJECT_SUFFIX = ".00000000.pghoard";

  /** How a base backup is kept. */
  public enum Format {
    /** One object, the tar archive of pg_basebackup. */
    RAW(null),
    /** One object, a tar archive of {@code pgdata/} and {@code tablespaces/NAME/}. */
    ONE_TAR("pghoard-bb-v1"),
    /** A main object and chunks. */
    CHUNKS("pghoard-bb-v2"),
    /** A main object, chunks and files by their hash, of which several backups make use. */
    DELTA_V1("pghoard-delta-v1"),
    DELTA("pghoard-delta-v2");

    private final @Nullable String text;

    Format(@Nullable String text) {
      this.text = text;
    }

    static Format of(@Nullable String text) {
      for (Format format : values()) {
        if (Objects.equals(text, format.text)) {
          return format;
        }
      }
      throw new IllegalArgumentException("a format that this version does not know: " + text);
    }
  }

  /**
   * Understands the metadata of a main object.
   *
   * @throws IllegalArgumentException saying what is missing or wrong
   */
  public static BaseBackup of(StoredObject object) {
    Map<String, String> metadata = object.metadata();
    String name = name(object.key());
    Instant startTime = time(metadata, "start-time");
    String startSegment = metadata.get("start-wal-segment");
    if (startTime == null || startSegment == null) {
      throw new IllegalArgumentException(
          "the metadata has no " + (startTime == null ? "start-time" : "start-wal-segment"));
    }
    String endSegment = metadata.get("end-wal-segment");
    String identifier = metadata.get("system-identifier");
    return new BaseBackup(
        name,
        object,
        Format.of(metadata.get("format")),
        startTime,
        time(metadata, "end-time"),
        WalSegmentName.parse(startSegment),
        endSegment == null ? null : WalSegmentName.parse(endSegment),
        identifier == null ? null : SystemIdentifier.parse(identifier));
  }

  /** The name of the base backup whose main object has this key. */
  static String name(ObjectKey mainObject) {
    String name = mainObject.name();
    return name.endsWith(MAIN_OBJECT_SUFFIX)
        ? name.substring(0, name.length() - MAIN_OBJECT_SUFFIX.length())
        : name;
  }

  private static @Nullable Instant time(Map<String, String> metadata, String word) {
    String text = metadata.get(word);
    try {
      return text == null ? null : PythonTime.parse(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "the metadata's %s is not a time: %s".formatted(word, text), e);
    }
  }

  public ObjectKey key() {
    return object.key();
  }

  /**
   * Whether the WAL without which it cannot be restored is in the backup itself: the Python pghoard
   * lets pg_basebackup fetch it in its mode standalone_hot_backup.
   */
  public boolean bringsItsWal() {
    return format == Format.RAW
        && "standalone_hot_backup".equals(object.metadata().get("active-backup-mode"));
  }

  /** Whether a WAL segment is in the backup itself, as far as is known. */
  public boolean brings(WalSegmentName segment) {
    WalSegmentName end = endOfWal();
    return bringsItsWal()
        && segment.timeline() == startSegment.timeline()
        && segment.compareTo(startSegment) >= 0
        && segment.compareTo(end) <= 0;
  }

  /** The last segment without which it cannot be restored; the first, where no more is known. */
  public WalSegmentName endOfWal() {
    return endSegment == null ? startSegment : endSegment;
  }

  /** When the backup ended; its start, where the older formats do not tell. */
  public Instant end() {
    return endTime == null ? startTime : endTime;
  }

  /** When it was decided to take the backup; older versions did not say. */
  public Instant decisionTime() {
    Instant decision = time(object.metadata(), "backup-decision-time");
    return decision == null ? startTime : decision;
  }

  /** {@code scheduled}, which older versions did not say, or {@code requested}. */
  public String reason() {
    return object.metadata().getOrDefault("backup-reason", "scheduled");
  }

  /** The server's version: 15.18 of "150018", 9.6.24 of "90624"; null where it is not told. */
  public @Nullable String serverVersion() {
    Integer version = versionNumber();
    if (version == null) {
      return null;
    }
    return version < 100_000
        ? version / 10_000 + "." + version / 100 % 100 + "." + version % 100
        : version / 10_000 + "." + version % 10_000;
  }

  /** 15 of "150018", 9 of "90624"; null where it is not told. */
  public @Nullable Integer majorVersion() {
    Integer version = versionNumber();
    return version == null ? null : Integer.valueOf(version / 10_000);
  }

  private @Nullable Integer versionNumber() {
    String text = object.metadata().get("pg-version");
    return text != null && text.matches("[0-9]{5,6}") ? Integer.valueOf(text) : null;
  }

  /** The bytes of all its files, or of the object when the metadata does not say. */
  public long plainSize() {
    return number("total-size-plain", number(Encoding.PLAIN_SIZE, object.size()));
  }

  /** The bytes that it takes up in the repository. */
  public long storedSize() {
    return number("total-size-enc", object.size());
  }

  private long number(String word, long otherwise) {
    String text = object.metadata().get(word);
    return text != null && text.matches("[0-9]{1,18}") ? Long.parseLong(text) : otherwise;
  }

  /** Whether somebody means this backup: by its name, or by that of its main object. */
  public boolean isCalled(String text) {
    return text.equals(name) || text.equals(key().name()) || text.equals(key().text());
  }
}
