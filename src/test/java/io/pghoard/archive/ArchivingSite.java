// SPDX-License-Identifier: Apache-2.0
package io.pghoard.archive;

import io.pghoard.codec.Compression;
import io.pghoard.codec.CompressionAlgorithm;
import io.pghoard.config.BaseBackupConfig;
import io.pghoard.config.CompressionConfig;
import io.pghoard.config.LocalStorage;
import io.pghoard.config.LogConfig;
import io.pghoard.config.PghoardConfig;
import io.pghoard.config.SiteConfig;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.config.WalConfig;
import io.pghoard.postgres.ConnectionInfo;
import io.pghoard.postgres.WalFileName;
import io.pghoard.repository.LocalObjectStore;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectExistsException;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectMissingException;
import io.pghoard.repository.PlainObject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A site whose data directory holds just what archiving looks at, with a local repository. */
public final class ArchivingSite {
  static final SiteName NAME = new SiteName("main");
  public static final long CLUSTER = 7710968949645913898L;
  public static final int SIZE = 1 << 20;

  final Path data;
  final Path repository;
  final Path spool;
  final LocalObjectStore store;
  final WalArchive archive;
  final WalFetch fetch;
  final Sites sites;

  ArchivingSite(Path directory) throws IOException {
    data = directory.resolve("data");
    repository = directory.resolve("repository");
    spool = directory.resolve("spool");
    makeCluster(data);
    Files.createDirectories(repository);
    store = new LocalObjectStore(repository);
    sites = new Sites(config(directory, "main"));
    archive = new WalArchive(sites, site -> store, Duration.ofSeconds(20), Clock.systemUTC());
    fetch = new WalFetch(sites, site -> store, Duration.ofSeconds(20));
  }

  /** Makes a data directory with just what archiving looks at. */
  public static void makeCluster(Path data) throws IOException {
    Files.createDirectories(data.resolve("pg_wal/archive_status"));
    Files.createDirectories(data.resolve("global"));
    Files.writeString(data.resolve("PG_VERSION"), "15\n");
    ByteBuffer control = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    Files.write(data.resolve("global/pg_control"), control.putLong(0, CLUSTER).array());
  }

  /** The configuration after a reload that gives the site another place. */
  PghoardConfig configWithPrefix(String prefix) {
    return config(data.resolveSibling(""), prefix);
  }

  private PghoardConfig config(Path directory, String prefix) {
    SiteConfig site =
        new SiteConfig(
            NAME,
            prefix,
            true,
            List.of(new ConnectionInfo(Map.of())),
            data,
            null,
            null,
            List.of(),
            false,
            new LocalStorage(repository),
            new BaseBackupConfig(null, null, null, 1, 1, null, 1 << 30, 2, Duration.ofMinutes(1)),
            WalConfig.archived(),
            null);
    return new PghoardConfig(
        spool,
        "127.0.0.1",
        0,
        List.of(),
        null,
        directory,
        directory.resolve("state.json"),
        directory.resolve("maintenance"),
        LogConfig.DEFAULT,
        new CompressionConfig(CompressionAlgorithm.LZMA, 0, 1),
        "sha1",
        2,
        2,
        2,
        3,
        directory,
        Map.of(NAME, site));
  }

  /** A segment of this cluster that fits its name, with {@code filling} in all its bytes. */
  public static byte[] segment(String name, int filling) {
    return segment(name, filling, SIZE, SIZE);
  }

  /** The first {@code length} bytes of a segment of a cluster whose segments have another size. */
  static byte[] segment(String name, int filling, int size, int length) {
    WalFileName file = WalFileName.parse(name);
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    Arrays.fill(bytes.array(), (byte) filling);
    long log = Integer.toUnsignedLong(file.segment().log());
    bytes.putShort(0, (short) 0xD110).putShort(2, (short) 7);
    bytes.putInt(4, file.segment().timeline());
    bytes.putLong(8, (log << 32) + (long) file.segment().segment() * size);
    bytes.putLong(24, CLUSTER).putInt(32, size).putInt(36, 8192);
    return bytes.array();
  }

  /** Writes a file that PostgreSQL has finished. */
  Path write(String name, byte[] content) throws IOException {
    Files.write(status(name, ".done"), new byte[0]);
    return Files.write(data.resolve("pg_wal").resolve(name), content);
  }

  /** A file by which PostgreSQL says how far it is with another one. */
  Path status(String name, String suffix) {
    return data.resolve("pg_wal/archive_status").resolve(name + suffix);
  }

  WalOffer open(String name) throws IOException {
    return archive.open(NAME, WalFileName.parse(name));
  }

  /** What the route wal-archive does; true when it stored the file, false when it was there. */
  boolean archive(String name) throws IOException {
    return archive(name, true);
  }

  /** The same of an older pghoard, which stored no timeline's history unasked. */
  boolean archiveAlone(String name) throws IOException {
    return archive(name, false);
  }

  private boolean archive(String name, boolean withHistory) throws IOException {
    WalOffer offer = open(name);
    try {
      if (offer.stored()) {
        return false;
      }
      WalHistoryFile history = withHistory ? archive.historyFirst(offer) : null;
      if (history != null) {
        archive(history.name().text());
      }
      byte[] compressed = compressed(offer.content());
      archive.join(offer);
      try {
        store.put(offer.key(), offer.metadata(), new ByteArrayInputStream(compressed));
      } catch (ObjectExistsException e) {
        archive.compare(offer);
        return false;
      }
      archive.stored(offer);
      return true;
    } finally {
      archive.close(offer);
    }
  }

  static byte[] compressed(InputStream plain) throws IOException {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (plain;
        OutputStream out = Compression.named("lzma", 0, 1).encode(compressed)) {
      plain.transferTo(out);
    }
    return compressed.toByteArray();
  }

  /** What the route wal-fetch does. */
  FetchedWal fetch(String name) throws IOException {
    WalRequest request = fetch.open(NAME, WalFileName.parse(name), null);
    if (request.needed()) {
      receive(request);
    }
    return request.fetched();
  }

  /** What the route wal-prefetch does, for each name that should follow this one. */
  void prefetchAfter(String name) throws IOException {
    WalRequest request = fetch.open(NAME, WalFileName.parse(name), null);
    receive(request);
    for (WalFileName next : fetch.ahead(request)) {
      WalRequest ahead = fetch.openAhead(NAME, next);
      receive(ahead);
      fetch.closeAhead(ahead);
    }
    request.fetched().close();
  }

  private void receive(WalRequest request) throws IOException {
    ObjectContent stored;
    try {
      stored = store.get(request.key());
    } catch (ObjectMissingException e) {
      fetch.missing(request);
      throw e;
    }
    fetch.receive(request, PlainObject.of(request.key(), stored));
  }

  ObjectContent stored(String name) throws IOException {
    return store.get(new ObjectKey("main/xlog/" + name));
  }
}
