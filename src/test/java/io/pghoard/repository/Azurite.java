// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import static org.awaitility.Awaitility.await;

import com.azure.core.util.BinaryData;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.BlobServiceClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Azurite, Microsoft's emulator of Azure Blob Storage, as a process of the test's own on a free
 * loopback port. {@code bin/test} installs it.
 */
public final class Azurite implements Closeable {
  /** The account that every Azurite has, with its published key. */
  public static final String ACCOUNT = "devstoreaccount1";

  public static final String KEY =
      "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

  private static final Path PROGRAM =
      Path.of(
          System.getProperty("user.home"),
          ".cache/pghoard/azurite-3.37.0/node_modules/azurite/dist/src/blob/main.js");

  private final Process process;
  private final int port;
  private final AtomicInteger containers = new AtomicInteger();

  private Azurite(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * Starts one.
   *
   * @param directory for its data and its log
   */
  public static Azurite start(Path directory) throws IOException {
    if (!Files.exists(PROGRAM)) {
      throw new IllegalStateException(
          "there is no Azurite (" + PROGRAM + "): bin/test installs it, or npm install azurite");
    }
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Process process =
        new ProcessBuilder(
                List.of(
                    "node",
                    PROGRAM.toString(),
                    "-l",
                    directory.resolve("azurite").toString(),
                    "--blobHost",
                    "127.0.0.1",
                    "--blobPort",
                    String.valueOf(port),
                    "--disableTelemetry",
                    "--skipApiVersionCheck",
                    "--silent"))
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("azurite.log").toFile())
            .start();
    Azurite azurite = new Azurite(process, port);
    try {
      await().atMost(Duration.ofMinutes(1)).until(azurite::listens);
    } catch (RuntimeException e) {
      azurite.close();
      throw new IllegalStateException(
          "Azurite does not start: " + Files.readString(directory.resolve("azurite.log")), e);
    }
    return azurite;
  }

  private boolean listens() {
    if (!process.isAlive()) {
      throw new IllegalStateException("it has ended with status " + process.exitValue());
    }
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  public int port() {
    return port;
  }

  /** Makes a container that nobody has used; its name. */
  public String container() {
    String name = "container-" + containers.incrementAndGet();
    client().createBlobContainer(name);
    return name;
  }

  /** A client of its own, beside that of pghoard. */
  public BlobServiceClient client() {
    return new BlobServiceClientBuilder()
        .connectionString(
            "DefaultEndpointsProtocol=http;AccountName=%s;AccountKey=%s;BlobEndpoint=http://127.0.0.1:%d/%s;"
                .formatted(ACCOUNT, KEY, port, ACCOUNT))
        .buildClient();
  }

  /** Writes the object_storage of a container into a site, by way of this port. */
  public static void storage(ObjectNode storage, String container, int port) {
    storage.removeAll();
    storage
        .put("storage_type", "azure")
        .put("account_name", ACCOUNT)
        .put("account_key", KEY)
        .put("bucket_name", container)
        .put("host", "127.0.0.1")
        .put("port", port)
        .put("is_secure", false);
  }

  /** Deletes every blob, with the container around them: one by one, thousands take a minute. */
  public void empty(String container) {
    client().deleteBlobContainer(container);
    client().createBlobContainer(container);
  }

  /** Puts empty objects, several side by side. */
  public void putEmpty(String container, List<ObjectKey> keys) {
    BlobContainerClient blobs = client().getBlobContainerClient(container);
    keys.parallelStream()
        .forEach(key -> blobs.getBlobClient(key.text()).upload(BinaryData.fromBytes(new byte[0])));
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
