// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.azure;

import com.azure.core.util.BinaryData;
import com.azure.core.util.Context;
import com.azure.storage.blob.models.AccessTier;
import com.azure.storage.blob.models.BlobErrorCode;
import com.azure.storage.blob.models.BlobRequestConditions;
import com.azure.storage.blob.models.BlobStorageException;
import com.azure.storage.blob.options.BlockBlobCommitBlockListOptions;
import com.azure.storage.blob.options.BlockBlobSimpleUploadOptions;
import com.azure.storage.blob.options.BlockBlobStageBlockOptions;
import com.azure.storage.blob.specialized.BlockBlobClient;
import io.pghoard.repository.Deadline;
import io.pghoard.repository.ObjectExistsException;
import io.pghoard.repository.ObjectKey;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * One object on its way into a container.
 *
 * <p>What fits into one part goes in one request. What is larger goes as blocks, several at a time,
 * which nobody sees until the list of them is committed; those of a put that failed are dropped by
 * Azure a week later. Every request carries the MD5 of its body, which Azure checks, and the
 * condition that no blob has this name.
 */
final class AzureUpload {
  static final int PART = 4 << 20;
  private static final int PARTS_AT_ONCE = 2;

  private final BlockBlobClient blob;
  private final ObjectKey key;
  private final @Nullable String tier;
  private final Deadline deadline;
  private final AzureFailure failure;
  private final MessageDigest sha256 = digest("SHA-256");

  /** Blocks of several writers of one name lie side by side until one of them commits. */
  private final String writer = UUID.randomUUID().toString();

  AzureUpload(
      BlockBlobClient blob,
      ObjectKey key,
      @Nullable String tier,
      Deadline deadline,
      AzureFailure failure) {
    this.failure = failure;
    this.blob = blob;
    this.key = key;
    this.tier = tier;
    this.deadline = deadline;
  }

  void put(Map<String, String> metadata, InputStream body) throws IOException {
    byte[] first = read(body);
    if (first.length < PART) {
      whole(first, metadata);
    } else {
      // Else hours of blocks could be sent for nothing.
      if (call(blob::exists)) {
        throw new ObjectExistsException(key);
      }
      List<String> blocks = blocks(first, body);
      commit(blocks, metadata);
    }
  }

  private byte[] read(InputStream body) throws IOException {
    byte[] part = body.readNBytes(PART);
    sha256.update(part);
    return part;
  }

  private void whole(byte[] bytes, Map<String, String> metadata) throws IOException {
    BlockBlobSimpleUploadOptions options =
        new BlockBlobSimpleUploadOptions(BinaryData.fromBytes(bytes))
            .setContentMd5(md5(bytes))
            .setMetadata(stored(metadata))
            .setRequestConditions(absent());
    if (tier != null) {
      options.setTier(AccessTier.fromString(tier));
    }
    call(() -> blob.uploadWithResponse(options, null, Context.NONE));
  }

  private List<String> blocks(byte[] first, InputStream body) throws IOException {
    List<String> names = new ArrayList<>();
    Deque<Deadline.Call<?>> underWay = new ArrayDeque<>();
    try {
      for (byte[] part = first; part.length > 0; part = read(body)) {
        while (underWay.size() >= PARTS_AT_ONCE) {
          finish(underWay.remove());
        }
        String name = blockName(names.size());
        names.add(name);
        underWay.add(deadline.start(deed(), stage(name, part)));
      }
      while (!underWay.isEmpty()) {
        finish(underWay.remove());
      }
      return names;
    } finally {
      underWay.forEach(Deadline.Call::cancel);
    }
  }

  private Callable<?> stage(String name, byte[] part) {
    BlockBlobStageBlockOptions options =
        new BlockBlobStageBlockOptions(name, BinaryData.fromBytes(part)).setContentMd5(md5(part));
    return () -> blob.stageBlockWithResponse(options, null, Context.NONE);
  }

  private void finish(Deadline.Call<?> call) throws IOException {
    try {
      call.answer();
    } catch (RuntimeException e) {
      throw failure.of(deed(), key, e);
    }
  }

  /** Base64, and of the same length for all blocks of a blob, as Azure wants it. */
  private String blockName(int number) {
    String name = "%s-%08d".formatted(writer, number);
    return Base64.getEncoder()
        .encodeToString(name.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
  }

  private void commit(List<String> blocks, Map<String, String> metadata) throws IOException {
    BlockBlobCommitBlockListOptions options =
        new BlockBlobCommitBlockListOptions(blocks)
            .setMetadata(stored(metadata))
            .setRequestConditions(absent());
    if (tier != null) {
      options.setTier(AccessTier.fromString(tier));
    }
    try {
      deadline.within(deed(), () -> blob.commitBlockListWithResponse(options, null, Context.NONE));
    } catch (RuntimeException e) {
      // Whoever committed first has made the blocks of all others go.
      if (e instanceof BlobStorageException answer
          && BlobErrorCode.INVALID_BLOCK_LIST.equals(answer.getErrorCode())
          && call(blob::exists)) {
        throw new ObjectExistsException(key);
      }
      throw failure.of(deed(), key, e);
    }
  }

  private Map<String, String> stored(Map<String, String> metadata) {
    String hash = HexFormat.of().formatHex(sha256.digest());
    return new AzureMetadata(metadata, hash).stored();
  }

  private static BlobRequestConditions absent() {
    return new BlobRequestConditions().setIfNoneMatch("*");
  }

  private String deed() {
    return "put " + key;
  }

  private <T> T call(Callable<T> call) throws IOException {
    try {
      return deadline.within(deed(), call);
    } catch (RuntimeException e) {
      throw failure.of(deed(), key, e);
    }
  }

  private static byte[] md5(byte[] bytes) {
    return digest("MD5").digest(bytes);
  }

  private static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has " + algorithm, e);
    }
  }
}
