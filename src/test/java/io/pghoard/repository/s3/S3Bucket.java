// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.s3;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pghoard.config.S3Storage;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;

/** A bucket for one test class, empty before each test, in the S3Proxy of the whole test run. */
public final class S3Bucket implements BeforeAllCallback, BeforeEachCallback {
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final String name = "bucket-" + NUMBER.incrementAndGet();
  private @Nullable S3ProxyServer server;

  @Override
  public void beforeAll(ExtensionContext context) {
    server =
        context
            .getRoot()
            .getStore(ExtensionContext.Namespace.GLOBAL)
            .getOrComputeIfAbsent(S3ProxyServer.class);
    client().createBucket(r -> r.bucket(name));
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    client()
        .listObjectsV2Paginator(r -> r.bucket(name))
        .forEach(
            page -> {
              List<ObjectIdentifier> keys =
                  page.contents().stream()
                      .map(object -> ObjectIdentifier.builder().key(object.key()).build())
                      .toList();
              if (!keys.isEmpty()) {
                client().deleteObjects(r -> r.bucket(name).delete(all -> all.objects(keys)));
              }
            });
    uploads().forEach(this::abort);
  }

  private void abort(MultipartUpload upload) {
    client()
        .abortMultipartUpload(r -> r.bucket(name).key(upload.key()).uploadId(upload.uploadId()));
  }

  private S3ProxyServer server() {
    return Objects.requireNonNull(server, "register it by @RegisterExtension, static");
  }

  public String name() {
    return name;
  }

  public int port() {
    return server().port();
  }

  /** A client to look at what is stored, not by way of the doors. */
  public S3Client client() {
    return server().client();
  }

  /** The uploads in parts that are neither completed nor aborted. */
  public List<MultipartUpload> uploads() {
    return client().listMultipartUploads(r -> r.bucket(name)).uploads();
  }

  public S3Storage storage() {
    return S3ProxyServer.storage(port(), name);
  }

  /** Makes the bucket the storage of the site main. */
  public ObjectNode use(ObjectNode root) {
    return use(root, port());
  }

  /** The same by another port, on which something stands before the server. */
  public ObjectNode use(ObjectNode root, int port) {
    ObjectNode site = (ObjectNode) root.path("backup_sites").path("main");
    return site.putObject("object_storage")
        .put("storage_type", "s3")
        .put("bucket_name", name)
        .put("host", "127.0.0.1")
        .put("port", port)
        .put("segment_size", 5 << 20)
        .put("aws_access_key_id", S3ProxyServer.KEY_ID)
        .put("aws_secret_access_key", S3ProxyServer.SECRET);
  }
}
