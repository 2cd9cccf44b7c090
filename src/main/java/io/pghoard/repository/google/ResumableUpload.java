// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.google;

import com.google.api.client.googleapis.json.GoogleJsonResponseException;
import com.google.api.client.http.EmptyContent;
import com.google.api.client.http.GenericUrl;
import com.google.api.client.http.HttpContent;
import com.google.api.client.http.HttpRequest;
import com.google.api.client.http.HttpResponse;
import com.google.api.client.http.json.JsonHttpContent;
import com.google.api.services.storage.Storage;
import com.google.api.services.storage.model.StorageObject;
import io.pghoard.config.GoogleStorage;
import io.pghoard.repository.Deadline;
import io.pghoard.repository.PermanentStorageException;
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

  /** So often in a row an upload may be taken up without an advance. */
  private static final int IN_VAIN = 2;

  private static final int RESUME_INCOMPLETE = 308;
  private static final Pattern RANGE = Pattern.compile("bytes=0-([0-9]{1,18})");

  private final GoogleStorage storage;
  private final Storage api;
  private final Deadline deadline;
  private final GoogleFailure failure;
  private final GoogleUpload.Put put;
  private final UploadSessions sessions;

  ResumableUpload(
      GoogleStorage storage,
      Storage api,
      Deadline deadline,
      GoogleUpload.Put put,
      UploadSessions sessions) {
    this.storage = storage;
    this.api = api;
    this.deadline = deadline;
    this.failure = new GoogleFailure(storage);
    this.put = put;
    this.sessions = sessions;
  }

  /**
   * Sends what Google does not have yet. When it breaks, the upload is gone on with: here, as long
   * as it advances, and else when the put is repeated.
   */
  void send(StorageObject object, BodyRange.Attempt attempt, long length) throws IOException {
    String session = sessions.of(put.id());
    long position = 0;
    if (session == null) {
      session = call(() -> begin(object, length));
      sessions.add(put.id(), session);
    } else {
      position = kept(session, length);
    }
    int vain = 0;
    while (position < length) {
      long from = position;
      try {
        position = chunk(session, attempt, from, length);
      } catch (PermanentStorageException e) {
        giveUp(session);
        throw e;
      } catch (IOException e) {
        if (GoogleFailure.isConflict(e)) {
          sessions.forget(put.id());
          throw e;
        }
        if (vain == IN_VAIN) {
          throw e;
        }
        position = kept(session, length);
      }
      vain = position > from ? 0 : vain + 1;
      if (vain > IN_VAIN) {
        throw new IOException(
            "cannot %s: Google has kept nothing of the chunk at byte %d"
                .formatted(put.deed(), from));
      }
    }
    sessions.forget(put.id());
  }

  /** Sends one chunk; up to where Google has the object afterwards, which may be in its middle. */
  private long chunk(String session, BodyRange.Attempt attempt, long from, long length)
      throws IOException {
    BodyRange bytes = new BodyRange(attempt, from, Math.min(CHUNK, length - from));
    long end = from + bytes.getLength();
    String range = "bytes %d-%d/%d".formatted(from, end - 1, length);
    return position(session, range, bytes, end == length, length);
  }

  /** Asks up to where Google has the object; all of it when it was made. */
  private long kept(String session, long length) throws IOException {
    return position(session, "bytes */" + length, new EmptyContent(), true, length);
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

  private long position(
      String session, String range, HttpContent content, boolean last, long length)
      throws IOException {
    try {
      return call(
          () -> {
            HttpRequest request =
                api.getRequestFactory().buildPutRequest(new GenericUrl(session), content);
            request.getHeaders().setContentRange(range);
            HttpResponse answer = answer(request);
            try {
              return position(answer, last, length);
            } finally {
              answer.ignore();
            }
          });
    } catch (IOException e) {
      if (GoogleFailure.isForgotten(e)) {
        sessions.forget(put.id());
        throw new IOException(
            "cannot %s: Google has forgotten the upload".formatted(put.deed()), e);
      }
      throw e;
    }
  }

  private long position(HttpResponse answer, boolean last, long length) throws IOException {
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
      sessions.forget(put.id());
      throw new IOException("Google has all the bytes, but has not created the object");
    }
    return end;
  }

  /** Not waited for: Google forgets it after a week, and nobody pays for it. */
  private void giveUp(String session) {
    sessions.forget(put.id());
    deadline.start(
        "give up the upload of " + put.key(),
        () -> {
          answer(api.getRequestFactory().buildDeleteRequest(new GenericUrl(session))).ignore();
          return true;
        });
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
