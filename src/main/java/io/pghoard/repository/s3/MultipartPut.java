// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.s3;

import io.pghoard.repository.CheckedContent;
import io.pghoard.repository.PermanentStorageException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/** Stores one large object in parts, several side by side; what fails is aborted. */
final class MultipartPut {
  private static final int SIDE_BY_SIDE = 4;

  /** S3's own limit. */
  private static final int MOST_PARTS = 10_000;

  private static final Pattern MD5 = Pattern.compile("[0-9a-fA-F]{32}");

  private final S3Client client;
  private final String bucket;
  private final PartMemory memory;
  private final int partSize;
  private final S3Put put;
  private final ExecutorService threads;
  private final Deque<Future<Part>> inFlight = new ArrayDeque<>();
  private final List<Part> stored = new ArrayList<>();

  /** The put brings one, with its first part. */
  private int buffers = 1;

  /** A part that is stored; its buffer is free again. */
  private static final class Part {
    private final CompletedPart completed;
    private final byte[] md5;
    private final byte[] buffer;

    Part(CompletedPart completed, byte[] md5, byte[] buffer) {
      this.completed = completed;
      this.md5 = md5;
      this.buffer = buffer;
    }
  }

  MultipartPut(S3Client client, String bucket, PartMemory memory, int partSize, S3Put put) {
    this.client = client;
    this.bucket = bucket;
    this.memory = memory;
    this.partSize = partSize;
    this.put = put;
    this.threads =
        Executors.newFixedThreadPool(
            SIDE_BY_SIDE,
            work -> {
              Thread thread = new Thread(work, "s3-part");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Stores the parts and completes the object, unless one of its key is there by then.
   *
   * @return the ETag that the object has where ETags are MD5s
   * @throws ConflictException when an object of its key is there
   */
  String run(Duration patience) throws IOException {
    if (put.length() > (long) MOST_PARTS * partSize) {
      throw new PermanentStorageException(
          "cannot put %s: its %d bytes are more than %d parts of %d bytes; raise segment_size"
              .formatted(put.key(), put.length(), MOST_PARTS, partSize));
    }
    refuseExisting();
    String upload =
        client
            .createMultipartUpload(r -> r.bucket(bucket).key(put.name()).metadata(put.metadata()))
            .uploadId();
    try {
      sendAll(upload);
      complete(upload);
      return Hashes.etag(stored.stream().map(part -> part.md5).toList());
    } catch (IOException | RuntimeException e) {
      threads.shutdownNow();
      abort(upload, patience, e);
      throw e;
    } finally {
      threads.shutdownNow();
      for (; buffers > 1; buffers--) {
        memory.giveBack(partSize);
      }
    }
  }

  private void sendAll(String upload) throws IOException {
    MessageDigest again = CheckedContent.sha256();
    again.update(put.bytes());
    InputStream rest = put.rest();
    send(upload, 1, put.bytes(), partSize);
    long left = put.length() - partSize;
    for (int number = 2; left > 0; number++) {
      byte[] buffer = freeBuffer();
      int length = (int) Math.min(partSize, left);
      again.update(buffer, 0, rest.readNBytes(buffer, 0, length));
      send(upload, number, buffer, length);
      left -= length;
    }
    while (!inFlight.isEmpty()) {
      collect(inFlight.remove());
    }
    if (!Hashes.hex(again.digest()).equals(put.sha256())) {
      throw new IOException(
          "cannot put %s: its bytes had changed when they were read again; check the spool's disk"
              .formatted(put.key()));
    }
  }

  /** A new one where there is room for it, else that of the oldest part when it is stored. */
  private byte[] freeBuffer() throws IOException {
    if (buffers < SIDE_BY_SIDE && memory.takeMore(partSize)) {
      buffers++;
      return new byte[partSize];
    }
    return collect(inFlight.remove()).buffer;
  }

  private Part collect(Future<Part> part) throws IOException {
    try {
      stored.add(part.get());
      return stored.get(stored.size() - 1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("interrupted");
      interrupted.initCause(e);
      throw interrupted;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IOException("cannot put " + put.key(), e.getCause());
    }
  }

  private void send(String upload, int number, byte[] bytes, int length) {
    inFlight.add(threads.submit(() -> sendNow(upload, number, bytes, length)));
  }

  private Part sendNow(String upload, int number, byte[] bytes, int length) throws IOException {
    byte[] md5 = Hashes.md5(bytes, length);
    UploadPartResponse answer =
        client.uploadPart(
            r ->
                r.bucket(bucket)
                    .key(put.name())
                    .uploadId(upload)
                    .partNumber(number)
                    .contentLength((long) length)
                    .contentMD5(Hashes.base64(md5)),
            RequestBody.fromContentProvider(
                () -> new ByteArrayInputStream(bytes, 0, length),
                length,
                "application/octet-stream"));
    String etag = Hashes.unquoted(answer.eTag());
    if (etagsAreMd5s(answer) && MD5.matcher(etag).matches() && !Hashes.hex(md5).equals(etag)) {
      throw new IOException(
          "part %d of %s reached S3 damaged: its MD5 is %s, but S3 has %s"
              .formatted(number, put.key(), Hashes.hex(md5), etag));
    }
    return new Part(
        CompletedPart.builder().partNumber(number).eTag(answer.eTag()).build(), md5, bytes);
  }

  private static boolean etagsAreMd5s(UploadPartResponse answer) {
    String encryption = answer.serverSideEncryptionAsString();
    return (encryption == null || encryption.equals("AES256"))
        && answer.sseCustomerAlgorithm() == null;
  }

  private void refuseExisting() throws ConflictException {
    try {
      client.headObject(r -> r.bucket(bucket).key(put.name()));
      throw new ConflictException(put.key());
    } catch (S3Exception e) {
      if (!S3Failure.isMissing(e)) {
        throw e;
      }
    }
  }

  private void complete(String upload) throws ConflictException {
    // Ceph before 20 takes no notice of the condition below.
    refuseExisting();
    List<CompletedPart> parts = stored.stream().map(part -> part.completed).toList();
    client.completeMultipartUpload(
        r ->
            r.bucket(bucket)
                .key(put.name())
                .uploadId(upload)
                .ifNoneMatch("*")
                .multipartUpload(all -> all.parts(parts)));
  }

  /** Parts on their way have ended by then: one that came later would stay for ever. */
  private void abort(String upload, Duration patience, Exception failure) {
    boolean wasInterrupted = Thread.interrupted();
    try {
      threads.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS);
      client.abortMultipartUpload(r -> r.bucket(bucket).key(put.name()).uploadId(upload));
    } catch (SdkException e) {
      // The sweep at the next start of a daemon finds what is left.
      failure.addSuppressed(e);
    } catch (InterruptedException e) {
      wasInterrupted = true;
    } finally {
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
