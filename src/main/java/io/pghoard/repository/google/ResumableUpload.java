// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.google;

import com.google.api.client.googleapis.json.GoogleJsonResponseException;
import com.google.api.client.http.GenericUrl;
import com.google.api.client.http.HttpRequest;
import com.google.api.client.http.HttpResponse;
import com.google.api.client.http.json.JsonHttpContent;
import com.google.api.services.storage.Storage;
import com.google.api.services.storage.model.StorageObject;
import io.pghoard.config.GoogleStorage;
import io.pghoard.repository.Deadline;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A large object on its way, in chunks of one upload, which nobody sees until the last of them has
 * come and Google has compared the CRC32C of the whole.
 *
 * <p>Source: <a href="https://cloud.google.com/storage/docs/performing-resumable-uploads">Resumable
 * uploads</a>. The stock client sends the same, but cannot give an upload up, and holds each chunk
 * in memory.
 */
final class ResumableUpload {
  /** A multiple of 256 KiB, as Google asks for. */
  static final int CHUNK = 8 << 20;

  private static final int RESUME_INCOMPLETE = 308;
  private static final Pattern RANGE = Pattern.compile("bytes=0-([0-9]{1,18})");

  private final GoogleStorage storage;
  private final Storage api;
  private final Deadline deadline;
  private final GoogleFailure failure;
  private final GoogleUpload.Put put;

  ResumableUpload(GoogleStorage storage, Storage api, Deadline deadline, GoogleUpload.Put put) {
    this.storage = storage;
    this.api = api;
    this.deadline = deadline;
    this.failure = new GoogleFailure(storage);
    this.put = put;
  }

  void send(StorageObject object, BodyRange.Attempt attempt, long length) throws IOException {
    String session = call(() -> begin(object, length));
    boolean sent = false;
    try {
      long position = 0;
      while (position < length) {
        long from = position;
        long size = Math.min(CHUNK, length - from);
        position = call(() -> chunk(session, new BodyRange(attempt, from, size), from, length));
        if (position <= from) {
          throw new IOException(
              "cannot %s: Google has kept nothing of the chunk at byte %d"
                  .formatted(put.deed(), from));
        }
      }
      sent = true;
    } finally {
      if (!sent) {
        // Not waited for: Google forgets it after a week, and nobody pays for it.
        deadline.start("give up the upload of " + put.key(), () -> giveUp(session));
      }
    }
  }

  private String begin(StorageObject object, long length) throws IOException {
    GenericUrl url =
        new GenericUrl(
            "%supload/%sb/%s/o"
                .formatted(api.getRootUrl(), api.getServicePath(), storage.bucket()));
    url.put("uploadType", "resumable");
    url.put("name", put.name());
    url.put("ifGenerationMatch", 0);
    if (storage.writing().kmsKey() != null) {
      url.put("kmsKeyName", storage.writing().kmsKey());
    }
    HttpRequest request =
        api.getRequestFactory()
            .buildPostRequest(url, new JsonHttpContent(api.getJsonFactory(), object));
    request.getHeaders().set("X-Upload-Content-Length", length);
    HttpResponse answer = answer(request);
    try {
      String session = answer.getHeaders().getLocation();
      if (answer.getStatusCode() != 200 || session == null) {
        throw GoogleJsonResponseException.from(api.getJsonFactory(), answer);
      }
      return session;
    } finally {
      answer.ignore();
    }
  }

  /** Sends one chunk; up to where Google has the object afterwards, which may be in its middle. */
  private long chunk(String session, BodyRange bytes, long from, long length) throws IOException {
    HttpRequest request = api.getRequestFactory().buildPutRequest(new GenericUrl(session), bytes);
    request
        .getHeaders()
        .setContentRange("bytes %d-%d/%d".formatted(from, from + bytes.getLength() - 1, length));
    HttpResponse answer = answer(request);
    try {
      boolean last = from + bytes.getLength() == length;
      int status = answer.getStatusCode();
      if (last && (status == 200 || status == 201)) {
        return length;
      }
      if (status != RESUME_INCOMPLETE) {
        if (answer.isSuccessStatusCode()) {
          throw new IOException("Google answered %d in the middle of an upload".formatted(status));
        }
        throw GoogleJsonResponseException.from(api.getJsonFactory(), answer);
      }
      String range = answer.getHeaders().getRange();
      Matcher kept = RANGE.matcher(range == null ? "" : range);
      long end = kept.matches() ? Long.parseLong(kept.group(1)) + 1 : 0;
      if (end >= length) {
        throw new IOException("Google has all the bytes, and has not made an object of them");
      }
      return end;
    } finally {
      answer.ignore();
    }
  }

  private boolean giveUp(String session) throws IOException {
    answer(api.getRequestFactory().buildDeleteRequest(new GenericUrl(session))).ignore();
    return true;
  }

  private static HttpResponse answer(HttpRequest request) throws IOException {
    return request
        .setThrowExceptionOnExecuteError(false)
        .setFollowRedirects(false)
        .setSuppressUserAgentSuffix(true)
        .execute();
  }

  private <T> T call(Callable<T> call) throws IOException {
    try {
      return deadline.within(put.deed(), call);
    } catch (IOException | RuntimeException e) {
      throw failure.of(put.deed(), e);
    }
  }
}
