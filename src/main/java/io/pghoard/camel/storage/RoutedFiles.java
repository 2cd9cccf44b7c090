// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.storage;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.pghoard.config.Causes;
import io.pghoard.config.RoutedStorage;
import io.pghoard.config.SiteName;
import io.pghoard.repository.FileRoutes;
import io.pghoard.repository.ListedFile;
import io.pghoard.repository.PermanentStorageException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.component.exec.ExecResult;
import org.jspecify.annotations.Nullable;

/** The files that the operator's own four routes keep for one site. */
final class RoutedFiles implements FileRoutes, AutoCloseable {
  /** What is behind a list, its end or a program's failure, is still to be read. */
  private static final ObjectMapper JSON =
      JsonMapper.builder().disable(StreamReadFeature.AUTO_CLOSE_SOURCE).build();

  private final SiteName site;
  private final RoutedStorage storage;
  private final ProducerTemplate producer;

  RoutedFiles(CamelContext context, SiteName site, RoutedStorage storage) {
    this.site = site;
    this.storage = storage;
    this.producer = context.createProducerTemplate();
  }

  @Override
  public void put(String name, Path file) throws IOException {
    Map<String, Object> variables = Map.of("fileName", name, "filePath", file.toString());
    drain("put", name, through("put", variables, file.toFile()));
  }

  @Override
  public InputStream get(String name) throws IOException {
    return stream("get", name, through("get", Map.of("fileName", name), null));
  }

  @Override
  public List<ListedFile> list(String start) throws IOException {
    Exchange answer = through("list", Map.of("fileName", start), null);
    List<ListedFile> files = new ArrayList<>();
    try {
      if (answer.getMessage().getBody() instanceof List<?> maps) {
        maps.forEach(each -> files.add(JSON.convertValue(each, ListedFile.class)));
      } else {
        read(stream("list", start, answer), start, files);
      }
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw new PermanentStorageException(
          "%s must answer with a JSON list of Path, Size and ModTime: %s"
              .formatted(route("list"), Causes.reason(e)),
          e);
    } catch (IOException e) {
      throw failed("list", start, e);
    }
    files.removeIf(file -> !file.path().startsWith(start));
    return files;
  }

  /** No list at all is not an empty one: what is not listed is taken for missing. */
  private void read(InputStream answer, String start, List<ListedFile> files) throws IOException {
    try (InputStream in = answer;
        JsonParser list = JSON.createParser(in)) {
      boolean begun = list.nextToken() == JsonToken.START_ARRAY;
      while (begun && list.nextToken() == JsonToken.START_OBJECT) {
        files.add(JSON.readValue(list, ListedFile.class));
      }
      boolean ended = list.currentToken() == JsonToken.END_ARRAY;
      // The end tells whether the program that wrote it has succeeded.
      in.transferTo(OutputStream.nullOutputStream());
      if (!ended) {
        throw new PermanentStorageException(
            "%s must answer with a JSON list of Path, Size and ModTime, and for \"%s\" it did not"
                .formatted(route("list"), start));
      }
    }
  }

  @Override
  public void delete(String name) throws IOException {
    drain("delete", name, through("delete", Map.of("fileName", name), null));
  }

  private String route(String verb) {
    return StoreRoutes.name(verb, storage);
  }

  private Exchange through(String verb, Map<String, Object> variables, @Nullable Object body)
      throws IOException {
    Exchange answer =
        producer.request(
            "direct:" + route(verb),
            exchange -> {
              exchange.setVariable("site", site);
              exchange.setVariable("storeOptions", storage.options());
              variables.forEach(exchange::setVariable);
              exchange.getMessage().setBody(body);
            });
    Exception failure = answer.getException();
    if (failure != null) {
      throw failed(verb, String.valueOf(variables.get("fileName")), failure);
    }
    return answer;
  }

  /** A failure that may pass, unless the route says otherwise. */
  private IOException failed(String verb, String name, Exception failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof PermanentStorageException permanent) {
        return permanent;
      }
    }
    return new IOException(
        "%s failed with %s: %s".formatted(route(verb), name, Causes.reason(failure)), failure);
  }

  /** Reads what a program says to its end, which tells whether it has succeeded. */
  private void drain(String verb, String name, Exchange answer) throws IOException {
    if (answer.getMessage().getBody() instanceof ExecResult) {
      try (InputStream out = stream(verb, name, answer)) {
        out.transferTo(OutputStream.nullOutputStream());
      } catch (IOException e) {
        throw failed(verb, name, e);
      }
    }
  }

  private InputStream stream(String verb, String name, Exchange answer) throws IOException {
    Object body = answer.getMessage().getBody();
    InputStream in =
        body instanceof ExecResult result
            ? result.getStdout()
            : answer.getMessage().getBody(InputStream.class);
    if (in == null) {
      throw new PermanentStorageException(
          "%s answered for %s with nothing that can be read".formatted(route(verb), name));
    }
    return in;
  }

  @Override
  public void close() {
    producer.stop();
  }
}
