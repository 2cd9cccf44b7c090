// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.s3;

import io.pghoard.repository.ObjectKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Aborts uploads in parts that nobody completes any more: their parts are paid for, and unseen. */
record UploadSweep(S3Client client, String bucket, S3Names names) {
  /**
   * Aborts uploads.
   *
   * @param prefix the start of the keys to look at
   * @param before only uploads that began earlier
   * @return the keys of what was aborted
   */
  List<ObjectKey> sweep(String prefix, Instant before) {
    List<ObjectKey> aborted = new ArrayList<>();
    for (ListMultipartUploadsResponse page :
        client.listMultipartUploadsPaginator(r -> r.bucket(bucket).prefix(names.start(prefix)))) {
      for (MultipartUpload upload : page.uploads()) {
        // Not every server heeds the prefix here.
        if (upload.initiated() != null
            && upload.initiated().isBefore(before)
            && upload.key().startsWith(names.start(prefix))
            && abort(upload)) {
          names.key(upload.key()).ifPresent(aborted::add);
        }
      }
    }
    return aborted;
  }

  private boolean abort(MultipartUpload upload) {
    try {
      client.abortMultipartUpload(
          r -> r.bucket(bucket).key(upload.key()).uploadId(upload.uploadId()));
      return true;
    } catch (S3Exception e) {
      if (e.statusCode() == 404) {
        // Completed or aborted just now.
        return false;
      }
      throw e;
    }
  }
}
