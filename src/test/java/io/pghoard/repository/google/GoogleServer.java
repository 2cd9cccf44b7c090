// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.google;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A double of Google Cloud Storage's JSON API on a free loopback port, as strict as its
 * documentation: there is no real one to be had for tests. It holds what the stock client calls to
 * create, read, list and delete objects, and does wrong what {@link GoogleFaults} says.
 */
public final class GoogleServer implements Closeable {
  static {
    // Else each answer waits for an acknowledgement of the one before.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final GoogleBuckets buckets;
  private final GoogleFaults faults = new GoogleFaults();
  private final GoogleTokens tokens = new GoogleTokens();
  private final GoogleSessions sessions;
  private final GoogleReads reads;
  private final AtomicInteger numbers = new AtomicInteger();
  private final AtomicInteger calls = new AtomicInteger();

  private GoogleServer(HttpServer server, Path directory) {
    this.server = server;
    this.buckets = new GoogleBuckets(directory);
    this.sessions = new GoogleSessions(buckets, faults);
    this.reads = new GoogleReads(buckets);
  }

  /**
   * Starts one.
   *
   * @param directory for the bytes of its objects
   */
  public static GoogleServer start(Path directory) throws IOException {
    HttpServer http =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    GoogleServer server = new GoogleServer(http, directory);
    http.createContext("/", server::handle);
    http.setExecutor(server.threads);
    http.start();
    return server;
  }

  public int port() {
    return server.getAddress().getPort();
  }

  public GoogleFaults faults() {
    return faults;
  }

  public GoogleTokens tokens() {
    return tokens;
  }

  /** Makes a bucket that nobody has used; its name. */
  public String bucket() {
    String name = "bucket-" + numbers.incrementAndGet();
    buckets.create(name);
    return name;
  }

  /** How many resumable uploads to a bucket have been begun. */
  public long begunUploads(String bucket) {
    return sessions.begun(bucket);
  }

  /** How many resumable uploads to a bucket are neither complete nor given up. */
  public long unfinishedUploads(String bucket) {
    return sessions.unfinished(bucket);
  }

  /** An object's resource, not by way of the client. */
  public JsonNode resource(String bucket, String name) throws IOException {
    return buckets.object(bucket, name).json();
  }

  /** Changes a byte of an object's, as a disk that rots. */
  public void rot(String bucket, String name) throws IOException {
    Path file = buckets.object(bucket, name).file();
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
  }

  /** Stores an object without metadata, not by way of the client. */
  public void put(String bucket, String name, byte[] bytes) throws IOException {
    buckets.publish(
        bucket,
        GoogleCall.JSON.createObjectNode().put("name", name),
        Files.write(buckets.file(), bytes),
        new GoogleUploadRequest.Conditions(null, null, null));
  }

  /** Deletes all objects of a bucket. */
  public void empty(String bucket) throws IOException {
    buckets.bucket(bucket).clear();
  }

  /** Keeps an object from being deleted, as a retention policy does. */
  public void retain(String bucket, String name) {
    buckets.retain(bucket, name);
  }

  /** Writes the object_storage of a bucket into a site, by way of this port. */
  public void storage(ObjectNode storage, String bucket, int port) {
    storage.removeAll();
    storage
        .put("storage_type", "google")
        .put("project_id", "project-1")
        .put("bucket_name", bucket)
        .put("host", "127.0.0.1")
        .put("port", port)
        .put("is_secure", false)
        .set("credentials", tokens.credentials(port()));
  }

  /** How many calls came in all, for tokens too. */
  public int calls() {
    return calls.get();
  }

  private void handle(HttpExchange exchange) throws IOException {
    calls.incrementAndGet();
    GoogleCall call = new GoogleCall(exchange);
    try {
      if (call.path().equals(List.of("token"))) {
        tokens.answer(call);
        return;
      }
      boolean ofSession = call.query("upload_id") != null;
      // The address of a session is a secret itself; but a token that is sent must hold.
      if (!ofSession || call.header("Authorization") != null) {
        tokens.check(call);
      }
      faults.before(call);
      if (ofSession) {
        sessions.call(call);
      } else {
        route(call);
      }
    } catch (GoogleError e) {
      call.error(e);
    } catch (InterruptedException silent) {
      // No answer, and nothing done.
    } finally {
      call.close();
    }
  }

  private void route(GoogleCall call) throws IOException {
    List<String> path = call.path();
    boolean upload = path.get(0).equals("upload");
    boolean download = path.get(0).equals("download");
    List<String> rest = path.subList(upload || download ? 3 : 2, path.size());
    String method = call.method();
    if (!rest.get(0).equals("b")) {
      throw new GoogleError(404, "notFound", "Not Found");
    } else if (rest.size() == 1 && method.equals("POST")) {
      createBucket(call);
    } else if (rest.size() == 2 && method.equals("GET")) {
      buckets.bucket(rest.get(1));
      call.answer(200, GoogleCall.JSON.createObjectNode().put("name", rest.get(1)));
    } else if (rest.size() == 3 && upload && method.equals("POST")) {
      upload(call, rest.get(1));
    } else if (rest.size() == 3 && method.equals("GET")) {
      reads.list(call, rest.get(1));
    } else if (rest.size() == 4 && method.equals("GET")) {
      reads.get(call, rest.get(1), rest.get(3));
    } else if (rest.size() == 4 && method.equals("DELETE")) {
      buckets.delete(call, rest.get(1), rest.get(3));
      call.answer(204, new byte[0]);
    } else {
      throw new GoogleError(405, "methodNotAllowed", "Method Not Allowed");
    }
  }

  private void createBucket(GoogleCall call) throws IOException {
    String name = call.json().path("name").asText();
    if (call.query("project") == null) {
      throw new GoogleError(400, "required", "Required parameter: project");
    }
    if (!buckets.create(name)) {
      throw new GoogleError(
          409,
          "conflict",
          "Your previous request to create the named bucket succeeded and you already own it.");
    }
    call.answer(200, GoogleCall.JSON.createObjectNode().put("name", name));
  }

  private void upload(GoogleCall call, String bucket) throws IOException {
    String type = String.valueOf(call.query("uploadType"));
    if (type.equals("resumable")) {
      sessions.begin(call, bucket);
      return;
    }
    if (!type.equals("multipart")) {
      throw GoogleError.invalid("Invalid upload type " + type);
    }
    GoogleUploadRequest request = GoogleUploadRequest.read(call);
    if (call.query("name") != null) {
      request.told().put("name", call.query("name"));
    }
    buckets.bucket(bucket);
    Path file = Files.write(buckets.file(), request.media());
    GoogleBlob blob =
        buckets.publish(bucket, request.told(), file, GoogleUploadRequest.Conditions.of(call));
    if (!faults.losesAnswer()) {
      call.answer(200, blob.json());
    }
  }

  @Override
  public void close() {
    faults.none();
    server.stop(0);
    threads.shutdownNow();
  }
}
