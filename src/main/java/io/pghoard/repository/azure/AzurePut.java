// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.azure;

import com.azure.storage.blob.models.AccessTier;
import com.azure.storage.blob.models.BlobRequestConditions;
import io.pghoard.codec.Hashing;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.RereadableBody;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An object on its way to Azure: in one request when it fits into a block, else in blocks. */
public final class AzurePut {
  static final int BLOCK = 4 << 20;

  private final ObjectKey key;
  private final Map<String, String> metadata;
  private final RereadableBody body;
  private final byte[] bytes;
  private final @Nullable AccessTier tier;

  private AzurePut(
      ObjectKey key,
      Map<String, String> metadata,
      RereadableBody body,
      byte[] bytes,
      @Nullable AccessTier tier) {
    this.key = key;
    this.metadata = metadata;
    this.body = body;
    this.bytes = bytes;
    this.tier = tier;
  }

  static AzurePut of(
      ObjectKey key, Map<String, String> metadata, RereadableBody body, @Nullable String tier)
      throws IOException {
    return new AzurePut(
        key,
        metadata,
        body,
        body.stream().readNBytes(BLOCK),
        tier == null ? null : AccessTier.fromString(tier));
  }

  /** Whether it goes in blocks. */
  public boolean isLarge() {
    return bytes.length == BLOCK;
  }

  /** All bytes of an object that is not large. */
  public byte[] bytes() {
    return bytes;
  }

  /** Of {@link #bytes}; Azure compares it. */
  public byte[] contentMd5() {
    return Hashing.digest("md5").digest(bytes);
  }

  /** The metadata to store with {@link #bytes}. */
  public Map<String, String> stored() {
    return withHash(Hashing.digest("sha256").digest(bytes));
  }

  Map<String, String> withHash(byte[] sha256) {
    return new AzureMetadata(metadata, HexFormat.of().formatHex(sha256)).stored();
  }

  public @Nullable AccessTier tier() {
    return tier;
  }

  /** No blob of this name may be there. */
  public BlobRequestConditions conditions() {
    return new BlobRequestConditions().setIfNoneMatch("*");
  }

  ObjectKey key() {
    return key;
  }

  RereadableBody body() {
    return body;
  }
}
