// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.daemon;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pghoard.config.DaemonStorage;
import io.pghoard.config.SiteName;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.PermanentStorageException;
import io.pghoard.repository.PythonTime;
import io.pghoard.repository.SiteKeys;
import io.pghoard.repository.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The objects of a site by way of its daemon, under the site's name for a prefix. It is read only,
 * but for requests to preserve a base backup, which the daemon writes.
 */
public final class DaemonObjectStore implements ObjectStore {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** As the daemon waits itself for a free thread and for its store. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** A list of a large archive takes the daemon its time. */
  private static final Duration LIST_PATIENCE = Duration.ofMinutes(10);

  /** How fast the daemon reads at least what lies before the byte at which it goes on. */
  private static final long BYTES_PER_SECOND = 4 << 20;

  private final SiteName site;
  private final SiteKeys keys;
  private final DaemonConnection connection;

  public DaemonObjectStore(SiteName site, DaemonStorage daemon) {
    this.site = site;
    this.keys = new SiteKeys(site.text());
    this.connection = new DaemonConnection(daemon);
  }

  /** Asks the daemon for something once, so that a wrong address or password is found out. */
  public void check() throws IOException {
    keys(keys.baseBackups());
  }

  @Override
  public ObjectContent get(ObjectKey key) throws IOException {
    HttpResponse<InputStream> answer = open(key, 0);
    Map<String, String> metadata;
    try {
      metadata =
          JSON.readValue(
              answer.headers().firstValue(SentObject.METADATA).orElse("{}"),
              new TypeReference<>() {});
    } catch (IOException e) {
      answer.body().close();
      throw new IOException("the metadata of %s cannot be understood".formatted(key), e);
    }
    InputStream body =
        new ResumedBody(
            key,
            watched(answer),
            connection.retryFor().toNanos(),
            offset -> watched(open(key, offset)));
    return new ObjectContent(body, metadata);
  }

  private HttpResponse<InputStream> open(ObjectKey key, long offset) throws IOException {
    HttpRequest request =
        connection
            .request(
                PATIENCE.plusSeconds(offset / BYTES_PER_SECOND),
                site.text(),
                "stored",
                "object",
                relative(key.text()))
            .header(SentObject.OFFSET, Long.toString(offset))
            .build();
    return connection.send("get " + key, key, SentObject.MEDIA_TYPE, request);
  }

  private InputStream watched(HttpResponse<InputStream> answer) {
    Duration quiet =
        connection.retryFor().compareTo(PATIENCE) < 0 ? connection.retryFor() : PATIENCE;
    return new WatchedBody(answer.body(), quiet);
  }

  @Override
  public List<StoredObject> list(String prefix) throws IOException {
    return listed("list", prefix);
  }

  @Override
  public List<ObjectKey> keys(String prefix) throws IOException {
    List<ObjectKey> found = new ArrayList<>();
    listed("names", prefix).forEach(object -> found.add(object.key()));
    return found;
  }

  private List<StoredObject> listed(String kind, String prefix) throws IOException {
    String deed = "list the objects below \"%s\"".formatted(prefix);
    HttpRequest request =
        connection.request(LIST_PATIENCE, site.text(), "stored", kind, relative(prefix)).build();
    List<StoredObject> found = new ArrayList<>();
    try (InputStream body = watched(connection.send(deed, null, SentListing.MEDIA_TYPE, request))) {
      new SentListing(site + "/").read(body, found::add);
    } catch (PermanentStorageException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException("cannot %s: %s".formatted(deed, e.getMessage()), e);
    }
    return found;
  }

  private String relative(String text) {
    String prefix = site + "/";
    if (!text.startsWith(prefix)) {
      throw new IllegalArgumentException("not of site " + site + ": " + text);
    }
    return text.substring(prefix.length());
  }

  @Override
  public void put(ObjectKey key, Map<String, String> metadata, InputStream body)
      throws IOException {
    preservation("PUT", key);
  }

  @Override
  public void delete(List<ObjectKey> keys) throws IOException {
    for (ObjectKey key : keys) {
      preservation("DELETE", key);
    }
  }

  /** All that the object says is in its key: the main object's name, and until when. */
  private void preservation(String method, ObjectKey key) throws IOException {
    String name = key.name();
    int end = name.lastIndexOf('_');
    String until;
    try {
      if (!key.text().startsWith(keys.preservationRequests()) || end < 0) {
        throw new IllegalArgumentException(key + " is no request to preserve a base backup");
      }
      until = PythonTime.parse(name.substring(end + 1)).toString();
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new PermanentStorageException("a daemon's objects can only be read", e);
    }
    HttpRequest request =
        connection
            .request(PATIENCE, site.text(), "basebackup", name.substring(0, end), "preserve", until)
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build();
    connection.send("preserve " + name.substring(0, end), null, "", request).body().close();
  }
}
