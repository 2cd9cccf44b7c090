// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import io.pghoard.postgres.WalFileName;
import io.pghoard.postgres.WalSegmentName;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one site's objects, as the Python pghoard lays them out.
 *
 * @param prefix the site's key prefix, its own name unless pghoard.json says otherwise
 */
public record SiteKeys(String prefix) {
  /** The start of the keys of all segments, partial segments and backup history files. */
  public String wal() {
    return prefix + "/xlog/";
  }

  /** The start of the keys of all timeline history files. */
  public String timelines() {
    return prefix + "/timeline/";
  }

  public ObjectKey wal(WalFileName name) {
    String folder = name.kind() == WalFileName.Kind.HISTORY ? timelines() : wal();
    return new ObjectKey(folder + name.text());
  }

  /** The start of the keys of WAL files under whose names something else was stored before. */
  public String otherWal() {
    return prefix + "/xlog_other/";
  }

  /** A file of which PostgreSQL needs none, and of whose name there is another one. */
  public ObjectKey otherWal(WalFileName name, String hash) {
    return new ObjectKey(otherWal() + name + "." + hash);
  }

  /** The WAL file that an object is; null when it is none. */
  public @Nullable WalFileName walFile(ObjectKey object) {
    String name = object.name();
    String plain =
        object.text().startsWith(otherWal()) ? name.substring(0, name.lastIndexOf('.')) : name;
    return WalFileName.matches(plain) ? WalFileName.parse(plain) : null;
  }

  /** The start of the keys of all main objects. */
  public String baseBackups() {
    return prefix + "/basebackup/";
  }

  /** The main object of a base backup in chunks; its name ends as the chunks' names do. */
  public ObjectKey mainObject(String backup) {
    return new ObjectKey(baseBackups() + backup + ".00000000.pghoard");
  }

  /** The start of the keys of all chunks of all base backups. */
  public String chunks() {
    return prefix + "/basebackup_chunk/";
  }

  /** The start of the keys of all chunks of one base backup. */
  public String chunks(String backup) {
    return chunks() + backup + "/";
  }

  /** The chunk with this number, counted from 1. */
  public ObjectKey chunk(String backup, int number) {
    return new ObjectKey(chunks() + chunkFileName(backup, number));
  }

  /** The start of the keys of all chunks of one delta backup, which the Python pghoard takes. */
  public String deltaChunks(String backup) {
    return prefix + "/basebackup_delta_chunk/" + backup + "/";
  }

  /** The start of the keys of all requests to keep a base backup although it is old. */
  public String preservationRequests() {
    return prefix + "/preservation_request/";
  }

  /** The start of the keys of the lease of who takes the site's base backups. */
  public String leases() {
    return prefix + "/basebackup_lease/";
  }

  /** One state of the lease; the last in the order of keys counts. */
  public ObjectKey lease(long number) {
    return new ObjectKey(leases() + "%016d".formatted(number));
  }

  /** The start of the keys of the reports of drills. */
  public String drills() {
    return prefix + "/drill/";
  }

  /** The start of the keys of what checks of the store put and delete again. */
  public String checks() {
    return prefix + "/pghoard_check/";
  }

  /** The start of the keys of the marks of damaged objects. */
  public String damaged() {
    return prefix + "/damaged_object/";
  }

  /** The mark of one object of this site. */
  public ObjectKey damaged(ObjectKey object) {
    return new ObjectKey(damaged() + object.text().substring(prefix.length() + 1));
  }

  /** The start of the keys of the marks of segments that do not continue those before them. */
  public String historyBreaks() {
    return prefix + "/history_break/";
  }

  /** The mark of a segment that does not continue the one before it. */
  public ObjectKey historyBreak(WalSegmentName segment) {
    return new ObjectKey(historyBreaks() + segment);
  }

  /** Which cluster the first daemon found that stored something of the site. */
  public ObjectKey clusterClaim() {
    return new ObjectKey(prefix + "/cluster/claim");
  }

  /** Whether this is the key of a chunk, be it stored or not. */
  public boolean isChunk(ObjectKey object) {
    return object.text().startsWith(chunks());
  }

  /**
   * The name of the base backup that a main object or a chunk is of, or null for another object.
   */
  public @Nullable String baseBackupOf(ObjectKey object) {
    String text = object.text();
    if (text.startsWith(baseBackups())) {
      return BaseBackup.name(object);
    }
    int end = text.lastIndexOf('/');
    return text.startsWith(chunks()) && end > chunks().length()
        ? text.substring(chunks().length(), end)
        : null;
  }

  /** A chunk's name as the main object lists it, relative to {@link #chunks()}. */
  public static String chunkFileName(String backup, int number) {
    return "%s/%s.%08d.pghoard".formatted(backup, backup, number);
  }
}
