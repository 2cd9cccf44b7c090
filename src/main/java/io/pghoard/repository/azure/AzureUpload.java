// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.azure;

import com.azure.core.util.BinaryData;
import com.azure.core.util.Context;
import com.azure.storage.blob.models.BlobErrorCode;
import com.azure.storage.blob.models.BlobStorageException;
import com.azure.storage.blob.options.BlockBlobCommitBlockListOptions;
import com.azure.storage.blob.options.BlockBlobStageBlockOptions;
import com.azure.storage.blob.specialized.BlockBlobClient;
import io.pghoard.codec.Hashing;
import io.pghoard.repository.Deadline;
import io.pghoard.repository.ObjectExistsException;
import io.pghoard.repository.ObjectKey;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;

/**
 * One large object on its way into a container: in blocks, several at a time, which nobody sees
 * until the list of them is committed; those of a put that failed are dropped by Azure a week
 * later. Every request carries the MD5 of its body, which Azure checks, and the last one the
 * condition that no blob has this name.
 */
final class AzureUpload {
  private static final int BLOCKS_AT_ONCE = 2;

  private final BlockBlobClient blob;
  private final AzurePut put;
  private final ObjectKey key;
  private final Deadline deadline;
  private final AzureFailure failure;
  private final MessageDigest sha256 = Hashing.digest("sha256");

  /** Blocks of several writers of one name lie side by side until one of them commits. */
  private final String writer = UUID.randomUUID().toString();

  AzureUpload(BlockBlobClient blob, AzurePut put, Deadline deadline, AzureFailure failure) {
    this.blob = blob;
    this.put = put;
    this.key = put.key();
    this.deadline = deadline;
    this.failure = failure;
  }

  void run() throws IOException {
    // Else hours of blocks could be sent for nothing.
    if (call(blob::exists)) {
      throw new ObjectExistsException(key);
    }
    put.body().rewind();
    commit(blocks(put.body().stream()));
  }

  private byte[] read(InputStream body) throws IOException {
    byte[] block = body.readNBytes(AzurePut.BLOCK);
    sha256.update(block);
    return block;
  }

  private List<String> blocks(InputStream body) throws IOException {
    List<String> names = new ArrayList<>();
    Deque<Deadline.Call<?>> underWay = new ArrayDeque<>();
    try {
      for (byte[] block = read(body); block.length > 0; block = read(body)) {
        while (underWay.size() >= BLOCKS_AT_ONCE) {
          finish(underWay.remove());
        }
        String name = blockName(names.size());
        names.add(name);
        underWay.add(deadline.start(deed(), stage(name, block)));
      }
      while (!underWay.isEmpty()) {
        finish(underWay.remove());
      }
      return names;
    } finally {
      underWay.forEach(Deadline.Call::cancel);
    }
  }

  private Callable<?> stage(String name, byte[] block) {
    BlockBlobStageBlockOptions options =
        new BlockBlobStageBlockOptions(name, BinaryData.fromBytes(block))
            .setContentMd5(Hashing.digest("md5").digest(block));
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

  private void commit(List<String> blocks) throws IOException {
    BlockBlobCommitBlockListOptions options =
        new BlockBlobCommitBlockListOptions(blocks)
            .setMetadata(put.withHash(sha256.digest()))
            .setTier(put.tier())
            .setRequestConditions(put.conditions());
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
}
