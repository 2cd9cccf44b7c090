// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pghoard.config.SiteName;
import io.pghoard.restore.RestoreProgress;
import io.pghoard.restore.RestoreRun;
import io.pghoard.restore.Restores;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** Restores as they are asked for, watched and cancelled over HTTP. */
public final class HttpRestores {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final Restores restores;

  public HttpRestores(Restores restores) {
    this.restores = restores;
  }

  /** Registers the restore that a request's body asks for. */
  public RestoreRun start(SiteName site, @Nullable String body) throws IOException {
    Map<String, Object> words;
    try {
      words =
          JSON.readValue(body == null || body.isBlank() ? "{}" : body, new TypeReference<>() {});
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "the body of the request must be a JSON object: " + e.getOriginalMessage(), e);
    }
    if (words == null) {
      throw new IllegalArgumentException("the body of the request must be a JSON object");
    }
    return restores.start(site, words);
  }

  /** The answer to a restore that was started: 202 and its address. */
  public Map<String, Object> accepted(RestoreRun run, Exchange exchange) {
    exchange.setVariable("httpStatus", 202);
    exchange.setVariable("httpLocation", "/" + run.site() + "/restore/" + run.id());
    return describe(run);
  }

  public Map<String, Object> get(SiteName site, String id) throws IOException {
    return describe(restores.get(site, id));
  }

  public Map<String, Object> cancel(SiteName site, String id) throws IOException {
    return describe(restores.cancel(site, id));
  }

  /** The restores of a site, those that run and the last ones that ended. */
  public Map<String, Object> list(SiteName site) throws IOException {
    List<Map<String, Object>> all = restores.of(site).stream().map(HttpRestores::describe).toList();
    return Map.of("restores", all);
  }

  private static Map<String, Object> describe(RestoreRun run) {
    RestoreProgress.Snapshot now = run.progress().snapshot();
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("id", run.id());
    answer.put("site", run.site().text());
    answer.put("target_dir", run.request().targetDirectory().toString());
    answer.put("basebackup", now.backup());
    answer.put("phase", now.phase().word());
    answer.put("ended", now.phase().ended());
    answer.put("percent", Math.round(now.percent() * 10) / 10.0);
    answer.put("bytes_done", now.bytesDone());
    answer.put("bytes_total", now.bytesTotal());
    answer.put("files_done", now.filesDone());
    answer.put("files_total", now.filesTotal());
    answer.put("start_time", now.startTime().toString());
    answer.put("end_time", now.endTime() == null ? null : now.endTime().toString());
    answer.put("notes", now.notes());
    answer.put("error", now.error());
    return answer;
  }
}
