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

/** A bucket for one test class, empty before each test, in a server of the whole test run. */
public final class S3Bucket implements BeforeAllCallback, BeforeEachCallback {
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final String name = "bucket-" + NUMBER.incrementAndGet();
  private final Class<? extends S3TestServer> type;
  private @Nullable S3TestServer server;

  /** A bucket in S3Proxy. */
  public S3Bucket() {
    this(S3ProxyServer.class);
  }

  private S3Bucket(Class<? extends S3TestServer> type) {
    this.type = type;
  }

  /** A bucket in Ceph. */
  public static S3Bucket inCeph() {
    return new S3Bucket(CephCluster.class);
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    server =
        context.getRoot().getStore(ExtensionContext.Namespace.GLOBAL).getOrComputeIfAbsent(type);
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

  private S3TestServer server() {
    return Objects.requireNonNull(server, "register it by @RegisterExtension, static");
  }

  public String name() {
    return name;
  }

  public int port() {
    return server().port();
  }

  /** A client to look at what is stored, not by way of the routes. */
  public S3Client client() {
    return server().client();
  }

  /** The uploads in parts that are neither completed nor aborted. */
  public List<MultipartUpload> uploads() {
    return client().listMultipartUploads(r -> r.bucket(name)).uploads();
  }

  /** The Ceph that the bucket is in. */
  public CephCluster ceph() {
    return (CephCluster) server();
  }

  public S3Storage storage() {
    return S3TestServer.storage(port(), name);
  }

  /** Makes the bucket the storage of the site main. */
  public ObjectNode use(ObjectNode root) {
    return use(root, port());
  }

  /** The same by another port, on which something stands before the server. */
  public ObjectNode use(ObjectNode root, int port) {
    return use(root.withObject("/backup_sites/main/object_storage"), port, name);
  }

  /** Writes an object_storage: this port, a bucket of the server, and who may use it. */
  public static ObjectNode use(ObjectNode storage, int port, String bucket) {
    storage.removeAll();
    return storage
        .put("storage_type", "s3")
        .put("bucket_name", bucket)
        .put("host", "127.0.0.1")
        .put("port", port)
        .put("segment_size", 5 << 20)
        .put("aws_access_key_id", S3TestServer.KEY_ID)
        .put("aws_secret_access_key", S3TestServer.SECRET);
  }
}
